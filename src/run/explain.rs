//! `explain`: a symptom's page, the list of symptoms, or the knowledge files.

use std::borrow::Cow;

use super::{Failed, Surroundings, showing};
use crate::analyze::Check;
use crate::analyze::detections::DETECTIONS;
use crate::analyze::symptoms::SYMPTOMS;
use crate::cli::Explain;
use crate::exit::Exit;
use crate::knowledge;
use crate::report::words::{self, Lang, Word};

/// Prints what is asked for.
pub fn run(args: &Explain, surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    let lang = showing::lang(args.lang);
    if let Some(name) = args.data.as_deref() {
        return data(name, surroundings);
    }
    let Some(asked) = args.symptom.as_deref() else { return list(lang, surroundings) };
    let found = checks().find(|check| is(check, asked));
    let Some(check) = found else {
        let ids: Vec<&str> = checks().map(|check| check.meta.id).collect();
        return Err(Failed::Usage(format!("no symptom '{asked}'; there are: {}", ids.join(", "))));
    };
    let own = words::page(lang, check.meta.id);
    if own.is_none() && lang == Lang::Ja {
        writeln!(surroundings.out, "{}\n", Word::OnlyInEnglish.text(lang))?;
    }
    let page = own.unwrap_or(check.meta.page);
    writeln!(surroundings.out, "{}", page.trim_end())?;
    Ok(Exit::Done)
}

/// One knowledge file by its name, with or without folder and extension; without a name, the list and then all of them.
fn data(asked: &str, surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    let files = knowledge::data_files();
    let stem = |name: &str| name.rsplit('/').next().unwrap_or(name).split('.').next().unwrap_or(name).to_owned();
    let is = |name: &str| name.eq_ignore_ascii_case(asked) || stem(name).eq_ignore_ascii_case(asked);
    if asked.is_empty() {
        for (name, text) in files {
            let rows = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).count();
            let about = text.lines().next().unwrap_or_default().trim_start_matches('#').trim();
            writeln!(surroundings.out, "{name:<24} {rows:>4} rows  {about}")?;
        }
        writeln!(surroundings.out)?;
    }
    let chosen: Vec<_> = files.iter().filter(|(name, _)| asked.is_empty() || is(name)).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
        return Err(Failed::Usage(format!("no knowledge file '{asked}'; there are: {}", names.join(", "))));
    }
    for (name, text) in chosen {
        writeln!(surroundings.out, "==> {name} <==\n{text}")?;
    }
    Ok(Exit::Done)
}

fn checks() -> impl Iterator<Item = &'static &'static Check> {
    SYMPTOMS.iter().chain(DETECTIONS)
}

fn is(check: &Check, asked: &str) -> bool {
    let number = asked.trim_start_matches(['S', 's']).parse::<u8>().ok().filter(|number| *number > 0);
    check.meta.id.eq_ignore_ascii_case(asked) || number == Some(check.meta.number)
}

fn list(lang: Lang, surroundings: &mut Surroundings<'_>) -> Result<Exit, Failed> {
    let out = &mut surroundings.out;
    writeln!(out, "{}", Word::ExplainTen.text(lang))?;
    for check in SYMPTOMS {
        writeln!(out, "{:>3}  {:<22} {}", check.meta.number, check.meta.id, title(lang, check))?;
    }
    writeln!(out, "\n{}", Word::ExplainBeyond.text(lang))?;
    for check in DETECTIONS {
        writeln!(out, "     {:<22} {}", check.meta.id, title(lang, check))?;
    }
    writeln!(out, "\n{}", Word::ExplainHint.text(lang))?;
    Ok(Exit::Done)
}

fn title(lang: Lang, check: &Check) -> Cow<'static, str> {
    match lang {
        Lang::En => Cow::Borrowed(check.meta.title),
        Lang::Ja => words::title(lang, check.meta.id),
    }
}
