//! The summary on standard output: readable without colour, at any width, with nothing in it that could act.

use comfy_table::{Cell, CellAlignment, Color, ContentArrangement, Table, presets};

use super::model::Report;
use super::text;
use super::words::{self, Lang, Word, fill};
use crate::finding::{Assessment, Finding, Severity, StepStatus, Verdict, Weight};
use crate::ledger::Status;
use crate::timeline::format_time;

/// How many findings are shown.
const STRONGEST: usize = 10;

/// Addresses of an attacker that are shown, and sessions.
const MEMBERS: usize = 20;

/// Cells below which a table has no room: its rows become lines.
const NARROW: usize = 60;

/// How the summary is laid out; asked of the terminal by the caller, never by this room.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Language.
    pub lang: Lang,
    /// Cells in a line.
    pub width: u16,
    /// Whether colour may be added to what the words already say.
    pub color: bool,
}

/// The summary, ending in a line break.
pub fn summary(report: &Report<'_>, options: &Options) -> String {
    let mut page = Page { out: String::new(), options: *options, width: usize::from(options.width).clamp(20, 120) };
    page.header(report);
    page.verdicts(report);
    page.response(report);
    page.strongest(report);
    page.beyond(report);
    page.sign_ins(report);
    page.attacker(report);
    page.coverage(report);
    page.ledger(report);
    page.out
}

struct Page {
    out: String,
    options: Options,
    width: usize,
}

impl Page {
    fn header(&mut self, report: &Report<'_>) {
        let examination = report.examination;
        let (from, to) = (format_time(examination.window.from), format_time(examination.window.to));
        self.label(Word::Account, &text::terminal_whole(&examination.user));
        match examination.window.is_unset() {
            true => self.label(Word::Window, self.word(Word::NoWindow)),
            false => self.label(Word::Window, &fill(self.options.lang, Word::SpanLine, &[&from, &to])),
        }
        if let Some(case) = &report.case_id {
            self.label(Word::Case, &text::terminal_whole(case));
        }
        let total = report.total;
        let numbers = [
            report.evidence.len() as u64,
            total.records,
            total.events,
            total.states,
            total.duplicates,
            total.rejected,
            total.salvaged,
        ]
        .map(|number| number.to_string());
        let line = fill(self.options.lang, Word::EvidenceLine, &numbers.each_ref().map(String::as_str));
        self.label(Word::HeadEvidence, &line);
        self.gap();
        self.banner(report);
        for part in words::answer_parts(self.options.lang, report) {
            let label = part.label.map_or_else(String::new, |label| format!("{}: ", self.word(label)));
            self.paragraph("", &format!("{label}{}", part.text));
        }
    }

    fn banner(&mut self, report: &Report<'_>) {
        let banner = words::banner(report).text(self.options.lang);
        for line in text::terminal_lines(banner, self.width) {
            let line = self.painted(&line, "1");
            self.out.push_str(&line);
            self.out.push('\n');
        }
    }

    fn verdicts(&mut self, report: &Report<'_>) {
        self.heading(Word::HeadSymptoms);
        if self.width < NARROW {
            for symptom in &report.examination.symptoms {
                let lang = self.options.lang;
                let (title, verdict) = (words::title(lang, symptom.id), words::verdict(lang, symptom.verdict));
                self.hanging(&format!("{:>3} ", symptom.number), "    ", &format!("{title}: {verdict}"));
            }
            return;
        }
        let mut table = self.table();
        table.set_header(["#", self.word(Word::Symptom), self.word(Word::Verdict), self.word(Word::CountShortHead)]);
        for symptom in &report.examination.symptoms {
            table.add_row(self.verdict_row(symptom));
        }
        self.add(&table);
    }

    fn verdict_row(&self, symptom: &Assessment) -> [Cell; 4] {
        let lang = self.options.lang;
        let [strong, weak, explained] = words::tally(&symptom.findings).map(|count| count.to_string());
        let counts = if symptom.findings.is_empty() {
            "-".to_owned()
        } else {
            fill(lang, Word::CountShort, &[&strong, &weak, &explained])
        };
        let verdict = Cell::new(words::verdict(lang, symptom.verdict));
        [
            Cell::new(symptom.number).set_alignment(CellAlignment::Right),
            Cell::new(words::title(lang, symptom.id)),
            match verdict_color(symptom.verdict) {
                Some(color) => verdict.fg(color),
                None => verdict,
            },
            Cell::new(counts).set_alignment(CellAlignment::Right),
        ]
    }

