//! The dialog of a bulk action: what shall be done, what it would do, and doing it.

use super::preview::{self, Preview};
use super::sets::{SetKind, use_sets};
use super::work::{Work, progress};
use crate::state::{use_ask_when, use_words};
use model::{ListId, Points};
use protocol::{Bulk, BulkAct, Chosen, Query, Reply};
use text::Words;
use ui::prelude::*;
use ui::{Button, Choice, Dialog, Glyph, Input, Look, MenuItem, Select, icon};

/// Kinds of bulk action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Adds a tag.
    Tag,
    /// Removes a tag.
    Untag,
    /// Gives them an owner.
    Assign,
    /// Gives each points.
    Award,
    /// Puts them on a list.
    AddToList,
    /// Makes a list of them.
    Freeze,
    /// Takes them off this list.
    TakeOff(ListId),
}

impl Kind {
    /// What it is called.
    pub fn label(self, words: Words) -> &'static str {
        match self {
            Kind::Tag => words.many_tag_add(),
            Kind::Untag => words.many_tag_remove(),
            Kind::Assign => words.many_assign(),
            Kind::Award => words.many_award(),
            Kind::AddToList => words.many_list_add(),
            Kind::Freeze => words.many_freeze(),
            Kind::TakeOff(_) => words.many_list_take(),
        }
    }

    fn icon(self) -> Glyph {
        match self {
            Kind::Tag | Kind::Untag => icon::TAG,
            Kind::Assign => icon::PERSON_ADD,
            Kind::Award => icon::GIFT,
            Kind::AddToList | Kind::Freeze => icon::PLUS,
            Kind::TakeOff(_) => icon::MINUS,
        }
    }
}

/// What can be done with any set.
const ALWAYS: [Kind; 6] = [
    Kind::Tag,
    Kind::Untag,
    Kind::Assign,
    Kind::Award,
    Kind::AddToList,
    Kind::Freeze,
];

/// What a person wants to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// To whom.
    pub who: Chosen,
    /// What they are called.
    pub name: String,
    /// What.
    pub kind: Kind,
}

/// The actions for a set as items of a menu; each opens the dialog.
pub fn acts(words: Words, wish: RwSignal<Option<Wish>>, who: &Chosen, name: &str) -> Vec<MenuItem> {
    let kinds = ALWAYS.into_iter();
    kinds
        .map(|kind| act(words, wish, who, name, kind))
        .collect()
}

/// The same for a set that is known only when an item is chosen (what a list shows just then). Where that is a static
/// list, they can be taken off it.
pub fn acts_of(
    words: Words,
    wish: RwSignal<Option<Wish>>,
    who: Callback<(), Option<Chosen>>,
    list: Option<ListId>,
) -> Vec<MenuItem> {
    let kinds = ALWAYS.into_iter().chain(list.map(Kind::TakeOff));
    kinds
        .map(|kind| {
            MenuItem::new(kind.label(words), kind.icon(), move || {
                wish.set(who.run(()).map(|who| Wish {
                    who,
                    name: String::new(),
                    kind,
                }));
            })
        })
        .collect()
}

/// One action for a set as an item of a menu.
pub fn act(
    words: Words,
    wish: RwSignal<Option<Wish>>,
    who: &Chosen,
    name: &str,
    kind: Kind,
) -> MenuItem {
    let made = Wish {
        who: who.clone(),
        name: name.to_owned(),
        kind,
    };
    MenuItem::new(kind.label(words), kind.icon(), move || {
        wish.set(Some(made.clone()));
    })
}

/// The fields of all kinds; each kind uses some.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    /// Tag, owner, name of the list.
    pub text: RwSignal<String>,
    /// Points for each.
    pub points: RwSignal<String>,
    /// Reason, note.
    pub reason: RwSignal<String>,
    /// Key of the list.
    pub list: RwSignal<String>,
}

impl Fields {
    /// What the fields say, when they are complete.
    fn act(self, kind: Kind) -> Option<BulkAct> {
        let text = self.text.get().trim().to_owned();
        let some = (!text.is_empty()).then_some(text);
        Some(match kind {
            Kind::Tag | Kind::Untag => BulkAct::Tag {
                tag: some?,
                add: kind == Kind::Tag,
            },
            Kind::Assign => BulkAct::Assign { owner: some },
            Kind::Award => BulkAct::Award {
                points: Points(read_points(&self.points.get())?),
                reason: Some(self.reason.get().trim().to_owned()).filter(|it| !it.is_empty())?,
            },
            Kind::AddToList => BulkAct::AddToList {
                list: self.list.get().strip_prefix("list:")?.parse().ok()?,
            },
            Kind::Freeze => BulkAct::Freeze {
                name: some?,
                note: Some(self.reason.get()),
            },
            Kind::TakeOff(list) => BulkAct::TakeOffList { list },
        })
    }
}

fn read_points(text: &str) -> Option<i64> {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, ',' | '，' | ' '))
        .collect();
    plain.parse().ok().filter(|points| *points > 0)
}

