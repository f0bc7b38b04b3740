//! How the intruder came in, and what says so.

use super::case::{Case, Key};
use super::records::{Fact, With, logon, risk, risky, sign_in};
use super::world::{DANA, LAGOS, Seat};

/// What speaks of the intruder.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The sign-in log rates the sign-in a high risk.
    Risky,
    /// The analyst names the address.
    Told,
    /// A place, network, machine never seen in the weeks before.
    NewPlace,
    /// A risk report points at the sign-in.
    Reported,
    /// Only the audit log's own sign-in record, and the risk report by address.
    ByAddress,
}

pub const WAYS: [Way; 5] = [Way::Risky, Way::Told, Way::NewPlace, Way::Reported, Way::ByAddress];

impl Way {
    pub fn word(self) -> &'static str {
        match self {
            Self::Risky => "risky",
            Self::Told => "told",
            Self::NewPlace => "new-place",
            Self::Reported => "reported",
            Self::ByAddress => "by-address",
        }
    }
}

/// The intruder comes in at `time` from Lagos.
pub fn enter(case: &mut Case, way: Way, time: i64) -> Key {
    enter_from(case, way, time, &LAGOS)
}

pub fn enter_from(case: &mut Case, way: Way, time: i64, seat: &Seat) -> Key {
    let plain = sign_in(time, &DANA, seat, 0);
    match way {
        Way::Risky => twice(case, risky(plain, &["anomalousToken"]), time, seat),
        Way::NewPlace => twice(case, plain, time, seat),
        Way::Told => {
            case.arguments.extend(["--attacker-ip".to_owned(), seat.ip.to_owned()]);
            case.put(logon(time, &DANA, seat, 0))
        }
        Way::Reported => {
            let key = twice(case, plain, time, seat);
            let id = case.id(key);
            case.put(risk(time, &DANA, seat, "attackerinTheMiddle", ("high", "atRisk", "none")).with("requestId", id));
            key
        }
        Way::ByAddress => {
            let key = case.put(logon(time, &DANA, seat, 0));
            case.put(risk(time, &DANA, seat, "anomalousToken", ("high", "atRisk", "none")));
            key
        }
    }
}

/// A sign-in in both logs, under the same id.
pub fn twice(case: &mut Case, fact: Fact, time: i64, seat: &Seat) -> Key {
    let key = case.put(fact);
    let id = case.id(key);
    case.put(logon(time, &DANA, seat, 0).with("Id", id));
    key
}
