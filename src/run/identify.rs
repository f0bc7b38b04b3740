//! `identify`: which export each file is, its record count, time span and problems. Writes nothing.

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

/// Each file with its counts, the remarks on it, and the sum last.
pub fn print(ledger: &Ledger, surroundings: &mut Surroundings<'_>) -> Result<(), Failed> {
    for source in &ledger.sources {
        writeln!(surroundings.out, "{}", text::terminal_whole(&source.path))?;
        writeln!(surroundings.out, "  {}", line(source))?;
        for note in &source.notes {
            let (code, remark) = (text::terminal_whole(&note.code), text::terminal_whole(&note.text));
            writeln!(surroundings.out, "  {code} {remark}")?;
        }
    }
    let total = ledger.total();
    writeln!(
        surroundings.out,
        "{} files, {} records = {} events + {} states + {} duplicates + {} rejected ({} of the events salvaged)",
        ledger.sources.len(),
        total.records,
        total.events,
        total.states,
        total.duplicates,
        total.rejected,
        total.salvaged
    )?;
    Ok(())
}

fn line(source: &SourceEntry) -> String {
    let status = serde_json::to_value(source.status).ok();
    let status = status.and_then(|status| status.as_str().map(|word| word.replace('_', " "))).unwrap_or_default();
    let Some(format) = &source.format else { return status };
    let counts = source.counts;
    let mut line = format!(
        "{format} ({status}): {} records, {} events, {} duplicates, {} rejected, {} salvaged",
        counts.records, counts.events, counts.duplicates, counts.rejected, counts.salvaged
    );
    if let (Some(first), Some(last)) = (&source.first, &source.last) {
        line.push_str(&format!("; {first} to {last}"));
    }
    line
}
