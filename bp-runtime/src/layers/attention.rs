//! `attention`: every step of a sequence becomes a weighted mean over all of them.

use super::{Dense, Dropout, Softmax};
use crate::geometry::Heads;
use crate::initializers::Initializer;
use crate::kernels::attention::Rows;
use crate::parts::Parts as _;
use crate::sequence::shorter;
use crate::{Backward, Forward, InPlace, Layer, Pass, Scalar, Tensor, flat::flat_parameters};
use rand_core::Rng;

/// The numbers of an attention layer on `E` features; `E3` is `3 E`.
///
/// `B3` and `B` are the numbers of biases: `3 E` and `E`, or 0 for a layer declared with `bias = false`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AttentionParameters<S, const E: usize, const E3: usize, const B3: usize, const B: usize> {
    /// `[features][queries, keys, values]`; PyTorch's `in_proj_weight` is its transpose.
    pub in_proj_weight: [[S; E3]; E],
    /// One for each feature of queries, keys and values.
    pub in_proj_bias: [S; B3],
    /// `[heads and their features][outputs]`; PyTorch's `out_proj.weight` is its transpose.
    pub out_proj_weight: [[S; E]; E],
    /// One for each output.
    pub out_proj_bias: [S; B],
}

flat_parameters!([S: Scalar, const E: usize, const E3: usize, const B3: usize, const B: usize]
AttentionParameters<S, E, E3, B3, B>: S {
    in_proj_weight: [[S; E3]; E], in_proj_bias: [S; B3], out_proj_weight: [[S; E]; E], out_proj_bias: [S; B]
});

impl<S: Scalar, const E: usize, const E3: usize, const B3: usize, const B: usize>
    AttentionParameters<S, E, E3, B3, B>
{
    /// All zero.
    pub const ZERO: Self = Self {
        in_proj_weight: [[S::ZERO; E3]; E],
        in_proj_bias: [S::ZERO; B3],
        out_proj_weight: [[S::ZERO; E]; E],
        out_proj_bias: [S::ZERO; B],
    };
}

/// Multi-head self-attention: `y = concat(softmax(Q Kᵀ / √d) V) W + b` with `[Q, K, V] = x W' + b'` (PyTorch's
/// `MultiheadAttention` with `query = key = value`; Vaswani et al., *Attention is all you need*, 2017).
///
/// | | Shape |
/// |---|---|
/// | x, y | `[time, features]` |
/// | Q, K, V of one head | `[time, d]`, where `d = features / heads` |
/// | parameters | in_proj_weight `[features][3 features]`, in_proj_bias `[3 features]`, out_proj `[features][features]`, `[features]` |
///
/// With [`causal`](Self::causal), step `t` sees the steps up to itself: the scores of later ones are −∞. Of a sample with a
/// length of its own no step sees what lies behind its end (PyTorch's `key_padding_mask`). With [`dropout`](Self::dropout),
/// weights are zero by chance while training, and the others grow by as much.
///
/// Forward works in `saved`, in prediction too: Q, K, V, the weights, the heads' means, and weights that have been dropped. Backward is the chain rule
/// through the two projections, the means and the softmax.
///
/// ```
/// use backprop_runtime::{layers::Attention, Forward, Layer, Pass};
/// // Queries and keys are 0, so that all steps weigh the same; values and output are the input.
/// const MEAN: Attention = Attention::new(3, 1, 1).without_bias();
/// let (mut y, mut saved) = ([[0.0_f64]; 3], [[0.0]; MEAN.saved()]);
/// let (parameters, x) = (&[0.0, 0.0, 1.0, 1.0], &[[1.0], [2.0], [6.0]]);
/// let saved = &mut saved;
/// MEAN.forward(Forward { parameters, x, y: &mut y, saved, ..Forward::of(&Pass::PREDICTION) });
/// assert!(y.iter().all(|y| (y[0] - 3.0).abs() < 1e-12));
/// MEAN.causal().forward(Forward { parameters, x, y: &mut y, saved, ..Forward::of(&Pass::PREDICTION) });
/// assert!((y[0][0] - 1.0).abs() < 1e-12 && (y[1][0] - 1.5).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attention {
    /// Steps of the sequence.
    pub time: usize,
    /// Features of input and output.
    pub features: usize,
    /// Parts that the features are divided into, each with weights of its own.
    pub heads: usize,
    /// Whether a step sees only those up to itself.
    pub causal: bool,
    /// Whether biases are added.
    pub bias: bool,
    /// What drops weights in training.
    pub dropout: Option<Dropout>,
}

