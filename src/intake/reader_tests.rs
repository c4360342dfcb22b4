use crate::{CellType, Reader, Row};
use model::Issue;
use model::import::{FileFormat, TextEncoding};
use proptest::prelude::*;

type Rows = Vec<(u32, Vec<String>)>;

/// Columns, rows and findings of a file that is fed in chunks of `chunk` bytes.
fn read_as(
    bytes: &[u8],
    format: FileFormat,
    encoding: TextEncoding,
    header_row: u32,
    chunk: usize,
) -> (Vec<String>, Rows, Vec<Issue>) {
    let mut reader = Reader::with(format, encoding, Some(','), header_row);
    let mut rows = Vec::new();
    let mut sink = |row: Row<'_>| {
        let cells = (0..row.len())
            .map(|column| row.get(column).to_owned())
            .collect();
        rows.push((row.number, cells));
    };
    for part in bytes.chunks(chunk.max(1)) {
        reader.feed(part, &mut sink);
    }
    reader.finish(&mut sink);
    (reader.columns().to_vec(), rows, reader.take_issues())
}

fn csv(text: &str) -> (Vec<String>, Rows, Vec<Issue>) {
    read_as(
        text.as_bytes(),
        FileFormat::Delimited,
        TextEncoding::Utf8,
        1,
        7,
    )
}

fn json(text: &str) -> (Vec<String>, Rows, Vec<Issue>) {
    read_as(text.as_bytes(), FileFormat::Json, TextEncoding::Utf8, 0, 5)
}

fn show(rows: &Rows) -> String {
    let rows = rows
        .iter()
        .map(|(number, cells)| format!("{number}: {}", cells.join("|")));
    rows.collect::<Vec<_>>()
        .join(" / ")
        .replace('\n', "\\n")
        .replace('\u{1f}', "^")
}

fn codes(issues: &[Issue]) -> Vec<String> {
    let one = |i: &Issue| format!("{:?} {}", i.code, i.row.unwrap_or(0));
    issues.iter().map(one).collect()
}

#[test]
fn rows_are_numbered_as_in_a_spreadsheet() {
    for (text, expected) in [
        ("a,b\n1,2\n3,4", "2: 1|2 / 3: 3|4"),
        ("a,b\r\n1,2\r\n\r\n3,4\r\n", "2: 1|2 / 4: 3|4"),
        ("a,b\r1,2\r\r3,4\r", "2: 1|2 / 4: 3|4"),
        ("a,b\n\"x\ny\",2\n3,4\n", "2: x\\ny|2 / 3: 3|4"),
        ("a,b\n ,\n3,4\n", "3: 3|4"),
        ("a,b\n\"say \"\"hi\"\"\",\"\"\n", "2: say \"hi\"|"),
        ("a,b\n\"x\"y,5\" nail\n", "2: xy|5\" nail"),
        ("a,b\n1\n1,2,3\n", "2: 1 / 3: 1|2|3"),
        ("a,b\n1,\"2\"", "2: 1|2"),
        ("\u{feff}a,b\n1,2", "2: 1|2"),
    ] {
        let (columns, rows, issues) = csv(text);
        assert_eq!(columns, ["a", "b"], "{text:?}");
        assert_eq!(show(&rows), expected, "{text:?}");
        assert!(issues.is_empty(), "{text:?}");
    }
}

#[test]
fn headers_are_made_different_and_titles_skipped() {
    let text = "Report\n\nName, name ,Name,,'=x\n1,2,3,4,5\n";
    let read = read_as(
        text.as_bytes(),
        FileFormat::Delimited,
        TextEncoding::Utf8,
        3,
        64,
    );
    assert_eq!(read.0, ["Name", "name", "Name (2)", "#4", "=x"]);
    assert_eq!(show(&read.1), "4: 1|2|3|4|5");
    let read = read_as(
        b"1,2\n3,4\n",
        FileFormat::Delimited,
        TextEncoding::Utf8,
        0,
        64,
    );
    assert_eq!(read.0, ["#1", "#2"]);
    assert_eq!(show(&read.1), "1: 1|2 / 2: 3|4");
}

