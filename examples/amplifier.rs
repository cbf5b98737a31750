//! A guitar amplifier as a recurrent network: trained on what goes in and what comes out, then played through block by block.
//!
//! The signal and the amplifier are synthesised here: plucked strings, and a stage that bends loud tones around a bias that
//! follows their loudness. Training is truncated backpropagation through time: 32 stretches of the recording side by side,
//! window after window, each from the state that the one before has left. The trained network is then fed with blocks of
//! 64 samples, as an audio callback gets them.
//!
//! `cargo run --release --example amplifier` writes `amplifier.wav` to the temporary folder: as it was played, as the
//! amplifier would sound, and as the network does.

use backprop::prelude::*;
use backprop::rand_core::Rng as _;
use std::error::Error;
use std::time::Instant;

const RATE: usize = 48_000;
/// Steps of a window.
const TIME: usize = 64;
/// Stretches of the recording that are worked through side by side.
const STRETCHES: usize = 32;

#[network(input = [TIME, 1], layers = [lstm(16), dense(1)], loss = mse)]
struct Amplifier;

fn main() -> Result<(), Box<dyn Error>> {
    let dry = strings(4 * RATE, 1);
    let wet = amplifier(&dry);
    let mut net = Amplifier::new(&mut backprop::rng(3));
    train(&mut net, &dry, &wet)?;

    // Notes that it has not heard.
    let dry = strings(RATE, 2);
    let wet = amplifier(&dry);
    let (played, took) = play(&net, &dry)?;
    let error = energy(played.iter().zip(&wet).map(|(a, b)| a - b)) / energy(wet.iter().copied());
    println!("error to signal: {:.2} %", 100.0 * error);
    println!(
        "{:.0} ns a sample: one second of audio takes {:.1} ms; it remembers {} bytes",
        took * 1e9 / dry.len() as f64,
        1e3 * took,
        Amplifier::STATE_BYTES
    );
    let path = std::env::temp_dir().join("amplifier.wav");
    write(&path, &[dry, wet, played])?;
    println!("written: {}", path.display());
    assert!(error < 0.05, "the network sounds like the amplifier");
    Ok(())
}

/// Epochs over the whole recording, of which every stretch begins from silence.
fn train(net: &mut Amplifier, dry: &[f32], wet: &[f32]) -> Result<(), backprop::Error> {
    let mut trainer = Trainer::boxed(Adam::new(5e-3));
    trainer.clip_norm(Some(1.0));
    let length = dry.len() / STRETCHES / TIME * TIME;
    let window = |signal: &[f32], stretch: usize, first: usize| -> [f32; TIME] {
        std::array::from_fn(|step| signal[stretch * length + first + step])
    };
    for epoch in 0..12 {
        if epoch == 8 {
            trainer.set_learning_rate(1e-3);
        }
        let (mut states, mut sum, mut windows) = ([const { Amplifier::state() }; STRETCHES], 0.0, 0);
        for first in (0..length).step_by(TIME) {
            let xs: [_; STRETCHES] = std::array::from_fn(|stretch| window(dry, stretch, first));
            let ys: [_; STRETCHES] = std::array::from_fn(|stretch| window(wet, stretch, first));
            sum += trainer.step_with_state(net, &xs, &ys, &mut states)?;
            windows += 1;
        }
        println!("epoch {:2}: loss {:.6}", epoch + 1, sum / windows as f32);
    }
    Ok(())
}

/// What an audio callback does, block after block; the seconds that it took.
fn play(net: &Amplifier, dry: &[f32]) -> Result<(Vec<f32>, f64), backprop::Error> {
    let mut wet = vec![[0.0]; dry.len()];
    let mut state = Amplifier::state();
    let begin = Instant::now();
    for (xs, ys) in dry.as_chunks::<1>().0.chunks(64).zip(wet.chunks_mut(64)) {
        net.step_block(xs, ys, &mut state)?;
    }
    Ok((wet.into_flattened(), begin.elapsed().as_secs_f64()))
}

/// Plucked strings (Karplus and Strong 1983): a burst of noise that circles in a delay line and loses its edges.
fn strings(samples: usize, seed: u64) -> Vec<f32> {
    let mut rng = backprop::rng(seed);
    let mut line: Vec<f32> = Vec::new();
    let mut place = 0;
    let pluck = RATE / 4;
    (0..samples)
        .map(|sample| {
            if sample % pluck == 0 {
                let period = 100 + rng.next_u32() as usize % 300;
                let loudness = 0.2 + 0.8 * (rng.next_u32() % 1000) as f32 / 1000.0;
                line =
                    (0..period).map(|_| loudness * ((rng.next_u32() % 2000) as f32 / 1000.0 - 1.0)).collect();
                place = 0;
            }
            let next = (place + 1) % line.len();
            line[place] = 0.498 * (line[place] + line[next]);
            place = next;
            line[place]
        })
        .collect()
}

/// One stage: a bias that follows the loudness within milliseconds, a curve that bends, and a coupling capacitor.
fn amplifier(dry: &[f32]) -> Vec<f32> {
    let (mut loudness, mut held, mut last) = (0.0, 0.0, 0.0);
    let stage = |x: &f32| {
        loudness += 0.05 * (x.abs() - loudness);
        let bent = (4.0 * x - 0.8 * loudness).tanh();
        held = 0.98 * (held + bent - last);
        last = bent;
        0.5 * held
    };
    dry.iter().map(stage).collect()
}

fn energy(signal: impl Iterator<Item = f32>) -> f32 {
    signal.map(|x| x * x).sum()
}

fn write(path: &std::path::Path, signals: &[Vec<f32>]) -> Result<(), hound::Error> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE as u32,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut file = hound::WavWriter::create(path, spec)?;
    for sample in signals.iter().flatten() {
        file.write_sample(*sample)?;
    }
    file.finalize()
}
