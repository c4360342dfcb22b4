//! Layouts of other programs, so that leaving is possible: their headers in their order (files.md), our fields in
//! their places.
//!
//! A field that they have no column for stays behind and [`super::lacking`] says so. Keys of their own (`Record Id`)
//! are what the record was known by where it came from; where it came from nowhere the program makes new ones.

use super::columns::{TableAround, TableLayout, TableShape, customer_cell, gender_code};
use super::{CustomerOut, TableCell};
use model::{Customer, CustomerKind};

/// Where the cells of a column come from.
#[derive(Clone, Copy)]
enum Source {
    /// Nothing of ours.
    Nothing,
    /// A column of ours.
    Own(&'static str),
    /// A person's given name.
    Given,
    /// A person's family name, or the whole where it cannot be told apart.
    Family,
    /// A company's name.
    Company,
    /// Always this.
    Always(&'static str),
    /// This, where our column says something.
    Beside(&'static str, &'static str),
    /// `yes` or `no`.
    YesNo(&'static str),
    /// The opposite of a permission, `true` or `false`.
    OptedOut(&'static str),
    /// A day with a midnight behind it.
    Midnight(&'static str),
    /// Tags between ` ::: `, behind the label of everybody.
    Labels,
    /// `customer` with orders, else `lead`.
    HubspotStage,
    /// Number of orders.
    Orders,
    /// What was spent.
    Spend,
}

use self::Source::{
    Always, Beside, Company, Family, Given, HubspotStage, Labels, Midnight, Nothing, OptedOut,
    Orders, Own, Spend, YesNo,
};

const ZOHO: &[(&str, Source)] = &[
    ("Record Id", Own("externalId")),
    ("Contact Owner.id", Nothing),
    ("Contact Owner", Own("owner")),
    ("Lead Source", Own("sourceChannel")),
    ("First Name", Given),
    ("Last Name", Family),
    ("Account Name.id", Nothing),
    ("Account Name", Company),
    ("Email", Own("email")),
    ("Title", Own("occupation")),
    ("Phone", Nothing),
    ("Mobile", Own("phone")),
    ("Date of Birth", Own("birthday")),
    ("Created Time", Midnight("signupOn")),
    ("Contact Name", Own("name")),
    ("Description", Own("note")),
    ("Email Opt Out", OptedOut("consent.email")),
    ("Tag", Own("tags")),
    ("Mailing Street", Own("address")),
    ("Mailing City", Own("city")),
    ("Mailing State", Own("province")),
    ("Mailing Zip", Own("postalCode")),
    ("Mailing Country", Own("country")),
];

const SHOPIFY: &[(&str, Source)] = &[
    ("Customer ID", Own("externalId")),
    ("First Name", Given),
    ("Last Name", Family),
    ("Email", Own("email")),
    ("Accepts Email Marketing", YesNo("consent.email")),
    ("Default Address Company", Company),
    ("Default Address Address1", Own("address")),
    ("Default Address Address2", Nothing),
    ("Default Address City", Own("city")),
    ("Default Address Province Code", Own("province")),
    ("Default Address Country Code", Own("country")),
    ("Default Address Zip", Own("postalCode")),
    ("Default Address Phone", Nothing),
    ("Phone", Own("phone")),
    ("Accepts SMS Marketing", YesNo("consent.sms")),
    ("Total Spent", Spend),
    ("Total Orders", Orders),
    ("Note", Own("note")),
    ("Tax Exempt", Always("no")),
    ("Tags", Own("tags")),
];

const HUBSPOT: &[(&str, Source)] = &[
    ("Record ID", Own("externalId")),
    ("First Name", Given),
    ("Last Name", Family),
    ("Email", Own("email")),
    ("Phone Number", Own("phone")),
    ("Contact owner", Own("owner")),
    ("Lead Status", Nothing),
    ("Create Date", Own("signupOn")),
    ("Lifecycle Stage", HubspotStage),
    ("Job Title", Own("occupation")),
    ("Company Name", Company),
    ("Country/Region", Own("country")),
    ("City", Own("city")),
    ("State/Region", Own("province")),
    ("Postal Code", Own("postalCode")),
    ("Street Address", Own("address")),
    ("Industry", Own("industry")),
    ("Original Source", Own("sourceChannel")),
];

const FXIAOKE: &[(&str, Source)] = &[
    ("客户编号", Own("externalId")),
    ("客户名称", Own("name")),
    ("业务类型", Always("预设业务类型")),
    ("客户级别", Nothing),
    ("客户分类", Nothing),
    ("客户来源", Own("sourceChannel")),
    ("国家", Own("country")),
    ("省", Own("province")),
    ("市", Own("city")),
    ("区", Own("district")),
    ("电话", Own("phone")),
    ("邮件", Own("email")),
    ("网址", Nothing),
    ("负责人", Own("owner")),
    ("负责人主属部门", Nothing),
    ("所属公海", Nothing),
    ("成交状态", Nothing),
    ("最后跟进时间", Nothing),
    ("生命状态", Always("正常")),
    ("锁定状态", Always("未锁定")),
    ("创建时间", Midnight("signupOn")),
];

const GOOGLE: &[(&str, Source)] = &[
    ("First Name", Given),
    ("Middle Name", Nothing),
    ("Last Name", Family),
    ("Phonetic First Name", Nothing),
    ("Phonetic Middle Name", Nothing),
    ("Phonetic Last Name", Nothing),
    ("Name Prefix", Nothing),
    ("Name Suffix", Nothing),
    ("Nickname", Nothing),
    ("File As", Nothing),
    ("Organization Name", Company),
    ("Organization Title", Own("occupation")),
    ("Organization Department", Nothing),
    ("Birthday", Own("birthday")),
    ("Notes", Own("note")),
    ("Photo", Nothing),
    ("Labels", Labels),
    ("E-mail 1 - Label", Beside("* ", "email")),
    ("E-mail 1 - Value", Own("email")),
    ("Phone 1 - Label", Beside("Mobile", "phone")),
    ("Phone 1 - Value", Own("phone")),
    ("Address 1 - Label", Beside("", "address")),
    ("Address 1 - Formatted", Nothing),
    ("Address 1 - Street", Own("address")),
    ("Address 1 - City", Own("city")),
    ("Address 1 - PO Box", Nothing),
    ("Address 1 - Region", Own("province")),
    ("Address 1 - Postal Code", Own("postalCode")),
    ("Address 1 - Country", Own("country")),
    ("Address 1 - Extended Address", Own("district")),
];

fn table(layout: TableLayout) -> &'static [(&'static str, Source)] {
    match layout {
        TableLayout::Own => &[],
        TableLayout::Zoho => ZOHO,
        TableLayout::Shopify => SHOPIFY,
        TableLayout::Hubspot => HUBSPOT,
        TableLayout::Fxiaoke => FXIAOKE,
        TableLayout::Google => GOOGLE,
    }
}

const KEPT_ZOHO: &[&str] = &[
    "externalId",
    "kind",
    "name",
    "phone",
    "email",
    "birthday",
    "country",
    "province",
    "city",
    "postalCode",
    "address",
    "occupation",
    "tags",
    "sourceChannel",
    "signupOn",
    "owner",
    "note",
];

const KEPT_SHOPIFY: &[&str] = &[
    "externalId",
    "kind",
    "name",
    "phone",
    "email",
    "country",
    "province",
    "city",
    "postalCode",
    "address",
    "tags",
    "consent.email",
    "consent.sms",
    "note",
];

const KEPT_HUBSPOT: &[&str] = &[
    "externalId",
    "kind",
    "name",
    "phone",
    "email",
    "country",
    "province",
    "city",
    "postalCode",
    "address",
    "occupation",
    "industry",
    "sourceChannel",
    "signupOn",
    "owner",
];

const KEPT_FXIAOKE: &[&str] = &[
    "externalId",
    "name",
    "phone",
    "email",
    "country",
    "province",
    "city",
    "district",
    "sourceChannel",
    "signupOn",
    "owner",
];

const KEPT_GOOGLE: &[&str] = &[
    "kind",
    "name",
    "phone",
    "email",
    "birthday",
    "country",
    "province",
    "city",
    "postalCode",
    "address",
    "occupation",
    "tags",
    "note",
];

/// The columns of ours that come back from a layout as they were; `None` for our own, from which all do.
pub(super) fn kept(layout: TableLayout) -> Option<&'static [&'static str]> {
    Some(match layout {
        TableLayout::Own => return None,
        TableLayout::Zoho => KEPT_ZOHO,
        TableLayout::Shopify => KEPT_SHOPIFY,
        TableLayout::Hubspot => KEPT_HUBSPOT,
        TableLayout::Fxiaoke => KEPT_FXIAOKE,
        TableLayout::Google => KEPT_GOOGLE,
    })
}

/// The same for orders.
pub(super) fn kept_of_orders(layout: TableLayout) -> Option<&'static [&'static str]> {
    Some(match layout {
        TableLayout::Own => return None,
        TableLayout::Shopify => &[
            "orderExternalId",
            "at",
            "currency",
            "amount",
            "tax",
            "status",
            "refunded",
            "channel",
            "coupon",
            "lineProduct",
            "lineQuantity",
            "lineAmount",
            "customerName",
            "customerPhone",
            "customerEmail",
        ],
        TableLayout::Zoho => &[
            "orderExternalId",
            "currency",
            "amount",
            "status",
            "channel",
            "lineProduct",
            "customerExternalId",
            "customerName",
        ],
        TableLayout::Hubspot | TableLayout::Fxiaoke | TableLayout::Google => &[],
    })
}

/// The header of a layout.
pub(super) fn header(layout: TableLayout, around: &TableAround) -> Vec<String> {
    let mut header: Vec<String> = table(layout)
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    if layout == TableLayout::Google {
        // The only one of them with room for fields that nobody else has.
        for number in 1..=around.custom_keys.len() {
            header.push(format!("Custom Field {number} - Label"));
            header.push(format!("Custom Field {number} - Value"));
        }
    }
    header
}

/// The cells of a customer in a layout.
pub(super) fn row(
    layout: TableLayout,
    record: CustomerOut<'_>,
    around: &TableAround,
) -> Vec<TableCell> {
    let plain = TableShape::default();
    let customer = record.customer;
    let own = |column: &str| customer_cell(column, customer, &plain, around);
    let mut cells: Vec<TableCell> = table(layout)
        .iter()
        .map(|(_, from)| cell(*from, record, &own, around))
        .collect();
    if layout == TableLayout::Google {
        for name in &around.custom_keys {
            match customer.fields.custom.get(name) {
                Some(value) => {
                    cells.push(TableCell::Text(name.clone()));
                    cells.push(TableCell::Custom(value.clone()));
                }
                None => cells.extend([TableCell::Empty, TableCell::Empty]),
            }
        }
    }
    cells
}

fn cell(
    from: Source,
    record: CustomerOut<'_>,
    own: &dyn Fn(&str) -> TableCell,
    around: &TableAround,
) -> TableCell {
    let customer = record.customer;
    let it = &customer.fields;
    let word = |text: &str| match text {
        "" => TableCell::Empty,
        text => TableCell::Text(text.to_owned()),
    };
    let is_company = it.kind == CustomerKind::Company;
    match from {
        Nothing => TableCell::Empty,
        Own(column) => own(column),
        Given | Family if is_company => TableCell::Empty,
        Given => word(&split_name(&it.name).0),
        Family => word(&split_name(&it.name).1),
        Company if is_company => word(&it.name),
        Company => TableCell::Empty,
        Always(text) => TableCell::Text(text.to_owned()),
        Beside(text, column) => match own(column) {
            TableCell::Empty => TableCell::Empty,
            _ => word(text),
        },
        YesNo(column) => match own(column) {
            TableCell::Flag(true) => TableCell::Plain("yes".to_owned()),
            TableCell::Flag(false) => TableCell::Plain("no".to_owned()),
            _ => TableCell::Empty,
        },
        OptedOut(column) => match own(column) {
            TableCell::Flag(allowed) => TableCell::Flag(!allowed),
            _ => TableCell::Empty,
        },
        Midnight(column) => match own(column) {
            TableCell::Day(day) => TableCell::Plain(format!("{day} 00:00:00")),
            other => other,
        },
        Labels => word(&labels(customer)),
        HubspotStage => match record.facts {
            Some(facts) if facts.order_count > 0 => TableCell::Plain("customer".to_owned()),
            _ => TableCell::Plain("lead".to_owned()),
        },
        Orders => record.facts.map_or(TableCell::Empty, |facts| {
            TableCell::Number(i64::try_from(facts.order_count).unwrap_or(i64::MAX))
        }),
        Spend => super::columns::money(record.facts.map(|facts| facts.spend), around.currency),
    }
}

fn labels(customer: &Customer) -> String {
    let mut labels = "* myContacts".to_owned();
    for tag in &customer.fields.tags {
        labels.push_str(" ::: ");
        labels.push_str(&crate::clean::list::join(std::slice::from_ref(tag)));
    }
    labels
}

/// Given and family name, so that put together again they are the same name. 陈伟 is 伟 and 陈, 欧阳娜娜 is 娜娜 and
/// 欧阳, Ann Example is Ann and Example; what cannot be told apart is all family name.
pub(super) fn split_name(name: &str) -> (String, String) {
    let whole = (String::new(), name.to_owned());
    let han = |c: char| crate::clean::name::is_han(c.encode_utf8(&mut [0; 4]));
    if !name.is_empty() && name.chars().all(han) {
        let count = name.chars().count();
        let double = DOUBLE_NAMES.iter().any(|double| name.starts_with(double));
        let family = if double && count > 2 { 2 } else { 1 };
        let family: String = name.chars().take(family).collect();
        let given = name.get(family.len()..).unwrap_or_default().to_owned();
        return if count <= 4 { (given, family) } else { whole };
    }
    match name.rsplit_once(' ') {
        Some((given, family))
            if !crate::clean::name::is_han(given) && !crate::clean::name::is_han(family) =>
        {
            (given.to_owned(), family.to_owned())
        }
        _ => whole,
    }
}

/// Family names of two characters that are common enough to be known.
const DOUBLE_NAMES: [&str; 14] = [
    "欧阳", "上官", "司马", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯",
    "端木", "南宫",
];

/// Gender as vCard 4 has it.
pub(super) fn gender_letter(gender: model::Gender) -> &'static str {
    match gender_code(gender) {
        "female" => "F",
        "male" => "M",
        _ => "O",
    }
}
