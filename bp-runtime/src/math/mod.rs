//! Elementary functions of our own, which vectorise and need no `libm`.
//!
//! Each is written once, without branches, over [`Float`]: one scalar or a vector of 64 bytes. An `f32`
//! function computes in `f32` only. [`map`] applies a formula to a slice.
//!
//! The largest error found, in units in the last place (with and without a fused multiply-add):
//!
//! | | `f32` fused | `f32` | tried | `f64` | at the ends |
//! |---|---|---|---|---|---|
//! | `exp` | 1.04 | 1.01 | all | 4 | 0 at −∞, ∞ at ∞; subnormal results are rounded once |
//! | `exp_m1` | 1.54 | 1.67 | all | 4 | −1 at −∞; keeps −0 and subnormals |
//! | `ln` | 0.83 | 0.83 | all | 4 | −∞ at ±0, NaN below; subnormal arguments are exact |
//! | `ln_1p` | 1.44 | 1.44 | all | 4 | −∞ at −1, NaN below; keeps −0 and subnormals |
//! | `tanh` | 1.35 | 1.35 | all | 4 | ±1 at ±∞; keeps −0 and subnormals |
//! | `sigmoid` | 2.40 | 2.40 | all | 4 | 0 and 1 at ∓∞; ½ at ±0 and subnormals |
//! | `erf` | 1.16 | 1.36 | all | 4 | ±1 at ±∞; keeps −0 |
//! | `sin` | 2.41 | 2.41 | all up to 10⁴ | 4 | NaN at ±∞; keeps −0 and subnormals |
//! | `cos` | 2.37 | 2.37 | all up to 10⁴ | 4 | 1 at ±0 and subnormals; NaN at ±∞ |
//!
//! `f32` is measured by `examples/ulp.rs` against `f64`, over all numbers. `f64` is a bound that
//! a test asserts, against `libm` on a geometric series of both signs. NaN gives NaN. Arguments of `sin` and
//! `cos` are meant to be at most 10⁴ (`f64`: 10⁶); beyond that the result loses all accuracy, though it stays
//! within ±1.
//!
//! A scalar has the bits of a lane where both have, or both lack, a fused multiply-add: a program for plain
//! x86-64 uses it in vectors only, because only they ask the machine at run time.

mod double;
mod float;
pub mod functions;
mod single;
mod slice;

pub use float::Float;
pub use slice::{Function, Function2, map, map_into, map_with, map2, map2_into};
pub(crate) use slice::{map_constant, map2_constant};
#[cfg(test)]
mod tests;
