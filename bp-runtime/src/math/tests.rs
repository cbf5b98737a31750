//! Fast checks: every 65,521st `f32`, the corners, and that lanes agree with each other.
//! `examples/ulp.rs` tries all of them.

use super::{Float, Function, map};
use crate::Scalar;

/// The functions, as formulas and for scalars.
macro_rules! formulas {
    ($($formula:ident $name:ident),*) => { $(
        struct $formula;
        impl<S> Function<S> for $formula {
            #[inline(always)]
            fn apply<F: Float<Scalar = S>>(&self, x: F) -> F {
                x.$name()
            }
        }
    )* };
}
formulas!(Exp exp, ExpM1 exp_m1, Ln ln, Ln1p ln_1p, Tanh tanh, Sigmoid sigmoid, Erf erf, Sin sin, Cos cos);

/// |y − exact| in units of the last place of an `f32` at `exact`.
fn ulps(y: f32, exact: f64) -> f64 {
    let nearest = exact as f32;
    if y == nearest || (y.is_nan() && nearest.is_nan()) {
        return 0.0;
    }
    let exponent = ((exact.to_bits() >> 52) & 0x7ff) as i32 - 1023;
    let unit = f64::from_bits(((exponent.max(-126) - 23 + 1023) as u64) << 52);
    (f64::from(y) - exact).abs() / unit
}

/// Asserts the largest error over a subset of all `f32` up to `largest`, as a scalar and in lanes.
fn assert_ulps(
    f: &impl Function<f32>,
    scalar: fn(f32) -> f32,
    exact: fn(f64) -> f64,
    largest: f32,
    limit: f64,
) {
    for bits in (0..=u32::MAX).step_by(65_521) {
        let x = f32::from_bits(bits);
        if x.is_finite() && x.abs() > largest {
            continue;
        }
        let mut y = [x];
        map(f, &mut y);
        for y in [y[0], scalar(x)] {
            let error = ulps(y, exact(x.into()));
            assert!(error <= limit, "{x:e}: {y:e} is {error} ulp from {:e}", exact(x.into()));
        }
    }
}

#[test]
fn single_precision_is_within_the_documented_error() {
    let all = f32::MAX;
    assert_ulps(&Exp, Scalar::exp, libm::exp, all, 1.1);
    assert_ulps(&ExpM1, Scalar::exp_m1, libm::expm1, all, 1.7);
    assert_ulps(&Ln, Scalar::ln, libm::log, all, 1.0);
    assert_ulps(&Ln1p, Scalar::ln_1p, libm::log1p, all, 1.6);
    assert_ulps(&Tanh, Scalar::tanh, libm::tanh, all, 1.5);
    assert_ulps(&Sigmoid, Scalar::sigmoid, |x| 1.0 / (1.0 + libm::exp(-x)), all, 2.5);
    assert_ulps(&Erf, Scalar::erf, libm::erf, all, 1.4);
    assert_ulps(&Sin, Scalar::sin, libm::sin, 1e4, 2.5);
    assert_ulps(&Cos, Scalar::cos, libm::cos, 1e4, 2.5);
}

#[test]
fn double_precision_is_close_to_libm() {
    type Function = fn(f64) -> f64;
    let tries: [(Function, Function, f64); 9] = [
        (Scalar::exp, libm::exp, 700.0),
        (Scalar::exp_m1, libm::expm1, 700.0),
        (Scalar::ln, |x| libm::log(x), 1e300),
        (Scalar::ln_1p, libm::log1p, 1e300),
        (Scalar::tanh, libm::tanh, 30.0),
        (Scalar::sigmoid, |x| 1.0 / (1.0 + libm::exp(-x)), 700.0),
        (Scalar::erf, libm::erf, 7.0),
        (Scalar::sin, libm::sin, 1e6),
        (Scalar::cos, libm::cos, 1e6),
    ];
    for (f, exact, largest) in tries {
        let mut x = 1e-12;
        while x < largest {
            for x in [x, -x] {
                let (y, exact) = (f(x), exact(x));
                let unit = f64::from_bits((exact.to_bits() >> 52 & 0x7ff).saturating_sub(52).max(1) << 52);
                let error = (y - exact).abs() / unit;
                assert!(
                    (y.is_nan() && exact.is_nan()) || y == exact || error <= 4.0,
                    "{x:e}: {y:e}, not {exact:e}"
                );
            }
            x *= 1.000_7;
        }
    }
}

