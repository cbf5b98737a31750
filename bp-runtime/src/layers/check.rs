//! Gradients compared with finite differences, for the tests of layers.

use crate::{Backward, Forward, Layer, Pass};
use rand_core::Rng;

/// Checks layers that know their own sizes: a single sample, a vector, and two.
macro_rules! layers {
    ($($layer:expr),* $(,)?) => { $(
        let layer = $layer;
        let sizes = || $crate::layers::check::Sizes {
            inputs: layer.inputs(),
            outputs: layer.outputs(),
            parameters: layer.parameters(),
            saved: layer.saved(),
            scratch: layer.scratch(),
        };
        $crate::layers::check::gradients::<1>(&layer, sizes());
        $crate::layers::check::gradients::<8>(&layer, sizes());
        $crate::layers::check::gradients::<16>(&layer, sizes());
    )* };
}
pub(crate) use layers;

/// Sizes of the layer to check.
pub(crate) struct Sizes {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) parameters: usize,
    pub(crate) saved: usize,
    pub(crate) scratch: usize,
}

fn draw(rng: &mut crate::Rng) -> f64 {
    rng.next_u32() as f64 / u32::MAX as f64 * 2.0 - 1.0
}

/// Compares every derivative of Σ c·y, for random x, parameters and c, with a central difference; checks
/// that gradients are added to, and that dx is overwritten.
pub(crate) fn gradients<const T: usize>(layer: &impl Layer<f64>, sizes: Sizes) {
    gradients_in::<T>(&Pass::PREDICTION, layer, sizes, 0);
}

/// [`gradients`] in a pass of training, for a layer with `state`: where not all samples are real, of the real ones.
pub(crate) fn gradients_in<const T: usize>(pass: &Pass, layer: &impl Layer<f64>, sizes: Sizes, state: usize) {
    let mut rng = crate::rng(1);
    let mut tile = |features: usize| -> Vec<[f64; T]> {
        (0..features).map(|_| core::array::from_fn(|_| draw(&mut rng))).collect()
    };
    let (x, mut c) = (tile(sizes.inputs), tile(sizes.outputs));
    if pass.training {
        c.iter_mut().for_each(|c| c[pass.samples..].fill(0.0));
    }
    let parameters: Vec<f64> = tile(sizes.parameters).iter().map(|values| values[0]).collect();
    let saved_by = |x: &[[f64; T]], parameters: &[f64]| {
        let mut y = vec![[f64::NAN; T]; sizes.outputs];
        let mut saved = vec![[f64::NAN; T]; sizes.saved];
        let mut state = vec![f64::NAN; state];
        layer.forward(Forward {
            parameters,
            x,
            y: &mut y,
            saved: &mut saved,
            state: &mut state,
            ..Forward::of(pass)
        });
        (y, saved, state)
    };
    let loss = |x: &[[f64; T]], parameters: &[f64]| {
        let (y, ..) = saved_by(x, parameters);
        y.as_flattened().iter().zip(c.as_flattened()).map(|(y, c)| y * c).sum::<f64>()
    };
    let (y, saved, state) = saved_by(&x, &parameters);
    let mut dx = vec![[f64::NAN; T]; sizes.inputs];
    let mut gradient = vec![10.0; sizes.parameters];
    layer.backward(Backward {
        parameters: &parameters,
        x: &x,
        y: &y,
        saved: &saved,
        state: &state,
        dy: &mut c.clone(),
        dx: &mut dx,
        gradient: &mut gradient,
        scratch: &mut vec![[f64::NAN; T]; sizes.scratch],
        ..Backward::of(pass)
    });
    let h = 1e-5;
    let close = |found: f64, up: f64, down: f64, what: &str, place: usize| {
        let expected = (up - down) / (2.0 * h);
        assert!(
            (found - expected).abs() < 1e-6 * (1.0 + expected.abs()),
            "{what} {place}: {found} {expected}"
        );
    };
    for place in 0..sizes.parameters {
        let moved = |by: f64| {
            let mut parameters = parameters.clone();
            parameters[place] += by;
            loss(&x, &parameters)
        };
        close(gradient[place] - 10.0, moved(h), moved(-h), "parameter", place);
    }
    for place in 0..sizes.inputs * T {
        let moved = |by: f64| {
            let mut x = x.clone();
            x.as_flattened_mut()[place] += by;
            loss(&x, &parameters)
        };
        close(dx.as_flattened()[place], moved(h), moved(-h), "input", place);
    }
}
