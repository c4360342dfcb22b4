//! Why a rule is refused, as a sentence. The reader of rules says what it found and what would be right in English, with
//! names of the language in it; the words around them are put into Chinese here.

use crate::{Locale, Words};
use model::rule::RuleError;

/// What the reader of rules says, in Chinese. Longer texts first where one begins another.
const SAID: &[(&str, &str)] = &[
    ("a list of at least one text", "至少有一个文字的列表"),
    ("a list of two numbers", "两个数字的列表"),
    ("a list of two dates", "两个日期的列表"),
    ("a list of conditions", "条件的列表"),
    ("a list of nodes", "节点的列表"),
    ("a list of ", "列表，项数："),
    ("an object with one of ", "含有以下之一的对象："),
    ("an object with ", "含有以下各项的对象："),
    ("an empty object", "空对象"),
    ("a date such as ", "日期，例如 "),
    ("a decimal number such as ", "数字，例如 "),
    ("a whole number from 1 to 12", "1 到 12 的整数"),
    ("a whole number from 1 to 100000", "1 到 100000 的整数"),
    ("a number from 0 to 100", "0 到 100 的数字"),
    ("a kind of event such as ", "行为的类型，例如 "),
    (
        "an operator of text, numbers, dates or yes and no",
        "文字、数字、日期或是非的运算符",
    ),
    ("the lower number first", "较小的数字在前"),
    ("the earlier date first", "较早的日期在前"),
    ("the id of a segment", "分群的编号"),
    ("a text or a number", "文字或数字"),
    ("true or false", "true 或 false"),
    ("an attribute", "属性"),
    ("a text", "文字"),
    ("no value", "不要 value"),
    ("nothing", "没有"),
    ("JSON: the end of the text", "JSON：文本到此结束"),
    ("JSON: a key in quotes", "JSON：带引号的键"),
    ("JSON: the closing quote", "JSON：右引号"),
    ("JSON: each key once", "JSON：每个键只出现一次"),
    ("JSON: a value", "JSON：一个值"),
    ("JSON: a number", "JSON：数字"),
    ("JSON: an escape", "JSON：转义字符"),
    ("JSON: ", "JSON："),
];

impl Words {
    /// What is wrong with a rule, where, and what would be right.
    pub fn rule_refused(self, error: &RuleError) -> String {
        let (found, expected) = (self.said(&error.found), self.said(&error.expected));
        if error.path.is_empty() {
            self.rules_refused_root(&found, &expected)
        } else {
            self.rules_refused(&error.path, &found, &expected)
        }
    }

    pub(crate) fn said(self, text: &str) -> String {
        if self.locale == Locale::En {
            return text.to_owned();
        }
        if let Some(rest) = text.strip_prefix("at byte ")
            && let Some((at, found)) = rest.split_once(": ")
        {
            let found = if found == "the end" {
                "文本的末尾"
            } else {
                found
            };
            return crate::join(&["第 ", at, " 字节：", found]);
        }
        SAID.iter()
            .find_map(|(en, zh)| {
                let rest = text.strip_prefix(en)?;
                Some(crate::join(&[zh, rest]))
            })
            .unwrap_or_else(|| text.to_owned())
    }
}
