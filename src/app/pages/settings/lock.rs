//! Encryption at rest: what it is worth, turning it on and off, its secrets, and when it locks.

use super::Block;
use super::data::save_backup;
use super::secret::SecretField;
use crate::client;
use crate::clipboard;
use crate::state::{State, use_state, use_words};
use protocol::{
    Fault, LOCK_AFTER, PASSPHRASE_MIN, Reply, Request, VaultJob, VaultReply, VaultSecret, VaultView,
};
use text::Words;
use ui::prelude::*;
use ui::{
    Banner, Button, Checkbox, Choice, Dialog, Look, Select, Skeleton, Tone, icon, spawn_local,
};

/// What this page shows and does.
#[derive(Clone, Copy)]
struct Lock {
    state: State,
    words: Words,
    view: RwSignal<Option<VaultView>>,
}

impl Lock {
    /// Asks something of the lock, and does something with the answer; whatever is wrong is said in a toast, unless
    /// `wrong` has a place for it.
    fn ask(
        self,
        job: VaultJob,
        busy: RwSignal<bool>,
        wrong: Option<RwSignal<Option<String>>>,
        then: impl FnOnce(VaultReply) + 'static,
    ) {
        busy.set(true);
        if let Some(wrong) = wrong {
            wrong.set(None);
        }
        let (_, answer) = self
            .state
            .client
            .run(Request::Vault(job), Vec::new(), |_| {});
        spawn_local(async move {
            let answer = match answer.await {
                Ok((Reply::Vault(reply), _)) => Ok(reply),
                Ok(_) => Err(client::mismatch()),
                Err(fault) => Err(fault),
            };
            busy.try_set(false);
            match answer {
                Ok(reply) => then(reply),
                Err(fault) => self.refused(&fault, wrong),
            }
        });
    }

    fn refused(self, fault: &Fault, wrong: Option<RwSignal<Option<String>>>) {
        let text = match (fault.code, &fault.found) {
            (protocol::FaultCode::TooManyAttempts, Some(seconds)) => self.words.lock_wait(seconds),
            (protocol::FaultCode::WrongPassphrase, _) => self.words.lock_wrong().to_owned(),
            _ => self.words.fault(fault),
        };
        match wrong {
            Some(wrong) => {
                wrong.try_set(Some(text));
            }
            None => self.state.toasts.wrong(text),
        }
    }

    fn look(self) {
        self.ask(VaultJob::Look, RwSignal::new(false), None, move |reply| {
            if let VaultReply::State(view) = reply {
                self.view.try_set(Some(view));
            }
        });
    }
}

/// The page.
#[component]
pub fn Encryption() -> impl IntoView {
    let words = use_words();
    let lock = Lock {
        state: use_state(),
        words,
        view: RwSignal::new(None),
    };
    lock.look();
    let stands = Memo::new(move |_| {
        lock.view
            .with(|view| view.as_ref().map(|v| (v.possible, v.on)))
    });
    let content = move || match stands.get() {
        None => view! { <Skeleton lines=6 shape="rows"/> }.into_any(),
        Some((_, true)) => on(lock),
        Some((false, false)) => view! { <p>{words.lock_not_here()}</p> }.into_any(),
        Some((true, false)) => off(lock),
    };
    view! {
        <div>
            <Block title=words.lock_title() text=words.lock_about()>
                {content}
            </Block>
        </div>
    }
    .into_any()
}

fn worth(words: Words) -> AnyView {
    view! {
        <div class="lock-worth">
            <h3>{words.lock_helps()}</h3>
            <ul>
                <li>{words.lock_helps_lost()}</li>
                <li>{words.lock_helps_shared()}</li>
            </ul>
            <h3>{words.lock_helps_not()}</h3>
            <ul>
                <li>{words.lock_helps_not_open()}</li>
                <li>{words.lock_helps_not_spy()}</li>
                <li>{words.lock_helps_not_weak()}</li>
                <li>{words.lock_helps_not_files()}</li>
            </ul>
        </div>
        <Banner text=words.lock_lost() tone=Tone::Notice icon=icon::ALERT/>
    }
    .into_any()
}

