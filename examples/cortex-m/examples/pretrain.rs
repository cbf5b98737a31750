//! Writes the files of `data/`: digits of MNIST made small, and the weights of what stays in flash.
//!
//! ```sh
//! cargo run --release --features host --example pretrain
//! ```

use backprop::prelude::*;
use backprop::safetensors;
use flate2::read::GzDecoder;
use std::error::Error;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

#[network(input = 1, layers = [dense(16), relu, dense(16), relu, dense(1)], loss = mse)]
struct Sine;

#[network(input = 64, layers = [dense1: dense(64), relu, head: dense(10)], loss = cross_entropy)]
struct Digits;

#[network(input = 64, layers = [dense(64), relu])]
struct Trunk;

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn unpacked(name: &str, header: usize) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut bytes = Vec::new();
    GzDecoder::new(File::open(here("../data/mnist").join(name))?).read_to_end(&mut bytes)?;
    bytes.drain(..header);
    Ok(bytes)
}

/// The 24×24 pixels in the middle, three by three.
fn small(image: &[u8]) -> [u8; 64] {
    std::array::from_fn(|place| {
        let (y, x) = (place / 8 * 3 + 2, place % 8 * 3 + 2);
        let pixels = (0..9).map(|k| u32::from(image[(y + k / 3) * 28 + x + k % 3]));
        (pixels.sum::<u32>() / 9) as u8
    })
}

fn sine() -> Result<(), Box<dyn Error>> {
    let mut net = Sine::new(&mut backprop::rng(1));
    let mut trainer = Trainer::new(Adam::new(5e-3));
    let xs: Vec<[f32; 1]> = (0..630).map(|i| [i as f32 * 0.01]).collect();
    let ys: Vec<[f32; 1]> = xs.iter().map(|[x]| [x.sin()]).collect();
    let mut loss = 0.0;
    for step in 0..6000 {
        if step == 4000 {
            trainer.set_learning_rate(5e-4);
        }
        loss = trainer.step(&mut net, &xs, &ys)?;
    }
    println!("sine: mean squared error {loss:.6}");
    Ok(safetensors::save(&net, here("data/sine.safetensors"))?)
}

fn main() -> Result<(), Box<dyn Error>> {
    sine()?;
    let pixels = unpacked("train-images-idx3-ubyte.gz", 16)?;
    let labels = unpacked("train-labels-idx1-ubyte.gz", 8)?;
    let digits: Vec<[u8; 64]> = pixels.chunks(784).map(small).collect();
    // The device's own digits are not among those that the trunk has seen.
    let (own, seen) = digits.split_at(200);
    std::fs::write(here("data/digits.bin"), [own.concat(), labels[..200].to_vec()].concat())?;

    let images: Vec<[f32; 64]> = seen.iter().map(|digit| digit.map(|p| f32::from(p) / 255.0)).collect();
    let mut net = Digits::new(&mut backprop::rng(1));
    let mut trainer = Trainer::new(Adam::new(2e-3));
    for (xs, ys) in images.chunks(64).zip(labels[200..].chunks(64)).take(900) {
        trainer.step(&mut net, xs, ys)?;
    }
    println!("digits: {:?}", trainer.evaluate(&net, &images, &labels[200..])?);
    let mut trunk = Trunk::zeroed();
    trunk.dense1 = net.dense1;
    Ok(safetensors::save(&trunk, here("data/trunk.safetensors"))?)
}
