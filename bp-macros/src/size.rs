//! Sizes: numbers that the macro knows, or constant expressions that only the compiler can evaluate.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use std::fmt;
use syn::{BinOp, Expr, Lit};

/// A number of features, parameters, bytes.
#[derive(Clone, Debug)]
pub(crate) enum Size {
    /// The macro knows it.
    Known(usize),
    /// A constant expression of type `usize`.
    Expression {
        tokens: TokenStream,
        /// For humans.
        text: String,
    },
}

use Size::{Expression, Known};

impl Size {
    /// From an expression in the declaration: evaluated where it is made of literals.
    pub(crate) fn from_expr(expr: &Expr) -> Self {
        evaluate(expr).map_or_else(
            || {
                let text = match expr {
                    // Their braces say what belongs together.
                    Expr::If(_) | Expr::Match(_) => expr.to_token_stream().to_string(),
                    _ => readable(&expr.to_token_stream()),
                };
                Expression { tokens: quote!({ #expr }), text }
            },
            Known,
        )
    }

    /// A constant expression of type `usize`.
    pub(crate) fn expression(tokens: TokenStream) -> Self {
        let text = readable(&tokens);
        Expression { tokens, text }
    }

    /// Whether an expression can be a size at all: not a text, a fraction, a negative number.
    pub(crate) fn may_be(expr: &Expr) -> bool {
        match expr {
            Expr::Lit(literal) => {
                matches!(&literal.lit, Lit::Int(int) if matches!(int.suffix(), "" | "usize"))
            }
            Expr::Path(_)
            | Expr::Binary(_)
            | Expr::Paren(_)
            | Expr::Group(_)
            | Expr::Block(_)
            | Expr::Call(_)
            | Expr::MethodCall(_)
            | Expr::Index(_)
            | Expr::Field(_)
            | Expr::Cast(_)
            | Expr::If(_)
            | Expr::Match(_)
            | Expr::Macro(_) => true,
            _ => false,
        }
    }

    /// The value of an expression that is made of literals, even where no `usize` holds it.
    pub(crate) fn literal(&self) -> Option<u128> {
        match self {
            Known(n) => Some(*n as u128),
            Expression { tokens, .. } => literal(&syn::parse2(tokens.clone()).ok()?),
        }
    }

    pub(crate) fn known(&self) -> Option<usize> {
        match self {
            Known(n) => Some(*n),
            Expression { .. } => None,
        }
    }

    /// The number, or where the macro does not know it the given place to read it from.
    ///
    /// Keeps each expression of the user's in one place of the expansion.
    pub(crate) fn or_read(self, place: TokenStream) -> Self {
        match self {
            Known(_) => self,
            Expression { text, .. } => Expression { tokens: place, text },
        }
    }

    /// As an argument for a const generic parameter.
    pub(crate) fn generic(&self) -> TokenStream {
        match self {
            Known(_) => quote!(#self),
            Expression { .. } => quote!({ #self }),
        }
    }

    /// In code that runs: what the compiler works out is a constant, so that nothing of it is left to run, or to fail.
    pub(crate) fn value(&self) -> TokenStream {
        match self {
            Known(_) => quote!(#self),
            Expression { .. } => quote!(const { #self }),
        }
    }

    /// As a `typenum` type, by the path of the items that generated code uses.
    pub(crate) fn length(&self, rt: &TokenStream) -> TokenStream {
        let Some(n) = self.known() else { return quote!(#rt::length!(#self)) };
        let groups = [n / 1_000_000_000, n / 1_000_000 % 1000, n / 1000 % 1000, n % 1000];
        let groups = groups.map(proc_macro2::Literal::usize_unsuffixed);
        quote!(#rt::Length<#(#groups),*>)
    }

    fn combine(
        &self,
        other: &Self,
        evaluate: fn(usize, usize) -> Option<usize>,
        operator: TokenStream,
    ) -> Self {
        if let (Known(a), Known(b)) = (self, other)
            && let Some(n) = evaluate(*a, *b)
        {
            return Known(n);
        }
        // Sums of products need no parentheses, nor do products of products.
        let apart: &[char] = match operator.to_string().as_str() {
            "+" => &[],
            "*" => &['+', '-', '/', '%'],
            _ => &[' '],
        };
        let text = |size: &Self| match size.to_string() {
            text if text.contains(apart) => format!("({text})"),
            text => text,
        };
        let text = format!("{} {operator} {}", text(self), text(other));
        Expression { tokens: quote!((#self #operator #other)), text }
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        match (self, other) {
            (Known(0), _) => other.clone(),
            (_, Known(0)) => self.clone(),
            _ => self.combine(other, usize::checked_add, quote!(+)),
        }
    }

    pub(crate) fn times(&self, other: &Self) -> Self {
        match (self, other) {
            (Known(1), _) => other.clone(),
            (_, Known(1)) => self.clone(),
            _ => self.combine(other, usize::checked_mul, quote!(*)),
        }
    }

    pub(crate) fn divided_by(&self, other: &Self) -> Self {
        match other {
            Known(1) => self.clone(),
            _ => self.combine(other, usize::checked_div, quote!(/)),
        }
    }

    /// The largest of several: a number where all are known.
    pub(crate) fn max(sizes: &[Self]) -> Self {
        let mut known = None;
        let mut rest = Vec::<String>::new();
        let mut expressions = Vec::new();
        for size in sizes {
            match size {
                Known(n) => known = known.max(Some(*n)),
                Expression { tokens, .. } if !rest.contains(&tokens.to_string()) => {
                    rest.push(tokens.to_string());
                    expressions.push(size.clone());
                }
                Expression { .. } => {}
            }
        }
        match (known, expressions.as_slice()) {
            (known, []) => Known(known.unwrap_or(0)),
            (None, [one]) => one.clone(),
            (known, _) => {
                expressions.extend(known.map(Known));
                Self::expression(quote!(::backprop::max([#(#expressions),*])))
            }
        }
    }

    /// Whether the two are certainly equal, certainly different, or only the compiler can tell.
    pub(crate) fn equals(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Known(a), Known(b)) => Some(a == b),
            (Expression { tokens: a, .. }, Expression { tokens: b, .. })
                if a.to_string() == b.to_string() =>
            {
                Some(true)
            }
            _ => None,
        }
    }
}

impl ToTokens for Size {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Known(n) => proc_macro2::Literal::usize_unsuffixed(*n).to_tokens(tokens),
            Expression { tokens: expression, .. } => expression.to_tokens(tokens),
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Known(n) => write!(f, "{n}"),
            Expression { text, .. } => f.write_str(text),
        }
    }
}

/// Tokens as one would write them: without the spaces that a token stream prints, and without braces around.
pub(crate) fn readable(tokens: &TokenStream) -> String {
    let mut text = tokens.to_string();
    for (spaced, tight) in
        [(" :: ", "::"), (" . ", "."), (" ()", "()"), ("( ", "("), (" )", ")"), ("{ ", ""), (" }", "")]
    {
        text = text.replace(spaced, tight);
    }
    text
}

fn evaluate(expr: &Expr) -> Option<usize> {
    match expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(int) if matches!(int.suffix(), "" | "usize") => int.base10_parse().ok(),
            _ => None,
        },
        Expr::Paren(paren) => evaluate(&paren.expr),
        Expr::Group(group) => evaluate(&group.expr),
        Expr::Binary(binary) => {
            let (a, b) = (evaluate(&binary.left)?, evaluate(&binary.right)?);
            match binary.op {
                BinOp::Add(_) => a.checked_add(b),
                BinOp::Sub(_) => a.checked_sub(b),
                BinOp::Mul(_) => a.checked_mul(b),
                BinOp::Div(_) => a.checked_div(b),
                BinOp::Rem(_) => a.checked_rem(b),
                BinOp::Shl(_) => a.checked_shl(u32::try_from(b).ok()?),
                _ => None,
            }
        }
        _ => None,
    }
}

/// As [`evaluate`], with numbers beyond any `usize`: sums and products alone can lead there.
fn literal(expr: &Expr) -> Option<u128> {
    match expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(int) if matches!(int.suffix(), "" | "usize") => {
                Some(int.base10_parse().unwrap_or(u128::MAX))
            }
            _ => None,
        },
        Expr::Paren(paren) => literal(&paren.expr),
        Expr::Group(group) => literal(&group.expr),
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [syn::Stmt::Expr(expr, None)] => literal(expr),
            _ => None,
        },
        Expr::Binary(binary) => {
            let (a, b) = (literal(&binary.left)?, literal(&binary.right)?);
            match binary.op {
                BinOp::Add(_) => Some(a.saturating_add(b)),
                BinOp::Mul(_) => Some(a.saturating_mul(b)),
                _ => evaluate(expr).map(|n| n as u128),
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(text: &str) -> Size {
        Size::from_expr(&syn::parse_str(text).expect("an expression"))
    }

    #[test]
    fn literals_are_evaluated_and_names_are_not() {
        assert_eq!(size("2 * (3 + 4)").known(), Some(14));
        assert_eq!(size("2 * HIDDEN").known(), None);
        assert_eq!(size("2 * HIDDEN").to_string(), "2 * HIDDEN");
        let read = size("2 * HIDDEN").or_read(quote!(NetLayers::DENSE1.outputs));
        assert_eq!(read.plus(&size("3")).times(&size("N")).to_string(), "(2 * HIDDEN + 3) * N");
        assert_eq!(size("3 - 4").known(), None);
    }

    #[test]
    fn the_largest_is_a_number_where_all_are_known() {
        assert_eq!(Size::max(&[size("3"), size("7")]).known(), Some(7));
        assert_eq!(Size::max(&[size("3"), size("N"), size("N")]).known(), None);
    }
}
