//! The café: three years, 2,000 customers, regulars and passers-by, summers with iced coffee, a closed New Year week.

use crate::names::{email, person, phone};
use crate::random::Random;
use crate::{Business, Planted, SampleOrder, SampleRefund};
use model::{
    Birthday, Consent, Currency, CustomField, CustomerDraft, CustomerKind, Day, InteractionDraft,
    Money, OrderDraft, OrderLine, OrderStatus, RefundLine, Zone,
};
use std::collections::BTreeMap;

const CUSTOMERS: u32 = 2_000;
const DAYS: i32 = 3 * 365;
/// Positions from here on stop coming while they were regulars.
const SLIPPING_FROM: u32 = 200;
const SLIPPING: u32 = 24;
const BIRTHDAYS_FROM: u32 = 100;
const BIRTHDAYS: u32 = 7;
const DUPLICATES_FROM: u32 = 1_900;
const DUPLICATES: u32 = 12;

/// First days of the Lunar New Year, when the café closes for five days.
const NEW_YEAR: &[(i32, u32, u32)] = &[
    (2022, 2, 1),
    (2023, 1, 22),
    (2024, 2, 10),
    (2025, 1, 29),
    (2026, 2, 17),
    (2027, 2, 6),
    (2028, 1, 26),
    (2029, 2, 13),
    (2030, 2, 3),
    (2031, 1, 23),
    (2032, 2, 11),
];

/// Product, category, price in fen, weight, months in which it sells double (first, last).
type Product = (&'static str, &'static str, i64, u32, (u32, u32));
const PRODUCTS: &[Product] = &[
    ("美式", "咖啡", 2_200, 14, (11, 12)),
    ("拿铁", "咖啡", 2_800, 20, (11, 12)),
    ("燕麦拿铁", "咖啡", 3_200, 10, (0, 0)),
    ("澳白", "咖啡", 3_000, 7, (0, 0)),
    ("手冲单品", "咖啡", 3_800, 5, (0, 0)),
    ("冰滴冷萃", "咖啡", 3_400, 6, (6, 9)),
    ("柠檬冰美式", "咖啡", 2_600, 6, (6, 9)),
    ("茉莉绿茶", "茶饮", 2_200, 5, (5, 9)),
    ("桂花乌龙", "茶饮", 2_600, 4, (9, 11)),
    ("抹茶拿铁", "茶饮", 3_000, 5, (0, 0)),
    ("可颂", "烘焙", 1_600, 9, (0, 0)),
    ("巴斯克蛋糕", "烘焙", 3_200, 6, (0, 0)),
    ("司康", "烘焙", 1_400, 5, (0, 0)),
    ("全麦贝果", "烘焙", 1_800, 5, (0, 0)),
    ("云南豆 250g", "咖啡豆", 7_800, 2, (0, 0)),
    ("埃塞俄比亚豆 250g", "咖啡豆", 9_800, 2, (0, 0)),
    ("马克杯", "周边", 8_800, 1, (12, 12)),
    ("礼品卡", "礼品卡", 20_000, 1, (1, 2)),
];

/// How somebody comes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Habit {
    #[default]
    Never,
    Once,
    Occasional,
    Regular,
    Loyal,
    /// A regular who left for good half a year ago or earlier.
    Left,
    /// A regular who is quiet since a few weeks.
    Slipping,
}

