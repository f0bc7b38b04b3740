//! The labelled corpus: how often the verdict is right, symptom by symptom, compared with the committed figures.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::harness::{description, investigate, root, texts};

#[path = "../../examples/corpus.rs"]
#[allow(dead_code, reason = "the program's own main is not used here")]
mod generator;

/// What one symptom or step got right and wrong.
#[derive(Default, Clone, Copy, PartialEq, Eq, Debug)]
struct Tally {
    /// Labelled as seen, and seen.
    hit: u64,
    /// Labelled as seen, and missed.
    missed: u64,
    /// Labelled as innocent, and spared.
    spared: u64,
    /// Labelled as innocent, and held against the user.
    accused: u64,
    /// The verdict, or the step's status, is among the allowed ones.
    right: u64,
    wrong: u64,
}

#[derive(Default)]
struct Score {
    tallies: BTreeMap<String, Tally>,
    faults: Vec<String>,
}

impl Score {
    fn join(mut self, other: Self) -> Self {
        for (id, tally) in other.tallies {
            let sum = self.tallies.entry(id).or_default();
            sum.hit += tally.hit;
            sum.missed += tally.missed;
            sum.spared += tally.spared;
            sum.accused += tally.accused;
            sum.right += tally.right;
            sum.wrong += tally.wrong;
        }
        self.faults.extend(other.faults);
        self
    }

    fn fault(&mut self, case: &Value, text: String) {
        self.faults.push(format!("{}: {text} ({})", case["name"].as_str().unwrap(), case["why"].as_str().unwrap()));
    }
}

fn seen(verdict: &str) -> bool {
    matches!(verdict, "strong" | "weak")
}

/// `CORPUS=text` looks only at the cases with that text in their names, and prints what is wrong with them.
#[test]
fn the_corpus_gets_the_committed_figures() {
    let only = std::env::var("CORPUS").unwrap_or_default();
    let cases = generator::cases();
    let names: std::collections::BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "every case has a name of its own");
    let number = cases.len();
    let asked: Vec<&generator::Case> = cases.iter().filter(|case| case.name.contains(&only)).collect();
    let score = side_by_side(&asked);
    if !only.is_empty() {
        assert!(score.faults.is_empty(), "{}", score.faults.join("\n"));
        return;
    }
    let mut faults = score.faults.clone();
    faults.sort();
    let found = json!({"cases": number, "symptoms_and_steps": figures(&score.tallies), "disagreements": faults});
    let path = root().join("testdata/accuracy.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, format!("{found:#}\n")).unwrap();
        std::fs::write(root().join("docs/accuracy.md"), page(number, &score.tallies, &faults)).unwrap();
    }
    let committed: Value = serde_json::from_slice(&std::fs::read(&path).unwrap_or_default()).unwrap_or_default();
    assert!(
        committed == found,
        "the figures changed; read the differences, then UPDATE_GOLDEN=1\n{}",
        faults.join("\n")
    );
    assert_eq!(
        std::fs::read_to_string(root().join("docs/accuracy.md")).unwrap_or_default(),
        page(number, &score.tallies, &faults),
        "docs/accuracy.md is not what was measured"
    );
    assert!(number >= 300);
}

/// Threads of our own: the program waits for its pool inside a run, and a worker that waits would begin another case.
fn side_by_side(cases: &[&generator::Case]) -> Score {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut score = Score::default();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let dir = tempfile::tempdir().unwrap();
            generator::write(case, dir.path()).unwrap();
            score = score.join(judge(dir.path()));
        }
        score
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).fold(Score::default(), Score::join)
    })
}

fn judge(folder: &Path) -> Score {
    let case = description(folder);
    let evidence = folder.join("evidence").display().to_string();
    let mut words = vec![evidence];
    for (option, key) in [("--user", "user"), ("--from", "from"), ("--to", "to")] {
        words.extend([option.to_owned(), case[key].as_str().unwrap().to_owned()]);
    }
    words.extend(texts(&case["arguments"]));
    words.extend(["--format".to_owned(), "json".to_owned()]);
    let (_, report, _dir) = investigate(&words);
    let mut score = Score::default();
    for (id, label) in case["symptoms"].as_object().unwrap() {
        let found = report["symptoms"].as_array().unwrap().iter().find(|symptom| symptom["id"] == *id).unwrap();
        symptom(&mut score, &case, (id, label), found);
    }
    for (id, label) in case["detections"].as_object().into_iter().flatten() {
        let found = report["detections"].as_array().unwrap().iter().find(|detection| detection["id"] == *id);
        let verdict = found.map_or("", |found| found["verdict"].as_str().unwrap()).to_owned();
        if !texts(label).contains(&verdict) {
            score.fault(&case, format!("{id} is {verdict}, expected {label}"));
        }
    }
    for (id, label) in case["response"].as_object().unwrap() {
        let found = report["response"].as_array().unwrap().iter().find(|step| step["id"] == *id).unwrap();
        step(&mut score, &case, (id, label), found);
    }
    for pair in case["attackers"].as_array().into_iter().flatten() {
        let addresses = report["attacker"]["addresses"].as_array().unwrap();
        if addresses.iter().any(|entry| entry["address"] == pair[0]) != pair[1] {
            score.fault(&case, format!("{} among the attacker's addresses: expected {}", pair[0], pair[1]));
        }
    }
    for key in ["succeeded", "failed"] {
        if case["sign_ins"].is_object() && report["sign_ins"][key] != case["sign_ins"][key] {
            score.fault(&case, format!("{key} {} expected {}", report["sign_ins"][key], case["sign_ins"][key]));
        }
    }
    score
}

