//! `report.html`, for people: one file that loads nothing and prints; its small script only sorts and filters tables.
//!
//! The sections stand in the order in which a reader asks: what happened, how sure, what to do, how it went, and only
//! then the evidence for it.

mod answer;
mod attacker;
mod charts;
mod chosen;
mod coverage;
#[cfg(test)]
mod dom;
mod evidence;
mod exposure;
mod findings;
mod method;
mod page;
mod pages;
mod response;
mod sign_ins;
mod story;
#[cfg(test)]
mod tests;
mod timeline;

use chrono_tz::Tz;

use super::model::Report;
use super::text::Teeth;
use super::words::Lang;
use page::Page;

/// Rows of one table; the rest is in `report.json`.
const ROWS: usize = 100;
/// Bytes of one table, whatever its rows hold.
const TABLE: usize = 90_000;
/// Bytes from which findings are told without their evidence, which is in `report.json`.
const ENOUGH: usize = 800_000;

/// The page of a symptom or detection: what it is, how it is decided, innocent explanations.
#[derive(Debug, Clone, Copy)]
pub struct SymptomPage<'a> {
    /// The public id.
    pub id: &'a str,
    /// The text, in Markdown, in the report's language.
    pub text: &'a str,
}

/// How the report is laid out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// Language.
    pub lang: Lang,
    /// A zone shown beside UTC.
    pub zone: Option<Tz>,
    /// Whether addresses and links are defanged.
    pub teeth: Teeth,
    /// The pages to append; without them the report names the `explain` command.
    pub pages: &'a [SymptomPage<'a>],
}

/// The whole report.
pub fn render(report: &Report<'_>, options: &Options<'_>) -> String {
    let mut page = Page::new(report, options);
    page.head();
    page.push("<main id=\"main\">\n");
    answer::section(&mut page);
    answer::verdicts(&mut page);
    response::section(&mut page);
    story::section(&mut page);
    findings::symptoms(&mut page);
    findings::beyond(&mut page);
    sign_ins::section(&mut page);
    attacker::section(&mut page);
    exposure::blast_radius(&mut page);
    exposure::section(&mut page);
    coverage::section(&mut page);
    evidence::section(&mut page);
    timeline::section(&mut page);
    pages::section(&mut page);
    method::section(&mut page);
    page.push("</main>\n");
    page.foot();
    page.out
}
