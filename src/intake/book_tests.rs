//! Workbooks of every age all the way to records: what crate `sheets` makes of a file is what is read here.

#![expect(clippy::too_many_lines, reason = "tables of cases")]

use crate::tests::{look, read};
use crate::{Found, Incoming, Unreadable, inspect};
use model::import::{FileFormat, GuessReason, ImportKind, Reading};
use model::{CustomField, Gender, IssueCode};
use sheets::{Part, Sink};

#[derive(Default)]
struct Sheets(Vec<(String, Vec<u8>)>);

impl Sink for Sheets {
    fn begin(&mut self, name: &str, _: Part) {
        self.0.push((name.to_owned(), Vec::new()));
    }
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.last_mut().unwrap().1.extend(bytes);
    }
    fn end(&mut self, _: u32, _: u32) {}
}

fn sheets(file: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut sheets = Sheets::default();
    sheets::read(file, &mut sheets).unwrap();
    sheets.0
}

fn records(sheet: &[u8]) -> Vec<Incoming> {
    read(sheet, &look(sheet, "shop.xlsx")).0
}

#[test]
fn the_same_shop_out_of_every_workbook() {
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
        let sheets = sheets(file);
        let seen = look(&sheets[0].1, name);
        assert_eq!(
            (seen.format, seen.kind, seen.header_row),
            (FileFormat::Sheet, ImportKind::Customers, 3),
            "{name}"
        );
        let people = records(&sheets[0].1);
        let drafts: Vec<_> = people
            .iter()
            .map(|it| &it.customer.as_ref().unwrap().draft)
            .collect();
        assert_eq!(
            people.iter().map(|it| it.row).collect::<Vec<_>>(),
            [4, 5, 6],
            "{name}"
        );
        assert!(
            people.iter().all(|it| it.issues.is_empty()),
            "{name}: {people:?}"
        );
        let names: Vec<&str> = drafts.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["陈伟", "林梅", "王芳"], "{name}");
        let phones: Vec<_> = drafts
            .iter()
            .map(|it| it.phone.as_deref().unwrap())
            .collect();
        assert_eq!(
            phones,
            ["+8613800000001", "+8613800000002", "+8613800000003"],
            "{name}"
        );
        assert_eq!(drafts[0].external_id.as_deref(), Some("0001"), "{name}");
        assert_eq!(
            drafts[0].birthday.unwrap().to_string(),
            "1990-05-14",
            "{name}"
        );
        assert_eq!(
            drafts[0].signup_on.unwrap().to_string(),
            "2024-05-01",
            "{name}"
        );
        assert_eq!(drafts[1].gender, Some(Gender::Female), "{name}");
        // A text that looks like a formula is a text.
        assert_eq!(drafts[0].note.as_deref(), Some("=1+1 不是公式"), "{name}");
        assert_eq!(drafts[1].note.as_deref(), Some("两行\n备注"), "{name}");

        let seen = look(&sheets[1].1, name);
        assert_eq!(
            (seen.kind, seen.header_row),
            (ImportKind::Orders, 1),
            "{name}"
        );
        let orders = records(&sheets[1].1);
        let orders: Vec<_> = orders
            .iter()
            .map(|it| &it.order.as_ref().unwrap().draft)
            .collect();
        let keys: Vec<_> = orders
            .iter()
            .map(|it| it.external_id.as_deref().unwrap())
            .collect();
        assert_eq!(
            keys,
            ["2025100712345678901", "2025100712345678902"],
            "{name}"
        );
        let amounts: Vec<i64> = orders.iter().map(|it| it.amount.0).collect();
        assert_eq!(amounts, [52_000, 30], "{name}");

        // The page of explanations is no table.
        let (_, notes) = &sheets[2];
        let found = inspect(notes, notes.len() as u64, name, &Reading::default());
        assert!(
            matches!(
                found,
                Err(Unreadable {
                    found: Found::NoTable,
                    ..
                })
            ),
            "{name}: {found:?}"
        );
    }
}

fn sheet(rows: &[&[&str]]) -> Vec<u8> {
    let mut text = crate::sheet_text::MARK.to_owned();
    for row in rows {
        for cell in *row {
            text.push_str(cell);
            text.push('\u{1f}');
        }
        text.push('\u{1e}');
    }
    text.into_bytes()
}

#[test]
fn texts_of_a_workbook_stay_what_they_are() {
    let records = records(&sheet(&[
        &[
            "t会员编号",
            "t姓名",
            "tcustom.码",
            "tcustom.数",
            "tcustom.是",
        ],
        &["t'0042", "t'quoted'", "t0123", "v12.5", "vtrue"],
        &[
            "v2.0251007123456799E+18",
            "tBo",
            "t42",
            "v2025100712345678901",
            "",
        ],
    ]));
    let drafts: Vec<_> = records
        .iter()
        .map(|it| &it.customer.as_ref().unwrap().draft)
        .collect();
    // An apostrophe that another program put before a number goes; one that belongs to a name does not.
    assert_eq!(drafts[0].external_id.as_deref(), Some("0042"));
    assert_eq!(drafts[0].name, "'quoted'");
    assert_eq!(drafts[0].custom["码"], CustomField::Text("0123".into()));
    assert_eq!(drafts[0].custom["数"], CustomField::Number(12.5));
    assert_eq!(drafts[0].custom["是"], CustomField::Flag(true));
    assert_eq!(drafts[1].custom["码"], CustomField::Text("42".into()));
    assert_eq!(
        drafts[1].custom["数"],
        CustomField::Text("2025100712345678901".into())
    );
    assert_eq!(drafts[1].external_id, None);
    assert_eq!(records[1].issues[0].code, IssueCode::DigitsLost);
}

/// Presets know a table by its headers, whatever file it came in.
#[test]
fn programs_are_known_in_workbooks_too() {
    let rows: Vec<Vec<String>> = include_str!("samples/shopify-customers.csv")
        .lines()
        .map(|line| line.split(',').map(|cell| format!("t{cell}")).collect())
        .collect();
    let rows: Vec<Vec<&str>> = rows
        .iter()
        .map(|row| row.iter().map(String::as_str).collect())
        .collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let seen = look(&sheet(&rows), "customers.xlsx");
    assert_eq!(seen.preset.as_deref(), Some("shopify_customers"));
    assert!(
        seen.columns
            .iter()
            .any(|it| it.reason == GuessReason::Preset)
    );
}

#[test]
fn a_cut_off_workbook_is_looked_at_by_its_beginning() {
    let mut rows: Vec<&[&str]> = vec![&["t姓名", "t手机"]];
    rows.extend(std::iter::repeat_n(
        ["t王芳", "v13800000000"].as_slice(),
        30_000,
    ));
    let whole = sheet(&rows);
    let seen = inspect(
        &whole[..crate::SAMPLE_BYTES],
        whole.len() as u64,
        "a.xlsx",
        &Reading::default(),
    )
    .unwrap();
    assert!(
        (29_000..31_000).contains(&seen.rows_estimate),
        "{}",
        seen.rows_estimate
    );
}
