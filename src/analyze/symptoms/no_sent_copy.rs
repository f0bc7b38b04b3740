//! S02: mail that went out in the account's name and has no copy in its Sent Items; for each the reason why.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::TimeDelta;
use foldhash::fast::RandomState;

use crate::analyze::actor::ActorClass;
use crate::analyze::addressed::Addressed;
use crate::analyze::baseline::{client_address, place};
use crate::analyze::coverage::GateId::{G1, G2, G3, G4, G4Copy, G4Send, G5, G7, G9, G11, G14};
use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::mailbox;
use crate::analyze::mails::{self, Mails, SUSPICIOUS, Sent};
use crate::analyze::of_old::OfOld;
use crate::analyze::traces::{self, TracedMail};
use crate::analyze::{Check, Meta, is_housekeeping};
use crate::finding::{Attribution, Fact, Finding, Severity, Term, Weight, counted};
use crate::knowledge::domains;
use crate::knowledge::folders::FolderRole;
use crate::untrusted::Untrusted;

/// The check.
pub static CHECK: Check = Check { meta: META, examine };

const META: Meta = Meta {
    number: 2,
    id: "no-sent-copy",
    title: "Mail sent, nothing in Sent Items",
    gates: &[&[G1], &[G2], &[G3], &[G4], &[G4Send], &[G4Copy], &[G9], &[G14]],
    adds: &[G5, G7, G11],
    never_not_seen: None,
    severity: Severity::Critical,
    attack: &["T1534", "T1566.002", "T1564.008", "T1070.008", "T1657"],
    page: include_str!("../../../docs/symptoms/no-sent-copy.md"),
};

/// Messages to outside recipients within an hour that are strong by their number.
const MANY: usize = 3;
/// Baseline days on which an application must have sent this way to be an old one.
const OLD_DAYS: usize = 3;

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

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let mails = exam.mails();
    let mut groups: BTreeMap<(Reason, String), Vec<Missing<'_>>> = BTreeMap::new();
    for sent in mails.sent.iter().filter(|sent| sent.row.in_window && (sent.row.parts.mailbox || sent.row.parts.sender))
    {
        if let Some((reason, missing)) = reason(exam, mails, sent) {
            groups.entry((reason, mails::sitting(sent.row))).or_default().push(missing);
        }
    }
    let delegates = mails.sent.iter().filter(|sent| is_delegates(sent) && exam.points(sent.row) < SUSPICIOUS);
    let old = OfOld::of(exam, delegates.map(|sent| sent.row), who_did_what);
    let groups = day_by_day(exam, mails, &old, groups);
    let mut findings: Vec<Finding> =
        groups.iter().filter_map(|((reason, _), missing)| finding(exam, mails, &old, *reason, missing)).collect();
    let unsaved = traces::unsaved(exam, mails);
    findings.extend(past_the_mailbox(exam, &unsaved.past_the_mailbox));
    findings.extend(forged(exam, &unsaved.forged));
    let done = exam.window_rows().filter(|row| !row.failed() && !is_housekeeping(row.class));
    let done = done.filter(|row| row.parts.any() || row.event.is(&[FOR_ALL]));
    findings.extend(done.filter_map(|row| preparation(exam, row)));
    findings
}

/// Whether somebody else sent it in the account's name.
fn is_delegates(sent: &Sent<'_>) -> bool {
    sent.row.parts.sender && !sent.row.parts.actor && sent.row.class != ActorClass::Own
}

fn who_did_what(row: &Row<'_>) -> String {
    let (operation, actor) = mails::done_by(row);
    format!("{operation} {}", actor.unwrap_or_default())
}

/// Whether the delegate did so of old.
fn is_of_old(exam: &Exam<'_>, old: &OfOld, row: &Row<'_>) -> bool {
    mails::did_before(exam, row) || old.holds(row, &who_did_what(row))
}

