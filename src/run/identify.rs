//! `identify`: which export each file is, how sure, its records, span and problems. Writes nothing.

use super::{Failed, Surroundings, ingest, sealing, settings};
use crate::cli::Identify;
use crate::exit::Exit;
use crate::ledger::Ledger;
use crate::report::{sources, text};

/// Reads everything for the ledger alone, and prints it.
pub fn run(args: &Identify, surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    let reading = settings::reading(&args.reading, surroundings)?;
    let files = settings::evidence(&args.evidence)?;
    let ledger = ingest::read(&files, None, &reading, &args.display, surroundings)?;
    if args.json {
        let told = serde_json::to_string_pretty(&sources::json(&ledger, &sealing::TOOL)).unwrap_or_default();
        writeln!(surroundings.out, "{}", text::json(&told))?;
    } else {
        print(&ledger, surroundings)?;
    }
    Ok(ingest::exit(&ledger))
}

/// Each file in one table, the remarks with what to ask for, and the sum last.
pub fn print(ledger: &Ledger, surroundings: &mut Surroundings<'_>) -> Result<(), Failed> {
    let table = sources::table(ledger, surroundings.width);
    write!(surroundings.out, "{table}")?;
    Ok(())
}
