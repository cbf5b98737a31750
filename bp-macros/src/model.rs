//! What the user declared → a network with shapes: a graph of layers. Here the rules that span layers are
//! checked.

mod build;
mod channels;
mod groups;
mod input;
mod lengths;
mod notes;
mod outline;
mod steps;
mod train;

pub(crate) use lengths::Lengths;
pub(crate) use outline::Part;
pub(crate) use steps::{Steps, because, block, steps};

use crate::declaration::{Keys, required};
use crate::diagnostics::{Diagnostics, Result, did_you_mean};
use crate::layers::{Kind, Measured, Needs, Operation};
use crate::losses::{self, Loss};
use crate::shape::Shape;
use crate::size::Size;
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Expr, Ident, LitStr};

/// A checked network. Read-only from here on.
pub(crate) struct Model {
    pub(crate) name: Ident,
    /// Name of the struct that holds the descriptions.
    pub(crate) constants: Ident,
    /// `f32` or `f64`.
    pub(crate) scalar: Ident,
    pub(crate) input: Shape,
    /// Where the input is indices: how many there are.
    pub(crate) input_rows: Option<Size>,
    /// Where samples have lengths of their own.
    pub(crate) lengths: Option<Lengths>,
    /// All layers, in the order of declaration.
    pub(crate) layers: Vec<Layer>,
    /// What flows: value 0 is the input.
    pub(crate) values: Vec<Value>,
    /// What is computed, in order.
    pub(crate) nodes: Vec<Node>,
    /// The layers as they were declared, for drawings.
    pub(crate) outline: Vec<Part>,
    /// The value that is the output, and its shape.
    pub(crate) output: Flow,
    /// Networks that stand beside this one, as declarations.
    pub(crate) nested: Vec<TokenStream>,
    /// Names and shapes of the heads, where there are several.
    pub(crate) heads: Vec<(Ident, Shape)>,
    pub(crate) loss: Option<Loss>,
    /// The declared tile, if any.
    pub(crate) tile: Option<usize>,
    pub(crate) budget: Vec<(Ident, Expr)>,
    /// The file of weights, if one is declared.
    pub(crate) weights: Option<LitStr>,
    /// Sizes that must be equal, which only the compiler can tell.
    pub(crate) equal: Vec<Equal>,
    /// Sentences on what is legal and surely not intended.
    pub(crate) notes: Vec<String>,
}

/// Two sizes that must be equal.
pub(crate) struct Equal {
    pub(crate) a: Size,
    pub(crate) b: Size,
    /// What is wrong otherwise.
    pub(crate) message: String,
    /// Where.
    pub(crate) span: Span,
}

/// A layer in its place.
#[derive(Clone)]
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
    /// Whether all of them but the biases do.
    pub(crate) only_biases: bool,
    /// In a network of one step: what makes the description that of one step.
    pub(crate) at_step: TokenStream,
    /// In a network of one step: how many numbers the layer remembers, if it does.
    pub(crate) memory: Option<Size>,
    /// In a network of one step: whether a window of training may begin from that.
    pub(crate) carries: bool,
    /// Factors on the optimizer's learning rate and weight decay, where the declaration has them.
    pub(crate) rates: Option<[TokenStream; 2]>,
}

impl Layer {
    /// Whether the layer has parameters that training changes.
    pub(crate) fn trains(&self) -> bool {
        let learns = |operation: &Operation| match (self.biases(), &operation.measured) {
            (Some(biases), _) => biases.known() != Some(0),
            (None, Some(measured)) => measured.trained.known() != Some(0),
            (None, None) => operation.parameters.is_some(),
        };
        !self.frozen && self.operation.as_ref().is_some_and(learns)
    }

    /// How many biases the layer has, where it trains nothing else.
    pub(crate) fn biases(&self) -> Option<&Size> {
        self.operation.as_ref().filter(|_| self.only_biases).map(|operation| &operation.biases)
    }

    /// What its backward reads.
    pub(crate) fn needs(&self) -> Needs {
        self.operation.as_ref().map_or_else(Needs::default, |operation| {
            let weights = self.trains() && !self.only_biases;
            let input = operation.needs.input && (weights || !operation.input_for_weights);
            Needs { input, output: operation.needs.output }
        })
    }

