//! Recurrent backpropagation: layers that iterate until they settle.

use backprop::prelude::*;

#[network(
    input = 3,
    layers = [dense(5), settled: fixed_point(tolerance = 1e-13, max_iterations = 400)[dense(5), tanh], dense(2)],
    loss = mse,
    scalar = f64
)]
struct Settled;

#[network(input = 3, layers = [dense(5), fixed_point(tolerance = 1e-13, max_iterations = 3)[dense(5), tanh], dense(2)], loss = mse, scalar = f64)]
struct TooShort;

#[network(input = 3, layers = [dense(5), fixed_point(tolerance = 1e-13, max_iterations = 3, best_effort = true)[dense(5), tanh], dense(2)], loss = mse, scalar = f64)]
struct BestEffort;

/// One iteration, to unroll by hand.
#[network(input = 5, layers = [dense(5), tanh], scalar = f64)]
struct Body;

fn input(number: usize) -> [f64; 3] {
    core::array::from_fn(|i| ((number * 3 + i) as f64 * 0.7).sin())
}

fn objective(net: &Settled, x: &[f64; 3]) -> f64 {
    let [a, b] = net.predict(x);
    a - 2.0 * b
}

#[test]
fn the_gradient_agrees_with_central_differences() {
    let mut net = Settled::new(&mut backprop::rng(1));
    let mut x = input(0);
    let (mut tape, mut gradients) = (Settled::tape(), Settled::gradients());
    assert_eq!(net.forward(&x, &mut tape), net.predict(&x));
    let dx = net.backward(&mut tape, &[1.0, -2.0], &mut gradients);
    let h = 1e-6;
    let mut worst: f64 = 0.0;
    for i in 0..3 {
        let old = x[i];
        x[i] = old + h;
        let up = objective(&net, &x);
        x[i] = old - h;
        let down = objective(&net, &x);
        x[i] = old;
        worst = worst.max((dx[i] - (up - down) / (2.0 * h)).abs());
    }
    for i in 0..Settled::PARAMETERS {
        let old = net.parameters()[i];
        net.parameters_mut()[i] = old + h;
        let up = objective(&net, &x);
        net.parameters_mut()[i] = old - h;
        let down = objective(&net, &x);
        net.parameters_mut()[i] = old;
        worst = worst.max((gradients.flat()[i] - (up - down) / (2.0 * h)).abs());
    }
    assert!(worst < 1e-7, "{worst}");
}

/// The gradient of the body's parameters by backpropagation through 200 unrolled iterations.
#[test]
fn the_gradient_agrees_with_the_unrolled_network() {
    let net = Settled::new(&mut backprop::rng(2));
    let mut body = Body::zeroed();
    body.parameters_mut().copy_from_slice(net.settled.body.flat());
    // The fixed point of the inner layer alone, for a given injected input.
    let injected = [0.3, -0.8, 0.5, 0.1, -0.4];
    let coefficients = [1.0, -0.5, 2.0, 0.3, -1.0];

    let mut z = [0.0; 5];
    let mut tapes = Vec::new();
    for _ in 0..200 {
        let mut tape = Body::tape();
        z = body.forward(&core::array::from_fn(|i| z[i] + injected[i]), &mut tape);
        tapes.push(tape);
    }
    let mut unrolled = Body::gradients();
    let mut dz = coefficients;
    let mut dx = [0.0; 5];
    for tape in tapes.iter_mut().rev() {
        dz = body.backward(tape, &dz, &mut unrolled);
        for (dx, dz) in dx.iter_mut().zip(dz) {
            *dx += dz;
        }
    }

    #[network(input = 5, layers = [fixed_point(tolerance = 1e-14, max_iterations = 400)[dense(5), tanh]], scalar = f64)]
    struct Alone;
    let mut alone = Alone::zeroed();
    alone.parameters_mut().copy_from_slice(body.parameters());
    let (mut tape, mut gradients) = (Alone::tape(), Alone::gradients());
    let settled = alone.forward(&injected, &mut tape);
    let input_gradient = alone.backward(&mut tape, &coefficients, &mut gradients);
    for (a, b) in settled.iter().zip(z).chain(input_gradient.iter().zip(dx)) {
        assert!((a - b).abs() < 1e-11, "{a} {b}");
    }
    for (a, b) in gradients.flat().iter().zip(unrolled.flat()) {
        assert!((a - b).abs() < 1e-11, "{a} {b}");
    }
}

