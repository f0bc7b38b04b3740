//! `indicators.stix.json`: the attacker's traces as a STIX 2.1 bundle, for threat-intelligence platforms.
//!
//! Times come from the evidence and ids from the content, so that the same question gives the same bundle. Values
//! are as they stand in the evidence: nothing is defanged in a file for machines.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::IpAddr;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use sha1::{Digest as _, Sha1};

use super::deeds::{Act, Deed, deed};
use super::model::Report;
use super::text;
use crate::finding::{Attribution, Finding, Weight};
use crate::knowledge::domains;
use crate::timeline::Event;
use crate::untrusted::Untrusted;

/// The name space of this program's ids: version 5 of `bectrace` under the DNS name space of RFC 4122.
const NAME_SPACE: [u8; 16] =
    [0x8a, 0x94, 0x50, 0xa2, 0x0a, 0x62, 0x50, 0xe0, 0xbe, 0x18, 0x37, 0xce, 0x91, 0xfe, 0xee, 0x76];

/// Writes `indicators.stix.json`.
pub fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let bundle = serde_json::to_string_pretty(&bundle(report))?;
    out.write_all(text::json(&bundle).as_bytes())?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Bundle {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    objects: Vec<Object>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Object {
    Identity(Identity),
    Indicator(Indicator),
}

/// What every object has.
#[derive(Serialize)]
struct Common {
    #[serde(rename = "type")]
    kind: &'static str,
    spec_version: &'static str,
    id: String,
    created: String,
    modified: String,
}

/// Who says so: this program.
#[derive(Serialize)]
#[allow(clippy::struct_field_names, reason = "the names are those of STIX")]
struct Identity {
    #[serde(flatten)]
    common: Common,
    name: &'static str,
    identity_class: &'static str,
    description: String,
}

/// One trace, as a pattern to look for.
#[derive(Serialize)]
#[allow(clippy::struct_field_names, reason = "the names are those of STIX")]
struct Indicator {
    #[serde(flatten)]
    common: Common,
    created_by_ref: String,
    name: String,
    description: String,
    indicator_types: [&'static str; 1],
    pattern: String,
    pattern_type: &'static str,
    pattern_version: &'static str,
    valid_from: String,
    confidence: u8,
    labels: [&'static str; 1],
}

/// The kinds of traces, in the order of the bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Address,
    Mailbox,
    Domain,
    Application,
    Message,
}

/// One trace: since when, and how it is known.
struct Trace {
    since: DateTime<Utc>,
    why: String,
    confidence: u8,
}

type Traces = BTreeMap<(Kind, String), Trace>;

fn bundle(report: &Report<'_>) -> Bundle {
    let start = report.examination.window.from;
    let tool = Identity {
        common: common("identity", report.tool.name, start),
        name: report.tool.name,
        identity_class: "system",
        description: format!("{} {}, from exported logs", report.tool.name, report.tool.version),
    };
    let author = tool.common.id.clone();
    let mut objects = vec![Object::Identity(tool)];
    objects.extend(traces(report).into_iter().map(|((kind, value), trace)| {
        let pattern = pattern(kind, &value);
        Object::Indicator(Indicator {
            common: common("indicator", &pattern, trace.since),
            created_by_ref: author.clone(),
            name: value,
            description: trace.why,
            indicator_types: [if kind == Kind::Message { "malicious-activity" } else { "attribution" }],
            pattern,
            pattern_type: "stix",
            pattern_version: "2.1",
            valid_from: stamp(trace.since),
            confidence: trace.confidence,
            labels: ["business-email-compromise"],
        })
    }));
    let name: Vec<&str> = objects
        .iter()
        .map(|object| match object {
            Object::Identity(Identity { common, .. }) | Object::Indicator(Indicator { common, .. }) => &*common.id,
        })
        .collect();
    Bundle { kind: "bundle", id: id("bundle", &name.join(" ")), objects }
}

/// The traces of the attacker: addresses; mailboxes and domains that mail was sent on to; applications that were
/// given access; the ids of the mails sent. Each with its first time.
fn traces(report: &Report<'_>) -> Traces {
    let examination = report.examination;
    let mut traces = Traces::new();
    let seen = first_seen(report.timeline);
    for member in &examination.attacker.addresses {
        let Ok(address) = member.value.as_evidence().parse::<IpAddr>() else { continue };
        let first = seen.get(member.value.as_evidence()).copied();
        let since = first.or(examination.attacker.first).unwrap_or(examination.window.from);
        let why: Vec<&str> = member.why.iter().map(Untrusted::as_evidence).collect();
        add(&mut traces, (Kind::Address, address.to_string()), since, &why.join("; "), 80);
    }
    // Below the organisation's own domains nobody else's are, and their addresses are no traces of the attacker.
    let own = |domain: &str| {
        let domain = domain.to_lowercase();
        examination.tenant_domains.iter().any(|own| domains::is_of(&domain, &own.as_evidence().to_lowercase()))
    };
    for finding in linked(report) {
        let confidence = if finding.verdict == Weight::Strong { 80 } else { 50 };
        if matches!(symptom_of(finding), "forwarding" | "inbox-rules") {
            for mailbox in destinations(finding) {
                let Some((_, domain)) = mailbox.rsplit_once('@').filter(|(_, domain)| !own(domain)) else { continue };
                if !domains::is_freemail(domain) {
                    let key = (Kind::Domain, domain.to_owned());
                    add(&mut traces, key, finding.time, &format!("domain of {mailbox}, {}", finding.id), confidence);
                }
                let why = format!("mail of the account is sent on to it, {}", finding.id);
                add(&mut traces, (Kind::Mailbox, mailbox), finding.time, &why, confidence);
            }
        }
    }
    let linked: BTreeMap<&str, &Finding> = linked(report).map(|finding| (finding.id.as_str(), finding)).collect();
    for event in report.timeline {
        let Some(finding) = citing(&linked, event) else { continue };
        let confidence = if finding.verdict == Weight::Strong { 80 } else { 50 };
        match deed(event) {
            Deed::MailSent | Deed::MailTraced => {
                if let Some(message) = event.email_message_id.as_deref() {
                    let why = format!("sent by the attacker, {}", finding.id);
                    add(&mut traces, (Kind::Message, message.to_owned()), event.datetime, &why, confidence);
                }
            }
            Deed::Access(Act::Create) => {
                if let Some(application) = application(event) {
                    let why = format!("was given access by the attacker, {}", finding.id);
                    add(&mut traces, (Kind::Application, application), event.datetime, &why, confidence);
                }
            }
            _ => {}
        }
    }
    traces
}

/// When each address was first seen.
fn first_seen(timeline: &[Event]) -> BTreeMap<&str, DateTime<Utc>> {
    let mut seen = BTreeMap::new();
    for event in timeline {
        let Some(address) = event.source_ip.as_deref() else { continue };
        let first = seen.entry(address).or_insert(event.datetime);
        *first = event.datetime.min(*first);
    }
    seen
}

/// Keeps the first time and the highest confidence.
fn add(traces: &mut Traces, key: (Kind, String), since: DateTime<Utc>, why: &str, confidence: u8) {
    let trace = traces.entry(key).or_insert_with(|| Trace { since, why: why.to_owned(), confidence });
    trace.confidence = trace.confidence.max(confidence);
    if since < trace.since {
        trace.since = since;
        why.clone_into(&mut trace.why);
    }
}

/// Findings that are the attacker's and have no innocent explanation.
fn linked<'a>(report: &Report<'a>) -> impl Iterator<Item = &'a Finding> {
    super::assessments(report)
        .flat_map(|assessment| &assessment.findings)
        .filter(|finding| finding.attribution == Attribution::Linked && finding.verdict != Weight::Explained)
}

