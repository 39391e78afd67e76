//! SNS filter policies: which messages a subscription gets.

use serde_json::{Map, Value};

use region_wiring::FilterPolicy;

/// Whether a policy accepts a message with this body and these attributes: name, data type and
/// value of each.
pub(super) fn accepts<'a>(
    policy: &FilterPolicy,
    body: &str,
    attributes: impl Iterator<Item = (&'a str, &'a str, &'a str)>,
) -> bool {
    match policy {
        FilterPolicy::Body(pattern) => {
            serde_json::from_str(body).is_ok_and(|body| pattern.matches(&body))
        }
        FilterPolicy::Attributes(pattern) => {
            let compared = attributes.filter_map(|(name, data_type, value)| {
                Some((name.to_owned(), compared(data_type, value)?))
            });
            pattern.matches(&Value::Object(compared.collect::<Map<_, _>>()))
        }
    }
}

/// What a policy compares of an attribute. SNS ignores attributes of other types.
/// <https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html>
fn compared(data_type: &str, value: &str) -> Option<Value> {
    match data_type {
        "String" => Some(Value::String(value.to_owned())),
        "Number" => serde_json::from_str(value).ok().filter(Value::is_number),
        "String.Array" => serde_json::from_str(value).ok().filter(Value::is_array),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ATTRIBUTES: [(&str, &str, &str); 6] = [
        ("delay_class", "String", "soon"),
        ("code", "String", "7"),
        ("size", "Number", "7"),
        ("zones", "String.Array", r#"["a", "b", 3, true, null]"#),
        ("broken", "String.Array", "a, b"),
        ("key", "Binary", "AA=="),
    ];

    fn on_attributes(policy: &Value) -> bool {
        let policy = FilterPolicy::on_attributes(policy).unwrap();
        accepts(&policy, "{}", ATTRIBUTES.into_iter())
    }

    fn on_body(policy: &Value, body: &str) -> bool {
        accepts(&FilterPolicy::on_body(policy).unwrap(), body, [].into_iter())
    }

    #[test]
    fn attributes_match_by_every_operator_of_a_filter_policy() {
        for (policy, expected) in [
            (json!({"delay_class": ["soon", "later"]}), true),
            (json!({"delay_class": ["later"]}), false),
            (json!({"delay_class": [{"prefix": "so"}]}), true),
            (json!({"delay_class": [{"suffix": "on"}]}), true),
            (json!({"delay_class": [{"equals-ignore-case": "SOON"}]}), true),
            (json!({"delay_class": [{"anything-but": ["soon"]}]}), false),
            (json!({"delay_class": [{"anything-but": {"prefix": "la"}}]}), true),
            (json!({"delay_class": [{"exists": true}], "other": [{"exists": false}]}), true),
            (json!({"other": [{"anything-but": ["x"]}]}), false),
            (json!({"$or": [{"other": ["x"]}, {"delay_class": ["soon"]}]}), true),
        ] {
            assert_eq!(on_attributes(&policy), expected, "{policy}");
        }
    }

    #[test]
    fn attributes_compare_by_their_data_type() {
        for (policy, expected) in [
            (json!({"size": [{"numeric": [">", 5, "<=", 7]}]}), true),
            (json!({"size": [{"numeric": ["<", 5]}]}), false),
            (json!({"size": [7.0]}), true),
            (json!({"size": ["7"]}), false),
            (json!({"size": [{"anything-but": [7]}]}), false),
            (json!({"code": [{"numeric": ["=", 7]}]}), false),
            (json!({"code": ["7"]}), true),
            (json!({"code": [{"anything-but": ["7"]}]}), false),
            (json!({"zones": ["b"]}), true),
            (json!({"zones": [null]}), true),
            (json!({"zones": [{"numeric": ["=", 3]}]}), true),
            (json!({"zones": [{"anything-but": "a"}]}), true),
            (json!({"zones": ["c"]}), false),
            (json!({"broken": [{"exists": false}]}), true),
            (json!({"key": [{"exists": true}]}), false),
        ] {
            assert_eq!(on_attributes(&policy), expected, "{policy}");
        }
    }

    #[test]
    fn a_policy_on_the_body_accepts_objects_only() {
        let policy = json!({"kind": {"name": [{"prefix": "dr"}]}});
        assert!(on_body(&policy, r#"{"kind": {"name": "drain"}}"#));
        assert!(!on_body(&policy, r#"{"kind": {"name": "scale"}}"#));
        for body in ["drain", "7", "[]", "", r#"[{"kind": {"name": "drain"}}]"#] {
            assert!(!on_body(&policy, body), "{body}");
        }
    }
}
