//! Forward and backward of layers whose sizes are multiples of nothing, in boxes that end where their last number ends.
#![forbid(unsafe_code)]

use backprop::prelude::*;

macro_rules! passes {
    ($($input:tt, [$($layers:tt)*];)*) => { $({
        #[network(input = $input, layers = [$($layers)*], loss = mse)]
        struct Net;
        let mut net = Net::boxed(&mut backprop::rng(1));
        let mut trainer = Trainer::<Net, RmsProp>::boxed(RmsProp::new(1e-3));
        let xs: Vec<<Net as Network>::Sample> = (0..37)
            .map(|i| std::array::from_fn(|j| ((7 * i + 3 * j) % 13) as f32 / 6.0 - 1.0))
            .collect();
        let ys: Vec<<Net as Network>::Output> = xs.iter().map(|_| [0.25; Net::OUTPUTS]).collect();
        for batch in [37, 1, 16, 33] {
            trainer.step(&mut net, &xs[..batch], &ys[..batch]).expect("a step");
        }
        let (mut tape, mut gradients) = (Box::new(Net::tape()), Box::new(Net::gradients()));
        let y = net.forward(&xs[0], &mut tape);
        net.backward(&mut tape, &y, &mut gradients);
        assert_eq!(y, net.predict(&xs[0]));
    })* };
}

fn main() {
    passes! {
        19, [dense(37), relu, dense(3, bias = false), softmax];
        [3, 7, 5], [conv2d(5, kernel = [3, 2], stride = [2, 1], padding = [[1, 0], [2, 1]]), batch_norm, relu, flatten, dense(2)];
        [2, 5, 7], [conv2d(4, kernel = 3, padding = 1, padding_mode = reflect), max_pool2d(3, stride = 2, ceil_mode = true), conv2d(4, kernel = 1, groups = 2), flatten];
        [3, 4, 3], [conv_transpose2d(5, kernel = 3, stride = 2, dilation = 3, output_padding = 2), avg_pool2d(2, padding = same), flatten];
        [6, 3], [conv1d(5, kernel = 3, padding = causal, dilation = 2), tanh, conv_transpose1d(3, kernel = 2, stride = 3), max_pool1d(2), flatten];
        [5, 6], [attention(3, dropout = 0.2, causal = true), layer_norm(axes = 0), positional_encoding, dense(8), glu, flatten];
        [5, 3], [gru(7, layers = 2, bidirectional = true), lstm(5, projection = 3), last, dense(2)];
        [4, 6, 5], [group_norm(2), pixel_shuffle(2), upsample(2, mode = bilinear, align_corners = true), adaptive_max_pool2d([5, 3]), global_avg_pool];
        7, [dense(9), fixed_point(best_effort = true)[dense(9), tanh], concat[[dense(3)], [prelu]], dropout(0.3)];
    }
}
