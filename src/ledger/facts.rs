//! What the coverage of every account asks of a file's books again and again, made once: a triage asks thousands of times.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use chrono::{DateTime, NaiveDate, Utc};

use super::SourceEntry;

/// Both ends of a time.
pub type Span = (DateTime<Utc>, DateTime<Utc>);

/// The answers so far. They say nothing else than the books, and a copy, whose books may be changed, has none.
#[derive(Debug, Default)]
pub struct Facts {
    span: OnceLock<Option<Span>>,
    activities: OnceLock<usize>,
    types: OnceLock<BTreeMap<Box<str>, u64>>,
    dates: OnceLock<Vec<(NaiveDate, u64)>>,
    deletions: OnceLock<u64>,
    path: OnceLock<Box<str>>,
    kinds: OnceLock<Vec<SourceEntry>>,
}

impl Clone for Facts {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Facts {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Facts {}

impl SourceEntry {
    /// The file as several, one for each kind of evidence in it: what a log covers, another log in the same file does not.
    pub fn by_kind(&self) -> &[Self] {
        let kinds = || self.parts.iter().map(|part| self.as_part(part)).collect();
        if self.parts.is_empty() { std::slice::from_ref(self) } else { self.facts.kinds.get_or_init(kinds) }
    }

    /// From when to when the file covers its log, by this reading of its books, which is the same for everybody.
    pub fn span_by(&self, read: impl FnOnce(&Self) -> Option<Span>) -> Option<Span> {
        *self.facts.span.get_or_init(|| read(self))
    }

    /// How many different activities the file has, of whatever type.
    pub fn activities(&self) -> usize {
        *self.facts.activities.get_or_init(|| {
            let names: BTreeSet<&str> = self.typed().map(|(_, name, _)| name).collect();
            names.len()
        })
    }

    /// How many records of each type the file has.
    pub fn by_type(&self) -> &BTreeMap<Box<str>, u64> {
        self.facts.types.get_or_init(|| {
            let mut types: BTreeMap<Box<str>, u64> = BTreeMap::new();
            for (kind, _, count) in self.typed() {
                *types.entry(kind.into()).or_default() += count;
            }
            types
        })
    }

    /// The days that have records, with how many, in order.
    pub fn dates(&self) -> &[(NaiveDate, u64)] {
        self.facts
            .dates
            .get_or_init(|| self.days.iter().filter_map(|(day, count)| Some((day.parse().ok()?, *count))).collect())
    }

    /// How many records the file has of mails that were deleted.
    pub fn deletions(&self) -> u64 {
        const DELETIONS: [&str; 3] = ["softdelete", "harddelete", "movetodeleteditems"];
        let deletes = |key: &str| DELETIONS.iter().any(|part| key.to_lowercase().contains(part));
        *self
            .facts
            .deletions
            .get_or_init(|| self.operations.iter().filter(|(key, _)| deletes(key)).map(|(_, count)| count).sum())
    }

    /// The path in lower case.
    pub fn lower_path(&self) -> &str {
        self.facts.path.get_or_init(|| self.path.to_lowercase().into())
    }

    /// Type and activity, with how many records.
    fn typed(&self) -> impl Iterator<Item = (&str, &str, u64)> {
        self.operations.iter().filter_map(|(key, count)| {
            let (kind, name) = key.split_once(' ')?;
            Some((kind, name, *count))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(operations: &[(&str, u64)]) -> SourceEntry {
        SourceEntry {
            path: "Logs/UAL.csv".to_owned(),
            operations: operations.iter().map(|(key, count)| ((*key).to_owned(), *count)).collect(),
            days: [("2026-02-03".to_owned(), 4), ("2026-02-04".to_owned(), 2)].into(),
            ..SourceEntry::default()
        }
    }

    #[test]
    fn the_facts_are_those_of_the_books() {
        let entry = entry(&[("2 HardDelete", 3), ("2 Send", 1), ("8 Update user", 2), ("15 Send", 5)]);
        assert_eq!((entry.activities(), entry.deletions(), entry.lower_path()), (3, 3, "logs/ual.csv"));
        let types: Vec<(&str, u64)> = entry.by_type().iter().map(|(kind, count)| (&**kind, *count)).collect();
        assert_eq!(types, [("15", 5), ("2", 4), ("8", 2)]);
        let days: Vec<(String, u64)> = entry.dates().iter().map(|(day, count)| (day.to_string(), *count)).collect();
        assert_eq!(days, [("2026-02-03".to_owned(), 4), ("2026-02-04".to_owned(), 2)]);
    }

    #[test]
    fn a_copy_with_other_books_has_other_facts() {
        let first = entry(&[("2 HardDelete", 3)]);
        assert_eq!((first.activities(), first.deletions()), (1, 3));
        let second = SourceEntry { operations: BTreeMap::new(), ..first.clone() };
        assert_eq!((second.activities(), second.deletions(), second.lower_path()), (0, 0, "logs/ual.csv"));
        assert_ne!(first, second);
    }
}
