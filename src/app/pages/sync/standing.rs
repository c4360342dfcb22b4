//! How sync stands: a sentence, how far a run is, what failed or is asked, and the buttons.

use super::dialogs::Open;
use super::secret::{SecretFields, SecretForm};
use super::{Overview, act, act_then, address, question, trouble};
use crate::state::{State, use_state, use_status, use_words};
use protocol::{
    SyncCommand, SyncOverview, SyncRunning, SyncSecretStanding, SyncStage, SyncStanding,
    SyncTrouble, SyncTroubleCode,
};
use text::Words;
use ui::prelude::*;
use ui::{Glyph, Icon, Look, Menu, MenuItem, ProgressBar, icon};

/// Shorter runs have gone before anybody has read how long they will still take.
const GUESS_AFTER_MS: u64 = 5_000;

/// The heading, which gets the focus when the first sync begins.
pub const HEADING: &str = "sync-standing";

/// The first block of the page.
#[component]
pub fn Standing(
    /// What is connected.
    overview: Overview,
    /// The dialog that is open.
    dialog: RwSignal<Open>,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let of = move |get: fn(&SyncOverview) -> SyncStanding| {
        overview.with(|it| it.as_deref().map_or(SyncStanding::InStep, get))
    };
    let standing = Memo::new(move |_| of(|it| it.light.standing));
    let title = Memo::new(move |_| {
        overview.with(|it| {
            it.as_deref()
                .map_or_else(String::new, |it| words.sync_state(&it.light))
        })
    });
    let status = use_status();
    let text = Memo::new(move |_| {
        let today = status.with(|it| {
            it.as_ref()
                .map_or_else(String::new, |it| it.today.to_string())
        });
        overview.with(|it| it.as_deref().map(|it| sentence(words, it, &today)))
    });
    // In step but for what was set aside is no green tick.
    let but = Memo::new(move |_| {
        let aside = overview.with(|it| it.as_deref().is_some_and(|it| it.light.aside > 0));
        aside && standing.get() == SyncStanding::InStep
    });
    let glyph = move || {
        let glyph = if but.get() {
            icon::ALERT
        } else {
            picture(standing.get())
        };
        view! { <Icon glyph/> }
    };
    let look = move || {
        if but.get() {
            "notice"
        } else {
            tone(standing.get())
        }
    };
    view! {
        <section class="sync-standing" aria-labelledby=HEADING data-tone=look>
            <div class="sync-head">
                <div role="status">
                    <h2 id=HEADING tabindex="-1">{glyph} {move || title.get()}</h2>
                    <p class="sync-sub">{move || text.get().unwrap_or_default()}</p>
                </div>
                <div class="actions">{buttons(words, state, standing, dialog)}</div>
            </div>
            {progress(words, overview)}
            {alerts(words, overview)}
        </section>
    }
    .into_any()
}

fn picture(standing: SyncStanding) -> Glyph {
    match standing {
        SyncStanding::InStep => icon::CIRCLE_CHECK,
        SyncStanding::Waiting => icon::CLOCK,
        SyncStanding::Running | SyncStanding::First => icon::REFRESH,
        SyncStanding::Offline => icon::OFFLINE,
        SyncStanding::Paused => icon::HOURGLASS,
        SyncStanding::Retrying | SyncStanding::NeedsPerson => icon::ALERT,
    }
}

fn tone(standing: SyncStanding) -> &'static str {
    match standing {
        SyncStanding::InStep => "good",
        SyncStanding::NeedsPerson => "urgent",
        SyncStanding::Retrying | SyncStanding::Paused | SyncStanding::Offline => "notice",
        SyncStanding::Waiting | SyncStanding::Running | SyncStanding::First => "neutral",
    }
}

