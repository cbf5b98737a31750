/// A network.
///
/// ```text
/// ○ input [784]
/// ● dense1 → relu1 → dense2 → relu2 → dense3 [10]
/// ```
///
/// | Layer | Output | Parameters | Multiply-adds | Bytes |
/// |---|---|--:|--:|--:|
/// | input | [784] | | | |
/// | `dense1`: `dense(128)` | [128] | 100480 | 100352 | 401920 |
/// | `relu1`: `relu` | [128] |  |  |  |
/// | `dense2`: `dense(64)` | [64] | 8256 | 8192 | 33024 |
/// | `relu2`: `relu` | [64] |  |  |  |
/// | `dense3`: `dense(10)` | [10] | 650 | 640 | 2600 |
///
#[repr(C)]
pub struct Net {
    /// `dense(128)`: [784] → [128]; y = Wᵀx + b
    pub dense1: ::backprop::layers::DenseParameters<f32, 784, 128, 128>,
    /// `dense(64)`: [128] → [64]; y = Wᵀx + b
    pub dense2: ::backprop::layers::DenseParameters<f32, 128, 64, 64>,
    /// `dense(10)`: [64] → [10]; y = Wᵀx + b
    pub dense3: ::backprop::layers::DenseParameters<f32, 64, 10, 10>,
}
/// What the layers of [`Net`] compute, as constants.
#[doc(hidden)]
#[allow(dead_code)]
struct NetLayers;
#[allow(dead_code)]
impl NetLayers {
    const DENSE1: ::backprop::layers::Dense = ::backprop::layers::Dense::new(784, 128);
    const RELU1: ::backprop::layers::Relu = ::backprop::layers::Relu;
    const DENSE2: ::backprop::layers::Dense = ::backprop::layers::Dense::new(128, 64);
    const RELU2: ::backprop::layers::Relu = ::backprop::layers::Relu;
    const DENSE3: ::backprop::layers::Dense = ::backprop::layers::Dense::new(64, 10);
}
const _: () = {
    use ::backprop::codegen as rt;
    use rt::{Flat as _, InPlace as _, Layer as _};
    /// Gradients of a loss with respect to what [`Net`] trains.
    #[repr(C)]
    pub struct NetGradients {
        /// Of `dense1`.
        pub dense1: ::backprop::layers::DenseParameters<f32, 784, 128, 128>,
        /// Of `dense2`.
        pub dense2: ::backprop::layers::DenseParameters<f32, 128, 64, 64>,
        /// Of `dense3`.
        pub dense3: ::backprop::layers::DenseParameters<f32, 64, 10, 10>,
    }
    rt::flat!(Net : f32 { dense1, dense2, dense3 });
    rt::flat!(NetGradients : f32 { dense1, dense2, dense3 });
    /// What training keeps and works in.
    #[repr(C, align(64))]
    pub struct NetSlots<const __TILE: usize> {
        /// scratch of dense3, then scratch of dense2, then scratch of dense1
        slot0: [[f32; __TILE]; ::backprop::max([
            NetLayers::DENSE3.scratch(),
            NetLayers::DENSE2.scratch(),
            NetLayers::DENSE1.scratch(),
        ])],
        /// y of relu1
        slot1: [[f32; __TILE]; 128],
        /// dy of relu1
        slot2: [[f32; __TILE]; 128],
        /// y of relu2
        slot3: [[f32; __TILE]; 64],
        /// dy of relu2
        slot4: [[f32; __TILE]; 64],
    }
    rt::zeroed!(
        [const __TILE : usize] NetSlots < __TILE > { slot0, slot1, slot2, slot3, slot4, }
    );
    /// What prediction works in.
    #[repr(C, align(64))]
    pub struct NetScratch<const __TILE: usize> {
        /// y of relu1
        slot0: [[f32; __TILE]; 128],
        /// y of relu2
        slot1: [[f32; __TILE]; 64],
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
            /// dense1, relu1: [784] → [128]: y = Wᵀx + b; then y = max(x, 0)
            let relu1 = &mut slots.slot0;
            calls
                .forward(
                    &NetLayers::DENSE1,
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x,
                        y: relu1,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::RELU1, pass, relu1);
            /// dense2, relu2: [128] → [64]: y = Wᵀx + b; then y = max(x, 0)
            let relu2 = &mut slots.slot1;
            calls
                .forward(
                    &NetLayers::DENSE2,
                    rt::Forward {
                        parameters: self.dense2.flat(),
                        x: relu1,
                        y: relu2,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::RELU2, pass, relu2);
            /// dense3: [64] → [10]: y = Wᵀx + b
            calls
                .forward(
                    &NetLayers::DENSE3,
                    rt::Forward {
                        parameters: self.dense3.flat(),
                        x: relu2,
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
            /// dense1, relu1: [784] → [128]: y = Wᵀx + b; then y = max(x, 0)
            let relu1 = &mut slots.slot1;
            calls
                .forward(
                    &NetLayers::DENSE1,
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x,
                        y: relu1,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::RELU1, pass, relu1);
            /// dense2, relu2: [128] → [64]: y = Wᵀx + b; then y = max(x, 0)
            let relu2 = &mut slots.slot3;
            calls
                .forward(
                    &NetLayers::DENSE2,
                    rt::Forward {
                        parameters: self.dense2.flat(),
                        x: relu1,
                        y: relu2,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::RELU2, pass, relu2);
            /// dense3: [64] → [10]: y = Wᵀx + b
            calls
                .forward(
                    &NetLayers::DENSE3,
                    rt::Forward {
                        parameters: self.dense3.flat(),
                        x: relu2,
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
            /// dense3: [64] ← [10]: dy gives dW and dx
            let relu2 = &slots.slot3;
            let d_relu2 = &mut slots.slot4;
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense3, NetGradients),
                    &NetLayers::DENSE3,
                    rt::Backward {
                        x: relu2,
                        dy,
                        dx: d_relu2,
                        scratch: &mut slots
                            .slot0[..const { NetLayers::DENSE3.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
            /// dense2, relu2: [128] ← [64]: dy gives dW and dx
            let relu1 = &slots.slot1;
            let d_relu1 = &mut slots.slot2;
            calls.backward_in_place(&NetLayers::RELU2, pass, relu2, d_relu2);
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense2, NetGradients),
                    &NetLayers::DENSE2,
                    rt::Backward {
                        x: relu1,
                        dy: d_relu2,
                        dx: d_relu1,
                        scratch: &mut slots
                            .slot0[..const { NetLayers::DENSE2.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
            /// dense1, relu1: [784] ← [128]: dy gives dW and dx
            calls.backward_in_place(&NetLayers::RELU1, pass, relu1, d_relu1);
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense1, NetGradients),
                    &NetLayers::DENSE1,
                    rt::Backward {
                        x,
                        dy: d_relu1,
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
            NetLayers::DENSE1.parameters() == 100480
                && NetLayers::DENSE1.outputs() == 128,
            "layer `dense1` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::DENSE2.parameters() == 8256 && NetLayers::DENSE2.outputs() == 64,
            "layer `dense2` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::DENSE3.parameters() == 650 && NetLayers::DENSE3.outputs() == 10,
            "layer `dense3` of `Net`: the macro and the runtime disagree on a size",
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
        type Sample = [f32; 784];
        type Output = [f32; 10];
        type InputGradient = [f32; 784];
        type ParameterArray = [f32; 109386];
        type Gradients = NetGradients;
        type Tape = rt::Tape<[[f32; 1]; 784], [[f32; 1]; 10], NetSlots<1>, [f32; 0]>;
        type Scratch = rt::Scratch<[[f32; 1]; 784], [[f32; 1]; 10], NetScratch<1>>;
        type BatchScratch = rt::Scratch<
            [[f32; Self::TILE]; 784],
            [[f32; Self::TILE]; 10],
            NetScratch<{ Self::TILE }>,
        >;
        type Workspace = <rt::TwoWidths<
            { Self::TILE > 1 },
        > as rt::Workspaces>::Of<
            rt::Tape<
                [[f32; Self::TILE]; 784],
                [[f32; Self::TILE]; 10],
                NetSlots<{ Self::TILE }>,
                [f32; rt::room::<f32>(10, Self::TILE)],
            >,
            rt::Tape<
                [[f32; 1]; 784],
                [[f32; 1]; 10],
                NetSlots<{ 1 }>,
                [f32; rt::room::<f32>(10, 1)],
            >,
        >;
        type Inputs = rt::Length<0, 0, 0, 784>;
        type Outputs = rt::Length<0, 0, 0, 10>;
        type Stored = rt::Length<0, 0, 109, 386>;
        type Trained = rt::Length<0, 0, 109, 386>;
        type Tensors = rt::Length<0, 0, 0, 6>;
        type Core = Self;
        const NAME: &'static str = "Net";
        const PARAMETERS: usize = 109386;
        const TILE: usize = rt::tile::<
            f32,
        >(
            (::backprop::max([
                NetLayers::DENSE3.scratch(),
                NetLayers::DENSE2.scratch(),
                NetLayers::DENSE1.scratch(),
            ]) + 1188),
        );
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
                    "○ input [784]\n● dense1 → relu1 → dense2 → relu2 → dense3 [10]",
                ],
                sizes: &[],
            };
            const __ROWS: &[rt::SummaryRow] = &[
                rt::SummaryRow::of::<f32>("dense1: dense(128)", &[128], 100480, 100352),
                rt::SummaryRow::of::<f32>("relu1: relu", &[128], 0, 0),
                rt::SummaryRow::of::<f32>("dense2: dense(64)", &[64], 8256, 8192),
                rt::SummaryRow::of::<f32>("relu2: relu", &[64], 0, 0),
                rt::SummaryRow::of::<f32>("dense3: dense(10)", &[10], 650, 640),
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
        const INPUTS: usize = 784;
        const OUTPUTS: usize = 10;
        const MULTIPLY_ADDS: usize = 109184;
        const NETWORKS: usize = 1;
        const TENSORS: &'static [rt::Tensor] = &rt::table::<
            { 6 },
        >(
            &[
                rt::Rows::of("dense1", &NetLayers::DENSE1.tensors(), 0, rt::Some(0)),
                rt::Rows::of(
                    "dense2",
                    &NetLayers::DENSE2.tensors(),
                    100480,
                    rt::Some(100480),
                ),
                rt::Rows::of(
                    "dense3",
                    &NetLayers::DENSE3.tensors(),
                    108736,
                    rt::Some(108736),
                ),
            ],
        );
        const FINGERPRINT: u64 = rt::fingerprint(
            10736120144535184182u64,
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
            NetLayers::DENSE2
                .initialize(
                    self.dense2.flat_mut(),
                    &rt::initializers::Default,
                    &rt::initializers::Default,
                    rng,
                );
            NetLayers::DENSE3
                .initialize(
                    self.dense3.flat_mut(),
                    &rt::initializers::Default,
                    &rt::initializers::Default,
                    rng,
                );
        }
    }
    impl rt::Trainable for Net {
        type Target = <::backprop::losses::CrossEntropy as rt::Loss<f32>>::Target;
        type Loss = ::backprop::losses::CrossEntropy;
        const LOSS: Self::Loss = <::backprop::losses::CrossEntropy>::new();
    }
    rt::not_causal!(Net, "its input has no time axis");
};
