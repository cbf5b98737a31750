//! Decides which nodes work in place: their output takes the room of their input.

use super::Mode;
use super::fuse::Fused;
use super::graph::Graph;
use crate::layers::Form;

/// A graph in which values that share a place have the same home.
pub(super) struct Placed {
    pub(super) graph: Graph,
    pub(super) activations: Vec<Option<usize>>,
    /// For each node whether it works in place: forward, and backward.
    pub(super) in_place: Vec<InPlace>,
    /// For each value the first value of those that lie in the same place.
    pub(super) home: Vec<usize>,
    /// For each value the last value of those whose gradients lie in the same place.
    pub(super) gradient_home: Vec<usize>,
}

/// Whether a node works in place. Backward may where forward must not: nobody reads a gradient again.
#[derive(Clone, Copy)]
pub(super) struct InPlace {
    pub(super) forward: bool,
    pub(super) backward: bool,
}

/// A node works in place where nobody else reads its input, now or in backward; in backward where nobody adds to
/// the gradient of its input. The network's input and its gradient are the caller's and never shared.
pub(super) fn place(fused: Fused, mode: Mode) -> Placed {
    let Fused { graph, activations } = fused;
    let mut home: Vec<usize> = (0..graph.values.len()).collect();
    let mut gradient_home = home.clone();
    let mut in_place = Vec::new();
    for node in &graph.nodes {
        let kept =
            mode == Mode::Training && graph.producer(node.x).is_none_or(|producer| producer.needs.output);
        let backward = node.form == Form::InPlace && node.x != 0 && graph.readers(node.x) == 1;
        let forward = backward && !kept;
        if forward {
            home[node.y] = home[node.x];
        }
        in_place.push(InPlace { forward, backward });
    }
    for (node, in_place) in graph.nodes.iter().zip(&in_place).rev() {
        if in_place.backward {
            gradient_home[node.x] = gradient_home[node.y];
        }
    }
    Placed { graph, activations, in_place, home, gradient_home }
}
