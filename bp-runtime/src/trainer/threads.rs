//! Steps on several threads, with the bits of one.
//!
//! Every thread works on a tile of its own, in a workspace of its own. All add into the same gradients, and take turns
//! layer by layer: a tile adds its gradient of a layer after the tile before it has added its own. So sums have the
//! same order whatever the number of threads, and there are no copies to add up. The threads run staggered by a layer
//! or two, and seldom wait.

use super::Trainer;
use super::batch::{Batch, check_samples};
use crate::calls::{Apart, Calls};
use crate::learning::{Accumulate, Learning, Place};
use crate::losses::Sum;
use crate::network::Network;
use crate::optimizers::Optimizer;
use crate::{Backward, Error, Flat, Layer, Scalar, Tensor, Zeroed};
use core::ops::Range;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use generic_array::GenericArray;
use generic_array::sequence::GenericSequence as _;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use std::boxed::Box;
use std::sync::{Mutex, PoisonError};
use std::vec::Vec;

/// The threads, and the workspaces of all but one.
pub(super) struct Threads<W> {
    pool: ThreadPool,
    workspaces: Vec<Box<W>>,
}

impl<N: Network, O: Optimizer> Trainer<N, O> {
    /// Lets steps with the declared loss use so many threads, each with a workspace of its own; 1 is the default, 0
    /// stands for as many as the machine has. Results do not depend on it, to the bit.
    ///
    /// It pays where a batch is several tiles ([`Network::TILE`]), and a tile's work is some ten microseconds or more.
    /// After the first steps, a step allocates nothing but, once in some sixty, a block of rayon's queue. Steps with a
    /// loss written on the spot run on one thread, and so do those of a network with `batch_norm`, whose statistics
    /// are measured tile after tile. [`workspace`](Self::workspace) is then that of one thread, and tells of its tiles
    /// alone; [`BYTES`](Self::BYTES) counts the workspace of one thread.
    ///
    /// ```
    /// use backprop::prelude::*;
    ///
    /// #[network(input = 64, layers = [dense(32), relu, dense(10)], loss = cross_entropy)]
    /// struct Net;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut net = Net::new(&mut backprop::rng(1));
    /// let mut trainer = Trainer::boxed(Sgd::new(0.1));
    /// trainer.threads(2)?;
    /// trainer.step(&mut net, &[[0.5; 64]; 256], &[3_u8; 256])?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the operating system gives no threads.
    pub fn threads(&mut self, count: usize) -> Result<(), ThreadPoolBuildError> {
        self.threads = if count == 1 {
            None
        } else {
            let count = if count == 0 { std::thread::available_parallelism().map_or(1, |n| n.get()) } else { count };
            let others = count - 1;
            let pool = ThreadPoolBuilder::new().num_threads(others.max(1)).build()?;
            Some(Threads { pool, workspaces: (0..others).map(|_| N::Workspace::zeroed_box()).collect() })
        };
        Ok(())
    }

    /// [`run_tiles`](Self::run_tiles) on all threads.
    #[inline(never)]
    pub(super) fn run_threads(
        &mut self,
        net: &N,
        xs: &[N::Sample],
        loss: impl Fn(Range<usize>, &[N::Scalar], &mut [N::Scalar]) -> Sum<N::Scalar> + Sync,
        divisor: impl Fn(N::Scalar) -> N::Scalar,
    ) -> Result<N::Scalar, Error> {
        check_samples::<N>(xs)?;
        let Some(threads) = &mut self.threads else { return Err(Error::EmptyBatch) };
        let batch = Batch { net, xs, seed: self.seed, step: self.step, first: self.samples };
        let total = {
            let mut gradients = self.gradients.0.flat_mut();
            let turns: Turns<'_, N> =
                GenericArray::generate(|row| Turn::of_layer(N::tensors(), row, &mut gradients));
            let shared = Shared {
                next: AtomicUsize::new(0),
                abandoned: AtomicBool::new(false),
                first: self.samples == 0,
                total: Turn::new(None, Sum::default()),
                turns: &turns,
            };
            let work = |workspace: &mut N::Workspace| shared.work(&batch, workspace, &loss);
            let Threads { pool, workspaces } = threads;
            // The calling thread begins at once; it takes longer to wake another than many a tile takes.
            pool.in_place_scope(|scope| {
                for workspace in workspaces {
                    scope.spawn(|_| work(workspace));
                }
                work(&mut self.workspace);
            });
            shared.total.value.into_inner().unwrap_or_else(PoisonError::into_inner)
        };
        self.finish(total, xs.len(), divisor)
    }
}

/// Something that tiles use one after the other, in their order.
struct Turn<T> {
    /// Where a layer's gradient begins among all gradients; nothing for what is no gradient of a layer.
    start: Option<usize>,
    /// The tile whose turn it is.
    tile: AtomicUsize,
    value: Mutex<T>,
}

/// One for each layer that is trained, and nothing in the other places.
type Turns<'a, N> = GenericArray<Turn<&'a mut [<N as Network>::Scalar]>, <N as Network>::Tensors>;

impl<T> Turn<T> {
    fn new(start: Option<usize>, value: T) -> Self {
        Self { start, tile: AtomicUsize::new(0), value: Mutex::new(value) }
    }

    /// Calls `f` when it is the tile's turn; not at all if another thread has panicked.
    fn take<R>(&self, tile: usize, abandoned: &AtomicBool, f: impl FnOnce(&mut T) -> R) -> Option<R> {
        let mut spins = 0_u32;
        while self.tile.load(Ordering::Acquire) != tile {
            if abandoned.load(Ordering::Relaxed) {
                return None;
            }
            // The thread before is about as fast, so the wait is short unless it has been interrupted.
            if spins < 1_000 {
                spins += 1;
                core::hint::spin_loop();
            } else {
                std::thread::yield_now();
            }
        }
        let result = f(&mut self.value.lock().unwrap_or_else(PoisonError::into_inner));
        self.tile.store(tile + 1, Ordering::Release);
        Some(result)
    }
}

