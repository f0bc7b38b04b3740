//! L1 to L5: address, place, time, outcome and risk of sign-ins, and how they reach the symptoms.

use serde_json::json;

use super::case::{CALM, Case, STRONG};
use super::entry::{Way, enter, enter_from, twice};
use super::records::{Fact, With, cmdlet, logon, own, quiet_sign_in, read, risk, risky, sign_in};
use super::world::{AMSTERDAM, DANA, ELI, HOME, LAGOS, OFFICE, PHONE, Seat, at};

pub fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    address(&mut all);
    place(&mut all);
    time(&mut all);
    outcome(&mut all);
    risks(&mut all);
    all
}

fn rule(case: &mut Case, time: i64, seat: &Seat) -> super::case::Key {
    let name = format!("{}\\sync", DANA.canonical());
    case.put(cmdlet(
        time,
        (&DANA, seat),
        "New-InboxRule",
        &name,
        &[("Name", "sync"), ("From", "tom@vendor.example"), ("MoveToFolder", "Archive")],
    ))
}

/// A rule of content 3: weak on its own, strong with an attacker behind it.
fn address(all: &mut Vec<Case>) {
    let mut case = Case::new("L1/P1-new-address", "an address never seen, no device, and a rule from it");
    enter(&mut case, Way::NewPlace, at("02-17T02:14:00"));
    let key = rule(&mut case, at("02-17T02:20:00"), &LAGOS);
    case.expect(3, STRONG, &[key]);
    case.attackers.push((LAGOS.ip, true));
    all.push(case);
    let mut case =
        Case::new("L1/P2-one-session-two-networks", "her own session is used from Lagos three minutes later");
    let stolen = Seat { session: HOME.session, ..LAGOS };
    twice(&mut case, sign_in(at("02-17T07:10:00"), &DANA, &HOME, 0), at("02-17T07:10:00"), &HOME);
    twice(&mut case, sign_in(at("02-17T07:13:00"), &DANA, &stolen, 0), at("02-17T07:13:00"), &stolen);
    let key = rule(&mut case, at("02-17T07:20:00"), &stolen);
    case.expect(3, STRONG, &[key]);
    all.push(case);
    let mut case = Case::new("L1/N1-same-slash-64", "two addresses of one IPv6 network are one place");
    let moved =
        Seat { ip: "2001:db8:a1:10:bbbb:bbbb:bbbb:bbbb", session: "0a000000-0000-4000-8000-00000000c010", ..PHONE };
    twice(&mut case, sign_in(at("02-17T18:10:00"), &DANA, &moved, 0), at("02-17T18:10:00"), &moved);
    case.attackers.push((moved.ip, false));
    all.push(case);
    let mut case = Case::new("L1/N2-service-address", "a row of the service's own address without a prompt");
    let service = Seat {
        ip: "52.96.10.10",
        asn: 8075,
        city: "Dublin",
        country: "IE",
        at: ("53.3498", "-6.2603"),
        session: "",
        ..HOME
    };
    case.put(quiet_sign_in(at("02-17T18:10:00"), &DANA, &service, 0));
    case.attackers.push((service.ip, false));
    all.push(case);
    let mut case = Case::new("L1/known-address", "the analyst knows the address: the hotel of the fair")
        .argued(&["--known-ip", "203.0.113.0/24"]);
    enter(&mut case, Way::NewPlace, at("02-17T09:14:00"));
    case.put(read(at("02-17T09:20:00"), own(&DANA, &LAGOS), "Bind", &["<q@vendor.example>"]));
    case.leave(&[]);
    all.push(case);
    let mut case = Case::new("L1/second-address", "the same session goes on from Amsterdam: both are the intruder's");
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let moved = Seat { session: LAGOS.session, ..AMSTERDAM };
    let key = rule(&mut case, at("02-17T02:40:00"), &moved);
    case.expect(3, STRONG, &[key]);
    case.attackers.push((LAGOS.ip, true));
    case.attackers.push((AMSTERDAM.ip, true));
    all.push(case);
    let mut case = Case::new("L1/session-only", "a record with the intruder's session and no address of its own");
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let key = rule(&mut case, at("02-17T02:40:00"), &Seat { ip: "", ..LAGOS });
    case.expect(3, STRONG, &[key]);
    all.push(case);
    let mut case = Case::new(
        "L1/no-expansion-through-home",
        "the intruder's session touched her home address once: home stays hers",
    );
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    case.put(read(at("02-17T02:50:00"), own(&DANA, &Seat { ip: HOME.ip, ..LAGOS }), "Bind", &["<q@vendor.example>"]));
    case.attackers.push((HOME.ip, false));
    case.attackers.push((LAGOS.ip, true));
    all.push(case);
    let mut case = Case::new("L1/named-by-the-analyst", "an address range named by the analyst")
        .argued(&["--attacker-ip", "203.0.113.0/24"])
        .bare();
    let key = rule(&mut case, at("02-17T02:20:00"), &Seat { session: "", ..LAGOS });
    case.expect(3, STRONG, &[key]);
    case.attackers.push((LAGOS.ip, true));
    all.push(case);
}

