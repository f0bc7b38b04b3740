//! S05: the service stopped the account from sending. Microsoft's own records say so; what led there is told beside it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::addressed::Addressed;
use crate::analyze::mail::mails;
use crate::analyze::mail::sending::{self, ONE_BLOCK, Sign, sign};
use crate::analyze::mail::traces::{self, TracedMail};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::directory;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta};
use crate::finding::{Attribution, Fact, Finding, Severity, Weight};
use crate::timeline::{details, format_time, json};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 5,
        id: "blocked-from-sending",
        title: "Mailbox blocked from sending",
        gates: &[&[GateId::G1], &[GateId::G2Any], &[GateId::G3], &[GateId::G11]],
        adds: &[GateId::G9Sent, GateId::G4Send, GateId::G7, GateId::G8],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1534", "T1566.002"],
        page: include_str!("../../../docs/symptoms/blocked-from-sending.md"),
    },
    examine,
};

/// Delisting follows the cmdlet, mostly within the minute; Microsoft says that it may take a day.
const ONE_RELEASE: TimeDelta = TimeDelta::hours(24);

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let signs: Vec<(Sign, &Row<'_>)> = exam.rows.iter().filter_map(|row| Some((sign(exam, row)?, row))).collect();
    let mut blocks: Vec<Vec<(Sign, &Row<'_>)>> = Vec::new();
    let mut findings = Vec::new();
    let mut open = false;
    let mut known_block = false;
    let mut last_release: Option<DateTime<Utc>> = None;
    for &(sign, row) in &signs {
        if sign == Sign::Released {
            let time = row.event.datetime;
            let same = last_release.is_some_and(|last| time - last <= ONE_RELEASE);
            if row.in_window && !known_block && !same {
                findings.push(released(exam, row));
            }
            // The next release needs a block of its own.
            (known_block, open, last_release) = (false, false, Some(time));
            continue;
        }
        if sending::is_late(row, &signs)
            && let Some(block) = blocks.last_mut()
        {
            block.push((sign, row));
            continue;
        }
        known_block |= sign == Sign::Blocked;
        let near = |block: &Vec<(Sign, &Row<'_>)>| {
            block.last().is_some_and(|(_, last)| row.event.datetime - last.event.datetime <= ONE_BLOCK)
        };
        match blocks.last_mut().filter(|block| open && near(block)) {
            Some(block) => block.push((sign, row)),
            None => blocks.push(vec![(sign, row)]),
        }
        open = true;
    }
    findings.extend(told(exam, &blocks));
    let acts = exam.window_rows().filter(|row| !row.failed() && !crate::analyze::is_housekeeping(row.class));
    findings.extend(acts.filter(|row| is_admin_block(exam, row)).map(|row| by_admin(exam, row)));
    findings
}

/// One finding for each block; those that come back at the same hour of the week are one, with a known reason.
fn told(exam: &Exam<'_>, blocks: &[Vec<(Sign, &Row<'_>)>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut scheduled: Option<Vec<&Row<'_>>> = None;
    let unsaved = traces::unsaved(exam, exam.mails()).past_the_mailbox;
    let is_listed = |block: &&Vec<(Sign, &Row<'_>)>| block.iter().any(|(sign, _)| *sign == Sign::Blocked);
    let time = |block: &Vec<(Sign, &Row<'_>)>| block.first().map(|(_, row)| row.event.datetime);
    let times: Vec<DateTime<Utc>> = blocks.iter().filter_map(time).collect();
    let listed: Vec<DateTime<Utc>> = blocks.iter().filter(is_listed).filter_map(time).collect();
    for block in blocks {
        let inside: Vec<(Sign, &Row<'_>)> = block.iter().copied().filter(|(_, row)| row.in_window).collect();
        let Some(main) = inside.iter().find(|(sign, _)| *sign == Sign::Blocked).or(inside.first()) else { continue };
        let cause = Cause::before(exam, main.1, &unsaved);
        // That a limit is met every week does not explain a block that happened once.
        let alike = if main.0 == Sign::Blocked { &listed } else { &times };
        if is_weekly(main.1.event.datetime, alike) && cause.by_attacker == 0 {
            scheduled.get_or_insert_default().extend(inside.iter().map(|(_, row)| *row));
            continue;
        }
        findings.push(block_told(exam, *main, &inside, &cause));
    }
    findings.extend(scheduled.as_deref().and_then(|rows| weekly_told(exam, rows)));
    findings
}

fn block_told(
    exam: &Exam<'_>,
    (sign, row): (Sign, &Row<'_>),
    block: &[(Sign, &Row<'_>)],
    cause: &Cause<'_>,
) -> Finding {
    let object = details::object(row.event);
    let text = |key: &str| json::text(&object, key).unwrap_or_default();
    let draft = Draft::new(&CHECK.meta, exam, row);
    let draft = match sign {
        Sign::Blocked => draft.weight(Weight::Strong).headline(
            "Microsoft blocked the account from sending mail",
            "Microsoft がこのアカウントのメール送信を制限した",
        ),
        _ => draft.weight(Weight::Weak).headline(
            "Microsoft noticed suspicious or too much sending; a block is not recorded",
            "Microsoft が不審な、または上限を超える送信を検知した (送信制限の記録はない)",
        ),
    };
    let mut finding = draft
        .target(exam.subject.user.clone())
        .attribution(cause.attribution())
        .detail("alert", text("Name"))
        .detail("reason", text("Reason"))
        .detail("sent in the 24 hours before", cause.told(exam))
        .detail("subjects before", cause.subjects.join("; "))
        .detail("sessions before", cause.sessions.join("; "))
        .also(block.iter().map(|(_, row)| *row))
        .also(cause.past_rows.iter().copied())
        .done();
    // The score is that of the service which wrote the record: it says nothing of who sent the mail.
    finding.score.clear();
    finding
}

/// What was sent before the block.
#[derive(Default)]
struct Cause<'x> {
    mails: usize,
    recipients: Addressed,
    by_attacker: usize,
    /// Mails that the trace has and the mailbox has not, and the records that show them.
    past_the_mailbox: usize,
    past_rows: Vec<&'x Row<'x>>,
    subjects: Vec<String>,
    sessions: Vec<String>,
}

impl<'x> Cause<'x> {
    fn before(exam: &'x Exam<'_>, block: &Row<'_>, unsaved: &[TracedMail<'x>]) -> Self {
        let end = block.event.datetime;
        let mut cause = Self::default();
        let mut subjects: BTreeMap<&str, usize> = BTreeMap::new();
        cause.add_past_the_mailbox(exam, &past_before(exam, unsaved, end), &mut subjects);
        let mut sessions: BTreeSet<&str> = BTreeSet::new();
        let inside = |row: &&Row<'_>| row.event.datetime <= end && row.event.datetime > end - TimeDelta::hours(24);
        for row in exam.rows.iter().filter(inside).filter(|row| row.parts.any() && !row.failed()) {
            if !row.event.is(&["Send", "SendAs", "SendOnBehalf"]) {
                continue;
            }
            cause.mails += 1;
            let count = row.event.email_to_count.and_then(|count| usize::try_from(count).ok());
            cause.recipients.add(count, mails::addressees(row.event).into_iter());
            cause.by_attacker += usize::from(exam.is_attacker_act(row));
            *subjects.entry(row.event.email_subject.as_deref().unwrap_or("–")).or_default() += 1;
            sessions.extend(row.event.session());
        }
        let mut subjects: Vec<(&str, usize)> = subjects.into_iter().collect();
        subjects.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        cause.subjects = subjects.iter().take(3).map(|(subject, count)| format!("{subject} ({count})")).collect();
        cause.sessions = sessions.into_iter().take(5).map(str::to_owned).collect();
        cause
    }

    /// Mails that went past the mailbox: the attacker's where somebody signed in by SMTP from a strange place.
    fn add_past_the_mailbox<'s>(
        &mut self,
        exam: &'x Exam<'_>,
        mails: &[&'s TracedMail<'x>],
        subjects: &mut BTreeMap<&'s str, usize>,
    ) {
        for mail in mails {
            self.recipients.add(Some(mail.recipients.len()), mail.recipients.iter().cloned());
            *subjects.entry(Some(mail.subject()).filter(|subject| !subject.is_empty()).unwrap_or("–")).or_default() +=
                1;
        }
        self.mails += mails.len();
        self.past_the_mailbox = mails.len();
        let sign_in = traces::smtp_sign_in(exam, mails);
        if sign_in.is_some() {
            self.by_attacker += mails.len();
        }
        self.past_rows = mails.iter().flat_map(|mail| mail.rows.iter().copied()).chain(sign_in).collect();
    }

    /// Whose mail led to the block. What went past the mailbox has no known author.
    fn attribution(&self) -> Attribution {
        match (self.by_attacker, self.past_the_mailbox) {
            (1.., _) => Attribution::Linked,
            (0, 1..) => Attribution::Unexplained,
            (0, 0) => Attribution::Unknown,
        }
    }

    fn told(&self, exam: &Exam<'_>) -> String {
        match self.mails {
            mails if self.past_the_mailbox > 0 => format!(
                "mails: {mails}, recipients: {}, by the attacker: {}, past the mailbox: {}",
                self.recipients.least(),
                self.by_attacker,
                self.past_the_mailbox
            ),
            0 if exam.coverage.passes(GateId::G4Send) => {
                "no Send record: the mail did not go through the mailbox, or is not audited".to_owned()
            }
            0 => "unknown: there are no Send records of this mailbox in the evidence".to_owned(),
            mails => {
                format!(
                    "mails: {mails}, recipients: {}, by the attacker: {}",
                    self.recipients.least(),
                    self.by_attacker
                )
            }
        }
    }
}

/// The mails past the mailbox in the 24 hours before, without those of an address that has sent so for long.
fn past_before<'s, 'x>(exam: &Exam<'_>, unsaved: &'s [TracedMail<'x>], end: DateTime<Utc>) -> Vec<&'s TracedMail<'x>> {
    let time = |mail: &TracedMail<'_>| mail.first().map(|row| row.event.datetime);
    let before =
        unsaved.iter().filter(|mail| time(mail).is_some_and(|time| time <= end && time > end - TimeDelta::hours(24)));
    // What was refused because of the sender is the block itself.
    let refused = |mail: &TracedMail<'_>| mail.rows.iter().any(|row| sign(exam, row).is_some());
    let old = |mail: &TracedMail<'_>| traces::days_before(unsaved, mail.handed_in_from()) >= traces::OLD_DAYS;
    before.filter(|mail| !refused(mail) && !old(mail)).collect()
}

/// Whether the same happened at this weekday and hour in two other weeks: a mailing that is scheduled.
fn is_weekly(time: DateTime<Utc>, all: &[DateTime<Utc>]) -> bool {
    let minute = |time: DateTime<Utc>| i64::from(time.hour() * 60 + time.minute());
    let same =
        |other: &&DateTime<Utc>| other.weekday() == time.weekday() && (minute(**other) - minute(time)).abs() <= 60;
    all.iter().filter(same).map(DateTime::date_naive).collect::<BTreeSet<_>>().len() >= 3
}

fn weekly_told(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let first = rows.first()?;
    let mut finding = Draft::new(&CHECK.meta, exam, first)
        .weight(Weight::Explained)
        .target(exam.subject.user.clone())
        .headline(
            "The sending limit is met at the same hour of the week, as by a scheduled mailing",
            "毎週同じ曜日と時刻に送信の上限に達している (定期的な一斉配信と見られる)",
        )
        .detail("records", rows.len().to_string())
        .also(rows.iter().copied())
        .done();
    finding.score.clear();
    Some(finding)
}

/// A release proves a block that no record in the evidence shows.
fn released(exam: &Exam<'_>, row: &Row<'_>) -> Finding {
    let mut finding = Draft::new(&CHECK.meta, exam, row)
        .weight(Weight::Weak)
        .fact(Fact::Inferred)
        .target(exam.subject.user.clone())
        .headline(
            "The account was taken off the list of blocked senders: it had been blocked before",
            "送信者のブロックが解除されている。それ以前にメール送信が制限されていた",
        )
        .detail("blocked", format!("some time before {}", format_time(row.event.datetime)))
        .done();
    if row.class == ActorClass::Microsoft {
        finding.score.clear();
        finding.attribution = Attribution::Unknown;
    }
    finding
}

/// A block that somebody set on purpose: no room to send, or a rule that rejects the sender.
fn is_admin_block(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let event = row.event;
    if event.is(&["Set-Mailbox"]) && directory::is_about(exam, row) {
        let zero = |name: &str| row.param(name).is_some_and(|value| is_zero(&value));
        return zero("ProhibitSendQuota") || zero("ProhibitSendReceiveQuota") || zero("RecipientLimits");
    }
    let rejects = ["RejectMessageReasonText", "RejectMessageEnhancedStatusCode", "DeleteMessage"];
    let from = row.param("From").unwrap_or_default().to_lowercase();
    event.is(&["New-TransportRule", "Set-TransportRule"])
        && from.split([';', ',']).any(|name| exam.subject.is(name.trim()))
        && rejects.iter().any(|name| row.param(name).is_some_and(|value| !value.eq_ignore_ascii_case("false")))
}

/// `0`, `0MB`, `0 B (0 bytes)`.
fn is_zero(amount: &str) -> bool {
    let unit = amount.trim().strip_prefix('0');
    unit.is_some_and(|unit| !unit.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',')))
}

fn by_admin(exam: &Exam<'_>, row: &Row<'_>) -> Finding {
    let linked = exam.is_unusual(row);
    Draft::new(&CHECK.meta, exam, row)
        .weight(if linked { Weight::Strong } else { Weight::Explained })
        .headline(
            "Sending was stopped by a setting, not by Microsoft's protection",
            "Microsoft の保護機能ではなく、設定変更によって送信が止められた",
        )
        .done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_any_unit() {
        assert!(["0", " 0MB", "0 B (0 bytes)"].into_iter().all(is_zero));
        assert!(!["", "0.5GB", "00", "10", "unlimited"].into_iter().any(is_zero));
    }

    #[test]
    fn three_weeks_at_the_same_hour_are_a_schedule() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc);
        let mondays = ["2026-02-02T07:05:00Z", "2026-02-09T07:05:09Z", "2026-02-16T07:41:00Z"].map(at);
        assert!(is_weekly(mondays[2], &mondays));
        assert!(!is_weekly(mondays[1], &mondays[..2]));
        assert!(!is_weekly(at("2026-02-17T07:05:00Z"), &mondays));
    }
}
