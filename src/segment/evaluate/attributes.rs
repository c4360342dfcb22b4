//! Tests of one attribute of the customer, over its column.

use super::EvalContext;
use super::number::{DayTest, float_holds};
use super::orders::Number;
use super::text::{Codes, name_passes};
use crate::columns::{
    CONSENT_EMAIL, CONSENT_PHONE, CONSENT_SMS, Columns, CustomColumn, Datum, ListColumn, Missing,
    Total, custom_kind, fold, month_day,
};
use crate::lifecycle::{self, Stage};
use crate::{Bitmap, rfm, scan};
use model::rule::{Attribute, ListOp, Test};
use model::{Birthday, Day};
use std::rc::Rc;

/// A test over columns: which of the candidates pass.
pub(super) type Leaf<'c> = Box<dyn Fn(&Bitmap) -> Bitmap + 'c>;

/// How long a test takes for each candidate, roughly, in nanoseconds: the cheap ones are asked first.
pub(super) fn cost(attribute: &Attribute) -> u32 {
    match attribute {
        Attribute::RfmRecency
        | Attribute::RfmFrequency
        | Attribute::RfmMonetary
        | Attribute::RfmGroup => 50,
        Attribute::ChurnRisk => 100,
        Attribute::Nps | Attribute::Tags | Attribute::Interests => 10,
        // Nearly as many different values as customers.
        Attribute::Name | Attribute::Email | Attribute::Phone => 15,
        Attribute::FirstOrderOn
        | Attribute::CustomerSince
        | Attribute::LastOrderOn
        | Attribute::DaysSinceLastOrder
        | Attribute::OrderCount
        | Attribute::Spend
        | Attribute::AverageOrderValue
        | Attribute::Clv
        | Attribute::Lifecycle => 3,
        _ => 1,
    }
}

/// What the tests are made from.
pub(super) struct Source<'c> {
    pub(super) columns: &'c Columns,
    pub(super) context: &'c EvalContext<'c>,
    pub(super) rfm: &'c dyn Fn() -> Rc<rfm::Rfm>,
    /// Only a few customers are looked at: nothing may be read through for them.
    pub(super) few: bool,
}

