//! The floor under `ingest`: reads the same bytes, cuts the same records, deserialises thirteen borrowed fields of each
//! with serde_json on as many threads, and does nothing else.
//!
//! `cargo bench --bench floor -- FILE [THREADS]`; prints records and a sum that keeps the work from being left out.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    missing_docs,
    reason = "a bench"
)]

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};

use memchr::{memchr, memchr_iter, memchr3_iter};
use serde::Deserialize;

const PIECE: usize = 1 << 20;

/// Borrowed where it has no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct Audit<'a> {
    #[serde(borrow)]
    creation_time: Option<Text<'a>>,
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    operation: Option<Text<'a>>,
    #[serde(borrow)]
    organization_id: Option<Text<'a>>,
    record_type: Option<i64>,
    #[serde(borrow)]
    result_status: Option<Text<'a>>,
    #[serde(borrow)]
    user_key: Option<Text<'a>>,
    user_type: Option<i64>,
    #[serde(borrow)]
    workload: Option<Text<'a>>,
    #[serde(borrow, rename = "ClientIP")]
    client_ip: Option<Text<'a>>,
    #[serde(borrow)]
    user_id: Option<Text<'a>>,
    #[serde(borrow)]
    object_id: Option<Text<'a>>,
    #[serde(borrow)]
    session_id: Option<Text<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct SignIn<'a> {
    #[serde(borrow)]
    created_date_time: Option<Text<'a>>,
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    user_principal_name: Option<Text<'a>>,
    #[serde(borrow)]
    user_id: Option<Text<'a>>,
    #[serde(borrow)]
    app_id: Option<Text<'a>>,
    #[serde(borrow)]
    app_display_name: Option<Text<'a>>,
    #[serde(borrow)]
    resource_id: Option<Text<'a>>,
    #[serde(borrow)]
    ip_address: Option<Text<'a>>,
    #[serde(borrow)]
    client_app_used: Option<Text<'a>>,
    #[serde(borrow)]
    user_agent: Option<Text<'a>>,
    #[serde(borrow)]
    correlation_id: Option<Text<'a>>,
    #[serde(borrow)]
    session_id: Option<Text<'a>>,
    #[serde(borrow)]
    conditional_access_status: Option<Text<'a>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Csv(usize),
    Lines,
    Array,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let Some(path) = words.first() else {
        println!("floor FILE [THREADS]");
        return;
    };
    let threads = words.get(1).and_then(|word| word.parse().ok()).unwrap_or(2_usize);
    let (pieces, inbox) = sync_channel::<(Kind, Vec<u8>)>(threads * 2);
    let inbox = Mutex::new(inbox);
    let (records, sum) = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| work(&inbox))).collect();
        let mut file = File::open(path).expect("the file opens");
        let mut cut = Cut::default();
        let mut buffer = Vec::with_capacity(PIECE * 2);
        loop {
            let read = file.by_ref().take(PIECE as u64).read_to_end(&mut buffer).expect("the file reads");
            let end = if read == 0 { buffer.len() } else { cut.last_end(&buffer) };
            if end > 0 {
                let rest = buffer.split_off(end);
                let piece = std::mem::replace(&mut buffer, rest);
                buffer.reserve(PIECE);
                pieces.send((cut.kind, piece)).expect("a worker takes it");
            }
            cut.from = 0;
            if read == 0 {
                break;
            }
        }
        drop(pieces);
        workers.into_iter().map(|worker| worker.join().expect("no panic")).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
    });
    println!("{records} records {sum}");
}

/// Finds where the last whole record of a buffer ends.
struct Cut {
    kind: Kind,
    from: usize,
    known: bool,
}

impl Default for Cut {
    fn default() -> Self {
        Self { kind: Kind::Lines, from: 0, known: false }
    }
}

impl Cut {
    fn last_end(&mut self, buffer: &[u8]) -> usize {
        if !std::mem::replace(&mut self.known, true) {
            self.kind = kind(buffer);
        }
        match self.kind {
            Kind::Lines => buffer.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1),
            Kind::Csv(_) => {
                let (mut quotes, mut start, mut end) = (0, 0, 0);
                for line in memchr_iter(b'\n', buffer) {
                    quotes += memchr_iter(b'"', &buffer[start..line]).count();
                    start = line;
                    if quotes % 2 == 0 {
                        end = line + 1;
                    }
                }
                end
            }
            Kind::Array => objects(buffer, |_| ()),
        }
    }
}

fn kind(head: &[u8]) -> Kind {
    match head.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => Kind::Array,
        Some(b'{') => Kind::Lines,
        _ => {
            let line = &head[..memchr(b'\n', head).unwrap_or(head.len())];
            let header = String::from_utf8_lossy(line).replace('"', "");
            Kind::Csv(header.trim_end().split(',').position(|name| name == "AuditData").unwrap_or(0))
        }
    }
}

/// Gives every whole object of a list; says where the last one ends.
fn objects<'a>(buffer: &'a [u8], mut give: impl FnMut(&'a [u8])) -> usize {
    let (mut depth, mut start, mut end, mut at) = (0_usize, 0, 0, 0);
    while let Some(next) = memchr3_iter(b'"', b'{', b'}', &buffer[at..]).next() {
        at += next + 1;
        match buffer[at - 1] {
            b'{' => {
                start = if depth == 0 { at - 1 } else { start };
                depth += 1;
            }
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    give(&buffer[start..at]);
                    end = at;
                }
            }
            _ => loop {
                let Some(stop) = memchr::memchr2(b'"', b'\\', &buffer[at..]) else { return end };
                at += stop + 1;
                if buffer[at - 1] == b'"' {
                    break;
                }
                at += 1;
                if at >= buffer.len() {
                    return end;
                }
            },
        }
    }
    end
}

fn work(inbox: &Mutex<Receiver<(Kind, Vec<u8>)>>) -> (u64, u64) {
    let (mut records, mut sum) = (0, 0);
    loop {
        let message = inbox.lock().expect("no panic").recv();
        let Ok((kind, piece)) = message else { return (records, sum) };
        let mut audit = |text: &[u8]| {
            records += 1;
            if let Ok(audit) = serde_json::from_slice::<Audit<'_>>(text) {
                sum += length(&audit);
            }
        };
        match kind {
            Kind::Lines => piece.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).for_each(&mut audit),
            Kind::Csv(column) => {
                let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&piece[..]);
                let mut row = csv::ByteRecord::new();
                while reader.read_byte_record(&mut row).expect("rows read") {
                    audit(row.get(column).unwrap_or_default());
                }
            }
            Kind::Array => {
                objects(&piece, |text| {
                    records += 1;
                    if let Ok(found) = serde_json::from_slice::<SignIn<'_>>(text) {
                        sum += found.id.map_or(0, |id| id.0.len() as u64)
                            + found.ip_address.map_or(0, |ip| ip.0.len() as u64);
                    }
                });
            }
        }
    }
}

fn length(audit: &Audit<'_>) -> u64 {
    let texts = [
        &audit.creation_time,
        &audit.id,
        &audit.operation,
        &audit.organization_id,
        &audit.result_status,
        &audit.user_key,
        &audit.workload,
        &audit.client_ip,
        &audit.user_id,
        &audit.object_id,
        &audit.session_id,
    ];
    let texts: u64 = texts.iter().filter_map(|text| text.as_ref()).map(|text| text.0.len() as u64).sum();
    texts + audit.record_type.unwrap_or(0) as u64 + audit.user_type.unwrap_or(0) as u64
}
