//! S06: mail that reads like a taken-over account's, or goes out like it, in what was sent and what was deleted.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::TimeDelta;

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::addressed::Addressed;
use crate::analyze::mail::mailing::{self, Burst};
use crate::analyze::mail::mails::{self, Deletion, Mail, Mails, SUSPICIOUS, Sent};
use crate::analyze::people::of_old::Programs;
use crate::analyze::shown::coverage::GateId::{G1, G2, G3, G4, G4Send, G7, G9Sent, G11, G14};
use crate::analyze::{Check, Meta};
use crate::finding::{Attribution, Fact, Finding, Severity, Weight, counted};
use crate::knowledge::folders::FolderRole;
use crate::knowledge::{domains, words};
use crate::timeline::json;

mod traced;

/// The check.
pub static CHECK: Check = Check { meta: META, examine };

const META: Meta = Meta {
    number: 6,
    id: "hacked-messages",
    title: "Messages typical of a hacked account",
    gates: &[&[G1], &[G2], &[G4], &[G4Send, G9Sent], &[G14]],
    adds: &[G3, G7, G9Sent, G11],
    never_not_seen: None,
    severity: Severity::High,
    attack: &["T1534", "T1566.001", "T1566.002", "T1657", "T1684.001", "T1656"],
    page: include_str!("../../../docs/symptoms/hacked-messages.md"),
};

/// Deleted bounces and automatic answers that tell of a mass mailing.
const WAVE: usize = 10;

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let mails = exam.mails();
    let hiding = Hiding { mails, programs: Programs::of(exam) };
    let mut findings: Vec<Finding> =
        written(exam, mails).iter().filter_map(|sitting| sent_finding(exam, &hiding, sitting)).collect();
    findings.extend(traced::lures(exam, mails));
    let mut deleted: BTreeMap<String, Vec<&Deletion<'_>>> = BTreeMap::new();
    for deletion in mails.deletions.iter().filter(|deletion| deletion.row.in_window) {
        deleted.entry(mails::sitting(deletion.row)).or_default().push(deletion);
    }
    let sent = mails.sent.iter().filter(|sent| sent.row.in_window);
    let told: HashSet<&str> = sent.filter_map(|sent| sent.mail.id.as_deref()).collect();
    for deletions in deleted.values() {
        findings.extend(deleted_finding(exam, &told, deletions));
        findings.extend(wave(exam, deletions));
    }
    findings.extend(drafts(exam));
    findings.extend(exam.window_rows().filter_map(|row| sending_alert(exam, row)));
    findings.extend(exam.window_rows().filter_map(|row| condemned(exam, row)));
    findings.extend(traced::wave(exam));
    findings
}

/// What was written in one sitting, and the mass mailing in it. A mailing whose address changes with each mail is no
/// sitting's, and stands by itself.
struct Sitting<'m, 'x> {
    sent: Vec<&'m Sent<'x>>,
    burst: Option<Burst<&'m Sent<'x>>>,
}

/// The window's mails by sitting. What is no sitting's mass mailing is measured once more together, but only with mails
/// that are suspect alike: the owner's work is not counted with the attacker's, and habits are not counted at all.
fn written<'m, 'x>(exam: &Exam<'_>, mails: &'m Mails<'x>) -> Vec<Sitting<'m, 'x>> {
    let mut by_sitting: BTreeMap<String, Vec<&Sent<'_>>> = BTreeMap::new();
    for sent in mails.sent.iter().filter(|sent| sent.row.in_window) {
        by_sitting.entry(mails::sitting(sent.row)).or_default().push(sent);
    }
    let with_burst = |sent: Vec<&'m Sent<'x>>| Sitting { burst: mailing::burst(exam, mails, &sent), sent };
    let mut sittings: Vec<Sitting<'_, '_>> = by_sitting.into_values().map(with_burst).collect();
    let mut pools: BTreeMap<bool, Vec<&Sent<'_>>> = BTreeMap::new();
    for sent in sittings.iter().filter(|sitting| sitting.burst.is_none()).flat_map(|sitting| &sitting.sent) {
        let suspect = Writer::of(exam, std::iter::once(sent.row)) > Writer::Anybody;
        if suspect || !mails::is_habit(exam, sent.row) {
            pools.entry(suspect).or_default().push(sent);
        }
    }
    for mut pool in pools.into_values() {
        pool.sort_by_key(|sent| sent.row.place);
        let Some(burst) = mailing::spread(exam, mails, &pool) else { continue };
        let theirs: HashSet<usize> = burst.mails.iter().map(|sent| sent.row.place).collect();
        sittings.iter_mut().for_each(|sitting| sitting.sent.retain(|sent| !theirs.contains(&sent.row.place)));
        sittings.push(Sitting { sent: burst.mails.clone(), burst: Some(burst) });
    }
    sittings
}

