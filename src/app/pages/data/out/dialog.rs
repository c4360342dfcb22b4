//! The export dialog: format, layout, columns. Used by the lists of customers, orders and segments.

use super::save::{Making, hand_out};
use crate::prefs;
use crate::state::{State, use_ask, use_state, use_words};
use protocol::{
    ColumnGroup, ColumnOffer, ExportFormat, ExportWhat, Layout, ListRequest, Offer, OrderList,
    OutExport, OutQuery, OutReply, Query, Reply, Shape,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use text::Words;
use ui::prelude::*;
use ui::{Button, Checkbox, Choice, Dialog, Look, ProgressBar, Select, Skeleton, icon};

/// What goes out.
#[derive(Clone, Debug, PartialEq)]
pub enum Exported {
    /// Customers that a list shows.
    Customers(ListRequest),
    /// Orders that a list shows.
    Orders(OrderList),
}

/// What goes out, and what is chosen at first.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    what: Exported,
    layout: Option<Layout>,
}

impl Start {
    /// With what was chosen last.
    pub fn of(what: Exported) -> Self {
        Self { what, layout: None }
    }

    /// In the layout of another program.
    pub fn in_layout(what: Exported, layout: Layout) -> Self {
        Self {
            what,
            layout: Some(layout),
        }
    }
}

const FORMATS: [(&str, ExportFormat); 6] = [
    ("xlsx", ExportFormat::Xlsx),
    ("csv", ExportFormat::Csv),
    ("json", ExportFormat::Json),
    ("ndjson", ExportFormat::Ndjson),
    ("vcard3", ExportFormat::Vcard3),
    ("vcard4", ExportFormat::Vcard4),
];

const LAYOUTS: [(&str, Layout); 7] = [
    ("words", Layout::Words),
    ("shuke", Layout::Shuke),
    ("zoho", Layout::Zoho),
    ("shopify", Layout::Shopify),
    ("hubspot", Layout::Hubspot),
    ("fxiaoke", Layout::Fxiaoke),
    ("google", Layout::Google),
];

/// What a layout is called.
pub fn layout_name(words: Words, layout: Layout) -> &'static str {
    match layout {
        Layout::Words => words.out_layout_words(),
        Layout::Shuke => words.out_layout_shuke(),
        Layout::Zoho => words.out_layout_zoho(),
        Layout::Shopify => words.out_layout_shopify(),
        Layout::Hubspot => words.out_layout_hubspot(),
        Layout::Fxiaoke => words.out_layout_fxiaoke(),
        Layout::Google => words.out_layout_google(),
    }
}

fn format_name(words: Words, format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Xlsx => words.out_format_xlsx(),
        ExportFormat::Csv => words.out_format_csv(),
        ExportFormat::Json => words.out_format_json(),
        ExportFormat::Ndjson => words.out_format_ndjson(),
        ExportFormat::Vcard3 => words.out_format_vcard3(),
        ExportFormat::Vcard4 => words.out_format_vcard4(),
    }
}

/// What a column is called, without the mark that says it is ours.
pub fn column_name(words: Words, key: &str) -> String {
    if let Some(own) = key.strip_prefix("custom.") {
        return own.to_owned();
    }
    let full = heading(words, key);
    let short = full
        .trim_end_matches("（熟客）")
        .trim_end_matches("(Shuke)");
    short.trim().to_owned()
}

/// What a column is called in a file.
fn heading(words: Words, key: &str) -> String {
    if let Some(own) = key.strip_prefix("custom.") {
        return words.out_custom(own);
    }
    words
        .out_find(&["column.", key].concat())
        .map_or_else(|| key.to_owned(), str::to_owned)
}

/// Everything that files in words are written with.
fn all_words(words: Words, columns: &[ColumnOffer]) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = columns
        .iter()
        .map(|column| (column.key.clone(), heading(words, &column.key)))
        .collect();
    for code in [
        "kind.person",
        "kind.company",
        "gender.female",
        "gender.male",
        "gender.other",
        "flag.true",
        "flag.false",
        "status.paid",
        "status.refunded",
        "status.cancelled",
    ] {
        if let Some(word) = words.out_find(&["value.", code].concat()) {
            all.insert(code.to_owned(), word.to_owned());
        }
    }
    for stage in ["prospect", "new", "active", "dormant", "churned"] {
        all.insert(["stage.", stage].concat(), words.choice("lifecycle", stage));
    }
    for group in [
        "champions",
        "loyal",
        "active",
        "new",
        "promising",
        "needs_attention",
        "at_risk",
        "previously_loyal",
        "almost_lost",
        "dormant",
        "prospects",
    ] {
        all.insert(["group.", group].concat(), words.rfm_group(group));
    }
    all
}

