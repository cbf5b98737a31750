//! What was taken from a file, and what was not.

use super::error::{Quoted, Start};
use std::collections::BTreeMap;
use std::fmt;

/// What a file had for a network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Tensors of the network that have been set.
    pub taken: Vec<String>,
    /// Names that tensors of the network would have in the file, which lacks them: they are as they were.
    pub missing: Vec<String>,
    /// Tensors of the file that the network lacks.
    pub unexpected: Vec<String>,
    /// Tensors that have another shape in the file: they are as they were.
    pub other_shape: Vec<OtherShape>,
    /// The file's metadata.
    pub metadata: BTreeMap<String, String>,
}

/// A tensor that has another shape in the file than in the network.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherShape {
    /// The tensor.
    pub tensor: String,
    /// Its shape in the file.
    pub found: Vec<usize>,
    /// Its shape in the network.
    pub expected: Vec<usize>,
}

impl Report {
    /// Whether every tensor of the network has been set, and the file has no others.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty() && self.unexpected.is_empty() && self.other_shape.is_empty()
    }
}

/// `taken: `dense1.weight`; missing: `head.weight`; …`
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} taken", self.taken.len())?;
        for (what, names) in [("missing", &self.missing), ("not in the network", &self.unexpected)] {
            if !names.is_empty() {
                write!(f, "; {what}: {}", Quoted(names))?;
            }
        }
        for OtherShape { tensor, found, expected } in self.other_shape.iter().take(20) {
            let found = format!("{found:?}");
            write!(
                f,
                "; `{tensor}` has the shape {} in the file and {expected:?} in the network",
                Start(&found, 100)
            )?;
        }
        Ok(())
    }
}
