//! Whose the lists of a JSON file are, where that stands around the records and not in them: in the context of a page of
//! Graph, in a key beside a list or above it, or in an object of its own that a collector put behind a list's last record.
//!
//! It is learned before the records are read, because it may stand behind them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::de::DeserializeSeed as _;
use serde_json::Value;

use crate::ingest::file_name::address_in_name;
use crate::ingest::source::TextEncoding;
use crate::ingest::text::members::members;
use crate::knowledge::names::is_guid;
use crate::timeline::json;

/// Keys that name the mailbox.
pub const KEYS: [&str; 7] = ["userPrincipalName", "user", "userName", "mailbox", "mailboxOwnerId", "userId", "upn"];
/// Where Graph says which collection a page or an object is of.
const CONTEXT: &str = "@odata.context";
/// What only a rule has: one that names its mailbox does so for itself.
const OF_A_RULE: &str = "actions";

/// What a file says around its records.
#[derive(Debug, Default)]
pub struct Owners {
    /// The first byte of a stretch of the file, the one behind its last, and whose its records are; in order.
    stretches: Vec<(u64, u64, String)>,
    /// Where objects stand that only name the mailbox of the list before them.
    names: BTreeSet<u64>,
    /// Whose rules the file lists, whether there are any or none.
    listed: BTreeSet<String>,
    /// Whether it lists the rules of whoever asked (`/me`), whom no page names.
    of_caller: bool,
    open: List,
}

/// The list that is being gone through.
#[derive(Debug, Default)]
struct List {
    /// Lists that were opened and not closed again.
    depth: usize,
    /// Where its first value stands.
    start: Option<u64>,
    /// Its last value so far, where that only names a mailbox.
    name: Option<(u64, String)>,
}

impl Owners {
    /// Whose the record at this byte is.
    pub fn of(&self, offset: u64) -> Option<&str> {
        let behind = self.stretches.partition_point(|(start, ..)| *start <= offset);
        let (_, end, owner) = self.stretches.get(behind.checked_sub(1)?)?;
        (offset < *end).then_some(owner.as_str())
    }

    /// Whether the object at this byte is no record but the name of those before it.
    pub fn is_name(&self, offset: u64) -> bool {
        self.names.contains(&offset)
    }

    /// The users whose rules are listed, lower-cased, also where the list is empty. Whose the pages are that name only
    /// whoever asked, the file's name says.
    pub fn listed(&self, file_name: &str) -> BTreeSet<String> {
        let caller = self.of_caller.then(|| address_in_name(file_name).to_lowercase());
        self.listed.iter().cloned().chain(caller.filter(|address| !address.is_empty())).collect()
    }

    /// Whether there are such objects.
    pub fn has_names(&self) -> bool {
        !self.names.is_empty()
    }

    /// What stands between two values that are no part of each other.
    pub fn see_between(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'[' => {
                    self.close();
                    self.open.depth += 1;
                }
                b']' => {
                    self.close();
                    self.open.depth = self.open.depth.saturating_sub(1);
                }
                _ => {}
            }
        }
    }

    /// A value that stands at this byte.
    pub fn see(&mut self, offset: u64, text: &str, encoding: TextEncoding) {
        self.open.start.get_or_insert(offset);
        self.open.name = name_alone(text).map(|name| (offset, name));
        if self.open.name.is_some() || !text.starts_with('{') {
            return;
        }
        match listed_by(text) {
            Some(Lister::User(user)) => _ = self.listed.insert(user.to_lowercase()),
            Some(Lister::Caller) => self.of_caller = true,
            None => {}
        }
        match of_page(text) {
            Some(owner) => self.stretches.push((offset, offset + encoding.encoded_len(text.as_bytes()), owner)),
            None => self.see_keys(offset, text, encoding),
        }
    }

    /// Lists of mailboxes, each under its mailbox.
    fn see_keys(&mut self, offset: u64, text: &str, encoding: TextEncoding) {
        let mut found = Vec::new();
        let place = |part: &str| {
            let before = part.as_ptr().addr().wrapping_sub(text.as_ptr().addr());
            offset + encoding.encoded_len(text.as_bytes().get(..before).unwrap_or_default())
        };
        let all = members(text, |key, value| {
            let whole = is_address(key) && value.starts_with(['[', '{']) || is_guid(key) && value.starts_with('[');
            if whole {
                let start = place(value);
                found.push((start, start + encoding.encoded_len(value.as_bytes()), key.to_owned()));
            }
            Some(())
        });
        if all.is_some() {
            self.stretches.append(&mut found);
        }
    }

    /// A list ends, or the file inside one.
    fn close(&mut self) {
        let (start, name) = (self.open.start.take(), self.open.name.take());
        if let (Some(start), Some((end, owner)), true) = (start, name, self.open.depth > 0) {
            self.names.insert(end);
            self.stretches.push((start, end, owner));
        }
    }

    /// Everything was seen.
    pub fn end(&mut self) {
        self.close();
        self.stretches.retain(|(start, end, _)| start < end);
        self.stretches.sort();
    }
}

