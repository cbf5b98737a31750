//! Tokens → what the user declared. Every span is kept; nothing is judged but syntax.

mod layers;
mod tokens;

pub(crate) use tokens::{check_extent, check_name, mentions};

use crate::diagnostics::{Diagnostics, Reported, did_you_mean_or_list};
use crate::elsewhere::Place;
use layers::items;
use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Fields, Ident, ItemStruct, LitStr, Path, Token, bracketed};

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
    pub(crate) loss: Option<DeclaredLoss>,
    pub(crate) scalar: Option<Ident>,
    pub(crate) tile: Option<Expr>,
    pub(crate) budget: Option<Vec<(Ident, Expr)>>,
    pub(crate) train: Option<Expr>,
    pub(crate) weights: Option<LitStr>,
    pub(crate) backprop: Option<Path>,
    /// Whether there is a key that could not be read.
    pub(crate) unread: bool,
}

const KEYS: &[&str] = &["input", "layers", "loss", "scalar", "tile", "budget", "train", "weights", "crate"];

/// `loss = mse`, or `loss = { policy: cross_entropy, value: 0.5 * mse }`.
pub(crate) enum DeclaredLoss {
    One(Box<Expr>),
    Heads(Vec<(Ident, Expr)>),
}

/// One element of the list of layers: `name: kind(arguments)[body]`.
pub(crate) struct Item {
    pub(crate) name: Option<Ident>,
    /// `frozen` stands before the kind.
    pub(crate) frozen: bool,
    pub(crate) kind: Path,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) body: Body,
    /// As written, without name and body.
    pub(crate) text: String,
}

impl Item {
    fn unreadable() -> Self {
        let kind = Path { leading_colon: None, segments: syn::punctuated::Punctuated::new() };
        Self {
            name: None,
            frozen: false,
            kind,
            arguments: Vec::new(),
            body: Body::Unreadable,
            text: String::new(),
        }
    }

    /// Where to report what is wrong with the layer as a whole.
    pub(crate) fn span(&self) -> Span {
        self.kind.segments.last().map_or_else(Span::call_site, |segment| segment.ident.span())
    }

    /// Whether the kind is a type: its last segment begins with a capital letter.
    pub(crate) fn is_type(&self) -> bool {
        let last = self.kind.segments.last().map(|segment| segment.ident.to_string());
        last.is_some_and(|name| name.starts_with(char::is_uppercase))
    }

    /// What a layer without a name is called, before its number: its kind, or the type in `snake_case`.
    pub(crate) fn default_name(&self, kind: &str) -> String {
        match self.kind.segments.last() {
            Some(segment) if self.is_type() => snake_case(&segment.ident.to_string()),
            _ => kind.to_owned(),
        }
    }

    /// The kind as one word; empty for a longer path.
    pub(crate) fn word(&self) -> String {
        self.kind.get_ident().map_or_else(String::new, Ident::to_string)
    }
}

/// What stands in brackets or braces behind a kind.
pub(crate) enum Body {
    None,
    /// `[dense(3), relu]`, also as tokens
    Chain(Vec<Item>, TokenStream),
    /// `[[dense(3)], [dense(4)]]`
    Branches(Vec<Vec<Item>>),
    /// `{ policy: [dense(4)], value: [dense(1)] }`
    Named(Vec<(Ident, Vec<Item>)>),
    /// What the parser could not read and has reported: a layer of which nothing is known.
    Unreadable,
}

/// `5`, `kernel = 5`, or `shortcut = [dense(3)]`.
pub(crate) struct Argument {
    pub(crate) key: Option<Ident>,
    pub(crate) value: Expr,
    /// The layers of a shortcut.
    pub(crate) layers: Option<Vec<Item>>,
}

