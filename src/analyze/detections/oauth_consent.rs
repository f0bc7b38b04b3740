//! An application was given access to the account's data (OAuth consent), which outlives every new password.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::draft::Draft;
use crate::analyze::exam::{Exam, Row};
use crate::analyze::mail::mails;
use crate::analyze::people::actor::ActorClass;
use crate::analyze::settings::applications::Introduced;
use crate::analyze::settings::directory;
use crate::analyze::shown::coverage::GateId;
use crate::analyze::sign_ins::logins;
use crate::analyze::{Check, Meta, acts};
use crate::finding::{Finding, Severity, Weight};
use crate::knowledge::apps;
use crate::timeline::{Event, details};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        number: 0,
        id: "oauth-consent",
        title: "An application was given access",
        gates: &[
            &[GateId::G6],
            &[GateId::G1, GateId::G6Entra],
            &[GateId::G2Any, GateId::G6Entra],
            &[GateId::G3, GateId::G6Entra],
        ],
        adds: &[GateId::G7],
        never_not_seen: None,
        severity: Severity::Critical,
        attack: &["T1528", "T1550.001", "T1098.003"],
        page: include_str!("../../../docs/symptoms/oauth-consent.md"),
    },
    examine,
};

/// The organisation's rules about who may consent.
const RULES: [&str; 2] = ["Update authorization policy", "Update permission grant policy"];

/// A sign-in stopped because nobody had consented yet.
const ASKED: u32 = 65_001;
/// The same, and where an administrator's consent is needed.
const CONSENT: [u32; 3] = [ASKED, 90_094, 900_941];

fn examine(exam: &Exam<'_>) -> Vec<Finding> {
    let rows = exam.window_rows().filter(|row| {
        !crate::analyze::is_housekeeping(row.class) && directory::is_directory(row.event) && is_consent(row)
    });
    let known = Introduced::learn(exam);
    // The grant and the consent that made it are one happening.
    let key = |row: &Row<'_>| format!("{} {}", acts::actor(row.event), known.of(row.event).name.to_lowercase());
    let groups = acts::happenings(rows, acts::ONE_GO, key);
    let told = groups.iter().filter_map(|rows| finding(exam, &known, rows));
    told.chain(in_sign_ins(exam, &known)).chain(standing(exam, &known)).collect()
}

/// Grants of the account that a snapshot shows and no record of the table: one finding an application. What an
/// administrator granted for everybody is the organisation's.
fn standing(exam: &Exam<'_>, known: &Introduced) -> Vec<Finding> {
    let mut apps: BTreeMap<String, Vec<&Row<'_>>> = BTreeMap::new();
    for row in exam.states.iter().filter(|row| row.parts.target && row.event.is(&["OAuthGrant"])) {
        let own = row.param("ConsentType").is_none_or(|kind| kind.eq_ignore_ascii_case("Principal"));
        if let Some(id) = app_of(row).filter(|_| own) {
            apps.entry(id.to_lowercase()).or_default().push(row);
        }
    }
    let consents = exam.rows.iter().filter(|row| is_consent(row));
    let recorded: BTreeSet<String> =
        consents.flat_map(|row| known.of(row.event).ids).map(|id| id.to_lowercase()).collect();
    apps.retain(|id, _| apps::name(id).is_none() && !recorded.contains(id));
    apps.iter().filter_map(|(id, rows)| granted(exam, id, rows)).collect()
}

/// The application of a grant by its id; where the list has none, by that of its service principal here, which the directory
/// itself and some collectors give alone.
fn app_of(row: &Row<'_>) -> Option<String> {
    let id = row.event.app_id.as_deref().map(str::to_owned);
    id.or_else(|| row.param("ClientObjectId")).or_else(|| row.param("ClientId")).filter(|id| !id.is_empty())
}

