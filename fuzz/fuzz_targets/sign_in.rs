//! Sign-in objects, whole, cut and mended: any text is an event or a refusal with a code, and read from its text it is the
//! same event as read from the object that was built of it.
#![no_main]

use bectrace::ingest::values::look::Node;
use bectrace::ingest::values::times::DateOrder;
use bectrace::ingest::values::when::Clock;
use bectrace::ingest::records::signin;
use bectrace::ingest::values::object;
use bectrace::timeline::{Draft, EvidenceSource};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for order in [None, Some(DateOrder::Dmy)] {
        let (mut event, mut remarks) = (Box::<Draft>::default(), Vec::new());
        let mut object = match object::from_text(text, "R-102", &mut event, &mut remarks) {
            Ok(object) => object,
            Err(refusal) => {
                assert!(!refusal.code.is_empty() && !refusal.reason.is_empty());
                return;
            }
        };
        let clock = Clock { order, assumed: false };
        object::drop_lost(&mut object, "R-104", &mut event, &mut remarks);
        as_text(text, &object, clock);
        match signin::fill(&object, signin::kind_by_name(text), clock, &mut event) {
            Ok(()) => assert!(event.evidence_source == EvidenceSource::EntraSignin && event.message.is_some()),
            Err(refusal) => assert!(refusal.code.starts_with("F-04"), "{refusal:?}"),
        }
        signin::remark_kind(&event, &mut remarks);
    }
});

/// Where nothing has to be mended, both ways give the same. One whose place is no object, as in a row of Log Analytics, is
/// always read as an object.
fn as_text(text: &str, object: &serde_json::Value, clock: Clock) {
    let Some(members) = object::plain(text) else { return };
    let mut places = object.as_object().into_iter().flatten().filter(|(key, _)| key.eq_ignore_ascii_case("location"));
    if places.next().is_none_or(|(_, place)| place.is_string()) {
        return;
    }
    let (mut one, mut other) = (Draft::default(), Draft::default());
    let read = signin::fill(Node::of(&members), None, clock, &mut one);
    let built = signin::fill(object, None, clock, &mut other);
    assert_eq!(format!("{read:?} {one:?}"), format!("{built:?} {other:?}"));
}
