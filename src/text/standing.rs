//! Why a customer has their scores, group and stage, in words.

use crate::Words;
use model::rule::Unit;
use model::{Currency, Money, MoneyBasis, RfmScoring};
use protocol::{LifecycleStage, RfmScale, Standing};

/// The letters of the scores.
pub const LETTERS: [&str; 3] = ["R", "F", "M"];

impl Words {
    /// One of the eight classes by its code.
    pub fn rfm_class(self, code: &str) -> String {
        let key = crate::join(&["class.", code]);
        let found = self.names_find(&key);
        found.map_or_else(|| code.to_owned(), str::to_owned)
    }

    /// Who a class is and what to do with it.
    pub fn rfm_class_means(self, code: &str) -> String {
        let key = crate::join(&["class_means.", code]);
        self.names_find(&key).unwrap_or_default().to_owned()
    }

    /// A span of time that ends with the day, in words: `the last 12 months`.
    pub fn last_span(self, span: model::rule::Span) -> String {
        let count = u64::from(span.n);
        match span.unit {
            Unit::Month => self.scoring_why_within_month(count),
            Unit::Day => self.scoring_why_within_day(count),
            Unit::Year => self.scoring_why_within_month(count * 12),
            Unit::Quarter => self.scoring_why_within_month(count * 3),
            Unit::Week => self.scoring_why_within_day(count * 7),
        }
    }

    /// The value of a measure (0: days, 1: orders, 2: money) with its unit.
    pub fn rfm_value(self, measure: usize, value: i64, currency: Currency) -> String {
        match measure {
            0 => self.scoring_why_days_unit(&self.number(value)),
            1 => self.scoring_why_orders_unit(&self.number(value)),
            _ => self.money(Money(value), currency),
        }
    }

    /// What a score from 1 to 5 covers: `6 to 9 orders`. `None` where no value can have it.
    pub fn rfm_band(
        self,
        scale: &RfmScale,
        measure: usize,
        score: u8,
        currency: Currency,
    ) -> Option<String> {
        let limits = scale.limits.get(measure)?;
        // Of days the fewest score best.
        let place = usize::from(if measure == 0 { 6 - score } else { score });
        let last = limits.len() + 1;
        let place = if scale.averages.is_some() {
            // Two sides only.
            if place > 3 { 2 } else { 1 }
        } else {
            place
        };
        let show = |value: i64| self.rfm_value(measure, value, currency);
        let below = place.checked_sub(2).and_then(|at| limits.get(at)).copied();
        let upper = limits.get(place - 1).copied();
        // The smallest step there is: a day, an order, a minor unit.
        match (below, upper) {
            (Some(below), Some(upper)) if below >= upper => None,
            (Some(below), Some(upper)) if below + 1 == upper => Some(show(upper)),
            (Some(below), Some(upper)) => {
                // The unit once, behind the second.
                let from = match measure {
                    0 | 1 => self.number(below + 1),
                    _ => show(below + 1),
                };
                Some(self.scoring_from_to(&from, &show(upper)))
            }
            (None, Some(upper)) => Some(self.scoring_up_to(&show(upper))),
            (Some(below), None) if place == last => Some(self.scoring_at_least(&show(below + 1))),
            _ => None,
        }
    }

    fn rfm_fact(self, scale: &RfmScale, measure: usize, value: i64, currency: Currency) -> String {
        let options = &scale.options;
        let count = value.unsigned_abs();
        match measure {
            0 if value == 0 => self.scoring_why_today().to_owned(),
            0 => self.scoring_why_days(count),
            1 => match options.frequency_within {
                Some(span) => {
                    self.scoring_why_orders_within(&self.number(value), &self.last_span(span))
                }
                None => self.scoring_why_orders(count),
            },
            _ => {
                let money = self.money(Money(value), currency);
                let fact = match options.basis {
                    MoneyBasis::Total => self.scoring_why_money_total(&money),
                    MoneyBasis::Average => self.scoring_why_money_average(&money),
                    MoneyBasis::Largest => self.scoring_why_money_largest(&money),
                    MoneyBasis::WithoutTax => self.scoring_why_money_without_tax(&money),
                };
                match options.money_within {
                    Some(span) => self.scoring_why_money_within(&fact, &self.last_span(span)),
                    None => fact,
                }
            }
        }
    }

