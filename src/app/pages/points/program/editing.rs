//! What is being edited: the form, or the text; what it says now, and what is wrong with it where.

use super::draft::Draft;
use crate::pages::segments::spread;
use crate::prefs;
use model::program::{Program, ProgramError};
use std::sync::Arc;
use text::Words;
use ui::prelude::*;

/// What the form or the text says now: a programme, or everything that is wrong.
pub type Checked = Result<Arc<Program>, Arc<Vec<ProgramError>>>;

/// A draft as it is kept while the page is away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// `form` or `json`.
    pub mode: String,
    /// What the form makes, or the text.
    pub text: String,
}

/// Everything that is edited. Copies are the same.
#[derive(Clone, Copy)]
pub struct Editing {
    /// The language.
    pub words: Words,
    /// The form.
    pub draft: Draft,
    /// `form` or `json`.
    pub mode: RwSignal<String>,
    /// The text, while it is edited as one.
    pub json: RwSignal<String>,
    /// What it says now.
    pub checked: Memo<Checked>,
    /// The programme in force.
    pub present: StoredValue<Option<Arc<Program>>>,
    /// What was replaced last, to bring it back.
    pub replaced: RwSignal<Option<Kept>>,
    /// Where drafts are kept.
    place: &'static str,
}

impl Editing {
    /// Begins with the kept draft, else with `start`.
    pub fn new(
        words: Words,
        draft: Draft,
        present: Option<Arc<Program>>,
        start: &Program,
        place: &'static str,
    ) -> Self {
        let mode = RwSignal::new("form".to_owned());
        let json = RwSignal::new(String::new());
        let checked = Memo::new(move |_| {
            let text = current(draft, mode, json);
            Program::check(&text).map(Arc::new).map_err(Arc::new)
        });
        let editing = Self {
            words,
            draft,
            mode,
            json,
            checked,
            present: StoredValue::new(present),
            replaced: RwSignal::new(None),
            place,
        };
        let start = Kept {
            mode: "form".to_owned(),
            text: start.to_json(),
        };
        editing.open(&read(place, draft).unwrap_or(start));
        editing
    }

    /// Shows a kept draft.
    pub fn open(&self, kept: &Kept) {
        if kept.mode == "form" && self.draft.load(&kept.text) {
            self.mode.set("form".to_owned());
        } else {
            self.json.set(spread(&kept.text));
            self.mode.set("json".to_owned());
        }
    }

    /// As it would be kept now.
    pub fn kept(&self) -> Kept {
        untrack(|| Kept {
            mode: self.mode.get(),
            text: current(self.draft, self.mode, self.json),
        })
    }

    /// Puts another programme in the place of the draft; what was there can be brought back.
    pub fn replace(&self, program: &Program) {
        self.replaced.set(Some(self.kept()));
        self.open(&Kept {
            mode: "form".to_owned(),
            text: program.to_json(),
        });
    }

    /// Whether there is something that is not in force; tracked.
    pub fn differs(&self) -> bool {
        let present = self.present.get_value();
        self.checked.with(|checked| match checked {
            Ok(program) => present.as_ref() != Some(program),
            Err(_) => true,
        })
    }

    /// Keeps the draft whenever it changes, while it differs from what is in force. Not beside an encrypted workspace,
    /// where it would lie on the disk for everybody to read.
    pub fn keep(self) {
        let status = crate::state::use_status();
        let encrypted =
            status.with_untracked(|status| status.as_ref().is_some_and(|status| status.encrypted));
        Effect::watch(
            move || {
                let text = current(self.draft, self.mode, self.json);
                (self.mode.get(), text, self.differs())
            },
            move |(mode, text, differs), _, _| {
                if *differs && !encrypted {
                    prefs::write(self.place, &[mode, "\n", text].concat());
                } else {
                    self.forget();
                }
            },
            false,
        );
    }

    /// Forgets the kept draft.
    pub fn forget(&self) {
        prefs::write(self.place, "");
    }

    /// What is wrong at a path, for its field.
    pub fn error(
        self,
        path: impl Fn() -> String + Send + Sync + 'static,
    ) -> Signal<Option<String>> {
        let words = self.words;
        Signal::derive(move || {
            let path = path();
            self.checked.with(|checked| {
                let wrong = checked.as_ref().err()?;
                let here = |it: &&ProgramError| {
                    let rest = it.path.strip_prefix(path.as_str());
                    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
                };
                Some(words.program_error(wrong.iter().find(here)?))
            })
        })
    }

    /// The same for a fixed path.
    pub fn error_at(self, path: &'static str) -> Signal<Option<String>> {
        self.error(move || path.to_owned())
    }

    /// Whether anything is wrong below a path.
    pub fn any_wrong(self, path: &str) -> bool {
        self.checked.with(|checked| {
            let wrong = checked.as_ref().err();
            wrong.is_some_and(|wrong| wrong.iter().any(|it| it.path.starts_with(path)))
        })
    }
}

fn current(draft: Draft, mode: RwSignal<String>, json: RwSignal<String>) -> String {
    if mode.with(|mode| mode == "json") {
        json.get()
    } else {
        draft.json()
    }
}

/// The draft that was kept, if it is of this business: amounts of another currency would mean something else.
fn read(place: &str, draft: Draft) -> Option<Kept> {
    let kept = prefs::read(place)?;
    let (mode, text) = kept.split_once('\n')?;
    let currency = ["\"", draft.currency.code(), "\""].concat();
    let ours = mode == "json" || text.contains(&currency);
    ours.then(|| Kept {
        mode: mode.to_owned(),
        text: text.to_owned(),
    })
}
