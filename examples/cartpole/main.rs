//! Learning by trial: a cart is pushed left or right so that the pole on it does not fall over.
//!
//! An actor-critic: the policy says how likely each push is, the value how many steps are still to come. A push
//! that went better than the value had expected becomes likelier.
//!
//! ```sh
//! cargo run --release --example cartpole
//! ```

mod world;

use backprop::prelude::*;
use backprop::rand_core::Rng as _;
use std::collections::VecDeque;
use world::{LONGEST, SOLVED, State, has_failed, push, start};

/// One trunk and two heads. The output is a struct, `ActorCriticOutput`, with a field for each head.
#[network(
    input = 4,
    layers = [
        dense(64), tanh,
        heads { policy: [dense(64), tanh, dense(2), log_softmax], value: [dense(64), tanh, dense(1)] },
    ],
)]
struct ActorCritic;

/// What a step is worth now that is to come in the next one.
const DISCOUNT: f32 = 0.99;
/// Values are in units of this many steps, so that the network's outputs are about 1.
const UNIT: f32 = 100.0;
/// Solved is `SOLVED` steps in the mean over so many episodes in a row, as Gym has it.
const EPISODES: usize = 100;

/// What happened: in a row, over several episodes.
#[derive(Default)]
struct Experience {
    states: Vec<State>,
    pushes: Vec<usize>,
    /// The sum of discounted rewards that followed, 1 for each step.
    returns: Vec<f32>,
    values: Vec<f32>,
}

impl Experience {
    /// Plays an episode and returns its length.
    fn play(&mut self, net: &ActorCritic, rng: &mut backprop::Rng) -> usize {
        let first = self.states.len();
        let mut state = start(rng);
        while !has_failed(state) && self.states.len() - first < LONGEST {
            let output = net.predict(&state);
            let right = f32::uniform(rng.next_u64()) < output.policy[1].exp();
            self.states.push(state);
            self.pushes.push(usize::from(right));
            self.values.push(output.value[0]);
            state = push(state, right);
        }
        // An episode that was cut off would have gone on for as long as the critic says.
        let mut sum = if has_failed(state) { 0.0 } else { net.predict(&state).value[0] };
        let returns = self.states[first..].iter().map(|_| {
            sum = 1.0 / UNIT + DISCOUNT * sum;
            sum
        });
        let mut returns: Vec<f32> = returns.collect();
        returns.reverse();
        self.returns.append(&mut returns);
        self.states.len() - first
    }

    /// One step of training. The gradients are written per head, with respect to its output.
    fn learn(
        &self,
        trainer: &mut Trainer<ActorCritic, Adam>,
        net: &mut ActorCritic,
    ) -> Result<f32, backprop::Error> {
        let advantage = |i: usize| self.returns[i] - self.values[i];
        let count = self.states.len();
        let scale = ((0..count).map(|i| advantage(i).powi(2)).sum::<f32>() / count as f32).sqrt() + 1e-6;
        trainer.step_with(net, &self.states, |i, output, gradient| {
            // The policy's loss is -advantage · ln p(push); log_softmax passes it on to the other push.
            let (taken, weight) = (self.pushes[i], advantage(i) / scale);
            gradient.policy[taken] = -weight;
            let error = output.value[0] - self.returns[i];
            gradient.value[0] = error;
            0.5 * error * error - weight * output.policy[taken]
        })
    }
}

fn main() -> Result<(), backprop::Error> {
    let mut rng = backprop::rng(1);
    let mut net = ActorCritic::boxed(&mut rng);
    let mut trainer = Trainer::boxed(Adam::new(0.005));
    println!("{}\n", net.summary());

    let mut lengths = VecDeque::new();
    let mut episodes = 0;
    for update in 1..=400 {
        let mut experience = Experience::default();
        while experience.states.len() < 1000 {
            lengths.push_front(experience.play(&net, &mut rng));
            episodes += 1;
        }
        experience.learn(&mut trainer, &mut net)?;
        lengths.truncate(EPISODES);
        let mean = lengths.iter().sum::<usize>() as f32 / lengths.len() as f32;
        let solved = lengths.len() == EPISODES && mean >= SOLVED;
        if update % 20 == 0 || solved {
            println!(
                "update {update:3}  episode {episodes:4}  {mean:5.1} steps in the last {}",
                lengths.len()
            );
        }
        if solved {
            return Ok(());
        }
    }
    panic!("not solved");
}
