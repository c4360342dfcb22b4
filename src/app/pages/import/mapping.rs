//! Where each column of a file goes, as a person corrects it, and what is still missing.

use model::Currency;
use model::import::{
    ColumnGuess, DateOrder, ImportKind, ImportPlan, Inspection, MatchBy, OnMatch, OnMatchBy,
    OnUnknown, TextEncoding,
};
use std::collections::BTreeMap;

/// Prefix of the owner's own fields.
pub const CUSTOM: &str = "custom.";

/// Fields of a customer and of an order by what they are about, in the order of the choice. The names are those of
/// the reader of files.
pub const GROUPS: &[(&str, &[&str])] = &[
    (
        "identity",
        &[
            "name",
            "phone",
            "email",
            "customer.external_id",
            "customer.id",
            "first_name",
            "middle_name",
            "last_name",
            "nickname",
            "company",
        ],
    ),
    (
        "order",
        &[
            "order.external_id",
            "order.id",
            "order.at",
            "order.time",
            "order.amount",
            "order.gross",
            "order.discount",
            "order.tax",
            "order.paid_with_points",
            "order.refunded",
            "order.refunded_at",
            "order.status",
            "order.channel",
            "order.coupon",
            "order.currency",
        ],
    ),
    (
        "line",
        &[
            "line.product",
            "line.category",
            "line.quantity",
            "line.price",
            "line.amount",
            "line.discount",
        ],
    ),
    (
        "place",
        &[
            "country",
            "province",
            "city",
            "district",
            "address",
            "postal_code",
        ],
    ),
    (
        "about",
        &[
            "kind",
            "gender",
            "birthday",
            "occupation",
            "education",
            "income_band",
            "interests",
            "industry",
            "company_size",
        ],
    ),
    (
        "relation",
        &[
            "tags",
            "source_channel",
            "signup_on",
            "owner",
            "consent.email",
            "consent.sms",
            "consent.phone",
            "acquisition_cost",
            "note",
        ],
    ),
];

/// Whether the fields of a group occur in files of this kind.
pub fn fits(group: &str, kind: ImportKind) -> bool {
    kind == ImportKind::Orders || !matches!(group, "order" | "line")
}

/// What keeps a file from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Nothing tells who a row is.
    Identity,
    /// Orders without a time or an amount.
    Order,
    /// Two columns for one field.
    Twice(String),
}

/// Fields that several columns may fill together.
const SEVERAL: &[&str] = &["tags", "interests", "note", "address", "phone", "email"];

/// How a file is to be read, as far as a person has said.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    /// What the file seems to be.
    pub inspection: Inspection,
    /// What its rows are.
    pub kind: ImportKind,
    /// Column and field, in the order of the file.
    pub fields: Vec<Option<String>>,
    /// How ambiguous dates are read.
    pub date_order: DateOrder,
    /// The currency of amounts that name none.
    pub currency: Currency,
    /// What to do with known records.
    pub on_match: OnMatch,
    /// What to do with known customers who were recognised by this or that.
    pub on_match_by: OnMatchBy,
    /// By what known customers are recognised.
    pub match_by: MatchBy,
    /// What becomes of orders of unknown customers.
    pub on_unknown: OnUnknown,
    /// Somebody said how ambiguous dates are read.
    pub dates_said: bool,
}

impl Mapping {
    /// Takes an inspection as it is, or as such a file was read before.
    pub fn new(inspection: Inspection, currency: Currency) -> Self {
        let mut mapping = Self {
            kind: inspection.kind,
            fields: inspection.columns.iter().map(|c| c.field.clone()).collect(),
            date_order: inspection.date_order,
            currency,
            on_match: OnMatch::Update,
            on_match_by: OnMatchBy::default(),
            match_by: MatchBy::of(inspection.kind),
            on_unknown: OnUnknown::Create,
            dates_said: false,
            inspection,
        };
        if let Some(remembered) = mapping.inspection.remembered.clone() {
            mapping.read_as(&remembered.plan);
        }
        mapping
    }

