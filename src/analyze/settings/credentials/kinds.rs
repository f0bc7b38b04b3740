//! The kinds of means of sign-in, by the words that records have for them.

use crate::analyze::exam::Row;
use crate::timeline::EvidenceSource;

/// A kind of means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An authenticator app; the passwordless telephone sign-in is its own.
    App,
    /// A security key.
    Key,
    /// Windows Hello.
    Hello,
    /// A key that a Mac keeps for its user.
    Platform,
    /// A pass for some hours.
    Pass,
    /// Questions whose answers reset the password.
    Question,
    /// An address that codes are sent to.
    Mail,
    /// A telephone.
    Telephone,
}

/// The first that fits counts.
const KINDS: [(Kind, &[&str]); 8] = [
    (Kind::App, &["authenticator", "passwordless phone", "app notification", "phone app", "mobile app"]),
    (Kind::Key, &["fido", "passkey", "security key"]),
    (Kind::Hello, &["hello"]),
    (Kind::Platform, &["platform credential"]),
    (Kind::Pass, &["temporary access pass"]),
    (Kind::Question, &["security question"]),
    (Kind::Mail, &["email", "othermail", "alternateemail"]),
    (Kind::Telephone, &["phone", "mobile", "sms"]),
];

impl Kind {
    /// The kind that the text names.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        KINDS.iter().find(|(_, words)| words.iter().any(|word| text.contains(word))).map(|(kind, _)| *kind)
    }

    /// The kind of a means that the record calls so: the Entra audit names it in the reason behind.
    pub fn in_record(row: &Row<'_>, name: &str) -> Option<Self> {
        Self::of(reason(row)).or_else(|| Self::of(name))
    }
}

/// What stands behind a record's means where the Entra audit names them in words of its own.
pub fn reason<'r>(row: &'r Row<'_>) -> &'r str {
    row.event.status_reason.as_deref().filter(|_| is_entra(row)).unwrap_or_default()
}

/// Whether the Entra audit wrote the record.
pub fn is_entra(row: &Row<'_>) -> bool {
    row.event.evidence_source == EvidenceSource::EntraAudit
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn the_words_that_records_have_for_one_kind_of_means() {
        for (text, expected) in [
            ("User registered Authenticator App with Notification and Code", Some(Kind::App)),
            ("authenticator SM-A155F", Some(Kind::App)),
            ("Add passwordless phone sign-in credential", Some(Kind::App)),
            ("Admin deleted Phone (mobile) for user", Some(Kind::Telephone)),
            ("PhoneNumber +49 30 1 → +234 80 1", Some(Kind::Telephone)),
            ("OtherMail evil@mailbox.example", Some(Kind::Mail)),
            ("Delete Passkey (device-bound) security key", Some(Kind::Key)),
            ("Windows Hello key", Some(Kind::Hello)),
            ("User registered security info", None),
            ("sign-in method of type 6", None),
        ] {
            assert_eq!(Kind::of(text), expected, "{text}");
        }
    }
}
