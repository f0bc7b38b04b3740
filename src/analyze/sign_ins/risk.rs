//! What the service says of risk: of a sign-in in its own record, and in reports that name the sign-in they are about.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;

use crate::analyze::exam::Row;
use crate::knowledge::errors;
use crate::timeline::{Event, EvidenceSource, details, json};

/// Risk reports about the account: each is about a sign-in, which it names by request or by correlation.
#[derive(Debug, Default)]
pub struct RiskReports<'a> {
    risky: Named<'a>,
    /// Those that were taken back.
    taken_back: Named<'a>,
}

impl<'a> RiskReports<'a> {
    /// Those on the table that are about the account.
    pub fn of(rows: &'a [Row<'a>]) -> Self {
        Self::among(rows, |row| row.parts.any())
    }

    /// Those among these rows, whoever they are about.
    pub fn of_anybody(rows: &'a [Row<'a>]) -> Self {
        Self::among(rows, |_| true)
    }

    fn among(rows: &'a [Row<'a>], about: impl Fn(&Row<'_>) -> bool) -> Self {
        let is_report = |row: &&Row<'_>| {
            let risk = row.event.evidence_source == EvidenceSource::Risk || row.event.record_type == Some(294);
            risk && about(row)
        };
        let is_taken_back = |row: &&Row<'_>| is_taken_back(row.event);
        let (taken_back, others): (Vec<_>, Vec<_>) = rows.iter().filter(is_report).partition(is_taken_back);
        let risky = others.into_iter().filter(|row| service_risk(row.event).is_some()).collect();
        Self { risky: Named::of(risky), taken_back: Named::of(taken_back) }
    }

    /// Whether a report about this sign-in says that its risk was looked at and called safe.
    pub fn called_safe(&self, sign_in: &Row<'_>) -> bool {
        self.taken_back.about(sign_in).any(|report| is_called_safe(report.event))
    }

    /// Whether a report about this sign-in was taken back, with a word why or without one.
    pub fn taken_back(&self, sign_in: &Row<'_>) -> bool {
        !self.taken_back.places(sign_in).is_empty()
    }

    /// What a report says of this sign-in.
    pub fn about(&self, sign_in: &Row<'_>) -> Option<String> {
        self.risky.about(sign_in).next().and_then(|report| service_risk(report.event))
    }

    /// Whether a report took back what the sign-in's own record still says: a log keeps the risk of the hour in which the
    /// sign-in was written down, and a report that was pulled later how it ended. Not where the record names a kind of risk
    /// that no such report is about, or where somebody confirmed it.
    pub fn is_settled(&self, sign_in: &Row<'_>) -> bool {
        let reports = || self.taken_back.about(sign_in).map(|report| report.event);
        let open = |kind: &str| !kind.is_empty() && !is_mask(kind) && !reports().any(|event| is_of_kind(event, kind));
        let state = sign_in.event.risk_state.as_deref().unwrap_or_default();
        reports().next().is_some()
            && !state.eq_ignore_ascii_case("confirmedCompromised")
            && self.risky.places(sign_in).is_empty()
            && !kinds(sign_in.event).split("; ").any(open)
    }

    /// Whether somebody looked at the risk of this sign-in and called it safe, and nothing else speaks against it.
    pub fn is_safe(&self, sign_in: &Row<'_>) -> bool {
        (is_called_safe(sign_in.event) || self.called_safe(sign_in)) && self.against(sign_in, false).is_none()
    }

    /// What speaks against this sign-in, in its own record or in a report. On the owner's own machine a mild word does
    /// not.
    pub fn against(&self, sign_in: &Row<'_>, own_machine: bool) -> Option<String> {
        let counts = |event: &Event| !(own_machine && is_mild(event));
        let own =
            std::iter::once(sign_in.event).filter(|event| service_risk(event).is_some() && !self.is_settled(sign_in));
        own.chain(self.risky.about(sign_in).map(|report| report.event))
            .filter(|event| counts(event))
            .find_map(service_risk)
    }

    /// The record that calls this sign-in one of this kind (lower case): its own, or a report about it. None, where the
    /// risk was called safe.
    pub fn telling<'r>(&self, sign_in: &'r Row<'r>, kind: &str) -> Option<&'r Row<'r>>
    where
        'a: 'r,
    {
        if is_called_safe(sign_in.event) || self.called_safe(sign_in) {
            return None;
        }
        let own = std::iter::once(sign_in);
        own.chain(self.risky.about(sign_in).map(|report| report as &'r Row<'r>)).find(|row| is_of_kind(row.event, kind))
    }

    /// Whether the service is next to sure that this sign-in was not its owner's, in its own record or in a report.
    pub fn is_grave(&self, sign_in: &Row<'_>) -> bool {
        is_grave(sign_in.event) && !self.is_settled(sign_in)
            || self.risky.about(sign_in).any(|report| is_grave(report.event))
    }

    /// The reports whose sign-in is not in the evidence: their own address is all there is.
    pub fn alone(&self, rows: &'a [Row<'a>]) -> impl Iterator<Item = &'a Row<'a>> {
        let sign_ins = rows.iter().filter(|row| row.is_sign_in());
        let told: BTreeSet<usize> = sign_ins.flat_map(|sign_in| self.risky.places(sign_in)).collect();
        let reports = self.risky.rows.iter().copied().enumerate();
        reports.filter(move |(place, _)| !told.contains(place)).map(|(_, report)| report)
    }
}

