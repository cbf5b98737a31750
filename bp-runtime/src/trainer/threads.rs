//! Steps on several threads, with the bits of one.
//!
//! Every thread works on a tile of its own, in a workspace of its own. All add into the same gradients, and take turns
//! layer by layer: a tile adds its gradient of a layer after the tile before it has added its own. So sums have the
//! same order whatever the number of threads, and there are no copies to add up. Gradients that take long have parts with
//! turns of their own ([`Layer::gradient_part`]). The threads run staggered by a part or two, and seldom wait.

use super::Trainer;
use super::batch::Batch;
use super::tiles::Site;
use crate::calls::{Apart, Calls};
use crate::layer::MOST_PARTS;
use crate::layers::BatchNorm;
use crate::learning::{Accumulate, Learning, Place};
use crate::losses::{Outputs, Sum, Totals};
use crate::network::{Network, Passes as _, Training as _};
use crate::optimizers::Optimizer;
use crate::{Backward, Error, Flat, Layer, Scalar, Tensor, Zeroed};
use core::ops::Range;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use generic_array::GenericArray;
use generic_array::sequence::GenericSequence as _;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::array;
use std::boxed::Box;
use std::sync::{Mutex, PoisonError};
use std::vec;
use std::vec::Vec;

/// The threads but for the calling one, and a workspace for each.
pub(super) struct Threads<W, S> {
    pool: ThreadPool,
    /// What batch norms have measured in the tiles so far.
    measured: Vec<S>,
    /// Each is used by the thread of its number alone.
    workspaces: Vec<Mutex<Box<W>>>,
}

impl<N: Network, O: Optimizer> Trainer<N, O> {
    /// Lets steps with the declared loss use so many threads, each with a workspace of its own; 1 is the default, 0
    /// stands for as many as the machine has. Results do not depend on it, to the bit.
    ///
    /// It pays where a batch is several tiles ([`Network::TILE`]), and a tile's work is some ten microseconds or more.
    /// The calling thread takes part; a step of more than one tile allocates a few words for the others. Steps with a loss
    /// written on the spot run on one thread. [`workspace`](Self::workspace) is then that of one thread, and tells of its tiles
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
    /// [`Error::NoThreads`] if the operating system gives none.
    pub fn threads(&mut self, count: usize) -> Result<(), Error> {
        self.threads = if count == 1 {
            None
        } else {
            let count =
                if count == 0 { std::thread::available_parallelism().map_or(1, |n| n.get()) } else { count };
            let others = count - 1;
            let pool = ThreadPoolBuilder::new().num_threads(others.max(1)).build();
            let pool = pool.map_err(|_| Error::NoThreads)?;
            let workspaces = (0..others).map(|_| Mutex::new(N::Workspace::zeroed_box())).collect();
            Some(Threads { pool, workspaces, measured: vec![N::Scalar::ZERO; N::Core::MEASURED] })
        };
        Ok(())
    }
}

impl<N: Network> Site<'_, N> {
    /// [`run_tiles`](Self::run_tiles) on all threads.
    #[inline(never)]
    pub(super) fn run_threads(
        self,
        batch: &Batch<'_, N>,
        loss: impl Fn(Range<usize>, Outputs<'_, N::Scalar>) -> Sum<N::Scalar> + Sync,
    ) -> Result<Sum<N::Scalar>, Error> {
        let Some(threads) = &mut *self.threads else { return self.run_tiles(Apart, batch, loss) };
        let total = {
            let Threads { pool, workspaces, measured } = threads;
            if batch.first == 0 {
                measured.fill(N::Scalar::ZERO);
            } else {
                each_measured::<N>(self.workspace, measured, |pooled, state| pooled.copy_from_slice(state));
            }
            let mut gradients = &mut *self.gradients;
            let turns: GenericArray<Turns<'_, N::Scalar>, N::Tensors> =
                GenericArray::generate(|row| Turns::of_layer(N::tensors(), row, &mut gradients));
            let shared = Shared {
                next: AtomicUsize::new(0),
                abandoned: AtomicBool::new(false),
                ended: AtomicUsize::new(0),
                first: batch.first == 0,
                total: Turn::new(Totals::default()),
                measured: Turn::new(measured),
                turns: &turns,
            };
            let work = |workspace: &mut N::Workspace| shared.work(batch, workspace, &loss);
            let helpers = workspaces.len().min(batch.tiles() - 1);
            let workspaces = &*workspaces;
            // The calling thread begins at once; it takes longer to wake another than many a tile takes.
            pool.in_place_scope(|scope| {
                if helpers > 0 {
                    // Each thread has a job of its own. One that any thread may take would be taken by a thread that waits
                    // for something within a loss, and then waits for a turn of the tile that it has put aside: for ever.
                    scope.spawn_broadcast(|_, thread| {
                        if let Some(workspace) = workspaces.iter().take(helpers).nth(thread.index()) {
                            work(&mut workspace.lock().unwrap_or_else(PoisonError::into_inner));
                        }
                    });
                }
                work(&mut *self.workspace);
                shared.await_end_of(helpers + 1);
            });
            let measured = shared.measured.value.into_inner().unwrap_or_else(PoisonError::into_inner);
            each_measured::<N>(self.workspace, measured, |pooled, state| state.copy_from_slice(pooled));
            shared.total.value.into_inner().unwrap_or_else(PoisonError::into_inner).value()
        };
        if !total.loss.is_finite() {
            // Once more on one thread, which tells the sample.
            return self.run_tiles(Apart, batch, loss);
        }
        Ok(total)
    }
}

