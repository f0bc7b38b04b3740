//! Command lines as audit logs render them: each parameter with its value.

use crate::ingest::values::fields::NameValue;

/// `New-InboxRule -Name 'a b' -StopProcessingRules $true`: each parameter with its value, as the table's
/// maker joined them.
pub fn command_line(command: &str) -> Vec<NameValue> {
    let mut parameters = Vec::new();
    // The parameters may stand alone: then the first has no blank before it.
    let alone = command.starts_with('-').then(|| format!(" {command}"));
    let mut rest = alone.as_deref().unwrap_or(command);
    while let Some((name, behind)) = next_parameter(rest) {
        let (value, behind) = value_of(behind);
        parameters.push(NameValue { name: name.to_owned(), value: Some(value) });
        rest = behind;
    }
    parameters
}

/// Whether the text ends inside a quoted value: it was cut there.
pub fn ends_open(command: &str) -> bool {
    command_line(command).last().and_then(|last| last.value.as_deref()).is_some_and(|value| value.ends_with(CUT))
}

/// What stands at the end of a value that was cut.
const CUT: char = '…';

/// The next ` -Name`, and what stands behind it.
fn next_parameter(text: &str) -> Option<(&str, &str)> {
    let at = parameter_at(text)?;
    let rest = text.get(at..)?.trim_start().strip_prefix('-')?;
    let end = rest.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(rest.len());
    Some((rest.get(..end)?, rest.get(end..)?))
}

/// Where a blank, a hyphen and a letter begin the next parameter.
fn parameter_at(text: &str) -> Option<usize> {
    text.match_indices(" -").map(|(at, _)| at).find(|at| text.get(*at..).is_some_and(begins_parameter))
}

/// Whether the next parameter begins here. It is asked at every quote: how long the text is must not matter.
fn begins_parameter(text: &str) -> bool {
    text.strip_prefix(" -").and_then(|rest| rest.chars().next()).is_some_and(char::is_alphabetic)
}

/// The value up to the next parameter. A quoted one ends where its quote is followed by one: it may hold others.
fn value_of(text: &str) -> (String, &str) {
    if begins_parameter(text) {
        // A switch: the next parameter follows.
        return (String::new(), text);
    }
    let text = text.strip_prefix([':', ' ']).unwrap_or(text);
    if let Some(quote) = text.chars().next().filter(|first| matches!(first, '\'' | '"')) {
        let inner = text.get(1..).unwrap_or_default();
        let closing = inner.match_indices(quote).map(|(at, _)| at).find(|at| {
            let behind = inner.get(at + 1..).unwrap_or_default();
            behind.trim_start().is_empty() || begins_parameter(behind)
        });
        if let Some(at) = closing {
            return (inner.get(..at).unwrap_or_default().to_owned(), inner.get(at + 1..).unwrap_or_default());
        }
        if parameter_at(inner).is_none() && !inner.contains(quote) {
            return (format!("{inner}{CUT}"), "");
        }
    }
    let end = parameter_at(text).unwrap_or(text.len());
    let value = text.get(..end).unwrap_or_default().trim();
    let value = match value {
        "$true" => "True",
        "$false" => "False",
        "$null" => "",
        other => other,
    };
    (value.to_owned(), text.get(end..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_with_quotes_switches_and_hyphens() {
        let read = |command: &str| -> Vec<(String, String)> {
            command_line(command).into_iter().map(|pair| (pair.name, pair.value.unwrap_or_default())).collect()
        };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            read(
                "New-InboxRule -Name 'O'Brien - pay' -MoveToFolder RSS Feeds \
                 -StopProcessingRules $true -From \"a@b.example\""
            ),
            [
                pair("Name", "O'Brien - pay"),
                pair("MoveToFolder", "RSS Feeds"),
                pair("StopProcessingRules", "True"),
                pair("From", "a@b.example"),
            ]
        );
        assert_eq!(
            read("Set-Mailbox -Identity '' -Force -Type Shared"),
            [pair("Identity", ""), pair("Force", ""), pair("Type", "Shared")]
        );
        assert!(read("Get-Mailbox").is_empty());
        // Half a value is told as that.
        let cut = "-Name \"a\" -ForwardTo \"drop@fabrikam.exa";
        assert_eq!(read(cut), [pair("Name", "a"), pair("ForwardTo", "drop@fabrikam.exa…")]);
        assert!(ends_open(cut) && !ends_open("-Name \"a\"") && !ends_open("-Name 'O'Brien"));
        // Many quotes are no work of their square.
        assert_eq!(read(&format!("-Name '{}", " x'".repeat(60_000))).len(), 1);
        assert_eq!(read("-SenderAddress \"a@b.example\""), [pair("SenderAddress", "a@b.example")]);
    }
}
