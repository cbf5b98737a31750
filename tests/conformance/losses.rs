//! Adapters of losses: PyTorch's constructor arguments to a description, its tensors to samples and targets.

use crate::batch::{Batch, Number, Positions, doubles, outputs_of, pairs, reduction, scalars};
use crate::fixture::{Case, Stored};
use crate::report::{Answers, Outcome};
use backprop_runtime::losses::{
    BinaryCrossEntropy, BinaryCrossEntropyOfProbabilities, Cosine, CrossEntropy, CrossEntropyDistribution,
    GaussianNll, HingeEmbedding, Huber, KlDivergence, Mae, Mse, MultiMargin, Nll, PoissonNll, Reduction,
    SmoothL1, SoftMargin,
};
use backprop_runtime::{ArrayLength, length};

/// Adapters of losses that compare each output with a number: `build` makes the description of `O`
/// outputs. A symmetric loss also has the gradient of its target: that of its output, with both exchanged.
macro_rules! per_output {
    ($name:ident, $type:ident, symmetric = $symmetric:literal, [$($option:literal),*], $build:item) => {
        pub(crate) fn $name<S: Number>(case: &Case, tile: usize) -> Outcome {
            $build
            fn run<S: Number, const O: usize, N: ArrayLength>(case: &Case, tile: usize) -> Outcome {
                let reduction = reduction(case)?;
                let loss = build::<O>(case, $type::new().reduction(reduction.unwrap_or(Reduction::Sum)))?;
                let (y, t, dout) = (case.tensor("in0")?, case.tensor("in1")?, case.tensor("dout")?);
                let reduced = reduction.is_some();
                let (out, dy) = pairs::<S, O>(y, t)?.run::<_, N>(&loss, reduced, dout, tile)?;
                let mut answers = Answers::from([("out".into(), doubles(&out)), ("din0".into(), doubles(&dy))]);
                if $symmetric {
                    let (_, dt) = pairs::<S, O>(t, y)?.run::<_, N>(&loss, reduced, dout, tile)?;
                    answers.insert("din1".into(), doubles(&dt));
                }
                Ok(answers)
            }
            case.known(&["reduction", $($option),*])?;
            if !case.args.is_empty() {
                return Err("positional arguments".into());
            }
            match outputs_of(&case.tensor("in0")?.shape, reduction(case)?.is_some()) {
                1 => run::<S, 1, length!(1)>(case, tile),
                5 => run::<S, 5, length!(5)>(case, tile),
                10 => run::<S, 10, length!(10)>(case, tile),
                12 => run::<S, 12, length!(12)>(case, tile),
                60 => run::<S, 60, length!(60)>(case, tile),
                outputs => Err(format!("{outputs} outputs: add them to the list above")),
            }
        }
    };
}

per_output!(
    mae,
    Mae,
    symmetric = true,
    [],
    fn build<const O: usize>(_: &Case, loss: Mae<O>) -> Result<Mae<O>, String> {
        Ok(loss)
    }
);

per_output!(
    mse,
    Mse,
    symmetric = true,
    [],
    fn build<const O: usize>(_: &Case, loss: Mse<O>) -> Result<Mse<O>, String> {
        Ok(loss)
    }
);

per_output!(
    smooth_l1,
    SmoothL1,
    symmetric = true,
    ["beta"],
    fn build<const O: usize>(case: &Case, loss: SmoothL1<O>) -> Result<SmoothL1<O>, String> {
        Ok(case.number("beta")?.map_or(loss, |beta| loss.beta(beta)))
    }
);

per_output!(
    huber,
    Huber,
    symmetric = true,
    ["delta"],
    fn build<const O: usize>(case: &Case, loss: Huber<O>) -> Result<Huber<O>, String> {
        Ok(case.number("delta")?.map_or(loss, |delta| loss.delta(delta)))
    }
);

per_output!(
    kl_divergence,
    KlDivergence,
    symmetric = false,
    ["log_target"],
    fn build<const O: usize>(case: &Case, loss: KlDivergence<O>) -> Result<KlDivergence<O>, String> {
        Ok(case.switch("log_target")?.map_or(loss, |log_target| loss.log_target(log_target)))
    }
);

per_output!(
    poisson_nll,
    PoissonNll,
    symmetric = false,
    ["log_input", "full", "eps"],
    fn build<const O: usize>(case: &Case, loss: PoissonNll<O>) -> Result<PoissonNll<O>, String> {
        let loss = case.switch("log_input")?.map_or(loss, |log_input| loss.log_input(log_input));
        let loss = case.switch("full")?.map_or(loss, |full| loss.full(full));
        Ok(case.number("eps")?.map_or(loss, |eps| loss.eps(eps)))
    }
);

per_output!(
    hinge_embedding,
    HingeEmbedding,
    symmetric = false,
    ["margin"],
    fn build<const O: usize>(case: &Case, loss: HingeEmbedding<O>) -> Result<HingeEmbedding<O>, String> {
        Ok(case.number("margin")?.map_or(loss, |margin| loss.margin(margin)))
    }
);