const PROGRAM: &str = r#"{
  "name": "街角熟客卡", "currency": "CNY", "time_zone": "Asia/Shanghai",
  "earn": [
    {"id":"base","on":"purchase","points":1,"per":"1.00","basis":"net_of_discount","rounding":"floor","round_each":"order"},
    {"id":"gift-cards","on":"purchase","exclude":true,"where":[{"attr":"category","op":"eq","value":"礼品卡"}]},
    {"id":"welcome","on":"signup","points":20},
    {"id":"birthday","on":"birthday","points":50,"known_for_days":30}
  ],
  "stacking": "multiply",
  "pending_days": 0,
  "expiry": {"kind":"months","n":12,"round_up":"month"},
  "redeem": {"points":100,"worth":"5.00","step":100,"min_points":100,"max_share":"0.5"},
  "rewards": [{"id":"latte","name":"免费拿铁一杯","points":500},{"id":"beans","name":"云南豆 250g","points":1200,"stock":40}],
  "refund": "unlimited",
  "tiers": {"measure":"qualifying_points","window":{"kind":"rolling_months","n":12},"upgrade":"at_once","downgrade":"one_down","keep_months":12,
            "levels":[{"id":"regular","name":"熟客","from":0},{"id":"gold","name":"金卡","from":1000,"multiply":"1.25"},{"id":"black","name":"黑卡","from":3000,"multiply":"1.5"}]}
}"#;

/// The café as it stands at the end of `today`.
pub fn cafe(today: Day) -> Business {
    let zone = Zone::parse("Asia/Shanghai").unwrap_or(Zone::UTC);
    let mut random = Random::new(0x5348_554b_4501);
    let mut maker = Maker {
        today,
        zone,
        random: random.clone(),
        planted: Planted::default(),
    };
    let mut customers = Vec::new();
    let mut orders = Vec::new();
    let mut redemptions = Vec::new();
    let mut interactions = Vec::new();
    for position in 0..CUSTOMERS {
        // Each customer has a generator of their own, so that a change to one does not move all others.
        maker.random = Random::new(random.bits());
        let habit = maker.habit(position);
        let start = maker.start(habit);
        let customer = maker.customer(position, start, habit);
        let own = maker.orders(position, start, habit);
        redemptions.extend(maker.redemptions(position, &own));
        interactions.extend(maker.interactions(position, start, &own));
        customers.push(customer);
        orders.extend(own);
    }
    plant_duplicates(&mut customers, &mut maker.planted);
    orders.sort_by_key(|o| (o.order.at, o.customer));
    number(&mut orders, &mut maker.planted, today, zone);
    interactions.sort_by_key(|(position, i)| (i.at, *position));
    redemptions.sort_by_key(|(position, at, _)| (*at, *position));
    Business {
        name: "街角咖啡".to_owned(),
        zone,
        customers,
        orders,
        interactions,
        redemptions,
        program: PROGRAM.to_owned(),
        segments: segments(),
        coupons: crate::coupons::coupons(today),
        planted: maker.planted,
    }
}

fn segments() -> Vec<(String, String)> {
    [
        (
            "静安徐汇的熟客",
            r#"{"all":[{"attr":"district","op":"in","value":["静安区","徐汇区"]},{"orders":{"within":{"last":{"n":90,"unit":"day"}},"measure":"count","op":"gte","value":3}}]}"#,
        ),
        (
            "买豆子的人",
            r#"{"orders":{"where":[{"attr":"category","op":"eq","value":"咖啡豆"}],"within":{"last":{"n":365,"unit":"day"}},"measure":"count","op":"gte","value":1}}"#,
        ),
    ]
    .map(|(name, rule)| (name.to_owned(), rule.to_owned()))
    .to_vec()
}

struct Maker {
    today: Day,
    zone: Zone,
    random: Random,
    planted: Planted,
}

impl Maker {
    fn habit(&mut self, position: u32) -> Habit {
        if (SLIPPING_FROM..SLIPPING_FROM + SLIPPING).contains(&position) {
            self.planted.slipping.push(position);
            return Habit::Slipping;
        }
        if (BIRTHDAYS_FROM..BIRTHDAYS_FROM + BIRTHDAYS).contains(&position) {
            return Habit::Regular;
        }
        // The second record of a pair has one order of its own.
        if (DUPLICATES_FROM..DUPLICATES_FROM + DUPLICATES).contains(&position) {
            return Habit::Once;
        }
        self.random.weighted(&[
            (Habit::Never, 6),
            (Habit::Once, 27),
            (Habit::Occasional, 34),
            (Habit::Regular, 18),
            (Habit::Loyal, 7),
            (Habit::Left, 8),
        ])
    }

