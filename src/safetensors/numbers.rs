//! Numbers of a file and those of a network.

use crate::Scalar;
use ::safetensors::Dtype;
use half::{bf16, f16};

/// The type of the numbers in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Half precision, IEEE 754: 11 bits, up to 65504.
    F16,
    /// The upper half of an `f32`: 8 bits, up to 3.4 · 10³⁸.
    BF16,
    /// `f32`
    F32,
    /// `f64`
    F64,
}

impl Precision {
    /// A network's own.
    pub(super) fn of<S: Scalar>() -> Self {
        if size_of::<S>() == size_of::<f64>() { Self::F64 } else { Self::F32 }
    }

    /// What a file calls it; `None` for integers and the like.
    pub(super) fn from_file(dtype: Dtype) -> Option<Self> {
        match dtype {
            Dtype::F16 => Some(Self::F16),
            Dtype::BF16 => Some(Self::BF16),
            Dtype::F32 => Some(Self::F32),
            Dtype::F64 => Some(Self::F64),
            _ => None,
        }
    }

    pub(super) fn in_file(self) -> Dtype {
        match self {
            Self::F16 => Dtype::F16,
            Self::BF16 => Dtype::BF16,
            Self::F32 => Dtype::F32,
            Self::F64 => Dtype::F64,
        }
    }

    /// Whether numbers of 16 bits, which every network holds exactly.
    pub(super) fn is_half(self) -> bool {
        self.bytes() == 2
    }

    pub(super) fn bytes(self) -> usize {
        match self {
            Self::F16 | Self::BF16 => 2,
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// Appends a number, rounded to the nearest; whether a finite one is still finite.
    pub(super) fn write<S: Scalar>(self, value: S, to: &mut Vec<u8>) -> bool {
        let real = value.to_real();
        let (single, double) = (f32::real(real), f64::real(real));
        // Of the double, which is exact for both: rounding twice would be another number.
        let finite = match self {
            Self::F16 => {
                let half = f16::from_f64(double);
                to.extend_from_slice(&half.to_le_bytes());
                half.is_finite()
            }
            Self::BF16 => {
                let half = bf16::from_f64(double);
                to.extend_from_slice(&half.to_le_bytes());
                half.is_finite()
            }
            Self::F32 => {
                to.extend_from_slice(&single.to_le_bytes());
                single.is_finite()
            }
            Self::F64 => {
                to.extend_from_slice(&double.to_le_bytes());
                double.is_finite()
            }
        };
        finite || !value.is_finite()
    }

    /// The number with these bytes, of which there are [`bytes`](Self::bytes).
    pub(super) fn read<S: Scalar>(self, bytes: &[u8]) -> Option<S> {
        let real: crate::Real = match self {
            Self::F16 => f16::from_le_bytes(bytes.try_into().ok()?).to_f32().into(),
            Self::BF16 => bf16::from_le_bytes(bytes.try_into().ok()?).to_f32().into(),
            Self::F32 => f32::from_le_bytes(bytes.try_into().ok()?).into(),
            Self::F64 => f64::from_le_bytes(bytes.try_into().ok()?).into(),
        };
        Some(S::real(real))
    }
}
