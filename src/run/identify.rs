//! `identify`: which export each file is, its record count, time span and problems. Writes nothing.

use comfy_table::{ContentArrangement, Table, presets};

use super::{Failed, Surroundings, ingest, settings};
use crate::cli::Identify;
use crate::exit::Exit;
use crate::ledger::{Ledger, SourceEntry};
use crate::report::text;

/// Reads everything for the ledger alone, and prints it.
pub fn run(args: &Identify, surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    let reading = settings::reading(&args.reading)?;
    let files = settings::evidence(&args.evidence, std::path::Path::new(""))?;
    let ledger = ingest::read(&files, None, &reading, &args.display, surroundings)?;
    print(&ledger, surroundings)?;
    Ok(ingest::exit(&ledger))
}

/// The ledger as a table, the remarks below it, the sum last.
pub fn print(ledger: &Ledger, surroundings: &mut Surroundings<'_>) -> Result<(), Failed> {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(surroundings.width.unwrap_or(100).max(60));
    table.set_header(["file", "export", "records", "events", "dupl.", "rejected", "first and last (UTC)"]);
    for source in &ledger.sources {
        table.add_row(row(source));
    }
    writeln!(surroundings.out, "{table}")?;
    for source in &ledger.sources {
        for note in &source.notes {
            let (path, remark) = (text::terminal_whole(&source.path), text::terminal_whole(&note.text));
            writeln!(surroundings.out, "{} {path}: {remark}", text::terminal_whole(&note.code))?;
        }
    }
    let total = ledger.total();
    writeln!(
        surroundings.out,
        "{} records = {} events + {} states + {} duplicates + {} rejected ({} of the events salvaged)",
        total.records, total.events, total.states, total.duplicates, total.rejected, total.salvaged
    )?;
    Ok(())
}

fn row(source: &SourceEntry) -> [String; 7] {
    let export = source.format.clone().unwrap_or_else(|| {
        let status = serde_json::to_value(source.status).ok();
        status.and_then(|status| status.as_str().map(|word| word.replace('_', " "))).unwrap_or_default()
    });
    let counts = source.counts;
    let span = match (&source.first, &source.last) {
        (Some(first), Some(last)) => format!("{first}\n{last}"),
        _ => "-".to_owned(),
    };
    [
        text::terminal_whole(&source.path),
        export,
        counts.records.to_string(),
        counts.events.to_string(),
        counts.duplicates.to_string(),
        counts.rejected.to_string(),
        span,
    ]
}