/// Whose the records of a page are; of one that was cut as well.
fn of_page(text: &str) -> Option<String> {
    let wanted: Vec<&str> = KEYS.into_iter().chain([CONTEXT, OF_A_RULE]).collect();
    let read = |text: &str| json::Members(&wanted).deserialize(&mut serde_json::Deserializer::from_str(text)).ok();
    let page = read(text).or_else(|| read(&json::salvage(text)?))?;
    if json::get(&page, OF_A_RULE).is_some() {
        return None;
    }
    named_by(&page)
}

/// Whose rules a page lists.
enum Lister {
    /// The user whom its context names.
    User(String),
    /// Whoever asked for them.
    Caller,
}

/// Whose rules are on this page of Graph, which holds a list of them: what the service said instead has none.
fn listed_by(text: &str) -> Option<Lister> {
    let (mut context, mut is_list) = (None, false);
    members(text, |key, value| {
        match key {
            CONTEXT => context = serde_json::from_str::<String>(value).ok(),
            "value" => is_list = value.starts_with('['),
            _ => {}
        }
        Some(())
    })?;
    let context = context.filter(|context| is_list && context.ends_with(RULES))?;
    let (_, collection) = context.split_once("$metadata#")?;
    let of_caller = collection.get(..ME.len()).is_some_and(|start| start.eq_ignore_ascii_case(ME));
    of_context(&context).map(Lister::User).or(of_caller.then_some(Lister::Caller))
}

/// The mailbox that an object names: by a key that a collector added, else by the collection it is of.
pub fn named_by(object: &Value) -> Option<String> {
    let key = KEYS.iter().find_map(|key| json::text(object, key));
    key.or_else(|| of_context(&json::text(object, CONTEXT)?))
}

/// The user of a context (`…/$metadata#users('alice%40contoso.com')/mailFolders('inbox')/messageRules`).
fn of_context(context: &str) -> Option<String> {
    let (_, collection) = context.split_once("$metadata#")?;
    let collection = percent_decoded(collection);
    let rest = collection
        .get(..USERS.len())
        .filter(|start| start.eq_ignore_ascii_case(USERS))
        .and(collection.get(USERS.len()..))?;
    let (user, _) = rest.split_once("')")?;
    // A quote in a name is doubled.
    let user = user.replace("''", "'");
    is_owner(&user).then_some(user)
}

const USERS: &str = "users('";
/// How the collections of whoever asks begin.
const ME: &str = "me/";
/// How the context of a mailbox's rules ends.
const RULES: &str = "/messageRules";

fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.first_chunk::<2>().filter(|_| *first == b'%');
        let byte = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = behind.get(if byte.is_some() { 2 } else { 0 }..).unwrap_or_default();
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// The mailbox that an object names which says nothing else: no record of any export.
pub fn name_alone(text: &str) -> Option<String> {
    // Hardly any object is so short.
    const LONGEST: usize = 512;
    let object: Value = serde_json::from_str(text).ok().filter(|_| text.len() < LONGEST && text.starts_with('{'))?;
    let members = object.as_object().filter(|members| members.len() == 1)?;
    let (key, name) = members.iter().next()?;
    let is_key = KEYS.iter().any(|known| known.eq_ignore_ascii_case(key));
    name.as_str().filter(|name| is_key && is_owner(name)).map(str::to_owned)
}

/// Whether a name is one that only an account or a mailbox has.
pub fn is_owner(name: &str) -> bool {
    is_address(name) || is_guid(name)
}

