//! `dropout2d`: whole channels become zero while training.

use super::Dropout;
use crate::{Backward, Forward, InPlace, Layer, Pass, Scalar};

/// In training each channel is zero with probability `p`, otherwise divided by `1 − p`; in prediction nothing
/// changes (PyTorch's `Dropout2d` on images, `Dropout1d` on sequences; Tompson et al. 2015, *spatial dropout*).
///
/// Neighbouring numbers of a channel are so much alike that dropping single ones takes little away. An image
/// `[C, H, W]` is `new(p, layer, C, H * W)`, a sequence `[T, F]`, whose channels are its features, `new(p, layer, F, 1)`.
/// What is dropped is drawn as in [`Dropout`], with the channel for the unit.
///
/// ```
/// use backprop_runtime::{layers::Dropout2d, InPlace, Pass};
/// let dropout = Dropout2d::new(0.5, 0, 100, 9);
/// let mut y = [[1.0_f32]; 900];
/// dropout.forward_in_place(&Pass { training: true, ..Pass::default() }, &mut y);
/// assert!(y.chunks(9).all(|channel| channel.iter().all(|y| *y == channel[0])));
/// let kept = y.chunks(9).filter(|channel| channel[0] == [2.0]).count();
/// assert!((30..70).contains(&kept));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout2d {
    dropout: Dropout,
    channels: usize,
    inner: usize,
}

impl Dropout2d {
    /// Drops each of `channels` runs of `inner` features with probability `p`, at least 0 and below 1; the runs are
    /// repeated over what the slices hold. `layer` tells its random numbers from those of other layers.
    pub const fn new(p: f64, layer: usize, channels: usize, inner: usize) -> Self {
        assert!(channels > 0 && inner > 0, "a dropout2d layer has at least one channel and one feature");
        Self { dropout: Dropout::new(p, layer), channels, inner }
    }

    fn apply<S: Scalar, const T: usize>(&self, pass: &Pass, values: &mut [[S; T]]) {
        self.dropout.apply(pass, values, |feature| feature / self.inner % self.channels);
    }
}

impl<S: Scalar> InPlace<S> for Dropout2d {
    fn forward_in_place<const T: usize>(&self, pass: &Pass, y: &mut [[S; T]]) {
        self.apply(pass, y);
    }

    fn backward_in_place<const T: usize>(&self, pass: &Pass, _: &[[S; T]], d: &mut [[S; T]]) {
        self.apply(pass, d);
    }
}

impl<S: Scalar> Layer<S> for Dropout2d {
    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        crate::moves::copy(io.y, io.x);
        self.apply(io.pass, io.y);
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        crate::moves::copy(io.dx, io.dy);
        self.apply(io.pass, io.dx);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASS: Pass = Pass { training: true, seed: 3, step: 5, samples: 16, ..Pass::PREDICTION };

    #[test]
    fn channels_of_images_and_features_of_sequences_are_dropped() {
        let mut image = [[1.0_f64; 16]; 60];
        Dropout2d::new(0.4, 1, 12, 5).forward_in_place(&PASS, &mut image);
        assert!(image.chunks(5).all(|channel| channel.iter().all(|values| *values == channel[0])));
        let mut sequence = [[1.0_f64; 16]; 60];
        Dropout2d::new(0.4, 1, 12, 1).forward_in_place(&PASS, &mut sequence);
        assert!(sequence.chunks(12).all(|step| *step == sequence[..12]));
        assert!((0..12).all(|channel| image[5 * channel] == sequence[channel]));
        assert!(sequence[..12].as_flattened().contains(&0.0));
        assert!(sequence[..12].as_flattened().contains(&(1.0 / 0.6)));
    }

    #[test]
    fn backward_drops_what_forward_dropped_and_prediction_nothing() {
        let layer = Dropout2d::new(0.5, 2, 6, 2);
        let (mut y, mut d) = ([[1.0_f64; 4]; 12], [[1.0_f64; 4]; 12]);
        layer.forward_in_place(&PASS, &mut y);
        layer.backward_in_place(&PASS, &[], &mut d);
        assert_eq!(y, d);
        let mut y = [[1.0_f64; 4]; 12];
        layer.forward_in_place(&Pass::PREDICTION, &mut y);
        assert_eq!(y, [[1.0; 4]; 12]);
    }
}
