//! A small residual network (He et al. 2015) that reads handwritten digits.
//!
//! ```sh
//! cargo run --release --example resnet
//! ```

#[path = "mnist/data.rs"]
mod data;

use backprop::prelude::*;
use data::Digits;
use std::error::Error;
use std::time::Instant;

/// Three stages. A block adds what its layers make to what came in; where they halve the image and double the channels,
/// the shortcut is a convolution that does the same.
#[network(
    input = [1, 28, 28],
    layers = [
        stem: conv2d(8, kernel = 3, stride = 2, padding = 1), relu,
        residual[conv2d(8, kernel = 3, padding = same), relu, conv2d(8, kernel = 3, padding = same)], relu,
        residual(shortcut = [conv2d(16, kernel = 1, stride = 2)])[
            conv2d(16, kernel = 3, stride = 2, padding = 1), relu, conv2d(16, kernel = 3, padding = same),
        ], relu,
        residual(shortcut = [conv2d(32, kernel = 1, stride = 2)])[
            conv2d(32, kernel = 3, stride = 2, padding = 1), relu, conv2d(32, kernel = 3, padding = same),
        ], relu,
        avg_pool2d(2), flatten,
        head: dense(10),
    ],
    loss = cross_entropy,
)]
struct ResNet;

const IMAGES: usize = 12_000;
const BATCH: usize = 32;
const EPOCHS: usize = 2;
const RATE: f64 = 0.003;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = data::default_folder();
    let train = Digits::read(&folder, &data::TRAIN)?;
    let test = Digits::read(&folder, &data::TEST)?;
    let (images, labels) = (&train.images[..IMAGES], &train.labels[..IMAGES]);

    let mut net = ResNet::boxed(&mut backprop::rng(1));
    let mut trainer = Trainer::boxed(Adam::new(RATE));
    println!("{}\n", net.summary());

    let start = Instant::now();
    let steps = EPOCHS * IMAGES.div_ceil(BATCH);
    let batches = images.chunks(BATCH).zip(labels.chunks(BATCH)).cycle();
    for (step, (images, labels)) in batches.take(steps).enumerate() {
        // The learning rate falls to zero.
        trainer.set_learning_rate(RATE * (1.0 - step as f64 / steps as f64));
        let loss = trainer.step(&mut net, images, labels)?;
        if step % 100 == 0 {
            println!("step {step:3}  loss {loss:.4}");
        }
    }
    println!("{:.1} s", start.elapsed().as_secs_f64());

    let accuracy = trainer.evaluate(&net, &test.images, &test.labels)?.accuracy.unwrap_or_default();
    println!("test accuracy: {:.2} %", 100.0 * accuracy);
    assert!(accuracy > 0.95, "the digits are not read");
    Ok(())
}
