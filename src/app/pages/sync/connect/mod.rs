//! Connecting in three steps: where, who we are there, what is shared. What is typed lives as long as the steps do.

mod place;
mod probe;
mod sharing;

pub use probe::findings;

use super::intro::Intro;
use super::secret::SecretFields;
use super::share::Chosen;
use super::{address, focus};
use crate::client::CancelHandle;
use crate::state::use_words;
use protocol::{Progress, SyncProbe};
use ui::prelude::*;

/// The heading of the step that is shown, which gets the focus.
const HEADING: &str = "sync-step";

/// Where one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Place,
    Secret,
    Share,
}

/// What was found out about the address.
#[derive(Clone, Debug, Default, PartialEq)]
enum Checked {
    /// Nobody has looked.
    #[default]
    Not,
    /// Somebody looks.
    Running,
    /// This came of it.
    Done(Box<SyncProbe>),
    /// It could not be looked at.
    Fault(String),
}

/// What is typed and found so far; small handles, all `Copy`.
#[derive(Clone, Copy)]
struct Draft {
    step: RwSignal<Step>,
    /// A preset's key, empty to find out, `own` for a profile of the person's own.
    kind: RwSignal<String>,
    address: RwSignal<String>,
    profile: RwSignal<String>,
    secret: SecretFields,
    checked: RwSignal<Checked>,
    progress: RwSignal<Option<Progress>>,
    cancel: StoredValue<Option<CancelHandle>, LocalStorage>,
    share: Chosen,
}

impl Draft {
    fn new() -> Self {
        Self {
            step: RwSignal::new(Step::Place),
            kind: RwSignal::new(String::new()),
            address: RwSignal::new(String::new()),
            profile: RwSignal::new(String::new()),
            secret: SecretFields::new(),
            checked: RwSignal::new(Checked::Not),
            progress: RwSignal::new(None),
            cancel: StoredValue::new_local(None),
            share: Chosen::everything(),
        }
    }

    /// The address as it will be used; empty while it is none.
    fn place(self) -> String {
        self.address
            .with_untracked(|typed| address::read(typed).unwrap_or_default())
    }

    fn go(self, step: Step) {
        self.step.set(step);
        request_animation_frame(|| focus(HEADING));
    }
}

/// The way in, or the steps.
#[component]
pub fn Connect() -> impl IntoView {
    let begun = RwSignal::new(false);
    let content = move || {
        if begun.get() {
            view! { <Steps begun/> }.into_any()
        } else {
            view! { <Intro begun/> }.into_any()
        }
    };
    content.into_any()
}

#[component]
fn Steps(
    /// Back to the way in.
    begun: RwSignal<bool>,
) -> impl IntoView {
    let words = use_words();
    let draft = Draft::new();
    request_animation_frame(|| focus(HEADING));
    let mark = move |number: u64, step: Step, label: &'static str| {
        let order = move || draft.step.get() as u8;
        let now = move || draft.step.get() == step;
        let ahead = move || (step as u8) > order();
        // Back is always possible; forward goes by the buttons, which look at what was typed.
        let press = move |_| draft.go(step);
        view! {
            <li aria-current=move || now().then_some("step")>
                <button type="button" disabled=move || ahead() || now() on:click=press>
                    <span class="sync-number" aria-hidden="true">{number.to_string()}</span>
                    <span>{label}</span>
                </button>
            </li>
        }
        .into_any()
    };
    let marks = vec![
        mark(1, Step::Place, words.sync_step_address()),
        mark(2, Step::Secret, words.sync_step_secret()),
        mark(3, Step::Share, words.sync_step_share()),
    ];
    let content = move || match draft.step.get() {
        Step::Place => view! { <place::Place draft begun/> }.into_any(),
        Step::Secret => view! { <probe::Secret draft/> }.into_any(),
        Step::Share => view! { <sharing::Sharing draft/> }.into_any(),
    };
    view! {
        <div class="sync-connect">
            <nav aria-label=words.sync_steps()><ol class="sync-steps">{marks}</ol></nav>
            {content}
        </div>
    }
    .into_any()
}

/// The title of a step.
fn heading(number: u64, title: &'static str) -> AnyView {
    let words = use_words();
    view! {
        <header>
            <p class="sync-of">{words.sync_step_of(number)}</p>
            <h2 id=HEADING tabindex="-1">{title}</h2>
        </header>
    }
    .into_any()
}
