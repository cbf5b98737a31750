//! A value of a union may have none of the bytes of the field that is named.
#![forbid(unsafe_code)]
use backprop::Flat;

#[repr(C)]
union Either {
    numbers: [f32; 2],
    nothing: (),
}
backprop::flat!(Either: f32 { numbers });

fn main() {
    println!("{:?}", Either { nothing: () }.flat());
}
