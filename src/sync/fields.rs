//! Fields of each kind, so that a person can withhold some, and whoever is erased leaves none where fields are written
//! one by one.

use crate::{Kind, Path};

const CUSTOMER: &[(&str, bool)] = &[
    ("kind", true),
    ("name", false),
    ("externalId", false),
    ("email", false),
    ("phone", false),
    ("gender", false),
    ("birthday", false),
    ("country", false),
    ("province", false),
    ("city", false),
    ("district", false),
    ("postalCode", false),
    ("address", false),
    ("occupation", false),
    ("education", false),
    ("incomeBand", false),
    ("industry", false),
    ("companySize", false),
    ("interests", false),
    ("tags", false),
    ("sourceChannel", false),
    ("signupOn", false),
    ("owner", false),
    ("consent", false),
    ("acquisitionCost", false),
    ("note", false),
    ("custom", false),
];

impl Kind {
    /// The fields of our records of this kind: the public name, and whether a record is none without it. None for kinds
    /// that travel whole or not at all.
    pub fn fields(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Customers => CUSTOMER,
            Self::Orders => &[
                ("customer", true),
                ("at", true),
                ("currency", true),
                ("amount", true),
                ("status", true),
                ("externalId", false),
                ("gross", false),
                ("tax", false),
                ("paidWithPoints", false),
                ("channel", false),
                ("coupon", false),
                ("lines", false),
            ],
            Self::Refunds => &[
                ("order", true),
                ("key", true),
                ("at", true),
                ("amount", true),
                ("lines", false),
            ],
            Self::Events => &[
                ("customer", true),
                ("kind", true),
                ("at", true),
                ("key", true),
                ("data", false),
            ],
            Self::Ledger => &[
                ("customer", true),
                ("kind", true),
                ("at", true),
                ("points", true),
                ("key", true),
                ("reason", false),
            ],
            Self::Lists => &[("name", true), ("note", false)],
            Self::Settings => &[
                ("currency", true),
                ("zone", true),
                ("name", false),
                ("phoneCountry", false),
            ],
            Self::Programs
            | Self::Segments
            | Self::Coupons
            | Self::CouponCodes
            | Self::CouponUses
            | Self::ListMembers
            | Self::Distinct => &[],
        }
    }
}

impl Path {
    /// Whether it names another record: then its value follows when that gets another id, under the same stamp.
    pub(crate) fn refers(&self) -> bool {
        matches!(
            self.field.as_str(),
            "customer" | "order" | "coupon" | "code" | "list" | "key"
        )
    }
}
