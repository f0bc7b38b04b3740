//! Which mails a rule takes: the words it looks for, the senders it names, and whether it excludes any mail at all.

use crate::knowledge::{domains, words};

use super::Definition;

/// Words of the lexicons, of money and of warning, in the conditions that look into mails; exceptions and addresses do
/// not count.
pub(super) fn watched_words(rule: &Definition) -> (Vec<String>, Vec<String>) {
    let (mut money, mut warning) = (Vec::new(), Vec::new());
    for (name, value) in &rule.conditions {
        let lower = name.to_lowercase();
        if lower.starts_with("exceptif") || !(lower.contains("contains") || lower == "rulecondition") {
            continue;
        }
        let entries = entries(value);
        let text = entries.join("; ");
        // A word that a text may hold by chance is no chance where it is all that is looked for.
        let alone = entries.iter().filter_map(|entry| words::finance_word(entry));
        for word in words::finance(&text).into_iter().chain(alone) {
            if !money.contains(&word) {
                money.push(word);
            }
        }
        for word in words::warning(&text) {
            if !money.contains(&word) && !warning.contains(&word) {
                warning.push(word);
            }
        }
    }
    (money, warning)
}

/// The entries of a condition's list, without the addresses in them.
fn entries(value: &str) -> Vec<String> {
    let words = |entry: &str| entry.split_whitespace().filter(|word| !word.contains('@')).collect::<Vec<_>>().join(" ");
    value.split([';', ',']).map(words).filter(|entry| !entry.is_empty()).collect()
}

/// Whether no condition is left that excludes anything. Of a rule of which only changes are known this is said where
/// they put in a condition that every mail meets.
pub(super) fn takes_everything(rule: &Definition, whole: bool) -> bool {
    let exception = |name: &String| name.to_lowercase().starts_with("exceptif");
    let says_so = || rule.conditions.keys().any(|name| !exception(name));
    (whole || says_so()) && excludes_nothing(rule)
}

fn excludes_nothing(rule: &Definition) -> bool {
    rule.conditions.iter().all(|(name, value)| {
        let lower = name.to_lowercase();
        let blank = !value.chars().any(char::is_alphanumeric);
        lower.starts_with("exceptif")
            || blank
            || lower.ends_with("containswords") && value.split(';').any(is_in_every_mail)
            || lower == "withinsizerangeminimum" && is_any_size(value)
            || lower == "rulecondition" && stored_excludes_nothing(value)
    })
}

/// The same of a condition as the mailbox keeps it, `{([SubString, IgnoreCase], ((BodyProperty, @)))}` or
/// `{(SizeProperty >= 0)}`: each innermost bracket names a property of the mail with what it has to hold. All of them
/// must be met by every mail; what is written otherwise may exclude some.
fn stored_excludes_nothing(condition: &str) -> bool {
    let mut parts = innermost(condition).filter(|part| part.contains("Property")).peekable();
    let turned = condition.split(|c: char| !c.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case("not"));
    parts.peek().is_some() && !turned && parts.all(is_met_by_every_mail)
}

/// The texts of the brackets that hold no others.
fn innermost(text: &str) -> impl Iterator<Item = &str> {
    let closed = text.split_inclusive([')', '}']).filter_map(|piece| piece.strip_suffix([')', '}']));
    closed.filter_map(|piece| piece.rsplit(['(', '{']).next())
}

/// `BodyProperty, @`, `SizeProperty >= 0`.
fn is_met_by_every_mail(part: &str) -> bool {
    const TEXTS: [&str; 3] = ["BodyProperty", "SubjectProperty", "HeadersProperty"];
    let ends = |name: &str, property: &str| name.trim_end().ends_with(property);
    match (part.split_once(','), part.split_once('>')) {
        (Some((name, word)), _) if TEXTS.iter().any(|text| ends(name, text)) => is_in_every_mail(word),
        (_, Some((name, size))) if ends(name, "SizeProperty") => is_any_size(size.trim_start_matches('=')),
        _ => false,
    }
}

