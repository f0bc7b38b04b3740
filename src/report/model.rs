//! One plain report, many renderings: everything a renderer needs, with evidence text still marked untrusted.

use chrono::{DateTime, Utc};

use crate::examination::Examination;
use crate::ledger::{Counts, Reject, SourceEntry};
use crate::timeline::Event;

/// The tool that made the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// `bectrace`.
    pub name: &'static str,
    /// Package version.
    pub version: &'static str,
}

/// A table of places or networks that the report rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// File name.
    pub name: String,
    /// What it calls itself.
    pub kind: String,
    /// When it was built.
    pub built: Option<DateTime<Utc>>,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// Everything a renderer needs. Holds no clock: `manifest.json` alone has one.
#[derive(Debug)]
pub struct Report<'a> {
    /// The tool.
    pub tool: Tool,
    /// `--case-id`.
    pub case_id: Option<String>,
    /// `--examiner`.
    pub examiner: Option<String>,
    /// What was read, in sum.
    pub total: Counts,
    /// What was read, file by file.
    pub evidence: &'a [SourceEntry],
    /// What was not read.
    pub rejects: &'a [Reject],
    /// The GeoIP databases; none where the built-in table alone was used.
    pub databases: &'a [Database],
    /// Whether countries come from the built-in table: of the databases none knows any.
    pub built_in_countries: bool,
    /// Whether `timeline.csv` and `findings.csv` are written: only then a sentence may send the reader there.
    pub has_csv: bool,
    /// What the examination says.
    pub examination: &'a Examination,
    /// The events of the scope inside the window, in total order, with `symptom` and `finding_ids` filled.
    pub timeline: &'a [Event],
}
