//! Which names are taken for the account's, and which are not.

use super::*;
use crate::timeline::Event;
use crate::timeline::identities::Says;

fn record(upn: &str, object_id: &str, puid: &str) -> Event {
    let text = |text: &str| (!text.is_empty()).then(|| text.into());
    Event { user_upn: text(upn), user_id: text(object_id), user_puid: text(puid), ..Event::default() }
}

fn table(records: &[Event]) -> IdentityTable {
    let mut table = IdentityTable::default();
    records.iter().for_each(|event| table.learn(event));
    table
}

#[test]
fn a_renamed_account_is_one_account() {
    let id = "6147b5ff-9baa-4fe5-b9d1-40fecd106772";
    let table = table(&[record("old@contoso.example", id, ""), record("new@contoso.example", id, "")]);
    let subject = Subject::resolve("NEW@contoso.example", &[], &table);
    assert!(subject.is("old@contoso.example") && subject.is(id));
}

#[test]
fn a_name_whose_umlauts_a_shell_took_apart_is_the_same() {
    let id = "6147b5ff-9baa-4fe5-b9d1-40fecd106772";
    let table = table(&[record("j.m\u{fc}ller@contoso.example", id, "")]);
    let subject = Subject::resolve("j.mu\u{308}ller@contoso.example", &[], &table);
    assert!(subject.is("j.m\u{fc}ller@contoso.example") && subject.is(id));
}

#[test]
fn a_mail_attribute_joins_no_two_accounts_with_ids_of_their_own() {
    let (own, adm) = ("6147b5ff-9baa-4fe5-b9d1-40fecd106772", "62022d74-d59c-4a74-95b7-2aaf068a7b88");
    let mut known = table(&[record("a.mori@contoso.example", own, ""), record("adm.mori@contoso.example", adm, "")]);
    let says = Says {
        account: "adm.mori@contoso.example",
        names: &[(IdentityKind::ObjectId, adm), (IdentityKind::Smtp, "a.mori@contoso.example")],
    };
    known.teach(&says.to_lesson(), 1, &Event::default().record_ref());
    for (asked, other, id) in [("a.mori", "adm.mori", adm), ("adm.mori", "a.mori", own)] {
        let subject = Subject::resolve(&format!("{asked}@contoso.example"), &[], &known);
        assert!(!subject.is(&format!("{other}@contoso.example")) && !subject.is(id), "{asked}");
    }
    // Without an id of its own it is one more address.
    let mut known = table(&[record("a.mori@contoso.example", own, "")]);
    let says = Says {
        account: "a.mori@contoso.example",
        names: &[(IdentityKind::ObjectId, own), (IdentityKind::Smtp, "alice@contoso.example")],
    };
    known.teach(&says.to_lesson(), 1, &Event::default().record_ref());
    assert!(Subject::resolve("a.mori@contoso.example", &[], &known).is("alice@contoso.example"));
}

#[test]
fn a_name_that_two_people_bore_is_said_to_be_so() {
    let (former, new) = ("6147b5ff-9baa-4fe5-b9d1-40fecd106772", "62022d74-d59c-4a74-95b7-2aaf068a7b88");
    let of = |records: &[Event]| Subject::resolve("john@contoso.example", &[], &table(records)).doubts;
    let renamed = [record("john@contoso.example", former, ""), record("john.smith@contoso.example", former, "")];
    assert!(of(&renamed).is_empty());
    let given_again = [renamed.as_slice(), &[record("john@contoso.example", new, "")]].concat();
    assert!(of(&given_again).iter().any(|doubt| doubt.contains("john.smith@contoso.example")));
}

