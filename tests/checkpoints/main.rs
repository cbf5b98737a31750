//! Checkpoints: what is resumed ends with the bits of what was not interrupted, and what is no whole checkpoint of this
//! network and trainer changes nothing.

mod kills;
mod run;
#[path = "../support/mod.rs"]
mod support;
mod trainer;

use backprop::prelude::*;
use std::path::{Path, PathBuf};

/// The checkpoint of a trainer, in memory.
fn bytes<N: Network, O: backprop::Optimizer>(net: &N, trainer: &Trainer<N, O>) -> Vec<u8> {
    let mut bytes = vec![0; Trainer::<N, O>::CHECKPOINT_BYTES];
    trainer.to_bytes(net, &mut bytes).expect("room");
    bytes
}

/// A folder of one's own, which goes when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("backprop-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// What lies in it.
    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("a folder");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("a file")
}
