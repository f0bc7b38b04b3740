//! The seven steps that secure the account again: done, undone, by whom, before or after the last attacker action.

mod block_sign_in;
mod disable_inbox_rules;
mod other_precautions;
mod remove_admin_roles;
mod remove_forwarding;
mod reset_password;
mod unblock_sending;

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use foldhash::fast::RandomState;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::attribution::LINKED;
use crate::analyze::intruder::programs::Programs;
use crate::analyze::mail::traces;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::credentials::{self, Act, answers};
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::logins;
use crate::examination::{Attacker, Examination, Recipients};
use crate::finding::{Assessment, Finding, Headline, Step, StepStatus, Weight};
use crate::origin::{Origin, RecordRef};
use crate::timeline::{Event, format_time};
use crate::untrusted::Untrusted;

/// The seven steps, in Microsoft's order, of an examination that is made but for them.
pub fn steps(exam: &Exam<'_>, made: &Examination) -> Vec<Step> {
    let Examination { symptoms, detections, recipients, .. } = made;
    let programs = Programs::of(exam, symptoms.iter().chain(detections));
    let attacker = from_first_sign_to_last_act(exam, made, &programs);
    let findings = symptoms.iter().chain(detections).flat_map(|assessment| &assessment.findings);
    let strong = records(findings.filter(|finding| finding.verdict == Weight::Strong).flat_map(Finding::about));
    let rooms = symptoms.iter().filter(|symptom| matches!(symptom.id, "inbox-rules" | "forwarding"));
    let suspicious = rooms.flat_map(|symptom| &symptom.findings).filter(|finding| finding.verdict >= Weight::Weak);
    let suspects = records(suspicious.flat_map(|finding| &finding.records));
    let scene = Scene { exam, attacker: &attacker, symptoms, strong, suspects, recipients, programs };
    let (reset, reset_at) = reset_password::step(&scene);
    let (forwarding, rules) = (remove_forwarding::step(&scene), disable_inbox_rules::step(&scene));
    let released =
        unblock_sending::step(&scene, unblock_sending::Before { reset: reset_at, steps: [&forwarding, &rules] });
    vec![
        reset,
        forwarding,
        rules,
        released,
        block_sign_in::step(&scene, reset_at),
        remove_admin_roles::step(&scene),
        other_precautions::step(&scene),
    ]
}

/// What is said where a snapshot without a date of its own shows that something is gone.
const UNDATED: (&str, &str) = (
    "The snapshot does not say when it was taken: make sure that it is the newer of the two.",
    "スナップショットの取得日時は不明である。設定より後に取得されたことを確認すること。",
);

/// What is said where something was taken away in the name of whoever had set it.
const BY_ITS_MAKER: (&str, &str) = (
    "It was taken away in the name of whoever set it, and nothing tells whether that was the owner: make sure.",
    "設定したのと同じ名義で解除されており、所有者本人によるものかどうかは記録から分からない。確認すること。",
);

/// The time in a snapshot's file name may be that of the collector's own clock, anywhere on earth.
const CLOCKS: TimeDelta = TimeDelta::hours(14);

/// So long after an act its record may arrive, and longer: what a log that ends earlier does not hold, it may not hold yet.
const LATENCY: TimeDelta = TimeDelta::minutes(90);

/// The attacker as the steps are timed by it. The attack may have begun before its first linked act inside the window:
/// with what is malicious on its face in a record that names no place (an administrator's log, a message trace), or with
/// an act before the window. And it may have gone on after the window.
fn from_first_sign_to_last_act(exam: &Exam<'_>, made: &Examination, programs: &Programs) -> Attacker {
    let mut attacker = made.attacker.clone();
    let Some((first, last)) = attacker.first.zip(attacker.last) else { return attacker };
    // What was done to the credentials may be the answer itself.
    let told = made.symptoms.iter().filter(|symptom| symptom.id != "credential-change");
    let strong = told.flat_map(|symptom| &symptom.findings).filter(|finding| finding.verdict == Weight::Strong);
    let inside = |row: &&Row<'_>| {
        exam.is_attacker_act(row) && !row.failed() && !row.interrupted()
            || traces::is_attackers(exam, row)
            || programs.did(row)
    };
    let acts: Vec<_> = exam.rows.iter().filter(inside).map(|row| row.event.datetime).collect();
    attacker.first = strong.map(|finding| finding.time).chain(acts.first().copied()).chain([first]).min();
    attacker.last = acts.last().copied().max(Some(last));
    attacker
}

