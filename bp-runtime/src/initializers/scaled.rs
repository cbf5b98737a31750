//! Numbers whose variance follows from the size of the layer.

use super::{Fans, Initializer, distributions};
use crate::{Real, Scalar};
use rand_core::Rng;

/// A factor that makes up for what an activation does to the variance. PyTorch's `calculate_gain`.
///
/// | Activation | Gain |
/// |---|---|
/// | none, sigmoid | 1 |
/// | tanh | 5/3 |
/// | relu | √2 |
/// | leaky_relu with slope `a` | √(2 / (1 + a²)) |
/// | selu | 3/4 |
///
/// ```
/// use backprop_runtime::initializers::Gain;
/// assert_eq!(Gain::RELU.value::<f64>(), 2.0_f64.sqrt());
/// assert_eq!(Gain::new(1.5).value::<f32>(), 1.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gain {
    // The square, because it is a constant without a root.
    square: Real,
}

impl Gain {
    /// 1: no activation.
    pub const LINEAR: Self = Self::new(1.0);
    /// 1
    pub const SIGMOID: Self = Self::new(1.0);
    /// 5/3
    pub const TANH: Self = Self { square: Real::new(25.0 / 9.0) };
    /// √2
    pub const RELU: Self = Self { square: Real::new(2.0) };
    /// 3/4
    pub const SELU: Self = Self::new(0.75);

    /// √(2 / (1 + slope²))
    pub const fn leaky_relu(slope: f64) -> Self {
        Self { square: Real::new(2.0 / (1.0 + slope * slope)) }
    }

    /// Any other factor, not negative.
    pub const fn new(gain: f64) -> Self {
        assert!(gain >= 0.0, "a gain is not negative");
        Self { square: Real::new(gain * gain) }
    }

    /// The factor as a number.
    pub fn value<S: Scalar>(&self) -> S {
        S::real(self.square).sqrt()
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fan {
    In,
    Out,
    Mean,
}

/// Variance `gain² / fan`, uniform or normal.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Scaled {
    gain: Gain,
    fan: Fan,
    normal: bool,
}

impl Scaled {
    fn std<S: Scalar>(&self, fans: Fans) -> S {
        let Fans { fan_in, fan_out } = fans;
        // Twice the fan, which is a whole number for the mean as well.
        let double = match self.fan {
            Fan::In => fan_in.saturating_add(fan_in),
            Fan::Out => fan_out.saturating_add(fan_out),
            Fan::Mean => fan_in.saturating_add(fan_out),
        };
        let square = S::real(self.gain.square);
        ((square + square) / S::from_usize(double.max(1))).sqrt()
    }

    fn fill<S: Scalar, R: Rng + ?Sized>(&self, fans: Fans, values: &mut [S], rng: &mut R) {
        let std = self.std::<S>(fans);
        if self.normal {
            distributions::normal(values, S::ZERO, std, rng);
        } else {
            distributions::symmetric(values, std * S::from_usize(3).sqrt(), rng);
        }
    }
}

/// What the three have in common: two constructors, the gain, the standard deviation.
macro_rules! scaled {
    ($type:ident, $gain:expr, $fan:expr) => {
        impl $type {
            /// Uniform in `±√3 σ`.
            pub const fn uniform() -> Self {
                Self(Scaled { gain: $gain, fan: $fan, normal: false })
            }

            /// Normal with standard deviation `σ`.
            pub const fn normal() -> Self {
                Self(Scaled { gain: $gain, fan: $fan, normal: true })
            }

            /// The gain, a factor on `σ`.
            #[must_use]
            pub const fn gain(mut self, gain: Gain) -> Self {
                self.0.gain = gain;
                self
            }

            /// The standard deviation `σ` for a tensor.
            pub fn std<S: Scalar>(&self, fans: Fans) -> S {
                self.0.std(fans)
            }
        }

        impl Initializer for $type {
            fn fill<S: Scalar, R: Rng + ?Sized>(&self, fans: Fans, values: &mut [S], rng: &mut R) {
                self.0.fill(fans, values, rng);
            }
        }
    };
}

/// `σ = gain √(2 / (fan_in + fan_out))`: for sigmoid and tanh. PyTorch's `xavier_uniform_`, `xavier_normal_`;
/// Glorot and Bengio, [AISTATS 2010](https://proceedings.mlr.press/v9/glorot10a.html).
///
/// The gain is 1 unless set.
///
/// ```
/// use backprop_runtime::initializers::{Fans, Gain, Xavier};
/// let fans = Fans { fan_in: 10, fan_out: 8 };
/// assert_eq!(Xavier::uniform().std::<f64>(fans), 1.0 / 3.0);
/// assert_eq!(Xavier::normal().gain(Gain::new(3.0)).std::<f64>(fans), 1.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Xavier(Scaled);
scaled!(Xavier, Gain::LINEAR, Fan::Mean);

/// `σ = gain / √fan`: for relu and its kin. PyTorch's `kaiming_uniform_`, `kaiming_normal_`; also called He;
/// He et al., [arXiv:1502.01852](https://arxiv.org/abs/1502.01852).
///
/// The fan is that of the inputs unless [`fan_out`](Self::fan_out), the gain √2 unless set.
///
/// ```
/// use backprop_runtime::initializers::{Fans, Gain, Kaiming};
/// let fans = Fans { fan_in: 50, fan_out: 8 };
/// assert_eq!(Kaiming::normal().std::<f64>(fans), 0.2);
/// assert_eq!(Kaiming::uniform().fan_out().std::<f64>(fans), 0.5);
/// assert_eq!(Kaiming::uniform().fan_out().gain(Gain::leaky_relu(1.0)).std::<f64>(fans), 0.125_f64.sqrt());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kaiming(Scaled);
scaled!(Kaiming, Gain::RELU, Fan::In);

impl Kaiming {
    /// Keeps the variance of gradients instead of that of activations: divides by the fan of the outputs.
    #[must_use]
    pub const fn fan_out(mut self) -> Self {
        self.0.fan = Fan::Out;
        self
    }
}

/// `σ = 1 / √fan_in`: for selu, and layers without an activation. LeCun et al.,
/// [Efficient BackProp](https://doi.org/10.1007/3-540-49430-8_2) (1998).
///
/// PyTorch's `kaiming_uniform_`, `kaiming_normal_` with `nonlinearity = "linear"`. (Keras and Flax truncate
/// the normal distribution; this one is whole.)
///
/// ```
/// use backprop_runtime::initializers::{Fans, LeCun};
/// assert_eq!(LeCun::normal().std::<f64>(Fans { fan_in: 25, fan_out: 8 }), 0.2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeCun(Scaled);
scaled!(LeCun, Gain::LINEAR, Fan::In);
