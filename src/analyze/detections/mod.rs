//! What goes beyond the ten symptoms, one file each, in the order of the report.

mod mailbox_delegate;

use crate::analyze::Check;

/// The detections.
pub static DETECTIONS: &[&Check] = &[&mailbox_delegate::CHECK];
