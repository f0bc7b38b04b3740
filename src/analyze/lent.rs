//! What of a happening only its second record knows: the session that Graph's stable version leaves out, the address
//! that the audit log never has. The first record is the one that is judged, and these are lent to it.

use std::collections::HashMap;
use std::net::IpAddr;

use foldhash::fast::RandomState;

use crate::analyze::exam::Row;
use crate::analyze::intruder::baseline::client_address;
use crate::timeline::Event;

/// By the place in memory of each first record that lacks something.
#[derive(Debug, Default)]
pub struct Lent<'a>(HashMap<usize, Missing<'a>, RandomState>);

/// What it lacks and the other has.
#[derive(Debug, Clone, Copy, Default)]
struct Missing<'a> {
    session: Option<&'a str>,
    token: Option<&'a str>,
    address: Option<IpAddr>,
}

impl<'a> Lent<'a> {
    /// Looks through the twins of these rows.
    pub fn of(rows: &[Row<'a>]) -> Self {
        let twice = rows.iter().filter(|row| !row.twins.is_empty());
        Self(twice.filter_map(|row| Some((key(row.event), missing(row)?))).collect())
    }

    /// The session that the event belongs to.
    pub fn session<'e>(&'e self, event: &'e Event) -> Option<&'e str> {
        event.session().or_else(|| self.get(event)?.session)
    }

    /// The token that it was done with.
    pub fn token<'e>(&'e self, event: &'e Event) -> Option<&'e str> {
        event.token().or_else(|| self.get(event)?.token)
    }

    /// The address that it came from, where it can be a client's.
    pub fn address(&self, event: &Event) -> Option<IpAddr> {
        client_address(event).or_else(|| self.get(event)?.address)
    }

    fn get(&self, event: &Event) -> Option<&Missing<'a>> {
        if self.0.is_empty() { None } else { self.0.get(&key(event)) }
    }
}

fn missing<'a>(row: &Row<'a>) -> Option<Missing<'a>> {
    let twins = || row.twins.iter().copied();
    let session = || twins().find_map(Event::session);
    let token = || twins().find_map(Event::token);
    let address = || twins().find_map(client_address);
    let missing = Missing {
        session: if row.event.session().is_none() { session() } else { None },
        token: if row.event.token().is_none() { token() } else { None },
        address: if client_address(row.event).is_none() { address() } else { None },
    };
    let any = missing.session.is_some() || missing.token.is_some() || missing.address.is_some();
    any.then_some(missing)
}

fn key(event: &Event) -> usize {
    std::ptr::from_ref(event).addr()
}
