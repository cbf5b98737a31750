//! What can go wrong when a network is trained.

use core::fmt;

/// Why a step was refused. The network and the optimizer are as they were before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// Two slices that belong together have different lengths.
    LengthMismatch {
        /// What the first slice holds, for instance `inputs`.
        expected_by: &'static str,
        /// Its length.
        expected: usize,
        /// What the second slice holds, for instance `targets`.
        of: &'static str,
        /// Its length.
        found: usize,
    },
    /// A batch without samples has no mean.
    EmptyBatch,
    /// A class index that the network has no output for.
    LabelOutOfRange {
        /// The sample's place in the batch.
        sample: usize,
        /// How many classes there are: labels run from 0 to one less.
        classes: usize,
    },
    /// An index in an input that the network's embedding has no row for.
    IndexOutOfRange {
        /// The sample's place in the batch.
        sample: usize,
        /// How many rows there are: indices run from 0 to one less.
        rows: usize,
    },
    /// A target whose value the loss is not defined for.
    InvalidTarget {
        /// The sample's place in the batch.
        sample: usize,
        /// What a target must be.
        expected: &'static str,
    },
    /// A sample's weight is negative or not a number, or all of them are zero.
    InvalidWeight {
        /// The sample's place in the batch.
        sample: usize,
    },
    /// The loss is infinite or not a number: an input, a weight, or the learning rate is too large.
    NonFiniteLoss,
    /// A gradient is infinite or not a number, though the loss is finite.
    NonFiniteGradient {
        /// Place of the first such number in the flat view of what is trained.
        parameter: usize,
    },
    /// No layer, or no tensor of a layer, has this name.
    UnknownLayer,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::LengthMismatch { expected_by, expected, of, found } => {
                write!(f, "{expected} {expected_by} but {found} {of}: give one for each")
            }
            Self::EmptyBatch => f.write_str("the batch is empty: give at least one sample"),
            Self::LabelOutOfRange { sample, classes } => {
                write!(
                    f,
                    "the label of sample {sample} is out of range: the network has {classes} classes, 0 to {}",
                    classes.saturating_sub(1)
                )
            }
            Self::IndexOutOfRange { sample, rows } => {
                write!(
                    f,
                    "an index in sample {sample} is out of range: the embedding has {rows} rows, 0 to {}",
                    rows.saturating_sub(1)
                )
            }
            Self::InvalidTarget { sample, expected } => {
                write!(f, "the target of sample {sample} is invalid: expected {expected}")
            }
            Self::InvalidWeight { sample } => {
                write!(
                    f,
                    "the weight of sample {sample} is invalid: weights are finite, not negative, and not all zero"
                )
            }
            Self::NonFiniteLoss => f.write_str(
                "the loss is not finite: look for NaN or infinity in the inputs, or lower the learning rate",
            ),
            Self::NonFiniteGradient { parameter } => {
                write!(
                    f,
                    "the gradient of trained parameter {parameter} is not finite: lower the learning rate, or clip"
                )
            }
            Self::UnknownLayer => {
                f.write_str("no layer or tensor of the network has this name: see its summary()")
            }
        }
    }
}

impl core::error::Error for Error {}

impl Error {
    /// Two slices of the same length, or an error that names both.
    #[inline]
    pub(crate) fn check_lengths(
        expected_by: &'static str,
        expected: usize,
        of: &'static str,
        found: usize,
    ) -> Result<(), Self> {
        if expected == found {
            Ok(())
        } else {
            Err(Self::LengthMismatch { expected_by, expected, of, found })
        }
    }
}