/// What stands below the title.
fn sentence(words: Words, it: &SyncOverview, today: &str) -> String {
    let pending = |first: &str| {
        if it.light.pending == 0 {
            first.to_owned()
        } else {
            [first, " ", &words.sync_pending(it.light.pending)].concat()
        }
    };
    match it.light.standing {
        SyncStanding::First => words.sync_first_text().to_owned(),
        SyncStanding::Paused => pending(words.sync_paused_text()),
        SyncStanding::Offline => pending(words.sync_offline_text()),
        SyncStanding::InStep
        | SyncStanding::Waiting
        | SyncStanding::Running
        | SyncStanding::Retrying
        | SyncStanding::NeedsPerson => {
            let last = it.last_run.as_ref().map_or_else(
                || words.sync_last_run_never().to_owned(),
                |at| words.sync_last_run(&words.sync_when(at, today)),
            );
            let quiet = matches!(
                it.light.standing,
                SyncStanding::InStep | SyncStanding::Waiting | SyncStanding::Retrying
            );
            match &it.next_at {
                Some(at) if quiet => [
                    &last,
                    " · ",
                    &words.sync_next_run(&words.sync_when(at, today)),
                ]
                .concat(),
                _ => last,
            }
        }
    }
}

/// The buttons stay the same elements, so that the focus stays where it is when they change their meaning.
fn buttons(
    words: Words,
    state: State,
    standing: Memo<SyncStanding>,
    dialog: RwSignal<Open>,
) -> AnyView {
    let running = move || matches!(standing.get(), SyncStanding::Running | SyncStanding::First);
    let paused = move || standing.get() == SyncStanding::Paused;
    let now = move |_| {
        let command = SyncCommand::Now { whole: false };
        act(state, command, words.sync_started());
    };
    let now_label = move || match standing.get() {
        SyncStanding::Retrying | SyncStanding::NeedsPerson => words.sync_retry(),
        _ => words.sync_now(),
    };
    let toggle = move |_| {
        if standing.get_untracked() == SyncStanding::Paused {
            act(state, SyncCommand::Resume, words.sync_resumed_done());
        } else {
            act(state, SyncCommand::Pause, words.sync_paused_done());
        }
    };
    let toggle_label = move || {
        if paused() {
            words.sync_resume()
        } else {
            words.sync_pause()
        }
    };
    let toggle_class = move || {
        if paused() { "button primary" } else { "button" }
    };
    view! {
        <button type="button" class="button" disabled=move || running() || paused() on:click=now>
            <Icon glyph=icon::REFRESH/>
            <span>{now_label}</span>
        </button>
        <button type="button" class=toggle_class on:click=toggle><span>{toggle_label}</span></button>
        <Menu label=words.sync_menu() icon=icon::MORE icon_only=true look=Look::Quiet items=menu(words, state, dialog)/>
    }
    .into_any()
}

fn menu(words: Words, state: State, dialog: RwSignal<Open>) -> Vec<MenuItem> {
    let open = move |which: Open| move || dialog.set(which);
    vec![
        MenuItem::new(words.sync_menu_whole(), icon::SCAN, move || {
            let command = SyncCommand::Now { whole: true };
            act(state, command, words.sync_whole_done());
        }),
        MenuItem::new(words.sync_menu_share(), icon::FILTER, open(Open::Share)),
        MenuItem::new(words.sync_menu_secret(), icon::SHIELD, open(Open::Secret)),
        MenuItem::new(words.sync_menu_over(), icon::REPEAT, open(Open::Over)),
        MenuItem::new(words.sync_menu_disconnect(), icon::CLOSE, open(Open::Off)).danger(),
    ]
}

/// How far a run is; the bar is one element, however often its value changes.
fn progress(words: Words, overview: Overview) -> AnyView {
    let running = Memo::new(move |_| {
        overview.with(|it| {
            let it = it.as_deref()?;
            let run = it.running?;
            // What waits to be sent says nothing of how much there is to receive.
            let receives = run.stage == SyncStage::Fetching && it.light.done == 0;
            let total = if receives { 0 } else { it.light.total };
            Some((run, it.light.done, total))
        })
    });
    let shown = Memo::new(move |_| running.with(Option::is_some));
    let share = Signal::derive(move || {
        let (_, done, total) = running.get()?;
        (total > 0).then(|| done as f64 / total as f64)
    });
    let facts = move || {
        running
            .get()
            .map(|(run, done, total)| line(words, run, done, total))
    };
    let content = move || {
        shown.get().then(|| {
            view! {
                <div class="sync-progress">
                    <ProgressBar label=words.sync_progress() done=share/>
                    <p class="sync-sub">{facts}</p>
                </div>
            }
        })
    };
    content.into_any()
}

