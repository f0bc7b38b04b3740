//! Which exports of a log hold the account's records, or would hold them, and whether these cover the window. An export
//! of somebody else's records says nothing about the account, however long it is.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc, Weekday};

use crate::analyze::exam::Row;
use crate::analyze::identity::Subject;
use crate::analyze::pages;
use crate::ledger::{Ledger, SourceEntry, Status};
use crate::question::Window;
use crate::timeline::{EvidenceSource, format_time};

/// How far from the window's ends the first and last record may lie: a quiet night is no gap.
const SLACK: TimeDelta = TimeDelta::hours(24);
/// Days without any record are a hole where the days around them have more than this.
const BUSY: u64 = 50;
/// How many days around a hole are looked at: an export that ends or begins in the middle of a day has few records there.
const AROUND: u64 = 3;
/// Working days between two files from which they are no parts of one export, however quiet both are.
const APART: usize = 3;
/// How long both files are at least then. Collectors write a file a day or less, and none where nothing happened.
const PIECE: TimeDelta = TimeDelta::days(2);
/// Actors of an export that is no search for some accounts: so many, or fewer with one among them that is no person, whom
/// nobody searches for.
const EVERYBODY: usize = 8;
const SOME: usize = 3;

/// A log that the window must lie in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// The unified audit log.
    Audit,
    /// Entra's directory audit, which tells of administrators: whose it is, its actors do not say.
    Directory,
    /// Interactive sign-ins; the portal exports them apart from the rest, and keeps the two for different times.
    Interactive,
    /// All other sign-ins.
    NonInteractive,
    /// Message traces, whose actors are the senders: one mailbox's trace has many.
    Trace,
}

impl Log {
    fn evidence(self) -> &'static str {
        match self {
            Self::Audit => "ual",
            Self::Directory => "entra_audit",
            Self::Interactive | Self::NonInteractive => "entra_signin",
            Self::Trace => "message_trace",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Audit => "unified audit log",
            Self::Directory => "Entra directory audit",
            Self::Interactive | Self::NonInteractive => "sign-in log",
            Self::Trace => "message trace",
        }
    }
}

/// A span of time, both ends in it.
type Span = (DateTime<Utc>, DateTime<Utc>);

/// What a file has of the account.
#[derive(Debug, Default, Clone, Copy)]
struct Held {
    /// What it did, or what happened in its mailbox.
    own: bool,
    /// What others did to it.
    about: bool,
    interactive: bool,
    non_interactive: bool,
}

impl Held {
    fn has(self, log: Log) -> bool {
        match log {
            Log::Interactive => self.interactive,
            Log::NonInteractive => self.non_interactive,
            Log::Audit => self.own,
            Log::Directory | Log::Trace => self.own || self.about,
        }
    }
}

/// The exports of the case, with what each has of the account.
#[derive(Debug)]
pub struct Exports<'a> {
    ledger: &'a Ledger,
    subject: &'a Subject,
    window: Window,
    held: BTreeMap<&'a str, Held>,
}

/// The answer to a question about coverage, and what it rests on.
pub type Answer = (bool, String);

