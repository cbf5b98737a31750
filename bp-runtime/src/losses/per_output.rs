//! What losses share that compare every output with a number of its own.

use super::reduction::Counting;
use super::samples::{Samples, for_samples};
use super::{Outputs, Sum, weight_of};
use crate::math::Float;
use crate::parts::Parts as _;
use crate::{AsTarget, Scalar};

/// The loss of one output.
pub(super) trait Element<S: Scalar> {
    /// The loss of output number `output`, and its derivative with respect to `y`: of one sample, or of a
    /// vector of them.
    fn element<F: Float<Scalar = S>>(&self, output: usize, y: F, t: F) -> (F, F);
}

/// Losses of so many outputs are added up before they are added to the rest, which is large in comparison: the sum of 2¹⁶ equal
/// numbers of type `f32` would be wrong in the fourth digit.
const PART: usize = 256;

/// [`Loss::sample`](super::Loss::sample).
#[inline(always)]
pub(super) fn sample<S: Scalar + Float<Scalar = S>>(
    loss: &impl Element<S>,
    counting: Counting,
    y: &[S],
    target: &[S],
    dy: &mut [S],
) -> Sum<S> {
    let scale = counting.scale::<S>(target.len());
    let (mut sum, mut part) = (S::ZERO, S::ZERO);
    for (output, ((y, t), dy)) in y.iter().zip(target).zip(dy).enumerate() {
        if output % PART == 0 {
            sum += core::mem::take(&mut part);
        }
        if counting.is_missing(*t) {
            *dy = S::ZERO;
            continue;
        }
        let (value, derivative) = loss.element(output, *y, *t);
        part += value;
        *dy = derivative * scale;
    }
    Sum { loss: (sum + part) * scale, weight: counting.weight(target) }
}

/// [`Loss::tile`](super::Loss::tile) with samples in the lanes.
///
/// `tile` is a multiple of [`LANES`](crate::simd::Lanes::LANES).
#[inline(never)]
pub(super) fn tile<S: Scalar, const O: usize, Y: AsTarget<[S; O]>>(
    loss: &impl Element<S>,
    counting: Counting,
    outputs: Outputs<'_, S>,
    targets: &[Y],
    weights: Option<&[S]>,
) -> Sum<S> {
    let Outputs { tile, y, dy, .. } = outputs;
    // The targets take the places of their derivatives: no room of their own.
    dy.fill(S::ZERO);
    for (lane, target) in targets.iter().enumerate() {
        target.with(|target| {
            for (place, t) in dy.iter_mut().skip(lane).step_by(tile.max(1)).zip(target) {
                *place = *t;
            }
        });
    }
    let scale = counting.scale::<S>(O);
    let mut sum = Sum::default();
    for first in (0..targets.len()).step_by(S::LANES) {
        let mut factors = [S::ZERO; 16];
        let samples = first..targets.len().min(first + S::LANES);
        for (factor, sample) in factors.iter_mut().zip(samples.clone()) {
            *factor = weight_of(weights, sample);
        }
        let block = Block { tile, index: first / S::LANES, scale, missing: counting.allows_missing() };
        let mut losses = [S::ZERO; 16];
        for_samples!(S: of => block.run(of, loss, &factors, y, dy, &mut losses));
        let counted = losses.iter().zip(&factors).zip(samples);
        for ((loss, factor), sample) in counted.filter(|((_, factor), _)| **factor != S::ZERO) {
            let target = targets.get(sample);
            let weight = target.map_or(S::ONE, |target| target.with(|target| counting.weight(target)));
            sum += Sum { loss: *loss * scale * *factor, weight: *factor * weight };
        }
    }
    // A sample that is not real may hold anything: its gradient is zero, not zero times something.
    if targets.len() < tile {
        for row in dy.pieces_mut(tile) {
            row.iter_mut().skip(targets.len()).for_each(|dy| *dy = S::ZERO);
        }
    }
    sum
}

/// One vector of samples of a tile.
struct Block<S> {
    tile: usize,
    /// The vector's place in each row of the tile.
    index: usize,
    scale: S,
    /// Whether targets may be missing.
    missing: bool,
}

