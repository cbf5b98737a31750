//! Keras' names and layouts.

use crate::Network;
use crate::networks::{SummaryRow, Tensor};

/// Which of PyTorch's axes each of Keras' is: outputs last, before them inputs, before them the kernel's extent.
pub(super) fn axes(rank: usize) -> &'static [usize] {
    match rank {
        2 => &[1, 0],
        3 => &[2, 1, 0],
        4 => &[2, 3, 1, 0],
        _ => &[0],
    }
}

/// A tensor as Keras stores it: the places of its numbers in Keras' order, and its shape.
pub(super) fn layout<N: Network>(network: &N, tensor: &Tensor) -> (Tensor, Vec<usize>) {
    let rows = network.summary().rows;
    if kind(rows, tensor) == Some("embedding") {
        return (*tensor, tensor.shape().to_vec());
    }
    let permuted = tensor.permuted(axes(tensor.rank));
    let shape = permuted.shape().to_vec();
    (flattened(rows, tensor).unwrap_or(permuted), shape)
}

/// The name of a tensor within its layer.
pub(super) fn name<N: Network>(network: &N, tensor: &Tensor) -> &'static str {
    let of_layer = |name: &str| {
        N::tensors().iter().find(|other| {
            (other.networks, other.layer) == (tensor.networks, tensor.layer)
                && other.name == name
                && other.len > 0
        })
    };
    let is_norm =
        of_layer("running_mean").is_some() || of_layer("weight").is_some_and(|weight| weight.rank == 1);
    match tensor.name {
        "weight" if is_norm => "gamma",
        "bias" if is_norm => "beta",
        "weight" if kind(network.summary().rows, tensor) == Some("embedding") => "embeddings",
        "weight" => "kernel",
        "running_mean" => "moving_mean",
        "running_var" => "moving_variance",
        name => name,
    }
}

/// Place of a tensor's layer among the rows of the network.
fn row(rows: &[SummaryRow], tensor: &Tensor) -> Option<usize> {
    let name = if tensor.networks[0].is_empty() { tensor.layer } else { return None };
    rows.iter().position(|row| row.layer.strip_prefix(name).is_some_and(|rest| rest.starts_with(": ")))
}

/// What kind a tensor's layer is.
fn kind<'r>(rows: &'r [SummaryRow], tensor: &Tensor) -> Option<&'r str> {
    let (_, declared) = rows.get(row(rows, tensor)?)?.layer.split_once(": ")?;
    let declared = declared.trim_start_matches("frozen ");
    declared.split(|sign: char| !(sign.is_alphanumeric() || sign == '_')).next()
}

/// Of a dense layer that reads a flattened image: its inputs are channel by channel here, pixel by pixel in Keras. The tensor is
/// `[height, width, channels, outputs]`, which is Keras' `[inputs, outputs]`.
fn flattened(rows: &[SummaryRow], tensor: &Tensor) -> Option<Tensor> {
    if tensor.rank != 2 || kind(rows, tensor)? != "dense" {
        return None;
    }
    let ([outputs, inputs, ..], [of_output, of_input, ..]) = (tensor.shape, tensor.strides);
    // Activations and dropout may stand between.
    let before = rows.get(..row(rows, tensor)?)?.iter().rev();
    let image = before.map(|row| row.shape).find(|shape| *shape != [inputs])?;
    let [channels, height, width] = *image else { return None };
    (channels * height * width == inputs).then(|| Tensor {
        shape: [height, width, channels, outputs],
        strides: [width * of_input, of_input, height * width * of_input, of_output],
        rank: 4,
        ..*tensor
    })
}
