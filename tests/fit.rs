//! Runs over epochs: the same as steps by hand, shuffled by seed, stopped, resumed from the best, measured.

mod support;

use backprop::prelude::*;
use backprop::schedules::Exponential;
use backprop::trainer::source;
use backprop::{Error, metrics};
use std::cell::RefCell;
use std::collections::BTreeSet;
use support::{assert_close, bits, classes, many};

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
    let mut wrong = ys.clone();
    wrong[7] = 3;
    // Found before the first step, and named as it is in the data, wherever the order of the epoch has it.
    let error = trainer.fit(&mut net, &xs, &wrong, &Fit::epochs(1).batch(2).shuffle(1));
    assert_eq!(error, Err(Error::LabelOutOfRange { sample: 7, label: 3, classes: 3 }));
    let negative = Fit::epochs(1).weights(&[1.0, 1.0, -1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
    assert_eq!(trainer.fit(&mut net, &xs, &ys, &negative), Err(Error::InvalidWeight { sample: 2 }));
    assert_eq!(bits(net.parameters()), before);
    let wrong = source::indexed(10, |at| (xs[at.index], wrong[at.index]));
    let error = trainer.fit_from(&mut net, wrong, &Fit::epochs(1).batch(2).shuffle(1));
    assert_eq!(error, Err(Error::LabelOutOfRange { sample: 7, label: 3, classes: 3 }));
}

#[test]
fn what_a_source_cannot_do_is_refused() {
    let (xs, ys) = data(10);
    let (mut net, mut trainer) = start();
    let mut error = |fit: Fit<'_, Net, u8>| {
        let source = source::indexed(10, |at| (xs[at.index], ys[at.index]));
        trainer.fit_from(&mut net, source, &fit).expect_err("data that can be gone through again").to_string()
    };
    for (fit, setting) in [
        (Fit::epochs(1).split(0.1), "split"),
        (Fit::epochs(1).weights(&[1.0; 10]), "weights"),
        (Fit::epochs(1).metric("accuracy", metrics::accuracy), "metric"),
    ] {
        assert!(error(fit).starts_with(&format!("`{setting}` needs data in slices")));
    }
    let validated = Fit::epochs(1).validate(&xs, &ys).split(0.5).metric("accuracy", metrics::accuracy);
    let source = source::indexed(10, |at| (xs[at.index], ys[at.index]));
    assert!(trainer.fit_from(&mut net, source, &validated).is_ok());
}

#[test]
fn weights_count_samples() {
    let (xs, ys) = data(30);
    let weights: Vec<f32> =
        (0..30).map(|i| if (10..20).contains(&i) { 0.0 } else { i as f32 / 10.0 }).collect();
    let (mut net, mut trainer) = start();
    let fit = Fit::epochs(2).batch(10).weights(&weights);
    let history = trainer.fit(&mut net, &xs, &ys, &fit).expect("data");
    let (mut twin, mut other) = start();
    for row in history.epochs() {
        let (mut sum, mut all) = (0.0, 0.0);
        // Of the batch in the middle no sample counts.
        for range in [0..10, 20..30] {
            let weights = &weights[range.clone()];
            let of_batch: f32 = weights.iter().sum();
            let loss = other.step_weighted(&mut twin, &xs[range.clone()], &ys[range], weights);
            (sum, all) = (sum + loss.expect("a batch") * of_batch, all + of_batch);
        }
        assert!((row.loss - sum / all).abs() < 1e-6);
    }
    assert_eq!(bits(net.parameters()), bits(twin.parameters()));
    let nothing = source::stream(|_| xs.iter().zip(&ys).map(|(x, y)| (*x, *y, 0.0)));
    assert_eq!(trainer.fit_from(&mut net, nothing, &Fit::epochs(1)), Err(Error::NothingCounts));
}

