/// A network.
///
/// ```text
/// ○ input [INPUTS]
/// ● dense1 → relu1 → dropout1 → dense2 → dense3 [3]
/// ```
///
/// | Layer | Output | Parameters | Multiply-adds | Bytes |
/// |---|---|--:|--:|--:|
/// | input | [INPUTS] | | | |
/// | `dense1`: `dense(2 * HIDDEN)` | [2 * HIDDEN] | `INPUTS * 2 * HIDDEN + 2 * HIDDEN` | `INPUTS * 2 * HIDDEN` | `(INPUTS * 2 * HIDDEN + 2 * HIDDEN) * 8` |
/// | `relu1`: `relu` | [2 * HIDDEN] |  |  |  |
/// | `dropout1`: `dropout(0.2)` | [2 * HIDDEN] |  |  |  |
/// | `dense2`: `dense(HIDDEN)` | [HIDDEN] | `2 * HIDDEN * HIDDEN + HIDDEN` | `2 * HIDDEN * HIDDEN` | `(2 * HIDDEN * HIDDEN + HIDDEN) * 8` |
/// | `dense3`: `dense(3)` | [3] | `HIDDEN * 3 + 3` | `HIDDEN * 3` | `(HIDDEN * 3 + 3) * 8` |
///
/// Note: there is no activation between `dense2` and `dense3`: together they can do no more than one linear layer
///
#[repr(C)]
pub struct Net {
    /// `dense(2 * HIDDEN)`: [INPUTS] → [2 * HIDDEN]; y = Wᵀx + b
    pub dense1: ::backprop::layers::DenseParameters<
        f64,
        { { INPUTS } },
        { NetLayers::DENSE1.outputs },
        { NetLayers::DENSE1.outputs },
    >,
    /// `dense(HIDDEN)`: [2 * HIDDEN] → [HIDDEN]; y = Wᵀx + b
    pub dense2: ::backprop::layers::DenseParameters<
        f64,
        { NetLayers::DENSE1.outputs },
        { NetLayers::DENSE2.outputs },
        { NetLayers::DENSE2.outputs },
    >,
    /// `dense(3)`: [HIDDEN] → [3]; y = Wᵀx + b
    pub dense3: ::backprop::layers::DenseParameters<
        f64,
        { NetLayers::DENSE2.outputs },
        3,
        3,
    >,
}
/// What the layers of [`Net`] compute, as constants.
#[doc(hidden)]
#[allow(dead_code)]
struct NetLayers;
#[allow(dead_code)]
impl NetLayers {
    const DENSE1: ::backprop::layers::Dense = ::backprop::layers::Dense::new(
        { INPUTS },
        { 2 * HIDDEN },
    );
    const RELU1: ::backprop::layers::Relu = ::backprop::layers::Relu;
    const DROPOUT1: ::backprop::layers::Dropout = ::backprop::layers::Dropout::new(
        0.2f64,
        2usize,
    );
    const DENSE2: ::backprop::layers::Dense = ::backprop::layers::Dense::new(
        NetLayers::DENSE1.outputs,
        { HIDDEN },
    );
    const DENSE3: ::backprop::layers::Dense = ::backprop::layers::Dense::new(
        NetLayers::DENSE2.outputs,
        3,
    );
}
const _: () = {
    use ::backprop::codegen as rt;
    use rt::{Flat as _, InPlace as _, Layer as _};
    /// Gradients of a loss with respect to what [`Net`] trains.
    #[repr(C)]
    pub struct NetGradients {
        /// Of `dense1`.
        pub dense1: ::backprop::layers::DenseParameters<
            f64,
            { { INPUTS } },
            { NetLayers::DENSE1.outputs },
            { NetLayers::DENSE1.outputs },
        >,
        /// Of `dense2`.
        pub dense2: ::backprop::layers::DenseParameters<
            f64,
            { NetLayers::DENSE1.outputs },
            { NetLayers::DENSE2.outputs },
            { NetLayers::DENSE2.outputs },
        >,
        /// Of `dense3`.
        pub dense3: ::backprop::layers::DenseParameters<
            f64,
            { NetLayers::DENSE2.outputs },
            3,
            3,
        >,
    }
    rt::flat!(Net : f64 { dense1, dense2, dense3 });
    rt::flat!(NetGradients : f64 { dense1, dense2, dense3 });
    /// What training keeps and works in.
    #[repr(C, align(64))]
    pub struct NetSlots<const __TILE: usize> {
        /// y of relu1
        slot0: [[f64; __TILE]; NetLayers::DENSE1.outputs],
        /// y of dropout1, then scratch of dense1
        slot1: [[f64; __TILE]; ::backprop::max([
            NetLayers::DENSE1.outputs,
            NetLayers::DENSE1.scratch(),
        ])],
        /// y of dense2, then dy of dropout1
        slot2: [[f64; __TILE]; ::backprop::max([
            NetLayers::DENSE2.outputs,
            NetLayers::DENSE1.outputs,
        ])],
        /// dy of dense2
        slot3: [[f64; __TILE]; NetLayers::DENSE2.outputs],
        /// scratch of dense3, then scratch of dense2
        slot4: [[f64; __TILE]; ::backprop::max([
            NetLayers::DENSE3.scratch(),
            NetLayers::DENSE2.scratch(),
        ])],
    }
    rt::zeroed!(
        [const __TILE : usize] NetSlots < __TILE > { slot0, slot1, slot2, slot3, slot4, }
    );
    /// What prediction works in.
    #[repr(C, align(64))]
    pub struct NetScratch<const __TILE: usize> {
        /// y of relu1
        slot0: [[f64; __TILE]; NetLayers::DENSE1.outputs],
        /// y of dense2
        slot1: [[f64; __TILE]; NetLayers::DENSE2.outputs],
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
            x: &[[f64; __TILE]],
            y: &mut [[f64; __TILE]],
            slots: &mut NetScratch<__TILE>,
        ) {
            let pass = &rt::Pass::PREDICTION;
            /// dense1, relu1: [INPUTS] → [2 * HIDDEN]: y = Wᵀx + b; then y = max(x, 0)
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
            /// dropout1: [2 * HIDDEN] → [2 * HIDDEN]: in training y = x / (1 − p) with probability 1 − p, else 0; in prediction y = x
            calls.forward_in_place(&NetLayers::DROPOUT1, pass, relu1);
            /// dense2: [2 * HIDDEN] → [HIDDEN]: y = Wᵀx + b
            let dense2 = &mut slots.slot1;
            calls
                .forward(
                    &NetLayers::DENSE2,
                    rt::Forward {
                        parameters: self.dense2.flat(),
                        x: relu1,
                        y: dense2,
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense3: [HIDDEN] → [3]: y = Wᵀx + b
            calls
                .forward(
                    &NetLayers::DENSE3,
                    rt::Forward {
                        parameters: self.dense3.flat(),
                        x: dense2,
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
            x: &[[f64; __TILE]],
            y: &mut [[f64; __TILE]],
            slots: &mut NetSlots<__TILE>,
        ) {
            /// dense1, relu1: [INPUTS] → [2 * HIDDEN]: y = Wᵀx + b; then y = max(x, 0)
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
            /// dropout1: [2 * HIDDEN] → [2 * HIDDEN]: in training y = x / (1 − p) with probability 1 − p, else 0; in prediction y = x
            let dropout1 = &mut slots.slot1[..const { NetLayers::DENSE1.outputs }];
            calls
                .forward(
                    &NetLayers::DROPOUT1,
                    rt::Forward {
                        x: relu1,
                        y: dropout1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense2: [2 * HIDDEN] → [HIDDEN]: y = Wᵀx + b
            let dense2 = &mut slots.slot2[..const { NetLayers::DENSE2.outputs }];
            calls
                .forward(
                    &NetLayers::DENSE2,
                    rt::Forward {
                        parameters: self.dense2.flat(),
                        x: dropout1,
                        y: dense2,
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense3: [HIDDEN] → [3]: y = Wᵀx + b
            calls
                .forward(
                    &NetLayers::DENSE3,
                    rt::Forward {
                        parameters: self.dense3.flat(),
                        x: dense2,
                        y,
                        ..rt::Forward::of(pass)
                    },
                );
        }
        #[inline(always)]
        fn backward<
            __Calls: rt::Calls,
            const __TILE: usize,
            __Learning: rt::Learning<f64>,
        >(
            calls: __Calls,
            pass: &rt::Pass,
            x: &[[f64; __TILE]],
            y: &[[f64; __TILE]],
            dy: &mut [[f64; __TILE]],
            dx: &mut [[f64; __TILE]],
            slots: &mut NetSlots<__TILE>,
            learning: &mut __Learning,
        ) {
            /// dense3: [HIDDEN] ← [3]: dy gives dW and dx
            let dense2 = &slots.slot2[..const { NetLayers::DENSE2.outputs }];
            let d_dense2 = &mut slots.slot3;
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense3, NetGradients),
                    &NetLayers::DENSE3,
                    rt::Backward {
                        x: dense2,
                        dy,
                        dx: d_dense2,
                        scratch: &mut slots
                            .slot4[..const { NetLayers::DENSE3.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
            /// dense2: [2 * HIDDEN] ← [HIDDEN]: dy gives dW and dx
            let dropout1 = &slots.slot1[..const { NetLayers::DENSE1.outputs }];
            let d_dropout1 = &mut slots.slot2[..const { NetLayers::DENSE1.outputs }];
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense2, NetGradients),
                    &NetLayers::DENSE2,
                    rt::Backward {
                        x: dropout1,
                        dy: d_dense2,
                        dx: d_dropout1,
                        scratch: &mut slots
                            .slot4[..const { NetLayers::DENSE2.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
            /// dropout1: [2 * HIDDEN] ← [2 * HIDDEN]: dy gives dx
            calls.backward_in_place(&NetLayers::DROPOUT1, pass, &[], d_dropout1);
            /// dense1, relu1: [INPUTS] ← [2 * HIDDEN]: dy gives dW and dx
            let relu1 = &slots.slot0;
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
                            .slot1[..const { NetLayers::DENSE1.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
        }
    }
    const _: () = {
        rt::expect(
            NetLayers::DENSE1.parameters() <= rt::length::MOST
                && NetLayers::DENSE1.outputs() <= rt::length::MOST,
            "layer `dense1` of `Net`: more outputs or parameters than can be addressed (2³² − 1): make it or its input smaller",
        );
        rt::expect(
            NetLayers::DENSE1.parameters()
                == (({ INPUTS } * NetLayers::DENSE1.outputs) + NetLayers::DENSE1.outputs)
                && NetLayers::DENSE1.outputs() == NetLayers::DENSE1.outputs,
            "layer `dense1` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::DENSE2.parameters() <= rt::length::MOST
                && NetLayers::DENSE2.outputs() <= rt::length::MOST,
            "layer `dense2` of `Net`: more outputs or parameters than can be addressed (2³² − 1): make it or its input smaller",
        );
        rt::expect(
            NetLayers::DENSE2.parameters()
                == ((NetLayers::DENSE1.outputs * NetLayers::DENSE2.outputs)
                    + NetLayers::DENSE2.outputs)
                && NetLayers::DENSE2.outputs() == NetLayers::DENSE2.outputs,
            "layer `dense2` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::DENSE3.parameters() <= rt::length::MOST,
            "layer `dense3` of `Net`: more outputs or parameters than can be addressed (2³² − 1): make it or its input smaller",
        );
        rt::expect(
            NetLayers::DENSE3.parameters() == ((NetLayers::DENSE2.outputs * 3) + 3)
                && NetLayers::DENSE3.outputs() == 3,
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
        type Scalar = f64;
        type Sample = [f64; { INPUTS }];
        type Output = [f64; 3];
        type InputGradient = [f64; { INPUTS }];
        type ParameterArray = [f64; ((NetLayers::DENSE1.parameters()
            + NetLayers::DENSE2.parameters()) + NetLayers::DENSE3.parameters())];
        type Gradients = NetGradients;
        type Tape = rt::Tape<
            [[f64; 1]; { INPUTS }],
            [[f64; 1]; 3],
            NetSlots<1>,
            [f64; 0],
        >;
        type Scratch = rt::Scratch<[[f64; 1]; { INPUTS }], [[f64; 1]; 3], NetScratch<1>>;
        type BatchScratch = rt::Scratch<
            [[f64; Self::TILE]; { INPUTS }],
            [[f64; Self::TILE]; 3],
            NetScratch<{ Self::TILE }>,
        >;
        type Workspace = rt::Tape<
            [[f64; Self::TILE]; { INPUTS }],
            [[f64; Self::TILE]; 3],
            NetSlots<{ Self::TILE }>,
            [f64; rt::room::<f64>(3, Self::TILE)],
        >;
        type Inputs = rt::length!({ INPUTS });
        type Outputs = rt::Length<0, 0, 0, 3>;
        type Stored = rt::length!(
            ((NetLayers::DENSE1.parameters() + NetLayers::DENSE2.parameters()) +
            NetLayers::DENSE3.parameters())
        );
        type Trained = rt::length!(
            ((NetLayers::DENSE1.parameters() + NetLayers::DENSE2.parameters()) +
            NetLayers::DENSE3.parameters())
        );
        type Tensors = rt::Length<0, 0, 0, 6>;
        type Core = Self;
        const NAME: &'static str = "Net";
        const PARAMETERS: usize = ((NetLayers::DENSE1.parameters()
            + NetLayers::DENSE2.parameters()) + NetLayers::DENSE3.parameters());
        const TILE: usize = 16usize;
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
                    "○ input [",
                    "]\n● dense1 → relu1 → dropout1 → dense2 → dense3 [3]",
                ],
                sizes: &[{ INPUTS }],
            };
            const __ROWS: &[rt::SummaryRow] = &[
                rt::SummaryRow::of::<
                    f64,
                >(
                    "dense1: dense(2 * HIDDEN)",
                    &[NetLayers::DENSE1.outputs],
                    (({ INPUTS } * NetLayers::DENSE1.outputs)
                        + NetLayers::DENSE1.outputs),
                    ({ INPUTS } * NetLayers::DENSE1.outputs),
                ),
                rt::SummaryRow::of::<
                    f64,
                >("relu1: relu", &[NetLayers::DENSE1.outputs], 0, 0),
                rt::SummaryRow::of::<
                    f64,
                >("dropout1: dropout(0.2)", &[NetLayers::DENSE1.outputs], 0, 0),
                rt::SummaryRow::of::<
                    f64,
                >(
                    "dense2: dense(HIDDEN)",
                    &[NetLayers::DENSE2.outputs],
                    ((NetLayers::DENSE1.outputs * NetLayers::DENSE2.outputs)
                        + NetLayers::DENSE2.outputs),
                    (NetLayers::DENSE1.outputs * NetLayers::DENSE2.outputs),
                ),
                rt::SummaryRow::of::<
                    f64,
                >(
                    "dense3: dense(3)",
                    &[3],
                    ((NetLayers::DENSE2.outputs * 3) + 3),
                    (NetLayers::DENSE2.outputs * 3),
                ),
            ];
            rt::Summary::of::<
                Self,
            >(
                __DRAWING,
                __ROWS,
                &[
                    "there is no activation between `dense2` and `dense3`: together they can do no more than one linear layer",
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
        const INPUTS: usize = { INPUTS };
        const OUTPUTS: usize = 3;
        const MULTIPLY_ADDS: usize = ((({ INPUTS } * NetLayers::DENSE1.outputs)
            + (NetLayers::DENSE1.outputs * NetLayers::DENSE2.outputs))
            + (NetLayers::DENSE2.outputs * 3));
        const NETWORKS: usize = 1;
        const TENSORS: &'static [rt::Tensor] = &rt::table::<
            { 6 },
        >(
            &[
                rt::Rows::of("dense1", &NetLayers::DENSE1.tensors(), 0, rt::Some(0)),
                rt::Rows::of(
                    "dense2",
                    &NetLayers::DENSE2.tensors(),
                    NetLayers::DENSE1.parameters(),
                    rt::Some(NetLayers::DENSE1.parameters()),
                ),
                rt::Rows::of(
                    "dense3",
                    &NetLayers::DENSE3.tensors(),
                    (NetLayers::DENSE1.parameters() + NetLayers::DENSE2.parameters()),
                    rt::Some(
                        (NetLayers::DENSE1.parameters() + NetLayers::DENSE2.parameters()),
                    ),
                ),
            ],
        );
        const FINGERPRINT: u64 = rt::fingerprint(
            4472589302498561651u64,
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
        type Target = <::backprop::losses::Mse<3> as rt::Loss<f64>>::Target;
        type Loss = ::backprop::losses::Mse<3>;
        const LOSS: Self::Loss = <::backprop::losses::Mse<3>>::new();
    }
    rt::not_causal!(Net, "its input has no time axis");
};
