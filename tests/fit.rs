//! Runs over epochs: the same as steps by hand, shuffled by seed, stopped, resumed from the best, measured.

mod support;

use backprop::prelude::*;
use backprop::schedules::Exponential;
use backprop::{Error, metrics};
use std::cell::RefCell;
use support::{bits, classes, many};

#[network(input = 4, layers = [dense(6), tanh, dense(3)], loss = cross_entropy)]
struct Net;

fn data(count: usize) -> (Vec<[f32; 4]>, Vec<u8>) {
    (many(count, 5), classes(count, 3, 6))
}

fn start() -> (Net, Trainer<Net, Adam>) {
    (Net::new(&mut backprop::rng(3)), Trainer::new(Adam::new(0.01)))
}

#[test]
fn a_run_is_its_steps() {
    let (xs, ys) = data(50);
    let (mut net, mut trainer) = start();
    let history = trainer.fit(&mut net, &xs, &ys, &Fit::epochs(3).batch(16)).expect("data");
    let (mut twin, mut other) = start();
    for row in history.epochs() {
        let mut sum = 0.0;
        for (xs, ys) in xs.chunks(16).zip(ys.chunks(16)) {
            sum += other.step(&mut twin, xs, ys).expect("a batch") * xs.len() as f32;
        }
        assert!((row.loss - sum / 50.0).abs() < 1e-6);
        assert!(
            (row.learning_rate - 0.01).abs() < 1e-9 && row.seconds >= 0.0 && row.validation_loss.is_none()
        );
    }
    assert_eq!(bits(net.parameters()), bits(twin.parameters()));
    assert_eq!(history.epochs().len(), 3);
}

#[test]
fn the_order_follows_from_the_seed_on_any_number_of_threads() {
    let (xs, ys) = data(70);
    let run = |seed: u64, threads: usize| {
        let (mut net, mut trainer) = start();
        trainer.threads(threads).expect("threads");
        trainer.fit(&mut net, &xs, &ys, &Fit::epochs(2).batch(64).shuffle(seed)).expect("data");
        bits(net.parameters())
    };
    assert_eq!(run(1, 1), run(1, 1));
    assert_eq!(run(1, 1), run(1, 3));
    assert_ne!(run(1, 1), run(2, 1));
}

#[test]
fn batches_add_up_to_one_update() {
    let (xs, ys) = data(50);
    let (mut net, mut trainer) = start();
    trainer.fit(&mut net, &xs, &ys, &Fit::epochs(1).batch(10).accumulate(2)).expect("data");
    let (mut twin, mut other) = start();
    let mut steps = 0;
    for pair in [0..20, 20..40, 40..50] {
        for part in [pair.start..pair.start + 10, pair.start + 10..pair.end] {
            if !part.is_empty() {
                other.accumulate(&mut twin, &xs[part.clone()], &ys[part]).expect("a batch");
            }
        }
        other.update(&mut twin).expect("an update");
        steps += 1;
    }
    assert_eq!((bits(net.parameters()), steps), (bits(twin.parameters()), 3));
}

#[test]
fn a_run_without_improvement_stops_and_restores_the_best() {
    let (xs, ys) = data(40);
    let (mut net, mut trainer) = start();
    let kept = RefCell::new(Vec::new());
    // From the third epoch on the learning rate is so large that the loss rises.
    let fit = Fit::<Net, _>::epochs(50).validate(&xs, &ys).patience(4).on_epoch(|progress| {
        kept.borrow_mut().push(bits(progress.net.parameters()));
        if progress.epoch == 2 {
            progress.set_learning_rate(3.0);
        }
    });
    let history = trainer.fit(&mut net, &xs, &ys, &fit).expect("data");
    let losses: Vec<f32> = history.epochs().iter().filter_map(|row| row.validation_loss).collect();
    let least = losses.iter().copied().fold(f32::INFINITY, f32::min);
    assert_eq!(losses[history.best], least);
    assert_eq!(losses.len(), history.best + 5);
    assert_eq!(bits(net.parameters()), kept.borrow()[history.best]);
    assert_eq!(trainer.evaluate(&net, &xs, &ys).expect("data").loss, least);
}

#[test]
fn callbacks_stop_and_schedules_set_the_rate() {
    let (xs, ys) = data(40);
    let (mut net, mut trainer) = start();
    let rates = RefCell::new(Vec::new());
    let fit = Fit::epochs(9).batch(20).schedule(Exponential::new(0.1, 0.5)).on_step(|progress| {
        rates.borrow_mut().push(progress.row.learning_rate);
        if progress.steps == 3 {
            progress.stop();
        }
    });
    let history = trainer.fit(&mut net, &xs, &ys, &fit).expect("data");
    assert_eq!((history.epochs().len(), rates.borrow().len()), (2, 3));
    for (rate, expected) in rates.borrow().iter().zip([0.1, 0.05, 0.025]) {
        assert!((rate - expected).abs() < 1e-7);
    }
}

#[test]
fn metrics_of_validation_data() {
    let (xs, ys) = data(64);
    let (mut net, mut trainer) = start();
    let fit = Fit::epochs(2).split(0.25).metric("accuracy", metrics::accuracy);
    let history = trainer.fit(&mut net, &xs, &ys, &fit).expect("data");
    let row = history.epochs().last().expect("an epoch");
    let evaluation = trainer.evaluate(&net, &xs[48..], &ys[48..]).expect("data");
    assert_eq!(row.validation_loss, Some(evaluation.loss));
    assert_eq!(row.metrics, [("accuracy", evaluation.accuracy.expect("classes"))]);
    assert_eq!(row.validation_accuracy, evaluation.accuracy);
}

#[test]
fn bad_data() {
    let (xs, ys) = data(10);
    let (mut net, mut trainer) = start();
    let before = bits(net.parameters());
    let error = trainer.fit(&mut net, &xs, &ys[..9], &Fit::epochs(1)).expect_err("lengths differ");
    assert_eq!(error.to_string(), "10 inputs but 9 targets: give one for each");
    assert_eq!(trainer.fit(&mut net, &[], &ys[..0], &Fit::epochs(1)), Err(Error::EmptyBatch));
    assert_eq!(trainer.fit(&mut net, &xs, &ys, &Fit::epochs(1).split(1.0)), Err(Error::EmptyBatch));
    assert_eq!(bits(net.parameters()), before);
}

#[test]
fn copies_of_a_large_network_do_not_pass_over_the_stack() {
    #[network(input = 1000, layers = [dense(900), relu, dense(10)])]
    struct Large;
    let copy = || {
        let net = Large::boxed(&mut backprop::rng(1));
        let mut other = net.boxed_clone();
        assert!(other.parameters() == net.parameters());
        other.lerp(&net, 0.5);
        other.copy_from(&net);
        assert!(other.parameters() == net.parameters());
    };
    // The network has 3.6 MB.
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(copy).expect("a thread");
    thread.join().expect("enough stack");
}
