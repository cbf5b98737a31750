//! Norms, and what works along given axes.

use super::{Evaluator, Module};
use crate::arithmetic::{self, Array};

impl Evaluator<'_> {
    /// A layer along some axes: with these behind the others, and back.
    pub(super) fn over(&mut self, axes: &[usize], layer: &Module, x: &Array) -> Array {
        let rank = x.shape.len();
        let mut order: Vec<usize> = (0..rank).filter(|axis| !axes.contains(axis)).collect();
        order.extend(axes);
        let turned = arithmetic::transpose(x, &order);
        let y = match layer {
            Module::LayerNorm { .. } | Module::RmsNorm => self.norm(layer, &turned, rank - axes.len()),
            _ => self.layer(layer, &turned),
        };
        let back: Vec<usize> =
            (0..rank).map(|axis| order.iter().position(|from| *from == axis).expect("every axis")).collect();
        arithmetic::transpose(&y, &back)
    }

    /// A norm of the axes from `first` on.
    pub(super) fn norm(&mut self, layer: &Module, x: &Array, first: usize) -> Array {
        let shape = x.shape.clone();
        let axes = &shape[first..];
        let (size, none): (usize, &[usize]) = (axes.iter().product(), &[0]);
        let (y, weight, bias) = match layer {
            Module::LayerNorm { affine, bias } => {
                let y = self.normalized(x, size, 1e-5, true);
                if !affine {
                    return y;
                }
                let bias = if *bias { axes } else { none };
                let [weight, bias] = self.tensors("layer_norm", [("weight", axes), ("bias", bias)]);
                (y, weight, bias.numbers)
            }
            Module::RmsNorm => {
                let [weight] = self.tensors("rms_norm", [("weight", axes)]);
                (self.normalized(x, size, f64::EPSILON, false), weight, Vec::new())
            }
            Module::GroupNorm { groups } => {
                let channels = [axes[0]];
                let [weight, bias] = self.tensors("group_norm", [("weight", &channels), ("bias", &channels)]);
                (self.normalized(x, size / groups, 1e-5, true), weight, bias.numbers)
            }
            Module::InstanceNorm => {
                return self.normalized(x, x.numbers.len() / shape[0], 1e-5, true);
            }
            other => panic!("{other:?} is no norm"),
        };
        let run = size / weight.numbers.len();
        self.each(&y, |tape, place, y| {
            let parameter = place % size / run;
            let y = tape.product(y, weight.numbers[parameter]);
            bias.get(parameter).map_or(y, |&b| tape.sum(&[y, b]))
        })
    }

    fn normalized(&mut self, x: &Array, size: usize, eps: f64, centred: bool) -> Array {
        let groups = x.numbers.chunks(size);
        let numbers =
            groups.flat_map(|group| arithmetic::normalized(self.tape, group, eps, centred)).collect();
        Array::new(&x.shape, numbers)
    }
}
