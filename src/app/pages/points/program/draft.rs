//! The draft as a form holds it: texts as they were typed, right or wrong, and the JSON they make.
//!
//! The form knows everything of the contract, so that text and form can be changed into each other without losing
//! anything. What is right and wrong is decided by `Program::check` alone.

use super::rows::{Level, Prize, Rule};
use model::Currency;
use serde_json::{Map, Value, json};
use ui::prelude::*;

/// A text field.
pub type Text = RwSignal<String>;

/// All fields. Signals of the page: copies are the same fields.
#[derive(Clone, Copy)]
pub struct Draft {
    /// Currency of the business; a draft of another is refused.
    pub currency: Currency,
    /// Time zone of the business.
    pub zone: StoredValue<String>,
    /// Name of the programme.
    pub name: Text,
    /// Earn rules.
    pub rules: RwSignal<Vec<Rule>>,
    /// How multipliers combine.
    pub stacking: Text,
    /// Waiting days.
    pub pending: Text,
    /// `never`, `days`, `months`, `year_end`, `inactivity`.
    pub expiry: Text,
    /// Days, months or years.
    pub expiry_n: Text,
    /// `none`, `month`, `quarter`, `half_year`, `year`.
    pub round_up: Text,
    /// Points are money.
    pub redeem: RwSignal<bool>,
    /// So many points
    pub redeem_points: Text,
    /// are worth this.
    pub redeem_worth: Text,
    /// Multiples.
    pub redeem_step: Text,
    /// The least at once.
    pub redeem_min: Text,
    /// The largest share of an order in per cent.
    pub redeem_share: Text,
    /// The most for one order.
    pub redeem_most: Text,
    /// Rewards.
    pub prizes: RwSignal<Vec<Prize>>,
    /// What happens to points of goods that come back.
    pub refund: Text,
    /// There are tiers.
    pub tiers: RwSignal<bool>,
    /// What decides them.
    pub measure: Text,
    /// Over which time.
    pub window: Text,
    /// Months of it.
    pub window_n: Text,
    /// When members rise.
    pub upgrade: Text,
    /// How they fall.
    pub downgrade: Text,
    /// How long a tier is kept.
    pub keep: Text,
    /// The tiers, lowest first.
    pub levels: RwSignal<Vec<Level>>,
    next_key: StoredValue<u32>,
    /// Who owns the signals of rows: the page, not the button that made them.
    owner: StoredValue<Owner>,
}

