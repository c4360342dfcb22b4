//! What is shared: kinds in groups a person knows, field by field, and the first records exactly as they would be sent.

use super::answer;
use crate::state::{use_ask, use_words};
use protocol::{Query, SyncOffer, SyncPreview, SyncQuery, SyncReply, SyncShare};
use std::collections::BTreeSet;
use text::Words;
use ui::prelude::*;
use ui::{Checkbox, Skeleton};

/// Kinds as a person sees them; the first of each names the group.
const GROUPS: [(&str, &[&str]); 7] = [
    ("customers", &["customers", "distinct"]),
    ("orders", &["orders", "refunds"]),
    ("events", &["events"]),
    ("points", &["programs", "ledger"]),
    ("coupons", &["coupons", "couponCodes", "couponUses"]),
    ("segments", &["segments", "lists", "listMembers"]),
    ("settings", &["settings"]),
];

/// Groups that make sense without customers.
const ALONE: [&str; 2] = ["customers", "settings"];

/// What is chosen; small handles, all `Copy`.
#[derive(Clone, Copy)]
pub struct Chosen {
    /// Groups that are shared.
    groups: RwSignal<BTreeSet<String>>,
    /// Fields that are not: `customers.note`.
    withheld: RwSignal<BTreeSet<String>>,
    /// Kinds that can be shared; empty until the worker has said.
    offers: RwSignal<Vec<SyncOffer>>,
}

/// The group of a kind; a kind that this page does not know is a group of its own.
fn group_of(kind: &str) -> String {
    let found = GROUPS.iter().find(|(_, kinds)| kinds.contains(&kind));
    found.map_or_else(|| kind.to_owned(), |(key, _)| (*key).to_owned())
}

impl Chosen {
    /// Everything, once it is known what there is.
    pub fn everything() -> Self {
        Self {
            groups: RwSignal::new(BTreeSet::new()),
            withheld: RwSignal::new(BTreeSet::new()),
            offers: RwSignal::new(Vec::new()),
        }
    }

    /// As it is now.
    pub fn of(share: &SyncShare) -> Self {
        let chosen = Self::everything();
        chosen
            .groups
            .set(share.kinds.iter().map(|kind| group_of(kind)).collect());
        chosen
            .withheld
            .set(share.withheld.iter().cloned().collect());
        chosen
    }

    /// The worker has said what there is; the first time everything is chosen, unless something is.
    fn learn(self, offers: &[SyncOffer]) {
        if !self.offers.with_untracked(Vec::is_empty) {
            return;
        }
        if self.groups.with_untracked(BTreeSet::is_empty) {
            let all = offers.iter().map(|offer| group_of(&offer.kind));
            self.groups.set(all.collect());
        }
        self.offers.set(offers.to_vec());
    }

    /// What is shared.
    pub fn share(self) -> SyncShare {
        let kinds = self.offers.with(|offers| {
            self.groups.with(|groups| {
                offers
                    .iter()
                    .filter(|offer| groups.contains(&group_of(&offer.kind)))
                    .map(|offer| offer.kind.clone())
                    .collect()
            })
        });
        SyncShare {
            kinds,
            withheld: self.withheld.with(|it| it.iter().cloned().collect()),
        }
    }

    /// Nothing is chosen.
    pub fn is_empty(self) -> bool {
        self.groups.with(BTreeSet::is_empty)
    }

    fn toggle(self, group: &str, on: bool) {
        self.groups.update(|groups| {
            if on {
                groups.insert(group.to_owned());
                // What belongs to customers is nothing without them.
                if !ALONE.contains(&group) {
                    groups.insert("customers".to_owned());
                }
            } else {
                groups.remove(group);
                if group == "customers" {
                    groups.retain(|it| ALONE.contains(&it.as_str()));
                }
            }
        });
    }
}

/// The form with its preview.
#[component]
pub fn ShareForm(
    /// What is chosen.
    chosen: Chosen,
) -> impl IntoView {
    let words = use_words();
    let asking = use_ask(move || {
        Query::Sync(SyncQuery::Preview {
            share: chosen.share(),
        })
    });
    let preview = answer(asking, |reply| match reply {
        SyncReply::Preview(preview) => Some(preview),
        _ => None,
    });
    Effect::new(move |_| {
        preview.with(|preview| {
            if let Some(preview) = preview {
                chosen.learn(&preview.offers);
            }
        });
    });
    let groups = move || {
        chosen.offers.with(|offers| {
            if offers.is_empty() {
                return view! { <Skeleton lines=6 shape="rows"/> }.into_any();
            }
            let names = group_names(offers);
            let rows: Vec<AnyView> = names
                .iter()
                .map(|group| group_row(words, chosen, group, offers))
                .collect();
            view! { <ul class="sync-groups">{rows}</ul> }.into_any()
        })
    };
    let nothing = move || {
        chosen
            .is_empty()
            .then(|| view! { <p class="field-error" role="alert">{words.sync_share_nothing()}</p> })
    };
    let shown = move || preview.with(|preview| preview.as_ref().map(|it| preview_view(words, it)));
    view! {
        <div class="sync-share">
            <div class="sync-share-what">{groups}{nothing}</div>
            <div class="sync-share-preview">{shown}</div>
        </div>
    }
    .into_any()
}

