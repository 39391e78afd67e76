//! Properties of all patterns and events.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::Pattern;
use super::super::wildcard::Wildcard;

const KEYS: [&str; 6] = ["a", "b", "c", "a.b", "", "$or"];

/// The keys of patterns: those of events, and operators.
const WORDS: [&str; 14] = [
    "a",
    "b",
    "a.b",
    "$or",
    "exists",
    "prefix",
    "suffix",
    "equals-ignore-case",
    "wildcard",
    "anything-but",
    "numeric",
    "cidr",
    "exactly",
    "like",
];

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-3..3).prop_map(Value::from),
        prop::sample::select(vec!["", "x", "X", "xy", "10.0.0.1", "::1", "10.0.0.0/8", "a*", "<"])
            .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ]
}

fn tree(keys: &'static [&'static str]) -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 24, 4, move |inner| {
        let fields = prop::collection::vec((prop::sample::select(keys), inner.clone()), 0..4);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            fields.prop_map(|fields| {
                let fields = fields.into_iter().map(|(key, value)| (key.to_owned(), value));
                Value::Object(fields.collect())
            }),
        ]
    })
}

/// Trees that look like events, without joined keys.
fn event() -> impl Strategy<Value = Value> {
    tree(&["a", "b", "c", "d"]).prop_map(|tree| json!({"detail": tree}))
}

/// A pattern with every leaf of one element of each list. None if there is none.
fn pattern_of(event: &Value, pick: usize) -> Option<Value> {
    match event {
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), pattern_of(value, pick)?)));
            let fields: Map<String, Value> = fields.collect();
            (!fields.is_empty()).then_some(Value::Object(fields))
        }
        Value::Array(elements) => {
            pattern_of(elements.get(pick.checked_rem(elements.len())?)?, pick)
        }
        leaf => Some(json!([leaf])),
    }
}

/// Join the keys of objects down to the values.
fn joined(pattern: &Value) -> Value {
    fn join(into: &mut Map<String, Value>, prefix: &str, fields: &Map<String, Value>) {
        for (key, value) in fields {
            match value {
                Value::Object(nested) => join(into, &format!("{prefix}{key}."), nested),
                values => {
                    into.insert(format!("{prefix}{key}"), values.clone());
                }
            }
        }
    }
    let mut flat = Map::new();
    join(&mut flat, "", pattern.as_object().unwrap());
    Value::Object(flat)
}

/// Every choice of one leaf for each field of an object, in one element of a list of objects.
fn matches_some_element(pattern: &Map<String, Value>, elements: &[Value]) -> bool {
    elements.iter().any(|element| {
        pattern.iter().all(|(key, values)| {
            values.as_array().unwrap().iter().any(|value| element.get(key) == Some(value))
        })
    })
}

fn naive(glob: &[char], text: &[char]) -> bool {
    match (glob, text) {
        ([], []) => true,
        (['*', rest @ ..], _) => (0..=text.len()).any(|taken| naive(rest, &text[taken..])),
        ([one, rest @ ..], [first, after @ ..]) => one == first && naive(rest, after),
        _ => false,
    }
}

proptest! {
    #[test]
    fn no_json_makes_a_pattern_panic(pattern in tree(&WORDS), event in tree(&KEYS)) {
        let read = [Pattern::of_rule(&pattern), Pattern::of_mapping(&pattern)];
        for pattern in read.into_iter().flatten() {
            pattern.matches(&event);
        }
        let _ = crate::FilterPolicy::on_attributes(&pattern);
        let _ = crate::FilterPolicy::on_body(&pattern);
    }

    #[test]
    fn a_pattern_of_the_leaves_of_an_event_matches_it(event in event(), pick in 0..4_usize) {
        if let Some(pattern) = pattern_of(&event, pick) {
            prop_assert!(Pattern::of_rule(&pattern).unwrap().matches(&event), "{pattern}");
        }
    }

    #[test]
    fn joining_keys_changes_nothing(event in event(), of in event(), pick in 0..4_usize) {
        if let Some(pattern) = pattern_of(&of, pick) {
            let nested = Pattern::of_rule(&pattern).unwrap();
            prop_assert_eq!(&nested, &Pattern::of_rule(&joined(&pattern)).unwrap());
            prop_assert!(nested.matches(&joined(&of)));
            prop_assert_eq!(nested.matches(&event), nested.matches(&joined(&event)));
        }
    }

    #[test]
    fn fields_of_a_list_match_as_in_its_elements(
        rows in prop::collection::vec(prop::collection::vec(0..3, 3), 0..5),
        wanted in prop::collection::vec(prop::collection::vec(0..3, 1..3), 1..4),
    ) {
        let keys = ["x", "y", "z"];
        let element = |row: &Vec<i32>| {
            let fields = keys.iter().zip(row).map(|(key, value)| ((*key).to_owned(), json!(value)));
            Value::Object(fields.collect())
        };
        let elements: Vec<Value> = rows.iter().map(element).collect();
        let fields = keys.iter().zip(&wanted);
        let fields = fields.map(|(key, values)| ((*key).to_owned(), json!(values)));
        let fields: Map<String, Value> = fields.collect();
        let expected = matches_some_element(&fields, &elements);
        let pattern = Pattern::of_rule(&json!({"rows": fields})).unwrap();
        prop_assert_eq!(pattern.matches(&json!({"rows": elements})), expected);
    }

    #[test]
    fn anything_but_is_the_opposite_of_equal(leaf in scalar(), value in "[ab]{0,2}") {
        let pattern = |values: Value| Pattern::of_rule(&json!({"a": values})).unwrap();
        let event = json!({"a": leaf});
        let equal = pattern(json!([value])).matches(&event);
        prop_assert_eq!(pattern(json!([{"anything-but": value}])).matches(&event), !equal);
    }

    #[test]
    fn a_wildcard_finds_what_a_search_of_all_places_finds(
        glob in r"[ab]{0,2}(\*[ab]{1,2}){0,3}\*?",
        text in "[ab]{0,8}",
    ) {
        let (chars, all): (Vec<_>, Vec<_>) = (glob.chars().collect(), text.chars().collect());
        prop_assert_eq!(Wildcard::read(&glob).unwrap().matches(&text), naive(&chars, &all));
    }
}
