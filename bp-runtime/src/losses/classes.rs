//! What losses over class indices share: weights, an ignored class, the reduction.

use super::numeric::reals;
use super::{Reduction, TargetError};
use crate::sample::Class;
use crate::{Real, Scalar};

/// What losses over class indices have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Classes<const W: usize> {
    weights: [Real; W],
    ignored: Option<usize>,
    reduction: Reduction,
}

/// What every loss over class indices passes on to its [`Classes`], as the beginning of its `impl Loss<S>`.
macro_rules! of_classes {
    () => {
        type Target = $crate::sample::Class;

        #[inline(always)]
        fn class(class: $crate::sample::Class) -> Option<$crate::sample::Class> {
            Some(class)
        }

        fn check(
            &self,
            outputs: usize,
            target: &$crate::sample::Class,
        ) -> Result<(), $crate::losses::TargetError> {
            self.classes.check(outputs, *target)
        }

        fn is_correct(&self, y: &[S], target: &$crate::sample::Class) -> Option<bool> {
            self.classes.is_correct(y, *target)
        }

        fn divisor(&self, weight: S) -> S {
            self.classes.divisor(weight)
        }
    };
}
pub(super) use of_classes;

impl Classes<0> {
    pub(super) const NEW: Self = Self { weights: [], ignored: None, reduction: Reduction::Mean };

    pub(super) const fn weighted<const C: usize>(self, weights: [f64; C]) -> Classes<C> {
        Classes { weights: reals(weights), ignored: self.ignored, reduction: self.reduction }
    }
}

impl<const W: usize> Classes<W> {
    pub(super) const fn ignoring(self, class: isize) -> Self {
        // As `Class` has it: whatever is negative is the largest index.
        let class = if class < 0 { usize::MAX } else { class.cast_unsigned() };
        Self { ignored: Some(class), ..self }
    }

    #[inline(always)]
    pub(super) fn ignores(&self, class: Class) -> bool {
        self.ignored == Some(class.0)
    }

    /// The weight of a class.
    #[inline(always)]
    pub(super) fn weight<S: Scalar>(&self, class: usize) -> S {
        self.weights.get(class).map_or(S::ONE, |weight| S::real(*weight))
    }

    /// The weight of a sample with this target: 0 where it does not count.
    #[inline(always)]
    pub(super) fn target_weight<S: Scalar>(&self, class: Class) -> S {
        if self.ignores(class) { S::ZERO } else { self.weight(class.0) }
    }

    pub(super) const fn reduced(self, reduction: Reduction) -> Self {
        Self { reduction, ..self }
    }

    #[inline(always)]
    pub(super) fn divisor<S: Scalar>(&self, weight: S) -> S {
        self.reduction.divisor(weight)
    }

    pub(super) fn check(&self, outputs: usize, class: Class) -> Result<(), TargetError> {
        if W != 0 && W != outputs {
            return Err(TargetError::Invalid("one class weight for each output"));
        }
        if class.0 < outputs || self.ignores(class) {
            Ok(())
        } else {
            Err(TargetError::OutOfRange { label: class.0, classes: outputs })
        }
    }

    pub(super) fn is_correct<S: Scalar>(&self, y: &[S], class: Class) -> Option<bool> {
        if self.ignores(class) {
            return None;
        }
        let right = y.get(class.0)?;
        Some(y.iter().enumerate().all(|(other, score)| other == class.0 || score < right))
    }
}
