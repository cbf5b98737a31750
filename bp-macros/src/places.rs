//! Where the tokens of an expansion lie: what an editor goes by when it leads from a layer to its field, and the
//! compiler when it reports a mistake.

use crate::golden::{expansion, tokens};
use proc_macro2::{LineColumn, TokenStream, TokenTree};
use syn::{File, Item};

const DECLARATION: &str = "input = [1, 8, 8], layers = [conv1: conv2d(2, kernel = 3), relu, flatten, dense(3), \
                           residual[inner: dense(3)]]";

/// All tokens, groups opened.
fn flat(stream: TokenStream) -> Vec<TokenTree> {
    let open = |token| match token {
        TokenTree::Group(group) => flat(group.stream()),
        token => vec![token],
    };
    stream.into_iter().flat_map(open).collect()
}

/// Where a word stands in the declaration, for the given time.
fn place(word: &str, time: usize) -> LineColumn {
    let found = flat(tokens(DECLARATION)).into_iter().filter(|token| token.to_string() == word).nth(time);
    found.expect("a word of the declaration").span().start()
}

#[test]
fn a_layer_leads_to_its_field() {
    let file: File = syn::parse2(expansion(DECLARATION)).expect("an expansion is Rust");
    let Some(Item::Struct(network)) = file.items.first() else { panic!("the struct comes first") };
    let fields: Vec<_> = network
        .fields
        .iter()
        .filter_map(|field| field.ident.as_ref())
        .map(|name| (name, name.span().start()))
        .collect();
    let [conv1, dense1, inner] = fields.as_slice() else { panic!("three layers have parameters") };
    assert_eq!((conv1.0.to_string(), conv1.1), ("conv1".to_owned(), place("conv1", 0)));
    // Without a name, the kind leads there.
    assert_eq!((dense1.0.to_string(), dense1.1), ("dense1".to_owned(), place("dense", 0)));
    assert_eq!((inner.0.to_string(), inner.1), ("inner".to_owned(), place("inner", 0)));
}

#[test]
fn a_layer_leads_to_nothing_else_that_is_declared() {
    let file: File = syn::parse2(expansion(DECLARATION)).expect("an expansion is Rust");
    for item in &file.items {
        let Item::Impl(constants) = item else { continue };
        for constant in &constants.items {
            let syn::ImplItem::Const(constant) = constant else { continue };
            assert_ne!(constant.ident.span().start(), place("conv1", 0), "{}", constant.ident);
        }
    }
}
