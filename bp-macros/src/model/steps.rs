//! A network on a sequence, for one step of time or a block of several: the same graph, with the shapes and descriptions of so
//! many steps.

use super::{Compute, Equal, Flow, Layer, Model, Node, Value};
use crate::layers::{Form, Operation, Remembers, Stepwise, Why};
use crate::shape::Shape;
use crate::size::Size;
use quote::{format_ident, quote};

/// A network, one step of time at a time.
pub(crate) enum Steps {
    /// All layers are causal. This is the network of one step.
    Causal(Box<Model>),
    /// It is on a sequence, and a layer cannot.
    Never(usize, Why),
    /// Its input has no time axis.
    Timeless,
}

/// Steps of a block: enough for kernels, and few enough that a block's values stay in the first cache.
const BLOCK: usize = 32;

/// What flows in a step or a block: its part of what has a time axis, or all of what has none.
#[derive(Clone)]
struct Part {
    has_time: bool,
    shape: Shape,
}

/// The network of one step, if all layers are causal.
pub(crate) fn steps(model: &Model) -> Steps {
    of_steps(model, 1)
}

/// The network of a block of steps and their number, if that takes less than one step after the other.
pub(crate) fn block(model: &Model) -> Option<(Model, usize)> {
    let layers = || model.layers.iter().filter_map(|layer| Some(&layer.operation.as_ref()?.stepwise));
    let gains = |of: &Stepwise| matches!(of, Stepwise::Remembers(Remembers { gains_in_blocks: true, .. }));
    // A network within the network may have no block; a step's answer behind `last` has no time axis to stand on.
    let is_single = |of: &Stepwise| matches!(of, Stepwise::Block | Stepwise::Last);
    if !layers().any(gains) || layers().any(is_single) {
        return None;
    }
    match of_steps(model, BLOCK) {
        Steps::Causal(model) => Some((*model, BLOCK)),
        Steps::Never(..) | Steps::Timeless => None,
    }
}

fn of_steps(model: &Model, count: usize) -> Steps {
    let (time, first) = match model.input.0.as_slice() {
        [time, features] => (time, features.clone()),
        [time] if model.input_rows.is_some() => (time, Size::Known(1)),
        _ => return Steps::Timeless,
    };
    let first = Part { has_time: true, shape: in_time(count, vec![first]) };
    let parts = vec![None; model.values.len()];
    let mut builder = Builder { model, time, count, layers: model.layers.clone(), parts, equal: Vec::new() };
    builder.parts[0] = Some(first.clone());
    let mut nodes = Vec::new();
    for node in &model.nodes {
        match builder.node(node) {
            Ok(node) => nodes.push(node),
            Err(why) => {
                return Steps::Never(node.layer, why);
            }
        }
    }
    let Builder { layers, parts, equal, .. } = builder;
    let parts: Vec<Part> = parts.into_iter().map(|part| part.unwrap_or_else(|| first.clone())).collect();
    let value = |(value, part): (&Value, &Part)| Value { size: part.shape.features(), ..value.clone() };
    let output = Flow { value: model.output.value, shape: parts[model.output.value].shape.clone() };
    Steps::Causal(Box::new(Model {
        name: model.name.clone(),
        constants: model.constants.clone(),
        scalar: model.scalar.clone(),
        input: first.shape,
        input_rows: model.input_rows.clone(),
        lengths: None,
        layers,
        values: model.values.iter().zip(&parts).map(value).collect(),
        nodes,
        output,
        outline: Vec::new(),
        nested: Vec::new(),
        heads: Vec::new(),
        loss: None,
        tile: None,
        budget: Vec::new(),
        weights: None,
        equal,
        notes: Vec::new(),
    }))
}

/// Why a network cannot run one step at a time, in words.
pub(crate) fn because(layer: &Layer, why: Why) -> String {
    format!("its layer `{}` {}", layer.name, why.words())
}

/// Values of so many steps.
fn in_time(count: usize, mut of_step: Vec<Size>) -> Shape {
    if count > 1 {
        of_step.insert(0, Size::Known(count));
    }
    Shape(of_step)
}

struct Builder<'a> {
    model: &'a Model,
    /// The time axis of the input.
    time: &'a Size,
    /// How many steps at a time.
    count: usize,
    layers: Vec<Layer>,
    /// For each value that has been computed.
    parts: Vec<Option<Part>>,
    /// Sizes that must be equal for a step, which only the compiler can tell.
    equal: Vec<Equal>,
}

