//! Plans of random chains and graphs, executed on terms: every call must find in its slots what it expects there.

use super::{Buffer, Call, LayerCall, Mode, Move, Place, Plan, plan};
use crate::golden::model;
use crate::model::{Compute, Model, Node};
use crate::size::Size;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What lies somewhere: a sum of terms, sorted.
type Content = Vec<Term>;

/// One term of what lies somewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Term {
    /// What a layer has computed, by the value.
    Value(usize),
    /// What a layer has given back for its input, by the layer.
    Back(usize),
    /// The gradient that the caller gives.
    Given,
    /// A part of a concatenation, from a place on.
    Part(String, Content),
    /// A product, its factors sorted.
    Product(Vec<Content>),
    /// A part that has been taken out of a concatenation's gradient.
    Taken(String, Content),
    Saved(usize),
    Garbage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Room {
    Slot(usize),
    Given(Place),
}

fn sum(a: &Content, b: &Content) -> Content {
    let mut both = [a.as_slice(), b].concat();
    both.sort();
    both
}

fn product(mut factors: Vec<Content>) -> Content {
    factors.sort();
    vec![Term::Product(factors)]
}

/// What must lie where a value is read, worked out from the model alone.
fn expected(model: &Model, value: usize) -> Content {
    let Some(node) = model.nodes.iter().find(|node| node.output == value) else {
        return vec![Term::Value(value)];
    };
    let inputs = node.inputs.iter().map(|&input| expected(model, input));
    match &node.compute {
        Compute::Layer => vec![Term::Value(value)],
        Compute::Sum => inputs.fold(Vec::new(), |all, input| sum(&all, &input)),
        Compute::Product => product(inputs.collect()),
        Compute::Concat { .. } => {
            let parts =
                inputs.zip(offsets(model, node)).map(|(input, offset)| vec![Term::Part(offset, input)]);
            parts.fold(Vec::new(), |all, part| sum(&all, &part))
        }
    }
}

/// What must lie where the gradient with respect to a value is read.
fn expected_gradient(model: &Model, value: usize) -> Content {
    let mut content = Vec::new();
    if value == model.output.value {
        content.push(Term::Given);
    }
    for node in &model.nodes {
        let offsets = offsets(model, node);
        let others = node.inputs.iter().rev();
        for ((&input, &other), offset) in node.inputs.iter().zip(others).zip(offsets) {
            if input == value {
                let contribution = match &node.compute {
                    Compute::Layer => vec![Term::Back(node.layer)],
                    Compute::Sum => expected_gradient(model, node.output),
                    Compute::Product => {
                        product(vec![expected_gradient(model, node.output), expected(model, other)])
                    }
                    Compute::Concat { .. } => {
                        vec![Term::Taken(offset, expected_gradient(model, node.output))]
                    }
                };
                content = sum(&content, &contribution);
            }
        }
    }
    content
}

/// Where the inputs of a concatenation begin.
fn offsets(model: &Model, node: &Node) -> Vec<String> {
    let mut offset = 0;
    let mut begin = |input: &usize| {
        let here = offset;
        offset += model.values[*input].size.known().unwrap_or(0);
        here.to_string()
    };
    node.inputs.iter().map(&mut begin).collect()
}

struct Machine<'a> {
    model: &'a Model,
    plan: &'a Plan,
    memory: BTreeMap<Room, Content>,
}

