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

/// The two fields, which follow what is saved.
#[derive(Clone, Copy)]
struct Fields {
    currency: Currency,
    breakage: RwSignal<String>,
    of_100: RwSignal<String>,
    /// What was saved last, as far as the page knows.
    last: StoredValue<PointsAssumptions>,
}

impl Fields {
    fn new(currency: Currency) -> Self {
        let fields = Self {
            currency,
            breakage: RwSignal::new(String::new()),
            of_100: RwSignal::new(String::new()),
            last: StoredValue::new(PointsAssumptions::default()),
        };
        let status = use_status();
        // What is saved decides what the fields say, also after an undo; what is being typed stays while it is the same.
        Effect::new(move |_| {
            let saved = status.with(|it| it.as_ref().map(|it| it.settings.points));
            let saved = saved.unwrap_or_default();
            if saved != fields.last.get_value() {
                fields.last.set_value(saved);
                fields.show(saved);
            }
        });
        fields
    }

    fn show(self, said: PointsAssumptions) {
        let share = said.breakage_ppm.map(percent);
        self.breakage.set(share.unwrap_or_default());
        let worth = said.worth_of_100.map(|it| it.to_decimal(self.currency));
        self.of_100.set(worth.unwrap_or_default());
    }

    /// What the fields say; `None` where one is wrong. Empty says nothing.
    fn read(self) -> (Option<Option<u32>>, Option<Option<Money>>) {
        let currency = self.currency;
        let share = self.breakage.with(|text| match text.trim() {
            "" => Some(None),
            text => share(text).map(Some),
        });
        let worth = self.of_100.with(|text| match text.trim() {
            "" => Some(None),
            text => worth(text, currency).map(Some),
        });
        (share, worth)
    }
}

/// The form.
#[component]
pub fn Assumptions(
    /// The programme in force.
    program: Program,
) -> impl IntoView {
    let (words, state, status) = (use_words(), use_state(), use_status());
    let currency = program.currency;
    let fields = Fields::new(currency);
    let wrong_share = Signal::derive(move || {
        let wrong = fields.read().0.is_none();
        wrong.then(|| words.liability_assume_wrong_share().to_owned())
    });
    let wrong_worth = Signal::derive(move || {
        let wrong = fields.read().1.is_none();
        wrong.then(|| words.liability_assume_wrong_worth().to_owned())
    });
    let save = move |()| {
        let (Some(breakage_ppm), Some(worth_of_100)) = untrack(|| fields.read()) else {
            return;
        };
        let settings = status.with_untracked(|it| it.as_ref().map(|it| it.settings.clone()));
        let Some(mut settings) = settings else { return };
        let points = PointsAssumptions {
            breakage_ppm,
            worth_of_100,
        };
        settings.points = points;
        let said = words.liability_assume_saved().to_owned();
        apply_in(state, Command::SetSettings { settings }, said, move |_| {
            let _ = fields.last.try_set_value(points);
        });
    };
    let worth_hint = match &program.redeem {
        Some(redeem) => {
            let value = loyalty_value(redeem.points.0, redeem.worth.0);
            words.liability_assume_worth_hint(&words.money(Money(value), currency))
        }
        None => words.liability_assume_worth_hint_none().to_owned(),
    };
    let share_label = words.liability_assume_breakage();
    let share_hint = words.liability_assume_breakage_hint();
    let worth_label = words.liability_assume_worth(words.currency_unit(currency).trim());
    view! {
        <details class="disclosure assumptions">
            <summary>{words.liability_assume_title()}</summary>
            <p class="note">{words.liability_assume_lead()}</p>
            <div class="form-columns">
                <Input label=share_label value=fields.breakage hint=share_hint error=wrong_share mode="decimal"/>
                <Input label=worth_label value=fields.of_100 hint=worth_hint error=wrong_worth mode="decimal"/>
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
