//! The order of calls, and the buffers they read and write, each with its first and last step.

use super::graph::{Computation, Graph, LayerNode, Node, Wanted};
use super::place::Placed;
use super::{Call, LayerCall, Mode, Move, Part, Place, Role, Step, What};
use crate::size::Size;
use std::collections::BTreeMap;

/// Steps over buffers that have no slots yet.
pub(super) struct Schedule {
    pub(super) forward: Vec<Step>,
    pub(super) backward: Vec<Step>,
    pub(super) buffers: Vec<Draft>,
}

/// A buffer without a slot.
pub(super) struct Draft {
    pub(super) what: What,
    pub(super) size: Size,
    pub(super) live: (usize, usize),
}

/// What a buffer holds; the key under which it is found again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Holds {
    Value(usize),
    Gradient(usize),
    Saved(usize),
    Scratch(usize),
    /// A further contribution to the gradient of what several nodes read, made by a layer.
    Contribution(usize),
}

/// Forward in the order of the graph; backward in the reverse order. Time goes on from one to the other.
pub(super) fn schedule(placed: Placed, mode: Mode) -> Schedule {
    let started = vec![false; placed.graph.values.len()];
    let mut scheduler = Scheduler {
        placed: &placed,
        mode,
        buffers: Vec::new(),
        index: BTreeMap::new(),
        steps: Vec::new(),
        start: 0,
        started,
    };
    for node in &placed.graph.nodes {
        scheduler.forward(node);
    }
    let forward = std::mem::take(&mut scheduler.steps);
    // One step between the two is the loss.
    scheduler.start = forward.len() + 1;
    if mode == Mode::Training {
        for node in placed.graph.nodes.iter().rev() {
            scheduler.backward(node);
        }
    }
    Schedule { forward, backward: scheduler.steps, buffers: scheduler.buffers }
}

struct Scheduler<'a> {
    placed: &'a Placed,
    mode: Mode,
    buffers: Vec<Draft>,
    index: BTreeMap<Holds, usize>,
    steps: Vec<Step>,
    /// Time of the first of `steps`.
    start: usize,
    /// For each value whether something has been written to its gradient.
    started: Vec<bool>,
}

