//! The Entra directory audit as the portal's CSV download (`entra_audit_portal_csv`).
//!
//! The table has room for a few targets, changes and details; what did not fit was left out without a word.

use serde_json::{Map, Value, json};

use super::{Context, Format, Read, RecordReader, Remarks, Tools, owned};
use crate::ingest::entra_portal::{portal, portal_audit};
use crate::ingest::records::{asked, auditdata, entra_audit};
use crate::ingest::sniff::{Head, Shape};
use crate::ingest::text::cells::Cells;
use crate::ingest::values::when::Clock;
use crate::ledger::Note;
use crate::timeline::{Draft, EvidenceSource};

/// `entra_audit_portal_csv`.
pub static FORMAT: Format = Format {
    id: "entra_audit_portal_csv",
    evidence: EvidenceSource::EntraAudit,
    wants: &portal_audit::WANTS,
    claims: |shape| matches!(shape, Shape::Csv(csv) if portal_audit::columns(csv).is_some()),
    dates: |csv| portal_audit::columns(csv)?.names.iter().position(|column| column == "date (utc)"),
    reader: |head: &Head, context: &Context| {
        let columns = match &head.shape {
            Shape::Csv(csv) => portal_audit::columns(csv).unwrap_or_default(),
            _ => portal_audit::Columns::default(),
        };
        let (found, columns) = (columns.note(), columns.names);
        Box::new(Reader { columns, found, clock: Clock { order: context.date_order, assumed: false } })
    },
};

struct Reader {
    columns: Vec<String>,
    /// How the columns were found, where that is worth telling.
    found: Option<Note>,
    clock: Clock,
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, row: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let row_cells = tools.cells.read(row);
        let mut event = Box::<Draft<'_>>::default();
        auditdata::note_ragged(&mut event, remarks, row_cells.len(), self.columns.len());
        let full = self.full_slots(&row_cells);
        let object = self.object(&row_cells);
        entra_audit::fill(&object, self.clock, &mut event)?;
        asked::keep(&object, &mut event);
        if !full.is_empty() {
            remarks.push(("R-141", format!("all slots for {} are filled: there may have been more", full.join(", "))));
            auditdata::note(&mut event, "R-141");
        }
        let mut event = owned(event);
        event.raw = Some(row.into());
        Ok(event)
    }

    fn notes(&self) -> Vec<Note> {
        self.found.iter().cloned().chain([portal::filters()]).collect()
    }
}

impl Reader {
    fn get<'c>(&self, cells: &Cells<'c>, name: &str) -> &'c str {
        cells.column(self.columns.iter().position(|column| column == name))
    }

    fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column == name)
    }

    /// The row in the form of the Graph object.
    fn object(&self, cells: &Cells<'_>) -> Value {
        let get = |name: &str| self.get(cells, name);
        let of_application = get("actortype").eq_ignore_ascii_case("Application")
            || get("actorobjectid").is_empty() && !get("actorserviceprincipalid").is_empty();
        let by = if of_application {
            let name =
                [get("actorserviceprincipalname"), get("actordisplayname")].into_iter().find(|name| !name.is_empty());
            let id = [get("actorserviceprincipalid"), get("actorobjectid")].into_iter().find(|id| !id.is_empty());
            json!({"app": {"displayName": name, "servicePrincipalId": id}, "user": {"ipAddress": get("ipaddress")}})
        } else {
            json!({"user": {
                "id": get("actorobjectid"), "displayName": get("actordisplayname"),
                "userPrincipalName": get("actoruserprincipalname"), "ipAddress": get("ipaddress"),
            }})
        };
        let targets: Vec<Value> = self
            .slots("target", "type")
            .map(|slot| self.target(cells, slot))
            .filter(|target| !target.is_null())
            .collect();
        let details: Vec<Value> = self
            .slots("additionaldetail", "key")
            .map(|slot| format!("additionaldetail{slot}"))
            .map(|slot| json!({"key": get(&format!("{slot}key")), "value": get(&format!("{slot}value"))}))
            .collect();
        json!({
            "activityDateTime": get("date (utc)"), "activityDisplayName": get("activity"),
            "correlationId": get("correlationid"), "loggedByService": get("service"), "category": get("category"),
            "result": get("result"), "resultReason": get("resultreason"), "userAgent": get("user agent"),
            "initiatedBy": by, "targetResources": targets, "additionalDetails": details,
        })
    }

    /// The numbers of the slots that the header has (`Target1Type`, `Target2Type`, …).
    fn slots<'s>(&'s self, start: &'s str, end: &'s str) -> impl Iterator<Item = usize> + 's {
        (1..).take_while(move |slot| self.has(&format!("{start}{slot}{end}")))
    }

    fn changes(&self, slot: usize) -> impl Iterator<Item = String> {
        let start = format!("target{slot}modifiedproperty");
        let of = move |change: usize| format!("{start}{change}");
        (1..).map(of).take_while(|change| self.has(&format!("{change}name")))
    }

    /// Null where the slot is empty.
    fn target(&self, cells: &Cells<'_>, slot: usize) -> Value {
        let get = |name: &str| self.get(cells, &format!("target{slot}{name}"));
        let mut target = Map::new();
        for (key, column) in [
            ("type", "type"),
            ("displayName", "displayname"),
            ("id", "objectid"),
            ("userPrincipalName", "userprincipalname"),
        ] {
            if !get(column).is_empty() {
                target.insert(key.to_owned(), get(column).into());
            }
        }
        let changed = |change: String| {
            let part = |end: &str| self.get(cells, &format!("{change}{end}"));
            let property =
                json!({"displayName": part("name"), "oldValue": part("oldvalue"), "newValue": part("newvalue")});
            (!part("name").is_empty()).then_some(property)
        };
        let changes: Vec<Value> = self.changes(slot).filter_map(changed).collect();
        if target.is_empty() && changes.is_empty() {
            return Value::Null;
        }
        target.insert("modifiedProperties".to_owned(), changes.into());
        Value::Object(target)
    }

    /// Of what the last slot is filled, so that more may have been cut.
    fn full_slots(&self, cells: &Cells<'_>) -> Vec<&'static str> {
        let filled = |name: &str| !self.get(cells, name).is_empty();
        let last = |slots: Option<usize>, start: &str, ends: &[&str]| {
            slots.is_some_and(|slot| ends.iter().any(|end| filled(&format!("{start}{slot}{end}"))))
        };
        let mut full = Vec::new();
        if last(
            self.slots("target", "type").last(),
            "target",
            &["type", "displayname", "objectid", "userprincipalname"],
        ) {
            full.push("targets");
        }
        if self
            .slots("target", "type")
            .any(|slot| self.changes(slot).last().is_some_and(|change| filled(&format!("{change}name"))))
        {
            full.push("changes");
        }
        if last(self.slots("additionaldetail", "key").last(), "additionaldetail", &["key"]) {
            full.push("details");
        }
        full
    }
}
