//! S01: mail is missing or was deleted.

use super::case::{CALM, Case, EDGES, INNOCENT, SEEN, STRONG, WEAK};
use super::entry::{WAYS, Way, enter};
use super::records::{With, cmdlet, delete, directory, item, other, own, read, send};
use super::world::{ADMIN, ADMIN_DESK, DANA, ELI, HOME, LAGOS, NOWHERE, OUTLOOK, PHONE, Seat, at};

pub const SENT: [(&str, &str); 16] = [
    ("en", "\\Sent Items"),
    ("da", "\\Sendt post"),
    ("de", "\\Gesendete Elemente"),
    ("es", "\\Elementos enviados"),
    ("fr", "\\Éléments envoyés"),
    ("fr-prefixed", "\\l\\Éléments envoyés"),
    ("nl", "\\Verzonden items"),
    ("ru", "\\Отправленные"),
    ("sv", "\\Skickat"),
    ("zh", "\\已发送邮件"),
    ("ja", "\\送信済みアイテム"),
    ("ko", "\\보낸 편지함"),
    ("it", "\\Posta inviata"),
    ("pt", "\\Itens enviados"),
    ("pl", "\\Elementy wysłane"),
    ("en-below", "\\Sent Items\\2026"),
];

const NOTICES: [(&str, &str, &str); 12] = [
    ("en-sign-in", "\\Inbox", "New sign-in to your account"),
    ("en-mfa", "\\Inbox", "Security info was added to your account"),
    ("en-undeliverable", "\\Inbox", "Undeliverable: Updated bank details"),
    ("en-question", "\\Inbox", "RE: did you send this?"),
    ("ja", "\\受信トレイ", "Microsoft アカウントのセキュリティ情報が追加されました"),
    ("ja-password", "\\受信トレイ", "パスワードが変更されました"),
    ("de", "\\Posteingang", "Warnung: Anmeldung an Ihrem Konto"),
    ("fr", "\\Boîte de réception", "Votre compte a peut-être été piraté"),
    ("es", "\\Bandeja de entrada", "Creo que te han pirateado"),
    ("zh", "\\收件箱", "您的帐户存在可疑活动"),
    ("ru", "\\Входящие", "Возможен взлом вашей учетной записи"),
    ("ja-undeliverable", "\\受信トレイ", "配信不能: 振込先変更のお願い"),
];

pub fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    sent_then_deleted(&mut all);
    dumpster(&mut all);
    notices(&mut all);
    many(&mut all);
    preparation(&mut all);
    noise(&mut all);
    all
}

fn sent_then_deleted(all: &mut Vec<Case>) {
    for (language, folder) in SENT {
        let mut case = Case::new(
            &format!("S01/c-sent-then-deleted-{language}"),
            "sent, and the copy removed 36 seconds later, from an address never used before",
        );
        enter(&mut case, Way::NewPlace, at("02-17T02:10:00"));
        let sent = case.put(send(
            at("02-17T02:14:05"),
            own(&DANA, &LAGOS),
            ("Updated bank details", "<a1@x.example>"),
            &["claire@proseware.example"],
        ));
        let gone = case.put(delete(
            at("02-17T02:14:41"),
            own(&DANA, &LAGOS),
            "SoftDelete",
            folder,
            &[("Updated bank details", "<a1@x.example>")],
        ));
        case.expect(1, STRONG, &[sent, gone]).expect(2, STRONG, &[sent, gone]).expect(6, STRONG, &[sent]);
        all.push(case);
    }
    for way in WAYS {
        let mut case = Case::new(
            &format!("S01/c-{}", way.word()),
            "sent, and the copy hard-deleted an hour later in the same session",
        );
        enter(&mut case, way, at("02-17T02:10:00"));
        let sent = case.put(send(
            at("02-17T02:14:05"),
            own(&DANA, &LAGOS),
            ("Wire transfer", "<a2@x.example>"),
            &["claire@proseware.example"],
        ));
        let gone = case.put(delete(
            at("02-17T03:14:41"),
            own(&DANA, &LAGOS),
            "HardDelete",
            "\\Sent Items",
            &[("Wire transfer", "<a2@x.example>")],
        ));
        case.expect(1, STRONG, &[sent, gone]).expect(2, STRONG, &[sent, gone]).expect(6, STRONG, &[sent]);
        all.push(case);
    }
    let mut case =
        Case::new("S01/c-own-copy-deleted-at-home", "the owner tidies a sent mail away from the usual laptop");
    let sent = case.put(send(
        at("02-17T08:14:05"),
        own(&DANA, &HOME),
        ("Lunch", "<own1@x.example>"),
        &["eli.novak@fabrikam.example"],
    ));
    let gone = case.put(delete(
        at("02-17T08:20:41"),
        own(&DANA, &HOME),
        "MoveToDeletedItems",
        "\\Sent Items",
        &[("Lunch", "<own1@x.example>")],
    ));
    case.expect(1, INNOCENT, &[]).spare(1, &[sent, gone]).spare(2, &[sent, gone]);
    all.push(case);
}

