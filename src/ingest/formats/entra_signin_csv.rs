//! Entra sign-ins as the portal's CSV download, in any of its column sets (`entra_signin_portal_csv`).
//!
//! Columns are found by name: the header has doubled and padded names and drifts from year to year.

use super::{Context, Format, RecordReader, Refusal, Tools};
use crate::ingest::cells::Cells;
use crate::ingest::fields::{self, DateOrder, lower, text};
use crate::ingest::sniff::{CsvHead, Head, Shape};
use crate::ingest::{auditdata, signin};
use crate::ledger::Note;
use crate::timeline::json::boolean;
use crate::timeline::{Event, EvidenceSource, ParseStatus};

/// `entra_signin_portal_csv`.
pub static FORMAT: Format = Format {
    id: "entra_signin_portal_csv",
    evidence: EvidenceSource::EntraSignin,
    wants: &["date (utc)", "request id", "correlation id", "ip address", "status"],
    claims: |shape| {
        matches!(shape, Shape::Csv(csv) if csv.has(FORMAT.wants)
            && (csv.column("username").is_some() || csv.column("service principal id").is_none()))
    },
    dates: |csv| csv.column("date (utc)"),
    reader: |head: &Head, context: &Context| match &head.shape {
        Shape::Csv(csv) => Box::new(Reader::new(csv, &head.file_name, *context)),
        _ => Box::new(Reader::new(&CsvHead { delimiter: b',', columns: Vec::new(), skip: 0, lines: 0, sample: Vec::new() }, "", *context)),
    },
};

/// The columns, by the names of the English portal.
struct Reader {
    names: Vec<String>,
    kind: &'static str,
    order: Option<DateOrder>,
}

impl Reader {
    fn new(csv: &CsvHead, file_name: &str, context: Context) -> Self {
        Self {
            names: csv.columns.clone(),
            kind: signin::kind_by_name(file_name).unwrap_or("unknown"),
            order: context.date_order,
        }
    }

    fn time(&self, written: &str) -> Result<(chrono::DateTime<chrono::Utc>, &'static str), Refusal> {
        if let Some(iso) = fields::iso_time(written) {
            return Ok((iso.time, if iso.zoned { "explicit" } else { "implied_utc" }));
        }
        let Some(order) = self.order else {
            let read = |order| fields::locale_time(written, order).map(crate::timeline::format_time);
            return Err(match (read(DateOrder::Mdy), read(DateOrder::Dmy)) {
                (Some(mdy), Some(dmy)) => {
                    Refusal::new("F-040", format!("'{written}' is {mdy} or {dmy}, and nothing in the file decides; pass --date-order"))
                }
                _ => Refusal::new("F-041", format!("'{written}' is no readable time: it cannot enter the timeline")),
            });
        };
        let time = fields::locale_time(written, order)
            .ok_or_else(|| Refusal::new("F-041", format!("'{written}' is no readable time: it cannot enter the timeline")))?;
        Ok((time, "implied_utc"))
    }
}

impl RecordReader for Reader {
    fn read(&self, row: &str, tools: &mut Tools) -> Result<Box<Event>, Refusal> {
        let Tools { cells, remarks } = tools;
        let cells = cells.read(row);
        let mut event = Box::<Event>::default();
        if cells.len() != self.names.len() {
            remarks.push(("R-106", format!("row has {} cells, header has {}", cells.len(), self.names.len())));
            auditdata::note(&mut event, "R-106");
            event.parse_status = ParseStatus::Salvaged;
        }
        let get = |name: &str| cells.column(self.names.iter().position(|column| column == name));
        let written = get("date (utc)");
        let (time, basis) = self.time(written)?;
        event.datetime = time;
        event.datetime_text = text(written);
        event.time_zone_basis = text(basis);
        self.fill(&cells, &mut event);
        signin::finish(&mut event);
        event.raw = Some(row.into());
        Ok(event)
    }

    fn notes(&self) -> Vec<Note> {
        let filters = "filters set in the portal leave no trace in the file: it may not hold all sign-ins";
        let kind = "interactive or not is told by the name of the file only, and this one does not tell";
        let unknown = (self.kind == "unknown").then(|| Note::new("C-210", kind));
        unknown.into_iter().chain([Note::new("C-212", filters)]).collect()
    }
}

impl Reader {
    fn fill(&self, cells: &Cells<'_>, event: &mut Event) {
        let get = |name: &str| cells.column(self.names.iter().position(|column| column == name));
        event.event_id = lower(get("request id"));
        event.request_id = event.event_id.clone();
        event.correlation_id = lower(get("correlation id"));
        event.user_raw = text(get("username"));
        event.user_upn = auditdata::upn(get("username"));
        event.user_id = lower(get("user id")).filter(|id| crate::knowledge::names::is_guid(id));
        event.user_full_name = text(get("user"));
        if let Some(address) = fields::address(get("ip address")) {
            fields::set_address(event, &[address]);
        }
        event.related_ip = fields::address(get("ip address (seen by resource)")).and_then(|seen| text(&seen.text));
        event.as_number = get("autonomous system number").parse().ok();
        set_location(get("location"), event);
        signin::set_outcome(event, get("sign-in error code"), get("status"));
        event.status_text = text(get("status"));
        event.status_reason = text(get("failure reason"));
        event.user_agent = text(get("user agent"));
        event.client_app = text(get("client app"));
        event.app_id = lower(get("application id"));
        event.app_name = text(get("application"));
        event.resource_id = lower(get("resource id"));
        event.resource_name = text(get("resource"));
        event.session_id = lower(get("session id"));
        event.unique_token_id = text(get("unique token identifier"));
        event.device_id = lower(get("device id"));
        event.device_os = text(get("operating system"));
        event.browser = text(get("browser"));
        event.device_compliant = boolean(get("compliant"));
        event.device_managed = boolean(get("managed"));
        event.device_trust = text(get("join type"));
        event.auth_requirement = text(get("authentication requirement"));
        event.auth_protocol = text(get("authentication protocol")).filter(|protocol| !protocol.eq_ignore_ascii_case("none"));
        event.mfa_result = text(get("multifactor authentication result"));
        event.ca_status = text(get("conditional access"));
        event.sign_in_kind = text(self.kind);
    }
}

/// `City, State, CC`, split from the right: a city may hold commas, city and state may be empty.
fn set_location(location: &str, event: &mut Event) {
    let mut parts = location.rsplitn(3, ',');
    event.geo_country = parts.next().and_then(|country| text(&country.to_uppercase()));
    event.geo_region = parts.next().and_then(text);
    event.geo_city = parts.next().and_then(text);
    event.geo_basis = event.geo_country.as_ref().and_then(|_| text("log"));
}
