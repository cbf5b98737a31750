//! Lists of layers → a graph.

use super::outline::{Outline, Part};
use super::train::Train;
use super::{Compute, Equal, Flow, Layer, Node, Value};
use crate::declaration::{Body, Item};
use crate::diagnostics::{Diagnostics, Reported, Result, did_you_mean_or_list};
use crate::elsewhere::{self, Place};
use crate::layers::{Aside, BLOCK, Call, KINDS, Kind};
use crate::shape::Shape;
use crate::size::Size;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use std::collections::{BTreeMap, BTreeSet};
use syn::Ident;

/// The most layers that a network may have, groups and copies in `repeat` counted.
const MOST_LAYERS: usize = 2_000;

/// The parts of a model that the list of layers decides.
pub(super) struct Built {
    pub(super) layers: Vec<Layer>,
    pub(super) values: Vec<Value>,
    pub(super) nodes: Vec<Node>,
    pub(super) output: Flow,
    pub(super) heads: Vec<(Ident, Shape)>,
    pub(super) nested: Vec<TokenStream>,
    pub(super) equal: Vec<Equal>,
    pub(super) outline: Vec<Part>,
}

/// Builds the graph of a whole network.
pub(super) fn graph(
    constants: &Ident,
    scalar: &Ident,
    train: &Train,
    items: &[Item],
    input: &Shape,
    diagnostics: &mut Diagnostics,
) -> Result<Built> {
    let values = vec![Value { size: input.features(), of: "input".to_owned() }];
    let mut builder = Builder {
        constants,
        scalar,
        train,
        diagnostics,
        layers: Vec::new(),
        values,
        nodes: Vec::new(),
        heads: Vec::new(),
        numbers: BTreeMap::new(),
        names: BTreeSet::new(),
        equal: Vec::new(),
        before: "the network's input".to_owned(),
        frozen: false,
        suffix: String::new(),
        depth: 0,
        nested: Vec::new(),
        mismatch: false,
        items: 0,
        outline: Outline::default(),
    };
    let output = builder.chain(items, Flow { value: 0, shape: input.clone() })?;
    let Builder { layers, values, nodes, heads, nested, equal, outline, .. } = builder;
    Ok(Built { layers, values, nodes, output, heads, nested, equal, outline: outline.chain })
}

/// A graph in the making.
pub(super) struct Builder<'a> {
    pub(super) constants: &'a Ident,
    pub(super) scalar: &'a Ident,
    pub(super) train: &'a Train,
    pub(super) diagnostics: &'a mut Diagnostics,
    pub(super) layers: Vec<Layer>,
    values: Vec<Value>,
    nodes: Vec<Node>,
    pub(super) heads: Vec<(Ident, Shape)>,
    /// Sizes that must be equal, which only the compiler can tell.
    equal: Vec<Equal>,
    /// How many layers without a name there are of each kind.
    numbers: BTreeMap<String, usize>,
    /// Names of the layers' constants.
    names: BTreeSet<String>,
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
    /// Whether the last layer's input was of a wrong shape.
    mismatch: bool,
    /// How many layers and groups have been built, copies counted.
    items: usize,
    pub(super) outline: Outline,
}

