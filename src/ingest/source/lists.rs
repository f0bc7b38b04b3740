//! Reads the small texts that the investigator gives: lists, lines, and folders of files.

use std::fs;
use std::io;
use std::path::Path;

use super::hashing::digest;

/// The lines of a list the investigator gives, without comments and blank lines.
pub fn list(path: &Path) -> io::Result<Vec<String>> {
    let text = text(path)?;
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    Ok(lines.filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// The names of a list the investigator gives, one a line, without comments and blank lines. Names may hold a `#`
/// (`guest#EXT#@contoso.example`): a comment begins at the start of the line or behind a blank.
pub fn names(path: &Path) -> io::Result<Vec<String>> {
    let text = text(path)?;
    let name = |line: &str| {
        let mut signs = line.char_indices().zip(std::iter::once(' ').chain(line.chars()));
        let end = signs.find(|((_, sign), before)| *sign == '#' && before.is_whitespace());
        line.get(..end.map_or(line.len(), |((at, _), _)| at)).unwrap_or(line).trim().to_owned()
    };
    Ok(text.lines().map(name).filter(|name| !name.is_empty()).collect())
}

/// The lines of a file, as they are; without empty ones.
pub fn lines(path: &Path) -> io::Result<Vec<String>> {
    Ok(text(path)?.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// The text of a small file: UTF-8, or what its byte order mark says. Editors and shells of Windows write one.
fn text(path: &Path) -> io::Result<String> {
    let bytes = fs::read(path)?;
    let (encoding, mark) = encoding_rs::Encoding::for_bom(&bytes).unwrap_or((encoding_rs::UTF_8, 0));
    let plain = encoding.decode_without_bom_handling_and_without_replacement(bytes.get(mark..).unwrap_or_default());
    plain.map(std::borrow::Cow::into_owned).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidData, format!("it is no text in {}: save it as UTF-8", encoding.name()))
    })
}

/// A small text file of a folder.
#[derive(Debug)]
pub struct TextFile {
    /// Its path below the folder, with `/` between.
    pub name: String,
    /// What it holds.
    pub text: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// The files of a folder and of the folders in it, in the order of their names; hidden ones left out. Each has to be
/// UTF-8, or what its byte order mark says.
pub fn texts(dir: &Path) -> io::Result<Vec<TextFile>> {
    let mut found = Vec::new();
    let mut open = vec![(dir.to_owned(), String::new())];
    while let Some((folder, prefix)) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let (path, name) = (entry.path(), format!("{prefix}{name}"));
            if path.is_dir() {
                open.push((path, format!("{name}/")));
                continue;
            }
            let text = text(&path).map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))?;
            found.push(TextFile { sha256: digest(&path)?.0, name, text });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), bytes).unwrap();
        file
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_line() {
        let lists = "alice@contoso.example\r\n# the board\r\n\r\nbob_x.example#EXT#@contoso.example\t# guest\r\n";
        let utf16 = |bytes: fn(u16) -> [u8; 2]| lists.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        for bytes in [
            lists.as_bytes().to_vec(),
            [b"\xef\xbb\xbf".as_slice(), lists.as_bytes()].concat(),
            [b"\xff\xfe".as_slice(), &utf16(u16::to_le_bytes)].concat(),
            [b"\xfe\xff".as_slice(), &utf16(u16::to_be_bytes)].concat(),
        ] {
            let file = file(&bytes);
            let named = names(file.path()).unwrap();
            assert_eq!(named, ["alice@contoso.example", "bob_x.example#EXT#@contoso.example"], "{bytes:x?}");
            assert_eq!(lines(file.path()).unwrap().first().unwrap(), "alice@contoso.example");
        }
        let addresses = file(b"\xef\xbb\xbf203.0.113.7 # office\n#198.51.100.0/24\n");
        assert_eq!(list(addresses.path()).unwrap(), ["203.0.113.7"]);
    }

    #[test]
    fn what_is_no_text_is_told() {
        for bytes in [b"alice\xff@contoso.example".as_slice(), b"\xff\xfea\x00\x00\xd8"] {
            assert_eq!(names(file(bytes).path()).unwrap_err().kind(), io::ErrorKind::InvalidData);
        }
    }
}
