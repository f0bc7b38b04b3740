//! S03: inbox rules that neither the user nor an administrator made.

mod innocent;

use serde_json::json;

use super::case::{CALM, Case, INNOCENT, STRONG, WEAK};
use super::entry::{WAYS, Way, enter};
use super::records::{Fact, With, admin_audit, alert, cmdlet, outlook_rule, own, rule_state};
use super::world::{DANA, ELI, HOME, LAGOS, Seat, at};

type Parameters<'a> = &'a [(&'a str, &'a str)];

pub fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    made_in_the_browser(&mut all);
    folders(&mut all);
    other_shapes(&mut all);
    snapshots(&mut all);
    content(&mut all);
    innocent::cases(&mut all);
    all
}

fn rule(time: i64, seat: &Seat, operation: &str, name: &str, parameters: Parameters) -> Fact {
    let mut all = vec![("Name", name)];
    all.extend_from_slice(parameters);
    cmdlet(time, (&DANA, seat), operation, &format!("{}\\{name}", DANA.canonical()), &all)
}

fn new_rule(time: i64, seat: &Seat, name: &str, parameters: Parameters) -> Fact {
    rule(time, seat, "New-InboxRule", name, parameters)
}

fn made_in_the_browser(all: &mut Vec<Case>) {
    for way in WAYS {
        let mut case =
            Case::new(&format!("S03/P1-{}", way.word()), "a rule named with a dot hides invoices in the RSS folder");
        enter(&mut case, way, at("02-17T02:14:00"));
        let key = case.put(new_rule(
            at("02-17T02:20:10"),
            &LAGOS,
            ".",
            &[
                ("BodyContainsWords", "Invoice;Payments"),
                ("MoveToFolder", "RSS Subscriptions"),
                ("MarkAsRead", "True"),
                ("StopProcessingRules", "True"),
            ],
        ));
        case.expect(3, STRONG, &[key]);
        all.push(case);
    }
    for (number, name) in ["..", ",,,", ";", "/", "@", " ", "\u{200b}", "x", "aaa", "。"].into_iter().enumerate() {
        let mut case = Case::new(&format!("S03/name-{number}"), "names that say nothing").bare();
        let key = case.put(new_rule(
            at("02-17T02:20:10"),
            &HOME,
            name,
            &[("SubjectContainsWords", "payment"), ("DeleteMessage", "True")],
        ));
        case.expect(3, STRONG, &[key]);
        all.push(case);
    }
    let mut case = Case::new("S03/P3-japanese", "a Japanese rule hides invoices from a new network");
    enter(&mut case, Way::NewPlace, at("02-17T02:14:00"));
    let key = case.put(new_rule(
        at("02-17T02:20:10"),
        &LAGOS,
        "あ",
        &[("SubjectOrBodyContainsWords", "請求書;振込"), ("MoveToFolder", "RSS 購読"), ("MarkAsRead", "True")],
    ));
    case.expect(3, STRONG, &[key]);
    all.push(case);
    for (operation, name) in [("Set-InboxRule", "set"), ("Enable-InboxRule", "enable")] {
        let mut case = Case::new(&format!("S03/linked-{name}"), "any work on rules by the intruder counts");
        enter(&mut case, Way::Risky, at("02-17T02:14:00"));
        let key = case.put(cmdlet(
            at("02-17T02:20:10"),
            (&DANA, &LAGOS),
            operation,
            &format!("{}\\Projects", DANA.canonical()),
            &[("Identity", "dana.weiss\\Projects"), ("MoveToFolder", "Projects")],
        ));
        case.expect(3, STRONG, &[key]);
        all.push(case);
    }
    let mut case = Case::new(
        "S03/linked-and-removed",
        "made and removed again five minutes later by the intruder: still a symptom, and no response",
    );
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let made = case.put(new_rule(
        at("02-17T02:20:10"),
        &LAGOS,
        ".",
        &[("SubjectContainsWords", "payment"), ("DeleteMessage", "True")],
    ));
    case.put(cmdlet(
        at("02-17T02:25:10"),
        (&DANA, &LAGOS),
        "Remove-InboxRule",
        &format!("{}\\.", DANA.canonical()),
        &[("Identity", "dana.weiss\\."), ("Force", "True")],
    ));
    case.expect(3, STRONG, &[made]).step(3, &["by_attacker", "undone", "not_seen", "partial"], None);
    all.push(case);
}

