//! The one integration-test binary: every further one would link Polars again.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::missing_docs_in_private_items,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::string_slice,
    clippy::too_many_lines,
    reason = "tests"
)]

mod accuracy;
mod airgap;
mod attacker;
mod browser;
mod ceilings;
mod commands;
mod custody;
mod exposure;
mod faults;
mod formats;
mod gates;
mod generated;
mod grown;
mod harness;
mod hostile;
mod identify;
mod intake;
mod japanese;
mod json_schema;
mod knowledge;
mod mutation;
mod outputs;
mod overwrite;
mod page;
mod properties;
mod rooms;
mod sentences;
mod shards;
mod store;
mod story;
mod symptoms;
mod triage;
