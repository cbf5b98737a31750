//! The table of everything there is, `src/catalogue.md`: written from the tables of kinds and from the runtime's
//! docs, so that it cannot go stale.
//!
//! `BLESS=1 cargo test -p backprop-macros` writes it anew.

mod runtime;

use crate::diagnostics::Diagnostics;
use crate::golden::{golden, tokens};
use crate::layers::{Form, KINDS, Kind, initializers};
use crate::model::{self, Layer, Sketch};
use crate::{declaration, losses};
use quote::quote;
use runtime::{Entry, Folder, plain};

/// Features, a sequence, and an image, as a kind's examples take them.
const INPUTS: [&str; 3] = ["8", "[6, 8]", "[16, 8, 8]"];

const INTRODUCTION: &str = "\
Everything there is, in tables that are written from the code: each kind of layer as it is declared, with its
defaults, and the items behind it.

The shapes are those of the example. Features `[8]`, a sequence `[time, features]` of `[6, 8]`, and an image `[channels,
height, width]` of `[16, 8, 8]` have been tried; what is not listed is refused at compile time.

Every layer that stores numbers also takes `learning_rate = 1.0` and `weight_decay = 1.0`, factors on the optimizer's:
`dense(10, learning_rate = 0.1)` learns at a tenth of its rate, see [`Trainer::set_group`](crate::Trainer::set_group).
";

const LOSSES: &str = "\
`loss = mse`, `loss = huber(delta = 2.0)`. Every loss has a `reduction`, which is `mean` unless it is given as `sum` or
`batch_mean`: see [`Reduction`](crate::losses::Reduction). With `missing = true` a loss over numbers takes NaN in a target
for a number that is missing, and is the mean over those that are there: see [`losses`](crate::losses).

`cross_entropy`, `nll`, `cross_entropy_distribution`, `gaussian_nll` and `cosine` read several outputs together. Of an output
`[time, features]` they say which: `per = step` is a loss at each step, `per = sample` one of all outputs. Of `[channels, height,
width]` that is `per = position` or `per = sample`. Targets are then one for each step or position, `[u8; 16]` for 16 labels: see
[`Each`](crate::losses::Each).
";

const OPTIMIZERS: &str = "\
Clipping by norm and by value, parameter groups and sample weights belong to [`Trainer`](crate::Trainer), moving averages
of the weights to [`average`](crate::average).
";

/// A kind of layer as its example is declared: what came of it for each input that it takes.
struct Example {
    text: String,
    layers: Vec<Layer>,
    /// Arguments that are words: their name, all words, and the layers that the others than the default make.
    words: Vec<(String, String, Vec<Layer>)>,
}

/// `conv2d(4, kernel = 3)` of `conv2d(channels, kernel = …, stride = 1)`: all that has no default, as a number.
fn example(signature: &str) -> String {
    let Some((name, arguments)) = signature.strip_suffix(')').and_then(|rest| rest.split_once('(')) else {
        return signature.to_owned();
    };
    let mut depth = 0;
    let arguments = arguments.split(|c| {
        depth += i32::from(matches!(c, '[' | '(')) - i32::from(matches!(c, ']' | ')'));
        c == ',' && depth == 0
    });
    let given = arguments.filter_map(|argument| match argument.trim().split_once(" = ") {
        Some((name, "…")) => Some(format!("{name} = 3")),
        Some(_) => None,
        None => Some(positional(argument.trim())),
    });
    let given: Vec<_> = given.collect();
    if given.is_empty() { name.to_owned() } else { format!("{name}({})", given.join(", ")) }
}

/// A value for a positional argument: `4`, of a list 2 for each name, of a formula a square.
fn positional(argument: &str) -> String {
    if let Some(list) = argument.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let axis = |axis: &str| axis.trim().parse().unwrap_or(2_usize).to_string();
        return format!("[{}]", list.split(',').map(axis).collect::<Vec<_>>().join(", "));
    }
    if argument.starts_with('|') { argument.replace('…', "x * x") } else { "4".to_owned() }
}

