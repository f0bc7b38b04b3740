//! Which words exist on the command line; what they mean is decided in `run` and `question`.

#![allow(missing_docs, reason = "a flattened group is documented at its type; a comment here would become help text")]

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// What the binary was built from, for what, and by which compiler; `build.rs` says.
pub const BUILD: &str = env!("BECTRACE_BUILD");

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "bectrace",
    version,
    long_version = concat!(env!("CARGO_PKG_VERSION"), " (", env!("BECTRACE_BUILD"), ")"),
    about = "Answers Microsoft's ten symptoms of a compromised email account from exported Microsoft 365 logs, offline",
    after_help = "Exit codes: 0 done · 1 failed, no report · 2 usage · 3 done, but evidence was lost or is doubtful · \
                  4 --fail-on reached · 5 verify: mismatch"
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read every export and answer the ten symptoms of one account: ingest and analyze in one go
    Investigate(Investigate),
    /// Read every export once into a case folder
    Ingest(Ingest),
    /// Ask the ten symptoms of one account of an existing case; reads no export again
    Analyze(Analyze),
    /// Join cases made apart (on several machines, or shard by shard) into one
    Merge(Merge),
    /// Ask the symptoms and sign-in checks of every account of an existing case; rank the accounts
    Triage(Triage),
    /// Say for each file which export it is, its record count, time span and problems; writes nothing
    Identify(Identify),
    /// Print a symptom's page, or the list of symptoms
    Explain(Explain),
    /// Hash evidence and outputs again, and find every cited record again; exit 5 where something does not match
    Verify(Verify),
}

/// `investigate`.
#[derive(Debug, Args)]
pub struct Investigate {
    /// Files, folders or archives (zip, gz, zst)
    #[arg(required = true, value_name = "EVIDENCE")]
    pub evidence: Vec<PathBuf>,
    #[command(flatten)]
    pub question: QuestionArgs,
    #[command(flatten)]
    pub reading: ReadingArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub display: DisplayArgs,
}

/// `ingest`.
#[derive(Debug, Args)]
pub struct Ingest {
    /// Files, folders or archives (zip, gz, zst)
    #[arg(required = true, value_name = "EVIDENCE")]
    pub evidence: Vec<PathBuf>,
    /// Case folder to make
    #[arg(short, long, visible_alias = "output", value_name = "CASE")]
    pub out: PathBuf,
    /// Replace an earlier case in the folder
    #[arg(short = 'C', long, visible_alias = "clobber")]
    pub overwrite: bool,
    /// Add the evidence to the case in the folder as a shard; what the case has already is passed over
    #[arg(long, conflicts_with = "overwrite")]
    pub append: bool,
    /// Knowledge files that stand in the place of the built-in ones of the same name (see explain --data)
    #[arg(long, value_name = "DIR")]
    pub knowledge: Option<PathBuf>,
    /// Case number, for the manifest
    #[arg(long, visible_alias = "case-number", value_name = "TEXT")]
    pub case_id: Option<String>,
    /// Who examines, for the manifest
    #[arg(long, value_name = "TEXT")]
    pub examiner: Option<String>,
    #[command(flatten)]
    pub reading: ReadingArgs,
    #[command(flatten)]
    pub display: DisplayArgs,
}

/// `analyze`.
#[derive(Debug, Args)]
pub struct Analyze {
    /// Case folder made by ingest or investigate
    #[arg(value_name = "CASE")]
    pub case: PathBuf,
    #[command(flatten)]
    pub question: QuestionArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub display: DisplayArgs,
    /// Worker threads (default: all cores)
    #[arg(long, value_name = "N", help_heading = "Input")]
    pub threads: Option<usize>,
}

/// `merge`.
#[derive(Debug, Args)]
pub struct Merge {
    /// Case folders
    #[arg(required = true, value_name = "CASE")]
    pub cases: Vec<PathBuf>,
    /// Case folder to make
    #[arg(short, long, visible_alias = "output", value_name = "CASE")]
    pub out: PathBuf,
    /// Replace an earlier case in the folder
    #[arg(short = 'C', long, visible_alias = "clobber")]
    pub overwrite: bool,
    /// Case number, for the manifest
    #[arg(long, visible_alias = "case-number", value_name = "TEXT")]
    pub case_id: Option<String>,
    /// Who examines, for the manifest
    #[arg(long, value_name = "TEXT")]
    pub examiner: Option<String>,
    #[command(flatten)]
    pub display: DisplayArgs,
    /// Worker threads (default: all cores)
    #[arg(long, value_name = "N", help_heading = "Input")]
    pub threads: Option<usize>,
}

