/// A network.
///
/// | Layer | Output | Parameters | Multiply-adds | Bytes |
/// |---|---|---|---|---|
/// | input | [1, 6, 6] | | | |
/// | `conv2d1`: `conv2d(2, kernel = 3)` | [2, 4, 4] | 20 | 288 | 80 |
/// | `norm`: `batch_norm` | [2, 4, 4] | 4 | 32 | 32 |
/// | `relu1`: `relu` | [2, 4, 4] |  |  |  |
/// | `flatten1`: `flatten` | [32] |  |  |  |
/// | `dense1`: `dense(3)` | [3] | 99 | 96 | 396 |
/// | `batch_norm1`: `batch_norm` | [3] | 6 | 3 | 48 |
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
    /// `batch_norm`: [3] → [3]; y = w (x − mean) / √(variance + eps) + b, over the samples of a tile; in prediction with running statistics
    pub batch_norm1: ::backprop::layers::BatchNormParameters<f32, 3, 3, 3>,
}
/// What the layers of [`Net`] compute, as constants.
#[doc(hidden)]
#[allow(dead_code)]
struct NetLayers;
#[allow(dead_code)]
impl NetLayers {
    /// `conv2d(2, kernel = 3)`: [1, 6, 6] → [2, 4, 4]; y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]
    const CONV2D1: ::backprop::layers::Conv2d = ::backprop::layers::Conv2d::new(
            [1, 6, 6],
            2,
        )
        .kernel(3, 3);
    /// `batch_norm`: [2, 4, 4] → [2, 4, 4]; y = w (x − mean) / √(variance + eps) + b, over the samples of a tile; in prediction with running statistics
    const NORM: ::backprop::layers::BatchNorm = ::backprop::layers::BatchNorm::new(
        2,
        16,
    );
    /// `relu`: [2, 4, 4] → [2, 4, 4]; y = max(x, 0)
    const RELU1: ::backprop::layers::Relu = ::backprop::layers::Relu;
    /// `dense(3)`: [32] → [3]; y = Wᵀx + b
    const DENSE1: ::backprop::layers::Dense = ::backprop::layers::Dense::new(32, 3);
    /// `batch_norm`: [3] → [3]; y = w (x − mean) / √(variance + eps) + b, over the samples of a tile; in prediction with running statistics
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
    rt::flat!(
        Net : f32 { conv2d1 : ::backprop::layers::Conv2dParameters < f32, 1, 2, 3, 3, 2
        >, norm : ::backprop::layers::BatchNormParameters < f32, 2, 2, 2 >, dense1 :
        ::backprop::layers::DenseParameters < f32, 32, 3, 3 >, batch_norm1 :
        ::backprop::layers::BatchNormParameters < f32, 3, 3, 3 > }
    );
    rt::flat!(
        NetGradients : f32 { conv2d1 : ::backprop::layers::Conv2dParameters < f32, 1, 2,
        3, 3, 2 >, norm : ::backprop::layers::NormParameters < f32, 2, 2 >, dense1 :
        ::backprop::layers::DenseParameters < f32, 32, 3, 3 > }
    );
    /// What training keeps and works in.
    #[repr(C, align(64))]
    pub struct NetSlots<const T: usize> {
        /// y of dense1, then scratch of dense1, then scratch of conv2d1
        slot0: [[f32; T]; ::backprop::max([
            NetLayers::DENSE1.scratch(),
            NetLayers::CONV2D1.scratch(),
            3,
        ])],
        /// y of conv2d1
        slot1: [[f32; T]; 32],
        /// y of relu1
        slot2: [[f32; T]; 32],
        /// dy of relu1
        slot3: [[f32; T]; 32],
        /// dy of dense1, then dy of conv2d1
        slot4: [[f32; T]; 32],
        /// What has been measured since the last step.
        norm: [f32; NetLayers::NORM.state()],
    }
    rt::zeroed!(
        [const T : usize] NetSlots < T > { slot0 : [[f32; T];
        ::backprop::max([NetLayers::DENSE1.scratch(), NetLayers::CONV2D1.scratch(), 3])],
        slot1 : [[f32; T]; 32], slot2 : [[f32; T]; 32], slot3 : [[f32; T]; 32], slot4 :
        [[f32; T]; 32], norm : [f32; NetLayers::NORM.state()], }
    );
    /// What prediction works in.
    #[repr(C, align(64))]
    pub struct NetScratch<const T: usize> {
        /// y of relu1
        slot0: [[f32; T]; 32],
    }
    rt::zeroed!([const T : usize] NetScratch < T > { slot0 : [[f32; T]; 32], });
    #[allow(unused_variables, unused_mut, unused_doc_comments)]
    impl rt::Passes for Net {
        type Scalar = f32;
        type Gradients = NetGradients;
        type Slots<const T: usize> = NetSlots<T>;
        type InferenceSlots<const T: usize> = NetScratch<T>;
        const MEASURES: bool = true;
        #[inline]
        fn infer<const T: usize>(
            &self,
            x: &[[f32; T]],
            y: &mut [[f32; T]],
            slots: &mut NetScratch<T>,
        ) {
            let pass = &rt::Pass::PREDICTION;
            /// conv2d1, norm, relu1: [1, 6, 6] → [2, 4, 4]: y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]; then y = w (x − mean) / √(variance + eps) + b, over the samples of a tile; in prediction with running statistics; then y = max(x, 0)
            rt::Fused(
                    rt::Fused(NetLayers::CONV2D1, NetLayers::NORM.of(self.norm.flat())),
                    NetLayers::RELU1,
                )
                .forward(rt::Forward {
                    parameters: self.conv2d1.flat(),
                    x,
                    y: &mut slots.slot0,
                    ..rt::Forward::of(pass)
                });
            /// dense1, batch_norm1: [32] → [3]: y = Wᵀx + b; then y = w (x − mean) / √(variance + eps) + b, over the samples of a tile; in prediction with running statistics
            rt::Fused(
                    NetLayers::DENSE1,
                    NetLayers::BATCH_NORM1.of(self.batch_norm1.flat()),
                )
                .forward(rt::Forward {
                    parameters: self.dense1.flat(),
                    x: &slots.slot0,
                    y,
                    ..rt::Forward::of(pass)
                });
        }
        #[inline]
        fn forward<const T: usize>(
            &self,
            pass: &rt::Pass,
            x: &[[f32; T]],
            y: &mut [[f32; T]],
            slots: &mut NetSlots<T>,
        ) {
            /// conv2d1: [1, 6, 6] → [2, 4, 4]: y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]
            NetLayers::CONV2D1
                .forward(rt::Forward {
                    parameters: self.conv2d1.flat(),
                    x,
                    y: &mut slots.slot1,
                    ..rt::Forward::of(pass)
                });
            /// norm, relu1: [2, 4, 4] → [2, 4, 4]: y = w (x − mean) / √(variance + eps) + b, over the samples of a tile; in prediction with running statistics; then y = max(x, 0)
            rt::Fused(NetLayers::NORM, NetLayers::RELU1)
                .forward(rt::Forward {
                    parameters: self.norm.flat(),
                    x: &slots.slot1,
                    y: &mut slots.slot2,
                    state: &mut slots.norm,
                    ..rt::Forward::of(pass)
                });
            /// dense1: [32] → [3]: y = Wᵀx + b
            NetLayers::DENSE1
                .forward(rt::Forward {
                    parameters: self.dense1.flat(),
                    x: &slots.slot2,
                    y: &mut slots.slot0[..3],
                    ..rt::Forward::of(pass)
                });
            /// batch_norm1: [3] → [3]: y = w (x − mean) / √(variance + eps) + b, over the samples of a tile; in prediction with running statistics
            NetLayers::BATCH_NORM1
                .forward(rt::Forward {
                    parameters: self.batch_norm1.flat(),
                    x: &slots.slot0[..3],
                    y,
                    ..rt::Forward::of(&pass.frozen())
                });
        }
        #[inline]
        fn backward<const T: usize>(
            &self,
            pass: &rt::Pass,
            x: &[[f32; T]],
            y: &[[f32; T]],
            dy: &mut [[f32; T]],
            dx: &mut [[f32; T]],
            slots: &mut NetSlots<T>,
            mut gradients: ::core::option::Option<&mut NetGradients>,
        ) {
            /// batch_norm1: [3] ← [3]: dy gives dx
            NetLayers::BATCH_NORM1
                .backward(rt::Backward {
                    parameters: self.batch_norm1.flat(),
                    x: &slots.slot0[..3],
                    dy,
                    dx: &mut slots.slot4[..3],
                    ..rt::Backward::of(&pass.frozen())
                });
            /// dense1: [32] ← [3]: dy gives dW and dx
            NetLayers::DENSE1
                .backward(rt::Backward {
                    parameters: self.dense1.flat(),
                    gradient: rt::flat_part(
                        &mut gradients,
                        |gradients| &mut gradients.dense1,
                    ),
                    x: &slots.slot2,
                    dy: &mut slots.slot4[..3],
                    dx: &mut slots.slot3,
                    scratch: &mut slots.slot0[..NetLayers::DENSE1.scratch()],
                    ..rt::Backward::of(pass)
                });
            /// norm, relu1: [2, 4, 4] ← [2, 4, 4]: dy gives dW and dx
            rt::Fused(NetLayers::NORM, NetLayers::RELU1)
                .backward(rt::Backward {
                    parameters: self.norm.flat(),
                    gradient: rt::flat_part(
                        &mut gradients,
                        |gradients| &mut gradients.norm,
                    ),
                    x: &slots.slot1,
                    y: &slots.slot2,
                    state: &slots.norm,
                    dy: &mut slots.slot3,
                    dx: &mut slots.slot4,
                    ..rt::Backward::of(pass)
                });
            /// conv2d1: [1, 6, 6] ← [2, 4, 4]: dy gives dW and dx
            NetLayers::CONV2D1
                .backward(rt::Backward {
                    parameters: self.conv2d1.flat(),
                    gradient: rt::flat_part(
                        &mut gradients,
                        |gradients| &mut gradients.conv2d1,
                    ),
                    x,
                    dy: &mut slots.slot4,
                    dx,
                    scratch: &mut slots.slot0[..NetLayers::CONV2D1.scratch()],
                    ..rt::Backward::of(pass)
                });
        }
        fn commit<const T: usize>(&mut self, slots: &mut NetSlots<T>) {
            const {
                assert!(
                    T > 1,
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
        assert!(
            NetLayers::CONV2D1.parameters() == 20 && NetLayers::CONV2D1.outputs() == 32,
            "layer `conv2d1` of `Net`: the macro and the runtime disagree on a size"
        );
        assert!(
            NetLayers::NORM.parameters() == 8 && NetLayers::NORM.trained() == 4 &&
            NetLayers::NORM.outputs() == 32,
            "layer `norm` of `Net`: the macro and the runtime disagree on a size"
        );
        assert!(
            NetLayers::DENSE1.parameters() == 99 && NetLayers::DENSE1.outputs() == 3,
            "layer `dense1` of `Net`: the macro and the runtime disagree on a size"
        );
        assert!(
            NetLayers::BATCH_NORM1.parameters() == 12 && NetLayers::BATCH_NORM1.trained()
            == 6 && NetLayers::BATCH_NORM1.outputs() == 3,
            "layer `batch_norm1` of `Net`: the macro and the runtime disagree on a size"
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
        type Tape = rt::Tape<[[f32; 1]; 36], [[f32; 1]; 3], NetSlots<1>>;
        type Scratch = rt::Scratch<[[f32; 1]; 36], [[f32; 1]; 3], NetScratch<1>>;
        type BatchScratch = rt::Scratch<
            [[f32; Self::TILE]; 36],
            [[f32; Self::TILE]; 3],
            NetScratch<{ Self::TILE }>,
        >;
        type Workspace = rt::Tape<
            [[f32; Self::TILE]; 36],
            [[f32; Self::TILE]; 3],
            NetSlots<{ Self::TILE }>,
        >;
        type Inputs = rt::length!(36);
        type Outputs = rt::length!(3);
        type Stored = rt::length!(139);
        type Trained = rt::length!(123);
        type Tensors = rt::length!(12);
        type Core = Self;
        const NAME: &'static str = "Net";
        const PARAMETERS: usize = 129;
        const MULTIPLY_ADDS: usize = <Self as rt::Block>::MULTIPLY_ADDS;
        const INPUTS: usize = 36;
        const OUTPUTS: usize = 3;
        const TILE: usize = rt::tile::<
            f32,
        >(
            (((((((::backprop::max([
                NetLayers::DENSE1.scratch(),
                NetLayers::CONV2D1.scratch(),
                3,
            ]) + 32) + 32) + 32) + 32) + 36) + 3) + 3),
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
            const ROWS: [rt::SummaryRow; 6usize] = [
                rt::SummaryRow {
                    layer: "conv2d1: conv2d(2, kernel = 3)",
                    shape: [2, 4, 4, 1],
                    rank: 3usize,
                    parameters: 20,
                    multiply_adds: 288,
                    bytes: 20 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "norm: batch_norm",
                    shape: [2, 4, 4, 1],
                    rank: 3usize,
                    parameters: 4,
                    multiply_adds: 32,
                    bytes: 8 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "relu1: relu",
                    shape: [2, 4, 4, 1],
                    rank: 3usize,
                    parameters: 0,
                    multiply_adds: 0,
                    bytes: 0 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "flatten1: flatten",
                    shape: [32, 1, 1, 1],
                    rank: 1usize,
                    parameters: 0,
                    multiply_adds: 0,
                    bytes: 0 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "dense1: dense(3)",
                    shape: [3, 1, 1, 1],
                    rank: 1usize,
                    parameters: 99,
                    multiply_adds: 96,
                    bytes: 99 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "batch_norm1: batch_norm",
                    shape: [3, 1, 1, 1],
                    rank: 1usize,
                    parameters: 6,
                    multiply_adds: 3,
                    bytes: 12 * ::core::mem::size_of::<f32>(),
                },
            ];
            rt::Summary {
                name: Self::NAME,
                rows: &ROWS,
                notes: &[
                    "`norm` subtracts the bias of `conv2d1` again: write `bias = false` there",
                ],
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
        const INPUTS: usize = 36;
        const OUTPUTS: usize = 3;
        const MULTIPLY_ADDS: usize = 419;
        const TENSORS: &'static [rt::Tensor] = &rt::table::<
            { 12 },
        >(
            &[
                rt::Rows {
                    layer: "conv2d1",
                    tensors: &NetLayers::CONV2D1.tensors(),
                    stored: 0,
                    trained: ::core::option::Option::Some(0),
                    nested: false,
                },
                rt::Rows {
                    layer: "norm",
                    tensors: &NetLayers::NORM.tensors(),
                    stored: 20,
                    trained: ::core::option::Option::Some(20),
                    nested: false,
                },
                rt::Rows {
                    layer: "dense1",
                    tensors: &NetLayers::DENSE1.tensors(),
                    stored: 28,
                    trained: ::core::option::Option::Some(24),
                    nested: false,
                },
                rt::Rows {
                    layer: "batch_norm1",
                    tensors: &NetLayers::BATCH_NORM1.tensors(),
                    stored: 127,
                    trained: ::core::option::Option::None,
                    nested: false,
                },
            ],
        );
        const PARAMETERS: usize = <Self as rt::Network>::PARAMETERS;
        #[allow(unused_variables)]
        fn initialize<R: rt::RandomGenerator + ?::core::marker::Sized>(
            &mut self,
            rng: &mut R,
        ) {
            NetLayers::CONV2D1
                .initialize(
                    self.conv2d1.flat_mut(),
                    &::backprop::initializers::Default,
                    &::backprop::initializers::Default,
                    rng,
                );
            NetLayers::NORM
                .initialize(
                    self.norm.flat_mut(),
                    &::backprop::initializers::Ones,
                    &::backprop::initializers::Zeros,
                    rng,
                );
            NetLayers::DENSE1
                .initialize(
                    self.dense1.flat_mut(),
                    &::backprop::initializers::Default,
                    &::backprop::initializers::Default,
                    rng,
                );
            NetLayers::BATCH_NORM1
                .initialize(
                    self.batch_norm1.flat_mut(),
                    &::backprop::initializers::Ones,
                    &::backprop::initializers::Zeros,
                    rng,
                );
        }
    }
    impl rt::Trainable for Net {
        type Target = <::backprop::losses::Mse<3> as rt::Loss<f32>>::Target;
        type Loss = ::backprop::losses::Mse<3>;
        const LOSS: Self::Loss = <::backprop::losses::Mse<3>>::new();
    }
};
