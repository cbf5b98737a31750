/// A network.
///
/// ```text
/// ○ input [4]
/// ● dense1 → activation1 → activation2 [3]
/// ```
///
/// | Layer | Output | Parameters | Multiply-adds | Bytes |
/// |---|---|--:|--:|--:|
/// | input | [4] | | | |
/// | `dense1`: `dense(3)` | [3] | 15 | 12 | 60 |
/// | `activation1`: `activation`, `y = x · tanh(softplus(x)), y′ = tanh(softplus(x)) + x · (1 − tanh(softplus(x))²) · sigmoid(x)` | [3] |  |  |  |
/// | `activation2`: `activation`, `y = x where LIMIT < x, else x³ / 2, y′ = 1 where LIMIT < x, else 1.5 · x²` | [3] |  |  |  |
///
/// Loss of each output: `(y − t)² / (1 + (y − t)²), with derivative 2 · (y − t − (y − t)² / (1 + (y − t)²) · (y − t)) / (1 + (y − t)²)`.
///
#[repr(C)]
pub struct Net {
    /// `dense(3)`: [4] → [3]; y = Wᵀx + b
    pub dense1: ::backprop::layers::DenseParameters<f32, 4, 3, 3>,
}
/// What the layers of [`Net`] compute, as constants.
#[doc(hidden)]
#[allow(dead_code)]
struct NetLayers;
#[allow(dead_code)]
impl NetLayers {
    #[allow(clippy::unnecessary_cast, trivial_numeric_casts)]
    const ACTIVATION2_CONSTANT0: ::backprop::Real = ::backprop::Real::new(
        LIMIT as ::core::primitive::f64,
    );
    const DENSE1: ::backprop::layers::Dense = ::backprop::layers::Dense::new(4, 3);
    const ACTIVATION1: ::backprop::layers::FromFormula<NetLayers, 1usize> = ::backprop::layers::FromFormula::<
        NetLayers,
        1usize,
    >::new();
    const ACTIVATION2: ::backprop::layers::FromFormula<NetLayers, 2usize> = ::backprop::layers::FromFormula::<
        NetLayers,
        2usize,
    >::new();
}
const _: () = {
    use ::backprop::codegen as rt;
    use rt::{Flat as _, InPlace as _, Layer as _};
    /// y = x · tanh(softplus(x)), y′ = tanh(softplus(x)) + x · (1 − tanh(softplus(x))²) · sigmoid(x)
    impl rt::ActivationFormula<1usize> for NetLayers {
        #[inline(always)]
        #[allow(unused_variables, clippy::excessive_precision, clippy::approx_constant)]
        fn value_and_derivative<F: rt::Float>(x: F) -> (F, F) {
            let v0 = rt::Float::tanh(rt::functions::softplus(x));
            (
                x * v0,
                v0
                    + (x
                        * ((rt::Float::real(x, const { rt::Real::new(1.0) }) - (v0 * v0))
                            * rt::Float::sigmoid(x))),
            )
        }
    }
    /// y = x where LIMIT < x, else x³ / 2, y′ = 1 where LIMIT < x, else 1.5 · x²
    impl rt::ActivationFormula<2usize> for NetLayers {
        #[inline(always)]
        #[allow(unused_variables, clippy::excessive_precision, clippy::approx_constant)]
        fn value_and_derivative<F: rt::Float>(x: F) -> (F, F) {
            (
                F::select(
                    rt::Float::less(
                        rt::Float::real(x, NetLayers::ACTIVATION2_CONSTANT0),
                        x,
                    ),
                    x,
                    (x * x * x) / rt::Float::real(x, const { rt::Real::new(2.0) }),
                ),
                F::select(
                    rt::Float::less(
                        rt::Float::real(x, NetLayers::ACTIVATION2_CONSTANT0),
                        x,
                    ),
                    rt::Float::real(x, const { rt::Real::new(1.0) }),
                    rt::Float::real(x, const { rt::Real::new(1.5) }) * (x * x),
                ),
            )
        }
    }
    /// (y − t)² / (1 + (y − t)²), with derivative 2 · (y − t − (y − t)² / (1 + (y − t)²) · (y − t)) / (1 + (y − t)²)
    impl rt::LossFormula<0usize> for Net {
        #[inline(always)]
        #[allow(unused_variables, clippy::excessive_precision, clippy::approx_constant)]
        fn value_and_derivative<F: rt::Float>(y: F, t: F) -> (F, F) {
            let v0 = y - t;
            let v1 = v0 * v0;
            let v2 = rt::Float::real(y, const { rt::Real::new(1.0) }) + v1;
            let v3 = v1 / v2;
            (
                v3,
                (rt::Float::real(y, const { rt::Real::new(2.0) }) * (v0 - (v3 * v0)))
                    / v2,
            )
        }
    }
    /// Gradients of a loss with respect to what [`Net`] trains.
    #[repr(C)]
    pub struct NetGradients {
        /// Of `dense1`.
        pub dense1: ::backprop::layers::DenseParameters<f32, 4, 3, 3>,
    }
    rt::flat!(Net : f32 { dense1 });
    rt::flat!(NetGradients : f32 { dense1 });
    /// What training keeps and works in.
    #[repr(C, align(64))]
    pub struct NetSlots<const __TILE: usize> {
        /// y of dense1, then scratch of dense1
        slot0: [[f32; __TILE]; ::backprop::max([NetLayers::DENSE1.scratch(), 3])],
        /// y of activation1, then dy of dense1
        slot1: [[f32; __TILE]; 3],
        /// dy of activation1
        slot2: [[f32; __TILE]; 3],
    }
    rt::zeroed!([const __TILE : usize] NetSlots < __TILE > { slot0, slot1, slot2, });
    /// What prediction works in.
    #[repr(C, align(64))]
    pub struct NetScratch<const __TILE: usize> {
        /// y of dense1
        slot0: [[f32; __TILE]; 3],
        /// y of activation1
        slot1: [[f32; __TILE]; 3],
    }
    rt::zeroed!([const __TILE : usize] NetScratch < __TILE > { slot0, slot1, });
    #[allow(unused_variables, unused_mut, unused_doc_comments)]
    impl rt::Passes for Net {
        type Gradients = NetGradients;
        type Slots<const __TILE: usize> = NetSlots<__TILE>;
        type InferenceSlots<const __TILE: usize> = NetScratch<__TILE>;
        const IS_TINY: bool = rt::is_tiny(<Self as rt::Block>::MULTIPLY_ADDS)
            && !::core::cfg!(debug_assertions);
        #[inline(always)]
        fn infer<__Calls: rt::Calls, const __TILE: usize>(
            &self,
            calls: __Calls,
            x: &[[f32; __TILE]],
            y: &mut [[f32; __TILE]],
            slots: &mut NetScratch<__TILE>,
        ) {
            let pass = &rt::Pass::PREDICTION;
            /// dense1: [4] → [3]: y = Wᵀx + b
            let dense1 = &mut slots.slot0;
            calls
                .forward(
                    &NetLayers::DENSE1,
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x,
                        y: dense1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// activation1: [3] → [3]: y = x · tanh(softplus(x)), y′ = tanh(softplus(x)) + x · (1 − tanh(softplus(x))²) · sigmoid(x)
            let activation1 = &mut slots.slot1;
            calls
                .forward(
                    &NetLayers::ACTIVATION1,
                    rt::Forward {
                        x: dense1,
                        y: activation1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// activation2: [3] → [3]: y = x where LIMIT < x, else x³ / 2, y′ = 1 where LIMIT < x, else 1.5 · x²
            calls
                .forward(
                    &NetLayers::ACTIVATION2,
                    rt::Forward {
                        x: activation1,
                        y,
                        ..rt::Forward::of(pass)
                    },
                );
        }
        #[inline(always)]
        fn forward<__Calls: rt::Calls, const __TILE: usize>(
            &self,
            calls: __Calls,
            pass: &rt::Pass,
            x: &[[f32; __TILE]],
            y: &mut [[f32; __TILE]],
            slots: &mut NetSlots<__TILE>,
        ) {
            /// dense1: [4] → [3]: y = Wᵀx + b
            let dense1 = &mut slots.slot0[..3];
            calls
                .forward(
                    &NetLayers::DENSE1,
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x,
                        y: dense1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// activation1: [3] → [3]: y = x · tanh(softplus(x)), y′ = tanh(softplus(x)) + x · (1 − tanh(softplus(x))²) · sigmoid(x)
            let activation1 = &mut slots.slot1;
            calls
                .forward(
                    &NetLayers::ACTIVATION1,
                    rt::Forward {
                        x: dense1,
                        y: activation1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// activation2: [3] → [3]: y = x where LIMIT < x, else x³ / 2, y′ = 1 where LIMIT < x, else 1.5 · x²
            calls
                .forward(
                    &NetLayers::ACTIVATION2,
                    rt::Forward {
                        x: activation1,
                        y,
                        ..rt::Forward::of(pass)
                    },
                );
        }
        #[inline(always)]
        fn backward<
            __Calls: rt::Calls,
            const __TILE: usize,
            __Learning: rt::Learning<f32>,
        >(
            calls: __Calls,
            pass: &rt::Pass,
            x: &[[f32; __TILE]],
            y: &[[f32; __TILE]],
            dy: &mut [[f32; __TILE]],
            dx: &mut [[f32; __TILE]],
            slots: &mut NetSlots<__TILE>,
            learning: &mut __Learning,
        ) {
            /// activation2: [3] ← [3]: dy gives dx
            let activation1 = &slots.slot1;
            let d_activation1 = &mut slots.slot2;
            calls
                .backward(
                    &NetLayers::ACTIVATION2,
                    rt::Backward {
                        x: activation1,
                        dy,
                        dx: d_activation1,
                        ..rt::Backward::of(pass)
                    },
                );
            /// activation1: [3] ← [3]: dy gives dx
            let dense1 = &slots.slot0[..3];
            let d_dense1 = &mut slots.slot1;
            calls
                .backward(
                    &NetLayers::ACTIVATION1,
                    rt::Backward {
                        x: dense1,
                        dy: d_activation1,
                        dx: d_dense1,
                        ..rt::Backward::of(pass)
                    },
                );
            /// dense1: [4] ← [3]: dy gives dW and dx
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense1, NetGradients),
                    &NetLayers::DENSE1,
                    rt::Backward {
                        x,
                        dy: d_dense1,
                        dx,
                        scratch: &mut slots
                            .slot0[..const { NetLayers::DENSE1.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
        }
    }
    const _: () = {
        rt::expect(
            NetLayers::DENSE1.parameters() == 15 && NetLayers::DENSE1.outputs() == 3,
            "layer `dense1` of `Net`: the macro and the runtime disagree on a size",
        );
    };
    impl Net {
        /// A network of zeros, for instance as the beginning of a `static`.
        pub const fn zeroed() -> Self {
            rt::zero()
        }
        /// Room to predict in, for `predict_with`.
        pub const fn scratch() -> <Self as rt::Network>::Scratch {
            rt::zero()
        }
        /// An empty tape, to go forward and backward with one sample.
        pub const fn tape() -> <Self as rt::Network>::Tape {
            rt::zero()
        }
        /// Gradients of zero, to add to.
        pub const fn gradients() -> <Self as rt::Network>::Gradients {
            rt::zero()
        }
    }
    impl rt::Network for Net {
        type Scalar = f32;
        type Sample = [f32; 4];
        type Output = [f32; 3];
        type InputGradient = [f32; 4];
        type ParameterArray = [f32; 15];
        type Gradients = NetGradients;
        type Tape = rt::Tape<[[f32; 1]; 4], [[f32; 1]; 3], NetSlots<1>, [f32; 0]>;
        type Scratch = rt::Scratch<[[f32; 1]; 4], [[f32; 1]; 3], NetScratch<1>>;
        type BatchScratch = rt::Scratch<
            [[f32; Self::TILE]; 4],
            [[f32; Self::TILE]; 3],
            NetScratch<{ Self::TILE }>,
        >;
        type Workspace = <rt::TwoWidths<
            { Self::TILE > 1 },
        > as rt::Workspaces>::Of<
            rt::Tape<
                [[f32; Self::TILE]; 4],
                [[f32; Self::TILE]; 3],
                NetSlots<{ Self::TILE }>,
                [f32; rt::room::<f32>(3, Self::TILE)],
            >,
            rt::Tape<
                [[f32; 1]; 4],
                [[f32; 1]; 3],
                NetSlots<{ 1 }>,
                [f32; rt::room::<f32>(3, 1)],
            >,
        >;
        type Inputs = rt::Length<0, 0, 0, 4>;
        type Outputs = rt::Length<0, 0, 0, 3>;
        type Stored = rt::Length<0, 0, 0, 15>;
        type Trained = rt::Length<0, 0, 0, 15>;
        type Tensors = rt::Length<0, 0, 0, 2>;
        type Core = Self;
        const NAME: &'static str = "Net";
        const PARAMETERS: usize = 15;
        const TILE: usize = rt::tile::<
            f32,
        >((::backprop::max([NetLayers::DENSE1.scratch(), 3]) + 16));
        #[inline(always)]
        fn core(&self) -> &Self {
            self
        }
        #[inline(always)]
        fn core_mut(&mut self) -> &mut Self {
            self
        }
        #[inline]
        fn parameters(&self) -> &Self::ParameterArray {
            rt::flat_array(self)
        }
        #[inline]
        fn parameters_mut(&mut self) -> &mut Self::ParameterArray {
            rt::flat_array_mut(self)
        }
        fn summary(&self) -> rt::Summary {
            const __DRAWING: rt::Drawing = rt::Drawing {
                pieces: &[
                    "○ input [4]\n● dense1 → activation1 → activation2 [3]",
                ],
                sizes: &[],
            };
            const __ROWS: &[rt::SummaryRow] = &[
                rt::SummaryRow::of::<f32>("dense1: dense(3)", &[3], 15, 12),
                rt::SummaryRow::of::<f32>("activation1: activation", &[3], 0, 0),
                rt::SummaryRow::of::<f32>("activation2: activation", &[3], 0, 0),
            ];
            rt::Summary::of::<Self>(__DRAWING, __ROWS, &[])
        }
        fn new<__Random: rt::RandomGenerator + ?::core::marker::Sized>(
            rng: &mut __Random,
        ) -> Self {
            const { rt::expect_by_value::<Self>() }
            rt::new_by_value(rng)
        }
    }
    impl rt::Block for Net {
        const INPUTS: usize = 4;
        const OUTPUTS: usize = 3;
        const MULTIPLY_ADDS: usize = 12;
        const NETWORKS: usize = 1;
        const TENSORS: &'static [rt::Tensor] = &rt::table::<
            { 2 },
        >(&[rt::Rows::of("dense1", &NetLayers::DENSE1.tensors(), 0, rt::Some(0))]);
        const FINGERPRINT: u64 = rt::fingerprint(
            9893762384070341727u64,
            &[],
            Self::TENSORS,
        );
        #[allow(unused_variables)]
        fn initialize<__Random: rt::RandomGenerator + ?::core::marker::Sized>(
            &mut self,
            rng: &mut __Random,
        ) {
            NetLayers::DENSE1
                .initialize(
                    self.dense1.flat_mut(),
                    &rt::initializers::Default,
                    &rt::initializers::Default,
                    rng,
                );
        }
    }
    impl rt::Trainable for Net {
        type Target = <::backprop::losses::FromFormula<
            Net,
            0usize,
            3,
        > as rt::Loss<f32>>::Target;
        type Loss = ::backprop::losses::FromFormula<Net, 0usize, 3>;
        const LOSS: Self::Loss = ::backprop::losses::FromFormula::<
            Net,
            0usize,
            3,
        >::new();
    }
    rt::not_causal!(Net, "its input has no time axis");
};