fn folders(all: &mut Vec<Case>) {
    for (number, folder) in [
        "RSS Feeds",
        "RSS-Feeds",
        "RSS-Abonnements",
        "Sottoscrizioni RSS",
        "RSS 購読",
        "Notes",
        "メモ",
        "Junk Email",
        "Junk-E-Mail",
        "迷惑メール",
        "Courrier indésirable",
        "Correo no deseado",
        "Conversation History",
        "会話の履歴",
        "Historial de conversaciones",
        "Archive",
        "Archiv",
        "アーカイブ",
        "Archivio",
        "Deleted Items",
        "Gelöschte Elemente",
        "已删除邮件",
        "Verwijderde items",
        "垃圾邮件",
    ]
    .into_iter()
    .enumerate()
    {
        let mut case =
            Case::new(&format!("S03/folder-{number:02}"), "moved to a folder where nobody looks, marked as read");
        let parameters = [("SubjectContainsWords", "invoice"), ("MoveToFolder", folder), ("MarkAsRead", "True")];
        let key = if number % 2 == 0 {
            enter(&mut case, WAYS[number % WAYS.len()], at("02-17T02:14:00"));
            case.put(new_rule(at("02-17T02:20:10"), &LAGOS, "sync", &parameters))
        } else {
            let mut case = case.bare();
            let key = case.put(new_rule(at("02-17T02:20:10"), &HOME, "sync", &parameters));
            case.expect(3, STRONG, &[key]);
            all.push(case);
            continue;
        };
        case.expect(3, STRONG, &[key]);
        all.push(case);
    }
    for (number, words) in
        ["請求書", "Rechnung", "facture", "factura", "bonifico", "faktura", "发票", "платеж", "wire", "振込"]
            .into_iter()
            .enumerate()
    {
        let mut case =
            Case::new(&format!("S03/words-{number:02}"), "money words in the mailbox's language, deleted").bare();
        let key = case.put(new_rule(
            at("02-17T02:20:10"),
            &HOME,
            "filter",
            &[("SubjectOrBodyContainsWords", words), ("DeleteMessage", "True")],
        ));
        case.expect(3, STRONG, &[key]);
        all.push(case);
    }
}

const FORWARD_ALL: &str = r#"[{"ActionType":"Forward","Recipients":["ext@collect.example"]}]"#;

