//! Data files that the investigator puts in the place of the built-in ones (`--knowledge`): checked line by line before
//! anything is looked up, and never changed afterwards.

use std::sync::OnceLock;

use ipnet::IpNet;

use super::{data_files, domains, errors, folders, names};

/// The built-in text, and what stands in its place. Set once, before the first look-up.
static REPLACED: OnceLock<Vec<(&'static str, &'static str)>> = OnceLock::new();

/// A file that cannot stand in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {what}")]
pub struct Fault {
    /// Name of the file, as `explain --data` lists it.
    pub file: String,
    /// Line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// What is wrong, in words.
    pub what: String,
}

/// A file that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    name: &'static str,
    built_in: &'static str,
    text: String,
}

impl Replacement {
    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

/// Checks a file that is to stand in the place of the built-in one with its name.
///
/// # Errors
/// With the file and the line: no built-in file of this name, no head that names its source, a line of another shape.
pub fn check(name: &str, text: &str) -> Result<Replacement, Fault> {
    let fault = |line: usize, what: String| Fault { file: name.to_owned(), line, what };
    let known = data_files().iter().find(|(known, _)| *known == name);
    let Some((known, built_in)) = known else {
        let names: Vec<&str> = data_files().iter().map(|(name, _)| *name).collect();
        return Err(fault(0, format!("no knowledge file has this name; there are: {}", names.join(", "))));
    };
    let head = text.lines().take_while(|line| line.starts_with('#'));
    if !head.into_iter().any(|line| line.contains("Source: ")) {
        return Err(fault(
            1,
            "the file does not open with a comment that names its source (# Source: …, date)".to_owned(),
        ));
    }
    let mut rows = 0;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        rows += 1;
        if let Some(what) = wrong(name, line) {
            return Err(fault(at + 1, what));
        }
    }
    if rows == 0 {
        return Err(fault(0, "the file holds no row".to_owned()));
    }
    Ok(Replacement { name: known, built_in, text: text.to_owned() })
}

/// Puts the files in place for the rest of the run.
///
/// # Errors
/// Where other files were put in place before: look-ups may have been made with them.
pub fn install(files: Vec<Replacement>) -> Result<(), Fault> {
    let list = files.into_iter().map(|file| {
        // Look-ups give out text that lives as long as the program; this happens once.
        let text: &'static str = Box::leak(file.text.into_boxed_str());
        (file.built_in, text)
    });
    let what = || "knowledge files were put in place before".to_owned();
    REPLACED.set(list.collect()).map_err(|_| Fault { file: "--knowledge".to_owned(), line: 0, what: what() })
}

/// The text that counts: the one put in place, else the built-in one itself.
pub(super) fn instead_of(built_in: &'static str) -> &'static str {
    let list = REPLACED.get().map_or(&[][..], Vec::as_slice);
    list.iter().find(|(old, _)| *old == built_in).map_or(built_in, |(_, text)| text)
}

/// What is wrong with a row of this file.
fn wrong(name: &str, line: &str) -> Option<String> {
    if line.chars().any(|letter| letter.is_control() && letter != '\t') {
        return Some("a control character".to_owned());
    }
    let columns: Vec<&str> = line.split('\t').collect();
    let first = columns.first().copied().unwrap_or_default();
    let second = columns.get(1).copied().unwrap_or_default().trim();
    let need = |good: bool, what: &str| (!good).then(|| format!("{what}, but the line is: {line}"));
    match name {
        "apps.tsv" | "apps_worth_a_look.tsv" => need(
            names::is_guid(first) && first == first.to_lowercase() && !second.is_empty(),
            "an application id (GUID in lower case), a tab, a name",
        ),
        "app_roles.tsv" => need(
            matches!(first, "developer_tool" | "family" | "file_sync" | "phished" | "service")
                && names::is_guid(second)
                && columns.get(2).is_some_and(|name| !name.trim().is_empty()),
            "a role (developer_tool, family, file_sync, phished, service), a tab, an application id, a tab, a name",
        ),
        "subject_prefixes.tsv" => need(
            matches!(first, "reply" | "forward" | "answer" | "receipt") && !second.is_empty(),
            "a kind (reply, forward, answer, receipt), a tab, a word",
        ),
        "hosting_asns.tsv" => {
            need(first.parse::<u32>().is_ok() && !second.is_empty(), "a network number, a tab, a name")
        }
        "record_types.tsv" => need(first.parse::<i32>().is_ok() && !second.is_empty(), "a number, a tab, a name"),
        "calling_codes.tsv" => {
            need(is_digits(first) && second.split(' ').all(is_country), "digits, a tab, country codes")
        }
        "iban_lengths.tsv" => {
            need(is_country(first) && second.parse::<usize>().is_ok(), "a country code, a tab, a length")
        }
        "microsoft_ranges.txt" => need(line.parse::<IpNet>().is_ok(), "a network (192.0.2.0/24)"),
        "freemail.txt" => {
            need(domains::domain_of(&format!("x@{line}")).as_deref() == Some(line), "a domain in lower case")
        }
        "top_level_domains.txt" => need(
            line.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b" -".contains(&byte)),
            "top-level domains in lower case, with blanks between",
        ),
        "sign_in_errors.tsv" => need(errors::is_row(line), "a code, a class, marks and a meaning, with tabs between"),
        "folders.tsv" => need(folders::is_row(line), "a role, a language and a name, with tabs between"),
        "payment_keywords.tsv" => need(
            matches!(first, "swift" | "sort_code" | "routing" | "account") && !second.is_empty(),
            "a kind of number, a tab, a word",
        ),
        _ => None,
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_file_may_stand_in_for_itself() {
        for (name, text) in data_files() {
            assert_eq!(check(name, text).map(|file| file.name()), Ok(*name));
        }
    }

    #[test]
    fn what_cannot_stand_in_is_told_with_its_line() {
        let fault = |name: &str, text: &str| check(name, text).map(|file| file.name()).unwrap_err();
        assert_eq!(fault("hosting_asns.tsv", "# Source: ours, 2026-03\n64500\tOurs\nAS64501\tX\n").line, 3);
        assert_eq!(fault("apps.tsv", "6147b5ff-9baa-4fe5-b9d1-40fecd106772\tX\n").line, 1);
        assert_eq!(fault("microsoft_ranges.txt", "# Source: ours, 2026-03\n192.0.2.300/24\n").line, 2);
        assert_eq!(fault("folders.tsv", "# Source: ours, 2026-03\nnowhere\ten\tInbox\n").line, 2);
        assert_eq!(fault("words/finance.txt", "# Source: ours, 2026-03\n").line, 0);
        assert!(fault("nothing.txt", "# Source: x\n1\n").to_string().contains("there are: app_roles.tsv"));
    }
}