/// The sittings; what one delegate did of old at one place is told together, because a deputy writes day by day. What is a
/// question keeps its own time, by which chains are told.
fn day_by_day<'m>(
    exam: &Exam<'_>,
    mails: &Mails<'_>,
    old: &OfOld,
    groups: BTreeMap<(Reason, String), Vec<Missing<'m>>>,
) -> BTreeMap<(Reason, String), Vec<Missing<'m>>> {
    let mut told: BTreeMap<(Reason, String), Vec<Missing<'_>>> = BTreeMap::new();
    for ((reason, sitting), missing) in groups {
        let first = missing.first().filter(|_| reason == Reason::Delegate);
        let grant = first.and_then(|first| grant(exam, first.sent));
        if first.is_none() || weight(exam, mails, old, reason, &missing, grant) == Weight::Strong {
            told.insert((reason, sitting), missing);
            continue;
        }
        let since = grant.map(|grant| grant.place);
        for one in missing {
            let row = one.sent.row;
            let key = if is_of_old(exam, old, row) {
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

/// Mails of the trace that the mailbox does not know, by the address they were handed in from.
fn past_the_mailbox(exam: &Exam<'_>, all: &[TracedMail<'_>]) -> Vec<Finding> {
    let mut groups: BTreeMap<&str, Vec<&TracedMail<'_>>> = BTreeMap::new();
    for mail in all.iter().filter(|mail| mail.first().is_some_and(|row| row.in_window)) {
        groups.entry(mail.handed_in_from()).or_default().push(mail);
    }
    groups.iter().filter_map(|(from, mails)| past_from(exam, mails, traces::days_before(all, from))).collect()
}

fn past_from(exam: &Exam<'_>, mails: &[&TracedMail<'_>], days_before: usize) -> Option<Finding> {
    let first = mails.first()?.first()?;
    let smtp = traces::smtp_sign_in(exam, mails);
    let weight = match smtp {
        Some(_) => Weight::Strong,
        None if days_before >= traces::OLD_DAYS => Weight::Explained,
        None => Weight::Weak,
    };
    let (count, to) = (mails.len(), recipients(mails));
    let outside = to.iter().filter(|address| !exam.is_internal(address)).count();
    let word = if count == 1 { "mail was" } else { "mails were" };
    let mut draft = Draft::new(&META, exam, first)
        .headline(
            format!("{count} {word} sent in the account's name past its mailbox: in the message trace only"),
            format!(
                "{count} 通のメールがメールボックスを経由せずにこのアカウントの名前で送信されました（追跡のみに記録）"
            ),
        )
        .weight(weight)
        .fact(Fact::Inferred)
        .detail("why", "no Send record has their message ids, while other mails of the account have one")
        .detail("mails", count.to_string())
        .detail("recipients", to.len().to_string())
        .detail("outside recipients listed", outside.to_string())
        .detail("first recipients", mails::listed(&to.iter().map(String::as_str).collect::<Vec<_>>(), 10))
        .detail("subjects", subjects(mails))
        .detail("message ids", mails::listed(&mails.iter().map(|mail| mail.id.as_str()).collect::<Vec<_>>(), 200));
    if let Some(sign_in) = smtp {
        let score = exam.score(sign_in);
        draft = draft
            .attribution(exam.attribution(sign_in, &score))
            .terms(score.terms)
            .detail("SMTP sign-in", crate::timeline::format_time(sign_in.event.datetime))
            .detail("SMTP sign-in from", sign_in.event.source_ip.as_deref().unwrap_or_default());
    } else if weight == Weight::Explained {
        let explanation = "this address sent the same way before the window";
        draft = draft.attribution(Attribution::Explained).detail("explanation", explanation);
    }
    Some(draft.also(mails.iter().flat_map(|mail| mail.rows.iter().copied())).also(smtp).done())
}

/// Mails from outside that claim to be the account's: not its symptom, but worth knowing.
fn forged(exam: &Exam<'_>, all: &[TracedMail<'_>]) -> Option<Finding> {
    let mails: Vec<&TracedMail<'_>> = all.iter().filter(|mail| mail.first().is_some_and(|row| row.in_window)).collect();
    let first = mails.first()?.first()?;
    let to = recipients(&mails);
    let draft = Draft::new(&META, exam, first)
        .headline(
            format!(
                "{} in the account's name came from outside: the sender was probably forged",
                counted(mails.len(), "mail", "mails")
            ),
            format!(
                "このアカウントを名乗る {} 通のメールが外部から届いています（差出人の詐称と思われます）",
                mails.len()
            ),
        )
        .weight(Weight::Explained)
        .attribution(Attribution::Explained)
        .fact(Fact::Inferred)
        .detail("explanation", "handed in from outside, without the account: this mailbox did not send them")
        .detail("mails", mails.len().to_string())
        .detail("first recipients", mails::listed(&to.iter().map(String::as_str).collect::<Vec<_>>(), 10))
        .detail("subjects", subjects(&mails));
    Some(draft.also(mails.iter().flat_map(|mail| mail.rows.iter().copied())).done())
}