impl Builder<'_> {
    /// The node of one step, or why there is none.
    fn node(&mut self, node: &Node) -> Result<Node, Why> {
        let inputs: Vec<Part> = node.inputs.iter().filter_map(|input| self.parts[*input].clone()).collect();
        let has_time = inputs.iter().any(|part| part.has_time);
        let whole = Part { has_time: false, shape: self.model.layers[node.layer].output.clone() };
        let mut compute = node.compute.clone();
        let part = match &node.compute {
            _ if !has_time => whole,
            Compute::Layer => self.layer(node.layer, &inputs[0].shape)?,
            Compute::Concat { .. } if self.is_heads(node) => {
                let features = inputs.iter().map(|part| part.shape.features());
                let sum = features.fold(Size::Known(0), |sum, size| sum.plus(&size));
                // Of a block too, the steps of the heads stand beside each other.
                compute = Compute::Concat { groups: Size::Known(self.count) };
                Part { has_time, shape: Shape::flat(sum) }
            }
            _ if inputs.iter().any(|part| !part.has_time) => {
                return Err(Why::JoinsTimeless);
            }
            Compute::Sum | Compute::Product => inputs[0].clone(),
            Compute::Concat { groups } if groups.equals(self.time) == Some(true) => {
                compute = Compute::Concat { groups: Size::Known(self.count) };
                self.without_time(node.layer)
            }
            Compute::Concat { .. } => return Err(Why::JoinsTime),
        };
        self.parts[node.output] = Some(part);
        Ok(Node { layer: node.layer, compute, inputs: node.inputs.clone(), output: node.output })
    }

    fn is_heads(&self, node: &Node) -> bool {
        !self.model.heads.is_empty() && node.output == self.model.output.value
    }

    /// A step or a block of a layer's output.
    fn without_time(&self, layer: usize) -> Part {
        let axes = &self.model.layers[layer].output.0;
        Part { has_time: true, shape: in_time(self.count, axes.iter().skip(1).cloned().collect()) }
    }

    /// A layer on what has a time axis: its description becomes that of a step or a block.
    fn layer(&mut self, index: usize, input: &Shape) -> Result<Part, Why> {
        let output = self.without_time(index);
        let all_at_once = because(&self.layers[index], Why::AllAtOnce);
        let layer = &mut self.layers[index];
        let Some(operation) = &mut layer.operation else { return Ok(output) };
        let is_block = matches!(operation.stepwise, Stepwise::Block);
        let axis = layer.input.0.first().filter(|_| layer.input.rank() > 1 || operation.input_rows.is_some());
        match axis.map(|axis| (axis, axis.equals(self.time))) {
            _ if is_block => {}
            Some((_, Some(true))) => {}
            // Only the compiler can tell.
            Some((axis, None)) => self.equal.push(Equal {
                a: axis.clone(),
                b: self.time.clone(),
                message: all_at_once,
                span: layer.name.span(),
            }),
            _ => return Err(Why::AllAtOnce),
        }
        operation.multiply_adds = operation.multiply_adds.divided_by(self.time);
        let (mut output, count) = (output, Size::Known(self.count));
        let at_step = |method: &str| {
            let method = format_ident!("{method}");
            quote!(.#method(#count))
        };
        match operation.stepwise.clone() {
            Stepwise::Alone(method) => layer.at_step = method.map(at_step).unwrap_or_default(),
            Stepwise::Last => {
                layer.at_step = at_step("steps");
                output = Part { has_time: false, shape: layer.output.clone() };
            }
            Stepwise::Remembers(Remembers { carries, .. }) => {
                layer.carries = carries;
                layer.at_step = at_step("steps");
                let (constants, constant) = (&self.model.constants, &layer.constant);
                let at_step = &layer.at_step;
                let description = quote!(#constants::#constant #at_step);
                layer.memory = Some(Size::expression(quote!(#description.memory())));
                operation.saved = Size::expression(quote!(#description.saved()));
                operation.works_in_saved = true;
                if operation.form == Form::InPlace {
                    operation.form = Form::Apart;
                }
            }
            Stepwise::Block => {
                let Operation { descriptor, .. } = operation;
                let steps = quote!(<#descriptor as ::backprop::codegen::Steps>);
                operation.multiply_adds = Size::expression(quote!(#steps::STEP_MULTIPLY_ADDS));
                layer.memory = Some(Size::expression(quote!(#steps::MEMORY)));
                layer.carries = true;
                let outputs = Size::expression(quote!(#steps::STEP_OUTPUTS));
                output = Part { has_time: true, shape: Shape::flat(outputs) };
            }
            Stepwise::Never(why) => return Err(why),
        }
        layer.input = input.clone();
        layer.output = output.shape.clone();
        Ok(output)
    }
}
