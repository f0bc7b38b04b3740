//! Ordinary weeks to lay under a case: Dana works, a colleague works, the administrator administers.

use super::records::{
    Fact, With, alert, cmdlet, delete, directory, entra, item, logon, other, own, quiet_sign_in, read, send,
    service_cmdlet, sign_in, traced,
};
use super::world::{ADMIN, ADMIN_DESK, DANA, ELI, HOME, OFFICE, OUTLOOK, PHONE, Seat, at};

const DAY: i64 = 86_400;

/// How much is known about the time before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Six weeks of everybody, in every export.
    Lived,
    /// Nothing but the case's own records.
    Bare,
}

/// From 2026-01-22 to 2026-03-02, four days a week.
pub fn ordinary() -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut today = at("01-22T00:00:00");
    let mut number = 0_i64;
    while today < at("03-03T00:00:00") {
        let weekday = (today / DAY + 4) % 7;
        if matches!(weekday, 1 | 2 | 4) {
            workday(&mut facts, today, number, if weekday % 2 == 1 { &OFFICE } else { &HOME });
        } else if weekday == 6 {
            let time = today + 36_000 + number * 61 % 3_000;
            facts.push(logon(time, &DANA, &PHONE, 0));
            facts.push(quiet_sign_in(time, &DANA, &PHONE, 0));
            facts.push(read(time + 40, own(&DANA, &PHONE), "Bind", &["<weekend@vendor.example>"]));
        }
        if weekday == 4 {
            administration(&mut facts, today + 9 * 3_600, number);
        }
        if weekday == 1 {
            facts.push(service_cmdlet(
                today + 11_000,
                "Set-Mailbox",
                &DANA,
                &[("Identity", "dana.weiss"), ("QuarantineOrgShard", "1")],
            ));
        }
        today += DAY;
        number += 1;
    }
    for when in ["01-21T10:00:00", "02-11T14:40:00", "02-25T08:00:00"] {
        facts.push(alert(at(when), &ELI, ("Email reported by user as malware or phish", "Low"), "AlertTriggered"));
    }
    facts
}

fn workday(facts: &mut Vec<Fact>, today: i64, number: i64, seat: &Seat) {
    let start = today + 7 * 3_600 + number * 211 % 2_400;
    let me = || own(&DANA, seat);
    facts.push(logon(start, &DANA, seat, 0));
    facts.push(sign_in(start, &DANA, seat, 0));
    facts.push(quiet_sign_in(start + 3 * 3_600, &DANA, &PHONE, 0));
    facts.push(logon(start + 3 * 3_600, &DANA, &PHONE, 0));
    if number % 5 == 0 {
        facts.push(logon(start - 25, &DANA, seat, 50126));
        facts.push(sign_in(start - 25, &DANA, seat, 50126));
    }
    let message = |name: &str| format!("<{name}{number}@mail.fabrikam.example>");
    facts.push(read(start + 300, me(), "Bind", &[message("in").as_str()]));
    let mails =
        [(4_000, "claire@proseware.example"), (9_000, "tom@vendor.example"), (15_000, "eli.novak@fabrikam.example")];
    for (offset, to) in mails.into_iter().skip(usize::from(number % 2 == 0)) {
        let (time, id) = (start + offset, message(&format!("out{offset}-")));
        let subject = format!("Minutes of {number}");
        facts.push(send(time, me(), (&subject, &id), &[to]));
        facts.push(Fact::Trace(traced(time + 2, DANA.upn, to, (&subject, &id))));
    }
    facts.push(Fact::Trace(traced(start + 120, "tom@vendor.example", DANA.upn, ("Delivery dates", &message("in")))));
    let digest = message("digest");
    facts.push(delete(start + 500, me(), "MoveToDeletedItems", "\\Inbox", &[("Daily digest", &digest)]));
    facts.push(delete(
        start + 600,
        own(&DANA, &OUTLOOK),
        "SoftDelete",
        "\\Deleted Items",
        &[("Daily digest", &digest)],
    ));
    facts.push(
        item(start + 700, me(), "Update", 2)
            .with("Item", serde_json::json!({"Subject": "Plan", "ParentFolder": {"Path": "\\Calendar"}})),
    );
    let operation = ["FileAccessed", "FileModified", "FileDownloaded", "FilePreviewed"][number as usize % 4];
    let object = "https://fabrikamexample.sharepoint.example/sites/plans/plan.xlsx";
    facts.push(
        other(start + 1_000, operation, 6, (DANA.upn, "SharePoint")).with("ClientIP", seat.ip).with("ObjectId", object),
    );
    if number % 4 == 1 {
        facts.push(other(start + 1_500, "MessageSent", 25, (DANA.upn, "MicrosoftTeams")).with("ClientIP", seat.ip));
        facts.push(logon(start + 1_000, &ELI, &OFFICE, 0));
        facts.push(sign_in(start + 1_000, &ELI, &OFFICE, 0));
        facts.push(delete(
            start + 5_000,
            own(&ELI, &OFFICE),
            "HardDelete",
            "\\Deleted Items",
            &[("Old", "<old@vendor.example>")],
        ));
    }
}

fn administration(facts: &mut Vec<Fact>, time: i64, number: i64) {
    facts.push(logon(time - 300, &ADMIN, &ADMIN_DESK, 0));
    facts.push(sign_in(time - 300, &ADMIN, &ADMIN_DESK, 0));
    let list = "EURPR04A009.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/fabrikamexample.onmicrosoft.com/project-list";
    let parameters = [("Identity", "project-list"), ("Member", ELI.upn)];
    facts.push(cmdlet(time, (&ADMIN, &ADMIN_DESK), "Add-DistributionGroupMember", list, &parameters));
    let project = format!("Project {number}");
    let change = [("Department", "Projects", project.as_str())];
    for day in [0, 4 * DAY] {
        facts.push(directory(time + day + 600, (&ADMIN, &ELI), "Update user.", &change));
        facts.push(entra(time + day + 600, (&ADMIN, ADMIN_DESK.ip), &ELI, "Update user", &change));
    }
}
