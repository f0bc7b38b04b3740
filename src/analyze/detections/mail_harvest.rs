//! Mail read in bulk: whole folders taken, many mails opened in an hour, or so many that the service stopped counting.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::baseline::OWN_DAYS;
use crate::analyze::intruder::exposure::{self, FolderRead};
use crate::analyze::intruder::programs;
use crate::analyze::mail::mails;
use crate::analyze::people::hand;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight, counted};
use crate::timeline::{details, json};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "mail-harvest",
        title: "Mail read or taken in bulk",
        gates: &[&[GateId::G1], &[GateId::G2Any], &[GateId::G4], &[GateId::G12]],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::Critical,
        attack: &["T1114.002"],
        page: include_str!("../../../docs/symptoms/mail-harvest.md"),
    },
    examine,
};

/// Mails opened within an hour that are more than anybody reads.
const MANY: u64 = 100;
const HOUR: TimeDelta = TimeDelta::hours(1);

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let reads = exam.acts().filter(|row| exposure::is_read(row.event));
    acts::happenings(reads, HOUR, |row| format!("{} {}", acts::actor(row.event), mails::sitting(row)))
        .iter()
        .filter_map(|rows| finding(exam, rows))
        .collect()
}

/// Folders taken whole by nobody knows whom: the owner's program and the intruder's look the same.
pub fn candidates(exam: &Exam<'_>) -> usize {
    let synced = exam.acts().filter(|row| exposure::is_read(row.event) && exposure::is_sync(row));
    synced.filter(|row| hand::hand(exam, row) == hand::Hand::Unknown).count()
}

/// How many mails the record sums up.
fn mails_in(row: &Row<'_>) -> u64 {
    let object = details::members(row.event, &["OperationCount", "Folders", "Item"]);
    let counted = json::text(&object, "OperationCount").and_then(|count| count.parse().ok());
    let listed: usize = exposure::folders_in(row.event, &object).iter().map(|folder| folder.mails.len()).sum();
    counted.unwrap_or(0).max(listed as u64).max(1)
}

/// The most mails opened within an hour. Times and how many were opened then, in the order of time.
fn most_in_an_hour(opened: &[(DateTime<Utc>, u64)]) -> u64 {
    let (mut most, mut sum, mut behind) = (0, 0, 0);
    for (time, count) in opened {
        while let Some((_, more)) = opened.get(behind).filter(|(other, _)| *other - *time < HOUR) {
            (sum, behind) = (sum + more, behind + 1);
        }
        most = most.max(sum);
        sum -= count;
    }
    most
}

/// Whether an application took on several days before the window a third of that or more.
fn takes_as_ever(exam: &Exam<'_>, row: &Row<'_>, most: u64) -> bool {
    let Some(id) = programs::application(row) else { return false };
    let mut days: BTreeMap<NaiveDate, u64> = BTreeMap::new();
    let before = exam.rows.iter().filter(|row| row.event.datetime < exam.window.from && !row.failed());
    for row in before.filter(|row| exposure::is_read(row.event) && programs::application(row).as_ref() == Some(&id)) {
        *days.entry(row.event.datetime.date_naive()).or_default() += mails_in(row);
    }
    days.values().filter(|taken| **taken * 3 >= most).count() >= OWN_DAYS && mails::did_before(exam, row)
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>]) -> Option<Finding> {
    let row = mails::leader(exam, rows)?;
    let synced: Vec<&&Row<'_>> = rows.iter().filter(|row| exposure::is_sync(row)).collect();
    let opened = rows.iter().filter(|row| !exposure::is_sync(row));
    let opened: Vec<_> = opened.map(|row| (row.event.datetime, mails_in(row))).collect();
    let (most, throttled) = (most_in_an_hour(&opened), rows.iter().any(|row| exposure::is_throttled(row)));
    let many = !synced.is_empty() || most >= MANY || throttled;
    let weight = match (acts::is_attackers(exam, row), hand::hand(exam, row)) {
        // From a place and in a country that are new a mail or two say no more than that somebody reads there.
        (true, _) if !many && exam.weigh(row).is_journey() => Weight::Weak,
        (true, _) => Weight::Strong,
        _ if !many => return None,
        // A new telephone or laptop takes everything once; so does the usual one after every restart.
        (_, hand::Hand::Usual) => return None,
        // What an archive or a backup takes every night it takes tonight as well.
        (_, hand::Hand::Other | hand::Hand::Unknown) if !throttled && takes_as_ever(exam, row, most) => {
            Weight::Explained
        }
        (_, hand::Hand::Unusual) => Weight::Weak,
        _ if throttled || most >= MANY => Weight::Weak,
        _ => return None,
    };
    let mut folders: Vec<String> =
        synced.iter().flat_map(|row| exposure::folders_read(row.event)).map(|FolderRead { path, .. }| path).collect();
    // A record may leave the path away, and the folder out: one was taken all the same.
    let unnamed = synced.iter().any(|row| exposure::folders_read(row.event).iter().all(|read| read.path.is_empty()));
    folders.retain(|path| !path.is_empty());
    folders.sort();
    folders.dedup();
    let opened: u64 = opened.iter().map(|(_, count)| count).sum();
    let (en, ja) = match (folders.is_empty(), throttled) {
        (false, _) if unnamed => (
            format!("Whole folders were taken: {}, and one that no record names", folders.join(", ")),
            format!("フォルダー全体が取得された：{}、ほかにレコードに名前のないフォルダー", folders.join(", ")),
        ),
        (false, _) => (
            format!("Whole folders were taken: {}", folders.join(", ")),
            format!("フォルダー全体が取得された：{}", folders.join(", ")),
        ),
        (true, _) if unnamed => (
            "A whole folder was taken that no record names: how many mails is not known".to_owned(),
            "レコードに名前のないフォルダーの全体が取得された。メールの数は不明".to_owned(),
        ),
        (true, true) => (
            "So many mails were read that the service stopped recording".to_owned(),
            "読み取りが多すぎて、サービスが記録を停止した".to_owned(),
        ),
        (true, false) => {
            (format!("{} read", counted(opened, "mail was", "mails were")), format!("{opened} 通のメールが読まれた"))
        }
    };
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(en, ja)
        .detail("folders taken whole", folders.join(", "))
        .detail("mails opened one by one", if opened > 0 { opened.to_string() } else { String::new() })
        .detail("most within an hour", if most > 0 { most.to_string() } else { String::new() })
        .detail(
            "extent",
            if throttled {
                "unknown: reads were throttled, for 24 hours everything has to be taken as read"
            } else {
                ""
            },
        );
    Some(draft.done())
}
