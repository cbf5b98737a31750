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
        /// The label; the largest `usize` stands for all negative numbers.
        label: usize,
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
    /// A [`Sequence`](crate::Sequence) without steps, or with more than the network takes.
    SequenceLength {
        /// How many steps it has.
        found: usize,
        /// How many there may be.
        most: usize,
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
    /// No sample of the batch counts: all labels are ignored, or all targets missing.
    NothingCounts,
    /// The weights of all samples are so small that their reciprocal is infinite, or so large that it is zero.
    WeightsTooSmall,
    /// The loss is infinite or not a number: an input, a weight, or the learning rate is too large.
    NonFiniteLoss {
        /// The sample's place in the batch: the first whose output is not finite, if there is one.
        sample: usize,
    },
    /// The learning rate, or a group's factor on it or on the weight decay, is negative, infinite or not a number, or the
    /// learning rate was never set.
    InvalidLearningRate,
    /// The update would make a parameter, or a number of the optimizer's state, infinite or not a number.
    NonFiniteUpdate,
    /// Statistics that a layer measures, as the running variance of batch normalisation, would not be finite.
    NonFiniteStatistics,
    /// A gradient is infinite or not a number, though the loss is finite.
    NonFiniteGradient {
        /// Place of the first such number in the flat view of what is trained.
        parameter: usize,
    },
    /// No layer, or no tensor of a layer, has this name.
    UnknownLayer,
    /// The operating system gives no more threads.
    NoThreads,
    /// A setting of [`Fit`](crate::trainer) asks for data that can be gone through again, and the run has a source that makes
    /// samples as they are needed.
    NeedsSlices {
        /// The setting.
        setting: &'static str,
    },
    /// The program has a handler of Ctrl-C already.
    NoInterrupt,
    /// The checkpoint of a run was not written or not taken over.
    Checkpoint(crate::checkpoint::Error),
    /// Another rank has refused the step, so that this one does not take it either.
    OnRank {
        /// The rank.
        rank: usize,
        /// The sample's place in the part of the batch that the rank was given.
        sample: Option<usize>,
        /// What is wrong there.
        problem: &'static str,
    },
    /// A rank has come to a step with something else than the first.
    RanksDiffer {
        /// The first rank that differs from rank 0.
        rank: usize,
        /// In what.
        what: &'static str,
    },
    /// A rank was given other samples than its part of the batch, so that the bits would depend on the number of ranks.
    NotThePart {
        /// The rank.
        rank: usize,
        /// How many samples it was given.
        found: usize,
        /// How many it should have been.
        expected: usize,
        /// Samples of all ranks.
        batch: usize,
    },
    /// The shards of a batch cannot be spread over the ranks.
    RanksAndShards {
        /// How many ranks there are.
        ranks: usize,
        /// How many shards were asked for.
        shards: usize,
    },
    /// A step with states that are carried is taken by one rank alone.
    StatesOverRanks,
    /// A rank cannot be reached.
    RankLost,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::LengthMismatch { expected_by, expected, of, found } => {
                write!(f, "{expected} {expected_by} but {found} {of}: give one for each")
            }
            Self::EmptyBatch => f.write_str("the batch is empty: give at least one sample"),
            Self::LabelOutOfRange { sample, label, classes } => {
                write!(f, "the label of sample {sample}, ")?;
                match label {
                    usize::MAX => f.write_str("a negative number,")?,
                    label => write!(f, "{label},")?,
                }
                write!(
                    f,
                    " is out of range: the network has {classes} classes, 0 to {}",
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
            Self::SequenceLength { found, most } => {
                write!(f, "a sequence of {found} steps: give 1 to {most}, as the network declares")
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
            Self::NothingCounts => {
                f.write_str("no sample of the batch counts, because all labels are ignored or all targets missing: give one that does")
            }
            Self::WeightsTooSmall => {
                f.write_str("the sum of the samples' weights is so small that its reciprocal is infinite, or infinite itself: scale the weights")
            }
            Self::NonFiniteLoss { sample } => write!(
                f,
                "the loss is not finite, for sample {sample}: look for NaN or infinity there, or lower the learning rate",
            ),
            Self::InvalidLearningRate => f.write_str(
                "the learning rate, or a group's factor, is not a finite number of at least 0, or was never set: set one that is",
            ),
            Self::NonFiniteUpdate => f.write_str(
                "the update would not be finite in the network's precision: lower the learning rate, or clip gradients",
            ),
            Self::NonFiniteStatistics => f.write_str(
                "the variance that a normalisation measured is not finite: scale the inputs",
            ),
            Self::NonFiniteGradient { parameter } => {
                write!(
                    f,
                    "the gradient of trained parameter {parameter} is not finite: lower the learning rate, or clip"
                )
            }
            Self::NoThreads => f.write_str("the operating system gives no more threads: ask for fewer"),
            Self::NeedsSlices { setting } => {
                let remedy = match setting {
                    "weights" => "give `(input, target, weight)` for each sample",
                    _ => "give validation data with `Fit::validate`",
                };
                write!(f, "`{setting}` needs data in slices, and a source has none: {remedy}")
            }
            Self::NoInterrupt => f.write_str(
                "the program handles Ctrl-C already: let its handler set a flag, and ask for that in `Fit::stop_when`",
            ),
            Self::Checkpoint(error) => error.fmt(f),
            Self::OnRank { rank, sample, problem } => {
                write!(f, "rank {rank} has refused the step, and so all have: {problem}")?;
                match sample {
                    Some(sample) => write!(f, ", sample {sample} of those it was given"),
                    None => Ok(()),
                }
            }
            Self::RanksDiffer { rank, what } => {
                write!(f, "rank {rank} differs from rank 0 in {what}: run the same program with the same settings on all ranks")
            }
            Self::NotThePart { rank, found, expected, batch } => write!(
                f,
                "rank {rank} was given {found} samples of a batch of {batch}, of which {expected} are its part: take `trainer.part({batch})`"
            ),
            Self::RanksAndShards { ranks, shards } => write!(
                f,
                "{shards} shards cannot be spread over {ranks} ranks: both are powers of two, with at least one shard for each rank; `Sums::Fast` takes any number of ranks"
            ),
            Self::StatesOverRanks => f.write_str(
                "`step_with_state` does not work over ranks: use a trainer that is not distributed",
            ),
            Self::RankLost => f.write_str("a rank cannot be reached: resume from the last checkpoint"),
            Self::UnknownLayer => {
                f.write_str("no layer or tensor of the network has this name: see its summary()")
            }
        }
    }
}

impl core::error::Error for Error {}

impl From<crate::checkpoint::Error> for Error {
    fn from(error: crate::checkpoint::Error) -> Self {
        Self::Checkpoint(error)
    }
}

impl Error {
    /// The same error about a sample that has another number in the data than in its batch.
    #[cfg(feature = "alloc")]
    pub(crate) fn in_data(mut self, index: impl Fn(usize) -> usize) -> Self {
        match &mut self {
            Self::LabelOutOfRange { sample, .. }
            | Self::IndexOutOfRange { sample, .. }
            | Self::InvalidTarget { sample, .. }
            | Self::InvalidWeight { sample }
            | Self::NonFiniteLoss { sample } => *sample = index(*sample),
            _ => {}
        }
        self
    }

    /// What other ranks are told of it: which of [`PROBLEMS`](Self::PROBLEMS), and the sample.
    #[cfg(feature = "distributed")]
    pub(crate) fn problem(&self) -> (usize, Option<usize>) {
        match *self {
            Self::LengthMismatch { .. } => (0, None),
            Self::EmptyBatch => (1, None),
            Self::LabelOutOfRange { sample, .. } => (2, Some(sample)),
            Self::IndexOutOfRange { sample, .. } => (3, Some(sample)),
            Self::InvalidTarget { sample, .. } => (4, Some(sample)),
            Self::InvalidWeight { sample } => (5, Some(sample)),
            Self::NonFiniteLoss { sample } => (6, Some(sample)),
            Self::Checkpoint(_) => (7, None),
            _ => (8, None),
        }
    }

    /// What can be wrong with the samples of a rank.
    #[cfg(feature = "distributed")]
    pub(crate) const PROBLEMS: [&'static str; 9] = [
        "inputs, targets and weights differ in number",
        "the batch is empty",
        "a label is out of range",
        "an index of an input is out of range",
        "a target is invalid",
        "a weight is invalid",
        "the loss is not finite",
        "a checkpoint was not written or not read",
        "its message tells why",
    ];

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
