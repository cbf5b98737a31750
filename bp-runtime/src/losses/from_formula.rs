//! A loss whose formula the user wrote: what `loss = |y, t| …` in a declaration becomes.

use super::per_output::{Element, per_output};
use super::reduction::Counting;
use crate::Scalar;
use crate::math::Float;
use core::fmt;
use core::marker::PhantomData;

/// The loss of one output `y` with target `t`, and its derivative with respect to `y`: number `I` of those of a
/// network.
///
/// `#[network]` implements it with the derivative that it has worked out; see [`FromFormula`].
pub trait LossFormula<const I: usize> {
    /// The loss, and its derivative with respect to `y`. Mark it `#[inline(always)]`: otherwise it is not
    /// compiled for the instruction set.
    fn value_and_derivative<F: Float>(y: F, t: F) -> (F, F);
}

/// A formula of the user's for each output and its target; the mean over outputs and samples.
///
/// The formula is number `I` of `K`. Outputs are `O` numbers, targets `[S; O]`.
///
/// ```
/// use backprop_runtime::losses::{FromFormula, LossFormula};
/// use backprop_runtime::{Loss, math::Float};
///
/// /// e to the power of y − t, less y − t.
/// struct Linex;
///
/// impl LossFormula<0> for Linex {
///     #[inline(always)]
///     fn value_and_derivative<F: Float>(y: F, t: F) -> (F, F) {
///         let difference = y - t;
///         (difference.exp() - difference, difference.exp_m1())
///     }
/// }
///
/// let mut dy = [0.0_f64; 2];
/// let sum = FromFormula::<Linex, 0, 2>::new().sample(&[1.0, 5.0], &[1.0, 5.0], &mut dy);
/// assert_eq!((sum.loss, dy), (1.0, [0.0; 2]));
/// ```
pub struct FromFormula<K, const I: usize, const O: usize> {
    counting: Counting,
    formula: PhantomData<fn() -> K>,
}

impl<K, const I: usize, const O: usize> FromFormula<K, I, O> {
    /// The mean over outputs and samples.
    pub const fn new() -> Self {
        Self { counting: Counting::MEAN, formula: PhantomData }
    }
}

// Written out, because a derive would ask the same of `K`.
impl<K, const I: usize, const O: usize> Clone for FromFormula<K, I, O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, const I: usize, const O: usize> Copy for FromFormula<K, I, O> {}

impl<K, const I: usize, const O: usize> fmt::Debug for FromFormula<K, I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FromFormula<{I}, {O}> {{ {:?} }}", self.counting)
    }
}

impl<S: Scalar, K: LossFormula<I>, const I: usize, const O: usize> Element<S> for FromFormula<K, I, O> {
    #[inline(always)]
    fn element<F: Float<Scalar = S>>(&self, _: usize, y: F, t: F) -> (F, F) {
        K::value_and_derivative(y, t)
    }
}

per_output!(FromFormula [K: LossFormula<I>, const I: usize] [K, I]);
