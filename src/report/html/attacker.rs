//! The attacker, as far as the evidence knows: addresses and sessions, and the chain that led to each.

use super::ROWS;
use super::page::{Page, dash, head};
use super::sign_ins::network;
use crate::report::words::Word;

/// Steps told of a chain.
const STEPS: usize = 8;

pub(super) fn section(page: &mut Page<'_>) {
    page.heading("attacker", Word::HeadAttacker);
    let attacker = &page.report.examination.attacker;
    if attacker.addresses.is_empty() && attacker.sessions.is_empty() {
        page.paragraph(&page.word(Word::Nobody));
        return;
    }
    let mut span = Vec::new();
    span.extend(attacker.first.map(|first| (Word::First, page.time(first))));
    span.extend(attacker.last.map(|last| (Word::Last, page.time(last))));
    if !span.is_empty() {
        page.facts(&span);
    }
    addresses(page);
    sessions(page);
    if !attacker.why.is_empty() {
        page.push(&format!("<details><summary>{}</summary>\n", page.word(Word::AttackerHow)));
        let why: Vec<String> = attacker.why.iter().take(ROWS).map(|why| page.told(why)).collect();
        page.bullets(why);
        page.more(attacker.why.len(), ROWS, Word::MoreRows);
        page.push("</details>\n");
    }
}

fn addresses(page: &mut Page<'_>) {
    let examination = page.report.examination;
    let rows: Vec<Vec<String>> = examination
        .attacker
        .addresses
        .iter()
        .take(ROWS)
        .map(|member| {
            let seen = examination.sign_ins.by_address.iter().find(|row| row.address == member.value);
            vec![
                page.shown(&member.value),
                seen.map_or_else(dash, |row| page.shown_or_dash(row.country.as_ref())),
                seen.map_or_else(dash, |row| network(page, row)),
                seen.map_or_else(dash, |row| format!("{} / {}", row.succeeded, row.total)),
                chain(page, &member.why),
            ]
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    let heads = [
        head(Word::Address, "mono"),
        head(Word::Country, ""),
        head(Word::Network, ""),
        head(Word::SignInsSucceeded, "n"),
        head(Word::WhyAttacker, "text"),
    ];
    let all = examination.attacker.addresses.len();
    page.long_table(&page.word(Word::Addresses), &heads, rows, (all, Word::MoreRows));
}

fn sessions(page: &mut Page<'_>) {
    let sessions = &page.report.examination.attacker.sessions;
    let rows: Vec<Vec<String>> =
        sessions.iter().take(ROWS).map(|member| vec![page.shown(&member.value), chain(page, &member.why)]).collect();
    if !rows.is_empty() {
        let heads = [head(Word::Session, "mono"), head(Word::WhyAttacker, "text")];
        page.long_table(&page.word(Word::Sessions), &heads, rows, (sessions.len(), Word::MoreRows));
    }
}

fn chain(page: &Page<'_>, why: &[crate::untrusted::Untrusted]) -> String {
    let steps: Vec<String> = why.iter().take(STEPS).map(|why| format!("<li>{}</li>", page.told(why))).collect();
    let more = why.len().saturating_sub(STEPS);
    let more = if more > 0 { format!("+{more}") } else { String::new() };
    format!("<ol>{}</ol>{more}", steps.concat())
}
