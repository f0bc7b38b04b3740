//! What must hold for every page, whatever the evidence says; read back by an HTML parser that works like a browser's.

use super::super::sample::{HOSTILE, Sample};
use super::super::text;
use super::*;
use crate::finding::Finding;
use dom::{Dom, Element};
use pages::{innocent, markdown};

fn rendered(sample: &Sample, lang: Lang) -> String {
    render(&sample.report(), &Options { lang, ..Options::default() })
}

/// The page without the evidence paths, which stand there as they are so that the files can be found.
fn without_paths(sample: &Sample) -> String {
    let page = rendered(sample, Lang::En);
    sample.evidence.iter().fold(page, |page, source| page.replace(&text::html(&source.path), ""))
}

#[test]
fn evidence_makes_no_markup() {
    const KNOWN: &str = "html head meta title style script body main nav header footer section article details summary h1 h2 h3 \
                         h4 p span strong a ul ol li dl dt dd table caption thead tbody tfoot tr th td div time br svg desc \
                         rect text code pre line path circle";
    for lang in [Lang::En, Lang::Ja] {
        let page = Dom::read(&rendered(&Sample::hostile(), lang));
        for element in &page.0 {
            let name = &element.name;
            assert!(KNOWN.split_whitespace().any(|known| known == name), "<{name}>");
            for (attribute, value) in element.attributes() {
                assert!(!attribute.starts_with("on"), "<{name} {attribute}>");
                assert!(
                    !["src", "style", "srcdoc", "action", "formaction"].contains(&attribute),
                    "<{name} {attribute}>"
                );
                assert!(attribute != "href" || value.starts_with('#'), "<{name} href={value}>");
            }
        }
        assert_eq!((page.named("script").count(), page.named("style").count()), (1, 1));
    }
}

#[test]
fn tags_nest_whatever_is_found() {
    Dom::read(&rendered(&Sample::empty(), Lang::Ja));
    let options = Options { zone: Some(chrono_tz::Asia::Tokyo), teeth: Teeth::Kept, ..Options::default() };
    Dom::read(&render(&Sample::hostile().report(), &options));
}

/// What the parser gives back is the evidence, with what cannot be seen marked: nothing was swallowed.
#[test]
fn hostile_text_is_read_back_whole() {
    let sample = Sample::hostile();
    let page = Dom::read(&render(&sample.report(), &Options { teeth: Teeth::Kept, ..Options::default() }));
    let cells: Vec<&Element> =
        page.inside("f-inbox-rules-1").into_iter().filter(|cell| cell.name == "td" || cell.name == "th").collect();
    let beside = |name: &str| {
        let at = cells.iter().position(|cell| cell.text == name).unwrap();
        cells[at + 1].text.as_str()
    };
    let marked =
        HOSTILE.replace('\u{1b}', "␛").replace('\u{9b}', "<U+009B>").replace('\u{202e}', "<U+202E>").replace('\0', "␀");
    assert_eq!(beside("SubjectContainsWords"), marked);
    assert_eq!(beside("MoveToFolder"), "RSS フィード");
}

#[test]
fn a_megabyte_of_text_is_clipped_and_says_so() {
    let mut sample = Sample::hostile();
    sample.examination.symptoms[2].findings[0].target = "<b>".repeat(400_000).into();
    let page = rendered(&sample, Lang::En);
    assert!(page.len() < 400_000, "{}", page.len());
    assert!(page.contains("[1199400 more characters; whole in report.json]"));
}

