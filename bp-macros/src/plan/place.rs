//! Decides which values share a place: the output of a layer that works in place takes the room of its input,
//! a sum that of one of its terms, and the same for their gradients.

use super::Mode;
use super::fuse::Fused;
use super::graph::{Computation, Graph, Node};
use crate::layers::Form;

/// A graph in which values that share a place have the same home.
pub(super) struct Placed {
    pub(super) graph: Graph,
    /// For each value the first value of those that lie in the same place.
    pub(super) homes: Vec<usize>,
    /// The same for gradients.
    pub(super) gradient_homes: Vec<usize>,
}

pub(super) fn place(fused: Fused, mode: Mode) -> Placed {
    let Fused(graph) = fused;
    let mut homes: Vec<usize> = (0..graph.values.len()).collect();
    let mut gradient_homes = homes.clone();
    for node in &graph.nodes {
        if let Some(input) = overwritten(&graph, node, mode) {
            homes[node.output] = homes[input];
        }
        if let Some(input) = gradient_passed_on(&graph, node) {
            gradient_homes[node.output] = gradient_homes[input];
        }
    }
    Placed { graph, homes, gradient_homes }
}

/// The input whose place the output takes: one that nobody else reads, now or in backward. The network's
/// input is the caller's and is never overwritten.
fn overwritten(graph: &Graph, node: &Node, mode: Mode) -> Option<usize> {
    let free = |input: &usize| {
        let kept = mode == Mode::Training && graph.is_kept_by_its_maker(*input);
        *input != 0 && graph.readers(*input) == 1 && !kept
    };
    match &node.compute {
        Computation::Layer(layer) if layer.form == Form::InPlace => node.inputs.iter().copied().find(free),
        // One of the first two: beginning with a later one, prediction and training might add in different orders.
        Computation::Sum => node.inputs.iter().copied().take(2).find(free),
        _ => None,
    }
}

/// The input whose gradient takes the place of the output's: that of a layer in place, and one term of a sum.
/// Backward may work in place where forward must not, because nobody reads the output's gradient again.
fn gradient_passed_on(graph: &Graph, node: &Node) -> Option<usize> {
    let alone = |input: &usize| *input != 0 && graph.readers(*input) == 1;
    match &node.compute {
        Computation::Layer(layer) if layer.form == Form::InPlace => node.inputs.iter().copied().find(alone),
        Computation::Sum => node.inputs.iter().copied().find(alone),
        _ => None,
    }
}
