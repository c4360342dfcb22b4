//! Search: what is found by what, and in which order.

use super::*;
use crate::search::fold;
use proptest::prelude::*;

#[test]
fn folded_texts() {
    let text = |name: &str, phone: &str| fold::search_text(&named(name, phone)).replace('\n', "|");
    for (name, phone, expected) in [
        (
            "王小明",
            "+86 138-0013-8000",
            "王小明|wxm|wangxiaoming|8613800138000||",
        ),
        ("Li Wei", "", "liwei|lw||||"),
        ("Ｏ'Brien, José", "", "obrienjose|obj||||"),
        ("曾志伟", "", "曾志伟|zzw czw|zengzhiwei cengzhiwei|||"),
        ("重庆", "", "重庆|zq cq|zhongqing chongqing|||"),
        ("吕布", "", "吕布|lb|lvbu lubu|||"),
        ("李Anna", "", "李anna|la|lianna|||"),
        ("Cher", "", "cher|||||"),
        ("", "１２３４５", "|||12345||"),
    ] {
        assert_eq!(text(name, phone), expected, "{name}");
    }
}

#[test]
fn names_sort_by_pinyin() {
    let mut names = [
        "",
        "张三",
        "Zoe",
        "阿宝",
        "曾志伟",
        "bob",
        "Bob",
        "西安",
        "先生",
        "7-Eleven",
        "Émile",
        "eve",
        "单田芳",
    ];
    names.sort_by_key(|name| fold::sort_name(name));
    assert_eq!(
        names,
        [
            "7-Eleven",
            "阿宝",
            "Bob",
            "bob",
            "Émile",
            "eve",
            "单田芳",
            "西安",
            "先生",
            "曾志伟",
            "张三",
            "Zoe",
            ""
        ]
    );
}

#[test]
fn the_best_come_first() {
    let mut store = store();
    let people = [
        ("王伟", "+8613800138001"),
        ("王伟明", "+8613800138002"),
        ("小王伟", "+8613800138003"),
        ("李娜", "+8613912340138"),
        ("Wang Wei", "+8613800010001"),
        ("O'Neil", "+8613800020002"),
        ("", "+8613799990138"),
    ];
    let ids: Vec<CustomerId> = people
        .iter()
        .map(|(name, phone)| add(&mut store, &named(name, phone)))
        .collect();
    let found = |query: &str| -> Vec<&str> {
        let found = store.read().search(query, 10).unwrap();
        found
            .iter()
            .map(|id| ids.iter().position(|it| it == id).unwrap())
            .map(|i| {
                if people[i].0.is_empty() {
                    people[i].1
                } else {
                    people[i].0
                }
            })
            .collect()
    };
    let cases: [(&str, &[&str]); 14] = [
        ("王伟", &["王伟", "王伟明", "小王伟"]),
        ("王", &["王伟", "王伟明", "小王伟"]),
        ("ww", &["王伟", "Wang Wei", "王伟明", "小王伟"]),
        ("wangwei", &["Wang Wei", "王伟", "王伟明", "小王伟"]),
        ("WANG WEI", &["Wang Wei", "王伟", "王伟明", "小王伟"]),
        ("xiao", &["小王伟"]),
        (
            "0138",
            &["+8613799990138", "李娜", "王伟", "王伟明", "小王伟"],
        ),
        (
            "38",
            &[
                "+8613799990138",
                "李娜",
                "O'Neil",
                "王伟",
                "Wang Wei",
                "王伟明",
                "小王伟",
            ],
        ),
        ("138 8003", &["小王伟"]),
        ("王 8002", &["王伟明"]),
        ("oneil", &["O'Neil"]),
        ("o'neil", &["O'Neil"]),
        ("nobody", &[]),
        (" ' ", &[]),
    ];
    for (query, expected) in cases {
        assert_eq!(found(query), expected, "{query}");
    }
    assert_eq!(store.read().search("王", 1).unwrap(), [ids[0]]);
    assert_eq!(store.read().search("王", 0).unwrap(), []);
}

#[test]
fn e_mail_and_keys_are_found() {
    let mut store = store();
    let id = add(
        &mut store,
        &CustomerDraft {
            email: Some("Xm.Wang@Example.com".into()),
            external_id: Some("VIP-0042".into()),
            ..named("A", "138****0000")
        },
    );
    for query in ["xm.wang", "wang@exam", "vip-0042", "0042"] {
        assert_eq!(store.read().search_all(query).unwrap(), [id], "{query}");
    }
    assert_eq!(
        store
            .read()
            .customers_by_email(" xm.wang@example.COM")
            .unwrap(),
        [id]
    );
    // Masked digits know nobody.
    assert_eq!(store.read().customers_by_phone("1380000").unwrap(), []);
    let other = add(&mut store, &named("B", "+86 138 0013 8000"));
    assert_eq!(
        store.read().customers_by_phone("8613800138000").unwrap(),
        [other]
    );
}

