//! The environment of the functions in `make watch`.

use std::collections::BTreeMap;

use scenarios::stack::{self, BINARIES};
use serde_json::Value;

use crate::crates::metadata;

/// The environment that `cargo lambda watch` gives a binary.
fn watched(metadata: &Value, binary: &str) -> BTreeMap<String, String> {
    let path = format!("/metadata/lambda/bin/{binary}/env");
    serde_json::from_value(metadata.pointer(&path).unwrap().clone()).unwrap()
}

#[test]
fn cargo_lambda_gives_each_function_the_environment_of_the_template() {
    let metadata = metadata();
    let wiring = stack::wiring(&[]).unwrap();
    for (function, binary) in BINARIES {
        assert_eq!(watched(&metadata, binary), stack::environment(&wiring, function), "{binary}");
    }
}
