//! How the owner wants customers scored by recency, frequency and money.

use crate::Money;
use crate::rule::{Condition, Rule, RuleError, Span, Unit};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How values become scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RfmScoring {
    /// Five parts by the quantiles of this business's own customers; equal values are never split.
    #[default]
    Quintile,
    /// Limits that the owner sets and that do not move with the data.
    Fixed,
    /// Above or below the average: scores 5 and 1, and eight classes.
    Average,
}

impl RfmScoring {
    /// All, the usual one first.
    pub const ALL: [RfmScoring; 3] = [Self::Quintile, Self::Fixed, Self::Average];

    /// As in links and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quintile => "quintile",
            Self::Fixed => "fixed",
            Self::Average => "average",
        }
    }

    /// The one of that name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// What the money of RFM is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoneyBasis {
    /// What remains of all orders after refunds.
    #[default]
    Total,
    /// The same for each order, rounded half up.
    Average,
    /// The largest order.
    Largest,
    /// The total less tax, as far as the orders say it; the tax of a refunded part is taken off in proportion,
    /// rounded half up.
    WithoutTax,
}

impl MoneyBasis {
    /// All, the usual one first.
    pub const ALL: [MoneyBasis; 4] = [Self::Total, Self::Average, Self::Largest, Self::WithoutTax];

    /// As in links and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Average => "average",
            Self::Largest => "largest",
            Self::WithoutTax => "without_tax",
        }
    }

    /// The one of that name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// The owner's own limits between the scores.
///
/// Worked example with the defaults: last order 20 days ago: at most 30, so recency 4. 3 orders: at least 3, so
/// frequency 3. Spend of 500.00: at least 500.00, so money 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RfmLimits {
    /// At most so many days since the last order for the scores 5, 4, 3 and 2; ascending.
    pub recency_days: [u32; 4],
    /// At least so many orders for the scores 2, 3, 4 and 5; ascending.
    pub orders: [u32; 4],
    /// At least so much money for the scores 2, 3, 4 and 5; ascending.
    pub money: [Money; 4],
}

impl Default for RfmLimits {
    fn default() -> Self {
        Self {
            recency_days: [7, 30, 90, 180],
            orders: [2, 3, 5, 10],
            money: [10_000, 50_000, 100_000, 500_000].map(Money),
        }
    }
}

impl RfmLimits {
    /// The first measure whose limits are not ascending or begin at nothing: `recency`, `orders` or `money`.
    pub fn wrong(&self) -> Option<&'static str> {
        fn rises(values: [i64; 4], least: i64) -> bool {
            let [a, b, c, d] = values;
            least <= a && a < b && b < c && c < d
        }
        if !rises(self.recency_days.map(i64::from), 0) {
            Some("recency")
        } else if !rises(self.orders.map(i64::from), 1) {
            Some("orders")
        } else if !rises(self.money.map(|money| money.0), 1) {
            Some("money")
        } else {
            None
        }
    }
}

/// What is scored and how: of whichever day, over whichever orders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RfmOptions {
    /// How values become scores.
    pub scoring: RfmScoring,
    /// Only orders of the span that ends with the day count for frequency; `None`: of all time.
    #[serde(serialize_with = "write_span", deserialize_with = "read_span")]
    pub frequency_within: Option<Span>,
    /// The same for money.
    #[serde(serialize_with = "write_span", deserialize_with = "read_span")]
    pub money_within: Option<Span>,
    /// What the money is.
    pub basis: MoneyBasis,
    /// Only orders that pass these conditions exist: the list that a rule's `where` holds, as JSON; empty: all.
    pub filter: String,
    /// The limits of [`RfmScoring::Fixed`].
    pub limits: RfmLimits,
}

impl RfmOptions {
    /// Whether nothing but the totals of all time is looked at.
    pub fn is_of_totals(&self) -> bool {
        self.frequency_within.is_none()
            && self.money_within.is_none()
            && matches!(self.basis, MoneyBasis::Total | MoneyBasis::Average)
            && self.filter.is_empty()
    }

