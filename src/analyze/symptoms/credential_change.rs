//! S08: the password was changed several times or demanded again and again, or means of sign-in were added.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::analyze::actor::ActorClass;
use crate::analyze::baseline::client_address;
use crate::analyze::coverage::GateId;
use crate::analyze::credentials::{self, Act, MethodChange, PasswordChange};
use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::{Check, Meta, acts, logins};
use crate::finding::{Attribution, Fact, Finding, Severity, Weight, counted};
use crate::knowledge::errors;
use crate::timeline::{Outcome, format_time};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 8,
        id: "credential-change",
        title: "Unusual credential changes (several password changes, or changes demanded)",
        gates: &[
            &[GateId::G1],
            &[GateId::G2],
            &[GateId::G3],
            &[GateId::G6],
            &[GateId::G6Entra],
            &[GateId::G7],
            &[GateId::G14],
        ],
        adds: &[GateId::G7n, GateId::G8],
        never_not_seen: None,
        severity: Severity::Critical,
        attack: &["T1098", "T1556.006"],
        page: include_str!("../../../docs/symptoms/credential-change.md"),
    },
    examine,
};

/// AADSTS: user name or password is wrong.
const WRONG_PASSWORD: u32 = 50126;
/// "Several": this many changes within this time.
const SEVERAL: [(usize, TimeDelta); 2] = [(2, TimeDelta::hours(24)), (3, TimeDelta::days(7))];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let changes = credentials::password_changes(exam);
    let judged = judge(exam, &changes);
    let mut findings: Vec<Finding> = judged.iter().map(|judged| password_told(exam, judged)).collect();
    findings.extend(exam.acts().filter_map(|row| match credentials::act(row)? {
        Act::Methods(methods) => Some(methods_told(exam, row, &methods)),
        Act::AppPasswordCreated => Some(app_password(exam, row, true)),
        Act::AppPasswordDeleted => Some(app_password(exam, row, false)),
        _ => None,
    }));
    findings.extend(demands(exam, &judged));
    findings
}

/// A password change with what speaks for and against it.
struct Judged<'c, 'e, 'a> {
    change: &'c PasswordChange<'e, 'a>,
    main: &'e Row<'a>,
    total: i32,
    /// Whether the score speaks for the attacker, by more than an address never seen before.
    unusual: bool,
    weight: Weight,
    /// How many unexplained changes lie in the same stretch, with this one.
    several: usize,
    why: &'static str,
}

