//! The spine: parse → model → plan → emit.

use crate::diagnostics::{Diagnostics, Result};
use crate::plan::{Mode, plan};
use crate::{declaration, emit, model};
use proc_macro2::TokenStream;

/// What `#[network(attribute)] item` becomes.
pub(crate) fn network(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::new();
    let written = write(attribute, &item, &mut diagnostics);
    let errors = diagnostics.finish();
    if errors.is_empty() { written } else { emit::broken(errors, item) }
}

fn write(attribute: TokenStream, item: &TokenStream, diagnostics: &mut Diagnostics) -> TokenStream {
    let result = (|| -> Result<TokenStream> {
        let declaration = declaration::parse(attribute, item.clone(), diagnostics)?;
        let model = model::build(&declaration.item.ident, &declaration.keys, diagnostics)?;
        let training = plan(&model, Mode::Training);
        let inference = plan(&model, Mode::Inference);
        Ok(emit::network(&declaration, &model, &training, &inference))
    })();
    result.unwrap_or_default()
}
