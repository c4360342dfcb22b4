//! Points: what is owed, who the members are, the programme; and a member's points for the customer's page.

mod acts;
mod between;
mod card;
mod ledger;
mod member;
mod members;
mod owner;
mod program;
mod worth;

pub use member::MemberPanel;

use crate::router::Route;
use crate::state::{use_ask, use_place, use_title, use_words};
use model::program::Program;
use protocol::{ProgramView, Query, Reply};
use ui::prelude::*;
use ui::{EmptyState, LinkButton, Look, PageHead, TabItem, Tabs, icon};

/// The points page.
#[component]
pub fn PointsPage() -> impl IntoView {
    let words = use_words();
    use_title(words.points_title());
    let place = use_place();
    let view = Memo::new(move |_| {
        place.with(|place| match &place.route {
            Route::Points(view) => view.clone(),
            _ => String::new(),
        })
    });
    let tab = |key: &str, label: &str| TabItem {
        key: key.to_owned(),
        label: label.to_owned(),
        href: Route::Points(key.to_owned()).href(),
        count: None,
    };
    let tabs = vec![
        tab("", words.points_tab_overview()),
        tab("members", words.points_tab_members()),
        tab("program", words.points_tab_program()),
    ];
    // The members are one long table that scrolls by itself.
    let class = move || {
        if view.with(|v| v == "members" || v == owner::ROWS) {
            "fill"
        } else {
            "page"
        }
    };
    view! {
        <div class=class>
            <div class="page-top"><PageHead title=words.points_title() text=words.points_lead()/>
            <Tabs label=words.points_title() items=tabs current=view/></div>
            {move || match view.get().as_str() {
                "program" => view! { <program::ProgramPage/> }.into_any(),
                "members" => with_program(|_| view! { <members::Members/> }.into_any()),
                owner::ROWS => with_program(|_| view! { <owner::Rows/> }.into_any()),
                _ => with_program(|program| view! { <owner::Owner program/> }.into_any()),
            }}
        </div>
    }
    .into_any()
}

/// Draws something that needs a programme, or says that there is none yet.
fn with_program(draw: fn(Program) -> AnyView) -> AnyView {
    let words = use_words();
    // Drawn again only when the programme itself changes.
    let asking = use_ask(|| Query::Program);
    let program = Memo::new(move |_| asking.reply().map(|reply| in_force(&reply)));
    let content = move || {
        match program.get() {
        Some(Some(program)) => draw(program),
        Some(None) => view! {
            <EmptyState title=words.points_none_title() text=words.points_none_text() icon=icon::GIFT>
                <LinkButton
                    label=words.points_none_action()
                    href=Route::Points("program".to_owned()).href()
                    look=Look::Primary
                />
            </EmptyState>
        }
        .into_any(),
        None => asking.view("tiles", |_| ().into_any()),
    }
    };
    content.into_any()
}

/// The programme in force, if there is one that can be read.
fn in_force(reply: &Reply) -> Option<Program> {
    match reply {
        Reply::Program(Some(ProgramView { program, .. })) => Program::parse(program).ok(),
        _ => None,
    }
}
