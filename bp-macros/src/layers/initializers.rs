//! Initializers by name: `init = he_normal`, `init = normal(0.0, 0.02)`, `init = xavier_uniform(gain = 2.0)`.

use crate::declaration::as_name;
use crate::diagnostics::did_you_mean;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned;
use syn::{Expr, Ident};

/// An initializer: its name, how many numbers it takes, and what it is in the runtime.
pub(crate) struct Kind {
    name: &'static str,
    pub(crate) signature: &'static str,
    pub(crate) numbers: usize,
    pub(crate) write: fn(&[TokenStream]) -> TokenStream,
}

/// One line for each name and what it stands for.
macro_rules! kinds {
    ($($name:literal $signature:literal $numbers:literal $write:expr;)*) => {
        pub(crate) static KINDS: &[Kind] = &[$(Kind { name: $name, signature: $signature, numbers: $numbers, write: $write }),*];
    };
}

kinds! {
    "default" "default" 0 |_| quote!(Default);
    "zeros" "zeros" 0 |_| quote!(Zeros);
    "ones" "ones" 0 |_| quote!(Ones);
    "constant" "constant(value)" 1 |x| { let value = &x[0]; quote!(Constant::new(#value)) };
    "uniform" "uniform(low, high)" 2 |x| { let (low, high) = (&x[0], &x[1]); quote!(Uniform::new(#low, #high)) };
    "normal" "normal(mean, std)" 2 |x| { let (mean, std) = (&x[0], &x[1]); quote!(Normal::new(#mean, #std)) };
    "truncated_normal" "truncated_normal(mean, std)" 2
        |x| { let (mean, std) = (&x[0], &x[1]); quote!(TruncatedNormal::new(#mean, #std)) };
    "xavier_uniform" "xavier_uniform" 0 |_| quote!(Xavier::uniform());
    "xavier_normal" "xavier_normal" 0 |_| quote!(Xavier::normal());
    "he_uniform" "he_uniform" 0 |_| quote!(Kaiming::uniform());
    "he_normal" "he_normal" 0 |_| quote!(Kaiming::normal());
    "kaiming_uniform" "kaiming_uniform" 0 |_| quote!(Kaiming::uniform());
    "kaiming_normal" "kaiming_normal" 0 |_| quote!(Kaiming::normal());
    "lecun_uniform" "lecun_uniform" 0 |_| quote!(LeCun::uniform());
    "lecun_normal" "lecun_normal" 0 |_| quote!(LeCun::normal());
    "orthogonal" "orthogonal" 0 |_| quote!(Orthogonal::new());
    "identity" "identity" 0 |_| quote!(Identity);
}

/// An initializer as an expression of the runtime, or what is wrong with it and where.
pub(super) fn write(expr: &Expr) -> Result<TokenStream, (Span, String)> {
    let (name, arguments) = parts(expr).ok_or_else(|| {
        let remedy = super::remedy(expr);
        let message = format!(
            "expected the name of an initializer, such as `he_normal` or `normal(0.0, 0.02)`{remedy}"
        );
        (expr.span(), message)
    })?;
    let Some(kind) = KINDS.iter().find(|kind| name == kind.name) else {
        let known = || KINDS.iter().map(|kind| kind.name);
        let hint = did_you_mean(&name.to_string(), known());
        let all: Vec<_> = known().collect();
        return Err((name.span(), format!("unknown initializer `{name}`{hint}; known: {}", all.join(", "))));
    };
    if arguments.len() != kind.numbers {
        return Err((expr.span(), format!("the initializer is written `{}`", kind.signature)));
    }
    let written = (kind.write)(&arguments);
    Ok(quote!(::backprop::initializers::#written))
}

/// The name and the arguments of `name` or `name(argument, argument)`.
fn parts(expr: &Expr) -> Option<(&Ident, Vec<TokenStream>)> {
    match expr {
        Expr::Call(call) => {
            let arguments = call.args.iter().map(|argument| match super::call::literal(argument) {
                Some(number) => quote!(#number),
                None => quote!(#argument),
            });
            Some((as_name(&call.func)?, arguments.collect()))
        }
        other => Some((as_name(other)?, Vec::new())),
    }
}
