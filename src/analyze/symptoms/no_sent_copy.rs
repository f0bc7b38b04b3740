//! S02: mail that went out in the account's name and has no copy in its Sent Items; for each the reason why.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::TimeDelta;
use foldhash::fast::RandomState;

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::baseline::{client_address, place};
use crate::analyze::mail::addressed::Addressed;
use crate::analyze::mail::mails::{self, SUSPICIOUS, Sent};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::people::of_old::{OfOld, Programs};
use crate::analyze::shown::coverage::GateId::{G1, G2, G3, G4, G4Copy, G4Send, G5, G7, G9Sent, G11, G14, G14Others};
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Attribution, Finding, Severity, Weight, counted};
use crate::knowledge::folders::FolderRole;

mod settings;
mod traced;

/// The check.
pub static CHECK: Check = Check { meta: META, examine };

const META: Meta = Meta {
    number: 2,
    id: "no-sent-copy",
    title: "Mail sent, nothing in Sent Items",
    gates: &[&[G1], &[G2], &[G3], &[G4], &[G4Send], &[G4Copy], &[G9Sent], &[G14], &[G14Others]],
    adds: &[G5, G7, G11],
    never_not_seen: None,
    severity: Severity::Critical,
    attack: &["T1534", "T1566.002", "T1564.008", "T1070.008", "T1657"],
    page: include_str!("../../../docs/symptoms/no-sent-copy.md"),
};

/// Messages to outside recipients within an hour that are strong by their number.
const MANY: usize = 3;

/// Why there is no copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    Suppressed,
    Removed,
    Delegate,
}

/// A mail without a copy, with the records that took the copy away.
struct Missing<'m> {
    sent: &'m Sent<'m>,
    removed_by: Vec<&'m Row<'m>>,
}

/// What was usual and what was much, by which a group is weighed.
struct Grounds {
    delegates: OfOld,
    programs: Programs,
    /// The places of mails to outside recipients of which so many went within an hour as are strong by their number.
    many: HashSet<usize>,
}

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let mails = exam.mails();
    let ours = |sent: &&Sent<'_>| sent.row.in_window && (sent.row.parts.mailbox || sent.row.parts.sender);
    let copies = settings::Copies::of(exam);
    let delegates = mails.sent.iter().filter(|sent| is_delegates(sent) && exam.points(sent.row) < SUSPICIOUS);
    let mut grounds = Grounds {
        delegates: OfOld::of(exam, delegates.map(|sent| sent.row), who_did_what),
        programs: Programs::of(exam),
        many: HashSet::new(),
    };
    let all = mails.sent.iter().filter(ours).filter_map(|sent| reason(exam, &grounds, &copies, sent));
    let all: Vec<(Reason, Missing<'_>)> = all.collect();
    grounds.many = many_at_once(exam, &grounds, &all);
    let mut groups: BTreeMap<(Reason, String), Vec<Missing<'_>>> = BTreeMap::new();
    for (reason, missing) in all {
        let row = missing.sent.row;
        // Mails of several programs may have nothing but the day in common.
        let old = if reason == Reason::Suppressed && grounds.programs.was_usual(row) { " of old" } else { "" };
        groups.entry((reason, format!("{}{old}", mails::sitting(row)))).or_default().push(missing);
    }
    let groups = day_by_day(exam, &grounds, groups);
    let mut findings: Vec<Finding> =
        groups.iter().filter_map(|((reason, _), missing)| finding(exam, &grounds, *reason, missing)).collect();
    findings.extend(traced::findings(exam, mails));
    findings.extend(settings::findings(exam));
    findings
}

/// Whether somebody else sent it in the account's name.
fn is_delegates(sent: &Sent<'_>) -> bool {
    sent.row.parts.sender && !sent.row.parts.actor && sent.row.class != ActorClass::Own
}

fn who_did_what(row: &Row<'_>) -> String {
    format!("{} {}", row.event.action().to_lowercase(), acts::actor(row.event))
}

/// Whether the delegate did so of old.
fn is_of_old(exam: &Exam<'_>, grounds: &Grounds, row: &Row<'_>) -> bool {
    mails::did_before(exam, row) || grounds.delegates.holds(row, &who_did_what(row))
}

