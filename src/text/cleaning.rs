//! Words of duplicates and of data quality.

use crate::{Locale, Words};
use model::twin::{TwinLevel, TwinReason};
use protocol::{Analysis, Finding, Fix};

fn reason_code(reason: TwinReason) -> &'static str {
    match reason {
        TwinReason::SameEmail => "same_email",
        TwinReason::NearEmail => "near_email",
        TwinReason::SamePhone => "same_phone",
        TwinReason::NearPhone => "near_phone",
        TwinReason::MaskedPhone => "masked_phone",
        TwinReason::SameName => "same_name",
        TwinReason::SameNameOtherScript => "same_name_other_script",
        TwinReason::SameNamePinyin => "same_name_pinyin",
        TwinReason::SameNameOrder => "same_name_order",
        TwinReason::SoundName => "sound_name",
        TwinReason::NearName => "near_name",
        TwinReason::SameCompany => "same_company",
        TwinReason::SameBirthday => "same_birthday",
        TwinReason::NearBirthday => "near_birthday",
        TwinReason::SameAddress => "same_address",
        TwinReason::SameCity => "same_city",
        TwinReason::OtherName => "other_name",
        TwinReason::OtherPhone => "other_phone",
        TwinReason::OtherEmail => "other_email",
        TwinReason::OtherBirthday => "other_birthday",
        TwinReason::OtherGender => "other_gender",
        TwinReason::OtherKind => "other_kind",
        TwinReason::SharedContact => "shared_contact",
    }
}

fn analysis_code(analysis: Analysis) -> &'static str {
    match analysis {
        Analysis::Rfm => "rfm",
        Analysis::Lifecycle => "lifecycle",
        Analysis::Money => "money",
        Analysis::Segments => "segments",
        Analysis::Points => "points",
        Analysis::Counts => "counts",
        Analysis::Places => "places",
        Analysis::Products => "products",
        Analysis::Birthdays => "birthdays",
        Analysis::Contact => "contact",
    }
}

impl Words {
    /// A text of `twins.txt` by its key; empty where there is none.
    fn of_twins(self, kind: &str, code: &str) -> &'static str {
        self.twins_find(&crate::join(&[kind, ".", code]))
            .unwrap_or_default()
    }

    /// A text of `quality.txt` by its key; empty where there is none.
    fn of_quality(self, kind: &str, code: &str) -> &'static str {
        self.quality_find(&crate::join(&[kind, ".", code]))
            .unwrap_or_default()
    }

    /// What stands between the items of a list.
    pub fn list_mark(self) -> &'static str {
        match self.locale {
            Locale::ZhCn => "、",
            Locale::En => ", ",
        }
    }

    /// Why two records are, or are not, taken for one customer.
    pub fn twin_reason(self, reason: TwinReason) -> &'static str {
        self.of_twins("reason", reason_code(reason))
    }

    /// How sure it is.
    pub fn twin_level(self, level: TwinLevel) -> &'static str {
        match level {
            TwinLevel::Certain => self.twins_level_certain(),
            TwinLevel::Likely => self.twins_level_likely(),
            TwinLevel::Possible => self.twins_level_possible(),
        }
    }

    /// What looks wrong.
    pub fn finding(self, finding: Finding) -> &'static str {
        self.of_quality("title", finding.code())
    }

    /// Why it matters.
    pub fn finding_why(self, finding: Finding) -> &'static str {
        self.of_quality("why", finding.code())
    }

    /// What is worked out from the data.
    pub fn analysis(self, analysis: Analysis) -> &'static str {
        self.of_quality("analysis", analysis_code(analysis))
    }

    /// A way to mend.
    pub fn fix(self, fix: Fix) -> &'static str {
        match fix {
            Fix::Replace => self.quality_fix_replace(),
            Fix::Clear => self.quality_fix_clear(),
            Fix::Remove => self.quality_fix_remove(),
            Fix::Accept => self.quality_fix_accept(),
        }
    }

    /// That so many were mended.
    pub fn fixed(self, fix: Fix, count: u64) -> String {
        if count == 0 {
            return self.quality_fixed_none().to_owned();
        }
        match fix {
            Fix::Replace => self.quality_fixed_replace(count),
            Fix::Clear => self.quality_fixed_clear(count),
            Fix::Remove => self.quality_fixed_remove(count),
            Fix::Accept => self.quality_fixed_accept(count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_has_its_words() {
        for locale in [Locale::ZhCn, Locale::En] {
            let words = Words::new(locale);
            for finding in Finding::ALL {
                assert!(!words.finding(finding).is_empty(), "{finding:?}");
                assert!(!words.finding_why(finding).is_empty(), "{finding:?}");
                for analysis in finding.affects() {
                    assert!(!words.analysis(*analysis).is_empty(), "{analysis:?}");
                }
            }
            for reason in [TwinReason::SameEmail, TwinReason::SharedContact] {
                assert!(!words.twin_reason(reason).is_empty(), "{reason:?}");
            }
        }
    }
}
