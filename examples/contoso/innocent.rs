//! What looks like an attack and is not: Bob, Chika, Dario's Outlook, and the helpdesk's work.

use super::cast::{ADMIN, BOB, CHIKA, CONTOSO, DARIO, EMI, FRANK, GRACE, MUNICH_HOTEL};
use super::directory::{Principal, correlation, included, listed};
use super::exchange::Mail;
use super::log::{Log, Session};
use super::office::Alert;
use super::signin::{Attempt, EXCHANGE};
use super::time::{MINUTE, at};

pub fn innocents(log: &mut Log) {
    bob(log);
    chika(log);
    outlook_resync(log);
    authenticator_drift(log);
    leaver(log);
    helpdesk(log);
    other_alerts(log);
}

/// Bob's newsletter rule, his Sunday in Munich, and his new password from the usual laptop.
fn bob(log: &mut Log) {
    let office = log.at_work(&BOB, "rule", "2026-02-18T02:01:00");
    let moment = log.story("2026-02-18T02:11:26", "bob/newsletter-rule");
    let parameters = [
        ("AlwaysDeleteOutlookRulesBlob", "False"),
        ("Force", "False"),
        ("Name", "Trade newsletters"),
        ("From", "weekly@vendor-news.example"),
        ("MoveToFolder", "Newsletters"),
        ("StopProcessingRules", "True"),
    ];
    new_rule(log, (&moment, &office), "Trade newsletters", &parameters);

    let moment = log.story("2026-02-22T15:20:08", "bob/first-sign-in-abroad");
    let hotel = Session::new("bob.lindt/munich", &BOB, MUNICH_HOTEL, BOB.laptop);
    log.sign_in(&moment, &hotel, &Attempt::new(EXCHANGE, 0));
    log.innocent(&moment, "impossible-travel");

    log.at_work(&BOB, "password", "2026-03-03T01:15:20");
    let moment = log.story("2026-03-03T01:20:14", "bob/own-password-change");
    let companion = log.story("2026-03-03T01:20:14", "bob/own-password-change-tokens");
    let actor = Principal::of(&BOB);
    log.password((&moment, &companion), (&actor, &BOB), "Change user password.");
    log.innocent(&moment, "credential-change");
    log.innocent(&companion, "credential-change");
}

/// Chika's typing errors, her rule in Japanese, and her Friday cleaning.
fn chika(log: &mut Log) {
    let home = Session::new("chika.tanaka/typing", &CHIKA, CHIKA.home, CHIKA.laptop);
    let start = at("2026-02-24T12:58:10");
    for number in 0..9 {
        let mut moment = log.story("2026-02-24T12:58:10", &format!("chika/typing-error-{number}"));
        moment.time = start + number * 35;
        log.sign_in(&moment, &home, &Attempt::new(EXCHANGE, 50126));
        log.innocent(&moment, "password-guessing");
    }
    let moment = log.story("2026-02-24T13:04:31", "chika/right-at-last");
    log.sign_in(&moment, &home, &Attempt::new(EXCHANGE, 0));
    log.innocent(&moment, "password-guessing");

    let office = log.at_work(&CHIKA, "rule", "2026-02-19T04:22:00");
    let moment = log.story("2026-02-19T04:30:55", "chika/newsletter-rule");
    let parameters = [
        ("AlwaysDeleteOutlookRulesBlob", "False"),
        ("Force", "False"),
        ("Name", "ニュースレター"),
        ("From", "news@vendor-news.example"),
        ("MoveToFolder", "ニュース"),
        ("StopProcessingRules", "False"),
    ];
    new_rule(log, (&moment, &office), "ニュースレター", &parameters);

    for date in ["2026-02-13", "2026-02-20", "2026-02-27", "2026-03-06"] {
        let time = format!("{date}T08:55:12");
        let since = format!("{date}T08:41:30");
        let session = log.at_work(&CHIKA, &format!("friday-{date}"), &since);
        let moment = log.story(&time, &format!("chika/empties-deleted-items-{date}"));
        let mails = log.received(14);
        let way = (CHIKA.folders.deleted, None);
        log.delete(&moment, &session, "HardDelete", way, &mails);
        log.innocent(&moment, "missing-mail");
    }
}

/// Outlook writes all rules again within seconds; the records carry only ids.
fn outlook_resync(log: &mut Log) {
    let mut session = log.at_work(&DARIO, "resync", "2026-02-25T00:58:00");
    session.client.info = "Client=MSExchangeRPC";
    session.client.process = Some("OUTLOOK.EXE");
    for number in 0..30 {
        let moment = log.moment(at("2026-02-25T01:01:02") + number / 5);
        let rule_id = format!("-{}", 8_300_000_000_000_000_000_u64 + number as u64);
        let properties = [
            ("RuleOperation", "ModifyMailboxRule"),
            ("RuleId", rule_id.as_str()),
            ("RuleState", ""),
            ("RuleCondition", "{}"),
            ("RuleName", ""),
            ("RuleProvider", ""),
            ("RuleActions", "[]"),
        ];
        log.update_rules(&moment, &session, &properties);
        if number == 0 {
            log.innocent(&moment, "inbox-rules");
        }
    }
}