/// What every step is judged from.
struct Scene<'s, 'a> {
    exam: &'s Exam<'a>,
    /// From the first sign of the attack to the attacker's last act in any log.
    attacker: &'s Attacker,
    symptoms: &'s [Assessment],
    /// The records that strong findings are about.
    strong: Records<'s>,
    /// The records of the rules and forwardings that a symptom found, weak ones too.
    suspects: Records<'s>,
    /// To whom the attacker wrote.
    recipients: &'s Recipients,
    /// Applications that did what strong findings tell of.
    programs: Programs,
}

impl<'s, 'a> Scene<'s, 'a> {
    /// The rows from the window's start on that succeeded. A response before the attack is none.
    fn rows(&self) -> impl Iterator<Item = &'s Row<'a>> {
        self.exam.rows.iter().filter(|row| !row.failed() && self.may_answer(row))
    }

    /// Whether the attacker did it: from the set's sessions or addresses, by the score, or within minutes of attacker
    /// activity where the record has no address; or a strong finding cites it.
    fn by_attacker(&self, row: &Row<'_>) -> bool {
        let (exam, is) = (self.exam, [answers::is_owners, answers::answers_a_reset, answers::shuts_out]);
        let answers = || is.iter().any(|is| is(exam, row));
        if super::is_housekeeping(row.class) || answers() {
            return false;
        }
        let total = self.exam.points(row);
        self.exam.attacker.holds(self.exam, row.event)
            || total >= LINKED
            || row.class == ActorClass::Own && self.exam.is_unusual(row)
            || self.is_told(row)
    }

    /// Whether nothing but the minutes between says that the attacker did it: who did is not recorded then.
    fn by_time_alone(&self, row: &Row<'_>) -> bool {
        answers::is_by_time_alone(self.exam, row)
    }

    /// Whether something malicious, or something suspicious that was set in the account's own name, was taken away in the
    /// name of whoever had set it, and nothing tells the hand that did the one from that which did the other: not the
    /// attacker's known session or address, nor the owner's usual place or a sign-in from there.
    fn is_by_its_maker(&self, made: &Row<'_>, off: &Row<'_>) -> bool {
        const SIGNED_IN: TimeDelta = TimeDelta::hours(1);
        let name = |row: &Row<'_>| row.event.user_raw.as_deref().map(str::to_lowercase);
        let told_apart = || self.exam.points(made) >= LINKED || self.exam.points(off) < 0;
        let near = || self.exam.near(off.event.datetime, SIGNED_IN).iter().filter(|row| logins::is_own(row));
        let at_home = || near().any(|row| logins::got_in(row) && self.exam.points(row) < 0);
        name(made).is_some()
            && name(made) == name(off)
            && (is_in(&self.strong, made) || made.class == ActorClass::Own && is_in(&self.suspects, made))
            && !told_apart()
            && !self.exam.habits().is_at_work(self.exam, off)
            && !(off.class == ActorClass::Own && at_home())
    }

    /// Whether the row, which succeeded, may be an answer to the attack: inside the window, and not before its first
    /// sign.
    fn may_answer(&self, row: &Row<'_>) -> bool {
        row.in_window && self.attacker.first.is_none_or(|first| row.event.datetime >= first)
    }

    /// Whether a strong finding is about the row, an act of the account itself or means of sign-in that a service wrote
    /// down for it. What a finding merely cites, the owner may have done: the change whose notice was deleted,
    /// the end of what the attacker set.
    fn is_told(&self, row: &Row<'_>) -> bool {
        let written_for_it = || row.class == ActorClass::App && matches!(credentials::act(row), Some(Act::Methods(_)));
        (row.class == ActorClass::Own || written_for_it()) && is_in(&self.strong, row)
    }

    /// No trace of the step: said only where the audit log has what anybody did, and these gates let a trace be seen.
    fn absent(&self, gates: &[GateId]) -> StepStatus {
        const ALWAYS: [GateId; 3] = [GateId::G1, GateId::G2Any, GateId::G3];
        let groups: Vec<&[GateId]> = ALWAYS.chunks(1).chain(gates.chunks(1)).collect();
        match self.exam.coverage.missing(&groups).is_empty() {
            true => StepStatus::NotSeen,
            false => StepStatus::NotAssessable,
        }
    }

    /// The step, timed against the last attacker action.
    fn step(&self, (number, id): (u8, &'static str), status: StepStatus, rows: &[&Row<'_>], note: Note) -> Step {
        // A snapshot that does not say when it was taken dates nothing.
        let dated = |row: &&&Row<'_>| !row.event.is_state() || row.event.datetime_text.is_some();
        let at = rows.first().filter(dated).map(|row| row.event.datetime);
        self.step_at((number, id), status, at, rows, note)
    }

