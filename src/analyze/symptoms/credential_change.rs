//! S08: the password was changed several times or demanded again and again, or means of sign-in were added.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::baseline::client_address;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::credentials::hints::{self, Listed};
use crate::analyze::settings::credentials::weighed::{self, Judged};
use crate::analyze::settings::credentials::{self, Act, MethodChange};
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::logins;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Attribution, Fact, Finding, Severity, Weight, counted};
use crate::knowledge::errors;
use crate::timeline::format_time;

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 8,
        id: "credential-change",
        title: "Unusual credential changes (several password changes, or changes demanded)",
        gates: &[&[GateId::G1], &[GateId::G2], &[GateId::G3], &[GateId::G6], &[GateId::G6Entra], &[GateId::G7]],
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
/// AADSTS: there is no password that could be right, or none that was accepted.
const NO_PASSWORD: [u32; 2] = [50056, 50064];
/// AADSTS: a further means of sign-in has to be registered.
const TO_REGISTER: [u32; 2] = [50072, 50079];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let changes = credentials::password_changes(exam);
    let judged = weighed::judge(exam, &changes);
    let mut findings: Vec<Finding> = judged.iter().map(|judged| password_told(exam, judged)).collect();
    findings.extend(exam.acts().filter_map(|row| match credentials::act(row)? {
        Act::AppPasswordCreated => Some(app_password(exam, row, true)),
        Act::AppPasswordDeleted => Some(app_password(exam, row, false)),
        Act::Managed => Some(managed(exam, row)),
        _ => None,
    }));
    findings.extend(credentials::method_acts(exam.acts()).iter().filter_map(|act| one_act(exam, act)));
    findings.extend(exam.acts().filter_map(|row| of_unknown_end(exam, row)));
    findings.extend(hints::tries(exam).iter().filter_map(|steps| tried(exam, steps)));
    findings.extend(told_by_risk(exam, &judged));
    findings.extend(hints::listed(exam).iter().map(|listed| told_by_list(exam, listed)));
    findings.extend(demands(exam, &judged));
    findings
}

/// A record that tells in an unknown word how it ended: a change, or an attempt at one.
fn of_unknown_end(exam: &Exam<'_>, row: &Row<'_>) -> Option<Finding> {
    credentials::act_of_unknown_end(row).filter(|act| *act != Act::Revocation)?;
    let word = row.event.status_text.as_deref().unwrap_or_default();
    let weight = if exam.points(row) < 0 { Weight::Explained } else { Weight::Weak };
    Some(
        Draft::new(&CHECK.meta, exam, row)
            .weight(weight)
            .severity(Severity::Medium)
            .headline(
                format!(
                    "A change of credentials is recorded that may have failed: its result is written as \"{word}\""
                ),
                format!("認証情報の変更の記録があるが、結果の表記 \"{word}\" が不明で、失敗した可能性もある"),
            )
            .done(),
    )
}

/// Steps of a change or reset of the password without a record of a new one.
fn tried(exam: &Exam<'_>, steps: &[&Row<'_>]) -> Option<Finding> {
    let points = steps.iter().map(|row| exam.points(row)).max()?;
    let main = steps.iter().copied().find(|row| exam.points(row) == points)?;
    let others = matches!(main.class, ActorClass::Admin | ActorClass::Partner);
    let (weight, why) = match points {
        1.. => (Weight::Weak, "not from a usual address or device"),
        0 if others => (Weight::Explained, "by an administrator"),
        0 if acts::follows_attacker(exam, main) => (Weight::Weak, "within an hour after attacker activity"),
        0 if exam.baseline.sufficient => (Weight::Explained, "nothing unusual"),
        0 => (Weight::Weak, "nobody knows what is usual"),
        _ => (Weight::Explained, "from a usual address or device"),
    };
    let names = logins::joined(steps.iter().map(|row| row.event.action()), 6);
    let unlocked = steps.iter().all(|row| hints::is_unlock(row.event) && !row.failed());
    let (en, ja) = match unlocked {
        true => (
            "The account was unlocked by self-service; that leaves its password as it is",
            "セルフサービスでアカウントのロックが解除された。パスワードは変更されていない",
        ),
        false => (
            "A change or reset of the password was tried; no new password is recorded with it",
            "パスワードの変更またはリセットの試行があるが、新しいパスワードは記録されていない",
        ),
    };
    Some(
        Draft::new(&CHECK.meta, exam, main)
            .weight(weight)
            .severity(Severity::Medium)
            .headline(en, ja)
            .detail("operations", names)
            .detail("how often", if steps.len() > 1 { steps.len().to_string() } else { String::new() })
            .detail("judged", why)
            .also(steps.iter().copied())
            .done(),
    )
}