per_output!(
    soft_margin,
    SoftMargin,
    symmetric = false,
    [],
    fn build<const O: usize>(_: &Case, loss: SoftMargin<O>) -> Result<SoftMargin<O>, String> {
        Ok(loss)
    }
);

/// A loss with weights is of another type than one without.
macro_rules! weighted {
    (
        $name:ident, $type:ident, [$($option:literal),*], [$($parameter:literal),*],
        $plain:ident, $weighted:ident, $build:item
    ) => {
        per_output!(
            $plain,
            $type,
            symmetric = false,
            [$($option),*],
            fn build<const O: usize>(_: &Case, loss: $type<O>) -> Result<$type<O>, String> {
                Ok(loss)
            }
        );
        per_output!($weighted, $type, symmetric = false, [$($option),*], $build);

        pub(crate) fn $name<S: Number>(case: &Case, tile: usize) -> Outcome {
            if [$($parameter),*].iter().any(|name: &&str| case.tensors.contains_key(*name)) {
                $weighted::<S>(case, tile)
            } else {
                $plain::<S>(case, tile)
            }
        }
    };
}

weighted!(
    probabilities,
    BinaryCrossEntropyOfProbabilities,
    ["weight"],
    ["param.weight"],
    plain_probabilities,
    weighted_probabilities,
    fn build<const O: usize>(
        case: &Case,
        loss: BinaryCrossEntropyOfProbabilities<O>,
    ) -> Result<BinaryCrossEntropyOfProbabilities<O, O>, String> {
        Ok(loss.weight(weights(case, "param.weight")?))
    }
);

weighted!(
    binary_cross_entropy,
    BinaryCrossEntropy,
    ["weight", "pos_weight"],
    ["param.weight", "param.pos_weight"],
    plain_binary_cross_entropy,
    weighted_binary_cross_entropy,
    fn build<const O: usize>(
        case: &Case,
        loss: BinaryCrossEntropy<O>,
    ) -> Result<BinaryCrossEntropy<O, O, O>, String> {
        let loss = loss.positive_weight(weights(case, "param.pos_weight")?);
        Ok(loss.weight(weights(case, "param.weight")?))
    }
);

/// A weight for each output, or one for all of them; 1 where there are none.
fn weights<const O: usize>(case: &Case, name: &str) -> Result<[f64; O], String> {
    let Some(Stored { values, .. }) = case.tensors.get(name) else { return Ok([1.0; O]) };
    match values.as_slice() {
        [one] => Ok([*one; O]),
        each => each.try_into().map_err(|_| format!("{} weights", each.len())),
    }
}

/// Of PyTorch's pairs those that shall be similar.
pub(crate) fn cosine<S: Number>(case: &Case, tile: usize) -> Outcome {
    case.known(&["margin", "reduction"])?;
    if case.tensor("in2")?.values.iter().any(|kind| *kind != 1.0) {
        return Err("pairs that shall differ".into());
    }
    let reduction = reduction(case)?;
    let loss = Cosine::<5>::new().reduction(reduction.unwrap_or(Reduction::Sum));
    let batch = pairs::<S, 5>(case.tensor("in0")?, case.tensor("in1")?)?;
    let (out, dy) = batch.run::<_, length!(5)>(&loss, reduction.is_some(), case.tensor("dout")?, tile)?;
    Ok(Answers::from([("out".into(), doubles(&out)), ("din0".into(), doubles(&dy))]))
}

/// The variances are outputs too: broadcast to the means' shape in front, their gradient summed behind.
pub(crate) fn gaussian_nll<S: Number>(case: &Case, tile: usize) -> Outcome {
    case.known(&["full", "eps", "reduction"])?;
    match outputs_of(&case.tensor("in0")?.shape, reduction(case)?.is_some()) {
        1 => gaussian::<S, 1, length!(2)>(case, tile),
        3 => gaussian::<S, 3, length!(6)>(case, tile),
        outputs => Err(format!("{outputs} outputs: add them to the list above")),
    }
}

