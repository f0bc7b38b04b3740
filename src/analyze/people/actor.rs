//! Who did it: derived once per record, before any rule. A service account's routine change is never a finding.

use crate::analyze::people::identity::{Parts, Subject};
use crate::analyze::scope;
use crate::analyze::settings::{credentials, directory, roles};
use crate::knowledge::{apps, clients, domains, names};
use crate::timeline::{Event, details, json};

/// The class of a record's actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActorClass {
    /// The account itself.
    Own,
    /// Somebody else working in the account's mailbox as a delegate, or sending as it.
    Delegate,
    /// Somebody else: an administrator, or another user.
    Admin,
    /// An application.
    App,
    /// Microsoft's own systems.
    Microsoft,
    /// Directory synchronisation.
    Sync,
    /// A partner's technician.
    Partner,
}

impl ActorClass {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "self",
            Self::Delegate => "delegate",
            Self::Admin => "admin",
            Self::App => "app",
            Self::Microsoft => "microsoft",
            Self::Sync => "sync",
            Self::Partner => "partner",
        }
    }
}

/// The class of the event's actor, seen from the subject.
pub fn class(event: &Event, subject: &Subject, parts: Parts) -> ActorClass {
    let actor = event.user_raw.as_deref().unwrap_or_default().to_lowercase();
    if is_sync(event, &actor, subject) {
        return ActorClass::Sync;
    }
    if let Some(id) = actor.strip_prefix(PRINCIPAL) {
        if is_password_service(event, id) {
            return ActorClass::Sync;
        }
        return principal(event, id, parts);
    }
    if is_microsoft(event, &actor) {
        return ActorClass::Microsoft;
    }
    match event.actor_type {
        Some(9) => return ActorClass::Partner,
        Some(5 | 6) => return ActorClass::App,
        // PowerShell signed in with an application's certificate names nobody else.
        _ if actor == "certificate" => return ActorClass::App,
        _ => {}
    }
    if parts.actor || subject.is(&actor) {
        return ActorClass::Own;
    }
    if matches!(event.logon_type, Some(2 | 6)) || parts.sender {
        return ActorClass::Delegate;
    }
    if is_of_another_tenant(event) { ActorClass::Partner } else { ActorClass::Admin }
}

/// Whether the directory says that the actor signed in to another organisation than the one that was changed.
fn is_of_another_tenant(event: &Event) -> bool {
    let Some(tenant) = event.tenant_id.as_deref().filter(|_| event.record_type == Some(8)) else { return false };
    let context = json::text(&details::members(event, &["ActorContextId"]), "ActorContextId");
    context.is_some_and(|id| names::is_guid(&id) && !id.eq_ignore_ascii_case(tenant))
}

/// What the audit log writes in front of a service principal's id.
const PRINCIPAL: &str = "serviceprincipal_";
/// The application "Microsoft password reset service".
const PASSWORD_RESET: &str = "93625bc8-bfe2-437a-97e0-3d0060024faa";

/// A service principal is an application's. The audit log calls all of them the system, a stranger's like Microsoft's
/// own: these are known by their application's id. What they write about a person's ways to sign in, roles or profile
/// somebody asked them for, and that is never the service's own housekeeping.
fn principal(event: &Event, id: &str, parts: Parts) -> ActorClass {
    let system = matches!(event.actor_type, Some(3 | 4));
    if system && is_first_party(event, id) && !(parts.target && changes_account(event)) {
        return ActorClass::Microsoft;
    }
    ActorClass::App
}

/// Whether the service of the self-service reset wrote down a new password, as it does under an account's name of its
/// own: whose hand it was no such record says.
fn is_password_service(event: &Event, principal: &str) -> bool {
    let is_reset = |id: &String| id.eq_ignore_ascii_case(PASSWORD_RESET);
    directory::is_directory(event)
        && credentials::sets_password(event)
        && application(event, principal).0.iter().any(is_reset)
}

