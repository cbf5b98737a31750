//! [`Calls`]: how a pass calls its layers.
//!
//! Kernels are compiled once for all networks, with sizes as numbers that they are given, and each call chooses the
//! instruction set: [`Apart`]. For a tiny network that takes longer than its arithmetic. Its passes are compiled as a
//! whole, once for each instruction set, with sizes as constants, and choose once: [`Whole`].

use crate::kernels::all_within;
use crate::layer::{Backward, Forward, InPlace, Layer, Pass};
use crate::optimizers::{Optimizer, Update};
use crate::simd::{HAS_VECTORS, Simd};
use crate::streaming::{Memory, Remembers};
use crate::{ArrayLength, Scalar};

/// How a pass calls its layers. The results are the same, to the bit.
pub trait Calls: Copy {
    /// Whether sizes are constants here.
    const WHOLE: bool;

    /// [`Layer::forward`]
    fn forward<S: Scalar, L: Layer<S>, const T: usize>(self, layer: &L, io: Forward<'_, S, T>);
    /// [`Layer::backward`]
    fn backward<S: Scalar, L: Layer<S>, const T: usize>(self, layer: &L, io: Backward<'_, S, T>);
    /// [`Remembers::step`]
    fn step<S: Scalar, L: Remembers<S>, const T: usize>(
        self,
        layer: &L,
        io: Forward<'_, S, T>,
        memory: Memory<'_, S, T>,
    );
    /// [`InPlace::forward_in_place`]
    fn forward_in_place<S: Scalar, L: InPlace<S>, const T: usize>(
        self,
        layer: &L,
        pass: &Pass,
        y: &mut [[S; T]],
    );
    /// [`InPlace::backward_in_place`]
    fn backward_in_place<S: Scalar, L: InPlace<S>, const T: usize>(
        self,
        layer: &L,
        pass: &Pass,
        y: &[[S; T]],
        d: &mut [[S; T]],
    );
    /// Whether no number is larger than a limit, either way, or NaN.
    fn all_within<S: Scalar>(self, values: &[S], limit: S) -> bool;
    /// [`Optimizer::update`]
    fn update<O: Optimizer, S: Scalar, L: ArrayLength>(
        self,
        optimizer: &O,
        state: &mut O::State<S, L>,
        run: Update<'_, S>,
    );
}

/// Every layer chooses the instruction set for itself.
#[derive(Clone, Copy, Debug)]
pub struct Apart;

impl Calls for Apart {
    const WHOLE: bool = false;

    #[inline(always)]
    fn forward<S: Scalar, L: Layer<S>, const T: usize>(self, layer: &L, io: Forward<'_, S, T>) {
        layer.forward(io);
    }
    #[inline(always)]
    fn backward<S: Scalar, L: Layer<S>, const T: usize>(self, layer: &L, io: Backward<'_, S, T>) {
        layer.backward(io);
    }
    #[inline(always)]
    fn forward_in_place<S: Scalar, L: InPlace<S>, const T: usize>(
        self,
        layer: &L,
        pass: &Pass,
        y: &mut [[S; T]],
    ) {
        layer.forward_in_place(pass, y);
    }
    #[inline(always)]
    fn step<S: Scalar, L: Remembers<S>, const T: usize>(
        self,
        layer: &L,
        io: Forward<'_, S, T>,
        memory: Memory<'_, S, T>,
    ) {
        layer.step(io, memory);
    }
    #[inline(always)]
    fn backward_in_place<S: Scalar, L: InPlace<S>, const T: usize>(
        self,
        layer: &L,
        pass: &Pass,
        y: &[[S; T]],
        d: &mut [[S; T]],
    ) {
        layer.backward_in_place(pass, y, d);
    }
    #[inline(always)]
    fn all_within<S: Scalar>(self, values: &[S], limit: S) -> bool {
        S::all_within(values, limit)
    }
    #[inline(always)]
    fn update<O: Optimizer, S: Scalar, L: ArrayLength>(
        self,
        optimizer: &O,
        state: &mut O::State<S, L>,
        run: Update<'_, S>,
    ) {
        optimizer.update::<S, L>(state, run);
    }
}

/// The pass is compiled for an instruction set, and layers are written out in it.
///
/// Everything between [`dispatch!`](crate::dispatch) and a layer's vectors must be `#[inline(always)]`.
#[derive(Clone, Copy, Debug)]
pub struct Whole<V>(pub V);

impl<V: Simd> Calls for Whole<V> {
    const WHOLE: bool = true;

    #[inline(always)]
    fn forward<S: Scalar, L: Layer<S>, const T: usize>(self, layer: &L, io: Forward<'_, S, T>) {
        layer.forward_within(self.0, io);
    }
    #[inline(always)]
    fn backward<S: Scalar, L: Layer<S>, const T: usize>(self, layer: &L, io: Backward<'_, S, T>) {
        layer.backward_within(self.0, io);
    }
    #[inline(always)]
    fn forward_in_place<S: Scalar, L: InPlace<S>, const T: usize>(
        self,
        layer: &L,
        pass: &Pass,
        y: &mut [[S; T]],
    ) {
        layer.forward_in_place_within(self.0, pass, y);
    }
    #[inline(always)]
    fn step<S: Scalar, L: Remembers<S>, const T: usize>(
        self,
        layer: &L,
        io: Forward<'_, S, T>,
        memory: Memory<'_, S, T>,
    ) {
        layer.step_within(self.0, io, memory);
    }
    #[inline(always)]
    fn backward_in_place<S: Scalar, L: InPlace<S>, const T: usize>(
        self,
        layer: &L,
        pass: &Pass,
        y: &[[S; T]],
        d: &mut [[S; T]],
    ) {
        layer.backward_in_place_within(self.0, pass, y, d);
    }
    #[inline(always)]
    fn all_within<S: Scalar>(self, values: &[S], limit: S) -> bool {
        all_within(self.0, values, limit)
    }
    #[inline(always)]
    fn update<O: Optimizer, S: Scalar, L: ArrayLength>(
        self,
        optimizer: &O,
        state: &mut O::State<S, L>,
        run: Update<'_, S>,
    ) {
        optimizer.update_within::<V, S, L>(self.0, state, run);
    }
}

/// Whether the passes of a network of so many multiply-adds are compiled as a whole: up to 4096.
///
/// Never where a machine may have no vectors: what is written out there would be every lane of each.
pub const fn is_tiny(multiply_adds: usize) -> bool {
    HAS_VECTORS && multiply_adds <= 4096
}

/// The same of a step of time: up to 8192. A step is a forward pass alone, and a chain in which each call is waited for.
pub const fn is_tiny_step(multiply_adds: usize) -> bool {
    is_tiny(multiply_adds / 2)
}

/// Evaluates an expression with the [`Calls`] of a network for a tile of samples.
///
/// Where a network has tiles of two sizes, the smallest stands before the one in use.
macro_rules! with_calls {
    ($network:ty, 1, $calls:ident => $body:expr) => { $crate::calls::with_calls!($network, 1, 1, $calls => $body) };
    ($network:ty, $smallest:expr, $tile:expr, $calls:ident => $body:expr) => {
        if const { $smallest == 1 && <$network as $crate::network::Passes>::IS_TINY } && $tile == 1 {
            $crate::dispatch!(<$network as $crate::Flat>::Number: v => {
                let $calls = $crate::calls::Whole(v);
                $body
            }, plain {
                let $calls = $crate::calls::Apart;
                $body
            })
        } else {
            let $calls = $crate::calls::Apart;
            $body
        }
    };
}
pub(crate) use with_calls;
