//! What the sign-in logs and the service's risk reports cover.

use chrono::TimeDelta;

use super::asked::Asked;
use crate::analyze::baseline::client_address;
use crate::analyze::exam::Row;
use crate::analyze::exports::{Answer, Log, span};
use crate::analyze::logins;
use crate::timeline::{Event, EvidenceSource, Outcome};

/// How far before the window a report's detections may end: there is not one every day.
const REPORTED: TimeDelta = TimeDelta::days(30);

impl Asked<'_, '_> {
    /// A sign-in of unknown kind (C-210) stands for neither.
    pub(super) fn sign_ins(&self, log: Log) -> Answer {
        let kind = if log == Log::NonInteractive { "noninteractive" } else { "interactive" };
        let of_kind = |kind: &str| {
            self.rows.iter().any(|row| {
                row.event.evidence_source == EvidenceSource::EntraSignin
                    && row.event.sign_in_kind.as_deref() == Some(kind)
            })
        };
        if of_kind(kind) {
            return self.exports.span(log);
        }
        if of_kind("unknown") {
            let text =
                "C-210: neither the sign-ins of this account nor the names of their files say of which kind they are";
            return (false, text.to_owned());
        }
        (false, "no such sign-in of this account".to_owned())
    }

    /// Every successful sign-in from the internet has coordinates: one without could be the far end of a journey.
    pub(super) fn places(&self) -> Answer {
        let public = |row: &&Row<'_>| {
            row.in_window
                && row.parts.actor
                && row.is_sign_in()
                && row.event.outcome == Outcome::Success
                && client_address(row.event).is_some()
        };
        let all = self.rows.iter().filter(public).count();
        let placed = self.rows.iter().filter(public).filter(|row| logins::point(row.event).is_some()).count();
        (all > 0 && placed == all, format!("{placed} of {all} successful sign-ins have a city and coordinates"))
    }

    pub(super) fn risk(&self) -> Answer {
        let reports = || self.rows.iter().chain(self.states).filter(|row| is_report(row) && row.parts.any());
        let hidden = reports().filter(|row| is_hidden(row.event)).count();
        if reports().count() > hidden || hidden == 0 && self.reported() {
            return (true, "risk report present".to_owned());
        }
        let told = |row: &Row<'_>| !is_report(row) && row.event.risk_level.is_some() && !is_hidden(row.event);
        let told = self.any(told, "sign-ins with a risk level that is not hidden");
        match (told.0, hidden) {
            (false, 1..) => (false, "the risk report hides how high the risk is (no P2 licence)".to_owned()),
            (false, 0) if !self.exports.sources(&["risk"]).is_empty() => {
                (false, "the risk report neither names the account nor reaches into the window".to_owned())
            }
            _ => told,
        }
    }

    /// Whether there is a report of others' risk that would name the account, had it any: one of users at risk, or
    /// detections up to the window.
    fn reported(&self) -> bool {
        let (from, to) = (self.window.from - REPORTED, self.window.to);
        self.exports.sources(&["risk"]).iter().any(|entry| {
            let of_users = entry.format.as_deref().is_some_and(|format| format.contains("riskyuser"));
            of_users || span(entry).is_none_or(|(first, last)| first < to && last >= from)
        })
    }
}

fn is_report(row: &Row<'_>) -> bool {
    row.event.evidence_source == EvidenceSource::Risk
}

fn is_hidden(event: &Event) -> bool {
    event.risk_level.as_deref().is_some_and(|level| level.eq_ignore_ascii_case("hidden"))
}
