//! Making many groups one at once: which ones are chosen, what will happen, and the work itself.

use crate::client::Client;
use crate::pages::data::work::Work;
use crate::state::{State, use_state, use_words};
use model::CustomerId;
use model::twin::TwinLevel;
use protocol::{Fault, Outcome, Query, Reply, Request, TwinJob, TwinQuery, TwinReply};
use std::collections::BTreeSet;
use text::Words;
use ui::prelude::*;
use ui::spawn_local;
use ui::{Button, Dialog, Look};

/// Groups asked for at once.
const STRETCH: u32 = 100;

/// What is chosen, and the work.
#[derive(Clone, Copy)]
pub struct Many {
    state: State,
    /// Groups that are chosen, in sight or not.
    pub chosen: RwSignal<BTreeSet<Vec<CustomerId>>>,
    /// The work.
    pub work: Work,
    /// What the dialog asks about: so many groups; all certain ones, or those that are chosen.
    asked: RwSignal<(u64, bool)>,
    open: RwSignal<bool>,
}

impl Many {
    /// Nothing is chosen.
    pub fn new() -> Self {
        Self {
            state: use_state(),
            chosen: RwSignal::new(BTreeSet::new()),
            work: Work::new(),
            asked: RwSignal::new((0, false)),
            open: RwSignal::new(false),
        }
    }

    /// Asks whether all certain groups shall be made one.
    pub fn ask_for_certain(self, count: u64) {
        self.asked.set((count, true));
        self.open.set(true);
    }

    /// Asks whether the chosen groups shall be made one.
    pub fn ask_for_chosen(self) {
        let count = self.chosen.with_untracked(|chosen| chosen.len() as u64);
        self.asked.set((count, false));
        self.open.set(true);
    }

    fn begin(self, words: Words) {
        self.open.set(false);
        let (_, certain) = self.asked.get_untracked();
        if !certain {
            let groups = self.chosen.get_untracked().into_iter().collect();
            self.run(words, groups);
            return;
        }
        let client = self.state.client;
        spawn_local(async move {
            match all_certain(client).await {
                Ok(groups) => self.run(words, groups),
                Err(fault) => self.state.toasts.fault(&fault),
            }
        });
    }

    fn run(self, words: Words, groups: Vec<Vec<CustomerId>>) {
        let state = self.state;
        let request = Request::Twins(TwinJob::MergeGroups { groups });
        self.work.run(request, move |reply| {
            let _ = self.chosen.try_set(BTreeSet::new());
            if let Reply::Done(done) = reply
                && let Outcome::Customers { count } = done.outcome
            {
                state
                    .toasts
                    .done(words.twins_merged_many(count), done.batch);
            }
        });
    }
}

/// The ids of all certain groups.
async fn all_certain(client: Client) -> Result<Vec<Vec<CustomerId>>, Fault> {
    let mut groups = Vec::new();
    loop {
        let query = TwinQuery::Groups {
            level: Some(TwinLevel::Certain),
            offset: groups.len() as u64,
            limit: STRETCH,
        };
        let Reply::Twins(TwinReply::Groups(page)) = client.query(Query::Twins(query)).await? else {
            return Err(crate::client::mismatch());
        };
        let more = page.items.len();
        groups.extend(page.items.iter().map(|group| -> Vec<CustomerId> {
            group.members.iter().map(|it| it.customer.id).collect()
        }));
        if more == 0 || groups.len() as u64 >= page.total {
            return Ok(groups);
        }
    }
}

/// Says what will happen.
pub fn many_dialog(many: Many) -> AnyView {
    let words = use_words();
    let title = Signal::derive(move || words.twins_merge_many_title().to_owned());
    let close = Callback::new(move |()| many.open.set(false));
    let press = Callback::new(move |()| many.begin(words));
    view! {
        <Dialog open=many.open title close_label=words.customers_form_cancel()>
            <p>{words.twins_merge_many_text()}</p>
            <div class="dialog-foot">
                <Button label=words.customers_form_cancel() on_press=close/>
                <Button
                    label=words.twins_merge_many_do(many.asked.get().0)
                    look=Look::Primary
                    on_press=press
                />
            </div>
        </Dialog>
    }
    .into_any()
}
