//! [`Ema`]: a network whose weights are an average over the steps of training.

#[cfg(feature = "alloc")]
use crate::Zeroed;
use crate::flat::{flat_parameters, zero};
use crate::network::LARGEST_BY_VALUE;
use crate::{Flat, GenericArray, Network, Real, Scalar};

/// An exponential moving average of a network's weights, which often predicts better than the last ones.
/// PyTorch's `AveragedModel` with `get_ema_multi_avg_fn(decay)`.
///
/// ```text
/// ā ← w                          at the first update
/// ā ← d ā + (1 − d) w            afterwards, with the decay d
/// ```
///
/// What is stored but not trained (running statistics, frozen layers) is taken as it is. The average is as
/// large as the network, and inline: [`boxed`](Self::boxed) builds a large one in place, and a `static` begins
/// as [`zero`] with [`set_decay`](Self::set_decay).
///
/// ```
/// use backprop_runtime::average::Ema;
/// use backprop_runtime::{AsTarget, Error, Optimizer, Trainable, Trainer};
///
/// /// Trains for an epoch; returns the loss of the averaged weights on other samples.
/// fn epoch<N: Trainable, O: Optimizer, Y: AsTarget<N::Target>>(
///     net: &mut N,
///     trainer: &mut Trainer<N, O>,
///     ema: &mut Ema<N>,
///     [xs, test_xs]: [&[N::Sample]; 2],
///     [ys, test_ys]: [&[Y]; 2],
/// ) -> Result<N::Scalar, Error> {
///     for (xs, ys) in xs.chunks(32).zip(ys.chunks(32)) {
///         trainer.step(net, xs, ys)?;
///         ema.update(net);
///     }
///     ema.swap(net);
///     let evaluation = trainer.evaluate(net, test_xs, test_ys);
///     ema.swap(net);
///     Ok(evaluation?.loss)
/// }
/// ```
#[repr(C)]
pub struct Ema<N: Network> {
    /// `1 − d`
    rest: N::Scalar,
    /// 0 before the first update, then 1.
    started: N::Scalar,
    average: GenericArray<N::Scalar, N::Stored>,
}

flat_parameters!([N: Network] Ema<N>: N::Scalar { rest, started, average });

impl<N: Network> Ema<N> {
    /// An average by value: up to 256 KiB, beyond that use [`boxed`](Self::boxed).
    ///
    /// Decays of 0.99 to 0.9999 are usual: the average spans about `1 / (1 − d)` updates.
    pub fn new(decay: f64) -> Self {
        const {
            assert!(
                size_of::<Self>() <= LARGEST_BY_VALUE,
                "this average is larger than 256 KiB: use `boxed`"
            );
        }
        let mut ema: Self = zero();
        ema.set_decay(decay);
        ema
    }

    /// An average in a box, built there.
    #[cfg(feature = "alloc")]
    pub fn boxed(decay: f64) -> alloc::boxed::Box<Self> {
        let mut ema = Self::zeroed_box();
        ema.set_decay(decay);
        ema
    }

    /// Sets the decay `d` from the next update on.
    pub fn set_decay(&mut self, decay: f64) {
        self.rest = N::Scalar::real(Real::new(1.0 - decay));
    }

    /// Forgets everything but the decay: the next update is the first.
    pub fn reset(&mut self) {
        self.started = N::Scalar::ZERO;
    }

    /// Takes the network's weights into the average, usually after each step.
    pub fn update(&mut self, net: &N) {
        let first = self.started == N::Scalar::ZERO;
        self.started = N::Scalar::ONE;
        let parameters = net.parameters().as_ref();
        for tensor in N::tensors() {
            let range = tensor.offset..tensor.offset + tensor.len;
            let (Some(average), Some(parameters)) =
                (self.average.get_mut(range.clone()), parameters.get(range))
            else {
                continue;
            };
            if first || tensor.trained.is_none() {
                average.copy_from_slice(parameters);
                continue;
            }
            for (average, w) in average.iter_mut().zip(parameters) {
                let distance = *w - *average;
                // Between the largest numbers of both signs the distance is infinite; their parts are not.
                *average += if distance.is_finite() {
                    distance * self.rest
                } else {
                    *w * self.rest - *average * self.rest
                };
            }
        }
    }

    /// Copies the average into a network. Before the first update nothing happens.
    pub fn copy_to(&self, net: &mut N) {
        if self.started != N::Scalar::ZERO {
            for (w, average) in net.parameters_mut().as_mut().iter_mut().zip(&self.average) {
                *w = *average;
            }
        }
    }

    /// Exchanges the average and a network's weights, to predict with the average and swap back before the
    /// next step. Before the first update nothing happens.
    pub fn swap(&mut self, net: &mut N) {
        if self.started != N::Scalar::ZERO {
            for (w, average) in net.parameters_mut().as_mut().iter_mut().zip(&mut self.average) {
                core::mem::swap(w, average);
            }
        }
    }

