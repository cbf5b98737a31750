//! Event files: `tests/fixtures/tensorboard` holds one, beside what TensorBoard's own reader found in it.

use backprop::metrics::mean_absolute_error;
use backprop::prelude::*;
use backprop::tensorboard::Events;
use std::path::{Path, PathBuf};

#[network(
    input = 2,
    layers = [dense(4), tanh, heads { kind: [dense(3)], size: [dense(1)] }],
    loss = { kind: cross_entropy, size: mse },
    // Small batches would be worked on sample by sample, whose last bits are others.
    tile = 16,
)]
struct Net;

/// A folder of one's own, which goes when the test ends.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("backprop-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A run, and some points of its own.
fn write(folder: &Path) -> PathBuf {
    let target = |kind, size| NetTarget { kind: Class(kind), size: [size] };
    let (xs, ys) = ([[0.0, 1.0], [1.0, 0.0]], [target(0, 1.0), target(2, 0.5)]);
    let events = Events::create(folder).expect("a folder");
    let fit = Fit::<Net, _>::epochs(3)
        .batch(1)
        .validate(&xs, &ys)
        .metric("half", |_, _| 0.5)
        .on_step(|progress| events.step(progress))
        .on_epoch(|progress| events.epoch(progress));
    Trainer::new(Sgd::new(0.25)).fit(&mut Net::new(&mut backprop::rng(1)), &xs, &ys, &fit).expect("data");
    let error = mean_absolute_error(&[[0.25_f64]], &[[1.0]]);
    events.scalar("of its own", usize::MAX, error);
    events.scalar("zero", 0, 0.0_f64);
    events.scalar("endless", 1 << 40, f32::NEG_INFINITY);
    events.finish().expect("room");
    events.path().to_owned()
}

/// The records of a file, without the sums around them, which are checked.
fn records(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    // Bit by bit, and masked as the format says.
    let sum = |bytes: &[u8]| {
        let crc = !bytes.iter().fold(!0_u32, |crc, byte| {
            (0..8)
                .fold(crc ^ u32::from(*byte), |crc, _| crc >> 1 ^ if crc & 1 == 1 { 0x82f6_3b78 } else { 0 })
        });
        crc.rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
    };
    let mut take = |count: usize| {
        let (taken, rest) = bytes.split_at_checked(count)?;
        bytes = rest;
        Some(taken)
    };
    let mut found = Vec::new();
    while let Some(length) = take(8) {
        assert_eq!(take(4).expect("a sum"), sum(length));
        let data = take(u64::from_le_bytes(length.try_into().expect("8 bytes")) as usize).expect("data");
        assert_eq!(take(4).expect("a sum"), sum(data));
        // Field 1, a double, is the time, which is another one in each run.
        assert_eq!(data[0], 0x09);
        found.push(data[9..].to_vec());
    }
    found
}

/// Seconds differ from run to run too: their value is what follows their name.
fn without_seconds(record: &[u8]) -> Vec<u8> {
    let mut record = record.to_vec();
    let name = b"epoch/seconds";
    if let Some(place) = record.windows(name.len()).position(|window| window == name) {
        record.drain(place + name.len()..place + name.len() + 5);
    }
    record
}

#[test]
fn events_are_those_that_tensorboard_has_read() {
    let folder = Folder::new("events");
    let path = write(&folder.0.join("run/first"));
    let name = path.file_name().expect("a file").to_string_lossy();
    assert!(name.starts_with("events.out.tfevents."), "{name}");
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tensorboard/run.tfevents");
    if std::env::var_os("BLESS").is_some() {
        // Then `read.py` beside it has to read it.
        std::fs::copy(&path, fixture).expect("a fixture");
    }
    let own = records(&std::fs::read(&path).expect("the file"));
    let read = records(&std::fs::read(fixture).expect("a fixture"));
    // The version, two updates and a row in each epoch, three points.
    assert_eq!(own.len(), 1 + 3 * 3 + 3);
    let [own, read] =
        [own, read].map(|records| records.iter().map(|record| without_seconds(record)).collect::<Vec<_>>());
    assert_eq!(own, read);
    // A second run in the same folder has a file of its own.
    assert_ne!(write(&folder.0.join("run/first")), path);
}

#[test]
fn errors_of_event_files_name_the_file() {
    let folder = Folder::new("no-events");
    std::fs::write(folder.0.join("file"), "").expect("a file");
    let error = Events::create(folder.0.join("file/run")).expect_err("no folder");
    assert!(error.to_string().contains("file/run: "), "{error}");
}

/// What TensorBoard's reader found in the fixture is what the run wrote.
#[test]
fn what_was_read_is_what_was_written() {
    let text = include_str!("../fixtures/tensorboard/run.json");
    let rows: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let rows = rows.as_array().expect("rows");
    let value = |tag: &str, step: u64| {
        let row = rows.iter().find(|row| row["tag"] == tag && row["step"] == step);
        row.unwrap_or_else(|| panic!("{tag} at {step}"))["value"].as_f64().map(|value| value as f32)
    };
    let target = |kind, size| NetTarget { kind: Class(kind), size: [size] };
    let (xs, ys) = ([[0.0, 1.0], [1.0, 0.0]], [target(0, 1.0), target(2, 0.5)]);
    let mut steps = Vec::new();
    let fit = Fit::<Net, _>::epochs(3)
        .batch(1)
        .validate(&xs, &ys)
        .on_step(|progress| steps.push((progress.steps as u64, progress.row.loss)));
    let history =
        Trainer::new(Sgd::new(0.25)).fit(&mut Net::new(&mut backprop::rng(1)), &xs, &ys, &fit).expect("data");
    drop(fit);
    for (step, loss) in &steps {
        assert_eq!(value("step/loss", *step), Some(*loss));
    }
    for (epoch, row) in history.epochs().iter().enumerate() {
        let value = |name: &str| value(&format!("epoch/{name}"), epoch as u64);
        assert_eq!(value("loss"), Some(row.loss));
        assert_eq!(value("validation_loss"), row.validation_loss);
        assert_eq!(value("learning_rate"), Some(0.25));
        assert_eq!(value("half"), Some(0.5));
        let kind = &row.validation_heads[0];
        assert_eq!(value("kind/validation_loss"), Some(kind.loss));
        assert_eq!(value("kind/validation_accuracy"), kind.accuracy);
        assert_eq!(value("size/validation_loss"), Some(row.validation_heads[1].loss));
        assert!(value("seconds").is_some_and(|seconds| seconds >= 0.0));
    }
    assert_eq!(value("of its own", i64::MAX as u64), Some(0.75));
    assert_eq!(value("zero", 0), Some(0.0));
    // Minus infinity, which JSON has no number for.
    assert_eq!(rows.iter().find(|row| row["tag"] == "endless").expect("a row")["value"], "-inf");
    // 8 curves of epochs, 2 of updates, 3 points.
    assert_eq!(rows.len(), 3 * 8 + 6 * 2 + 3);
}
