//! Message traces as CSV: Get-MessageTrace and V2, tables of the admin portals, and the two historical searches
//! (`mtrace_csv`, `mtrace_hist_summary_csv`, `mtrace_hist_detail_csv`); and Defender's hunting table `EmailEvents`
//! (`defender_emailevents_csv`).
//!
//! The first has a row per recipient, the summary a row per mail, the detail a row per step of a mail's way.

use chrono::TimeDelta;

use super::{Context, Format, Read, RecordReader, Remarks, Tools};
use crate::ingest::records::auditdata;
use crate::ingest::records::trace::{self, Traced};
use crate::ingest::sniff::{CsvHead, Head, Shape};
use crate::ingest::text::cells::{CellReader, Cells};
use crate::ingest::values::fields::{NameValue, text};
use crate::ingest::values::times::{DateOrder, iso_time, locale_time};
use crate::ingest::values::when::Clock;
use crate::knowledge::operations;
use crate::ledger::Note;
use crate::timeline::{Draft, EvidenceSource, Outcome};

/// Get-MessageTrace, Get-MessageTraceV2, and tables of the portals that have the same under friendlier names.
pub static TRACE: Format = Format {
    id: "mtrace_csv",
    evidence: EvidenceSource::MessageTrace,
    wants: &["received", "senderaddress", "recipientaddress", "status"],
    claims: |shape| matches!(shape, Shape::Csv(csv) if is_trace(csv) || is_screen(csv)),
    dates: |csv| Columns::of(csv, &TRACE_COLUMNS).time,
    reader: |head, context| Reader::boxed(head, *context, Kind::Trace),
};

/// Start-HistoricalSearch, report type MessageTrace (`MTSummary_…`).
pub static SUMMARY: Format = Format {
    id: "mtrace_hist_summary_csv",
    evidence: EvidenceSource::MessageTrace,
    wants: &["origin_timestamp_utc", "recipient_status", "message_subject"],
    claims: |shape| matches!(shape, Shape::Csv(csv) if csv.has(SUMMARY.wants)),
    dates: |csv| csv.column("origin_timestamp_utc"),
    reader: |head, context| Reader::boxed(head, *context, Kind::Summary),
};

/// Start-HistoricalSearch, report type MessageTraceDetail (`MTDetail_…`).
pub static DETAIL: Format = Format {
    id: "mtrace_hist_detail_csv",
    evidence: EvidenceSource::MessageTrace,
    wants: &["date_time_utc", "source", "event_id", "network_message_id", "custom_data"],
    claims: |shape| matches!(shape, Shape::Csv(csv) if csv.has(DETAIL.wants)),
    dates: |csv| csv.column("date_time_utc"),
    reader: |head, context| Reader::boxed(head, *context, Kind::Detail),
};

/// Defender, Advanced hunting, `EmailEvents`.
pub static EMAIL_EVENTS: Format = Format {
    id: "defender_emailevents_csv",
    evidence: EvidenceSource::MessageTrace,
    wants: &["timestamp", "networkmessageid", "recipientemailaddress", "deliveryaction"],
    claims: |shape| matches!(shape, Shape::Csv(csv) if csv.has(EMAIL_EVENTS.wants)),
    dates: |csv| csv.column("timestamp"),
    reader: |head, context| Reader::boxed(head, *context, Kind::Hunting),
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Trace,
    Summary,
    Detail,
    Hunting,
}

/// The names a column may have, without blanks and marks; the first that is there is taken.
struct Names {
    time: &'static [&'static str],
    sender: &'static [&'static str],
    recipient: &'static [&'static str],
    subject: &'static [&'static str],
    status: &'static [&'static str],
    message_id: &'static [&'static str],
    network_id: &'static [&'static str],
    client: &'static [&'static str],
    others: &'static [&'static str],
}

