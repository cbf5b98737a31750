/// A network.
///
/// ```text
/// ○ input [12]
/// ● dense1 → relu1 → dropout1 → dense2 → dropout2 → relu2 → sigmoid1 → tanh1
/// │ → dense3 → softmax1 [3]
/// ```
///
/// | Layer | Output | Parameters | Multiply-adds | Bytes |
/// |---|---|--:|--:|--:|
/// | input | [12] | | | |
/// | `dense1`: `dense(8)` | [8] | 104 | 96 | 416 |
/// | `relu1`: `relu` | [8] |  |  |  |
/// | `dropout1`: `dropout` | [8] |  |  |  |
/// | `dense2`: `dense(8)` | [8] | 72 | 64 | 288 |
/// | `dropout2`: `dropout` | [8] |  |  |  |
/// | `relu2`: `relu` | [8] |  |  |  |
/// | `sigmoid1`: `sigmoid` | [8] |  |  |  |
/// | `tanh1`: `tanh` | [8] |  |  |  |
/// | `dense3`: `dense(3)` | [3] | 27 | 24 | 108 |
/// | `softmax1`: `softmax` | [3] |  |  |  |
///
/// Note: `relu2` and `sigmoid1` are two activations in a row: is a layer missing between them?
///
/// Note: `sigmoid1` and `tanh1` are two activations in a row: is a layer missing between them?
///
#[repr(C)]
pub struct Net {
    /// `dense(8)`: [12] → [8]; y = Wᵀx + b
    pub dense1: ::backprop::layers::DenseParameters<f32, 12, 8, 8>,
    /// `dense(8)`: [8] → [8]; y = Wᵀx + b
    pub dense2: ::backprop::layers::DenseParameters<f32, 8, 8, 8>,
    /// `dense(3)`: [8] → [3]; y = Wᵀx + b
    pub dense3: ::backprop::layers::DenseParameters<f32, 8, 3, 3>,
}
/// What the layers of [`Net`] compute, as constants.
#[doc(hidden)]
#[allow(dead_code)]
struct NetLayers;
#[allow(dead_code)]
impl NetLayers {
    const DENSE1: ::backprop::layers::Dense = ::backprop::layers::Dense::new(12, 8);
    const RELU1: ::backprop::layers::Relu = ::backprop::layers::Relu;
    const DROPOUT1: ::backprop::layers::Dropout = ::backprop::layers::Dropout::new(
        0.5f64,
        2usize,
    );
    const DENSE2: ::backprop::layers::Dense = ::backprop::layers::Dense::new(8, 8);
    const DROPOUT2: ::backprop::layers::Dropout = ::backprop::layers::Dropout::new(
        0.5f64,
        4usize,
    );
    const RELU2: ::backprop::layers::Relu = ::backprop::layers::Relu;
    const SIGMOID1: ::backprop::layers::Sigmoid = ::backprop::layers::Sigmoid;
    const TANH1: ::backprop::layers::Tanh = ::backprop::layers::Tanh;
    const DENSE3: ::backprop::layers::Dense = ::backprop::layers::Dense::new(8, 3);
    const SOFTMAX1: ::backprop::layers::Softmax = ::backprop::layers::Softmax::new(1, 3);
}
const _: () = {
    use ::backprop::codegen as rt;
    use rt::{Flat as _, InPlace as _, Layer as _};
    /// Gradients of a loss with respect to what [`Net`] trains.
    #[repr(C)]
    pub struct NetGradients {
        /// Of `dense1`.
        pub dense1: ::backprop::layers::DenseParameters<f32, 12, 8, 8>,
        /// Of `dense2`.
        pub dense2: ::backprop::layers::DenseParameters<f32, 8, 8, 8>,
        /// Of `dense3`.
        pub dense3: ::backprop::layers::DenseParameters<f32, 8, 3, 3>,
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
        slot1: [[f32; __TILE]; 8],
        /// y of dropout1
        slot2: [[f32; __TILE]; 8],
        /// y of dropout2, then dy of dropout1
        slot3: [[f32; __TILE]; 8],
        /// y of sigmoid1
        slot4: [[f32; __TILE]; 8],
        /// y of tanh1
        slot5: [[f32; __TILE]; 8],
        /// dy of tanh1
        slot6: [[f32; __TILE]; 8],
    }
    rt::zeroed!(
        [const __TILE : usize] NetSlots < __TILE > { slot0, slot1, slot2, slot3, slot4,
        slot5, slot6, }
    );
    /// What prediction works in.
    #[repr(C, align(64))]
    pub struct NetScratch<const __TILE: usize> {
        /// y of relu1
        slot0: [[f32; __TILE]; 8],
        /// y of dropout2
        slot1: [[f32; __TILE]; 8],
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
            /// dense1, relu1: [12] → [8]: y = Wᵀx + b; then y = max(x, 0)
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
            /// dropout1: [8] → [8]: in training y = x / (1 − p) with probability 1 − p, else 0; in prediction y = x
            calls.forward_in_place(&NetLayers::DROPOUT1, pass, relu1);
            /// dense2, dropout2: [8] → [8]: y = Wᵀx + b; then in training y = x / (1 − p) with probability 1 − p, else 0; in prediction y = x
            let dropout2 = &mut slots.slot1;
            calls
                .forward(
                    &NetLayers::DENSE2,
                    rt::Forward {
                        parameters: self.dense2.flat(),
                        x: relu1,
                        y: dropout2,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::DROPOUT2, pass, dropout2);
            /// relu2: [8] → [8]: y = max(x, 0)
            calls.forward_in_place(&NetLayers::RELU2, pass, dropout2);
            /// sigmoid1: [8] → [8]: y = 1 / (1 + exp(−x))
            calls.forward_in_place(&NetLayers::SIGMOID1, pass, dropout2);
            /// tanh1: [8] → [8]: y = tanh(x)
            calls.forward_in_place(&NetLayers::TANH1, pass, dropout2);
            /// dense3, softmax1: [8] → [3]: y = Wᵀx + b; then y = exp(x) / Σ exp(x), over the last axis
            calls
                .forward(
                    &NetLayers::DENSE3,
                    rt::Forward {
                        parameters: self.dense3.flat(),
                        x: dropout2,
                        y,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::SOFTMAX1, pass, y);
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
            /// dense1, relu1: [12] → [8]: y = Wᵀx + b; then y = max(x, 0)
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
            /// dropout1: [8] → [8]: in training y = x / (1 − p) with probability 1 − p, else 0; in prediction y = x
            let dropout1 = &mut slots.slot2;
            calls
                .forward(
                    &NetLayers::DROPOUT1,
                    rt::Forward {
                        x: relu1,
                        y: dropout1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense2, dropout2: [8] → [8]: y = Wᵀx + b; then in training y = x / (1 − p) with probability 1 − p, else 0; in prediction y = x
            let dropout2 = &mut slots.slot3;
            calls
                .forward(
                    &NetLayers::DENSE2,
                    rt::Forward {
                        parameters: self.dense2.flat(),
                        x: dropout1,
                        y: dropout2,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::DROPOUT2, pass, dropout2);
            /// relu2: [8] → [8]: y = max(x, 0)
            calls.forward_in_place(&NetLayers::RELU2, pass, dropout2);
            /// sigmoid1: [8] → [8]: y = 1 / (1 + exp(−x))
            let sigmoid1 = &mut slots.slot4;
            calls
                .forward(
                    &NetLayers::SIGMOID1,
                    rt::Forward {
                        x: dropout2,
                        y: sigmoid1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// tanh1: [8] → [8]: y = tanh(x)
            let tanh1 = &mut slots.slot5;
            calls
                .forward(
                    &NetLayers::TANH1,
                    rt::Forward {
                        x: sigmoid1,
                        y: tanh1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense3, softmax1: [8] → [3]: y = Wᵀx + b; then y = exp(x) / Σ exp(x), over the last axis
            calls
                .forward(
                    &NetLayers::DENSE3,
                    rt::Forward {
                        parameters: self.dense3.flat(),
                        x: tanh1,
                        y,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::SOFTMAX1, pass, y);
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
            /// dense3, softmax1: [8] ← [3]: dy gives dW and dx
            let tanh1 = &slots.slot5;
            let d_tanh1 = &mut slots.slot6;
            calls.backward_in_place(&NetLayers::SOFTMAX1, pass, y, dy);
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense3, NetGradients),
                    &NetLayers::DENSE3,
                    rt::Backward {
                        x: tanh1,
                        dy,
                        dx: d_tanh1,
                        scratch: &mut slots
                            .slot0[..const { NetLayers::DENSE3.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
            /// tanh1: [8] ← [8]: dy gives dx
            calls.backward_in_place(&NetLayers::TANH1, pass, tanh1, d_tanh1);
            /// sigmoid1: [8] ← [8]: dy gives dx
            let sigmoid1 = &slots.slot4;
            calls.backward_in_place(&NetLayers::SIGMOID1, pass, sigmoid1, d_tanh1);
            /// relu2: [8] ← [8]: dy gives dx
            let dropout2 = &slots.slot3;
            calls.backward_in_place(&NetLayers::RELU2, pass, dropout2, d_tanh1);
            /// dense2, dropout2: [8] ← [8]: dy gives dW and dx
            let dropout1 = &slots.slot2;
            let d_dropout1 = &mut slots.slot3;
            calls.backward_in_place(&NetLayers::DROPOUT2, pass, &[], d_tanh1);
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense2, NetGradients),
                    &NetLayers::DENSE2,
                    rt::Backward {
                        x: dropout1,
                        dy: d_tanh1,
                        dx: d_dropout1,
                        scratch: &mut slots
                            .slot0[..const { NetLayers::DENSE2.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
            /// dropout1: [8] ← [8]: dy gives dx
            calls.backward_in_place(&NetLayers::DROPOUT1, pass, &[], d_dropout1);
            /// dense1, relu1: [12] ← [8]: dy gives dW and dx
            let relu1 = &slots.slot1;
            calls.backward_in_place(&NetLayers::RELU1, pass, relu1, d_dropout1);
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense1, NetGradients),
                    &NetLayers::DENSE1,
                    rt::Backward {
                        x,
                        dy: d_dropout1,
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
            NetLayers::DENSE1.parameters() == 104 && NetLayers::DENSE1.outputs() == 8,
            "layer `dense1` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::DENSE2.parameters() == 72 && NetLayers::DENSE2.outputs() == 8,
            "layer `dense2` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::DENSE3.parameters() == 27 && NetLayers::DENSE3.outputs() == 3,
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
        type Sample = [f32; 12];
        type Output = [f32; 3];
        type InputGradient = [f32; 12];
        type ParameterArray = [f32; 203];
        type Gradients = NetGradients;
        type Tape = rt::Tape<[[f32; 1]; 12], [[f32; 1]; 3], NetSlots<1>, [f32; 0]>;
        type Scratch = rt::Scratch<[[f32; 1]; 12], [[f32; 1]; 3], NetScratch<1>>;
        type BatchScratch = rt::Scratch<
            [[f32; Self::TILE]; 12],
            [[f32; Self::TILE]; 3],
            NetScratch<{ Self::TILE }>,
        >;
        type Workspace = <rt::TwoWidths<
            { Self::TILE > 1 },
        > as rt::Workspaces>::Of<
            rt::Tape<
                [[f32; Self::TILE]; 12],
                [[f32; Self::TILE]; 3],
                NetSlots<{ Self::TILE }>,
                [f32; rt::room::<f32>(3, Self::TILE)],
            >,
            rt::Tape<
                [[f32; 1]; 12],
                [[f32; 1]; 3],
                NetSlots<{ 1 }>,
                [f32; rt::room::<f32>(3, 1)],
            >,
        >;
        type Inputs = rt::Length<0, 0, 0, 12>;
        type Outputs = rt::Length<0, 0, 0, 3>;
        type Stored = rt::Length<0, 0, 0, 203>;
        type Trained = rt::Length<0, 0, 0, 203>;
        type Tensors = rt::Length<0, 0, 0, 6>;
        type Core = Self;
        const NAME: &'static str = "Net";
        const PARAMETERS: usize = 203;
        const TILE: usize = rt::tile::<
            f32,
        >(
            (::backprop::max([
                NetLayers::DENSE3.scratch(),
                NetLayers::DENSE2.scratch(),
                NetLayers::DENSE1.scratch(),
            ]) + 66),
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
                    "○ input [12]\n● dense1 → relu1 → dropout1 → dense2 → dropout2 → relu2 → sigmoid1 → tanh1\n│ → dense3 → softmax1 [3]",
                ],
                sizes: &[],
            };
            const __ROWS: &[rt::SummaryRow] = &[
                rt::SummaryRow::of::<f32>("dense1: dense(8)", &[8], 104, 96),
                rt::SummaryRow::of::<f32>("relu1: relu", &[8], 0, 0),
                rt::SummaryRow::of::<f32>("dropout1: dropout", &[8], 0, 0),
                rt::SummaryRow::of::<f32>("dense2: dense(8)", &[8], 72, 64),
                rt::SummaryRow::of::<f32>("dropout2: dropout", &[8], 0, 0),
                rt::SummaryRow::of::<f32>("relu2: relu", &[8], 0, 0),
                rt::SummaryRow::of::<f32>("sigmoid1: sigmoid", &[8], 0, 0),
                rt::SummaryRow::of::<f32>("tanh1: tanh", &[8], 0, 0),
                rt::SummaryRow::of::<f32>("dense3: dense(3)", &[3], 27, 24),
                rt::SummaryRow::of::<f32>("softmax1: softmax", &[3], 0, 0),
            ];
            rt::Summary::of::<
                Self,
            >(
                __DRAWING,
                __ROWS,
                &[
                    "`relu2` and `sigmoid1` are two activations in a row: is a layer missing between them?",
                    "`sigmoid1` and `tanh1` are two activations in a row: is a layer missing between them?",
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
        const INPUTS: usize = 12;
        const OUTPUTS: usize = 3;
        const MULTIPLY_ADDS: usize = 184;
        const NETWORKS: usize = 1;
        const TENSORS: &'static [rt::Tensor] = &rt::table::<
            { 6 },
        >(
            &[
                rt::Rows::of("dense1", &NetLayers::DENSE1.tensors(), 0, rt::Some(0)),
                rt::Rows::of("dense2", &NetLayers::DENSE2.tensors(), 104, rt::Some(104)),
                rt::Rows::of("dense3", &NetLayers::DENSE3.tensors(), 176, rt::Some(176)),
            ],
        );
        const FINGERPRINT: u64 = rt::fingerprint(
            17921653298573913377u64,
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
    rt::not_causal!(Net, "its input has no time axis");
};
