//! The second step: who we are there, and what the probe finds out.

use super::place::OWN;
use super::{Checked, Draft, Step, heading};
use crate::pages::sync::secret::SecretForm;
use crate::pages::sync::{address, trouble};
use crate::state::{State, use_state, use_words};
use protocol::{
    Fault, FaultCode, Progress, Reply, Request, SyncCount, SyncFinding, SyncJob, SyncProbe,
    SyncReply, SyncTrouble, SyncTroubleCode, SyncVerdict,
};
use text::Words;
use ui::prelude::*;
use ui::{Badge, Button, Icon, Look, ProgressBar, Tone, icon, spawn_local};

/// The form, the check, and what came of it.
#[component]
pub fn Secret(
    /// What is typed.
    draft: Draft,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let place = draft.place();
    let origin = address::origin(&place).to_owned();
    let check = move |()| look(words, state, draft);
    let running = Memo::new(move |_| draft.checked.with(|it| *it == Checked::Running));
    let usable = Memo::new(move |_| {
        draft.checked.with(|it| match it {
            Checked::Done(probe) => probe.verdict != SyncVerdict::Unsafe,
            _ => false,
        })
    });
    let label = move || {
        let fresh = draft.checked.with(|it| *it == Checked::Not);
        if fresh {
            words.sync_probe_go()
        } else {
            words.sync_probe_again()
        }
    };
    let class = move || {
        if usable.get() {
            "button"
        } else {
            "button primary"
        }
    };
    // Other credentials may see other things.
    Effect::watch(
        move || draft.secret.auth.get(),
        move |_, _, _| draft.checked.set(Checked::Not),
        false,
    );
    let starting = origin.clone();
    let work = move || {
        let starting = starting.clone();
        running.get().then(|| progress(words, draft, starting))
    };
    let found = move || draft.checked.with(|it| result(words, it));
    view! {
        <section class="sync-form">
            {heading(2, words.sync_secret_title())}
            <p class="sync-address">{place}</p>
            <SecretForm fields=draft.secret origin/>
            <div class="actions">
                <button type="button" class=class disabled=move || running.get() on:click=move |_| check(())>
                    <span>{label}</span>
                </button>
                <button
                    type="button"
                    class="button primary"
                    hidden=move || !usable.get()
                    on:click=move |_| draft.go(Step::Share)
                >
                    <span>{words.sync_next()}</span>
                </button>
                <Button label=words.sync_back() look=Look::Quiet on_press=move |()| draft.go(Step::Place)/>
            </div>
            {work}
            <div aria-live="polite">{found}</div>
        </section>
    }
    .into_any()
}

fn progress(words: Words, draft: Draft, origin: String) -> AnyView {
    let now = move || draft.progress.get().filter(|it| it.total > 0);
    let share = Signal::derive(move || now().map(|it| it.done as f64 / it.total as f64));
    let text = move || match now() {
        Some(it) => words.sync_probe_running((it.done + 1).min(it.total), it.total),
        None => words.sync_probe_starting(&origin),
    };
    let stop = move |()| {
        if let Some(Some(handle)) = draft.cancel.try_get_value() {
            handle.cancel();
        }
    };
    view! {
        <div class="sync-progress" role="status">
            <ProgressBar label=words.sync_probe_go() done=share/>
            <p class="sync-sub">{text}</p>
            <Button label=words.sync_stop() look=Look::Quiet on_press=stop/>
        </div>
    }
    .into_any()
}

/// Starts the check, if what is typed is complete.
fn look(words: Words, state: State, draft: Draft) {
    let Some(secret) = draft.secret.read() else {
        return;
    };
    let profile = match draft.kind.get_untracked() {
        own if own == OWN => draft.profile.get_untracked(),
        key => key,
    };
    let job = SyncJob::Probe {
        address: draft.place(),
        profile,
        secret,
    };
    draft.checked.set(Checked::Running);
    draft.progress.set(None);
    let on_progress = move |now: Progress| {
        let _ = draft.progress.try_set(Some(now));
    };
    let (handle, answer) = state
        .client
        .run(Request::Sync(job), Vec::new(), on_progress);
    draft.cancel.set_value(Some(handle));
    spawn_local(async move {
        let checked = match answer.await {
            Ok((Reply::Sync(reply), _)) => match *reply {
                SyncReply::Probed(probe) => Checked::Done(probe),
                _ => Checked::Fault(words.fault(&crate::client::mismatch())),
            },
            Ok(_) => Checked::Fault(words.fault(&crate::client::mismatch())),
            Err(Fault {
                code: FaultCode::Cancelled,
                ..
            }) => {
                state.toasts.done(words.sync_probe_stopped(), None);
                Checked::Not
            }
            Err(fault) => Checked::Fault(words.fault(&fault)),
        };
        let _ = draft.checked.try_set(checked);
    });
}

/// What would lose data or double it. Anything else that stopped the check only kept it from connecting.
const DANGERS: [SyncTroubleCode; 9] = [
    SyncTroubleCode::Altered,
    SyncTroubleCode::Twins,
    SyncTroubleCode::BulkNested,
    SyncTroubleCode::PagingBroken,
    SyncTroubleCode::FilterIgnored,
    SyncTroubleCode::OtherId,
    SyncTroubleCode::BadId,
    SyncTroubleCode::NotKept,
    SyncTroubleCode::ProbeLeft,
];

fn result(words: Words, checked: &Checked) -> AnyView {
    match checked {
        Checked::Not | Checked::Running => ().into_any(),
        Checked::Done(probe) => match &probe.trouble {
            Some(it) if !DANGERS.contains(&it.code) => failed(words, probe, it),
            _ => found(words, probe),
        },
        Checked::Fault(text) => {
            view! { <p class="field-error" role="alert">{text.clone()}</p> }.into_any()
        }
    }
}

