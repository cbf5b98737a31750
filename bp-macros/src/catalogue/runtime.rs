//! What the runtime's sources say of their types.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A public type and its docs.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) docs: String,
    /// Docs of its methods, by name; of those that are not written by a macro.
    methods: BTreeMap<String, String>,
}

/// A folder of the runtime: `losses`.
pub(super) struct Folder {
    pub(super) name: &'static str,
    /// The docs of the folder's module.
    docs: String,
    entries: BTreeMap<String, Entry>,
    /// Types for which the folder's trait is implemented, outside macros.
    implementations: Vec<String>,
}

impl Folder {
    pub(super) fn read(name: &'static str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bp-runtime/src").join(name);
        let mut folder =
            Self { name, docs: String::new(), entries: BTreeMap::new(), implementations: vec![] };
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(path).expect("a folder").map(|file| file.expect("a file").path()).collect();
        files.sort();
        for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs")) {
            let text = std::fs::read_to_string(file).expect("a source");
            let parsed = syn::parse_file(&text).expect("Rust");
            if file.ends_with("mod.rs") {
                folder.docs = docs(&parsed.attrs);
            }
            // First the types, because methods may stand before them.
            let (types, others): (Vec<_>, Vec<_>) =
                parsed.items.into_iter().partition(|item| matches!(item, syn::Item::Struct(_)));
            types.into_iter().chain(others).for_each(|item| folder.add(item));
        }
        folder
    }

    fn add(&mut self, item: syn::Item) {
        match item {
            syn::Item::Struct(item) if matches!(item.vis, syn::Visibility::Public(_)) => {
                let name = item.ident.to_string();
                self.entries
                    .insert(name.clone(), Entry { name, docs: docs(&item.attrs), methods: BTreeMap::new() });
            }
            syn::Item::Impl(syn::ItemImpl { trait_: None, self_ty, items, .. }) => {
                let syn::Type::Path(path) = *self_ty else { return };
                let Some(entry) = last(&path.path).and_then(|name| self.entries.get_mut(&name)) else {
                    return;
                };
                entry.methods.extend(items.iter().filter_map(|item| match item {
                    syn::ImplItem::Fn(method) => Some((method.sig.ident.to_string(), docs(&method.attrs))),
                    _ => None,
                }));
            }
            syn::Item::Impl(syn::ItemImpl { trait_: Some((path, _)), self_ty, .. }) => {
                let is_it = last(&path).is_some_and(|name| name == "Optimizer" || name == "Schedule");
                if let (true, syn::Type::Path(path)) = (is_it, *self_ty) {
                    self.implementations.extend(last(&path.path));
                }
            }
            _ => {}
        }
    }

    pub(super) fn entry(&self, name: &str) -> &Entry {
        self.entries.get(name).unwrap_or_else(|| panic!("no docs of {}::{name}", self.name))
    }

    /// The types in the first column of the module's own table, in its order.
    pub(super) fn listed(&self) -> Vec<String> {
        let rows = self.docs.lines().filter_map(|line| line.strip_prefix("| [`")?.split('|').next());
        let names =
            rows.flat_map(|cell| cell.split("`]").map(|name| name.trim_start_matches([',', ' ', '[', '`'])));
        names.filter(|name| !name.trim().is_empty()).map(str::to_owned).collect()
    }

    pub(super) fn implementations(&self) -> Vec<String> {
        self.implementations.clone()
    }
}

fn last(path: &syn::Path) -> Option<String> {
    path.segments.last().map(|segment| segment.ident.to_string())
}

/// The text of `///` and `//!` lines.
fn docs(attributes: &[syn::Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(value) if value.path.is_ident("doc") => match &value.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    lines.map(|line| line.strip_prefix(' ').unwrap_or(&line).to_owned() + "\n").collect()
}

impl Entry {
    /// The first paragraph in one line.
    pub(super) fn about(&self) -> String {
        let paragraph: Vec<_> = self.docs.lines().take_while(|line| !line.is_empty()).collect();
        plain(&paragraph.join(" "))
    }

    /// `AvgPool2d` of "PyTorch's `AvgPool2d`", and all names of a list.
    pub(super) fn pytorch(&self) -> Option<String> {
        let (_, rest) = self.docs.split_once("PyTorch's")?;
        let mut names = vec![];
        let mut rest = rest.trim_start().strip_prefix('`')?;
        loop {
            let (name, after) = rest.split_once('`')?;
            names.push(format!("`{name}`"));
            match after.strip_prefix(", `") {
                Some(next) => rest = next,
                None => return Some(names.join(", ")),
            }
        }
    }

    /// The first sentence about a setting, of which the last words are its default.
    pub(super) fn setting(&self, name: &str) -> Option<String> {
        let line = self.methods.get(name)?.replace('\n', " ");
        let sentence = line.split_once(". ").map_or(&*line, |(sentence, _)| sentence);
        Some(plain(sentence.trim().trim_end_matches('.')))
    }

    /// The rows of the table of options, in one line.
    pub(super) fn defaults(&self) -> String {
        let table = self.docs.lines().skip_while(|line| !line.starts_with("| Option | Default |")).skip(2);
        let rows = table.take_while(|line| line.starts_with('|')).map(|line| {
            let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
            format!("{}: {}", cells.first().unwrap_or(&""), cells.get(1).unwrap_or(&""))
        });
        plain(&rows.collect::<Vec<_>>().join("<br>"))
    }

    pub(super) fn has_example(&self) -> bool {
        self.docs.contains("```\nuse backprop_runtime::")
    }

    pub(super) fn has_source(&self) -> bool {
        // Papers stand with their year.
        let year =
            |line: &str| line.as_bytes().windows(4).any(|it| it.starts_with(b"19") || it.starts_with(b"20"));
        ["PyTorch", "Keras", "arXiv"].iter().any(|source| self.docs.contains(source))
            || self.docs.lines().any(year)
    }

    /// Something that is computed, in code or in a block.
    pub(super) fn has_formula(&self) -> bool {
        let prose = self.docs.split("```\nuse").next().unwrap_or_default();
        let code = prose.split('`').skip(1).step_by(2);
        prose.contains("```text")
            || code.into_iter().any(|code| code.contains(['=', '−', '←', 'η', '/', '½', '→', '⌊']))
    }
}

/// Links to items as their text alone, because they are meant for another place; links to pages stay.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once("[`") {
        plain += before;
        let (name, behind) = link.split_once("`]").unwrap_or((link, ""));
        plain += &format!("`{name}`");
        rest = match behind.strip_prefix('(').and_then(|target| target.split_once(')')) {
            Some((_, behind)) => behind,
            None => behind,
        };
    }
    plain + rest
}
