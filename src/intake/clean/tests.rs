#![expect(clippy::too_many_lines, reason = "tables of cases")]

use super::choice::{OrderState, flag, gender, kind, order_state};
use super::date::{birthday, day, instant};
use super::money::{amount, quantity};
use super::name::{full_name, name, person, with_number};
use super::phone::phone;
use super::text::is_rounded;
use super::*;
use model::import::DateOrder;
use model::{Currency, CustomerKind, Gender, IssueCode, OrderStatus, Zone};
use proptest::prelude::*;

fn zone() -> Zone {
    Zone::parse("Asia/Shanghai").unwrap()
}

#[test]
fn phones_become_e164() {
    for (country, cell, expected) in [
        ("86", "13800000000", "+8613800000000"),
        ("86", "189 2913 2348", "+8618929132348"),
        ("86", "86-13800000000", "+8613800000000"),
        ("86", "+86 138 0000 0000", "+8613800000000"),
        ("86", "+86-138-0000-0001", "+8613800000001"),
        ("86", "008613800000000", "+8613800000000"),
        ("86", "8613800000000", "+8613800000000"),
        ("86", "'13800000000", "+8613800000000"),
        ("86", "１３８００００００００", "+8613800000000"),
        ("86", "13800000000.0", "+8613800000000"),
        ("86", "（86）13800000000", "+8613800000000"),
        ("86", "tel:+86-138-0000-0000", "+8613800000000"),
        ("86", "021-55550100", "+862155550100"),
        ("86", "(021) 5555 0100", "+862155550100"),
        ("86", "0755-2555 0100", "+8675525550100"),
        ("86", "+86 21 5555 0100", "+862155550100"),
        ("86", "+86 021 5555 0100", "+862155550100"),
        ("86", "400-820-8820", "+864008208820"),
        ("86", "+15555550100", "+15555550100"),
        ("86", "+1 (555) 555-0100", "+15555550100"),
        ("86", "+44 (0)20 7946 0018", "+442079460018"),
        ("86", "0044 20 7946 0018", "+442079460018"),
        ("1", "(555) 555-0100", "+15555550100"),
        ("1", "1-555-555-0100", "+15555550100"),
        ("33", "06 00 00 00 00", "+33600000000"),
        ("39", "06 1234 5678", "+390612345678"),
    ] {
        let read = phone(cell, country);
        assert_eq!(read.text.as_deref(), Some(expected), "{cell}");
        assert!(read.whole && read.issue.is_none(), "{cell}");
    }
}

#[test]
fn phones_that_are_not_whole_are_kept_but_are_no_key() {
    for (cell, code, kept) in [
        ("138****0000", IssueCode::MaskedPhone, true),
        ("1******6198", IssueCode::MaskedPhone, true),
        ("138xxxx0000", IssueCode::MaskedPhone, true),
        ("5555 0100", IssueCode::BadPhone, true),
        ("10000000000", IssueCode::BadPhone, true),
        ("1.38E+10", IssueCode::BadPhone, false),
        ("call me", IssueCode::BadPhone, false),
        ("11111111111", IssueCode::BadPhone, false),
        ("12", IssueCode::BadPhone, false),
        ("2026-01-31 10:00:00", IssueCode::BadPhone, false),
    ] {
        let read = phone(cell, "86");
        assert_eq!(read.issue.map(|i| i.code), Some(code), "{cell}");
        assert_eq!(read.text.is_some(), kept, "{cell}");
        assert!(!read.whole, "{cell}");
    }
    // Of several numbers the first is taken, which is said.
    for cell in [
        "13800000000;13900000000",
        "13800000000/13900000000",
        "13800000000、13900000000",
        "13800000000转8001",
    ] {
        let read = phone(cell, "86");
        assert_eq!(read.text.as_deref(), Some("+8613800000000"), "{cell}");
        assert!(read.whole && read.issue.is_some(), "{cell}");
    }
}

