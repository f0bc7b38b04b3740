//! S04 and S07: the display name, and the rest of the profile.

use serde_json::{Value, json};

use super::case::{Case, EDGES, Export, INNOCENT, NOT_SEEN, OPEN, SEEN, STRONG, WEAK};
use super::entry::{WAYS, Way, enter};
use super::records::{Fact, With, admin_audit, cmdlet, directory, entra, service_cmdlet};
use super::world::{ADMIN, DANA, ELI, HOME, LAGOS, Who, at};

const SYNC: Who = Who {
    name: "On-Premises Directory Synchronization Service Account",
    upn: "Sync_DC01_abc@fabrikamexample.onmicrosoft.com",
    object_id: "50000000-0000-4000-8000-000000000001",
    puid: "1003200200000001",
    mailbox: "",
    sid: "",
};

pub fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    display_names(&mut all);
    innocent_names(&mut all);
    profiles(&mut all);
    innocent_profiles(&mut all);
    windows(&mut all);
    all
}

fn display_names(all: &mut Vec<Case>) {
    for (number, name) in [
        "IT Support",
        "Contoso Bank",
        "Help Desk",
        "Eli Novak",
        "pay@collect.example",
        "Dаna Weiss",
        "Microsoft Account Team",
    ]
    .into_iter()
    .enumerate()
    {
        let way = WAYS[number % WAYS.len()];
        let mut case = Case::new(
            &format!("S04/a-{number}"),
            "the name changes six minutes after the intruder came in; the record has no address",
        );
        enter(&mut case, way, at("02-17T02:14:00"));
        let key = case.put(directory(
            at("02-17T02:20:00"),
            (&DANA, &DANA),
            "Update user.",
            &[("DisplayName", "Dana Weiss", name)],
        ));
        case.expect(4, STRONG, &[key]).leave(&[7]);
        all.push(case);
    }
    for (number, name) in ["IT Support", "Eli Novak", "http://bad.example pay now"].into_iter().enumerate() {
        let mut case = Case::new(
            &format!("S04/a-on-its-face-{number}"),
            "the new name imitates somebody; nothing says who was there",
        )
        .bare();
        case.put(directory(
            at("02-01T09:00:00"),
            (&ADMIN, &ELI),
            "Update user.",
            &[("DisplayName", "Eli", "Eli Novak")],
        ));
        let key = case.put(directory(
            at("02-17T02:20:00"),
            (&DANA, &DANA),
            "Update user.",
            &[("DisplayName", "Dana Weiss", name)],
        ));
        case.expect(4, STRONG, &[key]).leave(&[7]);
        all.push(case);
    }
    for tables in [false, true] {
        let mut case =
            Case::new(&format!("S04/b-entra-{tables}"), "the directory audit has the address of who changed the name");
        case.tables = tables;
        enter(&mut case, Way::NewPlace, at("02-17T02:14:00"));
        let key = case.put(entra(
            at("02-17T06:20:00"),
            (&DANA, LAGOS.ip),
            &DANA,
            "Update user",
            &[("DisplayName", "Dana Weiss", "D. Weiss")],
        ));
        case.expect(4, STRONG, &[key]).leave(&[7]);
        all.push(case);
    }
    for (command, parameter) in [
        ("Set-User", "DisplayName"),
        ("Set-Mailbox", "DisplayName"),
        ("Set-Mailbox", "SimpleDisplayName"),
        ("Set-User", "FirstName"),
        ("Set-MailUser", "DisplayName"),
    ] {
        let mut case = Case::new(
            &format!("S04/c-{command}-{parameter}"),
            "the name changed by a cmdlet from the intruder's address",
        );
        enter(&mut case, Way::Told, at("02-17T02:14:00"));
        let key = case.put(cmdlet(
            at("02-17T02:20:00"),
            (&ADMIN, &LAGOS),
            command,
            &DANA.canonical(),
            &[("Identity", DANA.upn), (parameter, "Maria Rossi (CFO)")],
        ));
        case.expect(4, STRONG, &[key]).leave(&[7]);
        all.push(case);
    }
    let mut case =
        Case::new("S04/c-admin-audit-only", "only the admin audit log has the change; nothing known of the place")
            .bare();
    let key = case.put(admin_audit(
        at("02-17T02:20:00"),
        &DANA,
        "Set-User",
        &DANA.canonical(),
        &[("Identity", DANA.upn), ("DisplayName", "Help Desk")],
    ));
    case.expect(4, STRONG, &[key]).leave(&[7]);
    all.push(case);
    let mut case =
        Case::new("S04/weak-own-change", "an ordinary new name, changed by herself, nothing known of the place").bare();
    let key = case.put(directory(
        at("02-17T09:20:00"),
        (&DANA, &DANA),
        "Update user.",
        &[("DisplayName", "Dana Weiss", "Dana Weiss-Kern")],
    ));
    case.expect(4, WEAK, &[key]).leave(&[7]);
    all.push(case);
    let mut case = Case::new("S04/d-hidden", "the intruder hides the account from the address list");
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let key = case.put(cmdlet(
        at("02-17T02:20:00"),
        (&DANA, &LAGOS),
        "Set-Mailbox",
        &DANA.canonical(),
        &[("Identity", DANA.upn), ("HiddenFromAddressListsEnabled", "True")],
    ));
    case.expect(4, SEEN, &[key]).leave(&[7]);
    all.push(case);
}

