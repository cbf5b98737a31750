//! The network as nodes that turn one value into another.

use crate::layers::{Form, Needs};
use crate::model::Model;
use crate::size::Size;

/// Nodes in the order of computation. Value 0 is the input.
pub(super) struct Graph {
    pub(super) values: Vec<Value>,
    pub(super) nodes: Vec<Node>,
    /// The value that is the network's output.
    pub(super) output: usize,
}

/// Numbers that flow.
pub(super) struct Value {
    pub(super) size: Size,
    /// Whose output it is, for humans.
    pub(super) of: String,
    /// When its gradient is wanted.
    pub(super) gradient: Wanted,
}

/// When a gradient is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Something below it is trained.
    Always,
    /// Only for the gradient with respect to the network's input.
    IfInput,
}

/// A computation.
pub(super) struct Node {
    pub(super) layer: usize,
    pub(super) name: String,
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) needs: Needs,
    pub(super) form: Form,
    pub(super) saved: Size,
    pub(super) scratch: Size,
    pub(super) trains: bool,
}

/// Layers that only change the shape leave no node: their output is their input.
pub(super) fn build(model: &Model) -> Graph {
    let input = Value { size: model.input.features(), of: "input".to_owned(), gradient: Wanted::IfInput };
    let mut graph = Graph { values: vec![input], nodes: Vec::new(), output: 0 };
    for (index, layer) in model.layers.iter().enumerate() {
        let Some(operation) = &layer.operation else { continue };
        let x = graph.output;
        let y = graph.values.len();
        let trains = operation.parameters.is_some();
        let below = graph.values[x].gradient;
        graph.values.push(Value {
            size: layer.output.features(),
            of: layer.name.to_string(),
            gradient: if trains { Wanted::Always } else { below },
        });
        graph.nodes.push(Node {
            layer: index,
            name: layer.name.to_string(),
            x,
            y,
            needs: operation.needs,
            form: operation.form,
            saved: operation.saved.clone(),
            scratch: operation.scratch.clone(),
            trains,
        });
        graph.output = y;
    }
    graph
}

impl Graph {
    /// How many nodes read a value.
    pub(super) fn readers(&self, value: usize) -> usize {
        self.nodes.iter().filter(|node| node.x == value).count()
    }

    /// The node that computes a value.
    pub(super) fn producer(&self, value: usize) -> Option<&Node> {
        self.nodes.iter().find(|node| node.y == value)
    }
}
