//! R1 to R7: what was done since, and whether it was enough.

use super::case::{Case, Export, Key, STRONG};
use super::entry::{WAYS, Way, enter};
use super::records::{With, cmdlet, directory, entra, hygiene, logon, mailbox_state, own, read, rule_state, sign_in};
use super::world::{ADMIN, ADMIN_DESK, DANA, HOME, LAGOS, Seat, Who, at};

pub fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    reset(&mut all);
    forwarding(&mut all);
    rules(&mut all);
    sending(&mut all);
    block(&mut all);
    roles(&mut all);
    precautions(&mut all);
    all
}

/// The intruder comes in at 02:14 and reads mail until 13:58.
fn taken(name: &str, why: &str) -> Case {
    let mut case = Case::new(name, why);
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    case.put(read(at("02-17T13:58:00"), own(&DANA, &LAGOS), "Bind", &["<q@vendor.example>"]));
    case.leave(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    case
}

fn by_admin(case: &mut Case, time: &str, operation: &str, changes: &[(&str, &str, &str)]) -> Key {
    case.put(directory(at(time), (&ADMIN, &DANA), operation, changes))
}

fn admin_cmdlet(case: &mut Case, time: &str, name: &str, parameters: &[(&str, &str)]) -> Key {
    let mut all = vec![("Identity", DANA.upn)];
    all.extend_from_slice(parameters);
    case.put(cmdlet(at(time), (&ADMIN, &ADMIN_DESK), name, &DANA.canonical(), &all))
}

const REVOKE: &str = "Update StsRefreshTokenValidFrom Timestamp.";

fn reset(all: &mut Vec<Case>) {
    let mut case =
        taken("R1/P1-done", "reset and sessions ended after the last act; the intruder is refused afterwards");
    by_admin(&mut case, "02-17T14:02:00", "Reset user password.", &[]);
    by_admin(
        &mut case,
        "02-17T14:02:00",
        REVOKE,
        &[("StsRefreshTokensValidFrom", "2026-01-01T00:00:00Z", "2026-02-17T14:02:00Z")],
    );
    case.put(sign_in(at("02-17T14:20:00"), &DANA, &LAGOS, 50173));
    case.step(1, &["done"], Some(true));
    all.push(case);
    let mut case = taken("R1/P1-done-entra", "the same, only in the directory audit");
    case.put(entra(at("02-17T14:02:00"), (&ADMIN, ADMIN_DESK.ip), &DANA, "Reset password (by admin)", &[]));
    case.step(1, &["done"], Some(true));
    all.push(case);
    let mut case = taken("R1/P2-token-outlived", "reset at ten, and at 10:41 a token of 08:12 still reads");
    by_admin(&mut case, "02-17T10:00:00", "Reset user password.", &[]);
    let context = serde_json::json!({"AADSessionId": LAGOS.session, "IssuedAtTime": "2026-02-17T08:12:00"});
    case.put(
        read(at("02-17T10:41:00"), own(&DANA, &LAGOS), "Bind", &["<q2@vendor.example>"])
            .with("AppAccessContext", context),
    );
    case.step(1, &["done", "partial"], Some(false));
    all.push(case);
    let mut case = taken("R1/N1-by-the-intruder", "the reset came from the intruder's address");
    case.put(entra(at("02-17T14:02:00"), (&DANA, LAGOS.ip), &DANA, "Reset password (self-service)", &[]));
    case.step(1, &["by_attacker"], None);
    all.push(case);
    let mut case = taken("R1/N2-force-only", "only told to change at the next sign-in");
    by_admin(&mut case, "02-17T14:02:00", "Set force change user password.", &[]);
    case.step(1, &["partial"], Some(true));
    all.push(case);
    let mut case = taken("R1/N-failed", "the reset failed");
    let key = by_admin(&mut case, "02-17T14:02:00", "Reset user password.", &[]);
    let fact = case.facts[key.0].clone().with("ResultStatus", "Failure");
    case.facts[key.0] = fact;
    case.step(1, &["not_seen"], None);
    all.push(case);
    let mut case = taken("R1/revoked-only", "sessions ended, the password stays");
    by_admin(
        &mut case,
        "02-17T14:02:00",
        REVOKE,
        &[("StsRefreshTokensValidFrom", "2026-01-01T00:00:00Z", "2026-02-17T14:02:00Z")],
    );
    case.step(1, &["partial"], Some(true));
    all.push(case);
    let mut case = taken("R1/self-service-at-home", "she resets the password herself from home");
    case.put(entra(at("02-17T14:02:00"), (&DANA, HOME.ip), &DANA, "Reset password (self-service)", &[]));
    case.step(1, &["done"], Some(true));
    all.push(case);
    let mut case = taken("R1/nothing", "nobody reset anything");
    case.step(1, &["not_seen"], None).step(2, &["not_seen"], None);
    all.push(case);
    let mut case = taken("R1/no-directory", "no directory audit of any kind").without(&[Export::Entra]);
    case.keep = |fact| !matches!(fact, super::records::Fact::Audit(object) if object["RecordType"] == 8);
    case.step(1, &["not_assessable"], None).step(5, &["not_assessable"], None).step(6, &["not_assessable"], None);
    all.push(case);
    let mut case = taken("R1/app-password-left", "reset, but the intruder's app password stays");
    case.put(directory(at("02-17T02:22:00"), (&DANA, &DANA), "Create application password for user.", &[]));
    by_admin(&mut case, "02-17T14:02:00", "Reset user password.", &[]);
    case.step(1, &["done", "partial"], Some(true));
    all.push(case);
    let mut case = taken("R1/app-password-gone", "reset, and the app password is deleted");
    case.put(directory(at("02-17T02:22:00"), (&DANA, &DANA), "Create application password for user.", &[]));
    by_admin(&mut case, "02-17T14:02:00", "Reset user password.", &[]);
    by_admin(&mut case, "02-17T14:03:00", "Delete application password for user.", &[]);
    case.step(1, &["done"], Some(true));
    all.push(case);
    let mut case = taken("R1/again-in", "the intruder signs in again after the reset");
    by_admin(&mut case, "02-17T14:02:00", "Reset user password.", &[]);
    let later = Seat { session: "940e35e2-4428-445a-afaf-752e43f48190", ..LAGOS };
    case.put(sign_in(at("02-18T02:14:00"), &DANA, &later, 0));
    case.put(logon(at("02-18T02:14:00"), &DANA, &later, 0));
    case.step(1, &["done", "undone", "partial"], Some(false));
    all.push(case);
    let mut case = taken("R1/only-attempts-after", "the intruder fails after the reset: still trying is no access");
    by_admin(&mut case, "02-17T14:02:00", "Reset user password.", &[]);
    for number in 0..5 {
        case.put(sign_in(at("02-18T02:14:00") + number * 60, &DANA, &LAGOS, 50126));
    }
    case.step(1, &["done"], Some(true));
    all.push(case);
}

/// As [`taken`], and nobody looked at the mailbox's settings and rules afterwards.
fn taken_unseen(name: &str, why: &str) -> Case {
    taken(name, why).without(&[Export::Mailboxes, Export::Rules])
}

fn forward(case: &mut Case) {
    let parameters = [
        ("Identity", DANA.upn),
        ("ForwardingSmtpAddress", "smtp:ex@collect.example"),
        ("DeliverToMailboxAndForward", "False"),
    ];
    case.put(cmdlet(at("02-17T02:22:00"), (&DANA, &LAGOS), "Set-Mailbox", &DANA.canonical(), &parameters));
}

fn forwarding(all: &mut Vec<Case>) {
    for way in ["empty", "null"] {
        let mut case =
            taken_unseen(&format!("R2/P1-{way}"), "the administrator empties the address after the last act");
        forward(&mut case);
        admin_cmdlet(
            &mut case,
            "02-17T15:00:00",
            "Set-Mailbox",
            &[
                ("ForwardingSmtpAddress", if way == "empty" { "" } else { "$null" }),
                ("DeliverToMailboxAndForward", "False"),
            ],
        );
        case.step(2, &["done"], Some(true));
        all.push(case);
    }
    let mut case = taken_unseen("R2/P1-before", "emptied before the intruder's last act");
    forward(&mut case);
    admin_cmdlet(&mut case, "02-17T12:00:00", "Set-Mailbox", &[("ForwardingSmtpAddress", "")]);
    case.step(2, &["done"], Some(false));
    all.push(case);
    let mut case = taken_unseen("R2/N1-copy-only", "only the copy switch: it still forwards");
    forward(&mut case);
    admin_cmdlet(&mut case, "02-17T15:00:00", "Set-Mailbox", &[("DeliverToMailboxAndForward", "True")]);
    case.step(2, &["not_seen"], None);
    all.push(case);
    let mut case = taken_unseen("R2/N2-one-of-two", "the address outside is emptied, the contact stays");
    let parameters = [
        ("Identity", DANA.upn),
        ("ForwardingSmtpAddress", "smtp:ex@collect.example"),
        ("ForwardingAddress", "contact1"),
    ];
    case.put(cmdlet(at("02-17T02:22:00"), (&DANA, &LAGOS), "Set-Mailbox", &DANA.canonical(), &parameters));
    admin_cmdlet(&mut case, "02-17T15:00:00", "Set-Mailbox", &[("ForwardingSmtpAddress", "")]);
    case.step(2, &["partial"], Some(true));
    all.push(case);
    let mut case = taken_unseen("R2/undone", "emptied, and set again by the intruder");
    forward(&mut case);
    admin_cmdlet(&mut case, "02-17T12:00:00", "Set-Mailbox", &[("ForwardingSmtpAddress", "")]);
    let parameters = [("Identity", DANA.upn), ("ForwardingSmtpAddress", "smtp:ex@collect.example")];
    case.put(cmdlet(at("02-17T13:30:00"), (&DANA, &LAGOS), "Set-Mailbox", &DANA.canonical(), &parameters));
    case.step(2, &["undone"], None);
    all.push(case);
    let mut case = taken("R2/snapshot", "the snapshot shows no forwarding any more");
    forward(&mut case);
    case.put(mailbox_state(&DANA, &[("DeliverToMailboxAndForward", "False")]));
    case.step(2, &["done"], None);
    all.push(case);
}

fn hiding(case: &mut Case, name: &str) -> Key {
    let parameters = [("Name", name), ("SubjectContainsWords", "payment"), ("DeleteMessage", "True")];
    case.put(cmdlet(
        at("02-17T02:20:00"),
        (&DANA, &LAGOS),
        "New-InboxRule",
        &format!("{}\\{name}", DANA.canonical()),
        &parameters,
    ))
}

fn on_rule(case: &mut Case, time: &str, who: (&Who, &Seat), command: &str, name: &str) -> Key {
    let identity = format!("dana.weiss\\{name}");
    case.put(cmdlet(at(time), who, command, &format!("{}\\{name}", DANA.canonical()), &[("Identity", &identity)]))
}

fn rules(all: &mut Vec<Case>) {
    for command in ["Remove-InboxRule", "Disable-InboxRule"] {
        let mut case = taken(&format!("R3/P1-{command}"), "the administrator does away with the rule");
        hiding(&mut case, ".");
        on_rule(&mut case, "02-17T15:00:00", (&ADMIN, &ADMIN_DESK), command, ".");
        case.step(3, &["done"], Some(true));
        all.push(case);
    }
    let mut case = taken("R3/set-disabled", "switched off through Set-InboxRule");
    hiding(&mut case, ".");
    case.put(cmdlet(
        at("02-17T15:00:00"),
        (&ADMIN, &ADMIN_DESK),
        "Set-InboxRule",
        &format!("{}\\.", DANA.canonical()),
        &[("Identity", "dana.weiss\\."), ("Enabled", "False")],
    ));
    case.step(3, &["done"], Some(true));
    all.push(case);
    let mut case = taken_unseen("R3/N1-enabled-again", "switched off and two hours later on again by the intruder");
    hiding(&mut case, ".");
    on_rule(&mut case, "02-17T11:00:00", (&ADMIN, &ADMIN_DESK), "Disable-InboxRule", ".");
    on_rule(&mut case, "02-17T13:00:00", (&DANA, &LAGOS), "Enable-InboxRule", ".");
    case.step(3, &["undone"], None);
    all.push(case);
    let mut case = taken_unseen("R3/N2-by-the-intruder", "removed by the intruder five minutes after it was made");
    hiding(&mut case, ".");
    on_rule(&mut case, "02-17T02:25:00", (&DANA, &LAGOS), "Remove-InboxRule", ".");
    case.step(3, &["by_attacker"], None);
    all.push(case);
    let mut case = taken_unseen("R3/partial", "one of two rules is removed");
    hiding(&mut case, ".");
    hiding(&mut case, "..");
    on_rule(&mut case, "02-17T15:00:00", (&ADMIN, &ADMIN_DESK), "Remove-InboxRule", ".");
    case.step(3, &["partial"], Some(true));
    all.push(case);
    let mut case = taken("R3/snapshot", "a later snapshot does not have the rule any more");
    hiding(&mut case, ".");
    case.step(3, &["done"], None);
    all.push(case);
    let mut case = taken("R3/not-done", "the rule stands");
    hiding(&mut case, ".");
    case.put(rule_state(
        &DANA,
        &[
            ("RuleName", "."),
            ("Enabled", "True"),
            ("RuleIdentity", "7"),
            ("DeleteMessage", "True"),
            ("SubjectContainsWords", "payment"),
        ],
    ));
    case.step(3, &["not_seen", "undone"], None);
    all.push(case);
    let mut case = taken("R3/sweep", "the sweep rule is removed by the administrator");
    case.put(cmdlet(
        at("02-17T02:20:00"),
        (&DANA, &LAGOS),
        "New-SweepRule",
        &format!("{}\\s", DANA.canonical()),
        &[("Name", "s"), ("Sender", "cfo@partner.example"), ("DestinationFolder", "Notes")],
    ));
    on_rule(&mut case, "02-17T15:00:00", (&ADMIN, &ADMIN_DESK), "Remove-SweepRule", "s");
    case.step(3, &["done"], Some(true));
    all.push(case);
    let mut case = taken_unseen("R3/renamed", "a rule renamed is no rule removed");
    hiding(&mut case, ".");
    case.put(cmdlet(
        at("02-17T15:00:00"),
        (&ADMIN, &ADMIN_DESK),
        "Set-InboxRule",
        &format!("{}\\.", DANA.canonical()),
        &[("Identity", "dana.weiss\\."), ("Name", "Old")],
    ));
    case.step(3, &["not_seen"], None);
    all.push(case);
}

fn sending(all: &mut Vec<Case>) {
    let mut case = taken("R4/P1-delisted", "taken off the list after the reset");
    case.put(hygiene(at("02-17T13:12:00"), &DANA, "Listed", "RecipientRateLimitExceeded"));
    by_admin(&mut case, "02-17T14:02:00", "Reset user password.", &[]);
    case.put(hygiene(at("02-17T15:10:00"), &DANA, "Delisted", "Released"));
    case.step(4, &["done"], Some(true));
    all.push(case);
    let mut case = taken("R4/P1-cmdlet", "taken off by the administrator's cmdlet");
    case.put(hygiene(at("02-17T13:12:00"), &DANA, "Listed", "RecipientRateLimitExceeded"));
    case.put(cmdlet(
        at("02-17T15:10:00"),
        (&ADMIN, &ADMIN_DESK),
        "Remove-BlockedSenderAddress",
        DANA.upn,
        &[("SenderAddress", DANA.upn)],
    ));
    case.step(4, &["done"], Some(true));
    all.push(case);
    let mut case = taken("R4/N1-too-early", "taken off before the reset and before the last act");
    case.put(hygiene(at("02-17T08:12:00"), &DANA, "Listed", "RecipientRateLimitExceeded"));
    case.put(hygiene(at("02-17T09:00:00"), &DANA, "Delisted", "Released"));
    by_admin(&mut case, "02-17T14:02:00", "Reset user password.", &[]);
    case.step(4, &["done"], Some(false));
    all.push(case);
    let mut case = taken("R4/listed-again", "taken off and listed again");
    case.put(hygiene(at("02-17T08:12:00"), &DANA, "Listed", "RecipientRateLimitExceeded"));
    case.put(hygiene(at("02-17T09:00:00"), &DANA, "Delisted", "Released"));
    case.put(hygiene(at("02-17T13:12:00"), &DANA, "Listed", "RecipientRateLimitExceeded"));
    case.step(4, &["undone"], None);
    all.push(case);
    let mut case =
        taken("R4/still-listed", "listed, nobody recorded taking her off, and the trace shows her mail leaving again");
    case.put(hygiene(at("02-17T13:12:00"), &DANA, "Listed", "RecipientRateLimitExceeded"));
    case.step(4, &["done"], Some(true));
    all.push(case);
}

fn block(all: &mut Vec<Case>) {
    let off = [("OWAEnabled", "False"), ("ActiveSyncEnabled", "False"), ("OWAforDevicesEnabled", "False")];
    let mut case = taken("R5/P1-blocked", "sign-in blocked and the three switches off");
    by_admin(&mut case, "02-17T14:05:00", "Update user.", &[("AccountEnabled", "true", "false")]);
    admin_cmdlet(&mut case, "02-17T14:06:00", "Set-CASMailbox", &off);
    case.step(5, &["done"], Some(true));
    all.push(case);
    for operation in ["Disable account.", "Disable account"] {
        let mut case = taken(
            &format!("R5/disabled-{}", if operation.ends_with('.') { "audit" } else { "entra" }),
            "the account is disabled",
        );
        if operation.ends_with('.') {
            by_admin(&mut case, "02-17T14:05:00", operation, &[]);
        } else {
            case.put(entra(at("02-17T14:05:00"), (&ADMIN, ADMIN_DESK.ip), &DANA, operation, &[]));
        }
        case.step(5, &["done"], Some(true));
        all.push(case);
    }
    let mut case = taken("R5/N1-one-switch", "only one of the three switches");
    admin_cmdlet(&mut case, "02-17T14:06:00", "Set-CASMailbox", &off[..1]);
    case.step(5, &["partial"], Some(true));
    all.push(case);
    let mut case = taken("R5/three-switches", "all three switches, the account itself stays open");
    admin_cmdlet(&mut case, "02-17T14:06:00", "Set-CASMailbox", &off);
    case.step(5, &["done", "partial"], Some(true));
    all.push(case);
    let mut case = taken("R5/N2-enabled-again", "enabled again thirty minutes later, before the reset");
    by_admin(&mut case, "02-17T14:05:00", "Disable account.", &[]);
    by_admin(&mut case, "02-17T14:35:00", "Enable account.", &[]);
    by_admin(&mut case, "02-17T15:00:00", "Reset user password.", &[]);
    case.step(5, &["undone"], None);
    all.push(case);
    let mut case = taken("R5/nothing", "nobody blocked anything");
    case.step(5, &["not_seen"], None);
    all.push(case);
}

fn role(case: &mut Case, time: &str, operation: &str, name: &str) {
    by_admin(
        case,
        time,
        operation,
        &[(
            "Role.DisplayName",
            if operation.starts_with("Add") { "" } else { name },
            if operation.starts_with("Add") { name } else { "" },
        )],
    );
}

fn roles(all: &mut Vec<Case>) {
    let mut case = taken("R6/P1-both", "both roles given are taken away");
    role(&mut case, "02-12T09:00:00", "Add member to role.", "Exchange Administrator");
    role(&mut case, "02-12T09:01:00", "Add member to role.", "User Administrator");
    role(&mut case, "02-17T14:10:00", "Remove member from role.", "Exchange Administrator");
    role(&mut case, "02-17T14:11:00", "Remove member from role.", "User Administrator");
    case.step(6, &["done"], Some(true));
    all.push(case);
    let mut case = taken("R6/one-of-two", "one of two roles is taken away");
    role(&mut case, "02-12T09:00:00", "Add member to role.", "Exchange Administrator");
    role(&mut case, "02-12T09:01:00", "Add member to role.", "User Administrator");
    role(&mut case, "02-17T14:10:00", "Remove member from role.", "Exchange Administrator");
    case.step(6, &["partial"], Some(true));
    all.push(case);
    let mut case = taken("R6/given-back", "taken away and given again");
    role(&mut case, "02-12T09:00:00", "Add member to role.", "Exchange Administrator");
    role(&mut case, "02-17T14:10:00", "Remove member from role.", "Exchange Administrator");
    role(&mut case, "02-18T14:10:00", "Add member to role.", "Exchange Administrator");
    case.step(6, &["undone"], None);
    all.push(case);
    let mut case = taken("R6/N1-no-record", "no record of any role: those held before the log began are unknown");
    case.step(6, &["not_assessable"], None);
    all.push(case);
    let mut case = taken("R6/not-done", "a role was given and nobody took it away");
    role(&mut case, "02-12T09:00:00", "Add member to role.", "Exchange Administrator");
    case.step(6, &["not_seen"], None);
    all.push(case);
    let mut case = taken("R6/exchange", "the Exchange role group is left");
    case.put(cmdlet(
        at("02-12T09:00:00"),
        (&ADMIN, &ADMIN_DESK),
        "Add-RoleGroupMember",
        "Organization Management",
        &[("Identity", "Organization Management"), ("Member", DANA.upn)],
    ));
    case.put(cmdlet(
        at("02-17T14:10:00"),
        (&ADMIN, &ADMIN_DESK),
        "Remove-RoleGroupMember",
        "Organization Management",
        &[("Identity", "Organization Management"), ("Member", DANA.upn)],
    ));
    case.step(6, &["done"], Some(true));
    all.push(case);
}

fn precautions(all: &mut Vec<Case>) {
    let mut case = taken("R7/P1-search", "the administrator searches for what she sent");
    case.put(
        cmdlet(
            at("02-17T15:10:00"),
            (&ADMIN, &ADMIN_DESK),
            "New-ComplianceSearch",
            "sent-by-dana",
            &[
                ("Name", "sent-by-dana"),
                ("ExchangeLocation", DANA.upn),
                ("ContentMatchQuery", "from:dana.weiss@fabrikam.example"),
            ],
        )
        .with("RecordType", 18)
        .with("Workload", "SecurityComplianceCenter"),
    );
    case.step(7, &["done"], Some(true));
    all.push(case);
    let mut case = taken("R7/N1-nothing", "no trace: the step is a procedure, never not done");
    case.step(7, &["not_seen", "not_assessable"], None);
    all.push(case);
    for way in WAYS {
        let mut case = Case::new(&format!("R/whole-{}", way.word()), "every step after the last act");
        enter(&mut case, way, at("02-17T02:14:00"));
        forward(&mut case);
        let made = hiding(&mut case, ".");
        by_admin(&mut case, "02-17T14:02:00", "Reset user password.", &[]);
        by_admin(
            &mut case,
            "02-17T14:02:00",
            REVOKE,
            &[("StsRefreshTokensValidFrom", "2026-01-01T00:00:00Z", "2026-02-17T14:02:00Z")],
        );
        admin_cmdlet(&mut case, "02-17T14:10:00", "Set-Mailbox", &[("ForwardingSmtpAddress", "")]);
        on_rule(&mut case, "02-17T14:12:00", (&ADMIN, &ADMIN_DESK), "Remove-InboxRule", ".");
        by_admin(&mut case, "02-17T14:01:00", "Disable account.", &[]);
        case.expect(3, STRONG, &[made]).expect(9, STRONG, &[]).leave(&[8]);
        case.step(1, &["done"], Some(true)).step(2, &["done"], Some(true)).step(3, &["done"], Some(true)).step(
            5,
            &["done"],
            Some(true),
        );
        all.push(case);
    }
}
