//! Records as export files, and where each record stands in them.

mod tables;

use std::fmt::Write as _;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::case::{Case, Export, Shape};
use super::ground::{Ground, ordinary};
use super::records::{Fact, Traced, With};
use super::world::{guid, zulu};

static ORDINARY: LazyLock<Vec<Fact>> = LazyLock::new(ordinary);

/// A file of a case.
pub struct File {
    pub name: &'static str,
    pub text: String,
}

/// A record to be written, with the number of the case's own record that it is.
type Numbered = (Option<usize>, Value);

/// The files of a case, and for each of its own records the places (`file`, `record` from 1) where it stands.
pub fn files(case: &Case) -> (Vec<File>, Vec<Vec<Value>>) {
    let mut sorted = Sorted::of(case);
    let mut places = vec![Vec::new(); case.facts.len()];
    let mut files = Vec::new();
    let lived = case.ground == Ground::Lived;
    let present = |export: Export, rows: usize| !case.missing.contains(&export) && (lived || rows > 0);
    let mut put = |name: &'static str, rows: &[Numbered], text: String| {
        for (position, (own, _)) in rows.iter().enumerate() {
            if let Some(own) = own {
                places[*own].push(json!({"file": name, "record": position + 1}));
            }
        }
        files.push(File { name, text });
    };
    if present(Export::Audit, sorted.audit.len()) {
        for (name, rows, text) in audit(case.shape, &sorted.audit) {
            put(name, &rows, text);
        }
    }
    if present(Export::SignIns, sorted.sign_ins.len()) {
        let risky = sorted.sign_ins.iter().any(|(_, object)| object["riskState"] != "none");
        if case.tables && !risky {
            put("InteractiveSignIns_2026-01-22_2026-03-03.csv", &sorted.sign_ins, tables::sign_ins(&sorted.sign_ins));
        } else {
            put("InteractiveSignIns_2026-01-22_2026-03-03.json", &sorted.sign_ins, array(&sorted.sign_ins));
        }
    }
    if present(Export::Quiet, sorted.quiet.len()) {
        put("NonInteractiveSignIns_2026-01-22_2026-03-03.json", &sorted.quiet, array(&sorted.quiet));
    }
    if present(Export::Entra, sorted.entra.len()) {
        if case.tables {
            put("AuditLogs_2026-01-22_2026-03-03.csv", &sorted.entra, tables::directory(&sorted.entra));
        } else {
            put("directoryAudits.json", &sorted.entra, page(&sorted.entra, "auditLogs/directoryAudits"));
        }
    }
    if present(Export::Risk, sorted.risk.len()) && !sorted.risk.is_empty() {
        put("riskDetections.json", &sorted.risk, page(&sorted.risk, "identityProtection/riskDetections"));
    }
    if present(Export::Trace, sorted.trace.len()) {
        let rows: Vec<Numbered> = sorted.trace.iter().map(|(own, _)| (*own, Value::Null)).collect();
        put("dana-MTL.csv", &rows, tables::trace(&sorted.trace));
    }
    if !sorted.admin.is_empty() {
        let text = if case.tables { tables::admin(&sorted.admin) } else { admin_xml(&sorted.admin) };
        put(if case.tables { "Simple_User_Changes.csv" } else { "SearchResult.xml" }, &sorted.admin, text);
    }
    let padding = std::mem::take(&mut sorted.rules);
    if present(Export::Rules, padding.len()) {
        put("20260302101500-InboxRules.csv", &padding, tables::states(&tables::RULE_COLUMNS, &padding));
    }
    if present(Export::Mailboxes, sorted.mailboxes.len()) {
        put(
            "2026-03-02_MailboxForwarding.csv",
            &sorted.mailboxes,
            tables::states(&tables::MAILBOX_COLUMNS, &sorted.mailboxes),
        );
    }
    (files, places)
}

#[derive(Default)]
struct Sorted {
    audit: Vec<Numbered>,
    sign_ins: Vec<Numbered>,
    quiet: Vec<Numbered>,
    entra: Vec<Numbered>,
    risk: Vec<Numbered>,
    admin: Vec<Numbered>,
    rules: Vec<Numbered>,
    mailboxes: Vec<Numbered>,
    trace: Vec<(Option<usize>, Traced)>,
}

impl Sorted {
    fn of(case: &Case) -> Self {
        let mut sorted = Self::default();
        if case.ground == Ground::Lived {
            for (position, fact) in ORDINARY.iter().cloned().enumerate() {
                if (case.keep)(&fact) {
                    sorted.take(None, with_id(fact, position));
                }
            }
            let elis = json!({"UserName": "eli.novak@fabrikam.example", "RuleName": "Projects", "Enabled": "True",
                "Priority": "1", "RuleIdentity": "71", "MoveToFolder": "Projects", "From": "it.admin@fabrikam.example"});
            let own = json!({"UserName": "dana.weiss@fabrikam.example", "RuleName": "Minutes", "Enabled": "True",
                "Priority": "1", "RuleIdentity": "72", "MoveToFolder": "Minutes", "From": "eli.novak@fabrikam.example"});
            sorted.rules.push((None, elis));
            sorted.rules.push((None, own));
            for (name, upn) in
                [("Dana Weiss", "dana.weiss@fabrikam.example"), ("Eli Novak", "eli.novak@fabrikam.example")]
            {
                let stated =
                    case.facts.iter().any(|fact| matches!(fact, Fact::Mailbox(row) if row["UserPrincipalName"] == upn));
                if !stated {
                    sorted.mailboxes.push((None, json!({"Name": name, "UserPrincipalName": upn})));
                }
            }
        }
        for (position, fact) in case.facts.iter().enumerate() {
            sorted.take(Some(position), fact.clone());
        }
        for (list, key) in [
            (&mut sorted.audit, "CreationTime"),
            (&mut sorted.sign_ins, "createdDateTime"),
            (&mut sorted.quiet, "createdDateTime"),
            (&mut sorted.entra, "activityDateTime"),
        ] {
            list.sort_by_key(|(_, object)| object[key].as_str().unwrap_or_default().to_owned());
        }
        sorted.trace.sort_by_key(|(_, row)| row.time);
        sorted
    }

