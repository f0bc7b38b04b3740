//! AuditData objects of every workload, and what columns are made of them.

use super::*;

#[test]
fn an_object_that_powershell_printed_is_a_lost_value() {
    let read = |parameters: &str| {
        let mut event = Draft::default();
        let json = format!(
            r#"{{"CreationTime":"2026-03-09T23:59:55","Operation":"Set-Mailbox","Parameters":[{parameters}]}}"#
        );
        fill(&json, &mut event).unwrap();
        (event.parse_status, event.parse_notes.is_some_and(|notes| notes.contains("R-104")))
    };
    assert_eq!(read(r#""@{Name=Identity; Value=alice}""#), (ParseStatus::Partial, true));
    // Behind an address, which has an at sign of its own.
    assert_eq!(read(r#""a@x.example","@{Name=Identity}""#), (ParseStatus::Partial, true));
    assert_eq!(read(r#"{"Name":"User","Value":"a@x.example"}"#), (ParseStatus::Ok, false));
    // What was typed to change a list is the value itself.
    for typed in [r#"@{Add=\"Send\"}"#, r#"@{remove=\"Send\"}"#] {
        assert_eq!(read(&format!(r#"{{"Name":"AuditOwner","Value":"{typed}"}}"#)), (ParseStatus::Ok, false), "{typed}");
    }
    // Settings without names are not understood either, but nothing was printed.
    for printed in [r#""alice@{x}""#, r#""@x.example""#, r#""@{x}""#] {
        assert_eq!(read(printed), (ParseStatus::Partial, false), "{printed}");
    }
}

fn read(members: &str) -> Draft<'static> {
    let json = format!(r#"{{"CreationTime":"2026-03-09T23:59:55","Operation":"Send",{members}}}"#);
    let mut event = Draft::default();
    fill(&json, &mut event).unwrap();
    event.into_owned()
}

#[test]
fn recipients_stand_beside_the_item_or_in_it() {
    let to = |members: &str| {
        let event = read(members);
        (event.email_to.as_deref().map(str::to_owned), event.email_to_count, event.email_subject.is_some())
    };
    let two = || Some("a@x.example; b@x.example".to_owned());
    let list = r#"[{"Address":"A@x.example","Name":"A"},{"Address":"b@x.example"}]"#;
    assert_eq!(
        to(&format!(r#""Item":{{"Subject":"s"}},"recipientList":{list},"recipientCount":7"#)),
        (two(), Some(7), true)
    );
    assert_eq!(
        to(&format!(r#""Item":{{"Subject":"s","Recipients":{list},"RecipientsCount":7}}"#)),
        (two(), Some(7), true)
    );
    assert_eq!(to(&format!(r#""Item":{{"Subject":"s","Recipients":{list}}}"#)), (two(), Some(2), true));
    assert_eq!(to(r#""recipientList":["A@x.example","b@x.example"],"recipientCount":2"#), (two(), Some(2), false));
    assert_eq!(read(r#""recipientList":["Sales","b@x.example"]"#).parse_status, ParseStatus::Partial);
    let others =
        format!(r#""recipientList":{list},"Item":{{"Subject":"s","Recipients":[{{"Address":"c@x.example"}}]}}"#);
    assert_eq!(to(&others), (two(), Some(2), true));
    // What serde_json has to read: an escaped key, a count as text, null.
    let escaped = format!(r#""Item":{{"Sub\u006aect":"s","Recipients":{list},"RecipientsCount":"7"}}"#);
    assert_eq!(to(&escaped), (two(), Some(7), true));
    assert_eq!(to(r#""Item":{"Subject":"s","Recipients":null,"RecipientsCount":null}"#), (None, None, true));
    assert_eq!(to(r#""Item":{"Subject":"s"}"#), (None, None, true));
    let unread = read(r#""Item":{"Subject":"s","Recipients":["a@x.example"]}"#);
    assert_eq!((unread.email_subject.as_deref(), unread.parse_status), (Some("s"), ParseStatus::Partial));
}

#[test]
fn the_portal_through_which_somebody_acts_is_not_who_acts() {
    let portal =
        r#"{"ID":"Microsoft Office 365 Portal","Type":1},{"ID":"00000006-0000-0ff1-ce00-000000000000","Type":2}"#;
    let of = |id: &str| format!(r#"{{"ID":"User_{id}","Type":2}},{{"ID":"{id}","Type":2}},{{"ID":"User","Type":2}}"#);
    let (she, he) = ("686aeb62-f474-41c6-92f1-200067889bed", "10731425-813d-47f0-b706-749840f3c017");
    let ids = |actor: &str, target: &str| {
        let event = read(&format!(r#""Actor":[{actor}],"Target":[{target}]"#));
        [event.user_id, event.target_id].map(|id| id.map(|id| id.to_string()).unwrap_or_default())
    };
    assert_eq!(ids(&format!("{portal},{}", of(she)), &of(he)), [she, he]);
    // A program that acts by itself, on something that is no person.
    let program = r#"{"ID":"Fabrikam Sync","Type":1},{"ID":"869dc64b-95b2-4003-8098-3ba39296ea46","Type":2}"#;
    assert_eq!(ids(program, &of(he)), ["869dc64b-95b2-4003-8098-3ba39296ea46", he]);
    let group = r#"{"ID":"Group_0d0c0b0a-0001-4000-8000-000000000001","Type":2},{"ID":"0d0c0b0a-0001-4000-8000-000000000001","Type":2}"#;
    assert_eq!(ids(&of(she), group), [she, "0d0c0b0a-0001-4000-8000-000000000001"]);
}

#[test]
fn one_object_in_place_of_a_list_is_a_list_of_one() {
    let event = read(
        r#""Folders":{"Path":"\\Inbox","FolderItems":{"InternetMessageId":"<a@x>"}},"AffectedItems":{"Subject":"New"},
        "Actor":{"ID":"alice@x.example","Type":"5"},"Target":{},"RecipientList":{"Address":"b@x.example"},
        "ExtendedProperties":{"Name":"UserAgent","Value":"Mozilla/5.0 X"},"ModifiedProperties":{"Name":"A","NewValue":"1"}"#,
    );
    let columns = [
        &event.folder_path,
        &event.email_message_id,
        &event.email_subject,
        &event.user_upn,
        &event.email_to,
        &event.user_agent,
        &event.changes,
    ];
    let change = r#"[{"name":"A","old":null,"new":"1"}]"#;
    let expected = ["\\Inbox", "<a@x>", "New", "alice@x.example", "b@x.example", "Mozilla/5.0 X", change];
    assert_eq!(columns.map(|text| text.as_deref().unwrap_or_default()), expected);
    assert_eq!((event.item_count, event.parse_status), (Some(2), ParseStatus::Ok));
}

#[test]
fn what_is_there_and_not_understood_is_told() {
    let unread = |members: &str| {
        let event = read(members);
        // Of parameters it is told as well that they are lost.
        let told = event.parse_notes.as_deref().is_some_and(|notes| notes.split("; ").next() == Some(UNREAD));
        assert_eq!(told, event.parse_status == ParseStatus::Partial, "{members}");
        told
    };
    for members in [
        r#""Parameters":["a","b"]"#,
        r#""Parameters":{"Name":["a","b"],"Value":["1"]}"#,
        r#""AffectedItems":[1]"#,
        r#""Folders":"[{\"Path\":\"x\"}""#,
        r#""Folder":[{"Path":1}]"#,
        r#""ModifiedProperties":[{"Name":"A"},1]"#,
    ] {
        assert!(unread(members), "{members}");
    }
    for members in [
        r#""ModifiedProperties":["Subject","Body"]"#,
        r#""ModifiedProperties":"Subject","Item":[]"#,
        r#""Item":"*REDACTED*","Folder":"x","Actor":null,"Target":"","Parameters":null,"DeviceProperties":[]"#,
        r#""Target":{"Type":"User","Id":"x"},"AppAccessContext":{"APIId":""}"#,
        r#""Parameters":"-Identity x","ExtendedProperties":"words""#,
    ] {
        assert!(!unread(members), "{members}");
    }
}

#[test]
fn old_directory_records_tell_changes_and_names_in_properties() {
    let record = |kind: u8, modified: &str| {
        let changed = r#"[{\"Name\":\"DisplayName\",\"OldValue\":[\"Target\"],\"NewValue\":[\"IT\"]},{\"Name\":\"Included\",\"OldValue\":null,\"NewValue\":\"DisplayName\"}]"#;
        read(&format!(
            r#""RecordType":{kind},"ModifiedProperties":[{modified}],"ExtendedProperties":[{{"Name":"targetUpdatedProperties","Value":"{changed}"}},
            {{"Name":"actorUPN","Value":"A@x.example"}},{{"Name":"targetUPN","Value":"t@x.example"}}]"#
        ))
    };
    let old = record(8, "");
    let changes = r#"[{"name":"DisplayName","old":"[\"Target\"]","new":"[\"IT\"]"},{"name":"Included","old":null,"new":"DisplayName"}]"#;
    assert_eq!(old.changes.as_deref(), Some(changes));
    assert_eq!((old.user_upn.as_deref(), old.target_upn.as_deref()), (Some("a@x.example"), Some("t@x.example")));
    let newer = record(8, r#"{"Name":"B","OldValue":"1","NewValue":"2"}"#);
    assert_eq!(newer.changes.as_deref(), Some(r#"[{"name":"B","old":"1","new":"2"}]"#));
    let other = record(1, "");
    assert_eq!((other.changes.as_deref(), other.user_upn.as_deref()), (None, None));
}

#[test]
fn an_alerts_further_addresses_are_related_to_it() {
    let event = read(r#""ClientIP":"198.51.100.7","ClientIPs":["198.51.100.7","2001:DB8::1",""]"#);
    assert_eq!(event.related_ip.as_deref(), Some("198.51.100.7; 2001:db8::1"));
    let event = read(r#""ClientIPs":["198.51.100.7"]"#);
    assert_eq!((event.related_ip.as_deref(), event.source_ip.as_deref()), (Some("198.51.100.7"), None));
    assert_eq!(read(r#""ClientIPs":[]"#).related_ip.as_deref(), None);
    for (written, told) in [
        (r#""[\"198.51.100.7\",\"203.0.113.9\"]""#, true),
        (r#""198.51.100.7; 203.0.113.9""#, true),
        (r#""[\"198.51.100.7\"""#, false),
        (r#"["198.51.100.7",{"address":"203.0.113.9"}]"#, false),
    ] {
        let event = read(&format!(r#""RecordType":98,"ClientIPs":{written}"#));
        assert_eq!(event.related_ip.as_deref(), told.then_some("198.51.100.7; 203.0.113.9"), "{written}");
        assert_eq!(event.parse_notes.as_deref(), (!told).then_some(UNREAD), "{written}");
    }
}

#[test]
fn an_alert_names_whom_it_concerns_however_its_data_is_kept() {
    let parties = |data: &str| {
        let event = read(&format!(r#""RecordType":40,"Data":{data}"#));
        let named = event.parties.is_some_and(|parties| parties.contains("|t:alice@x.example|"));
        (named, event.parse_notes.is_some_and(|notes| notes == UNREAD), event.parse_status == ParseStatus::Ok)
    };
    for whole in
        [r#""{\"etype\":\"User\",\"f3u\":\"Alice@x.example\"}""#, r#"{"etype":"User","F3U":"Alice@x.example"}"#]
    {
        assert_eq!(parties(whole), (true, false, true), "{whole}");
    }
    assert_eq!(parties(r#""{\"f3u\":\"alice@x.example\",\"etype\":\"Us""#), (true, true, false));
    for lost in [r#""{\"etype\":\"User\",\"f3u\":\"ali""#, r#"[{"f3u":"alice@x.example"}]"#] {
        assert_eq!(parties(lost), (false, true, false), "{lost}");
    }
    for nothing in [r#""""#, "null", r#""words""#, "{}"] {
        assert_eq!(parties(nothing), (false, false, true), "{nothing}");
    }
}

#[test]
fn keys_of_what_is_inside_are_known_in_any_case() {
    let members = |key: fn(&str) -> String| {
        let k = |name: &str| format!("\"{}\"", key(name));
        let (name, old, new, id, kind) = (k("Name"), k("OldValue"), k("NewValue"), k("ID"), k("Type"));
        let (path, subject, message, parent) = (k("Path"), k("Subject"), k("InternetMessageId"), k("ParentFolder"));
        let (session, token) = (k("AADSessionId"), k("UniqueTokenId"));
        format!(
            r#""Folder":{{{path}:"\\Inbox"}},"AffectedItems":[{{{subject}:"New",{message}:"<a@x>",{parent}:{{{path}:"p"}}}}],
            "Actor":[{{{id}:"alice@x.example",{kind}:5}}],"AppAccessContext":{{{session}:"s",{token}:"t"}},
            "ModifiedProperties":[{{{name}:"A",{old}:"1",{new}:"2"}}]"#
        )
    };
    let own = read(&members(str::to_owned));
    assert_eq!(own.changes.as_deref(), Some(r#"[{"name":"A","old":"1","new":"2"}]"#));
    for key in [str::to_lowercase, str::to_uppercase] {
        let other = read(&members(key));
        assert_eq!(other.parse_status, ParseStatus::Ok);
        let columns = |event: &Draft<'static>| {
            let texts = [
                &event.folder_path,
                &event.email_subject,
                &event.email_message_id,
                &event.user_upn,
                &event.session_id,
                &event.unique_token_id,
                &event.changes,
            ];
            texts.map(|text| text.as_deref().map(str::to_owned))
        };
        assert_eq!(columns(&other), columns(&own));
        assert!(columns(&other).iter().all(Option::is_some));
    }
}

#[test]
fn the_user_agent_of_a_client_is_its_own_before_the_services_words() {
    let agent = |members: &str| read(members).user_agent.map(|agent| agent.to_string());
    let client = r#""ClientInfoString":"Client=OWA;Mozilla/5.0 (X11);""#;
    let actor = r#""ActorInfoString":"Client=REST;Client=RESTSystem;UserAgent=axios/1.7 [AppId=1]""#;
    assert_eq!(agent(client).as_deref(), Some("Mozilla/5.0 (X11)"));
    assert_eq!(agent(&format!("{client},{actor}")).as_deref(), Some("axios/1.7"));
    let nobody = r#""ActorInfoString":"Client=REST;UserAgent=[NoUserAgent][AppId=1];""#;
    assert_eq!(agent(&format!("{client},{nobody}")).as_deref(), Some("Mozilla/5.0 (X11)"));
    assert_eq!(agent(&format!(r#"{client},"UserAgent":"curl/8""#)).as_deref(), Some("curl/8"));
    assert_eq!(agent(nobody), None);
    assert_eq!(read(client).client_info.as_deref(), Some("Client=OWA;Mozilla/5.0 (X11);"));
}

#[test]
fn a_key_in_two_cases_is_noted_among_few_and_among_many() {
    let noted = |others: usize, first: &str, second: &str| {
        let mut event = Draft::default();
        let others = (0..others).map(|number| format!(r#""Other{number}":0,"#)).collect::<Vec<_>>().concat();
        let json = format!(
            r#"{{"CreationTime":"2026-03-09T23:59:55","{first}":1,{others}"Operation":"Set-Mailbox","{second}":2}}"#
        );
        fill(&json, &mut event).unwrap();
        event.parse_notes.is_some_and(|notes| notes.contains("R-107"))
    };
    for others in [0, 62, 63, 64, 65, 200] {
        assert!(noted(others, "Custom", "custom"), "{others}");
        assert!(!noted(others, "Custom", "Custom"), "{others}");
        assert!(!noted(others, "Custom", "Customs"), "{others}");
    }
}

/// The report's time is when it happened, and the account is whom it speaks of.
#[test]
fn a_risk_report_in_the_audit_log_is_one() {
    let json = r#"{"CreationTime":"2026-02-17T11:00:00","Operation":"AadRiskDetection","RecordType":294,"UserId":"dana@x.example",
        "UserKey":"686aeb62-f474-41c6-92f1-200067889bed","ActivityDateTime":"2026-02-17T09:00:00Z","IpAddress":"198.51.100.140",
        "Location":{"City":"Lagos","CountryOrRegion":"NG"},"RequestId":"83DFB293-41d2-4abd-a0ab-1f64de3cc594",
        "RiskEventType":"anonymizedIPAddress","RiskLevel":"high","RiskState":"atRisk"}"#;
    let mut event = Draft::default();
    fill(json, &mut event).unwrap();
    let event = event.into_owned();
    assert_eq!(event.datetime.to_rfc3339(), "2026-02-17T09:00:00+00:00");
    let told = [&event.risk_events, &event.risk_level, &event.risk_state, &event.geo_country, &event.source_ip];
    let told: Vec<&str> = told.into_iter().flatten().map(|text| &**text).collect();
    assert_eq!(told, ["anonymizedIPAddress", "high", "atRisk", "NG", "198.51.100.140"]);
    assert_eq!(event.request_id.as_deref(), Some("83dfb293-41d2-4abd-a0ab-1f64de3cc594"));
    assert_eq!((event.target_upn.as_deref(), event.user_upn), (Some("dana@x.example"), None));
    let parties = event.parties.unwrap();
    assert!(parties.contains("t:dana@x.example") && !parties.contains("a:dana"), "{parties}");
}

#[test]
fn a_user_agent_is_found_in_details_and_in_lists_kept_as_text() {
    let agent = |extended: &str| {
        let mut event = Draft::default();
        let json = format!(
            r#"{{"CreationTime":"2026-03-02T10:00:00","Operation":"Update user.","RecordType":8,"ExtendedProperties":{extended}}}"#
        );
        fill(&json, &mut event).unwrap();
        event.into_owned().user_agent.map(|agent| agent.to_string())
    };
    let script = Some("python-requests/2.31".to_owned());
    let details = r#"{\"UserType\":\"Member\",\"User-Agent\":\"python-requests/2.31\"}"#;
    assert_eq!(agent(&format!(r#"[{{"Name":"additionalDetails","Value":"{details}"}}]"#)), script);
    assert_eq!(agent(r#""[{\"Name\":\"UserAgent\",\"Value\":\"python-requests/2.31\"}]""#), script);
    assert_eq!(agent(r#"[{"Name":"additionalDetails","Value":"{\"UserType\":\"Member\"}"}]"#), None);
    assert_eq!(agent(r#""[no list""#), None);
}
