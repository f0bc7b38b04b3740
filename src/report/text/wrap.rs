//! Text for a terminal: nothing in it acts, and it fits a number of cells or is broken into lines of as many.

use unicode_width::UnicodeWidthChar as _;

use super::{Evidence, marker};

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
