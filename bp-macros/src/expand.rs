//! The spine: parse → model → plan → emit.

use crate::diagnostics::{Diagnostics, Reported, Result};
use crate::model::{Sketch, Steps};
use crate::plan::{Mode, plan};
use crate::{declaration, emit, model};
use proc_macro2::TokenStream;

/// What `#[network(attribute)] item` becomes.
pub(crate) fn network(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let (mut diagnostics, mut sketch) = (Diagnostics::new(), Sketch::default());
    if declaration::check_name(&item, &mut diagnostics).is_err() {
        // Nothing stands in its place, which would be called the same.
        return diagnostics.finish();
    }
    let written = write(attribute, &item, &mut sketch, &mut diagnostics);
    let errors = diagnostics.finish();
    match written {
        Ok(expansion) if errors.is_empty() => expansion,
        _ => emit::broken(errors, item, &sketch),
    }
}

fn write(
    attribute: TokenStream,
    item: &TokenStream,
    sketch: &mut Sketch,
    diagnostics: &mut Diagnostics,
) -> Result<TokenStream> {
    declaration::check_extent(&attribute, diagnostics)?;
    sketch.mentions_heads = declaration::mentions(&attribute, "heads");
    let declaration = match declaration::parse(attribute, item.clone(), diagnostics) {
        Ok(declaration) => declaration,
        Err(keys) => {
            // Not a struct: its layers may have mistakes of their own.
            if let Ok(item) = syn::parse2::<syn::DeriveInput>(item.clone()) {
                model::build(&item.ident, &keys, sketch, diagnostics)?;
            }
            return Err(Reported::already());
        }
    };
    let model = model::build(&declaration.item.ident, &declaration.keys, sketch, diagnostics)?;
    let training = plan(&model, Mode::Training);
    let inference = plan(&model, Mode::Inference);
    let steps = model::steps(&model);
    let step = match &steps {
        Steps::Causal(model) => Some(plan(model, Mode::Step)),
        _ => None,
    };
    let block = model::block(&model).map(|(model, count)| emit::StepBlock {
        plan: plan(&model, Mode::Step),
        model,
        count,
    });
    let context = emit::Context {
        declaration: &declaration,
        model: &model,
        training: &training,
        inference: &inference,
        steps: &steps,
        step: step.as_ref(),
        block: block.as_ref(),
    };
    Ok(emit::network(&context))
}
