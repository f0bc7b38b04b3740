//! Evidence files to events: opened, recognised, cut at record boundaries, read in parallel, booked in order.
//!
//! Parsers never judge and never drop: a record becomes an event, a counted duplicate or a reject.

pub mod addresses;
pub mod admin_audit;
pub mod auditdata;
pub mod blocks;
pub mod buffer;
pub mod cells;
pub mod clixml;
pub mod command_line;
pub mod cut;
pub mod entra_audit;
pub mod fields;
pub mod file_name;
pub mod formats;
pub mod graph_activity;
pub mod heading;
pub mod hours;
pub mod in_column;
pub mod indexed;
pub mod join;
pub mod kept;
pub mod keys;
pub mod log_tables;
pub mod look;
pub mod lost_letters;
pub mod mailbox_audit;
pub mod members;
pub mod nested;
pub mod object;
pub mod office_activity;
pub mod owners;
pub mod parties;
pub mod pipeline;
pub mod portal;
pub mod portal_audit;
pub mod portal_cells;
pub mod relocate;
pub mod requoted;
pub mod result_sets;
pub mod risk;
pub mod signin;
pub mod signin_keys;
pub mod sink;
pub mod sniff;
pub mod source;
pub mod state;
pub mod status_words;
pub mod times;
pub mod trace;
pub mod untold;
pub mod unwrap;
pub mod when;
pub mod worker;
pub mod wrapper;

pub use pipeline::{Options, Progress, ingest};
