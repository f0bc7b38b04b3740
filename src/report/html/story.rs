//! The story: when what happened, as a chart of the findings by question and as a short narrative with times.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::charts::{Lane, Mark, Shape, timeline};
use super::page::{Page, anchor, head, plain_time};
use crate::finding::{Assessment, Finding, Weight};
use crate::report::text;
use crate::report::words::{self, Word, fill};

/// Lines of the narrative; the rest is among the findings.
const LINES: usize = 40;
/// Characters shown where a pointer rests on a mark.
const POINTED: usize = 120;
/// Rows of the chart's table; the rest is in `findings.csv`.
const TWIN: usize = 100;
/// What the same question finds again within this time is told in one line.
const TOGETHER: TimeDelta = TimeDelta::minutes(30);

pub(super) fn section(page: &mut Page<'_>) {
    page.heading("story", Word::HeadStory);
    let moments = moments(page);
    if moments.is_empty() {
        page.paragraph(&page.word(Word::NoStory));
        return;
    }
    chart(page);
    narrative(page, &moments);
}

/// One line of the narrative.
struct Moment<'a> {
    /// None where a snapshot does not say when it was taken.
    time: Option<DateTime<Utc>>,
    what: What<'a>,
}

enum What<'a> {
    /// A finding, and how many of the same question follow close behind, the last of them at a time.
    Found {
        id: &'static str,
        finding: &'a Finding,
        more: usize,
        last: Option<DateTime<Utc>>,
    },
    /// A response step that was seen.
    Step(String),
    /// The attacker's first and last act.
    First,
    Last,
}

/// What is told: strong findings; weak ones where there are few strong. In the order of time; what has none comes last.
fn moments<'a>(page: &Page<'a>) -> Vec<Moment<'a>> {
    let report = page.report;
    let of = |weight: Weight| {
        crate::report::assessments(report)
            .flat_map(|assessment| assessment.findings.iter().map(move |finding| (assessment, finding)))
            .filter(|(_, finding)| finding.verdict == weight)
            .collect::<Vec<_>>()
    };
    let mut told = of(Weight::Strong);
    if told.len() < 5 {
        told.extend(of(Weight::Weak));
    }
    told.sort_by_key(|(assessment, finding)| {
        (!finding.dated, finding.time, assessment.number == 0, assessment.number, &finding.id)
    });
    let mut moments: Vec<Moment<'a>> = Vec::new();
    for (assessment, finding) in told {
        let mut close = moments.iter_mut().rev().take_while(|moment| is_close(moment, finding));
        let same = close.find_map(|moment| match &mut moment.what {
            What::Found { id, more, last, .. } if *id == assessment.id => Some((more, last)),
            _ => None,
        });
        match same {
            Some((more, last)) => {
                *more += 1;
                *last = finding.when();
            }
            None => {
                let what = What::Found { id: assessment.id, finding, more: 0, last: finding.when() };
                moments.push(Moment { time: finding.when(), what });
            }
        }
    }
    let examination = report.examination;
    for step in examination.response.iter().filter(|step| step.status.as_str() != "by_attacker") {
        let line = fill(
            page.lang,
            Word::StoryStep,
            &[&words::title(page.lang, step.id), words::step_status(page.lang, step.status)],
        );
        moments.extend(step.at.map(|time| Moment { time: Some(time), what: What::Step(line) }));
    }
    moments.extend(examination.attacker.first.map(|time| Moment { time: Some(time), what: What::First }));
    moments.extend(examination.attacker.last.map(|time| Moment { time: Some(time), what: What::Last }));
    // The attacker's first act opens what happened at the same moment, the last one closes it.
    let rank = |moment: &Moment<'_>| match moment.what {
        What::First => 0,
        What::Found { .. } => 1,
        What::Last => 2,
        What::Step(_) => 3,
    };
    moments.sort_by_key(|moment| (moment.time.is_none(), moment.time, rank(moment)));
    moments
}

/// Whether the finding follows close behind the moment: what has no time, behind what has none either.
fn is_close(moment: &Moment<'_>, finding: &Finding) -> bool {
    match (moment.time, finding.when()) {
        (Some(before), Some(time)) => time - before <= TOGETHER,
        (before, time) => before == time,
    }
}

