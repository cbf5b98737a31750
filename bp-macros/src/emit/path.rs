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
    let mut place = 0;
    while let Some(token) = tokens.get(place) {
        place += 1;
        match (token, tokens.get(place..place + 2)) {
            (TokenTree::Punct(a), Some([TokenTree::Punct(b), TokenTree::Ident(name)]))
                if a.as_char() == ':'
                    && b.as_char() == ':'
                    && name == "backprop"
                    && begins_path(&tokens[..place - 1]) =>
            {
                result.extend(path.clone());
                place += 2;
            }
            (TokenTree::Group(group), _) => {
                let mut inner = Group::new(group.delimiter(), walk(group.stream(), path));
                inner.set_span(group.span());
                result.extend([TokenTree::Group(inner)]);
            }
            (token, _) => result.extend([token.clone()]),
        }
    }
    result
}

/// Whether `::` after these tokens begins a path: not one of the user's, `crate::sizes::backprop`, which goes on.
fn begins_path(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Ident(word)] => {
            let segment = ["crate", "self", "super", "Self"].iter().any(|segment| word == segment);
            !segment && syn::parse2::<syn::Ident>(word.to_token_stream()).is_err()
        }
        [before @ .., TokenTree::Punct(end)] if end.as_char() == '>' => {
            matches!(before, [.., TokenTree::Punct(arrow)] if matches!(arrow.as_char(), '-' | '='))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_user_s_own_stay() {
        let path: Path = syn::parse_quote!(::renamed);
        for (from, to) in [
            ("use ::backprop::codegen as rt;", "use ::renamed::codegen as rt;"),
            (
                "fn f() -> ::backprop::Y { <::backprop::Z>::new() }",
                "fn f() -> ::renamed::Y { <::renamed::Z>::new() }",
            ),
            ("[0; crate::sizes::backprop::N]", "[0; crate::sizes::backprop::N]"),
            ("<A as B>::backprop::C", "<A as B>::backprop::C"),
        ] {
            let [from, to] = [from, to].map(|text| text.parse::<TokenStream>().expect("tokens"));
            assert_eq!(replace(from, Some(&path)).to_string(), to.to_string());
        }
    }
}
