//! Workloads by hand: constant-size arrays and loops that the compiler vectorises, for these networks alone.

use peers::{Workload, XOR_INPUTS, XOR_TARGETS};
use std::f32::consts::{LN_2, LOG2_E};
use std::hint::black_box;

/// Weights are [input][output], so that outputs stand in the lanes.
#[derive(Clone)]
struct Dense<const I: usize, const O: usize> {
    weights: [[f32; O]; I],
    bias: [f32; O],
}

impl<const I: usize, const O: usize> Dense<I, O> {
    fn new(random: &mut Random) -> Self {
        let scale = 1.0 / (I as f32).sqrt();
        let mut row = || std::array::from_fn(|_| scale * random.number());
        Self { weights: std::array::from_fn(|_| row()), bias: row() }
    }

    #[inline(always)]
    fn forward(&self, x: &[f32; I]) -> [f32; O] {
        let mut y = self.bias;
        for (weights, x) in self.weights.iter().zip(x) {
            for (y, w) in y.iter_mut().zip(weights) {
                *y = w.mul_add(*x, *y);
            }
        }
        y
    }

    /// A step against the gradient `dy` of the outputs.
    #[inline(always)]
    fn descend(&mut self, rate: f32, x: &[f32; I], dy: &[f32; O]) {
        for (weights, x) in self.weights.iter_mut().zip(x) {
            for (w, dy) in weights.iter_mut().zip(dy) {
                *w -= rate * x * dy;
            }
        }
        for (b, dy) in self.bias.iter_mut().zip(dy) {
            *b -= rate * dy;
        }
    }
}

/// Numbers of [-1, 1), by xorshift.
struct Random(u32);

impl Random {
    fn number(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as i32 as f32 / (1_u32 << 31) as f32
    }
}

/// 2^(x log₂ e) = 2^n 2^f, by Taylor's series of 2^f for f in [-½, ½]; relative error below 1e-6 for |x| < 87.
#[inline(always)]
fn exp(x: f32) -> f32 {
    /// Added to a small number, leaves the nearest integer in the low bits.
    const TO_INTEGER: f32 = 12_582_912.0;
    let x = (x * LOG2_E).clamp(-126.0, 126.0);
    let n = x + TO_INTEGER;
    let f = x - (n - TO_INTEGER);
    let series = [1.540_353e-4, 1.333_355_8e-3, 9.618_129e-3, 5.550_411e-2, 0.240_226_5, LN_2, 1.0];
    let fraction = series.into_iter().fold(0.0_f32, |sum, term| sum.mul_add(f, term));
    f32::from_bits((n.to_bits() << 23).wrapping_add(1.0_f32.to_bits())) * fraction
}

/// Absolute error below 1e-6. The standard library's is a call for each number.
#[inline(always)]
fn tanh<const N: usize>(x: [f32; N]) -> [f32; N] {
    x.map(|x| 1.0 - 2.0 / (exp(2.0 * x) + 1.0))
}

fn relu<const N: usize>(x: [f32; N]) -> [f32; N] {
    x.map(|x| x.max(0.0))
}

fn softmax<const N: usize>(x: [f32; N]) -> [f32; N] {
    let most = x.into_iter().fold(f32::NEG_INFINITY, f32::max);
    let powers = x.map(|x| exp(x - most));
    let sum: f32 = powers.iter().sum();
    powers.map(|power| power / sum)
}

/// Calls `net` with inputs in turns; outputs of two must differ.
fn predict<const I: usize, const O: usize, N: Fn(&[f32; I]) -> [f32; O] + 'static>(
    random: &mut Random,
    net: N,
) -> impl FnMut() + use<I, O, N> {
    let xs: Vec<[f32; I]> = (0..64).map(|_| std::array::from_fn(|_| random.number())).collect();
    assert_ne!(net(&xs[0]), net(&xs[1]));
    peers::in_turns(xs, move |x| {
        black_box(net(black_box(x)));
    })
}

/// W6: a step for one sample, which returns its loss before.
#[inline(always)]
fn step(hidden: &mut Dense<2, 8>, last: &mut Dense<8, 1>, x: &[f32; 2], t: &[f32; 1]) -> f32 {
    let h = tanh(hidden.forward(x));
    let [y] = last.forward(&h);
    let dy = 2.0 * (y - t[0]);
    let dh = std::array::from_fn(|i| dy * last.weights[i][0] * (1.0 - h[i] * h[i]));
    last.descend(0.1, &h, &[dy]);
    hidden.descend(0.1, x, &dh);
    (y - t[0]) * (y - t[0])
}

fn main() {
    let random = &mut Random(1);
    let (a, b, c) = (Dense::<8, 32>::new(random), Dense::<32, 32>::new(random), Dense::<32, 4>::new(random));
    let tiny = predict(random, move |x| c.forward(&tanh(b.forward(&tanh(a.forward(x))))));
    let (a, b) = (Box::new(Dense::<784, 128>::new(random)), Dense::<128, 10>::new(random));
    let digits = predict(random, move |x| softmax(b.forward(&relu(a.forward(x)))));
    let (hidden, last) = (Dense::new(random), Dense::new(random));
    let xor = move || {
        let (mut hidden, mut last) = (hidden.clone(), last.clone());
        peers::exclusive_or(|i| step(&mut hidden, &mut last, black_box(&XOR_INPUTS[i]), &XOR_TARGETS[i]));
    };
    peers::serve(vec![
        Workload::new("W1 predict", tiny),
        Workload::new("W2 predict", digits),
        Workload::new("W6 10,000 steps", xor),
    ]);
}
