//! The names of the language: attributes, fields, operators, measures, units. They are fixed; more may be added,
//! none renamed.

/// An enum whose variants have one fixed name each.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// All of them, in the order of the documentation.
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            /// Its name in a rule.
            pub fn name(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)*
                }
            }

            /// The one of that name.
            pub fn of(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.name() == name)
            }
        }
    };
}

named! {
    /// How a text compares with another; case and width do not matter.
    TextOp {
        /// Is the same.
        Eq = "eq",
        /// Is another.
        Ne = "ne",
        /// Has it in it.
        Contains = "contains",
        /// Does not have it in it.
        NotContains = "not_contains",
        /// Begins with it.
        StartsWith = "starts_with",
        /// Ends with it.
        EndsWith = "ends_with",
    }
}

named! {
    /// How a number compares with another.
    Compare {
        /// Equal.
        Eq = "eq",
        /// Not equal.
        Ne = "ne",
        /// Less.
        Lt = "lt",
        /// Less or equal.
        Lte = "lte",
        /// Greater.
        Gt = "gt",
        /// Greater or equal.
        Gte = "gte",
    }
}

named! {
    /// How a list compares with words.
    ListOp {
        /// Has at least one of them.
        AnyOf = "any_of",
        /// Has every one of them.
        AllOf = "all_of",
        /// Has none of them (and is not empty).
        NoneOf = "none_of",
    }
}

named! {
    /// A unit of time. A quarter is three calendar months.
    Unit {
        /// A day.
        Day = "day",
        /// Seven days.
        Week = "week",
        /// A calendar month.
        Month = "month",
        /// Three calendar months.
        Quarter = "quarter",
        /// Twelve calendar months.
        Year = "year",
    }
}

named! {
    /// What is measured over orders or events. Of no order at all, `count`, `sum`, `quantity` and `distinct_*` are
    /// 0 and the others have no value.
    Measure {
        /// How many orders.
        Count = "count",
        /// What remains of their amounts.
        Sum = "sum",
        /// `sum / count`, rounded half up to the minor unit.
        Average = "average",
        /// The smallest amount.
        Min = "min",
        /// The largest amount.
        Max = "max",
        /// Pieces.
        Quantity = "quantity",
        /// Different local days.
        DistinctDays = "distinct_days",
        /// Different products.
        DistinctProducts = "distinct_products",
        /// Days from the first to today.
        DaysSinceFirst = "days_since_first",
        /// Days from the last to today.
        DaysSinceLast = "days_since_last",
    }
}

impl Measure {
    /// Whether it is an amount of money (over orders; over events it is a plain number).
    pub fn is_money(self) -> bool {
        matches!(
            self,
            Measure::Sum | Measure::Average | Measure::Min | Measure::Max
        )
    }
}

/// What kind of value an attribute or field has: it says which operators go with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// An amount in major units of the workspace's currency.
    Money,
    /// Yes or no.
    Flag,
    /// A list of words.
    List,
    /// A local day.
    Date,
    /// Whatever the owner put there; the operator and its value decide.
    Custom,
}