/// Goes through what each layer of a workspace has measured, with its part of what has been measured in all.
fn each_measured<N: Network>(
    workspace: &mut N::Workspace,
    measured: &mut [N::Scalar],
    mut f: impl FnMut(&mut [N::Scalar], &mut [N::Scalar]),
) {
    let mut rest = measured;
    workspace.measured_mut(&mut |state| {
        let (part, others) = core::mem::take(&mut rest).split_at_mut(state.len());
        rest = others;
        f(part, state);
    });
}

/// Something that tiles use one after the other, in their order.
struct Turn<T> {
    /// The tile whose turn it is.
    tile: AtomicUsize,
    value: Mutex<T>,
}

impl<T> Turn<T> {
    fn new(value: T) -> Self {
        Self { tile: AtomicUsize::new(0), value: Mutex::new(value) }
    }

    /// Calls `f` when it is the tile's turn; not at all if another thread has panicked.
    fn take<R>(&self, tile: usize, abandoned: &AtomicBool, f: impl FnOnce(&mut T) -> R) -> Option<R> {
        let mut spins = 0_u32;
        while self.tile.load(Ordering::Acquire) != tile {
            if abandoned.load(Ordering::Relaxed) {
                return None;
            }
            pause(&mut spins);
        }
        let result = f(&mut self.value.lock().unwrap_or_else(PoisonError::into_inner));
        self.tile.store(tile + 1, Ordering::Release);
        Some(result)
    }
}

/// A moment's wait. The others are about as fast, so there are few of them unless one has been interrupted.
fn pause(spins: &mut u32) {
    if *spins < 1_000 {
        core::hint::spin_loop();
    } else {
        std::thread::yield_now();
    }
    *spins = spins.saturating_add(1);
}

/// The turns of a layer, one for each part of its gradient.
struct Turns<'a, S> {
    /// Where the gradient begins among all gradients; nothing where there is none.
    start: Option<usize>,
    /// The first has all of the gradient, until the first tile hands on to each what is left by those before.
    parts: [Turn<&'a mut [S]>; MOST_PARTS],
}

impl<'a, S> Turns<'a, S> {
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
        let mut of_layer = Some(of_layer);
        Self { start, parts: array::from_fn(|_| Turn::new(of_layer.take().unwrap_or(&mut []))) }
    }
}

/// What all threads see.
struct Shared<'a, 'g, S> {
    /// The tile that nobody has begun.
    next: AtomicUsize,
    /// Whether a thread has panicked, so that no turn will come.
    abandoned: AtomicBool,
    /// How many threads have ended.
    ended: AtomicUsize,
    /// Whether nothing has been accumulated before.
    first: bool,
    total: Turn<Totals<S>>,
    /// What each tile has measured is added in the order of tiles, too.
    measured: Turn<&'g mut Vec<S>>,
    turns: &'a [Turns<'g, S>],
}

