//! What the user declared → a network with shapes: a graph of layers. Here the rules that span layers are
//! checked.

mod build;
mod groups;

use crate::declaration::{Keys, axes, required};
use crate::diagnostics::{Diagnostics, Result, did_you_mean};
use crate::layers::{Kind, Operation};
use crate::losses::{self, Loss};
use crate::shape::Shape;
use crate::size::Size;
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Expr, Ident};

/// A checked network. Read-only from here on.
pub(crate) struct Model {
    pub(crate) name: Ident,
    /// Name of the struct that holds the descriptions.
    pub(crate) constants: Ident,
    /// `f32` or `f64`.
    pub(crate) scalar: Ident,
    pub(crate) input: Shape,
    /// All layers, in the order of declaration.
    pub(crate) layers: Vec<Layer>,
    /// What flows: value 0 is the input.
    pub(crate) values: Vec<Value>,
    /// What is computed, in order.
    pub(crate) nodes: Vec<Node>,
    /// The value that is the output, and its shape.
    pub(crate) output: Flow,
    /// Names and shapes of the heads, where there are several.
    pub(crate) heads: Vec<(Ident, Shape)>,
    pub(crate) loss: Option<Loss>,
    /// The declared tile, if any.
    pub(crate) tile: Option<usize>,
    pub(crate) budget: Vec<(Ident, Expr)>,
}

/// A layer in its place.
pub(crate) struct Layer {
    /// Field, or name in messages and docs.
    pub(crate) name: Ident,
    /// Constant that holds the description.
    pub(crate) constant: Ident,
    pub(crate) kind: &'static Kind,
    /// As declared: `conv2d(6, kernel = 5)`.
    pub(crate) text: String,
    pub(crate) input: Shape,
    pub(crate) output: Shape,
    pub(crate) operation: Option<Operation>,
    /// Whether its parameters stay as they are.
    pub(crate) frozen: bool,
}

impl Layer {
    /// Whether the layer has parameters that training changes.
    pub(crate) fn trains(&self) -> bool {
        !self.frozen && self.operation.as_ref().is_some_and(|operation| operation.parameters.is_some())
    }
}

/// Numbers that flow from one node to others.
pub(crate) struct Value {
    pub(crate) size: Size,
    /// Whose output it is, for humans.
    pub(crate) of: String,
}

/// A value as the next layer sees it.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    pub(crate) value: usize,
    pub(crate) shape: Shape,
}

/// A computation.
pub(crate) struct Node {
    /// Index of the layer that is computed, or that gives the node its name.
    pub(crate) layer: usize,
    pub(crate) compute: Compute,
    pub(crate) inputs: Vec<usize>,
    pub(crate) output: usize,
}

/// What a node computes.
pub(crate) enum Compute {
    /// The layer's operation, of one input.
    Layer,
    /// The sum of all inputs.
    Sum,
    /// All inputs one after the other, within each of `groups` groups.
    Concat { groups: Size },
}

impl Model {
    /// Path of a layer's description.
    pub(crate) fn description(&self, layer: &Layer) -> TokenStream {
        let (constants, constant) = (&self.constants, &layer.constant);
        quote!(#constants::#constant)
    }
}

/// Checks a declaration. Goes on after a mistake as far as shapes are known.
pub(crate) fn build(name: &Ident, keys: &Keys, diagnostics: &mut Diagnostics) -> Result<Model> {
    let constants = format_ident!("{}Layers", name);
    let scalar = scalar(keys, diagnostics);
    let tile = tile(keys, scalar.as_ref().ok(), diagnostics);
    let input = required(keys.input.as_ref(), name, "input = 784", diagnostics)
        .and_then(|(_, expr)| input(expr, diagnostics));
    let layers = required(keys.layers.as_ref(), name, "layers = [dense(10)]", diagnostics);
    let (scalar, tile, input, (span, items)) = match (scalar, tile, input, layers) {
        (Ok(scalar), Ok(tile), Ok(input), Ok(layers)) => (scalar, tile, input, layers),
        (Err(reported), ..) | (_, Err(reported), ..) | (_, _, Err(reported), _) | (.., Err(reported)) => {
            return Err(reported);
        }
    };
    let built = build::graph(&constants, &scalar, items, &input, diagnostics)?;
    if built.nodes.is_empty() {
        return Err(diagnostics.error(*span, "the network computes nothing: add a layer such as `dense(10)`"));
    }
    let build::Built { layers, values, nodes, output, heads } = built;
    let last = layers.last().map(|layer| layer.kind.name);
    let loss = keys
        .loss
        .as_ref()
        .map(|loss| losses::build(name, &constants, loss, &output.shape, &heads, last, diagnostics));
    let budget = budget(keys, diagnostics)?;
    let loss = loss.transpose()?;
    let name = name.clone();
    Ok(Model { name, constants, scalar, input, layers, values, nodes, output, heads, loss, tile, budget })
}

fn input(expr: &Expr, diagnostics: &mut Diagnostics) -> Result<Shape> {
    let axes = axes(expr);
    if axes.is_empty() || axes.len() > 3 {
        return Err(diagnostics.error(
            expr.span(),
            "an input has one axis, `784`, two, `[time, features]`, or three, `[channels, height, width]`",
        ));
    }
    let sizes: Vec<Size> = axes.iter().map(|axis| Size::from_expr(axis)).collect();
    if sizes.iter().any(|size| size.known() == Some(0)) {
        return Err(diagnostics.error(expr.span(), "an input axis is at least 1"));
    }
    Ok(Shape(sizes))
}

fn scalar(keys: &Keys, diagnostics: &mut Diagnostics) -> Result<Ident> {
    match &keys.scalar {
        None => Ok(Ident::new("f32", Span::call_site())),
        Some(scalar) if scalar == "f32" || scalar == "f64" => Ok(scalar.clone()),
        Some(other) => Err(diagnostics.error(other.span(), "a network computes in `f32` or `f64`")),
    }
}

fn tile(keys: &Keys, scalar: Option<&Ident>, diagnostics: &mut Diagnostics) -> Result<Option<usize>> {
    let Some(expr) = &keys.tile else { return Ok(None) };
    let lanes = if scalar.is_some_and(|scalar| scalar == "f64") { 8 } else { 16 };
    match Size::from_expr(expr).known() {
        Some(tile) if tile == 1 || (tile > 0 && tile % lanes == 0 && tile <= 1024) => Ok(Some(tile)),
        _ => Err(diagnostics.error(
            expr.span(),
            format!(
                "a tile is 1 or a multiple of {lanes} up to 1024, as a number: try `tile = {}`",
                2 * lanes
            ),
        )),
    }
}

fn budget(keys: &Keys, diagnostics: &mut Diagnostics) -> Result<Vec<(Ident, Expr)>> {
    const LIMITS: &[&str] = &["training", "inference", "parameters"];
    let mut limits: Vec<(Ident, Expr)> = Vec::new();
    for (name, limit) in keys.budget.iter().flatten() {
        if !LIMITS.contains(&name.to_string().as_str()) {
            let hint = did_you_mean(&name.to_string(), LIMITS.iter().copied());
            return Err(diagnostics
                .error(name.span(), format!("unknown budget `{name}`{hint}; known: {}", LIMITS.join(", "))));
        }
        if limits.iter().any(|(other, _)| other == name) {
            return Err(
                diagnostics.error(name.span(), format!("the budget `{name}` is given twice: remove one"))
            );
        }
        limits.push((name.clone(), limit.clone()));
    }
    Ok(limits)
}
