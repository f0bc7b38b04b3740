//! What every configuration snapshot shares: a row says what stood when somebody looked, never when it came to be.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::ingest::records::auditdata::{note, upn};
use crate::ingest::values::fields::{self, NameValue, lower, text};
use crate::ingest::values::parties::{Parties, Role};
use crate::knowledge::names::is_guid;
use crate::ledger::Note;
use crate::timeline::{Draft, EvidenceSource, ParseStatus};

/// When a snapshot was taken, as far as its file name says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Collected {
    /// The time; `None` where the name has none.
    pub time: Option<DateTime<Utc>>,
    /// The part of the name that says so.
    pub written: String,
}

impl Collected {
    /// Reads `20260302-101500`, `20260302101500`, `202603021015`, `20260302`, `2026-03-02_10-15-00` and their like.
    pub fn from_name(name: &str) -> Self {
        let chars: Vec<char> = name.chars().collect();
        for start in 0..chars.len() {
            let before = start.checked_sub(1).and_then(|at| chars.get(at));
            if before.is_some_and(char::is_ascii_alphanumeric) {
                continue;
            }
            if let Some((time, end)) = time_at(&chars, start) {
                return Self { time: Some(time), written: chars.get(start..end).unwrap_or_default().iter().collect() };
            }
        }
        Self::default()
    }
}

/// What is said of a file whose name does not say when it was taken.
pub fn notes(collected: &Collected) -> Vec<Note> {
    let text = "nothing says when this snapshot was taken; it shows what stood at some time, and no time is invented";
    collected.time.is_none().then(|| Note::new("R-161", text)).into_iter().collect()
}

/// A number of exactly `count` digits at `at`.
fn digits(chars: &[char], at: usize, count: usize) -> Option<u32> {
    let digits: String = chars.get(at..at + count)?.iter().collect();
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn time_at(chars: &[char], start: usize) -> Option<(DateTime<Utc>, usize)> {
    let year = digits(chars, start, 4).filter(|year| (2010..2100).contains(year))?;
    let dashed = usize::from(chars.get(start + 4) == Some(&'-'));
    let month = digits(chars, start + 4 + dashed, 2)?;
    if dashed == 1 && chars.get(start + 7) != Some(&'-') {
        return None;
    }
    let day = digits(chars, start + 6 + 2 * dashed, 2)?;
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    let end = start + 8 + 2 * dashed;
    let (clock, end) = clock_at(chars, end).unwrap_or((NaiveTime::MIN, end));
    let ends = chars.get(end).is_none_or(|next| !next.is_ascii_alphanumeric() || matches!(next, 'Z' | 'z'));
    ends.then(|| (date.and_time(clock).and_utc(), end))
}

/// `HHmmss`, `HHmm`, with an optional separator before and between.
fn clock_at(chars: &[char], start: usize) -> Option<(NaiveTime, usize)> {
    let skip = |at: usize, marks: &str| at + usize::from(chars.get(at).is_some_and(|mark| marks.contains(*mark)));
    let mut at = skip(start, "-_T .");
    let hour = digits(chars, at, 2)?;
    at = skip(at + 2, "-_.:");
    let minute = digits(chars, at, 2)?;
    at += 2;
    let second_at = skip(at, "-_.:");
    let (second, end) = digits(chars, second_at, 2).map_or((0, at), |second| (second, second_at + 2));
    NaiveTime::from_hms_opt(hour, minute, second).map(|time| (time, end))
}

/// Whether a value is the name of a PowerShell or .NET type, which stands where the value was lost.
pub fn is_type_name(value: &str) -> bool {
    // Applications of Microsoft's have such names as well: `Microsoft.Azure.GraphExplorer`.
    const ROOTS: [&str; 6] =
        ["System.", "Deserialized.", "Microsoft.Exchange.", "Microsoft.Graph.", "Microsoft.Open.", "Microsoft.Online."];
    let value = value.trim();
    let plain = !value.is_empty() && !value.contains(char::is_whitespace);
    let typed = ROOTS.iter().any(|start| value.starts_with(start));
    let deep = value.matches('.').count() > 1 || value.ends_with("[]") || value.contains('`');
    plain && typed && deep || value.starts_with("@{") && value.ends_with('}')
}

/// What is said of a state that names no mailbox.
pub const NOBODYS: &str =
    "neither the record nor the file's name says whose mailbox this is: no account is asked about it";

/// What one row of a snapshot is about.
#[derive(Debug, Default)]
pub struct State<'a> {
    /// Id of the table that it is a row of, whatever carries the row.
    pub table: &'static str,
    /// The kind of state, as the `action` column names it.
    pub action: &'static str,
    /// Whose mailbox, by any name.
    pub mailbox: &'a str,
    /// Which account, where the state is not one of a mailbox.
    pub account: &'a str,
    /// That account's object id.
    pub account_id: &'a str,
    /// Others whom the state gives something.
    pub others: Vec<&'a str>,
    /// What the thing is called.
    pub name: &'a str,
    /// Its own id.
    pub id: &'a str,
    /// The columns; a value that was lost in the export is `None`.
    pub columns: Vec<NameValue>,
    /// What it says nothing of, though that decides what it means.
    pub absent: Vec<&'static str>,
}

