//! Which exports of a log hold the account's records, or would hold them, and whether these cover the window. An export
//! of somebody else's records says nothing about the account, however long it is.

mod audited;
mod category;
mod elsewhere;
mod filtered;
mod holes;
mod narrow;
mod reach;
mod traces;
mod untraced;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

pub use self::audited::{whole_days, without};
pub use self::reach::{days_of, span};
use crate::analyze::exam::Row;
use crate::analyze::people::identity::Subject;
use crate::analyze::shown::pages::{self, Lists};
use crate::knowledge::names;
use crate::ledger::{SourceEntry, Status};
use crate::question::Window;
use crate::timeline::{EvidenceSource, format_time};

/// How far from the window's ends the first and last record may lie: a quiet night is no gap.
const SLACK: TimeDelta = TimeDelta::hours(24);
/// Actors of an export that is no search for some accounts: so many, or fewer with one among them that is no person, whom
/// nobody searches for.
const EVERYBODY: usize = 8;
const SOME: usize = 3;

/// A log that the window must lie in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// The unified audit log.
    Audit,
    /// Entra's directory audit, which tells of administrators: whose it is, its actors do not say.
    Directory,
    /// Interactive sign-ins; the portal exports them apart from the rest, and keeps the two for different times.
    Interactive,
    /// All other sign-ins.
    NonInteractive,
    /// Message traces, whose actors are the senders: one mailbox's trace has many.
    Trace,
    /// Message traces as far as they would have what the account sent: one searched by recipient has none of it.
    Sent,
    /// Message traces as far as they would have what came to the account.
    Received,
}

impl Log {
    fn evidence(self) -> &'static str {
        match self {
            Self::Audit => "ual",
            Self::Directory => "entra_audit",
            Self::Interactive | Self::NonInteractive => "entra_signin",
            Self::Trace | Self::Sent | Self::Received => "message_trace",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Audit => "unified audit log",
            Self::Directory => "Entra directory audit",
            Self::Interactive | Self::NonInteractive => "sign-in log",
            Self::Trace | Self::Sent | Self::Received => "message trace",
        }
    }
}

/// A span of time, both ends in it.
type Span = (DateTime<Utc>, DateTime<Utc>);

/// What a file has of the account.
#[derive(Debug, Default, Clone, Copy)]
struct Held {
    /// What it did, or what happened in its mailbox.
    own: bool,
    /// What others did to it.
    about: bool,
    /// Whether anybody else did anything to it, or in its mailbox.
    by_others: bool,
    interactive: bool,
    non_interactive: bool,
    /// Mail that it sent, and mail that came to it, of a trace.
    sent: bool,
    received: bool,
}

impl Held {
    fn has(self, log: Log) -> bool {
        match log {
            Log::Interactive => self.interactive,
            Log::NonInteractive => self.non_interactive,
            Log::Audit => self.own,
            Log::Directory | Log::Trace => self.own || self.about,
            Log::Sent => self.sent,
            Log::Received => self.received,
        }
    }
}

/// The exports of the case, with what each has of the account.
#[derive(Debug)]
pub struct Exports<'a> {
    /// Those with several kinds of evidence as one file for each.
    files: Vec<&'a SourceEntry>,
    subject: &'a Subject,
    window: Window,
    /// By path and kind of evidence: a file may have several kinds.
    held: BTreeMap<(&'a str, &'a str), Held>,
    /// When mail of the window was sent from the account's mailbox, as the mailbox's own records say, in order.
    sent: Vec<DateTime<Utc>>,
    /// Its sign-ins that got in, and when the audit log has anything of it, in order.
    visits: Vec<elsewhere::Visit>,
    acts: Vec<DateTime<Utc>>,
    /// How much of each trace is the account's.
    traced: traces::Traced<'a>,
}

/// The answer to a question about coverage, and what it rests on.
pub type Answer = (bool, String);

