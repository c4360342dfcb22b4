//! Words and formats in both languages, side by side.

use crate::catalogue::{self, Piece};
use crate::{Locale, Words};
use model::{Currency, Day, Issue, IssueCode, Money, Points};
use protocol::{Fault, FaultCode};

const ZH: Words = Words {
    locale: Locale::ZhCn,
};
const EN: Words = Words { locale: Locale::En };

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

#[test]
fn numbers_and_money() {
    for (number, zh, en) in [
        (0, "0", "0"),
        (9_999, "9,999", "9,999"),
        (12_345, "1.2 万", "12.3K"),
        (100_000, "10 万", "100K"),
        (123_456_789, "1.2 亿", "123.5M"),
        (-45_000, "−4.5 万", "−45K"),
    ] {
        assert_eq!(ZH.short(number), zh);
        assert_eq!(EN.short(number), en);
    }
    let jpy = Currency::parse("JPY").unwrap();
    let kwd = Currency::parse("KWD").unwrap();
    assert_eq!(ZH.money(Money(123_450), Currency::CNY), "¥1,234.50");
    assert_eq!(EN.money(Money(-5), Currency::CNY), "−¥0.05");
    assert_eq!(ZH.money(Money(1_234_567), jpy), "JP¥1,234,567");
    assert_eq!(EN.money(Money(1_234_567), kwd), "KWD 1,234.567");
    assert_eq!(ZH.money_short(Money(12_345_678), Currency::CNY), "¥12.3 万");
    assert_eq!(EN.money_short(Money(12_345_678), Currency::CNY), "¥123.5K");
    assert!(!EN.money_short(Money(i64::MIN), jpy).is_empty());
    assert_eq!(ZH.points(Points(1_200)), "1,200 积分");
    assert_eq!(EN.points(Points(1)), "1 point");
    for (part, whole, text) in [
        (1, 3, "33%"),
        (42, 1000, "4.2%"),
        (1, 10_000, "<0.1%"),
        (0, 5, "0%"),
        (5, 5, "100%"),
        (2000, 2002, "99.9%"),
        (200, 201, "99.5%"),
        (994, 1000, "99%"),
        (99_999, 100_000, ">99.9%"),
        (1, 0, "–"),
    ] {
        assert_eq!(EN.share(part, whole), text, "{part}/{whole}");
    }
    assert_eq!(EN.bytes(1_620_000), "1.6 MB");
}

#[test]
fn days() {
    let today = day("2026-11-22");
    assert_eq!(ZH.day(day("2026-01-03")), "2026年1月3日");
    assert_eq!(EN.day(day("2026-01-03")), "3 Jan 2026");
    assert_eq!(ZH.moment("2026-01-31T18:30:05"), "2026年1月31日 18:30");
    assert_eq!(EN.moment("2026-01-31T18:30:05"), "31 Jan 2026, 18:30");
    assert_eq!(
        ZH.exact_moment("2026-01-31T18:30:05"),
        "2026年1月31日 18:30:05"
    );
    assert_eq!(
        EN.exact_moment("2026-01-31T18:30:05"),
        "31 Jan 2026, 18:30:05"
    );
    for (text, zh, en) in [
        ("2026-11-22", "今天", "today"),
        ("2026-11-21", "昨天", "yesterday"),
        ("2026-11-23", "明天", "tomorrow"),
        ("2026-11-19", "3 天前", "3 days ago"),
        ("2026-11-27", "5 天后", "in 5 days"),
        ("2026-08-01", "3 个月前", "3 months ago"),
        ("2023-08-01", "3 年前", "3 years ago"),
    ] {
        assert_eq!(ZH.relative(day(text), today), zh);
        assert_eq!(EN.relative(day(text), today), en);
    }
    assert_eq!(EN.birthday("--02-29".parse().unwrap()), "29 Feb");
}

