//! Uniform, normal and truncated normal numbers.

use super::{Fans, Initializer};
use crate::{Real, Scalar};
use rand_core::Rng;

/// Uniform in `[low, high)`. PyTorch's `uniform_`.
///
/// ```
/// use backprop_runtime::initializers::{Fans, Initializer, Uniform};
/// let mut values = [0.0_f64; 100];
/// let fans = Fans { fan_in: 10, fan_out: 10 };
/// Uniform::new(2.0, 3.0).fill(fans, &mut values, &mut backprop_runtime::rng(1));
/// assert!(values.iter().all(|x| (2.0..=3.0).contains(x)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uniform {
    low: Real,
    high: Real,
}

impl Uniform {
    /// From `low` to `high`.
    pub const fn new(low: f64, high: f64) -> Self {
        assert!(low <= high, "a uniform distribution needs low <= high");
        Self { low: Real::new(low), high: Real::new(high) }
    }
}

impl Initializer for Uniform {
    fn fill<S: Scalar, R: Rng + ?Sized>(&self, _: Fans, values: &mut [S], rng: &mut R) {
        let (low, high) = (S::real(self.low), S::real(self.high));
        for value in values {
            *value = low + (high - low) * S::uniform(rng.next_u64());
        }
    }
}

/// Normal with a mean and a standard deviation. PyTorch's `normal_`.
///
/// Drawn by Marsaglia's polar method, with one logarithm and one root for two numbers.
///
/// ```
/// use backprop_runtime::initializers::{Fans, Initializer, Normal};
/// let mut values = [0.0_f64; 1000];
/// let fans = Fans { fan_in: 10, fan_out: 100 };
/// Normal::new(5.0, 0.1).fill(fans, &mut values, &mut backprop_runtime::rng(1));
/// assert!((values.iter().sum::<f64>() / 1000.0 - 5.0).abs() < 0.02);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal {
    mean: Real,
    std: Real,
}

impl Normal {
    /// With mean `mean` and standard deviation `std`.
    pub const fn new(mean: f64, std: f64) -> Self {
        assert!(std >= 0.0, "a standard deviation is not negative");
        Self { mean: Real::new(mean), std: Real::new(std) }
    }
}

impl Initializer for Normal {
    fn fill<S: Scalar, R: Rng + ?Sized>(&self, _: Fans, values: &mut [S], rng: &mut R) {
        normal(values, S::real(self.mean), S::real(self.std), rng);
    }
}

/// Normal with a mean and a standard deviation, drawn again where outside of two bounds. PyTorch's
/// `trunc_normal_`.
///
/// As there, bounds are numbers, −2 and 2 unless set, and not multiples of the standard deviation.
///
/// ```
/// use backprop_runtime::initializers::{Fans, Initializer, TruncatedNormal};
/// let mut values = [0.0_f64; 1000];
/// let fans = Fans { fan_in: 10, fan_out: 100 };
/// let initializer = TruncatedNormal::new(0.0, 0.02).bounds(-0.04, 0.04);
/// initializer.fill(fans, &mut values, &mut backprop_runtime::rng(1));
/// assert!(values.iter().all(|x| x.abs() <= 0.04));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TruncatedNormal {
    mean: Real,
    std: Real,
    low: Real,
    high: Real,
}

impl TruncatedNormal {
    /// With mean `mean` and standard deviation `std` of the normal distribution, cut to `[-2, 2]`.
    pub const fn new(mean: f64, std: f64) -> Self {
        assert!(std > 0.0, "a standard deviation is positive");
        Self { mean: Real::new(mean), std: Real::new(std), low: Real::new(-2.0), high: Real::new(2.0) }
    }

    /// Cut to `[low, high]` (PyTorch's `a`, `b`).
    #[must_use]
    pub const fn bounds(mut self, low: f64, high: f64) -> Self {
        assert!(low <= high, "bounds need low <= high");
        self.low = Real::new(low);
        self.high = Real::new(high);
        self
    }
}

impl Initializer for TruncatedNormal {
    fn fill<S: Scalar, R: Rng + ?Sized>(&self, _: Fans, values: &mut [S], rng: &mut R) {
        let (mean, std) = (S::real(self.mean), S::real(self.std));
        let (low, high) = (S::real(self.low), S::real(self.high));
        let standard = Truncated { low: (low - mean) / std, high: (high - mean) / std };
        let mut normals = Normals { spare: None };
        for value in values {
            // The bounds were rounded on the way to standard numbers and back.
            *value = clamp(mean + std * standard.draw(&mut normals, rng), low, high);
        }
    }
}

/// Standard normal numbers between two bounds.
struct Truncated<S> {
    low: S,
    high: S,
}

impl<S: Scalar> Truncated<S> {
    fn draw<R: Rng + ?Sized>(&self, normals: &mut Normals<S>, rng: &mut R) -> S {
        let Self { low, high } = *self;
        let count = S::from_usize;
        let holds_mean = low <= S::ZERO && high >= S::ZERO;
        if holds_mean && high - low > S::real(Real::new(1.5)) {
            // At least 43 % of normal numbers lie within.
            loop {
                let z = normals.draw(rng);
                if z >= low && z <= high {
                    return z;
                }
            }
        }
        // Uniform numbers, taken as often as the density says relative to its largest, at `mode`.
        let mode = clamp(S::ZERO, low, high);
        let (low, high) = if holds_mean {
            (low, high)
        } else {
            // Beyond this width from the mode the density has fallen by e⁻³².
            let width = if mode.abs() > count(4) { count(32) / mode.abs() } else { count(8) };
            (clamp(mode - width, low, high), clamp(mode + width, low, high))
        };
        let half = S::real(Real::new(0.5));
        loop {
            let z = low + (high - low) * S::uniform(rng.next_u64());
            // (mode − z)(mode + z) for mode² − z², which far out would lose its digits.
            if S::uniform(rng.next_u64()) <= (half * (mode - z) * (mode + z)).exp() {
                return z;
            }
        }
    }
}

fn clamp<S: Scalar>(x: S, low: S, high: S) -> S {
    if x < low {
        low
    } else if x > high {
        high
    } else {
        x
    }
}

/// Standard normal numbers, which come in pairs.
struct Normals<S> {
    spare: Option<S>,
}

impl<S: Scalar> Normals<S> {
    fn draw<R: Rng + ?Sized>(&mut self, rng: &mut R) -> S {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let two = S::from_usize(2);
        loop {
            let u = S::uniform(rng.next_u64()) * two - S::ONE;
            let v = S::uniform(rng.next_u64()) * two - S::ONE;
            let square = u * u + v * v;
            if square > S::ZERO && square < S::ONE {
                let factor = (-two * square.ln() / square).sqrt();
                self.spare = Some(v * factor);
                return u * factor;
            }
        }
    }
}

/// Uniform in `±bound`.
pub(super) fn symmetric<S: Scalar, R: Rng + ?Sized>(values: &mut [S], bound: S, rng: &mut R) {
    for value in values {
        *value = (S::uniform(rng.next_u64()) * S::from_usize(2) - S::ONE) * bound;
    }
}

pub(super) fn normal<S: Scalar, R: Rng + ?Sized>(values: &mut [S], mean: S, std: S, rng: &mut R) {
    let mut normals = Normals::<S> { spare: None };
    for value in values {
        *value = mean + std * normals.draw(rng);
    }
}
