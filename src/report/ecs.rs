//! `timeline.ecs.jsonl` and `findings.ecs.jsonl`: one document a line in the Elastic Common Schema.
//!
//! `event.kind`, `event.category`, `event.type` and `event.outcome` hold only the values that the schema allows.
//! Whatever the schema has no field for stands under `bectrace.`, with the column names of the timeline.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::net::IpAddr;

use serde_json::{Value, json};

use super::deeds::{Act, Deed, FileAct, deed};
use super::model::Report;
use super::nested::Nested;
use super::{assessments, columns, listed, said};
use crate::finding::{Assessment, Finding, Severity};
use crate::timeline::{Event, Outcome, format_time};
use crate::untrusted::Untrusted;

/// The version of the schema.
pub const VERSION: &str = "8.11.0";

/// Writes `timeline.ecs.jsonl`.
pub fn timeline(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    report.timeline.iter().try_for_each(|event| document(event).line(out))
}

/// Writes `findings.ecs.jsonl`.
pub fn findings(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for assessment in assessments(report) {
        for finding in &assessment.findings {
            alert(report, assessment, finding).line(out)?;
        }
    }
    Ok(())
}

fn document(event: &Event) -> Nested {
    let deed = deed(event);
    let (categories, types) = sorted(deed);
    let mut doc = Nested::default();
    doc.put("@timestamp", format_time(event.datetime));
    doc.put("ecs.version", VERSION);
    doc.put("message", said(event));
    doc.put("event.kind", if deed == Deed::Alert { "alert" } else { "event" });
    doc.put("event.category", categories);
    doc.put("event.type", types);
    doc.put("event.action", event.action.as_deref());
    doc.put("event.outcome", outcome(event.outcome));
    doc.put("event.reason", reason(event));
    doc.put("event.id", event.event_id.as_deref());
    doc.put("event.code", event.record_type.map(|number| number.to_string()));
    doc.put("event.provider", event.event_provider.as_deref());
    doc.put("event.module", "m365");
    doc.put("event.dataset", format!("m365.{}", event.evidence_source.as_str()));
    doc.put("event.hash", crate::timeline::event::hex(&event.raw_sha256));
    if event.outcome == Outcome::Failure {
        doc.put("error.code", event.status_code.as_deref());
    }
    who(event, &mut doc);
    whence(event, &mut doc);
    mail(event, deed, &mut doc);
    if let Deed::File(_) = deed {
        let path = event.target_raw.as_deref().unwrap_or_default();
        doc.put("file.path", path);
        doc.put("file.name", last_part(path));
    }
    doc.put("log.file.path", &*event.origin.file);
    doc.put("tags", listed(event.symptom.as_deref()));
    for (name, value) in columns(event) {
        doc.put(&format!("bectrace.{name}"), value);
    }
    doc
}

fn who(event: &Event, doc: &mut Nested) {
    let upn = event.user_upn.as_deref();
    doc.put("user.id", event.user_id.as_deref());
    doc.put("user.name", event.user_raw.as_deref().or(upn));
    doc.put("user.email", upn.filter(|upn| upn.contains('@')));
    doc.put("user.domain", upn.and_then(|upn| Some(upn.rsplit_once('@')?.1)));
    doc.put("user.full_name", event.user_full_name.as_deref());
    // The target's id may be an application's; it is a user's where the record names one.
    doc.put("user.target.id", event.target_id.as_deref().filter(|_| event.target_upn.is_some()));
    doc.put("user.target.name", event.target_upn.as_deref());
    doc.put("user.target.email", event.target_upn.as_deref().filter(|upn| upn.contains('@')));
    doc.put("organization.id", event.tenant_id.as_deref());
    doc.put("organization.name", event.tenant_name.as_deref());
    let users = [&event.user_upn, &event.mailbox_upn, &event.target_upn, &event.on_behalf_of];
    let users: BTreeSet<&str> = users.into_iter().filter_map(|user| user.as_deref()).collect();
    doc.put("related.user", users.into_iter().collect::<Vec<_>>());
}

