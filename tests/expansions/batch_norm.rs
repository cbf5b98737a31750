/// A network.
///
/// ```text
/// ○ input [1, 6, 6]
/// ● conv2d1 → norm (batch_norm) → relu1 → flatten1 → dense1
/// │ → frozen batch_norm1 [3]
/// ```
///
/// | Layer | Output | Parameters | Multiply-adds | Bytes |
/// |---|---|--:|--:|--:|
/// | input | [1, 6, 6] | | | |
/// | `conv2d1`: `conv2d(2, kernel = 3)` | [2, 4, 4] | 20 | 288 | 80 |
/// | `norm`: `batch_norm` | [2, 4, 4] | 4 | 32 | 32 |
/// | `relu1`: `relu` | [2, 4, 4] |  |  |  |
/// | `flatten1`: `flatten` | [32] |  |  |  |
/// | `dense1`: `dense(3)` | [3] | 99 | 96 | 396 |
/// | `batch_norm1`: `frozen batch_norm` | [3] | 6 | 3 | 48 |
///
/// Note: `norm` subtracts the bias of `conv2d1` again: write `bias = false` there
///
#[repr(C)]
pub struct Net {
    /// `conv2d(2, kernel = 3)`: [1, 6, 6] → [2, 4, 4]; y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]
    pub conv2d1: ::backprop::layers::Conv2dParameters<f32, 1, 2, 3, 3, 2>,
    /// `batch_norm`: [2, 4, 4] → [2, 4, 4]; y = w (x − mean) / √(variance + eps) + b, over the samples of a tile; in prediction with running statistics
    pub norm: ::backprop::layers::BatchNormParameters<f32, 2, 2, 2>,
    /// `dense(3)`: [32] → [3]; y = Wᵀx + b
    pub dense1: ::backprop::layers::DenseParameters<f32, 32, 3, 3>,
    /// `frozen batch_norm`: [3] → [3]; y = w (x − mean) / √(variance + eps) + b, over the samples of a tile; in prediction with running statistics
    pub batch_norm1: ::backprop::layers::BatchNormParameters<f32, 3, 3, 3>,
}
/// What the layers of [`Net`] compute, as constants.
#[doc(hidden)]
#[allow(dead_code)]
struct NetLayers;
#[allow(dead_code)]
impl NetLayers {
    const CONV2D1: ::backprop::layers::Conv2d = ::backprop::layers::Conv2d::new(
            [1, 6, 6],
            2,
        )
        .kernel(3, 3);
    const NORM: ::backprop::layers::BatchNorm = ::backprop::layers::BatchNorm::new(
        2,
        16,
    );
    const RELU1: ::backprop::layers::Relu = ::backprop::layers::Relu;
    const DENSE1: ::backprop::layers::Dense = ::backprop::layers::Dense::new(32, 3);
    const BATCH_NORM1: ::backprop::layers::BatchNorm = ::backprop::layers::BatchNorm::new(
        3,
        1,
    );
}
const _: () = {
    use ::backprop::codegen as rt;
    use rt::{Flat as _, InPlace as _, Layer as _};
    /// Gradients of a loss with respect to what [`Net`] trains.
    #[repr(C)]
    pub struct NetGradients {
        /// Of `conv2d1`.
        pub conv2d1: ::backprop::layers::Conv2dParameters<f32, 1, 2, 3, 3, 2>,
        /// Of `norm`.
        pub norm: ::backprop::layers::NormParameters<f32, 2, 2>,
        /// Of `dense1`.
        pub dense1: ::backprop::layers::DenseParameters<f32, 32, 3, 3>,
    }
    rt::flat!(Net : f32 { conv2d1, norm, dense1, batch_norm1 });
    rt::flat!(NetGradients : f32 { conv2d1, norm, dense1 });
    /// What training keeps and works in.
    #[repr(C, align(64))]
    pub struct NetSlots<const __TILE: usize> {
        /// y of dense1, then scratch of dense1, then scratch of conv2d1
        slot0: [[f32; __TILE]; ::backprop::max([
            NetLayers::DENSE1.scratch(),
            NetLayers::CONV2D1.scratch(),
            3,
        ])],
        /// y of conv2d1
        slot1: [[f32; __TILE]; 32],
        /// y of relu1
        slot2: [[f32; __TILE]; 32],
        /// dy of relu1
        slot3: [[f32; __TILE]; 32],
        /// dy of dense1, then dy of conv2d1
        slot4: [[f32; __TILE]; 32],
        /// What has been measured since the last step.
        norm: [f32; NetLayers::NORM.state()],
    }
    rt::zeroed!(
        [const __TILE : usize] NetSlots < __TILE > { slot0, slot1, slot2, slot3, slot4,
        norm, }
    );
    /// What prediction works in.
    #[repr(C, align(64))]
    pub struct NetScratch<const __TILE: usize> {
        /// y of relu1
        slot0: [[f32; __TILE]; 32],
    }
    rt::zeroed!([const __TILE : usize] NetScratch < __TILE > { slot0, });
    #[allow(unused_variables, unused_mut, unused_doc_comments)]
    impl rt::Passes for Net {
        type Gradients = NetGradients;
        type Slots<const __TILE: usize> = NetSlots<__TILE>;
        type InferenceSlots<const __TILE: usize> = NetScratch<__TILE>;
        const IS_TINY: bool = rt::is_tiny(<Self as rt::Block>::MULTIPLY_ADDS)
            && !::core::cfg!(debug_assertions);
        const MEASURED: usize = NetLayers::NORM.state();
        #[inline(always)]
        fn infer<__Calls: rt::Calls, const __TILE: usize>(
            &self,
            calls: __Calls,
            x: &[[f32; __TILE]],
            y: &mut [[f32; __TILE]],
            slots: &mut NetScratch<__TILE>,
        ) {
            let pass = &rt::Pass::PREDICTION;
            /// conv2d1, norm, relu1: [1, 6, 6] → [2, 4, 4]: y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]; then y = w (x − mean) / √(variance + eps) + b, over the samples of a tile; in prediction with running statistics; then y = max(x, 0)
            let relu1 = &mut slots.slot0;
            calls
                .forward(
                    &NetLayers::CONV2D1,
                    rt::Forward {
                        parameters: self.conv2d1.flat(),
                        x,
                        y: relu1,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::NORM.of(self.norm.flat()), pass, relu1);
            calls.forward_in_place(&NetLayers::RELU1, pass, relu1);
            /// dense1, batch_norm1: [32] → [3]: y = Wᵀx + b; then y = w (x − mean) / √(variance + eps) + b, over the samples of a tile; in prediction with running statistics
            calls
                .forward(
                    &NetLayers::DENSE1,
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x: relu1,
                        y,
                        ..rt::Forward::of(pass)
                    },
                );
            calls
                .forward_in_place(
                    &NetLayers::BATCH_NORM1.of(self.batch_norm1.flat()),
                    pass,
                    y,
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
            /// conv2d1: [1, 6, 6] → [2, 4, 4]: y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]
            let conv2d1 = &mut slots.slot1;
            calls
                .forward(
                    &NetLayers::CONV2D1,
                    rt::Forward {
                        parameters: self.conv2d1.flat(),
                        x,
                        y: conv2d1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// norm, relu1: [2, 4, 4] → [2, 4, 4]: y = w (x − mean) / √(variance + eps) + b, over the samples of a tile; in prediction with running statistics; then y = max(x, 0)
            let relu1 = &mut slots.slot2;
            calls
                .forward(
                    &NetLayers::NORM,
                    rt::Forward {
                        parameters: self.norm.flat(),
                        x: conv2d1,
                        y: relu1,
                        state: &mut slots.norm,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::RELU1, pass, relu1);
            /// dense1: [32] → [3]: y = Wᵀx + b
            let dense1 = &mut slots.slot0[..3];
            calls
                .forward(
                    &NetLayers::DENSE1,
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x: relu1,
                        y: dense1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// batch_norm1: [3] → [3]: y = w (x − mean) / √(variance + eps) + b, over the samples of a tile; in prediction with running statistics
            calls
                .forward(
                    &NetLayers::BATCH_NORM1,
                    rt::Forward {
                        parameters: self.batch_norm1.flat(),
                        x: dense1,
                        y,
                        ..rt::Forward::of(&pass.frozen())
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
            /// batch_norm1: [3] ← [3]: dy gives dx
            let dense1 = &slots.slot0[..3];
            let d_dense1 = &mut slots.slot4[..3];
            learning
                .layer(
                    calls,
                    rt::place!(Net.batch_norm1),
                    &NetLayers::BATCH_NORM1,
                    rt::Backward {
                        x: dense1,
                        dy,
                        dx: d_dense1,
                        ..rt::Backward::of(&pass.frozen())
                    },
                );
            /// dense1: [32] ← [3]: dy gives dW and dx
            let relu1 = &slots.slot2;
            let d_relu1 = &mut slots.slot3;
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense1, NetGradients),
                    &NetLayers::DENSE1,
                    rt::Backward {
                        x: relu1,
                        dy: d_dense1,
                        dx: d_relu1,
                        scratch: &mut slots
                            .slot0[..const { NetLayers::DENSE1.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
            /// norm, relu1: [2, 4, 4] ← [2, 4, 4]: dy gives dW and dx
            let conv2d1 = &slots.slot1;
            let d_conv2d1 = &mut slots.slot4;
            calls.backward_in_place(&NetLayers::RELU1, pass, relu1, d_relu1);
            learning
                .layer(
                    calls,
                    rt::place!(Net.norm, NetGradients),
                    &NetLayers::NORM,
                    rt::Backward {
                        x: conv2d1,
                        state: &slots.norm,
                        dy: d_relu1,
                        dx: d_conv2d1,
                        ..rt::Backward::of(pass)
                    },
                );
            /// conv2d1: [1, 6, 6] ← [2, 4, 4]: dy gives dW and dx
            learning
                .layer(
                    calls,
                    rt::place!(Net.conv2d1, NetGradients),
                    &NetLayers::CONV2D1,
                    rt::Backward {
                        x,
                        dy: d_conv2d1,
                        dx,
                        scratch: &mut slots
                            .slot0[..const { NetLayers::CONV2D1.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
        }
        fn measured<const __TILE: usize>(
            slots: &NetSlots<__TILE>,
            visit: &mut impl ::core::ops::FnMut(&[f32]),
        ) {
            visit(&slots.norm);
        }
        fn measured_mut<const __TILE: usize>(
            slots: &mut NetSlots<__TILE>,
            visit: &mut impl ::core::ops::FnMut(&mut [f32]),
        ) {
            visit(&mut slots.norm);
        }
        fn commit<const __TILE: usize>(&mut self, slots: &mut NetSlots<__TILE>) {
            const {
                assert!(
                    __TILE > 1,
                    "layer `norm` of `Net`: batch_norm measures over the samples of a tile, and one sample has no variance: declare a larger tile, or use `layer_norm` or `group_norm`"
                )
            }
            NetLayers::NORM.commit(self.norm.flat_mut(), &mut slots.norm);
        }
        fn fold(&mut self) {
            NetLayers::NORM
                .fold(
                    self.norm.flat_mut(),
                    self.conv2d1.flat_mut(),
                    &NetLayers::CONV2D1.tensors(),
                );
            NetLayers::BATCH_NORM1
                .fold(
                    self.batch_norm1.flat_mut(),
                    self.dense1.flat_mut(),
                    &NetLayers::DENSE1.tensors(),
                );
        }
    }
    const _: () = {
        rt::expect(
            NetLayers::CONV2D1.parameters() == 20 && NetLayers::CONV2D1.outputs() == 32,
            "layer `conv2d1` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::NORM.parameters() == 8 && NetLayers::NORM.trained() == 4
                && NetLayers::NORM.outputs() == 32,
            "layer `norm` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::DENSE1.parameters() == 99 && NetLayers::DENSE1.outputs() == 3,
            "layer `dense1` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::BATCH_NORM1.parameters() == 12
                && NetLayers::BATCH_NORM1.trained() == 6
                && NetLayers::BATCH_NORM1.outputs() == 3,
            "layer `batch_norm1` of `Net`: the macro and the runtime disagree on a size",
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
        type Sample = [f32; 36];
        type Output = [f32; 3];
        type InputGradient = [f32; 36];
        type ParameterArray = [f32; 139];
        type Gradients = NetGradients;
        type Tape = rt::Tape<[[f32; 1]; 36], [[f32; 1]; 3], NetSlots<1>, [f32; 0]>;
        type Scratch = rt::Scratch<[[f32; 1]; 36], [[f32; 1]; 3], NetScratch<1>>;
        type BatchScratch = rt::Scratch<
            [[f32; rt::narrow(Self::TILE, true)]; 36],
            [[f32; rt::narrow(Self::TILE, true)]; 3],
            NetScratch<{ rt::narrow(Self::TILE, true) }>,
        >;
        type Workspace = <rt::TwoWidths<
            { Self::TILE > rt::narrow(Self::TILE, <Self as rt::Passes>::MEASURES) },
        > as rt::Workspaces>::Of<
            rt::Tape<
                [[f32; Self::TILE]; 36],
                [[f32; Self::TILE]; 3],
                NetSlots<{ Self::TILE }>,
                [f32; rt::room::<f32>(3, Self::TILE)],
            >,
            rt::Tape<
                [[f32; rt::narrow(Self::TILE, <Self as rt::Passes>::MEASURES)]; 36],
                [[f32; rt::narrow(Self::TILE, <Self as rt::Passes>::MEASURES)]; 3],
                NetSlots<{ rt::narrow(Self::TILE, <Self as rt::Passes>::MEASURES) }>,
                [f32; rt::room::<
                    f32,
                >(3, rt::narrow(Self::TILE, <Self as rt::Passes>::MEASURES))],
            >,
        >;
        type Inputs = rt::Length<0, 0, 0, 36>;
        type Outputs = rt::Length<0, 0, 0, 3>;
        type Stored = rt::Length<0, 0, 0, 139>;
        type Trained = rt::Length<0, 0, 0, 123>;
        type Tensors = rt::Length<0, 0, 0, 12>;
        type Core = Self;
        const NAME: &'static str = "Net";
        const PARAMETERS: usize = 129;
        const TILE: usize = rt::measuring_tile::<
            f32,
        >(
            (::backprop::max([
                NetLayers::DENSE1.scratch(),
                NetLayers::CONV2D1.scratch(),
                3,
            ]) + 170),
            <Self as rt::Passes>::MEASURES,
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
                    "○ input [1, 6, 6]\n● conv2d1 → norm (batch_norm) → relu1 → flatten1 → dense1\n│ → frozen batch_norm1 [3]",
                ],
                sizes: &[],
            };
            const __ROWS: &[rt::SummaryRow] = &[
                rt::SummaryRow::of::<
                    f32,
                >("conv2d1: conv2d(2, kernel = 3)", &[2, 4, 4], 20, 288),
                rt::SummaryRow::of::<f32>("norm: batch_norm", &[2, 4, 4], 4, 32)
                    .storing::<f32>(8),
                rt::SummaryRow::of::<f32>("relu1: relu", &[2, 4, 4], 0, 0),
                rt::SummaryRow::of::<f32>("flatten1: flatten", &[32], 0, 0),
                rt::SummaryRow::of::<f32>("dense1: dense(3)", &[3], 99, 96),
                rt::SummaryRow::of::<f32>("batch_norm1: frozen batch_norm", &[3], 6, 3)
                    .storing::<f32>(12),
            ];
            rt::Summary::of::<
                Self,
            >(
                __DRAWING,
                __ROWS,
                &[
                    "`norm` subtracts the bias of `conv2d1` again: write `bias = false` there",
                ],
            )
        }
        fn new<__Random: rt::RandomGenerator + ?::core::marker::Sized>(
            rng: &mut __Random,
        ) -> Self {
            const { rt::expect_by_value::<Self>() }
            rt::new_by_value(rng)
        }
    }
    impl rt::Block for Net {
        const INPUTS: usize = 36;
        const OUTPUTS: usize = 3;
        const MULTIPLY_ADDS: usize = 419;
        const NETWORKS: usize = 1;
        const TENSORS: &'static [rt::Tensor] = &rt::table::<
            { 12 },
        >(
            &[
                rt::Rows::of("conv2d1", &NetLayers::CONV2D1.tensors(), 0, rt::Some(0)),
                rt::Rows::of("norm", &NetLayers::NORM.tensors(), 20, rt::Some(20)),
                rt::Rows::of("dense1", &NetLayers::DENSE1.tensors(), 28, rt::Some(24)),
                rt::Rows::of(
                    "batch_norm1",
                    &NetLayers::BATCH_NORM1.tensors(),
                    127,
                    rt::None,
                ),
            ],
        );
        const FINGERPRINT: u64 = rt::fingerprint(
            7387150619620067209u64,
            &[],
            Self::TENSORS,
        );
        const PARAMETERS: usize = <Self as rt::Network>::PARAMETERS;
        #[allow(unused_variables)]
        fn initialize<__Random: rt::RandomGenerator + ?::core::marker::Sized>(
            &mut self,
            rng: &mut __Random,
        ) {
            NetLayers::CONV2D1
                .initialize(
                    self.conv2d1.flat_mut(),
                    &rt::initializers::Default,
                    &rt::initializers::Default,
                    rng,
                );
            NetLayers::NORM
                .initialize(
                    self.norm.flat_mut(),
                    &rt::initializers::Ones,
                    &rt::initializers::Zeros,
                    rng,
                );
            NetLayers::DENSE1
                .initialize(
                    self.dense1.flat_mut(),
                    &rt::initializers::Default,
                    &rt::initializers::Default,
                    rng,
                );
            NetLayers::BATCH_NORM1
                .initialize(
                    self.batch_norm1.flat_mut(),
                    &rt::initializers::Ones,
                    &rt::initializers::Zeros,
                    rng,
                );
        }
    }
    impl rt::Trainable for Net {
        type Target = <::backprop::losses::Mse<3> as rt::Loss<f32>>::Target;
        type Loss = ::backprop::losses::Mse<3>;
        const LOSS: Self::Loss = <::backprop::losses::Mse<3>>::new();
    }
    rt::not_causal!(Net, "its input has no time axis");
};
