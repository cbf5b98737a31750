//! PyTorch's tensors as batches of samples, and a loss over them as the trainer works it out.

use crate::fixture::{Case, Stored};
use crate::report::Answers;
use backprop_runtime::losses::{Reduction, Sum};
use backprop_runtime::math::Float;
use backprop_runtime::{ArrayLength, AsTarget, Loss, Real, Scalar};

/// A scalar that formulas of losses are written over.
pub(crate) trait Number: Scalar + Float<Scalar = Self> + Into<f64> {}
impl<S: Scalar + Float<Scalar = S> + Into<f64>> Number for S {}

pub(crate) fn scalars<S: Scalar>(values: &[f64]) -> Vec<S> {
    values.iter().map(|value| S::real(Real::new(*value))).collect()
}

pub(crate) fn doubles<S: Number>(values: &[S]) -> Vec<f64> {
    values.iter().map(|value| (*value).into()).collect()
}

/// PyTorch's reduction: `None` for one loss a sample.
pub(crate) fn reduction(case: &Case) -> Result<Option<Reduction>, String> {
    let Some(value) = case.kwargs.get("reduction") else { return Ok(Some(Reduction::Mean)) };
    match value.as_str() {
        Some("mean") => Ok(Some(Reduction::Mean)),
        Some("sum") => Ok(Some(Reduction::Sum)),
        Some("batchmean") => Ok(Some(Reduction::BatchMean)),
        Some("none") => Ok(None),
        _ => Err(format!("reduction = {value}")),
    }
}

/// Samples one after another, with a target each.
pub(crate) struct Batch<S, T> {
    pub outputs: usize,
    pub y: Vec<S>,
    pub targets: Vec<T>,
}

impl<S: Scalar, T> Batch<S, T> {
    /// Tile by tile as the trainer does it, the last one padded with its first sample.
    fn tiles<L, O>(&self, loss: &L, tile: usize, weights: Option<&[S]>) -> (Sum<S>, Vec<S>)
    where
        L: Loss<S>,
        O: ArrayLength,
        T: AsTarget<L::Target>,
    {
        let mut sum = Sum::default();
        let mut gradient = vec![S::NAN; self.y.len()];
        let samples = self.targets.len();
        for first in (0..samples).step_by(tile) {
            let real = tile.min(samples - first);
            let sample = |lane: usize| first + if lane < real { lane } else { 0 };
            let places = || (0..self.outputs).flat_map(|output| (0..tile).map(move |lane| (output, lane)));
            let y: Vec<S> =
                places().map(|(output, lane)| self.y[sample(lane) * self.outputs + output]).collect();
            let mut dy = vec![S::NAN; y.len()];
            let range = first..first + real;
            let weights = weights.map(|weights| &weights[range.clone()]);
            sum += loss.tile::<O, T>(
                &backprop::losses::HeadFactors::default(),
                backprop::losses::Outputs { tile, y: &y, dy: &mut dy, room: &mut [] },
                &self.targets[range],
                weights,
            );
            for ((output, lane), dy) in places().zip(dy) {
                if lane < real {
                    gradient[sample(lane) * self.outputs + output] = dy;
                } else {
                    assert!(dy == S::ZERO, "a lane without a sample has a gradient");
                }
            }
        }
        (sum, gradient)
    }

    /// Output and gradient with respect to `y`, given the gradient of the output.
    pub(crate) fn run<L, O>(
        &self,
        loss: &L,
        reduced: bool,
        dout: &Stored,
        tile: usize,
    ) -> Result<(Vec<S>, Vec<S>), String>
    where
        L: Loss<S>,
        O: ArrayLength,
        T: AsTarget<L::Target> + Clone,
    {
        for target in &self.targets {
            target.with(|target| loss.check(self.outputs, target)).map_err(|error| format!("{error:?}"))?;
        }
        let dout = scalars::<S>(&dout.values);
        if !reduced {
            // One loss a sample, each with its upstream gradient: what sample weights are.
            let samples = self.y.chunks_exact(self.outputs).zip(&self.targets);
            let out = samples.map(|(y, target)| {
                let one = Batch { outputs: self.outputs, y: y.to_vec(), targets: vec![target.clone()] };
                one.tiles::<L, O>(loss, tile, None).0.loss
            });
            return Ok((out.collect(), self.tiles::<L, O>(loss, tile, Some(&dout)).1));
        }
        let (sum, mut gradient) = self.tiles::<L, O>(loss, tile, None);
        let divisor = loss.divisor(sum.weight);
        for gradient in &mut gradient {
            *gradient *= dout[0] / divisor;
        }
        Ok((vec![sum.loss / divisor], gradient))
    }
}

/// Samples and outputs of a loss over numbers: the first axis counts samples, the others outputs. Without a
/// reduction every number is a sample.
pub(crate) fn outputs_of(shape: &[usize], reduced: bool) -> usize {
    if reduced { shape.iter().skip(1).product() } else { 1 }
}

/// Outputs and targets of the same shape.
pub(crate) fn pairs<S: Number, const O: usize>(y: &Stored, t: &Stored) -> Result<Batch<S, [S; O]>, String> {
    if y.shape != t.shape {
        return Err(format!("shapes {:?} and {:?}", y.shape, t.shape));
    }
    let targets = scalars(&t.values).as_chunks::<O>().0.to_vec();
    Ok(Batch { outputs: O, y: scalars(&y.values), targets })
}

/// Scores `[samples, classes, positions…]` (or `[classes]`): every position is a sample.
pub(crate) struct Positions {
    pub classes: usize,
    positions: usize,
}

impl Positions {
    pub(crate) fn of(shape: &[usize]) -> Result<Self, String> {
        match shape {
            [] => Err("a score without classes".into()),
            [classes] => Ok(Self { classes: *classes, positions: 1 }),
            [_, classes, positions @ ..] => {
                Ok(Self { classes: *classes, positions: positions.iter().product() })
            }
        }
    }

    /// The place in PyTorch's tensor of each number in the order `[sample and position][class]`.
    fn places(&self, len: usize) -> impl Iterator<Item = usize> + use<> {
        let Self { classes, positions } = *self;
        (0..len).map(move |index| {
            let (sample, class) = (index / classes, index % classes);
            (sample / positions * classes + class) * positions + sample % positions
        })
    }

    pub(crate) fn samples_first<S: Scalar>(&self, tensor: &Stored) -> Vec<S> {
        let values = &tensor.values;
        self.places(values.len()).map(|place| S::real(Real::new(values[place]))).collect()
    }

    pub(crate) fn classes_first(&self, values: &[f64]) -> Vec<f64> {
        let mut tensor = vec![f64::NAN; values.len()];
        for (place, value) in self.places(values.len()).zip(values) {
            tensor[place] = *value;
        }
        tensor
    }

    pub(crate) fn answers<S: Number>(&self, (out, dy): (Vec<S>, Vec<S>)) -> Answers {
        let dy = self.classes_first(&doubles(&dy));
        Answers::from([("out".into(), doubles(&out)), ("din0".into(), dy)])
    }
}
