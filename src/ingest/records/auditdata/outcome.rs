//! How it ended: by the record's type, in the words of its workload.

use super::object::{Audit, Field};
use crate::ingest::values::fields::{text, trimmed, whole};
use crate::knowledge::errors;
use crate::timeline::json::boolean;
use crate::timeline::{Draft, Outcome};

/// The outcome by record type: a ResultStatus of `Success` is not always a success.
pub(super) fn set_outcome<'r>(audit: &Audit<'r>, event: &mut Draft<'r>) {
    let number = audit.text(Field::ErrorNumber).or_else(|| audit.text(Field::ErrorCode));
    event.status_code = number.and_then(|number| match whole(&number) {
        Some(whole) if number.contains('.') => Some(whole.to_string().into()),
        _ => text(number),
    });
    event.status_reason = audit.trimmed(Field::LogonError);
    event.outcome = match event.record_type {
        Some(15 | 9) => {
            take_named_error(event);
            logon_outcome(event)
        }
        _ => outcome_of(event.status_text.as_deref().unwrap_or_default()),
    };
    if matches!(event.record_type, Some(15 | 9)) {
        event.sign_in_kind = text("unknown");
    }
}

/// A logon that names its error and has no number, or none that says so: the name stands for the number.
fn take_named_error(event: &mut Draft<'_>) {
    let silent = |code: &str| code.trim() == "0" && !event.is(&["UserLoggedIn"]);
    let silent = event.status_code.as_deref().is_none_or(silent);
    if let Some(code) = event.status_reason.as_deref().filter(|_| silent).and_then(errors::code_of_name) {
        event.status_code = text(code.to_string());
    }
}

fn logon_outcome(event: &Draft<'_>) -> Outcome {
    let code = event.status_code.as_deref().and_then(|code| code.parse().ok()).unwrap_or(0);
    let interrupted = errors::interrupted(code);
    if event.is(&["UserLoggedIn"]) {
        // 50140 is the keep-me-signed-in prompt of a sign-in that went through.
        return if code == 0 || interrupted { Outcome::Success } else { Outcome::Failure };
    }
    if event.is(&["UserLoginFailed"]) {
        return if interrupted { Outcome::Interrupted } else { Outcome::Failure };
    }
    outcome_of(event.status_text.as_deref().unwrap_or_default())
}

/// The outcome by its text, in the spellings of the workloads.
pub fn outcome_of(status: &str) -> Outcome {
    const GOOD: [&str; 5] = ["Succeeded", "Success", "True", "Successful", "PartiallySucceeded"];
    const BAD: [&str; 5] = ["Failed", "False", "Failure", "Fail", "Timeout"];
    let status = trimmed(status);
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(status));
    if is(&GOOD) {
        Outcome::Success
    } else if is(&BAD) {
        Outcome::Failure
    } else {
        // A table that Excel saved in its own language.
        match boolean(status) {
            Some(true) => Outcome::Success,
            Some(false) => Outcome::Failure,
            None => Outcome::Unknown,
        }
    }
}
