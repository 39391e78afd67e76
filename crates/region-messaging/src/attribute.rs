//! Message attributes of SNS and SQS: their types, names and sizes.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use region_core::api::ApiError;

/// The longest name in bytes.
const LONGEST_NAME: usize = 256;

/// Message attributes by name.
pub type Attributes = BTreeMap<String, Attribute>;

/// A message attribute with a text value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// `String`, `Number` or `String.Array`; the sender may add a label after a dot.
    pub data_type: String,
    pub value: String,
}

impl Attribute {
    /// An attribute of type `String`.
    pub fn string(value: impl Into<String>) -> Self {
        Self { data_type: "String".to_owned(), value: value.into() }
    }

    /// An attribute of type `Number`.
    pub(super) fn number(value: u32) -> Self {
        Self { data_type: "Number".to_owned(), value: value.to_string() }
    }
}

/// Bytes of names, types and values, which count for the limits of SNS and SQS.
pub(super) fn size(attributes: &Attributes) -> usize {
    let sizes = attributes
        .iter()
        .map(|(name, attribute)| name.len() + attribute.data_type.len() + attribute.value.len());
    sizes.sum()
}

/// The attributes as SNS shows them.
pub(super) fn for_notification(attributes: &Attributes) -> Value {
    let shown = attributes.iter().map(|(name, attribute)| {
        (name.clone(), json!({"Type": attribute.data_type, "Value": attribute.value}))
    });
    Value::Object(shown.collect())
}

/// The attributes as a record of an event source mapping shows them.
pub(super) fn for_record(attributes: &Attributes) -> Value {
    let shown = attributes.iter().map(|(name, attribute)| {
        let shown = json!({
            "stringValue": attribute.value,
            "stringListValues": [],
            "binaryListValues": [],
            "dataType": attribute.data_type,
        });
        (name.clone(), shown)
    });
    Value::Object(shown.collect::<Map<_, _>>())
}

/// Read the `MessageAttributes` of a request to SNS.
///
/// # Errors
/// As AWS words them. Binary attributes are refused, because they are not simulated.
pub(super) fn read(input: &Value) -> Result<Attributes, ApiError> {
    let listed = input.get("MessageAttributes").and_then(Value::as_array);
    listed.into_iter().flatten().map(read_one).collect()
}

fn read_one(entry: &Value) -> Result<(String, Attribute), ApiError> {
    let text = |pointer: &str| entry.pointer(pointer).and_then(Value::as_str);
    let name = text("/Name").unwrap_or_default();
    check_name(name)?;
    let Some(data_type) = text("/Value/DataType") else {
        return Err(ApiError::client(
            "ValidationError",
            format!(
                "1 validation error detected: Value null at \
                 'messageAttributes.{name}.member.dataType' failed to satisfy constraint: Member \
                 must not be null"
            ),
        ));
    };
    let kind = data_type.split('.').next().unwrap_or_default();
    match kind {
        "String" | "Number" => {}
        "Binary" => {
            return Err(invalid(format!(
                "the simulated region has no message attribute of type Binary, such as '{name}'; \
                 use String or Number"
            )));
        }
        _ => {
            return Err(invalid(format!(
                "The message attribute '{name}' has an invalid message attribute type, the set of \
                 supported type prefixes is Binary, Number, and String."
            )));
        }
    }
    if text("/Value/BinaryValue").is_some() {
        return Err(invalid(format!(
            "The message attribute '{name}' with type '{data_type}' must use field 'String'."
        )));
    }
    match text("/Value/StringValue").filter(|value| !value.is_empty()) {
        Some(value) => {
            let (data_type, value) = (data_type.to_owned(), value.to_owned());
            Ok((name.to_owned(), Attribute { data_type, value }))
        }
        None => Err(invalid(format!(
            "The message attribute '{name}' must contain non-empty message attribute value for \
             message attribute type '{data_type}'."
        ))),
    }
}

fn check_name(name: &str) -> Result<(), ApiError> {
    let misplaced = |place: &str| {
        invalid(format!("Invalid message attribute name {place} with character '.' was found."))
    };
    let strange = name.chars().find(|c| !(c.is_ascii_alphanumeric() || "-_.".contains(*c)));
    if name.len() > LONGEST_NAME {
        Err(invalid("Length of message attribute name must be less than 256 bytes."))
    } else if let Some(strange) = strange {
        let code = u32::from(strange);
        Err(invalid(format!(
            "Invalid non-alphanumeric character '#x{code:X}' was found in the message attribute \
             name. Can only include alphanumeric characters, hyphens, underscores, or dots."
        )))
    } else if name.starts_with('.') {
        Err(misplaced("starting"))
    } else if name.ends_with('.') {
        Err(misplaced("ending"))
    } else if name.contains("..") {
        Err(invalid("Message attribute name can not have successive '.' character."))
    } else {
        Ok(())
    }
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("ParameterValueInvalid", message)
}
