//! Finds the objects of PowerShell's XML in a stream: those at the top, and the elements of a list that was exported
//! whole.

use memchr::{memchr, memmem};

use crate::ingest::cut::Span;

/// Cuts `<Obj>…</Obj>` (and bare `<S>…</S>`) elements that stand for one record each.
#[derive(Debug)]
pub struct ObjectCutter {
    /// Everything before is behind us.
    at: usize,
    start: Option<usize>,
    /// Open elements.
    depth: usize,
    /// Elements that are opened at this depth are records.
    base: usize,
    /// Depths of the records that turned out to be lists of records.
    lists: Vec<usize>,
    /// Nothing but the names of its types has come of the open object: it may be a list.
    fresh: bool,
}

impl Default for ObjectCutter {
    fn default() -> Self {
        Self { at: 0, start: None, depth: 0, base: 1, lists: Vec::new(), fresh: false }
    }
}

impl ObjectCutter {
    /// Everything before may be taken out of the buffer.
    pub fn open_at(&self) -> Option<usize> {
        Some(self.start.unwrap_or(self.at))
    }

    /// Gives up what is open: a record begins at `at`.
    pub fn restart(&mut self, at: usize) {
        *self = Self { at, depth: 1, ..Self::default() };
    }

    /// `by` bytes were taken out of the front of the buffer.
    pub fn rebase(&mut self, by: usize) {
        self.at = self.at.saturating_sub(by);
        self.start = self.start.map(|start| start.saturating_sub(by));
    }

    /// Looks at what is new in the buffer.
    pub fn feed(&mut self, buffer: &[u8], spans: &mut Vec<Span>) {
        while let Some(rest) = buffer.get(self.at..) {
            let Some(open) = memchr(b'<', rest) else {
                self.at = buffer.len();
                return;
            };
            let Some(tag) = rest.get(open..).and_then(|rest| rest.get(..=memchr(b'>', rest)?)) else {
                self.at += open;
                return;
            };
            let open = self.at + open;
            self.at = open + tag.len();
            self.tag(tag, open, spans);
        }
    }

    fn tag(&mut self, tag: &[u8], open: usize, spans: &mut Vec<Span>) {
        let end = open + tag.len();
        let name = name_of(tag);
        let empty = tag.ends_with(b"/>");
        match tag.get(1) {
            Some(b'?' | b'!') | None => return,
            Some(b'/') => return self.close(end, spans),
            Some(_) => {}
        }
        if name == b"Objs" {
            // Another file may be glued behind the first.
            if let Some(start) = self.start.take() {
                spans.push(Span { start, end: open });
            }
            *self = Self { at: self.at, depth: usize::from(!empty), ..Self::default() };
            return;
        }
        if self.start.is_none() && self.depth == self.base {
            match (empty, name) {
                (true, b"Nil") => return,
                (true, _) => return spans.push(Span { start: open, end }),
                (false, _) => {
                    self.start = Some(open);
                    self.fresh = name == b"Obj";
                }
            }
        } else if self.start.is_some() && self.depth == self.base + 1 {
            let list = matches!(name, b"LST" | b"IE" | b"QUE" | b"STK");
            if list && self.fresh {
                self.start = None;
                if !empty {
                    self.lists.push(self.base);
                    self.base = self.depth + 1;
                }
            }
            self.fresh &= matches!(name, b"TN" | b"TNRef");
        }
        self.depth += usize::from(!empty);
    }

    fn close(&mut self, end: usize, spans: &mut Vec<Span>) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth == self.base
            && let Some(start) = self.start.take()
        {
            spans.push(Span { start, end });
        } else if self.depth < self.base
            && let Some(base) = self.lists.pop()
        {
            self.base = base;
        }
    }

    /// The stream ended; whether everything was closed.
    pub fn finish(&mut self, buffer: &[u8], spans: &mut Vec<Span>) -> bool {
        if let Some(start) = self.start.take() {
            spans.push(Span { start, end: buffer.len() });
        }
        self.depth == 0
    }
}

fn name_of(tag: &[u8]) -> &[u8] {
    let rest = tag.get(1..).unwrap_or_default();
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    rest.get(..length).unwrap_or_default()
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
    fn a_file_that_was_cut() {
        let (found, whole) = cut("<Objs><Obj RefId=\"0\"><MS/></Obj><Obj RefId=\"1\"><MS><S N=\"a\">b");
        assert_eq!((found.len(), whole), (2, false));
    }
}
