//! The keys of a sign-in that columns are made of, and the values of one sign-in by them: what a key is, is seen once,
//! while the record is passed over, so that asking for it costs nothing.

use crate::ingest::values::keys::{KeyTable, Known};

macro_rules! known_keys {
    ($($key:ident => $name:literal),+ $(,)?) => {
        /// A key of a sign-in (Microsoft Graph `signIn` resource type, v1.0 and beta; `TimeGenerated`, `resultType` and
        /// `ResourceIdentity` are Log Analytics'; Graph's PowerShell and other SDKs write a name without its underscore).
        #[allow(missing_docs, reason = "the variants are the keys")]
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Key { $($key),+ }
        /// Each with its usual spelling.
        static KEYS: [(Key, &str); COUNT] = [$((Key::$key, $name)),+];
        const COUNT: usize = [$($name),+].len();
        static PLACES: KeyTable<COUNT> = KeyTable::new(&[$($name),+]);
    };
}

known_keys! {
    Id => "id", CreatedDateTime => "createdDateTime", TimeGenerated => "TimeGenerated",
    UserPrincipalName => "userPrincipalName", UserId => "userId", UserDisplayName => "userDisplayName",
    UserType => "userType",
    ServicePrincipalName => "servicePrincipalName", ServicePrincipalId => "servicePrincipalId",
    SignInEventTypes => "signInEventTypes", IsInteractive => "isInteractive", IpAddress => "ipAddress",
    IpAddressFromResourceProvider => "ipAddressFromResourceProvider",
    AutonomousSystemNumber => "autonomousSystemNumber", Location => "location", Status => "status",
    ResultType => "resultType", MfaDetail => "mfaDetail", UserAgent => "userAgent", ClientAppUsed => "clientAppUsed",
    AppId => "appId", AppDisplayName => "appDisplayName", ResourceId => "resourceId",
    ResourceIdentity => "resourceIdentity",
    ResourceDisplayName => "resourceDisplayName", CorrelationId => "correlationId", SessionId => "sessionId",
    UniqueTokenIdentifier => "uniqueTokenIdentifier", AuthenticationRequirement => "authenticationRequirement",
    AuthenticationProtocol => "authenticationProtocol", ConditionalAccessStatus => "conditionalAccessStatus",
    ResourceTenantId => "resourceTenantId", HomeTenantId => "homeTenantId", DeviceDetail => "deviceDetail",
    RiskLevelDuringSignIn => "riskLevelDuringSignIn", RiskLevelAggregated => "riskLevelAggregated",
    RiskState => "riskState", RiskEventTypesV2 => "riskEventTypes_v2", RiskEventTypes => "riskEventTypes",
    RiskEventTypesOfSdk => "riskEventTypesV2",
}

impl Key {
    /// Which key a text is, in any case.
    #[inline]
    pub fn of(text: &str) -> Option<Self> {
        KEYS.get(PLACES.find(text)?.place).map(|(key, _)| *key)
    }

    /// All of them.
    #[cfg(test)]
    pub fn all() -> impl Iterator<Item = Self> {
        KEYS.iter().map(|(key, _)| *key)
    }

    /// Its usual spelling.
    pub fn name(self) -> &'static str {
        KEYS.get(self as usize).map_or("", |(_, name)| name)
    }
}

/// How many members of objects are kept; no service writes as many.
const KEPT: usize = 1024;

/// The value of a key: its JSON text, and, where it is an object, which of the inner members are its own.
#[derive(Debug, Clone, Copy)]
struct Member<'a> {
    text: &'a str,
    inner: (u32, u32),
}

/// The values of one sign-in, each as its JSON text, and the members of the objects among them.
///
/// As a map that is sorted by its keys has them: of two keys with one spelling the last, before one in another case; of
/// two in other cases the first.
#[derive(Debug)]
pub struct Members<'a> {
    values: [Option<Member<'a>>; COUNT],
    /// The same of keys in another than the usual case, each with its spelling; empty until there is one.
    others: Vec<Option<(&'a str, Member<'a>)>>,
    /// The members of all objects among the values.
    inner: Vec<(&'a str, &'a str)>,
    /// How many of them belong to values that were put.
    put: usize,
}