impl<'a, S> Turn<&'a mut [S]> {
    /// Cuts from the front of `gradients` those of the layer that begins in this row of the table of tensors.
    fn of_layer(tensors: &[Tensor], row: usize, gradients: &mut &'a mut [S]) -> Self {
        let same_layer = |a: &Tensor, b: &Tensor| a.networks == b.networks && a.layer == b.layer;
        let trained = |tensor: &&Tensor| tensor.trained.is_some() && tensor.len > 0;
        let (before, from) = tensors.split_at(row);
        let layer = from.first().into_iter().flat_map(|first| {
            let begins = before.last().is_none_or(|last| !same_layer(last, first));
            from.iter().take_while(move |tensor| begins && same_layer(tensor, first)).filter(trained)
        });
        let start = layer.clone().find_map(|tensor| tensor.trained);
        let length = layer.map(|tensor| tensor.len).sum::<usize>().min(gradients.len());
        let (of_layer, rest) = core::mem::take(gradients).split_at_mut(length);
        *gradients = rest;
        Self::new(start, of_layer)
    }
}

/// What all threads see.
struct Shared<'a, 'g, S> {
    /// The tile that nobody has begun.
    next: AtomicUsize,
    /// Whether a thread has panicked, so that no turn will come.
    abandoned: AtomicBool,
    /// Whether nothing has been accumulated before.
    first: bool,
    total: Turn<Sum<S>>,
    turns: &'a [Turn<&'g mut [S]>],
}

impl<S: Scalar> Shared<'_, '_, S> {
    /// Works on tiles while there are any. A tile is begun after the one before it, so no turn is waited for that does
    /// not come.
    fn work<N: Network<Scalar = S>>(
        &self,
        batch: &Batch<'_, N>,
        workspace: &mut N::Workspace,
        loss: impl Fn(Range<usize>, &[S], &mut [S]) -> Sum<S>,
    ) {
        let alarm = Alarm(&self.abandoned);
        loop {
            let tile = self.next.fetch_add(1, Ordering::Relaxed);
            if tile >= batch.tiles() {
                break;
            }
            let loss = |range: Range<usize>, y: &[S], dy: &mut [S]| {
                let sum = loss(range, y, dy);
                self.total.take(tile, &self.abandoned, |total| *total += sum);
            };
            let parameters = batch.net.parameters().as_ref();
            batch.run(
                Apart,
                tile,
                workspace,
                loss,
                &mut InTurn { shared: self, tile, parameters, start: Some(0) },
            );
        }
        core::mem::forget(alarm);
    }
}

/// Tells the other threads, where this one panics.
struct Alarm<'a>(&'a AtomicBool);

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Adds gradients up, each layer's in the order of tiles.
struct InTurn<'a, 'g, S> {
    shared: &'a Shared<'a, 'g, S>,
    tile: usize,
    parameters: &'a [S],
    /// Where this part of the network begins among all gradients, if it is trained.
    start: Option<usize>,
}

impl<S: Scalar> InTurn<'_, '_, S> {
    /// Calls `f` with what adds to the gradient of the layer, when it is this tile's turn; not at all if the layer is
    /// frozen.
    fn in_turn(&self, f: impl FnOnce(Accumulate<'_, S>)) {
        let Shared { turns, abandoned, first, .. } = self.shared;
        let first = *first && self.tile == 0;
        if let Some(turn) = turns.iter().find(|turn| turn.start.is_some() && turn.start == self.start) {
            turn.take(self.tile, abandoned, |gradient| {
                f(Accumulate::new(self.parameters, gradient).first(first))
            });
        }
    }
}

impl<'g, S: Scalar> Learning<S> for InTurn<'_, 'g, S> {
    type Part<'b>
        = InTurn<'b, 'g, S>
    where
        Self: 'b;

    fn parameters(&self) -> &[S] {
        self.parameters
    }

    fn part(&mut self, place: Place) -> Self::Part<'_> {
        InTurn {
            shared: self.shared,
            tile: self.tile,
            parameters: self.parameters.get(place.stored()).unwrap_or(&[]),
            // What has no numbers begins where the next layer does, whose turn it must not take.
            start: self
                .start
                .zip(place.trained().filter(|trained| !trained.is_empty()))
                .map(|(start, trained)| start + trained.start),
        }
    }

    /// The gradient of the input waits for nobody.
    fn layer<C: Calls, L: Layer<S>, const T: usize>(
        &mut self,
        calls: C,
        place: Place,
        layer: &L,
        io: Backward<'_, S, T>,
    ) {
        let part = self.part(place);
        let Backward { pass, x, y, saved, state, dy, dx, scratch, .. } = io;
        let parameters = part.parameters;
        if !dx.is_empty() {
            let scratch = &mut *scratch;
            calls.backward(
                layer,
                Backward { parameters, x, y, saved, state, dy, dx, scratch, ..Backward::of(pass) },
            );
        }
        let io = Backward { x, y, saved, state, dy, scratch, ..Backward::of(pass) };
        part.in_turn(|learning| learning.all_of(calls, layer, io));
    }

    fn own<L: Flat<Scalar = S>>(&mut self, backward: impl FnOnce(&L, &mut L)) {
        if self.start.is_none() {
            Accumulate::nothing(self.parameters).own(backward);
        } else {
            self.in_turn(|mut learning| learning.own(backward));
        }
    }
}
