//! `batch_norm`: every feature gets mean 0 and variance 1 over the samples of a tile.

mod gradient;
mod kernel;
#[cfg(test)]
mod tests;

use super::layer_norm::initialize;
use crate::initializers::Initializer;
use crate::parts::Parts as _;
use crate::{Real, Scalar, Tensor, flat::flat_parameters};
use kernel::{State, Work};
use rand_core::Rng;

/// The numbers of a batch normalisation of `C` channels: weights and biases, which are trained, and running
/// statistics, which are measured.
///
/// `W` and `B` are `C`, or 0 for a layer without weights or without biases.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchNormParameters<S, const W: usize, const B: usize, const C: usize> {
    /// Factors, at first 1.
    pub weight: [S; W],
    /// Summands, at first 0.
    pub bias: [S; B],
    /// What prediction subtracts, at first 0.
    pub running_mean: [S; C],
    /// What prediction divides by the root of, at first 1.
    pub running_var: [S; C],
}

flat_parameters!([S: Scalar, const W: usize, const B: usize, const C: usize]
BatchNormParameters<S, W, B, C>: S {
    weight: [S; W], bias: [S; B], running_mean: [S; C], running_var: [S; C]
});

/// The numbers of a batch normalisation whose running statistics are means over all batches: those of
/// [`BatchNormParameters`], and how many batches there were.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CumulativeBatchNormParameters<S, const W: usize, const B: usize, const C: usize> {
    /// Factors, at first 1.
    pub weight: [S; W],
    /// Summands, at first 0.
    pub bias: [S; B],
    /// What prediction subtracts, at first 0.
    pub running_mean: [S; C],
    /// What prediction divides by the root of, at first 1.
    pub running_var: [S; C],
    /// How many batches the running statistics are the means of, at first 0; in `f32` it goes no further than 2²⁴.
    pub num_batches_tracked: [S; 1],
}

flat_parameters!([S: Scalar, const W: usize, const B: usize, const C: usize]
CumulativeBatchNormParameters<S, W, B, C>: S {
    weight: [S; W], bias: [S; B], running_mean: [S; C], running_var: [S; C], num_batches_tracked: [S; 1]
});

/// `y = w (x − mean) / √(variance + eps) + b` for each channel (PyTorch's `BatchNorm1d` and `BatchNorm2d`; Ioffe and
/// Szegedy, *Batch normalization*, 2015).
///
/// | | Shape |
/// |---|---|
/// | x, y | `[rows, channels, inner]` |
/// | parameters | weight, bias, running mean, running variance, each `[channels]` |
///
/// An image `[C, H, W]` is one row with `inner = H * W`. Plain features are channels of one number each; in a sequence
/// `[time, features]` every time step is a row, and all rows share their statistics.
///
/// **In training** mean and variance are those of a channel over the samples of the *tile* that is worked on (and its
/// rows and inner features). Where a batch fits in one tile that is what PyTorch's layer does: a trainer of a network that measures
/// has tiles of 64 samples, of 32 or 16 where it is large for the cache, or of as many as `tile` in the declaration says.
/// A larger batch is spread evenly over several, each with statistics of its own: *ghost batch normalisation* (Hoffer et al.,
/// [arXiv:1705.08741](https://arxiv.org/abs/1705.08741)). `summary()` tells the tile. A tile of one sample, which networks for microcontrollers and very large ones get
/// unless they declare another, does not compile with a trainer. Of a single number per channel (a batch of one sample of
/// plain features, where PyTorch raises an error) there is no variance: the layer acts as in prediction.
///
/// **In prediction** they are the running mean and variance, which are stored and not trained: each step moves them by
/// `momentum` (0.1 unless set) towards mean and unbiased variance of all the samples of its batch, pooled over the tiles
/// (of all batches, where gradients were accumulated over several). With `momentum = none` they are the means over all steps
/// instead (PyTorch's `momentum=None`), whose number is stored too, as `num_batches_tracked`. What a step has measured counts only once it has
/// succeeded. Sample weights do not enter into statistics. Where the layer is frozen it acts as in prediction, and
/// keeps its statistics; so it does while [`Trainer::freeze_statistics`](crate::Trainer::freeze_statistics) says so.
///
/// For inference [`fold_batch_norm`](crate::Network::fold_batch_norm) works the layer into the one before it, after which it
/// takes no time.
///
/// A [`Tape`](crate::network::Tape) holds one sample: in prediction mode it uses the running statistics; after
/// [`training`](crate::network::Tape::training) it measures over the rows and inner features of that sample, and leaves
/// the running statistics alone.
///
/// Backward in training, with `n = (x − mean) / √(variance + eps)` and `g = w dy`: `dw = Σ n dy`, `db = Σ dy`, and
/// `dx = (g − mean(g) − n mean(n g)) / √(variance + eps)`. Needs `x`. The variance is the mean of squares here; `eps`
/// is 1e-5 unless set.
///
/// ```
/// use backprop_runtime::{layers::BatchNorm, Forward, Layer, Pass};
/// let norm = BatchNorm::new(2, 1).eps(0.0);
/// let mut parameters = [1.0_f64, 2.0, 0.0, 5.0, 0.0, 0.0, 1.0, 1.0];
/// let (mut state, mut y) = ([0.0; 9], [[0.0; 2]; 2]);
/// norm.forward(Forward {
///     parameters: &parameters,
///     x: &[[1.0, 3.0], [10.0, 30.0]],
///     y: &mut y,
///     state: &mut state,
///     ..Forward::of(&Pass { training: true, samples: 2, ..Pass::PREDICTION })
/// });
/// assert_eq!(y, [[-1.0, 1.0], [3.0, 7.0]]);
///
/// norm.commit(&mut parameters, &mut state); // what a trainer does when a step has succeeded
/// assert_eq!(parameters[4..], [0.1 * 2.0, 0.1 * 20.0, 0.9 + 0.1 * 2.0, 0.9 + 0.1 * 200.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchNorm {
    /// How many rows there are, with the same channels.
    pub rows: usize,
    /// Channels of a row.
    pub channels: usize,
    /// Features of a channel.
    pub inner: usize,
    /// Added to the variance.
    pub eps: Real,
    /// How far a step moves the running statistics towards what it has measured, from 0 to 1.
    pub momentum: Real,
    /// The rest of the momentum to 1.
    rest: Real,
    /// Whether the running statistics are means over all batches instead.
    pub cumulative: bool,
    /// Whether there are weights.
    pub weight: bool,
    /// Whether there are biases.
    pub bias: bool,
}

