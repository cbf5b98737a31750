//! One step of recurrent cells: gates, and their gradients.
//!
//! All slices hold a multiple of `count` numbers, the units of a cell times the samples of a tile; those of several gates
//! one gate after the other. Nothing here knows which numbers are units and which are samples.
//!
//! `tail` is a limit: h and c nearer to zero become 0. Where it is 0, none does.

use super::block::{each, load_partly, splat, store_partly};
use crate::Scalar;
use crate::math::Float;
use crate::parts::Parts as _;
use crate::simd::{Lanes, Simd};
use core::ops::Range;

/// 0 instead of a number nearer to zero than a limit; NaN stays.
#[inline(always)]
fn cut<F: Float>(x: F, tail: F::Scalar) -> F {
    F::select(x.abs().less(x.constant(tail)), x.constant(F::Scalar::ZERO), x)
}

/// h of a plain cell, from the sum.
#[inline(always)]
fn rnn_cell<F: Float>(relu: bool, sum: F, tail: F::Scalar) -> F {
    let zero = sum.constant(F::Scalar::ZERO);
    // The comparison is this way around so that NaN stays NaN.
    cut(if relu { F::select(sum.less(zero), zero, sum) } else { sum.tanh() }, tail)
}

/// h of a gated recurrent unit, from z, n and h before.
#[inline(always)]
fn gru_cell<F: Float>(z: F, n: F, before: F, tail: F::Scalar) -> F {
    cut(z.mul_add(before - n, n), tail)
}

/// c of a long short-term memory, from i, f, g and c before.
#[inline(always)]
fn lstm_cell<F: Float>([i, f, g]: [F; 3], before: F, tail: F::Scalar) -> F {
    cut(f.mul_add(before, i * g), tail)
}

/// The places of each vector among `count` numbers.
#[inline(always)]
fn vectors<S: Lanes>(count: usize) -> impl Iterator<Item = Range<usize>> {
    (0..count).step_by(S::LANES).map(
        #[inline(always)]
        move |first| first..count.min(first + S::LANES),
    )
}

/// The vector at a range of a gate.
#[inline(always)]
fn gate<V: Simd, S: Lanes>(
    v: V,
    of: &[S],
    count: usize,
    number: usize,
    range: &Range<usize>,
) -> S::Vector<V> {
    let first = number * count;
    load_partly(v, of.part(first + range.start..first + range.end))
}

/// The same, to write.
#[inline(always)]
fn set_gate<V: Simd, S: Lanes>(
    v: V,
    to: &mut [S],
    (count, number, range): (usize, usize, &Range<usize>),
    values: S::Vector<V>,
) {
    let first = number * count;
    store_partly::<V, S>(v, values, to.part_mut(first + range.start..first + range.end));
}

/// `h = tanh(x + u)` or `relu(x + u)`
#[inline(always)]
pub(crate) fn rnn<V: Simd, S: Scalar>(v: V, relu: bool, x: &[S], u: &[S], h: &mut [S], tail: S) {
    let count = h.len();
    for range in vectors::<S>(count) {
        let sum = gate(v, x, count, 0, &range) + gate::<V, S>(v, u, count, 0, &range);
        set_gate(v, h, (count, 0, &range), rnn_cell(relu, sum, tail));
    }
}

/// The gradient of the sum, from that of `h`.
#[inline(always)]
pub(super) fn rnn_backward<V: Simd, S: Lanes>(v: V, relu: bool, h: &[S], dh: &[S], d: &mut [S]) {
    let count = h.len();
    for range in vectors::<S>(count) {
        let (h, dh) = (gate::<V, S>(v, h, count, 0, &range), gate::<V, S>(v, dh, count, 0, &range));
        let zero = h.constant(S::from(0_i8));
        let dx = if relu { <_>::select(h.equal(zero), zero, dh) } else { dh - h * h * dh };
        set_gate(v, d, (count, 0, &range), dx);
    }
}