/// The sittings; what one delegate did of old at one place is told together, because a deputy writes day by day. What is a
/// question keeps its own time, by which chains are told.
fn day_by_day<'m>(
    exam: &Exam<'_>,
    grounds: &Grounds,
    groups: BTreeMap<(Reason, String), Vec<Missing<'m>>>,
) -> BTreeMap<(Reason, String), Vec<Missing<'m>>> {
    let mut told: BTreeMap<(Reason, String), Vec<Missing<'_>>> = BTreeMap::new();
    for ((reason, sitting), missing) in groups {
        let first = missing.first().filter(|_| reason == Reason::Delegate);
        let grant = first.and_then(|first| exam.grants().behind(exam, first.sent.row));
        if first.is_none() || weight(exam, grounds, reason, &missing) == Weight::Strong {
            told.insert((reason, sitting), missing);
            continue;
        }
        let since = grant.map(|grant| grant.place);
        for one in missing {
            let row = one.sent.row;
            let key = if is_of_old(exam, grounds, row) {
                let actor = row.event.user_raw.as_deref().unwrap_or_default().to_lowercase();
                format!("{actor} {:?} {since:?}", client_address(row.event).map(place))
            } else {
                sitting.clone()
            };
            told.entry((reason, key)).or_default().push(one);
        }
    }
    for missing in told.values_mut() {
        missing.sort_by_key(|one| one.sent.row.place);
    }
    told
}

/// Why the mail has no living copy; `None` where it has one, or where the record does not say.
fn reason<'m>(
    exam: &'m Exam<'_>,
    grounds: &Grounds,
    copies: &settings::Copies,
    sent: &'m Sent<'m>,
) -> Option<(Reason, Missing<'m>)> {
    if mails::is_automatic(&sent.mail.subject) && exam.points(sent.row) < SUSPICIOUS {
        return None;
    }
    if sent.row.event.saved_to_sent == Some(false) {
        return Some((Reason::Suppressed, Missing { sent, removed_by: Vec::new() }));
    }
    let delegates = is_delegates(sent);
    let removals = exam.mails().removals(sent).filter(|(deletion, mail)| {
        // Tidying up days later from the usual place is nobody's hiding, nor is what others do with a delegate's copies.
        let tidying = || !deletion.undoes(sent) && (delegates || deletion.is_habit(exam));
        deletion.row.in_window && mail.folder.or(deletion.folder) == Some(FolderRole::Sent) && !tidying()
    });
    let removed_by: Vec<&Row<'_>> = removals.map(|(deletion, _)| deletion.row).collect();
    // A copy that was removed had been kept, whatever is known of a delegate's copies.
    let tidied = || removed_by.is_empty() || is_of_old(exam, grounds, sent.row);
    if delegates && tidied() && !copies.are_kept(sent.row) {
        return Some((Reason::Delegate, Missing { sent, removed_by: Vec::new() }));
    }
    (!removed_by.is_empty()).then_some((Reason::Removed, Missing { sent, removed_by }))
}

fn weight(exam: &Exam<'_>, grounds: &Grounds, reason: Reason, missing: &[Missing<'_>]) -> Weight {
    let all = each_once(missing.iter().flat_map(Missing::rows));
    let rows = || all.iter().copied();
    let sent = || missing.iter().map(|one| one.sent.row);
    let programs = &grounds.programs;
    let linked = rows().any(|row| exam.points(row) >= SUSPICIOUS);
    match reason {
        _ if linked => Weight::Strong,
        Reason::Delegate if rows().all(|row| is_of_old(exam, grounds, row)) => Weight::Explained,
        Reason::Delegate => Weight::Weak,
        _ if rows().all(|row| mails::is_habit(exam, row)) => Weight::Explained,
        Reason::Suppressed if sent().all(|row| programs.was_usual(row)) => Weight::Explained,
        _ if grounds.are_many(missing) => Weight::Strong,
        _ => Weight::Weak,
    }
}

impl<'m> Missing<'m> {
    fn rows(&self) -> impl Iterator<Item = &'m Row<'m>> {
        self.removed_by.iter().copied().chain([self.sent.row])
    }
}

impl Grounds {
    /// Whether mails are among those of which many went at once.
    fn are_many(&self, missing: &[Missing<'_>]) -> bool {
        missing.iter().any(|one| self.many.contains(&one.sent.row.place))
    }
}

/// The rows in their order, each once: copies of one mail are removed by the same records.
fn each_once<'x>(rows: impl Iterator<Item = &'x Row<'x>>) -> Vec<&'x Row<'x>> {
    let mut seen: HashSet<*const Row<'_>, RandomState> = HashSet::default();
    rows.filter(|row| seen.insert(std::ptr::from_ref(*row))).collect()
}

