//! The catalogue's activations as formulas, so that a user's formula may call them.

/// Name, further parameters with their defaults, and the formula of `x` and them.
pub(super) struct Activation {
    pub(super) name: &'static str,
    pub(super) parameters: &'static [(&'static str, f64)],
    pub(super) formula: &'static str,
}

const fn of(
    name: &'static str,
    parameters: &'static [(&'static str, f64)],
    formula: &'static str,
) -> Activation {
    Activation { name, parameters, formula }
}

pub(super) const ACTIVATIONS: &[Activation] = &[
    of("relu", &[], "if x > 0 { x } else { 0 }"),
    of("relu6", &[], "x.clamp(0, 6)"),
    of("leaky_relu", &[("slope", 0.01)], "if x > 0 { x } else { slope * x }"),
    of("elu", &[("alpha", 1.0)], "if x > 0 { x } else { alpha * exp_m1(x) }"),
    of("celu", &[("alpha", 1.0)], "if x > 0 { x } else { alpha * exp_m1(x / alpha) }"),
    of(
        "selu",
        &[],
        "1.0507009873554804934193349852946 * if x > 0 { x } else { 1.6732632423543772848170429916717 * exp_m1(x) }",
    ),
    of("gelu", &[], "x * (0.5 * (1 + erf(x * 0.70710678118654752440)))"),
    of("silu", &[], "x * sigmoid(x)"),
    of("mish", &[], "x * tanh(softplus(x))"),
    of("softsign", &[], "x / (1 + abs(x))"),
    of("hard_sigmoid", &[], "clamp(x / 6 + 0.5, 0, 1)"),
    of("hard_swish", &[], "x * clamp(x + 3, 0, 6) / 6"),
    of("hard_tanh", &[("low", -1.0), ("high", 1.0)], "x.clamp(low, high)"),
];
