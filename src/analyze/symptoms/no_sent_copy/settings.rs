//! S02: the settings by which mail leaves without a copy, or a delegate's mail with one.

use chrono::{DateTime, Utc};

use super::META;
use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::mails::SUSPICIOUS;
use crate::analyze::people::hand::{self, Hand};
use crate::analyze::settings::mailbox;
use crate::analyze::{acts, is_housekeeping};
use crate::finding::{Fact, Finding, Weight};
use crate::knowledge::folders::{self, FolderRole};

/// The settings by which copies are kept; the first two of what delegates send.
const SWITCHES: [&str; 4] = [
    "MessageCopyForSentAsEnabled",
    "MessageCopyForSendOnBehalfEnabled",
    "MessageCopyForSMTPClientSubmissionEnabled",
    "SmtpClientAuthenticationDisabled",
];

/// Whether the mailbox kept copies of what delegates sent, from each time at which somebody set that.
#[derive(Debug, Default)]
pub(super) struct Copies {
    sent_as: Vec<(DateTime<Utc>, bool)>,
    on_behalf: Vec<(DateTime<Utc>, bool)>,
}

impl Copies {
    /// What the settings of the account's own mailbox say.
    pub(super) fn of(exam: &Exam<'_>) -> Self {
        let mut copies = Self::default();
        let sets = exam.settings().filter(|set| set.event.is(&["Set-Mailbox"]) && !set.failed());
        for set in sets.filter(|set| mailbox::of_cmdlet(exam, set).ours) {
            let value = |name| set.param(name).map(|value| value.trim_start_matches('$').eq_ignore_ascii_case("true"));
            let [as_it, on_its_behalf, ..] = SWITCHES;
            copies.sent_as.extend(value(as_it).map(|on| (set.event.datetime, on)));
            copies.on_behalf.extend(value(on_its_behalf).map(|on| (set.event.datetime, on)));
        }
        copies
    }

    /// Whether it kept one of what a delegate sent with this record.
    pub(super) fn are_kept(&self, row: &Row<'_>) -> bool {
        let set = if row.event.is(&["SendOnBehalf"]) { &self.on_behalf } else { &self.sent_as };
        let behind = set.partition_point(|(time, _)| *time <= row.event.datetime);
        behind.checked_sub(1).and_then(|last| set.get(last)).is_some_and(|(_, on)| *on)
    }
}

/// What prepared it inside the window.
pub(super) fn findings<'x>(exam: &'x Exam<'_>) -> impl Iterator<Item = Finding> + 'x {
    let done = exam.window_rows().filter(|row| !row.failed() && !is_housekeeping(row.class));
    let done = done.filter(|row| row.parts.any() || row.event.is(&[FOR_ALL]));
    done.filter_map(|row| preparation(exam, row).or_else(|| sweep(exam, row)))
}

/// A sweep rule that takes mail out of Sent Items: weak, and explained from the account's usual place.
fn sweep(exam: &Exam<'_>, row: &Row<'_>) -> Option<Finding> {
    let from_sent = || row.param("SourceFolder").is_some_and(|folder| folders::role(&folder) == Some(FolderRole::Sent));
    let is_sweep = row.event.is(&["New-SweepRule", "Set-SweepRule"]) && from_sent();
    (is_sweep && mailbox::of_rule(exam, row).0.ours).then(|| {
        let usual = hand::hand(exam, row) == Hand::Usual;
        Draft::new(&META, exam, row)
            .headline(
                "A sweep rule was set to take mail out of Sent Items",
                "送信済みアイテムからメールを移動する一括処理ルールが設定された",
            )
            // What it took is not recorded; and as a rule it must not be lifted by itself, in a chain with a rule.
            .fact(Fact::Inferred)
            .weight(if usual { Weight::Explained } else { Weight::Weak })
            .detail("rule conditions", acts::told_parameters(row.event, &["Sender", "SourceFolder", "KeepForDays"]))
            .detail("rule actions", acts::told_parameters(row.event, &["DestinationFolder"]))
            .done()
    })
}

/// The cmdlet that sets it for every mailbox of the organisation.
const FOR_ALL: &str = "Set-TransportConfig";

/// Settings that let mail leave without a copy; worth a line only where the attacker made them.
fn preparation(exam: &Exam<'_>, row: &Row<'_>) -> Option<Finding> {
    let off =
        |name: &&str| row.param(name).is_some_and(|value| value.trim_start_matches('$').eq_ignore_ascii_case("false"));
    let switched =
        SWITCHES.into_iter().find(|name| row.event.is(&["Set-Mailbox", "Set-CASMailbox", FOR_ALL]) && off(name))?;
    let linked = exam.points(row) >= SUSPICIOUS;
    let here = || row.event.is(&[FOR_ALL]) || !mailbox::is_only_anothers(exam, row);
    (linked && here()).then(|| {
        let (of, of_ja) = match mailbox::not_ours(exam, row) {
            _ if row.event.is(&[FOR_ALL]) => (" for the whole organisation".to_owned(), "組織全体で ".to_owned()),
            Some(name) => (format!(" for the mailbox {name}"), format!("メールボックス {name} で ")),
            None => (String::new(), String::new()),
        };
        Draft::new(&META, exam, row)
            .headline(
                format!("{switched} was set to False{of}, so that mail can leave without a copy"),
                format!("{of_ja}{switched} が False に設定され、控えを残さずにメールを送信できるようになった"),
            )
            .detail("setting", switched)
            .done()
    })
}
