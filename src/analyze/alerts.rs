//! Microsoft's own alerts about the account (record types 40 and 98): their names, and the record that set each off.

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

impl Alert<'_, '_> {
    /// Whether the record with this native id set it off.
    pub fn is_by(&self, native: Option<&str>) -> bool {
        native.is_some_and(|id| self.cause.as_deref() == Some(id.to_lowercase().as_str()))
    }

    /// Whether the record that set it off is on the table; otherwise the alert stands for what no record shows.
    pub fn is_caused(&self, exam: &Exam<'_>) -> bool {
        exam.rows.iter().any(|row| self.is_by(row.event.event_id.as_deref()))
    }
}

/// The window's alerts about the account whose names contain one of `words` (lower-case).
pub fn named<'a, 'e>(exam: &'a Exam<'e>, words: &[&str]) -> Vec<Alert<'a, 'e>> {
    let rows = exam.window_rows().filter(|row| matches!(row.event.record_type, Some(40 | 98)) && row.parts.any());
    let alerts = rows.map(|row| {
        let object = details::object(row.event);
        let inner = json::text(&object, "Data").and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let name = json::text(&object, "Name").or_else(|| json::text(&inner, "an")).unwrap_or_default();
        let cause = json::text(&inner, "reid").map(|id| id.trim().to_lowercase());
        Alert { row, name, cause }
    });
    alerts.filter(|alert| words.iter().any(|word| alert.name.to_lowercase().contains(word))).collect()
}
