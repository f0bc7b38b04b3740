//! `report.html` of a triage: the answer, the ranking, the heat map of accounts and symptoms, the clusters. One file
//! that loads nothing and runs nothing.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::words::{Say, fill, level};
use super::{Shared, TriageReport, answer};
use crate::finding::Verdict;
use crate::moment::format_time;
use crate::report::symbol;
use crate::report::text::{self, Teeth};
use crate::report::words::{self, Lang, Word};
use crate::tenant::{self, Account, Level};
use crate::untrusted::Untrusted;

/// The style of every report, and what the heat map adds.
const STYLE: &str = include_str!("../html/style.css");
const HEAT: &str = include_str!("heat.css");

/// Accounts shown in the ranking and the heat map; all are in `triage.json` and `triage.csv`.
const SHOWN: usize = 500;
/// Names shown of a long list.
const NAMES: usize = 20;

/// How the report is laid out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Language.
    pub lang: Lang,
    /// A zone shown beside UTC.
    pub zone: Option<chrono_tz::Tz>,
    /// Whether addresses and links are defanged.
    pub teeth: Teeth,
}

/// The whole report.
pub fn render(report: &TriageReport<'_>, options: &Options) -> String {
    let own: Vec<&str> = report.own_domains.iter().map(String::as_str).collect();
    let mut page = Page { out: String::new(), report, options: *options, own };
    page.head();
    page.push("<main id=\"main\">\n");
    page.answer();
    page.ranking();
    page.heat();
    page.common();
    page.clusters();
    page.addresses();
    page.push("</main>\n");
    page.method();
    page.push("</body>\n</html>\n");
    page.out
}

/// The page under construction. What is handed to [`Page::push`] is markup; evidence gets there through
/// [`Page::shown`] only.
struct Page<'a> {
    out: String,
    report: &'a TriageReport<'a>,
    options: Options,
    own: Vec<&'a str>,
}

