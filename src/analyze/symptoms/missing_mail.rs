//! S01: mail that was deleted to hide something, apart from the mail that everybody deletes every day.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::TimeDelta;

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::attribution;
use crate::analyze::mail::mails::{self, Deletion, Mail, Mails, SUSPICIOUS};
use crate::analyze::mail::traces::{self, TracedMail};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::recoverability;
use crate::analyze::shown::coverage::GateId::{
    G1, G2, G3, G4, G4Deletes, G5, G7, G7n, G8, G9Received, G10, G14, G14Others,
};
use crate::analyze::{Check, Meta};
use crate::finding::{Attribution, Finding, Severity, Weight};
use crate::knowledge::clients::{self, ClientClass};
use crate::knowledge::folders::FolderRole;
use crate::knowledge::words;

mod by_rule;

/// The check.
pub static CHECK: Check = Check { meta: META, examine };

const META: Meta = Meta {
    number: 1,
    id: "missing-mail",
    title: "Missing or deleted mail",
    gates: &[&[G1], &[G2], &[G4], &[G4Deletes], &[G14], &[G14Others]],
    adds: &[G3, G5, G7, G7n, G8, G9Received, G10],
    never_not_seen: None,
    severity: Severity::High,
    attack: &["T1070.008", "T1564.008", "T1485"],
    page: include_str!("../../../docs/symptoms/missing-mail.md"),
};

/// Mails from which a linked session's deletions are a clean-up.
const MANY: usize = 10;
/// Mails a day that are a burst where no baseline says what is usual.
const BURST_WITHOUT_BASELINE: usize = 50;
/// Days with deletions that tell what is usual among themselves.
const OTHER_DAYS: usize = 5;

/// Why a deletion stands out; the more telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    SentThenDeleted,
    StoreEmptied,
    Answers,
    Notices,
    Linked,
    Named,
    Burst,
    NewClient,
    Administrator,
    Ordinary,
}

/// By what a deletion is judged.
struct Grounds<'x> {
    mails: &'x Mails<'x>,
    /// Threads of the mails that the attacker sent.
    attack: BTreeSet<String>,
    bursts: BTreeSet<chrono::NaiveDate>,
    /// The kinds of clients seen outside the window.
    kinds: BTreeSet<ClientClass>,
}

/// Deletions by reason, weight and sitting.
type Groups<'m> = BTreeMap<(Reason, Weight, String), Vec<&'m Deletion<'m>>>;

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let mails = exam.mails();
    let grounds = Grounds {
        mails,
        attack: attack_threads(exam, mails),
        bursts: burst_days(exam, mails),
        kinds: known_kinds(exam),
    };
    let mut groups = Groups::new();
    for deletion in mails.deletions.iter().filter(|deletion| deletion.row.in_window) {
        if let Some((reason, weight)) = judge(exam, &grounds, deletion) {
            groups.entry((reason, weight, sitting(reason, deletion.row))).or_default().push(deletion);
        }
    }
    fold_ordinary(&mut groups);
    fold_told(&mut groups);
    let mut findings: Vec<Finding> = groups
        .iter()
        .filter_map(|((reason, weight, _), deletions)| finding(exam, &grounds, *reason, *weight, deletions))
        .collect();
    findings.extend(by_rule::findings(exam));
    findings.extend(recoverability::findings(&META, exam));
    findings
}

/// What one linked session deleted counts together, from however many addresses it did so.
fn sitting(reason: Reason, row: &Row<'_>) -> String {
    let session = row.event.session().filter(|_| reason == Reason::Linked);
    session.map_or_else(|| mails::sitting(row), str::to_lowercase)
}

/// What the owner does every day is told in one breath; a mail or two in the bin is no finding at all.
fn fold_ordinary(groups: &mut Groups<'_>) {
    let mut folded = Vec::new();
    groups.retain(|(reason, _, _), deletions| {
        let ordinary = *reason == Reason::Ordinary;
        if ordinary && mails::distinct(deletions.iter().flat_map(|deletion| &deletion.mails)) >= MANY {
            folded.append(deletions);
        }
        !ordinary
    });
    if !folded.is_empty() {
        groups.insert((Reason::Ordinary, Weight::Explained, String::new()), folded);
    }
}

