//! S10: a signature was changed.

use super::case::{Case, EDGES, Export, OPEN, SEEN, STRONG};
use super::entry::{WAYS, Way, enter};
use super::records::{Fact, admin_audit, cmdlet};
use super::world::{ADMIN, ADMIN_DESK, DANA, ELI, HOME, LAGOS, at};

const COMMAND: &str = "Set-MailboxMessageConfiguration";

pub fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    for way in WAYS {
        let mut case =
            Case::new(&format!("S10/P1-{}", way.word()), "a signature with an IBAN from the intruder's session");
        enter(&mut case, way, at("02-17T02:14:00"));
        let key = case.put(set(
            at("02-17T02:22:00"),
            &LAGOS,
            &[("SignatureHtml", "<p>Please pay to IBAN DE89 3704 0044 0532 0130 00</p>"), ("AutoAddSignature", "True")],
        ));
        case.expect(10, STRONG, &[key]);
        all.push(case);
    }
    for (number, (parameter, text)) in [
        ("SignatureText", "Canadian Pharmacy http://pills.example"),
        ("SignatureHtml", "<b>Viagra &amp; Cialis</b> <a href=\"http://pills.example\">order</a>"),
        (
            "SignatureHtmlBody",
            "<p>New account: IBAN&nbsp;DE89&nbsp;3704&nbsp;0044&nbsp;0532&nbsp;0130&nbsp;00 BIC COBADEFFXXX</p>",
        ),
        ("SignatureTextOnMobile", "振込先変更のお知らせ: 銀行口座 1234567"),
        ("SignatureText", "Online pharmacy, no prescription, cheap pills"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut case =
            Case::new(&format!("S10/P2-content-{number}"), "judged by its text; nothing known of the place").bare();
        let key = case.put(set(at("02-17T02:22:00"), &HOME, &[(parameter, text)]));
        case.expect(10, STRONG, &[key]);
        all.push(case);
    }
    let mut case = Case::new("S10/by-intruder-ordinary-text", "an ordinary signature set by the intruder");
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let key = case.put(set(at("02-17T02:22:00"), &LAGOS, &[("SignatureText", "Best regards, Dana")]));
    case.expect(10, SEEN, &[key]);
    all.push(case);
    for (number, message) in
        ["We changed our bank: pay at http://pay.example/new", "Neue IBAN DE89 3704 0044 0532 0130 00"]
            .into_iter()
            .enumerate()
    {
        let mut case = Case::new(&format!("S10/P3-auto-reply-{number}"), "an automatic answer with a new way to pay");
        enter(&mut case, Way::Risky, at("02-17T02:14:00"));
        let key = case.put(cmdlet(
            at("02-17T02:22:00"),
            (&DANA, &LAGOS),
            "Set-MailboxAutoReplyConfiguration",
            &DANA.canonical(),
            &[
                ("Identity", DANA.upn),
                ("AutoReplyState", "Enabled"),
                ("ExternalMessage", message),
                ("ExternalAudience", "All"),
            ],
        ));
        case.expect(10, STRONG, &[key]);
        all.push(case);
    }
    let mut case = Case::new(
        "S10/c-disclaimer",
        "a disclaimer with a bank account for the whole tenant, from the intruder's address",
    );
    enter(&mut case, Way::Told, at("02-17T02:14:00"));
    let key = case.put(cmdlet(
        at("02-17T02:22:00"),
        (&ADMIN, &LAGOS),
        "New-TransportRule",
        "",
        &[
            ("Name", "Disclaimer"),
            ("ApplyHtmlDisclaimerText", "<p>Pay to IBAN DE89 3704 0044 0532 0130 00</p>"),
            ("ApplyHtmlDisclaimerLocation", "Append"),
        ],
    ));
    case.expect(10, STRONG, &[key]);
    all.push(case);
    for tables in [false, true] {
        let mut case = Case::new(&format!("S10/admin-audit-{tables}"), "only the admin audit log has it").bare();
        case.tables = tables;
        let key = case.put(admin_audit(
            at("02-17T02:22:00"),
            &DANA,
            COMMAND,
            &DANA.canonical(),
            &[("Identity", DANA.upn), ("SignatureText", "Pay to IBAN DE89 3704 0044 0532 0130 00")],
        ));
        case.expect(10, STRONG, &[key]);
        all.push(case);
    }
    innocent(&mut all);
    all
}

