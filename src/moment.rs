//! How every output writes a time.

use chrono::{DateTime, SecondsFormat, Utc};

/// A time as every output writes it: `2026-03-10T00:23:03Z`, with fractions where the record has them.
pub fn format_time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Serialises a time with [`format_time`].
pub fn serialize_time<S: serde::Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format_time(*time))
}
