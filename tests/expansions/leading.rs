/// A network.
///
/// | Layer | Output | Parameters | Multiply-adds | Bytes |
/// |---|---|---|---|---|
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
    /// `relu`: [2, 8, 6] → [2, 8, 6]; y = max(x, 0)
    const RELU1: ::backprop::layers::Relu = ::backprop::layers::Relu;
    /// `avg_pool2d(2)`: [2, 8, 6] → [2, 4, 3]; y = the mean of x over each window
    const AVG_POOL2D1: ::backprop::layers::AvgPool2d = ::backprop::layers::AvgPool2d::new([
            2, 8, 6,
        ])
        .kernel(2, 2);
    /// `relu`: [2, 4, 3] → [2, 4, 3]; y = max(x, 0)
    const RELU2: ::backprop::layers::Relu = ::backprop::layers::Relu;
    /// `dense(4)`: [24] → [4]; y = Wᵀx + b
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
    rt::flat!(
        Net : f32 { dense1 : ::backprop::layers::DenseParameters < f32, 24, 4, 4 > }
    );
    rt::flat!(
        NetGradients : f32 { dense1 : ::backprop::layers::DenseParameters < f32, 24, 4, 4
        > }
    );
    /// What training keeps and works in.
    #[repr(C, align(64))]
    pub struct NetSlots<const T: usize> {
        /// scratch of dense1, then dy of relu1
        slot0: [[f32; T]; ::backprop::max([NetLayers::DENSE1.scratch(), 96])],
        /// y of relu1
        slot1: [[f32; T]; 96],
        /// y of avg_pool2d1
        slot2: [[f32; T]; 24],
        /// dy of relu2
        slot3: [[f32; T]; 24],
    }
    rt::zeroed!(
        [const T : usize] NetSlots < T > { slot0 : [[f32; T];
        ::backprop::max([NetLayers::DENSE1.scratch(), 96])], slot1 : [[f32; T]; 96],
        slot2 : [[f32; T]; 24], slot3 : [[f32; T]; 24], }
    );
    /// What prediction works in.
    #[repr(C, align(64))]
    pub struct NetScratch<const T: usize> {
        /// y of relu1
        slot0: [[f32; T]; 96],
        /// y of avg_pool2d1
        slot1: [[f32; T]; 24],
    }
    rt::zeroed!(
        [const T : usize] NetScratch < T > { slot0 : [[f32; T]; 96], slot1 : [[f32; T];
        24], }
    );
    #[allow(unused_variables, unused_mut, unused_doc_comments)]
    impl rt::Passes for Net {
        type Scalar = f32;
        type Gradients = NetGradients;
        type Slots<const T: usize> = NetSlots<T>;
        type InferenceSlots<const T: usize> = NetScratch<T>;
        const IS_TINY: bool = rt::is_tiny(<Self as rt::Block>::MULTIPLY_ADDS)
            && !::core::cfg!(debug_assertions);
        #[inline(always)]
        fn infer<C: rt::Calls, const T: usize>(
            &self,
            calls: C,
            x: &[[f32; T]],
            y: &mut [[f32; T]],
            slots: &mut NetScratch<T>,
        ) {
            let pass = &rt::Pass::PREDICTION;
            /// relu1: [2, 8, 6] → [2, 8, 6]: y = max(x, 0)
            calls
                .forward(
                    &NetLayers::RELU1,
                    rt::Forward {
                        x,
                        y: &mut slots.slot0,
                        ..rt::Forward::of(pass)
                    },
                );
            /// avg_pool2d1: [2, 8, 6] → [2, 4, 3]: y = the mean of x over each window
            calls
                .forward(
                    &NetLayers::AVG_POOL2D1,
                    rt::Forward {
                        x: &slots.slot0,
                        y: &mut slots.slot1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// relu2: [2, 4, 3] → [2, 4, 3]: y = max(x, 0)
            calls.forward_in_place(&NetLayers::RELU2, pass, &mut slots.slot1);
            /// dense1: [24] → [4]: y = Wᵀx + b
            calls
                .forward(
                    &NetLayers::DENSE1,
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x: &slots.slot1,
                        y,
                        ..rt::Forward::of(pass)
                    },
                );
        }
        #[inline(always)]
        fn forward<C: rt::Calls, const T: usize>(
            &self,
            calls: C,
            pass: &rt::Pass,
            x: &[[f32; T]],
            y: &mut [[f32; T]],
            slots: &mut NetSlots<T>,
        ) {
            /// relu1: [2, 8, 6] → [2, 8, 6]: y = max(x, 0)
            calls
                .forward(
                    &NetLayers::RELU1,
                    rt::Forward {
                        x,
                        y: &mut slots.slot1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// avg_pool2d1: [2, 8, 6] → [2, 4, 3]: y = the mean of x over each window
            calls
                .forward(
                    &NetLayers::AVG_POOL2D1,
                    rt::Forward {
                        x: &slots.slot1,
                        y: &mut slots.slot2,
                        ..rt::Forward::of(pass)
                    },
                );
            /// relu2: [2, 4, 3] → [2, 4, 3]: y = max(x, 0)
            calls.forward_in_place(&NetLayers::RELU2, pass, &mut slots.slot2);
            /// dense1: [24] → [4]: y = Wᵀx + b
            calls
                .forward(
                    &NetLayers::DENSE1,
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x: &slots.slot2,
                        y,
                        ..rt::Forward::of(pass)
                    },
                );
        }
        #[inline(always)]
        fn backward<C: rt::Calls, const T: usize>(
            &self,
            calls: C,
            pass: &rt::Pass,
            x: &[[f32; T]],
            y: &[[f32; T]],
            dy: &mut [[f32; T]],
            dx: &mut [[f32; T]],
            slots: &mut NetSlots<T>,
            mut gradients: ::core::option::Option<&mut NetGradients>,
        ) {
            /// dense1: [24] ← [4]: dy gives dW and dx
            calls
                .backward(
                    &NetLayers::DENSE1,
                    rt::Backward {
                        parameters: self.dense1.flat(),
                        gradient: rt::flat_part(
                            &mut gradients,
                            |gradients| &mut gradients.dense1,
                        ),
                        x: &slots.slot2,
                        dy,
                        dx: if dx.is_empty() { &mut [] } else { &mut slots.slot3 },
                        scratch: &mut slots.slot0[..NetLayers::DENSE1.scratch()],
                        ..rt::Backward::of(pass)
                    },
                );
            if !dx.is_empty() {
                /// relu2: [2, 4, 3] ← [2, 4, 3]: dy gives dx
                calls
                    .backward_in_place(
                        &NetLayers::RELU2,
                        pass,
                        &slots.slot2,
                        &mut slots.slot3,
                    );
                /// avg_pool2d1: [2, 8, 6] ← [2, 4, 3]: dy gives dx
                calls
                    .backward(
                        &NetLayers::AVG_POOL2D1,
                        rt::Backward {
                            dy: &mut slots.slot3,
                            dx: &mut slots.slot0[..96],
                            ..rt::Backward::of(pass)
                        },
                    );
                /// relu1: [2, 8, 6] ← [2, 8, 6]: dy gives dx
                calls
                    .backward(
                        &NetLayers::RELU1,
                        rt::Backward {
                            y: &slots.slot1,
                            dy: &mut slots.slot0[..96],
                            dx,
                            ..rt::Backward::of(pass)
                        },
                    );
            }
        }
    }
    const _: () = {
        assert!(
            NetLayers::DENSE1.parameters() == 100 && NetLayers::DENSE1.outputs() == 4,
            "layer `dense1` of `Net`: the macro and the runtime disagree on a size"
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
        type Tape = rt::Tape<[[f32; 1]; 96], [[f32; 1]; 4], NetSlots<1>>;
        type Scratch = rt::Scratch<[[f32; 1]; 96], [[f32; 1]; 4], NetScratch<1>>;
        type BatchScratch = rt::Scratch<
            [[f32; Self::TILE]; 96],
            [[f32; Self::TILE]; 4],
            NetScratch<{ Self::TILE }>,
        >;
        type Workspace = rt::Tape<
            [[f32; Self::TILE]; 96],
            [[f32; Self::TILE]; 4],
            NetSlots<{ Self::TILE }>,
        >;
        type Inputs = rt::length!(96);
        type Outputs = rt::length!(4);
        type Stored = rt::length!(100);
        type Trained = rt::length!(100);
        type Tensors = rt::length!(2);
        type Core = Self;
        const NAME: &'static str = "Net";
        const PARAMETERS: usize = 100;
        const MULTIPLY_ADDS: usize = <Self as rt::Block>::MULTIPLY_ADDS;
        const INPUTS: usize = 96;
        const OUTPUTS: usize = 4;
        const TILE: usize = rt::tile::<
            f32,
        >(
            ((((((::backprop::max([NetLayers::DENSE1.scratch(), 96]) + 96) + 24) + 24)
                + 96) + 4) + 4),
        );
        const TRAINING_BYTES: usize = ::core::mem::size_of::<Self>()
            + ::core::mem::size_of::<Self::Gradients>()
            + ::core::mem::size_of::<Self::Workspace>();
        const INFERENCE_BYTES: usize = ::core::mem::size_of::<Self>()
            + ::core::mem::size_of::<Self::Scratch>();
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
        #[inline]
        fn tensors() -> &'static [rt::Tensor] {
            <Self as rt::Block>::TENSORS
        }
        fn summary(&self) -> rt::Summary {
            const ROWS: [rt::SummaryRow; 5usize] = [
                rt::SummaryRow {
                    layer: "relu1: relu",
                    shape: [2, 8, 6, 1],
                    rank: 3usize,
                    parameters: 0,
                    multiply_adds: 0,
                    bytes: 0 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "avg_pool2d1: avg_pool2d(2)",
                    shape: [2, 4, 3, 1],
                    rank: 3usize,
                    parameters: 0,
                    multiply_adds: 0,
                    bytes: 0 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "relu2: relu",
                    shape: [2, 4, 3, 1],
                    rank: 3usize,
                    parameters: 0,
                    multiply_adds: 0,
                    bytes: 0 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "flatten1: flatten",
                    shape: [24, 1, 1, 1],
                    rank: 1usize,
                    parameters: 0,
                    multiply_adds: 0,
                    bytes: 0 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "dense1: dense(4)",
                    shape: [4, 1, 1, 1],
                    rank: 1usize,
                    parameters: 100,
                    multiply_adds: 96,
                    bytes: 100 * ::core::mem::size_of::<f32>(),
                },
            ];
            rt::Summary {
                name: Self::NAME,
                rows: &ROWS,
                notes: &[],
                parameters: Self::PARAMETERS,
                multiply_adds: Self::MULTIPLY_ADDS,
                tile: Self::TILE,
                inference_bytes: Self::INFERENCE_BYTES,
                training_bytes: Self::TRAINING_BYTES,
            }
        }
        fn new<R: rt::RandomGenerator + ?::core::marker::Sized>(rng: &mut R) -> Self {
            rt::new_by_value(rng)
        }
        fn initialize<R: rt::RandomGenerator + ?::core::marker::Sized>(
            &mut self,
            rng: &mut R,
        ) {
            rt::Block::initialize(self, rng);
        }
    }
    impl rt::Block for Net {
        const INPUTS: usize = 96;
        const OUTPUTS: usize = 4;
        const MULTIPLY_ADDS: usize = 96;
        const TENSORS: &'static [rt::Tensor] = &rt::table::<
            { 2 },
        >(
            &[
                rt::Rows {
                    layer: "dense1",
                    tensors: &NetLayers::DENSE1.tensors(),
                    stored: 0,
                    trained: ::core::option::Option::Some(0),
                    nested: false,
                },
            ],
        );
        #[allow(unused_variables)]
        fn initialize<R: rt::RandomGenerator + ?::core::marker::Sized>(
            &mut self,
            rng: &mut R,
        ) {
            NetLayers::DENSE1
                .initialize(
                    self.dense1.flat_mut(),
                    &::backprop::initializers::Default,
                    &::backprop::initializers::Default,
                    rng,
                );
        }
    }
    impl rt::Trainable for Net {
        type Target = <::backprop::losses::Mse<4> as rt::Loss<f32>>::Target;
        type Loss = ::backprop::losses::Mse<4>;
        const LOSS: Self::Loss = <::backprop::losses::Mse<4>>::new();
    }
};
