//! S10: signatures, automatic replies and appended text that the owner would not write.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::mails::{self, SUSPICIOUS};
use crate::analyze::mail::markup;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::mailbox;
use crate::analyze::shown::coverage::GateId::{G1, G2, G3, G5, G7};
use crate::analyze::{Check, Meta, is_housekeeping};
use crate::finding::{Attribution, Finding, Severity, Weight};
use crate::knowledge::{domains, normalise, phones, words};
use crate::timeline::details;

/// The check.
pub static CHECK: Check = Check { meta: META, examine };

const META: Meta = Meta {
    number: 10,
    id: "signature",
    title: "Unusual signature recently added",
    gates: &[&[G1], &[G2], &[G5]],
    adds: &[G3, G7],
    never_not_seen: Some(
        "with roaming signatures, which are usual today, an edit leaves no record, and desktop signatures are files on the \
         computer: compare mails sent before and after",
    ),
    severity: Severity::High,
    attack: &["T1684.001", "T1656", "T1566.002"],
    page: include_str!("../../../docs/symptoms/signature.md"),
};

/// Mailboxes written to within ten minutes, or with the same payment details within a day, that make a roll-out.
const ROLL_OUT: usize = 20;
/// Mailboxes that got the same payment details within a day from which it is a template, right or wrong.
const TEMPLATE: usize = 5;

/// Where text is set.
const PLACES: [Place; 3] = [
    Place {
        cmdlets: &["Set-MailboxMessageConfiguration"],
        texts: &["SignatureHtml", "SignatureText", "SignatureHtmlBody", "SignatureTextOnMobile"],
        what: ("A signature", "署名"),
    },
    Place {
        cmdlets: &["Set-MailboxAutoReplyConfiguration"],
        texts: &["InternalMessage", "ExternalMessage"],
        what: ("An automatic reply", "自動応答"),
    },
    Place {
        cmdlets: &["New-TransportRule", "Set-TransportRule"],
        texts: &["ApplyHtmlDisclaimerText"],
        what: ("Text appended to the organisation's mail", "組織のメールに追加される文面"),
    },
];

/// Switches of a signature; off they are no signature.
const SWITCHES: [&str; 9] = [
    "AutoAddSignature",
    "AutoAddSignatureOnReply",
    "AutoAddSignatureOnMobile",
    "UseDefaultSignatureOnMobile",
    "DefaultSignature",
    "DefaultSignatureOnReply",
    "SignatureName",
    "DeleteSignatureName",
    "AutoReplyState",
];

struct Place {
    cmdlets: &'static [&'static str],
    texts: &'static [&'static str],
    what: (&'static str, &'static str),
}

impl Place {
    /// Whether it is no mailbox's own.
    fn is_everybodys(&self) -> bool {
        self.cmdlets.contains(&"Set-TransportRule")
    }

    /// The mailbox whose text it is, where that is not the account's.
    fn other_mailbox(&self, exam: &Exam<'_>, row: &Row<'_>) -> Option<String> {
        if self.is_everybodys() { None } else { mailbox::not_ours(exam, row) }
    }
}

/// What a text holds that a reader has to know.
#[derive(Debug, Default, PartialEq, Eq)]
struct Content {
    /// Payment and pharmacy words and the kinds of payment numbers.
    hot: Vec<String>,
    /// Domains of links, pictures and addresses that are not the organisation's.
    foreign: BTreeSet<String>,
    /// Words of money beside a link that leads outside.
    asks_for_money: bool,
    /// Telephone numbers with their calling codes.
    telephones: Vec<String>,
    /// Whether one of them is of a country that the account's sign-ins do not know.
    calls_abroad: bool,
}

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let texts = Texts::of(exam);
    let rows = exam.window_rows().filter(|row| !row.failed() && !is_housekeeping(row.class));
    rows.filter_map(|row| {
        let place = place(row)?;
        let own = place.is_everybodys() || row.parts.any() && !mailbox::is_only_anothers(exam, row);
        own.then(|| finding(exam, &texts, row, place)).flatten()
    })
    .collect()
}