#[test]
fn broken_rows_are_reported_and_the_others_read() {
    // A quote that is never closed costs its line, not the file.
    let (_, rows, issues) = csv("a,b\n1,2\n3,\"4\n5,6\n7,8\n");
    assert_eq!(show(&rows), "2: 1|2 / 4: 5|6 / 5: 7|8");
    assert_eq!(codes(&issues), ["Malformed 3"]);

    let long = format!("a,b\n1,{}\n3,4\n", "x".repeat(1 << 20));
    let (_, rows, issues) = read_as(
        long.as_bytes(),
        FileFormat::Delimited,
        TextEncoding::Utf8,
        1,
        100_000,
    );
    assert_eq!(show(&rows), "3: 3|4");
    assert_eq!(codes(&issues), ["LimitPassed 2"]);

    let open = format!("a,b\n1,\"{}\n3,4\n", "x\n".repeat(1 << 20));
    let (_, rows, issues) = read_as(
        open.as_bytes(),
        FileFormat::Delimited,
        TextEncoding::Utf8,
        1,
        100_000,
    );
    assert_eq!(codes(&issues), ["Malformed 2"]);
    assert_eq!(
        rows.last().map(|(_, cells)| cells.join("|")).as_deref(),
        Some("3|4")
    );

    let wide = format!("a,b\n{}\n3,4\n", ",".repeat(100_000));
    let (_, rows, issues) = csv(&wide);
    assert_eq!(show(&rows), "3: 3|4");
    assert_eq!(codes(&issues), ["LimitPassed 2"]);

    let (_, rows, issues) = csv("a,b\n1\0,2\n3,4\n");
    assert_eq!(show(&rows), "2: 1|2 / 3: 3|4");
    assert_eq!(codes(&issues), ["Malformed 2"]);

    let read = read_as(
        b"a,b\n1,\xff\n3,4\n",
        FileFormat::Delimited,
        TextEncoding::Utf8,
        1,
        3,
    );
    assert_eq!(codes(&read.2), ["BadEncoding 2"]);
    assert_eq!(read.1.len(), 2);
}

#[test]
fn encodings_are_decoded_across_chunks() {
    let text = "姓名,城市\n陈伟,上海\n";
    let utf16 = |big: bool| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units
            .flat_map(|u| {
                if big {
                    u.to_be_bytes()
                } else {
                    u.to_le_bytes()
                }
            })
            .collect()
    };
    let (gbk, _, _) = encoding_rs::GB18030.encode(text);
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), TextEncoding::Utf8),
        (gbk.to_vec(), TextEncoding::Gb18030),
        (utf16(false), TextEncoding::Utf16Le),
        (utf16(true), TextEncoding::Utf16Be),
    ] {
        for chunk in [1, 3, 1000] {
            let (columns, rows, issues) =
                read_as(&bytes, FileFormat::Delimited, encoding, 1, chunk);
            assert_eq!(columns, ["姓名", "城市"]);
            assert_eq!(show(&rows), "2: 陈伟|上海");
            assert!(issues.is_empty());
        }
    }
}

