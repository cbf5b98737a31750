//! Networks that are not chains, against central differences.

use backprop::prelude::*;

/// The worst error of the gradients of `Σ yᵢ cᵢ`, relative to the largest, over all that is trained and the input.
macro_rules! worst_error {
    ($net:ident) => {{
        let mut rng = backprop::rng(5);
        let mut net = $net::boxed(&mut rng);
        let mut x = [0.0_f64; $net::INPUTS];
        for (index, x) in x.iter_mut().enumerate() {
            *x = (index as f64 * 0.7 + 0.3).sin();
        }
        let coefficients = |index: usize| 0.5 + (index as f64 * 1.3).cos();
        let objective = |net: &$net, x: &[f64; $net::INPUTS]| -> f64 {
            net.predict(x).flat().iter().enumerate().map(|(index, y)| y * coefficients(index)).sum()
        };
        let (mut tape, mut gradients) = ($net::tape(), $net::gradients());
        let y = net.forward(&x, &mut tape);
        assert_eq!(y.flat(), net.predict(&x).flat(), "forward gives the bits of predict");
        let mut dy = y;
        for (index, dy) in dy.flat_mut().iter_mut().enumerate() {
            *dy = coefficients(index);
        }
        let dx = net.backward(&mut tape, &dy, &mut gradients);
        let mut errors = Vec::new();
        let h = 1e-5;
        for index in 0..x.len() {
            let old = x[index];
            x[index] = old + h;
            let up = objective(&net, &x);
            x[index] = old - h;
            let down = objective(&net, &x);
            x[index] = old;
            errors.push((dx[index], (up - down) / (2.0 * h)));
        }
        for tensor in $net::tensors() {
            let Some(trained) = tensor.trained else { continue };
            for offset in 0..tensor.len {
                let place = tensor.offset + offset;
                let old = net.parameters()[place];
                net.parameters_mut()[place] = old + h;
                let up = objective(&net, &x);
                net.parameters_mut()[place] = old - h;
                let down = objective(&net, &x);
                net.parameters_mut()[place] = old;
                errors.push((gradients.flat()[trained + offset], (up - down) / (2.0 * h)));
            }
        }
        let largest = errors.iter().map(|(_, right)| right.abs()).fold(0.0, f64::max);
        assert!(largest > 1e-3, "the test sees gradients");
        errors.iter().map(|(ours, right)| (ours - right).abs()).fold(0.0, f64::max) / largest
    }};
}

macro_rules! gradient_test {
    ($test:ident, $net:ident, $($declaration:tt)*) => {
        #[network($($declaration)*, scalar = f64)]
        struct $net;

        #[test]
        fn $test() {
            let error = worst_error!($net);
            assert!(error < 1e-6, "{error}");
        }
    };
}

gradient_test!(residual, Residual, input = 5, layers = [dense(7), tanh, residual[dense(7), tanh, dense(7)], tanh, dense(3)]);
gradient_test!(residual_of_the_input, OfInput, input = 5, layers = [residual[dense(4), tanh, dense(5)], dense(2)]);
gradient_test!(residual_last, Last, input = 5, layers = [dense(3), residual[tanh, dense(3), sigmoid]]);
gradient_test!(shortcut, Shortcut, input = [2, 6, 5], layers = [
    residual(shortcut = [conv2d(3, kernel = 1, stride = 2)])[
        conv2d(3, kernel = 3, stride = 2, padding = 1), tanh, conv2d(3, kernel = 3, padding = same),
    ],
    tanh, flatten, dense(2),
]);
gradient_test!(sum_of_three, Sum, input = 4, layers = [dense(5), tanh, sum[[dense(5), sigmoid], [], [tanh]], dense(2)]);
gradient_test!(sum_of_a_kept_term, Kept, input = 4, layers = [dense(5), sum[[dense(5), tanh], [], [dense(5)]], dense(2)]);
gradient_test!(concat_of_features, Features, input = 4, layers = [dense(5), concat[[dense(3), tanh], [], [dense(2)]], tanh, dense(2)]);
gradient_test!(concat_of_the_input, InputConcat, input = 4, layers = [concat[[dense(3), tanh], []], dense(2)]);
gradient_test!(concat_last_axis, LastAxis, input = [3, 4], layers = [concat(axis = 1)[[dense(2), tanh], [dense(3)]], tanh, dense(2)]);
gradient_test!(nested, Nested, input = 4, layers = [
    dense(6), residual[concat[[dense(2), tanh], [residual[dense(6), sigmoid], dense(4)]], tanh], dense(3), tanh,
    repeat(3)[residual[inner: dense(3), tanh]],
]);
gradient_test!(
    heads,
    Heads,
    input = 4,
    layers = [dense(5), tanh, heads { policy: [dense(3), softmax], value: [dense(1)] }]
);
gradient_test!(frozen, Frozen, input = 4, layers = [frozen dense(5), tanh, dense(4), tanh, frozen[dense(3), tanh], dense(2)]);
gradient_test!(frozen_trunk, Trunk, input = 4, layers = [frozen[dense(5), tanh, residual[dense(5), tanh]], dense(4)]);
gradient_test!(one_value_read_by_all, Fan, input = 4, layers = [sum[[], [], [residual[tanh]]], concat[[], []], dense(2)]);

#[test]
fn names_in_a_repeat_are_numbered() {
    let names: Vec<_> = Nested::tensors().iter().map(|tensor| tensor.layer).collect();
    assert!(names.contains(&"inner_1") && names.contains(&"inner_3"), "{names:?}");
}

