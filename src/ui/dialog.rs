//! Dialogs: the browser's own `<dialog>`, which traps the focus and gives it back; a sheet on a phone.

use crate::fresh_id;
use crate::icon::{self, Icon};
use leptos::{html, prelude::*};

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
                if let (Some(target), Some(own)) = (target, own)
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