    fn strongest(&mut self, report: &Report<'_>) {
        let mut findings: Vec<&Finding> = super::assessments(report)
            .flat_map(|assessment| &assessment.findings)
            .filter(|finding| finding.verdict != Weight::Explained)
            .collect();
        if findings.is_empty() {
            return;
        }
        findings.sort_by(|a, b| {
            (b.verdict, b.severity, !a.dated, a.time, &a.id).cmp(&(a.verdict, a.severity, !b.dated, b.time, &b.id))
        });
        self.heading(Word::HeadStrongest);
        for finding in findings.iter().take(STRONGEST) {
            self.finding(finding);
        }
        let more = findings.len().saturating_sub(STRONGEST);
        if more > 0 {
            self.paragraph(
                "  ",
                &fill(self.options.lang, words::where_written(report, Word::MoreFindings), &[&more.to_string()]),
            );
        }
    }

    fn finding(&mut self, finding: &Finding) {
        let lang = self.options.lang;
        let severity =
            format!("[{}, {}]", words::severity(lang, finding.severity), words::weight(lang, finding.verdict));
        let time = finding.when().map_or_else(|| self.word(Word::TimeUnknown).to_owned(), format_time);
        let fits = 2 + text::width(&time) + 1 + text::width(&severity) <= self.width;
        let severity = self.painted(&severity, severity_color(finding.severity));
        let between = if fits { " " } else { "\n  " };
        self.out.push_str(&format!("  {time}{between}{severity}\n"));
        self.paragraph("    ", &text::terminal(lang.headline(&finding.headline), 400));
        for record in finding.records.iter().take(1) {
            let more = finding.records.len() - 1;
            let more = if more == 0 { String::new() } else { format!(" (+{more})") };
            let number = fill(lang, Word::RecordWord, &[&record.record.to_string()]);
            let cited =
                format!("{} · {number}{more} · {}", file_name(&record.evidence), text::terminal_whole(&finding.id));
            self.paragraph("    ", &cited);
        }
    }

    fn beyond(&mut self, report: &Report<'_>) {
        let fired: Vec<&Assessment> =
            report.examination.detections.iter().filter(|detection| words::fired(detection.verdict)).collect();
        if fired.is_empty() {
            return;
        }
        self.heading(Word::HeadBeyond);
        for detection in fired {
            let lang = self.options.lang;
            let [strong, weak, explained] = words::tally(&detection.findings).map(|count| count.to_string());
            let counts = fill(lang, Word::CountFindings, &[&strong, &weak, &explained]);
            let verdict = words::verdict(lang, detection.verdict);
            self.item(&format!("{}: {verdict} ({counts})", words::title(lang, detection.id)));
        }
    }

    fn sign_ins(&mut self, report: &Report<'_>) {
        self.heading(Word::HeadSignIns);
        let sign_ins = &report.examination.sign_ins;
        let numbers =
            [sign_ins.total, sign_ins.succeeded, sign_ins.failed, sign_ins.interrupted, sign_ins.password_was_right]
                .map(|number| number.to_string());
        self.paragraph("  ", &fill(self.options.lang, Word::SignInLine, &numbers.each_ref().map(String::as_str)));
        if sign_ins.unknown > 0 {
            let unknown = sign_ins.unknown.to_string();
            self.paragraph("  ", &fill(self.options.lang, Word::SignInsUnknown, &[&unknown]));
        }
    }

    fn response(&mut self, report: &Report<'_>) {
        self.heading(Word::HeadResponse);
        let lang = self.options.lang;
        if !words::calls_for_steps(report) {
            self.paragraph("  ", self.word(Word::StepsNotCalledFor));
        }
        let rows = report.examination.response.iter().map(|step| {
            let mark = match (words::is_open(step), step.status) {
                (true, StepStatus::Partial) => "[~]",
                (true, _) => "[ ]",
                (false, _) => "[x]",
            };
            let mut state = words::step_status(lang, step.status).to_owned();
            if let Some(at) = step.at {
                state.push(' ');
                state.push_str(&format_time(at));
            }
            if let Some(after) = step.after_last_attacker_action {
                state.push_str("; ");
                state.push_str(self.word(if after { Word::StepAfter } else { Word::StepBefore }));
            }
            [mark.to_owned(), step.number.to_string(), words::title(lang, step.id).into_owned(), state]
        });
        let rows: Vec<[String; 4]> = rows.collect();
        if self.width < NARROW {
            for [mark, number, title, state] in rows {
                self.hanging(&format!("{mark} {number} "), "      ", &format!("{title}: {state}"));
            }
            return;
        }
        let mut table = self.table();
        table.set_header(["", "#", self.word(Word::Step), self.word(Word::State)]);
        for row in rows {
            table.add_row(row);
        }
        self.add(&table);
    }