/// An application whose grant stands.
fn granted(exam: &Exam<'_>, id: &str, rows: &[&Row<'_>]) -> Option<Finding> {
    let first = rows.first()?;
    let values = |name: &str| rows.iter().filter_map(|row| row.param(name)).collect::<BTreeSet<String>>();
    let lists = [values("Permission"), values("Scope")];
    let scopes: BTreeSet<String> =
        lists.iter().flatten().flat_map(|list| list.split_whitespace()).map(str::to_owned).collect();
    let scopes: Vec<String> = scopes.into_iter().collect();
    let abused = apps::worth_a_look(id);
    if abused.is_none() && !scopes.iter().any(|scope| apps::opens_much(scope)) {
        return None;
    }
    let off = rows.iter().all(|row| row.param("IsEnabled").is_some_and(|on| on.eq_ignore_ascii_case("false")));
    let common = abused.is_none() && exam.jobs.is_common(&[id.to_owned()], exam.window.from);
    let name = first.event.app_name.as_deref().unwrap_or(id);
    let id_is_of = if first.event.app_id.is_some() { "application id" } else { "service principal" };
    let draft = Draft::of_state(&CHECK.meta, exam, first)
        .headline(
            format!("The application {name} has access; who gave it is not recorded"),
            format!("アプリケーション {name} にアクセス権がある（付与者の記録なし）"),
        )
        .detail("application", name)
        .detail(id_is_of, id)
        .detail("permissions", scopes.join(" "))
        .detail("often abused as", abused.unwrap_or_default())
        .detail("given at", values("CreationTimestamp").into_iter().collect::<Vec<_>>().join("; "))
        .weight(if off || common { Weight::Explained } else { Weight::Weak });
    Some(draft.also(rows.iter().copied()).done())
}

/// Consents that only sign-ins tell of: the service stopped for one, and the same flow went on; or an administrator's
/// would have been needed.
fn in_sign_ins(exam: &Exam<'_>, known: &Introduced) -> Vec<Finding> {
    let directory = exam.rows.iter().filter(|row| directory::is_directory(row.event) && row.event.is(&acts::CONSENTS));
    let told: BTreeSet<String> = directory.flat_map(|row| known.of(row.event).ids).collect();
    let mut asked: BTreeMap<String, Vec<&Row<'_>>> = BTreeMap::new();
    for row in logins::of(exam).filter(|row| logins::code(row.event).is_some_and(|code| CONSENT.contains(&code))) {
        let Some(app) = row.event.app_id.as_deref().map(str::to_lowercase) else { continue };
        if apps::name(&app).is_none() && !told.contains(&app) {
            asked.entry(app).or_default().push(row);
        }
    }
    asked.iter().filter_map(|(app, rows)| in_flow(exam, app, rows)).collect()
}

fn in_flow(exam: &Exam<'_>, app: &str, asked: &[&Row<'_>]) -> Option<Finding> {
    let flows: BTreeSet<&str> = asked.iter().filter_map(|row| row.event.correlation_id.as_deref()).collect();
    let is_of_app = |row: &Row<'_>| row.event.app_id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(app));
    let goes_on = |row: &&Row<'_>| row.event.correlation_id.as_deref().is_some_and(|flow| flows.contains(flow));
    let went_on = logins::of(exam).find(|row| logins::got_in(row) && is_of_app(row) && goes_on(row));
    let refused = asked.iter().any(|row| logins::code(row.event) != Some(ASKED));
    // Who was asked and turned away has given nothing.
    if went_on.is_none() && !refused {
        return None;
    }
    let rows: Vec<&Row<'_>> = asked.iter().copied().chain(went_on).collect();
    let common = exam.jobs.is_common(&[app.to_owned()], exam.window.from);
    let (row, weight) = acts::heaviest(exam, &rows, Weight::Weak)?;
    let weight = if went_on.is_none() { weight.min(Weight::Weak) } else { weight };
    let weight = if common { weight.min(Weight::Explained) } else { weight };
    let name = row.event.app_name.as_deref().unwrap_or(app);
    let (en, ja) = if went_on.is_some() { was_given(name) } else { was_refused(name) };
    let draft = acts::draft(&CHECK.meta, exam, &rows, weight)?
        .headline(en, ja)
        .detail("application", name)
        .detail("application id", app)
        .detail("often abused as", apps::worth_a_look(app).unwrap_or_default())
        .detail("explanation", "only the sign-ins tell of the consent; which permissions it gives is not in them");
    Some(draft.done())
}

