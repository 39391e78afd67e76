//! Startup of the compiled function.

use std::process::Command;

#[test]
fn a_function_without_configuration_names_every_variable_and_does_not_start() {
    let started = Command::new(env!("CARGO_BIN_EXE_alarm-scaling"))
        .env_clear()
        .env("SCALING", "maybe")
        .output()
        .unwrap();
    assert_eq!(started.status.code(), Some(78));
    let said = String::from_utf8(started.stdout).unwrap();
    for name in ["REINVOKE_TOPIC_ARN", "SCALING"] {
        assert!(said.contains(name), "{name} is not in: {said}");
    }
}
