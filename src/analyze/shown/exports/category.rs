//! Which part of the directory an activity of its audit changes: the portal filters its export by such a category.

/// What an activity's name holds, and the category, the telling words first: a role's member is no user's change.
const WORDS: [(&str, &str); 24] = [
    ("security info", "means of sign-in"),
    ("authentication method", "means of sign-in"),
    ("strong authentication", "means of sign-in"),
    ("self-service", "means of sign-in"),
    ("policy", "policies"),
    ("named location", "policies"),
    ("role assignment", "applications"),
    ("role", "roles"),
    ("consent", "applications"),
    ("permission grant", "applications"),
    ("application", "applications"),
    ("service principal", "applications"),
    ("device", "devices"),
    ("bitlocker", "devices"),
    ("domain", "organisation"),
    ("federation", "organisation"),
    ("company", "organisation"),
    ("group", "groups"),
    ("external user", "guests"),
    ("user", "users"),
    ("password", "users"),
    ("license", "users"),
    ("refreshtoken", "users"),
    ("manager", "users"),
];

/// The category; none, where the name says nothing.
pub(super) fn of(activity: &str) -> Option<&'static str> {
    let name = activity.to_lowercase();
    WORDS.iter().find(|(word, _)| name.contains(word)).map(|(_, category)| *category)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_telling_word_decides() {
        let told =
            ["Add member to role", "Add app role assignment to service principal", "Update StsRefreshTokenValidFrom"];
        assert_eq!(told.map(of), [Some("roles"), Some("applications"), Some("users")]);
        assert_eq!(of("Reset password (self-service)"), Some("means of sign-in"));
        assert_eq!(of("Something new"), None);
    }
}