    fn start(&mut self, habit: Habit) -> Day {
        // The café grows: of two draws the later one counts more often.
        let draw = |r: &mut Random| r.below(DAYS as u32 - 10) as i32;
        let (a, b) = (draw(&mut self.random), draw(&mut self.random));
        let from_begin = if self.random.chance(1, 3) {
            a.max(b)
        } else {
            a
        };
        let from_begin = match habit {
            Habit::Left => from_begin.min(DAYS - 420),
            Habit::Slipping => from_begin.min(DAYS - 200),
            _ => from_begin,
        };
        self.today.plus_days(from_begin - DAYS)
    }

    fn customer(&mut self, position: u32, start: Day, habit: Habit) -> CustomerDraft {
        let who = person(&mut self.random);
        let r = &mut self.random;
        let company = position % 50 == 17;
        let local = r.chance(8, 10);
        let (province, city, district) = if local {
            (
                "上海市",
                "上海市",
                r.pick(&["静安区", "徐汇区", "黄浦区", "长宁区", "浦东新区", "杨浦区"]),
            )
        } else {
            r.pick(&[
                ("浙江省", "杭州市", "西湖区"),
                ("江苏省", "苏州市", "姑苏区"),
                ("北京市", "北京市", "朝阳区"),
                ("广东省", "深圳市", "南山区"),
            ])
        };
        let mut draft = CustomerDraft {
            external_id: Some(format!("K{:05}", position + 1)),
            name: if company {
                format!(
                    "{}工作室",
                    r.pick(&["木石", "云上", "初见", "方寸", "南北"])
                )
            } else {
                who.name
            },
            kind: if company {
                CustomerKind::Company
            } else {
                CustomerKind::Person
            },
            phone: r.chance(92, 100).then(|| phone(position)),
            email: (!who.chinese || r.chance(40, 100)).then(|| email(position)),
            gender: (!company && r.chance(85, 100)).then_some(who.gender),
            birthday: if company {
                None
            } else {
                self.birthday(position)
            },
            ..CustomerDraft::default()
        };
        draft.country = Some(
            if who.chinese || local {
                "中国"
            } else {
                "其他"
            }
            .to_owned(),
        );
        draft.province = Some(province.to_owned());
        draft.city = Some(city.to_owned());
        draft.district = Some(district.to_owned());
        self.contact(&mut draft, start, habit);
        self.colour(&mut draft, habit, company);
        draft
    }

    /// How they came, what they do and what they agreed to.
    fn contact(&mut self, draft: &mut CustomerDraft, start: Day, habit: Habit) {
        let r = &mut self.random;
        draft.source_channel = Some(
            r.weighted(&[
                ("路过", 40),
                ("朋友推荐", 22),
                ("小红书", 16),
                ("大众点评", 14),
                ("外卖平台", 8),
            ])
            .to_owned(),
        );
        draft.signup_on = (habit != Habit::Never || r.chance(1, 2)).then_some(start);
        draft.occupation = r.chance(1, 2).then(|| {
            r.pick(&[
                "设计师",
                "教师",
                "程序员",
                "医生",
                "学生",
                "律师",
                "自由职业",
                "会计",
            ])
            .to_owned()
        });
        draft.consent = Consent {
            email: draft.email.as_ref().map(|_| r.chance(7, 10)),
            sms: draft.phone.as_ref().map(|_| r.chance(6, 10)),
            phone: None,
        };
    }