/// How far turning it on is.
#[derive(Clone, PartialEq)]
enum Step {
    Begin,
    Passphrase,
    Key(String),
    Working,
}

fn off(lock: Lock) -> AnyView {
    let words = lock.words;
    let step = RwSignal::new(Step::Begin);
    let content = move || {
        match step.get() {
        Step::Begin => view! {
            <p>{words.lock_off()}</p>
            {worth(words)}
            <div class="actions">
                <Button label=words.lock_start() look=Look::Primary icon=icon::SHIELD on_press=move |()| step.set(Step::Passphrase)/>
                <Button label=words.lock_backup_first() icon=icon::SAVE on_press=move |()| save_backup(lock.state, RwSignal::new(false))/>
            </div>
        }
        .into_any(),
        Step::Passphrase => choose(lock, step),
        Step::Key(key) => keep_key(lock, step, key),
        Step::Working => view! { <p role="status">{words.lock_working()}</p> }.into_any(),
    }
    };
    content.into_any()
}

/// A new passphrase, typed twice.
#[derive(Clone, Copy)]
struct NewPassphrase {
    words: Words,
    first: RwSignal<String>,
    again: RwSignal<String>,
}

impl NewPassphrase {
    fn new(words: Words) -> Self {
        Self {
            words,
            first: RwSignal::new(String::new()),
            again: RwSignal::new(String::new()),
        }
    }

    fn good(self) -> bool {
        self.first.with(|first| {
            let enough = first.chars().count() >= PASSPHRASE_MIN;
            enough && self.again.with(|again| again == first)
        })
    }

    fn fields(self, label: &'static str) -> AnyView {
        let words = self.words;
        // Only what is finished can be wrong: an empty field is not, and neither is one that is still the beginning.
        let short = Signal::derive(move || {
            let again = self.again.with(|again| !again.is_empty());
            let short = self
                .first
                .with(|first| first.chars().count() < PASSPHRASE_MIN);
            (again && short).then(|| words.lock_passphrase_short().to_owned())
        });
        let differs = Signal::derive(move || {
            let wrong = self
                .first
                .with(|first| self.again.with(|again| !first.starts_with(again.as_str())));
            wrong.then(|| words.lock_again_differs().to_owned())
        });
        view! {
            <SecretField label value=self.first hint=words.lock_passphrase_hint() error=short autocomplete="new-password" autofocus=true/>
            <SecretField label=words.lock_again() value=self.again error=differs autocomplete="new-password"/>
        }
        .into_any()
    }
}

fn choose(lock: Lock, step: RwSignal<Step>) -> AnyView {
    let words = lock.words;
    let new = NewPassphrase::new(words);
    let understood = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let missing = Signal::derive(move || !(new.good() && understood.get()));
    let go = move |()| {
        let passphrase = new.first.get_untracked();
        lock.ask(VaultJob::Prepare { passphrase }, busy, None, move |reply| {
            if let VaultReply::Recovery(key) = reply {
                step.try_set(Step::Key(key));
            }
        });
    };
    view! {
        {new.fields(words.lock_passphrase())}
        <Checkbox label=words.lock_understood() value=understood/>
        <div class="actions">
            <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| step.set(Step::Begin)/>
            <Button label=words.lock_next() look=Look::Primary busy disabled=missing on_press=go/>
        </div>
    }
    .into_any()
}

