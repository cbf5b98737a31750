//! The network of the page.

use backprop::prelude::*;

/// Sides of an image.
pub const SIDE: usize = 28;

/// Filters, and what their largest answers say.
#[network(
    input = [1, SIDE, SIDE],
    layers = [filters: conv2d(8, kernel = 5), relu, max_pool2d(2), flatten, dense(10)],
    loss = cross_entropy,
    tile = 16,
)]
pub struct Reader;
