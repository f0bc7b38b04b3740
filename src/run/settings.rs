//! Words typed to meaning, once: every usage error is found here, before any file is opened.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ipnet::IpNet;

use super::{Failed, Surroundings};
use crate::cli::{QuestionArgs, ReadingArgs, Triage};
use crate::enrich::Geo;
use crate::exit::Stop;
use crate::ingest::pipeline::Options;
use crate::ingest::source::{self, EvidenceFile, Limits};
use crate::ingest::values::times::DateOrder;
use crate::knowledge::{domains, replaced};
use crate::ledger::Reading;
use crate::question::{AskedWindow, Edge, Question, parse_edge, parse_network};

/// Threads that are started at the most.
const MOST_THREADS: usize = 256;

/// Who asks, for manifests.
pub struct About {
    /// `--case-id`.
    pub case_id: Option<String>,
    /// `--examiner`.
    pub examiner: Option<String>,
    /// Files of the investigator's own that the answer rests on, each with its option and its hash.
    pub given: Vec<String>,
}

pub(super) fn usage(text: impl Into<String>) -> Failed {
    Failed::Usage(text.into())
}

/// The question.
pub fn question(args: &QuestionArgs) -> Result<Question, Failed> {
    if args.user.trim().is_empty() {
        return Err(usage("--user is empty: give the account's UPN or mail address"));
    }
    let edge = |text: &Option<String>, edge| text.as_deref().map(|text| parse_edge(text, edge)).transpose();
    let from = edge(&args.from, Edge::From).map_err(|error| usage(format!("--from: {error}")))?;
    let to = edge(&args.to, Edge::To).map_err(|error| usage(format!("--to: {error}")))?;
    let knowledge = knowledge(args.knowledge.as_deref())?;
    let mut lists = Vec::new();
    Ok(Question {
        user: bare(&args.user).to_lowercase(),
        aliases: names("--alias", &args.alias, &mut lists)?,
        window: AskedWindow::new(from, to).map_err(usage)?,
        tenant_domains: args.tenant_domain.iter().map(|word| domain(word)).collect::<Result<_, Failed>>()?,
        attacker_addresses: networks("--attacker-ip", &args.attacker_ip, &mut lists)?,
        known_addresses: networks("--known-ip", &args.known_ip, &mut lists)?,
        geoip: args.geoip.clone(),
        knowledge,
        lists: in_order(lists),
        account_lists: Vec::new(),
        baseline_days: args.baseline_days,
        case_id: args.case_id.clone(),
        examiner: args.examiner.clone(),
    })
}

/// A domain as addresses have it; a pattern is none, and would never agree with anything. What would count for nothing is
/// refused, so that nobody relies on it.
fn domain(word: &str) -> Result<String, Failed> {
    let domain = word.trim().trim_start_matches('@').trim_end_matches('.').to_lowercase();
    let is_part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    let told = |why: &str| Err(usage(format!("--tenant-domain {word}: {why}")));
    match domain.contains('.') && domain.split('.').all(is_part) {
        true if domains::is_freemail(&domain) => {
            told("anybody may have an address there (explain --data freemail), so it counts for nobody")
        }
        true => Ok(domain),
        false => told("give a domain, such as contoso.example; its subdomains count"),
    }
}

/// A name as records have it: addresses without the `smtp:` that directories put before them, ids without braces.
pub fn bare(name: &str) -> &str {
    let name = name.trim();
    let address =
        name.split_at_checked(5).filter(|(kind, rest)| kind.eq_ignore_ascii_case("smtp:") && !rest.is_empty());
    let name = address.map_or(name, |(_, address)| address.trim());
    let id = name.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
    id.filter(|id| crate::knowledge::names::is_guid(id)).unwrap_or(name)
}

/// The question that a triage asks of each account in turn.
pub fn of_everybody(args: &Triage) -> QuestionArgs {
    QuestionArgs {
        user: "every account".to_owned(),
        from: args.from.clone(),
        to: args.to.clone(),
        alias: Vec::new(),
        tenant_domain: args.tenant_domain.clone(),
        attacker_ip: args.attacker_ip.clone(),
        known_ip: args.known_ip.clone(),
        geoip: args.geoip.clone(),
        knowledge: args.knowledge.clone(),
        baseline_days: args.baseline_days,
        case_id: args.case_id.clone(),
        examiner: args.examiner.clone(),
        fail_on: None,
    }
}

