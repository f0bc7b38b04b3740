//! Whose acts are the attacker's: what was usual, the score with its terms, the set and what it reached.

pub mod around;
pub mod attacker;
pub mod attribution;
pub mod baseline;
pub mod eve;
pub mod exposure;
pub mod fingerprints;
pub mod hours;
pub mod lasting;
pub mod moved_in;
pub mod passing;
pub mod programs;
pub mod recipients;
pub mod tries;
pub mod vouched;
