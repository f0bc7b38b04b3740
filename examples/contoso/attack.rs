//! The takeover of Alice's mailbox, 1 to 3 March: how the attacker gets in, and what is read and sent.

use super::cast::{
    ALICE, AMSTERDAM_44, AMSTERDAM_66, ATTACKER_BROWSER, BOB, CHIKA, DARIO, EMI, FRANK, GRACE, LAGOS_7, PROXY_KIT,
    SCRIPT,
};
use super::exchange::{Delivery, Mail};
use super::log::{Log, Moment, Session};
use super::office::Alert;
use super::people::Person;
use super::signin::{AZURE_CLI, Attempt, EXCHANGE, OFFICE_HOME};
use super::time::at;

pub const FIRST_SIGN_IN: &str = "2026-03-02T01:12:58";
pub const SECOND_SIGN_IN: &str = "2026-03-02T01:32:02";
pub const THIRD_SIGN_IN: &str = "2026-03-02T01:56:20";
const LURE: &str = "Updated bank details";

/// The three sessions the attacker had, one after each password.
pub struct Intruder {
    pub first: Session,
    pub second: Session,
    pub third: Session,
}

impl Intruder {
    pub fn new() -> Self {
        let session = |name: &str, place, since| {
            let name = format!("attacker/{name}");
            Session::new(&name, &ALICE, place, ATTACKER_BROWSER).since(at(since))
        };
        Self {
            first: session("first", LAGOS_7, FIRST_SIGN_IN),
            second: session("second", LAGOS_7, SECOND_SIGN_IN),
            third: session("third", AMSTERDAM_44, THIRD_SIGN_IN),
        }
    }
}

pub fn attack(log: &mut Log, intruder: &Intruder) {
    spray(log);
    entry(log, intruder);
    harvest(log, intruder);
    super::takeover::take_over(log, intruder);
    lures(log, intruder);
    clean_up(log, intruder);
    blocked(log);
    second_day(log, intruder);
}

