//! Groups of layers: branches that join, copies in a row, parts that stay frozen, heads.

use super::build::Builder;
use super::{Compute, Flow};
use crate::declaration::{Body, Item};
use crate::diagnostics::{Reported, Result};
use crate::layers::{Kind, Nature};
use crate::shape::Shape;
use crate::size::Size;
use proc_macro2::Span;
use syn::Expr;

/// Words for the groups; they take part in names and tables like layers.
pub(super) static KINDS: &[&Kind] =
    &[&RESIDUAL, &SUM, &PRODUCT, &CONCAT, &HEADS, &REPEAT, &FROZEN, &fixed_point::FIXED_POINT];

static RESIDUAL: Kind = group("residual", "residual(shortcut = [])[ … ]", "y = body(x) + shortcut(x)");
static SUM: Kind = group("sum", "sum[[ … ], [ … ]]", "y = the sum of all branches");
static PRODUCT: Kind =
    group("product", "product[[ … ], [ … ]]", "y = the product of all branches, number by number");
static CONCAT: Kind = group("concat", "concat(axis = 0)[[ … ], [ … ]]", "y = all branches along one axis");
static HEADS: Kind = group("heads", "heads { name: [ … ], other: [ … ] }", "several outputs");
static REPEAT: Kind =
    group("repeat", "repeat(times)[ … ]", "the same layers several times, each with weights of its own");
static FROZEN: Kind = group("frozen", "frozen[ … ]", "layers that training leaves alone");

mod fixed_point;

const fn group(name: &'static str, signature: &'static str, formula: &'static str) -> Kind {
    // `group` builds them.
    Kind { name, nature: Nature::Other, signature, formula, build: |_, _| Err(Reported::already()) }
}

