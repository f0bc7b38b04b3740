//! Cases that are made apart: evidence added to a case shard by shard, and cases joined into one.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use super::sealing::{self, Clock};
use super::settings::{self, About};
use super::{Failed, Surroundings, bar, ingest, showing};
use crate::cli::{Ingest, Merge};
use crate::exit::Exit;
use crate::ingest::source::{self, EvidenceFile};
use crate::ledger::{Ledger, Reading, SourceEntry};
use crate::report::outputs::Outputs;
use crate::report::text;
use crate::timeline::shards::{self, Named, Shard};
use crate::timeline::store::{self, Case, CaseWriter};

/// Reads the evidence that the case does not have yet into a shard of its own.
pub fn append(args: &Ingest, surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    let start = (surroundings.clock)();
    let knowledge = settings::knowledge(args.knowledge.as_deref())?;
    let mut reading = settings::reading(&args.reading, surroundings)?;
    reading.knowledge.clone_from(&knowledge);
    settings::apart(&args.evidence, &args.out)?;
    if !shards::takes_shards(&args.out)? {
        let dir = args.out.display();
        return Err(Failed::Usage(format!("{dir} is not empty and is no case: choose another folder")));
    }
    let files = settings::evidence(&args.evidence)?;
    let there = shards::folders(&args.out)?;
    let known: BTreeSet<Named> = shards::evidence(&there)?.into_iter().map(|(named, _)| named).collect();
    let (old, mut new): (Vec<_>, Vec<_>) = named(files).into_iter().partition(|(_, named)| known.contains(named));
    let ledgers = if old.is_empty() { Vec::new() } else { shards::ledgers(&there)? };
    // What was lost of a file may be had by reading it in another way: that is what the notes on it advise.
    let now = reading.reading();
    let (again, old): (Vec<_>, Vec<_>) =
        old.into_iter().partition(|(_, (path, _))| lost_otherwise(&ledgers, path, &now));
    if !args.display.quiet {
        for (files, told) in [(&old, "already in the case"), (&again, "read again, with other options")] {
            for (_, (path, _)) in files {
                writeln!(surroundings.err, "{told}: {}", text::terminal_whole(path))?;
            }
        }
    }
    let otherwise = (!again.is_empty()).then(|| format!("{now:?}"));
    if otherwise.is_some() {
        new.extend(again);
        new.sort_by(|(_, a), (_, b)| a.cmp(b));
    }
    if new.is_empty() {
        return Ok(exit_of(&ledgers, &old));
    }
    let (files, names): (Vec<EvidenceFile>, Vec<Named>) = new.into_iter().unzip();
    let shard = Shard::begin(&args.out, &names, otherwise.as_deref())?;
    let mut outputs = Outputs::create(shard.folder(), true)?.until(&surroundings.stop);
    ingest::into_case(&files, CaseWriter::create(shard.folder())?, &reading, &args.display, surroundings)?;
    let case = Case::open(shard.folder())?;
    let about = About { case_id: args.case_id.clone(), examiner: args.examiner.clone(), given: Vec::new() };
    let clock = Clock { start, now: surroundings.clock };
    let sealed = sealing::seal_case(&mut outputs, &case, &about, reading.threads, surroundings, &clock)?;
    shard.finish()?;
    if !args.display.quiet {
        sealing::say_case(&case, &knowledge, &sealed, surroundings)?;
    }
    Ok(ingest::exit(&case.ledger))
}

/// Each file with its path as given and its hash; one that cannot be read has none, and is tried every time.
fn named(files: Vec<EvidenceFile>) -> Vec<(EvidenceFile, Named)> {
    let hash = |file: &EvidenceFile| source::digest(&file.path).map(|(sha256, _)| sha256).unwrap_or_default();
    files.into_iter().map(|file| (file.clone(), (file.name.clone(), hash(&file)))).collect()
}

/// The books of one file, or of the members of one archive, in a ledger; `None` where it has none of them.
fn of_file(ledger: &Ledger, file: &str) -> Option<Ledger> {
    let of = |entry: &&SourceEntry| {
        entry.path.strip_prefix(file).is_some_and(|rest| rest.is_empty() || rest.starts_with('!'))
    };
    let sources: Vec<SourceEntry> = ledger.sources.iter().filter(of).cloned().collect();
    (!sources.is_empty()).then(|| Ledger { sources, reading: ledger.reading.clone(), ..Ledger::default() })
}

