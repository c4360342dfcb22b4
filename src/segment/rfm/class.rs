//! The eight classes of customers above and below the average, as Chinese retail names them.
//!
//! | recency | frequency | money | class |
//! | --- | --- | --- | --- |
//! | high | high | high | 重要价值 key value |
//! | high | low | high | 重要发展 key to develop |
//! | low | high | high | 重要保持 key to keep |
//! | low | low | high | 重要挽留 key to win back |
//! | high | high | low | 一般价值 general value |
//! | high | low | low | 一般发展 general to develop |
//! | low | high | low | 一般保持 general to keep |
//! | low | low | low | 一般挽留 general to win back |
//!
//! *High* is the better side: fewer days than the average (or as many), as many orders or as much money or more.

/// A class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// 重要价值客户.
    KeyValue,
    /// 重要发展客户.
    KeyDevelop,
    /// 重要保持客户.
    KeyKeep,
    /// 重要挽留客户.
    KeyWinBack,
    /// 一般价值客户.
    GeneralValue,
    /// 一般发展客户.
    GeneralDevelop,
    /// 一般保持客户.
    GeneralKeep,
    /// 一般挽留客户.
    GeneralWinBack,
}

impl Class {
    /// All, those of much money first.
    pub const ALL: [Class; 8] = [
        Class::KeyValue,
        Class::KeyDevelop,
        Class::KeyKeep,
        Class::KeyWinBack,
        Class::GeneralValue,
        Class::GeneralDevelop,
        Class::GeneralKeep,
        Class::GeneralWinBack,
    ];

    /// As in links: `key_value`.
    pub fn name(self) -> &'static str {
        match self {
            Class::KeyValue => "key_value",
            Class::KeyDevelop => "key_develop",
            Class::KeyKeep => "key_keep",
            Class::KeyWinBack => "key_win_back",
            Class::GeneralValue => "general_value",
            Class::GeneralDevelop => "general_develop",
            Class::GeneralKeep => "general_keep",
            Class::GeneralWinBack => "general_win_back",
        }
    }

    /// The scores of its members, 5 for the better side and 1 for the other.
    pub fn scores(self) -> [u8; 3] {
        match self {
            Class::KeyValue => [5, 5, 5],
            Class::KeyDevelop => [5, 1, 5],
            Class::KeyKeep => [1, 5, 5],
            Class::KeyWinBack => [1, 1, 5],
            Class::GeneralValue => [5, 5, 1],
            Class::GeneralDevelop => [5, 1, 1],
            Class::GeneralKeep => [1, 5, 1],
            Class::GeneralWinBack => [1, 1, 1],
        }
    }
}

/// The class of scores, where a score of 3 or more is the better side; `None` without scores.
pub fn class(cell: u8) -> Option<Class> {
    let sides = super::scores(cell)?.map(|score| if score >= 3 { 5 } else { 1 });
    Class::ALL.into_iter().find(|class| class.scores() == sides)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_cell_is_in_exactly_one_class() {
        let mut met = BTreeSet::new();
        for cell in 0..super::super::CELLS {
            met.extend(class(cell));
        }
        assert_eq!(met.len(), 8);
        assert_eq!(class(super::super::NO_CELL), None);
        for of in Class::ALL {
            assert_eq!(class(super::super::cell(of.scores())), Some(of));
        }
    }
}
