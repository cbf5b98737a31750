//! The networks, and what is done with them.

use backprop::prelude::*;
use backprop::rand_core::Rng as _;
use backprop::{Error, StateOf};
use core::hint::black_box;

/// The sine of a number of 0 to 2π: weights in flash.
#[network(
    input = 1,
    layers = [dense(16), relu, dense(16), relu, dense(1)],
    weights = "../data/sine.safetensors",
    tile = 1,
)]
pub struct Sine;

/// Eight features of a gesture, four gestures: trained on the device from scratch.
#[network(
    input = 8,
    layers = [dense(32), tanh, dense(32), tanh, dense(4)],
    loss = cross_entropy,
    tile = 1,
)]
pub struct Gestures;

/// A digit of 8×8 pixels: trained whole.
#[network(input = 64, layers = [dense(64), relu, dense(10)], loss = cross_entropy, tile = 1)]
pub struct Digits;

/// What [`Digits`] has learnt of pixels, in flash.
#[network(input = 64, layers = [dense(64), relu], weights = "../data/trunk.safetensors", tile = 1)]
pub struct Trunk;

/// The trunk as a layer that stays in flash.
pub type InFlash = Embedded<Trunk>;

/// A new last layer on the trunk: only that is in RAM, and trained.
#[network(input = 64, layers = [InFlash, dense(10)], loss = cross_entropy, tile = 1)]
pub struct Adapted;

/// A convolution over a small image, trained one sample at a time.
#[network(
    input = [1, 12, 12],
    layers = [conv2d(8, kernel = 3), relu, max_pool2d(2), flatten, dense(10)],
    loss = cross_entropy,
    tile = 1,
)]
pub struct Conv;

/// A recurrent model of a signal, one step of time at a time.
#[network(input = [1, 4], layers = [gru(8), dense(2), tanh], tile = 1)]
pub struct Signal;

/// What a program does with results: prints them, and counts instructions if it can.
pub trait Report {
    /// Numbers that are the same on every target.
    fn bits(&mut self, what: &str, bits: u32);
    /// Calls a function 41 times, and counts.
    fn count(&mut self, what: &str, f: &mut dyn FnMut());
}