/// One mail goes from folder to folder until it is gone: it is told once, by the most telling of its deletions, which the
/// others are evidence of.
fn fold_told(groups: &mut Groups<'_>) {
    let mut told: HashMap<&str, (Reason, Weight, String)> = HashMap::new();
    let mut moved: Vec<((Reason, Weight, String), &Deletion<'_>)> = Vec::new();
    for (key, deletions) in groups.iter_mut() {
        deletions.retain(|deletion| {
            let known = |mail: &Mail| mail.id.as_deref().and_then(|id| told.get(id)).filter(|other| other.1 >= key.1);
            let mut others = deletion.mails.iter().map(known);
            let first = others.next().flatten().filter(|_| others.all(|other| other.is_some())).cloned();
            moved.extend(first.clone().map(|other| (other, *deletion)));
            first.is_none()
        });
        for id in deletions.iter().flat_map(|deletion| &deletion.mails).filter_map(|mail| mail.id.as_deref()) {
            told.entry(id).or_insert_with(|| key.clone());
        }
    }
    for (key, deletion) in moved {
        groups.entry(key).or_default().push(deletion);
    }
    groups.retain(|_, deletions| !deletions.is_empty());
}

/// Threads of the mails that the attacker sent: as the mailbox tells of them, or the message trace alone.
fn attack_threads(exam: &Exam<'_>, mails: &Mails<'_>) -> BTreeSet<String> {
    let sent = mails.sent.iter().filter(|sent| sent.row.in_window && mails::is_attackers(exam, sent.row));
    let sent = sent.map(|sent| mails::thread(&sent.mail.subject));
    sent.chain(traced_threads(exam, mails)).filter(|thread| !thread.is_empty()).collect()
}

/// Threads of the mails that are in the trace alone, and that the attacker's address handed in, or the attacker's SMTP
/// sign-in came before.
fn traced_threads(exam: &Exam<'_>, mails: &Mails<'_>) -> Vec<String> {
    let beside = traces::beside(exam, mails);
    let handed_in = |mail: &TracedMail<'_>| mail.rows.iter().any(|row| traces::is_attackers(exam, row));
    let mut threads = Vec::new();
    for group in traces::handed_in(exam, &beside) {
        let all = group.sign_in.is_some_and(|sign_in| mails::is_attackers(exam, sign_in));
        let theirs = group.mails.iter().filter(|mail| all || handed_in(mail));
        threads.extend(theirs.map(|mail| mails::thread(mail.subject())));
    }
    threads
}

/// Days of the window with more than three times the usual peak of mails deleted; in the window, what the account's own
/// habits or an administrator explain makes no other deletion of that day suspicious.
fn burst_days(exam: &Exam<'_>, mails: &Mails<'_>) -> BTreeSet<chrono::NaiveDate> {
    let count = |inside: bool| {
        let mut days: BTreeMap<chrono::NaiveDate, usize> = BTreeMap::new();
        for deletion in mails
            .deletions
            .iter()
            .filter(|deletion| deletion.row.in_window == inside && !deletion.row.event.is(&["Move"]))
            .filter(|deletion| !inside || deletion.row.class != ActorClass::Admin && !deletion.is_habit(exam))
        {
            *days.entry(deletion.row.event.datetime.date_naive()).or_default() += mails::distinct(&deletion.mails);
        }
        days
    };
    let usual = mails::usual_peak(count(false).into_values().collect()).filter(|_| exam.baseline.sufficient);
    let days = count(true);
    let limit = |day: &chrono::NaiveDate| match usual {
        Some(peak) => (3 * peak + 1).max(MANY),
        None => limit_among(days.iter().filter(|(other, _)| *other != day).map(|(_, count)| *count).collect()),
    };
    days.iter().filter(|(day, count)| **count >= limit(day)).map(|(day, _)| *day).collect()
}

/// From how many mails a day is a burst where nothing tells what was usual before: more than three times those of the
/// other days, where there are enough of them. The middle one counts, since an intruder's own days must not make
/// themselves usual.
fn limit_among(mut others: Vec<usize>) -> usize {
    others.sort_unstable();
    let middle = others.get(others.len() / 2).filter(|_| others.len() >= OTHER_DAYS);
    middle.map_or(BURST_WITHOUT_BASELINE, |middle| (3 * middle + 1).max(BURST_WITHOUT_BASELINE))
}

fn judge(exam: &Exam<'_>, grounds: &Grounds<'_>, deletion: &Deletion<'_>) -> Option<(Reason, Weight)> {
    let row = deletion.row;
    let habit = deletion.is_habit(exam);
    let score = exam.points(row);
    let from_store = row.event.is(&["HardDelete"]) && deletion.folder == Some(FolderRole::Recoverable);
    if row.class == ActorClass::Admin && score < SUSPICIOUS && (!from_store || follows_purge(exam, row)) {
        return Some((Reason::Administrator, Weight::Explained));
    }
    let any = |is: &dyn Fn(&Mail) -> bool| deletion.mails.iter().any(is);
    if let Some(weight) = sent_then_deleted(exam, grounds.mails, deletion, habit) {
        return Some((Reason::SentThenDeleted, weight));
    }
    if from_store {
        // Nobody empties the store by habit: without a link it is still worth a look.
        let weight = if score >= SUSPICIOUS { Weight::Strong } else { Weight::Weak };
        return Some((Reason::StoreEmptied, weight));
    }
    if !habit && any(&|mail| grounds.attack.contains(&mails::thread(&mail.subject))) {
        return Some((Reason::Answers, Weight::Strong));
    }
    if score >= SUSPICIOUS && any(&|mail| !words::warning(&mail.subject).is_empty()) {
        return Some((Reason::Notices, Weight::Strong));
    }
    if score >= attribution::LINKED {
        return Some((Reason::Linked, Weight::Weak));
    }
    // Nothing but the address may tell: a delegate's, or the owner's without a session and without days before.
    if score >= SUSPICIOUS && attribution::named_address(exam, row.event).is_some() {
        return Some((Reason::Named, Weight::Weak));
    }
    if grounds.bursts.contains(&row.event.datetime.date_naive()) {
        return Some((Reason::Burst, if habit { Weight::Explained } else { Weight::Weak }));
    }
    if !habit && row.event.is(&["HardDelete"]) && is_new_client(exam, &grounds.kinds, row) {
        return Some((Reason::NewClient, Weight::Weak));
    }
    habit.then_some((Reason::Ordinary, Weight::Explained))
}

/// How long a purge by search may go on deleting.
const PURGE: TimeDelta = TimeDelta::hours(24);

/// Whether the same hand ordered a purge by search before: it deletes from the store in the name of who ordered it.
fn follows_purge(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let near = exam.near(row.event.datetime, PURGE).iter().filter(|other| other.event.datetime <= row.event.datetime);
    let actor = |row: &Row<'_>| row.event.user_raw.as_deref().map(str::to_lowercase);
    let mut orders = near.filter(|other| recoverability::is_purge(other) && !other.failed());
    orders.any(|other| actor(other) == actor(row) && exam.points(other) < SUSPICIOUS)
}

/// A copy removed from Sent Items within a day, in the sitting that sent it: whoever does so outside the account's
/// habits hides it. Clients clear Drafts and Outbox themselves, so that these say something only of a suspicious sitting.
fn sent_then_deleted(exam: &Exam<'_>, mails: &Mails<'_>, deletion: &Deletion<'_>, habit: bool) -> Option<Weight> {
    let undone = undone(mails, deletion);
    let rows = [deletion.row, undone.first()?.row];
    match deletion.folder {
        Some(FolderRole::Drafts | FolderRole::Outbox) => {
            rows.iter().any(|row| mails::is_attackers(exam, row)).then_some(Weight::Strong)
        }
        _ if rows.iter().any(|row| exam.points(row) >= SUSPICIOUS) => Some(Weight::Strong),
        _ if habit => Some(Weight::Explained),
        _ => Some(Weight::Strong),
    }
}

/// The mails whose copy the deletion took from Sent Items, Outbox or Drafts.
fn undone<'m>(mails: &'m Mails<'m>, deletion: &'m Deletion<'m>) -> Vec<&'m mails::Sent<'m>> {
    let from = |mail: &&Mail| {
        matches!(mail.folder.or(deletion.folder), Some(FolderRole::Sent | FolderRole::Outbox | FolderRole::Drafts))
    };
    mails.undone_by(deletion, deletion.mails.iter().filter(from).filter_map(|mail| mail.id.as_ref()))
}

