//! What is legal and surely not intended. Stable Rust has no warning that a macro could give, so it is said in the
//! docs of the struct and in `summary()`.

use super::channels::channels_last;
use super::{Compute, Layer, Node};
use crate::layers::Nature;
use crate::shape::Shape;

/// Sentences about a network.
pub(super) fn of(layers: &[Layer], nodes: &[Node], output: usize) -> Vec<String> {
    let mut notes = Vec::new();
    let single = |node: &&Node| matches!(node.compute, Compute::Layer);
    for node in nodes.iter().filter(single) {
        let before = nodes.iter().filter(single).find(|before| node.inputs == [before.output]);
        notes.extend(before.and_then(|before| pair(&layers[before.layer], &layers[node.layer])));
        if node.output == output && layers[node.layer].kind.name == "dropout" {
            notes
                .push(format!("`{}` comes last: training drops outputs themselves", layers[node.layer].name));
        }
    }
    if !layers.iter().any(Layer::trains) {
        notes.push("nothing is trained: no layer has parameters that are not frozen".to_owned());
    }
    notes
}

/// A sentence about an image that is not square and has its channels last, it seems.
pub(super) fn channels(input: &Shape, first: Option<&Layer>) -> Option<String> {
    let [height, width, channels] = channels_last(input).filter(|[height, width, _]| height != width)?;
    first.is_some_and(|layer| layer.kind.name.ends_with("2d")).then(|| {
        format!(
            "channels come first: the input {input} has {height} channels of {width} × {channels}; an image of {height} × \
             {width} with {channels} channels is `[{channels}, {height}, {width}]`"
        )
    })
}

/// A sentence about two layers in a row.
fn pair(before: &Layer, layer: &Layer) -> Option<String> {
    let (first, second) = (before.kind.nature, layer.kind.nature);
    if before.kind.name == layer.kind.name && second == Nature::Clamp {
        Some(format!("`{}` changes nothing after `{}`: remove one", layer.name, before.name))
    } else if first.is_activation() && second.is_activation() {
        Some(format!(
            "`{}` and `{}` are two activations in a row: is a layer missing between them?",
            before.name, layer.name
        ))
    } else if first == Nature::Linear && second == Nature::Linear {
        Some(format!(
            "there is no activation between `{}` and `{}`: together they can do no more than one linear layer",
            before.name, layer.name
        ))
    } else if first == Nature::Linear
        && second == Nature::Centering
        && !layer.frozen
        && !before.text.contains("bias = false")
    {
        Some(format!(
            "`{}` subtracts the bias of `{}` again: write `bias = false` there",
            layer.name, before.name
        ))
    } else {
        None
    }
}

#[test]
fn notes_of_networks() {
    let notes = |text| crate::golden::model(text).notes.join("\n");
    assert_eq!(notes("input = 4, layers = [dense(3), relu, dense(2)]"), "");
    assert_eq!(
        notes("input = [2, 4], layers = [dense(3), flatten, dense(2)]"),
        "there is no activation between `dense1` and `dense2`: together they can do no more than one linear layer"
    );
    assert_eq!(
        notes("input = 4, layers = [dense(3), relu, relu, tanh]"),
        "`relu2` changes nothing after `relu1`: remove one\n\
         `relu2` and `tanh1` are two activations in a row: is a layer missing between them?"
    );
    assert_eq!(
        notes("input = 4, layers = [dense(3), dropout(0.5)]"),
        "`dropout1` comes last: training drops outputs themselves"
    );
    assert_eq!(
        notes("input = 4, layers = [dense(3), batch_norm, relu, dense(2)]"),
        "`batch_norm1` subtracts the bias of `dense1` again: write `bias = false` there"
    );
    assert_eq!(notes("input = 4, layers = [dense(3, bias = false), batch_norm, relu, dense(2)]"), "");
    assert_eq!(notes("input = 4, layers = [dense(3), frozen batch_norm]"), "");
    assert_eq!(
        notes("input = 4, layers = [batch_norm(affine = false)]"),
        "nothing is trained: no layer has parameters that are not frozen"
    );
    assert_eq!(
        notes("input = 4, layers = [frozen dense(3)]"),
        "nothing is trained: no layer has parameters that are not frozen"
    );
}
