//! Cmdlets that take away or switch off what protects the organisation's mail: which they are, by verb and noun. Whether
//! somebody may do so is not decided here.

use crate::analyze::exam::Row;

/// Rules and policies that filter mail or warn about it.
const FILTERS: [&str; 19] = [
    "SafeLinksRule",
    "SafeLinksPolicy",
    "SafeAttachmentRule",
    "SafeAttachmentPolicy",
    "AntiPhishRule",
    "AntiPhishPolicy",
    "MalwareFilterRule",
    "MalwareFilterPolicy",
    "HostedContentFilterRule",
    "HostedContentFilterPolicy",
    "HostedOutboundSpamFilterRule",
    "HostedOutboundSpamFilterPolicy",
    "EOPProtectionPolicyRule",
    "ATPProtectionPolicyRule",
    "ATPBuiltInProtectionRule",
    "DlpPolicy",
    "DlpCompliancePolicy",
    "DlpComplianceRule",
    "ProtectionAlert",
];
/// What lets mail through as often as it stops it: to take one away is house-keeping, and the answer to an attack.
const WAYS: [&str; 6] = [
    "TransportRule",
    "JournalRule",
    "InboundConnector",
    "OutboundConnector",
    "TenantAllowBlockListItems",
    "TenantAllowBlockListSpoofItems",
];

/// Whether a cmdlet takes a filter away, switches it off, or sets it.
pub fn is_about_filter(action: &str) -> bool {
    noun(action, &["Remove", "Disable", "Set"]).is_some_and(|noun| is(&FILTERS, noun))
}

/// Whether a cmdlet takes away, or switches off, what may have stopped mail.
pub fn closes_way(action: &str) -> bool {
    noun(action, &["Remove", "Disable"]).is_some_and(|noun| is(&WAYS, noun))
}

/// Whether a cmdlet that is about a filter leaves less of it: a policy is set for many reasons.
pub fn lessens(row: &Row<'_>) -> bool {
    if noun(row.event.action(), &["Set"]).is_none() {
        return true;
    }
    let is = |name: &str, values: &[&str]| {
        let given = row.param(name).unwrap_or_default();
        values.iter().any(|value| given.trim().trim_start_matches('$').eq_ignore_ascii_case(value))
    };
    let off = |name: &&str| is(name, &["False", "0", "Disabled", "Disable", "Off"]);
    ["Enabled", "Enable", "State", "Mode"].iter().any(off) || is("Disabled", &["True", "1"])
}

/// What the cmdlet is about, where it has one of these verbs.
fn noun<'a>(action: &'a str, verbs: &[&str]) -> Option<&'a str> {
    let (verb, noun) = action.split_once('-')?;
    verbs.iter().any(|known| known.eq_ignore_ascii_case(verb)).then_some(noun)
}

fn is(nouns: &[&str], noun: &str) -> bool {
    nouns.iter().any(|known| known.eq_ignore_ascii_case(noun))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_taken_away_by_many_cmdlets() {
        for action in ["Remove-SafeAttachmentPolicy", "disable-eopprotectionpolicyrule", "Set-ProtectionAlert"] {
            assert!(is_about_filter(action) && !closes_way(action), "{action}");
        }
        for action in ["Remove-TransportRule", "Disable-TransportRule", "Remove-TenantAllowBlockListItems"] {
            assert!(closes_way(action) && !is_about_filter(action), "{action}");
        }
        for action in
            ["New-AntiPhishPolicy", "Enable-MalwareFilterRule", "Set-TransportRule", "Remove-InboxRule", "Send"]
        {
            assert!(!closes_way(action) && !is_about_filter(action), "{action}");
        }
    }
}
