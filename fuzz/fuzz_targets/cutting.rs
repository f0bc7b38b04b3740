//! Where records begin and end, in every layout: the same places, however the stream comes in pieces.
#![no_main]

use bectrace::ingest::text::cut::{EVERY, JsonLayout, Layout, Span};
use libfuzzer_sys::fuzz_target;

fn layout(choice: u8) -> Layout {
    let json = |lines, envelope, texts| Layout::Json(JsonLayout { lines, envelope, texts, others: envelope.is_some() });
    match choice % 10 {
        0 => Layout::Csv(b','),
        1 => Layout::Csv(b'\t'),
        2 => json(false, None, false),
        3 => json(true, None, false),
        4 => json(false, Some("value"), false),
        5 => json(false, None, true),
        6 => Layout::Xml,
        7 => Layout::OldCsv(b','),
        8 => json(false, Some(EVERY), false),
        _ => Layout::Clixml,
    }
}

/// What is cut out of `text` when it comes in pieces of `piece` bytes, and whether it ended whole.
fn cut(text: &[u8], layout: &Layout, piece: usize) -> (Vec<Span>, bool) {
    let (mut cutter, mut spans, mut fed) = (layout.cutter(), Vec::new(), 0);
    while fed < text.len() {
        let end = text.len().min(fed + piece);
        cutter.feed(&text[..end], fed, &mut spans);
        fed = end;
    }
    let whole = cutter.finish(text, &mut spans);
    (spans, whole)
}

fuzz_target!(|bytes: &[u8]| {
    let [choice, piece, text @ ..] = bytes else { return };
    let layout = layout(*choice);
    let (spans, whole) = cut(text, &layout, text.len().max(1));
    let mut behind = 0;
    for span in &spans {
        assert!(behind <= span.start && span.start < span.end && span.end <= text.len(), "{spans:?}");
        behind = span.end;
    }
    assert_eq!(cut(text, &layout, usize::from(*piece) + 1), (spans, whole));
});
