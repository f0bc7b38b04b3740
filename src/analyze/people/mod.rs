//! Who is who and who did it: the account's names, other people, jobs and habits.

pub mod actor;
pub mod deputies;
pub mod habits;
pub mod hand;
pub mod identity;
pub mod jobs;
pub mod of_old;
pub mod tenants;
