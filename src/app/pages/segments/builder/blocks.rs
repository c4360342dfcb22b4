//! The rule as blocks: a row for each condition and each head of a group, with what it does to the count.

use super::choose::{self, new_group};
use super::controls::{form_controls, measure_control, note_id, period_controls};
use super::draft::{NodeId, What};
use super::drag;
use super::edit::Step;
use super::effect;
use super::form::Wrong;
use super::keys;
use super::picker::{AddWhere, ChooseWhat, VALUE};
use super::rows::{Row, RowKind};
use super::state::{Desk, focus_row, row_id};
use leptos::ev;
use model::rule::Attribute;
use ui::prelude::*;
use ui::{Button, Icon, Look, Menu, MenuItem, icon};

/// All rows.
pub fn blocks(desk: Desk) -> AnyView {
    let words = desk.words;
    view! {
        <ul
            class="bricks"
            aria-label=words.builder_blocks()
            class:dragging=move || desk.dragged.get().is_some()
        >
            <For
                each=move || desk.rows.get()
                key=|row: &Row| row.key()
                children=move |row| draw(desk, row)
            />
        </ul>
    }
    .into_any()
}

/// One row; what can change of it without its key is read again.
fn draw(desk: Desk, start: Row) -> AnyView {
    let key = start.key();
    let row = Memo::new(move |_| {
        let found = desk
            .rows
            .with(|rows| rows.iter().find(|row| row.key() == key).copied());
        found.unwrap_or(start)
    });
    let content = match start.kind {
        RowKind::Node => node(desk, start.id),
        RowKind::Where => condition(desk, start.id),
        RowKind::Add => add(desk, start.id),
        RowKind::AddWhere => view! { <AddWhere desk of=start.id/> }.into_any(),
    };
    let kind = match start.kind {
        RowKind::Node => "node",
        RowKind::Where => "where",
        RowKind::Add => "add",
        RowKind::AddWhere => "add-where",
    };
    let moved = move || {
        let dragged = desk.dragged.get()?;
        let inside = desk.with(|draft| {
            draft
                .find(dragged)
                .is_some_and(|node| node.find(start.id).is_some())
        });
        inside.then_some("")
    };
    view! {
        <li
            class="brick"
            id=row_id(key)
            data-kind=kind
            data-moved=moved
            data-drop=move || (desk.drop.get() == Some(key)).then_some("")
            style=("--depth", move || row.get().depth.to_string())
        >
            {content}
        </li>
    }
    .into_any()
}

/// What decides how a node's row is drawn.
#[derive(Clone, PartialEq)]
enum Face {
    Group { root: bool },
    Constant(bool),
    Attribute(Attribute),
    Orders,
    Events(String),
    Segment,
    Sample,
    Gone,
}

fn face(desk: Desk, id: NodeId) -> Face {
    desk.with(|draft| match draft.find(id).map(|node| &node.what) {
        Some(What::Group { .. }) => Face::Group {
            root: id == draft.root.id,
        },
        Some(What::Constant(it)) => Face::Constant(*it),
        Some(What::Attribute { attribute, .. }) => Face::Attribute(attribute.clone()),
        Some(What::Orders(_)) => Face::Orders,
        Some(What::Events { kind, .. }) => Face::Events(kind.clone()),
        Some(What::Segment(_)) => Face::Segment,
        Some(What::Sample { .. }) => Face::Sample,
        None => Face::Gone,
    })
}