fn place(all: &mut Vec<Case>) {
    let mut case =
        Case::new("L2/P1-berlin-lagos", "Berlin and forty minutes later Lagos, two sessions, both with a prompt");
    twice(&mut case, sign_in(at("02-17T09:00:00"), &DANA, &HOME, 0), at("02-17T09:00:00"), &HOME);
    enter(&mut case, Way::NewPlace, at("02-17T09:40:00"));
    case.detections.insert("impossible-travel", vec!["strong"]);
    all.push(case);
    let mut case = Case::new("L2/P2-new-country-and-risk", "a first country with unfamiliar features, and a rule");
    twice(
        &mut case,
        risky(sign_in(at("02-17T09:40:00"), &DANA, &LAGOS, 0), &["unfamiliarFeatures"]),
        at("02-17T09:40:00"),
        &LAGOS,
    );
    let key = rule(&mut case, at("02-17T09:44:00"), &LAGOS);
    case.expect(3, STRONG, &[key]);
    all.push(case);
    let mut case = Case::new("L2/N1-one-network", "two cities, one network, two minutes: the carrier's routing");
    let hamburg = Seat { city: "Hamburg", at: ("53.5511", "9.9937"), ..PHONE };
    twice(&mut case, sign_in(at("02-17T18:00:00"), &DANA, &PHONE, 0), at("02-17T18:00:00"), &PHONE);
    twice(&mut case, sign_in(at("02-17T18:02:00"), &DANA, &hamburg, 0), at("02-17T18:02:00"), &hamburg);
    case.detections.insert("impossible-travel", CALM.to_vec());
    all.push(case);
    let mut case = Case::new("L2/N2-no-country", "a private address has no country: unknown, not new");
    let inside = Seat {
        ip: "10.20.30.40",
        asn: 0,
        city: "",
        country: "",
        at: ("", ""),
        session: "0a000000-0000-4000-8000-00000000c011",
        ..HOME
    };
    case.put(sign_in(at("02-17T18:00:00"), &DANA, &inside, 0));
    case.attackers.push((inside.ip, false));
    case.detections.insert("impossible-travel", CALM.to_vec());
    all.push(case);
    let mut case = Case::new("L2/N-refused-abroad", "a refused attempt abroad is no journey");
    twice(&mut case, sign_in(at("02-17T09:00:00"), &DANA, &HOME, 0), at("02-17T09:00:00"), &HOME);
    case.put(sign_in(at("02-17T09:30:00"), &DANA, &LAGOS, 50126));
    case.detections.insert("impossible-travel", CALM.to_vec());
    all.push(case);
    let mut case = Case::new("L2/N-business-trip", "Amsterdam with the managed laptop a day later");
    let trip = Seat {
        managed: true,
        os: HOME.os,
        browser: HOME.browser,
        agent: HOME.agent,
        session: "0a000000-0000-4000-8000-00000000c012",
        ip: "198.51.100.201",
        asn: 64503,
        ..AMSTERDAM
    };
    twice(&mut case, sign_in(at("02-18T19:00:00"), &DANA, &trip, 0), at("02-18T19:00:00"), &trip);
    case.put(read(at("02-18T19:10:00"), own(&DANA, &trip), "Bind", &["<trip@vendor.example>"]));
    case.attackers.push((trip.ip, false));
    case.detections.insert("impossible-travel", CALM.to_vec());
    all.push(case);
}

