/// A network.
///
/// ```text
/// ○ input [1, 28, 28]
/// ● conv1 (conv2d) → relu1 → max_pool2d1 → conv2 (conv2d) → relu2
/// │ → max_pool2d2 → flatten1 → dense1 → relu3 → dense2 → relu4 → dense3 [10]
/// ```
///
/// | Layer | Output | Parameters | Multiply-adds | Bytes |
/// |---|---|--:|--:|--:|
/// | input | [1, 28, 28] | | | |
/// | `conv1`: `conv2d(6, kernel = 5, padding = 2)` | [6, 28, 28] | 156 | 117600 | 624 |
/// | `relu1`: `relu` | [6, 28, 28] |  |  |  |
/// | `max_pool2d1`: `max_pool2d(2)` | [6, 14, 14] |  |  |  |
/// | `conv2`: `conv2d(16, kernel = 5)` | [16, 10, 10] | 2416 | 240000 | 9664 |
/// | `relu2`: `relu` | [16, 10, 10] |  |  |  |
/// | `max_pool2d2`: `max_pool2d(2)` | [16, 5, 5] |  |  |  |
/// | `flatten1`: `flatten` | [400] |  |  |  |
/// | `dense1`: `dense(120)` | [120] | 48120 | 48000 | 192480 |
/// | `relu3`: `relu` | [120] |  |  |  |
/// | `dense2`: `dense(84)` | [84] | 10164 | 10080 | 40656 |
/// | `relu4`: `relu` | [84] |  |  |  |
/// | `dense3`: `dense(10)` | [10] | 850 | 840 | 3400 |
///
#[repr(C)]
pub struct Net {
    /// `conv2d(6, kernel = 5, padding = 2)`: [1, 28, 28] → [6, 28, 28]; y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]
    pub conv1: ::backprop::layers::Conv2dParameters<f32, 1, 6, 5, 5, 6>,
    /// `conv2d(16, kernel = 5)`: [6, 14, 14] → [16, 10, 10]; y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]
    pub conv2: ::backprop::layers::Conv2dParameters<f32, 6, 16, 5, 5, 16>,
    /// `dense(120)`: [400] → [120]; y = Wᵀx + b
    pub dense1: ::backprop::layers::DenseParameters<f32, 400, 120, 120>,
    /// `dense(84)`: [120] → [84]; y = Wᵀx + b
    pub dense2: ::backprop::layers::DenseParameters<f32, 120, 84, 84>,
    /// `dense(10)`: [84] → [10]; y = Wᵀx + b
    pub dense3: ::backprop::layers::DenseParameters<f32, 84, 10, 10>,
}
/// What the layers of [`Net`] compute, as constants.
#[doc(hidden)]
#[allow(dead_code)]
struct NetLayers;
#[allow(dead_code)]
impl NetLayers {
    const CONV1: ::backprop::layers::Conv2d = ::backprop::layers::Conv2d::new(
            [1, 28, 28],
            6,
        )
        .kernel(5, 5)
        .padding(2, 2);
    const RELU1: ::backprop::layers::Relu = ::backprop::layers::Relu;
    const MAX_POOL2D1: ::backprop::layers::MaxPool2d = ::backprop::layers::MaxPool2d::new([
            6, 28, 28,
        ])
        .kernel(2, 2);
    const CONV2: ::backprop::layers::Conv2d = ::backprop::layers::Conv2d::new(
            [6, 14, 14],
            16,
        )
        .kernel(5, 5);
    const RELU2: ::backprop::layers::Relu = ::backprop::layers::Relu;
    const MAX_POOL2D2: ::backprop::layers::MaxPool2d = ::backprop::layers::MaxPool2d::new([
            16, 10, 10,
        ])
        .kernel(2, 2);
    const DENSE1: ::backprop::layers::Dense = ::backprop::layers::Dense::new(400, 120);
    const RELU3: ::backprop::layers::Relu = ::backprop::layers::Relu;
    const DENSE2: ::backprop::layers::Dense = ::backprop::layers::Dense::new(120, 84);
    const RELU4: ::backprop::layers::Relu = ::backprop::layers::Relu;
    const DENSE3: ::backprop::layers::Dense = ::backprop::layers::Dense::new(84, 10);
}
const _: () = {
    use ::backprop::codegen as rt;
    use rt::{Flat as _, InPlace as _, Layer as _};
    /// Gradients of a loss with respect to what [`Net`] trains.
    #[repr(C)]
    pub struct NetGradients {
        /// Of `conv1`.
        pub conv1: ::backprop::layers::Conv2dParameters<f32, 1, 6, 5, 5, 6>,
        /// Of `conv2`.
        pub conv2: ::backprop::layers::Conv2dParameters<f32, 6, 16, 5, 5, 16>,
        /// Of `dense1`.
        pub dense1: ::backprop::layers::DenseParameters<f32, 400, 120, 120>,
        /// Of `dense2`.
        pub dense2: ::backprop::layers::DenseParameters<f32, 120, 84, 84>,
        /// Of `dense3`.
        pub dense3: ::backprop::layers::DenseParameters<f32, 84, 10, 10>,
    }
    rt::flat!(Net : f32 { conv1, conv2, dense1, dense2, dense3 });
    rt::flat!(NetGradients : f32 { conv1, conv2, dense1, dense2, dense3 });
    /// What training keeps and works in.
    #[repr(C, align(64))]
    pub struct NetSlots<const __TILE: usize> {
        /// scratch of dense3, then scratch of dense2, then scratch of dense1, then scratch of conv2, then scratch of conv1
        slot0: [[f32; __TILE]; ::backprop::max([
            NetLayers::DENSE3.scratch(),
            NetLayers::DENSE2.scratch(),
            NetLayers::DENSE1.scratch(),
            NetLayers::CONV2.scratch(),
            NetLayers::CONV1.scratch(),
        ])],
        /// y of relu1
        slot1: [[f32; __TILE]; 4704],
        /// y of relu2, then dy of relu1
        slot2: [[f32; __TILE]; 4704],
        /// y of max_pool2d2, then dy of relu2
        slot3: [[f32; __TILE]; 1600],
        /// y of max_pool2d1
        slot4: [[f32; __TILE]; 1176],
        /// saved of max_pool2d1
        slot5: [[f32; __TILE]; 1176],
        /// saved of max_pool2d2, then dy of max_pool2d1
        slot6: [[f32; __TILE]; 1176],
        /// y of relu4, then dy of max_pool2d2
        slot7: [[f32; __TILE]; 400],
        /// y of relu3
        slot8: [[f32; __TILE]; 120],
        /// dy of relu3
        slot9: [[f32; __TILE]; 120],
        /// dy of relu4
        slot10: [[f32; __TILE]; 84],
    }
    rt::zeroed!(
        [const __TILE : usize] NetSlots < __TILE > { slot0, slot1, slot2, slot3, slot4,
        slot5, slot6, slot7, slot8, slot9, slot10, }
    );
    /// What prediction works in.
    #[repr(C, align(64))]
    pub struct NetScratch<const __TILE: usize> {
        /// y of relu1, then y of relu2, then y of relu3
        slot0: [[f32; __TILE]; 4704],
        /// y of max_pool2d1, then y of max_pool2d2, then y of relu4
        slot1: [[f32; __TILE]; 1176],
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
            /// conv1, relu1: [1, 28, 28] → [6, 28, 28]: y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]; then y = max(x, 0)
            let relu1 = &mut slots.slot0;
            calls
                .forward(
                    &NetLayers::CONV1,
                    rt::Forward {
                        parameters: self.conv1.flat(),
                        x,
                        y: relu1,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::RELU1, pass, relu1);
            /// max_pool2d1: [6, 28, 28] → [6, 14, 14]: y = the largest x of each window
            let max_pool2d1 = &mut slots.slot1;
            calls
                .forward(
                    &NetLayers::MAX_POOL2D1,
                    rt::Forward {
                        x: relu1,
                        y: max_pool2d1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// conv2, relu2: [6, 14, 14] → [16, 10, 10]: y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]; then y = max(x, 0)
            let relu2 = &mut slots.slot0[..1600];
            calls
                .forward(
                    &NetLayers::CONV2,
                    rt::Forward {
                        parameters: self.conv2.flat(),
                        x: max_pool2d1,
                        y: relu2,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::RELU2, pass, relu2);
            /// max_pool2d2: [16, 10, 10] → [16, 5, 5]: y = the largest x of each window
            let max_pool2d2 = &mut slots.slot1[..400];
            calls
                .forward(
                    &NetLayers::MAX_POOL2D2,
                    rt::Forward {
                        x: relu2,
                        y: max_pool2d2,
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense1, relu3: [400] → [120]: y = Wᵀx + b; then y = max(x, 0)
            let relu3 = &mut slots.slot0[..120];
            calls
                .forward(
                    &NetLayers::DENSE1,
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x: max_pool2d2,
                        y: relu3,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::RELU3, pass, relu3);
            /// dense2, relu4: [120] → [84]: y = Wᵀx + b; then y = max(x, 0)
            let relu4 = &mut slots.slot1[..84];
            calls
                .forward(
                    &NetLayers::DENSE2,
                    rt::Forward {
                        parameters: self.dense2.flat(),
                        x: relu3,
                        y: relu4,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::RELU4, pass, relu4);
            /// dense3: [84] → [10]: y = Wᵀx + b
            calls
                .forward(
                    &NetLayers::DENSE3,
                    rt::Forward {
                        parameters: self.dense3.flat(),
                        x: relu4,
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
            /// conv1, relu1: [1, 28, 28] → [6, 28, 28]: y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]; then y = max(x, 0)
            let relu1 = &mut slots.slot1;
            calls
                .forward(
                    &NetLayers::CONV1,
                    rt::Forward {
                        parameters: self.conv1.flat(),
                        x,
                        y: relu1,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::RELU1, pass, relu1);
            /// max_pool2d1: [6, 28, 28] → [6, 14, 14]: y = the largest x of each window
            let max_pool2d1 = &mut slots.slot4;
            let max_pool2d1_saved = &mut slots.slot5;
            calls
                .forward(
                    &NetLayers::MAX_POOL2D1,
                    rt::Forward {
                        x: relu1,
                        y: max_pool2d1,
                        saved: max_pool2d1_saved,
                        ..rt::Forward::of(pass)
                    },
                );
            /// conv2, relu2: [6, 14, 14] → [16, 10, 10]: y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]; then y = max(x, 0)
            let relu2 = &mut slots.slot2[..1600];
            calls
                .forward(
                    &NetLayers::CONV2,
                    rt::Forward {
                        parameters: self.conv2.flat(),
                        x: max_pool2d1,
                        y: relu2,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::RELU2, pass, relu2);
            /// max_pool2d2: [16, 10, 10] → [16, 5, 5]: y = the largest x of each window
            let max_pool2d2 = &mut slots.slot3[..400];
            let max_pool2d2_saved = &mut slots.slot6[..400];
            calls
                .forward(
                    &NetLayers::MAX_POOL2D2,
                    rt::Forward {
                        x: relu2,
                        y: max_pool2d2,
                        saved: max_pool2d2_saved,
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense1, relu3: [400] → [120]: y = Wᵀx + b; then y = max(x, 0)
            let relu3 = &mut slots.slot8;
            calls
                .forward(
                    &NetLayers::DENSE1,
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x: max_pool2d2,
                        y: relu3,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::RELU3, pass, relu3);
            /// dense2, relu4: [120] → [84]: y = Wᵀx + b; then y = max(x, 0)
            let relu4 = &mut slots.slot7[..84];
            calls
                .forward(
                    &NetLayers::DENSE2,
                    rt::Forward {
                        parameters: self.dense2.flat(),
                        x: relu3,
                        y: relu4,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::RELU4, pass, relu4);
            /// dense3: [84] → [10]: y = Wᵀx + b
            calls
                .forward(
                    &NetLayers::DENSE3,
                    rt::Forward {
                        parameters: self.dense3.flat(),
                        x: relu4,
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
            /// dense3: [84] ← [10]: dy gives dW and dx
            let relu4 = &slots.slot7[..84];
            let d_relu4 = &mut slots.slot10;
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense3, NetGradients),
                    &NetLayers::DENSE3,
                    rt::Backward {
                        x: relu4,
                        dy,
                        dx: d_relu4,
                        scratch: &mut slots
                            .slot0[..const { NetLayers::DENSE3.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
            /// dense2, relu4: [120] ← [84]: dy gives dW and dx
            let relu3 = &slots.slot8;
            let d_relu3 = &mut slots.slot9;
            calls.backward_in_place(&NetLayers::RELU4, pass, relu4, d_relu4);
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense2, NetGradients),
                    &NetLayers::DENSE2,
                    rt::Backward {
                        x: relu3,
                        dy: d_relu4,
                        dx: d_relu3,
                        scratch: &mut slots
                            .slot0[..const { NetLayers::DENSE2.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
            /// dense1, relu3: [400] ← [120]: dy gives dW and dx
            let max_pool2d2 = &slots.slot3[..400];
            let d_max_pool2d2 = &mut slots.slot7;
            calls.backward_in_place(&NetLayers::RELU3, pass, relu3, d_relu3);
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense1, NetGradients),
                    &NetLayers::DENSE1,
                    rt::Backward {
                        x: max_pool2d2,
                        dy: d_relu3,
                        dx: d_max_pool2d2,
                        scratch: &mut slots
                            .slot0[..const { NetLayers::DENSE1.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
            /// max_pool2d2: [16, 10, 10] ← [16, 5, 5]: dy gives dx
            let max_pool2d2_saved = &slots.slot6[..400];
            let d_relu2 = &mut slots.slot3;
            calls
                .backward(
                    &NetLayers::MAX_POOL2D2,
                    rt::Backward {
                        saved: max_pool2d2_saved,
                        dy: d_max_pool2d2,
                        dx: d_relu2,
                        ..rt::Backward::of(pass)
                    },
                );
            /// conv2, relu2: [6, 14, 14] ← [16, 10, 10]: dy gives dW and dx
            let max_pool2d1 = &slots.slot4;
            let relu2 = &slots.slot2[..1600];
            let d_max_pool2d1 = &mut slots.slot6;
            calls.backward_in_place(&NetLayers::RELU2, pass, relu2, d_relu2);
            learning
                .layer(
                    calls,
                    rt::place!(Net.conv2, NetGradients),
                    &NetLayers::CONV2,
                    rt::Backward {
                        x: max_pool2d1,
                        dy: d_relu2,
                        dx: d_max_pool2d1,
                        scratch: &mut slots
                            .slot0[..const { NetLayers::CONV2.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
            /// max_pool2d1: [6, 28, 28] ← [6, 14, 14]: dy gives dx
            let max_pool2d1_saved = &slots.slot5;
            let d_relu1 = &mut slots.slot2;
            calls
                .backward(
                    &NetLayers::MAX_POOL2D1,
                    rt::Backward {
                        saved: max_pool2d1_saved,
                        dy: d_max_pool2d1,
                        dx: d_relu1,
                        ..rt::Backward::of(pass)
                    },
                );
            /// conv1, relu1: [1, 28, 28] ← [6, 28, 28]: dy gives dW and dx
            let relu1 = &slots.slot1;
            calls.backward_in_place(&NetLayers::RELU1, pass, relu1, d_relu1);
            learning
                .layer(
                    calls,
                    rt::place!(Net.conv1, NetGradients),
                    &NetLayers::CONV1,
                    rt::Backward {
                        x,
                        dy: d_relu1,
                        dx,
                        scratch: &mut slots
                            .slot0[..const { NetLayers::CONV1.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
        }
    }
    const _: () = {
        rt::expect(
            NetLayers::CONV1.parameters() == 156 && NetLayers::CONV1.outputs() == 4704,
            "layer `conv1` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::CONV2.parameters() == 2416 && NetLayers::CONV2.outputs() == 1600,
            "layer `conv2` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::DENSE1.parameters() == 48120
                && NetLayers::DENSE1.outputs() == 120,
            "layer `dense1` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::DENSE2.parameters() == 10164 && NetLayers::DENSE2.outputs() == 84,
            "layer `dense2` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::DENSE3.parameters() == 850 && NetLayers::DENSE3.outputs() == 10,
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
        type ParameterArray = [f32; 61706];
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
        type Stored = rt::Length<0, 0, 61, 706>;
        type Trained = rt::Length<0, 0, 61, 706>;
        type Tensors = rt::Length<0, 0, 0, 10>;
        type Core = Self;
        const NAME: &'static str = "Net";
        const PARAMETERS: usize = 61706;
        const TILE: usize = rt::tile::<
            f32,
        >(
            (::backprop::max([
                NetLayers::DENSE3.scratch(),
                NetLayers::DENSE2.scratch(),
                NetLayers::DENSE1.scratch(),
                NetLayers::CONV2.scratch(),
                NetLayers::CONV1.scratch(),
            ]) + 16064),
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
                    "○ input [1, 28, 28]\n● conv1 (conv2d) → relu1 → max_pool2d1 → conv2 (conv2d) → relu2\n│ → max_pool2d2 → flatten1 → dense1 → relu3 → dense2 → relu4 → dense3 [10]",
                ],
                sizes: &[],
            };
            const __ROWS: &[rt::SummaryRow] = &[
                rt::SummaryRow::of::<
                    f32,
                >(
                    "conv1: conv2d(6, kernel = 5, padding = 2)",
                    &[6, 28, 28],
                    156,
                    117600,
                ),
                rt::SummaryRow::of::<f32>("relu1: relu", &[6, 28, 28], 0, 0),
                rt::SummaryRow::of::<
                    f32,
                >("max_pool2d1: max_pool2d(2)", &[6, 14, 14], 0, 0),
                rt::SummaryRow::of::<
                    f32,
                >("conv2: conv2d(16, kernel = 5)", &[16, 10, 10], 2416, 240000),
                rt::SummaryRow::of::<f32>("relu2: relu", &[16, 10, 10], 0, 0),
                rt::SummaryRow::of::<
                    f32,
                >("max_pool2d2: max_pool2d(2)", &[16, 5, 5], 0, 0),
                rt::SummaryRow::of::<f32>("flatten1: flatten", &[400], 0, 0),
                rt::SummaryRow::of::<f32>("dense1: dense(120)", &[120], 48120, 48000),
                rt::SummaryRow::of::<f32>("relu3: relu", &[120], 0, 0),
                rt::SummaryRow::of::<f32>("dense2: dense(84)", &[84], 10164, 10080),
                rt::SummaryRow::of::<f32>("relu4: relu", &[84], 0, 0),
                rt::SummaryRow::of::<f32>("dense3: dense(10)", &[10], 850, 840),
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
        const MULTIPLY_ADDS: usize = 416520;
        const NETWORKS: usize = 1;
        const TENSORS: &'static [rt::Tensor] = &rt::table::<
            { 10 },
        >(
            &[
                rt::Rows::of("conv1", &NetLayers::CONV1.tensors(), 0, rt::Some(0)),
                rt::Rows::of("conv2", &NetLayers::CONV2.tensors(), 156, rt::Some(156)),
                rt::Rows::of(
                    "dense1",
                    &NetLayers::DENSE1.tensors(),
                    2572,
                    rt::Some(2572),
                ),
                rt::Rows::of(
                    "dense2",
                    &NetLayers::DENSE2.tensors(),
                    50692,
                    rt::Some(50692),
                ),
                rt::Rows::of(
                    "dense3",
                    &NetLayers::DENSE3.tensors(),
                    60856,
                    rt::Some(60856),
                ),
            ],
        );
        const FINGERPRINT: u64 = rt::fingerprint(
            15102774533739184530u64,
            &[],
            Self::TENSORS,
        );
        #[allow(unused_variables)]
        fn initialize<__Random: rt::RandomGenerator + ?::core::marker::Sized>(
            &mut self,
            rng: &mut __Random,
        ) {
            NetLayers::CONV1
                .initialize(
                    self.conv1.flat_mut(),
                    &rt::initializers::Default,
                    &rt::initializers::Default,
                    rng,
                );
            NetLayers::CONV2
                .initialize(
                    self.conv2.flat_mut(),
                    &rt::initializers::Default,
                    &rt::initializers::Default,
                    rng,
                );
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
