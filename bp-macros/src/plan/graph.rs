//! The network as nodes that turn values into another.

use crate::layers::{Form, Needs};
use crate::model::{Compute, Model};
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
    pub(super) inputs: Vec<usize>,
    pub(super) output: usize,
    pub(super) compute: Computation,
}

/// What a node computes.
pub(super) enum Computation {
    Layer(LayerNode),
    Sum,
    /// Of two inputs, number by number.
    Product,
    /// Within each group the inputs one after the other.
    Concat {
        groups: Size,
    },
}

/// A layer of one input.
pub(super) struct LayerNode {
    pub(super) needs: Needs,
    pub(super) form: Form,
    pub(super) saved: Size,
    /// Whether forward works in what it saves, in prediction too.
    pub(super) works_in_saved: bool,
    pub(super) scratch: Size,
    pub(super) trains: bool,
    /// Whether it normalises by stored statistics, so that prediction may do it where its input stands.
    pub(super) normalizes: bool,
    /// Such a layer that is applied to the output in the same call, before the activation.
    pub(super) norm: Option<usize>,
    /// A layer that is applied to the output in the same call.
    pub(super) activation: Option<usize>,
}

/// The graph of a model, with what the planner needs to know of each layer.
pub(super) fn build(model: &Model) -> Graph {
    let mut values: Vec<Value> = model
        .values
        .iter()
        .map(|value| Value { size: value.size.clone(), of: value.of.clone(), gradient: Wanted::IfInput })
        .collect();
    let mut nodes = Vec::new();
    for node in &model.nodes {
        let layer = &model.layers[node.layer];
        let compute = match (&node.compute, &layer.operation) {
            (Compute::Sum, _) => Computation::Sum,
            (Compute::Product, _) => Computation::Product,
            (Compute::Concat { groups }, _) => Computation::Concat { groups: groups.clone() },
            (Compute::Layer, None) => continue,
            (Compute::Layer, Some(operation)) => Computation::Layer(LayerNode {
                needs: layer.needs(),
                form: operation.form,
                saved: operation.saved.clone(),
                works_in_saved: operation.works_in_saved,
                scratch: operation.scratch.clone(),
                trains: layer.trains(),
                normalizes: operation.measured.is_some(),
                norm: None,
                activation: None,
            }),
        };
        let trains_below = node.inputs.iter().any(|&input| values[input].gradient == Wanted::Always);
        if trains_below || layer.trains() {
            values[node.output].gradient = Wanted::Always;
        }
        nodes.push(Node {
            layer: node.layer,
            name: layer.name.to_string(),
            inputs: node.inputs.clone(),
            output: node.output,
            compute,
        });
    }
    Graph { values, nodes, output: model.output.value }
}

impl Graph {
    /// How often a value is read by nodes.
    pub(super) fn readers(&self, value: usize) -> usize {
        self.nodes.iter().flat_map(|node| &node.inputs).filter(|input| **input == value).count()
    }

    /// Whether the node that makes a value reads it again in backward.
    pub(super) fn is_kept_by_its_maker(&self, value: usize) -> bool {
        self.nodes
            .iter()
            .any(|node| node.output == value && node.layer_node().is_some_and(|layer| layer.needs.output))
    }
}

impl Node {
    pub(super) fn layer_node(&self) -> Option<&LayerNode> {
        match &self.compute {
            Computation::Layer(layer) => Some(layer),
            _ => None,
        }
    }
}
