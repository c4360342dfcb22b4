//! Rules made of rules, as text: what stands behind a cell or a combination.

/// Every rule holds.
pub fn all(rules: &[String]) -> String {
    match rules {
        [only] => only.clone(),
        _ => ["{\"all\":[", &rules.join(","), "]}"].concat(),
    }
}

/// At least one holds.
pub fn any(rules: &[String]) -> String {
    match rules {
        [only] => only.clone(),
        _ => ["{\"any\":[", &rules.join(","), "]}"].concat(),
    }
}

/// The rule does not hold.
pub fn not(rule: &str) -> String {
    ["{\"not\":", rule, "}"].concat()
}

/// In exactly those of the sets whose bit is set.
pub fn region(rules: &[String], inside: u32) -> String {
    let nodes: Vec<String> = rules
        .iter()
        .enumerate()
        .map(|(at, rule)| {
            if inside >> at & 1 == 1 {
                rule.clone()
            } else {
                not(rule)
            }
        })
        .collect();
    all(&nodes)
}

/// In one of two, not in both.
pub fn one(a: &str, b: &str) -> String {
    any(&[all(&[a.to_owned(), not(b)]), all(&[b.to_owned(), not(a)])])
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::rule::Rule;

    #[test]
    fn what_is_made_is_a_rule() {
        let a = r#"{"segment":"0000100000001"}"#.to_owned();
        let b = r#"{"all":[]}"#.to_owned();
        let both = [a.clone(), b.clone()];
        for (rule, wanted) in [
            (
                region(&both, 1),
                r#"{"all":[{"segment":"0000100000001"},{"not":{"all":[]}}]}"#,
            ),
            (
                region(&both, 3),
                r#"{"all":[{"segment":"0000100000001"},{"all":[]}]}"#,
            ),
            (
                any(&both),
                r#"{"any":[{"segment":"0000100000001"},{"all":[]}]}"#,
            ),
            (
                all(std::slice::from_ref(&a)),
                r#"{"segment":"0000100000001"}"#,
            ),
        ] {
            assert_eq!(rule, wanted);
            assert!(Rule::parse(&rule).is_ok(), "{rule}");
        }
        assert!(Rule::parse(&one(&a, &b)).is_ok());
    }
}
