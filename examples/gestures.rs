//! Gestures from a motion sensor: trained on recordings of different lengths, then recognised live, sample by sample.
//!
//! The sensor is synthesised here: three axes of acceleration in g at 50 Hz, of a hand that holds it at some tilt, trembles,
//! and makes one of five gestures, each time of another duration and strength. A recording is as long as its gesture, so samples
//! are sequences with lengths of their own, of up to 1.2 seconds. Live, nobody cuts recordings out: when the hand begins to
//! move the program begins from a fresh state, gives every sample to `step`, and takes the last answer once the hand rests.
//!
//! `cargo run --release --example gestures`

use backprop::prelude::*;
use backprop::rand_core::Rng as _;
use std::f32::consts::TAU;

/// Samples of the longest recording.
const LONGEST: usize = 60;
const NAMES: [&str; 5] = ["circle", "circle the other way", "shake", "swipe", "lift"];
/// So many samples near gravity in a row are a rest.
const REST: usize = 10;

type Recording = Sequence<[f32; 3], LONGEST>;

#[network(
    input = [..=LONGEST, 3],
    layers = [conv1d(12, kernel = 5, padding = causal), relu, gru(24), last, dense(NAMES.len())],
    loss = cross_entropy,
)]
struct Reader;

fn main() -> Result<(), backprop::Error> {
    let mut hand = Hand(backprop::rng(1));
    let (xs, ys) = recordings(&mut hand, 1500)?;
    let (new_xs, new_ys) = recordings(&mut hand, 500)?;

    let mut net = Reader::boxed(&mut backprop::rng(2));
    let mut trainer = Trainer::boxed(Adam::new(3e-3));
    trainer.fit(&mut net, &xs, &ys, &Fit::epochs(10).batch(32).shuffle(3))?;
    let accuracy = trainer.evaluate(&net, &new_xs, &new_ys)?.accuracy.unwrap_or_default();
    println!("recordings that it has not seen: {:.1} % right", 100.0 * accuracy);

    let right = live(&net, &mut hand, 100);
    println!("live: {right} of 100 right; what it remembers takes {} bytes", Reader::STATE_BYTES);
    assert!(accuracy > 0.97 && right >= 95, "gestures are recognised");
    Ok(())
}

/// Gestures with a little rest before and after them, and which they are.
fn recordings(hand: &mut Hand, count: usize) -> Result<(Vec<Recording>, Vec<usize>), backprop::Error> {
    let (mut xs, mut ys) = (Vec::new(), Vec::new());
    for number in 0..count {
        let gesture = number % NAMES.len();
        let [before, after] = [5, REST + 5].map(|most| hand.below(most));
        xs.push(Sequence::new(&hand.record(gesture, [before, after]))?);
        ys.push(gesture);
    }
    Ok((xs, ys))
}

/// Gestures with long rests between them, one sample after the other; how many are told rightly.
fn live(net: &Reader, hand: &mut Hand, gestures: usize) -> usize {
    let mut right = 0;
    for number in 0..gestures {
        let gesture = hand.below(NAMES.len());
        let signal = hand.record(gesture, [40, 40]);
        // At rest the sensor measures gravity alone.
        let (mut gravity, mut quiet) = (signal[0], REST);
        let (mut state, mut scores) = (Reader::state(), [0.0; NAMES.len()]);
        for sample in signal {
            let distance = (0..3).map(|axis| (sample[axis] - gravity[axis]).powi(2)).sum::<f32>().sqrt();
            if distance < 0.3 {
                quiet += 1;
            } else if std::mem::take(&mut quiet) >= REST {
                state.reset();
            }
            if quiet < REST {
                scores = net.step(&sample, &mut state);
            } else {
                gravity = std::array::from_fn(|axis| gravity[axis] + 0.2 * (sample[axis] - gravity[axis]));
            }
        }
        let best = (0..NAMES.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0);
        right += usize::from(best == gesture);
        if number < 5 {
            println!("    a {} is taken for a {}", NAMES[gesture], NAMES[best]);
        }
    }
    right
}

/// Whoever holds the sensor.
struct Hand(backprop::Rng);

impl Hand {
    /// Between 0 and 1.
    fn draw(&mut self) -> f32 {
        self.0.next_u32() as f32 / u32::MAX as f32
    }

    fn between(&mut self, least: f32, most: f32) -> f32 {
        least + (most - least) * self.draw()
    }

    fn below(&mut self, count: usize) -> usize {
        self.0.next_u32() as usize % count
    }

    /// One gesture at a new tilt, between rests of so many samples.
    fn record(&mut self, gesture: usize, [before, after]: [usize; 2]) -> Vec<[f32; 3]> {
        let (samples, strength) = (16 + self.below(25), self.between(0.8, 1.8));
        let (shakes, begin) = (self.between(2.5, 4.5), self.between(0.0, TAU));
        let (roll, pitch) = (self.between(-0.35, 0.35), self.between(-0.35, 0.35));
        let sample = |number: usize| {
            let time = (number as f32 - before as f32) / samples as f32;
            let angle = TAU * time;
            let [x, y, z] = match gesture {
                _ if !(0.0..1.0).contains(&time) => [0.0; 3],
                0 => [(angle + begin).cos(), (angle + begin).sin(), 0.0],
                1 => [(angle + begin).cos(), -(angle + begin).sin(), 0.0],
                2 => [(shakes * angle).sin(), 0.2 * (shakes * angle).cos(), 0.0],
                3 => [angle.sin(), 0.0, 0.1 * angle.sin()],
                _ => [0.0, 0.1 * angle.sin(), angle.sin()],
            };
            // Gravity, and the tilt of the sensor.
            let [x, y, z] = [strength * x, strength * y, strength * z + 1.0];
            let [x, z] = [x * pitch.cos() + z * pitch.sin(), z * pitch.cos() - x * pitch.sin()];
            let [y, z] = [y * roll.cos() + z * roll.sin(), z * roll.cos() - y * roll.sin()];
            let mut tremble = || self.between(-0.1, 0.1);
            [x + tremble(), y + tremble(), z + tremble()]
        };
        (0..before + samples + after).map(sample).collect()
    }
}
