//! How good the data is: what is filled in, what looks wrong, what that affects, and what mends it.

use crate::Page;
use model::{CustomerId, OrderId};
use serde::{Deserialize, Serialize};

/// Reads about quality.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QualityQuery {
    /// What the last look found: [`QualityReply::Overview`].
    Overview,
    /// The rows of a finding: [`QualityReply::Rows`].
    Rows {
        /// Which.
        finding: Finding,
        /// First row, from 0.
        offset: u64,
        /// At most this many; 200 at most.
        limit: u32,
    },
    /// What affects an analysis: [`QualityReply::Notes`].
    Notes {
        /// Which.
        analysis: Analysis,
    },
}

/// Long work on quality.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QualityJob {
    /// Looks at everything: [`QualityReply::Overview`].
    Look,
    /// Mends rows of a finding, all in one batch that can be undone: answers [`crate::Reply::Done`].
    Fix {
        /// Which.
        finding: Finding,
        /// How.
        fix: Fix,
        /// Raw ids of its rows ([`QualityRow::record`]); empty for all there are.
        rows: Vec<String>,
    },
}

/// A way to mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fix {
    /// Puts the suggested value in its place.
    Replace,
    /// Takes the value away.
    Clear,
    /// Removes the record.
    Remove,
    /// It is right as it is: never name it again.
    Accept,
}

/// Something that looks wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// An e-mail address that can be none.
    BadEmail,
    /// An e-mail address with a slip in its domain.
    TypoEmail,
    /// A telephone that is no whole number.
    BadPhone,
    /// A telephone with masked digits.
    MaskedPhone,
    /// A telephone that many customers have.
    SharedPhone,
    /// An e-mail address that many customers have.
    SharedEmail,
    /// Neither telephone nor e-mail.
    NoContact,
    /// No name, or one that stands for none.
    NoName,
    /// A name with digits, an address or blanks in it, or all in capitals.
    OddName,
    /// A birthday in the future or more than 110 years ago.
    BadBirthday,
    /// A birthday that far too many have: the default of a form.
    DefaultBirthday,
    /// Became a customer in the future.
    FutureSignup,
    /// Bought before becoming a customer.
    LateSignup,
    /// A place that is mostly written otherwise.
    PlaceSpelling,
    /// A tag, channel or owner that is mostly written otherwise.
    LabelSpelling,
    /// An acquisition cost far beyond the others.
    OddCost,
    /// Orders in another currency without a rate.
    ForeignCurrency,
    /// An amount far beyond the others.
    OutlierAmount,
    /// An order of nothing.
    ZeroAmount,
    /// An order in the future.
    FutureOrder,
    /// An order before the year 2000.
    AncientOrder,
    /// The same order twice: same customer and amount within two minutes.
    DoubleOrder,
    /// Marked as returned, without refunds that say when and how much.
    ReturnedWithoutRefund,
    /// An order of which no line has a category.
    NoCategory,
    /// Orders that wait for their customer.
    WaitingOrders,
    /// Groups of records that may be one customer.
    Duplicates,
}

impl Finding {
    /// All, in the order in which a page lists them.
    pub const ALL: [Finding; 26] = [
        Self::Duplicates,
        Self::WaitingOrders,
        Self::ForeignCurrency,
        Self::OutlierAmount,
        Self::DoubleOrder,
        Self::ZeroAmount,
        Self::FutureOrder,
        Self::AncientOrder,
        Self::ReturnedWithoutRefund,
        Self::NoCategory,
        Self::BadPhone,
        Self::MaskedPhone,
        Self::SharedPhone,
        Self::BadEmail,
        Self::TypoEmail,
        Self::SharedEmail,
        Self::NoContact,
        Self::NoName,
        Self::OddName,
        Self::BadBirthday,
        Self::DefaultBirthday,
        Self::FutureSignup,
        Self::LateSignup,
        Self::PlaceSpelling,
        Self::LabelSpelling,
        Self::OddCost,
    ];

