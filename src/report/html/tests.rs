//! What must hold for every page, whatever the evidence says.

use super::super::sample::Sample;
use super::*;
use crate::finding::Finding;
use pages::markdown;

fn rendered(sample: &Sample, lang: Lang) -> String {
    render(&sample.report(), &Options { lang, ..Options::default() })
}

/// The page without the evidence paths, which stand there as they are so that the files can be found.
fn without_paths(sample: &Sample) -> String {
    let page = rendered(sample, Lang::En);
    sample.evidence.iter().fold(page, |page, source| page.replace(&text::html(&source.path), ""))
}

/// The tags of a page with their attributes, outside of the style sheet.
fn tags(page: &str) -> Vec<&str> {
    let body = page.split_once("</style>").unwrap().1;
    body.split('<').skip(1).map(|rest| rest.split_once('>').unwrap().0).collect()
}

#[test]
fn evidence_makes_no_markup() {
    const KNOWN: &str = "head body main nav header footer section article details summary h1 h2 h3 h4 p span strong a ul \
                         ol li dl dt dd table caption thead tbody tr th td div time br svg title desc rect text html code pre";
    for lang in [Lang::En, Lang::Ja] {
        for tag in tags(&rendered(&Sample::hostile(), lang)) {
            let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
            assert!(KNOWN.split_whitespace().any(|known| known == name), "<{tag}>");
            assert!(!tag.contains("onerror") && !tag.contains("src="), "<{tag}>");
        }
    }
}

#[test]
fn tags_are_closed_in_order() {
    for page in [rendered(&Sample::hostile(), Lang::En), rendered(&Sample::empty(), Lang::Ja)] {
        let mut open: Vec<&str> = vec!["html"];
        for tag in tags(&page).into_iter().skip(1) {
            let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
            if tag.ends_with('/') || name == "br" {
                continue;
            }
            if tag.starts_with('/') {
                assert_eq!(open.pop(), Some(name));
            } else {
                open.push(name);
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }
}

#[test]
fn loads_and_runs_nothing() {
    let page = without_paths(&Sample::hostile());
    assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'; img-src data:"));
    for forbidden in ["<script", "<link", "<img", "<iframe", "@import", "url(", "javascript:", "href=\"http"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(!page.contains("http://") && !page.contains("https://"), "links have no teeth");
}

#[test]
fn foreign_addresses_are_defanged_and_our_own_are_not() {
    let page = without_paths(&Sample::hostile());
    assert!(page.contains("203[.]0[.]113[.]7") && !page.contains("203.0.113.7"));
    assert!(page.contains("mallory[@]evil[.]example") && !page.contains("evil.example"));
    assert!(page.contains("alice@contoso.example"));
}

#[test]
fn what_cannot_be_seen_is_marked() {
    let page = rendered(&Sample::hostile(), Lang::Ja);
    assert!(!page.contains(['\u{1b}', '\u{202e}', '\u{9b}', '\0', '\r']));
    assert!(page.contains("&lt;U+202E&gt;"));
}

#[test]
fn every_link_has_a_target_and_every_id_is_single() {
    let pages = [SymptomPage { id: "inbox-rules", text: "# Inbox rules\n\nText.\n" }];
    let page = render(&Sample::hostile().report(), &Options { pages: &pages, ..Options::default() });
    let values = |attribute: &str| -> Vec<String> {
        page.split(attribute).skip(1).map(|rest| rest.split_once('"').unwrap().0.to_owned()).collect()
    };
    let mut ids = values(" id=\"");
    for target in values(" href=\"#") {
        assert!(ids.contains(&target), "{target}");
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn one_h1_the_language_and_landmarks() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Ja, "ja")] {
        let page = rendered(&Sample::empty(), lang);
        assert!(page.starts_with(&format!("<!DOCTYPE html>\n<html lang=\"{tag}\">")));
        for once in ["<h1>", "<main ", "<nav ", "<header>", "<footer "] {
            assert_eq!(page.matches(once).count(), 1, "{once}");
        }
    }
}

#[test]
fn the_zone_stands_beside_utc() {
    let options = Options { zone: Some(chrono_tz::Asia::Tokyo), ..Options::default() };
    let page = render(&Sample::hostile().report(), &options);
    assert!(page.contains("2026-03-10T00:23:03Z</time><span class=\"local\">2026-03-10 09:23:03 JST</span>"));
}

#[test]
fn long_lists_are_cut_and_say_so() {
    let mut sample = Sample::hostile();
    sample.rejects = vec![sample.rejects[0].clone(); 230];
    sample.timeline = vec![sample.timeline[0].clone(); 620];
    let page = rendered(&sample, Lang::En);
    assert!(page.contains("30 more in rejects.jsonl"));
    assert!(page.contains("500 of 620 events that findings cite are shown; all 620 events"));
}

#[test]
fn events_link_only_to_findings_that_are_shown() {
    let mut sample = Sample::hostile();
    let finding = sample.examination.symptoms[2].findings[0].clone();
    sample.examination.symptoms[2].findings =
        (1..=250).map(|number| Finding { id: format!("inbox-rules/{number}"), ..finding.clone() }).collect();
    sample.timeline[0].finding_ids = Some("inbox-rules/200; inbox-rules/201".into());
    let page = rendered(&sample, Lang::En);
    assert!(page.contains("<a href=\"#f-inbox-rules-200\">inbox-rules/200</a><br>inbox-rules/201<"));
    assert!(page.contains("50 more in findings.csv"));
}

#[test]
fn markdown_is_laid_out_and_cannot_act() {
    assert_eq!(
        markdown("# A <b>\nx `c<d` **e**\n\n- f\n- g"),
        "<h4>A &lt;b&gt;</h4>\n<p>x <code>c&lt;d</code> <strong>e</strong>\n</p>\n<ul class=\"plain\">\n<li>f</li>\n<li>g</li>\n</ul>\n"
    );
    assert_eq!(markdown("```\n<i>\n```"), "<pre>&lt;i&gt;\n</pre>\n");
}

#[test]
fn same_report_same_bytes() {
    assert_eq!(rendered(&Sample::hostile(), Lang::Ja), rendered(&Sample::hostile(), Lang::Ja));
}
