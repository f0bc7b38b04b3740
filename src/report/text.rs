//! The only way evidence text becomes HTML, CSV, JSON, worksheet, STIX or terminal text; every renderer goes through here.

mod defang;
mod wrap;

use std::borrow::Cow;

use crate::untrusted::{Untrusted, is_plain, is_unseen};

pub use self::defang::{Teeth, defang, defang_except, html_defanged};
pub use self::wrap::{terminal, terminal_lines, terminal_whole, width};
pub use crate::untrusted::json;

/// Text that an escaper accepts, whether or not somebody has marked it as evidence.
pub trait Evidence {
    /// The text as it stands in the evidence.
    fn text(&self) -> &str;
}

impl Evidence for str {
    fn text(&self) -> &str {
        self
    }
}

impl Evidence for String {
    fn text(&self) -> &str {
        self
    }
}

impl Evidence for Untrusted {
    fn text(&self) -> &str {
        self.as_evidence()
    }
}

/// Escapes text for HTML content and quoted attributes; what cannot be seen is shown as a marker.
pub fn html<T: Evidence + ?Sized>(text: &T) -> String {
    let text = text.text();
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            ' '..='~' => push_html(&mut out, c),
            _ => match marker(c) {
                Some(marker) => marker.chars().for_each(|c| push_html(&mut out, c)),
                None => push_html(&mut out, c),
            },
        }
    }
    out
}

/// The beginning of a text, for places where nobody reads a megabyte, and how many characters are left out.
pub fn clip(text: &str, most: usize) -> (&str, usize) {
    match text.char_indices().nth(most) {
        Some((at, _)) => {
            let (shown, rest) = text.split_at(at);
            (shown, rest.chars().count())
        }
        None => (text, 0),
    }
}

fn push_html(out: &mut String, c: char) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        c => out.push(c),
    }
}

/// One CSV cell: guarded against being run as a formula, and without characters that act on a terminal, cut the cell
/// short (NUL) or turn the reading direction; these are shown as markers. The quoting is left to who writes the row.
///
/// The guard is one `'` in front. A text that has `'` and a sign of its own gets one more, so that whoever takes one
/// `'` away in front of `'…=` has the text again. The same holds inside of a text, behind what many spreadsheets take
/// for the end of a cell in spite of all quotes.
pub fn csv_cell<T: Evidence + ?Sized>(text: &T) -> Cow<'_, str> {
    let shown = shown(text.text(), acts);
    let shown = if ends_cell(&shown) { guarded_inside(shown) } else { shown };
    if begins_formula(shown.trim_start_matches('\'')) { Cow::Owned(format!("'{shown}")) } else { shown }
}

/// What stands between cells where the comma is the decimal point, or when a text is pasted.
const SEPARATORS: [char; 5] = [';', '\t', '|', '\r', '\n'];

fn ends_cell(text: &str) -> bool {
    text.contains(SEPARATORS)
}

