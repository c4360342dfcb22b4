//! What the parts of the builder share: the draft with its steps, what it says, and what the worker says of it.

use super::draft::{Draft, NodeId, Said};
use super::edit::Refused;
use super::form::Form;
use super::rows::{Row, RowKind, rows};
use super::steps::{Mark, Steps};
use crate::named::{SetNames, use_set_names};
use crate::state::{Asking, use_ask, use_ask_when, use_currency, use_words};
use model::{Currency, Day, SegmentId};
use protocol::{
    MembershipQuery, MembershipReply, NodeCount, Query, Reply, RuleNames, RulePreview,
    SegmentQuery, SegmentReply,
};
use std::sync::Arc;
use text::Words;
use ui::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// What was found of a rule.
pub type Preview = Option<Arc<RulePreview>>;

/// The builder's state; small handles.
#[derive(Clone, Copy)]
pub struct Desk {
    /// The words.
    pub words: Words,
    /// What amounts are in.
    pub currency: Currency,
    /// The draft and its steps.
    pub steps: RwSignal<Steps>,
    /// What it says so far.
    pub said: Memo<Said>,
    /// The same as canonical JSON.
    pub json: Memo<String>,
    /// Its rows.
    pub rows: Memo<Vec<Row>>,
    /// What the worker says of it; the last answer stays while a newer one is on its way.
    pub preview: Memo<Preview>,
    /// The question behind it.
    pub asking: Asking,
    /// The names that only this workspace has.
    pub names: Memo<Arc<RuleNames>>,
    /// The names of the segments and lists that the rule names, also of those that are gone.
    pub called: SetNames,
    /// Saved segments and static lists that can be named: id and name.
    pub segments: Memo<Arc<Vec<(String, String)>>>,
    /// The segment that is edited; it cannot name itself.
    pub own: RwSignal<Option<SegmentId>>,
    /// What readers are told about an edit.
    pub told: RwSignal<String>,
    /// The row before which a dragged node would go.
    pub drop: RwSignal<Option<u64>>,
    /// The node that is dragged.
    pub dragged: RwSignal<Option<NodeId>>,
}

impl Desk {
    /// Begins with a draft. Call in the builder.
    pub fn new(start: Draft, own: Option<SegmentId>, as_of: Memo<Option<Day>>) -> Self {
        let words = use_words();
        let own = RwSignal::new(own);
        let steps = RwSignal::new(Steps::new(start));
        let said = Memo::new(move |_| steps.with(|steps| steps.now.rule()));
        let json = Memo::new(move |_| said.with(|said| said.rule.to_json()));
        let asking = use_ask_when(move || {
            Some(Query::Segment(SegmentQuery::Preview {
                rule: json.get(),
                own: own.get(),
                as_of: as_of.get(),
            }))
        });
        let preview = Memo::new_with_compare(
            move |_| {
                let reply = asking.reply()?;
                match &*reply {
                    Reply::Segment(reply) => match &**reply {
                        SegmentReply::Preview(preview) => Some(Arc::new(preview.clone())),
                        _ => None,
                    },
                    _ => None,
                }
            },
            |old, new| old != new,
        );
        Self {
            words,
            currency: use_currency(),
            steps,
            said,
            json,
            rows: Memo::new(move |_| steps.with(|steps| rows(&steps.now))),
            preview,
            asking,
            names: names(),
            called: use_set_names(move || {
                said.with(|said| {
                    said.rule
                        .named_sets()
                        .into_iter()
                        .map(str::to_owned)
                        .collect()
                })
            }),
            segments: segments(own),
            own,
            told: RwSignal::new(String::new()),
            drop: RwSignal::new(None),
            dragged: RwSignal::new(None),
        }
    }

    /// Changes the draft as a step of its own.
    pub fn edit(&self, change: impl FnOnce(&mut Draft)) {
        self.steps.update(|steps| {
            steps.edit(None, change);
        });
    }

    /// Changes the draft; edits of the same mark in a row are one step.
    pub fn type_in(&self, mark: Mark, change: impl FnOnce(&mut Draft)) {
        self.steps.update(|steps| {
            steps.edit(Some(mark), change);
        });
    }

    /// Ends the typing at hand.
    pub fn pause(&self) {
        // Whoever listens to the steps sees no change: only the next edit does.
        self.steps.update_untracked(Steps::pause);
    }

    /// Changes the form of a condition as typing.
    pub fn fill(&self, id: NodeId, field: &'static str, change: impl FnOnce(&mut Form)) {
        self.type_in((id, field), |draft| {
            if let Some(form) = draft.form_mut(id) {
                change(form);
            }
        });
    }

    /// Tries an edit and says why it was refused.
    pub fn attempt<T>(&self, edit: impl FnOnce(&mut Draft) -> Result<T, Refused>) -> Option<T> {
        let mut gives = None;
        self.edit(|draft| gives = Some(edit(draft)));
        match gives? {
            Ok(gives) => Some(gives),
            Err(refused) => {
                self.tell(refusal(self.words, refused));
                None
            }
        }
    }

    /// Tells readers, and shows below the blocks, what came of an edit.
    pub fn tell(&self, text: impl Into<String>) {
        self.told.set(text.into());
    }

