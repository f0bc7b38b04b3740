//! `report.html`, for people: one file that loads nothing, runs nothing, and prints.

mod findings;
mod pages;
mod sign_ins;
mod sources;
mod summary;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::model::Report;
use super::text::{self, Evidence};
use super::words::{self, Lang, Word, fill};
use crate::finding::{Severity, Verdict, Weight};
use crate::origin::RecordRef;
use crate::timeline::format_time;
use crate::untrusted::Untrusted;

const STYLE: &str = include_str!("style.css");

/// Findings shown in full per question; the rest is in `findings.csv`.
const SHOWN: usize = 200;

/// The page of a symptom or detection: what it is, how it is decided, innocent explanations.
#[derive(Debug, Clone, Copy)]
pub struct SymptomPage<'a> {
    /// The public id.
    pub id: &'a str,
    /// The text, in Markdown.
    pub text: &'a str,
}

/// How the report is laid out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// Language.
    pub lang: Lang,
    /// A zone shown beside UTC.
    pub zone: Option<Tz>,
    /// The pages to append; without them the report names the `explain` command.
    pub pages: &'a [SymptomPage<'a>],
}

/// The whole report.
pub fn render(report: &Report<'_>, options: &Options<'_>) -> String {
    let mut page = Page::new(report, options);
    page.head();
    page.push("<main id=\"main\">\n");
    summary::answer(&mut page);
    summary::verdicts(&mut page);
    summary::response(&mut page);
    findings::symptoms(&mut page);
    findings::beyond(&mut page);
    sign_ins::section(&mut page);
    summary::attacker(&mut page);
    sources::coverage(&mut page);
    sources::evidence(&mut page);
    sources::rejects(&mut page);
    sources::timeline(&mut page);
    pages::section(&mut page);
    page.push("</main>\n");
    page.method();
    page.push("</body>\n</html>\n");
    page.out
}

/// The page under construction, and the small things that its sections share. Whatever is handed to
/// [`Page::push`] is markup: evidence gets there through [`Page::shown`] and [`exact`] only.
struct Page<'a> {
    out: String,
    report: &'a Report<'a>,
    options: Options<'a>,
    lang: Lang,
    own_domains: Vec<&'a str>,
    /// Ids of the findings that have an anchor.
    anchors: BTreeSet<&'a str>,
}

impl<'a> Page<'a> {
    fn new(report: &'a Report<'a>, options: &Options<'a>) -> Self {
        let own_domains = report.examination.tenant_domains.iter().map(Untrusted::as_evidence).collect();
        let findings = super::assessments(report).flat_map(|assessment| assessment.findings.iter().take(SHOWN));
        let anchors = findings.map(|finding| finding.id.as_str()).collect();
        Self { out: String::new(), report, options: *options, lang: options.lang, own_domains, anchors }
    }

    fn head(&mut self) {
        let title = self.word(Word::ReportTitle);
        let user = self.shown(&self.report.examination.user);
        let lang = self.lang.tag();
        self.push(&format!(
            "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n\
             <title>{title}: {user}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
        ));
        self.push(&format!("<a class=\"skip\" href=\"#findings\">{}</a>\n", self.word(Word::SkipLink)));
        self.push(&format!("<header>\n<h1>{title}</h1>\n"));
        let examination = self.report.examination;
        let window = format!("{} – {}", self.time(examination.window.from), self.time(examination.window.to));
        let case = self.given(self.report.case_id.as_deref());
        let examiner = self.given(self.report.examiner.as_deref());
        self.facts(&[
            (Word::Account, format!("<strong>{user}</strong>")),
            (Word::Window, window),
            (Word::Case, case),
            (Word::Examiner, examiner),
        ]);
        self.push("</header>\n");
        self.contents();
    }

