//! Faults and issues as sentences: what failed - what was found - what would be right.

use crate::{Locale, Words};
use model::rule::{NO_CIRCLE, NO_LONG_CHAIN, SEGMENT_THERE};
use model::{Issue, IssueCode};
use protocol::{Fault, FaultCode};

impl Words {
    /// A fault as one to three sentences.
    pub fn fault(self, fault: &Fault) -> String {
        if let Some(text) = self.way_fault(fault) {
            return text;
        }
        let mut text = self.fault_head(fault);
        let shows_input = matches!(
            fault.code,
            FaultCode::BadRule
                | FaultCode::BadProgram
                | FaultCode::ProgramLimit
                | FaultCode::UnreadableFile
                | FaultCode::KeyTaken
                | FaultCode::RefundTooLarge
        );
        if shows_input {
            let path = fault.path.as_deref().filter(|path| !path.is_empty());
            self.add(&mut text, path.map(|path| self.faults_at(path)));
            self.add(
                &mut text,
                fault.found.as_deref().map(|found| self.faults_found(found)),
            );
            self.add(
                &mut text,
                fault
                    .expected
                    .as_deref()
                    .map(|right| self.faults_expected(&self.said(right))),
            );
        }
        text
    }

    /// A rule whose segments lead nowhere or round in a circle: by which way.
    fn way_fault(self, fault: &Fault) -> Option<String> {
        if fault.code != FaultCode::BadRule {
            return None;
        }
        let way = fault.found.as_deref()?;
        match fault.expected.as_deref()? {
            NO_CIRCLE => Some(self.faults_circle(way)),
            NO_LONG_CHAIN => Some(self.faults_long_chain(way)),
            SEGMENT_THERE => {
                let mut text = self.faults_segment_gone(way);
                // A rule that has no name yet says where it stands instead.
                let path = fault.path.as_deref().filter(|_| !way.contains('→'));
                self.add(&mut text, path.map(|path| self.faults_at(path)));
                Some(text)
            }
            _ => None,
        }
    }

    /// Adds a sentence; English sentences have a blank between them.
    fn add(self, text: &mut String, sentence: Option<String>) {
        if let Some(sentence) = sentence {
            if self.locale == Locale::En {
                text.push(' ');
            }
            text.push_str(&sentence);
        }
    }

    fn fault_head(self, fault: &Fault) -> String {
        let plain = match fault.code {
            FaultCode::Invalid => {
                if fault.issues.is_empty() {
                    return self.faults_invalid_plain().to_owned();
                }
                let problems: Vec<String> = fault
                    .issues
                    .iter()
                    .take(3)
                    .map(|i| self.issue_in_place(i))
                    .collect();
                let between = match self.locale {
                    Locale::ZhCn => "；",
                    Locale::En => "; ",
                };
                return self.faults_invalid(&problems.join(between));
            }
            FaultCode::InsufficientPoints => match &fault.found {
                Some(found) => return self.faults_insufficient_points(found),
                None => self.faults_insufficient_points_plain(),
            },
            FaultCode::NotFound => self.faults_not_found(),
            FaultCode::KeyTaken => self.faults_key_taken(),
            FaultCode::KeyReused => self.faults_key_reused(),
            FaultCode::Conflict => self.faults_conflict(),
            FaultCode::ProgramLimit => self.faults_program_limit(),
            FaultCode::CouponRefused => return self.coupon_refused_fault(fault),
            FaultCode::CouponLocked => return self.coupon_locked(fault),
            FaultCode::NoProgram => self.faults_no_program(),
            FaultCode::RefundTooLarge => self.faults_refund_too_large(),
            FaultCode::CannotUndo => self.faults_cannot_undo(),
            FaultCode::BadRule => self.faults_bad_rule(),
            FaultCode::BadProgram => self.faults_bad_program(),
            FaultCode::UnreadableFile => self.faults_unreadable_file(),
            FaultCode::BadBackup => self.faults_bad_backup(),
            FaultCode::NewerSchema => self.faults_newer_schema(),
            FaultCode::Damaged => self.faults_damaged(),
            FaultCode::QuotaExceeded => self.faults_quota_exceeded(),
            FaultCode::Storage => self.faults_storage(),
            FaultCode::Cancelled => self.faults_cancelled(),
            FaultCode::Busy => self.faults_busy(),
            FaultCode::Locked => self.faults_locked(),
            FaultCode::WrongPassphrase => self.faults_wrong_passphrase(),
            FaultCode::TooManyAttempts => self.faults_too_many_attempts(),
            FaultCode::WorkerFailed => self.faults_worker_failed(),
            FaultCode::Internal => self.faults_internal(),
        };
        plain.to_owned()
    }

