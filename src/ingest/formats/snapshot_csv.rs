//! Snapshots of the configuration as CSV: rules, forwarding, permissions, sign-in methods, consents, accounts, audits.
//!
//! Every row is a state: what stood when a collector looked. Columns are kept by name; checks read them as parameters.

use super::{Context, Format, Read, RecordReader, Refusal, Remarks, Tools, no_dates};
use crate::ingest::file_name::address_in_name;
use crate::ingest::records::auditdata;
use crate::ingest::records::state::{self, Collected, State, is_type_name};
use crate::ingest::sniff::{CsvHead, Head, Shape};
use crate::ingest::text::cells::Cells;
use crate::ingest::values::fields::{self, NameValue, lower, text};
use crate::ingest::values::times;
use crate::ingest::values::when::Clock;
use crate::knowledge::listed;
use crate::ledger::Note;
use crate::timeline::{Draft, EvidenceSource, format_time};

/// Inbox rules as Get-InboxRule gives them, raw or through a collector.
pub static INBOX_RULES: Format = format(
    "snapshot_inbox_rules_csv",
    &["ruleidentity", "forwardto"],
    |shape| is(shape, INBOX_RULES.wants, &["ruleid"]) && tells_all(shape),
    |head, _| Reader::boxed(head, INBOX_RULES.id, &RULES),
);

/// Inbox rules as Graph gives them, through a collector.
pub static INBOX_RULES_GRAPH: Format = format(
    "snapshot_inbox_rules_graph_csv",
    &["sequence", "ruleid", "forwardto"],
    |shape| is(shape, INBOX_RULES_GRAPH.wants, &["ruleidentity"]) && tells_all(shape),
    |head, _| Reader::boxed(head, INBOX_RULES_GRAPH.id, &RULES_GRAPH),
);

/// Some columns of inbox rules, as older collectors chose them, or somebody who looked for one thing. That a rule is not in
/// them, or does no more, proves nothing.
pub static RULES_IN_PART: Format = format(
    "snapshot_rules_in_part_csv",
    &["forwardto", "enabled", "name", "movetofolder"],
    |shape| {
        let of_rules = is(shape, INBOX_RULES.wants, &[]) || is(shape, INBOX_RULES_GRAPH.wants, &[]);
        if of_rules {
            return is(shape, &[], &["auditdata"]) && !tells_all(shape);
        }
        is(shape, &["forwardto"], &["ruleidentity", "ruleid", "auditdata", "operations", "operation"])
            && has_one(shape, &["ruleenabled", "enabled"])
            && has_one(shape, RULES.name)
            && has_one(shape, &["redirectto", "movetofolder", "identity"])
    },
    |head, _| Reader::boxed(head, RULES_IN_PART.id, &RULES_PARTLY),
);

/// Forwarding settings of mailboxes: to an address, to a contact, or both.
pub static FORWARDING: Format = format(
    "snapshot_forwarding_csv",
    &["forwardingsmtpaddress", "delivertomailboxandforward"],
    |shape| {
        is(shape, &["delivertomailboxandforward"], &["auditbypassenabled", "auditdata"])
            && (has_one(shape, &[SMTP]) || has_one(shape, &[CONTACT]) && has_one(shape, FORWARDS.mailbox))
    },
    |head, _| Reader::boxed(head, FORWARDING.id, &FORWARDS),
);

/// Who may open which mailbox, or send in its name: a collector's row for a mailbox, or a cmdlet's for a person.
pub static PERMISSIONS: Format = format(
    "snapshot_mailbox_permissions_csv",
    &["userprincipalname", "fullaccessusers"],
    |shape| is(shape, PERMISSIONS.wants, &[]) || is_of_person(shape),
    |head, _| Reader::boxed(head, PERMISSIONS.id, if is_of_person(&head.shape) { &RIGHT } else { &RIGHTS }),
);

/// A row of `Get-MailboxPermission` or `Get-RecipientPermission`; rights in one folder are another matter.
fn is_of_person(shape: &Shape) -> bool {
    is(shape, &["identity", "accessrights"], &["foldername", "sharingpermissionflags", "auditdata", "operation"])
        && has_one(shape, &["user", "trustee"])
        && has_one(shape, &["isinherited", "deny", "inheritancetype", "accesscontroltype"])
}