    fn rfm_rank(self, scoring: RfmScoring, measure: usize, score: u8) -> &'static str {
        match (scoring, measure, score) {
            (RfmScoring::Fixed, _, _) => self.scoring_why_fixed(),
            (RfmScoring::Average, _, 5) => self.scoring_why_better(),
            (RfmScoring::Average, _, _) => self.scoring_why_worse(),
            (RfmScoring::Quintile, 0, 5) => self.scoring_why_r5(),
            (RfmScoring::Quintile, 0, 4) => self.scoring_why_r4(),
            (RfmScoring::Quintile, 0, 3) => self.scoring_why_r3(),
            (RfmScoring::Quintile, 0, 2) => self.scoring_why_r2(),
            (RfmScoring::Quintile, 0, _) => self.scoring_why_r1(),
            (RfmScoring::Quintile, _, 5) => self.scoring_why_f5(),
            (RfmScoring::Quintile, _, 4) => self.scoring_why_f4(),
            (RfmScoring::Quintile, _, 3) => self.scoring_why_f3(),
            (RfmScoring::Quintile, _, 2) => self.scoring_why_f2(),
            (RfmScoring::Quintile, _, _) => self.scoring_why_f1(),
        }
    }

    /// The average of a measure as a person reads it, where averages decide.
    pub fn rfm_average(self, scale: &RfmScale, measure: usize, currency: Currency) -> String {
        let Some(milli) = scale.averages.and_then(|it| it.get(measure).copied()) else {
            return String::new();
        };
        if measure == 2 {
            let money = model::money::divide(i128::from(milli), 1000, model::Rounding::HalfUp);
            let money = money.and_then(|it| i64::try_from(it).ok()).unwrap_or(0);
            return self.rfm_value(2, money, currency);
        }
        let tenths = model::money::divide(i128::from(milli), 100, model::Rounding::HalfUp);
        let tenths = tenths.and_then(|it| i64::try_from(it).ok()).unwrap_or(0);
        let whole = self.number(tenths / 10);
        let value = match tenths % 10 {
            0 => whole,
            rest => crate::join(&[&whole, ".", &rest.unsigned_abs().to_string()]),
        };
        match measure {
            0 => self.scoring_why_days_unit(&value),
            _ => self.scoring_why_orders_unit(&value),
        }
    }

    /// Why the scores are what they are, one part for each, and the group they lead to.
    pub fn rfm_reason(self, scale: &RfmScale, standing: &Standing, currency: Currency) -> String {
        let (Some(scores), Some(values)) = (standing.scores, standing.values) else {
            return self.scoring_why_none().to_owned();
        };
        let mut text = String::new();
        for (measure, (score, value)) in scores.into_iter().zip(values).enumerate() {
            let fact = self.rfm_fact(scale, measure, value, currency);
            let rank = self.rfm_rank(scale.options.scoring, measure, score);
            let letter = LETTERS.get(measure).copied().unwrap_or_default();
            let score_text = score.to_string();
            let part = if scale.averages.is_some() {
                let average = self.rfm_average(scale, measure, currency);
                self.scoring_why_part_average(&fact, rank, &average, letter, &score_text)
            } else {
                let band = self.rfm_band(scale, measure, score, currency);
                let band = band.unwrap_or_else(|| self.rfm_value(measure, value, currency));
                self.scoring_why_part(&fact, rank, &band, letter, &score_text)
            };
            text = if measure == 0 {
                part
            } else {
                text.push_str(self.scoring_why_join());
                self.append(text, &part)
            };
        }
        text.push_str(self.scoring_why_end());
        self.append(
            text,
            &match &standing.class {
                Some(class) => self.scoring_why_class(&self.rfm_class(class)),
                None => self.scoring_why_group(&self.rfm_group(&standing.group)),
            },
        )
    }

    /// Why a customer is in their stage.
    pub fn stage_reason(self, standing: &Standing) -> String {
        let Some(quiet) = standing.quiet_days.map(u64::from) else {
            return self.scoring_why_stage_prospect().to_owned();
        };
        let [dormant, churned] = standing.silence.map(|days| days.to_string());
        let reason = match standing.stage {
            LifecycleStage::Prospect => return self.scoring_why_stage_prospect().to_owned(),
            LifecycleStage::New => self.scoring_why_stage_new(quiet),
            LifecycleStage::Active => self.scoring_why_stage_active(quiet, &dormant),
            LifecycleStage::Dormant => self.scoring_why_stage_dormant(quiet, &dormant),
            LifecycleStage::Churned => self.scoring_why_stage_churned(quiet, &churned),
        };
        match standing.usual_gap_days {
            Some(gap) => self.append(self.scoring_why_rhythm(u64::from(gap)), &reason),
            None => reason,
        }
    }

    /// A sentence behind another: with a space between them where the language has one.
    pub(crate) fn append(self, text: String, more: &str) -> String {
        match self.locale {
            crate::Locale::ZhCn => crate::join(&[&text, more]),
            crate::Locale::En => crate::join(&[&text, " ", more]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Locale;
    use model::RfmOptions;

    fn scale() -> RfmScale {
        RfmScale {
            options: RfmOptions::default(),
            limits: [
                vec![12, 40, 90, 200],
                vec![1, 2, 5, 9],
                vec![1_000, 5_000, 20_000, 90_000],
            ],
            averages: None,
        }
    }

    fn standing() -> Standing {
        Standing {
            scores: Some([5, 4, 3]),
            values: Some([3, 8, 12_345]),
            group: "active".to_owned(),
            class: None,
            stage: LifecycleStage::Dormant,
            quiet_days: Some(25),
            usual_gap_days: Some(10),
            silence: [20, 40],
        }
    }

    #[test]
    fn reasons_say_value_place_and_group() {
        let (zh, en) = (Words::new(Locale::ZhCn), Words::new(Locale::En));
        assert_eq!(
            zh.rfm_reason(&scale(), &standing(), Currency::CNY),
            "3 天前下过单，最近的一档（至多 12 天），R 得 5 分；下过 8 单，比较多（6 到 9 单），F 得 4 分；\
             共花 ¥123.45，居中（¥50.01 到 ¥200.00），M 得 3 分。所以在“活跃客户”组。"
        );
        assert_eq!(
            en.rfm_reason(&scale(), &standing(), Currency::CNY),
            "ordered 3 days ago, the most recent fifth (up to 12 days): R 5; 8 orders, quite high \
             (6 to 9 orders): F 4; spent ¥123.45, in the middle (¥50.01 to ¥200.00): M 3. \
             So they are among “Active”."
        );
        assert_eq!(
            zh.stage_reason(&standing()),
            "平时大约每 10 天来一次。已经 25 天没有下单，超过 20 天，所以是沉默客户。"
        );
        let nobody = Standing {
            scores: None,
            values: None,
            quiet_days: None,
            stage: LifecycleStage::Prospect,
            ..standing()
        };
        assert_eq!(
            en.rfm_reason(&scale(), &nobody, Currency::CNY),
            "No order that counts yet, so no scores."
        );
        assert_eq!(en.stage_reason(&nobody), "No order yet, so a prospect.");
    }

    #[test]
    fn averages_name_the_class() {
        let options = RfmOptions {
            scoring: RfmScoring::Average,
            ..RfmOptions::default()
        };
        let scale = RfmScale {
            options,
            limits: [vec![45], vec![2], vec![12_999]],
            averages: Some([45_300, 2_930, 13_000_400]),
        };
        let standing = Standing {
            scores: Some([5, 5, 1]),
            class: Some("general_value".to_owned()),
            ..standing()
        };
        let zh = Words::new(Locale::ZhCn);
        assert_eq!(
            zh.rfm_reason(&scale, &standing, Currency::CNY),
            "3 天前下过单，不比平均差（平均 45.3 天），R 得 5 分；下过 8 单，不比平均差（平均 2.9 单），F 得 5 分；\
             共花 ¥123.45，不及平均（平均 ¥130.00），M 得 1 分。所以是“一般价值客户”。"
        );
        let band = |measure, score| zh.rfm_band(&scale, measure, score, Currency::CNY);
        assert_eq!(band(0, 5).unwrap(), "至多 45 天");
        assert_eq!(band(0, 1).unwrap(), "至少 46 天");
        assert_eq!(band(1, 5).unwrap(), "至少 3 单");
        assert_eq!(band(1, 1).unwrap(), "至多 2 单");
    }

    #[test]
    fn scores_nobody_can_have_have_no_band() {
        let zh = Words::new(Locale::ZhCn);
        let scale = RfmScale {
            limits: [vec![1, 2, 3, 4], vec![1, 1, 2, 4], vec![1, 2, 3, 4]],
            ..scale()
        };
        let band = |score| zh.rfm_band(&scale, 1, score, Currency::CNY);
        assert_eq!(band(1).unwrap(), "至多 1 单");
        assert_eq!(band(2), None);
        assert_eq!(band(3).unwrap(), "2 单");
        assert_eq!(band(4).unwrap(), "3 到 4 单");
        assert_eq!(band(5).unwrap(), "至少 5 单");
    }
}
