//! Pages of one list, which collectors save as files of their own: whether the page that one of them names as the next is
//! among the evidence.

use std::collections::HashMap;

use crate::ledger::SourceEntry;

/// Whether the last page of a file names a further one.
pub fn has_next(entry: &SourceEntry) -> bool {
    entry.notes.iter().any(|note| note.code == "C-204")
}

/// What tells the files of one list from others: they are called the same but for a number or a time.
type Name<'s> = (Option<&'s str>, String);

/// The lists among some files, and whether each is there up to its last page.
#[derive(Debug, Default)]
pub struct Lists<'s>(HashMap<Name<'s>, bool>);

impl<'s> Lists<'s> {
    /// Those of these files; none, where no file names a further page.
    pub fn of(files: &[&'s SourceEntry]) -> Self {
        if !files.iter().any(|file| has_next(file)) {
            return Self::default();
        }
        let mut lists: HashMap<Name<'_>, Vec<&SourceEntry>> = HashMap::new();
        for file in files {
            lists.entry(name(file)).or_default().push(file);
        }
        Self(lists.into_iter().map(|(name, pages)| (name, is_whole(pages))).collect())
    }

    /// Whether a page that names a further one goes on in others, up to one that names none.
    pub fn follow(&self, page: &SourceEntry) -> bool {
        self.0.get(&name(page)).copied().unwrap_or_default()
    }
}

fn name(file: &SourceEntry) -> Name<'_> {
    (file.format.as_deref(), words(&file.path))
}

/// Whether one page names no further one, which by its number or time is the last, and none reaches into another's time.
fn is_whole(mut pages: Vec<&SourceEntry>) -> bool {
    pages.sort_by_cached_key(|page| numbers(&page.path));
    let (Some(last), ends) = (pages.last(), pages.iter().filter(|page| !has_next(page)).count()) else { return false };
    ends == 1 && !has_next(last) && are_apart(&pages) && !are_of_several_people(&pages)
}

/// A path without its numbers.
fn words(path: &str) -> String {
    path.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

/// The numbers in a path, in an order in which 10 comes after 9.
fn numbers(path: &str) -> Vec<(usize, &str)> {
    let numbers = path.split(|letter: char| !letter.is_ascii_digit()).filter(|number| !number.is_empty());
    numbers.map(|number| number.trim_start_matches('0')).map(|number| (number.len(), number)).collect()
}

/// Whether no page's time reaches into another's.
fn are_apart(pages: &[&SourceEntry]) -> bool {
    let mut spans: Vec<_> = pages.iter().map(|page| (&page.first, &page.last)).collect();
    spans.sort_unstable();
    let known = spans.iter().all(|(first, last)| first.is_some() && last.is_some());
    known && spans.windows(2).all(|pair| matches!(pair, [before, behind] if before.1 <= behind.0))
}

/// Whether two of them have the records of one account each, and not of the same.
fn are_of_several_people(pages: &[&SourceEntry]) -> bool {
    let mut alone = pages.iter().map(|page| &page.actors).filter(|actors| actors.len() == 1);
    alone.next().is_some_and(|first| alone.any(|other| other != first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Note;

    fn page(path: &str, days: (u32, u32), next: bool, actors: &[&str]) -> SourceEntry {
        let day = |day: u32| Some(format!("2026-02-{day:02}T00:00:00Z"));
        SourceEntry {
            path: path.to_owned(),
            format: Some("entra_signin_graph".to_owned()),
            first: day(days.0),
            last: day(days.1),
            notes: next.then(|| Note::new("C-204", "")).into_iter().collect(),
            actors: actors.iter().map(|actor| (*actor).to_owned()).collect(),
            ..SourceEntry::default()
        }
    }

    fn followed(pages: &[SourceEntry]) -> bool {
        let all: Vec<&SourceEntry> = pages.iter().collect();
        Lists::of(&all).follow(&pages[0])
    }

    const ALL: &[&str] = &["a", "b"];

    #[test]
    fn a_list_saved_page_by_page_is_whole_where_its_last_page_is_there() {
        let newest = page("x/signins_9.json", (20, 28), true, ALL);
        let older = page("x/signins_10.json", (10, 20), true, &["a"]);
        let oldest = page("x/signins_11.json", (1, 10), false, &["a"]);
        assert!(followed(&[newest.clone(), older.clone(), oldest.clone()]));
        assert!(!followed(&[newest.clone(), older.clone()]), "the last page is not there");
        assert!(!followed(std::slice::from_ref(&older)));
        // The page that names no further one is not the last, or there are two.
        let first = page("x/signins_8.json", (1, 10), false, ALL);
        assert!(!followed(&[newest.clone(), older.clone(), first.clone()]));
        assert!(!followed(&[newest.clone(), older.clone(), first, oldest.clone()]));
        // Another folder, another name.
        for path in ["y/signins_11.json", "x/audits_11.json"] {
            assert!(!followed(&[newest.clone(), SourceEntry { path: path.to_owned(), ..oldest.clone() }]), "{path}");
        }
    }

    #[test]
    fn another_list_does_not_end_this_one() {
        let one = page("user1.json", (10, 28), true, &["a"]);
        assert!(!followed(&[one.clone(), page("user2.json", (1, 10), false, &["b"])]), "of somebody else");
        assert!(!followed(&[one.clone(), page("user2.json", (1, 20), false, &["a"])]), "of the same time");
        let mut undated = page("user2.json", (1, 10), false, &["a"]);
        undated.first = None;
        assert!(!followed(&[one, undated]));
    }
}
