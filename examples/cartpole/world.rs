//! The cart and its pole.

use backprop::Scalar as _;
use backprop::rand_core::Rng as _;

/// Position, velocity, angle, angular velocity.
pub(crate) type State = [f32; 4];

/// An episode ends here at the latest.
pub(crate) const LONGEST: usize = 500;
/// Solved is so many steps in the mean (as Gym has it for CartPole-v1).
pub(crate) const SOLVED: f32 = 475.0;

/// Nearly upright, nearly at rest.
pub(crate) fn start(rng: &mut backprop::Rng) -> State {
    std::array::from_fn(|_| 0.1 * f32::uniform(rng.next_u64()) - 0.05)
}

/// A fiftieth of a second later (Barto, Sutton and Anderson 1983, with the constants of Gym's CartPole).
pub(crate) fn push([x, v, angle, spin]: State, right: bool) -> State {
    const GRAVITY: f32 = 9.8;
    const POLE: f32 = 0.1; // kg; the cart has 1 kg
    const TOTAL: f32 = 1.0 + POLE;
    const HALF: f32 = 0.5; // m, from the pivot to the middle of the pole
    const FORCE: f32 = 10.0; // N
    const TIME: f32 = 0.02; // s

    let (sin, cos) = angle.sin_cos();
    let force = if right { FORCE } else { -FORCE };
    let shared = (force + POLE * HALF * spin * spin * sin) / TOTAL;
    let spin_rate = (GRAVITY * sin - cos * shared) / (HALF * (4.0 / 3.0 - POLE * cos * cos / TOTAL));
    let acceleration = shared - POLE * HALF * spin_rate * cos / TOTAL;
    [x + TIME * v, v + TIME * acceleration, angle + TIME * spin, spin + TIME * spin_rate]
}

/// Off the track, or more than 12 degrees from upright.
pub(crate) fn has_failed([x, _, angle, _]: State) -> bool {
    x.abs() > 2.4 || angle.abs() > 12_f32.to_radians()
}
