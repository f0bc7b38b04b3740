//! The values of an AuditData object that have an inside, read when the record is passed over.

use super::bags::Changed;
use super::mapped;
use super::object::Field;
use super::pairs::{Pairs, are_unread_changes, is_type_names, is_unread};
use super::{printed, texts};
use crate::ingest::records::nested::{AppContext, FolderRef, Id, Item, Letter, Modified, Nested, Pair, Recipient};
use crate::ingest::text::members::{Part, Value};

/// The values that have an inside; empty where they are something else.
#[derive(Default)]
pub(super) struct Inside<'a> {
    pub(super) actors: Vec<Id<'a>>,
    pub(super) targets: Vec<Id<'a>>,
    pub(super) item: Letter<'a>,
    pub(super) affected: Vec<Item<'a>>,
    pub(super) folders: Vec<Item<'a>>,
    pub(super) folder: FolderRef<'a>,
    pub(super) destination: FolderRef<'a>,
    pub(super) recipients: Vec<Recipient<'a>>,
    pub(super) context: AppContext<'a>,
    pub(super) modified: Vec<Modified<'a>>,
    /// The same, where it was printed as text or made a map.
    pub(super) printed_changes: Vec<Changed<'static>>,
    pub(super) parameters: Pairs<'a>,
    pub(super) extended: Pairs<'a>,
    pub(super) device: Pairs<'a>,
    pub(super) operation: Pairs<'a>,
    pub(super) faults: Faults,
    /// What is wrong is, or is as well, that parameters are missing.
    pub(super) lost_parameters: bool,
    /// Its parameters have keys of their own: an exporter took the record apart.
    pub(super) flattened: bool,
}

/// What is wrong with one of the values or the other.
#[derive(Default)]
pub(super) struct Faults {
    /// It says something that could not be read.
    pub(super) unread: bool,
    /// The name of its type stands in its place.
    pub(super) lost: bool,
    /// It is kept as JSON text.
    pub(super) as_text: bool,
}

impl Faults {
    /// Adds a value that is not what it should be.
    #[cold]
    fn add(&mut self, json: &str, is_unread: fn(&str) -> bool) {
        match is_type_names(json) {
            true => self.lost = true,
            false => self.unread |= is_unread(json),
        }
        self.as_text |= texts::may_be_object(json);
    }
}

impl<'a> Inside<'a> {
    /// Reads the value of a field; its text.
    #[inline]
    pub(super) fn read(&mut self, field: Field, value: Found<'_, 'a>) -> Option<Part<'a>> {
        let faults = &mut self.faults;
        match field {
            Field::Actor => fill_ids(&mut self.actors, faults, value),
            Field::Target => fill_ids(&mut self.targets, faults, value),
            Field::Item => fill(&mut self.item, faults, value),
            Field::AffectedItems => fill(&mut self.affected, faults, value),
            Field::Folders => fill(&mut self.folders, faults, value),
            Field::Folder => fill(&mut self.folder, faults, value),
            Field::DestFolder => fill(&mut self.destination, faults, value),
            Field::RecipientList => {
                let (found, part) = value.read()?;
                match found.or_else(|| Recipient::of_addresses(part.json)) {
                    Some(found) => self.recipients = found,
                    None => faults.add(part.json, is_unread),
                }
                Some(part)
            }
            Field::AppAccessContext => fill(&mut self.context, faults, value),
            Field::ModifiedProperties => {
                let (found, part) = value.read::<Vec<Modified<'a>>>()?;
                match found {
                    Some(found) if found.iter().all(|change| change.name.is_some()) => self.modified = found,
                    Some(found) => match mapped::changes(part.json) {
                        Some(changes) => self.printed_changes = changes,
                        None => {
                            // A nameless one is none, and what it says of values is not known of what.
                            let says = |change: &Modified<'_>| change.old.is_some() || change.new.is_some();
                            let nameless = found.iter().any(|change| change.name.is_none() && says(change));
                            faults.unread |= nameless || part.json.starts_with('{');
                            self.modified = found;
                        }
                    },
                    None => {
                        self.printed_changes = printed::changes(part.json);
                        if self.printed_changes.is_empty() {
                            faults.add(part.json, are_unread_changes);
                        }
                    }
                }
                Some(part)
            }
            Field::Parameters => {
                let mut own = Faults::default();
                let part = fill_pairs(&mut self.parameters, &mut own, value);
                self.lost_parameters = own.unread || own.lost;
                (faults.unread, faults.lost) = (faults.unread | own.unread, faults.lost | own.lost);
                faults.as_text |= own.as_text;
                part
            }
            Field::ExtendedProperties => fill_pairs(&mut self.extended, faults, value),
            Field::DeviceProperties => fill_pairs(&mut self.device, faults, value),
            Field::OperationProperties => fill_pairs(&mut self.operation, faults, value),
            _ => value.part(),
        }
    }

    #[inline]
    pub(super) fn pairs(&self, field: Field) -> &Pairs<'a> {
        match field {
            Field::Parameters => &self.parameters,
            Field::ExtendedProperties => &self.extended,
            Field::DeviceProperties => &self.device,
            Field::OperationProperties => &self.operation,
            _ => &Pairs::None,
        }
    }
}

