//! Roles: the account gained power over the organisation, or gave it to somebody.

use chrono::TimeDelta;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::{mailbox, roles};
use crate::analyze::shown::coverage::GateId;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight};
use crate::timeline::{Event, details, json};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "privilege-gain",
        title: "Roles gained or given",
        gates: &[
            &[GateId::G6],
            &[GateId::G1, GateId::G6Entra],
            &[GateId::G2Any, GateId::G6Entra],
            &[GateId::G3, GateId::G6Entra],
        ],
        adds: &[GateId::G5, GateId::G6Entra],
        never_not_seen: None,
        severity: Severity::High,
        attack: &["T1098.003"],
        page: include_str!("../../../docs/symptoms/privilege-gain.md"),
    },
    examine,
};

/// What else gives power over the organisation.
const ACTIVITIES: [&str; 1] = ["New-ManagementRole"];
/// Asking for a role, which others may have to approve.
const REQUEST: &str = "Add member to role requested (PIM activation)";
/// The answer that nobody gets it by.
const DENIAL: &str = "Add member to role request denied (PIM activation)";
/// How close to each other PIM's record of a role and the directory's are.
const AT_ONCE: TimeDelta = TimeDelta::minutes(1);

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let gains = |row: &&Row<'_>| is_gain(row) || row.event.is(&[REQUEST]);
    let rows: Vec<&Row<'_>> = exam.acts().filter(|row| gains(row) && (row.parts.actor || row.parts.target)).collect();
    // PIM writes down who asked, and the directory that PIM did it: both tell of one deed, and the first whose it was.
    let (carried_out, asked): (Vec<&Row<'_>>, Vec<&Row<'_>>) =
        rows.iter().copied().partition(|row| by_pim(row) && rows.iter().any(|asked| is_carried_out(asked, row)));
    let key = |row: &Row<'_>| format!("{} {} {}", acts::actor(row.event), role(row), to_whom(row)).to_lowercase();
    let happenings = acts::happenings(asked.into_iter(), acts::ONE_GO, key);
    happenings.iter().filter_map(|rows| finding(exam, rows, &carried_out)).collect()
}

fn is_gain(row: &Row<'_>) -> bool {
    roles::is_given(row.event) || row.event.is(&ACTIVITIES)
}

/// Whether the directory says that PIM did it: the application that carries out what others asked it for.
fn by_pim(row: &Row<'_>) -> bool {
    const PIM: &str = "MS-PIM";
    let named = |event: &Event| {
        let ids = details::members(event, &["Actor"]);
        acts::actor(event).eq_ignore_ascii_case(PIM)
            || json::list(&ids, "Actor").iter().any(|id| json::text(id, "ID").as_deref() == Some(PIM))
    };
    row.class == ActorClass::App && row.events().any(named)
}

/// Whether PIM's record tells who asked for what the directory says that PIM did. The two call a role by different names.
fn is_carried_out(asked: &Row<'_>, done: &Row<'_>) -> bool {
    is_gain(asked)
        && !by_pim(asked)
        && (asked.event.datetime - done.event.datetime).abs() <= AT_ONCE
        && to_whom(asked).eq_ignore_ascii_case(&to_whom(done))
}

/// What became of a request, where the role was not given: nothing of it says that anybody has it.
fn answer<'x>(exam: &'x Exam<'_>, rows: &[&'x Row<'x>]) -> Option<(&'static str, Option<&'x Row<'x>>)> {
    let last = rows.last().filter(|_| !rows.iter().any(|row| is_gain(row)))?;
    let answers = |row: &&Row<'_>| {
        row.event.datetime >= last.event.datetime
            && row.event.is(&[DENIAL])
            && role(row).eq_ignore_ascii_case(&role(last))
            && to_whom(row).eq_ignore_ascii_case(&to_whom(last))
    };
    let denial = exam.rows.iter().find(answers);
    Some((if denial.is_some() { "it was denied" } else { "no record says that it was granted" }, denial))
}

