//! An audit log that was searched activity by activity: of what nobody searched for, it says nothing.

use chrono::TimeDelta;

use crate::analyze::shown::exports::span;
use crate::ledger::SourceEntry;

/// Activities that an unfiltered export has at least: a file with fewer may have been searched for some.
pub(super) const UNFILTERED: usize = 10;
/// Over so long a time more than a few are done.
const LONG: TimeDelta = TimeDelta::days(2);
/// So many files are compared with each other.
const COMPARED: usize = 100;

/// Whether each of the log's files holds a few activities alone, and two of one time share out those of one record type
/// among them. Files of one type each have all that is of it, files of one day or one person each have the same again.
pub(super) fn is_searched(files: &[&SourceEntry]) -> bool {
    if files.iter().any(|entry| entry.activities() >= UNFILTERED) {
        return false;
    }
    let long = files.iter().take(COMPARED).filter_map(|entry| {
        let (first, last) = span(entry)?;
        (last - first > LONG).then_some((*entry, first, last))
    });
    let long: Vec<(&SourceEntry, _, _)> = long.collect();
    long.iter().enumerate().any(|(at, (one, first, last))| {
        let others = long.iter().skip(at + 1);
        others.filter(|(_, from, to)| from <= last && first <= to).any(|(other, ..)| share_out(one, other))
    })
}

/// Whether both have records of one type, and no activity in common.
fn share_out(one: &SourceEntry, other: &SourceEntry) -> bool {
    one.by_type().keys().any(|kind| other.by_type().contains_key(kind))
        && !one.operations.keys().any(|activity| other.operations.contains_key(activity))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(operations: &[&str], first: &str, last: &str) -> SourceEntry {
        SourceEntry {
            first: Some(format!("2026-02-{first}T00:00:00Z")),
            last: Some(format!("2026-02-{last}T00:00:00Z")),
            operations: operations.iter().map(|key| ((*key).to_owned(), 30)).collect(),
            ..SourceEntry::default()
        }
    }

    fn searched(files: &[SourceEntry]) -> bool {
        is_searched(&files.iter().collect::<Vec<_>>())
    }

    #[test]
    fn one_file_an_activity_is_a_search_by_activity() {
        let rules = file(&["1 New-InboxRule"], "01", "28");
        let boxes = file(&["1 Set-Mailbox"], "03", "27");
        assert!(searched(&[rules.clone(), boxes.clone(), file(&["8 Update user."], "05", "05")]));
        // Several at once, as the portal lets choose them.
        let several = ["1 New-InboxRule", "1 Set-InboxRule", "1 Remove-InboxRule", "1 Enable-InboxRule", "2 Send"];
        assert!(searched(&[file(&several, "01", "28"), boxes.clone()]));
        // One whole log beside them answers for itself.
        let all: Vec<String> = (0..10).map(|number| format!("2 Operation{number}")).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        assert!(!searched(&[rules.clone(), boxes, file(&all, "01", "28")]));
        assert!(
            !searched(&[rules.clone(), file(&["15 UserLoggedIn", "15 UserLoginFailed"], "01", "28")]),
            "one a type"
        );
        assert!(!searched(&[rules.clone(), file(&["1 New-InboxRule", "1 Set-Mailbox"], "01", "28")]), "one a person");
        assert!(
            !searched(&[file(&["1 Set-Mailbox"], "01", "08"), file(&["1 New-InboxRule"], "09", "16")]),
            "one a week"
        );
        assert!(!searched(&[rules]));
    }
}