/// FNV-1a over the bits of numbers.
pub fn hash(numbers: &[f32]) -> u32 {
    let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn count_prediction<N: Network>(report: &mut impl Report, what: &str, net: &N, sample: &N::Sample) {
    report.count(what, &mut || _ = black_box(net.predict(black_box(sample))));
}

/// The sine of 0, 0.1, 0.2, … up to 6.2.
pub fn sine(report: &mut impl Report) {
    let net = Sine::STATIC;
    let mut outputs = [0.0; 63];
    let mut x = 0.0;
    for y in &mut outputs {
        [*y] = net.predict(&[x]);
        x += 0.1;
    }
    report.bits("sine outputs", hash(&outputs));
    count_prediction(report, "predict", net, &[1.0]);
    count_prediction(report, "predict another", net, &[4.5]);
}

/// Samples of four gestures: a centre each, and noise around it.
pub fn gestures(seed: u64) -> ([[f32; 8]; 8], [u8; 8]) {
    let (mut samples, mut labels) = ([[0.0; 8]; 8], [0; 8]);
    let mut noise = backprop::rng(1000 + seed);
    for (place, (sample, label)) in samples.iter_mut().zip(&mut labels).enumerate() {
        *label = (place % 4) as u8;
        let mut centre = backprop::rng(u64::from(*label));
        for number in sample {
            let [centre, noise] = [&mut centre, &mut noise].map(|rng| f32::uniform(rng.next_u64()) - 0.5);
            *number = 2.0 * centre + noise;
        }
    }
    (samples, labels)
}

fn correct<const O: usize>(scores: &[f32; O], label: u8) -> bool {
    let score = scores.get(usize::from(label)).copied().unwrap_or(f32::NAN);
    scores.iter().all(|other| score >= *other)
}

/// A hundred steps from random weights, bits, and two hundred more.
///
/// # Errors
/// A step's.
pub fn train(
    net: &mut Gestures,
    trainer: &mut Trainer<Gestures, Sgd>,
    report: &mut impl Report,
) -> Result<(), Error> {
    net.initialize(&mut backprop::rng(1));
    for step in 0..300 {
        let (samples, labels) = gestures(step);
        trainer.step(net, &samples, &labels)?;
        if step == 99 {
            report.bits("gestures weights", hash(net.parameters()));
        }
    }
    let mut right = 0;
    for seed in 1000..1010 {
        let (samples, labels) = gestures(seed);
        let predicted = samples.iter().zip(labels).filter(|(x, label)| correct(&net.predict(x), *label));
        right += predicted.count() as u32;
    }
    report.bits("gestures right of 80", right);
    let (samples, labels) = gestures(7);
    report.bits("gestures outputs", hash(&net.predict(&samples[0])));
    count_prediction(report, "predict", net, &samples[0]);
    count_prediction(report, "predict another", net, &samples[3]);
    report.count("step", &mut || _ = black_box(trainer.step(net, &samples[..1], &labels[..1])));
    Ok(())
}

/// Digits of 8×8 pixels, and their labels: the first half to learn, the second to test.
const DIGITS: &[u8] = include_bytes!("../data/digits.bin");
const COUNT: usize = 200;

fn digit(place: usize) -> ([f32; 64], u8) {
    let (pixels, labels) = DIGITS.split_at(COUNT * 64);
    let (pixels, _) = pixels.as_chunks::<64>();
    let pixels = pixels.get(place).copied().unwrap_or([0; 64]);
    (pixels.map(|pixel| f32::from(pixel) / 255.0), labels.get(place).copied().unwrap_or(0))
}

/// A hundred steps of four digits each, bits, and how many of a hundred others are right.
///
/// # Errors
/// A step's.
pub fn read<N>(
    name: &str,
    net: &mut N,
    trainer: &mut Trainer<N, Sgd>,
    report: &mut impl Report,
) -> Result<(), Error>
where
    N: Trainable<Scalar = f32, Sample = [f32; 64], Output = [f32; 10], Target = Class>,
{
    net.initialize(&mut backprop::rng(1));
    for step in 0..100 {
        let digits: [_; 4] = core::array::from_fn(|place| digit((4 * step + place) % (COUNT / 2)));
        trainer.step(net, &digits.map(|digit| digit.0), &digits.map(|digit| digit.1))?;
    }
    report.bits(name, hash(net.parameters().as_ref()));
    let right = (COUNT / 2..COUNT).filter(|place| {
        let (pixels, label) = digit(*place);
        correct(&net.predict(&pixels), label)
    });
    report.bits("right of 100", right.count() as u32);
    let (pixels, label) = digit(0);
    report.bits("outputs", hash(&net.predict(&pixels)));
    count_prediction(report, "predict", net, &pixels);
    count_prediction(report, "predict another", net, &digit(7).0);
    report.count("step", &mut || _ = black_box(trainer.step(net, &[pixels], &[label])));
    Ok(())
}

/// A digit in the middle of 12×12 pixels.
fn image(place: usize) -> ([f32; 144], u8) {
    let (pixels, label) = digit(place);
    let mut image = [0.0; 144];
    for (row, pixels) in image.as_chunks_mut::<12>().0.iter_mut().skip(2).zip(pixels.as_chunks::<8>().0) {
        for (to, pixel) in row.iter_mut().skip(2).zip(pixels) {
            *to = *pixel;
        }
    }
    (image, label)
}

/// A hundred steps of one image each.
///
/// # Errors
/// A step's.
pub fn convolve(
    net: &mut Conv,
    trainer: &mut OnlineTrainer<Conv>,
    report: &mut impl Report,
) -> Result<(), Error> {
    net.initialize(&mut backprop::rng(1));
    for step in 0..100 {
        let (image, label) = image(step);
        trainer.step(net, &image, &label)?;
    }
    report.bits("conv weights", hash(net.parameters()));
    let (image, label) = image(0);
    report.bits("conv outputs", hash(&net.predict(&image)));
    count_prediction(report, "predict", net, &image);
    let (other, _) = self::image(7);
    count_prediction(report, "predict another", net, &other);
    report.count("step", &mut || _ = black_box(trainer.step(net, &image, &label)));
    Ok(())
}

/// A hundred steps of time.
pub fn stream(net: &mut Signal, state: &mut StateOf<Signal>, report: &mut impl Report) {
    net.initialize(&mut backprop::rng(1));
    let mut noise = backprop::rng(2);
    let mut sample = || [(); 4].map(|()| f32::uniform(noise.next_u64()) - 0.5);
    let mut outputs = [0.0; 2];
    for _ in 0..100 {
        outputs = net.step(&sample(), state);
    }
    report.bits("stream outputs", hash(&outputs));
    let sample = sample();
    report.count("step", &mut || _ = black_box(net.step(black_box(&sample), state)));
}
