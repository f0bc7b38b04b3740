//! S09: mail is forwarded since lately.

use super::case::{CALM, Case, Export, INNOCENT, NOT_SEEN, OPEN, SEEN, STRONG, WEAK};
use super::entry::{WAYS, Way, enter};
use super::records::{Fact, admin_audit, alert, cmdlet, mailbox_state, service_cmdlet, traced};
use super::world::{ADMIN, ADMIN_DESK, DANA, ELI, HOME, LAGOS, at};

/// Set before the window and standing in it: told, with whatever weight.
const TOLD: &[&str] = &["strong", "weak", "explained"];

pub fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    outside(&mut all);
    two_steps(&mut all);
    tenant(&mut all);
    traces_and_states(&mut all);
    innocent(&mut all);
    all
}

fn set(time: i64, who: (&super::world::Who, &super::world::Seat), parameters: &[(&str, &str)]) -> Fact {
    let mut all = vec![("Identity", DANA.upn)];
    all.extend_from_slice(parameters);
    cmdlet(time, who, "Set-Mailbox", &DANA.canonical(), &all)
}

fn outside(all: &mut Vec<Case>) {
    for way in WAYS {
        let mut case = Case::new(
            &format!("S09/P1-{}", way.word()),
            "everything to an address outside, no copy kept, from the intruder's session",
        );
        enter(&mut case, way, at("02-17T02:14:00"));
        let key = case.put(set(
            at("02-17T02:22:00"),
            (&DANA, &LAGOS),
            &[("ForwardingSmtpAddress", "smtp:ex@collect.example"), ("DeliverToMailboxAndForward", "False")],
        ));
        case.expect(9, STRONG, &[key]);
        all.push(case);
    }
    for (number, value) in [
        "smtp:ex@collect.example",
        "SMTP:ex@collect.example",
        "ex@collect.example",
        "smtp:ex@collect.fabrikam-example.example",
    ]
    .into_iter()
    .enumerate()
    {
        let mut case = Case::new(&format!("S09/a-spelling-{number}"), "outside, the copy kept, set by the intruder");
        enter(&mut case, Way::Risky, at("02-17T02:14:00"));
        let key = case.put(set(
            at("02-17T02:22:00"),
            (&DANA, &LAGOS),
            &[("ForwardingSmtpAddress", value), ("DeliverToMailboxAndForward", "True")],
        ));
        case.expect(9, STRONG, &[key]);
        all.push(case);
    }
    let mut case = Case::new("S09/a-no-copy-unattributed", "outside without a copy, nothing known of the place").bare();
    let key = case.put(set(
        at("02-17T09:22:00"),
        (&DANA, &HOME),
        &[("ForwardingSmtpAddress", "smtp:ex@collect.example"), ("DeliverToMailboxAndForward", "False")],
    ));
    case.expect(9, STRONG, &[key]);
    all.push(case);
    let mut case = Case::new("S09/a-copy-unattributed", "outside with a copy, nothing known of the place").bare();
    let key = case.put(set(
        at("02-17T09:22:00"),
        (&DANA, &HOME),
        &[("ForwardingSmtpAddress", "smtp:ex@collect.example"), ("DeliverToMailboxAndForward", "True")],
    ));
    case.expect(9, WEAK, &[key]);
    all.push(case);
    let mut case =
        Case::new("S09/a-by-administrator", "the administrator forwards to outside on request, the copy kept");
    let key = case.put(set(
        at("02-18T09:22:00"),
        (&ADMIN, &ADMIN_DESK),
        &[("ForwardingSmtpAddress", "smtp:dana@partner.example"), ("DeliverToMailboxAndForward", "True")],
    ));
    case.expect(9, &["weak", "explained"], &[key]);
    all.push(case);
    let mut case = Case::new("S09/internal-by-intruder", "forwarded to a colleague's mailbox by the intruder");
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let key = case.put(set(at("02-17T02:22:00"), (&DANA, &LAGOS), &[("ForwardingAddress", "eli.novak")]));
    case.expect(9, SEEN, &[key]);
    all.push(case);
    let mut case =
        Case::new("S09/set-and-taken-back", "set by the intruder and taken back an hour later: still a symptom");
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let made = case.put(set(
        at("02-17T02:22:00"),
        (&DANA, &LAGOS),
        &[("ForwardingSmtpAddress", "smtp:ex@collect.example"), ("DeliverToMailboxAndForward", "True")],
    ));
    case.put(set(at("02-17T03:22:00"), (&DANA, &LAGOS), &[("ForwardingSmtpAddress", "")]));
    case.expect(9, STRONG, &[made]).step(2, &["by_attacker", "undone", "not_seen", "partial"], None);
    all.push(case);
    for tables in [false, true] {
        let mut case = Case::new(&format!("S09/admin-audit-{tables}"), "only the admin audit log has it").bare();
        case.tables = tables;
        let key = case.put(admin_audit(
            at("02-17T02:22:00"),
            &DANA,
            "Set-Mailbox",
            &DANA.canonical(),
            &[
                ("Identity", DANA.upn),
                ("ForwardingSmtpAddress", "smtp:ex@collect.example"),
                ("DeliverToMailboxAndForward", "False"),
            ],
        ));
        case.expect(9, STRONG, &[key]);
        all.push(case);
    }
    for (name, time, verdict) in [
        ("26-days-before", "01-15T02:22:00", TOLD),
        ("last-second", "02-28T23:59:59", STRONG),
        ("at-the-end", "03-01T00:00:00", INNOCENT),
    ] {
        let mut case =
            Case::new(&format!("S09/window-{name}"), "recent reaches thirty days before the window, and ends with it")
                .window("2026-02-10T00:00:00Z", "2026-03-01T00:00:00Z");
        let key = case.put(set(
            at(time),
            (&DANA, &LAGOS),
            &[("ForwardingSmtpAddress", "smtp:ex@collect.example"), ("DeliverToMailboxAndForward", "False")],
        ));
        if verdict == INNOCENT {
            case.expect(9, verdict, &[]).spare(9, &[key]);
        } else {
            case.expect(9, verdict, &[key]);
        }
        all.push(case);
    }
}

