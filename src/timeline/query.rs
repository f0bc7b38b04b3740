//! Reads the part of a case that a question is about: days by folder, rows by a few narrow columns, whole rows last.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use polars::prelude::PolarsResult;
use rayon::prelude::*;

use super::event::Event;
use super::schema::{COLUMNS, Cell, names};
use super::store::{Case, Part, PartPages, StoreError};
use super::whose;

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

/// What a question asks of the rows of a case. Parties and operations repeat from row to row, so that each text is
/// asked about once.
pub struct Scope<'a> {
    /// The names that make a row wanted: of rows in which none of them takes part, `parties` says no.
    pub names: &'a BTreeSet<String>,
    /// Whether these identities make the row wanted.
    pub parties: &'a (dyn Fn(&str) -> bool + Sync),
    /// What an operation means for the row.
    pub action: &'a (dyn Fn(&str) -> Interest + Sync),
    /// Whether what this actor (as the record names it) does may be noted.
    pub actor: &'a (dyn Fn(&str) -> bool + Sync),
    /// Told of every row with an operation of interest by such an actor.
    pub note: &'a (dyn Fn(Noted<'_>) + Sync),
}

/// What is told of a row that is noted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Noted<'a> {
    /// Event time.
    pub datetime: DateTime<Utc>,
    /// Operation.
    pub action: &'a str,
    /// Identities that take part.
    pub parties: &'a str,
    /// Parameters, as JSON.
    pub params: &'a str,
    /// Changed properties, as JSON.
    pub changes: &'a str,
}

/// By which of its columns a row may be wanted; each text is asked about once.
pub trait Near: Sync {
    /// Whether rows of this day may be wanted at all.
    fn day(&self, date: NaiveDate) -> bool;
    /// Whether any session makes a row wanted.
    fn sessions(&self) -> bool;
    /// What its client address says for it.
    fn address(&self, address: &str) -> Hint;
    /// Whether its session makes it wanted.
    fn session(&self, session: &str) -> bool;
    /// What its operation says for it.
    fn action(&self, action: &str) -> Hint;
    /// Whether a row whose operation alone speaks for it may be this actor's (as the record names it).
    fn actor(&self, actor: &str) -> bool;
    /// Whether its error number does for an address that asks for one.
    fn code(&self, code: &str) -> bool;
    /// Whether its time does for such an address.
    fn time(&self, address: &str, time: DateTime<Utc>) -> bool;
}

/// How much an address or an operation says for a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hint {
    /// Nothing.
    #[default]
    Nothing,
    /// Of an address: something, where the operation is half of it, and error number and time say something as well.
    Coded,
    /// Of an address: something, where the operation is half of it as well.
    Half,
    /// The row may be wanted.
    Whole,
}

/// What an operation means for a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Interest {
    /// The row is wanted, whoever takes part.
    pub wanted: bool,
    /// The row is noted.
    pub noted: bool,
}

/// Whose question an act of long ago still matters to: what it set stands until somebody takes it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lasts {
    /// Nobody's.
    #[default]
    No,
    /// That of those who take part in it.
    ForParties,
    /// Everybody's.
    ForAll,
}

/// From when, and until before when.
type Span = (DateTime<Utc>, DateTime<Utc>);

/// Which columns of the chosen rows are read.
type Columns<'a> = &'a (dyn Fn(&str) -> bool + Sync);

/// All but what another column has as well.
const WHOLE: Columns<'static> = &|name| name != names::RECORD_UID;

/// Whether it is a column of the record's own text: most of what a record weighs.
fn is_text(name: &str) -> bool {
    matches!(name, names::RAW | names::OBJECT)
}

