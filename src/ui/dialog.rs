//! Dialogs: the browser's own `<dialog>`, which traps the focus and gives it back; a sheet on a phone.

use crate::fresh_id;
use crate::icon::{self, Icon};
use crate::prelude::*;
use leptos::html;
use wasm_bindgen::JsCast;

/// Puts the focus where the content wants it.
fn focus_first(dialog: &web_sys::HtmlElement) {
    let wanted = dialog.query_selector("[autofocus]").ok().flatten();
    if let Some(wanted) = wanted.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = wanted.focus();
    }
}

/// A dialog. Its content exists only while it is open.
#[component]
pub fn Dialog(
    /// Whether it is open; Escape and the close button make it `false`.
    #[prop(into)]
    open: RwSignal<bool>,
    /// Its title.
    #[prop(into)]
    title: Signal<String>,
    /// Name of the close button.
    #[prop(into)]
    close_label: String,
    /// `wide` for forms in two columns, `palette` for a search at the top; empty otherwise.
    #[prop(optional)]
    size: &'static str,
    /// Without the visible head (the palette); the title is then only for readers.
    #[prop(optional)]
    bare: bool,
    /// It was closed, however.
    #[prop(optional, into)]
    on_close: Option<Callback<()>>,
    /// Its content; the buttons stand in an element of class `dialog-foot` at its end.
    children: ChildrenFn,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    let title_id = StoredValue::new(fresh_id("dialog"));
    Effect::new(move |_| {
        let Some(dialog) = element.get() else { return };
        if open.get() {
            if !dialog.open() {
                // Fails only when the element has left the page; then there is nothing to show.
                let _ = dialog.show_modal();
                // The content is drawn after this effect, so the browser has not seen its `autofocus`.
                request_animation_frame(move || focus_first(&dialog));
            }
        } else if dialog.open() {
            dialog.close();
        }
    });
    let head_class = if bare {
        "visually-hidden"
    } else {
        "dialog-head"
    };
    view! {
        <dialog
            class="dialog"
            data-size=size
            node_ref=element
            aria-labelledby=title_id.get_value()
            on:close=move |_| {
                open.set(false);
                if let Some(close) = on_close {
                    close.run(());
                }
            }
            on:click=move |event| {
                // The backdrop belongs to the dialog element itself; its content lies in children.
                let target = event.target();
                let own = element.get_untracked();
                // The second press of a double click on what opened it is not meant for the backdrop.
                let meant = event.detail() < 2;
                if let (Some(target), Some(own)) = (target, own)
                    && meant
                    && AsRef::<web_sys::EventTarget>::as_ref(&*own) == &target
                {
                    open.set(false);
                }
            }
        >
            <Show when=move || open.get()>
                <div class="dialog-body">
                    <header class=head_class>
                        <h2 id=title_id.get_value()>{move || title.get()}</h2>
                        <button
                            type="button"
                            class="icon-button"
                            aria-label=close_label.clone()
                            hidden=bare
                            on:click=move |_| open.set(false)
                        >
                            <Icon glyph=icon::CLOSE/>
                        </button>
                    </header>
                    {children()}
                </div>
            </Show>
        </dialog>
    }
    .into_any()
}
