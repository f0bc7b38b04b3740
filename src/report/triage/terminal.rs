//! The triage on standard output: the answer, the first accounts of the ranking, the clusters.

use comfy_table::{Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table, Width, presets};

use super::words::{Say, fill, level};
use super::{TriageReport, html};
use crate::finding::Verdict;
use crate::moment::format_time;
use crate::report::terminal::Options;
use crate::report::text;
use crate::tenant::{Account, Level};

/// Cells in a line from which all columns are shown.
const WIDE: usize = 110;
/// How many accounts are shown.
const SHOWN: usize = 20;

/// The summary, ending in a line break.
pub fn summary(report: &TriageReport<'_>, options: &Options) -> String {
    let width = usize::from(options.width).clamp(20, 160);
    let mut out = String::new();
    let mut paragraph = |line: &str| {
        for line in text::terminal_lines(line, width) {
            out.push_str(&line);
            out.push('\n');
        }
    };
    for sentence in html::answer(report, options.lang) {
        paragraph(&sentence);
    }
    paragraph(&html::books(report, options.lang));
    let flagged: Vec<&Account> =
        report.triage.accounts.iter().filter(|account| account.level > Level::Nothing).collect();
    if !flagged.is_empty() {
        out.push('\n');
        let table = table(&flagged, options, width);
        for line in table.lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    if flagged.len() > SHOWN {
        out.push_str(&fill(options.lang, Say::More, &[(flagged.len() - SHOWN).to_string()]));
        out.push('\n');
    }
    for cluster in &report.triage.clusters {
        let addresses: Vec<String> = cluster.addresses.iter().map(text::terminal_whole).collect();
        let line = fill(options.lang, Say::Cluster, &[cluster.accounts.len().to_string(), addresses.join(", ")]);
        for line in text::terminal_lines(&line, width) {
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}

fn table(accounts: &[&Account], options: &Options, width: usize) -> Table {
    let lang = options.lang;
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(width as u16);
    if options.color {
        table.enforce_styling()
    } else {
        table.force_no_tty()
    };
    let wide = width >= WIDE;
    let mut heads = vec![Say::Rank, Say::Account, Say::Level, Say::Strong, Say::Weak, Say::Score, Say::First];
    heads.extend([Say::Last, Say::Cannot].into_iter().filter(|_| wide));
    table.set_header(heads.into_iter().map(|say| say.text(lang)));
    for (rank, account) in (1_usize..).zip(accounts).take(SHOWN) {
        let (strong, weak) = account.findings();
        let number = |number: u64| Cell::new(number).set_alignment(CellAlignment::Right);
        let time = |time: Option<_>| Cell::new(time.map_or_else(|| "-".to_owned(), format_time));
        let word = Cell::new(level(lang, account.level));
        let mut cells = vec![
            number(rank as u64),
            Cell::new(text::terminal_whole(&account.user)),
            match account.level {
                Level::Linked | Level::Strong => word.fg(Color::Red),
                Level::Weak => word.fg(Color::Yellow),
                Level::Nothing => word,
            },
            number(strong),
            number(weak),
            Cell::new(account.score).set_alignment(CellAlignment::Right),
            time(account.first),
        ];
        if wide {
            cells.extend([time(account.last), number(account.symptoms_with(Verdict::NotAssessable))]);
        }
        table.add_row(cells);
    }
    // A name is what is copied from here: it is broken last.
    let longest = accounts.iter().take(SHOWN).map(|account| text::width(&text::terminal_whole(&account.user))).max();
    let room = longest.unwrap_or(0).min(width.saturating_sub(52));
    if let Some(column) = table.column_mut(1) {
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(room as u16 + 2)));
    }
    table
}
