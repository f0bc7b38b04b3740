//! What a cmdlet's list parameter adds and takes out: a whole list, or `@{Add=…; Remove=…}` in either order.

/// What is added, and what is taken out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListChange {
    /// The entries of a whole list, or of its `Add` part.
    pub added: Vec<String>,
    /// The entries of its `Remove` part.
    pub removed: Vec<String>,
}

impl ListChange {
    /// Reads the parameter's value.
    pub fn of(value: &str) -> Self {
        let value = value.trim();
        let lower = value.to_ascii_lowercase();
        let is_table = value.starts_with("@{") && ["add=", "remove="].iter().any(|key| lower.contains(key));
        if !is_table {
            return Self { added: entries(value), removed: Vec::new() };
        }
        let part = |key: &str, other: &str| {
            let (at, end) = (lower.find(key)? + key.len(), lower.find(other));
            let end = end.filter(|end| *end >= at).unwrap_or(value.len());
            value.get(at..end)
        };
        let read = |key, other| part(key, other).map(entries).unwrap_or_default();
        Self { added: read("add=", "remove="), removed: read("remove=", "add=") }
    }
}

fn entries(list: &str) -> Vec<String> {
    let signs = [' ', '"', '\'', '{', '}', '(', ')', '[', ']'];
    let entries = list.split([',', ';', '"']).map(|entry| entry.trim_matches(signs).to_owned());
    // `@(` before a list leaves its sign alone.
    entries.filter(|entry| entry.chars().any(char::is_alphanumeric) || entry == "*").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_and_what_is_taken_out() {
        for (value, added, removed) in [
            ("a.example, b.example", vec!["a.example", "b.example"], vec![]),
            ("Eli Novak;dana@x.example", vec!["Eli Novak", "dana@x.example"], vec![]),
            (
                r#"@{Add="a.example","b.example"; Remove="c.example"}"#,
                vec!["a.example", "b.example"],
                vec!["c.example"],
            ),
            (r#"@{remove="c.example"; add="a.example"}"#, vec!["a.example"], vec!["c.example"]),
            (r#"@{Remove=@("c.example")}"#, vec![], vec!["c.example"]),
            ("@{Remove=eli.novak@x.example}", vec![], vec!["eli.novak@x.example"]),
            ("", vec![], vec![]),
            ("$null", vec!["$null"], vec![]),
            ("add=a.example", vec!["add=a.example"], vec![]),
        ] {
            let read = ListChange::of(value);
            assert_eq!(
                (read.added, read.removed),
                (added.iter().map(ToString::to_string).collect(), removed.iter().map(ToString::to_string).collect()),
                "{value}"
            );
        }
    }
}
