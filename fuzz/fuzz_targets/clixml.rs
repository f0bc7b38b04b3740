//! PowerShell's own XML: objects, references between them, and values that were lost.
#![no_main]

use std::collections::HashSet;

use bectrace::ingest::wrapping::clixml::{self, Shared};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = clixml::parse(text, &Shared::new());
    assert_eq!(format!("{:?}", parsed.value), format!("{:?}", clixml::parse(text, &Shared::new()).value));
    clixml::first_objects(text, 24);
    let mut wanted: HashSet<String> = clixml::foreign_references(text).into_iter().collect();
    wanted.extend(parsed.unresolved);
    wanted.insert("0".to_owned());
    let mut shared = Shared::new();
    clixml::collect(text, &wanted, &mut shared);
    clixml::parse(text, &shared);
});
