use super::*;
pub(super) fn rule(_rule: &Rule) -> String { String::new() }