/// It did not come to a judgement: why, and what the check could not take away again.
fn failed(words: Words, probe: &SyncProbe, why: &SyncTrouble) -> AnyView {
    let mut all = probe.findings.iter();
    let left = all.find(|it| it.fault == Some(SyncTroubleCode::ProbeLeft));
    let left = left.map(|it| view! { <p class="note">{words.sync_finding(it).1}</p> });
    view! {
        {trouble::at_first(words, &probe.mode, why, false)}
        {left}
    }
    .into_any()
}

fn found(words: Words, probe: &SyncProbe) -> AnyView {
    let count = |wanted: &[SyncVerdict]| {
        let all = probe.findings.iter();
        all.filter(|it| wanted.contains(&it.verdict)).count() as u64
    };
    let (tone, glyph, title, text) = match probe.verdict {
        SyncVerdict::Good | SyncVerdict::Adapted | SyncVerdict::Skipped => (
            "good",
            icon::CIRCLE_CHECK,
            words.sync_probe_good(),
            words.sync_probe_good_text(count(&[SyncVerdict::Good, SyncVerdict::Adapted])),
        ),
        SyncVerdict::Careful => (
            "notice",
            icon::CIRCLE_CHECK,
            words.sync_probe_careful(),
            words.sync_probe_careful_text(count(&[SyncVerdict::Careful])),
        ),
        SyncVerdict::Unsafe => (
            "urgent",
            icon::ALERT,
            words.sync_probe_unusable(),
            words.sync_probe_unusable_text().to_owned(),
        ),
    };
    let refused = probe.trouble.as_ref();
    let refused = refused.map(|it| trouble::at_first(words, &probe.mode, it, true));
    let there = (probe.verdict != SyncVerdict::Unsafe).then(|| there(words, &probe.there));
    let profile = (!probe.profile.is_empty()).then(|| {
        let mode = words.sync_mode(&probe.mode);
        view! {
            <details class="sync-details">
                <summary>{words.sync_probe_profile()} " · " {mode}</summary>
                <pre class="sync-code" tabindex="0" role="region" aria-label=words.sync_probe_profile()>
                    {probe.profile.clone()}
                </pre>
            </details>
        }
    });
    view! {
        <div class="sync-result" data-tone=tone>
            <h3><Icon glyph/> {title}</h3>
            <p>{text}</p>
            {there.map(|text| view! { <p>{text}</p> })}
            {refused}
            <details class="sync-details" open=probe.verdict == SyncVerdict::Unsafe>
                <summary>{words.sync_probe_findings()}</summary>
                {findings(words, &probe.findings)}
            </details>
            {profile}
        </div>
    }
    .into_any()
}

/// What is there already, in words.
fn there(words: Words, counts: &[SyncCount]) -> String {
    let parts: Vec<String> = counts
        .iter()
        .filter(|it| it.there > 0)
        .map(|it| {
            let kind = words.sync_kind(&it.kind);
            [&kind, " ", &words.sync_share_records(it.there)].concat()
        })
        .collect();
    // The check looks at no records but its own: what it does not know it does not deny.
    if parts.is_empty() {
        return words.sync_probe_there_any().to_owned();
    }
    words.sync_probe_there(&words.sync_list(&parts))
}

/// Check by check: what was tried and what came of it; the facts are folded, for whoever knows profiles.
pub fn findings(words: Words, findings: &[SyncFinding]) -> AnyView {
    let (skipped, made): (Vec<&SyncFinding>, Vec<&SyncFinding>) = findings
        .iter()
        .partition(|it| it.verdict == SyncVerdict::Skipped);
    let rows: Vec<AnyView> = made
        .iter()
        .map(|it| {
            let (title, text) = words.sync_finding(it);
            let tone = match it.verdict {
                SyncVerdict::Good | SyncVerdict::Adapted => Tone::Good,
                SyncVerdict::Careful => Tone::Notice,
                SyncVerdict::Skipped => Tone::Neutral,
                SyncVerdict::Unsafe => Tone::Urgent,
            };
            view! {
                <li>
                    <div>
                        <strong>{title}</strong>
                        <p>{text}</p>
                    </div>
                    <Badge label=words.sync_verdict(it.verdict) tone/>
                </li>
            }
            .into_any()
        })
        .collect();
    let rest = (!skipped.is_empty()).then(|| {
        view! { <p class="note">{words.sync_verdict_skipped_text(skipped.len() as u64)}</p> }
    });
    let facts: Vec<String> = made.iter().filter_map(|it| fact(it)).collect();
    let facts = (!facts.is_empty()).then(|| {
        view! {
            <details class="sync-details">
                <summary>{words.sync_probe_facts()}</summary>
                <pre class="sync-code" tabindex="0" role="region" aria-label=words.sync_probe_facts()>
                    {facts.join("\n")}
                </pre>
            </details>
        }
    });
    view! {
        <ul class="sync-findings">{rows}</ul>
        {rest}
        {facts}
    }
    .into_any()
}

/// The check, the switch of the profile that it tells of, and its value.
fn fact(it: &SyncFinding) -> Option<String> {
    let told = match (it.switch.is_empty(), it.value.is_empty()) {
        (true, true) => return None,
        (true, false) => it.value.clone(),
        (false, true) => it.switch.clone(),
        (false, false) => [&it.switch, ": ", &it.value].concat(),
    };
    Some([&it.check, " · ", &told].concat())
}
