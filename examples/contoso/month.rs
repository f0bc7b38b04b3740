//! The month at Contoso without the attack: who works when, and what the machines do.

use chrono::Weekday;

use super::cast::{ADMIN, ALICE, BOB, CHIKA, CONTOSO_PEOPLE, DARIO, EMI, FRANK, GRACE, MUNICH_HOTEL, NEWSLETTER};
use super::exchange::{Delivery, Mail};
use super::log::Log;
use super::ordinary::{Shape, phone};
use super::people::Person;
use super::signin::{Attempt, OUTLOOK_MOBILE};
use super::time::{DAY, HOUR, MINUTE, at, day, is_weekend, weekday};

/// When Alice is locked out: from the attacker's password to the new one.
const LOCKED_OUT: (&str, &str) = ("2026-03-02T01:30:00", "2026-03-04T01:30:00");

pub fn month(log: &mut Log) {
    let (first, last) = (day("2026-02-09"), day("2026-03-09"));
    log.maintain(first + 7, &ALICE);
    log.duty(&ADMIN, first + 12);
    let mut today = first;
    while today <= last {
        log.maintenance(today, 17, &CONTOSO_PEOPLE);
        for hour in [3, 15] {
            let person = log.random.pick(&CONTOSO_PEOPLE);
            let time = today + hour * HOUR + log.random.between(0, 40 * MINUTE);
            log.synchronize(time, person);
        }
        for person in [&ALICE, &BOB, &CHIKA, &ADMIN, &DARIO, &EMI, &FRANK, &GRACE] {
            if !(person.alias == FRANK.alias && today >= day("2026-02-14")) {
                person_day(log, person, today);
            }
        }
        if weekday(today) == Weekday::Tue {
            newsletter(log, today);
        }
        today += DAY;
    }
    log.duty(&ADMIN, last + DAY - 9);
    log.maintain(last + DAY - 5, &BOB);
}

fn person_day(log: &mut Log, person: &'static Person, today: i64) {
    if !is_weekend(today) {
        work(log, person, today);
    }
    pocket(log, person, today);
}

fn work(log: &mut Log, person: &'static Person, today: i64) {
    let start = today + log.random.between(2 * MINUTE, 24 * MINUTE);
    let actions = log.random.between(10, 14);
    let shape = Shape { start, hours: 8, actions, slips: true };
    let away = person.alias == BOB.alias && (day("2026-02-23")..day("2026-02-28")).contains(&today);
    if away {
        let start = start + 7 * HOUR;
        log.workday(person, MUNICH_HOTEL, Shape { start, ..shape });
        return;
    }
    if person.alias == ALICE.alias && today >= day("2026-03-02") && today < day("2026-03-05") {
        alice_around_the_attack(log, today);
        return;
    }
    log.workday(person, person.tenant.office, shape);
    if log.random.chance(35) {
        let evening =
            Shape { start: today + 11 * HOUR + log.random.between(0, 90 * MINUTE), hours: 1, actions: 2, slips: true };
        log.workday(person, person.home, evening);
    }
}

/// On Monday she works for an hour; on Tuesday she cannot; on Wednesday she has a new password.
fn alice_around_the_attack(log: &mut Log, today: i64) {
    let office = ALICE.tenant.office;
    if today == day("2026-03-02") {
        let shape = Shape { start: at("2026-03-02T00:04:31"), hours: 1, actions: 6, slips: false };
        log.workday(&ALICE, office, shape);
    } else if today == day("2026-03-04") {
        let shape = Shape { start: at("2026-03-04T01:41:12"), hours: 6, actions: 10, slips: false };
        log.workday(&ALICE, office, shape);
    }
}

/// The telephone: set up on the first day (Alice's again after the reset), looked at once a day.
fn pocket(log: &mut Log, person: &'static Person, today: i64) {
    let first = day("2026-02-09");
    let is_alice = person.alias == ALICE.alias;
    let renewed = is_alice && today >= day("2026-03-04");
    if is_alice && today >= day("2026-03-02") && !renewed {
        return;
    }
    let (name, since) = if renewed {
        ("second", at("2026-03-04T01:52:40"))
    } else {
        ("first", first + 9 * HOUR + i64::from(person.number % 50) * MINUTE)
    };
    let session = phone(person, name, since);
    if (since..since + DAY).contains(&(today + DAY - 1)) {
        let moment = log.moment(since);
        log.sign_in(&moment, &session, &Attempt::new(OUTLOOK_MOBILE, 0));
    }
    let abroad = person.alias == BOB.alias && (day("2026-02-22")..day("2026-02-28")).contains(&today);
    if !abroad && (is_weekend(today) || log.random.chance(60)) {
        let time = today + 12 * HOUR + log.random.between(0, 3 * HOUR);
        log.phone_glance(&session, time);
    }
}

/// The weekly newsletter: one message, six hundred readers, always Tuesday morning.
fn newsletter(log: &mut Log, today: i64) {
    let shape = Shape { start: today + 28 * MINUTE, hours: 1, actions: 0, slips: false };
    let session = log.workday(&NEWSLETTER, NEWSLETTER.tenant.office, shape);
    let moment = log.moment(today + 35 * MINUTE);
    let mail = Mail::new(&moment.id, "contoso.example", "Contoso weekly newsletter");
    let delivery = Delivery { recipients: 600, addresses: Vec::new(), keep_copy: true };
    log.send(&moment, &session, &mail, &delivery);
    log.innocent(&moment, "newsletter");
}

/// Alice's own attempts while the attacker holds the account.
pub fn locked_out(log: &mut Log) {
    let (from, to) = (at(LOCKED_OUT.0), at(LOCKED_OUT.1));
    let office = super::log::Session::new("alice.mori/locked-out", &ALICE, ALICE.tenant.office, ALICE.laptop);
    let telephone = phone(&ALICE, "first", from);
    let attempts = [
        ("2026-03-02T01:47:05", "alice/owner-session-ended", 50133),
        ("2026-03-02T01:47:40", "alice/owner-fails-1", 50126),
        ("2026-03-02T01:48:22", "alice/owner-fails-2", 50126),
        ("2026-03-02T04:15:10", "alice/owner-fails-3", 50126),
        ("2026-03-03T00:06:50", "alice/owner-fails-4", 50126),
        ("2026-03-03T00:08:02", "alice/owner-fails-5", 50126),
    ];
    for (time, name, code) in attempts {
        let moment = log.story(time, name);
        debug_assert!((from..to).contains(&moment.time));
        log.sign_in(&moment, &office, &Attempt::new(super::signin::EXCHANGE, code));
        log.symptom(&moment, "credential-change");
    }
    let moment = log.story("2026-03-02T01:36:44", "alice/owner-phone-session-ended");
    log.sign_in(&moment, &telephone, &Attempt::new(OUTLOOK_MOBILE, 50173));
    log.symptom(&moment, "credential-change");
}
