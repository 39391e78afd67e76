//! Arbitrary JSON for the property tests of every crate that reads messages.

use proptest::prelude::*;
use serde_json::Value;

const ENVELOPES: &str =
    "Records, Sns, Message, Type, Notification, eventSource, aws:sqs, body, messageId";

/// JSON that holds the words of envelopes and `words`, which commas separate, as keys and values in
/// any place beside others. Texts may be JSON themselves.
pub(crate) fn anything(words: &str) -> impl Strategy<Value = Value> + use<> {
    let words: Vec<String> =
        ENVELOPES.split(", ").chain(words.split(", ")).map(str::to_owned).collect();
    let word = move || prop_oneof![3 => proptest::sample::select(words.clone()), 1 => "\\PC{0,8}"];
    let leaf = prop_oneof![
        3 => word().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(word(), inner.clone(), 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
            inner.prop_map(|value| Value::from(value.to_string())),
        ]
    })
}
