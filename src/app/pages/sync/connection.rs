//! What is connected: where, since when, what is shared, what the endpoint can do; and how many records lie where.

use super::Overview;
use super::connect::findings;
use crate::state::use_words;
use protocol::{SyncCount, SyncOverview, SyncSecretStanding};
use text::Words;
use ui::prelude::*;

/// Records on both sides.
#[component]
pub fn Counts(
    /// What is connected.
    overview: Overview,
) -> impl IntoView {
    let words = use_words();
    let counts = Memo::new(move |_| {
        overview.with(|it| {
            it.as_deref()
                .map(|it| (it.counts.clone(), it.unknown, it.orphans))
                .unwrap_or_default()
        })
    });
    let content = move || {
        counts.with(|(counts, unknown, orphans)| {
            let rows: Vec<AnyView> = counts.iter().map(|it| count(words, it)).collect();
            let mut notes = Vec::new();
            if *unknown > 0 {
                notes.push(words.sync_unknown(*unknown));
            }
            if *orphans > 0 {
                notes.push(words.sync_orphans(*orphans));
            }
            let notes: Vec<AnyView> = notes
                .into_iter()
                .map(|text| view! { <p class="note">{text}</p> }.into_any())
                .collect();
            view! {
                <div class="table-scroll" tabindex="0" role="group" aria-label=words.sync_counts()>
                    <table class="table sync-counts">
                        <thead><tr>
                            <th scope="col">{words.sync_counts_kind()}</th>
                            <th scope="col" class="end">{words.sync_counts_here()}</th>
                            <th scope="col" class="end">{words.sync_counts_there()}</th>
                            <th scope="col" class="end">{words.sync_counts_pending()}</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                {notes}
            }
            .into_any()
        })
    };
    view! {
        <section class="section sync-part" aria-labelledby="sync-counts">
            <h2 id="sync-counts">{words.sync_counts()}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn count(words: Words, it: &SyncCount) -> AnyView {
    view! {
        <tr>
            <th scope="row">{words.sync_kind(&it.kind)}</th>
            <td class="end">{words.count(it.here)}</td>
            <td class="end">{words.count(it.there)}</td>
            <td class="end">{words.count(it.pending)}</td>
        </tr>
    }
    .into_any()
}

/// Where, since when, with what.
#[component]
pub fn Connection(
    /// What is connected.
    overview: Overview,
) -> impl IntoView {
    let words = use_words();
    let lines = Memo::new(move |_| {
        overview.with(|it| it.as_deref().map(|it| lines(words, it)).unwrap_or_default())
    });
    let rows = move || {
        let lines = lines.get();
        lines
            .into_iter()
            .map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }.into_any())
            .collect::<Vec<AnyView>>()
    };
    let (found, profile) = overview.with_untracked(|it| {
        it.as_deref()
            .map(|it| (it.findings.clone(), it.profile.clone()))
            .unwrap_or_default()
    });
    let found = (!found.is_empty()).then(|| {
        view! {
            <details class="sync-details">
                <summary>{words.sync_findings()}</summary>
                {findings(words, &found)}
            </details>
        }
    });
    view! {
        <section class="section sync-part" aria-labelledby="sync-link">
            <h2 id="sync-link">{words.sync_link()}</h2>
            <p class="note">{words.sync_link_text()}</p>
            <dl class="sync-lines">{rows}</dl>
            {found}
            <details class="sync-details">
                <summary>{words.sync_probe_profile()}</summary>
                <pre class="sync-code" tabindex="0" role="region" aria-label=words.sync_probe_profile()>{profile}</pre>
            </details>
        </section>
    }
    .into_any()
}

fn lines(words: Words, it: &SyncOverview) -> Vec<(&'static str, String)> {
    let secret = match it.secret {
        SyncSecretStanding::NotNeeded => words.sync_secret_state_not_needed(),
        SyncSecretStanding::Device => words.sync_secret_state_device(),
        SyncSecretStanding::Session => words.sync_secret_state_session(),
        SyncSecretStanding::Missing => words.sync_secret_state_missing(),
    };
    let kind = [
        &words.sync_preset(&it.preset),
        " · ",
        &words.sync_mode(&it.mode),
    ]
    .concat();
    let kinds: Vec<String> = it
        .share
        .kinds
        .iter()
        .map(|kind| words.sync_kind(kind))
        .collect();
    let held = it.share.withheld.len() as u64;
    let fields = if held == 0 {
        words.sync_link_all_fields().to_owned()
    } else {
        words.sync_link_withheld(held)
    };
    let mut lines = vec![
        (words.sync_link_address(), it.address.clone()),
        (words.sync_link_kind(), kind),
        (words.sync_link_since(), words.moment(&it.since)),
        (words.sync_link_secret(), secret.to_owned()),
        (
            words.sync_link_share(),
            [&words.sync_list(&kinds), " · ", &fields].concat(),
        ),
    ];
    if let Some(at) = &it.last_whole {
        lines.push((words.sync_link_whole(), words.moment(at)));
    }
    lines
}