fn was_given(name: &str) -> (String, String) {
    let (en, ja) = called(name);
    (format!("{en} was given access"), format!("{ja}にアクセス権が付与された"))
}

fn rules_were_opened() -> (String, String) {
    (
        "The organisation's rules now let people consent to more applications".to_owned(),
        "組織の規則が、より多くのアプリへの同意を許可するよう変更された".to_owned(),
    )
}

fn was_refused(name: &str) -> (String, String) {
    let (en, ja) = called(name);
    (format!("{en} asked for access and was refused"), format!("{ja}がアクセス権を求め、拒否された"))
}

/// What a sentence calls an application, in both languages: a record need not say which one it is.
fn called(name: &str) -> (String, String) {
    match name.trim() {
        "" => ("An application".to_owned(), "アプリケーション".to_owned()),
        name => (format!("The application {name}"), format!("アプリケーション {name} ")),
    }
}

fn is_consent(row: &Row<'_>) -> bool {
    row.parts.any() && row.event.is(&acts::CONSENTS) || row.event.is(&RULES) && !row.failed() && opens(row.event)
}

/// Whether the rule lets people consent to more than before.
fn opens(event: &Event) -> bool {
    acts::changed(event, "AllowUserConsentForRiskyApps").is_some_and(|value| value.eq_ignore_ascii_case("true"))
        || acts::changed(event, "PermissionGrantPolicyIdsAssignedToDefaultUserRole")
            .is_some_and(|value| value.to_lowercase().contains("microsoft-user-default-legacy"))
}

/// The permissions granted: behind `Scope:` in the consent's text, or a delegated grant's own property.
fn scopes(event: &Event) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    let text = acts::changed(event, "ConsentAction.Permissions").unwrap_or_default();
    // What stands in front of the arrow was granted before.
    let granted = text.split_once("=>").map_or(text.as_str(), |(_, new)| new);
    let mut lists: Vec<String> =
        granted.split("Scope:").skip(1).filter_map(|rest| Some(rest.split([',', ']']).next()?.to_owned())).collect();
    lists.extend(
        ["DelegatedPermissionGrant.Scope", "AppRole.Value"].iter().filter_map(|name| acts::changed(event, name)),
    );
    for scope in lists.iter().flat_map(|list| list.split_whitespace()) {
        let scope = scope.trim_matches(['"', '[', ']', ';']).to_owned();
        if !scope.is_empty() && !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    scopes
}