fn whence(event: &Event, doc: &mut Nested) {
    let valid = |text: &str| text.parse::<IpAddr>().is_ok();
    doc.put("source.address", event.source_ip_text.as_deref().or(event.source_ip.as_deref()));
    doc.put("source.ip", event.source_ip.as_deref().filter(|ip| valid(ip)));
    doc.put("source.port", event.source_port.filter(|port| (0..=65_535).contains(port)));
    doc.put("source.geo.country_iso_code", event.geo_country.as_deref());
    doc.put("source.geo.region_name", event.geo_region.as_deref());
    doc.put("source.geo.city_name", event.geo_city.as_deref());
    if let (Some(lat), Some(lon)) = (event.geo_lat, event.geo_lon)
        && (-90.0..=90.0).contains(&lat)
        && (-180.0..=180.0).contains(&lon)
    {
        doc.put("source.geo.location", json!({"lat": lat, "lon": lon}));
    }
    doc.put("source.as.number", event.as_number);
    doc.put("source.as.organization.name", event.as_org.as_deref());
    doc.put("user_agent.original", event.user_agent.as_deref());
    doc.put("user_agent.name", event.browser.as_deref());
    doc.put("user_agent.os.full", event.device_os.as_deref());
    doc.put("device.id", event.device_id.as_deref());
    let mut addresses: BTreeSet<&str> =
        listed(event.related_ip.as_deref()).into_iter().filter(|ip| valid(ip)).collect();
    addresses.extend(event.source_ip.as_deref().filter(|ip| valid(ip)));
    doc.put("related.ip", addresses.into_iter().collect::<Vec<_>>());
}

fn mail(event: &Event, deed: Deed, doc: &mut Nested) {
    doc.put("email.subject", event.email_subject.as_deref());
    doc.put("email.message_id", event.email_message_id.as_deref());
    doc.put("email.to.address", listed(event.email_to.as_deref()));
    if matches!(deed, Deed::MailSent | Deed::MailTraced) {
        let sender = [&event.on_behalf_of, &event.mailbox_upn, &event.user_upn];
        let sender = sender.into_iter().find_map(|name| name.as_deref()).filter(|name| name.contains('@'));
        doc.put("email.from.address", sender.map(|sender| vec![sender]));
        doc.put("email.sender.address", event.user_upn.as_deref().filter(|name| name.contains('@')));
    }
}

/// `event.category` and `event.type`; only pairs that the schema expects together.
fn sorted(deed: Deed) -> (Vec<&'static str>, Vec<&'static str>) {
    let act = |act: Act| match act {
        Act::Create => "creation",
        Act::Read => "access",
        Act::Update => "change",
        Act::Delete => "deletion",
        Act::Other => "info",
    };
    match deed {
        Deed::SignIn => (vec!["authentication"], vec!["start"]),
        Deed::SignOut => (vec!["authentication"], vec!["end"]),
        Deed::AccountCreated => (vec!["iam"], vec!["creation", "user"]),
        Deed::AccountDeleted => (vec!["iam"], vec!["deletion", "user"]),
        Deed::PasswordChange
        | Deed::PasswordReset
        | Deed::MfaAdded
        | Deed::MfaRemoved
        | Deed::AccountEnabled
        | Deed::AccountDisabled
        | Deed::Profile => (vec!["iam"], vec!["change", "user"]),
        Deed::Access(Act::Read) => (vec!["iam"], vec!["admin", "info"]),
        Deed::Access(kind) => (vec!["iam"], vec!["admin", act(kind)]),
        Deed::Setting(kind) => (vec!["configuration"], vec![act(kind)]),
        Deed::MailSent | Deed::MailTraced => (vec!["email"], vec!["info"]),
        Deed::Mail(kind) => (vec!["email", "api"], vec!["info", act(kind)]),
        Deed::File(kind) => (
            vec!["file"],
            vec![match kind {
                FileAct::Download | FileAct::Preview | FileAct::Open => "access",
                FileAct::Upload | FileAct::Copy | FileAct::Sync => "creation",
                FileAct::Update | FileAct::Rename | FileAct::Move | FileAct::Restore | FileAct::Share => "change",
                FileAct::Delete => "deletion",
            }],
        ),
        Deed::Alert => (vec!["intrusion_detection"], vec!["info"]),
        Deed::Other(kind) => (vec!["api"], vec![act(kind)]),
    }
}