/// The dialog; open while there is something to export.
#[component]
pub fn ExportDialog(
    /// What goes out; `None` while closed.
    what: RwSignal<Option<Exported>>,
) -> impl IntoView {
    let start = RwSignal::new(None::<Start>);
    Effect::new(move |_| {
        if let Some(chosen) = what.get() {
            start.set(Some(Start::of(chosen)));
            what.set(None);
        }
    });
    view! { <StartedDialog start/> }.into_any()
}

/// The same where a layout may be chosen already.
#[component]
pub fn StartedDialog(
    /// What goes out, and what is chosen at first; `None` while closed.
    start: RwSignal<Option<Start>>,
) -> impl IntoView {
    let words = use_words();
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(start.with(Option::is_some)));
    let title = Signal::derive(move || {
        let orders = start.with(|start| {
            let what = start.as_ref().map(|start| &start.what);
            matches!(what, Some(Exported::Orders(_)))
        });
        if orders {
            words.out_dialog_orders().to_owned()
        } else {
            words.out_dialog_customers().to_owned()
        }
    });
    view! {
        <Dialog
            open
            title
            size="wide"
            close_label=words.act_close()
            on_close=Callback::new(move |()| start.set(None))
        >
            {move || start.get().map(|start| view! { <Form start open/> })}
        </Dialog>
    }
    .into_any()
}

/// What is chosen; small handles, all `Copy`.
#[derive(Clone, Copy)]
struct Chosen {
    words: Words,
    state: State,
    start: StoredValue<Start>,
    format: RwSignal<String>,
    layout: RwSignal<String>,
    columns: RwSignal<Vec<(ColumnOffer, RwSignal<bool>)>>,
    raw: RwSignal<bool>,
    offer: RwSignal<Option<Arc<Offer>>>,
}

impl Chosen {
    fn format(&self) -> ExportFormat {
        let key = self.format.get();
        let found = FORMATS.iter().find(|(name, _)| *name == key);
        found.map_or(ExportFormat::Xlsx, |(_, format)| *format)
    }

    fn is_table(&self) -> bool {
        matches!(self.format(), ExportFormat::Xlsx | ExportFormat::Csv)
    }

    fn is_card(&self) -> bool {
        matches!(self.format(), ExportFormat::Vcard3 | ExportFormat::Vcard4)
    }

    fn layout(&self) -> Layout {
        if !self.is_table() {
            return Layout::Shuke;
        }
        let key = self.layout.get();
        let found = LAYOUTS.iter().find(|(name, _)| *name == key);
        found.map_or(Layout::Words, |(_, layout)| *layout)
    }

    /// Columns are ours to choose.
    fn has_columns(&self) -> bool {
        !self.is_card() && matches!(self.layout(), Layout::Words | Layout::Shuke)
    }

    fn picked(&self) -> usize {
        self.columns
            .with(|columns| columns.iter().filter(|(_, on)| on.get()).count())
    }

    fn shape(&self) -> Shape {
        let layout = self.layout();
        let all = self.columns.with_untracked(|columns| {
            columns
                .iter()
                .all(|(column, on)| on.get_untracked() == usual(column))
        });
        let columns: Vec<String> = self.columns.with_untracked(|columns| {
            let picked = columns.iter().filter(|(_, on)| on.get_untracked());
            picked.map(|(column, _)| column.key.clone()).collect()
        });
        let offered: Vec<ColumnOffer> = self
            .columns
            .with_untracked(|columns| columns.iter().map(|(column, _)| column.clone()).collect());
        Shape {
            layout,
            columns: if all || !self.has_columns() {
                Vec::new()
            } else {
                columns
            },
            words: if layout == Layout::Words {
                all_words(self.words, &offered)
            } else {
                BTreeMap::new()
            },
            raw: self.raw.get_untracked() && self.format() == ExportFormat::Csv,
        }
    }

    fn what(&self) -> ExportWhat {
        let shape = self.shape();
        ExportWhat::Out(match self.start.with_value(|start| start.what.clone()) {
            Exported::Customers(list) => OutExport::Customers { list, shape },
            Exported::Orders(list) => OutExport::Orders { list, shape },
        })
    }
}

/// Chosen at first: everything but what is calculated.
fn usual(column: &ColumnOffer) -> bool {
    column.group != ColumnGroup::Calculated
}

