//! S09: mail passed on automatically, by the mailbox's setting, by a rule, by the organisation's transport.
//!
//! [`crate::analyze::settings::forwards`] replays the settings and [`crate::analyze::settings::rules`] the rules; here they become
//! findings.

mod copies;
mod organisation;
mod rules;
mod snapshots;

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::BEFORE;
use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, OFF, Row};
use crate::analyze::mail::onward::{self, Onward};
use crate::analyze::people::hand::{self, Hand};
use crate::analyze::settings::accounted::Accounted;
use crate::analyze::settings::contacts::Contacts;
use crate::analyze::settings::forwards::{self, Forward};
use crate::analyze::settings::mailbox::{self, Mailbox};
use crate::analyze::settings::rules::Definition;
use crate::analyze::settings::rules::judge::{self, Judged};
use crate::analyze::settings::rules::standing;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::alerts::{self, Alert};
use crate::analyze::sign_ins::risk::is_taken_back;
use crate::analyze::{Check, Meta, acts, is_housekeeping};
use crate::finding::{Attribution, Fact, Finding, Severity, Weight, counted};
use crate::knowledge::domains;
use crate::knowledge::names::alias_of_dn;
use crate::timeline::format_time;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 9,
        id: "forwarding",
        title: "Mail forwarding recently added",
        gates: &[&[GateId::G1], &[GateId::G2], &[GateId::G3], &[GateId::G5], &[GateId::G14], &[GateId::G10]],
        adds: &[GateId::G4, GateId::G7, GateId::G8, GateId::G9Received, GateId::G10Forwarding, GateId::G11],
        never_not_seen: None,
        severity: Severity::Critical,
        attack: &["T1114.003", "T1020"],
        page: include_str!("../../../docs/symptoms/forwarding.md"),
    },
    examine,
};

/// A contact made this shortly before it is used as a destination was made for it.
const TWO_STEP: TimeDelta = TimeDelta::hours(24);
/// Alerts about forwarding, by parts of their names.
const ALERTS: [&str; 3] = ["email forwarding", "inbox forwarding", "forwarding/redirect rule"];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let alerts = alerts::named(exam, &ALERTS);
    let forwards = forwards::replay(exam);
    let shared = shared_destinations(exam, &forwards);
    let mut findings: Vec<Finding> = forwards
        .iter()
        .filter(|forward| forward.is_recent(exam))
        .filter_map(|forward| setting(exam, forward, &shared, &alerts))
        .collect();
    findings.extend(exam.acts().filter_map(|row| lost_setting(exam, row)));
    findings.extend(exam.acts().filter_map(|row| copies::switched(exam, row, &forwards)));
    findings.extend(exam.window_rows().filter_map(|row| risk_report(exam, row)));
    let judged = judge::all(exam);
    let by_rules = rules::all(exam, &judged, &alerts);
    let mut timeless: Vec<Finding> =
        exam.states.iter().flat_map(|row| snapshots::settings(exam, row, &forwards)).collect();
    timeless.extend(exam.states.iter().filter_map(|row| snapshots::unknown(exam, row)));
    timeless.extend(exam.states.iter().filter_map(|row| organisation::standing_transport(exam, row)));
    let shown = standing::all(exam)
        .into_iter()
        .filter_map(|rule| snapshots::rule(exam, &rule).filter(|shown| !rule.is_told(shown.verdict, &by_rules)));
    timeless.extend(shown);
    findings.extend(by_rules);
    let contacts = Contacts::of(exam);
    let tenant = exam.window_rows().filter(|row| !row.failed() && !is_housekeeping(row.class));
    timeless.extend(tenant.filter_map(|row| {
        let told = organisation::transport(exam, row, &contacts).or_else(|| organisation::permission(exam, row));
        told.or_else(|| organisation::lost(exam, row))
    }));
    timeless.extend(alerts.iter().filter(|alert| !alert.is_caused(exam)).map(|alert| alone(exam, alert)));
    findings.extend(untold(exam, &Accounted::of(exam, &forwards, &judged), &judged, &timeless));
    findings.extend(timeless);
    findings
}

