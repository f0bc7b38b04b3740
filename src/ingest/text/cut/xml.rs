//! Cuts an XML export into its `<Event>` elements, and what stands between them and is none.

use memchr::memmem;

use crate::ingest::text::cut::Span;

/// Cuts `<Event …>…</Event>` elements.
#[derive(Default)]
pub struct XmlCutter {
    start: Option<usize>,
    /// Everything before was searched.
    seen: usize,
    /// Where the last record ended.
    after: usize,
}

impl XmlCutter {
    /// Gives up what is open: a record begins at `at`.
    pub(super) fn restart(&mut self, at: usize) {
        *self = Self { after: at, seen: at, start: None };
    }

    /// `by` bytes were taken out of the front of the buffer.
    pub(super) fn rebase(&mut self, by: usize) {
        self.start = self.start.map(|start| start.saturating_sub(by));
        self.seen = self.seen.saturating_sub(by);
        self.after = self.after.saturating_sub(by);
    }

    /// Text behind the last record may turn out to be a broken one: it stays in the buffer as well.
    pub(super) fn open_at(&self) -> Option<usize> {
        Some(self.start.unwrap_or(self.after))
    }

    pub(super) fn feed(&mut self, buffer: &[u8], from: usize, spans: &mut Vec<Span>) {
        if self.start.is_none() {
            self.seen = self.seen.max(from.saturating_sub(OPEN.len()).max(self.after));
        }
        loop {
            let Some(start) = self.start else {
                let Some(found) = find_event(buffer, self.seen) else {
                    self.seen = self.seen.max(buffer.len().saturating_sub(OPEN.len()));
                    return;
                };
                self.gap(buffer, found, spans);
                self.start = Some(found);
                self.seen = found;
                continue;
            };
            let Some(end) = element_end(buffer, start, self.seen) else {
                self.seen = buffer.len().saturating_sub(CLOSE.len()).max(start);
                return;
            };
            spans.push(Span { start, end });
            self.start = None;
            self.seen = end;
            self.after = end;
        }
    }

    /// What stands between two elements and belongs to neither is a record that lost its beginning, or what took the place
    /// of one; whether there was something.
    fn gap(&mut self, buffer: &[u8], end: usize, spans: &mut Vec<Span>) -> bool {
        let gap = buffer.get(self.after..end).unwrap_or_default();
        let found = foreign(gap).map(|span| Span { start: self.after + span.start, end: self.after + span.end });
        spans.extend(found);
        self.after = end;
        found.is_some()
    }

    pub(super) fn finish(&mut self, buffer: &[u8], spans: &mut Vec<Span>) -> bool {
        if let Some(start) = self.start.take() {
            spans.push(Span { start, end: buffer.len() });
            return false;
        }
        let end = buffer.iter().rposition(|byte| !matches!(byte, 0 | 0x1a)).map_or(0, |last| last + 1);
        let tail = buffer.get(self.after..end).unwrap_or_default();
        let closed = memmem::find(tail, ROOT_CLOSE).is_some() || tail.trim_ascii_end().ends_with(b"/>");
        !self.gap(buffer, end.max(self.after), spans) && closed
    }
}

/// Whether an `<Event>` that was cut out is closed: by its own tag, or by being one tag alone. A child that closes itself
/// closes nothing else.
pub fn is_closed_event(element: &str) -> bool {
    element.ends_with("</Event>") || element.ends_with("/>") && element.rfind('<') == Some(0)
}

/// What a text outside the elements holds beside blanks, comments and the tags of the root.
fn foreign(gap: &[u8]) -> Option<Span> {
    let is_blank = |byte: &&u8| byte.is_ascii_whitespace() || **byte == 0x1a;
    let mut start = 0;
    let rest = loop {
        start += gap.get(start..)?.iter().take_while(is_blank).count();
        let rest = gap.get(start..)?;
        match frame(rest) {
            Some(length) => start += length,
            None => break rest,
        }
    };
    // A file may have been cut inside of its last tag.
    if b"</SearchResults>".starts_with(rest) {
        return None;
    }
    let behind = memmem::rfind(rest, ROOT_CLOSE).filter(|close| *close > 0);
    let end = behind.filter(|close| rest.get(*close..).and_then(foreign).is_none()).unwrap_or(rest.len());
    Some(Span { start, end: start + rest.get(..end)?.trim_ascii_end().len() })
}

/// How long the comment, instruction, mark or tag of the root is that a text begins with.
fn frame(text: &[u8]) -> Option<usize> {
    const FRAMES: [(&[u8], &[u8]); 5] =
        [(b"<?", b"?>"), (b"<!--", b"-->"), (b"<SearchResults", b">"), (ROOT_CLOSE, b">"), (b"\xef\xbb\xbf", b"")];
    let (open, close) = FRAMES.iter().find(|(open, _)| text.starts_with(open))?;
    memmem::find(text.get(open.len()..)?, close).map(|end| open.len() + end + close.len())
}

const ROOT_CLOSE: &[u8] = b"</SearchResults";
const OPEN: &[u8] = b"<Event";
const CLOSE: &[u8] = b"</Event>";

pub(super) fn find_event(buffer: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let found = at + memmem::find(buffer.get(at..)?, OPEN)?;
        match buffer.get(found + OPEN.len())? {
            byte if byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/') => return Some(found),
            _ => at = found + OPEN.len(),
        }
    }
}

/// One past the end of the element that starts at `start`; the close tag is searched from `seen`. An element that was
/// not closed ends where the next one begins.
fn element_end(buffer: &[u8], start: usize, seen: usize) -> Option<usize> {
    let (tag_end, whole) = tag_end(buffer, start)?;
    if whole && buffer.get(tag_end - 1) == Some(&b'/') {
        return Some(tag_end + 1);
    }
    let from = tag_end.max(seen.saturating_sub(CLOSE.len()));
    let close = memmem::find(buffer.get(from..)?, CLOSE).map(|found| from + found);
    let searched = buffer.get(..close.unwrap_or(buffer.len())).unwrap_or_default();
    match (find_event(searched, from.max(start + 1)), close) {
        (Some(next), _) => Some(next - trailing_blanks(buffer.get(start..next).unwrap_or_default())),
        (None, close) => close.map(|close| close + CLOSE.len()),
    }
}

fn trailing_blanks(text: &[u8]) -> usize {
    text.len() - text.trim_ascii_end().len()
}

/// The `>` of the tag that starts at `start`. A tag with a broken quote ends where the next one begins, and is not whole.
fn tag_end(buffer: &[u8], start: usize) -> Option<(usize, bool)> {
    let mut quote = None;
    for (step, byte) in buffer.get(start..)?.iter().enumerate() {
        match (quote, byte) {
            // `<` cannot stand in a tag, and not in its values either.
            (_, b'<') if step > 0 => return Some((start + step - 1, false)),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            (None, b'>') => return Some((start + step, true)),
            _ => {}
        }
    }
    None
}
