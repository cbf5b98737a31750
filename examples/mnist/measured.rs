//! What a network makes of digits it has not seen.

use crate::data::Digits;
use crate::training::DigitReader;
use backprop::prelude::*;
use std::fmt;

/// A digit that was read as another.
pub(crate) struct Mistake {
    /// Its number among the digits.
    pub(crate) sample: usize,
    /// What it is.
    pub(crate) label: u8,
    /// What it was read as.
    pub(crate) read: usize,
    /// The probability of what was read, and of what it is.
    pub(crate) certainty: f32,
    pub(crate) right: f32,
}

/// How often each digit was read as which.
pub(crate) struct Confusion {
    /// `counts[is][read]`
    counts: [[usize; 10]; 10],
}

impl Confusion {
    /// Reads all digits. Returns the mistakes too, those first in which the right digit seemed least likely.
    pub(crate) fn of<N: DigitReader>(
        net: &N,
        digits: &Digits,
    ) -> Result<(Self, Vec<Mistake>), backprop::Error> {
        let mut scores = vec![[0.0; 10]; digits.images.len()];
        let mut scratch = N::BatchScratch::zeroed_box();
        net.predict_batch_with(&mut scratch, &digits.images, &mut scores)?;
        let mut counts = [[0; 10]; 10];
        let mut mistakes = Vec::new();
        for (sample, (scores, label)) in scores.iter().zip(&digits.labels).enumerate() {
            let read = largest(scores);
            counts[usize::from(*label)][read] += 1;
            if read != usize::from(*label) {
                let parts = scores.map(|score| (score - scores[read]).exp());
                let probability = |digit: usize| parts[digit] / parts.iter().sum::<f32>();
                let (certainty, right) = (probability(read), probability(usize::from(*label)));
                mistakes.push(Mistake { sample, label: *label, read, certainty, right });
            }
        }
        mistakes.sort_by(|a, b| a.right.total_cmp(&b.right));
        Ok((Self { counts }, mistakes))
    }

    /// `counts[is][read]`
    pub(crate) fn counts(&self) -> &[[usize; 10]; 10] {
        &self.counts
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
