//! What the books of a whole file betray of its export: cut at a ceiling, older than what is kept, a part or letters lost.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::ledger::{Note, SourceEntry};

/// Rows of an Excel sheet without the header.
const EXCEL_ROWS: u64 = 1_048_575;
/// What is suspiciously near to the size at which the Exchange admin center stops.
const MAIL_ATTACHMENT: u64 = 9_500_000;
/// A day without any record is told where both its neighbours have more than this.
const BUSY: u64 = 50;

/// Where a search of the audit log stops.
const SEARCH: &[u64] = &[100, 1_000, 5_000, 10_000, 50_000];
/// The same without the sizes that a page or a blob of the interfaces has by itself.
const WHOLE_SEARCH: &[u64] = &[5_000, 10_000, 50_000];

/// Where the search stopped whose objects a carrier has (PowerShell's XML): it is told by what they are.
fn of_carried(evidence: Option<&str>) -> &'static [u64] {
    match evidence {
        Some("ual") => SEARCH,
        Some("admin_audit") => &[1_000],
        Some("mailbox_audit") => &[1_000, 250_000],
        _ => &[],
    }
}

/// A row count that equals what an exporter stops at: the export was probably cut. Ceilings: formats' documentation
/// (portal 50,000; Search-UnifiedAuditLog 100, 5,000, 10,000, 50,000; Search-AdminAuditLog 1,000; Search-MailboxAuditLog
/// 1,000 and 250,000; Log Analytics 10,000 and 30,000; Entra portal 100,000 and 250,000; Graph 1,000;
/// Get-MessageTrace 1,000 and 5,000; historical trace 100,000).
pub(super) fn ceiling(entry: &SourceEntry) -> Option<Note> {
    // Its result sets have told it.
    if entry.notes.iter().any(|note| note.code == "C-201") {
        return None;
    }
    let ceilings: &[u64] = match entry.format.as_deref()? {
        // Whoever joined or copied what a search returned keeps its count.
        "ual_portal_csv_v1" | "ual_portal_csv_v2" => SEARCH,
        format if format.starts_with("ual_search") => SEARCH,
        "ual_graph_csv" | "ual_graph_json" => &[1_000, 5_000, 10_000, 50_000, 100_000],
        // The records of a search without what stood around them, as collectors and SIEMs keep them.
        "ual_auditdata_json" => WHOLE_SEARCH,
        "splunk_export_csv" if entry.evidence_source.as_deref() == Some("ual") => WHOLE_SEARCH,
        "clixml" => of_carried(entry.evidence_source.as_deref()),
        "ual_mes_triage_csv" => &[5_000],
        format if format.starts_with("la_") && format.ends_with("_csv") => &[10_000, 30_000],
        "admin_audit_csv" | "admin_audit_json" => &[1_000],
        "mailbox_audit_csv" | "mailbox_audit_json" => &[1_000, 250_000],
        "entra_signin_portal_csv" | "entra_spsignin_portal_csv" => &[100_000, 250_000],
        "entra_audit_portal_csv" => &[100_000, 250_000],
        "entra_audit_graph" => &[1_000, 100_000, 250_000],
        "entra_signin_graph" | "entra_signin_ps_csv" | "entra_audit_ps_csv" => &[1_000, 100_000, 250_000],
        "mtrace_csv" | "mtrace_reportingws_json" | "mtrace_graph_json" => &[1_000, 5_000],
        "defender_emailevents_csv" | "defender_cloudappevents_csv" | "defender_signinevents_csv" => {
            &[10_000, 30_000, 100_000]
        }
        "mtrace_hist_summary_csv" | "mtrace_hist_detail_csv" => &[100_000],
        _ => &[],
    };
    let records = entry.counts.records;
    if entry.format.as_deref().is_some_and(|id| id.ends_with("_eac_xml")) && entry.bytes > MAIL_ATTACHMENT {
        let text = "about as large as the mail attachment it came as can be (10 MB): it was probably cut";
        return Some(Note::new("C-201", text));
    }
    if records == EXCEL_ROWS {
        let text = format!("exactly {records} rows, as many as an Excel sheet has below its header: the rest is lost");
        return Some(Note::new("C-201", text));
    }
    ceilings.contains(&records).then(|| {
        Note::new("C-201", format!("exactly {records} records, which is where this export stops: it was probably cut"))
    })
}