/// A text of a JSON object: strings as they are, numbers as they are written, everything else as JSON.
pub fn text_of(value: &Value, key: &str) -> String {
    match value.get(key) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// The same, or a default where there is nothing.
pub fn text_or(value: &Value, key: &str, default: &str) -> String {
    let text = text_of(value, key);
    if text.is_empty() {
        default.to_owned()
    } else {
        text
    }
}

/// A number as people type it: separators of either language, full-width digits, a currency's sign.
pub fn clean(text: &str) -> String {
    let narrow = |c: char| match c {
        '０'..='９' | '．' | '－' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        other => other,
    };
    let plain = |c: &char| !matches!(c, ',' | '，' | '¥' | '￥' | '$' | '€' | '£' | ' ');
    text.trim().chars().map(narrow).filter(plain).collect()
}

/// A number for JSON where it is one, else the text as it was typed, which the check then shows.
pub fn number(text: &str) -> Value {
    let plain = clean(text);
    plain
        .parse::<i64>()
        .map_or_else(|_| Value::String(text.trim().to_owned()), Value::from)
}

/// An exact decimal for JSON: a text.
pub fn decimal(text: &str) -> Value {
    Value::String(clean(text))
}

/// Fills a JSON object, leaving out what is empty.
pub struct Filling(pub Map<String, Value>);

impl Filling {
    /// An empty object.
    pub fn new() -> Self {
        Self(Map::new())
    }

    /// Puts a value in.
    pub fn put(&mut self, key: &str, value: Value) {
        self.0.insert(key.to_owned(), value);
    }

    /// Puts a text in, also an empty one.
    pub fn text(&mut self, key: &str, text: Text) {
        self.put(key, Value::String(text.with(|text| text.trim().to_owned())));
    }

    /// Puts a text in where there is one.
    pub fn optional(&mut self, key: &str, text: Text, value: fn(&str) -> Value) {
        text.with(|text| {
            if !text.trim().is_empty() {
                self.put(key, value(text));
            }
        });
    }

    /// Puts in what must be there, also nothing: then the check says what is missing.
    pub fn required(&mut self, key: &str, text: Text, value: fn(&str) -> Value) {
        text.with(|text| self.put(key, value(text)));
    }

    /// Puts a number in where there is one.
    pub fn number(&mut self, key: &str, text: Text) {
        self.optional(key, text, number);
    }

    /// Puts an exact decimal in where there is one.
    pub fn decimal(&mut self, key: &str, text: Text) {
        self.optional(key, text, decimal);
    }
}

/// A text that stays a text.
pub fn plain(text: &str) -> Value {
    Value::String(text.trim().to_owned())
}

/// `50` per cent as `0.5`; what is no number stays as it is.
fn percent(text: &str) -> Value {
    let plain = clean(text);
    let plain = plain.trim_end_matches(['%', '％']);
    match plain.parse::<model::Decimal>() {
        Ok(model::Decimal { units, scale }) => {
            let share = model::Decimal {
                units,
                scale: scale + 2,
            };
            Value::String(share.to_string())
        }
        Err(_) => Value::String(text.trim().to_owned()),
    }
}

/// `0.5` as `50`.
fn as_percent(share: &str) -> String {
    match share.parse::<model::Decimal>() {
        Ok(model::Decimal { units, scale }) if scale >= 2 => {
            let scale = scale - 2;
            model::Decimal { units, scale }.to_string()
        }
        Ok(model::Decimal { units, scale }) => {
            units.saturating_mul(10i64.pow(2 - scale)).to_string()
        }
        Err(_) => share.to_owned(),
    }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

impl Draft {
    /// Empty fields.
    pub fn new(currency: Currency, zone: &str) -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            currency,
            zone: StoredValue::new(zone.to_owned()),
            name: text(),
            rules: RwSignal::new(Vec::new()),
            stacking: text(),
            pending: text(),
            expiry: text(),
            expiry_n: text(),
            round_up: text(),
            redeem: RwSignal::new(false),
            redeem_points: text(),
            redeem_worth: text(),
            redeem_step: text(),
            redeem_min: text(),
            redeem_share: text(),
            redeem_most: text(),
            prizes: RwSignal::new(Vec::new()),
            refund: text(),
            tiers: RwSignal::new(false),
            measure: text(),
            window: text(),
            window_n: text(),
            upgrade: text(),
            downgrade: text(),
            keep: text(),
            levels: RwSignal::new(Vec::new()),
            next_key: StoredValue::new(0),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        }
    }

    /// Makes signals that live as long as the page.
    pub fn own<T>(&self, make: impl FnOnce() -> T) -> T {
        self.owner.get_value().with(make)
    }

    /// A key for a new row.
    pub fn fresh_key(&self) -> u32 {
        self.next_key.update_value(|key| *key += 1);
        self.next_key.get_value()
    }

    /// Fills the fields from JSON that this form wrote, or that is a programme. False if it is no object.
    pub fn load(&self, text: &str) -> bool {
        let Ok(value) = serde_json::from_str::<Value>(text) else {
            return false;
        };
        if !value.is_object() {
            return false;
        }
        self.own(|| self.fill(&value));
        true
    }

    fn fill(&self, value: &Value) {
        self.name.set(text_of(value, "name"));
        let rules = list(value, "earn").iter();
        self.rules
            .set(rules.map(|it| Rule::load(self, it)).collect());
        self.stacking.set(text_or(value, "stacking", "multiply"));
        self.pending.set(text_or(value, "pending_days", "0"));
        self.refund.set(text_or(value, "refund", "unlimited"));
        self.load_expiry(value.get("expiry").unwrap_or(&Value::Null));
        self.load_redeem(value.get("redeem").unwrap_or(&Value::Null));
        let prizes = list(value, "rewards").iter();
        self.prizes
            .set(prizes.map(|it| Prize::load(self, it)).collect());
        self.load_tiers(value.get("tiers").unwrap_or(&Value::Null));
    }

    fn load_expiry(&self, value: &Value) {
        let kind = text_or(value, "kind", "never");
        let n = match kind.as_str() {
            "year_end" => text_or(value, "years", "1"),
            "inactivity" => text_or(value, "months", "12"),
            _ => text_or(value, "n", "12"),
        };
        self.expiry.set(kind);
        self.expiry_n.set(n);
        self.round_up.set(text_or(value, "round_up", "none"));
    }

    fn load_redeem(&self, value: &Value) {
        self.redeem.set(value.is_object());
        let one = model::program::templates::step(self.currency).to_decimal(self.currency);
        self.redeem_points.set(text_or(value, "points", "100"));
        self.redeem_worth.set(text_or(value, "worth", &one));
        let given = value.is_object();
        let unless_given = |default: &'static str| if given { "" } else { default };
        self.redeem_step
            .set(text_or(value, "step", unless_given("100")));
        self.redeem_min
            .set(text_or(value, "min_points", unless_given("100")));
        self.redeem_share
            .set(as_percent(&text_of(value, "max_share")));
        self.redeem_most.set(text_of(value, "max_points"));
    }

    fn load_tiers(&self, value: &Value) {
        self.tiers.set(value.is_object());
        self.measure
            .set(text_or(value, "measure", "qualifying_points"));
        let window = value.get("window").unwrap_or(&Value::Null);
        self.window.set(text_or(window, "kind", "rolling_months"));
        self.window_n.set(text_or(window, "n", "12"));
        self.upgrade.set(text_or(value, "upgrade", "at_once"));
        self.downgrade.set(text_or(value, "downgrade", "one_down"));
        let keep = if value.is_object() { "0" } else { "12" };
        self.keep.set(text_or(value, "keep_months", keep));
        let levels = list(value, "levels").iter();
        self.levels
            .set(levels.map(|it| Level::load(self, it)).collect());
    }

    /// The JSON that the fields make, mistakes and all; tracked.
    pub fn json(&self) -> String {
        let mut all = Filling::new();
        all.text("name", self.name);
        all.put("currency", json!(self.currency));
        all.put("time_zone", Value::String(self.zone.get_value()));
        let rules = self.rules.get();
        all.put("earn", rules.iter().map(Rule::json).collect());
        all.text("stacking", self.stacking);
        all.number("pending_days", self.pending);
        all.put("expiry", self.expiry_json());
        if self.redeem.get() {
            all.put("redeem", self.redeem_json());
        }
        let prizes = self.prizes.get();
        if !prizes.is_empty() {
            all.put("rewards", prizes.iter().map(Prize::json).collect());
        }
        all.text("refund", self.refund);
        if self.tiers.get() {
            all.put("tiers", self.tiers_json());
        }
        Value::Object(all.0).to_string()
    }

    fn expiry_json(&self) -> Value {
        let mut expiry = Filling::new();
        expiry.text("kind", self.expiry);
        match self.expiry.get().as_str() {
            "days" => expiry.required("n", self.expiry_n, number),
            "months" => {
                expiry.required("n", self.expiry_n, number);
                if self.round_up.with(|period| period != "none") {
                    expiry.text("round_up", self.round_up);
                }
            }
            "year_end" => expiry.required("years", self.expiry_n, number),
            "inactivity" => expiry.required("months", self.expiry_n, number),
            _ => {}
        }
        Value::Object(expiry.0)
    }

    fn redeem_json(&self) -> Value {
        let mut redeem = Filling::new();
        redeem.required("points", self.redeem_points, number);
        redeem.required("worth", self.redeem_worth, decimal);
        redeem.number("step", self.redeem_step);
        redeem.number("min_points", self.redeem_min);
        redeem.optional("max_share", self.redeem_share, percent);
        redeem.number("max_points", self.redeem_most);
        Value::Object(redeem.0)
    }

    fn tiers_json(&self) -> Value {
        let mut tiers = Filling::new();
        tiers.text("measure", self.measure);
        let mut window = Filling::new();
        window.text("kind", self.window);
        if self.window.with(|kind| kind == "rolling_months") {
            window.required("n", self.window_n, number);
        }
        tiers.put("window", Value::Object(window.0));
        tiers.text("upgrade", self.upgrade);
        tiers.text("downgrade", self.downgrade);
        tiers.number("keep_months", self.keep);
        let spend = self.measure.with(|measure| measure == "spend");
        let levels = self.levels.get();
        let levels = levels.iter().map(|level| level.json(spend));
        tiers.put("levels", levels.collect());
        Value::Object(tiers.0)
    }

    /// An id that none of `taken` is: the name itself, or with a number.
    pub fn own_id(name: &str, taken: &[String]) -> String {
        let free = |id: &String| !taken.contains(id);
        let numbered = (2..).map(|n: u32| [name, "-", &n.to_string()].concat());
        let mut ids = std::iter::once(name.to_owned()).chain(numbered);
        ids.find(free).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages() {
        for (text, share) in [
            ("50", "0.50"),
            ("33.3", "0.333"),
            ("100", "1.00"),
            ("5％", "0.05"),
        ] {
            assert_eq!(percent(text), Value::String(share.to_owned()));
        }
        for (share, text) in [
            ("0.5", "50"),
            ("0.333", "33.3"),
            ("1", "100"),
            ("0.05", "5"),
        ] {
            assert_eq!(as_percent(share), text);
        }
        assert_eq!(percent("half"), json!("half"));
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        assert_eq!(decimal("¥1,000.50"), json!("1000.50"));
        assert_eq!(number(" 1，200 "), json!(1200));
        assert_eq!(number("１２"), json!(12));
        assert_eq!(number("soon"), json!("soon"));
    }

    #[test]
    fn ids_are_their_own() {
        let taken = ["event".to_owned(), "event-2".to_owned()];
        assert_eq!(Draft::own_id("event", &taken), "event-3");
        assert_eq!(Draft::own_id("base", &taken), "base");
    }
}
