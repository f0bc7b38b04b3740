//! Objects that PowerShell printed where it was told to write less deep than they lie: `@{Name=Force; Value=True}`. What
//! such a text says of names and values is read; what lies deeper still is lost.

use std::borrow::Cow;

use super::bags::{Changed, Entry};
use super::pairs::alone_or_list;
use crate::ingest::records::nested::Id;
use crate::ingest::text::members::Part;
use crate::ingest::values::fields;

/// Names and their values: of one text that holds one of them or several.
pub(super) fn pairs(text: &str) -> Option<Vec<Entry<'static>>> {
    let pair = |object: &str| {
        let [name, value] = properties(object, ["Name", "Value"])?;
        // Where the name of a type stands, the value is lost.
        let value = value.filter(|value| !fields::is_type_name(value)).map(|value| Cow::Owned(value.to_owned()));
        Some(Entry { name: Cow::Owned(name?.to_owned()), value })
    };
    objects(text)?.map(pair).collect()
}

/// What was changed, where a list of it is printed; empty where it is not.
pub(super) fn changes(json: &str) -> Vec<Changed<'static>> {
    let owned = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(|text| Cow::Owned(text.to_owned()));
    let change = |object: &str| {
        let [name, new, old] = properties(object, ["Name", "NewValue", "OldValue"])?;
        Some(Changed { name: owned(name)?, old: owned(old), new: owned(new) })
    };
    all(json, change).unwrap_or_default()
}

/// Names of people, where a list of them is printed; empty where it is not.
pub(super) fn ids<'a>(json: &str) -> Vec<Id<'a>> {
    let id = |object: &str| {
        let [id, kind] = properties(object, ["ID", "Type"])?;
        Some(Id::of(Cow::Owned(id?.to_owned()), kind.unwrap_or_default()))
    };
    all(json, id).unwrap_or_default()
}

/// Each object of a list of texts, or of a text in its place; nothing where one of them is something else.
fn all<T>(json: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let begins = json.trim_start_matches(|letter: char| letter == '[' || letter.is_ascii_whitespace());
    if !begins.starts_with("\"@{") {
        return None;
    }
    let mut found = Vec::new();
    for text in alone_or_list(json)? {
        let text = Part::of(text).string()?;
        for object in objects(&text)? {
            found.push(read(object)?);
        }
    }
    Some(found)
}

/// The insides of the objects in a text: PowerShell prints a list with a blank between two of them.
fn objects(text: &str) -> Option<impl Iterator<Item = &str>> {
    Some(text.trim().strip_prefix("@{")?.strip_suffix('}')?.split("} @{"))
}

/// The values of these properties, in whatever order they stand; nothing where the object begins with another.
fn properties<'t, const N: usize>(object: &'t str, names: [&str; N]) -> Option<[Option<&'t str>; N]> {
    let mut found = [None; N];
    let mut rest = object;
    loop {
        let value_of = |name: &str| {
            let (front, behind) = rest.split_at_checked(name.len())?;
            behind.strip_prefix('=').filter(|_| front.eq_ignore_ascii_case(name))
        };
        let (at, value) = names.iter().enumerate().find_map(|(at, name)| Some((at, value_of(name)?)))?;
        *found.get_mut(at).filter(|slot| slot.is_none())? = Some("");
        let missing = names.iter().zip(&found).filter(|(_, value)| value.is_none());
        let next = missing.filter_map(|(name, _)| value.find(&format!("; {name}="))).min();
        *found.get_mut(at)? = value.get(..next.unwrap_or(value.len()));
        match next {
            Some(next) => rest = value.get(next + 2..)?,
            None => return Some(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::ingest::records::auditdata::fill;
    use crate::timeline::{Draft, ParseStatus};

    fn read(kind: u8, members: &str) -> Draft<'static> {
        let json =
            format!(r#"{{"CreationTime":"2026-03-09T23:59:55","Operation":"Set-User","RecordType":{kind},{members}}}"#);
        let mut event = Draft::default();
        fill(&json, &mut event).unwrap();
        let event = event.into_owned();
        let told = event.parse_notes.as_deref().is_some_and(|notes| notes.split("; ").any(|note| note == "R-104"));
        assert!(told && event.parse_status == ParseStatus::Partial, "{members}");
        event
    }

    #[test]
    fn printed_parameters_still_say_their_names_and_values() {
        let both = r#"[{"name":"Identity","value":"alice"},{"name":"ForwardTo","value":"a@x.example;b@x.example; c"}]"#;
        for printed in [
            r#"["@{Name=Identity; Value=alice}","@{Name=ForwardTo; Value=a@x.example;b@x.example; c}"]"#,
            r#"["@{Value=alice; Name=Identity}", "@{Name=ForwardTo; Value=a@x.example;b@x.example; c}"]"#,
            r#""@{Name=Identity; Value=alice} @{Name=ForwardTo; Value=a@x.example;b@x.example; c}""#,
        ] {
            let event = read(1, &format!(r#""Parameters":{printed}"#));
            let found = event.op_params.unwrap();
            assert!(found.ends_with(both.trim_start_matches('[')), "{printed}: {found}");
        }
        let values = |printed: &str| read(1, &format!(r#""Parameters":["{printed}"]"#)).op_params.unwrap_or_default();
        assert_eq!(values("@{Name=RuleName}"), r#"[{"name":"RuleName","value":null}]"#);
        assert_eq!(values("@{Name=ForwardTo; Value=}"), r#"[{"name":"ForwardTo","value":""}]"#);
        assert_eq!(values("@{Name=ForwardTo; Value=System.Object[]}"), r#"[{"name":"ForwardTo","value":null}]"#);
        // A name that looks like what stands behind it.
        assert_eq!(values("@{Name=Name; Value=a; Value=b}"), r#"[{"name":"Name","value":"a; Value=b"}]"#);
        assert_eq!(values("@{Id=1; Path=x}"), "");
    }

    #[test]
    fn printed_changes_and_people_are_read() {
        let event = read(
            8,
            r#""Actor":["@{ID=alice@x.example; Type=5}","@{ID=User; Type=2}"],"Target":["@{ID=bob@x.example; Type=5}"],
            "ModifiedProperties":["@{Name=DisplayName; NewValue=[\r\n  \"IT; Help\"\r\n]; OldValue=[\r\n  \"Bob\"\r\n]}","@{Name=Included; NewValue=\"DisplayName\"; OldValue=}"]"#,
        );
        let changes = r#"[{"name":"DisplayName","old":"[\r\n  \"Bob\"\r\n]","new":"[\r\n  \"IT; Help\"\r\n]"},{"name":"Included","old":null,"new":"\"DisplayName\""}]"#;
        assert_eq!(event.changes.as_deref(), Some(changes));
        assert_eq!(
            (event.user_upn.as_deref(), event.target_upn.as_deref()),
            (Some("alice@x.example"), Some("bob@x.example"))
        );
        let device = read(
            15,
            r#""DeviceProperties":["@{Name=OS; Value=Windows 10}"],"ExtendedProperties":["@{Name=UserAgent; Value=curl/8}"]"#,
        );
        assert_eq!((device.device_os.as_deref(), device.user_agent.as_deref()), (Some("Windows 10"), Some("curl/8")));
    }
}
