/// A network.
///
/// | Layer | Output | Parameters | Multiply-adds | Bytes |
/// |---|---|---|---|---|
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
    /// `conv2d(6, kernel = 5, padding = 2)`: [1, 28, 28] → [6, 28, 28]; y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]
    const CONV1: ::backprop::layers::Conv2d = ::backprop::layers::Conv2d::new(
            [1, 28, 28],
            6,
        )
        .kernel(5, 5)
        .padding(2, 2);
    /// `relu`: [6, 28, 28] → [6, 28, 28]; y = max(x, 0)
    const RELU1: ::backprop::layers::Relu = ::backprop::layers::Relu;
    /// `max_pool2d(2)`: [6, 28, 28] → [6, 14, 14]; y = the largest x of each window
    const MAX_POOL2D1: ::backprop::layers::MaxPool2d = ::backprop::layers::MaxPool2d::new([
            6, 28, 28,
        ])
        .kernel(2, 2);
    /// `conv2d(16, kernel = 5)`: [6, 14, 14] → [16, 10, 10]; y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]
    const CONV2: ::backprop::layers::Conv2d = ::backprop::layers::Conv2d::new(
            [6, 14, 14],
            16,
        )
        .kernel(5, 5);
    /// `relu`: [16, 10, 10] → [16, 10, 10]; y = max(x, 0)
    const RELU2: ::backprop::layers::Relu = ::backprop::layers::Relu;
    /// `max_pool2d(2)`: [16, 10, 10] → [16, 5, 5]; y = the largest x of each window
    const MAX_POOL2D2: ::backprop::layers::MaxPool2d = ::backprop::layers::MaxPool2d::new([
            16, 10, 10,
        ])
        .kernel(2, 2);
    /// `dense(120)`: [400] → [120]; y = Wᵀx + b
    const DENSE1: ::backprop::layers::Dense = ::backprop::layers::Dense::new(400, 120);
    /// `relu`: [120] → [120]; y = max(x, 0)
    const RELU3: ::backprop::layers::Relu = ::backprop::layers::Relu;
    /// `dense(84)`: [120] → [84]; y = Wᵀx + b
    const DENSE2: ::backprop::layers::Dense = ::backprop::layers::Dense::new(120, 84);
    /// `relu`: [84] → [84]; y = max(x, 0)
    const RELU4: ::backprop::layers::Relu = ::backprop::layers::Relu;
    /// `dense(10)`: [84] → [10]; y = Wᵀx + b
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
    rt::flat!(
        Net : f32 { conv1 : ::backprop::layers::Conv2dParameters < f32, 1, 6, 5, 5, 6 >,
        conv2 : ::backprop::layers::Conv2dParameters < f32, 6, 16, 5, 5, 16 >, dense1 :
        ::backprop::layers::DenseParameters < f32, 400, 120, 120 >, dense2 :
        ::backprop::layers::DenseParameters < f32, 120, 84, 84 >, dense3 :
        ::backprop::layers::DenseParameters < f32, 84, 10, 10 > }
    );
    rt::flat!(
        NetGradients : f32 { conv1 : ::backprop::layers::Conv2dParameters < f32, 1, 6, 5,
        5, 6 >, conv2 : ::backprop::layers::Conv2dParameters < f32, 6, 16, 5, 5, 16 >,
        dense1 : ::backprop::layers::DenseParameters < f32, 400, 120, 120 >, dense2 :
        ::backprop::layers::DenseParameters < f32, 120, 84, 84 >, dense3 :
        ::backprop::layers::DenseParameters < f32, 84, 10, 10 > }
    );
    /// What training keeps and works in.
    #[repr(C, align(64))]
    pub struct NetSlots<const T: usize> {
        /// scratch of dense3, then scratch of dense2, then scratch of dense1, then scratch of conv2, then scratch of conv1
        slot0: [[f32; T]; ::backprop::max([
            NetLayers::DENSE3.scratch(),
            NetLayers::DENSE2.scratch(),
            NetLayers::DENSE1.scratch(),
            NetLayers::CONV2.scratch(),
            NetLayers::CONV1.scratch(),
        ])],
        /// y of relu1
        slot1: [[f32; T]; 4704],
        /// y of relu2, then dy of relu1
        slot2: [[f32; T]; 4704],
        /// y of max_pool2d2, then dy of relu2
        slot3: [[f32; T]; 1600],
        /// y of max_pool2d1
        slot4: [[f32; T]; 1176],
        /// saved of max_pool2d1
        slot5: [[f32; T]; 1176],
        /// saved of max_pool2d2, then dy of max_pool2d1
        slot6: [[f32; T]; 1176],
        /// y of relu4, then dy of max_pool2d2
        slot7: [[f32; T]; 400],
        /// y of relu3
        slot8: [[f32; T]; 120],
        /// dy of relu3
        slot9: [[f32; T]; 120],
        /// dy of relu4
        slot10: [[f32; T]; 84],
    }
    rt::zeroed!(
        [const T : usize] NetSlots < T > { slot0 : [[f32; T];
        ::backprop::max([NetLayers::DENSE3.scratch(), NetLayers::DENSE2.scratch(),
        NetLayers::DENSE1.scratch(), NetLayers::CONV2.scratch(), NetLayers::CONV1
        .scratch()])], slot1 : [[f32; T]; 4704], slot2 : [[f32; T]; 4704], slot3 : [[f32;
        T]; 1600], slot4 : [[f32; T]; 1176], slot5 : [[f32; T]; 1176], slot6 : [[f32; T];
        1176], slot7 : [[f32; T]; 400], slot8 : [[f32; T]; 120], slot9 : [[f32; T]; 120],
        slot10 : [[f32; T]; 84], }
    );
    /// What prediction works in.
    #[repr(C, align(64))]
    pub struct NetScratch<const T: usize> {
        /// y of relu1, then y of relu2, then y of relu3
        slot0: [[f32; T]; 4704],
        /// y of max_pool2d1, then y of max_pool2d2, then y of relu4
        slot1: [[f32; T]; 1176],
    }
    rt::zeroed!(
        [const T : usize] NetScratch < T > { slot0 : [[f32; T]; 4704], slot1 : [[f32; T];
        1176], }
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
            /// conv1, relu1: [1, 28, 28] → [6, 28, 28]: y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]; then y = max(x, 0)
            calls
                .forward(
                    &rt::Fused(NetLayers::CONV1, NetLayers::RELU1),
                    rt::Forward {
                        parameters: self.conv1.flat(),
                        x,
                        y: &mut slots.slot0,
                        ..rt::Forward::of(pass)
                    },
                );
            /// max_pool2d1: [6, 28, 28] → [6, 14, 14]: y = the largest x of each window
            calls
                .forward(
                    &NetLayers::MAX_POOL2D1,
                    rt::Forward {
                        x: &slots.slot0,
                        y: &mut slots.slot1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// conv2, relu2: [6, 14, 14] → [16, 10, 10]: y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]; then y = max(x, 0)
            calls
                .forward(
                    &rt::Fused(NetLayers::CONV2, NetLayers::RELU2),
                    rt::Forward {
                        parameters: self.conv2.flat(),
                        x: &slots.slot1,
                        y: &mut slots.slot0[..1600],
                        ..rt::Forward::of(pass)
                    },
                );
            /// max_pool2d2: [16, 10, 10] → [16, 5, 5]: y = the largest x of each window
            calls
                .forward(
                    &NetLayers::MAX_POOL2D2,
                    rt::Forward {
                        x: &slots.slot0[..1600],
                        y: &mut slots.slot1[..400],
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense1, relu3: [400] → [120]: y = Wᵀx + b; then y = max(x, 0)
            calls
                .forward(
                    &rt::Fused(NetLayers::DENSE1, NetLayers::RELU3),
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x: &slots.slot1[..400],
                        y: &mut slots.slot0[..120],
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense2, relu4: [120] → [84]: y = Wᵀx + b; then y = max(x, 0)
            calls
                .forward(
                    &rt::Fused(NetLayers::DENSE2, NetLayers::RELU4),
                    rt::Forward {
                        parameters: self.dense2.flat(),
                        x: &slots.slot0[..120],
                        y: &mut slots.slot1[..84],
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense3: [84] → [10]: y = Wᵀx + b
            calls
                .forward(
                    &NetLayers::DENSE3,
                    rt::Forward {
                        parameters: self.dense3.flat(),
                        x: &slots.slot1[..84],
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
            /// conv1, relu1: [1, 28, 28] → [6, 28, 28]: y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]; then y = max(x, 0)
            calls
                .forward(
                    &rt::Fused(NetLayers::CONV1, NetLayers::RELU1),
                    rt::Forward {
                        parameters: self.conv1.flat(),
                        x,
                        y: &mut slots.slot1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// max_pool2d1: [6, 28, 28] → [6, 14, 14]: y = the largest x of each window
            calls
                .forward(
                    &NetLayers::MAX_POOL2D1,
                    rt::Forward {
                        x: &slots.slot1,
                        y: &mut slots.slot4,
                        saved: &mut slots.slot5,
                        ..rt::Forward::of(pass)
                    },
                );
            /// conv2, relu2: [6, 14, 14] → [16, 10, 10]: y[o] = b[o] + Σ W[i, ·, ·, o] ⋆ x[i]; then y = max(x, 0)
            calls
                .forward(
                    &rt::Fused(NetLayers::CONV2, NetLayers::RELU2),
                    rt::Forward {
                        parameters: self.conv2.flat(),
                        x: &slots.slot4,
                        y: &mut slots.slot2[..1600],
                        ..rt::Forward::of(pass)
                    },
                );
            /// max_pool2d2: [16, 10, 10] → [16, 5, 5]: y = the largest x of each window
            calls
                .forward(
                    &NetLayers::MAX_POOL2D2,
                    rt::Forward {
                        x: &slots.slot2[..1600],
                        y: &mut slots.slot3[..400],
                        saved: &mut slots.slot6[..400],
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense1, relu3: [400] → [120]: y = Wᵀx + b; then y = max(x, 0)
            calls
                .forward(
                    &rt::Fused(NetLayers::DENSE1, NetLayers::RELU3),
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x: &slots.slot3[..400],
                        y: &mut slots.slot8,
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense2, relu4: [120] → [84]: y = Wᵀx + b; then y = max(x, 0)
            calls
                .forward(
                    &rt::Fused(NetLayers::DENSE2, NetLayers::RELU4),
                    rt::Forward {
                        parameters: self.dense2.flat(),
                        x: &slots.slot8,
                        y: &mut slots.slot7[..84],
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense3: [84] → [10]: y = Wᵀx + b
            calls
                .forward(
                    &NetLayers::DENSE3,
                    rt::Forward {
                        parameters: self.dense3.flat(),
                        x: &slots.slot7[..84],
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
            /// dense3: [84] ← [10]: dy gives dW and dx
            calls
                .backward(
                    &NetLayers::DENSE3,
                    rt::Backward {
                        parameters: self.dense3.flat(),
                        gradient: rt::flat_part(
                            &mut gradients,
                            |gradients| &mut gradients.dense3,
                        ),
                        x: &slots.slot7[..84],
                        dy,
                        dx: &mut slots.slot10,
                        scratch: &mut slots.slot0[..NetLayers::DENSE3.scratch()],
                        ..rt::Backward::of(pass)
                    },
                );
            /// dense2, relu4: [120] ← [84]: dy gives dW and dx
            calls
                .backward(
                    &rt::Fused(NetLayers::DENSE2, NetLayers::RELU4),
                    rt::Backward {
                        parameters: self.dense2.flat(),
                        gradient: rt::flat_part(
                            &mut gradients,
                            |gradients| &mut gradients.dense2,
                        ),
                        x: &slots.slot8,
                        y: &slots.slot7[..84],
                        dy: &mut slots.slot10,
                        dx: &mut slots.slot9,
                        scratch: &mut slots.slot0[..NetLayers::DENSE2.scratch()],
                        ..rt::Backward::of(pass)
                    },
                );
            /// dense1, relu3: [400] ← [120]: dy gives dW and dx
            calls
                .backward(
                    &rt::Fused(NetLayers::DENSE1, NetLayers::RELU3),
                    rt::Backward {
                        parameters: self.dense1.flat(),
                        gradient: rt::flat_part(
                            &mut gradients,
                            |gradients| &mut gradients.dense1,
                        ),
                        x: &slots.slot3[..400],
                        y: &slots.slot8,
                        dy: &mut slots.slot9,
                        dx: &mut slots.slot7,
                        scratch: &mut slots.slot0[..NetLayers::DENSE1.scratch()],
                        ..rt::Backward::of(pass)
                    },
                );
            /// max_pool2d2: [16, 10, 10] ← [16, 5, 5]: dy gives dx
            calls
                .backward(
                    &NetLayers::MAX_POOL2D2,
                    rt::Backward {
                        saved: &slots.slot6[..400],
                        dy: &mut slots.slot7,
                        dx: &mut slots.slot3,
                        ..rt::Backward::of(pass)
                    },
                );
            /// conv2, relu2: [6, 14, 14] ← [16, 10, 10]: dy gives dW and dx
            calls
                .backward(
                    &rt::Fused(NetLayers::CONV2, NetLayers::RELU2),
                    rt::Backward {
                        parameters: self.conv2.flat(),
                        gradient: rt::flat_part(
                            &mut gradients,
                            |gradients| &mut gradients.conv2,
                        ),
                        x: &slots.slot4,
                        y: &slots.slot2[..1600],
                        dy: &mut slots.slot3,
                        dx: &mut slots.slot6,
                        scratch: &mut slots.slot0[..NetLayers::CONV2.scratch()],
                        ..rt::Backward::of(pass)
                    },
                );
            /// max_pool2d1: [6, 28, 28] ← [6, 14, 14]: dy gives dx
            calls
                .backward(
                    &NetLayers::MAX_POOL2D1,
                    rt::Backward {
                        saved: &slots.slot5,
                        dy: &mut slots.slot6,
                        dx: &mut slots.slot2,
                        ..rt::Backward::of(pass)
                    },
                );
            /// conv1, relu1: [1, 28, 28] ← [6, 28, 28]: dy gives dW and dx
            calls
                .backward(
                    &rt::Fused(NetLayers::CONV1, NetLayers::RELU1),
                    rt::Backward {
                        parameters: self.conv1.flat(),
                        gradient: rt::flat_part(
                            &mut gradients,
                            |gradients| &mut gradients.conv1,
                        ),
                        x,
                        y: &slots.slot1,
                        dy: &mut slots.slot2,
                        dx,
                        scratch: &mut slots.slot0[..NetLayers::CONV1.scratch()],
                        ..rt::Backward::of(pass)
                    },
                );
        }
    }
    const _: () = {
        assert!(
            NetLayers::CONV1.parameters() == 156 && NetLayers::CONV1.outputs() == 4704,
            "layer `conv1` of `Net`: the macro and the runtime disagree on a size"
        );
        assert!(
            NetLayers::CONV2.parameters() == 2416 && NetLayers::CONV2.outputs() == 1600,
            "layer `conv2` of `Net`: the macro and the runtime disagree on a size"
        );
        assert!(
            NetLayers::DENSE1.parameters() == 48120 && NetLayers::DENSE1.outputs() ==
            120, "layer `dense1` of `Net`: the macro and the runtime disagree on a size"
        );
        assert!(
            NetLayers::DENSE2.parameters() == 10164 && NetLayers::DENSE2.outputs() == 84,
            "layer `dense2` of `Net`: the macro and the runtime disagree on a size"
        );
        assert!(
            NetLayers::DENSE3.parameters() == 850 && NetLayers::DENSE3.outputs() == 10,
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
        type ParameterArray = [f32; 61706];
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
        type Stored = rt::length!(61706);
        type Trained = rt::length!(61706);
        type Tensors = rt::length!(10);
        type Core = Self;
        const NAME: &'static str = "Net";
        const PARAMETERS: usize = 61706;
        const MULTIPLY_ADDS: usize = <Self as rt::Block>::MULTIPLY_ADDS;
        const INPUTS: usize = 784;
        const OUTPUTS: usize = 10;
        const TILE: usize = rt::tile::<
            f32,
        >(
            (((((((((((((::backprop::max([
                NetLayers::DENSE3.scratch(),
                NetLayers::DENSE2.scratch(),
                NetLayers::DENSE1.scratch(),
                NetLayers::CONV2.scratch(),
                NetLayers::CONV1.scratch(),
            ]) + 4704) + 4704) + 1600) + 1176) + 1176) + 1176) + 400) + 120) + 120) + 84)
                + 784) + 10) + 10),
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
            const ROWS: [rt::SummaryRow; 12usize] = [
                rt::SummaryRow {
                    layer: "conv1: conv2d(6, kernel = 5, padding = 2)",
                    shape: [6, 28, 28, 1],
                    rank: 3usize,
                    parameters: 156,
                    multiply_adds: 117600,
                    bytes: 156 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "relu1: relu",
                    shape: [6, 28, 28, 1],
                    rank: 3usize,
                    parameters: 0,
                    multiply_adds: 0,
                    bytes: 0 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "max_pool2d1: max_pool2d(2)",
                    shape: [6, 14, 14, 1],
                    rank: 3usize,
                    parameters: 0,
                    multiply_adds: 0,
                    bytes: 0 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "conv2: conv2d(16, kernel = 5)",
                    shape: [16, 10, 10, 1],
                    rank: 3usize,
                    parameters: 2416,
                    multiply_adds: 240000,
                    bytes: 2416 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "relu2: relu",
                    shape: [16, 10, 10, 1],
                    rank: 3usize,
                    parameters: 0,
                    multiply_adds: 0,
                    bytes: 0 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "max_pool2d2: max_pool2d(2)",
                    shape: [16, 5, 5, 1],
                    rank: 3usize,
                    parameters: 0,
                    multiply_adds: 0,
                    bytes: 0 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "flatten1: flatten",
                    shape: [400, 1, 1, 1],
                    rank: 1usize,
                    parameters: 0,
                    multiply_adds: 0,
                    bytes: 0 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "dense1: dense(120)",
                    shape: [120, 1, 1, 1],
                    rank: 1usize,
                    parameters: 48120,
                    multiply_adds: 48000,
                    bytes: 48120 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "relu3: relu",
                    shape: [120, 1, 1, 1],
                    rank: 1usize,
                    parameters: 0,
                    multiply_adds: 0,
                    bytes: 0 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "dense2: dense(84)",
                    shape: [84, 1, 1, 1],
                    rank: 1usize,
                    parameters: 10164,
                    multiply_adds: 10080,
                    bytes: 10164 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "relu4: relu",
                    shape: [84, 1, 1, 1],
                    rank: 1usize,
                    parameters: 0,
                    multiply_adds: 0,
                    bytes: 0 * ::core::mem::size_of::<f32>(),
                },
                rt::SummaryRow {
                    layer: "dense3: dense(10)",
                    shape: [10, 1, 1, 1],
                    rank: 1usize,
                    parameters: 850,
                    multiply_adds: 840,
                    bytes: 850 * ::core::mem::size_of::<f32>(),
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
        const MULTIPLY_ADDS: usize = 416520;
        const TENSORS: &'static [rt::Tensor] = &rt::table::<
            { 10 },
        >(
            &[
                rt::Rows {
                    layer: "conv1",
                    tensors: &NetLayers::CONV1.tensors(),
                    stored: 0,
                    trained: ::core::option::Option::Some(0),
                    nested: false,
                },
                rt::Rows {
                    layer: "conv2",
                    tensors: &NetLayers::CONV2.tensors(),
                    stored: 156,
                    trained: ::core::option::Option::Some(156),
                    nested: false,
                },
                rt::Rows {
                    layer: "dense1",
                    tensors: &NetLayers::DENSE1.tensors(),
                    stored: 2572,
                    trained: ::core::option::Option::Some(2572),
                    nested: false,
                },
                rt::Rows {
                    layer: "dense2",
                    tensors: &NetLayers::DENSE2.tensors(),
                    stored: 50692,
                    trained: ::core::option::Option::Some(50692),
                    nested: false,
                },
                rt::Rows {
                    layer: "dense3",
                    tensors: &NetLayers::DENSE3.tensors(),
                    stored: 60856,
                    trained: ::core::option::Option::Some(60856),
                    nested: false,
                },
            ],
        );
        #[allow(unused_variables)]
        fn initialize<R: rt::RandomGenerator + ?::core::marker::Sized>(
            &mut self,
            rng: &mut R,
        ) {
            NetLayers::CONV1
                .initialize(
                    self.conv1.flat_mut(),
                    &::backprop::initializers::Default,
                    &::backprop::initializers::Default,
                    rng,
                );
            NetLayers::CONV2
                .initialize(
                    self.conv2.flat_mut(),
                    &::backprop::initializers::Default,
                    &::backprop::initializers::Default,
                    rng,
                );
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