    fn contents(&mut self) {
        let entries = [
            ("answer", Word::HeadAnswer),
            ("symptoms", Word::HeadSymptoms),
            ("response", Word::HeadResponse),
            ("findings", Word::HeadFindings),
            ("beyond", Word::HeadBeyond),
            ("sign-ins", Word::HeadSignIns),
            ("attacker", Word::HeadAttacker),
            ("coverage", Word::HeadCoverage),
            ("evidence", Word::HeadEvidence),
            ("rejects", Word::HeadRejects),
            ("timeline", Word::HeadTimeline),
            ("method", Word::HeadMethod),
        ];
        self.push(&format!("<nav aria-label=\"{}\">\n<ul>\n", self.word(Word::Contents)));
        for (id, word) in entries {
            self.push(&format!("<li><a href=\"#{id}\">{}</a></li>\n", self.word(word)));
        }
        self.push("</ul>\n</nav>\n");
    }

    fn method(&mut self) {
        self.push(&format!("<footer id=\"method\">\n<h2>{}</h2>\n", self.word(Word::HeadMethod)));
        let tool = format!("{} {}", text::html(self.report.tool.name), text::html(self.report.tool.version));
        let domains: Vec<String> = self.own_domains.iter().map(|domain| text::html(*domain)).collect();
        let domains = if domains.is_empty() { self.word(Word::None) } else { domains.join(", ") };
        self.facts(&[(Word::Tool, tool), (Word::InternalDomains, domains)]);
        for word in [Word::MethodText, Word::MethodDefang] {
            self.push(&format!("<p>{}</p>\n", self.word(word)));
        }
        self.push("</footer>\n");
    }

