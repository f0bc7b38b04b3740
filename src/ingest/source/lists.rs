//! Reads the small texts that the investigator gives: lists, lines, and folders of files.

use std::fs;
use std::io;
use std::path::Path;

use super::hashing::digest;

/// The lines of a list the investigator gives, without comments and blank lines.
pub fn list(path: &Path) -> io::Result<Vec<String>> {
    let text = fs::read_to_string(path)?;
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    Ok(lines.filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// The lines of a file, as they are; without empty ones.
pub fn lines(path: &Path) -> io::Result<Vec<String>> {
    let text = fs::read_to_string(path)?;
    Ok(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
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
/// UTF-8.
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
            let text =
                fs::read_to_string(&path).map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))?;
            found.push(TextFile { sha256: digest(&path)?.0, name, text });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}
