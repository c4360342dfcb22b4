//! The portrait of a segment: what its members have in common against everybody else.

use super::{STEP, working};
use crate::{Engine, Unanswered, fault};
use insight::false_discovery;
use model::portrait::{MeasureKind, TraitKind};
use model::rule::{Attribute, Condition, Field, Rule};
use model::{Day, Money};
use protocol::{AgeBand, InsightReply, MeasureView, PortraitView, Trait};
use segment::portrait::{AGE_BANDS, DAY_PARTS, Found, Measured, Portrait, Sketch};
use std::collections::{BTreeMap, BTreeSet};

/// Up to this share of chance findings a trait counts.
const MOST_CHANCE: f64 = 0.05;

/// Fewer members than this say nothing of the rest.
const FEWEST: u64 = 3;

/// So many traits of each side are given.
const TRAITS: usize = 40;

/// So many values of one kind are given, whether they differ or not.
const VALUES: usize = 12;

/// A portrait on its way, or done.
pub(super) struct Job {
    rule: String,
    day: Day,
    state: State,
}

enum State {
    Sketching(Box<Sketch>),
    Done(Box<PortraitView>),
}

impl Engine {
    pub(super) fn portrait(
        &mut self,
        rule: &str,
        day: Day,
        today: Day,
    ) -> Result<InsightReply, Unanswered> {
        let parsed = Rule::parse(rule).map_err(fault::of_rule)?;
        let canonical = parsed.to_json();
        let kept = self.insights.portrait.take();
        let kept = kept.filter(|job| job.rule == canonical && job.day == day);
        let view = self.view(day, today)?;
        let points = view.points().map(|(_, points)| points);
        let columns = view.columns;
        let mut job = match kept {
            Some(job) => job,
            None => {
                let members = view.evaluate(&parsed)?;
                Job {
                    rule: canonical,
                    day,
                    state: State::Sketching(Box::new(Sketch::new(columns, day, members))),
                }
            }
        };
        let reply = match job.state {
            State::Done(done) => {
                let reply = InsightReply::Portrait(done.clone());
                job.state = State::Done(done);
                reply
            }
            State::Sketching(mut sketch) => {
                if sketch.step(columns, points, STEP) {
                    let asked = asked(&parsed, &|id| {
                        let mut saved = view.saved.iter();
                        let saved = saved.find(|it| it.segment.id.to_string() == id)?;
                        saved.rule.as_ref().ok().cloned()
                    });
                    let tiers: BTreeMap<String, String> = view
                        .programs
                        .in_force(day)
                        .map(|version| {
                            let tiers = version.program.tiers.iter();
                            let tiers = tiers.flat_map(|tiers| &tiers.levels);
                            tiers
                                .map(|tier| (tier.id.clone(), tier.name.clone()))
                                .collect()
                        })
                        .unwrap_or_default();
                    let portrait = sketch.finish(columns, points);
                    let done = Box::new(drawn(portrait, day, &job.rule, &asked, &tiers));
                    job.state = State::Done(done.clone());
                    InsightReply::Portrait(done)
                } else {
                    let reply = working(sketch.done(), columns.slots());
                    job.state = State::Sketching(sketch);
                    reply
                }
            }
        };
        self.insights.portrait = Some(job);
        Ok(reply)
    }
}

/// The kinds that a rule asks for itself, segments it names included.
fn asked(rule: &Rule, segments: &dyn Fn(&str) -> Option<Rule>) -> BTreeSet<TraitKind> {
    fn walk(
        rule: &Rule,
        segments: &dyn Fn(&str) -> Option<Rule>,
        depth: usize,
        kinds: &mut BTreeSet<TraitKind>,
    ) {
        match rule {
            Rule::Attribute { attribute, .. } => kinds.extend(kinds_of(attribute)),
            Rule::Orders(test) => kinds.extend(test.conditions.iter().flat_map(kinds_of_condition)),
            Rule::Segment(id) if depth < 16 => {
                if let Some(rule) = segments(id) {
                    walk(&rule, segments, depth + 1, kinds);
                }
            }
            _ => {}
        }
        for child in rule.children() {
            walk(child, segments, depth, kinds);
        }
    }
    let mut kinds = BTreeSet::new();
    walk(rule, segments, 0, &mut kinds);
    kinds
}

