//! Puts the path of the crate that the user gave, `crate = path`, in the place of `::backprop`.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Path;

pub(super) fn replace(tokens: TokenStream, path: Option<&Path>) -> TokenStream {
    match path {
        Some(path) => walk(tokens, &path.to_token_stream()),
        None => tokens,
    }
}

fn walk(tokens: TokenStream, path: &TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut result = TokenStream::new();
    let mut rest = tokens.as_slice();
    loop {
        rest = match rest {
            [TokenTree::Punct(a), TokenTree::Punct(b), TokenTree::Ident(name), rest @ ..]
                if a.as_char() == ':' && b.as_char() == ':' && name == "backprop" =>
            {
                result.extend(path.clone());
                rest
            }
            [TokenTree::Group(group), rest @ ..] => {
                let mut inner = Group::new(group.delimiter(), walk(group.stream(), path));
                inner.set_span(group.span());
                result.extend([TokenTree::Group(inner)]);
                rest
            }
            [token, rest @ ..] => {
                result.extend([token.clone()]);
                rest
            }
            [] => return result,
        };
    }
}