fn recipients(mails: &[&TracedMail<'_>]) -> BTreeSet<String> {
    mails.iter().flat_map(|mail| mail.recipients.iter().cloned()).collect()
}

fn subjects(mails: &[&TracedMail<'_>]) -> String {
    let subjects: BTreeSet<&str> =
        mails.iter().map(|mail| mail.subject()).filter(|subject| !subject.is_empty()).collect();
    mails::listed(&subjects.into_iter().collect::<Vec<_>>(), 5)
}

/// Why the mail has no living copy; `None` where it has one, or where the record does not say.
fn reason<'m>(exam: &Exam<'_>, mails: &'m Mails<'m>, sent: &'m Sent<'m>) -> Option<(Reason, Missing<'m>)> {
    if mails::is_automatic(&sent.mail.subject) && exam.points(sent.row) < SUSPICIOUS {
        return None;
    }
    if sent.row.event.saved_to_sent == Some(false) {
        return Some((Reason::Suppressed, Missing { sent, removed_by: Vec::new() }));
    }
    if is_delegates(sent) {
        return Some((Reason::Delegate, Missing { sent, removed_by: Vec::new() }));
    }
    let removals = mails.removals(sent).filter(|(deletion, mail)| {
        // Tidying up days later from the usual place is nobody's hiding.
        let tidying = || !deletion.undoes(sent) && deletion.is_habit(exam);
        deletion.row.in_window && mail.folder.or(deletion.folder) == Some(FolderRole::Sent) && !tidying()
    });
    let removed_by: Vec<&Row<'_>> = removals.map(|(deletion, _)| deletion.row).collect();
    (!removed_by.is_empty()).then_some((Reason::Removed, Missing { sent, removed_by }))
}

fn weight(
    exam: &Exam<'_>,
    mails: &Mails<'_>,
    old: &OfOld,
    reason: Reason,
    missing: &[Missing<'_>],
    grant: Option<&Row<'_>>,
) -> Weight {
    let all = each_once(missing.iter().flat_map(|one| one.removed_by.iter().copied().chain([one.sent.row])));
    let rows = || all.iter().copied();
    let linked = rows().any(|row| exam.points(row) >= SUSPICIOUS);
    let first = missing.first().map(|one| one.sent);
    match reason {
        _ if linked => Weight::Strong,
        Reason::Delegate => match grant {
            Some(grant) if exam.is_unusual(grant) => Weight::Strong,
            _ if rows().all(|row| is_of_old(exam, old, row)) => Weight::Explained,
            _ => Weight::Weak,
        },
        _ if rows().all(|row| mails::is_habit(exam, row)) => Weight::Explained,
        Reason::Suppressed if first.is_some_and(|sent| days_of_old(mails, sent) >= OLD_DAYS) => Weight::Explained,
        Reason::Suppressed if first.is_some_and(|sent| days_of_old(mails, sent) > 0) => Weight::Weak,
        _ if many_at_once(exam, missing) => Weight::Strong,
        _ => Weight::Weak,
    }
}

/// The rows in their order, each once: copies of one mail are removed by the same records.
fn each_once<'x>(rows: impl Iterator<Item = &'x Row<'x>>) -> Vec<&'x Row<'x>> {
    let mut seen: HashSet<*const Row<'_>, RandomState> = HashSet::default();
    rows.filter(|row| seen.insert(std::ptr::from_ref(*row))).collect()
}

/// On how many days of the baseline the same program sent without keeping a copy.
fn days_of_old(mails: &Mails<'_>, sent: &Sent<'_>) -> usize {
    let program = |sent: &Sent<'_>| {
        let event = sent.row.event;
        event.client_app_id.clone().or_else(|| event.client_info.clone()).or_else(|| event.app_id.clone())
    };
    let same = |other: &&Sent<'_>| {
        !other.row.in_window
            && other.row.event.saved_to_sent == Some(false)
            && program(other) == program(sent)
            && program(sent).is_some()
    };
    mails.sent.iter().filter(same).map(|other| other.row.event.datetime.date_naive()).collect::<BTreeSet<_>>().len()
}

