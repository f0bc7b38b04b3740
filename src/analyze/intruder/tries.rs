//! Where passwords are tried on many accounts: refusals from the places that refused the account as well, counted in a
//! few bytes each before any record of others is read, so that only those around one such try are.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use foldhash::fast::RandomState;

use crate::analyze::exam::Exam;
use crate::analyze::intruder::around::{self, Around, Tried};
use crate::analyze::intruder::baseline;
use crate::analyze::sign_ins::logins;
use crate::knowledge::errors::{self, SignInClass};
use crate::question::Window;
use crate::timeline::Event;
use crate::timeline::query::{Hint, Near};

/// Accounts that one place tries within the time.
pub const ACCOUNTS: usize = 10;
/// The time before and after a refusal of the account.
pub const WITHIN: TimeDelta = TimeDelta::minutes(60);
/// How long after the last try the right password still belongs to it.
pub const AFTER: TimeDelta = TimeDelta::hours(24);

/// A refused password of the account; or a right one that others' refusals may lie around.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// When.
    pub time: DateTime<Utc>,
    /// Whether the same place had the right one soon after.
    pub then_right: bool,
}

/// When which place had the account's password right.
pub struct Rights(BTreeMap<String, Vec<DateTime<Utc>>>);

impl Rights {
    /// All of the window, by this name of a place.
    pub fn of(exam: &Exam<'_>, name: impl Fn(&Event) -> Option<String>) -> Self {
        let mut rights: BTreeMap<String, Vec<DateTime<Utc>>> = BTreeMap::new();
        for row in logins::of(exam).filter(|row| logins::proves_password(row)) {
            if let Some(name) = name(row.event) {
                rights.entry(name).or_default().push(row.event.datetime);
            }
        }
        Self(rights)
    }

    /// A refusal at this place and time.
    pub fn refusal(&self, place: &str, time: DateTime<Utc>) -> Refusal {
        let times = self.0.get(place).map(Vec::as_slice).unwrap_or_default();
        let next = times.get(times.partition_point(|right| *right < time));
        Refusal { time, then_right: next.is_some_and(|right| *right <= time + WITHIN + AFTER) }
    }
}

/// The order in which refusals are asked whether many accounts were tried around them: the first that answers is told of.
pub fn by_weight(refusals: &mut [Refusal]) {
    refusals.sort_by_key(|refusal| (!refusal.then_right, refusal.time));
}

/// Whether an error number says that name or password were refused.
pub fn is_refusal(code: &str) -> bool {
    code.trim().parse().is_ok_and(|code| errors::class(code) == SignInClass::WrongSecret)
}

/// Place → when somebody's password was refused there, and whose.
type Seen = BTreeMap<IpAddr, Vec<(DateTime<Utc>, u32)>>;

/// Refusals of all accounts at the places where these were refused, around the times at which they were.
pub struct Tries<'a> {
    around: &'a Around,
    window: Window,
    noted: Mutex<Noted>,
}

/// What was noted by place, by range, and the accounts' numbers.
#[derive(Default)]
struct Noted {
    places: Seen,
    ranges: Seen,
    accounts: HashMap<String, u32, RandomState>,
}

impl<'a> Tries<'a> {
    /// None yet; `None` where there is nothing to count.
    pub fn new(around: &'a Around, window: Window) -> Option<Self> {
        let counts = |tried: &Tried| matches!(tried, Tried::Around(_));
        let any = around.tried.values().any(counts) || !around.ranges.is_empty();
        any.then(|| Self { around, window, noted: Mutex::default() })
    }

    /// Notes a refusal; in any order.
    pub fn note(&self, time: DateTime<Utc>, address: &str, account: &str) {
        let (Some(place), account) = (around::place(address), around::name_of(account)) else { return };
        if account.is_empty() || !self.window.contains(time) {
            return;
        }
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let Noted { places, ranges, accounts } = &mut *noted;
        let next = accounts.len() as u32;
        let number = *accounts.entry(account).or_insert(next);
        if self.around.tried.contains_key(&place) {
            places.entry(place).or_default().push((time, number));
        }
        if let Some(range) = baseline::range(place).filter(|range| self.around.ranges.contains_key(range)) {
            ranges.entry(range).or_default().push((time, number));
        }
    }

    /// All of them.
    pub fn counted(self) -> Counted {
        let Noted { mut places, mut ranges, .. } = self.noted.into_inner().unwrap_or_else(PoisonError::into_inner);
        places.values_mut().chain(ranges.values_mut()).for_each(|tries| tries.sort_unstable());
        Counted { places, ranges }
    }
}

impl Near for Tries<'_> {
    fn day(&self, date: NaiveDate) -> bool {
        let counts = |tried: &&Tried| matches!(tried, Tried::Around(_));
        let Around { tried, ranges, .. } = self.around;
        tried.values().chain(ranges.values()).filter(counts).any(|tried| tried.touches(date))
    }

    fn sessions(&self) -> bool {
        false
    }

    fn address(&self, address: &str) -> Hint {
        match self.around.tried_at(address).any(|tried| matches!(tried, Tried::Around(_))) {
            true => Hint::Coded,
            false => Hint::Nothing,
        }
    }

    fn session(&self, _: &str) -> bool {
        false
    }

    fn action(&self, action: &str) -> Hint {
        if Around::is_sign_in(action) { Hint::Half } else { Hint::Nothing }
    }

    fn actor(&self, _: &str) -> bool {
        false
    }

    fn code(&self, code: &str) -> bool {
        is_refusal(code)
    }

    fn time(&self, address: &str, time: DateTime<Utc>) -> bool {
        self.around.time(address, time)
    }
}

