//! Reads the part of a case that a question is about: days by folder, rows by a few narrow columns, whole rows last.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use polars::prelude::PolarsResult;
use rayon::prelude::*;

use super::event::Event;
use super::schema::names;
use super::store::{Case, Part, PartPages, StoreError};
use super::whose;

mod group;
mod wanted;

use group::Group;
pub use wanted::{Hint, Interest, Lasts, Near, Noted, Row, Scope};

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
        ids: &BTreeSet<String>,
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
    let [mut wanted, mut open, mut noted]: [Vec<u32>; 3] = Default::default();
    for row in 0..group.rows as u32 {
        let Interest { wanted: is_wanted, may_be_routine, noted: is_noted } = interest(row);
        if is_own(row) || is_wanted && !may_be_routine {
            wanted.push(row);
        } else if is_wanted {
            open.push(row);
        }
        if is_noted {
            noted.push(row);
        }
    }
    group.note(noted, span, scope.actor, scope.note)?;
    wanted.extend(group.beside_routine(open, scope.routine)?);
    wanted.sort_unstable();
    group.within(wanted, span)
}