/// Mail that went on and that nothing recorded accounts for: neither a forwarding or a rule that stood at that time, nor
/// what stands nobody knows since when.
fn untold(exam: &Exam<'_>, accounted: &Accounted, rules: &[Judged<'_, '_>], timeless: &[Finding]) -> Vec<Finding> {
    let told =
        |finding: &Finding, to: &str| finding.facts.values().any(|fact| fact.as_evidence().to_lowercase().contains(to));
    onward::all_but(exam, &|to, row| accounted.covers(to, row))
        .iter()
        .filter(|way| !timeless.iter().any(|finding| told(finding, &way.to)))
        .filter_map(|way| {
            let recorded = judge::sending_to(rules, &way.to).filter(|_| way.by_rule && !way.is_rest);
            at_work(exam, way, recorded)
        })
        .collect()
}

/// A cmdlet on the mailbox's forwarding whose values the export lost: set or taken away, it proves only that somebody
/// ran it.
fn lost_setting(exam: &Exam<'_>, row: &Row<'_>) -> Option<Finding> {
    let names = forwards::lost(row);
    if names.is_empty() {
        return None;
    }
    let mailbox = mailbox::of_cmdlet(exam, row);
    if !mailbox.ours {
        return None;
    }
    let (cmdlet, name) = (row.event.action(), named(exam, &mailbox));
    let draft = Draft::new(&CHECK.meta, exam, row)
        .headline(
            format!("{cmdlet} was run on the forwarding of {name}; whether it was set or removed is lost"),
            format!("{name} の転送設定に対して {cmdlet} が実行された（設定か解除かはエクスポート時に失われた）"),
        )
        .fact(Fact::Inferred)
        .detail("values lost in the export", names.join(", "))
        .target(name)
        .weight(if exam.job(row).is_some() { Weight::Explained } else { Weight::Weak });
    Some(draft.done())
}

/// A risk detection that is about forwarding: it names neither the rule nor its record.
fn risk_report(exam: &Exam<'_>, row: &Row<'_>) -> Option<Finding> {
    const KIND: &str = "suspiciousinboxforwarding";
    let kinds = row.event.risk_events.as_deref().unwrap_or_default();
    let told = kinds.split("; ").any(|kind| kind.eq_ignore_ascii_case(KIND));
    if !told || !row.parts.any() || is_taken_back(row.event) {
        return None;
    }
    let draft = Draft::new(&CHECK.meta, exam, row)
        .headline(
            "Microsoft's risk detection says that a rule forwards mail outside; it does not name it",
            "Microsoft のリスク検出は、ルールがメールを外部に転送すると報告している（ルール名の記載なし）",
        )
        .detail("risk detection", KIND)
        .fact(Fact::Inferred)
        .weight(Weight::Weak);
    Some(draft.done())
}

