use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

/// The example of the contract, `docs/loyalty-program.md`.
const EXAMPLE: &str = r#"{
  "name": "Star card", "currency": "CNY", "time_zone": "Asia/Shanghai",
  "earn": [
    {"id":"base","on":"purchase","points":1,"per":"1.00","basis":"net_of_discount","rounding":"floor","round_each":"order"},
    {"id":"coffee","on":"purchase","multiply":"2","where":[{"attr":"category","op":"in","value":["coffee"]}],"from":"2026-01-01","to":"2026-03-31"},
    {"id":"gift-cards","on":"purchase","exclude":true,"where":[{"attr":"category","op":"eq","value":"gift card"}]},
    {"id":"welcome","on":"signup","points":100},
    {"id":"birthday","on":"birthday","points":200,"known_for_days":30},
    {"id":"review","on":"event","event":"review","points":20,"cap":{"points":100,"per":"month"}}
  ],
  "stacking": "multiply",
  "pending_days": 7,
  "expiry": {"kind":"months","n":12,"round_up":"month"},
  "redeem": {"points":100,"worth":"1.00","step":100,"min_points":100,"max_share":"0.5"},
  "rewards": [{"id":"free-drink","name":"Free drink","points":300,"stock":50}],
  "refund": "unlimited",
  "tiers": {"measure":"qualifying_points","window":{"kind":"rolling_months","n":12},"upgrade":"at_once","downgrade":"one_down","keep_months":12,
            "levels":[{"id":"silver","from":0},{"id":"gold","from":1000,"multiply":"1.25"},{"id":"platinum","from":5000,"multiply":"1.5"}]}
}"#;

/// The example with one place changed; `null` takes it away.
fn changed(pointer: &str, to: Value) -> String {
    let mut value: Value = serde_json::from_str(EXAMPLE).unwrap();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match value.pointer_mut(parent).unwrap() {
        Value::Array(list) => list[key.parse::<usize>().unwrap()] = to,
        Value::Object(map) => {
            map.insert(key.to_owned(), to);
        }
        _ => panic!("{pointer}"),
    }
    value.to_string()
}

#[test]
fn the_example_of_the_contract_is_read() {
    let program = Program::parse(EXAMPLE).unwrap();
    assert_eq!(program.earn.len(), 6);
    assert_eq!(
        program.earn[1].effect,
        Effect::Multiply(Decimal { units: 2, scale: 0 })
    );
    assert_eq!(program.earn[1].to, Day::from_ymd(2026, 3, 31));
    assert_eq!(
        program.earn[4].on,
        Occasion::Birthday { known_for_days: 30 }
    );
    assert_eq!(
        program.expiry,
        Expiry::Months {
            n: 12,
            round_up: Some(Period::Month)
        }
    );
    assert_eq!(program.redeem.unwrap().worth, Money(100));
    assert_eq!(program.tier("gold").unwrap().from, 1_000);
    assert_eq!(program.reward("free-drink").unwrap().stock, Some(50));
    assert_eq!(Program::parse(&program.to_json()), Ok(program));
}

#[test]
fn everything_else_that_is_allowed_is_read_and_written_back() {
    let conditions = json!([
        {"attr": "product", "op": "contains", "value": "latte"},
        {"attr": "coupon", "op": "is_not_set"},
        {"attr": "channel", "op": "not_in", "value": ["web", "app"]},
        {"attr": "amount", "op": "between", "value": ["1.00", 20]},
        {"attr": "quantity", "op": "gte", "value": 1.5},
        {"attr": "hour", "op": "lt", "value": 12},
        {"attr": "day_of_week", "op": "not_between", "value": [6, 7]},
        {"attr": "status", "op": "ne", "value": "cancelled"},
    ]);
    for (pointer, value) in [
        ("/earn/0/where", conditions),
        ("/earn/0/points", json!("1.5")),
        ("/earn/0/basis", json!("gross")),
        ("/earn/0/rounding", json!("half_up")),
        ("/earn/0/round_each", json!("line")),
        ("/earn/0/min_amount", json!("10.50")),
        ("/earn/1/multiply", json!(3)),
        (
            "/earn/3",
            json!({"id": "friend", "on": "referral", "points": 2, "per": "1.00", "rounding": "ceil"}),
        ),
        (
            "/earn/3",
            json!({"id": "thanks", "on": "purchase", "points": 5, "cap": {"points": 5, "per": "ever"}}),
        ),
        ("/expiry", json!({"kind": "never"})),
        ("/expiry", json!({"kind": "days", "n": 0})),
        ("/expiry", json!({"kind": "months", "n": 6})),
        ("/expiry", json!({"kind": "year_end", "years": 1})),
        ("/expiry", json!({"kind": "inactivity", "months": 12})),
        ("/redeem", Value::Null),
        ("/redeem/max_points", json!(5_000)),
        ("/rewards", Value::Null),
        ("/stacking", json!("best")),
        ("/refund", json!("only_pending")),
        ("/tiers", Value::Null),
        ("/tiers/upgrade", json!("period_end")),
        ("/tiers/window", json!({"kind": "anniversary"})),
        ("/tiers/measure", json!("visits")),
        ("/tiers/measure", json!("spend")),
        ("/tiers/levels/0/name", json!("银卡会员")),
        ("/earn", json!([])),
    ] {
        let text = changed(pointer, value);
        let program = Program::parse(&text).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(Program::parse(&program.to_json()), Ok(program), "{pointer}");
    }
}

