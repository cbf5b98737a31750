/// A network.
///
/// ```text
/// ○ input [16, 3]
/// ● dense1 → tanh1 → flatten1 → dense2 [1]
/// ```
///
/// | Layer | Output | Parameters | Multiply-adds | Bytes |
/// |---|---|--:|--:|--:|
/// | input | [16, 3] | | | |
/// | `dense1`: `dense(5)` | [16, 5] | 20 | 240 | 80 |
/// | `tanh1`: `tanh` | [16, 5] |  |  |  |
/// | `flatten1`: `flatten` | [80] |  |  |  |
/// | `dense2`: `dense(1)` | [1] | 81 | 80 | 324 |
///
#[repr(C)]
pub struct Net {
    /// `dense(5)`: [16, 3] → [16, 5]; y = Wᵀx + b
    pub dense1: ::backprop::layers::DenseParameters<f32, 3, 5, 5>,
    /// `dense(1)`: [80] → [1]; y = Wᵀx + b
    pub dense2: ::backprop::layers::DenseParameters<f32, 80, 1, 1>,
}
/// What the layers of [`Net`] compute, as constants.
#[doc(hidden)]
#[allow(dead_code)]
struct NetLayers;
#[allow(dead_code)]
impl NetLayers {
    const DENSE1: ::backprop::layers::Dense = ::backprop::layers::Dense::new(3, 5)
        .rows(16);
    const TANH1: ::backprop::layers::Tanh = ::backprop::layers::Tanh;
    const DENSE2: ::backprop::layers::Dense = ::backprop::layers::Dense::new(80, 1);
}
const _: () = {
    use ::backprop::codegen as rt;
    use rt::{Flat as _, InPlace as _, Layer as _};
    /// Gradients of a loss with respect to what [`Net`] trains.
    #[repr(C)]
    pub struct NetGradients {
        /// Of `dense1`.
        pub dense1: ::backprop::layers::DenseParameters<f32, 3, 5, 5>,
        /// Of `dense2`.
        pub dense2: ::backprop::layers::DenseParameters<f32, 80, 1, 1>,
    }
    rt::flat!(Net : f32 { dense1, dense2 });
    rt::flat!(NetGradients : f32 { dense1, dense2 });
    /// What training keeps and works in.
    #[repr(C, align(64))]
    pub struct NetSlots<const __TILE: usize> {
        /// scratch of dense2, then scratch of dense1
        slot0: [[f32; __TILE]; ::backprop::max([
            NetLayers::DENSE2.scratch(),
            NetLayers::DENSE1.scratch(),
        ])],
        /// y of tanh1
        slot1: [[f32; __TILE]; 80],
        /// dy of tanh1
        slot2: [[f32; __TILE]; 80],
    }
    rt::zeroed!([const __TILE : usize] NetSlots < __TILE > { slot0, slot1, slot2, });
    /// What prediction works in.
    #[repr(C, align(64))]
    pub struct NetScratch<const __TILE: usize> {
        /// y of tanh1
        slot0: [[f32; __TILE]; 80],
    }
    rt::zeroed!([const __TILE : usize] NetScratch < __TILE > { slot0, });
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
            /// dense1, tanh1: [16, 3] → [16, 5]: y = Wᵀx + b; then y = tanh(x)
            let tanh1 = &mut slots.slot0;
            calls
                .forward(
                    &NetLayers::DENSE1,
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x,
                        y: tanh1,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::TANH1, pass, tanh1);
            /// dense2: [80] → [1]: y = Wᵀx + b
            calls
                .forward(
                    &NetLayers::DENSE2,
                    rt::Forward {
                        parameters: self.dense2.flat(),
                        x: tanh1,
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
            /// dense1, tanh1: [16, 3] → [16, 5]: y = Wᵀx + b; then y = tanh(x)
            let tanh1 = &mut slots.slot1;
            calls
                .forward(
                    &NetLayers::DENSE1,
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x,
                        y: tanh1,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::TANH1, pass, tanh1);
            /// dense2: [80] → [1]: y = Wᵀx + b
            calls
                .forward(
                    &NetLayers::DENSE2,
                    rt::Forward {
                        parameters: self.dense2.flat(),
                        x: tanh1,
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
            /// dense2: [80] ← [1]: dy gives dW and dx
            let tanh1 = &slots.slot1;
            let d_tanh1 = &mut slots.slot2;
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense2, NetGradients),
                    &NetLayers::DENSE2,
                    rt::Backward {
                        x: tanh1,
                        dy,
                        dx: d_tanh1,
                        scratch: &mut slots
                            .slot0[..const { NetLayers::DENSE2.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
            /// dense1, tanh1: [16, 3] ← [16, 5]: dy gives dW and dx
            calls.backward_in_place(&NetLayers::TANH1, pass, tanh1, d_tanh1);
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense1, NetGradients),
                    &NetLayers::DENSE1,
                    rt::Backward {
                        x,
                        dy: d_tanh1,
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
            NetLayers::DENSE1.parameters() == 20 && NetLayers::DENSE1.outputs() == 80,
            "layer `dense1` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::DENSE2.parameters() == 81 && NetLayers::DENSE2.outputs() == 1,
            "layer `dense2` of `Net`: the macro and the runtime disagree on a size",
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
        type Sample = [f32; 48];
        type Output = [f32; 1];
        type InputGradient = [f32; 48];
        type ParameterArray = [f32; 101];
        type Gradients = NetGradients;
        type Tape = rt::Tape<[[f32; 1]; 48], [[f32; 1]; 1], NetSlots<1>, [f32; 0]>;
        type Scratch = rt::Scratch<[[f32; 1]; 48], [[f32; 1]; 1], NetScratch<1>>;
        type BatchScratch = rt::Scratch<
            [[f32; Self::TILE]; 48],
            [[f32; Self::TILE]; 1],
            NetScratch<{ Self::TILE }>,
        >;
        type Workspace = <rt::TwoWidths<
            { Self::TILE > 1 },
        > as rt::Workspaces>::Of<
            rt::Tape<
                [[f32; Self::TILE]; 48],
                [[f32; Self::TILE]; 1],
                NetSlots<{ Self::TILE }>,
                [f32; rt::room::<f32>(1, Self::TILE)],
            >,
            rt::Tape<
                [[f32; 1]; 48],
                [[f32; 1]; 1],
                NetSlots<{ 1 }>,
                [f32; rt::room::<f32>(1, 1)],
            >,
        >;
        type Inputs = rt::Length<0, 0, 0, 48>;
        type Outputs = rt::Length<0, 0, 0, 1>;
        type Stored = rt::Length<0, 0, 0, 101>;
        type Trained = rt::Length<0, 0, 0, 101>;
        type Tensors = rt::Length<0, 0, 0, 4>;
        type Core = Self;
        const NAME: &'static str = "Net";
        const PARAMETERS: usize = 101;
        const TILE: usize = rt::tile::<
            f32,
        >(
            (::backprop::max([NetLayers::DENSE2.scratch(), NetLayers::DENSE1.scratch()])
                + 210),
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
                    "○ input [16, 3]\n● dense1 → tanh1 → flatten1 → dense2 [1]",
                ],
                sizes: &[],
            };
            const __ROWS: &[rt::SummaryRow] = &[
                rt::SummaryRow::of::<f32>("dense1: dense(5)", &[16, 5], 20, 240),
                rt::SummaryRow::of::<f32>("tanh1: tanh", &[16, 5], 0, 0),
                rt::SummaryRow::of::<f32>("flatten1: flatten", &[80], 0, 0),
                rt::SummaryRow::of::<f32>("dense2: dense(1)", &[1], 81, 80),
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
        const INPUTS: usize = 48;
        const OUTPUTS: usize = 1;
        const MULTIPLY_ADDS: usize = 320;
        const NETWORKS: usize = 1;
        const TENSORS: &'static [rt::Tensor] = &rt::table::<
            { 4 },
        >(
            &[
                rt::Rows::of("dense1", &NetLayers::DENSE1.tensors(), 0, rt::Some(0)),
                rt::Rows::of("dense2", &NetLayers::DENSE2.tensors(), 20, rt::Some(20)),
            ],
        );
        const FINGERPRINT: u64 = rt::fingerprint(
            5551247928943996467u64,
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
        }
    }
    impl rt::Trainable for Net {
        type Target = <::backprop::losses::BinaryCrossEntropy<
            1,
        > as rt::Loss<f32>>::Target;
        type Loss = ::backprop::losses::BinaryCrossEntropy<1>;
        const LOSS: Self::Loss = <::backprop::losses::BinaryCrossEntropy<1>>::new();
    }
    rt::not_causal!(Net, "its layer `dense2` works on all steps at once");
    #[doc(hidden)]
    #[allow(non_camel_case_types)]
    pub struct dense2 {}
    rt::no_steps!(Net : rt::AllAtOnce < Net, dense2 >);
};
