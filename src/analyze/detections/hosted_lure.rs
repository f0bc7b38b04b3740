//! A lure put into the account's own OneDrive: uploaded, shared by a link for anybody, and the link sent, in one sitting.

use std::collections::HashMap;

use chrono::TimeDelta;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::mails;
use crate::analyze::people::hand;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "hosted-lure",
        title: "A lure in the account's own files",
        gates: &[&[GateId::G1], &[GateId::G2Any], &[GateId::G13]],
        adds: &[GateId::G4Send, GateId::G7],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1566.002", "T1534"],
        page: include_str!("../../../docs/symptoms/hosted-lure.md"),
    },
    examine,
};

/// Kinds of files that lures are made of.
const KINDS: [&str; 9] = [".html", ".htm", ".one", ".pdf", ".docx", ".xlsx", ".zip", ".shtml", ".svg"];
const UPLOADS: [&str; 3] = ["FileUploaded", "FileUploadedPartial", "FileCopied"];
const LINKS: [&str; 4] =
    ["AnonymousLinkCreated", "SecureLinkCreated", "CompanyLinkCreated", "SharingInvitationCreated"];
const SENDS: [&str; 3] = ["Send", "SendAs", "SendOnBehalf"];
/// From the upload to the link, and from the link to the mail.
const SOON: TimeDelta = TimeDelta::hours(24);

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let of = |names: &[&str]| -> Vec<&Row<'_>> { exam.acts().filter(|row| row.event.is(names)).collect() };
    let uploads = of(&UPLOADS).into_iter().filter(|row| row.parts.actor && is_lure(row));
    let mut links: HashMap<String, Vec<&Row<'_>>> = HashMap::new();
    for link in of(&LINKS) {
        links.entry(path(link)).or_default().push(link);
    }
    let sends = of(&SENDS);
    let shared = |upload: &Row<'_>| links.get(&path(upload)).map(Vec::as_slice).unwrap_or_default();
    uploads.filter_map(|upload| finding(exam, upload, shared(upload), &sends)).collect()
}

/// Records that would be told of in the attacker's hand.
pub fn candidates(exam: &Exam<'_>) -> usize {
    exam.acts().filter(|row| row.event.is(&UPLOADS) && row.parts.actor && is_lure(row)).count()
}

fn path(row: &Row<'_>) -> String {
    row.event.target_raw.as_deref().unwrap_or_default().to_lowercase()
}

fn is_lure(row: &Row<'_>) -> bool {
    KINDS.iter().any(|kind| path(row).ends_with(kind))
}

/// The first of these rows, which are in time order, in the same sitting and soon after `row`.
fn next<'r, 'a>(rows: &[&'r Row<'a>], row: &Row<'_>) -> Option<&'r Row<'a>> {
    let time = row.event.datetime;
    let first = rows.partition_point(|other| other.event.datetime < time);
    let soon = rows.iter().skip(first).take_while(|other| other.event.datetime <= time + SOON);
    soon.copied().find(|other| mails::same_sitting(row, other))
}

fn finding<'a>(exam: &Exam<'a>, upload: &Row<'a>, links: &[&Row<'a>], sends: &[&Row<'a>]) -> Option<Finding> {
    let link = next(links, upload)?;
    let sent = next(sends, link);
    let rows: Vec<&Row<'_>> = [Some(upload), Some(link), sent].into_iter().flatten().collect();
    let leader = mails::leader(exam, &rows)?;
    let weight = match (acts::is_attackers(exam, leader), hand::hand(exam, leader)) {
        (true, _) => Weight::Strong,
        // Sending a document by link is how it is meant to be.
        (_, hand::Hand::Unusual) if sent.is_some() => Weight::Weak,
        _ => return None,
    };
    let file = upload.event.target_raw.as_deref().unwrap_or_default();
    let draft = acts::draft(&CHECK.meta, exam, &rows, weight)?
        .headline(
            format!("A file was put into the account's storage and shared by link: {file}"),
            format!("アカウントの保存領域にファイルが置かれ、リンクで共有された：{file}"),
        )
        .detail("file", file)
        .detail("then sent", sent.and_then(|row| row.event.email_subject.as_deref()).unwrap_or_default());
    Some(draft.done())
}