fn other_shapes(all: &mut Vec<Case>) {
    for way in [Way::Risky, Way::NewPlace, Way::Reported] {
        let mut case =
            Case::new(&format!("S03/P2-outlook-{}", way.word()), "Outlook adds a rule that forwards everything");
        enter(&mut case, way, at("02-17T02:14:00"));
        let key = case.put(outlook_rule(
            at("02-17T02:20:10"),
            own(&DANA, &LAGOS),
            &[
                ("RuleOperation", "AddMailboxRule"),
                ("RuleId", "-7331"),
                ("RuleName", ".."),
                ("RuleState", "Enabled"),
                ("RuleCondition", "{}"),
                ("RuleProvider", "RuleOrganizer"),
                ("RuleActions", FORWARD_ALL),
            ],
        ));
        case.expect(3, STRONG, &[key]).expect(9, STRONG, &[key]);
        all.push(case);
    }
    let mut case = Case::new(
        "S03/C-delete-everything",
        "Outlook adds a rule without a condition that deletes; nothing known of the place",
    )
    .bare();
    let key = case.put(outlook_rule(
        at("02-17T02:20:10"),
        own(&DANA, &LAGOS),
        &[
            ("RuleOperation", "AddMailboxRule"),
            ("RuleId", "-7332"),
            ("RuleName", "x1"),
            ("RuleState", "Enabled"),
            ("RuleCondition", "{}"),
            ("RuleActions", r#"[{"ActionType":"PermanentDelete"}]"#),
        ],
    ));
    case.expect(3, STRONG, &[key]);
    all.push(case);
    let mut case = Case::new("S03/D-web-services", "a rule through web services, its server form as JSON");
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let server =
        json!({"Actions": [{"ActionType": "Forward", "Recipients": [{"Values": [{"Value": "ext@collect.example"}]}]}]})
            .to_string();
    let key = case.put(outlook_rule(
        at("02-17T02:20:10"),
        own(&DANA, &LAGOS),
        &[
            ("Name", "."),
            ("IsNew", "True"),
            ("IsDirty", "True"),
            ("RuleOperation", "Create"),
            ("Provider", "RuleOrganizer"),
            ("Actions", "ForwardToRecipientsAction"),
            ("Conditions", ""),
            ("ServerRule", &server),
        ],
    ));
    case.expect(3, STRONG, &[key]).leave(&[9]);
    all.push(case);
    let mut case =
        Case::new("S03/E-bare-update", "an older record says that a rule changed, not what, in the intruder's session");
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    let key = case.put(outlook_rule(at("02-17T02:20:10"), own(&DANA, &LAGOS), &[]));
    case.expect(3, STRONG, &[key]);
    all.push(case);
    for (name, folder) in [("P4-notes", "\\メモ"), ("deleted", "\\Deleted Items")] {
        let mut case = Case::new(&format!("S03/sweep-{name}"), "a sweep rule hides the partner's mail");
        enter(&mut case, Way::NewPlace, at("02-17T02:14:00"));
        let key = case.put(cmdlet(
            at("02-17T02:20:10"),
            (&DANA, &LAGOS),
            "New-SweepRule",
            &DANA.canonical(),
            &[("Name", "s"), ("Sender", "cfo@partner.example"), ("DestinationFolder", folder), ("KeepForDays", "0")],
        ));
        case.expect(3, STRONG, &[key]);
        all.push(case);
    }
    for tables in [false, true] {
        let mut case =
            Case::new(&format!("S03/G-admin-audit-{tables}"), "only the admin audit log has the rule").bare();
        case.tables = tables;
        let key = case.put(admin_audit(
            at("02-17T02:20:10"),
            &DANA,
            "New-InboxRule",
            &format!("{}\\.", DANA.canonical()),
            &[("Name", "."), ("SubjectContainsWords", "payment"), ("DeleteMessage", "True")],
        ));
        case.expect(3, STRONG, &[key]);
        all.push(case);
        let mut case = Case::new(
            &format!("S03/G-admin-audit-ordinary-{tables}"),
            "only the admin audit log has the newsletter rule",
        )
        .bare();
        case.tables = tables;
        let key = case.put(admin_audit(
            at("02-17T08:20:10"),
            &DANA,
            "New-InboxRule",
            &format!("{}\\Newsletters", DANA.canonical()),
            &[("Name", "Newsletters"), ("From", "news@vendor.example"), ("MoveToFolder", "News")],
        ));
        case.expect(3, CALM, &[]).spare(3, &[key]);
        all.push(case);
    }
    let mut case = Case::new("S03/B-powershell", "made by PowerShell: no session, the mailbox as a parameter");
    enter(&mut case, Way::Told, at("02-17T02:14:00"));
    let seat = Seat { session: "", ..LAGOS };
    let key = case.put(cmdlet(
        at("02-17T02:20:10"),
        (&DANA, &seat),
        "New-InboxRule",
        "dana.weiss\\Backup",
        &[("Mailbox", "dana.weiss"), ("Name", "Backup"), ("RedirectTo", "\"x\" [SMTP:x@collect.example]")],
    ));
    case.expect(3, STRONG, &[key]).expect(9, STRONG, &[key]);
    all.push(case);
    for (name, severity) in [
        ("Creation of forwarding/redirect rule", "Low"),
        ("Suspicious inbox manipulation rule", "Medium"),
        ("Suspicious inbox forwarding", "High"),
    ] {
        let mut case = Case::new(
            &format!("S03/I-alert-{}", name.replace([' ', '/'], "-").to_lowercase()),
            "Microsoft's alert, and the record it points at",
        );
        enter(&mut case, Way::Risky, at("02-17T02:14:00"));
        let key = case.put(new_rule(at("02-17T02:20:10"), &LAGOS, "Backup", &[("ForwardTo", "x@collect.example")]));
        let id = case.id(key);
        let data = json!({"f3u": DANA.upn, "reid": id, "an": name, "sev": severity}).to_string();
        case.put(alert(at("02-17T02:31:00"), &DANA, (name, severity), "AlertTriggered").with("Data", data));
        case.expect(3, STRONG, &[key]).expect(9, STRONG, &[key]);
        all.push(case);
    }
}

fn snapshots(all: &mut Vec<Case>) {
    for (name, cells) in [
        (
            "P5-nameless-forward",
            vec![
                ("RuleName", ""),
                ("Enabled", "True"),
                ("RuleIdentity", "901"),
                ("ForwardTo", "\"x\" [SMTP:x@collect.example]"),
            ],
        ),
        (
            "dot-to-rss",
            vec![
                ("RuleName", "."),
                ("Enabled", "True"),
                ("RuleIdentity", "902"),
                ("MoveToFolder", "RSS Feeds"),
                ("MarkAsRead", "True"),
                ("SubjectOrBodyContainsWords", "invoice, payment"),
            ],
        ),
        (
            "japanese",
            vec![
                ("RuleName", "…"),
                ("Enabled", "True"),
                ("RuleIdentity", "903"),
                ("DeleteMessage", "True"),
                ("SubjectContainsWords", "請求書"),
            ],
        ),
    ] {
        let mut case = Case::new(
            &format!("S03/H-snapshot-{name}"),
            "a rule stands in the mailbox; who made it and when is not known",
        );
        let key = case.put(rule_state(&DANA, &cells));
        case.expect(3, WEAK, &[key]);
        if name.contains("forward") {
            case.leave(&[9]);
        }
        all.push(case);
    }
    let mut case = Case::new("S03/H-snapshot-newsletter", "an ordinary rule stands in the mailbox");
    let key = case.put(rule_state(
        &DANA,
        &[
            ("RuleName", "Newsletters"),
            ("Enabled", "True"),
            ("RuleIdentity", "904"),
            ("MoveToFolder", "News"),
            ("From", "news@vendor.example"),
        ],
    ));
    case.expect(3, INNOCENT, &[]).spare(3, &[key]);
    all.push(case);
    let mut case = Case::new("S03/H-snapshot-of-a-colleague", "the nameless rule stands in the colleague's mailbox");
    let key = case.put(rule_state(
        &ELI,
        &[("RuleName", "."), ("Enabled", "True"), ("RuleIdentity", "905"), ("DeleteMessage", "True")],
    ));
    case.expect(3, INNOCENT, &[]).spare(3, &[key]);
    all.push(case);
}

fn content(all: &mut Vec<Case>) {
    for (name, verdict, parameters) in [
        ("forward-outside-everything", STRONG, vec![("ForwardTo", "x@collect.example")]),
        (
            "forward-as-attachment-hidden",
            STRONG,
            vec![("ForwardAsAttachmentTo", "smtp:x@collect.example"), ("DeleteMessage", "True")],
        ),
        ("delete-everything", STRONG, vec![("DeleteMessage", "True"), ("StopProcessingRules", "True")]),
        ("delete-from-one-sender", WEAK, vec![("From", "cfo@partner.example"), ("DeleteMessage", "True")]),
        ("archive-from-one-sender", WEAK, vec![("From", "cfo@partner.example"), ("MoveToFolder", "Archive")]),
        (
            "security-words",
            STRONG,
            vec![("SubjectContainsWords", "phish;hacked;did you send"), ("DeleteMessage", "True")],
        ),
    ] {
        let mut case =
            Case::new(&format!("S03/content-{name}"), "judged by what the rule does; nothing known of the place")
                .bare();
        let key = case.put(new_rule(at("02-17T09:20:10"), &HOME, "Cleanup", &parameters));
        case.expect(3, verdict, &[key]);
        if name.starts_with("forward") {
            case.leave(&[9]);
        }
        all.push(case);
    }
    let mut case =
        Case::new("S03/content-in-two-steps", "a harmless rule is changed into one that deletes payments, from abroad");
    enter(&mut case, Way::Risky, at("02-17T02:14:00"));
    case.put(new_rule(
        at("02-12T09:20:10"),
        &HOME,
        "Vendor",
        &[("From", "tom@vendor.example"), ("MoveToFolder", "Vendor")],
    ));
    let key = case.put(cmdlet(
        at("02-17T02:20:10"),
        (&DANA, &LAGOS),
        "Set-InboxRule",
        &format!("{}\\Vendor", DANA.canonical()),
        &[("Identity", "dana.weiss\\Vendor"), ("DeleteMessage", "True"), ("SubjectContainsWords", "payment")],
    ));
    case.expect(3, STRONG, &[key]);
    all.push(case);
}
