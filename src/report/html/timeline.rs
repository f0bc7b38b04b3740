//! The timeline: a bar a day, and the events that findings cite; the whole of it is in `timeline.csv`.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::charts::{self, Day};
use super::page::{Page, dash, exact, grouped, head, path};
use crate::report::text;
use crate::report::words::{self, Word};
use crate::timeline::Event;

/// Events shown; the rest is in `timeline.csv`.
const EVENTS: usize = 200;
/// Findings named beside an event.
const LINKS: usize = 6;
/// Days that the chart shows one by one.
const DAYS: usize = 240;

pub(super) fn section(page: &mut Page<'_>) {
    page.heading("timeline", Word::HeadTimeline);
    let timeline = page.report.timeline;
    let cited: Vec<&Event> = timeline.iter().filter(is_cited).collect();
    let count = cited.len();
    let shown = digest(cited, EVENTS);
    let numbers = [shown.len(), count, timeline.len()].map(|number| grouped(number as u64));
    page.paragraph(
        &page.sentence(words::where_written(page.report, Word::MoreTimeline), &numbers.each_ref().map(String::as_str)),
    );
    if shown.len() < count {
        page.remark(&page.word(Word::TimelineDigest));
    }
    chart(page);
    if count == 0 {
        page.paragraph(&page.word(Word::NoCited));
        return;
    }
    let heads = [
        head(Word::Time, "t"),
        head(Word::Action, ""),
        head(Word::Message, "text"),
        head(Word::Actor, "id"),
        head(Word::Address, "id place"),
        head(Word::Outcome, ""),
        head(Word::Source, ""),
        head(Word::Record, ""),
        head(Word::Finding, "id links"),
    ];
    let rows: Vec<Vec<String>> = shown.iter().map(|event| event_row(page, event)).collect();
    page.long_table(&page.word(Word::HeadTimeline), &heads, rows, (shown.len(), Word::MoreEvents));
}

/// The events, or of very many the first few of each finding: a finding of thousands of records hides no other.
fn digest(cited: Vec<&Event>, limit: usize) -> Vec<&Event> {
    if cited.len() <= limit {
        return cited;
    }
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    // How manieth of its finding each event is; of several findings the one with the fewest so far counts.
    let ranks: Vec<usize> = cited
        .iter()
        .map(|event| {
            let ids = ids(event.finding_ids.as_deref().or(event.symptom.as_deref()).unwrap_or_default());
            ids.map(|id| {
                let count = seen.entry(id).or_default();
                *count += 1;
                *count
            })
            .min()
            .unwrap_or(usize::MAX)
        })
        .collect();
    let mut order: Vec<usize> = (0..cited.len()).collect();
    order.sort_by_key(|place| ranks.get(*place));
    order.truncate(limit);
    order.sort_unstable();
    order.into_iter().filter_map(|place| cited.get(place).copied()).collect()
}

fn is_cited(event: &&Event) -> bool {
    event.finding_ids.is_some() || event.symptom.is_some()
}

fn chart(page: &mut Page<'_>) {
    let mut counts: BTreeMap<NaiveDate, (u64, u64)> = BTreeMap::new();
    for event in page.report.timeline {
        let (all, cited) = counts.entry(event.datetime.date_naive()).or_default();
        *all += 1;
        *cited += u64::from(is_cited(&event));
    }
    let (Some((&first, _)), Some((&last, _))) = (counts.first_key_value(), counts.last_key_value()) else { return };
    // Days without an event are shown too, unless there are too many of them for a picture.
    let every: Vec<NaiveDate> = first.iter_days().take_while(|day| *day <= last).take(DAYS + 1).collect();
    let shown: Vec<NaiveDate> = if every.len() > DAYS { counts.keys().copied().take(DAYS).collect() } else { every };
    let days: Vec<Day> = shown
        .iter()
        .map(|day| {
            let (all, cited) = counts.get(day).copied().unwrap_or_default();
            Day { label: day.format("%m-%d").to_string(), all, cited }
        })
        .collect();
    let title = page.word(Word::DaysTitle);
    let drawn = charts::days(&days, &title, &page.word(Word::DaysDesc));
    page.push(&format!(
        "<div class=\"wide chart\" role=\"group\" tabindex=\"0\" aria-label=\"{title}\">\n{drawn}</div>\n"
    ));
    let legend = format!(
        "<span class=\"key cited\" aria-hidden=\"true\">■</span> {} · <span class=\"key all\" aria-hidden=\"true\">■</span> {}",
        page.word(Word::DaysCited),
        page.word(Word::DaysAll)
    );
    page.remark(&legend);
    page.push(&format!("<details class=\"twin\"><summary>{}</summary>\n", page.word(Word::TableTwin)));
    let rows: Vec<Vec<String>> = counts
        .iter()
        .take(DAYS)
        .map(|(day, (all, cited))| vec![day.to_string(), grouped(*all), grouped(*cited)])
        .collect();
    let heads = [head(Word::Day, "t"), head(Word::DaysAll, "n"), head(Word::DaysCited, "n")];
    page.table(&title, &heads, rows);
    page.more(counts.len(), DAYS, Word::MoreDays);
    page.push("</details>\n");
}

fn event_row(page: &Page<'_>, event: &Event) -> Vec<String> {
    let address: Vec<String> =
        [&event.source_ip, &event.geo_country].into_iter().flatten().map(|text| page.shown(&**text)).collect();
    let actor = event.user_upn.as_deref().or(event.user_raw.as_deref());
    vec![
        page.time(event.datetime),
        exact(event.action()),
        words::event_sentence(page.lang, event).map_or_else(dash, |sentence| page.shown(&*sentence)),
        actor.map_or_else(dash, |actor| page.shown(actor)),
        address.join(" "),
        text::html(words::outcome(page.lang, event.outcome.as_str())),
        words::evidence_kind(event.evidence_source.as_str()).map_or_else(dash, |kind| page.word(kind.name)),
        format!("{} #{}", path(&event.origin.file), event.origin.record),
        links(page, event.finding_ids.as_deref().unwrap_or_default()),
    ]
}

/// Links to the findings that cite an event.
fn links(page: &Page<'_>, list: &str) -> String {
    let mut links: Vec<String> = ids(list).take(LINKS).map(|id| page.link(id)).collect();
    let more = ids(list).skip(LINKS).count();
    if more > 0 {
        links.push(format!("+{more}"));
    }
    links.join("<br>")
}

fn ids(list: &str) -> impl Iterator<Item = &str> {
    list.split([';', ',', ' ', '|']).filter(|id| !id.is_empty())
}
