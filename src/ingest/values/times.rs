//! Times as exports write them: ISO 8601, and a locale's dates in an order that the file has to prove.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use crate::ingest::formats::Refusal;
use crate::ingest::values::fields;

/// A time read from ISO 8601 text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IsoTime {
    /// The instant, UTC.
    pub time: DateTime<Utc>,
    /// Whether the text named its zone; without one it is UTC (formats: `CreationTime`).
    pub zoned: bool,
}

/// Reads `2021-05-18T21:13:33`, with `T` or blank, 0–9 fraction digits, `Z`, `UTC`, `GMT` or an offset, which may stand
/// behind a blank, one-digit hours.
pub fn iso_time(value: &str) -> Option<IsoTime> {
    let bytes = value.trim().as_bytes();
    let mut cursor = Cursor { bytes, at: 0 };
    let (year, month, day) =
        (cursor.digits(4, 4)?, cursor.after(b'-')?.digits(2, 2)?, cursor.after(b'-')?.digits(2, 2)?);
    let date = NaiveDate::from_ymd_opt(year as i32, month, day)?;
    if !matches!(cursor.next()?, b'T' | b't' | b' ') {
        return None;
    }
    let (time, leap) = cursor.clock()?;
    let local = NaiveDateTime::new(date, time) + leap;
    if cursor.skip(b' ').is_some() && matches!(bytes.get(cursor.at..), Some(b"UTC" | b"GMT")) {
        return Some(IsoTime { time: local.and_utc(), zoned: true });
    }
    let offset = match cursor.next() {
        None => return Some(IsoTime { time: local.and_utc(), zoned: false }),
        Some(b'Z' | b'z') => 0,
        Some(sign @ (b'+' | b'-')) => {
            let hours = cursor.digits(2, 2)?;
            let _ = cursor.skip(b':');
            let minutes = cursor.digits(2, 2).unwrap_or(0);
            let seconds = i64::from(hours * 3600 + minutes * 60);
            if sign == b'-' { -seconds } else { seconds }
        }
        Some(_) => return None,
    };
    if cursor.at != bytes.len() {
        return None;
    }
    let time = local.checked_sub_signed(TimeDelta::seconds(offset))?;
    Some(IsoTime { time: time.and_utc(), zoned: true })
}

/// The order of day, month and year in a locale's dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// `9/20/2023`
    Mdy,
    /// `20.9.2023`
    Dmy,
    /// `2023/9/20`
    Ymd,
}

impl DateOrder {
    /// Reads `mdy`, `dmy` or `ymd`.
    pub fn parse(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "mdy" => Some(Self::Mdy),
            "dmy" => Some(Self::Dmy),
            "ymd" => Some(Self::Ymd),
            _ => None,
        }
    }

    /// The word that [`DateOrder::parse`] reads.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mdy => "mdy",
            Self::Dmy => "dmy",
            Self::Ymd => "ymd",
        }
    }
}

/// Reads a locale date such as `9/20/2023 4:05:03 AM`, `18.05.2021 21:13`, `18. 5. 2021 21:13`, `2021. 05. 18. 21:13`
/// or `18.5.2021 21.13.33`, in the given order.
///
/// The order is never decided here: it is a property of the file, proved over all its rows. A date with dots, or with
/// its year in front, can be read one way only, whatever the order. Behind it the offset of the zone may stand (`9/20/2023 4:05:03 AM +02:00`).
pub fn locale_time(value: &str, order: DateOrder) -> Option<DateTime<Utc>> {
    let (local, offset) = without_offset(value).unwrap_or((value, TimeDelta::zero()));
    local_time(local, order)?.checked_sub_signed(offset)
}

