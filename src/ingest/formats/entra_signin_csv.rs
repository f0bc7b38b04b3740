//! Entra sign-ins as the portal's CSV download, in any of its column sets and languages: of users
//! (`entra_signin_portal_csv`), and of applications and managed identities (`entra_spsignin_portal_csv`).
//!
//! Columns are found by name: the header has doubled and padded names and drifts from year to year.

use super::{Context, Format, Read, RecordReader, Remarks, Tools};
use crate::ingest::entra_portal::portal::{self, Columns};
use crate::ingest::records::{asked, auditdata, signin};
use crate::ingest::sniff::{CsvHead, Head, Shape};
use crate::ingest::text::cells::Cells;
use crate::ingest::values::addresses;
use crate::ingest::values::fields::{lower, text};
use crate::ingest::values::when::Clock;
use crate::ledger::Note;
use crate::timeline::json::boolean;
use crate::timeline::{Draft, EvidenceSource, Outcome};

/// `entra_signin_portal_csv`.
pub static USERS: Format = Format {
    id: "entra_signin_portal_csv",
    evidence: EvidenceSource::EntraSignin,
    wants: &portal::WANTS,
    claims: |shape| matches!(shape, Shape::Csv(csv) if portal::columns(csv).is_some() && !of_applications(csv)),
    dates: |csv| portal::columns(csv)?.place("date (utc)"),
    reader: |head: &Head, context: &Context| Reader::boxed(head, context, "unknown"),
};

/// `entra_spsignin_portal_csv`.
pub static APPLICATIONS: Format = Format {
    id: "entra_spsignin_portal_csv",
    evidence: EvidenceSource::EntraSignin,
    wants: &["date (utc)", "request id", "service principal id"],
    claims: |shape| matches!(shape, Shape::Csv(csv) if of_applications(csv)),
    dates: |csv| csv.column("date (utc)"),
    reader: |head: &Head, context: &Context| Reader::boxed(head, context, "service_principal"),
};

fn of_applications(csv: &CsvHead) -> bool {
    csv.has(APPLICATIONS.wants) && csv.column("username").is_none()
}

struct Reader {
    /// Header as it stands, for the width.
    header: Vec<String>,
    columns: Columns,
    kind: &'static str,
    clock: Clock,
}

impl Reader {
    fn boxed(head: &Head, context: &Context, kind: &'static str) -> Box<dyn RecordReader> {
        let csv = match &head.shape {
            Shape::Csv(csv) => Some(csv),
            _ => None,
        };
        let header = csv.map(|csv| csv.columns.clone()).unwrap_or_default();
        let by_name = || Columns::english(header.clone());
        let columns = csv.and_then(portal::columns).unwrap_or_else(by_name);
        let kind = signin::kind_by_name(&head.file_name).unwrap_or(kind);
        Box::new(Self { header, columns, kind, clock: Clock { order: context.date_order, assumed: false } })
    }
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, row: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let cells = tools.cells.read(row);
        let mut event = Box::<Draft<'_>>::default();
        auditdata::note_ragged(&mut event, remarks, cells.len(), self.header.len());
        self.clock.set(&mut event, cells.column(self.columns.place("date (utc)")))?;
        self.fill(&cells, &mut event);
        signin::finish(&mut event);
        event.raw = Some(row.into());
        Ok(event)
    }

    fn notes(&self) -> Vec<Note> {
        let kind = "interactive or not is told by the name of the file only, and this one does not tell";
        let unknown = (self.kind == "unknown").then(|| Note::new("C-210", kind));
        self.columns.note().into_iter().chain(unknown).chain([portal::filters()]).collect()
    }
}

