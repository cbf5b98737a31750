//! From gradients to new parameters: checks, clipping, and the optimizer over runs of tensors.

use super::{Group, Settings, State};
use crate::calls::{Apart, Calls};
use crate::network::Network;
use crate::optimizers::{Optimizer, Risk, Trial, Update};
use crate::total::norm;
use crate::{Error, Real, Scalar};
use core::ops::Range;

/// Magnitude up to which neither a gradient nor its square, multiplied by a learning rate of up to as much, comes near the
/// largest `f32`. A step beyond it is tried before anything is written.
const SAFE: Real = Real::new(1e9);

/// What of a trainer an update needs, borrowed part by part.
pub(super) struct Updating<'a, N: Network, O: Optimizer> {
    pub(super) optimizer: &'a O,
    pub(super) state: &'a mut State<N, O>,
    pub(super) settings: &'a Settings<N::Scalar>,
    pub(super) groups: &'a [Group<N::Scalar>],
    pub(super) gradients: &'a mut [N::Scalar],
    /// 1 / weight of the batch.
    pub(super) scale: N::Scalar,
    /// What must be looked at beside the gradients, because of the settings or of what has come before.
    pub(super) risk: &'a mut Risk,
}

/// Checks gradients, clips them, and lets the optimizer change the network.
///
/// What is written is finite. As a rule that follows from the size of the gradients, which are looked at anyway. If one is
/// [large](SAFE), or the settings are [risky](Optimizer::risk), or the step before has left a large number, the step is tried
/// first: everything that it would write is computed and looked at, and nothing written. A risk is found when a setting
/// changes, so that it takes no time in a step; where a weight decay adds parameters to gradients, a step also looks at all
/// parameters.
#[inline(always)]
pub(super) fn update<C: Calls, N: Network, O: Optimizer>(
    calls: C,
    net: &mut N,
    mut of: Updating<'_, N, O>,
) -> Result<(), Error> {
    let Settings { clip_norm, clip_value } = of.settings;
    if const { C::WHOLE } && (clip_norm.is_some() || clip_value.is_some() || *of.risk > Risk::Gradients) {
        return update_apart(net, of);
    }
    let safe = N::Scalar::real(SAFE);
    let rate = N::Scalar::real(of.optimizer.learning_rate());
    if !(rate >= N::Scalar::ZERO && rate.is_finite()) {
        return Err(Error::InvalidLearningRate);
    }
    let limit = if of.scale > N::Scalar::ONE { safe / of.scale } else { safe };
    if !all_within(calls, N::tensors(), of.groups, of.gradients, limit) {
        if let Some(parameter) = of.gradients.iter().position(|gradient| !gradient.is_finite()) {
            return Err(Error::NonFiniteGradient { parameter });
        }
        return tried(net, of);
    }
    if const { !C::WHOLE } {
        let large = |net: &N| !calls.all_within(net.parameters().as_ref(), safe);
        if *of.risk == Risk::Settings || (*of.risk == Risk::Parameters && large(net)) {
            return tried(net, of);
        }
        of.scale = clip(of.settings, of.gradients, of.scale);
    }
    of.optimizer.begin::<N::Scalar, N::Trained>(of.state);
    run_optimizer(calls, net, of, None);
    Ok(())
}

/// [`update`] for a tiny network whose gradients are clipped: kept out of line so that the path without clipping keeps its
/// gradients in registers.
#[cold]
#[inline(never)]
fn update_apart<N: Network, O: Optimizer>(net: &mut N, of: Updating<'_, N, O>) -> Result<(), Error> {
    update(Apart, net, of)
}

/// The risk of the settings, with the largest factors of any group.
pub(super) fn risk<S: Scalar>(optimizer: &impl Optimizer, groups: &[Group<S>]) -> Risk {
    let largest =
        |of: fn(&Group<S>) -> S| groups.iter().map(of).fold(S::ONE, |a, b| if b > a { b } else { a });
    optimizer.risk(largest(|group| group.learning_rate), largest(|group| group.weight_decay))
}

/// Clips the gradients, which are finite, tries the step, and takes it if all that it writes is finite.
#[cold]
#[inline(never)]
fn tried<N: Network, O: Optimizer>(net: &mut N, mut of: Updating<'_, N, O>) -> Result<(), Error> {
    of.scale = clip(of.settings, of.gradients, of.scale);
    let mut trial = Trial::default();
    let Updating { optimizer, settings, groups, scale, .. } = of;
    let (gradients, noted) = (&mut *of.gradients, &mut *of.risk);
    let finite = optimizer.attempt::<N::Scalar, N::Trained>(of.state, |state| {
        if const { O::TRIES } {
            let of = Updating { optimizer, state, settings, groups, gradients, scale, risk: noted };
            run_optimizer(Apart, net, of, Some(&mut trial));
        }
        trial.is_finite()
    });
    if !finite {
        return Err(Error::NonFiniteUpdate);
    }
    // A second moment is the square of a gradient.
    let large = trial.largest() > N::Scalar::real(SAFE) * N::Scalar::real(SAFE);
    *of.risk = if large { Risk::Settings } else { risk(optimizer, groups) };
    run_optimizer(Apart, net, of, None);
    Ok(())
}