    /// Tags, interests and the other things that staff note down.
    fn colour(&mut self, draft: &mut CustomerDraft, habit: Habit, company: bool) {
        let r = &mut self.random;
        if company {
            draft.industry = Some(r.pick(&["设计", "出版", "软件", "建筑"]).to_owned());
            draft.company_size = Some(r.pick(&["1-9", "10-49", "50-249"]).to_owned());
            draft.tags.push("团购".to_owned());
        }
        if matches!(habit, Habit::Loyal | Habit::Slipping) {
            draft.tags.push("常客".to_owned());
            draft.owner = Some(r.pick(&["小林", "阿杰", "Mia"]).to_owned());
        }
        if r.chance(1, 8) {
            draft.tags.push("自带杯".to_owned());
        }
        for interest in ["手冲", "甜品", "读书会", "烘焙课"] {
            if r.chance(1, 6) {
                draft.interests.push(interest.to_owned());
            }
        }
        draft.tags.sort();
        draft.interests.sort();
        if r.chance(1, 12) {
            draft.custom.insert(
                "奶".to_owned(),
                CustomField::Text(r.pick(&["燕麦", "全脂", "脱脂"]).to_owned()),
            );
        }
        if r.chance(1, 20) {
            draft.note = Some(
                r.pick(&["不要肉桂", "喜欢靠窗的位置", "对坚果过敏", "带狗来"])
                    .to_owned(),
            );
        }
    }

    fn birthday(&mut self, position: u32) -> Option<Birthday> {
        let r = &mut self.random;
        let year = self.today.year() - r.between(18, 62) as i32;
        let (month, day) = (r.between(1, 12), r.between(1, 28));
        let known = r.chance(6, 10);
        let with_year = r.chance(9, 10);
        if (BIRTHDAYS_FROM..BIRTHDAYS_FROM + BIRTHDAYS).contains(&position) {
            let on = self.today.plus_days((position - BIRTHDAYS_FROM) as i32);
            self.planted.birthdays.push(position);
            // The 29th of February is not in every year: that customer is known without a year.
            return Birthday::new(Some(year), on.month(), on.day_of_month())
                .or_else(|_| Birthday::new(None, on.month(), on.day_of_month()))
                .ok();
        }
        known
            .then(|| Birthday::new(with_year.then_some(year), month, day).ok())
            .flatten()
    }

    /// Days on which they come, by habit, from `start` on.
    fn visits(&mut self, position: u32, start: Day, habit: Habit) -> Vec<Day> {
        let r = &mut self.random;
        let usual = match habit {
            Habit::Never => return Vec::new(),
            Habit::Once => return vec![start],
            Habit::Occasional => r.between(28, 80),
            Habit::Regular | Habit::Left => r.between(12, 26),
            Habit::Loyal => r.between(5, 9),
            Habit::Slipping => r.between(7, 10),
        } as i32;
        let last = match habit {
            Habit::Left => self.today.plus_days(-(r.between(190, 400) as i32)),
            // Two to six times their gap ago, and not yet beyond 90 days.
            Habit::Slipping => self.today.plus_days(-(30 + (position % 25) as i32)),
            _ => self.today,
        };
        let mut days = Vec::new();
        let mut day = start;
        while day <= last {
            days.push(day);
            // Four of five gaps lie within a third of the usual one; the rest are holidays.
            let third = (usual / 3).max(1) as u32;
            let mut gap = usual - third as i32 + r.below(2 * third + 1) as i32;
            if r.chance(1, 12) && habit != Habit::Slipping {
                gap *= 2;
            }
            day = day.plus_days(gap.max(1));
        }
        if habit == Habit::Slipping {
            days.push(last);
            days.dedup();
        }
        days
    }

    fn orders(&mut self, position: u32, start: Day, habit: Habit) -> Vec<SampleOrder> {
        let mut days = self.visits(position, start, habit);
        days.retain(|day| !closed(*day));
        let mut orders = Vec::with_capacity(days.len());
        for (n, day) in days.into_iter().enumerate() {
            let order = self.order(day, n == 0);
            orders.push(SampleOrder {
                customer: position,
                order,
                refunds: Vec::new(),
            });
        }
        orders
    }

