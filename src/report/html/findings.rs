//! The findings, question by question: what was found, how it is known, and the records that show it.

use super::{Page, SHOWN, anchor, exact, head, mono};
use crate::finding::{Assessment, Finding, Verdict, Weight};
use crate::report::text;
use crate::report::words::{self, Word};

/// Records shown per finding.
const RECORDS: usize = 50;

pub(super) fn symptoms(page: &mut Page<'_>) {
    page.heading("findings", Word::HeadFindings);
    for symptom in &page.report.examination.symptoms {
        assessment(page, symptom);
    }
}

pub(super) fn beyond(page: &mut Page<'_>) {
    page.heading("beyond", Word::HeadBeyond);
    let detections = &page.report.examination.detections;
    let silent = |detection: &&Assessment| detection.findings.is_empty();
    for detection in detections.iter().filter(|detection| !silent(detection)) {
        assessment(page, detection);
    }
    let rows: Vec<Vec<String>> = detections
        .iter()
        .filter(silent)
        .map(|detection| {
            let needs: Vec<String> = detection.needs.iter().map(|need| page.shown(need)).collect();
            vec![title(page, detection), page.verdict_chip(detection.verdict), needs.join("<br>")]
        })
        .collect();
    if !rows.is_empty() {
        let heads = [head(Word::Finding, ""), head(Word::Verdict, ""), head(Word::Needs, "text")];
        page.table(&page.word(Word::NotFired), &heads, rows);
    }
}

fn assessment(page: &mut Page<'_>, assessment: &Assessment) {
    let number = if assessment.number == 0 { String::new() } else { format!("{}. ", assessment.number) };
    page.push(&format!(
        "<section id=\"s-{0}\" aria-labelledby=\"h-{0}\">\n<h3 id=\"h-{0}\">{number}{1} {2}</h3>\n",
        anchor(assessment.id),
        title(page, assessment),
        page.verdict_chip(assessment.verdict)
    ));
    if !assessment.needs.is_empty() {
        page.paragraph(&format!("{}:", page.word(Word::Needs)));
        page.bullets(&assessment.needs);
    }
    if assessment.verdict == Verdict::NotSeen {
        page.paragraph(&format!("<span class=\"soft\">{}</span>", page.word(Word::NoFindings)));
    }
    let (explained, open): (Vec<&Finding>, Vec<&Finding>) =
        assessment.findings.iter().take(SHOWN).partition(|finding| finding.verdict == Weight::Explained);
    for finding in open {
        article(page, finding);
    }
    if !explained.is_empty() {
        let count = explained.len().to_string();
        page.push(&format!("<details><summary>{}</summary>\n", page.sentence(Word::ExplainedFold, &[&count])));
        for finding in explained {
            article(page, finding);
        }
        page.push("</details>\n");
    }
    let more = assessment.findings.len().saturating_sub(SHOWN);
    if more > 0 {
        page.paragraph(&page.sentence(Word::MoreFindings, &[&more.to_string()]));
    }
    page_link(page, assessment);
    page.push("</section>\n");
}

fn title(page: &Page<'_>, assessment: &Assessment) -> String {
    text::html(&*words::title(page.lang, assessment.id))
}

fn page_link(page: &mut Page<'_>, assessment: &Assessment) {
    let link = if page.options.pages.iter().any(|known| known.id == assessment.id) {
        format!("<a href=\"#page-{}\">{}</a>", anchor(assessment.id), page.word(Word::PageLink))
    } else {
        page.sentence(Word::PageCommand, &[assessment.id])
    };
    page.paragraph(&format!("<span class=\"soft\">{link}</span>"));
}

fn article(page: &mut Page<'_>, finding: &Finding) {
    page.push(&format!(
        "<article class=\"finding {}\" id=\"f-{}\">\n<p class=\"chips\">{} {} <span class=\"mono soft\">{}</span></p>\n<h4>{}</h4>\n",
        finding.verdict.as_str(),
        anchor(&finding.id),
        page.weight_chip(finding.verdict),
        page.severity_chip(finding.severity),
        exact(&finding.id),
        page.shown(page.lang.headline(&finding.headline))
    ));
    let mut facts = vec![
        (Word::Time, page.time(finding.time)),
        (Word::Actor, page.shown(&finding.actor)),
        (Word::Target, page.shown(&finding.target)),
    ];
    facts.extend(finding.address.as_ref().map(|address| (Word::Address, page.shown(address))));
    facts.extend(finding.session.as_ref().map(|session| (Word::Session, mono(&exact(session)))));
    facts.push((Word::Fact, text::html(words::fact(page.lang, finding.fact))));
    facts.push((Word::Attribution, text::html(words::attribution(page.lang, finding.attribution))));
    if !finding.attack.is_empty() {
        facts.push((Word::Attack, text::html(&finding.attack.join(", "))));
    }
    page.facts(&facts);
    details(page, finding);
    score(page, finding);
    page.records(&finding.records, RECORDS);
    page.push("</article>\n");
}

fn details(page: &mut Page<'_>, finding: &Finding) {
    if finding.facts.is_empty() {
        return;
    }
    let rows: Vec<Vec<String>> =
        finding.facts.iter().map(|(name, value)| vec![exact(name), page.shown(value)]).collect();
    page.table(&page.word(Word::Details), &[head(Word::Detail, ""), head(Word::Value, "text")], rows);
}

fn score(page: &mut Page<'_>, finding: &Finding) {
    if finding.score.is_empty() {
        return;
    }
    let mut rows: Vec<Vec<String>> =
        finding.score.iter().map(|term| vec![page.shown(&term.why), format!("{:+}", term.points)]).collect();
    let sum: i64 = finding.score.iter().map(|term| i64::from(term.points)).sum();
    rows.push(vec![page.word(Word::Sum), format!("<strong>{sum}</strong>")]);
    page.table(&page.word(Word::LegendScore), &[head(Word::Why, "text"), head(Word::Points, "n")], rows);
}
