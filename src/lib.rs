//! bectrace reads exported Microsoft 365 logs and answers the ten symptoms of a compromised email account.
//!
//! The rooms, from the ground floor up; each uses the floors below it and never its own or one above:
//!
//! * floor 0: [`origin`] (where a record came from), [`question`] (what is asked), [`untrusted`]
//!   (text from evidence), [`exit`] (exit codes)
//! * floor 1: [`knowledge`] (facts about the service), [`timeline`] (the columnar store), [`finding`] and
//!   [`examination`] (what is said), [`ledger`] (what was read)
//! * floor 2: `ingest` (files to events), `enrich` (places and networks), `analyze` (the examination),
//!   `report` (the renderings); they do not know each other
//! * floor 3: `run` (the commands) · floor 4: `cli` (the words)

pub mod exit;
pub mod origin;
pub mod question;
pub mod untrusted;

pub mod examination;
pub mod finding;
pub mod knowledge;
pub mod ledger;
pub mod timeline;

pub mod analyze;
pub mod enrich;
pub mod ingest;
pub mod report;

pub mod cli;
pub mod run;
