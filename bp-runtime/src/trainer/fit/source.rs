//! Where the samples of a run come from: slices, a function of the sample's number, an iterator.
//!
//! [`Trainer::fit`](crate::Trainer::fit) takes slices. [`Trainer::fit_from`](crate::Trainer::fit_from) takes a [`Source`], which
//! makes samples as they are needed:
//!
//! | | For | Shuffled |
//! |---|---|---|
//! | [`indexed`] | augmentation, samples in files | over all samples |
//! | [`stream`] | what is larger than memory, or never ends | within a window |
//! | your own `Source` | the rest | as you do it |
//!
//! Images that are changed anew in each epoch, the same way for the same seed:
//!
//! ```
//! use backprop::{prelude::*, rand_core::Rng as _, trainer::source};
//!
//! #[network(input = 2, layers = [dense(8), tanh, dense(2)], loss = cross_entropy)]
//! struct Net;
//!
//! # fn main() -> Result<(), backprop::Error> {
//! let (xs, ys) = ([[0.0, 1.0], [1.0, 0.0], [0.2, 0.9]], [0_u8, 1, 0]);
//! let noisy = source::indexed(xs.len(), |at| {
//!     let mut rng = at.rng();
//!     (xs[at.index].map(|x| x + 0.1 * f32::uniform(rng.next_u64())), ys[at.index])
//! });
//! let mut net = Net::new(&mut backprop::rng(1));
//! let fit = Fit::epochs(100).batch(3).shuffle(1).validate(&xs, &ys);
//! let history = Trainer::new(Adam::new(0.05)).fit_from(&mut net, noisy, &fit)?;
//! assert_eq!(history.epochs()[99].validation_accuracy, Some(1.0));
//! # Ok(())
//! # }
//! ```

use crate::permutation::{Permutation, mix};
use crate::{Rng, Scalar};
use alloc::vec::Vec;
use rand_core::Rng as _;

/// Makes the samples of a run, epoch by epoch. `X` is the network's sample, `Y` its target, `S` its scalar.
pub trait Source<X, Y, S> {
    /// How many samples an epoch has, if that is known before its end.
    fn samples(&self) -> Option<usize> {
        None
    }

    /// Begins an epoch, counted from 0. `seed` is that of [`Fit::shuffle`](super::Fit::shuffle), `None` where the samples shall
    /// come in their own order.
    fn begin(&mut self, epoch: usize, seed: Option<u64>);

    /// Adds the next samples to a batch: `count`, or fewer at the end of the epoch, and none after it.
    fn fill(&mut self, count: usize, batch: &mut Batch<X, Y, S>);

    /// Passes over the next samples of an epoch that has just begun: a run that goes on from a checkpoint has taken them,
    /// `batch` at a time.
    fn skip(&mut self, mut count: usize, batch: usize) {
        let mut passed = Batch::default();
        while count > 0 {
            passed.clear();
            self.fill(count.min(batch), &mut passed);
            if passed.is_empty() {
                return;
            }
            count = count.saturating_sub(passed.xs.len());
        }
    }

    /// What errors call the sample that came at this place of the epoch.
    fn index(&self, place: usize) -> usize {
        place
    }
}

impl<X, Y, S, T: Source<X, Y, S> + ?Sized> Source<X, Y, S> for &mut T {
    fn samples(&self) -> Option<usize> {
        (**self).samples()
    }

    fn begin(&mut self, epoch: usize, seed: Option<u64>) {
        (**self).begin(epoch, seed);
    }

    fn fill(&mut self, count: usize, batch: &mut Batch<X, Y, S>) {
        (**self).fill(count, batch);
    }

    fn skip(&mut self, count: usize, batch: usize) {
        (**self).skip(count, batch);
    }

    fn index(&self, place: usize) -> usize {
        (**self).index(place)
    }
}

/// The samples of a step, copied together.
#[derive(Clone, Debug)]
pub struct Batch<X, Y, S> {
    xs: Vec<X>,
    ys: Vec<Y>,
    weights: Vec<S>,
    is_weighted: bool,
}

impl<X, Y, S> Default for Batch<X, Y, S> {
    fn default() -> Self {
        Self { xs: Vec::new(), ys: Vec::new(), weights: Vec::new(), is_weighted: false }
    }
}

impl<X, Y, S> Batch<X, Y, S> {
    pub(super) fn clear(&mut self) {
        self.xs.clear();
        self.ys.clear();
        self.weights.clear();
        self.is_weighted = false;
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.xs.is_empty()
    }
}