    fn push(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    fn heading(&mut self, id: &str, word: Word) {
        self.push(&format!("<h2 id=\"{id}\">{}</h2>\n", self.word(word)));
    }

    fn paragraph(&mut self, markup: &str) {
        self.push(&format!("<p>{markup}</p>\n"));
    }

    /// One of the program's own words, as markup.
    fn word(&self, word: Word) -> String {
        text::html(word.text(self.lang))
    }

    /// One of the program's own sentences with values that are no markup.
    fn sentence(&self, word: Word, values: &[&str]) -> String {
        text::html(&fill(self.lang, word, values))
    }

    /// Evidence text as markup, addresses and links without their teeth.
    fn shown<T: Evidence + ?Sized>(&self, text: &T) -> String {
        text::html_defanged(text, &self.own_domains)
    }

    fn shown_or_dash<T: Evidence>(&self, text: Option<&T>) -> String {
        text.map_or_else(|| "–".to_owned(), |text| self.shown(text))
    }

    fn given(&self, text: Option<&str>) -> String {
        text.map_or_else(|| format!("<span class=\"soft\">{}</span>", self.word(Word::CaseNone)), text::html)
    }

    /// A time as markup: UTC, and the other zone under it where one is wanted.
    fn time(&self, time: DateTime<Utc>) -> String {
        let utc = format_time(time);
        let local = self.options.zone.map_or_else(String::new, |zone| {
            let local = time.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %Z").to_string();
            format!("<span class=\"local\">{}</span>", text::html(&local))
        });
        format!("<time datetime=\"{utc}\">{utc}</time>{local}")
    }

    fn verdict_chip(&self, verdict: Verdict) -> String {
        let symbol = match verdict {
            Verdict::Strong => "■",
            Verdict::Weak => "▲",
            Verdict::Explained => "○",
            Verdict::NotSeen => "✓",
            Verdict::NotAssessable => "?",
        };
        chip(verdict.as_str(), symbol, words::verdict(self.lang, verdict))
    }

    fn weight_chip(&self, weight: Weight) -> String {
        let symbol = match weight {
            Weight::Strong => "■",
            Weight::Weak => "▲",
            Weight::Explained => "○",
        };
        chip(weight.as_str(), symbol, words::weight(self.lang, weight))
    }

    fn severity_chip(&self, severity: Severity) -> String {
        let symbol = match severity {
            Severity::Critical => "!!",
            Severity::High => "!",
            Severity::Medium => "◆",
            Severity::Low | Severity::Info => "·",
        };
        let word = format!("{}: {}", Word::Severity.text(self.lang), words::severity(self.lang, severity));
        chip(severity.as_str(), symbol, &word)
    }

    /// A list of names and values; the values are markup.
    fn facts(&mut self, facts: &[(Word, String)]) {
        self.push("<dl class=\"facts\">\n");
        for (word, markup) in facts {
            self.push(&format!("<dt>{}</dt><dd>{markup}</dd>\n", self.word(*word)));
        }
        self.push("</dl>\n");
    }

    /// A bulleted list of evidence texts.
    fn bullets<T: Evidence>(&mut self, texts: &[T]) {
        self.push("<ul class=\"plain\">\n");
        for text in texts {
            self.push(&format!("<li>{}</li>\n", self.shown(text)));
        }
        self.push("</ul>\n");
    }

    /// A table whose first column names the row.
    fn table(&mut self, caption: &str, heads: &[Head], rows: impl IntoIterator<Item = Vec<String>>) {
        self.push(&format!(
            "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{caption}\">\n<table>\n<caption>{caption}</caption>\n<thead><tr>"
        ));
        for head in heads {
            let class = match head.class {
                "n" => " class=\"n\"",
                "text" => " class=\"text\"",
                _ => "",
            };
            let title = head.title.clone().unwrap_or_else(|| self.word(head.word));
            self.push(&format!("<th scope=\"col\"{class}>{title}</th>"));
        }
        self.push("</tr></thead>\n<tbody>\n");
        for row in rows {
            self.push("<tr>");
            for (number, (head, markup)) in heads.iter().zip(&row).enumerate() {
                let class = if head.class.is_empty() { String::new() } else { format!(" class=\"{}\"", head.class) };
                self.push(&if number == 0 {
                    format!("<th scope=\"row\"{class}>{markup}</th>")
                } else {
                    format!("<td{class}>{markup}</td>")
                });
            }
            self.push("</tr>\n");
        }
        self.push("</tbody>\n</table>\n</div>\n");
    }

    /// The records that show something, as a table; at most `limit` of them.
    fn records(&mut self, records: &[RecordRef], limit: usize) {
        let heads = [
            head(Word::File, "text"),
            head(Word::Record, "n"),
            head(Word::Line, "n"),
            head(Word::Offset, "n"),
            head(Word::NativeId, ""),
            head(Word::Hash, ""),
        ];
        let rows: Vec<Vec<String>> = records.iter().take(limit).map(record_row).collect();
        self.table(&self.word(Word::Records), &heads, rows);
        let more = records.len().saturating_sub(limit);
        if more > 0 {
            self.paragraph(&self.sentence(Word::MoreRows, &[&more.to_string()]));
        }
    }
}

/// One column of a table: its title and how its cells are set (`n` numbers, `t` times, `id` names, `text` sentences).
struct Head {
    word: Word,
    title: Option<String>,
    class: &'static str,
}

fn head(word: Word, class: &'static str) -> Head {
    Head { word, title: None, class }
}

fn titled(title: String, class: &'static str) -> Head {
    Head { word: Word::None, title: Some(title), class }
}

/// A coloured word with a shape, so that the colour is never alone.
fn chip(class: &str, symbol: &str, word: &str) -> String {
    format!("<span class=\"chip {class}\"><span aria-hidden=\"true\">{symbol}</span> {}</span>", text::html(word))
}

/// Evidence text as markup, otherwise as it is: paths, ids, hashes.
fn exact<T: Evidence + ?Sized>(text: &T) -> String {
    text::html(text)
}

fn mono(markup: &str) -> String {
    format!("<span class=\"mono\">{markup}</span>")
}

/// An id as the name of an anchor.
fn anchor(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).collect()
}

fn record_row(record: &RecordRef) -> Vec<String> {
    vec![
        exact(&record.evidence),
        record.record.to_string(),
        record.line.to_string(),
        record.offset.to_string(),
        record.native_id.as_deref().map_or_else(|| "–".to_owned(), |id| mono(&text::html(id))),
        format!("<span class=\"mono hash\">{}</span>", exact(&record.sha256)),
    ]
}

/// A record in a few words, for table cells.
fn cited(record: &RecordRef) -> String {
    format!("{} #{}", exact(&record.evidence), record.record)
}
