use super::*;
pub(super) fn rule(text: &str) -> Result<Rule, RuleError> { Err(RuleError { path: String::new(), found: text.to_owned(), expected: String::new() }) }
