use super::*;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use proptest::prelude::*;
use std::io::Write;

/// What a sink was given.
#[derive(Debug, Default, PartialEq)]
struct Taken {
    tables: Vec<(String, Part, String, u32, u32)>,
    bytes: usize,
}

impl Sink for Taken {
    fn begin(&mut self, name: &str, part: Part) {
        self.tables
            .push((name.to_owned(), part, String::new(), 0, 0));
    }
    fn bytes(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len();
        // Bombs are counted, not kept.
        if self.bytes < 8 << 20 {
            let text = &mut self.tables.last_mut().unwrap().2;
            text.push_str(std::str::from_utf8(bytes).unwrap());
        }
    }
    fn end(&mut self, rows: u32, columns: u32) {
        let table = self.tables.last_mut().unwrap();
        (table.3, table.4) = (rows, columns);
    }
}

fn taken(file: &[u8]) -> Result<Taken, Refused> {
    let mut taken = Taken::default();
    read(file, &mut taken).map(|()| taken)
}

/// The sheets as lines, `|` between cells; the letter of each cell's kind is kept.
fn sheets(file: &[u8]) -> Vec<(String, Vec<String>)> {
    let tables = taken(file).unwrap().tables;
    let plain = |(name, _, text, ..): (String, Part, String, u32, u32)| {
        let rows = text.strip_prefix("\u{1}sheet 1\u{1e}").unwrap();
        let rows = rows.split_terminator('\u{1e}');
        (name, rows.map(|row| row.replace('\u{1f}', "|")).collect())
    };
    tables.into_iter().map(plain).collect()
}

/// Packs files; an entry is deflated unless its name begins with `stored/`.
fn zip(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let (method, packed) = match name.starts_with("stored/") {
            true => (0u16, content.clone()),
            false => {
                let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(content).unwrap();
                (8, encoder.finish().unwrap())
            }
        };
        entry(
            &mut out,
            &mut directory,
            name,
            method,
            &packed,
            content.len() as u32,
        );
    }
    end(out, &directory, files.len() as u16)
}

fn entry(
    out: &mut Vec<u8>,
    directory: &mut Vec<u8>,
    name: &str,
    method: u16,
    packed: &[u8],
    size: u32,
) {
    let at = out.len() as u32;
    let mut middle = Vec::new();
    middle.extend([0u8; 4]);
    middle.extend(0u32.to_le_bytes());
    middle.extend((packed.len() as u32).to_le_bytes());
    middle.extend(size.to_le_bytes());
    middle.extend((name.len() as u16).to_le_bytes());
    middle.extend(0u16.to_le_bytes());
    out.extend(b"PK\x03\x04\x14\0\0\0");
    out.extend(method.to_le_bytes());
    out.extend(&middle);
    out.extend(name.as_bytes());
    out.extend(packed);
    directory.extend(b"PK\x01\x02\x14\0\x14\0\0\0");
    directory.extend(method.to_le_bytes());
    directory.extend(&middle);
    directory.extend([0u8; 10]);
    directory.extend(at.to_le_bytes());
    directory.extend(name.as_bytes());
}

fn end(mut out: Vec<u8>, directory: &[u8], count: u16) -> Vec<u8> {
    let at = out.len() as u32;
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend(0u16.to_le_bytes());
    out
}

const RELS: &str = r#"<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="http://x/worksheet" Target="/xl/worksheets/sheet2.xml"/>
<Relationship Id="rId3" Type="http://x/sharedStrings" Target="sharedStrings.xml"/>
<Relationship Id="rId4" Type="http://x/styles" Target="styles.xml"/></Relationships>"#;
const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="165" formatCode="[h]:mm"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="22"/><xf numFmtId="165"/><xf numFmtId="20"/></cellXfs></styleSheet>"#;
const TEXTS: &str = r#"<sst count="3"><si><t>姓名</t></si><si><r><t xml:space="preserve">Ann </t></r><r><rPr><b/></rPr><t>Example</t></r><rPh><t>アン</t></rPh></si><si><t>a_x000D_b &amp; &#65;</t></si></sst>"#;