impl<'c> Source<'c> {
    pub(super) fn leaf(&self, attribute: &Attribute, test: &'c Test) -> Leaf<'c> {
        let customers = &self.columns.customers;
        match attribute {
            Attribute::Gender => bytes(&customers.gender, &["", "female", "male", "other"], test),
            Attribute::Kind => bytes(&customers.kind, &["", "person", "company"], test),
            Attribute::ConsentEmail => consent(&customers.consent, CONSENT_EMAIL, test),
            Attribute::ConsentSms => consent(&customers.consent, CONSENT_SMS, test),
            Attribute::ConsentPhone => consent(&customers.consent, CONSENT_PHONE, test),
            Attribute::Tags => list(&customers.tags, test, self.few),
            Attribute::Interests => list(&customers.interests, test, self.few),
            Attribute::Birthday => self.birthday(test),
            Attribute::Age => self.age(test),
            Attribute::SignupOn => {
                let days = customers.signup_on.as_slice();
                let passes = self.day_test(test);
                Box::new(move |among| scan::column(among, days, i32::NONE, &passes))
            }
            Attribute::Custom(key) => match customers.custom.get(key) {
                Some(column) => custom(column, test, self.context.as_of, self.few),
                None if *test == Test::Set(false) => Box::new(Bitmap::clone),
                None => never(),
            },
            Attribute::RfmRecency => self.rfm_score(0, test),
            Attribute::RfmFrequency => self.rfm_score(1, test),
            Attribute::RfmMonetary => self.rfm_score(2, test),
            Attribute::RfmGroup => {
                let passing = |cell: u8| name_passes(test, rfm::group(cell).name());
                let table: Vec<bool> = (0..=u8::MAX).map(passing).collect();
                self.rfm_table(table)
            }
            Attribute::PointsBalance => self.points(test, |points| &points.balance),
            Attribute::PointsExpiring => self.points(test, |points| &points.expiring_30),
            Attribute::Tier => self.tier(test),
            Attribute::Nps => self.nps(test),
            Attribute::ChurnRisk => self.churn_risk(test),
            Attribute::FirstOrderOn
            | Attribute::CustomerSince
            | Attribute::LastOrderOn
            | Attribute::DaysSinceLastOrder
            | Attribute::OrderCount
            | Attribute::Spend
            | Attribute::AverageOrderValue
            | Attribute::Clv
            | Attribute::Lifecycle => self.of_totals(attribute, test),
            _ => match customers.text_column(attribute) {
                Some(column) => {
                    let few = self.few;
                    Box::new(move |among| {
                        // Of the names of a hundred thousand only those are read that are asked about.
                        let few = few || among.count() < column.dict.len() as u64 / 2;
                        let codes = Codes::passing(&column.dict, test, few);
                        scan_codes(among, column.codes.values(), &codes)
                    })
                }
                None => never(),
            },
        }
    }

    /// A test of a day in a column of days.
    fn day_test(&self, test: &Test) -> Box<dyn Fn(i32) -> bool> {
        match test {
            Test::Set(set) => {
                let set = *set;
                Box::new(move |day| (day != i32::NONE) == set)
            }
            Test::Date(test) => match DayTest::of(*test, self.context.as_of) {
                DayTest::Interval(Day(low), Day(high)) => {
                    Box::new(move |day| day != i32::NONE && low <= day && day <= high)
                }
                test => Box::new(move |day| day != i32::NONE && test.holds(Day(day))),
            },
            _ => Box::new(|_| false),
        }
    }

    fn birthday(&self, test: &Test) -> Leaf<'c> {
        let customers = &self.columns.customers;
        let days = customers.birth_month_day.as_slice();
        let years = customers.birth_year.as_slice();
        match test {
            Test::Set(set) => {
                let set = *set;
                Box::new(move |among| scan::column(among, days, 0, |day| (day != 0) == set))
            }
            Test::Date(test) => match DayTest::of(*test, self.context.as_of) {
                DayTest::Interval(low, high) => {
                    let (low, high) = (year_month_day(low), year_month_day(high));
                    Box::new(move |among| {
                        scan::slots(among, |slot| {
                            let (Some(&year), Some(&day)) = (years.get(slot), days.get(slot))
                            else {
                                return false;
                            };
                            let born = i64::from(year) * 512 + i64::from(day);
                            year != i32::NONE && day != 0 && low <= born && born <= high
                        })
                    })
                }
                test => {
                    let table = by_month_day(|it| test.holds_yearly(it) == Some(true));
                    Box::new(move |among| {
                        scan::column(among, days, 0, |day| {
                            table.get(day as usize).copied().unwrap_or(false)
                        })
                    })
                }
            },
            _ => never(),
        }
    }

