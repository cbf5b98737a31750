//! [`Trainer`]: batches in, updates out.
//!
//! A step works through its batch in tiles: load, forward, loss, backward. Gradients add up over the tiles
//! and are divided once, by the weight of the whole batch, while the optimizer reads them. Nothing that a
//! user can see changes before loss and gradients are known to be finite.

#[cfg(not(feature = "distributed"))]
mod alone;
mod batch;
mod carried;
mod evaluation;
#[cfg(feature = "alloc")]
mod fit;
mod online;
#[cfg(feature = "distributed")]
mod ranks;
mod saved;
#[cfg(feature = "rayon")]
mod threads;
mod tiles;
mod update;

pub use evaluation::{Evaluation, HeadEvaluation};
#[cfg(feature = "alloc")]
pub use fit::source;
#[cfg(feature = "alloc")]
pub use fit::{Epoch, Fit, History, Progress};
pub use online::OnlineTrainer;

use crate::calls::{Apart, Calls, with_calls};
use crate::flat::zero;
use crate::losses::Sum;
use crate::network::{LARGEST_BY_VALUE, Network, Passes as _, Trainable, Training};
use crate::optimizers::{Adam, Optimizer, Risk};
use crate::{AsTarget, Error, Flat, Loss, Real, Scalar, Tensor, Zeroed};
use batch::{Batch, check_samples, check_targets, check_weights, declared, written_on_the_spot};
use core::mem::MaybeUninit;
use generic_array::GenericArray;
use generic_array::sequence::GenericSequence as _;
use tiles::Site;
use update::{Updating, risk, update};

type State<N, O> = <O as Optimizer>::State<<N as Network>::Scalar, <N as Network>::Trained>;

/// Everything that training needs beside the network: optimizer and its state, gradients, workspace.
///
/// All of it is inline. [`boxed`](Self::boxed) and [`init`](Self::init) build a large one in place. `Trainer<Net>` is one with
/// [`Adam`].
pub struct Trainer<N: Network, O: Optimizer = Adam> {
    optimizer: O,
    settings: Settings<N::Scalar>,
    /// Whether batch normalisation keeps its statistics.
    frozen_statistics: bool,
    pending: Sum<N::Scalar>,
    seed: u64,
    /// Samples in `pending`: where the next batch begins for dropout.
    // Between seed and step, which would be copied into the pass as one vector: its read waits for the last step's write.
    samples: usize,
    step: u64,
    /// What the next step must look at before it is taken. The first is tried, and one after numbers that are very large.
    risk: Risk,
    groups: GenericArray<Group<N::Scalar>, N::Tensors>,
    state: State<N, O>,
    gradients: Aligned<N::Gradients>,
    workspace: N::Workspace,
    #[cfg(feature = "rayon")]
    threads: Option<threads::Threads<N::Workspace, N::Scalar>>,
    #[cfg(feature = "distributed")]
    ranks: Option<alloc::boxed::Box<ranks::Ranks<N>>>,
}

/// Begins at a cache line, so that what is one vector long lies in one.
#[repr(C, align(64))]
struct Aligned<T>(T);

#[expect(unsafe_code, reason = "gradients start as zero bytes, checked by the macro")]
const _: () = {
    crate::zeroed!([T: Zeroed] Aligned<T> { 0 });
};

/// How a group of parameters differs from the rest: factors on the optimizer's settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group<S> {
    learning_rate: S,
    weight_decay: S,
}