impl<'a> Scheduler<'a> {
    fn graph(&self) -> &'a Graph {
        &self.placed.graph
    }

    fn push(&mut self, node: &Node, only_for_input: bool, call: Call) {
        self.steps.push(Step { layer: node.layer, only_for_input, call });
    }

    fn forward(&mut self, node: &Node) {
        match &node.compute {
            Computation::Layer(layer) => self.forward_layer(node, layer),
            Computation::Sum => self.forward_sum(node),
            Computation::Product => self.forward_product(node),
            Computation::Concat { groups } => {
                for (number, &input) in node.inputs.iter().enumerate() {
                    let part = self.part(node, number, groups, false);
                    self.forward_move(node, input, false, Some(part));
                }
            }
        }
    }

    fn forward_layer(&mut self, node: &Node, layer: &LayerNode) {
        let input = node.inputs[0];
        let in_place = self.placed.homes[input] == self.placed.homes[node.output];
        let call = LayerCall {
            norm: layer.norm,
            activation: layer.activation,
            in_place,
            x: (!in_place).then(|| self.value(input)),
            y: Some(self.value(node.output)),
            saved: match self.mode {
                Mode::Inference | Mode::Step if !layer.works_in_saved => None,
                _ => self.extra(Holds::Saved(node.layer), Role::Saved, node, &layer.saved),
            },
            ..LayerCall::default()
        };
        self.push(node, false, Call::Layer(call));
    }

    /// The term whose place the sum takes is there already; without one the first is copied.
    fn forward_sum(&mut self, node: &Node) {
        let home = self.placed.homes[node.output];
        let resident = node.inputs.iter().position(|&input| self.placed.homes[input] == home);
        for (number, &input) in node.inputs.iter().enumerate() {
            if resident != Some(number) {
                self.forward_move(node, input, resident.is_some() || number > 0, None);
            }
        }
    }

    fn forward_move(&mut self, node: &Node, input: usize, add: bool, part: Option<Part>) {
        let (from, to) = (self.value(input), self.value(node.output));
        self.push(node, false, Call::Move(Move { from, to, times: None, add, part }));
    }

    fn forward_product(&mut self, node: &Node) {
        let (from, times) = (self.value(node.inputs[0]), Some(self.value(node.inputs[1])));
        let to = self.value(node.output);
        self.push(node, false, Call::Move(Move { from, to, times, add: false, part: None }));
    }

    /// Where an input of a concatenation stands.
    fn part(&self, node: &Node, number: usize, groups: &Size, taken: bool) -> Part {
        let size = |input: &usize| self.graph().values[*input].size.divided_by(groups);
        let offset =
            node.inputs[..number].iter().fold(Size::Known(0), |offset, input| offset.plus(&size(input)));
        Part { groups: groups.clone(), offset, taken }
    }

    fn backward(&mut self, node: &Node) {
        match &node.compute {
            Computation::Layer(layer) => self.backward_layer(node, layer),
            Computation::Sum => {
                let home = self.placed.gradient_homes[node.output];
                let resident =
                    node.inputs.iter().position(|&input| self.placed.gradient_homes[input] == home);
                for (number, &input) in node.inputs.iter().enumerate() {
                    if resident == Some(number) {
                        self.started[input] = true;
                    } else {
                        self.backward_move(node, input, None, None);
                    }
                }
            }
            Computation::Product => {
                for (&input, &other) in node.inputs.iter().zip(node.inputs.iter().rev()) {
                    self.backward_move(node, input, Some(other), None);
                }
            }
            Computation::Concat { groups } => {
                for (number, &input) in node.inputs.iter().enumerate() {
                    let part = self.part(node, number, groups, true);
                    self.backward_move(node, input, None, Some(part));
                }
            }
        }
    }

    /// The gradient of the output, perhaps times another input of the node, to that of an input.
    fn backward_move(&mut self, node: &Node, input: usize, times: Option<usize>, part: Option<Part>) {
        let only_for_input = self.graph().values[input].gradient == Wanted::IfInput;
        let (from, to) = (self.gradient(node.output), self.gradient(input));
        let times = times.map(|factor| self.value(factor));
        let add = std::mem::replace(&mut self.started[input], true);
        self.push(node, only_for_input, Call::Move(Move { from, to, times, add, part }));
    }

    fn backward_layer(&mut self, node: &Node, layer: &LayerNode) {
        let input = node.inputs[0];
        let in_place = self.placed.gradient_homes[input] == self.placed.gradient_homes[node.output];
        let wanted = self.graph().values[input].gradient;
        let only_for_input = !layer.trains && wanted == Wanted::IfInput;
        let dy = self.gradient(node.output);
        let further = std::mem::replace(&mut self.started[input], true) && !in_place;
        let dx = if further { self.contribution(node, input) } else { self.gradient(input) };
        let call = LayerCall {
            norm: layer.norm,
            activation: layer.activation,
            in_place,
            x: layer.needs.input.then(|| self.value(input)),
            y: layer.needs.output.then(|| self.value(node.output)),
            saved: self.extra(Holds::Saved(node.layer), Role::Saved, node, &layer.saved),
            scratch: self.extra(Holds::Scratch(node.layer), Role::Scratch, node, &layer.scratch),
            dy: Some(dy),
            dx: Some((dx, wanted)),
            trains: layer.trains,
        };
        self.push(node, only_for_input, Call::Layer(call));
        if further {
            let (from, to) = (self.contribution(node, input), self.gradient(input));
            let sum = Move { from, to, times: None, add: true, part: None };
            self.push(node, wanted == Wanted::IfInput, Call::Move(sum));
        }
    }

    /// Where a value lies. The place of the network's output is the caller's.
    fn value(&mut self, value: usize) -> Place {
        let home = self.placed.homes[value];
        if home == 0 {
            Place::Input
        } else if home == self.placed.homes[self.graph().output] {
            Place::Output
        } else {
            let what = What { role: Role::Output, of: self.graph().values[value].of.clone() };
            self.buffer(Holds::Value(home), what, self.graph().values[value].size.clone())
        }
    }

    /// Where the gradient with respect to a value lies.
    fn gradient(&mut self, value: usize) -> Place {
        let home = self.placed.gradient_homes[value];
        if home == 0 {
            Place::InputGradient
        } else if home == self.placed.gradient_homes[self.graph().output] {
            Place::OutputGradient
        } else {
            let what = What { role: Role::Gradient, of: self.graph().values[value].of.clone() };
            self.buffer(Holds::Gradient(home), what, self.graph().values[value].size.clone())
        }
    }

    fn contribution(&mut self, node: &Node, input: usize) -> Place {
        let what = What { role: Role::Contribution, of: node.name.clone() };
        self.buffer(Holds::Contribution(node.layer), what, self.graph().values[input].size.clone())
    }

    fn extra(&mut self, holds: Holds, role: Role, node: &Node, size: &Size) -> Option<Place> {
        let what = What { role, of: node.name.clone() };
        (size.known() != Some(0)).then(|| self.buffer(holds, what, size.clone()))
    }

    fn buffer(&mut self, holds: Holds, what: What, size: Size) -> Place {
        let time = self.start + self.steps.len();
        let index = *self.index.entry(holds).or_insert_with(|| {
            self.buffers.push(Draft { what, size, live: (time, time) });
            self.buffers.len() - 1
        });
        self.buffers[index].live.1 = time;
        Place::Buffer(index)
    }
}
