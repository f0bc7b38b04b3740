//! Opens and closes the books of a file, and books files that are not read.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::current::Current;
use super::{Sink, signs};
use crate::ingest::formats::Format;
use crate::ingest::pipeline::Ended;
use crate::ingest::source::{self, Member, Recognised, Summed};
use crate::ledger::{Gap, Note, SourceEntry, Status};

impl Sink {
    /// Keeps the place of a file that is read after all others, and what its records will want to know of those.
    pub fn keep_place(&mut self, name: &str) -> usize {
        self.ledger.sources.push(SourceEntry { path: name.to_owned(), ..SourceEntry::default() });
        self.ledger.sources.len() - 1
    }

    /// The next file is the one whose place was kept.
    pub fn return_to(&mut self, place: usize) {
        self.place = Some(place);
    }

    /// Puts a closed entry where it belongs.
    fn file_away(&mut self, entry: SourceEntry) {
        match self.place.take().and_then(|place| self.ledger.sources.get_mut(place)) {
            Some(kept) => *kept = entry,
            None => self.ledger.sources.push(entry),
        }
    }

    /// The number of the file that is being read.
    #[inline]
    pub(super) fn number(&self) -> usize {
        self.place.unwrap_or(self.ledger.sources.len())
    }

    /// The file that is being read.
    pub fn file(&self) -> &str {
        self.current.as_ref().map_or("", |current| &current.file)
    }

    /// Evidence path and format id of the file that is being read.
    pub fn source(&self) -> (Arc<str>, &'static str) {
        self.current.as_ref().map_or((Arc::from(""), ""), |current| (Arc::clone(&current.file), current.format.id))
    }

    /// Books a file that is no export or could not be read.
    pub fn unread(&mut self, name: &str, status: Status, note: Note) {
        self.ledger.sources.push(SourceEntry {
            path: name.to_owned(),
            status,
            notes: vec![note],
            ..SourceEntry::default()
        });
    }

    /// The same, with what can be said of its bytes.
    pub fn unread_file(&mut self, member: &Member, status: Status, error: &std::io::Error) {
        self.unread(&member.name, status, Note::new(fault_code(error), format!("cannot be read: {error}")));
        let digest = member.open().and_then(source::Stream::finish);
        self.set_digest(digest.map(|summed| Summed { flood: None, ..summed }));
    }

    /// Hash and size of the file booked last.
    pub fn set_digest(&mut self, digest: std::io::Result<Summed>) {
        if let (Some(entry), Ok(summed)) = (self.ledger.sources.last_mut(), digest) {
            entry.notes.extend(summed.flood.as_ref().map(|flood| Note::new("F-015", flood.clone())));
            summed.enter(entry);
        }
    }

    /// Encoding of the file booked last.
    pub fn set_encoding(&mut self, name: &str) {
        if let Some(entry) = self.ledger.sources.last_mut() {
            entry.encoding = Some(name.to_owned());
        }
    }

    /// Opens the books of a file.
    pub fn start(&mut self, name: &str, format: &'static Format, encoding: &Recognised, notes: Vec<Note>) {
        self.current = Some(Current::new(name, format, encoding, notes));
    }

    /// By what the file's format was recognised, and which spans it says are missing elsewhere.
    pub fn explain(&mut self, recognised_by: String, gaps: Vec<Gap>) {
        if let Some(current) = &mut self.current {
            current.entry.recognised_by = recognised_by;
            current.entry.gaps = gaps;
        }
    }

    /// What the order of day and month in the file's dates rests on, where it is not proved; whether the table begins
    /// with the type of Windows PowerShell's objects.
    pub fn explain_table(&mut self, order: Option<String>, typed: bool) {
        if let Some(current) = &mut self.current {
            (current.order, current.typed) = (order, typed);
        }
    }

    /// The mailboxes whose rules the file lists.
    pub fn list_mailboxes(&mut self, mailboxes: BTreeSet<String>) {
        if let Some(current) = &mut self.current {
            current.entry.mailboxes = mailboxes;
        }
    }

    /// Closes the books of a file that only says something about others.
    pub fn end_companion(&mut self, digest: std::io::Result<Summed>) {
        let Some(current) = self.current.take() else { return };
        self.ledger.sources.push(current.close());
        self.set_digest(digest);
    }

    /// Closes the books of a file.
    pub fn end(&mut self, ended: Ended, notes: Vec<Note>) {
        let Some(mut current) = self.current.take() else { return };
        let cut = !ended.whole || ended.open_row && current.ragged;
        let order = current.order.take().filter(|_| current.by_order > 0).map(|text| Note::new("C-217", text));
        let copied = std::mem::take(&mut current.copied);
        let lost_letters = signs::lost_letters(current.format.id, current.typed, current.lost_letters);
        let mut entry = current.close();
        entry.notes.extend(notes);
        entry.notes.extend(order);
        match ended.digest {
            Ok(summed) => summed.enter(&mut entry),
            Err(error) => entry.notes.push(Note::new("F-020", format!("cannot be hashed: {error}"))),
        }
        if let Some(error) = ended.error {
            entry.status = Status::PartlyRead;
            let code = fault_code(&error);
            entry.notes.push(Note::new(code, format!("reading stopped: {error}; what came before is kept")));
        } else if cut {
            entry.status = Status::PartlyRead;
            let text = "file ends inside a record or an unclosed list: it was cut, or its collector stopped";
            entry.notes.push(Note::new("C-203", text));
        }
        if ended.slips > 0 {
            entry.status = Status::PartlyRead;
            let text = format!(
                "bytes of its UTF-16 text are lost, in {} places: what is behind each was put in place again; what stood \
                 there is doubtful",
                ended.slips
            );
            entry.notes.push(Note::new("F-020", text));
        }
        if ended.next_link {
            let text =
                "its last page names a next page: unless that is in another file, the collection is not complete";
            entry.notes.push(Note::new("C-204", text));
        }
        if entry.counts.records == 0 {
            let text = "export has no rows; check the search window and filters used";
            entry.notes.push(Note::new("F-002", text));
        }
        entry.notes.extend(signs::ceiling(&entry));
        entry.notes.extend(signs::hole(&entry, copied));
        entry.notes.extend(signs::retention(&entry));
        entry.notes.extend(lost_letters);
        self.file_away(entry);
    }
}

impl Summed {
    /// Puts hash and size into the books; evidence that changed under the reader's hands is doubtful.
    fn enter(self, entry: &mut SourceEntry) {
        (entry.sha256, entry.bytes) = (self.sha256, self.bytes);
        if let Some(change) = self.changed {
            if entry.status == Status::Read {
                entry.status = Status::PartlyRead;
            }
            let text = format!("the file changed while it was read ({change}): read it again, from a copy at rest");
            entry.notes.push(Note::new("F-024", text));
        }
    }
}

/// The code of a fault that ended the reading.
fn fault_code(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::FileTooLarge => "F-015",
        _ => "F-020",
    }
}
