//! The numbers and names of audit record types, both ways.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::pairs;

pub(super) const TABLE: &str = include_str!("data/record_types.tsv");

/// The name of a record type (`15` is `AzureActiveDirectoryStsLogon`), or `None` for a number the table does not
/// know; the number itself is then all there is to keep. Source: `AuditLogRecordType` of the Management Activity API.
pub fn name(number: i32) -> Option<&'static str> {
    BY_NUMBER.get(&number).copied()
}

/// The number of a record type given by name in any case, or as digits (`"15"`); older names count too.
pub fn number(name: &str) -> Option<i32> {
    let name = name.trim();
    name.parse().ok().or_else(|| BY_NAME.get(&name.to_ascii_lowercase()).copied())
}

/// The type of a record that lost its own, where what was done is written under one type only; of the directory and of
/// Exchange's cmdlets the workload has to say that it is theirs.
pub fn of_operation(action: &str, workload: &str) -> Option<i32> {
    let action = action.to_ascii_lowercase();
    let of = |name: &str| workload.eq_ignore_ascii_case(name);
    let exchange = of("Exchange");
    Some(match action.as_str() {
        "userloggedin" | "userloginfailed" => 15,
        _ if of("AzureActiveDirectory") => 8,
        "mailitemsaccessed" => 50,
        "send" | "sendas" | "sendonbehalf" | "updateinboxrules" if exchange || workload.is_empty() => 2,
        "softdelete" | "harddelete" | "movetodeleteditems" if exchange || workload.is_empty() => 3,
        "move" | "copy" if exchange => 3,
        cmdlet if exchange && cmdlet.contains('-') => 1,
        "new-inboxrule" | "set-inboxrule" | "enable-inboxrule" | "disable-inboxrule" | "remove-inboxrule"
        | "set-mailbox"
            if workload.is_empty() =>
        {
            1
        }
        "alerttriggered" | "alertentitygenerated" => 40,
        _ => return None,
    })
}

static BY_NUMBER: LazyLock<BTreeMap<i32, &'static str>> = LazyLock::new(|| {
    let mut names = BTreeMap::new();
    for (number, name) in rows() {
        // The first row of a number has its present name.
        names.entry(number).or_insert(name);
    }
    names
});

static BY_NAME: LazyLock<BTreeMap<String, i32>> =
    LazyLock::new(|| rows().map(|(number, name)| (name.to_ascii_lowercase(), number)).collect());

fn rows() -> impl Iterator<Item = (i32, &'static str)> {
    pairs(TABLE).filter_map(|(number, name)| Some((number.parse().ok()?, name)))
}

#[cfg(test)]
mod tests {
    use super::{BY_NUMBER, TABLE, name, number, of_operation, rows};
    use crate::knowledge::lines;

    #[test]
    fn what_is_written_under_one_type_only_tells_it() {
        for (action, workload, expected) in [
            ("UserLoginFailed", "", Some(15)),
            ("Update user", "AzureActiveDirectory", Some(8)),
            ("Update user", "", None),
            ("MailItemsAccessed", "Exchange", Some(50)),
            ("New-InboxRule", "", Some(1)),
            ("Add-MailboxPermission", "Exchange", Some(1)),
            ("New-ComplianceSearch", "SecurityComplianceCenter", None),
            ("Set-Mailbox", "SecurityComplianceCenter", None),
            ("Send", "MicrosoftTeams", None),
            ("Move", "", None),
            ("FileMoved", "SharePoint", None),
        ] {
            assert_eq!(of_operation(action, workload), expected, "{action} {workload}");
        }
    }

    #[test]
    fn both_ways() {
        for (n, text) in [
            (1, "ExchangeAdmin"),
            (2, "ExchangeItem"),
            (8, "AzureActiveDirectory"),
            (15, "AzureActiveDirectoryStsLogon"),
            (40, "SecurityComplianceAlerts"),
            (50, "ExchangeItemAggregated"),
            (51, "HygieneEvent"),
            (261, "CopilotInteraction"),
            (294, "AadRiskDetection"),
            (463, "VivaGlintAgenticCampaign"),
        ] {
            assert_eq!(name(n), Some(text));
            assert_eq!(number(text), Some(n));
        }
    }

    #[test]
    fn spelling_and_age_do_not_matter() {
        assert_eq!(number("exchangeadmin"), Some(1));
        assert_eq!(number(" 15 "), Some(15));
        assert_eq!(number("-1"), Some(-1));
        assert_eq!(number("Yammer"), Some(22));
        assert_eq!(name(22), Some("VivaEngage"));
        assert_eq!(number("NoSuchRecord"), None);
        assert_eq!(name(9999), None);
    }

    #[test]
    fn the_whole_published_table_is_here() {
        assert_eq!(BY_NUMBER.len(), 257);
        assert_eq!(rows().count(), lines(TABLE).count());
    }
}