/// Whose mail is read for telling words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Writer {
    /// Anybody's: words of distress and payment tricks.
    Anybody,
    /// One from an unusual place, or hidden after it was sent: words of money as well, which are daily business else.
    Suspect,
    /// The attacker's: words of mere hurry as well.
    Attacker,
}

impl Writer {
    /// Who wrote, or deleted, what these rows tell of.
    fn of<'x>(exam: &Exam<'_>, rows: impl Iterator<Item = &'x Row<'x>> + Clone) -> Self {
        match rows.clone().map(|row| exam.points(row)).max() {
            _ if rows.clone().any(|row| mails::is_attackers(exam, row)) => Self::Attacker,
            Some(SUSPICIOUS..) => Self::Suspect,
            _ => Self::Anybody,
        }
    }
}

/// The telling words of a mail. For a mail that was sent its attachments' names count too.
fn telling(mail: &Mail, writer: Writer) -> Vec<String> {
    let text = format!("{} \n {}", mail.subject, mail.attachments);
    let mut found = match writer {
        Writer::Attacker => words::distress_or_hurry(&text),
        Writer::Anybody | Writer::Suspect => words::distress(&text),
    };
    if writer >= Writer::Suspect {
        found.extend(words::finance(&text));
    }
    found.dedup();
    found
}

/// One sitting's mails: the lures among them, and those of a mass mailing.
fn sent_finding<'x>(exam: &Exam<'_>, hiding: &Hiding<'_, 'x>, sitting: &Sitting<'_, 'x>) -> Option<Finding> {
    let Sitting { sent: sitting, burst } = sitting;
    let writer = Writer::of(exam, sitting.iter().map(|sent| sent.row));
    let words_of =
        |sent: &Sent<'x>| telling(&sent.mail, if hiding.hides(sent) { writer.max(Writer::Suspect) } else { writer });
    let mailed: HashSet<usize> = burst.iter().flat_map(|burst| &burst.mails).map(|sent| sent.row.place).collect();
    let is_chosen = |sent: &&&Sent<'x>| {
        let beside = || burst.is_some() && mails::is_attackers(exam, sent.row);
        mailed.contains(&sent.row.place) || !words_of(sent).is_empty() || beside()
    };
    let chosen: Vec<&Sent<'x>> = sitting.iter().filter(is_chosen).copied().collect();
    let score = chosen.iter().map(|sent| exam.points(sent.row)).max().unwrap_or_default();
    let rows: Vec<&Row<'_>> = chosen.iter().map(|sent| sent.row).collect();
    let Some(leader) = mails::leader(exam, &rows) else { return silent(exam, sitting) };
    let hidden: Vec<&Row<'_>> = chosen.iter().flat_map(|sent| hiding.hidden_by(sent)).collect();
    let hides = chosen.iter().any(|sent| hiding.hides(sent));
    let sample = chosen.iter().all(|sent| is_sample(exam, sent));
    let habit = rows.iter().all(|row| mails::is_habit(exam, row));
    let found: BTreeSet<String> = chosen.iter().flat_map(|sent| words_of(sent)).collect();
    // The words of a lure are not made innocent by having been used before.
    let regular = found.is_empty() && chosen.iter().all(|sent| mailing::is_regular(hiding.mails, sent));
    let attackers = rows.iter().any(|row| mails::is_attackers(exam, row));
    let distress = chosen.iter().any(|sent| !telling(&sent.mail, Writer::Anybody).is_empty());
    let on_its_face = (distress || burst.is_some() && !regular) && !sample || hides;
    let (weight, explanation) = match score {
        _ if attackers => (Weight::Strong, ""),
        // A new address alone is a hotel as well: money words from there are no proof, everything else is.
        SUSPICIOUS.. if on_its_face => (Weight::Strong, ""),
        score if score > SUSPICIOUS && !sample && !regular => (Weight::Strong, ""),
        _ if sample => {
            (Weight::Explained, "forwarded to a security mailbox of the own organisation, or to Microsoft's")
        }
        _ if habit => (
            Weight::Explained,
            "from the account's usual place or managed device, or by somebody who did the same before",
        ),
        _ if regular => (Weight::Explained, "a regular mailing: the same subject went out on an earlier day"),
        _ if hides => (Weight::Strong, ""),
        _ => (Weight::Weak, ""),
    };
    let recipients = Addressed::of(chosen.iter().copied());
    let count = mails::distinct(chosen.iter().map(|sent| &sent.mail));
    let (en, ja) = match (sample, found.is_empty()) {
        (true, _) => ("forwarded to the security team as a sample", "セキュリティ担当へ見本として転送された"),
        (_, false) => {
            ("with the words of a taken-over account sent", "乗っ取られたアカウントに典型的な語を含んで送信された")
        }
        (_, true) => ("sent as a mass mailing", "一斉送信された"),
    };
    let draft = Draft::new(&META, exam, leader)
        .headline(
            format!("{}{} {en}", counted(count, "mail", "mails"), recipients.en()),
            format!("{count} 通のメール{}が{ja}", recipients.ja()),
        )
        .weight(weight)
        .detail("mails", count.to_string())
        .detail("recipients", recipients.told())
        .detail("words", found.into_iter().collect::<Vec<_>>().join("; "))
        .detail("mailing", burst.as_ref().map(|burst| burst.told.clone()).unwrap_or_default())
        .detail(
            "hidden afterwards",
            if hides { "yes: no copy was saved, or it was deleted from Sent Items" } else { "" },
        )
        .detail("explanation", explanation)
        .on_its_face(on_its_face)
        .detail("subjects", mails::subjects(chosen.iter().map(|sent| &sent.mail)))
        .detail("attachments", attachments(&chosen))
        .detail("message ids of all mails of this session", mails::ids(sitting.iter().map(|sent| &sent.mail)));
    let draft = if weight == Weight::Explained { draft.attribution(Attribution::Explained) } else { draft };
    let grant = rows.iter().find_map(|row| exam.grants().by_intruder(exam, row));
    Some(draft.also(rows).also(Sent::copies(chosen)).also(hidden).beside(grant).done())
}

