//! The findings, question by question: what was found, how it is known, what else it could be, and the records.

use super::page::{Page, anchor, exact, grouped, head, mono};
use super::pages::{in_language, innocent, markdown, spoken};
use crate::finding::{Assessment, Finding, Verdict, Weight};
use crate::report::text;
use crate::report::words::{self, Word};

/// Records shown per finding.
const RECORDS: usize = 10;
/// Findings of one question that are not folded.
const OPEN: usize = 6;

pub(super) fn symptoms(page: &mut Page<'_>) {
    page.heading("findings", Word::HeadFindings);
    page.remark(&page.word(Word::FindingsIntro));
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
            let needs: Vec<String> = detection.needs.iter().map(|need| page.told(need)).collect();
            vec![title(page, detection), page.verdict_chip(detection.verdict), needs.join("<br>")]
        })
        .collect();
    if !rows.is_empty() {
        let heads = [head(Word::Question, ""), head(Word::Verdict, ""), head(Word::Needs, "text")];
        page.table(&page.word(Word::NotFired), &heads, rows);
    }
}

fn assessment(page: &mut Page<'_>, assessment: &Assessment) {
    let number = if assessment.number == 0 { String::new() } else { format!("{}. ", assessment.number) };
    page.push(&format!(
        "<section class=\"question\" id=\"s-{0}\" aria-labelledby=\"h-{0}\">\n<h3 id=\"h-{0}\">{number}{1} {2}</h3>\n",
        anchor(assessment.id),
        title(page, assessment),
        page.verdict_chip(assessment.verdict)
    ));
    if assessment.verdict == Verdict::NotSeen {
        page.remark(&page.word(Word::NoFindings));
    }
    let (told, left): (Vec<&Finding>, Vec<&Finding>) =
        assessment.findings.iter().partition(|finding| page.anchors.contains(finding.id.as_str()));
    let (explained, open): (Vec<&Finding>, Vec<&Finding>) =
        told.into_iter().partition(|finding| finding.verdict == Weight::Explained);
    let (first, rest) = open.split_at(open.len().min(OPEN));
    for finding in first {
        article(page, finding);
    }
    fold(page, Word::MoreFold, rest);
    fold(page, Word::ExplainedFold, &explained);
    left_out(page, &left);
    needs(page, assessment);
    about(page, assessment, !open.is_empty());
    page.push("</section>\n");
}

/// Says how many findings of the question are not told, how grave they are, and where they are.
fn left_out(page: &mut Page<'_>, left: &[&Finding]) {
    if left.is_empty() {
        return;
    }
    let of = |weight: Weight| left.iter().filter(|finding| finding.verdict == weight).count();
    let [strong, weak, explained] =
        [Weight::Strong, Weight::Weak, Weight::Explained].map(|weight| grouped(of(weight) as u64));
    let all = grouped(left.len() as u64);
    page.remark(
        &page.sentence(words::where_written(page.report, Word::FindingsLeftOut), &[&all, &strong, &weak, &explained]),
    );
}

fn fold(page: &mut Page<'_>, word: Word, findings: &[&Finding]) {
    if findings.is_empty() {
        return;
    }
    let count = findings.len().to_string();
    page.push(&format!("<details class=\"more\"><summary>{}</summary>\n", page.sentence(word, &[&count])));
    for finding in findings {
        article(page, finding);
    }
    page.push("</details>\n");
}

fn needs(page: &mut Page<'_>, assessment: &Assessment) {
    if assessment.needs.is_empty() {
        return;
    }
    // What keeps the question from an answer is told at once; what would only add to one is not.
    let fold = assessment.verdict != Verdict::NotAssessable;
    let word = page.word(if fold { Word::NeedsMore } else { Word::Needs });
    let needs: Vec<String> = assessment.needs.iter().map(|need| page.told(need)).collect();
    if fold {
        page.push(&format!("<details><summary>{word} ({})</summary>\n", needs.len()));
    } else {
        page.paragraph(&format!("{word}:"));
    }
    page.bullets(needs);
    if fold {
        page.push("</details>\n");
    }
}

