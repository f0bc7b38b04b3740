//! What the door for writing leaves in a folder, and what it takes away again.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "a test looks at the folder it was given")]

use super::*;

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn writes_whole_files_and_remembers_them() {
    let dir = tempfile::tempdir().unwrap();
    let mut outputs = Outputs::create(&dir.path().join("a/b"), false).unwrap();
    outputs.put("report.json", b"abc").unwrap();
    outputs.put("case/ledger.json", b"").unwrap();
    let found: Vec<_> = outputs.written().iter().map(|entry| (entry.name.as_str(), entry.size)).collect();
    assert_eq!(found, [("case/ledger.json", 0), ("report.json", 3)]);
    assert!(outputs.written()[1].sha256.starts_with("ba7816bf8f01cfea"));
    assert_eq!(fs::read(dir.path().join("a/b/report.json")).unwrap(), b"abc");
    assert_eq!(names(&dir.path().join("a/b")), ["case", "report.json"]);
    outputs.keep().unwrap();
    drop(outputs);
    assert_eq!(names(&dir.path().join("a/b")), ["case", "report.json"]);
}

#[test]
fn what_is_not_kept_goes_again_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let mut outputs = Outputs::create(&dir.path().join("a/b"), false).unwrap();
    outputs.put("report.json", b"abc").unwrap();
    outputs.put("case/ledger.json", b"").unwrap();
    drop(outputs);
    assert!(names(dir.path()).is_empty(), "also the folders that were made for it");
    fs::create_dir(dir.path().join("case")).unwrap();
    fs::write(dir.path().join("case/mine.txt"), "").unwrap();
    let mut outputs = Outputs::create(dir.path(), true).unwrap();
    outputs.put("case/ledger.json", b"").unwrap();
    drop(outputs);
    assert_eq!(names(&dir.path().join("case")), ["mine.txt"]);
}

#[test]
fn writing_stops_where_that_is_wanted() {
    let dir = tempfile::tempdir().unwrap();
    let stop = Stop::default();
    let mut outputs = Outputs::create(dir.path(), false).unwrap().until(&stop);
    outputs.put("report.json", b"abc").unwrap();
    stop.flag().store(true, std::sync::atomic::Ordering::Relaxed);
    assert!(outputs.put("report.html", b"abc").is_err());
    drop(outputs);
    assert!(names(dir.path()).is_empty());
}

#[test]
fn nothing_half_written_stays() {
    let dir = tempfile::tempdir().unwrap();
    let mut outputs = Outputs::create(dir.path(), false).unwrap();
    let failed = outputs.write("report.html", |out| {
        out.write_all(b"half")?;
        Err(io::Error::other("disk full"))
    });
    assert!(matches!(failed, Err(OutputError::Io { .. })));
    assert!(names(dir.path()).is_empty());
    assert!(outputs.written().is_empty());
}

#[test]
fn several_files_are_remembered_and_where_one_fails_all_go_again() {
    let dir = tempfile::tempdir().unwrap();
    let text = |name: &'static str| -> File<'_> { (name, Box::new(|out| out.write_all(b"abc"))) };
    let fails = |name: &'static str| -> File<'_> { (name, Box::new(move |_| Err(io::Error::other(name)))) };
    let mut outputs = Outputs::create(dir.path(), false).unwrap();
    outputs.write_all(vec![text("report.json"), text("findings.csv")]).unwrap();
    let known = |outputs: &Outputs| outputs.written().iter().map(|entry| entry.name.clone()).collect::<Vec<_>>();
    assert_eq!(known(&outputs), ["findings.csv", "report.json"]);
    let files = vec![text("report.html"), fails("report.xlsx"), fails("timeline.csv"), text("rejects.jsonl")];
    let fault = outputs.write_all(files).unwrap_err().to_string();
    assert!(fault.ends_with("report.xlsx: report.xlsx"), "the first in their order: {fault}");
    assert_eq!(known(&outputs), ["findings.csv", "rejects.jsonl", "report.html", "report.json"]);
    drop(outputs);
    assert!(names(dir.path()).is_empty());
}

#[test]
fn where_one_of_several_panics_all_go_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut outputs = Outputs::create(dir.path(), false).unwrap();
    let files: Vec<File<'_>> = vec![
        ("report.json", Box::new(|out| out.write_all(b"abc"))),
        ("report.html", Box::new(|_| panic!("a fault of the program"))),
    ];
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| outputs.write_all(files)));
    assert!(panicked.is_err());
    assert_eq!(names(dir.path()), ["report.json"]);
    drop(outputs);
    assert!(names(dir.path()).is_empty());
}