    /// The average, in the order of [`Network::parameters`]; zeros before the first update.
    pub fn parameters(&self) -> &[N::Scalar] {
        self.average.flat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::Calls;
    use crate::network::{Passes, Scratch, Summary, Tape, Tensor};
    use crate::typenum::{U1, U2, U3};
    use crate::{Block, Learning, Pass, rand_core};

    /// Two trained numbers and one that is not; computes nothing.
    #[repr(C)]
    struct Three([f32; 3]);
    crate::flat::flat_parameters!(Three: f32 { 0 });

    impl Passes for Three {
        type Gradients = [f32; 2];
        type Slots<const T: usize> = ();
        type InferenceSlots<const T: usize> = ();

        fn infer<C: Calls, const T: usize>(&self, _: C, _: &[[f32; T]], _: &mut [[f32; T]], (): &mut ()) {}
        fn forward<C: Calls, const T: usize>(
            &self,
            _: C,
            _: &Pass,
            _: &[[f32; T]],
            _: &mut [[f32; T]],
            (): &mut (),
        ) {
        }
        fn backward<C: Calls, const T: usize, L: Learning<f32>>(
            _: C,
            _: &Pass,
            _: &[[f32; T]],
            _: &[[f32; T]],
            _: &mut [[f32; T]],
            _: &mut [[f32; T]],
            (): &mut (),
            _: &mut L,
        ) {
        }
    }

    impl Block for Three {
        const INPUTS: usize = 1;
        const OUTPUTS: usize = 1;
        const MULTIPLY_ADDS: usize = 0;
        const TENSORS: &'static [Tensor] = &[
            Tensor::new("weight", &[2]).of("three", 0, Some(0)),
            Tensor::new("running", &[1]).of("three", 2, None),
        ];

        fn initialize<R: rand_core::Rng + ?Sized>(&mut self, _: &mut R) {}
    }

    impl Network for Three {
        type Scalar = f32;
        type Sample = [f32; 1];
        type Output = [f32; 1];
        type InputGradient = [f32; 1];
        type ParameterArray = [f32; 3];
        type Gradients = [f32; 2];
        type Tape = Tape<[[f32; 1]; 1], [[f32; 1]; 1], (), [f32; 0]>;
        type Scratch = Scratch<[[f32; 1]; 1], [[f32; 1]; 1], ()>;
        type BatchScratch = Self::Scratch;
        type Workspace = Self::Tape;
        type Inputs = U1;
        type Outputs = U1;
        type Stored = U3;
        type Trained = U2;
        type Tensors = U2;
        type Core = Self;

        const NAME: &'static str = "Three";
        const PARAMETERS: usize = 2;
        const TILE: usize = 1;

        fn core(&self) -> &Self {
            self
        }
        fn core_mut(&mut self) -> &mut Self {
            self
        }
        fn parameters(&self) -> &[f32; 3] {
            &self.0
        }
        fn parameters_mut(&mut self) -> &mut [f32; 3] {
            &mut self.0
        }
        fn summary(&self) -> Summary {
            Summary::of::<Self>(crate::network::Drawing::default(), &[], &[])
        }
        fn new<R: rand_core::Rng + ?Sized>(_: &mut R) -> Self {
            Self([0.0; 3])
        }
    }

    #[test]
    fn what_is_trained_is_averaged_and_the_rest_is_copied() {
        let mut ema = Ema::new(0.75);
        ema.update(&Three([1.0, 2.0, 3.0]));
        assert_eq!(ema.parameters(), [1.0, 2.0, 3.0]);
        ema.update(&Three([5.0, -2.0, 7.0]));
        assert_eq!(ema.parameters(), [2.0, 1.0, 7.0]);
        ema.set_decay(0.5);
        ema.update(&Three([4.0, 3.0, 8.0]));
        assert_eq!(ema.parameters(), [3.0, 2.0, 8.0]);
        ema.reset();
        ema.update(&Three([9.0; 3]));
        assert_eq!(ema.parameters(), [9.0; 3]);
    }

    #[test]
    fn an_average_of_nothing_changes_no_network() {
        let mut net = Three([1.0, 2.0, 3.0]);
        let mut ema = Ema::new(0.9);
        ema.copy_to(&mut net);
        ema.swap(&mut net);
        assert_eq!(net.0, [1.0, 2.0, 3.0]);
    }

    #[test]
    fn swapped_twice_is_as_before() {
        let mut net = Three([1.0, 2.0, 3.0]);
        let mut ema = Ema::new(0.75);
        ema.update(&net);
        net.0 = [5.0, 6.0, 7.0];
        ema.update(&net);
        ema.swap(&mut net);
        assert_eq!((net.0, ema.parameters()), ([2.0, 3.0, 7.0], [5.0, 6.0, 7.0].as_slice()));
        ema.swap(&mut net);
        assert_eq!((net.0, ema.parameters()), ([5.0, 6.0, 7.0], [2.0, 3.0, 7.0].as_slice()));
        ema.copy_to(&mut net);
        assert_eq!(net.0, [2.0, 3.0, 7.0]);
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn a_box_is_built_in_place() {
        let mut ema = Ema::boxed(0.5);
        ema.update(&Three([2.0; 3]));
        ema.update(&Three([4.0; 3]));
        assert_eq!(ema.parameters(), [3.0, 3.0, 4.0]);
    }
}