#[test]
fn amounts_have_the_currency_s_decimals() {
    let yen = changed("/currency", json!("JPY")).replace("1.00", "1");
    assert_eq!(
        Program::parse(&yen).unwrap().redeem.unwrap().worth,
        Money(1)
    );
    let spend = changed("/tiers/measure", json!("spend"));
    assert_eq!(
        Program::parse(&spend).unwrap().tier("gold").unwrap().from,
        100_000
    );
}

#[test]
fn what_is_left_out_has_a_plain_value() {
    let text = r#"{"name":"P","currency":"cny","time_zone":"UTC","earn":[{"id":"a","on":"purchase","points":1,"per":"1"}]}"#;
    let program = Program::parse(text).unwrap();
    assert_eq!(program.stacking, Stacking::Multiply);
    assert_eq!((program.pending_days, program.expiry), (0, Expiry::Never));
    let Effect::Rate(rate) = program.earn[0].effect else {
        panic!("a rate")
    };
    assert_eq!(
        (rate.basis, rate.rounding, rate.round_each),
        (Basis::NetOfDiscount, Rounding::Floor, RoundEach::Order)
    );
}

/// Where, what stands there, the path of the refusal, and what it says.
#[test]
#[expect(clippy::too_many_lines, reason = "one table of cases")]
fn bad_programmes_are_refused() {
    let rate = |extra: Value| {
        let mut rule = json!({"id": "x", "on": "purchase", "points": 1, "per": "1.00"});
        for (key, value) in extra.as_object().unwrap() {
            rule[key] = value.clone();
        }
        rule
    };
    let table = [
        (
            "/currency",
            json!("RMBY"),
            "currency",
            "\"RMBY\"",
            "three letters",
        ),
        // Which names there are, only the rules of the zones know.
        #[cfg(feature = "zones")]
        ("/time_zone", json!("Mars"), "time_zone", "\"Mars\"", "IANA"),
        ("/time_zone", json!("+08"), "time_zone", "\"+08\"", "IANA"),
        ("/name", json!(" "), "name", "\" \"", "1 to 200"),
        ("/name", Value::Null, "name", "nothing", "name"),
        ("/earn", Value::Null, "earn", "nothing", "list"),
        ("/earn", json!({}), "earn", "{}", "list"),
        (
            "/earning",
            json!([]),
            "earning",
            "unknown key",
            "one of name",
        ),
        (
            "/stacking",
            json!("sum"),
            "stacking",
            "\"sum\"",
            "\"multiply\", \"add\", \"best\"",
        ),
        (
            "/pending_days",
            json!(-1),
            "pending_days",
            "-1",
            "0 to 3650",
        ),
        ("/pending_days", json!(1.5), "pending_days", "1.5", "whole"),
        (
            "/refund",
            json!("none"),
            "refund",
            "\"none\"",
            "\"only_pending\"",
        ),
        (
            "/earn/0/per",
            json!("0"),
            "earn[0].per",
            "\"0\"",
            "0.01 or more",
        ),
        (
            "/earn/0/per",
            json!("1.005"),
            "earn[0].per",
            "\"1.005\"",
            "2 decimals",
        ),
        (
            "/earn/0/per",
            json!(1.0),
            "earn[0].per",
            "1.0",
            "decimal string",
        ),
        ("/earn/0/points", json!(0), "earn[0].points", "0", "above 0"),
        (
            "/earn/0/points",
            json!(1.5),
            "earn[0].points",
            "1.5",
            "decimal string",
        ),
        (
            "/earn/0/points",
            json!("1,5"),
            "earn[0].points",
            "\"1,5\"",
            "decimal string",
        ),
        (
            "/earn/0/rounding",
            json!("round"),
            "earn[0].rounding",
            "\"round\"",
            "\"floor\"",
        ),
        (
            "/earn/0/rounds",
            json!("floor"),
            "earn[0].rounds",
            "unknown key",
            "rounding",
        ),
        ("/earn/0/id", json!(""), "earn[0].id", "\"\"", "1 to 64"),
        (
            "/earn/1/id",
            json!("base"),
            "earn[1].id",
            "\"base\"",
            "its own",
        ),
        (
            "/earn/0/on",
            json!("visit"),
            "earn[0].on",
            "\"visit\"",
            "\"purchase\"",
        ),
        (
            "/earn/0/exclude",
            json!(true),
            "earn[0]",
            "points and exclude",
            "exactly one",
        ),
        (
            "/earn/0/points",
            Value::Null,
            "earn[0].per",
            "\"1.00\"",
            "points",
        ),
        (
            "/earn/1/multiply",
            Value::Null,
            "earn[1]",
            "none",
            "exactly one",
        ),
        (
            "/earn/1/multiply",
            json!("0"),
            "earn[1].multiply",
            "\"0\"",
            "above 0",
        ),
        (
            "/earn/1/multiply",
            json!(1.25),
            "earn[1].multiply",
            "1.25",
            "decimal string",
        ),
        (
            "/earn/1/to",
            json!("2025-12-31"),
            "earn[1].to",
            "2025-12-31",
            "2026-01-01 or later",
        ),
        (
            "/earn/1/to",
            json!("2026-02-30"),
            "earn[1].to",
            "2026-02-30",
            "date",
        ),
        (
            "/earn/1/cap",
            json!({"points": 1, "per": "day"}),
            "earn[1].cap",
            "{",
            "points",
        ),
        (
            "/earn/2/exclude",
            json!(false),
            "earn[2].exclude",
            "false",
            "true",
        ),
        (
            "/earn/3/per",
            json!("1.00"),
            "earn[3].per",
            "\"1.00\"",
            "no amount",
        ),
        (
            "/earn/3/where",
            json!([]),
            "earn[3].where",
            "[]",
            "purchase",
        ),
        (
            "/earn/3/multiply",
            json!("2"),
            "earn[3]",
            "points and multiply",
            "exactly one",
        ),
        (
            "/earn/3",
            json!({"id": "x", "on": "signup", "multiply": "2"}),
            "earn[3].on",
            "\"signup\"",
            "\"purchase\"",
        ),
        (
            "/earn/3/points",
            json!("1.5"),
            "earn[3].points",
            "\"1.5\"",
            "whole",
        ),
        (
            "/earn/3/known_for_days",
            json!(3),
            "earn[3].known_for_days",
            "3",
            "birthdays",
        ),
        (
            "/earn/5/event",
            Value::Null,
            "earn[5].event",
            "nothing",
            "event",
        ),
        (
            "/earn/3/event",
            json!("review"),
            "earn[3].event",
            "\"review\"",
            "\"on\": \"event\"",
        ),
        (
            "/earn/5/cap/per",
            json!("week"),
            "earn[5].cap.per",
            "\"week\"",
            "\"month\"",
        ),
        (
            "/earn/5/cap/points",
            json!(0),
            "earn[5].cap.points",
            "0",
            "1 to",
        ),
        (
            "/earn/0",
            rate(json!({"where": [{"attr": "brand", "op": "eq", "value": "x"}]})),
            "earn[0].where[0].attr",
            "\"brand\"",
            "\"category\"",
        ),
        (
            "/earn/0",
            rate(json!({"where": [{"attr": "category", "op": "gt", "value": "x"}]})),
            "earn[0].where[0].op",
            "\"gt\"",
            "\"eq\"",
        ),
        (
            "/earn/0",
            rate(json!({"where": [{"attr": "hour", "op": "eq", "value": 24}]})),
            "earn[0].where[0].value",
            "24",
            "0 to 23",
        ),
        (
            "/earn/0",
            rate(json!({"where": [{"attr": "amount", "op": "between", "value": ["2", "1"]}]})),
            "earn[0].where[0].value",
            "[\"2\",\"1\"]",
            "lower bound first",
        ),
        (
            "/earn/0",
            rate(json!({"where": [{"attr": "coupon", "op": "is_set", "value": true}]})),
            "earn[0].where[0].value",
            "true",
            "nothing",
        ),
        (
            "/expiry/kind",
            json!("weeks"),
            "expiry.kind",
            "\"weeks\"",
            "\"months\"",
        ),
        (
            "/expiry/n",
            Value::Null,
            "expiry.n",
            "nothing",
            "number of months",
        ),
        ("/expiry/years", json!(1), "expiry.years", "1", "nothing"),
        (
            "/expiry/round_up",
            json!("week"),
            "expiry.round_up",
            "\"week\"",
            "\"quarter\"",
        ),
        (
            "/expiry",
            json!({"kind": "inactivity", "months": 0}),
            "expiry.months",
            "0",
            "from 1",
        ),
        ("/redeem/points", json!(0), "redeem.points", "0", "1 to"),
        (
            "/redeem/worth",
            json!("-1.00"),
            "redeem.worth",
            "\"-1.00\"",
            "0.01 or more",
        ),
        ("/redeem/step", json!(0), "redeem.step", "0", "1 to"),
        (
            "/redeem/max_share",
            json!("1.5"),
            "redeem.max_share",
            "\"1.5\"",
            "at most 1",
        ),
        (
            "/redeem/max_share",
            json!(0.5),
            "redeem.max_share",
            "0.5",
            "decimal string",
        ),
        (
            "/rewards/0/points",
            json!(-1),
            "rewards[0].points",
            "-1",
            "1 to",
        ),
        (
            "/rewards/0/stock",
            json!(-1),
            "rewards[0].stock",
            "-1",
            "0 to",
        ),
        (
            "/tiers/levels",
            json!([]),
            "tiers.levels",
            "[]",
            "at least one",
        ),
        (
            "/tiers/levels/2/from",
            json!(1000),
            "tiers.levels[2].from",
            "1000",
            "more than 1000",
        ),
        (
            "/tiers/levels/2/id",
            json!("gold"),
            "tiers.levels[2].id",
            "\"gold\"",
            "its own",
        ),
        (
            "/tiers/levels/1/from",
            json!(-5),
            "tiers.levels[1].from",
            "-5",
            "0 to",
        ),
        (
            "/tiers/levels/1/multiply",
            json!(1.25),
            "tiers.levels[1].multiply",
            "1.25",
            "decimal string",
        ),
        (
            "/tiers/window",
            Value::Null,
            "tiers.window",
            "nothing",
            "rolling_months",
        ),
        (
            "/tiers/window/kind",
            json!("year"),
            "tiers.window.kind",
            "\"year\"",
            "\"calendar_year\"",
        ),
        ("/tiers/window/n", json!(0), "tiers.window.n", "0", "1 to"),
        (
            "/tiers/window/kind",
            json!("lifetime"),
            "tiers.window.n",
            "12",
            "nothing",
        ),
        (
            "/tiers/measure",
            json!("points"),
            "tiers.measure",
            "\"points\"",
            "\"spend\"",
        ),
        (
            "/tiers/keep_months",
            json!("12"),
            "tiers.keep_months",
            "\"12\"",
            "whole",
        ),
        (
            "/tiers/downgrade",
            json!("two_down"),
            "tiers.downgrade",
            "\"two_down\"",
            "\"never\"",
        ),
    ];
    for (pointer, to, path, found, expected) in table {
        let fault = Program::parse(&changed(pointer, to)).expect_err(pointer);
        assert_eq!(fault.path, path, "{fault}");
        assert!(
            fault.found.contains(found),
            "{pointer}: found {}",
            fault.found
        );
        assert!(
            fault.expected.contains(expected),
            "{pointer}: expected {}",
            fault.expected
        );
    }
    for text in ["", "[]", "{", "null", "1"] {
        assert_eq!(Program::parse(text).unwrap_err().path, "", "{text}");
    }
}

