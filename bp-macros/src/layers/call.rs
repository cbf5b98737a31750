//! The arguments of one layer, read one after the other.

mod sizes;

use crate::declaration::{Argument, Item, as_name};
use crate::diagnostics::{Diagnostics, Reported, Result, did_you_mean};
use crate::elsewhere::{Place, advice};
use crate::layers::{Aside, Kind};
use crate::shape::Shape;
use crate::size::readable;
use crate::symbolic::{self, Formula};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::spanned::Spanned;
use syn::{Expr, Lit};

/// A layer being built: its arguments are taken by name, or by position in the order in which they are asked for.
pub(crate) struct Call<'a> {
    kind: &'static Kind,
    item: &'a Item,
    taken: Vec<bool>,
    known: Vec<&'static str>,
    diagnostics: &'a mut Diagnostics,
    /// Whether the input was found to be of a wrong shape.
    pub(crate) mismatch: bool,
    /// What is computed of the layer's input before it.
    pub(crate) ahead: Vec<Aside>,
    /// What is computed of the layer's output behind it.
    pub(crate) behind: Vec<Aside>,
    /// Path of the constant that will hold the description.
    pub(crate) constant: TokenStream,
    /// Words for the layer before, to which a mismatch refers.
    before: &'a str,
    scalar: TokenStream,
    /// The layer's place in the network: what tells its random numbers from another's.
    index: usize,
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        kind: &'static Kind,
        item: &'a Item,
        constant: TokenStream,
        before: &'a str,
        scalar: TokenStream,
        index: usize,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        let taken = vec![false; item.arguments.len()];
        let (known, mismatch) = (Vec::new(), false);
        let (ahead, behind) = (Vec::new(), Vec::new());
        Self {
            kind,
            item,
            taken,
            known,
            diagnostics,
            mismatch,
            ahead,
            behind,
            constant,
            before,
            scalar,
            index,
        }
    }

    /// The layer's place in the network.
    pub(crate) fn index(&self) -> usize {
        self.index
    }

    /// The path that names the layer.
    pub(crate) fn path(&self) -> TokenStream {
        let path = &self.item.kind;
        quote!(#path)
    }

    /// The network's scalar type.
    pub(crate) fn scalar(&self) -> TokenStream {
        self.scalar.clone()
    }

    /// Reports a mistake at the layer's kind.
    pub(crate) fn error(&mut self, message: &str) -> Reported {
        self.diagnostics.error(self.item.span(), format!("{}: {message}", self.kind.name))
    }

    /// Reports an input of the wrong shape.
    pub(crate) fn wrong_input(&mut self, wants: &str, input: &Shape, remedy: &str) -> Reported {
        self.mismatch = true;
        let before = self.before;
        self.error(&format!("expects {wants}, but {before} gives {input}: {remedy}"))
    }

    fn keyed(&mut self, name: &'static str) -> Option<&'a Argument> {
        self.known.push(name);
        let index = self.item.arguments.iter().position(|a| a.key.as_ref().is_some_and(|key| key == name))?;
        self.taken[index] = true;
        Some(&self.item.arguments[index])
    }

    fn keyed_or_next(&mut self, name: &'static str) -> Option<&'a Argument> {
        if let Some(argument) = self.keyed(name) {
            return Some(argument);
        }
        let index =
            (0..self.taken.len()).find(|&i| !self.taken[i] && self.item.arguments[i].key.is_none())?;
        self.taken[index] = true;
        Some(&self.item.arguments[index])
    }

    fn missing(&mut self, name: &str) -> Reported {
        let misspelt = |argument: &Argument| {
            argument.key.as_ref().is_some_and(|key| !did_you_mean(&key.to_string(), [name]).is_empty())
        };
        if self.item.arguments.iter().zip(&self.taken).any(|(argument, taken)| !taken && misspelt(argument)) {
            // `finish` reports it where it stands.
            return Reported::already();
        }
        let signature = self.kind.signature;
        self.error(&format!("the argument `{name}` is missing: write `{signature}`"))
    }

    fn wrong(&mut self, value: &Expr, name: &str, expected: &str) -> Reported {
        let (kind, remedy) = (self.kind.name, remedy(value));
        self.diagnostics.error(value.span(), format!("{kind}: `{name}` must be {expected}{remedy}"))
    }

    /// `true` or `false` by name.
    pub(crate) fn flag_or(&mut self, name: &'static str, default: bool) -> Result<bool> {
        match self.keyed(name).map(|argument| &argument.value) {
            None => Ok(default),
            Some(Expr::Lit(syn::ExprLit { lit: Lit::Bool(flag), .. })) => Ok(flag.value),
            Some(other) => Err(self.wrong(other, name, "`true` or `false`")),
        }
    }

    /// A real number by name or position, as a constant expression of type `f64`.
    pub(crate) fn real_or(
        &mut self,
        name: &'static str,
        default: f64,
        expected: &str,
        is_valid: fn(f64) -> bool,
    ) -> Result<TokenStream> {
        let argument = self.keyed_or_next(name);
        self.read_real(name, argument, expected, is_valid).map(|real| real.unwrap_or(quote!(#default)))
    }

    /// A real number by name, as a constant expression of type `f64`; nothing where it is not given.
    pub(crate) fn real(
        &mut self,
        name: &'static str,
        expected: &str,
        is_valid: fn(f64) -> bool,
    ) -> Result<Option<TokenStream>> {
        let argument = self.keyed(name);
        self.read_real(name, argument, expected, is_valid)
    }

    fn read_real(
        &mut self,
        name: &str,
        argument: Option<&Argument>,
        expected: &str,
        is_valid: fn(f64) -> bool,
    ) -> Result<Option<TokenStream>> {
        let Some(Argument { value, .. }) = argument else { return Ok(None) };
        match literal(value) {
            Some(number) if is_valid(number) => Ok(Some(quote!(#number))),
            Some(_) => Err(self.wrong(value, name, expected)),
            None => Ok(Some(quote!(#value))),
        }
    }

    /// Factors on the optimizer's learning rate and weight decay, which every layer that stores numbers takes.
    pub(crate) fn rates(&mut self, frozen: bool) -> Result<Option<[TokenStream; 2]>> {
        let names = ["learning_rate", "weight_decay"];
        let given = |name: &&str| {
            self.item.arguments.iter().any(|argument| argument.key.as_ref().is_some_and(|key| key == name))
        };
        let Some(name) = names.iter().find(|name| given(name)) else { return Ok(None) };
        if frozen {
            let message = format!("a frozen layer learns nothing: leave `{name}` out, or `frozen`");
            return Err(self.error(&message));
        }
        let expected = "a factor on the optimizer's, at least 0";
        let [rate, decay] = names.map(|name| self.real(name, expected, |factor| factor >= 0.0));
        let or_one = |factor: Option<TokenStream>| factor.unwrap_or(quote!(1.0));
        Ok(Some([or_one(rate?), or_one(decay?)]))
    }

    /// The alias of a type that stands in the list.
    pub(crate) fn alias(&self) -> Ident {
        let text = self.constant.to_string().replace(' ', "").replace("::", "_");
        Ident::new(&text, self.item.span())
    }

    /// The struct that holds the network's constants.
    pub(crate) fn constants(&self) -> Ident {
        self.names().0
    }

    /// The two names in the path of the layer's own constant.
    fn names(&self) -> (Ident, Ident) {
        let mut names = self.constant.clone().into_iter().filter_map(|token| match token {
            TokenTree::Ident(name) => Some(name),
            _ => None,
        });
        let mut next = || names.next().unwrap_or_else(|| Ident::new("Layers", Span::call_site()));
        (next(), next())
    }

    /// A closure of one number, and its derivative by the name `derivative`.
    pub(crate) fn formula(&mut self) -> Result<Formula> {
        let derivative = self.keyed("derivative").map(|argument| &argument.value);
        let Some(value) = self.keyed_or_next("formula").map(|argument| &argument.value) else {
            return Err(self.missing("formula"));
        };
        let (constants, constant) = self.names();
        let prefix = constant.to_string();
        let place =
            symbolic::Place { constants: &constants, owner: &constants, prefix: &prefix, number: self.index };
        symbolic::activation(value, derivative, &place, self.diagnostics)
    }

    /// One of several words by name.
    pub(crate) fn word_or(
        &mut self,
        name: &'static str,
        default: &'static str,
        words: &'static [&'static str],
    ) -> Result<&'static str> {
        let Some(argument) = self.keyed(name) else { return Ok(default) };
        let given = as_name(&argument.value).and_then(|word| words.iter().find(|known| word == known));
        given
            .copied()
            .ok_or_else(|| self.wrong(&argument.value, name, &format!("one of {}", words.join(", "))))
    }

    /// An initializer by name, as an expression of the runtime.
    pub(crate) fn initializer(&mut self, name: &'static str, default: TokenStream) -> Result<TokenStream> {
        let Some(argument) = self.keyed(name) else { return Ok(default) };
        super::initializers::write(&argument.value).map_err(|(span, message)| {
            let kind = self.kind.name;
            self.diagnostics.error(span, format!("{kind}: {message}"))
        })
    }

    /// Reports arguments that nobody asked for. Where the layer was not `complete`d, because of another
    /// mistake, those that it would have asked for later are none of them.
    pub(crate) fn finish(mut self, complete: bool) -> Result<()> {
        if let (true, Some(_)) = (self.item.is_type(), self.item.arguments.first()) {
            let name = self.item.text.split('(').next().and_then(|path| path.rsplit("::").next());
            let known = super::KINDS.iter().map(|kind| kind.name);
            let meant = name.and_then(|name| crate::elsewhere::meant(name.trim(), known));
            let hint = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            let message = format!("`{}`: a type takes no arguments: write it alone{hint}", self.item.text);
            return Err(self.diagnostics.error(self.item.span(), message));
        }
        let mut reported = Ok(());
        for (argument, taken) in self.item.arguments.iter().zip(std::mem::take(&mut self.taken)) {
            let (kind, signature) = (self.kind.name, self.kind.signature);
            let is_word =
                |key: &Ident| signature.split(|c: char| c != '_' && !c.is_alphanumeric()).any(|w| key == w);
            let later = argument.key.as_ref().is_none_or(is_word);
            if taken || (!complete && later) {
                continue;
            }
            reported = Err(match &argument.key {
                Some(key)
                    if self.item.arguments.iter().filter(|a| a.key.as_ref() == Some(key)).count() > 1 =>
                {
                    self.diagnostics
                        .error(key.span(), format!("{kind}: the argument `{key}` is given twice: remove one"))
                }
                Some(key) => {
                    let key_text = key.to_string();
                    let hint =
                        match did_you_mean(&key_text, self.known.iter().copied().chain(names(signature))) {
                            none if none.is_empty() => advice(&key_text, Place::Argument)
                                .map_or(none, |advice| format!(" ({advice})")),
                            hint => hint,
                        };
                    self.diagnostics.error(
                        key.span(),
                        format!("{kind}: unknown argument `{key}`{hint}; it takes `{signature}`"),
                    )
                }
                None => {
                    // Elsewhere the number of inputs is the first argument.
                    let inputs = ["(outputs,", "(channels,"].iter().any(|first| signature.contains(first));
                    let inputs =
                        if inputs { " (the number of inputs follows from the layer before)" } else { "" };
                    self.diagnostics.error(
                        argument.value.span(),
                        format!("{kind}: too many arguments without a name{inputs}; it takes `{signature}`"),
                    )
                }
            });
        }
        reported
    }
}

/// Names of the arguments in a signature.
fn names(signature: &'static str) -> impl Iterator<Item = &'static str> + Clone {
    let arguments = signature.split_once('(').map_or("", |(_, arguments)| arguments);
    let names = arguments.split(", ").map(|argument| argument.split([' ', ')']).next().unwrap_or_default());
    names.filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase()))
}

/// The text of a string that could be a word.
fn quoted(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => {
            Some(text.value()).filter(|word| syn::parse_str::<Ident>(word).is_ok())
        }
        _ => None,
    }
}

/// How to write what is meant by something that other languages have: words in quotes, lists in parentheses.
pub(crate) fn remedy(value: &Expr) -> String {
    match value {
        Expr::Tuple(tuple) => {
            let items: Vec<_> = tuple.elems.iter().map(|item| readable(&quote!(#item))).collect();
            format!(": a list stands in brackets, `[{}]`", items.join(", "))
        }
        other => {
            quoted(other).map_or_else(String::new, |word| format!(": a word stands without quotes, `{word}`"))
        }
    }
}

/// The value of a number literal, with its sign.
pub(super) fn literal(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Lit(syn::ExprLit { lit: Lit::Float(float), .. }) => float.base10_parse().ok(),
        Expr::Lit(syn::ExprLit { lit: Lit::Int(int), .. }) => int.base10_parse().ok(),
        Expr::Unary(syn::ExprUnary { op: syn::UnOp::Neg(_), expr, .. }) => literal(expr).map(|x| -x),
        Expr::Group(group) => literal(&group.expr),
        _ => None,
    }
}
