//! Whose mailbox a file tells of by its name.

/// Endings of a file and of what packs it; several may stand one behind the other (`.json.gz`).
const ENDS: [&str; 10] = ["json", "jsonl", "ndjson", "csv", "log", "txt", "gz", "gzip", "zst", "zstd"];

/// A file's name without its endings: those that are known, however many, else the last.
fn without_ends(name: &str) -> &str {
    let mut stem = name;
    while let Some((before, end)) = stem.rsplit_once('.')
        && ENDS.iter().any(|known| known.eq_ignore_ascii_case(end))
    {
        stem = before;
    }
    if stem.len() < name.len() { stem } else { name.rsplit_once('.').map_or(name, |(stem, _)| stem) }
}

/// The mail address in a file's name, empty where it has none: `20260302-dana.weiss@fabrikam.example-messageRules.json`.
pub fn address_in_name(name: &str) -> String {
    let stem = without_ends(name);
    let Some((before, after)) = stem.split_once('@') else { return String::new() };
    let local =
        before.rsplit(|mark: char| !(mark.is_alphanumeric() || "._+'".contains(mark))).next().unwrap_or_default();
    let local = local.rsplit('_').next().unwrap_or_default();
    let domain = after.split(|mark: char| !(mark.is_alphanumeric() || ".-".contains(mark))).next().unwrap_or_default();
    // What follows the last label behind a hyphen is the collector's.
    let (parents, last) = domain.rsplit_once('.').unwrap_or(("", domain));
    let last = last.split('-').next().unwrap_or_default();
    if local.is_empty() || parents.is_empty() || last.is_empty() {
        String::new()
    } else {
        format!("{local}@{parents}.{last}")
    }
}

#[cfg(test)]
mod tests {
    use super::address_in_name;

    #[test]
    fn addresses_in_file_names() {
        for name in [
            "dana.weiss@fabrikam.example.json",
            "20260302-dana.weiss@fabrikam.example-messageRules.json",
            "rules_dana.weiss@fabrikam.example.json",
            "messageRules dana.weiss@fabrikam.example (1).json",
            "20260302101500-dana.weiss@fabrikam.example-messageRules.json.gz",
            "dana.weiss@fabrikam.example.JSON.zst",
            "dana.weiss@fabrikam.example.json.txt.gz",
            "dana.weiss@fabrikam.example.txt",
            "dana.weiss@fabrikam.example.bak",
            "InboxRules_dana.weiss@fabrikam.example.csv",
        ] {
            assert_eq!(address_in_name(name), "dana.weiss@fabrikam.example", "{name}");
        }
        assert_eq!(address_in_name("EXO_InboxRules_Graph.json"), "");
    }
}
