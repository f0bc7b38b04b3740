//! One labelled case: its records, what is asked, and what must come out. The labels come from the scenario.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ground::Ground;
use super::records::{Fact, With};
use super::world::guid;

pub const STRONG: &[&str] = &["strong"];
pub const WEAK: &[&str] = &["weak"];
/// Seen, and the guide leaves open how surely.
pub const SEEN: &[&str] = &["strong", "weak"];
/// Listed or not, but never held against the user.
pub const CALM: &[&str] = &["explained", "not_seen", "not_assessable"];
pub const NOT_SEEN: &[&str] = &["not_seen"];
/// Looked at everything: folded with its reason, or nothing there.
pub const INNOCENT: &[&str] = &["explained", "not_seen"];
pub const OPEN: &[&str] = &["not_assessable"];

/// The ten symptoms by number, 1 to 10.
pub const SYMPTOMS: [&str; 10] = [
    "missing-mail",
    "no-sent-copy",
    "inbox-rules",
    "display-name",
    "blocked-from-sending",
    "hacked-messages",
    "profile-change",
    "credential-change",
    "forwarding",
    "signature",
];

/// The seven steps by number, 1 to 7.
pub const STEPS: [&str; 7] = [
    "reset-password",
    "remove-forwarding",
    "disable-inbox-rules",
    "unblock-sending",
    "block-sign-in",
    "remove-admin-roles",
    "other-precautions",
];

/// Times at the edges of the window of [`Case::at_edge`], by name, and whether they are inside.
pub const EDGES: [(&str, &str, bool); 4] = [
    ("first-instant", "02-10T00:00:00", true),
    ("second-before", "02-09T23:59:59", false),
    ("last-second", "02-28T23:59:59", true),
    ("at-the-end", "03-01T00:00:00", false),
];

/// A record of the case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub usize);

/// The exports of a tenant, of which a case may leave some out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Export {
    Audit,
    SignIns,
    Quiet,
    Entra,
    Risk,
    Trace,
    Rules,
    Mailboxes,
}

/// How the audit log comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Lines,
    Portal,
    Search,
    /// The first half by one road, the second half and a piece of the first by another.
    Mixed,
}

#[derive(Default)]
pub struct Label {
    pub verdict: Vec<&'static str>,
    /// Each group is one record, which may stand in several files.
    pub cites: Vec<Vec<Key>>,
    pub spares: Vec<Key>,
}

pub struct Case {
    pub name: String,
    pub why: String,
    pub ground: Ground,
    pub shape: Shape,
    /// Sign-ins, directory audit and trace as tables instead of JSON.
    pub tables: bool,
    pub facts: Vec<Fact>,
    pub missing: Vec<Export>,
    /// Of the ordinary records, those for which this says no are left out.
    pub keep: fn(&Fact) -> bool,
    pub from: &'static str,
    pub to: &'static str,
    pub arguments: Vec<String>,
    pub labels: BTreeMap<&'static str, Label>,
    pub steps: BTreeMap<&'static str, (Vec<&'static str>, Option<bool>)>,
    /// Symptoms that this case says nothing about.
    pub silent: Vec<&'static str>,
    /// Addresses that must be among the attacker's, or must not.
    pub attackers: Vec<(&'static str, bool)>,
    /// Detections beyond the ten, with their allowed verdicts.
    pub detections: BTreeMap<&'static str, Vec<&'static str>>,
    /// How many sign-ins succeeded and failed.
    pub sign_ins: Option<(u64, u64)>,
}

impl Case {
    pub fn new(name: &str, why: &str) -> Self {
        let number = guid(name).bytes().map(usize::from).sum::<usize>();
        Self {
            name: name.to_owned(),
            why: why.to_owned(),
            ground: Ground::Lived,
            shape: [Shape::Lines, Shape::Portal, Shape::Search, Shape::Mixed][number % 4],
            tables: number.is_multiple_of(3),
            facts: Vec::new(),
            missing: Vec::new(),
            keep: |_| true,
            from: "2026-02-10",
            to: "2026-03-01",
            arguments: Vec::new(),
            labels: BTreeMap::new(),
            steps: BTreeMap::new(),
            silent: Vec::new(),
            attackers: Vec::new(),
            detections: BTreeMap::new(),
            sign_ins: None,
        }
    }

