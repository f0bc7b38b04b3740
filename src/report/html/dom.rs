//! What a browser makes of a page, for the tests: the elements with their attributes and text, read by a tokenizer
//! that follows the HTML standard. The page must nest its tags properly, or there is no such thing.

use html5gum::{Token, Tokenizer};

/// One element.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    /// All text inside, of descendants too, in order.
    pub(super) text: String,
    /// Place of the parent among the elements.
    pub(super) parent: Option<usize>,
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(super) fn has_class(&self, class: &str) -> bool {
        self.attribute("class").is_some_and(|classes| classes.split(' ').any(|known| known == class))
    }
}

/// The elements of a page, in document order.
#[derive(Debug)]
pub(super) struct Dom(pub(super) Vec<Element>);

/// Elements without content (HTML standard, "void elements").
const VOID: [&str; 4] = ["meta", "br", "input", "hr"];

impl Dom {
    /// Reads a page; panics where tags do not nest or the tokenizer finds a fault.
    pub(super) fn read(page: &str) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let mut emitter = html5gum::DefaultEmitter::<()>::default();
        emitter.naively_switch_states(true);
        let mut elements: Vec<Element> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        for Ok(token) in Tokenizer::new_with_emitter(page, emitter) {
            match token {
                Token::StartTag(tag) => {
                    let attributes = tag.attributes.iter().map(|(name, value)| (text(name), text(value))).collect();
                    let name = text(&tag.name);
                    let parent = open.last().copied();
                    if !tag.self_closing && !VOID.contains(&name.as_str()) {
                        open.push(elements.len());
                    }
                    elements.push(Element { name, attributes, parent, ..Element::default() });
                }
                Token::EndTag(tag) => {
                    let closed = open.pop().map(|place| elements[place].name.clone());
                    assert_eq!(closed, Some(text(&tag.name)), "tags do not nest");
                }
                Token::String(string) => {
                    let string = text(&string);
                    open.iter().for_each(|place| elements[*place].text.push_str(&string));
                }
                Token::Comment(_) | Token::Doctype(_) => {}
                Token::Error(error) => panic!("the page is no HTML: {error:?}"),
            }
        }
        assert!(open.is_empty(), "not closed: {open:?}");
        Self(elements)
    }

    pub(super) fn named<'d>(&'d self, name: &'d str) -> impl Iterator<Item = &'d Element> {
        self.0.iter().filter(move |element| element.name == name)
    }

    pub(super) fn by_id(&self, id: &str) -> &Element {
        let found: Vec<&Element> = self.0.iter().filter(|element| element.attribute("id") == Some(id)).collect();
        assert_eq!(found.len(), 1, "id {id}");
        found[0]
    }

    /// Elements inside the one with the id.
    pub(super) fn inside(&self, id: &str) -> Vec<&Element> {
        let top = self.0.iter().position(|element| element.attribute("id") == Some(id)).unwrap();
        let is_inside = |element: &&Element| {
            let mut place = element.parent;
            while let Some(parent) = place {
                if parent == top {
                    return true;
                }
                place = self.0[parent].parent;
            }
            false
        };
        self.0.iter().filter(is_inside).collect()
    }
}
