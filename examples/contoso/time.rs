//! Seconds since 1970 in UTC, and the ways the exports print them.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, Utc, Weekday};

pub const MINUTE: i64 = 60;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// The second named by `2026-03-02T01:10:12`.
pub fn at(text: &str) -> i64 {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S")
        .expect("times of the story are well formed")
        .and_utc()
        .timestamp()
}

/// Midnight at the start of `2026-03-02`.
pub fn day(text: &str) -> i64 {
    at(&format!("{text}T00:00:00"))
}

/// `2026-03-02T01:10:12`, as in `AuditData.CreationTime`.
pub fn bare(time: i64) -> String {
    print(time, "%Y-%m-%dT%H:%M:%S")
}

/// `2026-03-02T01:10:12Z`.
pub fn zulu(time: i64) -> String {
    print(time, "%Y-%m-%dT%H:%M:%SZ")
}

/// `2026-03-02`.
pub fn date(time: i64) -> String {
    print(time, "%Y-%m-%d")
}

/// `2026-03-02T10:10:12+09:00`, as the Exchange admin center prints `RunDate`.
pub fn tokyo(time: i64) -> String {
    let zone = FixedOffset::east_opt(9 * 3600).expect("nine hours are an offset");
    utc(time).with_timezone(&zone).to_rfc3339()
}

pub fn is_weekend(time: i64) -> bool {
    matches!(utc(time).weekday(), Weekday::Sat | Weekday::Sun)
}

pub fn weekday(time: i64) -> Weekday {
    utc(time).weekday()
}

fn print(time: i64, format: &str) -> String {
    utc(time).format(format).to_string()
}

fn utc(time: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(time, 0).expect("times of the story are in range")
}