/// A step of a flow is neither success nor failure; the schema has one word for that.
fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Success => "success",
        Outcome::Failure => "failure",
        Outcome::Interrupted | Outcome::Unknown => "unknown",
    }
}

fn reason(event: &Event) -> Option<&str> {
    let interrupted = (event.outcome == Outcome::Interrupted).then_some("interrupted");
    event.status_reason.as_deref().or(interrupted)
}

/// The last part of a path or link.
fn last_part(path: &str) -> &str {
    path.trim_end_matches('/').rsplit(['/', '\\']).next().unwrap_or(path)
}

fn alert(report: &Report<'_>, assessment: &Assessment, finding: &Finding) -> Nested {
    let mut doc = Nested::default();
    doc.put("@timestamp", format_time(finding.time));
    doc.put("ecs.version", VERSION);
    doc.put("message", finding.headline.en.as_evidence());
    doc.put("event.kind", "alert");
    doc.put("event.category", vec!["intrusion_detection"]);
    doc.put("event.type", vec!["info"]);
    doc.put("event.outcome", "unknown");
    doc.put("event.id", finding.id.as_str());
    doc.put("event.module", report.tool.name);
    doc.put("event.dataset", format!("{}.findings", report.tool.name));
    doc.put("event.provider", report.tool.name);
    doc.put("event.severity", severity(finding.severity));
    doc.put("rule.id", assessment.id);
    doc.put("rule.name", super::words::title(super::words::Lang::En, assessment.id).into_owned());
    doc.put("rule.version", report.tool.version);
    let [mut techniques, mut parts] = [BTreeSet::new(), BTreeSet::new()];
    for technique in &finding.attack {
        techniques.insert(technique.split('.').next().unwrap_or(technique));
        if technique.contains('.') {
            parts.insert(*technique);
        }
    }
    if !techniques.is_empty() {
        doc.put("threat.framework", "MITRE ATT&CK");
    }
    doc.put("threat.technique.id", techniques.into_iter().collect::<Vec<_>>());
    doc.put("threat.technique.subtechnique.id", parts.into_iter().collect::<Vec<_>>());
    let address = finding.address.as_ref().map(Untrusted::as_evidence);
    doc.put("source.address", address);
    if let Some(ip) = address.filter(|address| address.parse::<IpAddr>().is_ok()) {
        doc.put("source.ip", ip);
        doc.put("related.ip", vec![ip]);
    }
    doc.put("user.name", finding.actor.as_evidence());
    doc.put("user.target.name", report.examination.user.as_evidence());
    let users: BTreeSet<&str> = [finding.actor.as_evidence(), report.examination.user.as_evidence()].into();
    doc.put("related.user", users.into_iter().filter(|user| !user.is_empty()).collect::<Vec<_>>());
    doc.put("tags", vec![assessment.id]);
    doc.put("bectrace.finding", super::finding_object(finding));
    doc.put("bectrace.subject", report.examination.user.as_evidence());
    doc.put("bectrace.case_id", report.case_id.clone().map_or(Value::Null, Value::from));
    doc
}

/// On a scale of 0 to 100, as Elastic's detection rules weigh it.
fn severity(severity: Severity) -> u8 {
    match severity {
        Severity::Info => 0,
        Severity::Low => 21,
        Severity::Medium => 47,
        Severity::High => 73,
        Severity::Critical => 99,
    }
}
