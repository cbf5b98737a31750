//! A loss at every step of a sequence, or at every position of an image.

use super::outputs::sample_by_sample;
use super::{HeadFactors, Hits, LARGEST_COPY, Loss, Outputs, Sum, TargetError, Totals};
use crate::parts::Parts as _;
use crate::sample::Class;
use crate::total::Total;
use crate::{AsTarget, Scalar};
use core::marker::PhantomData;
use core::ops::Range;
use generic_array::{ArrayLength, GenericArray};

/// Loss `L` of each of `P` positions by itself: what `loss = cross_entropy(per = step)` and `per = position` declare.
///
/// | | Output | One position | Targets |
/// |---|---|---|---|
/// | [`steps`](Self::steps) | `[P, N]`, `[time, features]` | the `N` numbers of a step | `[target of L; P]` |
/// | [`positions`](Self::positions) | `[N, P]`, `[channels, height, width]` | one number of each channel | `[target of L; P]`, row by row |
///
/// The loss of a sample is `Σ L(position)` and its weight the sum of the positions' weights, so that `mean` divides by all
/// positions of the batch that count, and not by samples (PyTorch's losses on `[batch, classes, …]`). With an `ignore_index` a
/// label that is ignored counts nothing: that is how samples shorter than the window, and pixels without a label, are
/// declared. Accuracy is over the positions that count; a sample is correct where all of them are.
///
/// For classes a target is an array of any integer type, such as `[u8; P]`.
///
/// ```
/// use backprop_runtime::{length, losses::{CrossEntropy, Each}, sample::Class, Loss};
/// // Three steps of two classes, of which the last does not count.
/// let loss = Each::<_, length!(2), 3>::steps(CrossEntropy::new().ignore_index(-1));
/// let mut dy = [9.0_f64; 6];
/// let sum = loss.sample(&[0.0; 6], &[Class(0), Class(1), Class::from(-1)], &mut dy);
/// assert!((sum.loss - 2.0 * 2_f64.ln()).abs() < 1e-15);
/// assert_eq!(sum.weight, 2.0);
/// assert_eq!(dy, [-0.5, 0.5, 0.5, -0.5, 0.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Each<L, N, const P: usize> {
    loss: L,
    /// Whether the numbers of a position lie one after the other; otherwise `P` apart.
    together: bool,
    numbers: PhantomData<fn() -> N>,
}

impl<L, N: ArrayLength, const P: usize> Each<L, N, P> {
    /// Of each step of `[time, features]`.
    pub const fn steps(loss: L) -> Self {
        Self { loss, together: true, numbers: PhantomData }
    }

    /// Of each position of `[channels, height, width]`.
    ///
    /// At most 2,048 channels, which are copied together for each position; the build refuses more.
    pub const fn positions(loss: L) -> Self {
        const {
            assert!(
                N::USIZE <= LARGEST_COPY / 8,
                "a loss at each position takes at most 2,048 channels: put them last, and use `per = step`"
            );
        }
        Self { loss, together: false, numbers: PhantomData }
    }

    /// The targets of all positions, one after the other.
    #[inline(always)]
    fn at<'a, S: Scalar, Y>(&self, target: &'a Y) -> impl Iterator<Item = At<'a, Y, L::Target, P>>
    where
        L: Loss<S>,
    {
        (0..P).map(move |position| At { target, position, class: L::class })
    }

    /// Where the numbers of a position lie that are together.
    fn range(position: usize) -> Range<usize> {
        position * N::USIZE..(position + 1) * N::USIZE
    }

    /// Calls `f` with the numbers of a position, side by side.
    #[inline(always)]
    fn gather<S: Scalar, R>(&self, y: &[S], position: usize, f: impl FnOnce(&[S]) -> R) -> R {
        if self.together {
            return f(y.get(Self::range(position)).unwrap_or_default());
        }
        let mut numbers: GenericArray<S, N> = crate::flat::zero();
        for (number, y) in numbers.iter_mut().zip(y.iter().skip(position).step_by(P)) {
            *number = *y;
        }
        f(&numbers)
    }

    /// Calls `f` with room for the gradient of a position, and puts it where it belongs.
    #[inline(always)]
    fn scatter<S: Scalar, R>(&self, dy: &mut [S], position: usize, f: impl FnOnce(&mut [S]) -> R) -> R {
        if self.together {
            return f(dy.get_mut(Self::range(position)).unwrap_or_default());
        }
        let mut gradient: GenericArray<S, N> = crate::flat::zero();
        let result = f(&mut gradient);
        for (dy, value) in dy.iter_mut().skip(position).step_by(P).zip(&gradient) {
            *dy = *value;
        }
        result
    }
}

