//! `explain`: a symptom's page, the list of symptoms, or the knowledge files.

use super::{Failed, Surroundings};
use crate::analyze::Check;
use crate::analyze::detections::DETECTIONS;
use crate::analyze::symptoms::SYMPTOMS;
use crate::cli::Explain;
use crate::exit::Exit;
use crate::knowledge;

/// Prints what is asked for.
pub fn run(args: &Explain, surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    if args.data {
        for (name, text) in knowledge::data_files() {
            writeln!(surroundings.out, "==> {name} <==\n{text}")?;
        }
        return Ok(Exit::Done);
    }
    let Some(asked) = args.symptom.as_deref() else { return list(surroundings) };
    let found = checks().find(|check| is(check, asked));
    let Some(check) = found else {
        let ids: Vec<&str> = checks().map(|check| check.meta.id).collect();
        return Err(Failed::Usage(format!("no symptom '{asked}'; there are: {}", ids.join(", "))));
    };
    writeln!(surroundings.out, "{}", check.meta.page.trim_end())?;
    Ok(Exit::Done)
}

fn checks() -> impl Iterator<Item = &'static &'static Check> {
    SYMPTOMS.iter().chain(DETECTIONS)
}

fn is(check: &Check, asked: &str) -> bool {
    let number = asked.trim_start_matches(['S', 's']).parse::<u8>().ok().filter(|number| *number > 0);
    check.meta.id.eq_ignore_ascii_case(asked) || number == Some(check.meta.number)
}

fn list(surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    writeln!(surroundings.out, "The ten symptoms of Microsoft's page \"Responding to a compromised email account\":")?;
    for check in SYMPTOMS {
        writeln!(surroundings.out, "{:>3}  {:<22} {}", check.meta.number, check.meta.id, check.meta.title)?;
    }
    writeln!(surroundings.out, "\nBeyond the ten:")?;
    for check in DETECTIONS {
        writeln!(surroundings.out, "     {:<22} {}", check.meta.id, check.meta.title)?;
    }
    writeln!(surroundings.out, "\nbectrace explain inbox-rules prints the page of one of them")?;
    Ok(Exit::Done)
}