impl Attention {
    /// A layer on `[time, features]` with biases, in which every step sees all.
    pub const fn new(time: usize, features: usize, heads: usize) -> Self {
        assert!(time > 0 && features > 0 && heads > 0, "an attention layer has steps, features and heads");
        assert!(features.is_multiple_of(heads), "the heads must divide the features");
        Self { time, features, heads, causal: false, bias: true, dropout: None }
    }

    /// The same where a step sees only those up to itself.
    pub const fn causal(self) -> Self {
        Self { causal: true, ..self }
    }

    /// The same with weights that become 0 with probability `p` in training, and are divided by `1 − p` otherwise (PyTorch's
    /// `dropout`). `layer` tells its random numbers from those of other layers of the network.
    pub const fn dropout(self, p: f64, layer: usize) -> Self {
        Self { dropout: Some(Dropout::new(p, layer)), ..self }
    }

    /// The same without biases.
    pub const fn without_bias(self) -> Self {
        Self { bias: false, ..self }
    }

    /// Input features.
    pub const fn inputs(&self) -> usize {
        self.time * self.features
    }

    /// Output features: as many.
    pub const fn outputs(&self) -> usize {
        self.inputs()
    }

    /// The projection to queries, keys and values.
    const fn in_proj(&self) -> Dense {
        // Neither this nor the next is `new`, whose assertion would be evaluated in every pass.
        Dense { inputs: self.features, outputs: 3 * self.features, rows: self.time, bias: self.bias }
    }

    /// The projection of what the heads found.
    const fn out_proj(&self) -> Dense {
        Dense { inputs: self.features, outputs: self.features, rows: self.time, bias: self.bias }
    }

    /// Weights of all heads, queries and keys.
    const fn weights(&self) -> usize {
        self.heads * self.time * self.time
    }

    const fn softmax(&self) -> Softmax {
        Softmax { rows: self.heads * self.time, features: self.time }
    }

    /// Number of parameters.
    pub const fn parameters(&self) -> usize {
        self.in_proj().parameters() + self.out_proj().parameters()
    }

    /// Multiply-adds of one forward pass, those with masked weights included.
    pub const fn multiply_adds(&self) -> usize {
        let heads = 2 * self.time * self.time * self.features;
        self.in_proj().multiply_adds() + heads + self.out_proj().multiply_adds()
    }

    /// Features that forward works in and backward needs: queries, keys and values, weights, means, and weights of which
    /// some have been dropped.
    pub const fn saved(&self) -> usize {
        4 * self.inputs() + if self.dropout.is_some() { 2 * self.weights() } else { self.weights() }
    }

    /// Features of scratch that backward wants: gradients of queries, keys and values, weights and means, and what the
    /// projections want.
    pub const fn scratch(&self) -> usize {
        4 * self.inputs() + self.weights() + self.in_proj().scratch()
    }

    /// PyTorch's names, shapes and places. Without biases, their shape is `[0]`.
    pub const fn tensors(&self) -> [Tensor; 4] {
        let [in_weight, in_bias] = self.in_proj().tensors();
        let [out_weight, out_bias] = self.out_proj().tensors();
        let first = self.in_proj().parameters();
        [
            Tensor { name: "in_proj_weight", ..in_weight },
            Tensor { name: "in_proj_bias", ..in_bias },
            Tensor { name: "out_proj.weight", ..out_weight.at(first) },
            Tensor { name: "out_proj.bias", ..out_bias.at(first + out_weight.len) },
        ]
    }

