//! Every file through the rooms: opened, recognised, read by all threads, its books closed. The number of batches and parts
//! in flight is bounded, whatever the size of the evidence.

mod cutting;
mod dates;
mod desk;

use rayon::prelude::*;

use crate::exit::Stop;
use crate::ingest::formats::{Context, RecordReader};
use crate::ingest::sink::{PartJob, Sink, Witness};
use crate::ingest::sniff::{self, Head, Shape};
use crate::ingest::source::{self, EvidenceFile, Limits, Member, Nests};
use crate::ingest::tables::Tables;
use crate::ingest::text::cut::{JsonLayout, Layout};
use crate::ingest::values::times::DateOrder;
use crate::ledger::{Ledger, Note, Reading, Status};
use crate::timeline::EvidenceSource;
use crate::timeline::store::{CaseWriter, StoreError};

use cutting::{Cutting, open};
use desk::Work;

pub use cutting::Ended;

/// What ingest may be told.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Worker threads.
    pub threads: usize,
    /// `--date-order`: how the dates of a file are read that prove no order themselves.
    pub date_order: Option<DateOrder>,
    /// `--encoding`.
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// `--unpack-ratio` and `--unpack-limit`.
    pub limits: Limits,
    /// Asked between batches.
    pub stop: Stop,
    /// Bytes of one batch, for those who try whether it makes a difference; 256 KiB where none are named.
    pub batch: Option<usize>,
    /// Knowledge files that stand in the place of the built-in ones, for the ledger.
    pub knowledge: Vec<String>,
}

impl Options {
    /// For the ledger: what has to be the same when the evidence is read again.
    pub fn reading(&self) -> Reading {
        Reading {
            date_order: self.date_order.map(|order| order.as_str().to_owned()),
            encoding: self.encoding.map(|encoding| encoding.name().to_owned()),
            unpack_ratio: self.limits.ratio,
            unpack_limit: self.limits.bytes,
            knowledge: self.knowledge.clone(),
        }
    }
}

/// How far it is: called often, from the thread that called [`ingest`].
pub enum Progress<'a> {
    /// A file is opened: its name and what it should be.
    File(&'a str),
    /// So many more bytes and records of it are booked.
    Booked(u64, u64),
}

/// Why ingest failed as a whole. Bad evidence is never among these: it is a row of the ledger.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The case could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The threads could not be started.
    #[error("cannot start the worker threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// Somebody wants the run to stop.
    #[error("interrupted")]
    Interrupted,
    /// Our own bug: a record was counted twice or not at all.
    #[error("internal error: the books of {file} do not balance: {counts:?}")]
    Unbalanced {
        /// Evidence path.
        file: String,
        /// Its counts.
        counts: crate::ledger::Counts,
    },
    /// Our own bug.
    #[error("internal error while reading batch {batch} of {file}")]
    Panic {
        /// Evidence path.
        file: String,
        /// Batch number.
        batch: u64,
    },
}