    /// A case whose window has the [`EDGES`].
    pub fn at_edge(symptom: &str, edge: &str) -> Self {
        Self::new(&format!("{symptom}/window-{edge}"), "the window is half open")
            .window("2026-02-10T00:00:00Z", "2026-03-01T00:00:00Z")
    }

    #[must_use]
    pub fn bare(mut self) -> Self {
        self.ground = Ground::Bare;
        self
    }

    #[must_use]
    pub fn without(mut self, exports: &[Export]) -> Self {
        self.missing.extend_from_slice(exports);
        self
    }

    #[must_use]
    pub fn window(mut self, from: &'static str, to: &'static str) -> Self {
        (self.from, self.to) = (from, to);
        self
    }

    #[must_use]
    pub fn argued(mut self, words: &[&str]) -> Self {
        self.arguments.extend(words.iter().map(|word| (*word).to_owned()));
        self
    }

    /// Adds a record; its native id follows from the case and its place, unless it has one.
    pub fn put(&mut self, fact: Fact) -> Key {
        let key = Key(self.facts.len());
        let id = guid(&format!("{}/{}", self.name, key.0));
        let fact = match &fact {
            Fact::Audit(object) if object["Id"].is_null() => fact.with("Id", id),
            Fact::SignIn(object) | Fact::Quiet(object) | Fact::Entra(object) | Fact::Risk(object)
                if object["id"].is_null() =>
            {
                fact.with("id", id)
            }
            _ => fact,
        };
        self.facts.push(fact);
        key
    }

    pub fn id(&self, key: Key) -> String {
        let (Fact::Audit(object)
        | Fact::SignIn(object)
        | Fact::Quiet(object)
        | Fact::Entra(object)
        | Fact::Risk(object)) = &self.facts[key.0]
        else {
            return String::new();
        };
        let id = if object["Id"].is_string() { &object["Id"] } else { &object["id"] };
        id.as_str().unwrap_or_default().to_owned()
    }

    /// Symptom `number` must have one of these verdicts and cite these records.
    pub fn expect(&mut self, number: usize, verdict: &[&'static str], cites: &[Key]) -> &mut Self {
        let label = self.labels.entry(SYMPTOMS[number - 1]).or_default();
        label.verdict = verdict.to_vec();
        label.cites.extend(cites.iter().map(|key| vec![*key]));
        self
    }

    /// Symptom `number` must not hold these records against the user.
    pub fn spare(&mut self, number: usize, keys: &[Key]) -> &mut Self {
        self.labels.entry(SYMPTOMS[number - 1]).or_default().spares.extend_from_slice(keys);
        self
    }

    /// Symptoms that follow from the same records in ways that the scenario does not settle.
    pub fn leave(&mut self, numbers: &[usize]) -> &mut Self {
        self.silent.extend(numbers.iter().map(|number| SYMPTOMS[number - 1]));
        self
    }

    pub fn step(&mut self, number: usize, status: &[&'static str], after: Option<bool>) -> &mut Self {
        self.steps.insert(STEPS[number - 1], (status.to_vec(), after));
        self
    }

    /// What must come out; `places` says where the records stand.
    pub fn description(&self, places: &[Vec<Value>]) -> Value {
        let mut symptoms = serde_json::Map::new();
        for id in SYMPTOMS {
            let place = |key: &Key| places[key.0].clone();
            if let Some(label) = self.labels.get(id) {
                let verdict: &[&str] = if label.verdict.is_empty() { CALM } else { &label.verdict };
                let cites: Vec<Value> =
                    label.cites.iter().map(|group| group.iter().flat_map(place).collect::<Vec<_>>().into()).collect();
                let spares: Vec<Value> = label.spares.iter().flat_map(place).collect();
                symptoms.insert(id.to_owned(), json!({"verdict": verdict, "cites": cites, "spares": spares}));
            } else if !self.silent.contains(&id) {
                symptoms.insert(id.to_owned(), json!({"verdict": CALM, "cites": [], "spares": []}));
            }
        }
        let steps: serde_json::Map<String, Value> = self
            .steps
            .iter()
            .map(|(id, (status, after))| ((*id).to_owned(), json!({"status": status, "after": after})))
            .collect();
        json!({"name": self.name, "why": self.why, "user": super::world::DANA.upn, "from": self.from, "to": self.to,
            "arguments": self.arguments, "symptoms": symptoms, "response": steps, "attackers": self.attackers,
            "detections": self.detections, "sign_ins": self.sign_ins.map(|(succeeded, failed)| json!({"succeeded": succeeded, "failed": failed}))})
    }
}