    fn order(&mut self, day: Day, first: bool) -> OrderDraft {
        let r = &mut self.random;
        let hour = r.weighted(&[
            (8u32, 20),
            (9, 18),
            (10, 10),
            (12, 14),
            (13, 9),
            (15, 14),
            (16, 8),
            (18, 5),
            (20, 2),
        ]);
        let minute = i64::from(hour * 60 + r.below(60));
        let mut lines: Vec<OrderLine> = Vec::new();
        for _ in 0..r.weighted(&[(1u32, 60), (2, 30), (3, 10)]) {
            let (product, category, price) = self.product(day.month());
            if lines.iter().any(|line| line.product == product) {
                continue;
            }
            let pieces = i64::from(self.random.weighted(&[(1u32, 85), (2, 12), (4, 3)]));
            lines.push(OrderLine {
                product: product.to_owned(),
                category: Some(category.to_owned()),
                quantity_milli: pieces * 1_000,
                amount: Money(price * pieces),
            });
        }
        let gross: i64 = lines.iter().map(|line| line.amount.0).sum();
        let discount = if first && self.random.chance(1, 2) {
            500
        } else {
            0
        };
        // The discount is taken off the first line, so that the lines add up to what was paid.
        if let Some(line) = lines.first_mut() {
            line.amount.0 -= discount;
        }
        let start = self.zone.start_of(day).0;
        OrderDraft {
            external_id: None,
            at: model::Timestamp(start + minute * 60_000),
            currency: Currency::CNY,
            amount: Money(gross - discount),
            gross: (discount > 0).then_some(Money(gross)),
            tax: None,
            paid_with_points: None,
            status: OrderStatus::Paid,
            channel: Some(
                self.random
                    .weighted(&[("门店", 70), ("小程序", 21), ("外卖", 9)])
                    .to_owned(),
            ),
            coupon: (discount > 0).then(|| "新客立减".to_owned()),
            lines,
        }
    }

    fn product(&mut self, month: u32) -> (&'static str, &'static str, i64) {
        let season = |(from, to): (u32, u32)| (from..=to).contains(&month) && from > 0;
        let weighted: Vec<((&str, &str, i64), u32)> = PRODUCTS
            .iter()
            .map(|(name, category, price, weight, months)| {
                (
                    (*name, *category, *price),
                    if season(*months) { weight * 2 } else { *weight },
                )
            })
            .collect();
        self.random.weighted(&weighted)
    }

    /// Redeems now and then, never more than what the last ten months safely gave.
    fn redemptions(
        &mut self,
        position: u32,
        orders: &[SampleOrder],
    ) -> Vec<(u32, model::Timestamp, i64)> {
        const DAY: i64 = 86_400_000;
        let mut made: Vec<(u32, model::Timestamp, i64)> = Vec::new();
        for order in orders {
            let now = order.order.at.0;
            let earned: i64 = orders
                .iter()
                .filter(|o| (now - 300 * DAY..now - 30 * DAY).contains(&o.order.at.0))
                .filter(|o| o.order.lines.iter().all(|line| line.product != "礼品卡"))
                .map(|o| o.order.amount.0 / 100)
                .sum();
            let spent: i64 = made
                .iter()
                .filter(|(_, at, _)| at.0 > now - 400 * DAY)
                .map(|(_, _, p)| p)
                .sum();
            if (earned * 7 / 10) - spent >= 300 && self.random.chance(1, 6) {
                made.push((position, model::Timestamp(now + 60_000), 200));
            }
        }
        made
    }

    fn interactions(
        &mut self,
        position: u32,
        start: Day,
        orders: &[SampleOrder],
    ) -> Vec<(u32, InteractionDraft)> {
        const NOTES: &[(&str, &str)] = &[
            ("note", "想要一张下午的安静座位"),
            ("call", "来电询问能否预订十杯外带"),
            ("complaint", "拿铁温度不够，已重做并道歉"),
            ("message", "问手冲课的时间，已回复周六下午"),
            ("visit", "带同事来试新豆子，很满意"),
        ];
        let mut made = Vec::new();
        if self.random.chance(1, 9) {
            let (kind, text) = self.random.pick(NOTES);
            let day = orders.last().map_or(start, |o| self.zone.day(o.order.at));
            made.push((position, self.note(day, kind, text)));
        }
        if orders.len() > 5 && self.random.chance(1, 10) {
            let day = self
                .zone
                .day(orders.get(4).map_or(model::Timestamp(0), |o| o.order.at));
            let mut review = self.note(day, "review", "咖啡稳定，店员记得我的名字");
            review.data.insert(
                "rating".to_owned(),
                CustomField::Number(f64::from(self.random.between(4, 5))),
            );
            made.push((position, review));
        }
        made
    }

