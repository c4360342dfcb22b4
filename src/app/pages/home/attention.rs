//! Who needs attention today: birthdays, points about to expire, customers who stay away longer than usual.

use crate::router::{Route, customers_by_rule};
use protocol::{AttentionKind, AttentionPerson, AttentionView, HomeView};
use text::Words;
use ui::prelude::*;
use ui::{Defined, Icon, icon};

/// People of each kind shown here; the rest are one click away.
const SHOWN: usize = 3;

/// The list; what has nobody in it is left out.
pub fn list(words: Words, home: &HomeView) -> AnyView {
    let groups: Vec<AnyView> = home
        .attention
        .iter()
        .filter(|attention| attention.count > 0)
        .map(|attention| group(words, home, attention))
        .collect();
    let content = if groups.is_empty() {
        view! {
            <div class="attention-none">
                <p>{words.home_attention_none()}</p>
                <p class="note">{words.home_attention_none_text()}</p>
            </div>
        }
        .into_any()
    } else {
        view! { <div class="attention">{groups}</div> }.into_any()
    };
    view! {
        <section class="section">
            <h2>{words.home_attention()}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn group(words: Words, home: &HomeView, attention: &AttentionView) -> AnyView {
    let (glyph, title, means) = match attention.kind {
        AttentionKind::Birthday => (
            icon::CAKE,
            words.home_birthday_title(attention.count),
            words.home_birthday_means(),
        ),
        AttentionKind::PointsExpiring => (
            icon::HOURGLASS,
            words.home_expiring_title(attention.count),
            words.home_expiring_means(),
        ),
        AttentionKind::SlippingAway => (
            icon::LEAVING,
            words.home_slipping_title(attention.count),
            words.home_slipping_means(),
        ),
    };
    let define = words.home_define(&title);
    let people: Vec<AnyView> = attention
        .people
        .iter()
        .take(SHOWN)
        .map(|person| {
            let name = if person.name.is_empty() {
                words.home_unnamed().to_owned()
            } else {
                person.name.clone()
            };
            view! {
                <li>
                    <a href=Route::Customer(person.id).href()>
                        <span class="person">{name}</span>
                        <span class="detail">{detail(words, home, attention.kind, person)}</span>
                    </a>
                </li>
            }
            .into_any()
        })
        .collect();
    let more = (attention.count > attention.people.len().min(SHOWN) as u64).then(|| {
        view! { <a class="more" href=customers_by_rule(&attention.rule)>{words.act_show_all()}</a> }
    });
    view! {
        <div class="attention-group">
            <div class="defined-head">
                <h3>
                    <Icon glyph/>
                    <a href=customers_by_rule(&attention.rule)>{title}</a>
                </h3>
                <Defined label="" definition=means definition_label=define/>
            </div>
            <ul>{people}</ul>
            {more}
        </div>
    }
    .into_any()
}

fn detail(words: Words, home: &HomeView, kind: AttentionKind, person: &AttentionPerson) -> String {
    let relative = words.relative(person.on, home.today);
    let number = person.number.map(|n| words.number(n)).unwrap_or_default();
    match kind {
        AttentionKind::Birthday => {
            words.home_birthday_detail(&words.day_of_year(person.on), &relative)
        }
        AttentionKind::PointsExpiring => words.home_expiring_detail(&number, &relative),
        AttentionKind::SlippingAway if number.is_empty() => words.relative(person.on, home.today),
        AttentionKind::SlippingAway => words.home_slipping_detail(&relative, &number),
    }
}
