//! The sign-ins: when in the week, from which places and addresses, and the risky ones.

use std::collections::BTreeSet;

use super::ROWS;
use super::charts::{self, Bar};
use super::page::{Page, cited, dash, head, mono, titled};
use crate::examination::{AddressRow, NO_PLACE, RiskySignIn};
use crate::report::text;
use crate::report::words::{self, WEEKDAYS, Word};
use crate::untrusted::Untrusted;

/// Bars of one chart.
const BARS: usize = 12;

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
    if sign_ins.unknown > 0 {
        page.paragraph(&page.sentence(Word::SignInsUnknown, &[&sign_ins.unknown.to_string()]));
    }
    by_hour(page, &sign_ins.by_hour(&chrono::Utc), None);
    if let Some(zone) = page.options.zone {
        by_hour(page, &sign_ins.by_hour(&zone), Some(zone));
    }
    by_country(page);
    by_address(page);
    risky(page);
}

fn by_hour(page: &mut Page<'_>, counts: &[[u32; 24]; 7], zone: Option<chrono_tz::Tz>) {
    let (id, zone) = zone.map_or(("heat", "UTC"), |zone| ("heat-local", zone.name()));
    page.push(&format!("<h3>{}</h3>\n", page.sentence(Word::HeadByHour, &[zone])));
    let days = WEEKDAYS.map(|day| page.word(day));
    let title = page.sentence(Word::HeatTitle, &[zone]);
    let map = charts::hours(id, counts, &days, &title, &page.word(Word::HeatDesc));
    page.push(&format!(
        "<div class=\"wide chart\" role=\"group\" tabindex=\"0\" aria-label=\"{title}\">\n{map}</div>\n"
    ));
    page.push(&format!("<details class=\"twin\"><summary>{}</summary>\n", page.word(Word::TableTwin)));
    let mut heads = vec![head(Word::Weekday, "")];
    heads.extend((0..24).map(|hour| titled(format!("{hour:02}"), "n")));
    let rows: Vec<Vec<String>> = days
        .iter()
        .zip(counts)
        .map(|(day, hours)| {
            let hours = hours.iter().map(|count| if *count == 0 { mono("·") } else { count.to_string() });
            std::iter::once(day.clone()).chain(hours).collect()
        })
        .collect();
    page.table(&title, &heads, rows);
    page.push("</details>\n");
}

fn by_country(page: &mut Page<'_>) {
    let countries = &page.report.examination.sign_ins.by_country;
    if countries.is_empty() {
        return;
    }
    page.subheading(Word::HeadByCountry);
    let attackers: BTreeSet<&Untrusted> =
        page.report.examination.attacker.addresses.iter().map(|member| &member.value).collect();
    let addresses = page.report.examination.sign_ins.by_address.iter();
    let theirs: BTreeSet<&Untrusted> =
        addresses.filter(|row| attackers.contains(&row.address)).filter_map(|row| row.country.as_ref()).collect();
    let bars: Vec<Bar> = countries
        .iter()
        .take(BARS)
        .map(|row| Bar {
            name: named(page, &row.country),
            good: row.succeeded,
            bad: row.failed,
            other: row.total.saturating_sub(row.succeeded + row.failed),
            attacker: theirs.contains(&row.country),
        })
        .collect();
    let title = page.word(Word::HeadByCountry);
    let drawn = charts::bars(&bars, "countries", &title, &page.word(Word::BarsDesc));
    page.push(&format!(
        "<div class=\"wide chart\" role=\"group\" tabindex=\"0\" aria-label=\"{title}\">\n{drawn}</div>\n"
    ));
    let legend = format!(
        "<span class=\"key good\" aria-hidden=\"true\">■</span> {} · <span class=\"key bad\" aria-hidden=\"true\">■</span> {} · \
         <span class=\"key other\" aria-hidden=\"true\">■</span> {} / {} · <span aria-hidden=\"true\">⚑</span> {}",
        page.word(Word::Succeeded),
        page.word(Word::Failed),
        page.word(Word::OutcomeInterrupted),
        page.word(Word::OutcomeUnknown),
        page.word(Word::AttackerHere)
    );
    page.remark(&legend);
    let heads = [head(Word::Country, ""), head(Word::Total, "n"), head(Word::Succeeded, "n"), head(Word::Failed, "n")];
    let rows: Vec<Vec<String>> = countries
        .iter()
        .take(ROWS)
        .map(|row| {
            vec![named(page, &row.country), row.total.to_string(), row.succeeded.to_string(), row.failed.to_string()]
        })
        .collect();
    page.long_table(&page.word(Word::HeadByCountry), &heads, rows, (countries.len(), Word::MoreRows));
}