fn innocent_names(all: &mut Vec<Case>) {
    let mut case = Case::new("S04/N1-sync", "directory synchronisation writes its time");
    let key = case.put(directory(
        at("02-17T02:20:00"),
        (&SYNC, &DANA),
        "Update user.",
        &[
            ("LastDirSyncTime", "2026-02-17T01:50:00Z", "2026-02-17T02:20:00Z"),
            ("Action Client Name", "", "DirectorySync"),
        ],
    ));
    case.expect(4, INNOCENT, &[]).spare(4, &[key]).spare(7, &[key]);
    all.push(case);
    let mut case = Case::new("S04/N2-everybody", "the administrator writes a comma into 214 names within a minute");
    let key = case.put(directory(
        at("02-17T09:20:00"),
        (&ADMIN, &DANA),
        "Update user.",
        &[("DisplayName", "Weiss Dana", "Weiss, Dana")],
    ));
    for number in 0..213_i64 {
        let upn = format!("user{number}@fabrikam.example");
        let fact = directory(
            at("02-17T09:20:00") + number / 4,
            (&ADMIN, &ELI),
            "Update user.",
            &[("DisplayName", "Given Family", "Family, Given")],
        );
        let Fact::Audit(object) = fact else { continue };
        let object: Value = serde_json::from_str(
            &object.to_string().replace(ELI.upn, &upn).replace(ELI.object_id, &super::world::guid(&upn)),
        )
        .unwrap_or_default();
        case.put(Fact::Audit(object));
    }
    case.expect(4, INNOCENT, &[]).spare(4, &[key]).spare(7, &[key]);
    all.push(case);
    for (name, old, new) in [("trimmed", "Dana Weiss", "Dana Weiss "), ("same", "Dana Weiss", "Dana Weiss")] {
        let mut case = Case::new(&format!("S04/N-{name}"), "old and new name are the same");
        let key =
            case.put(directory(at("02-17T09:20:00"), (&ADMIN, &DANA), "Update user.", &[("DisplayName", old, new)]));
        case.expect(4, INNOCENT, &[]).spare(4, &[key]);
        all.push(case);
    }
    let mut case = Case::new("S04/N-colleague", "the colleague's name changes");
    let key = case.put(directory(
        at("02-17T09:20:00"),
        (&ADMIN, &ELI),
        "Update user.",
        &[("DisplayName", "Eli Novak", "IT Support")],
    ));
    case.expect(4, INNOCENT, &[]).spare(4, &[key]);
    all.push(case);
    let mut case = Case::new("S04/N-licence", "a licence is assigned");
    let key = case.put(directory(
        at("02-17T09:20:00"),
        (&ADMIN, &DANA),
        "Update user.",
        &[("AssignedLicense", "[]", "[SkuName=E5]"), ("AssignedPlan", "[]", "[x]")],
    ));
    case.expect(4, INNOCENT, &[]).expect(7, INNOCENT, &[]).spare(4, &[key]).spare(7, &[key]);
    all.push(case);
    let mut case = Case::new("S04/N-service", "the service writes its own settings");
    let key = case.put(service_cmdlet(
        at("02-17T09:20:00"),
        "Set-User",
        &DANA,
        &[("Identity", "dana.weiss"), ("SyncMailboxLocationGuids", "x")],
    ));
    case.expect(4, INNOCENT, &[]).expect(7, INNOCENT, &[]).spare(4, &[key]).spare(7, &[key]);
    all.push(case);
    let mut case = Case::new("S04/no-directory-audit", "neither the directory's changes nor anything else of them")
        .without(&[Export::Entra]);
    case.keep = |fact| !matches!(fact, Fact::Audit(object) if object["RecordType"] == 8);
    case.expect(4, OPEN, &[]).expect(7, OPEN, &[]).expect(8, OPEN, &[]);
    all.push(case);
    let mut case =
        Case::new("S04/user-only-search", "the search was made for her alone: what others did to her is not in it")
            .without(&[Export::Entra]);
    case.keep = |fact| !matches!(fact, Fact::Audit(object) if object["UserId"] != DANA.upn);
    case.expect(4, OPEN, &[]).expect(5, OPEN, &[]).expect(7, OPEN, &[]);
    all.push(case);
    let mut case = Case::new("S04/all-there", "everything is there, and nothing happened");
    for symptom in [1, 2, 3, 4, 5, 6, 7, 8, 9] {
        case.expect(
            symptom,
            if symptom == 8 || symptom == 7 || symptom == 1 || symptom == 2 || symptom == 6 {
                INNOCENT
            } else {
                NOT_SEEN
            },
            &[],
        );
    }
    case.expect(10, OPEN, &[]);
    all.push(case);
}

