//! What a question says of the rows it wants: by which columns, and what each text in them means for it.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

/// The narrow columns a row is chosen by.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Event time.
    pub datetime: DateTime<Utc>,
    /// Identities that take part.
    pub parties: &'a str,
    /// Operation.
    pub action: &'a str,
    /// Client address.
    pub source_ip: &'a str,
    /// Session.
    pub session_id: &'a str,
}

/// What a question asks of the rows of a case. Parties and operations repeat from row to row, so that each text is
/// asked about once.
pub struct Scope<'a> {
    /// The names that make a row wanted: of rows in which none of them takes part, `parties` says no.
    pub names: &'a BTreeSet<String>,
    /// Whether these identities make the row wanted.
    pub parties: &'a (dyn Fn(&str) -> bool + Sync),
    /// What an operation means for the row.
    pub action: &'a (dyn Fn(&str) -> Interest + Sync),
    /// Whether what this actor (as the record names it) does may be noted.
    pub actor: &'a (dyn Fn(&str) -> bool + Sync),
    /// Told of every row with an operation of interest by such an actor.
    pub note: &'a (dyn Fn(Noted<'_>) + Sync),
    /// Whether a row that may be routine is: by its actor, as the record names it, and its parameters, as JSON. It is not
    /// wanted then, but for those who take part.
    pub routine: &'a (dyn Fn(&str, &str) -> bool + Sync),
}

impl Scope<'_> {
    /// One that wants nothing and notes nothing.
    pub fn nothing() -> Self {
        const NOBODY: &BTreeSet<String> = &BTreeSet::new();
        let action = &|_: &str| Interest::default();
        let (actor, routine) = (&|_: &str| false, &|_: &str, _: &str| false);
        Self { names: NOBODY, parties: &|_| false, action, actor, note: &|_| (), routine }
    }
}

/// What is told of a row that is noted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Noted<'a> {
    /// Event time.
    pub datetime: DateTime<Utc>,
    /// Operation.
    pub action: &'a str,
    /// Identities that take part.
    pub parties: &'a str,
    /// Parameters, as JSON.
    pub params: &'a str,
    /// Changed properties, as JSON.
    pub changes: &'a str,
}

/// By which of its columns a row may be wanted; each text is asked about once.
pub trait Near: Sync {
    /// Whether rows of this day may be wanted at all.
    fn day(&self, date: NaiveDate) -> bool;
    /// Whether any session makes a row wanted.
    fn sessions(&self) -> bool;
    /// What its client address says for it.
    fn address(&self, address: &str) -> Hint;
    /// Whether its session makes it wanted.
    fn session(&self, session: &str) -> bool;
    /// What its operation says for it.
    fn action(&self, action: &str) -> Hint;
    /// Whether a row whose operation alone speaks for it may be this actor's (as the record names it).
    fn actor(&self, actor: &str) -> bool;
    /// Whether its error number does for an address that asks for one.
    fn code(&self, code: &str) -> bool;
    /// Whether its time does for such an address.
    fn time(&self, address: &str, time: DateTime<Utc>) -> bool;
}

/// How much an address or an operation says for a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hint {
    /// Nothing.
    #[default]
    Nothing,
    /// Of an address: something, where the operation is half of it, and error number and time say something as well.
    Coded,
    /// Of an address: something, where the operation is half of it as well.
    Half,
    /// The row may be wanted.
    Whole,
}

/// What an operation means for a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Interest {
    /// The row is wanted, whoever takes part.
    pub wanted: bool,
    /// Unless it is routine.
    pub may_be_routine: bool,
    /// The row is noted.
    pub noted: bool,
}

/// Whose question an act of long ago still matters to: what it set stands until somebody takes it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lasts {
    /// Nobody's.
    #[default]
    No,
    /// That of those who take part in it.
    ForParties,
    /// Everybody's.
    ForAll,
}
