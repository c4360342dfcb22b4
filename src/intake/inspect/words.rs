//! The words by which fields are called in headers, Chinese and English. Compared folded (see [`crate::clean::fold`]),
//! so `E-mail`, `email` and `e_mail` are one word. The list itself is `words.txt`, for people to add to.

/// Field and one of its names, for every name.
pub(crate) fn aliases() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = include_str!("words.txt").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .flat_map(|(field, names)| names.split(" | ").map(move |name| (field, name)))
}

/// Words that make a column say something else than the words beside them: never matched by a part.
pub(crate) const OTHER_MEANING: &[&str] = &[
    "次数",
    "数量",
    "总数",
    "天数",
    "count",
    "last",
    "最后",
    "最近",
    "上次",
    "首次",
    "预计",
    "next",
    "modified",
    "修改",
    "更新",
    "类型",
    "type",
    "label",
    "标题",
    "url",
    "网址",
    "链接",
    "photo",
    "头像",
    "图片",
    "状态",
    "status",
    "method",
    "方式",
    "快递",
    "物流",
    "发票",
    "税号",
    "密码",
    "password",
    "等级",
    "level",
    "余额",
    "balance",
    "积分",
    "points",
    "成长值",
    "avg",
    "average",
    "平均",
    "客单价",
    "累计",
    "lifetime",
    "spent",
    "spend",
    "total orders",
    "opt out",
    "退订",
    "phonetic",
    "compare",
    "outstanding",
    "shipping method",
];

/// The sender of a parcel is not the customer.
pub(crate) const SENDER: &[&str] = &["寄件", "发件", "sender", "发货人", "寄货"];

/// Family names that most people in China have: a short word that begins with one is a name.
pub(crate) const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武莫孔汤";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::fields;

    #[test]
    fn every_word_belongs_to_one_field() {
        let mut known = std::collections::BTreeMap::new();
        for (field, name) in aliases() {
            assert!(fields().iter().any(|f| f.name == field), "{field}");
            assert!(!crate::clean::fold(name).is_empty(), "{field}");
            if let Some(other) = known.insert(crate::clean::fold(name), field) {
                // In a file of customers it is when they came, in one of orders when they bought.
                let both =
                    [other, field].contains(&"signup_on") && [other, field].contains(&"order.at");
                assert!(other == field || both, "{name}: {other} and {field}");
            }
        }
    }
}
