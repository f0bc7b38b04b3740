//! Changes in the directory (record type 8): who changed what about whom.

use super::json::{Json, name_values};
use super::log::{Head, Log, Moment};
use super::people::Person;
use super::random::named_guid;
use super::time::{DAY, zulu};

impl Log {
    /// A change in the directory. `changes` are name, old and new value, as the log prints them.
    pub fn directory(
        &mut self,
        moment: &Moment,
        (actor, target): (&Principal, &Person),
        operation: &str,
        changes: &[(&str, String, String)],
        correlation_id: &str,
    ) {
        let head = Head {
            operation,
            record_type: 8,
            result: Some("Success"),
            user: actor.upn.clone(),
            user_key: format!("{}@{}", actor.puid, self.tenant.routing),
            user_type: 0,
            workload: "AzureActiveDirectory",
            client_ip: None,
            object: Some(target.upn()),
        };
        let extended = [("additionalDetails", r#"{"UserType":"Member"}"#), ("extendedAuditEventCategory", "User")];
        let modified: Json = changes
            .iter()
            .map(|(name, old, new)| {
                Json::object().with("Name", *name).with("NewValue", new.as_str()).with("OldValue", old.as_str())
            })
            .collect();
        let target = Principal::of(target);
        let audit = self
            .head(moment, &head)
            .with("AzureActiveDirectoryEventType", 1_u32)
            .with("ExtendedProperties", name_values(&extended))
            .with("ModifiedProperties", modified)
            .with("Actor", actor.identities())
            .with("ActorContextId", self.tenant.id())
            .with("InterSystemsId", correlation_id)
            .with("IntraSystemId", named_guid(&format!("intra/{}", moment.id)))
            .with("SupportTicketId", "")
            .with("Target", target.identities())
            .with("TargetContextId", self.tenant.id());
        self.record(moment, &head, audit);
    }

    /// A password change or reset and the end of all sessions that comes with it.
    pub fn password(
        &mut self,
        (moment, companion): (&Moment, &Moment),
        (actor, target): (&Principal, &Person),
        operation: &str,
    ) {
        let correlation_id = correlation(&moment.id);
        self.directory(moment, (actor, target), operation, &[], &correlation_id);
        let before = zulu(moment.time - 40 * DAY);
        let changes = [
            ("StsRefreshTokensValidFrom", listed(&before), listed(&zulu(companion.time))),
            included("StsRefreshTokensValidFrom"),
        ];
        let revoke = "Update StsRefreshTokenValidFrom Timestamp.";
        self.directory(companion, (actor, target), revoke, &changes, &correlation_id);
    }
}

/// Somebody or something that changes the directory.
pub struct Principal {
    pub upn: String,
    pub puid: String,
    pub object_id: String,
}

impl Principal {
    pub fn of(person: &Person) -> Self {
        Self { upn: person.upn(), puid: person.puid(), object_id: person.object_id() }
    }

    fn identities(&self) -> Json {
        vec![
            identity(&self.upn, 5),
            identity(&self.puid, 3),
            identity(&format!("User_{}", self.object_id), 2),
            identity(&self.object_id, 2),
            identity("User", 2),
        ]
        .into()
    }
}

/// The correlation id of a sign-in or of a change made in several records.
pub fn correlation(id: &str) -> String {
    named_guid(&format!("correlation/{id}"))
}

/// A single value in the list form of `ModifiedProperties`.
pub fn listed(value: &str) -> String {
    format!("[\r\n  \"{value}\"\r\n]")
}

/// The entry that names what else changed.
pub fn included(names: &str) -> (&'static str, String, String) {
    ("Included Updated Properties", String::new(), names.to_owned())
}

/// An entry of `Actor` and `Target`.
pub fn identity(id: &str, kind: u32) -> Json {
    Json::object().with("ID", id).with("Type", kind)
}
