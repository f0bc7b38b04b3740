//! What our own reader and serde_json make of the same objects.

use std::fmt::Debug;

use super::*;

/// What was read of `json`: by our own reader where it dares, and by serde_json.
fn both<'a, T: Nested<'a>, D: Debug + PartialEq>(json: &'a str, show: impl Fn(T) -> D) -> (Option<D>, Option<D>) {
    (T::plain(json).map(&show), T::unplain(json).map(&show))
}

fn item(item: Item<'_>) -> String {
    let text = |text: Option<Borrowed<'_>>| text.map(|text| text.0.into_owned());
    let folder = item.parent_folder.map(|folder| text(folder.path));
    let below: Vec<_> = item.folder_items.into_iter().map(|opened| text(opened.internet_message_id)).collect();
    format!("{:?}", (text(item.subject), text(item.internet_message_id), folder, text(item.path), below))
}

#[test]
fn what_is_plain_reads_as_serde_json_reads_it() {
    let items = [
        r"{}",
        r#"{"Id":"x","Subject":"a \"b\" \u00e9","InternetMessageId":"<1@x>","ParentFolder":{"Id":1,"Path":"\\Inbox"}}"#,
        r#"{"Path":"\\Inbox","FolderItems":[{"InternetMessageId":"<1@x>","SizeInBytes":12},{}]}"#,
    ];
    for json in items {
        let (own, other) = both(json, item);
        assert!(own.is_some() && own == other, "{json}: {own:?} {other:?}");
    }
    let ids = |ids: Vec<Id<'_>>| ids.into_iter().map(|id| (id.id.into_owned(), id.kind)).collect::<Vec<_>>();
    for json in [r"[]", r#"[{"ID":"a@x","Type":5},{"Id":"b"},{"Type":3}]"#] {
        let (own, other) = both(json, ids);
        assert!(own.is_some() && own == other, "{json}: {own:?} {other:?}");
    }
}

#[test]
fn what_is_not_plain_is_left_to_serde_json() {
    for json in [
        r#"{"Subject":null}"#,
        r#"{"Subject":1}"#,
        r#"{"Subject":"a","Subject":"b"}"#,
        r#"{"FolderItems":null}"#,
        r#"{"FolderItems":[],"FolderItems":[]}"#,
        r#"{"ParentFolder":"x"}"#,
        r"[]",
        r#"{"Subject":"a""#,
    ] {
        assert!(Item::plain(json).is_none(), "{json}");
    }
    for json in [r#"[{"ID":null}]"#, r#"[{"Type":"5"}]"#, r#"[{"Type":-0}]"#, r#"[{"ID":"","id":""}]"#, r"1"] {
        assert!(Vec::<Id<'_>>::plain(json).is_none(), "{json}");
    }
}

#[test]
fn keys_are_known_in_any_case() {
    let whole = r#"{"Subject":"a","InternetMessageId":"<1@x>","ParentFolder":{"Path":"\\Inbox"},"Path":"p","FolderItems":[{"InternetMessageId":"b"}]}"#;
    let expected = both(whole, item).0.unwrap();
    for json in [whole.to_lowercase(), whole.to_uppercase().replace("\"A\"", "\"a\"").replace("\"B\"", "\"b\"")] {
        let json = json
            .replace("INBOX", "Inbox")
            .replace("inbox", "Inbox")
            .replace("<1@X>", "<1@x>")
            .replace("\"P\"", "\"p\"");
        assert_eq!(both(&json, item), (None, Some(expected.clone())), "{json}");
    }
    let changes = |list: Vec<Modified<'_>>| {
        let text = |part: Option<Part<'_>>| part.map(|part| part.json.to_owned());
        list.into_iter().map(|one| [one.name, one.old, one.new].map(text)).collect::<Vec<_>>()
    };
    let expected = [r#""A""#, r#""1""#, r#""2""#].map(|text| Some(text.to_owned()));
    let json = r#"[{"NAME":"A","oldvalue":"1","newValue":"2"}]"#;
    assert_eq!(both(json, changes), (None, Some(vec![expected])));
    let names = |ids: Vec<Id<'_>>| ids.into_iter().map(|id| (id.id.into_owned(), id.kind)).collect::<Vec<_>>();
    assert_eq!(both(r#"[{"iD":"a@x","TYPE":5}]"#, names), (None, Some(vec![("a@x".to_owned(), 5)])));
    let context = |of: AppContext<'_>| [of.session, of.token].map(|text| text.map(|text| text.0.into_owned()));
    let expected = ["s", "t"].map(|text| Some(text.to_owned()));
    assert_eq!(both(r#"{"aadsessionid":"s","uniquetokenid":"t"}"#, context), (None, Some(expected)));
    let to = |letter: Letter<'_>| (letter.recipients.len(), letter.recipients_count.is_some(), letter.unread);
    let json = r#"{"subject":"a","recipients":[{"ADDRESS":"b@x"}],"recipientscount":1}"#;
    assert_eq!(both(json, to), (None, Some((1, true, false))));
}

#[test]
fn of_a_key_in_two_cases_the_services_own_is_read() {
    let subject = |item: Item<'_>| item.subject.map(|text| text.0.into_owned());
    for json in
        [r#"{"subject":"b","Subject":"a"}"#, r#"{"Subject":"a","subject":"b"}"#, r#"{"subject":"a","SUBJECT":"b"}"#]
    {
        assert_eq!(both(json, subject), (None, Some(Some("a".to_owned()))), "{json}");
    }
}

#[test]
fn items_in_items_end_at_the_first() {
    const DEEP: usize = 100_000;
    let json = format!("{}{}", r#"{"FolderItems":"#.repeat(DEEP) + "{}", "}".repeat(DEEP));
    assert_eq!(Item::unplain(&json).map(|item| item.folder_items.len()), Some(1));
}
