use super::BatchNorm;
use crate::layers::check::{self, Sizes};
use crate::{Backward, Forward, InPlace, Layer, Pass};

fn check<const T: usize>(layer: BatchNorm, pass: &Pass) {
    let sizes = Sizes {
        inputs: layer.inputs(),
        outputs: layer.outputs(),
        parameters: layer.trained(),
        saved: 0,
        scratch: 0,
    };
    check::gradients_in::<T>(pass, &Stored(layer), sizes, layer.state());
}

/// The layer with its running statistics, which have no gradient.
struct Stored(BatchNorm);

impl Stored {
    fn all(&self, trained: &[f64]) -> Vec<f64> {
        let channels = self.0.channels;
        let statistics = (0..2 * channels).map(|place| 0.3 + 0.2 * place as f64);
        trained.iter().copied().chain(statistics).collect()
    }
}

impl Layer<f64> for Stored {
    fn forward<const T: usize>(&self, io: Forward<'_, f64, T>) {
        self.0.forward(Forward { parameters: &self.all(io.parameters), ..io });
    }
    fn backward<const T: usize>(&self, io: Backward<'_, f64, T>) {
        self.0.backward(Backward { parameters: &self.all(io.parameters), ..io });
    }
}

fn layers() -> [BatchNorm; 6] {
    [
        BatchNorm::new(3, 1),
        BatchNorm::new(19, 1).eps(0.1),
        BatchNorm::new(2, 5),
        BatchNorm::new(17, 2).rows(3),
        BatchNorm::new(3, 2).without_bias(),
        BatchNorm::new(3, 2).without_parameters(),
    ]
}

#[test]
fn gradients_agree_with_finite_differences() {
    for layer in layers() {
        for samples in [2, 5, 15, 16] {
            check::<16>(layer, &Pass { training: true, samples, ..Pass::PREDICTION });
        }
        // In prediction, frozen, of one sample: of its inner features, if it has more than one.
        check::<16>(layer, &Pass::PREDICTION);
        check::<1>(layer, &Pass::PREDICTION);
        check::<16>(layer, &Pass { training: true, samples: 16, ..Pass::PREDICTION }.frozen());
        check::<16>(layer, &Pass { training: true, samples: 1, ..Pass::PREDICTION });
        check::<1>(layer, &Pass { training: true, ..Pass::PREDICTION });
    }
}

/// Padding lanes, however large, count for nothing.
#[test]
fn padding_does_not_count() {
    let layer = BatchNorm::new(2, 3);
    let parameters = [1.5, -0.5, 0.1, 0.2, 0.0, 0.0, 1.0, 1.0];
    let number = |place: usize| (place as f64 * 1.7).sin();
    let run = |padding: f64| {
        let tile = |scale: f64| -> Vec<[f64; 16]> {
            let lane = |feature: usize, lane: usize| {
                if lane < 5 { number(feature * 5 + lane) * scale } else { padding }
            };
            (0..6).map(|feature| core::array::from_fn(|place| lane(feature, place))).collect()
        };
        let (x, mut state) = (tile(1.0), vec![f64::NAN; layer.state()]);
        let (mut y, mut dx, mut gradient) = (vec![[0.0; 16]; 6], vec![[0.0; 16]; 6], [0.0; 4]);
        let pass = &Pass { training: true, samples: 5, ..Pass::PREDICTION };
        layer.forward(Forward {
            parameters: &parameters,
            x: &x,
            y: &mut y,
            state: &mut state,
            ..Forward::of(pass)
        });
        layer.backward(Backward {
            parameters: &parameters,
            x: &x,
            dy: &mut tile(0.7),
            dx: &mut dx,
            gradient: &mut gradient,
            state: &state,
            ..Backward::of(pass)
        });
        assert!(dx.iter().all(|dx| dx[5..] == [0.0; 11]));
        let y: Vec<f64> = y.iter().flat_map(|y| y[..5].to_vec()).collect();
        (state, y, dx, gradient)
    };
    assert_eq!(run(0.0), run(1e9));
}

