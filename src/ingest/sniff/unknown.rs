//! Says why nobody reads a file: a known kind that holds no records, or a layout that is not known, and what is near.

use super::{CsvHead, Head, Shape, normal_header};
use crate::ingest::entra_portal::portal;
use crate::ingest::entra_portal::portal_cells::is_address;
use crate::ingest::formats::FORMATS;
use crate::ingest::values::times::{self, DateOrder};
use crate::ingest::wrapping::owners::is_owner;

/// Why nobody reads this: a known kind of file that holds no records, or an unknown layout.
pub(super) fn unknown(head: &Head) -> (&'static str, String) {
    match &head.shape {
        Shape::Csv(csv) => unknown_columns(csv),
        Shape::Json(json) => {
            let keys: Vec<String> = json
                .first
                .as_object()
                .map(|map| map.keys().map(|key| key.to_lowercase()).collect())
                .unwrap_or_default();
            if keys
                .iter()
                .any(|key| ["o365.audit.", "auditdata.", "auditdata_"].iter().any(|flat| key.starts_with(flat)))
            {
                let reason = "flattened records: the originals are not inside; export them with the original event";
                return ("F-033", reason.to_owned());
            }
            if json.has(&["contentUri", "contentId"]) {
                let reason = "list of content blobs, not events: fetch them, or give the downloaded blobs";
                return ("F-034", reason.to_owned());
            }
            // Azure Data Explorer's answer is a list of frames, some of which are tables.
            if json.has(&["tables"]) || json.has(&["frametype"]) {
                let reason = "unknown layout: a query's result with names and rows apart; save its rows as objects \
                              that have the names (az monitor log-analytics query, ConvertTo-Json of the results)";
                return ("F-032", reason.to_owned());
            }
            let shown: Vec<&str> = keys.iter().take(20).map(String::as_str).collect();
            let (found, nearest) = (shown.join(", "), nearest(&keys));
            ("F-032", format!("unknown layout; keys found: [{found}]; {nearest}; nothing was read from this file"))
        }
        Shape::Xml(xml) => {
            let names: Vec<String> = xml.attributes.iter().map(|name| normal_header(name)).collect();
            let (found, nearest) = (names.join(", "), nearest(&names));
            let shown = if names.is_empty() { String::new() } else { format!(" with [{found}]; {nearest}") };
            ("F-032", format!("unknown XML; root element found: {}{shown}; nothing was read from this file", xml.root))
        }
        Shape::Empty(id, _) => ("F-002", format!("an empty list of {id}")),
        Shape::Log => ("F-032", "a log; nothing was read from this file".to_owned()),
        Shape::Nothing(code, reason) => (code, reason.clone()),
    }
}

fn unknown_columns(csv: &CsvHead) -> (&'static str, String) {
    let any = |test: &dyn Fn(&str) -> bool| csv.columns.iter().any(|column| test(column));
    if csv.columns.len() == 1 && any(&|column| column == "length") {
        return ("F-035", "file holds string lengths (Export-Csv of strings); the records were not saved".to_owned());
    }
    let derived = [
        &["mailaccesstype", "sessionid", "clientip"][..],
        &["mailaccesstype", "internetmessageid"],
        &["parameterstring", "fullcommand"],
    ];
    if any(&|column| ["auditdata.", "auditdata_", "o365.audit."].iter().any(|flat| column.starts_with(flat)))
        || derived.iter().any(|columns| csv.has(columns))
    {
        let reason = "flattened table: the original records are not inside; give the export it was made from";
        return ("F-033", reason.to_owned());
    }
    // The columns that every table of audit records has around AuditData, without it.
    if csv.has(&["creationdate", "userids", "operations"]) {
        let reason = "AuditData is missing: the original records are not inside; export them with it";
        return ("F-033", reason.to_owned());
    }
    // The record's own keys as columns: what was a list or an object in it is a type name there.
    let frame = ["recordtype", "workload", "userid", "userkey", "organizationid"];
    if csv.has(&["creationtime", "operation"]) && frame.iter().filter(|key| csv.column(key).is_some()).count() > 1 {
        let reason = "flattened table: the original records are not inside; give the export it was made from";
        return ("F-033", reason.to_owned());
    }
    if csv.columns.first().is_some_and(|column| is_line_with_record(column)) {
        let reason = "lines of a log, each with a record in JSON behind something else: save what begins at the brace, one \
                      record a line; nothing was read";
        return ("F-032", reason.to_owned());
    }
    if is_screen(csv) {
        let reason = "what PowerShell shows on a screen (Format-List, Format-Table, or > alone): values are cut there; export \
                      the same again with ConvertTo-Json -Depth 10 or Export-Csv; nothing was read";
        return ("F-032", reason.to_owned());
    }
    if is_headless(csv) {
        return ("F-031", "first line looks like data: the header row is missing; nothing was read".to_owned());
    }
    if portal::looks_like_sign_ins(csv) {
        return ("F-061", portal::UNKNOWN.to_owned());
    }
    let found: Vec<&str> = csv.columns.iter().take(20).map(String::as_str).collect();
    let (found, nearest) = (found.join(", "), nearest(&csv.columns));
    // `summarize` names what it counts like this.
    let counted =
        any(&|column| column.starts_with("count_") || column.starts_with("dcount_") || column.starts_with("make_"))
            || csv.column("starttime").and(csv.column("endtime")).is_some();
    let hint = if counted { " (this is a query's result: export the raw table);" } else { ";" };
    ("F-032", format!("unknown layout{hint} header found: [{found}]; {nearest}; nothing was read from this file"))
}

