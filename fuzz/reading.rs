//! What every target does with its bytes: look at them as a file, take the plan that comes of it, and read the file in
//! pieces of uneven size. Whatever the bytes are, nothing panics, time is bounded and so is memory.

use intake::{Circumstances, Intake, inspect, plan};
use model::import::{FileFormat, Reading};
use model::{Currency, Timestamp, Zone};

/// Reads `data` as a file of this name; `format` overrules what it seems to be, so that the reader meets anything.
pub fn read(data: &[u8], name: &str, format: Option<FileFormat>) {
    let Ok(seen) = inspect(data, data.len() as u64, name, &Reading::default()) else {
        return;
    };
    let mut plan = plan(&seen, Currency::CNY);
    if let Some(format) = format {
        plan.format = format;
    }
    let around = Circumstances {
        zone: Zone::parse("Asia/Shanghai").unwrap_or(Zone::UTC),
        currency: Currency::CNY,
        phone_country: "86".into(),
        now: Timestamp(1_790_000_000_000),
    };
    let mut intake = Intake::new(&plan, around);
    let mut records = Vec::new();
    // Sizes that cut characters, quotes and rows wherever they can be cut.
    let mut rest = data;
    let small = [1, 3, 7, 64, 5, 1_000, 2, 333];
    for size in small.into_iter().chain(std::iter::repeat(16_384)) {
        let (piece, behind) = rest.split_at(size.min(rest.len()));
        intake.feed(piece, &mut records);
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
    intake.finish(&mut records);
    let _ = intake.take_issues();
}

/// Takes the sheets of a workbook and throws them away.
#[derive(Default)]
pub struct Nowhere(pub usize);

impl sheets::Sink for Nowhere {
    fn begin(&mut self, _: &str, _: sheets::Part) {}
    fn bytes(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }
    fn end(&mut self, _: u32, _: u32) {}
}

/// A workbook of one sheet whose XML is `data`, stored as it is: what a mutator could never pack.
pub fn workbook(data: &[u8]) -> Vec<u8> {
    let book = br#"<workbook><sheets><sheet name="a" r:id="rId1"/></sheets></workbook>"#;
    let relations = br#"<R><Relationship Id="rId1" Type="worksheet" Target="a.xml"/><Relationship Id="rId2" Type="sharedStrings" Target="a.xml"/><Relationship Id="rId3" Type="styles" Target="a.xml"/></R>"#;
    let files: [(&str, &[u8]); 3] = [
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", relations),
        ("xl/a.xml", data),
    ];
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let at = out.len() as u32;
        let mut middle = vec![0u8; 8];
        middle.extend((content.len() as u32).to_le_bytes());
        middle.extend((content.len() as u32).to_le_bytes());
        middle.extend((name.len() as u16).to_le_bytes());
        middle.extend([0, 0]);
        out.extend(b"PK\x03\x04\x14\0\0\0\0\0");
        out.extend(&middle);
        out.extend(name.as_bytes());
        out.extend(content);
        directory.extend(b"PK\x01\x02\x14\0\x14\0\0\0\0\0");
        directory.extend(&middle);
        directory.extend([0u8; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let at = out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0\x03\0\x03\0");
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}