/// A date of a culture without the offset behind it, and that offset; `None` where there is none.
pub fn without_offset(value: &str) -> Option<(&str, TimeDelta)> {
    let value = fields::trimmed(value);
    let (local, behind) = value.rsplit_once([' ', '\u{202f}', '\u{a0}'])?;
    let mut cursor = Cursor { bytes: behind.as_bytes(), at: 0 };
    let sign = cursor.next().filter(|byte| matches!(byte, b'+' | b'-'))?;
    let (hours, minutes) = (cursor.digits(2, 2)?, cursor.after(b':')?.digits(2, 2)?);
    let offset = TimeDelta::minutes(i64::from(hours * 60 + minutes));
    (cursor.at == behind.len()).then_some((local, if sign == b'-' { -offset } else { offset }))
}

fn local_time(value: &str, order: DateOrder) -> Option<DateTime<Utc>> {
    let value = plain_blanks(value);
    let mut cursor = Cursor { bytes: value.as_bytes(), at: 0 };
    let first = cursor.digits(1, 4)?;
    let separator = cursor.next().filter(|byte| matches!(byte, b'/' | b'.' | b'-'))?;
    let dots = separator == b'.';
    let second = cursor.after_blanks(dots).digits(1, 2)?;
    let start = cursor.after(separator)?.after_blanks(dots).at;
    let third = cursor.digits(1, 4)?;
    // Excel on a Mac leaves two digits of a year.
    let short = cursor.at - start == 2 && third < 70;
    let last_year = if short { third + 2000 } else { third };
    if dots {
        let _ = cursor.skip(b'.');
    }
    let (year, month, day) = match own_order(&value).unwrap_or(order) {
        DateOrder::Mdy => (last_year, first, second),
        DateOrder::Dmy => (last_year, second, first),
        DateOrder::Ymd => (first, second, third),
    };
    if year < 1970 {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(year as i32, month, day)?;
    let _ = cursor.skip(b',');
    while cursor.skip(b' ').is_some() {}
    if cursor.at == value.len() {
        return Some(date.and_time(NaiveTime::MIN).and_utc());
    }
    // Japanese and some other cultures write the half of the day in front of the time.
    let rest = value.get(cursor.at..)?;
    let half = HALVES.iter().flatten().find(|half| is_prefix(half, rest));
    cursor.at += half.map_or(0, |half| half.len());
    while cursor.skip(b' ').is_some() {}
    let time = cursor.local_clock()?;
    let behind = value.get(cursor.at..)?.trim_matches(['.', ' ']);
    let time = match (half, behind) {
        (None, "") => time,
        (Some(half), "") => half_day(time, is_afternoon(half)?)?,
        (Some(_), _) => return None,
        (None, half) => half_day(time, is_afternoon(half)?)?,
    };
    Some(date.and_time(time).and_utc())
}

/// The names of the halves of the day, and which is which.
const HALVES: [[&str; 4]; 2] = [["AM", "午前", "上午", "오전"], ["PM", "午後", "下午", "오후"]];

/// The value without blanks at its ends, and those of other kinds made plain.
fn plain_blanks(value: &str) -> Cow<'_, str> {
    let value = fields::trimmed(value);
    match value.is_ascii() {
        true => Cow::Borrowed(value),
        false => Cow::Owned(value.replace(['\u{202f}', '\u{a0}'], " ")),
    }
}

fn is_prefix(half: &str, text: &str) -> bool {
    text.as_bytes().first() == half.as_bytes().first() && text.starts_with(half)
}

/// Whether a half of the day, in any case and with dots (`p.m.`), is the second; `None` where it names none.
fn is_afternoon(half: &str) -> Option<bool> {
    let is = |name: &&str| {
        let letters = half.chars().filter(|letter| !matches!(letter, '.' | ' '));
        letters.map(|letter| letter.to_ascii_uppercase()).eq(name.chars())
    };
    let [morning, afternoon] = HALVES.map(|names| names.iter().any(is));
    (morning || afternoon).then_some(afternoon)
}