/// Samples made as they are needed are those of slices, in the same order.
#[test]
fn sources_give_the_bits_of_slices() {
    let (xs, ys) = data(50);
    let run = |fit: &Fit<'_, Net, u8>, which: usize| {
        let (mut net, mut trainer) = start();
        let stream = source::stream(|_| xs.iter().copied().zip(ys.iter().copied()));
        let indexed = source::indexed(50, |at| (xs[at.index], ys[at.index], 1.0));
        let history = match which {
            0 => trainer.fit(&mut net, &xs, &ys, fit),
            1 => trainer.fit_from(&mut net, indexed, fit),
            _ => trainer.fit_from(&mut net, stream, fit),
        };
        let losses: Vec<f32> = history.expect("data").epochs().iter().map(|row| row.loss).collect();
        (bits(net.parameters()), bits(&losses))
    };
    let plain = Fit::epochs(3).batch(16).accumulate(3);
    assert_eq!(run(&plain, 0), run(&plain, 1));
    assert_eq!(run(&plain, 0), run(&plain, 2));
    let shuffled = Fit::epochs(3).batch(16).shuffle(5);
    assert_eq!(run(&shuffled, 0), run(&shuffled, 1));
    assert_eq!(run(&shuffled, 2), run(&shuffled, 2));
    assert_ne!(run(&shuffled, 2), run(&plain, 2));
}

/// Each sample once an epoch, in an order of the seed, from a window; what is drawn for a sample differs from epoch to epoch.
#[test]
fn streams_are_shuffled_within_a_window() {
    let orders = |seed| {
        let orders = RefCell::new(Vec::new());
        let source = source::stream(|epoch| {
            orders.borrow_mut().push(Vec::new());
            (0..60).map(move |i| ([i as f32, epoch as f32, 0.0, 0.0], 0_u8))
        });
        let (mut net, mut trainer) = start();
        let fit = Fit::<Net, u8>::epochs(2).batch(1).shuffle(seed);
        let mut seen = Seen { inner: source.window(8), orders: &orders };
        trainer.fit_from(&mut net, &mut seen, &fit).expect("data");
        orders.take()
    };
    let found: Vec<Vec<usize>> = orders(1);
    assert_eq!((found.len(), &found), (2, &orders(1)));
    assert_ne!(found, orders(2));
    assert_ne!(found[0], found[1]);
    for order in &found {
        assert_eq!(order.iter().copied().collect::<BTreeSet<_>>(), (0..60).collect());
        assert!(order.iter().enumerate().all(|(place, number)| *number < place + 8));
    }

    let draws = RefCell::new(Vec::new());
    let source = source::indexed(4, |at| {
        draws.borrow_mut().push(backprop::rand_core::Rng::next_u64(&mut at.rng()));
        ([0.0; 4], 0_u8)
    });
    let (mut net, mut trainer) = start();
    trainer.fit_from(&mut net, source, &Fit::epochs(3).shuffle(1)).expect("data");
    assert_eq!(draws.borrow().iter().collect::<BTreeSet<_>>().len(), 12);
}

/// A source that notes what another one gives.
struct Seen<'a, T> {
    inner: T,
    orders: &'a RefCell<Vec<Vec<usize>>>,
}

impl<T: source::Source<[f32; 4], u8, f32>> source::Source<[f32; 4], u8, f32> for Seen<'_, T> {
    fn begin(&mut self, epoch: usize, seed: Option<u64>) {
        self.inner.begin(epoch, seed);
    }

    fn fill(&mut self, count: usize, batch: &mut source::Batch<[f32; 4], u8, f32>) {
        let before = batch.len();
        self.inner.fill(count, batch);
        let mut orders = self.orders.borrow_mut();
        let order = orders.last_mut().expect("an epoch has begun");
        order.extend(batch.xs()[before..].iter().map(|x| x[0] as usize));
    }
}

#[network(
    input = 4,
    layers = [dense(6), tanh, heads { kind: [dense(3)], unused: [dense(2)], size: [dense(2)] }],
    loss = { kind: cross_entropy(ignore_index = 2), size: 0.25 * mse },
)]
struct TwoLosses;