fn two_steps(all: &mut Vec<Case>) {
    for way in [Way::Risky, Way::Told] {
        let mut case = Case::new(
            &format!("S09/b-contact-{}", way.word()),
            "a contact outside, and then forwarding to the contact",
        );
        enter(&mut case, way, at("02-17T02:14:00"));
        let contact = case.put(cmdlet(
            at("02-17T02:20:00"),
            (&DANA, &LAGOS),
            "New-MailContact",
            "contact1",
            &[("Name", "contact1"), ("ExternalEmailAddress", "SMTP:a@collect.example")],
        ));
        let key = case.put(set(at("02-17T02:22:00"), (&DANA, &LAGOS), &[("ForwardingAddress", "contact1")]));
        case.expect(9, STRONG, &[contact, key]);
        all.push(case);
    }
    let mut case = Case::new("S09/b-contact-unattributed", "the same, and nothing known of the place").bare();
    let contact = case.put(cmdlet(
        at("02-17T09:20:00"),
        (&ADMIN, &ADMIN_DESK),
        "New-MailContact",
        "contact1",
        &[("Name", "contact1"), ("ExternalEmailAddress", "SMTP:a@collect.example")],
    ));
    let key = case.put(set(at("02-17T09:22:00"), (&ADMIN, &ADMIN_DESK), &[("ForwardingAddress", "contact1")]));
    case.expect(9, STRONG, &[contact, key]);
    all.push(case);
}

