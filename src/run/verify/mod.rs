//! `verify`: outputs and evidence are hashed again, the papers are held against each other, and every record that the
//! report cites is looked up again in the evidence.

mod evidence;
mod papers;
mod sums;

use super::{Failed, Surroundings, settings};
use crate::cli::Verify;
use crate::exit::Exit;
use crate::report::outputs::{self, OutputError};
use crate::report::text;
use crate::timeline::shards;

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
    // A case that grew has folders of its own for what was added, each with its own papers.
    let mut folders = shards::folders(&args.dir)?;
    folders.retain(|folder| *folder != args.dir);
    if folders.is_empty() || args.dir.join(sums::SUMS).exists() {
        folders.insert(0, args.dir.clone());
    }
    let mut expect = args.expect.as_deref();
    for folder in &folders {
        if folders.len() > 1 {
            said.push(folder.display().to_string());
        }
        let mut inventory = outputs::inventory(folder)?;
        if folders.len() > 1 {
            inventory.files.retain(|file| !file.name.starts_with("shards/"));
        }
        said.extend(sums::check(folder, &inventory, expect.take(), &mut wrong));
        if let Some(papers) = papers::read(folder, &inventory, &mut wrong) {
            papers.check(&mut wrong);
            said.extend(evidence::check(&papers, args, threads, surroundings, &mut wrong)?);
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
    writeln!(surroundings.out, "{} mismatches", wrong.0.len())?;
    Ok(Exit::Mismatch)
}