    /// Draws the parameters in their order. PyTorch's defaults are Xavier's uniform numbers for `in_proj`, those of a
    /// linear layer for `out_proj`, and zeros for the biases.
    pub fn initialize<S: Scalar, R: Rng + ?Sized>(
        &self,
        parameters: &mut [S],
        in_proj: &impl Initializer,
        out_proj: &impl Initializer,
        bias: &impl Initializer,
        rng: &mut R,
    ) {
        let count = self.in_proj().parameters().min(parameters.len());
        let (first, second) = parameters.divided_mut(count);
        self.in_proj().initialize(first, in_proj, bias, rng);
        self.out_proj().initialize(second, out_proj, bias, rng);
    }

    /// 1 / √d
    fn scale<S: Scalar>(&self) -> S {
        S::ONE / S::from_usize(self.features / self.heads.max(1)).sqrt()
    }

    /// Queries, keys or values within `[time, 3 features]`: 0, 1 or 2.
    fn third(&self, number: usize) -> Rows {
        Rows { first: number * self.features, stride: 3 * self.features }
    }

    /// `[time, features]`
    fn whole(&self) -> Rows {
        Rows { first: 0, stride: self.features }
    }

    /// What drops weights in this pass.
    fn drops(&self, pass: &Pass) -> Option<Dropout> {
        self.dropout.filter(|_| pass.training)
    }

    /// What the kernels see of it.
    const fn geometry(&self) -> Heads {
        let Self { heads, features, time, causal, .. } = *self;
        Heads { heads, features, time, causal }
    }

    /// `saved`, or the same of gradients, in its parts: queries, keys and values; weights; means; and what is left.
    fn parts<'a, S, const T: usize>(&self, saved: &'a mut [[S; T]]) -> [&'a mut [[S; T]]; 4] {
        let (projected, rest) = saved.split_at_mut((3 * self.inputs()).min(saved.len()));
        let (weights, rest) = rest.split_at_mut(self.weights().min(rest.len()));
        let (means, rest) = rest.split_at_mut(self.inputs().min(rest.len()));
        [projected, weights, means, rest]
    }
}

