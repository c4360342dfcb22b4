//! Figures that the worker works out in steps: asked for again until they are done, with how far they are.

use crate::state::{use_ask_when, use_words};
use protocol::{InsightQuery, InsightReply, Query, Reply};
use std::sync::Arc;
use ui::prelude::*;
use ui::{ErrorState, Skeleton};

/// Draws the answer once it is complete; the one before stays until then. `shape` is that of the skeleton.
pub fn stepped(
    query: impl Fn() -> Option<InsightQuery> + Send + Sync + 'static,
    shape: &'static str,
    draw: impl Fn(&InsightReply) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let words = use_words();
    let asking = use_ask_when(move || query().map(Query::Insight));
    let done = RwSignal::new(None::<Arc<Reply>>);
    let progress = RwSignal::new(None::<(u64, u64)>);
    Effect::new(move |_| {
        let Some(reply) = asking.reply() else { return };
        let Reply::Insight(it) = &*reply else { return };
        if let InsightReply::Working { done, total } = **it {
            progress.set(Some((done, total)));
            asking.again();
        } else {
            progress.set(None);
            done.set(Some(Arc::clone(&reply)));
        }
    });
    let fault = Signal::derive(move || asking.get().fault);
    let content = move || {
        let here = done.get();
        match (&here, fault.get()) {
            (Some(reply), _) => match &**reply {
                Reply::Insight(it) => draw(it),
                _ => ().into_any(),
            },
            (None, Some(fault)) => {
                let again = Callback::new(move |()| asking.again());
                view! {
                    <ErrorState
                        title=words.faults_title_page()
                        text=words.fault(&fault)
                        action=words.act_retry()
                        on_action=again
                    />
                }
                .into_any()
            }
            (None, None) => view! { <Skeleton lines=6 shape/> }.into_any(),
        }
    };
    let how_far = move || {
        let (done, total) = progress.get()?;
        let text = words.scoring_rows_working(&words.count(done), &words.count(total));
        Some(view! { <p class="note" role="status">{text}</p> })
    };
    let busy = move || progress.with(Option::is_some).then_some("true");
    view! { <div class="answer" aria-busy=busy>{how_far}{content}</div> }.into_any()
}
