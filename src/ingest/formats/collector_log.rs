//! The log a collector wrote while it exported (`mes_logfile`, Microsoft-Extractor-Suite's `LogFile.txt`): no evidence
//! of what happened, but it says which spans of time were not captured.

use super::{Context, Format, Read, RecordReader, Refusal, Remarks, Tools, no_dates};
use crate::ingest::sniff::{Head, Shape};
use crate::ingest::values::times::iso_time;
use crate::ledger::{Gap, Note};
use crate::timeline::{EvidenceSource, format_time};

/// `mes_logfile`.
pub static FORMAT: Format = Format {
    id: "mes_logfile",
    evidence: EvidenceSource::Ual,
    wants: &[],
    claims: |shape| matches!(shape, Shape::Log),
    dates: no_dates,
    reader: |_: &Head, _: &Context| Box::new(Reader::default()),
};

/// Whether a text is such a log: it begins like one, and most of its lines have a level, or one of them says what matters.
/// What mails and rules are called is somebody else's to choose, so a level counts only where the collector puts it.
pub fn is(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(50).peekable();
    if !lines.peek().is_some_and(|first| has_level(first) || is_dated(first)) {
        return false;
    }
    let (mut seen, mut leveled) = (0, 0);
    for line in lines {
        seen += 1;
        if has_level(line) {
            leveled += 1;
            if line.contains(LOST) {
                return true;
            }
        }
    }
    leveled * 2 > seen
}

/// Whether a line begins with a level, or with a date and a level.
fn has_level(line: &str) -> bool {
    const LEVELS: [&str; 5] = ["[INFO]", "[WARNING]", "[ERROR]", "[SUCCESS]", "[DEBUG]"];
    let (date, rest) = line.split_at(length_of_date(line));
    (date.is_empty() || is_date(date)) && LEVELS.iter().any(|level| rest.starts_with(level))
}

/// Whether a line begins with a date that is no cell of a table.
fn is_dated(line: &str) -> bool {
    let (date, rest) = line.split_at(length_of_date(line));
    is_date(date) && !rest.starts_with([',', ';', '\t', '|', '"'])
}

/// How much in front of a line may be a date and time of any culture, and what separates it from the message: no letters
/// but those of `T`, `Z`, `AM` and `PM`, and those of other scripts.
fn length_of_date(line: &str) -> usize {
    let other = |letter: char| letter.is_ascii() && !letter.is_ascii_digit() && !"-/.: TZAPMapm".contains(letter);
    line.find(other).unwrap_or(line.len())
}

/// Whether it is one: a time, and the digits of a date.
fn is_date(front: &str) -> bool {
    const DIGITS: usize = 8;
    front.contains(':') && front.bytes().filter(u8::is_ascii_digit).count() >= DIGITS
}

/// What stands at the end of the line about a span that was too full.
const LOST: &str = "SOME EVENTS IN THIS RANGE ARE NOT CAPTURED";
/// What stands in the line about a span that was given up.
const GIVEN_UP: &str = "Max retries reached for window";

#[derive(Default)]
struct Reader {
    gaps: Vec<Gap>,
    seen: bool,
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, _: &'r str, _: &'r mut Tools, _: &mut Remarks) -> Read<'r> {
        Err(Refusal::new("F-011", "a line of a collector's log is no record"))
    }

    fn wants_preview(&self) -> bool {
        !self.seen
    }

    fn preview(&mut self, text: &str) {
        // A quote in a log means nothing: what follows it is not one line.
        let told = text.lines().filter(|line| line.contains(LOST) || line.contains(GIVEN_UP));
        self.gaps.extend(told.filter_map(gap));
    }

    fn previewed(&mut self) {
        self.seen = true;
    }

    fn holds_records(&self) -> bool {
        false
    }

    fn gaps(&self) -> Vec<Gap> {
        self.gaps.clone()
    }

    fn notes(&self) -> Vec<Note> {
        let told = self.gaps.iter().map(|gap| {
            let (from, to) = (&gap.from, &gap.to);
            Note::new("C-207", format!("the collector says that it did not get all events between {from} and {to}"))
        });
        let log = Note::new("F-014", "a collector's log: no evidence itself; what it says of lost spans is used");
        std::iter::once(log).chain(told).collect()
    }
}

/// The two times of a line, `Window 2026-03-02T00:00:00Z -> 2026-03-02T00:00:06Z has 5000+ events`.
fn gap(line: &str) -> Option<Gap> {
    let written = |word: &str| iso_time(word.trim_matches(|letter: char| !letter.is_ascii_alphanumeric()));
    // The line's own date has a blank between day and hour: only whole times count.
    let mut times = line.split_whitespace().filter(|word| word.contains('T')).filter_map(written);
    let (from, to) = (times.next()?, times.next()?);
    Some(Gap { from: format_time(from.time), to: format_time(to.time) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_span_that_was_not_captured() {
        let line = "2026-03-09 10:15:00 - [ERROR] Window 2026-03-02T00:00:00Z -> 2026-03-02T00:00:06Z has 5000+ events in \
                    the minimum interval (0.1 min). Cannot shrink further; writing partial data and advancing. SOME \
                    EVENTS IN THIS RANGE ARE NOT CAPTURED.";
        assert!(is(line));
        let found = gap(line).unwrap();
        assert_eq!((found.from.as_str(), found.to.as_str()), ("2026-03-02T00:00:00Z", "2026-03-02T00:00:06Z"));
        assert!(!is("CreationDate,UserIds,Operations,AuditData\n"));
    }

    #[test]
    fn a_lone_quote_swallows_no_line() {
        let line = |day: u32| format!("[ERROR] Window 2026-03-0{day}T00:00:00Z -> 2026-03-0{day}T00:00:06Z {LOST}");
        let mut reader = Reader::default();
        reader.preview(&format!("\"The remote server returned an error\r\n{}\r\n[INFO] next\r\n{}", line(2), line(3)));
        let from: Vec<&str> = reader.gaps.iter().map(|gap| gap.from.as_str()).collect();
        assert_eq!(from, ["2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"]);
    }

    #[test]
    fn a_level_counts_only_where_the_collector_puts_it() {
        for log in [
            "[INFO] Running Get-UAL\n[ERROR] failed",
            "3/9/2026 10:15:00 AM: [INFO] Running Get-UAL\n",
            "2026/03/09 午前10:15:00: [INFO] Running Get-UAL\n",
            "09.03.2026 10:15:00: \n[INFO] You are running an outdated version\n[INFO] Running Get-UAL\n",
        ] {
            assert!(is(log), "{log}");
        }
        for table in [
            "Received,Subject\n2026-03-09T10:15:00,[ERROR] backup\n2026-03-09T10:16:00,[ERROR] backup\n",
            "Subject,Received\n[ERROR] backup,2026-03-09T10:15:00\n[ERROR] backup,2026-03-09T10:16:00\n",
            "2026-03-09T10:15:00,[ERROR] backup\n2026-03-09T10:16:00,[ERROR] backup\n",
            "Subject,Received\n[ERROR] SOME EVENTS IN THIS RANGE ARE NOT CAPTURED,2026-03-09T10:15:00\n",
            "2026 is over [INFO]\n3 disks: 12345678 [ERROR]\n",
        ] {
            assert!(!is(table), "{table}");
        }
    }
}
