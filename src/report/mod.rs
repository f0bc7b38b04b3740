//! One plain [`model::Report`], many renderings; each renderer is a pure function of it.
//!
//! The renderers, in the order in which a run writes them:
//!
//! * [`html`]: `report.html`, for people; one file, no script, no network
//! * [`json`]: `report.json`, for programs; a frozen shape
//! * [`csv`]: `timeline.csv` and `findings.csv`, for spreadsheets
//! * [`timesketch`]: `timeline.timesketch.jsonl`, for Timesketch
//! * [`rejects`]: `rejects.jsonl`, what was not read
//! * [`manifest`]: `manifest.json` and `SHA256SUMS`, the chain of custody
//! * [`terminal`]: the summary on standard output
//! * [`sources`]: what each evidence file is, for `identify`
//! * [`triage`]: the same for a whole tenant
//!
//! They share [`text`] (the only way evidence text leaves the program), [`words`] (what the program itself says,
//! in English and Japanese) and [`outputs`] (the door for writing), and do not know each other.

pub mod model;
pub mod outputs;
pub mod text;
pub mod words;

pub mod csv;
pub mod html;
pub mod json;
pub mod manifest;
pub mod rejects;
pub mod sources;
pub mod terminal;
pub mod timesketch;
pub mod triage;

#[cfg(test)]
mod sample;

use crate::finding::Assessment;
use model::Report;

/// All assessments: the ten in Microsoft's order, then what goes beyond them.
fn assessments<'a>(report: &Report<'a>) -> impl Iterator<Item = &'a Assessment> {
    report.examination.symptoms.iter().chain(&report.examination.detections)
}
