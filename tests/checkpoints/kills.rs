//! Processes that are killed, disks that are full, folders that take no file.

use super::run::{Net, data};
use super::{Folder, bytes, read};
use backprop::checkpoint::{Error, FileError};
use backprop::prelude::*;
use backprop::rand_core::Rng as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Where the child works.
const FOLDER: &str = "BACKPROP_CHECKPOINT_FOLDER";

fn folder() -> PathBuf {
    std::env::var_os(FOLDER).expect("started by a test").into()
}

/// A test of this program, in a process of its own.
fn child(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "--ignored", name]).env(FOLDER, folder);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A run with all that a checkpoint holds, from its beginning or from where it stands.
fn run(checkpoint: Option<&Path>) -> Vec<u8> {
    let ((xs, ys), validation) = (data(90), data(20));
    let mut trainer = Trainer::new(Adam::new(0.01));
    trainer.set_seed(8);
    let mut net = Net::new(&mut backprop::rng(3));
    let mut fit = Fit::epochs(12)
        .batch(8)
        .shuffle(9)
        .validate(&validation.0, &validation.1)
        .patience(8)
        .metric("accuracy", backprop::metrics::accuracy);
    if let Some(path) = checkpoint {
        fit = fit.checkpoint_every(1, path);
    }
    let mut history = trainer.fit(&mut net, &xs, &ys, &fit).expect("data").epochs().to_vec();
    history.iter_mut().for_each(|row| row.seconds = 0.0);
    let mut result = bytes(&net, &trainer);
    result.extend(format!("{history:?}").bytes());
    result
}

#[test]
#[ignore = "a child process of another test"]
fn run_of_a_child() {
    let folder = folder();
    let result = run(Some(&folder.join("run")));
    // The parent looks for it when the process has ended well.
    std::fs::write(folder.join("result"), result).expect("a file");
}

/// `KILLS=200` kills as often.
#[test]
fn a_run_that_is_killed_at_any_moment_ends_with_the_same_bits() {
    let kills: usize = std::env::var("KILLS").map_or(12, |text| text.parse().expect("a number"));
    let expected = run(None);
    let folder = Folder::new("kills");
    let mut rng = backprop::rng(kills as u64);
    let (mut killed, mut runs) = (0, 0);
    while killed < kills {
        let mut process = child("kills::run_of_a_child", &folder.0).spawn().expect("a process");
        std::thread::sleep(Duration::from_micros(u64::from(rng.next_u32() % 60_000)));
        match process.try_wait().expect("a process") {
            None => {
                process.kill().expect("a process");
                let status = process.wait().expect("a process");
                killed += usize::from(!status.success());
                let file = folder.file("run");
                if file.exists() {
                    // Whatever it was doing, the file is whole.
                    let (mut net, mut trainer) =
                        (Net::new(&mut backprop::rng(1)), Trainer::new(Adam::new(0.01)));
                    trainer.load(&mut net, &file).expect("a checkpoint");
                }
            }
            Some(status) => assert!(status.success()),
        }
        if folder.file("result").exists() && read(&folder.file("result")).len() == expected.len() {
            assert!(read(&folder.file("result")) == expected, "after {killed} kills");
            std::fs::remove_file(folder.file("result")).expect("a file");
            std::fs::remove_file(folder.file("run")).expect("a file");
            runs += 1;
        }
    }
    // What is left of the last one.
    assert!(child("kills::run_of_a_child", &folder.0).status().expect("a process").success());
    assert!(read(&folder.file("result")) == expected, "after {killed} kills");
    println!("{killed} kills, {} runs", runs + 1);
}

fn saved(seed: u64) -> (Net, Trainer<Net, Adam>) {
    let mut trainer = Trainer::new(Adam::new(0.01));
    trainer.set_seed(seed);
    (Net::new(&mut backprop::rng(seed)), trainer)
}

#[test]
#[ignore = "a child process of another test"]
fn save_of_a_child() {
    let (net, trainer) = saved(2);
    let path = folder().join("file");
    let FileError { path: named, source } = trainer.save(&net, &path).expect_err("no room");
    assert_eq!(named, path);
    assert!(matches!(source, Error::Io { action: "write", code: Some(_), .. }), "{source:?}");
    let message = source.to_string();
    assert!(message.starts_with("cannot write the checkpoint: File too large"), "{message}");
}

/// A file may not grow, as on a disk that is full.
#[test]
#[cfg(unix)]
fn a_full_disk_leaves_the_old_file() {
    let folder = Folder::new("full");
    let (net, trainer) = saved(1);
    trainer.save(&net, folder.file("file")).expect("room");
    let before = read(&folder.file("file"));
    let program = child("kills::save_of_a_child", &folder.0);
    let mut shell = Command::new("sh");
    // A signal that is ignored becomes an error of the write.
    shell.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""]);
    shell.arg(program.get_program()).args(program.get_args()).env(FOLDER, &folder.0);
    let output = shell.output().expect("a shell");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(folder.names(), ["file"]);
    assert!(read(&folder.file("file")) == before);
    let (mut other, mut loaded) = saved(2);
    loaded.load(&mut other, folder.file("file")).expect("a checkpoint");
    assert!(bytes(&other, &loaded) == bytes(&net, &trainer));
}

#[test]
fn what_takes_no_file_is_an_error_that_names_it() {
    let folder = Folder::new("none");
    let (mut net, mut trainer) = saved(1);
    let before = bytes(&net, &trainer);
    let nowhere = folder.file("nowhere").join("file");
    let error = trainer.save(&net, &nowhere).expect_err("no such folder");
    assert_eq!(error.path, nowhere);
    assert!(error.to_string().contains("cannot write the checkpoint: No such file"), "{error}");
    let error = trainer.save(&net, &folder.0).expect_err("a folder");
    assert!(error.to_string().contains("not that of a regular file"), "{error}");
    let error = trainer.load(&mut net, &nowhere).expect_err("no such file");
    assert!(error.to_string().contains("cannot read the checkpoint: No such file"), "{error}");
    let fit = Fit::epochs(1).checkpoint(&nowhere);
    let (xs, ys) = data(8);
    let result = trainer.fit(&mut net, &xs, &ys, &fit);
    assert!(matches!(result, Err(backprop::Error::Checkpoint(Error::Io { action: "write", .. }))));
    assert!(bytes(&net, &trainer) == before, "before the first step");
    // Root may write to a folder that is read-only: others may not.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = folder.file("file");
        trainer.save(&net, &file).expect("a file");
        std::fs::set_permissions(&folder.0, PermissionsExt::from_mode(0o555)).expect("a folder");
        let (net, other) = saved(2);
        if std::fs::write(folder.file("probe"), []).is_err() {
            other.save(&net, &file).expect_err("a folder that is read-only");
            assert!(read(&file) == before);
        }
        std::fs::set_permissions(&folder.0, PermissionsExt::from_mode(0o755)).expect("a folder");
    }
}