/// Loss and accuracy of each head, against formulas; the sum is theirs.
#[test]
fn heads_are_measured_one_by_one() {
    let (xs, labels) = data(45);
    let sizes: Vec<[f32; 2]> = many(45, 9);
    let ys: Vec<TwoLossesTarget> = (labels.iter().zip(&sizes))
        .map(|(label, size)| TwoLossesTarget { kind: Class(usize::from(*label)), size: *size })
        .collect();
    let mut net = TwoLosses::new(&mut backprop::rng(2));
    let mut trainer = Trainer::new(Adam::new(0.01));
    let fit = Fit::epochs(2).validate(&xs, &ys);
    let history = trainer.fit(&mut net, &xs, &ys, &fit).expect("data");

    let (mut entropy, mut squares, mut right, mut counted) = (0.0, 0.0, 0, 0);
    for (x, y) in xs.iter().zip(&ys) {
        let TwoLossesOutput { kind, size, .. } = net.predict(x);
        squares += size.iter().zip(&y.size).map(|(y, t)| f64::from(y - t).powi(2)).sum::<f64>();
        if y.kind.0 != 2 {
            let sum: f64 = kind.iter().map(|score| f64::from(*score).exp()).sum();
            entropy += sum.ln() - f64::from(kind[y.kind.0]);
            right += usize::from((0..3).all(|class| class == y.kind.0 || kind[class] < kind[y.kind.0]));
            counted += 1;
        }
    }
    let (entropy, squares) = (entropy / counted as f64, squares / 90.0);
    let found = trainer.evaluate(&net, &xs, &ys).expect("data");
    let losses: Vec<f64> = found.heads().iter().map(|head| f64::from(head.loss)).collect();
    assert_close("losses of heads", &losses, &[entropy, squares], 1e-6);
    assert_close("their sum", &[f64::from(found.loss)], &[entropy + 0.25 * squares], 1e-6);
    assert_eq!(found.head("kind").and_then(|kind| kind.accuracy), Some(right as f32 / counted as f32));
    assert_eq!(found.head("size").map(|size| size.accuracy), Some(None));
    assert!(found.head("unused").is_none() && found.accuracy.is_none());
    let row = history.epochs().last().expect("an epoch");
    assert_eq!(row.validation_heads, found.heads());
    assert!(row.to_string().contains(&format!("  kind loss {entropy:.4} accuracy ")), "{row}");
}

/// Of a loss at each step the accuracy is over steps, those that count.
#[test]
fn accuracy_of_steps() {
    #[network(input = [3, 2], layers = [dense(2)], loss = cross_entropy(per = step, ignore_index = -1))]
    struct Steps;
    let net = Steps::new(&mut backprop::rng(2));
    let xs: Vec<[f32; 6]> = many(9, 1);
    let ys: Vec<[i8; 3]> = (0..9).map(|i| [i % 2, -1, 1]).collect();
    let mut trainer = Trainer::new(Sgd::new(0.1));
    let found = trainer.evaluate(&net, &xs, &ys).expect("data");
    let right = |x: &[f32; 6], y: &[i8; 3]| {
        let scores = net.predict(x);
        [0, 2].into_iter().filter(|step| (scores[2 * step] < scores[2 * step + 1]) == (y[*step] == 1)).count()
    };
    let right: usize = xs.iter().zip(&ys).map(|(x, y)| right(x, y)).sum();
    assert_eq!(found.accuracy, Some(right as f32 / 18.0));
    assert!((1..18).contains(&right), "{right}");
}

/// A run that shows how it goes and is ended by Ctrl-C, in a process of its own.
#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_run_in_good_order() {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::process::{Command, Stdio};
    const CHILD: &str = "BACKPROP_TEST_OF_CTRL_C";
    if std::env::var_os(CHILD).is_some() {
        let (xs, ys) = data(20);
        let (mut net, mut trainer) = start();
        let fit =
            Fit::epochs(usize::MAX).validate(&xs, &ys).progress().stop_on_ctrl_c().expect("no other handler");
        let fit = fit.on_step(|_| std::thread::sleep(std::time::Duration::from_millis(2)));
        let history = trainer.fit(&mut net, &xs, &ys, &fit).expect("data");
        let last = history.epochs().last().expect("an epoch");
        assert!(history.stopped && last.validation_loss.is_some());
        eprintln!("the run has ended");
        return;
    }
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "ctrl_c_ends_a_run_in_good_order", "--nocapture"])
        .env(CHILD, "1")
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("this test");
    let mut errors = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut line = String::new();
    errors.read_line(&mut line).expect("a line");
    // No terminal: a line for each epoch, and no bar.
    let begins = format!("epoch 1/{}  loss ", usize::MAX);
    assert!(line.starts_with(&begins) && line.contains("  accuracy "), "{line:?}");
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    let mut rest = String::new();
    errors.read_to_string(&mut rest).expect("text");
    let status = child.wait().expect("an end");
    assert!(kill.success() && status.success() && rest.ends_with("the run has ended\n"), "{status} {rest:?}");
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