/// The groups that are offered, in their order, unknown kinds last.
fn group_names(offers: &[SyncOffer]) -> Vec<String> {
    let mut names: Vec<String> = GROUPS
        .iter()
        .filter(|(_, kinds)| offers.iter().any(|it| kinds.contains(&it.kind.as_str())))
        .map(|(key, _)| (*key).to_owned())
        .collect();
    for offer in offers {
        let group = group_of(&offer.kind);
        if !names.contains(&group) {
            names.push(group);
        }
    }
    names
}

fn group_row(words: Words, chosen: Chosen, group: &str, offers: &[SyncOffer]) -> AnyView {
    let own: Vec<SyncOffer> = offers
        .iter()
        .filter(|offer| group_of(&offer.kind) == group)
        .cloned()
        .collect();
    let records: u64 = own.iter().map(|offer| offer.records).sum();
    let on = RwSignal::new(false);
    let key = group.to_owned();
    Effect::new(move |_| {
        let now = chosen.groups.with(|groups| groups.contains(&key));
        if on.get_untracked() != now {
            on.set(now);
        }
    });
    let key = group.to_owned();
    let change = move |now: bool| chosen.toggle(&key, now);
    let name = words
        .sync_find(&["group.", group].concat())
        .map_or_else(|| words.sync_kind(group), str::to_owned);
    let fields: Vec<AnyView> = own
        .iter()
        .filter(|offer| !offer.fields.is_empty())
        .map(|offer| fields_of(words, chosen, offer, own.len() > 1))
        .collect();
    view! {
        <li class="sync-group">
            <Checkbox label=name value=on hint=words.sync_share_records(records) on_change=change/>
            <div hidden=move || !on.get()>{fields}</div>
        </li>
    }
    .into_any()
}

/// The fields of a kind, folded; what is not ticked stays here.
fn fields_of(words: Words, chosen: Chosen, offer: &SyncOffer, named: bool) -> AnyView {
    let all = offer.fields.len() as u64;
    let prefix = [offer.kind.as_str(), "."].concat();
    let said = {
        let prefix = prefix.clone();
        let kind = words.sync_kind(&offer.kind);
        move || {
            let held = chosen
                .withheld
                .with(|it| it.iter().filter(|key| key.starts_with(&prefix)).count());
            let text = match held {
                0 => words.sync_share_fields_all(all),
                held => words.sync_share_fields_some(held as u64, all),
            };
            if named {
                [&kind, " · ", &text].concat()
            } else {
                text
            }
        }
    };
    let boxes: Vec<AnyView> = offer
        .fields
        .iter()
        .map(|field| {
            let key = [&prefix, field.key.as_str()].concat();
            let label = words.field(&field.key);
            if field.needed {
                return view! {
                    <p class="sync-needed">{label} <small>{words.sync_share_needed()}</small></p>
                }
                .into_any();
            }
            let sent = RwSignal::new(chosen.withheld.with_untracked(|it| !it.contains(&key)));
            let change = move |sent: bool| {
                chosen.withheld.update(|it| {
                    if sent {
                        it.remove(&key);
                    } else {
                        it.insert(key.clone());
                    }
                });
            };
            view! { <Checkbox label value=sent on_change=change/> }.into_any()
        })
        .collect();
    view! {
        <details class="sync-details">
            <summary>{said}</summary>
            <p class="note">{words.sync_share_field_hint()}</p>
            <div class="sync-fields">{boxes}</div>
        </details>
    }
    .into_any()
}

fn preview_view(words: Words, preview: &SyncPreview) -> AnyView {
    let all: u64 = preview.kinds.iter().map(|kind| kind.records).sum();
    if all == 0 {
        return view! { <p class="note">{words.sync_share_preview_none()}</p> }.into_any();
    }
    let kinds: Vec<AnyView> = preview
        .kinds
        .iter()
        .enumerate()
        .filter_map(|(at, kind)| {
            let example = kind.example.clone()?;
            let name = words.sync_kind(&kind.kind);
            let label = words.sync_share_example(&name);
            let head = [&name, " · ", &words.sync_share_records(kind.records)].concat();
            let open = at == 0;
            Some(
                view! {
                    <details class="sync-details" open=open>
                        <summary>{head}</summary>
                        <pre class="sync-code" tabindex="0" role="region" aria-label=label>{example}</pre>
                    </details>
                }
                .into_any(),
            )
        })
        .collect();
    view! {
        <h3>{words.sync_share_preview()}</h3>
        <p class="note">
            {words.sync_share_preview_text()} " " {words.sync_share_preview_size(&words.bytes(preview.bytes))}
        </p>
        {kinds}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_stand_in_groups_and_unknown_ones_alone() {
        assert_eq!(group_of("refunds"), "orders");
        assert_eq!(group_of("surveys"), "surveys");
        let offer = |kind: &str| SyncOffer {
            kind: kind.into(),
            records: 0,
            fields: Vec::new(),
        };
        let offers = [offer("surveys"), offer("ledger"), offer("customers")];
        assert_eq!(group_names(&offers), ["customers", "points", "surveys"]);
    }
}