/// Mails of the attacker whose subjects say nothing: what is in them is not in any log, and somebody has to read them.
fn silent(exam: &Exam<'_>, sitting: &[&Sent<'_>]) -> Option<Finding> {
    let theirs: Vec<&Sent<'_>> = sitting.iter().copied().filter(|sent| exam.is_attackers_hand(sent.row)).collect();
    let rows: Vec<&Row<'_>> = theirs.iter().map(|sent| sent.row).collect();
    let leader = mails::leader(exam, &rows)?;
    let count = mails::distinct(theirs.iter().map(|sent| &sent.mail));
    let recipients = Addressed::of(theirs.iter().copied());
    let draft = Draft::new(&META, exam, leader)
        .headline(
            format!(
                "{}{} sent by the attacker; the subjects do not say what they are",
                counted(count, "mail", "mails"),
                recipients.en()
            ),
            format!("攻撃者が {count} 通のメール{}を送信している（件名からは内容が分からない）", recipients.ja()),
        )
        .weight(Weight::Weak)
        .detail("mails", count.to_string())
        .detail("recipients", recipients.told())
        .detail("subjects", mails::subjects(theirs.iter().map(|sent| &sent.mail)))
        .detail("attachments", attachments(&theirs))
        .detail("message ids of all mails of this session", mails::ids(theirs.iter().map(|sent| &sent.mail)));
    Some(draft.also(rows).also(Sent::copies(theirs)).done())
}

/// By what it is told whether a mail was hidden after it was sent.
struct Hiding<'m, 'x> {
    mails: &'m Mails<'x>,
    programs: Programs,
}

impl<'x> Hiding<'_, 'x> {
    /// Whether no copy of the mail was left in Sent Items: none was saved, though not as a program does whose work that
    /// is, or it was deleted.
    fn hides(&self, sent: &Sent<'x>) -> bool {
        let suppressed = sent.row.event.saved_to_sent == Some(false) && !self.programs.is_usual(sent.row);
        suppressed || self.hidden_by(sent).next().is_some()
    }

    /// The records that took the mail's copy out of Sent Items, in the sitting that sent it.
    fn hidden_by<'s>(&'s self, sent: &'s Sent<'x>) -> impl Iterator<Item = &'x Row<'x>> + 's {
        let from_sent = |deletion: &&Deletion<'_>| deletion.folder == Some(FolderRole::Sent);
        self.mails.undoings(sent).filter(from_sent).map(|deletion| deletion.row)
    }
}

