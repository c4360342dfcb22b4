//! A segment rule as a sentence that reads like the filter it is, in parts that lead back to their nodes.
//!
//! What people say often has a phrase of its own ("25–34 岁", "never bought coffee"); everything else is put together
//! from the name of what is asked and how it must be. A part knows the path of its node, so that a page can lead from
//! the words to the block that says them.

mod measure;
mod phrase;
mod refused;

use crate::{Locale, Words};
use model::Currency;
use model::rule::Rule;

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulePart {
    /// What it says.
    pub text: String,
    /// The path of the node that says it (`all[2]`); `None` for what joins parts.
    pub path: Option<String>,
}

/// Gives the name of a segment by its id.
type Names<'n> = &'n dyn Fn(&str) -> Option<String>;

/// What numbers and values of a rule need to be worded.
#[derive(Clone, Copy)]
struct Wording<'n> {
    words: Words,
    currency: Currency,
    names: Names<'n>,
}

impl Words {
    /// A rule (JSON) as a sentence; the JSON itself where it cannot be read.
    pub fn rule(self, json: &str) -> String {
        self.rule_in(json, Currency::CNY)
    }

    /// The same, with amounts in this currency.
    pub fn rule_in(self, json: &str, currency: Currency) -> String {
        self.rule_named(json, currency, &|_| None)
    }

    /// The same, with the names of the segments that it names.
    pub fn rule_named(self, json: &str, currency: Currency, names: Names<'_>) -> String {
        match Rule::parse(json) {
            Ok(rule) => {
                let parts = self.rule_parts(&rule, currency, names);
                let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
                texts.concat()
            }
            Err(_) => json.to_owned(),
        }
    }

    /// A rule as a sentence in parts.
    pub fn rule_parts(self, rule: &Rule, currency: Currency, names: Names<'_>) -> Vec<RulePart> {
        let wording = Wording {
            words: self,
            currency,
            names,
        };
        let mut parts = Vec::new();
        wording.rule(rule, String::new(), false, &mut parts);
        parts
    }
}

impl Wording<'_> {
    /// Words for either language: what has no words but signs.
    fn either(self, zh: &'static str, en: &'static str) -> &'static str {
        match self.words.locale {
            Locale::ZhCn => zh,
            Locale::En => en,
        }
    }

    fn rule(self, rule: &Rule, path: String, inside: bool, out: &mut Vec<RulePart>) {
        let say = |text: String, path: String, out: &mut Vec<RulePart>| {
            out.push(RulePart {
                text,
                path: Some(path),
            });
        };
        let w = self.words;
        match rule {
            Rule::All(nodes) if nodes.is_empty() => say(w.rules_everyone().to_owned(), path, out),
            Rule::Any(nodes) if nodes.is_empty() => say(w.rules_no_one().to_owned(), path, out),
            Rule::All(nodes) => {
                let with = self.either("，", ", ");
                self.joined(
                    nodes,
                    &[&path, dot(&path), "all"].concat(),
                    with,
                    inside,
                    out,
                );
            }
            Rule::Any(nodes) => {
                let with = w.rules_or();
                let with = match w.locale {
                    Locale::ZhCn => with.to_owned(),
                    Locale::En => crate::join(&[" ", with, " "]),
                };
                self.joined(
                    nodes,
                    &[&path, dot(&path), "any"].concat(),
                    &with,
                    inside,
                    out,
                );
            }
            Rule::Not(inner) => match &**inner {
                Rule::Segment(id) => say(w.rules_not_segment(&self.segment(id)), path, out),
                _ => {
                    glue(w.rules_not(), out);
                    glue(self.either("（", " ("), out);
                    self.rule(inner, [&path, dot(&path), "not"].concat(), false, out);
                    glue(self.either("）", ")"), out);
                }
            },
            Rule::Attribute { attribute, test } => say(self.attribute(attribute, test), path, out),
            Rule::Orders(test) => say(self.orders(test), path, out),
            Rule::Events(test) => say(self.events(test), path, out),
            Rule::Segment(id) => say(w.rules_segment(&self.segment(id)), path, out),
            Rule::Sample { percent, .. } => say(w.rules_sample(&percent.to_string()), path, out),
        }
    }

    fn joined(self, nodes: &[Rule], path: &str, with: &str, inside: bool, out: &mut Vec<RulePart>) {
        let bracket = inside && nodes.len() > 1;
        if bracket {
            glue(self.either("（", "("), out);
        }
        for (at, node) in nodes.iter().enumerate() {
            if at > 0 {
                glue(with, out);
            }
            let path = [path, "[", &at.to_string(), "]"].concat();
            self.rule(node, path, inside || nodes.len() > 1, out);
        }
        if bracket {
            glue(self.either("）", ")"), out);
        }
    }

    /// A segment's name; its id where nobody knows one.
    fn segment(self, id: &str) -> String {
        (self.names)(id).unwrap_or_else(|| id.to_owned())
    }

    /// Values with *or* before the last: `A、B或C`.
    fn any_of(self, values: &[String]) -> String {
        self.listed(values, self.either("或", " or "))
    }

    /// Values with *and* before the last.
    fn all_of(self, values: &[String]) -> String {
        self.listed(values, self.either("和", " and "))
    }

    fn listed(self, values: &[String], last: &str) -> String {
        match values {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., end] => {
                let first = first.join(self.either("、", ", "));
                crate::join(&[&first, last, end])
            }
        }
    }
}

fn glue(text: &str, out: &mut Vec<RulePart>) {
    out.push(RulePart {
        text: text.to_owned(),
        path: None,
    });
}

/// What stands before the next step of a path.
fn dot(path: &str) -> &'static str {
    if path.is_empty() { "" } else { "." }
}
