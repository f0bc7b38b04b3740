//! Who takes part in a record, by every name the record gives: the column that a question about one account filters on.

use crate::timeline::event::{Event, Text};

/// In which part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Did it.
    Actor,
    /// Owns the mailbox.
    Mailbox,
    /// Was sent as or on behalf of.
    Sender,
    /// Was acted on.
    Target,
}

impl Role {
    fn mark(self) -> char {
        match self {
            Self::Actor => 'a',
            Self::Mailbox => 'm',
            Self::Sender => 's',
            Self::Target => 't',
        }
    }
}

/// The names collected for one record.
#[derive(Debug, Default)]
pub struct Parties {
    names: Vec<(Role, String)>,
}

/// Parameters that name an account.
const ACCOUNT_PARAMETERS: [&str; 10] = [
    "Identity",
    "Mailbox",
    "User",
    "Trustee",
    "SenderAddress",
    "ForwardingAddress",
    "Member",
    "Delegate",
    "GrantSendOnBehalfTo",
    "UserPrincipalName",
];

impl Parties {
    /// Adds every form of a name: the whole, and the alias or GUID at the end of a path.
    pub fn add(&mut self, role: Role, name: &str) {
        let name = name.trim().trim_start_matches("smtp:").trim_start_matches("SMTP:");
        if name.is_empty() || name.len() > 512 {
            return;
        }
        self.push(role, name);
        // `…/tenant/alias\rule`, `tenant\alias`, `alias\rule`: each part may be the account.
        if name.contains(['/', '\\']) {
            // A rule's own name may hold a slash (`alias\/`), so the backslashes are cut first.
            for part in name.split('\\') {
                self.push(role, part.rsplit('/').next().unwrap_or(part));
            }
        }
        // `PUID@tenant`, `User_<guid>`
        if let Some(puid) = super::auditdata::puid(name) {
            self.push(role, &puid);
        }
        if let Some(guid) = name.strip_prefix("User_") {
            self.push(role, guid);
        }
        // A guest's home name.
        if let Some((home, _)) = name.split_once("#EXT#")
            && let Some((local, domain)) = home.rsplit_once('_')
        {
            self.push(role, &format!("{local}@{domain}"));
        }
    }

    fn push(&mut self, role: Role, name: &str) {
        let name = name.trim().replace('|', " ").to_lowercase();
        if !name.is_empty() && !self.names.contains(&(role, name.clone())) {
            self.names.push((role, name));
        }
    }

    /// Adds what the event's own columns name.
    pub fn add_event(&mut self, event: &Event) {
        let columns = [
            (Role::Actor, &event.user_raw),
            (Role::Actor, &event.user_upn),
            (Role::Actor, &event.user_id),
            (Role::Actor, &event.user_puid),
            (Role::Actor, &event.user_sid),
            (Role::Mailbox, &event.mailbox_upn),
            (Role::Mailbox, &event.mailbox_guid),
            (Role::Mailbox, &event.mailbox_sid),
            (Role::Sender, &event.on_behalf_of),
            (Role::Target, &event.target_upn),
            (Role::Target, &event.target_id),
            (Role::Target, &event.target_raw),
        ];
        for (role, column) in columns {
            self.add(role, column.as_deref().unwrap_or_default());
        }
        let parameters: Vec<super::fields::NameValue> =
            event.op_params.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
        for parameter in parameters {
            if ACCOUNT_PARAMETERS.iter().any(|name| name.eq_ignore_ascii_case(&parameter.name)) {
                for part in parameter.value.unwrap_or_default().split(';') {
                    self.add(Role::Target, part);
                }
            }
        }
    }

    /// The column's text: `|a:alice@contoso.example|m:…|`.
    pub fn into_text(mut self) -> Text {
        if self.names.is_empty() {
            return None;
        }
        self.names.sort();
        let mut text = String::from("|");
        for (role, name) in self.names {
            text.push(role.mark());
            text.push(':');
            text.push_str(&name);
            text.push('|');
        }
        Some(text.into())
    }
}
