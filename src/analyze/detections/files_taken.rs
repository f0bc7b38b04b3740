//! Files read or taken from SharePoint and OneDrive: any in the attacker's hand, many within minutes in anybody's.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::exposure;
use crate::analyze::mail::mails;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::examination::Contact;
use crate::finding::{Finding, Severity, Weight, counted};
use crate::knowledge::{apps, clients};
use crate::timeline::json;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "files-taken",
        title: "Files read or taken",
        gates: &[&[GateId::G1], &[GateId::G2Any], &[GateId::G13]],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1530", "T1213.002", "T1567"],
        page: include_str!("../../../docs/symptoms/files-taken.md"),
    },
    examine,
};

/// Different files within the time that no person opens one by one.
const RATES: [(usize, TimeDelta); 2] = [(25, TimeDelta::minutes(3)), (50, TimeDelta::minutes(10))];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let taken = exam.acts().filter(|row| {
        row.parts.actor && matches!(exposure::file_contact(row.event), Some(Contact::Downloaded | Contact::Viewed))
    });
    acts::happenings(taken, acts::ONE_GO, mails::sitting).iter().filter_map(|rows| finding(exam, rows)).collect()
}

fn files(rows: &[&Row<'_>]) -> BTreeSet<String> {
    rows.iter().filter_map(|row| row.event.target_raw.as_deref()).map(str::to_owned).collect()
}

/// Whether so many different files were touched within so short a time.
fn is_mass(rows: &[&Row<'_>]) -> bool {
    let most = |span: &TimeDelta| acts::most_within(rows, *span, |row| row.event.target_raw.as_deref());
    RATES.iter().any(|(least, span)| most(span) >= *least)
}

fn is_sync_client(row: &Row<'_>) -> bool {
    let ids = [&row.event.app_id, &row.event.client_app_id];
    let agent = row.event.user_agent.as_deref().unwrap_or_default().to_lowercase();
    ids.into_iter().flatten().any(|id| apps::syncs_files(id))
        || agent.contains("skydrivesync")
        || agent.contains("onedrivesync")
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let attackers = acts::is_attackers(exam, mails::leader(exam, rows)?);
    // What the owner's own computer keeps in step, nobody opened.
    let opened: Vec<&Row<'_>> = rows.iter().copied().filter(|row| attackers || !is_sync_client(row)).collect();
    let rows = opened.as_slice();
    let row = mails::leader(exam, rows)?;
    let weight = match (attackers, is_mass(rows)) {
        (true, true) => Weight::Strong,
        (true, false) => acts::everyday(exam, row),
        (false, true) => acts::weigh(exam, row, Weight::Weak),
        (false, false) => return None,
    };
    let files = files(rows);
    let shown: Vec<&str> = files.iter().map(String::as_str).collect();
    let downloaded = rows.iter().filter(|row| exposure::file_contact(row.event) == Some(Contact::Downloaded)).count();
    let unmanaged = rows.iter().any(|row| {
        json::text(&crate::timeline::details::object(row.event), "IsManagedDevice").as_deref() == Some("false")
    });
    let script = row.event.user_agent.as_deref().is_some_and(clients::is_script);
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(
            format!(
                "{} read or taken (records of downloads: {downloaded})",
                counted(files.len(), "file was", "files were")
            ),
            format!("{} 個のファイルが閲覧または取得された（ダウンロード {downloaded} 件）", files.len()),
        )
        .detail("files", mails::listed(&shown, 50))
        .detail("device", if unmanaged { "not managed" } else { "" })
        .detail("program", if script { "a script" } else { "" });
    Some(draft.done())
}