/// The refusals of all accounts.
pub struct Counted {
    places: Seen,
    ranges: Seen,
}

impl Counted {
    /// Of each place, and of each range, keeps the one time that is told of, if there is any.
    pub fn narrow(&self, around: &mut Around) {
        keep(&self.places, &mut around.tried);
        keep(&self.ranges, &mut around.ranges);
    }
}

fn keep(seen: &Seen, tried: &mut BTreeMap<IpAddr, Tried>) {
    tried.retain(|place, tried| {
        let Tried::Around(refusals) = tried else { return true };
        by_weight(refusals);
        let tries = seen.get(place).map(Vec::as_slice).unwrap_or_default();
        let times: Vec<DateTime<Utc>> = refusals.iter().map(|refusal| refusal.time).collect();
        let many: BTreeSet<DateTime<Utc>> = aimed_at_many(tries, &times).into_iter().collect();
        let told = refusals.iter().find(|refusal| many.contains(&refusal.time)).copied();
        *refusals = told.into_iter().collect();
        told.is_some()
    });
}

/// Which of these times have tries at many accounts around them. Tries in the order of time; one window slides over them,
/// so that a hundred thousand are walked once.
pub fn aimed_at_many<T: Hash + Eq + Copy>(tries: &[(DateTime<Utc>, T)], times: &[DateTime<Utc>]) -> Vec<DateTime<Utc>> {
    let mut times = times.to_vec();
    times.sort_unstable();
    times.dedup();
    let mut inside: HashMap<T, usize, RandomState> = HashMap::default();
    let mut behind = tries.iter().peekable();
    let mut first = tries.iter().peekable();
    times.retain(|time| {
        while let Some((_, account)) = behind.next_if(|(other, _)| *other <= *time + WITHIN) {
            *inside.entry(*account).or_default() += 1;
        }
        while let Some((_, account)) = first.next_if(|(other, _)| *other < *time - WITHIN) {
            if let Some(count) = inside.get_mut(account) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    inside.remove(account);
                }
            }
        }
        inside.len() >= ACCOUNTS
    });
    times
}

/// Whether there are so many different ones.
pub fn at_least<T: Ord>(count: usize, mut values: impl Iterator<Item = T>) -> bool {
    let mut different = BTreeSet::new();
    values.any(|value| {
        different.insert(value);
        different.len() >= count
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: &str = "203.0.113.7";

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    /// The refusal that is looked around, if any, where the account was refused at these minutes (and then had the
    /// password right), and so many accounts within an hour of these.
    fn told(refusals: &[(i64, bool)], rounds: &[(i64, usize)]) -> Option<i64> {
        let refusals =
            refusals.iter().map(|(minute, then_right)| Refusal { time: at(*minute), then_right: *then_right });
        let tried = Tried::Around(refusals.collect());
        let mut around = Around { tried: BTreeMap::from([(PLACE.parse().unwrap(), tried)]), ..Around::default() };
        let tries = Tries::new(&around, Window { from: at(0), to: at(100_000) }).unwrap();
        for (minute, accounts) in rounds {
            (0..*accounts).for_each(|account| tries.note(at(*minute), PLACE, &format!("user{account}@x.example ")));
            tries.note(at(*minute), PLACE, "USER0@x.example");
        }
        tries.counted().narrow(&mut around);
        let (_, tried) = around.tried.pop_first()?;
        let Tried::Around(left) = tried else { panic!("{tried:?}") };
        assert_eq!(left.len(), 1);
        left.first().map(|refusal| (refusal.time - at(0)).num_minutes())
    }

    #[test]
    fn the_first_refusal_among_many_accounts_is_looked_around() {
        assert_eq!(
            told(&[(500, false), (3000, false), (6000, false)], &[(500, 9), (3060, 10), (6000, 12)]),
            Some(3000)
        );
        assert_eq!(told(&[(500, false), (3000, false)], &[(500, 9), (3061, 10)]), None);
    }

    #[test]
    fn one_after_which_the_password_was_right_comes_before_others() {
        assert_eq!(told(&[(500, false), (3000, true), (6000, true)], &[(500, 10), (6000, 10)]), Some(6000));
    }

    #[test]
    fn what_lies_outside_the_window_does_not_count() {
        assert_eq!(told(&[(99_980, false)], &[(99_970, 5), (100_010, 10)]), None);
    }

    #[test]
    fn who_changes_addresses_is_counted_by_the_range() {
        let told = |accounts: u8| {
            let refusal = Refusal { time: at(500), then_right: false };
            let ranges = BTreeMap::from([("203.0.113.0".parse().unwrap(), Tried::Around(vec![refusal]))]);
            let mut around = Around { ranges, ..Around::default() };
            let tries = Tries::new(&around, Window { from: at(0), to: at(1000) }).unwrap();
            for account in 0..accounts {
                tries.note(at(490), &format!("203.0.113.{account}"), &format!("user{account}@x.example"));
            }
            // Somebody else's range.
            tries.note(at(490), "198.51.100.7", "another@x.example");
            tries.counted().narrow(&mut around);
            !around.ranges.is_empty()
        };
        assert!(told(10));
        assert!(!told(9));
    }
}
