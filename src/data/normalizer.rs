//! [`Normalizer`]: what brings features to mean 0 and deviation 1.

use super::Error;
use crate::{Real, Scalar};

/// `(x + shift) · scale` for each feature or channel, learnt from samples and kept in the network: it takes raw numbers then, its
/// file has all that prediction needs, and nothing is forgotten when it is deployed.
///
/// The layers are `bias` and `scale`, which are there for one number per feature of the last axis or per channel of an
/// image, declared as `frozen`, so that training leaves them alone and computes no gradient:
///
/// ```
/// use backprop::{data::Normalizer, prelude::*};
///
/// #[network(input = 2, layers = [frozen[shift: bias, scale: scale], dense(4), tanh, dense(1)], loss = mse)]
/// struct Net;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let xs = [[1000.0, 0.001], [3000.0, 0.003]];
/// let mut net = Net::new(&mut backprop::rng(1));
/// let normalizer = Normalizer::of(&xs)?;
/// (net.shift.bias, net.scale.weight) = (normalizer.shift, normalizer.scale);
/// assert_eq!(net.shift.bias[0], -2000.0);
/// assert_eq!(net.scale.weight[0], 0.001);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normalizer<S, const C: usize> {
    /// The negative mean: what the weights of `bias` are set to.
    pub shift: [S; C],
    /// 1 / deviation: what the weights of `scale` are set to.
    pub scale: [S; C],
}

/// What is known of one channel.
#[derive(Clone, Copy)]
struct Channel {
    count: usize,
    /// In `f64`, as all sums here: of the pixels of some ten thousand images, `f32` would not take in any more.
    mean: f64,
    /// Σ (x − mean)²
    squares: f64,
    least: f64,
    most: f64,
}

impl<S: Scalar, const C: usize> Normalizer<S, C> {
    /// Mean 0 and deviation 1 (the root of the mean square) for each of a sample's numbers. One that never changes becomes 0.
    ///
    /// # Errors
    /// [`Error::Empty`]; [`Error::NotFinite`], also if a deviation is beyond the range of the scalar.
    pub fn of(xs: &[[S; C]]) -> Result<Self, Error> {
        Self::standard(Self::channels(xs, |feature| feature)?)
    }

    /// The same for each of `C` channels of images `[C, height, width]`, over all of its pixels.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn of_images<const N: usize>(xs: &[[S; N]]) -> Result<Self, Error> {
        const { assert!(N.is_multiple_of(C), "an image has a whole number of pixels for each channel") }
        Self::standard(Self::channels(xs, |feature| feature / (N / C))?)
    }

    /// The same for each of `C` features of sequences `[time, C]`, over all of their steps.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn of_sequences<const N: usize>(xs: &[[S; N]]) -> Result<Self, Error> {
        const { assert!(N.is_multiple_of(C), "a sequence has a whole number of steps") }
        Self::standard(Self::channels(xs, |feature| feature % C)?)
    }

    /// From 0, the least there is, to 1, the most, for each of a sample's numbers. One that never changes becomes 0.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn range(xs: &[[S; C]]) -> Result<Self, Error> {
        Self::from_channels(Self::channels(xs, |feature| feature)?, |channel| {
            (channel.least, channel.most - channel.least)
        })
    }

    fn standard(channels: [Channel; C]) -> Result<Self, Error> {
        Self::from_channels(channels, |channel| {
            (channel.mean, (channel.squares / channel.count as f64).sqrt())
        })
    }

    fn from_channels(channels: [Channel; C], of: impl Fn(&Channel) -> (f64, f64)) -> Result<Self, Error> {
        let mut normalizer = Self { shift: [S::ZERO; C], scale: [S::ONE; C] };
        for (feature, channel) in channels.iter().enumerate() {
            let (shift, width) = of(channel);
            let scale = S::real(Real::new(1.0 / width));
            normalizer.shift[feature] = S::real(Real::new(-shift));
            if channel.least < channel.most {
                normalizer.scale[feature] = scale;
                if !(scale.is_finite() && scale > S::ZERO) {
                    return Err(Error::NotFinite { sample: 0, feature });
                }
            }
        }
        Ok(normalizer)
    }

    /// Welford, *Note on a method for calculating corrected sums of squares and products* (1962).
    fn channels<const N: usize>(
        xs: &[[S; N]],
        channel_of: impl Fn(usize) -> usize,
    ) -> Result<[Channel; C], Error> {
        if xs.is_empty() {
            return Err(Error::Empty);
        }
        let none =
            Channel { count: 0, mean: 0.0, squares: 0.0, least: f64::INFINITY, most: f64::NEG_INFINITY };
        let mut channels = [none; C];
        for (sample, x) in xs.iter().enumerate() {
            for (feature, x) in x.iter().enumerate() {
                if !x.is_finite() {
                    return Err(Error::NotFinite { sample, feature });
                }
                let channel = &mut channels[channel_of(feature)];
                channel.count += 1;
                let x = f64::real(x.to_real());
                let before = x - channel.mean;
                channel.mean += before / channel.count as f64;
                channel.squares += before * (x - channel.mean);
                channel.least = channel.least.min(x);
                channel.most = channel.most.max(x);
            }
        }
        Ok(channels)
    }
}