fn dumpster(all: &mut Vec<Case>) {
    let folders = [
        "\\Recoverable Items\\Deletions",
        "\\Recoverable Items\\Purges",
        "\\Deletions",
        "\\Purges",
        "\\Recoverable Items",
    ];
    for (way, folder) in WAYS.iter().zip(folders) {
        let mut case = Case::new(
            &format!("S01/b-dumpster-{}", way.word()),
            "64 mails purged from Recoverable Items by the intruder",
        );
        enter(&mut case, *way, at("02-17T02:10:00"));
        let ids: Vec<String> = (0..64).map(|number| format!("<d{number}@vendor.example>")).collect();
        let mails: Vec<(&str, &str)> = ids.iter().map(|id| ("Delivery dates", id.as_str())).collect();
        let gone = case.put(delete(at("02-17T02:40:00"), own(&DANA, &LAGOS), "HardDelete", folder, &mails));
        case.expect(1, STRONG, &[gone]);
        all.push(case);
    }
    let mut case =
        Case::new("S01/b-dumpster-at-home", "the dumpster emptied from the usual laptop: always at least weak");
    let gone = case.put(delete(
        at("02-17T09:40:00"),
        own(&DANA, &HOME),
        "HardDelete",
        "\\Recoverable Items\\Deletions",
        &[("Delivery dates", "<d1@vendor.example>")],
    ));
    case.expect(1, WEAK, &[gone]);
    all.push(case);
    let mut case =
        Case::new("S01/b-dumpster-nothing-known", "the dumpster emptied, and nothing says from where").bare();
    let gone = case.put(delete(
        at("02-17T09:40:00"),
        own(&DANA, &NOWHERE),
        "HardDelete",
        "\\Recoverable Items\\Deletions",
        &[("Delivery dates", "<d1@vendor.example>")],
    ));
    case.expect(1, WEAK, &[gone]);
    all.push(case);
    let mut case = Case::new("S01/b-retention", "the service's own retention empties the dumpster");
    let gone = case.put(
        delete(
            at("02-17T09:40:00"),
            own(&DANA, &NOWHERE),
            "HardDelete",
            "\\Recoverable Items\\Deletions",
            &[("Delivery dates", "<d1@vendor.example>")],
        )
        .with("LogonType", 4)
        .with("InternalLogonType", 4)
        .with("UserType", 4)
        .with("UserId", "S-1-5-18")
        .with("ClientInfoString", "Client=TBA;Action=MRM"),
    );
    case.expect(1, INNOCENT, &[]).spare(1, &[gone]);
    all.push(case);
}

