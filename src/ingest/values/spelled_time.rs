//! Times whose month is spelled in English: `Mar 2, 2026 1:12:58 AM`, `2 March 2026 13:12`, `02-Mar-26 13:12`,
//! `Mar 2, 2026 @ 13:12:58.000`. Portals show times so, log servers and Excel save them so. They can be read one way only.

use chrono::Datelike;

use super::times::{DateOrder, IsoTime, locale_time};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Reads such a time; its zone is told by a word for UTC behind it, or not at all.
pub fn spelled_time(written: &str) -> Option<IsoTime> {
    // This is asked of every time that is not ISO's, and hardly one has more letters than those of AM or PM beside each other.
    if !written.as_bytes().windows(3).any(|three| three.iter().all(u8::is_ascii_alphabetic)) {
        return None;
    }
    let mut words: Vec<&str> =
        written.split([' ', ',', '\u{202f}', '\u{a0}']).filter(|word| !word.is_empty()).collect();
    let day_of_week = words.first().and_then(|word| number_of(word, &DAYS));
    if day_of_week.is_some() {
        words.remove(0);
    }
    let zoned = words.last().is_some_and(|word| matches!(*word, "UTC" | "GMT" | "Z"));
    if zoned {
        words.pop();
    }
    let parted: Vec<&str> = words.first()?.split('-').collect();
    let (date, rest) = match parted.as_slice() {
        [day, month, year] => ([*day, *month, *year], words.get(1..)?),
        _ => (*words.first_chunk::<3>()?, words.get(3..)?),
    };
    let (month, day) = match (number_of(date[0], &MONTHS), number_of(date[1], &MONTHS)) {
        (Some(month), None) => (month, date[1]),
        (None, Some(month)) => (month, date[0]),
        _ => return None,
    };
    let rest = rest.strip_prefix(&["at"]).or_else(|| rest.strip_prefix(&["@"])).unwrap_or(rest);
    // A day without its time is no time.
    if rest.is_empty() {
        return None;
    }
    let plain = format!("{month}/{day}/{} {}", date[2], rest.join(" "));
    let time = locale_time(&plain, DateOrder::Mdy)?;
    // A day of another name was edited or misread.
    let is_so = |day: usize| time.weekday().number_from_monday() as usize == day;
    day_of_week.is_none_or(is_so).then_some(IsoTime { time, zoned })
}

/// The number of a name, spelled out or in its first letters (`Mar`, `Sept.`).
fn number_of(word: &str, names: &[&str]) -> Option<usize> {
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let at = names.iter().position(|name| name.starts_with(&word))?;
    (word.len() >= 3).then_some(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_month_may_stand_first_or_second() {
        for written in [
            "Mar 2, 2026 1:12:58 PM",
            "Mar 2, 2026, 1:12:58 PM",
            "Mar 2, 2026, 1:12:58\u{202f}PM",
            "March 2, 2026 at 1:12:58 PM",
            "Mar 2, 2026 @ 13:12:58.000",
            "Mon, Mar 2, 2026 13:12:58",
            "Monday, 2 March 2026 13:12:58",
            "02 Mar 2026, 13:12:58",
            "2-Mar-2026 13:12:58",
            "02-Mar-26 13:12:58",
        ] {
            let read = spelled_time(written);
            let told = read.map(|read| crate::timeline::format_time(read.time));
            assert_eq!(told.as_deref(), Some("2026-03-02T13:12:58Z"), "{written}");
            assert_eq!(read.map(|read| read.zoned), Some(false), "{written}");
        }
        assert_eq!(spelled_time("2 Mar 2026 13:12:58 UTC").map(|read| read.zoned), Some(true));
    }

    #[test]
    fn what_is_no_such_time_is_none() {
        for written in [
            "",
            "2026-03-02T13:12:58Z",
            "3/2/2026 1:12:58 PM",
            "Mar 2, 2026",
            "Mar 32, 2026 13:12:58",
            "Ma 2, 2026 13:12:58",
            "2 2 2026 13:12:58",
            "Mar May 2026 13:12:58",
            "Sun, Mar 2, 2026 13:12:58",
            "Mar 2, 2026 13:12:58 CET",
            "Mär 2, 2026 13:12:58",
            "Remark 2 2026 13:12",
        ] {
            assert!(spelled_time(written).is_none(), "{written}");
        }
    }
}
