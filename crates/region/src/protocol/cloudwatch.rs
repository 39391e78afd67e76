//! How CloudWatch's errors look in its protocols. Its codes are those of AWS Query, its oldest
//! protocol; in the others the body names a shape of the model, and a header the code.
//! <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait>

use region_core::api::ApiError;
use serde_json::{Value, json};

/// Where the shapes of CloudWatch's model are.
const MODEL: &str = "com.amazonaws.cloudwatch.v2010_08_01#";

/// The shapes of CloudWatch's model whose name is not their code.
const NAMES: [(&str, &str); 6] = [
    ("InternalServiceError", "InternalServiceFault"),
    ("InvalidFormat", "InvalidFormatFault"),
    ("InvalidParameterCombination", "InvalidParameterCombinationException"),
    ("InvalidParameterValue", "InvalidParameterValueException"),
    ("LimitExceeded", "LimitExceededFault"),
    ("MissingParameter", "MissingRequiredParameterException"),
];

/// The shapes that all AWS services have.
const SHARED: [(&str, &str); 4] = [
    ("SerializationException", "com.amazon.coral.service#SerializationException"),
    ("Throttling", "com.amazon.coral.availability#ThrottlingException"),
    ("UnknownOperationException", "com.amazon.coral.service#UnknownOperationException"),
    ("ValidationError", "com.amazon.coral.validate#ValidationException"),
];

/// The `__type` of an error.
fn shape(code: &str) -> String {
    let of = |table: &[(&str, &'static str)]| {
        table.iter().find(|(known, _)| *known == code).map(|(_, shape)| *shape)
    };
    match of(&SHARED) {
        Some(shape) => shape.to_owned(),
        None => format!("{MODEL}{}", of(&NAMES).unwrap_or(code)),
    }
}

/// The body of an error. A message that is empty is left out.
pub(super) fn body(error: &ApiError) -> Value {
    let shape = shape(&error.code);
    match error.message.as_str() {
        "" => json!({"__type": shape}),
        message => json!({"__type": shape, "message": message}),
    }
}

/// The `x-amzn-query-error` header of an error.
pub(super) fn query_error(error: &ApiError) -> String {
    let fault = if error.status < 500 { "Sender" } else { "Receiver" };
    format!("{};{fault}", error.code)
}

/// The code of an error in AWS Query.
pub(super) fn query_code(code: &str) -> &str {
    match code {
        "UnknownOperationException" => "InvalidAction",
        code => code,
    }
}

/// The status of an error outside of AWS Query: the other protocols have 400 for all faults of a
/// client, unless it asks for those of AWS Query.
pub(super) fn status(error: &ApiError, query_mode: bool) -> u16 {
    match error.status {
        400..500 if !query_mode => 400,
        status => status,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As recorded from AWS (LocalStack's `test_exception_serializing_with_no_shape_in_spec` and
    /// `test_put_metric_data_validation`).
    #[test]
    fn an_error_has_the_shape_of_its_code() {
        for (code, expected) in [
            ("ValidationError", "com.amazon.coral.validate#ValidationException"),
            ("ResourceNotFound", "com.amazonaws.cloudwatch.v2010_08_01#ResourceNotFound"),
            (
                "InvalidParameterValue",
                "com.amazonaws.cloudwatch.v2010_08_01#InvalidParameterValueException",
            ),
        ] {
            assert_eq!(shape(code), expected);
        }
    }

    #[test]
    fn a_header_names_the_code_and_whose_fault_it_is() {
        let missing = ApiError::client("MissingParameter", "");
        assert_eq!(query_error(&missing), "MissingParameter;Sender");
        let down = ApiError { status: 503, code: "Down".to_owned(), message: String::new() };
        assert_eq!(query_error(&down), "Down;Receiver");
    }

    /// As recorded from AWS (LocalStack's `test_exception_serializing_with_no_shape_in_spec`).
    #[test]
    fn the_status_of_a_client_fault_is_400_unless_asked_otherwise() {
        let gone = ApiError { status: 404, code: String::new(), message: String::new() };
        assert_eq!((status(&gone, false), status(&gone, true)), (400, 404));
        let down = ApiError { status: 503, code: String::new(), message: String::new() };
        assert_eq!((status(&down, false), status(&down, true)), (503, 503));
    }
}
