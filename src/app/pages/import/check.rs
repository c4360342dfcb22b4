//! The look at the columns: what the file seems to be, where each column goes, how dates are read.

use super::mapping::{self, CUSTOM, Missing};
use super::{Desk, files, heading, memory, rules};
use crate::state::use_words;
use model::import::{
    ColumnGuess, DateOrder, FileFormat, GuessReason, ImportKind, Inspection, Reading, TextEncoding,
};
use std::rc::Rc;
use text::Words;
use ui::prelude::*;
use ui::{Banner, Button, Choice, Input, Look, Segmented, Select, Tone, icon};

/// The look at the columns.
#[component]
pub fn Check(
    /// Take the focus.
    focus: bool,
) -> impl IntoView {
    let words = use_words();
    let desk = expect_context::<Desk>();
    let files = desk.shown_now();
    let list = (files.len() > 1).then(|| files::list(words, desk));
    let dates = files
        .iter()
        .any(|it| it.ambiguous)
        .then(|| date_choice(words, desk));
    let first = StoredValue::new(focus);
    // Another file: its columns are drawn anew.
    let columns = move || {
        let focus = first.get_value();
        desk.at();
        first.set_value(true);
        untrack(|| one_file(words, desk, focus))
    };
    view! {
        <section class="import-card import-check">
            {list}
            {dates}
            {columns}
            <div class="actions import-foot">
                <Button
                    label=words.import_file_change()
                    look=Look::Quiet
                    on_press=Callback::new(move |()| desk.next())
                />
                <Button
                    label=words.import_check()
                    look=Look::Primary
                    disabled=Signal::derive(move || !desk.is_ready())
                    on_press=Callback::new(move |()| desk.dry_run())
                />
            </div>
        </section>
    }
    .into_any()
}

/// The columns of the file that is shown.
fn one_file(words: Words, desk: Desk, focus: bool) -> AnyView {
    let Some(mapping) = desk.mapping_now() else {
        let name = desk
            .file_name_now()
            .map(|(name, _)| name)
            .unwrap_or_default();
        let fault = desk
            .shown_now()
            .get(desk.at.get_untracked())
            .and_then(|it| it.seen.clone().err());
        return view! {
            {heading(name, focus)}
            {fault.map(|fault| view! { <p>{super::why_unreadable(words, &fault)}</p> })}
        }
        .into_any();
    };
    let it = &mapping.inspection;
    let program = it.preset.as_ref().map(|preset| {
        let name = words.import_program_find(preset);
        words.import_program_known(name.unwrap_or(preset))
    });
    let facts = words.import_file_facts(&words.bytes(it.size), it.rows_estimate);
    let has_program = program.is_some();
    view! {
        <header class="import-check-head">
            <div>
                {heading(it.file_name.clone(), focus)}
                <p class="quiet-text">
                    {facts} " · "
                    {program.unwrap_or_else(|| words.import_program_unknown().to_owned())}
                </p>
            </div>
            {kind_choice(words, desk, mapping.kind)}
        </header>
        {memory::notice(words, desk, &mapping, None)}
        <h3>{words.import_columns_title()}</h3>
        <p class="quiet-text">{words.import_columns_lead()}</p>
        {columns(words, desk, it, &mapping.fields, mapping.kind)}
        {unmapped(words, desk)}
        {details(words, desk, it, has_program)}
        {rules::rules(words, desk, &mapping, None)}
        {missing(words, desk)}
    }
    .into_any()
}

fn kind_choice(words: Words, desk: Desk, kind: ImportKind) -> AnyView {
    let name = |kind| match kind {
        ImportKind::Customers => "customers",
        ImportKind::Orders => "orders",
    };
    let value = RwSignal::new(name(kind).to_owned());
    let choices = vec![
        Choice::new("customers", words.import_kind_customers_short()),
        Choice::new("orders", words.import_kind_orders_short()),
    ];
    let chosen = Callback::new(move |chosen: String| {
        let kind = if chosen == "orders" {
            ImportKind::Orders
        } else {
            ImportKind::Customers
        };
        // Another kind has other fields: the guesses are made anew.
        desk.look_again(Reading {
            kind: Some(kind),
            ..Reading::default()
        });
    });
    view! { <Segmented label=words.import_kind_label() value choices on_change=chosen/> }.into_any()
}

