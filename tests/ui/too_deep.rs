//! Groups in groups in groups.
use backprop::prelude::*;

#[network(input = 4, layers = [frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[frozen[dense(3)]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]])]
struct Net;

fn main() {}
