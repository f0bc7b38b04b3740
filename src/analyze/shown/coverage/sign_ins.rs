//! What the sign-in logs and the service's risk reports cover.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};

use super::asked::Asked;
use crate::analyze::exam::Row;
use crate::analyze::intruder::baseline::client_address;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::shown::exports::{Answer, Log, span, time};
use crate::analyze::sign_ins::logins;
use crate::ledger::SourceEntry;
use crate::timeline::{Event, EvidenceSource, Outcome, details, json};

/// How far before the window a report's detections may end: there is not one every day.
const REPORTED: TimeDelta = TimeDelta::days(30);
/// Days on which the account worked that no one has without having signed in.
const WORKED: usize = 3;
/// Other accounts with sign-ins from which an export is no search for one.
const OTHERS: usize = 2;

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
            return self.failures_only().map_or_else(|| self.exports.span(log), |text| (false, text));
        }
        if of_kind("unknown") {
            let text =
                "C-210: neither the sign-ins of this account nor the names of their files say of which kind they are";
            return (false, text.to_owned());
        }
        (false, "no such sign-in of this account".to_owned())
    }

    /// That the sign-ins were searched by outcome, where nobody of the account's ever got in although it worked on several
    /// days: there are no working days without a token.
    fn failures_only(&self) -> Option<String> {
        let own = || self.rows.iter().filter(|row| row.in_window && row.parts.actor);
        let told = |row: &&Row<'_>| row.event.evidence_source == EvidenceSource::EntraSignin;
        if own().any(|row| row.is_sign_in() && row.event.outcome == Outcome::Success) || !own().any(|row| told(&row)) {
            return None;
        }
        let worked = own().filter(|row| !row.is_sign_in() && !row.failed() && row.class == ActorClass::Own);
        let days: BTreeSet<NaiveDate> = worked.map(|row| row.event.datetime.date_naive()).collect();
        (days.len() >= WORKED).then(|| {
            format!(
                "no sign-in of this account succeeded, though it worked on {} days: only failures were exported",
                days.len()
            )
        })
    }

    /// Whether the window has sign-ins of several others: who tries passwords on many is not seen in an export of one.
    pub(super) fn sign_ins_of_others(&self) -> Answer {
        let reaching = |entry: &&SourceEntry| self.exports.reaches_in(entry);
        let of = |evidence: &str| self.exports.sources(&[evidence]).into_iter().filter(reaching).collect::<Vec<_>>();
        let people: BTreeSet<&String> = of("entra_signin").into_iter().flat_map(|entry| &entry.actors).collect();
        let others = people.into_iter().filter(|actor| !self.subject.is(actor)).count();
        if others >= OTHERS {
            // Each file names a few alone, by the order of its records: how many there are is not known.
            return (true, format!("other accounts with sign-ins: {OTHERS} or more"));
        }
        // The audit log's own sign-ins, where it is everybody's.
        let is_sign_in = |entry: &&SourceEntry| entry.by_type().contains_key("15");
        let logs = of("ual").into_iter().filter(|entry| self.exports.is_of_all(entry));
        match logs.filter(is_sign_in).count() {
            0 => (false, format!("other accounts with sign-ins: {others}")),
            _ => (true, "sign-ins in everybody's audit log".to_owned()),
        }
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

    /// Whether each export of the account's sign-ins tells by which protocol they came: Graph's v1.0, hunting tables and
    /// many a script leave it out, and a device code is an ordinary sign-in there.
    pub(super) fn protocols(&self) -> Answer {
        let mut told: BTreeMap<&str, bool> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| row.in_window && row.parts.actor) {
            for event in row.events().filter(|event| event.evidence_source == EvidenceSource::EntraSignin) {
                *told.entry(&event.origin.file).or_default() |= tells_protocol(event);
            }
        }
        let telling = told.values().filter(|told| **told).count();
        let seen = format!("{telling} of {} files with sign-ins of this account tell it", told.len());
        (!told.is_empty() && telling == told.len(), seen)
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

    /// Whether there is a report of others' risk that would name the account, had it any: detections up to the window,
    /// or a list of several users at risk that was kept up to then. One of a single user was asked for this user.
    fn reported(&self) -> bool {
        let (from, to) = (self.window.from - REPORTED, self.window.to);
        self.exports.sources(&["risk"]).iter().any(|entry| {
            let of_users = entry.format.as_deref().is_some_and(|format| format.contains("riskyuser"));
            let taken = time(entry.collected.as_ref());
            match span(entry) {
                Some((_, last)) if of_users => {
                    entry.counts.events > 1 && taken.map_or(last, |taken| taken.max(last)) >= self.window.from
                }
                Some((first, last)) => first < to && last >= from,
                None => true,
            }
        })
    }
}

/// Whether the sign-in says how it came, if only that it was by none of the protocols that are told. The name of the call
/// that asked for the token (`OAuth2:Token`) tells device codes of one application alone.
fn tells_protocol(event: &Event) -> bool {
    let protocol = event.auth_protocol.as_deref().is_some_and(|protocol| !protocol.contains(':'));
    let transfer = || json::text(&details::members(event, &["originalTransferMethod"]), "originalTransferMethod");
    protocol || transfer().is_some_and(|method| !method.is_empty())
}

fn is_report(row: &Row<'_>) -> bool {
    row.event.evidence_source == EvidenceSource::Risk
}

fn is_hidden(event: &Event) -> bool {
    event.risk_level.as_deref().is_some_and(|level| level.eq_ignore_ascii_case("hidden"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::people::identity::Subject;
    use crate::analyze::shown::exports::Exports;
    use crate::question::Window;

    #[test]
    fn what_is_told_of_others_does_not_hang_on_which_of_them_a_file_names() {
        let file = |names: &[&str]| {
            let mut entry = SourceEntry {
                evidence_source: Some("entra_signin".to_owned()),
                first: Some("2026-02-01T00:00:00Z".to_owned()),
                last: Some("2026-02-28T00:00:00Z".to_owned()),
                actors: names.iter().map(|name| format!("{name}@x.example")).collect(),
                ..SourceEntry::default()
            };
            entry.counts.events = 20;
            entry
        };
        let told = |sources: Vec<SourceEntry>| {
            let subject = Subject::default();
            let time = |text: &str| time(Some(&text.to_owned())).unwrap();
            let window = Window { from: time("2026-02-10T00:00:00Z"), to: time("2026-02-20T00:00:00Z") };
            let exports = Exports::new(&[], window, &subject, sources.iter().collect());
            Asked { rows: &[], earlier: &[], states: &[], window, subject: &subject, exports }.sign_ins_of_others()
        };
        let shuffled = told(vec![file(&["a", "b", "c"]), file(&["d", "e", "f"])]);
        assert_eq!(told(vec![file(&["a", "b", "c"]), file(&["a", "b", "d"])]), shuffled);
        assert!(shuffled.0 && !told(vec![file(&["a"])]).0);
    }
}
