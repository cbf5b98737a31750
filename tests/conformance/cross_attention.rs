//! PyTorch's cases of `MultiheadAttention`, whose queries, keys and values differ, and which have biases of keys and
//! values, an empty key, and masks. All of that is self-attention over wider features:
//!
//! - A step of the sequence is `[query, key, value, 1 if it is PyTorch's, 1 if it is the bias's, one-hot place]`; the
//!   weights of queries see only the query, and so on.
//! - PyTorch's biases of the projection are weights of the feature that marks its steps; the biases of keys and values
//!   are those of the feature that marks one more step; the empty key is a step of zeros.
//! - Each head has more features than PyTorch's: places, of queries as they are, of keys times what the mask says.
//!   Their product is added to the score.
//!
//! The scale `1 / √d` of the wider heads is made up for in the weights of the queries. Gradients are those of the
//! places that PyTorch's numbers have been put in.

use crate::batch::Number;
use crate::fixture::{Case, Stored};
use crate::layers::{Sizes, answers, sizes_of};
use crate::report::{Answers, Outcome};
use backprop_runtime::Layer;
use backprop_runtime::layers::Attention;
use serde_json::Value;

/// What a masked key has added to its score: its weight is 0 in both precisions.
const MASKED: f64 = -1000.0;

/// How PyTorch's case lies in the wider sequence.
struct Wider {
    /// PyTorch's steps, features and heads.
    steps: usize,
    features: usize,
    heads: usize,
    bias: bool,
    /// Steps with those of the biases and of the empty key.
    time: usize,
    /// Features of each head.
    size: usize,
}

impl Wider {
    fn of(case: &Case) -> Result<Self, String> {
        let &[steps, features] = case.tensor("in0")?.shape.as_slice() else {
            return Err("sequences of a batch".into());
        };
        let same = ["in1", "in2"]
            .iter()
            .all(|name| case.tensors.get(*name).is_some_and(|it| it.shape == [steps, features]));
        let heads = case.kwargs.get("num_heads").and_then(Value::as_u64).ok_or("no heads")? as usize;
        if !same || features % heads != 0 {
            return Err("keys, values and queries of different shapes".into());
        }
        let [bias_kv, zero] =
            ["add_bias_kv", "add_zero_attn"].map(|name| case.switch(name).map(|it| it == Some(true)));
        let (time, bias) =
            (steps + usize::from(bias_kv?) + usize::from(zero?), case.switch("bias")? != Some(false));
        let size = (features / heads + steps).max((3 * features + 2 + steps).div_ceil(heads));
        Ok(Self { steps, features, heads, bias, time, size })
    }

    fn width(&self) -> usize {
        self.heads * self.size
    }

    /// The feature that marks PyTorch's steps; behind it those of the bias and of the places.
    fn mark(&self) -> usize {
        3 * self.features
    }

    /// The place of PyTorch's feature among those of the heads.
    fn in_head(&self, feature: usize) -> usize {
        let size = self.features / self.heads;
        feature / size * self.size + feature % size
    }

    /// What the weights of queries are multiplied by, because heads are wider.
    fn rescale(&self, third: usize) -> f64 {
        let wider = (self.size * self.heads) as f64 / self.features as f64;
        if third == 0 { wider.sqrt() } else { 1.0 }
    }

    /// The place in `in_proj_weight`, in PyTorch's layout `[outputs, inputs]`.
    fn place(&self, third: usize, output: usize, input: usize) -> usize {
        (third * self.width() + output) * self.width() + input
    }

    /// Where PyTorch's numbers lie in the weights: name, place there, place here, and the factor.
    fn places(&self) -> Vec<(&'static str, usize, usize, f64)> {
        let mut places = vec![];
        for third in 0..3 {
            let factor = self.rescale(third);
            for output in 0..self.features {
                let (row, to) = (third * self.features + output, self.in_head(output));
                for input in 0..self.features {
                    let from = third * self.features + input;
                    places.push((
                        "in_proj_weight",
                        row * self.features + input,
                        self.place(third, to, from),
                        factor,
                    ));
                }
                places.push(("in_proj_bias", row, self.place(third, to, self.mark()), factor));
                let of_bias = [None, Some("bias_k"), Some("bias_v")][third];
                places.extend(
                    of_bias.map(|name| (name, output, self.place(third, to, self.mark() + 1), factor)),
                );
            }
        }
        places
    }

    /// `in_proj_weight`: PyTorch's numbers, and the masks.
    fn in_proj(&self, case: &Case) -> Result<Vec<f64>, String> {
        let mut weight = vec![0.0; 3 * self.width() * self.width()];
        for (name, from, to, factor) in self.places() {
            if let Some(stored) = case.tensors.get(&format!("param.{name}")) {
                weight[to] = stored.values[from] * factor;
            }
        }
        for head in 0..self.heads {
            for query in 0..self.steps {
                let (to, place) = (head * self.size + self.features / self.heads + query, self.mark() + 2);
                weight[self.place(0, to, place + query)] = (self.size as f64).sqrt();
                for key in (0..self.steps).filter(|key| masked(case, [head, query, *key])) {
                    weight[self.place(1, to, place + key)] = MASKED;
                }
            }
        }
        Ok(weight)
    }

