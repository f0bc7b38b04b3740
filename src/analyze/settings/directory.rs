//! What a directory record or an Exchange cmdlet changed about a person: properties with old and new values, decoded,
//! without the service's own noise (synchronisation times, licences, plans). Judges nothing.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::mailbox;
use crate::knowledge::{names, normalise};
use crate::timeline::{Event, EvidenceSource, details, json};

/// What kind of thing a property says about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Telephones and other mail addresses: the ways to recover the account.
    Contact,
    /// Sign-in name and mail addresses.
    Identity,
    /// Names.
    Name,
    /// Street, city, office.
    Place,
    /// Department, title, manager and the like.
    Work,
    /// Language, time zone, formats.
    Locale,
    /// Photograph.
    Picture,
}

impl Kind {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contact => "contact data for recovery",
            Self::Identity => "identity",
            Self::Name => "name",
            Self::Place => "address or office",
            Self::Work => "work",
            Self::Locale => "language or time zone",
            Self::Picture => "picture",
        }
    }
}

/// One property that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Name as written; parts of a structured value as `Property.Part`.
    pub name: String,
    /// What it says about a person; `None` for everything that is no profile.
    pub kind: Option<Kind>,
    /// Before; `None` where the record does not say (cmdlets).
    pub old: Option<String>,
    /// After.
    pub new: String,
    /// Whether the export lost what it was set to.
    pub lost: bool,
}

impl Property {
    /// `name: old → new`, as findings tell it.
    pub fn told(&self) -> String {
        let shown = |text: &str| if text.is_empty() { "(empty)".to_owned() } else { text.to_owned() };
        match &self.old {
            _ if self.lost => format!("{}: (lost in the export)", self.name),
            Some(old) => format!("{}: {} → {}", self.name, shown(old), shown(&self.new)),
            None => format!("{}: {}", self.name, shown(&self.new)),
        }
    }
}

/// Whether the record is of the directory: audit log RecordType 8, or an Entra audit export.
pub fn is_directory(event: &Event) -> bool {
    event.evidence_source == EvidenceSource::EntraAudit
        || event.evidence_source == EvidenceSource::Ual && event.record_type == Some(8)
}

/// Cmdlets that change a person's data.
pub const PERSON_CMDLETS: [&str; 7] = [
    "Set-User",
    "Set-Mailbox",
    "Set-MailUser",
    "Set-RemoteMailbox",
    "Set-UserPhoto",
    "Remove-UserPhoto",
    "Set-MailboxRegionalConfiguration",
];

/// Whether the record is a person's data being changed, in the directory or through Exchange.
pub fn is_person_change(event: &Event) -> bool {
    is_directory(event)
        && event.is(&["Update user", "Set user manager", "Remove user manager", "Change user principal name"])
        || event.record_type == Some(1) && event.is(&PERSON_CMDLETS)
        || event.evidence_source == EvidenceSource::AdminAudit && event.is(&PERSON_CMDLETS)
}

/// Whether the subject is who was changed. A cmdlet may name the account in other places (as the one to forward to);
/// only its object counts, and without an object the actor's own data is meant.
pub fn is_about(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let subject = exam.subject;
    if is_directory(row.event) {
        return row.parts.target;
    }
    let given =
        ["Identity", "Mailbox"].into_iter().filter_map(|name| row.param(name)).filter(|value| !value.is_empty());
    let objects: Vec<String> = given.chain(row.event.target_raw.as_deref().map(str::to_owned)).collect();
    if objects.is_empty() {
        return row.parts.actor || row.parts.mailbox;
    }
    let named = objects.iter().any(|object| {
        let whole = object.trim().to_lowercase();
        let last = whole.rsplit('/').next().unwrap_or(&whole);
        let alias = names::alias_of_dn(last).is_some_and(|alias| subject.is(alias));
        subject.is_called(&whole) || alias || last.split('\\').any(|part| subject.is_called(part))
    });
    named || mailbox::is_on_own_page(exam, row)
}

/// The rows inside the window in which somebody changed the person's data, one for each happening: a cmdlet that the
/// directory records a second time comes with that copy. What directory synchronisation carried over is among them:
/// somebody changed it at home, and no other record will say so. The service's own jobs are not.
pub fn person_changes<'e, 'a>(exam: &'e Exam<'a>) -> Vec<(&'e Row<'a>, Vec<&'e Row<'a>>)> {
    let mut changes: Vec<(&Row<'_>, Vec<&Row<'_>>)> = Vec::new();
    let done = exam.window_rows().filter(|row| row.parts.any() && !row.failed() && row.class != ActorClass::Microsoft);
    for row in done.filter(|row| is_person_change(row.event) && is_about(exam, row)) {
        let copy_of = changes.iter_mut().rev().find(|(first, _)| {
            is_directory(first.event) != is_directory(row.event)
                && (row.event.datetime - first.event.datetime).num_seconds() <= SAME_SECONDS
                && says_the_same(first.event, row.event)
        });
        match copy_of {
            Some((_, copies)) => copies.push(row),
            None => changes.push((row, Vec::new())),
        }
    }
    changes
}

