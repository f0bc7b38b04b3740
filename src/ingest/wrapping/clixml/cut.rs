//! Finds the objects of PowerShell's XML in a stream: those at the top, and the elements of a list that was exported
//! whole.

use memchr::{memchr, memchr2, memmem};

use crate::ingest::text::cut::Span;

/// The first letters of an element's name: none that matters is longer.
type Name = [u8; 8];

const ROOT: Name = *b"Objs\0\0\0\0";
const NIL: Name = *b"Nil\0\0\0\0\0";
const TEXT: Name = *b"S\0\0\0\0\0\0\0";
const OBJECT: Name = *b"Obj\0\0\0\0\0";
/// Lists of every kind.
const LISTS: [Name; 4] = [*b"LST\0\0\0\0\0", *b"IE\0\0\0\0\0\0", *b"QUE\0\0\0\0\0", *b"STK\0\0\0\0\0"];
/// What an object names its types by.
const TYPES: [Name; 2] = [*b"TN\0\0\0\0\0\0", *b"TNRef\0\0\0"];
/// What stands in objects only: where a record should begin, the beginning of one is lost.
const PARTS: [Name; 6] = [TYPES[0], TYPES[1], *b"ToString", *b"Props\0\0\0", *b"MS\0\0\0\0\0\0", *b"DCT\0\0\0\0\0"];

/// So many elements inside of each other are counted; no object has as many.
const DEEPEST: usize = 4096;

/// Cuts `<Obj>…</Obj>` (and bare `<S>…</S>`) elements that stand for one record each. An element that lost its end ends
/// where one around it does, or the next record begins.
#[derive(Debug)]
pub struct ObjectCutter {
    /// Everything before is behind us.
    at: usize,
    start: Option<usize>,
    /// The elements that are open.
    open: Vec<Name>,
    /// Elements that are opened with so many open are records.
    base: usize,
    /// The same around the records that turned out to be lists of records.
    lists: Vec<usize>,
    /// Nothing but the names of its types has come of the open object: it may be a list.
    fresh: bool,
    /// A file ended: what is behind it is another, or was appended to it.
    ended: bool,
}

impl Default for ObjectCutter {
    fn default() -> Self {
        Self { at: 0, start: None, open: Vec::new(), base: 1, lists: Vec::new(), fresh: false, ended: false }
    }
}

impl ObjectCutter {
    /// Everything before may be taken out of the buffer.
    pub fn open_at(&self) -> Option<usize> {
        Some(self.start.unwrap_or(self.at))
    }

    /// Gives up what is open: a record begins at `at`.
    pub fn restart(&mut self, at: usize) {
        *self = Self { at, open: vec![ROOT], ..Self::default() };
    }

    /// `by` bytes were taken out of the front of the buffer.
    pub fn rebase(&mut self, by: usize) {
        self.at = self.at.saturating_sub(by);
        self.start = self.start.map(|start| start.saturating_sub(by));
    }

    /// Looks at what is new in the buffer.
    pub fn feed(&mut self, buffer: &[u8], spans: &mut Vec<Span>) {
        while let Some(rest) = buffer.get(self.at..) {
            let open = memchr(b'<', rest);
            let text = rest.get(..open.unwrap_or(rest.len())).filter(|_| self.is_between());
            let begin = text.and_then(|text| begin_of_text(text, self.open.is_empty()));
            let lead = begin.map(|begin| self.at + begin);
            let Some(open) = open else {
                // What stands between records is looked at when it is whole.
                self.at = lead.unwrap_or(buffer.len());
                return;
            };
            let tag = rest.get(open..).unwrap_or_default();
            let Some(end) = memchr2(b'>', b'<', tag.get(1..).unwrap_or_default()) else {
                self.at = lead.unwrap_or(self.at + open);
                return;
            };
            // A tag that lost its end ends in front of the next.
            let length = end + 1 + usize::from(tag.get(end + 1) == Some(&b'>'));
            let open = self.at + open;
            self.at = open + length;
            self.tag(Tag { text: tag.get(..length).unwrap_or_default(), open, lead }, buffer, spans);
        }
    }

