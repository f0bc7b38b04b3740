//! The records inside one that is damaged: it may have swallowed those behind it.

use super::{Attempt, REACH};
use crate::ingest::sniff;
use crate::ingest::text::cut::{Cutter, JsonLayout, Layout, Span};

/// The records of a damaged text, cut piece by piece: what is behind the next damage is not looked at twice.
pub(super) struct Pieces<'t> {
    text: &'t [u8],
    cutter: Option<Cutter>,
    spans: Vec<Span>,
    given: usize,
    fed: usize,
    /// How much of a record is cut before it is looked into.
    pub(super) reach: usize,
    /// It does not end in what was looked at.
    pub(super) open: bool,
    /// Where a page begins that is being cut.
    page: Option<usize>,
}

impl<'t> Pieces<'t> {
    /// The text as one piece.
    pub(super) fn whole(text: &'t [u8]) -> Self {
        let spans = vec![Span { start: 0, end: text.len() }];
        Self { text, cutter: None, spans, given: 0, fed: text.len(), reach: REACH, open: false, page: None }
    }

    /// The text from `start`, where a record begins.
    pub(super) fn from(text: &'t [u8], start: usize, layout: &Layout) -> Self {
        let mut cutter = layout.cutter_inside();
        cutter.restart(start);
        Self::cut_by(text, start, cutter)
    }

    /// The records of a page that begins at `start`, and what is behind it.
    pub(super) fn of_page(text: &'t [u8], start: usize, page: JsonLayout) -> Self {
        let layout = Layout::Json(JsonLayout { others: true, ..page });
        Self { page: Some(start), ..Self::cut_by(text, start, layout.cutter()) }
    }

    fn cut_by(text: &'t [u8], start: usize, cutter: Cutter) -> Self {
        let spans = Vec::new();
        Self { text, cutter: Some(cutter), spans, given: 0, fed: start, reach: REACH, open: false, page: None }
    }

    /// How the records are arranged in a text that is no record but a page of them: what was cut as a record among others,
    /// or as a page of another kind.
    pub(super) fn page_in(&self, text: &[u8], start: usize, whole: &Attempt<'_>) -> Option<JsonLayout> {
        if whole.result.is_ok() || !text.starts_with(b"{") || self.page == Some(start) {
            return None;
        }
        sniff::page(&serde_json::from_slice(text).ok()?)
    }

    /// The next record, or as much as was looked at of one that does not end.
    pub(super) fn next(&mut self) -> Option<Span> {
        const PIECE: usize = 4 * 1024;
        self.open = false;
        let first = self.fed;
        loop {
            if let Some(span) = self.spans.get(self.given).copied() {
                self.given += 1;
                self.reach = REACH;
                return Some(span);
            }
            let cutter = self.cutter.as_mut()?;
            if self.fed == self.text.len() {
                cutter.finish(self.text, &mut self.spans);
                drop_others(cutter, self.text, &mut self.spans, self.given);
                self.cutter = None;
                continue;
            }
            if let Some(start) = cutter.open_at().filter(|start| self.fed - start >= self.reach && self.fed > first) {
                self.open = true;
                return Some(Span { start, end: self.fed });
            }
            let end = self.text.len().min(self.fed + PIECE);
            cutter.feed(self.text.get(..end).unwrap_or_default(), self.fed, &mut self.spans);
            drop_others(cutter, self.text, &mut self.spans, self.given);
            self.fed = end;
        }
    }
}

/// Of the records from `known` on, those of a page's further lists are none that are objects of no export.
fn drop_others(cutter: &mut Cutter, text: &[u8], spans: &mut Vec<Span>, known: usize) {
    let Cutter::Json(cutter) = cutter else { return };
    let others = std::mem::take(&mut cutter.others);
    if others.is_empty() {
        return;
    }
    let mut at = 0;
    spans.retain(|span| {
        at += 1;
        let is_other = at > known && others.iter().any(|(_, start)| *start == span.start);
        let object = || serde_json::from_slice(text.get(span.start..span.end).unwrap_or_default());
        !is_other || object().map_or(true, |object| sniff::holds_record(&object))
    });
}
