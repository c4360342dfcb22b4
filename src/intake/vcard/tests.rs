use super::*;
use crate::{Circumstances, Incoming, Intake, inspect, plan};
use model::import::{FileFormat, Reading};
use model::{Currency, CustomerKind, Gender, Timestamp, Zone};
use proptest::prelude::*;

/// The cards of a text fed in pieces: column=value for every cell that has something.
fn cards(pieces: &[&str]) -> (Vec<Vec<String>>, Vec<Issue>) {
    let (mut rows, mut issues) = (Vec::new(), Vec::new());
    let mut reader = Cards::new();
    let mut text = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        text.push_str(piece);
        let last = at + 1 == pieces.len();
        let used = reader.consume(&text, last, &mut issues, &mut |_, columns, cells| {
            let cells = columns
                .iter()
                .zip(cells.iter())
                .filter(|(_, cell)| !cell.is_empty());
            rows.push(cells.map(|(name, cell)| format!("{name}={cell}")).collect());
        });
        text.drain(..used);
    }
    (rows, issues)
}

fn one(lines: &str) -> Vec<String> {
    let text = format!("BEGIN:VCARD\r\n{lines}\r\nEND:VCARD\r\n");
    let (mut rows, issues) = cards(&[&text]);
    assert!(issues.is_empty(), "{issues:?}");
    assert_eq!(rows.len(), 1, "{lines}");
    rows.remove(0)
}

/// The example of files.md (h).
const BOOK: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:陈;伟;;;\r\nFN:陈伟\r\nORG:示例贸易有限公司;销售部\r\nTITLE:经理\r\nTEL;TYPE=CELL,VOICE:+86 138 0000 0000\r\nEMAIL;TYPE=INTERNET,WORK:wei.chen@example.com\r\nADR;TYPE=WORK:;;示例路1号;上海;上海市;200000;中国\r\nBDAY:1990-05-14\r\nCATEGORIES:VIP,newsletter\r\nNOTE:展会认识\\, 喜欢茶\r\nUID:8f2c0b0e-1\r\nREV:2025-10-07T10:55:00Z\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:4.0\r\nKIND:individual\r\nFN:林梅\r\nN:林;梅;;;\r\nTEL;VALUE=uri;PREF=1;TYPE=\"cell,voice\":tel:+86-138-0000-0001\r\nEMAIL;TYPE=work:lin.mei@example.com\r\nBDAY:--0514\r\nANNIVERSARY:20150610\r\nGENDER:F\r\nLANG;PREF=1:zh\r\nUID:urn:uuid:8f2c0b0e-0000-4000-8000-000000000001\r\nEND:VCARD\r\n";

#[test]
fn properties_go_to_their_columns() {
    for (lines, expected) in [
        ("FN:Ann", "FN=Ann"),
        ("fn:Ann", "FN=Ann"),
        ("FN:Ann \\, B\\;C\\nD\\\\E\\x", "FN=Ann , B;C\nD\\E\\x"),
        // Folded after 75 octets: the blank goes; with a tab, and LF alone.
        ("FN:An\r\n n\r\nVERSION:4.0", "FN=Ann"),
        ("FN:An\n\tn", "FN=Ann"),
        // 2.1: quoted-printable with a soft end, in its charset.
        (
            "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E9=99=88=\r\n=E4=BC=9F",
            "FN=陈伟",
        ),
        ("FN;QUOTED-PRINTABLE;CHARSET=GB2312:=B3=C2=CE=B0", "FN=陈伟"),
        ("TEL;CELL;VOICE:138 0000 0000", "TEL=138 0000 0000"),
        (
            "item1.TEL:13800000000\r\nitem1.X-ABLabel:_$!<Mobile>!$_",
            "TEL=13800000000",
        ),
        ("TEL;TYPE=\"a:b;c\":1380000", "TEL=1380000"),
        ("TEL;TYPE=FAX:021-5555", "TEL fax=021-5555"),
        ("BDAY:1990-05-14T00:00:00Z", "BDAY=1990-05-14"),
        ("BDAY:19900514", "BDAY=19900514"),
        ("BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-14", "BDAY=--05-14"),
        ("X-GENDER:Female", "GENDER=Female"),
        ("GENDER:N;none", "GENDER=U"),
        ("CATEGORIES:VIP,a\\,b", "CATEGORIES=VIP\u{1f}a,b\u{1f}"),
        ("UID:urn:shuke:0123456789abc", "Shuke id=0123456789abc"),
        ("UID:urn:uuid:8f2c", "UID=8f2c"),
        ("X-SHUKE;X-FIELD=\"custom.茶\":绿\\, 红", "custom.茶=绿, 红"),
        ("X-QQ:10000", "X-QQ=10000"),
        ("X-ABShowAs:COMPANY\r\nORG:示例;", "KIND=company"),
        ("KIND:org\r\nORG:示例;", "KIND=company"),
        // A photograph of any length is left out, and what follows it is not.
        (
            "PHOTO;ENCODING=b;TYPE=JPEG:AAAA\r\n BBBB\r\nNOTE:x",
            "NOTE=x",
        ),
        // A card in a card is not this one's.
        (
            "AGENT:\r\nBEGIN:VCARD\r\nFN:Other\r\nEND:VCARD\r\nFN:Ann",
            "FN=Ann",
        ),
    ] {
        let found = one(lines);
        assert!(
            found.iter().any(|cell| cell == expected),
            "{lines}: {found:?}"
        );
        assert!(
            !found
                .iter()
                .any(|cell| cell.contains("Other") || cell.contains("AAAA"))
        );
    }
}

