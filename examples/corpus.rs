//! Writes the labelled corpus: some hundreds of small cases, each a folder with its evidence and `case.json`, which
//! says what is asked and what must come out. The labels come from the scenario, never from the program.
//!
//! `cargo run --release --example corpus -- DIR` writes the folders to look at. The test `accuracy` writes them to a
//! temporary folder and compares what the program says with the labels.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a generator writes files and says so")]
#![allow(missing_docs, clippy::too_many_lines, reason = "scenarios are lists that read from top to bottom")]

use std::path::Path;
use std::{env, fs, io};

mod corpus {
    pub mod blocked;
    pub mod case;
    pub mod chains;
    pub mod credentials;
    pub mod entry;
    pub mod exports;
    pub mod forwarding;
    pub mod ground;
    pub mod hacked_messages;
    pub mod inbox_rules;
    pub mod missing_mail;
    pub mod names_and_profile;
    pub mod no_sent_copy;
    pub mod records;
    pub mod response;
    pub mod sign_ins;
    pub mod signature;
    pub mod world;
}

pub use corpus::case::Case;

/// Every case of the corpus.
pub fn cases() -> Vec<Case> {
    [
        corpus::missing_mail::cases(),
        corpus::no_sent_copy::cases(),
        corpus::inbox_rules::cases(),
        corpus::names_and_profile::cases(),
        corpus::blocked::cases(),
        corpus::hacked_messages::cases(),
        corpus::credentials::cases(),
        corpus::forwarding::cases(),
        corpus::signature::cases(),
        corpus::sign_ins::cases(),
        corpus::response::cases(),
        corpus::chains::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Writes one case into `folder`: its evidence files, and `case.json` beside them.
pub fn write(case: &Case, folder: &Path) -> io::Result<()> {
    let (files, places) = corpus::exports::files(case);
    let evidence = folder.join("evidence");
    fs::create_dir_all(&evidence)?;
    for file in files {
        fs::write(evidence.join(file.name), file.text)?;
    }
    fs::write(folder.join("case.json"), format!("{:#}\n", case.description(&places)))
}

fn main() -> io::Result<()> {
    let Some(folder) = env::args_os().nth(1) else {
        eprintln!("usage: corpus DIR");
        std::process::exit(2);
    };
    let cases = cases();
    for case in &cases {
        write(case, &Path::new(&folder).join(&case.name))?;
    }
    println!("{} cases", cases.len());
    Ok(())
}