#[component]
fn Form(
    /// What goes out.
    start: Start,
    /// Closes the dialog.
    open: RwSignal<bool>,
) -> impl IntoView {
    let words = use_words();
    let what = start.what.clone();
    let last = |key: &str, usual: &str| prefs::read(key).unwrap_or_else(|| usual.to_owned());
    let first = start.layout.and_then(|layout| {
        let mut all = LAYOUTS.iter();
        all.find(|(_, known)| *known == layout)
            .map(|(name, _)| *name)
    });
    let chosen = Chosen {
        words,
        state: use_state(),
        start: StoredValue::new(start),
        format: RwSignal::new(match first {
            // Other programs read CSV, and most nothing else.
            Some(_) => "csv".to_owned(),
            None => last("export.format", "xlsx"),
        }),
        layout: RwSignal::new(first.map_or_else(|| last("export.layout", "words"), str::to_owned)),
        columns: RwSignal::new(Vec::new()),
        raw: RwSignal::new(false),
        offer: RwSignal::new(None),
    };
    let orders = matches!(what, Exported::Orders(_));
    let asking = use_ask(move || {
        Query::Out(match &what {
            Exported::Customers(list) => OutQuery::Customers(list.clone()),
            Exported::Orders(list) => OutQuery::Orders(list.clone()),
        })
    });
    let owner = Owner::current();
    Effect::new(move |_| {
        let Some(reply) = asking.reply() else { return };
        let Reply::Out(reply) = &*reply else { return };
        let OutReply::Offer(offer) = &**reply else {
            return;
        };
        let known = chosen.columns.with_untracked(Vec::len);
        if known != offer.columns.len() {
            // What an effect makes goes when it runs again; these live as long as the form.
            let make = || {
                let columns = offer.columns.iter();
                columns
                    .map(|it| (it.clone(), RwSignal::new(usual(it))))
                    .collect()
            };
            let made = match &owner {
                Some(owner) => owner.with(make),
                None => make(),
            };
            chosen.columns.set(made);
        }
        chosen.offer.set(Some(Arc::new(offer.clone())));
    });
    let ready = Memo::new(move |_| chosen.offer.with(Option::is_some));
    let body = move || match (ready.get(), asking.get().fault) {
        (true, _) => view! { <Choices chosen orders/> }.into_any(),
        (false, Some(fault)) => {
            view! { <p class="field-error">{words.fault(&fault)}</p> }.into_any()
        }
        (false, None) => view! { <Skeleton lines=6/> }.into_any(),
    };
    view! {
        <div class="export-form">
            {body}
            <Foot chosen open/>
        </div>
    }
    .into_any()
}

#[component]
fn Choices(chosen: Chosen, orders: bool) -> impl IntoView {
    let words = chosen.words;
    let count = move || {
        let records = chosen
            .offer
            .with(|offer| offer.as_ref().map_or(0, |it| it.records));
        if orders {
            words.out_records_orders(records)
        } else {
            words.out_records_customers(records)
        }
    };
    let formats: Vec<Choice> = FORMATS
        .iter()
        .filter(|(_, format)| {
            !(orders && matches!(format, ExportFormat::Vcard3 | ExportFormat::Vcard4))
        })
        .map(|(name, format)| Choice::new(*name, format_name(words, *format)))
        .collect();
    let offered: Vec<Layout> = chosen.offer.with_untracked(|offer| {
        let layouts = offer
            .as_ref()
            .map(|it| it.layouts.iter().map(|(layout, _)| *layout));
        layouts.map(Iterator::collect).unwrap_or_default()
    });
    let layouts: Vec<Choice> = LAYOUTS
        .iter()
        .filter(|(_, layout)| offered.contains(layout))
        .map(|(name, layout)| Choice::new(*name, layout_name(words, *layout)))
        .collect();
    if orders && chosen.format.with_untracked(|it| it.starts_with("vcard")) {
        chosen.format.set("xlsx".to_owned());
    }
    let known = layouts
        .iter()
        .any(|it| it.value == chosen.layout.get_untracked());
    if !known {
        chosen.layout.set("words".to_owned());
    }
    let table = Memo::new(move |_| chosen.is_table());
    let own = Memo::new(move |_| chosen.has_columns());
    let csv = Memo::new(move |_| chosen.format() == ExportFormat::Csv);
    view! {
        <p class="export-count" role="status">{count}</p>
        <div class="export-kind">
            <Select label=words.out_format() value=chosen.format choices=formats/>
            <Show when=move || table.get()>
                <Select label=words.out_layout() value=chosen.layout choices=layouts.clone()/>
            </Show>
        </div>
        {move || said_of_layout(chosen)}
        <Show when=move || own.get()>
            <Columns chosen/>
        </Show>
        <Show when=move || csv.get()>
            <Checkbox label=words.out_raw() hint=words.out_raw_hint() value=chosen.raw/>
        </Show>
    }
    .into_any()
}