impl Machine<'_> {
    fn room(&self, place: Place) -> Room {
        match place {
            Place::Buffer(index) => Room::Slot(self.plan.buffers[index].slot),
            given => Room::Given(given),
        }
    }

    fn node(&self, layer: usize) -> &Node {
        self.model.nodes.iter().find(|node| node.layer == layer).expect("every step has a node")
    }

    /// Input and output of a layer's call; the output is that of its activation, if it has one.
    fn ends(&self, layer: usize, call: &LayerCall) -> (usize, usize) {
        (self.node(layer).inputs[0], self.node(call.activation.or(call.norm).unwrap_or(layer)).output)
    }

    #[track_caller]
    fn expect(&self, place: Option<Place>, content: &Content, what: &str, layer: usize) {
        let name = &self.model.layers[layer].name;
        let place = place.unwrap_or_else(|| panic!("{name} reads {what} and has no place for it"));
        assert_eq!(self.memory.get(&self.room(place)), Some(content), "{name} reads {what}\n{}", self.plan);
    }

    fn write(&mut self, place: Place, content: Content) {
        assert_ne!(place, Place::Input, "the caller's input is overwritten");
        self.memory.insert(self.room(place), content);
    }

    fn moves(&mut self, step: &Move) {
        let (from, to) = (self.room(step.from), self.room(step.to));
        assert_ne!(from, to, "a move within one slot\n{}", self.plan);
        let mut read = self.memory.get(&from).cloned().unwrap_or(vec![Term::Garbage]);
        if let Some(times) = step.times {
            let times = self.room(times);
            assert_ne!(times, to, "a product within one slot\n{}", self.plan);
            read = product(vec![read, self.memory.get(&times).cloned().unwrap_or(vec![Term::Garbage])]);
        }
        let there = self.memory.get(&to).cloned().unwrap_or_default();
        let content = match &step.part {
            None if step.add => sum(&there, &read),
            None => read,
            Some(part) if part.taken => {
                let taken = vec![Term::Taken(part.offset.to_string(), read)];
                if step.add { sum(&there, &taken) } else { taken }
            }
            Some(part) => {
                // The first part makes an end of what was there.
                let there = if part.offset.known() == Some(0) { Vec::new() } else { there };
                sum(&there, &vec![Term::Part(part.offset.to_string(), read)])
            }
        };
        self.write(step.to, content);
    }

    fn forward(&mut self) {
        self.memory.insert(Room::Given(Place::Input), vec![Term::Value(0)]);
        for step in &self.plan.forward {
            let call = match &step.call {
                Call::Layer(call) => call,
                Call::Move(step) => {
                    self.moves(step);
                    continue;
                }
            };
            let (input, output) = self.ends(step.layer, call);
            let read = if call.in_place { call.y } else { call.x };
            self.expect(read, &expected(self.model, input), "its input", step.layer);
            let y = call.y.expect("an output");
            if !call.in_place {
                assert_ne!(call.x.map(|x| self.room(x)), Some(self.room(y)), "x and y share a slot");
            }
            self.write(y, vec![Term::Value(output)]);
            if let Some(saved) = call.saved {
                assert_ne!(self.room(saved), self.room(y), "y and saved share a slot");
                self.write(saved, vec![Term::Saved(step.layer)]);
            }
        }
        let output = self.memory.get(&Room::Given(Place::Output));
        let expected = expected(self.model, self.model.output.value);
        assert_eq!(output, Some(&expected), "the output\n{}", self.plan);
    }

    fn backward(&mut self, input_gradient: bool) {
        self.write(Place::OutputGradient, vec![Term::Given]);
        for step in &self.plan.backward {
            if !input_gradient && step.only_for_input {
                continue;
            }
            match &step.call {
                Call::Layer(call) => self.backward_layer(step.layer, call),
                Call::Move(step) => self.moves(step),
            }
        }
        if input_gradient {
            let dx = self.memory.get(&Room::Given(Place::InputGradient));
            let expected = expected_gradient(self.model, 0);
            assert_eq!(dx, Some(&expected), "the input's gradient\n{}", self.plan);
        }
    }

    fn backward_layer(&mut self, layer: usize, call: &LayerCall) {
        let (input, output) = self.ends(layer, call);
        if let Some(scratch) = call.scratch {
            self.write(scratch, vec![Term::Garbage]);
        }
        let operation = self.model.layers[layer].operation.as_ref().expect("a computation");
        let last =
            self.model.layers[call.activation.unwrap_or(layer)].operation.as_ref().expect("a computation");
        let dy = call.dy.expect("a gradient to start from");
        let gradient = expected_gradient(self.model, output);
        self.expect(Some(dy), &gradient, "dy", layer);
        if let (Some((dx, _)), false) = (call.dx, call.in_place) {
            assert_ne!(self.room(dx), self.room(dy), "dx and dy share a slot\n{}", self.plan);
            self.write(dx, vec![Term::Back(layer)]);
        }
        if self.model.layers[layer].needs().input {
            self.expect(call.x, &expected(self.model, input), "x", layer);
        }
        if last.needs.output {
            self.expect(call.y, &expected(self.model, output), "y", layer);
        }
        if operation.saved.known() != Some(0) {
            self.expect(call.saved, &vec![Term::Saved(layer)], "what it saved", layer);
        }
        self.expect(Some(dy), &gradient, "dy", layer);
        if call.in_place {
            self.write(dy, vec![Term::Back(layer)]);
        }
    }
}

