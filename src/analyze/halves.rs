//! Records of the account that were read only in part: what they lost may have been a symptom, so that finding nothing
//! says nothing.

use std::collections::BTreeSet;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::is_housekeeping;
use crate::timeline::ParseStatus;

const RULES: [&str; 7] = [
    "new-inboxrule",
    "set-inboxrule",
    "enable-inboxrule",
    "updateinboxrules",
    "new-sweeprule",
    "set-sweeprule",
    "enable-sweeprule",
];
const FORWARDING: [&str; 3] = ["set-mailbox", "set-mailuser", "set-remotemailbox"];
const SENDS: [&str; 3] = ["send", "sendas", "sendonbehalf"];
const DELETIONS: [&str; 4] = ["softdelete", "harddelete", "movetodeleteditems", "move"];
const PROFILE: [&str; 2] = ["update user", "set-user"];

/// The symptoms whose records say by their contents, not by their operation, whether they are one.
const DECIDED_BY_CONTENTS: [(&str, &[&[&str]]); 8] = [
    ("missing-mail", &[&DELETIONS]),
    ("no-sent-copy", &[&SENDS]),
    ("inbox-rules", &[&RULES]),
    ("display-name", &[&PROFILE, &FORWARDING]),
    ("hacked-messages", &[&SENDS]),
    ("profile-change", &[&PROFILE]),
    ("forwarding", &[&FORWARDING, &RULES]),
    ("signature", &[&["set-mailboxmessageconfiguration"]]),
];

/// Why nothing that was found of this symptom proves nothing, where the window has such records.
pub fn need(exam: &Exam<'_>, symptom: &str) -> Option<String> {
    let (_, asked) = DECIDED_BY_CONTENTS.iter().find(|(id, _)| *id == symptom)?;
    let decides = |row: &&Row<'_>| {
        let named = |name: &&str| row.event.action().eq_ignore_ascii_case(name);
        row.parts.any() && !is_housekeeping(row.class) && asked.iter().any(|names| names.iter().any(&named))
    };
    let in_part: Vec<&Row<'_>> = exam.window_rows().filter(is_in_part).filter(decides).collect();
    let operations: BTreeSet<&str> = in_part.iter().map(|row| row.event.action()).collect();
    let operations = operations.into_iter().collect::<Vec<_>>().join(", ");
    (!in_part.is_empty()).then(|| {
        format!("records that could not be read whole, and may have shown it: {} ({operations})", in_part.len())
    })
}

/// Whether contents of the record are lost: it was cut, or values of it were.
fn is_in_part(row: &&Row<'_>) -> bool {
    let status = row.event.parse_status;
    status == ParseStatus::Partial || status == ParseStatus::Salvaged
}
