//! Event files for [TensorBoard](https://www.tensorflow.org/tensorboard): the curves of a run, beside those of other runs and other
//! frameworks. Feature `tensorboard`.
//!
//! ```
//! use backprop::prelude::*;
//! use backprop::tensorboard::Events;
//!
//! #[network(input = 1, layers = [dense(8), tanh, dense(1)], loss = mse)]
//! struct Net;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = std::env::temp_dir().join(format!("backprop-doc-runs-{}", std::process::id()));
//! let (xs, ys) = ([[0.0], [0.5], [1.0]], [[0.0], [0.25], [1.0]]);
//! let (mut net, mut trainer) = (Net::new(&mut backprop::rng(1)), Trainer::new(Adam::new(0.01)));
//!
//! let events = Events::create(folder.join("first"))?; // `tensorboard --logdir` of the folder shows all runs in it
//! let fit = Fit::<Net, _>::epochs(5)
//!     .on_step(|progress| events.step(progress))
//!     .on_epoch(|progress| {
//!         events.epoch(progress);
//!         events.scalar("largest_weight", progress.epoch, progress.net.parameters().iter().fold(0.0, |a, b| f32::max(a, b.abs())));
//!     });
//! trainer.fit(&mut net, &xs, &ys, &fit)?;
//! events.finish()?;
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok(())
//! # }
//! ```

use crate::trainer::Progress;
use crate::{Network, Scalar};
use prost::Message as _;
use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// What TensorFlow's `event.proto` and `summary.proto` say of the messages that are written.
mod messages {
    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Event {
        /// Seconds since 1970.
        #[prost(double, tag = "1")]
        pub(super) wall_time: f64,
        #[prost(int64, tag = "2")]
        pub(super) step: i64,
        #[prost(oneof = "What", tags = "3, 5")]
        pub(super) what: Option<What>,
    }

