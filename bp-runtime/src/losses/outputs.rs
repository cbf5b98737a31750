//! The outputs of a tile and the gradients with respect to them, and one sample of them in a row.

use super::{HeadFactors, Loss, Sum, weight_of};
use crate::flat::zero;
use crate::moves::store;
use crate::parts::{Parts as _, does_not_fit};
use crate::{AsTarget, Scalar};
use generic_array::{ArrayLength, GenericArray};

/// The outputs of a tile, and the place for the gradient with respect to them: `[feature][sample]`.
#[derive(Debug)]
pub struct Outputs<'a, S> {
    /// Samples of the tile.
    pub tile: usize,
    /// The outputs.
    pub y: &'a [S],
    /// The gradient, to be overwritten.
    pub dy: &'a mut [S],
    /// Room for the outputs of one sample and their gradient, of as many numbers as [`room`] says.
    pub room: &'a mut [S],
}

/// The largest output of one sample that is copied to the stack, with as large a gradient: 16 KiB.
pub const LARGEST_COPY: usize = 16 * 1024;

/// How many numbers of room the losses of a tile need: for one sample's outputs in a row and their gradient, where they are
/// too large for the stack. Those of a tile of one sample lie in a row where they are.
pub const fn room<S>(outputs: usize, tile: usize) -> usize {
    if tile == 1 || outputs * size_of::<S>() <= LARGEST_COPY { 0 } else { 2 * outputs }
}

impl<S: Scalar> Outputs<'_, S> {
    /// The same for another call.
    #[inline(always)]
    pub fn reborrow(&mut self) -> Outputs<'_, S> {
        Outputs { tile: self.tile, y: self.y, dy: &mut *self.dy, room: &mut *self.room }
    }

    /// Calls `f` with the outputs of one sample, in a row, and the place for their gradient, which is zero at first.
    #[inline(always)]
    pub fn sample<O: ArrayLength, R>(&mut self, lane: usize, f: impl FnOnce(&[S], &mut [S]) -> R) -> R {
        if self.tile == 1 {
            self.dy.fill(S::ZERO);
            return f(self.y, self.dy);
        }
        if self.room.is_empty() {
            return self.sample_on_stack::<O, R>(lane, f);
        }
        let (y, dy) = self.room.part_mut(..2 * O::USIZE).split_at_mut_checked(O::USIZE).unwrap_or_default();
        copied(self.tile, lane, self.y, self.dy, y, dy, f)
    }

    // A function of its own: its frame has the copies, which may be large in a build where it is never called.
    #[inline(never)]
    fn sample_on_stack<O: ArrayLength, R>(&mut self, lane: usize, f: impl FnOnce(&[S], &mut [S]) -> R) -> R {
        let mut y: GenericArray<S, O> = zero();
        let mut dy: GenericArray<S, O> = zero();
        copied(self.tile, lane, self.y, self.dy, &mut y, &mut dy, f)
    }
}

/// Calls `f` with a copy of one sample's outputs, and copies the gradient to its place.
#[inline(always)]
fn copied<S: Scalar, R>(
    tile: usize,
    lane: usize,
    ys: &[S],
    dys: &mut [S],
    y: &mut [S],
    dy: &mut [S],
    f: impl FnOnce(&[S], &mut [S]) -> R,
) -> R {
    if ys.len() != y.len() * tile {
        does_not_fit();
    }
    store(y, ys, tile, lane);
    dy.fill(S::ZERO);
    let result = f(y, dy);
    for (place, value) in dys.iter_mut().skip(lane).step_by(tile.max(1)).zip(&*dy) {
        *place = *value;
    }
    result
}

/// [`Loss::tile`] for losses that know one sample only.
#[inline(always)]
pub(super) fn sample_by_sample<S: Scalar, L: Loss<S> + ?Sized, O: ArrayLength, Y: AsTarget<L::Target>>(
    loss: &L,
    factors: &HeadFactors<S>,
    mut outputs: Outputs<'_, S>,
    targets: &[Y],
    weights: Option<&[S]>,
) -> Sum<S> {
    // What a loss over one sample writes, it writes over.
    if outputs.tile > 1 || targets.is_empty() || weight_of(weights, 0) == S::ZERO {
        outputs.dy.fill(S::ZERO);
    }
    let mut sum = Sum::default();
    for (lane, target) in targets.iter().take(outputs.tile).enumerate() {
        let factor = weight_of(weights, lane);
        // Not zero times something: the target of a sample that counts nothing may be anything.
        if factor == S::ZERO {
            continue;
        }
        let one = outputs.sample::<O, _>(
            lane,
            #[inline(always)]
            |y, dy| {
                let sum = loss.sample_with(factors, y, target, dy);
                dy.iter_mut().for_each(|dy| *dy *= factor);
                sum
            },
        );
        sum += Sum { loss: one.loss * factor, weight: one.weight * factor };
    }
    sum
}