const TEMPLATE_WORDS: templates::Words<'static> = templates::Words {
    name: "星星卡",
    tiers: ["银卡", "金卡", "白金卡"],
    reward: "免费饮品",
    excluded: "礼品卡",
};

#[test]
fn every_template_is_a_valid_programme_in_every_currency() {
    let zone = Zone::parse("Asia/Shanghai").unwrap();
    // Every currency whose decimals are not two, those with steps of their own, and any three letters.
    let codes = "CNY USD EUR GBP HKD TWD SGD AUD CAD CHF INR THB PHP IDR MYR RUB BRL MXN TRY ZAR NOK SEK DKK PLN CZK HUF \
        BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF BHD IQD JOD KWD LYD OMR TND CLF UYW COP LKR PKR NPR \
        NGN LAK KHR IRR UZS AED SAR ILS QQQ";
    for code in codes.split_whitespace() {
        let currency = Currency::parse(code).unwrap();
        for template in templates::Template::ALL {
            let program = template.program(TEMPLATE_WORDS, currency, zone);
            assert_eq!(
                Program::parse(&program.to_json()),
                Ok(program),
                "{} {code}",
                template.key()
            );
            assert!(template.example_amount(currency) > Money::ZERO);
        }
    }
    let mut keys: Vec<&str> = templates::Template::ALL.map(|it| it.key()).to_vec();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 5);
}