    /// Takes the last step back.
    pub fn undo(&self) {
        let focused = document().active_element();
        let mut done = false;
        self.steps.update(|steps| done = steps.undo());
        keep_focus(focused);
        if done {
            self.tell(self.words.builder_undone());
        }
    }

    /// Takes it again.
    pub fn redo(&self) {
        let focused = document().active_element();
        let mut done = false;
        self.steps.update(|steps| done = steps.redo());
        keep_focus(focused);
        if done {
            self.tell(self.words.builder_redone());
        }
    }

    /// The draft as it is now.
    pub fn with<T>(&self, read: impl FnOnce(&Draft) -> T) -> T {
        self.steps.with(|steps| read(&steps.now))
    }

    /// The same without listening to its changes.
    pub fn with_untracked<T>(&self, read: impl FnOnce(&Draft) -> T) -> T {
        self.steps.with_untracked(|steps| read(&steps.now))
    }

    /// What the worker counted for a node.
    pub fn count_of(&self, id: NodeId) -> Option<NodeCount> {
        let path = self.said.with(|said| said.path(id).map(str::to_owned))?;
        let preview = self.preview.get()?;
        preview.nodes.iter().find(|it| it.path == path).cloned()
    }
}

/// Why an edit cannot be.
pub fn refusal(words: Words, refused: Refused) -> &'static str {
    match refused {
        Refused::Gone => words.builder_refused_gone(),
        Refused::IntoItself => words.builder_refused_itself(),
        Refused::TooDeep => words.builder_refused_deep(),
        Refused::TooMany => words.builder_refused_many(),
    }
}

fn names() -> Memo<Arc<RuleNames>> {
    let asking = use_ask(|| Query::Segment(SegmentQuery::Names));
    Memo::new(move |_| {
        let reply = asking.reply();
        match reply.as_deref() {
            Some(Reply::Segment(reply)) => match &**reply {
                SegmentReply::Names(names) => Arc::new(names.clone()),
                _ => Arc::default(),
            },
            _ => Arc::default(),
        }
    })
}

fn segments(own: RwSignal<Option<SegmentId>>) -> Memo<Arc<Vec<(String, String)>>> {
    let asking = use_ask(|| Query::Segments);
    let lists = use_ask(|| Query::Membership(MembershipQuery::Lists));
    Memo::new(move |_| {
        let mut all = Vec::new();
        if let Some(Reply::Segments(saved)) = asking.reply().as_deref() {
            all.extend(saved.iter().filter_map(|segment| {
                let id = segment.id?;
                (Some(id) != own.get()).then(|| (id.to_string(), segment.name.clone()))
            }));
        }
        if let Some(Reply::Membership(reply)) = lists.reply().as_deref()
            && let MembershipReply::Lists(lists) = &**reply
        {
            let named = lists.iter().map(|it| (it.id.to_string(), it.name.clone()));
            all.extend(named);
        }
        Arc::new(all)
    })
}

/// The id of a row's element.
pub fn row_id(key: u64) -> String {
    ["brick-", &key.to_string()].concat()
}

/// Gives the focus back after an undo that moved or removed the row it was in: a row that moves loses it, and with it the
/// next key would be lost.
fn keep_focus(before: Option<web_sys::Element>) {
    let Some(before) = before.and_then(|it| it.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    focus_when_drawn(move || {
        if before.is_connected() {
            return Some(before.clone());
        }
        let first = document().query_selector(".brick-handle").ok().flatten();
        first.and_then(|it| it.dyn_into().ok())
    });
}

/// Puts the focus into a row, once it is drawn: on what the first of the selectors finds, else on what the next one does.
pub fn focus_row(id: NodeId, kind: RowKind, selector: &'static str) {
    let key = u64::from(id) * 2 + u64::from(matches!(kind, RowKind::Add | RowKind::AddWhere));
    focus_when_drawn(move || {
        let row = document().get_element_by_id(&row_id(key))?;
        let mut selectors = selector.split(", ");
        let found = selectors.find_map(|one| row.query_selector(one).ok().flatten());
        found.and_then(|it| it.dyn_into().ok())
    });
}

/// Gives the focus to what `find` finds. Rows are drawn by effects that wait in the same queue, in front of this task, so
/// that the focus is there before the browser hands out the next key: whoever types quickly hits the new row. A menu that
/// closes takes the focus back for itself, and only after that; so it is given once more two frames later, unless the
/// person has gone elsewhere.
fn focus_when_drawn(find: impl Fn() -> Option<HtmlElement> + 'static) {
    ui::spawn_local(async move {
        let given = find();
        if let Some(element) = &given {
            let _ = element.focus();
        }
        request_animation_frame(move || {
            request_animation_frame(move || {
                let now = document().active_element();
                let lost = now.is_none_or(|now| {
                    let in_menu = now.closest(".brick-menu").ok().flatten().is_some();
                    // On a page that was just opened the title is given the focus, too.
                    ["BODY", "H1"].contains(&now.tag_name().as_str()) || in_menu
                });
                if !lost && given.is_some() {
                    return;
                }
                if let Some(element) = find() {
                    let _ = element.focus();
                }
            });
        });
    });
}
