//! Measures the largest error of the elementary functions, in units in the last place.
//!
//! `cargo run --release --features std --example ulp -- [stride] [function…]` tries every `stride`-th `f32`
//! there is (1: all of them), as vectors and as scalars, against `f64`. It says for which number the error is
//! largest. `sin` and `cos` are tried in the range that the documentation gives.

use backprop_runtime::Scalar;
use backprop_runtime::math::{Float, Function, map};

/// One function in three forms.
struct Case {
    name: &'static str,
    exact: fn(f64) -> f64,
    scalar: fn(f32) -> f32,
    vector: fn(&mut [f32]),
    largest: f32,
}

macro_rules! case {
    ($name:ident, $exact:expr, $largest:expr) => {{
        struct Formula;
        impl<S> Function<S> for Formula {
            #[inline(always)]
            fn apply<F: Float<Scalar = S>>(&self, x: F) -> F {
                x.$name()
            }
        }
        Case {
            name: stringify!($name),
            exact: $exact,
            scalar: <f32 as Scalar>::$name,
            vector: |x| map(&Formula, x),
            largest: $largest,
        }
    }};
}

/// The largest error so far, and where.
#[derive(Clone, Copy, Default)]
struct Worst {
    error: f64,
    at: f32,
}

impl Worst {
    fn take(&mut self, other: Self) {
        if other.error > self.error {
            *self = other;
        }
    }
}

/// |y − exact| in units of the last place of the nearest `f32`; infinite where one is NaN and the other not.
fn ulps(y: f32, exact: f64) -> f64 {
    let nearest = exact as f32;
    if y == nearest || (y.is_nan() && nearest.is_nan()) {
        // Both infinite, or equal: the distance to the exact value, where that is defined.
        return if y.is_finite() { (f64::from(y) - exact).abs() / unit(exact) } else { 0.0 };
    }
    if !y.is_finite() || !nearest.is_finite() {
        // One step apart at the end of the range counts as one.
        let (a, b) = (y.to_bits(), nearest.to_bits());
        return if a.abs_diff(b) == 1 { 1.0 } else { f64::INFINITY };
    }
    (f64::from(y) - exact).abs() / unit(exact)
}

/// The distance between neighbouring `f32` at `x`.
fn unit(x: f64) -> f64 {
    let exponent = ((x.to_bits() >> 52) & 0x7ff) as i32 - 1023;
    2_f64.powi(exponent.max(-126) - 23)
}

/// The worst of both forms over the bit patterns `first`, `first + stride`, … below `end`.
fn measure(case: &Case, first: u64, end: u64, stride: u64) -> [Worst; 2] {
    let mut worst = [Worst::default(); 2];
    let mut bits = first;
    while bits < end {
        let mut x = [0.0_f32; 1024];
        for x in &mut x {
            *x = f32::from_bits(bits.min(end - 1) as u32);
            bits += stride;
        }
        let mut y = x;
        (case.vector)(&mut y);
        for (&x, y) in x.iter().zip(y) {
            if x.is_finite() && x.abs() > case.largest {
                continue;
            }
            let exact = (case.exact)(x.into());
            worst[0].take(Worst { error: ulps(y, exact), at: x });
            worst[1].take(Worst { error: ulps((case.scalar)(x), exact), at: x });
        }
    }
    worst
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let stride = arguments.next().map_or(1, |stride| stride.parse().expect("stride: a whole number"));
    let names: Vec<_> = arguments.collect();
    let all = f32::MAX;
    let cases = [
        case!(exp, f64::exp, all),
        case!(exp_m1, f64::exp_m1, all),
        case!(ln, f64::ln, all),
        case!(ln_1p, f64::ln_1p, all),
        case!(tanh, f64::tanh, all),
        case!(sigmoid, |x| 1.0 / (1.0 + (-x).exp()), all),
        case!(erf, libm::erf, all),
        case!(sin, f64::sin, 1e4),
        case!(cos, f64::cos, 1e4),
    ];
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    println!("{:8} {:>28} {:>28}", "", "vector", "scalar");
    for case in cases.iter().filter(|case| names.is_empty() || names.iter().any(|name| name == case.name)) {
        let share = (1_u64 << 32).div_ceil(threads);
        let mut worst = [Worst::default(); 2];
        std::thread::scope(|scope| {
            let parts: Vec<_> = (0..threads)
                .map(|i| (i * share, ((i + 1) * share).min(1 << 32)))
                .map(|(first, end)| scope.spawn(move || measure(case, first, end, stride)))
                .collect();
            for part in parts {
                for (worst, part) in worst.iter_mut().zip(part.join().expect("no panic")) {
                    worst.take(part);
                }
            }
        });
        let [vector, scalar] = worst.map(|worst| format!("{:.3} ulp at {:e}", worst.error, worst.at));
        println!("{:8} {vector:>28} {scalar:>28}", case.name);
    }
}
