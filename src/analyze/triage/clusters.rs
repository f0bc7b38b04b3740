//! Which accounts an attacker reached from the same infrastructure: joined by the addresses of their attacker sets.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::analyze::intruder::baseline::place;
use crate::tenant::{Account, Cluster};
use crate::untrusted::Untrusted;

/// The clusters of at least two accounts, the largest first. IPv6 addresses of one /64 are one place.
pub fn clusters(accounts: &[Account]) -> Vec<Cluster> {
    let mut at: BTreeMap<Untrusted, Vec<usize>> = BTreeMap::new();
    for (number, account) in accounts.iter().enumerate() {
        let places: BTreeSet<Untrusted> = account.addresses.iter().map(whose_place).collect();
        for place in places {
            at.entry(place).or_default().push(number);
        }
    }
    at.retain(|_, accounts| accounts.len() > 1);
    let mut groups = Groups::new(accounts.len());
    for members in at.values() {
        for pair in members.windows(2) {
            groups.join(pair[0], pair[1]);
        }
    }
    let mut clusters: Vec<Cluster> =
        groups.all().into_iter().filter(|members| members.len() > 1).map(|m| cluster(accounts, &m, &at)).collect();
    clusters.sort_by(|a, b| (b.accounts.len(), a.first, &a.accounts).cmp(&(a.accounts.len(), b.first, &b.accounts)));
    for (number, cluster) in (1..).zip(&mut clusters) {
        cluster.number = number;
    }
    clusters
}

fn cluster(accounts: &[Account], members: &[usize], shared: &BTreeMap<Untrusted, Vec<usize>>) -> Cluster {
    let members = || members.iter().filter_map(|number| accounts.get(*number));
    let tie = |address: &&Untrusted| shared.contains_key(&whose_place(address));
    let addresses: BTreeSet<Untrusted> =
        members().flat_map(|account| account.addresses.iter().filter(tie)).cloned().collect();
    Cluster {
        number: 0,
        accounts: members().map(|account| account.user.clone()).collect(),
        addresses: addresses.into_iter().collect(),
        first: members().filter_map(|account| account.first).min(),
        last: members().filter_map(|account| account.last).max(),
    }
}

fn whose_place(address: &Untrusted) -> Untrusted {
    let ip: Option<IpAddr> = address.as_evidence().parse().ok();
    ip.map_or_else(|| address.clone(), |ip| Untrusted::new(place(ip).to_string()))
}

/// Disjoint groups of numbers.
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn head(&self, mut of: usize) -> usize {
        while let Some(&up) = self.0.get(of).filter(|up| **up != of) {
            of = up;
        }
        of
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.head(a), self.head(b));
        // The smaller number stays the head, so that a group does not depend on the order of joining.
        if let Some(up) = self.0.get_mut(a.max(b)) {
            *up = a.min(b);
        }
    }

    fn all(&self) -> Vec<Vec<usize>> {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for number in 0..self.0.len() {
            groups.entry(self.head(number)).or_default().push(number);
        }
        groups.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::Level;

    fn account(user: &str, addresses: &[&str]) -> Account {
        Account {
            user: user.into(),
            also: Vec::new(),
            level: Level::Linked,
            symptoms: Vec::new(),
            detections: Vec::new(),
            linked: 1,
            score: 5,
            first: None,
            last: None,
            addresses: addresses.iter().map(|address| Untrusted::new(*address)).collect(),
            entered_from: Vec::new(),
            sessions: Vec::new(),
            sign_ins: 0,
            failed_sign_ins: 0,
            risky_sign_ins: 0,
            leads: Vec::new(),
            elsewhere: Vec::new(),
            elsewhere_strong: 0,
            missing: None,
        }
    }

    fn found(accounts: &[Account]) -> Vec<(Vec<String>, Vec<String>)> {
        let text = |list: &[Untrusted]| list.iter().map(|text| text.as_evidence().to_owned()).collect();
        clusters(accounts).iter().map(|cluster| (text(&cluster.accounts), text(&cluster.addresses))).collect()
    }

    #[test]
    fn a_chain_of_addresses_is_one_cluster_and_names_what_ties() {
        let accounts = [
            account("a", &["203.0.113.7", "198.51.100.1"]),
            account("b", &["203.0.113.7", "203.0.113.8"]),
            account("c", &["203.0.113.8"]),
            account("d", &["192.0.2.9"]),
        ];
        let all = ["a", "b", "c"].map(str::to_owned).to_vec();
        let ties = ["203.0.113.7", "203.0.113.8"].map(str::to_owned).to_vec();
        assert_eq!(found(&accounts), [(all, ties)]);
    }

    #[test]
    fn one_network_of_privacy_addresses_is_one_place() {
        let accounts = [account("a", &["2001:db8:1:2::a"]), account("b", &["2001:db8:1:2::b"])];
        assert_eq!(found(&accounts).len(), 1);
        let apart = [account("a", &["2001:db8:1:2::a"]), account("b", &["2001:db8:1:3::b"])];
        assert!(found(&apart).is_empty());
    }
}
