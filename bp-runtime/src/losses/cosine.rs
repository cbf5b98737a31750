//! `cosine`: the angle between output and target.

use super::reduction::Counting;
use super::{Loss, Reduction, Sum, TargetError};
use crate::total::{Total, largest};
use crate::{Real, Scalar};

/// `1 − cos(y, t) = 1 − y·t / √((y·y + ε) (t·t + ε))`, the mean over samples.
///
/// PyTorch's `CosineEmbeddingLoss` for pairs that shall be similar, with its ε of 1e-12. Outputs are a vector of `O`
/// numbers, targets `[S; O]` the vector whose direction they shall have; their lengths do not matter. The
/// gradient is `−(t − y (y·t) / (y·y + ε)) / √((y·y + ε) (t·t + ε))`.
///
/// ```
/// use backprop_runtime::{losses::Cosine, Loss};
/// let mut dy = [0.0_f64; 2];
/// let sum = Cosine::<2>::new().sample(&[2.0, 0.0], &[0.0, 1.0], &mut dy);
/// assert_eq!(sum.loss, 1.0);
/// assert!((dy[1] + 0.5).abs() < 1e-12 && dy[0] == 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cosine<const O: usize> {
    counting: Counting,
}

const EPSILON: Real = Real::new(1e-12);

impl<const O: usize> Cosine<O> {
    /// The mean over samples.
    pub const fn new() -> Self {
        Self { counting: Counting::MEAN }
    }

    /// What the loss of a batch is divided by; the mean over samples unless set.
    pub const fn reduction(self, reduction: Reduction) -> Self {
        Self { counting: self.counting.reduced(reduction) }
    }

    /// Whether NaN in a target stands for a number that is missing: such a sample counts nothing, since the rest of a target
    /// is not a direction. `false` unless set.
    pub const fn missing(self, missing: bool) -> Self {
        Self { counting: self.counting.with_missing(missing) }
    }
}

impl<const O: usize> Default for Cosine<O> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Scalar, const O: usize> Loss<S> for Cosine<O> {
    type Target = [S; O];

    fn check(&self, outputs: usize, _: &[S; O]) -> Result<(), TargetError> {
        if outputs == O { Ok(()) } else { Err(TargetError::Invalid("one number for each output")) }
    }

    fn weight(&self, target: &[S; O]) -> S {
        self.counting.weight_of_all(target)
    }

    fn divisor(&self, weight: S) -> S {
        self.counting.divisor(weight)
    }

    fn sample(&self, y: &[S], target: &[S; O], dy: &mut [S]) -> Sum<S> {
        if self.counting.lacks_one(target) {
            dy.fill(S::ZERO);
            return Sum::default();
        }
        let (of_y, of_t) = (unit(y), unit(target));
        let [mut yt, mut yy, mut tt] = [Total::default(); 3];
        for (y, t) in y.iter().zip(target) {
            let (y, t) = (*y / of_y, *t / of_t);
            yt.add(y * t);
            yy.add(y * y);
            tt.add(t * t);
        }
        let yt = yt.value();
        let yy = yy.value() + S::real(EPSILON) / of_y / of_y;
        let tt = tt.value() + S::real(EPSILON) / of_t / of_t;
        // Two roots: the product of squares would overflow earlier than the lengths do.
        let lengths = yy.sqrt() * tt.sqrt();
        let along = yt / yy;
        for ((dy, y), t) in dy.iter_mut().zip(y).zip(target) {
            *dy = (*y / of_y * along - *t / of_t) / lengths / of_y;
        }
        Sum { loss: S::ONE - yt / lengths, weight: S::ONE }
    }
}

/// What a vector is measured in: 1, or its largest number where that is so large that squares could overflow.
fn unit<S: Scalar>(values: &[S]) -> S {
    let largest = largest(values);
    if largest > S::real(Real::new(1e15)) && largest.is_finite() { largest } else { S::ONE }
}