/// `triage`.
#[derive(Debug, Args)]
pub struct Triage {
    /// Case folder made by ingest, investigate or merge
    #[arg(value_name = "CASE")]
    pub case: PathBuf,
    /// Examine this account only: a UPN, or @FILE with one a line (repeatable; default: every account of the tenant)
    #[arg(short, long, value_name = "UPN", help_heading = "Question")]
    pub user: Vec<String>,
    /// Start of the window: a date (00:00 UTC) or an RFC 3339 time
    #[arg(long, visible_alias = "timeline-start", value_name = "T", help_heading = "Question")]
    pub from: Option<String>,
    /// End of the window, not included: a date (24:00 UTC of that day) or an RFC 3339 time
    #[arg(long, visible_alias = "timeline-end", value_name = "T", help_heading = "Question")]
    pub to: Option<String>,
    /// A domain that counts as internal (repeatable)
    #[arg(long, value_name = "DOMAIN", help_heading = "Question")]
    pub tenant_domain: Vec<String>,
    /// An address or network known to be the attacker's (repeatable, or @FILE)
    #[arg(long, value_name = "IP_OR_CIDR", help_heading = "Question")]
    pub attacker_ip: Vec<String>,
    /// An address or network known to be good (repeatable, or @FILE)
    #[arg(long, value_name = "IP_OR_CIDR", help_heading = "Question")]
    pub known_ip: Vec<String>,
    /// GeoIP database (.mmdb) or a folder of them (repeatable)
    #[arg(short = 'G', long, visible_alias = "geo-ip", value_name = "PATH", help_heading = "Question")]
    pub geoip: Vec<PathBuf>,
    /// Knowledge files that stand in the place of the built-in ones of the same name (see explain --data)
    #[arg(long, value_name = "DIR", help_heading = "Question")]
    pub knowledge: Option<PathBuf>,
    /// Days before the window that say what was usual
    #[arg(long, value_name = "N", default_value_t = 30, help_heading = "Question")]
    pub baseline_days: u32,
    /// Case number, for the report
    #[arg(long, visible_alias = "case-number", value_name = "TEXT", help_heading = "Question")]
    pub case_id: Option<String>,
    /// Who examines, for the report
    #[arg(long, value_name = "TEXT", help_heading = "Question")]
    pub examiner: Option<String>,
    /// An accounts.jsonl of this case that was made elsewhere: rank its accounts, examine nothing (repeatable)
    #[arg(long, value_name = "FILE", conflicts_with = "user", help_heading = "Input")]
    pub examined: Vec<PathBuf>,
    /// Print the accounts that would be examined, one a line, and stop
    #[arg(long, help_heading = "Input")]
    pub accounts: bool,
    #[command(flatten)]
    pub output: TriageOutputArgs,
    #[command(flatten)]
    pub display: DisplayArgs,
    /// Worker threads (default: all cores)
    #[arg(long, value_name = "N", help_heading = "Input")]
    pub threads: Option<usize>,
}

/// `identify`.
#[derive(Debug, Args)]
pub struct Identify {
    /// Files, folders or archives (zip, gz, zst)
    #[arg(required = true, value_name = "EVIDENCE")]
    pub evidence: Vec<PathBuf>,
    /// Print one JSON object instead of the table
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub reading: ReadingArgs,
    #[command(flatten)]
    pub display: DisplayArgs,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// Symptom id (inbox-rules) or number (3); without one, the list
    #[arg(value_name = "SYMPTOM")]
    pub symptom: Option<String>,
    /// Print the knowledge files that the judgement rests on, or the one that is named
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "")]
    pub data: Option<String>,
    /// Language of the list and of the pages of the ten symptoms
    #[arg(long, value_name = "en|ja", default_value = "en")]
    pub lang: LangArg,
}

/// `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// Folder that investigate, analyze, ingest, merge or triage made
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Where the evidence is now: files, folders or archives (repeatable; default: the paths of the manifest)
    #[arg(long, value_name = "PATH")]
    pub evidence: Vec<PathBuf>,
    /// SHA-256 of SHA256SUMS, as printed when the run ended and noted elsewhere (repeatable: one for each part of a case
    /// that grew)
    #[arg(long, value_name = "HASH")]
    pub expect: Vec<String>,
    /// Worker threads (default: all cores)
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    #[command(flatten)]
    pub display: DisplayArgs,
}