fn attachments(chosen: &[&Sent<'_>]) -> String {
    let names: BTreeSet<&str> =
        chosen.iter().map(|sent| sent.mail.attachments.trim()).filter(|names| !names.is_empty()).collect();
    mails::listed(&names.into_iter().collect::<Vec<_>>(), 5)
}

/// Suspicious mail that was forwarded to the organisation's own security team, or to Microsoft's.
fn is_sample(exam: &Exam<'_>, sent: &Sent<'_>) -> bool {
    let is_desk = |address: &String| match domains::security_desk(address) {
        Some(microsofts) => microsofts || exam.is_internal(address),
        None => false,
    };
    mails::is_forward(&sent.mail.subject) && !sent.recipients.is_empty() && sent.recipients.iter().all(is_desk)
}

/// Lures that lay in Sent, Deleted or recoverable items when they were deleted. Copies of mails whose sending is
/// recorded belong to the finding about the sending.
fn deleted_finding(exam: &Exam<'_>, told: &HashSet<&str>, deletions: &[&Deletion<'_>]) -> Option<Finding> {
    let score = deletions.iter().map(|deletion| exam.points(deletion.row)).max()?;
    let writer = Writer::of(exam, deletions.iter().map(|deletion| deletion.row));
    let lies = |deletion: &Deletion<'_>, mail: &Mail| {
        matches!(
            mail.folder.or(deletion.folder),
            Some(FolderRole::Sent | FolderRole::Deleted | FolderRole::Recoverable)
        )
    };
    let is_lure = |deletion: &Deletion<'_>, mail: &Mail| {
        let known = mail.id.as_ref().filter(|id| told.contains(id.as_str()));
        // A copy may have been moved on before: who deletes there what the same sitting sent, deletes the copy.
        let moved = || known.is_some_and(|id| !exam.mails().undone_by(deletion, std::iter::once(id)).is_empty());
        let copy = known.is_some() && deletion.folder == Some(FolderRole::Sent) || moved();
        let answer = mails::is_answer(&mail.subject);
        lies(deletion, mail) && !copy && !answer && !telling(mail, writer).is_empty()
    };
    let mut rows = Vec::new();
    let mut lures = Vec::new();
    for deletion in deletions {
        let before = lures.len();
        lures.extend(deletion.mails.iter().filter(|mail| is_lure(deletion, mail)));
        if lures.len() > before {
            rows.push(deletion.row);
        }
    }
    let leader = mails::leader(exam, &rows)?;
    let distress = lures.iter().any(|mail| !telling(mail, Writer::Anybody).is_empty());
    let weight = match score {
        _ if rows.iter().any(|row| mails::is_attackers(exam, row)) => Weight::Strong,
        SUSPICIOUS.. if distress => Weight::Strong,
        _ if rows.iter().all(|row| mails::is_habit(exam, row)) => Weight::Explained,
        _ => Weight::Weak,
    };
    let count = mails::distinct(lures.iter().copied());
    let found: BTreeSet<String> = lures.iter().flat_map(|mail| telling(mail, writer)).collect();
    let noun = if count == 1 { "mail" } else { "mails" };
    let draft = Draft::new(&META, exam, leader)
        .headline(
            format!("{count} {noun} with the words of a taken-over account deleted"),
            format!("乗っ取られたアカウントに典型的な語を含む {count} 通のメールが削除された"),
        )
        .weight(weight)
        .detail("mails", count.to_string())
        .detail("words", found.into_iter().collect::<Vec<_>>().join("; "))
        .detail("folder", leader.event.folder_path.as_deref().unwrap_or_default())
        .detail("subjects", mails::subjects(lures.iter().copied()))
        .detail("message ids", mails::ids(lures.iter().copied()));
    Some(draft.also(rows).done())
}

/// Many deleted bounces and automatic answers: somebody must have written to many.
fn wave(exam: &Exam<'_>, deletions: &[&Deletion<'_>]) -> Option<Finding> {
    let answers = |deletion: &&&Deletion<'_>| deletion.mails.iter().any(|mail| mails::is_answer(&mail.subject));
    let rows: Vec<&Row<'_>> = deletions.iter().filter(answers).map(|deletion| deletion.row).collect();
    let all = || deletions.iter().flat_map(|deletion| &deletion.mails).filter(|mail| mails::is_answer(&mail.subject));
    let count = mails::distinct(all());
    let leader = mails::leader(exam, &rows).filter(|row| count >= WAVE && !mails::is_habit(exam, row))?;
    let draft = Draft::new(&META, exam, leader)
        .headline(
            format!("{count} bounces and automatic answers deleted, which a mass mailing brings"),
            format!("一斉送信の後に届く配信不能通知や自動応答が {count} 通削除された"),
        )
        .fact(Fact::Inferred)
        .detail("mails", count.to_string())
        .detail("subjects", mails::subjects(all()));
    Some(draft.also(rows).done())
}

