//! Client addresses as exports write them, with ports, brackets and zones, and the columns they fill.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

use crate::ingest::text::blocks::{contains, find};
use crate::ingest::values::fields::text;
use crate::knowledge::networks::{self, NetClass};
use crate::timeline::Draft;

/// A client address as some export wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address<'r> {
    /// As written, trimmed.
    pub text: Cow<'r, str>,
    /// The address, IPv4-mapped ones as IPv4; `None` where the text is none.
    pub ip: Option<IpAddr>,
    /// The port.
    pub port: Option<u16>,
}

/// Reads `1.2.3.4`, `1.2.3.4:52378`, `[v6]:port`, `::ffff:1.2.3.4`, with zone ids; other text keeps `ip` empty.
pub fn address<'r>(value: impl Into<Cow<'r, str>>) -> Option<Address<'r>> {
    let value = text(value)?;
    let (host, port) = split_port(&value);
    let host = find(host.as_bytes(), 0, b'%').and_then(|zone| host.get(..zone)).unwrap_or(host);
    let ip = host.parse::<IpAddr>().ok().map(canonical);
    let port = ip.and(port);
    Some(Address { ip, port, text: value })
}

fn split_port(value: &str) -> (&str, Option<u16>) {
    if let Some((host, rest)) = value.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        return (host, rest.strip_prefix(':').and_then(|port| port.parse().ok()));
    }
    let colon = find(value.as_bytes(), 0, b':');
    match colon.and_then(|colon| Some((value.get(..colon)?, value.get(colon + 1..)?))) {
        // One colon: v4 with port. More: an IPv6 address without brackets.
        Some((host, port)) if !contains(port.as_bytes(), b':') => (host, port.parse().ok()),
        _ => (value, None),
    }
}

fn canonical(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(ip, |v4: Ipv4Addr| IpAddr::V4(v4)),
        IpAddr::V4(_) => ip,
    }
}

/// Fills the address columns from all addresses of a record, in the order of preference
/// `ClientIPAddress`, `ClientIP`, `ActorIpAddress`: the first public one outside Microsoft's own
/// ranges; else the first that is an address; else the first text, marked `invalid`.
pub fn set_address<'r>(event: &mut Draft<'r>, found: &[Address<'r>]) {
    let is_client = |address: &&Address<'_>| address.ip.is_some_and(|ip| networks::class(ip) == NetClass::Public);
    let chosen =
        found.iter().find(is_client).or_else(|| found.iter().find(|address| address.ip.is_some())).or(found.first());
    let Some(chosen) = chosen else { return };
    event.source_ip_text = text(chosen.text.clone());
    event.source_ip = chosen.ip.map(|ip| chosen.shown(ip));
    event.source_port = chosen.port.map(i64::from);
    event.source_ip_class = Some(chosen.ip.map_or("invalid", |ip| networks::class(ip).as_str()).into());
    let same = |one: &Address<'_>, other: &Address<'_>| match (one.ip, other.ip) {
        (Some(one), Some(other)) => one == other,
        (None, None) => one.text == other.text,
        _ => false,
    };
    if found.windows(2).all(|pair| matches!(pair, [one, other] if same(one, other))) {
        return;
    }
    let mut all: Vec<Cow<'_, str>> = Vec::new();
    for address in found {
        let name = address.ip.map_or_else(|| address.text.clone(), |ip| address.shown(ip));
        if !all.contains(&name) {
            all.push(name);
        }
    }
    event.related_ip = (all.len() > 1).then(|| all.join("; ").into());
}

impl<'r> Address<'r> {
    /// The address as it is printed. A v4 address with nothing around it is written that way already: no other spelling
    /// of one is read.
    fn shown(&self, ip: IpAddr) -> Cow<'r, str> {
        let bare = ip.is_ipv4() && self.text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if bare { self.text.clone() } else { ip.to_string().into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_address() {
        let read = |value| {
            let address = address(value)?;
            Some((address.ip.map(|ip| ip.to_string()), address.port))
        };
        let ip = |ip: &str, port| Some((Some(ip.to_owned()), port));
        assert_eq!(read("1.2.3.4"), ip("1.2.3.4", None));
        assert_eq!(read("1.2.3.4:52378"), ip("1.2.3.4", Some(52378)));
        assert_eq!(read("[1.2.3.4]:80"), ip("1.2.3.4", Some(80)));
        assert_eq!(read("[2001:db8:f100:9001::1761:914f]:52903"), ip("2001:db8:f100:9001::1761:914f", Some(52903)));
        assert_eq!(read("2603:10A6:800:125::13"), ip("2603:10a6:800:125::13", None));
        assert_eq!(read("[::ffff:1.2.3.4]:9"), ip("1.2.3.4", Some(9)));
        assert_eq!(read("fe80::1%eth0"), ip("fe80::1", None));
        assert_eq!(read("cool.client.local:123"), Some((None, None)));
        assert_eq!(read("<null>"), None);
    }
}
