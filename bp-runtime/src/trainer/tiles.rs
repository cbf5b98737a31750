//! Forward, loss and backward over a batch, tile by tile.

use super::batch::Batch;
use crate::calls::Calls;
use crate::learning::Accumulate;
use crate::losses::{Outputs, Sum, Totals};
use crate::network::Network;
#[cfg(feature = "rayon")]
use crate::network::Training as _;
use crate::{Error, Scalar};
use core::ops::Range;

/// Where the tiles of a batch are worked on, and what their gradients are added to.
pub(super) struct Site<'a, N: Network> {
    pub(super) gradients: &'a mut [N::Scalar],
    pub(super) workspace: &'a mut N::Workspace,
    #[cfg(feature = "rayon")]
    pub(super) threads: &'a mut Option<super::threads::Threads<N::Workspace, N::Scalar>>,
}

impl<N: Network> Site<'_, N> {
    /// Adds the gradients of a batch; returns its losses and weights. `loss` is given the tile's range of samples, its
    /// outputs.
    #[inline(always)]
    pub(super) fn run_tiles<C: Calls>(
        self,
        calls: C,
        batch: &Batch<'_, N>,
        mut loss: impl FnMut(Range<usize>, Outputs<'_, N::Scalar>) -> Sum<N::Scalar>,
    ) -> Result<Sum<N::Scalar>, Error> {
        let mut total = Totals::default();
        for tile in 0..batch.tiles() {
            let learning = Accumulate::new(batch.net.parameters().as_ref(), self.gradients);
            let mut learning = learning.first(batch.first == 0 && tile == 0);
            // Not `&mut loss`: what calls through a reference is not inlined, and saves all vectors.
            let sum = batch.run(
                calls,
                tile,
                self.workspace,
                #[inline(always)]
                #[expect(clippy::redundant_closure, reason = "`&mut loss` is what is not inlined")]
                |range, outputs| loss(range, outputs),
                &mut learning,
            );
            if !sum.loss.is_finite() {
                return Err(Error::NonFiniteLoss { sample: batch.culprit(tile, self.workspace) });
            }
            total.add(sum);
        }
        Ok(total.value())
    }

    /// The same on all threads there are.
    #[inline(always)]
    pub(super) fn run<C: Calls>(
        self,
        calls: C,
        batch: &Batch<'_, N>,
        loss: impl Fn(Range<usize>, Outputs<'_, N::Scalar>) -> Sum<N::Scalar> + Sync,
    ) -> Result<Sum<N::Scalar>, Error> {
        #[cfg(feature = "rayon")]
        // Few samples take less time than waking a thread.
        if self.threads.is_some() && batch.tile() == N::Workspace::TILE {
            return self.run_threads(batch, loss);
        }
        self.run_tiles(calls, batch, loss)
    }
}