/// Risk reports that were closed by a new password: one finding for all of them, unless its record is in the evidence.
fn told_by_risk(exam: &Exam<'_>, judged: &[Judged<'_, '_, '_>]) -> Option<Finding> {
    let told = exam.rows.iter().filter_map(|row| Some((hints::told_by_risk(row)?, row)));
    let told: Vec<_> = told.filter(|(at, _)| exam.window.contains(*at)).collect();
    let (first, row) = told.iter().min_by_key(|(at, _)| *at)?;
    let mut records =
        judged.iter().filter(|judged| judged.change.new_password).map(|judged| judged.main.event.datetime);
    // What was changed before the risk arose did not answer it.
    let arose = row.event.datetime - hints::BESIDE;
    let beside = records.rfind(|at| arose <= *at && *at <= *first + hints::BESIDE);
    let by_others = || row.event.status_reason.as_deref().is_some_and(|detail| detail.starts_with("admin"));
    let (weight, why) = match beside {
        Some(at) => (Weight::Explained, format!("beside the recorded change at {}", format_time(at))),
        None if by_others() => (Weight::Explained, "by an administrator".to_owned()),
        None => (Weight::Weak, "no change is recorded that would explain it".to_owned()),
    };
    let details = logins::joined(told.iter().filter_map(|(_, row)| row.event.status_reason.as_deref()), 4);
    Some(
        Draft::new(&CHECK.meta, exam, row)
            .fact(Fact::Inferred)
            .attribution(if weight == Weight::Weak { Attribution::Unknown } else { Attribution::Explained })
            .weight(weight)
            .severity(Severity::Medium)
            .headline(
                format!(
                    "The risk report says that the password was replaced, by {} at the latest",
                    format_time(*first)
                ),
                format!("リスク レポートによると、遅くとも {} までにパスワードが変更されている", format_time(*first)),
            )
            .detail("reason", details)
            .detail("judged", why)
            .also(told.iter().map(|(_, row)| *row))
            .done(),
    )
}

/// A list of accounts says when the password was last changed, and no record does.
fn told_by_list(exam: &Exam<'_>, listed: &Listed<'_, '_>) -> Finding {
    let seen = exam.attacker.nearest_before(listed.at);
    let near = seen.is_some_and(|seen| listed.at - seen <= TimeDelta::hours(24));
    let (weight, why) = match listed.synchronised {
        true if !near => (Weight::Explained, "the account is kept on-premises, where changes leave no record here"),
        _ if near => (Weight::Weak, "within a day after attacker activity"),
        _ => (Weight::Weak, "no change is recorded that would explain it"),
    };
    let at = format_time(listed.at);
    Draft::of_state(&CHECK.meta, exam, listed.row)
        .at(listed.at)
        .weight(weight)
        .severity(Severity::Medium)
        .headline(
            format!("The password was last changed at {at}, says a list of accounts; no record tells of it"),
            format!("アカウント一覧によるとパスワードの最終変更は {at} であるが、その記録はない"),
        )
        .detail("judged", why)
        .done()
}

fn managed(exam: &Exam<'_>, row: &Row<'_>) -> Finding {
    let weight = match exam.job(row) {
        Some(_) => Weight::Explained,
        None => acts::weigh(exam, row, Weight::Weak),
    };
    Draft::new(&CHECK.meta, exam, row)
        .weight(weight)
        .headline(
            "The account was made a managed one: its password is kept in the cloud from then on",
            "アカウントがマネージドに変更された (以後、パスワードはクラウドで管理される)",
        )
        .done()
}