/// Sign-in methods of accounts.
pub static MFA: Format = format(
    "snapshot_mfa_csv",
    &["user", "mfastatus"],
    |shape| is(shape, MFA.wants, &[]),
    |head, _| Reader::boxed(head, MFA.id, &METHODS),
);

/// What applications were allowed: a collector's row for a scope, or the directory's own for a grant.
pub static OAUTH: Format = format(
    "snapshot_oauth_csv",
    &["permissiontype", "consenttype", "permission"],
    |shape| is(shape, OAUTH.wants, &[]) || is(shape, &["clientid", "consenttype", "principalid", "scope"], &[]),
    |head, _| Reader::boxed(head, OAUTH.id, &GRANTS),
);

/// Accounts.
pub static USERS: Format = Format {
    dates: |csv| csv.column("lastpasswordchangedatetime"),
    ..format(
        "snapshot_users_csv",
        &["userprincipalname", "lastpasswordchangedatetime"],
        |shape| is(shape, USERS.wants, &[]),
        |head, context| {
            let clock = Clock { order: context.date_order, assumed: true };
            Box::new(Reader { clock, ..Reader::of(head, USERS.id, &ACCOUNTS) })
        },
    )
};

/// Whether mailboxes are audited.
pub static MAILBOX_AUDIT: Format = format(
    "snapshot_mailbox_audit_csv",
    &["userprincipalname", "auditbypassenabled"],
    |shape| is(shape, MAILBOX_AUDIT.wants, &[]),
    |head, _| Reader::boxed(head, MAILBOX_AUDIT.id, &AUDITING),
);

/// Mail flow rules of the organisation.
pub static TRANSPORT_RULES: Format = format(
    "snapshot_transport_rules_csv",
    &["name", "mode", "state", "priority"],
    |shape| {
        is(shape, TRANSPORT_RULES.wants, &["auditdata", "forwardto"])
            || is(shape, &["name", "description", "createdby", "whenchanged", "state"], &["auditdata"])
            || is(shape, &["name", "state"], &["auditdata", "operation", "forwardto"]) && has_one(shape, &SENDS_ON)
    },
    |head, _| Reader::boxed(head, TRANSPORT_RULES.id, &MAIL_FLOW),
);

type MakeReader = fn(&Head, &Context) -> Box<dyn RecordReader>;

const fn format(
    id: &'static str,
    wants: &'static [&'static str],
    claims: fn(&Shape) -> bool,
    reader: MakeReader,
) -> Format {
    Format { id, evidence: EvidenceSource::Snapshot, wants, claims, dates: no_dates, reader }
}

fn is(shape: &Shape, wants: &[&str], but_not: &[&str]) -> bool {
    matches!(shape, Shape::Csv(csv) if csv.has(wants) && !but_not.iter().any(|name| csv.column(name).is_some()))
}

/// Whether there is one of these columns.
fn has_one(shape: &Shape, names: &[&str]) -> bool {
    matches!(shape, Shape::Csv(csv) if names.iter().any(|name| csv.column(name).is_some()))
}

/// Whether a table of rules has columns for all that a rule may do to a mail: who looks for forwarding leaves the others
/// out, and a rule that deletes is an ordinary one there.
fn tells_all(shape: &Shape) -> bool {
    has_one(shape, &DELETES) && has_one(shape, &MOVES) && has_one(shape, &["redirectto"])
}

/// Columns that say whether a rule deletes.
const DELETES: [&str; 4] = ["deletemessage", "softdeletemessage", "delete", "permanentdelete"];
/// Whether it moves.
const MOVES: [&str; 1] = ["movetofolder"];

/// Which columns say what the row is about; of several the first that the header has.
struct Kind {
    action: &'static str,
    mailbox: &'static [&'static str],
    account: &'static [&'static str],
    account_id: &'static [&'static str],
    others: &'static [&'static str],
    name: &'static [&'static str],
    id: &'static [&'static str],
    /// What cannot be known where the table has none of these columns, though it decides what the row means.
    absent: &'static [(&'static str, &'static [&'static str])],
}

const NOTHING: Kind =
    Kind { action: "", mailbox: &[], account: &[], account_id: &[], others: &[], name: &[], id: &[], absent: &[] };

const RULES: Kind = Kind {
    action: "InboxRule",
    mailbox: &["username", "userprincipalname", "mailboxownerid", "mailbox"],
    name: &["rulename", "name"],
    id: &["ruleidentity"],
    ..NOTHING
};

