//! Lists what a zip archive holds: every entry of its directory, also several that bear one name.

use std::io::{self, Read, Seek, SeekFrom};

use zip::read::{Config, ZipFileEntry};
use zip::unstable::read::ZipIterable;
use zip::{CompressionMethod, ZipArchive};

use super::Packing;

/// One file of an archive.
pub(super) struct Entry {
    /// Its name in the archive.
    pub(super) name: String,
    /// Where its bytes are, or why they are not read.
    pub(super) place: Result<Packing, &'static str>,
}

/// The files of an archive, in the order of its directory.
pub(super) fn list(reader: impl Read + Seek) -> io::Result<Vec<Entry>> {
    let (headers, mut reader) = headers(reader)?;
    Ok(headers.into_iter().map(|header| Entry { place: header.place(&mut reader), name: header.name }).collect())
}

/// Whether it is a document of an office program, which happens to be an archive.
pub(super) fn is_document(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| entry.name == "[Content_Types].xml")
}

/// Whether it is a workbook of Excel.
pub(super) fn is_workbook(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| entry.name == "xl/workbook.xml")
}

/// Whether it is a document of LibreOffice or another program that writes OpenDocument.
pub(super) fn is_open_document(entries: &[Entry]) -> bool {
    ["mimetype", "content.xml", "META-INF/manifest.xml"]
        .iter()
        .all(|part| entries.iter().any(|entry| entry.name == *part))
}

/// Whether a name leads out of the archive: from the root, from a drive of Windows, or through the folder above.
fn leaves(name: &str) -> bool {
    let drive = matches!(name.as_bytes(), [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic());
    drive || name.starts_with(['/', '\\']) || name.split(['/', '\\']).any(|part| part == "..")
}

/// What the directory says of a file.
struct Header {
    name: String,
    encrypted: bool,
    deflated: Option<bool>,
    packed: u64,
    crc: u32,
    /// Where its own header stands, in front of its bytes.
    start: u64,
}

/// The directory without its folders; the reader again.
fn headers<R: Read + Seek>(reader: R) -> io::Result<(Vec<Header>, R)> {
    let archive = ZipArchive::new(reader)?;
    if !archive.has_duplicate_names() {
        let entries = (0..archive.len()).map(|index| archive.by_index_data(index).map(|entry| Header::of(&entry)));
        let headers = entries.collect::<Result<Vec<_>, _>>()?;
        return Ok((headers.into_iter().flatten().collect(), archive.into_inner()));
    }
    // An archive knows its files by their names, and of several that bear one name only the last.
    let mut reader = archive.into_inner();
    let mut found = Vec::new();
    for entry in ZipIterable::try_new(&mut reader, Config::default())?.files()? {
        found.extend(Header::of(&entry?));
    }
    Ok((found, reader))
}

impl Header {
    fn of(entry: &ZipFileEntry<'_>) -> Option<Self> {
        let deflated = match entry.compression() {
            CompressionMethod::Stored => Some(false),
            CompressionMethod::Deflated => Some(true),
            _ => None,
        };
        let name = entry
            .name()
            .map_or_else(|_| String::from_utf8_lossy(entry.name_raw()).into_owned(), std::borrow::Cow::into_owned);
        let (packed, crc) = (entry.compressed_size(), entry.crc32());
        let header = Self { name, encrypted: entry.encrypted(), deflated, packed, crc, start: entry.header_start() };
        (!entry.is_dir()).then_some(header)
    }

    fn place(&self, reader: &mut (impl Read + Seek)) -> Result<Packing, &'static str> {
        if leaves(&self.name) {
            return Err("the member's name leaves the archive; it was not read");
        }
        if self.encrypted {
            return Err("the member is encrypted; unpack it first");
        }
        let deflated = self.deflated.ok_or("the member is packed with a method that is not read; unpack it first")?;
        let start = self.first_byte(reader).map_err(|_| "the member is not where the archive says; it was not read")?;
        Ok(Packing::Zip { start, packed: self.packed, deflated, crc: self.crc })
    }

    /// Behind its own header, whose name and further fields may be longer or shorter than those of the directory.
    fn first_byte(&self, reader: &mut (impl Read + Seek)) -> io::Result<u64> {
        const LENGTH: u64 = 30;
        let mut header = [0; LENGTH as usize];
        reader.seek(SeekFrom::Start(self.start))?;
        reader.read_exact(&mut header)?;
        match header {
            [b'P', b'K', 3, 4, .., a, b, c, d] => {
                let further = u64::from(u16::from_le_bytes([a, b])) + u64::from(u16::from_le_bytes([c, d]));
                Ok(self.start + LENGTH + further)
            }
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::leaves;

    #[test]
    fn names_that_lead_out_of_the_archive() {
        for name in
            ["/etc/a.csv", "\\\\host\\a.csv", "../a.csv", "a/../../a.csv", "a\\..\\b.csv", "C:\\x\\a.csv", "d:/a.csv"]
        {
            assert!(leaves(name), "{name}");
        }
        for name in ["a.csv", "x/a.csv", "x\\a.csv", "a..csv", "2026-03-02 10:15:00.csv", "C:a.csv"] {
            assert!(!leaves(name), "{name}");
        }
    }
}