#[test]
fn emails_are_tidied_or_refused() {
    for (cell, expected) in [
        (" Ann@Example.COM ", "ann@example.com"),
        ("mailto:ann@example.com", "ann@example.com"),
        ("Ann Example <ann@example.com>", "ann@example.com"),
        ("\"Example, Ann\" <ann@example.com>", "ann@example.com"),
        ("ann＠example.com", "ann@example.com"),
        ("a.b+c@sub.example.co.uk", "a.b+c@sub.example.co.uk"),
        ("陈@例子.中国", "陈@例子.中国"),
    ] {
        assert_eq!(email(cell), Read::good(expected.to_owned()), "{cell}");
    }
    for cell in [
        "",
        "ann",
        "ann@",
        "@example.com",
        "ann@example",
        "a b@example.com",
        "a@b@example.com",
        ".ann@example.com",
        "ann..x@example.com",
        "ann@-example.com",
        "ann@example..com",
        "ann@example.c",
    ] {
        let read = email(cell);
        assert_eq!(read.value, None, "{cell}");
        assert_eq!(
            read.issue.map(|i| i.code),
            Some(IssueCode::BadEmail),
            "{cell}"
        );
    }
    let read = email("ann@example.com; bo@example.com");
    assert_eq!(read.value.as_deref(), Some("ann@example.com"));
    assert!(read.issue.is_some());
}

#[test]
fn persons_lose_their_titles_and_get_the_order_in_which_they_are_called() {
    for (cell, expected) in [
        ("Mr. John Smith", "John Smith"),
        ("MRS Ann Example", "Ann Example"),
        ("Dr Grace B. Example", "Grace B. Example"),
        ("Example, Ann", "Ann Example"),
        ("O'Neil, Mary-Jane", "Mary-Jane O'Neil"),
        ("Smith, John, Jr.", "Smith, John, Jr."),
        ("Acme Trading, Inc.", "Acme Trading, Inc."),
        ("Dr. Oetker GmbH", "Dr. Oetker GmbH"),
        ("Mr", "Mr"),
        ("Ａｎｎ　Ｅｘａｍｐｌｅ", "Ann Example"),
        ("陈伟先生", "陈伟"),
        ("王先生", "王先生"),
        ("欧阳女士", "欧阳女士"),
        ("欧阳娜娜 女士", "欧阳娜娜 女士"),
        ("示例贸易有限公司", "示例贸易有限公司"),
        ("陈（老客）", "陈（老客）"),
    ] {
        assert_eq!(person(cell), expected, "{cell}");
    }
}

#[test]
fn numbers_that_a_spreadsheet_rounded_are_known() {
    for cell in [
        "2.02510E+18",
        "2.0251007123456799E+18",
        "1.38E+10",
        "2E+18",
        "2.5e18",
    ] {
        assert!(is_rounded(cell), "{cell}");
    }
    for cell in [
        "2025100712345678901",
        "5E12",
        "E20250720164254",
        "12.5",
        "1.5E",
        "10.5E+3",
        "C-000123",
    ] {
        assert!(!is_rounded(cell), "{cell}");
    }
}

#[test]
fn a_number_beside_a_name_is_told_from_it() {
    for (cell, expected) in [
        ("王小明 13812345678", Some(("王小明", "13812345678"))),
        ("王小明13812345678", Some(("王小明", "13812345678"))),
        ("王小明（138 1234 5678）", Some(("王小明", "138 1234 5678"))),
        ("13812345678 王小明", Some(("王小明", "13812345678"))),
        (
            "王小明/+86-13812345678",
            Some(("王小明", "+86-13812345678")),
        ),
        (
            "Ann Example, 5555550100",
            Some(("Ann Example", "5555550100")),
        ),
        ("王小明", None),
        ("13812345678", None),
        ("王小明 2", None),
        ("5号桌 13812345678", None),
        ("三楼 202", None),
    ] {
        let found = with_number(cell);
        let found = found
            .as_ref()
            .map(|(name, number)| (name.as_str(), number.as_str()));
        assert_eq!(found, expected, "{cell}");
    }
}

#[test]
fn names_follow_their_script() {
    for (first, middle, last, expected) in [
        ("Ann", "", "Example", "Ann Example"),
        ("Grace", "B.", "Example", "Grace B. Example"),
        ("伟", "", "陈", "陈伟"),
        ("娜娜", "", "欧阳", "欧阳娜娜"),
        ("Wei", "", "陈", "Wei 陈"),
        ("", "", "陈", "陈"),
        ("", "", "", ""),
    ] {
        assert_eq!(full_name(first, middle, last), expected);
    }
    for (cell, expected) in [
        ("Ann  Example", "Ann Example"),
        ("陈　伟", "陈伟"),
        ("陈 伟", "陈伟"),
        ("王小明", "王小明"),
        ("示例贸易 有限公司", "示例贸易 有限公司"),
        (" O'Neil ", "O'Neil"),
        ("'t Hart", "'t Hart"),
    ] {
        assert_eq!(name(cell), expected, "{cell}");
    }
}