fn profiles(all: &mut Vec<Case>) {
    for (number, (property, old, new)) in [
        ("Mobile", "+49 30 0000 01", "+234 80 0000 0001"),
        ("TelephoneNumber", "+49 30 0000 02", "+234 80 0000 0002"),
        ("PostalCode", "10115", "100001"),
        ("StreetAddress", "Invalidenstr. 1", "1 Marina"),
        ("City", "Berlin", "Lagos"),
        ("OtherMail", "", "drop@collect.example"),
        ("JobTitle", "Buyer", "Chief Financial Officer"),
        ("Department", "Purchasing", "Finance"),
        ("UsageLocation", "DE", "NG"),
        ("PreferredLanguage", "de-DE", "en-NG"),
        ("ProxyAddresses", "SMTP:dana.weiss@fabrikam.example", "smtp:ceo@fabrikam.example"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut case = Case::new(
            &format!("S07/a-{property}"),
            "a field of the profile changes nine minutes after the intruder came in",
        );
        enter(&mut case, WAYS[number % WAYS.len()], at("02-17T02:14:00"));
        let key = case.put(directory(at("02-17T02:23:00"), (&DANA, &DANA), "Update user.", &[(property, old, new)]));
        case.expect(7, STRONG, &[key]).leave(&[4, 8]);
        all.push(case);
    }
    for tables in [false, true] {
        let mut case = Case::new(&format!("S07/b-entra-{tables}"), "the directory audit has the address");
        case.tables = tables;
        enter(&mut case, Way::NewPlace, at("02-17T02:14:00"));
        let key = case.put(entra(
            at("02-17T09:20:00"),
            (&DANA, LAGOS.ip),
            &DANA,
            "Update user",
            &[("Mobile", "+49 30 0000 01", "+234 80 0000 0001")],
        ));
        case.expect(7, STRONG, &[key]);
        all.push(case);
        let mut case = Case::new(
            &format!("S07/P3-security-info-{tables}"),
            "a telephone registered as security info from the intruder's address",
        );
        case.tables = tables;
        enter(&mut case, Way::NewPlace, at("02-17T02:14:00"));
        let fact = entra(at("02-17T02:20:00"), (&DANA, LAGOS.ip), &DANA, "User registered security info", &[])
            .with("resultReason", "User registered Mobile phone SMS");
        let key = case.put(fact);
        case.expect(7, STRONG, &[key]).expect(8, STRONG, &[key]);
        all.push(case);
    }
    for (parameters, command) in [
        (vec![("Phone", "+44 20 7946 0000"), ("PostalCode", "EC1A")], "Set-User"),
        (vec![("MobilePhone", "+234 80 0000 0001")], "Set-User"),
        (
            vec![("Language", "en-NG"), ("TimeZone", "W. Central Africa Standard Time")],
            "Set-MailboxRegionalConfiguration",
        ),
        (vec![("Title", "Chief Financial Officer")], "Set-User"),
    ] {
        let mut case = Case::new(
            &format!("S07/c-{command}-{}", parameters[0].0),
            "the profile changed through the browser by the intruder",
        );
        enter(&mut case, Way::Risky, at("02-17T02:14:00"));
        let mut all_parameters = vec![("Identity", DANA.upn)];
        all_parameters.extend(parameters);
        let key = case.put(cmdlet(at("02-17T02:23:00"), (&DANA, &LAGOS), command, &DANA.canonical(), &all_parameters));
        case.expect(7, STRONG, &[key]);
        all.push(case);
    }
    let mut case = Case::new(
        "S07/two-contacts",
        "two contact fields changed by herself in one session; nothing known of the place",
    )
    .bare();
    let key = case.put(cmdlet(
        at("02-17T02:23:00"),
        (&DANA, &HOME),
        "Set-User",
        &DANA.canonical(),
        &[("Identity", DANA.upn), ("MobilePhone", "+49 30 0000 09"), ("Phone", "+49 30 0000 10")],
    ));
    case.expect(7, STRONG, &[key]);
    all.push(case);
    let mut case = Case::new("S07/e-authentication-telephone", "the telephone for authentication changes");
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let old = json!([{"PhoneNumber": "+49 30000001"}]).to_string();
    let new = json!([{"PhoneNumber": "+234 800000001"}]).to_string();
    let key = case.put(directory(
        at("02-17T02:23:00"),
        (&DANA, &DANA),
        "Update user.",
        &[("StrongAuthenticationUserDetails", &old, &new)],
    ));
    case.expect(7, STRONG, &[key]).expect(8, STRONG, &[key]);
    all.push(case);
    let mut case = Case::new(
        "S07/weak-unattributed",
        "a street changed by the administrator's account, nothing known of the place",
    )
    .bare();
    let key = case.put(directory(
        at("02-17T09:20:00"),
        (&DANA, &DANA),
        "Update user.",
        &[("StreetAddress", "Invalidenstr. 1", "Torstr. 2")],
    ));
    case.expect(7, WEAK, &[key]);
    all.push(case);
}

fn innocent_profiles(all: &mut Vec<Case>) {
    let mut case = Case::new("S07/N1-sync", "synchronisation writes department and title");
    let key = case.put(directory(
        at("02-17T02:20:00"),
        (&SYNC, &DANA),
        "Update user.",
        &[
            ("Department", "Buying", "Purchasing"),
            ("JobTitle", "Buyer", "Senior buyer"),
            ("Action Client Name", "", "DirectorySync"),
        ],
    ));
    case.expect(7, INNOCENT, &[]).spare(7, &[key]);
    all.push(case);
    let mut case = Case::new("S07/N2-empty", "nothing is listed as updated");
    let key = case.put(directory(at("02-17T02:20:00"), (&ADMIN, &DANA), "Update user.", &[]));
    case.expect(7, INNOCENT, &[]).spare(7, &[key]).spare(4, &[key]);
    all.push(case);
    let mut case = Case::new("S07/N-colleague", "the colleague's telephone");
    let key =
        case.put(directory(at("02-17T09:20:00"), (&ELI, &ELI), "Update user.", &[("Mobile", "+49 30 1", "+234 80 1")]));
    case.expect(7, INNOCENT, &[]).spare(7, &[key]);
    all.push(case);
    let mut case =
        Case::new("S07/N-own-device", "she corrects her telephone from the usual laptop, says the directory audit");
    let key = case.put(entra(
        at("02-17T09:20:00"),
        (&DANA, HOME.ip),
        &DANA,
        "Update user",
        &[("Mobile", "+49 30 0000 01", "+49 30 0000 07")],
    ));
    case.expect(7, INNOCENT, &[]).spare(7, &[key]);
    all.push(case);
    let mut case = Case::new("S07/N-bulk", "the administrator gives everybody the new office within minutes");
    let key = case.put(directory(
        at("02-17T09:20:00"),
        (&ADMIN, &DANA),
        "Update user.",
        &[("PhysicalDeliveryOfficeName", "Old", "New")],
    ));
    for number in 0..30_i64 {
        let upn = format!("user{number}@fabrikam.example");
        let fact = directory(
            at("02-17T09:20:00") + number * 10,
            (&ADMIN, &ELI),
            "Update user.",
            &[("PhysicalDeliveryOfficeName", "Old", "New")],
        );
        let Fact::Audit(object) = fact else { continue };
        let object: Value = serde_json::from_str(
            &object.to_string().replace(ELI.upn, &upn).replace(ELI.object_id, &super::world::guid(&upn)),
        )
        .unwrap_or_default();
        case.put(Fact::Audit(object));
    }
    case.expect(7, INNOCENT, &[]).spare(7, &[key]);
    all.push(case);
}

fn windows(all: &mut Vec<Case>) {
    for (name, time, seen) in EDGES {
        for symptom in [4, 7] {
            let mut case = Case::at_edge(&format!("S{symptom:02}"), name).argued(&["--attacker-ip", LAGOS.ip]);
            let change: &[(&str, &str)] = if symptom == 4 {
                &[("Identity", DANA.upn), ("DisplayName", "Help Desk")]
            } else {
                &[("Identity", DANA.upn), ("MobilePhone", "+234 80 0000 0001")]
            };
            let key = case.put(cmdlet(at(time), (&DANA, &LAGOS), "Set-User", &DANA.canonical(), change));
            case.leave(&[4, 7]);
            if seen {
                case.expect(symptom, STRONG, &[key]);
            } else {
                case.expect(symptom, INNOCENT, &[]).spare(symptom, &[key]);
            }
            all.push(case);
        }
    }
}
