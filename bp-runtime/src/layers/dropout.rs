//! `dropout`: some numbers become zero while training.

use crate::{Backward, Forward, InPlace, Layer, Pass, Real, Scalar};

/// In training each number is zero with probability `p`, otherwise divided by `1 − p`; in prediction nothing
/// changes (PyTorch's `Dropout`; Srivastava et al. 2014, inverted form).
///
/// What is dropped depends on the seed, the step, the sample's place in the batch, the layer and the unit, and
/// on nothing else: no state, the same numbers for every tile and number of threads, and backward draws
/// forward's mask again instead of keeping it.
///
/// ```
/// use backprop_runtime::{layers::Dropout, InPlace, Pass};
/// let dropout = Dropout::new(0.5, 0);
/// let mut y = [[1.0_f32]; 1000];
/// dropout.forward_in_place(&Pass { training: true, ..Pass::default() }, &mut y);
/// let kept = y.iter().filter(|y| y[0] == 2.0).count();
/// assert!((400..600).contains(&kept));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    /// `2³² p`, rounded: a random word below it drops.
    threshold: u64,
    /// `1 / (1 − p)`
    scale: Real,
    layer: usize,
}

impl Dropout {
    /// Drops with probability `p`, at least 0 and below 1. `layer` tells its random numbers from those of
    /// other layers of the network.
    pub const fn new(p: f64, layer: usize) -> Self {
        assert!(p >= 0.0 && p < 1.0, "dropout takes a probability of at least 0 and below 1");
        let threshold = (p * 4_294_967_296.0) as u64;
        Self { threshold, scale: Real::new(1.0 / (1.0 - p)), layer }
    }

    /// Multiplies by the mask. What is dropped becomes 0 even where it was not finite.
    /// `unit` says which random number a feature shares.
    #[inline(always)]
    pub(super) fn apply<S: Scalar, const T: usize>(
        &self,
        pass: &Pass,
        values: &mut [[S; T]],
        unit: impl Fn(usize) -> usize,
    ) {
        if !pass.training || self.threshold == 0 {
            return;
        }
        let scale = S::real(self.scale);
        let step = mix(pass.seed ^ mix(pass.step ^ mix(self.layer as u64)));
        let mut samples = [0; T];
        for (lane, sample) in samples.iter_mut().enumerate() {
            *sample = mix(step ^ (pass.first_sample + lane) as u64);
        }
        for (feature, values) in values.iter_mut().enumerate() {
            let unit = unit(feature) as u64;
            for (value, sample) in values.iter_mut().zip(samples) {
                let random = mix(sample.wrapping_add(unit.wrapping_mul(0x9E37_79B9_7F4A_7C15))) >> 32;
                *value = if random < self.threshold { S::ZERO } else { *value * scale };
            }
        }
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of the result depends on every bit given.
#[inline(always)]
const fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl<S: Scalar> InPlace<S> for Dropout {
    fn forward_in_place<const T: usize>(&self, pass: &Pass, y: &mut [[S; T]]) {
        self.apply(pass, y, |feature| feature);
    }

    fn backward_in_place<const T: usize>(&self, pass: &Pass, _: &[[S; T]], d: &mut [[S; T]]) {
        self.apply(pass, d, |feature| feature);
    }
}

impl<S: Scalar> Layer<S> for Dropout {
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        crate::moves::copy(io.y, io.x);
        self.apply(io.pass, io.y, |feature| feature);
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        if !io.dx.is_empty() {
            crate::moves::copy(io.dx, io.dy);
            self.apply(io.pass, io.dx, |feature| feature);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASS: Pass = Pass { training: true, seed: 3, step: 5, samples: 16, ..Pass::PREDICTION };

    fn dropped<const T: usize>(pass: Pass, layer: usize) -> [[f64; T]; 300] {
        let mut y = [[1.0; T]; 300];
        Dropout::new(0.25, layer).forward_in_place(&pass, &mut y);
        y
    }

    #[test]
    fn a_sample_is_dropped_alike_in_every_tile() {
        let tile: [[f64; 16]; 300] = dropped(PASS, 1);
        let alone: [[f64; 1]; 300] = dropped(Pass { first_sample: 7, samples: 1, ..PASS }, 1);
        assert!(tile.iter().zip(&alone).all(|(tile, alone)| tile[7] == alone[0]));
    }

    #[test]
    fn steps_samples_layers_and_seeds_differ() {
        let tile: [[f64; 16]; 300] = dropped(PASS, 1);
        assert!(tile.iter().any(|unit| unit[0] != unit[1]));
        assert_ne!(tile, dropped(Pass { step: 6, ..PASS }, 1));
        assert_ne!(tile, dropped(Pass { seed: 4, ..PASS }, 1));
        assert_ne!(tile, dropped(PASS, 2));
    }

    #[test]
    fn the_expected_value_stays() {
        let tile: [[f64; 16]; 300] = dropped(PASS, 1);
        let mean = tile.as_flattened().iter().sum::<f64>() / 4800.0;
        assert!((mean - 1.0).abs() < 0.03, "{mean}");
    }
}