    /// Reads it as a file with the same columns was read.
    fn read_as(&mut self, plan: &ImportPlan) {
        self.kind = plan.kind;
        self.fields = self
            .inspection
            .columns
            .iter()
            .map(|column| plan.mapping.get(&column.header).cloned())
            .collect();
        self.date_order = plan.date_order;
        self.dates_said = true;
        self.on_match = plan.on_match;
        self.on_match_by = plan.on_match_by;
        self.match_by = plan.match_by;
        self.on_unknown = plan.on_unknown;
    }

    /// Whether it is read as a file was before.
    pub fn is_remembered(&self) -> bool {
        self.inspection.remembered.is_some()
    }

    /// Whether its letters are spelt otherwise than those of the file it is read like: an encoding that follows from
    /// statistics deserves a look.
    fn has_other_encoding(&self) -> bool {
        let it = &self.inspection;
        it.remembered.as_ref().is_some_and(|remembered| {
            it.encoding != TextEncoding::Utf8 && it.encoding != remembered.plan.encoding
        })
    }

    /// Whether a person has to say how dates are read.
    pub fn asks_for_dates(&self) -> bool {
        self.inspection.ambiguous_dates && !self.dates_said
    }

    /// The plan to read by.
    pub fn plan(&self) -> ImportPlan {
        let it = &self.inspection;
        ImportPlan {
            file_name: it.file_name.clone(),
            kind: self.kind,
            format: it.format,
            encoding: it.encoding,
            delimiter: it.delimiter,
            header_row: it.header_row,
            preset: self.preset(),
            mapping: self.mapping(),
            date_order: self.date_order,
            currency: self.currency,
            on_match: self.on_match,
            on_match_by: self.on_match_by,
            match_by: self.match_by,
            on_unknown: self.on_unknown,
        }
    }

    /// The known program it comes from, as the person left it.
    fn preset(&self) -> Option<String> {
        let it = &self.inspection;
        match &it.remembered {
            Some(remembered) => remembered.plan.preset.clone(),
            None => it.preset.clone().filter(|_| self.kind == it.kind),
        }
    }

    fn mapping(&self) -> BTreeMap<String, String> {
        let pairs = self.inspection.columns.iter().zip(&self.fields);
        pairs
            .filter_map(|(column, field)| Some((column.header.clone(), field.clone()?)))
            .collect()
    }

    /// What is still missing; nothing means the file can be read.
    pub fn missing(&self) -> Vec<Missing> {
        let has = |name: &str| self.fields.iter().flatten().any(|field| field == name);
        let any = |names: &[&str]| names.iter().any(|name| has(name));
        let mut missing = Vec::new();
        let known_by = [
            "name",
            "first_name",
            "last_name",
            "nickname",
            "company",
            "phone",
            "email",
            "customer.external_id",
            "customer.id",
        ];
        if !any(&known_by) {
            missing.push(Missing::Identity);
        }
        let amounts = ["order.amount", "order.gross", "line.amount", "line.price"];
        if self.kind == ImportKind::Orders && !(has("order.at") && any(&amounts)) {
            missing.push(Missing::Order);
        }
        // Presets know how their doubled columns belong together.
        if self.preset().is_none() {
            missing.extend(self.twice().map(Missing::Twice));
        }
        missing
    }

    fn twice(&self) -> impl Iterator<Item = String> {
        let mut counts = BTreeMap::<&String, usize>::new();
        for field in self.fields.iter().flatten() {
            *counts.entry(field).or_default() += 1;
        }
        let doubled: Vec<String> = counts
            .into_iter()
            .filter(|(field, count)| *count > 1 && !SEVERAL.contains(&field.as_str()))
            .map(|(field, _)| field.clone())
            .collect();
        doubled.into_iter()
    }

    /// Columns that go nowhere although they have values.
    pub fn unmapped(&self) -> usize {
        let pairs = self.inspection.columns.iter().zip(&self.fields);
        pairs
            .filter(|(column, field)| field.is_none() && !column.samples.is_empty())
            .count()
    }

    /// Keeps the columns that go nowhere as fields of the owner's own, or leaves them out again.
    pub fn set_unmapped(&mut self, keep: bool) {
        for (column, field) in self.inspection.columns.iter().zip(&mut self.fields) {
            if keep && field.is_none() && !column.samples.is_empty() {
                *field = Some(own_field(column));
            } else if !keep && field.as_ref().is_some_and(|f| f.starts_with(CUSTOM)) {
                *field = None;
            }
        }
    }

