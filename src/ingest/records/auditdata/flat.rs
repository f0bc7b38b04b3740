//! Records that a SIEM made flat: `Parameters{}.Name` beside `Parameters{}.Value`, each with a list.

use super::inside::Inside;
use super::pairs::{Pairs, alone_or_list};
use crate::ingest::records::nested::{Id, Modified};
use crate::ingest::text::members::Part;

/// A field whose list was made flat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Parameters,
    Operation,
    Extended,
    Device,
    Modified,
    Actor,
    Target,
}

/// Which member of the objects in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Name,
    Value,
    Old,
    New,
}

/// What a key of such a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flat(Whose, Member);

/// How many keys there are.
pub(super) const COUNT: usize = 15;

/// Each key and what it holds.
const ALL: [(&str, Flat); COUNT] = {
    use Member::{Name, New, Old, Value};
    use Whose::{Actor, Device, Extended, Modified, Operation, Parameters, Target};
    [
        ("Parameters{}.Name", Flat(Parameters, Name)),
        ("Parameters{}.Value", Flat(Parameters, Value)),
        ("OperationProperties{}.Name", Flat(Operation, Name)),
        ("OperationProperties{}.Value", Flat(Operation, Value)),
        ("ExtendedProperties{}.Name", Flat(Extended, Name)),
        ("ExtendedProperties{}.Value", Flat(Extended, Value)),
        ("DeviceProperties{}.Name", Flat(Device, Name)),
        ("DeviceProperties{}.Value", Flat(Device, Value)),
        ("ModifiedProperties{}.Name", Flat(Modified, Name)),
        ("ModifiedProperties{}.OldValue", Flat(Modified, Old)),
        ("ModifiedProperties{}.NewValue", Flat(Modified, New)),
        ("Actor{}.ID", Flat(Actor, Name)),
        ("Actor{}.Type", Flat(Actor, Value)),
        ("Target{}.ID", Flat(Target, Name)),
        ("Target{}.Type", Flat(Target, Value)),
    ]
};

/// These keys, and those of flat records behind them.
pub(super) const fn behind<const N: usize, const M: usize>(own: [&'static str; N]) -> [&'static str; M] {
    let mut all = [""; M];
    let mut at = 0;
    while at < M {
        all[at] = if at < N { own[at] } else { ALL[at - N].0 };
        at += 1;
    }
    all
}

/// What the key at this place holds.
pub(super) fn at(place: usize) -> Option<Flat> {
    ALL.get(place).map(|(_, flat)| *flat)
}

/// Whether a key of a flat record stands for a part that nothing here is made of: `Folders{}.Path`, `Item.Subject`.
pub(super) fn is_part(key: &str) -> bool {
    const OBJECTS: [&str; 4] = ["Item", "Folder", "DestFolder", "AppAccessContext"];
    key.contains("{}.") || key.split_once('.').is_some_and(|(outer, _)| OBJECTS.contains(&outer))
}

impl<'a> Inside<'a> {
    /// Puts the lists together again, where the record has them in no other way.
    #[cold]
    pub(super) fn take_flat(&mut self, flat: &[(Flat, &'a str)]) {
        let get = |whose, member| flat.iter().find(|(key, _)| *key == Flat(whose, member)).map(|(_, json)| *json);
        let pairs = [
            (Whose::Parameters, &mut self.parameters),
            (Whose::Operation, &mut self.operation),
            (Whose::Extended, &mut self.extended),
            (Whose::Device, &mut self.device),
        ];
        for (whose, slot) in pairs {
            let (names, values) = (get(whose, Member::Name), get(whose, Member::Value));
            let told = names.or(values).is_some() && slot.is_none();
            *slot = match names.zip(values).and_then(|(names, values)| Pairs::beside(names, values)) {
                Some(list) if told => list,
                _ => {
                    self.faults.unread |= told;
                    std::mem::take(slot)
                }
            };
        }
        let list = |whose, member| get(whose, member).map_or(Some(Vec::new()), alone_or_list);
        let mut names = |whose: Whose, slot: &mut Vec<Id<'a>>| {
            if get(whose, Member::Name).is_none() || !slot.is_empty() {
                return;
            }
            match (list(whose, Member::Name), list(whose, Member::Value)) {
                (Some(ids), Some(kinds)) if ids.len() == kinds.len() => slot.extend(ids.into_iter().zip(kinds).map(id)),
                _ => self.faults.unread = true,
            }
        };
        names(Whose::Actor, &mut self.actors);
        names(Whose::Target, &mut self.targets);
        if get(Whose::Modified, Member::Name).is_some() && self.modified.is_empty() {
            let [names, old, new] =
                [Member::Name, Member::Old, Member::New].map(|member| list(Whose::Modified, member));
            match changes(names, old, new) {
                Some(list) => self.modified = list,
                None => self.faults.unread = true,
            }
        }
    }
}

fn id<'a>((id, kind): (&'a str, &'a str)) -> Id<'a> {
    Id::of(Part::of(id).string().unwrap_or_default(), kind.trim_matches('"'))
}

/// Names with what was and what is; either may be missing for all of them.
fn changes<'a>(
    names: Option<Vec<&'a str>>,
    old: Option<Vec<&'a str>>,
    new: Option<Vec<&'a str>>,
) -> Option<Vec<Modified<'a>>> {
    let (names, old, new) = (names?, old?, new?);
    let whole = |list: &Vec<&str>| list.is_empty() || list.len() == names.len();
    let part = |list: &Vec<&'a str>, at: usize| list.get(at).map(|json| Part::of(json));
    let change = |(at, name): (usize, &&'a str)| Modified {
        name: Some(Part::of(name)),
        old: part(&old, at),
        new: part(&new, at),
    };
    (whole(&old) && whole(&new)).then(|| names.iter().enumerate().map(change).collect())
}