/// Updates all that is trained, or tries to.
#[inline(always)]
fn run_optimizer<C: Calls, N: Network, O: Optimizer>(
    calls: C,
    net: &mut N,
    of: Updating<'_, N, O>,
    mut trial: Option<&mut Trial<N::Scalar>>,
) {
    let Updating { optimizer, state, groups, gradients, scale, .. } = of;
    let parameters = net.parameters_mut().as_mut();
    each_run::<C, N::Scalar>(
        N::tensors(),
        groups,
        #[inline(always)]
        |stored, trained, group| {
            let (Some(parameters), Some(gradients)) =
                (parameters.get_mut(stored), gradients.get(trained.clone()))
            else {
                return;
            };
            let Group { learning_rate, weight_decay } = group;
            let trial = trial.as_deref_mut();
            let run =
                Update { parameters, gradients, scale, range: trained, learning_rate, weight_decay, trial };
            calls.update::<O, N::Scalar, N::Trained>(optimizer, state, run);
        },
    );
}

/// Calls `run` for all that is trained: (stored range, trained range, group).
#[inline(always)]
fn each_run<C: Calls, S: Scalar>(
    tensors: &[crate::Tensor],
    groups: &[Group<S>],
    mut run: impl FnMut(Range<usize>, Range<usize>, Group<S>),
) {
    if !C::WHOLE {
        return Runs::new(tensors, groups).for_each(|(stored, trained, group)| run(stored, trained, group));
    }
    // Each tensor is a run, with constants for its place. A vector of two tensors, whose gradients have just been written
    // one after the other, would wait for both to reach the cache.
    macro_rules! tensors {
        ($($place:literal)*) => { $(
            if let (Some(tensor), Some(group)) = (tensors.get($place), groups.get($place))
                && let Some(trained) = tensor.trained
            {
                run(tensor.offset..tensor.offset + tensor.len, trained..trained + tensor.len, *group);
            }
        )* };
    }
    tensors!(0 1 2 3 4 5 6 7);
    let rest = (tensors.get(8..).unwrap_or(&[]), groups.get(8..).unwrap_or(&[]));
    Runs::new(rest.0, rest.1).for_each(|(stored, trained, group)| run(stored, trained, group));
}

/// Whether no gradient is larger than a limit, infinite or NaN.
#[inline(always)]
fn all_within<C: Calls, S: Scalar>(
    calls: C,
    tensors: &[crate::Tensor],
    groups: &[Group<S>],
    gradients: &[S],
    limit: S,
) -> bool {
    let mut within = true;
    each_run::<C, S>(
        tensors,
        groups,
        #[inline(always)]
        |_, trained, _| within &= calls.all_within(gradients.get(trained).unwrap_or(&[]), limit),
    );
    within
}

/// Limits gradients as the settings say; returns the scale that takes the norm's limit into account.
#[inline]
fn clip<S: Scalar>(settings: &Settings<S>, gradients: &mut [S], scale: S) -> S {
    if let Some(max) = settings.clip_value {
        clip_value(gradients, max / scale);
    }
    match settings.clip_norm {
        Some(max) => clip_norm(gradients, max, scale),
        None => scale,
    }
}

#[inline(never)]
fn clip_value<S: Scalar>(gradients: &mut [S], max: S) {
    for g in gradients {
        *g = if *g > max {
            max
        } else if *g < -max {
            -max
        } else {
            *g
        };
    }
}

#[inline(never)]
fn clip_norm<S: Scalar>(gradients: &[S], max: S, scale: S) -> S {
    let (norm, unit) = norm(gradients, scale);
    // PyTorch adds 1e-6 to the norm.
    let factor = max / unit / (norm + S::real(Real::new(1e-6)) / unit);
    if factor < S::ONE { scale * factor } else { scale }
}

/// Neighbouring trained tensors with the same settings, as one run: (stored range, trained range, group).
struct Runs<'a, S> {
    tensors: &'a [crate::Tensor],
    groups: &'a [Group<S>],
}

impl<'a, S> Runs<'a, S> {
    fn new(tensors: &'a [crate::Tensor], groups: &'a [Group<S>]) -> Self {
        Self { tensors, groups }
    }
}

impl<S: Scalar> Iterator for Runs<'_, S> {
    type Item = (Range<usize>, Range<usize>, Group<S>);

    fn next(&mut self) -> Option<Self::Item> {
        let mut run: Option<Self::Item> = None;
        while let ([tensor, tensors @ ..], [group, groups @ ..]) = (self.tensors, self.groups) {
            if let Some(trained) = tensor.trained {
                match &mut run {
                    None => {
                        let stored = tensor.offset..tensor.offset + tensor.len;
                        run = Some((stored, trained..trained + tensor.len, *group));
                    }
                    Some((stored, place, same))
                        if stored.end == tensor.offset && place.end == trained && same == group =>
                    {
                        stored.end += tensor.len;
                        place.end += tensor.len;
                    }
                    Some(_) => break,
                }
            }
            (self.tensors, self.groups) = (tensors, groups);
        }
        run
    }
}
