//! The core of a company's name: without legal form, place and punctuation.
//!
//! Worked example: `上海星辰科技有限公司`, `星辰科技（上海）有限责任公司` and `星辰科技` have the core `星辰科技`;
//! `Acme Widgets, Inc.` and `ACME Widgets Ltd` have `acmewidgets`.

/// Legal forms at the end of Chinese names, longest first.
const FORMS_ZH: [&str; 14] = [
    "股份有限公司",
    "有限责任公司",
    "有限合伙企业",
    "集团有限公司",
    "个体工商户",
    "有限公司",
    "股份公司",
    "有限合伙",
    "分公司",
    "集团",
    "总公司",
    "公司",
    "工作室",
    "商行",
];

/// Legal forms among the words of Latin names.
const FORMS_LATIN: [&str; 28] = [
    "inc",
    "incorporated",
    "ltd",
    "limited",
    "llc",
    "llp",
    "lp",
    "plc",
    "corp",
    "corporation",
    "co",
    "company",
    "gmbh",
    "ag",
    "kg",
    "ug",
    "sa",
    "sarl",
    "sas",
    "srl",
    "spa",
    "bv",
    "nv",
    "ab",
    "oy",
    "pty",
    "pte",
    "holdings",
];

/// Places that companies put before or after their name.
const PLACES: [&str; 38] = [
    "北京", "上海", "天津", "重庆", "河北", "山西", "辽宁", "吉林", "江苏", "浙江", "安徽", "福建",
    "江西", "山东", "河南", "湖北", "湖南", "广东", "海南", "四川", "贵州", "云南", "陕西", "甘肃",
    "广西", "深圳", "广州", "杭州", "南京", "苏州", "成都", "武汉", "西安", "厦门", "青岛", "宁波",
    "香港", "中国",
];

/// The core of a folded Chinese name (simplified, letters and digits only).
pub(crate) fn chinese_core(folded: &str) -> String {
    let mut core = folded.to_owned();
    loop {
        let before = core.len();
        for form in FORMS_ZH {
            if let Some(rest) = core.strip_suffix(form)
                && rest.chars().count() >= 2
            {
                core = rest.to_owned();
            }
        }
        for place in PLACES {
            for suffix in ["省", "市", ""] {
                let named = [place, suffix].concat();
                let rest = core
                    .strip_prefix(&named)
                    .or_else(|| core.strip_suffix(&named));
                if let Some(rest) = rest
                    && rest.chars().count() >= 2
                {
                    core = rest.to_owned();
                    break;
                }
            }
        }
        if core.len() == before {
            return core;
        }
    }
}

/// The words of a Latin name that are no legal form; all of them where nothing else is left.
pub(crate) fn latin_core(words: &[String]) -> Vec<String> {
    let kept: Vec<String> = words
        .iter()
        .filter(|word| !FORMS_LATIN.contains(&word.as_str()) && *word != "the")
        .cloned()
        .collect();
    if kept.is_empty() {
        words.to_vec()
    } else {
        kept
    }
}