impl<S: Scalar> Group<S> {
    /// What the declaration says of the tensor in a row of the table.
    fn declared<N: Network<Scalar = S>>(row: usize) -> Self {
        let tensor = N::tensors().get(row);
        let of = |factor: fn(&Tensor) -> Real| tensor.map_or(S::ONE, |tensor| S::real(factor(tensor)));
        Self {
            learning_rate: of(|tensor| tensor.learning_rate),
            weight_decay: of(|tensor| tensor.weight_decay),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Settings<S> {
    clip_norm: Option<S>,
    clip_value: Option<S>,
}

impl<N: Network, O: Optimizer> Trainer<N, O> {
    /// Bytes of the network, the trainer and the optimizer's state: all that training takes.
    pub const BYTES: usize = size_of::<N::Core>() + size_of::<Self>();

    /// A trainer by value: up to 256 KiB, beyond that use [`boxed`](Self::boxed) or [`init`](Self::init).
    pub fn new(optimizer: O) -> Self {
        const {
            assert!(
                size_of::<Self>() <= LARGEST_BY_VALUE,
                "this trainer is larger than 256 KiB: use `Trainer::boxed`, or `Trainer::init` with a static"
            );
        }
        Self {
            optimizer,
            settings: Settings { clip_norm: None, clip_value: None },
            frozen_statistics: false,
            pending: Sum::default(),
            samples: 0,
            seed: 0,
            step: 0,
            risk: Risk::Settings,
            groups: GenericArray::generate(Group::declared::<N>),
            state: zero(),
            gradients: Aligned(zero()),
            workspace: zero(),
            #[cfg(feature = "rayon")]
            threads: None,
            #[cfg(feature = "distributed")]
            ranks: None,
        }
    }

    /// A trainer in a box, built there.
    #[cfg(feature = "alloc")]
    pub fn boxed(optimizer: O) -> alloc::boxed::Box<Self> {
        let mut memory = alloc::boxed::Box::new_uninit();
        Self::init(&mut memory, optimizer);
        #[expect(unsafe_code, reason = "an in-place box")]
        // SAFETY: `init` has initialised the value.
        unsafe {
            memory.assume_init()
        }
    }

    /// A trainer in memory that the caller owns, for instance a `static` without initial contents.
    ///
    /// What the memory held before is overwritten without being dropped.
    #[expect(unsafe_code, reason = "an in-place constructor")]
    pub fn init(memory: &mut MaybeUninit<Self>, optimizer: O) -> &mut Self {
        let this = memory.as_mut_ptr();
        macro_rules! write {
            ($($zeros:ident),*; $($(#[$when:meta])* $field:ident: $value:expr),*) => {
                // Compiles if no field is left out.
                let _: fn(&Self) = |Self { $($zeros: _,)* $($(#[$when])* $field: _,)* }| ();
                $(
                    // SAFETY: `this` points to memory of the right size and alignment.
                    let field = unsafe { &raw mut (*this).$zeros };
                    // SAFETY: the field lies in memory that is borrowed exclusively.
                    unsafe { write_zeros(field) };
                )*
                $($(#[$when])* {
                    // SAFETY: `this` points to memory of the right size and alignment.
                    let field = unsafe { &raw mut (*this).$field };
                    // SAFETY: the field lies in memory that is borrowed exclusively.
                    unsafe { field.write($value) };
                })*
            };
        }
        /// # Safety
        /// The field lies in memory that is borrowed exclusively.
        unsafe fn write_zeros<T: Zeroed>(field: *mut T) {
            const { T::CHECKED }
            // SAFETY: the caller's promise; zero bytes are a value of the type.
            unsafe { field.write_bytes(0, 1) };
        }
        write!(
            state, gradients, workspace;
            optimizer: optimizer,
            settings: Settings { clip_norm: None, clip_value: None },
            frozen_statistics: false,
            pending: Sum::default(),
            samples: 0,
            seed: 0,
            step: 0,
            risk: Risk::Settings,
            groups: GenericArray::generate(Group::declared::<N>),
            #[cfg(feature = "rayon")]
            threads: None,
            #[cfg(feature = "distributed")]
            ranks: None
        );
        // SAFETY: all fields have been written.
        unsafe { memory.assume_init_mut() }
    }

    /// The optimizer.
    pub fn optimizer(&self) -> &O {
        &self.optimizer
    }

    /// The optimizer, to change its settings.
    pub fn optimizer_mut(&mut self) -> &mut O {
        // Tried once, and looked at then.
        self.risk = Risk::Settings;
        &mut self.optimizer
    }

    /// Sets the learning rate from the next step on.
    pub fn set_learning_rate(&mut self, learning_rate: impl Into<Real>) {
        self.optimizer.set_learning_rate(learning_rate.into());
        self.risk = self.risk.max(risk(&self.optimizer, &self.groups));
    }

    /// Sets the seed of dropout (0 unless set).
    pub fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
    }

    /// Scales gradients down where their Euclidean norm exceeds `max`; `None` leaves them (the default).
    ///
    /// PyTorch's `clip_grad_norm_`.
    pub fn clip_norm(&mut self, max: Option<f64>) {
        self.settings.clip_norm = max.map(|max| N::Scalar::real(max.into()));
    }

    /// Limits every gradient to ±`max`; `None` leaves them (the default). Applied before the norm's.
    ///
    /// PyTorch's `clip_grad_value_`.
    pub fn clip_value(&mut self, max: Option<f64>) {
        self.settings.clip_value = max.map(|max| N::Scalar::real(max.into()));
    }

    /// Keeps the statistics of batch normalisation as they are from the next batch on, or lets it measure again (the default).
    ///
    /// While they are kept such layers use them, as in prediction, also for the gradients; weights and biases learn on. In PyTorch:
    /// a model that trains with its norms in `eval()`. For batches that are too small to measure, as in fine-tuning.
    ///
    /// ```
    /// use backprop::prelude::*;
    ///
    /// #[network(input = 2, layers = [batch_norm, dense(1)], loss = mse)]
    /// struct Net;
    ///
    /// # fn main() -> Result<(), backprop::Error> {
    /// let mut net = Net::new(&mut backprop::rng(1));
    /// let mut trainer = Trainer::new(Sgd::new(0.1));
    /// trainer.freeze_statistics(true);
    /// trainer.step(&mut net, &[[1.0, 2.0], [3.0, 5.0]], &[[1.0], [0.0]])?;
    /// assert_eq!(net.batch_norm1.running_mean, [0.0; 2]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn freeze_statistics(&mut self, frozen: bool) {
        self.frozen_statistics = frozen;
    }

    /// Makes a group of parameters learn at `learning_rate` times the optimizer's rate and decay at
    /// `weight_decay` times its weight decay, whatever the declaration says.
    ///
    /// `name` is a layer's, `conv1`, one tensor's of a layer, `conv1.bias`, or that of a network within the
    /// network, `encoder1`.
    ///
    /// # Errors
    /// [`Error::UnknownLayer`] if no layer or tensor has the name.
    pub fn set_group(
        &mut self,
        name: &str,
        learning_rate: impl Into<Real>,
        weight_decay: impl Into<Real>,
    ) -> Result<(), Error> {
        let group = Group {
            learning_rate: N::Scalar::real(learning_rate.into()),
            weight_decay: N::Scalar::real(weight_decay.into()),
        };
        let valid = |factor: N::Scalar| factor >= N::Scalar::ZERO && factor.is_finite();
        if !(valid(group.learning_rate) && valid(group.weight_decay)) {
            return Err(Error::InvalidLearningRate);
        }
        let mut found = false;
        for (tensor, place) in N::tensors().iter().zip(&mut self.groups) {
            if tensor.is_in(name) {
                *place = group;
                found = true;
            }
        }
        self.risk = self.risk.max(risk(&self.optimizer, &self.groups));
        if found { Ok(()) } else { Err(Error::UnknownLayer) }
    }

    /// The sum of gradients since the last update, or right after an update those that it used, limited by
    /// [`clip_value`](Self::clip_value); not divided by the weight of the samples, and not scaled by
    /// [`clip_norm`](Self::clip_norm). Zero once they have been discarded.
    pub fn gradients(&self) -> &N::Gradients {
        &self.gradients.0
    }

    /// The gradients, to change what has been accumulated before [`update`](Self::update) applies it: sums over samples,
    /// not yet divided by their weight.
    ///
    /// ```
    /// use backprop::prelude::*;
    ///
    /// #[network(input = 2, layers = [dense(1)], loss = mse)]
    /// struct Line;
    ///
    /// # fn main() -> Result<(), backprop::Error> {
    /// let mut net = Line::zeroed();
    /// let mut trainer = Trainer::new(Sgd::new(1.0));
    /// trainer.accumulate(&mut net, &[[1.0, 2.0]], &[[1.0]])?;
    /// trainer.gradients_mut().dense1.bias = [0.0];
    /// trainer.update(&mut net)?;
    /// assert_eq!(net.dense1.bias, [0.0]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn gradients_mut(&mut self) -> &mut N::Gradients {
        &mut self.gradients.0
    }

    /// The buffers of the last tile, for layers that tell how their pass went.
    ///
    /// `trainer.workspace().slots().settle.most_iterations` is what a `settle: fixed_point(…)[…]` took for the batch of
    /// the last step, see [`Iteration`](crate::layers::Iteration).
    pub fn workspace(&self) -> &N::Workspace {
        &self.workspace
    }

    /// Forgets the gradients that [`accumulate`](Self::accumulate) has added up.
    pub fn discard(&mut self) {
        self.gradients.0.set_zero();
        self.pending = Sum::default();
        self.samples = 0;
    }

    /// One step with a loss written on the spot.
    ///
    /// `loss` is given the sample's place in the batch, the network's output for it, and the place for the
    /// gradient with respect to that output (zero at first); it returns the sample's loss. The step follows
    /// the mean over the batch.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    pub fn step_with(
        &mut self,
        net: &mut N,
        xs: &[N::Sample],
        mut loss: impl FnMut(usize, &N::Output, &mut N::Output) -> N::Scalar,
    ) -> Result<N::Scalar, Error> {
        let mean = self.accumulate_with(net, xs, &mut loss)?;
        self.update(net)?;
        Ok(mean)
    }

    /// Adds the gradients of a batch, with a loss written on the spot, without updating.
    ///
    /// # Errors
    /// As [`accumulate`](Self::accumulate).
    pub fn accumulate_with(
        &mut self,
        net: &mut N,
        xs: &[N::Sample],
        mut loss: impl FnMut(usize, &N::Output, &mut N::Output) -> N::Scalar,
    ) -> Result<N::Scalar, Error> {
        #[cfg(feature = "distributed")]
        if self.ranks.is_some() {
            return self.accumulate_over_ranks_with(net, xs, loss);
        }
        check_samples::<N>(xs)?;
        let batch = self.batch(net, xs);
        let sum = self.site().run_tiles(Apart, &batch, written_on_the_spot::<N>(&mut loss, 0));
        self.finish(sum, xs.len(), |weight| weight)
    }

    /// Updates the network with the gradients that have been accumulated, as their mean over all samples.
    ///
    /// # Errors
    /// [`Error::EmptyBatch`] if nothing has been accumulated, or only samples that count nothing;
    /// [`Error::NonFiniteGradient`]. What was accumulated is discarded then.
    pub fn update(&mut self, net: &mut N) -> Result<(), Error> {
        self.update_by(Apart, net)
    }

    #[inline(always)]
    fn update_by<C: Calls>(&mut self, calls: C, net: &mut N) -> Result<(), Error> {
        if self.pending.weight <= N::Scalar::ZERO {
            // Samples that count nothing, as all ignored ones, leave no trace in the next step either.
            if self.samples > 0 {
                self.discard();
            }
            return Err(Error::EmptyBatch);
        }
        let scale = N::Scalar::ONE / self.pending.weight;
        // Weights whose sum is infinite are no better: their mean would be zero.
        if !scale.is_finite() || scale == N::Scalar::ZERO {
            self.discard();
            return Err(Error::WeightsTooSmall);
        }
        self.sum_over_ranks()?;
        let result = match self.samples > 0 && !self.workspace.measured_is_finite() {
            true => Err(Error::NonFiniteStatistics),
            false => update(
                calls,
                net,
                Updating {
                    optimizer: &self.optimizer,
                    state: &mut self.state,
                    settings: &self.settings,
                    groups: &self.groups,
                    gradients: self.gradients.0.flat_mut(),
                    scale,
                    risk: &mut self.risk,
                },
            ),
        };
        if result.is_ok() {
            // Given gradients come without samples: what the workspace holds then was measured for something else.
            if self.samples > 0 {
                self.workspace.commit(net.core_mut());
            }
            net.core_mut().settle();
            self.step += 1;
            // The first tile of the next step writes over the gradients.
            (self.pending, self.samples) = (Sum::default(), 0);
        } else {
            self.discard();
        }
        result
    }

    /// Updates the network with given gradients, taken as they are. What was accumulated is discarded.
    ///
    /// The trainer's own gradients cannot be lent to it: to change them before they are applied, see
    /// [`gradients_mut`](Self::gradients_mut).
    ///
    /// # Errors
    /// [`Error::NonFiniteGradient`].
    pub fn apply(&mut self, net: &mut N, gradients: &N::Gradients) -> Result<(), Error> {
        self.discard();
        self.gradients.0.flat_mut().copy_from_slice(gradients.flat());
        self.pending.weight = N::Scalar::ONE;
        self.update(net)
    }

    /// A batch that adds to what is pending.
    #[inline(always)]
    fn batch<'a>(&self, net: &'a N, xs: &'a [N::Sample]) -> Batch<'a, N> {
        let (seed, step, frozen) = (self.seed, self.step, self.frozen_statistics);
        Batch { net, xs, seed, step, first: self.samples, carried: false, frozen }
    }

    /// Where batches are worked on.
    #[inline(always)]
    fn site(&mut self) -> Site<'_, N> {
        Site {
            gradients: self.gradients.0.flat_mut(),
            workspace: &mut self.workspace,
            #[cfg(feature = "rayon")]
            threads: &mut self.threads,
        }
    }

    /// Takes over the losses of a batch whose gradients have been added; returns their mean. `divisor` is
    /// [`Loss::divisor`].
    #[inline(always)]
    fn finish(
        &mut self,
        sum: Result<Sum<N::Scalar>, Error>,
        samples: usize,
        divisor: impl Fn(N::Scalar) -> N::Scalar,
    ) -> Result<N::Scalar, Error> {
        let total = match sum {
            // The losses of tiles are finite, their sum need not be.
            Ok(total) if !total.loss.is_finite() => Err(Error::NonFiniteLoss { sample: 0 }),
            Ok(total) if total.weight <= N::Scalar::ZERO => Err(Error::NothingCounts),
            sum => sum,
        };
        let total = match total {
            Ok(total) => total,
            Err(error) => {
                // What counts nothing has added zeros, to what was accumulated before.
                if error != Error::NothingCounts {
                    self.discard();
                }
                return Err(error);
            }
        };
        self.samples += samples;
        self.pending.loss += total.loss;
        self.pending.weight = divisor(self.pending.weight + total.weight);
        Ok(total.loss / divisor(total.weight))
    }
}

/// With the declared loss.
impl<N: Network, O: Optimizer> Trainer<N, O> {
    /// One step: the loss of a batch, its gradients, and an update of the network.
    ///
    /// Takes any number of samples; memory does not depend on it. Returns the mean loss before the update.
    ///
    /// # Errors
    /// Lengths that differ, an empty batch, an index that the embedding has no row for, a target the loss is not
    /// defined for, a loss or gradient that is not finite. Network and optimizer are as before then.
    pub fn step<Y>(&mut self, net: &mut N, xs: &[N::Sample], ys: &[Y]) -> Result<N::Scalar, Error>
    where
        N: Trainable,
        Y: AsTarget<N::Target>,
    {
        with_calls!(N::Core, <N::Workspace as Training<N::Core>>::NARROWEST, N::Workspace::tile(xs.len()), calls => {
            let loss = self.accumulate_batch(calls, net, xs, ys, None);
            loss.and_then(
                #[inline(always)]
                |loss| self.update_by(calls, net).map(|()| loss),
            )
        })
    }

    /// [`step`](Self::step) in which sample `i` counts `weights[i]` times: the mean is
    /// `Σ weightᵢ lossᵢ / Σ weightᵢ`.
    ///
    /// # Errors
    /// As `step`, and [`Error::InvalidWeight`].
    pub fn step_weighted<Y>(
        &mut self,
        net: &mut N,
        xs: &[N::Sample],
        ys: &[Y],
        weights: &[N::Scalar],
    ) -> Result<N::Scalar, Error>
    where
        N: Trainable,
        Y: AsTarget<N::Target>,
    {
        let loss = self.accumulate_weighted(net, xs, ys, weights)?;
        self.update(net)?;
        Ok(loss)
    }

    /// Adds the gradients of a batch to those accumulated before, without updating. A following
    /// [`update`](Self::update) or [`step`](Self::step) follows the mean over all of them.
    ///
    /// # Errors
    /// As [`step`](Self::step), of which a loss that is not finite also discards what was accumulated.
    pub fn accumulate<Y>(&mut self, net: &mut N, xs: &[N::Sample], ys: &[Y]) -> Result<N::Scalar, Error>
    where
        N: Trainable,
        Y: AsTarget<N::Target>,
    {
        self.accumulate_batch(Apart, net, xs, ys, None)
    }

    /// [`accumulate`](Self::accumulate) in which sample `i` counts `weights[i]` times.
    ///
    /// # Errors
    /// As `accumulate`, and [`Error::InvalidWeight`].
    pub fn accumulate_weighted<Y>(
        &mut self,
        net: &mut N,
        xs: &[N::Sample],
        ys: &[Y],
        weights: &[N::Scalar],
    ) -> Result<N::Scalar, Error>
    where
        N: Trainable,
        Y: AsTarget<N::Target>,
    {
        check_weights(xs.len(), weights)?;
        if !xs.is_empty() && !self.is_distributed() && weights.iter().all(|weight| *weight == N::Scalar::ZERO)
        {
            return Err(Error::InvalidWeight { sample: 0 });
        }
        self.accumulate_batch(Apart, net, xs, ys, Some(weights))
    }

    #[inline(always)]
    fn accumulate_batch<C: Calls, Y>(
        &mut self,
        calls: C,
        net: &mut N,
        xs: &[N::Sample],
        ys: &[Y],
        weights: Option<&[N::Scalar]>,
    ) -> Result<N::Scalar, Error>
    where
        N: Trainable,
        Y: AsTarget<N::Target>,
    {
        #[cfg(feature = "distributed")]
        if self.ranks.is_some() {
            return self.accumulate_over_ranks(net, xs, ys, weights);
        }
        check_targets::<N, Y>(xs, ys, weights)?;
        check_samples::<N>(xs)?;
        let factors = &N::LOSS.factors(ys, weights);
        let batch = self.batch(net, xs);
        let sum = self.site().run(calls, &batch, declared::<N, Y>(factors, ys, weights));
        self.finish(sum, xs.len(), |weight| N::LOSS.divisor(weight))
    }
}
