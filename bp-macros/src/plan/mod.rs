//! The plan: which call happens when, and where every value lies.
//!
//! `graph` → `fuse` → `place` → `schedule` → `slots`: each a pure function with a type of its own, so that a
//! pass cannot be skipped. A plan is data and prints itself; golden files under `tests/plans` hold some.

mod fuse;
mod graph;
mod place;
mod schedule;
mod slots;
#[cfg(test)]
mod tests;

use crate::model::Model;
use crate::size::Size;
use std::fmt;

pub(crate) use graph::Wanted;

/// What a plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Forward only; nothing is kept.
    Inference,
    /// Forward and backward.
    Training,
}

/// Steps and slots, ready to be written.
pub(crate) struct Plan {
    pub(crate) forward: Vec<Step>,
    pub(crate) backward: Vec<Step>,
    pub(crate) buffers: Vec<Buffer>,
    /// Features of each slot: those of its largest tenant.
    pub(crate) slots: Vec<Size>,
    names: Vec<String>,
}

/// One call.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Index of the layer in the model.
    pub(crate) layer: usize,
    /// Index of the activation that is applied in the same call.
    pub(crate) activation: Option<usize>,
    /// The output takes the place of the input.
    pub(crate) in_place: bool,
    /// Input, where it is read.
    pub(crate) x: Option<Place>,
    /// Output, where it is written (forward) or read (backward).
    pub(crate) y: Option<Place>,
    pub(crate) saved: Option<Place>,
    pub(crate) scratch: Option<Place>,
    /// Gradient with respect to the output (backward).
    pub(crate) dy: Option<Place>,
    /// Gradient with respect to the input, and whether it is always wanted (backward).
    pub(crate) dx: Option<(Place, Wanted)>,
    /// Whether parameters are trained here (backward).
    pub(crate) trains: bool,
}

/// Where a value lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Place {
    /// The network's input.
    Input,
    /// The network's output.
    Output,
    /// The gradient with respect to the output.
    OutputGradient,
    /// The gradient with respect to the input.
    InputGradient,
    /// Index of a buffer.
    Buffer(usize),
}

/// Features that live for a while in a slot.
#[derive(Clone, Debug)]
pub(crate) struct Buffer {
    /// `y of conv1`.
    pub(crate) what: String,
    pub(crate) size: Size,
    pub(crate) slot: usize,
    /// First and last step that touches it.
    pub(crate) live: (usize, usize),
}

/// Plans a network.
pub(crate) fn plan(model: &Model, mode: Mode) -> Plan {
    let graph = graph::build(model);
    let fused = fuse::fuse(graph, mode);
    let placed = place::place(fused, mode);
    let schedule = schedule::schedule(placed, mode);
    slots::assign(schedule, model)
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (title, steps) in [("forward", &self.forward), ("backward", &self.backward)] {
            if !steps.is_empty() {
                writeln!(f, "{title}")?;
            }
            for step in steps {
                self.write_step(f, step)?;
            }
        }
        writeln!(f, "slots")?;
        for (index, size) in self.slots.iter().enumerate() {
            write!(f, "  slot{index}: {size}")?;
            for buffer in self.buffers.iter().filter(|buffer| buffer.slot == index) {
                write!(
                    f,
                    "; {} ({}) in steps {}–{}",
                    buffer.what, buffer.size, buffer.live.0, buffer.live.1
                )?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl Plan {
    fn write_step(&self, f: &mut fmt::Formatter<'_>, step: &Step) -> fmt::Result {
        write!(f, "  {}", self.names[step.layer])?;
        if let Some(activation) = step.activation {
            write!(f, " + {}", self.names[activation])?;
        }
        if step.in_place {
            f.write_str(" in place")?;
        }
        f.write_str(":")?;
        let dx = step.dx.map(|(place, _)| place);
        for (name, place) in [
            ("x", step.x),
            ("y", step.y),
            ("saved", step.saved),
            ("dy", step.dy),
            ("dx", dx),
            ("scratch", step.scratch),
        ] {
            match place {
                Some(Place::Buffer(index)) => write!(f, " {name} slot{}", self.buffers[index].slot)?,
                Some(place) => write!(f, " {name} {place:?}")?,
                None => {}
            }
        }
        if let Some((_, Wanted::IfInput)) = step.dx {
            f.write_str(" (only for the input gradient)")?;
        }
        if step.trains {
            f.write_str(" trains")?;
        }
        writeln!(f)
    }
}