/// What is asked.
#[derive(Debug, Args)]
#[command(next_help_heading = "Question")]
pub struct QuestionArgs {
    /// The account: UPN or mail address
    #[arg(short, long, value_name = "UPN")]
    pub user: String,
    /// Start of the window: a date (00:00 UTC) or an RFC 3339 time
    #[arg(long, visible_alias = "timeline-start", value_name = "T")]
    pub from: Option<String>,
    /// End of the window, not included: a date (24:00 UTC of that day) or an RFC 3339 time
    #[arg(long, visible_alias = "timeline-end", value_name = "T")]
    pub to: Option<String>,
    /// A further name of the account (repeatable, or @FILE)
    #[arg(long, value_name = "ADDR_OR_ID")]
    pub alias: Vec<String>,
    /// A domain that counts as internal (repeatable)
    #[arg(long, value_name = "DOMAIN")]
    pub tenant_domain: Vec<String>,
    /// An address or network known to be the attacker's (repeatable, or @FILE)
    #[arg(long, value_name = "IP_OR_CIDR")]
    pub attacker_ip: Vec<String>,
    /// An address or network known to be good (repeatable, or @FILE)
    #[arg(long, value_name = "IP_OR_CIDR")]
    pub known_ip: Vec<String>,
    /// GeoIP database (.mmdb) or a folder of them (repeatable)
    #[arg(short = 'G', long, visible_alias = "geo-ip", value_name = "PATH")]
    pub geoip: Vec<PathBuf>,
    /// Knowledge files that stand in the place of the built-in ones of the same name (see explain --data)
    #[arg(long, value_name = "DIR")]
    pub knowledge: Option<PathBuf>,
    /// Days before the window that say what was usual
    #[arg(long, value_name = "N", default_value_t = 30)]
    pub baseline_days: u32,
    /// Case number, for the report
    #[arg(long, visible_alias = "case-number", value_name = "TEXT")]
    pub case_id: Option<String>,
    /// Who examines, for the report
    #[arg(long, value_name = "TEXT")]
    pub examiner: Option<String>,
    /// Exit with 4 where a symptom reaches this verdict
    #[arg(long, value_name = "VERDICT")]
    pub fail_on: Option<FailOn>,
}

/// How evidence is read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct ReadingArgs {
    /// Order of day and month, for exports whose dates are ambiguous
    #[arg(long, value_name = "mdy|dmy|ymd")]
    pub date_order: Option<String>,
    /// Text encoding of exports that are neither UTF-8 nor UTF-16
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Unpacked bytes for each byte of a packed file beyond which it is taken for a bomb (from 64 MiB on)
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub unpack_ratio: u64,
    /// Unpacked size of a packed file beyond which it is not read on
    #[arg(long, value_name = "SIZE", default_value = "256GiB")]
    pub unpack_limit: String,
    /// Worker threads (default: all cores)
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

/// Where results go.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Folder for the report
    #[arg(short, long, visible_alias = "output", value_name = "DIR")]
    pub out: PathBuf,
    /// Replace an earlier report in the folder
    #[arg(short = 'C', long, visible_alias = "clobber")]
    pub overwrite: bool,
    /// Which files to write besides report.json, rejects.jsonl and manifest.json: a list with commas; only what it
    /// names is written. docs/outputs.md tells what each file holds and how to load it
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "default")]
    pub format: Vec<Output>,
    #[command(flatten)]
    pub page: PageArgs,
}

/// Where a triage goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct TriageOutputArgs {
    /// Folder for the report
    #[arg(short, long, visible_alias = "output", value_name = "DIR")]
    pub out: PathBuf,
    /// Replace an earlier report in the folder
    #[arg(short = 'C', long, visible_alias = "clobber")]
    pub overwrite: bool,
    /// Which files to write besides triage.json, accounts.jsonl and manifest.json: a list with commas; only what it
    /// names is written
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "default")]
    pub format: Vec<TriageOutput>,
    #[command(flatten)]
    pub page: PageArgs,
}

/// How a report for people looks.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct PageArgs {
    /// Language of the report
    #[arg(long, value_name = "en|ja", default_value = "en")]
    pub lang: LangArg,
    /// Time zone shown beside UTC in the report (IANA name)
    #[arg(long, visible_alias = "timezone", value_name = "ZONE")]
    pub display_tz: Option<String>,
    /// Leave addresses and links in report.html as they are, so that they can be copied and followed
    #[arg(long)]
    pub no_defang: bool,
}

/// What appears on the terminal.
#[derive(Debug, Args)]
#[command(next_help_heading = "Display")]
pub struct DisplayArgs {
    /// Print nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
    /// Print what is being done
    #[arg(short, long)]
    pub verbose: bool,
    /// Colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
    /// No colour
    #[arg(short = 'K', long)]
    pub no_color: bool,
    /// No progress bar
    #[arg(long)]
    pub no_progress: bool,
}

/// `--fail-on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Weak or strong.
    Weak,
    /// Strong.
    Strong,
}

/// `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// html, xlsx, csv, parquet and timesketch
    Default,
    /// Every file there is
    All,
    /// report.html
    Html,
    /// report.json
    Json,
    /// report.xlsx
    Xlsx,
    /// timeline.csv and findings.csv
    Csv,
    /// timeline.parquet
    Parquet,
    /// timeline.timesketch.jsonl
    Timesketch,
    /// timeline.ecs.jsonl and findings.ecs.jsonl (Elastic Common Schema)
    Ecs,
    /// timeline.ocsf.jsonl and findings.ocsf.jsonl (Open Cybersecurity Schema Framework)
    Ocsf,
    /// indicators.stix.json: the attacker's addresses, domains, applications and message ids (STIX 2.1)
    Stix,
}

/// A kind of file of a triage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TriageOutput {
    /// html and csv
    Default,
    /// Every file there is
    All,
    /// report.html
    Html,
    /// triage.json and accounts.jsonl, which are always written
    Json,
    /// triage.csv
    Csv,
}

/// `--lang`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LangArg {
    /// English.
    En,
    /// Japanese.
    Ja,
}

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