/// Reads every file into the case. `case` may be left out to look only (`identify`).
pub fn ingest(
    files: &[EvidenceFile],
    case: Option<CaseWriter>,
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Ledger, IngestError> {
    read_all(files, Sink::new(case), options, progress).map(|(ledger, _)| ledger)
}

/// Reads every file again, keeping nothing but what became of the records that `witness` asks for.
pub fn revisit(
    files: &[EvidenceFile],
    witness: Witness,
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(Ledger, Witness), IngestError> {
    read_all(files, Sink::watched(witness), options, progress)
}

fn read_all(
    files: &[EvidenceFile],
    mut sink: Sink,
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(Ledger, Witness), IngestError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads.max(1)).build()?;
    let nests = Nests::default();
    let members: Vec<_> = files.iter().flat_map(|file| source::members(file, options.limits, &nests)).collect();
    let of_steps: Vec<bool> =
        members.iter().map(|member| member.as_ref().is_ok_and(|member| is_of_steps(member, options))).collect();
    if of_steps.contains(&true) {
        sink.expect_steps();
    }
    // Authentication steps wait for the sign-ins that say whose they are.
    let mut waiting = Vec::new();
    for (member, of_steps) in members.into_iter().zip(of_steps) {
        match member {
            Ok(member) if of_steps => waiting.push((sink.keep_place(&member.name), member)),
            Ok(member) => one(&member, &pool, options, &mut sink, progress)?,
            Err(unreadable) => {
                sink.unread(&unreadable.name, Status::Unreadable, Note::new(unreadable.code, unreadable.reason));
                let file = files.binary_search_by(|file| file.name.cmp(&unreadable.name));
                if let Some(file) = file.ok().and_then(|place| files.get(place)) {
                    sink.set_digest(source::summed(file));
                }
            }
        }
    }
    for (place, member) in waiting {
        sink.return_to(place);
        one(&member, &pool, options, &mut sink, progress)?;
    }
    pool.install(|| sink.drain().into_par_iter().try_for_each(PartJob::write))?;
    sink.finish(options.reading(), source::archives(files, &nests))
}

/// Whether a file holds authentication steps; a look at its first line decides, or at its name: the line may be in any
/// language.
fn is_of_steps(member: &Member, options: &Options) -> bool {
    let Ok(opened) = open(member, options) else { return false };
    let first = opened.text.lines().next().unwrap_or_default().to_lowercase();
    let named = member.file_name().to_lowercase().contains("authdetails");
    (named || ["request id", "authentication method", "result detail"].iter().all(|column| first.contains(column)))
        && matches!(
            sniff::recognise(&sniff::look(member.file_name(), &opened.head, &opened.text)),
            sniff::Verdict::One(format) if format.evidence == EvidenceSource::EntraStep
        )
}

fn one(
    member: &Member,
    pool: &rayon::ThreadPool,
    options: &Options,
    sink: &mut Sink,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), IngestError> {
    if options.stop.is_wanted() {
        return Err(IngestError::Interrupted);
    }
    progress(Progress::File(&member.name));
    let mut opened = match open(member, options) {
        Ok(opened) => opened,
        Err(error) => {
            sink.unread_file(member, Status::Unreadable, &error);
            return Ok(());
        }
    };
    let head = opened.look(member.file_name());
    let format = match sniff::recognise(&head) {
        sniff::Verdict::One(format) => format,
        sniff::Verdict::No(code, reason) => {
            let empty = opened.text.is_empty();
            sink.unread(&member.name, Status::UnknownFormat, Note::new(code, reason));
            sink.set_digest(opened.stream.finish());
            if !empty {
                sink.set_encoding(&opened.encoding.name);
            }
            return Ok(());
        }
    };
    let mut dates = dates::prove(member, options, &head, format);
    let date_order = dates.order;
    let mut reader = head.reader(format, &Context { date_order });
    if reader.proves_order() {
        dates = dates::Dates { order: date_order, note: dates.note, ..dates::Dates::default() };
    }
    preview(member, options, &head, reader.as_mut());
    learn_owners(member, options, &head, reader.as_mut());
    let notes =
        reader.notes().into_iter().chain(dates.note).chain(damaged_header(&head)).chain(headers(&head)).collect();
    sink.start(&member.name, format, &opened.encoding, notes);
    sink.explain(head.reason(format), reader.gaps());
    sink.explain_table(dates.told, opened.text.trim_start_matches('\u{feff}').starts_with("#TYPE "));
    if let Some(owners) = reader.owners() {
        sink.list_mailboxes(owners.listed(member.file_name()));
    }
    if !reader.holds_records() {
        sink.end_companion(opened.stream.finish());
        return Ok(());
    }
    let tables = Tables::new(&head, format, Context { date_order });
    let work = Work { pool, stop: &options.stop, order_by: dates.by, tables: &tables };
    let cutting = Cutting::new(opened, &head, Some(reader.as_ref()), options.batch);
    desk::read(cutting, reader.as_ref(), &work, sink, progress)
}

/// What is to be said of a header whose quotes do not hold, or of whose names some are damaged.
fn damaged_header(head: &Head) -> Option<Note> {
    let Shape::Csv(csv) = &head.shape else { return None };
    if !csv.damaged && !csv.unlike.is_empty() {
        let text = format!(
            "names of the header are damaged ({}): these columns were read as those that stand in their places in the \
             export",
            csv.unlike.join(", ")
        );
        return Some(Note::new("F-025", text));
    }
    let text = "the header has a quote too many or too few: its names were read without any, and the rows as they stand \
                below its line";
    csv.damaged.then(|| Note::new("F-025", text))
}

/// What is to be said of lines above a table, and of lines that have more than a record.
fn headers(head: &Head) -> Option<Note> {
    let json = match &head.shape {
        Shape::Csv(csv) if !csv.titles.is_empty() => {
            let titles = csv.titles.join(" / ");
            let text = format!("lines above the header are no records of the export and were not read: {titles}");
            return Some(Note::new("C-223", text));
        }
        Shape::Json(json) => json,
        _ => return None,
    };
    let text = "each line has its record behind other words (of syslog or another log): what stands in front of the brace \
                was not read";
    json.layout.headed.then(|| Note::new("C-222", text))
}

/// Goes through the file for a reader that has to know what stands elsewhere in it, as often as it asks for.
fn preview(member: &Member, options: &Options, head: &Head, reader: &mut dyn RecordReader) {
    while reader.wants_preview() {
        let Ok(opened) = open(member, options) else { return };
        let mut records = Cutting::new(opened, head, None, options.batch).with_between();
        // What stands behind the last record of a batch belongs to what stands in front of the next one's first.
        let (mut between, mut start) = (Vec::new(), 0);
        while let Some(batch) = records.next_batch().filter(|_| !options.stop.is_wanted()) {
            let (mut at, mut offset) = (0, batch.offset);
            for span in &batch.spans {
                let before = batch.bytes.get(at..span.start).unwrap_or_default();
                let bytes = batch.bytes.get(span.start..span.end).unwrap_or_default();
                start = if between.is_empty() { offset } else { start };
                between.extend_from_slice(before);
                reader.preview_between(&between, start);
                reader.preview(&String::from_utf8_lossy(bytes));
                between.clear();
                offset += batch.encoding.encoded_len(before) + batch.encoding.encoded_len(bytes);
                at = span.end;
            }
            start = if between.is_empty() { offset } else { start };
            between.extend_from_slice(batch.bytes.get(at..).unwrap_or_default());
        }
        reader.previewed();
    }
}

/// Goes through the file for a reader whose records do not say whose they are: what may say so stands around them, so
/// envelopes are values here.
fn learn_owners(member: &Member, options: &Options, head: &Head, reader: &mut dyn RecordReader) {
    let (Some(owners), Shape::Json(_) | Shape::Empty(..)) = (reader.owners_mut(), &head.shape) else { return };
    let Ok(opened) = open(member, options) else { return };
    let layout = Layout::Json(JsonLayout::default());
    let mut values = Cutting::of_layout(opened, layout, options.batch);
    while let Some(batch) = values.next_batch().filter(|_| !options.stop.is_wanted()) {
        let (mut at, mut offset) = (0, batch.offset);
        for span in &batch.spans {
            let between = batch.bytes.get(at..span.start).unwrap_or_default();
            let value = batch.bytes.get(span.start..span.end).unwrap_or_default();
            owners.see_between(between);
            offset += batch.encoding.encoded_len(between);
            owners.see(offset, &String::from_utf8_lossy(value), batch.encoding);
            offset += batch.encoding.encoded_len(value);
            at = span.end;
        }
        owners.see_between(batch.bytes.get(at..).unwrap_or_default());
    }
    owners.end();
}
