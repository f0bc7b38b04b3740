//! Letters that became question marks: Windows PowerShell's `Export-Csv` writes ASCII unless told otherwise, and what
//! is no ASCII is gone.

use memchr::memchr_iter;

/// How many question marks of a text stand where letters stood: between two letters, or two and more at the beginning
/// of a word. Links have question marks of their own.
pub fn count(text: &[u8]) -> u64 {
    let at = |place: Option<usize>| place.and_then(|place| text.get(place)).copied().unwrap_or(b' ');
    let mut found = 0;
    for mark in memchr_iter(b'?', text) {
        let before = at(mark.checked_sub(1));
        let after = at(Some(mark + 1));
        let inside = before.is_ascii_alphabetic() && after.is_ascii_alphabetic();
        let word = after == b'?' && (before.is_ascii_whitespace() || matches!(before, b'"' | b'\\' | b':' | b';'));
        found += u64::from((inside || word) && !in_link(text, mark));
    }
    found
}

/// Whether the word around a place is a link or a path with a query.
fn in_link(text: &[u8], mark: usize) -> bool {
    const REACH: usize = 300;
    let before = text.get(mark.saturating_sub(REACH)..mark).unwrap_or_default();
    let start = before.iter().rposition(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\''));
    let word = before.get(start.map_or(0, |start| start + 1)..).unwrap_or_default();
    word.contains(&b'/') || word.windows(2).any(|pair| pair == b"=?")
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn only_letters_that_were_lost() {
        assert_eq!(count(br#""Path":"\\Bo?te de r?ception""#), 2);
        assert_eq!(count(br#""Subject":"????????""#), 1);
        assert_eq!(count(br#""Subject":"Really?? Can you pay today?""#), 0);
        assert_eq!(count(br#""SiteUrl":"https://contoso.example/a.aspx?web=1""#), 0);
        assert_eq!(count(br#""Subject":"=?utf-8?B?w6k=?=""#), 0);
    }
}
