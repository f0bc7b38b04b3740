//! Writes the logs of a large tenant, of any size: the takeover at Contoso among the traffic of as many colleagues as
//! asked for. Every run with the same words writes the same bytes.
//!
//! `cargo run --release --example tenant -- FORMAT SIZE OUT [PEOPLE [DAYS [FILES]]]`: FORMAT is `search` (CSV of
//! Search-UnifiedAuditLog), `portal` (CSV of the Purview portal), `ndjson` or `signins` (one JSON array); SIZE is in
//! MB of all files together; a name of OUT that ends in `.gz` is packed. With FILES, OUT is a folder.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros, reason = "a generator")]

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::{env, fs};

#[allow(dead_code, reason = "the fixtures' generator uses all of it")]
#[path = "../contoso"]
mod contoso {
    pub mod attack;
    pub mod cast;
    pub mod directory;
    pub mod exchange;
    pub mod innocent;
    pub mod json;
    pub mod log;
    pub mod month;
    pub mod office;
    pub mod ordinary;
    pub mod people;
    pub mod random;
    pub mod response;
    pub mod service;
    pub mod signin;
    pub mod takeover;
    pub mod time;
}

mod colleagues;
mod files;

use colleagues::Colleagues;
use contoso::log::Log;
use contoso::time::{DAY, day};
use files::{Container, Writer};

/// The day after the last one.
const END: &str = "2026-03-10";

struct Asked {
    container: Container,
    bytes: u64,
    out: PathBuf,
    people: usize,
    days: i64,
    files: Option<u64>,
}

fn main() -> io::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let Some(asked) = asked(&words) else {
        eprintln!("tenant search|portal|ndjson|signins SIZE_MB OUT [PEOPLE [DAYS [FILES]]]");
        std::process::exit(2);
    };
    let records = write(&asked)?;
    println!("{records} records  {}", asked.out.display());
    Ok(())
}

fn asked(words: &[String]) -> Option<Asked> {
    let number = |at: usize, default: u64| words.get(at).map_or(Some(default), |word| word.parse().ok());
    Some(Asked {
        container: Container::parse(words.first()?)?,
        bytes: words.get(1)?.parse::<u64>().ok()? * 1_000_000,
        out: PathBuf::from(words.get(2)?),
        people: number(3, 400)?.max(1) as usize,
        days: number(4, 60)?.max(1) as i64,
        files: if words.len() > 5 { Some(number(5, 1)?.max(1)) } else { None },
    })
}

/// Day by day, newest first; each day has its share of the bytes, and what the story has for it.
fn write(asked: &Asked) -> io::Result<u64> {
    let colleagues = Colleagues::new(asked.people);
    let mut story = story();
    let parts = asked.files.unwrap_or(1);
    let last = day(END) - DAY;
    let (mut records, mut written, mut part) = (0, 0, 0);
    let mut writer = open(asked, part)?;
    for number in 0..asked.days {
        let today = last - number * DAY;
        let goal = asked.bytes * (number as u64 + 1) / asked.days as u64;
        let mut log = Log::new(&contoso::cast::CONTOSO, today as u64);
        take(&mut story, &mut log, today);
        // A day is made in slices, so that its size can be met; the slices are ordered among themselves only, as the
        // pages of a search are.
        let mut slice = 0;
        while written + writer.bytes() < goal {
            colleagues.work(&mut log, today, slice);
            records += writer.add(&mut log)?;
            slice += 1;
            if writer.bytes() >= asked.bytes.div_ceil(parts) && part + 1 < parts {
                written += writer.bytes();
                writer.finish()?;
                part += 1;
                writer = open(asked, part)?;
            }
        }
    }
    writer.finish()?;
    Ok(records)
}

fn open(asked: &Asked, part: u64) -> io::Result<Writer> {
    let path = match asked.files {
        None => asked.out.clone(),
        Some(_) => {
            fs::create_dir_all(&asked.out)?;
            asked.out.join(format!("part-{part:03}.{}", asked.container.extension()))
        }
    };
    Writer::new(asked.container, sink(&path)?, part)
}

fn sink(path: &Path) -> io::Result<Box<dyn Write>> {
    let file = BufWriter::with_capacity(1 << 20, fs::File::create(path)?);
    let packed = path.extension().is_some_and(|extension| extension == "gz");
    Ok(if packed { Box::new(flate2::write::GzEncoder::new(file, flate2::Compression::fast())) } else { Box::new(file) })
}

/// The takeover at Contoso, with the month around it.
fn story() -> Log {
    let mut log = Log::new(&contoso::cast::CONTOSO, 42);
    let intruder = contoso::attack::Intruder::new();
    contoso::month::month(&mut log);
    contoso::innocent::innocents(&mut log);
    contoso::attack::attack(&mut log, &intruder);
    contoso::month::locked_out(&mut log);
    contoso::response::respond(&mut log, &intruder);
    log
}

/// Moves what the story has for one day.
fn take(story: &mut Log, log: &mut Log, today: i64) {
    let within = |time: i64| (today..today + DAY).contains(&time);
    let (rows, others) = std::mem::take(&mut story.rows).into_iter().partition(|row| within(row.time));
    story.rows = others;
    log.rows = rows;
    let (rows, others) = std::mem::take(&mut story.sign_ins).into_iter().partition(|row| within(row.time));
    story.sign_ins = others;
    log.sign_ins = rows;
}