    fn attacker(&mut self, report: &Report<'_>) {
        let attacker = &report.examination.attacker;
        if attacker.addresses.is_empty() && attacker.sessions.is_empty() {
            return;
        }
        self.heading(Word::HeadAttacker);
        for (word, members) in [(Word::Address, &attacker.addresses), (Word::Session, &attacker.sessions)] {
            for member in members.iter().take(MEMBERS) {
                let why = member.why.first().map(|why| words::told(self.options.lang, why.as_evidence()));
                let why = why.map_or(String::new(), |why| format!(": {}", text::terminal(&*why, 200)));
                let line = format!("{} {}{why}", self.word(word), text::terminal(&member.value, 200));
                self.item(&line);
            }
            let more = members.len().saturating_sub(MEMBERS);
            if more > 0 {
                self.item(&format!(
                    "{}: {}",
                    self.word(word),
                    fill(self.options.lang, Word::MoreRows, &[&more.to_string()])
                ));
            }
        }
    }

    fn coverage(&mut self, report: &Report<'_>) {
        self.heading(Word::HeadCoverage);
        let gates = &report.examination.coverage;
        let passed = gates.iter().filter(|gate| gate.passes).count().to_string();
        let tally = fill(self.options.lang, Word::GateTally, &[&passed, &gates.len().to_string()]);
        self.paragraph("  ", &tally);
        for gate in gates.iter().filter(|gate| !gate.passes) {
            let [title, seen] = [gate.title, &gate.seen].map(|text| words::told(self.options.lang, text));
            self.item(&format!("{} {title}: {}", gate.id, text::terminal(&*seen, 400)));
        }
        for caution in &report.examination.cautions {
            self.item(&text::terminal(&*words::told(self.options.lang, caution), 400));
        }
    }

    fn ledger(&mut self, report: &Report<'_>) {
        self.heading(Word::HeadEvidence);
        let lang = self.options.lang;
        let total = report.total;
        let numbers = [total.records, total.events, total.states, total.duplicates, total.rejected, total.salvaged]
            .map(|number| number.to_string());
        self.paragraph("  ", &fill(lang, Word::BalanceLine, &numbers.each_ref().map(String::as_str)));
        if !total.balance() {
            self.paragraph("  ", self.word(Word::BalanceBroken));
        }
        let unread: Vec<_> = report.evidence.iter().filter(|source| source.status != Status::Read).collect();
        if unread.is_empty() {
            return;
        }
        self.heading(Word::HeadNotRead);
        for source in unread {
            let note = source.notes.first();
            let note = note.map(|note| match words::code(lang, &note.code) {
                Some(meaning) => format!("{}: {meaning}", note.code),
                None => text::terminal(&note.text, 200),
            });
            let note = note.map_or(String::new(), |note| format!(" ({note})"));
            let status = words::file_status(lang, source.status);
            self.item(&format!("{}: {status}{note}", text::terminal(&source.path, 200)));
        }
    }