fn set(time: i64, seat: &super::world::Seat, parameters: &[(&str, &str)]) -> Fact {
    let mut all = vec![("Identity", DANA.upn)];
    all.extend_from_slice(parameters);
    cmdlet(time, (&DANA, seat), COMMAND, &DANA.canonical(), &all)
}

fn innocent(all: &mut Vec<Case>) {
    let mut case = Case::new("S10/N1-product", "the signature product writes 480 mailboxes within ten minutes");
    let who = super::world::Who {
        name: "Signatures",
        upn: "svc-signature@fabrikam.example",
        object_id: "50000000-0000-4000-8000-000000000009",
        puid: "1003200200000009",
        mailbox: "",
        sid: "",
    };
    let text = "<p>Dana Weiss, Fabrikam, account IBAN DE89 3704 0044 0532 0130 00</p>";
    let key = case.put(cmdlet(
        at("02-17T09:20:00"),
        (&who, &ADMIN_DESK),
        COMMAND,
        &DANA.canonical(),
        &[("Identity", DANA.upn), ("SignatureHtml", text)],
    ));
    for number in 0..479_i64 {
        let alias = format!("user{number}");
        let target = DANA.canonical().replace("dana.weiss", &alias);
        let upn = format!("{alias}@fabrikam.example");
        case.put(cmdlet(
            at("02-17T09:20:00") + number * 600 / 479,
            (&who, &ADMIN_DESK),
            COMMAND,
            &target,
            &[("Identity", &upn), ("SignatureHtml", text)],
        ));
    }
    case.expect(10, &["explained", "not_assessable"], &[]).spare(10, &[key]);
    all.push(case);
    for (name, parameters) in [
        ("N2-toggle", vec![("AutoAddSignatureOnReply", "False")]),
        ("N3-reply-all", vec![("IsReplyAllTheDefaultResponse", "True")]),
        ("deleted", vec![("DeleteSignatureName", "old")]),
        ("own-text", vec![("SignatureText", "Best regards, Dana Weiss, Fabrikam")]),
        ("mail-format", vec![("DefaultFormat", "Html"), ("AutoAddSignature", "False")]),
    ] {
        let mut case = Case::new(&format!("S10/{name}"), "an ordinary setting, from home");
        let key = case.put(set(at("02-17T09:22:00"), &HOME, &parameters));
        case.expect(10, &["explained", "not_assessable"], &[]).spare(10, &[key]);
        all.push(case);
    }
    let mut case = Case::new("S10/N-colleague", "the colleague's signature");
    let key = case.put(cmdlet(
        at("02-17T02:22:00"),
        (&ELI, &LAGOS),
        COMMAND,
        &ELI.canonical(),
        &[("Identity", ELI.upn), ("SignatureText", "IBAN DE89 3704 0044 0532 0130 00")],
    ));
    case.expect(10, OPEN, &[]).spare(10, &[key]);
    all.push(case);
    let mut case = Case::new("S10/N-holiday", "an ordinary automatic answer for the holidays, from home");
    let key = case.put(cmdlet(
        at("02-17T09:22:00"),
        (&DANA, &HOME),
        "Set-MailboxAutoReplyConfiguration",
        &DANA.canonical(),
        &[
            ("Identity", DANA.upn),
            ("AutoReplyState", "Scheduled"),
            ("InternalMessage", "I am away until Monday."),
            ("ExternalMessage", "I am away until Monday."),
        ],
    ));
    case.expect(10, &["explained", "not_assessable"], &[]).spare(10, &[key]);
    all.push(case);
    let mut case =
        Case::new("S10/never-not-seen", "absence of a record is no absence of a change").without(&[Export::Trace]);
    case.expect(10, OPEN, &[]);
    all.push(case);
    for (name, time, seen) in EDGES {
        let mut case = Case::at_edge("S10", name);
        let key = case.put(set(at(time), &LAGOS, &[("SignatureText", "Pay to IBAN DE89 3704 0044 0532 0130 00")]));
        if seen {
            case.expect(10, STRONG, &[key]);
        } else {
            case.expect(10, OPEN, &[]).spare(10, &[key]);
        }
        all.push(case);
    }
}
