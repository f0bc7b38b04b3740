//! Renderings of a hostile triage: nothing of it acts, nothing of it is lost.

use super::*;
use crate::finding::{Headline, Verdict};
use crate::question::Window;
use crate::report::terminal::Options;
use crate::report::words::Lang;
use crate::tenant::{Account, Address, Cell, Cluster, Foreign, Lead, WhyForeign};

const EVIL: &str = "\u{1b}[2J<script>alert(1)</script>\u{202e}=cmd|'/c calc'!A1";

fn triage() -> Triage {
    let time = "2026-03-10T00:23:03Z".parse().unwrap();
    let cell = |id: &str, verdict| Cell { id: id.to_owned(), verdict, strong: 2, weak: 1, explained: 0 };
    let evil = Headline { en: EVIL.into(), ja: EVIL.into() };
    let account = Account {
        user: EVIL.into(),
        also: vec![EVIL.into()],
        level: Level::Linked,
        symptoms: vec![cell("inbox-rules", Verdict::Strong), cell("forwarding", Verdict::NotAssessable)],
        detections: vec![cell("impossible-travel", Verdict::Weak)],
        linked: 2,
        score: 9,
        first: Some(time),
        last: Some(time),
        addresses: vec!["203.0.113.7".into(), EVIL.into()],
        entered_from: vec!["198.51.100.7".into()],
        sessions: vec![EVIL.into()],
        sign_ins: 3,
        failed_sign_ins: 1,
        risky_sign_ins: 1,
        leads: vec![Lead { id: "inbox-rules/1".to_owned(), time: Some(time), headline: evil.clone() }],
        elsewhere: vec![Lead { id: "federation-change/1".to_owned(), time: Some(time), headline: evil }],
        elsewhere_strong: 1,
        missing: None,
    };
    let mut quiet = account.clone();
    quiet.user = "=quiet@contoso.example".into();
    quiet.level = Level::Nothing;
    Triage {
        window: Window { from: time, to: time },
        accounts: vec![account, quiet],
        clusters: vec![Cluster {
            number: 1,
            accounts: vec![EVIL.into(), "b@contoso.example".into()],
            addresses: vec![EVIL.into()],
            first: Some(time),
            last: None,
        }],
        addresses: vec![Address {
            address: "203.0.113.7".into(),
            accounts: vec![EVIL.into(), "b@contoso.example".into()],
            users: vec!["c@contoso.example".into(), EVIL.into()],
        }],
        foreign: vec![Foreign { name: EVIL.into(), why: WhyForeign::Domain }; 4],
    }
}