fn run(model: &Model, mode: Mode) {
    let plan = plan(model, mode);
    for (index, Buffer { what, size, slot, live, .. }) in plan.buffers.iter().enumerate() {
        for other in &plan.buffers[index + 1..] {
            let overlap = live.0 <= other.live.1 && other.live.0 <= live.1;
            assert!(!(overlap && *slot == other.slot), "{what} and {} share a slot\n{plan}", other.what);
        }
        if let (Size::Known(size), Size::Known(slot)) = (size, &plan.slots[*slot]) {
            assert!(size <= slot, "{what} does not fit\n{plan}");
        }
    }
    for input_gradient in [true, false] {
        let mut machine = Machine { model, plan: &plan, memory: BTreeMap::new() };
        machine.forward();
        if mode == Mode::Training {
            machine.backward(input_gradient);
        }
    }
}

/// A chain that fits its shapes: each number chooses among what may come next.
fn chain(choices: &[u8], symbolic: bool) -> String {
    const EVERYWHERE: &[&str] = &["relu", "leaky_relu", "sigmoid", "tanh", "dropout", "softmax"];
    let mut side = 12;
    let mut flat = false;
    let mut layers = Vec::new();
    for &choice in choices {
        let choice = usize::from(choice);
        let next = match (choice % 10, flat) {
            (rest @ 0..6, _) => EVERYWHERE[rest].to_owned(),
            (6, false) => {
                flat = true;
                "flatten".to_owned()
            }
            (7, false) if side >= 2 => {
                side /= 2;
                if choice % 20 < 10 { "max_pool2d(2)".to_owned() } else { "avg_pool2d(2)".to_owned() }
            }
            (_, false) => format!("conv2d({}, kernel = 3, padding = same)", 1 + choice % 5),
            (_, true) if symbolic => format!("dense({} * WIDTH)", 1 + choice % 3),
            (_, true) => format!("dense({})", 1 + choice / 2),
        };
        layers.push(next);
    }
    format!("input = [2, 12, 12], layers = [{}]", layers.join(", "))
}

/// A graph of nested groups that begins and ends in six features.
fn graph(choices: &mut impl Iterator<Item = u8>, depth: usize) -> String {
    let length = choices.next().map_or(1, |choice| 1 + choice % 3);
    let layers: Vec<_> = (0..length).map(|_| element(choices, depth)).collect();
    layers.join(", ")
}

fn element(choices: &mut impl Iterator<Item = u8>, depth: usize) -> String {
    const LAYERS: &[&str] = &["relu", "tanh", "silu", "dropout", "batch_norm", "dense(6)", "frozen dense(6)"];
    let choice = usize::from(choices.next().unwrap_or(0));
    if depth == 0 || choice % 3 > 0 {
        return LAYERS[choice % LAYERS.len()].to_owned();
    }
    let mut inner = || graph(choices, depth - 1);
    match choice / 3 % 7 {
        0 => format!("residual[{}]", inner()),
        1 => format!("residual(shortcut = [{}])[{}]", inner(), inner()),
        2 => format!("sum[[{}], [], [{}]]", inner(), inner()),
        4 => format!("product[[{}], [{}], []]", inner(), inner()),
        5 => format!("product[[{}], [{}]]", inner(), inner()),
        3 => format!("concat[[{}], [{}, dense(3)]], dense(6)", inner(), inner()).replace("[, ", "["),
        _ => format!("repeat(2)[{}]", inner()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn every_value_read_has_been_written(
        choices in prop::collection::vec(any::<u8>(), 1..14),
        symbolic in any::<bool>(),
    ) {
        let text = chain(&choices, symbolic);
        prop_assume!(choices.iter().any(|choice| choice % 10 != 6));
        let model = model(&text);
        run(&model, Mode::Training);
        run(&model, Mode::Inference);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn graphs_find_what_they_read(choices in prop::collection::vec(any::<u8>(), 1..40)) {
        let mut choices = choices.into_iter();
        let text = format!("input = 6, layers = [{}, dense(2)]", graph(&mut choices, 3)).replace("[, ", "[");
        let model = model(&text);
        run(&model, Mode::Training);
        run(&model, Mode::Inference);
    }
}