/// The layer that `text` declares on an input, or what is wrong with it. Another follows, because a network computes
/// something, and `flatten` alone does not.
fn layer(input: &str, text: &str) -> Result<Layer, String> {
    let mut diagnostics = Diagnostics::new();
    let keys = tokens(&format!("input = {input}, layers = [{text}, relu]"));
    let item = quote!(
        struct Net;
    );
    let built = declaration::parse(keys, item, &mut diagnostics).ok().and_then(|declaration| {
        let (name, keys) = (&declaration.item.ident, &declaration.keys);
        model::build(name, keys, &mut Sketch::default(), &mut diagnostics).ok()
    });
    let errors = diagnostics.finish();
    let kind = text.split('(').next();
    built
        .filter(|_| errors.is_empty())
        .and_then(|model| of_kind(model.layers, kind))
        .ok_or_else(|| errors.to_string())
}

/// The layer of a kind, with the shapes of all but the last: it may be several in the network.
fn of_kind(mut layers: Vec<Layer>, kind: Option<&str>) -> Option<Layer> {
    layers.pop();
    let (input, output) = (layers.first()?.input.clone(), layers.last()?.output.clone());
    let found = layers.into_iter().find(|layer| Some(layer.kind.name) == kind)?;
    Some(Layer { input, output, ..found })
}

/// `text` with one more argument.
fn with_argument(text: &str, argument: &str) -> String {
    match text.strip_suffix(')') {
        Some(given) => format!("{given}, {argument})"),
        None => format!("{text}({argument})"),
    }
}

