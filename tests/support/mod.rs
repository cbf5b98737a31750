//! What several tests share: numbers to test with, and bits to compare.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part of it")]

use backprop::{Flat, Network, Rng, Scalar, Zeroed, rand_core::Rng as _};

/// A number of `[-1, 1)`.
pub fn draw<S: Scalar>(rng: &mut Rng) -> S {
    S::uniform(rng.next_u64()) * S::from_usize(2) - S::ONE
}

/// A value full of numbers of `[-1, 1)`.
pub fn drawn<F: Flat>(rng: &mut Rng) -> F {
    let mut value: F = backprop::flat::zero();
    for place in value.flat_mut() {
        *place = draw(rng);
    }
    value
}

/// Several such values.
pub fn many<F: Flat>(count: usize, seed: u64) -> Vec<F> {
    let mut rng = backprop::rng(seed);
    (0..count).map(|_| drawn(&mut rng)).collect()
}

/// Class indices below `classes`.
pub fn classes(count: usize, classes: u32, seed: u64) -> Vec<u8> {
    let mut rng = backprop::rng(seed);
    (0..count).map(|_| u8::try_from(rng.next_u32() % classes).expect("few classes")).collect()
}

/// A network of drawn parameters, larger than initialisers make them, so that no gradient is negligible.
pub fn network<N: Network + Flat<Number = N::Scalar> + Zeroed>(seed: u64) -> Box<N> {
    let mut net = N::zeroed_box();
    let mut rng = backprop::rng(seed);
    for place in net.flat_mut() {
        *place = draw(&mut rng);
    }
    for tensor in N::tensors().iter().filter(|tensor| tensor.name == "running_var") {
        // A variance is positive.
        for variance in &mut net.flat_mut()[tensor.offset..][..tensor.len] {
            *variance = variance.abs() + N::Scalar::ONE;
        }
    }
    net
}

/// The bits of all numbers: equal only where the numbers are the same, NaN and the sign of zero included.
pub fn bits<S: Scalar>(values: &[S]) -> Vec<u64> {
    // An f32 is exact as an f64, so the text of the shortest form tells every number from every other.
    values.iter().map(|value| format!("{value:?}").parse::<f64>().expect("a number").to_bits()).collect()
}

/// The largest absolute value.
pub fn magnitude(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |max, value| value.abs().max(max))
}

/// Fails unless every number is within `tolerance` of the other's, relative to the largest magnitude of both.
#[track_caller]
pub fn assert_close(what: &str, found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}: different lengths");
    let scale = magnitude(found).max(magnitude(expected));
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found - expected).abs();
        assert!(
            error <= tolerance * scale,
            "{what} {place}: {found} instead of {expected}, off by {:e} of the largest magnitude",
            error / scale
        );
    }
}