fn is_first_party(event: &Event, principal: &str) -> bool {
    if !directory::is_directory(event) {
        let client = event.client_app_id.as_deref().or(event.app_id.as_deref());
        return client.is_some_and(|id| apps::is_service(id) && !apps::is_front(id));
    }
    let (ids, name) = application(event, principal);
    // Anybody may give an application Microsoft's names: they count only where the record has no id.
    match ids.is_empty() {
        true => name.is_some_and(|name| apps::is_called_service(&name)),
        false => ids.iter().any(|id| apps::is_service(id)),
    }
}

/// The ids and the name that a directory record gives the application of its service principal.
fn application(event: &Event, principal: &str) -> (Vec<String>, Option<String>) {
    let object = details::members(event, &["Actor"]);
    let mut ids = Vec::new();
    let mut name = None;
    for actor in json::list(&object, "Actor") {
        let Some(text) = json::text(actor, "ID") else { continue };
        match json::text(actor, "Type").as_deref() {
            Some("1") => name = Some(text),
            _ if names::is_guid(&text) && !text.eq_ignore_ascii_case(principal) => ids.push(text),
            _ => {}
        }
    }
    (ids, name)
}

/// Whether the record changes how somebody signs in, what roles somebody has, or a profile.
fn changes_account(event: &Event) -> bool {
    credentials::is_change(event) || roles::is_change(event) || !directory::profile(event).is_empty()
}

/// The word for the actor in a finding: what a stranger's program does through Microsoft Graph with the account's token
/// is the account's act by every measure, and the program's by its hand. Who sent a mail, or is not named at all, is no
/// administrator.
pub fn told(event: &Event, class: ActorClass) -> &'static str {
    let id = |id: &Option<Box<str>>, is: fn(&str) -> bool| id.as_deref().is_some_and(is);
    let graph = event.client_info.as_deref().is_some_and(|client| client.to_lowercase().starts_with("client=rest;"))
        && id(&event.app_id, apps::is_front)
        && id(&event.client_app_id, |id| !id.is_empty() && apps::name(id).is_none());
    match class {
        ActorClass::Own if graph => ActorClass::App.as_str(),
        ActorClass::Admin if event.user_raw.as_deref().unwrap_or_default().is_empty() => "unknown",
        ActorClass::Admin if scope::is_traced(event) => "the mail's sender",
        class => class.as_str(),
    }
}

/// Synchronisation writes in the directory. What one of its accounts does in mailboxes or to their settings it does in
/// somebody else's hand, and where it is the account that is asked about, all that it does is its own.
fn is_sync(event: &Event, actor: &str, subject: &Subject) -> bool {
    if !directory::is_directory(event) || actor == subject.user {
        return false;
    }
    if is_sync_account(actor) || is_sync_application(event, actor) {
        return true;
    }
    let changes = details::changes(event);
    let client = changes.iter().find(|change| change.name.eq_ignore_ascii_case("Action Client Name"));
    if client.is_some_and(|change| details::plain(change.new.as_deref()).eq_ignore_ascii_case("DirectorySync")) {
        return true;
    }
    let mut real = changes.iter().filter(|change| {
        let name = change.name.to_lowercase();
        !name.starts_with("included updated") && !name.starts_with("targetid.") && !name.starts_with("action client")
    });
    changes.iter().any(|change| change.name == "LastDirSyncTime") && real.all(|change| change.name == "LastDirSyncTime")
}

/// Whether it is an account that directory synchronisation made for itself, in the organisation's first domain: Connect
/// Sync's names its server, cloud sync's is called the same everywhere.
fn is_sync_account(actor: &str) -> bool {
    let Some((name, domain)) = actor.split_once('@') else { return false };
    let own = name.starts_with("sync_") || name == "adtoaadsyncserviceaccount";
    name == "fim_password_service" || own && domains::is_initial(domain)
}

/// What newer versions of Connect Sync call the application that they sign in as, in front of the server's name.
const SYNC_APPLICATION: &str = "connectsyncprovisioning_";

