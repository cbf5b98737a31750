//! Puts an activation into the call of the layer before it: one output, no buffer between the two.

use super::Mode;
use super::graph::{Graph, Node};
use crate::layers::Form;

/// A graph in which some nodes carry an activation.
pub(super) struct Fused {
    pub(super) graph: Graph,
    /// For each node the layer that is applied to its output.
    pub(super) activations: Vec<Option<usize>>,
}

pub(super) fn fuse(graph: Graph, _: Mode) -> Fused {
    let Graph { values, nodes, output } = graph;
    let read_by = |value: usize, nodes: &[Node]| nodes.iter().filter(|node| node.x == value).count();
    let single: Vec<bool> =
        (0..values.len()).map(|value| read_by(value, &nodes) == 1 && value != output).collect();
    let mut fused: Vec<Node> = Vec::new();
    let mut activations = Vec::new();
    for node in nodes {
        let before = fused.iter().position(|other| other.y == node.x && other.form == Form::Fusible);
        match before {
            Some(index) if node.form == Form::InPlace && single[node.x] && activations[index] == None => {
                // What the activation needs of its output, the pair needs of its own.
                fused[index].y = node.y;
                fused[index].needs.output = node.needs.output;
                activations[index] = Some(node.layer);
            }
            _ => {
                fused.push(node);
                activations.push(None);
            }
        }
    }
    Fused { graph: Graph { values, nodes: fused, output }, activations }
}
