//! Believable people. All names are made by combining common ones; any likeness is chance. Telephone numbers use
//! the prefix 199 with a zero block, and mail addresses the domains reserved for examples.

use crate::random::Random;
use model::Gender;

const SURNAMES: &[(&str, u32)] = &[
    ("王", 72),
    ("李", 71),
    ("张", 68),
    ("刘", 54),
    ("陈", 45),
    ("杨", 31),
    ("黄", 22),
    ("赵", 22),
    ("吴", 20),
    ("周", 20),
    ("徐", 14),
    ("孙", 15),
    ("马", 13),
    ("朱", 12),
    ("胡", 12),
    ("郭", 11),
    ("何", 11),
    ("林", 11),
    ("高", 10),
    ("罗", 9),
    ("郑", 9),
    ("梁", 9),
    ("谢", 8),
    ("宋", 8),
    ("唐", 7),
    ("许", 7),
    ("韩", 6),
    ("邓", 6),
    ("冯", 6),
    ("曹", 6),
    ("彭", 5),
    ("曾", 5),
    ("萧", 4),
    ("田", 4),
    ("董", 4),
    ("潘", 4),
    ("袁", 4),
    ("蔡", 4),
    ("蒋", 4),
    ("余", 4),
    ("于", 4),
    ("杜", 4),
    ("叶", 3),
    ("程", 3),
    ("魏", 3),
    ("苏", 3),
    ("吕", 3),
    ("丁", 3),
    ("任", 3),
    ("卢", 3),
    ("姚", 3),
    ("沈", 3),
    ("钟", 3),
    ("姜", 2),
    ("崔", 2),
    ("谭", 2),
    ("陆", 2),
    ("范", 2),
    ("欧阳", 1),
    ("上官", 1),
    ("司徒", 1),
    ("诸葛", 1),
];

const FEMALE: &[&str] = &[
    "芳", "娜", "敏", "静", "丽", "艳", "秀英", "娟", "霞", "燕", "玲", "雪", "倩", "欣怡", "雨桐",
    "梓涵", "诗涵", "佳怡", "思琪", "晓彤", "婉清", "若曦", "雅婷", "梦瑶", "嘉欣", "紫萱", "语嫣",
    "一诺", "子涵", "可欣", "慧敏", "月华", "晓梅", "春燕", "丹", "洁", "琳", "颖", "璐", "莉",
    "薇", "蕾", "文静", "海燕", "淑芬", "美玲", "晨曦",
];

const MALE: &[&str] = &[
    "伟", "强", "磊", "军", "洋", "勇", "杰", "涛", "明", "超", "刚", "平", "辉", "鹏", "浩然",
    "子轩", "宇轩", "梓豪", "俊杰", "浩宇", "博文", "天佑", "志强", "建国", "国庆", "文博", "嘉豪",
    "思远", "子墨", "一鸣", "晓东", "海波", "立新", "振华", "永康", "家明", "凯", "斌", "峰", "龙",
    "飞", "波", "宁", "亮", "毅", "诚", "旭", "昊天",
];

const LATIN_FIRST: &[(&str, Gender)] = &[
    ("Emma", Gender::Female),
    ("Olivia", Gender::Female),
    ("Sofia", Gender::Female),
    ("Camille", Gender::Female),
    ("Ingrid", Gender::Female),
    ("Aiko", Gender::Female),
    ("Priya", Gender::Female),
    ("Fatima", Gender::Female),
    ("Zoë", Gender::Female),
    ("Anaïs", Gender::Female),
    ("Grace", Gender::Female),
    ("Hannah", Gender::Female),
    ("Liam", Gender::Male),
    ("Noah", Gender::Male),
    ("Mateo", Gender::Male),
    ("Lukas", Gender::Male),
    ("Kenji", Gender::Male),
    ("Arjun", Gender::Male),
    ("Omar", Gender::Male),
    ("Søren", Gender::Male),
    ("Björn", Gender::Male),
    ("Diego", Gender::Male),
    ("Tom", Gender::Male),
    ("Ethan", Gender::Male),
];

const LATIN_LAST: &[&str] = &[
    "Smith",
    "Johnson",
    "Martin",
    "García",
    "Müller",
    "Dubois",
    "Rossi",
    "Silva",
    "Novák",
    "Larsen",
    "Tanaka",
    "Sato",
    "Kim",
    "Park",
    "Nguyen",
    "Patel",
    "Haddad",
    "O'Brien",
    "van Dijk",
    "Kowalska",
    "Andersson",
    "Costa",
];

/// A person's name with their gender.
pub struct Person {
    /// Name as written to them.
    pub name: String,
    /// Gender that goes with the name.
    pub gender: Gender,
    /// Whether the name is written in Chinese.
    pub chinese: bool,
}

/// Makes a person: nine in ten have a Chinese name.
pub fn person(random: &mut Random) -> Person {
    if random.chance(1, 10) {
        let at = random.below(LATIN_FIRST.len() as u32) as usize;
        let (first, gender) = LATIN_FIRST
            .get(at)
            .copied()
            .unwrap_or(("Emma", Gender::Female));
        return Person {
            name: format!("{first} {}", random.pick(LATIN_LAST)),
            gender,
            chinese: false,
        };
    }
    let surname = random.weighted(SURNAMES);
    // Two of three of a café's regulars are women.
    let (given, gender) = if random.chance(2, 3) {
        (random.pick(FEMALE), Gender::Female)
    } else {
        (random.pick(MALE), Gender::Male)
    };
    Person {
        name: format!("{surname}{given}"),
        gender,
        chinese: true,
    }
}

/// A phone in E.164 that belongs to nobody: 199 0000 0000 upwards.
pub fn phone(position: u32) -> String {
    // A step that is prime to 10,000 spreads the last four digits, which people search by.
    format!(
        "+861990{:03}{:04}",
        position / 10_000,
        (position * 7_919) % 10_000
    )
}

/// A mail address at a domain reserved for examples.
pub fn email(position: u32) -> String {
    const WORDS: &[&str] = &[
        "tea", "sun", "moon", "river", "cloud", "stone", "maple", "swan", "reed", "plum", "pine",
    ];
    let word = WORDS
        .get(position as usize % WORDS.len())
        .copied()
        .unwrap_or("tea");
    format!("{word}{position}@example.com")
}
