//! JSON objects split into their members: where there is an answer, serde_json gives the same.
#![no_main]

use bectrace::ingest::text::members::{Level, elements, members, two_levels};
use bectrace::timeline::json;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    // Lone halves of surrogate pairs are mended before a record is split; serde_json's own raw values pass over them too.
    if json::mended(text).is_some() {
        return;
    }
    let mut found = Vec::new();
    let whole = members(text, |key, value| {
        found.push((key, value));
        Some(())
    });
    if whole.is_some() {
        // One object, whose keys have these values; of two of one name the last counts there.
        let Ok(Value::Object(object)) = serde_json::from_str(text) else { panic!("no object: {text}") };
        for (at, (key, value)) in found.iter().enumerate() {
            let value: Value = serde_json::from_str(value).expect("a value's text is JSON");
            let last = found.iter().rposition(|(other, _)| other == key) == Some(at);
            assert!(!last || object.get(*key) == Some(&value), "{key}: {value}");
        }
        assert!(object.keys().all(|key| found.iter().any(|(own, _)| own == key)));
    }
    let (mut own, mut inner) = (Vec::new(), Vec::new());
    let both = two_levels(text, |level, key, value| {
        if level == Level::Inner {
            inner.push((key, value));
            return Some(());
        }
        let mut members_of = Vec::new();
        if value.starts_with('{') {
            members(value, |key, value| {
                members_of.push((key, value));
                Some(())
            })?;
        }
        assert_eq!(std::mem::take(&mut inner), members_of);
        own.push((key, value));
        Some(())
    });
    // Of what is too deep for one the other may take a level more.
    assert!(both.is_none() || whole.is_none() || own == found);
    let mut list = Vec::new();
    let whole = elements(text, |value| {
        list.push(value);
        Some(())
    });
    if whole.is_some() {
        let list = list.into_iter().map(|value| serde_json::from_str(value).expect("an element's text is JSON"));
        assert_eq!(serde_json::from_str::<Value>(text).ok(), Some(Value::Array(list.collect())));
    }
});
