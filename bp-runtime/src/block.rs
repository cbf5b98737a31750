//! [`Block`]: what stands in a list of layers by its path: another network, or a layer of the user's own.

use crate::calls::{Apart, Calls};
use crate::flat::zero;
use crate::layer::Pass;
use crate::moves::store;
use crate::network::{Passes, Tensor};
use crate::streaming::Steps;
use crate::{Flat, Learning, Real, Scalar};
use generic_array::{ArrayLength, GenericArray};
use rand_core::Rng;

/// Something with passes, parameters and sizes that a network can hold as one of its layers.
///
/// `#[network]` implements it for every network, and a blanket for every [`OwnLayer`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in a list of layers",
    note = "a type in a list of layers is a `#[network]` of the same scalar type, or implements `OwnLayer`"
)]
pub trait Block: Passes {
    /// Input features.
    const INPUTS: usize;
    /// Output features.
    const OUTPUTS: usize;
    /// Multiply-adds of one prediction.
    const MULTIPLY_ADDS: usize;
    /// Number of parameters, as [`Network::PARAMETERS`](crate::Network::PARAMETERS) counts them.
    const PARAMETERS: usize = <Self as Flat>::LEN;
    /// Whether samples have a number of steps of their own, which the network of which this is a layer could not tell it.
    const HAS_LENGTHS: bool = false;
    /// Whether samples are indices, which another network would round and could not check.
    const TAKES_INDICES: bool = false;
    /// How many networks and layers it is made of, itself included. Where networks stand in a circle this cannot be evaluated.
    const NETWORKS: usize = 1;
    /// Everything that is stored, and how many numbers of it are trained.
    const TENSORS: &'static [Tensor];
    /// What it is, in a number: another for other layers, settings, sizes or names, which a network tells. [Checkpoints](crate::checkpoint) hold it.
    const FINGERPRINT: u64 = crate::checkpoint::fingerprint(0, &[], Self::TENSORS);

    /// Draws all parameters anew, in place.
    fn initialize<R: Rng + ?Sized>(&mut self, rng: &mut R);
}