/// The mails to outside recipients of which three or more went within an hour, whatever their sitting and whatever became
/// of the copy; without what delegates, old programs and habits send.
fn many_at_once(exam: &Exam<'_>, grounds: &Grounds, all: &[(Reason, Missing<'_>)]) -> HashSet<usize> {
    let outside = |sent: &Sent<'_>| sent.recipients.iter().any(|address| !exam.is_internal(address));
    let counts = |(reason, missing): &&(Reason, Missing<'_>)| {
        let row = missing.sent.row;
        let usual = || match reason {
            Reason::Suppressed => grounds.programs.days_before(row) > 0 || grounds.programs.work(row),
            Reason::Removed | Reason::Delegate => false,
        };
        *reason != Reason::Delegate
            && outside(missing.sent)
            && !usual()
            && !missing.rows().all(|row| mails::is_habit(exam, row))
    };
    let sent: Vec<&Row<'_>> = all.iter().filter(counts).map(|(_, missing)| missing.sent.row).collect();
    let soon = |few: &&[&Row<'_>]| {
        let ends = few.first().zip(few.last());
        ends.is_some_and(|(first, last)| last.event.datetime - first.event.datetime <= TimeDelta::hours(1))
    };
    sent.windows(MANY).filter(soon).flatten().map(|row| row.place).collect()
}

fn finding(exam: &Exam<'_>, grounds: &Grounds, reason: Reason, missing: &[Missing<'_>]) -> Option<Finding> {
    let rows: Vec<&Row<'_>> = missing.iter().map(|one| one.sent.row).collect();
    let removed_by = each_once(missing.iter().flat_map(|one| one.removed_by.iter().copied()));
    let leader = mails::leader(exam, &rows)?;
    let right = || exam.grants().behind(exam, missing.first()?.sent.row);
    let grant = (reason == Reason::Delegate).then(right).flatten();
    let weight = weight(exam, grounds, reason, missing);
    let sent = || missing.iter().map(|one| &one.sent.mail);
    let recipients = Addressed::of(missing.iter().map(|one| one.sent));
    let to: BTreeSet<&str> = missing.iter().flat_map(|one| &one.sent.recipients).map(String::as_str).collect();
    let outside = to.iter().filter(|address| !exam.is_internal(address)).count();
    let count = mails::distinct(sent());
    let (en, ja) = headline(reason, count, &recipients);
    let draft = Draft::new(&META, exam, leader)
        .headline(en, ja)
        .weight(weight)
        .on_its_face(grounds.are_many(missing))
        .detail(
            "why",
            match reason {
                Reason::Suppressed => "the record says that no copy was saved (SaveToSentItems false)",
                Reason::Removed => "the copy was deleted from Sent Items afterwards",
                Reason::Delegate => {
                    "sent by somebody else in the account's name; a copy goes to the sender's own mailbox"
                }
            },
        )
        .detail("mails", count.to_string())
        .detail("recipients", recipients.told())
        .detail("outside recipients listed", outside.to_string())
        .detail("first recipients", mails::listed(&to.into_iter().collect::<Vec<_>>(), 10))
        .detail("subjects", mails::subjects(sent()))
        .detail("message ids", mails::ids(sent()))
        .detail("right to send granted by", grant.and_then(|row| row.event.user_raw.as_deref()).unwrap_or_default())
        .detail(
            "right to send granted at",
            grant.map(|row| crate::timeline::format_time(row.event.datetime)).unwrap_or_default(),
        );
    let draft = if weight == Weight::Explained {
        let explanation = match reason {
            Reason::Suppressed if rows.iter().all(|row| grounds.programs.of_old(row)) => PROGRAM_OF_OLD,
            _ if rows.iter().all(|row| grounds.delegates.holds(row, &who_did_what(row))) => OF_OLD,
            _ => EXPLANATION,
        };
        draft.attribution(Attribution::Explained).detail("explanation", explanation)
    } else {
        draft
    };
    let copies = Sent::copies(missing.iter().map(|one| one.sent));
    Some(draft.also(rows).also(copies).also(removed_by).beside(grant).done())
}

const EXPLANATION: &str =
    "from the account's usual place or managed device, or by a program or person who sent this way before the window";
const OF_OLD: &str = "the same person sent this way from the same place on three days or more before";
const PROGRAM_OF_OLD: &str = "the same program sent this way from the same place on three days or more before";

fn headline(reason: Reason, count: usize, recipients: &Addressed) -> (String, String) {
    let (en, ja) = match reason {
        Reason::Suppressed => ("without a copy in Sent Items", "が、送信済みアイテムに控えを残さずに送信された"),
        Reason::Removed => {
            ("and the copy removed from Sent Items", "が送信された後、送信済みアイテムから控えが削除された")
        }
        Reason::Delegate => {
            ("in the account's name by somebody else", "が、別の人物によってこのアカウントの名前で送信された")
        }
    };
    (
        format!("{}{} sent {en}", counted(count, "mail", "mails"), recipients.en()),
        format!("{count} 通のメール{}{ja}", recipients.ja()),
    )
}
