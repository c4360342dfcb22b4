//! Values customers have already, as suggestions of a field.

use crate::state::use_client;
use leptos::task::spawn_local;
use protocol::{Query, Reply};
use ui::prelude::*;

/// The values customers have for an attribute, as suggestions of a field.
#[derive(Clone)]
pub struct Suggestions {
    id: String,
    values: RwSignal<Vec<String>>,
}

/// Fetches the most frequent values of an attribute.
pub fn suggestions(attribute: &str) -> Suggestions {
    let values = RwSignal::new(Vec::new());
    let answer = use_client().query(Query::Values {
        attribute: attribute.to_owned(),
        search: String::new(),
        limit: 30,
    });
    spawn_local(async move {
        if let Ok(Reply::Values(found)) = answer.await {
            let _ = values.try_set(found.into_iter().map(|it| it.value).collect());
        }
    });
    Suggestions {
        id: ui::fresh_id("values"),
        values,
    }
}

impl Suggestions {
    /// The id a field's `list` names.
    pub fn id(&self) -> String {
        self.id.clone()
    }

    /// The element that holds them.
    pub fn datalist(&self) -> AnyView {
        let values = self.values;
        let options = move || {
            let values = values.get();
            values
                .into_iter()
                .map(|value| view! { <option value=value></option> })
                .collect_view()
        };
        view! { <datalist id=self.id()>{options}</datalist> }.into_any()
    }
}
