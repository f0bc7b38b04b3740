//! Says of a head that it is no text: by the bytes it begins with, or by its characters.

/// What begins like no text, and cannot be an export.
pub(super) fn packed(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    const UNPACK: &str = "an archive inside an archive, or one that is not read: unpack it first";
    const OTHER: &str = "not a log export that is read; unpack or export it first";
    const BOOK: &str = "old Excel workbook; give the CSV or JSON as downloaded";
    const KINDS: [(&[u8], &str, &str); 20] = [
        (b"PK\x03\x04", "F-011", UNPACK),
        (b"\x1f\x8b", "F-011", UNPACK),
        (b"\x28\xb5\x2f\xfd", "F-011", UNPACK),
        (b"7z\xbc\xaf", "F-011", UNPACK),
        (b"Rar!", "F-011", UNPACK),
        (b"\xfd7zXZ", "F-011", UNPACK),
        (b"PAR1", "F-011", OTHER),
        (b"!BDN", "F-011", OTHER),
        (b"ElfFile", "F-011", OTHER),
        (b"%PDF", "F-011", OTHER),
        (b"SQLite format 3", "F-011", OTHER),
        (b"MZ", "F-011", OTHER),
        (b"\x7fELF", "F-011", OTHER),
        (b"\x89PNG", "F-011", OTHER),
        (b"\xff\xd8\xff", "F-011", OTHER),
        (b"\xd4\xc3\xb2\xa1", "F-011", OTHER),
        (b"\xa1\xb2\xc3\xd4", "F-011", OTHER),
        (b"\x0a\x0d\x0d\x0a", "F-011", OTHER),
        (b"BZh", "F-011", UNPACK),
        (b"\xd0\xcf\x11\xe0", "F-010", BOOK),
    ];
    KINDS.into_iter().find(|(magic, ..)| bytes.starts_with(magic)).map(|(_, code, reason)| (code, reason))
}

/// Whether more than one in twenty of the first characters is none that people or programs write. (A tail of zeros is
/// no mark: some disks leave one behind a text.)
pub(super) fn is_binary(text: &str) -> bool {
    let text = text.trim_end_matches('\0');
    let (mut seen, mut odd) = (0usize, 0usize);
    for letter in text.chars().take(4096) {
        seen += 1;
        let fine = matches!(letter, '\t' | '\r' | '\n' | '\u{1a}' | '\u{feff}');
        odd += usize::from(letter == '\u{fffd}' || letter.is_control() && !fine);
    }
    odd * 20 > seen
}

pub(super) fn not_text(file_name: &str) -> String {
    let database = file_name.to_lowercase().ends_with(".mmdb");
    let hint = if database { "; an address database is given with --geoip" } else { "" };
    format!("not a log export: a binary file{hint}")
}
