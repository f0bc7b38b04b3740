//! Text copied from evidence: hostile until a renderer has escaped it for its own medium.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// Text that came, wholly or partly, out of an evidence file.
///
/// It has no `Display`: the only way to print it is through `report::text`, which escapes it for
/// HTML, CSV, a terminal or a spreadsheet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// Marks `text` as coming from evidence.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as it stands in the evidence, for comparing and for the escapers of `report::text`.
    pub fn as_evidence(&self) -> &str {
        &self.0
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Untrusted {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// Whether it is made of the letters, digits and signs of ASCII, and blanks: nothing of that is hidden anywhere. Most text
/// is, and a timeline has gigabytes of it.
pub fn is_plain(text: &str) -> bool {
    text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
}

/// Whether a character beyond ASCII would not be seen, or acts on a terminal or on the reading direction instead of being
/// shown.
pub fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{80}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Makes serialised JSON safe to look at: characters that act on a terminal or turn the reading direction are
/// written as `\uXXXX`. The value is the same to every JSON reader.
pub fn json(serialised: &str) -> Cow<'_, str> {
    // Line breaks of the layout stand outside of strings; inside of strings serde_json has escaped them already.
    let hidden = |c: char| c == '\u{7f}' || is_unseen(c);
    if is_plain(serialised) || !serialised.chars().any(hidden) {
        return Cow::Borrowed(serialised);
    }
    let mut out = String::with_capacity(serialised.len() + 16);
    for c in serialised.chars() {
        if hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}
