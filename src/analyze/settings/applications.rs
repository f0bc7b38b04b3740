//! Which application a directory record is about: its target, or, where a right to another application's data is given,
//! the one that gets the right.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::analyze::acts;
use crate::analyze::exam::Exam;
use crate::analyze::settings::directory;
use crate::knowledge::apps;
use crate::knowledge::names::is_guid;
use crate::timeline::{Event, details, json};

/// Records of a right: their target is the application whose data it opens, which is nearly always Microsoft's own.
const RIGHTS: [&str; 7] = [
    "Add app role assignment to service principal",
    "Add delegated permission grant",
    "Add delegated permission grant to service principal",
    "Add OAuth2PermissionGrant",
    "Remove app role assignment from service principal",
    "Remove delegated permission grant",
    "Remove OAuth2PermissionGrant",
];
/// Records by which an application loses what it was given.
pub const REVOKED: [&str; 7] = [
    "Remove delegated permission grant",
    "Remove OAuth2PermissionGrant",
    "Remove app role assignment from service principal",
    "Remove app role assignment from user",
    "Remove app role assignment grant to user",
    "Remove service principal",
    "Revoke consent",
];
/// Records that name an application beside the id of its principal, by which rights name it.
const INTRODUCE: [&str; 2] = [CONSENT, "Add service principal"];
/// One consent and the rights that it gives are one flow.
const CONSENT: &str = "Consent to application";

/// An application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Application {
    /// Its name; else the id of its principal; empty where the record names neither.
    pub name: String,
    /// Its ids (GUIDs, lower-cased), the application's own first.
    pub ids: Vec<String>,
}

/// What the table's records call the applications that rights name by the id of their principal only.
#[derive(Debug, Default)]
pub struct Introduced(BTreeMap<String, Application>);

impl Introduced {
    /// Learns it.
    pub fn learn(exam: &Exam<'_>) -> Self {
        let mut known = BTreeMap::new();
        let rows = exam.rows.iter().filter(|row| directory::is_directory(row.event) && row.event.is(&INTRODUCE));
        for event in rows.map(|row| row.event) {
            let application = target(event);
            let flow = event.correlation_id.as_deref().filter(|_| event.is(&[CONSENT])).map(str::to_lowercase);
            let principals = principals(event);
            for key in application.ids.iter().cloned().chain(principals).chain(flow) {
                known.entry(key).or_insert_with(|| application.clone());
            }
        }
        Self(known)
    }

    /// What the application with this id is called.
    pub fn name_of(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(|application| application.name.as_str()).filter(|name| !name.is_empty())
    }

    /// The application that the record is about.
    pub fn of(&self, event: &Event) -> Application {
        if !event.is(&RIGHTS) {
            return target(event);
        }
        let own = entitled(event);
        let flow = event.correlation_id.as_deref().map(str::to_lowercase);
        let known = own.ids.iter().chain(&flow).find_map(|key| self.0.get(key));
        let Some(known) = known.filter(|_| own.name.is_empty() || is_guid(&own.name)) else {
            // Where nothing names the one that gets the right, the target may be that one: it is none of Microsoft's then.
            let nameless = own == Application::default();
            let target = Some(target(event)).filter(|target| nameless && !target.ids.is_empty());
            let others = |target: &Application| target.ids.iter().all(|id| apps::name(id).is_none());
            return target.filter(others).unwrap_or(own);
        };
        let ids = known.ids.iter().chain(own.ids.iter().filter(|id| !known.ids.contains(id)));
        Application { name: known.name.clone(), ids: ids.cloned().collect() }
    }
}

/// The target. Where an owner or a role was added, that is the person, and a property names the application.
fn target(event: &Event) -> Application {
    let properties = ["Application.DisplayName", "ServicePrincipal.DisplayName"];
    let property = properties.iter().find_map(|name| acts::changed(event, name)).filter(|name| !name.is_empty());
    Application { name: property.unwrap_or_else(|| acts::object_name(event)), ids: acts::app_ids(event) }
}

/// The ids of principals among the targets, which the audit log writes with the kind in front.
fn principals(event: &Event) -> Vec<String> {
    let object = details::members(event, &["Target"]);
    let ids = json::list(&object, "Target").iter().filter_map(|entry| json::text(entry, "ID"));
    ids.filter_map(|id| id.strip_prefix("ServicePrincipal_").map(str::to_lowercase)).collect()
}