/// The strongest linked finding that cites the event.
fn citing<'a>(linked: &BTreeMap<&str, &'a Finding>, event: &Event) -> Option<&'a Finding> {
    let cited = super::listed(event.finding_ids.as_deref()).into_iter().filter_map(|id| linked.get(id).copied());
    cited.max_by_key(|finding| finding.verdict)
}

fn symptom_of(finding: &Finding) -> &str {
    finding.id.split('/').next().unwrap_or_default()
}

/// The mail addresses in what a rule or a mailbox sends mail on to.
fn destinations(finding: &Finding) -> Vec<String> {
    const SENDS_ON: [&str; 4] = ["forward", "redirect", "destination", "sent on"];
    let values = finding.facts.iter().filter(|(name, _)| {
        let name = name.to_lowercase();
        SENDS_ON.iter().any(|word| name.contains(word))
    });
    let mut found: Vec<String> = values.flat_map(|(_, value)| domains::addresses_in(value.as_evidence())).collect();
    found.sort();
    found.dedup();
    found
}

/// The application that a consent or a grant is about.
fn application(event: &Event) -> Option<String> {
    let action = event.action().to_lowercase();
    let grants = ["consent", "oauth2permission", "delegated permission", "app role assignment", "service principal"];
    let id = event.target_id.as_deref().filter(|id| is_guid(id));
    id.filter(|_| grants.iter().any(|word| action.contains(word))).map(str::to_owned)
}

fn is_guid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

