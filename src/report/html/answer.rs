//! The top of the report, for the reader with one minute: the answer, how sure it is, and the ten verdicts.

use super::page::{Page, anchor, grouped, plain_time};
use crate::finding::{Assessment, Verdict};
use crate::report::text;
use crate::report::words::{self, Word, fill};

pub(super) fn section(page: &mut Page<'_>) {
    let worst = words::worst(page.report);
    page.push(&format!("<section class=\"answer {}\" aria-labelledby=\"answer\">\n", worst.as_str()));
    page.heading("answer", Word::HeadAnswer);
    let banner = words::banner(page.report);
    page.push(&format!("<p class=\"banner\">{} {}</p>\n", page.verdict_chip(worst), page.word(banner)));
    for part in words::answer_parts(page.lang, page.report) {
        let label = part.label.map_or_else(String::new, |label| format!("<strong>{}:</strong> ", page.word(label)));
        page.push(&format!("<p class=\"lead\">{label}{}</p>\n", text::html(&part.text)));
    }
    tiles(page);
    sure(page);
    page.push("</section>\n");
}

/// Four numbers that a reader looks for first.
fn tiles(page: &mut Page<'_>) {
    let report = page.report;
    let attacker = &report.examination.attacker;
    let active = match (attacker.first, attacker.last) {
        (Some(first), Some(last)) => {
            format!(
                "<strong>{}</strong><br>{}<br>{}",
                text::html(&words::duration(page.lang, last - first)),
                plain_time(first),
                plain_time(last)
            )
        }
        // Somebody was there, and when is not known: that is not nobody.
        _ if words::banner(report) == Word::BannerStrong => {
            format!("<strong>{}</strong>", page.word(Word::OutcomeUnknown))
        }
        _ => format!("<strong>{}</strong>", page.word(Word::None)),
    };
    let count = |verdict| report.examination.symptoms.iter().filter(|symptom| symptom.verdict == verdict).count();
    let counts: Vec<String> =
        [Verdict::Strong, Verdict::Weak, Verdict::Explained, Verdict::NotSeen, Verdict::NotAssessable]
            .into_iter()
            .filter(|&verdict| count(verdict) > 0)
            .map(|verdict| format!("{}: {}", text::html(words::verdict(page.lang, verdict)), count(verdict)))
            .collect();
    let (first, rest) =
        counts.split_first().map_or_else(Default::default, |(first, rest)| (first.clone(), rest.join("<br>")));
    let steps = report.examination.response.len();
    let done = steps - words::open_steps(report).count();
    let told = if words::calls_for_steps(report) { Word::TileSteps } else { Word::TileStepsNone };
    let records =
        page.sentence(Word::TileRecords, &[&grouped(report.total.records), &report.evidence.len().to_string()]);
    let whole = page.word(if words::lost_evidence(report) { Word::TileLost } else { Word::TileWhole });
    let tiles = [
        (Word::TileActive, active),
        (Word::HeadSymptoms, format!("<strong>{first}</strong><br>{rest}")),
        (
            Word::HeadSteps,
            format!("<strong>{}</strong>", page.sentence(told, &[&done.to_string(), &steps.to_string()])),
        ),
        (Word::HeadEvidence, format!("<strong>{records}</strong><br>{whole}")),
    ];
    page.push("<dl class=\"tiles\">\n");
    for (word, markup) in tiles {
        page.push(&format!("<div><dt>{}</dt><dd>{markup}</dd></div>\n", page.word(word)));
    }
    page.push("</dl>\n");
}

/// How far the answer carries: what is tied to somebody, what is not, and what the evidence could not show.
fn sure(page: &mut Page<'_>) {
    page.subheading(Word::HeadSure);
    let report = page.report;
    let examination = report.examination;
    let mut items = Vec::new();
    let [strong, weak, explained] = crate::report::assessments(report)
        .map(|assessment| words::tally(&assessment.findings))
        .fold([0; 3], |sum, tally| [sum[0] + tally[0], sum[1] + tally[1], sum[2] + tally[2]])
        .map(|count| count.to_string());
    items.push(page.sentence(Word::SureFindings, &[&strong, &weak, &explained]));
    let unknown: Vec<String> = examination
        .symptoms
        .iter()
        .filter(|symptom| symptom.verdict == Verdict::NotAssessable)
        .map(|symptom| {
            format!("<a href=\"#s-{}\">{}</a>", anchor(symptom.id), text::html(&*words::title(page.lang, symptom.id)))
        })
        .collect();
    if !unknown.is_empty() {
        items.push(format!("{} {}", page.word(Word::SureUnknown), unknown.join(page.word(Word::Comma).as_str())));
    }
    items.extend(words::unnamed(report).map(|gate| page.told(&gate.seen)));
    let passed = examination.coverage.iter().filter(|gate| gate.passes).count().to_string();
    let gates = page.sentence(Word::GateTally, &[&passed, &examination.coverage.len().to_string()]);
    items.push(format!("{gates} <a href=\"#coverage\">{}</a>", page.word(Word::HeadCoverage)));
    items.extend(examination.cautions.iter().map(|caution| page.told(caution)));
    page.bullets(items);
}

pub(super) fn verdicts(page: &mut Page<'_>) {
    page.heading("symptoms", Word::HeadSymptoms);
    page.push("<ol class=\"strip\">\n");
    for symptom in &page.report.examination.symptoms {
        page.push(&card(page, symptom));
    }
    page.push("</ol>\n");
    page.push("<dl class=\"legend\">\n");
    for (verdict, meaning) in [
        (Verdict::Strong, Word::MeansStrong),
        (Verdict::Weak, Word::MeansWeak),
        (Verdict::Explained, Word::MeansExplained),
        (Verdict::NotSeen, Word::MeansNotSeen),
        (Verdict::NotAssessable, Word::MeansNotAssessable),
    ] {
        page.push(&format!("<div><dt>{}</dt><dd>{}</dd></div>\n", page.verdict_chip(verdict), page.word(meaning)));
    }
    page.push("</dl>\n");
}

fn card(page: &Page<'_>, symptom: &Assessment) -> String {
    let tally = words::tally(&symptom.findings).map(|count| count.to_string());
    let counts = if symptom.findings.is_empty() {
        String::new()
    } else {
        let counts = fill(page.lang, Word::CountFindings, &tally.each_ref().map(String::as_str));
        format!("<span class=\"count\">{}</span>", text::html(&counts))
    };
    format!(
        "<li class=\"{}\"><a href=\"#s-{}\"><span class=\"number\">{}</span> {}</a><span>{} {counts}</span></li>\n",
        symptom.verdict.as_str(),
        anchor(symptom.id),
        symptom.number,
        text::html(&*words::title(page.lang, symptom.id)),
        page.verdict_chip(symptom.verdict)
    )
}
