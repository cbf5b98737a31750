//! From gradients to new parameters: checks, clipping, and the optimizer over runs of tensors.

use super::{Group, Settings, State};
use crate::network::Network;
use crate::optimizers::{Optimizer, Update};
use crate::{Error, Flat, Real, Scalar};
use core::ops::Range;

/// Checks gradients, clips them, and lets the optimizer change the network.
pub(super) fn update<N: Network, O: Optimizer>(
    optimizer: &mut O,
    state: &mut State<N, O>,
    settings: &Settings<N::Scalar>,
    groups: &[Group<N::Scalar>],
    net: &mut N,
    gradients: &mut N::Gradients,
    scale: N::Scalar,
) -> Result<(), Error> {
    let gradients = gradients.flat_mut();
    if let Some(parameter) = first_non_finite(gradients) {
        return Err(Error::NonFiniteGradient { parameter });
    }
    let scale = clip(settings, gradients, scale);
    optimizer.begin::<N::Scalar, N::Trained>(state);
    let parameters = net.parameters_mut().as_mut();
    for (stored, trained, group) in Runs::new(N::tensors(), groups) {
        let (Some(parameters), Some(gradients)) =
            (parameters.get_mut(stored), gradients.get(trained.clone()))
        else {
            continue;
        };
        optimizer.update::<N::Scalar, N::Trained>(
            state,
            Update {
                parameters,
                gradients,
                scale,
                range: trained,
                learning_rate: group.learning_rate,
                weight_decay: group.weight_decay,
            },
        );
    }
    Ok(())
}

/// The place of the first number that is infinite or NaN.
fn first_non_finite<S: Scalar>(values: &[S]) -> Option<usize> {
    // Nearly always there is none, which vectors find sooner than a search would.
    if S::all_finite(values) { None } else { values.iter().position(|value| !value.is_finite()) }
}

/// Limits gradients as the settings say; returns the scale that takes the norm's limit into account.
fn clip<S: Scalar>(settings: &Settings<S>, gradients: &mut [S], scale: S) -> S {
    if let Some(max) = settings.clip_value {
        let max = max / scale;
        for g in &mut *gradients {
            *g = if *g > max {
                max
            } else if *g < -max {
                -max
            } else {
                *g
            };
        }
    }
    let Some(max) = settings.clip_norm else { return scale };
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
