//! Which records give somebody a role or take one away, by all the names that directory, PIM and Exchange have for it.

use crate::analyze::acts;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::settings::{directory, mailbox};
use crate::knowledge::names::is_guid;
use crate::timeline::{Event, EvidenceSource, details};

/// What gives a role; PIM puts words behind it (`… in PIM completed (timebound)`). Who is named as a member of a new
/// group, or in the list that takes the place of a group's old one, is in it.
const GIVEN: [&str; 9] = [
    "Add member to role",
    "Add eligible member to role",
    "Add scoped member to role",
    "Add permanent eligible role assignment",
    "Add permanent direct role assignment",
    "Add-RoleGroupMember",
    "Update-RoleGroupMember",
    "New-RoleGroup",
    "New-ManagementRoleAssignment",
];
/// What takes one away.
const TAKEN: [&str; 8] = [
    "Remove member from role",
    "Remove eligible member from role",
    "Remove scoped member from role",
    "Remove permanent eligible role assignment",
    "Remove permanent direct role assignment",
    "Remove permanent admin role assignment",
    "Remove-RoleGroupMember",
    "Remove-ManagementRoleAssignment",
];
/// What PIM writes before and beside the act itself: nobody has, or has lost, a role by it.
const NOT_YET: [&str; 5] = ["requested", "request ", "denied", "canceled", "cancelled"];
/// What PIM writes when a role is no longer active: it may be activated again at any time.
const RESTS: [&str; 2] = ["expired", "deactivat"];

/// How somebody has a role. To take one kind away leaves the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is in force.
    Active,
    /// It may be activated at any time, or is for a while.
    Eligible,
    /// It is in force for a part of the organisation.
    Scoped,
}

impl Kind {
    /// What is said behind the role, English and Japanese.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Active => ("", ""),
            Self::Eligible => (" (eligible)", " (資格あり)"),
            Self::Scoped => (" (scoped)", " (スコープ付き)"),
        }
    }
}

/// The kind that the record gives or takes away: nobody activates a role without being eligible for it.
pub fn kind(event: &Event) -> Kind {
    let action = event.action().to_lowercase();
    match () {
        () if says(&action, &["eligible", "activation"]) => Kind::Eligible,
        () if says(&action, &["scoped"]) => Kind::Scoped,
        () => Kind::Active,
    }
}

/// Whether the record gives somebody a role.
pub fn is_given(event: &Event) -> bool {
    begins(event, &GIVEN)
}

/// Whether the record takes a role from somebody.
pub fn is_taken(event: &Event) -> bool {
    begins(event, &TAKEN)
}

/// Whether the record gives a role group a list of members in which the account is not: it had left the group then. A
/// name that may be the account's in a form that no record explains leaves it in.
pub fn leaves_out(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    if !row.event.is(&["Update-RoleGroupMember"]) || row.parts.target {
        return false;
    }
    let local = exam.subject.user.split('@').next().unwrap_or_default();
    let is_the_account = |name: &str| {
        let name = mailbox::last(name).trim_matches([' ', '"', '{', '}', '[', ']']).to_lowercase();
        let unexplained = is_guid(&name) || name.contains(' ');
        mailbox::is_ours(exam, &name)
            || !name.is_empty() && name.contains(local)
            || unexplained && !exam.subject.is_anothers(&name, exam.identities)
    };
    row.param("Members").is_some_and(|members| !members.split([';', ',', '|']).any(is_the_account))
}

/// Whether an operation of this name may change who has a role.
pub fn is_named_so(action: &str) -> bool {
    let begins = |name: &&str| action.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
    GIVEN.iter().chain(&TAKEN).any(begins)
}

/// Whether the record says that somebody who is eligible for a role has activated it.
pub fn is_activation(event: &Event) -> bool {
    is_given(event) && says(&event.action().to_lowercase(), &["activation"])
}

/// Whether the record changes who has a role.
pub fn is_change(event: &Event) -> bool {
    is_given(event) || is_taken(event)
}

/// Whether the record says that an activated role went back to rest: it may be activated again at any time.
pub fn is_rest(event: &Event) -> bool {
    let rest = rest(event, &TAKEN).map(str::to_lowercase);
    rest.is_some_and(|rest| says(&rest, &RESTS) && !says(&rest, &NOT_YET))
}

fn begins(event: &Event, names: &[&str]) -> bool {
    let rest = rest(event, names).map(str::to_lowercase);
    rest.is_some_and(|rest| !says(&rest, &NOT_YET) && !says(&rest, &RESTS))
}

/// What stands behind one of the names.
fn rest<'e>(event: &'e Event, names: &[&str]) -> Option<&'e str> {
    let action = event.action();
    names.iter().find_map(|name| {
        let (head, rest) = action.split_at_checked(name.len())?;
        (head.eq_ignore_ascii_case(name) && (rest.is_empty() || rest.starts_with([' ', '.']))).then_some(rest)
    })
}

fn says(rest: &str, words: &[&str]) -> bool {
    words.iter().any(|word| rest.contains(word))
}

fn is_entra(row: &Row<'_>) -> bool {
    row.event.evidence_source == EvidenceSource::EntraAudit
}

/// The role that the record gives or takes, for people: a new role group is its roles, and is named behind them.
pub fn told(row: &Row<'_>) -> String {
    let name = name(row);
    match row.param("Roles").filter(|roles| !roles.is_empty() && row.event.is(&["New-RoleGroup"])) {
        Some(roles) => format!("{roles} (group {name})"),
        None => name,
    }
}

