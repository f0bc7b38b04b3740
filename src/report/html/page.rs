//! The page under construction, and the small things that its sections share: headings, tables, times, chips.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::chosen::chosen;
use super::{ENOUGH, Options, TABLE};
use crate::finding::{Finding, Severity, Verdict, Weight};
use crate::origin::RecordRef;
use crate::report::model::Report;
use crate::report::symbol;
use crate::report::text::{self, Evidence};
use crate::report::words::{self, Lang, Word, fill};
use crate::timeline::format_time;
use crate::untrusted::Untrusted;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Characters shown of one text of the evidence.
const LONGEST: usize = 600;
/// Characters shown of a path beside a record; the list of files has the whole.
const PATH: usize = 120;

/// The sections, as the contents list them.
const SECTIONS: [(&str, Word); 16] = [
    ("answer", Word::HeadAnswer),
    ("symptoms", Word::HeadSymptoms),
    ("response", Word::HeadResponse),
    ("story", Word::HeadStory),
    ("findings", Word::HeadFindings),
    ("beyond", Word::HeadBeyond),
    ("sign-ins", Word::HeadSignIns),
    ("attacker", Word::HeadAttacker),
    ("exposure", Word::HeadExposure),
    ("coverage", Word::HeadCoverage),
    ("evidence", Word::HeadEvidence),
    ("rejects", Word::HeadRejects),
    ("timeline", Word::HeadTimeline),
    ("pages", Word::HeadPages),
    ("method", Word::HeadMethod),
    ("glossary", Word::HeadGlossary),
];

/// Whatever is handed to [`Page::push`] is markup: evidence gets there through [`Page::shown`] and [`exact`] only.
pub(super) struct Page<'a> {
    pub(super) out: String,
    pub(super) report: &'a Report<'a>,
    pub(super) options: Options<'a>,
    pub(super) lang: Lang,
    own_domains: Vec<&'a str>,
    /// Ids of the findings that are told, and so have an anchor.
    pub(super) anchors: BTreeSet<&'a str>,
}

impl<'a> Page<'a> {
    pub(super) fn new(report: &'a Report<'a>, options: &Options<'a>) -> Self {
        let own_domains = report.examination.tenant_domains.iter().map(Untrusted::as_evidence).collect();
        let anchors = chosen(report);
        Self { out: String::new(), report, options: *options, lang: options.lang, own_domains, anchors }
    }

    pub(super) fn head(&mut self) {
        let title = self.word(Word::ReportTitle);
        let user = self.shown(&self.report.examination.user);
        let lang = self.lang.tag();
        // Only this style sheet and this script may act: whatever else got into the page would be dead text.
        let (style, script) = (source_of(STYLE), source_of(SCRIPT));
        self.push(&format!(
            "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {style}; script-src {script}; \
             base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n\
             <title>{title}: {user}</title>\n<style>{STYLE}</style>\n</head>\n"
        ));
        self.push(&format!(
            "<body data-filter=\"{}\" data-shown=\"{}\" data-sort=\"{}\">\n",
            self.word(Word::FilterTable),
            self.word(Word::FilterShown),
            self.word(Word::SortBy)
        ));
        self.push(&format!("<a class=\"skip\" href=\"#main\">{}</a>\n", self.word(Word::SkipLink)));
        self.push(&format!("<header>\n<p class=\"kicker\">{title}</p>\n<h1>{user}</h1>\n"));
        let examination = self.report.examination;
        let asked = examination.window;
        let window = match asked.is_unset() {
            true => self.word(Word::NoWindow),
            false => format!("{} – {}", self.time(asked.from), self.time(asked.to)),
        };
        let case = self.given(self.report.case_id.as_deref());
        let examiner = self.given(self.report.examiner.as_deref());
        self.facts(&[(Word::Window, window), (Word::Case, case), (Word::Examiner, examiner)]);
        self.push("</header>\n");
        self.contents();
    }