impl BatchNorm {
    /// Over each of `channels` channels of `inner` features.
    pub const fn new(channels: usize, inner: usize) -> Self {
        assert!(channels > 0 && inner > 0, "batch_norm has at least one channel and one feature");
        let layer = Self {
            rows: 1,
            channels,
            inner,
            eps: Real::new(1e-5),
            momentum: Real::new(0.0),
            rest: Real::new(0.0),
            cumulative: false,
            weight: true,
            bias: true,
        };
        layer.momentum(0.1)
    }

    /// The same for `rows` rows.
    pub const fn rows(self, rows: usize) -> Self {
        assert!(rows > 0, "batch_norm has at least one row");
        Self { rows, ..self }
    }

    /// The same with another number added to the variance.
    pub const fn eps(self, eps: f64) -> Self {
        Self { eps: Real::new(eps), ..self }
    }

    /// The same with another momentum.
    pub const fn momentum(self, momentum: f64) -> Self {
        assert!(momentum >= 0.0 && momentum <= 1.0, "the momentum of batch_norm is a number from 0 to 1");
        Self { momentum: Real::new(momentum), rest: Real::new(1.0 - momentum), ..self }
    }

    /// The same with running statistics that are means over all batches (PyTorch's `momentum=None`), which are counted: there is
    /// one more number, behind the statistics.
    pub const fn cumulative(self) -> Self {
        Self { cumulative: true, ..self }
    }

    /// The same without biases.
    pub const fn without_bias(self) -> Self {
        Self { bias: false, ..self }
    }

    /// The same without weights and biases.
    pub const fn without_parameters(self) -> Self {
        Self { weight: false, bias: false, ..self }
    }

    /// Input features, of all rows.
    pub const fn inputs(&self) -> usize {
        self.rows * self.channels * self.inner
    }

    /// Output features, of all rows.
    pub const fn outputs(&self) -> usize {
        self.inputs()
    }

    const fn weights(&self) -> usize {
        if self.weight { self.channels } else { 0 }
    }

    const fn biases(&self) -> usize {
        if self.bias { self.channels } else { 0 }
    }

    /// How many numbers are trained: weights and biases.
    pub const fn trained(&self) -> usize {
        self.weights() + self.biases()
    }

    /// How many numbers are stored: also the running statistics, and the count of batches where there is one.
    pub const fn parameters(&self) -> usize {
        self.trained() + 2 * self.channels + self.cumulative as usize
    }

    /// How many numbers last from tile to tile: what has been measured since the last step, and the last tile's mean and
    /// deviation.
    pub const fn state(&self) -> usize {
        4 * self.channels + 1
    }

    /// Names, shapes and places of what is stored; what the layer lacks has the shape `[0]`.
    pub const fn tensors(&self) -> [Tensor; 4] {
        let (weights, trained, channels) = (self.weights(), self.trained(), self.channels);
        [
            Tensor::new("weight", &[weights]),
            Tensor::new("bias", &[self.biases()]).at(weights),
            Tensor::new("running_mean", &[channels]).at(trained).not_trained(),
            Tensor::new("running_var", &[channels]).at(trained + channels).not_trained(),
        ]
    }

