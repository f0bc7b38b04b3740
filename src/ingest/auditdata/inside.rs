//! The values of an AuditData object that have an inside, read when the record is passed over.

use super::bags::Changed;
use super::object::Field;
use super::pairs::{Pairs, are_unread_changes, is_unread};
use super::printed;
use crate::ingest::members::{Part, Value};
use crate::ingest::nested::{AppContext, FolderRef, Id, Item, Letter, Modified, Nested, Pair, Recipient};

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
    /// The same, where it was printed as text.
    pub(super) printed_changes: Vec<Changed<'static>>,
    pub(super) parameters: Pairs<'a>,
    pub(super) extended: Pairs<'a>,
    pub(super) device: Pairs<'a>,
    pub(super) operation: Pairs<'a>,
    /// One of them says something that could not be read.
    pub(super) unread: bool,
    /// Its parameters have keys of their own: an exporter took the record apart.
    pub(super) flattened: bool,
}

impl<'a> Inside<'a> {
    /// Reads the value of a field; its text.
    #[inline]
    pub(super) fn read(&mut self, field: Field, value: Found<'_, 'a>) -> Option<Part<'a>> {
        let unread = &mut self.unread;
        match field {
            Field::Actor => fill_ids(&mut self.actors, unread, value),
            Field::Target => fill_ids(&mut self.targets, unread, value),
            Field::Item => fill(&mut self.item, unread, value),
            Field::AffectedItems => fill(&mut self.affected, unread, value),
            Field::Folders => fill(&mut self.folders, unread, value),
            Field::Folder => fill(&mut self.folder, unread, value),
            Field::DestFolder => fill(&mut self.destination, unread, value),
            Field::RecipientList => fill(&mut self.recipients, unread, value),
            Field::AppAccessContext => fill(&mut self.context, unread, value),
            Field::ModifiedProperties => {
                let (found, part) = value.read()?;
                match found {
                    Some(found) => self.modified = found,
                    None => {
                        self.printed_changes = printed::changes(part.json);
                        *unread |= self.printed_changes.is_empty() && are_unread_changes(part.json);
                    }
                }
                Some(part)
            }
            Field::Parameters => fill_pairs(&mut self.parameters, unread, value),
            Field::ExtendedProperties => fill_pairs(&mut self.extended, unread, value),
            Field::DeviceProperties => fill_pairs(&mut self.device, unread, value),
            Field::OperationProperties => fill_pairs(&mut self.operation, unread, value),
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

fn fill<'a, T: Nested<'a>>(slot: &mut T, unread: &mut bool, value: Found<'_, 'a>) -> Option<Part<'a>> {
    let (found, part) = value.read()?;
    match found {
        Some(found) => *slot = found,
        None => *unread |= is_unread(part.json),
    }
    Some(part)
}

fn fill_ids<'a>(slot: &mut Vec<Id<'a>>, unread: &mut bool, value: Found<'_, 'a>) -> Option<Part<'a>> {
    let (found, part) = value.read()?;
    match found {
        Some(found) => *slot = found,
        None => {
            *slot = printed::ids(part.json);
            *unread |= slot.is_empty() && is_unread(part.json);
        }
    }
    Some(part)
}

fn fill_pairs<'a>(slot: &mut Pairs<'a>, unread: &mut bool, value: Found<'_, 'a>) -> Option<Part<'a>> {
    let (found, json) = value.plain::<Vec<Pair<'a>>>()?;
    if let Some(list) = found {
        *slot = Pairs::Plain(list);
    } else if json.starts_with(['[', '{']) {
        // Of a text its own reader makes what it says.
        *slot = Pairs::unplain(json).unwrap_or_default();
        *unread |= slot.is_none();
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
