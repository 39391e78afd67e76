//! The JSON Schema of the answer, held against answers.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Map, Value, json};

const ADVISOR: &str = env!("CARGO_BIN_EXE_metric-advisor");

fn schema() -> Value {
    let output = Command::new(ADVISOR).arg("schema").output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The answer to the load test of this repository, and how the command ends.
fn answer(arguments: &[&str]) -> (Value, Option<i32>) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut advisor = Command::new(ADVISOR);
    advisor.current_dir(root).args(["advise", "--quiet", "--format", "json"]).args(arguments);
    let output = advisor.output().unwrap();
    (serde_json::from_slice(&output.stdout).unwrap(), output.status.code())
}

/// Of the load test of this repository, `keep` decides by header and row.
fn part(name: &str, keep: impl Fn(&[&str], &[&str]) -> bool) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let all = fs::read_to_string(root.join("load-tests/worker-pool.csv")).unwrap();
    let mut lines = all.lines();
    let header = lines.next().unwrap();
    let names: Vec<&str> = header.split(',').collect();
    let kept = lines.filter(|line| keep(&names, &line.split(',').collect::<Vec<_>>()));
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, [header].into_iter().chain(kept).collect::<Vec<_>>().join("\n")).unwrap();
    path.display().to_string()
}

/// What breaks the schema in `value`, by the keywords that ours has; another keyword fails, for
/// nothing would hold it.
fn faults(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let Value::Object(keywords) = schema else {
        return if schema == &json!(true) { vec![] } else { vec![format!("{at}: not allowed")] };
    };
    let mut all = Vec::new();
    for (keyword, wanted) in keywords {
        all.extend(match keyword.as_str() {
            "$schema"
            | "title"
            | "description"
            | "$defs"
            | "format"
            | "minItems"
            | "maxItems"
            | "required"
            | "additionalProperties"
            | "minimum"
            | "maximum" => bounds(keywords, keyword, wanted, value, at),
            "$ref" => {
                let target = wanted.as_str().unwrap().strip_prefix('#').unwrap();
                faults(root, root.pointer(target).unwrap(), value, at)
            }
            "type" => {
                let types = wanted.as_array().cloned().unwrap_or_else(|| vec![wanted.clone()]);
                let fits = types.iter().any(|name| is(name.as_str().unwrap(), value));
                if fits { vec![] } else { vec![format!("{at}: {value} is not {wanted}")] }
            }
            "const" if wanted != value => vec![format!("{at}: {value} is not {wanted}")],
            "enum" if !wanted.as_array().unwrap().contains(value) => {
                vec![format!("{at}: {value} is none of {wanted}")]
            }
            "const" | "enum" => vec![],
            "anyOf" | "oneOf" => {
                let of = |one: &Value| faults(root, one, value, at);
                let found: Vec<Vec<String>> = wanted.as_array().unwrap().iter().map(of).collect();
                let fit = found.iter().filter(|faults| faults.is_empty()).count();
                match (fit, keyword.as_str()) {
                    (1, _) | (2.., "anyOf") => vec![],
                    _ => vec![format!("{at}: {fit} alternatives fit: {found:?}")],
                }
            }
            "properties" => {
                let properties = wanted.as_object().unwrap();
                let present = properties.iter().filter_map(|(name, schema)| {
                    Some(faults(root, schema, value.get(name)?, &format!("{at}.{name}")))
                });
                present.flatten().collect()
            }
            "prefixItems" => {
                let items = value.as_array().into_iter().flatten();
                let each = wanted.as_array().unwrap().iter().zip(items);
                each.flat_map(|(schema, item)| faults(root, schema, item, at)).collect()
            }
            "items" => {
                let items = value.as_array().into_iter().flatten();
                items.flat_map(|item| faults(root, wanted, item, &format!("{at}[]"))).collect()
            }
            other => panic!("{at}: the schema has {other}"),
        });
    }
    all
}

/// Of the keywords that compare.
fn bounds(
    keywords: &Map<String, Value>,
    keyword: &str,
    wanted: &Value,
    value: &Value,
    at: &str,
) -> Vec<String> {
    let count = value.as_array().map(Vec::len);
    let limit = wanted.as_u64().and_then(|limit| usize::try_from(limit).ok());
    let fits = match keyword {
        // Of arrays alone.
        "minItems" => count.is_none() || count >= limit,
        "maxItems" => count.is_none() || count <= limit,
        "minimum" => value.is_null() || value.as_f64() >= wanted.as_f64(),
        "maximum" => value.is_null() || value.as_f64() <= wanted.as_f64(),
        "required" => wanted
            .as_array()
            .unwrap()
            .iter()
            .all(|name| value.get(name.as_str().unwrap()).is_some()),
        "additionalProperties" => {
            let known = keywords.get("properties").and_then(Value::as_object);
            value.as_object().is_none_or(|object| {
                object.keys().all(|name| known.is_some_and(|known| known.contains_key(name)))
            })
        }
        _ => true,
    };
    if fits { vec![] } else { vec![format!("{at}: {keyword} {wanted} is broken by {value}")] }
}

fn is(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        other => panic!("the schema has the type {other}"),
    }
}

#[track_caller]
fn fits(answer: &Value) {
    let schema = schema();
    let faults = faults(&schema, &schema, answer, "answer");
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn a_recommendation_fits_its_schema() {
    let whole = ["load-tests/worker-pool.csv", "--objective", "p95=900ms", "--ramp", "10%/min"];
    let (answer, code) = answer(&whole);
    assert_eq!((code, &answer["advice"]["verdict"]["answer"]), (Some(0), &json!("recommended")));
    fits(&answer);
}

#[test]
fn too_little_data_fits_the_schema() {
    let path = part("one-task.csv", |names, row| {
        row[names.iter().position(|name| name.contains("task")).unwrap()] == "1"
    });
    let (answer, code) = answer(&[&path]);
    assert_eq!(
        (code, &answer["advice"]["verdict"]["answer"]),
        (Some(3), &json!("not_enough_data"))
    );
    fits(&answer);
}

#[test]
fn an_answer_of_no_suitable_metric_fits_the_schema() {
    let path = part("all.csv", |_, _| true);
    let mut arguments = vec![path.as_str(), "--objective", "p95=900ms"];
    let names = [
        "service_cpu_utilization",
        "requests_in_flight",
        "request_rate_per_task",
        "workers_busy",
        "cache_entries",
    ];
    arguments.extend(names.iter().flat_map(|name| ["--ignore", name]));
    let (answer, code) = answer(&arguments);
    assert_eq!((code, &answer["advice"]["verdict"]["answer"]), (Some(1), &json!("none_suitable")));
    fits(&answer);
}

#[test]
fn an_answer_of_another_form_does_not_fit() {
    let (good, _) = answer(&["load-tests/worker-pool.csv", "--objective", "p95=900ms"]);
    let schema = schema();
    let broken = |pointer: &str, value: Value| {
        let mut answer = good.clone();
        *answer.pointer_mut(pointer).unwrap() = value;
        !faults(&schema, &schema, &answer, "answer").is_empty()
    };
    assert!(broken("/advice/verdict/answer", json!("perhaps")));
    assert!(broken("/advice/verdict/target", json!(3.8)));
    assert!(broken("/advice/metrics/0/kind", json!("fan")));
    assert!(broken("/advice/metrics/0/verdict", json!({"fit": "rejected"})));
    assert!(broken("/advice/objective/0", json!("p90")));
    assert!(broken("/origins/0/sha256", json!(7)));
    assert!(broken("/paste", json!({})));
}