    fn note(&mut self, day: Day, kind: &str, text: &str) -> InteractionDraft {
        let minute = i64::from(self.random.between(10 * 60, 18 * 60));
        InteractionDraft {
            kind: kind.to_owned(),
            at: model::Timestamp(self.zone.start_of(day).0 + minute * 60_000),
            key: None,
            data: BTreeMap::from([("text".to_owned(), CustomField::Text(text.to_owned()))]),
        }
    }
}

fn closed(day: Day) -> bool {
    NEW_YEAR.iter().any(|(year, month, dom)| {
        Day::from_ymd(*year, *month, *dom)
            .is_some_and(|first| (first.0..first.0 + 5).contains(&day.0))
    })
}

/// Twelve people are in twice: the later record writes the phone without the country's code, or shares the e-mail.
fn plant_duplicates(customers: &mut [CustomerDraft], planted: &mut Planted) {
    for n in 0..DUPLICATES {
        let (first, second) = (n * 31 + 3, DUPLICATES_FROM + n);
        let Some(original) = customers.get(first as usize).cloned() else {
            continue;
        };
        let Some(copy) = customers.get_mut(second as usize) else {
            continue;
        };
        copy.name = original.name.clone();
        copy.kind = original.kind;
        copy.gender = original.gender;
        copy.birthday = None;
        if n % 2 == 0 {
            copy.phone = Some(phone(first).trim_start_matches("+86").to_owned());
            copy.email = None;
        } else {
            copy.phone = None;
            copy.email = Some(email(first));
        }
        if let Some(original) = customers.get_mut(first as usize) {
            original.phone = Some(phone(first));
            original.email = Some(email(first));
        }
        planted.duplicates.push((first, second));
    }
}