/// `r = σ(xᵣ + uᵣ)`, `z = σ(x_z + u_z)`, `n = tanh(xₙ + r uₙ)`, `h = (1 − z) n + z h'`. `gates` is `x` and becomes `r, z, n`;
/// `un` becomes `uₙ`.
#[inline(always)]
pub(crate) fn gru<V: Simd, S: Scalar>(
    v: V,
    gates: &mut [S],
    u: &[S],
    before: &[S],
    [un, h]: [&mut [S]; 2],
    tail: S,
) {
    let count = before.len();
    for range in vectors::<S>(count) {
        for number in 0..2 {
            let sum = gate(v, gates, count, number, &range) + gate::<V, S>(v, u, count, number, &range);
            set_gate(v, gates, (count, number, &range), sum.sigmoid());
        }
        let (r, z) = (gate::<V, S>(v, gates, count, 0, &range), gate::<V, S>(v, gates, count, 1, &range));
        let of_n = gate::<V, S>(v, u, count, 2, &range);
        let n = r.mul_add(of_n, gate(v, gates, count, 2, &range)).tanh();
        set_gate(v, gates, (count, 2, &range), n);
        set_gate(v, un, (count, 0, &range), of_n);
        let before = gate(v, before, count, 0, &range);
        set_gate(v, h, (count, 0, &range), gru_cell(z, n, before, tail));
    }
}

/// Gradients of `x` and `u` from that of `h`, and the part of that of `h'` which does not pass through `u`.
#[inline(always)]
pub(super) fn gru_backward<V: Simd, S: Lanes>(
    v: V,
    gates: &[S],
    [before, un, dh]: [&[S]; 3],
    [dx, du, dbefore]: [&mut [S]; 3],
) {
    let count = dh.len();
    for range in vectors::<S>(count) {
        // Not `map`: its closure would be a call, compiled without the instruction set.
        let zero = splat::<V, S>(v, S::from(0_i8));
        let [r, z, n] = each!(number in 3, from zero => gate::<V, S>(v, gates, count, number, &range));
        let [before, un, dh] =
            each!(of in 3, from zero => gate::<V, S>(v, [before, un, dh][of], count, 0, &range));
        let one = r.constant(S::from(1_i8));
        let dn = (one - z) * dh * (one - n * n);
        let dr = dn * un * r * (one - r);
        let dz = (before - n) * dh * z * (one - z);
        for (number, of_x, of_u) in [(0, dr, dr), (1, dz, dz), (2, dn, dn * r)] {
            set_gate(v, dx, (count, number, &range), of_x);
            set_gate(v, du, (count, number, &range), of_u);
        }
        set_gate(v, dbefore, (count, 0, &range), z * dh);
    }
}

/// `i, f, o = σ(x + u)`, `g = tanh(x + u)`, `c = f c' + i g`, `h = o tanh(c)`. `gates` is `x` and becomes `i, f, g, o`; `c` is
/// `c'` and becomes `c`; `t` becomes `tanh(c)`.
#[inline(always)]
pub(crate) fn lstm<V: Simd, S: Scalar>(v: V, gates: &mut [S], u: &[S], [c, t, h]: [&mut [S]; 3], tail: S) {
    let count = c.len();
    for range in vectors::<S>(count) {
        let zero = splat::<V, S>(v, S::ZERO);
        let [i, f, g, o] = each!(number in 4, from zero => {
            let sum = gate(v, gates, count, number, &range) + gate::<V, S>(v, u, count, number, &range);
            let value = if number == 2 { sum.tanh() } else { sum.sigmoid() };
            set_gate(v, gates, (count, number, &range), value);
            value
        });
        let cell = lstm_cell([i, f, g], gate(v, c, count, 0, &range), tail);
        let tanh = cell.tanh();
        set_gate(v, c, (count, 0, &range), cell);
        set_gate(v, t, (count, 0, &range), tanh);
        set_gate(v, h, (count, 0, &range), cut(o * tanh, tail));
    }
}

/// The gradient of `x` and `u` from those of `h` and `c`; `dc` becomes that of `c'`.
#[inline(always)]
pub(super) fn lstm_backward<V: Simd, S: Lanes>(
    v: V,
    gates: &[S],
    [before, t, dh]: [&[S]; 3],
    [d, dc]: [&mut [S]; 2],
) {
    let count = dh.len();
    for range in vectors::<S>(count) {
        let zero = splat::<V, S>(v, S::from(0_i8));
        let [i, f, g, o] = each!(number in 4, from zero => gate::<V, S>(v, gates, count, number, &range));
        let [before, t, dh] =
            each!(of in 3, from zero => gate::<V, S>(v, [before, t, dh][of], count, 0, &range));
        let one = i.constant(S::from(1_i8));
        let of_c = (o * dh).mul_add(one - t * t, gate(v, dc, count, 0, &range));
        set_gate(v, d, (count, 0, &range), of_c * g * i * (one - i));
        set_gate(v, d, (count, 1, &range), of_c * before * f * (one - f));
        set_gate(v, d, (count, 2, &range), of_c * i * (one - g * g));
        set_gate(v, d, (count, 3, &range), dh * t * o * (one - o));
        set_gate(v, dc, (count, 0, &range), of_c * f);
    }
}
