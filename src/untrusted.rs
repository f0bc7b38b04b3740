//! Text copied from evidence: hostile until a renderer has escaped it for its own medium.

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
