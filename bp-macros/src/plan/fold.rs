//! Normalisations that can be worked into the layer before them, once their statistics are known.

use super::Fold;
use crate::layers::Nature;
use crate::model::{Compute, Model};

/// Each that alone reads what a linear layer gives, in the shape in which it gives it.
pub(super) fn folds(model: &Model) -> Vec<Fold> {
    let readers =
        |value| model.nodes.iter().flat_map(|node| &node.inputs).filter(|input| **input == value).count();
    let fold = |node: &crate::model::Node| {
        let layer = &model.layers[node.layer];
        layer.operation.as_ref()?.measured.as_ref()?;
        let [input] = node.inputs.as_slice() else { return None };
        let before = model.nodes.iter().find(|before| before.output == *input && readers(*input) == 1)?;
        let linear = matches!(before.compute, Compute::Layer).then(|| &model.layers[before.layer])?;
        let fits = linear.kind.nature == Nature::Linear && linear.output.equals(&layer.input) == Some(true);
        fits.then_some(Fold { norm: node.layer, into: before.layer })
    };
    model.nodes.iter().filter_map(fold).collect()
}