/// A layer of one's own, written for one sample; a network works it through tiles sample by sample.
///
/// The type is the layer's parameters: a `#[repr(C)]` struct of numbers that [`flat!`](crate::flat!) has been
/// told of. List it by its path: `layers = [dense(3), Cube, dense(1)]`.
///
/// ```
/// use backprop_runtime::{GenericArray, OwnLayer, typenum::{U0, U3}};
///
/// /// `y = a x³`, with one learnt factor for each of three features.
/// #[repr(C)]
/// pub struct Cube { factor: [f32; 3] }
/// backprop_runtime::flat!(Cube: f32 { factor: [f32; 3] });
///
/// type Three = GenericArray<f32, U3>;
///
/// impl OwnLayer for Cube {
///     type Inputs = U3;
///     type Outputs = U3;
///     type Saved = U0;
///
///     fn forward(&self, x: &Three, y: &mut Three, _: &mut GenericArray<f32, U0>) {
///         for i in 0..3 {
///             y[i] = self.factor[i] * x[i].powi(3);
///         }
///     }
///
///     fn backward(&self, x: &Three, _: &GenericArray<f32, U0>, dy: &Three, dx: &mut Three, gradient: &mut Self) {
///         for i in 0..3 {
///             dx[i] = self.factor[i] * 3.0 * x[i].powi(2) * dy[i];
///             gradient.factor[i] += x[i].powi(3) * dy[i];
///         }
///     }
///
///     fn initialize(&mut self, _: &mut dyn backprop_runtime::rand_core::Rng) {
///         self.factor = [1.0; 3];
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` is not a layer: implement `OwnLayer` for it")]
pub trait OwnLayer: Flat + Send {
    /// Number of input features.
    type Inputs: ArrayLength;
    /// Number of output features.
    type Outputs: ArrayLength;
    /// Number of numbers that forward keeps for backward.
    type Saved: ArrayLength;

    /// Multiply-adds of one prediction, for the network's table.
    const MULTIPLY_ADDS: usize = 0;
    /// Names and shapes of the parameters, for files of weights.
    const TENSORS: &'static [Tensor] = &[Tensor::new("weight", &[Self::LEN])];

    /// Computes `y`, and what backward needs beside `x`.
    fn forward(
        &self,
        x: &GenericArray<Self::Number, Self::Inputs>,
        y: &mut GenericArray<Self::Number, Self::Outputs>,
        saved: &mut GenericArray<Self::Number, Self::Saved>,
    );

    /// From `dy`, writes `dx` and *adds* to `gradient`.
    fn backward(
        &self,
        x: &GenericArray<Self::Number, Self::Inputs>,
        saved: &GenericArray<Self::Number, Self::Saved>,
        dy: &GenericArray<Self::Number, Self::Outputs>,
        dx: &mut GenericArray<Self::Number, Self::Inputs>,
        gradient: &mut Self,
    );

    /// Draws the parameters.
    fn initialize(&mut self, rng: &mut dyn Rng);
}

/// Copies one sample into a tile.
fn load<S: Scalar, const T: usize>(tile: &mut [[S; T]], sample: &[S], lane: usize) {
    for (place, value) in tile.iter_mut().zip(sample) {
        if let Some(place) = place.get_mut(lane) {
            *place = *value;
        }
    }
}

impl<L: OwnLayer> Steps for L {
    type StepSlots<const T: usize> = ();
    const NOT_CAUSAL: Option<&'static str> =
        Some("it is a layer of your own, which works on its whole input");
}

impl<L: OwnLayer> Passes for L {
    type Gradients = L;
    type Slots<const T: usize> = GenericArray<[L::Number; T], L::Saved>;
    type InferenceSlots<const T: usize> = ();

    fn infer<C: Calls, const T: usize>(
        &self,
        _: C,
        x: &[[L::Number; T]],
        y: &mut [[L::Number; T]],
        (): &mut (),
    ) {
        let mut saved = zero::<Self::Slots<T>>();
        Passes::forward(self, Apart, &Pass::PREDICTION, x, y, &mut saved);
    }

    fn forward<C: Calls, const T: usize>(
        &self,
        _: C,
        _: &Pass,
        x: &[[L::Number; T]],
        y: &mut [[L::Number; T]],
        slots: &mut Self::Slots<T>,
    ) {
        for lane in 0..T {
            let (mut one_x, mut one_y, mut saved) = (zero(), zero(), zero());
            store::<L::Number>(GenericArray::as_mut_slice(&mut one_x), x.as_flattened(), T, lane);
            OwnLayer::forward(self, &one_x, &mut one_y, &mut saved);
            load(y, &one_y, lane);
            load(slots, &saved, lane);
        }
    }

    fn backward<C: Calls, const T: usize, G: Learning<L::Number>>(
        _: C,
        _: &Pass,
        x: &[[L::Number; T]],
        _: &[[L::Number; T]],
        dy: &mut [[L::Number; T]],
        dx: &mut [[L::Number; T]],
        slots: &mut Self::Slots<T>,
        learning: &mut G,
    ) {
        learning.own(|layer: &L, gradient| {
            for lane in 0..T {
                let (mut one_x, mut one_dy, mut one_dx, mut saved) = (zero(), zero(), zero(), zero());
                store::<L::Number>(GenericArray::as_mut_slice(&mut one_x), x.as_flattened(), T, lane);
                store::<L::Number>(GenericArray::as_mut_slice(&mut one_dy), dy.as_flattened(), T, lane);
                store::<L::Number>(GenericArray::as_mut_slice(&mut saved), slots.as_flattened(), T, lane);
                layer.backward(&one_x, &saved, &one_dy, &mut one_dx, gradient);
                load(dx, &one_dx, lane);
            }
        });
    }
}

impl<L: OwnLayer> Block for L {
    const INPUTS: usize = <L::Inputs as typenum::Unsigned>::USIZE;
    const OUTPUTS: usize = <L::Outputs as typenum::Unsigned>::USIZE;
    const MULTIPLY_ADDS: usize = L::MULTIPLY_ADDS;
    const TENSORS: &'static [Tensor] = L::TENSORS;

    fn initialize<R: Rng + ?Sized>(&mut self, mut rng: &mut R) {
        OwnLayer::initialize(self, &mut rng);
    }
}

/// A type in a list of layers, and the check that it may stand there: 0, from [`listed`].
#[derive(Clone, Copy, Debug)]
pub struct Listed<B, const CHECK: usize>(core::marker::PhantomData<B>);

/// From the type in a list to the layer that it is.
pub trait InList {
    /// The same type.
    type Layer;
}

impl<B> InList for Listed<B, 0> {
    type Layer = B;
}

/// Compiles for what may stand in a list of layers of scalar type `S`. Where it does not, the type that names it,
/// [`Listed`], is a mistake that has been reported, and the compiler says no more of it.
pub const fn listed<B: Block<Number = S>, S>() -> usize {
    const {
        assert!(
            !B::HAS_LENGTHS,
            "a network whose input is declared as `..=` cannot be a layer of another, \
             which could not tell it the lengths: list its layers there"
        );
        assert!(
            !B::TAKES_INDICES,
            "a network that begins with an embedding takes indices and cannot be a layer of another, \
             which passes on numbers: list its layers there, the embedding first"
        );
    }
    // 0, of something that the compiler must know first.
    (B::NETWORKS == 0) as usize
}

/// The tensors of one layer, on their way into the table of a network.
#[derive(Debug)]
pub struct Rows<'a> {
    /// The layer's name.
    pub layer: &'static str,
    /// Its tensors, placed within the layer.
    pub tensors: &'a [Tensor],
    /// Where the layer begins among all that is stored.
    pub stored: usize,
    /// Where it begins among all that is trained, if it is.
    pub trained: Option<usize>,
    /// Whether the layer is a network, so that its tensors have layers of their own.
    pub nested: bool,
    /// Factors on the optimizer's learning rate and weight decay, where the layer's arguments say so.
    pub rates: Option<[Real; 2]>,
}

impl<'a> Rows<'a> {
    /// The tensors of a layer that begins in these places.
    pub const fn of(
        layer: &'static str,
        tensors: &'a [Tensor],
        stored: usize,
        trained: Option<usize>,
    ) -> Self {
        Self { layer, tensors, stored, trained, nested: false, rates: None }
    }

    /// The same with factors on the optimizer's learning rate and weight decay, which are finite and at least 0.
    pub const fn rated(self, learning_rate: Real, weight_decay: Real) -> Self {
        assert!(
            learning_rate.is_factor() && weight_decay.is_factor(),
            "the factors of a layer's learning rate and weight decay are finite numbers of at least 0"
        );
        Self { rates: Some([learning_rate, weight_decay]), ..self }
    }

    /// The tensors of a network or a layer of the user's that begins in these places.
    pub const fn inside(
        layer: &'static str,
        tensors: &'a [Tensor],
        stored: usize,
        trained: Option<usize>,
    ) -> Self {
        Self { layer, tensors, stored, trained, nested: true, rates: None }
    }
}

/// Fails to compile where something does not hold, with a message that the macro wrote.
#[track_caller]
pub const fn expect(holds: bool, message: &str) {
    assert!(holds, "{}", message);
}

/// The tensors of a layer of which only the biases are trained, in the order in which their gradients lie.
pub const fn only_biases<const N: usize>(mut tensors: [Tensor; N]) -> [Tensor; N] {
    let (mut index, mut place) = (0, 0);
    while index < N {
        tensors[index].trained = None;
        if tensors[index].is_bias() {
            tensors[index].trained = Some(place);
            place += tensors[index].len;
        }
        index += 1;
    }
    tensors
}

/// Whether all tensors learn at the same rate.
pub(crate) const fn learn_alike(tensors: &[Tensor]) -> bool {
    let mut index = 0;
    while index < tensors.len() {
        let Tensor { trained, learning_rate, .. } = &tensors[index];
        if trained.is_some() && !learning_rate.is_one() {
            return false;
        }
        index += 1;
    }
    true
}

/// How many numbers of a layer are biases.
pub const fn biases<const N: usize>(tensors: [Tensor; N]) -> usize {
    let (mut index, mut count) = (0, 0);
    while index < N {
        if tensors[index].is_bias() {
            count += tensors[index].len;
        }
        index += 1;
    }
    count
}

/// The table of a network: the tensors of all its layers in a row.
pub const fn table<const N: usize>(layers: &[Rows<'_>]) -> [Tensor; N] {
    let mut table = [Tensor::new("", &[]); N];
    let (mut layer, mut row) = (0, 0);
    while layer < layers.len() {
        let Rows { layer: name, tensors, stored, trained, nested, rates } = &layers[layer];
        let mut index = 0;
        while index < tensors.len() {
            let tensor = if *nested { tensors[index].inside(name) } else { tensors[index] };
            let of = if *nested { tensor.layer } else { name };
            let tensor = match *rates {
                Some([learning_rate, weight_decay]) => tensor.rated(learning_rate, weight_decay),
                None => tensor,
            };
            table[row] = tensor.of(of, *stored, *trained);
            index += 1;
            row += 1;
        }
        layer += 1;
    }
    assert!(row == N, "every tensor has a row");
    table
}