/// The trace shows forwarding at work that no record of the window and no snapshot explains: it was set earlier, or
/// elsewhere. `recorded` is the rule that did it, where the trace names one and a record from before shows it.
fn at_work(exam: &Exam<'_>, way: &Onward<'_>, recorded: Option<&Judged<'_, '_>>) -> Option<Finding> {
    let first = way.out.first()?;
    let (count, to) = (way.mails, &way.to);
    let refused = way.out.iter().filter(|row| row.failed()).count();
    let went = |one, many| counted(count, one, many);
    let (en, ja) = match (way.by_rule, recorded) {
        (true, Some(_)) => (
            format!(
                "{} on to {to} (outside) by an inbox rule, says the trace",
                went("mail was sent", "mails were sent")
            ),
            format!("{count} 通のメールが受信トレイ ルールにより {to}（組織外）へ転送されている"),
        ),
        (true, None) => (
            format!(
                "{} on to {to} (outside) by an inbox rule, says the trace; the rule is not recorded",
                went("mail was sent", "mails were sent")
            ),
            format!(
                "{count} 通のメールが受信トレイ ルールにより {to}（組織外）へ転送されている（ルール自体は記録にない）"
            ),
        ),
        (false, _) => (
            format!(
                "{} on to {to} (outside) moments after coming; what forwards is not recorded",
                went("mail went", "mails went")
            ),
            format!("{count} 通のメールが到着直後に {to}（組織外）へ転送されている（転送の設定は記録にない）"),
        ),
    };
    let draft = Draft::new(&CHECK.meta, exam, first)
        .headline(en, ja)
        .fact(Fact::Inferred)
        .attribution(Attribution::Unknown)
        .detail("destination", to.clone())
        .detail("mails that came meanwhile", way.all.to_string())
        .detail("refused on the way", if refused > 0 { refused.to_string() } else { String::new() })
        .detail("look-alike of", look_alike(exam, to).unwrap_or_default())
        .detail("recorded earlier", recorded.map(|act| format_time(act.act.row.event.datetime)).unwrap_or_default())
        .target(exam.subject.user.clone())
        .weight(onward::weight(recorded));
    let rule = recorded.map(|act| act.act.row);
    Some(draft.also(way.out.iter().copied()).also(way.came.iter().copied()).also(rule).done())
}

/// What stands in a destination's place where the export lost it, English and Japanese.
const LOST: (&str, &str) = ("an address that the export lost", "エクスポートで失われた宛先");
/// The same where stars stand there.
const STARRED: (&str, &str) = ("masked in the record: where it leads is lost", "記録上で伏せられており、宛先は不明");

/// The mailbox by name; the account's own may stand in a record without one.
fn named<'m>(exam: &'m Exam<'_>, mailbox: &'m Mailbox) -> &'m str {
    if mailbox.name.is_empty() && mailbox.ours { &exam.subject.user } else { &mailbox.name }
}

/// What a rule does with the mail of a mailbox, English and Japanese: one that is switched off does nothing.
fn sends_on(rule: &Definition, mailbox: &str, to: &str) -> (String, String) {
    let (name, name_ja) = rule.called();
    let (of, of_ja) = match mailbox {
        "" => (String::new(), String::new()),
        mailbox => (format!(" of {mailbox}"), format!("{mailbox} の")),
    };
    match rule.enabled {
        Some(false) => (
            format!("Rule '{name}'{of} (switched off) would send mail on to {to}"),
            format!("{of_ja}受信トレイ ルール「{name_ja}」(無効) は、有効であればメールを {to} に転送する"),
        ),
        _ => (
            format!("Rule '{name}'{of} sends mail on to {to}"),
            format!("{of_ja}受信トレイ ルール「{name_ja}」がメールを {to} に転送する"),
        ),
    }
}

fn enabled(rule: &Definition) -> &'static str {
    rule.enabled.map(|on| if on { "yes" } else { "no" }).unwrap_or_default()
}

/// Outside destinations of two mailboxes or more. A whole company with one is its ticket system.
fn shared_destinations(exam: &Exam<'_>, forwards: &[Forward<'_, '_>]) -> BTreeSet<String> {
    let mut mailboxes: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for forward in forwards.iter().filter(|forward| forward.outside && forward.on.place != OFF) {
        let name = if forward.mailbox.ours { String::new() } else { forward.mailbox.name.to_lowercase() };
        mailboxes.entry(forward.address.as_deref().unwrap_or_default()).or_default().insert(name);
    }
    let others = exam.others.iter().filter(|row| !row.failed() && !is_housekeeping(row.class));
    for row in others.filter(|row| row.event.is(&["Set-Mailbox", "Set-MailUser", "Set-RemoteMailbox"])) {
        let whose = row.event.target_raw.as_deref().or(row.event.mailbox_upn.as_deref()).unwrap_or_default();
        let values = ["ForwardingSmtpAddress", "ForwardingAddress"].into_iter().filter_map(|name| row.param(name));
        for address in values.flat_map(|value| domains::addresses_in(&value)) {
            if let Some(names) = mailboxes.get_mut(address.as_str()) {
                names.insert(whose.to_lowercase());
            }
        }
    }
    mailboxes
        .into_iter()
        .filter(|(_, names)| (2..20).contains(&names.len()))
        .map(|(address, _)| address.to_owned())
        .collect()
}