fn node(desk: Desk, id: NodeId) -> AnyView {
    let words = desk.words;
    let face = Memo::new(move |_| face(desk, id));
    let root = desk.with_untracked(|draft| draft.root.id == id);
    let negated =
        Memo::new(move |_| desk.with(|draft| draft.find(id).is_some_and(|node| node.negated)));
    let body = move || match face.get() {
        Face::Group { root } => group(desk, id, root),
        Face::Constant(everyone) => {
            let text = if everyone {
                words.rules_everyone()
            } else {
                words.rules_no_one()
            };
            view! { <span class="brick-what">{text}</span> }.into_any()
        }
        Face::Attribute(attribute) => {
            let label = match &attribute {
                Attribute::Custom(key) => key.clone(),
                other => words.field(&other.name()),
            };
            [what(desk, id, label), form_controls(desk, id, false)].into_any()
        }
        Face::Orders => measured(desk, id, words.builder_orders().to_owned(), true),
        Face::Events(kind) => measured(desk, id, words.interaction(&kind), false),
        Face::Segment => [
            what(desk, id, words.builder_segment().to_owned()),
            segment(desk, id),
        ]
        .into_any(),
        Face::Sample => [
            what(desk, id, words.builder_sample().to_owned()),
            sample(desk, id),
        ]
        .into_any(),
        Face::Gone => ().into_any(),
    };
    let not = move || {
        negated.get().then(|| {
            view! {
                <button
                    type="button"
                    class="not-mark"
                    title=words.builder_not_remove()
                    on:click=move |_| {
                        desk.attempt(|draft| draft.negate(id));
                    }
                >
                    {words.builder_not()}
                </button>
            }
        })
    };
    view! {
        {handle(desk, id)}
        <div class="brick-body" class:negated=move || negated.get()>
            <div class="brick-line">{not} {body}</div>
            {note(desk, id)}
        </div>
        {effect::effect(desk, id)}
        {(!root).then(|| menu(desk, id))}
    }
    .into_any()
}

/// The part of a row that moves it: by dragging, or with the keys.
fn handle(desk: Desk, id: NodeId) -> AnyView {
    let words = desk.words;
    let root = desk.with_untracked(|draft| draft.root.id == id);
    let name = move || {
        // Tracked through the steps, so that the name follows the words.
        let title = desk.with(|draft| draft.find(id).map(|node| choose::title(words, &node.what)));
        words.builder_handle(&title.unwrap_or_default())
    };
    view! {
        <button
            type="button"
            class="brick-handle"
            class:root=root
            aria-label=name
            aria-describedby="builder-keys"
            title=words.builder_handle_tip()
            on:keydown=move |event| keys::on_handle(desk, id, &event)
            on:pointerdown=move |event: ev::PointerEvent| {
                if !root {
                    drag::start(desk, id, &event);
                }
            }
        >
            <Icon glyph=icon::GRIP/>
        </button>
    }
    .into_any()
}

/// What a row asks, as a button that asks something else.
fn what(desk: Desk, id: NodeId, label: String) -> AnyView {
    let chosen = Callback::new(move |what: What| {
        desk.attempt(|draft| draft.replace(id, what));
        focus_row(id, RowKind::Node, VALUE);
    });
    view! { <span class="brick-what"><ChooseWhat desk label on_choose=chosen/></span> }.into_any()
}

fn measured(desk: Desk, id: NodeId, label: String, of_orders: bool) -> AnyView {
    [
        what(desk, id, label),
        period_controls(desk, id),
        measure_control(desk, id, of_orders),
        form_controls(desk, id, true),
    ]
    .into_any()
}

/// The head of a group.
fn group(desk: Desk, id: NodeId, root: bool) -> AnyView {
    let words = desk.words;
    let any = Memo::new(move |_| {
        desk.with(|draft| {
            matches!(
                draft.find(id).map(|node| &node.what),
                Some(What::Group { any: true, .. })
            )
        })
    });
    let options = vec![
        ("all".to_owned(), words.builder_all().to_owned()),
        ("any".to_owned(), words.builder_any().to_owned()),
    ];
    let label = if root {
        words.builder_root()
    } else {
        words.builder_group()
    };
    let choice = super::controls::pick(
        label.to_owned(),
        options,
        move || if any.get() { "any" } else { "all" }.to_owned(),
        move |value| {
            desk.attempt(|draft| draft.set_any(id, value == "any"));
        },
    );
    view! {
        <span class="brick-group">
            {root.then(|| view! { <span>{words.builder_root_before()}</span> })}
            {choice}
            <span>{words.builder_group_after()}</span>
        </span>
    }
    .into_any()
}