#[test]
fn only_its_own_style_and_script_may_act() {
    let page = without_paths(&Sample::hostile());
    let parsed = Dom::read(&page);
    let policy =
        parsed.named("meta").find_map(|meta| meta.attribute("http-equiv").and(meta.attribute("content"))).unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    for inline in ["style", "script"] {
        let hash = page::source_of(&parsed.named(inline).next().unwrap().text);
        assert!(policy.contains(&hash), "the policy lets another {inline} act");
    }
    let script = &parsed.named("script").next().unwrap().text;
    for forbidden in ["fetch(", "XMLHttpRequest", "innerHTML", "eval(", "import("] {
        assert!(!script.contains(forbidden), "{forbidden}");
    }
    for forbidden in ["<link", "<img", "<iframe", "@import", "url(", "javascript:", "href=\"http"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(!page.contains("http://") && !page.contains("https://"), "links have no teeth");
}

#[test]
fn where_nothing_calls_for_a_step_none_is_counted_as_open() {
    let tiles = |sample: &Sample| {
        Dom::read(&rendered(sample, Lang::En)).named("dd").map(|tile| tile.text.clone()).collect::<String>()
    };
    assert!(tiles(&Sample::empty()).contains("none called for") && !tiles(&Sample::empty()).contains("of 7 done"));
    assert!(tiles(&Sample::hostile()).contains("of 7 done"));
    // Of a takeover without a known attacker it is not said that nobody was active.
    let mut unknown = Sample::hostile();
    (unknown.examination.attacker.first, unknown.examination.attacker.last) = (None, None);
    assert!(tiles(&unknown).contains("unknown") && !tiles(&Sample::empty()).contains("unknown"));
}

#[test]
fn every_picture_has_a_name_and_a_table_of_the_same_name() {
    let page = Dom::read(&rendered(&Sample::hostile(), Lang::En));
    let pictures: Vec<&Element> = page.named("svg").collect();
    assert_eq!(pictures.len(), 4);
    for picture in pictures {
        assert_eq!(picture.attribute("role"), Some("img"));
        for id in picture.attribute("aria-labelledby").unwrap().split(' ') {
            assert!(!page.by_id(id).text.is_empty(), "{id}");
        }
        let group = &page.0[picture.parent.unwrap()];
        let name = group.attribute("aria-label").unwrap();
        assert!(page.named("caption").any(|caption| caption.text == name), "{name}");
    }
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
    let pages =
        [SymptomPage { id: "inbox-rules", text: "# Inbox rules\n\nText.\n\n## Innocent explanations\n\n- None.\n" }];
    let page = render(&Sample::hostile().report(), &Options { pages: &pages, ..Options::default() });
    let page = Dom::read(&page);
    let mut ids: Vec<&str> = page.0.iter().filter_map(|element| element.attribute("id")).collect();
    for link in page.named("a") {
        let target = link.attribute("href").unwrap().strip_prefix('#').unwrap();
        assert!(ids.contains(&target), "{target}");
    }
    for names in page.0.iter().filter_map(|element| element.attribute("aria-labelledby")) {
        assert!(names.split(' ').all(|id| ids.contains(&id)), "{names}");
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn one_h1_the_language_and_landmarks() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::Ja, "ja")] {
        let page = rendered(&Sample::empty(), lang);
        assert!(page.starts_with(&format!("<!DOCTYPE html>\n<html lang=\"{tag}\">")));
        for once in ["<h1>", "<main ", "<nav ", "<header>", "<footer>"] {
            assert_eq!(page.matches(once).count(), 1, "{once}");
        }
    }
}

#[test]
fn headings_go_down_one_step_at_a_time() {
    for sample in [Sample::hostile(), Sample::empty()] {
        let page = Dom::read(&rendered(&sample, Lang::En));
        let mut last = 0;
        for heading in page.0.iter().filter(|element| ["h1", "h2", "h3", "h4"].contains(&element.name.as_str())) {
            let level: u32 = heading.name.trim_start_matches('h').parse().unwrap();
            assert!(level <= last + 1, "{}", heading.text);
            last = level;
        }
    }
}

#[test]
fn the_zone_stands_beside_utc() {
    let options = Options { zone: Some(chrono_tz::Asia::Tokyo), ..Options::default() };
    let page = render(&Sample::hostile().report(), &options);
    assert!(page.contains("2026-03-10 00:23:03 UTC</time> <span class=\"local\">2026-03-10 09:23:03 JST</span>"));
}