impl<'a> Page<'a> {
    fn push(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    fn say(&self, say: Say) -> String {
        text::html(say.text(self.options.lang))
    }

    fn shown(&self, text: &Untrusted) -> String {
        text::html_defanged(text, self.options.teeth, &self.own)
    }

    fn time(&self, time: Option<DateTime<Utc>>) -> String {
        let Some(time) = time else { return "–".to_owned() };
        let (machine, utc) = (format_time(time), time.format("%Y-%m-%d %H:%M:%S UTC").to_string());
        let local = self.options.zone.map_or_else(String::new, |zone| {
            let local = time.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %Z").to_string();
            format!("<span class=\"local\">{}</span>", text::html(&local))
        });
        format!("<time datetime=\"{machine}\">{utc}</time> {local}")
    }

    fn list(&self, texts: &[Untrusted]) -> String {
        let mut shown: Vec<String> = texts.iter().take(NAMES).map(|text| self.shown(text)).collect();
        if texts.len() > NAMES {
            shown.push(text::html(&answer::more(self.report, self.options.lang, texts.len() - NAMES)));
        }
        if shown.is_empty() { "–".to_owned() } else { shown.join("<br>") }
    }

    fn flagged(&self) -> impl Iterator<Item = (usize, &'a Account)> + use<'a> {
        (1..).zip(&self.report.triage.accounts).filter(|(_, account)| account.level > Level::Nothing)
    }

    fn head(&mut self) {
        let title = self.say(Say::Title);
        let triage = self.report.triage;
        self.push(&format!(
            "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n\
             <title>{title}</title>\n<style>\n{STYLE}{HEAT}</style>\n</head>\n<body>\n",
            self.options.lang.tag()
        ));
        self.push(&format!("<a class=\"skip\" href=\"#ranking\">{}</a>\n", self.say(Say::Skip)));
        self.push(&format!("<header>\n<h1>{title}</h1>\n"));
        let window = match triage.window.is_unset() {
            true => text::html(Word::NoWindow.text(self.options.lang)),
            false => format!("{} – {}", self.time(Some(triage.window.from)), self.time(Some(triage.window.to))),
        };
        let given = |text: Option<&str>| text.map_or_else(|| self.say(Say::NotGiven), text::html);
        let facts = [
            (Say::Window, window),
            (Say::Case, given(self.report.case_id.as_deref())),
            (Say::Examiner, given(self.report.examiner.as_deref())),
            (Say::Evidence, text::html(&answer::books(self.report, self.options.lang))),
        ];
        self.facts(&facts);
        self.push("</header>\n");
        let entries = [
            ("answer", Say::Answer),
            ("ranking", Say::Ranking),
            ("heat", Say::Heat),
            ("common", Say::Common),
            ("clusters", Say::Clusters),
            ("addresses", Say::Addresses),
            ("method", Say::Method),
        ];
        self.push(&format!("<nav aria-label=\"{}\">\n<ul>\n", self.say(Say::Contents)));
        for (id, say) in entries {
            self.push(&format!("<li><a href=\"#{id}\">{}</a></li>\n", self.say(say)));
        }
        self.push("</ul>\n</nav>\n");
    }

    fn facts(&mut self, facts: &[(Say, String)]) {
        self.push("<dl class=\"facts\">\n");
        for (say, markup) in facts {
            self.push(&format!("<dt>{}</dt><dd>{markup}</dd>\n", self.say(*say)));
        }
        self.push("</dl>\n");
    }

    fn heading(&mut self, id: &str, say: Say) {
        self.push(&format!("<h2 id=\"{id}\">{}</h2>\n", self.say(say)));
    }

    fn answer(&mut self) {
        let class = match self.report.triage.accounts.first().map_or(Level::Nothing, |account| account.level) {
            Level::Linked | Level::Strong => "strong",
            Level::Weak => "weak",
            Level::Nothing => "not_assessable",
        };
        let between = if self.options.lang == Lang::Ja { "" } else { " " };
        let sentences = answer::answer(self.report, self.options.lang).join(between);
        self.push(&format!("<section class=\"answer {class}\" aria-labelledby=\"answer\">\n"));
        self.heading("answer", Say::Answer);
        self.push(&format!("<p class=\"lead\">{}</p>\n", text::html(&sentences)));
        self.cautions();
        self.push("</section>\n");
    }

    /// What most accounts lack, and what the answer rests on besides the evidence.
    fn cautions(&mut self) {
        let lang = self.options.lang;
        let cautions = self.report.cautions.iter().map(|told| Untrusted::new(words::told(lang, told).into_owned()));
        let told = answer::missing(self.report, lang).into_iter().chain(cautions);
        let items: Vec<String> = told.map(|told| format!("<li>{}</li>\n", self.shown(&told))).collect();
        if !items.is_empty() {
            self.push(&format!("<ul>\n{}</ul>\n", items.concat()));
        }
    }

    fn ranking(&mut self) {
        self.heading("ranking", Say::Ranking);
        let shared = Shared::of(self.report.triage);
        let rows: Vec<Vec<String>> =
            self.flagged().take(SHOWN).map(|(rank, account)| self.ranking_row(rank, account, &shared)).collect();
        if rows.is_empty() {
            self.push(&format!("<p>{}</p>\n", self.say(Say::NoneFlagged)));
            return;
        }
        let heads = [
            (Say::Rank, "n"),
            (Say::Account, "text"),
            (Say::Leads, "text"),
            (Say::Strong, "n"),
            (Say::Weak, "n"),
            (Say::Score, "n"),
            (Say::Span, "t"),
            (Say::Shared, "mono"),
        ];
        self.table(Say::Ranking, &heads, &rows);
        self.more(self.flagged().count());
    }

    fn ranking_row(&self, rank: usize, account: &Account, shared: &Shared<'_>) -> Vec<String> {
        let (strong, weak) = account.findings();
        let also: Vec<String> =
            account.also.iter().map(|also| format!("<br><span class=\"soft\">{}</span>", self.shown(also))).collect();
        let shared: Vec<Untrusted> = shared.with(account).cloned().collect();
        let mut leads: Vec<String> = account.leads.iter().map(|lead| self.lead(lead)).collect();
        if !account.entered_from.is_empty() {
            let told = fill(self.options.lang, Say::EnteredFrom, &[String::new()]);
            leads.push(format!("<li>{}{}</li>", text::html(&told), self.list(&account.entered_from)));
        }
        let (class, shape) = match account.level {
            Level::Linked => ("strong", "■■"),
            Level::Strong => ("strong", "■"),
            Level::Weak => ("weak", "▲"),
            Level::Nothing => ("not_seen", "·"),
        };
        let chip = format!(
            "<span class=\"chip {class}\"><span aria-hidden=\"true\">{shape}</span> {}</span>",
            text::html(level(self.options.lang, account.level))
        );
        vec![
            rank.to_string(),
            format!("<strong>{}</strong>{}<br>{chip}", self.shown(&account.user), also.concat()),
            format!("<ul class=\"plain\">{}</ul>", leads.concat()),
            strong.to_string(),
            weak.to_string(),
            account.score.to_string(),
            format!("{}<br>{}", self.time(account.first), self.time(account.last)),
            self.list(&shared),
        ]
    }

    fn lead(&self, lead: &tenant::Lead) -> String {
        let headline = self.shown(self.options.lang.headline(&lead.headline));
        format!("<li>{} <span class=\"soft\">({})</span></li>", headline, text::html(&lead.id))
    }

    /// Says how many of all accounts are not shown.
    fn more(&mut self, all: usize) {
        let more = all.saturating_sub(SHOWN);
        if more > 0 {
            let line = text::html(&answer::more(self.report, self.options.lang, more));
            self.push(&format!("<p>{line}</p>\n"));
        }
    }

    /// All accounts in the order of the ranking: where nothing was found, the table says how much could be told.
    fn heat(&mut self) {
        self.heading("heat", Say::Heat);
        let accounts = &self.report.triage.accounts;
        let Some(first) = accounts.first() else {
            self.push(&format!("<p>{}</p>\n", self.say(Say::NoneFlagged)));
            return;
        };
        let caption = self.say(Say::Heat);
        self.push(&format!("<p class=\"soft\">{}</p>\n", self.say(Say::Legend)));
        self.push(&format!(
            "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{caption}\">\n<table class=\"heat\">\n<caption>{caption}</caption>\n<thead><tr><th scope=\"col\">{}</th>",
            self.say(Say::Account)
        ));
        for cell in first.symptoms.iter().chain(&first.detections) {
            let title = text::html(&*words::title(self.options.lang, &cell.id));
            self.push(&format!("<th scope=\"col\" class=\"up\"><span>{title}</span></th>"));
        }
        self.push("</tr></thead>\n<tbody>\n");
        for account in accounts.iter().take(SHOWN) {
            let cells: Vec<String> =
                account.symptoms.iter().chain(&account.detections).map(|cell| self.cell(cell)).collect();
            self.push(&format!("<tr><th scope=\"row\">{}</th>{}</tr>\n", self.shown(&account.user), cells.concat()));
        }
        self.push("</tbody>\n</table>\n</div>\n");
        self.more(accounts.len());
    }

    fn cell(&self, cell: &tenant::Cell) -> String {
        let lang = self.options.lang;
        let title = format!("{}: {}", words::title(lang, &cell.id), words::verdict(lang, cell.verdict));
        let count = match cell.verdict {
            Verdict::Strong if cell.weak > 0 => format!(" {}+{}", cell.strong, cell.weak),
            Verdict::Strong => format!(" {}", cell.strong),
            Verdict::Weak => format!(" {}", cell.weak),
            _ => String::new(),
        };
        format!(
            "<td class=\"{}\" title=\"{title}\"><span aria-hidden=\"true\">{}</span>{count}<span class=\"say\"> {}</span></td>",
            cell.verdict.as_str(),
            symbol(cell.verdict),
            text::html(words::verdict(lang, cell.verdict)),
            title = text::html(&title),
        )
    }

    /// What was done to the whole organisation, once instead of with every account.
    fn common(&mut self) {
        self.heading("common", Say::Common);
        let row = |common: &tenant::Common<'_>| {
            let headline = self.shown(self.options.lang.headline(&common.lead.headline));
            vec![
                self.time(common.lead.time),
                headline,
                format!("{}<br>{}", self.shown(common.told_of), text::html(&common.lead.id)),
            ]
        };
        let all = tenant::common(&self.report.triage.accounts);
        if all.is_empty() {
            self.push(&format!("<p>{}</p>\n", self.say(Say::CommonNone)));
            return;
        }
        let rows: Vec<Vec<String>> = all.iter().take(SHOWN).map(row).collect();
        self.table(Say::Common, &[(Say::When, "t"), (Say::Found, "text"), (Say::ToldOf, "text")], &rows);
        self.more(all.len());
    }

    fn clusters(&mut self) {
        self.heading("clusters", Say::Clusters);
        let rows: Vec<Vec<String>> = self
            .report
            .triage
            .clusters
            .iter()
            .map(|cluster| {
                vec![
                    cluster.number.to_string(),
                    format!("{}<br>{}", cluster.accounts.len(), self.list(&cluster.accounts)),
                    self.list(&cluster.addresses),
                    self.time(cluster.first),
                    self.time(cluster.last),
                ]
            })
            .collect();
        if rows.is_empty() {
            self.push(&format!("<p>{}</p>\n", self.say(Say::NoClusters)));
            return;
        }
        let heads =
            [(Say::Number, "n"), (Say::Accounts, ""), (Say::Shared, "mono"), (Say::First, "t"), (Say::Last, "t")];
        self.table(Say::Clusters, &heads, &rows);
    }

    fn addresses(&mut self) {
        self.heading("addresses", Say::Addresses);
        let row = |address: &tenant::Address| {
            let accounts: BTreeSet<&Untrusted> = address.accounts.iter().collect();
            let others: Vec<Untrusted> =
                address.users.iter().filter(|user| !accounts.contains(user)).cloned().collect();
            vec![self.shown(&address.address), self.list(&address.accounts), self.list(&others)]
        };
        let rows: Vec<Vec<String>> = self.report.triage.addresses.iter().take(SHOWN).map(row).collect();
        if rows.is_empty() {
            self.push(&format!("<p>{}</p>\n", self.say(Say::NoAddresses)));
            return;
        }
        self.table(Say::Addresses, &[(Say::Address, "mono"), (Say::InSetOf, ""), (Say::SeenWith, "")], &rows);
    }

    /// A table whose first column names the row.
    fn table(&mut self, caption: Say, heads: &[(Say, &str)], rows: &[Vec<String>]) {
        let caption = self.say(caption);
        self.push(&format!(
            "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{caption}\">\n<table>\n<caption>{caption}</caption>\n<thead><tr>"
        ));
        for (say, class) in heads {
            let title = self.say(*say);
            self.push(&format!("<th scope=\"col\" class=\"{class}\">{title}</th>"));
        }
        self.push("</tr></thead>\n<tbody>\n");
        for row in rows {
            self.push("<tr>");
            for (number, ((_, class), markup)) in heads.iter().zip(row).enumerate() {
                let tag = if number == 0 { "th scope=\"row\"" } else { "td" };
                let end = if number == 0 { "th" } else { "td" };
                self.push(&format!("<{tag} class=\"{class}\">{markup}</{end}>"));
            }
            self.push("</tr>\n");
        }
        self.push("</tbody>\n</table>\n</div>\n");
    }

    fn method(&mut self) {
        self.push(&format!("<footer id=\"method\">\n<h2>{}</h2>\n", self.say(Say::Method)));
        let tool = format!("{} {}", text::html(self.report.tool.name), text::html(self.report.tool.version));
        self.facts(&[(Say::Tool, tool)]);
        let teeth = if self.options.teeth == Teeth::Drawn { Say::Defanged } else { Say::NotDefanged };
        for say in [Say::MethodText, Say::MethodSets, teeth] {
            self.push(&format!("<p>{}</p>\n", self.say(say)));
        }
        self.push("</footer>\n");
    }
}
