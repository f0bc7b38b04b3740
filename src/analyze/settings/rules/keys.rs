//! What records call a rule, and when two of them mean the same one. Names are no one's own: intruders call all their
//! rules `.`, and a sweep rule may be called like an inbox rule.

use crate::knowledge::names;

/// Everything that records call one rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// Whether it is a sweep rule: those have names of their own.
    pub sweep: bool,
    names: Vec<String>,
    numbers: Vec<String>,
}

/// Ids of different kinds say nothing of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Digits,
    Guid,
    Other,
}

fn kind(number: &str) -> Kind {
    match () {
        () if number.bytes().all(|byte| byte.is_ascii_digit()) => Kind::Digits,
        () if names::is_guid(number) => Kind::Guid,
        () => Kind::Other,
    }
}

/// How a rule's name is compared.
pub fn name(text: &str) -> String {
    text.trim().to_lowercase()
}

/// How a rule's number is compared: some records write the same 64 bits with a sign.
fn number(text: &str) -> String {
    let text = name(text);
    text.parse::<i64>().map_or(text, |signed| signed.cast_unsigned().to_string())
}

impl Keys {
    /// Of a rule by these names and numbers.
    pub fn new(sweep: bool, called: impl IntoIterator<Item = String>, by: impl IntoIterator<Item = String>) -> Self {
        let mut keys = Self { sweep, ..Self::default() };
        let names = called.into_iter().map(|text| name(&text)).collect();
        let numbers = by.into_iter().map(|text| number(&text)).filter(|text| !text.is_empty()).collect();
        keys.meet(&Self { sweep, names, numbers });
        keys
    }

    /// Its names, as they are compared.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Its numbers, as they are compared.
    pub(super) fn numbers(&self) -> &[String] {
        &self.numbers
    }

    /// Whether no record calls it anything.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.numbers.is_empty()
    }

    /// Whether it is called by a number and by nothing else.
    pub fn is_number(&self) -> bool {
        self.names.is_empty() && !self.numbers.is_empty()
    }

    /// Learns what else the rule is called.
    pub fn meet(&mut self, other: &Self) {
        for (mine, theirs) in [(&mut self.names, &other.names), (&mut self.numbers, &other.numbers)] {
            for key in theirs {
                if !mine.contains(key) {
                    mine.push(key.clone());
                }
            }
        }
    }

    /// Whether both have one number.
    pub fn has_number_of(&self, other: &Self) -> bool {
        self.sweep == other.sweep && self.numbers.iter().any(|number| other.numbers.contains(number))
    }

    /// Whether both have one name, whatever their numbers.
    pub fn has_name_of(&self, other: &Self) -> bool {
        self.sweep == other.sweep && self.names.iter().any(|name| other.names.contains(name))
    }

    /// Whether both call one rule: by its number, or by its name where no numbers say that there are two.
    pub fn is(&self, other: &Self) -> bool {
        self.has_number_of(other) || self.has_name_of(other) && !self.has_another_number(other)
    }

    fn has_another_number(&self, other: &Self) -> bool {
        let kinds = |keys: &Self| keys.numbers.iter().map(|number| kind(number)).collect::<Vec<_>>();
        kinds(self).iter().any(|kind| kinds(other).contains(kind)) && !self.has_number_of(other)
    }
}

#[cfg(test)]
mod tests {
    use super::Keys;

    fn keys(names: &[&str], numbers: &[&str]) -> Keys {
        let all = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        Keys::new(false, all(names), all(numbers))
    }

    #[test]
    fn a_name_is_enough_where_no_two_numbers_stand_against_it() {
        assert!(keys(&["."], &["111"]).is(&keys(&["."], &[])));
        assert!(keys(&["News"], &["111"]).is(&keys(&["news "], &["82a21dd0-6315-5c69-a0b1-0123456789ab"])));
        assert!(keys(&["."], &["111"]).is(&keys(&[".."], &["111"])));
        assert!(!keys(&["."], &["111"]).is(&keys(&["."], &["222"])));
        assert!(!keys(&["."], &["111"]).is(&keys(&[".."], &[])));
        assert!(!keys(&["."], &[]).is(&Keys::new(true, [".".to_owned()], [])));
        assert!(!keys(&[], &[]).is(&keys(&[], &[])));
    }

    #[test]
    fn one_number_with_and_without_its_sign() {
        assert!(keys(&[], &["-8115674773618880764"]).is(&keys(&[], &["10331069300090670852"])));
    }

    #[test]
    fn a_blank_name_is_a_name() {
        assert!(keys(&[" "], &[]).is(&keys(&[""], &[])) && !keys(&[" "], &[]).is_empty());
        assert!(keys(&[], &["7"]).is_number() && !keys(&["."], &["7"]).is_number());
    }
}