#[test]
fn long_lists_are_cut_and_say_so() {
    let mut sample = Sample::hostile();
    sample.rejects = vec![sample.rejects[0].clone(); 230];
    sample.evidence[0].counts.rejected = 230;
    sample.timeline = vec![sample.timeline[0].clone(); 620];
    let page = rendered(&sample, Lang::En);
    assert!(page.contains("130 more in rejects.jsonl"));
    assert!(page.contains("Events that findings cite: 620, shown here: 200. All events of the timeline (620)"));
}

#[test]
fn events_link_only_to_findings_that_are_shown() {
    let mut sample = Sample::hostile();
    let finding = sample.examination.symptoms[2].findings[0].clone();
    sample.examination.symptoms[2].findings =
        (1..=250).map(|number| Finding { id: format!("inbox-rules/{number}"), ..finding.clone() }).collect();
    sample.timeline[0].finding_ids = Some("inbox-rules/20; inbox-rules/21".into());
    let page = rendered(&sample, Lang::En);
    assert!(page.contains("<a href=\"#f-inbox-rules-20\">inbox-rules/20</a><br>inbox-rules/21<"));
    assert!(page.contains("not on this page: 230 (strong: 230, weak: 0, explained: 0)"));
}

#[test]
fn markdown_is_laid_out_and_cannot_act() {
    assert_eq!(
        markdown("# A <b>\nx `c<d` **e**\ngoes on\n\n- f\n  and on\n- g"),
        "<h3>A &lt;b&gt;</h3>\n<p>x <code>c&lt;d</code> <strong>e</strong> goes on</p>\n<ul class=\"plain\">\n<li>f and on</li>\n<li>g</li>\n</ul>\n"
    );
    assert_eq!(markdown("```\n<i>\n```"), "<pre>&lt;i&gt;</pre>\n");
    assert_eq!(markdown("受信\nトレイ"), "<p>受信トレイ</p>\n");
}

/// A question beyond the ten has an English page only: what else it could be is told in Japanese all the same, and in
/// English where there are no Japanese words for it.
#[test]
fn innocent_explanations_are_told_in_japanese_and_in_english_rather_than_not_at_all() {
    let mut sample = Sample::hostile();
    let fold = |sample: &Sample, id| {
        let pages = [SymptomPage { id, text: "# T\n\n## Innocent explanations\n\n- A company's way out.\n" }];
        let options = Options { lang: Lang::Ja, pages: &pages, ..Options::default() };
        let page = render(&sample.report(), &options);
        let fold = page.split_once("<details class=\"innocent\">").unwrap().1;
        fold.split_once("</details>").unwrap().0.to_owned()
    };
    let japanese = fold(&sample, "impossible-travel");
    assert!(japanese.contains("<li>途中で接続した VPN") && !japanese.contains("company"), "{japanese}");
    let asked = sample.examination.detections.iter_mut().find(|asked| asked.id == "impossible-travel").unwrap();
    asked.id = "asked-by-nobody";
    let english = fold(&sample, "asked-by-nobody");
    assert!(english.contains("<div lang=\"en\">\n<ul class=\"plain\">\n<li>A company"), "{english}");
}

#[test]
fn innocent_explanations_are_taken_from_the_page() {
    let source = "# S\n\n## Innocent explanations\n\n- A.\n- B.\n\n## What to do next\n\nC.\n";
    assert_eq!(innocent(source, Lang::En), "- A.\n- B.");
    assert_eq!(innocent(source, Lang::Ja), "");
}

