//! YAML on one line without quotation marks. A shell, make, samconfig.toml and the SAM CLI each
//! pass such a text on unchanged, whatever quotes they need around it.

use serde::Serialize;
use serde_json::Value;

/// A structure of texts and finite numbers. A text that YAML would not take for one without
/// quotation marks has them.
pub(super) fn one_line(value: &impl Serialize) -> String {
    // Such a structure always has a form in JSON.
    flow(&serde_json::to_value(value).unwrap_or_default())
}

fn flow(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| format!("{name}: {}", flow(value));
            format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", "))
        }
        Value::String(text) if is_plain(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether YAML reads a text as a string without quotes. Only characters of AWS names are allowed.
fn is_plain(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_./-".contains(c))
        && serde_json::from_str::<Value>(text).is_err()
}
