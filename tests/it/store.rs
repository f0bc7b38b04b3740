//! What other engines must be able to read: the Parquet of a case holds only types that Spark reads, in every column;
//! and what they leave out when they write it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use bectrace::timeline::Event;
use bectrace::timeline::query::{Interest, Lasts, Noted, Scope};
use bectrace::timeline::schema::{Access, COLUMNS};
use bectrace::timeline::store::Case;
use chrono::{DateTime, Utc};
use polars_parquet::parquet::read::read_metadata;
use polars_parquet::parquet::schema::types::{IntegerType, PhysicalType, PrimitiveLogicalType, TimeUnit};

use crate::harness::{bectrace, testdata};

/// Every file of a report but the manifest, which has the clock, and what lists its hash.
fn reports(out: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = std::fs::read_dir(out).unwrap().map(|entry| entry.unwrap().path());
    let kept = files.filter(|path| !path.ends_with("manifest.json") && !path.ends_with("SHA256SUMS"));
    let mut found: Vec<_> = kept.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
    found.iter_mut().for_each(|(path, _)| *path = path.file_name().unwrap().into());
    found.sort();
    found
}

/// A part that another program wrote tells nothing of whose rows it holds: the answer is the same, only slower.
#[test]
fn an_answer_is_the_same_without_the_filters_of_names() {
    // The name of the filters, and what stands in front of the footer's sum.
    const KNOWN: [&[u8]; 2] = [b"bectrace.whose/1", b"\xfebecsum\xff"];
    let dir = tempfile::tempdir().unwrap();
    let place = |name: &str| dir.path().join(name).display().to_string();
    let evidence = testdata("cases/contoso/evidence").display().to_string();
    assert!(matches!(bectrace(&["ingest", &evidence, "--out", &place("case"), "-q"]).exit, 0 | 3));
    let ask = |user: &str, out: &str| {
        let outcome = bectrace(&["analyze", &place("case"), "--user", user, "--out", &place(out), "-q"]);
        assert!(matches!(outcome.exit, 0 | 3), "{}", outcome.err);
        reports(&dir.path().join(out))
    };
    let users = ["alice.mori@contoso.example", "bob.lindt@contoso.example"];
    let with = users.map(|user| ask(user, &format!("with {user}")));
    for part in parquet_below(&dir.path().join("case")) {
        let mut bytes = std::fs::read(&part).unwrap();
        for known in KNOWN {
            let at = bytes.windows(known.len()).position(|window| window == known).unwrap();
            bytes[at] = b'B';
        }
        std::fs::write(&part, bytes).unwrap();
    }
    assert!(with == users.map(|user| ask(user, &format!("without {user}"))));
}

/// The takeover at Contoso as a case, with every event of it read whole.
fn contoso() -> (tempfile::TempDir, Case, Vec<Event>) {
    let dir = tempfile::tempdir().unwrap();
    let case = dir.path().join("case");
    let evidence = testdata("cases/contoso/evidence").display().to_string();
    assert!(matches!(bectrace(&["ingest", &evidence, "--out", &case.display().to_string(), "-q"]).exit, 0 | 3));
    let case = Case::open(&case).unwrap();
    let all = case.events(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, &|_| true).unwrap();
    (dir, case, all)
}

/// What a question reads column by column is what it says: asked of every event read whole, the same comes out.
#[test]
fn a_scope_gives_and_notes_what_it_asks_for_and_nothing_else() {
    let (_dir, case, all) = contoso();
    // A span that begins and ends inside days.
    let (from, to) = (all[all.len() / 5].datetime, all[all.len() / 5 * 4].datetime);
    let names = BTreeSet::from(["alice.mori@contoso.example".to_owned()]);
    let own = |parties: &str| parties.contains(":alice.mori@contoso.example|");
    let interest = |action: &str| Interest {
        wanted: matches!(action, "Set-Mailbox" | "Set-AdminAuditLogConfig"),
        may_be_routine: action == "Set-AdminAuditLogConfig",
        noted: action.starts_with("Set-") || action.starts_with("Update"),
    };
    let person = |actor: &str| actor.contains('@');
    let noted = Mutex::new(Vec::new());
    let note = |row: Noted<'_>| {
        let texts = [row.action, row.parties, row.params, row.changes].map(str::to_owned);
        noted.lock().unwrap().push((row.datetime, texts));
    };
    let routine = |actor: &str, params: &str| !person(actor) && params.contains("True");
    let scope =
        Scope { names: &names, parties: &own, action: &interest, actor: &person, note: &note, routine: &routine };
    let found = case.events_in(from, to, &scope).unwrap();
    let inside = || all.iter().filter(|event| from <= event.datetime && event.datetime < to);
    let parties = |event: &Event| event.parties.clone().unwrap_or_default();
    let is_routine = |event: &Event| {
        let text = |text: &Option<Box<str>>| text.as_deref().unwrap_or_default().to_owned();
        interest(event.action()).may_be_routine && routine(&text(&event.user_raw), &text(&event.op_params))
    };
    let wanted = |event: &&Event| own(&parties(event)) || interest(event.action()).wanted && !is_routine(event);
    assert!(inside().filter(|event| is_routine(event)).count() > 1);
    let told = |event: &&Event| interest(event.action()).noted && person(event.user_raw.as_deref().unwrap_or_default());
    let place = |event: &Event| event.record_ref();
    assert_eq!(found.iter().map(place).collect::<Vec<_>>(), inside().filter(wanted).map(place).collect::<Vec<_>>());
    let texts = |event: &Event| {
        let [action, parties] = [event.action.clone(), event.parties.clone()];
        [action, parties, event.op_params.clone(), event.changes.clone()].map(|text| text.unwrap_or_default().into())
    };
    let mut expected: Vec<(DateTime<Utc>, [String; 4])> =
        inside().filter(told).map(|event| (event.datetime, texts(event))).collect();
    expected.sort();
    let taken = || {
        let mut noted = std::mem::take(&mut *noted.lock().unwrap());
        noted.sort();
        noted
    };
    assert_eq!(taken(), expected);
    // The same rows without any that are read whole.
    case.tell_noted(from, to, &|action| interest(action).noted, &person, &note).unwrap();
    assert_eq!(taken(), expected);
    assert!(
        expected.iter().any(|(_, texts)| !texts[2].is_empty())
            && expected.iter().any(|(_, texts)| !texts[3].is_empty())
    );
    let by_service = inside().filter(|event| interest(event.action()).noted && !told(event)).count();
    assert!(found.len() > 100 && expected.len() > 10 && by_service > 10, "{} {by_service}", expected.len());
}

