//! Sessions that have two names: Exchange's own, and that of the sign-in they belong to. A record may tell both; sign-ins
//! know the one, and other records of the mailbox only the other.

use std::collections::HashMap;

use super::Event;

/// Names every session by its sign-in, where a record tells both names: one look at `session_id` finds them all. Under the
/// other name stands what the record calls it.
pub fn name_by_sign_in(lists: &mut [&mut Vec<Event>]) {
    let mut known: HashMap<Box<str>, Option<Box<str>>> = HashMap::new();
    for event in lists.iter().flat_map(|list| list.iter()) {
        if let (Some(own), Some(sign_in)) = (&event.session_id, &event.sign_in_session_id) {
            // A session that several sign-ins went into is none of theirs.
            let known = known.entry(own.clone()).or_insert_with(|| Some(sign_in.clone()));
            *known = known.take().filter(|known| known == sign_in);
        }
    }
    if known.is_empty() {
        return;
    }
    for event in lists.iter_mut().flat_map(|list| list.iter_mut()) {
        if event.sign_in_session_id.is_none() {
            event.sign_in_session_id = event.session_id.as_ref().and_then(|own| known.get(own)?.clone());
        }
        name_otherwise(event);
    }
}

/// Names every session as its record does.
pub fn name_by_record(events: &mut [Event]) {
    events.iter_mut().for_each(name_otherwise);
}

fn name_otherwise(event: &mut Event) {
    if event.sign_in_session_id.is_some() {
        std::mem::swap(&mut event.session_id, &mut event.sign_in_session_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_found_by_its_sign_in_under_whichever_name() {
        let event = |own: Option<&str>, sign_in: Option<&str>| Event {
            session_id: own.map(Into::into),
            sign_in_session_id: sign_in.map(Into::into),
            ..Event::default()
        };
        let mut events = vec![
            event(Some("x1"), Some("a")),
            event(Some("x1"), None),
            event(Some("a"), None),
            event(Some("x2"), Some("b")),
            event(Some("x2"), Some("c")),
            event(Some("x2"), None),
            event(None, None),
        ];
        let names = |events: &[Event]| -> Vec<String> {
            events.iter().map(|event| event.session_id.as_deref().unwrap_or_default().to_owned()).collect()
        };
        name_by_sign_in(&mut [&mut events]);
        assert_eq!(names(&events), ["a", "a", "a", "b", "c", "x2", ""]);
        name_by_record(&mut events);
        assert_eq!(names(&events), ["x1", "x1", "a", "x2", "x2", "x2", ""]);
    }
}