#[test]
fn json_is_flattened() {
    for (text, columns, expected) in [
        (
            r#"[{"a":1,"b":"x"},{"b":"y","c":true}]"#,
            "a,b,c",
            "1: 1|x / 2: |y|true",
        ),
        (
            r#"{"total":1,"items":[{"a":1},{"a":2}]}"#,
            "a",
            "1: 1 / 2: 2",
        ),
        (
            r#"{"data":{"customers":[{"a":"]"}]},"next":[{"a":2}]}"#,
            "a",
            "1: ]",
        ),
        ("{\"a\":1}\n{\"a\":2}\n", "a", "1: 1 / 2: 2"),
        (r#"{"a":1,"b":{"c":2}}"#, "a,b.c", "1: 1|2"),
        (
            r#"[{"id":12345678901234567890,"n":null}]"#,
            "id,n",
            "1: 12345678901234567890|",
        ),
        (
            r#"[{"tags":["a","b, c"],"x":[],"y":[[1]]}]"#,
            "tags,x,y",
            "1: a^b, c^||[[1]]",
        ),
        (
            r#"[{"s":"\u4f60\ud83d\ude00\n\"\\"}]"#,
            "s",
            "1: 你😀\\n\"\\",
        ),
        (
            r#"[{"id":"1","lines":[{"p":"a"},{"p":"b","q":2}],"z":9},{"id":"2"}]"#,
            "id,lines.p,lines.q,z",
            "1: 1|a||9 / 1: 1|b|2|9 / 2: 2|||",
        ),
        (r#"{"id":"1","lines":[{"p":"a"}]}"#, "id,lines.p", "1: 1|a"),
        (
            r#"[{"__proto__":"x","constructor":{"prototype":1}}]"#,
            "__proto__,constructor.prototype",
            "1: x|1",
        ),
        ("\u{feff}[ {\"a\" : 1} , ]", "a", "1: 1"),
        ("[]", "", ""),
    ] {
        let (found, rows, issues) = json(text);
        assert_eq!(found.join(","), columns, "{text}");
        assert_eq!(show(&rows), expected, "{text}");
        assert!(issues.is_empty(), "{text} {issues:?}");
    }
}

#[test]
fn broken_json_is_reported() {
    let deep = format!(
        "[{{\"a\":1}},{}1{},{{\"a\":2}}]",
        "{\"a\":".repeat(70),
        "}".repeat(70)
    );
    let large = format!(
        "[{{\"a\":1}},{{\"a\":\"{}\"}},{{\"a\":3}}]",
        "x".repeat(1 << 20)
    );
    for (text, expected, found) in [
        (
            r#"[{"a":1},{"a":},{"a":3}]"#,
            "1: 1 / 3: 3",
            vec!["Malformed 2"],
        ),
        (r#"[{"a":1,"a":2},{"a":3}]"#, "2: 3", vec!["Malformed 1"]),
        (
            r#"[{"a":1},5,"x",{"a":3}]"#,
            "1: 1 / 4: 3",
            vec!["Malformed 2", "Malformed 3"],
        ),
        (
            "{\"a\":1}\n{\"a\":\n{\"a\":3}\n",
            "1: 1 / 3: 3",
            vec!["Malformed 2"],
        ),
        (r#"[{"a":1},{"a":2"#, "1: 1", vec!["Malformed 2"]),
        (r#"[{"a":01}]"#, "", vec!["Malformed 1"]),
        (&deep, "1: 1 / 3: 2", vec!["LimitPassed 2"]),
        (&large, "1: 1 / 3: 3", vec!["LimitPassed 2"]),
    ] {
        let (_, rows, issues) = read_as(
            text.as_bytes(),
            FileFormat::Json,
            TextEncoding::Utf8,
            0,
            50_000,
        );
        assert_eq!(show(&rows), expected, "{:.60}", text);
        assert_eq!(codes(&issues), found, "{:.60}", text);
    }
}

#[test]
fn json_knows_types() {
    let mut reader = Reader::with(FileFormat::Json, TextEncoding::Utf8, None, 0);
    let mut types = Vec::new();
    let bytes = br#"[{"a":"1","b":1,"c":["x"]}]"#;
    reader.feed(bytes, &mut |row| {
        types.extend((0..row.len()).map(|c| row.cell_type(c)))
    });
    assert_eq!(types, [CellType::Text, CellType::Literal, CellType::List]);
}

fn formats() -> impl Strategy<Value = FileFormat> {
    prop_oneof![Just(FileFormat::Delimited), Just(FileFormat::Json)]
}

fn encodings() -> impl Strategy<Value = TextEncoding> {
    prop_oneof![
        Just(TextEncoding::Utf8),
        Just(TextEncoding::Utf16Le),
        Just(TextEncoding::Utf16Be),
        Just(TextEncoding::Gb18030),
    ]
}

/// What csv-core makes of a text, for comparison.
fn by_csv_core(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv_core::Reader::new();
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), Vec::new());
    let mut input = text.as_bytes();
    loop {
        let mut out = [0u8; 64];
        let (result, used, written) = reader.read_field(input, &mut out);
        input = &input[used..];
        cell.extend_from_slice(&out[..written]);
        match result {
            csv_core::ReadFieldResult::InputEmpty | csv_core::ReadFieldResult::OutputFull => {}
            csv_core::ReadFieldResult::Field { record_end } => {
                row.push(String::from_utf8(std::mem::take(&mut cell)).unwrap());
                if record_end {
                    rows.push(std::mem::take(&mut row));
                }
            }
            csv_core::ReadFieldResult::End => return rows,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn chunks_do_not_matter(
        text in "[a-c,\"\r\n{}\\[\\]:é姓\0 ]{0,80}",
        format in formats(),
        chunk in 1usize..20,
    ) {
        let whole = read_as(text.as_bytes(), format, TextEncoding::Utf8, 1, 10_000);
        let parts = read_as(text.as_bytes(), format, TextEncoding::Utf8, 1, chunk);
        prop_assert_eq!(whole, parts);
    }

    #[test]
    fn garbage_never_panics(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        format in formats(),
        encoding in encodings(),
        chunk in 1usize..50,
        header_row in 0u32..4,
    ) {
        let whole = read_as(&bytes, format, encoding, header_row, 10_000);
        prop_assert_eq!(read_as(&bytes, format, encoding, header_row, chunk), whole);
    }

    /// Where every quote that opens a cell is closed, csv-core reads the same.
    #[test]
    fn csv_core_agrees(cells in proptest::collection::vec(proptest::collection::vec("[a-c,\"\n é]{0,6}", 1..4), 1..6)) {
        let mut text = String::new();
        for row in &cells {
            let row: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            text.push_str(&row.join(","));
            text.push_str("\r\n");
        }
        let ours: Vec<Vec<String>> = read_as(text.as_bytes(), FileFormat::Delimited, TextEncoding::Utf8, 0, 9)
            .1
            .into_iter()
            .map(|(_, cells)| cells)
            .collect();
        let theirs: Vec<Vec<String>> = by_csv_core(&text)
            .into_iter()
            .filter(|row| row.iter().any(|cell| !cell.trim().is_empty()))
            .collect();
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn valid_json_is_read_without_complaint(values in proptest::collection::vec(("[a-z]{1,4}", ".{0,20}", any::<i64>(), any::<f64>()), 1..6)) {
        let list: Vec<serde_json::Value> = values
            .iter()
            .map(|(key, text, int, float)| serde_json::json!({key.clone(): text, "i#": int, "f#": {"x": [float, text]}}))
            .collect();
        let text = serde_json::Value::Array(list).to_string();
        let (_, rows, issues) = json(&text);
        prop_assert_eq!(rows.len(), values.len());
        prop_assert!(issues.is_empty());
    }
}
