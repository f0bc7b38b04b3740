//! What is asked: the subject, the window and the investigator's own knowledge. Validated, no I/O.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::PathBuf;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// A half-open stretch of time, `[from, to)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First instant inside.
    pub from: DateTime<Utc>,
    /// First instant after.
    pub to: DateTime<Utc>,
}

impl Window {
    /// Whether `time` lies inside.
    pub fn contains(&self, time: DateTime<Utc>) -> bool {
        self.from <= time && time < self.to
    }

    /// Whether it is none: nobody asked for one, and no record has a time.
    pub fn is_unset(&self) -> bool {
        self.from == DateTime::UNIX_EPOCH && self.to == DateTime::UNIX_EPOCH
    }
}

/// The window as typed; an open end is the end of the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AskedWindow {
    /// `--from`.
    pub from: Option<DateTime<Utc>>,
    /// `--to`.
    pub to: Option<DateTime<Utc>>,
}

/// Which end of the window a text names: a bare date means another instant for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// 00:00 UTC of the day.
    From,
    /// 24:00 UTC of the day.
    To,
}

/// Reads `2026-01-31` or an RFC 3339 time.
pub fn parse_edge(text: &str, edge: Edge) -> Result<DateTime<Utc>, String> {
    let text = text.trim();
    // Years have four digits and no sign.
    let is_date = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if let Some(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| is_date) {
        let day = match edge {
            Edge::From => Some(date),
            Edge::To => date.checked_add_days(Days::new(1)),
        };
        return day.map(|day| day.and_time(NaiveTime::MIN).and_utc()).ok_or_else(|| format!("{text} is out of range"));
    }
    DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc)).map_err(|_| {
        format!("cannot read the time '{text}': give a date (2026-01-31) or an RFC 3339 time (2026-01-31T08:00:00Z)")
    })
}

impl AskedWindow {
    /// Checks the order of the two ends.
    pub fn new(from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> Result<Self, String> {
        match (from, to) {
            // What was typed may be a day, which ends at midnight of the next.
            (Some(from), Some(to)) if from >= to => Err(format!(
                "the window is empty: --from means {}, and --to ends before {}",
                from.format("%Y-%m-%dT%H:%M:%SZ"),
                to.format("%Y-%m-%dT%H:%M:%SZ")
            )),
            _ => Ok(Self { from, to }),
        }
    }
}

/// The kinds of names an account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdentityKind {
    /// User principal name.
    Upn,
    /// Mail address.
    Smtp,
    /// Entra object id.
    ObjectId,
    /// Passport unique id (`1003…`).
    Puid,
    /// Mailbox GUID.
    MailboxGuid,
    /// Security identifier.
    Sid,
    /// Exchange legacy distinguished name.
    LegacyDn,
    /// Exchange alias.
    Alias,
    /// What Exchange called the mailbox in which somebody made a rule without naming one: the own mailbox as a rule, and
    /// an alias then. It is told of nobody until nothing speaks against it.
    RuleMaker,
    /// The name that people see, by which Exchange may call a mailbox. Two people may have the same: it is told of others,
    /// and identifies an account only where a record has to name a mailbox and nobody else has it.
    Name,
    /// Whether the account is at home in the organisation whose evidence this is, or a guest. It is no name of anybody.
    Home,
}

impl IdentityKind {
    /// All kinds that identify an account, with their words in `report.json`.
    pub const WORDS: [(Self, &'static str); 8] = [
        (Self::Upn, "upn"),
        (Self::Smtp, "smtp"),
        (Self::ObjectId, "object_id"),
        (Self::Puid, "puid"),
        (Self::MailboxGuid, "mailbox_guid"),
        (Self::Sid, "sid"),
        (Self::LegacyDn, "legacy_dn"),
        (Self::Alias, "alias"),
    ];

    /// The words of what only the table of who is who holds; a report tells none as an identity.
    const INNER: [(Self, &'static str); 3] =
        [(Self::Name, "name"), (Self::RuleMaker, "rule_maker"), (Self::Home, "home")];

    fn words() -> impl Iterator<Item = (Self, &'static str)> {
        Self::WORDS.into_iter().chain(Self::INNER)
    }

    /// The word in `report.json`, and in the table of who is who.
    pub fn as_str(self) -> &'static str {
        Self::words().find(|(kind, _)| *kind == self).map_or("alias", |(_, word)| word)
    }

    /// Reads the word back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::words().find(|(_, known)| *known == word).map(|(kind, _)| kind)
    }
}

/// What the investigator asks and already knows.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// The account as typed.
    pub user: String,
    /// Further names of the account.
    pub aliases: Vec<String>,
    /// The window as typed.
    pub window: AskedWindow,
    /// Domains that count as internal, lower-cased.
    pub tenant_domains: Vec<String>,
    /// Addresses known to be the attacker's.
    pub attacker_addresses: Vec<IpNet>,
    /// Addresses known to be good (offices, VPN).
    pub known_addresses: Vec<IpNet>,
    /// GeoIP databases or folders of them.
    pub geoip: Vec<PathBuf>,
    /// Knowledge files that stand in the place of built-in ones, with their hashes, in words.
    pub knowledge: Vec<String>,
    /// Lists of the investigator's own that the networks were read from, with their hashes, in words.
    pub lists: Vec<String>,
    /// The same of the accounts of a triage: whom else it asks about changes no answer.
    pub account_lists: Vec<String>,
    /// Days before the window that say what was usual.
    pub baseline_days: u32,
    /// Case number.
    pub case_id: Option<String>,
    /// Who examines.
    pub examiner: Option<String>,
}

