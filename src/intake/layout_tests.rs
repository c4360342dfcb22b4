//! Every layout of `files.md` in every shape in which shops bring it: columns in another order, columns missing or
//! added, titles above, other encodings and delimiters, and damage.

#![expect(clippy::too_many_lines, reason = "tables of cases")]

use crate::reader::Reader;
use crate::tests::{look, read};
use crate::{Incoming, inspect};
use model::import::{FileFormat, Inspection, Reading, TextEncoding};
use proptest::prelude::*;

/// Program, and a file as it exports it.
const SAMPLES: &[(&str, &str)] = &[
    ("bigin_deals", include_str!("samples/bigin-deals.csv")),
    (
        "fxiaoke_customers",
        include_str!("samples/fxiaoke-customers.csv"),
    ),
    (
        "google_contacts",
        include_str!("samples/google-contacts.csv"),
    ),
    (
        "hubspot_contacts",
        include_str!("samples/hubspot-contacts.csv"),
    ),
    (
        "shopify_customers",
        include_str!("samples/shopify-customers.csv"),
    ),
    ("shopify_orders", include_str!("samples/shopify-orders.csv")),
    (
        "square_customers",
        include_str!("samples/square-customers.csv"),
    ),
    ("taobao_orders", include_str!("samples/taobao-orders.csv")),
    ("tmall_orders", include_str!("samples/tmall-orders.csv")),
    ("woo_customers", include_str!("samples/woo-customers.csv")),
    (
        "youzan_customers",
        include_str!("samples/youzan-customers.csv"),
    ),
    ("youzan_orders", include_str!("samples/youzan-orders.csv")),
    ("zoho_accounts", include_str!("samples/zoho-accounts.csv")),
    ("zoho_contacts", include_str!("samples/zoho-contacts.csv")),
    ("zoho_deals", include_str!("samples/zoho-deals.csv")),
];

type Rows = Vec<Vec<String>>;

fn rows(text: &str) -> Rows {
    let mut reader = Reader::with(FileFormat::Delimited, TextEncoding::Utf8, Some(','), 0);
    let mut rows = Rows::new();
    let mut sink =
        |row: crate::Row<'_>| rows.push((0..row.len()).map(|at| row.get(at).to_owned()).collect());
    reader.feed(text.as_bytes(), &mut sink);
    reader.finish(&mut sink);
    rows
}

