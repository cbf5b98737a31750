/// A network.
///
/// ```text
/// ○ input [2, 8, 6]
/// ● relu1 → avg_pool2d1 → relu2 → flatten1 → dense1 [4]
/// ```
///
/// | Layer | Output | Parameters | Multiply-adds | Bytes |
/// |---|---|--:|--:|--:|
/// | input | [2, 8, 6] | | | |
/// | `relu1`: `relu` | [2, 8, 6] |  |  |  |
/// | `avg_pool2d1`: `avg_pool2d(2)` | [2, 4, 3] |  |  |  |
/// | `relu2`: `relu` | [2, 4, 3] |  |  |  |
/// | `flatten1`: `flatten` | [24] |  |  |  |
/// | `dense1`: `dense(4)` | [4] | 100 | 96 | 400 |
///
#[repr(C)]
pub struct Net {
    /// `dense(4)`: [24] → [4]; y = Wᵀx + b
    pub dense1: ::backprop::layers::DenseParameters<f32, 24, 4, 4>,
}
/// What the layers of [`Net`] compute, as constants.
#[doc(hidden)]
#[allow(dead_code)]
struct NetLayers;
#[allow(dead_code)]
impl NetLayers {
    const RELU1: ::backprop::layers::Relu = ::backprop::layers::Relu;
    const AVG_POOL2D1: ::backprop::layers::AvgPool2d = ::backprop::layers::AvgPool2d::new([
            2, 8, 6,
        ])
        .kernel(2, 2);
    const RELU2: ::backprop::layers::Relu = ::backprop::layers::Relu;
    const DENSE1: ::backprop::layers::Dense = ::backprop::layers::Dense::new(24, 4);
}
const _: () = {
    use ::backprop::codegen as rt;
    use rt::{Flat as _, InPlace as _, Layer as _};
    /// Gradients of a loss with respect to what [`Net`] trains.
    #[repr(C)]
    pub struct NetGradients {
        /// Of `dense1`.
        pub dense1: ::backprop::layers::DenseParameters<f32, 24, 4, 4>,
    }
    rt::flat!(Net : f32 { dense1 });
    rt::flat!(NetGradients : f32 { dense1 });
    /// What training keeps and works in.
    #[repr(C, align(64))]
    pub struct NetSlots<const __TILE: usize> {
        /// scratch of dense1, then dy of relu1
        slot0: [[f32; __TILE]; ::backprop::max([NetLayers::DENSE1.scratch(), 96])],
        /// y of relu1
        slot1: [[f32; __TILE]; 96],
        /// y of avg_pool2d1
        slot2: [[f32; __TILE]; 24],
        /// dy of relu2
        slot3: [[f32; __TILE]; 24],
    }
    rt::zeroed!(
        [const __TILE : usize] NetSlots < __TILE > { slot0, slot1, slot2, slot3, }
    );
    /// What prediction works in.
    #[repr(C, align(64))]
    pub struct NetScratch<const __TILE: usize> {
        /// y of relu1
        slot0: [[f32; __TILE]; 96],
        /// y of avg_pool2d1
        slot1: [[f32; __TILE]; 24],
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
            /// relu1: [2, 8, 6] → [2, 8, 6]: y = max(x, 0)
            let relu1 = &mut slots.slot0;
            calls
                .forward(
                    &NetLayers::RELU1,
                    rt::Forward {
                        x,
                        y: relu1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// avg_pool2d1: [2, 8, 6] → [2, 4, 3]: y = the mean of x over each window
            let avg_pool2d1 = &mut slots.slot1;
            calls
                .forward(
                    &NetLayers::AVG_POOL2D1,
                    rt::Forward {
                        x: relu1,
                        y: avg_pool2d1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// relu2: [2, 4, 3] → [2, 4, 3]: y = max(x, 0)
            calls.forward_in_place(&NetLayers::RELU2, pass, avg_pool2d1);
            /// dense1: [24] → [4]: y = Wᵀx + b
            calls
                .forward(
                    &NetLayers::DENSE1,
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x: avg_pool2d1,
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
            /// relu1: [2, 8, 6] → [2, 8, 6]: y = max(x, 0)
            let relu1 = &mut slots.slot1;
            calls
                .forward(
                    &NetLayers::RELU1,
                    rt::Forward {
                        x,
                        y: relu1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// avg_pool2d1: [2, 8, 6] → [2, 4, 3]: y = the mean of x over each window
            let avg_pool2d1 = &mut slots.slot2;
            calls
                .forward(
                    &NetLayers::AVG_POOL2D1,
                    rt::Forward {
                        x: relu1,
                        y: avg_pool2d1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// relu2: [2, 4, 3] → [2, 4, 3]: y = max(x, 0)
            calls.forward_in_place(&NetLayers::RELU2, pass, avg_pool2d1);
            /// dense1: [24] → [4]: y = Wᵀx + b
            calls
                .forward(
                    &NetLayers::DENSE1,
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x: avg_pool2d1,
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
            /// dense1: [24] ← [4]: dy gives dW and dx
            let avg_pool2d1 = &slots.slot2;
            let d_relu2 = &mut slots.slot3;
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense1, NetGradients),
                    &NetLayers::DENSE1,
                    rt::Backward {
                        x: avg_pool2d1,
                        dy,
                        dx: if dx.is_empty() { &mut [] } else { d_relu2 },
                        scratch: &mut slots
                            .slot0[..const { NetLayers::DENSE1.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
            if !dx.is_empty() {
                /// relu2: [2, 4, 3] ← [2, 4, 3]: dy gives dx
                calls.backward_in_place(&NetLayers::RELU2, pass, avg_pool2d1, d_relu2);
                /// avg_pool2d1: [2, 8, 6] ← [2, 4, 3]: dy gives dx
                let d_relu1 = &mut slots.slot0[..96];
                calls
                    .backward(
                        &NetLayers::AVG_POOL2D1,
                        rt::Backward {
                            dy: d_relu2,
                            dx: d_relu1,
                            ..rt::Backward::of(pass)
                        },
                    );
                /// relu1: [2, 8, 6] ← [2, 8, 6]: dy gives dx
                let relu1 = &slots.slot1;
                calls
                    .backward(
                        &NetLayers::RELU1,
                        rt::Backward {
                            y: relu1,
                            dy: d_relu1,
                            dx,
                            ..rt::Backward::of(pass)
                        },
                    );
            }
        }
    }
    const _: () = {
        rt::expect(
            NetLayers::DENSE1.parameters() == 100 && NetLayers::DENSE1.outputs() == 4,
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
        type Sample = [f32; 96];
        type Output = [f32; 4];
        type InputGradient = [f32; 96];
        type ParameterArray = [f32; 100];
        type Gradients = NetGradients;
        type Tape = rt::Tape<[[f32; 1]; 96], [[f32; 1]; 4], NetSlots<1>, [f32; 0]>;
        type Scratch = rt::Scratch<[[f32; 1]; 96], [[f32; 1]; 4], NetScratch<1>>;
        type BatchScratch = rt::Scratch<
            [[f32; Self::TILE]; 96],
            [[f32; Self::TILE]; 4],
            NetScratch<{ Self::TILE }>,
        >;
        type Workspace = <rt::TwoWidths<
            { Self::TILE > 1 },
        > as rt::Workspaces>::Of<
            rt::Tape<
                [[f32; Self::TILE]; 96],
                [[f32; Self::TILE]; 4],
                NetSlots<{ Self::TILE }>,
                [f32; rt::room::<f32>(4, Self::TILE)],
            >,
            rt::Tape<
                [[f32; 1]; 96],
                [[f32; 1]; 4],
                NetSlots<{ 1 }>,
                [f32; rt::room::<f32>(4, 1)],
            >,
        >;
        type Inputs = rt::Length<0, 0, 0, 96>;
        type Outputs = rt::Length<0, 0, 0, 4>;
        type Stored = rt::Length<0, 0, 0, 100>;
        type Trained = rt::Length<0, 0, 0, 100>;
        type Tensors = rt::Length<0, 0, 0, 2>;
        type Core = Self;
        const NAME: &'static str = "Net";
        const PARAMETERS: usize = 100;
        const TILE: usize = rt::tile::<
            f32,
        >((::backprop::max([NetLayers::DENSE1.scratch(), 96]) + 248));
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
                    "○ input [2, 8, 6]\n● relu1 → avg_pool2d1 → relu2 → flatten1 → dense1 [4]",
                ],
                sizes: &[],
            };
            const __ROWS: &[rt::SummaryRow] = &[
                rt::SummaryRow::of::<f32>("relu1: relu", &[2, 8, 6], 0, 0),
                rt::SummaryRow::of::<
                    f32,
                >("avg_pool2d1: avg_pool2d(2)", &[2, 4, 3], 0, 0),
                rt::SummaryRow::of::<f32>("relu2: relu", &[2, 4, 3], 0, 0),
                rt::SummaryRow::of::<f32>("flatten1: flatten", &[24], 0, 0),
                rt::SummaryRow::of::<f32>("dense1: dense(4)", &[4], 100, 96),
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
        const INPUTS: usize = 96;
        const OUTPUTS: usize = 4;
        const MULTIPLY_ADDS: usize = 96;
        const NETWORKS: usize = 1;
        const TENSORS: &'static [rt::Tensor] = &rt::table::<
            { 2 },
        >(&[rt::Rows::of("dense1", &NetLayers::DENSE1.tensors(), 0, rt::Some(0))]);
        const FINGERPRINT: u64 = rt::fingerprint(
            1951530095369223568u64,
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
        type Target = <::backprop::losses::Mse<4> as rt::Loss<f32>>::Target;
        type Loss = ::backprop::losses::Mse<4>;
        const LOSS: Self::Loss = <::backprop::losses::Mse<4>>::new();
    }
    rt::not_causal!(Net, "its input has no time axis");
};
