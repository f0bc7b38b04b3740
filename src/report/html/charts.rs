//! Still pictures as inline SVG: lanes over broken time, stacked bars, a map of weekday and hour. Text in them is
//! markup already; each chart has a table beside it with the same numbers.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::report::text;

/// One row of a timeline.
pub(super) struct Lane {
    /// What it shows; the program's own words.
    pub(super) title: String,
    pub(super) marks: Vec<Mark>,
}

/// One happening.
pub(super) struct Mark {
    pub(super) time: DateTime<Utc>,
    pub(super) shape: Shape,
    /// What a pointer shows; markup.
    pub(super) title: String,
}

/// How a mark looks; the shape says as much as the colour.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Strong,
    Weak,
    Response,
}

const WIDTH: usize = 1000;
const LEFT: usize = 230;
const TOP: usize = 62;
const ROW: usize = 26;
/// Quiet stretches longer than this are left out of the axis.
const QUIET: TimeDelta = TimeDelta::hours(2);
/// Stretches of activity shown side by side.
const STRETCHES: usize = 7;
/// Pixels between two stretches.
const GAP: usize = 22;
/// Pixels of a mark: two of a shape that are closer look like one.
const MARK: usize = 8;
/// Pixels that the two lines of a label need.
const LABEL: usize = 74;

