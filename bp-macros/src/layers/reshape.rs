//! Layers that only change the shape: no computation, no step in the plan.

use super::{Kind, Layer};
use crate::shape::Shape;

pub(crate) static FLATTEN: Kind = Kind {
    name: "flatten",
    signature: "flatten",
    formula: "the same numbers, as one axis",
    build: |_, input| Ok(Layer { output: Shape::flat(input.features()), operation: None }),
};
