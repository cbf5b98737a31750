/// A network.
///
/// | Layer | Output | Parameters | Multiply-adds | Bytes |
/// |---|---|---|---|---|
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
    /// `dense(128)`: [784] → [128]; y = Wᵀx + b
    const DENSE1: ::backprop::layers::Dense = ::backprop::layers::Dense::new(784, 128);
    /// `relu`: [128] → [128]; y = max(x, 0)
    const RELU1: ::backprop::layers::Relu = ::backprop::layers::Relu;
    /// `dense(64)`: [128] → [64]; y = Wᵀx + b
    const DENSE2: ::backprop::layers::Dense = ::backprop::layers::Dense::new(128, 64);
    /// `relu`: [64] → [64]; y = max(x, 0)
    const RELU2: ::backprop::layers::Relu = ::backprop::layers::Relu;
    /// `dense(10)`: [64] → [10]; y = Wᵀx + b
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
    rt::flat!(
        Net : f32 { dense1 : ::backprop::layers::DenseParameters < f32, 784, 128, 128 >,
        dense2 : ::backprop::layers::DenseParameters < f32, 128, 64, 64 >, dense3 :
        ::backprop::layers::DenseParameters < f32, 64, 10, 10 > }
    );
    rt::flat!(
        NetGradients : f32 { dense1 : ::backprop::layers::DenseParameters < f32, 784,
        128, 128 >, dense2 : ::backprop::layers::DenseParameters < f32, 128, 64, 64 >,
        dense3 : ::backprop::layers::DenseParameters < f32, 64, 10, 10 > }
    );
    /// What training keeps and works in.
    #[repr(C, align(64))]
    pub struct NetSlots<const T: usize> {
        /// scratch of dense3, then scratch of dense2, then scratch of dense1
        slot0: [[f32; T]; ::backprop::max([
            NetLayers::DENSE3.scratch(),
            NetLayers::DENSE2.scratch(),
            NetLayers::DENSE1.scratch(),
        ])],
        /// y of relu1
        slot1: [[f32; T]; 128],
        /// dy of relu1
        slot2: [[f32; T]; 128],
        /// y of relu2
        slot3: [[f32; T]; 64],
        /// dy of relu2
        slot4: [[f32; T]; 64],
    }
    rt::zeroed!(
        [const T : usize] NetSlots < T > { slot0 : [[f32; T];
        ::backprop::max([NetLayers::DENSE3.scratch(), NetLayers::DENSE2.scratch(),
        NetLayers::DENSE1.scratch()])], slot1 : [[f32; T]; 128], slot2 : [[f32; T]; 128],
        slot3 : [[f32; T]; 64], slot4 : [[f32; T]; 64], }
    );
    /// What prediction works in.
    #[repr(C, align(64))]
    pub struct NetScratch<const T: usize> {
        /// y of relu1
        slot0: [[f32; T]; 128],
        /// y of relu2
        slot1: [[f32; T]; 64],
    }
    rt::zeroed!(
        [const T : usize] NetScratch < T > { slot0 : [[f32; T]; 128], slot1 : [[f32; T];
        64], }
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
            /// dense1, relu1: [784] → [128]: y = Wᵀx + b; then y = max(x, 0)
            calls
                .forward(
                    &rt::Fused(NetLayers::DENSE1, NetLayers::RELU1),
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x,
                        y: &mut slots.slot0,
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense2, relu2: [128] → [64]: y = Wᵀx + b; then y = max(x, 0)
            calls
                .forward(
                    &rt::Fused(NetLayers::DENSE2, NetLayers::RELU2),
                    rt::Forward {
                        parameters: self.dense2.flat(),
                        x: &slots.slot0,
                        y: &mut slots.slot1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense3: [64] → [10]: y = Wᵀx + b
            calls
                .forward(
                    &NetLayers::DENSE3,
                    rt::Forward {
                        parameters: self.dense3.flat(),
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
            /// dense1, relu1: [784] → [128]: y = Wᵀx + b; then y = max(x, 0)
            calls
                .forward(
                    &rt::Fused(NetLayers::DENSE1, NetLayers::RELU1),
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x,
                        y: &mut slots.slot1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense2, relu2: [128] → [64]: y = Wᵀx + b; then y = max(x, 0)
            calls
                .forward(
                    &rt::Fused(NetLayers::DENSE2, NetLayers::RELU2),
                    rt::Forward {
                        parameters: self.dense2.flat(),
                        x: &slots.slot1,
                        y: &mut slots.slot3,
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense3: [64] → [10]: y = Wᵀx + b
            calls
                .forward(
                    &NetLayers::DENSE3,
                    rt::Forward {
                        parameters: self.dense3.flat(),
                        x: &slots.slot3,
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
            /// dense3: [64] ← [10]: dy gives dW and dx
            calls
                .backward(
                    &NetLayers::DENSE3,
                    rt::Backward {
                        parameters: self.dense3.flat(),
                        gradient: rt::flat_part(
                            &mut gradients,
                            |gradients| &mut gradients.dense3,
                        ),
                        x: &slots.slot3,
                        dy,
                        dx: &mut slots.slot4,
                        scratch: &mut slots.slot0[..NetLayers::DENSE3.scratch()],
                        ..rt::Backward::of(pass)
                    },
                );
            /// dense2, relu2: [128] ← [64]: dy gives dW and dx
            calls
                .backward(
                    &rt::Fused(NetLayers::DENSE2, NetLayers::RELU2),
                    rt::Backward {
                        parameters: self.dense2.flat(),
                        gradient: rt::flat_part(
                            &mut gradients,
                            |gradients| &mut gradients.dense2,
                        ),
                        x: &slots.slot1,
                        y: &slots.slot3,
                        dy: &mut slots.slot4,
                        dx: &mut slots.slot2,
                        scratch: &mut slots.slot0[..NetLayers::DENSE2.scratch()],
                        ..rt::Backward::of(pass)
                    },
                );
            /// dense1, relu1: [784] ← [128]: dy gives dW and dx
            calls
                .backward(
                    &rt::Fused(NetLayers::DENSE1, NetLayers::RELU1),
                    rt::Backward {
                        parameters: self.dense1.flat(),
                        gradient: rt::flat_part(
                            &mut gradients,
                            |gradients| &mut gradients.dense1,
                        ),
                        x,
                        y: &slots.slot1,
                        dy: &mut slots.slot2,
                        dx,
                        scratch: &mut slots.slot0[..NetLayers::DENSE1.scratch()],
                        ..rt::Backward::of(pass)
                    },
                );
        }
    }
    const _: () = {
        assert!(
            NetLayers::DENSE1.parameters() == 100480 && NetLayers::DENSE1.outputs() ==
            128, "layer `dense1` of `Net`: the macro and the runtime disagree on a size"
        );
        assert!(
            NetLayers::DENSE2.parameters() == 8256 && NetLayers::DENSE2.outputs() == 64,
            "layer `dense2` of `Net`: the macro and the runtime disagree on a size"
        );
        assert!(
            NetLayers::DENSE3.parameters() == 650 && NetLayers::DENSE3.outputs() == 10,
            "layer `dense3` of `Net`: the macro and the runtime disagree on a size"
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
        type Tape = rt::Tape<[[f32; 1]; 784], [[f32; 1]; 10], NetSlots<1>>;
        type Scratch = rt::Scratch<[[f32; 1]; 784], [[f32; 1]; 10], NetScratch<1>>;
        type BatchScratch = rt::Scratch<
            [[f32; Self::TILE]; 784],
            [[f32; Self::TILE]; 10],
            NetScratch<{ Self::TILE }>,
        >;
        type Workspace = rt::Tape<
            [[f32; Self::TILE]; 784],
            [[f32; Self::TILE]; 10],
            NetSlots<{ Self::TILE }>,
        >;
        type Inputs = rt::length!(784);
        type Outputs = rt::length!(10);
        type Stored = rt::length!(109386);
        type Trained = rt::length!(109386);
        type Tensors = rt::length!(6);
        type Core = Self;
        const NAME: &'static str = "Net";
        const PARAMETERS: usize = 109386;
        const MULTIPLY_ADDS: usize = <Self as rt::Block>::MULTIPLY_ADDS;
        const INPUTS: usize = 784;
        const OUTPUTS: usize = 10;
        const TILE: usize = rt::tile::<
            f32,
        >(
            (((((((::backprop::max([
                NetLayers::DENSE3.scratch(),
                NetLayers::DENSE2.scratch(),
                NetLayers::DENSE1.scratch(),
            ]) + 128) + 128) + 64) + 64) + 784) + 10) + 10),
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
                    layer: "dense1: dense(128)",
                    shape: [128, 1, 1, 1],
                    rank: 1usize,
                    parameters: 100480,
                    multiply_adds: 100352,
                    bytes: 100480 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "relu1: relu",
                    shape: [128, 1, 1, 1],
                    rank: 1usize,
                    parameters: 0,
                    multiply_adds: 0,
                    bytes: 0 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "dense2: dense(64)",
                    shape: [64, 1, 1, 1],
                    rank: 1usize,
                    parameters: 8256,
                    multiply_adds: 8192,
                    bytes: 8256 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "relu2: relu",
                    shape: [64, 1, 1, 1],
                    rank: 1usize,
                    parameters: 0,
                    multiply_adds: 0,
                    bytes: 0 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "dense3: dense(10)",
                    shape: [10, 1, 1, 1],
                    rank: 1usize,
                    parameters: 650,
                    multiply_adds: 640,
                    bytes: 650 * ::core::mem::size_of::<f32>(),
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
        const INPUTS: usize = 784;
        const OUTPUTS: usize = 10;
        const MULTIPLY_ADDS: usize = 109184;
        const TENSORS: &'static [rt::Tensor] = &rt::table::<
            { 6 },
        >(
            &[
                rt::Rows {
                    layer: "dense1",
                    tensors: &NetLayers::DENSE1.tensors(),
                    stored: 0,
                    trained: ::core::option::Option::Some(0),
                    nested: false,
                },
                rt::Rows {
                    layer: "dense2",
                    tensors: &NetLayers::DENSE2.tensors(),
                    stored: 100480,
                    trained: ::core::option::Option::Some(100480),
                    nested: false,
                },
                rt::Rows {
                    layer: "dense3",
                    tensors: &NetLayers::DENSE3.tensors(),
                    stored: 108736,
                    trained: ::core::option::Option::Some(108736),
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
            NetLayers::DENSE2
                .initialize(
                    self.dense2.flat_mut(),
                    &::backprop::initializers::Default,
                    &::backprop::initializers::Default,
                    rng,
                );
            NetLayers::DENSE3
                .initialize(
                    self.dense3.flat_mut(),
                    &::backprop::initializers::Default,
                    &::backprop::initializers::Default,
                    rng,
                );
        }
    }
    impl rt::Trainable for Net {
        type Target = <::backprop::losses::CrossEntropy as rt::Loss<f32>>::Target;
        type Loss = ::backprop::losses::CrossEntropy;
        const LOSS: Self::Loss = <::backprop::losses::CrossEntropy>::new();
    }
};
