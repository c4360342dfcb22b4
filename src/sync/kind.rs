//! Kinds of records that travel, in the order in which they must arrive (whoever is referred to comes first).

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $wire:literal),+ $(,)?) => {
        /// A kind of record. Its wire name is also the default name of its collection.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($(#[$doc])* $name),+ }

        impl Kind {
            /// All kinds, parents before children.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Its name on the wire: `customers`, `orders` ...
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $wire),+ }
            }
        }
    };
}

kinds! {
    /// The workspace's settings: one record, id `settings`.
    Settings = "settings",
    /// Versions of the loyalty programme.
    Programs = "programs",
    /// Saved segments.
    Segments = "segments",
    /// Static lists.
    Lists = "lists",
    /// Coupons on offer.
    Coupons = "coupons",
    /// Customers.
    Customers = "customers",
    /// Codes of coupons handed out.
    CouponCodes = "couponCodes",
    /// Orders with their lines.
    Orders = "orders",
    /// Refunds of orders.
    Refunds = "refunds",
    /// Interactions: what happened with a customer.
    Events = "events",
    /// Entries of the points ledger.
    Ledger = "ledger",
    /// Coupons used.
    CouponUses = "couponUses",
    /// Who is on which list.
    ListMembers = "listMembers",
    /// Pairs of records of which a person said that they are not one customer.
    Distinct = "distinct",
}

impl Kind {
    /// The kind with this wire name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|k| k.name() == name)
    }

    /// How a field of this kind merges.
    pub fn class(self, field: &str) -> Class {
        match (self, field) {
            (Self::Customers, "tags" | "interests") => Class::Set,
            (Self::Customers, "custom" | "consent") | (Self::Settings, _) => Class::Members,
            _ => Class::Whole,
        }
    }

    /// Fields of which a record of this kind has at least one, whoever wrote it; none where that says nothing.
    pub(crate) fn telling(self) -> &'static [&'static str] {
        match self {
            Self::Customers => &[
                "name",
                "phone",
                "email",
                "externalId",
                "birthday",
                "gender",
                "tags",
                "consent",
                "address",
                "city",
                "custom",
                "createdAt",
            ],
            Self::Orders | Self::Events | Self::Ledger | Self::ListMembers => &["customer"],
            Self::Refunds => &["order"],
            Self::CouponCodes | Self::CouponUses => &["coupon"],
            Self::Settings
            | Self::Programs
            | Self::Segments
            | Self::Lists
            | Self::Coupons
            | Self::Distinct => &[],
        }
    }

    /// Whether something that came may be a record of this kind: it carries our stamps, or a field that tells.
    pub(crate) fn may_be(self, json: &serde_json::Value) -> bool {
        let telling = self.telling();
        telling.is_empty()
            || crate::Record::is_stamped(json)
            || telling.iter().any(|field| json.get(field).is_some())
    }

    /// Whether records of this kind are never removed: settings, and versions of the loyalty programme. Where the
    /// endpoint lacks them, it gets them, and nobody is asked.
    pub fn stays(self) -> bool {
        matches!(self, Self::Settings | Self::Programs)
    }

    /// Whether records of this kind are entries: written once, and a union of both sides.
    pub fn is_entry(self) -> bool {
        matches!(
            self,
            Self::Refunds | Self::Events | Self::Ledger | Self::CouponUses
        )
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| serde::de::Error::custom("no such kind"))
    }
}

/// How the two sides of one field become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The whole value is one: the later edit stays.
    Whole,
    /// An array of texts as a set: each element is in or out by the later edit of that element.
    Set,
    /// An object: each member is a value of its own.
    Members,
}
