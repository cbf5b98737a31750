//! Matrix layers for one sample, in the order of `dense_one` and `dense_narrow`.

use super::{Four, add, add_products, add_scaled, four, nothing, sixteen};
use crate::Scalar;
use crate::geometry::Matrix;
use crate::parts::Parts as _;

/// Calls `f` with every row of two slices.
#[inline(always)]
fn rows<'a, A, B>(
    matrix: &Matrix,
    (mut xs, x): (&'a [A], usize),
    (mut ys, y): (&'a mut [B], usize),
    mut f: impl FnMut(&'a [A], &'a mut [B]),
) {
    for _ in 0..matrix.rows {
        let (Some((x, next)), Some((y, places))) = (xs.split_at_checked(x), ys.split_at_mut_checked(y))
        else {
            return;
        };
        f(x, y);
        (xs, ys) = (next, places);
    }
}

/// Whether a vector holds several rows of the weights.
#[inline(always)]
fn is_narrow<S: Scalar>(outputs: usize) -> bool {
    matches!(outputs, 1 | 2 | 4) || outputs == 8 && S::LANES > 8
}

/// `y = Wᵀx + b`
pub(in crate::kernels) fn forward<S: Scalar>(matrix: &Matrix, parameters: &[S], x: &[S], y: &mut [S]) {
    let Matrix { inputs, outputs, .. } = *matrix;
    let (weight, bias) = parameters.split_at((inputs * outputs).min(parameters.len()));
    rows(
        matrix,
        (x, inputs),
        (y, outputs),
        #[inline(always)]
        |x, y| {
            if is_narrow::<S>(outputs) {
                narrow(outputs, weight, bias, x, y);
            } else if outputs < 4 {
                for (output, y) in y.iter_mut().enumerate() {
                    *y = column(outputs, weight, bias.get(output).copied(), (output, x));
                }
            } else {
                wide(outputs, weight, bias, x, y);
            }
        },
    );
}

/// Columns of the weights, sixteen or four at a time, the last again rather than fewer.
#[inline(always)]
fn wide<S: Scalar>(outputs: usize, weight: &[S], bias: &[S], x: &[S], y: &mut [S]) {
    // Few outputs are summed in four parts.
    let in_parts = outputs <= 2 * S::LANES;
    let mut next = 0;
    while next < outputs {
        if !in_parts && next + 16 <= outputs {
            let bias = sixteen(bias, next).copied().unwrap_or([[nothing(); 4]; 4]);
            let sums = sixteen_columns(outputs, weight, bias, (next, x));
            if let Some(y) = y.get_mut(next..).and_then(|y| y.as_chunks_mut().0.first_chunk_mut()) {
                *y = sums;
            }
            next += 16;
            continue;
        }
        let first = next.min(outputs - 4);
        let bias = four(bias, first).copied().unwrap_or([nothing(); 4]);
        let sums = if in_parts {
            columns_in_parts(outputs, weight, bias, (first, x))
        } else {
            columns(outputs, weight, bias, (first, x))
        };
        if let Some(y) = y.get_mut(first..).and_then(|y| y.first_chunk_mut()) {
            *y = sums;
        }
        next += 4;
    }
}

/// Sixteen columns from `first` on, each one sum: as many as registers hold.
#[inline(always)]
fn sixteen_columns<S: Scalar>(
    outputs: usize,
    weight: &[S],
    bias: [Four<S>; 4],
    (first, x): (usize, &[S]),
) -> [Four<S>; 4] {
    let [mut a, mut b, mut c, mut d] = bias;
    for (x, row) in x.iter().zip(weight.pieces(outputs)) {
        let Some([p, q, r, s]) = sixteen(row, first) else { break };
        a = add_scaled(a, p, *x);
        b = add_scaled(b, q, *x);
        c = add_scaled(c, r, *x);
        d = add_scaled(d, s, *x);
    }
    [a, b, c, d]
}

/// Four columns from `first` on, each one sum.
fn columns<S: Scalar>(outputs: usize, weight: &[S], bias: Four<S>, (first, x): (usize, &[S])) -> Four<S> {
    let mut sum = bias;
    for (x, row) in x.iter().zip(weight.pieces(outputs)) {
        let Some(row) = four(row, first) else { break };
        sum = add_scaled(sum, row, *x);
    }
    sum
}

/// Four columns from `first` on, each in four sums: of inputs 0, 4, 8, …; 1, 5, 9, …; 2, 6, …; 3, 7, …
fn columns_in_parts<S: Scalar>(
    outputs: usize,
    weight: &[S],
    bias: Four<S>,
    (first, x): (usize, &[S]),
) -> Four<S> {
    let (mut a, mut b, mut c, mut d) = (bias, [nothing(); 4], [nothing(); 4], [nothing(); 4]);
    let (groups, rest) = x.as_chunks::<4>();
    let mut rows = weight.pieces(4 * outputs);
    let places = [first, first + outputs, first + 2 * outputs, first + 3 * outputs];
    for (x, rows) in groups.iter().zip(&mut rows) {
        let (Some(row0), Some(row1)) = (four(rows, places[0]), four(rows, places[1])) else { break };
        let (Some(row2), Some(row3)) = (four(rows, places[2]), four(rows, places[3])) else { break };
        a = add_scaled(a, row0, x[0]);
        b = add_scaled(b, row1, x[1]);
        c = add_scaled(c, row2, x[2]);
        d = add_scaled(d, row3, x[3]);
    }
    let rows = rows.remainder();
    if let ([x, ..], Some(row)) = (rest, four(rows, places[0])) {
        a = add_scaled(a, row, *x);
    }
    if let ([_, x, ..], Some(row)) = (rest, four(rows, places[1])) {
        b = add_scaled(b, row, *x);
    }
    if let ([_, _, x, ..], Some(row)) = (rest, four(rows, places[2])) {
        c = add_scaled(c, row, *x);
    }
    add(add(a, b), add(c, d))
}

/// One column, in four sums.
fn column<S: Scalar>(outputs: usize, weight: &[S], bias: Option<S>, (output, x): (usize, &[S])) -> S {
    let mut sums = [bias.unwrap_or(nothing()), nothing(), nothing(), nothing()];
    for (x, rows) in x.chunks(4).zip(weight.chunks(4 * outputs.max(1))) {
        for ((x, row), sum) in x.iter().zip(rows.pieces(outputs)).zip(&mut sums) {
            *sum += *x * row.get(output).copied().unwrap_or(S::ZERO);
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// 1, 2, 4 or 8 outputs. The weights in a row are `LANES` sums, each in four parts, and then those of an output a tree.
fn narrow<S: Scalar>(outputs: usize, weight: &[S], bias: &[S], x: &[S], y: &mut [S]) {
    let mut lanes = [S::ZERO; 16];
    let used = (x.len() * outputs).max(outputs);
    for (lane, sum) in lanes.iter_mut().enumerate().take(S::LANES) {
        // Without a bias nothing; with one, zero in all lanes but the first ones.
        let bias = if bias.is_empty() { nothing() } else { bias.get(lane).copied().unwrap_or(S::ZERO) };
        *sum = lane_of(outputs, weight, bias, (lane, x));
    }
    let mut half = S::LANES / 2;
    while half >= outputs.max(1) {
        if half < used {
            let (low, high) = lanes.split_at_mut(half);
            for (low, high) in low.iter_mut().zip(high) {
                *low += *high;
            }
        }
        half /= 2;
    }
    for (y, sum) in y.iter_mut().zip(lanes) {
        *y = sum;
    }
}

/// The sum of one lane: every `LANES`-th weight times its input.
fn lane_of<S: Scalar>(outputs: usize, weight: &[S], bias: S, (lane, x): (usize, &[S])) -> S {
    let whole = x.len() / S::LANES * S::LANES;
    let shift = outputs.trailing_zeros();
    let (mut a, mut b, mut c, mut d) = (bias, nothing::<S>(), nothing::<S>(), nothing::<S>());
    let (end, mut place) = (whole << shift, lane);
    let mut product = |end: usize| {
        let product = match (weight.get(place), x.get(place >> shift)) {
            _ if place >= end => None,
            (Some(weight), Some(x)) => Some(*weight * *x),
            // A lane of the last vector behind the last weight.
            _ if place - lane < x.len() << shift => Some(S::ZERO),
            _ => None,
        };
        place += if product.is_some() { S::LANES } else { 0 };
        product
    };
    // Whole vectors of inputs, and then the last of them, which begins with the first part again.
    for end in [end, usize::MAX] {
        while let Some(next) = product(end) {
            a += next;
            let Some(next) = product(end) else { break };
            b += next;
            let Some(next) = product(end) else { break };
            c += next;
            let Some(next) = product(end) else { break };
            d += next;
        }
    }
    (a + b) + (c + d)
}

/// `dx = W dy`
pub(in crate::kernels) fn input_gradient<S: Scalar>(
    matrix: &Matrix,
    parameters: &[S],
    dy: &[S],
    dx: &mut [S],
) {
    let Matrix { inputs, outputs, .. } = *matrix;
    rows(
        matrix,
        (dy, outputs),
        (dx, inputs),
        #[inline(always)]
        |dy, dx| {
            for (dx, row) in dx.iter_mut().zip(parameters.pieces(outputs)) {
                *dx = if is_narrow::<S>(outputs) { neighbours(row, dy) } else { dot(row, dy) };
            }
        },
    );
}

/// The sum of 1, 2, 4 or 8 products: neighbours are added, then neighbours of these sums.
fn neighbours<S: Scalar>(row: &[S], dy: &[S]) -> S {
    let quad = |w: &[S; 4], dy: &[S; 4]| (w[0] * dy[0] + w[1] * dy[1]) + (w[2] * dy[2] + w[3] * dy[3]);
    match (row, dy) {
        ([w], [dy]) => *w * *dy,
        ([w0, w1], [dy0, dy1]) => *w0 * *dy0 + *w1 * *dy1,
        _ => {
            let (row, _) = row.as_chunks::<4>();
            let (dy, _) = dy.as_chunks::<4>();
            let sums = row.iter().zip(dy).map(|(row, dy)| quad(row, dy));
            sums.reduce(|a, b| a + b).unwrap_or(S::ZERO)
        }
    }
}

/// The product of a row with `dy`: `LANES` sums, and a tree over them.
fn dot<S: Scalar>(row: &[S], dy: &[S]) -> S {
    let (mut sums, mut place) = ([[S::ZERO; 4]; 4], 0);
    if S::LANES == 16 {
        let [mut a, mut b, mut c, mut d] = sums;
        while let (Some(row), Some(dy)) = (sixteen(row, place), sixteen(dy, place)) {
            (a, b) = (add_products(a, &row[0], &dy[0]), add_products(b, &row[1], &dy[1]));
            (c, d) = (add_products(c, &row[2], &dy[2]), add_products(d, &row[3], &dy[3]));
            place += 16;
        }
        sums = [a, b, c, d];
    }
    // Lanes that no number is left for stay as they are: a sum from 0 on is never −0, which adding 0 would change.
    let lanes = sums.as_flattened_mut();
    for (number, (w, dy)) in row.after(place).iter().zip(dy.after(place)).enumerate() {
        if let Some(lane) = lanes.get_mut(number % S::LANES) {
            *lane += *w * *dy;
        }
    }
    let [a, b, c, d] = sums;
    if S::LANES == 16 {
        let sums = add(add(a, c), add(b, d));
        (sums[0] + sums[1]) + (sums[2] + sums[3])
    } else {
        let sums = add(a, b);
        (sums[0] + sums[2]) + (sums[1] + sums[3])
    }
}

/// `dW += x dyᵀ`, `db += dy`; or `dW = …` where the gradient is the first.
pub(in crate::kernels) fn weight_gradient<S: Scalar>(
    matrix: &Matrix,
    x: &[S],
    dy: &[S],
    (gradient, first): (&mut [S], bool),
) {
    let Matrix { inputs, outputs, .. } = *matrix;
    if first {
        gradient.fill(S::ZERO);
    }
    let (dweight, dbias) = gradient.split_at_mut((inputs * outputs).min(gradient.len()));
    let (mut xs, mut dys) = (x, dy);
    for _ in 0..matrix.rows {
        let (Some((x, x_next)), Some((dy, dy_next))) =
            (xs.split_at_checked(inputs), dys.split_at_checked(outputs))
        else {
            return;
        };
        let mut output = 0;
        while output < outputs {
            output += match four(dy, output) {
                Some(dy) => {
                    for (x, row) in x.iter().zip(dweight.pieces_mut(outputs)) {
                        let row = row.get_mut(output..).and_then(|row| row.first_chunk_mut());
                        let Some(row) = row else { break };
                        *row = add_scaled(*row, dy, *x);
                    }
                    4
                }
                None => {
                    let dy = dy.get(output).copied().unwrap_or(S::ZERO);
                    for (x, row) in x.iter().zip(dweight.pieces_mut(outputs)) {
                        if let Some(dw) = row.get_mut(output) {
                            *dw += dy * *x;
                        }
                    }
                    1
                }
            };
        }
        for (db, dy) in dbias.iter_mut().zip(dy) {
            *db += *dy;
        }
        (xs, dys) = (x_next, dy_next);
    }
}