#[test]
fn a_former_holder_of_the_name_is_told_apart_by_id() {
    let (former, new) = ("6147b5ff-9baa-4fe5-b9d1-40fecd106772", "62022d74-d59c-4a74-95b7-2aaf068a7b88");
    let (john, smith, puid) = ("john@contoso.example", "john.smith@contoso.example", "1003200280ff7557");
    let table = table(&[record(john, former, puid), record(smith, former, puid), record(john, new, "")]);
    assert!(Subject::resolve(john, &[], &table).is(smith));
    let apart =
        |user: &str, own: &str| Subject::resolve_without(user, &[], &table, two::names_of_other(&table, john, own));
    let by = |subject: &Subject, id: &str| {
        let parties = format!("|a:{john}|a:{id}|t:somebody|");
        assert_eq!(subject.parts(&parties).actor, subject.takes_part(&parties));
        subject.takes_part(&parties)
    };
    let asked = apart(john, new);
    assert!(!asked.is(smith) && !asked.is(former) && !asked.is(puid));
    assert!(by(&asked, new) && !by(&asked, former) && asked.takes_part(&format!("|m:{john}|")));
    assert!(asked.doubts.iter().any(|doubt| doubt.contains(former)), "{:?}", asked.doubts);
    // The other one has had both names.
    assert_eq!(two::only_id(&table, smith), Some(former));
    let other = apart(smith, former);
    assert!(other.is(john) && other.is(puid) && by(&other, former) && !by(&other, new));
}

#[test]
fn a_puid_that_two_accounts_claim_names_neither() {
    let puid = "1003200280ff7557";
    let table = table(&[record("a@contoso.example", "", puid), record("b@contoso.example", "", puid)]);
    let subject = Subject::resolve("a@contoso.example", &[], &table);
    assert!(!subject.is(puid) && !subject.is("b@contoso.example"));
    assert!(subject.doubts.iter().any(|doubt| doubt.contains(puid)));
}

#[test]
fn the_part_before_the_at_is_an_alias_unless_somebody_else_has_it_too() {
    let sure = table(&[record("a.mori@contoso.example", "", "")]);
    assert!(Subject::resolve("a.mori@contoso.example", &[], &sure).is("a.mori"));
    let doubtful = table(&[record("a.mori@contoso.example", "", ""), record("a.mori@fabrikam.example", "", "")]);
    assert!(!Subject::resolve("a.mori@contoso.example", &[], &doubtful).is("a.mori"));
}

#[test]
fn a_name_that_somebody_mistyped_or_a_guests_takes_no_alias_away() {
    let (id, puid) = ("6147b5ff-9baa-4fe5-b9d1-40fecd106772", "1003200280ff7557");
    let own = record("a.mori@contoso.example", id, puid);
    let mailbox =
        Event { mailbox_upn: Some("a.mori@contoso.example".into()), mailbox_guid: Some(id.into()), ..own.clone() };
    for other in [
        // No such user: an id of zeros, or none.
        record("a.mori@contosso.example", "00000000-0000-0000-0000-000000000000", ""),
        record("a.mori@contosoexample.onmicrosoft.com", "", ""),
        // A guest has an id here, and a mailbox elsewhere.
        record("a.mori@fabrikam.example", "62022d74-d59c-4a74-95b7-2aaf068a7b88", "1003200280ff0001"),
        // The same account before it got its domain.
        record("a.mori@contosoexample.onmicrosoft.com", "", puid),
    ] {
        let table = table(&[mailbox.clone(), other.clone()]);
        let subject = Subject::resolve("a.mori@contoso.example", &[], &table);
        assert!(subject.is("a.mori") && subject.doubts.is_empty(), "{other:?}");
        assert_eq!(subject.is("a.mori@contosoexample.onmicrosoft.com"), other.user_puid.as_deref() == Some(puid));
    }
}

