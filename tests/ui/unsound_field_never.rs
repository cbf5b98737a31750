//! The type `!` turns into any other where a value is passed.
#![forbid(unsafe_code)]
use backprop::Zeroed;

trait Returns {
    type Type;
}
impl<T> Returns for fn() -> T {
    type Type = T;
}

struct Q {
    never: <fn() -> ! as Returns>::Type,
}
backprop::codegen::zeroed!(Q { never });

#[repr(C)]
struct R {
    never: <fn() -> ! as Returns>::Type,
}
backprop::flat!(R: f32 { never: [f32; 0] });

fn main() {
    let _ = Q::zeroed_box().never;
    let _ = R::zeroed_box().never;
}
