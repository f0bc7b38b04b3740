//! S09, in the making.

use crate::analyze::exam::Exam;
use crate::analyze::{Check, Meta};
use crate::finding::{Finding, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 9,
        id: "forwarding",
        title: "",
        gates: &[],
        adds: &[],
        never_not_seen: None,
        severity: Severity::High,
        attack: &[],
        page: include_str!("../../../docs/symptoms/forwarding.md"),
    },
    examine,
};

fn examine(_: &Exam<'_>) -> Vec<Finding> {
    Vec::new()
}