/// The target of one position of a sample.
struct At<'a, Y, T, const P: usize> {
    target: &'a Y,
    position: usize,
    /// [`Loss::class`] of the position's loss.
    class: fn(Class) -> Option<T>,
}

impl<T, Y: AsTarget<[T; P]>, const P: usize> AsTarget<T> for At<'_, Y, T, P> {
    #[inline(always)]
    fn with<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        match self.target.class_at(self.position).and_then(self.class) {
            Some(class) => f(&class),
            // A position is below `P`: the remainder is the position, and cannot be out of range.
            None => self.target.with(|targets| f(&targets[self.position % P])),
        }
    }
}

/// The most samples of a tile that are worked on together, a step at a time.
const MOST: usize = 64;

impl<S: Scalar, L: Loss<S>, N: ArrayLength, const P: usize> Loss<S> for Each<L, N, P> {
    type Target = [L::Target; P];

    fn check(&self, outputs: usize, target: &Self::Target) -> Result<(), TargetError> {
        self.check_with(outputs, target)
    }

    fn check_with<Y: AsTarget<Self::Target>>(&self, outputs: usize, target: &Y) -> Result<(), TargetError> {
        if outputs != P * N::USIZE {
            return Err(TargetError::Invalid("one for each position"));
        }
        self.at::<S, Y>(target).try_for_each(|target| self.loss.check_with(N::USIZE, &target))
    }

    fn is_correct(&self, y: &[S], target: &Self::Target) -> Option<bool> {
        let Hits { right, of } = self.hits(y, target);
        (of > 0).then_some(right == of)
    }

    fn hits(&self, y: &[S], target: &Self::Target) -> Hits {
        self.hits_with(y, target)
    }

    fn hits_with<Y: AsTarget<Self::Target>>(&self, y: &[S], target: &Y) -> Hits {
        let mut hits = Hits::default();
        for (position, target) in self.at::<S, Y>(target).enumerate() {
            hits += self.gather(y, position, |y| self.loss.hits_with(y, &target));
        }
        hits
    }

    fn weight(&self, target: &Self::Target) -> S {
        self.weight_with(target)
    }

    fn weight_with<Y: AsTarget<Self::Target>>(&self, target: &Y) -> S {
        let mut weight = Total::default();
        self.at::<S, Y>(target).for_each(|target| weight.add(self.loss.weight_with(&target)));
        weight.value()
    }

    fn divisor(&self, weight: S) -> S {
        self.loss.divisor(weight)
    }

    fn sample(&self, y: &[S], target: &Self::Target, dy: &mut [S]) -> Sum<S> {
        self.sample_with(&HeadFactors::default(), y, target, dy)
    }

    fn sample_with<Y: AsTarget<Self::Target>>(
        &self,
        factors: &HeadFactors<S>,
        y: &[S],
        target: &Y,
        dy: &mut [S],
    ) -> Sum<S> {
        let mut sum = Totals::default();
        for (position, target) in self.at::<S, Y>(target).enumerate() {
            sum.add(self.gather(y, position, |y| {
                self.scatter(dy, position, |dy| self.loss.sample_with(factors, y, &target, dy))
            }));
        }
        sum.value()
    }

    /// The numbers of one step are a tile of their own.
    fn tile<O: ArrayLength, Y: AsTarget<Self::Target>>(
        &self,
        factors: &HeadFactors<S>,
        outputs: Outputs<'_, S>,
        targets: &[Y],
        weights: Option<&[S]>,
    ) -> Sum<S> {
        let tile = outputs.tile;
        let first = targets.first().filter(|_| self.together && tile > 1 && targets.len() <= MOST);
        let Some(first) = first else {
            return sample_by_sample::<S, Self, O, Y>(self, factors, outputs, targets, weights);
        };
        let width = (N::USIZE * tile).max(1);
        let mut sum = Totals::default();
        let Outputs { y, dy, room, .. } = outputs;
        for (position, (y, dy)) in y.pieces(width).zip(dy.pieces_mut(width)).enumerate() {
            let at: [At<'_, Y, L::Target, P>; MOST] = core::array::from_fn(|sample| At {
                target: targets.get(sample).unwrap_or(first),
                position,
                class: L::class,
            });
            let (at, _) = at.split_at(targets.len().min(MOST));
            sum.add(self.loss.tile::<N, _>(factors, Outputs { tile, y, dy, room: &mut *room }, at, weights));
        }
        sum.value()
    }
}