/// Whether three or more of them went to outside recipients within an hour.
fn many_at_once(exam: &Exam<'_>, missing: &[Missing<'_>]) -> bool {
    let outside = |sent: &Sent<'_>| sent.recipients.iter().any(|address| !exam.is_internal(address));
    let times: Vec<_> =
        missing.iter().map(|one| one.sent).filter(|sent| outside(sent)).map(|sent| sent.row.event.datetime).collect();
    times
        .windows(MANY)
        .any(|few| few.first().zip(few.last()).is_some_and(|(first, last)| *last - *first <= TimeDelta::hours(1)))
}

/// The names by which records call somebody: address, alias, and whatever else the evidence ties to the address.
fn names_of(exam: &Exam<'_>, address: &str) -> BTreeSet<String> {
    let alias = address.split('@').next().unwrap_or_default();
    let known = exam.identities.accounts.get(address).into_iter().flat_map(|kinds| kinds.values());
    let known = known.flat_map(|names| names.keys().map(|name| name.to_lowercase()));
    known.chain([address.to_owned(), alias.to_owned()]).filter(|name| !name.is_empty()).collect()
}

/// Whether a parameter, lower-cased, holds one of the names, whole or at the end of a path (`…/tenant/alias`).
fn is_one_of(names: &BTreeSet<String>, value: &str) -> bool {
    let mut given = value.split([';', ',']).map(|one| one.trim_matches([' ', '"', '{', '}', '[', ']']));
    given.any(|one| names.contains(one) || names.contains(mailbox::last(one)))
}

/// The latest record that gave the delegate the right to send as the account.
fn grant<'x>(exam: &'x Exam<'_>, sent: &Sent<'_>) -> Option<&'x Row<'x>> {
    const GRANTS: [&str; 3] = ["Add-RecipientPermission", "Add-MailboxPermission", "Set-Mailbox"];
    let delegate = domains::addresses_in(sent.row.event.user_raw.as_deref().unwrap_or_default()).into_iter().next()?;
    let names = names_of(exam, &delegate);
    let names_delegate = |row: &Row<'_>| {
        let given = ["Trustee", "User", "GrantSendOnBehalfTo"].iter().filter_map(|name| row.param(name));
        given.map(|value| value.to_lowercase()).any(|value| value.contains(&delegate) || is_one_of(&names, &value))
    };
    let own = |row: &&Row<'_>| row.parts.target || row.parts.mailbox;
    let before = exam.rows.iter().rev().filter(|row| row.event.datetime <= sent.row.event.datetime && !row.failed());
    before.filter(own).find(|row| row.event.is(&GRANTS) && names_delegate(row))
}

