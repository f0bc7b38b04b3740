//! Which files count for an account, and where they leave holes.

use chrono::NaiveDate;

use super::elsewhere::Visit;
use super::*;
use crate::ledger::Ledger;

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

/// The exports of a case, asked about the window from 9 February 2026, a Monday, to the end of the month.
fn exports<'a>(ledger: &'a Ledger, subject: &'a Subject, held: BTreeMap<(&'a str, &'a str), Held>) -> Exports<'a> {
    let window = Window { from: at("02-09T00"), to: at("02-28T00") };
    Exports {
        files: ledger.sources.iter().collect(),
        subject,
        window,
        held,
        sent: Vec::new(),
        visits: Vec::new(),
        acts: Vec::new(),
        traced: traces::Traced::default(),
    }
}

/// What is said of that window.
fn holes(files: &[SourceEntry]) -> (Option<NaiveDate>, Option<(NaiveDate, NaiveDate)>) {
    let (subject, ledger) = (Subject::default(), Ledger::default());
    let exports = exports(&ledger, &subject, BTreeMap::new());
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
    let evidence = log.evidence();
    let held = files.iter().map(|(entry, held)| ((entry.path.as_str(), evidence), *held)).collect();
    let exports = exports(&ledger, &subject, held);
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

const NONE: Held = Held {
    own: false,
    about: false,
    by_others: false,
    interactive: false,
    non_interactive: false,
    sent: false,
    received: false,
};
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

#[test]
fn a_search_for_two_people_is_no_log_of_all_and_one_with_the_service_is() {
    let is = |actors: &[&str], by_others| {
        let (mut entry, _) = by(Log::Audit, "log", &[], NONE);
        entry.actors = actors.iter().map(|actor| (*actor).to_owned()).collect();
        let subject = Subject::resolve("dana@x.example", &[], &crate::timeline::identities::IdentityTable::default());
        let ledger = Ledger::default();
        let held = BTreeMap::from([(("log", "ual"), Held { by_others, ..OWN })]);
        let exports = exports(&ledger, &subject, held);
        exports.is_of_all(&entry)
    };
    let two = ["dana@x.example", "eli@x.example"];
    assert!(!is(&two, false) && !is(&two, true), "eli is the account's deputy");
    assert!(is(&[two[0], two[1], "admin@x.example"], true) && !is(&[two[0], two[1], "admin@x.example"], false));
    assert!(is(&[two[0], "securitycompliancealerts"], false));
    assert!(!is(&[two[0], "s-1-5-21-1-2-3-4"], false) && !is(&[two[0], ""], false));
}

#[test]
fn a_weekend_at_the_windows_end_is_no_gap_where_nobody_works_then() {
    // 14 and 15 February are a weekend.
    let span = (at("02-14T00"), at("02-16T08"));
    let is = |entry: &SourceEntry, span| holes::is_weekend(&[entry], span);
    let working = file("02-16T08", "02-27T16", &[(16, 5), (20, 5), (23, 5), (27, 5)]);
    assert!(is(&working, span));
    assert!(!is(&working, (at("02-13T00"), at("02-16T08"))), "a Friday");
    assert!(
        is(&working, (at("02-14T00"), at("02-16T00"))) && !is(&working, (at("02-14T00"), at("02-16T20"))),
        "Monday"
    );
    assert!(!is(&file("02-16T08", "02-27T16", &[(16, 5), (21, 5), (27, 5)]), span), "somebody works on Saturdays");
    assert!(!is(&file("02-16T08", "02-18T16", &[(16, 5), (18, 5)]), span), "no other weekend says so");
}

#[test]
fn days_on_which_nobody_does_anything_are_missing_where_somebody_always_does() {
    let silent = |empty: std::ops::Range<u32>, count: u64, actors: usize| {
        // Working days of February; the 16th to the 20th are Monday to Friday.
        let days = (2..28).filter(|day| !matches!(day % 7, 0 | 1) && !empty.contains(day));
        let days: Vec<(u32, u64)> = days.map(|day| (day, count)).collect();
        let mut entry = file("02-02T00", "02-27T20", &days);
        entry.actors = (0..actors).map(|number| format!("{number}@x.example")).collect();
        let (subject, ledger) = (Subject::default(), Ledger::default());
        let exports = exports(&ledger, &subject, BTreeMap::new());
        exports.silence(Log::Audit, &[&entry])
    };
    assert_eq!(silent(16..21, 35, 9), day(14).zip(day(22)));
    assert_eq!(silent(16..21, 5, 9), None, "a quiet tenant");
    assert_eq!(silent(16..21, 35, 1), None, "somebody on leave");
    assert_eq!(silent(17..19, 35, 9), None, "two holidays");
}

/// What is said of sign-ins at these hours of February, those that the audit log has being followed by others of January.
fn visited(lacking: &[&str], acts: &[&str]) -> (Option<DateTime<Utc>>, Option<Span>) {
    let (subject, ledger) = (Subject::default(), Ledger::default());
    let mut exports = exports(&ledger, &subject, BTreeMap::new());
    let both = (1..=20).map(|day| Visit { at: at(&format!("01-{day:02}T08")), in_window: false, audited: true });
    let lacking = lacking.iter().map(|time| Visit { at: at(time), in_window: true, audited: false });
    exports.visits = both.chain(lacking).collect();
    exports.acts = acts.iter().map(|time| at(time)).collect();
    (exports.visit_beyond((at("01-01T00"), at("02-26T05"))), exports.visits_lacking())
}

#[test]
fn a_sign_in_behind_the_logs_end_tells_a_gap_from_a_quiet_night() {
    assert_eq!(visited(&["02-26T14"], &[]).0, Some(at("02-26T14")));
    assert_eq!(visited(&["02-26T06"], &[]).0, None, "the last record is made soon after");
    assert_eq!(visited(&["02-20T14"], &[]).0, None);
}

#[test]
fn sign_ins_hours_apart_without_a_word_between_them_are_a_gap() {
    let two = ["02-12T18", "02-13T08"];
    assert_eq!(visited(&two, &["02-12T11", "02-13T12"]).1, Some((at(two[0]), at(two[1]))));
    assert_eq!(visited(&two, &["02-12T20"]).1, None, "the log tells of what was done between");
    assert_eq!(visited(&["02-12T18", "02-12T20"], &[]).1, None, "of one hour a record may be lost");
    let week = ["02-09T08", "02-10T08", "02-11T08", "02-12T08", "02-13T08"];
    assert_eq!(
        visited(&week, &["02-06T15", "02-16T08"]).1,
        Some((at(week[0]), at(week[4]))),
        "a week is a gap as well"
    );
    // Those of the days before are single ones, and more than one in ten of all.
    let often = ["02-02T08", "02-03T08", "02-04T08", "02-05T08", "02-12T18", "02-13T08"];
    let acts = ["02-02T09", "02-03T09", "02-04T09", "02-05T09", "02-12T11", "02-13T12"];
    assert_eq!(visited(&often, &acts).1, None, "where the log often has none, it says nothing");
}

#[test]
fn a_day_that_only_other_logs_have_is_missing() {
    let subject = Subject::default();
    let working = |empty: u32, count| {
        let days: Vec<(u32, u64)> = (2..28).filter(|day| *day != empty).map(|day| (day, count)).collect();
        let actors = (0..9).map(|number| format!("{number}@x.example")).collect();
        SourceEntry { actors, ..file("02-02T00", "02-27T20", &days) }
    };
    let said = |others: SourceEntry, audit: &SourceEntry| {
        let mut others = others;
        others.evidence_source = Some("entra_signin".to_owned());
        others.counts.events = 100;
        let ledger = Ledger { sources: vec![others], ..Ledger::default() };
        exports(&ledger, &subject, BTreeMap::new()).day_lacking(&[audit])
    };
    assert_eq!(said(working(0, 4), &working(12, 5)), day(12));
    assert_eq!(said(working(12, 4), &working(12, 5)), None, "a holiday");
    assert_eq!(said(working(0, 2), &working(12, 5)), None, "two sign-ins");
    assert_eq!(said(working(0, 4), &working(14, 5)), None, "a Saturday");
    let one = SourceEntry { actors: ["dana@x.example".to_owned()].into(), ..working(12, 5) };
    assert_eq!(said(working(0, 4), &one), None, "somebody on leave");
    let few = file("02-02T00", "02-27T20", &[(2, 5), (9, 5), (17, 5), (27, 5)]);
    assert_eq!(said(working(0, 4), &few), None, "a log that often has nothing");
}

#[test]
fn a_day_behind_the_windows_end_is_none_of_its_days() {
    let subject = Subject::default();
    let actors: BTreeSet<String> = (0..9).map(|number| format!("{number}@x.example")).collect();
    // The 27th is a Friday, which the audit log passes over.
    let days = |lacking: u32| (2..29).filter(|day| *day != lacking).map(|day| (day, 5)).collect::<Vec<_>>();
    let audit = SourceEntry { actors: actors.clone(), ..file("02-02T00", "02-28T20", &days(27)) };
    let mut others = SourceEntry { actors, ..file("02-02T00", "02-28T20", &days(0)) };
    others.evidence_source = Some("entra_signin".to_owned());
    others.counts.events = 100;
    let ledger = Ledger { sources: vec![others], ..Ledger::default() };
    let lacking = |to: &str| {
        let mut exports = exports(&ledger, &subject, BTreeMap::new());
        exports.window.to = at(to);
        exports.day_lacking(&[&audit])
    };
    assert_eq!((lacking("02-27T00"), lacking("02-27T01")), (None, day(27)));
}

#[test]
fn a_copy_that_was_cut_may_have_lost_what_is_no_copy() {
    let log = Log::Audit;
    let subject = Subject::resolve("dana@x.example", &[], &crate::timeline::identities::IdentityTable::default());
    let whole = by(log, "whole", &["dana"], OWN).0;
    let covered = |status: Status, rejected: u64, duplicates: u64| {
        let mut copy = SourceEntry { status, ..by(log, "copy", &["dana"], OWN).0 };
        (copy.counts.events, copy.counts.duplicates) = (0, duplicates);
        copy.counts.records = duplicates + rejected;
        let lost = crate::ledger::Lost { count: rejected, ..Default::default() };
        copy.lost = Some(lost).filter(|_| rejected > 0).into_iter().collect();
        let ledger = Ledger { sources: vec![whole.clone(), copy], ..Ledger::default() };
        exports(&ledger, &subject, BTreeMap::from([(("whole", "ual"), OWN)])).span(log)
    };
    assert!(covered(Status::Read, 0, 49).0, "a copy says nothing");
    assert_eq!(covered(Status::PartlyRead, 0, 49), (false, "copy was probably cut when it was made".to_owned()));
    assert_eq!(covered(Status::Read, 1, 49), (false, "1 of 50 records of copy could not be read".to_owned()));
}