    /// [`tensors`](Self::tensors), and the count of batches that a [`cumulative`](Self::cumulative) layer has.
    pub const fn tensors_and_count(&self) -> [Tensor; 5] {
        let [weight, bias, mean, variance] = self.tensors();
        let count = Tensor::new("num_batches_tracked", &[]).at(self.trained() + 2 * self.channels);
        [weight, bias, mean, variance, count.not_trained()]
    }

    /// Sets weights of one and biases of zero unless the declaration says otherwise, and running statistics of
    /// numbers with mean 0 and variance 1.
    pub fn initialize<S: Scalar, R: Rng + ?Sized>(
        &self,
        parameters: &mut [S],
        weight: &impl Initializer,
        bias: &impl Initializer,
        rng: &mut R,
    ) {
        let (trained, statistics) = parameters.split_at_mut(self.trained().min(parameters.len()));
        initialize(self.weights(), trained, weight, bias, rng);
        let [mean, variance, count] = self.statistics(statistics);
        mean.fill(S::ZERO);
        variance.fill(S::ONE);
        count.fill(S::ZERO);
    }

    /// Running means, running variances, and the count of batches where there is one.
    fn statistics<'a, S>(&self, statistics: &'a mut [S]) -> [&'a mut [S]; 3] {
        let (mean, rest) = statistics.split_at_mut(self.channels.min(statistics.len()));
        let (variance, count) = rest.split_at_mut(self.channels.min(rest.len()));
        [mean, variance, count]
    }

    /// Moves the running statistics towards what has been measured since the last time, if anything has.
    pub fn commit<S: Scalar>(&self, parameters: &mut [S], state: &mut [S]) {
        let statistics = parameters.part_mut(self.trained()..);
        let [running_mean, running_var, batches] = self.statistics(statistics);
        let Some(State { count, mean, squares, .. }) = State::of(self.channels, state) else { return };
        if *count <= S::ONE {
            return;
        }
        let (mut momentum, mut rest) = (S::real(self.momentum), S::real(self.rest));
        if let [batches] = batches {
            *batches += S::ONE;
            momentum = S::ONE / *batches;
            rest = S::ONE - momentum;
        }
        for (running, mean) in running_mean.iter_mut().zip(&*mean) {
            *running = momentum * *mean + rest * *running;
        }
        let unbiased = *count - S::ONE;
        for (running, squares) in running_var.iter_mut().zip(&*squares) {
            *running = momentum * (*squares / unbiased) + rest * *running;
        }
        *count = S::ZERO;
    }

    /// Adds to what has been measured in one place what has been measured in another. Each is a [`state`](Self::state).
    #[cfg(any(feature = "distributed", feature = "rayon"))]
    pub(crate) fn pool<S: Scalar>(state: &mut [S], other: &mut [S]) {
        let channels = state.len().saturating_sub(1) / 4;
        if let (Some(mut state), Some(other)) = (State::of(channels, state), State::of(channels, other)) {
            state.pool(other);
        }
    }

    /// Works the layer, as it acts in prediction, into the `tensors` of the layer before it: weights whose first axis
    /// is the channels, and a bias if there is one. What remains to be done here is nothing, or, without that bias,
    /// to subtract.
    pub fn fold<S: Scalar>(&self, parameters: &mut [S], before: &mut [S], tensors: &[Tensor]) {
        let (trained, statistics) = parameters.split_at_mut(self.trained().min(parameters.len()));
        let (weights, biases) = trained.split_at_mut(self.weights().min(trained.len()));
        let [mean, variance, _] = self.statistics(statistics);
        let eps = S::real(self.eps);
        // For a while the factors stand in the place of the variances, and the summands in that of the means.
        for (channel, (mean, variance)) in mean.iter_mut().zip(&mut *variance).enumerate() {
            let weight = weights.get(channel).copied().unwrap_or(S::ONE);
            let bias = biases.get(channel).copied().unwrap_or(S::ZERO);
            *variance = weight / (*variance + eps).sqrt();
            *mean = bias - *mean * *variance;
        }
        for tensor in tensors.iter().filter(|tensor| tensor.len > 0) {
            let of_channel = (tensor.len / self.channels).max(1);
            for (index, place) in tensor.places().enumerate() {
                let channel = index / of_channel;
                let (Some(value), Some(factor)) = (before.get_mut(place), variance.get(channel)) else {
                    continue;
                };
                *value *= *factor;
                if tensor.rank == 1
                    && let Some(summand) = mean.get_mut(channel)
                {
                    *value += core::mem::take(summand);
                }
            }
        }
        weights.fill(S::ONE);
        // What leaves every number as it is, −0 too.
        biases.fill(-S::ZERO);
        for mean in mean {
            *mean = S::ZERO - *mean;
        }
        // So that the deviation is 1 to the last bit.
        variance.fill(S::ONE - eps);
    }

    /// The layer as it acts in prediction, with its parameters: in place, for a call together with the layer before it.
    pub const fn of<S>(self, parameters: &[S]) -> PredictingNorm<'_, S> {
        PredictingNorm { layer: self, parameters }
    }

    /// How many samples are measured over; nothing where the layer acts as in prediction.
    fn measured(&self, pass: &crate::Pass, state: usize) -> Option<usize> {
        let numbers = pass.samples * self.rows * self.inner;
        (pass.training && !pass.frozen && state > 0 && numbers > 1).then_some(pass.samples)
    }

    fn work<S: Scalar>(&self, tile: usize, measured: Option<usize>) -> Work<S> {
        Work {
            rows: self.rows,
            channels: self.channels,
            inner: self.inner,
            weights: self.weights(),
            biases: self.biases(),
            eps: S::real(self.eps),
            tile,
            measured,
        }
    }
}

