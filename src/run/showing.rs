//! How results are shown, and what is said on the way to them.

use super::settings::usage;
use super::{Failed, Surroundings};
use crate::cli::{DisplayArgs, FailOn, LangArg, Output, PageArgs, TriageOutput, When};
use crate::finding::Weight;
use crate::report::outputs::Outputs;
use crate::report::terminal;
use crate::report::text::{self, Teeth};
use crate::report::words::Lang;

/// How results are shown.
pub struct Showing {
    /// Language.
    pub lang: Lang,
    /// Zone beside UTC.
    pub zone: Option<chrono_tz::Tz>,
    /// Whether addresses and links are defanged.
    pub teeth: Teeth,
    /// Columns.
    pub width: u16,
    /// Colour.
    pub color: bool,
    /// No summary.
    pub quiet: bool,
    /// What is being done is told.
    verbose: bool,
    /// Which optional files are wanted.
    formats: Vec<Output>,
    /// `--fail-on`, as the weakest verdict that counts.
    pub fail_on: Option<Weight>,
}

impl Showing {
    /// How the summary is printed.
    pub fn terminal(&self) -> terminal::Options {
        terminal::Options { lang: self.lang, width: self.width, color: self.color }
    }

    /// Says what is being done, where somebody wants to know (`-v`).
    pub fn tell(&self, surroundings: &mut Surroundings<'_>, line: &str) -> Result<(), Failed> {
        match self.verbose {
            true => Ok(writeln!(surroundings.err, "{}", text::terminal_whole(line))?),
            false => Ok(()),
        }
    }

    /// Says the same of the files that were written; those of the case in the folder are its own matter.
    pub fn tell_written(&self, surroundings: &mut Surroundings<'_>, outputs: &Outputs) -> Result<(), Failed> {
        let own = outputs.written().iter().filter(|file| !file.name.contains('/'));
        own.map(|file| format!("wrote {} ({} bytes)", file.name, file.size))
            .try_for_each(|line| self.tell(surroundings, &line))
    }

    /// Whether this kind of file is wanted.
    pub fn wants(&self, output: Output) -> bool {
        const BY_DEFAULT: [Output; 5] = [Output::Html, Output::Xlsx, Output::Csv, Output::Parquet, Output::Timesketch];
        self.formats.iter().any(|named| match named {
            Output::All => true,
            Output::Default => BY_DEFAULT.contains(&output),
            named => *named == output,
        })
    }
}

/// Whether what is being done is told.
pub fn is_verbose(display: &DisplayArgs) -> bool {
    display.verbose && !display.quiet
}

/// How results are shown.
pub fn showing(
    (page, formats): (&PageArgs, Vec<Output>),
    display: &DisplayArgs,
    fail_on: Option<FailOn>,
    surroundings: &Surroundings<'_>,
) -> Result<Showing, Failed> {
    let fail_on = fail_on.map(|least| match least {
        FailOn::Weak => Weight::Weak,
        FailOn::Strong => Weight::Strong,
    });
    let zone = match page.display_tz.as_deref() {
        None => None,
        Some(name) => {
            Some(name.parse().map_err(|_| usage(format!("--display-tz {name}: no such time zone (try Asia/Tokyo)")))?)
        }
    };
    Ok(Showing {
        lang: lang(page.lang),
        zone,
        teeth: if page.no_defang { Teeth::Kept } else { Teeth::Drawn },
        width: surroundings.width.unwrap_or(80),
        color: color(display, surroundings),
        quiet: display.quiet,
        verbose: is_verbose(display),
        formats,
        fail_on,
    })
}

/// The files that a triage is asked for, as a report calls them.
pub fn of_triage(formats: &[TriageOutput]) -> Vec<Output> {
    let output = |format: &TriageOutput| match format {
        TriageOutput::Default => Output::Default,
        TriageOutput::All => Output::All,
        TriageOutput::Html => Output::Html,
        TriageOutput::Json => Output::Json,
        TriageOutput::Csv => Output::Csv,
    };
    formats.iter().map(output).collect()
}

/// The language.
pub fn lang(given: LangArg) -> Lang {
    match given {
        LangArg::En => Lang::En,
        LangArg::Ja => Lang::Ja,
    }
}

fn color(display: &DisplayArgs, surroundings: &Surroundings<'_>) -> bool {
    match display.color {
        _ if display.no_color => false,
        When::Always => true,
        When::Never => false,
        When::Auto => surroundings.width.is_some() && !surroundings.no_color,
    }
}
