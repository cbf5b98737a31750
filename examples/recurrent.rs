//! Recurrent backpropagation (Almeida 1987, Pineda 1987): a digit is read by a layer that is applied to its own output
//! until it settles. The gradient comes from the settled state alone; no iteration is kept.
//!
//! Beside it the same network unrolled: a fixed number of iterations, each remembered, and walked back one by one.
//!
//! ```sh
//! cargo run --release --example recurrent
//! ```

#[path = "mnist/data.rs"]
mod data;

use backprop::prelude::*;
use backprop::sample::Class;
use data::{Digits, Image};
use std::error::Error;

const WIDTH: usize = 32;
const UNROLLED: usize = 30;

/// The network that settles: `z = tanh(W (z + x) + b)`, where `x` is what `dense(WIDTH)` makes of the image.
#[network(
    input = 784,
    layers = [
        inject: dense(WIDTH),
        settle: fixed_point(tolerance = 1e-4, max_iterations = 200)[dense(WIDTH), tanh],
        read: dense(10),
    ],
    loss = cross_entropy,
)]
struct Settling;

/// Its parts, to be unrolled by hand.
#[network(input = 784, layers = [dense(WIDTH)])]
struct Inject;
#[network(input = WIDTH, layers = [dense(WIDTH), tanh])]
struct Body;
#[network(input = WIDTH, layers = [dense(10)])]
struct Read;

/// The same parameters in the same order: the layers of a network are laid out as they are listed.
struct Unrolled {
    inject: Box<Inject>,
    body: Body,
    read: Read,
}

/// What it takes to go back through all iterations.
struct Tapes {
    inject: Box<<Inject as Network>::Tape>,
    body: Vec<<Body as Network>::Tape>,
    read: <Read as Network>::Tape,
}

impl Tapes {
    const BYTES: usize = Inject::TAPE_BYTES + UNROLLED * Body::TAPE_BYTES + Read::TAPE_BYTES;

    fn new() -> Self {
        let body = (0..UNROLLED).map(|_| Body::tape()).collect();
        Self { inject: Box::new(Inject::tape()), body, read: Read::tape() }
    }
}

impl Unrolled {
    fn of(net: &Settling) -> Self {
        let (inject, rest) = net.parameters().split_at(Inject::PARAMETERS);
        let (body, read) = rest.split_at(Body::PARAMETERS);
        let mut new = Self { inject: Box::new(Inject::zeroed()), body: Body::zeroed(), read: Read::zeroed() };
        new.inject.parameters_mut().copy_from_slice(inject);
        new.body.parameters_mut().copy_from_slice(body);
        new.read.parameters_mut().copy_from_slice(read);
        new
    }

    fn forward(&self, image: &Image, tapes: &mut Tapes) -> [f32; 10] {
        let x = self.inject.forward(image, &mut tapes.inject);
        let mut z = [0.0; WIDTH];
        for tape in &mut tapes.body {
            z = self.body.forward(&sum(&z, &x), tape);
        }
        self.read.forward(&z, &mut tapes.read)
    }

    /// Adds the gradients of a sample. Each iteration has its part in those of the body and of what it was given.
    fn backward(&self, gradient: &[f32; 10], tapes: &mut Tapes, to: &mut Gradients) {
        let mut dz = self.read.backward(&mut tapes.read, gradient, &mut to.read);
        let mut dx = [0.0; WIDTH];
        for tape in tapes.body.iter_mut().rev() {
            dz = self.body.backward(tape, &dz, &mut to.body);
            dx = sum(&dx, &dz);
        }
        self.inject.backward(&mut tapes.inject, &dx, &mut to.inject);
    }