/// Lanes over time. Time is broken where nothing happened: an intrusion is minutes of work between days of quiet.
pub(super) fn timeline(
    lanes: &[Lane],
    active: Option<(DateTime<Utc>, DateTime<Utc>)>,
    zone: Option<Tz>,
    (title, desc): (&str, &str),
) -> String {
    let mut times: Vec<DateTime<Utc>> = lanes.iter().flat_map(|lane| &lane.marks).map(|mark| mark.time).collect();
    times.extend(active.into_iter().flat_map(|(first, last)| [first, last]));
    let axis = Axis::new(times);
    let height = TOP + lanes.len() * ROW + 6;
    let mut svg = format!(
        "<svg class=\"lanes\" role=\"img\" aria-labelledby=\"lanes-title lanes-desc\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\">\n\
         <title id=\"lanes-title\">{title}</title>\n<desc id=\"lanes-desc\">{desc}</desc>\n"
    );
    if let Some((first, last)) = active {
        for stretch in &axis.stretches {
            let (from, to) = (stretch.at(first.max(stretch.from)), stretch.at(last.min(stretch.to)));
            if first <= stretch.to && last >= stretch.from {
                let (x, wide) = (from - 5, to + 10 - from);
                let _ = writeln!(
                    svg,
                    "<rect class=\"active\" x=\"{x}\" y=\"{}\" width=\"{wide}\" height=\"{}\"/>",
                    TOP - 4,
                    height - TOP
                );
            }
        }
    }
    let zones = std::iter::once(Tz::UTC).chain(zone).enumerate();
    for (line, zone) in zones {
        let base = 30 + 16 * line;
        let name = text::html(&text::terminal(zone.name(), 30));
        let _ = writeln!(svg, "<text class=\"axis\" x=\"0\" y=\"{base}\">{name}</text>");
        for stretch in &axis.stretches {
            labels(&mut svg, stretch, zone, base);
        }
    }
    for stretch in &axis.stretches {
        let (x, top) = (stretch.left.saturating_sub(8), TOP - 56);
        let _ = writeln!(svg, "<line class=\"edge\" x1=\"{x}\" y1=\"{top}\" x2=\"{x}\" y2=\"{height}\"/>");
    }
    for (row, lane) in lanes.iter().enumerate() {
        let middle = TOP + row * ROW + ROW / 2;
        let _ = writeln!(svg, "<line class=\"rule\" x1=\"0\" y1=\"{0}\" x2=\"{WIDTH}\" y2=\"{0}\"/>", middle + ROW / 2);
        let shown = text::html(&text::terminal(&lane.title, 31));
        let _ = writeln!(svg, "<text class=\"name\" x=\"0\" y=\"{}\">{shown}</text>", middle + 4);
        for (x, mark, hidden) in apart(lane, &axis) {
            place(&mut svg, mark, (x, middle), hidden);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// When a stretch begins and, where there is room, ends: the day in the first line, then a line for each zone.
fn labels(svg: &mut String, stretch: &Stretch, zone: Tz, base: usize) {
    let (from, to) = (stretch.from.with_timezone(&zone), stretch.to.with_timezone(&zone));
    let (x, utc) = (stretch.left, zone == Tz::UTC);
    if utc {
        let _ = writeln!(svg, "<text class=\"axis\" x=\"{x}\" y=\"14\">{}</text>", from.format("%Y-%m-%d"));
    }
    // Another zone may be in another day.
    let same_day = from.date_naive() == stretch.from.date_naive();
    let hour = from.format(if same_day { "%H:%M" } else { "%m-%d %H:%M" });
    let _ = writeln!(svg, "<text class=\"axis\" x=\"{x}\" y=\"{base}\">{hour}</text>");
    if stretch.wide > 2 * LABEL {
        let same_day = from.date_naive() == to.date_naive();
        let hour = to.format(if same_day { "%H:%M" } else { "%m-%d %H:%M" });
        let x = stretch.left + stretch.wide;
        let _ = writeln!(svg, "<text class=\"axis\" x=\"{x}\" y=\"{base}\" text-anchor=\"end\">{hour}</text>");
    }
}

/// The marks of a lane that can be told apart, each with its place and how many lie under it.
fn apart<'l>(lane: &'l Lane, axis: &Axis) -> Vec<(usize, &'l Mark, usize)> {
    let mut placed: Vec<(usize, &Mark)> = lane.marks.iter().map(|mark| (axis.place(mark.time), mark)).collect();
    placed.sort_by_key(|(x, mark)| (*x, mark.time));
    let mut apart: Vec<(usize, &Mark, usize)> = Vec::new();
    for (x, mark) in placed {
        let under = apart.iter_mut().rev().take_while(|(other, ..)| x - *other < MARK);
        match under.into_iter().find(|(_, other, _)| other.shape == mark.shape) {
            Some((.., hidden)) => *hidden += 1,
            None => apart.push((x, mark, 0)),
        }
    }
    apart
}

fn place(svg: &mut String, mark: &Mark, (x, y): (usize, usize), hidden: usize) {
    let more = if hidden > 0 { format!(" (+{hidden})") } else { String::new() };
    let title = format!("{}{more}", mark.title);
    let _ = match mark.shape {
        Shape::Strong => {
            writeln!(
                svg,
                "<rect class=\"strong\" x=\"{}\" y=\"{}\" width=\"9\" height=\"9\"><title>{title}</title></rect>",
                x.saturating_sub(4),
                y - 5
            )
        }
        Shape::Weak => writeln!(
            svg,
            "<path class=\"weak\" d=\"M{} {} l5.5 -10 l5.5 10 z\"><title>{title}</title></path>",
            x.saturating_sub(5),
            y + 5
        ),
        Shape::Response => {
            writeln!(svg, "<circle class=\"response\" cx=\"{x}\" cy=\"{y}\" r=\"5\"><title>{title}</title></circle>")
        }
    };
}

/// Time with the quiet stretches cut out.
struct Axis {
    stretches: Vec<Stretch>,
}

/// A stretch of activity and where it lies.
struct Stretch {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    left: usize,
    wide: usize,
}

impl Stretch {
    fn at(&self, time: DateTime<Utc>) -> usize {
        let all = (self.to - self.from).num_seconds().max(1) as usize;
        let at = (time - self.from).num_seconds().max(0) as usize;
        self.left + at.min(all) * self.wide / all
    }
}

impl Axis {
    fn new(mut times: Vec<DateTime<Utc>>) -> Self {
        times.sort();
        times.dedup();
        let mut quiet = QUIET;
        let mut stretches = cut(&times, quiet);
        while stretches.len() > STRETCHES {
            quiet = quiet * 2;
            stretches = cut(&times, quiet);
        }
        // A stretch gets room for its label, and of the rest as much as has happened in it.
        let room = WIDTH - LEFT - 20 - (GAP + LABEL) * stretches.len();
        let all = times.len().max(1);
        let mut left = LEFT;
        for (stretch, count) in &mut stretches {
            stretch.left = left;
            stretch.wide = LABEL + room * *count / all;
            left += stretch.wide + GAP;
        }
        Self { stretches: stretches.into_iter().map(|(stretch, _)| stretch).collect() }
    }

    fn place(&self, time: DateTime<Utc>) -> usize {
        let stretch = self.stretches.iter().find(|stretch| time <= stretch.to);
        stretch.or(self.stretches.last()).map_or(LEFT, |stretch| stretch.at(time))
    }
}

/// Cuts sorted times where more than `quiet` lies between two of them; with the number of times in each part.
fn cut(times: &[DateTime<Utc>], quiet: TimeDelta) -> Vec<(Stretch, usize)> {
    let mut stretches: Vec<(Stretch, usize)> = Vec::new();
    for &time in times {
        match stretches.last_mut().filter(|(stretch, _)| time - stretch.to <= quiet) {
            Some((stretch, count)) => {
                stretch.to = time;
                *count += 1;
            }
            None => stretches.push((Stretch { from: time, to: time, left: 0, wide: 0 }, 1)),
        }
    }
    stretches
}

/// One bar: its name, what succeeded and what did not; the name is markup.
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) good: u64,
    pub(super) bad: u64,
    /// Anything that is neither; drawn in grey.
    pub(super) other: u64,
    /// Whether the attacker was there.
    pub(super) attacker: bool,
}

