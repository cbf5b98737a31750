//! What the sanitizer must find: a type whose `unsafe impl` claims one number more than it has, as the checks of `flat!` forbid.
use backprop::{Flat, Zeroed};

struct Liar {
    w: [f32; 4],
}

// SAFETY: zero bytes are four zeros.
unsafe impl Zeroed for Liar {}
// SAFETY: none: there are four numbers, not five.
unsafe impl Flat for Liar {
    type Number = f32;
    const LEN: usize = 5;
}

fn main() {
    let liar = Liar::zeroed_box();
    let mut sum = liar.w[0];
    // In a loop of this crate: the standard library is not instrumented.
    for number in liar.flat() {
        sum += number;
    }
    println!("{sum}");
}
