//! A portrait in words: the names of traits and measures, and the three sentences.

use crate::{Locale, Words};
use model::portrait::{MeasureKind, TraitKind};
use model::{Currency, Money};
use protocol::{AgeBand, MeasureView, PortraitView, Trait};

/// Differences of amounts that are this unlikely are called clear.
const CLEAR: f64 = 0.01;

impl Words {
    /// A kind of trait.
    pub fn trait_kind(self, kind: TraitKind) -> &'static str {
        match kind {
            TraitKind::Kind => self.portrait_kind_kind(),
            TraitKind::Gender => self.portrait_kind_gender(),
            TraitKind::Age => self.portrait_kind_age(),
            TraitKind::Country => self.portrait_kind_country(),
            TraitKind::Province => self.portrait_kind_province(),
            TraitKind::City => self.portrait_kind_city(),
            TraitKind::District => self.portrait_kind_district(),
            TraitKind::IncomeBand => self.portrait_kind_income_band(),
            TraitKind::Occupation => self.portrait_kind_occupation(),
            TraitKind::Education => self.portrait_kind_education(),
            TraitKind::Industry => self.portrait_kind_industry(),
            TraitKind::CompanySize => self.portrait_kind_company_size(),
            TraitKind::SourceChannel => self.portrait_kind_source_channel(),
            TraitKind::Owner => self.portrait_kind_owner(),
            TraitKind::Tag => self.portrait_kind_tag(),
            TraitKind::Interest => self.portrait_kind_interest(),
            TraitKind::Custom => self.portrait_kind_custom(),
            TraitKind::Consent => self.portrait_kind_consent(),
            TraitKind::Tier => self.portrait_kind_tier(),
            TraitKind::Category => self.portrait_kind_category(),
            TraitKind::Product => self.portrait_kind_product(),
            TraitKind::Channel => self.portrait_kind_channel(),
            TraitKind::Coupon => self.portrait_kind_coupon(),
            TraitKind::Weekday => self.portrait_kind_weekday(),
            TraitKind::DayPart => self.portrait_kind_day_part(),
        }
    }

    /// The value of a trait as a person reads it.
    pub fn trait_value(self, it: &Trait) -> String {
        let value = it.value.as_str();
        match it.kind {
            TraitKind::Gender => match value {
                "female" => self.portrait_value_women().to_owned(),
                "male" => self.portrait_value_men().to_owned(),
                _ => self.choice("gender", value),
            },
            TraitKind::Kind => self.choice("kind", value),
            TraitKind::Age => {
                let (from, to) = value.split_once('-').unwrap_or((value, ""));
                self.portrait_value_age(&self.band(from, to))
            }
            TraitKind::Consent => match value {
                "email" => self.portrait_consent_email(),
                "sms" => self.portrait_consent_sms(),
                _ => self.portrait_consent_phone(),
            }
            .to_owned(),
            TraitKind::Weekday => self.weekday(value.parse().unwrap_or(1)).to_owned(),
            TraitKind::DayPart => self.day_part(value).to_owned(),
            TraitKind::Custom => {
                let (key, value) = value.split_once('=').unwrap_or((value, ""));
                let value = match value {
                    "true" => self.portrait_value_yes(),
                    value => value,
                };
                self.portrait_value_custom(key, value)
            }
            TraitKind::Tier => it.name.clone().unwrap_or_else(|| value.to_owned()),
            _ => value.to_owned(),
        }
    }

    /// A band of ages: `25–34`.
    pub fn age_band(self, band: &AgeBand) -> String {
        let to = band.to.map(|to| to.to_string()).unwrap_or_default();
        self.band(&band.from.to_string(), &to)
    }

    fn band(self, from: &str, to: &str) -> String {
        match (from, to) {
            ("0", to) => self.portrait_band_first(to),
            (from, "") => self.portrait_band_last(from),
            (from, to) => self.portrait_band(from, to),
        }
    }

    /// A day of the week, 1 is Monday.
    pub fn weekday(self, day: u32) -> &'static str {
        match day {
            1 => self.portrait_day_1(),
            2 => self.portrait_day_2(),
            3 => self.portrait_day_3(),
            4 => self.portrait_day_4(),
            5 => self.portrait_day_5(),
            6 => self.portrait_day_6(),
            _ => self.portrait_day_7(),
        }
    }

    /// A day of the week in little room, 1 is Monday.
    pub fn weekday_short(self, day: u32) -> &'static str {
        match day {
            1 => self.portrait_day_short_1(),
            2 => self.portrait_day_short_2(),
            3 => self.portrait_day_short_3(),
            4 => self.portrait_day_short_4(),
            5 => self.portrait_day_short_5(),
            6 => self.portrait_day_short_6(),
            _ => self.portrait_day_short_7(),
        }
    }

    fn day_part(self, from: &str) -> &'static str {
        match from {
            "0" => self.portrait_part_0(),
            "6" => self.portrait_part_6(),
            "11" => self.portrait_part_11(),
            "14" => self.portrait_part_14(),
            "17" => self.portrait_part_17(),
            _ => self.portrait_part_21(),
        }
    }

    /// A measure.
    pub fn measure_kind(self, kind: MeasureKind) -> &'static str {
        match kind {
            MeasureKind::Spend => self.portrait_measure_spend(),
            MeasureKind::Orders => self.portrait_measure_orders(),
            MeasureKind::AverageOrder => self.portrait_measure_average_order(),
            MeasureKind::DaysSinceLast => self.portrait_measure_days_since_last(),
            MeasureKind::UsualGap => self.portrait_measure_usual_gap(),
            MeasureKind::DaysSinceFirst => self.portrait_measure_days_since_first(),
            MeasureKind::Age => self.portrait_measure_age(),
            MeasureKind::Points => self.portrait_measure_points(),
        }
    }

    /// A value of a measure.
    pub fn measure_value(self, kind: MeasureKind, value: i64, currency: Currency) -> String {
        match kind {
            MeasureKind::Spend | MeasureKind::AverageOrder => self.money(Money(value), currency),
            _ => self.number(value),
        }
    }

    /// How many times as often: `2.3×`.
    pub fn lift(self, it: &Trait) -> String {
        let Some(milli) = it.lift_milli else {
            return self.portrait_lift_only().to_owned();
        };
        // Two decimals where they tell something.
        let hundredths = (milli + 5) / 10;
        let (whole, rest) = (hundredths / 100, hundredths % 100);
        let times = if whole >= 10 || rest == 0 {
            whole.to_string()
        } else if rest % 10 == 0 || whole >= 2 {
            crate::join(&[&whole.to_string(), ".", &(rest / 10).to_string()])
        } else {
            let rest = rest.to_string();
            let zero = if rest.len() == 1 { "0" } else { "" };
            crate::join(&[&whole.to_string(), ".", zero, &rest])
        };
        self.portrait_lift(&times)
    }

    /// A probability of chance: `p = 0.03`, `p < 0.001`.
    pub fn probability(self, p: f64) -> String {
        for (limit, text) in [(0.0001, "0.0001"), (0.001, "0.001")] {
            if p < limit {
                return self.portrait_sure_less(text);
            }
        }
        let thousandths = (p * 1000.0 + 0.5) as u64;
        let digits = thousandths.min(1000);
        let text = if digits == 1000 {
            "1".to_owned()
        } else {
            let digits = digits.to_string();
            let zeros = "000".get(digits.len()..).unwrap_or_default();
            crate::join(&["0.", zeros, &digits])
        };
        self.portrait_sure_p(&text)
    }

    fn in_a_row(self, parts: &[String]) -> String {
        let mut text = String::new();
        for (at, part) in parts.iter().enumerate() {
            text = if at == 0 {
                part.clone()
            } else {
                text.push_str(self.portrait_say_join());
                self.append(text, part)
            };
        }
        text
    }

    /// The portrait in three sentences: who they are, what they spend, what they do.
    pub fn portrait_sentences(self, view: &PortraitView, currency: Currency) -> [String; 3] {
        [
            self.say_who(view),
            self.say_spend(view, currency),
            self.say_does(view),
        ]
    }

    fn say_who(self, view: &PortraitView) -> String {
        let people = self.count(view.members);
        let share = self.share(view.members, view.members + view.others);
        let mut kinds = Vec::new();
        let mut parts = Vec::new();
        for it in view.more.iter().filter(|it| !it.of_rule) {
            let value = self.trait_value(it);
            let what = match it.kind {
                TraitKind::Gender | TraitKind::Age | TraitKind::Kind | TraitKind::Occupation => {
                    self.portrait_say_is(&value)
                }
                TraitKind::Province | TraitKind::City | TraitKind::Country => {
                    self.portrait_say_in(&value)
                }
                TraitKind::IncomeBand => self.portrait_say_income(&value),
                TraitKind::Education => self.portrait_say_education(&value),
                TraitKind::Industry => self.portrait_say_industry(&value),
                TraitKind::Tag => self.portrait_say_tag(&value),
                TraitKind::Interest => self.portrait_say_interest(&value),
                TraitKind::Custom => self.portrait_say_own(&value),
                TraitKind::Tier => self.portrait_say_tier(&value),
                _ => continue,
            };
            // Of each kind the clearest; a place once.
            let kind = match it.kind {
                TraitKind::City | TraitKind::Country => TraitKind::Province,
                kind => kind,
            };
            if kinds.contains(&kind) {
                continue;
            }
            kinds.push(kind);
            parts.push(self.portrait_say_trait(
                &self.share(it.inside, it.inside_of),
                &what,
                &self.share(it.outside, it.outside_of),
            ));
            if parts.len() == 3 {
                break;
            }
        }
        if parts.is_empty() {
            self.portrait_say_who_none(&people, &share)
        } else {
            self.portrait_say_who(&people, &share, &self.in_a_row(&parts))
        }
    }

    fn say_spend(self, view: &PortraitView, currency: Currency) -> String {
        let of = |kind| {
            view.measures
                .iter()
                .find(|it: &&MeasureView| it.kind == kind)
        };
        let (Some(spend), Some(orders)) = (of(MeasureKind::Spend), of(MeasureKind::Orders)) else {
            return self.portrait_say_spend_none().to_owned();
        };
        let share = self.share(
            view.spend.0.max(0).unsigned_abs(),
            view.spend_all.0.max(0).unsigned_abs(),
        );
        let [_, inside, _] = spend.inside;
        let [_, orders_inside, _] = orders.inside;
        let money = |value: i64| self.money(Money(value), currency);
        let (Some([_, outside, _]), Some([_, orders_outside, _])) = (spend.outside, orders.outside)
        else {
            return self.portrait_say_spend_alone(
                &share,
                &money(inside),
                &self.number(orders_inside),
            );
        };
        let clear = spend.p.is_some_and(|p| p < CLEAR);
        let more = match inside.cmp(&outside) {
            std::cmp::Ordering::Greater if clear => self.portrait_say_more(),
            std::cmp::Ordering::Less if clear => self.portrait_say_less(),
            _ => self.portrait_say_alike(),
        };
        self.portrait_say_spend(
            &share,
            &money(inside),
            more,
            &money(outside),
            &self.number(orders_inside),
            &self.number(orders_outside),
        )
    }

    fn say_does(self, view: &PortraitView) -> String {
        let mut kinds = Vec::new();
        let mut parts = Vec::new();
        for it in view.more.iter().filter(|it| !it.of_rule) {
            let (value, lift) = (self.trait_value(it), self.lift(it));
            let part = match it.kind {
                TraitKind::Category | TraitKind::Product => self.portrait_say_buy(&value, &lift),
                TraitKind::Weekday => self.portrait_say_come_day(&value, &lift),
                TraitKind::DayPart => self.portrait_say_come_part(&value, &lift),
                TraitKind::Channel | TraitKind::SourceChannel => {
                    self.portrait_say_channel(&value, &lift)
                }
                TraitKind::Coupon => self.portrait_say_coupon(&value, &lift),
                _ => continue,
            };
            let kind = match it.kind {
                TraitKind::Product => TraitKind::Category,
                TraitKind::SourceChannel => TraitKind::Channel,
                kind => kind,
            };
            if kinds.contains(&kind) {
                continue;
            }
            kinds.push(kind);
            parts.push(part);
            if parts.len() == 3 {
                break;
            }
        }
        if parts.is_empty() {
            self.portrait_say_does_none().to_owned()
        } else {
            self.portrait_say_does(&self.in_a_row(&parts))
        }
    }

    /// Whether the language is Chinese, where names of hours stand without `:00`.
    pub fn is_chinese(self) -> bool {
        self.locale == Locale::ZhCn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Day;

    fn found(kind: TraitKind, value: &str, inside: u64, outside: u64) -> Trait {
        Trait {
            kind,
            value: value.to_owned(),
            name: None,
            inside,
            inside_of: 100,
            outside,
            outside_of: 1_000,
            lift_milli: (outside > 0).then(|| inside * 10_000 / outside),
            p: 0.000_01,
            q: 0.001,
            of_rule: false,
            rule: None,
        }
    }

    fn measured(kind: MeasureKind, inside: i64, outside: i64) -> MeasureView {
        MeasureView {
            kind,
            inside_of: 100,
            outside_of: 1_000,
            inside: [0, inside, 0],
            outside: Some([0, outside, 0]),
            inside_mean: 0,
            outside_mean: None,
            p: Some(0.001),
            superiority_milli: Some(700),
        }
    }

    fn view() -> PortraitView {
        PortraitView {
            as_of: Day(0),
            members: 100,
            others: 1_000,
            spend: Money(30_000),
            spend_all: Money(100_000),
            looked_at: 50,
            more: vec![
                Trait {
                    of_rule: true,
                    ..found(TraitKind::Occupation, "教师", 90, 10)
                },
                found(TraitKind::Gender, "female", 72, 480),
                found(TraitKind::City, "杭州市", 40, 100),
                found(TraitKind::Province, "浙江省", 45, 150),
                found(TraitKind::Category, "咖啡豆", 46, 200),
                found(TraitKind::Weekday, "6", 60, 300),
            ],
            less: Vec::new(),
            regions: Vec::new(),
            categories: Vec::new(),
            channels: Vec::new(),
            measures: vec![
                measured(MeasureKind::Spend, 25_600, 8_000),
                measured(MeasureKind::Orders, 7, 2),
            ],
            fifths: [[0; 2]; 5],
            fifth_limits: Vec::new(),
            gini_milli: None,
            ages: Vec::new(),
            hours: Vec::new(),
            weekdays: Vec::new(),
            week: Vec::new(),
            rule: String::new(),
        }
    }

    #[test]
    fn three_sentences_leave_out_what_the_rule_asks_for() {
        let zh = Words::new(Locale::ZhCn).portrait_sentences(&view(), Currency::CNY);
        assert_eq!(
            zh,
            [
                "这 100 位客户占全部的 9.1%：72% 是女性（其他人 48%），40% 在杭州市（其他人 10%）。",
                "他们带来 30% 的消费；通常每人花 ¥256.00，明显更多（其他人 ¥80.00），通常下 7 单（其他人 2）。",
                "和其他人相比，他们更常买咖啡豆（2.3 倍），更常在周六来（2 倍）。",
            ]
        );
        let en = Words::new(Locale::En).portrait_sentences(&view(), Currency::CNY);
        assert_eq!(
            en[0],
            "These 100 customers are 9.1% of all: 72% are women (others 48%), 40% in 杭州市 (others 10%)."
        );
        assert_eq!(
            en[2],
            "Compared with others, they more often buy 咖啡豆 (2.3×), come more often on Saturday (2×)."
        );
        let told = PortraitView {
            more: vec![
                found(TraitKind::Tier, "金卡", 23, 50),
                found(TraitKind::Interest, "甜品", 47, 100),
                found(TraitKind::Tag, "常客", 14, 10),
            ],
            ..view()
        };
        let zh = Words::new(Locale::ZhCn).portrait_sentences(&told, Currency::CNY);
        assert_eq!(
            zh[0],
            "这 100 位客户占全部的 9.1%：23% 的等级是金卡（其他人 5%），47% 对甜品感兴趣（其他人 10%），14% 带“常客”标签（其他人 1%）。"
        );
        let plain = PortraitView {
            more: Vec::new(),
            measures: Vec::new(),
            ..view()
        };
        let en = Words::new(Locale::En).portrait_sentences(&plain, Currency::CNY);
        assert!(en[0].ends_with("like everybody else."));
        assert_eq!(en[1], "They have not ordered yet.");
        assert!(en[2].ends_with("much like everybody else."));
    }

    #[test]
    fn numbers_of_traits() {
        let words = Words::new(Locale::En);
        for (milli, text) in [
            (Some(2_300), "2.3×"),
            (Some(1_050), "1.05×"),
            (Some(1_200), "1.2×"),
            (Some(12_400), "12×"),
            (Some(500), "0.5×"),
            (None, "only they"),
        ] {
            let it = Trait {
                lift_milli: milli,
                ..found(TraitKind::City, "x", 1, 1)
            };
            assert_eq!(words.lift(&it), text);
        }
        for (p, text) in [
            (0.000_001, "p < 0.0001"),
            (0.000_5, "p < 0.001"),
            (0.0312, "p = 0.031"),
            (0.5, "p = 0.500"),
            (1.0, "p = 1"),
        ] {
            assert_eq!(words.probability(p), text);
        }
        let age = words.trait_value(&found(TraitKind::Age, "65-", 1, 1));
        assert_eq!(age, "65 and over");
    }
}
