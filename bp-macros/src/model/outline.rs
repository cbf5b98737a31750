//! The order of a network's layers as it was declared: chains of layers, branches that join, copies. What a drawing
//! of the graph is made of; passes work on [`Node`](super::Node)s instead.

use super::build::Builder;

/// One element of a chain.
#[derive(Debug)]
pub(crate) enum Part {
    /// The layer of this index.
    Layer(usize),
    /// Chains that begin at one value and meet in the layer of index `join`.
    Branches { join: usize, branches: Vec<Vec<Part>> },
    /// Copies of a chain, of which the first is given; `last` is the last layer of the last copy.
    Repeat { times: usize, first: Vec<Part>, last: usize },
}

/// The outline of a network in the making.
#[derive(Default)]
pub(super) struct Outline {
    /// The chain that is being built.
    pub(super) chain: Vec<Part>,
    /// Branches that have not met yet.
    open: Vec<Vec<Part>>,
}

impl Outline {
    /// The branches that were built last meet in a layer.
    pub(super) fn join(&mut self, layer: usize, branches: usize) {
        let branches = self.open.split_off(self.open.len().saturating_sub(branches));
        self.chain.push(Part::Branches { join: layer, branches });
    }
}

impl Builder<'_> {
    /// Builds something whose outline is a branch, to be joined.
    pub(super) fn in_branch<T>(&mut self, build: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::take(&mut self.outline.chain);
        let built = build(self);
        let branch = std::mem::replace(&mut self.outline.chain, outer);
        self.outline.open.push(branch);
        built
    }

    /// Builds copies of a chain, one after the other.
    pub(super) fn in_copies<T>(&mut self, times: usize, build: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::take(&mut self.outline.chain);
        let built = build(self);
        let mut first = std::mem::replace(&mut self.outline.chain, outer);
        // Copies have as many parts as each other.
        first.truncate(first.len() / times.max(1));
        let last = self.layers.len().saturating_sub(1);
        self.outline.chain.push(Part::Repeat { times, first, last });
        built
    }
}