fn book(sheet: &str) -> Vec<u8> {
    let workbook = r#"<?xml version="1.0"?><x:workbook xmlns:x="y"><x:sheets><x:sheet name="会员 &amp; 客" sheetId="1" r:id="rId1"/><x:sheet name="old" state="hidden" r:id="rId2"/></x:sheets></x:workbook>"#;
    let other = "<worksheet><sheetData><row r=\"1\"><c t=\"inlineStr\"><is><t>only</t></is></c></row></sheetData></worksheet>";
    zip(&[
        ("xl/workbook.xml", workbook.into()),
        ("xl/_rels/workbook.xml.rels", RELS.into()),
        ("xl/sharedStrings.xml", TEXTS.into()),
        ("xl/styles.xml", STYLES.into()),
        ("xl/worksheets/sheet1.xml", sheet.into()),
        ("xl/worksheets/sheet2.xml", other.into()),
    ])
}

fn rows_of(sheet_data: &str) -> Vec<String> {
    let sheet = format!("<worksheet><sheetData>{sheet_data}</sheetData></worksheet>");
    sheets(&book(&sheet)).remove(0).1
}

#[test]
fn every_shape_of_a_cell_is_read() {
    for (cell, expected) in [
        (r#"<c r="A1" t="s"><v>0</v></c>"#, "t姓名|"),
        (r#"<c r="A1" t="s"><v>1</v></c>"#, "tAnn Example|"),
        (r#"<c r="A1" t="s"><v>2</v></c>"#, "ta\rb & A|"),
        (r#"<c r="B1" t="s"><v>0</v></c>"#, "|t姓名|"),
        (
            r#"<c r="A1" t="inlineStr"><is><t>0123</t></is></c>"#,
            "t0123|",
        ),
        (
            r#"<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>"#,
            "tab|",
        ),
        (
            r#"<c r="A1" t="str"><f>A2&amp;"x"</f><v>=1+1</v></c>"#,
            "t=1+1|",
        ),
        (r#"<c r="A1" t="b"><v>1</v></c>"#, "vtrue|"),
        (r#"<c r="A1" t="b"><v>0</v></c>"#, "vfalse|"),
        (r#"<c r="A1" t="e"><v>#N/A</v></c>"#, "t#N/A|"),
        (
            r#"<c r="A1" t="d"><v>2024-05-01T10:00:00</v></c>"#,
            "v2024-05-01 10:00:00|",
        ),
        (r#"<c r="A1"><v>13800000000</v></c>"#, "v13800000000|"),
        (
            r#"<c r="A1"><v>2025100712345678901</v></c>"#,
            "v2025100712345678901|",
        ),
        (
            r#"<c r="A1"><v>2.0251007123456799E+18</v></c>"#,
            "v2.0251007123456799E+18|",
        ),
        (r#"<c r="A1" s="1"><v>45413</v></c>"#, "v2024-05-01|"),
        (
            r#"<c r="A1" s="2"><v>45413.5</v></c>"#,
            "v2024-05-01 12:00:00|",
        ),
        (r#"<c r="A1" s="3"><v>1.5</v></c>"#, "v1.5|"),
        (r#"<c r="A1" s="4"><v>0.75</v></c>"#, "v18:00:00|"),
        // Places left out, and cells out of their order.
        (r#"<c t="s"><v>0</v></c><c><v>2</v></c>"#, "t姓名|v2|"),
        (r#"<c r="C1"><v>3</v></c><c r="A1"><v>1</v></c>"#, "v1||v3|"),
        (r#"<c r="A1"><f>SUM(B1:B9)</f><v>7</v></c>"#, "v7|"),
    ] {
        assert_eq!(
            rows_of(&format!("<row r=\"1\">{cell}</row>")),
            [expected],
            "{cell}"
        );
    }
}

#[test]
fn rows_keep_their_numbers_and_blank_ones_at_the_end_are_nothing() {
    let rows = rows_of(
        r#"<row r="2"><c r="A2"><v>1</v></c></row><row r="5"><c r="A5"><v>2</v></c></row><row r="900"><c r="A900" s="1"/></row>"#,
    );
    assert_eq!(rows, ["", "v1|", "", "", "v2|"]);
    let rows = rows_of("<row><c><v>1</v></c></row><row><c><v>2</v></c></row>");
    assert_eq!(rows, ["v1|", "v2|"]);
}

#[test]
fn sheets_have_their_names_and_hidden_ones_say_so() {
    let file = book("<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>");
    let found = taken(&file).unwrap().tables;
    let found: Vec<_> = found
        .iter()
        .map(|(name, part, _, rows, columns)| (name.as_str(), *part, *rows, *columns))
        .collect();
    assert_eq!(
        found,
        [
            ("会员 & 客", Part::Sheet { hidden: false }, 1, 1),
            ("old", Part::Sheet { hidden: true }, 1, 1)
        ]
    );
}

/// The same shop as five programs would save it (`tests/files/books.mjs`).
#[test]
fn workbooks_of_every_age_say_the_same() {
    for (name, file) in [
        (
            "shop.xlsx",
            include_bytes!("../../tests/files/shop.xlsx").as_slice(),
        ),
        ("shop.xls", include_bytes!("../../tests/files/shop.xls")),
        ("shop.ods", include_bytes!("../../tests/files/shop.ods")),
        (
            "shop-2003.xls",
            include_bytes!("../../tests/files/shop-2003.xls"),
        ),
    ] {
        let found = sheets(file);
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["会员", "订单", "说明"], "{name}");
        let (people, orders) = (&found[0].1, &found[1].1);
        assert_eq!(people[0], "t示例门店会员表（2026）|", "{name}");
        assert_eq!(people[1], "", "{name}");
        assert_eq!(
            people[2], "t会员编号|t姓名|t手机号|t生日|t性别|t是否会员|t注册时间|t备注|",
            "{name}"
        );
        assert_eq!(
            people[3],
            "t0001|t陈伟|v13800000001|v1990-05-14|t男|vtrue|v2024-05-01 09:58:12|t=1+1 不是公式|",
            "{name}"
        );
        assert_eq!(
            people[4].replace("\r\n", "\n"),
            "t0002|t林 梅|t138 0000 0002|v1985-12-01|t女|vfalse|v2024-06-02|t两行\n备注|",
            "{name}"
        );
        assert_eq!(
            people[5], "t0003|t王芳|t13800000003||t女||v2024-06-03|",
            "{name}"
        );
        assert_eq!(
            orders[1], "t2025100712345678901|t0001|v2025-10-07 09:00:00|v520|t商品甲|",
            "{name}"
        );
        assert_eq!(
            orders[2], "t2025100712345678902|t0002|v2025-10-08 10:30:00|v0.3|t商品乙|",
            "{name}"
        );
    }
}

/// Records of an old workbook, with their numbers.
fn records(list: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let each = list.iter().flat_map(|(id, body)| {
        let len = body.len() as u16;
        [&id.to_le_bytes()[..], &len.to_le_bytes(), body].concat()
    });
    each.collect()
}

#[test]
fn workbooks_of_excel_95_are_read_in_their_code_page() {
    let gbk = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    let name = gbk("会员");
    let sheet_name = [&0u32.to_le_bytes()[..], &[0, 0, name.len() as u8], &name].concat();
    let begin = |kind: u8| vec![0x00, 0x05, kind, 0, 0, 0, 0, 0];
    let mut globals = vec![
        (0x0809, begin(5)),
        (0x0042, 936u16.to_le_bytes().to_vec()),
        (0x00e0, vec![0; 16]),
        (0x00e0, [&[0u8, 0, 14, 0][..], &[0; 12]].concat()),
        (0x0085, sheet_name),
        (0x000a, vec![]),
    ];
    let start = records(&globals).len() as u32;
    globals[4].1[..4].copy_from_slice(&start.to_le_bytes());
    let label = |row: u8, column: u8, text: &str| {
        let text = gbk(text);
        let head = [row, 0, column, 0, 0, 0, text.len() as u8, 0];
        (0x0204, [&head[..], &text].concat())
    };
    let cell = |row: u8, column: u8, format: u8| vec![row, 0, column, 0, format, 0];
    let whole = ((123u32 << 2) | 2).to_le_bytes().to_vec();
    let hundredth = ((123u32 << 2) | 3).to_le_bytes().to_vec();
    let plain = vec![0u8, 0];
    let sheet = [
        (0x0809, begin(0x10)),
        label(0, 0, "姓名"),
        label(0, 1, "生日"),
        label(1, 0, "陈伟"),
        (
            0x0203,
            [cell(1, 1, 1), 33_007f64.to_le_bytes().to_vec()].concat(),
        ),
        (
            0x00bd,
            [
                vec![1, 0, 2, 0],
                plain.clone(),
                whole,
                plain,
                hundredth,
                vec![3, 0],
            ]
            .concat(),
        ),
        // A formula whose result is a text.
        (
            0x0006,
            [
                cell(1, 4, 0),
                vec![0, 0, 0, 0, 0, 0, 0xff, 0xff],
                vec![0; 8],
            ]
            .concat(),
        ),
        (0x0207, [vec![4, 0], gbk("合计")].concat()),
        (0x0205, [cell(1, 5, 0), vec![1, 0]].concat()),
        (0x000a, vec![]),
    ];
    let stream = [records(&globals), records(&sheet)].concat();
    let mut taken = Taken::default();
    xls::records(&stream, &mut taken).unwrap();
    let (name, _, text, ..) = &taken.tables[0];
    assert_eq!(name, "会员");
    assert!(
        text.ends_with("\u{1e}t姓名\u{1f}t生日\u{1f}\u{1e}t陈伟\u{1f}v1990-05-14\u{1f}v123\u{1f}v1.23\u{1f}t合计\u{1f}vtrue\u{1f}\u{1e}"),
        "{text:?}"
    );
}

#[test]
fn pages_that_go_by_the_name_of_a_workbook_are_tables() {
    let page = "<html><head><meta charset=gbk><style>td{color:red}</style></head><body><table border=1>\
        <tr><th colspan=2>会员<th>电话</tr><tr><td rowspan=2>陈伟&nbsp;<td>A &amp; B<td>138<br>00000000\
        <tr><td>b<td>c<!-- <td>no --></table><table><tr><td>x</td></tr></table>";
    let (bytes, _, _) = encoding_rs::GBK.encode(page);
    let found = sheets(&bytes);
    assert_eq!(found.len(), 2);
    assert_eq!(
        found[0].1,
        ["t会员||t电话|", "t陈伟|tA & B|t138\n00000000|", "|tb|tc|"]
    );
}

#[test]
fn archives_of_tables_give_their_files() {
    let file = zip(&[
        ("orders.csv", "a,b\n1,2\n".into()),
        ("../../etc/evil\u{202e}.json", "[]".into()),
        ("photo.png", vec![1, 2, 3]),
        ("__MACOSX/orders.csv", "junk".into()),
        ("inner.zip", zip(&[("bomb.csv", vec![b'x'; 10])])),
    ]);
    let found = taken(&file).unwrap().tables;
    let found: Vec<_> = found
        .iter()
        .map(|it| (it.0.as_str(), it.1, it.2.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("orders.csv", Part::File, "a,b\n1,2\n"),
            ("evil.json", Part::File, "[]")
        ]
    );
    assert_eq!(
        taken(&zip(&[("a.png", vec![1])])).unwrap_err(),
        Refused::Archive
    );
}

/// A workbook whose first sheet is what is given, packed.
fn with_sheet(packed: &[u8], size: u32) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    let workbook = r#"<workbook><sheets><sheet name="a" r:id="rId1"/></sheets></workbook>"#;
    entry(
        &mut out,
        &mut directory,
        "xl/workbook.xml",
        0,
        workbook.as_bytes(),
        workbook.len() as u32,
    );
    entry(
        &mut out,
        &mut directory,
        "xl/_rels/workbook.xml.rels",
        0,
        RELS.as_bytes(),
        RELS.len() as u32,
    );
    entry(
        &mut out,
        &mut directory,
        "xl/worksheets/sheet1.xml",
        8,
        packed,
        size,
    );
    end(out, &directory, 3)
}

/// S10 and S11: small files that would be huge. None is believed, all are refused while they are inflated.
#[test]
fn bombs_are_refused_at_once() {
    let deflate = |content: &mut dyn FnMut(&mut DeflateEncoder<Vec<u8>>)| {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        content(&mut encoder);
        encoder.finish().unwrap()
    };
    // A gigabyte of zeros that says it is ten bytes.
    let zeros = deflate(&mut |out| {
        let mebibyte = vec![0u8; 1 << 20];
        for _ in 0..1_024 {
            out.write_all(&mebibyte).unwrap();
        }
    });
    assert_eq!(taken(&with_sheet(&zeros, 10)).unwrap_err(), Refused::Bomb);
    // A gigabyte of rows that no ratio gives away at first.
    let rows = deflate(&mut |out| {
        out.write_all(b"<worksheet><sheetData>").unwrap();
        for at in 1..=200_000u32 {
            write!(
                out,
                "<row r=\"{at}\"><c r=\"A{at}\" t=\"str\"><v>{}</v></c></row>",
                "x".repeat(5_000)
            )
            .unwrap();
        }
    });
    assert_eq!(taken(&with_sheet(&rows, 10)).unwrap_err(), Refused::Bomb);
    // Every row as wide as can be, which would be gigabytes of separators.
    let wide = deflate(&mut |out| {
        out.write_all(b"<worksheet><sheetData>").unwrap();
        for at in 1..=1_048_576u32 {
            write!(
                out,
                "<row r=\"{at}\"><c r=\"XFD{at}\"><v>{at}</v></c></row>"
            )
            .unwrap();
        }
        out.write_all(b"</sheetData></worksheet>").unwrap();
    });
    assert_eq!(taken(&with_sheet(&wide, 10)).unwrap_err(), Refused::Bomb);
    // Many entries.
    let mut directory = Vec::new();
    let mut out = Vec::new();
    for at in 0..10_001 {
        entry(&mut out, &mut directory, &format!("{at}.csv"), 0, b"", 0);
    }
    assert_eq!(
        taken(&end(out, &directory, 10_001)).unwrap_err(),
        Refused::Bomb
    );
    // Entries that share their bytes.
    let mut directory = Vec::new();
    let mut out = Vec::new();
    entry(&mut out, &mut directory, "a.csv", 0, b"a,b\n1,2\n", 8);
    let copy = directory.clone();
    directory.extend(copy);
    assert_eq!(taken(&end(out, &directory, 2)).unwrap_err(), Refused::Bomb);
    // Brackets that nest without end.
    let deep = format!("<worksheet>{}", "<a>".repeat(100_000));
    assert_eq!(taken(&book(&deep)).unwrap_err(), Refused::Bomb);
    // A billion laughs, and a file of the machine.
    for entity in [
        "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><worksheet><sheetData><row><c t=\"str\"><v>&b;</v></c></row></sheetData></worksheet>",
        "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><worksheet/>",
        "<worksheet><sheetData><row><c t=\"str\"><v>&b;</v></c></row></sheetData></worksheet>",
    ] {
        assert_eq!(
            taken(&book(entity)).unwrap_err(),
            Refused::Damaged,
            "{entity}"
        );
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    let good = book("<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>");
    let mut locked = zip(&[
        ("xl/workbook.xml", b"x".to_vec()),
        ("xl/_rels/workbook.xml.rels", RELS.into()),
    ]);
    let flags = locked
        .windows(4)
        .position(|it| it == b"PK\x01\x02")
        .unwrap()
        + 8;
    locked[flags] = 1;
    for (file, why) in [
        (b"PK\x03\x04".to_vec(), Refused::Damaged),
        (good[..good.len() / 2].to_vec(), Refused::Damaged),
        (zip(&[("xl/workbook.bin", vec![1])]), Refused::Binary),
        (
            zip(&[
                ("xl/workbook.xml", b"<workbook/>".to_vec()),
                ("xl/_rels/workbook.xml.rels", b"<r/>".to_vec()),
            ]),
            Refused::Empty,
        ),
        (locked, Refused::Password),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(),
            Refused::Damaged,
        ),
        (b"<p>no table</p>".to_vec(), Refused::Empty),
        (
            b"<!DOCTYPE html [<!ENTITY a \"b\">]><table><tr><td>&a;".to_vec(),
            Refused::Damaged,
        ),
        (Vec::new(), Refused::Damaged),
    ] {
        let head = String::from_utf8_lossy(&file[..file.len().min(40)]).into_owned();
        assert_eq!(taken(&file).unwrap_err(), why, "{head}");
    }
}

/// Where the damage is must not matter: a message, never a panic, and soon.
fn damaged(file: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let change = (0..file.len(), any::<u8>());
    (proptest::collection::vec(change, 1..20), 0..=file.len()).prop_map(move |(changes, len)| {
        let mut bytes = file.to_vec();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        bytes.truncate(if len % 3 == 0 { len } else { file.len() });
        bytes
    })
}

proptest! {
    #[test]
    fn damaged_workbooks_are_survived(
        xlsx in damaged(include_bytes!("../../tests/files/shop.xlsx")),
        xls in damaged(include_bytes!("../../tests/files/shop.xls")),
        ods in damaged(include_bytes!("../../tests/files/shop.ods")),
        xml in damaged(include_bytes!("../../tests/files/shop-2003.xls")),
    ) {
        for file in [xlsx, xls, ods, xml] {
            let _ = read(&file, &mut Taken::default());
        }
    }

    #[test]
    fn markup_of_any_kind_is_survived(text in "(<(/?(table|tr|td|th|Row|Cell|Data|script)|!--|!\\[CDATA\\[)[ a-z=\"']{0,12}>?|[a-z&;#<>\u{4e00} ]{0,6}){0,60}") {
        let _ = read(format!("<{text}").as_bytes(), &mut Taken::default());
    }

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..600), kind in 0..3usize) {
        let mark: &[u8] = [b"PK\x03\x04".as_slice(), xls::MARK, b"<"][kind];
        let _ = read(&[mark, &bytes].concat(), &mut Taken::default());
    }
}