fn is_address(name: &str) -> bool {
    let parts = name.split_once('@').filter(|_| !name.contains(char::is_whitespace));
    parts.is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.') && !domain.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a file whose values, and what stands between them, are these.
    fn learned(parts: &[&str]) -> (Owners, Vec<u64>) {
        let (mut owners, mut offset, mut places) = (Owners::default(), 0, Vec::new());
        for part in parts {
            if part.contains('{') {
                owners.see(offset, part, TextEncoding::Utf8);
                places.push(offset);
            } else {
                owners.see_between(part.as_bytes());
            }
            offset += part.len() as u64;
        }
        owners.end();
        (owners, places)
    }

    #[test]
    fn the_last_element_of_a_list_names_the_others() {
        let (alice, bob) = (r#"{"userPrincipalName":"alice@contoso.example"}"#, r#"{"upn": "bob@contoso.example"}"#);
        let (one, two) = (r#"{"displayName":"1"}"#, r#"{"displayName":"2"}"#);
        let (owners, at) =
            learned(&["[", one, ", ", two, ",", alice, "]\n[", one, ",", bob, "]\n[", two, "]\n[", bob, "]"]);
        let of: Vec<_> = at.iter().map(|at| owners.of(*at)).collect();
        let (alice_s, bob_s) = (Some("alice@contoso.example"), Some("bob@contoso.example"));
        assert_eq!(of, [alice_s, alice_s, None, bob_s, None, None, None]);
        let names: Vec<usize> = (0..at.len()).filter(|number| owners.is_name(at[*number])).collect();
        assert_eq!(names, [2, 4, 6]);
        // One that is not the last, or in no list, names nothing and stays a record.
        for parts in [&["[", alice, ",", one, "]"][..], &[one, "\n", alice, "\n"], &["[", one, "]", alice]] {
            let (owners, at) = learned(parts);
            assert!(!owners.has_names() && at.iter().all(|at| owners.of(*at).is_none()), "{parts:?}");
        }
        // A list that a crash left open.
        let (owners, at) = learned(&["[", one, ",", alice]);
        assert_eq!((owners.of(at[0]), owners.is_name(at[1])), (alice_s, true));
    }

    #[test]
    fn pages_say_whose_they_are_wherever_they_say_so() {
        let page = r#"{"value":[{"displayName":"1"}],"@odata.context":"https://x/$metadata#users(\u0027o\u0027\u0027hara%40contoso.example\u0027)/mailFolders"}"#;
        let lists = r#"{"bob@contoso.example":[{"displayName":"2"}],"note":[{"displayName":"3"}]}"#;
        let (owners, at) = learned(&[page, "\n", lists]);
        assert_eq!(owners.of(at[0] + 10), Some("o'hara@contoso.example"));
        let place = |word: &str| at[1] + lists.find(word).unwrap() as u64;
        assert_eq!(owners.of(place("\"2\"")), Some("bob@contoso.example"));
        assert_eq!(owners.of(place("\"3\"")), None);
        let (owners, at) = learned(&[page.split_once("],").unwrap().0, "\n"]);
        assert_eq!(owners.of(at[0] + 10), None, "it was cut in front of its context");
    }

    #[test]
    fn a_page_of_rules_lists_its_user_also_where_there_are_none() {
        let page =
            |rest: &str| format!(r#"{{"@odata.context":"https://x/$metadata#users('Bob%40contoso.example')/{rest}}}"#);
        let of = |page: &str| learned(&[page]).0.listed("rules.json").into_iter().collect::<Vec<_>>();
        assert_eq!(of(&page(r#"mailFolders('inbox')/messageRules","value": []"#)), ["bob@contoso.example"]);
        assert_eq!(of(&page(r#"mailFolders('inbox')/messageRules","value":[{"displayName":"1"}]"#)).len(), 1);
        for other in [
            page(r#"mailFolders('inbox')/messageRules","error":{"code":"ErrorAccessDenied"}"#),
            page(r#"mailFolders('inbox')/messages","value":[]"#),
            r#"{"@odata.context":"https://x/$metadata#Me/mailFolders('inbox')/messageRules","value":[]}"#.to_owned(),
        ] {
            assert!(of(&other).is_empty(), "{other}");
        }
    }

    #[test]
    fn a_page_of_whoever_asked_is_whose_the_files_name_says() {
        let page = |rest: &str| {
            format!(r#"{{"@odata.context":"https://x/$metadata#Me/mailFolders('inbox')/messageRules",{rest}}}"#)
        };
        let named = "20260302101500-Dana@fabrikam.example-rules.json";
        let of = |page: &str, name: &str| learned(&[page]).0.listed(name).into_iter().collect::<Vec<_>>();
        assert_eq!(of(&page(r#""value":[]"#), named), ["dana@fabrikam.example"]);
        assert_eq!(of(&page(r#""value":[]"#), "rules.json"), [""; 0], "nobody knows who asked");
        assert_eq!(of(&page(r#""error":{"code":"ErrorAccessDenied"}"#), named), [""; 0], "no list");
        assert_eq!(of(r#"[{"displayName":"1"}]"#, named), [""; 0], "its rules say for themselves whose they are");
        let bobs = page(r#""value":[]"#).replace("Me/", "users('bob@fabrikam.example')/");
        assert_eq!(of(&bobs, named), ["bob@fabrikam.example"], "the page goes before the file's name");
    }

    #[test]
    fn contexts_name_users_by_address_or_object_id() {
        let of = |collection: &str| of_context(&format!("https://graph.microsoft.com/v1.0/$metadata#{collection}"));
        let id = "6a1f3c9e-55d2-4b8a-9e07-c2d4f8a1b3e6";
        for user in ["alice@contoso.example", id] {
            assert_eq!(of(&format!("users('{user}')/mailFolders('inbox')/messageRules")).as_deref(), Some(user));
        }
        assert_eq!(of("Users(%27alice%40contoso.example%27)/x").as_deref(), Some("alice@contoso.example"));
        for other in
            ["Me/mailFolders('inbox')/messageRules", "users", "users('alice')/x", "groups('a@b.c')/x", "users('é"]
        {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
