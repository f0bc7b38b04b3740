//! Reads the part of a case that a question is about: days by folder, rows by a few narrow columns, whole rows last.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use foldhash::fast::RandomState;
use polars::prelude::{BooleanChunked, DataFrame, NewChunkedArray, PolarsResult};
use rayon::prelude::*;

use super::build;
use super::event::Event;
use super::schema::names;
use super::store::{Case, Part, StoreError};

/// The narrow columns a row is chosen by.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Event time.
    pub datetime: DateTime<Utc>,
    /// Identities that take part.
    pub parties: &'a str,
    /// Operation.
    pub action: &'a str,
    /// Client address.
    pub source_ip: &'a str,
    /// Session.
    pub session_id: &'a str,
}

const NARROW: [&str; 5] = [names::DATETIME, names::PARTIES, names::ACTION, names::SOURCE_IP, names::SESSION_ID];
/// Rows between two chosen ones up to which both are read in one go.
const GAP: usize = 256;
/// Goes at a row group; where the chosen rows lie further scattered, it is read as a whole.
const GOES: usize = 8;

/// What a question asks of the rows of a case. Parties and operations repeat from row to row, so that each text is
/// asked about once.
pub struct Scope<'a> {
    /// Whether these identities make the row wanted.
    pub parties: &'a (dyn Fn(&str) -> bool + Sync),
    /// What an operation means for the row.
    pub action: &'a (dyn Fn(&str) -> Interest + Sync),
    /// Told of every row with an operation of interest: time, operation, parties.
    pub note: &'a (dyn Fn(DateTime<Utc>, &str, &str) + Sync),
}

/// By which of its columns a row may be wanted; each text is asked about once.
pub struct Hints<'a> {
    /// Client address.
    pub address: &'a (dyn Fn(&str) -> bool + Sync),
    /// Session.
    pub session: &'a (dyn Fn(&str) -> bool + Sync),
    /// Operation.
    pub action: &'a (dyn Fn(&str) -> bool + Sync),
}

/// What an operation means for a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Interest {
    /// The row is wanted, whoever takes part.
    pub wanted: bool,
    /// The row is noted.
    pub noted: bool,
}

