//! How the report was made: tool, data with their dates, what the marks mean, and a glossary.

use super::page::{Page, exact, head, plain_time};
use crate::report::text::{self, Teeth};
use crate::report::words::{GLOSSARY, Word};

pub(super) fn section(page: &mut Page<'_>) {
    page.heading("method", Word::HeadMethod);
    let teeth = if page.options.teeth == Teeth::Drawn { Word::MethodDefang } else { Word::MethodTeeth };
    for word in [Word::MethodText, Word::MethodScore, teeth, Word::MethodTimes] {
        page.paragraph(&page.word(word));
    }
    let tool = format!("{} {}", text::html(page.report.tool.name), text::html(page.report.tool.version));
    let domains = page.own_domains();
    page.facts(&[(Word::Tool, tool), (Word::InternalDomains, domains)]);
    data(page);
    glossary(page);
}

/// The tables of places and networks that the report rests on.
fn data(page: &mut Page<'_>) {
    page.subheading(Word::HeadData);
    if page.report.databases.is_empty() {
        page.paragraph(&page.word(Word::DataBuiltIn));
    } else {
        let rows: Vec<Vec<String>> = page
            .report
            .databases
            .iter()
            .map(|database| {
                vec![
                    exact(&database.name),
                    exact(&database.kind),
                    database.built.map_or_else(|| page.word(Word::OutcomeUnknown), plain_time),
                    format!("<span class=\"mono hash\">{}</span>", exact(&database.sha256)),
                ]
            })
            .collect();
        let heads = [head(Word::File, "text"), head(Word::Kind, ""), head(Word::Built, "t"), head(Word::Hash, "")];
        page.table(&page.word(Word::HeadData), &heads, rows);
        if page.report.built_in_countries {
            page.paragraph(&page.word(Word::DataCountries));
        }
        page.remark(&page.word(Word::DataAttribution));
    }
    page.remark(&page.word(Word::DataMicrosoft));
}

fn glossary(page: &mut Page<'_>) {
    page.heading("glossary", Word::HeadGlossary);
    page.push("<dl class=\"glossary\">\n");
    for (term, meaning) in GLOSSARY {
        page.push(&format!("<div><dt>{}</dt><dd>{}</dd></div>\n", page.word(term), page.word(meaning)));
    }
    page.push("</dl>\n");
}
