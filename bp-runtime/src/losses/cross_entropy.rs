//! `cross_entropy`: softmax and the negative log-likelihood of the right class, in one.

use super::{Loss, Sum, TargetError};
use crate::Scalar;
use crate::sample::Class;

/// `−ln softmax(y)[class]` (PyTorch's `CrossEntropyLoss` on class indices).
///
/// Outputs are scores (logits), not probabilities. Targets are class indices of any integer type.
/// The gradient is `softmax(y) − onehot(class)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrossEntropy;

impl<S: Scalar> Loss<S> for CrossEntropy {
    type Target = Class;

    fn check(&self, outputs: usize, target: &Class) -> Result<(), TargetError> {
        if target.0 < outputs { Ok(()) } else { Err(TargetError::OutOfRange) }
    }

    fn is_correct(&self, y: &[S], target: &Class) -> Option<bool> {
        let right = y.get(target.0)?;
        Some(y.iter().enumerate().all(|(class, score)| class == target.0 || score < right))
    }

    fn sample(&self, y: &[S], target: &Class, dy: &mut [S]) -> Sum<S> {
        let max = y.iter().copied().fold(-S::INFINITY, |a, b| if b > a { b } else { a });
        let mut total = S::ZERO;
        for (y, dy) in y.iter().zip(&mut *dy) {
            *dy = (*y - max).exp();
            total += *dy;
        }
        for dy in &mut *dy {
            *dy /= total;
        }
        let mut right = S::NAN;
        if let (Some(dy), Some(y)) = (dy.get_mut(target.0), y.get(target.0)) {
            *dy -= S::ONE;
            right = *y;
        }
        Sum { loss: total.ln() + max - right, weight: S::ONE }
    }
}
