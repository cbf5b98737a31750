//! Tokens → what the user declared. Every span is kept; nothing is judged but syntax.

use crate::diagnostics::{Diagnostics, Reported, Result, did_you_mean};
use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Expr, Fields, Ident, ItemStruct, LitStr, Path, Token, bracketed, parenthesized};

/// A whole `#[network(…)] struct …`.
pub(crate) struct Declaration {
    pub(crate) item: ItemStruct,
    pub(crate) keys: Keys,
}

/// The keys of the attribute, each at most once.
#[derive(Default)]
pub(crate) struct Keys {
    pub(crate) input: Option<(Span, Expr)>,
    pub(crate) layers: Option<(Span, Vec<Item>)>,
    pub(crate) loss: Option<(Span, Expr)>,
    pub(crate) scalar: Option<Ident>,
    pub(crate) tile: Option<Expr>,
    pub(crate) budget: Option<Vec<(Ident, Expr)>>,
    pub(crate) weights: Option<LitStr>,
    pub(crate) backprop: Option<Path>,
}

const KEYS: &[&str] = &["input", "layers", "loss", "scalar", "tile", "budget", "weights", "crate"];

/// One element of the list of layers: `name: kind(arguments)`.
pub(crate) struct Item {
    pub(crate) name: Option<Ident>,
    pub(crate) kind: Ident,
    pub(crate) arguments: Vec<Argument>,
    /// As written, without the name.
    pub(crate) text: String,
}

/// `5` or `kernel = 5`.
pub(crate) struct Argument {
    pub(crate) key: Option<Ident>,
    pub(crate) value: Expr,
}

/// Parses an attribute and its item; the item alone decides whether anything can be written.
pub(crate) fn parse(
    attribute: TokenStream,
    item: TokenStream,
    diagnostics: &mut Diagnostics,
) -> Result<Declaration> {
    let item = syn::parse2::<ItemStruct>(item).map_err(|error| {
        diagnostics.error(error.span(), "`#[network]` goes on a struct without fields: `pub struct Name;`")
    })?;
    if !matches!(item.fields, Fields::Unit) {
        diagnostics.error(
            item.ident.span(),
            "a network's struct has no fields of its own, its layers become fields: write `struct Name;`",
        );
    }
    if let Some(parameter) = item.generics.params.first() {
        let span = syn::spanned::Spanned::span(parameter);
        diagnostics.error(
            span,
            "a network has no generic parameters, because its sizes are constants: use a `const` in scope, \
             and one declaration for each scalar type",
        );
    }
    let mut keys = Keys::default();
    let parsed = (|input: ParseStream<'_>| {
        parse_keys(input, &mut keys, diagnostics);
        Ok(())
    })
    .parse2(attribute);
    if let Err(error) = parsed {
        diagnostics.syntax(error);
    }
    Ok(Declaration { item, keys })
}

/// Runs a parser on one element of a list separated by commas. After a mistake, goes on behind the next comma.
fn element<T>(
    input: ParseStream<'_>,
    diagnostics: &mut Diagnostics,
    parse: impl FnOnce(ParseStream<'_>, &mut Diagnostics) -> syn::Result<T>,
) -> Option<T> {
    let parsed = match parse(input, diagnostics) {
        Ok(value) if input.is_empty() || input.peek(Token![,]) => Some(value),
        Ok(_) => {
            diagnostics.syntax(input.error("expected `,` before this"));
            None
        }
        Err(error) => {
            diagnostics.syntax(error);
            None
        }
    };
    while !input.is_empty() && !input.peek(Token![,]) {
        let _: syn::Result<TokenTree> = input.parse();
    }
    let _: syn::Result<Token![,]> = input.parse();
    parsed
}

fn parse_keys(input: ParseStream<'_>, keys: &mut Keys, diagnostics: &mut Diagnostics) {
    let mut seen: Vec<String> = Vec::new();
    while !input.is_empty() {
        element(input, diagnostics, |input, diagnostics| {
            let key = input.call(Ident::parse_any)?;
            let name = key.to_string();
            if !KEYS.contains(&name.as_str()) {
                let hint = did_you_mean(&name, KEYS.iter().copied());
                return Err(syn::Error::new(
                    key.span(),
                    format!("unknown key `{name}`{hint}; known: {}", KEYS.join(", ")),
                ));
            }
            if seen.contains(&name) {
                return Err(syn::Error::new(
                    key.span(),
                    format!("the key `{name}` is given twice: remove one"),
                ));
            }
            seen.push(name);
            input.parse::<Token![=]>()?;
            parse_value(&key, input, keys, diagnostics)
        });
    }
}

fn parse_value(
    key: &Ident,
    input: ParseStream<'_>,
    keys: &mut Keys,
    diagnostics: &mut Diagnostics,
) -> syn::Result<()> {
    match key.to_string().as_str() {
        "input" => keys.input = Some((key.span(), input.parse()?)),
        "layers" => {
            let list;
            bracketed!(list in input);
            let mut items = Vec::new();
            while !list.is_empty() {
                items.extend(element(&list, diagnostics, |list, _| list.parse::<Item>()));
            }
            keys.layers = Some((key.span(), items));
        }
        "loss" => keys.loss = Some((key.span(), input.parse()?)),
        "scalar" => keys.scalar = Some(input.parse()?),
        "tile" => keys.tile = Some(input.parse()?),
        "weights" => keys.weights = Some(input.parse()?),
        "crate" => keys.backprop = Some(input.call(Path::parse_mod_style)?),
        _ => {
            let list;
            syn::braced!(list in input);
            let mut limits = Vec::new();
            while !list.is_empty() {
                limits.extend(element(&list, diagnostics, |list, _| {
                    let name = list.parse()?;
                    list.parse::<Token![=]>()?;
                    Ok((name, list.parse()?))
                }));
            }
            keys.budget = Some(limits);
        }
    }
    Ok(())
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = if input.peek(Ident) && input.peek2(Token![:]) && !input.peek2(Token![::]) {
            let name = input.parse()?;
            input.parse::<Token![:]>()?;
            Some(name)
        } else {
            None
        };
        let kind: Ident = input.parse().map_err(|error| {
            syn::Error::new(
                error.span(),
                "expected a layer, such as `dense(10)`, `relu`, or `name: dense(10)`",
            )
        })?;
        let mut text = kind.to_string();
        let mut arguments = Vec::new();
        if input.peek(syn::token::Paren) {
            let list;
            parenthesized!(list in input);
            let tokens: TokenStream = list.fork().parse()?;
            text = format!("{text}({})", crate::size::readable(&tokens).replace(" ,", ","));
            arguments = list.parse_terminated(Argument::parse, Token![,])?.into_iter().collect();
        }
        Ok(Self { name, kind, arguments, text })
    }
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = if input.peek(Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            let key = input.parse()?;
            input.parse::<Token![=]>()?;
            Some(key)
        } else {
            None
        };
        Ok(Self { key, value: input.parse()? })
    }
}

/// `784` or `[1, 28, 28]` as a list of axes.
pub(crate) fn axes(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Array(array) => array.elems.iter().collect(),
        other => vec![other],
    }
}

/// A plain name, such as a loss or an initializer without arguments.
pub(crate) fn as_name(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        _ => None,
    }
}

/// The key, or a mistake at the struct's name that says how to give it.
pub(crate) fn required<T>(
    value: Option<T>,
    name: &Ident,
    form: &str,
    diagnostics: &mut Diagnostics,
) -> std::result::Result<T, Reported> {
    value.ok_or_else(|| {
        diagnostics.error(name.span(), format!("the network `{name}` lacks a key: add `{form}`"))
    })
}