impl<'a> Exports<'a> {
    /// The exports, and the records of the account that the table has.
    pub fn new(rows: &'a [Row<'_>], window: Window, subject: &'a Subject, ledger: &'a Ledger) -> Self {
        let mut held: BTreeMap<&str, Held> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.parts.any()) {
            for event in row.events() {
                let held = held.entry(&*event.origin.file).or_default();
                held.own |= row.parts.actor || row.parts.mailbox;
                held.about = true;
                if event.evidence_source == EvidenceSource::EntraSignin {
                    let program = event.sign_in_kind.as_deref() == Some("noninteractive");
                    held.non_interactive |= program;
                    held.interactive |= !program;
                }
            }
        }
        Self { ledger, subject, window, held }
    }

    /// The files with evidence of these kinds that hold anything.
    pub fn sources(&self, kinds: &[&str]) -> Vec<&'a SourceEntry> {
        let is = |entry: &&SourceEntry| entry.evidence_source.as_deref().is_some_and(|kind| kinds.contains(&kind));
        let records = |entry: &SourceEntry| entry.counts.events + entry.counts.states + entry.counts.duplicates;
        // That a mailbox has no rules is something, too.
        let held = |entry: &&SourceEntry| records(entry) > 0 || !entry.mailboxes.is_empty();
        self.ledger.sources.iter().filter(is).filter(held).collect()
    }

    fn held(&self, entry: &SourceEntry) -> Held {
        self.held.get(entry.path.as_str()).copied().unwrap_or_default()
    }

    /// The files of the log in which the account stands or would stand.
    pub fn of(&self, log: Log) -> Vec<&'a SourceEntry> {
        let sources = self.sources(&[log.evidence()]);
        match log {
            Log::Directory => sources,
            Log::Trace => self.traces(&sources),
            Log::Audit | Log::Interactive | Log::NonInteractive => self.logs(log, &sources),
        }
    }

    /// Files with records of the account, and those without where they are everybody's or of the same people: an account
    /// that did nothing for a while is in none of an export's parts.
    fn logs(&self, log: Log, sources: &[&'a SourceEntry]) -> Vec<&'a SourceEntry> {
        let known = sources.iter().any(|entry| self.held(entry).has(log));
        let mixed: BTreeSet<&Option<String>> =
            sources.iter().filter(|entry| self.is_mixed(entry)).map(|entry| &entry.format).collect();
        let (mut own, rest): (Vec<_>, Vec<_>) = sources.iter().copied().partition(|entry| {
            let held = self.held(entry);
            let also = || if log == Log::Audit { !known } else { mixed.contains(&entry.format) };
            held.has(log) || held.about && also()
        });
        // Where it has only the account's sign-ins of the other kind, it is the other log.
        let may = |entry: &&SourceEntry| log == Log::Audit || !self.held(entry).about;
        let alike = |entry: &&SourceEntry| is_of_everybody(entry) || self.is_of_same_people(entry, &own);
        let more: Vec<_> = rest.into_iter().filter(may).filter(alike).collect();
        own.extend(more);
        own
    }

    /// Whether a file has both kinds of the account's sign-ins.
    fn is_mixed(&self, entry: &SourceEntry) -> bool {
        let held = self.held(entry);
        held.interactive && held.non_interactive
    }

    fn is_of_same_people(&self, entry: &SourceEntry, own: &[&SourceEntry]) -> bool {
        let with = |actor: &String| !self.subject.is(actor) && own.iter().any(|own| own.actors.contains(actor));
        entry.actors.len() > 1 && entry.actors.iter().any(with)
    }

    /// Traces that name the account, and those that go on where one of them stops or stop where one begins: parts of one
    /// export do not lie beside each other.
    fn traces(&self, sources: &[&'a SourceEntry]) -> Vec<&'a SourceEntry> {
        let (mut own, mut rest): (Vec<_>, Vec<_>) =
            sources.iter().copied().partition(|entry| self.held(entry).has(Log::Trace));
        loop {
            let spans: Vec<Span> = own.iter().filter_map(|entry| span(entry)).collect();
            let is_part = |entry: &&SourceEntry| {
                let Some((first, last)) = span(entry) else { return false };
                let beside = spans.iter().any(|own| own.0 < last && first < own.1);
                let next = spans.iter().any(|own| first - SLACK <= own.1 && own.0 <= last + SLACK);
                next && !beside && own.iter().any(|own| own.format == entry.format)
            };
            let Some(at) = rest.iter().position(is_part) else { return own };
            own.push(rest.swap_remove(at));
        }
    }

    /// Whether these files together enclose the window, without holes and without cut files.
    pub fn span(&self, log: Log) -> Answer {
        let (name, sources) = (log.name(), self.of(log));
        let all = self.sources(&[log.evidence()]);
        let spans: Vec<Span> = sources.iter().filter_map(|entry| span(entry)).collect();
        let first = spans.iter().map(|(first, _)| *first).min();
        let last = spans.iter().map(|(_, last)| *last).max();
        let (Some(first), Some(last)) = (first, last) else {
            return match all.is_empty() {
                true => (false, format!("no {name} in the evidence")),
                false => (false, format!("the {name} holds no record of this account")),
            };
        };
        if first > self.window.from + SLACK {
            return (false, format!("the {name} begins at {}, after the window's start", format_time(first)));
        }
        if last + SLACK < self.window.to {
            return (false, format!("the {name} ends at {}, before the window's end", format_time(last)));
        }
        if let Some(hole) = self.hole(&sources) {
            return (false, format!("the {name} has no record on {hole}, between busy days"));
        }
        if let Some((from, to)) = self.between_files(spans) {
            return (false, format!("the {name} has no record from {from} to {to}, and no file spans these days"));
        }
        if log == Log::Audit
            && let Some(gap) = self.lost_span()
        {
            return (false, format!("the collector's log says that events between {gap} were not captured"));
        }
        let cut = all.iter().find(|entry| {
            entry.status == Status::PartlyRead
                || entry.notes.iter().any(|note| matches!(note.code.as_str(), "C-201" | "C-202"))
                || pages::has_next(entry) && !pages::is_followed(entry, &all)
        });
        match cut {
            Some(entry) => (false, format!("{} was probably cut when it was made", entry.path)),
            None => (true, format!("{} to {}", format_time(first), format_time(last))),
        }
    }

    /// The spans of the audit log's exports in which the account stands or would stand: an export that has nothing of
    /// it counts where it is one of everybody's records, not a search for somebody else.
    pub fn audited(&self) -> Vec<Span> {
        let sources = self.sources(&["ual"]);
        if !sources.iter().any(|entry| self.held(entry).about) {
            return Vec::new();
        }
        let counts = |entry: &&&SourceEntry| self.held(entry).about || is_of_everybody(entry);
        let spans = sources.iter().filter(counts).filter_map(|entry| span(entry));
        joined(spans.collect())
    }

    /// A span inside the window that a collector says it lost.
    fn lost_span(&self) -> Option<String> {
        let gaps = self.ledger.sources.iter().flat_map(|entry| &entry.gaps);
        let inside = |gap: &&crate::ledger::Gap| {
            let (from, to) = (time(Some(&gap.from)), time(Some(&gap.to)));
            from.zip(to).is_some_and(|(from, to)| from < self.window.to && to > self.window.from)
        };
        gaps.into_iter().find(inside).map(|gap| format!("{} and {}", gap.from, gap.to))
    }

    /// The first of the window's days without any record between days on which much is recorded.
    fn hole(&self, sources: &[&SourceEntry]) -> Option<NaiveDate> {
        let count = |day: NaiveDate| -> u64 {
            let day = day.format("%Y-%m-%d").to_string();
            sources.iter().filter_map(|entry| entry.days.get(&day)).sum()
        };
        let last = self.window.to.date_naive();
        let mut day = self.window.from.date_naive();
        // The first empty day since the last day with records.
        let mut empty: Option<NaiveDate> = None;
        while day <= last {
            if count(day) > 0 {
                if let Some(first) = empty.take() {
                    // A weekend is a hole only between two days that are busy themselves.
                    let around = if working_days(first, day) == 0 { 1 } else { AROUND };
                    let before = (1..=around).filter_map(|back| first.checked_sub_days(Days::new(back)));
                    let behind = (0..around).filter_map(|on| day.checked_add_days(Days::new(on)));
                    if before.map(count).any(|count| count > BUSY) && behind.map(count).any(|count| count > BUSY) {
                        return Some(first);
                    }
                }
            } else if day < last {
                empty = empty.or(Some(day));
            }
            day = day.checked_add_days(Days::new(1))?;
        }
        None
    }

    /// The first and the last of the window's days that no file spans, where they are too many for a quiet time and the
    /// files on both sides are no small pieces.
    fn between_files(&self, mut spans: Vec<Span>) -> Option<(NaiveDate, NaiveDate)> {
        spans.sort_unstable();
        let mut spans = spans.into_iter();
        let mut latest = spans.next()?;
        let (from, to) = (self.window.from.date_naive(), self.window.to.date_naive());
        let is_long = |span: Span| span.1 - span.0 >= PIECE;
        for next in spans {
            let first = latest.1.date_naive().checked_add_days(Days::new(1))?.max(from);
            let behind = next.0.date_naive().min(to);
            if first < behind && working_days(first, behind) >= APART && is_long(latest) && is_long(next) {
                return Some((first, behind.checked_sub_days(Days::new(1))?));
            }
            if next.1 > latest.1 {
                latest = next;
            }
        }
        None
    }
}

/// How many of the days from `first` until before `behind` are no weekend.
fn working_days(first: NaiveDate, behind: NaiveDate) -> usize {
    let days = first.iter_days().take_while(|day| *day < behind);
    days.filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)).count()
}

/// The spans, in order, those that meet made one.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut apart: Vec<Span> = Vec::new();
    for (first, last) in spans {
        match apart.last_mut().filter(|before| first <= before.1 + SLACK) {
            Some(before) => before.1 = before.1.max(last),
            None => apart.push((first, last)),
        }
    }
    apart
}

