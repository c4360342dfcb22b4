//! Asking for a flow: long work, with progress; asked again when what is wanted or the data change.

use crate::client::CancelHandle;
use crate::state::use_client;
use model::Day;
use protocol::{
    Fault, FaultCode, FlowView, MembershipJob, MembershipReply, Progress, Reply, Request,
};
use std::sync::Arc;
use ui::prelude::*;
use ui::spawn_local;

/// A flow and how it stands.
#[derive(Clone, Copy)]
pub struct Asked {
    /// The last one that is there.
    pub view: RwSignal<Option<Arc<FlowView>>>,
    /// Why there is none.
    pub fault: RwSignal<Option<Fault>>,
    /// How far it is; `None` when nothing is under way.
    pub progress: RwSignal<Option<Progress>>,
    /// Asks once more.
    pub again: RwSignal<u32>,
    round: StoredValue<u64>,
    running: StoredValue<Option<CancelHandle>>,
}

/// Keeps the flow between these bands on these days at hand.
pub fn use_flow(
    wanted: impl Fn() -> Option<(Vec<String>, Vec<Day>)> + Send + Sync + 'static,
) -> Asked {
    let client = use_client();
    let asked = Asked {
        view: RwSignal::new(None),
        fault: RwSignal::new(None),
        progress: RwSignal::new(None),
        again: RwSignal::new(0),
        round: StoredValue::new(0),
        running: StoredValue::new(None),
    };
    let last = StoredValue::new(None);
    Effect::new(move |_| {
        client.data_version().track();
        asked.again.track();
        let wanted = wanted();
        asked.stop();
        // The picture of the same question stays while it is asked again.
        if last.with_value(|last| *last != wanted) {
            asked.view.set(None);
            last.set_value(wanted.clone());
        }
        if let Some((bands, days)) = wanted {
            asked.ask(client, bands, days);
        }
    });
    on_cleanup(move || asked.stop());
    asked
}

impl Asked {
    fn stop(&self) {
        if let Some(handle) = self.running.try_update_value(Option::take).flatten() {
            handle.cancel();
        }
    }

    fn ask(self, client: crate::client::Client, bands: Vec<String>, days: Vec<Day>) {
        let round = self.round.get_value() + 1;
        self.round.set_value(round);
        self.fault.set(None);
        let request = Request::Membership(MembershipJob::Flow { bands, days });
        let (handle, answer) = client.run(request, Vec::new(), move |now| {
            self.progress.try_set(Some(now));
        });
        self.running.set_value(Some(handle));
        spawn_local(async move {
            let answer = answer.await;
            if self.round.try_get_value() != Some(round) {
                return;
            }
            self.running.set_value(None);
            self.progress.try_set(None);
            match answer {
                Ok((Reply::Membership(reply), _)) => {
                    if let MembershipReply::Flow(view) = *reply {
                        self.view.try_set(Some(Arc::new(view)));
                    }
                }
                Err(fault) if fault.code != FaultCode::Cancelled => {
                    self.fault.try_set(Some(fault));
                }
                _ => {}
            }
        });
    }
}
