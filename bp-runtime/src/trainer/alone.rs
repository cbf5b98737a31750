//! What steps and runs ask of a trainer over ranks, where there is one rank: nothing.

use super::Trainer;
use crate::Error;
use crate::network::Network;
use crate::optimizers::Optimizer;

impl<N: Network, O: Optimizer> Trainer<N, O> {
    pub(super) fn is_distributed(&self) -> bool {
        false
    }

    #[inline(always)]
    pub(super) fn sum_over_ranks(&mut self) -> Result<(), Error> {
        Ok(())
    }

    pub(super) fn pending_of_one(&mut self) {}

    #[cfg(feature = "alloc")]
    pub(super) fn part(&self, samples: usize) -> core::ops::Range<usize> {
        0..samples
    }

    #[cfg(feature = "alloc")]
    pub(super) fn begin_run<T>(&mut self, _: [u64; 8], data: Result<T, Error>) -> Result<T, Error> {
        data
    }

    #[cfg(feature = "std")]
    pub(super) fn is_first_rank(&self) -> bool {
        true
    }

    #[cfg(feature = "std")]
    pub(super) fn all_have(&mut self, done: Result<(), Error>) -> Result<(), Error> {
        done
    }

    #[cfg(feature = "std")]
    pub(super) fn same_checkpoint<T>(&mut self, read: Result<T, Error>) -> Result<T, Error> {
        read
    }

    #[cfg(feature = "alloc")]
    pub(super) fn compare_parameters(&mut self) {}

    #[cfg(feature = "alloc")]
    pub(super) fn any_rank(&mut self, stops: bool) -> Result<bool, Error> {
        Ok(stops)
    }
}