/// What lasts is found in all the time before, and nothing else of that time.
#[test]
fn what_lasts_is_found_whenever_it_was_done() {
    let (_dir, case, all) = contoso();
    let before = all[all.len() / 5 * 4].datetime;
    let names = BTreeSet::from(["alice.mori@contoso.example".to_owned()]);
    let own = |parties: &str| parties.contains(":alice.mori@contoso.example|");
    let person = |actor: &str| actor.contains('@');
    let lasts = |action: &str| match action {
        "New-InboxRule" | "FileAccessed" | "Set-AdminAuditLogConfig" => Lasts::ForAll,
        "Send" | "Set-Mailbox" => Lasts::ForParties,
        _ => Lasts::No,
    };
    let wanted = |event: &&Event| match lasts(event.action()) {
        Lasts::ForAll => person(event.user_raw.as_deref().unwrap_or_default()),
        Lasts::ForParties => own(event.parties.as_deref().unwrap_or_default()),
        Lasts::No => false,
    };
    let earlier = || all.iter().filter(|event| event.datetime < before);
    let expected: Vec<_> = earlier().filter(wanted).map(Event::record_ref).collect();
    let found = case.events_before(before, &names, &lasts, &person, &own).unwrap();
    assert_eq!(found.iter().map(Event::record_ref).collect::<Vec<_>>(), expected);
    let of_all = found.iter().filter(|event| lasts(event.action()) == Lasts::ForAll).count();
    let by_service = earlier().filter(|event| lasts(event.action()) == Lasts::ForAll && !wanted(event)).count();
    assert!(
        by_service > 0 && of_all > 0 && expected.len() > of_all && earlier().count() > expected.len(),
        "{of_all} {}",
        expected.len()
    );
}

fn parquet_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(parquet_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "parquet") {
            found.push(path);
        }
    }
    found
}

/// Microsecond UTC timestamps, signed 64-bit integers, doubles, booleans, UTF-8 text: no INT96, no unsigned integers,
/// no times of day, no nanoseconds.
#[test]
fn every_column_is_of_a_type_that_spark_reads() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let evidence = testdata("cases/contoso/evidence").display().to_string();
    let snapshot = testdata("formats/snapshot_inbox_rules_csv").display().to_string();
    let words = ["investigate", &evidence, &snapshot, "--user", "alice.mori@contoso.example"];
    let outcome = bectrace(&[words.as_slice(), &["--out", out.to_str().unwrap(), "-q"]].concat());
    assert!(matches!(outcome.exit, 0 | 3), "{}", outcome.err);
    let parts = parquet_below(&out);
    assert!(parts.iter().any(|part| part.ends_with("timeline.parquet")));
    assert!(parts.iter().any(|part| part.to_string_lossy().contains("states")), "snapshots have the same columns");
    assert!(parts.len() > 20, "a day has a part");
    for part in parts {
        let metadata = read_metadata(&mut std::fs::File::open(&part).unwrap()).unwrap();
        let columns = metadata.schema_descr.columns();
        let found: Vec<&str> = columns.iter().map(|column| column.path_in_schema[0].as_str()).collect();
        let expected: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
        assert_eq!(found, expected, "{}", part.display());
        for (column, stored) in COLUMNS.iter().zip(columns) {
            let stored = &stored.descriptor.primitive_type;
            let (physical, logical) = (stored.physical_type, stored.logical_type);
            let readable = match column.access {
                Access::Text(..) | Access::Made(..) => {
                    physical == PhysicalType::ByteArray && logical == Some(PrimitiveLogicalType::String)
                }
                Access::Int(..) => {
                    let signed = Some(PrimitiveLogicalType::Integer(IntegerType::Int64));
                    physical == PhysicalType::Int64 && (logical.is_none() || logical == signed)
                }
                Access::Float(..) => physical == PhysicalType::Double,
                Access::Bool(..) => physical == PhysicalType::Boolean,
                Access::Time(..) => {
                    let utc =
                        PrimitiveLogicalType::Timestamp { unit: TimeUnit::Microseconds, is_adjusted_to_utc: true };
                    physical == PhysicalType::Int64 && logical == Some(utc)
                }
            };
            assert!(readable, "{}: {} is {physical:?} {logical:?}", part.display(), column.name);
        }
    }
}
