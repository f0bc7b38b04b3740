//! The shape of XML text: its root, and what its first record has.

use serde_json::Value;

use super::Shape;
use super::json::saved;
use crate::ingest::text::cut::Layout;
use crate::ingest::wrapping::clixml;

/// The head of XML text.
#[derive(Debug)]
pub struct XmlHead {
    /// Name of the root element.
    pub root: String,
    /// Attribute names of the first `Event` that tells exports apart by them, else of the first; in PowerShell's own XML
    /// the property names of the first object.
    pub attributes: Vec<String>,
    /// The first objects of PowerShell's own XML: the first of all may be none of the export's.
    pub objects: Vec<Value>,
}

/// Attributes that tell which export an `Event` is of.
const TELLING: [&str; 3] = ["Cmdlet", "MailboxGuid", "LogonType"];
/// Events and objects that are looked at: the first may be damaged.
const EVENTS: usize = 24;

/// What is said of a page of the web.
pub(super) const WEB_PAGE: &str = "this is a web page (perhaps a sign-in page saved by the browser), not an export";

/// Whether a text begins as a page of the web does, behind comments and declarations (Microsoft's own sign-in page begins
/// with a comment).
pub(super) fn is_web_page(text: &str) -> bool {
    const BEGINNINGS: [&str; 6] = ["<!doctype html", "<html", "<head", "<body", "<script", "<meta"];
    let mut rest = text.trim_start();
    for (start, end) in [("<?", "?>"), ("<!--", "-->"), ("<!--", "-->"), ("<!--", "-->")] {
        if let Some(behind) = rest.strip_prefix(start).and_then(|inside| Some(inside.split_once(end)?.1)) {
            rest = behind.trim_start();
        }
    }
    let lower: String = rest.chars().take(64).collect::<String>().to_lowercase();
    BEGINNINGS.iter().any(|beginning| {
        let behind = lower.strip_prefix(beginning);
        behind.is_some_and(|behind| behind.starts_with(|letter: char| !letter.is_alphanumeric()))
    })
}

/// Whether a line begins with the priority that syslog puts in front of each (`<134>Mar  7 09:40:33 host …`).
fn is_syslog(text: &str) -> bool {
    let inside = text.strip_prefix('<').and_then(|text| text.split_once('>'));
    inside
        .is_some_and(|(digits, _)| (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

pub(super) fn xml_shape(text: &str) -> Shape {
    use quick_xml::events::Event as Xml;
    if is_syslog(text) {
        let reason = "lines of syslog: the records are not read behind its headers; save what stands behind the header \
                      of each line (from the first '{' on), one record a line; nothing was read from this file";
        return Shape::Nothing("F-032", reason.to_owned());
    }
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let root = loop {
        match reader.read_event() {
            Ok(Xml::Start(element) | Xml::Empty(element)) => break element.name().as_ref().to_owned(),
            Ok(Xml::DocType(_)) => {
                return Shape::Nothing("F-032", "XML with a document type definition is not read".to_owned());
            }
            Ok(Xml::Eof) | Err(_) => {
                return Shape::Nothing("F-050", "text copy of an XML page; save the attachment itself".to_owned());
            }
            Ok(_) => {}
        }
    };
    if root.rsplit(':').next().is_some_and(|name| name.eq_ignore_ascii_case("error")) {
        let code = element_text(text, "code").unwrap_or_else(|| "unknown".to_owned());
        return Shape::Nothing("F-060", saved(&code));
    }
    if root == "Objs" {
        let objects = clixml::first_objects(text, EVENTS);
        let names = |object: &Value| Some(object.as_object()?.keys().cloned().collect());
        let attributes = objects.iter().find_map(names).unwrap_or_default();
        return Shape::Xml(XmlHead { root, attributes, objects });
    }
    Shape::Xml(XmlHead { root, attributes: attributes(text), objects: Vec::new() })
}

/// The text of the first element of this name, whatever its prefix.
fn element_text(text: &str, name: &str) -> Option<String> {
    use quick_xml::events::Event as Xml;
    let mut reader = quick_xml::Reader::from_str(text);
    let mut inside = false;
    loop {
        match reader.read_event().ok()? {
            Xml::Start(element) => inside = element.local_name().as_ref() == name,
            Xml::Text(text) if inside => return Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Xml::Eof => return None,
            _ => {}
        }
    }
}

/// Of the first events the attributes of the one that tells most; a damaged one ends where the next begins.
fn attributes(text: &str) -> Vec<String> {
    let (mut cutter, mut spans) = (Layout::Xml.cutter(), Vec::new());
    cutter.feed(text.as_bytes(), 0, &mut spans);
    cutter.finish(text.as_bytes(), &mut spans);
    let events = spans.iter().filter_map(|span| attributes_of(text.get(span.start..span.end)?));
    let mut events: Vec<Vec<String>> = events.take(EVENTS).collect();
    let tells = |attributes: &Vec<String>| attributes.iter().any(|name| TELLING.contains(&name.as_str()));
    let at = events.iter().position(tells).unwrap_or(0);
    if events.is_empty() { Vec::new() } else { events.swap_remove(at) }
}

/// The names of an `Event`'s attributes.
fn attributes_of(element: &str) -> Option<Vec<String>> {
    use quick_xml::events::Event as Xml;
    match quick_xml::Reader::from_str(element).read_event() {
        Ok(Xml::Start(tag) | Xml::Empty(tag)) if tag.name().as_ref() == "Event" => {
            Some(tag.attributes().flatten().map(|attribute| attribute.key.as_ref().to_owned()).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_syslog_are_no_xml() {
        let lines = "<134>Mar  7 09:40:33 host o365: {\"CreationTime\":\"2026-03-07T09:40:33\"}\n";
        assert!(matches!(xml_shape(lines), Shape::Nothing("F-032", reason) if reason.contains("syslog")));
        assert!(matches!(xml_shape("<Objs/>"), Shape::Xml(_)));
    }

    #[test]
    fn pages_of_the_web_are_known_behind_comments() {
        for page in [
            "<!-- Copyright (C) Microsoft -->\n<!DOCTYPE html>\n<html>",
            "<?xml version=\"1.0\"?>\n<!-- a --><!DOCTYPE html PUBLIC \"x\">",
            "<head><title>Sign in</title></head>",
            "<script>",
        ] {
            assert!(is_web_page(page), "{page}");
        }
        for other in ["<?xml version=\"1.0\"?><SearchResults>", "<Objs Version=\"1.1\">", "<Header/>", "<!-- open"] {
            assert!(!is_web_page(other), "{other}");
        }
    }

    #[test]
    fn a_first_event_that_is_damaged_does_not_decide() {
        let text =
            "<SearchResults><Event x=\"1><A/></Event>\n<Event MailboxGuid=\"1\"/><Event Cmdlet=\"a\"/></SearchResults>";
        let Shape::Xml(head) = xml_shape(text) else { panic!("no XML") };
        assert_eq!(head.attributes, ["MailboxGuid"]);
        let Shape::Xml(head) = xml_shape("<SearchResults><Event a=\"1\"/><Event b=\"1\"/></SearchResults>") else {
            panic!("no XML")
        };
        assert_eq!(head.attributes, ["a"]);
    }
}
