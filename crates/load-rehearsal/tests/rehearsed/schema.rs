//! The JSON document has the schema that docs/reference publishes.

use load_rehearsal::document::Document;
use load_rehearsal::{Policy, Prepared, rehearse};
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::sample::setup;

const PUBLISHED: &str = include_str!("../../../../docs/reference/rehearse-load.schema.json");

fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    serde_json::to_value(settings.into_generator().into_root_schema_for::<Document>()).unwrap()
}

/// Where a value is not as the schema says.
fn faults(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(target) = schema["$ref"].as_str().and_then(|target| target.strip_prefix('#')) {
        return faults(root, root.pointer(target).unwrap(), value, at);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = choices.iter().any(|choice| choice["const"] == *value);
        return if fits { vec![] } else { vec![format!("{at}: {value} is none of {choices:?}")] };
    }
    let types = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        many => many.as_array().unwrap().iter().filter_map(Value::as_str).collect(),
    };
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_u64() && types.contains(&"integer") => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let mut all = Vec::new();
    if !types.contains(&is) {
        all.push(format!("{at}: {is} is not {types:?}"));
    }
    for (place, item) in value.as_array().into_iter().flatten().enumerate() {
        all.extend(faults(root, &schema["items"], item, &format!("{at}/{place}")));
    }
    if let Some(fields) = value.as_object() {
        let known = schema["properties"].as_object().unwrap();
        let required = schema["required"].as_array().unwrap();
        for name in known.keys().filter(|name| !fields.contains_key(*name)) {
            all.push(format!("{at}: {name} is missing"));
        }
        for (name, field) in fields {
            match known.get(name) {
                Some(schema) if required.contains(&json!(name)) => {
                    all.extend(faults(root, schema, field, &format!("{at}/{name}")));
                }
                _ => all.push(format!("{at}: {name} is not in the schema, or not required")),
            }
        }
    }
    all
}

#[test]
fn the_schema_is_the_published_one() {
    let schema = serde_json::to_string_pretty(&schema()).unwrap();
    assert_eq!(PUBLISHED.trim_end(), schema, "docs/reference/rehearse-load.schema.json differs");
}

#[test]
fn a_document_has_the_schema() {
    let load = "silence:base=100,at=5m,for=5m,length=20m";
    let setup = setup(load);
    let run = |text| {
        let policy = Policy::read(text).unwrap();
        let course = rehearse(&setup, &policy, 1).unwrap();
        (policy, course)
    };
    let courses = ["native", "fixed:tasks=3"].map(run);
    let document = Document::of(load, 1, &Prepared::new(&setup).unwrap(), &courses);
    let document = serde_json::to_value(document).unwrap();
    let root = schema();
    assert_eq!(faults(&root, &root, &document, ""), Vec::<String>::new());
    assert_eq!(document["policies"][0]["minutes"].as_array().unwrap().len(), 20);
    assert_eq!(document["policies"][0]["minutes"][7]["latency"], Value::Null);
}