impl<'a> Exports<'a> {
    /// The exports, each of one kind of evidence, and the records of the account that the table has.
    pub fn new(rows: &'a [Row<'_>], window: Window, subject: &'a Subject, files: Vec<&'a SourceEntry>) -> Self {
        let mut held: BTreeMap<(&str, &str), Held> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.parts.any()) {
            for event in row.events() {
                let held = held.entry((&*event.origin.file, event.evidence_source.as_str())).or_default();
                held.own |= row.parts.actor || row.parts.mailbox;
                held.about = true;
                held.by_others |= !row.parts.actor;
                if event.evidence_source == EvidenceSource::MessageTrace {
                    held.sent |= row.parts.actor || row.parts.sender;
                    held.received |= row.parts.target || row.parts.mailbox;
                }
                if event.evidence_source == EvidenceSource::EntraSignin {
                    // One of unknown kind is proof of neither.
                    held.non_interactive |= event.sign_in_kind.as_deref() == Some("noninteractive");
                    held.interactive |= event.sign_in_kind.as_deref() == Some("interactive");
                }
            }
        }
        let is_sent = |row: &&Row<'_>| row.in_window && row.parts.mailbox && !row.failed() && row.event.is(&["Send"]);
        let sent = rows.iter().filter(is_sent).map(|row| row.event.datetime).collect();
        let (visits, acts) = (elsewhere::visits(rows), elsewhere::audited_acts(rows));
        Self { files, subject, window, held, sent, visits, acts, traced: traces::Traced::new(rows, window) }
    }

    /// All of them.
    pub fn files(&self) -> impl Iterator<Item = &'a SourceEntry> {
        self.files.iter().copied()
    }

    /// The files with evidence of these kinds that hold anything. One that has copies of other files' records alone says
    /// nothing that those do not, and its books do not tell whether it was searched for some activities or accounts.
    pub fn sources(&self, kinds: &[&str]) -> Vec<&'a SourceEntry> {
        let is = |entry: &&SourceEntry| entry.evidence_source.as_deref().is_some_and(|kind| kinds.contains(&kind));
        let records = |entry: &SourceEntry| entry.counts.events + entry.counts.states;
        // That a mailbox has no rules is something, too.
        let held = |entry: &&SourceEntry| records(entry) > 0 || !entry.mailboxes.is_empty();
        self.files().filter(is).filter(held).collect()
    }

    /// Those that have copies of other files' records alone. What was cut off from one, or could not be read of it, need be
    /// no copy.
    fn copies(&self, kind: &str) -> impl Iterator<Item = &'a SourceEntry> {
        let is = move |entry: &&SourceEntry| entry.evidence_source.as_deref() == Some(kind);
        let copied =
            |entry: &&SourceEntry| entry.counts.events + entry.counts.states == 0 && entry.counts.duplicates > 0;
        self.files().filter(is).filter(copied)
    }

    fn held(&self, entry: &SourceEntry) -> Held {
        let key = (entry.path.as_str(), entry.evidence_source.as_deref().unwrap_or_default());
        self.held.get(&key).copied().unwrap_or_default()
    }

    /// The files of the log in which the account stands or would stand.
    pub fn of(&self, log: Log) -> Vec<&'a SourceEntry> {
        let sources = self.sources(&[log.evidence()]);
        match log {
            Log::Directory => filtered::not_by_activity(sources),
            Log::Trace => self.traces(log, &sources),
            Log::Sent | Log::Received => self.directed(log, &sources),
            Log::Audit => filtered::without(self.logs(log, &sources), &sources),
            Log::Interactive | Log::NonInteractive => self.logs(log, &sources),
        }
    }

    /// Whether the file has records of the window's time, or of both sides of it.
    pub fn reaches_in(&self, entry: &SourceEntry) -> bool {
        span(entry).is_some_and(|(first, last)| first < self.window.to && last >= self.window.from)
    }

    /// The last time of the log.
    pub fn end(&self, log: Log) -> Option<DateTime<Utc>> {
        self.of(log).into_iter().filter_map(span).map(|(_, last)| last).max()
    }

    /// Files with records of the account, and those without where they are everybody's or of the same people: an account
    /// that did nothing for a while is in none of an export's parts.
    fn logs(&self, log: Log, sources: &[&'a SourceEntry]) -> Vec<&'a SourceEntry> {
        let known = sources.iter().any(|entry| self.held(entry).has(log));
        let mixed: BTreeSet<&Option<String>> =
            sources.iter().filter(|entry| self.is_mixed(entry)).map(|entry| &entry.format).collect();
        let (mut own, rest): (Vec<_>, Vec<_>) = sources.iter().copied().partition(|entry| {
            let held = self.held(entry);
            let also = || if log == Log::Audit { !known } else { mixed.contains(&entry.format) };
            held.has(log) || held.about && also()
        });
        // Where it has only the account's sign-ins of the other kind, it is the other log.
        let may = |entry: &&SourceEntry| log == Log::Audit || !self.held(entry).about;
        let people: BTreeSet<&String> =
            own.iter().flat_map(|own| &own.actors).filter(|actor| !self.subject.is(actor)).collect();
        let of_them =
            |entry: &SourceEntry| entry.actors.len() > 1 && entry.actors.iter().any(|actor| people.contains(actor));
        let alike = |entry: &&SourceEntry| is_of_everybody(entry) || of_them(entry);
        let more: Vec<_> = rest.into_iter().filter(may).filter(alike).collect();
        own.extend(more);
        own
    }

    /// Whether a file has both kinds of the account's sign-ins.
    fn is_mixed(&self, entry: &SourceEntry) -> bool {
        let held = self.held(entry);
        held.interactive && held.non_interactive
    }

    /// Whether these files together enclose the window, without holes and without cut files.
    pub fn span(&self, log: Log) -> Answer {
        let (name, sources) = (log.name(), self.of(log));
        let all = self.sources(&[log.evidence()]);
        let spans: Vec<Span> = sources.iter().filter_map(|entry| span(entry)).collect();
        let first = spans.iter().map(|(first, _)| *first).min();
        let last = spans.iter().map(|(_, last)| *last).max();
        let (Some(first), Some(last)) = (first, last) else {
            return match (all.is_empty(), log) {
                (true, _) => (false, format!("no {name} in the evidence")),
                (_, Log::Directory) => {
                    (false, format!("the {name} holds a few activities or one category only: it was searched for them"))
                }
                (_, Log::Sent | Log::Received) => (false, self.one_sided(log)),
                _ => (false, format!("the {name} holds no record of this account")),
            };
        };
        if first > self.window.from + SLACK && !holes::is_weekend(&sources, (self.window.from, first)) {
            return (false, format!("the {name} begins at {}, after the window's start", format_time(first)));
        }
        if last + SLACK < self.window.to && !holes::is_weekend(&sources, (last + TimeDelta::days(1), self.window.to)) {
            return (false, format!("the {name} ends at {}, before the window's end", format_time(last)));
        }
        if let Some((from, to)) = self.silence(log, &sources) {
            return (false, format!("the {name} has no record from {from} to {to}, though it is of everybody"));
        }
        if let Some(hole) = self.hole(&sources) {
            return (false, format!("the {name} has no record on {hole}, between busy days"));
        }
        if let Some((from, to)) = self.between_files(spans) {
            return (false, format!("the {name} has no record from {from} to {to}, and no file spans these days"));
        }
        if matches!(log, Log::Trace | Log::Sent)
            && let Some(day) = self.untraced(&sources)
        {
            return (false, format!("the {name} has no record on {day}, on which the account sent mail"));
        }
        if log == Log::Audit
            && let Some(lacking) = self.audit_lacks(&sources, (first, last))
        {
            return (false, lacking);
        }
        let lists = Lists::of(&all);
        let cut = all.iter().find(|entry| {
            entry.status == Status::PartlyRead || is_cut(entry, &lists) && !self.is_of_another(log, entry)
        });
        let copies: Vec<_> = self.copies(log.evidence()).collect();
        if let Some(entry) = cut.or_else(|| copies.iter().find(|entry| entry.status == Status::PartlyRead)) {
            return (false, format!("{} was probably cut when it was made", entry.path));
        }
        match unread(&[all, copies].concat()) {
            Some((entry, count)) => {
                let (of, path) = (entry.counts.records, &entry.path);
                (false, format!("{count} of {of} records of {path} could not be read"))
            }
            None => (true, format!("{} to {}", format_time(first), format_time(last))),
        }
    }

    /// Whether the log reaches over half of the window.
    pub fn covers_half(&self, log: Log) -> bool {
        let spans: Vec<Span> = self.of(log).into_iter().filter_map(span).collect();
        let ends = spans.iter().map(|span| span.0).min().zip(spans.iter().map(|span| span.1).max());
        let Window { from, to } = self.window;
        ends.is_some_and(|(first, last)| (last.min(to) - first.max(from)) * 2 >= to - from)
    }

    /// What the audit log, which goes from here to there, lacks by the word of its collector or of other logs.
    fn audit_lacks(&self, sources: &[&SourceEntry], (first, last): Span) -> Option<String> {
        let lost = || {
            let gap = self.lost_span()?;
            Some(format!("the collector's log says that events between {gap} were not captured"))
        };
        let beyond = || {
            let at = format_time(self.visit_beyond((first, last))?);
            let (first, last) = (format_time(first), format_time(last));
            Some(format!("the unified audit log goes from {first} to {last}, and the account signed in at {at}"))
        };
        let between = || {
            let (first, last) = self.visits_lacking()?;
            let (first, last) = (format_time(first), format_time(last));
            Some(format!(
                "the unified audit log has nothing of the account from one sign-in at {first} to another at {last}, neither of which it has"
            ))
        };
        let day = || {
            let day = self.day_lacking(sources)?;
            Some(format!("the unified audit log has no record on {day}, on which other logs have several"))
        };
        lost().or_else(beyond).or_else(between).or_else(day)
    }

    /// Whether each of these files of the audit log was searched for some activities, by what another one shows.
    pub fn are_narrow(&self, files: &[&SourceEntry]) -> bool {
        let all = self.sources(&[Log::Audit.evidence()]);
        !files.is_empty() && files.iter().all(|entry| narrow::is(entry, &all))
    }

    /// Whether an export of the audit log is no search for some accounts: it has too many for that, or records of the
    /// service, or what one of several did to the account.
    pub fn is_of_all(&self, entry: &SourceEntry) -> bool {
        let has_service = || entry.actors.iter().any(|actor| is_service(actor) && !self.subject.is(actor));
        let has_others = || entry.actors.len() >= SOME && self.held(entry).by_others;
        is_of_everybody(entry) || has_service() || has_others()
    }

    /// Whether an export was made for somebody else alone: what was cut off from it is not about this account.
    fn is_of_another(&self, log: Log, entry: &SourceEntry) -> bool {
        let audit = matches!(log, Log::Audit | Log::Interactive | Log::NonInteractive);
        let one = entry.actors.len() == 1 && !entry.actors.iter().any(|actor| self.subject.is(actor));
        audit && one && !self.held(entry).about
    }

    /// A span inside the window that a collector says it lost.
    fn lost_span(&self) -> Option<String> {
        let gaps = self.files().flat_map(|entry| &entry.gaps);
        let inside = |gap: &&crate::ledger::Gap| {
            let (from, to) = (time(Some(&gap.from)), time(Some(&gap.to)));
            from.zip(to).is_some_and(|(from, to)| from < self.window.to && to > self.window.from)
        };
        gaps.into_iter().find(inside).map(|gap| format!("{} and {}", gap.from, gap.to))
    }
}

/// A time of the ledger.
pub fn time(text: Option<&String>) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text?).ok().map(|time| time.with_timezone(&Utc))
}

