//! Decides which nodes work in place: their output takes the room of their input.

use super::Mode;
use super::fuse::Fused;
use super::graph::Graph;
use crate::layers::Form;

/// A graph in which values that share a place have the same home.
pub(super) struct Placed {
    pub(super) graph: Graph,
    pub(super) activations: Vec<Option<usize>>,
    /// For each node whether it works in place.
    pub(super) in_place: Vec<bool>,
    /// For each value the first value of those that lie in the same place.
    pub(super) home: Vec<usize>,
}

/// A node works in place where nobody else reads its input, now or in backward. The network's input is the
/// caller's and is never overwritten.
pub(super) fn place(fused: Fused, mode: Mode) -> Placed {
    let Fused { graph, activations } = fused;
    let mut home: Vec<usize> = (0..graph.values.len()).collect();
    let mut in_place = Vec::new();
    for node in &graph.nodes {
        let kept =
            mode == Mode::Training && graph.producer(node.x).is_none_or(|producer| producer.needs.output);
        let possible = node.form == Form::InPlace && node.x != 0 && graph.readers(node.x) == 1 && !kept;
        if possible {
            home[node.y] = home[node.x];
        }
        in_place.push(possible);
    }
    Placed { graph, activations, in_place, home }
}