/// What an attribute says; a place says the larger ones around it, too.
fn kinds_of(attribute: &Attribute) -> &'static [TraitKind] {
    use TraitKind as Kind;
    match attribute {
        Attribute::Gender => &[Kind::Gender],
        Attribute::Kind => &[Kind::Kind],
        Attribute::Age | Attribute::Birthday => &[Kind::Age],
        Attribute::Country => &[Kind::Country],
        Attribute::Province => &[Kind::Province, Kind::Country],
        Attribute::City => &[Kind::City, Kind::Province, Kind::Country],
        Attribute::District | Attribute::PostalCode => {
            &[Kind::District, Kind::City, Kind::Province, Kind::Country]
        }
        Attribute::IncomeBand => &[Kind::IncomeBand],
        Attribute::Occupation => &[Kind::Occupation],
        Attribute::Education => &[Kind::Education],
        Attribute::Industry => &[Kind::Industry, Kind::Kind],
        Attribute::CompanySize => &[Kind::CompanySize, Kind::Kind],
        Attribute::SourceChannel => &[Kind::SourceChannel],
        Attribute::Owner => &[Kind::Owner],
        Attribute::Tags => &[Kind::Tag],
        Attribute::Interests => &[Kind::Interest],
        Attribute::ConsentEmail | Attribute::ConsentSms | Attribute::ConsentPhone => {
            &[Kind::Consent]
        }
        Attribute::Tier => &[Kind::Tier],
        Attribute::Custom(_) => &[Kind::Custom],
        _ => &[],
    }
}

fn kinds_of_condition(condition: &Condition) -> &'static [TraitKind] {
    use TraitKind as Kind;
    match condition.field {
        Field::Category => &[Kind::Category],
        Field::Product => &[Kind::Product, Kind::Category],
        Field::Channel => &[Kind::Channel],
        Field::Coupon => &[Kind::Coupon],
        Field::DayOfWeek => &[Kind::Weekday],
        Field::Hour => &[Kind::DayPart],
        _ => &[],
    }
}

fn drawn(
    portrait: Portrait,
    day: Day,
    rule: &str,
    asked: &BTreeSet<TraitKind>,
    tiers: &BTreeMap<String, String>,
) -> PortraitView {
    let [members, others] = portrait.customers;
    let p: Vec<f64> = portrait.traits.iter().map(|it| it.shares.p()).collect();
    let traits: Vec<Trait> = portrait
        .traits
        .iter()
        .zip(p.iter().zip(false_discovery(&p)))
        .map(|(found, (p, q))| trait_of(found, *p, q, asked, tiers))
        .collect();
    let clear = |more: bool| clear(&traits, &portrait.traits, more);
    let of_kind = |kinds: &[TraitKind]| of_kind(&traits, kinds);
    let spend_of = portrait
        .measures
        .iter()
        .find(|it| it.kind == MeasureKind::Spend);
    let gini = spend_of.and_then(|it| it.gini);
    let [week, _] = &portrait.week;
    PortraitView {
        as_of: day,
        members,
        others,
        spend: Money(portrait.spend.first().copied().unwrap_or(0)),
        spend_all: Money(
            portrait
                .spend
                .iter()
                .fold(0, |sum, it| it.saturating_add(sum)),
        ),
        looked_at: traits.len() as u64,
        more: clear(true),
        less: clear(false),
        regions: of_kind(&[
            TraitKind::Province,
            TraitKind::City,
            TraitKind::District,
            TraitKind::Country,
        ]),
        categories: of_kind(&[TraitKind::Category, TraitKind::Product]),
        channels: of_kind(&[TraitKind::Channel, TraitKind::SourceChannel]),
        fifths: portrait.fifths,
        fifth_limits: portrait.fifth_limits.iter().map(|&it| Money(it)).collect(),
        gini_milli: gini.map(milli).and_then(|it| u32::try_from(it).ok()),
        ages: ages(&portrait),
        hours: (0..24)
            .map(|hour| when(&portrait, |at| at % 24 == hour))
            .collect(),
        weekdays: (0..7)
            .map(|weekday| when(&portrait, |at| at / 24 == weekday))
            .collect(),
        week: week.to_vec(),
        measures: portrait.measures.into_iter().map(measure).collect(),
        rule: rule.to_owned(),
    }
}

/// What members clearly have more (or less) often, what says most first; what the rule asks for comes last.
fn clear(traits: &[Trait], found: &[Found], more: bool) -> Vec<Trait> {
    let mut clear: Vec<Trait> = traits
        .iter()
        .zip(found)
        .filter(|(it, found)| it.q <= MOST_CHANCE && found.shares.is_more() == more)
        // What one or two members have is theirs and not the segment's.
        .filter(|(it, _)| !more || it.inside >= FEWEST)
        .map(|(it, _)| it.clone())
        .collect();
    clear.sort_by(|a, b| {
        a.of_rule
            .cmp(&b.of_rule)
            .then_with(|| clearness(b).total_cmp(&clearness(a)))
            .then_with(|| (a.kind, &a.value).cmp(&(b.kind, &b.value)))
    });
    clear.truncate(TRAITS);
    clear
}

