//! Who is examined: the tenant's own accounts, each under one name, and which of them take part in a record.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;

use crate::analyze::people::identity::{Subject, two};
use crate::examination::IdentityKind;
use crate::knowledge::domains;
use crate::question::Question;
use crate::tenant::{Foreign, WhyForeign};
use crate::timeline::identities::IdentityTable;

/// The accounts that are examined.
#[derive(Debug, Default)]
pub struct Roster {
    /// In the order of their names.
    pub subjects: Vec<Subject>,
    /// Names that are not: of guests and of other organisations.
    pub foreign: Vec<Foreign>,
    by_name: HashMap<String, Vec<u32>, RandomState>,
}

impl Roster {
    /// The tenant's own accounts. One that bore several names is examined once, under the first in the alphabet: every
    /// name leads to the same records. `tell_apart` tells it from somebody else who bore one of them.
    ///
    /// # Errors
    /// Whatever `tell_apart` fails with.
    pub fn of_tenant<E>(
        question: &Question,
        table: &IdentityTable,
        mut tell_apart: impl FnMut(Subject) -> Result<Subject, E>,
    ) -> Result<Self, E> {
        let own = own_domains(question, table);
        let mut roster = Self::default();
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for upn in table.accounts.keys() {
            if let Some(why) = why_foreign(upn, &own, table) {
                roster.foreign.push(Foreign { name: upn.as_str().into(), why });
            } else if !taken.contains(upn) {
                let subject = tell_apart(Subject::resolve(upn, &[], table))?;
                // A name that two people bore is somebody else's as well.
                let one =
                    |name: &&String| table.accounts.contains_key(*name) && two::other_holder(table, name).is_none();
                taken.extend(subject.names.iter().filter(one).cloned());
                roster.add(subject);
            }
        }
        Ok(roster)
    }

    /// These accounts, whoever they are.
    ///
    /// # Errors
    /// Whatever `tell_apart` fails with.
    pub fn of<E>(
        users: &BTreeSet<String>,
        table: &IdentityTable,
        mut tell_apart: impl FnMut(Subject) -> Result<Subject, E>,
    ) -> Result<Self, E> {
        let mut roster = Self::default();
        for user in users {
            roster.add(tell_apart(Subject::resolve(user, &[], table))?);
        }
        Ok(roster)
    }

    fn add(&mut self, subject: Subject) {
        let number = self.subjects.len() as u32;
        for name in subject.looked_up() {
            self.by_name.entry(name).or_default().push(number);
        }
        self.subjects.push(subject);
    }

    /// The accounts that take part in a record, from its `parties` column; each once.
    pub fn members(&self, parties: &str) -> Vec<u32> {
        let mut members: Vec<u32> = Vec::new();
        for (_, name) in parties.split('|').filter_map(|entry| entry.split_once(':')) {
            for number in self.by_name.get(name).into_iter().flatten() {
                if !members.contains(number) {
                    members.push(*number);
                }
            }
        }
        let subject = |number: &u32| self.subjects.get(*number as usize);
        members.retain(|number| {
            subject(number).is_none_or(|subject| !subject.is_told_apart() || subject.takes_part(parties))
        });
        members
    }
}

/// The other addresses of an account.
pub fn also(subject: &Subject) -> Vec<crate::untrusted::Untrusted> {
    let other = |identity: &&crate::examination::Identity| {
        identity.kind == IdentityKind::Upn && identity.value.as_evidence() != subject.user
    };
    subject.identities.iter().filter(other).map(|identity| identity.value.clone()).collect()
}

/// The tenant's own domains, as far as the evidence or the investigator says.
pub fn own_domains(question: &Question, table: &IdentityTable) -> BTreeSet<String> {
    let mut own: BTreeSet<String> = question.tenant_domains.iter().map(|domain| domain.to_lowercase()).collect();
    let known = table.member_domains().iter().chain(table.home_domains());
    own.extend(known.filter(|domain| !domains::is_freemail(domain)).cloned());
    own
}

