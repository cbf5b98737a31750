//! The order of calls, and the buffers they read and write, each with its first and last step.

use super::graph::{Graph, Node, Wanted};
use super::place::Placed;
use super::{Mode, Place, Step};
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
    pub(super) what: String,
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
}

/// Forward in the order of the graph; backward in the reverse order, after one step for the loss.
pub(super) fn schedule(placed: Placed, mode: Mode) -> Schedule {
    let Placed { graph, activations, in_place, home, gradient_home } = placed;
    let mut scheduler =
        Scheduler { graph: &graph, home, gradient_home, buffers: Vec::new(), index: BTreeMap::new() };
    let mut forward = Vec::new();
    for (time, node) in graph.nodes.iter().enumerate() {
        forward.push(scheduler.forward(time, node, (activations[time], in_place[time].forward), mode));
    }
    let mut backward = Vec::new();
    if mode == Mode::Training {
        for (index, node) in graph.nodes.iter().enumerate().rev() {
            let time = 2 * graph.nodes.len() - index;
            backward.push(scheduler.backward(time, node, (activations[index], in_place[index].backward)));
        }
    }
    Schedule { forward, backward, buffers: scheduler.buffers }
}

struct Scheduler<'a> {
    graph: &'a Graph,
    home: Vec<usize>,
    gradient_home: Vec<usize>,
    buffers: Vec<Draft>,
    index: BTreeMap<Holds, usize>,
}

impl Scheduler<'_> {
    fn forward(
        &mut self,
        time: usize,
        node: &Node,
        (activation, in_place): (Option<usize>, bool),
        mode: Mode,
    ) -> Step {
        Step {
            layer: node.layer,
            activation,
            in_place,
            x: (!in_place).then(|| self.value(node.x, time)),
            y: Some(self.value(node.y, time)),
            saved: match mode {
                Mode::Training => self.extra(Holds::Saved(node.layer), "saved", node, time, &node.saved),
                Mode::Inference => None,
            },
            scratch: None,
            dy: None,
            dx: None,
            trains: false,
        }
    }

    fn backward(&mut self, time: usize, node: &Node, (activation, in_place): (Option<usize>, bool)) -> Step {
        let wanted = self.graph.values[node.x].gradient;
        let dy = self.gradient(node.y, time);
        Step {
            layer: node.layer,
            activation,
            in_place,
            x: node.needs.input.then(|| self.value(node.x, time)),
            y: node.needs.output.then(|| self.value(node.y, time)),
            saved: self.extra(Holds::Saved(node.layer), "saved", node, time, &node.saved),
            scratch: self.extra(Holds::Scratch(node.layer), "scratch", node, time, &node.scratch),
            dy: Some(dy),
            dx: Some(if in_place { (dy, wanted) } else { (self.gradient(node.x, time), wanted) }),
            trains: node.trains,
        }
    }

    /// Where a value lies. The place of the network's output is the caller's.
    fn value(&mut self, value: usize, time: usize) -> Place {
        let home = self.home[value];
        if home == 0 {
            Place::Input
        } else if home == self.home[self.graph.output] {
            Place::Output
        } else {
            let what = format!("y of {}", self.graph.values[value].of);
            self.buffer(Holds::Value(home), what, self.graph.values[value].size.clone(), time)
        }
    }

    /// Where the gradient with respect to a value lies.
    fn gradient(&mut self, value: usize, time: usize) -> Place {
        let home = self.gradient_home[value];
        if home == 0 {
            Place::InputGradient
        } else if home == self.graph.output {
            Place::OutputGradient
        } else {
            let what = format!("dy of {}", self.graph.values[home].of);
            self.buffer(Holds::Gradient(home), what, self.graph.values[home].size.clone(), time)
        }
    }

    fn extra(&mut self, holds: Holds, what: &str, node: &Node, time: usize, size: &Size) -> Option<Place> {
        (size.known() != Some(0)).then(|| {
            let what = format!("{what} of {}", node.name);
            self.buffer(holds, what, size.clone(), time)
        })
    }

    fn buffer(&mut self, holds: Holds, what: String, size: Size, time: usize) -> Place {
        let index = *self.index.entry(holds).or_insert_with(|| {
            self.buffers.push(Draft { what, size, live: (time, time) });
            self.buffers.len() - 1
        });
        self.buffers[index].live.1 = time;
        Place::Buffer(index)
    }
}

impl Step {
    /// Whether the whole call serves only the gradient with respect to the network's input.
    pub(crate) fn only_for_input(&self) -> bool {
        !self.trains && matches!(self.dx, Some((_, Wanted::IfInput)))
    }
}
