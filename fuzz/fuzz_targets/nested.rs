//! Objects inside AuditData: where they are read from plain text, serde_json reads the same.
#![no_main]

use std::fmt::Debug;

use bectrace::ingest::text::members::Part;
use bectrace::ingest::records::nested::{AppContext, Borrowed, FolderRef, Id, Item, Modified, Nested, Pair, Recipient};
use bectrace::timeline::json;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // Lone halves of surrogate pairs are mended before a record is split.
    if json::mended(text).is_some() {
        return;
    }
    let raw = |value: Option<Part<'_>>| value.map(|value| value.json.to_owned()).filter(|value| value != "null");
    same(text, |list: Vec<Pair<'_>>| {
        list.into_iter().map(|pair| (raw(pair.name), raw(pair.value))).collect::<Vec<_>>()
    });
    same(text, |list: Vec<Modified<'_>>| {
        list.into_iter().map(|one| (raw(one.name), raw(one.old), raw(one.new))).collect::<Vec<_>>()
    });
    same(text, |list: Vec<Id<'_>>| list.into_iter().map(|id| (id.id.into_owned(), id.kind)).collect::<Vec<_>>());
    same(text, |list: Vec<Recipient<'_>>| {
        list.into_iter().map(|recipient| recipient.address.into_owned()).collect::<Vec<_>>()
    });
    same(text, |list: Vec<Item<'_>>| list.into_iter().map(item).collect::<Vec<_>>());
    same(text, item);
    same(text, |folder: FolderRef<'_>| said(folder.path));
    same(text, |context: AppContext<'_>| {
        [context.session, context.client_app, context.correlation, context.token, context.issued].map(said)
    });
});

fn said(text: Option<Borrowed<'_>>) -> Option<String> {
    text.map(|text| text.0.into_owned())
}

fn item(item: Item<'_>) -> String {
    let folder = item.parent_folder.map(|folder| said(folder.path));
    let below: Vec<_> = item.folder_items.into_iter().map(|opened| said(opened.internet_message_id)).collect();
    format!("{:?}", (said(item.subject), said(item.internet_message_id), folder, said(item.path), below))
}

fn same<'a, T: Nested<'a>, D: Debug + PartialEq>(text: &'a str, show: impl Fn(T) -> D) {
    if let Some(own) = T::plain(text) {
        assert_eq!(Some(show(own)), T::unplain(text).map(show), "{text}");
    }
}
