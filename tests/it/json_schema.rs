//! A checker for JSON Schema (2020-12), as much of it as the schemas of this repository use; a keyword that it does not
//! know fails the test, so that nothing is believed to be checked that is not.

use std::collections::{BTreeSet, HashMap};
use std::sync::{LazyLock, Mutex};

use regex::Regex;
use serde_json::{Map, Value};

/// What to make of properties that a schema does not name, where it does not say itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unnamed {
    /// They may be there, as the standard has it.
    Allowed,
    /// They are a problem: for the documents of this program, whose schema must name everything.
    Refused,
}

/// Everything in which `instance` is not what `schema` says; `root` resolves `#/…` references.
pub fn problems(root: &Value, schema: &Value, instance: &Value, unnamed: Unnamed) -> Vec<String> {
    let mut found = Vec::new();
    Checker { root, unnamed }.check(schema, instance, "", true, &mut found);
    found
}

struct Checker<'r> {
    root: &'r Value,
    unnamed: Unnamed,
}

impl Checker<'_> {
    /// `whole`: whether the schema is all that is said of the instance, or one of several parts.
    fn check(&self, schema: &Value, instance: &Value, at: &str, whole: bool, found: &mut Vec<String>) {
        let Some(rules) = schema.as_object() else { panic!("no schema: {schema}") };
        for (keyword, rule) in rules {
            self.rule(keyword, rule, (rules, whole), instance, at, found);
        }
        let open = !["additionalProperties", "patternProperties"].iter().any(|keyword| rules.contains_key(*keyword));
        if whole && open && self.unnamed == Unnamed::Refused && instance.is_object() {
            let mut named = BTreeSet::new();
            self.named(schema, &mut named);
            let keys = instance.as_object().unwrap().keys();
            found.extend(
                keys.filter(|key| !named.is_empty() && !named.contains(*key))
                    .map(|key| format!("{at}/{key}: not named")),
            );
        }
    }

    fn rule(
        &self,
        keyword: &str,
        rule: &Value,
        (rules, whole): (&Map<String, Value>, bool),
        instance: &Value,
        at: &str,
        found: &mut Vec<String>,
    ) {
        let mut wrong = |what: String| found.push(format!("{at}: {what}"));
        match keyword {
            "$schema" | "$id" | "title" | "description" | "$defs" => {}
            "$ref" => {
                let alone = rules.keys().all(|keyword| matches!(keyword.as_str(), "$ref" | "description" | "title"));
                self.check(self.resolve(rule), instance, at, whole && alone, found);
            }
            "type" => {
                let names: Vec<&str> = match rule {
                    Value::Array(names) => names.iter().map(|name| name.as_str().unwrap()).collect(),
                    name => vec![name.as_str().unwrap()],
                };
                if !names.iter().any(|name| is(instance, name)) {
                    wrong(format!("{instance} is no {}", names.join(" or ")));
                }
            }
            "const" if rule != instance => wrong(format!("{instance} is not {rule}")),
            "enum" if !rule.as_array().unwrap().contains(instance) => wrong(format!("{instance} is none of {rule}")),
            "const" | "enum" => {}
            "pattern" => {
                if let Some(text) = instance.as_str()
                    && !compiled(rule.as_str().unwrap()).is_match(text)
                {
                    wrong(format!("{text} does not match {rule}"));
                }
            }
            "minimum" if instance.as_f64().is_some_and(|number| number < rule.as_f64().unwrap()) => {
                wrong(format!("{instance} is under {rule}"));
            }
            "maximum" if instance.as_f64().is_some_and(|number| number > rule.as_f64().unwrap()) => {
                wrong(format!("{instance} is over {rule}"));
            }
            "minItems" if instance.as_array().is_some_and(|list| (list.len() as u64) < rule.as_u64().unwrap()) => {
                wrong(format!("fewer than {rule} items"));
            }
            "maxItems" if instance.as_array().is_some_and(|list| list.len() as u64 > rule.as_u64().unwrap()) => {
                wrong(format!("more than {rule} items"));
            }
            "minLength"
                if instance.as_str().is_some_and(|text| (text.chars().count() as u64) < rule.as_u64().unwrap()) =>
            {
                wrong(format!("shorter than {rule}"));
            }
            "maxLength"
                if instance.as_str().is_some_and(|text| text.chars().count() as u64 > rule.as_u64().unwrap()) =>
            {
                wrong(format!("longer than {rule}"));
            }
            "minimum" | "maximum" | "minItems" | "maxItems" | "minLength" | "maxLength" => {}
            "required" => {
                let missing = rule.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
                let lacks = |name: &&str| instance.as_object().is_some_and(|object| !object.contains_key(*name));
                missing.filter(lacks).for_each(|name| wrong(format!("{name} is missing")));
            }
            "items" => {
                for (number, item) in instance.as_array().into_iter().flatten().enumerate() {
                    self.check(rule, item, &format!("{at}/{number}"), true, found);
                }
            }
            "properties" => {
                for (name, property) in rule.as_object().unwrap() {
                    if let Some(value) = instance.get(name).filter(|_| instance.is_object()) {
                        self.check(property, value, &format!("{at}/{name}"), true, found);
                    }
                }
            }
            "patternProperties" | "additionalProperties" => self.others(keyword, rule, rules, instance, at, found),
            "allOf" => rule.as_array().unwrap().iter().for_each(|part| self.check(part, instance, at, false, found)),
            "anyOf" | "oneOf" => {
                let tries: Vec<Vec<String>> =
                    rule.as_array().unwrap().iter().map(|part| self.apart(part, instance, at)).collect();
                let passed = tries.iter().filter(|problems| problems.is_empty()).count();
                if passed == 0 || keyword == "oneOf" && passed > 1 {
                    wrong(format!(
                        "{passed} branches of {keyword} match: {:?}",
                        tries.into_iter().min_by_key(Vec::len)
                    ));
                }
            }
            "not" if self.apart(rule, instance, at).is_empty() => wrong(format!("is what it must not be: {rule}")),
            "not" => {}
            unknown => panic!("the checker does not know the keyword {unknown}"),
        }
    }

    fn others(
        &self,
        keyword: &str,
        rule: &Value,
        rules: &Map<String, Value>,
        instance: &Value,
        at: &str,
        found: &mut Vec<String>,
    ) {
        let patterns = rules.get("patternProperties").and_then(Value::as_object);
        let patterns: Vec<(Regex, &Value)> =
            patterns.into_iter().flatten().map(|(pattern, rule)| (compiled(pattern), rule)).collect();
        for (name, value) in instance.as_object().into_iter().flatten() {
            let at = format!("{at}/{name}");
            let matching: Vec<&Value> =
                patterns.iter().filter(|(pattern, _)| pattern.is_match(name)).map(|(_, rule)| *rule).collect();
            if keyword == "patternProperties" {
                matching.iter().for_each(|rule| self.check(rule, value, &at, true, found));
                continue;
            }
            let named = rules.get("properties").is_some_and(|properties| properties.get(name).is_some());
            match rule {
                _ if named || !matching.is_empty() => {}
                Value::Bool(true) => {}
                Value::Bool(false) => found.push(format!("{at}: not allowed")),
                rule => self.check(rule, value, &at, true, found),
            }
        }
    }

    fn apart(&self, schema: &Value, instance: &Value, at: &str) -> Vec<String> {
        let mut found = Vec::new();
        self.check(schema, instance, at, false, &mut found);
        // A branch that is a reference stands for the whole of what is said.
        if let (true, Some(reference)) = (found.is_empty(), schema.get("$ref")) {
            self.check(self.resolve(reference), instance, at, true, &mut found);
        }
        found
    }

    fn resolve(&self, reference: &Value) -> &Value {
        let path = reference.as_str().unwrap().strip_prefix('#').expect("references stay in the file");
        self.root.pointer(path).unwrap_or_else(|| panic!("{path} is not there"))
    }

    fn named(&self, schema: &Value, names: &mut BTreeSet<String>) {
        names.extend(
            schema.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.clone()),
        );
        if let Some(reference) = schema.get("$ref") {
            self.named(self.resolve(reference), names);
        }
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.named(part, names);
        }
    }
}

