//! `report.xlsx`: the report as a workbook, one sheet for each kind of row, for people who sort and filter.
//!
//! Cells have types (dates are dates, UTC; numbers are numbers), text is never a formula or a link, and what does not
//! fit Excel's limits is split or cut with a note in the place and on the first sheet. Rows are written one by one
//! and spill into an unnamed file beside the report, so that memory does not grow with the timeline.

mod book;
mod events;
mod exposure;
mod findings;
mod output;
mod places;
mod sources;
mod summary;

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use book::{Book, XlsxError};
use output::Output;

pub use book::Limits;

use super::model::Report;
use super::words::Lang;

/// How the workbook is made.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// Language of names, heads and fixed words.
    pub lang: Lang,
    /// A folder for unnamed temporary files: the report's own, so that evidence text goes nowhere else.
    pub spill: &'a Path,
}

/// Writes `report.xlsx`.
pub fn write(report: &Report<'_>, options: &Options<'_>, out: &mut (dyn Write + Send)) -> io::Result<()> {
    write_within(report, options, Limits::EXCEL, out)
}

/// [`write()`] with other limits than Excel's.
pub fn write_within(
    report: &Report<'_>,
    options: &Options<'_>,
    limits: Limits,
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    // The library panics where its temporary file cannot be written (the disk is full): that is a fault like any other,
    // not the end of the run before it could clear up.
    let mut output = Output::new(out);
    let filled = catch_unwind(AssertUnwindSafe(|| fill(report, options, limits, &mut output)));
    // What went wrong in the file itself goes before whatever the library made of it.
    if let Some(fault) = output.into_fault() {
        return Err(fault);
    }
    match filled {
        Ok(filled) => filled.map_err(|error| match error {
            XlsxError::IoError(error) => error,
            other => io::Error::other(other),
        }),
        Err(panic) => {
            let written = panic.downcast_ref::<String>().map(String::as_str);
            let said = written.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
            Err(io::Error::other(format!("the workbook cannot be made: {said}")))
        }
    }
}

fn fill(
    report: &Report<'_>,
    options: &Options<'_>,
    limits: Limits,
    out: &mut (dyn Write + Send),
) -> Result<(), XlsxError> {
    let lang = options.lang;
    let mut book = Book::new(options, limits)?;
    findings::findings(&mut book, report, lang)?;
    events::timeline(&mut book, report, lang)?;
    events::sign_ins(&mut book, report, lang)?;
    places::addresses(&mut book, report, lang)?;
    exposure::exposure(&mut book, report, lang)?;
    findings::response(&mut book, report, lang)?;
    sources::evidence(&mut book, report, lang)?;
    sources::coverage(&mut book, report, lang)?;
    // The first sheet comes last: it tells what the limits did to the others.
    summary::summary(&mut book, report, lang)?;
    book.save(out)
}

#[cfg(test)]
mod tests;
