//! What the detections of single acts share: how an act weighs by the hand behind it, which acts are one happening,
//! how a finding about several acts begins, and what a directory record names besides people.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use serde_json::Value;

use crate::analyze::Meta;
use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::intruder::baseline::client_address;
use crate::analyze::mail::mails;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::people::hand::{self, Hand};
use crate::analyze::settings::credentials::{self, Act};
use crate::analyze::settings::directory;
use crate::analyze::sign_ins::logins;
use crate::finding::Weight;
use crate::timeline::{Event, details, json};

/// Records by which an application is given access.
pub const CONSENTS: [&str; 4] = [
    "Consent to application",
    "Add delegated permission grant",
    "Add app role assignment grant to user",
    "Add OAuth2PermissionGrant",
];
/// What kind of name of a target that of a service principal is, in the audit log (Management Activity API schema,
/// `IdentityTypeValuePair`).
const PRINCIPAL_NAME: &str = "4";
/// Acts of one actor within this time are one happening.
pub const ONE_GO: TimeDelta = TimeDelta::minutes(60);
/// How long after the attacker was seen an act without an address of its own is still near.
const NEAR: TimeDelta = TimeDelta::minutes(60);
/// How close to each other the account's request and the service's record of it are.
const ASKED: TimeDelta = TimeDelta::minutes(10);

/// How much an act weighs: strong in the attacker's hand, explained as somebody's habit, else `alone`, which is what
/// its content weighs when nobody is linked to anybody.
pub fn weigh(exam: &Exam<'_>, row: &Row<'_>, alone: Weight) -> Weight {
    match hand::hand(exam, row) {
        Hand::Attacker => Weight::Strong,
        // A new address alone is no attacker.
        Hand::Unusual if mails::is_attackers(exam, row) => Weight::Strong,
        Hand::Unusual => alone.max(Weight::Weak),
        Hand::Usual => Weight::Explained,
        Hand::Other if mails::did_before(exam, row) => Weight::Explained,
        Hand::Other | Hand::Unknown => alone,
    }
}

/// Whether the act is the attacker's, or suspicious where an attacker is known.
pub fn is_attackers(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    match hand::hand(exam, row) {
        Hand::Attacker => true,
        Hand::Unusual => mails::is_attackers(exam, row),
        _ => false,
    }
}

/// How much weighs in the attacker's hand what everybody does every day: where no more than a journey says whose hand it
/// is, the owner may have done it.
pub fn everyday(exam: &Exam<'_>, row: &Row<'_>) -> Weight {
    if exam.weigh(row).is_journey() { Weight::Weak } else { Weight::Strong }
}

/// Whether the attacker was active within the hour before the row.
pub fn follows_attacker(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    exam.attacker.nearest_before(row.event.datetime).is_some_and(|before| row.event.datetime - before <= NEAR)
}

/// Whether it is one of many people's at once, by an administrator: a roll-out. Not where the attacker was active within
/// the hour before, or uses the account for which it is done.
pub fn is_rolled_out(exam: &Exam<'_>, row: &Row<'_>, for_whom: &str) -> bool {
    exam.job(row).is_some() && !follows_attacker(exam, row) && !exam.is_taken_over(for_whom.trim())
}

/// Whether a service wrote, in an application's name, within the hour after the attacker was active, what nobody but
/// the attacker is known to have asked for: records of sign-in methods come from the service that keeps them.
pub fn is_for_attacker(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    row.class == ActorClass::App && follows_attacker(exam, row) && !is_for_owner(exam, row)
}

/// Whether a service wrote, in an application's name, what the account itself registered within minutes from its usual
/// place or device.
pub fn is_for_owner(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let asked = |other: &&Row<'_>| {
        other.class == ActorClass::Own
            && matches!(credentials::act(other), Some(Act::Methods(_)))
            && exam.points(other) < 0
    };
    row.class == ActorClass::App && exam.near(row.event.datetime, ASKED).iter().any(|other| asked(&other))
}

/// Rows that belong together: the same `key`, each within `gap` of the one before.
pub fn happenings<'x, 'e: 'x>(
    rows: impl Iterator<Item = &'x Row<'e>>,
    gap: TimeDelta,
    key: impl Fn(&Row<'e>) -> String,
) -> Vec<Vec<&'x Row<'e>>> {
    let mut groups: Vec<Vec<&Row<'_>>> = Vec::new();
    let mut open: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let key = key(row);
        let last = open.get(&key).and_then(|at| groups.get(*at)).and_then(|group| group.last());
        let near = last.is_some_and(|last| row.event.datetime - last.event.datetime <= gap);
        match open.get(&key).filter(|_| near).and_then(|at| groups.get_mut(*at)) {
            Some(group) => group.push(row),
            None => {
                open.insert(key, groups.len());
                groups.push(vec![row]);
            }
        }
    }
    groups
}