impl<S: Scalar> Shared<'_, '_, S> {
    /// Works on tiles while there are any. A tile is begun after the one before it, so no turn is waited for that does
    /// not come.
    fn work<N: Network<Scalar = S>>(
        &self,
        batch: &Batch<'_, N>,
        workspace: &mut N::Workspace,
        loss: impl Fn(Range<usize>, Outputs<'_, S>) -> Sum<S>,
    ) {
        let mut ending = Ending { ended: &self.ended, abandoned: &self.abandoned, well: false };
        loop {
            let tile = self.next.fetch_add(1, Ordering::Relaxed);
            if tile >= batch.tiles() {
                break;
            }
            let loss = |range: Range<usize>, outputs: Outputs<'_, S>| {
                let sum = loss(range, outputs);
                self.total.take(tile, &self.abandoned, |total| total.add(sum));
            };
            let parameters = batch.net.parameters().as_ref();
            if const { N::Core::MEASURES } {
                workspace.measured_mut(&mut |state| state.fill(S::ZERO));
            }
            batch.run(
                Apart,
                tile,
                workspace,
                loss,
                &mut InTurn { shared: self, tile, parameters, start: Some(0) },
            );
            if const { N::Core::MEASURES } {
                self.measured.take(tile, &self.abandoned, |measured| {
                    each_measured::<N>(workspace, measured, BatchNorm::pool);
                });
            }
        }
        ending.well = true;
    }

    /// Waits a while for threads to end. The scope waits for them anyway, but sleeps at once: to be woken takes longer
    /// than they still have to work, as a rule.
    fn await_end_of(&self, threads: usize) {
        let mut spins = 0;
        while self.ended.load(Ordering::Acquire) < threads && spins < 2_000 {
            pause(&mut spins);
        }
        // The last has yet to tell the scope, which takes it nanoseconds.
        for _ in 0..16 {
            core::hint::spin_loop();
        }
    }
}

/// Tells the other threads that this one ends, and how.
struct Ending<'a> {
    ended: &'a AtomicUsize,
    abandoned: &'a AtomicBool,
    /// Whether it has not panicked.
    well: bool,
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        if !self.well {
            self.abandoned.store(true, Ordering::Relaxed);
        }
        self.ended.fetch_add(1, Ordering::Release);
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

impl<'g, S: Scalar> InTurn<'_, 'g, S> {
    /// The turns of the layer, unless it is frozen.
    fn turns(&self) -> &[Turn<&'g mut [S]>] {
        let of_layer = |turns: &&Turns<'g, S>| turns.start.is_some() && turns.start == self.start;
        self.shared.turns.iter().find(of_layer).map_or(&[], |turns| &turns.parts)
    }

    /// Calls `f` with what adds to a gradient, when it is this tile's turn. `cut` comes first, in the first tile.
    fn take(
        &self,
        turn: &Turn<&'g mut [S]>,
        cut: impl FnOnce(&mut &'g mut [S]),
        f: impl FnOnce(Accumulate<'_, S>),
    ) {
        let Shared { abandoned, first, .. } = self.shared;
        turn.take(self.tile, abandoned, |gradient| {
            if self.tile == 0 {
                cut(gradient);
            }
            f(Accumulate::new(self.parameters, gradient).first(*first && self.tile == 0));
        });
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
        let all_trained = place.trained().is_some_and(|trained| trained.len() == place.stored().len());
        let mut rest: &'g mut [S] = &mut [];
        for (index, turn) in part.turns().iter().enumerate() {
            let scratch = &mut *scratch;
            let io = Backward { x, y, saved, state, dy, scratch, ..Backward::of(pass) };
            let Some(of) = layer.gradient_part(index).filter(|_| all_trained) else {
                if index == 0 {
                    part.take(turn, |_| (), |learning| learning.all_of(calls, layer, io));
                }
                break;
            };
            let cut = |gradient: &mut &'g mut [S]| {
                let all = core::mem::take(if index == 0 { &mut *gradient } else { &mut rest });
                (*gradient, rest) = all.split_at_mut(of.parameters.min(all.len()));
            };
            let io = Backward { x: x.get(of.inputs).unwrap_or(&[]), continued: index > 0, ..io };
            part.take(turn, cut, |learning| learning.all_of(calls, &of.layer, io));
        }
    }

    fn own<L: Flat<Number = S>>(&mut self, backward: impl FnOnce(&L, &mut L)) {
        if self.start.is_none() {
            Accumulate::nothing(self.parameters).own(backward);
        } else {
            let Some(turn) = self.turns().first() else { return };
            self.take(turn, |_| (), |mut learning| learning.own(backward));
        }
    }
}