/// The most frequent values among the members, of the first of these kinds that tells customers apart.
fn of_kind(traits: &[Trait], kinds: &[TraitKind]) -> Vec<Trait> {
    let kind = kinds
        .iter()
        .find(|kind| traits.iter().filter(|it| it.kind == **kind).count() > 1);
    let mut of: Vec<Trait> = traits
        .iter()
        .filter(|it| Some(&it.kind) == kind && it.inside > 0)
        .cloned()
        .collect();
    of.sort_by(|a, b| b.inside.cmp(&a.inside).then_with(|| a.value.cmp(&b.value)));
    of.truncate(VALUES);
    of
}

/// How much a trait says: how far the shares lie apart, and by which factor. A product that is ten times as frequent
/// but rare says less than a city that half of the members share.
fn clearness(it: &Trait) -> f64 {
    let share = |have: u64, of: u64| {
        if of == 0 {
            0.0
        } else {
            have as f64 / of as f64
        }
    };
    let inside = share(it.inside, it.inside_of);
    let outside = share(it.outside, it.outside_of);
    // Half a customer more on the other side keeps the factor finite.
    let least = |of: u64| 0.5 / (of as f64 + 1.0);
    let factor = ((inside + least(it.inside_of)) / (outside + least(it.outside_of))).ln();
    (inside - outside).abs() * factor.abs()
}

fn milli(value: f64) -> u64 {
    (value * 1000.0 + 0.5).max(0.0) as u64
}

fn when(portrait: &Portrait, wanted: impl Fn(usize) -> bool) -> [u64; 2] {
    portrait.week.map(|week| {
        let hours = week.iter().enumerate().filter(|(at, _)| wanted(*at));
        hours.map(|(_, count)| count).sum()
    })
}

fn ages(portrait: &Portrait) -> Vec<AgeBand> {
    if portrait.ages.iter().flatten().flatten().sum::<u64>() == 0 {
        return Vec::new();
    }
    let bands = AGE_BANDS.iter().zip(portrait.ages);
    bands
        .map(|(&(from, to), [inside, outside])| AgeBand {
            from,
            to,
            inside,
            outside,
        })
        .collect()
}

fn measure(it: Measured) -> MeasureView {
    let [inside_of, outside_of] = it.of;
    let [inside, outside] = it.quartiles;
    let [inside_mean, outside_mean] = it.means;
    MeasureView {
        kind: it.kind,
        inside_of,
        outside_of,
        inside: inside.unwrap_or_default(),
        outside,
        inside_mean: inside_mean.unwrap_or(0),
        outside_mean,
        p: it.ranks.map(|ranks| ranks.p),
        superiority_milli: it
            .ranks
            .and_then(|ranks| u32::try_from(milli(ranks.superiority)).ok()),
    }
}

fn trait_of(
    found: &Found,
    p: f64,
    q: f64,
    asked: &BTreeSet<TraitKind>,
    tiers: &BTreeMap<String, String>,
) -> Trait {
    let shares = found.shares;
    let name = match found.kind {
        TraitKind::Tier => tiers.get(&found.value).cloned(),
        _ => None,
    };
    Trait {
        kind: found.kind,
        value: found.value.clone(),
        name,
        inside: shares.inside,
        inside_of: shares.inside_of,
        outside: shares.outside,
        outside_of: shares.outside_of,
        lift_milli: shares.lift().map(milli),
        p,
        q,
        of_rule: asked.contains(&found.kind),
        rule: rule_of(found.kind, &found.value),
    }
}

/// The rule that customers with a trait pass.
fn rule_of(kind: TraitKind, value: &str) -> Option<String> {
    let text = serde_json::to_string(value).ok()?;
    if let Some(attribute) = plain_attribute(kind) {
        return Some(format!(
            "{{\"attr\":\"{attribute}\",\"op\":\"eq\",\"value\":{text}}}"
        ));
    }
    let any_of = |attribute: &str| {
        Some(format!(
            "{{\"attr\":\"{attribute}\",\"op\":\"any_of\",\"value\":[{text}]}}"
        ))
    };
    match kind {
        TraitKind::Tag => any_of("tags"),
        TraitKind::Interest => any_of("interests"),
        TraitKind::Age => {
            let (from, to) = value.split_once('-')?;
            let compare = if to.is_empty() {
                format!("\"op\":\"gte\",\"value\":{from}")
            } else {
                format!("\"op\":\"between\",\"value\":[{from},{to}]")
            };
            Some(format!("{{\"attr\":\"age\",{compare}}}"))
        }
        TraitKind::Consent => Some(format!(
            "{{\"attr\":\"consent.{value}\",\"op\":\"is\",\"value\":true}}"
        )),
        TraitKind::Custom => rule_of_custom(value),
        _ => rule_of_orders(kind, value, &text),
    }
}

