//! How much a change of the password weighs: by the score of its records, by the changes close to it, and by what it
//! answers. Writes no finding.

use chrono::{DateTime, TimeDelta, Utc};

use super::{PasswordChange, answers};
use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::baseline::client_address;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::sign_ins::logins;
use crate::finding::Weight;
use crate::timeline::Outcome;

/// "Several": this many changes within this time.
const SEVERAL: [(usize, TimeDelta); 2] = [(2, TimeDelta::hours(24)), (3, TimeDelta::days(7))];

/// A password change with what speaks for and against it.
#[derive(Debug)]
pub struct Judged<'c, 'e, 'a> {
    /// The change.
    pub change: &'c PasswordChange<'e, 'a>,
    /// The record that stands for it.
    pub main: &'e Row<'a>,
    total: i32,
    /// Whether the score speaks for the attacker, by more than an address never seen before.
    unusual: bool,
    asked: Asked,
    /// The weight.
    pub weight: Weight,
    /// How many unexplained changes lie in the same stretch, with this one.
    pub several: usize,
    /// Why it weighs so much.
    pub why: &'static str,
}

/// Who was asked for a change that only its time ties to the attacker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// The owner, who answered.
    Owner,
    /// Whoever had the temporary password.
    Holder,
    /// Nobody, and the owner got in with it, and the attacker no more.
    Kept,
    /// Nobody.
    Nobody,
}

impl Asked {
    fn of(exam: &Exam<'_>, row: &Row<'_>) -> Self {
        match () {
            () if answers::is_owners(exam, row) => Self::Owner,
            () if answers::answers_a_reset(exam, row) => Self::Holder,
            () if answers::shuts_out(exam, row) => Self::Kept,
            () => Self::Nobody,
        }
    }
}

/// The changes, weighed.
pub fn judge<'c, 'e, 'a>(exam: &Exam<'_>, changes: &'c [PasswordChange<'e, 'a>]) -> Vec<Judged<'c, 'e, 'a>> {
    let mut judged: Vec<Judged<'_, '_, '_>> = changes
        .iter()
        .filter_map(|change| {
            let main = change.main()?;
            // The synchronisation's own score says nothing of who asked for a self-service reset.
            let rows =
                || change.rows.iter().filter(|row| row.class != ActorClass::Sync && !is_blind(exam, change, row));
            let asked = Asked::of(exam, main);
            let total = rows().map(|row| exam.points(row)).max().unwrap_or(0);
            Some(Judged {
                change,
                main,
                total: if asked == Asked::Owner { total.min(0) } else { total },
                unusual: asked == Asked::Nobody && rows().any(|row| exam.is_unusual(row)),
                asked,
                weight: Weight::Explained,
                several: 1,
                why: "",
            })
        })
        .collect();
    let mut open: Vec<(DateTime<Utc>, bool)> = judged
        .iter()
        .filter(|one| one.change.new_password && one.total >= 0 && !is_response(exam, one.main, one.total))
        .filter(|one| exam.job(one.main).is_none())
        .filter(|one| one.asked == Asked::Nobody && !answers_a_reset(one, &judged))
        .map(|one| (one.main.event.datetime, one.unusual))
        .collect();
    open.sort_unstable();
    for one in &mut judged {
        weigh(exam, one, &open);
    }
    judged
}

/// Whether nothing but the time can be told of the record, while another of the same change knows where the account was.
fn is_blind(exam: &Exam<'_>, change: &PasswordChange<'_, '_>, row: &Row<'_>) -> bool {
    let placed = |row: &Row<'_>| exam.lent.address(row.event).is_some() || exam.lent.session(row.event).is_some();
    let other = || change.rows.iter().any(|other| other.class == ActorClass::Own && placed(other));
    row.class == ActorClass::Own && !placed(row) && other()
}

fn weigh(exam: &Exam<'_>, one: &mut Judged<'_, '_, '_>, open: &[(DateTime<Utc>, bool)]) {
    let at = one.main.event.datetime;
    let groups: Vec<&[(DateTime<Utc>, bool)]> = SEVERAL
        .iter()
        .flat_map(|(least, span)| stretches(open, at, *span).filter(|stretch| stretch.len() >= *least))
        .collect();
    let several = groups.iter().map(|stretch| stretch.len()).max();
    let beside_linked = groups.iter().any(|stretch| stretch.iter().any(|(_, unusual)| *unusual));
    one.several = several.unwrap_or(1);
    (one.weight, one.why) = if !one.change.new_password && !one.change.forced {
        (Weight::Explained, "sessions were ended; no new password")
    } else if one.asked == Asked::Owner {
        (Weight::Explained, "a usual place or device was asked for a new password, and the attacker was not seen since")
    } else if one.asked == Asked::Holder {
        (
            Weight::Weak,
            "it answers an administrator's reset since which the attacker was not seen; who made it is not recorded",
        )
    } else if one.asked == Asked::Kept {
        (
            Weight::Weak,
            "the owner signed in right after it, and the attacker was not seen since; who made it is not recorded",
        )
    } else if one.unusual && exam.attacker.is_empty() {
        (Weight::Strong, "from a place or a program that is not the account's")
    } else if one.unusual {
        (Weight::Strong, "the attacker was active in the same session, at the same address or within minutes")
    } else if signed_in_from_new_place_after(exam, one.main) {
        (Weight::Strong, "reset from a place never used before, and then a sign-in from there")
    } else if exam.job(one.main).is_some() {
        (Weight::Explained, "one of many people's, by one actor within minutes")
    } else if one.total < 0 {
        (Weight::Explained, "from a usual address or device")
    } else if is_response(exam, one.main, one.total) {
        (Weight::Explained, "by an administrator after the attacker was active: see the response steps")
    } else if beside_linked && one.total > 0 {
        (Weight::Strong, "one of several changes, another of which is linked to the attacker")
    } else if several.is_some() {
        (Weight::Weak, "one of several changes")
    } else if one.total > 0 && client_address(one.main.event).is_some() {
        (Weight::Weak, "from an address never seen before, which proves nothing by itself")
    } else if one.total > 0 && answers::follows_the_end_of_sessions(exam, one.main) {
        (
            Weight::Weak,
            "after an administrator ended the sessions, since which the attacker was not seen; who made it is not recorded",
        )
    } else if one.total > 0 {
        (Weight::Weak, "within a day after attacker activity")
    } else if by_service_after_attacker(exam, one) {
        (Weight::Weak, "within an hour after attacker activity, by the service: who asked for it is not recorded")
    } else if exam.habits().is_away(exam, one.main) {
        (Weight::Weak, "by somebody who worked here before, from where that one was never seen")
    } else {
        (Weight::Explained, "one change, nothing unusual")
    };
}