/// Get-MessageTrace's own names first, then those that portals and other readers use for the same.
const TRACE_COLUMNS: Names = Names {
    time: &["received", "datetime", "dateutc", "date", "timestamp"],
    sender: &["senderaddress", "sender", "from", "p1fromaddress", "p2fromaddresses", "p2fromaddress"],
    recipient: &["recipientaddress", "recipient", "to"],
    subject: &["subject"],
    status: &["status", "deliverystatus", "event", "eventid"],
    message_id: &["messageid", "internetmessageid"],
    network_id: &["messagetraceid", "networkmessageid"],
    client: &["fromip", "senderip", "originalclientip"],
    others: &["toip"],
};

const SUMMARY_COLUMNS: Names = Names {
    time: &["origintimestamputc"],
    sender: &["senderaddress"],
    recipient: &[],
    subject: &["messagesubject"],
    status: &["recipientstatus"],
    message_id: &["messageid"],
    network_id: &["networkmessageid"],
    client: &["originalclientip"],
    others: &[],
};

const DETAIL_COLUMNS: Names = Names {
    time: &["datetimeutc"],
    sender: &["senderaddress"],
    recipient: &["recipientaddress"],
    subject: &["messagesubject"],
    status: &["recipientstatus"],
    message_id: &["messageid"],
    network_id: &["networkmessageid"],
    client: &["originalclientip"],
    others: &["clientip", "serverip", "originalserverip"],
};

const HUNTING_COLUMNS: Names = Names {
    time: &["timestamp"],
    sender: &["senderfromaddress", "sendermailfromaddress"],
    recipient: &["recipientemailaddress"],
    subject: &["subject"],
    status: &["deliveryaction"],
    message_id: &["internetmessageid"],
    network_id: &["networkmessageid"],
    client: &["senderipv4", "senderipv6"],
    others: &["senderipv6"],
};

/// The spelling of the columns that stay as they are.
const SPELLING: [&str; 12] = [
    "PSComputerName",
    "RunspaceId",
    "PSShowComputerName",
    "Organization",
    "ToIP",
    "Size",
    "StartDate",
    "EndDate",
    "Index",
    "Direction",
    "MessageDirection",
    "MessageTraceId",
];

