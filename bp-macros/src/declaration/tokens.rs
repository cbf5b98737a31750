//! What is looked at before tokens are parsed.

use crate::diagnostics::{Diagnostics, Result};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The tokens with what `macro_rules!` put in invisible brackets, as it does with `$x:expr`, taken out of them: arrays,
/// paths, calls and literals, which mean the same without. Of a sum, say, the brackets matter.
pub(super) fn without_groups(tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) => {
                let inner = without_groups(group.stream());
                let parts: Vec<TokenTree> = inner.clone().into_iter().collect();
                if group.delimiter() == Delimiter::None && binds_closest(&parts) {
                    return inner;
                }
                let mut outer = Group::new(group.delimiter(), inner);
                outer.set_span(group.span());
                TokenStream::from(TokenTree::Group(outer))
            }
            other => TokenStream::from(other),
        })
        .collect()
}

/// Whether no operator beside an expression could come between its parts: there are none among them.
fn binds_closest(parts: &[TokenTree]) -> bool {
    const OPEN: &[&str] = &[
        "as", "async", "break", "const", "for", "if", "let", "loop", "match", "move", "return", "unsafe",
        "while",
    ];
    parts.iter().all(|part| match part {
        TokenTree::Ident(word) => !OPEN.iter().any(|open| word == open),
        TokenTree::Punct(punct) => matches!(punct.as_char(), ':' | '.'),
        TokenTree::Group(_) | TokenTree::Literal(_) => true,
    })
}

/// Refuses a name that generated code needs for what it means.
pub(crate) fn check_name(item: &TokenStream, diagnostics: &mut Diagnostics) -> Result<()> {
    const TAKEN: &[&str] = &[
        "rt", "backprop", "bool", "char", "str", "f32", "f64", "usize", "u8", "u16", "u32", "u64", "u128",
        "isize", "i8", "i16", "i32", "i64", "i128",
    ];
    match syn::parse2::<syn::DeriveInput>(item.clone()).map(|item| item.ident) {
        Ok(name) if TAKEN.iter().any(|taken| name == taken) => {
            let message =
                format!("a network cannot be called `{name}`, which means something else to generated code");
            Err(diagnostics.error(name.span(), message))
        }
        _ => Ok(()),
    }
}

/// Refuses what is so long or so deeply nested that reading it would overflow the compiler's stack.
pub(crate) fn check_extent(attribute: &TokenStream, diagnostics: &mut Diagnostics) -> Result<()> {
    const DEEPEST: usize = 48;
    const LONGEST: usize = 500;
    let mut levels = vec![(attribute.clone().into_iter(), 0)];
    while let Some((tokens, run)) = levels.last_mut() {
        let Some(token) = tokens.next() else {
            levels.pop();
            continue;
        };
        *run = if matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',') { 0 } else { *run + 1 };
        if *run > LONGEST {
            let message =
                format!("more than {LONGEST} tokens without a comma: this is too long to be a layer");
            return Err(diagnostics.error(token.span(), message));
        }
        if let TokenTree::Group(group) = token {
            if levels.len() == DEEPEST {
                let message =
                    format!("nested deeper than {DEEPEST} brackets: declare fewer groups in groups");
                return Err(diagnostics.error(group.span(), message));
            }
            levels.push((group.stream().into_iter(), 0));
        }
    }
    Ok(())
}

/// Whether a word stands anywhere among the tokens.
pub(crate) fn mentions(tokens: &TokenStream, word: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(&group.stream(), word),
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