fn line(words: Words, run: SyncRunning, done: u64, total: u64) -> String {
    let mut parts = vec![words.sync_stage(run.stage).to_owned()];
    if total > 0 {
        parts.push(words.sync_progress_count(&words.count(done), &words.count(total)));
    } else if done > 0 {
        parts.push(words.sync_progress_done(&words.count(done)));
    }
    if run.sent + run.received > 0 {
        parts.push(words.sync_progress_moved(&words.count(run.sent), &words.count(run.received)));
    }
    let elapsed = (js_sys::Date::now() as i64).saturating_sub(run.began_at.0);
    parts.extend(left(
        words,
        u64::try_from(elapsed).unwrap_or(0),
        done,
        total,
    ));
    parts.join(" · ")
}

/// How long it still takes, if that can be said honestly: at the speed so far, after some seconds of it.
fn left(words: Words, elapsed_ms: u64, done: u64, total: u64) -> Option<String> {
    let rest = total.checked_sub(done)?;
    if done == 0 || rest == 0 || elapsed_ms < GUESS_AFTER_MS {
        return None;
    }
    let ms = elapsed_ms.saturating_mul(rest) / done;
    Some(words.sync_left(ms))
}

/// What failed, what is asked, and the form for credentials where they are missing.
fn alerts(words: Words, overview: Overview) -> AnyView {
    let asked =
        Memo::new(move |_| overview.with(|it| it.as_deref().and_then(|it| it.question.clone())));
    let failed = Memo::new(move |_| {
        overview.with(|it| {
            let it = it.as_deref()?;
            // A question says it all; two alarms for one thing would be one too many. Without a network nothing can be
            // said of the server.
            let quiet = [SyncStanding::Paused, SyncStanding::Offline];
            let silent = it.question.is_some() || quiet.contains(&it.light.standing);
            let lost = || (it.secret == SyncSecretStanding::Missing).then(secret_lost);
            it.trouble.clone().or_else(lost).filter(|_| !silent)
        })
    });
    let locked_out = Memo::new(move |_| {
        overview.with(|it| {
            it.as_deref().is_some_and(|it| {
                let code = it.trouble.as_ref().map(|trouble| trouble.code);
                it.secret == SyncSecretStanding::Missing
                    || code == Some(SyncTroubleCode::Credentials)
                    || code == Some(SyncTroubleCode::SecretLost)
            })
        })
    });
    let mode = move || {
        overview.with_untracked(|it| it.as_deref().map(|it| it.mode.clone()).unwrap_or_default())
    };
    let form = move || locked_out.get().then(|| view! { <Again overview/> });
    view! {
        {move || asked.with(|it| it.as_ref().map(|it| question::question(words, it)))}
        {move || failed.with(|it| it.as_ref().map(|it| trouble::trouble(words, &mode(), it)))}
        {form}
    }
    .into_any()
}

/// Nothing has failed yet, and nothing can begin.
fn secret_lost() -> SyncTrouble {
    SyncTrouble {
        code: SyncTroubleCode::SecretLost,
        local_at: String::new(),
        method: String::new(),
        url: String::new(),
        status: 0,
        found: None,
        expected: None,
        cors: None,
        retry_at: None,
    }
}

/// Credentials once more.
#[component]
fn Again(
    /// What is connected.
    overview: Overview,
) -> impl IntoView {
    let words = use_words();
    let state = use_state();
    let (fields, place) = overview.with_untracked(|it| {
        it.as_deref().map_or_else(
            || (SecretFields::new(), String::new()),
            |it| (SecretFields::of(it), it.address.clone()),
        )
    });
    let save = move |()| {
        let Some(secret) = fields.read() else { return };
        let command = SyncCommand::Credentials {
            secret,
            keep: fields.keep(),
        };
        act_then(
            state,
            command,
            words.sync_secret_saved().to_owned(),
            move || {
                fields.forget();
            },
        );
    };
    view! {
        <div class="sync-again">
            <SecretForm fields origin=address::origin(&place).to_owned()/>
            <div class="actions">
                <ui::Button label=words.sync_secret_save() look=Look::Primary on_press=save/>
            </div>
        </div>
    }
    .into_any()
}
