//! Tables of pairs; finding over many.

use crate::find::groups;
use crate::*;
use model::twin::TwinLevel;
use model::{CustomerDraft, CustomerId, CustomerKind, Gender};
use proptest::prelude::*;

/// `name | phone | e-mail | birthday | city | address | kind or gender`.
fn draft(text: &str) -> CustomerDraft {
    let mut parts = text.split('|').map(str::trim);
    let mut next = || {
        parts
            .next()
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
    };
    let mut it = CustomerDraft {
        name: next().unwrap_or_default(),
        phone: next(),
        email: next(),
        birthday: next().map(|day| day.parse().unwrap()),
        city: next(),
        address: next(),
        ..CustomerDraft::default()
    };
    match next().as_deref() {
        Some("company") => it.kind = CustomerKind::Company,
        Some("f") => it.gender = Some(Gender::Female),
        Some("m") => it.gender = Some(Gender::Male),
        _ => {}
    }
    it
}

fn record(id: i64, text: &str) -> Record {
    Record::of(CustomerId(id), &draft(text), "86")
}

fn verdict(a: &str, b: &str, name: u32) -> Verdict {
    let known = Frequencies {
        customers: 100_000,
        name,
        phone: 2,
        email: 2,
    };
    compare(&record(1, a), &record(2, b), known)
}

use TwinLevel::{Certain, Likely, Possible};

/// Two records, how many have the sound of the name, and how sure it is.
const PAIRS: &[(&str, &str, u32, Option<TwinLevel>)] = &[
    (
        "李娜 | 13800000001",
        "李娜 | +8613800000001",
        40,
        Some(Certain),
    ),
    (
        "李娜 | 13800000001",
        "Li Na | +86 138-0000-0001",
        40,
        Some(Certain),
    ),
    (
        "李娜 | 13800000001",
        "NA LI | 0086 13800000001",
        40,
        Some(Certain),
    ),
    (
        "陳麗華 | 13800000001",
        "陈丽华 | 13800000001",
        4,
        Some(Certain),
    ),
    (
        "欧阳娜娜 | | o@a.example",
        "Ouyang Nana | | O@A.example",
        2,
        Some(Certain),
    ),
    (
        "王小明 | 138****0001",
        "王小明 | 13812340001",
        4,
        Some(Likely),
    ),
    ("王小明 | 138****0001", "王小明 | 13812349999", 4, None),
    // The same name is nothing where many have it, and something where nobody else has.
    ("王伟", "王伟", 300, None),
    (
        "王伟 | | | 1988-03-02 | 杭州",
        "王伟 | | | 1988-03-02 | 杭州市",
        300,
        Some(Likely),
    ),
    (
        "慕容雪村 | | | | 杭州",
        "慕容雪村 | | | | 杭州",
        2,
        Some(Possible),
    ),
    // Families share a telephone, couples an address.
    (
        "李娜 | 13800000001 | | | | | f",
        "王强 | 13800000001 | | | | | m",
        40,
        None,
    ),
    ("李娜 | 13800000001", " | 13800000001", 40, Some(Likely)),
    (
        "Sunny | 13800000001",
        "李娜 | 13800000001",
        40,
        Some(Possible),
    ),
    (
        "王先生 | 13800000001",
        "王小明 | 13800000001",
        4,
        Some(Likely),
    ),
    // Latin: order, initials, middle names, slips, accents, titles.
    (
        "Smith, John | | j.smith@x.example",
        "John Smith | | j.smith@x.example",
        6,
        Some(Certain),
    ),
    (
        "Dr. José García | 600700800",
        "Jose Garcia | 600700800",
        2,
        Some(Certain),
    ),
    (
        "John Smith | 600700800",
        "Jon Smith | 600700800",
        6,
        Some(Likely),
    ),
    (
        "J. Smith | | john@x.example",
        "John Smith | | john@x.example",
        6,
        Some(Likely),
    ),
    (
        "John Smith | | jo.hn.s+shop@gmail.com",
        "John Smith | | johns@googlemail.com",
        6,
        Some(Certain),
    ),
    (
        "John Smith | | johnsmith@gmial.com",
        "John Smith | | johnsmith@gmail.com",
        6,
        Some(Likely),
    ),
    (
        "John Smith | 13800000001 | | 1980-01-02",
        "John Smith | 13800000001 | | 1995-11-30",
        6,
        Some(Likely),
    ),
    ("Mary Jones | 600700800", "John Smith | 600700800", 6, None),
    // A digit mistyped.
    (
        "王小明 | 13800000001",
        "王小明 | 13800000010",
        4,
        Some(Likely),
    ),
    (
        "慕容雪村 | 13800000012 | | | 杭州",
        "慕容雪村 | 13800000021 | | | 杭州",
        2,
        Some(Likely),
    ),
    // Companies.
    (
        "上海星辰科技有限公司 | 02155550100 | | | | | company",
        "星辰科技（上海）有限责任公司 | +86 21 5555 0100 | | | | | company",
        2,
        Some(Certain),
    ),
    (
        "Acme Widgets, Inc. | | | | Leeds | 12 High Street | company",
        "ACME Widgets Ltd | | | | Leeds | 12 High Street | company",
        2,
        Some(Certain),
    ),
    (
        "北京星辰科技有限公司 | | | | | | company",
        "北京晨星科技有限公司 | | | | | | company",
        2,
        None,
    ),
    (
        "李娜 | 13800000001 | | | | | ",
        "李娜 | 13800000001 | | | | | company",
        40,
        Some(Likely),
    ),
    // Nobody's name tells nothing.
    ("测试 | 13800000001", "未知 | 13800000001", 40, Some(Likely)),
];