fn pattern(kind: Kind, value: &str) -> String {
    let path = match kind {
        Kind::Address if value.contains(':') => "ipv6-addr:value",
        Kind::Address => "ipv4-addr:value",
        Kind::Mailbox => "email-addr:value",
        Kind::Domain => "domain-name:value",
        // STIX has no object for a cloud application; a service principal is an account of the directory.
        Kind::Application => "user-account:user_id",
        Kind::Message => "email-message:message_id",
    };
    format!("[{path} = {}]", text::stix_literal(value))
}

fn common(kind: &'static str, name: &str, since: DateTime<Utc>) -> Common {
    let created = stamp(since);
    // The first time is part of the name: an object never changes its creation time.
    Common { kind, spec_version: "2.1", id: id(kind, &format!("{name} {created}")), modified: created.clone(), created }
}

fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// `kind--UUID`, the UUID of version 5 (RFC 4122, 4.3) over kind and name.
fn id(kind: &str, name: &str) -> String {
    let mut hash = Sha1::new();
    hash.update(NAME_SPACE);
    hash.update(kind);
    hash.update([0]);
    hash.update(name);
    format!("{kind}--{}", uuid(&hash.finalize()))
}

fn uuid(hash: &[u8]) -> String {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash).for_each(|(byte, from)| *byte = *from);
    bytes[6] = bytes[6] & 0x0f | 0x50;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = crate::timeline::event::hex(&bytes);
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0..8), part(8..12), part(12..16), part(16..20), part(20..32))
}

#[cfg(test)]
mod tests {
    use super::super::sample::Sample;
    use super::*;

    /// The rule of the sample sends mail on; two of its timeline's events are the attacker's mail and consent.
    fn sample() -> Sample {
        let mut sample = Sample::hostile();
        let finding = &mut sample.examination.symptoms[2].findings[0];
        let to = "smtp:Mallory@evil.example; it's@evil.example; drop@gmail.com; bob@contoso.example; eva@mail.Contoso.example";
        finding.facts.insert("destination".to_owned(), to.into());
        let cited = sample.timeline[0].finding_ids.clone();
        let event =
            |action: &str| Event { action: Some(action.into()), finding_ids: cited.clone(), ..Event::default() };
        let at = "2026-03-10T00:30:00Z".parse().unwrap();
        sample.timeline.push(Event {
            datetime: at,
            email_message_id: Some("<a'] OR [x:y = 'b\\@evil.example>".into()),
            ..event("Send")
        });
        let application = Some("11111111-2222-4333-8444-555555555555".into());
        sample.timeline.push(Event { datetime: at, target_id: application, ..event("Consent to application") });
        // Nobody's finding cites this one.
        sample.timeline.push(Event {
            email_message_id: Some("<own@contoso.example>".into()),
            finding_ids: None,
            ..event("Send")
        });
        sample
    }

    fn patterns(sample: &Sample) -> Vec<String> {
        let objects = bundle(&sample.report()).objects;
        objects
            .into_iter()
            .filter_map(|object| match object {
                Object::Indicator(indicator) => Some(indicator.pattern),
                Object::Identity(_) => None,
            })
            .collect()
    }

    #[test]
    fn names_what_the_linked_findings_show_and_nothing_of_the_tenant() {
        assert_eq!(
            patterns(&sample()),
            [
                "[ipv4-addr:value = '203.0.113.7']",
                "[email-addr:value = 'drop@gmail.com']",
                r"[email-addr:value = 'it\'s@evil.example']",
                "[email-addr:value = 'mallory@evil.example']",
                "[domain-name:value = 'evil.example']",
                "[user-account:user_id = '11111111-2222-4333-8444-555555555555']",
                r"[email-message:message_id = '<a\'] OR [x:y = \'b\\@evil.example>']",
            ]
        );
        assert!(patterns(&Sample::empty()).is_empty());
    }

    #[test]
    fn what_is_not_linked_is_no_indicator() {
        let mut sample = sample();
        sample.examination.symptoms[2].findings[0].attribution = Attribution::Unexplained;
        assert_eq!(patterns(&sample), ["[ipv4-addr:value = '203.0.113.7']"]);
    }

    #[test]
    fn ids_are_version_5_over_the_content() {
        // As Python's uuid.uuid5 makes it under uuid.uuid5(uuid.NAMESPACE_DNS, "bectrace").
        let made = common("indicator", "[ipv4-addr:value = '203.0.113.7']", "2026-03-10T00:23:03Z".parse().unwrap());
        assert_eq!(made.id, "indicator--d0cb0d96-5772-5d9a-9d8e-10f8155c010e");
        assert_eq!(made.created, "2026-03-10T00:23:03.000Z");
    }

    #[test]
    fn same_report_same_bytes_and_hostile_text_cannot_act() {
        let render = |sample: &Sample| {
            let mut bytes = Vec::new();
            write(&sample.report(), &mut bytes).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        let text = render(&sample());
        assert_eq!(text, render(&sample()));
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{9b}']));
    }
}
