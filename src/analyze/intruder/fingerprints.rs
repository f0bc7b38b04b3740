//! What two intrusions have in common: outside destinations, telling rule names, telephones and devices for sign-in.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::analyze::exam::Exam;
use crate::analyze::mail::markup;
use crate::analyze::settings::{credentials, directory};
use crate::knowledge::{domains, names, normalise, words};
use crate::timeline::{Event, details, json};

/// Operations that leave such marks, lower-cased.
pub const OPERATIONS: [&str; 6] = [
    "new-inboxrule",
    "set-inboxrule",
    "updateinboxrules",
    "set-mailbox",
    "update user",
    "set-mailboxmessageconfiguration",
];
/// Parameters that name a destination.
const DESTINATIONS: [&str; 7] = [
    "ForwardTo",
    "RedirectTo",
    "ForwardAsAttachmentTo",
    "ForwardingSmtpAddress",
    "RuleActions",
    "Actions",
    "Recipients",
];

/// Letters and digits that a device's token has at least.
const TOKEN: usize = 20;

/// Digits that a telephone number has at least.
const DIGITS: usize = 6;

/// The marks of a record, in words.
pub fn of(exam: &Exam<'_>, event: &Event) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let action = event.action().to_lowercase();
    if !OPERATIONS.contains(&action.as_str()) {
        return found;
    }
    for param in details::params(event) {
        let value = param.value.unwrap_or_default();
        if DESTINATIONS.iter().any(|name| name.eq_ignore_ascii_case(&param.name)) {
            let outside = domains::addresses_in(&value).into_iter().filter(|address| !exam.is_internal(address));
            found.extend(outside.map(|address| format!("destination {address}")));
        }
        let rule = action.ends_with("inboxrule") || action == "updateinboxrules";
        if rule && ["Name", "RuleName"].iter().any(|name| name.eq_ignore_ascii_case(&param.name)) {
            let value = value.trim();
            if !value.is_empty() && names::is_symbol_name(value) {
                found.insert(format!("rule named '{value}'"));
            }
        }
    }
    found.extend(lure_rule(event, &action).or_else(|| lure_in_store(event, &action)));
    found.extend(signature(event, &action));
    if action == "update user" {
        let methods = credentials::method_changes(event);
        let telling = methods
            .added
            .into_iter()
            .chain(methods.changed)
            .filter(|what| what.contains("Phone") || what.starts_with("authenticator "));
        // A model name is shared by thousands; a number is not.
        found.extend(
            telling.filter(|what| what.contains('+')).filter_map(|what| what.rsplit("→ ").next().and_then(telephone)),
        );
        found.extend(device_tokens(event));
    }
    found
}

/// Whether a whole company may have it in common: where a ticket system gets its mail, a signature with the firm's bank.
pub fn may_be_the_companys(print: &str) -> bool {
    print.starts_with("destination ") || print.starts_with("signature '")
}

/// A mark in Japanese, for headlines.
pub fn in_japanese(print: &str) -> Cow<'_, str> {
    let quoted = |start: &str| print.strip_prefix(start)?.strip_suffix('\'');
    let lure = || {
        let (name, rest) = print.strip_prefix("rule '")?.split_once("' (")?;
        let (hides, words) = rest.split_once(") for ")?;
        Some(format!("語「{words}」を条件とするルール「{name}」({hides})"))
    };
    let token = || print.strip_prefix("authenticator on the device ");
    let destination = || print.strip_prefix("destination ");
    let told = destination()
        .map(|address| format!("転送先 {address}"))
        .or_else(|| quoted("rule named '").map(|name| format!("ルール名「{name}」")))
        .or_else(|| print.strip_prefix("telephone ").map(|number| format!("電話番号 {number}")))
        .or_else(|| token().map(|token| format!("デバイス {token} の認証アプリ")))
        .or_else(|| quoted("signature '").map(|text| format!("署名「{text}」")))
        .or_else(lure);
    told.map_or(Cow::Borrowed(print), Cow::Owned)
}

/// A telephone number, whichever of the account's slots it stands in.
fn telephone(what: &str) -> Option<String> {
    let number = what.get(what.find('+')?..)?.trim();
    let digits = number.chars().filter(char::is_ascii_digit).count();
    (digits >= DIGITS).then(|| format!("telephone {number}"))
}

