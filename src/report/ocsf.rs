//! `timeline.ocsf.jsonl` and `findings.ocsf.jsonl`: one event a line in the Open Cybersecurity Schema Framework.
//!
//! Each event is of the narrowest class that its record can fill; what the class has no attribute for stands in
//! `unmapped`, with the column names of the timeline. The tool's own findings are Detection Findings.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::net::IpAddr;

use serde_json::{Value, json};

use super::deeds::{Act, Deed, FileAct, deed};
use super::model::Report;
use super::nested::Nested;
use super::{assessments, columns, listed, said};
use crate::finding::{Assessment, Finding, Severity, Weight};
use crate::timeline::event::hex;
use crate::timeline::{Event, Outcome};
use crate::untrusted::Untrusted;

/// The version of the schema.
pub const VERSION: &str = "1.5.0";

/// What stands where a class insists on something that the record does not say.
const UNKNOWN: &str = "unknown";

/// Writes `timeline.ocsf.jsonl`.
pub fn timeline(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    report.timeline.iter().try_for_each(|event| document(event).line(out))
}

/// Writes `findings.ocsf.jsonl`.
pub fn findings(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for assessment in assessments(report) {
        for finding in &assessment.findings {
            detection(report, assessment, finding).line(out)?;
        }
    }
    Ok(())
}

