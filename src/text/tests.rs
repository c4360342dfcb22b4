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
        "规则不正确，没有保存。位置：all[2].value。现在是“\"abc\"”。应当是：a number。"
    );
    assert_eq!(
        EN.fault(&fault),
        "Not saved: the rule is not right. At all[2].value. Found “\"abc\"”. Expected: a number."
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
fn rules_read_as_sentences() {
    for (rule, zh, en) in [
        (r#"{"all":[]}"#, "所有客户", "everyone"),
        (
            r#"{"attr":"lifecycle","op":"eq","value":"dormant"}"#,
            "生命周期是沉默客户",
            "Life cycle is Dormant",
        ),
        (
            r#"{"all":[{"attr":"gender","op":"eq","value":"female"},{"any":[{"attr":"spend","op":"gte","value":"5000.00"},{"attr":"tags","op":"any_of","value":["vip","老友"]}]}]}"#,
            "性别是女，并且（累计消费至少 ¥5,000，或者标签含vip、老友之一）",
            "Gender is Female and (Spend at least ¥5,000 or Tags has one of vip, 老友)",
        ),
        (
            r#"{"orders":{"within":{"last":{"n":90,"unit":"day"}},"measure":"count","op":"gte","value":3}}"#,
            "最近 90 天订单数至少 3",
            "in the last 90 days, orders at least 3",
        ),
        (
            r#"{"not":{"orders":{"where":[{"attr":"category","op":"eq","value":"gift card"}],"measure":"sum","op":"gt","value":0}}}"#,
            "不满足：消费（品类是gift card）超过 ¥0",
            "not: spend (Category is gift card) above ¥0",
        ),
        (
            r#"{"attr":"city","op":"in","value":["上海市","北京市"]}"#,
            "城市是上海市、北京市之一",
            "City is one of 上海市, 北京市",
        ),
        (
            r#"{"attr":"birthday","op":"anniversary_within_next","value":{"n":7,"unit":"day"}}"#,
            "7 天内过生日",
            "Birthday within the next 7 days",
        ),
    ] {
        assert_eq!(ZH.rule(rule), zh);
        assert_eq!(EN.rule(rule), en);
    }
    assert_eq!(EN.rule("{nonsense"), "{nonsense");
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
