//! Files that appear whole or not at all.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// What may pass between a temporary file's creation and its lock.
const GRACE: Duration = Duration::from_secs(10);

/// Writes a file by way of a new one beside it, which takes its name when all bytes are on the disk.
///
/// A symbolic link stays, and the file that it leads to is replaced. A file that is there keeps its permissions.
/// What is no regular file (a folder, a pipe, a device) is refused. The path is then as before, as it is after any
/// other error. Temporary files that writers of this path left when they were killed are removed: a writer holds a
/// lock on its own, which the system releases with the process. Another hard link to the old file keeps its contents.
///
/// # Errors
/// What the system says; [`io::ErrorKind::InvalidInput`] for a path that is no regular file's.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = target(path)?;
    let name =
        target.file_name().ok_or_else(|| refused("the path names no file: end it with a file name"))?;
    let old = match fs::metadata(&target) {
        Ok(old) if old.is_file() => Some(old),
        Ok(_) => {
            return Err(refused("there is something at the path that is no regular file: give another path"));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    remove_left_over(folder, name);
    let (mut file, temporary) = create_in(folder, name, old.is_some())?;
    let written = old
        .map_or(Ok(()), |old| file.set_permissions(old.permissions()))
        .and_then(|()| file.write_all(bytes))
        .and_then(|()| file.sync_all());
    drop(file);
    let renamed = written.and_then(|()| fs::rename(&temporary, &target));
    if renamed.is_err() {
        // The first error is the one to report; a file that cannot be removed either stays.
        let _ = fs::remove_file(&temporary);
        return renamed;
    }
    sync_folder(folder);
    Ok(())
}

fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}

/// Where symbolic links lead; a link may lead to a file that is yet to be.
fn target(path: &Path) -> io::Result<PathBuf> {
    let mut target = path.to_owned();
    // As many as Linux follows.
    for _ in 0..40 {
        match fs::symlink_metadata(&target) {
            Ok(at) if at.file_type().is_symlink() => {
                let link = fs::read_link(&target)?;
                // A relative link begins in the folder in which it lies.
                target = target.parent().unwrap_or(Path::new("")).join(link);
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => return Ok(target),
        }
    }
    Err(refused("symbolic links lead in a circle"))
}

/// A new file `.name.PROCESS-NUMBER.tmp` in the folder, locked.
///
/// One that will take over an old file's permissions can be read by its owner alone until then.
fn create_in(folder: &Path, name: &OsStr, private: bool) -> io::Result<(File, PathBuf)> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = private;
    loop {
        let mut temporary = prefix(name);
        temporary.push(format!("{}-{}.tmp", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed)));
        let temporary = folder.join(temporary);
        match options.open(&temporary) {
            Ok(file) => {
                // Where the file system has no locks, what is left over stays.
                let _ = file.try_lock();
                return Ok((file, temporary));
            }
            // Of a process of the same number, before or on another machine. There are only so many of them.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// `.name.`
fn prefix(name: &OsStr) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".");
    prefix
}

/// Removes temporary files of this name whose writers are no more. That it fails is no reason not to write.
fn remove_left_over(folder: &Path, name: &OsStr) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| is_temporary(&entry.file_name(), name)) {
        // Of the entry itself: a link or a pipe is not ours, and to open a pipe would wait.
        let old = entry.metadata().is_ok_and(|at| {
            at.is_file() && at.modified().is_ok_and(|time| time.elapsed().is_ok_and(|age| age >= GRACE))
        });
        if old && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether an entry is called `.name.PROCESS-NUMBER.tmp`, or `.name.NUMBER.tmp` as before.
fn is_temporary(entry: &OsStr, name: &OsStr) -> bool {
    let middle = entry
        .as_encoded_bytes()
        .strip_prefix(prefix(name).as_encoded_bytes())
        .and_then(|rest| rest.strip_suffix(b".tmp"));
    middle.is_some_and(|middle| {
        let mut numbers = middle.split(|byte| *byte == b'-');
        let is_number = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
        numbers.clone().count() <= 2 && numbers.all(is_number)
    })
}

/// Brings the new name to the disk too, where a folder can be opened as a file.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        // The file is whole under either name.
        let _ = folder.sync_all();
    }
}
