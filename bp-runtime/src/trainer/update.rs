//! From gradients to new parameters: checks, clipping, and the optimizer over runs of tensors.

use super::{Group, Settings, State};
use crate::calls::{Apart, Calls};
use crate::network::Network;
use crate::optimizers::{Optimizer, Update};
use crate::{Error, Flat, Real, Scalar};
use core::ops::Range;

/// Checks gradients, clips them, and lets the optimizer change the network.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "the parts of a trainer, borrowed one by one")]
pub(super) fn update<C: Calls, N: Network, O: Optimizer>(
    calls: C,
    optimizer: &mut O,
    state: &mut State<N, O>,
    settings: &Settings<N::Scalar>,
    groups: &[Group<N::Scalar>],
    net: &mut N,
    gradients: &mut N::Gradients,
    scale: N::Scalar,
) -> Result<(), Error> {
    if const { C::WHOLE } && (settings.clip_norm.is_some() || settings.clip_value.is_some()) {
        return update_apart(optimizer, state, settings, groups, net, gradients, scale);
    }
    let gradients = gradients.flat_mut();
    if let Some(parameter) = first_non_finite(calls, N::tensors(), groups, gradients) {
        return Err(Error::NonFiniteGradient { parameter });
    }
    let scale = if const { C::WHOLE } { scale } else { clip(settings, gradients, scale) };
    optimizer.begin::<N::Scalar, N::Trained>(state);
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
            let run = Update { parameters, gradients, scale, range: trained, learning_rate, weight_decay };
            calls.update::<O, N::Scalar, N::Trained>(optimizer, state, run);
        },
    );
    Ok(())
}

/// [`update`] for a tiny network whose gradients are clipped: not beside those that are not, whose gradients are still in
/// registers when the optimizer reads them.
#[cold]
#[inline(never)]
fn update_apart<N: Network, O: Optimizer>(
    optimizer: &mut O,
    state: &mut State<N, O>,
    settings: &Settings<N::Scalar>,
    groups: &[Group<N::Scalar>],
    net: &mut N,
    gradients: &mut N::Gradients,
    scale: N::Scalar,
) -> Result<(), Error> {
    update(Apart, optimizer, state, settings, groups, net, gradients, scale)
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

/// The place of the first gradient that is infinite or NaN.
#[inline(always)]
fn first_non_finite<C: Calls, S: Scalar>(
    calls: C,
    tensors: &[crate::Tensor],
    groups: &[Group<S>],
    gradients: &[S],
) -> Option<usize> {
    // Nearly always there is none, which vectors find sooner than a search would.
    let mut finite = true;
    each_run::<C, S>(
        tensors,
        groups,
        #[inline(always)]
        |_, trained, _| finite &= calls.all_finite(gradients.get(trained).unwrap_or(&[])),
    );
    if finite { None } else { gradients.iter().position(|gradient| !gradient.is_finite()) }
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
    let squares = gradients.iter().fold(S::ZERO, |sum, g| {
        let g = *g * scale;
        sum + g * g
    });
    let norm = squares.sqrt();
    // PyTorch adds 1e-6 to the norm.
    let factor = max / (norm + S::real(Real::new(1e-6)));
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
