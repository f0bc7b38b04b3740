//! Reads the times of one file, in every spelling of the directory's exports; says honestly what the zone rests on.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::ingest::formats::Refusal;
use crate::ingest::records::auditdata::note;
use crate::ingest::values::fields::text;
use crate::ingest::values::look::Look;
use crate::ingest::values::spelled_time::spelled_time;
use crate::ingest::values::times::{self, DateOrder, IsoTime};
use crate::timeline::Draft;

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
        let read = file_time(written, self.order)?;
        Ok((read.time, if read.zoned { "explicit" } else { implied }))
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
            && explicit_time(written).or_else(|| spelled_time(written)).is_none()
            && times::own_order(written).is_none();
        if decided && self == Self::Direction {
            event.time_zone_basis = text("guessed_culture");
        }
        decided
    }
}

/// A time as an object holds it: text, or in a wrap of its own.
pub fn time_text<'a>(object: impl Look<'a>, key: &str) -> Option<Cow<'a, str>> {
    self::written(object.get(key)?)
}

/// The text of a time, which may be wrapped; `None` where nothing is written.
pub fn written<'a>(value: impl Look<'a>) -> Option<Cow<'a, str>> {
    value.scalar().or_else(|| unwrapped(value)).filter(|written| !written.trim().is_empty())
}

/// The time in PowerShell's `{"value":"/Date(…)/","DateTime":"…"}`, or in MongoDB's `{"$date":"…"}`, whose number may be
/// wrapped once more.
pub fn unwrapped<'a>(value: impl Look<'a>) -> Option<Cow<'a, str>> {
    let inner = value.get("value").or_else(|| value.get("$date"))?;
    inner.scalar().or_else(|| inner.get("$numberLong")?.scalar())
}

/// Reads a time of a file; where it needs an order of day and month, this one.
pub fn file_time(written: &str, order: Option<DateOrder>) -> Result<IsoTime, Refusal> {
    explicit_time(written).or_else(|| spelled_time(written)).map_or_else(|| times::dated(written, order), Ok)
}

/// A time that needs no knowledge of its file: in ISO, in the form of mails (`Sat, 07 Mar 2026 09:41:33 GMT`), or as a
/// number since 1970.
pub fn explicit_time(written: &str) -> Option<IsoTime> {
    times::iso_time(written).or_else(|| {
        let of_mail = || DateTime::parse_from_rfc2822(written.trim()).ok().map(|time| time.to_utc());
        let time = json_date(written).or_else(|| since_1970(written)).or_else(of_mail)?;
        Some(IsoTime { time, zoned: true })
    })
}

/// Seconds or milliseconds since 1970, which so many digits tell apart for all times that there are records of.
fn since_1970(written: &str) -> Option<DateTime<Utc>> {
    let written = written.trim();
    let (number, fraction) = written.split_once('.').unwrap_or((written, ""));
    if !number.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let millis = match number.len() {
        10 => format!("{number}{:0<3}", fraction.chars().take(3).collect::<String>()),
        13 => number.to_owned(),
        _ => return None,
    };
    DateTime::from_timestamp_millis(millis.parse().ok()?)
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
    use crate::timeline::format_time;

    fn read(written: &str, clock: Clock) -> Result<String, &'static str> {
        clock
            .read(written)
            .map(|(time, basis)| format!("{} {basis}", format_time(time)))
            .map_err(|refusal| refusal.code)
    }

    #[test]
    fn a_time_may_be_wrapped() {
        for (wrap, time) in [
            (r#"{"t":{"value":"/Date(0)/","DisplayHint":2,"DateTime":"x"}}"#, Some("/Date(0)/")),
            (r#"{"t":{"$date":"2026-03-02T01:12:13Z"}}"#, Some("2026-03-02T01:12:13Z")),
            (r#"{"t":{"$date":{"$numberLong":"1772413933000"}}}"#, Some("1772413933000")),
            (r#"{"t":{"date":"x"}}"#, None),
        ] {
            let object: serde_json::Value = serde_json::from_str(wrap).unwrap();
            assert_eq!(time_text(&object, "t").as_deref(), time, "{wrap}");
        }
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
        for explicit in [
            "Mon, 02 Mar 2026 01:12:13 GMT",
            "Mon, 02 Mar 2026 02:12:13 +0100",
            "2026-03-02 01:12:13 UTC",
            "1772413933",
            "1772413933.0",
            "1772413933000",
        ] {
            assert_eq!(read(explicit, none).as_deref(), Ok("2026-03-02T01:12:13Z explicit"), "{explicit}");
        }
        assert_eq!(read("1772413933.25", none).as_deref(), Ok("2026-03-02T01:12:13.250Z explicit"));
        assert_eq!(read("2026/03/02 01:12:13", none).as_deref(), Ok("2026-03-02T01:12:13Z implied_utc"));
        for other in ["177241393", "44334.8844", "1772413933x", "Sun, 02 Mar 2026 01:12:13 GMT"] {
            assert_eq!(read(other, none), Err("F-041"), "{other}");
        }
        assert_eq!(read("5.3.2026 1:12:13", none).as_deref(), Ok("2026-03-05T01:12:13Z implied_utc"));
        assert_eq!(read("3/4/2026, 1:12:13.250 AM", none), Err("F-040"));
        assert_eq!(read("5.3.2026 1:12:13 +01:00", none).as_deref(), Ok("2026-03-05T00:12:13Z explicit"));
        assert_eq!(read("soon", none), Err("F-041"));
        let us = Clock { order: Some(DateOrder::Mdy), assumed: true };
        assert_eq!(read("3/4/2026, 1:12:13.250 AM", us).as_deref(), Ok("2026-03-04T01:12:13.250Z assumed_utc"));
    }
}
