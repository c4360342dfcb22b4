//! Rewards: what the member can have now, what is not far, what is gone.

use super::{Act, Till};
use model::{CustomerId, Points};
use protocol::{CounterCard, CounterCommand, RewardView};
use std::sync::Arc;
use text::Words;
use ui::prelude::*;
use ui::{EmptyState, icon};

/// The pane.
pub fn pane(
    till: Till,
    customer: CustomerId,
    card: Memo<Option<Arc<CounterCard>>>,
    name: Memo<String>,
) -> AnyView {
    let words = till.words;
    let act = Act::new();
    let rewards = Memo::new(move |_| {
        card.with(|card| card.as_ref().map(|card| card.rewards.clone()))
            .unwrap_or_default()
    });
    let take = Callback::new(move |(reward, points): (String, Points)| {
        let content = [&reward, "\n", &points.0.to_string()].concat();
        let key = act.intention.key(&content);
        let command = CounterCommand::Reward {
            customer,
            reward,
            points,
            key,
        };
        till.carry_out(act, command, name.get_untracked(), || {});
    });
    let list = move || {
        let rewards = rewards.get();
        if rewards.is_empty() {
            return view! {
                <EmptyState
                    title=words.counter_rewards_none()
                    text=words.counter_no_program_text()
                    icon=icon::GIFT
                />
            }
            .into_any();
        }
        let rows = rewards.iter().map(|reward| row(words, reward, act, take));
        view! { <ul class="till-list">{rows.collect_view()}</ul> }.into_any()
    };
    view! { <div class="till-rewards">{act.notice()}{list}</div> }.into_any()
}

fn row(words: Words, reward: &RewardView, act: Act, take: Callback<(String, Points)>) -> AnyView {
    let (gone, missing) = (reward.left == Some(0), reward.missing.0 > 0);
    let note = if gone {
        Some(words.counter_reward_gone().to_owned())
    } else if missing {
        Some(words.counter_reward_missing(&words.points(reward.missing)))
    } else {
        reward
            .left
            .map(|left| words.counter_reward_left(u64::from(left)))
    };
    let below: Vec<String> = [words.points(reward.points)]
        .into_iter()
        .chain(note)
        .collect();
    let (id, points) = (reward.id.clone(), reward.points);
    let label = [words.counter_reward_do(), " ", &reward.name].concat();
    view! {
        <li class="till-row">
            <span class="two-lines"><strong>{reward.name.clone()}</strong><small>{below.join(" · ")}</small></span>
            <button
                type="button"
                class="button till-row-do"
                aria-label=label
                disabled=move || gone || missing || act.busy.get()
                on:click=move |_| take.run((id.clone(), points))
            >
                {words.counter_reward_do()}
            </button>
        </li>
    }
    .into_any()
}
