//! Kinds of records that the audit log has on all days on which the account works, but for some days in a row: what was not
//! fetched of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};

use super::asked::Asked;
use crate::analyze::exam::Row;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::shown::exports::{Answer, days_of};
use crate::timeline::{Event, EvidenceSource, Outcome};

/// Acts of a day that is one of work, where it is none of the weekend: a lone look from a telephone leaves less.
const ACTS: usize = 2;
/// Days on which the account worked, from which on they tell what is usual.
const USUAL: usize = 10;
/// Days in a row that are no chance.
const ROW: usize = 2;
/// Of so many other days one may be without such a record.
const RARE: usize = 20;

impl Asked<'_, '_> {
    /// The answer, unless the audit log lacks this kind of records on some of the days on which the account worked.
    pub(super) fn unless_lacking(&self, answer: Answer, name: &str, is: impl Fn(&Event) -> bool) -> Answer {
        match self.days_without(is).filter(|_| answer.0) {
            Some((from, to)) => (
                false,
                format!(
                    "{name} of the account: none from {from} to {to}, on which it worked, and on all other days some"
                ),
            ),
            None => answer,
        }
    }

    /// The first days in a row inside the window on which the account worked and no record of it is of this kind.
    pub(super) fn days_without(&self, is: impl Fn(&Event) -> bool) -> Option<(NaiveDate, NaiveDate)> {
        let day = |row: &Row<'_>| row.event.datetime.date_naive();
        let mut acts: BTreeMap<NaiveDate, usize> = BTreeMap::new();
        self.rows.iter().filter(|row| is_work(row)).for_each(|row| *acts.entry(day(row)).or_default() += 1);
        let is_busy =
            |day: &NaiveDate, acts: usize| acts >= ACTS && !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let days: BTreeSet<NaiveDate> =
            acts.into_iter().filter(|(day, acts)| is_busy(day, *acts)).map(|(day, _)| day).collect();
        let has = |row: &&Row<'_>| row.parts.any() && row.events().any(&is);
        let with: BTreeSet<NaiveDate> = self.rows.iter().filter(has).map(day).collect();
        let without = days.difference(&with).count();
        let days: Vec<NaiveDate> = days.into_iter().collect();
        let (from, to) = days_of(self.window);
        days.chunk_by(|a, b| with.contains(a) == with.contains(b)).find_map(|run| {
            let (first, last) = run.first().zip(run.last())?;
            let lacks = run.len() >= ROW && !with.contains(first) && *last >= from && *first <= to;
            let (others, usual) = (without.saturating_sub(run.len()), days.len().saturating_sub(run.len()));
            (lacks && usual >= USUAL && others * RARE <= usual).then_some((*first, *last))
        })
    }
}

/// Whether the account did something itself, by the audit log: what other logs have of it may lie outside of this one.
fn is_work(row: &Row<'_>) -> bool {
    let logged = row.events().any(|event| event.evidence_source == EvidenceSource::Ual);
    let own = row.parts.actor && row.class == ActorClass::Own;
    logged && own && !matches!(row.event.outcome, Outcome::Failure | Outcome::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::people::identity::{Parts, Subject};
    use crate::analyze::shown::exports::Exports;
    use crate::question::Window;

    /// The days without mailbox records, where the account works from Monday to Friday and these days have none.
    fn without(empty: &[u32]) -> Option<(NaiveDate, NaiveDate)> {
        let at = |day: u32| format!("2026-02-{day:02}T10:00:00Z").parse().unwrap();
        let event = |day: u32, kind| Event {
            datetime: at(day),
            evidence_source: EvidenceSource::Ual,
            record_type: Some(kind),
            ..Event::default()
        };
        let days = || (2..27).filter(|day| !matches!(day % 7, 0 | 1));
        let work = days().flat_map(|day| [event(day, 15), event(day, 6)]);
        let mail = days().filter(|day| !empty.contains(day)).map(|day| event(day, 50));
        let events: Vec<Event> = work.chain(mail).collect();
        let parts = Parts { actor: true, ..Parts::default() };
        let row = |event| Row { event, class: ActorClass::Own, parts, in_window: true, twins: Vec::new(), place: 0 };
        let rows: Vec<Row<'_>> = events.iter().map(row).collect();
        let (subject, window) = (Subject::default(), Window { from: at(9), to: at(27) });
        let exports = Exports::new(&rows, window, &subject, Vec::new());
        let asked = Asked { rows: &rows, earlier: &[], states: &[], window, subject: &subject, exports };
        asked.days_without(|event| event.record_type == Some(50))
    }

    #[test]
    fn what_is_there_on_all_days_but_some_in_a_row_was_not_fetched() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 2, day).unwrap();
        assert_eq!(without(&[12, 13]), Some((day(12), day(13))));
        assert_eq!(without(&[13, 16]), Some((day(13), day(16))), "over a weekend");
        assert_eq!(without(&[12]), None, "one day may be quiet");
        assert_eq!(without(&[3, 5, 12, 13, 19, 25]), None, "others are, too");
        assert_eq!(without(&[3, 4]), None, "before the window");
        assert_eq!(without(&[]), None);
    }
}