#[test]
fn dates_are_read_in_every_shape() {
    use DateOrder::{DayFirst, MonthFirst};
    for (cell, order, expected) in [
        ("2026-01-31", MonthFirst, "2026-01-30T16:00:00.000Z"),
        ("2026/1/3", MonthFirst, "2026-01-02T16:00:00.000Z"),
        ("2026.01.03", MonthFirst, "2026-01-02T16:00:00.000Z"),
        ("2026年1月3日", MonthFirst, "2026-01-02T16:00:00.000Z"),
        (
            "2026年01月03日 18时30分05秒",
            MonthFirst,
            "2026-01-03T10:30:05.000Z",
        ),
        (
            "2026年1月3日 下午6:30",
            MonthFirst,
            "2026-01-03T10:30:00.000Z",
        ),
        (
            "2026-01-03 18点30分",
            MonthFirst,
            "2026-01-03T10:30:00.000Z",
        ),
        ("20260103", MonthFirst, "2026-01-02T16:00:00.000Z"),
        ("20260103183005", MonthFirst, "2026-01-03T10:30:05.000Z"),
        (
            "2024-07-08 14:56:28",
            MonthFirst,
            "2024-07-08T06:56:28.000Z",
        ),
        ("2024-07-08T14:56", MonthFirst, "2024-07-08T06:56:00.000Z"),
        ("2024-03-12 09:14", MonthFirst, "2024-03-12T01:14:00.000Z"),
        (
            "Oct 7, 2025 6:55 PM",
            MonthFirst,
            "2025-10-07T10:55:00.000Z",
        ),
        ("Oct 7, 2025", MonthFirst, "2025-10-06T16:00:00.000Z"),
        ("7 October 2025", MonthFirst, "2025-10-06T16:00:00.000Z"),
        (
            "07-Oct-2025 12:05 am",
            MonthFirst,
            "2025-10-06T16:05:00.000Z",
        ),
        (
            "Tue, 07 Oct 2025 18:55:00 +0800",
            MonthFirst,
            "2025-10-07T10:55:00.000Z",
        ),
        (
            "2024-05-01 09:58:12 +0000",
            MonthFirst,
            "2024-05-01T09:58:12.000Z",
        ),
        (
            "2024-05-01 09:58:12 -0430",
            MonthFirst,
            "2024-05-01T14:28:12.000Z",
        ),
        (
            "2024-05-01T09:58:12Z",
            MonthFirst,
            "2024-05-01T09:58:12.000Z",
        ),
        (
            "2024-05-01T09:58:12.345+08:00",
            MonthFirst,
            "2024-05-01T01:58:12.345Z",
        ),
        (
            "2024-05-01 09:58:12 UTC",
            MonthFirst,
            "2024-05-01T09:58:12.000Z",
        ),
        ("3/15/2024 2:30 PM", MonthFirst, "2024-03-15T06:30:00.000Z"),
        ("3/4/2024", MonthFirst, "2024-03-03T16:00:00.000Z"),
        ("3/4/2024", DayFirst, "2024-04-02T16:00:00.000Z"),
        ("03-04-2024", DayFirst, "2024-04-02T16:00:00.000Z"),
        ("3.4.2024", MonthFirst, "2024-04-02T16:00:00.000Z"),
        ("3.4.24 18:30", MonthFirst, "2024-04-03T10:30:00.000Z"),
        ("31/12/24", DayFirst, "2024-12-30T16:00:00.000Z"),
        (
            "２０２６－０１－０３",
            MonthFirst,
            "2026-01-02T16:00:00.000Z",
        ),
        ("1767225600", MonthFirst, "2026-01-01T00:00:00.000Z"),
        ("1767225600000", MonthFirst, "2026-01-01T00:00:00.000Z"),
        ("2026-01-03 24:00", MonthFirst, "2026-01-03T15:00:00.000Z"),
    ] {
        let read = instant(cell, order, zone());
        assert_eq!(
            read.value.map(|at| at.to_string()).as_deref(),
            Some(expected),
            "{cell}"
        );
        assert_eq!(read.issue, None, "{cell}");
    }
    for cell in [
        "2026-02-30",
        "2026-13-01",
        "31/31/2026",
        "13/13/2026",
        "tomorrow",
        "12",
        "99999",
        "2026-01-03 25:00",
        "2026-01",
        "1/2",
        "Oct 7",
        "Smarch 7, 2025",
        "",
        ":",
        "18:30",
        "2026-01-03 18:30 pm x",
        "0000-00-00",
        "138 0000 0000",
    ] {
        let read = instant(cell, MonthFirst, zone());
        assert_eq!(read.value, None, "{cell}");
        assert_eq!(
            read.issue.map(|i| i.code),
            Some(IssueCode::BadDate),
            "{cell}"
        );
    }
}

