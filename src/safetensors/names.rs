//! What a network's tensors are called in a file.

use crate::Network;
use crate::networks::Tensor;
use std::collections::{BTreeMap, BTreeSet};

/// Names by the outermost part of a tensor's path: the layer, or the network within the network.
fn first(tensor: &Tensor) -> &'static str {
    if tensor.networks[0].is_empty() { tensor.layer } else { tensor.networks[0] }
}

/// The layers of a network that store something, in order, each with its number among all layers.
pub(super) fn positions<N: Network>(network: &N) -> Vec<(&'static str, usize)> {
    let rows = network.summary().rows;
    let mut layers: Vec<(&'static str, usize)> = Vec::new();
    for tensor in N::tensors().iter().filter(|tensor| tensor.len > 0) {
        let name = first(tensor);
        if layers.last().is_some_and(|(last, _)| *last == name) {
            continue;
        }
        let is_row = |layer: &str| layer.strip_prefix(name).is_some_and(|rest| rest.starts_with(": "));
        let place = rows.iter().position(|row| is_row(row.layer)).unwrap_or(layers.len());
        layers.push((name, place));
    }
    layers
}

/// The numbers in a file of `nn.Sequential`, for the layers in their order: PyTorch counts modules without parameters too, and
/// a network may be declared with fewer or more of those.
pub(super) fn numbers<'f>(
    positions: &[(&'static str, usize)],
    prefix: &str,
    names: impl Iterator<Item = &'f str>,
) -> BTreeMap<&'static str, usize> {
    let number = |name: &'f str| name.strip_prefix(prefix)?.split_once('.')?.0.parse::<usize>().ok();
    let found: BTreeSet<usize> = names.filter_map(number).collect();
    positions.iter().zip(found).map(|((layer, _), number)| (*layer, number)).collect()
}

/// The path of a tensor with a number in place of its layer.
pub(super) fn numbered(tensor: &Tensor, numbers: &BTreeMap<&'static str, usize>) -> String {
    let path = tensor.path().to_string();
    let layer = first(tensor);
    match (numbers.get(layer), path.strip_prefix(layer)) {
        (Some(number), Some(rest)) => format!("{number}{rest}"),
        _ => path,
    }
}