/// One address tries one password on most of the company.
fn spray(log: &mut Log) {
    let targets: [&'static Person; 7] = [&ALICE, &BOB, &CHIKA, &DARIO, &EMI, &FRANK, &GRACE];
    for round in 0..2 {
        for (position, person) in targets.into_iter().enumerate() {
            let name = format!("spray/{}-{round}", person.alias);
            let mut moment = log.story("2026-03-01T22:40:05", &name);
            moment.time += round * 540 + position as i64 * 23;
            let session = Session::new(&name, person, AMSTERDAM_66, SCRIPT);
            log.sign_in(&moment, &session, &Attempt::new(AZURE_CLI, 50126));
            log.detection(&moment, "password-spray");
        }
    }
}

/// Wrong passwords, the right one, the second factor through a proxy kit, and in.
fn entry(log: &mut Log, intruder: &Intruder) {
    let mut kit = intruder.first.clone();
    kit.client = PROXY_KIT;
    for (time, name, code) in [
        ("2026-03-02T01:10:12", "alice/wrong-password-1", 50126),
        ("2026-03-02T01:10:31", "alice/wrong-password-2", 50126),
        ("2026-03-02T01:11:02", "alice/wrong-password-3", 50126),
        ("2026-03-02T01:12:20", "alice/second-factor-asked", 50074),
    ] {
        let moment = log.story(time, name);
        log.sign_in(&moment, &kit, &Attempt::new(OFFICE_HOME, code));
        log.detection(&moment, "password-guessing");
    }
    let moment = log.story(FIRST_SIGN_IN, "alice/taken");
    let risky = Attempt { app: OFFICE_HOME, code: 0, risky: true };
    log.sign_in(&moment, &kit, &risky);
    for label in ["impossible-travel", "new-country", "script-user-agent"] {
        log.detection(&moment, label);
    }
    let moment = log.story("2026-03-02T01:13:40", "alice/outlook-on-the-web");
    log.sign_in(&moment, &intruder.first, &Attempt::new(EXCHANGE, 0));
    log.detection(&moment, "new-country");

    let again = [
        (SECOND_SIGN_IN, "alice/second-session", &intruder.second),
        (THIRD_SIGN_IN, "alice/third-session", &intruder.third),
    ];
    for (time, name, session) in again {
        let moment = log.story(time, name);
        log.sign_in(&moment, session, &Attempt::new(EXCHANGE, 0));
        log.detection(&moment, "new-country");
    }
}

/// Reads the inbox for open invoices and takes the whole sent folder.
fn harvest(log: &mut Log, intruder: &Intruder) {
    let session = &intruder.first;
    for (number, time) in ["2026-03-02T01:15:05", "2026-03-02T01:16:40", "2026-03-02T01:18:15"].into_iter().enumerate()
    {
        let moment = log.story(time, &format!("alice/reads-inbox-{number}"));
        let mails = log.received(12);
        log.read(&moment, session, ("Bind", r"\Inbox"), &mails);
        log.detection(&moment, "mail-harvest");
    }
    for (time, name, folder) in [
        ("2026-03-02T01:18:50", "alice/syncs-inbox", r"\Inbox"),
        ("2026-03-02T01:19:21", "alice/syncs-sent", r"\Sent Items"),
    ] {
        let moment = log.story(time, name);
        log.read(&moment, session, ("Sync", folder), &[]);
        log.detection(&moment, "mail-harvest");
    }
}

/// One message to 64 customers without a copy, then twelve to suppliers whose copies are removed.
fn lures(log: &mut Log, intruder: &Intruder) {
    let session = &intruder.third;
    let moment = log.story("2026-03-02T02:02:10", "alice/lure-to-64");
    let delivery = Delivery { keep_copy: false, ..Delivery::to(customers(64)) };
    send_lure(log, (&moment, session), LURE, &delivery);
    log.symptom(&moment, "no-sent-copy");

    for number in 0..12 {
        let mut sent = log.story("2026-03-02T02:03:30", &format!("alice/lure-{number}"));
        sent.time += number * 35;
        let subject = match number {
            10 => "Overdue invoice 4471: new account",
            11 => "Urgent help needed",
            _ => LURE,
        };
        let to = format!("accounts@supplier-{number:02}.example");
        let mail = send_lure(log, (&sent, session), subject, &Delivery::to(vec![to]));
        log.symptom(&sent, "no-sent-copy");

        let name = format!("alice/lure-copy-removed-{number}");
        let mut removed = log.story("2026-03-02T02:03:41", &name);
        removed.time += number * 35;
        let way = (r"\Sent Items", None);
        log.delete(&removed, session, "SoftDelete", way, &[mail]);
        log.symptom(&removed, "missing-mail");
        log.symptom(&removed, "no-sent-copy");
        log.symptom(&removed, "hacked-messages");
    }
}

fn send_lure(log: &mut Log, (moment, session): (&Moment, &Session), subject: &str, delivery: &Delivery) -> Mail {
    let mail = Mail::new(&moment.id, "contoso.example", subject);
    log.send(moment, session, &mail, delivery);
    log.symptom(moment, "hacked-messages");
    mail
}

/// Answers and bounces go, then everything that could still be recovered.
fn clean_up(log: &mut Log, intruder: &Intruder) {
    let session = &intruder.third;
    let moment = log.story("2026-03-02T02:25:18", "alice/answers-removed");
    let answers = [
        "RE: Updated bank details",
        "RE: Updated bank details - did you send this?",
        "Automatic reply: Updated bank details",
        "Undeliverable: Updated bank details",
        "Undeliverable: Updated bank details",
    ];
    let mails: Vec<Mail> = answers
        .iter()
        .enumerate()
        .map(|(number, subject)| Mail::new(&format!("answer-{number}"), "supplier-03.example", subject))
        .collect();
    log.delete(&moment, session, "SoftDelete", (r"\Inbox", None), &mails);
    log.symptom(&moment, "missing-mail");
    log.detection(&moment, "evidence-clean-up");

    let moment = log.story("2026-03-02T02:27:44", "alice/recoverable-items-purged");
    let purged: Vec<Mail> =
        (0..18).map(|number| Mail::new(&format!("purged-{number}"), "contoso.example", LURE)).collect();
    let way = (r"\Recoverable Items\Deletions", None);
    log.delete(&moment, session, "HardDelete", way, &purged);
    log.symptom(&moment, "missing-mail");
    log.symptom(&moment, "hacked-messages");
}

/// Microsoft notices the mass mailing and stops the account from sending.
fn blocked(log: &mut Log) {
    let moment = log.story("2026-03-02T03:05:00", "alice/alert-sending-patterns");
    let alert = Alert {
        name: "Suspicious email sending patterns detected",
        severity: "Medium",
        category: "ThreatManagement",
        cause: None,
    };
    log.alert(&moment, &ALICE, &alert);
    log.symptom(&moment, "blocked-from-sending");

    let moment = log.story("2026-03-02T03:10:27", "alice/listed");
    let reason = "OutboundSpamLast24Hours=61;OutboundMailLast24Hours=78;RecipientCountLast24Hours=78;OutboundSpamPercent=782;LastMessageTraceId=3f0c9c1e-0000-4000-8000-000000000031";
    log.hygiene(&moment, "Listed", &ALICE, reason);
    log.symptom(&moment, "blocked-from-sending");

    let moment = log.story("2026-03-02T03:12:09", "alice/alert-restricted");
    let alert = Alert {
        name: "User restricted from sending email",
        severity: "High",
        category: "ThreatManagement",
        cause: None,
    };
    log.alert(&moment, &ALICE, &alert);
    log.symptom(&moment, "blocked-from-sending");
}

/// The attacker comes back for more mail and for files; the last thing done is a read.
fn second_day(log: &mut Log, intruder: &Intruder) {
    let session = &intruder.third;
    for (number, time) in ["2026-03-03T00:41:15", "2026-03-03T00:44:02", "2026-03-03T23:48:10"].into_iter().enumerate()
    {
        let moment = log.story(time, &format!("alice/reads-again-{number}"));
        let mails = log.received(6);
        log.read(&moment, session, ("Bind", r"\Inbox"), &mails);
        log.detection(&moment, "mail-harvest");
    }
    for (number, file) in ["Suppliers.xlsx", "Budget 2026.xlsx", "Payment run March.xlsx"].into_iter().enumerate() {
        let name = format!("alice/downloads-{number}");
        let mut moment = log.story("2026-03-03T00:52:30", &name);
        moment.time += number as i64 * 41;
        log.file(&moment, session, "FileDownloaded", ("finance", file));
        log.detection(&moment, "files-taken");
    }
}

fn customers(count: usize) -> Vec<String> {
    let places = ["adatum", "fourth-coffee", "relecloud", "woodgrove"];
    (0..count)
        .map(|number| {
            let place = places[number % places.len()];
            format!("ap{number:02}@{place}.example")
        })
        .collect()
}
