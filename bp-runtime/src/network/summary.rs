//! A network's graph and its table of layers, as text.

use super::{Network, Passes as _};

/// The network's graph and table: prints a drawing, then layers, output shapes, parameters, multiply-adds and bytes.
///
/// The drawing is read from top to bottom. What flows runs in lanes; `●` is where layers stand, their names beside
/// it. The docs of the struct show the same.
#[derive(Clone, Copy, Debug)]
pub struct Summary {
    /// Name of the network.
    pub name: &'static str,
    /// The graph, in lines.
    pub drawing: Drawing,
    /// A row for each layer.
    pub rows: &'static [SummaryRow],
    /// What is legal and surely not intended.
    pub notes: &'static [&'static str],
    /// Sum of the column.
    pub parameters: usize,
    /// Sum of the column.
    pub multiply_adds: usize,
    /// Samples that training works on together.
    pub tile: usize,
    /// Whether training measures over them, by `batch_norm` that is not frozen.
    pub measures: bool,
    /// See [`Network::INFERENCE_BYTES`](super::Network::INFERENCE_BYTES).
    pub inference_bytes: usize,
    /// See [`Network::TRAINING_BYTES`](super::Network::TRAINING_BYTES).
    pub training_bytes: usize,
}

/// The graph in characters: pieces of text, and between each two of them a size.
#[derive(Clone, Copy, Debug, Default)]
pub struct Drawing {
    /// One more than there are sizes.
    pub pieces: &'static [&'static str],
    /// Sizes that constants of the user's give.
    pub sizes: &'static [usize],
}

impl core::fmt::Display for Drawing {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut sizes = self.sizes.iter();
        for piece in self.pieces {
            f.write_str(piece)?;
            if let Some(size) = sizes.next() {
                write!(f, "{size}")?;
            }
        }
        Ok(())
    }
}

/// One layer in a [`Summary`].
#[derive(Clone, Copy, Debug)]
pub struct SummaryRow {
    /// `conv1: conv2d(6, kernel = 5)`, as declared.
    pub layer: &'static str,
    /// Output shape.
    pub shape: &'static [usize],
    /// Number of parameters.
    pub parameters: usize,
    /// Multiply-adds of one prediction.
    pub multiply_adds: usize,
    /// Bytes of its parameters.
    pub bytes: usize,
}

impl Summary {
    /// Of a network, with what the macro knows of it.
    pub fn of<N: Network>(
        drawing: Drawing,
        rows: &'static [SummaryRow],
        notes: &'static [&'static str],
    ) -> Self {
        Self {
            name: N::NAME,
            drawing,
            rows,
            notes,
            parameters: N::PARAMETERS,
            multiply_adds: N::MULTIPLY_ADDS,
            tile: N::TILE,
            measures: N::Core::MEASURES,
            inference_bytes: N::INFERENCE_BYTES,
            training_bytes: N::TRAINING_BYTES,
        }
    }
}

impl SummaryRow {
    /// The row of a layer whose parameters are of type `S`.
    pub const fn of<S>(
        layer: &'static str,
        shape: &'static [usize],
        parameters: usize,
        multiply_adds: usize,
    ) -> Self {
        Self { layer, shape, parameters, multiply_adds, bytes: 0 }.storing::<S>(parameters)
    }

    /// The same for a layer that stores another number of numbers than it has parameters.
    pub const fn storing<S>(self, stored: usize) -> Self {
        Self { bytes: stored * size_of::<S>(), ..self }
    }
}

impl core::fmt::Display for Summary {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let width = self.rows.iter().map(|row| row.layer.chars().count()).max().unwrap_or(0).max(5);
        writeln!(f, "{}\n\n{}\n", self.name, self.drawing)?;
        writeln!(
            f,
            "{:<width$}  {:>16}  {:>11}  {:>13}  {:>11}",
            "layer", "output", "parameters", "multiply-adds", "bytes"
        )?;
        for row in self.rows {
            let shape = Shape(row.shape);
            writeln!(
                f,
                "{:<width$}  {:>16}  {:>11}  {:>13}  {:>11}",
                row.layer, shape, row.parameters, row.multiply_adds, row.bytes
            )?;
        }
        writeln!(f, "{:<width$}  {:>16}  {:>11}  {:>13}", "total", "", self.parameters, self.multiply_adds)?;
        write!(
            f,
            "tile {}; {} bytes to predict, {} bytes to train (without the optimizer's state)",
            self.tile, self.inference_bytes, self.training_bytes
        )?;
        if self.measures {
            write!(
                f,
                "\nbatch_norm measures over the batch, or where it has more than {} samples over each tile of up to as many (ghost \
                 batch normalisation); `tile` in the declaration changes it",
                self.tile
            )?;
        }
        for note in self.notes {
            write!(f, "\nnote: {note}")?;
        }
        Ok(())
    }
}

/// `[6, 14, 14]`, padded as the formatter asks.
struct Shape<'a>(&'a [usize]);

impl core::fmt::Display for Shape<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let digits = |n: usize| n.checked_ilog10().unwrap_or(0) as usize + 1;
        let len: usize = self.0.iter().map(|&n| digits(n) + 2).sum();
        for _ in len..f.width().unwrap_or(0) {
            f.write_str(" ")?;
        }
        write!(f, "{:?}", self.0)
    }
}
