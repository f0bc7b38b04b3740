//! What the columns of a hand-made table are called: blanks, marks and case are whoever made it liked.

use serde_json::Value;

use crate::timeline::json;

/// The names that a column may have, without blanks and marks, in lower case; the first that is there counts.
pub type Names = &'static [&'static str];

/// A name without blanks and marks, in lower case.
pub fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// The values of the columns of these names, in the order of the names.
pub fn values(object: &Value, names: Names) -> impl Iterator<Item = &Value> {
    let members = || object.as_object().into_iter().flatten();
    names.iter().filter_map(move |name| members().find(|(own, _)| plain(own) == *name).map(|(_, value)| value))
}

/// The first of these that is told.
pub fn first(object: &Value, names: Names) -> Option<String> {
    values(object, names).find_map(json::scalar_text)
}