/// Where a text is set: the place, whether the account takes part, and whose mailbox, where it is another's.
type Whose = (&'static str, bool, Option<String>);

/// The texts that records set, by where, in the order of time: one administrator may write thousands.
struct Texts<'x, 'e>(BTreeMap<Whose, Vec<(&'x Row<'e>, String)>>);

impl<'x, 'e> Texts<'x, 'e> {
    fn of(exam: &'x Exam<'e>) -> Self {
        let mut texts: BTreeMap<Whose, Vec<(&Row<'_>, String)>> = BTreeMap::new();
        for row in exam.rows.iter().filter(|row| !row.failed()) {
            let Some(place) = place(row) else { continue };
            let text = text_of(row, place);
            if !text.is_empty() {
                texts.entry(whose(exam, row, place)).or_default().push((row, text));
            }
        }
        Self(texts)
    }

    /// The one that was set in the row's place last before another record, with the record that tells it.
    fn before(&self, exam: &Exam<'_>, row: &Row<'_>, place: &Place, than: &Row<'_>) -> Option<&(&'x Row<'e>, String)> {
        let texts = self.0.get(&whose(exam, row, place))?;
        let behind = texts.partition_point(|(other, _)| other.event.order() < than.event.order());
        behind.checked_sub(1).and_then(|last| texts.get(last))
    }
}

fn whose(exam: &Exam<'_>, row: &Row<'_>, place: &Place) -> Whose {
    (place.what.0, row.parts.any(), place.other_mailbox(exam, row))
}

fn place(row: &Row<'_>) -> Option<&'static Place> {
    PLACES.iter().find(|place| row.event.is(place.cmdlets))
}

/// The text that a record sets, its parts on lines of their own.
fn text_of(row: &Row<'_>, place: &Place) -> String {
    let texts: Vec<String> =
        place.texts.iter().filter_map(|name| row.param(name)).filter(|text| !text.trim().is_empty()).collect();
    texts.join("\n")
}

fn finding<'e>(exam: &Exam<'e>, texts: &Texts<'_, 'e>, row: &Row<'_>, place: &Place) -> Option<Finding> {
    let own = text_of(row, place);
    let score = exam.points(row);
    let state = row.param("AutoReplyState").unwrap_or_default();
    let is = |word: &str| state.eq_ignore_ascii_case(word);
    // What is switched on without a text is the text that was saved before.
    let switched_on = own.is_empty() && (is("Enabled") || is("Scheduled"));
    let saved = switched_on.then(|| texts.before(exam, row, place, row)).flatten();
    let Some(text) = saved.map(|(_, text)| text.clone()).or(Some(own).filter(|own| !own.is_empty())) else {
        return switch(exam, row, place, score);
    };
    let off = is("Disabled");
    // A text that stood there before the window is no new one.
    let from = saved.map(|(saved, _)| *saved).filter(|saved| saved.in_window);
    let before = match (saved, from) {
        (Some((_, text)), None) => Some(text.clone()),
        _ => texts.before(exam, row, place, from.unwrap_or(row)).map(|(_, text)| text.clone()),
    };
    let content = content(exam, &text);
    let weight = match weight(exam, row, score, &text, &content, before.as_deref()) {
        // An automatic reply that is switched off says nothing to anybody yet.
        _ if off && content.hot.is_empty() => Weight::Explained,
        weight if off => weight.min(Weight::Weak),
        weight => weight,
    };
    let most = || template(exam, row, place, &text).unwrap_or(weight);
    let weight = if weight > Weight::Explained { weight.min(most()) } else { weight };
    let plain = markup::plain_text(&text);
    let (en, ja) = place.what;
    let (how, how_ja) = match (content.hot.is_empty(), content.foreign.is_empty()) {
        (false, _) => ("with payment or pharmacy content", "支払いまたは医薬品に関する内容を含む"),
        (true, false) => ("with links or addresses of other domains", "他のドメインのリンクまたはアドレスを含む"),
        (true, true) if content.calls_abroad => ("with a telephone number abroad", "国外の電話番号を含む"),
        (true, true) => ("without payment content or foreign links", "支払いの内容や外部リンクを含まない"),
    };
    let severity = if content.hot.is_empty() && !content.asks_for_money { Severity::Medium } else { Severity::High };
    let (of, of_ja) = match place.other_mailbox(exam, row) {
        Some(name) => (format!(" in the mailbox {name}"), format!("メールボックス {name} に")),
        None => (String::new(), String::new()),
    };
    let (done, done_ja) = match (off, saved) {
        (true, _) => ("was saved, switched off", "が無効のまま保存された"),
        (false, Some(_)) => ("that was saved before was switched on", "（保存済み）が有効にされた"),
        (false, None) => ("was set", "が設定された"),
    };
    let draft = Draft::new(&META, exam, row)
        .headline(format!("{en} {how} {done}{of}"), format!("{of_ja}{how_ja}{ja}{done_ja}"))
        .severity(severity)
        .weight(weight)
        .on_its_face(!content.hot.is_empty() && !off)
        .detail("text", shortened(&plain))
        .detail(
            "text before",
            before.as_deref().map(|before| shortened(&markup::plain_text(before))).unwrap_or_default(),
        )
        .detail("payment or pharmacy content", content.hot.join("; "))
        .detail("other domains", content.foreign.into_iter().collect::<Vec<_>>().join("; "))
        .detail("telephone numbers", content.telephones.join("; "))
        .detail("switches", switches(row).join("; "))
        .also(from);
    let draft = match weight {
        Weight::Explained => draft.attribution(Attribution::Explained).detail("explanation", EXPLANATION),
        _ => draft,
    };
    Some(draft.done())
}

const EXPLANATION: &str = "a roll-out to many mailboxes, text that stood there before, the account's usual place, or nothing that leads outside";

fn weight(exam: &Exam<'_>, row: &Row<'_>, score: i32, text: &str, content: &Content, before: Option<&str>) -> Weight {
    let habit = mails::is_habit(exam, row);
    let away = exam.habits().is_away(exam, row);
    let old = before.is_some_and(|before| same_numbers(text, before) && self::content(exam, before).hot == content.hot);
    let certain = mails::is_attackers(exam, row) || content.asks_for_money;
    let stays = content.foreign.is_empty() && !content.calls_abroad;
    match (score, content.hot.is_empty(), stays) {
        (SUSPICIOUS.., true, foreign) if foreign || !certain => Weight::Weak,
        (SUSPICIOUS.., _, _) if certain || !old => Weight::Strong,
        _ if (old || is_roll_out(exam, row)) && (stays || !away) => Weight::Explained,
        // Companies print their bank account under every mail; the administrator's rule is for the reader to judge.
        (_, false, _) if row.event.is(&["New-TransportRule", "Set-TransportRule"]) || habit => Weight::Weak,
        (_, false, _) => Weight::Strong,
        (_, true, false) if (row.class == ActorClass::Own || away) && !habit => Weight::Weak,
        _ => Weight::Explained,
    }
}

/// Payment content as such, and whatever leads out of the organisation.
fn content(exam: &Exam<'_>, html: &str) -> Content {
    let text = markup::plain_text(html);
    let addresses: Vec<String> = domains::addresses_in(&text).into_iter().chain(markup::mail_links(html)).collect();
    let of_addresses = addresses.iter().filter_map(|address| domains::domain_of(address));
    let foreign = |host: &String| !exam.is_internal(&format!("x@{host}"));
    let links: BTreeSet<String> = markup::hosts(html).into_iter().filter(foreign).collect();
    let asks_for_money = !links.is_empty() && !words::finance(&text).is_empty();
    let foreign = links.into_iter().chain(of_addresses.filter(foreign)).collect();
    let telephones = telephones(&text);
    let strange = |number: &String| {
        let countries = phones::countries(number);
        !countries.is_empty() && countries.iter().all(|country| exam.baseline.knows_country(country) == Some(false))
    };
    let calls_abroad = telephones.iter().any(strange);
    Content { hot: words::signature(&text), foreign, asks_for_money, telephones, calls_abroad }
}

/// The telephone numbers of a text that begin with a calling code; those of the own country say nothing.
fn telephones(text: &str) -> Vec<String> {
    const LEAST: usize = 8;
    let text = normalise(text);
    let mut numbers = Vec::new();
    for (at, _) in text.match_indices('+') {
        let rest = text.get(at + 1..).unwrap_or_default();
        let goes_on = |c: &char| c.is_ascii_digit() || matches!(c, ' ' | '(' | ')' | '-' | '.' | '/');
        let number: String = rest.chars().take_while(goes_on).collect();
        // A point before a blank ends the sentence.
        let number = number.split(". ").next().unwrap_or_default();
        if number.chars().filter(char::is_ascii_digit).count() >= LEAST {
            numbers.push(format!("+{}", number.trim_end_matches([' ', '(', '-', '.', '/'])));
        }
    }
    numbers
}

/// Whether every number of the text stood in the earlier one: another account number is another signature.
fn same_numbers(text: &str, before: &str) -> bool {
    numbers(text).is_subset(&numbers(before))
}

/// The words of a text that hold digits.
fn numbers(html: &str) -> BTreeSet<String> {
    let text = normalise(&markup::plain_text(html));
    let parts = text.split(|c: char| !c.is_alphanumeric());
    parts.filter(|part| part.chars().any(char::is_numeric)).map(str::to_owned).collect()
}

/// The most that a text weighs which somebody else, whom nothing ties to the attacker, wrote with the same payment
/// details into many mailboxes within a day: the work of a signature service, which nobody could overlook.
fn template(exam: &Exam<'_>, row: &Row<'_>, place: &Place, text: &str) -> Option<Weight> {
    if row.class == ActorClass::Own || exam.points(row) > 0 || exam.habits().is_away(exam, row) {
        return None;
    }
    let (hot, numbers) = (words::signature(&markup::plain_text(text)), self::numbers(text));
    let says_the_same = |theirs: &str| {
        !theirs.is_empty()
            && words::signature(&markup::plain_text(theirs)) == hot
            && (numbers.is_empty() || !self::numbers(theirs).is_disjoint(&numbers))
    };
    let same = |other: &&Row<'_>| {
        other.event.is(&[row.event.action()])
            && other.event.user_raw == row.event.user_raw
            && !other.failed()
            && says_the_same(&text_of(other, place))
    };
    let near = exam.near(row.event.datetime, TimeDelta::days(1)).iter();
    let mut mailboxes = BTreeSet::new();
    for mailbox in near.filter(same).filter_map(mailbox_of) {
        mailboxes.insert(mailbox);
        if mailboxes.len() >= ROLL_OUT {
            return Some(Weight::Explained);
        }
    }
    (mailboxes.len() >= TEMPLATE).then_some(Weight::Weak)
}

fn mailbox_of(row: &Row<'_>) -> Option<String> {
    row.param("Identity").or_else(|| row.event.target_raw.as_deref().map(str::to_owned))
}

/// Whether the same actor did the same to many mailboxes within ten minutes.
fn is_roll_out(exam: &Exam<'_>, row: &Row<'_>) -> bool {
    let near = exam.near(row.event.datetime, TimeDelta::minutes(10)).iter();
    let same = |other: &&Row<'_>| other.event.is(&[row.event.action()]) && other.event.user_raw == row.event.user_raw;
    let targets: BTreeSet<String> = near.filter(same).filter_map(mailbox_of).collect();
    targets.len() >= ROLL_OUT
}

/// The switches a record sets, as `name = value`.
fn switches(row: &Row<'_>) -> Vec<String> {
    let is_switch = |name: &str| SWITCHES.iter().any(|switch| switch.eq_ignore_ascii_case(name));
    let params = details::params(row.event).into_iter().filter(|param| is_switch(&param.name));
    params.map(|param| format!("{} = {}", param.name, param.value.unwrap_or_default())).collect()
}

/// Switches without a text: weak where the attacker switched something on, else an ordinary setting.
fn switch(exam: &Exam<'_>, row: &Row<'_>, place: &Place, score: i32) -> Option<Finding> {
    let switches = switches(row);
    let emptied = place.texts.iter().any(|name| row.param(name).is_some_and(|text| text.trim().is_empty()));
    if switches.is_empty() && !emptied || !row.parts.any() {
        return None;
    }
    let quiet = |switch: &String| {
        let value = switch.rsplit(" = ").next().unwrap_or_default().trim_start_matches('$');
        value.is_empty()
            || ["false", "disabled"].iter().any(|off| off.eq_ignore_ascii_case(value))
            || switch.starts_with("DeleteSignatureName")
    };
    let on = switches.iter().any(|switch| !quiet(switch));
    let draft = Draft::new(&META, exam, row)
        .headline(
            "Settings of the signature or automatic reply were changed, without a text",
            "署名または自動応答の設定が変更された (文面なし)",
        )
        .severity(Severity::Medium)
        .weight(if on && score >= SUSPICIOUS { Weight::Weak } else { Weight::Explained })
        .detail("switches", switches.join("; "));
    Some(draft.done())
}

fn shortened(text: &str) -> String {
    const MOST: usize = 500;
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = flat.chars().take(MOST).collect();
    if short.len() < flat.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::{same_numbers, shortened, telephones};

    #[test]
    fn another_account_number_is_another_signature() {
        let old = "<p>Dana Weiss<br>IBAN DE89 3704 0044 0532 0130 00</p>";
        assert!(same_numbers("Dana Weiss, Sales, IBAN DE89 3704 0044 0532 0130 00", old));
        assert!(!same_numbers("Dana Weiss IBAN GB82 WEST 1234 5698 7654 32", old));
    }

    #[test]
    fn telephone_numbers_with_a_calling_code() {
        let text = "Tel. +49 (30) 123-456, mobil: +234 803 123 4567. 2 + 2 = 4, IBAN DE00 1234 5678 90";
        assert_eq!(telephones(text), ["+49 (30) 123-456", "+234 803 123 4567"]);
    }

    #[test]
    fn long_texts_are_cut_at_a_character() {
        assert_eq!(shortened("署 名"), "署 名");
        assert_eq!(shortened(&"名".repeat(501)).chars().count(), 501);
    }
}
