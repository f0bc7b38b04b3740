//! Says whose an address is: Microsoft's service, a private network, the machine itself, or the public internet.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::LazyLock;

use ipnet::IpNet;

use super::{lines, pairs};

pub(super) const MICROSOFT_RANGES: &str = include_str!("data/microsoft_ranges.txt");
pub(super) const HOSTING_ASNS: &str = include_str!("data/hosting_asns.tsv");

/// Whose an address is, as far as the address alone tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NetClass {
    /// Somewhere on the internet. Documentation ranges count here, because test evidence is made of them.
    Public,
    /// RFC 1918, carrier-grade NAT (RFC 6598) or IPv6 unique local.
    Private,
    /// The machine itself.
    Loopback,
    /// Only valid on its own wire.
    LinkLocal,
    /// No address: `0.0.0.0`, `::` or broadcast.
    Unspecified,
    /// A Microsoft 365 service; it stands for the service, not for a person. Source: `data/microsoft_ranges.txt`.
    Microsoft,
}

impl NetClass {
    /// The class's short name, as reports print it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Loopback => "loopback",
            Self::LinkLocal => "link_local",
            Self::Unspecified => "unspecified",
            Self::Microsoft => "microsoft",
        }
    }
}

/// The class of an address; IPv4 inside IPv6 (`::ffff:a.b.c.d`) is judged as IPv4.
pub fn class(ip: IpAddr) -> NetClass {
    let ip = ip.to_canonical();
    if ip.is_loopback() {
        return NetClass::Loopback;
    }
    let own = match ip {
        IpAddr::V4(v4) => match v4.octets() {
            [0, ..] | [255, 255, 255, 255] => Some(NetClass::Unspecified),
            [169, 254, ..] => Some(NetClass::LinkLocal),
            [100, second, ..] if (64..128).contains(&second) => Some(NetClass::Private),
            _ if v4.is_private() => Some(NetClass::Private),
            _ => None,
        },
        IpAddr::V6(v6) if v6.is_unspecified() => Some(NetClass::Unspecified),
        IpAddr::V6(v6) if v6.is_unicast_link_local() => Some(NetClass::LinkLocal),
        IpAddr::V6(v6) if v6.is_unique_local() => Some(NetClass::Private),
        IpAddr::V6(_) => None,
    };
    own.unwrap_or_else(|| if is_microsoft(ip) { NetClass::Microsoft } else { NetClass::Public })
}

/// The name of a hosting or VPN network by its autonomous-system number, or `None`. A hint only.
/// Source: `data/hosting_asns.tsv`.
pub fn hosting_asn(asn: u32) -> Option<&'static str> {
    HOSTING.get(&asn).copied()
}

/// Whether two addresses mean the same place: IPv4 equal, IPv6 in the same /64, because privacy extensions change the
/// lower half from day to day.
pub fn same_place(a: IpAddr, b: IpAddr) -> bool {
    match (a.to_canonical(), b.to_canonical()) {
        (IpAddr::V6(a), IpAddr::V6(b)) => a.to_bits() >> 64 == b.to_bits() >> 64,
        (a, b) => a == b,
    }
}

/// The ranges of either version as numbers, sorted, without overlaps: from the first of each range to its last.
static RANGES: LazyLock<[Vec<(u128, u128)>; 2]> = LazyLock::new(|| {
    let mut ranges = [Vec::new(), Vec::new()];
    for range in MICROSOFT.iter() {
        let numbers = (number(range.network()), number(range.broadcast()));
        let [v4, v6] = &mut ranges;
        if range.network().is_ipv4() { v4.push(numbers) } else { v6.push(numbers) }
    }
    for sorted in &mut ranges {
        sorted.sort_unstable();
        // What one range holds of the next would hide behind it.
        sorted.dedup_by(|next, before| {
            let joined = next.0 <= before.1;
            before.1 = if joined { before.1.max(next.1) } else { before.1 };
            joined
        });
    }
    ranges
});

fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

fn is_microsoft(ip: IpAddr) -> bool {
    let [v4, v6] = &*RANGES;
    let (ranges, number) = (if ip.is_ipv4() { v4 } else { v6 }, number(ip));
    let before = ranges.partition_point(|(first, _)| *first <= number);
    before.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|(_, last)| number <= *last)
}

static MICROSOFT: LazyLock<Vec<IpNet>> =
    LazyLock::new(|| lines(MICROSOFT_RANGES).filter_map(|line| line.parse().ok()).collect());

static HOSTING: LazyLock<BTreeMap<u32, &'static str>> =
    LazyLock::new(|| pairs(HOSTING_ASNS).filter_map(|(asn, name)| Some((asn.parse().ok()?, name))).collect());

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{
        HOSTING, HOSTING_ASNS, MICROSOFT, MICROSOFT_RANGES, NetClass, class, hosting_asn, is_microsoft, lines,
        same_place,
    };

    fn ip(text: &str) -> IpAddr {
        text.parse().expect(text)
    }

    #[test]
    fn classes() {
        for (text, expected) in [
            ("203.0.113.7", NetClass::Public),
            ("198.51.100.20", NetClass::Public),
            ("192.0.2.5", NetClass::Public),
            ("2001:db8:1:2::aaaa", NetClass::Public),
            ("8.8.8.8", NetClass::Public),
            ("10.0.0.1", NetClass::Private),
            ("172.16.3.4", NetClass::Private),
            ("172.32.3.4", NetClass::Public),
            ("192.168.1.1", NetClass::Private),
            ("100.64.0.1", NetClass::Private),
            ("100.128.0.1", NetClass::Public),
            ("fd00::1", NetClass::Private),
            ("127.0.0.1", NetClass::Loopback),
            ("::1", NetClass::Loopback),
            ("::ffff:127.0.0.1", NetClass::Loopback),
            ("169.254.1.1", NetClass::LinkLocal),
            ("fe80::", NetClass::LinkLocal),
            ("0.0.0.0", NetClass::Unspecified),
            ("::", NetClass::Unspecified),
            ("40.107.12.3", NetClass::Microsoft),
            ("52.96.1.1", NetClass::Microsoft),
            ("::ffff:40.92.0.1", NetClass::Microsoft),
            ("2603:10a6:800:125::13", NetClass::Microsoft),
            ("2603:1026:c03::1", NetClass::Microsoft),
            // Azure addresses that customers rent are not the service.
            ("2603:1020:201::1", NetClass::Public),
            ("20.50.1.1", NetClass::Public),
        ] {
            assert_eq!(class(ip(text)), expected, "{text}");
        }
    }

    #[test]
    fn a_range_is_found_by_its_edges() {
        for range in MICROSOFT.iter() {
            assert!(is_microsoft(range.network()) && is_microsoft(range.broadcast()), "{range}");
        }
    }

    #[test]
    fn places() {
        assert!(same_place(ip("2001:db8:1:2::aaaa"), ip("2001:db8:1:2::bbbb")));
        assert!(!same_place(ip("2001:db8:1:2::1"), ip("2001:db8:1:3::1")));
        assert!(same_place(ip("203.0.113.7"), ip("::ffff:203.0.113.7")));
        assert!(!same_place(ip("203.0.113.7"), ip("203.0.113.8")));
    }

    #[test]
    fn hosters_and_whole_files() {
        assert_eq!(hosting_asn(14061), Some("DigitalOcean"));
        assert_eq!(hosting_asn(8075), None);
        assert_eq!(MICROSOFT.len(), lines(MICROSOFT_RANGES).count());
        assert_eq!(HOSTING.len(), lines(HOSTING_ASNS).count());
    }
}
