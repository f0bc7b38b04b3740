//! Two uneventful months at Fabrikam, to lay under a fixture: nothing here concerns Dana.

use chrono::Weekday;

use super::cast::{ATTACKER_BROWSER, DANA, ELI, FABRIKAM, FABRIKAM_ADMIN, LAGOS_7};
use super::directory::{Principal, correlation, included, listed};
use super::json::Json;
use super::log::{Log, Moment, Session};
use super::office::Alert;
use super::ordinary::{Shape, phone};
use super::signin::{Attempt, EXCHANGE, sign_in_object};
use super::time::{DAY, HOUR, MINUTE, at, day, is_weekend, weekday};

const LAST_DAY: &str = "2026-03-01";

pub fn background() -> Log {
    let mut log = Log::new(&FABRIKAM, 2026);
    let (first, last) = (day("2026-01-01"), day(LAST_DAY));
    log.maintain(first, &ELI);
    log.duty(&ELI, first);
    let mut today = first;
    while today <= last {
        log.maintenance(today, 2, &[&ELI, &FABRIKAM_ADMIN]);
        if is_weekend(today) {
            let telephone = phone(&ELI, "first", first);
            let time = today + 10 * HOUR + log.random.between(0, HOUR);
            log.phone_glance(&telephone, time);
        } else {
            working_day(&mut log, today);
        }
        today += DAY;
    }
    alerts_about_others(&mut log);
    log.duty(&ELI, last + DAY - 1);
    log.maintain(last + DAY - 1, &ELI);
    log
}

/// An attacker's session for Dana: what a fixture adds to make her mailbox a compromised one.
pub fn attacker_profile() -> Json {
    let mut log = Log::new(&FABRIKAM, 7);
    let moment = log.story("2026-02-17T02:14:05", "dana/taken");
    let session = attacker_session();
    let attempt = Attempt::new(EXCHANGE, 0);
    log.logon(&moment, &session, &attempt, "Login:login");
    let audit = log.rows.remove(0).audit;
    Json::object()
        .with("address", LAGOS_7.address)
        .with("session", session.id.as_str())
        .with("client_info", ATTACKER_BROWSER.info)
        .with("user_agent", ATTACKER_BROWSER.user_agent)
        .with("sign_in", sign_in_object(&FABRIKAM, &moment, &session, &attempt))
        .with("audit_record", audit)
}

fn attacker_session() -> Session {
    Session::new("dana.weiss/attacker", &DANA, LAGOS_7, ATTACKER_BROWSER).since(at("2026-02-17T02:14:05"))
}

fn working_day(log: &mut Log, today: i64) {
    let at_home = matches!(weekday(today), Weekday::Tue | Weekday::Thu);
    let place = if at_home { DANA.home } else { FABRIKAM.office };
    let shape =
        Shape { start: today + 7 * HOUR + log.random.between(0, 50 * MINUTE), hours: 8, actions: 3, slips: false };
    log.workday(&DANA, place, shape);
    if matches!(weekday(today), Weekday::Mon | Weekday::Thu) {
        let eli = Shape { actions: 1, ..shape };
        log.workday(&ELI, FABRIKAM.office, eli);
    }
    if weekday(today) == Weekday::Wed {
        administration(log, today + 9 * HOUR);
    }
}

/// The administrator's hour: a list, and a colleague's department.
fn administration(log: &mut Log, time: i64) {
    let since = super::time::bare(time);
    let session = log.at_work(&FABRIKAM_ADMIN, &since, &since);
    let moment = log.moment(time + 11 * MINUTE);
    let member = ELI.upn();
    let parameters = [("Identity", "project-list"), ("Member", member.as_str())];
    let object = FABRIKAM.canonical("project-list");
    let name = "Add-DistributionGroupMember";
    log.cmdlet(&moment, (&session, 2), name, &object, &parameters);

    let moment = log.moment(time + 23 * MINUTE);
    let project = format!("Project {}", super::time::date(time));
    let changes = [("Department", listed("Projects"), listed(&project)), included("Department")];
    let actor = Principal::of(&FABRIKAM_ADMIN);
    let correlation_id = correlation(&moment.id);
    log.directory(&moment, (&actor, &ELI), "Update user.", &changes, &correlation_id);
}

fn alerts_about_others(log: &mut Log) {
    for time in ["2026-01-20T10:02:11", "2026-02-11T14:40:52"] {
        let moment: Moment = log.moment(at(time));
        let alert = Alert {
            name: "Email reported by user as malware or phish",
            severity: "Low",
            category: "ThreatManagement",
            cause: None,
        };
        log.alert(&moment, &ELI, &alert);
    }
}