#[test]
fn dates_that_are_guessed_say_so() {
    let read = day("25/12/2025", DateOrder::MonthFirst, zone());
    assert_eq!(read.value, "2025-12-25".parse().ok());
    assert_eq!(read.issue.map(|i| i.code), Some(IssueCode::AmbiguousDate));
    for (cell, expected) in [("45658", "2025-01-01"), ("45658.75", "2025-01-01")] {
        let read = day(cell, DateOrder::MonthFirst, zone());
        assert_eq!(read.value, expected.parse().ok(), "{cell}");
        assert_eq!(read.issue.map(|i| i.code), Some(IssueCode::AmbiguousDate));
    }
    // An offset decides which local day it is.
    let read = day("2025-12-31 20:00:00 +0000", DateOrder::MonthFirst, zone());
    assert_eq!(read.value, "2026-01-01".parse().ok());
}

#[test]
fn birthdays_may_lack_the_year() {
    let today = "2026-11-22".parse().unwrap();
    for (cell, expected) in [
        ("1990-05-14", "1990-05-14"),
        ("1990年5月14日", "1990-05-14"),
        ("05-14", "--05-14"),
        ("5月14日", "--05-14"),
        ("--0514", "--05-14"),
        ("--05-14", "--05-14"),
        ("0000-05-14", "--05-14"),
        ("1604-05-14", "--05-14"),
        ("May 14", "--05-14"),
        ("14 May", "--05-14"),
        ("14/5", "--05-14"),
        ("02-29", "--02-29"),
        ("5/14/90", "1990-05-14"),
        ("5/14/45", "1945-05-14"),
    ] {
        let read = birthday(cell, DateOrder::MonthFirst, today);
        assert_eq!(
            read.value.map(|b| b.to_string()).as_deref(),
            Some(expected),
            "{cell}"
        );
        assert_eq!(read.issue, None, "{cell}");
    }
    for (cell, code) in [
        ("1990-02-31", IssueCode::BadDate),
        ("02-30", IssueCode::BadDate),
        ("2027-01-01", IssueCode::FutureDate),
        ("soon", IssueCode::BadDate),
    ] {
        let read = birthday(cell, DateOrder::MonthFirst, today);
        assert_eq!(read.value, None, "{cell}");
        assert_eq!(read.issue.map(|i| i.code), Some(code), "{cell}");
    }
}

#[test]
fn amounts_are_read_as_people_write_them() {
    for (cell, comma, expected) in [
        ("1234.50", false, 123_450),
        ("1234", false, 123_400),
        ("-5.00", false, -500),
        ("5.00-", false, -500),
        ("+5", false, 500),
        ("(12.50)", false, -1250),
        ("($12.50)", false, -1250),
        ("¥1,234.50", false, 123_450),
        ("￥1234.5", false, 123_450),
        ("$150.00", false, 15_000),
        ("1,234.50元", false, 123_450),
        ("RMB 1,234.50", false, 123_450),
        ("1.234,50", true, 123_450),
        ("1.234,50", false, 123_450),
        ("1234,5", true, 123_450),
        ("1234,50", false, 123_450),
        ("1,234", false, 123_400),
        ("1.234", true, 123_400),
        ("1 234,50", true, 123_450),
        ("1\u{a0}234,50 €", true, 123_450),
        ("1'234.50", false, 123_450),
        ("1,23,456.00", false, 12_345_600),
        ("１２３４．５０", false, 123_450),
        ("1,234,567.89", false, 123_456_789),
        ("100.00（系统计算中，该值仅供参考）", false, 10_000),
        ("100.00(仅供参考)", false, 10_000),
        ("1.2万", false, 1_200_000),
        (".50", false, 50),
        ("0", false, 0),
    ] {
        let read = amount(cell, Currency::CNY, comma);
        assert_eq!(read.value.map(|a| a.money.0), Some(expected), "{cell}");
        assert_eq!(read.issue, None, "{cell}");
    }
    for (cell, currency) in [
        ("12 USD", "USD"),
        ("€5", "EUR"),
        ("HK$ 10", "HKD"),
        ("人民币10", "CNY"),
    ] {
        let read = amount(cell, Currency::CNY, false).value.unwrap();
        assert_eq!(read.currency, Currency::parse(currency).ok(), "{cell}");
    }
    let read = amount("19.995", Currency::CNY, false);
    assert_eq!(read.value.map(|a| a.money.0), Some(2000));
    assert_eq!(read.issue.map(|i| i.code), Some(IssueCode::TooPrecise));
    let yen = Currency::parse("JPY").unwrap();
    assert_eq!(
        amount("915", yen, false).value.map(|a| a.money.0),
        Some(915)
    );
    for cell in [
        "",
        "free",
        "12-34",
        "1,2,3",
        "1.2.3,4,5",
        "--5",
        "12 34 56",
        "1e3",
        "2.02510E+18",
        "2026-01-31",
        "¥",
        "5 apples",
        "99999999999999999999",
        "1..2",
        "0x10",
    ] {
        let read = amount(cell, Currency::CNY, false);
        assert_eq!(read.value, None, "{cell}");
        assert_eq!(
            read.issue.map(|i| i.code),
            Some(IssueCode::BadMoney),
            "{cell}"
        );
    }
}