impl<'a> Members<'a> {
    /// None so far.
    pub fn new() -> Self {
        Self { values: [None; COUNT], others: Vec::new(), inner: Vec::with_capacity(32), put: 0 }
    }

    /// Takes in a member of the object that is put next. Of more than are kept the object's text has to be asked.
    #[inline]
    pub fn put_inner(&mut self, key: &'a str, value: &'a str) {
        if self.inner.len() <= KEPT {
            self.inner.push((key, value));
        }
    }

    /// Takes one member in; of other keys than the known ones nothing is kept.
    #[inline]
    pub fn put(&mut self, key: &'a str, text: &'a str) {
        let known = PLACES.find(key);
        if known.is_none() || self.inner.len() > KEPT {
            self.inner.truncate(self.put);
        }
        let inner = (self.put as u32, self.inner.len() as u32);
        let Some(Known { place, exact }) = known else { return };
        self.put = self.inner.len();
        let value = Member { text, inner };
        if !exact {
            self.put_other(place, key, value);
        } else if let Some(slot) = self.values.get_mut(place) {
            *slot = Some(value);
        }
    }

    fn put_other(&mut self, place: usize, key: &'a str, value: Member<'a>) {
        self.others.resize(COUNT, None);
        if let Some(slot) = self.others.get_mut(place).filter(|slot| slot.is_none_or(|(first, _)| key <= first)) {
            *slot = Some((key, value));
        }
    }

    /// All are there.
    pub fn close(&mut self) {
        for (slot, other) in self.values.iter_mut().zip(&self.others) {
            *slot = slot.or(other.map(|(_, value)| value));
        }
    }

    /// The value of a key, and its members where it is an object.
    #[inline]
    pub fn get(&self, key: Key) -> Option<(&'a str, &[(&'a str, &'a str)])> {
        let Member { text, inner: (start, end) } = self.values.get(key as usize).copied().flatten()?;
        Some((text, self.inner.get(start as usize..end as usize).unwrap_or_default()))
    }
}

impl Default for Members<'_> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_known_in_any_case() {
        for (key, name) in KEYS {
            assert_eq!((Key::of(name), key.name()), (Some(key), name));
            assert_eq!(Key::of(&name.to_uppercase()), Some(key));
        }
        assert_eq!(Key::of("ie"), None);
        assert_eq!(Key::of("statuses"), None);
    }

    #[test]
    fn a_name_with_an_underscore_is_known_as_the_sdk_writes_it_too() {
        for (_, name) in KEYS {
            assert!(Key::of(&name.replace('_', "")).is_some(), "{name}");
        }
    }

    #[test]
    fn of_several_spellings_one_counts() {
        let value = |members: &[(&'static str, &'static str)]| {
            let mut all = Members::new();
            members.iter().for_each(|(key, value)| all.put(key, value));
            all.close();
            all.get(Key::AppId).map(|(text, _)| text)
        };
        assert_eq!(value(&[]), None);
        assert_eq!(value(&[("appid", "1"), ("appId", "2"), ("AppId", "3")]), Some("2"));
        assert_eq!(value(&[("appId", "1"), ("appId", "2")]), Some("2"));
        assert_eq!(value(&[("appid", "1"), ("AppId", "2"), ("APPID", "3"), ("AppId", "4")]), Some("3"));
        assert_eq!(value(&[("AppId", "1"), ("appid", "2"), ("AppId", "3")]), Some("3"));
    }

    #[test]
    fn members_of_objects_are_kept_up_to_a_number() {
        let mut all = Members::new();
        let inner = |all: &Members<'_>, key| all.get(key).map(|(text, inner)| (text.to_owned(), inner.len()));
        (0..3).for_each(|_| all.put_inner("a", "1"));
        all.put("unknown", "{three}");
        (0..2).for_each(|_| all.put_inner("b", "2"));
        all.put("status", "{two}");
        (0..KEPT).for_each(|_| all.put_inner("c", "3"));
        all.put("location", "{too many}");
        all.put_inner("d", "4");
        all.put("mfaDetail", "{one}");
        all.close();
        assert_eq!(inner(&all, Key::Status), Some(("{two}".to_owned(), 2)));
        assert_eq!(inner(&all, Key::Location), Some(("{too many}".to_owned(), 0)));
        assert_eq!(inner(&all, Key::MfaDetail), Some(("{one}".to_owned(), 1)));
    }
}