/// Whether the file lacks records that its log has.
fn is_cut(entry: &SourceEntry, lists: &Lists<'_>) -> bool {
    entry.status == Status::PartlyRead
        || entry.notes.iter().any(|note| matches!(note.code.as_str(), "C-201" | "C-202"))
        || pages::has_next(entry) && !lists.follow(entry)
}

/// The first file of which so many records were refused that what is missing says nothing: of some nobody knows what they
/// were, or all files together lost a good part.
fn unread<'s>(sources: &[&'s SourceEntry]) -> Option<(&'s SourceEntry, u64)> {
    const UNKNOWN: u64 = 200;
    const ANY: u64 = 20;
    let refused = |entry: &SourceEntry, known: bool| -> u64 {
        let lost = entry.lost.iter().filter(|lost| !lost.cut && (known || lost.operation.is_empty()));
        lost.map(|lost| lost.count).sum()
    };
    let [all, lost] = [
        sources.iter().map(|entry| entry.counts.records).sum::<u64>(),
        sources.iter().map(|entry| refused(entry, true)).sum(),
    ];
    let too_many = |entry: &&SourceEntry| {
        refused(entry, false) * UNKNOWN > entry.counts.records || lost * ANY > all && refused(entry, true) > 0
    };
    sources.iter().copied().find(too_many).map(|entry| (entry, refused(entry, true)))
}

/// Whether an actor is no person, for whom nobody searches.
fn is_service(actor: &str) -> bool {
    let is_id = || actor.starts_with("s-1-5-21-") || names::is_guid(actor);
    !actor.is_empty() && !actor.contains('@') && !is_id()
}

fn is_of_everybody(entry: &SourceEntry) -> bool {
    let actors = &entry.actors;
    actors.len() >= EVERYBODY || actors.len() >= SOME && actors.iter().any(|actor| !actor.contains('@'))
}

#[cfg(test)]
mod tests;