/// Whether something of the file was lost each time it was read, and it was never read in this way.
fn lost_otherwise(ledgers: &[Ledger], file: &str, now: &Reading) -> bool {
    let books: Vec<Ledger> = ledgers.iter().filter_map(|ledger| of_file(ledger, file)).collect();
    let otherwise =
        |ledger: &Ledger| ledger.sources.iter().all(|entry| entry.reading.as_ref().unwrap_or(&ledger.reading) != now);
    !books.is_empty() && books.iter().all(|ledger| otherwise(ledger) && ingest::exit(ledger) != Exit::Done)
}

/// The exit code that reading these files ended with, when they were read.
fn exit_of(ledgers: &[Ledger], files: &[(EvidenceFile, Named)]) -> Exit {
    let whole = |(_, (file, _)): &(EvidenceFile, Named)| {
        let mut books = ledgers.iter().filter_map(|ledger| of_file(ledger, file)).peekable();
        books.peek().is_none() || books.any(|books| ingest::exit(&books) == Exit::Done)
    };
    match files.iter().all(whole) {
        true => Exit::Done,
        false => Exit::EvidenceLost,
    }
}

/// The cases that were named, each once, however often and however it was named.
fn once(named: &[PathBuf]) -> Vec<PathBuf> {
    let mut seen = BTreeSet::new();
    named.iter().filter(|path| seen.insert(source::resolved(path))).cloned().collect()
}

/// Joins cases into one plain case.
pub fn merge(args: &Merge, surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    let start = (surroundings.clock)();
    let threads = settings::threads(args.threads)?;
    settings::apart(&args.cases, &args.out)?;
    Outputs::check(&args.out, args.overwrite)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let cases = once(&args.cases);
    for named in cases.iter().filter(|_| showing::is_verbose(&args.display)) {
        writeln!(surroundings.err, "joining {}", text::terminal_whole(&named.display().to_string()))?;
    }
    let case = pool.install(|| Case::open_all(&args.out, &cases))?;

    let mut outputs = Outputs::create(&args.out, args.overwrite)?.until(&surroundings.stop);
    let writer = CaseWriter::create(outputs.dir())?;
    let total = case.ledger.total();
    let (bar, stop) = (bar::of_records(total.events + total.states, &args.display, surroundings), &surroundings.stop);
    let told = |rows: usize| {
        bar.inc(rows as u64);
        if stop.is_wanted() { Err(io::Error::other("interrupted")) } else { Ok(()) }
    };
    let written = pool.install(|| case.write_into(writer, &told));
    bar.finish_and_clear();
    written?;
    let case = Case::open(outputs.dir()).inspect_err(|_| {
        // What cannot be opened is not left lying about as a case; what was wrong with it is told already.
        let _ = store::clear(outputs.dir());
    })?;
    let about = About { case_id: args.case_id.clone(), examiner: args.examiner.clone(), given: Vec::new() };
    let clock = Clock { start, now: surroundings.clock };
    let sealed = sealing::seal_case(&mut outputs, &case, &about, threads, surroundings, &clock)?;
    if !args.display.quiet {
        sealing::say_case(&case, &[], &sealed, surroundings)?;
    }
    Ok(ingest::exit(&case.ledger))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Counts, Status};

    #[test]
    fn what_was_lost_of_a_file_is_read_again_in_another_way_and_in_the_same_never() {
        let reading = |order: Option<&str>| Reading { date_order: order.map(str::to_owned), ..Reading::default() };
        let ledger = |path: &str, rejected: u64, order: Option<&str>| {
            let counts = Counts { records: rejected, rejected, ..Counts::default() };
            let entry = SourceEntry { path: path.to_owned(), counts, status: Status::Read, ..SourceEntry::default() };
            Ledger { sources: vec![entry], reading: reading(order), ..Ledger::default() }
        };
        let again = |ledgers: &[Ledger], order| lost_otherwise(ledgers, "a.zip", &reading(order));
        let lost = || ledger("a.zip!x.csv", 2, None);
        assert!(again(&[lost()], Some("dmy")));
        assert!(!again(&[lost()], None), "the same would be lost");
        assert!(!again(&[ledger("a.zip", 0, None)], Some("dmy")), "nothing was lost");
        assert!(!again(&[lost(), ledger("a.zip", 0, Some("dmy"))], Some("mdy")), "nothing was lost the second time");
        assert!(!again(&[ledger("b.zip", 2, None)], Some("dmy")));
    }
}