fn text(rows: &Rows, delimiter: char) -> String {
    let cell = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |row: &Vec<String>| {
        row.iter()
            .map(cell)
            .collect::<Vec<_>>()
            .join(&delimiter.to_string())
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\r\n")
}

/// What counts of a record, whatever the file looked like.
fn gist(records: &[Incoming]) -> Vec<String> {
    let one = |it: &Incoming| format!("{:?} {:?} {}", it.customer, it.order, it.rejected.is_some());
    records.iter().map(one).collect()
}

fn seen(bytes: &[u8], name: &str) -> Inspection {
    inspect(bytes, bytes.len() as u64, name, &Reading::default())
        .unwrap_or_else(|it| panic!("{name}: {it:?}"))
}

fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

#[test]
fn a_layout_is_known_however_it_is_dressed() {
    for (program, sample) in SAMPLES {
        let rows = rows(sample);
        let plain = look(sample.as_bytes(), "a.csv");
        let expected = gist(&read(sample.as_bytes(), &plain).0);
        assert_eq!(plain.preset.as_deref(), Some(*program));
        let reversed: Rows = rows
            .iter()
            .map(|row| row.iter().rev().cloned().collect())
            .collect();
        let shouting: Rows = rows
            .iter()
            .enumerate()
            .map(|(at, row)| match at {
                0 => row
                    .iter()
                    .map(|cell| format!(" {} ", cell.to_uppercase()))
                    .collect(),
                _ => row.clone(),
            })
            .collect();
        let more: Rows = rows
            .iter()
            .enumerate()
            .map(|(at, row)| {
                let extra = if at == 0 {
                    "Something nobody knows"
                } else {
                    "x"
                };
                std::iter::once(extra.to_owned())
                    .chain(row.iter().cloned())
                    .collect()
            })
            .collect();
        let titled = format!(
            "Report of the shop\r\n\r\nExported 2026-11-22\r\n{}",
            text(&rows, ',')
        );
        let (gbk, _, lossy) = encoding_rs::GBK.encode(sample);
        assert!(!lossy, "{program}");
        for (dress, bytes) in [
            (
                "columns in another order",
                text(&reversed, ',').into_bytes(),
            ),
            ("capitals and blanks", text(&shouting, ',').into_bytes()),
            ("a column more", text(&more, ',').into_bytes()),
            ("tabs", text(&rows, '\t').into_bytes()),
            ("bars", text(&rows, '|').into_bytes()),
            ("titles above", titled.into_bytes()),
            (
                "a byte order mark",
                format!("\u{feff}{sample}").into_bytes(),
            ),
            ("GBK", gbk.into_owned()),
            ("UTF-16", utf16(sample)),
            (
                "lines of old Macintoshes",
                text(&rows, ',').replace("\r\n", "\r").into_bytes(),
            ),
        ] {
            let it = seen(&bytes, program);
            assert_eq!(it.preset.as_deref(), Some(*program), "{dress}");
            let found = gist(&read(&bytes, &it).0);
            if dress == "columns in another order" {
                // What several columns say together (addresses, telephones) is preferred by the program's order.
                assert_eq!(found.len(), expected.len(), "{program}: {dress}");
            } else {
                assert_eq!(found, expected, "{program}: {dress}");
            }
        }
    }
}

#[test]
fn a_layout_is_known_in_a_workbook() {
    for (program, sample) in SAMPLES {
        let mut sheet = crate::sheet_text::MARK.to_owned();
        for row in rows(sample) {
            for cell in row {
                if !cell.is_empty() {
                    sheet.push('t');
                    sheet.push_str(&cell);
                }
                sheet.push('\u{1f}');
            }
            sheet.push('\u{1e}');
        }
        let it = seen(sheet.as_bytes(), "a.xlsx");
        assert_eq!(
            (it.format, it.preset.as_deref()),
            (FileFormat::Sheet, Some(*program))
        );
        let plain = look(sample.as_bytes(), "a.csv");
        let (found, expected) = (
            read(sheet.as_bytes(), &it).0,
            read(sample.as_bytes(), &plain).0,
        );
        assert_eq!(found.len(), expected.len(), "{program}");
        for (found, expected) in found.iter().zip(&expected) {
            let key = |it: &Incoming| {
                it.customer.as_ref().map(|it| {
                    (
                        it.draft.external_id.clone(),
                        it.phone_key.clone(),
                        it.email_key.clone(),
                        it.draft.name.clone(),
                    )
                })
            };
            assert_eq!(key(found), key(expected), "{program}");
            let order = |it: &Incoming| {
                it.order
                    .as_ref()
                    .map(|it| (it.draft.external_id.clone(), it.draft.at, it.draft.amount))
            };
            assert_eq!(order(found), order(expected), "{program}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Cut off, bytes changed, columns lost: rows are read or refused, each with a reason, and nothing panics.
    #[test]
    fn damaged_layouts_are_survived(
        which in 0..SAMPLES.len(),
        cut in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
    ) {
        let (program, sample) = SAMPLES[which];
        let mut bytes = sample.as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()).max(1));
        if let Ok(it) = inspect(&bytes, bytes.len() as u64, program, &Reading::default()) {
            let (records, issues) = read(&bytes, &it);
            for record in &records {
                prop_assert!(record.customer.is_some() || record.order.is_some() || record.rejected.is_some());
            }
            prop_assert!(issues.len() <= bytes.len());
        }
    }
}