/// Horizontal bars, longest first as they come.
pub(super) fn bars(bars: &[Bar], id: &str, title: &str, desc: &str) -> String {
    const NAME: usize = 190;
    const FULL: usize = 420;
    const HIGH: usize = 24;
    let most = bars.iter().map(|bar| bar.good + bar.bad + bar.other).max().unwrap_or(0).max(1);
    let (width, height) = (NAME + FULL + 70, bars.len() * HIGH + 4);
    let mut svg = format!(
        "<svg class=\"bars\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n\
         <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-desc\">{desc}</desc>\n"
    );
    for (row, bar) in bars.iter().enumerate() {
        let y = row * HIGH + 4;
        let mark = if bar.attacker { "⚑ " } else { "" };
        let _ = writeln!(svg, "<text x=\"0\" y=\"{}\">{mark}{}</text>", y + 13, bar.name);
        let mut x = NAME;
        for (class, count) in [("good", bar.good), ("bad", bar.bad), ("other", bar.other)] {
            let wide = (count * FULL as u64).div_ceil(most) as usize;
            if wide > 0 {
                let _ = writeln!(svg, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"17\"/>");
            }
            x += wide;
        }
        let total = bar.good + bar.bad + bar.other;
        let _ = writeln!(svg, "<text class=\"axis\" x=\"{}\" y=\"{}\">{total}</text>", x + 6, y + 13);
    }
    svg.push_str("</svg>\n");
    svg
}

