//! The build holds no crate that opens connections, and a run opens none.

use std::path::Path;
use std::process::{Command, Output};

use crate::harness::{root, skipped, testdata};

/// What `deny.toml` bans, asked of the resolved dependency tree with its features as they are.
#[test]
fn no_network_crate_is_in_the_build() {
    let deny = std::fs::read_to_string(root().join("deny.toml")).unwrap();
    let banned: Vec<&str> = deny.split("crate = \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(banned.contains(&"reqwest") && banned.contains(&"hyper"));
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "-e", "normal", "--prefix", "none"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let names: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains(&"polars-io"), "the tree is not ours:\n{tree}");
    let found: Vec<&&str> = names.iter().filter(|name| banned.contains(name)).collect();
    assert!(found.is_empty(), "{found:?}");
}

/// The main job, whole: read, examine, write; then verify what was written.
fn main_job(out: &Path) -> Vec<Vec<String>> {
    let program = env!("CARGO_BIN_EXE_bectrace").to_owned();
    let evidence = testdata("cases/contoso/evidence").display().to_string();
    let out = out.display().to_string();
    let words = ["investigate", &evidence, "--user", "alice.mori@contoso.example", "--out", &out, "-q"];
    let verify = ["verify", &out, "-q"];
    [&words[..], &verify[..]]
        .map(|words| [&[program.as_str()], words].concat().iter().map(|word| (*word).to_owned()).collect())
        .to_vec()
}

/// Runs a command by way of another program, `None` with the reason printed where that is not possible here.
fn by_way_of(way: &[&str], words: &[String]) -> Option<Output> {
    let probe = Command::new(way[0]).args(&way[1..]).arg("true").output();
    match probe {
        Ok(output) if output.status.success() => {
            Some(Command::new(way[0]).args(&way[1..]).args(words).output().unwrap())
        }
        Ok(output) => {
            skipped(&format!("{way:?} is not permitted here: {}", String::from_utf8_lossy(&output.stderr).trim()));
            None
        }
        Err(error) => {
            skipped(&format!("{way:?}: {error}"));
            None
        }
    }
}

#[test]
fn the_main_job_runs_where_there_is_no_network() {
    let dir = tempfile::tempdir().unwrap();
    for words in main_job(&dir.path().join("out")) {
        // A namespace of its own has not even a loopback device that is up.
        let Some(output) = by_way_of(&["unshare", "-n"], &words) else { return };
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(dir.path().join("out/report.json").is_file());
}

#[test]
fn the_main_job_makes_no_network_call() {
    let dir = tempfile::tempdir().unwrap();
    let trace = dir.path().join("trace");
    let way = ["strace", "-f", "-qq", "-e", "trace=network,execve", "-o", trace.to_str().unwrap()];
    for words in main_job(&dir.path().join("out")) {
        let Some(output) = by_way_of(&way, &words) else { return };
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        let calls = std::fs::read_to_string(&trace).unwrap();
        // The first execve is the program itself: the trace was taken, and no other program was run.
        let calls: Vec<&str> = calls.lines().filter(|line| line.contains('(')).collect();
        assert!(calls.len() == 1 && calls[0].contains("execve("), "{words:?}: {calls:?}");
    }
}
