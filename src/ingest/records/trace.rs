//! What every message trace shares: who sent what to whom, from where, and what became of it.
//!
//! A trace names addresses, not accounts: the sender is whom the mail claims to come from.

use chrono::{DateTime, Utc};

use crate::ingest::records::auditdata::{note, sentence, upn};
use crate::ingest::values::addresses;
use crate::ingest::values::fields::{self, NameValue, lower, text};
use crate::ingest::values::parties::{Parties, Role};
use crate::ingest::values::times::{self, DateOrder};
use crate::ingest::values::when;
use crate::timeline::event::Text;
use crate::timeline::{Draft, EvidenceSource, Outcome};

/// Columns of Get-MessageTrace that tell one mail from another; somebody may have selected one of them only.
pub const TELLING: [&str; 3] = ["messagetraceid", "messageid", "subject"];

/// One record of a trace in any spelling; empty where the export does not say.
#[derive(Debug, Default)]
pub struct Traced<'a> {
    /// Whom the mail claims to come from.
    pub sender: &'a str,
    /// To whom.
    pub recipients: Vec<&'a str>,
    /// Further addresses that take part: whom the mail was redirected from or expanded to.
    pub related: Vec<&'a str>,
    /// Subject.
    pub subject: &'a str,
    /// Internet message id.
    pub message_id: &'a str,
    /// The service's own id of the mail.
    pub network_id: &'a str,
    /// What happened: a status, or the name of a step.
    pub action: &'a str,
    /// The status as written.
    pub status: &'a str,
    /// The address it was sent from.
    pub client: &'a str,
    /// The other addresses of the record.
    pub others: Vec<&'a str>,
    /// Everything else the record says.
    pub rest: Vec<NameValue>,
}

/// Puts the record into the event; its time is there already.
pub fn fill<'r>(traced: Traced<'r>, event: &mut Draft<'r>) {
    event.evidence_source = EvidenceSource::MessageTrace;
    event.time_basis = text("event");
    event.event_provider = text("Exchange message trace");
    event.event_id = lower(traced.network_id);
    event.action_raw = text(traced.action);
    event.action = text(traced.action);
    event.status_text = text(traced.status);
    event.outcome = outcome(traced.action);
    event.user_raw = text(traced.sender);
    event.user_upn = upn(traced.sender);
    event.email_subject = text(traced.subject);
    event.email_message_id = text(traced.message_id);
    let recipients: Vec<&str> = traced.recipients.iter().copied().filter(|name| !name.is_empty()).collect();
    event.email_to = text(recipients.join("; "));
    event.email_to_count = (!recipients.is_empty()).then_some(recipients.len() as i64);
    event.target_raw = event.email_to.clone();
    if let [one] = recipients.as_slice() {
        event.target_upn = upn(*one);
    }
    set_addresses(traced.client, &traced.others, event);
    event.op_params = fields::list_text(&traced.rest);
    event.parties = parties(event, &recipients, &traced.related);
    event.message = Some(sentence(event).into());
}

/// The sender acts, the recipients are acted on; nothing else in the record names an account.
fn parties(event: &Draft<'_>, recipients: &[&str], related: &[&str]) -> Text<'static> {
    let mut parties = Parties::default();
    for name in [&event.user_raw, &event.user_upn] {
        parties.add(Role::Actor, name.as_deref().unwrap_or_default());
    }
    for name in recipients.iter().chain(related) {
        parties.add(Role::Target, name);
    }
    parties.into_text()
}

fn set_addresses<'r>(client: &'r str, others: &[&'r str], event: &mut Draft<'r>) {
    let client = addresses::address(client);
    let others = others.iter().filter_map(|other| addresses::address(*other));
    let mut all = Vec::new();
    for address in client.iter().cloned().chain(others) {
        let name = address.ip.map_or(address.text, |ip| ip.to_string().into());
        if !all.contains(&name) {
            all.push(name);
        }
    }
    if let Some(client) = client {
        addresses::set_address(event, &[client]);
    }
    let lone = event.source_ip.is_some() && all.len() < 2;
    event.related_ip = text(all.join("; ")).filter(|_| !lone);
}

/// Whether the step or status means that the mail went on. Held back or still on its way is neither.
pub fn outcome(status: &str) -> Outcome {
    match status.trim().to_ascii_lowercase().as_str() {
        "delivered" | "deliver" | "expanded" | "expand" | "resolved" | "resolve" | "receive" | "send" | "submit"
        | "redirect" | "transfer" | "duplicatedeliver" | "junked" => Outcome::Success,
        "failed" | "fail" | "filteredasspam" | "badmail" | "drop" | "blocked" => Outcome::Failure,
        _ => Outcome::Unknown,
    }
}

/// A time in either of the ways that a record's own is read.
pub fn any_time(written: &str, order: Option<DateOrder>) -> Option<DateTime<Utc>> {
    let order = order.or_else(|| times::own_order(written));
    when::explicit_time(written).map(|read| read.time).or_else(|| times::locale_time(written, order?))
}

/// Says so where the record lies outside the query that returned it: then its dates were read in the wrong order, or
/// the file was put together from several.
pub fn check_query(event: &mut Draft<'_>, start: Option<DateTime<Utc>>, end: Option<DateTime<Utc>>) -> Option<String> {
    let (start, end) = (start?, end?);
    let slack = chrono::TimeDelta::seconds(1);
    if start > end || start - slack <= event.datetime && event.datetime <= end + slack {
        return None;
    }
    note(event, "R-150");
    let show = crate::timeline::format_time;
    let (time, start, end) = (show(event.datetime), show(start), show(end));
    Some(format!(
        "time {time} is outside the query's own window ({start} to {end}): were its dates read in the wrong order?"
    ))
}
