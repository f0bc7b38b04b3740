//! Writes the synthetic evidence under `testdata`: the takeover at Contoso and the quiet months at
//! Fabrikam. Every run writes the same bytes.
//!
//! `cargo run --release --example contoso` writes everything where it belongs;
//! `… --example contoso -- EVIDENCE [BACKGROUND]` writes elsewhere (`story.json` beside EVIDENCE).
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a generator writes files and says so")]

use std::path::{Path, PathBuf};
use std::{env, fs, io};

mod contoso {
    pub mod attack;
    pub mod background;
    pub mod cast;
    pub mod directory;
    pub mod exchange;
    pub mod innocent;
    pub mod json;
    pub mod log;
    pub mod month;
    pub mod office;
    pub mod ordinary;
    pub mod output;
    pub mod people;
    pub mod random;
    pub mod response;
    pub mod service;
    pub mod signin;
    pub mod story;
    pub mod takeover;
    pub mod time;
}

use contoso::attack::Intruder;
use contoso::log::Log;
use contoso::output::{self, Export};

fn main() -> io::Result<()> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let given = arguments.next();
    let beneath = arguments.next();
    let beneath = match (&given, beneath) {
        (None, _) => Some(PathBuf::from("testdata/background")),
        (Some(_), other) => other,
    };
    let evidence = given.unwrap_or_else(|| PathBuf::from("testdata/cases/contoso/evidence"));
    generate(&evidence, beneath.as_deref())
}

/// Writes the takeover into `evidence` (its story beside it) and the quiet months into `beneath`.
pub fn generate(evidence: &Path, beneath: Option<&Path>) -> io::Result<()> {
    let intruder = Intruder::new();
    let log = takeover_at_contoso(&intruder);
    let exports = [output::portal_csv(&log), output::admin_audit_xml(&log), output::sign_ins(&log)];
    let quiet = contoso::background::background();
    let mut quiet_sign_ins = output::sign_ins(&quiet);
    "signins.json".clone_into(&mut quiet_sign_ins.name);
    let quiet_exports = [output::ndjson(&quiet), quiet_sign_ins];

    write(evidence, &exports)?;
    let story = contoso::story::story(&log, &exports, &intruder, &quiet_exports);
    let beside = evidence.parent().unwrap_or(Path::new("."));
    fs::write(beside.join("story.json"), story.pretty() + "\n")?;
    if let Some(folder) = beneath {
        write(folder, &quiet_exports)?;
    }
    Ok(())
}

fn takeover_at_contoso(intruder: &Intruder) -> Log {
    let mut log = Log::new(&contoso::cast::CONTOSO, 42);
    contoso::month::month(&mut log);
    contoso::innocent::innocents(&mut log);
    contoso::attack::attack(&mut log, intruder);
    contoso::month::locked_out(&mut log);
    contoso::response::respond(&mut log, intruder);
    log
}

fn write(folder: &Path, exports: &[Export]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for export in exports {
        fs::write(folder.join(&export.name), &export.text)?;
        println!("{:>5} records  {}", export.ids.len(), export.name);
    }
    Ok(())
}