    fn tag(&mut self, tag: Tag<'_>, buffer: &[u8], spans: &mut Vec<Span>) {
        let (name, empty, end) = (name_of(tag.text), tag.text.ends_with(b"/>"), tag.open + tag.text.len());
        let closes = tag.text.get(1) == Some(&b'/');
        let is_part = !closes && (PARTS.contains(&name) || LISTS.contains(&name));
        if let Some(start) = tag.lead.filter(|_| !is_part) {
            spans.push(without_blanks(buffer, start, tag.open));
        }
        match tag.text.get(1) {
            Some(b'?' | b'!') | None => return,
            _ if closes => return self.close(&tag, buffer, spans),
            Some(_) => {}
        }
        if self.ended && self.open.is_empty() {
            self.open.push(ROOT);
        }
        let between = self.is_between();
        if name == ROOT {
            // Another file may be glued behind the first.
            self.end_record(tag.open, buffer, spans);
            *self = Self { at: self.at, ..Self::default() };
        } else if between && is_part {
            self.start = Some(tag.lead.unwrap_or(tag.open));
            self.fresh = false;
            self.open.push(OBJECT);
        } else if self.begins_record(name, &tag) {
            self.end_record(tag.open, buffer, spans);
            self.open.truncate(self.base);
            if empty {
                spans.extend((name != NIL).then_some(Span { start: tag.open, end }));
                return;
            }
            self.start = Some(tag.open);
            self.fresh = name == OBJECT;
        } else if self.start.is_some() && self.open.len() == self.base + 1 {
            if self.fresh && LISTS.contains(&name) {
                self.start = None;
                if !empty {
                    self.lists.push(self.base);
                    self.base = self.open.len() + 1;
                }
            }
            self.fresh &= TYPES.contains(&name);
        }
        if !empty && self.open.len() < DEEPEST {
            self.open.push(name);
        }
    }

    /// Whether nothing is open but what holds records, or a file ended.
    fn is_between(&self) -> bool {
        self.start.is_none() && (self.open.len() == self.base || self.ended && self.open.is_empty())
    }

    /// Whether a record begins with a tag: where records are, or where the one that is open cannot have such an element,
    /// because what stands in objects has a name, but for the elements of lists; a text has no elements at all.
    fn begins_record(&self, name: Name, tag: &Tag<'_>) -> bool {
        let Some(inside) = self.open.get(self.base..) else { return false };
        let of_text = self.start.is_some() && inside.first() == Some(&TEXT);
        let has = |key: &[u8]| memmem::find(tag.text, key).is_some();
        let nameless = || has(b" RefId=") && !has(b" N=");
        let in_list = || inside.iter().any(|open| LISTS.contains(open));
        (inside.is_empty() && self.start.is_none()) || of_text || name == OBJECT && nameless() && !in_list()
    }

    /// The record that is open ends in front of `end`, where something begins that is none of it.
    fn end_record(&mut self, end: usize, buffer: &[u8], spans: &mut Vec<Span>) {
        spans.extend(self.start.take().map(|start| without_blanks(buffer, start, end)));
    }

    /// The innermost element of this name ends, with all that is open in it; where there is none, nothing does.
    fn close(&mut self, tag: &Tag<'_>, buffer: &[u8], spans: &mut Vec<Span>) {
        let name = name_of(tag.text);
        let Some(at) = self.open.iter().rposition(|open| *open == name) else { return };
        self.open.truncate(at);
        self.ended |= at == 0;
        if at == self.base {
            spans.extend(self.start.take().map(|start| Span { start, end: tag.open + tag.text.len() }));
        } else if at < self.base {
            self.end_record(tag.open, buffer, spans);
            while self.open.len() < self.base
                && let Some(base) = self.lists.pop()
            {
                self.base = base;
            }
        }
    }