/// The same by actor and operation, within the hour.
pub fn by_actor<'x, 'e: 'x>(rows: impl Iterator<Item = &'x Row<'e>>) -> Vec<Vec<&'x Row<'e>>> {
    happenings(rows, ONE_GO, |row| format!("{} {}", actor(row.event), row.event.action().to_lowercase()))
}

/// The most different things that the rows, which are in the order of time, name within any stretch of this length.
pub fn most_within<'x>(rows: &[&'x Row<'_>], span: TimeDelta, name: impl Fn(&'x Row<'_>) -> Option<&'x str>) -> usize {
    let mut named: HashMap<&str, usize> = HashMap::new();
    let mut leaving = rows.iter().peekable();
    let mut most = 0;
    for row in rows {
        if let Some(name) = name(row) {
            *named.entry(name).or_default() += 1;
        }
        while let Some(old) = leaving.next_if(|old| row.event.datetime - old.event.datetime > span) {
            let Some(name) = name(old) else { continue };
            if let Some(count) = named.get_mut(name) {
                *count -= 1;
                if *count == 0 {
                    named.remove(name);
                }
            }
        }
        most = most.max(named.len());
    }
    most
}

/// The one who acted, lower-cased.
pub fn actor(event: &Event) -> String {
    event.user_raw.as_deref().unwrap_or_default().to_lowercase()
}

/// The row that stands for all (the earliest of those with the highest score), and the weight of the heaviest.
pub fn heaviest<'x>(exam: &Exam<'_>, rows: &[&'x Row<'x>], alone: Weight) -> Option<(&'x Row<'x>, Weight)> {
    let weight = rows.iter().map(|row| weigh(exam, row, alone)).max()?;
    Some((mails::leader(exam, rows)?, weight))
}

/// A finding about these rows, told by their leader, with the given weight.
pub fn draft<'x>(meta: &Meta, exam: &Exam<'_>, rows: &[&'x Row<'x>], weight: Weight) -> Option<Draft> {
    let leader = mails::leader(exam, rows)?;
    let draft = Draft::new(meta, exam, leader).weight(weight);
    Some(
        logins::explained(draft, weight)
            .detail("how often", if rows.len() > 1 { rows.len().to_string() } else { String::new() })
            .also(rows.iter().copied()),
    )
}

/// Whether the row's place is nobody's habit and the score does not clear it.
pub fn is_elsewhere(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    client_address(row.event).is_some() && !logins::is_usual_place(exam, row.event)
}

/// The new value of a changed property, without its JSON wrapping.
pub fn changed(event: &Event, name: &str) -> Option<String> {
    let changes = details::changes(event);
    let change = changes.iter().find(|change| change.name.eq_ignore_ascii_case(name))?;
    Some(details::plain(change.new.as_deref()).trim().to_owned())
}

/// What a directory record acted on, by its display name: the `Target` of the audit log (Type 1), the first target
/// resource of an Entra export that is no person, the `DisplayName` that was set.
pub fn object_name(event: &Event) -> String {
    if !directory::is_directory(event) {
        return event.target_raw.as_deref().unwrap_or_default().to_owned();
    }
    let object = details::object(event);
    let number = |entry: &Value, wanted: i64| json::text(entry, "Type").as_deref() == Some(wanted.to_string().as_str());
    let by_log =
        json::list(&object, "Target").iter().find(|entry| number(entry, 1)).and_then(|entry| json::text(entry, "ID"));
    let person = |entry: &&Value| json::text(entry, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("User"));
    let resources = json::list(&object, "targetResources");
    let by_entra = resources.iter().find(|entry| !person(entry)).and_then(|entry| json::text(entry, "displayName"));
    by_log
        .or(by_entra)
        .or_else(|| changed(event, "DisplayName").filter(|name| !name.is_empty()))
        .or_else(|| event.target_raw.as_deref().map(str::to_owned))
        .unwrap_or_default()
}

