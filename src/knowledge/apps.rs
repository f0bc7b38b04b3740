//! Names of application ids: Microsoft's own, and third-party ones that mailbox intruders like.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::{lines, pairs};

pub(super) const NAMES: &str = include_str!("data/apps.tsv");
pub(super) const ROLES: &str = include_str!("data/app_roles.tsv");
pub(super) const PERMISSIONS: &str = include_str!("data/consent_permissions.txt");
pub(super) const WORTH_A_LOOK: &str = include_str!("data/apps_worth_a_look.tsv");

/// The name of one of Microsoft's own applications by its id (a GUID in any case). Source: `data/apps.tsv`.
pub fn name(app_id: &str) -> Option<&'static str> {
    look_up(&FIRST_PARTY, app_id)
}

/// The name of a third-party mail, sync or backup application that is often met in mailbox compromises.
/// An honest program all the same. Source: `data/apps_worth_a_look.tsv`.
pub fn worth_a_look(app_id: &str) -> Option<&'static str> {
    look_up(&OFTEN_ABUSED, app_id)
}

/// The name of a developer's tool by its id. Source: `data/app_roles.tsv`.
pub fn developer_tool(app_id: &str) -> Option<&'static str> {
    in_role("developer_tool", app_id)
}

/// The name of a first-party client whose tokens open mail through others by its id. Source: `data/app_roles.tsv`.
pub fn family_client(app_id: &str) -> Option<&'static str> {
    in_role("family", app_id)
}

/// Whether the application takes whole libraries of files as a matter of course. Source: `data/app_roles.tsv`.
pub fn syncs_files(app_id: &str) -> bool {
    in_role("file_sync", app_id).is_some()
}

/// Whether pages in between send their sign-ins to this application. Source: `data/app_roles.tsv`.
pub fn is_phished(app_id: &str) -> bool {
    in_role("phished", app_id).is_some()
}

/// Whether the application, by its id, is one of Microsoft's services that act by themselves. Source:
/// `data/app_roles.tsv`, and `data/apps.tsv` but for the tools that anybody may sign in with.
pub fn is_service(app_id: &str) -> bool {
    in_role("service", app_id).is_some() || name(app_id).is_some() && developer_tool(app_id).is_none()
}

/// Whether it is called like one of those services, in whatever case: anybody may call an application so, and the name
/// counts only where a record has no id. Source: `data/app_roles.tsv`.
pub fn is_called_service(name: &str) -> bool {
    let mut rows = pairs(ROLES).filter(|(role, _)| *role == "service").filter_map(|(_, row)| row.split_once('\t'));
    rows.any(|(_, known)| known.eq_ignore_ascii_case(name.trim()))
}

/// Whether the application hands on the requests of others: its own id says nothing of who asked. Microsoft Graph and
/// its predecessor.
pub fn is_front(app_id: &str) -> bool {
    const FRONTS: [&str; 2] = ["00000003-0000-0000-c000-000000000000", "00000002-0000-0000-c000-000000000000"];
    FRONTS.iter().any(|front| front.eq_ignore_ascii_case(app_id.trim()))
}

/// Whether a permission opens mail, files or everything. Source: `data/consent_permissions.txt`.
pub fn opens_much(permission: &str) -> bool {
    let permission = permission.to_lowercase();
    lines(PERMISSIONS).any(|start| permission.starts_with(start))
}

fn in_role(role: &str, app_id: &str) -> Option<&'static str> {
    let rows = pairs(ROLES).filter_map(|(of, rest)| Some((of, rest.split_once('\t')?)));
    rows.filter(|(of, _)| *of == role)
        .find(|(_, (id, _))| id.eq_ignore_ascii_case(app_id.trim().trim_matches(['{', '}'])))
        .map(|(_, (_, name))| name)
}

type Table = BTreeMap<&'static str, &'static str>;

static FIRST_PARTY: LazyLock<Table> = LazyLock::new(|| pairs(NAMES).collect());
static OFTEN_ABUSED: LazyLock<Table> = LazyLock::new(|| pairs(WORTH_A_LOOK).collect());

fn look_up(table: &Table, app_id: &str) -> Option<&'static str> {
    let id = app_id.trim().trim_matches(['{', '}']).to_ascii_lowercase();
    table.get(id.as_str()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_any_case() {
        assert_eq!(name("4765445B-32C6-49B0-83E6-1D93765276CA"), Some("OfficeHome"));
        assert_eq!(name("{00000003-0000-0000-c000-000000000000}"), Some("Microsoft Graph"));
        assert_eq!(worth_a_look("e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd"), Some("eM Client"));
        assert_eq!(name("e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd"), None);
        assert_eq!(name(""), None);
    }

    #[test]
    fn roles_and_permissions() {
        assert_eq!(developer_tool("04B07795-8DDB-461A-BBEE-02F9E1BF7B46"), Some("Azure CLI"));
        assert!(
            syncs_files("d3590ed6-52b3-4102-aeff-aad2292ab01c") && !syncs_files("04b07795-8ddb-461a-bbee-02f9e1bf7b46")
        );
        assert!(is_phished("4765445b-32c6-49b0-83e6-1d93765276ca"));
        assert!(opens_much("Mail.Read") && !opens_much("User.Read") && !opens_much("offline_access"));
    }

    #[test]
    fn services_by_id_and_by_name() {
        assert!(is_service("00000014-0000-0000-C000-000000000000") && is_called_service("microsoft.azure.syncfabric"));
        // A command line is Microsoft's, and whoever sits before it acts.
        assert!(!is_service("04b07795-8ddb-461a-bbee-02f9e1bf7b46") && !is_called_service("Azure CLI"));
        assert!(!is_service("e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd") && !is_called_service(""));
    }

    #[test]
    fn every_row_is_a_lower_case_guid_once() {
        for (table, file) in [(&FIRST_PARTY, NAMES), (&OFTEN_ABUSED, WORTH_A_LOOK)] {
            assert_eq!(table.len(), lines(file).count());
            for id in table.keys() {
                assert_eq!(id.len(), 36, "{id}");
                assert!(id.chars().all(|c| c == '-' || c.is_ascii_digit() || ('a'..='f').contains(&c)), "{id}");
            }
        }
    }
}
