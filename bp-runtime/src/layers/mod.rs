//! The layers. Each file holds the description of one kind, its parameters, forward and backward.

mod avg_pool2d;
mod conv2d;
mod dense;
mod dropout;
mod max_pool2d;
mod relu;

pub use avg_pool2d::AvgPool2d;
pub use conv2d::{Conv2d, Conv2dParameters};
pub use dense::{Dense, DenseParameters};
pub use dropout::Dropout;
pub use max_pool2d::MaxPool2d;
pub use relu::Relu;
