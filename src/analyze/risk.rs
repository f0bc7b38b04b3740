//! What the service says of risk: of a sign-in in its own record, and in reports that name the sign-in they are about.

use crate::analyze::exam::Row;
use crate::knowledge::errors;
use crate::timeline::{Event, EvidenceSource, details, json};

/// Risk reports about the account: each is about a sign-in, which it names by request or by correlation.
#[derive(Debug, Default)]
pub struct RiskReports<'a> {
    rows: Vec<&'a Row<'a>>,
    /// Those that were taken back.
    taken_back: Vec<&'a Row<'a>>,
}

impl<'a> RiskReports<'a> {
    /// Those on the table.
    pub fn of(rows: &'a [Row<'a>]) -> Self {
        let is_report = |row: &&Row<'_>| {
            let risk = row.event.evidence_source == EvidenceSource::Risk || row.event.record_type == Some(294);
            risk && row.parts.any()
        };
        let is_taken_back = |row: &&Row<'_>| is_taken_back(row.event);
        let (taken_back, others): (Vec<_>, Vec<_>) = rows.iter().filter(is_report).partition(is_taken_back);
        Self { rows: others.into_iter().filter(|row| service_risk(row.event).is_some()).collect(), taken_back }
    }

    /// Whether a report about this sign-in says that its risk was looked at and called safe.
    pub fn called_safe(&self, sign_in: &Row<'_>) -> bool {
        self.taken_back.iter().any(|report| is_called_safe(report.event) && is_about(report, sign_in))
    }

    /// Whether a report about this sign-in was taken back, with a word why or without one.
    pub fn taken_back(&self, sign_in: &Row<'_>) -> bool {
        self.taken_back.iter().any(|report| is_about(report, sign_in))
    }

    /// What a report says of this sign-in.
    pub fn about(&self, sign_in: &Row<'_>) -> Option<String> {
        self.rows.iter().find(|report| is_about(report, sign_in)).and_then(|report| service_risk(report.event))
    }

    /// What speaks against this sign-in, in its own record or in a report. On the owner's own machine a mild word does
    /// not.
    pub fn against(&self, sign_in: &Row<'_>, own_machine: bool) -> Option<String> {
        let counts = |event: &Event| !(own_machine && is_mild(event));
        let reports = self.rows.iter().filter(|report| is_about(report, sign_in));
        std::iter::once(sign_in.event)
            .chain(reports.map(|report| report.event))
            .filter(|event| counts(event))
            .find_map(service_risk)
    }

    /// Whether the service is next to sure that this sign-in was not its owner's, in its own record or in a report.
    pub fn is_grave(&self, sign_in: &Row<'_>) -> bool {
        let mut reports = self.rows.iter().filter(|report| is_grave(report.event));
        is_grave(sign_in.event) || reports.any(|report| is_about(report, sign_in))
    }

    /// The reports whose sign-in is not in the evidence: their own address is all there is.
    pub fn alone(&self, rows: &'a [Row<'a>]) -> impl Iterator<Item = &'a Row<'a>> {
        let told = |report: &Row<'_>| {
            let mut sign_ins = rows.iter().filter(|row| row.is_sign_in());
            sign_ins.any(|sign_in| is_about(report, sign_in))
        };
        self.rows.iter().copied().filter(move |report| !told(report))
    }
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

fn is_about(report: &Row<'_>, sign_in: &Row<'_>) -> bool {
    let same = |a: &Option<Box<str>>, b: &Option<Box<str>>| {
        a.as_deref().zip(b.as_deref()).is_some_and(|(a, b)| !a.is_empty() && a.eq_ignore_ascii_case(b))
    };
    std::iter::once(sign_in.event).chain(sign_in.twins.iter().copied()).any(|event| {
        same(&report.event.request_id, &event.event_id)
            || same(&report.event.request_id, &event.request_id)
            || same(&report.event.correlation_id, &event.correlation_id)
    })
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
    kinds.split("; ").all(|kind| matches!(kind, "generic" | "hidden"))
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
}
