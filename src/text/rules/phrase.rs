//! Phrases for what is asked of a customer.

use super::Wording;
use crate::Locale;
use model::rule::{
    Attribute, Compare, DateTest, ListOp, NumberTest, Span, Test, TextOp, TextTest, Unit, ValueKind,
};
use model::{Day, Decimal};

impl Wording<'_> {
    pub(super) fn attribute(self, attribute: &Attribute, test: &Test) -> String {
        if let Some(phrase) = self.own_phrase(attribute, test) {
            return phrase;
        }
        let name = attribute.name();
        let subject = self.words.field(&name);
        let money = attribute.kind() == ValueKind::Money;
        self.test(&subject, &name, test, money)
    }

    /// What people say instead of putting it together from the name of the attribute.
    fn own_phrase(self, attribute: &Attribute, test: &Test) -> Option<String> {
        match (attribute, test) {
            (_, Test::Text(text)) => self.own_text(attribute, text),
            (_, Test::Number(number)) => self.own_number(attribute, number),
            (_, Test::Date(date)) => self.own_date(attribute, date),
            (_, Test::Flag(yes)) => self.own_flag(attribute, *yes),
            (_, Test::List { op, values }) => self.own_list(attribute, *op, values),
            (_, Test::Set(_)) => None,
        }
    }

    fn own_flag(self, attribute: &Attribute, yes: bool) -> Option<String> {
        let w = self.words;
        let text = match (attribute, yes) {
            (Attribute::ConsentEmail, true) => w.rules_agreed_email(),
            (Attribute::ConsentEmail, false) => w.rules_declined_email(),
            (Attribute::ConsentSms, true) => w.rules_agreed_sms(),
            (Attribute::ConsentSms, false) => w.rules_declined_sms(),
            (Attribute::ConsentPhone, true) => w.rules_agreed_phone(),
            (Attribute::ConsentPhone, false) => w.rules_declined_phone(),
            _ => return None,
        };
        Some(text.to_owned())
    }

    fn own_text(self, attribute: &Attribute, test: &TextTest) -> Option<String> {
        let w = self.words;
        let (values, is) = match test {
            TextTest::Compare(TextOp::Eq, value) => (std::slice::from_ref(value), true),
            TextTest::Compare(TextOp::Ne, value) => (std::slice::from_ref(value), false),
            TextTest::In(values) => (values.as_slice(), true),
            TextTest::NotIn(values) => (values.as_slice(), false),
            TextTest::Compare(..) => return None,
        };
        let name = attribute.name();
        let people = |kind: &str| {
            let values: Vec<String> = values
                .iter()
                .map(|value| {
                    let key = crate::join(&["people.", kind, ".", value]);
                    let found = w.names_find(&key);
                    found.map_or_else(|| w.choice(kind, value), str::to_owned)
                })
                .collect();
            let values = self.any_of(&values);
            if is {
                values
            } else {
                w.rules_not_people(&values)
            }
        };
        let listed = || self.any_of(&self.values(&name, values));
        match attribute {
            Attribute::Gender | Attribute::Kind | Attribute::Lifecycle => Some(people(&name)),
            Attribute::Country | Attribute::Province | Attribute::City | Attribute::District => {
                Some(if is {
                    w.rules_in_place(&listed())
                } else {
                    w.rules_not_in_place(&listed())
                })
            }
            Attribute::SourceChannel if is => Some(w.rules_came_through(&listed())),
            Attribute::Owner if is => Some(w.rules_looked_after(&listed())),
            Attribute::CompanySize => {
                let subject = w.field(&name);
                let sizes: Vec<String> = values.iter().map(|it| self.size(it)).collect();
                let sizes = self.beside(&self.any_of(&sizes));
                Some(if is {
                    w.rules_is(&subject, &sizes)
                } else {
                    w.rules_is_not(&subject, &sizes)
                })
            }
            _ => None,
        }
    }

    fn own_number(self, attribute: &Attribute, test: &NumberTest) -> Option<String> {
        let w = self.words;
        let plain = |value: &Decimal| self.quantity(*value, false);
        match attribute {
            Attribute::Age => Some(match test {
                NumberTest::Compare(op, value) => {
                    let n = plain(value);
                    match op {
                        Compare::Eq => w.rules_age_eq(&n),
                        Compare::Ne => w.rules_age_ne(&n),
                        Compare::Lt => w.rules_age_lt(&n),
                        Compare::Lte => w.rules_age_lte(&n),
                        Compare::Gt => w.rules_age_gt(&n),
                        Compare::Gte => w.rules_age_gte(&n),
                    }
                }
                NumberTest::Between(low, high) => w.rules_age_between(&plain(low), &plain(high)),
                NumberTest::NotBetween(low, high) => {
                    w.rules_age_not_between(&plain(low), &plain(high))
                }
            }),
            Attribute::OrderCount => self.times("", "", test),
            Attribute::ChurnRisk => {
                let subject = self.words.field(&attribute.name());
                Some(self.said(&subject, test, &|value| self.share(*value)))
            }
            Attribute::Spend => Some(w.rules_spent_all(&self.bounds(test, true))),
            Attribute::DaysSinceLastOrder => match test {
                NumberTest::Compare(Compare::Lt | Compare::Lte | Compare::Eq | Compare::Ne, _)
                | NumberTest::NotBetween(..) => None,
                _ => Some(w.rules_quiet_for(&self.bounds(test, false))),
            },
            Attribute::PointsExpiring => match test {
                NumberTest::Compare(Compare::Gt, value) if value.units == 0 => {
                    Some(w.rules_points_expire().to_owned())
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn own_date(self, attribute: &Attribute, test: &DateTest) -> Option<String> {
        let w = self.words;
        match (attribute, test) {
            (Attribute::Birthday, DateTest::AnniversaryWithinNext(span)) => {
                Some(w.rules_birthday_within(&self.span(*span)))
            }
            (Attribute::Birthday, DateTest::InMonth(month)) => {
                Some(w.rules_birthday_in(&self.month(*month)))
            }
            (Attribute::LastOrderOn, DateTest::WithinLast(span)) => {
                Some(w.rules_ordered_within(&self.span(*span)))
            }
            (Attribute::LastOrderOn, DateTest::MoreThanAgo(span)) => {
                Some(w.rules_not_ordered_for(&self.span(*span)))
            }
            _ => None,
        }
    }

    fn own_list(self, attribute: &Attribute, op: ListOp, values: &[String]) -> Option<String> {
        let w = self.words;
        Some(match (attribute, op) {
            (Attribute::Tags, ListOp::AnyOf) => w.rules_tagged(&self.any_of(values)),
            (Attribute::Tags, ListOp::AllOf) => w.rules_tagged_all(&self.all_of(values)),
            (Attribute::Interests, ListOp::AnyOf) => w.rules_interested(&self.any_of(values)),
            (Attribute::Interests, ListOp::AllOf) => w.rules_interested_all(&self.all_of(values)),
            _ => return None,
        })
    }

    pub(super) fn test(self, subject: &str, name: &str, test: &Test, money: bool) -> String {
        let w = self.words;
        match test {
            Test::Set(true) => w.rules_is_set(subject),
            Test::Set(false) => w.rules_is_not_set(subject),
            Test::Text(text) => self.text(subject, name, text),
            Test::Number(number) if name == "day_of_week" => self.weekday(subject, number),
            Test::Number(number) => self.number(subject, number, money),
            Test::Flag(true) => w.rules_is_yes(subject),
            Test::Flag(false) => w.rules_is_no(subject),
            Test::List { op, values } => {
                let values = self.values(name, values);
                match op {
                    ListOp::AnyOf => w.rules_any_of(subject, &self.any_of(&values)),
                    ListOp::AllOf => w.rules_all_of(subject, &self.all_of(&values)),
                    ListOp::NoneOf => w.rules_none_of(subject, &self.any_of(&values)),
                }
            }
            Test::Date(date) => self.date(subject, date),
        }
    }

    pub(super) fn values(self, name: &str, values: &[String]) -> Vec<String> {
        let choice = |value: &String| self.words.choice(name, value);
        values.iter().map(choice).collect()
    }

    fn text(self, subject: &str, name: &str, test: &TextTest) -> String {
        let w = self.words;
        match test {
            TextTest::Compare(op, value) => {
                let value = w.choice(name, value);
                match op {
                    TextOp::Eq => w.rules_is(subject, &self.beside(&value)),
                    TextOp::Ne => w.rules_is_not(subject, &self.beside(&value)),
                    TextOp::Contains => w.rules_contains(subject, &value),
                    TextOp::NotContains => w.rules_not_contains(subject, &value),
                    TextOp::StartsWith => w.rules_starts_with(subject, &value),
                    TextOp::EndsWith => w.rules_ends_with(subject, &value),
                }
            }
            TextTest::In(values) => {
                let values = self.any_of(&self.values(name, values));
                w.rules_is(subject, &self.beside(&values))
            }
            TextTest::NotIn(values) => {
                let values = self.any_of(&self.values(name, values));
                w.rules_is_not(subject, &self.beside(&values))
            }
        }
    }

    /// A value behind a Chinese word: with a blank before letters and figures.
    fn beside(self, value: &str) -> String {
        let apart = value.starts_with(|c: char| c.is_ascii_alphanumeric());
        let blank = if apart { self.either(" ", "") } else { "" };
        crate::join(&[blank, value])
    }

    /// How many work there, where the value is a figure: `1-9 人`.
    fn size(self, value: &str) -> String {
        if value.starts_with(|c: char| c.is_ascii_digit()) {
            self.words.rules_size_people(value)
        } else {
            self.words.choice("company_size", value)
        }
    }

    /// A share of one as people say it: 0.5 is 50%.
    fn share(self, value: Decimal) -> String {
        let mut hundredfold = value;
        match hundredfold.scale.checked_sub(2) {
            Some(scale) => hundredfold.scale = scale,
            None => hundredfold.units = hundredfold.units.saturating_mul(100),
        }
        while hundredfold.scale > 0 && hundredfold.units % 10 == 0 {
            hundredfold.units /= 10;
            hundredfold.scale -= 1;
        }
        crate::join(&[&self.quantity(hundredfold, false), "%"])
    }

    pub(super) fn quantity(self, value: Decimal, money: bool) -> String {
        let plain = value.to_string();
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let mut text = whole
            .parse::<i64>()
            .map_or_else(|_| whole.to_owned(), |n| self.words.number(n));
        if !fraction.is_empty() {
            text.push('.');
            text.push_str(fraction);
        }
        if money {
            crate::join(&[&self.words.currency_unit(self.currency), &text])
        } else {
            text
        }
    }

    /// How a number must be, without what it is of: `至少 3`, `2–5`.
    pub(super) fn bounds(self, test: &NumberTest, money: bool) -> String {
        self.limits(test, &|value| self.quantity(*value, money))
    }

    fn limits(self, test: &NumberTest, value: &dyn Fn(&Decimal) -> String) -> String {
        let w = self.words;
        match test {
            NumberTest::Compare(op, it) => {
                let it = value(it);
                match op {
                    Compare::Eq => w.rules_exactly(&it),
                    Compare::Ne => w.rules_other_than(&it),
                    Compare::Lt => w.rules_less_than(&it),
                    Compare::Lte => w.rules_at_most(&it),
                    Compare::Gt => w.rules_more_than(&it),
                    Compare::Gte => w.rules_at_least(&it),
                }
            }
            NumberTest::Between(low, high) => w.rules_from_to(&value(low), &value(high)),
            NumberTest::NotBetween(low, high) => w.rules_outside(&value(low), &value(high)),
        }
    }

    pub(super) fn number(self, subject: &str, test: &NumberTest, money: bool) -> String {
        self.said(subject, test, &|value| self.quantity(*value, money))
    }

    fn said(self, subject: &str, test: &NumberTest, value: &dyn Fn(&Decimal) -> String) -> String {
        let latin = subject.ends_with(|c: char| c.is_ascii_alphanumeric());
        let blank = match self.words.locale {
            // Before a figure and behind letters, as everywhere; between words not.
            Locale::ZhCn if latin || matches!(test, NumberTest::Between(..)) => " ",
            Locale::ZhCn => "",
            Locale::En => " ",
        };
        crate::join(&[subject, blank, &self.limits(test, value)])
    }

    /// Days of the week by their names.
    fn weekday(self, subject: &str, test: &NumberTest) -> String {
        let w = self.words;
        let name = |day: i64| {
            let names = [
                w.rules_weekday_1(),
                w.rules_weekday_2(),
                w.rules_weekday_3(),
                w.rules_weekday_4(),
                w.rules_weekday_5(),
                w.rules_weekday_6(),
                w.rules_weekday_7(),
            ];
            let at = usize::try_from(day - 1).ok()?;
            names.get(at).map(|name| (*name).to_owned())
        };
        let whole = |value: &Decimal| value.to_scale(0).ok();
        let found = match test {
            NumberTest::Compare(Compare::Eq, day) => whole(day).and_then(name),
            NumberTest::Compare(Compare::Gte, day) if whole(day) == Some(6) => {
                Some(w.rules_weekend().to_owned())
            }
            NumberTest::Compare(Compare::Lte, day) if whole(day) == Some(5) => {
                Some(w.rules_workday().to_owned())
            }
            NumberTest::Between(from, to) => match (whole(from), whole(to)) {
                (Some(6), Some(7)) => Some(w.rules_weekend().to_owned()),
                (Some(1), Some(5)) => Some(w.rules_workday().to_owned()),
                (Some(from), Some(to)) => name(from)
                    .zip(name(to))
                    .map(|(from, to)| w.rules_from_to(&from, &to)),
                _ => None,
            },
            _ => None,
        };
        match found {
            Some(days) => w.rules_is(subject, &days),
            None => self.number(subject, test, false),
        }
    }

    pub(super) fn span(self, span: Span) -> String {
        let n = u64::from(span.n);
        match span.unit {
            Unit::Day => self.words.rules_days(n),
            Unit::Week => self.words.rules_weeks(n),
            Unit::Month => self.words.rules_months(n),
            Unit::Quarter => self.words.rules_quarters(n),
            Unit::Year => self.words.rules_years(n),
        }
    }

    fn month(self, month: u32) -> String {
        Day::from_ymd(2000, month, 1)
            .map(|day| self.words.month_short(day))
            .unwrap_or_default()
    }

    fn date(self, subject: &str, test: &DateTest) -> String {
        let w = self.words;
        match test {
            DateTest::On(day) => w.rules_on(subject, &w.day(*day)),
            DateTest::Before(day) => w.rules_before(subject, &w.day(*day)),
            DateTest::After(day) => w.rules_after(subject, &w.day(*day)),
            DateTest::Between(from, to) => {
                w.rules_between_days(subject, &w.day(*from), &w.day(*to))
            }
            DateTest::WithinLast(span) => w.rules_within_last(subject, &self.span(*span)),
            DateTest::WithinNext(span) => w.rules_within_next(subject, &self.span(*span)),
            DateTest::MoreThanAgo(span) => w.rules_more_than_ago(subject, &self.span(*span)),
            DateTest::AnniversaryWithinNext(span) => {
                w.rules_anniversary(subject, &self.span(*span))
            }
            DateTest::InMonth(month) => w.rules_in_month(subject, &self.month(*month)),
        }
    }
}
