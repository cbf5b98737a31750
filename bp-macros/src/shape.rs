//! Shapes: what flows between layers.

use crate::size::Size;
use std::fmt;

/// The axes of a value: `[features]`, `[time, features]`, `[channels, height, width]`.
#[derive(Clone, Debug)]
pub(crate) struct Shape(pub(crate) Vec<Size>);

impl Shape {
    /// One axis.
    pub(crate) fn flat(features: Size) -> Self {
        Self(vec![features])
    }

    /// The product of all axes.
    pub(crate) fn features(&self) -> Size {
        self.0.iter().fold(Size::Known(1), |product, axis| product.times(axis))
    }

    /// A shape of which nothing is known, because of a mistake before.
    pub(crate) fn unknown() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn is_unknown(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there are certainly more numbers than 2³² − 1, the most that lengths at the level of types count.
    pub(crate) fn exceeds_addresses(&self) -> bool {
        let product = self.0.iter().try_fold(1_u128, |product, axis| axis.literal()?.checked_mul(product));
        product.is_some_and(|product| product > u128::from(u32::MAX))
    }

    pub(crate) fn rank(&self) -> usize {
        self.0.len()
    }

    /// The last axis, and the product of those before it: what `dense` and norms act on, and how often.
    pub(crate) fn last_axis(&self) -> (Size, Size) {
        match self.0.as_slice() {
            [] => (Size::Known(1), Size::Known(1)),
            [before @ .., last] => (last.clone(), Self(before.to_vec()).features()),
        }
    }

    /// The same with another last axis.
    pub(crate) fn with_last(&self, last: Size) -> Self {
        let mut axes = self.0.clone();
        axes.pop();
        axes.push(last);
        Self(axes)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (index, axis) in self.0.iter().enumerate() {
            write!(f, "{}{axis}", if index > 0 { ", " } else { "" })?;
        }
        f.write_str("]")
    }
}

impl Shape {
    /// Whether two shapes are certainly equal, certainly different, or only the compiler can tell.
    pub(crate) fn equals(&self, other: &Self) -> Option<bool> {
        if self.is_unknown() || other.is_unknown() {
            return None;
        }
        if self.rank() != other.rank() {
            return Some(false);
        }
        let axes: Vec<_> = self.0.iter().zip(&other.0).map(|(a, b)| a.equals(b)).collect();
        if axes.contains(&Some(false)) {
            Some(false)
        } else if axes.contains(&None) {
            None
        } else {
            Some(true)
        }
    }
}
