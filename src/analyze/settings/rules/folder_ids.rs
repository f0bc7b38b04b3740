//! Folders that Outlook's rules name by their id only: other records of the mailbox say how they are called.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::analyze::exam::Exam;
use crate::knowledge::folders;
use crate::timeline::{details, json};

use super::Action;
use super::replay::RuleAct;

/// Folder id → path, of the folders that these rules move or copy to. Records are looked into only where a rule of
/// Outlook's names a folder that is none by its name.
pub fn learn(exam: &Exam<'_>, acts: &[RuleAct<'_, '_>]) -> BTreeMap<String, String> {
    let sought = ids(acts);
    let mut known = BTreeMap::new();
    for row in exam.rows.iter().filter(|row| row.parts.mailbox) {
        if known.len() == sought.len() {
            break;
        }
        let raw = row.event.raw.as_deref().unwrap_or_default();
        if !row.event.is(&["UpdateInboxRules"]) && sought.iter().any(|id| raw.contains(*id)) {
            for (id, path) in told(&details::members(row.event, &MEMBERS)) {
                if sought.contains(id.as_str()) {
                    known.entry(id).or_insert(path);
                }
            }
        }
    }
    known
}

fn ids<'x>(acts: &'x [RuleAct<'_, '_>]) -> BTreeSet<&'x str> {
    let stored = acts.iter().filter(|act| act.row.event.is(&["UpdateInboxRules"]));
    let moved = stored.flat_map(|act| [Action::Move, Action::Copy].map(|action| act.rule.actions.get(&action)));
    let folders = moved.flatten().flatten().map(String::as_str);
    folders.filter(|folder| !folder.is_empty() && folders::role(folder).is_none()).collect()
}

/// Where records of mails tell folders.
const MEMBERS: [&str; 5] = ["Folder", "DestFolder", "Folders", "Item", "AffectedItems"];

/// The folders that a record tells with id and path.
fn told(object: &Value) -> Vec<(String, String)> {
    let items = json::list(object, "AffectedItems").iter().chain(json::get(object, "Item"));
    let parents = items.filter_map(|item| json::get(item, "ParentFolder"));
    let own = ["Folder", "DestFolder"].into_iter().filter_map(|name| json::get(object, name));
    let folders = own.chain(json::list(object, "Folders")).chain(parents);
    folders.filter_map(|folder| json::text(folder, "Id").zip(json::text(folder, "Path"))).collect()
}