fn gaussian<S: Number, const O: usize, N: ArrayLength>(case: &Case, tile: usize) -> Outcome {
    let reduction = reduction(case)?;
    let loss = GaussianNll::<O>::new().reduction(reduction.unwrap_or(Reduction::Sum));
    let loss = case.switch("full")?.map_or(loss, |full| loss.full(full));
    let loss = case.number("eps")?.map_or(loss, |eps| loss.eps(eps));
    let (mean, variance) = (case.tensor("in0")?, case.tensor("in2")?);
    let ([rows, columns], [of_rows, of_columns]) = (mean.shape.as_slice(), variance.shape.as_slice()) else {
        return Err(format!("shapes {:?} and {:?}", mean.shape, variance.shape));
    };
    let place = |index: usize| (index / columns % of_rows) * of_columns + index % columns % of_columns;
    let broadcast: Vec<f64> = (0..rows * columns).map(|index| variance.values[place(index)]).collect();
    let samples = mean.values.chunks_exact(O).zip(broadcast.chunks_exact(O));
    let y: Vec<f64> = samples.flat_map(|(mean, variance)| [mean, variance].concat()).collect();
    let targets = scalars::<S>(&case.tensor("in1")?.values).as_chunks::<O>().0.to_vec();
    let batch = Batch { outputs: 2 * O, y: scalars(&y), targets };
    let (out, dy) = batch.run::<_, N>(&loss, reduction.is_some(), case.tensor("dout")?, tile)?;
    let mut dmean = vec![];
    let mut dvariance = vec![0.0; variance.values.len()];
    for (sample, dy) in doubles(&dy).chunks_exact(2 * O).enumerate() {
        dmean.extend_from_slice(&dy[..O]);
        for (output, dy) in dy[O..].iter().enumerate() {
            dvariance[place(sample * O + output)] += dy;
        }
    }
    Ok(Answers::from([("out".into(), doubles(&out)), ("din0".into(), dmean), ("din2".into(), dvariance)]))
}

/// A loss with the class that is ignored.
macro_rules! ignoring {
    ($case:ident, $loss:expr) => {{
        let loss = $loss;
        $case.number("ignore_index")?.map_or(loss, |class| loss.ignore_index(class as isize))
    }};
}

/// Losses over class indices: the description with its class weights, their number in the type, or without.
macro_rules! of_classes {
    ($case:ident, $tile:ident, $loss:expr) => {{
        let (reduction, scores) = (reduction($case)?, $case.tensor("in0")?);
        let loss = $loss.reduction(reduction.unwrap_or(Reduction::Sum));
        let layout = Positions::of(&scores.shape)?;
        let targets: Vec<i64> = $case.tensor("in1")?.values.iter().map(|class| *class as i64).collect();
        let batch = Batch { outputs: layout.classes, y: layout.samples_first::<S>(scores), targets };
        let (reduced, dout) = (reduction.is_some(), $case.tensor("dout")?);
        let weights = &$case.tensors.get("param.weight").map_or(&[][..], |weights| weights.values.as_slice());
        let result = match (layout.classes, *weights) {
            (3, []) => batch.run::<_, length!(3)>(&loss, reduced, dout, $tile),
            (4, []) => batch.run::<_, length!(4)>(&loss, reduced, dout, $tile),
            (3, &[a, b, c]) => {
                batch.run::<_, length!(3)>(&loss.class_weights([a, b, c]), reduced, dout, $tile)
            }
            (4, &[a, b, c, d]) => {
                batch.run::<_, length!(4)>(&loss.class_weights([a, b, c, d]), reduced, dout, $tile)
            }
            (classes, weights) => Err(format!("{classes} classes, {} weights", weights.len())),
        };
        Ok(layout.answers(result?))
    }};
}

pub(crate) fn nll<S: Number>(case: &Case, tile: usize) -> Outcome {
    case.known(&["weight", "ignore_index", "reduction"])?;
    of_classes!(case, tile, ignoring!(case, Nll::new()))
}

pub(crate) fn multi_margin<S: Number>(case: &Case, tile: usize) -> Outcome {
    case.known(&["p", "margin", "weight", "reduction"])?;
    let loss = MultiMargin::new().margin(case.number("margin")?.unwrap_or(1.0));
    of_classes!(case, tile, loss.p(case.number("p")?.unwrap_or(1.0) as usize))
}

pub(crate) fn cross_entropy<S: Number>(case: &Case, tile: usize) -> Outcome {
    case.known(&["weight", "ignore_index", "reduction", "label_smoothing"])?;
    let smoothing = case.number("label_smoothing")?.unwrap_or(0.0);
    let (scores, target) = (case.tensor("in0")?, case.tensor("in1")?);
    if scores.shape != target.shape {
        return of_classes!(case, tile, ignoring!(case, CrossEntropy::new().label_smoothing(smoothing)));
    }
    if case.kwargs.contains_key("ignore_index") {
        return Err("an ignored class among distributions".into());
    }
    let reduction = reduction(case)?;
    let loss = CrossEntropyDistribution::<3>::new().label_smoothing(smoothing);
    let loss = loss.reduction(reduction.unwrap_or(Reduction::Sum));
    let layout = Positions::of(&scores.shape)?;
    let targets = layout.samples_first::<S>(target).as_chunks::<3>().0.to_vec();
    let batch = Batch { outputs: layout.classes, y: layout.samples_first(scores), targets };
    let (dout, reduced) = (case.tensor("dout")?, reduction.is_some());
    let result = if case.tensors.contains_key("param.weight") {
        let loss = loss.class_weights(weights(case, "param.weight")?);
        batch.run::<_, length!(3)>(&loss, reduced, dout, tile)?
    } else {
        batch.run::<_, length!(3)>(&loss, reduced, dout, tile)?
    };
    Ok(layout.answers(result))
}
