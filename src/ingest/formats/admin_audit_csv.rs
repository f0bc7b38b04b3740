//! The admin audit log as CSV: `Search-AdminAuditLog | Export-Csv`, which loses the parameters' values
//! (`admin_audit_csv`), and Hawk's table with the command line (`admin_audit_simple_csv`).

use super::{Context, Format, RecordReader, Refusal, Tools};
use crate::ingest::admin_audit::Frame;
use crate::ingest::auditdata::note;
use crate::ingest::cells::Cells;
use crate::ingest::fields::{self, DateOrder, NameValue};
use crate::ingest::sniff::{CsvHead, Head, Shape};
use crate::timeline::{Event, EvidenceSource, ParseStatus};

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
    fn read(&self, row: &str, tools: &mut Tools) -> Result<Box<Event>, Refusal> {
        let Tools { cells, remarks, .. } = tools;
        let cells = cells.read(row);
        let mut event = Box::<Event>::default();
        if cells.len() != self.names.len() {
            remarks.push(("R-106", format!("row has {} cells, header has {}", cells.len(), self.names.len())));
            note(&mut event, "R-106");
            event.parse_status = ParseStatus::Salvaged;
        }
        let get = |name: &str| self.get(&cells, name);
        let (written, basis) =
            if self.simple { (get("rundate(utc)"), "explicit") } else { (get("rundate"), "assumed_utc") };
        let time = fields::file_time(written, self.order)?;
        let (cmdlet, parameters) = if self.simple {
            (get("cmdlet"), command_line(get("fullcommand")))
        } else {
            (get("cmdletname"), names_only(get("cmdletparameters")))
        };
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
        if !self.simple {
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

/// `{Identity, ForwardingSmtpAddress}` or `Identity ForwardingSmtpAddress`: names, and no values.
fn names_only(cell: &str) -> Vec<NameValue> {
    let names = cell.trim_matches(['{', '}']).split([',', ';', ' ']);
    let is_name =
        |name: &&str| !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    names.map(str::trim).filter(is_name).map(|name| NameValue { name: name.to_owned(), value: None }).collect()
}

/// `New-InboxRule -Name 'a b' -StopProcessingRules $true`: each parameter with its value, as the table's
/// maker joined them.
fn command_line(command: &str) -> Vec<NameValue> {
    let mut parameters = Vec::new();
    let mut rest = command;
    while let Some((name, behind)) = next_parameter(rest) {
        let (value, behind) = value_of(behind);
        parameters.push(NameValue { name: name.to_owned(), value: Some(value) });
        rest = behind;
    }
    parameters
}

/// The next ` -Name`, and what stands behind it.
fn next_parameter(text: &str) -> Option<(&str, &str)> {
    let at = parameter_at(text)?;
    let rest = text.get(at..)?.trim_start().strip_prefix('-')?;
    let end = rest.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(rest.len());
    Some((rest.get(..end)?, rest.get(end..)?))
}

/// Where a blank, a hyphen and a letter begin the next parameter.
fn parameter_at(text: &str) -> Option<usize> {
    text.match_indices(" -")
        .map(|(at, _)| at)
        .find(|at| text.get(at + 2..).and_then(|rest| rest.chars().next()).is_some_and(char::is_alphabetic))
}

/// The value up to the next parameter. A quoted one ends where its quote is followed by one: it may hold others.
fn value_of(text: &str) -> (String, &str) {
    if parameter_at(text) == Some(0) {
        // A switch: the next parameter follows.
        return (String::new(), text);
    }
    let text = text.strip_prefix([':', ' ']).unwrap_or(text);
    if let Some(quote) = text.chars().next().filter(|first| matches!(first, '\'' | '"')) {
        let inner = text.get(1..).unwrap_or_default();
        let closing = inner.match_indices(quote).map(|(at, _)| at).find(|at| {
            let behind = inner.get(at + 1..).unwrap_or_default();
            behind.trim().is_empty() || parameter_at(behind) == Some(0)
        });
        if let Some(at) = closing {
            return (inner.get(..at).unwrap_or_default().to_owned(), inner.get(at + 1..).unwrap_or_default());
        }
    }
    let end = parameter_at(text).unwrap_or(text.len());
    let value = text.get(..end).unwrap_or_default().trim();
    let value = match value {
        "$true" => "True",
        "$false" => "False",
        "$null" => "",
        other => other,
    };
    (value.to_owned(), text.get(end..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_with_quotes_switches_and_hyphens() {
        let read = |command: &str| -> Vec<(String, String)> {
            command_line(command).into_iter().map(|pair| (pair.name, pair.value.unwrap_or_default())).collect()
        };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            read(
                "New-InboxRule -Name 'O'Brien - pay' -MoveToFolder RSS Feeds \
                 -StopProcessingRules $true -From \"a@b.example\""
            ),
            [
                pair("Name", "O'Brien - pay"),
                pair("MoveToFolder", "RSS Feeds"),
                pair("StopProcessingRules", "True"),
                pair("From", "a@b.example"),
            ]
        );
        assert_eq!(
            read("Set-Mailbox -Identity '' -Force -Type Shared"),
            [pair("Identity", ""), pair("Force", ""), pair("Type", "Shared")]
        );
        assert!(read("Get-Mailbox").is_empty());
    }

    #[test]
    fn names_without_values() {
        let names = |cell| names_only(cell).into_iter().map(|pair| pair.name).collect::<Vec<_>>();
        assert_eq!(names("{Identity, ForwardingSmtpAddress}"), ["Identity", "ForwardingSmtpAddress"]);
        assert_eq!(names("Identity DeliverToMailboxAndForward"), ["Identity", "DeliverToMailboxAndForward"]);
    }
}
