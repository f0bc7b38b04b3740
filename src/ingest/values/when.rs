//! Reads the times of one file, in every spelling of the directory's exports; says honestly what the zone rests on.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::ingest::formats::Refusal;
use crate::ingest::records::auditdata::note;
use crate::ingest::values::fields::text;
use crate::ingest::values::look::Look;
use crate::ingest::values::times::{self, DateOrder};
use crate::timeline::{Draft, format_time};

/// How the times of a file are read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock {
    /// The order of day and month, where the file's times are no ISO times: proved over the file, or given.
    pub order: Option<DateOrder>,
    /// Nothing in the file says that its times are UTC; that is an assumption.
    pub assumed: bool,
}

impl Clock {
    /// The instant, and the word for what its zone rests on.
    pub fn read(self, written: &str) -> Result<(DateTime<Utc>, &'static str), Refusal> {
        let implied = if self.assumed { "assumed_utc" } else { "implied_utc" };
        if let Some(iso) = times::iso_time(written) {
            return Ok((iso.time, if iso.zoned { "explicit" } else { implied }));
        }
        if let Some(time) = json_date(written) {
            return Ok((time, "explicit"));
        }
        let unreadable =
            || Refusal::new("F-041", format!("'{written}' is no readable time: it cannot enter the timeline"));
        if let Some(order) = self.order.or_else(|| times::order_of_dots(written)) {
            let basis = if times::without_offset(written).is_some() { "explicit" } else { implied };
            return Ok((times::locale_time(written, order).ok_or_else(unreadable)?, basis));
        }
        let read = |order| times::locale_time(written, order).map(format_time);
        Err(match (read(DateOrder::Mdy), read(DateOrder::Dmy), read(DateOrder::Ymd)) {
            (Some(mdy), Some(dmy), _) => Refusal::new(
                "F-040",
                format!("'{written}' is {mdy} or {dmy}, and nothing in the file decides; pass --date-order"),
            ),
            (None, None, None) => unreadable(),
            _ => Refusal::new(
                "F-040",
                format!(
                    "'{written}' does not fit one order of day and month with the file's other times; pass --date-order"
                ),
            ),
        })
    }

    /// Sets the time columns of `event`.
    pub fn set<'r>(self, event: &mut Draft<'r>, written: impl Into<Cow<'r, str>>) -> Result<(), Refusal> {
        let written = written.into();
        let (time, basis) = self.read(&written)?;
        event.datetime = time;
        event.datetime_text = text(written);
        event.time_zone_basis = text(basis);
        event.time_basis = text("event");
        Ok(())
    }

    /// Sets the time columns from the first of `keys` that the object has; from `later`, which is when the service
    /// took the record in or noticed it, where it has none of them.
    pub fn set_from<'a>(
        self,
        event: &mut Draft<'a>,
        object: impl Look<'a>,
        keys: &[&str],
        later: &str,
    ) -> Result<(), Refusal> {
        if let Some(written) = keys.iter().find_map(|key| time_text(object, key)) {
            return self.set(event, written);
        }
        let Some(written) = time_text(object, later) else {
            let key = keys.first().copied().unwrap_or_default();
            return Err(Refusal::new("F-041", format!("no {key}: it cannot enter the timeline")));
        };
        self.set(event, written)?;
        event.time_basis = text("ingestion");
        note(event, "R-110");
        Ok(())
    }
}

/// What the order of day and month of a file's dates rests on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OrderBy {
    /// Only one order reads them all, or nothing is known.
    #[default]
    Proved,
    /// Only one order lets the rows run in one direction: rows that stand in no order may do so by chance.
    Direction,
    /// `--date-order`.
    Told,
}

impl OrderBy {
    /// Whether the time of `event` was read in an order that is not proved; the event says so where it was inferred.
    pub fn mark(self, event: &mut Draft<'_>) -> bool {
        let written = event.datetime_text.as_deref().unwrap_or_default();
        let decided = self != Self::Proved
            && !written.is_empty()
            && times::iso_time(written).is_none()
            && json_date(written).is_none()
            && times::order_of_dots(written).is_none();
        if decided && self == Self::Direction {
            event.time_zone_basis = text("guessed_culture");
        }
        decided
    }
}

/// A time as an object holds it: text, or PowerShell's `{"value":"/Date(…)/","DateTime":"…"}`.
pub fn time_text<'a>(object: impl Look<'a>, key: &str) -> Option<Cow<'a, str>> {
    let value = object.get(key)?;
    value.scalar().or_else(|| value.get("value")?.scalar()).filter(|written| !written.trim().is_empty())
}

/// `/Date(1658751973240)/`: milliseconds since 1970, as PowerShell 5.1 and old services write times; with an offset that
/// only says how somebody's clock would have shown it.
pub fn json_date(written: &str) -> Option<DateTime<Utc>> {
    let inner = written.trim().trim_matches(['/', '\\']).strip_prefix("Date(")?.strip_suffix(')')?;
    let sign = inner.char_indices().skip(1).find(|(_, letter)| matches!(letter, '+' | '-')).map(|(at, _)| at);
    let number = sign.and_then(|at| inner.get(..at)).unwrap_or(inner);
    DateTime::from_timestamp_millis(number.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(written: &str, clock: Clock) -> Result<String, &'static str> {
        clock
            .read(written)
            .map(|(time, basis)| format!("{} {basis}", format_time(time)))
            .map_err(|refusal| refusal.code)
    }

    #[test]
    fn every_spelling_of_a_time() {
        let none = Clock::default();
        assert_eq!(read("2026-03-02T01:12:13Z", none).as_deref(), Ok("2026-03-02T01:12:13Z explicit"));
        assert_eq!(read("/Date(1658751973240)/", none).as_deref(), Ok("2022-07-25T12:26:13.240Z explicit"));
        for zoned in ["/Date(1658751973240+0200)/", "/Date(1658751973240-0500)/", "\\/Date(1658751973240)\\/"] {
            assert_eq!(read(zoned, none).as_deref(), Ok("2022-07-25T12:26:13.240Z explicit"));
        }
        assert_eq!(read("/Date(-1000)/", none).as_deref(), Ok("1969-12-31T23:59:59Z explicit"));
        assert_eq!(read("5.3.2026 1:12:13", none).as_deref(), Ok("2026-03-05T01:12:13Z implied_utc"));
        assert_eq!(read("3/4/2026, 1:12:13.250 AM", none), Err("F-040"));
        assert_eq!(read("5.3.2026 1:12:13 +01:00", none).as_deref(), Ok("2026-03-05T00:12:13Z explicit"));
        assert_eq!(read("soon", none), Err("F-041"));
        let us = Clock { order: Some(DateOrder::Mdy), assumed: true };
        assert_eq!(read("3/4/2026, 1:12:13.250 AM", us).as_deref(), Ok("2026-03-04T01:12:13.250Z assumed_utc"));
    }
}