impl Builder<'_> {
    /// Builds a list of layers, each on the output of the one before. After a mistake goes on with a shape of
    /// which nothing is known, so that later mistakes are found and none is invented.
    pub(super) fn chain(&mut self, items: &[Item], input: Flow) -> Result<Flow> {
        let mut flow = input;
        for (index, item) in items.iter().enumerate() {
            let last = index + 1 == items.len();
            let value = flow.value;
            flow = self.item(item, flow, last).unwrap_or_else(|_| Flow { value, shape: Shape::unknown() });
        }
        Ok(flow)
    }

    fn item(&mut self, item: &Item, input: Flow, last: bool) -> Result<Flow> {
        if matches!(item.body, Body::Unreadable) {
            return Err(Reported::already());
        }
        self.items += 1;
        if self.items > MOST_LAYERS + 1 {
            return Err(Reported::already());
        }
        if self.items > MOST_LAYERS {
            let message = format!(
                "this is layer {}, and a network has at most {MOST_LAYERS}: repeat fewer times",
                self.items
            );
            return Err(self.diagnostics.error(item.span(), message));
        }
        let frozen = self.frozen;
        self.frozen |= item.frozen;
        let built = match self.group(item, &input, last) {
            Some(built) => built,
            None => self.layer(item, input),
        };
        self.frozen = frozen;
        built
    }

    /// Builds one layer. Of an input of unknown shape, tries with one axis, with two, with three, until its
    /// kind takes it.
    fn layer(&mut self, item: &Item, input: Flow) -> Result<Flow> {
        if !input.shape.is_unknown() {
            return self.layer_of(item, input);
        }
        self.kind(item).ok_or_else(Reported::already)?;
        for rank in 1..=4 {
            let shape = Shape(vec![Size::expression(quote!(_)); rank]);
            let before = std::mem::take(self.diagnostics);
            let (names, numbers) = (self.names.clone(), self.numbers.clone());
            self.mismatch = false;
            let built = self.layer_of(item, Flow { value: input.value, shape: shape.clone() });
            let found = std::mem::replace(self.diagnostics, before);
            if !self.mismatch {
                self.diagnostics.merge(found);
                // What takes any shape has told nothing of it.
                let guessed = |flow: &Flow| flow.shape.equals(&shape) == Some(true);
                return built.map(|flow| {
                    if guessed(&flow) { Flow { shape: Shape::unknown(), ..flow } } else { flow }
                });
            }
            found.discard();
            (self.names, self.numbers) = (names, numbers);
        }
        Err(Reported::already())
    }

    fn layer_of(&mut self, item: &Item, input: Flow) -> Result<Flow> {
        let kind = self.kind(item).ok_or_else(Reported::already)?;
        if !matches!(item.body, Body::None) {
            return Err(self.diagnostics.error(
                item.span(),
                format!("`{}` has no layers of its own: remove the brackets behind it", kind.name),
            ));
        }
        let name = self.name(item, &item.default_name(kind.name))?;
        let constant = constant(&name);
        let (constants, scalar) = (self.constants, self.scalar);
        let path = quote!(#constants::#constant);
        let index = self.layers.len();
        let mut call = Call::new(kind, item, path, &self.before, quote!(#scalar), index, self.diagnostics);
        let built = (kind.build)(&mut call, &input.shape);
        self.mismatch = call.mismatch;
        let (ahead, behind) = (std::mem::take(&mut call.ahead), std::mem::take(&mut call.behind));
        let trains = |built: &crate::layers::Layer| {
            built.operation.as_ref().is_some_and(|operation| operation.parameters.is_some())
        };
        let rates = match &built {
            Ok(built) if trains(built) => call.rates(self.frozen)?,
            _ => None,
        };
        let finished = call.finish(built.is_ok());
        let built = built?;
        self.check_addresses(item, &built, finished.is_ok())?;
        let mut flow = input;
        for aside in ahead {
            flow = self.aside(item, &name, aside, flow)?;
        }
        flow = self.push(item, name.clone(), kind, built, flow);
        if let Some(layer) = self.layers.last_mut() {
            layer.rates = rates;
        }
        for aside in behind {
            flow = self.aside(item, &name, aside, flow)?;
        }
        self.before = format!("`{name}`");
        Ok(flow)
    }

    /// Adds a computation beside that of a layer, with a row of its own: `conv1_pad`.
    fn aside(&mut self, item: &Item, of: &Ident, aside: Aside, input: Flow) -> Result<Flow> {
        let Aside { kind, output, operation } = aside;
        let name = |number: &str| quote::format_ident!("{of}_{}{number}", kind.name, span = of.span());
        let taken = |name: &Ident| self.names.contains(&constant(name).to_string());
        let name = [name(""), name("_back")].into_iter().find(|name| !taken(name));
        let Some(name) = name.filter(|name| self.names.insert(constant(name).to_string())) else {
            let message = format!(
                "`{of}` has a `{}` of its own, and its name is taken: rename the other layer",
                kind.name
            );
            return Err(self.diagnostics.error(item.span(), message));
        };
        let layer = crate::layers::Layer { output, operation: Some(operation) };
        self.check_addresses(item, &layer, true)?;
        Ok(self.push(item, name, kind, layer, input))
    }

    /// Adds a layer, and what it computes.
    fn push(
        &mut self,
        item: &Item,
        name: Ident,
        kind: &'static Kind,
        built: crate::layers::Layer,
        input: Flow,
    ) -> Flow {
        let (index, output) = (self.layers.len(), built.output.clone());
        let computes = built.operation.is_some();
        self.layers.push(Layer {
            constant: constant(&name),
            name,
            kind,
            text: item.text.clone(),
            input: input.shape,
            output: built.output,
            operation: built.operation,
            frozen: self.frozen,
            only_biases: false,
            at_step: TokenStream::new(),
            memory: None,
            carries: false,
            rates: None,
        });
        self.outline.chain.push(Part::Layer(index));
        let value =
            if computes { self.node(index, Compute::Layer, vec![input.value], &output) } else { input.value };
        Flow { value, shape: output }
    }

    /// Asks the compiler whether two sizes are equal, where the macro cannot tell.
    pub(super) fn expect_equal(&mut self, a: &Size, b: &Size, message: &str, span: Span) {
        if a.equals(b).is_none() {
            self.equal.push(Equal { a: a.clone(), b: b.clone(), message: message.to_owned(), span });
        }
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
            only_biases: false,
            at_step: TokenStream::new(),
            memory: None,
            carries: false,
            rates: None,
        });
        Ok(self.layers.len() - 1)
    }

    /// Reports a layer that no target can address.
    fn check_addresses(&mut self, item: &Item, built: &crate::layers::Layer, check: bool) -> Result<()> {
        if !check {
            return Ok(());
        }
        if built.output.exceeds_addresses() {
            let message = format!(
                "`{}` gives {}: more numbers than can be addressed (2³² − 1): make it smaller",
                item.text, built.output
            );
            return Err(self.diagnostics.error(item.span(), message));
        }
        let parameters = built.operation.as_ref().and_then(|operation| operation.parameters.as_ref());
        if parameters
            .and_then(|parameters| parameters.count.literal())
            .is_some_and(|n| n > u128::from(u32::MAX))
        {
            let message = format!(
                "`{}` has more parameters than can be addressed (2³² − 1): make it or its input smaller",
                item.text
            );
            return Err(self.diagnostics.error(item.span(), message));
        }
        Ok(())
    }

    fn kind(&mut self, item: &Item) -> Option<&'static Kind> {
        let word = item.word();
        let all = || KINDS.iter().chain(super::groups::KINDS).copied();
        if item.is_type() && *self.constants == format!("{word}Layers") {
            let message =
                format!("`{word}` stands in its own list of layers: a network cannot contain itself");
            self.diagnostics.error(item.span(), message);
            return None;
        }
        if item.is_type() && !is_of_others(item, all().map(|kind| kind.name)) {
            return Some(&BLOCK);
        }
        let found = all().find(|kind| word == kind.name);
        if found.is_none() {
            let hint = did_you_mean_or_list(&word, Place::Layer, all().map(|kind| kind.name));
            let own = if item.is_type() {
                format!("; a type of your own that is called so is written with its path, `self::{word}`")
            } else {
                String::new()
            };
            self.diagnostics.error(item.span(), format!("unknown layer `{}`{hint}{own}", item.text));
        }
        found
    }

    /// The declared name, or the kind with its number among its kind.
    fn name(&mut self, item: &Item, kind: &str) -> Result<Ident> {
        let name = match &item.name {
            Some(name) if syn::parse2::<Ident>(quote!(#name)).is_err() => {
                let message =
                    format!("`{name}` is a word of Rust's own and cannot name a layer: choose another name");
                return Err(self.diagnostics.error(name.span(), message));
            }
            // A raw name stays one, unless a number follows it.
            Some(name) if self.suffix.is_empty() => name.clone(),
            Some(name) => {
                let mut numbered = quote::format_ident!("{name}{}", self.suffix);
                numbered.set_span(name.span());
                numbered
            }
            None => {
                let number = self.numbers.entry(kind.to_owned()).or_insert(0);
                *number += 1;
                Ident::new(&format!("{kind}{number}"), item.span())
            }
        };
        if !self.names.insert(constant(&name).to_string()) {
            let message = format!("two layers are named `{name}` (in upper or lower case): rename one");
            return Err(self.diagnostics.error(name.span(), message));
        }
        Ok(name)
    }
}

/// Whether a layer is written as in another library, `Conv2d(6, 5)`, and not as a type, which has no arguments.
fn is_of_others(item: &Item, known: impl Iterator<Item = &'static str> + Clone) -> bool {
    let word = item.word();
    let called = item.text.contains('(');
    let means =
        || elsewhere::meant(&word, known).is_some() || elsewhere::advice(&word, Place::Layer).is_some();
    !word.is_empty() && (called && means() || !called && elsewhere::is_foreign(&word))
}

/// Of no place in the declaration: there the layer's name leads to its field.
fn constant(name: &Ident) -> Ident {
    Ident::new(&name.to_string().trim_start_matches("r#").to_uppercase(), Span::call_site())
}
