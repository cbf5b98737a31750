//! Functions whose machine code `.ci/panics.py` reads: steps of time, predictions and training steps. None in the module `checked`
//! may reach a panic, and the one called `control` does.

mod networks;

use backprop::{StateOf, Streaming as _, prelude::*};
use networks::{Agent, Amplifier, Letters, Wave};
use std::hint::black_box;

/// Convolutions of images.
#[network(
    input = [1, 12, 12],
    layers = [
        conv2d(8, kernel = 3, padding = 1), batch_norm, relu, max_pool2d(2),
        conv2d(8, kernel = 3, groups = 8), gelu, avg_pool2d(2), flatten, dropout(0.1), dense(10),
    ],
    loss = cross_entropy,
)]
struct Pictures;

/// The same trained one at a time.
#[network(
    input = [1, 12, 12],
    layers = [conv2d(8, kernel = 3), relu, max_pool2d(2), flatten, dense(10)],
    loss = cross_entropy,
)]
struct Picture;

/// Sequences whose steps see each other.
#[network(
    input = [16, 8],
    layers = [conv1d(8, kernel = 3, padding = same), layer_norm, residual[attention(heads = 2)], gru(8), last, dense(3), tanh],
    loss = mse,
)]
struct Series;

mod checked {
    use super::*;

    macro_rules! steps {
        ($($function:ident: $net:ident, $x:ty => $y:ty;)*) => { $(
            #[inline(never)]
            pub(crate) fn $function(net: &$net, x: &$x, y: &mut $y, state: &mut StateOf<$net>) {
                net.step_into(x, y, state);
            }
        )* };
    }
    steps! {
        step_amplifier: Amplifier, [f32; 1] => [f32; 1];
        step_agent: Agent, [f32; 8] => [f32; 4];
        step_wave: Wave, [f32; 1] => [f32; 1];
        step_letters: Letters, [u32; 1] => [f32; 27];
    }

    #[inline(never)]
    pub(crate) fn step_block(
        net: &Wave,
        xs: &[[f32; 1]],
        ys: &mut [[f32; 1]],
        state: &mut StateOf<Wave>,
    ) -> bool {
        net.step_block(xs, ys, state).is_ok()
    }

    #[inline(never)]
    pub(crate) fn step_batch(
        net: &Agent,
        xs: &[[f32; 8]],
        ys: &mut [[f32; 4]],
        states: &mut [StateOf<Agent>],
    ) -> bool {
        net.step_batch(xs, ys, states).is_ok()
    }

    macro_rules! trainings {
        ($($function:ident: $net:ident, $optimizer:ident, $x:ty => $y:ty;)*) => { $(
            #[inline(never)]
            pub(crate) fn $function(
                net: &mut $net,
                trainer: &mut Trainer<$net, $optimizer>,
                xs: &[$x],
                ys: &[$y],
            ) -> bool {
                trainer.step(net, xs, ys).is_ok()
            }
        )* };
    }
    trainings! {
        train_amplifier: Amplifier, AdamW, [f32; 64] => [f32; 64];
        train_pictures: Pictures, Adam, [f32; 144] => u8;
        train_series: Series, Sgd, [f32; 128] => [f32; 3];
    }

    #[inline(never)]
    pub(crate) fn train_online(
        net: &mut Picture,
        trainer: &mut OnlineTrainer<Picture>,
        x: &[f32; 144],
        y: u8,
    ) -> bool {
        trainer.step(net, x, &y).is_ok()
    }

    #[inline(never)]
    pub(crate) fn predict_picture(net: &Pictures, x: &[f32; 144]) -> [f32; 10] {
        net.predict(x)
    }

    #[inline(never)]
    pub(crate) fn predict_series(net: &Series, x: &[f32; 128]) -> [f32; 3] {
        net.predict(x)
    }

    #[inline(never)]
    pub(crate) fn predict_batch(net: &Series, xs: &[[f32; 128]], ys: &mut [[f32; 3]]) -> bool {
        net.predict_batch(xs, ys).is_ok()
    }
}

/// A place that may be out of range.
#[inline(never)]
fn control(numbers: &[f32], place: usize) -> f32 {
    numbers[place]
}

fn main() {
    let (mut one, mut four, mut letter) = ([0.0], [0.0; 4], [0.0; 27]);
    let x = black_box(1.0);
    checked::step_amplifier(&Amplifier::zeroed(), &[x], &mut one, &mut Amplifier::state());
    checked::step_wave(&Wave::zeroed(), &[x], &mut one, &mut Wave::state());
    checked::step_agent(&Agent::zeroed(), &[x; 8], &mut four, &mut Agent::state());
    checked::step_letters(&Letters::zeroed(), &[x as u32], &mut letter, &mut Letters::state());
    assert!(checked::step_block(&Wave::zeroed(), &[[x]; 3], &mut [[0.0]; 3], &mut Wave::state()));
    let mut states = [Agent::state(), Agent::state()];
    assert!(checked::step_batch(&Agent::zeroed(), &[[x; 8]; 2], &mut [four; 2], &mut states));

    let (mut pictures, mut series) = (Pictures::zeroed(), Series::zeroed());
    let mut trainer = Trainer::boxed(AdamW::new(0.1));
    assert!(checked::train_amplifier(&mut Amplifier::zeroed(), &mut trainer, &[[x; 64]; 3], &[[x; 64]; 3]));
    let mut trainer = Trainer::boxed(Adam::new(0.1));
    assert!(checked::train_pictures(&mut pictures, &mut trainer, &[[x; 144]; 3], &[1; 3]));
    let mut trainer = Trainer::boxed(Sgd::new(0.1));
    assert!(checked::train_series(&mut series, &mut trainer, &[[x; 128]; 3], &[[x; 3]; 3]));
    let mut trainer = OnlineTrainer::new(0.1);
    assert!(checked::train_online(&mut Picture::zeroed(), &mut trainer, &[x; 144], 1));
    checked::predict_picture(&pictures, &[x; 144]);
    checked::predict_series(&series, &[x; 128]);
    assert!(checked::predict_batch(&series, &[[x; 128]; 3], &mut [[0.0; 3]; 3]));
    println!("{}", control(&letter, x as usize));
}