    /// Whether it can go to the dry run without a look at the columns.
    pub fn is_sure(&self) -> bool {
        (self.inspection.preset.is_some() || self.is_remembered())
            && self.missing().is_empty()
            && !self.asks_for_dates()
            && !self.has_other_encoding()
    }
}

/// The name a column gets as a field of the owner's own.
pub fn own_field(column: &ColumnGuess) -> String {
    format!("{CUSTOM}{}", column.header.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::import::{FileFormat, GuessReason};

    fn mapping_of(kind: ImportKind, columns: &[(&str, Option<&str>)]) -> Mapping {
        let inspection = Inspection {
            file_name: "a.csv".to_owned(),
            size: 1,
            format: FileFormat::Delimited,
            encoding: TextEncoding::Utf8,
            delimiter: Some(','),
            header_row: 1,
            preset: None,
            kind,
            columns: columns
                .iter()
                .map(|(header, field)| ColumnGuess {
                    header: (*header).to_owned(),
                    samples: vec!["x".to_owned()],
                    field: field.map(str::to_owned),
                    reason: GuessReason::Header,
                })
                .collect(),
            rows_estimate: 1,
            ambiguous_dates: false,
            date_order: DateOrder::DayFirst,
            issues: Vec::new(),
            remembered: None,
        };
        Mapping::new(inspection, Currency::CNY)
    }

    #[test]
    fn what_is_missing_is_said() {
        let orders = ImportKind::Orders;
        for (kind, columns, missing) in [
            (ImportKind::Customers, vec![("姓名", Some("name"))], vec![]),
            (
                ImportKind::Customers,
                vec![("城市", Some("city"))],
                vec![Missing::Identity],
            ),
            (orders, vec![("手机", Some("phone"))], vec![Missing::Order]),
            (
                orders,
                vec![
                    ("手机", Some("phone")),
                    ("t", Some("order.at")),
                    ("a", Some("order.amount")),
                ],
                vec![],
            ),
            (
                ImportKind::Customers,
                vec![("姓名", Some("name")), ("联系人", Some("name"))],
                vec![Missing::Twice("name".to_owned())],
            ),
            (
                ImportKind::Customers,
                vec![("手机", Some("phone")), ("座机", Some("phone"))],
                vec![],
            ),
        ] {
            assert_eq!(mapping_of(kind, &columns).missing(), missing, "{columns:?}");
        }
    }

    #[test]
    fn a_file_is_read_as_one_with_the_same_columns_was() {
        let columns = [
            ("姓名", Some("name")),
            ("编号", None),
            ("入会", Some("signup_on")),
        ];
        let mut before = mapping_of(ImportKind::Customers, &columns);
        before.fields = vec![
            Some("nickname".into()),
            Some("customer.external_id".into()),
            None,
        ];
        before.on_match = OnMatch::Overwrite;
        before.on_match_by.phone = Some(OnMatch::KeepBoth);
        before.date_order = DateOrder::MonthFirst;
        let mut inspection = mapping_of(ImportKind::Customers, &columns).inspection;
        inspection.ambiguous_dates = true;
        assert!(!Mapping::new(inspection.clone(), Currency::CNY).is_sure());
        inspection.remembered = Some(Box::new(model::import::Remembered {
            mapping: Some(1),
            plan: before.plan(),
            at: model::Timestamp(0),
            resumes: None,
        }));
        let again = Mapping::new(inspection, Currency::CNY);
        assert!(again.is_sure(), "neither columns nor dates are asked again");
        assert_eq!(again.plan(), before.plan());
    }

    #[test]
    fn columns_without_a_place_can_be_kept_and_left_out_again() {
        let mut it = mapping_of(
            ImportKind::Customers,
            &[("姓名", Some("name")), ("鞋码", None)],
        );
        assert_eq!(it.unmapped(), 1);
        it.set_unmapped(true);
        assert_eq!(it.unmapped(), 0);
        let mapping = it.plan().mapping;
        assert_eq!(mapping.get("鞋码").map(String::as_str), Some("custom.鞋码"));
        it.set_unmapped(false);
        assert_eq!(it.plan().mapping.len(), 1);
    }
}