static RULES_GRAPH: Kind = Kind {
    action: "InboxRule",
    mailbox: &["userprincipalname", "username"],
    name: &["rulename", "displayname"],
    id: &["ruleid"],
    ..NOTHING
};

static RULES_PARTLY: Kind = Kind {
    mailbox: &["username", "userprincipalname", "mailboxownerid", "mailbox"],
    name: &["rulename", "name", "displayname"],
    id: &["ruleidentity", "ruleid", "identity"],
    // That it may redirect is told with the file, not of each rule: nothing says that any does.
    absent: &[(CONDITIONS, &CONDITION_COLUMNS), ("DeleteMessage", &DELETES), ("MoveToFolder", &MOVES)],
    ..RULES
};

/// What a rule may ask for.
const CONDITIONS: &str = "Conditions";
const CONDITION_COLUMNS: [&str; 10] = [
    "subjectcontains",
    "bodycontains",
    "from",
    "fromaddresscontainswords",
    "subjectcontainswords",
    "subjectorbodycontainswords",
    "bodycontainswords",
    "headercontainswords",
    "recipientaddresscontainswords",
    "conditions",
];

const SMTP: &str = "forwardingsmtpaddress";
const CONTACT: &str = "forwardingaddress";

static FORWARDS: Kind = Kind {
    action: "MailboxForwarding",
    mailbox: &["userprincipalname", "primarysmtpaddress", "windowsemailaddress", "alias", "name"],
    account_id: &["externaldirectoryobjectid"],
    name: &[SMTP, CONTACT],
    absent: &[("ForwardingSmtpAddress", &[SMTP])],
    ..NOTHING
};

static RIGHTS: Kind = Kind {
    action: "MailboxPermission",
    mailbox: &["userprincipalname"],
    others: &["fullaccessusers", "sendasusers", "sendonbehalfusers", "calendarusers", "inboxusers"],
    ..NOTHING
};

static RIGHT: Kind = Kind { mailbox: &["identity"], others: &["user", "trustee"], ..RIGHTS };

static METHODS: Kind = Kind { action: "MfaStatus", account: &["user"], name: &["mfastatus"], ..NOTHING };

static GRANTS: Kind = Kind {
    action: "OAuthGrant",
    account: &["principaluserprincipalname"],
    account_id: &["principalobjectid", "principalid"],
    name: &["permission", "scope"],
    ..NOTHING
};

static ACCOUNTS: Kind =
    Kind { action: "User", account: &["userprincipalname"], account_id: &["id"], others: &["mail"], ..NOTHING };

static AUDITING: Kind =
    Kind { action: "MailboxAudit", mailbox: &["userprincipalname"], name: &["effectiveauditstate"], ..NOTHING };

static MAIL_FLOW: Kind = Kind {
    action: "TransportRule",
    name: &["name"],
    absent: &[("RedirectMessageTo", &["description", "redirectmessageto", "blindcopyto", "copyto", "addtorecipients"])],
    ..NOTHING
};

/// What a mail flow rule may send mail to, as columns of its own.
const SENDS_ON: [&str; 4] = ["redirectmessageto", "blindcopyto", "copyto", "addtorecipients"];