/// Networks that a sentence names; the list that more of them came from is told by its hash.
const NETWORKS: usize = 50;

impl Question {
    /// What the investigator laid down and the answer rests on, in words: a reader who has the report alone must see why
    /// an address counts as good, or as the attacker's.
    pub fn laid_down(&self) -> Vec<String> {
        let mut told = Vec::new();
        if !self.known_addresses.is_empty() {
            told.push(format!("named by the investigator as known good: {}", in_words(&self.known_addresses)));
        }
        if !self.attacker_addresses.is_empty() {
            told.push(format!("named by the investigator as the attacker's: {}", in_words(&self.attacker_addresses)));
        }
        if !self.tenant_domains.is_empty() {
            let domains: BTreeSet<&str> = self.tenant_domains.iter().map(String::as_str).collect();
            let domains: Vec<&str> = domains.into_iter().collect();
            told.push(format!("named by the investigator as the organisation's own: {}", domains.join(", ")));
        }
        if !self.lists.is_empty() {
            told.push(format!("lists of the investigator's own: {}", self.lists.join(", ")));
        }
        if !self.knowledge.is_empty() {
            let files = self.knowledge.join(", ");
            told.push(format!("knowledge files were replaced by the investigator's own: {files}"));
        }
        told
    }

    /// Whether the address was named as the attacker's. Where it was named as good as well, the narrower network counts:
    /// one bad address of a company's VPN, or the one good address among a provider's. Of the same network on both lists
    /// it is the attacker's, since nobody is found through an address that is left out. Who has one address of a /64 of
    /// IPv6 has all of it, and changes daily.
    pub fn is_attackers(&self, ip: IpAddr) -> bool {
        let named = narrowest(&self.attacker_addresses, ip).or_else(|| beside(&self.attacker_addresses, ip));
        named.is_some() && named >= narrowest(&self.known_addresses, ip)
    }

    /// Whether the address was named as good, and no network as narrow as the attacker's.
    pub fn is_known_good(&self, ip: IpAddr) -> bool {
        let known = narrowest(&self.known_addresses, ip);
        known.is_some() && !self.is_attackers(ip)
    }

    /// Whether the address is the attacker's although it was named as good as well.
    pub fn is_named_twice(&self, ip: IpAddr) -> bool {
        self.is_attackers(ip) && narrowest(&self.known_addresses, ip).is_some()
    }
}

/// The networks, each once and in order, whatever the order they were typed in.
fn in_words(networks: &[IpNet]) -> String {
    let networks: BTreeSet<&IpNet> = networks.iter().collect();
    let name = |network: &&IpNet| match network.prefix_len() == network.max_prefix_len() {
        true => network.addr().to_string(),
        false => network.to_string(),
    };
    let mut names: Vec<String> = networks.iter().take(NETWORKS).map(name).collect();
    if networks.len() > NETWORKS {
        names.push(format!("and {} more", networks.len() - NETWORKS));
    }
    names.join(", ")
}

/// The length of the narrowest network that holds the address.
fn narrowest(networks: &[IpNet], ip: IpAddr) -> Option<u8> {
    networks.iter().filter(|network| network.contains(&ip)).map(IpNet::prefix_len).max()
}

/// The length of the network that such an address shares with one that is named.
fn beside(networks: &[IpNet], ip: IpAddr) -> Option<u8> {
    let IpAddr::V6(ip) = ip else { return None };
    let near = |network: &IpNet| match network {
        IpNet::V6(network) => network.prefix_len() > 64 && network.addr().to_bits() >> 64 == ip.to_bits() >> 64,
        IpNet::V4(_) => false,
    };
    networks.iter().any(near).then_some(64)
}

/// Reads an address or a network. An IPv4 address in the dress of IPv6 (`::ffff:192.0.2.1`) is that of IPv4, as it is in
/// the records.
pub fn parse_network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map(unmapped)
        .map_err(|_| format!("'{text}' is neither an address nor a network in CIDR form"))
}