    #[derive(Clone, PartialEq, prost::Oneof)]
    pub(super) enum What {
        #[prost(string, tag = "3")]
        FileVersion(String),
        #[prost(message, tag = "5")]
        Summary(Summary),
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Summary {
        #[prost(message, repeated, tag = "1")]
        pub(super) value: Vec<Value>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Value {
        #[prost(string, tag = "1")]
        pub(super) tag: String,
        // In an optional field 0 is written too.
        #[prost(float, optional, tag = "2")]
        pub(super) simple_value: Option<f32>,
    }
}
use messages::{Event, Summary, Value, What};

/// An event file, to which curves are written while a run goes on.
///
/// A callback cannot return an error: after the first nothing more is written, and [`finish`](Self::finish) returns it.
#[derive(Debug)]
pub struct Events {
    path: PathBuf,
    state: RefCell<Result<BufWriter<File>, io::Error>>,
}

impl Events {
    /// A new file in a folder, which is made if it is not there: a run that goes on from a checkpoint writes a second one beside
    /// the first, and TensorBoard shows both as one.
    ///
    /// # Errors
    /// What the system says.
    pub fn create(folder: impl AsRef<Path>) -> io::Result<Self> {
        let folder = folder.as_ref();
        fs::create_dir_all(folder).map_err(|error| at(folder, &error))?;
        let (process, begin) = (std::process::id(), seconds() as u64);
        let mut number = 0;
        let (path, file) = loop {
            // TensorBoard reads files with `tfevents` in their names, in the order of the names.
            let path = folder.join(format!("events.out.tfevents.{begin:010}.{process}.{number}"));
            match File::create_new(&path) {
                Ok(file) => break (path, file),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(at(&path, &error)),
            }
        };
        let events = Self { path, state: RefCell::new(Ok(BufWriter::new(file))) };
        events.write(0, What::FileVersion("brain.Event:2".to_owned()));
        events.finish()?;
        Ok(events)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A point of a curve: its value at a step, or in an epoch.
    pub fn scalar<S: Scalar>(&self, curve: &str, step: usize, value: S) {
        self.scalars(step, [(curve.to_owned(), value)]);
    }

    /// The row of an epoch, for [`Fit::on_epoch`](crate::trainer::Fit::on_epoch), under the names that it has in
    /// [`Epoch`](crate::trainer::Epoch): `epoch/loss`, `epoch/validation_loss`, `epoch/validation_accuracy`,
    /// `epoch/learning_rate`, `epoch/seconds`; a metric under its own, `epoch/f1`; of a head `epoch/NAME/validation_loss` and
    /// `epoch/NAME/validation_accuracy`. Everything is in the file then.
    pub fn epoch<N: Network>(&self, progress: &Progress<'_, N>) {
        let row = progress.row;
        let mut points = vec![("loss".to_owned(), row.loss), ("learning_rate".to_owned(), row.learning_rate)];
        let mut add = |name: String, value: Option<N::Scalar>| {
            points.extend(value.map(|value| (name, value)));
        };
        add("validation_loss".to_owned(), row.validation_loss);
        add("validation_accuracy".to_owned(), row.validation_accuracy);
        for head in &row.validation_heads {
            add(format!("{}/validation_loss", head.name), Some(head.loss));
            add(format!("{}/validation_accuracy", head.name), head.accuracy);
        }
        for (name, value) in &row.metrics {
            add((*name).to_owned(), Some(*value));
        }
        add("seconds".to_owned(), Some(N::Scalar::real(row.seconds.into())));
        self.scalars(
            progress.epoch,
            points.into_iter().map(|(name, value)| (format!("epoch/{name}"), value)),
        );
        self.flush();
    }

    /// `step/loss`, the mean loss of the epoch so far, and `step/learning_rate`, at the number of updates of the run, for
    /// [`Fit::on_step`](crate::trainer::Fit::on_step).
    pub fn step<N: Network>(&self, progress: &Progress<'_, N>) {
        let row = progress.row;
        let points = [("step/loss", row.loss), ("step/learning_rate", row.learning_rate)];
        self.scalars(progress.steps, points.map(|(name, value)| (name.to_owned(), value)));
    }

    /// Writes what is left in memory.
    ///
    /// # Errors
    /// The first that there was, with the file's name.
    pub fn finish(&self) -> io::Result<()> {
        self.flush();
        self.state.borrow().as_ref().map(|_| ()).map_err(|error| at(&self.path, error))
    }

    fn scalars<S: Scalar>(&self, step: usize, points: impl IntoIterator<Item = (String, S)>) {
        let value = |(tag, value): (String, S)| Value { tag, simple_value: Some(f32::real(value.to_real())) };
        self.write(step, What::Summary(Summary { value: points.into_iter().map(value).collect() }));
    }

    fn write(&self, step: usize, what: What) {
        let event =
            Event { wall_time: seconds(), step: i64::try_from(step).unwrap_or(i64::MAX), what: Some(what) };
        self.with(|file| file.write_all(&record(&event.encode_to_vec())));
    }

    fn flush(&self) {
        self.with(BufWriter::flush);
    }

    /// Does something to the file, unless something went wrong before.
    fn with(&self, f: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) {
        let mut state = self.state.borrow_mut();
        let result = state.as_mut().map_or(Ok(()), f);
        if let Err(error) = result {
            *state = Err(error);
        }
    }
}

/// A record of a TFRecord file: length, its checksum, data, their checksum.
fn record(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    [&length, &masked(&length).to_le_bytes()[..], data, &masked(data).to_le_bytes()[..]].concat()
}

/// The CRC-32C, turned and shifted, so that the sum of bytes that end in their own sum is nothing special.
fn masked(data: &[u8]) -> u32 {
    const CRC: crc::Crc<u32> = crc::Crc::<u32>::new(&crc::CRC_32_ISCSI);
    CRC.checksum(data).rotate_right(15).wrapping_add(0xa282_ead8)
}

fn seconds() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}

/// The error, with the file that it is about.
fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// A file that cannot be written, as one on a full disk: the first error stays, and is what the end tells.
#[test]
fn the_first_error_is_kept() {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    let read_only = File::open(&path).expect("a file");
    let events = Events { path, state: RefCell::new(Ok(BufWriter::with_capacity(16, read_only))) };
    events.scalar("loss", 0, 0.5_f32);
    assert!(events.state.borrow().is_err());
    events.scalar("loss", 1, 0.5_f32);
    assert!(events.finish().expect_err("cannot be written").to_string().contains("Cargo.toml: "));
}
