//! Layers and their arguments, as they are written.

use super::{Argument, Body, Item, element, named, skip_element};
use crate::diagnostics::Diagnostics;
use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, Ident, Path, Token, bracketed, parenthesized};

/// A list of layers up to the end of the stream.
pub(super) fn items(list: ParseStream<'_>, diagnostics: &mut Diagnostics) -> Vec<Item> {
    let mut items = Vec::new();
    while !list.is_empty() {
        items.push(element(list, diagnostics, item).unwrap_or_else(Item::unreadable));
    }
    items
}

fn bracketed_items(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Vec<Item>> {
    let list;
    bracketed!(list in input);
    Ok(items(&list, diagnostics))
}

fn item(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Item> {
    let expected = |error: syn::Error| {
        syn::Error::new(error.span(), "expected a layer, such as `dense(10)`, `relu`, or `name: dense(10)`")
    };
    if input.peek(Token![#]) {
        return Err(input.error(
            "attributes on layers are not supported: declare two networks, each with its own `#[cfg(…)]` on the struct",
        ));
    }
    let named = input.peek(Ident::peek_any) && input.peek2(Token![:]) && !input.peek2(Token![::]);
    let name = if named {
        let name = input.call(Ident::parse_any)?;
        input.parse::<Token![:]>()?;
        Some(name)
    } else {
        None
    };
    let mut kind = input.call(Path::parse_mod_style).map_err(expected)?;
    // `frozen dense(3)` freezes a layer; `frozen[…]` is a group of its own.
    let frozen = kind.is_ident("frozen") && !input.peek(syn::token::Bracket);
    if frozen {
        kind = input.call(Path::parse_mod_style).map_err(expected)?;
    }
    let mut text = crate::size::readable(&quote::ToTokens::to_token_stream(&kind)).replace(' ', "");
    let mut arguments = Vec::new();
    if input.peek(syn::token::Paren) {
        let list;
        parenthesized!(list in input);
        let tokens: TokenStream = list.fork().parse()?;
        text = format!("{text}({})", crate::size::readable(&tokens).replace(" ,", ","));
        while !list.is_empty() {
            arguments.push(argument(&list, diagnostics)?);
            if !list.is_empty() {
                list.parse::<Token![,]>()?;
            }
        }
    }
    let body = body(input, diagnostics)?;
    Ok(Item { name, frozen, kind, arguments, body, text })
}

fn body(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Body> {
    if input.peek(syn::token::Bracket) {
        let list;
        bracketed!(list in input);
        if !list.peek(syn::token::Bracket) {
            let tokens = list.fork().parse()?;
            return Ok(Body::Chain(items(&list, diagnostics), tokens));
        }
        let mut branches = Vec::new();
        while !list.is_empty() {
            branches.extend(element(&list, diagnostics, bracketed_items));
        }
        return Ok(Body::Branches(branches));
    }
    if input.peek(syn::token::Brace) {
        let list;
        syn::braced!(list in input);
        return Ok(Body::Named(named(&list, diagnostics, head)));
    }
    Ok(Body::None)
}

/// The layers of a head. One that cannot be read still is a head, which has a name.
fn head(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Vec<Item>> {
    if input.peek(syn::token::Bracket) {
        return bracketed_items(input, diagnostics);
    }
    diagnostics.syntax(input.error("a head is a list of layers in brackets, such as `[dense(3)]`"));
    skip_element(input);
    Ok(vec![Item::unreadable()])
}

fn argument(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Argument> {
    let key: Option<Ident> = if input.peek(Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
        let key = input.parse()?;
        input.parse::<Token![=]>()?;
        Some(key)
    } else {
        None
    };
    if key.as_ref().is_some_and(|key| key == "shortcut") {
        let value = Expr::Verbatim(TokenStream::new());
        return Ok(Argument { key, value, layers: Some(bracketed_items(input, diagnostics)?) });
    }
    Ok(Argument { key, value: input.parse()?, layers: None })
}