#[test]
fn quantities_are_thousandths() {
    for (cell, expected) in [
        ("2", 2000),
        ("0.35", 350),
        ("2件", 2000),
        ("1,5 kg", 1500),
        ("x3", 3000),
        ("３", 3000),
        ("-1", -1000),
    ] {
        assert_eq!(quantity(cell, false).value, Some(expected), "{cell}");
    }
    for cell in ["", "many", "1/2", "12 USD 3"] {
        let read = quantity(cell, false);
        assert_eq!(
            (read.value, read.issue.map(|i| i.code)),
            (None, Some(IssueCode::BadNumber)),
            "{cell}"
        );
    }
}

#[test]
fn choices_know_both_languages() {
    for (cell, expected) in [
        ("女", Some(Gender::Female)),
        ("Female", Some(Gender::Female)),
        ("男", Some(Gender::Male)),
        ("M", Some(Gender::Male)),
        ("其他", Some(Gender::Other)),
        ("未知", None),
    ] {
        let read = gender(cell);
        assert_eq!((read.value, read.issue), (expected, None), "{cell}");
    }
    assert_eq!(
        gender("猫").issue.map(|i| i.code),
        Some(IssueCode::UnknownChoice)
    );
    for (cell, expected) in [
        ("是", Some(true)),
        ("否", Some(false)),
        ("yes", Some(true)),
        ("No", Some(false)),
        ("1", Some(true)),
        ("0", Some(false)),
        ("TRUE", Some(true)),
        ("未订阅", Some(false)),
        ("Y", Some(true)),
        ("√", Some(true)),
        ("unknown", None),
    ] {
        let read = flag(cell);
        assert_eq!((read.value, read.issue), (expected, None), "{cell}");
    }
    assert_eq!(
        flag("maybe").issue.map(|i| i.code),
        Some(IssueCode::BadFlag)
    );
    assert_eq!(kind("企业").value, Some(CustomerKind::Company));
}

#[test]
fn order_states_follow_the_contract() {
    use OrderState::{NotAPurchase, PartlyRefunded, Status};
    for (cell, expected) in [
        ("交易成功", Status(OrderStatus::Paid)),
        ("已完成", Status(OrderStatus::Paid)),
        ("卖家已发货，等待买家确认", Status(OrderStatus::Paid)),
        ("买家已付款，等待卖家发货", Status(OrderStatus::Paid)),
        ("已发货", Status(OrderStatus::Paid)),
        ("paid", Status(OrderStatus::Paid)),
        ("交易关闭", Status(OrderStatus::Cancelled)),
        ("已取消", Status(OrderStatus::Cancelled)),
        ("voided", Status(OrderStatus::Cancelled)),
        ("Canceled", Status(OrderStatus::Cancelled)),
        ("等待买家付款", NotAPurchase),
        ("pending", NotAPurchase),
        ("已退款", Status(OrderStatus::Refunded)),
        ("退货退款", Status(OrderStatus::Refunded)),
        ("refunded", Status(OrderStatus::Refunded)),
        ("部分退款", PartlyRefunded),
        ("partially_refunded", PartlyRefunded),
    ] {
        assert_eq!(order_state(cell), Read::good(expected), "{cell}");
    }
    let read = order_state("神秘状态");
    assert_eq!(read.value, Some(Status(OrderStatus::Paid)));
    assert_eq!(read.issue.map(|i| i.code), Some(IssueCode::UnknownChoice));
}

