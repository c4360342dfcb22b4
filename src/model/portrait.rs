//! What a portrait of customers is made of: the kinds of traits and measures.

use serde::{Deserialize, Serialize};

/// What something of a portrait is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TraitKind {
    /// Person or company.
    Kind,
    /// Gender.
    Gender,
    /// Age band: `25-34`, `65-`.
    Age,
    /// Country.
    Country,
    /// Province.
    Province,
    /// City.
    City,
    /// District.
    District,
    /// Income band.
    IncomeBand,
    /// Occupation.
    Occupation,
    /// Education.
    Education,
    /// Industry.
    Industry,
    /// Size of the company.
    CompanySize,
    /// The channel they came by.
    SourceChannel,
    /// Who looks after them.
    Owner,
    /// A tag.
    Tag,
    /// An interest.
    Interest,
    /// An own field: the value is `key=text`.
    Custom,
    /// Agreed to e-mail, text messages or calls: `email`, `sms`, `phone`.
    Consent,
    /// Tier of the programme.
    Tier,
    /// Bought a category.
    Category,
    /// Bought a product.
    Product,
    /// Bought in a channel.
    Channel,
    /// Used a coupon.
    Coupon,
    /// Bought on a day of the week, 1 (Monday) to 7.
    Weekday,
    /// Bought in a part of the day: `0`, `6`, `11`, `14`, `17`, `21` (the hour it begins).
    DayPart,
}

/// What is measured of members and others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasureKind {
    /// Spend, minor units.
    Spend,
    /// Orders.
    Orders,
    /// Average order, minor units.
    AverageOrder,
    /// Days since the last order.
    DaysSinceLast,
    /// Usual gap in days.
    UsualGap,
    /// Days since the first order.
    DaysSinceFirst,
    /// Age in years.
    Age,
    /// Balance of points.
    Points,
}

impl MeasureKind {
    /// All, in the order they are shown.
    pub const ALL: [MeasureKind; 8] = [
        MeasureKind::Spend,
        MeasureKind::Orders,
        MeasureKind::AverageOrder,
        MeasureKind::DaysSinceLast,
        MeasureKind::UsualGap,
        MeasureKind::DaysSinceFirst,
        MeasureKind::Age,
        MeasureKind::Points,
    ];
}
