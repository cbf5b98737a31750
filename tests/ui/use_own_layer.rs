//! A trait is missing on an own layer.

struct Square;

fn forward<L: backprop::Layer<f32>>(_: &L) {}

fn main() {
    forward(&Square);
}