    fn contents(&mut self) {
        self.push(&format!("<nav aria-label=\"{}\">\n<ul>\n", self.word(Word::Contents)));
        let has_pages = !self.options.pages.is_empty();
        for (id, word) in SECTIONS.into_iter().filter(|(id, _)| has_pages || *id != "pages") {
            self.push(&format!("<li><a href=\"#{id}\">{}</a></li>\n", self.word(word)));
        }
        self.push("</ul>\n</nav>\n");
    }

    pub(super) fn foot(&mut self) {
        let tool = format!("{} {}", text::html(self.report.tool.name), text::html(self.report.tool.version));
        self.push(&format!("<footer>\n<p>{tool}</p>\n</footer>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"));
    }

    pub(super) fn push(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    pub(super) fn heading(&mut self, id: &str, word: Word) {
        self.push(&format!("<h2 id=\"{id}\">{}</h2>\n", self.word(word)));
    }

    pub(super) fn subheading(&mut self, word: Word) {
        self.push(&format!("<h3>{}</h3>\n", self.word(word)));
    }

    pub(super) fn paragraph(&mut self, markup: &str) {
        self.push(&format!("<p>{markup}</p>\n"));
    }

    /// A remark under a heading or a table.
    pub(super) fn remark(&mut self, markup: &str) {
        self.push(&format!("<p class=\"soft\">{markup}</p>\n"));
    }

    /// One of the program's own words, as markup.
    pub(super) fn word(&self, word: Word) -> String {
        text::html(word.text(self.lang))
    }

    /// One of the program's own sentences with values that are no markup.
    pub(super) fn sentence(&self, word: Word, values: &[&str]) -> String {
        text::html(&fill(self.lang, word, values))
    }

    /// Evidence text as markup, addresses and links without their teeth; of very long text the beginning.
    pub(super) fn shown<T: Evidence + ?Sized>(&self, text: &T) -> String {
        let (shown, more) = text::clip(text.text(), LONGEST);
        let mut markup = self.whole(shown);
        if more > 0 {
            markup.push_str(&self.sentence(Word::Clipped, &[&more.to_string()]));
        }
        markup
    }

    /// The first characters of what another file has whole.
    pub(super) fn beginning<T: Evidence + ?Sized>(&self, text: &T, limit: usize) -> String {
        let (shown, more) = text::clip(text.text(), limit);
        format!("{}{}", self.whole(shown), if more > 0 { "…" } else { "" })
    }

    fn whole(&self, text: &str) -> String {
        text::html_defanged(text, self.options.teeth, &self.own_domains)
    }

    /// A sentence that the examination wrote in English, in the report's language.
    pub(super) fn told<T: Evidence + ?Sized>(&self, text: &T) -> String {
        self.shown(&*words::told(self.lang, text.text()))
    }

    pub(super) fn shown_or_dash<T: Evidence>(&self, text: Option<&T>) -> String {
        text.map_or_else(dash, |text| self.shown(text))
    }

    fn given(&self, text: Option<&str>) -> String {
        text.map_or_else(|| format!("<span class=\"soft\">{}</span>", self.word(Word::CaseNone)), text::html)
    }

    /// The organisation's own domains, which keep their teeth.
    pub(super) fn own_domains(&self) -> String {
        let domains: Vec<String> = self.own_domains.iter().map(|domain| text::html(*domain)).collect();
        if domains.is_empty() { self.word(Word::None) } else { domains.join(", ") }
    }

    /// A time as markup: UTC, and the other zone under it where one is wanted.
    pub(super) fn time(&self, time: DateTime<Utc>) -> String {
        let local = self.options.zone.map_or_else(String::new, |zone| {
            let local = time.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %Z").to_string();
            format!(" <span class=\"local\">{}</span>", text::html(&local))
        });
        format!("<time datetime=\"{}\">{}</time>{local}", format_time(time), plain_time(time))
    }

    /// When it was found to be so; of a snapshot that does not say when it was taken, that this is not known.
    pub(super) fn time_of(&self, finding: &Finding) -> String {
        self.time_or_unknown(finding.when())
    }

    pub(super) fn time_or_unknown(&self, time: Option<DateTime<Utc>>) -> String {
        let unknown = || format!("<span class=\"soft\">{}</span>", self.word(Word::TimeUnknown));
        time.map_or_else(unknown, |time| self.time(time))
    }

    pub(super) fn verdict_chip(&self, verdict: Verdict) -> String {
        chip(verdict.as_str(), symbol(verdict), words::verdict(self.lang, verdict))
    }

    pub(super) fn weight_chip(&self, weight: Weight) -> String {
        chip(weight.as_str(), weight_symbol(weight), words::weight(self.lang, weight))
    }

    pub(super) fn severity_chip(&self, severity: Severity) -> String {
        let symbol = match severity {
            Severity::Critical => "!!",
            Severity::High => "!",
            Severity::Medium => "◆",
            Severity::Low | Severity::Info => "·",
        };
        let word = format!("{}: {}", Word::Severity.text(self.lang), words::severity(self.lang, severity));
        chip(&format!("sev {}", severity.as_str()), symbol, &word)
    }

    /// A link to a finding that is on the page, or its id where it is not.
    pub(super) fn link(&self, id: &str) -> String {
        let shown = text::html(id);
        if self.anchors.contains(id) { format!("<a href=\"#f-{}\">{shown}</a>", anchor(id)) } else { shown }
    }

    /// A list of names and values; the values are markup.
    pub(super) fn facts(&mut self, facts: &[(Word, String)]) {
        self.push("<dl class=\"facts\">\n");
        for (word, markup) in facts {
            self.push(&format!("<dt>{}</dt><dd>{markup}</dd>\n", self.word(*word)));
        }
        self.push("</dl>\n");
    }

    /// A bulleted list; the items are markup.
    pub(super) fn bullets(&mut self, items: impl IntoIterator<Item = String>) {
        self.push("<ul class=\"plain\">\n");
        for item in items {
            self.push(&format!("<li>{item}</li>\n"));
        }
        self.push("</ul>\n");
    }

    /// A table whose first column names the row.
    pub(super) fn table(&mut self, caption: &str, heads: &[Head], rows: impl IntoIterator<Item = Vec<String>>) {
        self.table_with_sum(caption, heads, rows, None);
    }

    /// [`Page::table`] with a last row that stays where it is when the table is sorted.
    pub(super) fn table_with_sum(
        &mut self,
        caption: &str,
        heads: &[Head],
        rows: impl IntoIterator<Item = Vec<String>>,
        sum: Option<Vec<String>>,
    ) {
        self.push(&format!(
            "<div class=\"wide\" role=\"group\" tabindex=\"0\" aria-label=\"{caption}\">\n<table>\n<caption>{caption}</caption>\n<thead><tr>"
        ));
        for head in heads {
            let title = head.title.clone().unwrap_or_else(|| self.word(head.word));
            self.push(&format!("<th scope=\"col\"{}>{title}</th>", class(head.class)));
        }
        self.push("</tr></thead>\n<tbody>\n");
        for row in rows {
            self.row(heads, &row);
        }
        self.push("</tbody>\n");
        if let Some(sum) = sum {
            self.push("<tfoot>\n");
            self.row(heads, &sum);
            self.push("</tfoot>\n");
        }
        self.push("</table>\n</div>\n");
    }

    /// A table of which only the first rows may be there, for their number or their length; it says how many of `all`
    /// are left out, and where they are.
    pub(super) fn long_table(
        &mut self,
        caption: &str,
        heads: &[Head],
        rows: impl IntoIterator<Item = Vec<String>>,
        (all, word): (usize, Word),
    ) {
        let mut shown: Vec<Vec<String>> = Vec::new();
        let mut bytes = 0;
        for row in rows {
            bytes += row.iter().map(String::len).sum::<usize>();
            if bytes > TABLE && !shown.is_empty() {
                break;
            }
            shown.push(row);
        }
        let more = shown.len();
        self.table(caption, heads, shown);
        self.more(all, more, word);
    }

    /// Whether the page has become so long that findings are told without their evidence.
    pub(super) fn is_full(&self) -> bool {
        self.out.len() > ENOUGH
    }

    fn row(&mut self, heads: &[Head], row: &[String]) {
        self.push("<tr>");
        for (number, (head, markup)) in heads.iter().zip(row).enumerate() {
            let class = class(head.class);
            self.push(&if number == 0 {
                format!("<th scope=\"row\"{class}>{markup}</th>")
            } else {
                format!("<td{class}>{markup}</td>")
            });
        }
        self.push("</tr>\n");
    }

    /// The records that show something, as a table; at most `limit` of them.
    pub(super) fn records(&mut self, of: &str, records: &[RecordRef], limit: usize) {
        let heads = [
            head(Word::File, "text"),
            head(Word::Record, "n"),
            head(Word::Line, "n"),
            head(Word::Offset, "n"),
            head(Word::NativeId, ""),
            head(Word::Hash, ""),
        ];
        let rows: Vec<Vec<String>> = records.iter().take(limit).map(record_row).collect();
        let caption = format!("{} · {}", self.word(Word::Records), text::html(of));
        self.long_table(&caption, &heads, rows, (records.len(), Word::MoreRows));
    }

    /// Says how many rows were left out, and where they are.
    pub(super) fn more(&mut self, all: usize, shown: usize, word: Word) {
        let more = all.saturating_sub(shown);
        if more > 0 {
            self.remark(&self.sentence(words::where_written(self.report, word), &[&more.to_string()]));
        }
    }
}

/// One column of a table: its title and how its cells are set (`n` numbers, `t` times, `id` names, `text` sentences).
pub(super) struct Head {
    word: Word,
    title: Option<String>,
    class: &'static str,
}

pub(super) fn head(word: Word, class: &'static str) -> Head {
    Head { word, title: None, class }
}

pub(super) fn titled(title: String, class: &'static str) -> Head {
    Head { word: Word::None, title: Some(title), class }
}

fn class(class: &str) -> String {
    if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") }
}

/// How a content security policy names an inline text: by its hash.
pub(super) fn source_of(inline: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(inline)))
}

