//! Lifetimes: what was set and taken away again is told with how long it stood. Attackers tidy up; a setting that stood
//! for ten minutes says more than one that is still there. Judges nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::analyze::acts;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::settings::applications::{Introduced, REVOKED};
use crate::analyze::settings::credentials::{self, Act, Kind};
use crate::analyze::settings::mailbox::{self, Mailbox};
use crate::analyze::settings::{directory, granted, roles};
use crate::examination::IdentityKind;
use crate::finding::{Assessment, Finding};
use crate::knowledge::folders;
use crate::timeline::{format_time, json};
use crate::untrusted::Untrusted;

/// Tells, with each finding about a setting, when it was taken away and by whom. Rules and forwarding are told by their
/// own replay.
pub fn tell(exam: &Exam<'_>, assessments: &mut [Assessment]) {
    let mut settings = Settings::new();
    let mut standing: BTreeMap<String, Standing<'_, '_>> = BTreeMap::new();
    let known = Introduced::learn(exam);
    for row in exam.rows.iter().filter(|row| !row.failed()) {
        for mark in marks(exam, row, &known) {
            match mark {
                Mark::On(key) => standing.entry(key).or_default().set.push(row),
                Mark::Off(key) => {
                    if let Some(standing) = standing.get_mut(&key) {
                        standing.end(row, is_one_of_several(&key), &mut settings);
                    }
                }
            }
        }
    }
    if settings.values().flatten().all(Option::is_none) {
        return;
    }
    standing.into_values().for_each(|standing| standing.stay(&mut settings));
    for finding in assessments.iter_mut().flat_map(|assessment| &mut assessment.findings) {
        if !finding.facts.contains_key(UNTIL) {
            tell_one(finding, &settings);
        }
    }
}