    fn word(&self, word: Word) -> &'static str {
        word.text(self.options.lang)
    }

    fn heading(&mut self, word: Word) {
        self.gap();
        let heading = self.word(word);
        let heading = if self.options.color { format!("\u{1b}[1m{heading}\u{1b}[0m") } else { heading.to_owned() };
        self.out.push_str(&heading);
        self.out.push('\n');
    }

    fn label(&mut self, word: Word, value: &str) {
        let line = format!("{}: {value}", self.word(word));
        self.paragraph("", &line);
    }

    fn item(&mut self, text: &str) {
        self.hanging("  - ", "    ", text);
    }

    fn paragraph(&mut self, indent: &str, text: &str) {
        self.hanging(indent, indent, text);
    }

    fn hanging(&mut self, first: &str, next: &str, text: &str) {
        let lines = text::terminal_lines(text, self.width.saturating_sub(text::width(first)));
        for (number, line) in lines.iter().enumerate() {
            self.out.push_str(if number == 0 { first } else { next });
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    fn gap(&mut self) {
        self.out.push('\n');
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        table.load_preset(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(self.width as u16);
        // Whether this is a terminal, and whether colour is wanted, is the caller's knowledge.
        if self.options.color {
            table.enforce_styling()
        } else {
            table.force_no_tty()
        };
        table
    }

    fn add(&mut self, table: &Table) {
        for line in table.lines() {
            self.out.push_str(line.trim_end());
            self.out.push('\n');
        }
    }

    fn painted(&self, text: &str, code: &str) -> String {
        if self.options.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// The last part of an evidence path; the whole path is in the reports.
fn file_name(path: &str) -> String {
    text::terminal_whole(path.rsplit(['/', '\\']).next().unwrap_or(path))
}

fn verdict_color(verdict: Verdict) -> Option<Color> {
    match verdict {
        Verdict::Strong => Some(Color::Red),
        Verdict::Weak => Some(Color::Yellow),
        Verdict::NotAssessable => Some(Color::Magenta),
        Verdict::Explained | Verdict::NotSeen => None,
    }
}

fn severity_color(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "31",
        Severity::Medium => "33",
        Severity::Low | Severity::Info => "36",
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::Sample;
    use super::*;

    fn plain(lang: Lang, width: u16) -> Options {
        Options { lang, width, color: false }
    }

    #[test]
    fn fits_every_width_in_both_languages_and_acts_in_none() {
        for sample in [Sample::hostile(), Sample::empty()] {
            for lang in [Lang::En, Lang::Ja] {
                for width in [40, 59, 60, 80, 120, 200] {
                    let summary = summary(&sample.report(), &plain(lang, width));
                    for line in summary.lines() {
                        assert!(text::width(line) <= usize::from(width), "{lang:?} {width}: {line}");
                    }
                    assert!(!summary.contains(['\u{1b}', '\u{202e}', '\u{9b}', '\0', '\r']));
                }
            }
        }
    }

    #[test]
    fn no_width_breaks_it() {
        for width in 0..40 {
            assert!(!summary(&Sample::hostile().report(), &plain(Lang::Ja, width)).is_empty());
        }
    }

    #[test]
    fn says_everything_that_matters() {
        let summary = summary(&Sample::hostile().report(), &plain(Lang::En, 80));
        for part in [
            "Account: alice@contoso.example",
            "from 2026-03-01T00:00:00Z to 2026-04-01T00:00:00Z",
            "│  3 ┆ Inbox rules nobody intended",
            "cannot tell",
            "2026-03-10T00:23:03Z [high, strong]",
            "ual.csv · record 17 (+1) · inbox-rules/1",
            "Impossible travel: strong",
            "61 in all: 52 succeeded",
            "[ ] ┆ 1 ┆ Reset the user's password",
            "done 2026-03-12T09:00:00Z;",
            "before the last",
            "Address 203.0.113.7: risky sign-in",
            "G10 a snapshot of the rules",
            "9623 records = 5383 events + 2 states + 4235 duplicates + 3 rejected",
            "ual.csv: partly read",
        ] {
            assert!(summary.contains(part), "{part} is missing in\n{summary}");
        }
    }

    #[test]
    fn an_attacker_of_many_addresses_does_not_flood_the_terminal() {
        let mut sample = Sample::hostile();
        let member = sample.examination.attacker.addresses[0].clone();
        sample.examination.attacker.addresses = vec![member; MEMBERS + 7];
        let summary = summary(&sample.report(), &plain(Lang::En, 120));
        assert_eq!(summary.matches("- Address 203.0.113.7").count(), MEMBERS);
        assert!(summary.contains("- Address: 7 more in report.json"), "{summary}");
    }

    #[test]
    fn colour_adds_nothing_but_colour() {
        let sample = Sample::hostile();
        let colored = summary(&sample.report(), &Options { lang: Lang::En, width: 80, color: true });
        let mut bare = String::new();
        let mut parts = colored.split('\u{1b}');
        bare.push_str(parts.next().unwrap());
        for part in parts {
            bare.push_str(part.split_once('m').unwrap().1);
        }
        let squeeze = |text: &str| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
        assert_eq!(squeeze(&bare), squeeze(&summary(&sample.report(), &plain(Lang::En, 80))));
    }

    #[test]
    fn strong_findings_come_before_weak_ones() {
        let summary = summary(&Sample::hostile().report(), &plain(Lang::En, 80));
        let place = |part: &str| summary.find(part).unwrap();
        assert!(place("· inbox-rules/1") < place("· forwarding/1"));
        assert!(!summary.contains("inbox-rules/2"));
    }
}
