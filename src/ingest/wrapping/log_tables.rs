//! The tables of Log Analytics and Sentinel whose rows are read, and a row by its own table: a query may have put rows of
//! several into one export (`union`).

use serde_json::Value;

use crate::ingest::formats::{Read, Refusal, Remarks, owned};
use crate::ingest::records::{asked, entra_audit, graph_activity, office_activity, signin};
use crate::ingest::sniff::{CsvHead, Shape};
use crate::ingest::text::cells::CellReader;
use crate::ingest::values::when::Clock;
use crate::ingest::wrapping::union_columns;
use crate::timeline::{Draft, json};

/// A table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// Sign-ins, with their kind.
    SignIns(Option<&'static str>),
    /// Changes of the directory.
    Audit,
    /// Requests to Microsoft Graph.
    GraphActivity,
    /// The audit log of Exchange, SharePoint and Teams.
    Office,
}

impl Table {
    /// Columns, in lower case, that its rows have filled and the rows of other tables have not.
    fn columns(self) -> &'static [&'static str] {
        match self {
            Self::SignIns(_) => &["appdisplayname", "clientappused", "conditionalaccessstatus", "isinteractive"],
            Self::Audit => &["targetresources", "loggedbyservice"],
            Self::GraphActivity => &["requesturi"],
            Self::Office => &["officeworkload", "officeobjectid"],
        }
    }
}

/// The table by the `Type` or `Category` of a row; one of somebody's own may have the service's name (`SigninLogs_CL`).
pub fn named(name: &str) -> Option<Table> {
    let name = name.to_ascii_lowercase();
    Some(match office_activity::own_of(&name).unwrap_or(&name) {
        "signinlogs" | "adfssigninlogs" => Table::SignIns(Some("interactive")),
        "aadnoninteractiveusersigninlogs" | "noninteractiveusersigninlogs" => Table::SignIns(Some("noninteractive")),
        "aadserviceprincipalsigninlogs" | "serviceprincipalsigninlogs" => Table::SignIns(Some("service_principal")),
        "aadmanagedidentitysigninlogs" | "managedidentitysigninlogs" => Table::SignIns(Some("managed_identity")),
        "auditlogs" => Table::Audit,
        "microsoftgraphactivitylogs" => Table::GraphActivity,
        "officeactivity" => Table::Office,
        _ => return None,
    })
}

/// The first row of a table that is as wide as its header and says which table it is of, for the first of all may be
/// damaged; the first where none says so.
pub fn telling_row(csv: &CsvHead) -> &str {
    let mut cells = CellReader::new(csv.delimiter);
    let mut tells = |row: &&String| {
        let cells = cells.read(row);
        cells.len() == csv.columns.len() && !cells.column(csv.column("type")).is_empty()
    };
    csv.sample.iter().find(|row| tells(row)).or(csv.sample.first()).map(String::as_str).unwrap_or_default()
}

/// What the first row of an export says its table is; empty where it says nothing.
pub fn first_kind(shape: &Shape) -> String {
    match shape {
        Shape::Csv(csv) => {
            let mut cells = CellReader::new(csv.delimiter);
            csv.column("type")
                .map(|at| cells.read(telling_row(csv)).column(Some(at)).trim().to_owned())
                .unwrap_or_default()
        }
        Shape::Json(json) => json::text(&json.first, "Type").unwrap_or_default().trim().to_owned(),
        _ => String::new(),
    }
}

/// Whether an export has the columns of OfficeActivity, and its first row names no other table; or is a table into which
/// somebody sent the audit log's own records (`O365_CL`).
pub fn is_office(shape: &Shape) -> bool {
    const MARKS: [&str; 3] = ["operation", "officeworkload", "officeobjectid"];
    const RECORD: [&str; 4] = ["creationtime", "operation", "workload", "userid"];
    // The portal names the zone behind a time's name.
    let bare = |column: &String, mark: &str| column.split(" [").next() == Some(mark);
    let has = |marks: &[&str]| match shape {
        Shape::Csv(csv) => marks.iter().all(|mark| csv.columns.iter().any(|column| bare(column, mark))),
        Shape::Json(json) => {
            let first = union_columns::seen(&json.first);
            marks.iter().all(|mark| json::get(&first, mark).is_some())
        }
        _ => false,
    };
    let kind = first_kind(shape);
    has(&MARKS) && named(&kind).is_none_or(|table| table == Table::Office)
        || office_activity::own_of(&kind).is_some() && has(&RECORD)
}

