//! Formulas over slices: the instruction set is chosen once for each call.

use super::Float;
use crate::Scalar;
use crate::dispatch;
use crate::parts::Parts as _;
use crate::simd::{HAS_VECTORS, Simd, SimdBase};

/// A formula of one variable, applied to slices by [`map`].
///
/// ```
/// use backprop_runtime::math::{Float, Function, map};
///
/// /// exp(−x²)
/// struct Bell;
///
/// impl<S> Function<S> for Bell {
///     #[inline(always)]
///     fn apply<F: Float<Scalar = S>>(&self, x: F) -> F {
///         (-(x * x)).exp()
///     }
/// }
///
/// let mut x = [0.0_f64, 1.0, 2.0];
/// map(&Bell, &mut x);
/// assert_eq!(x[0], 1.0);
/// assert!((x[1] - 0.367_879).abs() < 1e-6);
/// ```
pub trait Function<S> {
    /// The formula. Mark it `#[inline(always)]`: otherwise it is not compiled for the instruction set.
    fn apply<F: Float<Scalar = S>>(&self, x: F) -> F;
}

/// A formula of two variables, applied to slices by [`map2`].
///
/// ```
/// use backprop_runtime::math::{Float, Function2, map2, map2_into};
///
/// /// The derivative of the hyperbolic tangent, at its value `y`, times `dy`.
/// struct Slope;
///
/// impl<S> Function2<S> for Slope {
///     #[inline(always)]
///     fn apply<F: Float<Scalar = S>>(&self, y: F, dy: F) -> F {
///         dy - y * y * dy
///     }
/// }
///
/// let (y, mut dy, mut dx) = ([0.0_f32, 0.5], [1.0, 2.0], [0.0; 2]);
/// map2_into(&Slope, &y, &dy, &mut dx);
/// map2(&Slope, &y, &mut dy);
/// assert_eq!((dx, dy), ([1.0, 1.5], [1.0, 1.5]));
/// ```
pub trait Function2<S> {
    /// The formula. Mark it `#[inline(always)]`: otherwise it is not compiled for the instruction set.
    fn apply<F: Float<Scalar = S>>(&self, a: F, b: F) -> F;
}

/// `x[i] = f(x[i])` for a whole slice: see [`Function`].
///
/// The same number gives the same bits at every place and length: what is left over after whole vectors is
/// computed in a vector too.
#[inline]
pub fn map<S: Scalar>(f: &impl Function<S>, x: &mut [S]) {
    dispatch!(S: v => map_with(v, f, x), plain x.iter_mut().for_each(|x| *x = S::of(f.apply(x.alone()))));
}

/// [`map`] inside a kernel, whose instruction set is known.
// The last, shorter vector goes through the same loop: a formula that is inlined twice takes twice as long to
// compile, for three instruction sets and two types.
#[inline(always)]
pub fn map_with<S: Scalar, V: Simd>(v: V, f: &impl Function<S>, x: &mut [S]) {
    if const { !HAS_VECTORS } {
        return map(f, x);
    }
    for x in x.chunks_mut(S::LANES) {
        store(v, f.apply(load::<S, V>(v, x)), x);
    }
}

/// `y[i] = f(x[i])`, up to the shorter of the slices, with the bits of [`map`]: see [`Function`].
#[inline]
pub fn map_into<S: Scalar>(f: &impl Function<S>, x: &[S], y: &mut [S]) {
    let length = x.len().min(y.len());
    let (x, y) = (x.part(..length), y.part_mut(..length));
    dispatch!(
        S: v => for (x, y) in x.chunks(S::LANES).zip(y.chunks_mut(S::LANES)) {
            store(v, f.apply(load::<S, _>(v, x)), y);
        },
        plain for (x, y) in x.iter().zip(y) {
            *y = S::of(f.apply(x.alone()));
        }
    );
}

