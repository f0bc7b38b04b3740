//! S02: others got mail from the account, and Sent Items has no copy.

use serde_json::json;

use super::case::{CALM, Case, EDGES, Export, INNOCENT, OPEN, SEEN, STRONG, WEAK};
use super::entry::{WAYS, Way, enter};
use super::missing_mail::SENT;
use super::records::{Fact, With, cmdlet, delete, logon, own, send, sign_in, traced};
use super::world::{ADMIN, ADMIN_DESK, DANA, ELI, HOME, LAGOS, OFFICE, PHONE, SCRIPT, at};

pub fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    suppressed(&mut all);
    removed(&mut all);
    never_in_the_mailbox(&mut all);
    by_delegate(&mut all);
    innocent(&mut all);
    all
}

fn suppressed(all: &mut Vec<Case>) {
    let many: Vec<String> = (0..148).map(|number| format!("buyer{number}@customer.example")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for way in WAYS {
        let mut case = Case::new(
            &format!("S02/a-suppressed-{}", way.word()),
            "one message to 148 recipients without a copy, through web services",
        );
        enter(&mut case, way, at("02-17T02:10:00"));
        let sent = case.put(
            send(at("02-17T02:20:00"), own(&DANA, &SCRIPT), ("Price list", "<s1@x.example>"), &many)
                .with("SaveToSentItems", false),
        );
        case.expect(2, STRONG, &[sent]).expect(6, STRONG, &[sent]);
        all.push(case);
    }
    for spelling in [json!(false), json!("False"), json!("false")] {
        let name = format!(
            "S02/a-spelled-{}",
            if spelling.is_boolean() { "bool".to_owned() } else { spelling.to_string().replace('"', "") }
        );
        let mut case = Case::new(&name, "the flag as the exports spell it");
        enter(&mut case, Way::Risky, at("02-17T02:10:00"));
        let sent = case.put(
            send(at("02-17T02:20:00"), own(&DANA, &LAGOS), ("Price list", "<s2@x.example>"), &["tom@vendor.example"])
                .with("SaveToSentItems", spelling),
        );
        case.expect(2, STRONG, &[sent]).leave(&[6]);
        all.push(case);
    }
    let mut case = Case::new("S02/g-graph", "sent through Graph by a program, no copy kept");
    enter(&mut case, Way::Risky, at("02-17T02:10:00"));
    let sent = case.put(
        send(at("02-17T02:20:00"), own(&DANA, &LAGOS), ("Price list", "<s3@x.example>"), &["tom@vendor.example"])
            .with("SaveToSentItems", false)
            .with("ClientInfoString", "Client=REST;;")
            .with("AppId", "00000003-0000-0000-c000-000000000000")
            .with("ClientAppId", "c0ffee00-0000-4000-8000-000000000001"),
    );
    case.expect(2, STRONG, &[sent]).leave(&[6]);
    all.push(case);
    let mut case =
        Case::new("S02/a-three-in-an-hour", "three messages without a copy to outside within an hour, unattributed")
            .bare();
    let mut keys = Vec::new();
    for number in 0..3 {
        let id = format!("<t{number}@x.example>");
        let to = format!("buyer{number}@customer.example");
        keys.push(
            case.put(
                send(at("02-17T11:20:00") + number * 600, own(&DANA, &HOME), ("Price list", &id), &[to.as_str()])
                    .with("SaveToSentItems", false),
            ),
        );
    }
    // Once they are an intruder's, they are listed for reading as well.
    case.expect(2, STRONG, &keys).leave(&[6]);
    all.push(case);
    let mut case =
        Case::new("S02/a-one-unattributed", "one message without a copy, and nothing known of the place").bare();
    let sent = case.put(
        send(at("02-17T11:20:00"), own(&DANA, &HOME), ("Price list", "<one@x.example>"), &["tom@vendor.example"])
            .with("SaveToSentItems", false),
    );
    case.expect(2, WEAK, &[sent]);
    all.push(case);
}

fn removed(all: &mut Vec<Case>) {
    for (number, (language, folder)) in SENT.into_iter().enumerate().filter(|(number, _)| number % 3 == 1) {
        let operation = ["SoftDelete", "HardDelete", "MoveToDeletedItems"][number % 3];
        let mut case =
            Case::new(&format!("S02/b-removed-{language}"), "the copy was kept, then removed from the sent folder");
        enter(&mut case, Way::Risky, at("02-17T02:10:00"));
        let sent = case.put(send(
            at("02-17T02:20:00"),
            own(&DANA, &LAGOS),
            ("Price list", "<b1@x.example>"),
            &["tom@vendor.example"],
        ));
        let gone = case.put(delete(
            at("02-17T02:21:00"),
            own(&DANA, &LAGOS),
            operation,
            folder,
            &[("Price list", "<b1@x.example>")],
        ));
        case.expect(2, STRONG, &[sent, gone]).expect(1, STRONG, &[sent, gone]).leave(&[6]);
        all.push(case);
    }
}

fn smtp(time: i64) -> Fact {
    sign_in(time, &DANA, &LAGOS, 0)
        .with("clientAppUsed", "Authenticated SMTP")
        .with("userAgent", "")
        .with("authenticationRequirement", "singleFactorAuthentication")
        .with("sessionId", "")
}

fn never_in_the_mailbox(all: &mut Vec<Case>) {
    for rows in [37_i64, 5] {
        let mut case = Case::new(
            &format!("S02/d-f-smtp-{rows}"),
            "the trace has mail that the mailbox never sent, after an SMTP sign-in from abroad",
        );
        let entry = case.put(smtp(at("02-17T10:58:00")));
        case.put(logon(at("02-17T10:58:00"), &DANA, &LAGOS, 0));
        let mut keys = Vec::new();
        for number in 0..rows {
            let (to, id) = (format!("buyer{number}@customer.example"), format!("<smtp{number}@x.example>"));
            keys.push(case.put(Fact::Trace(traced(
                at("02-17T11:00:00") + number,
                DANA.upn,
                &to,
                ("Invoice 4471", &id),
            ))));
        }
        let _ = entry;
        case.expect(2, STRONG, &[keys[0], keys[rows as usize - 1]]);
        if rows > 30 {
            case.expect(6, STRONG, &[keys[0]]);
        } else {
            case.leave(&[6]);
        }
        all.push(case);
    }
    let mut case = Case::new("S02/d-alone", "one traced mail that the mailbox never sent; no sign-in explains it");
    let key = case.put(Fact::Trace(traced(
        at("02-17T11:00:00"),
        DANA.upn,
        "tom@vendor.example",
        ("Price list", "<d1@x.example>"),
    )));
    case.expect(2, WEAK, &[key]);
    all.push(case);
    let mut case = Case::new("S02/N1-spoofed", "somebody outside writes her name on a mail to a colleague");
    let mut row = traced(at("02-17T11:00:00"), DANA.upn, ELI.upn, ("Urgent payment", "<spoof@bad.example>"));
    "203.0.113.200".clone_into(&mut row.from_ip);
    let key = case.put(Fact::Trace(row));
    case.expect(2, INNOCENT, &[]).spare(2, &[key]).spare(6, &[key]);
    all.push(case);
    let mut case = Case::new("S02/d-no-send-audit", "a trace, and no mailbox audit to compare it with");
    case.keep = |fact| !matches!(fact, Fact::Audit(object) if object["Operation"] == "Send");
    case.put(Fact::Trace(traced(
        at("02-17T11:00:00"),
        DANA.upn,
        "tom@vendor.example",
        ("Price list", "<d1@x.example>"),
    )));
    case.expect(2, &["not_assessable"], &[]);
    all.push(case);
    let mut case =
        Case::new("S02/no-trace-no-send", "neither a trace nor a sent mail in the logs").without(&[Export::Trace]);
    case.keep = |fact| !matches!(fact, Fact::Audit(object) if object["Operation"] == "Send");
    case.expect(2, OPEN, &[]).expect(6, OPEN, &[]);
    all.push(case);
}

fn by_delegate(all: &mut Vec<Case>) {
    let mut case =
        Case::new("S02/c-send-as", "a colleague's account sends as her, twenty minutes after the intruder let it");
    enter(&mut case, Way::Risky, at("02-17T02:10:00"));
    let grant = case.put(cmdlet(
        at("02-17T02:15:00"),
        (&DANA, &LAGOS),
        "Add-RecipientPermission",
        &DANA.canonical(),
        &[("Identity", DANA.upn), ("Trustee", ELI.upn), ("AccessRights", "SendAs")],
    ));
    let sent = case.put(
        send(at("02-17T02:35:00"), (&ELI, &ELI, &LAGOS), ("Price list", "<as1@x.example>"), &["tom@vendor.example"])
            .with("Operation", "SendAs")
            .with("SendAsUserSmtp", DANA.upn)
            .with("SendAsUserMailboxGuid", DANA.mailbox),
    );
    let _ = grant;
    case.expect(2, STRONG, &[sent]).leave(&[6]);
    all.push(case);
    for (operation, key) in [("SendAs", "SendAsUserSmtp"), ("SendOnBehalf", "SendOnBehalfOfUserSmtp")] {
        let mut case = Case::new(
            &format!("S02/N-long-standing-{operation}"),
            "the assistant has sent for her for weeks, from the office",
        );
        let mut keys = Vec::new();
        for time in
            ["01-12T10:00:00", "01-19T10:00:00", "01-26T10:00:00", "02-02T10:00:00", "02-16T10:00:00", "02-23T10:00:00"]
        {
            let id = format!("<asst{time}@x.example>");
            keys.push(
                case.put(
                    send(at(time), (&ELI, &ELI, &OFFICE), ("Agenda", &id), &["tom@vendor.example"])
                        .with("Operation", operation)
                        .with(key, DANA.upn),
                ),
            );
        }
        case.expect(2, INNOCENT, &[]).spare(2, &keys);
        all.push(case);
    }
}

fn innocent(all: &mut Vec<Case>) {
    let mut case = Case::new("S02/N2-copy-kept", "an ordinary mail with its copy");
    let key = case.put(send(
        at("02-17T11:00:00"),
        own(&DANA, &HOME),
        ("Price list", "<k1@x.example>"),
        &["tom@vendor.example"],
    ));
    case.expect(2, CALM, &[]).spare(2, &[key]);
    all.push(case);
    let mut case = Case::new("S02/N3-older-record", "records of 2021 have no such key: unknown is not false");
    let key = case.put(
        send(at("02-17T11:00:00"), own(&DANA, &HOME), ("Price list", "<k2@x.example>"), &["tom@vendor.example"])
            .without("SaveToSentItems"),
    );
    case.expect(2, CALM, &[]).spare(2, &[key]);
    all.push(case);
    let mut case =
        Case::new("S02/N-known-program", "a program at the office has sent without copies every week for her");
    let mut keys = Vec::new();
    for (week, time) in [
        "01-07T06:30:00",
        "01-14T06:30:00",
        "01-21T06:30:00",
        "01-28T06:30:00",
        "02-04T06:30:00",
        "02-11T06:30:00",
        "02-18T06:30:00",
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("<app{week}@x.example>");
        keys.push(
            case.put(
                send(at(time), own(&DANA, &OFFICE), ("Stock report", &id), &["tom@vendor.example"])
                    .with("SaveToSentItems", false)
                    .with("ClientInfoString", "Client=REST;;")
                    .with("ClientAppId", "c0ffee00-0000-4000-8000-000000000002"),
            ),
        );
    }
    case.expect(2, &["weak", "explained", "not_seen"], &[]);
    all.push(case);
    let mut case = Case::new("S02/N-copy-removed-at-home", "she deletes a sent mail on the telephone three days later");
    case.put(send(at("02-16T11:00:00"), own(&DANA, &HOME), ("Price list", "<k3@x.example>"), &["tom@vendor.example"]));
    let gone = case.put(delete(
        at("02-19T18:00:00"),
        own(&DANA, &PHONE),
        "MoveToDeletedItems",
        "\\Sent Items",
        &[("Price list", "<k3@x.example>")],
    ));
    case.expect(2, INNOCENT, &[]).spare(2, &[gone]).spare(1, &[gone]);
    all.push(case);
    let mut case = Case::new("S02/e-copy-switch-off", "the intruder switches off the copies of mails sent as her");
    enter(&mut case, Way::Risky, at("02-17T02:10:00"));
    let key = case.put(cmdlet(
        at("02-17T02:22:00"),
        (&ADMIN, &LAGOS),
        "Set-Mailbox",
        &DANA.canonical(),
        &[("Identity", DANA.upn), ("MessageCopyForSentAsEnabled", "False")],
    ));
    case.expect(2, SEEN, &[key]);
    all.push(case);
    let mut case = Case::new("S02/N-smtp-by-administrator", "the administrator allows SMTP for the scanner");
    let key = case.put(cmdlet(
        at("02-18T09:22:00"),
        (&ADMIN, &ADMIN_DESK),
        "Set-CASMailbox",
        &DANA.canonical(),
        &[("Identity", DANA.upn), ("SmtpClientAuthenticationDisabled", "False")],
    ));
    case.expect(2, &["weak", "explained", "not_seen"], &[]).expect(2, &["weak", "explained", "not_seen"], &[]);
    let _ = key;
    all.push(case);
    for (name, time, seen) in EDGES {
        let mut case = Case::at_edge("S02", name).argued(&["--attacker-ip", LAGOS.ip]);
        let key = case.put(
            send(at(time), own(&DANA, &LAGOS), ("Price list", "<w@x.example>"), &["tom@vendor.example"])
                .with("SaveToSentItems", false),
        );
        if seen {
            case.expect(2, STRONG, &[key]).leave(&[6]);
        } else {
            case.expect(2, INNOCENT, &[]).spare(2, &[key]);
        }
        all.push(case);
    }
}
