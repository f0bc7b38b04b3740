//! What must hold for all data files together.

use super::data_files;

#[test]
fn every_data_file_names_its_source_and_date() {
    for (name, text) in data_files() {
        let head: Vec<&str> = text.lines().take_while(|line| line.starts_with('#')).collect();
        assert!(!head.is_empty(), "{name} has no comment head");
        let head = head.join("\n");
        assert!(head.contains("Source: "), "{name} names no source");
        assert!(head.contains("2026-"), "{name} names no date");
    }
}

#[test]
fn data_files_are_in_order_and_hold_no_blank_or_odd_space() {
    let names: Vec<&str> = data_files().iter().map(|(name, _)| *name).collect();
    assert!(names.is_sorted());
    for (name, text) in data_files() {
        assert!(text.ends_with('\n'), "{name}");
        assert!(text.lines().all(|line| line == line.trim_end() && !line.is_empty()), "{name}");
    }
}
