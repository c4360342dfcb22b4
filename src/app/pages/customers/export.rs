//! Files out: what a list shows, as CSV or JSON.

use crate::client;
use crate::state::use_state;
use leptos::task::spawn_local;
use protocol::{ExportFormat, ExportWhat, FaultCode, Reply, Request};
use ui::prelude::*;

/// Makes a file and lets the person save it.
pub fn save_file() -> Callback<(ExportWhat, ExportFormat)> {
    let state = use_state();
    Callback::new(move |(what, format)| {
        let customers = matches!(what, ExportWhat::Customers(_));
        let orders = matches!(what, ExportWhat::Orders(_));
        let request = Request::Export { what, format };
        let (_, answer) = state.client.run(request, Vec::new(), |_| {});
        spawn_local(async move {
            let words = text::Words::new(state.locale.get_untracked());
            match answer.await {
                Ok((Reply::File(file), Some(blob))) => {
                    if !client::download(&blob, &file.name) {
                        state
                            .toasts
                            .wrong(words.fault(&protocol::Fault::new(FaultCode::Storage)));
                    } else if customers {
                        state
                            .toasts
                            .done(words.customers_exported(file.records), None);
                    } else if orders {
                        state.toasts.done(words.orders_exported(file.records), None);
                    }
                }
                Ok(_) => state.toasts.fault(&client::mismatch()),
                Err(fault) => state.toasts.fault(&fault),
            }
        });
    })
}