/// The kinds of clients seen outside the window.
fn known_kinds(exam: &Exam<'_>) -> BTreeSet<ClientClass> {
    let outside = exam.rows.iter().filter(|row| !row.in_window);
    let clients: BTreeSet<&str> = outside.filter_map(|row| row.event.client_info.as_deref()).collect();
    clients.into_iter().map(clients::class).collect()
}

/// Whether neither the client nor its kind was seen in the baseline.
fn is_new_client(exam: &Exam<'_>, kinds: &BTreeSet<ClientClass>, row: &Row<'_>) -> bool {
    let Some(client) = row.event.client_info.as_deref().filter(|_| exam.baseline.sufficient) else { return false };
    !exam.baseline.knows_agent(client) && !kinds.contains(&clients::class(client))
}

fn finding(
    exam: &Exam<'_>,
    grounds: &Grounds<'_>,
    reason: Reason,
    weight: Weight,
    deletions: &[&Deletion<'_>],
) -> Option<Finding> {
    let rows: Vec<&Row<'_>> = deletions.iter().map(|deletion| deletion.row).collect();
    let leader = mails::leader(exam, &rows)?;
    let all: Vec<&Mail> = deletions.iter().flat_map(|deletion| &deletion.mails).collect();
    let count = mails::distinct(all.iter().copied());
    let theirs = matches!(reason, Reason::Linked | Reason::Named);
    let weight = if theirs && count >= MANY { Weight::Strong } else { weight };
    let sent: Vec<&mails::Sent<'_>> = match reason {
        Reason::SentThenDeleted => {
            let sent: BTreeMap<_, _> = deletions
                .iter()
                .flat_map(|deletion| undone(grounds.mails, deletion))
                .map(|sent| (sent.row.event.order(), sent))
                .collect();
            sent.into_values().collect()
        }
        _ => Vec::new(),
    };
    let count = if sent.is_empty() { count } else { sent.len() };
    let (en, ja) = headline(reason, count);
    let severity = match reason {
        Reason::Linked | Reason::Named | Reason::NewClient if weight != Weight::Strong => Severity::Medium,
        _ => Severity::High,
    };
    let folders: BTreeSet<&str> = rows.iter().filter_map(|row| row.event.folder_path.as_deref()).collect();
    let operations: BTreeSet<&str> = rows.iter().map(|row| row.event.action()).collect();
    let draft = Draft::new(&META, exam, leader)
        .headline(en, ja)
        .severity(severity)
        .weight(weight)
        .detail("mails", count.to_string())
        .detail("records", rows.len().to_string())
        .detail("operations", operations.into_iter().collect::<Vec<_>>().join("; "))
        .detail("folder", mails::listed(&folders.into_iter().collect::<Vec<_>>(), 5))
        .detail("subjects", mails::subjects(all.iter().copied()))
        .detail("message ids", mails::ids(all.iter().copied()));
    let draft = if weight == Weight::Explained { draft.attribution(Attribution::Explained) } else { draft };
    let why = match reason {
        _ if weight != Weight::Explained => "",
        Reason::Administrator => "an administrator's removal, and nothing links it to the attacker",
        _ => "from the account's usual place or managed device, or by somebody who did the same before the window",
    };
    let grant = rows.iter().find_map(|row| exam.grants().by_intruder(exam, row));
    let sendings = sent.iter().flat_map(|sent| std::iter::once(sent.row).chain(sent.copies.iter().copied()));
    Some(draft.detail("explanation", why).also(grant).also(rows).also(sendings).done())
}

