//! Zero bytes are no reference.
#![forbid(unsafe_code)]
use backprop::Zeroed;

struct More<T> {
    counts: [u32; 4],
    value: T,
}
backprop::codegen::zeroed!([T] More<T> { counts });
backprop::codegen::zeroed!([] Reference { counts, name });

struct Reference {
    counts: [u32; 4],
    name: &'static str,
}

fn main() {
    println!("{}", <More<&'static str>>::zeroed_box().value);
    println!("{}", Reference::zeroed_box().name);
}
