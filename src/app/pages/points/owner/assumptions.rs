//! What the owner says of points where history and programme do not, or instead of them.

use crate::state::{apply_in, use_state, use_status, use_words};
use model::program::Program;
use model::{Currency, Decimal, Money, PointsAssumptions};
use protocol::Command;
use ui::prelude::*;
use ui::{Button, Input};

/// Parts per million of a share in per cent: `12.5`.
fn share(text: &str) -> Option<u32> {
    let text = text.trim().trim_end_matches(['%', '％']).trim();
    let ppm = text.parse::<Decimal>().ok()?.to_scale(4).ok()?;
    u32::try_from(ppm).ok().filter(|ppm| *ppm <= 1_000_000)
}

/// An amount above nothing.
fn worth(text: &str, currency: Currency) -> Option<Money> {
    Money::parse(text.trim(), currency)
        .ok()
        .filter(|it| it.0 > 0)
}

/// Per cent without needless zeros.
fn percent(ppm: u32) -> String {
    let whole = Money(i64::from(ppm)).0;
    let (left, right) = (whole / 10_000, whole % 10_000);
    if right == 0 {
        return left.to_string();
    }
    let digits = (10_000 + right).to_string();
    let digits = digits.get(1..).unwrap_or_default().trim_end_matches('0');
    [&left.to_string(), ".", digits].concat()
}

/// The form.
#[component]
pub fn Assumptions(
    /// The programme in force.
    program: Program,
) -> impl IntoView {
    let (words, state, status) = (use_words(), use_state(), use_status());
    let currency = program.currency;
    let (breakage, of_100) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let show = move |said: PointsAssumptions| {
        breakage.set(said.breakage_ppm.map(percent).unwrap_or_default());
        of_100.set(
            said.worth_of_100
                .map(|it| it.to_decimal(currency))
                .unwrap_or_default(),
        );
    };
    // What is saved decides what the fields say, also after an undo; what is being typed stays while it is the same.
    let last = StoredValue::new(PointsAssumptions::default());
    Effect::new(move |_| {
        let saved = status.with(|it| it.as_ref().map(|it| it.settings.points));
        let saved = saved.unwrap_or_default();
        if saved != last.get_value() {
            last.set_value(saved);
            show(saved);
        }
    });
    let wrong_share = Signal::derive(move || {
        let bad = breakage.with(|text| !text.trim().is_empty() && share(text).is_none());
        bad.then(|| words.liability_assume_wrong_share().to_owned())
    });
    let wrong_worth = Signal::derive(move || {
        let bad = of_100.with(|text| !text.trim().is_empty() && worth(text, currency).is_none());
        bad.then(|| words.liability_assume_wrong_worth().to_owned())
    });
    let save = move |()| {
        if wrong_share.get_untracked().is_some() || wrong_worth.get_untracked().is_some() {
            return;
        }
        let Some(mut settings) =
            status.with_untracked(|it| it.as_ref().map(|it| it.settings.clone()))
        else {
            return;
        };
        settings.points = PointsAssumptions {
            breakage_ppm: breakage.with_untracked(|text| share(text)),
            worth_of_100: of_100.with_untracked(|text| worth(text, currency)),
        };
        let (said, points) = (words.liability_assume_saved().to_owned(), settings.points);
        apply_in(state, Command::SetSettings { settings }, said, move |_| {
            let _ = last.try_set_value(points);
        });
    };
    let worth_hint = match &program.redeem {
        Some(redeem) => {
            let value = loyalty_value(redeem.points.0, redeem.worth.0);
            words.liability_assume_worth_hint(&words.money(Money(value), currency))
        }
        None => words.liability_assume_worth_hint_none().to_owned(),
    };
    let unit = words.currency_unit(currency);
    view! {
        <details class="disclosure assumptions">
            <summary>{words.liability_assume_title()}</summary>
            <p class="note">{words.liability_assume_lead()}</p>
            <div class="form-columns">
                <Input
                    label=words.liability_assume_breakage()
                    value=breakage
                    hint=words.liability_assume_breakage_hint()
                    error=wrong_share
                    mode="decimal"
                />
                <Input
                    label=words.liability_assume_worth(unit.trim())
                    value=of_100
                    hint=worth_hint
                    error=wrong_worth
                    mode="decimal"
                />
            </div>
            <div class="actions">
                <Button label=words.liability_assume_save() on_press=save/>
            </div>
        </details>
    }
    .into_any()
}

/// What 100 points are worth, rounded down, for the hint.
fn loyalty_value(points: i64, worth: i64) -> i64 {
    let value = i128::from(worth) * 100 / i128::from(points.max(1));
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_and_written_in_per_cent() {
        for (text, ppm) in [
            ("0", Some(0)),
            ("12.5", Some(125_000)),
            (" 100 % ", Some(1_000_000)),
            ("100.0001", None),
            ("-1", None),
            ("1.23456", None),
            ("x", None),
        ] {
            assert_eq!(share(text), ppm, "{text}");
        }
        for (ppm, text) in [
            (0, "0"),
            (125_000, "12.5"),
            (1_000_000, "100"),
            (1, "0.0001"),
        ] {
            assert_eq!(percent(ppm), text);
        }
    }
}
