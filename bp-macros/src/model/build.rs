//! Lists of layers → a graph.

use super::{Compute, Flow, Layer, Node, Value};
use crate::declaration::{Body, Item};
use crate::diagnostics::{Diagnostics, Reported, Result, did_you_mean};
use crate::layers::{BLOCK, Call, KINDS, Kind};
use crate::shape::Shape;
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::BTreeMap;
use syn::Ident;

/// Names that a field cannot have.
const RESERVED: &[&str] = &["self", "super", "crate", "Self", "_"];

/// The parts of a model that the list of layers decides.
pub(super) struct Built {
    pub(super) layers: Vec<Layer>,
    pub(super) values: Vec<Value>,
    pub(super) nodes: Vec<Node>,
    pub(super) output: Flow,
    pub(super) heads: Vec<(Ident, Shape)>,
    pub(super) nested: Vec<TokenStream>,
}

/// Builds the graph of a whole network.
pub(super) fn graph(
    constants: &Ident,
    scalar: &Ident,
    items: &[Item],
    input: &Shape,
    diagnostics: &mut Diagnostics,
) -> Result<Built> {
    let values = vec![Value { size: input.features(), of: "input".to_owned() }];
    let mut builder = Builder {
        constants,
        scalar,
        diagnostics,
        layers: Vec::new(),
        values,
        nodes: Vec::new(),
        heads: Vec::new(),
        numbers: BTreeMap::new(),
        before: "the network's input".to_owned(),
        frozen: false,
        suffix: String::new(),
        depth: 0,
        nested: Vec::new(),
    };
    let output = builder.chain(items, Flow { value: 0, shape: input.clone() })?;
    let Builder { layers, values, nodes, heads, nested, .. } = builder;
    Ok(Built { layers, values, nodes, output, heads, nested })
}

/// A graph in the making.
pub(super) struct Builder<'a> {
    pub(super) constants: &'a Ident,
    pub(super) scalar: &'a Ident,
    pub(super) diagnostics: &'a mut Diagnostics,
    pub(super) layers: Vec<Layer>,
    values: Vec<Value>,
    nodes: Vec<Node>,
    pub(super) heads: Vec<(Ident, Shape)>,
    /// How many layers without a name there are of each kind.
    numbers: BTreeMap<String, usize>,
    /// Words for what the next layer follows.
    pub(super) before: String,
    /// Whether the layers that follow stand in `frozen […]`.
    pub(super) frozen: bool,
    /// What tells the copies of a named layer apart in `repeat`.
    pub(super) suffix: String,
    /// How many groups of branches are open.
    pub(super) depth: usize,
    /// Networks that stand beside this one: bodies of fixed points.
    pub(super) nested: Vec<TokenStream>,
}

impl Builder<'_> {
    /// Builds a list of layers, each on the output of the one before. After a mistake goes on to look at
    /// names and kinds, but no longer at shapes.
    pub(super) fn chain(&mut self, items: &[Item], input: Flow) -> Result<Flow> {
        let mut flow = Ok(input);
        for (index, item) in items.iter().enumerate() {
            let last = index + 1 == items.len();
            flow = match flow {
                Ok(input) => self.item(item, input, last),
                Err(reported) => {
                    self.kind(item);
                    Err(reported)
                }
            };
        }
        flow
    }

    fn item(&mut self, item: &Item, input: Flow, last: bool) -> Result<Flow> {
        let frozen = self.frozen;
        self.frozen |= item.frozen;
        let built = match self.group(item, &input, last) {
            Some(built) => built,
            None => self.layer(item, input),
        };
        self.frozen = frozen;
        built
    }

    fn layer(&mut self, item: &Item, input: Flow) -> Result<Flow> {
        let kind = self.kind(item).ok_or_else(Reported::already)?;
        if !matches!(item.body, Body::None) {
            return Err(self
                .diagnostics
                .error(item.span(), format!("`{}` has no layers of its own", kind.name)));
        }
        let name = self.name(item, &item.default_name(kind.name))?;
        let constant = constant(&name);
        let (constants, scalar) = (self.constants, self.scalar);
        let path = quote!(#constants::#constant);
        let index = self.layers.len();
        let mut call = Call::new(kind, item, path, &self.before, quote!(#scalar), index, self.diagnostics);
        let built = (kind.build)(&mut call, &input.shape);
        let finished = call.finish();
        let (built, ()) = (built?, finished?);
        let computes = built.operation.is_some();
        self.before = format!("`{name}`");
        let output = built.output.clone();
        self.layers.push(Layer {
            name,
            constant,
            kind,
            text: item.text.clone(),
            input: input.shape,
            output: built.output,
            operation: built.operation,
            frozen: self.frozen,
        });
        let value =
            if computes { self.node(index, Compute::Layer, vec![input.value], &output) } else { input.value };
        Ok(Flow { value, shape: output })
    }

    /// Adds a computation and the value that it makes.
    pub(super) fn node(
        &mut self,
        layer: usize,
        compute: Compute,
        inputs: Vec<usize>,
        shape: &Shape,
    ) -> usize {
        let output = self.values.len();
        self.values.push(Value { size: shape.features(), of: self.layers[layer].name.to_string() });
        self.nodes.push(Node { layer, compute, inputs, output });
        output
    }

    /// Adds a row for something that joins branches.
    pub(super) fn join(
        &mut self,
        item: &Item,
        kind: &'static Kind,
        input: &Shape,
        output: &Shape,
    ) -> Result<usize> {
        let name = self.name(item, kind.name)?;
        self.before = format!("`{name}`");
        self.layers.push(Layer {
            constant: constant(&name),
            name,
            kind,
            text: item.text.clone(),
            input: input.clone(),
            output: output.clone(),
            operation: None,
            frozen: false,
        });
        Ok(self.layers.len() - 1)
    }

    fn kind(&mut self, item: &Item) -> Option<&'static Kind> {
        if item.is_type() {
            return Some(&BLOCK);
        }
        let word = item.word();
        let groups = super::groups::KINDS.iter().copied();
        let found = KINDS.iter().copied().chain(groups).find(|kind| word == kind.name);
        if found.is_none() {
            let hint = did_you_mean(&word, KINDS.iter().map(|kind| kind.name));
            let known: Vec<_> = KINDS.iter().map(|kind| kind.name).collect();
            let message = format!("unknown layer `{}`{hint}; known: {}", item.text, known.join(", "));
            self.diagnostics.error(item.span(), message);
        }
        found
    }

    /// The declared name, or the kind with its number among its kind.
    fn name(&mut self, item: &Item, kind: &str) -> Result<Ident> {
        let name = match &item.name {
            Some(name) if RESERVED.contains(&name.to_string().as_str()) => {
                let message = format!("`{name}` cannot name a field: choose another name");
                return Err(self.diagnostics.error(name.span(), message));
            }
            Some(name) => Ident::new(&format!("{name}{}", self.suffix), name.span()),
            None => {
                let number = self.numbers.entry(kind.to_owned()).or_insert(0);
                *number += 1;
                Ident::new(&format!("{kind}{number}"), item.span())
            }
        };
        match self.layers.iter().find(|layer| layer.constant == constant(&name)) {
            Some(other) => {
                let message = format!("two layers are named `{}`: rename one", other.name);
                Err(self.diagnostics.error(name.span(), message))
            }
            None => Ok(name),
        }
    }
}

fn constant(name: &Ident) -> Ident {
    Ident::new(&name.to_string().trim_start_matches("r#").to_uppercase(), name.span())
}
