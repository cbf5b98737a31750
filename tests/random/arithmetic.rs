//! What layers compute, in plain loops over single numbers.

use crate::tape::{Tape, Var};

/// Numbers with axes, the last of them running fastest.
#[derive(Clone, Debug)]
pub(crate) struct Array {
    pub(crate) shape: Vec<usize>,
    pub(crate) numbers: Vec<Var>,
}

impl Array {
    pub(crate) fn new(shape: &[usize], numbers: Vec<Var>) -> Self {
        assert_eq!(shape.iter().product::<usize>(), numbers.len(), "{shape:?}");
        Self { shape: shape.to_vec(), numbers }
    }

    pub(crate) fn at(&self, index: &[usize]) -> Var {
        let place = index.iter().zip(&self.shape).fold(0, |place, (&i, &size)| {
            assert!(i < size, "{index:?} in {:?}", self.shape);
            place * size + i
        });
        self.numbers[place]
    }

    /// The same numbers with other axes.
    pub(crate) fn reshaped(&self, shape: &[usize]) -> Self {
        Self::new(shape, self.numbers.clone())
    }

    /// An array from what stands at each index.
    pub(crate) fn from_fn(shape: &[usize], mut number: impl FnMut(&[usize]) -> Var) -> Self {
        let count = shape.iter().product();
        let numbers = (0..count).map(|place| number(&unravelled(place, shape))).collect();
        Self::new(shape, numbers)
    }

    /// The last axis, once for each index of those before it.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[Var]> {
        self.numbers.chunks(*self.shape.last().expect("at least one axis"))
    }

    /// An array of the same rows, each turned into another; all become equally long.
    pub(crate) fn map_rows(&self, mut row: impl FnMut(&[Var]) -> Vec<Var>) -> Self {
        let rows: Vec<Vec<Var>> = self.rows().map(&mut row).collect();
        let mut shape = self.shape.clone();
        shape.pop();
        shape.push(rows[0].len());
        Self::new(&shape, rows.concat())
    }
}

fn unravelled(place: usize, shape: &[usize]) -> Vec<usize> {
    let mut rest = place;
    let mut index: Vec<usize> = shape.iter().rev().map(|&size| (rest % size, rest /= size).0).collect();
    index.reverse();
    index
}

/// A window that slides over rows and columns. Both ends of an axis are padded, each as given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) kernel: [usize; 2],
    pub(crate) stride: [usize; 2],
    pub(crate) padding: [[usize; 2]; 2],
    pub(crate) dilation: [usize; 2],
}

impl Window {
    fn places(&self, axis: usize, size: usize) -> usize {
        let [before, after] = self.padding[axis];
        (size + before + after - self.dilation[axis] * (self.kernel[axis] - 1) - 1) / self.stride[axis] + 1
    }

    /// Places of the window over an image.
    fn output(&self, rows: usize, columns: usize) -> [usize; 2] {
        [self.places(0, rows), self.places(1, columns)]
    }

    /// What the window covers at a place: its own row and column, and those of the image; padding is left out.
    fn covers(&self, at: [usize; 2], size: [usize; 2]) -> Vec<([usize; 2], [usize; 2])> {
        let inside = |axis: usize, k: usize| {
            let padded = at[axis] * self.stride[axis] + k * self.dilation[axis];
            padded.checked_sub(self.padding[axis][0]).filter(|&place| place < size[axis])
        };
        let mut covered = Vec::new();
        for i in 0..self.kernel[0] {
            for j in 0..self.kernel[1] {
                if let (Some(row), Some(column)) = (inside(0, i), inside(1, j)) {
                    covered.push(([i, j], [row, column]));
                }
            }
        }
        covered
    }
}

/// `y = W x + b` of every row; `weight` is `[outputs, inputs]`.
pub(crate) fn dense(tape: &mut Tape, x: &Array, weight: &Array, bias: &[Var]) -> Array {
    x.map_rows(|row| {
        let product = |weights: &[Var]| weights.iter().copied().zip(row.iter().copied()).collect::<Vec<_>>();
        let y: Vec<Var> = weight.rows().map(|weights| tape.dot(&product(weights))).collect();
        y.iter().enumerate().map(|(o, &y)| bias.get(o).map_or(y, |&b| tape.sum(&[y, b]))).collect()
    })
}