#[test]
fn amounts_of_templates_suit_the_currency() {
    for (code, step) in [
        ("CNY", 100),
        ("USD", 100),
        ("JPY", 100),
        ("KRW", 1_000),
        ("VND", 10_000),
        ("KWD", 1_000),
        ("INR", 1_000),
        ("VUV", 100),
    ] {
        let currency = Currency::parse(code).unwrap();
        assert_eq!(templates::step(currency), Money(step), "{code}");
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let mut value: Value = serde_json::from_str(EXAMPLE).unwrap();
    value["name"] = json!(" ");
    value["earn"][0]["points"] = json!("many");
    value["earn"][0]["per"] = json!("0");
    value["earn"][1]["to"] = json!("2025-01-01");
    value["earn"][4]["known_for_days"] = json!("soon");
    value["earn"][5]["cap"]["points"] = json!(0);
    value["pending_days"] = json!(-1);
    value["expiry"]["n"] = json!("x");
    value["redeem"]["step"] = json!(0);
    value["redeem"]["max_share"] = json!("2");
    value["rewards"][0]["points"] = json!("");
    value["tiers"]["levels"][1]["from"] = json!(0);
    value["tiers"]["levels"][2]["multiply"] = json!("0");
    let wrong = Program::check(&value.to_string()).unwrap_err();
    let paths: Vec<&str> = wrong.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "name",
            "earn[0].points",
            "earn[0].per",
            "earn[1].to",
            "earn[4].known_for_days",
            "earn[5].cap.points",
            "pending_days",
            "expiry.n",
            "redeem.step",
            "redeem.max_share",
            "rewards[0].points",
            "tiers.levels[2].multiply",
        ]
    );
    assert_eq!(Program::parse(&value.to_string()), Err(wrong[0].clone()));
    // Levels are compared once each of them is right.
    value["tiers"]["levels"][2]["multiply"] = json!("2");
    let wrong = Program::check(&value.to_string()).unwrap_err();
    let last = wrong.last().unwrap();
    assert_eq!(last.path, "tiers.levels[1].from");
    assert_eq!(last.right, Right::MoreThan("0".into(), "silver".into()));
}