/// An enum of names with a kind each, and one more variant for names that the owner made up behind a prefix.
macro_rules! typed {
    (
        $(#[$doc:meta])* $name:ident, $(#[$open_doc:meta])* $open:ident = $prefix:literal
        { $($(#[$variant_doc:meta])* $variant:ident = $text:literal: $kind:ident,)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            $(#[$open_doc])*
            $open(String),
        }

        impl $name {
            /// Those with a fixed name, in the order of the documentation.
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            /// Its name in a rule.
            pub fn name(&self) -> std::borrow::Cow<'static, str> {
                match self {
                    $($name::$variant => $text.into(),)*
                    $name::$open(key) => format!(concat!($prefix, "{}"), key).into(),
                }
            }

            /// What kind of value it has.
            pub fn kind(&self) -> ValueKind {
                match self {
                    $($name::$variant => ValueKind::$kind,)*
                    $name::$open(_) => ValueKind::Custom,
                }
            }

            /// The one of that name.
            pub fn of(name: &str) -> Option<Self> {
                if let Some(key) = name.strip_prefix($prefix) {
                    return (!key.is_empty()).then(|| $name::$open(key.to_owned()));
                }
                Self::ALL.iter().find(|it| it.name() == name).cloned()
            }
        }
    };
}

typed! {
    /// What a rule can look at in a customer.
    Attribute,
    /// A field of the owner's.
    Custom = "custom."
    {
        /// Full name.
        Name = "name": Text,
        /// E-mail address.
        Email = "email": Text,
        /// Telephone number.
        Phone = "phone": Text,
        /// Country.
        Country = "country": Text,
        /// Province or state.
        Province = "province": Text,
        /// City.
        City = "city": Text,
        /// District.
        District = "district": Text,
        /// Postal code.
        PostalCode = "postal_code": Text,
        /// `female`, `male` or `other`.
        Gender = "gender": Text,
        /// Birthday.
        Birthday = "birthday": Date,
        /// Completed years.
        Age = "age": Number,
        /// Income band.
        IncomeBand = "income_band": Text,
        /// Occupation.
        Occupation = "occupation": Text,
        /// Education.
        Education = "education": Text,
        /// Interests.
        Interests = "interests": List,
        /// Tags.
        Tags = "tags": List,
        /// The channel that brought them.
        SourceChannel = "source_channel": Text,
        /// The day they became a customer.
        SignupOn = "signup_on": Date,
        /// The employee responsible.
        Owner = "owner": Text,
        /// `person` or `company`.
        Kind = "kind": Text,
        /// Industry.
        Industry = "industry": Text,
        /// Size of the company.
        CompanySize = "company_size": Text,
        /// May be written e-mail to.
        ConsentEmail = "consent.email": Flag,
        /// May be sent text messages.
        ConsentSms = "consent.sms": Flag,
        /// May be called.
        ConsentPhone = "consent.phone": Flag,
        /// Since when they are a customer: the day they signed up, else of their first order that counts, else the day
        /// they were recorded.
        CustomerSince = "customer_since": Date,
        /// Day of the first order that counts.
        FirstOrderOn = "first_order_on": Date,
        /// Day of the last order that counts.
        LastOrderOn = "last_order_on": Date,
        /// Days from the last order to today.
        DaysSinceLastOrder = "days_since_last_order": Number,
        /// Orders that count; 0 without any.
        OrderCount = "order_count": Number,
        /// What remains of all orders; 0 without any.
        Spend = "spend": Money,
        /// `spend / order_count`, rounded half up.
        AverageOrderValue = "average_order_value": Money,
        /// RFM score of recency, 1 to 5.
        RfmRecency = "rfm.recency": Number,
        /// RFM score of frequency, 1 to 5.
        RfmFrequency = "rfm.frequency": Number,
        /// RFM score of money, 1 to 5.
        RfmMonetary = "rfm.monetary": Number,
        /// RFM group, as `champions`.
        RfmGroup = "rfm.group": Text,
        /// Life cycle stage, as `active`.
        Lifecycle = "lifecycle": Text,
        /// Risk of churn, 0 to 1.
        ChurnRisk = "churn_risk": Number,
        /// Customer lifetime value.
        Clv = "clv": Money,
        /// Redeemable points.
        PointsBalance = "points.balance": Number,
        /// Points that expire within the next 30 days.
        PointsExpiring = "points.expiring_within_30_days": Number,
        /// Tier id.
        Tier = "tier": Text,
        /// Last answer to "would you recommend us", 0 to 10.
        Nps = "nps": Number,
    }
}

typed! {
    /// What a condition can look at in an order, a line or an event.
    Field,
    /// A datum of an event.
    Data = "data."
    {
        /// Category of the line's product.
        Category = "category": Text,
        /// Product of the line.
        Product = "product": Text,
        /// Where it was bought.
        Channel = "channel": Text,
        /// What remains of the line's amount where a line condition stands beside it, else of the order's.
        Amount = "amount": Money,
        /// Pieces of the line.
        Quantity = "quantity": Number,
        /// The coupon used.
        Coupon = "coupon": Text,
        /// `paid`, `refunded` or `cancelled`.
        Status = "status": Text,
        /// 1 (Monday) to 7 (Sunday).
        DayOfWeek = "day_of_week": Number,
        /// 0 to 23.
        Hour = "hour": Number,
    }
}

impl Field {
    /// Whether the condition is on one line rather than on the whole order.
    pub fn is_of_line(&self) -> bool {
        matches!(self, Field::Category | Field::Product | Field::Quantity)
    }
}

/// The values that an attribute can have, where they are fixed.
pub fn choices_of_attribute(attribute: &Attribute) -> &'static [&'static str] {
    match attribute {
        Attribute::Gender => &["female", "male", "other"],
        Attribute::Kind => &["person", "company"],
        Attribute::Lifecycle => &["prospect", "new", "active", "dormant", "churned"],
        Attribute::RfmGroup => &[
            "champions",
            "loyal",
            "active",
            "new",
            "promising",
            "needs_attention",
            "at_risk",
            "previously_loyal",
            "almost_lost",
            "dormant",
            "prospects",
        ],
        _ => &[],
    }
}

/// The values that a field of an order can have, where they are fixed.
pub fn choices_of_field(field: &Field) -> &'static [&'static str] {
    match field {
        Field::Status => &["paid", "refunded", "cancelled"],
        _ => &[],
    }
}