/// Why a name is not examined; `None` for the tenant's own. Where no record says which domains are the tenant's, every
/// account may be its own; where some do, so may one of another domain that the directory has an object of, unless a
/// record says that it is a guest.
fn why_foreign(upn: &str, own: &BTreeSet<String>, table: &IdentityTable) -> Option<WhyForeign> {
    if upn.contains("#ext#") {
        return Some(WhyForeign::Guest);
    }
    let Some(domain) = domains::domain_of(upn) else { return Some(WhyForeign::NoAccount) };
    if own.iter().any(|own| domain == *own || domain.ends_with(&format!(".{own}"))) {
        return None;
    }
    match table.home(upn) {
        (true, _) => None,
        (false, true) => Some(WhyForeign::Guest),
        _ if own.is_empty() || table.has(upn, IdentityKind::ObjectId) => None,
        _ => Some(WhyForeign::Domain),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::{Event, EvidenceSource};

    fn table(accounts: &[(&str, &str, &str)]) -> IdentityTable {
        let mut table = IdentityTable::default();
        for (upn, object_id, puid) in accounts {
            let text = |text: &str| (!text.is_empty()).then(|| text.into());
            let (user_upn, user_id, user_puid) = (text(upn), text(object_id), text(puid));
            table.learn(&Event { user_upn, user_id, user_puid, ..Event::default() });
        }
        table
    }

    fn of_tenant(table: &IdentityTable) -> Roster {
        Roster::of_tenant(&Question::default(), table, Ok::<_, std::convert::Infallible>).unwrap()
    }

    fn users(roster: &Roster) -> Vec<&str> {
        roster.subjects.iter().map(|subject| subject.user.as_str()).collect()
    }

    #[test]
    fn other_organisations_are_counted_and_not_examined() {
        let table = table(&[
            ("a@contoso.example", "", "1003200000000001"),
            ("b@contoso.example", "", ""),
            ("c@sub.contoso.example", "", ""),
            ("guest@fabrikam.example", "", ""),
            ("d@contoso-jp.example", "6147b5ff-9baa-4fe5-b9d1-40fecd106772", ""),
            ("x_fabrikam.example#ext#@contoso.example", "", ""),
        ]);
        let roster = of_tenant(&table);
        let own = ["a@contoso.example", "b@contoso.example", "c@sub.contoso.example", "d@contoso-jp.example"];
        assert_eq!(users(&roster), own);
        let foreign: Vec<(&str, WhyForeign)> =
            roster.foreign.iter().map(|foreign| (foreign.name.as_evidence(), foreign.why)).collect();
        let guest = ("x_fabrikam.example#ext#@contoso.example", WhyForeign::Guest);
        assert_eq!(foreign, [("guest@fabrikam.example", WhyForeign::Domain), guest]);
    }

    #[test]
    fn who_is_at_home_is_examined_whatever_the_domain_and_who_is_a_guest_is_not() {
        let mut table = table(&[("a@contoso.example", "", "1003200000000001")]);
        let sign_in = |upn: &str, kind| Event {
            evidence_source: EvidenceSource::EntraSignin,
            user_upn: Some(upn.into()),
            user_id: Some("6147b5ff-9baa-4fe5-b9d1-40fecd106772".into()),
            actor_type: Some(kind),
            ..Event::default()
        };
        table.learn(&sign_in("member@contoso-jp.example", 0));
        table.learn(&sign_in("guest@fabrikam.example", 10));
        table.learn(&Event { user_upn: Some("other@contoso-jp.example".into()), ..Event::default() });
        let roster = of_tenant(&table);
        let own = ["a@contoso.example", "member@contoso-jp.example", "other@contoso-jp.example"];
        assert_eq!(users(&roster), own);
        assert_eq!(roster.foreign, [Foreign { name: "guest@fabrikam.example".into(), why: WhyForeign::Guest }]);
    }

    #[test]
    fn without_any_known_domain_everybody_is_examined() {
        let table = table(&[("a@contoso.example", "", ""), ("b@fabrikam.example", "", "")]);
        assert_eq!(users(&of_tenant(&table)).len(), 2);
    }

    #[test]
    fn two_people_who_bore_one_name_are_two_accounts() {
        let (former, present) = ("6147b5ff-9baa-4fe5-b9d1-40fecd106772", "0bc80b68-2b43-4f4c-a3a5-6f0b9a4a3f11");
        let (freed, renamed) = ("dana@contoso.example", "a.dana@contoso.example");
        let table = table(&[(freed, former, ""), (renamed, former, ""), (freed, present, "")]);
        let apart = |subject: Subject| {
            let own = if subject.user == freed { present } else { former };
            let anothers = two::names_of_other(&table, freed, own);
            Ok::<_, std::convert::Infallible>(Subject::resolve_without(&subject.user, &[], &table, anothers))
        };
        let roster = Roster::of_tenant(&Question::default(), &table, apart).unwrap();
        assert_eq!(users(&roster), [renamed, freed]);
        assert_eq!(roster.members(&format!("|a:{former}|a:{freed}|")), [0]);
        assert_eq!(roster.members(&format!("|a:{present}|a:{freed}|")), [1]);
        // What names no id may be of either.
        assert_eq!(roster.members(&format!("|a:{freed}|")), [0, 1]);
    }

    #[test]
    fn a_renamed_account_is_one_and_takes_part_under_either_name() {
        let id = "6147b5ff-9baa-4fe5-b9d1-40fecd106772";
        let table = table(&[("new@contoso.example", id, ""), ("old@contoso.example", id, "")]);
        let roster = of_tenant(&table);
        assert_eq!(users(&roster), ["new@contoso.example"]);
        assert_eq!(also(&roster.subjects[0]), ["old@contoso.example".into()]);
        assert_eq!(roster.members("|a:old@contoso.example|m:new@contoso.example|"), [0]);
        assert!(roster.members("|a:nobody@contoso.example|").is_empty());
    }
}
