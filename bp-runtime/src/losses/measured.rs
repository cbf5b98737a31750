//! What is measured of each head over a data set.

use super::heads::MOST;
use super::{Hits, Loss};
use crate::Scalar;
use crate::total::Total;

/// Losses and hits of a network's heads, one after the other, added up over samples.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeadSums<S> {
    of: [HeadSum<S>; MOST],
}

/// The same of one head.
#[derive(Clone, Copy, Debug)]
struct HeadSum<S> {
    loss: Total<S>,
    weight: Total<S>,
    divisor: S,
    hits: Hits,
}

impl<S: Scalar> Default for HeadSums<S> {
    fn default() -> Self {
        let none = HeadSum {
            loss: Total::default(),
            weight: Total::default(),
            divisor: S::ZERO,
            hits: Hits::default(),
        };
        Self { of: [none; MOST] }
    }
}

impl<S: Scalar> HeadSums<S> {
    /// The loss of each head, reduced as the head says (NaN where no sample counts), and its hits.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (S, Hits)> + '_ {
        self.of.iter().map(|head| (head.loss.value() / head.divisor, head.hits))
    }
}

/// One sample's output on its way through the heads; `dy` is room to work in. What `#[network]` writes for networks with
/// heads.
#[derive(Debug)]
pub struct MeasuredHeads<'a, S> {
    y: &'a [S],
    dy: &'a mut [S],
    head: usize,
    sums: &'a mut HeadSums<S>,
}

impl<'a, S: Scalar> MeasuredHeads<'a, S> {
    pub(crate) fn new(y: &'a [S], dy: &'a mut [S], sums: &'a mut HeadSums<S>) -> Self {
        Self { y, dy, head: 0, sums }
    }

    /// Adds what the loss of the next `outputs` outputs tells.
    pub fn loss<L: Loss<S>>(&mut self, outputs: usize, loss: &L, target: &L::Target) {
        let (y, rest) = self.y.split_at_checked(outputs).unwrap_or((self.y, &[]));
        self.y = rest;
        if let (Some(sum), Some(dy)) = (self.sums.of.get_mut(self.head), self.dy.get_mut(..y.len())) {
            let one = loss.sample(y, target, dy);
            sum.loss.add(one.loss);
            sum.weight.add(one.weight);
            let weight = sum.weight.value();
            sum.divisor = if weight > S::ZERO { loss.divisor(weight) } else { S::ZERO };
            sum.hits += loss.hits(y, target);
        }
        self.head += 1;
    }

    /// Leaves out the next `outputs` outputs.
    pub fn skip(&mut self, outputs: usize) {
        self.y = self.y.get(outputs..).unwrap_or_default();
    }
}
