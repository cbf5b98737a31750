//! What a network makes of digits it has not seen.

use crate::data::Digits;
use crate::training::DigitReader;
use backprop::prelude::*;
use std::fmt;

/// How often each digit was read as which.
pub(crate) struct Confusion {
    /// `counts[is][read]`
    counts: [[usize; 10]; 10],
}

impl Confusion {
    /// Reads all digits.
    pub(crate) fn of<N: DigitReader>(net: &N, digits: &Digits) -> Result<Self, backprop::Error> {
        let mut scores = vec![[0.0; 10]; digits.images.len()];
        let mut scratch = N::BatchScratch::zeroed_box();
        net.predict_batch_with(&mut scratch, &digits.images, &mut scores)?;
        let mut counts = [[0; 10]; 10];
        for (scores, label) in scores.iter().zip(&digits.labels) {
            counts[usize::from(*label)][largest(scores)] += 1;
        }
        Ok(Self { counts })
    }

    /// The part of all digits that were read right.
    pub(crate) fn accuracy(&self) -> f64 {
        let right: usize = (0..10).map(|digit| self.counts[digit][digit]).sum();
        let all: usize = self.counts.as_flattened().iter().sum();
        right as f64 / all as f64
    }
}

/// The place of the largest score.
fn largest(scores: &[f32; 10]) -> usize {
    (1..10).fold(0, |best, place| if scores[place] > scores[best] { place } else { best })
}

impl fmt::Display for Confusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "confusion matrix (test images; rows: the digit, columns: what was read)")?;
        write!(f, "     ")?;
        (0..10).try_for_each(|read| write!(f, "{read:>6}"))?;
        writeln!(f, "    right")?;
        for (digit, row) in self.counts.iter().enumerate() {
            write!(f, "{digit:>5}")?;
            row.iter().try_for_each(|count| write!(f, "{count:>6}"))?;
            let all: usize = row.iter().sum();
            writeln!(f, "  {:>5.1} %", 100.0 * row[digit] as f64 / all as f64)?;
        }
        Ok(())
    }
}
