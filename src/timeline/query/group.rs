//! One row group of a part, read column by column: what is cheap and says no of most rows is asked first.

use std::collections::BTreeSet;
use std::ops::Range;

use chrono::{DateTime, Utc};
use polars::prelude::PolarsResult;

use super::{Columns, Hint, Near, Noted, Row, Span, yes};
use crate::timeline::event::Event;
use crate::timeline::schema::{COLUMNS, Cell, names};
use crate::timeline::store::{Part, PartPages};

/// One row group, read column by column.
pub struct Group<'p> {
    /// Where it stands.
    pub part: &'p Part,
    /// Buffers to unpack pages into.
    pub pages: &'p mut PartPages,
    /// Its number in the part.
    pub number: usize,
    /// How many rows it has.
    pub rows: usize,
}

impl Group<'_> {
    /// All its rows.
    pub fn all(&self) -> Vec<u32> {
        (0..self.rows as u32).collect()
    }

    /// Whether one of these names may take part in one of the rows.
    pub fn may_hold(&self, names: &BTreeSet<String>) -> bool {
        self.part.may_hold(self.number, names.iter().map(String::as_str))
    }

    /// What `answer` says of each row by the text of one column; `None` where it says nothing of any.
    pub fn ask<T: Copy + Default + PartialEq>(
        &mut self,
        name: &str,
        answer: &dyn Fn(&str) -> T,
    ) -> PolarsResult<Option<Vec<T>>> {
        self.part.chunk(self.number, name).map_or(Ok(None), |chunk| self.pages.ask(chunk, &mut |text| answer(text)))
    }

    /// The texts of one column.
    pub fn texts(&mut self, name: &str, rows: &[u32]) -> PolarsResult<Texts> {
        let mut texts = Texts { all: String::new(), places: vec![0..0; rows.len()] };
        let Some(chunk) = self.part.chunk(self.number, name) else { return Ok(texts) };
        let mut last = 0..0;
        self.pages.fetch(chunk, rows, &mut |at, cell| {
            let Cell::Text(text) = cell else { return };
            // Rows come sorted: many have the text of the row before.
            if texts.all.as_bytes().get(last.clone()) != Some(text) {
                let start = texts.all.len();
                texts.all.push_str(std::str::from_utf8(text).unwrap_or_default());
                last = start..texts.all.len();
            }
            if let Some(place) = texts.places.get_mut(at) {
                *place = last.clone();
            }
        })?;
        Ok(texts)
    }

    /// The times of the events.
    pub fn times(&mut self, rows: &[u32]) -> PolarsResult<Vec<DateTime<Utc>>> {
        let mut times = vec![DateTime::<Utc>::default(); rows.len()];
        let Some(chunk) = self.part.chunk(self.number, names::DATETIME) else { return Ok(times) };
        self.pages.fetch(chunk, rows, &mut |at, cell| {
            if let (Some(time), Cell::Int(micros)) = (times.get_mut(at), cell) {
                *time = DateTime::from_timestamp_micros(micros).unwrap_or_default();
            }
        })?;
        Ok(times)
    }

    /// Those of the rows that lie in the span.
    pub fn within(&mut self, rows: Vec<u32>, (from, to): Span) -> PolarsResult<Vec<u32>> {
        let times = self.times(&rows)?;
        Ok(rows.into_iter().zip(times).filter(|(_, time)| from <= *time && *time < to).map(|(row, _)| row).collect())
    }

    /// Those of the rows whose actor, as the record names it, is one of these.
    pub fn by(&mut self, rows: Vec<u32>, actor: &dyn Fn(&str) -> bool) -> PolarsResult<Vec<u32>> {
        let actors = self.texts(names::USER_RAW, &rows)?;
        Ok(rows.into_iter().enumerate().filter(|(at, _)| actor(actors.get(*at))).map(|(_, row)| row).collect())
    }

    /// Those of the rows that are not routine, by actor and parameters.
    pub fn beside_routine(&mut self, rows: Vec<u32>, routine: &dyn Fn(&str, &str) -> bool) -> PolarsResult<Vec<u32>> {
        let [actors, params] = [self.texts(names::USER_RAW, &rows)?, self.texts(names::OP_PARAMS, &rows)?];
        let is_routine = |at: usize| routine(actors.get(at), params.get(at));
        Ok(rows.into_iter().enumerate().filter(|(at, _)| !is_routine(*at)).map(|(_, row)| row).collect())
    }

    /// Tells of those of the rows that lie in the span and are one of these actors'.
    pub fn note(
        &mut self,
        rows: Vec<u32>,
        span: Span,
        actor: &dyn Fn(&str) -> bool,
        note: &dyn Fn(Noted<'_>),
    ) -> PolarsResult<()> {
        // The service's own cmdlets are most of them: by whom a row is costs less than its time and parties.
        let rows = self.by(rows, actor)?;
        let rows = self.within(rows, span)?;
        let (times, actions) = (self.times(&rows)?, self.texts(names::ACTION, &rows)?);
        let parties = self.texts(names::PARTIES, &rows)?;
        let (params, changes) = (self.texts(names::OP_PARAMS, &rows)?, self.texts(names::CHANGES, &rows)?);
        for (at, datetime) in times.into_iter().enumerate() {
            let (action, parties) = (actions.get(at), parties.get(at));
            note(Noted { datetime, action, parties, params: params.get(at), changes: changes.get(at) });
        }
        Ok(())
    }

    /// Those of the rows that lie in the span and that `wanted` chooses.
    pub fn wanted(
        &mut self,
        rows: Vec<u32>,
        (from, to): Span,
        wanted: &(dyn Fn(Row<'_>) -> bool + Sync),
    ) -> PolarsResult<Vec<u32>> {
        let times = self.times(&rows)?;
        let [parties, actions] = [self.texts(names::PARTIES, &rows)?, self.texts(names::ACTION, &rows)?];
        let [addresses, sessions] = [self.texts(names::SOURCE_IP, &rows)?, self.texts(names::SESSION_ID, &rows)?];
        let chosen = rows.into_iter().zip(times).enumerate().filter(|(at, (_, time))| {
            from <= *time
                && *time < to
                && wanted(Row {
                    datetime: *time,
                    parties: parties.get(*at),
                    action: actions.get(*at),
                    source_ip: addresses.get(*at),
                    session_id: sessions.get(*at),
                })
        });
        Ok(chosen.map(|(_, (row, _))| row).collect())
    }

    /// The rows that are near. What costs least, and says no of most, is asked first.
    pub fn near(&mut self, near: &dyn Near) -> PolarsResult<Vec<u32>> {
        let sessions = match near.sessions() {
            true => self.ask(names::SESSION_ID, &|session| near.session(session))?,
            false => None,
        };
        let actions = self.ask(names::ACTION, &|action| near.action(action) == Hint::Whole)?;
        let addresses = self.ask(names::SOURCE_IP, &|address| near.address(address))?;
        let codes = match addresses.as_ref().is_some_and(|said| said.contains(&Hint::Coded)) {
            true => self.ask(names::STATUS_CODE, &|code| near.code(code))?,
            false => None,
        };
        let (mut sure, mut done, mut open) = (Vec::new(), Vec::new(), Vec::new());
        if sessions.is_none() && actions.is_none() && addresses.is_none() {
            return Ok(sure);
        }
        for row in 0..self.rows {
            let address = addresses.as_ref().and_then(|said| said.get(row)).copied().unwrap_or_default();
            if address == Hint::Whole || yes(sessions.as_ref(), row) {
                sure.push(row as u32);
            } else if yes(actions.as_ref(), row) {
                done.push(row as u32);
            } else if address == Hint::Half || address == Hint::Coded && yes(codes.as_ref(), row) {
                open.push(row as u32);
            }
        }
        sure.extend(self.by(done, &|actor| near.actor(actor))?);
        let actions = self.texts(names::ACTION, &open)?;
        let of_action = |(at, _): &(usize, u32)| near.action(actions.get(*at)) == Hint::Half;
        let open: Vec<u32> = open.into_iter().enumerate().filter(of_action).map(|(_, row)| row).collect();
        let (times, addresses) = (self.times(&open)?, self.texts(names::SOURCE_IP, &open)?);
        let timely = times.into_iter().enumerate().map(|(at, time)| near.time(addresses.get(at), time));
        sure.extend(open.into_iter().zip(timely).filter(|(_, timely)| *timely).map(|(row, _)| row));
        sure.sort_unstable();
        Ok(sure)
    }

    /// The rows whose record has one of these numbers.
    pub fn numbered(&mut self, records: &BTreeSet<u64>) -> PolarsResult<Vec<u32>> {
        let mut rows = Vec::new();
        let Some(chunk) = self.part.chunk(self.number, names::SOURCE_ROW) else { return Ok(rows) };
        self.pages.fetch(chunk, &self.all(), &mut |row, cell| {
            if matches!(cell, Cell::Int(number) if records.contains(&(number as u64))) {
                rows.push(row as u32);
            }
        })?;
        Ok(rows)
    }

    /// The events, with these columns.
    pub fn events(&mut self, rows: &[u32], columns: Columns<'_>) -> PolarsResult<Vec<Event>> {
        let mut events = vec![Event::default(); rows.len()];
        if rows.is_empty() {
            return Ok(events);
        }
        for column in COLUMNS.iter().filter(|column| columns(column.name)) {
            let Some(chunk) = self.part.chunk(self.number, column.name) else { continue };
            self.pages.fetch(chunk, rows, &mut |at, cell| {
                if let Some(event) = events.get_mut(at) {
                    column.set(event, cell);
                }
            })?;
        }
        Ok(events)
    }
}

/// The texts of some rows; `""` for those without.
pub struct Texts {
    all: String,
    places: Vec<Range<usize>>,
}

impl Texts {
    /// The text of one of the rows.
    pub fn get(&self, at: usize) -> &str {
        self.places.get(at).and_then(|place| self.all.get(place.clone())).unwrap_or_default()
    }
}