/// `weight` is `[outputs, inputs / groups, rows, columns]`.
pub(crate) fn conv2d(tape: &mut Tape, x: &Array, weight: &Array, bias: &[Var], window: &Window) -> Array {
    let (outputs, per_group) = (weight.shape[0], weight.shape[1]);
    let groups = x.shape[0] / per_group;
    let [height, width] = window.output(x.shape[1], x.shape[2]);
    Array::from_fn(&[outputs, height, width], |index| {
        let first = index[0] / (outputs / groups) * per_group;
        let mut factors = Vec::new();
        for ([i, j], [row, column]) in window.covers([index[1], index[2]], [x.shape[1], x.shape[2]]) {
            for c in 0..per_group {
                factors.push((weight.at(&[index[0], c, i, j]), x.at(&[first + c, row, column])));
            }
        }
        let y = tape.dot(&factors);
        bias.get(index[0]).map_or(y, |&b| tape.sum(&[y, b]))
    })
}

/// `weight` is `[inputs, outputs / groups, rows, columns]`; every input is laid down `weight` times, at places that are
/// a stride apart.
pub(crate) fn conv_transpose2d(
    tape: &mut Tape,
    x: &Array,
    weight: &Array,
    bias: &[Var],
    window: &Window,
    output_padding: [usize; 2],
    groups: usize,
) -> Array {
    let (inputs, per_group) = (weight.shape[0], weight.shape[1]);
    let grown = |axis: usize| {
        (x.shape[axis + 1] - 1) * window.stride[axis]
            + window.dilation[axis] * (window.kernel[axis] - 1)
            + output_padding[axis]
            + 1
            - window.padding[axis].iter().sum::<usize>()
    };
    let size = [grown(0), grown(1)];
    Array::from_fn(&[per_group * groups, size[0], size[1]], |index| {
        let group = index[0] / per_group;
        let mut factors = Vec::new();
        // Where the window of a convolution over the output would stand at `[row, column]`, it covers these.
        for row in 0..x.shape[1] {
            for column in 0..x.shape[2] {
                for ([i, j], at) in window.covers([row, column], size) {
                    if at == [index[1], index[2]] {
                        for c in group * (inputs / groups)..(group + 1) * (inputs / groups) {
                            factors
                                .push((weight.at(&[c, index[0] % per_group, i, j]), x.at(&[c, row, column])));
                        }
                    }
                }
            }
        }
        let y = tape.dot(&factors);
        bias.get(index[0]).map_or(y, |&b| tape.sum(&[y, b]))
    })
}

/// The largest of what the window covers, or the mean with zeros in the padding.
pub(crate) fn pool2d(tape: &mut Tape, x: &Array, window: &Window, largest: bool) -> Array {
    let [height, width] = window.output(x.shape[1], x.shape[2]);
    Array::from_fn(&[x.shape[0], height, width], |index| {
        let covered = window.covers([index[1], index[2]], [x.shape[1], x.shape[2]]);
        let terms: Vec<Var> = covered.iter().map(|(_, [i, j])| x.at(&[index[0], *i, *j])).collect();
        if largest {
            return tape.max(&terms);
        }
        let sum = tape.sum(&terms);
        tape.scaled(sum, 1.0 / (window.kernel[0] * window.kernel[1]) as f64)
    })
}

/// An image with numbers around it.
pub(crate) fn pad(tape: &mut Tape, x: &Array, sides: [[usize; 2]; 2], mode: &str) -> Array {
    let size = [x.shape[1], x.shape[2]];
    let grown = [0, 1].map(|axis| size[axis] + sides[axis][0] + sides[axis][1]);
    Array::from_fn(&[x.shape[0], grown[0], grown[1]], |index| {
        let mut from = [0; 2];
        for axis in 0..2 {
            let (place, size) = (index[axis + 1] as isize - sides[axis][0] as isize, size[axis] as isize);
            let within = match mode {
                // A mirror stands on the first and the last number.
                "reflect" if place < 0 => -place,
                "reflect" if place >= size => 2 * (size - 1) - place,
                "replicate" => place.clamp(0, size - 1),
                "circular" => place.rem_euclid(size),
                _ if (0..size).contains(&place) => place,
                // What the declaration says.
                _ => return tape.leaves([0.5])[0],
            };
            from[axis] = within as usize;
        }
        x.at(&[index[0], from[0], from[1]])
    })
}