impl<X, Y, S: Scalar> Batch<X, Y, S> {
    /// Adds a sample: `(input, target)`, or `(input, target, weight)`.
    pub fn push(&mut self, sample: impl Parts<X, Y, S>) {
        let (x, y, weight) = sample.parts();
        self.xs.push(x);
        self.ys.push(y);
        self.is_weighted |= weight.is_some();
        self.weights.push(weight.unwrap_or(S::ONE));
    }

    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.xs.len()
    }

    /// The inputs.
    pub fn xs(&self) -> &[X] {
        &self.xs
    }

    /// The targets.
    pub fn ys(&self) -> &[Y] {
        &self.ys
    }

    /// Where a sample came with one.
    pub(super) fn weights(&self) -> Option<&[S]> {
        self.is_weighted.then_some(&self.weights)
    }

    /// What the mean over the batch counts in the mean over an epoch.
    pub(super) fn weight(&self) -> S {
        self.weights.iter().fold(S::ZERO, |sum, weight| sum + *weight)
    }
}

/// A sample as sources give it: `(input, target)`, or `(input, target, weight)`.
pub trait Parts<X, Y, S> {
    /// Input, target, and how often the sample counts if that is not once.
    fn parts(self) -> (X, Y, Option<S>);
}

impl<X, Y, S> Parts<X, Y, S> for (X, Y) {
    fn parts(self) -> (X, Y, Option<S>) {
        (self.0, self.1, None)
    }
}

impl<X, Y, S> Parts<X, Y, S> for (X, Y, S) {
    fn parts(self) -> (X, Y, Option<S>) {
        (self.0, self.1, Some(self.2))
    }
}

/// The order of an epoch over numbered samples, and the place in it.
#[derive(Clone, Debug)]
struct Order {
    count: usize,
    shuffled: Option<Permutation>,
    next: usize,
}

impl Order {
    fn new(count: usize) -> Self {
        Self { count, shuffled: None, next: 0 }
    }

    fn begin(&mut self, epoch: usize, seed: Option<u64>) {
        self.shuffled = seed.map(|seed| Permutation::new(self.count, mix(seed) ^ mix(epoch as u64 + 1)));
        self.next = 0;
    }

    fn at(&self, place: usize) -> usize {
        self.shuffled.as_ref().map_or(place, |order| order.at(place))
    }

    /// The next sample's number; `None` at the end.
    fn next(&mut self) -> Option<usize> {
        (self.next < self.count).then(|| {
            self.next += 1;
            self.at(self.next - 1)
        })
    }
}

/// Slices, with a weight for each sample if there are any.
pub(super) struct Slices<'d, X, Y, S> {
    xs: &'d [X],
    ys: &'d [Y],
    weights: Option<&'d [S]>,
    order: Order,
}

impl<'d, X, Y, S> Slices<'d, X, Y, S> {
    pub(super) fn new(xs: &'d [X], ys: &'d [Y], weights: Option<&'d [S]>) -> Self {
        Self { xs, ys, weights, order: Order::new(xs.len().min(ys.len())) }
    }
}

impl<X: Copy, Y: Clone, S: Scalar> Source<X, Y, S> for Slices<'_, X, Y, S> {
    fn samples(&self) -> Option<usize> {
        Some(self.order.count)
    }

    fn begin(&mut self, epoch: usize, seed: Option<u64>) {
        self.order.begin(epoch, seed);
    }

    fn fill(&mut self, count: usize, batch: &mut Batch<X, Y, S>) {
        for index in core::iter::from_fn(|| self.order.next()).take(count) {
            let (Some(x), Some(y)) = (self.xs.get(index), self.ys.get(index)) else { continue };
            match self.weights {
                None => batch.push((*x, y.clone())),
                Some(weights) => batch.push((*x, y.clone(), weights.get(index).copied().unwrap_or(S::ONE))),
            }
        }
    }

    fn skip(&mut self, count: usize, _: usize) {
        self.order.next = self.order.next.saturating_add(count);
    }

    fn index(&self, place: usize) -> usize {
        self.order.at(place)
    }
}

/// Which sample is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct At {
    /// The epoch, from 0.
    pub epoch: usize,
    /// The sample's number.
    pub index: usize,
    seed: u64,
}

impl At {
    /// A generator for this sample in this epoch: other numbers for each, the same for the same seed of
    /// [`Fit::shuffle`](super::Fit::shuffle) (0 unless set).
    pub fn rng(&self) -> Rng {
        let of_epoch = mix(self.seed) ^ mix(self.epoch as u64 + 1);
        crate::rng(mix(of_epoch) ^ self.index as u64)
    }
}

/// Samples that a function makes from their number. See [`indexed`].
#[derive(Clone, Debug)]
pub struct Indexed<F> {
    sample: F,
    order: Order,
    epoch: usize,
    seed: u64,
}

