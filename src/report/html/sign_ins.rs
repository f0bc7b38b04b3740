//! The sign-ins: tables by address and country, the risky ones, and a map of weekday and hour with its table twin.

use std::fmt::Write as _;

use super::{Page, cited, head, mono, titled};
use crate::examination::{AddressRow, RiskySignIn};
use crate::report::text;
use crate::report::words::{self, WEEKDAYS, Word};

/// Rows shown per table; the rest is in `report.json`.
const ROWS: usize = 200;

pub(super) fn section(page: &mut Page<'_>) {
    page.heading("sign-ins", Word::HeadSignIns);
    let sign_ins = &page.report.examination.sign_ins;
    if sign_ins.total == 0 {
        page.paragraph(&page.word(Word::NoSignIns));
        return;
    }
    let numbers =
        [sign_ins.total, sign_ins.succeeded, sign_ins.failed, sign_ins.interrupted, sign_ins.password_was_right]
            .map(|number| number.to_string());
    page.paragraph(&page.sentence(Word::SignInLine, &numbers.each_ref().map(String::as_str)));
    risky(page);
    by_address(page);
    by_country(page);
    by_hour(page, &sign_ins.by_hour);
}

fn risky(page: &mut Page<'_>) {
    let risky = &page.report.examination.sign_ins.risky;
    if risky.is_empty() {
        return;
    }
    let heads = [
        head(Word::Time, "t"),
        head(Word::Address, "mono"),
        head(Word::Country, ""),
        head(Word::Outcome, ""),
        head(Word::ErrorCode, ""),
        head(Word::Why, "text"),
        head(Word::Record, ""),
    ];
    let rows: Vec<Vec<String>> = risky.iter().take(ROWS).map(|sign_in| risky_row(page, sign_in)).collect();
    page.table(&page.word(Word::HeadRisky), &heads, rows);
    more(page, risky.len());
}

fn risky_row(page: &Page<'_>, sign_in: &RiskySignIn) -> Vec<String> {
    let why: Vec<String> = sign_in.why.iter().map(|why| page.shown(why)).collect();
    vec![
        page.time(sign_in.time),
        page.shown_or_dash(sign_in.address.as_ref()),
        page.shown_or_dash(sign_in.country.as_ref()),
        text::html(words::outcome(page.lang, sign_in.outcome)),
        page.shown_or_dash(sign_in.code.as_ref()),
        why.join("<br>"),
        cited(&sign_in.record),
    ]
}

fn by_address(page: &mut Page<'_>) {
    let addresses = &page.report.examination.sign_ins.by_address;
    let heads = [
        head(Word::Address, "mono"),
        head(Word::Total, "n"),
        head(Word::Succeeded, "n"),
        head(Word::Failed, "n"),
        head(Word::First, "t"),
        head(Word::Last, "t"),
        head(Word::Country, ""),
        head(Word::Network, ""),
    ];
    let rows: Vec<Vec<String>> = addresses.iter().take(ROWS).map(|row| address_row(page, row)).collect();
    page.table(&page.word(Word::HeadByAddress), &heads, rows);
    more(page, addresses.len());
}

fn address_row(page: &Page<'_>, row: &AddressRow) -> Vec<String> {
    let number = row.asn.map(|number| format!("AS{number}"));
    let network = row.network.as_ref().map(|network| page.shown(network));
    let network: Vec<String> = number.into_iter().chain(network).collect();
    vec![
        page.shown(&row.address),
        row.total.to_string(),
        row.succeeded.to_string(),
        row.failed.to_string(),
        page.time(row.first),
        page.time(row.last),
        page.shown_or_dash(row.country.as_ref()),
        if network.is_empty() { "–".to_owned() } else { network.join(" ") },
    ]
}

fn by_country(page: &mut Page<'_>) {
    let countries = &page.report.examination.sign_ins.by_country;
    let heads = [head(Word::Country, ""), head(Word::Total, "n"), head(Word::Succeeded, "n"), head(Word::Failed, "n")];
    let rows: Vec<Vec<String>> = countries
        .iter()
        .take(ROWS)
        .map(|row| {
            vec![page.shown(&row.country), row.total.to_string(), row.succeeded.to_string(), row.failed.to_string()]
        })
        .collect();
    page.table(&page.word(Word::HeadByCountry), &heads, rows);
    more(page, countries.len());
}

fn more(page: &mut Page<'_>, rows: usize) {
    let more = rows.saturating_sub(ROWS);
    if more > 0 {
        page.paragraph(&page.sentence(Word::MoreRows, &[&more.to_string()]));
    }
}

fn by_hour(page: &mut Page<'_>, counts: &[[u32; 24]; 7]) {
    page.push(&format!("<h3>{}</h3>\n", page.word(Word::HeadByHour)));
    let map = heat_map(page, counts);
    page.push(&map);
    page.push(&format!("<details><summary>{}</summary>\n", page.word(Word::HeatTable)));
    let mut heads = vec![head(Word::Weekday, "")];
    heads.extend((0..24).map(|hour| titled(format!("{hour:02}"), "n")));
    let rows: Vec<Vec<String>> = WEEKDAYS
        .iter()
        .zip(counts)
        .map(|(day, hours)| {
            let hours = hours.iter().map(|count| if *count == 0 { mono("·") } else { count.to_string() });
            std::iter::once(page.word(*day)).chain(hours).collect()
        })
        .collect();
    page.table(&page.word(Word::HeatTitle), &heads, rows);
    page.push("</details>\n");
}

/// A still picture: the number stands in each cell, so that the colour is not alone.
fn heat_map(page: &Page<'_>, counts: &[[u32; 24]; 7]) -> String {
    const LEFT: usize = 34;
    const TOP: usize = 18;
    const WIDE: usize = 32;
    const HIGH: usize = 22;
    let most = counts.iter().flatten().copied().max().unwrap_or(0).max(1);
    let mut svg = format!(
        "<svg class=\"heat\" role=\"img\" aria-labelledby=\"heat-title heat-desc\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\">\n\
         <title id=\"heat-title\">{2}</title>\n<desc id=\"heat-desc\">{3}</desc>\n",
        LEFT + 24 * WIDE + 2,
        TOP + 7 * HIGH + 2,
        page.word(Word::HeatTitle),
        page.word(Word::HeatDesc)
    );
    for hour in 0..24 {
        let x = LEFT + hour * WIDE + WIDE / 2;
        let _ = writeln!(svg, "<text class=\"axis\" x=\"{x}\" y=\"12\" text-anchor=\"middle\">{hour:02}</text>");
    }
    for (row, (day, hours)) in WEEKDAYS.iter().zip(counts).enumerate() {
        let y = TOP + row * HIGH;
        let base = y + 15;
        let _ = writeln!(svg, "<text class=\"axis\" x=\"0\" y=\"{base}\">{}</text>", page.word(*day));
        for (hour, count) in hours.iter().enumerate() {
            let x = LEFT + hour * WIDE;
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
