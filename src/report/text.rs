//! The only way evidence text becomes HTML, CSV, JSON, worksheet, STIX or terminal text; every renderer goes through here.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use unicode_width::UnicodeWidthChar as _;

use crate::knowledge::domains;
use crate::untrusted::{Untrusted, is_plain, is_unseen};

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

/// Whether addresses and links keep their teeth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Teeth {
    /// `evil[.]example`: nothing can be followed by accident.
    #[default]
    Drawn,
    /// As in the evidence, for copying into other tools.
    Kept,
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

/// [`html`] of the [`defang_except`]ed text, unless it keeps its teeth: for everything that may hold an address, a link
/// or a mail address.
pub fn html_defanged<T: Evidence + ?Sized>(text: &T, teeth: Teeth, own_domains: &[&str]) -> String {
    match teeth {
        Teeth::Drawn => html(&defang_except(text.text(), own_domains)),
        Teeth::Kept => html(text),
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
/// short (NUL) or turn the reading direction; these are shown as markers. The quoting is left to the csv crate.
///
/// The guard is one `'` in front. A text that has `'` and a sign of its own gets one more, so that whoever takes one
/// `'` away in front of `'…=` has the text again.
pub fn csv_cell<T: Evidence + ?Sized>(text: &T) -> Cow<'_, str> {
    let shown = shown(text.text(), acts);
    if begins_formula(shown.trim_start_matches('\'')) { Cow::Owned(format!("'{shown}")) } else { shown }
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

/// Control characters but tab and line ends, and the marks that turn the reading direction.
fn acts(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r')
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text for one line of a terminal: no escape sequences, no control or direction characters, at most
/// `max_width` cells, cut with `…` between characters and never inside one.
pub fn terminal<T: Evidence + ?Sized>(text: &T, max_width: usize) -> String {
    let safe = terminal_whole(text);
    if width(&safe) <= max_width {
        return safe;
    }
    let mut out = String::new();
    let mut used = 0;
    for c in safe.chars() {
        let cells = c.width().unwrap_or(0);
        if used + cells + 1 > max_width {
            break;
        }
        used += cells;
        out.push(c);
    }
    if max_width > 0 {
        out.push('…');
    }
    out
}

/// [`terminal`] without a limit, for places that wrap by themselves.
pub fn terminal_whole<T: Evidence + ?Sized>(text: &T) -> String {
    let mut out = String::with_capacity(text.text().len());
    let mut stacked = 0;
    for c in text.text().chars() {
        if let Some(marker) = marker(c) {
            stacked = 0;
            out.push_str(&marker);
            continue;
        }
        stacked = if c.width().unwrap_or(0) == 0 { stacked + 1 } else { 0 };
        // Marks piled on one letter run over the neighbouring lines; four are enough for any language.
        if stacked <= 4 && c != '\u{fe0f}' {
            out.push(c);
        }
    }
    out
}

/// Terminal text in lines of at most `max_width` cells, broken at spaces and between wide characters.
pub fn terminal_lines<T: Evidence + ?Sized>(text: &T, max_width: usize) -> Vec<String> {
    let max_width = max_width.max(4);
    let mut lines = Vec::new();
    let mut line = String::new();
    for Unit { text, spaced } in units(&terminal_whole(text)) {
        let gap = if spaced && !line.is_empty() { " " } else { "" };
        if width(&line) + gap.len() + width(&text) <= max_width {
            line.push_str(gap);
            line.push_str(&text);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let mut used = 0;
        for c in text.chars() {
            let cells = c.width().unwrap_or(0);
            if used + cells > max_width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            used += cells;
            line.push(c);
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// What is not broken while it fits: a run of narrow characters, or one wide one.
struct Unit {
    text: String,
    /// Whether a space stands before it.
    spaced: bool,
}

fn units(safe: &str) -> Vec<Unit> {
    const NEVER_FIRST: &str = "、。，．・：；？！）」』】〕〉》ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ…";
    const NEVER_LAST: &str = "（「『【〔〈《";
    let mut units: Vec<Unit> = Vec::new();
    let mut spaced = false;
    for c in safe.chars() {
        if c == ' ' {
            spaced = true;
            continue;
        }
        let narrow = |c: char| c.width().unwrap_or(0) < 2;
        match units.last_mut().filter(|_| !spaced) {
            Some(unit)
                if NEVER_FIRST.contains(c)
                    || unit.text.ends_with(|last| NEVER_LAST.contains(last) || narrow(last) && narrow(c)) =>
            {
                unit.text.push(c);
            }
            _ => units.push(Unit { text: c.to_string(), spaced }),
        }
        spaced = false;
    }
    units
}

/// Cells that already safe text takes on a terminal.
pub fn width(safe: &str) -> usize {
    safe.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// Takes the teeth out of addresses, links and mail addresses: `evil[.]example`, `hxxps`, `203[.]0[.]113[.]7`.
pub fn defang(text: &str) -> String {
    defang_except(text, &[])
}

/// [`defang`], but mail addresses and hosts of the organization's own domains stay as they are.
pub fn defang_except(text: &str, own_domains: &[&str]) -> String {
    let part_of_token = |c: char| c.is_ascii_graphic() && !",;<>()\"'|[]{}".contains(c);
    let mut out = String::with_capacity(text.len() + 16);
    let mut token = String::new();
    for c in text.chars() {
        if part_of_token(c) {
            token.push(c);
            continue;
        }
        push_defanged(&mut out, &token, own_domains);
        token.clear();
        out.push(c);
    }
    push_defanged(&mut out, &token, own_domains);
    out
}

fn push_defanged(out: &mut String, token: &str, own_domains: &[&str]) {
    let core = token.trim_end_matches(['.', ':', '!', '?']);
    let end = token.strip_prefix(core).unwrap_or_default();
    if let Some((before, rest)) = core.split_once("://") {
        let (host, path) = match rest.find(['/', '?', '#']) {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let scheme = before.to_ascii_lowercase().replace("http", "hxxp").replace("ftp", "fxp");
        let separator = if scheme == before.to_ascii_lowercase() { "[://]" } else { "://" };
        let _ = write!(out, "{scheme}{separator}{}{path}", bracket(&host.replace('@', "[@]"), '.'));
    } else if let Some((local, domain)) = core.rsplit_once('@') {
        if own(domain, own_domains) || !domain.contains('.') {
            out.push_str(core);
        } else {
            let _ = write!(out, "{local}[@]{}", bracket(domain, '.'));
        }
    } else if is_v4(core) {
        out.push_str(&bracket(core, '.'));
    } else if is_v6(core) {
        out.push_str(&bracket(core, ':'));
    } else if is_host(core) && !own(core, own_domains) {
        out.push_str(&bracket(core, '.'));
    } else {
        out.push_str(core);
    }
    out.push_str(end);
}

fn bracket(text: &str, tooth: char) -> String {
    text.replace(tooth, &format!("[{tooth}]"))
}

fn is_v4(token: &str) -> bool {
    let address = token.split(['/', ':']).next().unwrap_or_default();
    address.parse::<Ipv4Addr>().is_ok()
}

fn is_v6(token: &str) -> bool {
    let address = token.split(['/', '%']).next().unwrap_or_default();
    address.parse::<Ipv6Addr>().is_ok()
}

/// Whether a bare word looks like a host name: labels with dots, the last one a top-level domain that nobody would take
/// for a file ending. The name of an account (`alice.mori`) is none.
fn is_host(token: &str) -> bool {
    const FILE_ENDINGS: [&str; 17] = [
        "csv", "json", "jsonl", "ndjson", "pdf", "doc", "docx", "xls", "xlsx", "xml", "txt", "htm", "html", "eml",
        "msg", "log", "exe",
    ];
    let Some((front, last)) = token.rsplit_once('.') else { return false };
    let label =
        |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    front.split('.').all(label)
        && (domains::is_top_level(last) || last.to_ascii_lowercase().starts_with("xn--"))
        && !is_camel_case(last)
        && !FILE_ENDINGS.contains(&last.to_ascii_lowercase().as_str())
}

/// `PhoneNumber`: the name of a property, not of a domain.
fn is_camel_case(label: &str) -> bool {
    label.as_bytes().windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
}

fn own(domain: &str, own_domains: &[&str]) -> bool {
    let domain = domain.to_ascii_lowercase();
    own_domains.iter().any(|own| {
        let own = own.to_ascii_lowercase();
        domain == own || domain.strip_suffix(&own).is_some_and(|front| front.ends_with('.'))
    })
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
    fn names_of_properties_are_no_hosts() {
        assert_eq!(
            defang("StrongAuthenticationUserDetails.PhoneNumber"),
            "StrongAuthenticationUserDetails.PhoneNumber"
        );
        assert_eq!(defang("Evil.EXAMPLE Evil.Example"), "Evil[.]EXAMPLE Evil[.]Example");
    }

    #[test]
    fn names_of_accounts_are_no_hosts() {
        for name in ["alice.mori", "accounts.payable", "j.doe", "CONTOSO\\alice.mori", "v1.2.3", "e.g.", "Invoice.pdf"]
        {
            assert_eq!(defang(name), name);
        }
        for (host, drawn) in [
            ("evil.co.uk", "evil[.]co[.]uk"),
            ("login.local", "login[.]local"),
            ("xn--e1awd7f.xn--p1ai", "xn--e1awd7f[.]xn--p1ai"),
            ("MAIL.EVIL.COM.", "MAIL[.]EVIL[.]COM."),
        ] {
            assert_eq!(defang(host), drawn);
        }
    }

    #[test]
    fn clipping_counts_characters_and_never_cuts_one() {
        assert_eq!(clip("受信トレイ", 2), ("受信", 3));
        assert_eq!(clip("受信トレイ", 5), ("受信トレイ", 0));
        assert_eq!(clip("", 0), ("", 0));
    }

    #[test]
    fn csv_cells_never_begin_a_formula() {
        for hostile in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＠x"] {
            assert_eq!(csv_cell(hostile), format!("'{hostile}"));
        }
        assert_eq!(csv_cell("a=1"), "a=1");
        assert_eq!(csv_cell(""), "");
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

    #[test]
    fn terminal_text_has_no_escapes_and_fits() {
        assert_eq!(terminal("\u{1b}[31mred\u{1b}]0;t\u{7}", 80), "␛[31mred␛]0;t␇");
        assert_eq!(terminal("abcdef", 6), "abcdef");
        assert_eq!(terminal("abcdefg", 6), "abcde…");
        assert_eq!(terminal("受信トレイのルール", 7), "受信ト…");
        assert_eq!(terminal("受信トレイのルール", 8), "受信ト…");
        assert_eq!(terminal("受信", 1), "…");
        assert_eq!(terminal("x", 0), "");
        let zalgo = format!("a{}", "\u{301}".repeat(500));
        assert!(terminal(&zalgo, 5).chars().count() <= 6);
    }

    #[test]
    fn terminal_cuts_every_hostile_text_at_every_width() {
        for text in ["日本語とASCIIの混在", "👩‍👩‍👧 family", "a\u{202e}\0\u{301}\u{301}z", "é́́", ""]
        {
            for max in 0..30 {
                assert!(width(&terminal(text, max)) <= max, "{text:?} at {max}");
                assert!(terminal_lines(text, max).iter().all(|line| width(line) <= max.max(4)), "{text:?} at {max}");
            }
        }
    }

    #[test]
    fn terminal_lines_break_at_spaces_and_lose_nothing() {
        assert_eq!(terminal_lines("one two three", 8), ["one two", "three"]);
        assert_eq!(terminal_lines("メールの転送が設定されました", 10), ["メールの転", "送が設定さ", "れました"]);
        assert_eq!(terminal_lines("ab 0123456789", 5), ["ab", "01234", "56789"]);
        assert_eq!(terminal_lines("これは、「例」です。", 8), ["これは、", "「例」で", "す。"]);
    }

    #[test]
    fn defang_takes_the_teeth_out() {
        assert_eq!(defang("203.0.113.7"), "203[.]0[.]113[.]7");
        assert_eq!(defang("from 203.0.113.7:443, 2001:db8::1."), "from 203[.]0[.]113[.]7:443, 2001[:]db8[:][:]1.");
        assert_eq!(defang("https://evil.example/a.b?c=d.e"), "hxxps://evil[.]example/a.b?c=d.e");
        assert_eq!(defang("HTTP://u@evil.example"), "hxxp://u[@]evil[.]example");
        assert_eq!(defang("ws://evil.example"), "ws[://]evil[.]example");
        assert_eq!(defang("smtp:Mallory@evil.example"), "smtp:Mallory[@]evil[.]example");
        assert_eq!(defang("evil.exampleへ転送、203.0.113.0/24から"), "evil[.]exampleへ転送、203[.]0[.]113[.]0/24から");
        assert_eq!(defang("Update user. v1.2 invoice.pdf 00:23:03"), "Update user. v1.2 invoice.pdf 00:23:03");
    }

    #[test]
    fn defang_leaves_the_organization_readable() {
        let own = ["contoso.example"];
        assert_eq!(defang_except("alice@contoso.example", &own), "alice@contoso.example");
        assert_eq!(defang_except("a@mail.CONTOSO.example", &own), "a@mail.CONTOSO.example");
        assert_eq!(defang_except("a@evilcontoso.example", &own), "a[@]evilcontoso[.]example");
        assert_eq!(defang_except("https://contoso.example/x", &own), "hxxps://contoso[.]example/x");
    }
}
