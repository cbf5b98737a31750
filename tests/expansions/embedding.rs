/// A network.
///
/// ```text
/// ○   input [8]
/// ●   embedding1 [8, 4]
/// ├─╮
/// │ ● layer_norm1 → dense1 → tanh1 [8, 4]
/// ├─╯ residual1 [8, 4]
/// ●   rms_norm1 → flatten1 → dense2 → scale1 [2]
/// ```
///
/// | Layer | Output | Parameters | Multiply-adds | Bytes |
/// |---|---|--:|--:|--:|
/// | input | [8] | | | |
/// | `embedding1`: `embedding(20, 4)` | [8, 4] | 80 |  | 320 |
/// | `layer_norm1`: `layer_norm` | [8, 4] | 8 | 64 | 32 |
/// | `dense1`: `dense(4)` | [8, 4] | 20 | 128 | 80 |
/// | `tanh1`: `tanh` | [8, 4] |  |  |  |
/// | `residual1`: `residual` | [8, 4] |  |  |  |
/// | `rms_norm1`: `rms_norm` | [8, 4] | 4 | 64 | 16 |
/// | `flatten1`: `flatten` | [32] |  |  |  |
/// | `dense2`: `dense(2)` | [2] | 66 | 64 | 264 |
/// | `scale1`: `scale` | [2] | 2 | 2 | 8 |
///
#[repr(C)]
pub struct Net {
    /// `embedding(20, 4)`: [8] → [8, 4]; y[p] = W[x[p]], for each of the indices that are the network's input
    pub embedding1: ::backprop::layers::EmbeddingParameters<f32, 20, 4>,
    /// `layer_norm`: [8, 4] → [8, 4]; y = w (x − mean) / √(variance + eps) + b, over the last axis (of an image: over all of it)
    pub layer_norm1: ::backprop::layers::NormParameters<f32, 4, 4>,
    /// `dense(4)`: [8, 4] → [8, 4]; y = Wᵀx + b
    pub dense1: ::backprop::layers::DenseParameters<f32, 4, 4, 4>,
    /// `rms_norm`: [8, 4] → [8, 4]; y = w x / √(mean(x²) + eps), over the last axis (of an image: over all of it)
    pub rms_norm1: ::backprop::layers::RmsNormParameters<f32, 4>,
    /// `dense(2)`: [32] → [2]; y = Wᵀx + b
    pub dense2: ::backprop::layers::DenseParameters<f32, 32, 2, 2>,
    /// `scale`: [2] → [2]; y = w x, with a factor for each feature of the last axis or each channel
    pub scale1: ::backprop::layers::ScaleParameters<f32, 2>,
}
/// What the layers of [`Net`] compute, as constants.
#[doc(hidden)]
#[allow(dead_code)]
struct NetLayers;
#[allow(dead_code)]
impl NetLayers {
    const EMBEDDING1: ::backprop::layers::Embedding = ::backprop::layers::Embedding::new(
            20,
            4,
        )
        .positions(8);
    const LAYER_NORM1: ::backprop::layers::LayerNorm = ::backprop::layers::LayerNorm::over(
        8,
        &[4],
    );
    const DENSE1: ::backprop::layers::Dense = ::backprop::layers::Dense::new(4, 4)
        .rows(8);
    const TANH1: ::backprop::layers::Tanh = ::backprop::layers::Tanh;
    const RMS_NORM1: ::backprop::layers::RmsNorm = ::backprop::layers::RmsNorm::over(
        8,
        &[4],
    );
    const DENSE2: ::backprop::layers::Dense = ::backprop::layers::Dense::new(32, 2);
    const SCALE1: ::backprop::layers::Scale = ::backprop::layers::Scale::new(2, 1);
}
const _: () = {
    use ::backprop::codegen as rt;
    use rt::{Flat as _, InPlace as _, Layer as _};
    /// Gradients of a loss with respect to what [`Net`] trains.
    #[repr(C)]
    pub struct NetGradients {
        /// Of `embedding1`.
        pub embedding1: ::backprop::layers::EmbeddingParameters<f32, 20, 4>,
        /// Of `layer_norm1`.
        pub layer_norm1: ::backprop::layers::NormParameters<f32, 4, 4>,
        /// Of `dense1`.
        pub dense1: ::backprop::layers::DenseParameters<f32, 4, 4, 4>,
        /// Of `rms_norm1`.
        pub rms_norm1: ::backprop::layers::RmsNormParameters<f32, 4>,
        /// Of `dense2`.
        pub dense2: ::backprop::layers::DenseParameters<f32, 32, 2, 2>,
        /// Of `scale1`.
        pub scale1: ::backprop::layers::ScaleParameters<f32, 2>,
    }
    rt::flat!(Net : f32 { embedding1, layer_norm1, dense1, rms_norm1, dense2, scale1 });
    rt::flat!(
        NetGradients : f32 { embedding1, layer_norm1, dense1, rms_norm1, dense2, scale1 }
    );
    /// What training keeps and works in.
    #[repr(C, align(64))]
    pub struct NetSlots<const __TILE: usize> {
        /// y of dense2, then scratch of dense2, then scratch of dense1, then dx of layer_norm1
        slot0: [[f32; __TILE]; ::backprop::max([
            NetLayers::DENSE2.scratch(),
            NetLayers::DENSE1.scratch(),
            32,
        ])],
        /// y of embedding1
        slot1: [[f32; __TILE]; 32],
        /// y of layer_norm1
        slot2: [[f32; __TILE]; 32],
        /// y of tanh1
        slot3: [[f32; __TILE]; 32],
        /// y of residual1, then dy of embedding1
        slot4: [[f32; __TILE]; 32],
        /// y of rms_norm1, then dy of residual1
        slot5: [[f32; __TILE]; 32],
        /// dy of rms_norm1, then dy of layer_norm1
        slot6: [[f32; __TILE]; 32],
        /// saved of layer_norm1
        slot7: [[f32; __TILE]; 16],
        /// saved of rms_norm1
        slot8: [[f32; __TILE]; 16],
        /// dy of dense2
        slot9: [[f32; __TILE]; 2],
    }
    rt::zeroed!(
        [const __TILE : usize] NetSlots < __TILE > { slot0, slot1, slot2, slot3, slot4,
        slot5, slot6, slot7, slot8, slot9, }
    );
    /// What prediction works in.
    #[repr(C, align(64))]
    pub struct NetScratch<const __TILE: usize> {
        /// y of embedding1, then y of rms_norm1
        slot0: [[f32; __TILE]; 32],
        /// y of layer_norm1, then y of dense2
        slot1: [[f32; __TILE]; 32],
        /// y of tanh1
        slot2: [[f32; __TILE]; 32],
    }
    rt::zeroed!([const __TILE : usize] NetScratch < __TILE > { slot0, slot1, slot2, });
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
            /// embedding1: [8] → [8, 4]: y[p] = W[x[p]], for each of the indices that are the network's input
            let embedding1 = &mut slots.slot0;
            calls
                .forward(
                    &NetLayers::EMBEDDING1,
                    rt::Forward {
                        parameters: self.embedding1.flat(),
                        x,
                        y: embedding1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// layer_norm1: [8, 4] → [8, 4]: y = w (x − mean) / √(variance + eps) + b, over the last axis (of an image: over all of it)
            let layer_norm1 = &mut slots.slot1;
            calls
                .forward(
                    &NetLayers::LAYER_NORM1,
                    rt::Forward {
                        parameters: self.layer_norm1.flat(),
                        x: embedding1,
                        y: layer_norm1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense1, tanh1: [8, 4] → [8, 4]: y = Wᵀx + b; then y = tanh(x)
            let tanh1 = &mut slots.slot2;
            calls
                .forward(
                    &NetLayers::DENSE1,
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x: layer_norm1,
                        y: tanh1,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::TANH1, pass, tanh1);
            /// residual1: one more term of a sum
            rt::add(tanh1, embedding1);
            /// rms_norm1: [8, 4] → [8, 4]: y = w x / √(mean(x²) + eps), over the last axis (of an image: over all of it)
            let rms_norm1 = &mut slots.slot0;
            calls
                .forward(
                    &NetLayers::RMS_NORM1,
                    rt::Forward {
                        parameters: self.rms_norm1.flat(),
                        x: tanh1,
                        y: rms_norm1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense2: [32] → [2]: y = Wᵀx + b
            let dense2 = &mut slots.slot1[..2];
            calls
                .forward(
                    &NetLayers::DENSE2,
                    rt::Forward {
                        parameters: self.dense2.flat(),
                        x: rms_norm1,
                        y: dense2,
                        ..rt::Forward::of(pass)
                    },
                );
            /// scale1: [2] → [2]: y = w x, with a factor for each feature of the last axis or each channel
            calls
                .forward(
                    &NetLayers::SCALE1,
                    rt::Forward {
                        parameters: self.scale1.flat(),
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
            x: &[[f32; __TILE]],
            y: &mut [[f32; __TILE]],
            slots: &mut NetSlots<__TILE>,
        ) {
            /// embedding1: [8] → [8, 4]: y[p] = W[x[p]], for each of the indices that are the network's input
            let embedding1 = &mut slots.slot1;
            calls
                .forward(
                    &NetLayers::EMBEDDING1,
                    rt::Forward {
                        parameters: self.embedding1.flat(),
                        x,
                        y: embedding1,
                        ..rt::Forward::of(pass)
                    },
                );
            /// layer_norm1: [8, 4] → [8, 4]: y = w (x − mean) / √(variance + eps) + b, over the last axis (of an image: over all of it)
            let layer_norm1 = &mut slots.slot2;
            let layer_norm1_saved = &mut slots.slot7;
            calls
                .forward(
                    &NetLayers::LAYER_NORM1,
                    rt::Forward {
                        parameters: self.layer_norm1.flat(),
                        x: embedding1,
                        y: layer_norm1,
                        saved: layer_norm1_saved,
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense1, tanh1: [8, 4] → [8, 4]: y = Wᵀx + b; then y = tanh(x)
            let tanh1 = &mut slots.slot3;
            calls
                .forward(
                    &NetLayers::DENSE1,
                    rt::Forward {
                        parameters: self.dense1.flat(),
                        x: layer_norm1,
                        y: tanh1,
                        ..rt::Forward::of(pass)
                    },
                );
            calls.forward_in_place(&NetLayers::TANH1, pass, tanh1);
            /// residual1: one part
            let residual1 = &mut slots.slot4;
            rt::copy(residual1, tanh1);
            /// residual1: one more term of a sum
            rt::add(residual1, embedding1);
            /// rms_norm1: [8, 4] → [8, 4]: y = w x / √(mean(x²) + eps), over the last axis (of an image: over all of it)
            let rms_norm1 = &mut slots.slot5;
            let rms_norm1_saved = &mut slots.slot8;
            calls
                .forward(
                    &NetLayers::RMS_NORM1,
                    rt::Forward {
                        parameters: self.rms_norm1.flat(),
                        x: residual1,
                        y: rms_norm1,
                        saved: rms_norm1_saved,
                        ..rt::Forward::of(pass)
                    },
                );
            /// dense2: [32] → [2]: y = Wᵀx + b
            let dense2 = &mut slots.slot0[..2];
            calls
                .forward(
                    &NetLayers::DENSE2,
                    rt::Forward {
                        parameters: self.dense2.flat(),
                        x: rms_norm1,
                        y: dense2,
                        ..rt::Forward::of(pass)
                    },
                );
            /// scale1: [2] → [2]: y = w x, with a factor for each feature of the last axis or each channel
            calls
                .forward(
                    &NetLayers::SCALE1,
                    rt::Forward {
                        parameters: self.scale1.flat(),
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
            /// scale1: [2] ← [2]: dy gives dW and dx
            let dense2 = &slots.slot0[..2];
            let d_dense2 = &mut slots.slot9;
            learning
                .layer(
                    calls,
                    rt::place!(Net.scale1, NetGradients),
                    &NetLayers::SCALE1,
                    rt::Backward {
                        x: dense2,
                        dy,
                        dx: d_dense2,
                        ..rt::Backward::of(pass)
                    },
                );
            /// dense2: [32] ← [2]: dy gives dW and dx
            let rms_norm1 = &slots.slot5;
            let d_rms_norm1 = &mut slots.slot6;
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense2, NetGradients),
                    &NetLayers::DENSE2,
                    rt::Backward {
                        x: rms_norm1,
                        dy: d_dense2,
                        dx: d_rms_norm1,
                        scratch: &mut slots
                            .slot0[..const { NetLayers::DENSE2.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
            /// rms_norm1: [8, 4] ← [8, 4]: dy gives dW and dx
            let residual1 = &slots.slot4;
            let rms_norm1_saved = &slots.slot8;
            let d_residual1 = &mut slots.slot5;
            learning
                .layer(
                    calls,
                    rt::place!(Net.rms_norm1, NetGradients),
                    &NetLayers::RMS_NORM1,
                    rt::Backward {
                        x: residual1,
                        saved: rms_norm1_saved,
                        dy: d_rms_norm1,
                        dx: d_residual1,
                        ..rt::Backward::of(pass)
                    },
                );
            /// residual1: one part
            let d_embedding1 = &mut slots.slot4;
            rt::copy(d_embedding1, d_residual1);
            /// dense1, tanh1: [8, 4] ← [8, 4]: dy gives dW and dx
            let layer_norm1 = &slots.slot2;
            let tanh1 = &slots.slot3;
            let d_layer_norm1 = &mut slots.slot6;
            calls.backward_in_place(&NetLayers::TANH1, pass, tanh1, d_residual1);
            learning
                .layer(
                    calls,
                    rt::place!(Net.dense1, NetGradients),
                    &NetLayers::DENSE1,
                    rt::Backward {
                        x: layer_norm1,
                        dy: d_residual1,
                        dx: d_layer_norm1,
                        scratch: &mut slots
                            .slot0[..const { NetLayers::DENSE1.scratch() }],
                        ..rt::Backward::of(pass)
                    },
                );
            /// layer_norm1: [8, 4] ← [8, 4]: dy gives dW and dx
            let embedding1 = &slots.slot1;
            let layer_norm1_saved = &slots.slot7;
            let dx_layer_norm1 = &mut slots.slot0[..32];
            learning
                .layer(
                    calls,
                    rt::place!(Net.layer_norm1, NetGradients),
                    &NetLayers::LAYER_NORM1,
                    rt::Backward {
                        x: embedding1,
                        saved: layer_norm1_saved,
                        dy: d_layer_norm1,
                        dx: dx_layer_norm1,
                        ..rt::Backward::of(pass)
                    },
                );
            /// layer_norm1: one more term of a sum
            rt::add(d_embedding1, dx_layer_norm1);
            /// embedding1: [8] ← [8, 4]: dy gives dW and dx
            learning
                .layer(
                    calls,
                    rt::place!(Net.embedding1, NetGradients),
                    &NetLayers::EMBEDDING1,
                    rt::Backward {
                        x,
                        dy: d_embedding1,
                        dx,
                        ..rt::Backward::of(pass)
                    },
                );
        }
    }
    const _: () = {
        rt::expect(
            NetLayers::EMBEDDING1.parameters() == 80
                && NetLayers::EMBEDDING1.outputs() == 32,
            "layer `embedding1` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::LAYER_NORM1.parameters() == 8
                && NetLayers::LAYER_NORM1.outputs() == 32,
            "layer `layer_norm1` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::DENSE1.parameters() == 20 && NetLayers::DENSE1.outputs() == 32,
            "layer `dense1` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::RMS_NORM1.parameters() == 4
                && NetLayers::RMS_NORM1.outputs() == 32,
            "layer `rms_norm1` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::DENSE2.parameters() == 66 && NetLayers::DENSE2.outputs() == 2,
            "layer `dense2` of `Net`: the macro and the runtime disagree on a size",
        );
        rt::expect(
            NetLayers::SCALE1.parameters() == 2,
            "layer `scale1` of `Net`: the macro and the runtime disagree on a size",
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
        type Sample = [u32; 8];
        type Output = [f32; 2];
        type InputGradient = ();
        type ParameterArray = [f32; 180];
        type Gradients = NetGradients;
        type Tape = rt::Tape<[[f32; 1]; 8], [[f32; 1]; 2], NetSlots<1>, [f32; 0]>;
        type Scratch = rt::Scratch<[[f32; 1]; 8], [[f32; 1]; 2], NetScratch<1>>;
        type BatchScratch = rt::Scratch<
            [[f32; Self::TILE]; 8],
            [[f32; Self::TILE]; 2],
            NetScratch<{ Self::TILE }>,
        >;
        type Workspace = <rt::TwoWidths<
            { Self::TILE > 1 },
        > as rt::Workspaces>::Of<
            rt::Tape<
                [[f32; Self::TILE]; 8],
                [[f32; Self::TILE]; 2],
                NetSlots<{ Self::TILE }>,
                [f32; rt::room::<f32>(2, Self::TILE)],
            >,
            rt::Tape<
                [[f32; 1]; 8],
                [[f32; 1]; 2],
                NetSlots<{ 1 }>,
                [f32; rt::room::<f32>(2, 1)],
            >,
        >;
        type Inputs = rt::Length<0, 0, 0, 8>;
        type Outputs = rt::Length<0, 0, 0, 2>;
        type Stored = rt::Length<0, 0, 0, 180>;
        type Trained = rt::Length<0, 0, 0, 180>;
        type Tensors = rt::Length<0, 0, 0, 9>;
        type Core = Self;
        const NAME: &'static str = "Net";
        const PARAMETERS: usize = 180;
        const TILE: usize = rt::tile::<
            f32,
        >(
            (::backprop::max([
                NetLayers::DENSE2.scratch(),
                NetLayers::DENSE1.scratch(),
                32,
            ]) + 238),
        );
        const INPUT_ROWS: usize = 20;
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
                    "○   input [8]\n●   embedding1 [8, 4]\n├─╮\n│ ● layer_norm1 → dense1 → tanh1 [8, 4]\n├─╯ residual1 [8, 4]\n●   rms_norm1 → flatten1 → dense2 → scale1 [2]",
                ],
                sizes: &[],
            };
            const __ROWS: &[rt::SummaryRow] = &[
                rt::SummaryRow::of::<
                    f32,
                >("embedding1: embedding(20, 4)", &[8, 4], 80, 0),
                rt::SummaryRow::of::<f32>("layer_norm1: layer_norm", &[8, 4], 8, 64),
                rt::SummaryRow::of::<f32>("dense1: dense(4)", &[8, 4], 20, 128),
                rt::SummaryRow::of::<f32>("tanh1: tanh", &[8, 4], 0, 0),
                rt::SummaryRow::of::<f32>("residual1: residual", &[8, 4], 0, 0),
                rt::SummaryRow::of::<f32>("rms_norm1: rms_norm", &[8, 4], 4, 64),
                rt::SummaryRow::of::<f32>("flatten1: flatten", &[32], 0, 0),
                rt::SummaryRow::of::<f32>("dense2: dense(2)", &[2], 66, 64),
                rt::SummaryRow::of::<f32>("scale1: scale", &[2], 2, 2),
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
        const INPUTS: usize = 8;
        const OUTPUTS: usize = 2;
        const MULTIPLY_ADDS: usize = 322;
        const TAKES_INDICES: bool = true;
        const NETWORKS: usize = 1;
        const TENSORS: &'static [rt::Tensor] = &rt::table::<
            { 9 },
        >(
            &[
                rt::Rows::of(
                    "embedding1",
                    &NetLayers::EMBEDDING1.tensors(),
                    0,
                    rt::Some(0),
                ),
                rt::Rows::of(
                    "layer_norm1",
                    &NetLayers::LAYER_NORM1.tensors(),
                    80,
                    rt::Some(80),
                ),
                rt::Rows::of("dense1", &NetLayers::DENSE1.tensors(), 88, rt::Some(88)),
                rt::Rows::of(
                    "rms_norm1",
                    &NetLayers::RMS_NORM1.tensors(),
                    108,
                    rt::Some(108),
                ),
                rt::Rows::of("dense2", &NetLayers::DENSE2.tensors(), 112, rt::Some(112)),
                rt::Rows::of("scale1", &NetLayers::SCALE1.tensors(), 178, rt::Some(178)),
            ],
        );
        const FINGERPRINT: u64 = rt::fingerprint(
            7406889493667974938u64,
            &[],
            Self::TENSORS,
        );
        #[allow(unused_variables)]
        fn initialize<__Random: rt::RandomGenerator + ?::core::marker::Sized>(
            &mut self,
            rng: &mut __Random,
        ) {
            NetLayers::EMBEDDING1
                .initialize(
                    self.embedding1.flat_mut(),
                    &rt::initializers::Normal::new(0.0, 1.0),
                    rng,
                );
            NetLayers::LAYER_NORM1
                .initialize(
                    self.layer_norm1.flat_mut(),
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
            NetLayers::RMS_NORM1
                .initialize(self.rms_norm1.flat_mut(), &rt::initializers::Ones, rng);
            NetLayers::DENSE2
                .initialize(
                    self.dense2.flat_mut(),
                    &rt::initializers::Default,
                    &rt::initializers::Default,
                    rng,
                );
            NetLayers::SCALE1
                .initialize(self.scale1.flat_mut(), &rt::initializers::Ones, rng);
        }
    }
    impl rt::Trainable for Net {
        type Target = <::backprop::losses::Mse<2> as rt::Loss<f32>>::Target;
        type Loss = ::backprop::losses::Mse<2>;
        const LOSS: Self::Loss = <::backprop::losses::Mse<2>>::new();
    }
    rt::not_causal!(Net, "its layer `dense2` works on all steps at once");
    #[doc(hidden)]
    #[allow(non_camel_case_types)]
    pub struct dense2 {}
    rt::no_steps!(Net : rt::AllAtOnce < Net, dense2 >);
};