/// An address or country; in words where no record names one.
fn named(page: &Page<'_>, place: &Untrusted) -> String {
    if place.as_evidence() == NO_PLACE { page.word(Word::OutcomeUnknown) } else { page.shown(place) }
}

fn by_address(page: &mut Page<'_>) {
    let addresses = &page.report.examination.sign_ins.by_address;
    page.subheading(Word::HeadByAddress);
    let heads = [
        head(Word::Address, "mono"),
        head(Word::Country, ""),
        head(Word::Network, ""),
        head(Word::Total, "n"),
        head(Word::Succeeded, "n"),
        head(Word::Failed, "n"),
        head(Word::First, "t"),
        head(Word::Last, "t"),
    ];
    let rows: Vec<Vec<String>> = addresses.iter().take(ROWS).map(|row| address_row(page, row)).collect();
    page.long_table(&page.word(Word::HeadByAddress), &heads, rows, (addresses.len(), Word::MoreRows));
}

fn address_row(page: &Page<'_>, row: &AddressRow) -> Vec<String> {
    let flag = if is_attackers(page, row) {
        format!(" <span class=\"flag\"><span aria-hidden=\"true\">⚑</span> {}</span>", page.word(Word::AttackerShort))
    } else {
        String::new()
    };
    vec![
        format!("{}{flag}", named(page, &row.address)),
        page.shown_or_dash(row.country.as_ref()),
        network(page, row),
        row.total.to_string(),
        row.succeeded.to_string(),
        row.failed.to_string(),
        page.time(row.first),
        page.time(row.last),
    ]
}

/// The network of an address, with its number.
pub(super) fn network(page: &Page<'_>, row: &AddressRow) -> String {
    let number = row.asn.map(|number| format!("AS{number}"));
    let network = row.network.as_ref().map(|network| page.shown(network));
    let network: Vec<String> = number.into_iter().chain(network).collect();
    if network.is_empty() { dash() } else { network.join(" ") }
}

fn is_attackers(page: &Page<'_>, row: &AddressRow) -> bool {
    page.report.examination.attacker.addresses.iter().any(|member| member.value == row.address)
}

fn risky(page: &mut Page<'_>) {
    let risky = &page.report.examination.sign_ins.risky;
    if risky.is_empty() {
        return;
    }
    page.subheading(Word::HeadRisky);
    let heads = [
        head(Word::Time, "t"),
        head(Word::Address, "mono"),
        head(Word::Country, ""),
        head(Word::Outcome, ""),
        head(Word::ErrorCode, ""),
        head(Word::Why, "text"),
        head(Word::Record, "id"),
    ];
    let rows: Vec<Vec<String>> = risky.iter().take(ROWS).map(|sign_in| risky_row(page, sign_in)).collect();
    page.long_table(&page.word(Word::HeadRisky), &heads, rows, (risky.len(), Word::MoreRows));
}

fn risky_row(page: &Page<'_>, sign_in: &RiskySignIn) -> Vec<String> {
    let why: Vec<String> = sign_in.why.iter().map(|why| page.told(why)).collect();
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