/// What each record, by file and number, set inside the window: when, and the record that ended it, or nothing where it
/// stood to the end of the log.
type Settings<'x, 'e> = BTreeMap<(&'x str, u64), Vec<Option<(DateTime<Utc>, &'x Row<'e>)>>>;

/// What stands under one key.
#[derive(Default)]
struct Standing<'x, 'e> {
    /// The records that set it.
    set: Vec<&'x Row<'e>>,
    /// How many of them are over, of those that a record cannot tell from each other.
    over: usize,
}

impl<'x, 'e> Standing<'x, 'e> {
    /// What the record takes away. Of several that it cannot tell apart it takes one, and nobody knows which before the last
    /// one is gone.
    fn end(&mut self, end: &'x Row<'e>, one_of_several: bool, settings: &mut Settings<'x, 'e>) {
        self.over += 1;
        if one_of_several && self.over < self.set.len() {
            return;
        }
        self.over = 0;
        for row in self.set.drain(..) {
            note(settings, row, Some((row.event.datetime, end)));
        }
    }

    fn stay(self, settings: &mut Settings<'x, 'e>) {
        self.set.into_iter().for_each(|row| note(settings, row, None));
    }
}

fn note<'x, 'e>(settings: &mut Settings<'x, 'e>, row: &'x Row<'e>, end: Option<(DateTime<Utc>, &'x Row<'e>)>) {
    if row.in_window {
        let origin = &row.event.origin;
        settings.entry((&*origin.file, origin.record)).or_default().push(end);
    }
}

/// Application passwords and means of sign-in that records call by their kind alone.
fn is_one_of_several(key: &str) -> bool {
    key == APP_PASSWORD || key.starts_with(KIND)
}

const APP_PASSWORD: &str = "app password";
const KIND: &str = "kind of means ";
const UNTIL: &str = "stood until";

fn tell_one(finding: &mut Finding, settings: &Settings<'_, '_>) {
    let set: Vec<Option<(DateTime<Utc>, &Row<'_>)>> = finding
        .records
        .iter()
        .filter_map(|cited| settings.get(&(&*cited.evidence, cited.record)))
        .flatten()
        .copied()
        .collect();
    let ends: Vec<(DateTime<Utc>, &Row<'_>)> = set.iter().copied().flatten().collect();
    let Some((from, last)) = ends.iter().copied().max_by_key(|(_, end)| end.event.order()) else { return };
    // A finding about several settings is over when all of them are.
    if ends.len() < set.len() {
        return;
    }
    let minutes = (last.event.datetime - from).num_minutes();
    let told = format!("{} ({minutes} min)", format_time(last.event.datetime));
    finding.facts.insert(UNTIL.to_owned(), Untrusted::new(told));
    if let Some(by) = last.event.user_raw.as_deref() {
        finding.facts.insert("taken away by".to_owned(), by.into());
    }
    for record in last.records() {
        if !finding.records.contains(&record) {
            finding.beside.push(record.clone());
            finding.records.push(record);
        }
    }
}

/// What a record does to a setting, which a key names across records.
enum Mark {
    On(String),
    Off(String),
}

impl Mark {
    fn new(on: bool, key: String) -> Self {
        if on { Self::On(key) } else { Self::Off(key) }
    }
}

fn marks(exam: &Exam<'_>, row: &Row<'_>, known: &Introduced) -> Vec<Mark> {
    match () {
        () if directory::is_directory(row.event) => in_directory(row, known),
        () if row.event.is(&FOLDERS) => on_folder(exam, row).into_iter().collect(),
        () if row.event.is(&WHOLE) => on_mailbox(exam, row).into_iter().collect(),
        () if row.event.action().contains('-') => by_cmdlet(row),
        () => in_store(exam, row).into_iter().collect(),
    }
}

/// A right on a folder, given or taken in Outlook.
fn in_store(exam: &Exam<'_>, row: &Row<'_>) -> Option<Mark> {
    let mailbox = mailbox::of_item(row);
    let key = |(trustee, folder): (String, String)| folder_key(exam, &mailbox, &folder, &trustee);
    let given = || granted::given_in_store(row).map(|right| Mark::On(key(right)));
    granted::taken_in_store(row).map(|right| Mark::Off(key(right))).or_else(given)
}

/// Cmdlets about a right on a folder. What was shared in Outlook an administrator takes away by one of them.
const FOLDERS: [&str; 3] =
    ["Add-MailboxFolderPermission", "Set-MailboxFolderPermission", "Remove-MailboxFolderPermission"];

fn on_folder(exam: &Exam<'_>, row: &Row<'_>) -> Option<Mark> {
    let (identity, trustee) = (row.param("Identity")?, row.param("User")?);
    let (head, folder) = folders::in_mailbox(&identity).unwrap_or(("", &identity));
    let mut mailbox = mailbox::of_cmdlet(exam, row);
    if !head.is_empty() {
        mailbox.ours = mailbox.ours || mailbox::is_ours(exam, head);
    }
    let opens = || !row.param("AccessRights").is_some_and(|rights| granted::opens_nothing(&rights));
    let on = !row.event.is(&["Remove-MailboxFolderPermission"]) && opens();
    Some(Mark::new(on, folder_key(exam, &mailbox, folder, &trustee)))
}

/// Cmdlets about a right on a whole mailbox, or to send in its name.
const WHOLE: [&str; 4] =
    ["Add-MailboxPermission", "Remove-MailboxPermission", "Add-RecipientPermission", "Remove-RecipientPermission"];

fn on_mailbox(exam: &Exam<'_>, row: &Row<'_>) -> Option<Mark> {
    let (verb, noun) = row.event.action().split_once('-')?;
    let trustee = row.param("User").or_else(|| row.param("Trustee"))?;
    let (whose, person) = (whose(exam, &mailbox::of_cmdlet(exam, row)), person(exam, &trustee));
    Some(Mark::new(verb.eq_ignore_ascii_case("Add"), format!("{} {whose} {person}", noun.to_lowercase())))
}

/// A right on a folder by one name, however the record calls the mailbox, the folder and the person.
fn folder_key(exam: &Exam<'_>, mailbox: &Mailbox, folder: &str, trustee: &str) -> String {
    let (whose, person) = (whose(exam, mailbox), person(exam, trustee));
    let folder = folder.trim_matches(['\\', '/', ' ']).to_lowercase();
    let role = folders::role(&folder).filter(|_| !folder.contains(['\\', '/']));
    let folder = role.map_or(folder, |role| format!("{role:?}"));
    format!("right {whose} {folder} {person}")
}

fn whose(exam: &Exam<'_>, mailbox: &Mailbox) -> String {
    if mailbox.ours { exam.subject.user.clone() } else { mailbox.name.to_lowercase() }
}

/// A person's account where the alias, the object id or the name that is shown is one account's only; else as written.
fn person(exam: &Exam<'_>, name: &str) -> String {
    let name = mailbox::last(name).trim().to_lowercase();
    if let [only] = exam.identities.with_local_part(&name) {
        return only.clone();
    }
    let owned = |kind| exam.identities.owners(kind, &name);
    match (&*owned(IdentityKind::ObjectId), &*owned(IdentityKind::Name)) {
        ([only], []) | ([], [only]) => (*only).to_owned(),
        _ => name,
    }
}

/// Cmdlets that make something, those that take it away, and the parameters that together name it.
const PAIRS: [(&[&str], &[&str], &[&str]); 5] = [
    (
        &["New-TransportRule", "Enable-TransportRule"],
        &["Remove-TransportRule", "Disable-TransportRule"],
        &["Name|Identity"],
    ),
    (&["New-JournalRule", "Enable-JournalRule"], &["Remove-JournalRule", "Disable-JournalRule"], &["Name|Identity"]),
    (&["New-InboundConnector"], &["Remove-InboundConnector"], &["Name|Identity"]),
    (&["New-OutboundConnector"], &["Remove-OutboundConnector"], &["Name|Identity"]),
    (&["Add-RoleGroupMember"], &["Remove-RoleGroupMember"], &["Identity", "Member"]),
];

fn by_cmdlet(row: &Row<'_>) -> Vec<Mark> {
    let event = row.event;
    let given =
        |names: &str| names.split('|').find_map(|name| row.param(name)).map(|value| value.trim().to_lowercase());
    for (number, (on, off, names)) in PAIRS.iter().enumerate() {
        if event.is(on) || event.is(off) {
            let parts: Vec<String> = names.iter().map(|names| given(names).unwrap_or_default()).collect();
            return vec![Mark::new(event.is(on), format!("{number} {}", parts.join(" ")))];
        }
    }
    let mut found = Vec::new();
    let whose = given("Identity").or_else(|| event.target_raw.as_deref().map(str::to_lowercase)).unwrap_or_default();
    let flag = |name: &str| given(name).and_then(|value| json::boolean(&value));
    if event.is(&["Set-MailboxMessageConfiguration"]) {
        let texts = ["SignatureHtml", "SignatureText", "SignatureTextOnMobile", "SignatureHtmlBody"];
        let written = texts.into_iter().find_map(given);
        let deleted = given("DeleteSignatureName").is_some() || flag("AutoAddSignature") == Some(false);
        let on =
            written.as_deref().map(|text| !text.is_empty()).or(deleted.then_some(false)).or(flag("AutoAddSignature"));
        found.extend(on.map(|on| Mark::new(on, format!("signature {whose}"))));
    }
    if event.is(&["Set-MailboxAutoReplyConfiguration"]) {
        let on = given("AutoReplyState").map(|state| state != "disabled");
        found.extend(on.map(|on| Mark::new(on, format!("automatic answer {whose}"))));
    }
    if event.is(&["Set-Mailbox"]) {
        let on = given("GrantSendOnBehalfTo").map(|value| !value.is_empty() && value != "$null");
        found.extend(on.map(|on| Mark::new(on, format!("on behalf {whose}"))));
        found.extend(flag("AuditEnabled").map(|on| Mark::new(!on, format!("auditing {whose}"))));
        found.extend(flag("HiddenFromAddressListsEnabled").map(|on| Mark::new(on, format!("hidden {whose}"))));
    }
    if event.is(&["Set-MailboxAuditBypassAssociation"]) {
        found.extend(flag("AuditBypassEnabled").map(|on| Mark::new(on, format!("bypass {whose}"))));
    }
    if event.is(&["Set-AdminAuditLogConfig"]) {
        found.extend(flag("UnifiedAuditLogIngestionEnabled").map(|on| Mark::new(!on, "audit log".to_owned())));
    }
    found
}

fn in_directory(row: &Row<'_>, known: &Introduced) -> Vec<Mark> {
    let event = row.event;
    let app = |on: bool| vec![Mark::new(on, format!("application {}", known.of(event).name.to_lowercase()))];
    let given = [
        "Consent to application",
        "Add delegated permission grant",
        "Add app role assignment grant to user",
        "Add app role assignment to service principal",
    ];
    if event.is(&given) {
        return app(true);
    }
    if event.is(&REVOKED) {
        return app(false);
    }
    let role = || acts::changed(event, "Role.DisplayName").filter(|name| !name.is_empty());
    // To whom, and how: the same role of another person, or the right to activate it, is another one.
    let anothers = event.target_upn.as_deref().or(event.target_raw.as_deref()).filter(|_| !row.parts.target);
    let whose = anothers.unwrap_or_default().to_lowercase();
    let key = |role: String| format!("role {role} {:?} {whose}", roles::kind(event));
    if event.is(&["Add member to role", "Add eligible member to role", "Add scoped member to role"]) {
        return role().map(|role| Mark::On(key(role))).into_iter().collect();
    }
    if event.is(&["Remove member from role", "Remove eligible member from role", "Remove scoped member from role"]) {
        let old = crate::timeline::details::changes(event).into_iter().find(|change| change.name == "Role.DisplayName");
        let old = old.map(|change| crate::timeline::details::plain(change.old.as_deref()));
        return old.or_else(role).map(|role| Mark::Off(key(role))).into_iter().collect();
    }
    match credentials::act(row) {
        Some(Act::AppPasswordCreated) => return vec![Mark::On(APP_PASSWORD.to_owned())],
        Some(Act::AppPasswordDeleted) => return vec![Mark::Off(APP_PASSWORD.to_owned())],
        Some(Act::Methods(methods)) => {
            let added = methods.added.iter().map(|what| Mark::On(means(row, what)));
            let removed = methods.removed.iter().map(|what| Mark::Off(means(row, what)));
            return added.chain(removed).collect();
        }
        _ => {}
    }
    // A value is over when a later record names it as the old one.
    let profile = directory::profile(event).into_iter().filter(|_| row.parts.target);
    profile
        .flat_map(|property| {
            let key = |value: &str| format!("property {} {value}", property.name.to_lowercase());
            let old = property.old.as_deref().filter(|old| !old.is_empty()).map(|old| Mark::Off(key(old)));
            let new = Some(property.new.as_str()).filter(|new| !new.is_empty()).map(|new| Mark::On(key(new)));
            [old, new].into_iter().flatten().collect::<Vec<_>>()
        })
        .collect()
}

/// The Entra audit tells a means that comes and one that goes by different activities; its reason says of what kind it is.
/// Where nothing does, an ending is known to belong only to means of which nothing says it either.
fn means(row: &Row<'_>, what: &str) -> String {
    match (credentials::is_entra(row), Kind::in_record(row, what)) {
        (true, Some(kind)) => format!("{KIND}{kind:?}"),
        (true, None) => format!("{KIND}unknown"),
        (false, _) => format!("means {what}"),
    }
}