/// Within which time a cmdlet and a directory record with the same values are one change.
const SAME_SECONDS: i64 = 60;

fn says_the_same(a: &Event, b: &Event) -> bool {
    let values = |event| -> BTreeSet<(Option<Kind>, String)> {
        profile(event)
            .into_iter()
            .filter(|property| !property.new.is_empty())
            .map(|property| (property.kind, property.new))
            .collect()
    };
    let (a, b) = (values(a), values(b));
    !a.is_empty() && !b.is_empty() && (a.is_subset(&b) || b.is_subset(&a))
}

/// The properties that are not what they were.
pub fn properties(event: &Event) -> Vec<Property> {
    if !is_directory(event) {
        return cmdlet_properties(event);
    }
    let mut found = directory_properties(event);
    if found.is_empty() && event.is(&["Set user manager", "Remove user manager"]) {
        // The activity says what was changed; the record need not say to whom.
        found.push(Property {
            name: "Manager".to_owned(),
            kind: Some(Kind::Work),
            old: None,
            new: String::new(),
            lost: false,
        });
    }
    found
}

/// The same, only those that describe the person.
pub fn profile(event: &Event) -> Vec<Property> {
    properties(event).into_iter().filter(|property| property.kind.is_some()).collect()
}

fn directory_properties(event: &Event) -> Vec<Property> {
    let mut found = Vec::new();
    for change in details::changes(event) {
        if is_noise(&change.name) {
            continue;
        }
        if change.name.eq_ignore_ascii_case("StrongAuthenticationUserDetails") {
            found.extend(parts(&change));
            continue;
        }
        let old = details::plain(change.old.as_deref()).trim().to_owned();
        let new = details::plain(change.new.as_deref()).trim().to_owned();
        if old != new {
            found.push(Property { kind: kind(&change.name), name: change.name, old: Some(old), new, lost: false });
        }
    }
    found
}

/// The parts of a structured value (`[{"PhoneNumber":…,"Email":…}]`) that differ.
fn parts(change: &details::Change) -> Vec<Property> {
    let (old, new) = (objects(change.old.as_deref()), objects(change.new.as_deref()));
    let (old, new) = (old.into_iter().next().unwrap_or_default(), new.into_iter().next().unwrap_or_default());
    let empty = serde_json::Map::new();
    let keys: BTreeSet<&String> =
        old.as_object().unwrap_or(&empty).keys().chain(new.as_object().unwrap_or(&empty).keys()).collect();
    let differs = |key: &&String| json::text(&old, key) != json::text(&new, key);
    let told = |key: &String| Property {
        name: format!("{}.{key}", change.name),
        kind: Some(Kind::Contact),
        old: Some(json::text(&old, key).unwrap_or_default()),
        new: json::text(&new, key).unwrap_or_default(),
        lost: false,
    };
    keys.into_iter().filter(differs).map(told).collect()
}

