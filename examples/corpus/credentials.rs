//! S08: passwords and second factors changed, or changes demanded again and again.

use super::case::{Case, EDGES, Export, INNOCENT, OPEN, STRONG, WEAK};
use super::entry::{WAYS, Way, enter};
use super::records::{Fact, With, directory, entra, logon, risk, sign_in};
use super::world::{ADMIN, ADMIN_DESK, DANA, ELI, HOME, LAGOS, PHONE, at};

pub fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    by_the_intruder(&mut all);
    several(&mut all);
    demanded(&mut all);
    innocent(&mut all);
    all
}

const ADDED: &str = r#"[{"DeviceName":"Phone B","DeviceToken":"NO_DEVICE","Id":"b"},{"DeviceName":"Phone A","DeviceToken":"t1","Id":"a"}]"#;
const BEFORE: &str = r#"[{"DeviceName":"Phone A","DeviceToken":"t1","Id":"a"}]"#;

fn by_the_intruder(all: &mut Vec<Case>) {
    for way in WAYS {
        let mut case = Case::new(
            &format!("S08/a-changed-{}", way.word()),
            "the password changed by the intruder, eight minutes after coming in",
        );
        enter(&mut case, way, at("02-17T02:14:00"));
        let key = case.put(directory(at("02-17T02:22:00"), (&DANA, &DANA), "Change user password.", &[]));
        case.put(directory(
            at("02-17T02:22:00"),
            (&DANA, &DANA),
            "Update StsRefreshTokenValidFrom Timestamp.",
            &[("StsRefreshTokensValidFrom", "2026-01-01T00:00:00Z", "2026-02-17T02:22:00Z")],
        ));
        case.expect(8, STRONG, &[key]);
        all.push(case);
    }
    for way in [Way::Risky, Way::NewPlace, Way::Reported] {
        let mut case = Case::new(
            &format!("S08/P3-app-password-{}", way.word()),
            "an app password eight minutes after the suspicious sign-in",
        );
        enter(&mut case, way, at("02-17T02:14:00"));
        let key =
            case.put(directory(at("02-17T02:22:00"), (&DANA, &DANA), "Create application password for user.", &[]));
        case.expect(8, STRONG, &[key]);
        all.push(case);
        let mut case = Case::new(
            &format!("S08/g-authenticator-{}", way.word()),
            "a second authenticator in the audit log's own words",
        );
        enter(&mut case, way, at("02-17T02:14:00"));
        let key = case.put(directory(
            at("02-17T02:22:00"),
            (&DANA, &DANA),
            "Update user.",
            &[("StrongAuthenticationPhoneAppDetail", BEFORE, ADDED)],
        ));
        case.expect(8, STRONG, &[key]);
        all.push(case);
    }
    for (number, activity) in [
        "User registered security info",
        "User registered all required security info",
        "Admin registered security info",
        "User changed default security info",
        "Add FIDO2 security key",
        "Create Temporary Access Pass method for user",
        "Add passwordless phone sign-in credential",
        "User deleted security info",
    ]
    .into_iter()
    .enumerate()
    {
        let mut case = Case::new(
            &format!("S08/f-{}", activity.replace(' ', "-").to_lowercase()),
            "security info changed from the intruder's address",
        );
        case.tables = number % 2 == 0;
        enter(&mut case, Way::Reported, at("02-17T02:14:00"));
        let key = case.put(
            entra(at("02-17T02:18:00"), (&DANA, LAGOS.ip), &DANA, activity, &[])
                .with("resultReason", "User registered Authenticator App with Notification and Code"),
        );
        case.expect(8, STRONG, &[key]).leave(&[7]);
        all.push(case);
    }
    for tables in [false, true] {
        let mut case = Case::new(
            &format!("S08/P1-self-service-{tables}"),
            "two self-service resets from the intruder's address, and a sign-in after the first",
        );
        case.tables = tables;
        let one = case.put(entra(at("02-17T01:10:00"), (&DANA, LAGOS.ip), &DANA, "Reset password (self-service)", &[]));
        case.put(sign_in(at("02-17T01:11:00"), &DANA, &LAGOS, 0));
        let two = case.put(entra(at("02-17T01:55:00"), (&DANA, LAGOS.ip), &DANA, "Reset password (self-service)", &[]));
        case.expect(8, STRONG, &[one, two]);
        all.push(case);
    }
    let mut case = Case::new("S08/g-phone-app-detail", "an operation of its own for the authenticator");
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let key = case.put(directory(
        at("02-17T02:22:00"),
        (&DANA, &DANA),
        "Add users strong authentication phone app detail.",
        &[],
    ));
    case.expect(8, STRONG, &[key]);
    all.push(case);
    let mut case = Case::new("S08/g-disabled", "strong authentication is switched off by the intruder");
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let key = case.put(directory(at("02-17T02:22:00"), (&DANA, &DANA), "Disable Strong Authentication.", &[]));
    case.expect(8, STRONG, &[key]);
    all.push(case);
    let mut case = Case::new(
        "S08/b-reset-by-service",
        "a self-service reset written by the password service, minutes after the intruder came in",
    );
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let fim = super::world::Who {
        name: "fim",
        upn: "fim_password_service@support.onmicrosoft.com",
        object_id: "00000000-0000-4000-8000-0000000000f1",
        puid: "1003200200000002",
        mailbox: "",
        sid: "",
    };
    let key = case.put(directory(at("02-17T02:22:00"), (&fim, &DANA), "Reset user password.", &[]));
    case.expect(8, &["strong", "weak", "explained"], &[key]);
    all.push(case);
}

