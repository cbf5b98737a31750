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

/// Predicting copies nothing: the constant is the network.
#[test]
fn the_constant_has_the_numbers_of_the_copy() {
    assert_eq!(Small::STATIC.parameters(), Small::pretrained().parameters());
    assert_eq!(Small64::STATIC.parameters(), Small64::pretrained().parameters());
    let image = std::array::from_fn(|i| (i as f32).sin());
    assert_eq!(Small::STATIC.predict(&image), Small::pretrained().predict(&image));
}

/// A network that stays in flash is a layer without numbers: outputs, gradients and steps are those of the frozen network.
#[test]
fn an_embedded_network_is_a_frozen_one_without_numbers() -> Result<(), backprop::Error> {
    type InFlash = Embedded<Small>;

    #[network(input = [2, 5, 6], layers = [bias, first: InFlash, head: dense(3)], loss = mse)]
    struct Light;
    #[network(input = [2, 5, 6], layers = [bias, first: frozen Small, head: dense(3)], loss = mse)]
    struct Whole;

    assert_eq!(Light::PARAMETERS, 2 + 2 * 3 + 3);
    assert_eq!(size_of::<Light>(), 4 * Light::PARAMETERS);
    let (mut light, mut whole) = (Light::new(&mut backprop::rng(1)), Whole::new(&mut backprop::rng(1)));
    (whole.bias1, whole.head) = (light.bias1, light.head);
    whole.first.load_pretrained();

    let xs: [[f32; 60]; 20] = std::array::from_fn(|s| std::array::from_fn(|i| ((60 * s + i) as f32).sin()));
    let ys = xs.map(|x| [x[0] + x[1], x[2] * x[3], x[4]]);
    assert_eq!(light.predict(&xs[0]), whole.predict(&xs[0]));
    let (mut small, mut large) = (Trainer::new(Adam::new(0.01)), Trainer::new(Adam::new(0.01)));
    let before = light.bias1;
    for _ in 0..5 {
        assert_eq!(small.step(&mut light, &xs, &ys)?, large.step(&mut whole, &xs, &ys)?);
        assert_eq!(light.bias1.flat(), whole.bias1.flat());
        assert_eq!(light.head.flat(), whole.head.flat());
    }
    assert_ne!(light.bias1.flat(), before.flat(), "the gradient passes through what is in flash");
    Ok(())
}