impl<S: Scalar> Block<S> {
    /// The losses of samples, not scaled yet; turns targets into derivatives, scaled.
    #[inline(always)]
    fn run<N: Samples<S>>(
        &self,
        of: N,
        loss: &impl Element<S>,
        factors: &[S; 16],
        y: &[S],
        dy: &mut [S],
        losses: &mut [S; 16],
    ) {
        let factors = of.load(factors) * of.every(self.scale);
        let zero = of.every(S::ZERO);
        let (mut sum, mut part) = (zero, zero);
        let rows = y.chunks_exact(S::LANES).zip(dy.chunks_exact_mut(S::LANES));
        for (output, (y, dy)) in rows.skip(self.index).step_by((self.tile / S::LANES).max(1)).enumerate() {
            if output % PART == 0 {
                sum = sum + part;
                part = zero;
            }
            let (y, t) = (of.load(y), of.load(dy));
            let (mut value, mut derivative) = loss.element(output, y, t);
            if self.missing {
                let there = t.equal(t);
                (value, derivative) =
                    (Float::select(there, value, zero), Float::select(there, derivative, zero));
            }
            part = part + value;
            // Not zero times something: the target of a sample that counts nothing may be anything.
            of.store(Float::select(zero.less(factors.abs()), derivative * factors, zero), dy);
        }
        of.store(sum + part, losses);
    }
}

/// Makes a struct `Name<const O: usize>`, or one with parameters before or behind `O`, with a field `counting`, [`Element`] and a
/// `new` for the parameters before `O`, a [`Loss`](super::Loss) over `[S; O]`.
macro_rules! per_output {
    (
        $name:ident $([$($parameters:tt)*] [$($arguments:tt)*])? $(behind [$($weights:ident),*])?
        $(, expects $check:expr, $expected:literal)? $(, right $right:expr)?
    ) => {
        impl<$($($parameters)*,)? const O: usize> Default for $name<$($($arguments)*,)? O> {
            fn default() -> Self {
                Self::new()
            }
        }

        impl<$($($parameters)*,)? const O: usize $($(, const $weights: usize)*)?> $name<$($($arguments)*,)? O $($(, $weights)*)?> {
            /// What the losses of outputs and samples are divided by; [`Mean`]($crate::losses::Reduction::Mean)
            /// unless set.
            #[allow(clippy::needless_update, reason = "some losses have no other field")]
            pub const fn reduction(self, reduction: $crate::losses::Reduction) -> Self {
                Self { counting: self.counting.reduced(reduction), ..self }
            }

            /// Whether NaN in a target stands for a number that is missing and counts nothing; `false` unless set.
            #[allow(clippy::needless_update, reason = "some losses have no other field")]
            pub const fn missing(self, missing: bool) -> Self {
                Self { counting: self.counting.with_missing(missing), ..self }
            }
        }

        impl<S: $crate::Scalar + $crate::math::Float<Scalar = S>, $($($parameters)*,)? const O: usize $($(, const $weights: usize)*)?>
            $crate::Loss<S> for $name<$($($arguments)*,)? O $($(, $weights)*)?>
        {
            type Target = [S; O];

            fn check(&self, outputs: usize, target: &[S; O]) -> Result<(), $crate::losses::TargetError> {
                if outputs != O {
                    return Err($crate::losses::TargetError::Invalid("one number for each output"));
                }
                $(
                    let valid = $check;
                    if !target.iter().copied().all(|t| self.counting.is_missing(t) || valid(t)) {
                        return Err($crate::losses::TargetError::Invalid($expected));
                    }
                )?
                let _ = target;
                Ok(())
            }

            $(
                fn is_correct(&self, y: &[S], target: &[S; O]) -> Option<bool> {
                    let right = $right;
                    let mut there = y.iter().zip(target).filter(|(_, t)| !self.counting.is_missing(**t)).peekable();
                    there.peek()?;
                    Some(there.all(|(y, t)| right(*y, *t)))
                }
            )?

            #[inline]
            fn weight(&self, target: &[S; O]) -> S {
                self.counting.weight(target)
            }

            #[inline]
            fn divisor(&self, weight: S) -> S {
                self.counting.divisor(weight)
            }

            #[inline(always)]
            fn sample(&self, y: &[S], target: &[S; O], dy: &mut [S]) -> $crate::losses::Sum<S> {
                $crate::losses::per_output::sample(self, self.counting, y, target, dy)
            }

            #[inline(always)]
            fn tile<N: generic_array::ArrayLength, Y: $crate::AsTarget<[S; O]>>(
                &self,
                factors: &$crate::losses::HeadFactors<S>,
                outputs: $crate::losses::Outputs<'_, S>,
                targets: &[Y],
                weights: Option<&[S]>,
            ) -> $crate::losses::Sum<S> {
                if outputs.tile.is_multiple_of(S::LANES) {
                    $crate::losses::per_output::tile(self, self.counting, outputs, targets, weights)
                } else {
                    $crate::losses::outputs::sample_by_sample::<S, Self, N, Y>(self, factors, outputs, targets, weights)
                }
            }
        }
    };
}
pub(super) use per_output;