/// The clock of Grace's authenticator is corrected; no method is added.
fn authenticator_drift(log: &mut Log) {
    let moment = log.story("2026-02-26T23:40:11", "grace/authenticator-drift");
    let detail = |drift: u32| {
        format!(
            "[\r\n  {{\r\n    \"DeviceName\": \"Grace's iPhone\",\r\n    \"DeviceToken\": \"apns2-grace-1\",\r\n    \"OathTokenTimeDrift\": {drift},\r\n    \"Id\": \"6f1c2a7e-0000-4000-8000-000000000028\",\r\n    \"AuthenticationType\": 3\r\n  }}\r\n]"
        )
    };
    let changes =
        [("StrongAuthenticationPhoneAppDetail", detail(0), detail(2)), included("StrongAuthenticationPhoneAppDetail")];
    let actor = Principal::of(&GRACE);
    let correlation_id = correlation(&moment.id);
    log.directory(&moment, (&actor, &GRACE), "Update user.", &changes, &correlation_id);
    log.innocent(&moment, "credential-change");
}

/// Frank has left: his password is reset and his mail goes to his manager.
fn leaver(log: &mut Log) {
    let session = log.at_work(&ADMIN, "leaver", "2026-02-16T01:05:00");
    let actor = Principal::of(&ADMIN);
    let moment = log.story("2026-02-16T01:12:30", "admin/leaver-reset");
    let companion = log.story("2026-02-16T01:12:30", "admin/leaver-reset-tokens");
    log.password((&moment, &companion), (&actor, &FRANK), "Reset user password.");
    log.innocent(&moment, "credential-change");

    let moment = log.story("2026-02-16T01:18:45", "admin/leaver-forwarding");
    let (identity, manager) = (FRANK.upn(), GRACE.upn());
    let parameters = [
        ("Identity", identity.as_str()),
        ("ForwardingAddress", manager.as_str()),
        ("DeliverToMailboxAndForward", "True"),
    ];
    log.cmdlet(&moment, (&session, 2), "Set-Mailbox", &FRANK.canonical(), &parameters);
    log.innocent(&moment, "forwarding");
}

/// A shared mailbox, a transfer to another department, lists.
fn helpdesk(log: &mut Log) {
    let session = log.at_work(&ADMIN, "shared-mailbox", "2026-02-18T05:01:00");
    let shared = CONTOSO.canonical("accounts.payable");
    let user = EMI.upn();
    let moment = log.story("2026-02-18T05:06:10", "admin/shared-mailbox-permission");
    let parameters = [
        ("Identity", "accounts.payable@contoso.example"),
        ("User", user.as_str()),
        ("AccessRights", "FullAccess"),
        ("InheritanceType", "All"),
    ];
    let actor = (&session, 2);
    log.cmdlet(&moment, actor, "Add-MailboxPermission", &shared, &parameters);
    log.innocent(&moment, "mailbox-delegate");
    let moment = log.moment(moment.time + MINUTE);
    let parameters =
        [("Identity", "accounts.payable@contoso.example"), ("Trustee", user.as_str()), ("AccessRights", "SendAs")];
    let name = "Add-RecipientPermission";
    log.cmdlet(&moment, actor, name, &shared, &parameters);

    let moment = log.story("2026-02-24T02:33:19", "admin/transfer");
    let changes = [
        ("Department", listed("Human Resources"), listed("People & Culture")),
        ("JobTitle", listed("HR Specialist"), listed("HR Lead")),
        included("Department, JobTitle"),
    ];
    let correlation_id = correlation(&moment.id);
    let admin = Principal::of(&ADMIN);
    log.directory(&moment, (&admin, &EMI), "Update user.", &changes, &correlation_id);
    log.innocent(&moment, "profile-change");

    for (time, list) in [
        ("2026-02-12T03:10:00", "sales"),
        ("2026-02-19T06:41:00", "finance"),
        ("2026-02-26T02:05:00", "all-tokyo"),
        ("2026-03-05T04:20:00", "finance"),
    ] {
        let session = log.at_work(&ADMIN, &format!("lists-{list}-{time}"), time);
        let moment = log.moment(session.since + 4 * MINUTE);
        let parameters = [("Identity", list), ("Member", user.as_str())];
        let name = "Add-DistributionGroupMember";
        log.cmdlet(&moment, (&session, 2), name, &CONTOSO.canonical(list), &parameters);
    }
}

fn other_alerts(log: &mut Log) {
    let moment = log.story("2026-02-20T06:12:00", "dario/reported-mail");
    let alert = Alert {
        name: "Email reported by user as malware or phish",
        severity: "Low",
        category: "ThreatManagement",
        cause: None,
    };
    log.alert(&moment, &DARIO, &alert);
    log.innocent(&moment, "blocked-from-sending");
    let session = log.at_work(&DARIO, "to-security", "2026-02-20T06:05:00");
    let moment = log.story("2026-02-20T06:11:20", "dario/asks-security");
    let mail = Mail::new("dario/asks-security", "contoso.example", "FW: phishing? \"I'm stuck in London\"");
    let to = super::exchange::Delivery::to(vec!["security@contoso.example".to_owned()]);
    log.send(&moment, &session, &mail, &to);
    log.innocent(&moment, "hacked-messages");
}

fn new_rule(
    log: &mut Log,
    (moment, session): (&super::log::Moment, &Session),
    name: &str,
    parameters: &[(&str, &str)],
) {
    let object = format!(r"{}\{name}", session.person.canonical());
    log.cmdlet(moment, (session, 0), "New-InboxRule", &object, parameters);
    log.innocent(moment, "inbox-rules");
}