/// Chooses rows of a row group by its narrow columns.
type Choose<'a> = &'a (dyn Fn(&mut Group<'_>) -> PolarsResult<Vec<u32>> + Sync);

impl Case {
    /// Every event with `from <= datetime < to` that `wanted` chooses, in total order.
    pub fn events(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        wanted: &(dyn Fn(Row<'_>) -> bool + Sync),
    ) -> Result<Vec<Event>, StoreError> {
        self.read_days((from, to), WHOLE, &|group| {
            let all = group.all();
            group.wanted(all, (from, to), wanted)
        })
    }

    /// The same, where only rows that are near are asked about; without the records' own texts, which
    /// [`Case::add_texts`] adds where they are wanted.
    pub fn events_near(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        near: &dyn Near,
        wanted: &(dyn Fn(Row<'_>) -> bool + Sync),
    ) -> Result<Vec<Event>, StoreError> {
        let days = |date| near.day(date);
        self.read_some((from, to), &days, &|name| WHOLE(name) && !is_text(name), &|group| {
            let rows = group.near(near)?;
            group.wanted(rows, (from, to), wanted)
        })
    }

    /// Tells time, address and actor of the rows that are near, and reads nothing else.
    pub fn tell_near(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        near: &dyn Near,
        tell: &(dyn Fn(DateTime<Utc>, &str, &str) + Sync),
    ) -> Result<(), StoreError> {
        let days = |date| near.day(date);
        let nothing = self.read_some((from, to), &days, WHOLE, &|group| {
            let rows = group.near(near)?;
            let rows = group.within(rows, (from, to))?;
            let (times, addresses) = (group.times(&rows)?, group.texts(names::SOURCE_IP, &rows)?);
            let [upns, raws] = [group.texts(names::USER_UPN, &rows)?, group.texts(names::USER_RAW, &rows)?];
            for (at, time) in times.into_iter().enumerate() {
                let actor = if upns.get(at).is_empty() { raws.get(at) } else { upns.get(at) };
                tell(time, addresses.get(at), actor);
            }
            Ok(Vec::new())
        });
        nothing.map(|_| ())
    }

    /// Every event with `from <= datetime < to` in the scope, in total order.
    pub fn events_in(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        scope: &Scope<'_>,
    ) -> Result<Vec<Event>, StoreError> {
        self.read_days((from, to), WHOLE, &|group| in_scope(group, (from, to), scope))
    }

    /// Tells of every row with `from <= datetime < to` and an operation that `action` chooses by such an actor, and reads
    /// nothing else.
    pub fn tell_noted(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        action: &(dyn Fn(&str) -> bool + Sync),
        actor: &(dyn Fn(&str) -> bool + Sync),
        note: &(dyn Fn(Noted<'_>) + Sync),
    ) -> Result<(), StoreError> {
        let nothing = self.read_days((from, to), WHOLE, &|group| {
            let chosen = group.ask(names::ACTION, action)?;
            let rows = group.all().into_iter().filter(|row| yes(chosen.as_ref(), *row as usize)).collect();
            group.note(rows, (from, to), actor, note)?;
            Ok(Vec::new())
        });
        nothing.map(|_| ())
    }

    /// Every event before `before` whose operation lasts, in total order: for all, where it is one of these actors' (as
    /// the record names them), or for those whom `parties` chooses (of rows in which none of these names takes part, it
    /// says no). Operations are asked about first: few last, and of the other rows nothing else is read.
    pub fn events_before(
        &self,
        before: DateTime<Utc>,
        whose: &BTreeSet<String>,
        lasts: &(dyn Fn(&str) -> Lasts + Sync),
        actor: &(dyn Fn(&str) -> bool + Sync),
        parties: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<Vec<Event>, StoreError> {
        self.lasting((DateTime::<Utc>::MIN_UTC, before), whose, lasts, actor, parties)
    }

    /// The same of every event from `from` on.
    pub fn events_behind(
        &self,
        from: DateTime<Utc>,
        whose: &BTreeSet<String>,
        lasts: &(dyn Fn(&str) -> Lasts + Sync),
        actor: &(dyn Fn(&str) -> bool + Sync),
        parties: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<Vec<Event>, StoreError> {
        self.lasting((from, DateTime::<Utc>::MAX_UTC), whose, lasts, actor, parties)
    }

    fn lasting(
        &self,
        span: Span,
        whose: &BTreeSet<String>,
        lasts: &(dyn Fn(&str) -> Lasts + Sync),
        actor: &(dyn Fn(&str) -> bool + Sync),
        parties: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<Vec<Event>, StoreError> {
        self.read_days(span, WHOLE, &|group| {
            let Some(lasting) = group.ask(names::ACTION, lasts)? else { return Ok(Vec::new()) };
            let rows = |wanted: Lasts| -> Vec<u32> {
                (0..).zip(&lasting).filter(|(_, lasts)| **lasts == wanted).map(|(row, _)| row).collect()
            };
            let own = rows(Lasts::ForParties);
            let mut wanted = group.by(rows(Lasts::ForAll), actor)?;
            if !own.is_empty() && group.may_hold(whose) {
                let texts = group.texts(names::PARTIES, &own)?;
                let is_own = |(at, _): &(usize, u32)| parties(texts.get(*at));
                wanted.extend(own.into_iter().enumerate().filter(is_own).map(|(_, row)| row));
                wanted.sort_unstable();
            }
            group.within(wanted, span)
        })
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
        self.read_days((from, to), WHOLE, &|group| {
            let about = group.ask(names::EMAIL_MESSAGE_ID, &|id| ids.contains(id))?;
            let rows: Vec<u32> = group.all().into_iter().filter(|row| yes(about.as_ref(), *row as usize)).collect();
            let rows = group.within(rows, (from, to))?;
            let parties = group.texts(names::PARTIES, &rows)?;
            Ok(rows.iter().enumerate().filter(|(at, _)| wanted(parties.get(*at))).map(|(_, row)| *row).collect())
        })
    }

    /// Every row of a snapshot that `wanted` chooses, in total order. States have no time, so no window holds them.
    pub fn states(&self, wanted: &(dyn Fn(Row<'_>) -> bool + Sync)) -> Result<Vec<Event>, StoreError> {
        let parts = self.state_parts()?;
        let parts: Vec<&Path> = parts.iter().map(std::path::PathBuf::as_path).collect();
        let always = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
        self.read_all(&parts, WHOLE, &|group| {
            let all = group.all();
            group.wanted(all, always, wanted)
        })
    }

    /// Adds the records' own texts to events that were read without.
    pub fn add_texts(&self, events: &mut [Event]) -> Result<(), StoreError> {
        let lacks = |event: &&Event| event.raw.is_none() && event.object.is_none();
        let records: BTreeSet<u64> = events.iter().filter(lacks).map(|event| event.origin.record).collect();
        let days: BTreeSet<NaiveDate> = events.iter().filter(lacks).map(|event| event.datetime.date_naive()).collect();
        // All of a record's names stand where it stands: one of each is looked for.
        let name_of = |event: &Event| whose::names_in(event.parties.as_deref()?).next().map(str::to_owned);
        let names: Option<BTreeSet<String>> = events.iter().filter(lacks).map(name_of).collect();
        let parts = self.parts()?;
        let parts: Vec<&Path> =
            parts.iter().filter(|(date, _)| days.contains(date)).map(|(_, path)| path.as_path()).collect();
        let place =
            |name: &str| is_text(name) || matches!(name, names::SOURCE_FILE | names::SOURCE_ROW | names::RAW_SHA256);
        let found = self.read_all(&parts, &place, &|group| match &names {
            Some(names) if !group.may_hold(names) => Ok(Vec::new()),
            _ => group.numbered(&records),
        })?;
        // With its hash: two files of one name in two shards have records of one number.
        let key = |event: &Event| (Arc::clone(&event.origin.file), event.origin.record, event.raw_sha256);
        let texts: HashMap<_, _> = found.into_iter().map(|event| (key(&event), (event.raw, event.object))).collect();
        for event in events.iter_mut().filter(|event| lacks(&&**event)) {
            if let Some(found) = texts.get(&key(event)) {
                (event.raw, event.object) = found.clone();
            }
        }
        Ok(())
    }

    /// The chosen rows of the days that this span touches.
    fn read_days(&self, span: Span, columns: Columns<'_>, choose: Choose<'_>) -> Result<Vec<Event>, StoreError> {
        self.read_some(span, &|_| true, columns, choose)
    }

    /// The same, of some of these days.
    fn read_some(
        &self,
        (from, to): Span,
        days: &dyn Fn(NaiveDate) -> bool,
        columns: Columns<'_>,
        choose: Choose<'_>,
    ) -> Result<Vec<Event>, StoreError> {
        let parts = self.parts()?;
        let inside = |date: NaiveDate| date >= from.date_naive() && date <= to.date_naive() && days(date);
        let inside: Vec<&Path> =
            parts.iter().filter(|(date, _)| inside(*date)).map(|(_, path)| path.as_path()).collect();
        self.read_all(&inside, columns, choose)
    }

    /// The chosen rows of these parts, in total order.
    fn read_all(&self, parts: &[&Path], columns: Columns<'_>, choose: Choose<'_>) -> Result<Vec<Event>, StoreError> {
        let read = |used: &mut Option<PartPages>, path: &Path| -> Result<Vec<Event>, StoreError> {
            let part = Part::open(path)?;
            let pages = part.pages(used)?;
            let mut found = Vec::new();
            for (number, rows) in part.row_groups().into_iter().enumerate() {
                let mut group = Group { part: &part, pages: &mut *pages, number, rows };
                let events = choose(&mut group).and_then(|rows| group.events(&rows, columns));
                found.extend(events.map_err(|error| part.error(error))?);
            }
            self.keep(path, &mut found);
            Ok(found)
        };
        let found = parts.par_iter().map_init(|| None, |used, path| read(used, path)).collect::<Result<Vec<_>, _>>()?;
        let mut events: Vec<Event> = found.into_iter().flatten().collect();
        events.sort_by(|a, b| a.order().cmp(&b.order()));
        Ok(events)
    }
}

/// What was said of a row.
fn yes(said: Option<&Vec<bool>>, row: usize) -> bool {
    said.is_some_and(|said| said.get(row) == Some(&true))
}

fn in_scope(group: &mut Group<'_>, span: Span, scope: &Scope<'_>) -> PolarsResult<Vec<u32>> {
    let interests = group.ask(names::ACTION, scope.action)?;
    let own = match group.may_hold(scope.names) {
        true => group.ask(names::PARTIES, scope.parties)?,
        false => None,
    };
    if interests.is_none() && own.is_none() {
        return Ok(Vec::new());
    }
    let interest = |row: u32| interests.as_ref().and_then(|said| said.get(row as usize)).copied().unwrap_or_default();
    let is_own = |row: u32| yes(own.as_ref(), row as usize);
    let (mut wanted, mut noted): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    for row in 0..group.rows as u32 {
        if is_own(row) || interest(row).wanted {
            wanted.push(row);
        }
        if interest(row).noted {
            noted.push(row);
        }
    }
    group.note(noted, span, scope.actor, scope.note)?;
    group.within(wanted, span)
}

/// One row group, read column by column.
struct Group<'p> {
    part: &'p Part,
    pages: &'p mut PartPages,
    number: usize,
    rows: usize,
}

impl Group<'_> {
    fn all(&self) -> Vec<u32> {
        (0..self.rows as u32).collect()
    }

    /// Whether one of these names may take part in one of the rows.
    fn may_hold(&self, names: &BTreeSet<String>) -> bool {
        self.part.may_hold(self.number, names.iter().map(String::as_str))
    }

    /// What `answer` says of each row by the text of one column; `None` where it says nothing of any.
    fn ask<T: Copy + Default + PartialEq>(
        &mut self,
        name: &str,
        answer: &dyn Fn(&str) -> T,
    ) -> PolarsResult<Option<Vec<T>>> {
        self.part.chunk(self.number, name).map_or(Ok(None), |chunk| self.pages.ask(chunk, &mut |text| answer(text)))
    }

    /// The texts of one column.
    fn texts(&mut self, name: &str, rows: &[u32]) -> PolarsResult<Texts> {
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
    fn times(&mut self, rows: &[u32]) -> PolarsResult<Vec<DateTime<Utc>>> {
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
    fn within(&mut self, rows: Vec<u32>, (from, to): Span) -> PolarsResult<Vec<u32>> {
        let times = self.times(&rows)?;
        Ok(rows.into_iter().zip(times).filter(|(_, time)| from <= *time && *time < to).map(|(row, _)| row).collect())
    }

    /// Those of the rows whose actor, as the record names it, is one of these.
    fn by(&mut self, rows: Vec<u32>, actor: &dyn Fn(&str) -> bool) -> PolarsResult<Vec<u32>> {
        let actors = self.texts(names::USER_RAW, &rows)?;
        Ok(rows.into_iter().enumerate().filter(|(at, _)| actor(actors.get(*at))).map(|(_, row)| row).collect())
    }

    /// Tells of those of the rows that lie in the span and are one of these actors'.
    fn note(
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
    fn wanted(
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
    fn near(&mut self, near: &dyn Near) -> PolarsResult<Vec<u32>> {
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
    fn numbered(&mut self, records: &BTreeSet<u64>) -> PolarsResult<Vec<u32>> {
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
    fn events(&mut self, rows: &[u32], columns: Columns<'_>) -> PolarsResult<Vec<Event>> {
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
struct Texts {
    all: String,
    places: Vec<Range<usize>>,
}

impl Texts {
    fn get(&self, at: usize) -> &str {
        self.places.get(at).and_then(|place| self.all.get(place.clone())).unwrap_or_default()
    }
}