/// How the services spell the columns; others stay as the header's comparing form has them.
const SPELLING: &str = "\
    PSComputerName RunspaceId PSShowComputerName State Mode UserName RuleName Enabled Priority RuleIdentity \
    StopProcessingRules CopyToFolder MoveToFolder RedirectTo ForwardTo ForwardAsAttachmentTo ApplyCategory \
    MarkImportance MarkAsRead DeleteMessage SoftDeleteMessage From SubjectContainsWords SubjectOrBodyContainsWords \
    BodyContainsWords HasAttachment Description InError ErrorType UserPrincipalName Sequence ForwardAsAttachment \
    Delete PermanentDelete SubjectContains BodyContains HasAttachments IsImportant RuleId MailboxOwnerId Name \
    Identity FromAddressContainsWords HeaderContainsWords SentTo RecipientAddressContainsWords ExceptIfFrom \
    ExceptIfSubjectContainsWords WithImportance WithinSizeRangeMinimum WithinSizeRangeMaximum ReceivedAfterDate \
    ReceivedBeforeDate MyNameInToBox MyNameInCcBox SendTextMessageNotificationTo ForwardingSmtpAddress \
    ForwardingAddress DeliverToMailboxAndForward PrimarySmtpAddress WindowsEmailAddress Alias DisplayName \
    RecipientTypeDetails FullAccessUsers FullAccessPermissions SendAsUsers SendAsPermissions SendOnBehalfUsers \
    CalendarUsers CalendarPermissions InboxUsers InboxPermissions FullAccessCount MFAstatus temporaryAccessPass \
    certificateBasedAuthConfiguration qrcodepin hellobusiness softwareoath PermissionType AppId ClientObjectId \
    AppDisplayName ResourceObjectId ResourceDisplayName Permission ConsentType PrincipalObjectId \
    PrincipalDisplayName Homepage PublisherName ReplyUrls IsEnabled CreationTimestamp Id Department JobTitle \
    AccountEnabled CreatedDateTime LastPasswordChangeDateTime UserType OnPremisesSyncEnabled Mail LastSignInDateTime \
    LastNonInteractiveSignInDateTime IdentityProvider City Country UsageLocation AuditEnabled AuditBypassEnabled \
    DefaultAuditSet OwnerAuditActions EffectiveAuditState WhenChanged CreatedBy Trustee AccessRights IsInherited \
    Deny InheritanceType AccessControlType ClientDisplayName ClientId PrincipalId ResourceId Scope BlindCopyTo CopyTo \
    RedirectMessageTo AddToRecipients";

/// Collectors' names for columns of the cmdlet.
const RENAMED: [(&str, &str); 2] = [("ruleenabled", "Enabled"), ("textdescription", "Description")];

/// Times of an account that a check reads; the culture of the machine that made the list writes them.
const TIMES: [&str; 2] = ["CreatedDateTime", "LastPasswordChangeDateTime"];

struct Reader {
    /// Id of the table.
    table: &'static str,
    kind: &'static Kind,
    /// Header cells for comparing, and as the services spell them.
    names: Vec<(String, String)>,
    collected: Collected,
    /// The mailbox that the file's name has.
    mailbox: String,
    /// How dates of a culture are read.
    clock: Clock,
}

impl Reader {
    fn boxed(head: &Head, table: &'static str, kind: &'static Kind) -> Box<dyn RecordReader> {
        Box::new(Self::of(head, table, kind))
    }

    fn of(head: &Head, table: &'static str, kind: &'static Kind) -> Self {
        let columns: &[String] = match &head.shape {
            Shape::Csv(CsvHead { columns, .. }) => columns,
            _ => &[],
        };
        let spelt = |name: &String| {
            let name = RENAMED.iter().find(|(other, _)| other == name).map_or(name.as_str(), |(_, usual)| usual);
            let known = SPELLING.split_whitespace().find(|known| known.eq_ignore_ascii_case(name));
            known.unwrap_or(name).to_owned()
        };
        let names = columns.iter().map(|name| (name.clone(), spelt(name))).collect();
        let mailbox = if kind.mailbox.is_empty() { String::new() } else { address_in_name(&head.file_name) };
        Self { table, kind, names, collected: Collected::from_name(&head.file_name), mailbox, clock: Clock::default() }
    }