    /// The conditions of the filter.
    ///
    /// # Errors
    /// [`RuleError`] with the place within the list (`where[0].op`).
    pub fn conditions(&self) -> Result<Vec<Condition>, RuleError> {
        if self.filter.is_empty() {
            return Ok(Vec::new());
        }
        let filter = &self.filter;
        let rule = format!(
            "{{\"orders\":{{\"where\":{filter},\"measure\":\"count\",\"op\":\"gte\",\"value\":1}}}}"
        );
        match Rule::parse(&rule) {
            Ok(Rule::Orders(test)) => Ok(test.conditions),
            // Braces in the filter may have made another rule of it.
            Ok(_) => Err(RuleError {
                path: "where".to_owned(),
                found: filter.clone(),
                expected: "a list of conditions on orders".to_owned(),
            }),
            Err(error) => {
                let path = error.path.strip_prefix("orders.").unwrap_or(&error.path);
                Err(RuleError {
                    path: path.to_owned(),
                    ..error
                })
            }
        }
    }
}

/// A span as `12 month`, as links have it too.
pub fn span_text(span: Span) -> String {
    format!("{} {}", span.n, span.unit.name())
}

/// Reads such a span.
pub fn span_of(text: &str) -> Option<Span> {
    let (n, unit) = text.split_once(' ')?;
    let n = n.parse().ok().filter(|n| (1..=100_000).contains(n))?;
    Some(Span {
        n,
        unit: Unit::of(unit)?,
    })
}

#[expect(clippy::ref_option, reason = "serde hands a field over by reference")]
fn write_span<S: Serializer>(span: &Option<Span>, serializer: S) -> Result<S::Ok, S::Error> {
    span.map(span_text).serialize(serializer)
}

fn read_span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Span>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    match text {
        None => Ok(None),
        Some(text) => match span_of(&text) {
            Some(span) => Ok(Some(span)),
            None => Err(serde::de::Error::custom("a span such as `12 month`")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_round_trip_and_missing_ones_are_the_usual() {
        let usual: RfmOptions = serde_json::from_str("{}").unwrap();
        assert_eq!(usual, RfmOptions::default());
        let options = RfmOptions {
            scoring: RfmScoring::Average,
            frequency_within: span_of("12 month"),
            money_within: span_of("90 day"),
            basis: MoneyBasis::Largest,
            filter: r#"[{"attr":"channel","op":"eq","value":"门店"}]"#.to_owned(),
            limits: RfmLimits::default(),
        };
        let json = serde_json::to_string(&options).unwrap();
        assert!(json.contains(r#""frequencyWithin":"12 month""#), "{json}");
        assert_eq!(serde_json::from_str::<RfmOptions>(&json).unwrap(), options);
        assert!(serde_json::from_str::<RfmOptions>(r#"{"moneyWithin":"0 day"}"#).is_err());
        assert_eq!(span_of("12 months"), None);
        for scoring in RfmScoring::ALL {
            assert_eq!(RfmScoring::of(scoring.name()), Some(scoring));
        }
        for basis in MoneyBasis::ALL {
            assert_eq!(MoneyBasis::of(basis.name()), Some(basis));
        }
    }

    #[test]
    fn a_filter_is_the_where_of_a_rule() {
        let of = |filter: &str| {
            RfmOptions {
                filter: filter.to_owned(),
                ..RfmOptions::default()
            }
            .conditions()
        };
        assert_eq!(of("").unwrap(), []);
        assert_eq!(
            of(r#"[{"attr":"category","op":"eq","value":"咖啡"}]"#)
                .unwrap()
                .len(),
            1
        );
        let wrong = of(r#"[{"attr":"colour","op":"eq","value":"red"}]"#).unwrap_err();
        assert!(wrong.path.starts_with("where[0]"), "{wrong}");
        assert!(of("nonsense").is_err());
    }

    #[test]
    fn limits_rise() {
        assert_eq!(RfmLimits::default().wrong(), None);
        let limits = RfmLimits::default();
        for (limits, wrong) in [
            (
                RfmLimits {
                    recency_days: [7, 7, 30, 90],
                    ..limits
                },
                "recency",
            ),
            (
                RfmLimits {
                    orders: [0, 1, 2, 3],
                    ..limits
                },
                "orders",
            ),
            (
                RfmLimits {
                    money: [4, 3, 2, 1].map(Money),
                    ..limits
                },
                "money",
            ),
        ] {
            assert_eq!(limits.wrong(), Some(wrong));
        }
    }
}