fn notices(all: &mut Vec<Case>) {
    for (number, (language, folder, subject)) in NOTICES.into_iter().enumerate() {
        let way = WAYS[number % WAYS.len()];
        let operation = ["MoveToDeletedItems", "SoftDelete", "HardDelete"][number % 3];
        let mut case = Case::new(&format!("S01/notice-{language}"), "a security notice deleted by the intruder");
        enter(&mut case, way, at("02-17T02:10:00"));
        let gone = case.put(delete(
            at("02-17T02:13:00"),
            own(&DANA, &LAGOS),
            operation,
            folder,
            &[(subject, "<n1@microsoft.example>")],
        ));
        case.expect(1, STRONG, &[gone]);
        if subject.contains("bank") || subject.contains("振込") {
            case.leave(&[6]);
        }
        all.push(case);
    }
    let mut case = Case::new("S01/notice-by-the-owner", "the owner deletes the notice of an own sign-in, at home");
    let gone = case.put(delete(
        at("02-17T08:13:00"),
        own(&DANA, &HOME),
        "MoveToDeletedItems",
        "\\Inbox",
        &[("New sign-in to your account", "<n2@microsoft.example>")],
    ));
    case.expect(1, INNOCENT, &[]).spare(1, &[gone]);
    all.push(case);
    let mut case = Case::new("S01/notice-of-a-colleague", "a notice in the colleague's mailbox is not this mailbox");
    let gone = case.put(delete(
        at("02-17T08:13:00"),
        own(&ELI, &LAGOS),
        "HardDelete",
        "\\Inbox",
        &[("New sign-in to your account", "<n3@microsoft.example>")],
    ));
    case.expect(1, INNOCENT, &[]).spare(1, &[gone]);
    all.push(case);
    for (name, time, seen) in EDGES {
        let mut case = Case::at_edge("S01", name).argued(&["--attacker-ip", LAGOS.ip]);
        let gone = case.put(delete(
            at(time),
            own(&DANA, &LAGOS),
            "SoftDelete",
            "\\Inbox",
            &[("New sign-in to your account", "<n4@microsoft.example>")],
        ));
        if seen {
            case.expect(1, STRONG, &[gone]);
        } else {
            case.expect(1, INNOCENT, &[]).spare(1, &[gone]);
        }
        all.push(case);
    }
}

fn many(all: &mut Vec<Case>) {
    let mut case =
        Case::new("S01/twelve-mails", "twelve ordinary mails deleted in the intruder's session, one record each");
    enter(&mut case, Way::Risky, at("02-17T02:10:00"));
    let mut keys = Vec::new();
    for number in 0..12 {
        let id = format!("<m{number}@vendor.example>");
        keys.push(case.put(delete(
            at("02-17T02:20:00") + number * 7,
            own(&DANA, &LAGOS),
            "SoftDelete",
            "\\Inbox",
            &[("Delivery dates", &id)],
        )));
    }
    case.expect(1, STRONG, &keys);
    all.push(case);
    let mut case = Case::new("S01/answers-removed", "the answers to the intruder's own mail are removed");
    enter(&mut case, Way::Risky, at("02-17T02:10:00"));
    let sent = case.put(send(
        at("02-17T02:14:05"),
        own(&DANA, &LAGOS),
        ("Updated bank details", "<a3@x.example>"),
        &["claire@proseware.example", "tom@vendor.example"],
    ));
    let gone = case.put(delete(
        at("02-17T03:30:00"),
        own(&DANA, &LAGOS),
        "HardDelete",
        "\\Inbox",
        &[
            ("RE: Updated bank details", "<r1@proseware.example>"),
            ("Automatic reply: Updated bank details", "<r2@vendor.example>"),
        ],
    ));
    case.expect(1, STRONG, &[gone]).expect(6, STRONG, &[sent]).leave(&[2]);
    all.push(case);
    let mut case = Case::new("S01/read-then-deleted", "the intruder reads a mail and then deletes it");
    enter(&mut case, Way::Risky, at("02-17T02:10:00"));
    case.put(read(at("02-17T02:12:00"), own(&DANA, &LAGOS), "Bind", &["<q1@vendor.example>"]));
    let gone = case.put(delete(
        at("02-17T02:13:00"),
        own(&DANA, &LAGOS),
        "HardDelete",
        "\\Inbox",
        &[("Delivery dates", "<q1@vendor.example>")],
    ));
    case.expect(1, SEEN, &[gone]);
    all.push(case);
    let mut case = Case::new("S01/burst-without-a-place", "eighty mails gone in four minutes, nothing says from where");
    let mut keys = Vec::new();
    for number in 0..80 {
        let id = format!("<b{number}@vendor.example>");
        keys.push(case.put(delete(
            at("02-17T11:20:00") + number * 3,
            own(&DANA, &Seat { info: "Client=REST;;", ..NOWHERE }),
            "SoftDelete",
            "\\Inbox",
            &[("Delivery dates", &id)],
        )));
    }
    case.expect(1, WEAK, &keys[..1]);
    all.push(case);
}

