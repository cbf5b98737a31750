//! Every mistake is an error that teaches: one file for each under `tests/ui`, with what the compiler says.
//!
//! `TRYBUILD=overwrite cargo test --test ui` writes the expected output anew: read it as prose. That every message of
//! the macro has a file is tested in `bp-macros/src/messages.rs`.

/// The compiler's own words differ from one version to the next.
const VERSION: &str = "rustc 1.95.";

#[test]
fn mistakes() {
    let version = std::process::Command::new("rustc").arg("--version").output().expect("rustc").stdout;
    if String::from_utf8_lossy(&version).starts_with(VERSION) {
        trybuild::TestCases::new().compile_fail("*.rs");
    } else {
        println!("skipped: the expected output is that of {VERSION}*");
    }
}