    /// Gradient descent with the mean over a batch, as `Sgd` does it.
    fn step(&mut self, images: &[Image], labels: &[u8], tapes: &mut Tapes, rate: f32) {
        let mut gradients =
            Gradients { inject: Inject::gradients(), body: Body::gradients(), read: Read::gradients() };
        for (image, label) in images.iter().zip(labels) {
            let scores = self.forward(image, tapes);
            let mut gradient = [0.0; 10];
            Settling::LOSS.sample(&scores, &Class::from(*label), &mut gradient);
            self.backward(&gradient, tapes, &mut gradients);
        }
        let descend = |parameters: &mut [f32], gradients: &[f32]| {
            for (parameter, gradient) in parameters.iter_mut().zip(gradients) {
                *parameter -= rate * gradient / images.len() as f32;
            }
        };
        descend(self.inject.parameters_mut(), gradients.inject.flat());
        descend(self.body.parameters_mut(), gradients.body.flat());
        descend(self.read.parameters_mut(), gradients.read.flat());
    }
}

/// What the samples of a batch add up to.
struct Gradients {
    inject: <Inject as Network>::Gradients,
    body: <Body as Network>::Gradients,
    read: <Read as Network>::Gradients,
}

fn sum(a: &[f32; WIDTH], b: &[f32; WIDTH]) -> [f32; WIDTH] {
    std::array::from_fn(|i| a[i] + b[i])
}

const BATCH: usize = 50;
const EPOCHS: usize = 3;
const RATE: f64 = 0.2;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = data::default_folder();
    let train = Digits::read(&folder, &data::TRAIN)?;
    let test = Digits::read(&folder, &data::TEST)?;
    let (images, labels) = (&train.images[..10_000], &train.labels[..10_000]);

    let mut net = Settling::boxed(&mut backprop::rng(1));
    let mut unrolled = Unrolled::of(&net);
    let mut trainer = Trainer::boxed(Sgd::new(RATE));
    println!("{}\n", net.summary());
    let mut tapes = Tapes::new();
    let steps = EPOCHS * images.len() / BATCH;
    let batches = images.chunks(BATCH).zip(labels.chunks(BATCH)).cycle();
    for (step, (images, labels)) in batches.take(steps).enumerate() {
        let rate = RATE * (1.0 - step as f64 / steps as f64);
        trainer.set_learning_rate(rate);
        // The one: a step like that of any network. A sample that did not settle would be an error.
        let loss = trainer.step(&mut net, images, labels)?;
        // The other: by hand, sample by sample.
        unrolled.step(images, labels, &mut tapes, rate as f32);
        if step % 100 == 0 {
            let settle = &trainer.workspace().slots().settle;
            println!(
                "step {step:3}  loss {loss:.4}  settled within {} iterations to {:.1e}",
                settle.most_iterations, settle.largest_residual
            );
        }
    }

    measure(&net, &unrolled, &mut tapes, &test);
    Ok(())
}

/// Compares the two on digits they have not seen.
fn measure(net: &Settling, unrolled: &Unrolled, tapes: &mut Tapes, test: &Digits) {
    let mut tape = Box::new(Settling::tape());
    let (mut right, mut right_unrolled, mut iterations, mut most) = (0, 0, 0, 0);
    for (image, label) in test.images.iter().zip(&test.labels) {
        let label = Class::from(*label);
        let is_right =
            |scores: [f32; 10]| usize::from(Settling::LOSS.is_correct(&scores, &label) == Some(true));
        right += is_right(net.forward(image, &mut tape));
        right_unrolled += is_right(unrolled.forward(image, tapes));
        let taken = tape.slots().settle.iterations[0];
        iterations += taken;
        most = most.max(taken);
    }
    let count = test.images.len() as f32;
    let (accuracy, other) = (right as f32 / count, right_unrolled as f32 / count);
    let (mean, bytes) = (iterations as f32 / count, Settling::TAPE_BYTES);
    println!("\n             accuracy  iterations          bytes on the tape");
    println!(
        "fixed point  {accuracy:.4}    {mean:4.1} (at most {most:2})   {bytes}, however many iterations"
    );
    println!("unrolled     {other:.4}    {UNROLLED:4}                {}", Tapes::BYTES);
    assert!(accuracy > 0.9 && accuracy > other - 0.005, "less accurate than the unrolled network");
    assert!(bytes < Tapes::BYTES / 4);
}