/// Guards every part behind a separator that begins like a formula. A quote in front of the sign is none to a program
/// that has just begun a cell.
fn guarded_inside(text: Cow<'_, str>) -> Cow<'_, str> {
    let begins = |rest: &str| {
        let rest = rest.trim_start_matches(['\'', '"']);
        begins_formula(rest) && !rest.starts_with(SEPARATORS)
    };
    let behind = |(at, c): (usize, char)| SEPARATORS.contains(&c).then_some(at + c.len_utf8());
    let ends: Vec<usize> = text.char_indices().filter_map(behind).collect();
    let guards: Vec<usize> = ends.into_iter().filter(|at| text.get(*at..).is_some_and(begins)).collect();
    if guards.is_empty() {
        return text;
    }
    let mut out = String::with_capacity(text.len() + guards.len());
    let mut from = 0;
    for at in guards {
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push('\'');
        from = at;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

/// Whether a spreadsheet could take the text for a formula. The full-width signs count too: spreadsheets in East
/// Asian locales take them for formulas. So do the blanks that some importers drop in front of one.
pub fn begins_formula(text: &str) -> bool {
    matches!(text.chars().next(), Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'))
}

/// Text of one worksheet cell: what cannot be seen, or cannot stand in XML, is shown as a marker; line feeds stay.
pub fn xlsx_cell<T: Evidence + ?Sized>(text: &T) -> Cow<'_, str> {
    shown(text.text(), |c| c != '\n' && (marker(c).is_some() || matches!(c, '\u{fffe}' | '\u{ffff}')))
}

/// The beginning of a text, at most `limit` UTF-16 units (which is how spreadsheets count), never half a character.
pub fn first_units(text: &str, limit: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.len_utf16();
        if used > limit {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

/// A string literal of a STIX pattern, with its quotes.
pub fn stix_literal<T: Evidence + ?Sized>(text: &T) -> String {
    format!("'{}'", text.text().replace('\\', "\\\\").replace('\'', "\\'"))
}

/// The text with the characters that `hidden` names shown as markers.
fn shown(text: &str, hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    if is_plain(text) || !text.chars().any(&hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match hidden(c) {
            true => out.push_str(&marker(c).unwrap_or_else(|| format!("<U+{:04X}>", u32::from(c)))),
            false => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Control characters but tab and line ends, the marks that turn the reading direction, and what takes no room and joins
/// nothing, by which two names that look alike differ.
fn acts(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r')
        || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What stands for a character that would not be seen, or that acts instead of being shown.
fn marker(c: char) -> Option<String> {
    let code = u32::from(c);
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + code).map(String::from),
        '\u{7f}' => Some("␡".to_owned()),
        _ if is_unseen(c) => Some(format!("<U+{code:04X}>")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_escapes_markup_in_content_and_attributes() {
        assert_eq!(html("<img src=x onerror='a(\"&\")'>"), "&lt;img src=x onerror=&#39;a(&quot;&amp;&quot;)&#39;&gt;");
        assert_eq!(html(&Untrusted::new("a<b")), "a&lt;b");
    }

    #[test]
    fn html_shows_what_cannot_be_seen() {
        assert_eq!(html("a\0b\u{1b}[31m\r\n"), "a␀b␛[31m␍␊");
        assert_eq!(html("gpj\u{202e}exe.\u{2066}\u{200f}"), "gpj&lt;U+202E&gt;exe.&lt;U+2066&gt;&lt;U+200F&gt;");
        assert_eq!(html("\u{9b}31m\u{7f}\u{e0041}"), "&lt;U+009B&gt;31m␡&lt;U+E0041&gt;");
        assert_eq!(html("受信トレイ 🦀"), "受信トレイ 🦀");
    }

    #[test]
    fn clipping_counts_characters_and_never_cuts_one() {
        assert_eq!(clip("受信トレイ", 2), ("受信", 3));
        assert_eq!(clip("受信トレイ", 5), ("受信トレイ", 0));
        assert_eq!(clip("", 0), ("", 0));
    }

    #[test]
    fn csv_cells_never_begin_a_formula() {
        for hostile in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＠x"] {
            assert_eq!(csv_cell(hostile), format!("'{hostile}"));
        }
        assert_eq!(csv_cell("a=1"), "a=1");
        assert_eq!(csv_cell(""), "");
        for (hostile, guarded) in [
            ("a;=1", "a;'=1"),
            ("\t=1", "'\t'=1"),
            ("\n=1", "'\n'=1"),
            ("a;'=1;b|+2", "a;''=1;b|'+2"),
            ("a;\"=1", "a;'\"=1"),
            ("a\t@x\r\n-1", "a\t'@x\r\n'-1"),
            ("=a;＝1", "'=a;'＝1"),
            ("a; -1; b=2;", "a; -1; b=2;"),
        ] {
            assert_eq!(csv_cell(hostile), guarded);
        }
    }

    #[test]
    fn the_csv_guard_can_be_taken_away_again() {
        for text in ["=1", "'=1", "''=1", "'quoted'", "O'Neill", "a", "'", "'-"] {
            let cell = csv_cell(text);
            let guarded = cell.starts_with('\'') && begins_formula(cell.trim_start_matches('\''));
            assert_eq!(if guarded { cell.strip_prefix('\'').unwrap() } else { &cell }, text);
        }
    }

    #[test]
    fn csv_cells_do_not_act() {
        assert_eq!(csv_cell("a\u{1b}[2J\0b\u{9b}1m\u{202e}c"), "a␛[2J␀b<U+009B>1m<U+202E>c");
        assert_eq!(csv_cell("al\u{200b}ice\u{feff}\u{e0041}"), "al<U+200B>ice<U+FEFF><U+E0041>");
        assert_eq!(csv_cell("two\r\nlines\tand 👩\u{200d}💻"), "two\r\nlines\tand 👩\u{200d}💻");
    }

    #[test]
    fn worksheet_text_holds_only_what_xml_may() {
        let hostile: String = (0..=0xffff).filter_map(char::from_u32).collect();
        let cell = xlsx_cell(&hostile);
        assert!(cell.chars().all(|c| c == '\n' || c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}')));
        assert_eq!(xlsx_cell("_x0041_ =1\n\u{7}"), "_x0041_ =1\n␇");
    }

    #[test]
    fn cuts_fall_between_characters_and_count_as_spreadsheets_do() {
        assert_eq!(first_units("ab🦀c", 3), "ab");
        assert_eq!(first_units("ab🦀c", 4), "ab🦀");
        assert_eq!(first_units("受信", 9), "受信");
    }

    #[test]
    fn stix_literals_cannot_be_left() {
        assert_eq!(stix_literal("a' OR b\\"), r"'a\' OR b\\'");
    }

    #[test]
    fn json_keeps_the_value_and_hides_the_acting_characters() {
        let hostile = "a\u{1b}[2J\u{9b}\u{202e}\u{7f}\u{e0001}é\n";
        let serialised = serde_json::to_string(hostile).unwrap();
        let safe = json(&serialised);
        assert!(safe.chars().all(|c| marker(c).is_none()), "{safe}");
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), hostile);
    }
}