fn several(all: &mut Vec<Case>) {
    for (name, times) in [
        ("two-in-a-day", &["02-17T09:00:00", "02-17T15:00:00"][..]),
        ("three-in-a-week", &["02-16T09:00:00", "02-18T09:00:00", "02-20T09:00:00"][..]),
    ] {
        let mut case = Case::new(&format!("S08/several-{name}"), "several changes, nothing known of the place").bare();
        let keys: Vec<_> = times
            .iter()
            .map(|time| case.put(directory(at(time), (&DANA, &DANA), "Change user password.", &[])))
            .collect();
        case.expect(8, WEAK, &keys);
        all.push(case);
    }
    let mut case = Case::new("S08/several-too-far-apart", "two changes five days apart are not several");
    case.put(entra(at("02-13T09:00:00"), (&DANA, HOME.ip), &DANA, "Change password (self-service)", &[]));
    case.put(entra(at("02-18T09:00:00"), (&DANA, HOME.ip), &DANA, "Change password (self-service)", &[]));
    case.expect(8, INNOCENT, &[]);
    all.push(case);
}

fn demanded(all: &mut Vec<Case>) {
    let mut case = Case::new(
        "S08/P4-locked-out",
        "her password expired once, and then both devices are refused because it changed",
    );
    let mut keys = vec![case.put(sign_in(at("02-17T09:00:00"), &DANA, &HOME, 50055))];
    for number in 0..6 {
        let seat = if number % 2 == 0 { &HOME } else { &PHONE };
        keys.push(case.put(sign_in(at("02-17T10:00:00") + number * 1_200, &DANA, seat, 50133)));
    }
    case.expect(8, WEAK, &keys[1..2]);
    all.push(case);
    let mut case = Case::new("S08/demanded-by-risk", "a change demanded four times by policy");
    let mut keys = Vec::new();
    for number in 0..4 {
        keys.push(case.put(sign_in(at("02-17T10:00:00") + number * 1_200, &DANA, &HOME, 50142)));
    }
    case.expect(8, WEAK, &keys[..1]);
    all.push(case);
    let mut case = Case::new("S08/demanded-in-the-audit-log", "the same, only in the audit log's own sign-in records")
        .without(&[Export::SignIns, Export::Quiet]);
    let mut keys = Vec::new();
    for number in 0..4 {
        keys.push(case.put(logon(at("02-17T10:00:00") + number * 1_200, &DANA, &HOME, 50133)));
    }
    case.expect(8, WEAK, &keys[..1]);
    all.push(case);
    let mut case = Case::new("S08/N-expired-once", "the password expired once and she changed it, at home");
    case.put(sign_in(at("02-17T07:30:00"), &DANA, &HOME, 50055));
    let key = case.put(entra(at("02-17T07:31:00"), (&DANA, HOME.ip), &DANA, "Change password (self-service)", &[]));
    case.expect(8, INNOCENT, &[]).spare(8, &[key]);
    all.push(case);
}

