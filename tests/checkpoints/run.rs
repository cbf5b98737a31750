//! Checkpoints of a run of `fit`.

use super::support::{classes, many};
use super::{Folder, bytes, read};
use backprop::checkpoint::Error;
use backprop::prelude::*;
use backprop::schedules::Exponential;
use backprop::trainer::{Epoch, History, source};
use backprop::{metrics, rand_core::Rng as _};
use std::path::Path;

#[network(
    input = 4,
    layers = [dense(6), batch_norm, tanh, dropout(0.2), dense(3)],
    loss = cross_entropy,
    tile = 16
)]
pub(crate) struct Net;

/// With heads, whose rows have losses of their own; one sample at a time, in double precision.
#[network(
    input = 4,
    layers = [dense(6), tanh, dropout(0.2), heads { kind: [dense(3)], size: [dense(1)] }],
    loss = { kind: cross_entropy, size: 0.5 * mse },
    scalar = f64,
    tile = 1
)]
struct Headed;

pub(crate) type Data = (Vec<[f32; 4]>, Vec<u8>);

pub(crate) fn data(count: usize) -> Data {
    (many(count, 5), classes(count, 3, 6))
}

fn start<N: Network>() -> (N, Trainer<N, Adam>) {
    let mut trainer = Trainer::new(Adam::new(0.01));
    trainer.set_seed(8);
    (N::new(&mut backprop::rng(3)), trainer)
}

/// A row without what no two runs have alike.
fn row<S: backprop::Scalar>(row: &Epoch<S>) -> Epoch<S> {
    let mut row = row.clone();
    assert!(row.seconds >= 0.0);
    row.seconds = 0.0;
    row
}

fn rows<S: backprop::Scalar>(history: &History<S>) -> Vec<Epoch<S>> {
    history.epochs().iter().map(row).collect()
}

/// All settings that leave something in a checkpoint.
fn full<'a>(data: &'a Data, validation: &'a Data, weights: &'a [f32]) -> Fit<'a, Net, u8> {
    assert_eq!(data.0.len(), weights.len());
    Fit::epochs(6)
        .batch(10)
        .accumulate(2)
        .shuffle(9)
        .weights(weights)
        .validate(&validation.0, &validation.1)
        .patience(3)
        .schedule(Exponential::new(0.03, 0.9))
        .metric("accuracy", metrics::accuracy)
        .metric("top two", |ys, targets| metrics::top_k(ys, targets, 2))
}

/// A run in one go against one that is interrupted after each update, by a condition, and begun anew.
#[test]
fn a_run_in_pieces_is_the_run() {
    let folder = Folder::new("pieces");
    let (train, validation) = (data(55), data(20));
    let weights: Vec<f32> = (0..55).map(|place| [1.0, 2.5, 0.0][place % 3]).collect();
    let (mut net, mut trainer) = start::<Net>();
    let whole = full(&train, &validation, &weights);
    let history = trainer.fit(&mut net, &train.0, &train.1, &whole).expect("data");
    assert!(history.epochs().len() > 3);

    for updates in [1, 2, 5] {
        let path = folder.file(&format!("every{updates}"));
        let mut pieces = 0;
        loop {
            let (mut other, mut resumed) = start::<Net>();
            let mut left = updates;
            let fit = full(&train, &validation, &weights).checkpoint(&path).stop_when(move || {
                left -= 1;
                left == 0
            });
            let found = resumed.fit(&mut other, &train.0, &train.1, &fit).expect("data");
            pieces += 1;
            if !found.stopped {
                assert_eq!(bytes(&other, &resumed), bytes(&net, &trainer));
                assert_eq!((rows(&found), found.best), (rows(&history), history.best));
                break;
            }
        }
        // Three updates an epoch.
        assert!(pieces > 2 * history.epochs().len() / updates, "{pieces} pieces of {updates}");
    }
    assert_eq!(folder.names().len(), 3, "nothing but checkpoints: {:?}", folder.names());
}

