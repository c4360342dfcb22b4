//! Page.

use leptos::prelude::*;

/// The page.
#[component]
pub fn PointsPage() -> impl IntoView {
    view! { <div></div> }
}

/// A customer's points: balance, tier, lots, ledger, redeem, adjust, reverse. For the customer's page.
#[component]
pub fn MemberPanel(
    /// Whose.
    customer: model::CustomerId,
) -> impl IntoView {
    let _ = customer;
    view! { <div></div> }
}