/// The largest, or the mean, of each of so many parts of rows and columns, which overlap where they do not divide them.
pub(crate) fn adaptive_pool(tape: &mut Tape, x: &Array, sizes: [usize; 2], largest: bool) -> Array {
    Array::from_fn(&[x.shape[0], sizes[0], sizes[1]], |index| {
        let part = |axis: usize| {
            let (i, n, size) = (index[axis + 1], sizes[axis], x.shape[axis + 1]);
            i * size / n..((i + 1) * size).div_ceil(n)
        };
        let places = part(0).flat_map(|row| part(1).map(move |column| [row, column]));
        let terms: Vec<Var> = places.map(|[row, column]| x.at(&[index[0], row, column])).collect();
        if largest { tape.max(&terms) } else { tape.mean(&terms) }
    })
}

/// Channels that become pixels: `y[c, f h + i, f w + j] = x[f² c + f i + j, h, w]`.
pub(crate) fn shuffle(x: &Array, f: usize) -> Array {
    Array::from_fn(&[x.shape[0] / (f * f), x.shape[1] * f, x.shape[2] * f], |index| {
        let [c, row, column] = [index[0], index[1], index[2]];
        x.at(&[f * f * c + f * (row % f) + column % f, row / f, column / f])
    })
}

/// Pixels that become channels, the inverse of it.
pub(crate) fn unshuffle(x: &Array, f: usize) -> Array {
    Array::from_fn(&[x.shape[0] * f * f, x.shape[1] / f, x.shape[2] / f], |index| {
        let (c, i, j) = (index[0] / (f * f), index[0] / f % f, index[0] % f);
        x.at(&[c, f * index[1] + i, f * index[2] + j])
    })
}

/// Every number of an image, or step of a sequence, so many times.
pub(crate) fn upsample(x: &Array, factors: &[usize]) -> Array {
    let skip = x.shape.len() - factors.len();
    let grown = |axis: usize| if axis < skip { 1 } else { factors[axis - skip] };
    let shape: Vec<usize> = x.shape.iter().enumerate().map(|(axis, size)| size * grown(axis)).collect();
    Array::from_fn(&shape, |index| {
        x.at(&index.iter().enumerate().map(|(axis, i)| i / grown(axis)).collect::<Vec<_>>())
    })
}

/// Axis `k` of the output is axis `order[k]` of the input.
pub(crate) fn transpose(x: &Array, order: &[usize]) -> Array {
    let shape: Vec<usize> = order.iter().map(|&axis| x.shape[axis]).collect();
    Array::from_fn(&shape, |index| {
        let mut from = vec![0; order.len()];
        order.iter().zip(index).for_each(|(&axis, &i)| from[axis] = i);
        x.at(&from)
    })
}

/// Arrays one after the other along an axis.
pub(crate) fn join(parts: &[Array], axis: usize) -> Array {
    let mut shape = parts[0].shape.clone();
    shape[axis] = parts.iter().map(|part| part.shape[axis]).sum();
    Array::from_fn(&shape, |index| {
        let mut index = index.to_vec();
        let mut parts = parts.iter();
        let mut part = parts.next().expect("at least one");
        while index[axis] >= part.shape[axis] {
            index[axis] -= part.shape[axis];
            part = parts.next().expect("an index within the whole");
        }
        part.at(&index)
    })
}

/// Mean 0 and variance 1 (not centred: mean square 1).
pub(crate) fn normalized(tape: &mut Tape, x: &[Var], eps: f64, centred: bool) -> Vec<Var> {
    let centre = tape.mean(x);
    let x: Vec<Var> =
        if centred { x.iter().map(|&x| tape.difference(x, centre)).collect() } else { x.to_vec() };
    let squares: Vec<Var> = x.iter().map(|&x| tape.product(x, x)).collect();
    let variance = tape.mean(&squares);
    let variance = tape.shifted(variance, eps);
    let factor = tape.power(variance, -0.5);
    x.iter().map(|&x| tape.product(x, factor)).collect()
}

pub(crate) fn softmax(tape: &mut Tape, x: &[Var]) -> Vec<Var> {
    let powers: Vec<Var> = x.iter().map(|&x| tape.exp(x)).collect();
    let sum = tape.sum(&powers);
    powers.iter().map(|&power| tape.quotient(power, sum)).collect()
}

pub(crate) fn log_softmax(tape: &mut Tape, x: &[Var]) -> Vec<Var> {
    let powers: Vec<Var> = x.iter().map(|&x| tape.exp(x)).collect();
    let sum = tape.sum(&powers);
    let logarithm = tape.ln(sum);
    x.iter().map(|&x| tape.difference(x, logarithm)).collect()
}

