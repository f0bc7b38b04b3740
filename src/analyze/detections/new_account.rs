//! The account made new accounts or invited guests: ways back in that belong to nobody.

use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "new-account",
        title: "Accounts made or guests invited",
        gates: &[
            &[GateId::G6],
            &[GateId::G1, GateId::G6Entra],
            &[GateId::G2Any, GateId::G6Entra],
            &[GateId::G3, GateId::G6Entra],
        ],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::Medium,
        attack: &["T1136.003"],
        page: include_str!("../../../docs/symptoms/new-account.md"),
    },
    examine,
};

const ACTIVITIES: [&str; 6] =
    ["Add user", "Invite external user", "Invite internal user", "Create user", "New-Mailbox", "New-MailUser"];

const MEMBER: &str = "Add member to group";

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let own = exam.acts().filter(|row| row.parts.actor && row.class == ActorClass::Own);
    let made = own.filter(|row| row.event.is(&ACTIVITIES) || lets_guest_in(exam, row));
    acts::by_actor(made).iter().filter_map(|rows| finding(exam, rows)).collect()
}

/// Whether a guest is put into a group, by the attacker or right after: guests come into groups every day.
fn lets_guest_in(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let guest = || {
        [&row.event.target_upn, &row.event.target_raw]
            .into_iter()
            .flatten()
            .any(|who| who.to_lowercase().contains("#ext#"))
    };
    row.event.is(&[MEMBER]) && guest() && (acts::is_attackers(exam, row) || acts::follows_attacker(exam, row))
}

fn name(row: &Row<'_>) -> String {
    let event = row.event;
    event.target_upn.as_deref().or(event.target_raw.as_deref()).map_or_else(|| acts::object_name(event), str::to_owned)
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let (row, weight) = acts::heaviest(exam, rows, Weight::Weak)?;
    let mut weight = if weight == Weight::Weak && acts::follows_attacker(exam, row) { Weight::Strong } else { weight };
    // Who makes accounts all the time has that job.
    if weight == Weight::Weak && crate::analyze::mail::mails::did_before(exam, row) {
        weight = Weight::Explained;
    }
    let mut names: Vec<String> = rows.iter().map(|row| name(row)).collect();
    names.dedup();
    let guest = row.event.action().to_lowercase().contains("external");
    let list = names.join(", ");
    let (en, ja) = if row.event.is(&[MEMBER]) {
        (format!("The account put guests into a group: {list}"), format!("アカウントがゲストをグループに追加：{list}"))
    } else if guest {
        (format!("The account invited guests: {list}"), format!("アカウントがゲストを招待：{list}"))
    } else {
        (format!("The account made new accounts: {list}"), format!("アカウントが新しいアカウントを作成：{list}"))
    };
    Some(acts::draft(&CHECK.meta, exam, rows, weight)?.headline(en, ja).detail("accounts", list).done())
}
