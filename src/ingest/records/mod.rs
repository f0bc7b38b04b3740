//! The records themselves, whatever export they come in: their fields to columns.

pub mod admin_audit;
pub mod asked;
pub mod auditdata;
pub mod entra_audit;
pub mod entra_audit_short;
pub mod graph_activity;
pub mod mailbox_audit;
pub mod nested;
pub mod office_activity;
pub mod risk;
pub mod short;
pub mod signin;
pub mod signin_keys;
pub mod signin_short;
pub mod state;
pub mod trace;
pub mod untold;
