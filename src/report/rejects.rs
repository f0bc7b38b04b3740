//! `rejects.jsonl`: every record that did not become an event, one line each, so that nothing is lost in silence.

use std::io::{self, Write};

use serde::Serialize;

use super::text;
use crate::ledger::Reject;
use crate::untrusted::Untrusted;

/// One line, frozen.
#[derive(Debug, Serialize)]
#[allow(clippy::struct_field_names, reason = "the names are those of the public shape")]
struct Line<'a> {
    evidence: &'a str,
    record: u64,
    line: u64,
    offset: u64,
    code: &'a str,
    reason: &'a Untrusted,
    excerpt: &'a Untrusted,
}

/// Writes `rejects.jsonl`; an empty file says that there were none.
pub fn write(rejects: &[Reject], out: &mut dyn Write) -> io::Result<()> {
    for Reject { evidence, record, line, offset, code, reason, excerpt } in rejects {
        let line = Line { evidence, record: *record, line: *line, offset: *offset, code, reason, excerpt };
        out.write_all(text::json(&serde_json::to_string(&line)?).as_bytes())?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::sample::Sample;
    use super::*;

    #[test]
    fn each_reject_is_one_line_that_reads_back() {
        let sample = Sample::hostile();
        let mut bytes = Vec::new();
        write(sample.report().rejects, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let back: Vec<Reject> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(back, sample.report().rejects);
        assert!(!text.contains('\u{1b}'));
    }
}