fn keep_key(lock: Lock, step: RwSignal<Step>, key: String) -> AnyView {
    let words = lock.words;
    let kept = RwSignal::new(false);
    let missing = Signal::derive(move || !kept.get());
    let go = move |()| {
        step.set(Step::Working);
        // A draft of the programme that was kept outside of the workspace must not stay there.
        crate::prefs::write("program.draft", "");
        let request = Request::Vault(VaultJob::TurnOn);
        let (_, answer) = lock.state.client.run(request, Vec::new(), |_| {});
        spawn_local(async move {
            // When it is done the page is loaded anew, and this is not reached.
            if let Err(fault) = answer.await {
                step.try_set(Step::Begin);
                lock.refused(&fault, None);
            }
        });
    };
    view! {
        {show_key(lock, key)}
        <Checkbox label=words.lock_kept() value=kept/>
        <div class="actions">
            <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| step.set(Step::Begin)/>
            <Button label=words.lock_turn_on() look=Look::Primary icon=icon::SHIELD disabled=missing on_press=go/>
        </div>
    }
    .into_any()
}

fn show_key(lock: Lock, key: String) -> AnyView {
    let words = lock.words;
    let business = lock.state.client.status().with_untracked(|status| {
        let name = status.as_ref().map(|status| status.settings.name.clone());
        name.filter(|name| !name.is_empty())
            .unwrap_or_else(|| words.shell_brand().to_owned())
    });
    let copied = key.clone();
    let copy = move |()| {
        let (done, failed) = (words.lock_copied(), words.lock_copy_failed());
        clipboard::copy(lock.state, copied.clone(), done, failed);
    };
    view! {
        <h3>{words.lock_key_title()}</h3>
        <p>{words.lock_key_text()}</p>
        <div class="print-sheet recovery-key">
            <p>{words.lock_key_of(&business)}</p>
            <output>{key}</output>
        </div>
        <div class="actions">
            <Button label=words.lock_copy() icon=icon::COPY on_press=copy/>
            <Button
                label=words.lock_print()
                icon=icon::PRINT
                on_press=|()| {
                    // A page that cannot print itself has nothing else to offer.
                    let _ = window().print();
                }
            />
        </div>
    }
    .into_any()
}

fn on(lock: Lock) -> AnyView {
    let words = lock.words;
    let view = lock.view.get_untracked().unwrap_or_default();
    let busy = RwSignal::new(false);
    let (memory, passes) = view.cost;
    let after = RwSignal::new(view.lock_after.to_string());
    let choices = LOCK_AFTER
        .iter()
        .map(|minutes| match minutes {
            0 => Choice::new("0", words.lock_after_never()),
            _ => Choice::new(
                minutes.to_string(),
                words.lock_after_minutes(&minutes.to_string()),
            ),
        })
        .collect();
    let choose = move |chosen: String| {
        let minutes = chosen.parse().unwrap_or(0);
        lock.ask(VaultJob::LockAfter { minutes }, busy, None, move |_| {
            lock.state.toasts.done(words.lock_after_saved(), None);
        });
    };
    let none = (!view.recovery).then(|| {
        view! { <Banner text=words.lock_recovery_none() tone=Tone::Notice icon=icon::ALERT/> }
    });
    view! {
        <p>{words.lock_on()}</p>
        {none}
        <div class="actions">
            <Button
                label=words.lock_now()
                look=Look::Primary
                icon=icon::SHIELD
                on_press=move |()| lock.ask(VaultJob::Lock, busy, None, |_| {})
            />
        </div>
        <p class="note">{words.lock_now_text()}</p>
        <Select label=words.lock_after() value=after choices hint=words.lock_after_hint() on_change=choose/>
        <div class="actions">
            <Opener lock act=Act::Change/>
            <Opener lock act=Act::Recovery/>
            <Opener lock act=Act::Off/>
        </div>
        {worth(words)}
        <p class="note">{words.lock_cost(&memory.to_string(), &passes.to_string())}</p>
    }
    .into_any()
}

/// What is done with the passphrase once more.
#[derive(Clone, Copy, PartialEq)]
enum Act {
    Change,
    Recovery,
    Off,
}