#[test]
fn what_is_preferred_comes_first() {
    let found = one(
        "TEL;TYPE=HOME:1\r\nTEL;TYPE=CELL:2\r\nTEL;TYPE=WORK;PREF=1:3\r\nTEL:2\r\nEMAIL:a@x.cn\r\nEMAIL;TYPE=pref:b@x.cn",
    );
    assert_eq!(
        found,
        [
            "TEL=3",
            "TEL 2=2",
            "TEL 3=1",
            "EMAIL=b@x.cn",
            "EMAIL 2=a@x.cn"
        ]
    );
}

#[test]
fn damage_is_said_and_the_next_card_is_read() {
    for (text, good, codes) in [
        ("BEGIN:VCARD\nFN:A\n", 0, vec![IssueCode::Malformed]),
        (
            "BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\nBEGIN:VCARD\nFN:B\nEND:VCARD",
            1,
            vec![IssueCode::NoIdentity],
        ),
        (
            "BEGIN:VCARD\nKIND:group\nFN:Friends\nEND:VCARD\n",
            0,
            vec![IssueCode::UnknownChoice],
        ),
        (
            "junk\nBEGIN:VCARD\nno colon here\n:empty\nFN:A\nEND:VCARD\njunk:1\n",
            1,
            vec![],
        ),
        (
            "END:VCARD\nEND:VCARD\nBEGIN:VCARD\nFN:A\nEND:VCARD",
            1,
            vec![],
        ),
    ] {
        let (rows, issues) = cards(&[text]);
        assert_eq!(rows.len(), good, "{text}");
        assert_eq!(
            issues.iter().map(|it| it.code).collect::<Vec<_>>(),
            codes,
            "{text}"
        );
    }
}

#[test]
fn lines_without_end_are_bounded() {
    let long = format!(
        "BEGIN:VCARD\nNOTE:{}\nFN:Ann\nEND:VCARD\n",
        "x".repeat(5 << 20)
    );
    let pieces: Vec<&str> = long
        .as_bytes()
        .chunks(60_000)
        .map(|it| std::str::from_utf8(it).unwrap())
        .collect();
    let (rows, issues) = cards(&pieces);
    assert_eq!(rows, [vec!["FN=Ann".to_owned()]]);
    assert!(issues.is_empty());
}

fn records(text: &str) -> Vec<Incoming> {
    let seen = inspect(
        text.as_bytes(),
        text.len() as u64,
        "contacts.vcf",
        &Reading::default(),
    )
    .unwrap();
    assert_eq!(
        (seen.format, seen.preset.as_deref()),
        (FileFormat::VCard, Some("vcard"))
    );
    let around = Circumstances {
        zone: Zone::parse("Asia/Shanghai").unwrap(),
        currency: Currency::CNY,
        phone_country: "86".into(),
        now: Timestamp(1_790_000_000_000),
    };
    let mut intake = Intake::new(&plan(&seen, Currency::CNY), around);
    let mut records = Vec::new();
    intake.feed(text.as_bytes(), &mut records);
    intake.finish(&mut records);
    records
}

#[test]
fn an_address_book_becomes_customers() {
    let records = records(BOOK);
    let drafts: Vec<_> = records
        .iter()
        .map(|it| &it.customer.as_ref().unwrap().draft)
        .collect();
    assert_eq!(drafts.len(), 2);
    assert_eq!(drafts[0].name, "陈伟");
    assert_eq!(drafts[0].phone.as_deref(), Some("+8613800000000"));
    assert_eq!(drafts[0].email.as_deref(), Some("wei.chen@example.com"));
    assert_eq!(drafts[0].external_id.as_deref(), Some("8f2c0b0e-1"));
    assert_eq!(drafts[0].tags, ["VIP", "newsletter"]);
    assert_eq!(drafts[0].note.as_deref(), Some("展会认识, 喜欢茶"));
    assert_eq!(drafts[0].occupation.as_deref(), Some("经理"));
    assert_eq!(drafts[0].address.as_deref(), Some("示例路1号"));
    assert_eq!(
        drafts[0].birthday.map(|it| it.to_string()).as_deref(),
        Some("1990-05-14")
    );
    assert_eq!(
        drafts[1].birthday.map(|it| it.to_string()).as_deref(),
        Some("--05-14")
    );
    assert_eq!(drafts[1].gender, Some(Gender::Female));
    assert_eq!(drafts[1].kind, CustomerKind::Person);
    assert!(
        records
            .iter()
            .all(|it| it.rejected.is_none() && it.issues.is_empty()),
        "{records:?}"
    );
}

proptest! {
    #[test]
    fn pieces_of_any_size_give_the_same_cards(cut in 0..BOOK.len()) {
        let cut = BOOK.floor_char_boundary(cut);
        prop_assert_eq!(cards(&[&BOOK[..cut], &BOOK[cut..]]), cards(&[BOOK]));
    }

    #[test]
    fn any_text_is_survived(text in "(BEGIN:VCARD|END:VCARD|FN|TEL|[;:=\",\\\\. a-zé陈]|\r?\n){0,80}") {
        let (rows, _) = cards(&[&text]);
        prop_assert!(rows.len() <= 80);
    }
}