/// The tokens of authenticators that are new: a token is one telephone's. Apps without one write a word in its place.
fn device_tokens(event: &Event) -> BTreeSet<String> {
    let tokens = |value: Option<&str>| -> BTreeSet<String> {
        let entries = directory::objects(value);
        let tokens = entries.iter().filter_map(|entry| json::text(entry, "DeviceToken"));
        tokens.filter(|token| token.len() >= TOKEN && token.contains(|c: char| c.is_ascii_digit())).collect()
    };
    let changes = details::changes(event);
    let apps = changes.iter().filter(|change| change.name.eq_ignore_ascii_case("StrongAuthenticationPhoneAppDetail"));
    let new = apps.flat_map(|change| {
        let old = tokens(change.old.as_deref());
        tokens(change.new.as_deref()).into_iter().filter(move |token| !old.contains(token))
    });
    new.map(|token| format!("authenticator on the device {token}")).collect()
}

/// A rule that hides mail by words of money or warning: its name, action and words together are one hand's writing.
fn lure_rule(event: &Event, action: &str) -> Option<String> {
    if !matches!(action, "new-inboxrule" | "set-inboxrule") {
        return None;
    }
    let given = |name: &str| {
        details::param(event, name).map(|value| value.trim().to_lowercase()).filter(|value| !value.is_empty())
    };
    let conditions = ["SubjectContainsWords", "BodyContainsWords", "SubjectOrBodyContainsWords", "From"];
    let conditions: Vec<String> = conditions.into_iter().filter_map(given).collect();
    let words = conditions.join("; ");
    let telling = !words::finance(&words).is_empty() || !words::warning(&words).is_empty();
    let hides = ["MoveToFolder", "DeleteMessage", "SoftDeleteMessage"]
        .into_iter()
        .find_map(|name| Some(format!("{name} {}", given(name)?)));
    let name = given("Name").or_else(|| given("Identity")).unwrap_or_default();
    // The mailbox in front of an identity is not the rule's.
    let name = name.rsplit('\\').next().unwrap_or_default().to_owned();
    hides.filter(|_| telling).map(|hides| format!("rule '{name}' ({hides}) for {words}"))
}

/// The same as Outlook writes it into the mailbox: conditions and actions are texts of their own.
fn lure_in_store(event: &Event, action: &str) -> Option<String> {
    let given =
        |name: &str| details::param(event, name).map(|text| text.trim().to_lowercase()).filter(|t| !t.is_empty());
    let (condition, does) = (given("RuleCondition")?, given("RuleActions")?);
    let telling = !words::finance(&condition).is_empty() || !words::warning(&condition).is_empty();
    // Folders have other ids in other mailboxes.
    let hides: Vec<&str> = ["movetofolder", "delete"].into_iter().filter(|name| does.contains(name)).collect();
    let name = given("RuleName").unwrap_or_default();
    (action == "updateinboxrules" && telling && !hides.is_empty())
        .then(|| format!("rule '{name}' ({}) for {condition}", hides.join(", ")))
}

/// A signature or automatic answer that asks for payment or sells.
fn signature(event: &Event, action: &str) -> Option<String> {
    if action != "set-mailboxmessageconfiguration" {
        return None;
    }
    let texts = ["SignatureHtml", "SignatureText", "SignatureTextOnMobile", "SignatureHtmlBody"];
    let text = texts.into_iter().find_map(|name| details::param(event, name).filter(|text| !text.trim().is_empty()))?;
    let plain = normalise(&markup::plain_text(&text));
    let start: String = plain.chars().take(80).collect();
    (!words::signature(&plain).is_empty()).then(|| format!("signature '{start}'"))
}

#[cfg(test)]
mod tests {
    use super::in_japanese;

    #[test]
    fn every_mark_has_its_japanese_words() {
        for (print, japanese) in [
            ("destination collect@evil.example", "転送先 collect@evil.example"),
            ("rule named '.'", "ルール名「.」"),
            ("authenticator on the device abc1", "デバイス abc1 の認証アプリ"),
            ("signature 'pay to'", "署名「pay to」"),
            (
                "rule 'spam tag' (MoveToFolder rss feeds) for invoice; payment",
                "語「invoice; payment」を条件とするルール「spam tag」(MoveToFolder rss feeds)",
            ),
            ("telephone +1 202 555 0100", "電話番号 +1 202 555 0100"),
        ] {
            assert_eq!(in_japanese(print), japanese);
        }
    }
}