/// Batch normalisation as it acts in prediction, where its input stands; its parameters are constants of it.
///
/// What the planner writes for `conv2d(6, kernel = 3), batch_norm` in prediction: the output of the convolution is
/// normalised while it is still in cache. A channel that has nothing left to be done, because it has been
/// [folded](BatchNorm::fold), is not touched.
///
/// ```
/// use backprop_runtime::{layers::BatchNorm, InPlace, Pass};
/// let mut y = [[1.0_f64], [2.0]];
/// BatchNorm::new(2, 1).eps(1.0).of(&[1.0, 6.0, 0.5, 0.0, 1.0, 0.0, 0.0, 3.0]).forward_in_place(&Pass::PREDICTION, &mut y);
/// assert_eq!(y, [[0.5], [6.0]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PredictingNorm<'a, S> {
    layer: BatchNorm,
    parameters: &'a [S],
}

macro_rules! layer {
    ($scalar:ident) => {
        impl crate::InPlace<$scalar> for PredictingNorm<'_, $scalar> {
            fn forward_in_place<const T: usize>(&self, _: &crate::Pass, y: &mut [[$scalar; T]]) {
                let work = self.layer.work(T, None);
                <$scalar as kernel::Kernel>::predict(&work, self.parameters, y.as_flattened_mut());
            }

            fn backward_in_place<const T: usize>(
                &self,
                _: &crate::Pass,
                _: &[[$scalar; T]],
                d: &mut [[$scalar; T]],
            ) {
                let work = self.layer.work(T, None);
                <$scalar as kernel::Kernel>::scale(&work, self.parameters, d.as_flattened_mut());
            }
        }

        impl crate::Layer<$scalar> for PredictingNorm<'_, $scalar> {
            fn forward<const T: usize>(&self, io: crate::Forward<'_, $scalar, T>) {
                crate::moves::copy(io.y, io.x);
                crate::InPlace::forward_in_place(self, io.pass, io.y);
            }

            fn backward<const T: usize>(&self, io: crate::Backward<'_, $scalar, T>) {
                if !io.dx.is_empty() {
                    crate::moves::copy(io.dx, io.dy);
                    crate::InPlace::backward_in_place(self, io.pass, io.y, io.dx);
                }
            }
        }

        impl crate::Layer<$scalar> for BatchNorm {
            // Where it acts as in prediction, the running statistics are among them.
            const GRADIENT_READS_PARAMETERS: bool = true;

            fn forward<const T: usize>(&self, io: crate::Forward<'_, $scalar, T>) {
                let crate::Forward { pass, parameters, x, y, state, .. } = io;
                if pass.training
                    && pass.first_sample == 0
                    && let Some(count) = state.first_mut()
                {
                    *count = 0.0;
                }
                let work = self.work(T, self.measured(pass, state.len()));
                let (x, y) = (x.as_flattened(), y.as_flattened_mut());
                <$scalar as kernel::Kernel>::forward(&work, parameters, x, y, state, &mut [0.0; T]);
            }

            fn backward<const T: usize>(&self, io: crate::Backward<'_, $scalar, T>) {
                let crate::Backward { pass, parameters, x, state, dy, dx, gradient, .. } = io;
                let work = self.work(T, self.measured(pass, state.len()));
                let io = super::normalize::Gradients {
                    parameters,
                    x: x.as_flattened(),
                    saved: state,
                    dy: dy.as_flattened(),
                    dx: dx.as_flattened_mut(),
                    gradient,
                };
                let mut lanes = [[0.0; T]; 2];
                <$scalar as kernel::Kernel>::backward(&work, io, lanes.as_flattened_mut());
            }
        }
    };
}
layer!(f32);
layer!(f64);