/// The words that an argument may be, as its message lists them to someone who writes another.
fn words(text: &str, name: &str) -> Vec<String> {
    let wrong = with_argument(text, &format!("{name} = no_such_word"));
    let errors = INPUTS.iter().filter_map(|input| layer(input, &wrong).err());
    let lists = errors.filter_map(|error| Some(error.split_once("one of ")?.1.split('"').next()?.to_owned()));
    lists.take(1).flat_map(|list| list.split(", ").map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn reshapes(layer: &Layer) -> bool {
    layer.input.to_string() != layer.output.to_string()
}

impl Example {
    fn of(kind: &Kind) -> Self {
        let text = example(kind.signature);
        let declared =
            |text: &str| INPUTS.iter().filter_map(|input| layer(input, text).ok()).collect::<Vec<_>>();
        let layers = declared(&text);
        assert!(!layers.is_empty(), "{}: no input suits `{text}`", kind.name);
        let names = kind.signature.split([',', '(']).filter_map(|argument| argument.trim().split_once(" = "));
        let words = names.map(|(name, _)| (name, words(&text, name))).filter(|(_, words)| !words.is_empty());
        let words = words.map(|(name, words)| {
            let others =
                words.iter().flat_map(|word| declared(&with_argument(&text, &format!("{name} = {word}"))));
            (name.to_owned(), words.join(", "), others.collect())
        });
        Self { words: words.collect(), text, layers }
    }

    /// Names of the types in the runtime that the layer is, of which there is usually one.
    fn descriptors(&self) -> Vec<String> {
        let others = self.words.iter().flat_map(|(.., layers)| layers);
        let operations = self.layers.iter().chain(others).filter_map(|layer| layer.operation.as_ref());
        let path = |tokens: String| tokens.rsplit_once(":: layers :: ").map(|(_, name)| name.to_owned());
        let name = |text: String| text.split(' ').next().unwrap_or_default().to_owned();
        let mut names = vec![];
        for name in operations.filter_map(|operation| path(operation.descriptor.to_string())).map(name) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    fn shapes(&self) -> String {
        if self.layers.len() == INPUTS.len() && self.layers.iter().all(|layer| !reshapes(layer)) {
            return "any, unchanged".to_owned();
        }
        let shapes = self.layers.iter().map(|layer| format!("`{} → {}`", layer.input, layer.output));
        shapes.collect::<Vec<_>>().join("<br>")
    }

    /// Whether output and input differ in shape, or numbers are learnt.
    fn needs_shapes(&self) -> bool {
        let learns = |layer: &Layer| layer.operation.as_ref().is_some_and(|it| it.parameters.is_some());
        self.layers.iter().any(|layer| reshapes(layer) || learns(layer))
    }

    /// What backward reads of forward.
    fn kept(&self) -> &'static str {
        let Some(operation) = self.layers.iter().find_map(|layer| layer.operation.as_ref()) else {
            return "";
        };
        match (operation.needs.input, operation.needs.output, operation.form) {
            (_, _, Form::InPlace) => "y, in place",
            (true, true, _) => "x, y",
            (true, false, _) if operation.saved.known() != Some(0) => "x, and more",
            (true, false, _) => "x",
            (false, true, _) => "y",
            (false, false, _) if operation.saved.known() != Some(0) => "what forward saves",
            (false, false, _) => "nothing",
        }
    }
}

/// A cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn link(folder: &str, name: &str) -> String {
    format!("[`{name}`](crate::{folder}::{name})")
}

fn layers_table(folder: &Folder) -> String {
    let mut table = "| Declaration | Computes | Example | Shapes | Backward reads | Item | PyTorch |\n\
                     |---|---|---|---|---|---|---|\n"
        .to_owned();
    for kind in KINDS {
        let example = Example::of(kind);
        let items = example.descriptors();
        let links: Vec<_> = items.iter().map(|name| link("layers", name)).collect();
        let torch = items.iter().find_map(|name| folder.entry(name).pytorch()).unwrap_or_default();
        let [mut signature, formula, text] =
            [kind.signature, kind.formula, &example.text].map(|text| cell(&format!("`{text}`")));
        for (name, words, _) in &example.words {
            signature += &format!("<br>`{name}`: {words}");
        }
        let (shapes, kept, links) = (example.shapes(), example.kept(), links.join(", "));
        table += &format!("| {signature} | {formula} | {text} | {shapes} | {kept} | {links} | {torch} |\n");
    }
    table
}

/// Settings that the text above the table of losses describes.
const SHARED: &[&str] = &["reduction", "missing"];

fn losses_table(folder: &Folder) -> String {
    let mut table = "| Declaration | Computes | Settings | Item |\n|---|---|---|---|\n".to_owned();
    for kind in losses::KINDS {
        assert!(
            kind.options.contains(&"reduction"),
            "{}: the text above the table says otherwise",
            kind.name
        );
        let entry = folder.entry(kind.descriptor);
        let settings = kind.options.iter().filter(|option| !SHARED.contains(option)).map(|option| {
            let meaning = entry.setting(option).unwrap_or_else(|| panic!("{}: {option}", entry.name));
            format!("[`{option}`](crate::losses::{}::{option}): {meaning}", kind.descriptor)
        });
        let settings = cell(&settings.collect::<Vec<_>>().join("<br>"));
        let (about, item) = (cell(&entry.about()), link("losses", kind.descriptor));
        table += &format!("| `{}` | {about} | {settings} | {item} |\n", kind.name);
    }
    table
}

/// The type behind a name: `Xavier` of `Xavier::uniform()`.
fn initializer(kind: &initializers::Kind) -> String {
    let numbers = vec![quote!(0.0); kind.numbers];
    let written = (kind.write)(&numbers).to_string();
    written.split(' ').next().unwrap_or_default().to_owned()
}

fn initializers_table(folder: &Folder) -> String {
    let mut table = "| Declaration | Draws | Item |\n|---|---|---|\n".to_owned();
    for kind in initializers::KINDS {
        let name = initializer(kind);
        let about = cell(&folder.entry(&name).about());
        // The prelude has a trait of this name.
        let path = if name == "Default" { "struct@crate" } else { "crate" };
        table += &format!("| `{}` | {about} | [`{name}`]({path}::initializers::{name}) |\n", kind.signature);
    }
    table
}

/// What is no kind of the macro's but a type: optimizers, schedules.
fn types_table(folder: &Folder) -> String {
    let mut table = "| Item | What | Defaults |\n|---|---|---|\n".to_owned();
    for name in folder.listed() {
        let entry = folder.entry(&name);
        let (about, defaults) = (cell(&entry.about()), entry.defaults());
        table += &format!("| {} | {about} | {defaults} |\n", link(folder.name, &name));
    }
    table
}

#[test]
fn the_catalogue_is_up_to_date() {
    let [layers, losses, initializers, optimizers, schedules] =
        ["layers", "losses", "initializers", "optimizers", "schedules"].map(Folder::read);
    let parts = [
        INTRODUCTION.to_owned(),
        format!("# Layers and activations\n\n{}", layers_table(&layers)),
        format!("# Losses\n\n{LOSSES}\n{}", losses_table(&losses)),
        format!("# Initializers\n\n`dense(10, init = he_normal)`.\n\n{}", initializers_table(&initializers)),
        format!("# Optimizers\n\n{OPTIMIZERS}\n{}", types_table(&optimizers)),
        format!("# Schedules of the learning rate\n\n{}", types_table(&schedules)),
    ];
    golden("src/catalogue.md", &parts.join("\n"));
}

/// A reader finds formula, source, defaults and an example behind every line of the table.
#[test]
fn every_entry_is_documented() {
    let mut lacking = vec![];
    let mut check = |entry: &Entry, what: &[(&str, bool)]| {
        lacking
            .extend(what.iter().filter(|(_, has)| !has).map(|(what, _)| format!("{}: {what}", entry.name)));
    };
    let folder = Folder::read("layers");
    for kind in KINDS {
        let example = Example::of(kind);
        for name in example.descriptors() {
            let entry = folder.entry(&name);
            let shapes = !example.needs_shapes() || entry.docs.contains("| Shape |");
            check(entry, &[("an example", entry.has_example()), ("shapes", shapes)]);
            check(entry, &[("a source", entry.has_source()), ("a formula", entry.has_formula())]);
        }
    }
    let folder = Folder::read("losses");
    for kind in losses::KINDS {
        let entry = folder.entry(kind.descriptor);
        check(entry, &[("an example", entry.has_example()), ("a source", entry.has_source())]);
        check(entry, &[("a formula", entry.has_formula()), ("its targets", entry.docs.contains("arget"))]);
        for option in kind.options.iter().filter(|option| !SHARED.contains(option)) {
            let default = entry.setting(option).is_some_and(|setting| setting.ends_with("unless set"));
            check(entry, &[(&format!("the default of {option}"), default)]);
        }
    }
    let folder = Folder::read("initializers");
    for kind in initializers::KINDS {
        let entry = folder.entry(&initializer(kind));
        check(entry, &[("an example", entry.has_example()), ("a source", entry.has_source())]);
    }
    for folder in ["optimizers", "schedules"].map(Folder::read) {
        for name in folder.listed() {
            let entry = folder.entry(&name);
            check(entry, &[("an example", entry.has_example()), ("a formula", entry.has_formula())]);
            check(entry, &[("a source", entry.has_source())]);
        }
        for name in folder.implementations() {
            assert!(folder.listed().contains(&name), "{name} is not in the table of its module");
        }
    }
    assert!(lacking.is_empty(), "missing in the docs:\n{}", lacking.join("\n"));
}

/// Every argument that a kind reads stands in its signature.
#[test]
fn signatures_name_all_arguments() {
    for kind in KINDS {
        let example = example(kind.signature);
        for argument in
            ["bias_init", "init", "out_init", "bias", "stride", "padding", "dilation", "groups", "eps"]
        {
            let value = match argument {
                "bias" => "true",
                "stride" | "dilation" | "groups" => "1",
                "padding" => "0",
                "eps" => "0.1",
                _ => "zeros",
            };
            let text = with_argument(&example, &format!("{argument} = {value}"));
            let taken = INPUTS.iter().any(|input| layer(input, &text).is_ok());
            let named = kind.signature.contains(&format!("{argument} = "));
            assert!(!taken || named, "`{text}` is taken, but the signature is `{}`", kind.signature);
        }
    }
}

#[test]
fn examples_follow_from_signatures() {
    for (signature, expected) in [
        ("relu", "relu"),
        ("elu(alpha = 1.0)", "elu"),
        ("conv2d(channels, kernel = …, stride = 1)", "conv2d(4, kernel = 3)"),
        ("reshape([channels, height, width])", "reshape([2, 2, 2])"),
        ("transpose([2, 0, 1])", "transpose([2, 0, 1])"),
        ("activation(|x| …, derivative = |x| …)", "activation(|x| x * x)"),
    ] {
        assert_eq!(example(signature), expected);
    }
}

#[test]
fn only_links_to_pages_are_kept() {
    assert_eq!(plain("[`A`](Self::a), [`B`] and [c](https://c)"), "`A`, `B` and [c](https://c)");
}