/// `count` samples, each made when it is needed: `sample` is called with the number and returns `(input, target)`, or
/// `(input, target, weight)`.
pub fn indexed<I, F: FnMut(At) -> I>(count: usize, sample: F) -> Indexed<F> {
    Indexed { sample, order: Order::new(count), epoch: 0, seed: 0 }
}

impl<X, Y, S: Scalar, I: Parts<X, Y, S>, F: FnMut(At) -> I> Source<X, Y, S> for Indexed<F> {
    fn samples(&self) -> Option<usize> {
        Some(self.order.count)
    }

    fn begin(&mut self, epoch: usize, seed: Option<u64>) {
        (self.epoch, self.seed) = (epoch, seed.unwrap_or(0));
        self.order.begin(epoch, seed);
    }

    fn fill(&mut self, count: usize, batch: &mut Batch<X, Y, S>) {
        for index in core::iter::from_fn(|| self.order.next()).take(count) {
            batch.push((self.sample)(At { epoch: self.epoch, index, seed: self.seed }));
        }
    }

    fn skip(&mut self, count: usize, _: usize) {
        self.order.next = self.order.next.saturating_add(count);
    }

    fn index(&self, place: usize) -> usize {
        self.order.at(place)
    }
}

/// Samples in the order of an iterator. See [`stream`].
#[derive(Clone, Debug)]
pub struct Stream<F, I: Iterator> {
    each: F,
    rest: Option<I>,
    window: usize,
    held: Vec<I::Item>,
    rng: Option<Rng>,
}

/// The samples of an iterator, `(input, target)` or `(input, target, weight)`, a new one for each epoch: `each` is called with
/// its number. An epoch ends with its iterator; of one that never ends, `take(n)` makes an epoch.
///
/// With [`Fit::shuffle`](super::Fit::shuffle) each sample is drawn from the next 1,024, or as many as [`window`](Stream::window)
/// says, which are kept in memory.
///
/// An iterator over a file that cannot be read on says so to its owner, and ends the run:
///
/// ```
/// # use backprop::{prelude::*, trainer::source};
/// # #[network(input = 1, layers = [dense(1)], loss = mse)]
/// # struct Net;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (mut net, mut trainer) = (Net::zeroed(), Trainer::new(Sgd::new(0.1)));
/// use std::{cell::RefCell, io::BufRead, num::ParseFloatError};
///
/// let file = "0.5\n1.5\nx\n".as_bytes(); // for instance a `BufReader` of a file, opened in each epoch
/// let failed: RefCell<Option<ParseFloatError>> = RefCell::new(None);
/// let source = source::stream(|_epoch| {
///     let numbers = file.lines().map(|line| line.unwrap().parse());
///     numbers.map_while(|x| x.map_err(|error| failed.replace(Some(error))).ok()).map(|x| ([x], [2.0 * x]))
/// });
/// let fit = Fit::epochs(3).on_epoch(|progress| if failed.borrow().is_some() { progress.stop() });
/// let history = trainer.fit_from(&mut net, source, &fit)?;
/// assert!(history.stopped && failed.borrow().is_some());
/// # Ok(())
/// # }
/// ```
pub fn stream<I: Iterator, F: FnMut(usize) -> I>(each: F) -> Stream<F, I> {
    Stream { each, rest: None, window: 1024, held: Vec::new(), rng: None }
}

impl<F, I: Iterator> Stream<F, I> {
    /// How many samples are held to draw from where the run is shuffled, at least 1.
    #[must_use]
    pub fn window(self, samples: usize) -> Self {
        Self { window: samples.max(1), ..self }
    }
}

impl<X, Y, S: Scalar, I, F> Source<X, Y, S> for Stream<F, I>
where
    I: Iterator<Item: Parts<X, Y, S>>,
    F: FnMut(usize) -> I,
{
    fn begin(&mut self, epoch: usize, seed: Option<u64>) {
        self.rest = Some((self.each)(epoch));
        self.rng = seed.map(|seed| crate::rng(mix(seed) ^ mix(epoch as u64 + 1)));
        self.held.clear();
    }

    fn fill(&mut self, count: usize, batch: &mut Batch<X, Y, S>) {
        let Some(rest) = &mut self.rest else { return };
        for _ in 0..count {
            let sample = match &mut self.rng {
                None => rest.next(),
                Some(rng) => {
                    self.held.extend(rest.take(self.window - self.held.len()));
                    let count = self.held.len() as u64;
                    // The high half of a product: every place is as likely as another, up to 2⁻⁵⁰.
                    let place = (u128::from(rng.next_u64()) * u128::from(count)) >> 64;
                    (count > 0).then(|| self.held.swap_remove(place as usize))
                }
            };
            match sample {
                Some(sample) => batch.push(sample),
                None => return,
            }
        }
    }
}
