//! Depthwise convolutions of one image: channels in the lanes, rows with zeros around them, so that every output meets every
//! tap.

use super::block::{each, load_partly, out_of_line, pieces, splat, store_partly};
use super::by_channels::{self, Piece, ROOM, each_piece, scatter};
use super::transpose::{Places, gather};
use crate::geometry::{Axis, ConvolutionOne};
use crate::parts::{Parts as _, does_not_fit, take_mut};
use crate::simd::{Lanes, Simd, SimdBase as _, SimdFloat as _};

/// Most taps.
const TAPS: usize = 64;

/// Columns of the output in a block, and taps of the weights' gradient.
const BLOCK: usize = 4;

/// Places in a row of the input with its zeros.
#[inline(always)]
fn length(columns: &Axis) -> usize {
    let met = columns.output.saturating_sub(1) * columns.stride + columns.reach();
    met.max(columns.before + columns.input)
}

/// How many rows of the output are computed at a time; none if this is not the way for such a convolution.
#[inline(never)]
pub(super) fn rows_at_once(of: &ConvolutionOne) -> usize {
    let [rows, columns] = &of.axes;
    let is_image = of.x_steps == [rows.input * columns.input, columns.input, 1]
        && of.y_steps == [of.output_plane(), columns.output, 1];
    if !is_image || of.channels != [1, 1] || rows.kernel * columns.kernel > TAPS {
        return 0;
    }
    by_channels::rows_at_once(of.groups, &of.axes, length(columns), 1)
}

/// Some rows, transposed.
struct Image {
    axes: [Axis; 2],
    /// Places in a row of the input, and of all of its rows.
    length: usize,
    size: usize,
    /// Where the input is among its zeros.
    inside: Places,
    /// Of each tap, the distance in the input, and in the weights.
    taps: [[usize; 2]; TAPS],
    count: usize,
}

impl Image {
    #[inline(never)]
    fn of(of: &ConvolutionOne, piece: &Piece) -> Self {
        let axes = piece.axes;
        let [rows, columns] = &axes;
        let length = length(columns);
        let height = rows.output.saturating_sub(1) * rows.stride + rows.reach();
        let first = rows.before * length + columns.before;
        let mut taps = [[0; 2]; TAPS];
        let pairs = (0..rows.kernel).flat_map(|u| (0..columns.kernel).map(move |c| (u, c)));
        for ((u, c), tap) in pairs.zip(&mut taps) {
            let place = u * rows.dilation * length + c * columns.dilation;
            *tap = [place, u * of.weight_steps[1] + c * of.weight_steps[2] + piece.channels.start];
        }
        Self {
            axes,
            length,
            size: height.max(rows.before + rows.input) * length,
            inside: Places { first, length: columns.input, gap: length - columns.input.min(length) },
            taps,
            count: rows.kernel * columns.kernel,
        }
    }

    #[inline(always)]
    fn taps(&self) -> &[[usize; 2]] {
        self.taps.part(..self.count)
    }

    /// The place that the first tap of an output meets.
    #[inline(always)]
    fn place(&self, row: usize, column: usize) -> usize {
        row * self.axes[0].stride * self.length + column * self.axes[1].stride
    }
}

/// Room for the input of some rows, and for their output.
#[inline(always)]
fn split<'a, S: Lanes>(room: &'a mut [S], image: &Image, piece: &Piece) -> [&'a mut [S]; 2] {
    let mut rest = room;
    let input = take_mut(&mut rest, image.size * S::LANES);
    [input, take_mut(&mut rest, piece.output.places * S::LANES)]
}

/// `y[c] = w[c][·][·] ⋆ x[c] + b[c]`, so many rows at a time.
#[inline(always)]
pub(super) fn forward<V: Simd, S: Lanes>(
    v: V,
    of: &ConvolutionOne,
    height: usize,
    parameters: &[S],
    x: &[S],
    y: &mut [S],
) {
    let mut room = [S::from(0_i8); ROOM];
    let bias = parameters.after(of.weights());
    each_piece(
        of.groups,
        &of.axes,
        height,
        #[inline(always)]
        |piece| {
            let image = &Image::of(of, piece);
            let [xs, ys] = split(&mut room, image, piece);
            xs.fill(S::from(0_i8));
            gather(v, x, &piece.input, S::vectors_mut(xs), image.inside);
            let bias = bias.after(piece.channels.start);
            out_of_line!(v => sums(v, image, (parameters, bias), xs, ys));
            scatter(v, ys, Places::TOGETHER, y, &piece.output, false);
        },
    );
}

/// All outputs of some rows.
#[inline(always)]
fn sums<V: Simd, S: Lanes>(v: V, image: &Image, (weights, bias): (&[S], &[S]), xs: &[S], ys: &mut [S]) {
    let [rows, columns] = &image.axes;
    let (xs, ys) = (S::vectors(xs), S::vectors_mut(ys));
    let bias = load_partly::<V, S>(v, bias);
    for row in 0..rows.output {
        let mut column = 0;
        while column < columns.output {
            let to = ys.part_mut(row * columns.output + column..);
            let from = (image.place(row, column), columns.stride);
            column += match to.first_chunk_mut() {
                Some(to) if column + BLOCK <= columns.output => {
                    side_by_side::<V, S, BLOCK>(v, image, (weights, bias), (xs, from), to)
                }
                _ => match to.first_chunk_mut() {
                    Some(to) => side_by_side::<V, S, 1>(v, image, (weights, bias), (xs, from), to),
                    None => return does_not_fit(),
                },
            };
        }
    }
}