/// The table that an export is of, as far as its rows name no other.
#[derive(Debug, Clone)]
pub struct Export {
    table: Table,
    /// What its first row calls it, in lower case: an import of one's own may have any name.
    kind: String,
}

impl Export {
    /// Of this table.
    pub fn new(table: Table, shape: &Shape) -> Self {
        Self { table, kind: first_kind(shape).to_lowercase() }
    }

    /// Whether somebody sent the records into it.
    pub fn is_own(&self) -> bool {
        office_activity::own_of(&self.kind).is_some()
    }

    /// The table of a row, by its own `Type` and `Category`. A query that takes rows apart may leave another `Type` in
    /// them, such as that of the object that was changed; `filled` says whether a column has a value in the row, for then
    /// its other columns tell.
    pub fn table_of(&self, kind: &str, category: &str, filled: impl Fn(&str) -> bool) -> Result<Table, Refusal> {
        let kind = kind.trim();
        let own = || {
            kind.is_empty() || kind.to_lowercase() == self.kind || self.table.columns().iter().any(|name| filled(name))
        };
        match named(kind) {
            Some(own) => Ok(own),
            None if own() => Ok(named(category.trim()).unwrap_or(self.table)),
            None => Err(Refusal::new(
                "R-101",
                format!("a row of the table '{kind}', which is no log of sign-ins, directory changes or mailboxes"),
            )
            .of_foreign()),
        }
    }
}

/// The event of a row given as an object; `event` has what was remarked on it already. `of_row` says that its own text is
/// the row of a table, which nobody can ask for what no column of ours holds.
pub fn fill(
    mut object: Value,
    (table, of_row): (Table, bool),
    clock: Clock,
    event: Box<Draft<'static>>,
    remarks: &mut Remarks,
) -> Read<'static> {
    if let (Table::Office, Value::Object(map)) = (table, &object) {
        return office_activity::of_object(map, clock.order, event, remarks);
    }
    if matches!(table, Table::SignIns(_)) {
        place(&mut object);
    }
    let mut event: Box<Draft<'_>> = event;
    match table {
        Table::Audit => {
            entra_audit::fill(&object, clock, &mut event)?;
            // Its lists are text in the row.
            asked::keep(&object, &mut event);
        }
        Table::GraphActivity => graph_activity::fill(&object, clock, &mut event)?,
        Table::SignIns(kind) => {
            signin::fill(&object, kind, clock, &mut event)?;
            if of_row {
                asked::keep(&object, &mut event);
            }
            signin::remark_kind(&event, remarks);
        }
        Table::Office => return Err(Refusal::new("R-101", "no object: not a row of a table")),
    }
    Ok(owned(event))
}

/// `LocationDetails` is what other exports call the location; `Location` is only the country.
fn place(object: &mut Value) {
    let details = json::get(object, "LocationDetails").filter(|details| details.is_object()).cloned();
    let country = json::text(object, "Location");
    let Some(place) = details.or_else(|| country.map(|country| serde_json::json!({ "countryOrRegion": country })))
    else {
        return;
    };
    if let Some(map) = object.as_object_mut() {
        map.retain(|key, _| !key.eq_ignore_ascii_case("location"));
        map.insert("location".to_owned(), place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_of_the_table_it_names() {
        let sign_ins = Table::SignIns(Some("interactive"));
        let export = Export { table: sign_ins, kind: "mine_cl".to_owned() };
        let of = |kind, category| export.table_of(kind, category, |_| false).map_err(|refusal| refusal.code);
        assert_eq!(of("OfficeActivity", ""), Ok(Table::Office));
        assert_eq!(of("AuditLogs", "UserManagement"), Ok(Table::Audit));
        assert_eq!(of("", "NonInteractiveUserSignInLogs"), Ok(Table::SignIns(Some("noninteractive"))));
        assert_eq!(of("", "UserManagement"), Ok(sign_ins));
        assert_eq!(of("Mine_CL", ""), Ok(sign_ins));
        assert_eq!(of("SecurityAlert", "SignInLogs"), Err("R-101"));
        // The row of a directory change whose object's type was put in the place of the table's.
        let export = Export { table: Table::Audit, kind: "application".to_owned() };
        let of =
            |column| export.table_of("ServicePrincipal", "", |name| name == column).map_err(|refusal| refusal.code);
        assert_eq!((of("targetresources"), of("requesturi")), (Ok(Table::Audit), Err("R-101")));
    }
}
