use super::*;
use expect_test::expect;
use proptest::prelude::*;

/// Reads a rule and writes its canonical form back, or the error as one line.
fn read(text: &str) -> String {
    match Rule::parse(text) {
        Ok(rule) => {
            let json = rule.to_json();
            assert_eq!(Rule::parse(&json), Ok(rule), "reads back: {json}");
            json
        }
        Err(RuleError {
            path,
            found,
            expected,
        }) => format!("{path} | {found} | {expected}"),
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn good_rules_are_read_and_written_canonically() {
    for (text, canonical) in [
        (r#" { "all" : [ ] } "#, r#"{"all":[]}"#),
        (r#"{"any":[]}"#, r#"{"any":[]}"#),
        (
            r#"{"not":{"segment":"vip"}}"#,
            r#"{"not":{"segment":"vip"}}"#,
        ),
        (
            r#"{"value":"female","op":"eq","attr":"gender"}"#,
            r#"{"attr":"gender","op":"eq","value":"female"}"#,
        ),
        (
            r#"{"attr":"spend","op":"gte","value":5000.10}"#,
            r#"{"attr":"spend","op":"gte","value":"5000.1"}"#,
        ),
        (
            r#"{"attr":"spend","op":"between","value":["5000.00",6000]}"#,
            r#"{"attr":"spend","op":"between","value":["5000","6000"]}"#,
        ),
        (
            r#"{"attr":"age","op":"not_between","value":[25,"34.50"]}"#,
            r#"{"attr":"age","op":"not_between","value":[25,34.5]}"#,
        ),
        (
            r#"{"attr":"tags","op":"none_of","value":["a\u00e9\"\n"]}"#,
            r#"{"attr":"tags","op":"none_of","value":["aé\"\n"]}"#,
        ),
        (
            r#"{"attr":"consent.email","op":"is","value":true}"#,
            r#"{"attr":"consent.email","op":"is","value":true}"#,
        ),
        (
            r#"{"attr":"birthday","op":"anniversary_within_next","value":{"unit":"day","n":7}}"#,
            r#"{"attr":"birthday","op":"anniversary_within_next","value":{"n":7,"unit":"day"}}"#,
        ),
        (
            r#"{"attr":"signup_on","op":"in_month","value":12}"#,
            r#"{"attr":"signup_on","op":"in_month","value":12}"#,
        ),
        (
            r#"{"attr":"custom.due","op":"between","value":["2026-01-01","2026-02-01"]}"#,
            r#"{"attr":"custom.due","op":"between","value":["2026-01-01","2026-02-01"]}"#,
        ),
        (
            r#"{"attr":"custom.size","op":"eq","value":42}"#,
            r#"{"attr":"custom.size","op":"eq","value":42}"#,
        ),
        (
            r#"{"attr":"custom.size","op":"eq","value":"42"}"#,
            r#"{"attr":"custom.size","op":"eq","value":"42"}"#,
        ),
        (
            r#"{"attr":"age","op":"between","value":[1.50e1,2E+1]}"#,
            r#"{"attr":"age","op":"between","value":[15,20]}"#,
        ),
        (
            r#"{"attr":"churn_risk","op":"gt","value":5e-1}"#,
            r#"{"attr":"churn_risk","op":"gt","value":0.5}"#,
        ),
        (
            r#"{"attr":"phone","op":"is_not_set"}"#,
            r#"{"attr":"phone","op":"is_not_set"}"#,
        ),
        (
            r#"{"orders":{"op":"gte","value":3,"measure":"count","within":{"last":{"n":90,"unit":"day"}}}}"#,
            r#"{"orders":{"within":{"last":{"n":90,"unit":"day"}},"measure":"count","op":"gte","value":3}}"#,
        ),
        (
            r#"{"orders":{"where":[],"within":{"between":["2026-01-01","2026-03-31"]},"measure":"sum","op":"lt","value":1.5}}"#,
            r#"{"orders":{"within":{"between":["2026-01-01","2026-03-31"]},"measure":"sum","op":"lt","value":"1.5"}}"#,
        ),
        (
            r#"{"events":{"kind":"page_view","where":[{"attr":"data.page","op":"contains","value":"/sale"}],"measure":"count","op":"gt","value":0}}"#,
            r#"{"events":{"kind":"page_view","where":[{"attr":"data.page","op":"contains","value":"/sale"}],"measure":"count","op":"gt","value":0}}"#,
        ),
        (
            r#"{"sample":{"percent":"12.50","seed":7}}"#,
            r#"{"sample":{"percent":12.5,"seed":"7"}}"#,
        ),
    ] {
        assert_eq!(read(text), canonical, "{text}");
    }
}

#[test]
fn rules_that_say_the_same_have_one_normal_form() {
    for (a, b) in [
        (
            r#"{"all":[{"segment":"b"},{"segment":"a"},{"segment":"b"}]}"#,
            r#"{"all":[{"all":[{"segment":"a"}]},{"not":{"not":{"segment":"b"}}}]}"#,
        ),
        (
            r#"{"any":[{"any":[{"all":[{"segment":"a"}]}]}]}"#,
            r#"{"segment":"a"}"#,
        ),
        (
            r#"{"attr":"city","op":"in","value":["b","a","b"]}"#,
            r#"{"attr":"city","op":"in","value":["a","b"]}"#,
        ),
        (
            r#"{"attr":"city","op":"not_in","value":["a"]}"#,
            r#"{"attr":"city","op":"ne","value":"a"}"#,
        ),
        (
            r#"{"attr":"age","op":"between","value":[3,"3.0"]}"#,
            r#"{"attr":"age","op":"eq","value":3}"#,
        ),
        (
            r#"{"attr":"signup_on","op":"within_last","value":{"n":2,"unit":"week"}}"#,
            r#"{"attr":"signup_on","op":"within_last","value":{"n":14,"unit":"day"}}"#,
        ),
        (
            r#"{"attr":"tags","op":"all_of","value":["vip"]}"#,
            r#"{"attr":"tags","op":"any_of","value":["vip"]}"#,
        ),
        (
            r#"{"orders":{"where":[{"attr":"hour","op":"gte","value":20},{"attr":"channel","op":"eq","value":"x"}],"within":{"last":{"n":1,"unit":"year"}},"measure":"sum","op":"gt","value":"5.00"}}"#,
            r#"{"orders":{"where":[{"attr":"channel","op":"eq","value":"x"},{"attr":"hour","op":"gte","value":20}],"within":{"last":{"n":12,"unit":"month"}},"measure":"sum","op":"gt","value":5}}"#,
        ),
    ] {
        let read = |text| Rule::parse(text).unwrap();
        assert_eq!(read(a).normal(), read(b).normal(), "{a}");
        assert_eq!(read(a).stable_hash(), read(b).stable_hash(), "{a}");
        assert_eq!(read(a).normal().normal(), read(a).normal(), "{a}");
    }
    for (a, b) in [
        (r#"{"all":[]}"#, r#"{"any":[]}"#),
        (
            r#"{"all":[{"segment":"a"},{"segment":"b"}]}"#,
            r#"{"any":[{"segment":"a"},{"segment":"b"}]}"#,
        ),
        (
            r#"{"attr":"signup_on","op":"within_last","value":{"n":1,"unit":"month"}}"#,
            r#"{"attr":"signup_on","op":"within_last","value":{"n":30,"unit":"day"}}"#,
        ),
    ] {
        let hash = |text| Rule::parse(text).unwrap().stable_hash();
        assert_ne!(hash(a), hash(b), "{a}");
    }
}

#[test]
fn the_example_of_the_documentation_is_read() {
    let documentation = include_str!("../../../docs/segment-rule.md");
    let (_, example) = documentation.split_once("```json").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let rule = Rule::parse(example).unwrap();
    assert_eq!(rule.children().len(), 7);
    expect![[r#"{"all":[{"attr":"gender","op":"eq","value":"female"},{"attr":"age","op":"between","value":[25,34]},{"attr":"province","op":"in","value":["Guangdong","Zhejiang"]},{"attr":"consent.email","op":"is","value":true},{"orders":{"within":{"last":{"n":90,"unit":"day"}},"measure":"count","op":"gte","value":3}},{"orders":{"where":[{"attr":"category","op":"eq","value":"gift card"}],"measure":"count","op":"eq","value":0}},{"not":{"segment":"vip"}}]}"#]]
    .assert_eq(&read(example));
    // What is saved under this number must stay the same rule.
    expect!["d74180a62662eebd"].assert_eq(&format!("{:016x}", rule.stable_hash()));
}

/// Every attribute, field, operator, measure and unit that the documentation names is read.
#[test]
fn the_vocabulary_is_that_of_the_documentation() {
    for name in "name email phone country province city district postal_code gender birthday age income_band \
        occupation education interests tags source_channel signup_on owner kind industry company_size consent.email \
        consent.sms consent.phone custom.x customer_since first_order_on last_order_on days_since_last_order order_count spend \
        average_order_value rfm.recency rfm.frequency rfm.monetary rfm.group lifecycle churn_risk clv points.balance \
        points.expiring_within_30_days tier nps"
        .split_whitespace()
    {
        assert_eq!(Attribute::of(name).unwrap().name(), name);
    }
    assert_eq!(Attribute::ALL.len(), 43);
    for name in "category product channel amount quantity coupon status day_of_week hour".split(' ')
    {
        assert_eq!(Field::of(name).unwrap().name(), name);
    }
    for name in "count sum average min max quantity distinct_days distinct_products days_since_first days_since_last"
        .split(' ')
    {
        assert_eq!(Measure::of(name).unwrap().name(), name);
    }
    for (attribute, ops, value) in [
        (
            "name",
            "eq ne contains not_contains starts_with ends_with",
            r#""x""#,
        ),
        ("name", "in not_in", r#"["x"]"#),
        ("age", "eq ne lt lte gt gte", "1"),
        ("spend", "eq ne lt lte gt gte", r#""1.00""#),
        ("age", "between not_between", "[1,2]"),
        ("consent.sms", "is", "false"),
        ("tags", "any_of all_of none_of", r#"["x"]"#),
        ("birthday", "on before after", r#""2026-01-31""#),
        ("birthday", "between", r#"["2026-01-31","2026-01-31"]"#),
        (
            "birthday",
            "within_last within_next more_than_ago anniversary_within_next",
            r#"{"n":1,"unit":"quarter"}"#,
        ),
        ("birthday", "in_month", "1"),
    ] {
        for op in ops.split(' ') {
            let text = format!(r#"{{"attr":"{attribute}","op":"{op}","value":{value}}}"#);
            assert!(Rule::parse(&text).is_ok(), "{text}");
        }
    }
}

#[test]
fn bad_rules_say_where_and_what() {
    let cases = [
        "",
        "nonsense",
        r#"{"all":[}"#,
        r#"{"all":[]} x"#,
        r#"{"all":[],"all":[]}"#,
        r#"[]"#,
        r#"{}"#,
        r#"{"alle":[]}"#,
        r#"{"all":[],"any":[]}"#,
        r#"{"all":{}}"#,
        r#"{"all":[{"all":[]},{"not":5}]}"#,
        r#"{"attr":"size","op":"eq","value":1}"#,
        r#"{"attr":"custom.","op":"eq","value":1}"#,
        r#"{"attr":"age"}"#,
        r#"{"attr":"age","op":"contains","value":"1"}"#,
        r#"{"attr":"age","op":"gt"}"#,
        r#"{"all":[{"all":[]},{"all":[]},{"attr":"age","op":"gt","value":"old"}]}"#,
        r#"{"attr":"age","op":"gt","value":1e30}"#,
        r#"{"attr":"age","op":"gt","value":1e-10}"#,
        r#"{"attr":"age","op":"between","value":[34,25]}"#,
        r#"{"attr":"age","op":"between","value":[34]}"#,
        r#"{"attr":"age","op":"gt","value":1,"valu":2}"#,
        r#"{"attr":"gender","op":"eq","value":"femal"}"#,
        r#"{"attr":"gender","op":"in","value":["female","x"]}"#,
        r#"{"attr":"name","op":"in","value":[]}"#,
        r#"{"attr":"name","op":"eq","value":7}"#,
        r#"{"attr":"name","op":"is_set","value":true}"#,
        r#"{"attr":"consent.email","op":"is","value":"yes"}"#,
        r#"{"attr":"birthday","op":"on","value":"2026-02-30"}"#,
        r#"{"attr":"birthday","op":"within_last","value":{"n":0,"unit":"day"}}"#,
        r#"{"attr":"birthday","op":"within_last","value":{"n":1,"unit":"days"}}"#,
        r#"{"attr":"birthday","op":"in_month","value":13}"#,
        r#"{"orders":{"op":"gte","value":3}}"#,
        r#"{"orders":{"measure":"total","op":"gte","value":3}}"#,
        r#"{"orders":{"measure":"count","op":"is_set"}}"#,
        r#"{"orders":{"where":[{"attr":"colour","op":"eq","value":"x"}],"measure":"count","op":"gt","value":0}}"#,
        r#"{"orders":{"where":[{"attr":"data.x","op":"eq","value":"x"}],"measure":"count","op":"gt","value":0}}"#,
        r#"{"orders":{"where":[{"attr":"status","op":"eq","value":"open"}],"measure":"count","op":"gt","value":0}}"#,
        r#"{"orders":{"within":{},"measure":"count","op":"gt","value":0}}"#,
        r#"{"orders":{"within":{"between":["2026-03-31","2026-01-01"]},"measure":"count","op":"gt","value":0}}"#,
        r#"{"events":{"measure":"count","op":"gt","value":0}}"#,
        r#"{"segment":""}"#,
        r#"{"sample":{"percent":101,"seed":1}}"#,
        r#"{"sample":{"percent":10}}"#,
    ];
    let listed: Vec<String> = cases
        .iter()
        .map(|text| {
            assert!(Rule::parse(text).is_err(), "{text}");
            format!("{text}\n    {}", read(text))
        })
        .collect();
    expect_test::expect_file!["refused.expected.txt"].assert_eq(&(listed.join("\n") + "\n"));
}

#[test]
fn depth_and_size_have_limits() {
    let nested = |depth: usize| {
        let (open, close) = ("{\"not\":".repeat(depth - 1), "}".repeat(depth - 1));
        Rule::parse(&format!("{open}{{\"all\":[]}}{close}"))
    };
    assert!(nested(32).is_ok());
    let error = nested(33).unwrap_err();
    assert_eq!(error.found, "depth 33");
    assert!(error.path.ends_with("not.not"), "{}", error.path);
    assert!(nested(100_000).is_err());
    let wide = |nodes: usize| {
        let all = vec!["{\"any\":[]}"; nodes - 1].join(",");
        Rule::parse(&format!("{{\"all\":[{all}]}}"))
    };
    assert!(wide(1000).is_ok());
    assert_eq!(wide(1001).unwrap_err().path, "all[999]");
    assert!(Rule::parse(&"[".repeat(1_000_000)).is_err());
}

fn any_json() -> impl Strategy<Value = String> {
    let words = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"all\"",
        "\"not\"",
        "\"attr\"",
        "\"op\"",
        "\"value\"",
        "\"age\"",
        "\"orders\"",
        "\"where\"",
        "\"within\"",
        "\"last\"",
        "\"n\"",
        "\"gt\"",
        "1",
        "-0.5",
        "1e9",
        "true",
        "null",
        "\"\\ud83d\"",
        "\"\\u00e9\"",
        "\"中\"",
    ];
    proptest::collection::vec(proptest::sample::select(words.to_vec()), 0..30)
        .prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn garbage_never_panics(text in ".{0,80}", json in any_json()) {
        let _ = Rule::parse(&text);
        if let Ok(rule) = Rule::parse(&json) {
            prop_assert_eq!(Rule::parse(&rule.to_json()), Ok(rule));
        }
    }

    #[test]
    fn a_cut_rule_is_refused(cut in 0usize..400) {
        let whole = r#"{"all":[{"attr":"province","op":"in","value":["广东","Zhejiang"]},{"orders":{"where":[{"attr":"category","op":"eq","value":"gift card"}],"within":{"last":{"n":90,"unit":"day"}},"measure":"count","op":"eq","value":0}},{"not":{"sample":{"percent":5,"seed":"a"}}}]}"#;
        prop_assert!(Rule::parse(whole).is_ok());
        if let Some(part) = whole.get(..cut.min(whole.len() - 1)) {
            prop_assert!(Rule::parse(part).is_err());
        }
    }

    #[test]
    fn any_text_survives(text in ".{1,40}") {
        let rule = Rule::Segment(text);
        prop_assert_eq!(Rule::parse(&rule.to_json()), Ok(rule));
    }
}

#[test]
fn what_a_rule_names_is_found_at_every_depth_and_once() {
    for (rule, named) in [
        (r#"{"segment":"a"}"#, &["a"][..]),
        (
            r#"{"all":[{"segment":"b"},{"any":[{"not":{"segment":"a"}},{"segment":"b"}]},{"all":[]}]}"#,
            &["a", "b"],
        ),
        (r#"{"attr":"age","op":"gte","value":30}"#, &[]),
    ] {
        let rule = Rule::parse(rule).unwrap();
        assert!(rule.named_sets().into_iter().eq(named.iter().copied()));
    }
}