fn time(all: &mut Vec<Case>) {
    let mut case = Case::new("L3/P1-at-night", "at night from home: one point, no more");
    twice(&mut case, sign_in(at("02-15T02:12:00"), &DANA, &HOME, 0), at("02-15T02:12:00"), &HOME);
    case.attackers.push((HOME.ip, false));
    all.push(case);
    let mut case = Case::new("L3/P2-prompts-at-night", "ten prompts denied within six minutes, then let in");
    for number in 0..10 {
        case.put(sign_in(at("02-17T02:00:00") + number * 36, &DANA, &LAGOS, 500_121));
    }
    twice(&mut case, sign_in(at("02-17T02:07:00"), &DANA, &LAGOS, 0), at("02-17T02:07:00"), &LAGOS);
    case.detections.insert("mfa-fatigue", vec!["strong"]);
    case.attackers.push((LAGOS.ip, true));
    all.push(case);
    let mut case = Case::new("L3/N1-quiet-refresh", "the telephone refreshes at three in the morning");
    case.put(quiet_sign_in(at("02-17T03:00:00"), &DANA, &PHONE, 0));
    case.attackers.push((PHONE.ip, false));
    all.push(case);
}

fn outcome(all: &mut Vec<Case>) {
    let mut case = Case::new("L4/P1-guessed", "fourteen wrong passwords, a prompt, and in: one address, six minutes");
    for number in 0..14 {
        case.put(sign_in(at("02-17T02:00:00") + number * 20, &DANA, &LAGOS, 50126));
    }
    case.put(sign_in(at("02-17T02:05:00"), &DANA, &LAGOS, 50074));
    twice(&mut case, sign_in(at("02-17T02:06:00"), &DANA, &LAGOS, 0), at("02-17T02:06:00"), &LAGOS);
    case.detections.insert("password-guessing", vec!["strong"]);
    case.attackers.push((LAGOS.ip, true));
    all.push(case);
    let mut case =
        Case::new("L4/P2-right-but-blocked", "the password was right, the policy blocked: the password is known")
            .bare();
    case.put(sign_in(at("02-17T02:05:00"), &DANA, &LAGOS, 53003).with("appDisplayName", "OfficeHome"));
    case.sign_ins = Some((0, 1));
    all.push(case);
    let mut case = Case::new("L4/N1-kept-signed-in", "the question whether to stay signed in is no failure").bare();
    case.put(sign_in(at("02-17T08:05:00"), &DANA, &HOME, 50140));
    case.put(sign_in(at("02-17T08:05:05"), &DANA, &HOME, 0));
    all.push(case);
    let mut case = Case::new("L4/N2-success-that-is-none", "the audit log says Success and means 50126").bare();
    case.put(logon(at("02-17T08:05:00"), &DANA, &LAGOS, 50126));
    case.sign_ins = Some((0, 1));
    case.attackers.push((LAGOS.ip, false));
    all.push(case);
    let mut case = Case::new("L4/N-typing-errors", "two typing errors and in, at home");
    for number in 0..2 {
        case.put(sign_in(at("02-17T08:00:00") + number * 9, &DANA, &HOME, 50126));
    }
    twice(&mut case, sign_in(at("02-17T08:01:00"), &DANA, &HOME, 0), at("02-17T08:01:00"), &HOME);
    case.detections.insert("password-guessing", CALM.to_vec());
    case.attackers.push((HOME.ip, false));
    all.push(case);
    let mut case = Case::new("L4/spray", "one password tried on twelve people from one address; here it fits");
    for number in 0..12_i64 {
        let upn = format!("user{number}@fabrikam.example");
        let Fact::SignIn(object) = sign_in(at("02-17T01:00:00") + number * 20, &ELI, &LAGOS, 50126) else { continue };
        let object = serde_json::from_str(
            &object.to_string().replace(ELI.upn, &upn).replace(ELI.object_id, &super::world::guid(&upn)),
        )
        .unwrap_or_default();
        case.put(Fact::SignIn(object));
    }
    twice(&mut case, sign_in(at("02-17T01:06:00"), &DANA, &LAGOS, 0), at("02-17T01:06:00"), &LAGOS);
    let key = rule(&mut case, at("02-17T01:10:00"), &LAGOS);
    case.expect(3, STRONG, &[key]);
    all.push(case);
    let mut case = Case::new("L4/failures-only", "the intruder fails all day and does nothing else");
    for number in 0..9 {
        case.put(sign_in(at("02-17T02:00:00") + number * 4_000, &DANA, &LAGOS, 50126));
    }
    all.push(case);
}

