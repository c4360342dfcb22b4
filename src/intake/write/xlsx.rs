//! Spreadsheets (Office Open XML, ISO/IEC 29500), written row by row.
//!
//! Texts are inline strings and never formulas, so nothing in them is executed (S4 of security.md), whatever they begin
//! with; numbers are numbers, days and times are cells with a date format. The first row is bold and stays in sight.
//! Nothing is kept but the row at hand: a million rows take no more memory than one.

use super::zip::ZipWriter;
use model::Day;
use std::fmt::Write;

/// Rows of a sheet, the header included; what is more goes to another sheet with the same header.
const SHEET_ROWS: u32 = 1_048_576;

/// Characters (UTF-16) that a cell may have.
const CELL_CHARS: usize = 32_767;

/// Days from 1899-12-30, on which spreadsheets begin to count, to 1970-01-01.
const EPOCH: i32 = 25_569;

/// Spreadsheets take 1900 for a leap year, so days before March 1900 are text.
const FIRST_DAY: i32 = 61;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// A number as it is written: `12.50`.
    Number(String),
    /// Yes or no.
    Flag(bool),
    /// A day.
    Day(Day),
    /// A day and seconds of it, in local time.
    Moment(Day, u32),
}

/// Writes a workbook.
#[derive(Debug)]
pub(super) struct XlsxWriter {
    zip: ZipWriter,
    title: String,
    header: Vec<String>,
    sheets: u32,
    row: u32,
    line: String,
}

impl XlsxWriter {
    /// `title` names the sheets.
    pub(super) fn new(title: &str) -> Self {
        Self {
            zip: ZipWriter::default(),
            title: title.to_owned(),
            header: Vec::new(),
            sheets: 0,
            row: 0,
            line: String::new(),
        }
    }

    /// The header.
    pub(super) fn start(&mut self, header: &[String], out: &mut Vec<u8>) {
        self.header = header.to_vec();
        self.begin_sheet(out);
    }

    fn begin_sheet(&mut self, out: &mut Vec<u8>) {
        self.sheets += 1;
        let name = format!("xl/worksheets/sheet{}.xml", self.sheets);
        self.zip.begin(&name, out);
        let columns = self.header.len().max(1);
        let head = format!(
            "{XML}<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView workbookViewId=\"0\"{}>\
             <pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>\
             <sheetFormatPr defaultRowHeight=\"15\"/><cols><col min=\"1\" max=\"{columns}\" width=\"16\" customWidth=\"1\"/></cols>\
             <sheetData>",
            if self.sheets == 1 {
                " tabSelected=\"1\""
            } else {
                ""
            },
        );
        self.zip.write(head.as_bytes(), out);
        self.row = 0;
        let header = std::mem::take(&mut self.header);
        let cells: Vec<Value> = header.iter().cloned().map(Value::Text).collect();
        self.write_row(&cells, Style::Header, out);
        self.header = header;
    }

    /// One row.
    pub(super) fn write(&mut self, cells: &[Value], out: &mut Vec<u8>) {
        if self.row >= SHEET_ROWS {
            self.end_sheet(out);
            self.begin_sheet(out);
        }
        self.write_row(cells, Style::Plain, out);
    }

    fn write_row(&mut self, cells: &[Value], style: Style, out: &mut Vec<u8>) {
        self.row += 1;
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        // Writing into a String cannot fail.
        let _ = write!(line, "<row r=\"{}\">", self.row);
        for (column, cell) in cells.iter().enumerate() {
            put(&mut line, column, self.row, cell, style);
        }
        line.push_str("</row>");
        self.zip.write(line.as_bytes(), out);
        self.line = line;
    }

    fn end_sheet(&mut self, out: &mut Vec<u8>) {
        let last = letters(self.header.len().saturating_sub(1));
        let end = format!(
            "</sheetData><autoFilter ref=\"A1:{last}{}\"/></worksheet>",
            self.row.max(1)
        );
        self.zip.write(end.as_bytes(), out);
    }

    /// The end of the file.
    pub(super) fn end(&mut self, out: &mut Vec<u8>) {
        if self.sheets == 0 {
            self.begin_sheet(out);
        }
        self.end_sheet(out);
        let mut sheets = String::new();
        let mut links = String::new();
        for sheet in 1..=self.sheets {
            let _ = write!(
                sheets,
                "<sheet name=\"{}\" sheetId=\"{sheet}\" r:id=\"rId{sheet}\"/>",
                escape(&sheet_name(&self.title, sheet))
            );
            let _ = write!(
                links,
                "<Relationship Id=\"rId{sheet}\" Type=\"{REL}/worksheet\" Target=\"worksheets/sheet{sheet}.xml\"/>"
            );
        }
        let styles = self.sheets + 1;
        let files = [
            (
                "xl/workbook.xml",
                format!(
                    "{XML}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{REL}\"><sheets>{sheets}</sheets></workbook>"
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    "{XML}<Relationships xmlns=\"{PACKAGE}\">{links}\
                     <Relationship Id=\"rId{styles}\" Type=\"{REL}/styles\" Target=\"styles.xml\"/></Relationships>"
                ),
            ),
            ("xl/styles.xml", format!("{XML}{STYLES}")),
            (
                "_rels/.rels",
                format!(
                    "{XML}<Relationships xmlns=\"{PACKAGE}\">\
                     <Relationship Id=\"rId1\" Type=\"{REL}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                ),
            ),
            ("[Content_Types].xml", format!("{XML}{TYPES}")),
        ];
        for (name, content) in files {
            self.zip.begin(name, out);
            self.zip.write(content.as_bytes(), out);
        }
        self.zip.end(out);
    }
}

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// Every other part is a sheet, however many there are.
const TYPES: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
    <Default Extension=\"xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>\
    <Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>\
    <Override PartName=\"/xl/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/></Types>";

/// Formats by number: 0 general, 1 the bold header, 2 days, 3 days with time, 4 text.
const STYLES: &str = "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
    <numFmts count=\"2\"><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/>\
    <numFmt numFmtId=\"165\" formatCode=\"yyyy\\-mm\\-dd\\ hh:mm:ss\"/></numFmts>\
    <fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
    <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>\
    <borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
    <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
    <cellXfs count=\"5\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
    <xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/>\
    <xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
    <xf numFmtId=\"165\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
    <xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/></cellXfs>\
    <cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Header,
    Plain,
}

