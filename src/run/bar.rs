//! The bar that tells how far a long run has got: on standard error, and only where somebody sits in front of it.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Surroundings;
use crate::cli::DisplayArgs;

/// Bytes of evidence, with the speed and the file that is read.
const BYTES: &str = "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {wide_msg}";
/// Accounts, with the time that has passed: they come by portions, so what is left would be a guess.
const ACCOUNTS: &str = "{bar:30} {pos}/{len} accounts after {elapsed}";

/// Records of a case, with their speed.
const RECORDS: &str = "{bar:30} {pos}/{len} records {per_sec}";

/// A bar of so many bytes.
pub fn of_bytes(total: u64, display: &DisplayArgs, surroundings: &Surroundings<'_>) -> ProgressBar {
    bar(total, BYTES, display, surroundings)
}

/// A bar of so many records.
pub fn of_records(total: u64, display: &DisplayArgs, surroundings: &Surroundings<'_>) -> ProgressBar {
    bar(total, RECORDS, display, surroundings)
}

/// A bar of so many accounts.
pub fn of_accounts(total: usize, display: &DisplayArgs, surroundings: &Surroundings<'_>) -> ProgressBar {
    let bar = bar(total as u64, ACCOUNTS, display, surroundings);
    // The store is looked through before the first has its answers.
    bar.tick();
    bar
}

fn bar(total: u64, template: &str, display: &DisplayArgs, surroundings: &Surroundings<'_>) -> ProgressBar {
    let shown = surroundings.progress && !display.quiet && !display.no_progress;
    let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(total), target);
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