#[test]
fn a_namesake_of_the_organisation_makes_the_alias_unsure() {
    let own = record("a.mori@contoso.example", "6147b5ff-9baa-4fe5-b9d1-40fecd106772", "");
    let namesake = |domain: &str, guid: &str| Event {
        mailbox_upn: Some(format!("a.mori@{domain}").into()),
        mailbox_guid: Some(guid.into()),
        ..Event::default()
    };
    let cloud = record("a.mori@contosoexample.onmicrosoft.com", "62022d74-d59c-4a74-95b7-2aaf068a7b88", "");
    let guid = "747a8146-7655-4a89-b385-6e973eb434a6";
    for others in [vec![namesake("fabrikam.example", guid)], vec![cloud, namesake("contoso.example", guid)]] {
        let table = table(&[vec![own.clone()], others].concat());
        let subject = Subject::resolve("a.mori@contoso.example", &[], &table);
        assert!(!subject.is("a.mori") && subject.unsure.contains("a.mori"));
        assert!(!subject.is_anothers("a.mori", &table));
        let given = Subject::resolve("a.mori@contoso.example", &["a.mori".to_owned()], &table);
        assert!(given.is("a.mori") && given.unsure.is_empty());
    }
}

#[test]
fn a_member_of_another_domain_of_the_organisation_makes_the_alias_unsure_without_a_mailbox() {
    let own = Event {
        mailbox_upn: Some("a.mori@contoso.example".into()),
        mailbox_guid: Some("747a8146-7655-4a89-b385-6e973eb434a6".into()),
        ..record("a.mori@contoso.example", "6147b5ff-9baa-4fe5-b9d1-40fecd106772", "")
    };
    let (member, guest) = (Some(0), Some(10));
    for (actor_type, unsure) in [(member, true), (guest, false)] {
        let sign_in = Event {
            evidence_source: EvidenceSource::EntraSignin,
            actor_type,
            ..record("a.mori@contoso-trade.example", "62022d74-d59c-4a74-95b7-2aaf068a7b88", "")
        };
        let subject = Subject::resolve("a.mori@contoso.example", &[], &table(&[own.clone(), sign_in]));
        assert_eq!((subject.is("a.mori"), subject.unsure.contains("a.mori")), (!unsure, unsure));
    }
}

#[test]
fn what_is_left_out_for_a_doubtful_alias() {
    let of = |parties: &str| {
        let mut subject = Subject::resolve("a.mori@contoso.example", &[], &table(&[]));
        subject.names.remove("a.mori");
        let unsure = ["a.mori".to_owned()].into();
        Subject { unsure, sought: subject.names.iter().cloned().collect(), ..subject }.is_left_out(parties)
    };
    assert!(of("|a:it@contoso.example|t:a.mori|"));
    // The actor's own alias, the account's own act, the service, somebody else.
    for parties in [
        "|a:a.mori@contoso-trade.example|t:a.mori|",
        "|a:a.mori@contoso.example|t:a.mori|",
        r"|a:nt authority\system (w3wp)|t:a.mori|",
        "|a:it@contoso.example|t:b.tan|",
    ] {
        assert!(!of(parties), "{parties}");
    }
}

fn rule(actor: &str, mailbox: &str, params: &str) -> Event {
    Event {
        record_type: Some(1),
        action: Some("New-InboxRule".into()),
        target_raw: Some(format!(r"EURPR04.PROD.OUTLOOK.COM/Organizations/contoso/{mailbox}\.").into()),
        op_params: (!params.is_empty()).then(|| params.into()),
        ..record(actor, "", "")
    }
}

