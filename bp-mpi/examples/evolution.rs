//! An evolution strategy: a network learns to balance a pole without a gradient (Salimans et al.,
//! [arXiv:1703.03864](https://arxiv.org/abs/1703.03864)). Members of the population are tried on all ranks; what they tell
//! each other is how long each kept the pole up, one number a member, since noise follows from its seed.
//!
//! ```sh
//! mpirun -n 4 target/release/examples/evolution
//! ```

use backprop::prelude::*;
use backprop::rand_core::Rng as _;
use backprop::ranks;
use backprop_mpi::World;
use std::process::ExitCode;

#[network(input = 4, layers = [dense(16), tanh, dense(2)])]
struct Policy;

/// Position, velocity, angle, angular velocity.
type State = [f32; 4];

/// Pairs of members, one of which has the noise of the other with the opposite sign.
const PAIRS: usize = 32;
/// Deviation of a member's parameters from the mean.
const DEVIATION: f32 = 0.1;
const EPISODES: usize = 4;
/// An episode ends here at the latest.
const LONGEST: usize = 500;

/// A fiftieth of a second later (Barto, Sutton and Anderson 1983, with the constants of Gym's CartPole).
fn push([x, v, angle, spin]: State, right: bool) -> State {
    const TOTAL: f32 = 1.1; // kg, of which the pole has a tenth
    const HALF: f32 = 0.5; // m, from the pivot to the middle of the pole
    const TIME: f32 = 0.02; // s
    let (sin, cos) = (angle.sin(), angle.cos());
    let force = if right { 10.0 } else { -10.0 };
    let shared = (force + 0.1 * HALF * spin * spin * sin) / TOTAL;
    let spin_rate = (9.8 * sin - cos * shared) / (HALF * (4.0 / 3.0 - 0.1 * cos * cos / TOTAL));
    let acceleration = shared - 0.1 * HALF * spin_rate * cos / TOTAL;
    [x + TIME * v, v + TIME * acceleration, angle + TIME * spin, spin + TIME * spin_rate]
}

/// Steps until the pole falls, in the mean over some episodes.
fn try_out(net: &Policy, seed: u64) -> f32 {
    let mut rng = backprop::rng(seed);
    let mut steps = 0;
    for _ in 0..EPISODES {
        let mut state: State = std::array::from_fn(|_| 0.1 * f32::uniform(rng.next_u64()) - 0.05);
        let mut rest = LONGEST;
        while rest > 0 && state[0].abs() < 2.4 && state[2].abs() < 12_f32.to_radians() {
            let [left, right] = net.predict(&state);
            state = push(state, right > left);
            (steps, rest) = (steps + 1, rest - 1);
        }
    }
    steps as f32 / EPISODES as f32
}

/// The noise of a pair in a generation, about normal: the sum of twelve even numbers.
fn noise(generation: usize, pair: usize) -> impl Iterator<Item = f32> {
    let mut rng = backprop::rng((generation * PAIRS + pair) as u64 + 1);
    std::iter::repeat_with(move || (0..12).map(|_| f32::uniform(rng.next_u64())).sum::<f32>() - 6.0)
}

fn learn(mut world: World) -> Result<(), backprop::Error> {
    let mut net = Policy::new(&mut backprop::rng(1));
    let mut trainer = Trainer::new(Adam::new(0.05));
    for generation in 0..100 {
        // How much better the member with the noise is than its twin.
        let better = ranks::each(&mut world, PAIRS, |pair| {
            let [plus, minus] = [DEVIATION, -DEVIATION].map(|deviation| {
                let mut member = Policy::zeroed();
                member.copy_from(&net);
                for (number, noise) in member.parameters_mut().iter_mut().zip(noise(generation, pair)) {
                    *number += deviation * noise;
                }
                try_out(&member, (generation * PAIRS + pair) as u64)
            });
            plus - minus
        })?;
        let scale = (better.iter().map(|better| better * better).sum::<f32>() / PAIRS as f32).sqrt() + 1e-6;
        let mut gradients = Policy::gradients();
        for (pair, better) in better.iter().enumerate() {
            for (gradient, noise) in gradients.flat_mut().iter_mut().zip(noise(generation, pair)) {
                *gradient -= better / scale * noise / PAIRS as f32;
            }
        }
        // The same on all ranks, from the same numbers.
        trainer.apply(&mut net, &gradients)?;
        let steps = ranks::each(&mut world, 64, |episode| try_out(&net, 1_000_000 + episode as u64))?;
        let mean = steps.iter().sum::<f32>() / 64.0;
        let solved = mean >= 475.0;
        if world.rank() == 0 && (solved || generation % 5 == 0) {
            let bits = net
                .parameters()
                .iter()
                .fold(0_u64, |sum, number| sum.wrapping_mul(31).wrapping_add(u64::from(number.to_bits())));
            println!("generation {generation:2}  {mean:5.1} steps  parameters {bits:016x}");
        }
        if solved {
            return Ok(());
        }
    }
    panic!("not solved");
}

fn main() -> ExitCode {
    backprop_mpi::run(learn)
}
