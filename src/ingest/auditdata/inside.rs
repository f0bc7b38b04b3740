//! The values of an AuditData object that have an inside, read when the record is passed over.

use super::object::Field;
use crate::ingest::members::{Part, Value};
use crate::ingest::nested::{AppContext, FolderRef, Id, Item, Modified, Nested, Pair, Recipient};

/// The values that have an inside; empty where they are something else. Of a list of names and values, nothing where it
/// is none.
#[derive(Default)]
pub(super) struct Inside<'a> {
    pub(super) actors: Vec<Id<'a>>,
    pub(super) targets: Vec<Id<'a>>,
    pub(super) item: Item<'a>,
    pub(super) affected: Vec<Item<'a>>,
    pub(super) folders: Vec<Item<'a>>,
    pub(super) folder: FolderRef<'a>,
    pub(super) destination: FolderRef<'a>,
    pub(super) recipients: Vec<Recipient<'a>>,
    pub(super) context: AppContext<'a>,
    pub(super) modified: Vec<Modified<'a>>,
    parameters: Option<Vec<Pair<'a>>>,
    extended: Option<Vec<Pair<'a>>>,
    device: Option<Vec<Pair<'a>>>,
    operation: Option<Vec<Pair<'a>>>,
}

impl<'a> Inside<'a> {
    /// Reads the value of a field; its text.
    #[inline]
    pub(super) fn read(&mut self, field: Field, value: Found<'_, 'a>) -> Option<Part<'a>> {
        match field {
            Field::Actor => fill(&mut self.actors, value),
            Field::Target => fill(&mut self.targets, value),
            Field::Item => fill(&mut self.item, value),
            Field::AffectedItems => fill(&mut self.affected, value),
            Field::Folders => fill(&mut self.folders, value),
            Field::Folder => fill(&mut self.folder, value),
            Field::DestFolder => fill(&mut self.destination, value),
            Field::RecipientList => fill(&mut self.recipients, value),
            Field::AppAccessContext => fill(&mut self.context, value),
            Field::ModifiedProperties => fill(&mut self.modified, value),
            Field::Parameters => fill_some(&mut self.parameters, value),
            Field::ExtendedProperties => fill_some(&mut self.extended, value),
            Field::DeviceProperties => fill_some(&mut self.device, value),
            Field::OperationProperties => fill_some(&mut self.operation, value),
            _ => value.part(),
        }
    }

    pub(super) fn pairs(&self, field: Field) -> Option<&[Pair<'a>]> {
        let list = match field {
            Field::Parameters => &self.parameters,
            Field::ExtendedProperties => &self.extended,
            Field::DeviceProperties => &self.device,
            Field::OperationProperties => &self.operation,
            _ => return None,
        };
        list.as_deref()
    }
}

fn fill<'a, T: Nested<'a>>(slot: &mut T, value: Found<'_, 'a>) -> Option<Part<'a>> {
    let (found, part) = value.read()?;
    *slot = found.unwrap_or_default();
    Some(part)
}

fn fill_some<'a, T: Nested<'a>>(slot: &mut Option<T>, value: Found<'_, 'a>) -> Option<Part<'a>> {
    let (found, part) = value.read()?;
    *slot = found;
    Some(part)
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

    /// What it holds, where serde_json does not refuse it, and its text.
    fn read<T: Nested<'a>>(self) -> Option<(Option<T>, Part<'a>)> {
        let (plain, json) = match self {
            Self::Next(value) => value.read_as(T::read)?,
            Self::Text(json) => (T::plain(json), json),
        };
        Some((plain.or_else(|| serde_json::from_str(json).ok()), Part::unlooked(json)))
    }
}