#[cfg(test)]
mod tests {
    use crate::ingest::records::auditdata::fill;
    use crate::timeline::{Draft, ParseStatus};

    fn read(members: &str) -> (Option<String>, Option<String>, ParseStatus) {
        let json =
            format!(r#"{{"CreationTime":"2026-03-02T08:30:00","Operation":"Set-User","RecordType":"1",{members}}}"#);
        let mut event = Draft::default();
        fill(&json, &mut event).unwrap();
        let text = |text: Option<std::borrow::Cow<'_, str>>| text.map(std::borrow::Cow::into_owned);
        (text(event.op_params), text(event.changes), event.parse_status)
    }

    #[test]
    fn lists_that_were_made_flat_are_put_together_again() {
        let rule = r#"[{"name":"Name","value":"."},{"name":"DeleteMessage","value":"True"}]"#;
        let flat = r#""Parameters{}.Name":["Name","DeleteMessage"],"Parameters{}.Value":[".","True"]"#;
        assert_eq!(read(flat), (Some(rule.to_owned()), None, ParseStatus::Ok));
        let one = r#""Parameters{}.Name":"Force","Parameters{}.Value":"True""#;
        assert_eq!(read(one).0.as_deref(), Some(r#"[{"name":"Force","value":"True"}]"#));
        let changes = r#""ModifiedProperties{}.Name":["A","B"],"ModifiedProperties{}.OldValue":["1",""],"ModifiedProperties{}.NewValue":["2","3"]"#;
        let changed = r#"[{"name":"A","old":"1","new":"2"},{"name":"B","old":null,"new":"3"}]"#;
        assert_eq!(read(changes), (None, Some(changed.to_owned()), ParseStatus::Ok));
    }

    #[test]
    fn what_cannot_be_put_together_is_told() {
        for members in [
            r#""Parameters{}.Name":["Name","DeleteMessage"],"Parameters{}.Value":"True""#,
            r#""Parameters{}.Value":["True"]"#,
            r#""Actor{}.ID":["a","b"],"Actor{}.Type":[5]"#,
            r#""Actor{}.ID":"a@x.example","Actor{}.Type":5,"Folders{}.Path":"\\Inbox""#,
            r#""ModifiedProperties{}.Name":["A","B"],"ModifiedProperties{}.NewValue":["2"]"#,
        ] {
            assert_eq!(read(members), (None, None, ParseStatus::Partial), "{members}");
        }
    }

    #[test]
    fn names_of_people_are_put_together_again() {
        let json = r#"{"CreationTime":"2026-03-02T08:30:00","Operation":"Update user.","RecordType":8,"Actor{}.ID":["a@x.example","User"],"Actor{}.Type":["5","2"],"Target{}.ID":"b@x.example","Target{}.Type":5}"#;
        let mut event = Draft::default();
        fill(json, &mut event).unwrap();
        assert_eq!(event.user_upn.as_deref(), Some("a@x.example"));
        assert_eq!(event.target_upn.as_deref(), Some("b@x.example"));
        assert_eq!(event.parse_status, ParseStatus::Ok);
    }
}