/// The same from sources, and for a network with heads.
#[test]
fn sources_go_on_where_they_were() {
    let folder = Folder::new("sources");
    let xs: Vec<[f64; 4]> = many(30, 1);
    let target = |place: usize| HeadedTarget { kind: Class(place % 3), size: [place as f64 / 30.0] };
    let ys: Vec<HeadedTarget> = (0..30).map(target).collect();
    let run = |kind: usize, path: Option<&Path>, stop: usize| {
        let (mut net, mut trainer) = start::<Headed>();
        let mut left = stop;
        let mut fit =
            Fit::<Headed, _>::epochs(3).batch(4).shuffle(2).validate(&xs, &ys).stop_when(move || {
                left = left.wrapping_sub(1);
                left == 0
            });
        if let Some(path) = path {
            fit = fit.checkpoint_every(3, path);
        }
        let history = match kind {
            0 => {
                let drawn = source::indexed(30, |at| {
                    let noise = f64::uniform(at.rng().next_u64());
                    (xs[at.index].map(|x| x + noise), target(at.index))
                });
                trainer.fit_from(&mut net, drawn, &fit)
            }
            _ => {
                let of_epoch = |epoch: usize| {
                    let samples = xs.iter().enumerate().skip(epoch);
                    samples.map(|(place, x)| (*x, target(place)))
                };
                trainer.fit_from(&mut net, source::stream(of_epoch).window(7), &fit)
            }
        };
        (history.expect("data"), bytes(&net, &trainer))
    };
    for kind in 0..2 {
        let path = folder.file(&kind.to_string());
        let (history, whole) = run(kind, None, usize::MAX);
        assert_eq!(history.epochs()[0].validation_heads.len(), 2);
        loop {
            let (found, resumed) = run(kind, Some(&path), 4);
            if !found.stopped {
                assert_eq!(resumed, whole);
                assert_eq!(rows(&found), rows(&history));
                break;
            }
        }
    }
}

#[test]
fn a_run_that_is_over_returns_what_it_did_and_more_epochs_go_on() {
    let folder = Folder::new("over");
    let (path, (xs, ys)) = (folder.file("run"), data(40));
    let run = |epochs: usize, stop: usize| {
        let (mut net, mut trainer) = start::<Net>();
        let fit = Fit::<Net, _>::epochs(epochs).split(0.25).patience(50).checkpoint(&path).on_epoch(
            move |progress| {
                if progress.epoch == stop {
                    progress.stop();
                }
            },
        );
        let history = trainer.fit(&mut net, &xs, &ys, &fit).expect("data");
        (rows(&history), history.stopped, bytes(&net, &trainer))
    };
    let five = run(5, 99);
    assert_eq!(run(5, 99), five);
    let eight = run(8, 99);
    assert_eq!((eight.0.len(), &eight.0[..5]), (8, &five.0[..]));
    let stopped = run(20, 10);
    assert_eq!((stopped.0.len(), stopped.1), (11, true));
    assert_eq!(run(20, 10), stopped);
    std::fs::remove_file(&path).expect("a file");
    assert_eq!(run(8, 99), eight);
}