/// Whether every mail holds the word: one sign such as the `@` of its addresses, or a vowel. A sign of Chinese or
/// Japanese is a word.
fn is_in_every_mail(word: &str) -> bool {
    let mut signs = word.trim().chars();
    let one = signs.next().filter(|_| signs.next().is_none());
    one.is_some_and(|sign| !sign.is_alphanumeric() || "aeiou".contains(sign.to_ascii_lowercase()))
}

/// Whether every mail is at least so large: a number of bytes, or a number with its unit and perhaps the bytes in
/// brackets (`5 MB (5,242,880 bytes)`). No mail is smaller than a kilobyte, which its headers fill.
fn is_any_size(size: &str) -> bool {
    const KILOBYTE: u64 = 1024;
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>().parse::<u64>().ok();
    let (size, bytes) = size.split_once('(').map_or((size, None), |(size, bytes)| (size, digits(bytes)));
    let unit = size.trim_start().trim_start_matches(|c: char| c.is_ascii_digit() || ".,\u{a0} ".contains(c));
    let factor = match unit.chars().next().map(|c| c.to_ascii_lowercase()) {
        None | Some('b') => 1,
        Some('k') => KILOBYTE,
        Some('m') => KILOBYTE.pow(2),
        _ => KILOBYTE.pow(3),
    };
    let least = bytes.or_else(|| Some(digits(size)?.saturating_mul(factor)));
    least.is_some_and(|least| least < KILOBYTE || least == KILOBYTE && factor == KILOBYTE)
}

pub(super) fn sender_values(rule: &Definition) -> impl Iterator<Item = &String> {
    let names = ["from", "sender", "fromaddresscontainswords", "rulecondition"];
    rule.conditions
        .iter()
        .filter(move |(name, _)| names.contains(&name.to_lowercase().as_str()))
        .map(|(_, value)| value)
}

/// Whether the only conditions are senders.
pub(super) fn only_senders(rule: &Definition) -> bool {
    let names = ["from", "sender", "fromaddresscontainswords"];
    let mut real =
        rule.conditions.keys().map(|name| name.to_lowercase()).filter(|name| !name.starts_with("exceptif")).peekable();
    let sender_text = |text: &String| {
        let lower = text.to_lowercase();
        (lower.contains("from") || lower.contains("sender")) && !lower.contains("subject") && !lower.contains("body")
    };
    let in_store = rule.conditions.get("RuleCondition").is_some_and(sender_text);
    real.peek().is_some() && real.all(|name| names.contains(&name.as_str()) || in_store && name == "rulecondition")
}

/// Whether every sender the rule names is a program.
pub(super) fn programs(rule: &Definition) -> bool {
    let senders: Vec<String> = sender_values(rule).flat_map(|value| domains::addresses_in(value)).collect();
    !senders.is_empty() && senders.iter().all(|sender| domains::is_automatic_sender(sender))
}

#[cfg(test)]
mod tests {
    use super::stored_excludes_nothing;

    #[test]
    fn conditions_of_the_mailbox_that_exclude_nothing() {
        for every in
            ["{([SubString, IgnoreCase], ((BodyProperty, @)))}", "{(SizeProperty >= 0)}", "{(SizeProperty > 100)}"]
        {
            assert!(stored_excludes_nothing(every), "{every}");
        }
        for some in [
            "{([SubString, IgnoreCase], ((SubjectProperty, invoice)))}",
            "{([SubString, IgnoreCase], ((BodyProperty, @))), ([SubString, IgnoreCase], ((SubjectProperty, invoice)))}",
            "{(Not ([SubString, IgnoreCase], ((BodyProperty, @))))}",
            "{(SizeProperty >= 5242880)}",
            "{(SizeProperty <= 0)}",
            "{(SenderProperty, @)}",
            "{(Anything)}",
        ] {
            assert!(!stored_excludes_nothing(some), "{some}");
        }
    }
}
