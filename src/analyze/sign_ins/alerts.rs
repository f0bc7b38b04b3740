//! Microsoft's own alerts about the account (record types 40 and 98): their names, and the record that set each off.

use serde_json::Value;

use crate::analyze::exam::{Exam, Row};
use crate::timeline::{details, json};

/// One alert of the window.
#[derive(Debug, Clone)]
pub struct Alert<'a, 'e> {
    /// The alert's record.
    pub row: &'a Row<'e>,
    /// Its name.
    pub name: String,
    /// The native id of the record that caused it (`Data.reid`), lower-cased.
    pub cause: Option<String>,
}

/// The operation that an organisation's own alerts about forwarding watch, whatever they are called.
const REDIRECT: &str = "MailRedirect";

impl Alert<'_, '_> {
    /// Whether the record with this native id set it off.
    pub fn is_by(&self, native: Option<&str>) -> bool {
        native.zip(self.cause.as_deref()).is_some_and(|(id, cause)| id.eq_ignore_ascii_case(cause))
    }

    /// Whether the record that set it off is on the table; otherwise the alert stands for what no record shows.
    pub fn is_caused(&self, exam: &Exam<'_>) -> bool {
        exam.rows.iter().any(|row| self.is_by(row.event.event_id.as_deref()))
    }
}

/// The window's alerts about the account whose names contain one of `words` (lower-case), or that watch mail being
/// redirected.
pub fn named<'a, 'e>(exam: &'a Exam<'e>, words: &[&str]) -> Vec<Alert<'a, 'e>> {
    all(exam, |name, inner| {
        is_called(name, words) || json::text(inner, "op").is_some_and(|op| op.eq_ignore_ascii_case(REDIRECT))
    })
}

/// Those whose names contain one of `words` (lower-case), and no others.
pub fn called<'a, 'e>(exam: &'a Exam<'e>, words: &[&str]) -> Vec<Alert<'a, 'e>> {
    all(exam, |name, _| is_called(name, words))
}

fn is_called(name: &str, words: &[&str]) -> bool {
    let name = name.to_lowercase();
    words.iter().any(|word| name.contains(word))
}

fn all<'a, 'e>(exam: &'a Exam<'e>, meant: impl Fn(&str, &Value) -> bool) -> Vec<Alert<'a, 'e>> {
    let rows = exam.window_rows().filter(|row| matches!(row.event.record_type, Some(40 | 98)) && row.parts.any());
    let alerts = rows.filter_map(|row| {
        let object = details::object(row.event);
        let inner = inner(&object);
        let name = name(&object).unwrap_or_default();
        let cause = json::text(&inner, "reid").map(|id| id.trim().to_lowercase());
        meant(&name, &inner).then_some(Alert { row, name, cause })
    });
    alerts.collect()
}

/// What the alert of this record is called: under `Name`, those of Defender for Cloud Apps (record type 98) under
/// `AlertDisplayName`, or within what it is about.
pub fn name(object: &Value) -> Option<String> {
    let mut told = ["Name", "AlertDisplayName"].into_iter().filter_map(|key| json::text(object, key));
    told.find(|name| !name.trim().is_empty()).or_else(|| json::text(&inner(object), "an"))
}

/// What the alert is about: text that holds an object, or the object itself; of a text that was cut what is whole.
fn inner(object: &Value) -> Value {
    match json::get(object, "Data") {
        Some(Value::String(text)) => {
            let whole = serde_json::from_str(text).ok();
            let part = || json::salvage(text).and_then(|part| serde_json::from_str(&part).ok());
            whole.or_else(part).unwrap_or_default()
        }
        Some(object @ Value::Object(_)) => object.clone(),
        _ => Value::Null,
    }
}
