//! The fuzzer's declarations inside the compiler, whose tokens refuse what those of a test take: a raw name as text, say.

use super::Random;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// As many as take the compiler a few seconds.
const COUNT: u64 = 250;
/// Names of networks, of which some cannot be.
const NAMES: &[&str] = &["Net", "C", "L", "T", "Box", "Option", "r#type", "rt", "f32", "usize", "backprop"];

/// The macro as the compiler loads it.
fn library() -> PathBuf {
    let here = std::env::current_exe().expect("the test");
    let target = here.ancestors().nth(3).expect("target/debug/deps");
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--offline", "--package", "backprop-macros", "--message-format=json"]);
    build.arg("--target-dir").arg(target).current_dir(env!("CARGO_MANIFEST_DIR"));
    let built = build.stderr(Stdio::inherit()).output().expect("cargo");
    let messages = String::from_utf8_lossy(&built.stdout);
    let mut files =
        messages.lines().filter(|line| line.contains("\"name\":\"backprop_macros\"")).flat_map(|line| {
            let (_, files) = line.split_once("\"filenames\":[").unwrap_or_default();
            files
                .split(']')
                .next()
                .unwrap_or_default()
                .split(',')
                .map(|file| file.trim_matches('"').replace("\\\\", "\\"))
        });
    let library = files.find(|file| [".so", ".dylib", ".dll"].iter().any(|end| file.ends_with(end)));
    PathBuf::from(library.expect("the library of the macro"))
}

/// What the compiler says of a source.
fn compile(name: &str, source: &str) -> String {
    let folder = std::env::temp_dir().join(format!("backprop-macros-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("lib.rs");
    std::fs::write(&file, source).expect("a source");
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()));
    rustc.args(["--crate-type=lib", "--edition=2024", "--emit=metadata", "--error-format=short"]);
    rustc.arg("--extern").arg(format!("backprop_macros={}", library().display()));
    let said = rustc.arg("--out-dir").arg(&folder).arg(&file).output().expect("rustc");
    std::fs::remove_dir_all(&folder).expect("the folder");
    String::from_utf8_lossy(&said.stderr).into_owned()
}

#[test]
fn no_panic_inside_the_compiler() {
    let mut source = String::from("#![allow(warnings)]\n");
    let mut declare = |number: u64, name: &str, attribute: &str| {
        let network = format!("#[backprop_macros::network({attribute})] pub struct {name};");
        writeln!(source, "mod m{number} {{ {network} }}").expect("a text");
    };
    for number in 0..COUNT {
        let mut random = Random(2_000_000 + number);
        let (attribute, name) = (random.attribute().to_string(), *random.of(NAMES));
        // What would be a comment.
        if !attribute.contains("//") && !attribute.contains("/*") {
            declare(number, name, &attribute);
        }
    }
    for (number, attribute) in super::DECLARED.iter().enumerate() {
        declare(COUNT + number as u64, "Net", attribute);
    }
    declare(COUNT + 100, "Net", "input = 4, layers = [r#type: dense(3), dnese(3)]");
    // What `macro_rules!` puts in invisible brackets.
    source += "macro_rules! declared { ($input:expr, $size:expr, $layer:expr, $loss:expr) => {
            #[backprop_macros::network(input = $input, layers = [$layer, dense($size)], loss = $loss)] struct Passed;
        } }
        declared!([1, 4, 4], 2 * 3, residual[conv2d(1, kernel = [3, 1], padding = [1, 0])], 0.5 * mse);";
    let said = compile("fuzz", &source);
    assert!(said.contains("did you mean `dense`?"), "the declarations were not reached: {said}");
    let panicked: Vec<_> = said.lines().filter(|line| line.contains("panicked")).collect();
    assert!(panicked.is_empty(), "{}", panicked.join("\n"));
}