fn preparation(all: &mut Vec<Case>) {
    for (name, command, parameters) in [
        ("recovery-off", "Set-Mailbox", vec![("Identity", DANA.upn), ("SingleItemRecoveryEnabled", "False")]),
        ("retention-short", "Set-Mailbox", vec![("Identity", DANA.upn), ("RetainDeletedItemsFor", "00:00:00")]),
        ("hold-off", "Set-Mailbox", vec![("Identity", DANA.upn), ("LitigationHoldEnabled", "False")]),
    ] {
        let mut case = Case::new(
            &format!("S01/e-{name}"),
            "the ability to recover mail is taken away from the intruder's address",
        );
        enter(&mut case, Way::Risky, at("02-17T02:10:00"));
        let key = case.put(cmdlet(at("02-17T02:22:00"), (&ADMIN, &LAGOS), command, &DANA.canonical(), &parameters));
        case.expect(1, SEEN, &[key]);
        all.push(case);
    }
    let mut case = Case::new(
        "S01/f-purge-by-the-administrator",
        "the administrator purges a reported phishing mail from every mailbox",
    );
    let purge = case.put(
        cmdlet(
            at("02-18T09:10:00"),
            (&ADMIN, &ADMIN_DESK),
            "New-ComplianceSearchAction",
            "phish-0218",
            &[("SearchName", "phish-0218"), ("Purge", "True"), ("PurgeType", "SoftDelete")],
        )
        .with("RecordType", 18)
        .with("Workload", "SecurityComplianceCenter"),
    );
    case.expect(1, INNOCENT, &[]).spare(1, &[purge]);
    all.push(case);
    let mut case = Case::new("S01/g-protection-removes-phish", "Microsoft removes a phishing mail after delivery");
    let zap = case.put(
        other(at("02-18T09:10:00"), "TIMailData", 28, ("S-1-5-18", "ThreatIntelligence"))
            .with("UserType", 4)
            .with("Recipients", serde_json::json!([DANA.upn]))
            .with("Subject", "Your password expires")
            .with("InternetMessageId", "<phish@bad.example>")
            .with("DeliveryAction", "Blocked")
            .with("LatestDeliveryLocation", "Quarantine"),
    );
    case.expect(1, INNOCENT, &[]).spare(1, &[zap]);
    all.push(case);
}

