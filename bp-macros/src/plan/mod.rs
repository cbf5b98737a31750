//! The plan: which call happens when, and where every value lies.
//!
//! `graph` → `fuse` → `place` → `schedule` → `slots`: each a pure function with a type of its own, so that a
//! pass cannot be skipped. A plan is data and prints itself; golden files under `tests/plans` hold some.

mod fold;
mod fuse;
mod graph;
mod place;
mod print;
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
    /// Forward of one step of time.
    Step,
}

/// Steps and slots, ready to be written.
pub(crate) struct Plan {
    pub(crate) mode: Mode,
    pub(crate) forward: Vec<Step>,
    pub(crate) backward: Vec<Step>,
    pub(crate) buffers: Vec<Buffer>,
    /// Features of each slot: those of its largest tenant.
    pub(crate) slots: Vec<Size>,
    pub(crate) folds: Vec<Fold>,
    /// Names of the layers.
    names: Vec<String>,
}

/// A normalisation, and the linear layer that it can be worked into: indices of layers.
pub(crate) struct Fold {
    pub(crate) norm: usize,
    pub(crate) into: usize,
}

/// One call.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Index of the layer in the model, or of what joins branches.
    pub(crate) layer: usize,
    /// The call serves only the gradient with respect to the network's input.
    pub(crate) only_for_input: bool,
    pub(crate) call: Call,
}

/// What is called.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    /// A layer's forward or backward.
    Layer(LayerCall),
    /// A value, or its product with another, is copied or added to another place.
    Move(Move),
}

/// A layer's forward or backward.
#[derive(Clone, Debug, Default)]
pub(crate) struct LayerCall {
    /// Index of the normalisation that is applied in the same call, before the activation.
    pub(crate) norm: Option<usize>,
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
    /// Gradient with respect to the input, and when it is wanted (backward).
    pub(crate) dx: Option<(Place, Wanted)>,
    /// Whether parameters are trained here (backward).
    pub(crate) trains: bool,
}

/// Numbers that go from one place to another: branches that join, and gradients of what several nodes read.
#[derive(Clone, Debug)]
pub(crate) struct Move {
    pub(crate) from: Place,
    pub(crate) to: Place,
    /// What it is multiplied by on the way, number by number.
    pub(crate) times: Option<Place>,
    /// Added to what is there, instead of taking its place.
    pub(crate) add: bool,
    /// The part of the larger of the two that the other is.
    pub(crate) part: Option<Part>,
}

/// A part of a concatenation: within each of `groups` groups, what begins at `offset`.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) groups: Size,
    pub(crate) offset: Size,
    /// Whether the part is what is written, and the whole what is read.
    pub(crate) taken: bool,
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

/// What a buffer holds: `y of conv1`.
#[derive(Clone, Debug)]
pub(crate) struct What {
    pub(crate) role: Role,
    /// Name of the layer, or of what joins branches.
    pub(crate) of: String,
}

/// What a value is to its layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Output,
    /// The gradient with respect to the output.
    Gradient,
    /// A contribution to the gradient with respect to the input.
    Contribution,
    Saved,
    Scratch,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = match self.role {
            Role::Output => "y",
            Role::Gradient => "dy",
            Role::Contribution => "dx",
            Role::Saved => "saved",
            Role::Scratch => "scratch",
        };
        write!(f, "{role} of {}", self.of)
    }
}

/// Features that live for a while in a slot.
#[derive(Clone, Debug)]
pub(crate) struct Buffer {
    pub(crate) what: What,
    /// In the passes: `conv1`, `d_conv1`, `conv1_saved`. No other buffer and no parameter of a pass is called so.
    pub(crate) name: String,
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
    slots::assign(schedule, model, mode)
}