/// Seven rows of 24 cells; the number stands in each cell, so that the colour is not alone. `days` is markup.
pub(super) fn hours(id: &str, counts: &[[u32; 24]; 7], days: &[String; 7], title: &str, desc: &str) -> String {
    const NAME: usize = 34;
    const HEAD: usize = 18;
    const WIDE: usize = 32;
    const HIGH: usize = 22;
    let most = counts.iter().flatten().copied().max().unwrap_or(0).max(1);
    let mut svg = format!(
        "<svg class=\"heat\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\">\n\
         <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-desc\">{desc}</desc>\n",
        NAME + 24 * WIDE + 2,
        HEAD + 7 * HIGH + 2,
    );
    for hour in 0..24 {
        let x = NAME + hour * WIDE + WIDE / 2;
        let _ = writeln!(svg, "<text class=\"axis\" x=\"{x}\" y=\"12\" text-anchor=\"middle\">{hour:02}</text>");
    }
    for (row, (day, hours)) in days.iter().zip(counts).enumerate() {
        let y = HEAD + row * HIGH;
        let base = y + 15;
        let _ = writeln!(svg, "<text class=\"axis\" x=\"0\" y=\"{base}\">{day}</text>");
        for (hour, count) in hours.iter().enumerate() {
            let x = NAME + hour * WIDE;
            let place = format!("x=\"{x}\" y=\"{y}\" width=\"{WIDE}\" height=\"{HIGH}\"");
            if *count > 0 {
                // Between 15 and 60 of 100: dark enough to see, light enough for the number on it.
                let shade = 15 + 45 * u64::from(*count) / u64::from(most);
                let middle = x + WIDE / 2;
                let _ = writeln!(svg, "<rect class=\"cell\" {place} fill-opacity=\"0.{shade}\"/>");
                let _ = writeln!(svg, "<text x=\"{middle}\" y=\"{base}\" text-anchor=\"middle\">{count}</text>");
            }
            let _ = writeln!(svg, "<rect class=\"frame\" {place}/>");
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// One day of the timeline: how much there is, and how much of it findings cite.
pub(super) struct Day {
    pub(super) label: String,
    pub(super) all: u64,
    pub(super) cited: u64,
}

/// Upright bars, one a day. The scale is that of the square root, or one busy day would hide the others.
pub(super) fn days(days: &[Day], title: &str, desc: &str) -> String {
    const HIGH: u64 = 90;
    const LEFT: usize = 4;
    let most = days.iter().map(|day| day.all).max().unwrap_or(0).max(1);
    let step = (960 / days.len().max(1)).clamp(4, 90);
    let (width, height) = (LEFT + days.len() * step + 60, HIGH + 40);
    let mut svg = format!(
        "<svg class=\"days\" role=\"img\" aria-labelledby=\"days-title days-desc\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n\
         <title id=\"days-title\">{title}</title>\n<desc id=\"days-desc\">{desc}</desc>\n"
    );
    let tall = |count: u64| if count == 0 { 0 } else { ((count * HIGH * HIGH / most).isqrt()).max(2) };
    let labelled = (84 / step).max(1);
    for (number, day) in days.iter().enumerate() {
        let x = LEFT + number * step;
        let wide = step.saturating_sub(2).max(2);
        for (class, count) in [("all", day.all), ("cited", day.cited)] {
            let tall = tall(count);
            if tall > 0 {
                let _ = writeln!(
                    svg,
                    "<rect class=\"{class}\" x=\"{x}\" y=\"{}\" width=\"{wide}\" height=\"{tall}\"/>",
                    14 + HIGH - tall
                );
            }
        }
        if step >= 40 && day.all > 0 {
            let y = 10 + HIGH - tall(day.all);
            let _ = writeln!(svg, "<text x=\"{}\" y=\"{y}\" text-anchor=\"middle\">{}</text>", x + wide / 2, day.all);
        }
        if number % labelled == 0 {
            let _ = writeln!(svg, "<text class=\"axis\" x=\"{x}\" y=\"{}\">{}</text>", HIGH + 30, day.label);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn quiet_time_is_cut_out_and_order_is_kept() {
        let times: Vec<_> = ["2026-03-02T01:00:00Z", "2026-03-02T01:30:00Z", "2026-03-04T09:00:00Z"].map(at).into();
        let axis = Axis::new(times.clone());
        assert_eq!(axis.stretches.len(), 2);
        let places: Vec<usize> = times.iter().map(|time| axis.place(*time)).collect();
        assert!(places.is_sorted_by(|a, b| a < b) && places.iter().all(|x| (LEFT..WIDTH).contains(x)), "{places:?}");
    }

    #[test]
    fn marks_on_top_of_each_other_are_drawn_once_and_counted() {
        let mark = |second: i64, shape| {
            let time = at("2026-03-02T01:00:00Z") + TimeDelta::seconds(second);
            Mark { time, shape, title: "m".to_owned() }
        };
        let mut marks: Vec<Mark> = (0..5000).map(|second| mark(second, Shape::Strong)).collect();
        marks.push(mark(10, Shape::Weak));
        let svg = timeline(&[Lane { title: "lane".to_owned(), marks }], None, None, ("", ""));
        let drawn = svg.matches("class=\"strong\"").count();
        assert!((20..=WIDTH / MARK).contains(&drawn), "{drawn}");
        assert_eq!(svg.matches("class=\"weak\"").count(), 1, "another shape is seen beside them");
        let hidden: usize =
            svg.split("(+").skip(1).map(|rest| rest.split(')').next().unwrap().parse::<usize>().unwrap()).sum();
        assert_eq!(drawn + hidden, 5000);
    }

    #[test]
    fn any_number_of_stretches_fits() {
        let day = |day: i64| at("2026-03-02T01:00:00Z") + TimeDelta::days(day);
        for count in [0, 1, 2, 50, 400] {
            let axis = Axis::new((0..count).map(day).collect());
            assert!(axis.stretches.len() <= STRETCHES);
            assert!(axis.stretches.iter().all(|stretch| stretch.left + stretch.wide < WIDTH));
        }
    }

    #[test]
    fn a_small_count_beside_a_large_one_is_still_seen() {
        let day = |all, cited| Day { label: String::new(), all, cited };
        let svg = days(&[day(200_000, 1), day(1, 0)], "", "");
        assert_eq!(svg.matches("<rect").count(), 3);
        assert!(!svg.contains("height=\"0\""));
    }
}
