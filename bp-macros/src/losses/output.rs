//! What a loss is of: an output, or where samples have lengths of their own each step of it that is there.

use super::Written;
use crate::declaration::as_name;
use crate::shape::Shape;
use crate::size::Size;
use proc_macro2::Span;
use quote::quote;
use syn::{Expr, Ident, spanned::Spanned};

pub(super) const PER_WITH_LENGTHS: &str =
    "samples have lengths of their own: the loss is that of each step that is there, so remove `per`";

/// What a loss is of.
#[derive(Clone, Copy)]
pub(super) struct Output<'a> {
    pub(super) shape: &'a Shape,
    /// Where samples have lengths of their own, and this still has a time axis: the longest.
    pub(super) time: Option<&'a Size>,
}

impl Output<'_> {
    /// A loss of all steps that are there, from that of one step.
    pub(super) fn of_each_step(self, loss: Written) -> Written {
        let (Some(time), [_, features]) = (self.time, self.shape.0.as_slice()) else { return loss };
        let (Written { kind, value, formula }, time) = (loss, time.generic());
        let length = features.length(&quote!(::backprop::codegen));
        let kind = quote!(::backprop::losses::EachStep<#kind, #length, #time>);
        Written { value: quote!(<#kind>::new(#value)), kind, formula }
    }

    /// The settings without `per = step`, which is so anyway where there are steps; the place of another `per`.
    pub(super) fn without_per<'a>(
        self,
        mut settings: Vec<(&'a Ident, &'a Expr)>,
    ) -> std::result::Result<Vec<(&'a Ident, &'a Expr)>, Span> {
        let per = settings.iter().position(|(name, _)| self.time.is_some() && *name == "per");
        let word = per.map(|place| settings.remove(place).1);
        match word.filter(|word| as_name(word).is_none_or(|word| word != "step")) {
            Some(word) => Err(word.span()),
            None => Ok(settings),
        }
    }

    /// One step of it, where samples have lengths of their own.
    pub(super) fn step(self) -> Shape {
        match (self.time, self.shape.0.as_slice()) {
            (Some(_), [_, features]) => Shape::flat(features.clone()),
            _ => self.shape.clone(),
        }
    }
}
