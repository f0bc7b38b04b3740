//! The files of the folder against `SHA256SUMS`, and that against the hash the examiner noted.

use std::collections::BTreeSet;
use std::path::Path;

use super::Mismatches;
use crate::finding::counted;
use crate::report::manifest;
use crate::report::outputs::{self, Inventory, OutputEntry};

/// The list of sums.
pub const SUMS: &str = "SHA256SUMS";

/// The list of sums in a folder.
pub fn own(inventory: &Inventory) -> Option<&OutputEntry> {
    inventory.files.iter().find(|file| file.name == SUMS)
}

/// Whether a hash is the one that was noted.
pub fn is_noted(noted: &str, hash: &str) -> bool {
    noted.trim().eq_ignore_ascii_case(hash)
}

/// Every file is in the list with its hash, every line of the list has its file; says what was compared.
pub fn check(dir: &Path, inventory: &Inventory, expect: &[String], wrong: &mut Mismatches) -> Vec<String> {
    for (name, why) in &inventory.odd {
        wrong.add(format!("{name}: {why}"));
    }
    let Some(own) = own(inventory) else {
        wrong.add(format!("{SUMS}: missing; the run that made this folder did not finish, or the file was removed"));
        return Vec::new();
    };
    if !expect.is_empty() && !expect.iter().any(|noted| is_noted(noted, &own.sha256)) {
        let noted: Vec<&str> = expect.iter().map(|noted| noted.trim()).collect();
        wrong.add(format!("{SUMS}: SHA-256 is {}, --expect says {}", own.sha256, noted.join(" or ")));
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
    let files = counted(present.len(), "file", "files");
    vec![format!("{files} hashed; SHA-256 of {SUMS} is {}", own.sha256)]
}
