//! The chapter of the crate's docs on the expansion shows what the macro writes: a golden file of a kind.
//!
//! Between `# // shown: fn forward` (or `hidden`) and `# // end` stand items of the expansion of its network;
//! `BLESS=1 cargo test -p backprop-macros` writes them anew. The docs' own tests compile and run them.

use crate::golden;
use syn::{File, ImplItem, Item, Stmt};

const CHAPTER: &str = "src/guide/expansion.md";
const DECLARATION: &str = "input = 2, layers = [dense(3), tanh, dense(1)], loss = mse";

/// All items of an expansion, those of the block as well.
fn items() -> Vec<Item> {
    let file: File = syn::parse2(golden::expansion(DECLARATION)).expect("an expansion is Rust");
    let mut items = Vec::new();
    for item in file.items {
        match item {
            Item::Const(block) => {
                let syn::Expr::Block(block) = *block.expr else { continue };
                items.extend(block.block.stmts.into_iter().filter_map(|statement| match statement {
                    Stmt::Item(item) => Some(item),
                    _ => None,
                }));
            }
            item => items.push(item),
        }
    }
    items
}

/// `struct Net`, `impl NetLayers`, or `fn forward`, as text.
fn find(items: &[Item], what: &str) -> String {
    let (kind, name) = what.split_once(' ').expect("a kind and a name");
    let is_named = |item: &&Item| match item {
        Item::Struct(item) => kind == "struct" && item.ident == name,
        Item::Impl(item) => kind == "impl" && item.trait_.is_none() && type_name(item) == name,
        _ => false,
    };
    if kind == "fn" {
        return passes(items, name);
    }
    let mut item = items.iter().find(is_named).unwrap_or_else(|| panic!("no {what}")).clone();
    match &mut item {
        // The struct's docs are long, and said elsewhere; `#[allow]` is for the compiler.
        Item::Struct(item) => item.attrs.retain(|attribute| attribute.path().is_ident("repr")),
        Item::Impl(item) => item.attrs.clear(),
        _ => {}
    }
    print(item)
}

fn type_name(item: &syn::ItemImpl) -> String {
    let ty = &item.self_ty;
    quote::quote!(#ty).to_string()
}

/// One of the passes, as a method of the struct.
fn passes(items: &[Item], name: &str) -> String {
    for item in items {
        let Item::Impl(item) = item else { continue };
        let passes = item
            .trait_
            .as_ref()
            .is_some_and(|(.., path, _)| path.segments.last().expect("a path").ident == "Passes");
        for method in item.items.iter().filter(|_| passes) {
            match method {
                ImplItem::Fn(method) if method.sig.ident == name => {
                    let mut method = method.clone();
                    method.attrs.clear();
                    return print(syn::parse_quote!(impl Net { #method }));
                }
                _ => {}
            }
        }
    }
    panic!("no pass {name}")
}

fn print(item: Item) -> String {
    prettyplease::unparse(&File { shebang: None, frontmatter: None, attrs: Vec::new(), items: vec![item] })
}

#[test]
fn the_chapter_shows_what_the_macro_writes() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(CHAPTER);
    let chapter = std::fs::read_to_string(path).expect("the chapter").replace("\r\n", "\n");
    let (items, mut written, mut lines) = (items(), String::new(), chapter.lines());
    while let Some(line) = lines.next() {
        written.extend([line, "\n"]);
        let shown = line.strip_prefix("# // shown: ");
        let Some(names) = shown.or(line.strip_prefix("# // hidden: ")) else { continue };
        for text in names.split(", ").map(|what| find(&items, what)) {
            for line in text.lines() {
                written.extend([if shown.is_some() { "" } else { "# " }, line, "\n"]);
            }
        }
        let end = lines.find(|line| *line == "# // end").expect("an end of what is shown");
        written.extend([end, "\n"]);
    }
    golden::golden(CHAPTER, &written);
}
