//! An ordinary working day: one sign-in, some mail, some files, some chat, all from one session.

use super::exchange::{Delivery, Mail};
use super::log::{Log, Session};
use super::people::{Person, Place};
use super::signin::{Attempt, EXCHANGE, OUTLOOK_MOBILE};
use super::time::{HOUR, MINUTE, at, bare, date};

const SUBJECTS: [&str; 16] = [
    "Weekly sales figures",
    "Meeting minutes",
    "Invoice 4402",
    "Invoice 4417",
    "Delivery dates for March",
    "Lunch on Thursday?",
    "Contract draft, second version",
    "Travel plan",
    "Question about the order",
    "Budget 2026",
    "Room booking",
    "Purchase order 88120",
    "Training dates",
    "Onboarding checklist",
    "Quarterly report",
    "Photos from the fair",
];
const PARTNERS: [&str; 5] = [
    "orders@northwind-parts.example",
    "accounts@tailspin-supply.example",
    "kenji@wingtip-logistics.example",
    "sales@litware-print.example",
    "claire@proseware-legal.example",
];
const PARTNER_DOMAINS: [&str; 5] = [
    "northwind-parts.example",
    "tailspin-supply.example",
    "wingtip-logistics.example",
    "litware-print.example",
    "proseware-legal.example",
];
const FILES: [(&str, &str); 6] = [
    ("finance", "Budget 2026.xlsx"),
    ("finance", "Suppliers.xlsx"),
    ("sales", "Pipeline.xlsx"),
    ("sales", "Offer template.docx"),
    ("team", "Holidays.xlsx"),
    ("team", "Handbook.pdf"),
];

/// How a working day goes: when it begins, how long it is, how much happens.
#[derive(Clone, Copy)]
pub struct Shape {
    pub start: i64,
    pub hours: i64,
    pub actions: i64,
    /// Whether the password may be mistyped and the browser may ask to stay signed in.
    pub slips: bool,
}

impl Log {
    /// Signs in on the managed laptop and works until the end of the day.
    pub fn workday(&mut self, person: &'static Person, place: Place, shape: Shape) -> Session {
        let name = format!("{}/{}", person.alias, bare(shape.start));
        let session = Session::new(&name, person, place, person.laptop).since(shape.start);
        let mut start = shape.start;
        if shape.slips && self.random.chance(5) {
            self.attempt(start, &session, 50126);
            start += 20;
        }
        if shape.slips && self.random.chance(8) {
            self.attempt(start, &session, 50140);
            start += 6;
        }
        self.attempt(start, &session, 0);
        for _ in 0..shape.actions {
            let time = start + self.random.between(MINUTE, shape.hours * HOUR);
            self.action(time, &session);
        }
        session
    }

    /// Somebody sits down in the office and signs in on the managed laptop.
    pub fn at_work(&mut self, person: &'static Person, name: &str, since: &str) -> Session {
        let name = format!("{}/{name}", person.alias);
        let session = Session::new(&name, person, person.tenant.office, person.laptop).since(at(since));
        let moment = self.moment(session.since);
        self.sign_in(&moment, &session, &Attempt::new(EXCHANGE, 0));
        session
    }

    /// Looks at the mail on the telephone, with the session it has had for weeks.
    pub fn phone_glance(&mut self, session: &Session, time: i64) {
        let mut session = session.clone();
        session.address = session.place.address_at(&date(time));
        let moment = self.moment(time);
        let refresh = Attempt::new(OUTLOOK_MOBILE, 0);
        self.logon(&moment, &session, &refresh, "OAuth2:Token");
        let moment = self.moment(time + 4);
        let mails = self.received(1);
        let inbox = session.person.folders.inbox;
        self.read(&moment, &session, ("Bind", inbox), &mails);
    }

    /// Somebody on duty signs in on the telephone, so that the sign-in log reaches to the edges.
    pub fn duty(&mut self, person: &'static Person, time: i64) {
        let session = phone(person, &bare(time), time);
        let moment = self.moment(time);
        self.sign_in(&moment, &session, &Attempt::new(OUTLOOK_MOBILE, 0));
    }

    /// Some messages that came from partners.
    pub fn received(&mut self, count: i64) -> Vec<Mail> {
        (0..count)
            .map(|_| {
                let name = self.random.guid();
                let subject = self.random.pick(&SUBJECTS);
                let domain = self.random.pick(&PARTNER_DOMAINS);
                Mail::new(&name, domain, subject)
            })
            .collect()
    }

    fn attempt(&mut self, time: i64, session: &Session, code: u32) {
        let moment = self.moment(time);
        self.sign_in(&moment, session, &Attempt::new(EXCHANGE, code));
    }

    fn action(&mut self, time: i64, session: &Session) {
        let folders = session.person.folders;
        let moment = self.moment(time);
        match self.random.between(1, 100) {
            1..=24 => {
                let count = self.random.between(1, 3);
                let mails = self.received(count);
                self.read(&moment, session, ("Bind", folders.inbox), &mails);
            }
            25..=40 => {
                let subject = self.random.pick(&SUBJECTS);
                let mail = Mail::new(&moment.id, self.tenant.domain, subject);
                let to = self.random.pick(&PARTNERS).to_owned();
                self.send(&moment, session, &mail, &Delivery::to(vec![to]));
            }
            41..=47 => {
                let mails = self.received(1);
                let way = (folders.inbox, Some(folders.deleted));
                self.delete(&moment, session, "MoveToDeletedItems", way, &mails);
            }
            48..=50 => {
                let mails = self.received(2);
                let way = (folders.deleted, None);
                self.delete(&moment, session, "SoftDelete", way, &mails);
            }
            51..=52 => self.pending_change(&moment, session),
            53..=88 => {
                let operation = self.random.pick(&[
                    "FileAccessed",
                    "FileAccessed",
                    "FileModified",
                    "FilePreviewed",
                    "FileUploaded",
                    "SharingSet",
                ]);
                let file = self.random.pick(&FILES);
                self.file(&moment, session, operation, file);
            }
            _ => {
                let operation = self.random.pick(&["MessageSent", "TeamsSessionStarted"]);
                self.teams(&moment, session, operation);
            }
        }
    }
}

/// The session of somebody's telephone.
pub fn phone(person: &'static Person, name: &str, since: i64) -> Session {
    let name = format!("{}/phone/{name}", person.alias);
    Session::new(&name, person, person.carrier, person.phone).since(since)
}