/// The IPv4 network that an IPv6 one stands for (`::ffff:0:0/96` and what lies in it).
fn unmapped(network: IpNet) -> IpNet {
    let mapped = |network: Ipv6Net| {
        let prefix = network.prefix_len().checked_sub(96)?;
        Ipv4Net::new(network.addr().to_ipv4_mapped()?, prefix).ok()
    };
    match network {
        IpNet::V6(six) => mapped(six).map_or(network, IpNet::V4),
        IpNet::V4(_) => network,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_have_four_digits_and_no_sign() {
        assert_eq!(parse_edge(" 2026-01-31 ", Edge::To).unwrap().to_rfc3339(), "2026-02-01T00:00:00+00:00");
        for text in ["+12026-01-01", "-0001-01-01", "12026-01-01", "226-01-0001", "2026-1-1", "+12026-01-01T00:00:00Z"]
        {
            assert!(parse_edge(text, Edge::From).is_err(), "{text}");
        }
    }

    #[test]
    fn of_two_networks_that_hold_an_address_the_narrower_counts_and_of_the_same_the_attackers() {
        let asked = |attackers: &[&str], known: &[&str]| {
            let networks = |texts: &[&str]| texts.iter().map(|text| parse_network(text).unwrap()).collect();
            let (attacker_addresses, known_addresses) = (networks(attackers), networks(known));
            let question = Question { attacker_addresses, known_addresses, ..Question::default() };
            let ip = "203.0.113.7".parse().unwrap();
            (question.is_attackers(ip), question.is_known_good(ip), question.is_named_twice(ip))
        };
        assert_eq!(asked(&[], &[]), (false, false, false));
        assert_eq!(asked(&["203.0.113.7"], &[]), (true, false, false));
        assert_eq!(asked(&["198.51.100.7"], &["203.0.113.7"]), (false, true, false));
        assert_eq!(asked(&["203.0.113.7"], &["203.0.113.0/24"]), (true, false, true));
        assert_eq!(asked(&["203.0.113.0/24"], &["203.0.113.7"]), (false, true, false));
        assert_eq!(asked(&["203.0.113.7"], &["203.0.113.7"]), (true, false, true));
        assert_eq!(asked(&["203.0.113.0/24", "203.0.113.0/28"], &["203.0.113.0/26"]), (true, false, true));
    }

    #[test]
    fn what_the_investigator_laid_down_is_told_the_same_in_any_order() {
        let asked = |known: &[&str]| Question {
            known_addresses: known.iter().map(|text| parse_network(text).unwrap()).collect(),
            lists: vec!["--known-ip good.txt (SHA-256 ab)".to_owned()],
            ..Question::default()
        };
        let domains = ["b.example", "a.example"].map(str::to_owned).to_vec();
        let own = Question { tenant_domains: domains, ..Question::default() }.laid_down();
        assert_eq!(own, ["named by the investigator as the organisation's own: a.example, b.example"]);
        let told = asked(&["203.0.113.7", "192.0.2.0/24", "203.0.113.7"]).laid_down();
        assert_eq!(
            told,
            [
                "named by the investigator as known good: 192.0.2.0/24, 203.0.113.7",
                "lists of the investigator's own: --known-ip good.txt (SHA-256 ab)"
            ]
        );
        assert_eq!(asked(&["192.0.2.0/24", "203.0.113.7"]).laid_down(), told);
        let many: Vec<String> = (0..60).map(|last| format!("192.0.2.{last}")).collect();
        let many = asked(&many.iter().map(String::as_str).collect::<Vec<_>>()).laid_down();
        assert!(many[0].ends_with("192.0.2.49, and 10 more"), "{many:?}");
        assert!(Question::default().laid_down().is_empty());
    }

    #[test]
    fn one_named_address_of_ipv6_stands_for_its_64() {
        let asked = |attackers: &str, known: &str, ip: &str| {
            let (attacker, known) = (parse_network(attackers).unwrap(), parse_network(known).unwrap());
            let question =
                Question { attacker_addresses: vec![attacker], known_addresses: vec![known], ..Question::default() };
            let ip = ip.parse().unwrap();
            (question.is_attackers(ip), question.is_known_good(ip))
        };
        assert_eq!(asked("2001:db8:0:1::7", "2001:db8::/32", "2001:db8:0:1:a::9"), (true, false));
        assert_eq!(asked("2001:db8:0:1::7", "2001:db8::/32", "2001:db8:0:2::7"), (false, true));
        // One address of it that is named as good is that one.
        assert_eq!(asked("2001:db8:0:1::7", "2001:db8:0:1::9", "2001:db8:0:1::9"), (false, true));
    }

    #[test]
    fn addresses_of_ipv4_in_the_dress_of_ipv6_are_those_of_ipv4() {
        for (typed, meant) in [
            ("203.0.113.7", "203.0.113.7/32"),
            ("::ffff:203.0.113.7", "203.0.113.7/32"),
            (" ::FFFF:cb00:7107 ", "203.0.113.7/32"),
            ("::ffff:203.0.113.7/128", "203.0.113.7/32"),
            ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
            ("::ffff:0:0/96", "0.0.0.0/0"),
            // A wider network holds other addresses too, and one of IPv6 stays what it is.
            ("::ffff:0:0/95", "::fffe:0:0/95"),
            ("2001:db8::7", "2001:db8::7/128"),
            ("::7", "::7/128"),
        ] {
            assert_eq!(parse_network(typed).map(|network| network.trunc()), Ok(meant.parse().unwrap()), "{typed}");
        }
        assert!(parse_network("::ffff:203.0.113.7.1").is_err());
    }
}
