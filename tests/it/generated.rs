//! Documents that are made from the code: the schema of the timeline, the command line. `UPDATE_GOLDEN=1` rewrites them.

use std::fmt::Write as _;

use bectrace::timeline::schema::{COLUMNS, VERSION};
use clap::CommandFactory;

use crate::harness::root;

fn same(path: &str, made: &str) {
    let path = root().join(path);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == made,
        "{} is not what the code says; run with UPDATE_GOLDEN=1 and read the difference",
        path.display()
    );
}

#[test]
fn the_schema_page_lists_every_column() {
    let mut page = format!(
        "# The columns of the timeline\n\nVersion `{VERSION}`. The same columns stand in the Parquet parts of a case, in \
         `timeline.parquet` and (without `raw` and `object`) in\n`timeline.csv`. Types are those every engine reads. A field that the \
         record does not have is null, never empty text.\nPlaces (`geo_*`, `as_*`) that the record does not hold, \
         `duplicate_count`, `symptom` and `finding_ids` are filled by\n`analyze`.\n\n| column | type | meaning |\n| --- | --- | --- |\n"
    );
    for column in COLUMNS {
        writeln!(page, "| `{}` | {} | {} |", column.name, column.type_name(), column.meaning).unwrap();
    }
    same("docs/schema.md", &page);
}

#[test]
fn the_command_line_page_is_the_help() {
    let mut page = String::from(
        "# The command line\n\nWhat each output file holds, and how to load it elsewhere: [`outputs.md`](outputs.md).\n",
    );
    let mut command = bectrace::cli::Cli::command().term_width(100);
    command.build();
    for sub in command.get_subcommands_mut().filter(|sub| sub.get_name() != "help") {
        let help = sub.render_long_help().to_string();
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        write!(page, "\n## {}\n\n```text\n{}\n```\n", sub.get_name(), help.join("\n").trim_end()).unwrap();
    }
    page.push_str(
        "\n## Exit codes\n\n| code | meaning |\n| --- | --- |\n| 0 | finished; every record of every file is accounted for |\n\
         | 1 | failed: no report was written |\n| 2 | the command line is wrong; nothing was read |\n\
         | 3 | finished, but evidence was lost or is doubtful: records rejected, salvaged or lost in part at their export (R-102, R-104, R-117, R-122, R-130, F-033), a header damaged (F-025), a file unreadable, unknown or cut |\n\
         | 4 | only with `--fail-on`: finished, and a symptom reached that verdict |\n\
         | 5 | `verify`: something does not match; each mismatch is named |\n\
         | 130 | interrupted (Ctrl-C); nothing half-written is left |\n",
    );
    same("docs/cli.md", &page);
}