fn fill<'a, T: Nested<'a>>(slot: &mut T, faults: &mut Faults, value: Found<'_, 'a>) -> Option<Part<'a>> {
    let (found, part) = value.read()?;
    match found {
        Some(found) => *slot = found,
        None => faults.add(part.json, is_unread),
    }
    Some(part)
}

fn fill_ids<'a>(slot: &mut Vec<Id<'a>>, faults: &mut Faults, value: Found<'_, 'a>) -> Option<Part<'a>> {
    let (found, part) = value.read()?;
    match found {
        Some(found) => *slot = found,
        None => {
            *slot = printed::ids(part.json);
            if slot.is_empty() {
                faults.add(part.json, is_unread);
            }
        }
    }
    Some(part)
}

fn fill_pairs<'a>(slot: &mut Pairs<'a>, faults: &mut Faults, value: Found<'_, 'a>) -> Option<Part<'a>> {
    let (found, json) = value.plain::<Vec<Pair<'a>>>()?;
    if let Some(list) = found {
        *slot = Pairs::Plain(list);
    } else if is_type_names(json) {
        faults.lost = true;
        *slot = Pairs::Other(Vec::new());
    } else if json.starts_with(['[', '{']) {
        *slot = Pairs::unplain(json).unwrap_or_default();
        faults.unread |= slot.is_none();
    } else if let Some(whole) = Pairs::cut(json) {
        // Of any other text its own reader makes what it says.
        faults.unread = true;
        *slot = whole;
    }
    Some(Part::unlooked(json))
}

/// A value that was found.
pub(super) enum Found<'s, 'a> {
    /// By our own reader, which stands before it.
    Next(Value<'s, 'a>),
    /// By serde_json: its text.
    Text(&'a str),
}

impl<'a> Found<'_, 'a> {
    #[inline]
    pub(super) fn part(self) -> Option<Part<'a>> {
        match self {
            Self::Next(value) => value.part(),
            Self::Text(json) => Some(Part::of(json)),
        }
    }

    /// What it holds, where that is plain, and its text.
    #[inline]
    fn plain<T: Nested<'a>>(self) -> Option<(Option<T>, &'a str)> {
        match self {
            Self::Next(value) => value.read_as(T::read),
            Self::Text(json) => Some((T::plain(json), json)),
        }
    }

    /// What it holds, where serde_json does not refuse it, and its text.
    fn read<T: Nested<'a>>(self) -> Option<(Option<T>, Part<'a>)> {
        let (plain, json) = self.plain()?;
        Some((plain.or_else(|| T::unplain(json)), Part::unlooked(json)))
    }
}
