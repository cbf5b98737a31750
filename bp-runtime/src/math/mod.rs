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
//! | `tanh` | 1.35 | 1.38 | all | 4 | ±1 at ±∞; keeps −0 and subnormals |
//! | `sigmoid` | 2.2 | 2.4 | every 997th | 4 | 0 and 1 at ∓∞ |
//! | `erf` | 1.0 | 1.2 | every 997th | 4 | ±1 at ±∞; keeps −0 |
//! | `sin`, `cos` | 2.3 | 2.3 | every 997th up to 10⁴ | 4 | NaN at ±∞ |
//!
//! `f32` is measured by `examples/ulp.rs` against `f64`, over all numbers or a part of them. `f64` is a bound that
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