/// A forwarding that a mailbox's setting makes.
fn setting(
    exam: &Exam<'_>,
    forward: &Forward<'_, '_>,
    shared: &BTreeSet<String>,
    alerts: &[Alert<'_, '_>],
) -> Option<Finding> {
    let hand = hand::hand(exam, forward.on);
    let made_for_it = |made: &&Row<'_>| forward.on.event.datetime - made.event.datetime <= TWO_STEP;
    let two_step = forward.contact.filter(|made| !forward.is_repointed() && made_for_it(made));
    // What an intruder made of it is told by itself, and is not whoever set it to blame.
    let by_intruder = |row: &Row<'_>| !hand.is_suspicious() && hand::hand(exam, row).is_suspicious();
    let keeps_copy = forward.keeps_copy_but(by_intruder);
    let is_shared = forward.address.as_ref().is_some_and(|address| shared.contains(address));
    let sly = two_step.is_some() || is_shared || keeps_copy == Some(false);
    let unexplained = || forward.address.is_none() && !names_an_account(exam, &forward.destination);
    let masked = forwards::is_masked(&forward.destination);
    let moved = exam.job(forward.on).filter(|_| !is_shared && two_step.is_none() && is_coexistence(exam, forward));
    let weight = match (forward.outside, hand) {
        // What the account did to somebody else's mailbox says something only where it was the attacker.
        _ if !forward.mailbox.ours && hand != Hand::Attacker => return None,
        (true, Hand::Attacker | Hand::Unusual) => Weight::Strong,
        // The owner, from the usual place: against policy perhaps, but no intrusion.
        (true, Hand::Usual) if two_step.is_some() || keeps_copy == Some(false) => Weight::Weak,
        (true, Hand::Usual) => Weight::Explained,
        (true, _) if moved.is_some() => Weight::Weak,
        (true, _) if sly => Weight::Strong,
        (true, _) | (false, Hand::Attacker | Hand::Unusual) => Weight::Weak,
        (false, hand) if masked && hand != Hand::Usual => Weight::Weak,
        // It may be a contact that leads outside, and the owner gets nothing any more.
        (false, Hand::Unknown) if keeps_copy == Some(false) && unexplained() => Weight::Weak,
        (false, _) => Weight::Explained,
    };
    let to = forward.address.clone().unwrap_or_else(|| forward.destination.clone());
    let (where_en, where_ja) = match masked {
        true => STARRED,
        false => where_to(exam, forward.address.as_deref(), &forward.destination, forward.outside),
    };
    let mailbox = named(exam, &forward.mailbox);
    let copy = match keeps_copy {
        Some(true) => "yes",
        Some(false) => copies::NO_COPY,
        None => "",
    };
    let until = forward.off.map_or_else(
        || "no removal recorded".to_owned(),
        |off| {
            let minutes = (off.event.datetime - forward.on.event.datetime).num_minutes();
            format!("{} ({minutes} min)", format_time(off.event.datetime))
        },
    );
    let mut draft = Draft::new(&CHECK.meta, exam, forward.on)
        .headline(
            format!("Mail of {mailbox} was set to be forwarded to {to} ({where_en})"),
            format!("{mailbox} のメールの転送先として {to}（{where_ja}）が設定された"),
        )
        .detail("destination", forward.destination.clone())
        .detail("destination address", forward.address.clone().unwrap_or_default())
        .detail("mailbox keeps a copy", copy)
        .detail("stood until", until)
        .detail("look-alike of", look_alike(exam, &to).unwrap_or_default())
        .detail("done to people at once", moved.map(|people| people.to_string()).unwrap_or_default())
        .target(mailbox)
        .on_its_face(forward.outside && sly && moved.is_none())
        .weight(weight);
    if !forward.on.in_window {
        draft = draft.detail(BEFORE.0, BEFORE.1);
    }
    if is_shared {
        draft = draft.detail("other mailboxes", "the same destination was set in another mailbox too");
    }
    if let Some(contact) = forward.contact.filter(|_| !forward.is_repointed()) {
        draft = draft.detail("contact made", format_time(contact.event.datetime)).also([contact]);
    }
    let native = forward.on.event.event_id.as_deref();
    let caused = alerts.iter().filter(|alert| alert.is_by(native));
    let changes = forward.changes.iter().copied().filter(|row| !by_intruder(row));
    let changes = changes.filter(|row| row.event.datetime < exam.window.to);
    Some(draft.also(changes).also(caused.map(|alert| alert.row)).done())
}