/// The changes of every stretch of this length that `at` lies in; `open` is in the order of time.
fn stretches(
    open: &[(DateTime<Utc>, bool)],
    at: DateTime<Utc>,
    span: TimeDelta,
) -> impl Iterator<Item = &[(DateTime<Utc>, bool)]> {
    let behind = |end: DateTime<Utc>| open.partition_point(move |(time, _)| *time <= end);
    let first = open.partition_point(|(time, _)| *time < at - span);
    let starts = (first..behind(at)).filter_map(|start| Some((start, open.get(start)?.0)));
    // What is not among them lies in the stretches that it begins or ends, too.
    let own = open.partition_point(|(time, _)| *time < at);
    starts.chain([(own, at)]).filter_map(move |(start, time)| open.get(start..behind(time + span)))
}

/// The holder's own change within a day after an administrator's reset, with nothing unusual about either: a temporary
/// password is there to be changed, so the two are one.
fn answers_a_reset(one: &Judged<'_, '_, '_>, all: &[Judged<'_, '_, '_>]) -> bool {
    let plain = |one: &Judged<'_, '_, '_>| one.change.new_password && one.total <= 0;
    let reset_before = |other: &Judged<'_, '_, '_>| {
        let later = one.main.event.datetime - other.main.event.datetime;
        let by_somebody_else = matches!(other.main.class, ActorClass::Admin | ActorClass::Partner);
        plain(other) && by_somebody_else && later >= TimeDelta::zero() && later <= TimeDelta::hours(24)
    };
    one.main.class == ActorClass::Own && plain(one) && all.iter().any(reset_before)
}

/// A new password written by the password service (self-service or write-back), or by an application, while the attacker
/// was active.
fn by_service_after_attacker(exam: &Exam<'_>, one: &Judged<'_, '_, '_>) -> bool {
    let time = one.main.event.datetime;
    one.change.new_password
        && matches!(one.main.class, ActorClass::Sync | ActorClass::App)
        && exam.attacker.nearest_before(time).is_some_and(|active| time - active <= TimeDelta::hours(1))
}

/// An administrator's act after the attacker was active, and not from the attacker's places: somebody handles the case.
pub fn is_response(exam: &Exam<'_>, row: &Row<'_>, total: i32) -> bool {
    matches!(row.class, ActorClass::Admin | ActorClass::Partner)
        && total <= 0
        && exam.attacker.nearest_before(row.event.datetime).is_some()
}

/// A reset by the account's holder from a place the baseline does not know, followed by a sign-in from it on a device
/// that it does not know either.
fn signed_in_from_new_place_after(exam: &Exam<'_>, reset: &Row<'_>) -> bool {
    let Some(ip) = client_address(reset.event) else { return false };
    let holder = matches!(reset.class, ActorClass::Own | ActorClass::Sync);
    let strange = exam.baseline.is_new_place(reset.event) && !exam.baseline.is_passing(reset.event, ip);
    let unknown = exam.baseline.sufficient && strange;
    let known_good = logins::is_known_good(exam, ip);
    let after = |row: &&Row<'_>| {
        let apart = row.event.datetime - reset.event.datetime;
        apart >= TimeDelta::zero() && apart <= TimeDelta::hours(24)
    };
    let strange = |row: &&Row<'_>| logins::is_own(row) && !exam.baseline.is_own_device(row);
    let mut sign_ins = exam.window_rows().filter(after).filter(strange);
    holder
        && unknown
        && !known_good
        && sign_ins.any(|row| row.event.outcome == Outcome::Success && client_address(row.event) == Some(ip))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_several_within_one_stretch_and_not_around_one_of_them() {
        let day = |day: i64| DateTime::from_timestamp(day * 86_400, 0).unwrap();
        let most = |days: &[i64], at: i64| {
            let open: Vec<(DateTime<Utc>, bool)> = days.iter().map(|on| (day(*on), false)).collect();
            stretches(&open, day(at), TimeDelta::days(7)).map(<[_]>::len).max()
        };
        // Six days to each side are twelve.
        assert_eq!(most(&[11, 17, 23], 17), Some(2));
        assert_eq!([11, 14, 18].map(|at| most(&[11, 14, 18], at)), [Some(3); 3]);
        assert_eq!(most(&[11, 14, 18], 19), Some(2));
        // One that is not among them lies between two.
        assert_eq!(most(&[11, 17], 14), Some(2));
        assert_eq!(most(&[], 14), Some(0));
    }
}
