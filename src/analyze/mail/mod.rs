//! Mails: sent, deleted, passed on, and what in them speaks for itself.

pub mod addressed;
pub mod mailing;
pub mod mails;
pub mod markup;
pub mod onward;
pub mod sending;
pub mod traces;
