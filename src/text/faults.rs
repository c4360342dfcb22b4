//! Faults and issues as sentences: what failed - what was found - what would be right.

use crate::Words;
use model::Issue;
use protocol::Fault;

impl Words {
    /// A fault as one or two sentences.
    pub fn fault(self, fault: &Fault) -> String {
        let _ = fault;
        String::new()
    }

    /// A finding as a sentence, without its row and column.
    pub fn issue(self, issue: &Issue) -> String {
        let _ = issue;
        String::new()
    }

    /// Where a finding is: `第 12 行 · 手机`, `Row 12 · Phone`; empty when it says nothing.
    pub fn issue_place(self, issue: &Issue) -> String {
        let _ = issue;
        String::new()
    }

    /// A field's or attribute's name (`postalCode`, `postal_code`, `order.at`, `custom.shoe size`).
    pub fn field(self, field: &str) -> String {
        field.to_owned()
    }
}
