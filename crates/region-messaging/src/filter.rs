//! SNS filter policies: which messages a subscription receives.

use std::collections::BTreeMap;

use serde_json::Value;

use region_wiring::pattern;

/// Whether a policy on attributes accepts a message with these attributes: every name it
/// lists must have a value that meets one condition. A number in an attribute is text, and
/// compares as a number under `numeric`.
pub fn accepts(policy: &Value, attributes: &BTreeMap<String, String>) -> bool {
    let Value::Object(fields) = policy else { return false };
    fields.iter().all(|(name, conditions)| {
        let text = attributes.get(name);
        let number = text.and_then(|t| t.parse::<f64>().ok()).map(Value::from);
        let text = text.cloned().map(Value::String);
        conditions.as_array().is_some_and(|conditions| {
            pattern::leaf_matches(conditions, text.as_ref())
                || (number.is_some() && wants_number(conditions, number.as_ref()))
        })
    })
}

/// Only conditions on numbers, so that `anything-but` of a text is not met by its number.
fn wants_number(conditions: &[Value], number: Option<&Value>) -> bool {
    conditions
        .iter()
        .filter(|one| one.is_number() || one.get("numeric").is_some())
        .any(|one| pattern::leaf_matches(std::slice::from_ref(one), number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn attributes_match_by_every_operator_of_a_filter_policy() {
        let attributes: BTreeMap<_, _> = [("delay_class", "soon"), ("size", "7")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into();
        for (policy, expected) in [
            (json!({"delay_class": ["soon", "later"]}), true),
            (json!({"delay_class": ["later"]}), false),
            (json!({"delay_class": [{"prefix": "so"}]}), true),
            (json!({"delay_class": [{"anything-but": ["soon"]}]}), false),
            (json!({"delay_class": [{"exists": true}], "other": [{"exists": false}]}), true),
            (json!({"other": [{"anything-but": ["x"]}]}), false),
            (json!({"size": [{"numeric": [">", 5, "<=", 7]}]}), true),
            (json!({"size": [{"numeric": ["<", 5]}]}), false),
            (json!({"size": [{"anything-but": ["7"]}]}), false),
        ] {
            assert_eq!(accepts(&policy, &attributes), expected, "{policy}");
        }
    }
}