/// Whom a cmdlet put into the group or gave the role: people, groups or applications. A directory record names the person
/// as its target, and what is none by the name it is shown under.
fn to_whom(row: &Row<'_>) -> String {
    const GIVEN: [&str; 7] = ["Members", "Member", "User", "SecurityGroup", "App", "Policy", "Computer"];
    const NOBODY: &str = "Not Available";
    let given = || GIVEN.iter().find_map(|name| row.param(name).filter(|who| !who.is_empty()));
    let named = || row.event.target_raw.as_deref().filter(|name| !name.eq_ignore_ascii_case(NOBODY));
    let target = || row.event.target_upn.as_deref().or_else(named).map(str::to_owned);
    let shown = || Some(acts::object_name(row.event)).filter(|name| !name.eq_ignore_ascii_case(NOBODY));
    given().or_else(target).or_else(shown).unwrap_or_default()
}

fn role(row: &Row<'_>) -> String {
    let directory = acts::changed(row.event, "Role.DisplayName").filter(|name| !name.is_empty());
    directory
        .or_else(|| row.param("Roles").or_else(|| row.param("Role")).filter(|name| !name.is_empty()))
        .or_else(|| row.param("Identity"))
        .unwrap_or_else(|| acts::object_name(row.event))
}

/// Whether the account itself gave the same person the same role before the window.
fn is_habit(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let is_same = |before: &&Row<'_>| {
        !before.failed()
            && before.event.action().eq_ignore_ascii_case(row.event.action())
            && acts::actor(before.event) == acts::actor(row.event)
            && to_whom(before).eq_ignore_ascii_case(&to_whom(row))
            && role(before).eq_ignore_ascii_case(&role(row))
    };
    let before = exam.rows.iter().take_while(|before| before.event.datetime < exam.window.from);
    row.class == ActorClass::Own && before.filter(|before| before.parts.actor).any(|before| is_same(&before))
}

fn finding(exam: &Exam<'_>, rows: &[&Row<'_>], carried_out: &[&Row<'_>]) -> Option<Finding> {
    let (row, weight) = acts::heaviest(exam, rows, Weight::Weak)?;
    let near = row.class == ActorClass::Own && weight == Weight::Weak && acts::follows_attacker(exam, row);
    // A role that is taken up for the day's work was taken up before.
    let job = weight == Weight::Weak && !near && rows.iter().all(|row| is_habit(exam, row));
    let weight = match (near, job) {
        (true, _) => Weight::Strong,
        (_, true) => Weight::Explained,
        _ => weight,
    };
    let (role, gained) = (role(row), row.parts.target && !row.parts.actor);
    let to = to_whom(row);
    let answer = answer(exam, rows);
    // A table of few columns names whom it was given to, and not what.
    let named = !role.is_empty() && !role.eq_ignore_ascii_case(&to);
    let (what, what_ja) = if named {
        (format!("the role {role}"), format!("ロール {role} "))
    } else {
        ("a role that the record does not name".to_owned(), "記録に名前のないロール".to_owned())
    };
    let (en, ja) = if answer.is_some() {
        (format!("The account asked for {what}"), format!("アカウントが{what_ja}を要求した"))
    } else if gained {
        (format!("The account was given {what}"), format!("アカウントに{what_ja}が付与された"))
    } else if mailbox::is_ours(exam, &to) {
        (format!("The account gave itself {what}"), format!("アカウントが自身に{what_ja}を付与した"))
    } else if to.is_empty() {
        (
            format!("The account gave {what}; to whom is not recorded"),
            format!("アカウントが{what_ja}を付与した（付与先の記録なし）"),
        )
    } else {
        (format!("The account gave {what} to {to}"), format!("アカウントが {to} に{what_ja}を付与した"))
    };
    let reads_all = role.to_lowercase().contains("impersonation") || role.to_lowercase().contains("ediscovery");
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(en, ja)
        .detail("role", if named { role.as_str() } else { "" })
        .detail("given to", to)
        .detail("means", if reads_all { "this role opens other people's mailboxes" } else { "" })
        .detail("request", answer.map_or("", |(told, _)| told))
        .detail("when", if near { "within an hour after the attacker was active" } else { "" })
        .also(answer.and_then(|(_, denial)| denial))
        .also(carried_out.iter().copied().filter(|done| rows.iter().any(|asked| is_carried_out(asked, done))));
    Some(draft.done())
}
