/// A network.
///
/// ```text
/// ○ input [4, 9, 8]
/// ● conv2d1 → leaky_relu1 → avg_pool2d1 → flatten1 → dense1 [3]
/// ```
///
/// | Layer | Output | Parameters | Multiply-adds | Bytes |
/// |---|---|--:|--:|--:|
/// | input | [4, 9, 8] | | | |
/// | `conv2d1`: `conv2d(6, kernel = [3, 2], stride = [2, 1], padding = 1, dilation = [1, 2], groups = 2, bias = false)` | [6, 5, 8] | 72 | 2880 | 288 |
/// | `leaky_relu1`: `leaky_relu(slope = 0.2)` | [6, 5, 8] |  |  |  |
/// | `avg_pool2d1`: `avg_pool2d(2, stride = 1, padding = 1, count_include_pad = false)` | [6, 6, 9] |  |  |  |
/// | `flatten1`: `flatten` | [324] |  |  |  |
/// | `dense1`: `dense(3, bias = false, init = zeros)` | [3] | 972 | 972 | 3888 |
///
#[repr(C)]
pub struct Net {
    /// `conv2d(6, kernel = [3, 2], stride = [2, 1], padding = 1, dilation = [1, 2], groups = 2, bias = false)`: [4, 9, 8] → [6, 5, 8]; y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]
    pub conv2d1: ::renamed::layers::Conv2dParameters<f32, 2, 6, 3, 2, 0>,
    /// `dense(3, bias = false, init = zeros)`: [324] → [3]; y = Wᵀx + b
    pub dense1: ::renamed::layers::DenseParameters<f32, 324, 3, 0>,
}
/// What the layers of [`Net`] compute, as constants.
#[doc(hidden)]
#[allow(dead_code)]
struct NetLayers;
#[allow(dead_code)]
impl NetLayers {
    const CONV2D1: ::renamed::layers::Conv2d = ::renamed::layers::Conv2d::new(
            [4, 9, 8],
            6,
        )
        .kernel(3, 2)
        .stride(2, 1)
        .dilation(1, 2)
        .padding(1, 1)
        .groups(2)
        .without_bias();
    const LEAKY_RELU1: ::renamed::layers::LeakyRelu = ::renamed::layers::LeakyRelu::new(
        0.2f64,
    );
    const AVG_POOL2D1: ::renamed::layers::AvgPool2d = ::renamed::layers::AvgPool2d::new([
            6, 5, 8,
        ])
        .kernel(2, 2)
        .stride(1, 1)
        .padding(1, 1)
        .count_include_pad(false);
    const DENSE1: ::renamed::layers::Dense = ::renamed::layers::Dense::new(324, 3)
        .without_bias();
}
const _: () = {
    use ::renamed::codegen as rt;
    use rt::{Flat as _, InPlace as _, Layer as _};
    /// Gradients of a loss with respect to what [`Net`] trains.
    #[repr(C)]
    pub struct NetGradients {
        /// Of `conv2d1`.
        pub conv2d1: ::renamed::layers::Conv2dParameters<f32, 2, 6, 3, 2, 0>,
        /// Of `dense1`.
        pub dense1: ::renamed::layers::DenseParameters<f32, 324, 3, 0>,
    }
    rt::flat!(Net : f32 { conv2d1, dense1 });
    rt::flat!(NetGradients : f32 { conv2d1, dense1 });
    /// What training keeps and works in.
    #[repr(C, align(64))]
    pub struct NetSlots<const __TILE: usize> {
        /// scratch of dense1, then scratch of conv2d1
        slot0: [[f32; __TILE]; ::renamed::max([
            NetLayers::DENSE1.scratch(),
            NetLayers::CONV2D1.scratch(),
        ])],
        /// y of avg_pool2d1, then dy of leaky_relu1
        slot1: [[f32; __TILE]; 324],
        /// dy of avg_pool2d1
        slot2: [[f32; __TILE]; 324],
        /// y of leaky_relu1
        slot3: [[f32; __TILE]; 240],
    }
    rt::zeroed!(
        [const __TILE : usize] NetSlots < __TILE > { slot0, slot1, slot2, slot3, }
    );
    /// What prediction works in.
    #[repr(C, align(64))]
    pub struct NetScratch<const __TILE: usize> {
        /// y of avg_pool2d1
        slot0: [[f32; __TILE]; 324],
        /// y of leaky_relu1
        slot1: [[f32; __TILE]; 240],
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
            /// conv2d1, leaky_relu1: [4, 9, 8] → [6, 5, 8]: y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]; then y = x for x > 0, slope · x otherwise
            let leaky_relu1 = &mut slots.slot1;
            calls
                .forward(
                    &NetLayers::CONV2D1,
                    rt::Forward {
                        parameters: self.conv2d1.flat(),
                        x,
                        y: leaky_relu1,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::LEAKY_RELU1, pass, leaky_relu1);
            /// avg_pool2d1: [6, 5, 8] → [6, 6, 9]: y = the mean of x over each window
            let avg_pool2d1 = &mut slots.slot0;
            calls
                .forward(
                    &NetLayers::AVG_POOL2D1,
                    rt::Forward {
                        x: leaky_relu1,
                        y: avg_pool2d1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense1: [324] → [3]: y = Wᵀx + b
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
            /// conv2d1, leaky_relu1: [4, 9, 8] → [6, 5, 8]: y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]; then y = x for x > 0, slope · x otherwise
            let leaky_relu1 = &mut slots.slot3;
            calls
                .forward(
                    &NetLayers::CONV2D1,
                    rt::Forward {
                        parameters: self.conv2d1.flat(),
                        x,
                        y: leaky_relu1,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::LEAKY_RELU1, pass, leaky_relu1);
            /// avg_pool2d1: [6, 5, 8] → [6, 6, 9]: y = the mean of x over each window
            let avg_pool2d1 = &mut slots.slot1;
            calls
                .forward(
                    &NetLayers::AVG_POOL2D1,
                    rt::Forward {
                        x: leaky_relu1,
                        y: avg_pool2d1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense1: [324] → [3]: y = Wᵀx + b
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
            /// dense1: [324] ← [3]: dy gives dW and dx
            let avg_pool2d1 = &slots.slot1;
            let d_avg_pool2d1 = &mut slots.slot2;
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense1, NetGradients),
                    &NetLayers::DENSE1,
                    rt::Backward {
                        x: avg_pool2d1,
                        dy,
                        dx: d_avg_pool2d1,
                        scratch: &mut slots
                            .slot0[..const { NetLayers::DENSE1.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
            /// avg_pool2d1: [6, 5, 8] ← [6, 6, 9]: dy gives dx
            let d_leaky_relu1 = &mut slots.slot1[..240];
            calls
                .backward(
                    &NetLayers::AVG_POOL2D1,
                    rt::Backward {
                        dy: d_avg_pool2d1,
                        dx: d_leaky_relu1,
                        ..rt::Backward::of(pass)
                    },
                );
            /// conv2d1, leaky_relu1: [4, 9, 8] ← [6, 5, 8]: dy gives dW and dx
            let leaky_relu1 = &slots.slot3;
            calls
                .backward_in_place(
                    &NetLayers::LEAKY_RELU1,
                    pass,
                    leaky_relu1,
                    d_leaky_relu1,
                );
            learning
                .layer(
                    calls,
                    rt::place!(Net.conv2d1, NetGradients),
                    &NetLayers::CONV2D1,
                    rt::Backward {
                        x,
                        dy: d_leaky_relu1,
                        dx,
                        scratch: &mut slots
                            .slot0[..const { NetLayers::CONV2D1.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
        }
    }
    const _: () = {
        rt::expect(
            NetLayers::CONV2D1.parameters() == 72 && NetLayers::CONV2D1.outputs() == 240,
            "layer `conv2d1` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::DENSE1.parameters() == 972 && NetLayers::DENSE1.outputs() == 3,
            "layer `dense1` of `Net`: the macro and the runtime disagree on a size",
        );
    };
    const _: () = rt::budget::check(
        "Net",
        "training",
        <Net as rt::Network>::TRAINING_BYTES,
        1024 * 1024,
        &[
            (
                "`conv2d1` (parameters and gradients)",
                (144) * ::core::mem::size_of::<f32>(),
            ),
            (
                "`dense1` (parameters and gradients)",
                (1944) * ::core::mem::size_of::<f32>(),
            ),
            (
                "scratch of dense1, and what lies there later (of a tile)",
                (::renamed::max([
                    NetLayers::DENSE1.scratch(),
                    NetLayers::CONV2D1.scratch(),
                ])) * <Net as rt::Network>::TILE * ::core::mem::size_of::<f32>(),
            ),
            (
                "y of avg_pool2d1, and what lies there later (of a tile)",
                (324) * <Net as rt::Network>::TILE * ::core::mem::size_of::<f32>(),
            ),
            (
                "dy of avg_pool2d1 (of a tile)",
                (324) * <Net as rt::Network>::TILE * ::core::mem::size_of::<f32>(),
            ),
            (
                "y of leaky_relu1 (of a tile)",
                (240) * <Net as rt::Network>::TILE * ::core::mem::size_of::<f32>(),
            ),
        ],
    );
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
        type Sample = [f32; 288];
        type Output = [f32; 3];
        type InputGradient = [f32; 288];
        type ParameterArray = [f32; 1044];
        type Gradients = NetGradients;
        type Tape = rt::Tape<[[f32; 1]; 288], [[f32; 1]; 3], NetSlots<1>, [f32; 0]>;
        type Scratch = rt::Scratch<[[f32; 1]; 288], [[f32; 1]; 3], NetScratch<1>>;
        type BatchScratch = rt::Scratch<
            [[f32; Self::TILE]; 288],
            [[f32; Self::TILE]; 3],
            NetScratch<{ Self::TILE }>,
        >;
        type Workspace = <rt::TwoWidths<
            { Self::TILE > 1 },
        > as rt::Workspaces>::Of<
            rt::Tape<
                [[f32; Self::TILE]; 288],
                [[f32; Self::TILE]; 3],
                NetSlots<{ Self::TILE }>,
                [f32; rt::room::<f32>(3, Self::TILE)],
            >,
            rt::Tape<
                [[f32; 1]; 288],
                [[f32; 1]; 3],
                NetSlots<{ 1 }>,
                [f32; rt::room::<f32>(3, 1)],
            >,
        >;
        type Inputs = rt::Length<0, 0, 0, 288>;
        type Outputs = rt::Length<0, 0, 0, 3>;
        type Stored = rt::Length<0, 0, 1, 44>;
        type Trained = rt::Length<0, 0, 1, 44>;
        type Tensors = rt::Length<0, 0, 0, 4>;
        type Core = Self;
        const NAME: &'static str = "Net";
        const PARAMETERS: usize = 1044;
        const TILE: usize = rt::tile::<
            f32,
        >(
            (::renamed::max([NetLayers::DENSE1.scratch(), NetLayers::CONV2D1.scratch()])
                + 1182),
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
                    "○ input [4, 9, 8]\n● conv2d1 → leaky_relu1 → avg_pool2d1 → flatten1 → dense1 [3]",
                ],
                sizes: &[],
            };
            const __ROWS: &[rt::SummaryRow] = &[
                rt::SummaryRow::of::<
                    f32,
                >(
                    "conv2d1: conv2d(6, kernel = [3, 2], stride = [2, 1], padding = 1, dilation = [1, 2], groups = 2, bias = false)",
                    &[6, 5, 8],
                    72,
                    2880,
                ),
                rt::SummaryRow::of::<
                    f32,
                >("leaky_relu1: leaky_relu(slope = 0.2)", &[6, 5, 8], 0, 0),
                rt::SummaryRow::of::<
                    f32,
                >(
                    "avg_pool2d1: avg_pool2d(2, stride = 1, padding = 1, count_include_pad = false)",
                    &[6, 6, 9],
                    0,
                    0,
                ),
                rt::SummaryRow::of::<f32>("flatten1: flatten", &[324], 0, 0),
                rt::SummaryRow::of::<
                    f32,
                >("dense1: dense(3, bias = false, init = zeros)", &[3], 972, 972),
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
        const INPUTS: usize = 288;
        const OUTPUTS: usize = 3;
        const MULTIPLY_ADDS: usize = 3852;
        const NETWORKS: usize = 1;
        const TENSORS: &'static [rt::Tensor] = &rt::table::<
            { 4 },
        >(
            &[
                rt::Rows::of("conv2d1", &NetLayers::CONV2D1.tensors(), 0, rt::Some(0)),
                rt::Rows::of("dense1", &NetLayers::DENSE1.tensors(), 72, rt::Some(72)),
            ],
        );
        const FINGERPRINT: u64 = rt::fingerprint(
            6161886901919869527u64,
            &[],
            Self::TENSORS,
        );
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
            NetLayers::DENSE1
                .initialize(
                    self.dense1.flat_mut(),
                    &rt::initializers::Zeros,
                    &rt::initializers::Default,
                    rng,
                );
        }
    }
    rt::not_causal!(Net, "its input has no time axis");
};