fn narrative(page: &mut Page<'_>, moments: &[Moment<'_>]) {
    page.subheading(Word::HeadNarrative);
    let mut day: Option<NaiveDate> = None;
    page.push("<ol class=\"story\">\n");
    for moment in weightiest(moments) {
        let date = moment.time.map(|time| time.date_naive());
        let new_day = date.is_none() || day != date;
        day = date;
        line(page, moment, new_day);
    }
    page.push("</ol>\n");
    page.more(moments.len(), LINES, Word::MoreStory);
}

/// All moments, or of very many the turns and steps, the first of each question, and then the gravest.
fn weightiest<'m, 'a>(moments: &'m [Moment<'a>]) -> Vec<&'m Moment<'a>> {
    if moments.len() <= LINES {
        return moments.iter().collect();
    }
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let weight = |moment: &Moment<'_>| match &moment.what {
        What::Found { id, finding, .. } => Some((known.insert(id), finding.verdict, finding.severity)),
        _ => None,
    };
    let mut order: Vec<(usize, _)> = moments.iter().map(weight).enumerate().collect();
    order.sort_by_key(|(_, weight)| weight.map_or((false, None), |weight| (true, Some(Reverse(weight)))));
    order.truncate(LINES);
    order.sort_unstable_by_key(|(place, _)| *place);
    order.into_iter().filter_map(|(place, _)| moments.get(place)).collect()
}

fn line(page: &mut Page<'_>, moment: &Moment<'_>, new_day: bool) {
    let (class, markup) = match &moment.what {
        What::First => ("turn", page.word(Word::StoryFirst)),
        What::Last => ("turn", page.word(Word::StoryLast)),
        What::Step(line) => ("response", text::html(line)),
        What::Found { finding, more, last, .. } => {
            let mut markup = page.shown(page.lang.headline(&finding.headline));
            let mut tail = vec![page.link(&finding.id)];
            if *more > 0 {
                let last = last.map(|last| until(moment.time, last));
                let word = if last.is_some() { Word::StoryMore } else { Word::StoryMoreUntimed };
                tail.push(page.sentence(word, &[&more.to_string(), &last.unwrap_or_default()]));
            }
            markup.push_str(&format!(" <span class=\"soft\">{}</span>", tail.join(" · ")));
            (if finding.verdict == Weight::Strong { "strong" } else { "weak" }, markup)
        }
    };
    let class = if new_day { format!("{class} day") } else { class.to_owned() };
    let time = page.time_or_unknown(moment.time);
    page.push(&format!("<li class=\"{class}\"><span>{time}</span> <span>{markup}</span></li>\n"));
}

/// When the last of several was: the time of the day, and the day as well where it is another.
fn until(first: Option<DateTime<Utc>>, last: DateTime<Utc>) -> String {
    let whole = plain_time(last);
    match whole.split_once(' ') {
        Some((_, time)) if first.is_some_and(|first| first.date_naive() == last.date_naive()) => time.to_owned(),
        _ => whole,
    }
}

fn chart(page: &mut Page<'_>) {
    let mut lanes: Vec<Lane> =
        crate::report::assessments(page.report).filter_map(|assessment| lane(page, assessment)).collect();
    lanes.extend(response_lane(page));
    if lanes.is_empty() {
        // Only what has no time was found: the narrative tells it.
        return;
    }
    let attacker = &page.report.examination.attacker;
    let active = attacker.first.zip(attacker.last);
    let title = page.word(Word::StoryTitle);
    let desc = page.word(Word::StoryDesc);
    let drawn = timeline(&lanes, active, page.options.zone, (&title, &desc));
    page.push(&format!(
        "<div class=\"wide chart\" role=\"group\" tabindex=\"0\" aria-label=\"{title}\">\n{drawn}</div>\n"
    ));
    legend(page);
    twin(page);
}