/// Gives the orders their numbers in order of time, and some of them refunds.
fn number(orders: &mut [SampleOrder], planted: &mut Planted, today: Day, zone: Zone) {
    let end = zone.start_of(today.plus_days(1)).0 - 1;
    for (n, sample) in orders.iter_mut().enumerate() {
        let id = format!("CF{:06}", n + 1);
        sample.order.external_id = Some(id.clone());
        let back = model::Timestamp((sample.order.at.0 + 2 * 3_600_000).min(end));
        let key = format!("{id}-R1");
        // Whether they have coffee or cake: every refund is of the first line.
        let first = sample
            .order
            .lines
            .first()
            .map(|line| (line.quantity_milli, line.amount));
        match (n % 400, first) {
            (57, Some((quantity_milli, amount))) if sample.order.lines.len() > 1 => {
                let lines = vec![RefundLine {
                    line: 0,
                    quantity_milli,
                }];
                sample.refunds.push(SampleRefund {
                    key,
                    at: back,
                    amount,
                    lines,
                });
                planted.part_refunds.push(id);
            }
            (157, _) => {
                sample.refunds.push(SampleRefund {
                    key,
                    at: back,
                    amount: sample.order.amount,
                    lines: Vec::new(),
                });
                planted.full_refunds.push(id);
            }
            (257, _) => {
                sample.order.status = OrderStatus::Cancelled;
                planted.cancelled.push(id);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Day {
        Day::from_ymd(2026, 11, 22).unwrap()
    }

    #[test]
    fn the_same_day_gives_the_same_bytes() {
        assert_eq!(cafe(today()), cafe(today()));
        assert_ne!(cafe(today()).orders, cafe(today().plus_days(1)).orders);
    }

    #[test]
    fn it_is_a_believable_business() {
        let cafe = cafe(today());
        assert_eq!(cafe.customers.len(), 2_000);
        assert!(
            (15_000..60_000).contains(&cafe.orders.len()),
            "{} orders",
            cafe.orders.len()
        );
        let end = cafe.zone.start_of(today().plus_days(1)).0;
        assert!(
            cafe.orders
                .iter()
                .all(|o| o.order.at.0 < end && o.refunds.iter().all(|r| r.at.0 < end))
        );
        assert!(cafe.orders.is_sorted_by_key(|o| o.order.at));
        for sample in &cafe.orders {
            let lines: i64 = sample.order.lines.iter().map(|line| line.amount.0).sum();
            assert_eq!(lines, sample.order.amount.0);
            assert!(sample.order.amount.0 > 0 && !closed(cafe.zone.day(sample.order.at)));
        }
    }

    #[test]
    fn nothing_of_today_is_later_than_now() {
        let whole = cafe(today());
        let now = model::Timestamp(whole.zone.start_of(today()).0 + 9 * 3_600_000);
        let by = whole.clone().until(now);
        let later = |business: &Business| {
            let orders = business.orders.iter();
            let times = orders.flat_map(|o| o.refunds.iter().map(|r| r.at).chain([o.order.at]));
            let told = business.interactions.iter().map(|(_, i)| i.at);
            let redeemed = business.redemptions.iter().map(|(_, at, _)| *at);
            times
                .chain(told)
                .chain(redeemed)
                .filter(|at| *at > now)
                .count()
        };
        assert!(later(&whole) > 0, "the day is whole before");
        assert_eq!(later(&by), 0);
        let days = |business: &Business| -> Vec<Day> {
            business
                .orders
                .iter()
                .map(|o| business.zone.day(o.order.at))
                .collect()
        };
        assert_eq!(days(&by), days(&whole), "no order changes its day");
        assert!(by.orders.is_sorted_by_key(|o| o.order.at), "nor its place");
    }

    #[test]
    fn what_is_planted_is_there() {
        let cafe = cafe(today());
        let planted = &cafe.planted;
        assert_eq!(planted.duplicates.len(), 12);
        for (first, second) in &planted.duplicates {
            let (a, b) = (
                &cafe.customers[*first as usize],
                &cafe.customers[*second as usize],
            );
            let digits = |c: &CustomerDraft| {
                c.phone
                    .clone()
                    .map(|p| p.trim_start_matches("+86").to_owned())
            };
            assert!(a.name == b.name && (a.email == b.email || digits(a) == digits(b)));
        }
        for position in &planted.slipping {
            let last = cafe
                .orders
                .iter()
                .rfind(|o| o.customer == *position)
                .unwrap();
            assert!(
                (30..=60).contains(&(today().0 - cafe.zone.day(last.order.at).0)),
                "{position}"
            );
        }
        for position in &planted.birthdays {
            let birthday = cafe.customers[*position as usize].birthday.unwrap();
            assert!(birthday.next_on_or_after(today()).0 - today().0 < 7);
        }
        let id = |o: &SampleOrder| o.order.external_id.clone().unwrap();
        let with = |f: &dyn Fn(&SampleOrder) -> bool| {
            cafe.orders
                .iter()
                .filter(|o| f(o))
                .map(id)
                .collect::<Vec<_>>()
        };
        let paid = |o: &SampleOrder| o.refunds.iter().map(|r| r.amount.0).sum::<i64>();
        assert_eq!(
            planted.part_refunds,
            with(&|o| paid(o) > 0 && paid(o) < o.order.amount.0)
        );
        assert_eq!(planted.full_refunds, with(&|o| paid(o) == o.order.amount.0));
        assert_eq!(
            planted.cancelled,
            with(&|o| o.order.status == OrderStatus::Cancelled)
        );
        assert!(planted.part_refunds.len() > 5 && planted.full_refunds.len() > 20);
    }
}