/// Puts the state into the event. Returns what must be said about it.
pub fn fill<'r>(state: State<'r>, collected: &'r Collected, event: &mut Draft<'r>) -> Vec<(&'static str, String)> {
    let mut remarks = Vec::new();
    event.evidence_source = EvidenceSource::Snapshot;
    event.time_basis = text("state");
    event.timestamp_desc = text("Not a time");
    event.source_format = text(state.table);
    event.datetime = collected.time.unwrap_or_default();
    event.datetime_text = text(collected.written.as_str());
    match collected.time {
        Some(_) => event.time_zone_basis = text("assumed_utc"),
        None => note(event, "R-161"),
    }
    event.event_id = text(state.id);
    event.action_raw = text(state.action);
    event.action = text(state.action);
    event.mailbox_upn = upn(state.mailbox);
    event.mailbox_guid = lower(state.mailbox).filter(|name| is_guid(name));
    event.target_upn = upn(state.account);
    event.target_id = lower(state.account_id).filter(|id| is_guid(id));
    let whose =
        [state.mailbox, state.account, state.account_id].into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    event.target_raw = text(whose);
    let lost: Vec<&str> =
        state.columns.iter().filter(|column| column.value.is_none()).map(|column| column.name.as_str()).collect();
    if !lost.is_empty() {
        remarks.push((
            "R-160",
            format!("type names instead of values: {} cannot be known from this file", lost.join(", ")),
        ));
        note(event, "R-160");
        event.parse_status = ParseStatus::Partial;
    }
    let mut columns = state.columns;
    if !state.absent.is_empty() {
        let absent = state.absent.join(", ");
        remarks.push(("R-163", format!("no columns for what decides: {absent} cannot be known from this file")));
        note(event, "R-163");
        event.parse_status = ParseStatus::Partial;
        columns.extend(state.absent.iter().map(|name| NameValue { name: (*name).to_owned(), value: None }));
    }
    event.op_params = fields::list_text(&columns);
    let mut parties = Parties::default();
    parties.add(Role::Mailbox, state.mailbox);
    for name in [state.account, state.account_id].into_iter().chain(state.others) {
        parties.add(Role::Target, name);
    }
    event.parties = parties.into_text();
    let mut message = format!("{} at collection", state.action);
    for (before, part) in [(" of ", whose), (": ", state.name)] {
        if !part.is_empty() {
            message.push_str(before);
            message.push_str(part);
        }
    }
    event.message = text(message);
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(name: &str) -> Option<String> {
        Collected::from_name(name).time.map(crate::timeline::format_time)
    }

    #[test]
    fn collection_times_in_file_names() {
        let at = Some("2026-03-02T10:15:00Z".to_owned());
        for name in [
            "20260302101500-InboxRules.csv",
            "20260302-101500-InboxRules.csv",
            "InboxRules_2026-03-02_10-15-00.csv",
            "rules 2026-03-02T101500Z.json",
            "202603021015-dana.weiss@fabrikam.example.csv",
            "x-2026-03-02 10.15.csv",
        ] {
            assert_eq!(collected(name), at, "{name}");
        }
        assert_eq!(collected("MFA-20260302.csv").as_deref(), Some("2026-03-02T00:00:00Z"));
        for name in
            ["InboxRules.csv", "rules-20261302.csv", "20260302a.csv", "5d1e20260302101500.csv", "2026030210150077.csv"]
        {
            assert_eq!(collected(name), None, "{name}");
        }
    }

    #[test]
    fn type_names_are_lost_values() {
        for lost in [
            "System.Object[]",
            "System.String[]",
            "System.Collections.Hashtable",
            "@{Address=x@example.net}",
            "Microsoft.Exchange.Data.MultiValuedProperty`1[System.String]",
            "Microsoft.Graph.PowerShell.Models.MicrosoftGraphRecipient",
        ] {
            assert!(is_type_name(lost), "{lost}");
        }
        for value in [
            "",
            "Microsoft.Teams",
            "Microsoft.Azure.GraphExplorer",
            "System. Administrator of the house.",
            "x@example.net",
            "Microsoft",
        ] {
            assert!(!is_type_name(value), "{value}");
        }
    }
}