/// Parses an attribute and its item; where the item is no struct, gives the keys alone.
pub(crate) fn parse(
    attribute: TokenStream,
    item: TokenStream,
    diagnostics: &mut Diagnostics,
) -> std::result::Result<Declaration, Box<Keys>> {
    let mut keys = Keys::default();
    let parsed = (|input: ParseStream<'_>| {
        parse_keys(input, &mut keys, diagnostics);
        Ok(())
    })
    .parse2(tokens::without_groups(attribute));
    // After a mistake, tokens of the list that it stands in are left over: no second mistake.
    if let (Err(error), Ok(())) = (parsed, diagnostics.reported()) {
        diagnostics.syntax(error);
    }
    let item = match syn::parse2::<ItemStruct>(item.clone()) {
        Ok(item) => item,
        Err(error) => {
            let span = syn::parse2::<syn::DeriveInput>(item).map_or(error.span(), |item| item.ident.span());
            diagnostics.error(span, "`#[network]` goes on a struct without fields: `pub struct Name;`");
            return Err(Box::new(keys));
        }
    };
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
            let message = match input.peek(Token![.]) {
                true => {
                    "there is no `.` in what is declared: a layer is a word, `dense(10)`, and so is a loss, `mse`"
                }
                false => "expected `,` before this",
            };
            diagnostics.syntax(input.error(message));
            None
        }
        Err(error) => {
            diagnostics.syntax(error);
            None
        }
    };
    skip_element(input);
    let _: syn::Result<Token![,]> = input.parse();
    parsed
}

/// Goes to the next comma, or to the end.
fn skip_element(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        let _: syn::Result<TokenTree> = input.parse();
    }
}

fn parse_keys(input: ParseStream<'_>, keys: &mut Keys, diagnostics: &mut Diagnostics) {
    let (mut seen, mut nameless) = (Vec::<String>::new(), false);
    while !input.is_empty() {
        let read = element(input, diagnostics, |input, diagnostics| {
            if !(input.peek(Ident::peek_any) && input.peek2(Token![=])) {
                if std::mem::replace(&mut nameless, true) {
                    skip_element(input);
                    return Ok(());
                }
                return Err(input.error(
                    "each key is given by its name: `#[network(input = 784, layers = [dense(10)], loss = mse)]`",
                ));
            }
            let key = input.call(Ident::parse_any)?;
            let name = key.to_string();
            if !KEYS.contains(&name.as_str()) {
                let hint = did_you_mean_or_list(&name, Place::Key, KEYS.iter().copied());
                return Err(syn::Error::new(key.span(), format!("unknown key `{name}`{hint}")));
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
        keys.unread |= read.is_none();
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
        "layers" if input.peek(syn::token::Paren) => {
            return Err(input.error("a list stands in brackets: `layers = [dense(3), relu]`"));
        }
        "layers" => {
            let list;
            bracketed!(list in input);
            keys.layers = Some((key.span(), items(&list, diagnostics)));
        }
        "loss" if input.peek(syn::token::Brace) => {
            let list;
            syn::braced!(list in input);
            keys.loss = Some(DeclaredLoss::Heads(named(&list, diagnostics, |list, _| list.parse())));
        }
        "loss" => keys.loss = Some(DeclaredLoss::One(Box::new(input.parse()?))),
        "scalar" if input.peek(LitStr) => {
            return Err(input.error("a word stands without quotes: `scalar = f64`"));
        }
        "scalar" => keys.scalar = Some(input.parse()?),
        "tile" => keys.tile = Some(input.parse()?),
        "train" => keys.train = Some(input.parse()?),
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

/// A list of `name: value` up to the end of the stream.
fn named<T>(
    list: ParseStream<'_>,
    diagnostics: &mut Diagnostics,
    value: impl Fn(ParseStream<'_>, &mut Diagnostics) -> syn::Result<T>,
) -> Vec<(Ident, T)> {
    let mut all = Vec::new();
    while !list.is_empty() {
        all.extend(element(list, diagnostics, |list, diagnostics| {
            let name = list.parse()?;
            list.parse::<Token![:]>()?;
            Ok((name, value(list, diagnostics)?))
        }));
    }
    all
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

/// The key, or a mistake at the struct's name that says how to give it, unless it may be the one that was not read.
pub(crate) fn required<T>(
    value: Option<T>,
    unread: bool,
    name: &Ident,
    form: &str,
    diagnostics: &mut Diagnostics,
) -> std::result::Result<T, Reported> {
    value.ok_or_else(|| {
        if unread {
            return Reported::already();
        }
        diagnostics.error(name.span(), format!("the network `{name}` lacks a key: add `{form}`"))
    })
}

fn snake_case(name: &str) -> String {
    let mut result = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !result.is_empty() {
            result.push('_');
        }
        result.extend(letter.to_lowercase());
    }
    result
}