/// The marks of a question; none where nothing that was found has a time.
fn lane(page: &Page<'_>, assessment: &Assessment) -> Option<Lane> {
    let number = if assessment.number == 0 { String::new() } else { format!("{} ", assessment.number) };
    let open = assessment.findings.iter().filter(|finding| finding.verdict != Weight::Explained);
    let mark = |finding: &Finding| {
        let time = finding.when()?;
        let shape = if finding.verdict == Weight::Strong { Shape::Strong } else { Shape::Weak };
        let headline = page.beginning(page.lang.headline(&finding.headline), POINTED);
        Some(Mark { time, shape, title: format!("{} {headline}", plain_time(time)) })
    };
    let marks: Vec<Mark> = open.filter_map(mark).collect();
    let title = format!("{number}{}", words::title(page.lang, assessment.id));
    (!marks.is_empty()).then_some(Lane { title, marks })
}

fn response_lane(page: &Page<'_>) -> Option<Lane> {
    let steps = page.report.examination.response.iter().filter(|step| step.status.as_str() != "by_attacker");
    let marks: Vec<Mark> = steps
        .filter_map(|step| {
            let time = step.at?;
            let title = text::html(&*words::title(page.lang, step.id));
            Some(Mark { time, shape: Shape::Response, title: format!("{} {title}", plain_time(time)) })
        })
        .collect();
    (!marks.is_empty()).then(|| Lane { title: Word::HeadSteps.text(page.lang).to_owned(), marks })
}

fn legend(page: &mut Page<'_>) {
    let word = |word: Word| page.word(word);
    let line = format!(
        "<span class=\"key strong\" aria-hidden=\"true\">■</span> {} · <span class=\"key weak\" aria-hidden=\"true\">▲</span> {} · \
         <span class=\"key response\" aria-hidden=\"true\">●</span> {} · {}",
        text::html(words::weight(page.lang, Weight::Strong)),
        text::html(words::weight(page.lang, Weight::Weak)),
        word(Word::HeadSteps),
        word(Word::StoryLegend)
    );
    page.remark(&line);
}

/// A row of the chart's table: its place in the order of time, what has none last; whether the page tells it; its cells.
type TwinRow = ((bool, DateTime<Utc>), bool, Vec<String>);

/// The chart's marks as a table, for those who cannot see it and for those who want the times.
fn twin(page: &mut Page<'_>) {
    let mut rows: Vec<TwinRow> = Vec::new();
    for assessment in crate::report::assessments(page.report) {
        let title = text::html(&*words::title(page.lang, assessment.id));
        let open = assessment.findings.iter().filter(|finding| finding.verdict != Weight::Explained);
        rows.extend(open.map(|finding| {
            let link = page.link(&finding.id);
            let weight = text::html(words::weight(page.lang, finding.verdict));
            let told = page.anchors.contains(finding.id.as_str());
            ((!finding.dated, finding.time), told, vec![page.time_of(finding), title.clone(), weight, link])
        }));
    }
    for step in page.report.examination.response.iter().filter(|step| step.status.as_str() != "by_attacker") {
        let title = text::html(&*words::title(page.lang, step.id));
        let status = text::html(words::step_status(page.lang, step.status));
        let link = format!("<a href=\"#response\">{}</a>", anchor(step.id));
        rows.extend(step.at.map(|at| ((false, at), true, vec![page.time(at), title, status, link])));
    }
    rows.sort();
    page.push(&format!("<details class=\"twin\"><summary>{}</summary>\n", page.word(Word::TableTwin)));
    let heads =
        [head(Word::Time, "t"), head(Word::Question, "text"), head(Word::Verdict, ""), head(Word::Finding, "id")];
    // Of very many those that the page tells.
    let all = rows.len();
    if all > TWIN {
        rows.retain(|(.., told, _)| *told);
    }
    let rows = rows.into_iter().map(|(.., row)| row).take(TWIN);
    page.long_table(&page.word(Word::StoryTitle), &heads, rows, (all, Word::MoreFindings));
    page.push("</details>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_the_day_names_its_zone_and_another_day() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let first = Some(at("2026-03-10T23:50:00Z"));
        assert_eq!(until(first, at("2026-03-10T23:58:07Z")), "23:58:07 UTC");
        assert_eq!(until(first, at("2026-03-11T00:10:00Z")), "2026-03-11 00:10:00 UTC");
    }
}
