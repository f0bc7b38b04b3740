//! The object around the records of a page: which of its keys has them, what else it lists, and whether a page follows.

use memchr::memchr2;

use super::{EVERY, Json, JsonCutter};
use crate::ingest::text::cut::Span;

/// What is known of the object around the records.
#[derive(Default)]
pub(super) struct Envelope {
    pub(super) inside: bool,
    pub(super) depth: usize,
    pub(super) text: Vec<u8>,
    pub(super) key: Vec<u8>,
    /// The key of the object that `key` stands in, where that is no envelope itself.
    pub(super) outer: Vec<u8>,
    pub(super) in_records: bool,
    /// So many arrays were open when the list of records was.
    pub(super) level: usize,
    /// A key came, and its value has not ended.
    pub(super) in_value: bool,
    /// The record that is open stands in the envelope itself, where others have a list.
    pub(super) single: bool,
    /// A list under another key opened after the list of records was closed; nothing of it came.
    pub(super) before_other: bool,
    /// The list that is open is such a one.
    pub(super) in_other: bool,
    /// Its list came: it is a page.
    pub(super) is_page: bool,
    /// It names a page that follows.
    pub(super) next_link: bool,
}

impl JsonCutter {
    pub(super) fn envelope(&mut self, rest: &[u8], at: usize, spans: &mut Vec<Span>) -> usize {
        if self.envelope.before_other && !rest.first().is_some_and(u8::is_ascii_whitespace) {
            self.envelope.before_other = false;
            if rest.first() == Some(&b'{') {
                self.envelope.depth -= 1;
                self.open_list();
                self.envelope.in_other = true;
                self.other_lists += 1;
                return 0;
            }
        }
        match rest.first() {
            Some(b'"') => {
                self.envelope.text.clear();
                self.state = Json::EnvelopeString;
            }
            Some(b':') if self.envelope.depth <= 2 => {
                self.envelope.in_value = true;
                self.envelope.key = std::mem::take(&mut self.envelope.text);
                if self.envelope.depth == 1 {
                    self.envelope.outer.clone_from(&self.envelope.key);
                }
                let next = [&b"@odata.nextLink"[..], b"__next"];
                if next.iter().any(|key| self.envelope.key.eq_ignore_ascii_case(key)) {
                    self.envelope.next_link = true;
                    self.next_link |= self.envelope.is_page;
                }
            }
            Some(b'[') if self.is_record_key() => {
                self.open_list();
                self.let_go_of_page();
            }
            // A list of one, as PowerShell prints it.
            Some(b'{') if self.is_record_key() => {
                self.envelope.single = true;
                self.begin_page();
                self.listed |= self.layout.envelope == Some(EVERY);
                (self.start, self.depth) = (Some(at), 1);
                self.state = Json::Record;
            }
            // `null`: an empty list.
            Some(b'n') if self.is_record_key() => self.let_go_of_page(),
            Some(b',') => self.envelope.in_value = false,
            Some(bracket @ (b'{' | b'[')) => {
                let top = self.envelope.depth == 1 && self.envelope.in_value;
                self.envelope.before_other = *bracket == b'[' && top && self.may_be_other();
                self.envelope.depth += 1;
            }
            Some(b'}' | b']') => {
                self.envelope.in_value = false;
                self.envelope.depth = self.envelope.depth.saturating_sub(1);
                if self.envelope.depth == 0 {
                    self.envelope.inside = false;
                    self.close(at + 1, spans);
                }
            }
            _ => {}
        }
        1
    }

    /// Whether a list that opens now is a further one.
    fn may_be_other(&self) -> bool {
        self.layout.others && self.listed && self.start.is_none()
    }

    fn open_list(&mut self) {
        self.open_arrays += 1;
        (self.envelope.in_records, self.envelope.level) = (true, self.open_arrays);
        self.listed = true;
        self.state = Json::Between;
    }

    /// The list of a page begins, or what stands in its place: what page follows is told by this one now, no longer by
    /// those in front of it.
    fn begin_page(&mut self) {
        self.envelope.is_page = true;
        self.next_link = self.envelope.next_link;
    }

    /// The object is an envelope: no record itself, even where its list is empty. Where there are lists under any key, a
    /// record in one of them has to say so.
    fn let_go_of_page(&mut self) {
        self.begin_page();
        if self.layout.envelope != Some(EVERY) {
            self.start = None;
        }
    }

    /// Lets go of an object that may be an envelope: whether there was one.
    pub(in crate::ingest::text::cut) fn let_go_of_envelope(&mut self) -> bool {
        matches!(self.state, Json::Envelope | Json::EnvelopeString) && self.start.take().is_some()
    }

    /// Whether what came is an envelope up to its list.
    pub(in crate::ingest::text::cut) fn is_in_list(&self) -> bool {
        self.state == Json::Between && self.envelope.in_records
    }

    fn is_record_key(&self) -> bool {
        let Some(path) = self.layout.envelope.filter(|_| self.envelope.in_value) else { return false };
        if path == EVERY {
            return self.envelope.depth == 1;
        }
        let is = |found: &[u8], key: &str| found.eq_ignore_ascii_case(key.as_bytes());
        match path.split_once('/') {
            None => self.envelope.depth == 1 && is(&self.envelope.key, path),
            Some((outer, key)) => {
                self.envelope.depth == 2 && is(&self.envelope.outer, outer) && is(&self.envelope.key, key)
            }
        }
    }

    pub(super) fn envelope_string(&mut self, rest: &[u8]) -> usize {
        if std::mem::take(&mut self.escaped) {
            return 1;
        }
        let stop = memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
        let room = 64usize.saturating_sub(self.envelope.text.len());
        self.envelope.text.extend(rest.iter().take(stop.min(room)));
        match rest.get(stop) {
            None => stop,
            Some(b'"') => {
                self.state = Json::Envelope;
                stop + 1
            }
            Some(_) => {
                self.escaped = true;
                stop + 1
            }
        }
    }
}
