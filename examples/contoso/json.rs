//! JSON that keeps its keys in the order they were written, as the services write them.

/// A JSON value; objects are lists of pairs.
#[derive(Clone)]
pub enum Json {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub fn object() -> Self {
        Self::Object(Vec::new())
    }

    /// The object with one more key.
    pub fn with(mut self, key: &str, value: impl Into<Json>) -> Self {
        if let Self::Object(pairs) = &mut self {
            pairs.push((key.to_owned(), value.into()));
        }
        self
    }

    /// The object with one more key where there is a value.
    pub fn maybe(self, key: &str, value: Option<impl Into<Json>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// A number that is not whole, as it should be printed.
    pub fn decimal(text: &str) -> Self {
        Self::Number(text.to_owned())
    }

    /// One line without spaces.
    pub fn compact(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, None);
        out
    }

    /// One key a line, indented by two spaces.
    pub fn pretty(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, Some(0));
        out
    }

    fn write(&self, out: &mut String, indent: Option<usize>) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(text) => out.push_str(text),
            Self::Text(text) => out.push_str(&quoted(text)),
            Self::List(items) => {
                out.push('[');
                for (position, item) in items.iter().enumerate() {
                    separate(out, position, indent);
                    item.write(out, indent.map(|depth| depth + 1));
                }
                close(out, items.is_empty(), indent, ']');
            }
            Self::Object(pairs) => {
                out.push('{');
                for (position, (key, value)) in pairs.iter().enumerate() {
                    separate(out, position, indent);
                    out.push_str(&quoted(key));
                    out.push_str(if indent.is_some() { ": " } else { ":" });
                    value.write(out, indent.map(|depth| depth + 1));
                }
                close(out, pairs.is_empty(), indent, '}');
            }
        }
    }
}

/// The list of `{"Name": …, "Value": …}` that fills the audit log.
pub fn name_values(pairs: &[(&str, &str)]) -> Json {
    pairs.iter().map(|(name, value)| Json::object().with("Name", *name).with("Value", *value)).collect()
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("text is always valid JSON")
}

fn separate(out: &mut String, position: usize, indent: Option<usize>) {
    if position > 0 {
        out.push(',');
    }
    if let Some(depth) = indent {
        out.push('\n');
        out.push_str(&"  ".repeat(depth + 1));
    }
}

fn close(out: &mut String, empty: bool, indent: Option<usize>, bracket: char) {
    if let (Some(depth), false) = (indent, empty) {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
    out.push(bracket);
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Json {
    fn from(value: i64) -> Self {
        Self::Number(value.to_string())
    }
}

impl From<u32> for Json {
    fn from(value: u32) -> Self {
        Self::from(i64::from(value))
    }
}

impl From<usize> for Json {
    fn from(value: usize) -> Self {
        Self::from(value as i64)
    }
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(items: Vec<T>) -> Self {
        items.into_iter().collect()
    }
}

impl<T: Into<Json>> FromIterator<T> for Json {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}
