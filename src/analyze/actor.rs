//! Who did it: derived once per record, before any rule. A service account's routine change is never a finding.

use crate::analyze::identity::{Parts, Subject};
use crate::knowledge::clients;
use crate::timeline::{Event, EvidenceSource, details};

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
    if is_sync(event, &actor) {
        return ActorClass::Sync;
    }
    if is_microsoft(event, &actor) {
        return ActorClass::Microsoft;
    }
    match event.actor_type {
        Some(9) => return ActorClass::Partner,
        Some(5 | 6) => return ActorClass::App,
        _ if actor.starts_with("serviceprincipal_") => return ActorClass::App,
        _ => {}
    }
    if parts.actor || subject.is(&actor) {
        return ActorClass::Own;
    }
    if matches!(event.logon_type, Some(2 | 6)) || parts.sender {
        return ActorClass::Delegate;
    }
    ActorClass::Admin
}

fn is_sync(event: &Event, actor: &str) -> bool {
    if actor.starts_with("sync_") && actor.contains(".onmicrosoft.com") || actor.starts_with("fim_password_service@") {
        return true;
    }
    if event.record_type != Some(8) && event.evidence_source != EvidenceSource::EntraAudit {
        return false;
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

fn is_microsoft(event: &Event, actor: &str) -> bool {
    if matches!(event.actor_type, Some(3 | 4)) || clients::is_service_actor(actor) {
        return true;
    }
    // An Exchange back-end server's own account.
    event.external_access == Some(true) && actor.contains(".prod.outlook.com\\") || actor.contains("\\system (")
}