/// The order that a date says by itself: no culture puts the month first in one with dots, or the day behind the year.
pub fn own_order(written: &str) -> Option<DateOrder> {
    let written = written.trim();
    let digits = written.bytes().take_while(u8::is_ascii_digit).count();
    match (digits, written.as_bytes().get(digits)?) {
        (1 | 2, b'.') => Some(DateOrder::Dmy),
        (4, b'.' | b'/' | b'-') => Some(DateOrder::Ymd),
        _ => None,
    }
}

/// Reads a culture's date, whose order of day and month is a property of the file: without a proof nothing is guessed. One
/// that every order reads as the same time needs none.
pub fn dated(written: &str, order: Option<DateOrder>) -> Result<IsoTime, Refusal> {
    let unreadable = || Refusal::new("F-041", format!("'{written}' is no readable time: it cannot enter the timeline"));
    let zoned = without_offset(written).is_some();
    let read = |order| locale_time(written, order);
    if let Some(order) = order.or_else(|| own_order(written)) {
        return read(order).map(|time| IsoTime { time, zoned }).ok_or_else(unreadable);
    }
    let readings = [DateOrder::Mdy, DateOrder::Dmy].map(read);
    let told = readings.map(|time| time.map(crate::timeline::format_time));
    match (readings, told) {
        ([None, None], _) => Err(unreadable()),
        ([Some(one), Some(other)], _) if one == other => Ok(IsoTime { time: one, zoned }),
        (_, [Some(one), Some(other)]) => Err(Refusal::new(
            "F-040",
            format!("'{written}' is {one} or {other}, and nothing in the file decides; pass --date-order"),
        )),
        (_, [one, other]) => Err(Refusal::new(
            "F-040",
            format!(
                "'{written}' can only be {}, but nothing says that all dates of the file are; pass --date-order",
                one.or(other).unwrap_or_default()
            ),
        )),
    }
}

