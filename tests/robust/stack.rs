//! Large outputs and targets in threads with a stack of 256 KiB: nothing of their size is copied to it.

use backprop::prelude::*;
use std::thread;

/// Runs in a thread whose stack is 256 KiB.
fn on_small_stack(run: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(256 * 1024).spawn(run).expect("a thread");
    thread.join().expect("the thread ends well");
}

macro_rules! network {
    ($name:ident, $side:expr, $channels:literal $(, $loss:expr)?) => {
        #[network(input = [1, $side, $side], layers = [conv2d($channels, kernel = 3, padding = 1)] $(, loss = $loss)?)]
        struct $name;
    };
}

network!(Mask, 256, 1, binary_cross_entropy);
network!(Square, 512, 1, mse);
network!(Wide, 1024, 1);
network!(Directed, 256, 1, cosine(per = sample));
network!(Classes, 256, 2, cross_entropy(per = position));

const MASK: usize = 256 * 256;
const SQUARE: usize = 512 * 512;
const WIDE: usize = 1024 * 1024;

/// The bias of the one channel, whose gradient is the mean of all outputs' gradients.
fn close(found: f32, expected: f32) {
    assert!((found - expected).abs() < 1e-5, "{found}, not {expected}");
}

#[test]
fn a_mask_of_yes_and_no() {
    const { assert!(<Mask as Network>::TILE > 1) };
    on_small_stack(|| {
        let (xs, ys) = (<[[f32; MASK]; 3]>::zeroed_box(), <[[f32; MASK]; 3]>::zeroed_box());
        let (mut net, mut trainer) = (Mask::zeroed_box(), Trainer::boxed(Sgd::new(0.1)));
        close(trainer.step(&mut *net, &xs[..], &ys[..]).expect("a step"), 2_f32.ln());
        close(net.conv2d1.bias[0], -0.05);
        let found = trainer.evaluate(&net, &xs[..], &ys[..]).expect("an evaluation");
        close(found.loss, (-0.05_f32).exp().ln_1p());
        // The tile's outputs are copied, one sample's after the other, to where they lie in a row.
        let loss = trainer.step_with(&mut *net, &xs[..], |index, y, dy| {
            assert_eq!((y[0], y[MASK - 1], dy[MASK - 1]), (net_bias(), net_bias(), 0.0));
            dy[index] = 3.0;
            y[index]
        });
        close(loss.expect("a step"), -0.05);
        close(net.conv2d1.bias[0], -0.05 - 0.1 * 3.0);
        let (mut scratch, mut y) = (<Mask as Network>::Scratch::zeroed_box(), <[f32; MASK]>::zeroed_box());
        net.predict_into_with(&mut scratch, &xs[0], &mut y);
        close(y[MASK - 1], -0.35);
    });
}

/// After the first step of [`a_mask_of_yes_and_no`]: half of a learning rate of 0.1.
fn net_bias() -> f32 {
    -0.05
}

#[test]
fn outputs_of_several_mebibytes() {
    on_small_stack(|| {
        let (xs, ys) = (<[[f32; SQUARE]; 2]>::zeroed_box(), <[[f32; SQUARE]; 2]>::zeroed_box());
        let (mut net, mut trainer) = (Square::zeroed_box(), Trainer::boxed(Sgd::new(0.1)));
        net.conv2d1.bias = [1.0];
        close(trainer.step(&mut *net, &xs[..], &ys[..]).expect("a step"), 1.0);
        close(net.conv2d1.bias[0], 0.8);

        let x = <[[f32; WIDE]; 1]>::zeroed_box();
        let (mut net, mut trainer) = (Wide::zeroed_box(), Trainer::boxed(Sgd::new(0.1)));
        let loss = |y: &[f32; WIDE], dy: &mut [f32; WIDE]| {
            dy[WIDE - 1] = 1.0;
            y[WIDE - 1] + 2.0
        };
        assert_eq!(trainer.step_with(&mut *net, &x[..], |_, y, dy| loss(y, dy)), Ok(2.0));
        close(net.conv2d1.bias[0], -0.1);
        let mut online = OnlineTrainer::boxed(0.1);
        close(online.step_with(&mut *net, &x[0], loss).expect("a step"), 1.9);
        close(net.conv2d1.bias[0], -0.2);
        let (mut scratch, mut y) = (<Wide as Network>::Scratch::zeroed_box(), <[f32; WIDE]>::zeroed_box());
        net.predict_into_with(&mut scratch, &x[0], &mut y);
        close(y[WIDE - 1], -0.2);
    });
}

#[test]
fn losses_that_read_all_outputs_together_and_labels_of_pixels() {
    on_small_stack(|| {
        let xs = <[[f32; MASK]; 3]>::zeroed_box();
        let mut ys = <[[f32; MASK]; 3]>::zeroed_box();
        ys.as_flattened_mut().fill(-1.0);
        let (mut net, mut trainer) = (Directed::zeroed_box(), Trainer::boxed(Sgd::new(0.1)));
        net.conv2d1.bias = [1.0];
        close(trainer.step(&mut *net, &xs[..], &ys[..]).expect("a step"), 2.0);

        let labels = <[[u8; MASK]; 3]>::zeroed_box();
        let (mut net, mut trainer) = (Classes::zeroed_box(), Trainer::boxed(Sgd::new(1.0)));
        close(trainer.step(&mut *net, &xs[..], &labels[..]).expect("a step"), 2_f32.ln());
        close(net.conv2d1.bias[0], 0.5);
        close(net.conv2d1.bias[1], -0.5);
        let found = trainer.evaluate(&net, &xs[..], &labels[..]).expect("an evaluation");
        assert_eq!(found.accuracy, Some(1.0));
        let mut online = OnlineTrainer::boxed(1.0);
        close(online.step(&mut *net, &xs[0], &labels[0]).expect("a step"), (-1_f32).exp().ln_1p());
    });
}