/// A time of the ledger.
pub fn time(text: Option<&String>) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text?).ok().map(|time| time.with_timezone(&Utc))
}

fn span(entry: &SourceEntry) -> Option<Span> {
    time(entry.first.as_ref()).zip(time(entry.last.as_ref()))
}

fn is_of_everybody(entry: &SourceEntry) -> bool {
    let actors = &entry.actors;
    actors.len() >= EVERYBODY || actors.len() >= SOME && actors.iter().any(|actor| !actor.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_for_some_colleagues_is_no_export_of_everybody() {
        let is = |actors: &[&str]| {
            let actors = actors.iter().map(|actor| (*actor).to_owned()).collect();
            is_of_everybody(&SourceEntry { actors, ..SourceEntry::default() })
        };
        let colleagues = ["a@x.example", "b@x.example", "c@x.example", "d@x.example"];
        assert!(!is(&colleagues));
        assert!(is(&[&colleagues[..], &["nt authority\\system (w3wp)"]].concat()));
        assert!(is(&[&colleagues[..], &["e@x.example", "f@x.example", "g@x.example", "h@x.example"]].concat()));
    }

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-{text}:00:00Z").parse().unwrap()
    }

    /// A file with this many records on each of these days of February.
    fn file(first: &str, last: &str, days: &[(u32, u64)]) -> SourceEntry {
        SourceEntry {
            path: first.to_owned(),
            evidence_source: Some("ual".to_owned()),
            first: Some(format!("2026-{first}:00:00Z")),
            last: Some(format!("2026-{last}:00:00Z")),
            days: days.iter().map(|(day, count)| (format!("2026-02-{day:02}"), *count)).collect(),
            ..SourceEntry::default()
        }
    }

    /// What is said of the window from 9 February 2026, a Monday, to the end of the month.
    fn holes(files: &[SourceEntry]) -> (Option<NaiveDate>, Option<(NaiveDate, NaiveDate)>) {
        let (subject, ledger) = (Subject::default(), Ledger::default());
        let window = Window { from: at("02-09T00"), to: at("02-28T00") };
        let exports = Exports { ledger: &ledger, subject: &subject, window, held: BTreeMap::new() };
        let hole = exports.hole(&files.iter().collect::<Vec<_>>());
        (hole, exports.between_files(files.iter().filter_map(span).collect()))
    }

    fn day(day: u32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(2026, 2, day)
    }

    #[test]
    fn a_part_that_ends_in_the_middle_of_a_day_leaves_a_hole_behind() {
        // 12 February is a Thursday; the part ends in the morning of the 13th, the next begins in the evening of the 17th.
        let before = file("02-01T00", "02-13T06", &[(11, 120), (12, 120), (13, 30)]);
        let behind = file("02-17T18", "02-28T00", &[(17, 30), (18, 120), (19, 120)]);
        assert_eq!(holes(&[before.clone(), behind]).0, day(14));
        // Nobody works at the weekend, and few did on Friday.
        let behind = file("02-16T07", "02-28T00", &[(16, 120), (17, 120), (18, 120)]);
        assert_eq!(holes(&[before, behind]).0, None);
        let friday = file("02-01T00", "02-13T20", &[(12, 120), (13, 60)]);
        let monday = file("02-16T07", "02-28T00", &[(16, 60), (17, 120)]);
        assert_eq!(holes(&[friday, monday]).0, day(14), "between two busy days every empty day counts");
    }

    #[test]
    fn two_long_files_with_days_in_between_are_two_exports() {
        let quiet = |first, last| file(first, last, &[]);
        let two = |end, begin| holes(&[quiet("01-01T00", end), quiet(begin, "02-28T00")]).1;
        assert_eq!(two("02-11T12", "02-24T08"), day(12).zip(day(23)));
        // From Thursday to Wednesday there are three working days; to Tuesday there are two.
        assert_eq!((two("02-12T12", "02-18T08"), two("02-12T12", "02-17T08")), (day(13).zip(day(17)), None));
        assert_eq!(two("01-20T12", "02-11T08"), None, "two working days of it lie in the window");
        // Pieces of a collector, which writes none for days on which nothing happened.
        let pieces = ["02-09T08", "02-10T08", "02-20T08", "02-27T08"].map(|first| quiet(first, first));
        assert_eq!(holes(&pieces).1, None);
        // Another file spans the days.
        let three = [quiet("01-01T00", "02-11T12"), quiet("02-24T08", "02-28T00"), quiet("02-01T00", "02-27T00")];
        assert_eq!(holes(&three).1, None);
    }

    /// The paths of the files in which the account, `dana`, stands or would stand.
    fn chosen(log: Log, files: &[(SourceEntry, Held)]) -> String {
        let subject = Subject::resolve("dana@x.example", &[], &crate::timeline::identities::IdentityTable::default());
        let sources: Vec<SourceEntry> = files.iter().map(|(entry, _)| entry.clone()).collect();
        let ledger = Ledger { sources, ..Ledger::default() };
        let held = files.iter().map(|(entry, held)| (entry.path.as_str(), *held)).collect();
        let window = Window { from: at("02-09T00"), to: at("02-28T00") };
        let exports = Exports { ledger: &ledger, subject: &subject, window, held };
        let paths: BTreeSet<&str> = exports.of(log).iter().map(|entry| entry.path.as_str()).collect();
        paths.into_iter().collect::<Vec<_>>().join(" ")
    }

    fn by(log: Log, path: &str, actors: &[&str], held: Held) -> (SourceEntry, Held) {
        let mut entry = file("02-01T00", "02-28T00", &[]);
        entry.path = path.to_owned();
        entry.evidence_source = Some(log.evidence().to_owned());
        entry.actors = actors.iter().map(|actor| format!("{actor}@x.example")).collect();
        entry.counts.events = 1;
        (entry, held)
    }

    const NONE: Held = Held { own: false, about: false, interactive: false, non_interactive: false };
    const OWN: Held = Held { own: true, about: true, ..NONE };

    #[test]
    fn a_search_for_somebody_else_says_nothing_of_the_account() {
        let log = Log::Audit;
        let [dana, eli] = [by(log, "dana", &["dana"], OWN), by(log, "eli", &["eli", "admin"], NONE)];
        assert_eq!(chosen(log, &[dana.clone(), eli.clone()]), "dana");
        let about = by(log, "eli", &["eli"], Held { about: true, ..NONE });
        assert_eq!(chosen(log, &[dana, about.clone()]), "dana", "what eli did to dana is not what dana did");
        assert_eq!(chosen(log, &[about]), "eli", "where nothing else is known of it");
    }

    #[test]
    fn a_part_of_everybodys_log_counts_though_the_account_was_away() {
        let log = Log::Audit;
        let january = by(log, "january", &["dana", "eli", "admin"], OWN);
        let february = by(log, "february", &["eli", "admin"], NONE);
        let march = by(log, "march", &["a", "b", "c", "d", "e", "f", "g", "h"], NONE);
        assert_eq!(chosen(log, &[january, february, march]), "february january march");
    }

    #[test]
    fn the_two_kinds_of_sign_ins_are_two_logs() {
        let log = Log::Interactive;
        let has = |interactive, non_interactive| Held { interactive, non_interactive, ..OWN };
        let people = &["dana", "eli", "admin"];
        let [short, long] = [by(log, "short", people, has(true, false)), by(log, "long", people, has(false, true))];
        assert_eq!(chosen(log, &[short.clone(), long.clone()]), "short");
        assert_eq!(chosen(Log::NonInteractive, &[short, long.clone()]), "long");
        // An export that mixes them: for a while the account had no interactive one.
        let both = by(log, "both", people, has(true, true));
        assert_eq!(chosen(log, &[both, long]), "both long");
        // A part in which it has none at all.
        let away = by(log, "away", &["eli", "admin"], NONE);
        assert_eq!(chosen(log, &[by(log, "here", people, has(true, false)), away]), "away here");
    }

    #[test]
    fn a_trace_is_of_the_mailboxes_that_it_names_and_of_its_further_parts() {
        let log = Log::Trace;
        let senders = &["a", "b", "c", "d", "e", "f", "g", "h", "i"];
        let during = |path, held, first: &str, last: &str| {
            let mut trace = by(log, path, senders, held);
            (trace.0.first, trace.0.last) = (Some(at(first).to_rfc3339()), Some(at(last).to_rfc3339()));
            trace
        };
        let target = Held { about: true, ..NONE };
        let dana = during("dana", target, "02-01T00", "02-12T23");
        let eli = during("eli", NONE, "02-01T00", "02-28T00");
        assert_eq!(chosen(log, &[dana.clone(), eli.clone()]), "dana");
        assert_eq!(chosen(log, &[eli]), "");
        let further = during("further", NONE, "02-13T04", "02-20T00");
        let last = during("last", NONE, "02-20T06", "02-28T00");
        let late = during("late", NONE, "03-10T00", "03-12T00");
        assert_eq!(chosen(log, &[dana, last, further, late]), "dana further last");
    }
}
