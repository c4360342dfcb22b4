//! Rows under a table that are no record: totals and their kin.

/// Words that stand first in such a row.
const TOTALS: [&str; 11] = [
    "合计",
    "总计",
    "小计",
    "共计",
    "累计",
    "本页合计",
    "grandtotal",
    "subtotal",
    "sub-total",
    "totals",
    "total",
];

/// Whether a cell is such a word, alone or with its count: `合计`, `合 计：`, `Total`, `总计 6 人`.
pub fn is_total(cell: &str) -> bool {
    let plain: String = cell
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    TOTALS
        .iter()
        .filter_map(|word| plain.strip_prefix(word))
        .any(|rest| rest.chars().all(is_count))
}

/// Whether a cell could be somebody's name: it has letters, no figures, and is no word for a total.
pub fn is_name_like(cell: &str) -> bool {
    !is_total(cell) && cell.chars().any(char::is_alphabetic) && !cell.chars().any(char::is_numeric)
}

fn is_count(c: char) -> bool {
    c.is_numeric() || "：:,，.。()（）-人位名个条行笔".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_told_from_names() {
        for (cell, total, name) in [
            ("合计", true, false),
            ("合 计：", true, false),
            ("总计 6 人", true, false),
            ("小计(12)", true, false),
            ("Total", true, false),
            ("TOTAL:", true, false),
            ("Grand Total", true, false),
            ("Subtotal 1,200.50", true, false),
            ("6人", false, false),
            ("合计餐饮公司", false, true),
            ("Totally Tea Ltd", false, true),
            ("Total Energies", false, true),
            ("王小明", false, true),
            ("Ann Example", false, true),
            ("", false, false),
        ] {
            assert_eq!(
                (is_total(cell), is_name_like(cell)),
                (total, name),
                "{cell}"
            );
        }
    }
}