#[test]
fn a_sample_does_not_depend_on_its_neighbours() {
    let net = Settled::new(&mut backprop::rng(1));
    let xs: Vec<[f64; 3]> = (0..37).map(input).collect();
    let mut ys = vec![[0.0; 2]; 37];
    net.predict_batch(&xs, &mut ys).unwrap();
    for (x, y) in xs.iter().zip(&ys) {
        let alone = net.predict(x);
        assert!(alone.iter().zip(y).all(|(a, b)| (a - b).abs() < 1e-12), "{alone:?} {y:?}");
    }
}

#[test]
fn iterations_and_residual_can_be_read() {
    let net = Settled::new(&mut backprop::rng(1));
    let mut tape = Settled::tape();
    net.forward(&input(1), &mut tape);
    let settled = &tape.slots().settled;
    assert!((2..400).contains(&settled.iterations[0]), "{}", settled.iterations[0]);
    assert!(settled.residual[0] <= 1e-13);
}

/// Over all tiles of a batch, also where some of them settle sooner.
#[test]
fn a_trainer_tells_of_its_last_batch() {
    let mut net = Settled::new(&mut backprop::rng(1));
    let xs: Vec<[f64; 3]> = (0..3 * Settled::TILE).map(input).collect();
    let mut tape = Settled::tape();
    let alone: Vec<(u32, f64)> = xs
        .iter()
        .map(|x| {
            net.forward(x, &mut tape);
            let settled = &tape.slots().settled;
            assert_eq!(
                (settled.most_iterations, settled.largest_residual),
                (settled.iterations[0], settled.residual[0])
            );
            (settled.iterations[0], settled.residual[0])
        })
        .collect();
    let most = alone.iter().map(|(iterations, _)| *iterations).max();
    assert_ne!(alone.iter().map(|(iterations, _)| *iterations).min(), most);

    let mut trainer = Trainer::new(Sgd::new(0.0));
    for xs in [&xs[..], &xs[..1], &xs[1..]] {
        let ys = vec![[0.0; 2]; xs.len()];
        trainer.step(&mut net, xs, &ys).unwrap();
        let settled = &trainer.workspace().slots().settled;
        assert!(settled.largest_residual > 0.0 && settled.largest_residual <= 1e-13);
        if xs.len() == 1 {
            assert_eq!(
                (settled.most_iterations, settled.iterations),
                (alone[0].0, [alone[0].0; Settled::TILE])
            );
        } else {
            assert_eq!(Some(settled.most_iterations), most);
        }
        let step = settled.most_iterations;
        trainer.evaluate(&net, xs, &ys).unwrap();
        assert_eq!(trainer.workspace().slots().settled.most_iterations, step);
    }
}

#[test]
fn not_converging_is_reported() {
    let mut net = TooShort::new(&mut backprop::rng(1));
    assert!(net.predict(&input(0)).iter().all(|y| y.is_nan()));
    let before = *net.parameters();
    let mut trainer = Trainer::new(Sgd::new(0.1));
    let error = trainer.step(&mut net, &[input(0)], &[[0.0; 2]]).unwrap_err();
    assert_eq!(error, backprop::Error::NonFiniteLoss { sample: 0 });
    assert_eq!(before, *net.parameters());
    let slots = &trainer.workspace().slots().fixed_point1;
    assert!(slots.most_iterations == 3 && slots.largest_residual > 1e-13);

    let mut net = BestEffort::new(&mut backprop::rng(1));
    assert!(net.predict(&input(0)).iter().all(|y| y.is_finite()));
    trainer_accepts(&mut net);
}

fn trainer_accepts(net: &mut BestEffort) {
    Trainer::new(Sgd::new(0.1)).step(net, &[input(0)], &[[0.0; 2]]).unwrap();
}

#[test]
fn memory_does_not_depend_on_the_number_of_iterations() {
    assert_eq!(Settled::TRAINING_BYTES, TooShort::TRAINING_BYTES);
}

#[test]
fn it_learns() {
    let mut net = Settled::new(&mut backprop::rng(3));
    let mut trainer = Trainer::boxed(Adam::new(0.01));
    let xs: Vec<[f64; 3]> = (0..40).map(input).collect();
    let ys: Vec<[f64; 2]> = xs.iter().map(|x| [x[0] * x[1], x[2].tanh()]).collect();
    let first = trainer.step(&mut net, &xs, &ys).unwrap();
    for _ in 0..200 {
        trainer.step(&mut net, &xs, &ys).unwrap();
    }
    let last = trainer.step(&mut net, &xs, &ys).unwrap();
    assert!(last < first / 5.0, "{first} {last}");
}