fn finding(
    exam: &Exam<'_>,
    mails: &Mails<'_>,
    old: &OfOld,
    reason: Reason,
    missing: &[Missing<'_>],
) -> Option<Finding> {
    let rows: Vec<&Row<'_>> = missing.iter().map(|one| one.sent.row).collect();
    let removed_by = each_once(missing.iter().flat_map(|one| one.removed_by.iter().copied()));
    let leader = mails::leader(exam, &rows)?;
    let grant = (reason == Reason::Delegate).then(|| grant(exam, missing.first()?.sent)).flatten();
    let weight = weight(exam, mails, old, reason, missing, grant);
    let sent = || missing.iter().map(|one| &one.sent.mail);
    let recipients = Addressed::of(missing.iter().map(|one| one.sent));
    let to: BTreeSet<&str> = missing.iter().flat_map(|one| &one.sent.recipients).map(String::as_str).collect();
    let outside = to.iter().filter(|address| !exam.is_internal(address)).count();
    let count = mails::distinct(sent());
    let (en, ja) = headline(reason, count, recipients);
    let draft = Draft::new(&META, exam, leader)
        .headline(en, ja)
        .weight(weight)
        .on_its_face(reason != Reason::Delegate && many_at_once(exam, missing))
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
    let draft = match grant.filter(|_| weight == Weight::Strong) {
        Some(grant) => by_grant(exam, draft, grant),
        None if weight == Weight::Explained => {
            let of_old = rows.iter().all(|row| old.holds(row, &who_did_what(row)));
            let explanation = if of_old { OF_OLD } else { EXPLANATION };
            draft.attribution(Attribution::Explained).detail("explanation", explanation)
        }
        None => draft,
    };
    let copies = Sent::copies(missing.iter().map(|one| one.sent));
    Some(draft.also(rows).also(copies).also(removed_by).also(grant).done())
}

const EXPLANATION: &str =
    "from the account's usual place or managed device, or by a program or person who sent this way before the window";
const OF_OLD: &str = "the same person sent this way from the same place on three days or more before";

/// The delegate's own records say nothing of the attacker; the record that made the delegate does.
fn by_grant(exam: &Exam<'_>, draft: Draft, grant: &Row<'_>) -> Draft {
    let score = exam.score(grant);
    let points = score.total();
    if points < SUSPICIOUS {
        return draft;
    }
    let when = crate::timeline::format_time(grant.event.datetime);
    let why = Untrusted::new(format!("the right to send was granted at {when} by an act with attacker score {points}"));
    draft.attribution(exam.attribution(grant, &score)).terms([Term { points, why }])
}

fn headline(reason: Reason, count: usize, recipients: Addressed) -> (String, String) {
    let (en, ja) = match reason {
        Reason::Suppressed => ("without a copy in Sent Items", "が、送信済みアイテムに控えを残さずに送信されました"),
        Reason::Removed => {
            ("and the copy removed from Sent Items", "が送信された後、送信済みアイテムから控えが削除されました")
        }
        Reason::Delegate => {
            ("in the account's name by somebody else", "が、別の人物によってこのアカウントの名前で送信されました")
        }
    };
    (
        format!("{}{} sent {en}", counted(count, "mail", "mails"), recipients.en()),
        format!("{count} 通のメール{}{ja}", recipients.ja()),
    )
}

/// The cmdlet that sets it for every mailbox of the organisation.
const FOR_ALL: &str = "Set-TransportConfig";

/// Settings that let mail leave without a copy; worth a line only where the attacker made them.
fn preparation(exam: &Exam<'_>, row: &Row<'_>) -> Option<Finding> {
    const SWITCHES: [&str; 4] = [
        "MessageCopyForSentAsEnabled",
        "MessageCopyForSendOnBehalfEnabled",
        "MessageCopyForSMTPClientSubmissionEnabled",
        "SmtpClientAuthenticationDisabled",
    ];
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
                format!("{of_ja}{switched} が False に設定され、控えを残さずにメールを送信できるようになりました"),
            )
            .detail("setting", switched)
            .done()
    })
}