/// Each list once: the order of the words changes no report.
pub fn in_order(lists: Vec<String>) -> Vec<String> {
    lists.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

/// A list by its option, its name and its hash. Where it lay on this machine says the command line, in the manifest.
fn list_in_words(option: &str, path: &Path) -> std::io::Result<String> {
    let (sha256, _) = source::digest(path)?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    Ok(format!("{option} {name} (SHA-256 {sha256})"))
}

/// Accounts, as `names` reads them.
pub fn users(words: &[String], lists: &mut Vec<String>) -> Result<BTreeSet<String>, Failed> {
    Ok(names("--user", words, lists)?.iter().map(|user| user.to_lowercase()).collect())
}

/// Names of accounts, one a word; `@FILE` is a file with one a line, `#` begins a comment. The files are added to the
/// lists.
fn names(option: &str, words: &[String], lists: &mut Vec<String>) -> Result<Vec<String>, Failed> {
    let mut names = Vec::new();
    for word in words {
        let named = match word.strip_prefix('@') {
            Some(path) => {
                let path = Path::new(path);
                let told = |error| usage(format!("{option} {word}: {error}"));
                lists.push(list_in_words(option, path).map_err(told)?);
                let named = source::names(path).map_err(told)?;
                if named.is_empty() {
                    return Err(usage(format!("{option} {word}: the list names nobody")));
                }
                named
            }
            None => vec![word.clone()],
        };
        names.extend(named.iter().map(|name| bare(name).to_owned()).filter(|name| !name.is_empty()));
    }
    Ok(names)
}

/// Puts the files of the folder in the place of the built-in ones; their names with their SHA-256.
pub fn knowledge(dir: Option<&Path>) -> Result<Vec<String>, Failed> {
    let Some(dir) = dir else { return Ok(Vec::new()) };
    let told = |error: &dyn std::fmt::Display| usage(format!("--knowledge {}: {error}", dir.display()));
    let mut files = Vec::new();
    let mut names = Vec::new();
    for file in source::texts(dir).map_err(|error| told(&error))? {
        files.push(replaced::check(&file.name, &file.text).map_err(|fault| told(&fault))?);
        names.push(format!("{} (SHA-256 {})", file.name, file.sha256));
    }
    if files.is_empty() {
        return Err(told(&"the folder holds no file"));
    }
    replaced::install(files).map_err(|fault| told(&fault))?;
    Ok(names)
}

/// Addresses and networks, one a word; `@FILE` is a file with one a line, `#` begins a comment. The files are added to
/// the lists.
fn networks(option: &str, words: &[String], lists: &mut Vec<String>) -> Result<Vec<IpNet>, Failed> {
    let mut networks = Vec::new();
    for word in words {
        let lines = match word.strip_prefix('@') {
            Some(path) => {
                let path = Path::new(path);
                let told = |error| usage(format!("{option} {word}: {error}"));
                lists.push(list_in_words(option, path).map_err(told)?);
                source::list(path).map_err(told)?
            }
            None => vec![word.clone()],
        };
        if lines.is_empty() {
            return Err(usage(format!("{option} {word}: the list names no address")));
        }
        for line in lines {
            networks.push(parse_network(&line).map_err(|error| usage(format!("{option}: {error}")))?);
        }
    }
    Ok(networks)
}

/// The encoding that Windows has a number for, alone or as `cp936` and `windows-936`.
fn code_page(name: &str) -> Option<&'static encoding_rs::Encoding> {
    const PAGES: [(u32, &str); 12] = [
        (866, "ibm866"),
        (874, "windows-874"),
        (932, "shift_jis"),
        (936, "gbk"),
        (949, "euc-kr"),
        (950, "big5"),
        (10_000, "macintosh"),
        (20_866, "koi8-r"),
        (21_866, "koi8-u"),
        (51_932, "euc-jp"),
        (54_936, "gb18030"),
        (65_001, "utf-8"),
    ];
    let name = name.trim().to_ascii_lowercase();
    let number = ["windows-", "cp", "ms"].iter().find_map(|front| name.strip_prefix(front)).unwrap_or(&name);
    let number: u32 = number.trim_start_matches(['-', '_']).parse().ok()?;
    let label = match number {
        1250..=1258 => format!("windows-{number}"),
        28_591..=28_606 => format!("iso-8859-{}", number - 28_590),
        _ => PAGES.iter().find(|(page, _)| *page == number)?.1.to_owned(),
    };
    encoding_rs::Encoding::for_label(label.as_bytes())
}