/// Whether a record names this kind of risk (lower case).
fn is_of_kind(event: &Event, kind: &str) -> bool {
    kinds(event).split("; ").any(|told| told == kind)
}

/// The kinds of risk that a record names, lower-cased.
fn kinds(event: &Event) -> String {
    event.risk_events.as_deref().unwrap_or_default().to_lowercase()
}

/// Reports, to be found by the names of the sign-in that they are about.
#[derive(Debug, Default)]
struct Named<'a> {
    rows: Vec<&'a Row<'a>>,
    /// Places in the list, by what names a sign-in.
    places: HashMap<Name, Vec<usize>, RandomState>,
}

/// What names a sign-in, lower-cased.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Name {
    Request(String),
    Correlation(String),
}

impl<'a> Named<'a> {
    fn of(rows: Vec<&'a Row<'a>>) -> Self {
        let mut places: HashMap<Name, Vec<usize>, RandomState> = HashMap::default();
        for (place, row) in rows.iter().enumerate() {
            let named = [request(row.event.request_id.as_deref()), correlation(row.event)];
            for name in named.into_iter().flatten() {
                places.entry(name).or_default().push(place);
            }
        }
        Self { rows, places }
    }

    /// The places of the reports about a sign-in.
    fn places(&self, sign_in: &Row<'_>) -> BTreeSet<usize> {
        if self.rows.is_empty() {
            return BTreeSet::new();
        }
        let names = |event: &Event| {
            let [id, request_id] = [&event.event_id, &event.request_id].map(|id| request(id.as_deref()));
            [id, request_id, correlation(event)]
        };
        let events = std::iter::once(sign_in.event).chain(sign_in.twins.iter().copied());
        let named = events.flat_map(names).flatten().filter_map(|name| self.places.get(&name));
        named.flatten().copied().collect()
    }

    /// The reports about a sign-in, in their order.
    fn about(&self, sign_in: &Row<'_>) -> impl Iterator<Item = &'a Row<'a>> {
        self.places(sign_in).into_iter().filter_map(|place| self.rows.get(place).copied())
    }
}

fn request(id: Option<&str>) -> Option<Name> {
    told(id).map(Name::Request)
}

fn correlation(event: &Event) -> Option<Name> {
    told(event.correlation_id.as_deref()).map(Name::Correlation)
}

/// An id that names something: zeros do not.
fn told(id: Option<&str>) -> Option<String> {
    let id = id?;
    (!id.chars().all(|letter| matches!(letter, '0' | '-'))).then(|| id.to_lowercase())
}

