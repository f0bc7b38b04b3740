//! Somebody else in this mailbox, or this account in many others: reads, deletions and mails by a non-owner.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::people::of_old::OfOld;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight, counted};
use crate::knowledge::clients::ClientClass;
use crate::knowledge::{apps, clients};
use crate::timeline::EvidenceSource;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "non-owner-access",
        title: "A mailbox used by somebody else",
        gates: &[&[GateId::G1], &[GateId::G2Any], &[GateId::G3], &[GateId::G4], &[GateId::G14Others]],
        adds: &[GateId::G12],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1114.002", "T1213"],
        page: include_str!("../../../docs/symptoms/non-owner-access.md"),
    },
    examine,
};

const USES: [&str; 11] = [
    "MailItemsAccessed",
    "AttachmentAccess",
    "FolderBind",
    "MessageBind",
    "Send",
    "SendAs",
    "SendOnBehalf",
    "SoftDelete",
    "HardDelete",
    "MoveToDeletedItems",
    "Move",
];
/// Foreign mailboxes within the time that are more than a deputy's work.
const MAILBOXES: usize = 5;
const WITHIN: TimeDelta = TimeDelta::minutes(10);

const OF_OLD: &str = "the same actor used this mailbox from the same place on three days or more before";

const BEFORE: &str = "the same actor used this mailbox before";
const BEFORE_OTHERWISE: &str = "the same actor used this mailbox before, but not like this or not from there";

/// What a mailbox is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    Read,
    Send,
    Remove,
}

impl Use {
    fn of(row: &Row<'_>) -> Self {
        match () {
            () if row.event.is(&["MailItemsAccessed", "AttachmentAccess", "FolderBind", "MessageBind"]) => Self::Read,
            () if row.event.is(&["Send", "SendAs", "SendOnBehalf"]) => Self::Send,
            () => Self::Remove,
        }
    }
}

/// What a use before the window makes known of its actor. Who writes or tidies up here reads as well.
fn known_by(row: &Row<'_>) -> [(String, Use); 2] {
    [Use::of(row), Use::Read].map(|used| (acts::actor(row.event), used))
}

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let mut findings = of_others(exam);
    findings.extend(in_others(exam));
    findings
}

fn is_use(row: &Row<'_>) -> bool {
    let mailbox =
        matches!(row.event.record_type, Some(2 | 3 | 50)) || row.event.evidence_source == EvidenceSource::MailboxAudit;
    mailbox && row.event.is(&USES) && !matches!(row.event.logon_type, Some(3 | 4))
}

/// The service itself in the owner's name, which the audit log calls an application: it takes cancelled meetings out of
/// calendars. A program of somebody else is named by its id.
fn is_upkeep(row: &Row<'_>) -> bool {
    let client = row.event.client_info.as_deref().unwrap_or_default();
    let program = row.event.client_app_id.as_deref().unwrap_or_default();
    row.parts.actor
        && clients::class(client) == ClientClass::Service
        && (program.is_empty() || apps::is_service(program))
}

/// Others in the account's mailbox, by actor and day.
fn of_others(exam: &Exam<'_>) -> Vec<Finding> {
    let foreign = |row: &&Row<'_>| {
        row.parts.mailbox
            && !matches!(row.class, ActorClass::Own)
            && is_use(row)
            && (row.event.logon_type != Some(0) || row.class == ActorClass::App && !is_upkeep(row))
    };
    // Who used the mailbox before the window has a reason, whatever it is: to use it like that, from where that one works.
    let before = exam.rows.iter().filter(|row| row.event.datetime < exam.window.from && foreign(row));
    let known: BTreeSet<(String, Use)> = before.flat_map(known_by).collect();
    let actors: BTreeSet<&str> = known.iter().map(|(actor, _)| actor.as_str()).collect();
    let goes_on =
        |row: &Row<'_>| known.contains(&(acts::actor(row.event), Use::of(row))) && !exam.habits().is_away(exam, row);
    let innocent = exam.rows.iter().filter(|row| foreign(row) && !row.failed() && !acts::is_attackers(exam, row));
    let old = OfOld::of(exam, innocent, |row| acts::actor(row.event));
    let rows = exam.acts().filter(foreign);
    let key = |row: &Row<'_>| format!("{} {}", acts::actor(row.event), goes_on(row));
    let groups = acts::happenings(rows, TimeDelta::hours(24), key);
    let tell = |rows: &Vec<&Row<'_>>| -> Option<Finding> {
        let actor = acts::actor(rows.first()?.event);
        let (_, mut weight) = acts::heaviest(exam, rows, Weight::Weak)?;
        let of_old = rows.iter().all(|row| old.holds(row, &actor));
        let usual = rows.iter().all(|row| goes_on(row));
        if (of_old || usual) && !rows.iter().any(|row| acts::is_attackers(exam, row)) {
            weight = Weight::Explained;
        }
        let operations = acts::operations(rows);
        let (en, ja) = headline(&actor, rows, &operations);
        let before = match (usual, actors.contains(actor.as_str())) {
            (true, _) => BEFORE,
            (false, true) => BEFORE_OTHERWISE,
            (false, false) => "",
        };
        let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
            .headline(en, ja)
            .detail("operations", operations)
            .detail("before the window", before);
        let explanation = if of_old && weight == Weight::Explained { OF_OLD } else { "" };
        Some(draft.detail("explanation", explanation).done())
    };
    groups.iter().filter_map(tell).collect()
}

