//! bectrace reads exported Microsoft 365 logs and answers the ten symptoms of a compromised email account.

pub mod knowledge;