#[test]
fn another_run_is_refused_by_name() {
    let folder = Folder::new("another");
    let (path, (xs, ys)) = (folder.file("run"), data(40));
    let run = |fit: Fit<'_, Net, u8>, count: usize| {
        let (mut net, mut trainer) = start::<Net>();
        let before = bytes(&net, &trainer);
        let result = trainer.fit(&mut net, &xs[..count], &ys[..count], &fit.checkpoint(&path));
        if result.is_err() {
            assert_eq!(bytes(&net, &trainer), before);
        }
        result.map_err(|error| error.to_string())
    };
    run(Fit::epochs(2).batch(8), 40).expect("data");
    let kept = read(&path);
    let differs = |what: &str, found: u64, expected: u64| {
        Err(format!(
            "the checkpoint is of a run with {what} {found}, this one has {expected}: set it as it was, or remove the file to begin anew"
        ))
    };
    assert_eq!(run(Fit::epochs(2).batch(9), 40), differs("samples of a batch", 8, 9));
    assert_eq!(run(Fit::epochs(2).batch(8).shuffle(0), 40), differs("shuffling (0 off, 1 on)", 0, 1));
    assert_eq!(run(Fit::epochs(2).batch(8), 39), differs("samples of an epoch (0 unknown)", 40, 39));
    assert_eq!(run(Fit::epochs(2).batch(8).patience(1), 40), differs("patience (0 off, 1 on)", 0, 1));
    assert_eq!(
        run(Fit::epochs(2).batch(8).metric("accuracy", metrics::accuracy), 40),
        differs("metrics", 0, 1)
    );
    let (mut net, mut trainer) = start::<Net>();
    trainer.set_seed(9);
    let error = trainer.fit(&mut net, &xs, &ys, &Fit::epochs(2).batch(8).checkpoint(&path));
    assert_eq!(
        error,
        Err(backprop::Error::Checkpoint(Error::Run { setting: "seed of dropout", found: 8, expected: 9 }))
    );
    assert_eq!(read(&path), kept);

    // The checkpoint of a run is one of its trainer; that of a trainer is none of a run.
    trainer.load(&mut net, &path).expect("network and trainer");
    trainer.save(&net, &path).expect("a file");
    assert_eq!(
        run(Fit::epochs(2).batch(8), 40),
        Err("the checkpoint is of a trainer, not of a run: give `Fit::checkpoint` a path of its own".into())
    );
}

/// Each byte of the file counts, and each length; sealed anew, what lies behind the checksum is looked at all the same.
#[test]
fn a_file_that_was_changed_is_refused() {
    let folder = Folder::new("changed");
    let (path, (xs, ys)) = (folder.file("run"), data(30));
    let fit = |path: &Path| Fit::epochs(2).batch(8).split(0.2).patience(1).checkpoint_every(1, path);
    let (mut net, mut trainer) = start::<Net>();
    let interrupted = fit(&path).stop_when({
        let mut left = 5;
        move || {
            left -= 1;
            left == 0
        }
    });
    trainer.fit(&mut net, &xs, &ys, &interrupted).expect("data");
    let whole = read(&path);
    let try_bytes = |bytes: &[u8]| {
        let (mut net, mut trainer) = start::<Net>();
        let before = self::bytes(&net, &trainer);
        std::fs::write(&path, bytes).expect("a file");
        let result = trainer.fit(&mut net, &xs, &ys, &fit(&path));
        if result.is_err() {
            assert_eq!(self::bytes(&net, &trainer), before);
        }
        result
    };
    let section = Trainer::<Net, Adam>::CHECKPOINT_BYTES;
    for place in (0..whole.len()).step_by(7).chain(section..section + 24) {
        let mut other = whole.clone();
        other[place] ^= 0x10;
        assert!(matches!(try_bytes(&other), Err(backprop::Error::Checkpoint(_))), "byte {place}");
        assert!(matches!(try_bytes(&whole[..place]), Err(backprop::Error::Checkpoint(_))), "length {place}");
    }
    let seconds = std::env::var("FUZZ_SECONDS").map_or(1, |text| text.parse().expect("seconds"));
    let end = std::time::Instant::now() + std::time::Duration::from_secs(seconds);
    let (mut rng, mut tried, mut refused) = (backprop::rng(4), 0, 0);
    while std::time::Instant::now() < end {
        let mut other = whole.clone();
        let mut below = |limit: usize| rng.next_u32() as usize % limit;
        for _ in 0..=below(3) {
            // Behind the settings, which are compared: counters, rows, place, best.
            let place = section + 24 + 88 + below(other.len() - section - 24 - 88);
            match below(6) {
                0 => other.truncate(place.max(section + 24 + 89)),
                1 => other.insert(place, below(256) as u8),
                _ => other[place] = below(256) as u8,
            }
        }
        let length = (other.len() - section) as u64;
        other[section + 16..section + 24].copy_from_slice(&length.to_le_bytes());
        let mut sum = flate2::Crc::new();
        sum.update(&other[section + 16..]);
        other[section + 12..section + 16].copy_from_slice(&sum.sum().to_le_bytes());
        tried += 1;
        refused += usize::from(try_bytes(&other).is_err());
    }
    println!("{tried} tried, {refused} refused");
    assert!(refused > 0);
}