#[test]
fn the_story_is_told_in_order_and_folds_what_belongs_together() {
    let mut sample = Sample::hostile();
    let finding = sample.examination.symptoms[2].findings[0].clone();
    let at = |minute: i64, id: u32| Finding {
        id: format!("inbox-rules/{id}"),
        time: finding.time + chrono::TimeDelta::minutes(minute),
        ..finding.clone()
    };
    sample.examination.symptoms[2].findings = vec![at(0, 1), at(10, 2), at(20, 3), at(90, 4)];
    let page = Dom::read(&rendered(&sample, Lang::En));
    let stories = page.named("li").filter(|line| line.parent.is_some_and(|parent| page.0[parent].has_class("story")));
    let lines: Vec<&str> = stories.map(|line| line.text.as_str()).collect();
    let times: Vec<&str> = lines.iter().map(|line| line.split(" UTC").next().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert!(
        lines.iter().any(|line| line.contains("inbox-rules/1 · 2 more of the same question until 00:43:03")),
        "{lines:#?}"
    );
    assert!(lines.iter().any(|line| line.contains("inbox-rules/4")));
    assert!(lines[0].contains("First act of the attacker, as far as known"));
}

/// A page for a court: nothing that was found is missing from it.
#[test]
fn every_finding_and_every_file_is_on_the_page() {
    let sample = Sample::hostile();
    let page = Dom::read(&rendered(&sample, Lang::En));
    for finding in super::super::assessments(&sample.report()).flat_map(|assessment| &assessment.findings) {
        let article = page.by_id(&format!("f-{}", page::anchor(&finding.id)));
        for record in &finding.records {
            assert!(article.text.contains(&record.sha256) && article.text.contains(&record.evidence), "{}", finding.id);
        }
    }
    let whole = &page.named("html").next().unwrap().text;
    assert!(sample.evidence.iter().all(|source| whole.contains(&source.sha256)));
}

#[test]
fn same_report_same_bytes() {
    assert_eq!(rendered(&Sample::hostile(), Lang::Ja), rendered(&Sample::hostile(), Lang::Ja));
}

/// However much there is, the page stays one that a browser opens at once and a screen reader gets through; it says what
/// it leaves out. The worst case has very many of everything, each as long as evidence comes.
#[test]
fn the_page_is_bounded_whatever_there_is() {
    let sample = Sample::enormous();
    for lang in [Lang::En, Lang::Ja] {
        let page = rendered(&sample, lang);
        assert!(page.len() < 2_400_000, "{} bytes", page.len());
        let dom = Dom::read(&page);
        assert!(dom.0.len() < 40_000, "{} elements", dom.0.len());
        assert!(dom.named("tr").count() < 4_000, "{} rows", dom.named("tr").count());
        assert!(dom.named("article").count() <= 80);
    }
    let page = rendered(&sample, Lang::En);
    for said in [
        "more in report.json",
        "Further findings of this question, not on this page: 293 (strong: 293, weak: 0, explained: 0)",
        "more in rejects.jsonl",
        "shown here: 200. All events of the timeline (5,000)",
        "This page has become long",
    ] {
        assert!(page.contains(said), "{said}");
    }
}

/// A file that could not be read has no record that could be refused.
#[test]
fn a_file_that_was_not_read_is_not_every_record_read() {
    let mut sample = Sample::hostile();
    sample.rejects.clear();
    let section = |sample: &Sample| {
        let page = rendered(sample, Lang::En);
        page.split("id=\"rejects\"").nth(1).unwrap().split("<h2").next().unwrap().to_owned()
    };
    assert!(section(&sample).contains("some files were not read, or not whole"));
    sample.evidence.retain(|source| source.status == crate::ledger::Status::Read);
    assert!(section(&sample).contains("Every record was read."));
}

/// On paper the ids of findings are not broken letter by letter: their column keeps a width, and breaks at hyphens.
#[test]
fn the_ids_of_the_timeline_have_a_column_on_paper() {
    let print = include_str!("style.css").split("@media print").nth(1).unwrap();
    assert!(print.contains("td.links { min-width: 5.6rem; overflow-wrap: break-word; }"));
    let page = rendered(&Sample::hostile(), Lang::En);
    let timeline = page.split("id=\"timeline\"").nth(1).unwrap();
    assert!(timeline.contains("<td class=\"id links\"><a href=\"#f-inbox-rules-1\">"));
}

#[test]
fn evidence_without_a_time_has_no_window() {
    let mut sample = Sample::empty();
    assert!(!rendered(&sample, Lang::En).contains("no record has a time"));
    let none = chrono::DateTime::UNIX_EPOCH;
    (sample.examination.window.from, sample.examination.window.to) = (none, none);
    let page = rendered(&sample, Lang::En);
    assert!(page.contains("no record has a time") && !page.contains("1970"));
    let options = crate::report::terminal::Options { lang: Lang::Ja, width: 80, color: false };
    assert!(!crate::report::terminal::summary(&sample.report(), &options).contains("1970"));
}

#[test]
fn a_finding_without_a_target_has_no_empty_place_for_it() {
    let mut sample = Sample::hostile();
    let target = |sample: &Sample| {
        Dom::read(&rendered(sample, Lang::En))
            .inside("f-inbox-rules-1")
            .iter()
            .any(|cell| cell.name == "dt" && cell.text == "Target")
    };
    assert!(target(&sample));
    sample.examination.symptoms[2].findings[0].target = "".into();
    assert!(!target(&sample));
}

/// A snapshot that does not say when it was taken: no file and no line invents a time for what it shows.
#[test]
fn what_has_no_time_is_told_without_one() {
    let mut sample = Sample::hostile();
    let none = chrono::DateTime::UNIX_EPOCH;
    for assessment in sample.examination.symptoms.iter_mut().chain(&mut sample.examination.detections) {
        assessment.findings.retain(|finding| finding.id.starts_with("inbox-rules/"));
    }
    let standing = Finding { time: none, dated: false, ..sample.examination.symptoms[2].findings[0].clone() };
    let second = Finding { id: "inbox-rules/3".to_owned(), ..standing.clone() };
    sample.examination.symptoms[2].findings = vec![standing, second];
    let page = rendered(&sample, Lang::En);
    assert!(!page.contains("1970"));
    let dom = Dom::read(&page);
    assert!(dom.by_id("f-inbox-rules-1").text.trim_start().starts_with("time not known (snapshot)"));
    let lines: Vec<&str> = dom
        .named("li")
        .filter(|line| line.parent.is_some_and(|parent| dom.0[parent].has_class("story")))
        .map(|line| line.text.trim())
        .collect();
    let last = lines.last().unwrap();
    assert!(
        last.starts_with("time not known (snapshot)") && last.ends_with("1 more of the same question"),
        "{lines:#?}"
    );
    assert!(lines[0].contains("First act of the attacker, as far as known"), "{lines:#?}");
    // Neither has a mark on the chart; both stand in its table.
    assert!(!page.contains("<rect class=\"strong\""));
    let options = crate::report::terminal::Options { lang: Lang::Ja, width: 80, color: false };
    let summary = crate::report::terminal::summary(&sample.report(), &options);
    assert!(!summary.contains("1970") && summary.contains("時刻不明 (スナップショット)"), "{summary}");
    sample.examination.response.clear();
    (sample.examination.attacker.first, sample.examination.attacker.last) = (None, None);
    assert!(!rendered(&sample, Lang::En).contains("<svg class=\"lanes\""), "a chart of nothing");
}

fn section(sample: &Sample, id: &str) -> String {
    let page = rendered(sample, Lang::En);
    page.split(&format!("id=\"{id}\"")).nth(1).unwrap().split("<h2").next().unwrap().to_owned()
}

/// "Touched 0 mails" is said only of an attacker who is known, in evidence that would have shown it.
#[test]
fn nothing_touched_is_said_only_where_it_would_have_been_seen() {
    let mut sample = Sample::hostile();
    assert!(section(&sample, "exposure").contains("touched 1 mail, 1 mail folder and 1 file"));
    let exposure = &mut sample.examination.exposure;
    (exposure.mails, exposure.folders, exposure.files) = (Vec::new(), Vec::new(), Vec::new());
    exposure.throttled.clear();
    sample.examination.recipients = crate::examination::Recipients::default();
    let said = section(&sample, "exposure");
    assert!(said.contains("touched 0 mails, 0 mail folders and 0 files"), "{said}");
    assert!(said.contains("No mail of the attacker is recorded."), "{said}");
    let fails = |id| crate::examination::Gate { id, title: "", passes: false, seen: String::new() };
    sample.examination.coverage.extend([fails("G12"), fails("G4s"), fails("G9s")]);
    let said = section(&sample, "exposure");
    assert!(said.contains("No record of this evidence could tell which mails were read."), "{said}");
    assert!(said.contains("touched 0 files") && !said.contains("0 mails"), "{said}");
    assert!(said.contains("to whom the attacker wrote: it holds neither") && !said.contains("No mail of"), "{said}");
    sample.examination.coverage.push(fails("G13"));
    assert!(section(&sample, "exposure").contains("which mails, mail folders or files the attacker&#39;s sessions"));
    sample.examination.attacker = crate::examination::Attacker::default();
    let said = section(&sample, "exposure");
    assert!(said.contains("what was touched cannot be listed") && !said.contains("touched 0"), "{said}");
    assert!(said.contains("whether and to whom they wrote cannot be told") && !said.contains("No mail of"), "{said}");
}

/// A session is a trace that others can be looked for by, without any address.
#[test]
fn an_attacker_of_a_session_alone_is_one() {
    let mut sample = Sample::hostile();
    sample.examination.blast_radius.clear();
    sample.examination.attacker.addresses.clear();
    assert!(section(&sample, "attacker").contains("No other account of the organisation was seen"));
    sample.examination.attacker.sessions.clear();
    assert!(section(&sample, "attacker").contains("other accounts could not be looked for"));
}

/// A file of another tenant covers nothing of the account.
#[test]
fn another_tenants_file_covers_nothing() {
    let mut sample = Sample::hostile();
    assert!(section(&sample, "coverage").contains("from end to end, but a check below fails: G1"));
    sample.examination.coverage[0].passes = true;
    assert!(section(&sample, "coverage").contains("the whole window"));
    sample.examination.foreign_files.insert(sample.evidence[0].path.clone());
    let said = section(&sample, "coverage");
    assert!(!said.contains("the whole window") && said.contains("only another tenant&#39;s records"), "{said}");
}

/// Databases of networks alone tell no country: the built-in table does.
#[test]
fn countries_are_laid_to_the_table_that_tells_them() {
    let mut sample = Sample::hostile();
    assert!(!section(&sample, "method").contains("registration countries"));
    sample.built_in_countries = true;
    assert!(section(&sample, "method").contains("None of these databases knows countries"));
}

/// Who asks for the teeth is not told that they are drawn.
#[test]
fn the_method_tells_whether_links_are_defanged() {
    let of = |teeth| render(&Sample::hostile().report(), &Options { teeth, ..Options::default() });
    let defanged = "written so that they cannot be followed";
    assert!(of(Teeth::Drawn).contains(defanged) && !of(Teeth::Kept).contains(defanged));
}

#[test]
fn a_place_that_no_record_names_is_told_in_words() {
    let mut sample = Sample::hostile();
    sample.examination.sign_ins.by_country[0].country = crate::examination::NO_PLACE.into();
    let said = section(&sample, "sign-ins");
    assert!(!said.contains("??") && said.contains(">unknown<"), "{said}");
}

#[test]
fn a_snapshots_finding_has_no_empty_place_for_an_actor() {
    let mut sample = Sample::hostile();
    let article = |sample: &Sample| Dom::read(&rendered(sample, Lang::En)).by_id("f-inbox-rules-1").text.clone();
    assert!(article(&sample).contains("Actor: alice@contoso.example"));
    sample.examination.symptoms[2].findings[0].actor = "".into();
    assert!(!article(&sample).contains("Actor:"));
}
