//! The rooms of `src`: arrows go down, siblings do not know each other, every file says what happens in it, every list
//! is whole, and no document names a path that is not there.

use std::path::{Path, PathBuf};

use crate::harness::root;

/// The floors; a room may use lower floors only.
const FLOORS: [(&str, u8); 17] = [
    ("exit", 0),
    ("moment", 0),
    ("origin", 0),
    ("question", 0),
    ("untrusted", 0),
    ("finding", 1),
    ("knowledge", 1),
    ("ledger", 1),
    ("examination", 2),
    ("tenant", 2),
    ("timeline", 2),
    ("analyze", 3),
    ("cli", 3),
    ("enrich", 3),
    ("ingest", 3),
    ("report", 3),
    ("run", 4),
];

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root().join("src")).unwrap().display().to_string();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn room_of(name: &str) -> &str {
    name.split(['/', '.']).next().unwrap()
}

/// The words behind every `crate::` of the code, comments aside.
fn uses(text: &str) -> Vec<String> {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let word =
        |rest: &str| rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect::<String>();
    code.split("crate::").skip(1).map(word).collect()
}

#[test]
fn arrows_go_down() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let room = room_of(&name);
        if matches!(room, "lib" | "main") {
            continue;
        }
        let own = floor(room).unwrap_or_else(|| panic!("{name}: a room without a floor"));
        for used in uses(&text) {
            let up = used != room && floor(&used).is_some_and(|other| other >= own);
            if up {
                wrong.push(format!("{name} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn siblings_do_not_know_each_other() {
    let mut wrong = Vec::new();
    for room in ["ingest/formats", "analyze/symptoms", "analyze/detections", "analyze/response"] {
        let stems: Vec<String> = modules(room);
        for (name, text) in sources().iter().filter(|(name, _)| name.starts_with(room) && !name.ends_with("mod.rs")) {
            let own = Path::new(name).file_stem().unwrap().to_str().unwrap();
            for sibling in stems.iter().filter(|stem| *stem != own) {
                if imports(text).any(|path| names_sibling(&path, room, sibling)) {
                    wrong.push(format!("{name} knows {sibling}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the file takes from others, each with its path as it is written, and what stands in the code with such a path.
fn imports(text: &str) -> impl Iterator<Item = String> {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join(" ");
    let begins = ["super::", "crate::"].map(|begin| code.match_indices(begin).map(|(at, _)| at).collect::<Vec<_>>());
    let paths = begins.concat().into_iter().map(move |at| {
        let path = code.get(at..).unwrap();
        let end = path.find([';', '(', ')', '<', '>', '=']).unwrap_or(path.len());
        path.get(..end).unwrap().to_owned()
    });
    paths.collect::<Vec<_>>().into_iter()
}

/// Whether a path, or a group of paths, leads to the sibling.
fn names_sibling(path: &str, room: &str, sibling: &str) -> bool {
    let inside = format!("crate::{}::", room.replace('/', "::"));
    let Some(rest) = path.strip_prefix(&inside).or_else(|| path.strip_prefix("super::")) else { return false };
    let first = |part: &str| part.trim().split("::").next().unwrap() == sibling;
    match rest.strip_prefix('{') {
        Some(group) => group.trim_end_matches([' ', '}', ',']).split(',').any(first),
        None => first(rest.split([' ', ',', '}']).next().unwrap()),
    }
}

#[test]
fn siblings_are_known_however_they_are_taken() {
    let knows = |text: &str| imports(text).any(|path| names_sibling(&path, "analyze/detections", "campaign"));
    for text in [
        "use super::campaign;",
        "use crate::analyze::detections::campaign;",
        "use crate::analyze::detections::campaign::CHECK;",
        "use super::{automation, campaign};",
        "fn f() { super::campaign::f(1) }",
    ] {
        assert!(knows(text), "{text}");
    }
    for text in ["use super::campaigns;", "use crate::analyze::campaign;", "// super::campaign", "use super::{acts};"] {
        assert!(!knows(text), "{text}");
    }
}

/// The files of a room but its `mod.rs`, without extension.
fn modules(room: &str) -> Vec<String> {
    let mut stems: Vec<String> = std::fs::read_dir(root().join("src").join(room))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|stem| stem != "mod" && stem != "tests")
        .collect();
    stems.sort();
    stems
}

#[test]
fn every_file_says_what_happens_in_it() {
    let silent: Vec<String> =
        sources().into_iter().filter(|(_, text)| !text.starts_with("//! ")).map(|(name, _)| name).collect();
    assert!(silent.is_empty(), "no opening sentence: {}", silent.join(", "));
}

#[test]
fn every_check_is_in_its_list_and_has_a_page_and_cases() {
    let mut missing = Vec::new();
    for (room, list) in [("analyze/symptoms", "SYMPTOMS"), ("analyze/detections", "DETECTIONS")] {
        let listed = std::fs::read_to_string(root().join("src").join(room).join("mod.rs")).unwrap();
        let list = listed.split(list).nth(1).unwrap().to_owned();
        for stem in modules(room) {
            if !list.contains(&format!("{stem}::CHECK")) {
                missing.push(format!("{room}/{stem}.rs is not in the list"));
            }
        }
    }
    let checks = bectrace::analyze::symptoms::SYMPTOMS.iter().chain(bectrace::analyze::detections::DETECTIONS);
    for check in checks {
        let id = check.meta.id;
        if !root().join(format!("docs/symptoms/{id}.md")).is_file() {
            missing.push(format!("docs/symptoms/{id}.md"));
        }
        if !root().join(format!("testdata/symptoms/{id}")).is_dir() {
            missing.push(format!("testdata/symptoms/{id}"));
        }
    }
    for format in bectrace::ingest::formats::FORMATS {
        if !root().join(format!("testdata/formats/{}", format.id)).is_dir() {
            missing.push(format!("testdata/formats/{}", format.id));
        }
        if !std::fs::read_to_string(root().join("docs/formats.md")).unwrap().contains(format.id) {
            missing.push(format!("a row for {} in docs/formats.md", format.id));
        }
    }
    assert!(missing.is_empty(), "missing:\n{}", missing.join("\n"));
}

#[test]
fn no_document_names_a_path_that_is_not_there() {
    let mut documents: Vec<PathBuf> = vec![root().join("README.md"), root().join("testdata/README.md")];
    for folder in ["docs", "docs/formats"] {
        documents.extend(std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()));
    }
    let mut dead = Vec::new();
    for document in documents.iter().filter(|path| path.is_file()) {
        let text = std::fs::read_to_string(document).unwrap();
        for quoted in text.split(['`', '(', ')']) {
            let ours =
                ["src/", "tests/", "docs/", "testdata/", "examples/"].iter().any(|start| quoted.starts_with(start));
            let plain = quoted.chars().all(|letter| letter.is_ascii_alphanumeric() || "/._-".contains(letter));
            if ours && plain && !root().join(quoted).exists() {
                dead.push(format!("{}: {quoted}", document.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}
