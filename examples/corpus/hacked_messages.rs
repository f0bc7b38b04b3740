//! S06: Sent or Deleted Items hold what hacked accounts send.

use super::case::{CALM, Case, EDGES, Export, INNOCENT, SEEN, STRONG, WEAK};
use super::entry::{WAYS, Way, enter};
use super::records::{Fact, With, delete, own, send, traced};
use super::world::{DANA, HOME, LAGOS, OFFICE, at};

pub fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    lures(&mut all);
    bursts(&mut all);
    innocent(&mut all);
    all
}

fn lures(all: &mut Vec<Case>) {
    for (number, subject) in [
        "Stranded in London – urgent help",
        "Need a favor, are you available?",
        "Gift cards for the team",
        "至急：助けてください",
        "ギフトカードの件",
        "Dringend: Geschenkkarte",
        "Lost my passport",
        "Confidential request",
        "Beneficiary of the inheritance",
    ]
    .into_iter()
    .enumerate()
    {
        let mut case =
            Case::new(&format!("S06/a-distress-{number}"), "a cry for help, sent from the intruder's session");
        enter(&mut case, WAYS[number % WAYS.len()], at("02-17T02:14:00"));
        let key = case.put(send(
            at("02-17T02:20:00"),
            own(&DANA, &LAGOS),
            (subject, "<l1@x.example>"),
            &["claire@proseware.example"],
        ));
        case.expect(6, STRONG, &[key]);
        all.push(case);
        if number % 3 == 0 {
            let mut case =
                Case::new(&format!("S06/a-distress-alone-{number}"), "a cry for help, and nothing known of the place")
                    .bare();
            let key = case.put(send(
                at("02-17T02:20:00"),
                own(&DANA, &HOME),
                (subject, "<l2@x.example>"),
                &["claire@proseware.example"],
            ));
            case.expect(6, WEAK, &[key]);
            all.push(case);
        }
    }
    for (number, subject) in [
        "Updated bank details",
        "Wire transfer today",
        "請求書の件",
        "振込先変更のお願い",
        "Neue Bankverbindung",
        "Virement bancaire urgent",
        "Cambio de transferencia",
        "Bonifico urgente",
        "付款通知",
    ]
    .into_iter()
    .enumerate()
    {
        let mut case = Case::new(&format!("S06/a-money-{number}"), "money words count when the intruder writes them");
        enter(&mut case, WAYS[number % WAYS.len()], at("02-17T02:14:00"));
        let key = case.put(send(
            at("02-17T02:20:00"),
            own(&DANA, &LAGOS),
            (subject, "<l3@x.example>"),
            &["claire@proseware.example"],
        ));
        case.expect(6, STRONG, &[key]);
        all.push(case);
        if number % 2 == 0 {
            let mut case =
                Case::new(&format!("S06/N-money-at-home-{number}"), "money words are daily business at the usual desk");
            let key = case.put(send(
                at("02-17T09:20:00"),
                own(&DANA, &HOME),
                (subject, "<l4@x.example>"),
                &["claire@proseware.example"],
            ));
            case.expect(6, INNOCENT, &[]).spare(6, &[key]);
            all.push(case);
        }
    }
    for (number, (folder, subject)) in [
        ("\\Deleted Items", "至急：振込先変更のお願い"),
        ("\\削除済みアイテム", "請求書"),
        ("\\Gesendete Elemente", "Neue Bankverbindung"),
        ("\\Sent Items", "Gift cards"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut case = Case::new(&format!("S06/b-deleted-{number}"), "the lure itself is deleted by the intruder");
        enter(&mut case, Way::Risky, at("02-17T02:14:00"));
        let key = case.put(delete(
            at("02-17T02:20:00"),
            own(&DANA, &LAGOS),
            "HardDelete",
            folder,
            &[(subject, "<l5@x.example>")],
        ));
        case.expect(6, STRONG, &[key]).leave(&[1, 2]);
        all.push(case);
    }
    let mut case = Case::new("S06/attachment", "the attachment's name is the lure");
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let item = serde_json::json!({"Id": "Rg9", "InternetMessageId": "<l6@x.example>", "Subject": "For you", "ParentFolder": {"Path": "\\Drafts"}, "Attachments": "Remittance_advice.htm (8121b)"});
    let key = case.put(
        send(at("02-17T02:20:00"), own(&DANA, &LAGOS), ("For you", "<l6@x.example>"), &["claire@proseware.example"])
            .with("Item", item),
    );
    case.expect(6, STRONG, &[key]);
    all.push(case);
}

fn bursts(all: &mut Vec<Case>) {
    let mut case = Case::new("S06/P1-stranded", "one cry for help to 212 people from a new network");
    enter(&mut case, Way::NewPlace, at("02-17T02:14:00"));
    let key = case.put(
        send(at("02-17T02:20:00"), own(&DANA, &LAGOS), ("Stranded in London – urgent help", "<p1@x.example>"), &[])
            .with("recipientCount", 212)
            .without("recipientList"),
    );
    case.expect(6, STRONG, &[key]);
    all.push(case);
    let mut case = Case::new(
        "S06/P2-shared-document",
        "54 times a shared document, each copy removed from the Japanese sent folder",
    );
    enter(&mut case, Way::NewPlace, at("02-17T02:50:00"));
    let mut sent = Vec::new();
    for number in 0..54_i64 {
        let (id, to, time) = (
            format!("<p2-{number}@x.example>"),
            format!("buyer{number}@customer.example"),
            at("02-17T03:02:00") + number * 8,
        );
        sent.push(case.put(send(time, own(&DANA, &LAGOS), ("shared document", &id), &[to.as_str()])));
        case.put(delete(time + 3, own(&DANA, &LAGOS), "SoftDelete", "\\送信済みアイテム", &[("shared document", &id)]));
    }
    case.expect(6, STRONG, &[sent[0], sent[53]]).expect(1, STRONG, &[sent[0]]).expect(2, STRONG, &[sent[0]]);
    all.push(case);
    let mut case = Case::new("S06/d-trace-only", "the trace shows a burst of one subject; no mailbox audit").bare();
    let mut keys = Vec::new();
    for number in 0..60_i64 {
        let (id, to) = (format!("<p3-{number}@x.example>"), format!("buyer{number}@customer.example"));
        keys.push(case.put(Fact::Trace(traced(at("02-17T03:02:00") + number * 4, DANA.upn, &to, ("Gift cards", &id)))));
    }
    case.expect(6, SEEN, &[keys[0]]).leave(&[2]);
    all.push(case);
    let mut case = Case::new("S06/ten-the-same", "eleven messages with one subject from the intruder's session");
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let mut keys = Vec::new();
    for number in 0..11_i64 {
        let (id, to) = (format!("<p4-{number}@x.example>"), format!("buyer{number}@customer.example"));
        let subject = ["RE: Offer", "Offer", "AW: Offer", "返信: Offer"][number as usize % 4];
        keys.push(case.put(send(
            at("02-17T02:20:00") + number * 300,
            own(&DANA, &LAGOS),
            (subject, &id),
            &[to.as_str()],
        )));
    }
    case.expect(6, STRONG, &[keys[0], keys[10]]);
    all.push(case);
}

fn innocent(all: &mut Vec<Case>) {
    let mut case = Case::new("S06/N1-invoice", "an invoice to a known customer from home");
    let key = case.put(send(
        at("02-17T09:20:00"),
        own(&DANA, &HOME),
        ("Invoice 4471", "<i1@x.example>"),
        &["tom@vendor.example"],
    ));
    case.expect(6, INNOCENT, &[]).spare(6, &[key]);
    all.push(case);
    let mut case = Case::new("S06/N2-to-security", "she forwards a sample to the own security team");
    let key = case.put(send(
        at("02-17T09:20:00"),
        own(&DANA, &HOME),
        ("FW: phishing? \"I'm stuck in London\"", "<i2@x.example>"),
        &["security@fabrikam.example"],
    ));
    case.expect(6, INNOCENT, &[]).spare(6, &[key]);
    all.push(case);
    let mut case = Case::new("S06/N3-newsletter", "the monthly newsletter on the first Monday, from the office");
    let mut keys = Vec::new();
    for (month, time) in ["01-05T09:00:00", "02-02T09:00:00", "03-02T09:00:00"].into_iter().enumerate() {
        let id = format!("<news{month}@x.example>");
        keys.push(
            case.put(
                send(at(time), own(&DANA, &OFFICE), ("Monthly newsletter", &id), &[])
                    .with("recipientCount", 600)
                    .without("recipientList"),
            ),
        );
    }
    let mut case = case.window("2026-02-02", "2026-03-03");
    case.expect(6, INNOCENT, &[]).spare(6, &keys);
    all.push(case);
    let mut case = Case::new("S06/N-thread", "a long thread from home: one subject, many answers");
    let mut keys = Vec::new();
    for number in 0..14_i64 {
        let id = format!("<th{number}@x.example>");
        keys.push(case.put(send(
            at("02-17T08:20:00") + number * 1_500,
            own(&DANA, &HOME),
            ("RE: Delivery dates", &id),
            &["tom@vendor.example"],
        )));
    }
    case.expect(6, INNOCENT, &[]).spare(6, &keys);
    all.push(case);
    let mut case = Case::new("S06/N-ordinary-without-baseline", "an ordinary mail and no weeks before").bare();
    let key = case.put(send(
        at("02-17T09:20:00"),
        own(&DANA, &HOME),
        ("Invoice 4471", "<i3@x.example>"),
        &["tom@vendor.example"],
    ));
    case.expect(6, CALM, &[]).spare(6, &[key]);
    all.push(case);
    let mut case = Case::new("S06/no-send-no-trace", "neither sent mail nor a trace").without(&[Export::Trace]);
    case.keep = |fact| !matches!(fact, Fact::Audit(object) if object["RecordType"] == 2 || object["RecordType"] == 3 || object["RecordType"] == 50);
    case.expect(6, &["not_assessable"], &[]).expect(1, &["not_assessable"], &[]).expect(2, &["not_assessable"], &[]);
    all.push(case);
    for (name, time, seen) in EDGES {
        let mut case = Case::at_edge("S06", name).argued(&["--attacker-ip", LAGOS.ip]);
        let key =
            case.put(send(at(time), own(&DANA, &LAGOS), ("Gift cards", "<w@x.example>"), &["tom@vendor.example"]));
        if seen {
            case.expect(6, STRONG, &[key]);
        } else {
            case.expect(6, INNOCENT, &[]).spare(6, &[key]);
        }
        all.push(case);
    }
}
