//! Sync in words: how it stands, why it failed, what has to be decided.

use crate::{Locale, Words};
use protocol::{
    SyncChoice, SyncFinding, SyncLight, SyncQuestion, SyncQuestionKind, SyncStage, SyncStanding,
    SyncTrouble, SyncTroubleCode, SyncVerdict,
};

/// The status of an answer that says: known, and not allowed.
const NOT_ALLOWED: u16 = 403;

fn standing_key(standing: SyncStanding) -> &'static str {
    match standing {
        SyncStanding::InStep => "in_step",
        SyncStanding::Waiting => "waiting",
        SyncStanding::Running => "running",
        SyncStanding::First => "first",
        SyncStanding::Retrying => "retrying",
        SyncStanding::Offline => "offline",
        SyncStanding::Paused => "paused",
        SyncStanding::NeedsPerson => "needs_person",
    }
}

fn trouble_key(trouble: &SyncTrouble) -> &'static str {
    match (trouble.code, trouble.status) {
        (SyncTroubleCode::Credentials, NOT_ALLOWED) => "not-allowed",
        (code, _) => code.name(),
    }
}

fn choice_key(choice: SyncChoice) -> &'static str {
    match choice {
        SyncChoice::SendAgain => "send_again",
        SyncChoice::RemoveHere => "remove_here",
        SyncChoice::Join => "join",
        SyncChoice::Pause => "pause",
        SyncChoice::LookAgain => "look_again",
    }
}