#[test]
fn a_folder_in_use_is_refused_unless_told() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("report.json"), "old").unwrap();
    fs::write(dir.path().join("notes.txt"), "mine").unwrap();
    assert!(matches!(Outputs::check(dir.path(), false), Err(OutputError::NotEmpty { .. })));
    assert!(matches!(Outputs::create(dir.path(), false), Err(OutputError::NotEmpty { .. })));
    assert_eq!(names(dir.path()), ["notes.txt", "report.json"]);
    let mut outputs = Outputs::create(dir.path(), true).unwrap();
    outputs.put("triage.json", b"new").unwrap();
    outputs.keep().unwrap();
    assert_eq!(names(dir.path()), ["notes.txt", "triage.json"]);
}

#[test]
fn what_stands_in_the_folder_stays_until_the_next_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let begin = || {
        let mut outputs = Outputs::create(dir.path(), true).unwrap();
        outputs.put("report.json", b"new").unwrap();
        outputs.put("timeline/date=2026-03-02/part-00000.parquet", b"new").unwrap();
        outputs
    };
    let text = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
    fs::create_dir_all(dir.path().join("timeline/date=2026-03-02")).unwrap();
    for name in ["report.json", "SHA256SUMS", "timeline/mine.csv", "timeline/date=2026-03-02/part-00000.parquet"] {
        fs::write(dir.path().join(name), "old").unwrap();
    }
    // Of a run that was killed.
    fs::create_dir(dir.path().join(".unfinished-1")).unwrap();
    fs::create_dir(dir.path().join(".unfinished-business")).unwrap();
    drop(begin());
    assert_eq!(names(dir.path()), [".unfinished-business", "SHA256SUMS", "report.json", "timeline"]);
    assert_eq!([text("report.json"), text("timeline/date=2026-03-02/part-00000.parquet")], ["old", "old"]);
    begin().keep().unwrap();
    assert_eq!(names(dir.path()), [".unfinished-business", "report.json", "timeline"]);
    assert_eq!([text("report.json"), text("timeline/date=2026-03-02/part-00000.parquet")], ["new", "new"]);
    assert_eq!(text("timeline/mine.csv"), "old");
}

#[test]
fn a_case_is_not_in_the_way_of_a_report() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("report.json"), "old").unwrap();
    assert!(Outputs::check_report(dir.path(), true).is_ok());
    for ledger in ["ledger.json", "shards/0123456789abcdef/ledger.json"] {
        let path = dir.path().join(ledger);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "{}").unwrap();
        assert!(matches!(Outputs::check_report(dir.path(), true), Err(OutputError::HoldsCase { .. })), "{ledger}");
        fs::remove_file(&path).unwrap();
    }
    assert!(Outputs::check_report(dir.path(), true).is_ok());
}

#[test]
fn a_file_is_no_folder() {
    let file = tempfile::NamedTempFile::new().unwrap();
    assert!(matches!(Outputs::check(file.path(), true), Err(OutputError::NotAFolder { .. })));
}

#[test]
fn names_stay_inside_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let mut outputs = Outputs::create(dir.path(), false).unwrap();
    for name in ["", "../x", "/etc/x", "a/../../x", "a\\x"] {
        assert!(matches!(outputs.put(name, b""), Err(OutputError::BadName { .. })), "{name}");
    }
}

#[test]
fn adopts_what_another_door_wrote() {
    let dir = tempfile::tempdir().unwrap();
    let mut outputs = Outputs::create(dir.path(), false).unwrap();
    fs::write(dir.path().join("timeline.parquet"), "abc").unwrap();
    outputs.adopt(&["timeline.parquet".to_owned()]).unwrap();
    let adopted = outputs.written().to_vec();
    assert_eq!(&adopted[0], outputs.put("timeline.parquet", b"abc").unwrap());
}

#[test]
fn nothing_is_taken_from_a_run_that_is_at_work() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("report.json"), "earlier").unwrap();
    let killed = dir.path().join(".unfinished-1");
    fs::create_dir(&killed).unwrap();
    fs::write(killed.join("report.json"), "half").unwrap();
    let mut first = Outputs::create(dir.path(), true).unwrap();
    assert!(!killed.exists(), "what a killed run left goes");
    let second = Outputs::create(dir.path(), true);
    assert!(matches!(second, Err(OutputError::Busy { .. })), "{second:?}");
    first.put("report.json", b"next").unwrap();
    first.keep().unwrap();
    assert_eq!(names(dir.path()), ["report.json"]);
    assert_eq!(fs::read(dir.path().join("report.json")).unwrap(), b"next");
    // The first is over: its place may be taken.
    drop(Outputs::create(dir.path(), true).unwrap());
    assert_eq!(names(dir.path()), ["report.json"]);
}