/// Whether what looks like the first column's name is the beginning of a line of syslog, or of CEF, with a record behind it.
fn is_line_with_record(column: &str) -> bool {
    let record = column.split_once("{\"").filter(|(before, _)| !before.is_empty());
    record.is_some_and(|(_, record)| record.contains("\":"))
}

/// Whether the first lines are what PowerShell shows of objects: a property a line, or names with dashes below them.
fn is_screen(csv: &CsvHead) -> bool {
    let named = |name: &str| !name.is_empty() && !name.contains(['"', '{', ' ', '/', '.']);
    let is_list = |line: &str| {
        line.split_once(':').is_some_and(|(name, value)| {
            named(name.trim_end())
                && (name.ends_with(' ') || name.len() > 24)
                && (value.is_empty() || value.starts_with(' '))
        })
    };
    let is_rule = |line: &str| {
        let marks = line.split_whitespace();
        line.contains("--") && marks.clone().count() > 1 && marks.flat_map(str::bytes).all(|byte| byte == b'-')
    };
    let below = csv.sample.first().map(String::as_str).unwrap_or_default();
    csv.columns.first().is_some_and(|first| is_list(first)) && csv.sample.iter().any(|line| is_list(line))
        || is_rule(below)
}

/// Whether the first line is a row of data.
pub(super) fn is_headless(csv: &CsvHead) -> bool {
    let is_date = |column: &str| {
        let orders = [DateOrder::Mdy, DateOrder::Dmy, DateOrder::Ymd];
        times::iso_time(column).is_some() || orders.iter().any(|order| times::locale_time(column, *order).is_some())
    };
    // Exchange and OData write more of a value beside it: `Enabled@data.type`, `members@odata.context`.
    let is_account = |column: &str| is_owner(column) && !["@data.", "@odata."].iter().any(|mark| column.contains(mark));
    let is_value = |column: &str| matches!(column, "true" | "false") || is_account(column) || is_address(column);
    csv.columns.iter().any(|column| column.starts_with("{\"") || is_value(column) || is_date(column))
}

/// The formats that have most of what was found, with the columns they miss.
fn nearest(found: &[String]) -> String {
    let has = |want: &&str| found.iter().any(|name| name == *want);
    let mut near: Vec<(usize, usize, &[&str], &str)> = FORMATS
        .iter()
        .map(|format| (format.wants.iter().filter(|want| has(want)).count(), format))
        .filter(|(there, _)| *there > 0)
        .map(|(there, format)| (there * 100 / format.wants.len(), there, format.wants, format.id))
        .collect();
    near.sort_by_key(|(share, there, _, id)| (std::cmp::Reverse((*share, *there)), *id));
    // Sisters with the same marks are named once.
    near.dedup_by(|a, b| a.2 == b.2);
    let missing = |wants: &[&str]| wants.iter().copied().filter(|want| !has(want)).collect::<Vec<_>>().join(", ");
    let told = |wants: &[&str], id: &str| match missing(wants).as_str() {
        "" => format!("{id} (all its names are there, but not what they stand for)"),
        missing => format!("{id} (missing {missing})"),
    };
    let near: Vec<String> = near.iter().take(3).map(|(_, _, wants, id)| told(wants, id)).collect();
    if near.is_empty() {
        "no known export has any of these".to_owned()
    } else {
        format!("nearest: {}", near.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use crate::ingest::sniff::{Verdict, look, recognise};

    #[test]
    fn what_powershell_shows_on_a_screen_is_told_from_a_table() {
        let reason = |text: &str| match recognise(&look("rules.txt", text.as_bytes(), text)) {
            Verdict::No("F-032", reason) => reason,
            _ => panic!("not unknown: {text}"),
        };
        let list =
            "\n\nDescription    : If the message:\n                  \tis from 'a'\nEnabled        : True\nName : .\n";
        let table =
            "\nName Enabled Priority RuleIdentity\n---- ------- -------- ------------\n.    True    1        17639\n";
        for shown in [list, table] {
            assert!(reason(shown).contains("Format-List"), "{shown}");
        }
        for other in ["name,colour\nx: 1,red\n", "Note: a list\nof things: two\n", "name enabled\n-- none --\n"] {
            assert!(!reason(other).contains("Format-List"), "{other}");
        }
    }
}
