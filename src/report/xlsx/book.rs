//! The workbook: typed cells, sheets that respect Excel's limits, and the notes on whatever these limits touched.

use std::borrow::Cow;
use std::io::Write;

use chrono::{DateTime, Utc};
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet};

pub(super) use rust_xlsxwriter::XlsxError;

use super::Options;
use crate::report::text;
use crate::report::words::{Lang, Word, fill};
use crate::timeline::format_time;

/// What one sheet and one cell may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Rows of a sheet, the head among them.
    pub rows: u32,
    /// UTF-16 units of a cell.
    pub units: usize,
}

impl Limits {
    /// Excel's own.
    pub const EXCEL: Self = Self { rows: 1_048_576, units: 32_767 };
}

/// One typed cell.
#[derive(Debug)]
pub(super) enum Cell<'a> {
    /// Nothing.
    Blank,
    /// Text on one line.
    Text(Cow<'a, str>),
    /// Text that is broken to the width of its column.
    Wrapped(Cow<'a, str>),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// A date and time, UTC.
    Time(DateTime<Utc>),
    /// Yes or no.
    Flag(bool),
}

impl<'a> Cell<'a> {
    /// Text, or nothing.
    pub(super) fn text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Blank, |text| Self::Text(text.into()))
    }

    /// A count.
    pub(super) fn count(count: u64) -> Self {
        Self::Whole(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// A time, or nothing.
    pub(super) fn time(time: Option<DateTime<Utc>>) -> Self {
        time.map_or(Self::Blank, Self::Time)
    }

    /// About how many lines the cell takes in a column of this width.
    fn lines(&self, width: f64) -> u32 {
        let Self::Wrapped(shown) = self else { return 1 };
        // Words are broken as wholes, which costs about a tenth of a line. Nobody looks at more lines than this.
        let lines = shown.split('\n').take(MOST_LINES as usize).map(|line| {
            let cells = text::width(text::first_units(line, 10_000)) as f64;
            (cells * 1.1 / width).ceil().max(1.0) as u32
        });
        lines.sum()
    }

    /// A time as the ledger writes it; text that is no time stays text.
    pub(super) fn written_time(text: Option<&'a str>) -> Self {
        let Some(text) = text else { return Self::Blank };
        DateTime::parse_from_rfc3339(text).map_or(Self::Text(text.into()), |time| Self::Time(time.to_utc()))
    }
}

/// The head of one column.
pub(super) struct Head {
    /// What stands there.
    pub(super) name: Cow<'static, str>,
    /// Width in characters.
    pub(super) width: f64,
}

impl Head {
    /// A head with a word of the report.
    pub(super) fn word(lang: Lang, word: Word, width: u16) -> Self {
        Self { name: word.text(lang).into(), width: width.into() }
    }
}

/// A sheet that is one table.
pub(super) struct Sheet {
    /// Its name.
    pub(super) name: &'static str,
    /// Its columns.
    pub(super) heads: Vec<Head>,
    /// The file that has the whole of a text which does not fit a cell.
    pub(super) whole: &'static str,
}

/// A workbook that is being filled. The first sheet is kept free for the summary.
pub(super) struct Book {
    workbook: Workbook,
    looks: Looks,
    limits: Limits,
    lang: Lang,
    /// What the limits touched, in words.
    pub(super) notes: Vec<String>,
}

impl Book {
    /// An empty workbook.
    pub(super) fn new(options: &Options<'_>, limits: Limits) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(options.spill)?;
        // At the usual level packing is a third of all work here, for a file a sixth smaller.
        workbook.set_zip_compression_level(2);
        // The crate would take the clock's time; the same report must have the same bytes.
        let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
        let properties = DocProperties::new().set_title(Word::ReportTitle.text(options.lang));
        workbook.set_properties(&properties.set_creation_datetime(&made));
        workbook.add_worksheet().set_name(Word::SheetSummary.text(options.lang))?;
        Ok(Self { workbook, looks: Looks::new(), limits, lang: options.lang, notes: Vec::new() })
    }

    /// Writes a table; one that is too long goes on in `Name (2)`, `Name (3)`, …
    pub(super) fn table<'a>(
        &mut self,
        sheet: &Sheet,
        rows: impl IntoIterator<Item = Vec<Cell<'a>>>,
    ) -> Result<(), XlsxError> {
        let mut rows = rows.into_iter();
        let beginning: Vec<Vec<Cell<'a>>> = rows.by_ref().take(SHORT).collect();
        let short = beginning.len() < SHORT;
        let mut rows = beginning.into_iter().chain(rows).peekable();
        let mut pen = Pen { looks: &self.looks, limits: self.limits, lang: self.lang, whole: sheet.whole, cut: 0 };
        let (mut parts, mut written) = (0_u32, 0_u64);
        loop {
            parts += 1;
            // A row of a long table leaves memory when the next one begins.
            let worksheet = match short {
                true => self.workbook.add_worksheet(),
                false => self.workbook.add_worksheet_with_constant_memory()?,
            };
            match parts {
                1 => worksheet.set_name(sheet.name)?,
                _ => worksheet.set_name(format!("{} ({parts})", sheet.name))?,
            };
            pen.heads(worksheet, &sheet.heads)?;
            let mut row = 0;
            while row + 1 < self.limits.rows
                && let Some(cells) = rows.next()
            {
                row += 1;
                let mut lines = 1;
                for ((column, cell), head) in (0..).zip(&cells).zip(&sheet.heads) {
                    pen.cell(worksheet, (row, column), cell)?;
                    lines = lines.max(cell.lines(head.width));
                }
                // The last row that leaves memory is written once more, empty, where it has a height: a sheet whose
                // rows do not ascend is taken for a damaged one.
                if short || row + 1 < self.limits.rows && rows.peek().is_some() {
                    heighten(worksheet, row, lines)?;
                }
            }
            written += u64::from(row);
            let last = u16::try_from(sheet.heads.len().saturating_sub(1)).unwrap_or(u16::MAX);
            worksheet.autofilter(0, 0, row, last)?;
            if rows.peek().is_none() {
                break;
            }
        }
        if parts > 1 {
            let values = [sheet.name, &written.to_string(), &parts.to_string()];
            self.notes.push(fill(self.lang, Word::SheetSplit, &values));
        }
        if pen.cut > 0 {
            let values = [sheet.name, &pen.cut.to_string(), &self.limits.units.to_string(), sheet.whole];
            self.notes.push(fill(self.lang, Word::CellsCut, &values));
        }
        Ok(())
    }

    /// Fills the first sheet: a heading stands alone in its row.
    pub(super) fn summary(&mut self, widths: &[f64], rows: &[Row<'_>]) -> Result<(), XlsxError> {
        let worksheet = self.workbook.worksheet_from_index(0)?;
        let looks = Looks::left();
        let mut pen = Pen { looks: &looks, limits: self.limits, lang: self.lang, whole: "report.json", cut: 0 };
        for (column, width) in (0..).zip(widths) {
            worksheet.set_column_width(column, *width)?;
            worksheet.set_column_format(column, &pen.looks.text)?;
        }
        for (row, content) in (0..).zip(rows) {
            match content {
                Row::Heading(title) => {
                    worksheet.write_string_with_format(row, 0, text::xlsx_cell(title.as_ref()), &pen.looks.heading)?;
                }
                Row::Cells(cells) => {
                    let mut lines = 1;
                    for ((column, cell), width) in (0..).zip(cells).zip(widths) {
                        pen.cell(worksheet, (row, column), cell)?;
                        lines = lines.max(cell.lines(*width));
                    }
                    heighten(worksheet, row, lines)?;
                }
            }
        }
        page(worksheet)?;
        Ok(())
    }

    /// Writes the file.
    pub(super) fn save(mut self, out: &mut (dyn Write + Send)) -> Result<(), XlsxError> {
        self.workbook.save_to_writer(out)
    }
}

/// One row of the summary.
pub(super) enum Row<'a> {
    /// A title over the following rows.
    Heading(Cow<'a, str>),
    /// Cells.
    Cells(Vec<Cell<'a>>),
}

/// How cells look.
struct Looks {
    head: Format,
    heading: Format,
    text: Format,
    quoted: Format,
    wrapped: Format,
    wrapped_quoted: Format,
    whole: Format,
    seconds: Format,
    fractions: Format,
}

impl Looks {
    /// For the first sheet, whose values stand under each other in one wide column.
    fn left() -> Self {
        let left = |format: Format| format.set_align(FormatAlign::Left);
        let Self { whole, seconds, fractions, .. } = Self::new();
        Self { whole: left(whole), seconds: left(seconds), fractions: left(fractions), ..Self::new() }
    }

    fn new() -> Self {
        let top = Format::new().set_align(FormatAlign::Top);
        // Text that looks like a formula is text, and stays text when somebody edits the cell.
        let quoted = top.clone().set_quote_prefix();
        Self {
            head: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Top)
                .set_border_bottom(FormatBorder::Thin)
                .set_background_color(Color::RGB(0x00E7_ECF2)),
            heading: Format::new().set_bold().set_font_size(13),
            wrapped: top.clone().set_text_wrap(),
            wrapped_quoted: quoted.clone().set_text_wrap(),
            whole: top.clone().set_num_format("0"),
            seconds: top.clone().set_num_format("yyyy-mm-dd hh:mm:ss"),
            fractions: top.clone().set_num_format("yyyy-mm-dd hh:mm:ss.000"),
            text: top,
            quoted,
        }
    }
}

/// Writes cells into a sheet and counts what it had to cut.
struct Pen<'b> {
    looks: &'b Looks,
    limits: Limits,
    lang: Lang,
    whole: &'static str,
    cut: u64,
}

