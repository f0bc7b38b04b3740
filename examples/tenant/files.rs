//! Records into files, in the containers of the exports, newest first within each slice.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::contoso::log::{Log, Row, SignInRow};
use crate::contoso::random::named_guid;
use crate::contoso::time::zulu;

/// How records are wrapped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Container {
    Search,
    Portal,
    Ndjson,
    SignIns,
}

impl Container {
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "search" => Some(Self::Search),
            "portal" => Some(Self::Portal),
            "ndjson" => Some(Self::Ndjson),
            "signins" => Some(Self::SignIns),
            _ => None,
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            Self::Search | Self::Portal => "csv",
            Self::Ndjson => "ndjson",
            Self::SignIns => "json",
        }
    }
}

/// Rows from which on the next slice of time is searched for by itself: a result set holds all of its slices.
const RESULT_SET: usize = 5_000;
/// A set with as many rows as a call or a session returns at most would look cut.
const CEILINGS: [usize; 3] = [5_000, 10_000, 50_000];

/// One file that grows.
pub struct Writer {
    container: Container,
    out: Box<dyn Write>,
    bytes: u64,
    records: u64,
    /// The rows of a result set that is not whole yet: each row names the size of its set.
    set: Vec<String>,
    runspace: String,
}

impl Writer {
    pub fn new(container: Container, out: Box<dyn Write>, part: u64) -> io::Result<Self> {
        let runspace = named_guid(&format!("runspace/{part}"));
        let mut writer = Self { container, out, bytes: 0, records: 0, set: Vec::new(), runspace };
        writer.put(match container {
            Container::Search => {
                "\"PSComputerName\",\"RunspaceId\",\"PSShowComputerName\",\"RecordType\",\"CreationDate\",\"UserIds\",\"Operations\",\"AuditData\",\"ResultIndex\",\"ResultCount\",\"Identity\",\"IsValid\",\"ObjectState\"\r\n"
            }
            Container::Portal => {
                "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\r\n"
            }
            Container::Ndjson => "",
            Container::SignIns => "[\n",
        })?;
        Ok(writer)
    }

    /// Bytes so far, before packing.
    pub fn bytes(&self) -> u64 {
        self.bytes + self.set.iter().map(|row| row.len() as u64 + 20).sum::<u64>()
    }

    /// Writes what the log holds and empties it; says how many records that were.
    pub fn add(&mut self, log: &mut Log) -> io::Result<u64> {
        let before = self.records;
        let mut rows = std::mem::take(&mut log.rows);
        let mut sign_ins = std::mem::take(&mut log.sign_ins);
        log.cmdlets.clear();
        if self.container == Container::SignIns {
            sign_ins.sort_by(|left, right| (right.time, &right.id).cmp(&(left.time, &left.id)));
            for row in &sign_ins {
                self.sign_in(row)?;
            }
        } else {
            rows.sort_by(|left, right| (right.time, &right.id).cmp(&(left.time, &left.id)));
            for (position, row) in rows.iter().enumerate() {
                self.audit(row)?;
                // Pages overlap: one row in 200 comes twice.
                if position % 200 == 199 {
                    self.audit(row)?;
                }
            }
        }
        if self.set.len() >= RESULT_SET && !CEILINGS.contains(&self.set.len()) {
            self.flush_set()?;
        }
        Ok(self.records - before)
    }

    fn audit(&mut self, row: &Row) -> io::Result<()> {
        self.records += 1;
        let audit = row.audit.compact();
        match self.container {
            Container::Search => {
                self.set.push(search_row(row, &audit, &self.runspace));
                Ok(())
            }
            Container::Portal => {
                let audit = audit.replace('/', r"\/").replace('"', "\"\"");
                let created = zulu(row.time).replace('Z', ".0000000Z ");
                let Row { id, record_type, operation, user, .. } = row;
                self.put(&format!("{id},\"{created}\",{record_type},{operation},{user},\"{audit}\",,\r\n"))
            }
            Container::Ndjson | Container::SignIns => self.put(&(audit + "\n")),
        }
    }

    fn sign_in(&mut self, row: &SignInRow) -> io::Result<()> {
        let comma = if self.records > 0 { ",\n" } else { "" };
        self.records += 1;
        self.put(&format!("{comma}{}", row.object.compact()))
    }

    fn flush_set(&mut self) -> io::Result<()> {
        let set = std::mem::take(&mut self.set);
        for (position, row) in set.iter().enumerate() {
            let place = format!("\"{}\",\"{}\"", position + 1, set.len());
            self.put(&row.replace("{place}", &place))?;
        }
        Ok(())
    }

    fn put(&mut self, text: &str) -> io::Result<()> {
        self.bytes += text.len() as u64;
        self.out.write_all(text.as_bytes())
    }

    pub fn finish(mut self) -> io::Result<()> {
        self.flush_set()?;
        if self.container == Container::SignIns {
            self.put("\n]\n")?;
        }
        self.out.flush()
    }
}

fn search_row(row: &Row, audit: &str, runspace: &str) -> String {
    let Row { id, operation, user, .. } = row;
    let name = bectrace::knowledge::record_types::name(row.record_type as i32).unwrap_or("Unknown");
    let time = chrono::DateTime::from_timestamp(row.time, 0).unwrap_or_default();
    let mut text = String::with_capacity(audit.len() * 2);
    let created = time.format("%-m/%-d/%Y %-I:%M:%S %p");
    let _ = write!(text, "\"outlook.office365.com\",\"{runspace}\",\"False\",\"{name}\",\"{created}\",\"{user}\",");
    let _ = write!(text, "\"{operation}\",\"{}\",", audit.replace('"', "\"\""));
    let _ = write!(text, "{{place}},\"{id}\",\"True\",\"Unchanged\"\r\n");
    text
}