/// Whether everything comes back, or what stays behind.
fn said_of_layout(chosen: Chosen) -> AnyView {
    let words = chosen.words;
    let layout = chosen.layout();
    let lacking: Vec<String> = chosen.offer.with(|offer| {
        let found = offer.as_ref().and_then(|offer| {
            let mut layouts = offer.layouts.iter();
            layouts.find(|(known, _)| *known == layout)
        });
        let keys = found
            .map(|(_, lacking)| lacking.as_slice())
            .unwrap_or_default();
        keys.iter().map(|key| column_name(words, key)).collect()
    });
    if lacking.is_empty() {
        return view! { <p class="note">{words.out_comes_back()}</p> }.into_any();
    }
    let between = match words.locale {
        text::Locale::ZhCn => "、",
        text::Locale::En => ", ",
    };
    view! { <p class="export-lacking">{words.out_no_place(&lacking.join(between))}</p> }.into_any()
}

#[component]
fn Columns(chosen: Chosen) -> impl IntoView {
    let words = chosen.words;
    let groups = [
        (ColumnGroup::Record, words.out_columns_record(), ""),
        (ColumnGroup::Custom, words.out_columns_custom(), ""),
        (
            ColumnGroup::Calculated,
            words.out_columns_calculated(),
            words.out_columns_calculated_hint(),
        ),
    ];
    let set = move |value: bool| {
        chosen.columns.with_untracked(|columns| {
            for (_, on) in columns {
                on.set(value);
            }
        });
    };
    let boxes = move || {
        groups
            .iter()
            .filter_map(|(group, title, hint)| {
                let columns: Vec<AnyView> = chosen.columns.with(|columns| {
                    let some = columns.iter().filter(|(column, _)| column.group == *group);
                    some.map(|(column, on)| {
                        let label = column_name(words, &column.key);
                        view! { <Checkbox label value=*on/> }.into_any()
                    })
                    .collect()
                });
                (!columns.is_empty()).then(|| {
                    view! {
                        <fieldset class="export-columns">
                            <legend>{*title}</legend>
                            {(!hint.is_empty()).then(|| view! { <p class="note">{*hint}</p> })}
                            <div>{columns}</div>
                        </fieldset>
                    }
                    .into_any()
                })
            })
            .collect_view()
    };
    let picked = move || {
        let total = chosen.columns.with(Vec::len) as u64;
        words.out_columns_count(chosen.picked() as u64, &words.count(total))
    };
    view! {
        <details class="export-choice">
            <summary>{words.out_columns()} " " <span class="quiet-text">{picked}</span></summary>
            <div class="actions">
                <Button label=words.out_columns_all() look=Look::Quiet on_press=Callback::new(move |()| set(true))/>
                <Button label=words.out_columns_none() look=Look::Quiet on_press=Callback::new(move |()| set(false))/>
            </div>
            {boxes}
        </details>
    }
    .into_any()
}

#[component]
fn Foot(chosen: Chosen, open: RwSignal<bool>) -> impl IntoView {
    let words = chosen.words;
    let making = Making::new();
    let nothing = Signal::derive(move || {
        chosen.offer.with(Option::is_none) || (chosen.has_columns() && chosen.picked() == 0)
    });
    let go = Callback::new(move |()| {
        let format = untrack(|| chosen.format());
        prefs::write("export.format", &chosen.format.get_untracked());
        prefs::write("export.layout", &chosen.layout.get_untracked());
        let what = untrack(|| chosen.what());
        let state = chosen.state;
        making.run(state, (what, format), move |file, blob| {
            if hand_out(state, &blob, &file.name) {
                let said = words.out_saved(&file.name, file.records);
                state.toasts.done(said, None);
                open.try_set(false);
            }
        });
    });
    let busy = making.busy;
    let progress = Signal::derive(move || making.share());
    let none = move || {
        let none =
            chosen.has_columns() && chosen.picked() == 0 && chosen.offer.with(Option::is_some);
        none.then(|| view! { <p class="field-error">{words.out_columns_needed()}</p> })
    };
    view! {
        {none}
        <Show when=move || busy.get()>
            <ProgressBar label=words.out_saving() done=progress/>
        </Show>
        <div class="dialog-foot">
            <Show when=move || busy.get()>
                <Button label=words.out_stop() look=Look::Quiet on_press=Callback::new(move |()| making.stop())/>
            </Show>
            <Show when=move || !busy.get()>
                <Button label=words.act_cancel() look=Look::Quiet on_press=Callback::new(move |()| open.set(false))/>
            </Show>
            <Button label=words.out_save() look=Look::Primary icon=icon::DOWNLOAD busy disabled=nothing on_press=go/>
        </div>
    }
    .into_any()
}
