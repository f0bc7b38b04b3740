//! Reads the part of a case that a question is about: days by folder, rows by a few narrow columns, whole rows last.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
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
        self.read_all(&inside, &NARROW, &|narrow| mask(narrow, from, to, wanted))
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
            let chosen: Vec<bool> = times
                .into_iter()
                .zip(parties.iter().zip(messages.iter()))
                .map(|(datetime, (parties, message))| {
                    from <= datetime
                        && datetime < to
                        && message.is_some_and(|message| ids.contains(message))
                        && wanted(parties.unwrap_or_default())
                })
                .collect();
            Ok(BooleanChunked::from_slice("wanted".into(), &chosen))
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
        self.read_all(&parts, &NARROW, &|narrow| mask(narrow, from, to, wanted))
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
type Choose<'a> = &'a (dyn Fn(&DataFrame) -> PolarsResult<BooleanChunked> + Sync);

fn row_group(
    part: &Part,
    (start, length): (usize, usize),
    columns: &[&'static str],
    choose: Choose<'_>,
) -> Result<Vec<Event>, StoreError> {
    let narrow = part.read(start, length, Some(columns))?;
    let mask = choose(&narrow).map_err(|error| part.error(error))?;
    if !mask.any() {
        return Ok(Vec::new());
    }
    let rows = part.read(start, length, None)?.filter(&mask).map_err(|error| part.error(error))?;
    build::events(&rows).map_err(|error| part.error(error))
}

fn mask(
    narrow: &DataFrame,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    wanted: &(dyn Fn(Row<'_>) -> bool + Sync),
) -> PolarsResult<BooleanChunked> {
    let times = build::times(narrow)?;
    let text = |name: &str| narrow.column(name).and_then(|column| column.str().cloned());
    let (parties, actions) = (text(names::PARTIES)?, text(names::ACTION)?);
    let (addresses, sessions) = (text(names::SOURCE_IP)?, text(names::SESSION_ID)?);
    let texts = parties.iter().zip(actions.iter()).zip(addresses.iter().zip(sessions.iter()));
    let chosen: Vec<bool> = times
        .into_iter()
        .zip(texts)
        .map(|(datetime, ((parties, action), (source_ip, session_id)))| {
            from <= datetime
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
    Ok(BooleanChunked::from_slice("wanted".into(), &chosen))
}