impl Case {
    /// Every event with `from <= datetime < to` that `wanted` chooses, in total order.
    pub fn events(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        wanted: &(dyn Fn(Row<'_>) -> bool + Sync),
    ) -> Result<Vec<Event>, StoreError> {
        let parts = self.parts()?;
        let inside = parts.iter().filter(|(date, _)| *date >= from.date_naive() && *date <= to.date_naive());
        let inside: Vec<&std::path::Path> = inside.map(|(_, path)| path.as_path()).collect();
        self.read_all(&inside, &NARROW, &|narrow| mask(narrow, None, (from, to), wanted))
    }

    /// The same, where only rows for which one of the hints holds are asked about.
    pub fn events_near(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        hints: &Hints<'_>,
        wanted: &(dyn Fn(Row<'_>) -> bool + Sync),
    ) -> Result<Vec<Event>, StoreError> {
        let parts = self.parts()?;
        let inside = parts.iter().filter(|(date, _)| *date >= from.date_naive() && *date <= to.date_naive());
        let inside: Vec<&std::path::Path> = inside.map(|(_, path)| path.as_path()).collect();
        self.read_all(&inside, &NARROW, &|narrow| hinted(narrow, (from, to), hints, wanted))
    }

    /// Every event with `from <= datetime < to` in the scope, in total order.
    pub fn events_in(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        scope: &Scope<'_>,
    ) -> Result<Vec<Event>, StoreError> {
        let parts = self.parts()?;
        let inside = parts.iter().filter(|(date, _)| *date >= from.date_naive() && *date <= to.date_naive());
        let inside: Vec<&std::path::Path> = inside.map(|(_, path)| path.as_path()).collect();
        let columns = [names::DATETIME, names::PARTIES, names::ACTION];
        self.read_all(&inside, &columns, &|narrow| in_scope(narrow, (from, to), scope))
    }

    /// Every event with `from <= datetime < to` about one of these messages (internet message ids as written) whose
    /// identities `wanted` chooses, in total order.
    pub fn of_messages(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        ids: &BTreeSet<&str>,
        wanted: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<Vec<Event>, StoreError> {
        const COLUMNS: [&str; 3] = [names::DATETIME, names::PARTIES, names::EMAIL_MESSAGE_ID];
        let choose = |narrow: &DataFrame| {
            let times = build::times(narrow)?;
            let text = |name: &str| narrow.column(name).and_then(|column| column.str().cloned());
            let (parties, messages) = (text(names::PARTIES)?, text(names::EMAIL_MESSAGE_ID)?);
            let chosen = times
                .into_iter()
                .zip(parties.iter().zip(messages.iter()))
                .map(|(datetime, (parties, message))| {
                    from <= datetime
                        && datetime < to
                        && message.is_some_and(|message| ids.contains(message))
                        && wanted(parties.unwrap_or_default())
                })
                .collect();
            Ok(chosen)
        };
        let parts = self.parts()?;
        let inside = parts.iter().filter(|(date, _)| *date >= from.date_naive() && *date <= to.date_naive());
        let inside: Vec<&std::path::Path> = inside.map(|(_, path)| path.as_path()).collect();
        self.read_all(&inside, &COLUMNS, &choose)
    }

    /// Every row of a snapshot that `wanted` chooses, in total order. States have no time, so no window holds them.
    pub fn states(&self, wanted: &(dyn Fn(Row<'_>) -> bool + Sync)) -> Result<Vec<Event>, StoreError> {
        let parts = self.state_parts()?;
        let parts: Vec<&std::path::Path> = parts.iter().map(std::path::PathBuf::as_path).collect();
        let (from, to) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
        self.read_all(&parts, &NARROW, &|narrow| mask(narrow, None, (from, to), wanted))
    }

    /// The chosen rows of these parts, in total order.
    fn read_all(
        &self,
        parts: &[&std::path::Path],
        columns: &[&'static str],
        choose: Choose<'_>,
    ) -> Result<Vec<Event>, StoreError> {
        let read = |path: &std::path::Path| -> Result<Vec<Event>, StoreError> {
            let part = Part::open(path)?;
            let mut found = Vec::new();
            let mut start = 0;
            for length in part.row_groups() {
                found.extend(row_group(&part, (start, length), columns, choose)?);
                start += length;
            }
            self.keep(path, &mut found);
            Ok(found)
        };
        let mut events: Vec<Event> =
            parts.par_iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        events.sort_by(|a, b| a.order().cmp(&b.order()));
        Ok(events)
    }
}

/// Chooses rows by their narrow columns.
type Choose<'a> = &'a (dyn Fn(&DataFrame) -> PolarsResult<Vec<bool>> + Sync);

fn row_group(
    part: &Part,
    (start, length): (usize, usize),
    columns: &[&'static str],
    choose: Choose<'_>,
) -> Result<Vec<Event>, StoreError> {
    let narrow = part.read(start, length, Some(columns))?;
    let chosen = choose(&narrow).map_err(|error| part.error(error))?;
    let mut found = Vec::new();
    for (first, last) in runs(&chosen) {
        let mask = BooleanChunked::from_slice("wanted".into(), chosen.get(first..last).unwrap_or_default());
        let rows = part.read(start + first, last - first, None)?;
        let rows = rows.filter(&mask).and_then(|rows| build::events(&rows));
        found.extend(rows.map_err(|error| part.error(error))?);
    }
    Ok(found)
}

/// Where chosen rows lie: from the first to behind the last of each stretch. The rows of one account lie together.
fn runs(chosen: &[bool]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (row, _) in chosen.iter().enumerate().filter(|(_, chosen)| **chosen) {
        match runs.last_mut() {
            Some((_, last)) if row - *last <= GAP => *last = row + 1,
            _ => runs.push((row, row + 1)),
        }
    }
    match (runs.first(), runs.last()) {
        (Some((first, _)), Some((_, last))) if runs.len() > GOES => vec![(*first, *last)],
        _ => runs,
    }
}

type Answers<T> = HashMap<(usize, usize), T, RandomState>;

/// An answer that was given before, by the place of the text: equal texts of a dictionary are one text in memory.
fn known<T: Copy>(answers: &mut Answers<T>, text: &str, ask: impl FnOnce(&str) -> T) -> T {
    *answers.entry(place(text)).or_insert_with(|| ask(text))
}

/// Where a text stands; short ones, which stand in their row, by what they say.
fn place(text: &str) -> (usize, usize) {
    const SHORT: usize = 12;
    if text.len() > SHORT {
        return (text.as_ptr() as usize, text.len());
    }
    let number = text.bytes().fold(0_u128, |number, byte| number << 8 | u128::from(byte));
    // No address has its highest bit set.
    let high = (number >> 64) as usize | text.len() << 32;
    (number as usize, high | 1 << (usize::BITS - 1))
}

fn in_scope(
    narrow: &DataFrame,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    scope: &Scope<'_>,
) -> PolarsResult<Vec<bool>> {
    let times = narrow.column(names::DATETIME)?.datetime()?.physical().clone();
    let text = |name: &str| narrow.column(name).and_then(|column| column.str().cloned());
    let (parties, actions) = (text(names::PARTIES)?, text(names::ACTION)?);
    let (mut own, mut interests) = (HashMap::default(), HashMap::default());
    let rows = times.iter().zip(parties.iter().zip(actions.iter()));
    let chosen = rows.map(|(time, (parties, action))| {
        let time = time.and_then(DateTime::from_timestamp_micros).unwrap_or_default();
        if time < from || time >= to {
            return false;
        }
        let (parties, action) = (parties.unwrap_or_default(), action.unwrap_or_default());
        let interest = known(&mut interests, action, |action| (scope.action)(action));
        if interest.noted {
            (scope.note)(time, action, parties);
        }
        interest.wanted || known(&mut own, parties, |parties| (scope.parties)(parties))
    });
    Ok(chosen.collect())
}

fn hinted(
    narrow: &DataFrame,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    hints: &Hints<'_>,
    wanted: &(dyn Fn(Row<'_>) -> bool + Sync),
) -> PolarsResult<Vec<bool>> {
    let text = |name: &str| narrow.column(name).and_then(|column| column.str().cloned());
    let (actions, addresses, sessions) = (text(names::ACTION)?, text(names::SOURCE_IP)?, text(names::SESSION_ID)?);
    let mut answers: [Answers<bool>; 3] = [HashMap::default(), HashMap::default(), HashMap::default()];
    let [of_actions, of_addresses, of_sessions] = &mut answers;
    let rows = actions.iter().zip(addresses.iter().zip(sessions.iter()));
    let maybe = rows.map(|(action, (address, session))| {
        action.is_some_and(|action| known(of_actions, action, hints.action))
            || address.is_some_and(|address| known(of_addresses, address, hints.address))
            || session.is_some_and(|session| known(of_sessions, session, hints.session))
    });
    let maybe: Vec<bool> = maybe.collect();
    if !maybe.contains(&true) {
        return Ok(maybe);
    }
    mask(narrow, Some(&maybe), (from, to), wanted)
}

fn mask(
    narrow: &DataFrame,
    maybe: Option<&[bool]>,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    wanted: &(dyn Fn(Row<'_>) -> bool + Sync),
) -> PolarsResult<Vec<bool>> {
    let times = build::times(narrow)?;
    let text = |name: &str| narrow.column(name).and_then(|column| column.str().cloned());
    let (parties, actions) = (text(names::PARTIES)?, text(names::ACTION)?);
    let (addresses, sessions) = (text(names::SOURCE_IP)?, text(names::SESSION_ID)?);
    let texts = parties.iter().zip(actions.iter()).zip(addresses.iter().zip(sessions.iter()));
    let chosen = times
        .into_iter()
        .zip(texts)
        .enumerate()
        .map(|(row, (datetime, ((parties, action), (source_ip, session_id))))| {
            maybe.is_none_or(|maybe| maybe.get(row) == Some(&true))
                && from <= datetime
                && datetime < to
                && wanted(Row {
                    datetime,
                    parties: parties.unwrap_or_default(),
                    action: action.unwrap_or_default(),
                    source_ip: source_ip.unwrap_or_default(),
                    session_id: session_id.unwrap_or_default(),
                })
        })
        .collect();
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(rows: &[usize]) -> Vec<bool> {
        let mut chosen = vec![false; 20_000];
        rows.iter().for_each(|row| chosen[*row] = true);
        chosen
    }

    #[test]
    fn rows_that_lie_together_are_read_together() {
        assert_eq!(runs(&at(&[])), []);
        assert_eq!(runs(&at(&[5, 6, 200, 10_000])), [(5, 201), (10_000, 10_001)]);
        let scattered: Vec<usize> = (0..=GOES).map(|run| run * 700).collect();
        assert_eq!(runs(&at(&scattered)), [(0, GOES * 700 + 1)]);
    }

    #[test]
    fn short_texts_are_told_apart_by_what_they_say() {
        let texts = ["", "a", "b", "ab", "ba", "Send", "New-InboxRul", "New-InboxRum"];
        let places: BTreeSet<(usize, usize)> = texts.iter().map(|text| place(text)).collect();
        assert_eq!(places.len(), texts.len());
        assert_eq!(place(&String::from("Send")), place("Send"));
    }
}
