//! The shape of XML text: its root, and what its first record has.

use serde_json::Value;

use super::Shape;
use crate::ingest::clixml;

/// The head of XML text.
#[derive(Debug)]
pub struct XmlHead {
    /// Name of the root element.
    pub root: String,
    /// Attribute names of the first `Event`; in PowerShell's own XML the property names of the first object.
    pub attributes: Vec<String>,
    /// The first object of PowerShell's own XML.
    pub object: Value,
}

pub(super) fn xml_shape(text: &str) -> Shape {
    use quick_xml::events::Event as Xml;
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut root = None;
    loop {
        let element = match reader.read_event() {
            Ok(Xml::Start(element) | Xml::Empty(element)) => element,
            Ok(Xml::DocType(_)) => {
                return Shape::Nothing("F-032", "XML with a document type definition is not read".to_owned());
            }
            Ok(Xml::Eof) | Err(_) => break,
            Ok(_) => continue,
        };
        let name = element.name().as_ref().to_owned();
        let root = root.get_or_insert_with(|| name.clone());
        if root == "Objs" {
            break;
        }
        if name == "Event" && root != "Event" {
            let attributes = element.attributes().flatten().map(|attribute| attribute.key.as_ref().to_owned());
            let attributes = attributes.collect();
            return Shape::Xml(XmlHead { root: root.clone(), attributes, object: Value::Null });
        }
    }
    match root {
        Some(root) if root == "Objs" => {
            let object = clixml::first_object(text);
            let attributes = object.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
            Shape::Xml(XmlHead { root, attributes, object })
        }
        Some(root) => Shape::Xml(XmlHead { root, attributes: Vec::new(), object: Value::Null }),
        None => Shape::Nothing("F-050", "text copy of an XML page; save the attachment itself".to_owned()),
    }
}