/// Where a destination leads, in both languages. What is named without an address may be a mailbox as well as a contact
/// behind which an outside address hides, unless a record knows an account of that name.
fn where_to(exam: &Exam<'_>, address: Option<&str>, destination: &str, outside: bool) -> (&'static str, &'static str) {
    match outside {
        true => ("outside", "組織外"),
        false if address.is_none() && !names_an_account(exam, destination) => (
            "a mailbox or contact of the organisation; where it leads is not recorded",
            "組織内のメールボックスまたは連絡先。その先の宛先は記録にない",
        ),
        false => ("inside", "組織内"),
    }
}

/// Whether a destination without an address is the name of an account that some record knows.
fn names_an_account(exam: &Exam<'_>, destination: &str) -> bool {
    // `"Name" [EX:/o=…/cn=…-alias]`, as rules have it.
    let object = destination.split_once('[').map_or(destination, |(_, object)| object.trim_end_matches([']', '"']));
    let last = mailbox::last(object).trim_matches(['"', ' ']).to_lowercase();
    let name = alias_of_dn(&last).unwrap_or(&last);
    exam.subject.is_called(name) || exam.subject.is_anothers(name, exam.identities)
}

/// Whether an administrator gave many mailboxes each its own address elsewhere, as while an organisation moves: that no
/// copy is kept is no sign then. That mail leaves the organisation still is.
fn is_coexistence(exam: &Exam<'_>, forward: &Forward<'_, '_>) -> bool {
    let address = forward.address.as_deref().unwrap_or_default();
    let Some((local, _)) = address.split_once('@') else { return false };
    let own = exam.subject.names.iter().filter_map(|name| name.split('@').next());
    let mut named_so = own.filter(|own| own.eq_ignore_ascii_case(local));
    forward.mailbox.ours && named_so.next().is_some() && acts::is_rolled_out(exam, forward.on, address)
}

/// The organisation's domain that the address's domain may pass for.
fn look_alike(exam: &Exam<'_>, address: &str) -> Option<String> {
    let domain = domains::domain_of(address)?;
    exam.tenant_domains.iter().find(|own| domains::looks_like(own, &domain)).cloned()
}

fn alone(exam: &Exam<'_>, alert: &Alert<'_, '_>) -> Finding {
    Draft::new(&CHECK.meta, exam, alert.row)
        .headline(
            format!("Microsoft's alert '{}'; the forwarding's own record is not in the evidence", alert.name),
            format!("Microsoft のアラート「{}」。転送自体の記録は証拠にない", alert.name),
        )
        .detail("alert", alert.name.clone())
        .fact(Fact::Inferred)
        .weight(Weight::Weak)
        .done()
}
