//! Weights that are part of the program: `weights = "file.safetensors"` in the declaration.

use backprop::prelude::*;
use backprop::safetensors;

/// The network of `fixtures/safetensors/make.py`, with the weights that PyTorch drew and saved.
#[network(
    input = [2, 5, 6],
    layers = [
        conv1: conv2d(3, kernel = [3, 2], stride = 2, padding = 1), relu,
        flatten,
        fc1: dense(5), tanh,
        out: dense(2),
    ],
    weights = "fixtures/safetensors/small.safetensors",
)]
struct Small;

/// The same in twice the precision.
#[network(
    input = [2, 5, 6],
    layers = [
        conv1: conv2d(3, kernel = [3, 2], stride = 2, padding = 1), relu,
        flatten,
        fc1: dense(5), tanh,
        out: dense(2),
    ],
    scalar = f64,
    weights = "fixtures/safetensors/small64.safetensors",
)]
struct Small64;

fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/safetensors")
}

/// A file's bits are the same whether the compiler or the program reads it.
#[test]
fn the_file_is_embedded() -> Result<(), safetensors::Error> {
    let mut read = Small::zeroed();
    safetensors::load(&mut read, folder().join("small.safetensors"))?;
    assert_eq!(Small::pretrained().parameters(), read.parameters());
    assert_eq!(Small::pretrained_boxed().parameters(), read.parameters());

    let mut read = Small64::zeroed();
    safetensors::load(&mut read, folder().join("small64.safetensors"))?;
    let mut net = Small64::new(&mut backprop::rng(1));
    net.load_pretrained();
    assert_eq!(net.parameters(), read.parameters());
    Ok(())
}

/// A pretrained network within another, which names no file: it is initialized and then loaded.
#[test]
fn a_pretrained_part_is_loaded_on_its_own() {
    #[network(input = [2, 5, 6], layers = [small: frozen Small, dense(3)])]
    struct Larger;

    let mut net = Larger::new(&mut backprop::rng(1));
    net.small.load_pretrained();
    assert_eq!(net.small.parameters(), Small::pretrained().parameters());
}