/// The one that gets the right: in properties, or as the second target of an Entra export.
fn entitled(event: &Event) -> Application {
    let property = |name: &str| acts::changed(event, name).unwrap_or_default();
    let principal = property("ServicePrincipal.ObjectID").to_lowercase();
    let object = details::members(event, &["targetResources"]);
    let is_person = |entry: &&Value| json::text(entry, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("User"));
    let text = |entry: &Value, name: &str| json::text(entry, name).unwrap_or_default();
    let others: Vec<&Value> = json::list(&object, "targetResources").iter().skip(1).filter(|e| !is_person(e)).collect();
    let second = others.iter().find(|entry| text(entry, "id").eq_ignore_ascii_case(&principal)).or(others.first());
    let (id, called) = second.map(|entry| (text(entry, "id"), text(entry, "displayName"))).unwrap_or_default();

    let mut ids: Vec<String> = Vec::new();
    let named = [property("ServicePrincipal.AppId"), property("ServicePrincipal.Name"), called.clone(), principal, id];
    for id in named.iter().flat_map(|text| text.split(';')).map(|id| id.trim().to_lowercase()) {
        if is_guid(&id) && !ids.contains(&id) {
            ids.push(id);
        }
    }
    let names = [property("ServicePrincipal.DisplayName"), called];
    let name = names.into_iter().find(|name| !name.is_empty() && !is_guid(name));
    Application { name: name.or_else(|| ids.first().cloned()).unwrap_or_default(), ids }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::EvidenceSource;

    fn right(changes: &Value, raw: &Value) -> Event {
        Event {
            action: Some("Add delegated permission grant".into()),
            record_type: Some(8),
            correlation_id: Some("flow".into()),
            changes: Some(changes.to_string().into()),
            raw: Some(raw.to_string().into()),
            ..Event::default()
        }
    }

    #[test]
    fn a_right_is_given_to_the_one_in_its_properties_and_not_to_its_target() {
        let id = "5f91ce94-4cc5-4ebe-aeb6-f074e57201bb";
        let changes = serde_json::json!([
            {"name": "ServicePrincipal.ObjectID", "new": "2e5c2fd0-cca4-452c-9891-a07c0dafd964"},
            {"name": "ServicePrincipal.DisplayName", "new": "Sync Helper"},
            {"name": "ServicePrincipal.AppId", "new": id},
        ]);
        let raw = serde_json::json!({"Target": [{"ID": "Microsoft Graph", "Type": 1},
            {"ID": "00000003-0000-0000-c000-000000000000", "Type": 4}]});
        let found = Introduced::default().of(&right(&changes, &raw));
        assert_eq!(found.name, "Sync Helper");
        assert_eq!(found.ids, [id, "2e5c2fd0-cca4-452c-9891-a07c0dafd964"]);
    }

    #[test]
    fn the_second_target_of_an_entra_export_gets_the_right() {
        let changes =
            serde_json::json!([{"name": "ServicePrincipal.ObjectID", "new": "2e5c2fd0-cca4-452c-9891-a07c0dafd964"}]);
        let raw = serde_json::json!({"targetResources": [
            {"id": "8429eb5c-faeb-4ade-8eac-acc003790769", "displayName": "Microsoft Graph", "type": "ServicePrincipal"},
            {"id": "2e5c2fd0-cca4-452c-9891-a07c0dafd964", "displayName": "Mail Helper", "type": "ServicePrincipal"}]});
        let event = Event { evidence_source: EvidenceSource::EntraAudit, record_type: None, ..right(&changes, &raw) };
        let found = Introduced::default().of(&event);
        assert_eq!((found.name.as_str(), found.ids.len()), ("Mail Helper", 1));
    }

    #[test]
    fn a_right_that_names_nobody_is_its_targets_where_that_is_a_strangers() {
        let id = "5f91ce94-4cc5-4ebe-aeb6-f074e57201bb";
        let changes = serde_json::json!([{"name": "AppRole.Value", "new": "Mail.ReadWrite"}]);
        let raw = serde_json::json!({"Target": [{"ID": "Mail Helper", "Type": 1}, {"ID": id, "Type": 4}]});
        let found = Introduced::default().of(&right(&changes, &raw));
        assert_eq!((found.name.as_str(), found.ids), ("Mail Helper", vec![id.to_owned()]));
        let raw = serde_json::json!({"Target": [{"ID": "Microsoft Graph", "Type": 1},
            {"ID": "00000003-0000-0000-c000-000000000000", "Type": 4}]});
        assert_eq!(Introduced::default().of(&right(&changes, &raw)), Application::default());
    }

    #[test]
    fn a_right_that_names_nobody_is_its_consents() {
        let consented = Application { name: "Mail Helper".to_owned(), ids: vec!["app".to_owned()] };
        let known = Introduced([("flow".to_owned(), consented.clone())].into());
        let nobody = serde_json::json!([{"name": "ServicePrincipal.DisplayName", "new": ""}]);
        let raw = serde_json::json!({"Target": [{"ID": "Microsoft Graph", "Type": 1}]});
        assert_eq!(known.of(&right(&nobody, &raw)), consented);
        assert_eq!(Introduced::default().of(&right(&nobody, &raw)), Application::default());
    }
}
