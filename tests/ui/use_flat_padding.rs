//! A struct of parameters, one of whose fields is not named.

#[repr(C)]
struct Cube {
    factor: [f32; 3],
    offset: f32,
}
backprop::flat!(Cube: f32 { factor });

fn main() {
    let cube = Cube { factor: [1.0; 3], offset: 0.0 };
    println!("{:?} {}", cube.factor, cube.offset);
}
