//! Every account of the tenant: who they are, what each examination comes to, and which of them share an attacker.

pub mod clusters;
pub mod roster;
pub mod summary;

pub use clusters::clusters;
pub use roster::Roster;
pub use summary::summary;