fn password_told(exam: &Exam<'_>, judged: &Judged<'_, '_, '_>) -> Finding {
    let change = judged.change;
    let (en, ja) = match (change.new_password, change.forced, judged.main.class) {
        (true, _, ActorClass::Own) => {
            ("The password was changed in the account's own name", "本人のアカウントでパスワードが変更された")
        }
        (true, _, ActorClass::Sync) => {
            ("The password was reset by self-service or write-back", "セルフサービスでパスワードがリセットされた")
        }
        (true, ..) => ("The password was reset by somebody else", "他のユーザーによってパスワードがリセットされた"),
        (_, true, _) => {
            ("A new password is demanded at the next sign-in", "次回のサインイン時にパスワードの変更が要求される")
        }
        _ => ("All sessions of the account were ended", "アカウントのすべてのセッションが取り消された"),
    };
    let draft = Draft::new(&CHECK.meta, exam, judged.main);
    // What the service writes down for somebody says nothing of who asked for it.
    let nobodys = judged.main.class == ActorClass::Sync && judged.weight > Weight::Explained;
    let draft = if nobodys { draft.attribution(Attribution::Unknown) } else { draft };
    draft
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

/// A change of the means of sign-in, told by the record that weighs most.
fn one_act(exam: &Exam<'_>, act: &[(&Row<'_>, MethodChange)]) -> Option<Finding> {
    let told = act.iter().map(|(row, methods)| {
        let others = act.iter().map(|(row, _)| *row).filter(|other| other.event.origin != row.event.origin);
        methods_told(exam, row, methods, others)
    });
    // Of equals the first.
    told.rev().max_by_key(|finding| finding.verdict)
}

fn methods_told<'r>(
    exam: &Exam<'_>,
    row: &Row<'_>,
    methods: &MethodChange,
    others: impl Iterator<Item = &'r Row<'r>>,
) -> Finding {
    let total = exam.points(row);
    let gained = !methods.added.is_empty() || !methods.changed.is_empty() || methods.weakened;
    let near = gained && acts::follows_attacker(exam, row);
    let weight = match total {
        _ if exam.is_unusual(row) => Weight::Strong,
        // Within an hour after the attacker was active: another address that nobody knows is no excuse.
        2.. if near => Weight::Strong,
        1.. => Weight::Weak,
        0 if methods.ways_in().next().is_some() && acts::is_for_attacker(exam, row) => Weight::Strong,
        0 if acts::is_for_owner(exam, row) && !methods.weakened => Weight::Explained,
        0 if is_replacement(exam, row, methods) || weighed::is_response(exam, row, total) && !methods.weakened => {
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
            "多要素認証のサインイン方法が変更された",
        )
        .detail("added", list(&methods.added))
        .detail("removed", list(&methods.removed))
        .detail("changed", list(&methods.changed))
        .also(others)
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
            "アプリ パスワードが作成された (パスワードのリセットでは無効にならない)",
        )
    } else {
        ("An app password was deleted", "アプリ パスワードが削除された")
    };
    Draft::new(&CHECK.meta, exam, row).weight(weight).headline(en, ja).done()
}

/// Sign-ins that were told to change the password, or whose session a new password had ended: one finding a stretch.
fn demands(exam: &Exam<'_>, judged: &[Judged<'_, '_, '_>]) -> Vec<Finding> {
    let mut stretches: Vec<Vec<&Row<'_>>> = Vec::new();
    for row in exam.window_rows().filter(|row| row.is_sign_in() && row.parts.actor && !exam.is_attacker_act(row)) {
        let code = code(row);
        let demanded = errors::change_demanded(code) || errors::session_revoked(code);
        if !demanded && !is_locked_out(exam, row, judged) && !lost_its_password(exam, row) {
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

/// The account has no password any more that the owner could know: asked at a usual address, where nobody guesses.
fn lost_its_password(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let usual = client_address(row.event).is_some_and(|ip| exam.baseline.days_at(ip) > 0);
    NO_PASSWORD.contains(&code(row)) && usual
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
    let headline = what_was_demanded(stretch);
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
            .headline(headline.0, headline.1)
            .detail("codes", told.join("; "))
            .detail("until", format_time(last.event.datetime))
            .detail("judged", why)
            .also(stretch.iter().copied())
            .done(),
    )
}

/// What the sign-ins of a stretch were stopped for, in both languages.
fn what_was_demanded(stretch: &[&Row<'_>]) -> (String, String) {
    let (count, were) = (stretch.len(), counted(stretch.len(), "sign-in was", "sign-ins were"));
    let registers = stretch.iter().filter(|row| TO_REGISTER.contains(&code(row))).count();
    match registers {
        0 => (
            format!("{were} stopped because the password had to be, or had been, changed"),
            format!("パスワードの変更が必要、または変更済みのため、{count} 件のサインインが中断された"),
        ),
        all if all == count => (
            format!("{were} stopped because security info for multifactor authentication had to be registered"),
            format!("多要素認証のセキュリティ情報の登録が必要なため、{count} 件のサインインが中断された"),
        ),
        _ => (
            format!("{were} stopped because the password had to be changed, or security info to be registered"),
            format!("パスワードの変更またはセキュリティ情報の登録のため、{count} 件のサインインが中断された"),
        ),
    }
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