/// How evidence is read.
pub fn reading(args: &ReadingArgs, surroundings: &Surroundings<'_>) -> Result<Options, Failed> {
    let date_order = match args.date_order.as_deref() {
        None => None,
        Some(word) => {
            Some(DateOrder::parse(word).ok_or_else(|| usage(format!("--date-order {word}: give mdy, dmy or ymd")))?)
        }
    };
    let encoding = match args.encoding.as_deref() {
        None => None,
        Some(name) => {
            let known = encoding_rs::Encoding::for_label(name.trim().as_bytes()).or_else(|| code_page(name));
            Some(
                known
                    .ok_or_else(|| usage(format!("--encoding {name}: no such encoding (try cp932 or windows-1252)")))?,
            )
        }
    };
    let limits = Limits {
        ratio: args.unpack_ratio.max(1),
        bytes: size(&args.unpack_limit)
            .ok_or_else(|| usage(format!("--unpack-limit {}: give bytes, or 500MiB, 20GiB", args.unpack_limit)))?,
    };
    Ok(Options {
        threads: threads(args.threads)?,
        date_order,
        encoding,
        limits,
        stop: surroundings.stop.clone(),
        batch: None,
        knowledge: Vec::new(),
    })
}

/// How evidence was read by an earlier run.
pub fn reading_again(reading: &Reading, threads: usize, stop: &Stop) -> Options {
    let date_order = reading.date_order.as_deref().and_then(DateOrder::parse);
    let encoding = reading.encoding.as_deref().and_then(|name| encoding_rs::Encoding::for_label(name.as_bytes()));
    let limits = Limits { ratio: reading.unpack_ratio.max(1), bytes: reading.unpack_limit };
    let knowledge = reading.knowledge.clone();
    Options { threads, date_order, encoding, limits, stop: stop.clone(), batch: None, knowledge }
}

/// A size: bytes, or with `KiB`, `MiB`, `GiB`, `TiB`.
fn size(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let shift = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kib" => 10,
        "m" | "mib" => 20,
        "g" | "gib" => 30,
        "t" | "tib" => 40,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(1 << shift)
}

/// The number of worker threads. More than any machine has would only wait for each other.
pub fn threads(given: Option<usize>) -> Result<usize, Failed> {
    match given {
        Some(0) => Err(usage("--threads 0: give at least 1")),
        Some(threads) => Ok(threads.min(MOST_THREADS)),
        None => Ok(std::thread::available_parallelism().map_or(1, std::num::NonZero::get)),
    }
}

/// The GeoIP databases, opened and checked.
pub fn geo(question: &Question) -> Result<Geo, Failed> {
    Geo::open(&question.geoip).map_err(|error| usage(format!("--geoip: {error}")))
}

/// The files behind the named evidence.
pub fn evidence(named: &[PathBuf]) -> Result<Vec<EvidenceFile>, Failed> {
    if named.iter().any(|path| path.as_os_str() == "-") {
        return Err(usage(
            "-: standard input is not read, for evidence has a name and a hash; a file of this name is ./-",
        ));
    }
    let stream =
        |path: &&PathBuf| ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"].iter().any(|place| path.starts_with(place));
    if let Some(path) = named.iter().find(stream) {
        let path = path.display();
        return Err(usage(format!("{path}: standard input is not read, for evidence has a name and a hash")));
    }
    source::walk(named).map_err(|error| usage(error.to_string()))
}

/// Nothing is written beside evidence, and no evidence is in the way of what is written.
pub fn apart(named: &[PathBuf], out: &Path) -> Result<(), Failed> {
    match source::forbids(named, out) {
        None => Ok(()),
        Some(path) => Err(usage(format!(
            "--out {}: the output folder and {path} must lie apart, so that nothing is written beside what is read",
            out.display()
        ))),
    }
}