/// The objects of a changed value; scalars and what cannot be read are left out.
pub fn objects(value: Option<&str>) -> Vec<Value> {
    match serde_json::from_str::<Value>(value.unwrap_or_default().trim()) {
        Ok(Value::Array(list)) => list.into_iter().filter(Value::is_object).collect(),
        Ok(object @ Value::Object(_)) => vec![object],
        // Some exports keep the JSON text inside a JSON string.
        Ok(Value::String(inner)) => match serde_json::from_str(&inner) {
            Ok(Value::Array(list)) => list.into_iter().filter(Value::is_object).collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn cmdlet_properties(event: &Event) -> Vec<Property> {
    let changes = details::changes(event);
    let mut found = Vec::new();
    for param in details::params(event) {
        let lost = details::is_lost(event, &param.name);
        let new = param.value.unwrap_or_default().trim().to_owned();
        let known = changes.iter().find(|change| change.name.eq_ignore_ascii_case(&param.name));
        let old = known.map(|change| details::plain(change.old.as_deref()).trim().to_owned());
        if old.as_ref() != Some(&new) {
            found.push(Property { kind: kind(&param.name), name: param.name, old, new, lost });
        }
    }
    if event.is(&["Set-UserPhoto", "Remove-UserPhoto"]) {
        found.push(Property {
            name: "Photo".to_owned(),
            kind: Some(Kind::Picture),
            old: None,
            new: event.action().to_owned(),
            lost: false,
        });
    }
    found
}

/// Properties that the service writes beside every change, and those of licences, plans and synchronisation.
pub fn is_noise(name: &str) -> bool {
    const NAMES: [&str; 8] = [
        "included updated properties",
        "action client name",
        "lastdirsynctime",
        "targetid.usertype",
        "userstate",
        "userstatechangedon",
        "alternativesecurityid",
        "creationtype",
    ];
    const STARTS: [&str; 5] = ["targetid.", "assigned", "provisioned", "licen", "actorid."];
    let name = name.to_lowercase();
    NAMES.contains(&name.as_str()) || STARTS.iter().any(|start| name.starts_with(start))
}

/// What a property says about a person, by its directory or cmdlet name.
fn kind(name: &str) -> Option<Kind> {
    Some(match name.to_lowercase().as_str() {
        "mobile"
        | "mobilephone"
        | "telephonenumber"
        | "phone"
        | "homephone"
        | "othermobile"
        | "othertelephone"
        | "otherhomephone"
        | "othermail"
        | "othermails"
        | "alternateemailaddresses"
        | "facsimiletelephonenumber"
        | "fax"
        | "otherfax"
        | "pager" => Kind::Contact,
        "userprincipalname"
        | "proxyaddresses"
        | "emailaddresses"
        | "primarysmtpaddress"
        | "windowsemailaddress"
        | "mail"
        | "microsoftonlineservicesid" => Kind::Identity,
        "displayname"
        | "simpledisplayname"
        | "givenname"
        | "firstname"
        | "surname"
        | "lastname"
        | "initials"
        | "phoneticdisplayname"
        | "name"
        | "mailnickname" => Kind::Name,
        "postalcode"
        | "streetaddress"
        | "city"
        | "state"
        | "stateorprovince"
        | "country"
        | "countryorregion"
        | "postofficebox"
        | "physicaldeliveryofficename"
        | "officelocation"
        | "office" => Kind::Place,
        "department" | "jobtitle" | "title" | "company" | "companyname" | "manager" | "notes" | "webpage" => Kind::Work,
        "preferredlanguage" | "usagelocation" | "language" | "timezone" | "dateformat" | "timeformat" => Kind::Locale,
        "thumbnailphoto" | "removepicture" | "picturedata" => Kind::Picture,
        _ => return None,
    })
}

/// The words of a name in a form to compare: width, case, order and punctuation do not matter.
pub fn name_words(name: &str) -> BTreeSet<String> {
    normalise(name).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(changes: &str) -> Event {
        Event {
            record_type: Some(8),
            action: Some("Update user".into()),
            changes: Some(changes.into()),
            ..Event::default()
        }
    }

    #[test]
    fn wrapped_values_are_compared_as_they_read() {
        let event = record(
            r#"[{"name":"DisplayName","old":"[\r\n  \"Dana Weiss\"\r\n]","new":"[\r\n  \"IT Support\"\r\n]"},
                {"name":"Mobile","old":"[\"+49 30 1\"]","new":"[\r\n\"+49 30 1 \"\r\n]"},
                {"name":"Included Updated Properties","old":"","new":"DisplayName"}]"#,
        );
        let told: Vec<String> = properties(&event).iter().map(Property::told).collect();
        assert_eq!(told, ["DisplayName: Dana Weiss → IT Support"]);
    }

    #[test]
    fn synchronisation_and_licences_are_no_profile() {
        let event = record(
            r#"[{"name":"LastDirSyncTime","old":"[\"a\"]","new":"[\"b\"]"},
                {"name":"AssignedLicense","old":"[]","new":"[\"x\"]"},
                {"name":"TargetId.UserType","old":null,"new":"Member"}]"#,
        );
        assert!(properties(&event).is_empty());
    }

    #[test]
    fn the_parts_of_sign_in_contact_data_are_told_one_by_one() {
        let event = record(
            r#"[{"name":"StrongAuthenticationUserDetails",
                 "old":"[{\"PhoneNumber\":\"+49 30 1\",\"Email\":null}]","new":"[{\"PhoneNumber\":\"+234 80 1\",\"Email\":null}]"}]"#,
        );
        let found = profile(&event);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].told(), "StrongAuthenticationUserDetails.PhoneNumber: +49 30 1 → +234 80 1");
        assert_eq!(found[0].kind, Some(Kind::Contact));
    }

    #[test]
    fn names_are_the_same_whatever_their_order() {
        assert_eq!(name_words("Sato, Kenji"), name_words("ＫＥＮＪＩ  Sato"));
        assert_ne!(name_words("Dana Weiss"), name_words("Dana Novak"));
    }
}