    /// What the layer measures in training, unless it is frozen.
    pub(crate) fn measured(&self) -> Option<&Measured> {
        self.operation.as_ref()?.measured.as_ref().filter(|_| !self.frozen)
    }
}

/// Numbers that flow from one node to others.
#[derive(Clone)]
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
#[derive(Clone)]
pub(crate) enum Compute {
    /// The layer's operation, of one input.
    Layer,
    /// The sum of all inputs.
    Sum,
    /// The product of two inputs, number by number.
    Product,
    /// All inputs one after the other, within each of `groups` groups.
    Concat { groups: Size },
}

impl Model {
    /// A layer's description: a constant, whose sizes the compiler has checked before anything runs.
    pub(crate) fn description(&self, layer: &Layer) -> TokenStream {
        let (constants, constant, at_step) = (&self.constants, &layer.constant, &layer.at_step);
        let description = quote!(#constants::#constant #at_step);
        if at_step.is_empty() { description } else { quote!(const { #description }) }
    }
}

/// What is known of a network with mistakes.
#[derive(Default)]
pub(crate) struct Sketch {
    pub(crate) scalar: Option<Ident>,
    pub(crate) input: Option<Shape>,
    /// Whether samples have lengths of their own.
    pub(crate) lengths: bool,
    pub(crate) output: Option<Shape>,
    /// Whether the input is indices.
    pub(crate) indices: bool,
    /// Whether there are heads, known or not.
    pub(crate) mentions_heads: bool,
    pub(crate) heads: Vec<(Ident, Shape)>,
    pub(crate) layers: Vec<Layer>,
    /// Networks that stand beside this one.
    pub(crate) nested: Vec<TokenStream>,
    /// The declared loss, where it is known and suits the output.
    pub(crate) loss: Option<Loss>,
    /// Whether users may name a type for the targets of several heads.
    pub(crate) targets: bool,
    /// The path of the crate, where the user gave one.
    pub(crate) backprop: Option<syn::Path>,
}

/// Checks a declaration. Goes on after a mistake as far as shapes are known; then only the sketch is of use.
pub(crate) fn build(
    name: &Ident,
    keys: &Keys,
    sketch: &mut Sketch,
    diagnostics: &mut Diagnostics,
) -> Result<Model> {
    let constants = format_ident!("{}Layers", name);
    let scalar = scalar(keys, diagnostics).unwrap_or_else(|_| Ident::new("f32", Span::call_site()));
    let tile = tile(keys, &scalar, diagnostics).unwrap_or(None);
    let items = keys.layers.as_ref().map_or(&[][..], |(_, items)| items.as_slice());
    let (input, lengths) = required(keys.input.as_ref(), keys.unread, name, "input = 784", diagnostics)
        .and_then(|(_, expr)| {
            let (input, lengths) = input::shape(expr, diagnostics)?;
            channels::check(&input, expr.span(), items, diagnostics).map(|()| (input, lengths))
        })
        .unwrap_or_else(|_| (Shape::unknown(), None));
    sketch.lengths = lengths.is_some();
    (sketch.targets, sketch.backprop) = (keys.loss.is_some() || keys.unread, keys.backprop.clone());
    sketch.scalar = Some(scalar.clone());
    let budget = budget(keys, diagnostics);
    let (span, items) =
        required(keys.layers.as_ref(), keys.unread, name, "layers = [dense(10)]", diagnostics)?;
    let train = train::read(keys, diagnostics);
    let mut built = build::graph(&constants, &scalar, &train, items, &input, diagnostics)?;
    train::apply(&train, &mut built.layers, diagnostics);
    measures_in_a_tile(keys, tile, &built, diagnostics);
    let input_rows = input::rows(&built, diagnostics).unwrap_or(None);
    let lengths = lengths.filter(|_| !built.nodes.is_empty() && diagnostics.reported().is_ok());
    let has_time = input.rank() == 2 || input_rows.is_some();
    let lengths =
        lengths.and_then(|span| lengths::check(span, &input, has_time, &mut built, diagnostics).ok());
    let build::Built { layers, values, nodes, output, heads, nested, equal, outline } = built;
    if nodes.is_empty() && diagnostics.reported().is_ok() {
        diagnostics.error(*span, "the network computes nothing: add a layer such as `dense(10)`");
    }
    let last = layers.last().map(|layer| layer.kind.name);
    // Of a shape that is not known only the name of the loss can be wrong.
    let (is_known, last) = (!output.shape.is_unknown(), last.filter(|_| !output.shape.is_unknown()));
    let loss = match &keys.loss {
        Some(loss) if is_known || matches!(loss, crate::declaration::DeclaredLoss::One(_)) => {
            Some(losses::build(
                name,
                &constants,
                loss,
                &output.shape,
                &heads,
                (last, lengths.as_ref()),
                diagnostics,
            ))
        }
        _ => None,
    };
    if let Err(reported) = diagnostics.reported() {
        // Before a layer that is not known the input may be numbers or indices.
        let first = layers.first().filter(|layer| layer.input.equals(&input) == Some(true));
        sketch.input = first.map(|_| input);
        sketch.indices = input_rows.is_some();
        sketch.output = heads.is_empty().then_some(output.shape);
        sketch.loss = loss.and_then(|loss| loss.ok().filter(|_| is_known));
        (sketch.heads, sketch.layers, sketch.nested) = (heads, layers, nested);
        return Err(reported);
    }
    let (loss, name) = (loss.transpose()?, name.clone());
    let mut notes = notes::of(&layers, &nodes, output.value);
    notes.extend(notes::channels(&input, layers.first()));
    Ok(Model {
        name,
        constants,
        scalar,
        input,
        input_rows,
        lengths,
        layers,
        values,
        nodes,
        outline,
        output,
        nested,
        heads,
        loss,
        tile,
        budget,
        weights: keys.weights.clone(),
        equal,
        notes,
    })
}

/// Refuses a tile of one sample where a layer measures over the samples of a tile.
fn measures_in_a_tile(keys: &Keys, tile: Option<usize>, built: &build::Built, diagnostics: &mut Diagnostics) {
    let measuring = built.layers.iter().find(|layer| layer.measured().is_some());
    if let (Some(expr), Some(1), Some(layer)) = (&keys.tile, tile, measuring) {
        let message = format!(
            "layer `{}`: batch_norm measures over the samples of a tile, and one sample has no variance: \
             give a larger tile, or use `layer_norm` or `group_norm`",
            layer.name
        );
        diagnostics.error(expr.span(), message);
    }
}

fn scalar(keys: &Keys, diagnostics: &mut Diagnostics) -> Result<Ident> {
    match &keys.scalar {
        None => Ok(Ident::new("f32", Span::call_site())),
        Some(scalar) if scalar == "f32" || scalar == "f64" => Ok(scalar.clone()),
        Some(other) => Err(diagnostics.error(other.span(), "a network computes in `f32` or `f64`")),
    }
}

fn tile(keys: &Keys, scalar: &Ident, diagnostics: &mut Diagnostics) -> Result<Option<usize>> {
    let Some(expr) = &keys.tile else { return Ok(None) };
    let lanes = if scalar == "f64" { 8 } else { 16 };
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

fn budget(keys: &Keys, diagnostics: &mut Diagnostics) -> Vec<(Ident, Expr)> {
    const LIMITS: &[&str] = &["training", "inference", "parameters"];
    let mut limits: Vec<(Ident, Expr)> = Vec::new();
    for (name, limit) in keys.budget.iter().flatten() {
        if !LIMITS.contains(&name.to_string().as_str()) {
            let hint = did_you_mean(&name.to_string(), LIMITS.iter().copied());
            let message = format!("unknown budget `{name}`{hint}; known: {}", LIMITS.join(", "));
            diagnostics.error(name.span(), message);
        } else if limits.iter().any(|(other, _)| other == name) {
            diagnostics.error(name.span(), format!("the budget `{name}` is given twice: remove one"));
        } else if !Size::may_be(limit) {
            let message = format!("the budget `{name}` is a constant number of bytes, such as `64 * 1024`");
            diagnostics.error(limit.span(), message);
        } else {
            limits.push((name.clone(), limit.clone()));
        }
    }
    limits
}