/// Day or month first: asked once, for all files at hand.
pub fn date_choice(words: Words, desk: Desk) -> AnyView {
    let order = desk
        .mapping_now()
        .map_or(DateOrder::MonthFirst, |mapping| mapping.date_order);
    let value = RwSignal::new(
        match order {
            DateOrder::DayFirst => "day",
            DateOrder::MonthFirst => "month",
        }
        .to_owned(),
    );
    let choices = vec![
        Choice::new("month", words.import_date_order_month()),
        Choice::new("day", words.import_date_order_day()),
    ];
    let chosen = Callback::new(move |chosen: String| {
        let order = if chosen == "day" {
            DateOrder::DayFirst
        } else {
            DateOrder::MonthFirst
        };
        desk.change_all(|mapping| {
            mapping.date_order = order;
            mapping.dates_said = true;
        });
    });
    view! {
        <Banner text=words.import_date_order_why() tone=Tone::Notice icon=icon::CALENDAR>
            <Segmented
                label=words.import_date_order()
                label_hidden=true
                value
                choices
                on_change=chosen
            />
        </Banner>
    }
    .into_any()
}

/// What a column can go to: names of groups with their fields.
type Targets = Rc<Vec<(&'static str, Vec<(String, String)>)>>;

fn targets(words: Words, kind: ImportKind) -> Targets {
    let group_name = |group: &str| match group {
        "identity" => words.import_group_identity(),
        "order" => words.import_group_order(),
        "line" => words.import_group_line(),
        "place" => words.import_group_place(),
        "about" => words.import_group_about(),
        _ => words.import_group_relation(),
    };
    let groups = mapping::GROUPS
        .iter()
        .filter(|(group, _)| mapping::fits(group, kind));
    Rc::new(
        groups
            .map(|(group, fields)| {
                let named = |field: &&str| ((*field).to_owned(), words.field(field));
                (group_name(group), fields.iter().map(named).collect())
            })
            .collect(),
    )
}

fn columns(
    words: Words,
    desk: Desk,
    it: &Inspection,
    fields: &[Option<String>],
    kind: ImportKind,
) -> AnyView {
    let targets = targets(words, kind);
    let rows: Vec<AnyView> = it
        .columns
        .iter()
        .zip(fields)
        .enumerate()
        .map(|(at, (column, field))| {
            row(words, desk, at, column, field.clone(), Rc::clone(&targets))
        })
        .collect();
    view! {
        <div class="table-scroll">
            <table class="import-columns">
                <thead>
                    <tr>
                        <th scope="col">{words.import_column_file()}</th>
                        <th scope="col">{words.import_column_samples()}</th>
                        <th scope="col">{words.import_column_field()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn reason(words: Words, reason: GuessReason, empty: bool) -> &'static str {
    match reason {
        _ if empty => "",
        // Said only where a person should look twice.
        GuessReason::Preset | GuessReason::Header => "",
        GuessReason::HeaderPart => words.import_reason_header_part(),
        GuessReason::Values => words.import_reason_values(),
        GuessReason::Remembered => words.import_reason_remembered(),
        GuessReason::None => words.import_reason_none(),
    }
}

fn row(
    words: Words,
    desk: Desk,
    at: usize,
    column: &ColumnGuess,
    field: Option<String>,
    targets: Targets,
) -> AnyView {
    let header = column.header.clone();
    let empty = column.samples.is_empty();
    let samples: Vec<AnyView> = column
        .samples
        .iter()
        .take(3)
        .map(|sample| view! { <span class="sample">{sample.clone()}</span> }.into_any())
        .collect();
    let samples = if empty {
        view! { <span class="quiet-text">{words.import_column_empty()}</span> }.into_any()
    } else {
        samples.into_any()
    };
    let out = move || {
        desk.mapping()
            .is_some_and(|m| m.fields.get(at).is_none_or(Option::is_none))
    };
    view! {
        <tr class:left-out=out>
            <th scope="row">{header}</th>
            <td class="samples">{samples}</td>
            <td>
                {target(words, desk, at, column, field, targets)}
                <small class="quiet-text">{reason(words, column.reason, empty)}</small>
            </td>
        </tr>
    }
    .into_any()
}

/// The choice of a column's field. Its sixty options are made when it is first pointed at or focused: a file of 79
/// columns would otherwise make five thousand of them.
fn target(
    words: Words,
    desk: Desk,
    at: usize,
    column: &ColumnGuess,
    field: Option<String>,
    targets: Targets,
) -> AnyView {
    let opened = RwSignal::new(false);
    let own = mapping::own_field(column);
    let own_name = words.import_column_custom(column.header.trim());
    let chosen = Signal::derive(move || {
        let mapping = desk.mapping();
        mapping
            .and_then(|m| m.fields.get(at).cloned().flatten())
            .unwrap_or_default()
    });
    let option = move |value: String, label: String| {
        let same = value.clone();
        view! { <option value=value prop:selected=move || chosen.get() == same>{label}</option> }
            .into_any()
    };
    // An own field that was guessed under another name stays choosable.
    let guessed = field.filter(|field| field.starts_with(CUSTOM) && *field != own);
    let targets = StoredValue::new_local(targets);
    let options = move || {
        let mut options = vec![option(String::new(), words.import_column_none().to_owned())];
        if opened.get() {
            let groups = targets.with_value(Rc::clone);
            options.extend(groups.iter().map(|(group, fields)| {
                let fields: Vec<AnyView> = fields
                    .iter()
                    .map(|(value, label)| option(value.clone(), label.clone()))
                    .collect();
                view! { <optgroup label=*group>{fields}</optgroup> }.into_any()
            }));
        } else {
            let now = chosen.get_untracked();
            if !now.is_empty() && !now.starts_with(CUSTOM) {
                let label = words.field(&now);
                options.push(option(now, label));
            }
        }
        options.extend(
            guessed
                .iter()
                .map(|field| option(field.clone(), words.field(field))),
        );
        options.push(option(own.clone(), own_name.clone()));
        options
    };
    let open = move || {
        if !opened.get_untracked() {
            opened.set(true);
        }
    };
    view! {
        <span class="select">
            <select
                class="input"
                aria-label=[words.import_column_field(), " ", &column.header].concat()
                on:pointerenter=move |_| open()
                on:focus=move |_| open()
                on:change=move |event| {
                    let value = event_target_value(&event);
                    desk.change(|mapping| {
                        if let Some(field) = mapping.fields.get_mut(at) {
                            *field = (!value.is_empty()).then_some(value);
                        }
                    });
                }
            >
                {options}
            </select>
            <ui::Icon glyph=icon::CHEVRON_DOWN/>
        </span>
    }
    .into_any()
}

fn unmapped(words: Words, desk: Desk) -> AnyView {
    let line = move || {
        let mapping = desk.mapping()?;
        let unmapped = mapping.unmapped() as u64;
        let kept = mapping
            .fields
            .iter()
            .flatten()
            .any(|field| field.starts_with(CUSTOM));
        if unmapped == 0 && !kept {
            return None;
        }
        let (label, keep) = if unmapped > 0 {
            (words.import_columns_keep_all(), true)
        } else {
            (words.import_columns_leave_all(), false)
        };
        let press = Callback::new(move |()| desk.change(|mapping| mapping.set_unmapped(keep)));
        Some(view! {
            <p class="import-unmapped">
                {(unmapped > 0).then(|| words.import_columns_unmapped(unmapped))}
                <Button label look=Look::Quiet on_press=press/>
            </p>
        })
    };
    line.into_any()
}

fn missing(words: Words, desk: Desk) -> AnyView {
    let lines = move || {
        let missing = desk.mapping().map(|m| m.missing()).unwrap_or_default();
        let lines: Vec<AnyView> = missing
            .into_iter()
            .map(|it| match it {
                Missing::Identity => words.import_columns_identity().to_owned(),
                Missing::Order => words.import_columns_order().to_owned(),
                Missing::Twice(field) => words.import_column_twice(&words.field(&field)),
            })
            .map(|line| view! { <li>{line}</li> }.into_any())
            .collect();
        (!lines.is_empty()).then(|| view! { <ul class="import-missing">{lines}</ul> })
    };
    view! { <div role="status">{lines}</div> }.into_any()
}

const ENCODINGS: &[(&str, TextEncoding)] = &[
    ("utf8", TextEncoding::Utf8),
    ("gb18030", TextEncoding::Gb18030),
    ("windows1252", TextEncoding::Windows1252),
    ("utf16le", TextEncoding::Utf16Le),
    ("utf16be", TextEncoding::Utf16Be),
];

fn encoding_name(words: Words, encoding: TextEncoding) -> &'static str {
    match encoding {
        TextEncoding::Utf8 => words.import_encoding_utf8(),
        TextEncoding::Utf16Le => words.import_encoding_utf16_le(),
        TextEncoding::Utf16Be => words.import_encoding_utf16_be(),
        TextEncoding::Gb18030 => words.import_encoding_gb18030(),
        TextEncoding::Windows1252 => words.import_encoding_windows_1252(),
    }
}

fn delimiters(words: Words, found: Option<char>) -> Vec<Choice> {
    let mut choices = vec![
        Choice::new(",", words.import_delimiter_comma()),
        Choice::new(";", words.import_delimiter_semicolon()),
        Choice::new("\t", words.import_delimiter_tab()),
        Choice::new("|", words.import_delimiter_pipe()),
    ];
    if let Some(other) = found
        && !",;\t|".contains(other)
    {
        let name = [words.import_delimiter_other(), " ", &other.to_string()].concat();
        choices.push(Choice::new(other, name));
    }
    choices
}

/// How the bytes are read; closed unless the file is unfamiliar to us.
fn details(words: Words, desk: Desk, it: &Inspection, has_program: bool) -> AnyView {
    let bytes = (it.format == FileFormat::Delimited).then(|| reread(words, desk, it));
    // Which of the older encodings it is follows from statistics only: the choice lies open.
    let guessed = matches!(
        it.encoding,
        TextEncoding::Gb18030 | TextEncoding::Windows1252
    );
    let open = !has_program && (it.header_row > 1 || guessed);
    if bytes.is_none() && !guessed {
        return ().into_any();
    }
    view! {
        <details class="import-details" open=open>
            <summary>{words.import_details()}</summary>
            {guessed
                .then(|| {
                    let name = encoding_name(words, it.encoding);
                    view! { <p class="quiet-text">{words.import_encoding_guessed(name)}</p> }
                })}
            <div class="fields">
                {bytes}
            </div>
        </details>
    }
    .into_any()
}

fn reread(words: Words, desk: Desk, it: &Inspection) -> AnyView {
    let encoding = ENCODINGS
        .iter()
        .find(|(_, encoding)| *encoding == it.encoding);
    let encoding = RwSignal::new(encoding.map_or("utf8", |(name, _)| name).to_owned());
    let delimiter = RwSignal::new(it.delimiter.map(String::from).unwrap_or_default());
    let header = RwSignal::new(it.header_row.to_string());
    let kind = it.kind;
    let again = Callback::new(move |()| {
        let chosen = encoding.get_untracked();
        let encoding = ENCODINGS.iter().find(|(name, _)| *name == chosen);
        desk.look_again(Reading {
            header_row: header.get_untracked().trim().parse().ok(),
            encoding: encoding.map(|(_, encoding)| *encoding),
            delimiter: delimiter.get_untracked().chars().next(),
            kind: Some(kind),
            fresh: true,
        });
    });
    let encodings = ENCODINGS
        .iter()
        .map(|(name, encoding)| Choice::new(*name, encoding_name(words, *encoding)))
        .collect();
    view! {
        <Select label=words.import_encoding() value=encoding choices=encodings/>
        <Select
            label=words.import_delimiter()
            value=delimiter
            choices=delimiters(words, it.delimiter)
        />
        <Input
            label=words.import_header_row()
            hint=words.import_header_row_hint()
            value=header
            kind="number"
            mode="numeric"
        />
        <div class="field-action">
            <Button label=words.import_reread() icon=icon::REFRESH on_press=again/>
        </div>
    }
    .into_any()
}
