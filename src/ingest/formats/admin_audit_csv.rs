//! The admin audit log as CSV: `Search-AdminAuditLog | Export-Csv`, which loses the parameters' values
//! (`admin_audit_csv`), and Hawk's table with the command line (`admin_audit_simple_csv`).

use super::{Context, Format, Read, RecordReader, Remarks, Tools};
use crate::ingest::admin_audit::Frame;
use crate::ingest::auditdata::{note, note_ragged};
use crate::ingest::cells::Cells;
use crate::ingest::command_line::command_line;
use crate::ingest::fields::{self, NameValue};
use crate::ingest::sniff::{CsvHead, Head, Shape};
use crate::ingest::times::{self, DateOrder};
use crate::timeline::{Draft, EvidenceSource, ParseStatus, json};
use serde_json::Value;

/// `admin_audit_csv`.
pub static FORMAT: Format = Format {
    id: "admin_audit_csv",
    evidence: EvidenceSource::AdminAudit,
    wants: &["cmdletname", "cmdletparameters", "caller", "rundate", "succeeded"],
    claims: |shape| matches!(shape, Shape::Csv(csv) if csv.has(FORMAT.wants) && csv.column("auditdata").is_none()),
    dates: |csv| csv.column("rundate"),
    reader: |head, context| Reader::boxed(head, context, false),
};

/// `admin_audit_simple_csv`.
pub static SIMPLE: Format = Format {
    id: "admin_audit_simple_csv",
    evidence: EvidenceSource::AdminAudit,
    wants: &["caller", "cmdlet", "fullcommand", "rundate(utc)", "objectmodified"],
    claims: |shape| matches!(shape, Shape::Csv(csv) if csv.has(SIMPLE.wants) && csv.column("auditdata").is_none()),
    dates: |csv| csv.column("rundate(utc)"),
    reader: |head, context| Reader::boxed(head, context, true),
};

struct Reader {
    names: Vec<String>,
    order: Option<DateOrder>,
    simple: bool,
}

impl Reader {
    fn boxed(head: &Head, context: &Context, simple: bool) -> Box<dyn RecordReader> {
        let names = match &head.shape {
            Shape::Csv(CsvHead { columns, .. }) => columns.clone(),
            _ => Vec::new(),
        };
        Box::new(Self { names, order: context.date_order, simple })
    }

    fn get<'c>(&self, cells: &Cells<'c>, name: &str) -> &'c str {
        let value = cells.column(self.names.iter().position(|column| column == name));
        if fields::is_type_name(value) { "" } else { value }
    }
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, row: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let cells = tools.cells.read(row);
        let mut event = Box::<Draft<'_>>::default();
        note_ragged(&mut event, remarks, cells.len(), self.names.len());
        let get = |name: &str| self.get(&cells, name);
        let (written, basis) =
            if self.simple { (get("rundate(utc)"), "explicit") } else { (get("rundate"), "assumed_utc") };
        let time = times::file_time(written, self.order)?;
        let (cmdlet, parameters) = if self.simple {
            (get("cmdlet"), command_line(get("fullcommand")))
        } else {
            (get("cmdletname"), rendered(get("cmdletparameters")))
        };
        let lost = parameters.iter().all(|pair| pair.value.is_none());
        event.op_params = fields::list_text(&parameters);
        let frame = Frame {
            written,
            cmdlet,
            caller: get("caller"),
            target: get("objectmodified"),
            resolved: get("modifiedobjectresolvedname"),
            succeeded: if self.simple { get("resultstatus") } else { get("succeeded") },
            error: get("error"),
            client: get("clientip"),
            external: get("externalaccess"),
            id: get("identity"),
        };
        frame.fill(time, basis, &mut event)?;
        if !self.simple && lost {
            let text =
                "parameter values were lost when the file was made: somebody ran the cmdlet, with what is not known";
            remarks.push(("R-120", text.to_owned()));
            note(&mut event, "R-120");
            if event.parse_status == ParseStatus::Ok {
                event.parse_status = ParseStatus::Partial;
            }
        }
        event.raw = Some(row.into());
        Ok(event)
    }
}

/// The parameters of a cell: a list as JSON, a command line, or, as `Export-Csv` leaves it, their names alone.
fn rendered(cell: &str) -> Vec<NameValue> {
    let cell = cell.trim();
    if cell.starts_with('-') {
        return command_line(cell);
    }
    let list = match serde_json::from_str(cell) {
        Ok(Value::Array(list)) => list,
        Ok(object @ Value::Object(_)) => vec![object],
        _ => return names_only(cell),
    };
    let read = |entry: &Value| {
        let value = json::get(entry, "Value").filter(|value| !value.is_null());
        // An empty value takes a setting away; that is no value that was lost.
        let value = value.map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        Some(NameValue { name: json::text(entry, "Name")?, value })
    };
    list.iter().filter_map(read).collect()
}

/// `{Identity, ForwardingSmtpAddress}` or `Identity ForwardingSmtpAddress`: names, and no values.
fn names_only(cell: &str) -> Vec<NameValue> {
    let names = cell.trim_matches(['{', '}']).split([',', ';', ' ']);
    let is_name =
        |name: &&str| !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    names.map(str::trim).filter(is_name).map(|name| NameValue { name: name.to_owned(), value: None }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_that_were_rendered_keep_their_values() {
        let read = |cell: &str| rendered(cell).into_iter().map(|pair| (pair.name, pair.value)).collect::<Vec<_>>();
        let pair = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
        let both = [pair("Identity", "alice"), pair("ForwardingSmtpAddress", "")];
        assert_eq!(read(r#"[{"Name":"Identity","Value":"alice"},{"Name":"ForwardingSmtpAddress","Value":""}]"#), both);
        assert_eq!(read("-Identity alice -ForwardingSmtpAddress ''"), both);
        assert_eq!(read("{Identity}"), [("Identity".to_owned(), None)]);
    }

    #[test]
    fn names_without_values() {
        let names = |cell| names_only(cell).into_iter().map(|pair| pair.name).collect::<Vec<_>>();
        assert_eq!(names("{Identity, ForwardingSmtpAddress}"), ["Identity", "ForwardingSmtpAddress"]);
        assert_eq!(names("Identity DeliverToMailboxAndForward"), ["Identity", "DeliverToMailboxAndForward"]);
    }
}
