//! People as collectors list them in one cell: `a@x, b@x`, or with what they are called, `Novak, Eli (eli@x); Frank (f@x)`.

/// The entries of such a cell. A semicolon parts them wherever there is one, for the names have commas of their own; without
/// one, commas do, but for those in front of an address in brackets.
pub fn entries(cell: &str) -> Vec<&str> {
    let parted = if cell.contains([';', '|', '\n']) {
        cell.split([';', '|', '\n']).collect()
    } else if is_called(cell) {
        vec![cell]
    } else {
        cell.split(',').collect::<Vec<_>>()
    };
    parted.into_iter().map(str::trim).filter(|entry| !entry.is_empty()).collect()
}

/// Who an entry is: the address in its last brackets, else what is written.
pub fn who(entry: &str) -> &str {
    let inside = entry.rsplit_once('(').and_then(|(_, behind)| behind.split_once(')')).map(|(inside, _)| inside.trim());
    inside.filter(|inside| inside.contains('@') && !inside.contains(' ')).unwrap_or_else(|| entry.trim())
}

/// Whether the cell is one name with its address in brackets.
fn is_called(cell: &str) -> bool {
    cell.matches('(').count() == 1 && cell.contains(')') && cell.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_commas_are_one() {
        assert_eq!(entries("eli@x.example, frank@x.example"), ["eli@x.example", "frank@x.example"]);
        assert_eq!(entries("Novak, Eli (eli@x.example)"), ["Novak, Eli (eli@x.example)"]);
        assert_eq!(
            entries("Novak, Eli (eli@x.example); Frank (frank@x.example)"),
            ["Novak, Eli (eli@x.example)", "Frank (frank@x.example)"]
        );
        assert_eq!(entries("a@x.example | b@x.example\nc@x.example;"), ["a@x.example", "b@x.example", "c@x.example"]);
        assert!(entries("").is_empty());
    }

    #[test]
    fn the_address_says_who() {
        assert_eq!(who("Novak, Eli (Eli@x.example)"), "Eli@x.example");
        assert_eq!(who("Eli Novak (eli@x.example) - Editor"), "eli@x.example");
        assert_eq!(who("boss@x.example (real@y.example)"), "real@y.example");
        assert_eq!(who("Sales (all of us)"), "Sales (all of us)");
        assert_eq!(who("eli@x.example"), "eli@x.example");
    }
}