fn innocent(all: &mut Vec<Case>) {
    let mut case = Case::new("S08/N1-own-change", "one change with its companion, from home, says the directory audit");
    let one = case.put(
        directory(at("02-17T09:22:00"), (&DANA, &DANA), "Change user password.", &[])
            .with("InterSystemsId", "aaaa0000-0000-4000-8000-000000000001"),
    );
    let two = case.put(
        directory(
            at("02-17T09:22:00"),
            (&DANA, &DANA),
            "Update StsRefreshTokenValidFrom Timestamp.",
            &[("StsRefreshTokensValidFrom", "2026-01-01T00:00:00Z", "2026-02-17T09:22:00Z")],
        )
        .with("InterSystemsId", "aaaa0000-0000-4000-8000-000000000001"),
    );
    let three = case.put(
        entra(at("02-17T09:22:00"), (&DANA, HOME.ip), &DANA, "Change user password", &[])
            .with("correlationId", "aaaa0000-0000-4000-8000-000000000001"),
    );
    case.expect(8, INNOCENT, &[]).spare(8, &[one, two, three]);
    all.push(case);
    let mut case =
        Case::new("S08/N2-failures-then-reset", "the helpdesk fails three times and then resets: one change");
    let mut keys = Vec::new();
    for number in 0..3 {
        keys.push(
            case.put(
                directory(at("02-18T09:00:00") + number * 30, (&ADMIN, &DANA), "Reset user password.", &[])
                    .with("ResultStatus", "Failure"),
            ),
        );
    }
    keys.push(case.put(directory(at("02-18T09:02:00"), (&ADMIN, &DANA), "Reset user password.", &[])));
    case.expect(8, INNOCENT, &[]).spare(8, &keys);
    all.push(case);
    let mut case = Case::new("S08/N3-authenticator-clock", "only the clock of the authenticator is corrected");
    let old = r#"[{"DeviceName":"Phone A","DeviceToken":"t1","Id":"a","OathTokenTimeDrift":0,"LastAuthenticatedTimestamp":"2026-02-10T08:00:00Z"}]"#;
    let new = r#"[{"DeviceName":"Phone A","DeviceToken":"t1","Id":"a","OathTokenTimeDrift":3,"LastAuthenticatedTimestamp":"2026-02-17T08:00:00Z"}]"#;
    let key = case.put(directory(
        at("02-17T09:22:00"),
        (&DANA, &DANA),
        "Update user.",
        &[("StrongAuthenticationPhoneAppDetail", old, new)],
    ));
    case.expect(8, INNOCENT, &[]).spare(8, &[key]).spare(7, &[key]);
    all.push(case);
    let mut case = Case::new("S08/N-new-telephone", "a new telephone: the authenticator deleted and added at home");
    let one = case.put(
        entra(at("02-17T09:20:00"), (&DANA, HOME.ip), &DANA, "User deleted security info", &[])
            .with("resultReason", "User deleted Authenticator App"),
    );
    let two = case.put(
        entra(at("02-17T09:22:00"), (&DANA, HOME.ip), &DANA, "User registered security info", &[])
            .with("resultReason", "User registered Authenticator App"),
    );
    case.expect(8, INNOCENT, &[]).spare(8, &[one, two]).spare(7, &[one, two]);
    all.push(case);
    let mut case = Case::new("S08/N-colleague", "the colleague's password is reset twice");
    let one = case.put(directory(at("02-18T09:00:00"), (&ADMIN, &ELI), "Reset user password.", &[]));
    let two = case.put(directory(at("02-18T11:00:00"), (&ADMIN, &ELI), "Reset user password.", &[]));
    case.expect(8, INNOCENT, &[]).spare(8, &[one, two]);
    all.push(case);
    let mut case = Case::new("S08/N-wave-of-resets", "the administrator resets sixty passwords, hers among them");
    let mut keys = Vec::new();
    for number in 0..60_i64 {
        let upn = format!("user{number}@fabrikam.example");
        let fact = directory(at("02-18T09:00:00") + number * 20, (&ADMIN, &ELI), "Reset user password.", &[]);
        let Fact::Audit(object) = fact else { continue };
        let object = serde_json::from_str(
            &object.to_string().replace(ELI.upn, &upn).replace(ELI.object_id, &super::world::guid(&upn)),
        )
        .unwrap_or_default();
        case.put(Fact::Audit(object));
    }
    keys.push(case.put(directory(at("02-18T09:10:05"), (&ADMIN, &DANA), "Reset user password.", &[])));
    case.expect(8, INNOCENT, &[]).spare(8, &keys);
    all.push(case);
    let mut case = Case::new("S08/N-reset-reported-by-risk", "a dismissed risk and the administrator's one reset");
    case.put(risk(at("02-17T07:30:00"), &DANA, &HOME, "unlikelyTravel", ("low", "dismissed", "aiConfirmedSigninSafe")));
    let key = case.put(entra(at("02-18T09:10:05"), (&ADMIN, ADMIN_DESK.ip), &DANA, "Reset user password", &[]));
    case.expect(8, INNOCENT, &[]).spare(8, &[key]);
    all.push(case);
    let mut case =
        Case::new("S08/no-directory-export", "security info shows only in the directory audit, which is missing")
            .without(&[Export::Entra]);
    case.expect(8, OPEN, &[]);
    all.push(case);
    for (name, time, seen) in EDGES {
        let mut case = Case::at_edge("S08", name).argued(&["--attacker-ip", LAGOS.ip]);
        let key = case.put(entra(at(time), (&DANA, LAGOS.ip), &DANA, "Reset password (self-service)", &[]));
        if seen {
            case.expect(8, STRONG, &[key]);
        } else {
            case.expect(8, INNOCENT, &[]).spare(8, &[key]);
        }
        all.push(case);
    }
}
