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
mod pending;
#[cfg(feature = "distributed")]
mod ranks;
mod saved;
mod settings;
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

use crate::calls::{Apart, with_calls};
use crate::flat::zero;
use crate::losses::Sum;
use crate::network::{LARGEST_BY_VALUE, Network, Trainable, Training};
use crate::optimizers::{Adam, Optimizer, Risk};
use crate::{AsTarget, Error, Flat, Real, Scalar, Tensor, Zeroed};
use batch::{check_samples, check_weights, written_on_the_spot};
use core::mem::MaybeUninit;
use generic_array::GenericArray;
use generic_array::sequence::GenericSequence as _;
use update::risk;

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
}