/// The attribute of a rule that is compared with the value as it is.
fn plain_attribute(kind: TraitKind) -> Option<&'static str> {
    Some(match kind {
        TraitKind::Kind => "kind",
        TraitKind::Gender => "gender",
        TraitKind::Country => "country",
        TraitKind::Province => "province",
        TraitKind::City => "city",
        TraitKind::District => "district",
        TraitKind::IncomeBand => "income_band",
        TraitKind::Occupation => "occupation",
        TraitKind::Education => "education",
        TraitKind::Industry => "industry",
        TraitKind::CompanySize => "company_size",
        TraitKind::SourceChannel => "source_channel",
        TraitKind::Owner => "owner",
        TraitKind::Tier => "tier",
        _ => return None,
    })
}

fn rule_of_custom(value: &str) -> Option<String> {
    let (key, value) = value.split_once('=')?;
    let attribute = serde_json::to_string(&format!("custom.{key}")).ok()?;
    let value = serde_json::to_string(value).ok()?;
    let compare = format!("{{\"attr\":{attribute},\"op\":\"eq\",\"value\":{value}}}");
    // A flag reads as the text `true` here; as a rule it is yes or no.
    if value == "\"true\"" {
        let flag = format!("{{\"attr\":{attribute},\"op\":\"is\",\"value\":true}}");
        return Some(format!("{{\"any\":[{compare},{flag}]}}"));
    }
    Some(compare)
}

/// The rule that customers pass who bought so; `text` is the value as JSON.
fn rule_of_orders(kind: TraitKind, value: &str, text: &str) -> Option<String> {
    let condition = match kind {
        TraitKind::Weekday => {
            format!("{{\"attr\":\"day_of_week\",\"op\":\"eq\",\"value\":{value}}}")
        }
        TraitKind::DayPart => {
            let from: u32 = value.parse().ok()?;
            let next = DAY_PARTS.iter().find(|&&part| part > from);
            let to = next.map_or(23, |next| next - 1);
            format!("{{\"attr\":\"hour\",\"op\":\"between\",\"value\":[{from},{to}]}}")
        }
        kind => {
            let field = match kind {
                TraitKind::Category => "category",
                TraitKind::Product => "product",
                TraitKind::Channel => "channel",
                TraitKind::Coupon => "coupon",
                _ => return None,
            };
            format!("{{\"attr\":\"{field}\",\"op\":\"eq\",\"value\":{text}}}")
        }
    };
    Some(format!(
        "{{\"orders\":{{\"where\":[{condition}],\"measure\":\"count\",\"op\":\"gte\",\"value\":1}}}}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_trait_is_a_rule() {
        use TraitKind as Kind;
        for (kind, value) in [
            (Kind::Kind, "company"),
            (Kind::Gender, "female"),
            (Kind::Age, "25-34"),
            (Kind::Age, "65-"),
            (Kind::Country, "CN"),
            (Kind::Province, "浙江\"省\\"),
            (Kind::City, "杭州市"),
            (Kind::District, "西湖区"),
            (Kind::IncomeBand, "10k"),
            (Kind::Occupation, "x"),
            (Kind::Education, "x"),
            (Kind::Industry, "x"),
            (Kind::CompanySize, "x"),
            (Kind::SourceChannel, "x"),
            (Kind::Owner, "x"),
            (Kind::Tag, "x"),
            (Kind::Interest, "x"),
            (Kind::Custom, "颜色=红=绿"),
            (Kind::Custom, "vip=true"),
            (Kind::Consent, "sms"),
            (Kind::Tier, "gold"),
            (Kind::Category, "x"),
            (Kind::Product, "x"),
            (Kind::Channel, "x"),
            (Kind::Coupon, "x"),
            (Kind::Weekday, "7"),
            (Kind::DayPart, "21"),
            (Kind::DayPart, "0"),
        ] {
            let rule = rule_of(kind, value).unwrap();
            assert!(Rule::parse(&rule).is_ok(), "{rule}");
        }
    }

    #[test]
    fn what_a_rule_asks_for_is_known() {
        let rule = Rule::parse(
            r#"{"all":[{"attr":"city","op":"eq","value":"x"},{"not":{"segment":"s"}},
            {"orders":{"where":[{"attr":"product","op":"eq","value":"y"}],"measure":"count","op":"gte","value":1}}]}"#,
        );
        let other = Rule::parse(r#"{"attr":"age","op":"gte","value":18}"#).unwrap();
        let found = asked(&rule.unwrap(), &|id| (id == "s").then(|| other.clone()));
        use TraitKind as Kind;
        let expected = [
            Kind::Country,
            Kind::Province,
            Kind::City,
            Kind::Age,
            Kind::Category,
            Kind::Product,
        ];
        assert_eq!(found, BTreeSet::from(expected));
    }
}