    /// What it is called in links and in the store.
    pub fn code(self) -> &'static str {
        match self {
            Self::BadEmail => "bad_email",
            Self::TypoEmail => "typo_email",
            Self::BadPhone => "bad_phone",
            Self::MaskedPhone => "masked_phone",
            Self::SharedPhone => "shared_phone",
            Self::SharedEmail => "shared_email",
            Self::NoContact => "no_contact",
            Self::NoName => "no_name",
            Self::OddName => "odd_name",
            Self::BadBirthday => "bad_birthday",
            Self::DefaultBirthday => "default_birthday",
            Self::FutureSignup => "future_signup",
            Self::LateSignup => "late_signup",
            Self::PlaceSpelling => "place_spelling",
            Self::LabelSpelling => "label_spelling",
            Self::OddCost => "odd_cost",
            Self::ForeignCurrency => "foreign_currency",
            Self::OutlierAmount => "outlier_amount",
            Self::ZeroAmount => "zero_amount",
            Self::FutureOrder => "future_order",
            Self::AncientOrder => "ancient_order",
            Self::DoubleOrder => "double_order",
            Self::ReturnedWithoutRefund => "returned_without_refund",
            Self::NoCategory => "no_category",
            Self::WaitingOrders => "waiting_orders",
            Self::Duplicates => "duplicates",
        }
    }

    /// The finding of a code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// It is about orders; otherwise about customers.
    pub fn is_about_orders(self) -> bool {
        matches!(
            self,
            Self::ForeignCurrency
                | Self::OutlierAmount
                | Self::ZeroAmount
                | Self::FutureOrder
                | Self::AncientOrder
                | Self::DoubleOrder
                | Self::ReturnedWithoutRefund
                | Self::NoCategory
                | Self::WaitingOrders
        )
    }

    /// Ways to mend it.
    pub fn fixes(self) -> &'static [Fix] {
        match self {
            Self::TypoEmail
            | Self::OddName
            | Self::PlaceSpelling
            | Self::LabelSpelling
            | Self::LateSignup => &[Fix::Replace, Fix::Accept],
            Self::BadPhone | Self::BadEmail => &[Fix::Replace, Fix::Clear, Fix::Accept],
            Self::MaskedPhone
            | Self::SharedPhone
            | Self::SharedEmail
            | Self::BadBirthday
            | Self::DefaultBirthday
            | Self::FutureSignup
            | Self::OddCost => &[Fix::Clear, Fix::Accept],
            Self::NoContact | Self::NoName | Self::ForeignCurrency | Self::NoCategory => {
                &[Fix::Accept]
            }
            Self::OutlierAmount
            | Self::ZeroAmount
            | Self::FutureOrder
            | Self::AncientOrder
            | Self::DoubleOrder
            | Self::ReturnedWithoutRefund => &[Fix::Remove, Fix::Accept],
            Self::WaitingOrders | Self::Duplicates => &[],
        }
    }

    /// What it affects.
    pub fn affects(self) -> &'static [Analysis] {
        use Analysis::{
            Birthdays, Contact, Counts, Lifecycle, Money, Places, Points, Products, Rfm, Segments,
        };
        match self {
            Self::BadEmail | Self::TypoEmail | Self::BadPhone | Self::MaskedPhone => {
                &[Contact, Counts]
            }
            Self::SharedPhone | Self::SharedEmail => &[Contact, Counts],
            Self::NoContact => &[Contact],
            Self::NoName | Self::OddName => &[Contact],
            Self::BadBirthday | Self::DefaultBirthday => &[Birthdays, Segments, Points],
            Self::FutureSignup | Self::LateSignup => &[Lifecycle, Points, Segments],
            Self::PlaceSpelling => &[Places, Segments],
            Self::LabelSpelling => &[Segments],
            Self::OddCost => &[Money],
            Self::ForeignCurrency => &[Rfm, Lifecycle, Money, Segments, Points],
            Self::OutlierAmount => &[Rfm, Money, Points],
            Self::ZeroAmount => &[Rfm, Money],
            Self::FutureOrder | Self::AncientOrder => &[Rfm, Lifecycle, Money],
            Self::DoubleOrder => &[Rfm, Lifecycle, Money, Points],
            Self::ReturnedWithoutRefund => &[Rfm, Money, Points],
            Self::NoCategory => &[Products, Segments],
            Self::WaitingOrders => &[Rfm, Lifecycle, Money, Segments, Points],
            Self::Duplicates => &[Counts, Rfm, Lifecycle, Segments, Points],
        }
    }
}

/// Something that is worked out from the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Analysis {
    /// RFM scores and groups.
    Rfm,
    /// Stages of the life cycle.
    Lifecycle,
    /// Spend, averages, customer value.
    Money,
    /// Segments and portraits.
    Segments,
    /// Points and tiers.
    Points,
    /// Numbers of customers.
    Counts,
    /// Where customers are.
    Places,
    /// What is bought.
    Products,
    /// Birthdays and ages.
    Birthdays,
    /// Whom a message reaches.
    Contact,
}

/// The answer to a [`QualityQuery`] or [`QualityJob`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QualityReply {
    /// To [`QualityQuery::Overview`] and [`QualityJob::Look`]; `None` before the first look.
    Overview(Option<QualityOverview>),
    /// To [`QualityQuery::Rows`].
    Rows(Page<QualityRow>),
    /// To [`QualityQuery::Notes`]; `None` before the first look, or when data changed since.
    Notes(Option<Vec<QualityNote>>),
}

/// How good the data is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QualityOverview {
    /// Data changed since.
    pub stale: bool,
    /// Customers looked at.
    pub customers: u64,
    /// Of them companies.
    pub companies: u64,
    /// Orders looked at.
    pub orders: u64,
    /// How many have each field filled in.
    pub fields: Vec<FieldFill>,
    /// What looks wrong, with how many rows; none with nothing.
    pub findings: Vec<FindingCount>,
    /// Orders by currency, the most frequent first; the workspace's own among them.
    pub currencies: Vec<(String, u64)>,
}

/// How many have a field filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldFill {
    /// The field's name, as in `shuke.d.ts`; `custom.<name>` for the owner's own.
    pub field: String,
    /// Customers that have it.
    pub filled: u64,
    /// Customers that could: all, or only companies or persons.
    pub of: u64,
    /// The attribute of rules by which those without it are listed, if there is one.
    pub attribute: Option<String>,
}

/// How many rows a finding has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FindingCount {
    /// Which.
    pub finding: Finding,
    /// Customers or orders.
    pub count: u64,
    /// Of them with a suggested value.
    pub mendable: u64,
}

/// A row of a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QualityRow {
    /// The record's raw id, for [`QualityJob::Fix`].
    pub record: String,
    /// Whose it is.
    pub customer: CustomerId,
    /// Their name.
    pub name: String,
    /// The order, for findings about orders.
    pub order: Option<OrderId>,
    /// Its number and time, in the business's zone.
    pub order_title: Option<String>,
    /// The field it is about.
    pub field: String,
    /// What is there.
    pub value: String,
    /// What should be.
    pub suggestion: Option<String>,
}

/// What affects an analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QualityNote {
    /// What looks wrong.
    pub finding: Finding,
    /// How many rows.
    pub count: u64,
}