#[test]
fn what_is_frozen_has_no_gradient() {
    assert_eq!(Frozen::PARAMETERS, 25 + 24 + 15 + 8);
    assert_eq!(Frozen::gradients().flat().len(), 24 + 8);
}

#[network(
    input = 3,
    layers = [dense(6), tanh, heads { class: [dense(3)], size: [dense(2)], unused: [dense(1)] }],
    loss = { class: cross_entropy, size: 0.5 * mse }
)]
struct TwoLosses;

#[test]
fn heads_have_losses_of_their_own() {
    let mut net = TwoLosses::new(&mut backprop::rng(3));
    let xs = [[0.1, 0.7, -0.3], [0.9, -0.2, 0.4], [0.3, 0.3, -0.8]];
    let target = |class: u8, size| TwoLossesTarget { class: class.into(), size };
    let ys = [target(0, [1.0, 0.0]), target(1, [0.0, 2.0]), target(2, [-1.0, 0.5])];
    let mut trainer = Trainer::new(Adam::new(0.02));
    for _ in 0..400 {
        trainer.step(&mut net, &xs, &ys).unwrap();
    }
    for (x, y) in xs.iter().zip(&ys) {
        let output = net.predict(x);
        let best = (0..3).max_by(|&a, &b| output.class[a].total_cmp(&output.class[b]));
        assert_eq!(best, Some(y.class.0));
        assert!(output.size.iter().zip(&y.size).all(|(y, t)| (y - t).abs() < 0.1), "{output:?}");
    }
}

/// Halves of an autoencoder, which work alone and in others.
#[network(input = 6, layers = [dense(4), tanh, code: dense(2), tanh], scalar = f64)]
struct Encoder;

#[network(input = 2, layers = [dense(4), tanh, dense(6)], scalar = f64)]
struct Decoder;

gradient_test!(networks_as_layers, Autoencoder, input = 6, layers = [Encoder, Decoder]);
gradient_test!(a_frozen_network, OnFrozen, input = 3, layers = [dense(6), tanh, frozen Encoder, dense(2)]);
gradient_test!(networks_in_branches, Branches, input = 6, layers = [concat[[Encoder], [first: Encoder, residual[tanh]]], dense(2)]);

#[test]
fn halves_work_alone_on_the_weights_of_the_whole() {
    let net = Autoencoder::boxed(&mut backprop::rng(1));
    let x = [0.3, -0.2, 0.9, 0.0, -0.7, 0.4];
    let code: [f64; 2] = net.encoder1.predict(&x);
    assert_eq!(net.decoder1.predict(&code), net.predict(&x));
    assert_eq!(Autoencoder::PARAMETERS, Encoder::PARAMETERS + Decoder::PARAMETERS);
    let names: Vec<_> = Autoencoder::tensors().iter().map(|tensor| tensor.path().to_string()).collect();
    assert_eq!(names[2], "encoder1.code.weight");
    assert!(
        OnFrozen::tensors()
            .iter()
            .filter(|tensor| tensor.is_in("encoder1"))
            .all(|tensor| tensor.trained.is_none())
    );
}

/// A layer that the library does not have: `yᵢ = aᵢ xᵢ³ + b`.
#[repr(C)]
struct Cube {
    factor: [f64; 3],
    offset: f64,
}
backprop::flat!(Cube: f64 { factor: [f64; 3], offset: f64 });

type Three = backprop::GenericArray<f64, backprop::typenum::U3>;
type One = backprop::GenericArray<f64, backprop::typenum::U1>;

impl backprop::OwnLayer for Cube {
    type Inputs = backprop::typenum::U3;
    type Outputs = backprop::typenum::U3;
    /// The sum of the inputs: not needed, kept to show that it arrives.
    type Saved = backprop::typenum::U1;

    fn forward(&self, x: &Three, y: &mut Three, saved: &mut One) {
        for i in 0..3 {
            y[i] = self.factor[i] * x[i].powi(3) + self.offset;
        }
        saved[0] = x.iter().sum();
    }

    fn backward(&self, x: &Three, saved: &One, dy: &Three, dx: &mut Three, gradient: &mut Self) {
        assert_eq!(saved[0], x.iter().sum::<f64>());
        for i in 0..3 {
            dx[i] = 3.0 * self.factor[i] * x[i].powi(2) * dy[i];
            gradient.factor[i] += x[i].powi(3) * dy[i];
            gradient.offset += dy[i];
        }
    }

    fn initialize(&mut self, rng: &mut dyn backprop::rand_core::Rng) {
        self.factor = [1.0; 3].map(|one| one + f64::from(rng.next_u32()) / f64::from(u32::MAX));
    }
}

gradient_test!(a_layer_of_ones_own, Own, input = 4, layers = [dense(3), Cube, tanh, dense(2)]);

#[test]
fn a_layer_of_ones_own_trains_in_tiles() {
    #[network(input = 4, layers = [dense(3), Cube, dense(1)], loss = mse, scalar = f64)]
    struct Net;
    let mut net = Net::new(&mut backprop::rng(2));
    let mut trainer = Trainer::new(Adam::new(0.01));
    let xs: Vec<[f64; 4]> =
        (0..50).map(|i| [0.1, 0.2, 0.3, 0.4].map(|k: f64| (k * f64::from(i)).sin())).collect();
    let ys: Vec<[f64; 1]> = xs.iter().map(|x| [x[0].powi(3) - x[2]]).collect();
    let first = trainer.step(&mut net, &xs, &ys).unwrap();
    for _ in 0..300 {
        trainer.step(&mut net, &xs, &ys).unwrap();
    }
    let last = trainer.step(&mut net, &xs, &ys).unwrap();
    assert!(last < first / 10.0, "{first} {last}");
}
