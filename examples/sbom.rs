//! Writes the bill of materials (CycloneDX 1.5, JSON): every crate that is compiled into the program, with version,
//! licence and checksum. The same sources give the same bytes: no clock, no serial number. `.ci/sbom` calls it.
//!
//! `cargo tree --locked -e normal --prefix depth -f '|{p}|{l}|{r}|' | cargo run --release --example sbom -- Cargo.lock`
#![allow(clippy::disallowed_methods, reason = "a generator reads files")]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::Write as _;

use serde_json::{Map, Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let lock = std::fs::read_to_string(std::env::args_os().nth(1).ok_or("usage: sbom Cargo.lock < tree")?)?;
    let tree = std::io::read_to_string(std::io::stdin().lock())?;
    let bill = Tree::read(&tree).ok_or("this is not what cargo tree writes")?.bill(&checksums(&lock));
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &bill)?;
    Ok(writeln!(out)?)
}

/// The SHA-256 of each crate's archive, by its package URL.
fn checksums(lock: &str) -> BTreeMap<String, String> {
    let mut sums = BTreeMap::new();
    for package in lock.split("[[package]]") {
        let field = |key: &str| {
            let value = package.lines().find_map(|line| line.strip_prefix(key)?.trim().strip_prefix('='))?;
            Some(value.trim().trim_matches('"').to_owned())
        };
        if let (Some(name), Some(version), Some(sum)) = (field("name"), field("version"), field("checksum")) {
            sums.insert(purl(&name, &version), sum);
        }
    }
    sums
}

/// The package URL, which names a crate everywhere.
fn purl(name: &str, version: &str) -> String {
    format!("pkg:cargo/{name}@{version}")
}

/// A crate as cargo tells it.
struct Crate {
    name: String,
    version: String,
    licence: String,
    repository: String,
    needs: BTreeSet<String>,
}

/// The crates by their package URL, and which of them is the program.
struct Tree {
    crates: BTreeMap<String, Crate>,
    program: String,
}

impl Tree {
    /// Reads the lines of `cargo tree`: depth, `|name vVERSION …|licence|repository|`.
    fn read(text: &str) -> Option<Self> {
        let (mut crates, mut above): (BTreeMap<String, Crate>, Vec<String>) = (BTreeMap::new(), Vec::new());
        for line in text.lines() {
            let mut parts = line.split('|');
            let depth: usize = parts.next()?.parse().ok()?;
            let (package, licence, repository) = (parts.next()?, parts.next()?, parts.next()?);
            let mut words = package.split(' ');
            let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
            let own = purl(name, version);
            above.truncate(depth);
            if let Some(user) = above.last().and_then(|user| crates.get_mut(user)) {
                user.needs.insert(own.clone());
            }
            above.push(own.clone());
            crates.entry(own).or_insert_with(|| Crate {
                name: name.to_owned(),
                version: version.to_owned(),
                // Older crates write a slash where SPDX has OR.
                licence: licence.replace('/', " OR "),
                repository: repository.to_owned(),
                needs: BTreeSet::new(),
            });
        }
        let program = above.into_iter().next()?;
        Some(Self { crates, program })
    }

    fn bill(&self, sums: &BTreeMap<String, String>) -> Value {
        let component = |(own, one): (&String, &Crate)| {
            let mut fields = Map::new();
            let kind = if *own == self.program { "application" } else { "library" };
            fields.insert("type".to_owned(), json!(kind));
            fields.insert("bom-ref".to_owned(), json!(own));
            fields.insert("name".to_owned(), json!(one.name));
            fields.insert("version".to_owned(), json!(one.version));
            fields.insert("purl".to_owned(), json!(own));
            if !one.licence.is_empty() {
                fields.insert("licenses".to_owned(), json!([{"expression": one.licence}]));
            }
            if let Some(sum) = sums.get(own) {
                fields.insert("hashes".to_owned(), json!([{"alg": "SHA-256", "content": sum}]));
            }
            if !one.repository.is_empty() {
                fields.insert("externalReferences".to_owned(), json!([{"type": "vcs", "url": one.repository}]));
            }
            Value::Object(fields)
        };
        let (programs, libraries): (Vec<_>, Vec<_>) = self.crates.iter().partition(|(own, _)| **own == self.program);
        let depends = |(own, one): (&String, &Crate)| json!({"ref": own, "dependsOn": one.needs});
        json!({
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "version": 1,
            "metadata": {"component": programs.into_iter().map(component).next()},
            "components": libraries.into_iter().map(component).collect::<Vec<_>>(),
            "dependencies": self.crates.iter().map(depends).collect::<Vec<_>>(),
        })
    }
}
