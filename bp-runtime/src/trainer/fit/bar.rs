//! The bar of a run on a terminal, and its lines anywhere.

use super::Progress;
use crate::network::Network;
use alloc::format;
use core::cell::RefCell;
use indicatif::{ProgressBar, ProgressStyle};
use std::eprintln;

/// What is shown of a run.
pub(super) struct Bar {
    bar: RefCell<ProgressBar>,
}

/// While this lives the bar may stand on the terminal.
pub(super) struct Shown<'a>(&'a Bar);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        self.0.bar.borrow().finish_and_clear();
    }
}

impl Bar {
    pub(super) fn new() -> Self {
        Self { bar: RefCell::new(ProgressBar::hidden()) }
    }

    /// Begins a run.
    pub(super) fn start(&self) -> Shown<'_> {
        // Hidden where the standard error stream is no terminal.
        let bar = ProgressBar::no_length();
        let template = "{prefix} {bar:24} {msg}  {per_sec}  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            let rate = |state: &indicatif::ProgressState, to: &mut dyn core::fmt::Write| {
                // An error of the terminal's buffer is not the run's.
                let _ = write!(to, "{:.0} samples/s", state.per_sec());
            };
            bar.set_style(style.progress_chars("━╸─").with_key("per_sec", rate));
        }
        self.bar.replace(bar);
        Shown(self)
    }

    /// After an update.
    pub(super) fn step<N: Network>(&self, progress: &Progress<'_, N>) {
        let bar = self.bar.borrow();
        if bar.is_hidden() {
            return;
        }
        let Progress { epoch, epochs, samples, total, .. } = progress;
        // Over the whole run, so that the time that is left is the run's.
        let before = total.unwrap_or(0).saturating_mul(*epoch);
        if let Some(total) = total {
            bar.set_length(total.saturating_mul(*epochs) as u64);
        }
        bar.set_prefix(format!("epoch {}/{epochs}", epoch + 1));
        bar.set_message(format!("loss {:.4}", progress.row.loss));
        bar.set_position(before.saturating_add(*samples) as u64);
    }

    /// After an epoch: a line that stays.
    pub(super) fn epoch<N: Network>(&self, progress: &Progress<'_, N>) {
        let Progress { epoch, epochs, row, .. } = progress;
        self.bar.borrow().suspend(|| eprintln!("epoch {}/{epochs}  {row}", epoch + 1));
    }
}
