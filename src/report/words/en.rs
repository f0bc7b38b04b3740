//! The words in English.
#![allow(clippy::too_many_lines, clippy::match_same_arms, reason = "a word list; two words may read the same")]

use super::Word;

/// The word; `{0}`, `{1}`, … stand for what [`super::fill`] puts in.
pub(super) fn word(word: Word) -> &'static str {
    match word {
        Word::HeadAnswer => "The answer",
        Word::HeadSymptoms => "The ten symptoms",
        Word::HeadResponse => "What to do now",
        Word::HeadFindings => "Findings",
        Word::HeadBeyond => "Beyond the ten",
        Word::HeadSignIns => "Sign-ins",
        Word::HeadRisky => "Risky sign-ins",
        Word::HeadByAddress => "By address",
        Word::HeadByCountry => "By country",
        Word::HeadByHour => "By weekday and hour ({0})",
        Word::HeadAttacker => "The attacker",
        Word::HeadCoverage => "What the evidence can and cannot show",
        Word::HeadEvidence => "Evidence",
        Word::HeadRejects => "Records that could not be read",
        Word::HeadTimeline => "Timeline",
        Word::HeadMethod => "Method",
        Word::HeadPages => "How each question is decided",
        Word::HeadStrongest => "Strongest findings",
        Word::HeadNotRead => "Files that were not read",
        Word::HeadIdentities => "Names of the account",
        Word::HeadCautions => "Cautions",
        Word::MissingMail => "Missing or deleted mail",
        Word::NoSentCopy => "Mail sent without a copy in Sent Items",
        Word::InboxRules => "Inbox rules nobody intended",
        Word::DisplayName => "Display name changed in the Global Address List",
        Word::BlockedFromSending => "Mailbox blocked from sending",
        Word::HackedMessages => "Hacked-account messages in Sent or Deleted Items",
        Word::ProfileChange => "Unusual profile changes",
        Word::CredentialChange => "Unusual credential changes",
        Word::Forwarding => "Mail forwarding recently added",
        Word::Signature => "Unusual signature recently added",
        Word::SuspiciousSignIns => "Suspicious sign-ins",
        Word::PasswordGuessing => "Password guessing",
        Word::MfaFatigue => "Repeated multifactor prompts",
        Word::ImpossibleTravel => "Impossible travel",
        Word::LegacyProtocol => "Legacy protocol sign-ins",
        Word::MailboxDelegate => "Mailbox delegation",
        Word::ResetPassword => "Reset the user's password",
        Word::RemoveForwarding => "Remove suspicious forwarding addresses",
        Word::DisableInboxRules => "Disable suspicious inbox rules",
        Word::UnblockSending => "Unblock the user from sending mail",
        Word::BlockSignIn => "Optional: block the account from signing in",
        Word::RemoveAdminRoles => "Optional: remove the account from all administrative role groups",
        Word::OtherPrecautions => "Optional: further precautions",
        Word::VerdictStrong => "strong",
        Word::VerdictWeak => "weak",
        Word::VerdictExplained => "explained",
        Word::VerdictNotSeen => "not seen",
        Word::VerdictNotAssessable => "cannot tell",
        Word::StepDone => "done",
        Word::StepUndone => "done, then undone",
        Word::StepPartial => "only in part",
        Word::StepNotSeen => "no trace",
        Word::StepNotAssessable => "cannot tell",
        Word::StepByAttacker => "done by the attacker",
        Word::StepBefore => "before the last attacker action: do it again",
        Word::StepAfter => "after the last attacker action",
        Word::SeverityInfo => "info",
        Word::SeverityLow => "low",
        Word::SeverityMedium => "medium",
        Word::SeverityHigh => "high",
        Word::SeverityCritical => "critical",
        Word::FactRecorded => "recorded: a record says that it was done",
        Word::FactInferred => "inferred: a side effect is recorded, the act is not",
        Word::FactSnapshot => "snapshot: it was so when somebody looked",
        Word::AttributionLinked => "linked to the attacker",
        Word::AttributionUnexplained => "unexplained",
        Word::AttributionExplained => "explained by usual use",
        Word::AttributionUnknown => "unknown: the record says too little",
        Word::FileRead => "read",
        Word::FilePartlyRead => "partly read",
        Word::FileUnreadable => "unreadable",
        Word::FileUnknownFormat => "unknown format",
        Word::OutcomeSuccess => "success",
        Word::OutcomeFailure => "failure",
        Word::OutcomeInterrupted => "interrupted",
        Word::OutcomeUnknown => "unknown",
        Word::KindUpn => "user principal name",
        Word::KindSmtp => "mail address",
        Word::KindObjectId => "object id",
        Word::KindPuid => "PUID",
        Word::KindMailboxGuid => "mailbox GUID",
        Word::KindSid => "SID",
        Word::KindLegacyDn => "legacy DN",
        Word::KindAlias => "alias",
        Word::Account => "Account",
        Word::Window => "Window",
        Word::Case => "Case",
        Word::Examiner => "Examiner",
        Word::Symptom => "Symptom",
        Word::Verdict => "Verdict",
        Word::Finding => "Finding",
        Word::Time => "Time (UTC)",
        Word::Severity => "Severity",
        Word::Fact => "How it is known",
        Word::Attribution => "Whose act",
        Word::Actor => "Actor",
        Word::Target => "Target",
        Word::Address => "Address",
        Word::Session => "Session",
        Word::Details => "Details",
        Word::Detail => "Detail",
        Word::Value => "Value",
        Word::Points => "Points",
        Word::Why => "Why",
        Word::Sum => "Sum",
        Word::Attack => "ATT&CK",
        Word::Records => "Records",
        Word::Record => "Record",
        Word::File => "File",
        Word::Line => "Line",
        Word::Offset => "Byte offset",
        Word::NativeId => "Native id",
        Word::Hash => "SHA-256",
        Word::Step => "Step",
        Word::State => "State",
        Word::At => "At (UTC)",
        Word::Note => "Note",
        Word::Country => "Country",
        Word::Network => "Network",
        Word::Total => "Total",
        Word::Succeeded => "Succeeded",
        Word::Failed => "Failed",
        Word::First => "First (UTC)",
        Word::Last => "Last (UTC)",
        Word::Outcome => "Outcome",
        Word::ErrorCode => "Error code",
        Word::Addresses => "Addresses",
        Word::Sessions => "Sessions",
        Word::Question => "Question",
        Word::Passes => "passes",
        Word::Fails => "fails",
        Word::Seen => "What was seen",
        Word::Format => "Format",
        Word::Bytes => "Bytes",
        Word::Events => "Events",
        Word::States => "States",
        Word::Duplicates => "Duplicates",
        Word::Rejected => "Rejected",
        Word::Salvaged => "Salvaged",
        Word::Status => "Status",
        Word::Code => "Code",
        Word::Reason => "Reason",
        Word::Excerpt => "Excerpt",
        Word::Message => "Message",
        Word::Source => "Evidence",
        Word::Action => "Operation",
        Word::Kind => "Kind",
        Word::LearnedFrom => "Learned from",
        Word::Tool => "Tool",
        Word::Needs => "Missing for an answer",
        Word::Weekday => "Weekday",
        Word::None => "none",
        Word::Given => "given by the investigator",
        Word::Monday => "Mon",
        Word::Tuesday => "Tue",
        Word::Wednesday => "Wed",
        Word::Thursday => "Thu",
        Word::Friday => "Fri",
        Word::Saturday => "Sat",
        Word::Sunday => "Sun",
        Word::Counts => "Counts",
        Word::Custody => "Times and hashes",
        Word::Gates => "Coverage checks",
        Word::FileNotes => "Remarks on files",
        Word::CaseNone => "not given",
        Word::InternalDomains => "Internal domains",
        Word::NotFired => "Beyond the ten, nothing to show",
        Word::Nobody => "No address or session could be linked to an attacker.",
        Word::NoRejects => "Every record was read.",
        Word::NoRejectsButFiles => {
            "No single record was refused, but some files were not read, or not whole: they stand in the list of the evidence."
        }
        Word::NoCited => "No event is cited by a finding.",
        Word::NoSignIns => "No sign-in of the account lies in the window.",
        Word::Headline => "What was found",
        Word::AllRecords => "All records (file, number, SHA-256)",
        Word::InAttackerSet => "In the attacker set",
        Word::AsNumber => "AS number",
        Word::Encoding => "Encoding",
        Word::WindowEnd => "End of the window, not included (UTC)",
        Word::ExposedSubject => "Subject or operations",
        Word::ExposedFolder => "Folder",
        Word::ExposedMailbox => "Mailbox",
        Word::ExposedHow => "How",
        Word::ExposedCount => "Count",
        Word::ExposedMail => "Mail",
        Word::ExposedFile => "Exposed file",
        Word::ExposedThrottled => "Day read beyond record",
        Word::ExposedRecipient => "Recipient",
        Word::ExposedAccount => "Other account",
        Word::SheetSplit => "{0} has {1 row|rows}, more than one sheet may hold, and goes on over {2 sheet|sheets}.",
        Word::CellsCut => {
            "{0}: {1 cell holds|cells hold} more text than a cell may have ({2 character|characters}); each says so at its end, and the whole text is in {3}."
        }
        Word::CellCut => "[cut here: {0 character|characters} in all, the whole text is in {1}]",
        Word::WorkbookGuide => {
            "Times are dates in UTC. The timeline has {0 event|events}; its columns are those of docs/schema.md that people filter by, and timeline.csv and timeline.parquet (--format csv,parquet) have all of them. Text from the evidence is always text, never a formula or a link; characters that cannot be seen are shown as markers. Sign-ins has a row for each record: one that two logs tell of is counted once here."
        }
        Word::ReportTitle => "Compromised mailbox report",
        Word::AnswerStrong => "The evidence shows strong signs that this account was taken over.",
        Word::AnswerOutside => "The evidence has strong findings, but none of them shows somebody in this account.",
        Word::AnswerTried => {
            "Somebody tried to sign in and was stopped; where the password was right, it is known to them."
        }
        Word::AnswerElsewhere => "Somebody else changed settings of the whole organisation.",
        Word::AnswerUnwatched => "Somebody else cut down what is audited of this account.",
        Word::AnswerUnnamed => {
            "No record of this evidence names the account: check the spelling, and give its other names (--alias). Nothing can be said of it."
        }
        Word::AnswerBeside => {
            "No record of this window, nor of the days before it, names the account, though others do: check --from and --to. Nothing can be said of it."
        }
        Word::AnswerNoRecords => "No record could be read from this evidence: nothing can be said of the account.",
        Word::AnswerBlank => {
            "None of Microsoft's ten symptoms could be assessed with this evidence: nothing can be said of them."
        }
        Word::AnswerWeak => "The evidence shows signs that need a closer look; none of them is conclusive.",
        Word::AnswerNothingButGaps => {
            "None of Microsoft's ten symptoms was seen, but {0} of the ten could not be assessed with this evidence: this is no all-clear."
        }
        Word::AnswerNothing => "None of Microsoft's ten symptoms was seen, in evidence that would have shown them.",
        Word::AnswerAttacker => {
            "The attacker's activity, as far as known, runs from {0} to {1} (known addresses: {2}, sessions: {3})."
        }
        Word::AnswerAttackerMinute => {
            "The attacker's activity, as far as known, falls in the minute of {0} (known addresses: {2}, sessions: {3})."
        }
        Word::AnswerFound => "{0}.",
        Word::AnswerFoundMore => "{0}; and {1} more.",
        Word::AnswerSure => "{0}.",
        Word::AnswerSureStrong => "strong signs of {0} of Microsoft's ten symptoms",
        Word::AnswerSureWeak => "weak signs only of {0} of the ten",
        Word::AnswerSureGaps => "no answer from this evidence for {0} of the ten",
        Word::AnswerSureBeyond => "other checks that found something: {0}",
        Word::AnswerAnd => "; ",
        Word::AnswerNext => "{0} (optional steps still open: {1}).",
        Word::AnswerNextOptional => {
            "No main response step that these findings call for is open; optional steps still open: {0}."
        }
        Word::AnswerNextNone => "Nothing that was found calls for a response step on this account.",
        Word::AnswerNextWho => {
            "Ask who made these changes and whether they were meant; examine the account that made them."
        }
        Word::AnswerNextName => {
            "Ask again with the name as the exports spell it; if it is right, get exports that hold the account."
        }
        Word::AnswerNextWindow => {
            "Ask again with a window in which the evidence has records of the account, or get exports of this window."
        }
        Word::AnswerNextLook => {
            "Look at these findings, rule out the innocent explanations named with them, and take the response steps where none fits."
        }
        Word::AnswerNextEvidence => "Get the missing evidence, which is named below.",
        Word::AnswerNextNothing => "Nothing here calls for the response steps.",
        Word::AnswerLost => "Some evidence was lost or is doubtful: see the evidence list.",
        Word::CountFindings => "{0} strong, {1} weak, {2} explained",
        Word::CountShort => "{0}/{1}/{2}",
        Word::CountShortHead => "Strong/ weak/ expl.",
        Word::EvidenceLine => {
            "{0 file|files}, {1 record|records}: {2 event|events}, {3 state|states}, {4 duplicate|duplicates}, {5} rejected ({6} salvaged)"
        }
        Word::SignInLine => {
            "{0} in all: {1} succeeded, {2} failed, {3} interrupted; failed although the password was right: {4}"
        }
        Word::SignInsUnknown => "{0} of them do not tell how they ended, or no longer do: neither succeeded nor failed",
        Word::SpanLine => "from {0} to {1}",
        Word::NoWindow => "none: no record has a time, and no window was given",
        Word::TimeUnknown => "time not known (snapshot)",
        Word::RecordWord => "record {0}",
        Word::MoreFindings => "{0} more in findings.csv",
        Word::MoreRows => "{0} more in report.json",
        Word::MoreRejects => "{0} more in rejects.jsonl",
        Word::MoreTimelineUnwritten => {
            "Events that findings cite: {1}, shown here: {0}. The timeline has {2 event|events}; --format csv writes all of them to timeline.csv."
        }
        Word::MoreTimeline => {
            "Events that findings cite: {1}, shown here: {0}. All events of the timeline ({2}) are in timeline.csv."
        }
        Word::ExplainedFold => "Findings with an innocent explanation: {0}",
        Word::NoFindings => "Nothing was found, and the evidence would have shown it.",
        Word::PageLink => "How this is decided, and innocent explanations",
        Word::PageCommand => "How this is decided, and innocent explanations: bectrace explain {0}",
        Word::GateTally => "Coverage checks that pass: {0} of {1}.",
        Word::BalanceHolds => "The books balance: records = events + states + duplicates + rejected.",
        Word::BalanceLine => {
            "{0 record|records} = {1 event|events} + {2 state|states} + {3 duplicate|duplicates} + {4} rejected ({5} salvaged)"
        }
        Word::BalanceBroken => "The books do not balance: this is a defect of the tool.",
        Word::HeatTitle => "Sign-ins by weekday and hour, {0}",
        Word::HeatDesc => {
            "Seven rows for Monday to Sunday, 24 columns for the hours; the darker, the more sign-ins. The table below holds the same numbers."
        }
        Word::SkipLink => "Skip to the findings",
        Word::Contents => "Contents",
        Word::MethodText => {
            "This report was made offline from exported logs; no tenant was contacted. Every finding names its records by file, record number, byte offset and SHA-256, and can be checked again. A verdict weighs two things apart: whether it happened, and whether it was the attacker. \"Cannot tell\" means that the evidence could not have shown it; only \"not seen\" means that it would have."
        }
        Word::MethodDefang => {
            "Addresses and links from outside the organization are written so that they cannot be followed (evil[.]example, hxxps). Characters that cannot be seen are shown as markers. Values as they stand in the evidence are in report.json and, where it was asked for, in timeline.parquet."
        }
        Word::MethodTeeth => {
            "Addresses and links stand here as in the evidence (--no-defang): whoever follows them by accident may be seen. Characters that cannot be seen are shown as markers."
        }
        Word::LegendScore => "score: what speaks for the attacker, and what the act itself does",
        Word::HeadSteps => "Response steps",
        Word::HeadStory => "What happened, and when",
        Word::HeadNarrative => "The story in short",
        Word::HeadGlossary => "Glossary",
        Word::HeadData => "Data the report rests on",
        Word::PlainMissingMail => "mail was deleted or disappeared",
        Word::PlainNoSentCopy => "mail went out that left no copy in Sent Items",
        Word::PlainInboxRules => "inbox rules were made that hide, delete or send on mail",
        Word::PlainDisplayName => "the name that others see was changed",
        Word::PlainBlockedFromSending => "Microsoft stopped the mailbox from sending",
        Word::PlainHackedMessages => "messages typical of a hacked account were sent or hidden",
        Word::PlainProfileChange => "contact data in the profile was changed",
        Word::PlainCredentialChange => "the password or the means of sign-in were changed",
        Word::PlainForwarding => "mail is or was forwarded to somebody else",
        Word::PlainSignature => "the signature was changed",
        Word::BannerStrong => "Strong signs of a takeover",
        Word::BannerOutside => "Strong findings, but none shows somebody in this account",
        Word::BannerBlank => "This evidence cannot tell",
        Word::BannerWeak => "Signs that need a closer look",
        Word::BannerGaps => "Nothing found, but the evidence has gaps: no all-clear",
        Word::BannerNothing => "No sign of a takeover in evidence that would show it",
        Word::TileActive => "Attacker active",
        Word::TileRecords => "{0 record|records} in {1 file|files}",
        Word::TileLost => "some evidence was lost or is doubtful",
        Word::TileWhole => "every record was read",
        Word::TileSteps => "{0} of {1} done",
        Word::HeadSure => "What this rests on",
        Word::SureFindings => {
            "Findings: {0} strong (recorded, and tied to the attacker, close in time to the attacker, or grave whoever did it), {1} weak (recorded or inferred, and not enough for strong), {2} with an innocent explanation."
        }
        Word::SureUnknown => "This evidence cannot tell:",
        Word::Comma => "; ",
        Word::MeansStrong => {
            "recorded, and tied to the attacker, close in time to the attacker, or grave whoever did it"
        }
        Word::MeansWeak => "recorded or inferred, and not enough for strong",
        Word::MeansExplained => "found, with an innocent explanation in the evidence",
        Word::MeansNotSeen => "nothing found, and the evidence would have shown it",
        Word::MeansNotAssessable => "the evidence could not have shown it",
        Word::StepsOpen => {
            "The seven steps of Microsoft's page, in its order. Still open: {0} of {1}. What was done before the attacker's last act has to be done again."
        }
        Word::StepToDo => "to do",
        Word::StepIsDone => "done",
        Word::DurationDays => "{0} d {1} h",
        Word::DurationHours => "{0} h {1} min",
        Word::DurationMoment => "under a minute",
        Word::DurationMinutes => "{0} min",
        Word::NoStory => "Nothing that was found has a place in a story.",
        Word::StoryStep => "Response: {0}: {1}",
        Word::StoryFirst => "First act of the attacker, as far as known",
        Word::StoryLast => "Last act of the attacker, as far as known",
        Word::StoryMoreUntimed => "{0} more of the same question",
        Word::StoryMore => "{0} more of the same question until {1}",
        Word::MoreStory => "{0 further line is|further lines are} left out; the findings below have all",
        Word::StoryTitle => "Findings and response steps over time (UTC)",
        Word::StoryDesc => {
            "One row for each question with findings, one mark for each finding at its time. Quiet hours are cut out of the time axis. The table below holds the same."
        }
        Word::StoryLegend => "shaded: from the attacker's first to the last act; quiet hours are left out",
        Word::TableTwin => "The same as a table",
        Word::FindingsIntro => {
            "Question by question; of each the strong findings first, in the order of time. Each finding unfolds to its evidence: how it is known, the terms of its score, and the records by file, number and hash. Findings with an innocent explanation are folded, not hidden."
        }
        Word::MoreFold => "{0 more finding|more findings} of this question",
        Word::InnocentFold => "Innocent explanations to rule out",
        Word::EvidenceFold => "Evidence (records: {0})",
        Word::EvidenceFoldScore => "Evidence (records: {0}, score {1})",
        Word::PageInnocent => "Innocent explanations",
        Word::Clipped => " [{0 more character|more characters}; whole in report.json]",
        Word::AttackerHere => "the attacker signed in from here",
        Word::AttackerShort => "attacker",
        Word::BarsDesc => {
            "One bar for each country, longest first: successful, failed and interrupted sign-ins. The table below holds the same numbers."
        }
        Word::AttackerHow => "How the attacker's addresses and sessions were found",
        Word::SignInsSucceeded => "Sign-ins, succeeded / all",
        Word::WhyAttacker => "Why it is the attacker's",
        Word::NeedsMore => "What would add to this answer",
        Word::NoEvidence => "No evidence file was read.",
        Word::Spans => "What it covers of the window",
        Word::CanShow => "What such a log shows",
        Word::CannotShow => "What it never shows",
        Word::PerKind => "Kind by kind",
        Word::MoreFiles => "+{0} (see the list of the evidence)",
        Word::TimelineDigest => "Of each finding the first events are shown, so that none crowds out the others.",
        Word::MoreEventsUnwritten => "{0} more; --format csv writes all of them to timeline.csv",
        Word::MoreEvents => "{0} more in timeline.csv",
        Word::FindingsLeftOutJson => {
            "Further findings of this question, not on this page: {0} (strong: {1}, weak: {2}, explained: {3}). All are in report.json."
        }
        Word::FindingsLeftOut => {
            "Further findings of this question, not on this page: {0} (strong: {1}, weak: {2}, explained: {3}). All are in findings.csv."
        }
        Word::EvidenceInJson => "This page has become long: the evidence for this finding is in report.json.",
        Word::EvidenceElsewhere => {
            "This page has become long: the evidence for this finding is in report.json and findings.csv."
        }
        Word::KindNone => "not a known export",
        Word::SpansWindow => "the whole window",
        Word::StartsLate => "begins after the window's start",
        Word::EndsEarly => "ends before the window's end",
        Word::SpansNothing => "nothing of the window",
        Word::SpansOther => "only another tenant's records",
        Word::SpansPart => "only a part of the window",
        Word::DaysTitle => "Events of the account per day (UTC)",
        Word::DaysDesc => {
            "One bar for each day; the height grows with the square root of the number. The darker part is what findings cite. The table below holds the numbers."
        }
        Word::DaysCited => "cited by findings",
        Word::DaysAll => "all events",
        Word::Day => "Day",
        Word::MoreDaysUnwritten => "{0 more day|more days}; --format csv writes the whole timeline to timeline.csv",
        Word::MoreDays => "{0 more day|more days} in timeline.csv",
        Word::MethodScore => {
            "The attacker score adds points for what ties an act to the attacker (a known session or address, an unusual network, country or client, closeness in time to the attacker's acts) and takes points off for the account's own habits. From 5 points of such terms an act counts as linked. What the act itself does (the content of a rule, say) has terms of its own in the same table; they make it graver and tie it to nobody. Each term is printed with the finding; nobody has to trust the sum."
        }
        Word::MethodTimes => {
            "All times are UTC unless another zone is named beside them. Times are those of the records; bectrace adds no clock of its own."
        }
        Word::DataBuiltIn => {
            "No GeoIP database was given. Countries are the registration countries of address blocks (regional Internet registries), built into the tool; they are a weak hint."
        }
        Word::DataCountries => {
            "None of these databases knows countries: they are the registration countries of address blocks (regional Internet registries), built into the tool, and a weak hint."
        }
        Word::DataAttribution => {
            "What the databases named above say of places and networks is as of their build date; their makers' licences and attributions apply."
        }
        Word::DataMicrosoft => {
            "The ten symptoms and the seven steps follow Microsoft's page \"Responding to a compromised email account\". Technique numbers are those of MITRE ATT&CK."
        }
        Word::Built => "Built",
        Word::FilterTable => "Filter this table:",
        Word::FilterShown => "rows: {0} of {1}",
        Word::SortBy => "Sort by this column",
        Word::SourceUal => "Unified audit log",
        Word::ShowsUal => {
            "what was done in mailboxes, directory, files and administration, by whom and from which address"
        }
        Word::HidesUal => {
            "the text of mails; reading before auditing was on; mail rules that existed before; anything older than the retention"
        }
        Word::SourceAdminAudit => "Exchange admin audit log",
        Word::ShowsAdminAudit => "cmdlets run by people: rules, forwarding, permissions, settings",
        Word::HidesAdminAudit => "rules made in Outlook itself; sign-ins; what was read or sent",
        Word::SourceMailboxAudit => "Mailbox audit log",
        Word::ShowsMailboxAudit => "deleting, moving and sending in the mailbox, by owner, delegate and administrator",
        Word::HidesMailboxAudit => "sign-ins, directory changes, and whatever was not set to be audited",
        Word::SourceEntraSignin => "Entra sign-in log",
        Word::ShowsEntraSignin => "who signed in, when, from where, with which client, and how it ended",
        Word::HidesEntraSignin => "what was done after the sign-in; use of a stolen session without a new sign-in",
        Word::SourceEntraAudit => "Entra audit log",
        Word::ShowsEntraAudit => "password resets, sign-in methods, roles, profile and application changes",
        Word::HidesEntraAudit => "what happened in the mailbox",
        Word::SourceRisk => "Risk report",
        Word::ShowsRisk => "which sign-ins and users Microsoft called risky, and why",
        Word::HidesRisk => "attackers that Microsoft did not notice",
        Word::SourceMessageTrace => "Message trace",
        Word::ShowsMessageTrace => "which mails left or arrived, and whether they were delivered",
        Word::HidesMessageTrace => "the text of mails; rules; sign-ins",
        Word::SourceSnapshot => "Configuration snapshot",
        Word::ShowsSnapshot => "rules, forwarding or permissions as they stood when somebody looked",
        Word::HidesSnapshot => "who made them, and when; what had been removed before",
        Word::TermSymptom => "Symptom",
        Word::GlossSymptom => "One of the ten signs on Microsoft's page \"Responding to a compromised email account\".",
        Word::TermUal => "Unified audit log",
        Word::GlossUal => {
            "Microsoft 365's record of what users and administrators do; the main evidence for most questions."
        }
        Word::TermSignIn => "Sign-in",
        Word::GlossSignIn => {
            "Proving who one is to Microsoft Entra; it yields a token with which the services are used."
        }
        Word::TermSession => "Session",
        Word::GlossSession => {
            "Everything that is done with the tokens of one sign-in; its id ties acts in different logs together."
        }
        Word::TermToken => "Token",
        Word::GlossToken => {
            "The proof of a sign-in that a program carries. A stolen token works without the password until it is revoked."
        }
        Word::TermRule => "Inbox rule",
        Word::GlossRule => {
            "An instruction to the mailbox, such as moving, deleting or forwarding mail with certain words."
        }
        Word::TermForwarding => "Forwarding",
        Word::GlossForwarding => "Sending every incoming mail on to another address, with or without a copy kept.",
        Word::TermDelegate => "Delegate",
        Word::GlossDelegate => "Somebody else who may open a mailbox or send in its name.",
        Word::TermMfa => "Multifactor authentication",
        Word::GlossMfa => {
            "A second proof at sign-in, such as an app or a telephone; an attacker may add one of their own."
        }
        Word::TermAppPassword => "App password",
        Word::GlossAppPassword => {
            "A second password for old programs; it skips multifactor authentication and survives a password reset."
        }
        Word::TermRecoverable => "Recoverable Items",
        Word::GlossRecoverable => {
            "Where deleted mail stays for a while after Deleted Items; what is purged from there is gone."
        }
        Word::TermTenant => "Tenant",
        Word::GlossTenant => "The organization's own part of Microsoft 365.",
        Word::TermUtc => "UTC",
        Word::GlossUtc => "Coordinated universal time: the zone in which the services write their logs.",
        Word::TermHash => "SHA-256",
        Word::GlossHash => "A fingerprint of bytes; the same fingerprint means the same bytes.",
        Word::TermAttack => "ATT&CK",
        Word::GlossAttack => "MITRE's catalogue of what attackers do; T-numbers name techniques.",
        Word::TermDefang => "Defanged",
        Word::GlossDefang => "Written so that it cannot be clicked: evil[.]example, hxxps.",
        Word::ExplainTen => "The ten symptoms of Microsoft's page \"Responding to a compromised email account\":",
        Word::ExplainBeyond => "Beyond the ten:",
        Word::ExplainHint => "bectrace explain inbox-rules prints the page of one of them",
        Word::ReportAt => "report: {0}",
        Word::HeadBlastRadius => "Other accounts that the attacker reached or tried",
        Word::NoAttackerNoRadius => {
            "No address or session of an attacker is known, so other accounts could not be looked for."
        }
        Word::NoBlastRadius => {
            "No other account of the organization was seen from the attacker's addresses or in the attacker's sessions, as far as this evidence goes."
        }
        Word::BlastRadiusIntro => {
            "Seen from the attacker's addresses or in the attacker's sessions. Each of these accounts deserves an examination of its own."
        }
        Word::HowFar => "How far",
        Word::OtherActs => "What else was done",
        Word::ReachTried => "tried, refused",
        Word::ReachPasswordKnown => "password right, stopped behind it",
        Word::ReachOpened => "mailbox opened",
        Word::ReachEntered => "entered",
        Word::HeadExposure => "Exposed mail and files",
        Word::ExposureLine => {
            "The attacker's sessions touched {0 mail|mails}, {1 mail folder|mail folders} and {2 file|files}, as far as the records say."
        }
        Word::NoAttackerNoExposure => {
            "No address or session of an attacker is known: what was touched cannot be listed."
        }
        Word::ExposureUnseen => {
            "No record of this evidence could tell which mails, mail folders or files the attacker's sessions touched."
        }
        Word::ExposureMailsUnseen => {
            "No record of this evidence could tell which mails were read. The attacker's sessions touched {2 file|files}, as far as the records say."
        }
        Word::ExposureFilesUnseen => {
            "The attacker's sessions touched {0 mail|mails} and {1 mail folder|mail folders}, as far as the records say. No record of this evidence could tell which files were opened."
        }
        Word::ThrottledLine => {
            "On these days the service stopped recording reads; everything in the mailbox has to be taken as read: {0}"
        }
        Word::ExposedMails => "Mails",
        Word::ExposedFolders => "Mail folders",
        Word::ExposedFiles => "Files",
        Word::Mail => "Mail (subject, folder, message id)",
        Word::Name => "Name",
        Word::HowTouched => "How",
        Word::ContactBind => "opened",
        Word::ContactSync => "taken whole (synchronised)",
        Word::ContactViewed => "viewed",
        Word::ContactDownloaded => "downloaded",
        Word::ContactChanged => "changed or shared",
        Word::ContactDeleted => "deleted or moved",
        Word::NoSubject => "(subject not recorded)",
        Word::NotRecorded => "(not recorded)",
        Word::HeadRecipients => "To whom the attacker wrote",
        Word::NoRecipients => "No mail of the attacker is recorded.",
        Word::NoAttackerNoRecipients => {
            "No address or session of an attacker is known: whether and to whom they wrote cannot be told."
        }
        Word::RecipientsUnseen => {
            "No record of this evidence could tell to whom the attacker wrote: it holds neither Send records of the mailbox nor a message trace of the whole window."
        }
        Word::RecipientsLine => {
            "{0 mail|mails} to {1 recipient|recipients}. Addresses that the records name: {2}; mails that do not list all theirs: {3}. These people should be warned by another way than mail, those who may pay first."
        }
        Word::RecipientsUncounted => {
            "{0 mail|mails}; the records do not tell to whom, nor to how many. These people should be warned by another way than mail, those who may pay first."
        }
        Word::Recipient => "Recipient",
        Word::Mails => "Mails",
        Word::Subjects => "Subjects",
        Word::Delivery => "Delivery",
        Word::Internal => "own organization",
        Word::SaidBy => ": {0}",
        Word::SaidOf => " on {0}",
        Word::SaidFrom => " from {0}",
        Word::SaidRisk => ": risk {0}",
        Word::SaidOutcome => ": {0}",
        Word::RiskNone => "none",
        Word::RiskLow => "low",
        Word::RiskMedium => "medium",
        Word::RiskHigh => "high",
        Word::RiskHidden => "hidden (no licence)",
        Word::RiskSafe => "confirmed safe",
        Word::RiskRemediated => "remediated",
        Word::RiskDismissed => "dismissed",
        Word::RiskAtRisk => "at risk",
        Word::RiskCompromised => "confirmed compromised",
        Word::RiskUnknown => "unknown",
        Word::SheetSummary => "Summary",
        Word::SheetFindings => "Findings",
        Word::SheetTimeline => "Timeline",
        Word::SheetSignIns => "Sign-ins",
        Word::SheetAddresses => "Addresses",
        Word::SheetExposure => "Exposure",
        Word::SheetResponse => "Response",
        Word::SheetEvidence => "Evidence",
        Word::SheetCoverage => "Coverage",
        Word::ExposedThrottledByAttacker => "throttled, attacker",
        Word::External => "other organization",
        Word::StepInPart => "done in part, something remains",
        Word::SealLine => "SHA-256 of SHA256SUMS (note it; verify --expect compares it): {0}",
        Word::PagesOnPaper => {
            "On paper only the pages of questions with findings are printed; bectrace explain shows all of them."
        }
        Word::LabelFound => "What was found",
        Word::LabelSure => "How sure this is",
        Word::LabelNext => "What to do next",
        Word::OnlyInEnglish => "This page is in English only.",
        Word::StepsNotCalledFor => {
            "Nothing was found that calls for these steps. Should other evidence call for them: this is what the records say of each."
        }
    }
}