impl Builder<'_> {
    /// Builds a group, or gives `None` where the item is none.
    pub(super) fn group(&mut self, item: &Item, input: &Flow, last: bool) -> Option<Result<Flow>> {
        let word = item.word();
        let kind = KINDS.iter().copied().find(|kind| word == kind.name)?;
        Some(match (word.as_str(), &item.body) {
            ("residual", Body::Chain(body, _)) => self.residual(item, body, input),
            ("sum", Body::Branches(branches)) => self.sum(item, branches, input),
            ("product", Body::Branches(branches)) => self.product(item, branches, input),
            ("concat", Body::Branches(branches)) => self.concat(item, branches, input),
            ("heads", Body::Named(heads)) => self.heads_of(item, heads, input, last),
            ("repeat", Body::Chain(body, _)) => self.repeat(item, body, input),
            ("fixed_point", Body::Chain(_, body)) => self.fixed_point(item, kind, body, input),
            ("frozen", Body::Chain(body, _)) => {
                let outer = std::mem::replace(&mut self.frozen, true);
                let output = self.chain(body, input.clone());
                self.frozen = outer;
                output
            }
            _ => {
                let message = format!(
                    "{}: its layers are missing, or stand in other brackets: write `{}`",
                    kind.name, kind.signature
                );
                Err(self.diagnostics.error(item.span(), message))
            }
        })
    }

    fn branch(&mut self, items: &[Item], input: &Flow, before: &str) -> Result<Flow> {
        before.clone_into(&mut self.before);
        self.depth += 1;
        let output = self.in_branch(|builder| builder.chain(items, input.clone()));
        self.depth -= 1;
        output
    }

    fn residual(&mut self, item: &Item, body: &[Item], input: &Flow) -> Result<Flow> {
        let mut shortcut: &[Item] = &[];
        for argument in &item.arguments {
            match &argument.layers {
                Some(layers) => shortcut = layers,
                None => {
                    let message = format!("residual takes only a shortcut: write `{}`", RESIDUAL.signature);
                    return Err(self.diagnostics.error(item.span(), message));
                }
            }
        }
        let before = self.before.clone();
        let through = self.branch(body, input, &before);
        let around = self.branch(shortcut, input, &before);
        let (through, around) = (through?, around?);
        if through.shape.equals(&around.shape) == Some(false) {
            let message = format!(
                "residual: the body turns {} into {}, which cannot be added to {}: \
                 make the shapes equal or give a `shortcut = [ … ]` that ends in {}",
                input.shape, through.shape, around.shape, through.shape
            );
            return Err(self.diagnostics.error(item.span(), message));
        }
        self.expect_equal_shapes(
            &through.shape,
            &around.shape,
            "residual: the body changes the shape of its input",
            item.span(),
        );
        self.add(item, &RESIDUAL, &[through, around], input)
    }

    fn sum(&mut self, item: &Item, branches: &[Vec<Item>], input: &Flow) -> Result<Flow> {
        let flows = self.equal_branches(item, &SUM, branches, input)?;
        self.add(item, &SUM, &flows, input)
    }

    /// Two at a time, so that the gradient of each factor is the gradient of the product times the other.
    fn product(&mut self, item: &Item, branches: &[Vec<Item>], input: &Flow) -> Result<Flow> {
        let flows = self.equal_branches(item, &PRODUCT, branches, input)?;
        let shape = flows[0].shape.clone();
        let layer = self.join(item, &PRODUCT, &input.shape, &shape)?;
        self.outline.join(layer, flows.len());
        let mut value = flows[0].value;
        for flow in &flows[1..] {
            value = self.node(layer, Compute::Product, vec![value, flow.value], &shape);
        }
        Ok(Flow { value, shape })
    }

    /// Branches that all end in the same shape.
    fn equal_branches(
        &mut self,
        item: &Item,
        kind: &'static Kind,
        branches: &[Vec<Item>],
        input: &Flow,
    ) -> Result<Vec<Flow>> {
        let flows = self.branches(branches, input)?;
        let first = flows[0].shape.clone();
        for (number, flow) in flows.iter().enumerate() {
            if flow.shape.equals(&first) == Some(false) {
                let message = format!(
                    "{}: branch {} ends in {} and branch 1 in {first}: make them equal",
                    kind.name,
                    number + 1,
                    flow.shape
                );
                return Err(self.diagnostics.error(span(&branches[number], item), message));
            }
        }
        for flow in &flows {
            let message = format!("{}: the branches end in different shapes", kind.name);
            self.expect_equal_shapes(&flow.shape, &first, &message, item.span());
        }
        Ok(flows)
    }

    fn expect_equal_shapes(&mut self, a: &Shape, b: &Shape, message: &str, span: Span) {
        for (a, b) in a.0.iter().zip(&b.0) {
            self.expect_equal(a, b, message, span);
        }
    }

    fn add(&mut self, item: &Item, kind: &'static Kind, flows: &[Flow], input: &Flow) -> Result<Flow> {
        let shape = flows[0].shape.clone();
        let layer = self.join(item, kind, &input.shape, &shape)?;
        self.outline.join(layer, flows.len());
        let values = flows.iter().map(|flow| flow.value).collect();
        let value = self.node(layer, Compute::Sum, values, &shape);
        Ok(Flow { value, shape })
    }

    fn concat(&mut self, item: &Item, branches: &[Vec<Item>], input: &Flow) -> Result<Flow> {
        let axis = match item.arguments.as_slice() {
            [] => Some(0),
            [argument] if argument.key.as_ref().is_none_or(|key| key == "axis") => {
                Size::from_expr(&argument.value).known()
            }
            _ => None,
        };
        let flows = self.branches(branches, input)?;
        if flows.iter().any(|flow| flow.shape.is_unknown()) {
            return Err(Reported::already());
        }
        let rank = flows[0].shape.rank();
        let Some(axis) = axis.filter(|axis| *axis < rank) else {
            let message = format!("concat: the axis is a number below {rank}: write `{}`", CONCAT.signature);
            return Err(self.diagnostics.error(item.span(), message));
        };
        let mut shape = flows[0].shape.clone();
        for (number, flow) in flows.iter().enumerate().skip(1) {
            let fits = flow.shape.rank() == rank
                && (0..rank)
                    .all(|other| other == axis || flow.shape.0[other].equals(&shape.0[other]) != Some(false));
            if !fits {
                let message = format!(
                    "concat: branch {} ends in {} and branch 1 in {}: all axes but {axis} must be equal",
                    number + 1,
                    flow.shape,
                    flows[0].shape
                );
                return Err(self.diagnostics.error(span(&branches[number], item), message));
            }
            for other in (0..rank).filter(|other| *other != axis) {
                let message =
                    "concat: the branches differ in another axis than the one they are joined along";
                self.expect_equal(&flow.shape.0[other], &flows[0].shape.0[other], message, item.span());
            }
            shape.0[axis] = shape.0[axis].plus(&flow.shape.0[axis]);
        }
        let layer = self.join(item, &CONCAT, &input.shape, &shape)?;
        self.outline.join(layer, flows.len());
        let groups = Shape(shape.0[..axis].to_vec()).features();
        let values = flows.iter().map(|flow| flow.value).collect();
        let value = self.node(layer, Compute::Concat { groups }, values, &shape);
        Ok(Flow { value, shape })
    }

    fn branches(&mut self, branches: &[Vec<Item>], input: &Flow) -> Result<Vec<Flow>> {
        let before = self.before.clone();
        let flows: Vec<_> = branches.iter().map(|branch| self.branch(branch, input, &before)).collect();
        // None is left where none could be read.
        if flows.is_empty() { Err(Reported::already()) } else { flows.into_iter().collect() }
    }

    fn heads_of(
        &mut self,
        item: &Item,
        heads: &[(syn::Ident, Vec<Item>)],
        input: &Flow,
        last: bool,
    ) -> Result<Flow> {
        if !last || self.depth > 0 {
            return Err(self.diagnostics.error(
                item.span(),
                "heads come last, once, and outside of other groups: move them to the end of `layers`",
            ));
        }
        let before = self.before.clone();
        let mut flows = Vec::new();
        let mut size = Size::Known(0);
        for (name, body) in heads {
            if self.heads.iter().any(|(other, _)| other == name) {
                return Err(self
                    .diagnostics
                    .error(name.span(), format!("two heads are named `{name}`: rename one")));
            }
            let flow = self.branch(body, input, &before)?;
            size = size.plus(&flow.shape.features());
            self.heads.push((name.clone(), flow.shape.clone()));
            flows.push(flow);
        }
        if flows.is_empty() {
            return Err(self
                .diagnostics
                .error(item.span(), format!("heads: name at least one: write `{}`", HEADS.signature)));
        }
        let shape = Shape::flat(size);
        let layer = self.join(item, &HEADS, &input.shape, &shape)?;
        self.outline.join(layer, flows.len());
        let values = flows.iter().map(|flow| flow.value).collect();
        let value = self.node(layer, Compute::Concat { groups: Size::Known(1) }, values, &shape);
        Ok(Flow { value, shape })
    }

    fn repeat(&mut self, item: &Item, body: &[Item], input: &Flow) -> Result<Flow> {
        let times = match item.arguments.as_slice() {
            [argument] if argument.key.is_none() => number(&argument.value),
            _ => None,
        };
        let Some(times) = times.filter(|times| (1..=1000).contains(times)) else {
            let message = format!("repeat: give a number from 1 to 1000: write `{}`", REPEAT.signature);
            return Err(self.diagnostics.error(item.span(), message));
        };
        if body.is_empty() {
            return Err(self.diagnostics.error(
                item.span(),
                format!("repeat: there are no layers to repeat: write `{}`", REPEAT.signature),
            ));
        }
        let outer = self.suffix.clone();
        let flow = self.in_copies(times, |builder| {
            let mut flow = input.clone();
            for copy in 1..=times {
                builder.suffix = format!("{outer}_{copy}");
                let before = builder.diagnostics.count();
                flow = builder.chain(body, flow)?;
                if builder.diagnostics.count() > before {
                    // Once, and not in every copy.
                    break;
                }
            }
            Ok(flow)
        });
        self.suffix = outer;
        flow
    }
}

fn number(expr: &Expr) -> Option<usize> {
    Size::from_expr(expr).known()
}

/// Where to report what is wrong with a branch.
fn span(branch: &[Item], group: &Item) -> Span {
    branch.last().unwrap_or(group).span()
}
