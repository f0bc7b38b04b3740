//! The files of the folder against `SHA256SUMS`, and that against the hash the examiner noted.

use std::collections::BTreeSet;
use std::path::Path;

use super::Mismatches;
use crate::report::manifest;
use crate::report::outputs::{self, Inventory};

/// The list of sums.
pub const SUMS: &str = "SHA256SUMS";

/// Every file is in the list with its hash, every line of the list has its file; says what was compared.
pub fn check(dir: &Path, inventory: &Inventory, expect: Option<&str>, wrong: &mut Mismatches) -> Vec<String> {
    for (name, why) in &inventory.odd {
        wrong.add(format!("{name}: {why}"));
    }
    let Some(own) = inventory.files.iter().find(|file| file.name == SUMS) else {
        wrong.add(format!("{SUMS}: missing; the run that made this folder did not finish, or the file was removed"));
        return Vec::new();
    };
    if let Some(expected) = expect.filter(|expected| !expected.trim().eq_ignore_ascii_case(&own.sha256)) {
        wrong.add(format!("{SUMS}: SHA-256 is {}, --expect says {}", own.sha256, expected.trim()));
    }
    let text = outputs::read(dir, SUMS).unwrap_or_default();
    let sums = match manifest::parse_sums(&String::from_utf8_lossy(&text)) {
        Ok(sums) => sums,
        Err(line) => {
            wrong.add(format!("{SUMS}: line {line} is not a hash and a name, or names a file twice"));
            return Vec::new();
        }
    };
    let mut present = BTreeSet::new();
    for file in inventory.files.iter().filter(|file| file.name != SUMS) {
        present.insert(file.name.as_str());
        match sums.get(&file.name) {
            None => wrong.add(format!("{}: not in {SUMS}; it was added later", file.name)),
            Some(sum) if *sum != file.sha256 => {
                wrong.add(format!("{}: SHA-256 is {}, {SUMS} says {sum}", file.name, file.sha256));
            }
            Some(_) => {}
        }
    }
    for name in sums.keys().filter(|name| !present.contains(name.as_str())) {
        wrong.add(format!("{name}: missing; {SUMS} names it"));
    }
    vec![format!("{} files hashed; SHA-256 of {SUMS} is {}", present.len(), own.sha256)]
}