/// A time as people read it; always UTC, and it says so.
pub(super) fn plain_time(time: DateTime<Utc>) -> String {
    format_time(time).replace('T', " ").replace('Z', " UTC")
}

/// A coloured word with a shape, so that the colour is never alone.
pub(super) fn chip(class: &str, symbol: &str, word: &str) -> String {
    format!("<span class=\"chip {class}\"><span aria-hidden=\"true\">{symbol}</span> {}</span>", text::html(word))
}

/// The shape of a finding's weight.
pub(super) fn weight_symbol(weight: Weight) -> &'static str {
    match weight {
        Weight::Strong => "■",
        Weight::Weak => "▲",
        Weight::Explained => "○",
    }
}

/// Evidence text as markup, otherwise as it is: paths, ids, hashes.
pub(super) fn exact<T: Evidence + ?Sized>(text: &T) -> String {
    text::html(text)
}

/// The path of a file beside a record; of a very long one the beginning and the end.
pub(super) fn path(whole: &str) -> String {
    let count = whole.chars().count();
    if count <= PATH {
        return exact(whole);
    }
    let begin: String = whole.chars().take(PATH / 3).collect();
    let end: String = whole.chars().skip(count - PATH * 2 / 3).collect();
    format!("{}…{}", exact(&begin), exact(&end))
}

pub(super) fn mono(markup: &str) -> String {
    format!("<span class=\"mono\">{markup}</span>")
}

pub(super) fn dash() -> String {
    "–".to_owned()
}

/// An id as the name of an anchor.
pub(super) fn anchor(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).collect()
}

fn record_row(record: &RecordRef) -> Vec<String> {
    vec![
        path(&record.evidence),
        record.record.to_string(),
        record.line.to_string(),
        record.offset.to_string(),
        record.native_id.as_deref().map_or_else(dash, |id| mono(&text::html(id))),
        format!("<span class=\"mono hash\">{}</span>", exact(&record.sha256)),
    ]
}

/// A record in a few words, for table cells.
pub(super) fn cited(record: &RecordRef) -> String {
    format!("{} #{}", path(&record.evidence), record.record)
}

/// `12,345`, in groups of three; every language of the report writes it so.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
