//! The chain rule of `batch_norm`.

use super::kernel::Work;
use crate::Scalar;
use crate::kernels::total;
use crate::layers::normalize::Gradients;
use crate::parts::Parts as _;
use crate::simd::Simd;

/// Mean and reciprocal deviation in the last tile, if they were measured.
fn measured<S>(channels: usize, state: &[S]) -> [&[S]; 2] {
    let mut parts = state.after(1 + 2 * channels).pieces(channels);
    [parts.next().unwrap_or_default(), parts.next().unwrap_or_default()]
}

/// `dx = scale (dy − a − n b)` with `n = (x − mean) deviation`.
struct Line<S> {
    mean: S,
    deviation: S,
    scale: S,
    a: S,
    b: S,
}

impl<S: Scalar> Work<S> {
    /// `lanes` has room for two numbers of each sample.
    #[inline(always)]
    pub(super) fn backward<V: Simd>(&self, v: V, io: Gradients<'_, S>, lanes: &mut [S]) {
        let Gradients { parameters, x, saved, dy, dx, gradient } = io;
        let (samples, trains) = (self.measured.unwrap_or(self.tile), !gradient.is_empty());
        // Biases may be trained alone. What stands behind them is not trained.
        let (gradient, _) = gradient.split_at_mut((self.weights + self.biases).min(gradient.len()));
        let (d_weights, d_biases) = gradient.split_at_mut(gradient.len().saturating_sub(self.biases));
        let [means, deviations] = measured(self.channels, saved);
        let share = S::ONE / self.count();
        for channels in self.groups() {
            let few = self.few(v, parameters, channels.clone());
            for (place, channel) in channels.enumerate() {
                let running = (few.mean.get(place), few.deviation.get(place));
                let tile = (means.get(channel), deviations.get(channel));
                let (mean, deviation) = if self.measured.is_some() { tile } else { running };
                let (Some(mean), Some(deviation), Some(weight)) = (mean, deviation, few.weight.get(place))
                else {
                    continue;
                };
                let (mean, deviation) = (*mean, *deviation);
                // A frozen layer needs neither.
                let (sum, product) = if self.measured.is_some() || trains {
                    self.sums(channel, x, dy, mean, deviation, samples, lanes)
                } else {
                    (S::ZERO, S::ZERO)
                };
                if let Some(gradient) = d_weights.get_mut(channel) {
                    *gradient += product;
                }
                if let Some(gradient) = d_biases.get_mut(channel) {
                    *gradient += sum;
                }
                // Running statistics do not depend on x.
                let share = if self.measured.is_some() { share } else { S::ZERO };
                let line =
                    Line { mean, deviation, scale: deviation * *weight, a: sum * share, b: product * share };
                self.input_gradient(channel, &line, x, dy, dx, samples);
            }
        }
    }

    /// `Σ dy` and `Σ n dy` of a channel over its samples.
    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "each is one symbol of the formula")]
    fn sums(
        &self,
        channel: usize,
        x: &[S],
        dy: &[S],
        mean: S,
        deviation: S,
        samples: usize,
        lanes: &mut [S],
    ) -> (S, S) {
        lanes.fill(S::ZERO);
        let (sums, products) = lanes.divided_mut(self.tile);
        for run in self.runs(channel) {
            let (x, dy) = (x.part(run.clone()), dy.part(run));
            for (x, dy) in x.pieces(self.tile).zip(dy.pieces(self.tile)) {
                let lanes = sums.iter_mut().zip(&mut *products);
                for ((x, dy), (sum, product)) in x.iter().zip(dy).zip(lanes) {
                    *sum += *dy;
                    *product += *dy * ((*x - mean) * deviation);
                }
            }
        }
        let of = |lanes: &[S]| total(lanes.part(..samples));
        (of(sums), of(products))
    }

    #[inline(always)]
    fn input_gradient(
        &self,
        channel: usize,
        line: &Line<S>,
        x: &[S],
        dy: &[S],
        dx: &mut [S],
        samples: usize,
    ) {
        let Line { mean, deviation, scale, a, b } = *line;
        for run in self.runs(channel) {
            let Some(dx) = dx.get_mut(run.clone()) else { continue };
            let (x, dy) = (x.part(run.clone()), dy.part(run));
            for ((x, dy), dx) in x.iter().zip(dy).zip(&mut *dx) {
                *dx = scale * (*dy - a - (*x - mean) * deviation * b);
            }
            // Padding lanes get a zero gradient, though mean and variance would give them one.
            if samples < self.tile {
                for dx in dx.pieces_mut(self.tile) {
                    dx.part_mut(samples..).fill(S::ZERO);
                }
            }
        }
    }
}