/// A column's name without blanks and marks.
fn bare(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Get-MessageTrace's own table, or what somebody selected of it: without any id, a mail is told by its subject.
fn is_trace(csv: &CsvHead) -> bool {
    csv.has(TRACE.wants) && trace::TELLING.iter().any(|name| csv.has(&[name]))
}

/// A table with a time, two addresses, a status and a message id, or the id of the trace or network in its place, under
/// names that readers know as those.
fn is_screen(csv: &CsvHead) -> bool {
    let columns = Columns::of(csv, &TRACE_COLUMNS);
    let id = columns.message_id.or(columns.network_id);
    [columns.time, columns.sender, columns.recipient, columns.status, id].iter().all(Option::is_some) && !is_trace(csv)
}

/// Where the columns are.
#[derive(Debug, Default)]
struct Columns {
    time: Option<usize>,
    sender: Option<usize>,
    recipient: Option<usize>,
    related: Option<usize>,
    subject: Option<usize>,
    status: Option<usize>,
    step: Option<usize>,
    message_id: Option<usize>,
    network_id: Option<usize>,
    client: Option<usize>,
    others: Vec<usize>,
    start: Option<usize>,
    end: Option<usize>,
    /// The other columns, with their names.
    rest: Vec<(usize, String)>,
}

impl Columns {
    fn of(csv: &CsvHead, names: &Names) -> Self {
        let have: Vec<String> = csv.columns.iter().map(|column| bare(column)).collect();
        let find = |wanted: &[&str]| wanted.iter().find_map(|name| have.iter().position(|column| column == name));
        let mut columns = Self {
            time: find(names.time),
            sender: find(names.sender),
            recipient: find(names.recipient),
            subject: find(names.subject),
            status: find(names.status),
            message_id: find(names.message_id),
            network_id: find(names.network_id),
            client: find(names.client),
            others: names.others.iter().filter_map(|name| find(&[name])).collect(),
            start: find(&["startdate"]),
            end: find(&["enddate"]),
            ..Self::default()
        };
        if csv.has(DETAIL.wants) {
            columns.step = csv.column("event_id");
            columns.related = csv.column("related_recipient_address");
        }
        let told = [
            columns.time,
            columns.sender,
            columns.recipient,
            columns.subject,
            columns.status,
            columns.message_id,
            columns.network_id,
            columns.client,
            columns.step,
        ];
        let rest = csv.columns.iter().enumerate().filter(|(at, name)| !told.contains(&Some(*at)) && !name.is_empty());
        columns.rest = rest.map(|(at, name)| (at, spelling(name))).collect();
        columns
    }
}

fn spelling(name: &str) -> String {
    let known = SPELLING.into_iter().find(|known| known.eq_ignore_ascii_case(name));
    known.unwrap_or(name).to_owned()
}

struct Reader {
    kind: Kind,
    width: usize,
    columns: Columns,
    order: Option<DateOrder>,
    /// The order is proved by the query that returned the rows.
    proved: bool,
    screen: bool,
}

impl Reader {
    fn boxed(head: &Head, context: Context, kind: Kind) -> Box<dyn RecordReader> {
        let names = match kind {
            Kind::Trace => &TRACE_COLUMNS,
            Kind::Summary => &SUMMARY_COLUMNS,
            Kind::Detail => &DETAIL_COLUMNS,
            Kind::Hunting => &HUNTING_COLUMNS,
        };
        let Shape::Csv(csv) = &head.shape else {
            let columns = Columns::default();
            return Box::new(Self { kind, width: 0, columns, order: None, proved: false, screen: false });
        };
        let columns = Columns::of(csv, names);
        // What the file's own queries prove stands above what was given for the files that prove nothing.
        let proved = order_by_query(csv, &columns);
        Box::new(Self {
            kind,
            width: csv.columns.len(),
            columns,
            order: proved.or(context.date_order),
            proved: proved.is_some(),
            screen: kind == Kind::Trace && is_screen(csv),
        })
    }

    fn traced<'a>(&self, cells: &Cells<'a>) -> Traced<'a> {
        let get = |index| cells.column(index);
        let status = get(self.columns.status);
        let mut traced = Traced {
            sender: get(self.columns.sender),
            subject: get(self.columns.subject),
            message_id: get(self.columns.message_id),
            network_id: get(self.columns.network_id),
            action: status,
            status,
            client: get(self.columns.client),
            others: self.columns.others.iter().map(|at| get(Some(*at))).collect(),
            rest: self.rest(cells),
            ..Traced::default()
        };
        match self.kind {
            Kind::Summary => {
                let told = statuses(status);
                traced.action = last_steps(&told);
                traced.recipients = told.iter().map(|(recipient, _)| *recipient).collect();
            }
            Kind::Detail => {
                traced.action = get(self.columns.step);
                traced.recipients = listed(get(self.columns.recipient));
                traced.related = listed(get(self.columns.related));
            }
            Kind::Trace => traced.recipients = listed(get(self.columns.recipient)),
            Kind::Hunting => {
                traced.recipients = listed(get(self.columns.recipient));
                if traced.client.is_empty() {
                    traced.client = traced.others.iter().copied().find(|other| !other.is_empty()).unwrap_or_default();
                }
            }
        }
        traced
    }

    fn rest(&self, cells: &Cells<'_>) -> Vec<NameValue> {
        let pair = |(at, name): &(usize, String)| {
            let value = cells.column(Some(*at));
            (!value.is_empty()).then(|| NameValue { name: name.clone(), value: Some(value.to_owned()) })
        };
        self.columns.rest.iter().filter_map(pair).collect()
    }
}

/// `a@x; b@x`
fn listed(cell: &str) -> Vec<&str> {
    cell.split(';').map(str::trim).filter(|name| !name.is_empty()).collect()
}