    /// Ages are not worked out: each is a range of birthdays, and those are compared.
    fn age(&self, test: &Test) -> Leaf<'c> {
        let Some(test) = Number::of(test, 0) else {
            return never();
        };
        let customers = &self.columns.customers;
        let days = customers.birth_month_day.as_slice();
        let years = customers.birth_year.as_slice();
        let as_of = self.context.as_of;
        let this_year = as_of.year();
        // The last day of a year of birth whose birthday this year is not still to come.
        let reached = by_month_day(|it| it.in_year(this_year) <= as_of);
        let reached = reached.iter().rposition(|&it| it).unwrap_or(0) as i64;
        // Born up to this: of that age or older.
        let oldest =
            |age: i64| i64::from(this_year).saturating_sub(age).saturating_mul(512) + reached;
        let born_by = oldest(0).clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
        let (low, high, inside) = match test {
            Number::Set(set) => (i32::MIN, born_by, set),
            Number::In(range) => {
                let (low, high, inside) = range.bounds();
                let most = i64::from(i32::MAX);
                let from = oldest(high.clamp(-1, most) + 1).saturating_add(1);
                let until = oldest(low.clamp(0, most));
                let cut = |key: i64| key.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
                (cut(from), cut(until), inside)
            }
        };
        let must_be_known = !matches!(test, Number::Set(_));
        Box::new(move |among| {
            scan::columns(among, (years, days), (i32::NONE, 0), |year, day| {
                let born = year.wrapping_mul(512).wrapping_add(day as i32);
                let known = (year != i32::NONE) & (day != 0) & (born <= born_by);
                let within = (low <= born) & (born <= high);
                if must_be_known {
                    known & (within == inside)
                } else {
                    known == inside
                }
            })
        })
    }

    /// A test of what follows from all orders of each customer.
    fn scan_totals(&self, passes: impl Fn(Total, usize) -> bool + 'c) -> Leaf<'c> {
        let orders = &self.columns.orders;
        let as_of = self.context.as_of.0;
        // Where nothing happened after the day asked for, the totals at hand are those of the day.
        if !self.few && orders.totals.all_by(as_of) {
            let totals = &orders.totals;
            return Box::new(move |among| {
                scan::slots(among, |slot| passes(totals.get(slot), slot))
            });
        }
        Box::new(move |among| scan::slots(among, |slot| passes(orders.total(slot, as_of), slot)))
    }

    fn of_totals(&self, attribute: &Attribute, test: &'c Test) -> Leaf<'c> {
        let as_of = self.context.as_of.0;
        let decimals = self.columns.currency().decimals();
        let scale = match attribute {
            Attribute::Spend | Attribute::AverageOrderValue | Attribute::Clv => decimals,
            _ => 0,
        };
        let costs = &self.columns.customers.acquisition_cost;
        match attribute {
            Attribute::FirstOrderOn => {
                let passes = self.day_test(test);
                return self.scan_totals(move |total, _| passes(total.first));
            }
            Attribute::CustomerSince => {
                let passes = self.day_test(test);
                let columns = self.columns;
                return self.scan_totals(move |total, slot| {
                    let first = (total.count > 0).then_some(Day(total.first));
                    let signup = columns.signup_on(slot as u32);
                    let since = signup.or(first).or_else(|| columns.created_on(slot as u32));
                    passes(since.map_or(i32::NONE, |day| day.0))
                });
            }
            Attribute::LastOrderOn => {
                let passes = self.day_test(test);
                return self.scan_totals(move |total, _| passes(total.last));
            }
            Attribute::Lifecycle => return self.lifecycle(test),
            _ => {}
        }
        let Some(test) = Number::of(test, scale) else {
            return never();
        };
        match attribute {
            Attribute::DaysSinceLastOrder => self.scan_totals(move |total, _| {
                let days = i64::from(as_of) - i64::from(total.last);
                test.holds((total.count > 0).then_some(days))
            }),
            Attribute::OrderCount => {
                self.scan_totals(move |total, _| test.holds(Some(i64::from(total.count))))
            }
            Attribute::Spend => self.scan_totals(move |total, _| test.holds(Some(total.spend))),
            Attribute::AverageOrderValue => self.scan_totals(move |total, _| {
                test.holds(crate::columns::average(total.spend, total.converted))
            }),
            Attribute::Clv => self.scan_totals(move |total, slot| {
                let cost = Some(costs.get(slot)).filter(|&cost| cost != i64::NONE);
                let value = total.spend.saturating_sub(cost.unwrap_or(0));
                test.holds((total.count > 0).then_some(value))
            }),
            _ => never(),
        }
    }

    fn lifecycle(&self, test: &Test) -> Leaf<'c> {
        let table = Stage::ALL.map(|stage| name_passes(test, stage.name()));
        let as_of = self.context.as_of;
        let thresholds = self.context.derived.lifecycle;
        let columns = self.columns;
        Box::new(move |among| {
            let stages = lifecycle::Stages::new(columns, as_of, thresholds);
            scan::slots(among, |slot| {
                let stage = stages.of(slot);
                table.get(stage as usize).copied().unwrap_or(false)
            })
        })
    }

    fn rfm_score(&self, which: usize, test: &Test) -> Leaf<'c> {
        let Some(test) = Number::of(test, 0) else {
            return never();
        };
        let passing = |cell: u8| {
            let score = rfm::scores(cell).and_then(|scores| scores.get(which).copied());
            test.holds(score.map(i64::from))
        };
        self.rfm_table((0..=u8::MAX).map(passing).collect())
    }

    fn rfm_table(&self, table: Vec<bool>) -> Leaf<'c> {
        let rfm = (self.rfm)();
        Box::new(move |among| {
            scan::column(among, &rfm.cells, rfm::NO_CELL, |cell| {
                table.get(usize::from(cell)).copied().unwrap_or(false)
            })
        })
    }

    fn points(
        &self,
        test: &Test,
        column: impl Fn(&super::LoyaltyColumns) -> &Vec<i64>,
    ) -> Leaf<'c> {
        let Some(test) = Number::of(test, 0) else {
            return never();
        };
        let points = self.context.derived.points.as_ref();
        let values: &'c [i64] = points.map_or(&[], |points| column(points));
        Box::new(move |among| scan::slots(among, |slot| test.holds(values.get(slot).copied())))
    }

    fn tier(&self, test: &'c Test) -> Leaf<'c> {
        let Some(points) = self.context.derived.points.as_ref() else {
            return match test {
                Test::Set(false) => Box::new(Bitmap::clone),
                _ => never(),
            };
        };
        let ids = points.tier_ids.iter();
        let table: Vec<bool> = ids.map(|id| name_passes(test, &fold(id))).collect();
        let none = *test == Test::Set(false);
        Box::new(move |among| {
            scan::column(among, &points.tier, u16::MAX, |tier| {
                table.get(usize::from(tier)).copied().unwrap_or(none)
            })
        })
    }

    /// The last answer, up to the day asked for, to a survey that has one.
    fn nps(&self, test: &'c Test) -> Leaf<'c> {
        let columns = self.columns;
        let surveys = Codes::matching(&columns.terms, |kind| kind == "survey", self.few);
        let key = columns.events.keys.code("nps").unwrap_or(u32::MAX);
        let as_of = self.context.as_of;
        Box::new(move |among| {
            scan::slots(among, |slot| {
                float_test(test, last_answer(columns, (&surveys, key), slot, as_of))
            })
        })
    }

    fn churn_risk(&self, test: &Test) -> Leaf<'c> {
        let Some(test) = Number::of(test, 6) else {
            return never();
        };
        let columns = self.columns;
        let as_of = self.context.as_of;
        Box::new(move |among| {
            let days = std::cell::RefCell::new(Vec::new());
            scan::slots(among, |slot| {
                test.holds(churn_risk_of(columns, slot, as_of, &mut days.borrow_mut()))
            })
        })
    }
}

