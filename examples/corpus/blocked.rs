//! S05: the mailbox was blocked from sending.

use serde_json::json;

use super::case::{Case, EDGES, Export, INNOCENT, OPEN, SEEN, STRONG, WEAK};
use super::entry::{WAYS, enter};
use super::records::{Fact, With, alert, cmdlet, hygiene, own, send, traced};
use super::world::{ADMIN, ADMIN_DESK, DANA, ELI, HOME, LAGOS, at};

const REASON: &str =
    "OutboundSpamLast24Hours=12;RecipientRateLimitExceeded;RecipientCountLast24Hours=2104;RcptRateLimit=2000";

pub fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    for way in WAYS {
        let mut case = Case::new(
            &format!("S05/a-listed-{}", way.word()),
            "listed as a restricted sender after the intruder's mass mailing",
        );
        enter(&mut case, way, at("02-17T08:00:00"));
        let many: Vec<String> = (0..193).map(|number| format!("buyer{number}@customer.example")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for number in 0..10 {
            let id = format!("<bulk{number}@x.example>");
            case.put(send(at("02-17T08:20:00") + number * 60, own(&DANA, &LAGOS), ("Offer", &id), &many));
        }
        let key = case.put(hygiene(at("02-17T09:12:00"), &DANA, "Listed", REASON));
        case.expect(5, STRONG, &[key]).leave(&[2, 6]);
        all.push(case);
    }
    let mut case = Case::new("S05/a-listed-alone", "listed, and nothing else recorded: a fact all the same").bare();
    let key = case.put(hygiene(at("02-17T09:12:00"), &DANA, "Listed", REASON));
    case.expect(5, STRONG, &[key]);
    all.push(case);
    for operation in ["AlertTriggered", "AlertEntityGenerated"] {
        let mut case = Case::new(&format!("S05/b-restricted-{operation}"), "the alert says that she was restricted");
        let mut fact = alert(at("02-17T09:15:00"), &DANA, ("User restricted from sending email", "High"), operation);
        if operation == "AlertEntityGenerated" {
            fact = fact.with("Data", json!({"eid": DANA.upn, "ts": "2026-02-17T09:12:00Z", "te": "2026-02-17T09:12:00Z", "op": "CompromisedAccount", "tdc": "1"}).to_string());
        }
        let key = case.put(fact);
        case.expect(5, STRONG, &[key]);
        all.push(case);
    }
    let mut case = Case::new("S05/b-suspicious-sending", "suspicious sending, no restriction");
    let key = case.put(alert(
        at("02-17T09:15:00"),
        &DANA,
        ("Suspicious email sending patterns detected", "Medium"),
        "AlertTriggered",
    ));
    case.expect(5, WEAK, &[key]).leave(&[6]);
    all.push(case);
    let mut case = Case::new("S05/b-limit", "the sending limit was exceeded once");
    let key =
        case.put(alert(at("02-17T09:15:00"), &DANA, ("Email sending limit exceeded", "Medium"), "AlertTriggered"));
    case.expect(5, SEEN, &[key]).leave(&[6]);
    all.push(case);
    let mut case =
        Case::new("S05/e-unblocked-later", "only the removal from the list is recorded: it was blocked before");
    let key = case.put(cmdlet(
        at("02-18T09:15:00"),
        (&ADMIN, &ADMIN_DESK),
        "Remove-BlockedSenderAddress",
        DANA.upn,
        &[("SenderAddress", DANA.upn)],
    ));
    case.expect(5, WEAK, &[key]);
    all.push(case);
    let mut case = Case::new("S05/d-failed-in-the-trace", "outbound mail fails, says the trace");
    let mut keys = Vec::new();
    for number in 0..12 {
        let (to, id) = (format!("buyer{number}@customer.example"), format!("<fail{number}@x.example>"));
        case.put(send(at("02-17T09:00:00") + number, own(&DANA, &HOME), ("Offer", &id), &[to.as_str()]));
        let mut row = traced(at("02-17T09:00:02") + number, DANA.upn, &to, ("Offer", &id));
        row.status = "Failed";
        keys.push(case.put(Fact::Trace(row)));
    }
    case.expect(5, &["weak", "not_seen"], &[]).leave(&[2, 6]);
    all.push(case);
    innocent(&mut all);
    all
}

fn innocent(all: &mut Vec<Case>) {
    let mut case = Case::new("S05/N1-delisted", "only the end of a block: an earlier one is inferred, no new one");
    let key = case.put(hygiene(at("02-17T11:00:00"), &DANA, "Delisted", "Released by administrator"));
    case.expect(5, &["weak", "explained"], &[key]).step(4, &["done"], None);
    all.push(case);
    let mut case = Case::new("S05/N3-colleague", "the alert is about the colleague");
    let one =
        case.put(alert(at("02-17T09:15:00"), &ELI, ("User restricted from sending email", "High"), "AlertTriggered"));
    let two = case.put(hygiene(at("02-17T09:12:00"), &ELI, "Listed", REASON));
    case.expect(5, INNOCENT, &[]).spare(5, &[one, two]);
    all.push(case);
    let mut case = Case::new("S05/N2-every-monday", "the limit is exceeded by the mailing every Monday morning");
    let mut keys = Vec::new();
    for time in [
        "01-12T07:05:00",
        "01-19T07:05:00",
        "01-26T07:05:00",
        "02-02T07:05:00",
        "02-09T07:05:00",
        "02-16T07:05:00",
        "02-23T07:05:00",
    ] {
        keys.push(case.put(alert(at(time), &DANA, ("Email sending limit exceeded", "Medium"), "AlertTriggered")));
    }
    case.expect(5, INNOCENT, &[]).spare(5, &keys);
    all.push(case);
    let mut case = Case::new("S05/N-updated", "an alert's comment changes: no new block");
    let key =
        case.put(alert(at("02-17T09:15:00"), &ELI, ("User restricted from sending email", "High"), "AlertUpdated"));
    case.expect(5, INNOCENT, &[]).spare(5, &[key]);
    all.push(case);
    let mut case = Case::new("S05/no-alerts", "no alert anywhere in the file: such records are not collected here");
    case.keep = |fact| !matches!(fact, Fact::Audit(object) if object["RecordType"] == 40);
    case.expect(5, OPEN, &[]);
    all.push(case);
    let mut case = Case::new("S05/no-audit-log", "no audit log at all").without(&[Export::Audit]);
    case.expect(5, OPEN, &[]).expect(1, OPEN, &[]).expect(3, OPEN, &[]).expect(9, OPEN, &[]).expect(10, OPEN, &[]);
    all.push(case);
    for (name, time, seen) in EDGES {
        let mut case = Case::at_edge("S05", name);
        let key = case.put(hygiene(at(time), &DANA, "Listed", REASON));
        if seen {
            case.expect(5, STRONG, &[key]);
        } else {
            case.expect(5, INNOCENT, &[]).spare(5, &[key]);
        }
        all.push(case);
    }
}