#[test]
fn texts_are_made_anew_when_folding_changes() {
    let mut store = store();
    let id = add(&mut store, &named("王小明", ""));
    store
        .conn
        .execute_batch(
            "UPDATE meta SET value = 0 WHERE key = 'folding';
             INSERT INTO customer_fts (customer_fts) VALUES ('delete-all');
             UPDATE customer_search SET text = 'otherwise'; UPDATE customer SET sort_name = 'x';
             INSERT INTO customer_fts (customer_fts) VALUES ('rebuild');",
        )
        .unwrap();
    assert_eq!(store.read().search_all("otherwise").unwrap(), [id]);
    crate::search::index::follow_folding(&store.conn).unwrap();
    assert_eq!(store.read().search_all("otherwise").unwrap(), []);
    assert_eq!(store.read().search_all("xiaoming").unwrap(), [id]);
    write(&mut store, "remove", |tx| tx.remove_customer(id));
    assert_eq!(store.read().search_all("xiaoming").unwrap(), []);
    store.quick_check().unwrap();
}

#[derive(Clone, Debug)]
enum Step {
    Add(String, String),
    Rename(usize, String),
    Remove(usize),
    UndoLast,
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[王李张曾单][伟小明芳]{1,2}",
        "[A-C][a-c]{1,4} [X-Z][x-z]{1,3}",
        "[ab12 ]{0,4}",
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (name(), "[138]{4,6}").prop_map(|(name, phone)| Step::Add(name, phone)),
        2 => (any::<usize>(), name()).prop_map(|(i, name)| Step::Rename(i, name)),
        1 => any::<usize>().prop_map(Step::Remove),
        1 => Just(Step::UndoLast),
    ]
}

proptest! {
    #![proptest_config(cases(40))]

    /// The index finds exactly what reading every customer would.
    #[test]
    fn search_is_a_plain_scan(
        steps in prop::collection::vec(step(), 1..30),
        queries in prop::collection::vec("[王伟小明a-cx-z138 ]{1,5}|wang|xiaom|zeng", 1..20),
    ) {
        let mut store = store();
        let mut last = None;
        for step in steps {
            let mut all = Vec::new();
            store.read().scan_customers(None, usize::MAX, |it| all.push(it)).unwrap();
            let pick = |i: usize| (!all.is_empty()).then(|| all[i % all.len()].clone());
            let written = match step {
                Step::Add(name, phone) => {
                    write(&mut store, "add", |tx| tx.create_customer(&named(&name, &phone), NOW)).batch
                }
                Step::Rename(i, name) => pick(i).and_then(|it| {
                    let fields = CustomerDraft { name, ..it.fields };
                    write(&mut store, "rename", |tx| tx.update_customer(it.id, &fields)).batch
                }),
                Step::Remove(i) => pick(i).and_then(|it| {
                    write(&mut store, "remove", |tx| tx.remove_customer(it.id)).batch
                }),
                Step::UndoLast => last.take().and_then(|batch| {
                    write(&mut store, "undo", |tx| tx.undo(batch)).batch
                }),
            };
            last = written.or(last);
        }
        let mut texts = Vec::new();
        store.read().scan_customers(None, usize::MAX, |it| {
            texts.push((it.id, fold::search_text(&it.fields)));
        }).unwrap();
        for query in queries {
            let words = fold::words(&query);
            let expected: Vec<CustomerId> = texts
                .iter()
                .filter(|(_, text)| !words.is_empty() && words.iter().all(|word| text.contains(word.as_str())))
                .map(|(id, _)| *id)
                .collect();
            prop_assert_eq!(store.read().search_all(&query).unwrap(), expected.clone(), "{}", query);
            let mut ranked = store.read().search(&query, 1_000).unwrap();
            ranked.sort_unstable();
            prop_assert_eq!(ranked, expected, "{}", query);
        }
        store.quick_check().unwrap();
        store
            .conn
            .execute_batch("INSERT INTO customer_fts (customer_fts, rank) VALUES ('integrity-check', 1)")
            .unwrap();
    }
}
