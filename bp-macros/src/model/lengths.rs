//! Samples that are shorter than the window: where what flows still has a time axis, and which layers they suit.
//!
//! What lies behind the end of a sample must not reach what lies before it. A causal layer sees to that by itself; others
//! must be told the lengths. Backward then needs nothing but a gradient that is 0 behind the end of the output.

use super::build::Built;
use super::{Compute, Equal, Layer, Node};
use crate::diagnostics::{Diagnostics, Reported, Result};
use crate::layers::{Stepwise, Why};
use crate::shape::Shape;
use crate::size::Size;
use proc_macro2::Span;
use syn::{Expr, RangeLimits, spanned::Spanned};

/// Of a network whose samples have lengths of their own.
#[derive(Clone)]
pub(crate) struct Lengths {
    /// The longest.
    pub(crate) time: Size,
    /// Whether the output still has the time axis; of several heads each.
    pub(crate) outputs: Vec<bool>,
}

impl Lengths {
    /// How many steps each sample may have, if that head, or the output, still has a time axis.
    pub(crate) fn of(&self, head: usize) -> Option<&Size> {
        self.outputs.get(head).is_some_and(|own| *own).then_some(&self.time)
    }
}

/// `16` of `..=16`, which stands for up to so many steps, and where that is written; the axis itself where it is none.
pub(super) fn most<'a>(axis: &'a Expr, diagnostics: &mut Diagnostics) -> Result<(&'a Expr, Option<Span>)> {
    let Expr::Range(range) = axis else { return Ok((axis, None)) };
    match (&range.start, range.limits, &range.end) {
        (None, RangeLimits::Closed(_), Some(end)) => Ok((end, Some(axis.span()))),
        _ => {
            let message = "samples of up to 16 steps, each with a length of its own, are written `..=16`";
            Err(diagnostics.error(axis.span(), message))
        }
    }
}

/// Where there is a time axis, and whether every layer before its end suits samples that are shorter.
pub(super) fn check(
    span: Span,
    input: &Shape,
    has_time: bool,
    built: &mut Built,
    diagnostics: &mut Diagnostics,
) -> Result<Lengths> {
    if !has_time {
        let message = "a length of its own is that of a time axis: write `[..=16, features]`, or put an `embedding` first";
        return Err(diagnostics.error(span, message));
    }
    let time = input.0.first().cloned().unwrap_or(Size::Known(1));
    let mut flows = vec![false; built.values.len()];
    flows[0] = true;
    let heads = built.nodes.iter().find(|node| !built.heads.is_empty() && node.output == built.output.value);
    let ends = heads.map_or_else(|| vec![built.output.value], |node| node.inputs.clone());
    for node in &built.nodes {
        let inputs = || node.inputs.iter().map(|input| flows[*input]);
        let why = match &node.compute {
            _ if !inputs().any(|flows| flows) || node.output == built.output.value && heads.is_some() => {
                continue;
            }
            Compute::Layer => layer(&built.layers[node.layer], &time, &mut built.equal).err(),
            _ if !inputs().all(|flows| flows) => Some(Why::JoinsTimeless.words()),
            Compute::Concat { groups } if groups.equals(&time) != Some(true) => Some(Why::JoinsTime.words()),
            _ => None,
        };
        let layer = &built.layers[node.layer];
        if let Some(why) = why {
            return Err(refuse(layer, why, diagnostics));
        }
        flows[node.output] = keeps_time(node, layer);
    }
    let shapes: Vec<&Shape> = match built.heads.as_slice() {
        [] => vec![&built.output.shape],
        heads => heads.iter().map(|(_, shape)| shape).collect(),
    };
    let outputs: Vec<bool> = ends.iter().map(|value| flows[*value]).collect();
    let joined = |(shape, flows): (&&Shape, &bool)| *flows && shape.rank() != 2;
    if let Some(layer) = built.layers.last().filter(|_| shapes.iter().zip(&outputs).any(joined)) {
        return Err(refuse(layer, Why::AllAtOnce.words(), diagnostics));
    }
    Ok(Lengths { time, outputs })
}

/// Whether there is a time axis behind a layer that has one before it.
fn keeps_time(node: &Node, layer: &Layer) -> bool {
    !matches!(node.compute, Compute::Layer) || layer.output.rank() > 1
}

/// Why a layer on the time axis does not suit samples that are shorter.
fn layer(layer: &Layer, time: &Size, equal: &mut Vec<Equal>) -> std::result::Result<(), &'static str> {
    let Some(operation) = &layer.operation else { return Ok(()) };
    if matches!(operation.stepwise, Stepwise::Block) {
        return Err("is a type, which is not told them");
    }
    let axis = layer.input.0.first().filter(|_| layer.input.rank() > 1 || operation.input_rows.is_some());
    match axis.map(|axis| (axis, axis.equals(time))) {
        Some((_, Some(true))) => {}
        // Only the compiler can tell.
        Some((axis, None)) => equal.push(Equal {
            a: axis.clone(),
            b: time.clone(),
            message: message(layer, Why::AllAtOnce.words()),
            span: layer.name.span(),
        }),
        _ => return Err(Why::AllAtOnce.words()),
    }
    match operation.stepwise {
        _ if layer.measured().is_some() => Err("measures over all steps: use `layer_norm`"),
        Stepwise::Never(why) if !operation.heeds_lengths => Err(why.words()),
        _ => Ok(()),
    }
}

fn message(layer: &Layer, why: &str) -> String {
    let remedy = match why == Why::AllAtOnce.words() {
        true => ": put `last`, `global_avg_pool` or `global_max_pool` before it, which are told the lengths",
        false => "",
    };
    format!("samples have lengths of their own, and layer `{}` {why}{remedy}", layer.name)
}

fn refuse(layer: &Layer, why: &str, diagnostics: &mut Diagnostics) -> Reported {
    let message = message(layer, why);
    diagnostics.error(layer.name.span(), message)
}