    /// The first of these columns that the header has and the row fills with a value.
    fn get<'a>(&self, cells: &Cells<'a>, wanted: &[&str]) -> &'a str {
        let places = wanted.iter().filter_map(|name| self.names.iter().position(|(column, _)| column == name));
        let mut values =
            places.map(|at| cells.column(Some(at))).filter(|value| !value.is_empty() && !is_type_name(value));
        values.next().unwrap_or_default()
    }

    fn columns(&self, cells: &Cells<'_>) -> Vec<NameValue> {
        let pair = |(at, (column, name)): (usize, &(String, String))| {
            let value = cells.column(Some(at));
            let kept = (!is_type_name(value)).then(|| self.value(name, value));
            // A collector's own marks are no part of the rule, nor is the bag in which Graph's modules keep what they do not
            // know: the name of its type stands for nothing.
            if name.starts_with('_') || kept.is_none() && column == "additionalproperties" {
                return None;
            }
            // A rule without a name is a thing to know; elsewhere an empty cell says nothing.
            let nameless = self.kind.action == "InboxRule" && self.kind.name.contains(&column.as_str());
            (nameless || !value.is_empty() && !name.is_empty()).then(|| NameValue { name: name.clone(), value: kept })
        };
        self.names.iter().enumerate().filter_map(pair).collect()
    }

    /// A cell's value; a time of a culture as every check reads times, where its order of day and month is known.
    fn value(&self, name: &str, value: &str) -> String {
        let of_culture = TIMES.contains(&name) && times::iso_time(value).is_none();
        let time = of_culture.then(|| self.clock.read(value).ok()).flatten();
        time.map_or_else(|| value.to_owned(), |(time, _)| format_time(time))
    }

    fn absent(&self) -> Vec<&'static str> {
        let has = |column: &&str| self.names.iter().any(|(name, _)| name == column);
        let absent = self.kind.absent.iter().filter(|(_, columns)| !columns.iter().any(has));
        absent.map(|(what, _)| *what).collect()
    }

    /// The mailbox in front of a rule's name or number (`alice@contoso.example\1234567890`), which `Get-InboxRule` gives
    /// it for an identity.
    fn mailbox_of_rule<'a>(&self, cells: &Cells<'a>) -> &'a str {
        let identity = if self.kind.action == "InboxRule" { self.get(cells, &["identity"]) } else { "" };
        identity.split_once('\\').map_or("", |(mailbox, _)| mailbox)
    }
}

/// Why a line is no row: it has one cell, or a word and a number, where the table has more. Programs write under a table how
/// many rows it has; what is no such remark may be a row of which nothing is left but whose it was.
fn under_the_table(cells: &Cells<'_>, width: usize) -> Option<Refusal> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let first = cells.get(0).trim();
    let counts = cells.len() == 2 && is_number(cells.get(1).trim());
    if width < 4 || cells.len() > 1 && !counts {
        return None;
    }
    let text = "a line with nothing of a row but its first cell: a remark under the table, or a row that was cut";
    let refusal = Refusal::new("R-106", text);
    let words = first.trim_matches(['(', ')']).to_lowercase();
    let begins = words.split([' ', ':']).next().unwrap_or_default();
    let remark = counts || is_number(begins) || matches!(begins, "total" | "count" | "rows");
    Some(if remark { refusal.of_foreign() } else { refusal })
}

impl RecordReader for Reader {
    fn read<'r>(&'r self, row: &'r str, tools: &'r mut Tools, remarks: &mut Remarks) -> Read<'r> {
        let cells = tools.cells.read(row);
        if let Some(refusal) = under_the_table(&cells, self.names.len()) {
            remarks.push(fields::ragged(cells.len(), self.names.len()));
            return Err(refusal);
        }
        let mut event = Box::<Draft<'_>>::default();
        let get = |wanted: &[&str]| self.get(&cells, wanted);
        let others = self.kind.others.iter().flat_map(|column| listed::entries(get(&[column]))).map(listed::who);
        let told = [get(self.kind.mailbox), self.mailbox_of_rule(&cells), &self.mailbox];
        let state = State {
            table: self.table,
            action: self.kind.action,
            mailbox: told.into_iter().find(|mailbox| !mailbox.is_empty()).unwrap_or_default(),
            account: get(self.kind.account),
            account_id: get(self.kind.account_id),
            others: others.collect(),
            name: get(self.kind.name),
            id: get(self.kind.id),
            columns: self.columns(&cells),
            absent: self.absent(),
        };
        let nobodys = state.mailbox.is_empty() && !self.kind.mailbox.is_empty();
        remarks.extend(state::fill(state, &self.collected, &mut event));
        if nobodys {
            remarks.push(("R-162", state::NOBODYS.to_owned()));
            auditdata::note(&mut event, "R-162");
        }
        event.app_id = lower(get(&["appid"]));
        event.app_name = text(get(&["appdisplayname", "clientdisplayname"]));
        auditdata::note_ragged(&mut event, remarks, cells.len(), self.names.len());
        event.raw = Some(row.into());
        Ok(event)
    }

    fn notes(&self) -> Vec<Note> {
        let text = "a table of rules without columns for all that a rule may do: that none does more than it shows is not \
                    known from it";
        let partly = std::ptr::eq(self.kind, &raw const RULES_PARTLY).then(|| Note::new("R-163", text));
        state::notes(&self.collected).into_iter().chain(partly).collect()
    }
}