fn tenant(all: &mut Vec<Case>) {
    for (number, (command, parameters)) in [
        ("New-TransportRule", vec![("Name", "x"), ("From", DANA.upn), ("BlindCopyTo", "ex@collect.example")]),
        ("New-TransportRule", vec![("Name", "y"), ("SentTo", DANA.upn), ("RedirectMessageTo", "ex@collect.example")]),
        (
            "New-JournalRule",
            vec![("Name", "j"), ("Recipient", DANA.upn), ("JournalEmailAddress", "ex@collect.example")],
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let mut case = Case::new(
            &format!("S09/d-{command}-{number}"),
            "a copy for outside, tenant-wide, made from the intruder's address",
        );
        enter(&mut case, Way::Told, at("02-17T02:14:00"));
        let key = case.put(cmdlet(at("02-17T02:22:00"), (&ADMIN, &LAGOS), command, "", &parameters));
        case.expect(9, STRONG, &[key]);
        all.push(case);
    }
    for (number, (command, parameters)) in [
        ("Set-HostedOutboundSpamFilterPolicy", vec![("Identity", "Default"), ("AutoForwardingMode", "On")]),
        ("Set-RemoteDomain", vec![("Identity", "Default"), ("AutoForwardEnabled", "True")]),
    ]
    .into_iter()
    .enumerate()
    {
        let mut case = Case::new(
            &format!("S09/e-enabled-{number}"),
            "forwarding to outside is allowed from the intruder's address",
        );
        enter(&mut case, Way::Told, at("02-17T02:14:00"));
        let key = case.put(cmdlet(at("02-17T02:22:00"), (&ADMIN, &LAGOS), command, "Default", &parameters));
        case.expect(9, SEEN, &[key]);
        all.push(case);
    }
    let mut case = Case::new("S09/f-alert", "Microsoft's alert about forwarding, and nothing recorded of its cause");
    let key = case.put(alert(
        at("02-17T02:30:00"),
        &DANA,
        ("Suspicious email forwarding activity", "High"),
        "AlertTriggered",
    ));
    case.expect(9, WEAK, &[key]);
    all.push(case);
}

fn traces_and_states(all: &mut Vec<Case>) {
    let mut case =
        Case::new("S09/P3-trace", "nineteen mails leave for outside two seconds after they came; nothing was recorded");
    let mut keys = Vec::new();
    for number in 0..19_i64 {
        let (id, time) = (format!("<m{number}@vendor.example>"), at("02-17T10:00:01") + number * 600);
        case.put(Fact::Trace(traced(time, "tom@vendor.example", DANA.upn, ("Delivery dates", &id))));
        keys.push(case.put(Fact::Trace(traced(
            time + 2,
            "tom@vendor.example",
            "a@collect.example",
            ("Delivery dates", &id),
        ))));
    }
    case.expect(9, WEAK, &[keys[0]]);
    all.push(case);
    for (name, cells, verdict) in [
        (
            "outside",
            vec![("ForwardingSMTPAddress", "smtp:ex@collect.example"), ("DeliverToMailboxAndForward", "False")],
            WEAK,
        ),
        (
            "outside-copy",
            vec![("ForwardingSMTPAddress", "smtp:ex@collect.example"), ("DeliverToMailboxAndForward", "True")],
            WEAK,
        ),
        ("none", vec![("DeliverToMailboxAndForward", "False")], NOT_SEEN),
    ] {
        let mut case = Case::new(&format!("S09/h-snapshot-{name}"), "what stands in the mailbox when somebody looked");
        let key = case.put(mailbox_state(&DANA, &cells));
        if verdict == NOT_SEEN {
            case.expect(9, verdict, &[]).spare(9, &[key]);
        } else {
            case.expect(9, verdict, &[key]);
        }
        all.push(case);
    }
}

fn innocent(all: &mut Vec<Case>) {
    let mut case = Case::new("S09/N1-removed", "the administrator empties the address: the second step, no symptom");
    let key = case.put(set(at("02-18T09:22:00"), (&ADMIN, &ADMIN_DESK), &[("ForwardingSmtpAddress", "")]));
    case.expect(9, CALM, &[]).spare(9, &[key]);
    all.push(case);
    let mut case = Case::new("S09/N2-leaver", "her mail goes to her manager, set by the administrator");
    let key = case.put(set(
        at("02-18T09:22:00"),
        (&ADMIN, &ADMIN_DESK),
        &[("ForwardingAddress", "eli.novak"), ("DeliverToMailboxAndForward", "True")],
    ));
    case.expect(9, INNOCENT, &[]).spare(9, &[key]);
    all.push(case);
    let mut case = Case::new("S09/N3-service", "the service's own settings");
    let key = case.put(service_cmdlet(
        at("02-18T09:22:00"),
        "Set-Mailbox",
        &DANA,
        &[("Identity", "dana.weiss"), ("QuarantineOrgShard", "2")],
    ));
    case.expect(9, INNOCENT, &[]).spare(9, &[key]);
    all.push(case);
    let mut case = Case::new("S09/N-colleague", "the colleague's mail is forwarded");
    let key = case.put(cmdlet(
        at("02-17T02:22:00"),
        (&ELI, &LAGOS),
        "Set-Mailbox",
        &ELI.canonical(),
        &[("Identity", ELI.upn), ("ForwardingSmtpAddress", "smtp:ex@collect.example")],
    ));
    case.expect(9, INNOCENT, &[]).spare(9, &[key]);
    all.push(case);
    let mut case = Case::new("S09/N-copy-only", "only the copy switch changes, by the administrator");
    let key = case.put(set(at("02-18T09:22:00"), (&ADMIN, &ADMIN_DESK), &[("DeliverToMailboxAndForward", "True")]));
    case.expect(9, INNOCENT, &[]).spare(9, &[key]);
    all.push(case);
    let mut case = Case::new("S09/N-told-domain", "the other domain is the company's own, says the analyst")
        .argued(&["--tenant-domain", "fabrikam-group.example"]);
    let key = case.put(set(
        at("02-18T09:22:00"),
        (&ADMIN, &ADMIN_DESK),
        &[("ForwardingSmtpAddress", "smtp:dana@fabrikam-group.example"), ("DeliverToMailboxAndForward", "True")],
    ));
    case.expect(9, INNOCENT, &[]).spare(9, &[key]);
    all.push(case);
    let mut case = Case::new("S09/N-list", "a mail to several recipients is no forwarding");
    let mut keys = Vec::new();
    for to in [DANA.upn, "x@partner.example", "y@partner.example"] {
        keys.push(case.put(Fact::Trace(traced(
            at("02-17T10:00:01"),
            "tom@vendor.example",
            to,
            ("Delivery dates", "<list@vendor.example>"),
        ))));
    }
    case.expect(9, INNOCENT, &[]).spare(9, &keys);
    all.push(case);
    let mut case = Case::new("S09/no-admin-audit", "no cmdlet of anybody in the log");
    case.keep = |fact| !matches!(fact, Fact::Audit(object) if object["RecordType"] == 1);
    case.expect(9, OPEN, &[]).expect(3, OPEN, &[]).expect(10, OPEN, &[]);
    all.push(case);
    let mut case = Case::new("S09/no-snapshot", "forwarding set before the log began cannot be excluded")
        .without(&[Export::Mailboxes, Export::Rules]);
    case.expect(9, OPEN, &[]);
    all.push(case);
}