#[test]
fn lists_have_many_separators() {
    for (cell, expected) in [
        ("VIP, newsletter", vec!["VIP", "newsletter"]),
        ("VIP、复购；老客", vec!["VIP", "复购", "老客"]),
        ("b|a;b", vec!["a", "b"]),
        ("* myContacts ::: Navy", vec!["Navy", "myContacts"]),
        ("\"a, b\", c", vec!["a, b", "c"]),
        ("\"say \"\"hi\"\"\"", vec!["say \"hi\""]),
        ("5\" nail, x", vec!["5\" nail", "x"]),
        (", ,", vec![]),
    ] {
        assert_eq!(list::list(cell), expected, "{cell}");
    }
}

#[test]
fn protection_comes_off_again() {
    for (cell, expected) in [
        ("'=1+1", "=1+1"),
        ("''=x", "'=x"),
        ("'0123", "0123"),
        ("'+86", "+86"),
        ("'t Hart", "'t Hart"),
        ("'", "'"),
        ("''", "''"),
        ("=1", "=1"),
    ] {
        assert_eq!(unprotect(cell), expected);
    }
    assert_eq!(unwrap_formula("=\"00123\""), "00123");
    assert_eq!(unwrap_formula("=1+1"), "=1+1");
    for cell in ["", "?", "—", "——", "N/A", "null", "None", "-"] {
        assert!(is_empty_like(cell), "{cell}");
    }
    for cell in ["0", "无锡", "Nona", "Null"] {
        assert!(!is_empty_like(cell), "{cell}");
    }
    assert_eq!(fold("Ｅ-mail　Address*"), "emailaddress");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn protecting_is_reversible(cell in "['=+\\-@＝a0-9\t]{0,6}") {
        let safe = text::protect(&cell);
        prop_assert_eq!(unprotect(&safe), cell.as_str());
        prop_assert!(!safe.chars().next().is_some_and(text::begins_formula));
    }

    #[test]
    fn lists_come_back(words in proptest::collection::btree_set("[a-c\",;|*:、 -]{1,6}", 0..5)) {
        let words: Vec<String> = words.into_iter().map(|w| w.trim().to_owned()).filter(|w| !w.is_empty()).collect();
        let mut sorted = words.clone();
        sorted.sort();
        sorted.dedup();
        prop_assert_eq!(list::list(&list::join(&sorted)), sorted);
    }

    #[test]
    fn plain_amounts_agree_with_money(minor in -1_000_000_000_000i64..1_000_000_000_000, code in "(CNY|JPY|KWD)") {
        let currency = Currency::parse(&code).unwrap();
        let text = model::Money(minor).to_decimal(currency);
        prop_assert_eq!(amount(&text, currency, false).value.map(|a| a.money.0), Some(minor));
    }

    #[test]
    fn written_times_come_back(millis in -5_000_000_000_000i64..20_000_000_000_000) {
        let at = model::Timestamp(millis);
        let read = instant(&at.to_string(), DateOrder::MonthFirst, zone());
        prop_assert_eq!(read.value, Some(at));
    }

    #[test]
    fn nothing_panics(cell in ".{0,40}", order in prop_oneof![Just(DateOrder::DayFirst), Just(DateOrder::MonthFirst)]) {
        let today = model::Day(20_000);
        let _ = (phone(&cell, "86"), phone(&cell, "1"), email(&cell), name(&cell), list::list(&cell));
        let _ = (birthday(&cell, order, today), instant(&cell, order, zone()));
        let _ = (amount(&cell, Currency::CNY, true), amount(&cell, Currency::CNY, false), quantity(&cell, true));
        let _ = (order_state(&cell), flag(&cell), gender(&cell), kind(&cell), unprotect(&cell), fold(&cell));
    }

    #[test]
    fn nothing_panics_on_likely_characters(cell in "[0-9 ,.:;+\\-/'()年月日时分pmaT¥$元万*x]{0,24}") {
        let today = model::Day(20_000);
        let order = DateOrder::DayFirst;
        let _ = (phone(&cell, "86"), phone(&cell, "33"), birthday(&cell, order, today), instant(&cell, order, zone()));
        let _ = (amount(&cell, Currency::CNY, true), amount(&cell, Currency::CNY, false), quantity(&cell, false));
    }
}
