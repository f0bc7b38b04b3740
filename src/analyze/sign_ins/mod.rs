//! Sign-ins, and what the service says of them: risk, alerts, reports.

pub mod alerted;
pub mod alerts;
pub mod logins;
pub mod reported;
pub mod risk;
pub mod signins;
