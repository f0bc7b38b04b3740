//! Findings that are weak alone and strong together: the same account, within a day, in order.

use super::case::{Case, SEEN, STRONG, WEAK};
use super::entry::{Way, enter};
use super::records::{cmdlet, delete, entra, hygiene, own, send, sign_in};
use super::world::{DANA, HOME, LAGOS, NOWHERE, at};

pub fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    let mut case = Case::new(
        "chain/sign-in-then-forwarding",
        "a suspicious sign-in, and half an hour later forwarding by a record without an address",
    );
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let key = case.put(cmdlet(
        at("02-17T02:44:00"),
        (&DANA, &NOWHERE),
        "Set-Mailbox",
        &DANA.canonical(),
        &[
            ("Identity", DANA.upn),
            ("ForwardingSmtpAddress", "smtp:ex@collect.example"),
            ("DeliverToMailboxAndForward", "True"),
        ],
    ));
    case.expect(9, STRONG, &[key]);
    all.push(case);
    let mut case = Case::new(
        "chain/sign-in-then-rule",
        "a suspicious sign-in, and an hour later a rule by a record without an address",
    );
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let key = case.put(cmdlet(
        at("02-17T03:10:00"),
        (&DANA, &NOWHERE),
        "New-InboxRule",
        &format!("{}\\Tom", DANA.canonical()),
        &[("Name", "Tom"), ("From", "tom@vendor.example"), ("DeleteMessage", "True")],
    ));
    case.expect(3, STRONG, &[key]);
    all.push(case);
    let mut case = Case::new("chain/two-days-between", "two days between the sign-in and the rule: no chain");
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let key = case.put(cmdlet(
        at("02-19T03:10:00"),
        (&DANA, &NOWHERE),
        "New-InboxRule",
        &format!("{}\\Tom", DANA.canonical()),
        &[("Name", "Tom"), ("From", "tom@vendor.example"), ("DeleteMessage", "True")],
    ));
    case.expect(3, WEAK, &[key]);
    all.push(case);
    let mut case = Case::new(
        "chain/rule-then-lure",
        "a rule that hides answers, and two hours later a cry for help; nothing known of the place",
    )
    .bare();
    let hiding = case.put(cmdlet(
        at("02-17T09:10:00"),
        (&DANA, &HOME),
        "New-InboxRule",
        &format!("{}\\Tom", DANA.canonical()),
        &[("Name", "Tom"), ("From", "tom@vendor.example"), ("DeleteMessage", "True")],
    ));
    let lure = case.put(send(
        at("02-17T11:10:00"),
        own(&DANA, &HOME),
        ("Gift cards, urgent help", "<lure@x.example>"),
        &["tom@vendor.example"],
    ));
    case.expect(3, SEEN, &[hiding]).expect(6, STRONG, &[lure]);
    all.push(case);
    let mut case = Case::new(
        "chain/lure-then-listing",
        "a cry for help to many, and the account is listed; nothing known of the place",
    )
    .bare();
    let lure = case.put(send(
        at("02-17T09:10:00"),
        own(&DANA, &HOME),
        ("Gift cards, urgent help", "<lure@x.example>"),
        &["tom@vendor.example"],
    ));
    let listed = case.put(hygiene(
        at("02-17T10:10:00"),
        &DANA,
        "Listed",
        "RecipientRateLimitExceeded;RecipientCountLast24Hours=2104",
    ));
    case.expect(5, STRONG, &[listed]).expect(6, STRONG, &[lure]);
    all.push(case);
    let mut case =
        Case::new("chain/reset-then-sign-in", "a self-service reset from a foreign address, and a sign-in from it");
    let key = case.put(entra(at("02-17T02:10:00"), (&DANA, LAGOS.ip), &DANA, "Reset password (self-service)", &[]));
    case.put(sign_in(at("02-17T02:12:00"), &DANA, &LAGOS, 0));
    case.expect(8, STRONG, &[key]);
    all.push(case);
    let mut case =
        Case::new("chain/lure-sent-and-removed", "a cry for help sent and its copy removed at once: strong by itself")
            .bare();
    let lure = case.put(send(
        at("02-17T09:10:00"),
        own(&DANA, &HOME),
        ("Gift cards, urgent help", "<lure@x.example>"),
        &["tom@vendor.example"],
    ));
    let gone = case.put(delete(
        at("02-17T09:10:30"),
        own(&DANA, &HOME),
        "HardDelete",
        "\\Sent Items",
        &[("Gift cards, urgent help", "<lure@x.example>")],
    ));
    case.expect(6, STRONG, &[lure]).expect(1, STRONG, &[lure, gone]).expect(2, SEEN, &[lure]);
    all.push(case);
    all
}
