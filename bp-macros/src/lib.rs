//! The attribute macro of the `backprop` crate. Depend on `backprop`, not on this crate.

#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod chapter;
mod declaration;
mod diagnostics;
mod elsewhere;
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
#[cfg(test)]
mod places;
mod plan;
#[cfg(test)]
mod random;
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
/// | `weights` | `"file.safetensors"` | embedded, and checked by name, shape and type: `Net::pretrained()`, `Net::STATIC` |
/// | `train` | `all` (default), `last(2)`, `biases` | what training changes; see below |
/// | `crate` | path | where `backprop` lives, for crates that re-export it |
///
/// A size may be any constant expression in scope: `dense(2 * HIDDEN)`. Module `catalogue` of the crate lists all layers,
/// losses and initializers with their arguments.
///
/// A file of weights is found as `include_bytes!` finds files: beside the source file that names it. It has PyTorch's
/// names and layouts, `dense1.weight`; `backprop::safetensors` writes such files. Editing the file rebuilds the crate.
///
/// Groups of layers nest freely:
///
/// | Group | |
/// |---|---|
/// | `residual[ … ]`, `residual(shortcut = [ … ])[ … ]` | adds its input, or what the shortcut makes of it, to its output |
/// | `sum[[ … ], [ … ]]`, `product[[ … ], [ … ]]`, `concat(axis = 0)[[ … ], [ … ]]` | branches on one input, added, multiplied number by number, or side by side; `[]` is the input itself |
/// | `repeat(3)[ … ]` | the same layers several times, each with weights of its own |
/// | `frozen[ … ]`, `frozen dense(10)` | not trained: no gradient, no optimizer state; `batch_norm` acts as in prediction |
/// | `heads { policy: [ … ], value: [ … ] }` | several outputs, last |
/// | `Encoder`, `path::to::MyLayer` | another network, or a type that implements `OwnLayer` |
///
/// `train = last(n)` trains the last `n` layers and freezes all before, as for fine-tuning on a trunk that was trained
/// elsewhere. What counts are layers that have parameters and are not `frozen`, in the order of declaration, which is
/// that of the struct's fields: layers within groups and heads one by one, copies in `repeat` one by one, a network
/// and a `fixed_point` as one layer.
///
/// `train = biases` trains the biases, of linear layers and of norms, and keeps all else as it is (*BitFit*, Ben Zaken et
/// al., 2022; *TinyTL*, Cai et al., 2020): few numbers to train, and the inputs of linear layers need not be kept for
/// backward. Gradients of a layer then have the one field `bias`. A network or a layer of your own in the list trains
/// what it says itself.
///
/// What is frozen, in one way or the other, has no gradient and no optimizer state, and backward ends where nothing below
/// is trained.
///
/// The struct keeps its visibility, attributes and docs. Each layer with parameters becomes a public field; one without
/// a name is called after its kind and number, `dense1`, `conv2d2`. Its methods are those of the traits `Network`,
/// `Trainable` and `Boxed`, in `backprop::prelude`, and `zeroed()`, `scratch()`, `tape()`, `gradients()`, which are
/// `const`.
#[proc_macro_attribute]
pub fn network(attribute: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand::network(attribute.into(), item.into()).into()
}