#[test]
fn faults_say_what_was_found_and_what_would_be_right() {
    let fault = Fault::new(FaultCode::BadRule)
        .at("all[2].value")
        .found("\"abc\"")
        .expected("a number");
    assert_eq!(
        ZH.fault(&fault),
        "规则不正确。位置：all[2].value。现在是“\"abc\"”。应当是：a number。"
    );
    assert_eq!(
        EN.fault(&fault),
        "The rule is not right. At all[2].value. Found “\"abc\"”. Expected: a number."
    );
    let way = |expected: &str| {
        Fault::new(FaultCode::BadRule)
            .at("segment")
            .found("老客 → 常客 → 老客")
            .expected(expected)
    };
    assert_eq!(
        ZH.fault(&way(model::rule::NO_CIRCLE)),
        "分群互相引用，绕成了圈：老客 → 常客 → 老客。请去掉其中一处引用。"
    );
    assert_eq!(
        EN.fault(&way(model::rule::SEGMENT_THERE)),
        "A segment that the rule names is no longer there: 老客 → 常客 → 老客. Choose another, or undo its deletion."
    );
    let issue = Issue::error(IssueCode::BadDate)
        .in_field("birthday")
        .found("31/31")
        .expected("2026-01-31");
    let fault = Fault::invalid(vec![issue]);
    assert_eq!(
        ZH.fault(&fault),
        "没有保存：生日：不是日期，或日历上没有这一天：“31/31”（应为 2026-01-31）"
    );
    assert_eq!(
        EN.fault(&fault),
        "Not saved: Birthday: Not a date, or not in the calendar: “31/31” (expected 2026-01-31)"
    );
    assert_eq!(
        EN.issue_place(
            &Issue::error(IssueCode::Missing)
                .at_row(1200)
                .in_column("手机")
        ),
        "Row 1,200 · 手机"
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn rules_read_as_sentences() {
    for (rule, zh, en) in [
        (r#"{"all":[]}"#, "所有客户", "everyone"),
        (r#"{"any":[]}"#, "没有客户", "no one"),
        (
            r#"{"attr":"lifecycle","op":"in","value":["dormant","churned"]}"#,
            "沉默客户或流失客户",
            "dormant customers or churned customers",
        ),
        (
            r#"{"all":[{"attr":"gender","op":"eq","value":"female"},{"any":[{"attr":"spend","op":"gte","value":"5000.00"},{"attr":"tags","op":"any_of","value":["vip","老友"]}]}]}"#,
            "女性，（累计消费至少 ¥5,000，或者有标签vip或老友）",
            "women, (spent at least ¥5,000 or tagged vip or 老友)",
        ),
        (
            r#"{"orders":{"within":{"last":{"n":90,"unit":"day"}},"measure":"count","op":"gte","value":3}}"#,
            "近 90 天至少买过 3 次",
            "bought at least 3 times in the last 90 days",
        ),
        (
            r#"{"orders":{"where":[{"attr":"category","op":"eq","value":"gift card"}],"measure":"count","op":"eq","value":0}}"#,
            "从未买过gift card",
            "never bought gift card",
        ),
        (
            r#"{"orders":{"where":[{"attr":"product","op":"in","value":["茶","咖啡"]}],"within":{"between":["2026-01-01","2026-03-31"]},"measure":"count","op":"between","value":[2,5]}}"#,
            "2026年1月1日到2026年3月31日买过 2–5 次茶或咖啡",
            "bought 茶 or 咖啡 2 to 5 times from 1 Jan 2026 to 31 Mar 2026",
        ),
        (
            r#"{"orders":{"where":[{"attr":"day_of_week","op":"gte","value":6},{"attr":"amount","op":"gt","value":"99.5"}],"within":{"last":{"n":1,"unit":"year"}},"measure":"count","op":"gte","value":1}}"#,
            "近 1 年买过（星期是周末，金额超过 ¥99.5）",
            "bought in the last 1 year (Day of the week is weekend, Amount more than ¥99.5)",
        ),
        (
            r#"{"not":{"orders":{"where":[{"attr":"category","op":"eq","value":"gift card"}],"measure":"sum","op":"gt","value":0}}}"#,
            "不满足（在gift card上消费超过 ¥0）",
            "not (spent more than ¥0 on gift card)",
        ),
        (
            r#"{"orders":{"within":{"last":{"n":2,"unit":"quarter"}},"measure":"average","op":"lt","value":"50"}}"#,
            "近 2 个季度平均每单不到 ¥50",
            "average order less than ¥50 in the last 2 quarters",
        ),
        (
            r#"{"orders":{"measure":"count","op":"lt","value":2.5}}"#,
            "订单数不到 2.5",
            "orders less than 2.5",
        ),
        (
            r#"{"events":{"kind":"page_view","where":[{"attr":"data.page","op":"contains","value":"/shoes"}],"within":{"last":{"n":7,"unit":"day"}},"measure":"count","op":"gte","value":5}}"#,
            "近 7 天“浏览页面”至少 5 次（page包含“/shoes”）",
            "“Page view” at least 5 times in the last 7 days (page contains “/shoes”)",
        ),
        (
            r#"{"attr":"city","op":"in","value":["上海市","北京市"]}"#,
            "在上海市或北京市",
            "in 上海市 or 北京市",
        ),
        (
            r#"{"attr":"birthday","op":"anniversary_within_next","value":{"n":7,"unit":"day"}}"#,
            "7 天内过生日",
            "birthday within 7 days",
        ),
        (
            r#"{"attr":"order_count","op":"eq","value":1}"#,
            "正好买过 1 次",
            "bought exactly once",
        ),
        (
            r#"{"attr":"days_since_last_order","op":"between","value":[60,90]}"#,
            "60–90 天没有下单",
            "no order for 60 to 90 days",
        ),
        (
            r#"{"attr":"occupation","op":"not_in","value":["a","b","c"]}"#,
            "职业不是 a、b或c",
            "Occupation is not a, b or c",
        ),
        (
            r#"{"attr":"churn_risk","op":"gt","value":0.5}"#,
            "流失风险超过 50%",
            "Churn risk more than 50%",
        ),
        (
            r#"{"attr":"company_size","op":"eq","value":"1-9"}"#,
            "企业规模是 1-9 人",
            "Company size is 1-9 people",
        ),
        (
            r#"{"attr":"rfm.monetary","op":"eq","value":5}"#,
            "消费金额 M 正好 5",
            "Monetary score exactly 5",
        ),
        (
            r#"{"attr":"nps","op":"between","value":[9,10]}"#,
            "推荐值 9–10",
            "Recommendation score 9 to 10",
        ),
        (
            r#"{"not":{"any":[{"segment":"0000100000001"},{"sample":{"percent":12.5,"seed":"A"}}]}}"#,
            "不满足（在分群“0000100000001”里，或者随机抽取的 12.5%）",
            "not (in segment “0000100000001” or a random 12.5%)",
        ),
    ] {
        assert_eq!(ZH.rule(rule), zh);
        assert_eq!(EN.rule(rule), en);
    }
    assert_eq!(EN.rule("{nonsense"), "{nonsense");
}

/// The example of docs/segment-rule.md, with the name of the segment that it names.
#[test]
fn the_example_of_the_document_reads_well_and_its_parts_know_their_nodes() {
    let rule = r#"{"all":[
        {"attr":"gender","op":"eq","value":"female"},
        {"attr":"age","op":"between","value":[25,34]},
        {"attr":"province","op":"in","value":["Guangdong","Zhejiang"]},
        {"attr":"consent.email","op":"is","value":true},
        {"orders":{"within":{"last":{"n":90,"unit":"day"}},"measure":"count","op":"gte","value":3}},
        {"orders":{"where":[{"attr":"category","op":"eq","value":"gift card"}],"measure":"count","op":"eq","value":0}},
        {"not":{"segment":"vip"}}
    ]}"#;
    let names = |id: &str| (id == "vip").then(|| "贵宾".to_owned());
    assert_eq!(
        ZH.rule_named(rule, Currency::CNY, &names),
        "女性，25–34 岁，在Guangdong或Zhejiang，同意接收邮件，近 90 天至少买过 3 次，从未买过gift card，不在分群“贵宾”里"
    );
    assert_eq!(
        EN.rule_named(rule, Currency::CNY, &names),
        "women, aged 25 to 34, in Guangdong or Zhejiang, agreed to e-mail, bought at least 3 times in the last 90 days, never bought gift card, not in segment “贵宾”"
    );
    let rule = model::rule::Rule::parse(rule).unwrap();
    let paths: Vec<_> = ZH
        .rule_parts(&rule, Currency::CNY, &names)
        .into_iter()
        .filter_map(|part| part.path)
        .collect();
    let wanted: Vec<_> = (0..7).map(|at| format!("all[{at}]")).collect();
    assert_eq!(paths, wanted);
}

/// Every attribute with every operator that goes with it has a sentence in both languages that names no code.
#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn every_attribute_and_operator_has_words() {
    use model::rule::{Attribute, Rule, ValueKind, choices_of_attribute};
    let texts = [
        "eq",
        "ne",
        "in",
        "not_in",
        "contains",
        "not_contains",
        "starts_with",
        "ends_with",
    ];
    let numbers = [
        "eq",
        "ne",
        "lt",
        "lte",
        "gt",
        "gte",
        "between",
        "not_between",
    ];
    let dates = [
        "on",
        "before",
        "after",
        "between",
        "within_last",
        "within_next",
        "more_than_ago",
        "anniversary_within_next",
        "in_month",
    ];
    let mut said = std::collections::BTreeSet::new();
    for (at, attribute) in Attribute::ALL.iter().enumerate() {
        let own = format!("某{at}");
        let ops: &[&str] = match attribute.kind() {
            ValueKind::Text => &texts,
            ValueKind::Number | ValueKind::Money => &numbers,
            ValueKind::Flag => &["is"],
            ValueKind::List => &["any_of", "all_of", "none_of"],
            ValueKind::Date | ValueKind::Custom => &dates,
        };
        for op in ops.iter().chain(&["is_set", "is_not_set"]) {
            let text = choices_of_attribute(attribute)
                .first()
                .copied()
                .unwrap_or(&own);
            let value = match (attribute.kind(), *op) {
                (_, "is_set" | "is_not_set") => String::new(),
                (_, "in" | "not_in" | "any_of" | "all_of" | "none_of") => {
                    format!(r#","value":["{text}"]"#)
                }
                (ValueKind::Text, _) => format!(r#","value":"{text}""#),
                (ValueKind::Date, "between") => {
                    r#","value":["2026-01-01","2026-02-01"]"#.to_owned()
                }
                (_, "between" | "not_between") => r#","value":[2,3]"#.to_owned(),
                (_, "on" | "before" | "after") => r#","value":"2026-01-01""#.to_owned(),
                (_, "in_month") => r#","value":5"#.to_owned(),
                (ValueKind::Date, _) => r#","value":{"n":2,"unit":"week"}"#.to_owned(),
                (ValueKind::Flag, _) => r#","value":true"#.to_owned(),
                _ => r#","value":2"#.to_owned(),
            };
            let json = format!(r#"{{"attr":"{}","op":"{op}"{value}}}"#, attribute.name());
            assert!(Rule::parse(&json).is_ok(), "{json}");
            for words in [ZH, EN] {
                let sentence = words.rule(&json);
                assert!(!sentence.contains(['{', '_', '}']), "{json}: {sentence}");
                // One text or several are said alike.
                if *op != "in" && *op != "not_in" && *op != "all_of" {
                    assert!(
                        said.insert(sentence.clone()),
                        "{json} reads as another: {sentence}"
                    );
                }
            }
        }
    }
}

#[test]
fn refused_rules_are_explained_in_both_languages() {
    for (rule, zh, en) in [
        (
            r#"{"all":[{"attr":"age","op":"contains","value":3}]}"#,
            "位置 all[0].op：现在是 \"contains\"，应当是：eq, ne, lt, lte, gt, gte, between, not_between, is_set, is_not_set",
            "At all[0].op: found \"contains\", expected eq, ne, lt, lte, gt, gte, between, not_between, is_set, is_not_set",
        ),
        (
            r#"{"attr":"age","op":"between","value":[3,1]}"#,
            "位置 value：现在是 3, 1，应当是：较小的数字在前",
            "At value: found 3, 1, expected the lower number first",
        ),
        (
            "{",
            "现在是 第 1 字节：文本的末尾，应当是：JSON：带引号的键",
            "Found at byte 1: the end, expected JSON: a key in quotes",
        ),
    ] {
        let error = model::rule::Rule::parse(rule).unwrap_err();
        assert_eq!(ZH.rule_refused(&error), zh);
        assert_eq!(EN.rule_refused(&error), en);
    }
}

#[test]
fn fields_have_names_in_every_spelling() {
    for field in ["postalCode", "postal_code"] {
        assert_eq!(ZH.field(field), "邮编");
    }
    assert_eq!(EN.field("custom.Shoe size"), "Shoe size");
    assert_eq!(EN.field("rfm.group"), "RFM group");
    for attribute in model::rule::Attribute::ALL {
        let name = attribute.name();
        assert!(ZH.fields_find(&name).is_some(), "no words for {name}");
    }
    for field in model::rule::Field::ALL {
        assert!(
            ZH.fields_find(&field.name()).is_some(),
            "no words for {}",
            field.name()
        );
    }
    for attribute in model::rule::Attribute::ALL {
        for choice in model::rule::choices_of_attribute(attribute) {
            assert_ne!(ZH.choice(&attribute.name(), choice), *choice);
        }
    }
}

#[test]
fn locale_files_are_read_strictly() {
    let read = |text: &str| catalogue::read(text);
    let area =
        read("# note\na = one {name} and\n  more\nb[one] = {count} x\nb[other] = {count} xs\n")
            .unwrap();
    assert_eq!(
        area["a"].other,
        vec![
            Piece::Plain("one ".into()),
            Piece::Text("name".into()),
            Piece::Plain(" and more".into())
        ]
    );
    assert!(area["b"].one.is_some());
    for bad in [
        "a",
        "a = x {",
        "a = {A}",
        "a = {}",
        "a = 1\na = 2",
        "b[one] = x",
        "a b = c",
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_language_that_lacks_something_is_told() {
    let zh = catalogue::read("a = 一 {name}\nb = 二").unwrap();
    let en = catalogue::read("a = one {other}\nc = three").unwrap();
    let wrong = catalogue::differences("home", &zh, &en);
    assert_eq!(wrong.len(), 3, "{wrong:?}");
    assert_eq!(catalogue::method("names", "stage.new"), "names_stage_new");
}
