//! `AllowedPattern`, a regular expression of Java.

use regex_lite::Regex;

/// Whether the whole of `text` matches. Nothing if the pattern uses what only Java knows: such a
/// pattern is left for CloudFormation to judge.
pub(super) fn matches(pattern: &str, text: &str) -> Option<bool> {
    let whole = Regex::new(&format!("^(?:{pattern})$")).ok()?;
    Some(whole.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_must_match_as_a_whole() {
        for (pattern, text, expected) in [
            ("^[a-z][a-z0-9-]*$", "web-1", Some(true)),
            ("[a-z][a-z0-9-]*", "1web", Some(false)),
            ("[a-z]+", "web1", Some(false)),
            (r"\d{1,3}\.?", "123.", Some(true)),
            (r"\d{2}", "123", Some(false)),
            (r"arn:[^:]+:sns:.*", "arn:aws:sns:x:y", Some(true)),
            (r"[\w.]*", "", Some(true)),
            ("x{2,}", "xxx", Some(true)),
            ("^(|a|b(,c){0,2})$", "", Some(true)),
            ("^(|a|b(,c){0,2})$", "b,c,c", Some(true)),
            ("^(|a|b(,c){0,2})$", "b,c,c,c", Some(false)),
            ("(?=a)a", "a", None),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