impl Reader {
    fn fill<'r>(&'r self, cells: &Cells<'r>, event: &mut Draft<'r>) {
        let get = |name: &str| cells.column(self.columns.place(name));
        event.event_id = lower(get("request id"));
        event.request_id = event.event_id.clone();
        event.correlation_id = lower(get("correlation id"));
        event.user_raw = text(get("username"));
        event.user_upn = auditdata::upn(get("username"));
        event.user_id = lower(get("user id")).filter(|id| crate::knowledge::names::is_guid(id));
        event.user_full_name = text(get("user"));
        if event.user_raw.is_none() && event.user_id.is_none() {
            let (name, id) = (get("service principal name"), get("service principal id"));
            signin::set_service_principal(event, name.into(), id.into());
        }
        signin::set_home(event, get("user type"), [get("home tenant id"), get("resource tenant id")]);
        if let Some(address) = addresses::address(get("ip address")) {
            addresses::set_address(event, &[address]);
        }
        if event.source_ip_class.as_deref() == Some("invalid") {
            auditdata::note(event, "R-111");
        }
        event.related_ip = addresses::address(get("ip address (seen by resource)")).and_then(|seen| text(seen.text));
        event.as_number = get("autonomous system number").parse().ok();
        set_location(get("location"), event);
        self.set_outcome(cells, event);
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
        self.set_device(cells, event);
        event.auth_requirement = text(get("authentication requirement"));
        event.auth_protocol = text(get("authentication protocol"));
        let asked = |name: &str| match name {
            "incomingTokenType" => get("incoming token type"),
            "originalTransferMethod" => get("original transfer method"),
            _ => "",
        };
        asked::keep_cells(asked, event);
        event.mfa_result = text(get("multifactor authentication result"));
        event.ca_status = text(get("conditional access"));
        event.sign_in_kind = text(self.kind);
    }

    fn set_device<'r>(&self, cells: &Cells<'r>, event: &mut Draft<'r>) {
        let get = |name: &str| cells.column(self.columns.place(name));
        event.device_id = lower(get("device id"));
        event.device_os = text(get("operating system"));
        event.browser = text(get("browser"));
        event.device_compliant = yes_or_no(get("compliant"));
        event.device_managed = yes_or_no(get("managed"));
        event.device_trust = text(get("join type"));
    }

    /// By code; by the word where there is none. Where the word is not known either, the code decides: the portal
    /// leaves it blank for successes only.
    fn set_outcome<'r>(&self, cells: &Cells<'r>, event: &mut Draft<'r>) {
        let code = self.columns.place("sign-in error code");
        let status = cells.column(self.columns.place("status"));
        signin::set_outcome(event, cells.column(code).into(), status);
        if event.outcome == Outcome::Unknown && self.columns.localised && !status.is_empty() {
            let blank = code.is_some_and(|code| code < cells.len() && cells.column(Some(code)).is_empty());
            event.outcome = if blank { Outcome::Success } else { Outcome::Unknown };
        }
    }
}

/// The portal writes `Yes` and `No`, in the reader's language, where collectors write `True` and `False`.
fn yes_or_no(text: &str) -> Option<bool> {
    const YES: [&str; 8] = ["yes", "ja", "oui", "sí", "si", "sì", "sim", "はい"];
    const NO: [&str; 8] = ["no", "nein", "non", "não", "nee", "nej", "nei", "いいえ"];
    let is = |words: [&str; 8]| words.contains(&text.trim().to_lowercase().as_str());
    boolean(text).or_else(|| is(YES).then_some(true)).or_else(|| is(NO).then_some(false))
}

/// `City, State, CC`, split from the right: a city may hold commas, city and state may be empty.
fn set_location<'r>(location: &'r str, event: &mut Draft<'r>) {
    let mut parts = location.rsplitn(3, ',');
    event.geo_country = parts.next().and_then(|country| text(country.to_uppercase()));
    event.geo_region = parts.next().and_then(text);
    event.geo_city = parts.next().and_then(text);
    event.geo_basis = event.geo_country.as_ref().and_then(|_| text("log"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_managed_in_words_of_any_language_or_nothing_is_said() {
        for (text, expected) in [
            ("Yes", Some(true)),
            ("True", Some(true)),
            ("Nein", Some(false)),
            (" SÍ", Some(true)),
            ("いいえ", Some(false)),
        ] {
            assert_eq!(yes_or_no(text), expected, "{text}");
        }
        assert_eq!((yes_or_no(""), yes_or_no("maybe")), (None, None));
    }
}