fn symptom(score: &mut Score, case: &Value, (id, label): (&str, &Value), found: &Value) {
    let verdict = found["verdict"].as_str().unwrap();
    let allowed = texts(&label["verdict"]);
    let tally = score.tallies.entry(id.to_owned()).or_default();
    let right = allowed.iter().any(|allowed| allowed == verdict);
    *(if right { &mut tally.right } else { &mut tally.wrong }) += 1;
    match (allowed.iter().all(|verdict| seen(verdict)), allowed.iter().any(|verdict| seen(verdict)), seen(verdict)) {
        (true, _, true) => tally.hit += 1,
        (true, _, false) => tally.missed += 1,
        (_, false, true) => tally.accused += 1,
        (_, false, false) => tally.spared += 1,
        _ => {}
    }
    if !right {
        score.fault(case, format!("{id} is {verdict}, expected {}", label["verdict"]));
    }
    let cited = |all: bool| -> Vec<(String, u64)> {
        let findings = found["findings"].as_array().unwrap().iter();
        let findings = findings.filter(|finding| all || seen(finding["verdict"].as_str().unwrap()));
        findings.flat_map(|finding| finding["records"].as_array().unwrap()).map(place).collect()
    };
    for group in label["cites"].as_array().into_iter().flatten() {
        let places: Vec<(String, u64)> = group.as_array().unwrap().iter().map(wanted).collect();
        let found = cited(!allowed.iter().all(|verdict| seen(verdict)));
        if !places.iter().any(|place| found.contains(place)) {
            score.fault(case, format!("{id} does not cite {group}"));
        }
    }
    let held = cited(false);
    for spared in label["spares"].as_array().into_iter().flatten().filter(|spared| held.contains(&wanted(spared))) {
        score.fault(case, format!("{id} holds {spared} against the user"));
    }
}

/// File and number of a record that a finding cites.
fn place(record: &Value) -> (String, u64) {
    let path = record["evidence"].as_str().unwrap();
    (path.rsplit('/').next().unwrap().to_owned(), record["record"].as_u64().unwrap())
}

fn wanted(place: &Value) -> (String, u64) {
    (place["file"].as_str().unwrap().to_owned(), place["record"].as_u64().unwrap())
}

fn step(score: &mut Score, case: &Value, (id, label): (&str, &Value), found: &Value) {
    let status = found["status"].as_str().unwrap();
    let after = &found["after_last_attacker_action"];
    let right = texts(&label["status"]).iter().any(|allowed| allowed == status)
        && (label["after"].is_null() || label["after"] == *after);
    let tally = score.tallies.entry(format!("response {id}")).or_default();
    *(if right { &mut tally.right } else { &mut tally.wrong }) += 1;
    if !right {
        score.fault(
            case,
            format!("{id} is {status} (after: {after}), expected {} ({})", label["status"], label["after"]),
        );
    }
}

fn share(part: u64, rest: u64) -> String {
    if part + rest == 0 { "–".to_owned() } else { format!("{:.3}", part as f64 / (part + rest) as f64) }
}

fn figures(tallies: &BTreeMap<String, Tally>) -> Value {
    let row = |(id, tally): (&String, &Tally)| {
        (
            id.clone(),
            json!({"hit": tally.hit, "missed": tally.missed, "spared": tally.spared, "accused": tally.accused,
            "right": tally.right, "wrong": tally.wrong}),
        )
    };
    Value::Object(tallies.iter().map(row).collect())
}

fn page(number: usize, tallies: &BTreeMap<String, Tally>, faults: &[String]) -> String {
    let mut page = format!(
        "# How often the verdict is right\n\nMeasured on {number} labelled cases that `examples/corpus.rs` writes from scenarios: each symptom's\n\
         evidence shapes, innocent twins, missing exports, edges of the window, several languages, and every export shape.\n\
         The labels come from the scenarios, never from the program; they were written before the program was asked.\n\
         The corpus is synthetic and made by the same people as the program: it shows that the rules do what their\n\
         pages say, not how often they would be right in your tenant.\n\n\
         To reproduce: `cargo test --release --test it accuracy`. To look at the cases: `cargo run --release --example corpus -- DIR`.\n\
         `CORPUS=S03 cargo test --release --test it accuracy` asks only the cases with that text in their names. After a\n\
         change that is meant, `UPDATE_GOLDEN=1` writes the figures (`testdata/accuracy.json`) and this page.\n\n\
         Recall: of the cases labelled as seen (strong or weak), how many were. Precision: of those said to be seen, how\n\
         many are labelled so. Verdict: the verdict is one of those the label allows.\n\n\
         | | labelled seen | recall | labelled innocent | held against the user | precision | verdict right |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    );
    for (id, tally) in tallies.iter().filter(|(id, _)| !id.starts_with("response ")) {
        page += &format!(
            "| `{id}` | {} | {} | {} | {} | {} | {} |\n",
            tally.hit + tally.missed,
            share(tally.hit, tally.missed),
            tally.spared + tally.accused,
            tally.accused,
            share(tally.hit, tally.accused),
            share(tally.right, tally.wrong)
        );
    }
    page += "\n| response step | cases | status and order right |\n| --- | ---: | ---: |\n";
    for (id, tally) in tallies.iter().filter(|(id, _)| id.starts_with("response ")) {
        let id = id.trim_start_matches("response ");
        page += &format!("| `{id}` | {} | {} |\n", tally.right + tally.wrong, share(tally.right, tally.wrong));
    }
    page += "\n## Disagreements\n\n";
    if faults.is_empty() {
        page += "None.\n";
    }
    for fault in faults {
        page += &format!("- {}\n", fault.replace('|', "\\|"));
    }
    page
}
