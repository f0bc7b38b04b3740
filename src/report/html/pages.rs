//! The pages of the symptoms, appended so that a reader without the program has them; Markdown as far as they use it.

use std::fmt::Write as _;

use super::{Page, SymptomPage, anchor};
use crate::report::text;
use crate::report::words::{self, Word};

pub(super) fn section(page: &mut Page<'_>) {
    let pages = page.options.pages;
    if pages.is_empty() {
        return;
    }
    page.heading("pages", Word::HeadPages);
    for SymptomPage { id, text: source } in pages {
        let title = text::html(&*words::title(page.lang, id));
        page.push(&format!("<details class=\"page\" id=\"page-{}\"><summary>{title}</summary>\n", anchor(id)));
        page.push(&markdown(source));
        page.push("</details>\n");
    }
}

/// Headings, lists, fenced text and paragraphs; anything else stands as it is written.
pub(super) fn markdown(source: &str) -> String {
    let mut out = String::new();
    let mut open = Block::None;
    for line in source.lines() {
        if line.trim_start().starts_with("```") {
            let fence = if open == Block::Fence { Block::None } else { Block::Fence };
            switch(&mut out, &mut open, fence);
        } else if open == Block::Fence {
            out.push_str(&text::html(line));
            out.push('\n');
        } else if line.trim().is_empty() {
            switch(&mut out, &mut open, Block::None);
        } else if let Some(heading) = line.strip_prefix('#') {
            switch(&mut out, &mut open, Block::None);
            let _ = writeln!(out, "<h4>{}</h4>", inline(heading.trim_start_matches('#').trim()));
        } else if let Some(item) = line.trim_start().strip_prefix("- ").or(line.trim_start().strip_prefix("* ")) {
            switch(&mut out, &mut open, Block::List);
            let _ = writeln!(out, "<li>{}</li>", inline(item));
        } else if line.trim_start().starts_with('|') {
            switch(&mut out, &mut open, Block::Table);
            out.push_str(&text::html(line));
            out.push('\n');
        } else {
            switch(&mut out, &mut open, Block::Paragraph);
            out.push_str(&inline(line));
            out.push('\n');
        }
    }
    switch(&mut out, &mut open, Block::None);
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    None,
    Paragraph,
    List,
    Fence,
    /// A Markdown table reads well enough as it is written.
    Table,
}

fn switch(out: &mut String, open: &mut Block, next: Block) {
    if *open == next {
        return;
    }
    out.push_str(match open {
        Block::None => "",
        Block::Paragraph => "</p>\n",
        Block::List => "</ul>\n",
        Block::Fence | Block::Table => "</pre>\n",
    });
    out.push_str(match next {
        Block::None => "",
        Block::Paragraph => "<p>",
        Block::List => "<ul class=\"plain\">\n",
        Block::Fence | Block::Table => "<pre>",
    });
    *open = next;
}

/// Code between backticks and bold between double stars; links stay text, for nothing is to be followed.
fn inline(line: &str) -> String {
    let mut out = String::new();
    for (number, part) in line.split('`').enumerate() {
        if number % 2 == 1 {
            let _ = write!(out, "<code>{}</code>", text::html(part));
            continue;
        }
        for (number, part) in part.split("**").enumerate() {
            let part = text::html(part);
            let _ = if number % 2 == 1 { write!(out, "<strong>{part}</strong>") } else { write!(out, "{part}") };
        }
    }
    out
}
