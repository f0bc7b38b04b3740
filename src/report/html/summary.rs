//! The top of the report, for the reader with one minute: the answer, the ten verdicts, what to do; and the attacker.

use super::{Page, anchor, chip, cited, head, titled};
use crate::examination::AttackerMember;
use crate::finding::{Assessment, Step, StepStatus, Verdict};
use crate::report::text;
use crate::report::words::{self, Word, fill};

pub(super) fn answer(page: &mut Page<'_>) {
    page.heading("answer", Word::HeadAnswer);
    let symptoms = &page.report.examination.symptoms;
    let worst = [Verdict::Strong, Verdict::Weak, Verdict::NotAssessable]
        .into_iter()
        .find(|&verdict| symptoms.iter().any(|symptom| symptom.verdict == verdict))
        .unwrap_or(Verdict::NotSeen);
    let answer = text::html(&words::answer(page.lang, page.report));
    page.push(&format!("<p class=\"answer {}\">{answer}</p>\n", worst.as_str()));
}

pub(super) fn verdicts(page: &mut Page<'_>) {
    page.heading("symptoms", Word::HeadSymptoms);
    page.push("<ol class=\"strip\">\n");
    for symptom in &page.report.examination.symptoms {
        page.push(&card(page, symptom));
    }
    page.push("</ol>\n");
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
        "<li class=\"{}\"><a href=\"#s-{}\"><span class=\"number\">{}</span>{}</a><span>{} {counts}</span></li>\n",
        symptom.verdict.as_str(),
        anchor(symptom.id),
        symptom.number,
        text::html(&*words::title(page.lang, symptom.id)),
        page.verdict_chip(symptom.verdict)
    )
}

pub(super) fn response(page: &mut Page<'_>) {
    page.heading("response", Word::HeadResponse);
    let heads = [
        titled("#".to_owned(), "n"),
        head(Word::Step, ""),
        head(Word::State, ""),
        head(Word::At, "t"),
        head(Word::Note, "text"),
        head(Word::Records, ""),
    ];
    let rows: Vec<Vec<String>> = page.report.examination.response.iter().map(|step| step_row(page, step)).collect();
    page.table(&page.word(Word::HeadResponse), &heads, rows);
}

fn step_row(page: &Page<'_>, step: &Step) -> Vec<String> {
    let symbol = match step.status {
        StepStatus::Done => "✓",
        StepStatus::Undone => "↺",
        StepStatus::Partial => "◐",
        StepStatus::NotSeen => "–",
        StepStatus::NotAssessable => "?",
        StepStatus::ByAttacker => "✗",
    };
    // "No trace" of a response is no good news: it is not painted like a symptom that was not seen.
    let class = match step.status {
        StepStatus::NotSeen => "step",
        StepStatus::Done if step.after_last_attacker_action == Some(false) => "partial",
        status => status.as_str(),
    };
    let mut state = chip(class, symbol, words::step_status(page.lang, step.status));
    if let Some(after) = step.after_last_attacker_action {
        let when = page.word(if after { Word::StepAfter } else { Word::StepBefore });
        state = format!("{state}<br><span class=\"soft\">{when}</span>");
    }
    let mut records: Vec<String> = step.records.iter().take(5).map(cited).collect();
    if step.records.len() > records.len() {
        records.push(page.sentence(Word::MoreRows, &[&(step.records.len() - records.len()).to_string()]));
    }
    vec![
        step.number.to_string(),
        text::html(&*words::title(page.lang, step.id)),
        state,
        step.at.map_or_else(|| "–".to_owned(), |at| page.time(at)),
        page.shown(page.lang.headline(&step.note)),
        records.join("<br>"),
    ]
}

pub(super) fn attacker(page: &mut Page<'_>) {
    page.heading("attacker", Word::HeadAttacker);
    let attacker = &page.report.examination.attacker;
    if attacker.addresses.is_empty() && attacker.sessions.is_empty() {
        page.paragraph(&page.word(Word::Nobody));
    }
    let mut span = Vec::new();
    span.extend(attacker.first.map(|first| (Word::First, page.time(first))));
    span.extend(attacker.last.map(|last| (Word::Last, page.time(last))));
    if !span.is_empty() {
        page.facts(&span);
    }
    if !attacker.why.is_empty() {
        page.bullets(&attacker.why);
    }
    members(page, Word::Addresses, Word::Address, &attacker.addresses);
    members(page, Word::Sessions, Word::Session, &attacker.sessions);
}

fn members(page: &mut Page<'_>, caption: Word, what: Word, members: &[AttackerMember]) {
    if members.is_empty() {
        return;
    }
    let rows: Vec<Vec<String>> = members
        .iter()
        .map(|member| {
            let chain: Vec<String> = member.why.iter().map(|why| format!("<li>{}</li>", page.shown(why))).collect();
            vec![page.shown(&member.value), format!("<ol>{}</ol>", chain.concat())]
        })
        .collect();
    page.table(&page.word(caption), &[head(what, "mono"), head(Word::Why, "text")], rows);
}