/// `a@x##Receive, Deliver;b@x##Receive, Fail`: each recipient with its last step.
fn statuses(cell: &str) -> Vec<(&str, &str)> {
    listed(cell)
        .into_iter()
        .map(|one| {
            let (recipient, steps) = one.split_once("##").unwrap_or((one, ""));
            (recipient.trim(), steps.rsplit(',').next().unwrap_or_default().trim())
        })
        .collect()
}

/// The one step that all recipients ended with; where they differ, that they do.
fn last_steps<'a>(told: &[(&str, &'a str)]) -> &'a str {
    let Some((_, first)) = told.first() else { return "" };
    if told.iter().all(|(_, step)| step.eq_ignore_ascii_case(first)) { first } else { "Mixed" }
}

/// No trace is kept longer, so no query reaches further.
const LONGEST_QUERY: TimeDelta = TimeDelta::days(90);

/// The order of dates is proved where read in one way only each of the first rows lies inside the query that returned it,
/// and the query inside the time for which traces are kept.
fn order_by_query(csv: &CsvHead, columns: &Columns) -> Option<DateOrder> {
    let mut cells = CellReader::new(csv.delimiter);
    let mut possible = vec![DateOrder::Mdy, DateOrder::Dmy, DateOrder::Ymd];
    let mut proofs = 0;
    for row in &csv.sample {
        let cells = cells.read(row);
        let (start, end) = (cells.column(columns.start), cells.column(columns.end));
        let written = cells.column(columns.time);
        // An ISO time needs no order.
        if start.is_empty() || end.is_empty() || iso_time(written).is_some() {
            continue;
        }
        possible.retain(|order| {
            let read = |written| trace::any_time(written, Some(*order));
            let time = locale_time(written, *order);
            time.zip(read(start))
                .zip(read(end))
                .is_some_and(|((time, start), end)| start <= time && time <= end && end - start <= LONGEST_QUERY)
        });
        proofs += 1;
    }
    possible.first().copied().filter(|_| proofs > 0 && possible.len() == 1)
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, row: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let cells = tools.cells.read(row);
        let mut event = Box::<Draft<'_>>::default();
        auditdata::note_ragged(&mut event, remarks, cells.len(), self.width);
        let written = cells.column(self.columns.time);
        // The hunting page shows times in the zone that its reader has chosen, and does not name it.
        let clock = Clock { order: self.order, assumed: self.kind == Kind::Hunting };
        let (time, basis) = clock.read(written)?;
        event.datetime = time;
        event.datetime_text = text(written);
        event.time_zone_basis = text(basis);
        trace::fill(self.traced(&cells), &mut event);
        event.timestamp_desc = text(match self.kind {
            Kind::Detail => operations::timestamp_desc(None, event.action(), event.outcome == Outcome::Success),
            Kind::Trace | Kind::Summary | Kind::Hunting => "Received Time",
        });
        let query = |at| trace::any_time(cells.column(at), self.order);
        let outside = trace::check_query(&mut event, query(self.columns.start), query(self.columns.end));
        remarks.extend(outside.map(|text| ("R-150", text)));
        if self.screen {
            auditdata::note(&mut event, "C-211");
        }
        event.raw = Some(row.into());
        Ok(event)
    }

    fn proves_order(&self) -> bool {
        self.proved
    }

    fn notes(&self) -> Vec<Note> {
        let text = "a table of message traces recognised by its shape: columns were taken by what their names mean";
        self.screen.then(|| Note::new("C-211", text)).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{last_steps, statuses};

    #[test]
    fn recipients_with_their_steps() {
        let told = statuses("a@x.example##Receive, Deliver;b@x.example##Receive, Fail");
        assert_eq!(told, [("a@x.example", "Deliver"), ("b@x.example", "Fail")]);
        assert_eq!(last_steps(&told), "Mixed");
        assert_eq!(last_steps(&statuses("a@x.example##Receive, Send;b@x.example##Receive, Send")), "Send");
        assert_eq!(last_steps(&statuses("")), "");
    }
}
