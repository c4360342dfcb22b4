//! Conditions of earn rules, compiled: texts have become sets of codes, so that a line is judged without looking at
//! a single character.

use crate::programs::{Dictionary, Texts};
use crate::{Line, NO_CODE, Purchase};
use model::OrderStatus;
use model::program::{LineCondition, LineNumber, LineText, NumberTest, TextTest};

/// Conditions of one rule; all must hold, on the same line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conditions {
    /// About the order: judged once.
    order: Vec<OrderTest>,
    /// About a line.
    line: Vec<LineTest>,
}

#[derive(Clone, Debug)]
enum OrderTest {
    Channel(CodeSet),
    Coupon(CodeSet),
    Status(Vec<OrderStatus>),
    DayOfWeek(NumberTest),
    Hour(NumberTest),
}

#[derive(Clone, Debug)]
enum LineTest {
    Category(CodeSet),
    Product(CodeSet),
    Amount(NumberTest),
    Quantity(NumberTest),
}

/// Codes whose text passes a test.
#[derive(Clone, Debug)]
struct CodeSet {
    passes: Vec<bool>,
    without_value: bool,
}

impl CodeSet {
    fn new(test: &TextTest, of: Texts, dictionary: &impl Dictionary) -> Self {
        let test = Folded::new(test);
        let mut passes = Vec::new();
        dictionary.each(of, &mut |code, text| {
            let place = code as usize;
            // Codes are dense; one that is not would cost memory for nothing.
            if code == NO_CODE {
                return;
            }
            if place >= passes.len() {
                passes.resize(place + 1, false);
            }
            if let Some(pass) = passes.get_mut(place) {
                *pass = test.holds(Some(text));
            }
        });
        Self {
            passes,
            without_value: test.holds(None),
        }
    }

    fn contains(&self, code: u32) -> bool {
        if code == NO_CODE {
            return self.without_value;
        }
        self.passes.get(code as usize).copied().unwrap_or(false)
    }
}

/// A text test with its texts folded.
enum Folded {
    Any(Vec<String>),
    NotAny(Vec<String>),
    Contains(String),
    ContainsNot(String),
    StartsWith(String),
    EndsWith(String),
    IsSet,
    IsNotSet,
}

impl Folded {
    fn new(test: &TextTest) -> Self {
        let all = |texts: &[String]| texts.iter().map(|text| fold_text(text)).collect();
        match test {
            TextTest::Is(text) => Self::Any(vec![fold_text(text)]),
            TextTest::IsNot(text) => Self::NotAny(vec![fold_text(text)]),
            TextTest::In(texts) => Self::Any(all(texts)),
            TextTest::NotIn(texts) => Self::NotAny(all(texts)),
            TextTest::Contains(text) => Self::Contains(fold_text(text)),
            TextTest::ContainsNot(text) => Self::ContainsNot(fold_text(text)),
            TextTest::StartsWith(text) => Self::StartsWith(fold_text(text)),
            TextTest::EndsWith(text) => Self::EndsWith(fold_text(text)),
            TextTest::IsSet => Self::IsSet,
            TextTest::IsNotSet => Self::IsNotSet,
        }
    }

    /// A comparison holds only where there is a value, also a negative one (segment rule, "Missing values").
    fn holds(&self, text: Option<&str>) -> bool {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return matches!(self, Self::IsNotSet);
        };
        let text = fold_text(text);
        match self {
            Self::Any(any) => any.contains(&text),
            Self::NotAny(any) => !any.contains(&text),
            Self::Contains(part) => text.contains(part.as_str()),
            Self::ContainsNot(part) => !text.contains(part.as_str()),
            Self::StartsWith(part) => text.starts_with(part.as_str()),
            Self::EndsWith(part) => text.ends_with(part.as_str()),
            Self::IsSet => true,
            Self::IsNotSet => false,
        }
    }
}

/// Folds width and case, so that `ＡＢＣ` is `abc`.
pub(crate) fn fold_text(text: &str) -> String {
    let narrow = |character: char| match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
        '\u{3000}' => ' ',
        other => other,
    };
    text.chars()
        .map(narrow)
        .flat_map(char::to_lowercase)
        .collect()
}

impl Conditions {
    pub(crate) fn new(conditions: &[LineCondition], dictionary: &impl Dictionary) -> Self {
        let mut compiled = Self::default();
        for condition in conditions {
            compiled.add(condition, dictionary);
        }
        compiled
    }