fn headline(reason: Reason, count: usize) -> (String, String) {
    let (en, ja) = match reason {
        Reason::SentThenDeleted => (
            "sent, and the copy deleted within a day in the same session",
            "送信され、同じセッションで 24 時間以内に控えが削除された",
        ),
        Reason::StoreEmptied => {
            ("deleted for good from the recoverable items", "回復可能なアイテムから完全に削除された")
        }
        Reason::Answers => (
            "deleted that belong to mails the attacker sent, or answer them",
            "削除され、攻撃者が送信したメールまたはその返信や配信不能通知が含まれている",
        ),
        Reason::Notices => (
            "deleted, with security notices, warnings or bounces among them",
            "削除され、その中にセキュリティ通知、警告または配信不能通知が含まれている",
        ),
        Reason::Linked => ("deleted in a session linked to the attacker", "攻撃者に結び付くセッションで削除された"),
        Reason::Named => (
            "deleted from an address that the investigator named as the attacker's",
            "調査担当者が攻撃者のものとして指定したアドレスから削除された",
        ),
        Reason::Burst => {
            ("deleted on a day with far more deletions than usual", "普段よりはるかに多くの削除があった日に削除された")
        }
        Reason::NewClient => (
            "deleted for good by a kind of client never seen before",
            "これまで使われたことのない種類のクライアントで完全に削除された",
        ),
        Reason::Administrator => ("deleted by an administrator", "管理者によって削除された"),
        Reason::Ordinary => ("deleted in the ordinary way", "通常の方法で削除された"),
    };
    let noun = if count == 1 { "mail" } else { "mails" };
    (format!("{count} {noun} {en}"), format!("{count} 通のメールが{ja}"))
}
