//! Names of application ids: Microsoft's own, and third-party ones that mailbox intruders like.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::pairs;

pub(super) const NAMES: &str = include_str!("data/apps.tsv");
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

type Table = BTreeMap<&'static str, &'static str>;

static FIRST_PARTY: LazyLock<Table> = LazyLock::new(|| pairs(NAMES).collect());
static OFTEN_ABUSED: LazyLock<Table> = LazyLock::new(|| pairs(WORTH_A_LOOK).collect());

fn look_up(table: &Table, app_id: &str) -> Option<&'static str> {
    let id = app_id.trim().trim_matches(['{', '}']).to_ascii_lowercase();
    table.get(id.as_str()).copied()
}

#[cfg(test)]
mod tests {
    use super::{FIRST_PARTY, NAMES, OFTEN_ABUSED, WORTH_A_LOOK, name, worth_a_look};
    use crate::knowledge::lines;

    #[test]
    fn ids_in_any_case() {
        assert_eq!(name("4765445B-32C6-49B0-83E6-1D93765276CA"), Some("OfficeHome"));
        assert_eq!(name("{00000003-0000-0000-c000-000000000000}"), Some("Microsoft Graph"));
        assert_eq!(worth_a_look("e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd"), Some("eM Client"));
        assert_eq!(name("e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd"), None);
        assert_eq!(name(""), None);
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