/// An Entra log that reaches back just as far as Entra keeps it: 7 days (Free) or 30 (P1, P2). What is older was gone
/// when it was exported, which says nothing about whether it happened.
pub(super) fn retention(entry: &SourceEntry) -> Option<Note> {
    let entra = entry.format.as_deref()?.starts_with("entra_");
    let time = |text: &Option<String>| chrono::DateTime::parse_from_rfc3339(text.as_deref()?).ok();
    let hours = (time(&entry.last)? - time(&entry.first)?).num_hours();
    let days = [7, 30].into_iter().find(|days| (days * 24 - 12..=days * 24 + 1).contains(&hours))?;
    entra.then(|| {
        let text = format!(
            "reaches back {days} days, which is how long Entra keeps this log in some plans: what is older was gone at \
             export"
        );
        Note::new("C-214", text)
    })
}

/// Days without a record between busy ones: an export that was put together from parts, and one part is missing? What the
/// file has of another's records, `copied` per day, is no hole: exports overlap.
pub(super) fn hole(entry: &SourceEntry, mut copied: BTreeMap<NaiveDate, u64>) -> Option<Note> {
    let own = entry.days.iter().filter_map(|(day, count)| Some((day.parse().ok()?, *count)));
    own.for_each(|(day, count)| *copied.entry(day).or_default() += count);
    let days: Vec<(NaiveDate, u64)> = copied.into_iter().collect();
    let holes = days.windows(2).filter_map(|pair| match pair {
        [(before, many), (after, more)] if *many > BUSY && *more > BUSY => {
            let first = before.succ_opt().filter(|first| first < after)?;
            let last = after.pred_opt()?;
            Some(if first == last { first.to_string() } else { format!("{first} to {last}") })
        }
        _ => None,
    });
    let holes: Vec<String> = holes.collect();
    let shown = holes.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
    (!holes.is_empty()).then(|| {
        let text = format!("no record on {shown} ({} holes), though the days around are busy", holes.len());
        Note::new("C-208", text)
    })
}

/// What Windows PowerShell did to letters that are no ASCII. JSON and the services' own downloads do not do that.
pub(super) fn lost_letters(id: &str, typed: bool, lost: Option<u64>) -> Option<Note> {
    // A first line with the objects' type is Windows PowerShell's, whatever the table came from.
    let by_powershell = typed
        || [
            "ual_search_csv",
            "ual_portal_csv_v1",
            "admin_audit",
            "mailbox_audit_csv",
            "snapshot_",
            "mtrace_csv",
            "ual_mes",
        ]
        .iter()
        .any(|start| id.starts_with(start))
        || id.ends_with("_ps_csv");
    let count = lost.filter(|count| *count > 0 && by_powershell && id.contains("csv"))?;
    let text = format!(
        "letters that are no ASCII were replaced by '?' when the file was made (Windows PowerShell's default): names, \
         folders and subjects cannot be restored (places: {count})"
    );
    Some(Note::new("F-021", text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Counts;

    #[test]
    fn a_search_is_cut_where_it_stops_whoever_carries_its_records() {
        let told = |format: &str, evidence: &str, records: u64| {
            let counts = Counts { records, events: records, ..Counts::default() };
            let (format, evidence_source) = (Some(format.to_owned()), Some(evidence.to_owned()));
            ceiling(&SourceEntry { format, evidence_source, counts, ..SourceEntry::default() }).is_some()
        };
        for format in ["ual_search_json", "ual_auditdata_json", "ual_graph_json", "clixml", "splunk_export_csv"] {
            assert!(told(format, "ual", 5_000) && told(format, "ual", 50_000), "{format}");
            assert!(!told(format, "ual", 4_999) && !told(format, "ual", 5_001), "{format}");
        }
        assert!(told("clixml", "admin_audit", 1_000) && !told("clixml", "admin_audit", 5_000));
        // A SIEM's table of anything else, and a page of the management interface.
        assert!(!told("splunk_export_csv", "entra_signin", 5_000) && !told("ual_auditdata_json", "ual", 100));
    }
}
