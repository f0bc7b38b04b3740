//! What to do now: the seven steps of Microsoft's page as a checklist, with what the evidence says of each.

use super::page::{Page, chip, cited};
use crate::finding::{Step, StepStatus};
use crate::report::text;
use crate::report::words::{self, Word};

/// Characters of a note: it may name the rules that are still there.
const NOTE: usize = 2000;
/// Records named per step.
const RECORDS: usize = 5;

pub(super) fn section(page: &mut Page<'_>) {
    page.heading("response", Word::HeadResponse);
    let open = words::open_steps(page.report).count();
    let steps = page.report.examination.response.len();
    let called_for = words::calls_for_steps(page.report);
    let sentence = if called_for { Word::StepsOpen } else { Word::StepsNotCalledFor };
    page.paragraph(&page.sentence(sentence, &[&open.to_string(), &steps.to_string()]));
    page.push(if called_for { "<ol class=\"steps\">\n" } else { "<ol class=\"steps calm\">\n" });
    for step in &page.report.examination.response {
        item(page, step);
    }
    page.push("</ol>\n");
}

fn item(page: &mut Page<'_>, step: &Step) {
    let open = words::is_open(step);
    let (class, mark, mark_word) = match (open, step.status) {
        (true, StepStatus::Partial) => ("open part", "◐", Word::StepInPart),
        (true, _) => ("open", "☐", Word::StepToDo),
        (false, _) => ("closed", "☑", Word::StepIsDone),
    };
    page.push(&format!(
        "<li class=\"{class}\"><span class=\"mark\" aria-hidden=\"true\">{mark}</span><div>\n\
         <h3><span class=\"number\">{}</span> {} <span class=\"unseen\">({})</span></h3>\n",
        step.number,
        text::html(&*words::title(page.lang, step.id)),
        page.word(mark_word)
    ));
    let mut state = status(page, step);
    state.extend(step.at.map(|at| page.time(at)));
    if let Some(after) = step.after_last_attacker_action {
        state.push(format!(
            "<span class=\"soft\">{}</span>",
            page.word(if after { Word::StepAfter } else { Word::StepBefore })
        ));
    }
    page.push(&format!("<p class=\"chips\">{}</p>\n", state.join(" ")));
    let note = page.beginning(page.lang.headline(&step.note), NOTE);
    if !note.is_empty() {
        page.paragraph(&note);
    }
    let mut records: Vec<String> = step.records.iter().take(RECORDS).map(cited).collect();
    let more = step.records.len().saturating_sub(RECORDS);
    if more > 0 {
        records.push(page.sentence(Word::MoreRows, &[&more.to_string()]));
    }
    if !records.is_empty() {
        page.remark(&format!("{}: {}", page.word(Word::Records), records.join("; ")));
    }
    page.push("</div></li>\n");
}

fn status(page: &Page<'_>, step: &Step) -> Vec<String> {
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
    vec![chip(class, symbol, words::step_status(page.lang, step.status))]
}