#[test]
fn pairs_are_judged_as_a_person_would() {
    let mut wrong = Vec::new();
    for (a, b, name, expect) in PAIRS {
        let (one, other) = (verdict(a, b, *name), verdict(b, a, *name));
        assert_eq!(one, other, "{a} / {b}: the order does not matter");
        if one.level() != *expect {
            wrong.push(format!(
                "{a} / {b}: {one:?} is {:?}, not {expect:?}",
                one.level()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn reasons_say_what_agrees_and_what_does_not() {
    let of = |a: &str, b: &str| format!("{:?}", verdict(a, b, 4).reasons);
    for (a, b, expect) in [
        (
            "陳麗華 | 13800000001 | a@x.example",
            "陈丽华 | 13800000001 | b@y.example",
            "[SamePhone, SameNameOtherScript, OtherEmail]",
        ),
        (
            "李娜 | | li.na@x.example | 1990-05-14 | 杭州 | | f",
            "Li Na | | li.na@y.example | 1990-04-15 | 宁波 | | m",
            "[NearEmail, SameNamePinyin, OtherBirthday, OtherGender]",
        ),
    ] {
        assert_eq!(of(a, b), expect);
    }
}

fn find(records: &[&str]) -> Vec<Pair> {
    let mut finder = Finder::default();
    for (id, text) in (1..).zip(records) {
        finder.add(record(id, text));
    }
    while !finder.step() {}
    finder.finish().pairs
}

#[test]
fn groups_join_what_is_likely_and_keep_apart_what_a_person_said() {
    let records = [
        "李娜 | 13800000001 | li.na@x.example",
        "Li Na | 13800000001",
        "李娜 | | li.na@x.example",
        "王强 | 13800000001",
        "Ann Lee | 600700800",
        "Anne Lee | 600700800",
    ];
    let pairs = find(&records);
    let all = groups(&pairs, |_, _| false);
    let ids: Vec<Vec<i64>> = all
        .iter()
        .map(|group| group.members.iter().map(|id| id.0).collect())
        .collect();
    assert_eq!(ids, [vec![1, 2, 3], vec![5, 6]]);
    // 2 is somebody else than 1; what is left of the group is 1 with 3.
    let known = |a: CustomerId, b: CustomerId| (a.0, b.0) == (1, 2) || (a.0, b.0) == (2, 1);
    let apart = groups(&pairs, known);
    assert!(
        apart
            .iter()
            .all(|group| !(group.members.contains(&CustomerId(1))
                && group.members.contains(&CustomerId(2))))
    );
    assert!(
        apart
            .iter()
            .any(|group| group.members == [CustomerId(1), CustomerId(3)])
    );
}

#[test]
fn a_telephone_that_everybody_has_makes_nobody_a_twin() {
    let many: Vec<String> = (0..200)
        .map(|n| format!("Person{n} Number{n} | 13800000000"))
        .collect();
    let records: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(find(&records), []);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the order in which records come, the same pairs are found; and blocking loses none of the sure ones.
    #[test]
    fn the_order_does_not_matter_and_sure_pairs_are_not_lost(
        rows in prop::collection::vec((0usize..6, 0u64..4, 0u64..4, 0usize..3), 2..14),
        turn in 0usize..14,
    ) {
        let names = ["李娜", "Li Na", "王小明", "Wang Xiaoming", "John Smith", "Smith John"];
        let cities = ["杭州", "宁波", ""];
        let records: Vec<Record> = rows
            .iter()
            .enumerate()
            .map(|(id, (name, phone, mail, city))| {
                let phone = if *phone == 0 { String::new() } else { format!("1380000000{phone}") };
                let mail = if *mail == 0 { String::new() } else { format!("person{mail}@x.example") };
                record(id as i64 + 1, &format!("{} | {phone} | {mail} | | {}", names[*name], cities[*city]))
            })
            .collect();
        let run = |records: &[Record]| {
            let mut finder = Finder::default();
            records.iter().for_each(|it| finder.add(it.clone()));
            while !finder.step() {}
            finder.finish().pairs
        };
        let found = run(&records);
        let mut turned = records.clone();
        turned.rotate_left(turn % records.len());
        prop_assert_eq!(&run(&turned), &found);
        for (at, a) in records.iter().enumerate() {
            for b in &records[at + 1..] {
                let known = Frequencies { customers: records.len() as u32, name: 14, phone: 14, email: 14 };
                if compare(a, b, known).score >= 75 {
                    prop_assert!(found.iter().any(|pair| pair.a == a.id && pair.b == b.id), "{:?} {:?}", a, b);
                }
            }
        }
    }
}