fn put(line: &mut String, column: usize, row: u32, cell: &Value, style: Style) {
    let at = letters(column);
    // Writing into a String cannot fail.
    let _ = match cell {
        Value::Empty => Ok(()),
        Value::Text(text) if text.is_empty() => Ok(()),
        Value::Text(text) => {
            // As text also where it looks like a number, so that editing the cell keeps its zeros.
            let style = if style == Style::Header { 1 } else { 4 };
            write!(
                line,
                "<c r=\"{at}{row}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                escape(text)
            )
        }
        Value::Number(number) => write!(line, "<c r=\"{at}{row}\"><v>{number}</v></c>"),
        Value::Flag(flag) => {
            write!(
                line,
                "<c r=\"{at}{row}\" t=\"b\"><v>{}</v></c>",
                u8::from(*flag)
            )
        }
        Value::Day(day) if day.0 + EPOCH < FIRST_DAY => {
            put(line, column, row, &Value::Text(day.to_string()), style);
            Ok(())
        }
        Value::Day(day) => write!(
            line,
            "<c r=\"{at}{row}\" s=\"2\"><v>{}</v></c>",
            day.0 + EPOCH
        ),
        Value::Moment(day, second) => write!(
            line,
            "<c r=\"{at}{row}\" s=\"3\"><v>{}</v></c>",
            f64::from(day.0 + EPOCH) + f64::from(*second) / 86_400.0
        ),
    };
}

/// A, B ... Z, AA ...
fn letters(column: usize) -> String {
    let mut rest = column + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.reverse();
    String::from_utf8_lossy(&letters).into_owned()
}

/// Text as XML has it; what XML has no place for is spelled `_x0001_`, and what looks like such a spelling is kept
/// apart (ISO/IEC 29500-1, 22.9.2.19). Cut where a cell is full.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > CELL_CHARS {
            break;
        }
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(c),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "_x{:04X}_", c as u32);
            }
            '_' if spells(text.get(at..).unwrap_or_default()) => out.push_str("_x005F_"),
            _ => out.push(c),
        }
    }
    out
}

/// Whether a text begins like `_x0041_`.
fn spells(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = bytes.get(2..6);
    bytes.starts_with(b"_x")
        && bytes.get(6) == Some(&b'_')
        && digits.is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit))
}

/// At most 31 characters, none of which a sheet's name may not have.
fn sheet_name(title: &str, sheet: u32) -> String {
    let name: String = title
        .chars()
        .filter(|c| !"[]:*?/\\'".contains(*c))
        .take(24)
        .collect();
    let name = if name.is_empty() {
        "Sheet".to_owned()
    } else {
        name
    };
    if sheet == 1 {
        name
    } else {
        format!("{name} {sheet}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        let names: Vec<String> = [0, 25, 26, 51, 701, 702].map(letters).into();
        assert_eq!(names, ["A", "Z", "AA", "AZ", "ZZ", "AAA"]);
    }

    #[test]
    fn texts_are_texts() {
        assert_eq!(escape("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
        assert_eq!(escape("_x0041_ \u{1}"), "_x005F_x0041_ _x0001_");
        let day = |text: &str| Value::Day(text.parse().unwrap());
        let cells = [
            Value::Text("=1+1".to_owned()),
            Value::Number("-5".to_owned()),
            day("2026-01-31"),
            day("1900-01-31"),
            Value::Moment("2026-01-31".parse().unwrap(), 43_200),
            Value::Flag(true),
        ];
        let mut line = String::new();
        for (at, cell) in cells.iter().enumerate() {
            put(&mut line, at, 2, cell, Style::Plain);
        }
        assert_eq!(
            line,
            "<c r=\"A2\" s=\"4\" t=\"inlineStr\"><is><t xml:space=\"preserve\">=1+1</t></is></c>\
             <c r=\"B2\"><v>-5</v></c><c r=\"C2\" s=\"2\"><v>46053</v></c>\
             <c r=\"D2\" s=\"4\" t=\"inlineStr\"><is><t xml:space=\"preserve\">1900-01-31</t></is></c>\
             <c r=\"E2\" s=\"3\"><v>46053.5</v></c><c r=\"F2\" t=\"b\"><v>1</v></c>"
        );
    }
}
