//! What goes beyond the ten symptoms, one file each, in the order of the report.

use crate::analyze::Check;

/// The detections.
pub static DETECTIONS: &[&Check] = &[];
