//! The sheet Addresses: where sign-ins came from, and which addresses and sessions are the attacker's, and why.

use std::collections::{BTreeMap, BTreeSet};

use super::book::{Book, Cell, Head, Sheet, XlsxError};
use super::findings::lines;
use crate::examination::{AddressRow, AttackerMember};
use crate::report::model::Report;
use crate::report::words::{self, Lang, Word};
use crate::untrusted::Untrusted;

/// The attacker's addresses and sessions first, then every other address of a sign-in.
pub(super) fn addresses(book: &mut Book, report: &Report<'_>, lang: Lang) -> Result<(), XlsxError> {
    let heads = [
        (Word::Kind, 12),
        (Word::Value, 38),
        (Word::InAttackerSet, 14),
        (Word::Why, 70),
        (Word::Total, 10),
        (Word::Succeeded, 11),
        (Word::Failed, 10),
        (Word::First, 22),
        (Word::Last, 22),
        (Word::Country, 9),
        (Word::AsNumber, 11),
        (Word::Network, 30),
    ];
    let heads = heads.into_iter().map(|(word, width)| Head::word(lang, word, width)).collect();
    let sheet = Sheet { name: Word::SheetAddresses.text(lang), heads, whole: "report.json" };
    let attacker = &report.examination.attacker;
    let by_address = &report.examination.sign_ins.by_address;
    // Who tries passwords comes from thousands of addresses: none is looked for along all others.
    let counted: BTreeMap<&Untrusted, &AddressRow> = by_address.iter().map(|row| (&row.address, row)).collect();
    let known: BTreeSet<&Untrusted> = attacker.addresses.iter().map(|member| &member.value).collect();
    let of = |value: &Untrusted| counted.get(value).copied();
    let theirs = attacker.addresses.iter().map(|member| row(lang, Word::Address, member, of(&member.value)));
    let sessions = attacker.sessions.iter().map(|member| row(lang, Word::Session, member, None));
    let others = by_address.iter().filter(|row| !known.contains(&row.address)).map(|row| {
        let mut cells = vec![
            Cell::Text(Word::Address.text(lang).into()),
            Cell::Text(row.address.as_evidence().into()),
            Cell::Flag(false),
            Cell::Blank,
        ];
        cells.extend(counts(row));
        cells
    });
    book.table(&sheet, theirs.chain(sessions).chain(others))
}

fn row<'a>(lang: Lang, kind: Word, member: &'a AttackerMember, counted: Option<&'a AddressRow>) -> Vec<Cell<'a>> {
    let mut cells = vec![
        Cell::Text(kind.text(lang).into()),
        Cell::Text(member.value.as_evidence().into()),
        Cell::Flag(true),
        lines(member.why.iter().map(|why| words::told(lang, why.as_evidence()).into_owned())),
    ];
    cells.extend(counted.into_iter().flat_map(counts));
    cells
}

fn counts(row: &AddressRow) -> [Cell<'_>; 8] {
    [
        Cell::count(row.total),
        Cell::count(row.succeeded),
        Cell::count(row.failed),
        Cell::Time(row.first),
        Cell::Time(row.last),
        Cell::text(row.country.as_ref().map(Untrusted::as_evidence)),
        row.asn.map_or(Cell::Blank, Cell::Whole),
        Cell::text(row.network.as_ref().map(Untrusted::as_evidence)),
    ]
}