fn for_everybody(event: &Event) -> bool {
    let is_true = |name: &str| acts::changed(event, name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let all = details::changes(event)
        .iter()
        .any(|change| change.new.as_deref().is_some_and(|new| new.contains("AllPrincipals")));
    is_true("ConsentContext.OnBehalfOfAll") || all
}

fn finding(exam: &Exam<'_>, known: &Introduced, rows: &[&Row<'_>]) -> Option<Finding> {
    let events = || rows.iter().map(|row| row.event);
    let ids: Vec<String> = events().flat_map(|event| known.of(event).ids).collect();
    let mut scopes: Vec<String> = events().flat_map(scopes).collect();
    scopes.dedup();
    let rule = rows.iter().any(|row| row.event.is(&RULES));
    let abused = ids.iter().find_map(|id| apps::worth_a_look(id));
    let attackers = rows.iter().any(|row| acts::is_attackers(exam, row));
    let everybody = events().any(for_everybody);
    let risky = scopes.iter().any(|scope| apps::opens_much(scope));
    // Microsoft's own applications ask for consent as well; a grant that opens nothing is daily life.
    let first_party = ids.iter().any(|id| apps::name(id).is_some());
    if !attackers && (first_party || !(rule || abused.is_some() || everybody || risky || scopes.is_empty())) {
        return None;
    }
    // What five colleagues use is the organisation's choice; not a tool that intruders like, nor a consent for everybody.
    let common = !attackers
        && !rule
        && !everybody
        && abused.is_none()
        && !rows.iter().any(|row| acts::follows_attacker(exam, row))
        && exam.jobs.is_common(&ids, exam.window.from);
    let (row, weight) = acts::heaviest(exam, rows, Weight::Weak)?;
    // The owner is led to consent at home: the place explains nothing where it opens the mail to a stranger's application.
    // From where that one works is told; the programs of a service in a cloud are at no place of the account's either.
    let led = risky && row.class == ActorClass::Own;
    let weight = if led { weight.max(Weight::Weak) } else { weight };
    let used = if led { used_elsewhere(exam, &ids, row) } else { None };
    let weight = if common { weight.min(Weight::Explained) } else { weight };
    // Right after the attacker was there, a record without an address speaks for the attacker.
    let near =
        row.parts.actor && (risky || abused.is_some()) && weight == Weight::Weak && acts::follows_attacker(exam, row);
    // Microsoft, or a rule, refused: somebody was led to the page, and nothing was given.
    let refused = rows.iter().all(|row| row.failed());
    let weight = match (near, refused) {
        (_, true) => weight.min(Weight::Weak),
        (true, false) => Weight::Strong,
        (false, false) => weight,
    };
    let name = Some(known.of(mails::leader(exam, rows)?.event).name).filter(|name| !name.trim().is_empty());
    let name = name.or_else(|| ids.first().cloned()).unwrap_or_default();
    let (en, ja) = match (rule, refused) {
        (true, _) => rules_were_opened(),
        (false, true) => was_refused(&name),
        (false, false) => was_given(&name),
    };
    let draft = acts::draft(&CHECK.meta, exam, rows, weight)?
        .headline(en, ja)
        .detail("application", name)
        .detail("application id", ids.first().cloned().unwrap_or_default())
        .detail("permissions", scopes.join(" "))
        .detail("for everybody", if everybody { "yes" } else { "" })
        .detail("often abused as", abused.unwrap_or_default())
        .detail("explanation", if common { "five or more people consented to it before the window" } else { "" })
        .detail("then used from", used.and_then(|row| row.event.source_ip.as_deref()).unwrap_or_default())
        .detail("when", if near { "within an hour after the attacker was active" } else { "" });
    Some(draft.also(used).done())
}

/// What one of these applications then did in the account's mailbox from a place that is not the account's.
fn used_elsewhere<'x, 'e>(exam: &'x Exam<'e>, ids: &[String], consent: &Row<'_>) -> Option<&'x Row<'e>> {
    let is_of_app = |row: &Row<'_>| {
        let named = [&row.event.client_app_id, &row.event.app_id];
        named.into_iter().flatten().any(|id| ids.iter().any(|known| id.eq_ignore_ascii_case(known)))
    };
    exam.acts().filter(|row| row.event.datetime >= consent.event.datetime && !row.is_sign_in()).find(|row| {
        (row.parts.mailbox || row.parts.actor)
            && is_of_app(row)
            && exam.baseline.sufficient
            && exam.baseline.is_new_place(row.event)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_of_a_consent() {
        let text = "[] => [[Id: x, ClientId: y, PrincipalId: , ResourceId: z, ConsentType: AllPrincipals, \
                    Scope: Mail.Read offline_access, CreatedDateTime: , LastModifiedDateTime ]]; ";
        let changes = serde_json::json!([{"name": "ConsentAction.Permissions", "old": "", "new": text}]).to_string();
        let event = Event { record_type: Some(8), changes: Some(changes.into()), ..Event::default() };
        assert_eq!(scopes(&event), ["Mail.Read", "offline_access"]);
        assert!(
            for_everybody(&event)
                && apps::opens_much("Mail.Read")
                && !apps::opens_much("offline_access")
                && !apps::opens_much("User.Read")
        );
    }
}
