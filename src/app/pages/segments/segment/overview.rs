//! How many a segment's members are, how it comes about, and who they are.

use super::Subject;
use crate::as_of::{AsOf, with_day};
use crate::named::SetNames;
use crate::pages::data::quality_note;
use crate::router::Route;
use crate::state::{use_ask, use_currency, use_today, use_words};
use model::rule::Rule;
use model::{Currency, Day, Money};
use protocol::Analysis;
use protocol::{ExampleMember, Query, Reply, RulePreview, SegmentQuery, SegmentReply};
use text::Words;
use ui::chart::Figure;
use ui::prelude::*;
use ui::{Amount, StatNumber};

/// What the parts need.
#[derive(Clone, Copy)]
struct Say {
    words: Words,
    currency: Currency,
    today: Day,
    names: SetNames,
}

/// The tab.
#[component]
pub fn Overview(
    /// The segment.
    subject: Subject,
    /// The names of what its rule names.
    names: SetNames,
) -> impl IntoView {
    let say = Say {
        words: use_words(),
        currency: use_currency(),
        today: use_today(),
        names,
    };
    let (rule, own, as_of) = (subject.rule.clone(), subject.id, subject.as_of);
    let content = use_ask(move || {
        Query::Segment(SegmentQuery::Preview {
            rule: rule.clone(),
            own,
            as_of,
        })
    })
    .view("tiles", move |reply| match reply {
        Reply::Segment(reply) => match &**reply {
            SegmentReply::Preview(preview) => shown(say, &subject, preview),
            _ => ().into_any(),
        },
        _ => ().into_any(),
    });
    view! { <AsOf/> {quality_note(Analysis::Segments)} {content} }.into_any()
}

fn shown(say: Say, subject: &Subject, preview: &RulePreview) -> AnyView {
    view! {
        <div class="page">
            {numbers(say, subject, preview)}
            <div class="segment-columns">
                {funnel(say, subject, preview)}
                {examples(say, subject, preview)}
            </div>
        </div>
    }
    .into_any()
}

fn numbers(say: Say, subject: &Subject, preview: &RulePreview) -> AnyView {
    let words = say.words;
    let count = &preview.count;
    let spend = words.money_parts(count.spend, say.currency);
    let members = i64::try_from(count.count).unwrap_or(i64::MAX);
    // Rounded towards zero: a glance at the size of it.
    let each = (members > 0).then(|| Money(count.spend.0 / members.max(1)));
    let (each_unit, each) = each.map_or_else(
        || (String::new(), "–".to_owned()),
        |each| {
            let parts = words.money_parts(each, say.currency);
            ([parts.sign, &parts.unit].concat(), parts.digits)
        },
    );
    let unconverted = (count.unconverted > 0).then(|| {
        let text = words.segments_unconverted(count.unconverted);
        view! { <p class="side-note">{text}</p> }
    });
    view! {
        <div class="stats">
            <StatNumber
                label=words.segments_members()
                value=words.count(count.count)
                note=words.segments_of_all(&words.share(count.count, count.of))
                href=subject.members_href()
                definition=words.segment_members_means()
                definition_label=words.segment_means()
            />
            <StatNumber
                label=words.segments_spend()
                unit=[spend.sign, &spend.unit].concat()
                value=spend.digits
                definition=words.segment_spend_means()
                definition_label=words.segment_means()
            />
            <StatNumber
                label=words.builder_each()
                unit=each_unit
                value=each
                definition=words.segment_each_means()
                definition_label=words.segment_means()
            />
        </div>
        {unconverted}
    }
    .into_any()
}

/// What each condition of the outermost group does.
fn funnel(say: Say, subject: &Subject, preview: &RulePreview) -> AnyView {
    let words = say.words;
    let Ok(rule) = Rule::parse(&preview.rule) else {
        return ().into_any();
    };
    let (nodes, name): (&[Rule], &str) = match &rule {
        Rule::All(nodes) => (nodes, "all"),
        Rule::Any(nodes) => (nodes, "any"),
        other => (std::slice::from_ref(other), ""),
    };
    let of = preview.count.of;
    let mut rows = Vec::new();
    let mut views: Vec<AnyView> = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        let path = if name.is_empty() {
            String::new()
        } else {
            [name, "[", &at.to_string(), "]"].concat()
        };
        let Some(count) = preview.nodes.iter().find(|it| it.path == path) else {
            continue;
        };
        let text = words.rule_named(&node.to_json(), say.currency, &|id| say.names.name(id));
        let after = count.after.unwrap_or(count.alone);
        rows.push(vec![
            text.clone(),
            words.count(count.alone),
            words.count(after),
        ]);
        views.push(funnel_row(say, text, after, of, count.strongest));
    }
    if views.is_empty() {
        return ().into_any();
    }
    let head = vec![
        words.segments_rule().to_owned(),
        words.segment_funnel_alone().to_owned(),
        words.segment_funnel_after().to_owned(),
    ];
    view! {
        <section class="section">
            <h2>{words.segment_funnel()}</h2>
            <Figure title=String::new() table_label=words.segment_funnel_table() head rows>
                <ol class="segment-funnel">{views}</ol>
            </Figure>
            <p><a href=subject.href("rule")>{words.segment_funnel_edit()}</a></p>
        </section>
    }
    .into_any()
}

fn funnel_row(say: Say, text: String, after: u64, of: u64, strongest: bool) -> AnyView {
    let words = say.words;
    let share = u128::from(after) * 100 / u128::from(of.max(1));
    let width = [&share.max(u128::from(after > 0)).to_string(), "%"].concat();
    view! {
        <li>
            <span>{text} {strongest.then(|| view! { <small class="effect-mark" data-tone="good">{words.segment_funnel_strongest()}</small> })}</span>
            <svg class="funnel" width="100%" height="8" aria-hidden="true">
                <rect class="all" x="0" y="0" width="100%" height="8" rx="4"></rect>
                <rect class="left" x="0" y="0" width=width height="8" rx="4"></rect>
            </svg>
            <strong>{words.count(after)}</strong>
        </li>
    }
    .into_any()
}

fn examples(say: Say, subject: &Subject, preview: &RulePreview) -> AnyView {
    let words = say.words;
    if preview.examples.is_empty() {
        return view! {
            <section class="section">
                <h2>{words.builder_examples()}</h2>
                <p class="quiet-text">{words.segment_nobody()}</p>
            </section>
        }
        .into_any();
    }
    let rows: Vec<AnyView> = preview
        .examples
        .iter()
        .map(|it| example(say, subject, it))
        .collect();
    view! {
        <section class="section">
            <h2>{words.segment_best()}</h2>
            <ul class="side-people">{rows}</ul>
            <p><a href=subject.members_href()>{words.segment_all_members(preview.count.count)}</a></p>
        </section>
    }
    .into_any()
}

fn example(say: Say, subject: &Subject, it: &ExampleMember) -> AnyView {
    let words = say.words;
    let name = if it.name.is_empty() {
        words.builder_nameless().to_owned()
    } else {
        it.name.clone()
    };
    let spend = words.money_parts(it.spend, say.currency);
    let mut about: Vec<String> = it.city.iter().cloned().collect();
    about.push(words.builder_orders_count(it.order_count));
    about.extend(it.last_order_on.map(|day| words.relative(day, say.today)));
    let href = with_day(Route::Customer(it.id).href(), subject.as_of);
    view! {
        <li>
            <a href=href>{name}</a>
            <span class="quiet-text">{about.join(" · ")}</span>
            <Amount unit=[spend.sign, &spend.unit].concat() digits=spend.digits/>
        </li>
    }
    .into_any()
}
