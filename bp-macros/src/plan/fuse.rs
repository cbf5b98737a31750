//! Puts an activation into the call of the layer before it, and in prediction batch normalisation too: one output, no
//! buffer between them.

use super::Mode;
use super::graph::{Computation, Graph, Node};
use crate::layers::Form;

/// A graph in which some layers carry an activation.
pub(super) struct Fused(pub(super) Graph);

/// A layer that allows it takes over the activation that alone reads its output.
pub(super) fn fuse(graph: Graph, mode: Mode) -> Fused {
    let alone: Vec<bool> =
        (0..graph.values.len()).map(|value| graph.readers(value) == 1 && value != graph.output).collect();
    let Graph { values, nodes, output } = graph;
    let mut fused: Vec<Node> = Vec::new();
    for node in nodes {
        if let Computation::Layer(activation) = &node.compute
            && (activation.form == Form::InPlace || (activation.normalizes && mode != Mode::Training))
            && let [input] = node.inputs.as_slice()
            && alone[*input]
            && let Some(before) = fused.iter_mut().find(|before| before.output == *input)
            && let Computation::Layer(layer) = &mut before.compute
            && layer.form == Form::Fusible
            && layer.activation.is_none()
            && !(activation.normalizes && layer.norm.is_some())
        {
            before.output = node.output;
            if activation.normalizes {
                layer.norm = Some(node.layer);
                continue;
            }
            // What the activation needs of its output, the pair needs of its own.
            layer.needs.output = activation.needs.output;
            layer.activation = Some(node.layer);
            continue;
        }
        fused.push(node);
    }
    Fused(Graph { values, nodes: fused, output })
}
