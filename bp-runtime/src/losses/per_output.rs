//! What losses share that compare every output with a number of its own.

use super::{Reduction, Sum, weight_of};
use crate::{AsTarget, Scalar, dispatch};

/// The loss of one output.
pub(super) trait Element<S: Scalar> {
    /// The loss of output number `output`, and its derivative with respect to `y`.
    fn element(&self, output: usize, y: S, t: S) -> (S, S);
}

/// [`Loss::sample`](super::Loss::sample).
#[inline(always)]
pub(super) fn sample<S: Scalar>(
    loss: &impl Element<S>,
    reduction: Reduction,
    y: &[S],
    target: &[S],
    dy: &mut [S],
) -> Sum<S> {
    let scale = reduction.scale::<S>(target.len());
    let mut sum = S::ZERO;
    for (output, ((y, t), dy)) in y.iter().zip(target).zip(dy).enumerate() {
        let (value, derivative) = loss.element(output, *y, *t);
        sum += value;
        *dy = derivative * scale;
    }
    Sum { loss: sum * scale, weight: S::ONE }
}

/// [`Loss::tile`](super::Loss::tile) with samples in the lanes, in the order of [`sample`]'s sums.
///
/// `tile` is a multiple of [`LANES`](crate::simd::Lanes::LANES).
pub(super) fn tile<S: Scalar, const O: usize, Y: AsTarget<[S; O]>>(
    loss: &impl Element<S>,
    reduction: Reduction,
    tile: usize,
    y: &[S],
    targets: &[Y],
    weights: Option<&[S]>,
    dy: &mut [S],
) -> Sum<S> {
    // The targets take the places of their derivatives: no room of their own.
    dy.fill(S::ZERO);
    for (lane, target) in targets.iter().enumerate() {
        target.with(|target| {
            for (place, t) in dy.iter_mut().skip(lane).step_by(tile).zip(target) {
                *place = *t;
            }
        });
    }
    let scale = reduction.scale::<S>(O);
    let mut sum = Sum::default();
    for first in (0..targets.len()).step_by(S::LANES) {
        let (mut losses, mut factors) = ([S::ZERO; 16], [S::ZERO; 16]);
        let real = S::LANES.min(targets.len() - first);
        for (lane, factor) in factors.iter_mut().enumerate().take(real) {
            *factor = weight_of(weights, first + lane);
        }
        dispatch!(_v => lanes(loss, scale, tile, first, y, dy, &factors, &mut losses));
        for (loss, factor) in losses.iter().zip(&factors).take(real) {
            sum += Sum { loss: *loss * scale * *factor, weight: *factor };
        }
    }
    // A sample that is not real may hold anything: its gradient is zero, not zero times something.
    if !targets.len().is_multiple_of(S::LANES) {
        for row in dy.chunks_exact_mut(tile) {
            row.iter_mut().skip(targets.len()).for_each(|dy| *dy = S::ZERO);
        }
    }
    sum
}

/// One vector of samples: adds their losses, and turns targets into derivatives.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one loop nest, compiled for each instruction set")]
fn lanes<S: Scalar>(
    loss: &impl Element<S>,
    scale: S,
    tile: usize,
    first: usize,
    y: &[S],
    dy: &mut [S],
    factors: &[S; 16],
    losses: &mut [S; 16],
) {
    for (output, (y, dy)) in y.chunks_exact(tile).zip(dy.chunks_exact_mut(tile)).enumerate() {
        let (Some(y), Some(dy)) = (y.get(first..), dy.get_mut(first..)) else { continue };
        let rows = y.iter().zip(dy).zip(factors).zip(&mut *losses).take(S::LANES);
        for (((y, dy), factor), sum) in rows {
            let (value, derivative) = loss.element(output, *y, *dy);
            *sum += value;
            *dy = derivative * scale * *factor;
        }
    }
}

/// Makes a struct `Name<const O: usize>` with a field `reduction`, [`Element`] and a `new`, a
/// [`Loss`](super::Loss) over `[S; O]`.
macro_rules! per_output {
    ($name:ident $(, expects $check:expr, $expected:literal)? $(, right $right:expr)?) => {
        impl<const O: usize> Default for $name<O> {
            fn default() -> Self {
                Self::new()
            }
        }

        impl<const O: usize> $name<O> {
            /// What the losses of outputs and samples are divided by; [`Mean`]($crate::losses::Reduction::Mean)
            /// unless set.
            #[allow(clippy::needless_update, reason = "some losses have no other field")]
            pub const fn reduction(self, reduction: $crate::losses::Reduction) -> Self {
                Self { reduction, ..self }
            }
        }

        impl<S: $crate::Scalar, const O: usize> $crate::Loss<S> for $name<O> {
            type Target = [S; O];

            fn check(&self, outputs: usize, target: &[S; O]) -> Result<(), $crate::losses::TargetError> {
                if outputs != O {
                    return Err($crate::losses::TargetError::Invalid("one number for each output"));
                }
                $(
                    let valid = $check;
                    if !target.iter().copied().all(valid) {
                        return Err($crate::losses::TargetError::Invalid($expected));
                    }
                )?
                let _ = target;
                Ok(())
            }

            $(
                fn is_correct(&self, y: &[S], target: &[S; O]) -> Option<bool> {
                    let right = $right;
                    Some(y.iter().zip(target).all(|(y, t)| right(*y, *t)))
                }
            )?

            #[inline]
            fn divisor(&self, weight: S) -> S {
                self.reduction.divisor(weight)
            }

            fn sample(&self, y: &[S], target: &[S; O], dy: &mut [S]) -> $crate::losses::Sum<S> {
                $crate::losses::per_output::sample(self, self.reduction, y, target, dy)
            }

            fn tile<N: generic_array::ArrayLength, Y: $crate::AsTarget<[S; O]>>(
                &self,
                tile: usize,
                y: &[S],
                targets: &[Y],
                weights: Option<&[S]>,
                dy: &mut [S],
            ) -> $crate::losses::Sum<S> {
                if tile.is_multiple_of(S::LANES) {
                    let reduction = self.reduction;
                    $crate::losses::per_output::tile(self, reduction, tile, y, targets, weights, dy)
                } else {
                    $crate::losses::sample_by_sample::<S, Self, N, Y>(self, tile, y, targets, weights, dy)
                }
            }
        }
    };
}
pub(super) use per_output;