/// A button and its dialog.
#[component]
fn Opener(
    /// The page.
    lock: Lock,
    /// What it does.
    act: Act,
) -> impl IntoView {
    let words = lock.words;
    let open = RwSignal::new(false);
    let (title, look) = match act {
        Act::Change => (words.lock_change(), Look::Plain),
        Act::Recovery => (words.lock_recovery(), Look::Plain),
        Act::Off => (words.lock_off_go(), Look::Danger),
    };
    view! {
        <Button label=title look on_press=move |()| open.set(true)/>
        <Dialog open title=title.to_owned() close_label=words.act_close()>
            {match act {
                Act::Change => change(lock, open),
                Act::Recovery => recovery(lock, open),
                Act::Off => turn_off(lock, open),
            }}
        </Dialog>
    }
    .into_any()
}

fn foot(words: Words, open: RwSignal<bool>, go: AnyView) -> AnyView {
    view! {
        <div class="dialog-foot">
            <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| open.set(false)/>
            {go}
        </div>
    }
    .into_any()
}

fn change(lock: Lock, open: RwSignal<bool>) -> AnyView {
    let words = lock.words;
    let old = RwSignal::new(String::new());
    let new = NewPassphrase::new(words);
    let (busy, wrong) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let missing = Signal::derive(move || !new.good() || old.with(String::is_empty));
    let go = move |()| {
        let job = VaultJob::Change {
            secret: VaultSecret::Passphrase(old.get_untracked()),
            passphrase: new.first.get_untracked(),
        };
        lock.ask(job, busy, Some(wrong), move |_| {
            open.try_set(false);
            lock.state.toasts.done(words.lock_changed(), None);
            lock.look();
        });
    };
    let button = view! { <Button label=words.lock_change() look=Look::Primary busy disabled=missing on_press=go/> };
    view! {
        <p>{words.lock_change_text()}</p>
        <SecretField label=words.lock_change_old() value=old error=wrong autofocus=true/>
        {new.fields(words.lock_change_new())}
        {foot(words, open, button.into_any())}
    }
    .into_any()
}

fn recovery(lock: Lock, open: RwSignal<bool>) -> AnyView {
    let words = lock.words;
    let passphrase = RwSignal::new(String::new());
    let (busy, wrong) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let made = RwSignal::new(None::<String>);
    let missing = Signal::derive(move || passphrase.with(String::is_empty));
    let go = move |()| {
        let job = VaultJob::NewRecovery {
            passphrase: passphrase.get_untracked(),
        };
        lock.ask(job, busy, Some(wrong), move |reply| {
            if let VaultReply::Recovery(key) = reply {
                made.try_set(Some(key));
                lock.look();
            }
        });
    };
    let content = move || {
        match made.get() {
        Some(key) => view! {
            {show_key(lock, key)}
            <div class="dialog-foot">
                <Button label=words.lock_kept() look=Look::Primary on_press=move |()| open.set(false)/>
            </div>
        }
        .into_any(),
        None => view! {
            <p>{words.lock_recovery_text()}</p>
            <SecretField label=words.lock_passphrase() value=passphrase error=wrong autofocus=true/>
            {foot(
                words,
                open,
                view! { <Button label=words.lock_recovery_go() look=Look::Primary busy disabled=missing on_press=go/> }
                    .into_any(),
            )}
        }
        .into_any(),
    }
    };
    content.into_any()
}

fn turn_off(lock: Lock, open: RwSignal<bool>) -> AnyView {
    let words = lock.words;
    let passphrase = RwSignal::new(String::new());
    let (busy, wrong) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let missing = Signal::derive(move || passphrase.with(String::is_empty));
    let go = move |()| {
        let job = VaultJob::TurnOff {
            passphrase: passphrase.get_untracked(),
        };
        // When it is done the page is loaded anew.
        lock.ask(job, busy, Some(wrong), |_| {});
    };
    let working = move || busy.get().then(|| words.lock_turning_off());
    let button = view! { <Button label=words.lock_off_go() look=Look::Danger busy disabled=missing on_press=go/> };
    view! {
        <p>{words.lock_off_text()}</p>
        <SecretField label=words.lock_passphrase() value=passphrase error=wrong autofocus=true/>
        <p role="status">{working}</p>
        {foot(words, open, button.into_any())}
    }
    .into_any()
}
