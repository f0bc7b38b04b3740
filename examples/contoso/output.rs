//! The exports as files: portal CSV, EAC XML, portal JSON, and one AuditData object a line.

use super::log::{CmdletRow, Log, Row, SignInRow};
use super::people::Tenant;
use super::random::named_guid;
use super::time::{date, tokyo, zulu};

/// How many rows a page of the search had before the next page repeated its end.
const PAGE: usize = 1_000;

/// A text file of known name, and the native id of each record in it.
pub struct Export {
    pub name: String,
    pub format: &'static str,
    pub text: String,
    pub ids: Vec<String>,
    pub first: i64,
    pub last: i64,
}

/// The unified audit log as the Purview portal writes it, newest first.
pub fn portal_csv(log: &Log) -> Export {
    let rows = with_overlaps(&newest_first(log));
    let mut text = String::from(
        "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\r\n",
    );
    for row in &rows {
        let audit = row.audit.compact().replace('/', r"\/");
        let created = zulu(row.time).replace('Z', ".0000000Z ");
        let line = format!(
            "{},\"{created}\",{},{},{},\"{}\",,\r\n",
            row.id,
            row.record_type,
            row.operation,
            row.user,
            audit.replace('"', "\"\"")
        );
        text.push_str(&line);
    }
    let (first, last) = span(rows.iter().map(|row| row.time));
    Export {
        name: format!("AuditLog_{}_{}.csv", date(first), date(last)),
        format: "ual_portal_csv_v2",
        text,
        ids: rows.iter().map(|row| row.id.clone()).collect(),
        first,
        last,
    }
}

/// The same records as bare objects, oldest first.
pub fn ndjson(log: &Log) -> Export {
    let mut rows = newest_first(log);
    rows.reverse();
    let lines: Vec<String> = rows.iter().map(|row| row.audit.compact()).collect();
    let (first, last) = span(rows.iter().map(|row| row.time));
    Export {
        name: "ual.ndjson".to_owned(),
        format: "ual_auditdata_json",
        text: lines.join("\n") + "\n",
        ids: rows.iter().map(|row| row.id.clone()).collect(),
        first,
        last,
    }
}

/// The sign-in log as the Entra portal downloads it: one array, newest first.
pub fn sign_ins(log: &Log) -> Export {
    let mut rows: Vec<&SignInRow> = log.sign_ins.iter().collect();
    rows.sort_by(|left, right| (right.time, &right.id).cmp(&(left.time, &left.id)));
    let lines: Vec<String> = rows.iter().map(|row| row.object.compact()).collect();
    let (first, last) = span(rows.iter().map(|row| row.time));
    Export {
        name: format!("InteractiveSignIns_{}_{}.json", date(first), date(last)),
        format: "entra_signin_graph",
        text: format!("[\n{}\n]\n", lines.join(",\n")),
        ids: rows.iter().map(|row| row.id.clone()).collect(),
        first,
        last,
    }
}

/// The admin audit log as the Exchange admin center mails it: people's cmdlets and a few of the
/// service's. It has no record ids; those here are the ids of the audit log's copies.
pub fn admin_audit_xml(log: &Log) -> Export {
    let mut cmdlets: Vec<&CmdletRow> = log.cmdlets.iter().collect();
    cmdlets.sort_by(|left, right| (right.time, &right.id).cmp(&(left.time, &left.id)));
    let mut seen = 0;
    cmdlets.retain(|cmdlet| {
        seen += usize::from(cmdlet.by_service);
        !cmdlet.by_service || seen % 12 == 0
    });
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<SearchResults>\r\n");
    for cmdlet in &cmdlets {
        text.push_str(&event(cmdlet, log.tenant));
    }
    text.push_str("</SearchResults>\r\n");
    let (first, last) = span(cmdlets.iter().map(|cmdlet| cmdlet.time));
    Export {
        name: "SearchResult.xml".to_owned(),
        format: "admin_audit_eac_xml",
        text,
        ids: cmdlets.iter().map(|cmdlet| cmdlet.id.clone()).collect(),
        first,
        last,
    }
}

fn event(cmdlet: &CmdletRow, tenant: &Tenant) -> String {
    let mut text = format!(
        "  <Event Caller=\"{}\" Cmdlet=\"{}\" ObjectModified=\"{}\" RunDate=\"{}\" Succeeded=\"true\" Error=\"None\" OriginatingServer=\"{}\" ExternalAccess=\"{}\">\r\n    <CmdletParameters>\r\n",
        escaped(&cmdlet.caller),
        cmdlet.name,
        escaped(&cmdlet.object),
        tokyo(cmdlet.time),
        tenant.server,
        cmdlet.by_service
    );
    for (name, value) in &cmdlet.parameters {
        let line = format!("      <Parameter Name=\"{name}\" Value=\"{}\" />\r\n", escaped(value));
        text.push_str(&line);
    }
    text.push_str("    </CmdletParameters>\r\n  </Event>\r\n");
    text
}

fn newest_first(log: &Log) -> Vec<&Row> {
    let mut rows: Vec<&Row> = log.rows.iter().collect();
    rows.sort_by(|left, right| (right.time, &right.id).cmp(&(left.time, &left.id)));
    rows
}

/// Pages that overlap: the last three rows of each page come again on the next one, and the page
/// with the hiding rule was fetched once more in part.
fn with_overlaps<'a>(rows: &[&'a Row]) -> Vec<&'a Row> {
    let rule = named_guid("contoso.example/alice/rule-dot");
    let mut paged = Vec::new();
    for (position, row) in rows.iter().enumerate() {
        paged.push(*row);
        if (position + 1) % PAGE == 0 {
            paged.extend_from_slice(&rows[position - 2..=position]);
        }
        if position >= 4 && rows[position - 2].id == rule {
            paged.extend_from_slice(&rows[position - 4..=position]);
        }
    }
    paged
}

fn span(times: impl Iterator<Item = i64>) -> (i64, i64) {
    times.fold((i64::MAX, i64::MIN), |(first, last), time| (first.min(time), last.max(time)))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