impl Words {
    /// A text of `sync.txt` by its key; empty where there is none.
    fn of_sync(self, kind: &str, code: &str) -> &'static str {
        self.sync_find(&crate::join(&[kind, code]))
            .unwrap_or_default()
    }

    /// The same where the code itself must do when nobody knows it.
    fn of_sync_or_code(self, kind: &str, code: &str) -> String {
        let found = self.of_sync(kind, code);
        if found.is_empty() { code } else { found }.to_owned()
    }

    /// A kind of record that travels (`customers`).
    pub fn sync_kind(self, kind: &str) -> String {
        self.of_sync_or_code("kind.", kind)
    }

    /// A server known by name (`json-server`).
    pub fn sync_preset(self, key: &str) -> String {
        if key.is_empty() {
            return self.sync_link_unknown().to_owned();
        }
        self.of_sync_or_code("preset.", key)
    }

    /// How records lie there (`document`).
    pub fn sync_mode(self, mode: &str) -> String {
        self.of_sync_or_code("mode.", mode)
    }

    /// How sync stands, as a title.
    pub fn sync_state(self, light: &SyncLight) -> String {
        match light.standing {
            SyncStanding::Waiting => self.sync_state_waiting(light.pending),
            SyncStanding::InStep if light.aside > 0 => self.sync_state_all_but(light.aside),
            other => self.of_sync("state_", standing_key(other)).to_owned(),
        }
    }

    /// The same in the few words that the frame around every page has room for.
    pub fn sync_light(self, light: &SyncLight) -> String {
        match light.standing {
            SyncStanding::InStep if light.conflicts > 0 => {
                return self.sync_light_conflicts(light.conflicts);
            }
            SyncStanding::InStep if light.aside > 0 => {
                return self.sync_state_all_but(light.aside);
            }
            SyncStanding::InStep => self.sync_light_in_step(),
            SyncStanding::Waiting => return self.sync_light_waiting(light.pending),
            SyncStanding::Offline => return self.sync_light_offline(light.pending),
            SyncStanding::Running | SyncStanding::First if light.done > 0 => {
                return self.sync_light_running_count(&self.count(light.done));
            }
            SyncStanding::Running | SyncStanding::First => self.sync_light_running(),
            SyncStanding::Retrying => self.sync_light_retrying(),
            SyncStanding::Paused => self.sync_light_paused(),
            SyncStanding::NeedsPerson => self.sync_light_needs_person(),
        }
        .to_owned()
    }

    /// What a run is doing.
    pub fn sync_stage(self, stage: SyncStage) -> &'static str {
        match stage {
            SyncStage::Fetching => self.sync_stage_fetching(),
            SyncStage::Sending => self.sync_stage_sending(),
            SyncStage::ReadingBack => self.sync_stage_reading_back(),
            SyncStage::Comparing => self.sync_stage_comparing(),
            SyncStage::Waiting => self.sync_stage_waiting(),
        }
    }

    /// What happened, and what it means for the data and the person.
    pub fn sync_trouble(self, trouble: &SyncTrouble) -> (&'static str, &'static str) {
        let code = trouble_key(trouble);
        let title = self.of_sync("error.", code);
        let text = self.of_sync("error.", &crate::join(&[code, ".text"]));
        (title, text)
    }

    /// The same before anything is connected, when nothing waits to be sent and nothing is tried by itself.
    pub fn sync_trouble_at_first(self, trouble: &SyncTrouble) -> (&'static str, &'static str) {
        let code = trouble_key(trouble);
        let own = |first: &'static str, key: &str| match first {
            "" => self.of_sync("error.", key),
            first => first,
        };
        let under = crate::join(&[code, ".text"]);
        (
            own(self.of_sync("try.", code), code),
            own(self.of_sync("try.", &under), &under),
        )
    }

    /// What a run asks: what happened, and what there is to know before deciding.
    pub fn sync_question(self, question: &SyncQuestion) -> (String, String) {
        let (here, missing, limit) = (
            self.count(question.here),
            self.count(question.missing),
            self.count(question.limit),
        );
        let of = question.of.as_deref().unwrap_or_default();
        let of = self.sync_kind(of);
        let title = match question.kind {
            SyncQuestionKind::ManyDeletions => self.sync_ask_many_deletions(&of, &missing),
            SyncQuestionKind::EmptyList => self.sync_ask_empty_list_of(&of),
            other => self.sync_question_kind(other).to_owned(),
        };
        let text = match question.kind {
            SyncQuestionKind::EmptyList => self.sync_ask_empty_list_text(&of, &here),
            SyncQuestionKind::ManyDeletions => self.sync_ask_many_deletions_text(&limit),
            SyncQuestionKind::Wiped => self.sync_ask_wiped_text(&here),
            SyncQuestionKind::RolledBack => self.sync_ask_rolled_back_text(&missing),
            SyncQuestionKind::LongAway => self.sync_ask_long_away_text(&missing),
            SyncQuestionKind::OtherBusiness => self.sync_ask_other_business_text(&missing),
        };
        (title, text)
    }

    /// What happened that a run asked, without numbers.
    pub fn sync_question_kind(self, kind: SyncQuestionKind) -> &'static str {
        match kind {
            SyncQuestionKind::EmptyList => self.sync_ask_empty_list(),
            SyncQuestionKind::ManyDeletions => self.sync_error_many_missing(),
            SyncQuestionKind::Wiped => self.sync_ask_wiped(),
            SyncQuestionKind::RolledBack => self.sync_ask_rolled_back(),
            SyncQuestionKind::LongAway => self.sync_ask_long_away(),
            SyncQuestionKind::OtherBusiness => self.sync_ask_other_business(),
        }
    }

    /// What can be done about it: the button, and what it comes to.
    pub fn sync_choice(self, choice: SyncChoice) -> (&'static str, &'static str) {
        let key = choice_key(choice);
        (
            self.of_sync("choice.", key),
            self.of_sync("choice.", &crate::join(&[key, ".text"])),
        )
    }

    /// How good a finding is, in a word.
    pub fn sync_verdict(self, verdict: SyncVerdict) -> &'static str {
        match verdict {
            SyncVerdict::Good => self.sync_verdict_good(),
            SyncVerdict::Adapted => self.sync_verdict_adapted(),
            SyncVerdict::Careful => self.sync_verdict_careful(),
            SyncVerdict::Skipped => self.sync_verdict_skipped(),
            SyncVerdict::Unsafe => self.sync_verdict_unsafe(),
        }
    }

    /// A check of the probe, and what came of it.
    pub fn sync_finding(self, finding: &SyncFinding) -> (String, &'static str) {
        let title = self.of_sync_or_code("check.", &finding.check);
        let own = |how: &str| self.of_sync("found.", &crate::join(&[&finding.check, ".", how]));
        let how = match (finding.verdict, finding.fault) {
            (SyncVerdict::Unsafe, Some(code)) => {
                return (title, self.of_sync("error.", code.name()));
            }
            (SyncVerdict::Unsafe, None) => "unsafe",
            (SyncVerdict::Good, _) => "good",
            (SyncVerdict::Adapted | SyncVerdict::Careful, _) => "careful",
            (SyncVerdict::Skipped, _) => return (title, ""),
        };
        // What exactly was found says more than how good it is.
        let fault = finding.fault.map_or("", SyncTroubleCode::name);
        let texts = [finding.value.as_str(), fault, how].map(own);
        let text = texts.into_iter().find(|text| !text.is_empty());
        (title, text.unwrap_or_default())
    }

    /// A stretch of time: `0.4 s`, `12 s`, `3 min 20 s`.
    pub fn sync_took(self, ms: u64) -> String {
        let seconds = ms / 1000;
        if seconds >= 60 {
            let (minutes, rest) = (seconds / 60, seconds % 60);
            return self.sync_minutes(&minutes.to_string(), &rest.to_string());
        }
        if seconds >= 10 {
            return self.sync_seconds(&seconds.to_string());
        }
        let tenths = (ms + 50) / 100;
        self.sync_seconds(&crate::join(&[
            &(tenths / 10).to_string(),
            ".",
            &(tenths % 10).to_string(),
        ]))
    }

    /// A local time: of today (`2026-01-31`) only the clock.
    pub fn sync_when(self, local_at: &str, today: &str) -> String {
        match local_at.split_once('T') {
            Some((day, clock)) if day == today => clock.get(..5).unwrap_or(clock).to_owned(),
            _ => self.moment(local_at),
        }
    }

    /// Two sentences, the first without its full stop.
    pub fn sync_sentences(self, first: &str, second: &str) -> String {
        let stop = match self.locale {
            Locale::ZhCn => "。",
            Locale::En => ". ",
        };
        crate::join(&[first, stop, second])
    }

    /// One after the other.
    pub fn sync_list(self, parts: &[String]) -> String {
        parts.join(match self.locale {
            Locale::ZhCn => "、",
            Locale::En => ", ",
        })
    }

    /// How long something will still take.
    pub fn sync_left(self, ms: u64) -> String {
        let minutes = ms.div_ceil(60_000);
        match minutes {
            0 | 1 => self.sync_left_seconds().to_owned(),
            2..120 => self.sync_left_minutes(minutes),
            _ => self.sync_left_hours(minutes.div_ceil(60)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(code: SyncTroubleCode, status: u16) -> SyncTrouble {
        SyncTrouble {
            code,
            local_at: String::new(),
            method: String::new(),
            url: String::new(),
            status,
            found: None,
            expected: None,
            cors: None,
            retry_at: None,
        }
    }

    #[test]
    fn every_trouble_has_words() {
        for locale in Locale::ALL {
            let words = Words::new(locale);
            for code in SyncTroubleCode::ALL {
                let (title, text) = words.sync_trouble(&trouble(*code, 0));
                assert!(!title.is_empty() && !text.is_empty(), "{}", code.name());
            }
            // Nothing is connected yet: nothing waits, nothing is tried again by itself.
            for code in SyncTroubleCode::ALL {
                let (title, text) = words.sync_trouble_at_first(&trouble(*code, 0));
                assert!(!title.is_empty() && !text.is_empty(), "{}", code.name());
            }
            for (code, status) in [
                (SyncTroubleCode::Credentials, 401),
                (SyncTroubleCode::Credentials, 403),
                (SyncTroubleCode::TooMany, 429),
                (SyncTroubleCode::ServerError, 503),
                (SyncTroubleCode::TimeOut, 0),
                (SyncTroubleCode::BadJson, 200),
                (SyncTroubleCode::Offline, 0),
            ] {
                let (_, text) = words.sync_trouble_at_first(&trouble(code, status));
                for promise in [
                    "自动",
                    "改动",
                    "by itself",
                    "waits",
                    "Changes",
                    "tried again",
                ] {
                    assert!(!text.contains(promise), "{}: {text}", code.name());
                }
            }
            let (known, _) = words.sync_trouble(&trouble(SyncTroubleCode::Credentials, 401));
            let (refused, _) = words.sync_trouble(&trouble(SyncTroubleCode::Credentials, 403));
            assert_ne!(known, refused);
        }
    }

    #[test]
    fn every_choice_and_standing_has_words() {
        for locale in Locale::ALL {
            let words = Words::new(locale);
            for choice in [
                SyncChoice::SendAgain,
                SyncChoice::RemoveHere,
                SyncChoice::Join,
                SyncChoice::Pause,
                SyncChoice::LookAgain,
            ] {
                let (label, text) = words.sync_choice(choice);
                assert!(!label.is_empty() && !text.is_empty(), "{choice:?}");
            }
            for standing in [
                SyncStanding::InStep,
                SyncStanding::Waiting,
                SyncStanding::Running,
                SyncStanding::First,
                SyncStanding::Retrying,
                SyncStanding::Offline,
                SyncStanding::Paused,
                SyncStanding::NeedsPerson,
            ] {
                let light = SyncLight {
                    standing,
                    pending: 2,
                    conflicts: 0,
                    aside: 0,
                    done: 0,
                    total: 0,
                };
                assert!(!words.sync_state(&light).is_empty(), "{standing:?}");
            }
        }
    }

    #[test]
    fn times_read_well() {
        let words = Words::new(Locale::En);
        let took = |ms| words.sync_took(ms);
        assert_eq!(took(0), "0.0 s");
        assert_eq!(took(440), "0.4 s");
        assert_eq!(took(9_949), "9.9 s");
        assert_eq!(took(12_400), "12 s");
        assert_eq!(took(200_000), "3 min 20 s");
        let when = |at| words.sync_when(at, "2026-11-22");
        assert_eq!(when("2026-11-22T14:32:05"), "14:32");
        assert_eq!(when("2026-11-21T14:32:05"), "21 Nov 2026, 14:32");
        assert_eq!(words.sync_left(30_000), "less than a minute left");
        assert_eq!(words.sync_left(61_000), "about 2 minutes left");
        assert_eq!(words.sync_left(7_200_001), "about 3 hours left");
    }

    #[test]
    fn a_finding_says_what_was_found() {
        let words = Words::new(Locale::En);
        let text = |check: &str, value: &str, fault| {
            let finding = SyncFinding {
                check: check.into(),
                verdict: SyncVerdict::Adapted,
                switch: String::new(),
                value: value.into(),
                fault,
            };
            words.sync_finding(&finding).1
        };
        // It answered 404, and kept the id: neither may be told as a failure.
        assert_eq!(
            text("unknown-id", "404", None),
            "It says that there is none."
        );
        assert!(text("unknown-id", "204-lost", None).contains("does nothing"));
        assert!(text("keeps-id", "post", None).starts_with("It does"));
        let broken = Some(SyncTroubleCode::PagingBroken);
        assert!(text("paging", "none", broken).contains("everything is read at once"));
        let altered = Some(SyncTroubleCode::Altered);
        assert!(text("read-back", "", altered).contains("not affected"));
    }

    #[test]
    fn all_but_some_is_not_everything() {
        let light = SyncLight {
            standing: SyncStanding::InStep,
            pending: 0,
            conflicts: 0,
            aside: 1,
            done: 0,
            total: 0,
        };
        for (locale, said) in [
            (Locale::En, "All but 1 synced"),
            (Locale::ZhCn, "除 1 条外一致"),
        ] {
            let words = Words::new(locale);
            assert_eq!(words.sync_state(&light), said);
            assert_eq!(words.sync_light(&light), said);
        }
    }

    #[test]
    fn what_nobody_knows_is_shown_as_it_is() {
        let words = Words::new(Locale::ZhCn);
        assert_eq!(words.sync_kind("surveys"), "surveys");
        assert_eq!(words.sync_kind("customers"), "客户");
        assert_eq!(words.sync_preset("never-heard-of"), "never-heard-of");
        let finding = SyncFinding {
            check: "never".into(),
            verdict: SyncVerdict::Good,
            switch: String::new(),
            value: String::new(),
            fault: None,
        };
        assert_eq!(words.sync_finding(&finding), ("never".to_owned(), ""));
    }
}
