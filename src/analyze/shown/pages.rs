//! Pages of one list, which collectors save as files of their own: whether the page that one of them names as the next is
//! among the evidence.

use crate::ledger::SourceEntry;

/// Whether the last page of a file names a further one.
pub fn has_next(entry: &SourceEntry) -> bool {
    entry.notes.iter().any(|note| note.code == "C-204")
}

/// Whether such a file goes on in others, up to one that names no further page: files of the same list are called the
/// same but for a number or a time, by which that one is the last, and none reaches into another's time.
pub fn is_followed(entry: &SourceEntry, all: &[&SourceEntry]) -> bool {
    let alike = |other: &&&SourceEntry| other.format == entry.format && words(&other.path) == words(&entry.path);
    let mut pages: Vec<&SourceEntry> = all.iter().filter(alike).copied().collect();
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
        is_followed(&pages[0], &all)
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