/// The record type of Defender for Cloud Apps' alerts.
const CLOUD_APP_ALERTS: i64 = 98;

/// Whether an application that directory synchronisation registered for itself wrote in the directory. Every organisation
/// has one of its own, which nothing but its name tells.
fn is_sync_application(event: &Event, actor: &str) -> bool {
    let named = match actor.strip_prefix(PRINCIPAL) {
        Some(id) => application(event, id).1.map(|name| name.to_lowercase()),
        None => matches!(event.actor_type, Some(5 | 6)).then(|| actor.to_owned()),
    };
    named.is_some_and(|name| name.starts_with(SYNC_APPLICATION))
}

fn is_microsoft(event: &Event, actor: &str) -> bool {
    // Alerts of Defender for Cloud Apps bear the name of the account that they are about.
    if matches!(event.actor_type, Some(3 | 4))
        || event.record_type == Some(CLOUD_APP_ALERTS)
        || clients::is_service_actor(actor)
        || event.client_info.as_deref().is_some_and(clients::is_assistant)
    {
        return true;
    }
    // An Exchange back-end server's own account.
    event.external_access == Some(true) && actor.contains(".prod.outlook.com\\") || actor.contains("\\system (")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::EvidenceSource;
    use crate::timeline::identities::IdentityTable;

    const TARGET: Parts = Parts { actor: false, mailbox: false, sender: false, target: true };

    /// A directory record by a service principal, which the audit log calls the system.
    fn by(actor: &str, action: &str, changes: &str) -> Event {
        Event {
            evidence_source: EvidenceSource::Ual,
            record_type: Some(8),
            user_raw: Some("ServicePrincipal_fc8c8125-bc0c-499d-8344-e53c6e3caa81".into()),
            actor_type: Some(4),
            action: Some(action.into()),
            changes: Some(changes.into()),
            raw: Some(format!(r#"{{"Actor":[{actor}]}}"#).into()),
            ..Event::default()
        }
    }

    const STRANGER: &str = r#"{"ID":"Legacy Mail Tool","Type":1},{"ID":"869dc64b-95b2-4003-8098-3ba39296ea46","Type":2},
        {"ID":"fc8c8125-bc0c-499d-8344-e53c6e3caa81","Type":2},{"ID":"ServicePrincipal","Type":2}"#;
    const SYNC_FABRIC: &str =
        r#"{"ID":"Microsoft.Azure.SyncFabric","Type":1},{"ID":"00000014-0000-0000-c000-000000000000","Type":2}"#;
    const SELF_SERVICE: &str = r#"{"ID":"Microsoft password reset service","Type":1},
        {"ID":"93625bc8-bfe2-437a-97e0-3d0060024faa","Type":2},{"ID":"fc8c8125-bc0c-499d-8344-e53c6e3caa81","Type":2}"#;
    const MFA: &str = r#"{"ID":"Azure MFA StrongAuthenticationService","Type":1}"#;
    /// A stranger's application under Microsoft's name.
    const DISGUISED: &str =
        r#"{"ID":"Microsoft.Azure.SyncFabric","Type":1},{"ID":"869dc64b-95b2-4003-8098-3ba39296ea46","Type":2}"#;

    #[test]
    fn a_service_principal_is_an_application_unless_it_is_microsofts_at_its_daily_work() {
        let grown = r#"[{"name":"StrongAuthenticationPhoneAppDetail","old":"[]","new":"[{\"Id\":\"2\",\"DeviceName\":\"SM\"}]"}]"#;
        let used = r#"[{"name":"StrongAuthenticationPhoneAppDetail","old":"[{\"Id\":\"2\",\"OathTokenTimeDrift\":0}]",
            "new":"[{\"Id\":\"2\",\"OathTokenTimeDrift\":1}]"}]"#;
        let named = r#"[{"name":"DisplayName","old":"[\"Dana\"]","new":"[\"IT\"]"}]"#;
        for ((who, action, changes), expected) in [
            ((STRANGER, "Update device", "[]"), ActorClass::App),
            ((STRANGER, "Reset user password", "[]"), ActorClass::App),
            ((DISGUISED, "Update device", "[]"), ActorClass::App),
            (("", "Update device", "[]"), ActorClass::App),
            ((SYNC_FABRIC, "Add service principal", "[]"), ActorClass::Microsoft),
            ((SYNC_FABRIC, "Change user license", "[]"), ActorClass::Microsoft),
            ((MFA, "Update user", used), ActorClass::Microsoft),
            ((MFA, "Update user", grown), ActorClass::App),
            ((SYNC_FABRIC, "Update user", named), ActorClass::App),
            ((SYNC_FABRIC, "Reset user password", "[]"), ActorClass::App),
            ((SELF_SERVICE, "Update PasswordProfile", "[]"), ActorClass::Sync),
            ((SELF_SERVICE, "Add member to role", "[]"), ActorClass::App),
            ((SYNC_FABRIC, "Add member to role", "[]"), ActorClass::App),
        ] {
            let event = by(who, action, changes);
            assert_eq!(class(&event, &Subject::default(), TARGET), expected, "{} {:?}", event.action(), event.raw);
        }
        // The same about somebody else is nothing on this account's table.
        let event = by(SYNC_FABRIC, "Add member to role", "[]");
        assert_eq!(class(&event, &Subject::default(), Parts::default()), ActorClass::Microsoft);
    }

    #[test]
    fn directory_synchronisation_is_known_by_its_accounts_and_by_its_application() {
        let account =
            |actor: &str| Event { user_raw: Some(actor.into()), actor_type: Some(0), ..by("", "Update user", "[]") };
        let of = |event: &Event| class(event, &Subject::default(), TARGET);
        for actor in [
            "Sync_DC01_0a1b2c3d@contoso.onmicrosoft.com",
            "Sync_DC01_0a1b2c3d@contoso.onmicrosoft.us",
            "Sync_DC01_0a1b2c3d@contoso.partner.onmschina.cn",
            "ADToAADSyncServiceAccount@contoso.onmicrosoft.com",
        ] {
            assert_eq!(of(&account(actor)), ActorClass::Sync, "{actor}");
        }
        for actor in [
            "Sync_DC01_0a1b2c3d@contoso.example",
            "Sync_DC01@contoso.onmicrosoft.com.attacker.example",
            "ADToAADSyncServiceAccount2@contoso.onmicrosoft.com",
            "ADToAADSyncServiceAccount@contoso.example",
        ] {
            assert_eq!(of(&account(actor)), ActorClass::Admin, "{actor}");
        }
        // It opens no mailbox, and changes none.
        let sync = account("Sync_DC01_0a1b2c3d@contoso.onmicrosoft.com");
        let at = |record_type| Event { record_type: Some(record_type), ..sync.clone() };
        assert_eq!([1, 2, 50].map(|record_type| of(&at(record_type))), [ActorClass::Admin; 3]);
        let own = Parts { actor: true, ..Parts::default() };
        let name = sync.user_raw.as_deref().unwrap_or_default().to_lowercase();
        let itself = Subject::resolve(&name, &[], &IdentityTable::default());
        assert_eq!(class(&sync, &itself, own), ActorClass::Own);
        // A record by it that names the account beside it is its own all the same.
        assert_eq!(class(&sync, &Subject::default(), own), ActorClass::Sync);
        let connect = r#"{"ID":"ConnectSyncProvisioning_DC01_0a1b2c3d","Type":1}"#;
        assert_eq!(of(&by(connect, "Update user", "[]")), ActorClass::Sync);
        let entra =
            |name: &str| Event { evidence_source: EvidenceSource::EntraAudit, actor_type: Some(5), ..account(name) };
        assert_eq!(of(&entra("ConnectSyncProvisioning_DC01_0a1b2c3d")), ActorClass::Sync);
        assert_eq!(of(&entra("Connect Sync Helper")), ActorClass::App);
    }

    #[test]
    fn an_administrator_of_another_organisation_is_a_partner() {
        let own = "cc7f6798-20b2-416c-a975-f850b391ef61";
        let event = |context: &str| Event {
            record_type: Some(8),
            user_raw: Some("helpdesk@partner.example".into()),
            tenant_id: Some(own.into()),
            raw: Some(format!(r#"{{"ActorContextId":"{context}"}}"#).into()),
            ..Event::default()
        };
        let of = |context: &str| class(&event(context), &Subject::default(), TARGET);
        assert_eq!(of("0f6c1c4e-6d1d-4f0c-9a55-6a3f0a5a1b01"), ActorClass::Partner);
        assert_eq!((of(own), of("")), (ActorClass::Admin, ActorClass::Admin));
    }

    #[test]
    fn who_opens_a_mailbox_as_a_service_principal() {
        let read = |client: Option<&str>| Event {
            record_type: Some(50),
            user_raw: Some("ServicePrincipal_6694b89e-56ab-4e51-9cfe-42a6c6e362db".into()),
            actor_type: Some(4),
            app_id: Some("00000003-0000-0000-c000-000000000000".into()),
            client_app_id: client.map(Into::into),
            ..Event::default()
        };
        let of = |client| class(&read(client), &Subject::default(), Parts::default());
        assert_eq!(of(Some("caffae8c-0882-4c81-9a27-d1803af53a40")), ActorClass::App);
        assert_eq!(of(Some("cc15fd57-2c6c-4117-a88c-83b1d56b4bbe")), ActorClass::Microsoft);
        // Graph hands on what others ask for.
        assert_eq!(of(None), ActorClass::App);
    }

    #[test]
    fn an_alert_is_microsofts_whomever_it_names() {
        let record = |kind| Event {
            evidence_source: EvidenceSource::Ual,
            record_type: Some(kind),
            user_raw: Some("alice.mori@contoso.example".into()),
            actor_type: Some(0),
            ..Event::default()
        };
        let of = |kind| class(&record(kind), &Subject::default(), Parts { actor: true, ..Parts::default() });
        assert_eq!(of(98), ActorClass::Microsoft);
        assert_eq!(of(15), ActorClass::Own);
    }

    #[test]
    fn what_exchanges_assistants_do_in_the_owners_name_is_the_services() {
        let of = |client: &str| {
            let event = Event {
                user_raw: Some("dana.weiss@fabrikam.example".into()),
                client_info: Some(client.into()),
                ..Event::default()
            };
            class(&event, &Subject::default(), Parts { actor: true, mailbox: true, ..Parts::default() })
        };
        assert_eq!(of("Client=TBA;Service=MSExchangeMailboxAssistants;Action=ELCAssistant;"), ActorClass::Microsoft);
        // A program names itself behind the protocol that it speaks.
        assert_eq!(of("Client=WebServices;Client=TBA;Action=ELCAssistant;"), ActorClass::Own);
        assert_eq!(of("Client=OWA;Action=ViaProxy"), ActorClass::Own);
    }

    #[test]
    fn a_certificate_is_an_applications_unless_the_service_signs_with_it() {
        let event = |kind| Event { user_raw: Some("Certificate".into()), actor_type: Some(kind), ..Event::default() };
        let of = |kind| class(&event(kind), &Subject::default(), Parts::default());
        assert_eq!((of(2), of(3), of(4)), (ActorClass::App, ActorClass::Microsoft, ActorClass::Microsoft));
    }

    #[test]
    fn a_strangers_program_at_graph_is_told_as_one() {
        let event = |client: &str| Event {
            client_info: Some("Client=REST;;".into()),
            app_id: Some("00000003-0000-0000-c000-000000000000".into()),
            client_app_id: Some(client.into()),
            ..Event::default()
        };
        let told = |client: &str| told(&event(client), ActorClass::Own);
        assert_eq!(told("e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd"), "app");
        assert_eq!((told("5d661950-3475-41cd-a2c3-d671a3162bc1"), told("")), ("self", "self"));
    }
}