fn segment(desk: Desk, id: NodeId) -> AnyView {
    let words = desk.words;
    let now = move || {
        desk.with(|draft| match &draft.find(id)?.what {
            What::Segment(segment) => Some(segment.clone()),
            _ => None,
        })
        .unwrap_or_default()
    };
    let choice = move || {
        let all = desk.segments.get();
        let mut options = vec![(String::new(), words.builder_segment_choose().to_owned())];
        options.extend(all.iter().cloned());
        // One that was deleted, or that is this very one, is still there to be seen.
        let named = untrack(now);
        if !named.is_empty() && !all.iter().any(|(known, _)| *known == named) {
            let name = desk.called.name(&named);
            let name = name.as_deref().unwrap_or(&named);
            options.push((named.clone(), words.builder_segment_gone(name)));
        }
        super::controls::pick(
            words.builder_segment().to_owned(),
            options,
            now,
            move |segment| {
                desk.edit(|draft| {
                    if let Some(node) = draft.find_mut(id) {
                        node.what = What::Segment(segment);
                    }
                });
            },
        )
    };
    view! { <span>{words.builder_segment_is()}</span> {choice} }.into_any()
}

fn sample(desk: Desk, id: NodeId) -> AnyView {
    let words = desk.words;
    let read = move |of_seed: bool| {
        desk.with(|draft| match &draft.find(id)?.what {
            What::Sample { percent, seed } => Some(if of_seed { seed } else { percent }.clone()),
            _ => None,
        })
        .unwrap_or_default()
    };
    let write = move |of_seed: bool, value: String| {
        let field = if of_seed { "seed" } else { "percent" };
        desk.type_in((id, field), |draft| {
            if let Some(What::Sample { percent, seed }) =
                draft.find_mut(id).map(|node| &mut node.what)
            {
                *(if of_seed { seed } else { percent }) = value;
            }
        });
    };
    view! {
        <span class="number-field">
            <input
                class="input"
                type="text"
                inputmode="decimal"
                autocomplete="off"
                aria-label=words.builder_sample_percent()
                aria-describedby=note_id(id)
                data-first=""
                prop:value=move || read(false)
                on:input=move |event| write(false, event_target_value(&event))
                on:blur=move |_: ev::FocusEvent| desk.pause()
            />
            <span class="unit">"%"</span>
        </span>
        <span class="quiet-text">{words.builder_sample_seed()}</span>
        <input
            class="input short"
            type="text"
            autocomplete="off"
            aria-label=words.builder_sample_seed()
            prop:value=move || read(true)
            on:input=move |event| write(true, event_target_value(&event))
            on:blur=move |_: ev::FocusEvent| desk.pause()
        />
    }
    .into_any()
}

/// A condition on orders or events.
fn condition(desk: Desk, id: NodeId) -> AnyView {
    let words = desk.words;
    let label = super::controls::about_of(desk, id)
        .map(|about| about.label)
        .unwrap_or_default();
    let name = words.builder_where_remove(&label);
    let remove = Callback::new(move |()| {
        if let Some(of) = desk.attempt(|draft| draft.remove(id)) {
            focus_row(of, RowKind::AddWhere, "button");
        }
    });
    view! {
        <div class="brick-body">
            <div class="brick-line">
                <span class="brick-what plain">{label}</span>
                {form_controls(desk, id, false)}
            </div>
            {note(desk, id)}
        </div>
        <ui::IconButton label=name icon=icon::CLOSE on_press=remove/>
    }
    .into_any()
}

