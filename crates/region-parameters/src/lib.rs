//! Parameter Store of AWS Systems Manager: standard parameters of type String, and GetParameters.

use std::collections::BTreeMap;

use region_core::Time;
use region_core::api::{Api, ApiError};
use region_core::input::{texts, unread};
use region_core::names::{ACCOUNT, REGION};
use region_core::wording::epoch;
use serde::Deserialize;
use serde_json::{Value, json};

/// Names in one call (API_GetParameters).
const MOST_NAMES: usize = 10;

/// Characters of a name, its levels, and bytes of a standard parameter's value (API_PutParameter).
const LONGEST_NAME: usize = 1_011;
const MOST_LEVELS: usize = 15;
const LARGEST: usize = 4_096;

/// A parameter to make, or to give another value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PutParameter {
    pub name: String,
    pub value: String,
}

#[derive(Debug)]
struct Parameter {
    value: String,
    version: u64,
    modified_at: Time,
}

/// The parameters of the account, by name.
#[derive(Debug, Default)]
pub struct Parameters {
    parameters: BTreeMap<String, Parameter>,
    /// Every call is throttled, because the account has used its rate up.
    pub throttled: bool,
}

impl Parameters {
    /// Answer one call.
    ///
    /// # Errors
    /// The error that AWS returns, or an operation that is not simulated.
    pub fn call(&self, operation: &str, input: &Value) -> Result<Value, ApiError> {
        if self.throttled {
            return Err(ApiError::throttled(Api::Ssm));
        }
        match operation {
            "GetParameters" => self.get(input),
            other => {
                let text = format!("the simulated region has no Systems Manager operation {other}");
                Err(ApiError::client("UnknownOperationException", text))
            }
        }
    }

    fn get(&self, input: &Value) -> Result<Value, ApiError> {
        if let Some(field) = unread(input, &["Names", "WithDecryption"]) {
            let what = "the simulated region does not read";
            return Err(validation(format!("{what} {field} of GetParameters, leave it out")));
        }
        let names = texts(input, "Names");
        if !(1..=MOST_NAMES).contains(&names.len()) {
            let (bound, most) =
                if names.is_empty() { ("greater", 1) } else { ("less", MOST_NAMES) };
            return Err(validation(format!(
                "1 validation error detected: Value '[{}]' at 'names' failed to satisfy \
                 constraint: Member must have length {bound} than or equal to {most}",
                names.join(", ")
            )));
        }
        if let Some(name) = names.iter().find(|name| name.starts_with("arn:") || name.contains(':'))
        {
            let what = "the simulated region reads parameters by their plain names, not";
            return Err(validation(format!("{what} {name}")));
        }
        let repeated = names
            .iter()
            .enumerate()
            .find(|(at, name)| names.iter().take(*at).any(|earlier| earlier == *name));
        if let Some((_, name)) = repeated {
            return Err(validation(format!("{name} is given twice, give each name once")));
        }
        let (known, unknown): (Vec<&str>, Vec<&str>) =
            names.into_iter().partition(|name| self.parameters.contains_key(*name));
        let shown = known.iter().filter_map(|name| Some(shown(name, self.parameters.get(*name)?)));
        Ok(json!({
            "Parameters": shown.collect::<Vec<_>>(),
            "InvalidParameters": unknown,
        }))
    }

    /// Make a parameter, or replace its value.
    ///
    /// # Errors
    /// A name or a value that AWS does not take.
    pub fn put(&mut self, now: Time, order: PutParameter) -> Result<(), ApiError> {
        check(&order)?;
        let version = self.parameters.get(&order.name).map_or(0, |before| before.version) + 1;
        let parameter = Parameter { value: order.value, version, modified_at: now };
        self.parameters.insert(order.name, parameter);
        Ok(())
    }

    /// Remove a parameter.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn delete(&mut self, name: &str) -> Result<(), ApiError> {
        let removed = self.parameters.remove(name);
        let missing = || ApiError::client("ParameterNotFound", format!("no parameter {name}"));
        removed.map(|_| ()).ok_or_else(missing)
    }
}

fn check(PutParameter { name, value }: &PutParameter) -> Result<(), ApiError> {
    let of_charset = |c: char| c.is_ascii_alphanumeric() || "_.-/".contains(c);
    let levels = name.trim_start_matches('/').split('/');
    if name.is_empty() || name.chars().count() > LONGEST_NAME || !name.chars().all(of_charset) {
        return Err(validation(format!("Parameter name {name} is invalid")));
    }
    if levels.clone().any(str::is_empty) || levels.count() > MOST_LEVELS {
        let text = format!("Parameter name {name} has an invalid hierarchy");
        return Err(ApiError::client("HierarchyLevelLimitExceededException", text));
    }
    match (1..=LARGEST).contains(&value.len()) {
        true => Ok(()),
        false => Err(validation(format!(
            "Standard tier parameters support a maximum parameter value of {LARGEST} characters."
        ))),
    }
}

fn shown(name: &str, parameter: &Parameter) -> Value {
    let slash = if name.starts_with('/') { "" } else { "/" };
    json!({
        "Name": name,
        "Type": "String",
        "Value": parameter.value,
        "Version": parameter.version,
        "LastModifiedDate": epoch(parameter.modified_at),
        "ARN": format!("arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{slash}{name}"),
        "DataType": "text",
    })
}

fn validation(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationException", message)
}