/// The application ids (GUIDs, lower-cased) that a directory record names: its service principal names, its targets, its
/// `ObjectId`. The application's own, by which mailbox records call it, before that of its principal.
pub fn app_ids(event: &Event) -> Vec<String> {
    let object = details::object(event);
    let is_name = |entry: &&Value| json::text(entry, "Type").as_deref() == Some(PRINCIPAL_NAME);
    let (by_name, others): (Vec<&Value>, Vec<&Value>) = json::list(&object, "Target").iter().partition(is_name);
    let targets = others.into_iter().filter_map(|entry| json::text(entry, "ID"));
    let by_name = by_name.into_iter().filter_map(|entry| json::text(entry, "ID"));
    let resources = json::list(&object, "targetResources").iter().filter_map(|entry| json::text(entry, "id"));
    let names = changed(event, "TargetId.ServicePrincipalNames").into_iter();
    let principal = changed(event, "AppPrincipalId").into_iter().chain(changed(event, "AppId"));
    let own = [&event.target_raw, &event.target_id].into_iter().flatten().map(ToString::to_string);
    let all = names.chain(principal).chain(by_name).chain(own).chain(targets).chain(resources);
    let mut ids: Vec<String> = Vec::new();
    for text in all.collect::<Vec<_>>() {
        for part in text.split([';', ',', ' ', '"', '[', ']']) {
            let part = part.trim().to_lowercase();
            if crate::knowledge::names::is_guid(&part) && !ids.contains(&part) {
                ids.push(part);
            }
        }
    }
    ids
}

/// The text of the record's parameters, names and values, for display; empty and technical ones left out.
pub fn told_parameters(event: &Event, names: &[&str]) -> String {
    let params = details::params(event)
        .into_iter()
        .filter(|param| names.iter().any(|name| name.eq_ignore_ascii_case(&param.name)));
    params.map(|param| format!("{}: {}", param.name, param.value.unwrap_or_default())).collect::<Vec<_>>().join("; ")
}

/// The operations of these rows, each with how often.
pub fn operations(rows: &[&Row<'_>]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(row.event.action()).or_default() += 1;
    }
    counts.iter().map(|(name, count)| format!("{name} ×{count}")).collect::<Vec<_>>().join(", ")
}

/// The subjects of the mails that these rows tell of; at most `most`.
pub fn subjects(rows: &[&Row<'_>], most: usize) -> String {
    logins::joined(rows.iter().filter_map(|row| row.event.email_subject.as_deref()), most)
}

/// Whether one of the account's addresses stands in the record's parameters or details.
pub fn names_account(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let told = details::told(row.event);
    exam.subject.names.iter().filter(|name| name.contains('@')).any(|name| told.contains(&name.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_different_things_within_a_stretch() {
        let at = |second: i64, name: &str| Event {
            datetime: chrono::DateTime::from_timestamp(second, 0).unwrap(),
            target_raw: (!name.is_empty()).then(|| name.into()),
            ..Event::default()
        };
        let events = [at(0, "a"), at(0, "b"), at(30, "a"), at(60, "c"), at(61, ""), at(91, "d"), at(300, "e")];
        let row = |event| Row {
            event,
            class: ActorClass::Own,
            parts: crate::analyze::people::identity::Parts::default(),
            in_window: true,
            twins: Vec::new(),
            place: 0,
        };
        let rows: Vec<Row<'_>> = events.iter().map(row).collect();
        let rows: Vec<&Row<'_>> = rows.iter().collect();
        let most = |seconds| most_within(&rows, TimeDelta::seconds(seconds), |row| row.event.target_raw.as_deref());
        // The end of a stretch is in it: a, b and c are a minute apart.
        assert_eq!([0, 59, 60, 91, 300].map(most), [2, 2, 3, 4, 5]);
        assert_eq!(most_within(&[], TimeDelta::days(1), |row| row.event.target_raw.as_deref()), 0);
    }

    #[test]
    fn what_a_consent_was_given_to() {
        let raw = r#"{"Target":[{"ID":"ServicePrincipal_21ad62af-992e-4a9f-b6c1-67aa6c8a6eb4","Type":2},
            {"ID":"Mail Helper","Type":1},{"ID":"95106c0e-3519-450e-8e38-7f326d873454","Type":4}]}"#;
        let event = Event { record_type: Some(8), raw: Some(raw.into()), ..Event::default() };
        assert_eq!(object_name(&event), "Mail Helper");
        assert_eq!(app_ids(&event), ["95106c0e-3519-450e-8e38-7f326d873454"]);
        let principal = "21ad62af-992e-4a9f-b6c1-67aa6c8a6eb4";
        let event = Event { target_raw: Some(principal.into()), ..event };
        assert_eq!(app_ids(&event), ["95106c0e-3519-450e-8e38-7f326d873454", principal]);
    }
}
