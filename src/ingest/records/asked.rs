//! What is asked of an Entra record later, and no column of ours holds: a reader whose own text is no such record (the row
//! of a table, the frame around a record) keeps it beside, so that every export of one record gives the same answers.

use serde_json::{Map, Value};

use crate::timeline::details::{DIRECTORY_MEMBERS, SIGN_IN_MEMBERS};
use crate::timeline::{Draft, EvidenceSource, json};

/// Keeps it of a record that was put together to be read; the event is filled already.
pub fn keep(object: &Value, event: &mut Draft<'_>) {
    let get = |name: &str| json::get(object, name).cloned().unwrap_or_default();
    match event.evidence_source {
        EvidenceSource::EntraSignin => keep_these(&SIGN_IN_MEMBERS, get, event),
        EvidenceSource::EntraAudit => {
            keep_these(&DIRECTORY_MEMBERS, |name| without_changes(get(name)), event);
        }
        _ => {}
    }
}

/// The same of a sign-in in the cells of a table; empty text where the table has none for a name.
pub fn keep_cells<'c>(get: impl Fn(&str) -> &'c str, event: &mut Draft<'_>) {
    keep_these(&SIGN_IN_MEMBERS, |name| get(name).into(), event);
}

fn keep_these(names: &[&str], get: impl Fn(&str) -> Value, event: &mut Draft<'_>) {
    let dismissed = event.risk_state.as_deref().is_some_and(|state| state.eq_ignore_ascii_case("dismissed"));
    let says = |name: &str, value: &Value| match value {
        Value::Null => false,
        // Of a risk that was dismissed, that there is no detail is a word as well.
        Value::String(text) if text.eq_ignore_ascii_case("none") => dismissed && name == "riskDetail",
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => true,
    };
    let found = names.iter().map(|name| ((*name).to_owned(), get(name)));
    let kept: Map<String, Value> = found.filter(|(name, value)| says(name, value)).collect();
    if !kept.is_empty() {
        event.object = Some(Value::Object(kept).to_string().into());
    }
}

/// What changed about the targets has a column of its own.
fn without_changes(mut targets: Value) -> Value {
    let list = match &mut targets {
        Value::Array(list) => list.as_mut_slice(),
        one => std::slice::from_mut(one),
    };
    for target in list.iter_mut().filter_map(Value::as_object_mut) {
        target.retain(|name, _| !name.eq_ignore_ascii_case("modifiedProperties"));
    }
    targets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(evidence_source: EvidenceSource, state: Option<&'static str>, record: &Value) -> Value {
        let risk_state = state.map(Into::into);
        let mut event = Draft { risk_state, evidence_source, ..Draft::default() };
        keep(record, &mut event);
        event.object.map(|text| serde_json::from_str(&text).unwrap()).unwrap_or_default()
    }

    #[test]
    fn what_says_something_is_kept_under_its_usual_name() {
        let row = serde_json::json!({"RiskDetail": "none", "OriginalTransferMethod": "deviceCodeFlow", "Id": "1"});
        let transfer = serde_json::json!({"originalTransferMethod": "deviceCodeFlow"});
        assert_eq!(kept(EvidenceSource::EntraSignin, None, &row), transfer);
        let whole = serde_json::json!({"originalTransferMethod": "deviceCodeFlow", "riskDetail": "none"});
        assert_eq!(kept(EvidenceSource::EntraSignin, Some("dismissed"), &row), whole);
        let quiet = serde_json::json!({"RiskDetail": "none", "OriginalTransferMethod": "", "IncomingTokenType": null});
        assert_eq!(kept(EvidenceSource::EntraSignin, None, &quiet), Value::Null);
    }

    #[test]
    fn the_targets_of_a_change_are_kept_without_what_changed() {
        let row = serde_json::json!({"TargetResources": [{"id": "a", "modifiedProperties": [{"displayName": "b"}]}]});
        let targets = serde_json::json!({"targetResources": [{"id": "a"}]});
        assert_eq!(kept(EvidenceSource::EntraAudit, None, &row), targets);
    }
}
