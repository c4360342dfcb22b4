//! The chip that says a list shows only what one import brought.

use crate::state::use_words;
use protocol::{FromImport, ImportPart};
use ui::Chip;
use ui::prelude::*;

/// "New by an import", with the way back to all.
#[component]
pub fn ImportChip(
    /// Which import and which of its records.
    import: FromImport,
    /// Shows all again.
    #[prop(into)]
    on_remove: Callback<()>,
) -> impl IntoView {
    let words = use_words();
    let label = match import.part {
        ImportPart::Created => words.import_part_created(),
        ImportPart::Updated => words.import_part_updated(),
    };
    view! { <Chip label remove_label=words.customers_filter_remove(label) on_remove/> }
}