fn noise(all: &mut Vec<Case>) {
    let mut case = Case::new("S01/N1-pending-change", "Outlook's own pending changes are no mails");
    let mut keys = Vec::new();
    for number in 0..40 {
        keys.push(case.put(
            item(at("02-17T09:00:00") + number, own(&DANA, &OUTLOOK), "SoftDelete", 3)
                .with("ResultStatus", "PartiallySucceeded")
                .with("Folder", serde_json::json!({"Path": "\\Inbox"}))
                .with("AffectedItems", serde_json::json!([{"Id": "Rg1", "Subject": "IPM.Microsoft.PendingChange.MessageItem", "ParentFolder": {"Path": "\\Inbox"}}])),
        ));
    }
    case.expect(1, INNOCENT, &[]).spare(1, &keys);
    all.push(case);
    let mut case = Case::new("S01/N2-friday-bin", "Outlook empties the bin on Friday, as every week");
    for (week, time) in [
        "01-09T16:55:00",
        "01-16T16:55:00",
        "01-23T16:55:00",
        "01-30T16:55:00",
        "02-06T16:55:00",
        "02-13T16:55:00",
        "02-20T16:55:00",
    ]
    .into_iter()
    .enumerate()
    {
        let ids: Vec<String> = (0..212).map(|number| format!("<bin{week}-{number}@vendor.example>")).collect();
        let mails: Vec<(&str, &str)> = ids.iter().map(|id| ("Delivery dates", id.as_str())).collect();
        let key = case.put(delete(at(time), own(&DANA, &OUTLOOK), "HardDelete", "\\Deleted Items", &mails));
        case.spare(1, &[key]);
    }
    case.expect(1, INNOCENT, &[]);
    all.push(case);
    for folder in [
        "\\PersonMetadata",
        "\\Contacts",
        "\\Calendar",
        "\\Tasks",
        "\\Conversation Action Settings",
        "\\Sync Issues",
        "\\Kalender",
    ] {
        let mut case = Case::new(
            &format!("S01/N3-{}", folder.trim_start_matches('\\').replace(' ', "-").to_lowercase()),
            "no mail lives in this folder",
        );
        let key = case.put(delete(
            at("02-17T09:00:00"),
            own(&DANA, &HOME),
            "MoveToDeletedItems",
            folder,
            &[("Tom", "<p1@vendor.example>")],
        ));
        case.expect(1, INNOCENT, &[]).spare(1, &[key]);
        all.push(case);
    }
    let mut case = Case::new("S01/N-phone-swipes", "thirty swipes on the usual telephone");
    let mut keys = Vec::new();
    for number in 0..30 {
        let id = format!("<s{number}@vendor.example>");
        keys.push(case.put(delete(
            at("02-17T18:20:00") + number * 4,
            own(&DANA, &PHONE),
            "MoveToDeletedItems",
            "\\Inbox",
            &[("Offers of the week", &id)],
        )));
    }
    case.expect(1, INNOCENT, &[]).spare(1, &keys);
    all.push(case);
    let mut case = Case::new("S01/N-draft-discarded", "a draft discarded at home");
    let key = case.put(delete(
        at("02-17T09:00:00"),
        own(&DANA, &HOME),
        "SoftDelete",
        "\\Drafts",
        &[("Password list", "<draft@x.example>")],
    ));
    case.expect(1, INNOCENT, &[]).spare(1, &[key]);
    all.push(case);
    let mut case = Case::new("S01/N-failed", "a deletion that failed");
    let key = case.put(
        delete(at("02-17T09:00:00"), own(&DANA, &HOME), "HardDelete", "\\Inbox", &[("New sign-in", "<f@x.example>")])
            .with("ResultStatus", "Failed"),
    );
    case.expect(1, CALM, &[]).spare(1, &[key]);
    all.push(case);
    let mut case =
        Case::new("S01/N-bin-without-baseline", "one ordinary deletion and no weeks before to compare with").bare();
    let key = case.put(delete(
        at("02-17T09:00:00"),
        own(&DANA, &HOME),
        "SoftDelete",
        "\\Deleted Items",
        &[("Delivery dates", "<o@x.example>")],
    ));
    case.expect(1, CALM, &[]).spare(1, &[key]);
    all.push(case);
    let mut case = Case::new(
        "S01/N-responder",
        "the administrator resets the password, and the owner deletes the notice of it at home",
    );
    case.put(directory(at("02-18T09:00:00"), (&ADMIN, &DANA), "Reset user password.", &[]));
    let key = case.put(delete(
        at("02-18T09:30:00"),
        own(&DANA, &HOME),
        "MoveToDeletedItems",
        "\\Inbox",
        &[("Your password was reset", "<pw@x.example>")],
    ));
    case.expect(1, INNOCENT, &[]).spare(1, &[key]).leave(&[8]);
    all.push(case);
}