/// The last answer of a customer to "would you recommend us".
pub(super) fn nps_of(columns: &Columns, slot: usize, as_of: Day) -> Option<f64> {
    let surveys = Codes::matching(&columns.terms, |kind| kind == "survey", true);
    let key = columns.events.keys.code("nps")?;
    last_answer(columns, (&surveys, key), slot, as_of)
}

/// The last answer of a slot: by the codes of surveys and of the datum.
fn last_answer(
    columns: &Columns,
    (surveys, key): (&Codes, u32),
    slot: usize,
    as_of: Day,
) -> Option<f64> {
    let events = &columns.events;
    events.blocks.rows(slot).rev().find_map(|row| {
        let it = events.rows.get(row);
        if it.day > as_of.0 || !surveys.contains(it.kind) {
            return None;
        }
        match events.datum(row, key)? {
            Datum::Number(answer) => Some(answer),
            Datum::Flag(_) | Datum::Text(_) => None,
        }
    })
}

/// Risk of churn in millionths; `None` without a usual gap. `days` is memory to work in.
pub(super) fn churn_risk_of(
    columns: &Columns,
    slot: usize,
    as_of: Day,
    days: &mut Vec<Day>,
) -> Option<i64> {
    columns.order_days(slot as u32, as_of, days);
    let gap = insight::usual_gap_days(days)?;
    let quiet = as_of.0.abs_diff(days.last()?.0);
    Some(i64::from(insight::churn_risk_millionths(gap, quiet)))
}

fn float_test(test: &Test, value: Option<f64>) -> bool {
    match (test, value) {
        (Test::Number(test), Some(value)) => float_holds(test, value),
        (Test::Set(set), value) => *set == value.is_some(),
        _ => false,
    }
}

fn never<'c>() -> Leaf<'c> {
    Box::new(|among| Bitmap::empty(among.len()))
}

fn scan_codes(among: &Bitmap, values: &[u32], codes: &Codes) -> Bitmap {
    match codes {
        Codes::None => Bitmap::empty(among.len()),
        Codes::One(one) => scan::column(among, values, 0, |code| code == *one),
        Codes::Four([a, b, c, d]) => scan::column(among, values, 0, |code| {
            // Without short cuts, so that the four comparisons are done for many codes at once.
            (code == *a) | (code == *b) | (code == *c) | (code == *d)
        }),
        Codes::Table(table) => scan::column(among, values, 0, |code| {
            table.get(code as usize).copied().unwrap_or(false)
        }),
        Codes::Asked(..) => scan::slots(among, |slot| {
            codes.contains(values.get(slot).copied().unwrap_or(0))
        }),
    }
}

/// A column of a few fixed names; the first is no value.
fn bytes<'c>(values: &'c [u8], names: &[&str], test: &Test) -> Leaf<'c> {
    let passing = |(at, name): (usize, &&str)| match at {
        0 => *test == Test::Set(false),
        _ => name_passes(test, name),
    };
    let table: Vec<bool> = names.iter().enumerate().map(passing).collect();
    let mut hits = (0u8..).zip(&table).filter(|&(_, &hit)| hit);
    if let (Some((only, _)), None) = (hits.next(), hits.next()) {
        return Box::new(move |among| scan::column(among, values, 0, |value| value == only));
    }
    Box::new(move |among| {
        scan::column(among, values, 0, |value| {
            table.get(usize::from(value)).copied().unwrap_or(false)
        })
    })
}

