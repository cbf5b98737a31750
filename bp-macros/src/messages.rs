//! Every message of the macro is shown by a file under `tests/ui`, or by `tests/messages.txt`: the messages are read from
//! the sources, so that a new one without a case fails here.

mod habits;

use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};
use syn::{Expr, ExprLit, Lit, Token, punctuated::Punctuated};

/// Where messages are written.
const SOURCES: &[&str] = &["declaration.rs", "losses.rs", "model.rs", "model", "layers"];
/// Functions that take a message, or a part of one.
const REPORTERS: &[&str] = &["error", "wrong", "wrong_input", "new"];
/// What is shorter has no words of its own.
const SHORTEST: usize = 16;

/// Collects the messages of one file.
#[derive(Default)]
struct Messages {
    found: Vec<String>,
}

impl Messages {
    fn add(&mut self, expr: &Expr) {
        if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = expr {
            self.found.push(text.value());
        }
    }
}

impl Visit<'_> for Messages {
    fn visit_macro(&mut self, called: &syn::Macro) {
        if called.path.is_ident("format")
            && let Ok(arguments) = called.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated)
        {
            arguments.first().into_iter().for_each(|text| self.add(text));
            arguments.iter().for_each(|argument| self.visit_expr(argument));
        }
    }

    fn visit_expr_method_call(&mut self, call: &syn::ExprMethodCall) {
        if REPORTERS.iter().any(|name| call.method == name) {
            call.args.iter().for_each(|argument| self.add(argument));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &syn::ExprCall) {
        if let Expr::Path(path) = &*call.func
            && path.path.segments.last().is_some_and(|last| REPORTERS.iter().any(|name| last.ident == name))
        {
            call.args.iter().for_each(|argument| self.add(argument));
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_local(&mut self, local: &syn::Local) {
        if let Some(init) = &local.init {
            self.add(&init.expr);
        }
        visit::visit_local(self, local);
    }

    fn visit_item_fn(&mut self, function: &syn::ItemFn) {
        if !function.attrs.iter().any(|attribute| attribute.path().is_ident("test")) {
            visit::visit_item_fn(self, function);
        }
    }

    fn visit_item_mod(&mut self, module: &syn::ItemMod) {
        if module.ident != "tests" {
            visit::visit_item_mod(self, module);
        }
    }
}

/// The words of a format string, without what stands in braces.
fn fragments(format: &str) -> Vec<String> {
    let (mut all, mut depth) = (vec![String::new()], 0);
    // Doubled braces stand for themselves.
    for c in format.replace("{{", "\u{1}").replace("}}", "\u{2}").chars() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                all.push(String::new());
            }
            _ if depth > 0 => {}
            _ => all.last_mut().expect("at least one").push(match c {
                '\u{1}' => '{',
                '\u{2}' => '}',
                other => other,
            }),
        }
    }
    all
}

/// Whether the words stand in a line in this order.
fn stands_in(fragments: &[String], line: &str) -> bool {
    let mut rest = line;
    fragments.iter().all(|fragment| match rest.find(fragment.as_str()) {
        Some(place) => {
            rest = &rest[place + fragment.len()..];
            true
        }
        None => false,
    })
}

fn files(path: &Path, extension: &str, all: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).expect("a folder") {
            files(&entry.expect("an entry").path(), extension, all);
        }
    } else if path.extension().is_some_and(|found| found == extension) {
        all.push(path.to_owned());
    }
}

#[test]
fn every_message_has_a_case() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut sources, mut cases) = (Vec::new(), Vec::new());
    SOURCES.iter().for_each(|path| files(&root.join("src").join(path), "rs", &mut sources));
    // Notes are no errors; they have tests of their own.
    sources.retain(|path| !path.ends_with("notes.rs"));
    files(&root.join("../tests/ui"), "stderr", &mut cases);
    let read = |path: &PathBuf| std::fs::read_to_string(path).expect("a text");
    cases.push(root.join("../tests/messages.txt"));
    let shown: String = cases.iter().map(read).collect();
    let (mut missing, mut count) = (Vec::new(), 0);
    for path in &sources {
        let mut messages = Messages::default();
        messages.visit_file(&syn::parse_file(&read(path)).expect("a source"));
        for message in messages.found {
            let words = fragments(&message);
            if words.iter().map(String::len).sum::<usize>() < SHORTEST {
                continue;
            }
            count += 1;
            if !shown.lines().any(|line| stands_in(&words, line)) {
                missing.push(format!("{}: {message}", path.strip_prefix(root).unwrap_or(path).display()));
            }
        }
    }
    assert!(count > 50, "only {count} messages were found in the sources");
    assert!(
        missing.is_empty(),
        "{} of {count} messages are shown nowhere. Add a declaration with that mistake for each to `messages/habits.rs` and \
         run `BLESS=1 cargo test -p backprop-macros`, or to tests/ui and run `TRYBUILD=overwrite cargo test --test ui`:\n{}",
        missing.len(),
        missing.join("\n")
    );
}
