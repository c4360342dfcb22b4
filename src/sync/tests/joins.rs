//! Cases of [`sync::join`] for whoever merges elsewhere: `public/postgres.sql` is held against the same file.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test reads and writes its file, and may panic"
)]

use serde_json::{Map, Value, json};
use sync::{Kind, Record, Stamp, join};

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../tests/servers/joins.json"
);
const CASES: u64 = 400;

/// Numbers that look random and are the same everywhere (Knuth's constants for a linear congruence of 64 bits).
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[usize::try_from(self.below(list.len() as u64)).unwrap()]
    }

    /// Few stamps, so that equal ones meet often.
    fn stamp(&mut self) -> Value {
        let stamp = Stamp {
            ms: 1_795_000_000_000 + self.below(4),
            counter: u16::try_from(self.below(2)).unwrap(),
            node: u32::try_from(self.below(3)).unwrap(),
        };
        json!(stamp)
    }

    fn scalar(&mut self) -> Value {
        self.of(&[
            json!("Li Na"),
            json!("李娜 \"x\" é 😀"),
            json!(""),
            json!(null),
            json!(0),
            json!(-17),
            json!(true),
            json!("13800138000"),
        ])
        .clone()
    }

    fn record(&mut self, kind: Kind) -> Value {
        let mut object = Map::new();
        object.insert("id".to_owned(), json!("0000100000001"));
        for field in ["name", "phone", "unknownField"] {
            if self.below(2) == 0 {
                object.insert(field.to_owned(), self.scalar());
            }
        }
        if self.below(2) == 0 {
            let tags = ["vip", "tea", "Ärger", "b.c"];
            let tags: Vec<&str> = tags.into_iter().filter(|_| self.below(2) == 0).collect();
            object.insert("tags".to_owned(), json!(tags));
        }
        if self.below(2) == 0 {
            let mut custom = Map::new();
            for name in ["size", "尺码"] {
                if self.below(2) == 0 {
                    custom.insert(name.to_owned(), self.scalar());
                }
            }
            object.insert("custom".to_owned(), Value::Object(custom));
        }
        match self.below(8) {
            0 | 1 => {
                object.insert("deleted".to_owned(), json!(true));
            }
            2 => {
                object.insert("deleted".to_owned(), json!(true));
                object.insert("mergedInto".to_owned(), json!("0000100000002"));
            }
            3 => {
                object.insert("erased".to_owned(), json!(true));
            }
            _ => {}
        }
        if self.below(8) > 0 {
            object.insert("shuke".to_owned(), self.meta(kind));
        }
        Value::Object(object)
    }

    /// What some leaves were made over.
    fn over(&mut self, kind: Kind) -> Value {
        let mut over = Map::new();
        for field in ["name", "phone", "gone"] {
            if self.below(2) == 0 {
                let stamps: Vec<Value> = (0..self.below(4)).map(|_| self.stamp()).collect();
                over.insert(field.to_owned(), json!(stamps));
            }
        }
        if kind == Kind::Customers && self.below(2) == 0 {
            over.insert(
                "tags".to_owned(),
                json!({ "vip": [self.stamp()], "tea": [] }),
            );
        }
        Value::Object(over)
    }

    fn meta(&mut self, kind: Kind) -> Value {
        let mut own = Map::new();
        for field in ["name", "gone"] {
            if self.below(3) == 0 {
                own.insert(field.to_owned(), self.stamp());
            }
        }
        for (field, parts) in [("tags", ["vip", "tea"]), ("custom", ["size", "other"])] {
            let mut stamps = Map::new();
            for part in parts {
                if kind == Kind::Customers && self.below(3) == 0 {
                    stamps.insert(part.to_owned(), self.stamp());
                }
            }
            if !stamps.is_empty() {
                own.insert(field.to_owned(), Value::Object(stamps));
            }
        }
        let mut meta = json!({ "v": 1, "born": self.stamp(), "at": self.stamp() });
        if self.below(2) == 0 {
            meta["life"] = self.stamp();
        }
        if !own.is_empty() {
            meta["fields"] = Value::Object(own);
        }
        if self.below(2) == 0 {
            meta["over"] = self.over(kind);
        }
        meta
    }
}

fn cases() -> Vec<Value> {
    let mut draw = Draw(2026);
    (0..CASES)
        .map(|_| {
            let kind = *draw.of(&[
                Kind::Customers,
                Kind::Customers,
                Kind::Orders,
                Kind::Settings,
            ]);
            let (a, b) = (draw.record(kind), draw.record(kind));
            let read = |json: &Value| Record::from_json(kind, json).unwrap();
            let joined = join(&read(&a), &read(&b)).to_json();
            json!({ "kind": kind, "a": a, "b": b, "joined": joined })
        })
        .collect()
}

/// Written anew with `SHUKE_GOLDEN=write`.
#[test]
fn the_cases_are_what_the_merge_gives() {
    let cases = cases();
    let lines: Vec<String> = cases.iter().map(Value::to_string).collect();
    let text = format!("[\n{}\n]\n", lines.join(",\n"));
    if std::env::var_os("SHUKE_GOLDEN").is_some() {
        std::fs::write(FILE, &text).unwrap();
    }
    let kept: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    assert!(
        kept == cases,
        "write {FILE} anew with SHUKE_GOLDEN=write, and mend public/postgres.sql"
    );
}