/// Queries, keys and values of every step, one after the other in a row; heads are parts of each.
pub(crate) fn attend(tape: &mut Tape, qkv: &Array, heads: usize, causal: bool) -> Array {
    let (time, features) = (qkv.shape[0], qkv.shape[1] / 3);
    let width = features / heads;
    let mut weights = Vec::new();
    for head in 0..heads {
        for t in 0..time {
            let seen = if causal { t + 1 } else { time };
            let scores: Vec<Var> = (0..seen)
                .map(|other| {
                    let at =
                        |i| (qkv.at(&[t, head * width + i]), qkv.at(&[other, features + head * width + i]));
                    let product = tape.dot(&(0..width).map(at).collect::<Vec<_>>());
                    tape.scaled(product, 1.0 / (width as f64).sqrt())
                })
                .collect();
            weights.push(softmax(tape, &scores));
        }
    }
    Array::from_fn(&[time, features], |index| {
        let weights = weights[index[1] / width * time + index[0]].iter().enumerate();
        let factors: Vec<_> =
            weights.map(|(other, &weight)| (weight, qkv.at(&[other, 2 * features + index[1]]))).collect();
        tape.dot(&factors)
    })
}

/// The first half of a row times the logistic function of the second.
pub(crate) fn glu(tape: &mut Tape, x: &[Var]) -> Vec<Var> {
    let (a, b) = x.split_at(x.len() / 2);
    let gates: Vec<Var> = b.iter().map(|&b| activation(tape, "sigmoid", b)).collect();
    a.iter().zip(gates).map(|(&a, gate)| tape.product(a, gate)).collect()
}

/// One number through an activation, by its definition.
pub(crate) fn activation(tape: &mut Tape, name: &str, x: Var) -> Var {
    let value = tape.value(x);
    let limited = |tape: &mut Tape, x: Var, min: f64, max: f64| {
        let inside = tape.value(x) > min && tape.value(x) < max;
        tape.push(tape.value(x).clamp(min, max), vec![(x, f64::from(u8::from(inside)))])
    };
    match name {
        "relu" => limited(tape, x, 0.0, f64::INFINITY),
        "leaky_relu" => tape.scaled(x, if value > 0.0 { 1.0 } else { 0.01 }),
        "elu" if value > 0.0 => x,
        "elu" => {
            let power = tape.exp(x);
            tape.shifted(power, -1.0)
        }
        "sigmoid" => {
            let negative = tape.scaled(x, -1.0);
            let power = tape.exp(negative);
            let sum = tape.shifted(power, 1.0);
            tape.power(sum, -1.0)
        }
        "tanh" => tape.tanh(x),
        "sin" => tape.sin(x),
        "softplus" => {
            let power = tape.exp(x);
            let sum = tape.shifted(power, 1.0);
            tape.ln(sum)
        }
        "silu" => {
            let gate = activation(tape, "sigmoid", x);
            tape.product(x, gate)
        }
        "mish" => {
            let plus = activation(tape, "softplus", x);
            let gate = tape.tanh(plus);
            tape.product(x, gate)
        }
        "softsign" => {
            let size = tape.scaled(x, value.signum());
            let sum = tape.shifted(size, 1.0);
            tape.quotient(x, sum)
        }
        "hard_tanh" => limited(tape, x, -1.0, 1.0),
        "hard_sigmoid" => {
            let part = tape.scaled(x, 1.0 / 6.0);
            let sum = tape.shifted(part, 0.5);
            limited(tape, sum, 0.0, 1.0)
        }
        "hard_shrink" => tape.scaled(x, f64::from(u8::from(value.abs() > 0.5))),
        "soft_shrink" if value.abs() <= 0.5 => tape.scaled(x, 0.0),
        "soft_shrink" => tape.shifted(x, -0.5 * value.signum()),
        "tanh_shrink" => {
            let tanh = tape.tanh(x);
            tape.difference(x, tanh)
        }
        "log_sigmoid" => {
            let negative = tape.scaled(x, -1.0);
            let plus = activation(tape, "softplus", negative);
            tape.scaled(plus, -1.0)
        }
        "hard_swish" => {
            let gate = activation(tape, "hard_sigmoid", x);
            tape.product(x, gate)
        }
        unknown => panic!("no activation `{unknown}`"),
    }
}
