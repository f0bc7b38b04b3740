//! Writes the man pages and shell completions, from the command line's own definition.
//!
//! `cargo run --release --example manual -- FOLDER`
#![allow(clippy::disallowed_methods, reason = "a generator writes files")]

use std::path::PathBuf;
use std::{env, fs, io};

use bectrace::cli::Cli;
use clap::CommandFactory as _;
use clap_complete::Shell;

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).map_or_else(|| PathBuf::from("manual"), PathBuf::from);
    let (man, completions) = (folder.join("man"), folder.join("completions"));
    fs::create_dir_all(&man)?;
    fs::create_dir_all(&completions)?;
    clap_mangen::generate_to(Cli::command(), &man)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell] {
        clap_complete::generate_to(shell, &mut Cli::command(), "bectrace", &completions)?;
    }
    Ok(())
}