/// A class of the schema with an activity of it.
struct Class {
    category: (i64, &'static str),
    uid: i64,
    name: &'static str,
    activity: (i64, &'static str),
}

const FINDINGS: (i64, &str) = (2, "Findings");
const IAM: (i64, &str) = (3, "Identity & Access Management");
const NETWORK: (i64, &str) = (4, "Network Activity");
const APPLICATION: (i64, &str) = (6, "Application Activity");

fn class(deed: Deed, event: &Event) -> Class {
    let authentication = |activity| Class { category: IAM, uid: 3002, name: "Authentication", activity };
    let account = |activity| Class { category: IAM, uid: 3001, name: "Account Change", activity };
    let email = |activity| Class { category: NETWORK, uid: 4009, name: "Email Activity", activity };
    let hosting = |activity| Class { category: APPLICATION, uid: 6006, name: "File Hosting Activity", activity };
    match deed {
        Deed::SignIn => authentication((1, "Logon")),
        Deed::SignOut => authentication((2, "Logoff")),
        Deed::AccountCreated => account((1, "Create")),
        Deed::AccountEnabled => account((2, "Enable")),
        Deed::PasswordChange => account((3, "Password Change")),
        Deed::PasswordReset => account((4, "Password Reset")),
        Deed::AccountDisabled => account((5, "Disable")),
        Deed::AccountDeleted => account((6, "Delete")),
        Deed::MfaAdded => account((10, "MFA Factor Enable")),
        Deed::MfaRemoved => account((11, "MFA Factor Disable")),
        Deed::Profile => account((99, "Other")),
        // An email without sender and recipients is none to the schema.
        Deed::MailSent if has_parties(event) => email((1, "Send")),
        Deed::MailTraced if has_parties(event) => email((4, "Trace")),
        Deed::File(act) => hosting(match act {
            FileAct::Upload => (1, "Upload"),
            FileAct::Download => (2, "Download"),
            FileAct::Update => (3, "Update"),
            FileAct::Delete => (4, "Delete"),
            FileAct::Rename => (5, "Rename"),
            FileAct::Copy => (6, "Copy"),
            FileAct::Move => (7, "Move"),
            FileAct::Restore => (8, "Restore"),
            FileAct::Preview => (9, "Preview"),
            FileAct::Share => (12, "Share"),
            FileAct::Open => (14, "Open"),
            FileAct::Sync => (15, "Sync"),
        }),
        Deed::Alert => DETECTION,
        Deed::MailSent | Deed::MailTraced => api(Act::Other),
        Deed::Access(act) | Deed::Setting(act) | Deed::Mail(act) | Deed::Other(act) => api(act),
    }
}

const DETECTION: Class = Class { category: FINDINGS, uid: 2004, name: "Detection Finding", activity: (1, "Create") };

fn api(act: Act) -> Class {
    let activity = match act {
        Act::Create => (1, "Create"),
        Act::Read => (2, "Read"),
        Act::Update => (3, "Update"),
        Act::Delete => (4, "Delete"),
        Act::Other => (99, "Other"),
    };
    Class { category: APPLICATION, uid: 6003, name: "API Activity", activity }
}

fn document(event: &Event) -> Nested {
    let deed = deed(event);
    let class = class(deed, event);
    let mut doc = Nested::default();
    head(&class, event.datetime.timestamp_millis(), &mut doc);
    let (status_id, status) = match event.outcome {
        Outcome::Success => (1, "Success"),
        Outcome::Failure => (2, "Failure"),
        Outcome::Interrupted => (99, "Interrupted"),
        Outcome::Unknown => (0, "Unknown"),
    };
    // How bad the service thinks its alert is stands in no column.
    let (severity_id, severity) = if deed == Deed::Alert { (0, "Unknown") } else { (1, "Informational") };
    doc.put("severity_id", severity_id);
    doc.put("severity", severity);
    doc.put("message", said(event));
    if class.uid == DETECTION.uid {
        doc.put("status_id", 0);
        doc.put("status", "Unknown");
    } else {
        doc.put("status_id", status_id);
        doc.put("status", status);
    }
    doc.put("status_code", event.status_code.as_deref());
    doc.put("status_detail", event.status_reason.as_deref());
    doc.put("count", event.duplicate_count + 1);
    metadata(event, &mut doc);
    match class.uid {
        2004 => service_alert(event, &mut doc),
        3001 => {
            actor(event, &mut doc);
            doc.put("user", target(event));
            endpoint(event, &mut doc);
        }
        3002 => sign_in(event, &mut doc),
        4009 => email(event, &mut doc),
        6006 => {
            required_actor(event, &mut doc);
            required_endpoint(event, &mut doc);
            file(event, &mut doc);
        }
        _ => {
            required_actor(event, &mut doc);
            required_endpoint(event, &mut doc);
            doc.put("api.operation", if event.action().is_empty() { UNKNOWN } else { event.action() });
            doc.put("api.service.name", event.event_provider.as_deref());
            doc.put("http_request.user_agent", event.user_agent.as_deref());
            resource(event, &mut doc);
        }
    }
    doc.put("observables", observables(&doc));
    for (name, value) in columns(event) {
        doc.put(&format!("unmapped.{name}"), value);
    }
    doc
}

fn head(class: &Class, time: i64, doc: &mut Nested) {
    doc.put("category_uid", class.category.0);
    doc.put("category_name", class.category.1);
    doc.put("class_uid", class.uid);
    doc.put("class_name", class.name);
    doc.put("activity_id", class.activity.0);
    doc.put("activity_name", class.activity.1);
    doc.put("type_uid", class.uid * 100 + class.activity.0);
    doc.put("type_name", format!("{}: {}", class.name, class.activity.1));
    doc.put("time", time);
}

fn metadata(event: &Event, doc: &mut Nested) {
    doc.put("metadata.version", VERSION);
    doc.put("metadata.profiles", vec!["cloud"]);
    doc.put("metadata.product.name", "Microsoft 365");
    doc.put("metadata.product.vendor_name", "Microsoft");
    doc.put("metadata.product.feature.name", event.event_provider.as_deref());
    doc.put("metadata.uid", event.raw_sha256.get(..16).map(hex));
    doc.put("metadata.log_name", event.evidence_source.as_str());
    doc.put("metadata.log_provider", event.event_provider.as_deref());
    doc.put("metadata.event_code", event.record_type.map(|number| number.to_string()));
    doc.put("metadata.original_time", event.datetime_text.as_deref());
    doc.put("metadata.correlation_uid", event.correlation_id.as_deref());
    doc.put("metadata.tenant_uid", event.tenant_id.as_deref());
    doc.put("metadata.labels", listed(event.symptom.as_deref()));
    doc.put("cloud.provider", "Microsoft 365");
    doc.put("cloud.account.uid", event.tenant_id.as_deref());
    doc.put("cloud.account.name", event.tenant_name.as_deref());
}

fn actor(event: &Event, doc: &mut Nested) {
    let name = event.user_raw.as_deref().or(event.user_upn.as_deref());
    doc.put("actor.user.name", name);
    doc.put("actor.user.uid", event.user_id.as_deref());
    if doc.has("actor.user") {
        doc.put("actor.user.uid_alt", event.user_puid.as_deref());
        doc.put("actor.user.email_addr", event.user_upn.as_deref().filter(|upn| is_address(upn)));
        doc.put("actor.user.full_name", event.user_full_name.as_deref());
    }
    doc.put("actor.session.uid", event.session_id.as_deref());
    doc.put("actor.app_name", event.app_name.as_deref());
    doc.put("actor.app_uid", event.app_id.as_deref());
}

fn required_actor(event: &Event, doc: &mut Nested) {
    actor(event, doc);
    if !doc.has("actor") {
        doc.put("actor.user.name", UNKNOWN);
    }
}

/// The account that was changed: the target, or the actor where a record names none.
fn target(event: &Event) -> Value {
    let mut user = Nested::default();
    let name = [&event.target_upn, &event.target_raw].into_iter().find_map(|name| name.as_deref());
    let own = || event.user_upn.as_deref().or(event.user_raw.as_deref());
    user.put("name", name.or_else(own).unwrap_or(UNKNOWN));
    user.put("uid", event.target_id.as_deref());
    user.put("email_addr", event.target_upn.as_deref().filter(|upn| is_address(upn)));
    user.value()
}

fn endpoint(event: &Event, doc: &mut Nested) {
    doc.put("src_endpoint.ip", event.source_ip.as_deref().filter(|ip| ip.parse::<IpAddr>().is_ok()));
    doc.put("src_endpoint.name", event.device_name.as_deref());
    doc.put("src_endpoint.uid", event.device_id.as_deref());
    if !doc.has("src_endpoint") {
        return;
    }
    doc.put("src_endpoint.port", event.source_port.filter(|port| (0..=65_535).contains(port)));
    doc.put("src_endpoint.location.country", event.geo_country.as_deref());
    doc.put("src_endpoint.location.region", event.geo_region.as_deref());
    doc.put("src_endpoint.location.city", event.geo_city.as_deref());
    if doc.has("src_endpoint.location") {
        doc.put("src_endpoint.location.lat", event.geo_lat);
        doc.put("src_endpoint.location.long", event.geo_lon);
    }
    doc.put("src_endpoint.autonomous_system.number", event.as_number);
    doc.put("src_endpoint.autonomous_system.name", event.as_org.as_deref());
}

fn required_endpoint(event: &Event, doc: &mut Nested) {
    endpoint(event, doc);
    if !doc.has("src_endpoint") {
        doc.put("src_endpoint.name", UNKNOWN);
    }
}

fn sign_in(event: &Event, doc: &mut Nested) {
    actor(event, doc);
    let name = event.user_upn.as_deref().or(event.user_raw.as_deref());
    doc.put("user.name", name.unwrap_or(UNKNOWN));
    doc.put("user.uid", event.user_id.as_deref());
    doc.put("user.email_addr", event.user_upn.as_deref().filter(|upn| is_address(upn)));
    doc.put("user.full_name", event.user_full_name.as_deref());
    let service = [&event.resource_name, &event.app_name].into_iter().find_map(|name| name.as_deref());
    doc.put("service.name", service.unwrap_or("Microsoft Entra ID"));
    doc.put("service.uid", event.resource_id.as_deref().or(event.app_id.as_deref()));
    doc.put("session.uid", event.session_id.as_deref());
    let mfa = event.auth_requirement.as_deref().map(|word| word.eq_ignore_ascii_case("multiFactorAuthentication"));
    doc.put("is_mfa", mfa);
    let protocol = event.auth_protocol.as_deref().filter(|protocol| !protocol.eq_ignore_ascii_case("none"));
    doc.put("auth_protocol", protocol);
    doc.put("http_request.user_agent", event.user_agent.as_deref());
    endpoint(event, doc);
}

fn sender(event: &Event) -> Option<&str> {
    let names = [&event.on_behalf_of, &event.mailbox_upn, &event.user_upn];
    names.into_iter().find_map(|name| name.as_deref()).filter(|name| is_address(name))
}

fn recipients(event: &Event) -> Vec<&str> {
    listed(event.email_to.as_deref()).into_iter().filter(|name| is_address(name)).collect()
}

fn has_parties(event: &Event) -> bool {
    sender(event).is_some() || !recipients(event).is_empty()
}

fn email(event: &Event, doc: &mut Nested) {
    doc.put("direction_id", 0);
    doc.put("direction", "Unknown");
    doc.put("email.from", sender(event));
    doc.put("email.to", recipients(event));
    doc.put("email.subject", event.email_subject.as_deref());
    doc.put("email.message_uid", event.email_message_id.as_deref());
    if event.evidence_source == crate::timeline::EvidenceSource::MessageTrace {
        doc.put("message_trace_uid", event.event_id.as_deref());
    }
    endpoint(event, doc);
}

fn file(event: &Event, doc: &mut Nested) {
    let path = event.target_raw.as_deref().unwrap_or_default();
    let name = path.trim_end_matches('/').rsplit(['/', '\\']).next().unwrap_or_default();
    doc.put("file.name", if name.is_empty() { UNKNOWN } else { name });
    doc.put("file.path", path);
    let folder = event.action().to_lowercase().starts_with("folder");
    doc.put("file.type_id", if folder { 2 } else { 1 });
    doc.put("file.type", if folder { "Folder" } else { "Regular File" });
}

fn resource(event: &Event, doc: &mut Nested) {
    let mut resource = Nested::default();
    resource.put("name", event.target_raw.as_deref().or(event.mailbox_upn.as_deref()));
    resource.put("uid", event.target_id.as_deref());
    let resource = resource.value();
    if resource.as_object().is_some_and(|resource| !resource.is_empty()) {
        doc.put("resources", vec![resource]);
    }
}

fn service_alert(event: &Event, doc: &mut Nested) {
    let own_id = event.raw_sha256.get(..16).map(hex).unwrap_or_default();
    doc.put("finding_info.uid", event.event_id.as_deref().map_or(own_id, str::to_owned));
    doc.put("finding_info.title", said(event));
    doc.put("finding_info.types", vec![event.action()]);
    doc.put("risk_level", event.risk_level.as_deref());
    let mut evidence = Nested::default();
    evidence.put("src_endpoint.ip", event.source_ip.as_deref().filter(|ip| ip.parse::<IpAddr>().is_ok()));
    evidence.put("actor.user.name", event.user_upn.as_deref().or(event.user_raw.as_deref()));
    let evidence = evidence.value();
    if evidence.as_object().is_some_and(|evidence| !evidence.is_empty()) {
        doc.put("evidences", vec![evidence]);
    }
}

/// What to search for, with the path at which it stands in the document: the value is the one that stands there.
fn observables(doc: &Nested) -> Vec<Value> {
    const SOUGHT: [(&str, i64, &str); 3] =
        [("src_endpoint.ip", 2, "IP Address"), ("user.name", 4, "User Name"), ("actor.user.name", 4, "User Name")];
    let observable = |(path, type_id, kind): (&str, i64, &str)| {
        let value = doc.get(path)?.as_str().filter(|value| *value != UNKNOWN)?;
        Some(json!({"name": path, "type_id": type_id, "type": kind, "value": value}))
    };
    SOUGHT.into_iter().filter_map(observable).collect()
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
}

fn detection(report: &Report<'_>, assessment: &Assessment, finding: &Finding) -> Nested {
    let mut doc = Nested::default();
    let time = finding.time.timestamp_millis();
    head(&DETECTION, time, &mut doc);
    let (severity_id, severity) = match finding.severity {
        Severity::Info => (1, "Informational"),
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
        Severity::Critical => (5, "Critical"),
    };
    let (confidence_id, confidence) = match finding.verdict {
        Weight::Explained => (1, "Low"),
        Weight::Weak => (2, "Medium"),
        Weight::Strong => (3, "High"),
    };
    doc.put("severity_id", severity_id);
    doc.put("severity", severity);
    doc.put("confidence_id", confidence_id);
    doc.put("confidence", confidence);
    doc.put("status_id", 1);
    doc.put("status", "New");
    doc.put("is_alert", finding.verdict != Weight::Explained);
    doc.put("message", finding.headline.en.as_evidence());
    doc.put("metadata.version", VERSION);
    doc.put("metadata.profiles", vec!["cloud"]);
    doc.put("metadata.product.name", report.tool.name);
    doc.put("metadata.product.version", report.tool.version);
    doc.put("metadata.labels", vec![assessment.id]);
    doc.put("cloud.provider", "Microsoft 365");
    doc.put("finding_info.uid", finding.id.as_str());
    doc.put("finding_info.title", super::words::title(super::words::Lang::En, assessment.id).into_owned());
    doc.put("finding_info.desc", finding.headline.en.as_evidence());
    doc.put("finding_info.types", vec![assessment.id]);
    doc.put("finding_info.first_seen_time", finding.when().map(|time| time.timestamp_millis()));
    doc.put("finding_info.attacks", attacks(finding));
    doc.put("evidences", evidences(finding));
    let mut resource = Nested::default();
    resource.put("name", report.examination.user.as_evidence());
    resource.put("type", "mailbox");
    doc.put("resources", vec![resource.value()]);
    doc.put("unmapped", super::finding_object(finding));
    doc
}

fn attacks(finding: &Finding) -> Vec<Value> {
    let ids: BTreeSet<&str> = finding.attack.iter().copied().collect();
    ids.into_iter()
        .map(|id| match id.split_once('.') {
            Some((technique, _)) => json!({"technique": {"uid": technique}, "sub_technique": {"uid": id}}),
            None => json!({"technique": {"uid": id}}),
        })
        .collect()
}

fn evidences(finding: &Finding) -> Vec<Value> {
    let ip = finding.address.as_ref().map(Untrusted::as_evidence);
    finding
        .records
        .iter()
        .map(|record| {
            let mut evidence = Nested::default();
            evidence.put("data", super::record_object(record));
            evidence.put("uid", record.native_id.as_deref());
            evidence.put("actor.user.name", finding.actor.as_evidence());
            evidence.put("src_endpoint.ip", ip.filter(|ip| ip.parse::<IpAddr>().is_ok()));
            evidence.value()
        })
        .collect()
}
