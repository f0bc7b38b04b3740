//! Says of a head that it is no text: by the bytes it begins with, or by its characters.

/// What begins like no text, and cannot be an export.
pub(super) fn packed(file_name: &str, bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    const UNPACK: &str = "an archive inside an archive, or one that is not read: unpack it first";
    const OTHER: &str = "not a log export that is read; unpack or export it first";
    const KINDS: [(&[u8], &str, &str); 19] = [
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
    ];
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Some(compound(file_name, bytes));
    }
    if is_tar(bytes) {
        return Some(("F-011", UNPACK));
    }
    if let Some(document) = document(bytes) {
        return Some(document);
    }
    KINDS.into_iter().find(|(magic, ..)| bytes.starts_with(magic)).map(|(_, code, reason)| (code, reason))
}

/// What a document of an office program is called, which is an archive of its parts: asked where it is the member of another
/// archive, or packed once more.
fn document(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let names = |name: &[u8]| memchr::memmem::find(bytes, name).is_some();
    let is_document = bytes.starts_with(b"PK\x03\x04") && names(b"[Content_Types].xml");
    let book =
        "Excel workbook: Excel changes dates and cuts cells at 32,767 characters; give the CSV or JSON as downloaded";
    let other = "an office document, not a log export that is read";
    is_document.then(|| if names(b"xl/work") { ("F-010", book) } else { ("F-011", other) })
}

/// Whether it is a tar archive: these have no mark at their beginning, but the sum of their first block in it.
fn is_tar(bytes: &[u8]) -> bool {
    const SUM: std::ops::Range<usize> = 148..156;
    let Some(block) = bytes.get(..512) else { return false };
    let written = block.get(SUM).and_then(|sum| std::str::from_utf8(sum).ok());
    let Some(written) = written.and_then(|sum| u32::from_str_radix(sum.trim_matches([' ', '\0']), 8).ok()) else {
        return false;
    };
    // The sum itself counts as blanks.
    let byte = |(at, byte): (usize, &u8)| u32::from(if SUM.contains(&at) { b' ' } else { *byte });
    block.iter().enumerate().map(byte).sum::<u32>() == written
}

/// What a compound file holds (old office documents, messages of Outlook, previews of folders): by the names in its
/// directory, which may lie further behind than what is looked at; then by the first bytes of a workbook, or the file's
/// own name.
fn compound(file_name: &str, bytes: &[u8]) -> (&'static str, &'static str) {
    const BOOK: &str = "old Excel workbook; give the CSV or JSON as downloaded";
    const MESSAGE: &str = "a mail saved by Outlook, not a log export; keep it for the examination of its headers";
    const OTHER: &str = "an office document or another compound file, not a log export that is read";
    let named = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memchr::memmem::find(bytes, &name).is_some()
    };
    let name = file_name.to_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let sheet = bytes.get(512..514) == Some(b"\x09\x08");
    if named("__substg1.0_") || named("__properties_version") || ends(&[".msg", ".oft"]) {
        ("F-011", MESSAGE)
    } else if named("Workbook") || named("Book\0") || sheet || ends(&[".xls", ".xlt"]) {
        ("F-010", BOOK)
    } else {
        ("F-011", OTHER)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A tar as old as 1979: without any mark.
    fn tar(name: &str) -> Vec<u8> {
        let mut block = vec![0u8; 1024];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[100..108].copy_from_slice(b"0000644\0");
        let sum: u32 = block[..512].iter().map(|byte| u32::from(*byte)).sum::<u32>() + 8 * 32;
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        block
    }

    #[test]
    fn a_tar_is_known_by_the_sum_of_its_first_block() {
        let mut bytes = tar("AuditLog.csv");
        assert!(packed("logs.tar", &bytes).is_some());
        bytes[0] = b'B';
        assert!(packed("logs.tar", &bytes).is_none());
        assert!(packed("x.csv", "CreationDate,UserIds,Operations,AuditData\r\n".repeat(40).as_bytes()).is_none());
    }

    #[test]
    fn a_workbook_inside_an_archive_is_no_archive() {
        let file = |name: &str| format!("PK\x03\x04[Content_Types].xml…PK\x03\x04{name}…").into_bytes();
        let code = |name: &str| packed("x", &file(name)).map(|(code, _)| code);
        assert_eq!((code("xl/workbook.xml"), code("word/document.xml")), (Some("F-010"), Some("F-011")));
        assert_eq!(packed("x", b"PK\x03\x04log.csv").map(|(_, reason)| reason.contains("unpack")), Some(true));
    }

    #[test]
    fn a_compound_file_is_called_what_it_holds() {
        let file = |name: &str| {
            let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
            bytes.resize(1024, 0);
            bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
            bytes
        };
        let code = |file_name: &str, name: &str| packed(file_name, &file(name)).map(|(code, _)| code);
        assert_eq!(code("phish.msg", "__substg1.0_0037001F"), Some("F-011"));
        assert_eq!(code("log.xls", "Workbook"), Some("F-010"));
        assert_eq!(code("AuditLog.csv", "Workbook"), Some("F-010"));
        assert_eq!(code("log.xls", "Root Entry"), Some("F-010"));
        assert_eq!(code("Thumbs.db", "Catalog"), Some("F-011"));
    }
}