#[test]
fn corners_are_exact() {
    fn check<S: Scalar>(subnormal: S) {
        let (zero, one, infinity, nan) = (S::ZERO, S::ONE, S::INFINITY, S::NAN);
        let is = |y: S, expected: S| y.to_string() == expected.to_string();
        for (y, expected) in [
            (zero.exp(), one),
            ((-zero).exp(), one),
            (subnormal.exp(), one),
            (infinity.exp(), infinity),
            ((-infinity).exp(), zero),
            ((-zero).exp_m1(), -zero),
            (subnormal.exp_m1(), subnormal),
            (infinity.exp_m1(), infinity),
            ((-infinity).exp_m1(), -one),
            (zero.ln(), -infinity),
            ((-zero).ln(), -infinity),
            (one.ln(), zero),
            ((-one).ln(), nan),
            ((-subnormal).ln(), nan),
            ((-infinity).ln(), nan),
            (infinity.ln(), infinity),
            ((-zero).ln_1p(), -zero),
            (subnormal.ln_1p(), subnormal),
            ((-one).ln_1p(), -infinity),
            (infinity.ln_1p(), infinity),
            ((-infinity).ln_1p(), nan),
            ((-zero).tanh(), -zero),
            (subnormal.tanh(), subnormal),
            (infinity.tanh(), one),
            ((-infinity).tanh(), -one),
            (zero.sigmoid(), one / (one + one)),
            ((-zero).sigmoid(), one / (one + one)),
            (subnormal.sigmoid(), one / (one + one)),
            (infinity.sigmoid(), one),
            ((-infinity).sigmoid(), zero),
            (zero.erf(), zero),
            ((-zero).erf(), -zero),
            (subnormal.erf(), subnormal),
            ((-subnormal).erf(), -subnormal),
            (infinity.erf(), one),
            ((-infinity).erf(), -one),
            (zero.sin(), zero),
            ((-zero).sin(), -zero),
            (subnormal.sin(), subnormal),
            ((-subnormal).sin(), -subnormal),
            (zero.cos(), one),
            ((-zero).cos(), one),
            (subnormal.cos(), one),
            (infinity.sin(), nan),
            ((-infinity).sin(), nan),
            (infinity.cos(), nan),
            ((-infinity).cos(), nan),
        ] {
            assert!(is(y, expected), "{y}, not {expected}");
        }
        for y in [
            nan.exp(),
            nan.exp_m1(),
            nan.ln(),
            nan.ln_1p(),
            nan.tanh(),
            nan.sigmoid(),
            nan.erf(),
            nan.sin(),
            nan.cos(),
        ] {
            assert!(is(y, nan), "{y}, not NaN");
        }
    }
    check(f32::from_bits(1));
    check(f64::from_bits(1));
}

#[test]
fn results_may_be_subnormal() {
    assert_eq!((-103.0_f32).exp().to_bits(), 1);
    assert_eq!((-745.0_f64).exp().to_bits(), 1);
    assert_eq!(Scalar::ln(f32::from_bits(1)), libm::log(f64::from(f32::from_bits(1))) as f32);
    assert_eq!(Scalar::ln(f64::from_bits(1)), libm::log(f64::from_bits(1)));
}

#[test]
fn a_number_gives_the_same_bits_at_every_place() {
    fn check<S: Scalar>(f: &impl Function<S>) {
        let mut all = [S::ZERO; 41];
        for (i, x) in all.iter_mut().enumerate() {
            *x = S::from_usize(i) / S::from_usize(7) - S::ONE;
        }
        let alone = all.map(|x| {
            let mut x = [x];
            map(f, &mut x);
            x[0]
        });
        map(f, &mut all);
        assert_eq!(alone.map(|x| x.to_string()), all.map(|x| x.to_string()));
    }
    check::<f32>(&Tanh);
    check::<f64>(&Tanh);
    check::<f32>(&Ln);
    check::<f64>(&Ln);
}
