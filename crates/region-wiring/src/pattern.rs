//! EventBridge event patterns: objects nest, and a leaf lists the values that it accepts.

use serde_json::{Map, Value};

/// Whether `event` matches `pattern`, by the rules of EventBridge's content filtering.
pub fn matches(pattern: &Value, event: &Value) -> bool {
    object_matches(pattern, Some(event))
}

fn object_matches(pattern: &Value, event: Option<&Value>) -> bool {
    let Value::Object(fields) = pattern else { return false };
    fields.iter().all(|(key, expected)| match (key.as_str(), expected) {
        ("$or", Value::Array(branches)) => branches.iter().any(|b| object_matches(b, event)),
        (_, Value::Array(conditions)) => leaf_matches(conditions, event.and_then(|e| e.get(key))),
        // An absent object still has absent leaves, which `exists: false` accepts.
        (_, nested) => object_matches(nested, event.and_then(|e| e.get(key))),
    })
}

/// Whether a value, which may be absent, meets one of the conditions of a leaf. An array meets a
/// condition if one of its elements does.
pub fn leaf_matches(conditions: &[Value], value: Option<&Value>) -> bool {
    conditions.iter().any(|condition| match (condition, value) {
        (Value::Object(test), value) if test.contains_key("exists") => {
            test.get("exists").and_then(Value::as_bool)
                == Some(value.is_some_and(|v| !v.is_object()))
        }
        (condition, Some(Value::Array(elements))) => {
            elements.iter().any(|element| value_matches(condition, element))
        }
        (condition, Some(value)) => value_matches(condition, value),
        (_, None) => false,
    })
}

fn value_matches(condition: &Value, value: &Value) -> bool {
    match condition {
        Value::Object(test) => test.iter().all(|(name, operand)| operator(name, operand, value)),
        literal => equal(literal, value),
    }
}

/// Equality of JSON values, with numbers compared by value: 300 equals 300.0.
fn equal(left: &Value, right: &Value) -> bool {
    match (left.as_f64(), right.as_f64()) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    }
}

fn operator(name: &str, operand: &Value, value: &Value) -> bool {
    match name {
        "prefix" => text_test(operand, value, |text, end| text.starts_with(end)),
        "suffix" => text_test(operand, value, |text, end| text.ends_with(end)),
        "equals-ignore-case" => {
            text_test(operand, value, |text, other| text.to_lowercase() == other.to_lowercase())
        }
        "wildcard" => text_test(operand, value, |text, glob| wildcard(glob, text)),
        "anything-but" => match operand {
            Value::Array(refused) => !refused.iter().any(|one| equal(one, value)),
            Value::Object(_) => !value_matches(operand, value),
            one => !equal(one, value),
        },
        "numeric" => operand.as_array().is_some_and(|terms| numeric(terms, value)),
        _ => false,
    }
}

/// Test a text. The operand is a text, several texts, or, for prefix and suffix,
/// `{"equals-ignore-case": text}`.
fn text_test(operand: &Value, value: &Value, test: fn(&str, &str) -> bool) -> bool {
    let Some(text) = value.as_str() else { return false };
    match operand {
        Value::String(operand) => test(text, operand),
        Value::Array(several) => several.iter().any(|one| text_test(one, value, test)),
        Value::Object(inner) => inner
            .get("equals-ignore-case")
            .and_then(Value::as_str)
            .is_some_and(|operand| test(&text.to_lowercase(), &operand.to_lowercase())),
        _ => false,
    }
}

fn wildcard(glob: &str, text: &str) -> bool {
    let Some((head, rest)) = glob.split_once('*') else { return glob == text };
    let Some(tail) = text.strip_prefix(head) else { return false };
    tail.char_indices()
        .map(|(at, _)| at)
        .chain([tail.len()])
        .any(|at| tail.get(at..).is_some_and(|tail| wildcard(rest, tail)))
}

fn numeric(terms: &[Value], value: &Value) -> bool {
    let Some(number) = value.as_f64() else { return false };
    terms.chunks(2).all(|pair| {
        let [comparison, bound] = pair else { return false };
        let Some(bound) = bound.as_f64() else { return false };
        match comparison.as_str() {
            Some("=") => number == bound,
            Some("<") => number < bound,
            Some("<=") => number <= bound,
            Some(">") => number > bound,
            Some(">=") => number >= bound,
            _ => false,
        }
    })
}