/// Who used the mailbox; a program that did so in the owner's name is told by its own.
fn headline(actor: &str, rows: &[&Row<'_>], operations: &str) -> (String, String) {
    let Some(row) = rows.iter().find(|row| row.parts.actor) else {
        return (
            format!("{actor} used the mailbox, which is not the actor's own ({operations})"),
            format!("{actor} が自分のものではないこのメールボックスを使用（{operations}）"),
        );
    };
    let id = row.event.client_app_id.as_deref().or(row.event.app_id.as_deref()).filter(|id| !id.is_empty());
    let name = |id| apps::name(id).or_else(|| apps::worth_a_look(id)).unwrap_or(id);
    let (en, ja) = id.map_or(("without an id", "（ID なし）"), |id| (name(id), name(id)));
    (
        format!("The application {en} used the mailbox in its owner's name ({operations})"),
        format!("アプリケーション {ja} が所有者の名義でこのメールボックスを使用（{operations}）"),
    )
}

/// The account in others' mailboxes: any in the attacker's hand, many within minutes in anybody's.
fn in_others(exam: &Exam<'_>) -> Vec<Finding> {
    let foreign = |row: &&Row<'_>| {
        row.class == ActorClass::Own && is_use(row) && !row.parts.mailbox && row.event.mailbox_upn.is_some()
    };
    // What was its work before the window is told only where the attacker goes on with it.
    let before = exam.rows.iter().filter(|row| row.event.datetime < exam.window.from && !row.failed() && foreign(row));
    let known: BTreeSet<&str> = before.filter_map(|row| row.event.mailbox_upn.as_deref()).collect();
    let work = |row: &Row<'_>| {
        row.event.mailbox_upn.as_deref().is_some_and(|mailbox| known.contains(mailbox))
            && !acts::is_attackers(exam, row)
    };
    let rows = exam.acts().filter(|row| foreign(row) && !work(row));
    let groups = acts::happenings(rows, acts::ONE_GO, |row| acts::actor(row.event));
    let tell = |rows: &Vec<&Row<'_>>| -> Option<Finding> {
        let mailboxes: BTreeSet<&str> = rows.iter().filter_map(|row| row.event.mailbox_upn.as_deref()).collect();
        let (_, weight) = acts::heaviest(exam, rows, Weight::Weak)?;
        let attackers = rows.iter().any(|row| acts::is_attackers(exam, row));
        let most = || acts::most_within(rows, WITHIN, |row| row.event.mailbox_upn.as_deref());
        if !attackers && most() < MAILBOXES {
            return None;
        }
        let names = mailboxes.iter().copied().collect::<Vec<_>>().join(", ");
        let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
            .headline(
                format!(
                    "The account used {} its own",
                    counted(mailboxes.len(), "mailbox that is not", "mailboxes that are not")
                ),
                format!("アカウントが自分のものではないメールボックス {} 個を使用", mailboxes.len()),
            )
            .detail("mailboxes", names)
            .detail("operations", acts::operations(rows));
        Some(draft.done())
    };
    groups.iter().filter_map(tell).collect()
}