    fn take(&mut self, own: Option<usize>, fact: Fact) {
        match fact {
            Fact::Audit(object) => self.audit.push((own, object)),
            Fact::SignIn(object) => self.sign_ins.push((own, object)),
            Fact::Quiet(object) => self.quiet.push((own, object)),
            Fact::Entra(object) => self.entra.push((own, object)),
            Fact::Risk(object) => self.risk.push((own, object)),
            Fact::Admin(object) => self.admin.push((own, object)),
            Fact::Rule(row) => self.rules.push((own, Value::Object(row))),
            Fact::Mailbox(row) => self.mailboxes.push((own, Value::Object(row))),
            Fact::Trace(row) => self.trace.push((own, row)),
        }
    }
}

fn with_id(fact: Fact, position: usize) -> Fact {
    let id = guid(&format!("ordinary/{position}"));
    match &fact {
        Fact::Audit(_) => fact.with("Id", id),
        _ => fact.with("id", id),
    }
}

fn audit(shape: Shape, rows: &[Numbered]) -> Vec<(&'static str, Vec<Numbered>, String)> {
    match shape {
        Shape::Lines => vec![("ual.ndjson", rows.to_vec(), lines(rows))],
        Shape::Portal => vec![portal(rows)],
        Shape::Search => vec![search(rows)],
        Shape::Mixed => {
            let half = rows.len() / 2;
            let again = half.saturating_sub(20);
            vec![portal(&rows[..half]), search(&rows[again..])]
        }
    }
}

fn lines(rows: &[Numbered]) -> String {
    rows.iter().fold(String::new(), |text, (_, object)| text + &object.to_string() + "\n")
}

fn array(rows: &[Numbered]) -> String {
    let objects: Vec<String> = rows.iter().map(|(_, object)| object.to_string()).collect();
    format!("[{}]\n", objects.join(",\n"))
}

fn page(rows: &[Numbered], of: &str) -> String {
    let objects: Vec<String> = rows.iter().map(|(_, object)| object.to_string()).collect();
    format!(
        "{{\"@odata.context\":\"https://graph.microsoft.example/v1.0/$metadata#{of}\",\"value\":[{}]}}\n",
        objects.join(",\n")
    )
}

fn cells(values: &[&str]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("\"{}\"", value.replace('"', "\"\""))).collect();
    quoted.join(",") + "\r\n"
}

fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The portal's table is newest first.
fn portal(rows: &[Numbered]) -> (&'static str, Vec<Numbered>, String) {
    let rows: Vec<Numbered> = rows.iter().rev().cloned().collect();
    let mut table = String::from(
        "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\r\n",
    );
    for (_, object) in &rows {
        let created = format!("{}.0000000Z", text(object, "/CreationTime"));
        let kind = object["RecordType"].to_string();
        let audit = object.to_string();
        table += &cells(&[
            text(object, "/Id"),
            &created,
            &kind,
            text(object, "/Operation"),
            text(object, "/UserId"),
            &audit,
            "",
            "",
        ]);
    }
    ("AuditLog_2026-01-22_2026-03-03.csv", rows, table)
}

fn search(rows: &[Numbered]) -> (&'static str, Vec<Numbered>, String) {
    let mut table = cells(&[
        "RecordType",
        "CreationDate",
        "UserIds",
        "Operations",
        "AuditData",
        "ResultIndex",
        "ResultCount",
        "Identity",
        "IsValid",
        "ObjectState",
    ]);
    for (position, (_, object)) in rows.iter().enumerate() {
        let created = text(object, "/CreationTime").replace('T', " ");
        let (index, count, audit) = ((position + 1).to_string(), rows.len().to_string(), object.to_string());
        let kind = object["RecordType"].to_string();
        table += &cells(&[
            &kind,
            &created,
            text(object, "/UserId"),
            text(object, "/Operation"),
            &audit,
            &index,
            &count,
            text(object, "/Id"),
            "True",
            "Unchanged",
        ]);
    }
    ("ual.csv", rows.to_vec(), table)
}

fn admin_xml(rows: &[Numbered]) -> String {
    let escaped =
        |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<SearchResults>\r\n");
    for (_, cmdlet) in rows {
        let time = zulu(cmdlet["time"].as_i64().unwrap_or_default()).replace('Z', "+00:00");
        let _ = write!(
            xml,
            "  <Event Caller=\"{}\" Cmdlet=\"{}\" ObjectModified=\"{}\" RunDate=\"{time}\" Succeeded=\"true\" Error=\"None\" OriginatingServer=\"AM9PR04MB7456 (15.20.9478.004)\" ExternalAccess=\"false\">\r\n    <CmdletParameters>\r\n",
            escaped(text(cmdlet, "/caller")),
            text(cmdlet, "/cmdlet"),
            escaped(text(cmdlet, "/object")),
        );
        for parameter in cmdlet["parameters"].as_array().into_iter().flatten() {
            let (name, value) = (text(parameter, "/Name"), escaped(text(parameter, "/Value")));
            let _ = write!(xml, "      <Parameter Name=\"{name}\" Value=\"{value}\" />\r\n");
        }
        xml += "    </CmdletParameters>\r\n  </Event>\r\n";
    }
    xml + "</SearchResults>\r\n"
}
