//! The exit codes: three kinds of wrong, three fates, in one table; and the wish to stop.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How a run ended; the numbers are public and frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Finished; every record of every file is accounted for.
    Done,
    /// No report was written.
    Failed,
    /// The command line is wrong; nothing was read.
    Usage,
    /// Finished, but evidence was lost or is doubtful.
    EvidenceLost,
    /// Finished, and a symptom reached the verdict named with `--fail-on`.
    SymptomReached,
    /// `verify`: something does not match.
    Mismatch,
    /// Interrupted; nothing is left half-written.
    Interrupted,
}

impl Exit {
    /// The number the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::EvidenceLost => 3,
            Self::SymptomReached => 4,
            Self::Mismatch => 5,
            Self::Interrupted => 130,
        }
    }
}

/// Whether somebody wants the run to stop (Ctrl-C): asked between batches and between writes.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Whether to stop.
    pub fn is_wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// What a signal sets.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