const OPERATORS: [&str; 7] =
    ["prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "numeric", "exists"];

/// Check a pattern for what `PutRule` would refuse.
///
/// # Errors
/// A fragment that names the key whose value is neither an object nor a list, or whose list
/// has an operator that is not supported here.
pub fn check(pattern: &Value) -> Result<(), String> {
    let Value::Object(fields) = pattern else {
        return Err("a pattern must be an object".to_owned());
    };
    fields.iter().try_for_each(|(key, expected)| check_field(key, expected))
}

fn check_field(key: &str, expected: &Value) -> Result<(), String> {
    match expected {
        Value::Array(branches) if key == "$or" => branches.iter().try_for_each(check),
        Value::Array(conditions) => conditions
            .iter()
            .filter_map(Value::as_object)
            .try_for_each(|test| check_test(key, test)),
        Value::Object(_) => check(expected),
        _ => Err(format!("the value of `{key}` in a pattern must be a list or an object")),
    }
}

fn check_test(key: &str, test: &Map<String, Value>) -> Result<(), String> {
    match test.keys().find(|name| !OPERATORS.contains(&name.as_str())) {
        Some(name) => Err(format!(
            "`{name}` under `{key}` is not a supported operator; use one of {}",
            OPERATORS.join(", ")
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event() -> Value {
        json!({"source": "aws.ecs", "detail": {
            "status": "DRAINING", "agent": true, "pending": 0, "note": null, "tags": ["a", "b"]}})
    }

    #[test]
    fn values_of_every_kind_match_by_list() {
        for (pattern, expected) in [
            (json!({"source": ["aws.ec2", "aws.ecs"]}), true),
            (json!({"source": ["aws.ec2"]}), false),
            (json!({"detail": {"status": ["DRAINING"], "pending": [0], "agent": [true]}}), true),
            (json!({"detail": {"pending": [0.0], "note": [null]}}), true),
            (json!({"detail": {"tags": ["b"]}}), true),
            (json!({"detail": {"missing": [null]}}), false),
        ] {
            assert_eq!(matches(&pattern, &event()), expected, "{pattern}");
        }
    }

    #[test]
    fn operators_match_as_documented() {
        for (leaf, expected) in [
            (json!({"source": [{"prefix": "aws."}]}), true),
            (json!({"source": [{"suffix": ["ecs", "ec2"]}]}), true),
            (json!({"source": [{"prefix": {"equals-ignore-case": "AWS"}}]}), true),
            (json!({"source": [{"anything-but": ["aws.ecs"]}]}), false),
            (json!({"source": [{"anything-but": {"prefix": "my."}}]}), true),
            (json!({"source": [{"equals-ignore-case": "AWS.ECS"}]}), true),
            (json!({"source": [{"wildcard": "a*.e*s"}]}), true),
            (json!({"source": [{"wildcard": "a*x"}]}), false),
            (json!({"detail": {"pending": [{"numeric": [">=", 0, "<", 1]}]}}), true),
            (json!({"detail": {"pending": [{"numeric": [">", 0]}]}}), false),
            (json!({"detail": {"status": [{"exists": true}]}}), true),
            (json!({"detail": {"gone": [{"exists": false}]}}), true),
            (json!({"gone": {"deeper": [{"exists": false}]}}), true),
            (json!({"$or": [{"source": ["x"]}, {"detail": {"pending": [0]}}]}), true),
            (json!({"$or": [{"source": ["x"]}, {"detail": {"pending": [1]}}]}), false),
        ] {
            assert_eq!(matches(&leaf, &event()), expected, "{leaf}");
        }
    }

    #[test]
    fn a_pattern_that_put_rule_would_refuse_is_named() {
        assert_eq!(check(&json!({"source": [{"prefix": "a"}], "detail": {"a": [1]}})), Ok(()));
        assert!(check(&json!({"source": "x"})).unwrap_err().contains("`source`"));
        assert!(check(&json!({"source": [{"like": "x"}]})).unwrap_err().contains("`like`"));
    }
}
