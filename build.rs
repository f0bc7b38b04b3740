//! Says which commit the build is of, for `--version` and the manifests. A build without git, or from an archive of the
//! sources, is the same but for these words, and never fails because of them.
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a build script asks its environment and answers cargo"
)]

use std::path::Path;
use std::process::Command;

/// What the binary is made from: a change of these after the commit makes it `-dirty`.
const INPUTS: [&str; 5] = ["src", "docs/symptoms", "build.rs", "Cargo.toml", "Cargo.lock"];

fn main() {
    println!("cargo::rerun-if-env-changed=BECTRACE_COMMIT");
    INPUTS.iter().for_each(|input| println!("cargo::rerun-if-changed={input}"));
    let named = std::env::var("BECTRACE_COMMIT").ok().filter(|commit| !commit.is_empty());
    let commit = named.or_else(of_archive).or_else(of_git);
    let commit = commit.map_or_else(|| "commit not recorded".to_owned(), |commit| format!("commit {commit}"));
    let variable = |name: &str| std::env::var(name).unwrap_or_else(|_| "unknown".to_owned());
    let platform = format!("{}-{}", variable("CARGO_CFG_TARGET_ARCH"), variable("CARGO_CFG_TARGET_OS"));
    let rustc = said(&variable("RUSTC"), &["--version"]).unwrap_or_default();
    let rustc = rustc.split(' ').take(2).collect::<Vec<_>>().join(" ");
    println!("cargo::rustc-env=BECTRACE_BUILD={commit}, {platform}, {rustc}");
}

/// `git archive` writes the commit into the file (`.gitattributes`); in a work tree it holds the placeholder.
fn of_archive() -> Option<String> {
    println!("cargo::rerun-if-changed=.commit");
    let commit = std::fs::read_to_string(".commit").ok()?;
    let commit = commit.trim();
    (commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| commit.to_owned())
}

fn of_git() -> Option<String> {
    // Sources unpacked inside of somebody else's repository are not of that repository's commit.
    let top = said("git", &["rev-parse", "--show-toplevel"])?;
    if Path::new(&top).canonicalize().ok()? != Path::new(".").canonicalize().ok()? {
        return None;
    }
    // Both change with every commit and every change of branch, and at no other time.
    for name in ["HEAD", "logs/HEAD"] {
        let path = said("git", &["rev-parse", "--git-path", name])?;
        if Path::new(&path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    let commit = said("git", &["rev-parse", "HEAD"])?;
    let status = ["--no-optional-locks", "status", "--porcelain", "--untracked-files=no", "--"];
    let changed = said("git", &[&status[..], &INPUTS[..]].concat())?;
    Some(if changed.is_empty() { commit } else { format!("{commit}-dirty") })
}

/// What a program says, where it is there and content.
fn said(program: &str, words: &[&str]) -> Option<String> {
    let output = Command::new(program).args(words).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
