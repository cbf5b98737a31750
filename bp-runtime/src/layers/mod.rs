//! The layers. Each file holds the description of one kind, its parameters, forward and backward.

mod dense;
mod relu;

pub use dense::{Dense, DenseParameters};
pub use relu::Relu;
