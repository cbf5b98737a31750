//! Dense layers with 1, 2, 4 or 8 outputs (`f64`: 1, 2 or 4) for one sample: rows of weights are so short that a vector
//! holds several of them.
//!
//! `O` is the number of outputs. A vector of inputs becomes `O` vectors in which each input stands `O` times, as it
//! meets the weights in memory: `[x₀ x₀ x₁ x₁ …]` for two outputs.

use super::block::{load_partly, load_unless, splat, store_partly};
use crate::geometry::Matrix;
use crate::parts::Parts as _;
use crate::simd::{Lanes, Simd, SimdBase as _, SimdFloat as _};

/// Evaluates an expression with the number of outputs as a constant, if a vector holds several rows of them.
macro_rules! with_narrow {
    ($outputs:expr, $scalar:ty, $constant:ident => $body:expr, else $other:expr) => {
        match $outputs {
            1 => {
                const $constant: usize = 1;
                $body
            }
            2 => {
                const $constant: usize = 2;
                $body
            }
            4 => {
                const $constant: usize = 4;
                $body
            }
            8 if <$scalar as $crate::simd::Lanes>::LANES > 8 => {
                const $constant: usize = 8;
                $body
            }
            _ => $other,
        }
    };
}
pub(super) use with_narrow;

/// Sums of products that are under way at once.
const PARTS: usize = 4;

/// −0, which added to a number leaves it as it is.
#[inline(always)]
fn nothing<V: Simd, S: Lanes>(v: V) -> S::Vector<V> {
    splat(v, -S::from(0_i8))
}

/// Each number of a vector `O` times.
#[inline(always)]
fn spread<V: Simd, S: Lanes, const O: usize>(x: S::Vector<V>) -> [S::Vector<V>; O] {
    let mut out = [x; O];
    let mut count = 1;
    while count < O {
        // From the end, so that none is overwritten before its turn.
        for place in (0..count).rev() {
            let x = out[place];
            out[2 * place] = x.zip_low(x);
            out[2 * place + 1] = x.zip_high(x);
        }
        count *= 2;
    }
    out
}

/// In the first `O` lanes the sums of all that are a multiple of `O` away, if lanes from number `used` on are zero; in
/// every lane, if none is.
#[inline(always)]
fn repeat<V: Simd, S: Lanes, const O: usize>(mut x: S::Vector<V>, used: usize) -> S::Vector<V> {
    macro_rules! add {
        ($($lanes:literal)*) => { $(
            if O <= $lanes && $lanes < S::LANES && $lanes < used {
                x = x + x.slide::<$lanes>(x);
            }
        )* };
    }
    add!(8 4 2 1);
    x
}

/// The `O` numbers of a row in every row of a vector.
#[inline(always)]
fn rows<V: Simd, S: Lanes, const O: usize>(v: V, row: &[S]) -> S::Vector<V> {
    match row {
        [number] => splat(v, *number),
        _ => S::load_repeated(v, row),
    }
}

/// The sums of every `O` neighbours.
#[inline(always)]
fn gather<V: Simd, S: Lanes, const O: usize>(mut x: [S::Vector<V>; O]) -> S::Vector<V> {
    let mut count = O;
    while count > 1 {
        count /= 2;
        for place in 0..count {
            let (a, b) = (x[2 * place], x[2 * place + 1]);
            x[place] = a.unzip_low(b) + a.unzip_high(b);
        }
    }
    x[0]
}

/// `y = Wᵀx + b`, in four parts that are added up at the end.
#[inline(always)]
pub(super) fn forward<V: Simd, S: Lanes, const O: usize>(
    v: V,
    matrix: &Matrix,
    parameters: &[S],
    x: &[S],
    y: &mut [S],
) {
    let (weight, bias) = parameters.split_at((matrix.inputs * O).min(parameters.len()));
    let (whole, rest) = x.split_at(x.len() / S::LANES * S::LANES);
    let mut sums = [nothing::<V, S>(v); PARTS];
    if matrix.bias {
        sums[0] = load_partly(v, bias);
    }
    // As many vectors of inputs as all parts have work for.
    let round = (PARTS / O).max(1);
    for (place, x) in S::vectors(whole).iter().enumerate() {
        let x = spread::<V, S, O>(S::Vector::<V>::load_array_ref(v, x));
        let weight = S::vectors(weight.after(place * O * S::LANES));
        for n in 0..round {
            if n == place % round {
                for c in 0..O {
                    let weight =
                        weight.get(c).map_or(nothing::<V, S>(v), |w| S::Vector::<V>::load_array_ref(v, w));
                    let part = (n * O + c) % PARTS;
                    sums[part] = weight.mul_add(x[c], sums[part]);
                }
            }
        }
    }
    if !rest.is_empty() {
        let weight = weight.after(whole.len() * O);
        let x = spread::<V, S, O>(load_partly(v, rest));
        for c in 0..O {
            if c * S::LANES < weight.len() {
                let part = c % PARTS;
                sums[part] = load_partly::<V, S>(v, weight.after(c * S::LANES)).mul_add(x[c], sums[part]);
            }
        }
    }
    let sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    store_partly(v, repeat::<V, S, O>(sum, (matrix.inputs * O).max(O)), y);
}

/// `dx = W dy`
#[inline(always)]
pub(super) fn input_gradient<V: Simd, S: Lanes, const O: usize>(
    v: V,
    parameters: &[S],
    dy: &[S],
    dx: &mut [S],
) {
    let weight = parameters.part(..dx.len() * O);
    let dy = rows::<V, S, O>(v, dy);
    for (place, dx) in dx.chunks_mut(S::LANES).enumerate() {
        let weight = weight.after(place * O * S::LANES);
        let mut products = [nothing::<V, S>(v); O];
        for c in 0..O {
            if c * S::LANES < weight.len() {
                products[c] = load_partly::<V, S>(v, weight.after(c * S::LANES)) * dy;
            }
        }
        store_partly(v, gather::<V, S, O>(products), dx);
    }
}

/// `dW += x dyᵀ`, from zero if it is the first.
#[inline(always)]
pub(super) fn weight_gradient<V: Simd, S: Lanes, const O: usize>(
    v: V,
    x: &[S],
    dy: &[S],
    (gradient, first): (&mut [S], bool),
) {
    let dy = rows::<V, S, O>(v, dy);
    for (x, gradient) in x.chunks(S::LANES).zip(gradient.chunks_mut(O * S::LANES)) {
        let x = spread::<V, S, O>(load_partly(v, x));
        for c in 0..O {
            if let Some(gradient) = gradient.get_mut(c * S::LANES..)
                && !gradient.is_empty()
            {
                let sum = x[c].mul_add(dy, load_unless::<V, S>(v, first, gradient));
                store_partly(v, sum, gradient);
            }
        }
    }
}