fn half_day(time: NaiveTime, afternoon: bool) -> Option<NaiveTime> {
    use chrono::Timelike;
    let hour = time.hour();
    match (hour, afternoon) {
        // Japanese clocks count from 0 to 11: there is no twelve, and noon is 午後0:00.
        (0..=11, true) => time.with_hour(hour + 12),
        (12, false) => time.with_hour(0),
        (0..=12, _) => Some(time),
        _ => None,
    }
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn next(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    fn skip(&mut self, byte: u8) -> Option<()> {
        (self.bytes.get(self.at) == Some(&byte)).then(|| self.at += 1)
    }

    fn after(&mut self, byte: u8) -> Option<&mut Self> {
        self.skip(byte)?;
        Some(self)
    }

    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let start = self.at;
        let mut number = 0u32;
        while self.at - start < most {
            match self.bytes.get(self.at) {
                Some(byte @ b'0'..=b'9') => number = number * 10 + u32::from(byte - b'0'),
                _ => break,
            }
            self.at += 1;
        }
        (self.at - start >= least).then_some(number)
    }

    /// Behind the blanks, where there may be some.
    fn after_blanks(&mut self, blanks: bool) -> &mut Self {
        while blanks && self.skip(b' ').is_some() {}
        self
    }

    /// As [`Cursor::clock`], or with dots: `h.mm[.ss]`.
    fn local_clock(&mut self) -> Option<NaiveTime> {
        let start = self.at;
        if let Some((time, _)) = self.clock() {
            return Some(time);
        }
        self.at = start;
        let hour = self.digits(1, 2)?;
        let minute = self.after(b'.')?.digits(2, 2)?;
        let second = if self.skip(b'.').is_some() { self.digits(2, 2)? } else { 0 };
        NaiveTime::from_hms_opt(hour, minute, second)
    }

    /// `h:mm[:ss[.fraction]]`; a leap second is returned as the second after.
    fn clock(&mut self) -> Option<(NaiveTime, TimeDelta)> {
        let hour = self.digits(1, 2)?;
        let minute = self.after(b':')?.digits(2, 2)?;
        let mut second = match self.skip(b':') {
            Some(()) => self.digits(1, 2)?,
            None => 0,
        };
        let mut nanos = 0u32;
        if self.skip(b'.').is_some() {
            let start = self.at;
            let mut scale = 100_000_000;
            while let Some(byte @ b'0'..=b'9') = self.bytes.get(self.at) {
                nanos += u32::from(byte - b'0') * scale;
                scale /= 10;
                self.at += 1;
            }
            if self.at == start {
                return None;
            }
        }
        let mut leap = TimeDelta::zero();
        if second == 60 {
            second = 59;
            leap = TimeDelta::seconds(1);
        }
        // The store keeps microseconds; finer digits are cut, never rounded into the next second.
        NaiveTime::from_hms_nano_opt(hour, minute, second, nanos / 1000 * 1000).map(|time| (time, leap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(value: &str) -> Option<String> {
        iso_time(value).map(|iso| crate::timeline::format_time(iso.time))
    }

    #[test]
    fn iso_times_in_every_spelling_of_the_exports() {
        for zoned in
            ["2021-05-18 21:13:33 UTC", "2021-05-18T21:13:33 GMT", "2021-05-18 23:13:33 +0200", "2021-05-18T21:13:33 Z"]
        {
            assert_eq!(iso(zoned).as_deref(), Some("2021-05-18T21:13:33Z"), "{zoned}");
            assert!(iso_time(zoned).is_some_and(|iso| iso.zoned), "{zoned}");
        }
        assert_eq!(iso("2021-05-18T21:13:33").as_deref(), Some("2021-05-18T21:13:33Z"));
        assert_eq!(iso("2026-01-24T06:54:24.0000000Z ").as_deref(), Some("2026-01-24T06:54:24Z"));
        assert_eq!(iso("2012-10-18T15:48:15-07:00").as_deref(), Some("2012-10-18T22:48:15Z"));
        assert_eq!(iso("2022-01-24T05:10:08.6816663+00:00").as_deref(), Some("2022-01-24T05:10:08.681666Z"));
        assert_eq!(iso("2022-08-22T7:05:06.133Z").as_deref(), Some("2022-08-22T07:05:06.133Z"));
        for wrong in [
            "",
            "2021-05-18",
            "9/20/2023 4:05:03 AM",
            "2021-13-18T21:13:33",
            "2021-05-18T21:13:33Zx",
            "2021-05-18 21:13:33 AM",
            "2021-05-18 21:13:33 EST",
        ] {
            assert_eq!(iso(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn locale_times_follow_the_order_given_and_nothing_else() {
        let read = |value, order| locale_time(value, order).map(crate::timeline::format_time);
        assert_eq!(read("9/20/2023 4:05:03 AM", DateOrder::Mdy).as_deref(), Some("2023-09-20T04:05:03Z"));
        assert_eq!(read("9/20/2023 4:05:03 AM", DateOrder::Dmy), None);
        assert_eq!(read("12/4/2025, 12:19:41 AM", DateOrder::Mdy).as_deref(), Some("2025-12-04T00:19:41Z"));
        assert_eq!(read("18.05.2021 21:13", DateOrder::Dmy).as_deref(), Some("2021-05-18T21:13:00Z"));
        assert_eq!(read("2021/05/18 21:13:33", DateOrder::Ymd).as_deref(), Some("2021-05-18T21:13:33Z"));
        assert_eq!(read("9/20/2023 4:05:03\u{202f}PM", DateOrder::Mdy).as_deref(), Some("2023-09-20T16:05:03Z"));
    }

    #[test]
    fn the_offset_behind_a_date_counts() {
        let read = |value, order| locale_time(value, order).map(crate::timeline::format_time);
        assert_eq!(read("2/9/2026 10:41:00 AM +01:00", DateOrder::Mdy).as_deref(), Some("2026-02-09T09:41:00Z"));
        assert_eq!(read("09.02.2026 22:41:00 -05:30", DateOrder::Dmy).as_deref(), Some("2026-02-10T04:11:00Z"));
        for wrong in ["2/9/2026 10:41:00 AM +1:00", "2/9/2026 10:41:00 AM +01:00x", "2/9/2026 +"] {
            assert_eq!(read(wrong, DateOrder::Mdy), None, "{wrong}");
        }
    }

    #[test]
    fn noon_is_twelve_or_zero() {
        let read = |value: &str| locale_time(value, DateOrder::Ymd).map(crate::timeline::format_time);
        for (written, hour) in
            [("午前0", "00"), ("午前12", "00"), ("午前11", "11"), ("午後0", "12"), ("午後12", "12"), ("午後11", "23")]
        {
            let expected = format!("2026-03-02T{hour}:30:00Z");
            assert_eq!(read(&format!("2026/03/02 {written}:30:00")), Some(expected), "{written}");
        }
        assert_eq!(read("2026/03/02 午後13:30:00"), None);
    }

    #[test]
    fn a_year_of_two_digits_stands_last() {
        let read = |value, order| locale_time(value, order).map(crate::timeline::format_time);
        assert_eq!(read("3/14/26 10:00", DateOrder::Mdy).as_deref(), Some("2026-03-14T10:00:00Z"));
        assert_eq!(read("14.03.26 10:00", DateOrder::Mdy).as_deref(), Some("2026-03-14T10:00:00Z"));
        assert_eq!(read("3/14/26 10:00", DateOrder::Dmy), None);
        for (written, order) in
            [("26/3/14 10:00", DateOrder::Ymd), ("3/14/99", DateOrder::Mdy), ("3/14/126", DateOrder::Mdy)]
        {
            assert_eq!(read(written, order), None, "{written}");
        }
    }

    #[test]
    fn a_date_with_dots_can_be_read_one_way_only() {
        let read = |value, order| locale_time(value, order).map(crate::timeline::format_time);
        for order in [DateOrder::Mdy, DateOrder::Dmy, DateOrder::Ymd] {
            for written in [
                "05.03.2026 10:00:05",
                "5.3.2026 10.00.05",
                "5. 3. 2026 10:00:05",
                "05.03.2026, 10:00:05",
                "2026. 03. 05. 10:00:05",
                "2026.03.05 10:00:05",
                "2026. 3. 5. 오전 10:00:05",
            ] {
                assert_eq!(read(written, order).as_deref(), Some("2026-03-05T10:00:05Z"), "{written} {order:?}");
            }
            assert_eq!(read("13.14.2026 10:00:05", order), None);
            assert_eq!(read("44334.8844", order), None);
        }
        assert_eq!(dated("05.03.2026 10:00:05", None).map(|iso| iso.zoned), Ok(false));
        assert_eq!(dated("2026/03/05 10:00:05", None).map(|iso| iso.zoned), Ok(false));
        assert_eq!(dated("05/03/2026 10:00:05", None).map_err(|refusal| refusal.code), Err("F-040"));
        // The third of March is that in every order.
        for written in ["3/3/2026 10:00:05", "03-03-2026 10:00:05"] {
            let read = dated(written, None).map(|iso| crate::timeline::format_time(iso.time));
            assert_eq!(read.as_deref(), Ok("2026-03-03T10:00:05Z"), "{written}");
        }
        let alone = dated("3/14/2026 10:00:05", None).map_err(|refusal| (refusal.code, refusal.reason));
        assert!(
            alone.is_err_and(|(code, reason)| code == "F-040" && reason.contains("can only be 2026-03-14T10:00:05Z"))
        );
        assert_eq!(read("05-03-2026 10.00", DateOrder::Dmy).as_deref(), Some("2026-03-05T10:00:00Z"));
        assert_eq!(read("05.03.2026 10.0", DateOrder::Dmy), None);
    }
}
