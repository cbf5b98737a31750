//! A trait is missing on an own loss.
use backprop::prelude::*;

struct Half;

fn weigh<L: Loss<f32>>(_: &L) {}

fn main() {
    weigh(&Half);
}