fn with<T>(then: impl FnOnce(&TriageReport<'_>) -> T) -> T {
    with_triage(&triage(), then)
}

fn with_triage<T>(triage: &Triage, then: impl FnOnce(&TriageReport<'_>) -> T) -> T {
    then(&TriageReport {
        tool: Tool { name: "bectrace", version: "0" },
        case_id: Some("<b>7</b>".to_owned()),
        examiner: None,
        files: 2,
        total: Counts { records: 9, events: 9, ..Counts::default() },
        lost: true,
        named: true,
        has_html: true,
        has_csv: true,
        own_domains: vec!["contoso.example".to_owned()],
        cautions: vec!["knowledge files were replaced by the investigator's own: freemail.txt (SHA-256 ab)".to_owned()],
        triage,
    })
}

#[test]
fn nothing_acts_in_the_page() {
    for lang in [Lang::En, Lang::Ja] {
        let page = with(|report| html::render(report, &html::Options { lang, ..html::Options::default() }));
        for bad in ["<script", "\u{1b}", "\u{202e}", "<b>", " src=", "http-equiv=\"refresh", "onerror"] {
            assert!(!page.contains(bad), "{lang:?}: {bad:?}");
        }
        assert!(page.contains("default-src 'none'"));
        assert!(page.contains("203[.]0[.]113[.]7"), "attacker addresses cannot be clicked");
    }
}

#[test]
fn the_heat_map_has_a_cell_for_each_answer() {
    let page = with(|report| html::render(report, &html::Options::default()));
    // Both accounts: the one of which nothing was found has its row, which says what could not be told.
    assert_eq!(page.matches("<td class=\"strong\" title=").count(), 2);
    assert_eq!(page.matches("<td class=\"not_assessable\" title=").count(), 2);
    assert_eq!(page.matches("<td class=\"weak\" title=").count(), 2);
    assert!(page.contains("■</span> 2+1<"), "two strong findings and a weak one are not three strong ones");
    assert!(page.contains("cannot_tell in triage.csv"), "and the answer says where the accounts are");
}

#[test]
fn what_was_done_to_the_whole_organisation_is_told_once() {
    let page = with(|report| html::render(report, &html::Options::default()));
    assert_eq!(page.matches("federation-change/1").count(), 1, "both accounts' examinations tell of it");
    assert!(page.contains("did to the whole organisation: 1."));
    let options = Options { lang: Lang::En, width: 120, color: false };
    let summary = with(|report| terminal::summary(report, &options));
    assert!(summary.contains("Done to the whole organisation:\n  - 2026-03-10T00:23:03Z"), "{summary}");
}

#[test]
fn an_account_of_which_nothing_can_be_said_is_not_one_of_which_nothing_was_found() {
    let mut triage = triage();
    for cell in &mut triage.accounts[1].symptoms {
        cell.verdict = Verdict::NotAssessable;
    }
    let answer = with_triage(&triage, |report| answer::answer(report, Lang::En)).join(" ");
    assert!(
        answer.contains("Of 1 account nothing can be said") && !answer.contains("nothing strong or weak was found"),
        "{answer}"
    );
}

/// Else nobody knows what to ask for.
#[test]
fn what_the_accounts_lack_of_which_nothing_can_be_said_is_told_with_their_number() {
    let mut triage = triage();
    let mut unknown = triage.accounts[1].clone();
    for cell in &mut unknown.symptoms {
        cell.verdict = Verdict::NotAssessable;
    }
    let lacks = |missing: &str| {
        let mut account = unknown.clone();
        account.missing = Some(missing.into());
        account
    };
    triage.accounts.truncate(1);
    triage.accounts.extend([lacks("G7: a"), lacks("G1: \u{1b}b"), lacks("G1: \u{1b}b")]);
    // Of an account of which something is known there is no telling what it lacks.
    triage.accounts[0].missing = Some("G9: c".into());
    let summary =
        with_triage(&triage, |report| terminal::summary(report, &Options { lang: Lang::En, width: 120, color: false }));
    let [first, second] = ["Most symptoms of 2 accounts lack G1: ", "Most symptoms of 1 account lack G7: a"];
    assert!(summary.find(first).unwrap() < summary.find(second).unwrap(), "{summary}");
    assert!(!summary.contains('\u{1b}') && !summary.contains("G9"), "{summary}");
    let page = with_triage(&triage, |report| html::render(report, &html::Options::default()));
    assert!(page.contains(first) && page.contains(second) && !page.contains('\u{1b}'));
}

/// Nothing else says why such an account is listed.
#[test]
fn an_account_that_was_entered_from_anothers_attacker_says_so() {
    let mut triage = triage();
    triage.accounts[1].level = Level::Weak;
    triage.accounts[1].leads.clear();
    triage.accounts[1].entered_from = vec!["198.51.100.44".into()];
    let options = Options { lang: Lang::En, width: 120, color: false };
    let summary = with_triage(&triage, |report| terminal::summary(report, &options));
    assert!(summary.contains("from the addresses of another account's attacker: 198.51.100.44"), "{summary}");
    let page = with_triage(&triage, |report| html::render(report, &html::Options::default()));
    assert!(page.contains("another account&#39;s attacker: 198[.]51[.]100[.]44"), "{page}");
}

/// One moment is no span from itself to itself.
#[test]
fn a_single_suspicious_moment_is_told_once() {
    let mut triage = triage();
    let options = Options { lang: Lang::En, width: 120, color: false };
    let summary = with_triage(&triage, |report| terminal::summary(report, &options));
    assert!(summary.contains("     suspicious at 2026-03-10 00:23 UTC\n"), "{summary}");
    triage.accounts[0].last = Some("2026-03-11T00:23:03Z".parse().unwrap());
    let summary = with_triage(&triage, |report| terminal::summary(report, &options));
    assert!(summary.contains("suspicious from 2026-03-10 00:23 UTC to 2026-03-11 00:23 UTC"), "{summary}");
}

/// A sentence sends nobody to a file that was not written.
#[test]
fn only_files_that_are_written_are_named() {
    let triage = triage();
    for (has_html, has_csv) in [(true, true), (true, false), (false, true), (false, false)] {
        with_triage(&triage, |report| {
            let report = TriageReport {
                has_html,
                has_csv,
                tool: report.tool.clone(),
                case_id: None,
                examiner: None,
                own_domains: Vec::new(),
                cautions: Vec::new(),
                ..*report
            };
            for lang in [Lang::En, Lang::Ja] {
                let said = answer::answer(&report, lang).join(" ") + &answer::more(&report, lang, 3);
                assert_eq!(said.contains("report.html"), has_html, "{said}");
                assert_eq!(said.contains("triage.csv"), has_csv, "{said}");
                assert!(said.contains("triage.json"), "{said}");
            }
        });
    }
}

/// Numbers and their words agree, and a name from the evidence itself needs no spelling.
#[test]
fn one_account_is_no_accounts() {
    let mut triage = triage();
    triage.accounts.truncate(1);
    let answer = with_triage(&triage, |report| answer::answer(report, Lang::En)).join(" ");
    assert!(answer.contains("linked to an attacker: 1 of 1 account."), "{answer}");
    triage.accounts[0].level = Level::Nothing;
    triage.accounts[0].symptoms.iter_mut().for_each(|cell| cell.verdict = Verdict::NotAssessable);
    for named in [true, false] {
        with_triage(&triage, |report| {
            let report = TriageReport {
                named,
                tool: report.tool.clone(),
                case_id: None,
                examiner: None,
                own_domains: Vec::new(),
                cautions: Vec::new(),
                ..*report
            };
            assert_eq!(answer::answer(&report, Lang::En).join(" ").contains("spelt as in the exports"), named);
        });
    }
}

/// What the answer rests on besides the evidence stands in every rendering, in its language.
#[test]
fn files_of_the_investigators_own_are_named() {
    let mut json = Vec::new();
    with(|report| json::write(report, &mut json)).unwrap();
    assert!(String::from_utf8(json).unwrap().contains("freemail.txt (SHA-256 ab)"));
    for (lang, said) in [(Lang::En, "replaced by the investigator"), (Lang::Ja, "内蔵の知識ファイルの代わりに")]
    {
        let page = with(|report| html::render(report, &html::Options { lang, ..html::Options::default() }));
        assert!(page.contains(said) && page.contains("freemail.txt"), "{page}");
        let options = Options { lang, width: 120, color: false };
        let shown = with(|report| super::terminal::summary(report, &options));
        assert!(shown.contains(said) && shown.contains("freemail.txt"), "{shown}");
    }
}

#[test]
fn teeth_that_are_asked_for_are_kept() {
    let options = html::Options { teeth: text::Teeth::Kept, ..html::Options::default() };
    let page = with(|report| html::render(report, &options));
    assert!(page.contains("203.0.113.7") && !page.contains("203[.]0[.]113[.]7"));
    assert!(!page.contains("cannot be clicked"));
}

#[test]
fn evidence_without_a_time_has_no_window() {
    let mut triage = triage();
    let none = chrono::DateTime::UNIX_EPOCH;
    triage.window = Window { from: none, to: none };
    let page = with_triage(&triage, |report| html::render(report, &html::Options::default()));
    assert!(page.contains("no record has a time") && !page.contains("1970"));
}

#[test]
fn cells_are_no_formulas() {
    let mut bytes = Vec::new();
    with(|report| csv::write(report, &mut bytes)).unwrap();
    let mut rows = ::csv::Reader::from_reader(bytes.as_slice());
    let heads = rows.headers().unwrap().clone();
    let rows: Vec<_> = rows.records().map(Result::unwrap).collect();
    let at = |name: &str| heads.iter().position(|head| head == name).unwrap();
    assert_eq!(&rows[1][at("user")], "'=quiet@contoso.example");
    assert_eq!(&rows[0][at("inbox-rules")], "strong");
    assert_eq!(&rows[0][at("shared_attacker_addresses")], "203.0.113.7 ¦ 198.51.100.7");
    assert_eq!(&rows[0][at("cluster")], "1");
}

#[test]
fn the_document_names_its_shape_and_counts() {
    let mut bytes = Vec::new();
    with(|report| json::write(report, &mut bytes)).unwrap();
    assert!(!bytes.contains(&0x1b));
    let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(value["schema"], "bectrace.triage/1");
    assert_eq!(value["counts"]["examined"], 2);
    assert_eq!(value["counts"]["foreign"], 4);
    assert_eq!(value["not_examined"][3]["why"], "domain");
    assert_eq!(value["accounts"][0]["rank"], 1);
    assert_eq!(value["accounts"][0]["symptoms"][0]["verdict"], "strong");
    assert_eq!(value["accounts"][0]["first"], "2026-03-10T00:23:03Z");
    assert_eq!(value["addresses"][0]["users"][0], "c@contoso.example");
}

#[test]
fn the_summary_fits_and_acts_in_nothing() {
    for lang in [Lang::En, Lang::Ja] {
        for width in [20, 40, 80, 120] {
            let summary = with(|report| terminal::summary(report, &Options { lang, width, color: false }));
            assert!(!summary.contains(['\u{1b}', '\u{202e}', '\r']));
            // No word is broken: the level stands whole in its line.
            let level = super::words::level(lang, crate::tenant::Level::Linked);
            assert!(width < 40 || summary.lines().any(|line| line.trim() == level), "{summary}");
            if width >= 40 {
                assert!(summary.lines().all(|line| text::width(line) <= usize::from(width)), "{summary}");
            }
        }
    }
}

use crate::report::text;