    fn add(&mut self, condition: &LineCondition, dictionary: &impl Dictionary) {
        match condition {
            LineCondition::Text(attribute, test) => match attribute {
                LineText::Category => {
                    let set = CodeSet::new(test, Texts::Categories, dictionary);
                    self.line.push(LineTest::Category(set));
                }
                LineText::Product => {
                    let set = CodeSet::new(test, Texts::Products, dictionary);
                    self.line.push(LineTest::Product(set));
                }
                LineText::Channel => {
                    let set = CodeSet::new(test, Texts::Channels, dictionary);
                    self.order.push(OrderTest::Channel(set));
                }
                LineText::Coupon => {
                    let set = CodeSet::new(test, Texts::Coupons, dictionary);
                    self.order.push(OrderTest::Coupon(set));
                }
                LineText::Status => {
                    let test = Folded::new(test);
                    let statuses = [
                        (OrderStatus::Paid, "paid"),
                        (OrderStatus::Refunded, "refunded"),
                        (OrderStatus::Cancelled, "cancelled"),
                    ];
                    let pass = statuses
                        .into_iter()
                        .filter(|(_, name)| test.holds(Some(name)));
                    self.order
                        .push(OrderTest::Status(pass.map(|(status, _)| status).collect()));
                }
            },
            LineCondition::Number(attribute, test) => match attribute {
                LineNumber::Amount => self.line.push(LineTest::Amount(*test)),
                LineNumber::Quantity => self.line.push(LineTest::Quantity(*test)),
                LineNumber::DayOfWeek => self.order.push(OrderTest::DayOfWeek(*test)),
                LineNumber::Hour => self.order.push(OrderTest::Hour(*test)),
            },
        }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.order.is_empty() && self.line.is_empty()
    }

    /// Whether all are about categories and products.
    pub(crate) fn is_about_codes(&self) -> bool {
        let about_codes =
            |test: &LineTest| matches!(test, LineTest::Category(_) | LineTest::Product(_));
        self.order.is_empty() && self.line.iter().all(about_codes)
    }

    fn sets(&self, of: Texts) -> impl Iterator<Item = &CodeSet> {
        self.line.iter().filter_map(move |test| match (test, of) {
            (LineTest::Category(set), Texts::Categories)
            | (LineTest::Product(set), Texts::Products) => Some(set),
            _ => None,
        })
    }

    /// Whether everything about this kind of text holds for a code.
    pub(crate) fn allow(&self, of: Texts, code: u32) -> bool {
        self.sets(of).all(|set| set.contains(code))
    }

    /// How many codes of this kind of text there are, where any condition looks at them. A code beyond passes no test;
    /// without any condition there is no test.
    pub(crate) fn codes(&self, of: Texts) -> usize {
        self.sets(of)
            .map(|set| set.passes.len().max(1))
            .max()
            .unwrap_or(0)
    }

    /// Whether it takes a line to judge.
    pub(crate) fn looks_at_lines(&self) -> bool {
        !self.line.is_empty()
    }

    /// Whether what is about the order holds. An order's status counts as paid: what it was when it earned.
    pub(crate) fn hold_for_order(&self, purchase: &Purchase) -> bool {
        self.order.iter().all(|test| match test {
            OrderTest::Channel(set) => set.contains(purchase.channel),
            OrderTest::Coupon(set) => set.contains(purchase.coupon),
            OrderTest::Status(statuses) => statuses.contains(&OrderStatus::Paid),
            OrderTest::DayOfWeek(test) => test.holds(i64::from(purchase.day.weekday())),
            OrderTest::Hour(test) => test.holds(i64::from(purchase.minute / 60)),
        })
    }

    /// Whether what is about lines holds for this one.
    pub(crate) fn hold_for_line(&self, line: &Line) -> bool {
        self.line.iter().all(|test| match test {
            LineTest::Category(set) => set.contains(line.category),
            LineTest::Product(set) => set.contains(line.product),
            LineTest::Amount(test) => test.holds(line.amount.0),
            LineTest::Quantity(test) => test.holds(line.quantity_milli),
        })
    }

    /// Whether what is about lines holds for an order of which only the total is known: it has no category, no
    /// product and no quantity.
    pub(crate) fn hold_without_lines(&self, amount: i64) -> bool {
        self.line.iter().all(|test| match test {
            LineTest::Category(set) | LineTest::Product(set) => set.contains(NO_CODE),
            LineTest::Amount(test) => test.holds(amount),
            LineTest::Quantity(_) => false,
        })
    }
}
