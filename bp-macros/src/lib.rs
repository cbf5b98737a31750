//! The attribute macro of the `backprop` crate. Depend on `backprop`, not on this crate.

mod declaration;
mod diagnostics;
mod emit;
mod expand;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod golden;
mod layers;
mod losses;
#[cfg(test)]
mod messages;
mod model;
mod plan;
mod shape;
mod size;
mod symbolic;

/// Declares a neural network: writes its parameters, its forward and its backward pass.
///
/// ```text
/// #[network(
///     input = [1, 28, 28],
///     layers = [conv1: conv2d(6, kernel = 5), relu, max_pool2d(2), flatten, dense(10)],
///     loss = cross_entropy,
/// )]
/// pub struct Digits;
/// ```
///
/// | Key | Form | Meaning |
/// |---|---|---|
/// | `input` | `784`, `[64, 3]`, `[1, 28, 28]` | features; `[time, features]`; `[channels, height, width]` |
/// | `layers` | list | `name: kind(positional, key = value)`; a kind without arguments needs no parentheses |
/// | `loss` | `mse`, `huber(delta = 2.0)`, `MyLoss`, `{ head: mse, other: 0.5 * mae }` | without one there is no `step` |
/// | `scalar` | `f32` (default), `f64` | the type of all numbers |
/// | `tile` | 1, or a multiple of 16 (`f64`: 8) | samples that training works on together, and `batch_norm` measures over; chosen where absent |
/// | `budget` | `{ training = 96 * 1024, inference = …, parameters = … }` | bytes; more fails the build |
/// | `crate` | path | where `backprop` lives, for crates that re-export it |
///
/// A size may be any constant expression in scope: `dense(2 * HIDDEN)`.
///
/// Groups of layers nest freely:
///
/// | Group | |
/// |---|---|
/// | `residual[ … ]`, `residual(shortcut = [ … ])[ … ]` | adds its input, or what the shortcut makes of it, to its output |
/// | `sum[[ … ], [ … ]]`, `concat(axis = 0)[[ … ], [ … ]]` | branches on one input, added or side by side; `[]` is the input itself |
/// | `repeat(3)[ … ]` | the same layers several times, each with weights of its own |
/// | `frozen[ … ]`, `frozen dense(10)` | not trained: no gradient, no optimizer state; `batch_norm` acts as in prediction |
/// | `heads { policy: [ … ], value: [ … ] }` | several outputs, last |
/// | `Encoder`, `path::to::MyLayer` | another network, or a type that implements `OwnLayer` |
///
/// The struct keeps its visibility, attributes and docs. Each layer with parameters becomes a public field; one without
/// a name is called after its kind and number, `dense1`, `conv2d2`. Its methods are those of the traits `Network`,
/// `Trainable` and `Boxed`, in `backprop::prelude`, and `zeroed()`, `scratch()`, `tape()`, `gradients()`, which are
/// `const`.
#[proc_macro_attribute]
pub fn network(attribute: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand::network(attribute.into(), item.into()).into()
}