/// The expression, compiled once.
fn compiled(pattern: &str) -> Regex {
    static KNOWN: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap();
    known.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).unwrap()).clone()
}

fn is(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("no type {other}"),
    }
}

#[test]
fn the_checker_finds_what_is_wrong() {
    use serde_json::json;
    let schema = json!({
        "$defs": {"name": {"type": "string", "pattern": "^[a-z]+$"}, "base": {"type": "object", "properties": {"a": {"const": 1}}}},
        "allOf": [{"$ref": "#/$defs/base"}],
        "properties": {
            "name": {"$ref": "#/$defs/name"},
            "list": {"type": "array", "items": {"enum": [1, 2]}, "minItems": 1},
            "maybe": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/name"}]},
            "map": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
            "closed": {"type": "object", "properties": {"x": {}}, "additionalProperties": false}
        },
        "required": ["name"],
        "not": {"required": ["bad"]}
    });
    let check = |instance: Value| problems(&schema, &schema, &instance, Unnamed::Refused);
    let good = json!({"a": 1, "name": "x", "list": [1], "maybe": null, "map": {"k": 0}, "closed": {"x": 1}});
    assert_eq!(check(good), Vec::<String>::new());
    for (instance, part) in [
        (json!({}), "name is missing"),
        (json!({"name": 1}), "/name: 1 is no string"),
        (json!({"name": "X"}), "/name: X does not match"),
        (json!({"name": "x", "a": 2}), "/a: 2 is not 1"),
        (json!({"name": "x", "list": []}), "fewer than 1"),
        (json!({"name": "x", "list": [3]}), "/list/0: 3 is none of"),
        (json!({"name": "x", "maybe": 4}), "/maybe: 0 branches"),
        (json!({"name": "x", "map": {"k": -1}}), "/map/k: -1 is under 0"),
        (json!({"name": "x", "closed": {"y": 1}}), "/closed/y: not allowed"),
        (json!({"name": "x", "extra": 1}), "/extra: not named"),
        (json!({"name": "x", "bad": 1}), "must not be"),
    ] {
        let found = check(instance.clone());
        assert!(found.iter().any(|problem| problem.contains(part)), "{instance}: {found:?}");
    }
}
