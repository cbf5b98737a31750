//! Plans of random chains, executed on tags: every call must find in its slots what it expects there.

use super::{Buffer, Call, LayerCall, Mode, Place, Plan, Step, plan};
use crate::golden::model;
use crate::model::Model;
use crate::size::Size;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What lies somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    /// The value after so many steps.
    Value(usize),
    /// The gradient with respect to it.
    Gradient(usize),
    /// What the forward step has saved.
    Saved(usize),
    Garbage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Room {
    Slot(usize),
    Given(Place),
}

/// Chains have no other calls.
fn of_layer(step: &Step) -> &LayerCall {
    match &step.call {
        Call::Layer(call) => call,
        Call::Move(_) => panic!("a chain moves nothing"),
    }
}

struct Machine<'a> {
    model: &'a Model,
    plan: &'a Plan,
    memory: BTreeMap<Room, Tag>,
}

impl Machine<'_> {
    fn room(&self, place: Place) -> Room {
        match place {
            Place::Buffer(index) => Room::Slot(self.plan.buffers[index].slot),
            given => Room::Given(given),
        }
    }

    #[track_caller]
    fn expect(&self, place: Option<Place>, tag: Tag, what: &str, step: &Step) {
        let name = &self.model.layers[step.layer].name;
        let place = place.unwrap_or_else(|| panic!("{name} reads {what} and has no place for it"));
        assert_eq!(self.memory.get(&self.room(place)), Some(&tag), "{name} reads {what}\n{}", self.plan);
    }

    fn write(&mut self, place: Place, tag: Tag) {
        self.memory.insert(self.room(place), tag);
    }

    fn forward(&mut self) {
        self.write(Place::Input, Tag::Value(0));
        for (time, step) in self.plan.forward.iter().enumerate() {
            let call = of_layer(step);
            let read = if call.in_place { call.y } else { call.x };
            self.expect(read, Tag::Value(time), "its input", step);
            let y = call.y.expect("an output");
            assert_ne!(self.room(y), Room::Given(Place::Input), "the caller's input is overwritten");
            if !call.in_place {
                assert_ne!(call.x.map(|x| self.room(x)), Some(self.room(y)), "x and y share a slot");
            }
            self.write(y, Tag::Value(time + 1));
            if let Some(saved) = call.saved {
                assert_ne!(self.room(saved), self.room(y), "y and saved share a slot");
                self.write(saved, Tag::Saved(time));
            }
        }
        let output = self.memory.get(&Room::Given(Place::Output));
        assert_eq!(output, Some(&Tag::Value(self.plan.forward.len())), "the output\n{}", self.plan);
    }

    fn backward(&mut self, input_gradient: bool) {
        let steps = self.plan.forward.len();
        self.write(Place::OutputGradient, Tag::Gradient(steps));
        for step in &self.plan.backward {
            let call = of_layer(step);
            if !input_gradient && step.only_for_input {
                continue;
            }
            let time = self.plan.forward.iter().position(|forward| forward.layer == step.layer);
            let time = time.expect("every backward step has a forward step");
            if let Some(scratch) = call.scratch {
                self.write(scratch, Tag::Garbage);
            }
            let layers = &self.model.layers;
            let operation = layers[step.layer].operation.as_ref().expect("a computation");
            let last = layers[call.activation.unwrap_or(step.layer)].operation.as_ref();
            let dy = call.dy.expect("a gradient to start from");
            self.expect(Some(dy), Tag::Gradient(time + 1), "dy", step);
            if let (Some((dx, _)), false) = (call.dx, call.in_place) {
                assert_ne!(self.room(dx), self.room(dy), "dx and dy share a slot\n{}", self.plan);
                self.write(dx, Tag::Gradient(time));
            }
            if operation.needs.input {
                self.expect(call.x, Tag::Value(time), "x", step);
            }
            if last.is_some_and(|last| last.needs.output) {
                self.expect(call.y, Tag::Value(time + 1), "y", step);
            }
            if operation.saved.known() != Some(0) {
                self.expect(call.saved, Tag::Saved(time), "what it saved", step);
            }
            self.expect(Some(dy), Tag::Gradient(time + 1), "dy", step);
            if call.in_place {
                self.write(dy, Tag::Gradient(time));
            }
        }
        if input_gradient {
            let dx = self.memory.get(&Room::Given(Place::InputGradient));
            assert_eq!(dx, Some(&Tag::Gradient(0)), "the input's gradient\n{}", self.plan);
        }
    }
}

fn run(model: &Model, mode: Mode) {
    let plan = plan(model, mode);
    for (index, Buffer { what, size, slot, live }) in plan.buffers.iter().enumerate() {
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
