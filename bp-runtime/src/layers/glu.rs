//! `glu`: one half of the features opens and closes the other.

use crate::math::{Float, Function2, map2, map2_into};
use crate::parts::Parts as _;
use crate::{Backward, Forward, Layer, Scalar};

/// `y = a σ(b)`, where `a` and `b` are the first and the second half of each row (PyTorch's `GLU`; Dauphin et al.,
/// *Language modeling with gated convolutional networks*, 2017).
///
/// | | Shape |
/// |---|---|
/// | x | `[rows, 2 × features]` |
/// | y | `[rows, features]` |
///
/// Channels-first images whose channels are halved are one row: `Glu::new(1, C / 2 * H * W)`.
///
/// Backward: `da = σ(b) dy`, `db = a σ(b) (1 − σ(b)) dy`. Needs `x`.
///
/// ```
/// use backprop_runtime::{layers::Glu, Forward, Layer, Pass};
/// let mut y = [[0.0_f32]; 2];
/// Glu::new(1, 2).forward(Forward {
///     x: &[[3.0], [4.0], [0.0], [f32::INFINITY]],
///     y: &mut y,
///     ..Forward::of(&Pass::PREDICTION)
/// });
/// assert_eq!(y, [[1.5], [4.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glu {
    /// How many rows are halved, each by itself.
    pub rows: usize,
    /// Features of one row of the output.
    pub features: usize,
}

impl Glu {
    /// Halves each of `rows` rows into `features` values and `features` gates.
    pub const fn new(rows: usize, features: usize) -> Self {
        assert!(rows > 0 && features > 0, "a glu layer has at least one row and one feature");
        Self { rows, features }
    }

    /// The same over another number of rows.
    pub const fn rows(self, rows: usize) -> Self {
        Self { rows, ..self }
    }
}

/// `a σ(b)` of `(b, a)`
struct Gate;

impl<S: Scalar> Function2<S> for Gate {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, b: F, a: F) -> F {
        a * b.sigmoid()
    }
}

/// What makes of `da`, which is `σ(b) dy`, the factor of `a` in `db`: times `1 − σ(b)`, without cancellation.
struct Slope;

impl<S: Scalar> Function2<S> for Slope {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, b: F, da: F) -> F {
        da * (-b).sigmoid()
    }
}

struct Times;

impl<S: Scalar> Function2<S> for Times {
    #[inline(always)]
    fn apply<F: Float<Scalar = S>>(&self, a: F, b: F) -> F {
        a * b
    }
}

/// Kernels of one scalar type over rows of `half` numbers, compiled in this crate.
macro_rules! glu {
    ($scalar:ident) => {
        impl Layer<$scalar> for Glu {
            fn forward<const T: usize>(&self, io: Forward<'_, $scalar, T>) {
                fn kernel(half: usize, x: &[$scalar], y: &mut [$scalar]) {
                    for (x, y) in x.pieces(2 * half).zip(y.pieces_mut(half)) {
                        let (a, b) = x.split_at_checked(half).unwrap_or_default();
                        map2_into(&Gate, b, a, y);
                    }
                }
                kernel(self.features * T, io.x.as_flattened(), io.y.as_flattened_mut());
            }

            fn backward<const T: usize>(&self, io: Backward<'_, $scalar, T>) {
                fn kernel(half: usize, x: &[$scalar], dy: &[$scalar], dx: &mut [$scalar]) {
                    let rows = x.pieces(2 * half).zip(dy.pieces(half));
                    for ((x, dy), dx) in rows.zip(dx.pieces_mut(2 * half)) {
                        let ((a, b), (da, db)) = (x.split_at(half), dx.split_at_mut(half.max(1)));
                        map2_into(&Gate, b, dy, da);
                        map2_into(&Slope, b, da, db);
                        map2(&Times, a, db);
                    }
                }
                kernel(
                    self.features * T,
                    io.x.as_flattened(),
                    io.dy.as_flattened(),
                    io.dx.as_flattened_mut(),
                );
            }
        }
    };
}
glu!(f32);
glu!(f64);
