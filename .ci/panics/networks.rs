//! Networks whose steps of time are checked, for panics and under the realtime sanitizer: of the kinds of layers that run step by
//! step.

use backprop::prelude::*;

/// A recurrent network that is compiled as a whole.
#[network(input = [64, 1], layers = [lstm(16), dense(1)], loss = mse)]
pub(crate) struct Amplifier;

/// One that is not.
#[network(input = [64, 8], layers = [gru(40, layers = 2), layer_norm, rnn(40, activation = relu), last, dense(4), softmax])]
pub(crate) struct Agent;

/// Causal convolutions.
#[network(input = [64, 1], layers = [
    conv1d(8, kernel = 3, padding = causal),
    repeat(2)[residual[
        product[[conv1d(8, kernel = 2, dilation = 4, padding = causal), tanh], [conv1d(8, kernel = 2, dilation = 4, padding = causal), sigmoid]],
        batch_norm,
    ]],
    concat(axis = 1)[[gelu], [dense(3), prelu]], dense(1),
])]
pub(crate) struct Wave;

/// Letters.
#[network(input = 32, layers = [embedding(27, 8), lstm(12, projection = 6), rms_norm, dense(27), log_softmax])]
pub(crate) struct Letters;