fn consent<'c>(values: &'c [u8], shift: u8, test: &Test) -> Leaf<'c> {
    // By the two bits: never asked, no, yes.
    let table = match test {
        Test::Flag(flag) => [false, !flag, *flag, false],
        Test::Set(set) => [!set, *set, *set, false],
        _ => [false; 4],
    };
    let [unasked, no, yes, _] = table;
    let code = match (unasked, no, yes) {
        (true, _, _) => 0,
        (_, true, true) => {
            return Box::new(move |among| {
                scan::column(among, values, 0, |it| it >> shift & 3 != 0)
            });
        }
        (_, true, _) => 1,
        (_, _, true) => 2,
        _ => return never(),
    };
    Box::new(move |among| scan::column(among, values, 0, |it| it >> shift & 3 == code))
}

fn list<'c>(column: &'c ListColumn, test: &Test, few: bool) -> Leaf<'c> {
    let (op, words) = match test {
        Test::Set(set) => {
            let set = *set;
            return Box::new(move |among| {
                scan::slots(among, |slot| column.of(slot).is_empty() != set)
            });
        }
        Test::List { op, values } => (*op, values),
        _ => return never(),
    };
    let words: Vec<Codes> = words
        .iter()
        .map(|word| {
            let word = fold(word).into_owned();
            Codes::matching(&column.dict, move |folded| folded == word, few)
        })
        .collect();
    Box::new(move |among| {
        scan::slots(among, |slot| {
            let codes = column.of(slot);
            let has = |word: &Codes| codes.iter().any(|&code| word.contains(code));
            match op {
                ListOp::AnyOf => words.iter().any(has),
                ListOp::AllOf => words.iter().all(has),
                ListOp::NoneOf => !codes.is_empty() && !words.iter().any(has),
            }
        })
    })
}

fn custom<'c>(column: &'c CustomColumn, test: &'c Test, as_of: Day, few: bool) -> Leaf<'c> {
    let kind_of = |slot: usize| column.kinds.get(slot);
    let texts = |codes: Codes<'c>| -> Leaf<'c> {
        Box::new(move |among| {
            scan::slots(among, |slot| {
                column.kinds.get(slot) == custom_kind::TEXT
                    && codes.contains(column.values.get(slot) as u32)
            })
        })
    };
    match test {
        Test::Set(set) => Box::new(move |among| {
            scan::slots(among, |slot| (kind_of(slot) != custom_kind::NONE) == *set)
        }),
        Test::Flag(flag) => Box::new(move |among| {
            scan::slots(among, |slot| {
                kind_of(slot) == custom_kind::FLAG && (column.values.get(slot) == 1) == *flag
            })
        }),
        Test::Number(test) => Box::new(move |among| {
            scan::slots(among, |slot| {
                kind_of(slot) == custom_kind::NUMBER
                    && float_holds(test, f64::from_bits(column.values.get(slot)))
            })
        }),
        Test::Text(_) => texts(Codes::passing(&column.dict, test, few)),
        Test::Date(test) => {
            let test = DayTest::of(*test, as_of);
            let passes = move |text: &str| text.parse().is_ok_and(|day| test.holds(day));
            texts(Codes::matching(&column.dict, passes, few))
        }
        Test::List { .. } => never(),
    }
}

/// A day as a number that can be compared with `year * 512 + month * 32 + day`.
fn year_month_day(day: Day) -> i64 {
    match day {
        Day(i32::MAX) => i64::MAX,
        day if day.0 <= i32::MIN + 1 => i64::MIN,
        day => i64::from(day.year()) * 512 + i64::from(month_day(day.month(), day.day_of_month())),
    }
}

/// A table by month and day of birth; `false` for what is no birthday.
fn by_month_day(passes: impl Fn(Birthday) -> bool) -> Vec<bool> {
    (0..13 * 32)
        .map(|at: u32| Birthday::new(None, at / 32, at % 32).is_ok_and(&passes))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edges_of_time_compare_as_days() {
        assert!(year_month_day(Day(0)) < year_month_day(Day(1)));
        assert!(year_month_day(Day(i32::MIN + 1)) < year_month_day(Day(-100_000)));
        assert!(year_month_day(Day(i32::MAX)) > year_month_day(Day(100_000)));
    }
}