impl<S: Scalar> Layer<S> for Attention
where
    Softmax: InPlace<S>,
{
    const GRADIENT_READS_PARAMETERS: bool = true;

    fn forward<const T: usize>(&self, io: Forward<'_, S, T>) {
        let Forward { pass, parameters, x, lengths, y, saved, .. } = io;
        let [projected, weights, means, dropped] = self.parts(saved);
        let (first, second) = parameters.split_at(self.in_proj().parameters().min(parameters.len()));
        project(&self.in_proj(), Forward { parameters: first, x, y: projected, ..Forward::of(pass) });
        let qkv = projected.as_flattened();
        let [queries, keys, values] = [0, 1, 2].map(|number| (qkv, self.third(number)));
        S::attention_dots(
            &self.geometry(),
            T,
            queries,
            keys,
            [self.scale(), -S::INFINITY],
            weights.as_flattened_mut(),
        );
        shorter(lengths, self.time, |lane, length| {
            let later = weights.pieces_mut(self.time).flat_map(|row| row.iter_mut().skip(length.max(1)));
            for weight in later.filter_map(|weight| weight.get_mut(lane)) {
                *weight = -S::INFINITY;
            }
        });
        self.softmax().forward_in_place(pass, weights);
        means.fill([S::ZERO; T]);
        let to = (means.as_flattened_mut(), self.whole());
        let weights = match self.drops(pass) {
            Some(dropout) => {
                crate::moves::copy(dropped, weights);
                dropout.forward_in_place(pass, dropped);
                dropped
            }
            None => weights,
        };
        S::attention_sums(&self.geometry(), T, (weights.as_flattened(), S::ONE, false), values, to);
        project(&self.out_proj(), Forward { parameters: second, x: means, y, ..Forward::of(pass) });
    }

    fn backward<const T: usize>(&self, io: Backward<'_, S, T>) {
        let Backward { pass, parameters, x, saved, dy, dx, gradient, scratch, .. } = io;
        let (projected, rest) = saved.split_at((3 * self.inputs()).min(saved.len()));
        let (weights, rest) = rest.split_at(self.weights().min(rest.len()));
        let (means, dropped) = rest.split_at(self.inputs().min(rest.len()));
        let [dprojected, dweights, dmeans, room] = self.parts(scratch);
        let count = self.in_proj().parameters();
        let (first, second) = parameters.split_at(count.min(parameters.len()));
        // Biases may be trained alone.
        let only_biases = gradient.len() < self.parameters();
        let of_first = if only_biases { self.in_proj().biases() } else { count };
        let (dfirst, dsecond) = gradient.split_at_mut(of_first.min(gradient.len()));
        let io = Backward { parameters: second, x: means, dy, dx: dmeans, ..Backward::of(pass) };
        project_back(&self.out_proj(), Backward { gradient: dsecond, scratch: &mut *room, ..io });

        let qkv = projected.as_flattened();
        let [queries, keys, values] = [0, 1, 2].map(|number| (qkv, self.third(number)));
        let means = (dmeans.as_flattened(), self.whole());
        S::attention_dots(&self.geometry(), T, means, values, [S::ONE, S::ZERO], dweights.as_flattened_mut());
        let used = match self.drops(pass) {
            Some(dropout) => {
                dropout.backward_in_place(pass, dropped, dweights);
                dropped
            }
            None => weights,
        };
        self.softmax().backward_in_place(pass, weights, dweights);
        dprojected.fill([S::ZERO; T]);
        let (weights, dweights) = (used.as_flattened(), dweights.as_flattened());
        let to = dprojected.as_flattened_mut();
        S::attention_sums(
            &self.geometry(),
            T,
            (dweights, self.scale(), false),
            keys,
            (&mut *to, self.third(0)),
        );
        S::attention_sums(
            &self.geometry(),
            T,
            (dweights, self.scale(), true),
            queries,
            (&mut *to, self.third(1)),
        );
        S::attention_sums(&self.geometry(), T, (weights, S::ONE, true), means, (to, self.third(2)));

        let io = Backward { parameters: first, x, dy: dprojected, dx, ..Backward::of(pass) };
        project_back(&self.in_proj(), Backward { gradient: dfirst, scratch: room, ..io });
    }
}

/// A projection of all steps: of one sample, with several steps at a time.
fn project<S: Scalar, const T: usize>(dense: &Dense, io: Forward<'_, S, T>) {
    if T > 1 {
        return dense.forward(io);
    }
    S::conv_forward_one(&dense.one(), io.parameters, io.x.as_flattened(), io.y.as_flattened_mut());
}

/// Its gradients.
fn project_back<S: Scalar, const T: usize>(dense: &Dense, io: Backward<'_, S, T>) {
    if T > 1 {
        return dense.backward(io);
    }
    let Backward { parameters, gradient, .. } = io;
    let (x, dy, dx) = (io.x.as_flattened(), io.dy.as_flattened(), io.dx.as_flattened_mut());
    if gradient.len() == dense.parameters() {
        S::conv_weight_gradient_one(&dense.one(), x, dy, gradient);
    } else if !gradient.is_empty() {
        S::bias_gradient(1, dy, gradient);
    }
    if !dx.is_empty() {
        S::conv_input_gradient_one(&dense.one(), parameters, dy, dx);
    }
}

#[cfg(test)]
mod tests {
    use super::Attention;
    use crate::layers::check;

    #[test]
    fn gradients_agree_with_finite_differences() {
        check::layers!(
            Attention::new(1, 2, 1),
            Attention::new(3, 4, 2),
            Attention::new(4, 6, 3).causal(),
            Attention::new(2, 3, 3).causal().without_bias(),
        );
    }

    #[test]
    fn tensors_cover_the_parameters() {
        let layer = Attention::new(2, 3, 1);
        let mut places: Vec<_> = layer.tensors().iter().flat_map(|tensor| tensor.places()).collect();
        places.sort_unstable();
        assert_eq!(places, (0..layer.parameters()).collect::<Vec<_>>());
    }
}
