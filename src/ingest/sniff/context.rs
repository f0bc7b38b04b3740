//! Which export an empty page of Graph is one of: no record says so, but the page's own context does.

/// The format of the collection that a context names (`https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns`).
pub(super) fn format_of(context: &str) -> Option<&'static str> {
    let (_, collection) = context.split_once("$metadata#")?;
    // Selected columns and keys stand in brackets: `auditLogs/signIns(id,status)`.
    let mut plain = String::new();
    let mut depth = 0usize;
    for letter in collection.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            letter if depth == 0 => plain.extend(letter.to_lowercase()),
            _ => {}
        }
    }
    match plain.as_str() {
        "auditlogs/signins" => Some("entra_signin_graph"),
        "auditlogs/directoryaudits" => Some("entra_audit_graph"),
        "identityprotection/riskdetections" | "riskdetections" => Some("entra_riskdetection"),
        "identityprotection/riskyusers" | "riskyusers" => Some("entra_riskyuser"),
        "security/auditlog/queries/records" => Some("ual_graph_json"),
        "admin/exchange/tracing/messagetraces" => Some("mtrace_graph_json"),
        "users/mailfolders/messagerules" | "me/mailfolders/messagerules" => Some("snapshot_inbox_rules_json"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_names_its_collection() {
        let of = |collection: &str| {
            let id = format_of(&format!("https://graph.microsoft.com/beta/$metadata#{collection}"));
            assert!(id.is_none_or(|id| crate::ingest::formats::FORMATS.iter().any(|format| format.id == id)));
            id
        };
        for (collection, id) in [
            ("auditLogs/signIns", "entra_signin_graph"),
            ("auditLogs/signIns(id,createdDateTime,status)", "entra_signin_graph"),
            ("auditLogs/directoryAudits", "entra_audit_graph"),
            ("identityProtection/riskDetections", "entra_riskdetection"),
            ("riskyUsers", "entra_riskyuser"),
            ("security/auditLog/queries('6f2a8f0e')/records", "ual_graph_json"),
            ("admin/exchange/tracing/messageTraces", "mtrace_graph_json"),
            ("users('alice%40x.example')/mailFolders('inbox')/messageRules", "snapshot_inbox_rules_json"),
            ("Me/mailFolders('inbox')/messageRules", "snapshot_inbox_rules_json"),
        ] {
            assert_eq!(of(collection), Some(id), "{collection}");
        }
        for other in ["users('alice')/mailFolders('inbox')/messages", "groups", "signIns/$entity", "((", ""] {
            assert_eq!(of(other), None, "{other}");
        }
        assert!(format_of("auditLogs/signIns").is_none());
    }
}