/// Details of a risk that was dismissed although nobody called the sign-in safe, lower-cased: the account was tidied up
/// after the incident, or the person changed the password. Source: Microsoft Graph riskDetail values, read 2026-08.
const TIDIED: [&str; 9] = [
    "admindismissedallriskforuser",
    "admingeneratedtemporarypassword",
    "userperformedsecuredpasswordchange",
    "userperformedsecuredpasswordreset",
    "userchangedpasswordonpremises",
    "userpassedmfadrivenbyriskbasedpolicy",
    "adminconfirmedsignincompromised",
    "adminconfirmedusercompromised",
    "admindismissedallriskforserviceprincipal",
];

/// Details of a risk that somebody, or the service, looked at and called safe, lower-cased. Source as above.
const SAFE: [&str; 5] = [
    "aiconfirmedsigninsafe",
    "adminconfirmedsigninsafe",
    "adminconfirmedaccountsafe",
    "admindismissedriskforsignin",
    "m365dadmindismisseddetection",
];

/// Whether somebody looked at the risk and called it safe. A dismissal that does not say why is no such word.
pub fn is_called_safe(event: &Event) -> bool {
    let state = event.risk_state.as_deref().unwrap_or_default();
    state.eq_ignore_ascii_case("confirmedSafe") || is_dismissed(event) && SAFE.contains(&detail(event).as_str())
}

/// Whether the risk was dismissed, so that it speaks against the sign-in no longer. Who dismisses all of an account at once,
/// when the incident is over, says nothing of the single sign-in.
pub fn is_dismissed(event: &Event) -> bool {
    let state = event.risk_state.as_deref().unwrap_or_default();
    state.eq_ignore_ascii_case("dismissed") && !TIDIED.contains(&detail(event).as_str())
}

/// Whether the risk speaks against the sign-in no longer: somebody called it safe, or dismissed it without a word why.
pub fn is_taken_back(event: &Event) -> bool {
    is_called_safe(event) || is_dismissed(event)
}

/// Why the risk is in its state, lower-cased; a report has a column for it, a sign-in its own object.
fn detail(event: &Event) -> String {
    let detail = match event.evidence_source {
        EvidenceSource::EntraSignin => json::text(&details::members(event, &["riskDetail"]), "riskDetail"),
        _ => event.status_reason.as_deref().map(str::to_owned),
    };
    detail.unwrap_or_default().to_lowercase()
}

/// Whether the service calls the risk low, and for nothing but the place or the client: what a hotel makes of everybody.
pub fn is_mild(event: &Event) -> bool {
    let lower = |text: &Option<Box<str>>| text.as_deref().unwrap_or_default().to_lowercase();
    let kinds = lower(&event.risk_events);
    lower(&event.risk_level) == "low"
        && lower(&event.risk_state) != "confirmedcompromised"
        && kinds.split("; ").all(|kind| kind.is_empty() || errors::risk_is_of_place(kind))
}

/// Whether the service says that it is next to sure: what a hotel, a new telephone or a provider makes of nobody.
pub fn is_grave(event: &Event) -> bool {
    let lower = |text: &Option<Box<str>>| text.as_deref().unwrap_or_default().to_lowercase();
    let kinds = lower(&event.risk_events);
    let sure = lower(&event.risk_level) == "high" || lower(&event.risk_state) == "confirmedcompromised";
    (sure || kinds.split("; ").any(errors::risk_is_near_proof)) && service_risk(event).is_some()
}

/// Why the service calls a sign-in risky; `None` where it does not, or where the risk was called safe.
pub fn service_risk(event: &Event) -> Option<String> {
    let lower = |text: &Option<Box<str>>| text.as_deref().unwrap_or_default().to_lowercase();
    let (state, level, kinds) = (lower(&event.risk_state), lower(&event.risk_level), lower(&event.risk_events));
    if is_taken_back(event) {
        return None;
    }
    if let Some(kind) = kinds.split("; ").find(|kind| errors::risk_is_near_proof(kind)) {
        return Some(format!("risk detection {kind}"));
    }
    // A masked risk says next to nothing, unless it is high or somebody confirmed it.
    if is_masked(&kinds) && level != "high" && state != "confirmedcompromised" {
        return None;
    }
    if matches!(state.as_str(), "atrisk" | "confirmedcompromised") {
        return Some(format!("risk state {state}"));
    }
    (level == "high").then(|| "risk level high".to_owned())
}

