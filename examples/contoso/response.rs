//! What the administrator does on 4 March, what is forgotten, and how the attacker fails afterwards.

use super::attack::Intruder;
use super::cast::{ADMIN, ALICE, CONTOSO};
use super::directory::Principal;
use super::log::Log;
use super::signin::{Attempt, EXCHANGE};

pub fn respond(log: &mut Log, intruder: &Intruder) {
    let session = log.at_work(&ADMIN, "response", "2026-03-04T00:56:10");
    let hale = (&session, 2);
    let identity = ALICE.upn();

    let moment = log.story("2026-03-04T01:05:00", "alice/reset");
    let companion = log.story("2026-03-04T01:05:00", "alice/reset-tokens");
    let actor = Principal::of(&ADMIN);
    log.password((&moment, &companion), (&actor, &ALICE), "Reset user password.");
    log.response(&moment, "reset-password");
    log.response(&companion, "reset-password");

    let moment = log.story("2026-03-04T01:09:00", "alice/forwarding-removed");
    let parameters =
        [("Identity", identity.as_str()), ("ForwardingSmtpAddress", ""), ("DeliverToMailboxAndForward", "False")];
    log.cmdlet(&moment, hale, "Set-Mailbox", &ALICE.canonical(), &parameters);
    log.response(&moment, "remove-forwarding");

    // The rule `..` stays: it was made by another client and nobody looked for it.
    let moment = log.story("2026-03-04T01:12:00", "alice/rule-dot-removed");
    let object = format!(r"{}\.", ALICE.canonical());
    let parameters = [
        ("Identity", object.as_str()),
        ("Mailbox", identity.as_str()),
        ("AlwaysDeleteOutlookRulesBlob", "False"),
        ("Force", "True"),
    ];
    log.cmdlet(&moment, hale, "Remove-InboxRule", &object, &parameters);
    log.response(&moment, "disable-inbox-rules");

    let moment = log.story("2026-03-04T01:20:00", "alice/unblocked");
    let parameters = [("SenderAddress", identity.as_str()), ("Reason", "account secured")];
    let object = CONTOSO.canonical("alice.mori");
    log.cmdlet(&moment, hale, "Remove-BlockedSenderAddress", &object, &parameters);
    log.response(&moment, "unblock-sending");
    let moment = log.story("2026-03-04T01:20:40", "alice/delisted");
    log.hygiene(&moment, "Delisted", &ALICE, "AdminDelisted");
    log.response(&moment, "unblock-sending");

    still_trying(log, intruder);
}

/// The old session is refused, then the old passwords.
fn still_trying(log: &mut Log, intruder: &Intruder) {
    for (time, name, code) in [
        ("2026-03-04T01:18:33", "alice/old-session-refused-1", 50173),
        ("2026-03-04T02:40:05", "alice/old-session-refused-2", 50133),
        ("2026-03-05T00:12:19", "alice/old-password-1", 50126),
        ("2026-03-05T00:12:58", "alice/old-password-2", 50126),
        ("2026-03-06T03:30:41", "alice/old-password-3", 50126),
    ] {
        let moment = log.story(time, name);
        log.sign_in(&moment, &intruder.third, &Attempt::new(EXCHANGE, code));
        log.detection(&moment, "attempt-after-response");
    }
}
