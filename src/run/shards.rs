//! Cases that are made apart: evidence added to a case shard by shard, and cases joined into one.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::ingest::{self, Clock};
use super::settings::{self, About};
use super::{Failed, Surroundings, identify};
use crate::cli::{Ingest, Merge};
use crate::exit::Exit;
use crate::ingest::source::{self, EvidenceFile};
use crate::ledger::SourceEntry;
use crate::report::outputs::{OutputError, Outputs};
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
        return Err(OutputError::NotEmpty { dir: args.out.clone() }.into());
    }
    let files = settings::evidence(&args.evidence)?;
    let there = shards::folders(&args.out)?;
    let known: BTreeSet<Named> = shards::evidence(&there)?.into_iter().map(|(named, _)| named).collect();
    let (old, new): (Vec<_>, Vec<_>) = named(files).into_iter().partition(|(_, named)| known.contains(named));
    if !args.display.quiet {
        for (_, (path, _)) in &old {
            writeln!(surroundings.err, "already in the case: {}", text::terminal_whole(path))?;
        }
    }
    if new.is_empty() {
        return exit_of(&there, &old);
    }
    let (files, names): (Vec<EvidenceFile>, Vec<Named>) = new.into_iter().unzip();
    let shard = Shard::begin(&args.out, &names)?;
    let mut outputs = Outputs::create(shard.folder(), true)?.until(&surroundings.stop);
    ingest::into_case(&files, CaseWriter::create(shard.folder())?, &reading, &args.display, surroundings)?;
    let case = Case::open(shard.folder())?;
    let about = About { case_id: args.case_id.clone(), examiner: args.examiner.clone() };
    let clock = Clock { start, now: surroundings.clock };
    let sealed = ingest::seal_case(&mut outputs, &case, &about, reading.threads, surroundings, &clock)?;
    shard.finish()?;
    if !args.display.quiet {
        identify::print(&case.ledger, surroundings)?;
        ingest::say_knowledge(&knowledge, surroundings)?;
        ingest::say_seal(&sealed, crate::report::words::Lang::En, surroundings)?;
    }
    Ok(ingest::exit(&case.ledger))
}

/// Each file with its path as given and its hash; one that cannot be read has none, and is tried every time.
fn named(files: Vec<EvidenceFile>) -> Vec<(EvidenceFile, Named)> {
    let hash = |file: &EvidenceFile| source::digest(&file.path).map(|(sha256, _)| sha256).unwrap_or_default();
    files.into_iter().map(|file| (file.clone(), (file.name.clone(), hash(&file)))).collect()
}

/// The exit code that reading these files ended with, when they were read.
fn exit_of(folders: &[PathBuf], files: &[(EvidenceFile, Named)]) -> Result<Exit, Failed> {
    for folder in folders {
        let ledger = Case::open(folder)?.ledger;
        let of = |entry: &&SourceEntry| {
            let path = &entry.path;
            files.iter().any(|(_, (file, _))| {
                path == file || path.strip_prefix(file.as_str()).is_some_and(|rest| rest.starts_with('!'))
            })
        };
        let sources: Vec<SourceEntry> = ledger.sources.iter().filter(of).cloned().collect();
        if ingest::exit(&crate::ledger::Ledger { sources, ..ledger }) != Exit::Done {
            return Ok(Exit::EvidenceLost);
        }
    }
    Ok(Exit::Done)
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
    let case = pool.install(|| Case::open_all(&args.out, &once(&args.cases)))?;

    let mut outputs = Outputs::create(&args.out, args.overwrite)?.until(&surroundings.stop);
    let writer = CaseWriter::create(&args.out)?;
    pool.install(|| case.write_into(writer))?;
    let case = Case::open(&args.out).inspect_err(|_| {
        // What cannot be opened is not left lying about as a case; what was wrong with it is told already.
        let _ = store::clear(&args.out);
    })?;
    let about = About { case_id: args.case_id.clone(), examiner: args.examiner.clone() };
    let clock = Clock { start, now: surroundings.clock };
    let sealed = ingest::seal_case(&mut outputs, &case, &about, threads, surroundings, &clock)?;
    if !args.display.quiet {
        identify::print(&case.ledger, surroundings)?;
        ingest::say_seal(&sealed, crate::report::words::Lang::En, surroundings)?;
    }
    Ok(ingest::exit(&case.ledger))
}