/// `C` outputs side by side; returns how many those are.
#[inline(always)]
fn side_by_side<V: Simd, S: Lanes, const C: usize>(
    v: V,
    image: &Image,
    (weights, bias): (&[S], S::Vector<V>),
    (xs, (first, stride)): (&[S::Array], (usize, usize)),
    to: &mut [S::Array; C],
) -> usize {
    let mut acc = [bias; C];
    for &[place, weight] in image.taps() {
        let w = load_partly::<V, S>(v, weights.after(weight));
        for c in 0..C {
            let Some(x) = xs.get(first + place + c * stride) else {
                does_not_fit();
                return C;
            };
            acc[c] = S::Vector::<V>::load_array_ref(v, x).mul_add(w, acc[c]);
        }
    }
    for c in 0..C {
        acc[c].store_array(&mut to[c]);
    }
    C
}

/// `dx`, the transposed convolution of `dy`
#[inline(always)]
pub(super) fn input_gradient<V: Simd, S: Lanes>(
    v: V,
    of: &ConvolutionOne,
    height: usize,
    parameters: &[S],
    dy: &[S],
    dx: &mut [S],
) {
    let mut room = [S::from(0_i8); ROOM];
    dx.fill(S::from(0_i8));
    each_piece(
        of.groups,
        &of.axes,
        height,
        #[inline(always)]
        |piece| {
            let image = &Image::of(of, piece);
            let [dxs, dys] = split(&mut room, image, piece);
            dxs.fill(S::from(0_i8));
            gather(v, dy, &piece.output, S::vectors_mut(dys), Places::TOGETHER);
            out_of_line!(v => spread(v, image, parameters, dys, dxs));
            // Places that the next outputs meet too are added to once more.
            scatter(v, dxs, image.inside, dx, &piece.input, true);
        },
    );
}

/// Adds to what each output meets, tap by tap: neighbours do not wait for each other.
#[inline(always)]
fn spread<V: Simd, S: Lanes>(v: V, image: &Image, weights: &[S], dys: &[S], dxs: &mut [S]) {
    let columns = &image.axes[1];
    let dxs = S::vectors_mut(dxs);
    for (row, dys) in pieces(S::vectors(dys), columns.output).enumerate() {
        for &[place, weight] in image.taps() {
            let w = load_partly::<V, S>(v, weights.after(weight));
            let dxs = dxs.part_mut(image.place(row, 0) + place..);
            if columns.stride == 1 {
                for (dy, dx) in dys.iter().zip(dxs) {
                    add_product::<V, S>(v, dy, w, dx);
                }
            } else {
                for (dy, dx) in dys.iter().zip(dxs.iter_mut().step_by(columns.stride.max(1))) {
                    add_product::<V, S>(v, dy, w, dx);
                }
            }
        }
    }
}

/// `dx += dy · w`
#[inline(always)]
fn add_product<V: Simd, S: Lanes>(v: V, dy: &S::Array, w: S::Vector<V>, dx: &mut S::Array) {
    let sum = S::Vector::<V>::load_array_ref(v, dx);
    S::Vector::<V>::load_array_ref(v, dy).mul_add(w, sum).store_array(dx);
}

/// `dW[c] += x[c] ⋆ dy[c]`
#[inline(always)]
pub(super) fn weight_gradient<V: Simd, S: Lanes>(
    v: V,
    of: &ConvolutionOne,
    height: usize,
    (x, dy): (&[S], &[S]),
    dweight: &mut [S],
) {
    let mut room = [S::from(0_i8); ROOM];
    each_piece(
        of.groups,
        &of.axes,
        height,
        #[inline(always)]
        |piece| {
            let image = &Image::of(of, piece);
            let [xs, dys] = split(&mut room, image, piece);
            xs.fill(S::from(0_i8));
            gather(v, x, &piece.input, S::vectors_mut(xs), image.inside);
            gather(v, dy, &piece.output, S::vectors_mut(dys), Places::TOGETHER);
            out_of_line!(v => products(v, image, piece.channels.len(), (xs, dys), dweight));
        },
    );
}

/// Adds the products of some rows, several taps at a time.
#[inline(always)]
fn products<V: Simd, S: Lanes>(
    v: V,
    image: &Image,
    channels: usize,
    (xs, dys): (&[S], &[S]),
    dweight: &mut [S],
) {
    let (xs, dys) = (S::vectors(xs), S::vectors(dys));
    for taps in image.taps().chunks(BLOCK) {
        // Where there are fewer, the input's first place is multiplied, and the product not stored.
        let places = each!(k in BLOCK, from 0 => taps.get(k).map_or(0, |tap| tap[0]));
        let sums = over_outputs::<V, S>(v, image, places, (xs, dys));
        for k in 0..BLOCK {
            if let Some([_, weight]) = taps.get(k) {
                let to = dweight.part_mut(*weight..weight + channels);
                store_partly(v, load_partly::<V, S>(v, to) + sums[k], to);
            }
        }
    }
}

/// `Σ x · dy` over all outputs, for some taps. By itself, so that sums stay in registers.
#[inline(always)]
fn over_outputs<V: Simd, S: Lanes>(
    v: V,
    image: &Image,
    places: [usize; BLOCK],
    (xs, dys): (&[S::Array], &[S::Array]),
) -> [S::Vector<V>; BLOCK] {
    let columns = &image.axes[1];
    let stride = columns.stride;
    let mut acc = [splat::<V, S>(v, S::from(0_i8)); BLOCK];
    for (row, dys) in pieces(dys, columns.output).enumerate() {
        let mut first = image.place(row, 0);
        for dy in dys {
            let dy = S::Vector::<V>::load_array_ref(v, dy);
            for k in 0..BLOCK {
                let Some(x) = xs.get(first + places[k]) else {
                    does_not_fit();
                    return acc;
                };
                acc[k] = S::Vector::<V>::load_array_ref(v, x).mul_add(dy, acc[k]);
            }
            first += stride;
        }
    }
    acc
}