    /// The wider sequence.
    fn input(&self, case: &Case) -> Result<Vec<f64>, String> {
        let mut x = vec![0.0; self.time * self.width()];
        for (step, x) in x.chunks_exact_mut(self.width()).enumerate().take(self.steps) {
            for third in 0..3 {
                let given =
                    &case.tensor(&format!("in{third}"))?.values[step * self.features..][..self.features];
                x[third * self.features..][..self.features].copy_from_slice(given);
            }
            x[self.mark()] = 1.0;
            x[self.mark() + 2 + step] = 1.0;
        }
        if case.tensors.contains_key("param.bias_k") {
            x[self.steps * self.width() + self.mark() + 1] = 1.0;
        }
        Ok(x)
    }

    /// `out_proj.weight`, or its gradient: where PyTorch's number stands.
    fn in_out_proj(&self, number: usize) -> usize {
        number / self.features * self.width() + self.in_head(number % self.features)
    }

    /// Of `[time, width]` PyTorch's steps and features from `first` on.
    fn part(&self, values: &[f64], first: usize) -> Vec<f64> {
        let steps = values.chunks_exact(self.width()).take(self.steps);
        steps.flat_map(|step| step[first..first + self.features].iter().copied()).collect()
    }
}

/// Whether a query must not see a key, by either of PyTorch's masks.
fn masked(case: &Case, place: [usize; 3]) -> bool {
    let [_, _, key] = place;
    let look = |mask: &str, places: &[usize]| {
        let mask = &case.forward[mask]["tensor"];
        places.iter().fold(mask, |mask, place| &mask[*place]) == true
    };
    look("key_padding_mask", &[key]) || look("attn_mask", &place)
}

pub(crate) fn multihead_attention<S: Number>(case: &Case, tile: usize) -> Outcome
where
    Attention: Layer<S>,
{
    case.known(&["embed_dim", "num_heads", "batch_first", "bias", "add_bias_kv", "add_zero_attn"])?;
    let wider = Wider::of(case)?;
    let layer = Attention::new(wider.time, wider.width(), wider.heads);
    let layer = if wider.bias { layer } else { layer.without_bias() };

    let (width, features) = (wider.width(), wider.features);
    let mut given = case.clone();
    let mut put = |name: &str, shape: &[usize], values: Vec<f64>| {
        given.tensors.insert(name.into(), Stored { shape: shape.to_vec(), values });
    };
    put("in0", &[1, wider.time, width], wider.input(case)?);
    put("param.in_proj_weight", &[3 * width, width], wider.in_proj(case)?);
    put("param.in_proj_bias", &[3 * width], vec![0.0; 3 * width]);
    let mut out_proj = vec![0.0; width * width];
    for (number, value) in case.tensor("param.out_proj.weight")?.values.iter().enumerate() {
        out_proj[wider.in_out_proj(number)] = *value;
    }
    put("param.out_proj.weight", &[width, width], out_proj);
    let mut bias = case.tensors.get("param.out_proj.bias").map_or(vec![], |bias| bias.values.clone());
    bias.resize(width, 0.0);
    put("param.out_proj.bias", &[width], bias);
    let mut upstream = vec![0.0; wider.time * width];
    for (step, dy) in case.tensor("dout")?.values.chunks_exact(features).enumerate() {
        upstream[step * width..][..features].copy_from_slice(dy);
    }
    put("dout", &[1, wider.time, width], upstream);

    let found = answers::<S>(&given, tile, &layer, &sizes_of!(layer, layer.parameters()), &layer.tensors())?;
    Ok(collect(case, &wider, &found))
}

/// PyTorch's tensors out of the wider ones.
fn collect(case: &Case, wider: &Wider, found: &Answers) -> Answers {
    let mut answers = Answers::from([("out".into(), wider.part(&found["out"], 0))]);
    for third in 0..3 {
        answers.insert(format!("din{third}"), wider.part(&found["din0"], third * wider.features));
    }
    for (name, to, from, factor) in wider.places() {
        if let Some(stored) = case.tensors.get(&format!("param.{name}")) {
            let gradient = answers
                .entry(format!("dparam.{name}"))
                .or_insert_with(|| vec![f64::NAN; stored.values.len()]);
            gradient[to] = found["dparam.in_proj_weight"][from] * factor;
        }
    }
    let weight = |number| found["dparam.out_proj.weight"][wider.in_out_proj(number)];
    answers
        .insert("dparam.out_proj.weight".into(), (0..wider.features * wider.features).map(weight).collect());
    if wider.bias {
        let bias = found["dparam.out_proj.bias"][..wider.features].to_vec();
        answers.insert("dparam.out_proj.bias".into(), bias);
    }
    answers
}