/// Pooled over tiles of any size, the statistics are those of all samples.
#[test]
fn tiles_are_pooled() {
    let layer = BatchNorm::new(2, 2).momentum(1.0);
    let value = |sample: usize, feature: usize| (sample as f64 * 0.9 + feature as f64 * 2.3).sin() + 7.0;
    let (mut parameters, mut state) = ([0.0; 8], vec![f64::NAN; layer.state()]);
    let mut first_sample = 0;
    for samples in [2, 16, 7, 1] {
        let x: Vec<[f64; 16]> = (0..4)
            .map(|feature| core::array::from_fn(|lane| value(first_sample + lane.min(samples - 1), feature)))
            .collect();
        layer.forward(Forward {
            parameters: &[0.0; 8],
            x: &x,
            y: &mut [[0.0; 16]; 4],
            state: &mut state,
            ..Forward::of(&Pass { training: true, first_sample, samples, ..Pass::PREDICTION })
        });
        first_sample += samples;
    }
    layer.commit(&mut parameters, &mut state);
    for channel in 0..2 {
        let all = (0..26).flat_map(|sample| (0..2).map(move |inner| value(sample, 2 * channel + inner)));
        let all: Vec<f64> = all.collect();
        let mean = all.iter().sum::<f64>() / 52.0;
        let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 51.0;
        assert!((parameters[4 + channel] - mean).abs() < 1e-12, "{} {mean}", parameters[4 + channel]);
        assert!((parameters[6 + channel] - variance).abs() < 1e-12, "{} {variance}", parameters[6 + channel]);
    }
    // Once is enough.
    let committed = parameters;
    layer.commit(&mut parameters, &mut state);
    assert_eq!(parameters, committed);
}

/// In place, and apart: the same bits, and the same chain rule.
#[test]
fn in_place_as_apart() {
    fn check<const T: usize>(layer: BatchNorm) {
        let all = Stored(layer);
        let trained: Vec<f64> = (0..layer.trained()).map(|place| 0.5 - 0.1 * place as f64).collect();
        let parameters = all.all(&trained);
        let x: Vec<[f64; T]> = (0..layer.inputs())
            .map(|feature| core::array::from_fn(|lane| ((feature * T + lane) as f64 * 0.7).sin()))
            .collect();
        let (mut apart, mut dx) = (vec![[f64::NAN; T]; x.len()], vec![[f64::NAN; T]; x.len()]);
        let pass = &Pass::PREDICTION;
        layer.forward(Forward { parameters: &parameters, x: &x, y: &mut apart, ..Forward::of(pass) });
        let mut dy = x.clone();
        layer.backward(Backward {
            parameters: &parameters,
            x: &x,
            dy: &mut dy,
            dx: &mut dx,
            ..Backward::of(pass)
        });
        let (mut y, mut d) = (x.clone(), x.clone());
        layer.of(&parameters).forward_in_place(pass, &mut y);
        layer.of(&parameters).backward_in_place(pass, &y, &mut d);
        assert_eq!((y, d), (apart, dx));
    }
    for layer in layers() {
        check::<1>(layer);
        check::<16>(layer);
    }
}

/// A channel that has been folded is not touched: −0 and what is no number stay as they are.
#[test]
fn folded_channels_are_passed_over() {
    for layer in layers() {
        let mut parameters = Stored(layer).all(&vec![0.7; layer.trained()]);
        let tensors = [
            crate::Tensor::new("weight", &[layer.channels, 3]),
            crate::Tensor::new("bias", &[layer.channels]).at(3 * layer.channels),
        ];
        let mut before = vec![0.4; 4 * layer.channels];
        layer.fold(&mut parameters, &mut before, &tensors);
        assert!(before.iter().all(|value| *value != 0.4));
        let x: Vec<[f64; 2]> = (0..layer.inputs()).map(|feature| [-0.0, feature as f64 * 0.3]).collect();
        let mut y = x.clone();
        layer.of(&parameters).forward_in_place(&Pass::PREDICTION, &mut y);
        let mut apart = x.clone();
        layer.forward(Forward {
            parameters: &parameters,
            x: &x,
            y: &mut apart,
            ..Forward::of(&Pass::PREDICTION)
        });
        for (x, y) in x.as_flattened().iter().zip(y.as_flattened().iter().zip(apart.as_flattened())) {
            assert_eq!((x.to_bits(), x.to_bits()), (y.0.to_bits(), y.1.to_bits()));
        }
    }
}