fn judge<'c, 'e, 'a>(exam: &Exam<'_>, changes: &'c [PasswordChange<'e, 'a>]) -> Vec<Judged<'c, 'e, 'a>> {
    let mut judged: Vec<Judged<'_, '_, '_>> = changes
        .iter()
        .filter_map(|change| {
            let main = change.main()?;
            // The synchronisation's own score says nothing of who asked for a self-service reset.
            let rows = || change.rows.iter().filter(|row| row.class != ActorClass::Sync);
            Some(Judged {
                change,
                main,
                total: rows().map(|row| exam.points(row)).max().unwrap_or(0),
                unusual: rows().any(|row| exam.is_unusual(row)),
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
        .filter(|one| !answers_a_reset(one, &judged))
        .map(|one| (one.main.event.datetime, one.unusual))
        .collect();
    open.sort_unstable();
    for one in &mut judged {
        weigh(exam, one, &open);
    }
    judged
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
    } else if one.total > 0 {
        (Weight::Weak, "within a day after attacker activity")
    } else if by_service_after_attacker(exam, one) {
        (Weight::Weak, "within an hour after attacker activity, by the service: who asked for it is not recorded")
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
fn is_response(exam: &Exam<'_>, row: &Row<'_>, total: i32) -> bool {
    matches!(row.class, ActorClass::Admin | ActorClass::Partner)
        && total <= 0
        && exam.attacker.nearest_before(row.event.datetime).is_some()
}

/// A reset by the account's holder from a place the baseline does not know, followed by a sign-in from it on a device
/// that it does not know either.
fn signed_in_from_new_place_after(exam: &Exam<'_>, reset: &Row<'_>) -> bool {
    let Some(ip) = client_address(reset.event) else { return false };
    let holder = matches!(reset.class, ActorClass::Own | ActorClass::Sync);
    let unknown = exam.baseline.sufficient && exam.baseline.is_new_place(reset.event);
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

fn password_told(exam: &Exam<'_>, judged: &Judged<'_, '_, '_>) -> Finding {
    let change = judged.change;
    let (en, ja) = match (change.new_password, change.forced, judged.main.class) {
        (true, _, ActorClass::Own) => {
            ("The password was changed in the account's own name", "本人のアカウントでパスワードが変更されました")
        }
        (true, _, ActorClass::Sync) => {
            ("The password was reset by self-service or write-back", "セルフサービスでパスワードがリセットされました")
        }
        (true, ..) => ("The password was reset by somebody else", "他のユーザーによってパスワードがリセットされました"),
        (_, true, _) => {
            ("A new password is demanded at the next sign-in", "次回のサインイン時にパスワードの変更が要求されます")
        }
        _ => ("All sessions of the account were ended", "アカウントのすべてのセッションが取り消されました"),
    };
    Draft::new(&CHECK.meta, exam, judged.main)
        .weight(judged.weight)
        .severity(Severity::High)
        .attack(&["T1098", "T1531"])
        .headline(en, ja)
        .detail("judged", judged.why)
        .detail("changes close together", if judged.several > 1 { judged.several.to_string() } else { String::new() })
        .detail("sessions ended", if change.revoked { "yes" } else { "" })
        .also(change.others())
        .done()
}

fn methods_told(exam: &Exam<'_>, row: &Row<'_>, methods: &MethodChange) -> Finding {
    let total = exam.points(row);
    let gained = !methods.added.is_empty() || !methods.changed.is_empty() || methods.weakened;
    let near = gained && acts::follows_attacker(exam, row);
    let weight = match total {
        _ if exam.is_unusual(row) => Weight::Strong,
        // Within an hour after the attacker was active.
        2 if near => Weight::Strong,
        1.. => Weight::Weak,
        0 if methods.ways_in().next().is_some() && acts::is_for_attacker(exam, row) => Weight::Strong,
        0 if acts::is_for_owner(exam, row) && !methods.weakened => Weight::Explained,
        0 if is_replacement(exam, row, methods) || is_response(exam, row, total) && !methods.weakened => {
            Weight::Explained
        }
        0 if gained && (row.class == ActorClass::Own || methods.weakened || !methods.added.is_empty()) => Weight::Weak,
        _ => Weight::Explained,
    };
    let list = |names: &[String]| names.join("; ");
    Draft::new(&CHECK.meta, exam, row)
        .weight(weight)
        .attack(&["T1098.005", "T1556.006"])
        .headline(
            "The account's means of sign-in (multifactor authentication) were changed",
            "多要素認証のサインイン方法が変更されました",
        )
        .detail("added", list(&methods.added))
        .detail("removed", list(&methods.removed))
        .detail("changed", list(&methods.changed))
        .done()
}

/// A new telephone: the account itself removes one means and adds another within the hour, and no attacker is known.
fn is_replacement(exam: &Exam<'_>, row: &Row<'_>, methods: &MethodChange) -> bool {
    if row.class != ActorClass::Own || methods.weakened {
        return false;
    }
    let near = exam
        .acts()
        .filter(|other| other.class == ActorClass::Own)
        .filter(|other| (other.event.datetime - row.event.datetime).abs() <= TimeDelta::hours(1));
    let (mut added, mut removed) = (0, 0);
    for other in near {
        if let Some(Act::Methods(other)) = credentials::act(other) {
            added += other.added.len();
            removed += other.removed.len();
        }
    }
    added > 0 && added <= removed
}

fn app_password(exam: &Exam<'_>, row: &Row<'_>, created: bool) -> Finding {
    let weight = match exam.points(row) {
        _ if !created => Weight::Explained,
        1.. => Weight::Strong,
        0 => Weight::Weak,
        _ => Weight::Explained,
    };
    let (en, ja) = if created {
        (
            "An app password was created; a password reset does not revoke it",
            "アプリ パスワードが作成されました (パスワードのリセットでは無効になりません)",
        )
    } else {
        ("An app password was deleted", "アプリ パスワードが削除されました")
    };
    Draft::new(&CHECK.meta, exam, row).weight(weight).headline(en, ja).done()
}

/// Sign-ins that were told to change the password, or whose session a new password had ended: one finding a stretch.
fn demands(exam: &Exam<'_>, judged: &[Judged<'_, '_, '_>]) -> Vec<Finding> {
    let mut stretches: Vec<Vec<&Row<'_>>> = Vec::new();
    for row in exam.window_rows().filter(|row| row.is_sign_in() && row.parts.actor && !exam.is_attacker_act(row)) {
        let code = code(row);
        if !errors::change_demanded(code) && !errors::session_revoked(code) && !is_locked_out(exam, row, judged) {
            continue;
        }
        let near = |last: &&Row<'_>| row.event.datetime - last.event.datetime <= TimeDelta::hours(24);
        match stretches.last_mut().filter(|stretch| stretch.last().is_some_and(near)) {
            Some(stretch) => stretch.push(row),
            None => stretches.push(vec![row]),
        }
    }
    stretches.iter().filter_map(|stretch| demand_told(exam, stretch, judged)).collect()
}

/// The owner's password is wrong at a usual address, and the last change of it was linked to the attacker.
fn is_locked_out(exam: &Exam<'_>, row: &Row<'_>, judged: &[Judged<'_, '_, '_>]) -> bool {
    let usual = client_address(row.event).is_some_and(|ip| exam.baseline.days_at(ip) > 0);
    let before =
        |judged: &&Judged<'_, '_, '_>| judged.change.new_password && judged.main.event.datetime <= row.event.datetime;
    code(row) == WRONG_PASSWORD
        && usual
        && judged.iter().rfind(before).is_some_and(|judged| judged.weight == Weight::Strong)
}

fn code(row: &Row<'_>) -> u32 {
    row.event.status_code.as_deref().and_then(|code| code.parse().ok()).unwrap_or(0)
}

fn demand_told(exam: &Exam<'_>, stretch: &[&Row<'_>], judged: &[Judged<'_, '_, '_>]) -> Option<Finding> {
    let first = stretch.first()?;
    let last = stretch.last()?;
    let attempts: BTreeSet<&str> = stretch
        .iter()
        .filter_map(|row| row.event.correlation_id.as_deref().or(row.event.event_id.as_deref()))
        .collect();
    let mut codes: BTreeMap<u32, usize> = BTreeMap::new();
    for row in stretch {
        *codes.entry(code(row)).or_default() += 1;
    }
    let told: Vec<String> = codes
        .iter()
        .map(|(code, count)| format!("{code} ×{count} ({})", errors::meaning(*code).unwrap_or("unknown code")))
        .collect();
    // A change of the week before explains an ended session; one within the day after answers the demand.
    let explains = judged.iter().rev().find(|judged| {
        let after = first.event.datetime - judged.main.event.datetime;
        let answers = judged.main.event.datetime >= first.event.datetime
            && judged.main.event.datetime <= last.event.datetime + TimeDelta::hours(24);
        answers || after >= TimeDelta::zero() && after <= TimeDelta::days(7)
    });
    let earlier = earlier_change(exam, first);
    let (weight, why) = match explains {
        Some(judged) if judged.weight == Weight::Strong => (
            Weight::Weak,
            format!(
                "beside the change at {}, which is linked to the attacker",
                format_time(judged.main.event.datetime)
            ),
        ),
        Some(judged) => {
            (Weight::Explained, format!("beside the recorded change at {}", format_time(judged.main.event.datetime)))
        }
        None if earlier.is_some() => (Weight::Explained, "a change before the window is recorded".to_owned()),
        None if attempts.len() < 2 => (Weight::Explained, "demanded once".to_owned()),
        None => (Weight::Weak, "no change is recorded that would explain it".to_owned()),
    };
    Some(
        Draft::new(&CHECK.meta, exam, first)
            .fact(Fact::Inferred)
            .attribution(Attribution::Unexplained)
            .weight(weight)
            .severity(Severity::Medium)
            .attack(&["T1098"])
            .headline(
                format!(
                    "{} stopped because the password had to be, or had been, changed",
                    counted(stretch.len(), "sign-in was", "sign-ins were")
                ),
                format!(
                    "パスワードの変更が必要、または変更済みのため、{} 件のサインインが中断されました",
                    stretch.len()
                ),
            )
            .detail("codes", told.join("; "))
            .detail("until", format_time(last.event.datetime))
            .detail("judged", why)
            .also(stretch.iter().copied())
            .done(),
    )
}

/// A change of the week before the sign-in that lies before the window.
fn earlier_change<'e, 'a>(exam: &'e Exam<'a>, sign_in: &Row<'_>) -> Option<&'e Row<'a>> {
    let week_before = sign_in.event.datetime - TimeDelta::days(7);
    exam.rows
        .iter()
        .filter(|row| {
            !row.in_window && row.event.datetime >= week_before && row.event.datetime <= sign_in.event.datetime
        })
        .find(|row| matches!(credentials::act(row), Some(Act::Password | Act::ForceChange | Act::Revocation)))
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
