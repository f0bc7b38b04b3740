//! The answer sheet: which record was planted for what, who is who, and how many records each file has.

use std::collections::BTreeMap;

use super::attack::Intruder;
use super::background::attacker_profile;
use super::cast::{ALICE, CONTOSO, CONTOSO_PEOPLE, DANA, ELI, FABRIKAM, FABRIKAM_ADMIN};
use super::json::Json;
use super::log::{Log, Planted, Row};
use super::output::Export;
use super::people::{Person, Tenant};
use super::time::zulu;

pub fn story(log: &Log, exports: &[Export], intruder: &Intruder, beneath: &[Export]) -> Json {
    let rows: BTreeMap<&str, &Row> = log.rows.iter().map(|row| (row.id.as_str(), row)).collect();
    let planted: Json =
        sorted(log, &rows).into_iter().map(|item| planted_item(item, rows[item.native_id.as_str()], exports)).collect();
    Json::object()
        .with("schema", "bectrace.story/1")
        .with("synthetic", "every name, address, id and message in this tenant is made up")
        .with("tenant", tenant(&CONTOSO))
        .with("subject", ALICE.upn())
        .with("files", files(exports, "evidence/"))
        .with("duplicates", duplicates(exports))
        .with("linked_sign_ins", log.sign_ins.len())
        .with("attacker", attacker(log, &rows, intruder))
        .with("planted", planted)
        .with("users", users(log, &rows))
        .with("background", background(beneath))
}

fn planted_item(item: &Planted, row: &Row, exports: &[Export]) -> Json {
    Json::object()
        .with("kind", item.kind)
        .with("symptom", item.label)
        .with("operation", row.operation.as_str())
        .with("native_id", item.native_id.as_str())
        .with("time", zulu(row.time))
        .with("user", row.user.as_str())
        .with("records", places(&item.native_id, exports))
}

/// Every place a record stands in: file and number of the record in it, from 1.
fn places(id: &str, exports: &[Export]) -> Json {
    let mut places = Vec::new();
    for export in exports {
        for (position, other) in export.ids.iter().enumerate() {
            if other == id {
                let place =
                    Json::object().with("file", format!("evidence/{}", export.name)).with("record", position + 1);
                places.push(place);
            }
        }
    }
    places.into()
}

fn files(exports: &[Export], folder: &str) -> Json {
    exports
        .iter()
        .map(|export| {
            let distinct = counts(&export.ids).len();
            Json::object()
                .with("path", format!("{folder}{}", export.name))
                .with("format", export.format)
                .with("records", export.ids.len())
                .with("distinct", distinct)
                .with("duplicates", export.ids.len() - distinct)
                .with("first", zulu(export.first))
                .with("last", zulu(export.last))
        })
        .collect()
}

fn duplicates(exports: &[Export]) -> Json {
    let mut repeated = Vec::new();
    for export in exports {
        for (id, count) in counts(&export.ids) {
            if count > 1 {
                let item = Json::object()
                    .with("file", format!("evidence/{}", export.name))
                    .with("native_id", id)
                    .with("copies", count);
                repeated.push(item);
            }
        }
    }
    repeated.into()
}

fn attacker(log: &Log, rows: &BTreeMap<&str, &Row>, intruder: &Intruder) -> Json {
    let own = |row: &&&Row| row.user == ALICE.upn() && is_attack(row);
    let ids = attack_ids(log, rows);
    let acted = ids.iter().map(|id| &rows[id.as_str()]).filter(own);
    let done: Vec<i64> = acted.filter(|row| row.operation != "UserLoginFailed").map(|row| row.time).collect();
    let sessions = [&intruder.first, &intruder.second, &intruder.third];
    Json::object()
        .with("addresses", vec!["203.0.113.7", "203.0.113.44", "203.0.113.66"])
        .with("sessions", sessions.iter().map(|session| session.id.as_str()).collect::<Json>())
        .with("first_action", done.iter().min().map_or(Json::Null, |time| zulu(*time).into()))
        .with("last_action", done.iter().max().map_or(Json::Null, |time| zulu(*time).into()))
        .with("forwarding_target", "alice.mori@mailbox-backup.example")
        .with("rule_target", "collect@mailbox-backup.example")
        .with("left_behind", left_behind())
}

/// What the response overlooked, so that a report can be held against it.
fn left_behind() -> Json {
    vec![
        "rule `..` still forwards every mail",
        "app password not deleted",
        "second authenticator and telephone number not removed",
        "delegate permission not removed",
        "display name, telephone numbers and postal code not corrected",
        "signature not removed",
        "sign-in not blocked, roles not looked at",
    ]
    .into()
}

fn users(log: &Log, rows: &BTreeMap<&str, &Row>) -> Json {
    let mut by_user: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for id in attack_ids(log, rows) {
        let user = rows[id.as_str()].user.as_str();
        by_user.entry(user).or_default().push(id);
    }
    CONTOSO_PEOPLE
        .iter()
        .map(|person| {
            let ids = by_user.remove(person.upn().as_str()).unwrap_or_default();
            identities(person).with("attack_ids", ids)
        })
        .collect()
}

/// The records the attacker made, oldest first, each once.
fn attack_ids(log: &Log, rows: &BTreeMap<&str, &Row>) -> Vec<String> {
    let mut ids: Vec<String> = sorted(log, rows)
        .into_iter()
        .filter(|item| matches!(item.kind, "symptom" | "detection"))
        .map(|item| item.native_id.clone())
        .filter(|id| is_attack(rows[id.as_str()]))
        .collect();
    ids.dedup();
    ids
}

/// Made from an attacker's address, or a change in the directory, which has no address.
fn is_attack(row: &Row) -> bool {
    row.record_type == 8 || row.audit.compact().contains("203.0.113.")
}

fn sorted<'a>(log: &'a Log, rows: &BTreeMap<&str, &Row>) -> Vec<&'a Planted> {
    let mut planted: Vec<&Planted> = log.planted.iter().collect();
    planted.sort_by_key(|item| {
        let time = rows[item.native_id.as_str()].time;
        (time, &item.native_id, item.kind, item.label)
    });
    planted
}

fn background(exports: &[Export]) -> Json {
    let others: Json = [&ELI, &FABRIKAM_ADMIN].into_iter().map(identities).collect();
    Json::object()
        .with("tenant", tenant(&FABRIKAM))
        .with("subject", identities(&DANA))
        .with("others", others)
        .with("files", files(exports, "../../background/"))
        .with("attacker", attacker_profile())
}

fn tenant(tenant: &Tenant) -> Json {
    Json::object()
        .with("id", tenant.id())
        .with("domains", vec![tenant.domain, tenant.routing])
        .with("office", tenant.office.address)
}

fn identities(person: &Person) -> Json {
    Json::object()
        .with("user", person.upn())
        .with("name", person.name)
        .with("alias", person.alias)
        .with("object_id", person.object_id())
        .with("puid", person.puid())
        .with("mailbox_guid", person.mailbox_guid())
        .with("sid", person.sid())
        .with("legacy_dn", person.legacy_dn())
        .with("home", person.home.address)
        .with("device_id", person.laptop.device_id())
}

fn counts(ids: &[String]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for id in ids {
        *counts.entry(id.as_str()).or_insert(0) += 1;
    }
    counts
}