/// `b[i] = f(a[i], b[i])`, up to the shorter of the slices: see [`Function2`].
#[inline]
pub fn map2<S: Scalar>(f: &impl Function2<S>, a: &[S], b: &mut [S]) {
    let length = a.len().min(b.len());
    let (a, b) = (a.part(..length), b.part_mut(..length));
    dispatch!(
        S: v => for (a, b) in a.chunks(S::LANES).zip(b.chunks_mut(S::LANES)) {
            store(v, f.apply(load::<S, _>(v, a), load::<S, _>(v, b)), b);
        },
        plain for (a, b) in a.iter().zip(b) {
            *b = S::of(f.apply(a.alone(), b.alone()));
        }
    );
}

/// `y[i] = f(a[i], b[i])`, up to the shortest of the slices, with the bits of [`map2`]: see [`Function2`].
#[inline]
pub fn map2_into<S: Scalar>(f: &impl Function2<S>, a: &[S], b: &[S], y: &mut [S]) {
    let length = a.len().min(b.len()).min(y.len());
    let (a, b) = (a.part(..length), b.part(..length));
    let y = y.part_mut(..length);
    dispatch!(
        S: v => for ((a, b), y) in a.chunks(S::LANES).zip(b.chunks(S::LANES)).zip(y.chunks_mut(S::LANES)) {
            store(v, f.apply(load::<S, _>(v, a), load::<S, _>(v, b)), y);
        },
        plain for ((a, b), y) in a.iter().zip(b).zip(y) {
            *y = S::of(f.apply(a.alone(), b.alone()));
        }
    );
}

/// [`map`] where the length is a constant: with whole vectors apart from what is left, no loop remains of a few.
#[inline(always)]
pub(crate) fn map_constant<S: Scalar, V: Simd>(v: V, f: &impl Function<S>, x: &mut [S]) {
    let (whole, rest) = x.split_at_mut(x.len() / S::LANES * S::LANES);
    // Two at once: the second is read before the first is written.
    let (pairs, last) = S::vectors_mut(whole).as_chunks_mut();
    for [a, b] in pairs {
        let (x, y) = (S::Vector::<V>::load_array_ref(v, a), S::Vector::<V>::load_array_ref(v, b));
        let (x, y) = (f.apply(x), f.apply(y));
        x.store_array(a);
        y.store_array(b);
    }
    for x in last {
        f.apply(S::Vector::<V>::load_array_ref(v, x)).store_array(x);
    }
    if !rest.is_empty() {
        S::store_few::<V>(f.apply(S::load_few(v, rest)), rest);
    }
}

/// [`map2`] where the length is a constant.
#[inline(always)]
pub(crate) fn map2_constant<S: Scalar, V: Simd>(v: V, f: &impl Function2<S>, a: &[S], b: &mut [S]) {
    let whole = a.len().min(b.len()) / S::LANES * S::LANES;
    let ((a, a_rest), (b, b_rest)) = (a.split_at(whole), b.split_at_mut(whole));
    for (a, b) in S::vectors(a).iter().zip(S::vectors_mut(b)) {
        let (x, y) = (S::Vector::<V>::load_array_ref(v, a), S::Vector::<V>::load_array_ref(v, b));
        f.apply(x, y).store_array(b);
    }
    if !b_rest.is_empty() {
        S::store_few::<V>(f.apply(S::load_few(v, a_rest), S::load_few(v, b_rest)), b_rest);
    }
}

/// A vector, or the first places of one and zero in the others.
#[inline(always)]
fn load<S: Scalar, V: Simd>(v: V, part: &[S]) -> S::Vector<V> {
    if part.len() == S::LANES {
        return S::Vector::<V>::from_slice(v, part);
    }
    S::load_few(v, part)
}

/// A vector, or the first places of one.
#[inline(always)]
fn store<S: Scalar, V: Simd>(_: V, vector: S::Vector<V>, part: &mut [S]) {
    if part.len() == S::LANES {
        return vector.store_slice(part);
    }
    S::store_few::<V>(vector, part);
}