    /// The same for a step whose record tells another time than its own.
    fn step_at(
        &self,
        (number, id): (u8, &'static str),
        status: StepStatus,
        at: Option<DateTime<Utc>>,
        rows: &[&Row<'_>],
        mut note: Note,
    ) -> Step {
        // The attacker's own act is never behind the last one.
        let theirs = status == StepStatus::ByAttacker;
        let after = at.zip(self.attacker.last).map(|(at, last)| at > last && !theirs);
        let counts = matches!(status, StepStatus::Done | StepStatus::Partial);
        if counts
            && after == Some(false)
            && let Some(last) = self.attacker.last
        {
            let last = format_time(last);
            note.say(
                format!("The attacker was still active afterwards (last at {last}): check it again, and repeat it."),
                format!("その後も攻撃者の活動がある (最終 {last})。再確認のうえ、やり直すること。"),
            );
        }
        if counts {
            self.tell_strange_place(rows, &mut note);
        }
        if counts && after != Some(false) {
            self.tell_end_of_log(at, &mut note);
        }
        let mut seen: BTreeSet<&Origin> = BTreeSet::new();
        let cited = rows.iter().flat_map(|row| row.events()).filter(|event| seen.insert(&event.origin));
        let records = cited.map(Event::record_ref).collect();
        Step { number, id, status, at, after_last_attacker_action: after, note: note.headline(), records }
    }

    /// An administrator's stolen session could do the same: who answers from where that one never worked is asked.
    fn tell_strange_place(&self, rows: &[&Row<'_>], note: &mut Note) {
        let strange = |row: &&&Row<'_>| row.class != ActorClass::Own && self.exam.habits().is_away(self.exam, row);
        let Some(row) = rows.iter().find(strange) else { return };
        let (by, by_ja, ip) = (who(row), who_ja(row), row.event.source_ip.as_deref().unwrap_or_default());
        note.say(
            format!("{by} was not seen at {ip} before the window: make sure that it was that person."),
            format!("{by_ja} は調査期間より前に {ip} からは記録されていない。本人によるものか確認すること。"),
        );
    }

    /// Whether it was the last act is known only as far as the logs go.
    fn tell_end_of_log(&self, at: Option<DateTime<Utc>>, note: &mut Note) {
        // What the attacker does in the mailbox, the audit log tells, however far the others go.
        let log_end = self.exam.coverage.audit_end.or(self.exam.log_end);
        let Some((at, end)) = at.zip(log_end).filter(|(at, end)| *end - *at < LATENCY) else { return };
        if self.attacker.first.is_none() || end < at {
            return;
        }
        let end = format_time(end);
        note.say(
            format!("What was looked at ends at {end}, within 90 minutes of it: export again and look what came after."),
            format!("調査対象の記録は {end} までで、実施から 90 分以内に終わっている。再度エクスポートして、その後を確認すること。"),
        );
    }
}

/// Records, by file and number.
type Records<'s> = HashSet<(&'s str, u64), RandomState>;

fn records<'s>(cited: impl Iterator<Item = &'s RecordRef>) -> Records<'s> {
    cited.map(|record| (record.evidence.as_str(), record.record)).collect()
}

/// Whether the row's record is one of these.
fn is_in(records: &Records<'_>, row: &Row<'_>) -> bool {
    records.contains(&(&*row.event.origin.file, row.event.origin.record))
}

/// What is said about a step, sentence by sentence, in both languages.
#[derive(Default)]
struct Note {
    en: Vec<String>,
    ja: Vec<String>,
}

impl Note {
    fn new(en: impl Into<String>, ja: impl Into<String>) -> Self {
        let mut note = Self::default();
        note.say(en, ja);
        note
    }

    fn say(&mut self, en: impl Into<String>, ja: impl Into<String>) {
        self.en.push(en.into());
        self.ja.push(ja.into());
    }

    fn headline(self) -> Headline {
        Headline { en: Untrusted::new(self.en.join(" ")), ja: Untrusted::new(self.ja.concat()) }
    }
}

/// Who did it and when, as notes tell it.
fn who(row: &Row<'_>) -> String {
    row.event.user_raw.as_deref().unwrap_or("somebody").to_owned()
}

/// The same in Japanese.
fn who_ja(row: &Row<'_>) -> String {
    row.event.user_raw.as_deref().unwrap_or("不明な実行者").to_owned()
}

/// The row's time, as notes tell it.
fn when(row: &Row<'_>) -> String {
    format_time(row.event.datetime)
}

/// The last of the times.
fn latest<'r>(rows: impl Iterator<Item = &'r Row<'r>>) -> Option<DateTime<Utc>> {
    rows.map(|row| row.event.datetime).max()
}