/// A mail of the account that Microsoft's own protection judged to be phishing, malware or junk, on its way out or inside
/// the organisation. A simulation of phishing by the organisation itself explains it.
fn condemned(exam: &Exam<'_>, row: &Row<'_>) -> Option<Finding> {
    if !matches!(row.event.record_type, Some(28 | 47)) || !row.parts.sender {
        return None;
    }
    let object = crate::timeline::details::object(row.event);
    let text = |name: &str| json::text(&object, name).unwrap_or_default();
    let verdict = [text("Verdict"), text("ThreatsAndDetectionTech")].join(";").to_lowercase();
    if !verdict.split([',', ';']).any(is_bad) || text("Directionality").eq_ignore_ascii_case("inbound") {
        return None;
    }
    let near = exam.near(row.event.datetime, TimeDelta::hours(24));
    let simulated = near.iter().any(|other| matches!(other.event.record_type, Some(85 | 218)));
    let draft = Draft::new(&META, exam, row)
        .headline(
            format!("Microsoft judged a mail of this account: {}", text("Verdict")),
            format!("このアカウントのメールに対する Microsoft の判定: {}", text("Verdict")),
        )
        .attribution(if simulated { Attribution::Explained } else { Attribution::Unknown })
        .weight(if simulated { Weight::Explained } else { Weight::Weak })
        .detail("verdict", text("Verdict"))
        .detail("direction", text("Directionality"))
        .detail("subjects", text("Subject"))
        .detail("explanation", if simulated { "a phishing simulation of the organisation ran at the time" } else { "" })
        .detail("message ids", row.event.email_message_id.as_deref().unwrap_or_default());
    Some(draft.done())
}

/// Whether one entry of a verdict, lower-cased, condemns the mail: one that says what it is not does not.
fn is_bad(entry: &str) -> bool {
    let entry = entry.trim_start_matches(|c: char| !c.is_alphanumeric());
    let denies = ["not", "non", "no "].iter().any(|word| entry.starts_with(word));
    !denies && ["phish", "malware", "spam"].iter().any(|word| entry.contains(word))
}

/// Drafts of a lure, from the attacker.
fn drafts<'x>(exam: &'x Exam<'_>) -> impl Iterator<Item = Finding> + 'x {
    let rows = exam.acts().filter(|row| row.event.is(&["Create", "Update"]) && row.parts.mailbox);
    rows.filter_map(move |row| {
        let score = exam.points(row);
        let folder = crate::knowledge::folders::role(row.event.folder_path.as_deref()?);
        let mail = Mail { subject: row.event.email_subject.as_deref()?.to_owned(), ..Mail::default() };
        let found = telling(&mail, Writer::of(exam, std::iter::once(row)));
        let lure =
            score >= SUSPICIOUS && matches!(folder, Some(FolderRole::Drafts | FolderRole::Sent)) && !found.is_empty();
        lure.then(|| {
            Draft::new(&META, exam, row)
                .headline(
                    "A draft with the words of a taken-over account was written",
                    "乗っ取られたアカウントに典型的な語を含む下書きが作成された",
                )
                .detail("words", found.join("; "))
                .detail("subjects", mail.subject.clone())
                .done()
        })
    })
}

/// Microsoft's own alert about the way this account sends.
fn sending_alert(exam: &Exam<'_>, row: &Row<'_>) -> Option<Finding> {
    let raised = row.event.record_type == Some(40)
        && row.parts.any()
        && row.event.is(&["AlertTriggered", "AlertEntityGenerated"]);
    let name = raised.then(|| json::text(&crate::timeline::details::object(row.event), "Name")).flatten()?;
    name.to_lowercase().contains("suspicious email sending patterns").then(|| {
        Draft::new(&META, exam, row)
            .headline(
                "Microsoft raised an alert about suspicious sending by this account",
                "このアカウントからの不審なメール送信について Microsoft の警告が出た",
            )
            .attribution(Attribution::Unknown)
            .detail("alert", name.clone())
            .done()
    })
}
