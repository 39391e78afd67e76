//! Filter policies of SNS subscriptions.

use serde_json::{Map, Value};

use crate::pattern::{Pattern, Refusal, Service};

const MOST_KEYS: usize = 5;
const MOST_COMBINATIONS: usize = 150;

/// Which messages a subscription gets.
#[derive(Debug, Clone, PartialEq)]
pub enum FilterPolicy {
    /// By their attributes.
    Attributes(Pattern),
    /// By their body, which must be an object in JSON.
    Body(Pattern),
}

impl FilterPolicy {
    /// A policy of the scope `MessageAttributes`.
    ///
    /// # Errors
    /// `InvalidParameter`, as `Subscribe` answers it.
    pub fn on_attributes(policy: &Value) -> Result<Self, Refusal> {
        let pattern = read(policy)?;
        if is_nested(policy) {
            let message = "Invalid parameter: Attributes Reason: Filter policy scope \
                           MessageAttributes does not support nested filter policy";
            return Err(Refusal { code: "InvalidParameter", message: message.to_owned() });
        }
        Ok(Self::Attributes(pattern))
    }

    /// A policy of the scope `MessageBody`.
    ///
    /// # Errors
    /// `InvalidParameter`, as `Subscribe` answers it.
    pub fn on_body(policy: &Value) -> Result<Self, Refusal> {
        read(policy).map(Self::Body)
    }
}

fn read(policy: &Value) -> Result<Pattern, Refusal> {
    let fields = policy.as_object();
    if fields.is_some_and(|fields| fields.len() > MOST_KEYS) {
        let reason = format!("Filter policy can not have more than {MOST_KEYS} keys");
        return Err(Service::Sns.refusal(&reason));
    }
    if fields.is_some_and(|fields| combinations(fields, 1) > MOST_COMBINATIONS) {
        return Err(Service::Sns.refusal("Filter policy is too complex"));
    }
    Pattern::read(Service::Sns, policy)
}

/// The product of the lengths of all lists, each times the depth of its key. Branches of `$or` add
/// up.
fn combinations(fields: &Map<String, Value>, depth: usize) -> usize {
    let of_field = |(key, value): (&String, &Value)| match value {
        Value::Array(branches) if key == "$or" => {
            let branches = branches.iter().filter_map(Value::as_object);
            branches.fold(0, |sum: usize, one| sum.saturating_add(combinations(one, depth)))
        }
        Value::Array(values) => values.len().saturating_mul(depth),
        Value::Object(nested) => combinations(nested, depth.saturating_add(1)),
        _ => 1,
    };
    fields.iter().map(of_field).fold(1, usize::saturating_mul)
}

fn is_nested(policy: &Value) -> bool {
    policy.as_object().into_iter().flatten().any(|(key, value)| match value {
        Value::Object(_) => true,
        Value::Array(branches) => key == "$or" && branches.iter().any(is_nested),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn sns_refuses_in_its_words() {
        let cases = include_str!("pattern/tests/cases/refused_by_sns.json");
        for case in serde_json::from_str::<Vec<Value>>(cases).unwrap() {
            let refusal = Service::Sns.refusal(case["reason"].as_str().unwrap());
            for read in [FilterPolicy::on_attributes, FilterPolicy::on_body] {
                assert_eq!(read(&case["pattern"]), Err(refusal.clone()), "{}", case["case"]);
            }
        }
    }

    #[test]
    fn sns_takes_what_it_documents() {
        for policy in [
            json!({"a": ["x", 1, true, null, {"prefix": "x"}, {"suffix": "x"}]}),
            json!({"a": [{"equals-ignore-case": "X"}, {"cidr": "10.0.0.0/8"}, {"exists": false}]}),
            json!({"a": [{"anything-but": ["x", "y"]}, {"anything-but": {"prefix": "x"}}]}),
            json!({"a": [{"anything-but": 1}, {"anything-but": [1, 2]}, {"numeric": [">", 1]}]}),
            json!({"$or": [{"a": ["x"]}, {"b": ["x"]}], "c": ["x"]}),
        ] {
            assert!(FilterPolicy::on_attributes(&policy).is_ok(), "{policy}");
        }
    }

    /// By the sums that LocalStack's `test_policy_complexity_with_or` gives, with values of our
    /// own.
    #[test]
    fn branches_add_up_to_150_combinations() {
        let values = |count: usize| Value::from((0..count).collect::<Vec<_>>());
        let or = |one: Value, other: Value| json!({"s": values(5), "$or": [one, other]});
        for (policy, expected) in [
            (json!({"a": values(150)}), true),
            (json!({"a": values(151)}), false),
            (json!({"a": values(10), "b": values(15)}), true),
            (json!({"a": values(19), "b": values(8)}), false),
            (or(json!({"a": values(10)}), json!({"b": values(4), "c": values(5)})), true),
            (or(json!({"a": values(11)}), json!({"b": values(4), "c": values(5)})), false),
            (json!({"d": {"a": values(75)}}), true),
            (json!({"d": {"a": values(76)}}), false),
            (json!({"d": or(json!({"a": values(3)}), json!({"b": values(4)}))}), true),
            (json!({"d": or(json!({"a": values(4)}), json!({"b": values(4)}))}), false),
            (json!({"d.a": values(150)}), true),
        ] {
            assert_eq!(FilterPolicy::on_body(&policy).is_ok(), expected, "{policy}");
        }
    }
}
