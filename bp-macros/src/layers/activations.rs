//! Activations: one number at a time, or one row at a time.

use super::{Kind, Layer, Operation};
use crate::diagnostics::Result;
use crate::shape::Shape;
use proc_macro2::TokenStream;
use quote::quote;

pub(crate) static RELU: Kind = Kind {
    name: "relu",
    signature: "relu",
    formula: "y = max(x, 0)",
    build: |_, input| in_place(input, quote!(Relu), quote!(new())),
};

pub(crate) static LEAKY_RELU: Kind = Kind {
    name: "leaky_relu",
    signature: "leaky_relu(slope = 0.01)",
    formula: "y = x for x > 0, slope · x otherwise",
    build: |call, input| {
        let slope = call.real_or("slope", 0.01, "a positive number", |slope| slope > 0.0)?;
        in_place(input, quote!(LeakyRelu), quote!(new(#slope)))
    },
};

pub(crate) static SIGMOID: Kind = Kind {
    name: "sigmoid",
    signature: "sigmoid",
    formula: "y = 1 / (1 + exp(−x))",
    build: |_, input| in_place(input, quote!(Sigmoid), quote!(new())),
};

pub(crate) static TANH: Kind = Kind {
    name: "tanh",
    signature: "tanh",
    formula: "y = tanh(x)",
    build: |_, input| in_place(input, quote!(Tanh), quote!(new())),
};

pub(crate) static SOFTMAX: Kind = Kind {
    name: "softmax",
    signature: "softmax",
    formula: "y = exp(x) / Σ exp(x), over the last axis",
    build: |_, input| {
        let (features, rows) = input.last_axis();
        in_place(input, quote!(Softmax), quote!(new(#rows, #features)))
    },
};

fn in_place(input: &Shape, descriptor: TokenStream, constructor: TokenStream) -> Result<Layer> {
    let descriptor = quote!(::backprop::layers::#descriptor);
    let value = quote!(#descriptor::#constructor);
    Ok(Layer { output: input.clone(), operation: Some(Operation::in_place(descriptor, value)) })
}
