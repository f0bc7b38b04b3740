//! The columns of the Entra portal's directory-audit download by their English names, whatever language the portal
//! spoke.
//!
//! Spanish headers are known by name. Any other language is known by the shape of the table only: its columns are taken
//! by position where the table is as wide as the form known and the cells are of the right kind.

use crate::ingest::entra_portal::portal_cells::{is_address, is_name, is_time, share};
use crate::ingest::sniff::CsvHead;
use crate::knowledge::names::is_guid;
use crate::ledger::Note;

/// Columns in front of the targets.
const FIRST: [&str; 17] = [
    "date (utc)",
    "correlationid",
    "service",
    "category",
    "activity",
    "result",
    "resultreason",
    "user agent",
    "actortype",
    "actordisplayname",
    "actorobjectid",
    "actoruserprincipalname",
    "ipaddress",
    "actorhometenantid",
    "actorhometenantname",
    "actorserviceprincipalid",
    "actorserviceprincipalname",
];
/// The table has room for so many targets, changes of each, and details.
const ROOM: (usize, usize, usize) = (3, 5, 6);

/// What every form has.
pub const WANTS: [&str; 6] = ["date (utc)", "correlationid", "service", "category", "activity", "actorobjectid"];

/// Spanish names, as headers are compared.
const SPANISH: [(&str, &str); 9] = [
    ("fecha (utc)", "date (utc)"),
    ("id. de correlación", "correlationid"),
    ("servicio", "service"),
    ("categoría", "category"),
    ("actividad", "activity"),
    ("resultado", "result"),
    ("agente de usuario", "user agent"),
    ("objetivo1nombreprincipaldeusuario", "target1userprincipalname"),
    ("dirección ip", "ipaddress"),
];

/// The forms, by the column that they do not have: the older one has no user agent.
const FORMS: [&str; 2] = ["", "user agent"];

/// The columns of the portal's form, place by place, but for one.
fn form(without: &str) -> Vec<String> {
    let mut names: Vec<String> = FIRST.into_iter().filter(|name| *name != without).map(str::to_owned).collect();
    for target in 1..=ROOM.0 {
        for part in ["type", "displayname", "objectid", "userprincipalname"] {
            names.push(format!("target{target}{part}"));
        }
        for change in 1..=ROOM.1 {
            for part in ["name", "oldvalue", "newvalue"] {
                names.push(format!("target{target}modifiedproperty{change}{part}"));
            }
        }
    }
    for detail in 1..=ROOM.2 {
        names.extend(["key", "value"].map(|part| format!("additionaldetail{detail}{part}")));
    }
    names
}

/// The columns of one file.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// English names, place by place.
    pub names: Vec<String>,
    /// The header is not in English: its columns were taken by their position.
    pub by_position: bool,
}

impl Columns {
    /// What a reader has to know of how the columns were found.
    pub fn note(&self) -> Option<Note> {
        let text = "header in another language: the columns were taken by their position, after a look at their cells";
        self.by_position.then(|| Note::new("C-211", text))
    }
}

/// The columns of a directory-audit download; `None` where the table is none, or its columns cannot be told with
/// certainty.
pub fn columns(csv: &CsvHead) -> Option<Columns> {
    if csv.has(&WANTS) {
        return Some(Columns { names: csv.columns.clone(), by_position: false });
    }
    FORMS.iter().find_map(|without| of_form(csv, form(without)))
}

/// The columns by their places, where the table has this form.
fn of_form(csv: &CsvHead, form: Vec<String>) -> Option<Columns> {
    let known = |column: &String| {
        let english = form.iter().find(|name| *name == column).map(String::as_str);
        english.or_else(|| SPANISH.iter().find(|(local, _)| local == column).map(|(_, name)| *name))
    };
    let agrees = |(column, name): (&String, &String)| known(column).is_none_or(|known| known == name);
    let fits = csv.columns.len() == form.len() && csv.columns.iter().zip(&form).all(agrees) && fits(csv, &form);
    fits.then_some(Columns { names: form, by_position: true })
}

/// Whether the cells are what the form has in their columns.
fn fits(csv: &CsvHead, form: &[String]) -> bool {
    type Test = fn(&str) -> bool;
    const MUST: [(&str, Test); 2] = [("date (utc)", is_time), ("correlationid", is_guid)];
    const MAY: [(&str, Test); 7] = [
        ("actorobjectid", is_guid),
        ("actoruserprincipalname", is_name),
        ("ipaddress", is_address),
        ("actorhometenantid", is_guid),
        ("actorserviceprincipalid", is_guid),
        ("target1objectid", is_id),
        ("target1userprincipalname", is_name),
    ];
    let share = |name: &str, test: Test| share(csv, form.iter().position(|known| known == name)?, test);
    MUST.iter().all(|(name, test)| share(name, *test) == Some(true))
        && MAY.iter().all(|(name, test)| share(name, *test) != Some(false))
        // Somebody acted: a person or an application.
        && ["actorobjectid", "actorserviceprincipalid"].iter().any(|name| share(name, is_guid) == Some(true))
}

/// A target's id: mostly a GUID, for some kinds of target another word without blanks.
fn is_id(cell: &str) -> bool {
    !cell.contains(char::is_whitespace)
}