fn risks(all: &mut Vec<Case>) {
    for (number, kind) in [
        "attackerinTheMiddle",
        "anomalousToken",
        "tokenIssuerAnomaly",
        "attemptedPrtAccess",
        "nationStateIP",
        "adminConfirmedUserCompromised",
        "passwordSpray",
    ]
    .into_iter()
    .enumerate()
    {
        let mut case = Case::new(
            &format!("L5/P1-{kind}"),
            "the report joins the sign-in by its request, and the whole session with it",
        )
        .bare();
        case.tables = number % 2 == 0;
        let key = case.put(sign_in(at("02-17T02:14:00"), &DANA, &LAGOS, 0));
        let id = case.id(key);
        case.put(risk(at("02-17T02:14:00"), &DANA, &LAGOS, kind, ("high", "atRisk", "none")).with("requestId", id));
        let key = rule(&mut case, at("02-17T05:40:00"), &Seat { ip: "203.0.113.99", ..LAGOS });
        case.expect(3, STRONG, &[key]);
        case.attackers.push((LAGOS.ip, true));
        all.push(case);
    }
    let mut case =
        Case::new("L5/P2-unfamiliar-and-new", "unfamiliar features, a new network, and a rule four minutes later");
    let key = case.put(sign_in(at("02-17T02:14:00"), &DANA, &AMSTERDAM, 0));
    let id = case.id(key);
    case.put(
        risk(at("02-17T02:14:00"), &DANA, &AMSTERDAM, "unfamiliarFeatures", ("medium", "atRisk", "none"))
            .with("requestId", id),
    );
    let key = rule(&mut case, at("02-17T02:18:00"), &AMSTERDAM);
    case.expect(3, STRONG, &[key]);
    all.push(case);
    let mut case = Case::new("L5/N1-dismissed", "unlikely travel through the company's VPN, confirmed safe");
    let vpn = Seat { ip: "198.51.100.77", asn: 64496, session: "0a000000-0000-4000-8000-00000000c013", ..OFFICE };
    case.put(sign_in(at("02-17T08:14:00"), &DANA, &vpn, 0));
    case.put(risk(at("02-17T08:14:00"), &DANA, &vpn, "unlikelyTravel", ("low", "dismissed", "aiConfirmedSigninSafe")));
    case.attackers.push((vpn.ip, false));
    all.push(case);
    let mut case = Case::new("L5/N2-generic", "a masked low risk at the usual laptop");
    case.put(sign_in(at("02-17T08:14:00"), &DANA, &HOME, 0));
    case.put(risk(at("02-17T08:14:00"), &DANA, &HOME, "generic", ("low", "atRisk", "none")));
    case.attackers.push((HOME.ip, false));
    all.push(case);
    let mut case = Case::new("L5/N-colleague", "the risk is the colleague's");
    case.put(
        sign_in(at("02-17T02:14:00"), &ELI, &LAGOS, 0)
            .with("riskState", "atRisk")
            .with("riskLevelDuringSignIn", "high")
            .with("riskEventTypes_v2", json!(["anomalousToken"])),
    );
    all.push(case);
    let mut case =
        Case::new("L5/confirmed-compromised", "the administrator confirmed the sign-in as compromised").bare();
    enter_from(&mut case, Way::Risky, at("02-17T02:14:00"), &LAGOS);
    let key = rule(&mut case, at("02-17T02:18:00"), &LAGOS);
    case.expect(3, STRONG, &[key]);
    all.push(case);
}