    /// The stream ended; whether everything was closed.
    pub fn finish(&mut self, buffer: &[u8], spans: &mut Vec<Span>) -> bool {
        if let Some(start) = self.start.take() {
            spans.push(Span { start, end: buffer.len() });
        } else if self.is_between() {
            let rest = buffer.get(self.at..).unwrap_or_default();
            let end = buffer.len() - rest.iter().rev().take_while(|byte| is_padding(**byte)).count();
            // Of a tag that does not end nothing is known.
            if self.at < end && !rest.starts_with(b"<") {
                spans.push(without_blanks(buffer, self.at, end));
            }
        }
        self.open.is_empty()
    }
}

/// A tag and where it stands.
struct Tag<'t> {
    text: &'t [u8],
    open: usize,
    /// Where text begins in front of it that stands between records.
    lead: Option<usize>,
}

/// What stands behind a file that was padded.
fn is_padding(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, 0 | 0x1a)
}

/// Where in what stands in front of a tag text begins: behind blanks, and what stands between two files.
fn begin_of_text(text: &[u8], between_files: bool) -> Option<usize> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let mut rest = text;
    while let Some(first) = rest.first() {
        rest = match rest.strip_prefix(MARK).filter(|_| between_files) {
            Some(behind) => behind,
            None if first.is_ascii_whitespace() || between_files && is_padding(*first) => rest.get(1..)?,
            None => return Some(text.len() - rest.len()),
        };
    }
    None
}

fn without_blanks(buffer: &[u8], start: usize, end: usize) -> Span {
    Span { start, end: start + buffer.get(start..end).unwrap_or_default().trim_ascii_end().len() }
}

fn name_of(tag: &[u8]) -> Name {
    let mut name = Name::default();
    let letters = tag.get(1..).unwrap_or_default();
    let letters = letters.strip_prefix(b"/").unwrap_or(letters);
    for (slot, letter) in name.iter_mut().zip(letters.iter().take_while(|letter| letter.is_ascii_alphanumeric())) {
        *slot = *letter;
    }
    name
}