/// What the reader is told of a risk whose kind is hidden.
pub const MASKED: &str = "a risk whose kind is masked (no P2 licence)";

/// Whether the service calls the sign-in risky, more than a little, and hides why: that is a hint, and no more.
pub fn is_masked_risk(event: &Event) -> bool {
    let lower = |text: &Option<Box<str>>| text.as_deref().unwrap_or_default().to_lowercase();
    let told = lower(&event.risk_state) == "atrisk" && lower(&event.risk_level) == "medium";
    told && is_masked(&lower(&event.risk_events)) && service_risk(event).is_none()
}

/// Without a licence the service masks the kinds.
fn is_masked(kinds: &str) -> bool {
    kinds.split("; ").all(is_mask)
}

/// What stands in the place of a kind.
fn is_mask(kind: &str) -> bool {
    matches!(kind, "generic" | "hidden")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_low_risk_of_the_place_is_mild() {
        let mild = |level: &str, state: &str, kinds: &str| {
            is_mild(&Event {
                risk_level: Some(level.into()),
                risk_state: Some(state.into()),
                risk_events: Some(kinds.into()),
                ..Event::default()
            })
        };
        assert!(mild("low", "atRisk", "unfamiliarFeatures"));
        assert!(mild("Low", "atRisk", "unlikelyTravel; unfamiliarFeatures"));
        assert!(mild("low", "atRisk", "generic"));
        assert!(!mild("medium", "atRisk", "unfamiliarFeatures"));
        assert!(!mild("low", "confirmedCompromised", "unfamiliarFeatures"));
        // A page in between, a copied token, a known bad address are not what a hotel makes.
        assert!(!mild("low", "atRisk", "unfamiliarFeatures; attackerInTheMiddle"));
        assert!(!mild("low", "atRisk", "anomalousToken"));
        assert!(!mild("low", "atRisk", "maliciousIPAddress"));
    }

    #[test]
    fn a_report_is_found_by_what_names_its_sign_in() {
        let named = |event: Event, request: &str, correlation: &str| Event {
            request_id: Some(request.into()),
            correlation_id: Some(correlation.into()),
            ..event
        };
        let report = Event {
            evidence_source: EvidenceSource::Risk,
            risk_level: Some("high".into()),
            risk_events: Some("unfamiliarFeatures; anomalousToken".into()),
            ..Event::default()
        };
        let sign_in = || Event { evidence_source: EvidenceSource::EntraSignin, ..Event::default() };
        let zeros = "00000000-0000-0000-0000-000000000000";
        let events = [
            named(report.clone(), "A1", zeros),
            named(report, "A2", zeros),
            named(sign_in(), "a1", "b"),
            named(sign_in(), "a3", zeros),
        ];
        let parts = crate::analyze::people::identity::Parts { actor: true, ..Default::default() };
        let class = crate::analyze::people::actor::ActorClass::Own;
        let row = |event| Row { event, class, parts, in_window: true, twins: Vec::new(), place: 0 };
        let rows: Vec<Row<'_>> = events.iter().map(row).collect();
        let [first, second, told, other] = rows.as_slice() else { panic!("four rows") };
        let reports = RiskReports::of(&rows);
        assert!(reports.about(told).is_some() && reports.is_grave(told) && reports.about(other).is_none());
        assert!(reports.telling(told, "anomaloustoken").is_some_and(|row| std::ptr::eq(row.event, first.event)));
        assert!(reports.telling(told, "passwordspray").is_none());
        let alone: Vec<&Event> = reports.alone(&rows).map(|row| row.event).collect();
        assert!(matches!(alone.as_slice(), [one] if std::ptr::eq(*one, second.event)));
    }
}
