//! A digit of 784 pixels told in 16 numbers: two networks, one that encodes and one that decodes, trained as one.
//!
//! ```sh
//! cargo run --release --example autoencoder
//! ```

#[path = "mnist/data.rs"]
mod data;

use backprop::prelude::*;
use data::{Digits, Image};
use std::error::Error;

/// Numbers that a digit is told in.
const CODE: usize = 16;

/// From an image to its code.
#[network(input = 784, layers = [dense(128), relu, dense(CODE)])]
struct Encoder;

/// From a code to an image.
#[network(input = CODE, layers = [dense(128), relu, dense(784)])]
struct Decoder;

/// Networks stand in a list of layers by their names. The fields are `encoder1` and `decoder1`.
#[network(input = 784, layers = [Encoder, Decoder], loss = mse)]
struct Autoencoder;

const EPOCHS: usize = 4;
const RATE: f64 = 0.002;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = data::default_folder();
    let train = Digits::read(&folder, &data::TRAIN)?.images;
    let test = Digits::read(&folder, &data::TEST)?;
    let train = &train[..20_000];

    let mut net = Autoencoder::boxed(&mut backprop::rng(1));
    let mut trainer = Trainer::boxed(Adam::new(RATE));
    println!("{}\n", net.summary());
    for epoch in 1..=EPOCHS {
        let mut sum = 0.0;
        let steps = train.chunks(50);
        let count = steps.len();
        for images in steps {
            // What is to come out is what went in.
            sum += trainer.step(&mut net, images, images)?;
        }
        trainer.set_learning_rate(RATE * (1.0 - epoch as f64 / EPOCHS as f64));
        println!("epoch {epoch}  loss {:.4}", sum / count as f32);
    }

    // Each half works alone, on the weights of the whole: one side of a wire encodes, the other decodes.
    let (encoder, decoder) = (&net.encoder1, &net.decoder1);
    let digit = &test.images[0];
    let code: [f32; CODE] = encoder.predict(digit);
    let decoded = decoder.predict(&code);
    assert_eq!(decoded, net.predict(digit));
    println!("\na {} in {CODE} numbers: {code:.1?}", test.labels[0]);
    show(digit, &decoded);

    // How much of the variance of unseen digits is lost on the way.
    let mut mean = [0.0; 784];
    for image in train {
        for (mean, pixel) in mean.iter_mut().zip(image) {
            *mean += pixel / train.len() as f32;
        }
    }
    let (mut lost, mut all) = (0.0, 0.0);
    for image in &test.images {
        lost += distance(image, &decoder.predict(&encoder.predict(image)));
        all += distance(image, &mean);
    }
    println!("\nvariance lost: {:.1} %, with 2 % of the numbers", 100.0 * lost / all);
    assert!(lost < 0.33 * all, "the code does not tell the digits");
    Ok(())
}

/// The sum of squared differences.
fn distance(a: &Image, b: &Image) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum()
}

/// Two images side by side, every other row.
fn show(left: &Image, right: &Image) {
    let row = |row: &[f32]| -> String {
        // Pixels are from -0.4, black, to 2.8.
        row.iter().map(|pixel| b" .:*#"[((pixel + 0.8) * 1.25).clamp(0.0, 4.0) as usize] as char).collect()
    };
    for (left, right) in left.chunks(28).zip(right.chunks(28)).step_by(2) {
        println!("{} | {}", row(left), row(right));
    }
}
