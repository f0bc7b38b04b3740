//! The triage on standard output: the answer, the first accounts of the ranking, the clusters. A list and no table: names
//! are long, terminals narrow, and a list can be read aloud.

use super::words::{Say, fill, level};
use super::{TriageReport, answer};
use crate::finding::Verdict;
use crate::moment::format_time;
use crate::report::terminal::Options;
use crate::report::{text, words};
use crate::tenant::{self, Account, Level};

/// How many accounts are shown.
const SHOWN: usize = 20;

/// The summary, ending in a line break.
pub fn summary(report: &TriageReport<'_>, options: &Options) -> String {
    let mut list = List { out: String::new(), options: *options };
    for sentence in answer::answer(report, options.lang) {
        list.item("", "", &sentence);
    }
    for missing in answer::missing(report, options.lang) {
        list.item("- ", "  ", &text::terminal_whole(&missing));
    }
    list.item("", "", &answer::books(report, options.lang));
    for caution in &report.cautions {
        list.item("- ", "  ", &words::told(options.lang, caution));
    }
    let accounts = &report.triage.accounts;
    let flagged: Vec<&Account> = accounts.iter().filter(|account| account.level > Level::Nothing).collect();
    if !flagged.is_empty() {
        list.out.push('\n');
    }
    for (rank, account) in (1_usize..).zip(&flagged).take(SHOWN) {
        list.account(rank, account);
    }
    if let Some(more) = flagged.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        list.item("", "", &answer::more(report, options.lang, more));
    }
    let common = tenant::common(accounts);
    if !common.is_empty() {
        list.out.push('\n');
        list.item("", "", &format!("{}:", Say::Common.text(options.lang)));
    }
    for common in common.iter().take(SHOWN) {
        let headline = text::terminal(options.lang.headline(&common.lead.headline), 400);
        let time = common.lead.time.map_or_else(|| "–".to_owned(), format_time);
        list.item("  - ", "    ", &format!("{time} {headline}"));
    }
    if let Some(more) = common.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        list.item("", "", &answer::more(report, options.lang, more));
    }
    if !report.triage.clusters.is_empty() {
        list.out.push('\n');
    }
    for cluster in &report.triage.clusters {
        let addresses: Vec<String> = cluster.addresses.iter().map(text::terminal_whole).collect();
        let numbers = [cluster.accounts.len().to_string(), addresses.join(", ")];
        list.item("", "  ", &fill(options.lang, Say::Cluster, &numbers));
    }
    list.out
}

struct List {
    out: String,
    options: Options,
}

impl List {
    /// Name, how far it goes, and when. The level stands in words; colour only repeats it.
    fn account(&mut self, rank: usize, account: &Account) {
        let lang = self.options.lang;
        self.item(&format!("{rank:>3}  "), "     ", &text::terminal_whole(&account.user));
        let code = match account.level {
            Level::Linked | Level::Strong => "31",
            Level::Weak => "33",
            Level::Nothing => "0",
        };
        let word = level(lang, account.level);
        let word = if self.options.color { format!("\u{1b}[{code}m{word}\u{1b}[0m") } else { word.to_owned() };
        self.out.push_str(&format!("     {word}\n"));
        let (strong, weak) = account.findings();
        let unknown = account.symptoms_with(Verdict::NotAssessable);
        let numbers = [strong.to_string(), weak.to_string(), account.score.to_string(), unknown.to_string()];
        self.item("     ", "     ", &fill(lang, Say::Numbers, &numbers));
        // What makes such an account weak is among no finding of its own.
        if !account.entered_from.is_empty() {
            let addresses: Vec<String> = account.entered_from.iter().map(text::terminal_whole).collect();
            self.item("     ", "     ", &fill(lang, Say::EnteredFrom, &[addresses.join(", ")]));
        }
        if let Some((first, last)) = account.first.zip(account.last) {
            let times = [first, last].map(|time| time.format("%Y-%m-%d %H:%M UTC").to_string());
            let say = if times.first() == times.last() { Say::SuspiciousAt } else { Say::Suspicious };
            self.item("     ", "     ", &fill(lang, say, &times));
        }
    }

    fn item(&mut self, first: &str, next: &str, text: &str) {
        let width = usize::from(self.options.width).clamp(20, 120);
        let margin = first.len().max(next.len());
        for (number, line) in text::terminal_lines(text, width.saturating_sub(margin)).iter().enumerate() {
            self.out.push_str(if number == 0 { first } else { next });
            self.out.push_str(line);
            self.out.push('\n');
        }
    }
}