/// Who asks, and with which files of their own.
pub fn about(question: &Question, geo: &Geo) -> About {
    let knowledge = question.knowledge.iter().map(|file| format!("--knowledge {file}"));
    let databases = geo.databases().iter().map(|known| format!("--geoip {} (SHA-256 {})", known.name, known.sha256));
    About {
        case_id: question.case_id.clone(),
        examiner: question.examiner.clone(),
        given: question
            .lists
            .iter()
            .chain(&question.account_lists)
            .cloned()
            .chain(knowledge)
            .chain(databases)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_pages_by_their_numbers() {
        for (typed, meant) in [
            ("932", "Shift_JIS"),
            ("cp932", "Shift_JIS"),
            ("CP936", "GBK"),
            ("windows-936", "GBK"),
            ("949", "EUC-KR"),
            ("ms950", "Big5"),
            ("cp1252", "windows-1252"),
            ("1250", "windows-1250"),
            ("28605", "ISO-8859-15"),
            ("65001", "UTF-8"),
        ] {
            assert_eq!(code_page(typed).map(encoding_rs::Encoding::name), Some(meant), "{typed}");
        }
        for typed in ["", "cp", "437", "cp0", "utf16", "28600000000"] {
            assert!(code_page(typed).is_none(), "{typed}");
        }
    }

    #[test]
    fn a_list_is_told_with_its_hash_and_names_something() {
        let dir = tempfile::tempdir().unwrap();
        let list = |name: &str, text: &str| {
            #[allow(clippy::disallowed_methods, reason = "a test makes its own files")]
            std::fs::write(dir.path().join(name), text).unwrap();
            format!("@{}", dir.path().join(name).display())
        };
        let mut lists = Vec::new();
        let good = [list("good.txt", "203.0.113.0/24 # office\n"), "192.0.2.7".to_owned()];
        assert_eq!(networks("--known-ip", &good, &mut lists).ok().map(|known| known.len()), Some(2));
        assert_eq!(lists.len(), 1, "a word is no list");
        assert!(lists[0].starts_with("--known-ip good.txt (SHA-256 "), "{lists:?}");
        let empty = [list("empty.txt", "# nothing\n")];
        assert!(networks("--known-ip", &empty, &mut lists).is_err(), "a list that holds nothing is a slip");
    }

    #[test]
    fn further_names_of_the_account_may_stand_in_a_list() {
        let dir = tempfile::tempdir().unwrap();
        let list = |name: &str, text: &str| {
            #[allow(clippy::disallowed_methods, reason = "a test makes its own files")]
            std::fs::write(dir.path().join(name), text).unwrap();
            format!("@{}", dir.path().join(name).display())
        };
        let words =
            [list("names.txt", "smtp:A.Mori@contoso.example\n# old\n\na#EXT#@contoso.example\n"), "mori".to_owned()];
        let mut lists = Vec::new();
        let named = names("--alias", &words, &mut lists).ok().unwrap();
        assert_eq!(named, ["A.Mori@contoso.example", "a#EXT#@contoso.example", "mori"]);
        assert!(matches!(&*lists, [one] if one.starts_with("--alias names.txt (SHA-256 ")), "{lists:?}");
        for word in [list("empty.txt", "# nobody\n"), "@no such file".to_owned()] {
            assert!(names("--alias", &[word], &mut lists).is_err(), "a list that names nobody is a slip");
        }
    }

    #[test]
    fn a_domain_is_one_and_no_pattern() {
        assert_eq!(domain(" @Fabrikam.example. ").ok().as_deref(), Some("fabrikam.example"));
        assert_eq!(domain("日本.example").ok().as_deref(), Some("日本.example"));
        for word in ["*.x.example", "", "a b.example", "https://x.example", ".example", "contoso", "gmail.com"] {
            assert!(domain(word).is_err(), "{word}");
        }
    }

    #[test]
    fn names_are_taken_as_directories_and_scripts_print_them() {
        for (typed, meant) in [
            (" alice@contoso.example ", "alice@contoso.example"),
            ("smtp:Alice@contoso.example", "Alice@contoso.example"),
            ("SMTP: alice@contoso.example", "alice@contoso.example"),
            ("{6f2a8f0e-0000-4000-8000-00000000a11c}", "6f2a8f0e-0000-4000-8000-00000000a11c"),
            ("6f2a8f0e-0000-4000-8000-00000000a11c", "6f2a8f0e-0000-4000-8000-00000000a11c"),
            ("{alice}", "{alice}"),
            ("smtp:", "smtp:"),
            ("/o=ExchangeLabs/cn=alice", "/o=ExchangeLabs/cn=alice"),
        ] {
            assert_eq!(bare(typed), meant, "{typed}");
        }
    }
}
