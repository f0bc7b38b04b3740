//! What the attacker touched and to whom the attacker wrote, as `report.json` writes it.

use serde::Serialize;

use super::sources::{Record, record};
use crate::examination;
use crate::timeline::format_time;
use crate::untrusted::Untrusted;

/// What the attacker's sessions touched.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Exposure<'a> {
    pub mails: Vec<ExposedMail<'a>>,
    pub folders: Vec<ExposedFolder<'a>>,
    pub files: Vec<ExposedFile<'a>>,
    pub throttled: Vec<ThrottledDay<'a>>,
    pub limits: &'a [String],
}

/// One mail.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct ExposedMail<'a> {
    pub message_id: &'a Untrusted,
    pub subject: Option<&'a Untrusted>,
    pub folder: Option<&'a Untrusted>,
    pub mailbox: Option<&'a Untrusted>,
    #[serde(flatten)]
    pub contact: Contact<'a>,
}

/// One folder.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct ExposedFolder<'a> {
    pub folder: &'a Untrusted,
    pub mailbox: Option<&'a Untrusted>,
    #[serde(flatten)]
    pub contact: Contact<'a>,
}

/// One file.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct ExposedFile<'a> {
    pub file: &'a Untrusted,
    #[serde(flatten)]
    pub contact: Contact<'a>,
}

/// How and when something was touched.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Contact<'a> {
    pub how: Vec<&'static str>,
    pub first: String,
    pub last: String,
    pub count: u64,
    pub records: Vec<Record<'a>>,
}

/// A day on which more was read than was recorded.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct ThrottledDay<'a> {
    pub day: &'a str,
    pub assume_all: bool,
    pub by_attacker: bool,
    pub records: Vec<Record<'a>>,
}

/// To whom the attacker wrote.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Recipients<'a> {
    pub mails: u64,
    pub counted: u64,
    pub unlisted: u64,
    pub by_address: Vec<Recipient<'a>>,
}

/// One recipient.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "see Root")]
pub struct Recipient<'a> {
    pub address: &'a Untrusted,
    pub internal: bool,
    pub mails: u64,
    pub first: String,
    pub last: String,
    pub subjects: &'a [Untrusted],
    pub message_ids: &'a [Untrusted],
    pub seen_in: &'a [&'static str],
    pub delivery: &'a [Untrusted],
    pub records: Vec<Record<'a>>,
}

pub(super) fn exposure(exposure: &examination::Exposure) -> Exposure<'_> {
    Exposure {
        mails: exposure.mails.iter().map(mail).collect(),
        folders: exposure.folders.iter().map(folder).collect(),
        files: exposure.files.iter().map(|file| ExposedFile { file: &file.name, contact: contact(file) }).collect(),
        throttled: exposure.throttled.iter().map(throttled).collect(),
        limits: &exposure.limits,
    }
}

fn mail(mail: &examination::Exposed) -> ExposedMail<'_> {
    ExposedMail {
        message_id: &mail.name,
        subject: mail.subject.as_ref(),
        folder: mail.folder.as_ref(),
        mailbox: mail.mailbox.as_ref(),
        contact: contact(mail),
    }
}

fn folder(folder: &examination::Exposed) -> ExposedFolder<'_> {
    ExposedFolder { folder: &folder.name, mailbox: folder.mailbox.as_ref(), contact: contact(folder) }
}

fn contact(exposed: &examination::Exposed) -> Contact<'_> {
    Contact {
        how: exposed.how.iter().map(|how| how.as_str()).collect(),
        first: format_time(exposed.first),
        last: format_time(exposed.last),
        count: exposed.count,
        records: exposed.records.iter().map(record).collect(),
    }
}

fn throttled(day: &examination::ThrottledDay) -> ThrottledDay<'_> {
    ThrottledDay {
        day: &day.day,
        assume_all: true,
        by_attacker: day.attackers,
        records: day.records.iter().map(record).collect(),
    }
}

pub(super) fn recipients(recipients: &examination::Recipients) -> Recipients<'_> {
    Recipients {
        mails: recipients.mails,
        counted: recipients.counted,
        unlisted: recipients.unlisted,
        by_address: recipients.by_address.iter().map(recipient).collect(),
    }
}

fn recipient(recipient: &examination::Recipient) -> Recipient<'_> {
    Recipient {
        address: &recipient.address,
        internal: recipient.internal,
        mails: recipient.mails,
        first: format_time(recipient.first),
        last: format_time(recipient.last),
        subjects: &recipient.subjects,
        message_ids: &recipient.message_ids,
        seen_in: &recipient.seen_in,
        delivery: &recipient.delivery,
        records: recipient.records.iter().map(record).collect(),
    }
}