/// The name of the role that the record gives or takes, as the directory or the cmdlet has it: what gave it and what
/// took it away agree on it.
pub fn name(row: &Row<'_>) -> String {
    let change = |name: &str| {
        let changes = details::changes(row.event);
        let change = changes.into_iter().find(|change| change.name.eq_ignore_ascii_case(name))?;
        let values = [change.new, change.old].map(|value| details::plain(value.as_deref()));
        values.into_iter().find(|value| !value.is_empty())
    };
    let named = change("Role.DisplayName").or_else(|| change("Role.TemplateId")).or_else(|| row.param("Role"));
    // A new role group has its name where other cmdlets name the group that they change.
    let group = if row.event.is(&["New-RoleGroup"]) { "Name" } else { "Identity" };
    let cmdlet = || row.param(group).filter(|_| !directory::is_directory(row.event));
    // PIM's activities name the role among their targets only.
    let is_role = |name: &String| is_entra(row) && Some(name.as_str()) != row.event.target_raw.as_deref();
    let resource = || Some(acts::object_name(row.event)).filter(is_role);
    named.or_else(cmdlet).or_else(resource).unwrap_or_else(|| row.event.action().to_owned())
}

/// The assignments of management roles to the account, by the names that they have: what takes one away calls it by its
/// name and by nothing else.
#[derive(Debug, Default)]
pub struct Assignments(Vec<Assignment>);

#[derive(Debug)]
struct Assignment {
    names: Vec<String>,
    /// What Exchange calls it where nobody gave it a name; a number may stand behind it.
    usual: String,
    role: String,
}

impl Assignments {
    /// Learns from a record that gives the account a role.
    pub fn learn(&mut self, row: &Row<'_>) {
        if !row.event.is(&["New-ManagementRoleAssignment"]) {
            return;
        }
        let role = name(row);
        let user = row.param("User").unwrap_or_default();
        let user = mailbox::last(&user).split('@').next().unwrap_or_default().to_lowercase();
        let given = row.param("Name").into_iter().chain(row.event.target_raw.as_deref().map(str::to_owned));
        let names = given.map(|name| mailbox::last(&name).to_lowercase()).filter(|name| !name.is_empty()).collect();
        self.0.push(Assignment { names, usual: format!("{}-{user}", role.to_lowercase()), role });
    }

    /// The role that the record takes from the account by removing such an assignment.
    pub fn taken(&self, row: &Row<'_>) -> Option<String> {
        if !row.event.is(&["Remove-ManagementRoleAssignment"]) {
            return None;
        }
        let called = row.param("Identity").into_iter().chain(row.event.target_raw.as_deref().map(str::to_owned));
        let called: Vec<String> = called.map(|name| mailbox::last(&name).to_lowercase()).collect();
        let numbered = |name: &str, usual: &str| {
            let rest = name.strip_prefix(usual);
            rest.is_some_and(|rest| rest.trim_start_matches('-').chars().all(|c| c.is_ascii_digit()))
        };
        let is = |one: &&Assignment| called.iter().any(|name| one.names.contains(name) || numbered(name, &one.usual));
        self.0.iter().rev().find(is).map(|one| one.role.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_eligible_has_a_role_of_another_kind() {
        let kind = |action: &str| kind(&Event { action: Some(action.into()), ..Event::default() });
        assert_eq!(kind("Add member to role"), Kind::Active);
        assert_eq!(kind("Add permanent direct role assignment"), Kind::Active);
        assert_eq!(kind("Add member to role completed (PIM activation)"), Kind::Eligible);
        assert_eq!(kind("Remove eligible member from role in PIM completed (timebound)"), Kind::Eligible);
        assert_eq!(kind("Add scoped member to role"), Kind::Scoped);
    }

    #[test]
    fn the_words_that_pim_puts_behind_do_not_matter_unless_nothing_was_done() {
        let event = |action: &str| Event { action: Some(action.into()), ..Event::default() };
        for action in [
            "Remove member from role",
            "Remove member from role in PIM completed (permanent)",
            "Remove member from role in PIM completed (timebound)",
            "Remove eligible member from role in PIM completed (timebound)",
            "Remove permanent direct role assignment",
            "remove-rolegroupmember",
        ] {
            assert!(is_taken(&event(action)) && !is_given(&event(action)), "{action}");
        }
        for action in [
            "Add member to role",
            "Add eligible member to role in PIM completed (permanent)",
            "Add member to role completed (PIM activation)",
            "Update-RoleGroupMember",
            "New-RoleGroup",
        ] {
            assert!(is_given(&event(action)) && !is_taken(&event(action)), "{action}");
        }
        for action in [
            "Add member to role requested (PIM activation)",
            "Add member to role request denied (PIM activation)",
            "Remove member from role in PIM requested (permanent)",
            "Remove member from role requested (PIM deactivate)",
            "Add member to roles of others",
            "Add member to group",
        ] {
            assert!(!is_change(&event(action)) && !is_rest(&event(action)), "{action}");
        }
        for action in
            ["Remove member from role (PIM activation expired)", "Remove member from role completed (PIM deactivate)"]
        {
            assert!(!is_change(&event(action)) && is_rest(&event(action)), "{action}");
        }
    }
}
