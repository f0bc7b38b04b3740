//! Objects of a CLIXML file to which other records refer, as far as there is room for them.

use std::collections::HashMap;

use serde_json::Value;

use super::size;

/// Values that the objects of a file to which others refer may have together: each may hold the one before it whole, and a
/// row of them is as large as the square of its length.
const SHARED: usize = 400_000;

/// Objects by their RefId.
#[derive(Debug, Default)]
pub struct Shared {
    objects: HashMap<String, Value>,
    held: usize,
}

impl Shared {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the object is among them.
    pub fn has(&self, id: &str) -> bool {
        self.objects.contains_key(id)
    }

    pub(super) fn get(&self, id: &str) -> Option<&Value> {
        self.objects.get(id)
    }

    /// Keeps the object, where there is room for it.
    pub(super) fn keep(&mut self, id: String, value: Value) {
        let room = self.held + size(&value);
        if room <= SHARED {
            self.held = room - self.objects.insert(id, value).as_ref().map_or(0, size);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::collect;
    use super::*;

    #[test]
    fn objects_for_other_records_are_kept_while_there_is_room() {
        let mut shared = Shared::new();
        let wanted: HashSet<String> = (0..500).map(|id| id.to_string()).collect();
        let many = "<I32>7</I32>".repeat(1000);
        for id in 0..500 {
            let before = if id == 2 { r#"<Ref N="Before" RefId="1" />"# } else { "" };
            let text = format!(r#"<Obj RefId="{id}"><MS><Obj N="All"><LST>{many}</LST></Obj>{before}</MS></Obj>"#);
            assert!(collect(&text, &wanted, &mut shared).is_empty());
        }
        assert_eq!(shared.objects["2"]["Before"], shared.objects["1"]);
        assert_eq!(shared.held, shared.objects.values().map(size).sum::<usize>());
        assert!(shared.held <= SHARED && (390..400).contains(&shared.objects.len()), "{}", shared.objects.len());
    }
}
