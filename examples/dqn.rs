//! Learning by trial, off policy: a double deep Q-network balances a pole, with a replay memory and a target network
//! (Mnih et al., *Human-level control through deep reinforcement learning*, 2015; van Hasselt, Guez and Silver, 2016).
//!
//! `cartpole` learns the same on policy. Here the network says what each push is worth, and learns from any past step.
//!
//! ```sh
//! cargo run --release --example dqn
//! ```

#[path = "cartpole/world.rs"]
mod world;

use backprop::prelude::*;
use backprop::rand_core::Rng as _;
use std::time::Instant;
use world::{LONGEST, SOLVED, State, has_failed, push, start};

/// What a push to the left and one to the right are worth: the discounted number of steps that follow, in units of 100.
// Only the push that was made has a target; the other one's is NaN, which is missing and has no gradient.
#[network(
    input = 4,
    layers = [dense(64), relu, dense(64), relu, dense(2)],
    loss = huber(missing = true),
)]
struct Values;

const UNIT: f32 = 100.0;
const DISCOUNT: f32 = 0.99;
const BATCH: usize = 64;
/// Steps that are remembered.
const MEMORY: usize = 20_000;
/// How far the target network follows in each step.
const FOLLOW: f64 = 0.005;
/// Carts that are driven at once to see how good the network is.
const CARTS: usize = 1000;

/// One step of the past.
#[derive(Clone, Copy)]
struct Step {
    before: State,
    push: usize,
    after: State,
    failed: bool,
}

fn best(values: &[f32; 2]) -> usize {
    usize::from(values[1] > values[0])
}

/// Everything that learning takes.
struct Learner {
    net: Box<Values>,
    /// A copy that follows slowly, so that the targets do not run after themselves.
    target: Box<Values>,
    trainer: Box<Trainer<Values, Adam>>,
    memory: Vec<Step>,
    rng: backprop::Rng,
}

impl Learner {
    fn new(seed: u64) -> Self {
        let mut rng = backprop::rng(seed);
        let net = Values::boxed(&mut rng);
        let mut trainer = Trainer::boxed(Adam::new(1e-3));
        trainer.clip_norm(Some(10.0));
        Self { target: net.boxed_clone(), net, trainer, memory: Vec::with_capacity(MEMORY), rng }
    }

    fn below(&mut self, count: usize) -> usize {
        (f64::uniform(self.rng.next_u64()) * count as f64) as usize
    }

    /// The best push, or with this probability any.
    fn choose(&mut self, state: &State, random: f32) -> usize {
        if f32::uniform(self.rng.next_u64()) < random {
            self.below(2)
        } else {
            best(&self.net.predict(state))
        }
    }

    fn remember(&mut self, step: Step) {
        if self.memory.len() < MEMORY {
            self.memory.push(step);
        } else {
            let place = self.below(MEMORY);
            self.memory[place] = step;
        }
    }

    /// A step of training on steps of the past: reward + discount × what the target network says of the push that the
    /// network itself would choose next.
    fn learn(&mut self) -> Result<(), backprop::Error> {
        let steps: [Step; BATCH] = std::array::from_fn(|_| {
            let place = self.below(self.memory.len());
            self.memory[place]
        });
        let (before, after) = (steps.map(|step| step.before), steps.map(|step| step.after));
        let (mut chosen, mut worth) = ([[0.0; 2]; BATCH], [[0.0; 2]; BATCH]);
        self.net.predict_batch(&after, &mut chosen)?;
        self.target.predict_batch(&after, &mut worth)?;
        let targets: [[f32; 2]; BATCH] = std::array::from_fn(|i| {
            let rest = if steps[i].failed { 0.0 } else { worth[i][best(&chosen[i])] };
            let mut target = [f32::NAN; 2];
            target[steps[i].push] = 1.0 / UNIT + DISCOUNT * rest;
            target
        });
        self.trainer.step(&mut self.net, &before, &targets)?;
        self.target.lerp(&self.net, FOLLOW);
        Ok(())
    }
}

/// Drives many carts at once, all decisions of a frame in one call. Returns the mean number of steps.
fn drive(net: &Values, rng: &mut backprop::Rng) -> Result<f32, backprop::Error> {
    let mut carts: Vec<State> = (0..CARTS).map(|_| start(rng)).collect();
    let (mut values, mut steps) = (vec![[0.0; 2]; CARTS], 0);
    for _ in 0..LONGEST {
        carts.retain(|cart| !has_failed(*cart));
        let values = &mut values[..carts.len()];
        net.predict_batch(&carts, values)?;
        for (cart, values) in carts.iter_mut().zip(values) {
            *cart = push(*cart, best(values) == 1);
        }
        steps += carts.len();
    }
    Ok(steps as f32 / CARTS as f32)
}

fn main() -> Result<(), backprop::Error> {
    let mut learner = Learner::new(1);
    println!("{}\n", learner.net.summary());
    let (mut state, mut length) = (start(&mut learner.rng), 0);
    for frame in 1..=100_000 {
        let random = (1.0 - frame as f32 / 5_000.0).max(0.05);
        let choice = learner.choose(&state, random);
        let after = push(state, choice == 1);
        let failed = has_failed(after);
        learner.remember(Step { before: state, push: choice, after, failed });
        (state, length) = (after, length + 1);
        if failed || length == LONGEST {
            (state, length) = (start(&mut learner.rng), 0);
        }
        if learner.memory.len() >= 1000 {
            learner.learn()?;
        }
        if frame % 2000 == 0 {
            let begin = Instant::now();
            let mean = drive(&learner.net, &mut learner.rng)?;
            let frame_time = begin.elapsed() / LONGEST as u32;
            println!("frame {frame:6}  {mean:5.1} steps of {CARTS} carts, at most {frame_time:.0?} a frame");
            if mean >= SOLVED {
                return Ok(());
            }
        }
    }
    panic!("not solved");
}