/// The dialog; open while there is a wish.
#[component]
pub fn ManyDialog(
    /// What is wanted.
    wish: RwSignal<Option<Wish>>,
) -> impl IntoView {
    let words = use_words();
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(wish.with(Option::is_some)));
    let title = Signal::derive(move || {
        wish.with(|wish| {
            wish.as_ref().map_or(String::new(), |wish| {
                let label = wish.kind.label(words);
                if wish.name.is_empty() {
                    label.to_owned()
                } else {
                    words.many_title(label, &wish.name)
                }
            })
        })
    });
    view! {
        <Dialog open title close_label=words.act_close() size="wide" on_close=move |()| wish.set(None)>
            {move || wish.get_untracked().map(|wish| view! { <Form wish open/> })}
        </Dialog>
    }
    .into_any()
}

#[component]
fn Form(
    /// What is wanted.
    wish: Wish,
    /// Closes the dialog.
    open: RwSignal<bool>,
) -> impl IntoView {
    let words = use_words();
    let kind = wish.kind;
    let start = if kind == Kind::Freeze {
        wish.name.clone()
    } else {
        String::new()
    };
    let fields = Fields {
        text: RwSignal::new(start),
        points: RwSignal::new(String::new()),
        reason: RwSignal::new(String::new()),
        list: RwSignal::new(String::new()),
    };
    let who = StoredValue::new(wish.who);
    let bulk = Memo::new(move |_| {
        Some(Bulk {
            who: who.get_value(),
            act: fields.act(kind)?,
        })
    });
    let look = preview::use_preview(bulk);
    let work = Work::new(open);
    let submit = move || {
        if let Some(bulk) = bulk.get_untracked()
            && look.changed() > 0
        {
            work.start(bulk);
        }
    };
    let label = move || match look.changed() {
        0 => words.many_apply_none().to_owned(),
        some => words.many_apply(some),
    };
    let nothing = Signal::derive(move || look.changed() == 0 || bulk.with(Option::is_none));
    let busy = work.busy();
    let foot = move || {
        if busy.get() {
            return progress(words, work);
        }
        view! {
            <div class="dialog-foot">
                <Button label=words.act_cancel() look=Look::Quiet on_press=move |()| open.set(false)/>
                <button type="submit" class="button primary" disabled=move || nothing.get()>{label}</button>
            </div>
        }
        .into_any()
    };
    view! {
        <form
            class="many-form"
            on:submit=move |event| {
                event.prevent_default();
                submit();
            }
        >
            {fields_of(words, kind, fields)}
            <Preview look kind/>
            {foot}
        </form>
    }
    .into_any()
}

fn fields_of(words: Words, kind: Kind, fields: Fields) -> AnyView {
    let Fields {
        text,
        points,
        reason,
        list,
    } = fields;
    match kind {
        Kind::Tag | Kind::Untag => view! {
            <Suggested label=words.many_tag() value=text attribute="tags" hint=""/>
        }
        .into_any(),
        Kind::Assign => view! {
            <Suggested label=words.many_owner() value=text attribute="owner" hint=words.many_owner_hint()/>
        }
        .into_any(),
        Kind::Award => view! {
            <div class="form-columns">
                <Input label=words.many_points() value=points mode="numeric" required=true autofocus=true/>
                <Input label=words.many_reason() value=reason hint=words.many_reason_hint() required=true/>
            </div>
        }
        .into_any(),
        Kind::AddToList => view! { <ListField value=list/> }.into_any(),
        Kind::Freeze => view! {
            <div class="form-columns">
                <Input label=words.many_name() value=text required=true autofocus=true/>
                <Input label=words.many_note() value=reason/>
            </div>
        }
        .into_any(),
        // Which list is known: there is nothing to fill in.
        Kind::TakeOff(_) => ().into_any(),
    }
}

/// A field that offers the values there are.
#[component]
fn Suggested(
    label: &'static str,
    value: RwSignal<String>,
    attribute: &'static str,
    hint: &'static str,
) -> impl IntoView {
    let asked = use_ask_when(move || {
        Some(Query::Values {
            attribute: attribute.to_owned(),
            search: String::new(),
            limit: 50,
        })
    });
    let id = ui::fresh_id("values");
    let options = move || match asked.reply().as_deref() {
        Some(Reply::Values(values)) => values
            .iter()
            .map(|value| view! { <option value=value.value.clone()></option> }.into_any())
            .collect::<Vec<AnyView>>(),
        _ => Vec::new(),
    };
    view! {
        <datalist id=id.clone()>{options}</datalist>
        <Input label=label value=value list=id hint=hint autofocus=true/>
    }
    .into_any()
}

/// Which list.
#[component]
fn ListField(value: RwSignal<String>) -> impl IntoView {
    let words = use_words();
    let sets = use_sets();
    let lists = Memo::new(move |_| {
        sets.items.with(|items| {
            let lists = items.iter().filter(|item| item.kind == SetKind::List);
            lists.cloned().collect::<Vec<_>>()
        })
    });
    move || {
        let lists = lists.get();
        if lists.is_empty() {
            return view! { <p class="note">{words.many_none_lists()}</p> }.into_any();
        }
        let mut choices = vec![Choice::new("", words.many_choose())];
        choices.extend(lists.into_iter().map(|list| {
            let text = [&list.name, " · ", &words.count(list.count)].concat();
            Choice::new(list.key, text)
        }));
        view! { <Select label=words.many_list() value choices/> }.into_any()
    }
}