impl Pen<'_> {
    fn heads(&self, worksheet: &mut Worksheet, heads: &[Head]) -> Result<(), XlsxError> {
        for (column, head) in (0..).zip(heads) {
            worksheet.set_column_width(column, head.width)?;
            worksheet.set_column_format(column, &self.looks.text)?;
            worksheet.write_string_with_format(0, column, head.name.as_ref(), &self.looks.head)?;
        }
        worksheet.set_freeze_panes(1, 0)?;
        worksheet.set_repeat_rows(0, 0)?;
        page(worksheet)
    }

    fn cell(&mut self, worksheet: &mut Worksheet, at: (u32, u16), cell: &Cell<'_>) -> Result<(), XlsxError> {
        let looks = self.looks;
        match cell {
            Cell::Blank => {}
            Cell::Text(text) => self.string(worksheet, at, text, [None, Some(&looks.quoted)])?,
            Cell::Wrapped(text) => {
                self.string(worksheet, at, text, [Some(&looks.wrapped), Some(&looks.wrapped_quoted)])?;
            }
            // A cell keeps 15 digits; a longer number is kept whole as text.
            Cell::Whole(number) if number.unsigned_abs() >= 1_000_000_000_000_000 => {
                worksheet.write_string_with_format(at.0, at.1, number.to_string(), &looks.text)?;
            }
            Cell::Whole(number) => {
                worksheet.write_number_with_format(at.0, at.1, *number as f64, &looks.whole)?;
            }
            Cell::Number(number) => {
                worksheet.write_number_with_format(at.0, at.1, *number, &looks.text)?;
            }
            Cell::Time(time) => match serial(*time) {
                Some(serial) => {
                    let look = if time.timestamp_subsec_nanos() == 0 { &looks.seconds } else { &looks.fractions };
                    worksheet.write_number_with_format(at.0, at.1, serial, look)?;
                }
                None => {
                    worksheet.write_string_with_format(at.0, at.1, format_time(*time), &looks.text)?;
                }
            },
            Cell::Flag(flag) => {
                worksheet.write_boolean_with_format(at.0, at.1, *flag, &looks.text)?;
            }
        }
        Ok(())
    }

    /// Writes text, in the look of its column where none is given: to ask for a look takes as long as to write the text.
    fn string(
        &mut self,
        worksheet: &mut Worksheet,
        at: (u32, u16),
        evidence: &str,
        [plain, quoted]: [Option<&Format>; 2],
    ) -> Result<(), XlsxError> {
        let shown = text::xlsx_cell(evidence);
        let fitted = self.fitted(&shown);
        let look = if text::begins_formula(evidence) || text::begins_formula(&fitted) { quoted } else { plain };
        match look {
            Some(look) => worksheet.write_string_with_format(at.0, at.1, fitted, look)?,
            None => worksheet.write_string(at.0, at.1, fitted)?,
        };
        Ok(())
    }

    /// The text, or its beginning with a note on how much there is and where.
    fn fitted<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        // Bytes are never fewer than UTF-16 units.
        let fits = text.len() <= self.limits.units || text::first_units(text, self.limits.units).len() == text.len();
        if fits {
            return Cow::Borrowed(text);
        }
        self.cut += 1;
        let note = fill(self.lang, Word::CellCut, &[&text.chars().count().to_string(), self.whole]);
        let room = self.limits.units.saturating_sub(note.encode_utf16().count() + 1);
        Cow::Owned(format!("{} {note}", text::first_units(text, room)))
    }
}

/// The day number that spreadsheets count in, or `None` before 1900-03-01 (where they disagree) and after 9999.
fn serial(time: DateTime<Utc>) -> Option<f64> {
    const EPOCH: f64 = 25_569.0;
    let serial = time.timestamp_micros() as f64 / 86_400e6 + EPOCH;
    (61.0..2_958_466.0).contains(&serial).then_some(serial)
}

/// A table with fewer rows is made in memory.
const SHORT: usize = 2_000;

/// The most lines that a row shows; the text of the cell is whole all the same.
const MOST_LINES: u32 = 20;

/// Gives a row its height: not every program that opens workbooks finds it out by itself.
fn heighten(worksheet: &mut Worksheet, row: u32, lines: u32) -> Result<(), XlsxError> {
    if lines > 1 {
        worksheet.set_row_height(row, f64::from(lines.min(MOST_LINES)) * 15.0)?;
    }
    Ok(())
}

fn page(worksheet: &mut Worksheet) -> Result<(), XlsxError> {
    worksheet.set_landscape();
    worksheet.set_print_fit_to_pages(1, 0);
    worksheet.set_footer("&C&P / &N");
    Ok(())
}
