//! Ctrl-C, told to the runs that ask.

use crate::Error;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Pressed since the last call of [`watch`].
static PRESSED: AtomicBool = AtomicBool::new(false);

/// Has Ctrl-C noted from now on. Returns whether it has been pressed, to be asked as often as wanted.
pub(super) fn watch() -> Result<impl FnMut() -> bool, Error> {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    let handle = || {
        // What does not stop for the first is ended by the second: the exit code of a program that SIGINT ends.
        if PRESSED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    };
    if !INSTALLED.get_or_init(|| ctrlc::set_handler(handle).is_ok()) {
        return Err(Error::NoInterrupt);
    }
    PRESSED.store(false, Ordering::Relaxed);
    Ok(|| PRESSED.load(Ordering::Relaxed))
}
