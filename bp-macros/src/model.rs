//! What the user declared → a network with shapes. Here the rules that span layers are checked.

use crate::declaration::{Item, Keys, axes, required};
use crate::diagnostics::{Diagnostics, Reported, Result, did_you_mean};
use crate::layers::{Call, KINDS, Kind, Operation};
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
    pub(crate) layers: Vec<Layer>,
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
}

impl Model {
    /// Path of a layer's description.
    pub(crate) fn description(&self, layer: &Layer) -> TokenStream {
        let (constants, constant) = (&self.constants, &layer.constant);
        quote!(#constants::#constant)
    }

    pub(crate) fn output(&self) -> &Shape {
        self.layers.last().map_or(&self.input, |layer| &layer.output)
    }
}

/// Names that fields of a network cannot have, because methods of networks have them.
const RESERVED: &[&str] = &["self", "super", "crate", "Self", "_"];

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
    let layers = Builder { constants: &constants, scalar: &scalar, diagnostics }.chain(items, &input)?;
    if layers.iter().all(|layer| layer.operation.is_none()) {
        return Err(diagnostics.error(*span, "the network computes nothing: add a layer such as `dense(10)`"));
    }
    let mut model =
        Model { name: name.clone(), constants, scalar, input, layers, loss: None, tile, budget: Vec::new() };
    if let Some((_, expr)) = &keys.loss {
        let last = model.layers.last().map(|layer| layer.kind.name);
        model.loss = Some(losses::build(expr, model.output(), last, diagnostics)?);
    }
    model.budget = budget(keys, diagnostics)?;
    Ok(model)
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

struct Builder<'a> {
    constants: &'a Ident,
    scalar: &'a Ident,
    diagnostics: &'a mut Diagnostics,
}

impl Builder<'_> {
    /// Builds a list of layers, each on the output of the one before.
    fn chain(mut self, items: &[Item], input: &Shape) -> Result<Vec<Layer>> {
        let mut layers: Vec<Layer> = Vec::new();
        let mut shape = Ok(input.clone());
        for (index, item) in items.iter().enumerate() {
            let Some(kind) = self.kind(item) else {
                shape = Err(Reported::already());
                continue;
            };
            let name = self.name(item, kind, &items[..index]);
            if let Some(other) = layers.iter().find(|layer| layer.constant == constant(&name)) {
                let message = format!("two layers are named `{}`: rename one", other.name);
                self.diagnostics.error(name.span(), message);
            }
            let Ok(input) = &shape else { continue };
            let before =
                layers.last().map_or("the network's input".to_owned(), |layer| format!("`{}`", layer.name));
            match self.layer(item, kind, name, (index, &before), input) {
                Ok(layer) => {
                    shape = Ok(layer.output.clone());
                    layers.push(layer);
                }
                Err(reported) => shape = Err(reported),
            }
        }
        shape.map(|_| layers)
    }

    fn layer(
        &mut self,
        item: &Item,
        kind: &'static Kind,
        name: Ident,
        (index, before): (usize, &str),
        input: &Shape,
    ) -> Result<Layer> {
        let (constants, constant) = (self.constants, constant(&name));
        let scalar = self.scalar;
        let path = quote!(#constants::#constant);
        let mut call = Call::new(kind, item, path, before, quote!(#scalar), index, self.diagnostics);
        let built = (kind.build)(&mut call, input);
        let finished = call.finish();
        let built = built?;
        finished?;
        Ok(Layer {
            name,
            constant,
            kind,
            text: item.text.clone(),
            input: input.clone(),
            output: built.output,
            operation: built.operation,
        })
    }

    fn kind(&mut self, item: &Item) -> Option<&'static Kind> {
        let found = KINDS.iter().find(|kind| item.kind == kind.name).copied();
        if found.is_none() {
            let hint = did_you_mean(&item.kind.to_string(), KINDS.iter().map(|kind| kind.name));
            let known: Vec<_> = KINDS.iter().map(|kind| kind.name).collect();
            self.diagnostics.error(
                item.kind.span(),
                format!("unknown layer `{}`{hint}; known: {}", item.kind, known.join(", ")),
            );
        }
        found
    }

    /// The declared name, or the kind with its number among its kind.
    fn name(&mut self, item: &Item, kind: &Kind, before: &[Item]) -> Ident {
        match &item.name {
            Some(name) => {
                if RESERVED.contains(&name.to_string().as_str()) {
                    self.diagnostics
                        .error(name.span(), format!("`{name}` cannot name a field: choose another name"));
                }
                name.clone()
            }
            None => {
                let number =
                    1 + before.iter().filter(|other| other.kind == item.kind && other.name.is_none()).count();
                Ident::new(&format!("{}{number}", kind.name), item.kind.span())
            }
        }
    }
}

fn constant(name: &Ident) -> Ident {
    Ident::new(&name.to_string().trim_start_matches("r#").to_uppercase(), name.span())
}
