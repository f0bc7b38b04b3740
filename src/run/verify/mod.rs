//! `verify`: outputs and evidence are hashed again, the papers are held against each other, and every record that the
//! report cites is looked up again in the evidence.

mod evidence;
mod papers;
mod sums;

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::{Failed, Surroundings, settings};
use crate::cli::Verify;
use crate::exit::Exit;
use crate::finding::counted;
use crate::report::outputs::{self, Inventory, OutputError};
use crate::report::text;
use crate::timeline::shards;
use papers::Papers;

/// What does not match, each in one line that names it.
#[derive(Debug, Default)]
struct Mismatches(Vec<String>);

impl Mismatches {
    fn add(&mut self, text: impl Into<String>) {
        self.0.push(text.into());
    }

    /// Two things that should say the same.
    fn compare<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, is: &T, should: &T) {
        if is != should {
            self.add(format!("{what}: is {is:?}, should be {should:?}"));
        }
    }
}

/// Verifies a folder.
pub fn run(args: &Verify, surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    let threads = settings::threads(args.threads)?;
    if !args.dir.is_dir() {
        return Err(Failed::Output(OutputError::NotAFolder { dir: args.dir.clone() }));
    }
    let (mut wrong, mut said) = (Mismatches::default(), Vec::new());
    let parts = parts(args, &mut said, &mut wrong)?;
    let several = parts.len() > 1;
    let papers: Vec<Option<Papers>> =
        parts.iter().map(|part| papers::read(&part.folder, &part.inventory, &mut wrong)).collect();
    let mut found = evidence::find(papers.iter().flatten(), &args.evidence).into_iter();
    for (part, papers) in parts.iter().zip(&papers) {
        if several {
            said.push(part.folder.display().to_string());
        }
        said.extend(sums::check(&part.folder, &part.inventory, &args.expect, &mut wrong));
        if let Some((papers, found)) = papers.as_ref().and_then(|papers| Some((papers, found.next()?))) {
            papers.check(&mut wrong);
            said.extend(evidence::check(papers, &found, (args, threads), surroundings, &mut wrong)?);
        }
    }
    for hash in args.expect.iter().filter(|_| several || args.expect.len() > 1) {
        let is_of = |part: &Part| sums::own(&part.inventory).is_some_and(|own| sums::is_noted(hash, &own.sha256));
        if !parts.iter().any(is_of) {
            wrong.add(format!(
                "no part of the case has the SHA-256 that was noted: {hash}; a part is gone or was changed"
            ));
        }
    }
    for line in said.iter().filter(|_| !args.display.quiet) {
        writeln!(surroundings.out, "{}", text::terminal_whole(line))?;
    }
    for line in &wrong.0 {
        writeln!(surroundings.out, "MISMATCH {}", text::terminal_whole(line))?;
    }
    if wrong.0.is_empty() {
        if !args.display.quiet {
            writeln!(surroundings.out, "everything matches")?;
        }
        return Ok(Exit::Done);
    }
    writeln!(surroundings.out, "{}", counted(wrong.0.len(), "mismatch", "mismatches"))?;
    Ok(Exit::Mismatch)
}

/// A folder with papers of its own: what is verified, or one of the parts that a case grew from.
struct Part {
    folder: PathBuf,
    inventory: Inventory,
}

/// The parts of a folder; what lies beside them and belongs to none is a mismatch.
fn parts(args: &Verify, said: &mut Vec<String>, wrong: &mut Mismatches) -> Result<Vec<Part>, Failed> {
    let mut root = outputs::inventory(&args.dir)?;
    let mut parts = Vec::new();
    for folder in shards::folders(&args.dir)?.into_iter().filter(|folder| *folder != args.dir) {
        let inner = folder.strip_prefix(&args.dir).unwrap_or(&folder).to_string_lossy().into_owned();
        parts.push(Part { inventory: root.take_below(&inner), folder });
    }
    for name in shards::unfinished(&args.dir)? {
        let _ = root.take_below(&name);
        said.push(format!("{name}: left by a run that was ended; no part of the case"));
    }
    if parts.is_empty() || sums::own(&root).is_some() || args.dir.join("ledger.json").exists() {
        parts.insert(0, Part { folder: args.dir.clone(), inventory: root });
    } else {
        let names = root.files.iter().map(|file| &file.name).chain(root.odd.iter().map(|(name, _)| name));
        let strays: BTreeSet<&str> = names
            .map(|name| name.match_indices('/').nth(1).map_or(&**name, |(end, _)| name.get(..end).unwrap_or(name)))
            .collect();
        strays
            .iter()
            .for_each(|name| wrong.add(format!("{name}: no part of the case, or one whose ledger.json is missing")));
    }
    Ok(parts)
}