/// The next object at or behind `from`.
pub fn next_object(text: &[u8], from: usize) -> Option<usize> {
    memmem::find(text.get(from..)?, b"<Obj ").map(|found| from + found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> (Vec<&str>, bool) {
        let mut all: Option<(Vec<Span>, bool)> = None;
        for size in [1, 3, 4096] {
            let (mut cutter, mut spans, mut buffer) = (ObjectCutter::default(), Vec::new(), Vec::new());
            for piece in text.as_bytes().chunks(size) {
                buffer.extend_from_slice(piece);
                cutter.feed(&buffer, &mut spans);
            }
            let whole = cutter.finish(&buffer, &mut spans);
            if let Some(all) = &all {
                assert_eq!(*all, (spans.clone(), whole), "pieces of {size}");
            }
            all = Some((spans, whole));
        }
        let (spans, whole) = all.unwrap();
        (spans.iter().map(|span| text.get(span.start..span.end).unwrap_or_default()).collect(), whole)
    }

    #[test]
    fn objects_at_the_top_texts_and_copies() {
        let text = "<Objs V=\"1\">\n <Obj RefId=\"0\"><MS><Obj N=\"x\" RefId=\"1\"><LST><S>a</S></LST></Obj></MS></Obj>\
            <Nil /><S>{}</S><Ref RefId=\"0\" /></Objs>";
        let (found, whole) = cut(text);
        assert_eq!(found.len(), 3);
        assert!(found[0].starts_with("<Obj RefId=\"0\">") && found[0].ends_with("</MS></Obj>") && whole);
        assert_eq!(&found[1..], ["<S>{}</S>", "<Ref RefId=\"0\" />"]);
    }

    #[test]
    fn the_elements_of_a_list_are_the_records() {
        let text = "<Objs><Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Object[]</T></TN><LST>\
            <Obj RefId=\"1\"><MS/></Obj><Obj RefId=\"2\"><MS/></Obj></LST>\
            <MS><I32 N=\"Count\">2</I32></MS></Obj><Obj RefId=\"3\"><MS/></Obj></Objs>";
        let (found, whole) = cut(text);
        let expected: Vec<String> = (1..4).map(|id| format!("<Obj RefId=\"{id}\"><MS/></Obj>")).collect();
        assert_eq!(found, expected);
        assert!(whole);
    }

    #[test]
    fn one_damaged_tag_costs_its_own_record_only() {
        let record = |id: usize| {
            format!(
                "<Obj RefId=\"{id}\"><TN><T>X</T></TN><Props><S N=\"a\">v</S><Obj N=\"l\" RefId=\"1{id}\"><TNRef RefId=\"0\" />\
                 <LST><Obj RefId=\"2{id}\"><MS><S N=\"b\">w</S></MS></Obj></LST></Obj></Props></Obj>"
            )
        };
        let whole = record(2);
        let places = whole.match_indices(['<', '>', '/', 'O', 'P', 'L', 'S']).map(|(at, _)| at);
        for (place, with) in places.flat_map(|place| ["#", "", "\n\n\n", "<Obj>"].map(|with| (place, with))) {
            let mut damaged = whole.clone();
            damaged.replace_range(place..=place, with);
            let text = format!("<Objs>\n{}\n{damaged}\n{}\n{}</Objs>", record(1), record(3), record(4));
            let (found, _) = cut(&text);
            assert_eq!(found[0], record(1));
            assert_eq!(found[found.len() - 2..], [record(3), record(4)], "{text}");
            assert!((3..=5).contains(&found.len()), "{found:#?}");
        }
        // Of a text as well.
        let texts = "<Objs><S>{1}</S><S>{2}#/S><S>{3}</S><S>{4}</S></Objs>";
        assert_eq!(cut(texts).0, ["<S>{1}</S>", "<S>{2}#/S>", "<S>{3}</S>", "<S>{4}</S>"]);
    }

    #[test]
    fn what_took_the_place_of_an_object_is_cut_out() {
        let text = "<Objs><Obj RefId=\"0\"><MS/></Obj>\n\0\0\0\0\0\n<Obj RefId=\"1\"><MS/></Obj> gone </Objs>\n\0\0";
        let (found, whole) = cut(text);
        let expected = ["<Obj RefId=\"0\"><MS/></Obj>", "\0\0\0\0\0", "<Obj RefId=\"1\"><MS/></Obj>", "gone"];
        assert_eq!(found, expected);
        assert!(whole);
        let text = "<Objs>\n<Obj RefId=\"0\"><MS/></Obj>\n#Obj RefId=\"1\"><TN/><MS><S N=\"a\">b</S></MS></Obj></Objs>";
        let list = "<Objs><Obj RefId=\"0\"><LST><Obj RefId=\"1\"><MS/></Obj>#</LST></Obj></Objs>";
        assert_eq!(cut(list).0, ["<Obj RefId=\"1\"><MS/></Obj>", "#"]);
        assert_eq!(cut(text).0[1..], ["#Obj RefId=\"1\"><TN/><MS><S N=\"a\">b</S></MS></Obj>"]);
    }

    #[test]
    fn what_was_appended_behind_a_file_is_cut_out() {
        let (one, two) = ("<Obj RefId=\"0\"><MS/></Obj>", "<Obj RefId=\"1\"><MS/></Obj>");
        for behind in ["", "\n", "\n\0\0\0\0\x1a", "<!-- end -->"] {
            assert_eq!(cut(&format!("<Objs>{one}</Objs>{behind}")), (vec![one], true), "{behind:?}");
        }
        for between in ["", "\r\n", "\n\u{feff}", "<?xml version=\"1.0\"?>", "\0\u{feff}"] {
            let text = format!("<Objs>{one}</Objs>{between}<Objs>{two}</Objs>");
            assert_eq!(cut(&text), (vec![one, two], true), "{between:?}");
        }
        assert_eq!(cut(&format!("<Objs>{one}</Objs>\n{{\"a\": 1}}\n")), (vec![one, "{\"a\": 1}"], true));
        // The first line of the second file is lost.
        assert_eq!(cut(&format!("<Objs>{one}</Objs>\n{two}</Objs>")), (vec![one, two], true));
    }

    #[test]
    fn a_file_that_was_cut() {
        let (found, whole) = cut("<Objs><Obj RefId=\"0\"><MS/></Obj><Obj RefId=\"1\"><MS><S N=\"a\">b");
        assert_eq!((found.len(), whole), (2, false));
    }
}