proptest! {
    #[test]
    fn no_text_makes_it_fail(text in ".{0,60}") {
        let _ = Program::parse(&text);
    }

    /// Whatever is put anywhere, the answer is a programme that reads back or a refusal with a path.
    #[test]
    fn every_programme_reads_back_or_is_refused(place in 0usize..60, with in 0usize..14) {
        let example: Value = serde_json::from_str(EXAMPLE).unwrap();
        let mut places = Vec::new();
        pointers(&example, "", &mut places);
        let pointer = &places[place % places.len()];
        let values = [
            json!(null), json!(true), json!(0), json!(-1), json!(1), json!(2.5), json!("x"), json!(""),
            json!("1.25"), json!([]), json!({}), json!(i64::MAX), json!("99999999999999999999"), json!("2026-01-31"),
        ];
        match Program::parse(&changed(pointer, values[with].clone())) {
            Ok(program) => prop_assert_eq!(Program::parse(&program.to_json()), Ok(program)),
            Err(fault) => prop_assert!(!fault.expected.is_empty() && !fault.path.is_empty()),
        }
    }
}

fn pointers(value: &Value, at: &str, places: &mut Vec<String>) {
    let mut add = |key: String, value: &Value| {
        let pointer = format!("{at}/{key}");
        places.push(pointer.clone());
        pointers(value, &pointer, places);
    };
    match value {
        Value::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(n, it)| add(n.to_string(), it)),
        Value::Object(map) => map.iter().for_each(|(key, it)| add(key.clone(), it)),
        _ => {}
    }
}
