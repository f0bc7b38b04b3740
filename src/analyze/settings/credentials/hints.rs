//! What hints at a change of the password without being its record: the steps of a self-service reset, risk reports
//! that were closed by one, and lists of accounts that say when it was last changed.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use crate::analyze::exam::{Exam, Row};
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::directory;
use crate::timeline::{Event, EvidenceSource};

/// What a self-service does that leaves the password as it is; who asks for it proves the same as for a reset.
const UNLOCK: &str = "Unlock user account (self-service)";
/// Steps of a change or reset, from the first question to the door that is shut.
const STEPS: [&str; 6] = [
    UNLOCK,
    "Self-service password reset flow activity progress",
    "Blocked from self-service password reset",
    "User started password change",
    "User started password reset",
    "Admin started password reset",
];
/// A risk report may be closed this long before the record of the new password that closed it.
pub const BESIDE: TimeDelta = TimeDelta::minutes(10);
/// Steps of one try lie within this time of each other.
const ONE_TRY: TimeDelta = TimeDelta::hours(1);

/// Whether the record is a step of a change or reset of the password.
pub fn is_step(event: &Event) -> bool {
    directory::is_directory(event) && event.is(&STEPS)
}

/// Whether the record is of an account that was unlocked, and keeps its password.
pub fn is_unlock(event: &Event) -> bool {
    event.is(&[UNLOCK])
}

/// The tries to change or reset the subject's password inside the window that no record of a new password ends, each
/// with its steps. A step that failed is one as well.
pub fn tries<'e, 'a>(exam: &'e Exam<'a>) -> Vec<Vec<&'e Row<'a>>> {
    let mut tries: Vec<Vec<&Row<'_>>> = Vec::new();
    let steps = exam.window_rows().filter(|row| is_step(row.event) && row.parts.any());
    for row in steps.filter(|row| row.class != ActorClass::Microsoft) {
        let same = |other: &&Row<'_>| {
            let id = &row.event.correlation_id;
            id.is_some() && *id == other.event.correlation_id
        };
        let near = |other: &&Row<'_>| row.class == other.class && row.event.datetime - other.event.datetime <= ONE_TRY;
        let one = tries.iter().rposition(|steps| steps.iter().any(same) || steps.last().is_some_and(near));
        match one.and_then(|at| tries.get_mut(at)) {
            Some(steps) => steps.push(row),
            None => tries.push(vec![row]),
        }
    }
    tries.retain(|steps| !steps.iter().any(|step| ends_in_a_change(exam, step)));
    tries
}

/// Whether a new password is recorded for the step, by its id or within the hour behind it.
fn ends_in_a_change(exam: &Exam<'_>, step: &Row<'_>) -> bool {
    let belongs = |row: &Row<'_>| {
        let same = step.event.correlation_id.is_some() && step.event.correlation_id == row.event.correlation_id;
        same || row.event.datetime >= step.event.datetime
    };
    let near = exam.near(step.event.datetime, ONE_TRY).iter();
    near.filter(|row| super::act(row) == Some(super::Act::Password)).any(belongs)
}

/// When a risk report says, by its detail, that the password was replaced: the time of its last update is when at the
/// latest.
pub fn told_by_risk(row: &Row<'_>) -> Option<DateTime<Utc>> {
    const TELLS: [&str; 4] = [
        "adminGeneratedTemporaryPassword",
        "userPerformedSecuredPasswordReset",
        "userPerformedSecuredPasswordChange",
        "userChangedPasswordOnPremises",
    ];
    let detail = row.event.status_reason.as_deref().unwrap_or_default();
    let of_risk = row.event.evidence_source == EvidenceSource::Risk && row.parts.target;
    if !of_risk || !TELLS.iter().any(|known| known.eq_ignore_ascii_case(detail)) {
        return None;
    }
    let updated = row.param("lastUpdatedDateTime");
    Some(updated.and_then(|text| read_time(&text)).unwrap_or(row.event.datetime))
}

/// A change of the password that only a list of accounts tells of.
#[derive(Debug)]
pub struct Listed<'e, 'a> {
    /// When, by the list.
    pub at: DateTime<Utc>,
    /// The list's row.
    pub row: &'e Row<'a>,
    /// Whether the account is kept on-premises, where a change leaves no record here.
    pub synchronised: bool,
}

/// The changes inside the window that lists of accounts tell of and no record does; a new account's first password is
/// none. Two lists of one time are one.
pub fn listed<'e, 'a>(exam: &'e Exam<'a>) -> Vec<Listed<'e, 'a>> {
    const SAME: TimeDelta = TimeDelta::minutes(2);
    let mut listed: Vec<Listed<'_, '_>> = Vec::new();
    for row in exam.states.iter().filter(|row| row.parts.target && row.event.is(&["User"])) {
        let time = |name: &str| row.param(name).and_then(|text| read_time(&text));
        let Some(at) = time("LastPasswordChangeDateTime").filter(|at| exam.window.contains(*at)) else { continue };
        let first = time("CreatedDateTime").is_some_and(|made| (at - made).abs() <= SAME);
        let recorded = || exam.near(at, SAME).iter().any(|row| super::act(row) == Some(super::Act::Password));
        if first || recorded() || listed.iter().any(|known| known.at == at) {
            continue;
        }
        let synchronised =
            row.param("OnPremisesSyncEnabled").is_some_and(|text| text.trim().eq_ignore_ascii_case("true"));
        listed.push(Listed { at, row, synchronised });
    }
    listed
}

/// A time without a doubt which is the month and which the day.
fn read_time(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let whole = DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc));
    let plain = || {
        let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
        forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), form).ok())
    };
    whole.or_else(|| plain().map(|time| time.and_utc()))
}
