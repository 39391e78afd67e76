//! The keywords of JSON Schema that the schema uses, after
//! <https://json-schema.org/draft/2020-12/json-schema-validation>; another one panics, so that
//! none is ever passed over.

use serde_json::Value;

/// What a schema has against a value.
pub(super) fn fault(root: &Value, schema: &Value, value: &Value) -> Option<String> {
    let Value::Object(keywords) = schema else {
        return (schema != &Value::Bool(true)).then(|| format!("{value} is not allowed"));
    };
    let holds = |schema: &Value| fault(root, schema, value).is_none();
    keywords.iter().find_map(|(keyword, wanted)| {
        let number = |compare: fn(&f64, &f64) -> bool| {
            value.as_f64().is_none_or(|number| compare(&number, &wanted.as_f64().unwrap()))
        };
        let each = || wanted.as_array().unwrap().iter();
        let sound = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "default" | "format" => true,
            "$ref" => {
                let pointer = wanted.as_str().unwrap().trim_start_matches('#');
                return fault(root, root.pointer(pointer).unwrap(), value);
            }
            "type" => match wanted {
                Value::String(name) => is_a(value, name),
                _ => each().any(|name| is_a(value, name.as_str().unwrap())),
            },
            "const" => value == wanted,
            "enum" => each().any(|one| one == value),
            "oneOf" => each().filter(|schema| holds(schema)).count() == 1,
            "anyOf" => each().any(holds),
            "minimum" => number(|number, least| number >= least),
            "maximum" => number(|number, most| number <= most),
            "minLength" => value
                .as_str()
                .is_none_or(|text| text.chars().count() as u64 >= wanted.as_u64().unwrap()),
            "minItems" => {
                value.as_array().is_none_or(|items| items.len() as u64 >= wanted.as_u64().unwrap())
            }
            "pattern" => {
                let pattern = regex_lite::Regex::new(wanted.as_str().unwrap()).unwrap();
                value.as_str().is_none_or(|text| pattern.is_match(text))
            }
            "items" => {
                let items = value.as_array().into_iter().flatten();
                return items.map(|item| fault(root, wanted, item)).find_map(|fault| fault);
            }
            "required" => value.as_object().is_none_or(|fields| {
                each().all(|name| fields.contains_key(name.as_str().unwrap()))
            }),
            "properties" => {
                let fields = value.as_object().into_iter().flatten();
                return fields
                    .filter_map(|(name, field)| Some((name, field, wanted.get(name)?)))
                    .find_map(|(name, field, schema)| {
                        fault(root, schema, field).map(|fault| format!("{name}: {fault}"))
                    });
            }
            "additionalProperties" => {
                assert_eq!(wanted, &Value::Bool(false));
                let known = |name: &String| schema["properties"].get(name).is_some();
                value.as_object().is_none_or(|fields| fields.keys().all(known))
            }
            other => panic!("{other} is not read here"),
        };
        (!sound).then(|| format!("{value} against {keyword}: {wanted}"))
    })
}

fn is_a(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other} is no type"),
    }
}