    /// A finding as a sentence without its row and column: what is wrong, what was found, what would be right.
    pub fn issue(self, issue: &Issue) -> String {
        let what = self.issues_find(issue_key(issue.code)).unwrap_or_default();
        let value = issue.value.as_deref().filter(|value| !value.is_empty());
        let right = issue.expected.as_deref().filter(|right| !right.is_empty());
        match (value, right) {
            (None, None) => what.to_owned(),
            (Some(value), None) => self.issue_found(what, value),
            (None, Some(right)) => self.issue_right(what, right),
            (Some(value), Some(right)) => self.issue_found_right(what, value, right),
        }
    }

    fn issue_found(self, what: &str, value: &str) -> String {
        match self.locale {
            Locale::ZhCn => crate::join(&[what, "：“", value, "”"]),
            Locale::En => crate::join(&[what, ": “", value, "”"]),
        }
    }

    fn issue_right(self, what: &str, right: &str) -> String {
        match self.locale {
            Locale::ZhCn => crate::join(&[what, "（应为 ", right, "）"]),
            Locale::En => crate::join(&[what, " (expected ", right, ")"]),
        }
    }

    fn issue_found_right(self, what: &str, value: &str, right: &str) -> String {
        let found = self.issue_found(what, value);
        self.issue_right(&found, right)
    }

    /// Where a finding is: `第 12 行 · 手机`, `Row 12 · Phone`; empty when it says nothing of it.
    pub fn issue_place(self, issue: &Issue) -> String {
        let row = issue.row.map(|row| {
            let row = self.count(u64::from(row));
            match self.locale {
                Locale::ZhCn => crate::join(&["第 ", &row, " 行"]),
                Locale::En => crate::join(&["Row ", &row]),
            }
        });
        let column = match (&issue.column, &issue.field) {
            (Some(column), _) => Some(column.clone()),
            (None, Some(field)) => Some(self.field(field)),
            (None, None) => None,
        };
        match (row, column) {
            (Some(row), Some(column)) => crate::join(&[&row, " · ", &column]),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => String::new(),
        }
    }

    /// Place and finding in one: `手机：不是电话号码：“12”`.
    pub fn issue_in_place(self, issue: &Issue) -> String {
        let place = self.issue_place(issue);
        let text = self.issue(issue);
        match (place.is_empty(), self.locale) {
            (true, _) => text,
            (false, Locale::ZhCn) => crate::join(&[&place, "：", &text]),
            (false, Locale::En) => crate::join(&[&place, ": ", &text]),
        }
    }
}

/// The key of a code in the locale files: its name in the JavaScript API.
fn issue_key(code: IssueCode) -> &'static str {
    match code {
        IssueCode::Missing => "missing",
        IssueCode::NoIdentity => "no_identity",
        IssueCode::BadEmail => "bad_email",
        IssueCode::BadPhone => "bad_phone",
        IssueCode::MaskedPhone => "masked_phone",
        IssueCode::BadDate => "bad_date",
        IssueCode::AmbiguousDate => "ambiguous_date",
        IssueCode::FutureDate => "future_date",
        IssueCode::BadMoney => "bad_money",
        IssueCode::TooPrecise => "too_precise",
        IssueCode::Negative => "negative",
        IssueCode::BadNumber => "bad_number",
        IssueCode::BadFlag => "bad_flag",
        IssueCode::UnknownChoice => "unknown_choice",
        IssueCode::BadCurrency => "bad_currency",
        IssueCode::TooLong => "too_long",
        IssueCode::TooFewCells => "too_few_cells",
        IssueCode::TooManyCells => "too_many_cells",
        IssueCode::BadEncoding => "bad_encoding",
        IssueCode::Malformed => "malformed",
        IssueCode::DigitsLost => "digits_lost",
        IssueCode::DuplicateKey => "duplicate_key",
        IssueCode::KeyTaken => "key_taken",
        IssueCode::NoCustomer => "no_customer",
        IssueCode::AmbiguousCustomer => "ambiguous_customer",
        IssueCode::NameOnly => "name_only",
        IssueCode::LinesDiffer => "lines_differ",
        IssueCode::UnmappedColumn => "unmapped_column",
        IssueCode::NotFound => "not_found",
        IssueCode::TooMuch => "too_much",
        IssueCode::LimitPassed => "limit_passed",
        IssueCode::TotalRow => "total_row",
        IssueCode::NotAPurchase => "not_a_purchase",
    }
}