/// What else it could be, and where it stands how this is decided.
fn about(page: &mut Page<'_>, assessment: &Assessment, found: bool) {
    let Some(known) = page.options.pages.iter().find(|known| known.id == assessment.id) else {
        page.remark(&page.sentence(Word::PageCommand, &[assessment.id]));
        return;
    };
    // What else it could be is told in English rather than not at all.
    let (explanations, spoken) = match words::innocent(page.lang, known.id) {
        Some(points) => (points.to_owned(), page.lang),
        None => (innocent(known.text, spoken(known, page.lang)), spoken(known, page.lang)),
    };
    if found && !explanations.is_empty() {
        let word = page.word(Word::InnocentFold);
        let told = in_language(&markdown(&explanations), spoken, page.lang);
        page.push(&format!("<details class=\"innocent\"><summary>{word}</summary>\n{told}</details>\n"));
    }
    page.remark(&format!("<a href=\"#page-{}\">{}</a>", anchor(assessment.id), page.word(Word::PageLink)));
}

fn title(page: &Page<'_>, assessment: &Assessment) -> String {
    text::html(&*words::title(page.lang, assessment.id))
}

fn article(page: &mut Page<'_>, finding: &Finding) {
    let name = anchor(&finding.id);
    page.push(&format!(
        "<article class=\"finding {}\" id=\"f-{name}\" aria-labelledby=\"t-{name}\">\n<p class=\"chips\">{} {} {} <span class=\"mono soft\">{}</span></p>\n<h4 id=\"t-{name}\">{}</h4>\n",
        finding.verdict.as_str(),
        page.time_of(finding),
        page.weight_chip(finding.verdict),
        page.severity_chip(finding.severity),
        exact(&finding.id),
        page.shown(page.lang.headline(&finding.headline))
    ));
    let mut who = Vec::new();
    // A snapshot names nobody who did it.
    if !finding.actor.as_evidence().is_empty() {
        who.push(format!("{}: {}", page.word(Word::Actor), page.shown(&finding.actor)));
    }
    who.extend(
        finding.address.as_ref().map(|address| format!("{}: {}", page.word(Word::Address), page.shown(address))),
    );
    who.push(text::html(words::attribution(page.lang, finding.attribution)));
    page.push(&format!("<p class=\"who\">{}</p>\n", who.join(" · ")));
    if page.is_full() {
        page.remark(&page.word(words::where_written(page.report, Word::EvidenceElsewhere)));
    } else {
        evidence(page, finding);
    }
    page.push("</article>\n");
}

/// What the finding rests on, folded.
fn evidence(page: &mut Page<'_>, finding: &Finding) {
    let sum: i64 = finding.score.iter().map(|term| i64::from(term.points)).sum();
    let records = grouped(finding.records.len() as u64);
    let summary = if finding.score.is_empty() {
        page.sentence(Word::EvidenceFold, &[&records])
    } else {
        page.sentence(Word::EvidenceFoldScore, &[&records, &format!("{sum:+}")])
    };
    page.push(&format!("<details><summary>{summary}</summary>\n"));
    let mut facts = Vec::new();
    if !finding.target.as_evidence().is_empty() {
        facts.push((Word::Target, page.shown(&finding.target)));
    }
    facts.extend(finding.session.as_ref().map(|session| (Word::Session, mono(&exact(session)))));
    facts.push((Word::Fact, text::html(words::fact(page.lang, finding.fact))));
    if !finding.attack.is_empty() {
        facts.push((Word::Attack, text::html(&finding.attack.join(", "))));
    }
    page.facts(&facts);
    details(page, finding);
    score(page, finding);
    page.records(&finding.id, &finding.records, RECORDS);
    page.push("</details>\n");
}

fn details(page: &mut Page<'_>, finding: &Finding) {
    if finding.facts.is_empty() {
        return;
    }
    let rows: Vec<Vec<String>> = finding
        .facts
        .iter()
        .map(|(name, value)| {
            vec![
                text::html(&*words::fact_name(page.lang, name)),
                page.shown(&*words::detail_value(page.lang, page.report, name, value.as_evidence())),
            ]
        })
        .collect();
    let caption = format!("{} · {}", page.word(Word::Details), text::html(&finding.id));
    page.table(&caption, &[head(Word::Detail, ""), head(Word::Value, "text")], rows);
}

fn score(page: &mut Page<'_>, finding: &Finding) {
    if finding.score.is_empty() {
        return;
    }
    let rows: Vec<Vec<String>> =
        finding.score.iter().map(|term| vec![page.told(&term.why), format!("{:+}", term.points)]).collect();
    let sum: i64 = finding.score.iter().map(|term| i64::from(term.points)).sum();
    let sum = vec![page.word(Word::Sum), format!("<strong>{sum:+}</strong>")];
    let caption = format!("{} · {}", page.word(Word::LegendScore), text::html(&finding.id));
    page.table_with_sum(&caption, &[head(Word::Why, "text"), head(Word::Points, "n")], rows, Some(sum));
}