/// What is missing or wrong.
fn note(desk: Desk, id: NodeId) -> AnyView {
    let words = desk.words;
    let text = move || {
        let wrong = desk.said.with(|said| said.wrong_with(id))?;
        let empty = desk.with(|draft| draft.find(id).is_some_and(|node| node.is_group()));
        Some(match wrong {
            Wrong::Empty if empty => words.builder_wrong_group(),
            Wrong::Empty => words.builder_wrong_empty(),
            Wrong::Number => words.builder_wrong_number(),
            Wrong::Day => words.builder_wrong_day(),
            Wrong::Order => words.builder_wrong_order(),
            Wrong::Bounds => words.builder_wrong_bounds(),
        })
    };
    let quiet = move || {
        let wrong = desk.said.with(|said| said.wrong_with(id));
        wrong == Some(Wrong::Empty)
    };
    view! { <p class="brick-note" class:quiet=quiet id=note_id(id) hidden=move || text().is_none()>{text}</p> }.into_any()
}

/// What adds to a group.
fn add(desk: Desk, group: NodeId) -> AnyView {
    let words = desk.words;
    let chosen = Callback::new(move |what: What| {
        if let Some(id) = desk.attempt(|draft| draft.add(group, what)) {
            focus_row(id, RowKind::Node, VALUE);
        }
    });
    let nest = move |()| {
        let any = desk.with_untracked(|draft| {
            matches!(
                draft.find(group).map(|node| &node.what),
                Some(What::Group { any: true, .. })
            )
        });
        // A group of the same kind would say nothing new.
        if let Some(id) = desk.attempt(|draft| draft.add(group, new_group(!any))) {
            focus_row(id, RowKind::Add, "button");
        }
    };
    view! {
        <div class="brick-add">
            <ChooseWhat desk label=words.builder_add() adds=true on_choose=chosen/>
            <Button label=words.builder_add_group() look=Look::Quiet icon=icon::PLUS on_press=nest/>
        </div>
    }
    .into_any()
}

fn menu(desk: Desk, id: NodeId) -> AnyView {
    let words = desk.words;
    let state = Memo::new(move |_| {
        desk.with(|draft| {
            let node = draft.find(id);
            (
                node.map(|node| choose::title(words, &node.what))
                    .unwrap_or_default(),
                node.is_some_and(|node| node.negated),
                draft.can_unwrap(id),
                [Step::Up, Step::Down, Step::Out, Step::In]
                    .map(|step| draft.spot_of(id, step).is_some()),
            )
        })
    });
    let content = move || {
        let (title, negated, can_unwrap, steps) = state.get();
        let act = move |act: keys::Act| move || keys::run(desk, id, act);
        let not = if negated {
            words.builder_not_remove()
        } else {
            words.builder_negate()
        };
        let mut items = vec![
            MenuItem::new(
                words.builder_duplicate(),
                icon::COPY,
                act(keys::Act::Duplicate),
            ),
            MenuItem::new(not, icon::MINUS, act(keys::Act::Negate)),
            MenuItem::new(words.builder_wrap(), icon::COLUMNS, act(keys::Act::Wrap)),
        ];
        if can_unwrap {
            items.push(MenuItem::new(
                words.builder_unwrap(),
                icon::CLOSE,
                act(keys::Act::Unwrap),
            ));
        }
        let moves = [
            (Step::Up, words.builder_move_up(), icon::ARROW_UP),
            (Step::Down, words.builder_move_down(), icon::ARROW_DOWN),
            (Step::Out, words.builder_move_out(), icon::ARROW_LEFT),
            (Step::In, words.builder_move_in(), icon::ARROW_RIGHT),
        ];
        for ((step, label, glyph), possible) in moves.into_iter().zip(steps) {
            if possible {
                items.push(MenuItem::new(label, glyph, act(keys::Act::Move(step))));
            }
        }
        items.push(
            MenuItem::new(words.builder_remove(), icon::TRASH, act(keys::Act::Remove)).danger(),
        );
        view! { <Menu label=words.builder_menu(&title) icon=icon::MORE icon_only=true items/> }
    };
    view! { <span class="brick-menu">{content}</span> }.into_any()
}
