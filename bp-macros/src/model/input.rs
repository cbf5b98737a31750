//! The input: its shape, and what reads it.

use super::build::Built;
use super::{Compute, Node, lengths};
use crate::declaration::axes;
use crate::diagnostics::{Diagnostics, Result};
use crate::shape::Shape;
use crate::size::Size;
use proc_macro2::Span;
use syn::{Expr, spanned::Spanned};

/// The shape, and where samples have lengths of their own the place that says so.
pub(super) fn shape(expr: &Expr, diagnostics: &mut Diagnostics) -> Result<(Shape, Option<Span>)> {
    let mut axes = axes(expr);
    let remedy = without_batch(expr).unwrap_or_else(|| crate::layers::remedy(expr));
    if axes.is_empty() || axes.len() > 3 {
        return Err(diagnostics.error(
            expr.span(),
            "an input has one axis, `784`, two, `[time, features]`, or three, `[channels, height, width]`; there are no layers over \
             volumes: give the slices of one as channels of an image",
        ));
    }
    let mut lengths = None;
    if axes.len() < 3 {
        (axes[0], lengths) = lengths::most(axes[0], diagnostics)?;
    }
    let sizes: Vec<Size> = axes.iter().map(|axis| Size::from_expr(axis)).collect();
    for (size, axis) in sizes.iter().zip(axes) {
        if !Size::may_be(axis) || size.known() == Some(0) {
            let message =
                format!("each axis of the input is a constant of at least 1, such as `784`{remedy}");
            return Err(diagnostics.error(axis.span(), message));
        }
    }
    let shape = Shape(sizes);
    if shape.exceeds_addresses() {
        let message =
            format!("the input {shape} has more numbers than can be addressed (2³² − 1): make it smaller");
        return Err(diagnostics.error(expr.span(), message));
    }
    Ok((shape, lengths))
}

/// What to write instead of a shape that begins with `None` or `-1`, as others write the batch.
fn without_batch(expr: &Expr) -> Option<String> {
    let axes: Vec<&Expr> = match expr {
        Expr::Tuple(tuple) => tuple.elems.iter().collect(),
        other => axes(other),
    };
    let text = |axis: &&Expr| quote::quote!(#axis).to_string();
    let (first, rest) = axes.split_first()?;
    (matches!(text(first).as_str(), "None" | "- 1") && !rest.is_empty()).then(|| {
        let rest: Vec<String> = rest.iter().map(text).collect();
        format!(": a batch is given to `step`, of any length, and has no axis here: `[{}]`", rest.join(", "))
    })
}

/// How many rows the embedding has that reads the input, if one does; nothing else may read it then, and no embedding
/// anything else.
pub(super) fn rows(built: &Built, diagnostics: &mut Diagnostics) -> Result<Option<Size>> {
    let rows = |node: &Node| match node.compute {
        Compute::Layer => built.layers[node.layer].operation.as_ref()?.input_rows.clone(),
        _ => None,
    };
    let mut found = Ok(None);
    for node in &built.nodes {
        let name = &built.layers[node.layer].name;
        match rows(node) {
            Some(_) if node.inputs != [0] => {
                found = Err(diagnostics.error(
                    name.span(),
                    "embedding: it reads the indices that are the network's input: make it the first layer",
                ));
            }
            Some(rows) if built.nodes.iter().filter(|node| node.inputs.contains(&0)).count() == 1 => {
                found = found.map(|_: Option<Size>| Some(rows));
            }
            Some(_) => {
                found = Err(diagnostics.error(
                    name.span(),
                    "embedding: another layer reads the network's input too, which is indices: \
                     let the branches begin behind the embedding",
                ));
            }
            None => {}
        }
    }
    found
}
