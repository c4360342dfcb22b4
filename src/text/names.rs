//! Names of what the data has codes for: stages, groups, kinds, fields, commands.

use crate::Words;
use model::LifecycleThresholds;
use protocol::{EntryKind, LifecycleStage};

/// The key of a stage, as in rules and locale files.
fn stage_key(stage: LifecycleStage) -> &'static str {
    match stage {
        LifecycleStage::Prospect => "prospect",
        LifecycleStage::New => "new",
        LifecycleStage::Active => "active",
        LifecycleStage::Dormant => "dormant",
        LifecycleStage::Churned => "churned",
    }
}

impl Words {
    /// The name under `<kind>.<code>` in `names.txt`, or the code itself: a newer worker may know more than the words.
    fn named(self, kind: &str, code: &str) -> String {
        let key = crate::join(&[kind, ".", code]);
        self.names_find(&key)
            .map_or_else(|| code.to_owned(), str::to_owned)
    }

    /// A life cycle stage.
    pub fn stage(self, stage: LifecycleStage) -> String {
        self.named("stage", stage_key(stage))
    }

    /// What puts a customer into a stage, with the owner's thresholds.
    pub fn stage_means(self, stage: LifecycleStage, thresholds: LifecycleThresholds) -> String {
        let days = |days: u32| days.to_string();
        if let Some(rhythm) = thresholds.rhythm {
            let times = |tenths: u32| match tenths % 10 {
                0 => (tenths / 10).to_string(),
                rest => [(tenths / 10).to_string(), rest.to_string()].join("."),
            };
            let dormant = times(rhythm.dormant_tenths);
            match stage {
                LifecycleStage::Prospect | LifecycleStage::New => {}
                LifecycleStage::Active => {
                    return self.lifetime_means_active(&dormant, &days(thresholds.dormant_days));
                }
                LifecycleStage::Dormant => {
                    return self.lifetime_means_quiet(&dormant, &days(thresholds.dormant_days));
                }
                LifecycleStage::Churned => {
                    let churned = times(rhythm.churned_tenths);
                    return self.lifetime_means_quiet(&churned, &days(thresholds.churned_days));
                }
            }
        }
        match stage {
            LifecycleStage::Prospect => self.names_stage_means_prospect().to_owned(),
            LifecycleStage::New => self.names_stage_means_new(&days(thresholds.new_days)),
            LifecycleStage::Active => self.names_stage_means_active(&days(thresholds.dormant_days)),
            LifecycleStage::Dormant => {
                self.names_stage_means_dormant(&days(thresholds.dormant_days))
            }
            LifecycleStage::Churned => {
                self.names_stage_means_churned(&days(thresholds.churned_days))
            }
        }
    }

    /// An RFM group by its code.
    pub fn rfm_group(self, code: &str) -> String {
        self.named("group", code)
    }

    /// What an RFM group is and what to do with it.
    pub fn rfm_group_means(self, code: &str) -> String {
        let key = crate::join(&["group_means.", code]);
        self.names_find(&key).unwrap_or_default().to_owned()
    }

    /// A kind of ledger entry.
    pub fn entry_kind(self, kind: EntryKind) -> &'static str {
        match kind {
            EntryKind::Accrual => self.names_entry_accrual(),
            EntryKind::Redemption => self.names_entry_redemption(),
            EntryKind::Expiry => self.names_entry_expiry(),
            EntryKind::Reversal => self.names_entry_reversal(),
            EntryKind::Adjustment => self.names_entry_adjustment(),
            EntryKind::Transfer => self.names_entry_transfer(),
        }
    }

    /// A command of the log by its name.
    pub fn command(self, name: &str) -> String {
        self.named("command", name)
    }

    /// A ready segment by its key.
    pub fn ready_segment(self, key: &str) -> String {
        self.named("ready", key)
    }

    /// The same with the value of the data that it is about: `City: 杭州市`; empty for none.
    pub fn ready_segment_of(self, key: &str, about: &str) -> String {
        let name = self.ready_segment(key);
        if about.is_empty() {
            return name;
        }
        let colon = match self.locale {
            crate::Locale::ZhCn => "：",
            crate::Locale::En => ": ",
        };
        crate::join(&[&name, colon, about])
    }

    /// An interaction's kind; the owner's own kinds are their own name.
    pub fn interaction(self, kind: &str) -> String {
        self.named("interaction", kind)
    }

    /// A fixed choice of an attribute or field (`gender`, `female`); anything else as it is.
    pub fn choice(self, attribute: &str, value: &str) -> String {
        match attribute {
            "gender" => self.named("gender", value),
            "kind" => self.named("kind", value),
            "lifecycle" => self.named("stage", value),
            "rfm.group" => self.named("group", value),
            "status" => self.named("status", value),
            _ => value.to_owned(),
        }
    }

    /// A field's or attribute's name, in the spelling of rules (`postal_code`), of JSON (`postalCode`) or of imports
    /// (`order.at`, `custom.shoe size`).
    pub fn field(self, field: &str) -> String {
        if let Some(custom) = field.strip_prefix("custom.") {
            return custom.to_owned();
        }
        if let Some(found) = self.fields_find(field) {
            return found.to_owned();
        }
        let mut snake = String::with_capacity(field.len() + 4);
        for c in field.chars() {
            if c.is_ascii_uppercase() {
                snake.push('_');
                snake.push(c.to_ascii_lowercase());
            } else {
                snake.push(c);
            }
        }
        self.fields_find(&snake)
            .map_or_else(|| field.to_owned(), str::to_owned)
    }
}
