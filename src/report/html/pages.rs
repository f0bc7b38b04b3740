//! The pages of the symptoms, appended so that a reader without the program has them; Markdown as far as they use it.

use std::fmt::Write as _;

use super::SymptomPage;
use super::page::{Page, anchor};
use crate::report::text;
use crate::report::words::{self, Lang, Word};

pub(super) fn section(page: &mut Page<'_>) {
    let pages = page.options.pages;
    if pages.is_empty() {
        return;
    }
    page.heading("pages", Word::HeadPages);
    page.remark(&page.word(Word::PagesOnPaper));
    for known @ SymptomPage { id, text: source } in pages {
        let title = text::html(&*words::title(page.lang, id));
        // On paper only the pages of questions that found something; the others belong to the program.
        let found = crate::report::assessments(page.report).any(|asked| asked.id == *id && !asked.findings.is_empty());
        let class = if found { "page" } else { "page quiet" };
        page.push(&format!("<details class=\"{class}\" id=\"page-{}\"><summary>{title}</summary>\n", anchor(id)));
        let spoken = spoken(known, page.lang);
        if spoken != page.lang {
            page.remark(&page.word(Word::OnlyInEnglish));
        }
        page.push(&in_language(&markdown(source), spoken, page.lang));
        page.push("</details>\n");
    }
}

/// The language of a page: English where the report's has none of its own.
pub(super) fn spoken(page: &SymptomPage<'_>, lang: Lang) -> Lang {
    if words::page(lang, page.id).is_some() { lang } else { Lang::En }
}

/// Markup in a language, marked where that is not the report's: a screen reader changes its voice.
pub(super) fn in_language(markup: &str, spoken: Lang, lang: Lang) -> String {
    match spoken == lang {
        true => markup.to_owned(),
        false => format!("<div lang=\"{}\">\n{markup}</div>\n", spoken.tag()),
    }
}

/// The part of a page that says what else it could be.
pub(super) fn innocent(source: &str, lang: Lang) -> String {
    let heading = format!("## {}", Word::PageInnocent.text(lang));
    let lines = source.lines().skip_while(|line| line.trim_end() != heading).skip(1);
    let part: Vec<&str> = lines.take_while(|line| !line.starts_with("## ")).collect();
    part.join("\n").trim().to_owned()
}

/// Headings, lists, fenced text and paragraphs; anything else stands as it is written.
pub(super) fn markdown(source: &str) -> String {
    let mut out = String::new();
    let mut open = Block::None;
    let mut text = String::new();
    for line in source.lines() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") {
            let fence = if open == Block::Fence { Block::None } else { Block::Fence };
            switch(&mut out, &mut open, &mut text, fence);
        } else if open == Block::Fence {
            text.push_str(line);
            text.push('\n');
        } else if trimmed.is_empty() {
            switch(&mut out, &mut open, &mut text, Block::None);
        } else if let Some(heading) = line.strip_prefix('#') {
            switch(&mut out, &mut open, &mut text, Block::None);
            let level = if heading.starts_with('#') { 4 } else { 3 };
            let _ = writeln!(out, "<h{level}>{}</h{level}>", inline(heading.trim_start_matches('#').trim()));
        } else if let Some(item) = trimmed.strip_prefix("- ").or(trimmed.strip_prefix("* ")) {
            if open == Block::List {
                close_item(&mut out, &mut text);
            }
            switch(&mut out, &mut open, &mut text, Block::List);
            text.push_str(item);
        } else if trimmed.starts_with('|') {
            switch(&mut out, &mut open, &mut text, Block::Table);
            text.push_str(line);
            text.push('\n');
        } else {
            // Lines that go on: of an item as well as of a paragraph.
            if open != Block::List {
                switch(&mut out, &mut open, &mut text, Block::Paragraph);
            }
            join(&mut text, trimmed);
        }
    }
    switch(&mut out, &mut open, &mut text, Block::None);
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

/// Puts a wrapped line behind what went before; Japanese is written without spaces.
fn join(text: &mut String, line: &str) {
    let wide = |c: Option<char>| c.is_some_and(|c| u32::from(c) >= 0x3000);
    let narrow = !wide(text.chars().last()) && !wide(line.chars().next());
    if narrow && !text.is_empty() {
        text.push(' ');
    }
    text.push_str(line.trim_end());
}

fn close_item(out: &mut String, text: &mut String) {
    let _ = writeln!(out, "<li>{}</li>", inline(&std::mem::take(text)));
}

fn switch(out: &mut String, open: &mut Block, text: &mut String, next: Block) {
    if *open == next {
        return;
    }
    match *open {
        Block::None => {}
        Block::Paragraph => {
            let _ = writeln!(out, "<p>{}</p>", inline(text));
        }
        Block::List => {
            close_item(out, text);
            out.push_str("</ul>\n");
        }
        Block::Fence | Block::Table => {
            let _ = writeln!(out, "<pre>{}</pre>", text.lines().map(text::html).collect::<Vec<_>>().join("\n"));
        }
    }
    text.clear();
    if next == Block::List {
        out.push_str("<ul class=\"plain\">\n");
    }
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
