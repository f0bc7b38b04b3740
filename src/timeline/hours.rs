//! Hour by hour: diagnostic settings write one file an hour, and none for an hour without records. What is missing
//! between the first and the last hour was empty, or was not copied.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::ledger::{Note, SourceEntry};

const CODE: &str = "C-209";

/// Tells the last file of each log which hours of it have no file. What an earlier call wrote is replaced: a case grows.
pub fn tell(sources: &mut [SourceEntry]) {
    for source in sources.iter_mut().filter(|source| hour_of(&source.path).is_some()) {
        source.notes.retain(|note| note.code != CODE);
    }
    let mut logs: BTreeMap<String, (BTreeSet<DateTime<Utc>>, usize)> = BTreeMap::new();
    for (at, source) in sources.iter().enumerate() {
        if let Some((log, hour)) = hour_of(&source.path) {
            let (hours, last) = logs.entry(log.to_owned()).or_default();
            hours.insert(hour);
            *last = at;
        }
    }
    for (hours, last) in logs.into_values() {
        let missing = missing(&hours);
        if let (Some(source), false) = (sources.get_mut(last), missing.is_empty()) {
            let shown: Vec<String> =
                missing.iter().take(6).map(|hour| hour.format("%Y-%m-%dT%H").to_string()).collect();
            let text = format!(
                "{} of the hours between the first and the last file of this log have none ({}{}): they were empty, or \
                 were not copied",
                missing.len(),
                shown.join(", "),
                if missing.len() > shown.len() { ", …" } else { "" }
            );
            source.notes.push(Note::new(CODE, text));
        }
    }
}

/// `…/y=2026/m=03/d=02/h=01/m=00/PT1H.json`: the log in front of the date, and the hour.
fn hour_of(path: &str) -> Option<(&str, DateTime<Utc>)> {
    let (log, rest) = path.split_once("/y=")?;
    let mut parts = rest.split('/');
    let year = parts.next()?.parse().ok()?;
    let mut number = |mark: &str| parts.next()?.strip_prefix(mark)?.parse::<u32>().ok();
    let (month, day, hour) = (number("m=")?, number("d=")?, number("h=")?);
    Some((log, NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(hour, 0, 0)?.and_utc()))
}

/// A log of many years is not gone through hour by hour.
const MOST: usize = 24 * 366;

fn missing(hours: &BTreeSet<DateTime<Utc>>) -> Vec<DateTime<Utc>> {
    let (Some(first), Some(last)) = (hours.first(), hours.last()) else { return Vec::new() };
    let all = (0..MOST).map(|step| *first + TimeDelta::hours(step as i64)).take_while(|hour| hour < last);
    all.filter(|hour| !hours.contains(hour)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_without_a_file_are_told_at_the_last_one() {
        let path = |hour| format!("e/insights-logs-signinlogs/tenantId=t/y=2026/m=03/d=02/h={hour:02}/m=00/PT1H.json");
        let entry = |hour| SourceEntry { path: path(hour), ..SourceEntry::default() };
        let mut sources = vec![entry(1), entry(2), entry(5)];
        tell(&mut sources);
        assert!(sources.iter().take(2).all(|source| source.notes.is_empty()));
        let told = sources.last().and_then(|source| source.notes.first()).unwrap();
        assert!(told.text.as_evidence().starts_with("2 of the hours"), "{:?}", told.text);
        // The case has grown.
        sources.push(entry(6));
        sources.push(entry(3));
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        tell(&mut sources);
        let notes: Vec<&Note> = sources.iter().flat_map(|source| &source.notes).collect();
        assert!(notes.len() == 1 && sources.last().is_some_and(|last| last.notes.len() == 1), "{notes:?}");
        assert!(notes.iter().all(|note| note.text.as_evidence().starts_with("1 of the hours")), "{notes:?}");
    }
}
