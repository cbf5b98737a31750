//! From files to samples and targets: tables, IDX files, normalisers, augmentation of images. Feature `data`.
//!
//! | | |
//! |---|---|
//! | [`Table`], [`Columns`], [`Labels`] | CSV with columns by name: numbers, categories, missing values |
//! | [`Idx`] | the file format of MNIST and its like |
//! | [`Normalizer`] | mean 0 and deviation 1, as layers of the network |
//! | `ImageFolder`, with the feature `images` | pictures in folders, one for each class |
//! | [`Augment`] | images that are shifted, turned, noisy, partly covered |
//! | [`shuffle`], [`split`] | the order of samples, and two parts of them |
//!
//! A table of measurements, from the file to a classifier that takes raw numbers:
//!
//! ```
//! use backprop::data::{Columns, Labels, Normalizer, Table};
//! use backprop::prelude::*;
//!
//! #[network(
//!     input = 4,
//!     layers = [frozen[shift: bias, scale: scale], dense(16), tanh, dense(3)],
//!     loss = cross_entropy,
//! )]
//! struct Iris;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/tables/iris.csv");
//! let (train, test) = Table::read(path)?.shuffled(1).split(0.3);
//! let columns = Columns::learn(&train, ["sepal_length", "sepal_width", "petal_length", "petal_width"])?;
//! let labels = Labels::learn(&train, "species")?;
//! let (xs, ys) = (columns.encode(&train)?, labels.encode(&train)?);
//! let (test_xs, test_ys) = (columns.encode(&test)?, labels.encode(&test)?);
//!
//! let mut net = Iris::new(&mut backprop::rng(1));
//! let normalizer = Normalizer::of(&xs)?;
//! (net.shift.bias, net.scale.weight) = (normalizer.shift, normalizer.scale);
//! let fit = Fit::epochs(100).batch(16).shuffle(1).validate(&test_xs, &test_ys).patience(20);
//! let history = Trainer::new(Adam::new(0.01)).fit(&mut net, &xs, &ys, &fit)?;
//! assert!(history.epochs()[history.best].validation_accuracy > Some(0.9));
//! assert_eq!(labels.name(0), Some("setosa"));
//! # Ok(())
//! # }
//! ```

mod augment;
mod columns;
mod error;
mod idx;
mod normalizer;
#[cfg(feature = "images")]
mod pictures;
mod table;

pub use augment::Augment;
pub use columns::{Column, Columns, Labels, number, one_hot};
pub use error::Error;
pub use idx::Idx;
pub use normalizer::Normalizer;
#[cfg(feature = "images")]
pub use pictures::{ImageFolder, picture};
pub use table::{Format, Table};

use crate::permutation::Permutation;

/// Puts samples in an order that follows from the seed and their number: two slices of the same length stay together.
///
/// ```
/// let (mut xs, mut ys) = ([0, 1, 2, 3, 4, 5], [0, 10, 20, 30, 40, 50]);
/// backprop::data::shuffle(7, &mut xs);
/// backprop::data::shuffle(7, &mut ys);
/// assert!(xs.iter().zip(&ys).all(|(x, y)| 10 * x == *y));
/// assert_ne!(xs, [0, 1, 2, 3, 4, 5]);
/// ```
pub fn shuffle<T>(seed: u64, samples: &mut [T]) {
    let mut order: Vec<usize> = Permutation::new(samples.len(), seed).collect();
    // Each cycle of the permutation by swaps: whatever a place has got is marked as its own.
    for first in 0..order.len() {
        let mut place = first;
        while order[place] != first {
            let from = core::mem::replace(&mut order[place], place);
            samples.swap(place, from);
            place = from;
        }
        order[place] = place;
    }
}

/// The first samples, and the last: `part` of them, from 0 to 1, rounded to the nearest number.
///
/// ```
/// assert_eq!(backprop::data::split(&[1, 2, 3, 4, 5], 0.4), (&[1, 2, 3][..], &[4, 5][..]));
/// ```
pub fn split<T>(samples: &[T], part: f64) -> (&[T], &[T]) {
    samples.split_at(samples.len() - count_of(samples.len(), part))
}

/// How many samples a part of them are.
fn count_of(samples: usize, part: f64) -> usize {
    ((samples as f64 * part).round() as usize).min(samples)
}