#[test]
fn a_rule_teaches_the_alias_of_its_maker_where_no_mailbox_was_named_and_nobody_else_is_called_so() {
    let named = r#"[{"name":"Name","value":"."}]"#;
    let of = |user: &str, rule: &Event| {
        let (alice, admin) = (record("a.mori@contoso.example", "", ""), record("it@contoso.example", "", ""));
        Subject::resolve(user, &[], &table(&[alice, admin, rule.clone()]))
    };
    assert!(of("a.mori@contoso.example", &rule("a.mori@contoso.example", "amori", named)).is("amori"));
    let admins = rule("it@contoso.example", "a.mori", named);
    assert!(of("a.mori@contoso.example", &admins).is("a.mori") && !of("it@contoso.example", &admins).is("a.mori"));
    // What a record lost may have named a mailbox.
    let cut = Event { parse_status: crate::timeline::ParseStatus::Salvaged, ..rule("it@contoso.example", "b", named) };
    let lost = rule("it@contoso.example", "b", r#"[{"name":"Name","value":"."},{"name":"Mailbox","value":null}]"#);
    for rule in [rule("it@contoso.example", "b", ""), cut, lost] {
        assert!(!of("it@contoso.example", &rule).is("b"), "{rule:?}");
    }
}

#[test]
fn an_account_is_found_by_its_object_id() {
    let id = "6147b5ff-9baa-4fe5-b9d1-40fecd106772";
    let table = table(&[record("a@contoso.example", id, "")]);
    assert!(Subject::resolve(&id.to_uppercase(), &[], &table).is("a@contoso.example"));
}

#[test]
fn a_caller_told_by_path_and_shown_name_is_the_person() {
    let named = |upn: &str, name: &str| Event { user_full_name: Some(name.into()), ..record(upn, "", "") };
    let call = |caller: &str, source: EvidenceSource| Event {
        evidence_source: source,
        action: Some("Set-Mailbox".into()),
        user_raw: Some(caller.into()),
        parties: Some(format!("|a:{}|", caller.to_lowercase()).into()),
        ..Event::default()
    };
    let own = table(&[named("a.mori@contoso.example", "Alice Mori"), named("b@contoso.example", "Bob Tan")]);
    let subject = Subject::resolve("a.mori@contoso.example", &[], &own);
    let is = |caller: &str| subject.parts_of(&call(caller, EvidenceSource::AdminAudit)).actor;
    assert!(is("contoso.onmicrosoft.example/Users/Alice Mori"));
    for other in ["contoso.onmicrosoft.example/Users/Bob Tan", "Alice Mori", r"NT AUTHORITY\SYSTEM (w3wp/Alice Mori)"] {
        assert!(!is(other), "{other}");
    }
    assert!(!subject.parts_of(&call("x.example/Alice Mori", EvidenceSource::Ual)).actor);
    // Where two accounts are shown under one name, it is nobody's.
    let shared =
        table(&[named("a.mori@contoso.example", "Alice Mori"), named("adm.mori@contoso.example", "Alice Mori")]);
    let subject = Subject::resolve("a.mori@contoso.example", &[], &shared);
    let event = call("contoso.onmicrosoft.example/Users/Alice Mori", EvidenceSource::AdminAudit);
    assert!(!subject.parts_of(&event).actor);
}

#[test]
fn parts_are_read_from_the_column() {
    let subject =
        Subject::resolve("a@contoso.example", &["0adcb148-3b87-4b15-ad7b-fc5816d72bbe".to_owned()], &table(&[]));
    let parts = subject.parts("|a:b@contoso.example|m:0adcb148-3b87-4b15-ad7b-fc5816d72bbe|t:a@contoso.example|");
    assert_eq!(parts, Parts { actor: false, mailbox: true, sender: false, target: true });
}

#[test]
fn what_stands_before_the_at_finds_the_account_where_only_one_has_it() {
    let (own, other) = ("6147b5ff-9baa-4fe5-b9d1-40fecd106772", "62022d74-d59c-4a74-95b7-2aaf068a7b88");
    let mail = |upn: &str| Event { mailbox_upn: Some(upn.into()), mailbox_guid: Some("g".into()), ..Event::default() };
    let here = [record("a.mori@contoso.example", own, ""), mail("b.lindt@contoso.example")];
    let subject = Subject::resolve("A.Mori", &[], &table(&here));
    assert!(subject.is("a.mori@contoso.example") && subject.is(own));
    assert!(subject.doubts.iter().any(|doubt| doubt.contains("a.mori@contoso.example")));
    // Neither of two, and no stranger's.
    let two = [&here[..], &[record("a.mori@sub.contoso.example", other, "")]].concat();
    let subject = Subject::resolve("a.mori", &[], &table(&two));
    assert!(!subject.is(own) && !subject.is(other) && subject.doubts.len() == 1);
    let strangers = [record("a.mori@elsewhere.example", own, ""), mail("b.lindt@contoso.example")];
    assert!(!Subject::resolve("a.mori", &[], &table(&strangers)).is(own));
}
