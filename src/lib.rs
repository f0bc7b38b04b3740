//! bectrace reads exported Microsoft 365 logs and answers the ten symptoms of a compromised email account.
//!
//! The rooms, from the ground floor up; each uses the floors below it and never its own or one above:
//!
//! * floor 0: [`origin`] (where a record came from), [`question`] (what is asked), [`untrusted`] (text from
//!   evidence), [`moment`] (how times are written), [`exit`] (exit codes)
//! * floor 1: [`knowledge`] (facts about the service), [`finding`] (what is said), [`ledger`] (what was read)
//! * floor 2: [`timeline`] (the columnar store), [`examination`] (what one examination says as a whole), [`tenant`]
//!   (what a triage says of all accounts)
//! * floor 3: [`ingest`] (files to events), [`enrich`] (places and networks), [`analyze`] (the examination),
//!   [`report`] (the renderings), [`cli`] (the words); they do not know each other
//! * floor 4: [`run`] (the commands); `main` is the door

pub mod exit;
pub mod moment;
pub mod origin;
pub mod question;
pub mod untrusted;

pub mod finding;
pub mod knowledge;
pub mod ledger;

pub mod examination;
pub mod tenant;
pub mod timeline;

pub mod analyze;
pub mod cli;
pub mod enrich;
pub mod ingest;
pub mod report;

pub mod run;
