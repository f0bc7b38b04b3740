//! What somebody set on the account or its mailbox, from when to when, and who took it back.

pub mod accounted;
pub mod applications;
pub mod contacts;
pub mod credentials;
pub mod directory;
pub mod forwards;
pub mod granted;
pub mod grants;
pub(super) mod lifetimes;
pub mod list_changes;
pub mod mailbox;
pub mod protections;
pub mod recoverability;
pub mod renaming;
pub(super) mod restored;
pub mod roles;
pub mod rules;
