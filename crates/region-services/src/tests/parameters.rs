//! Parameter Store.

use serde_json::{Value, json};

use crate::testing::Account;
use crate::*;

const WEB: &str = "/ecs-tide/targets/service/tide/web";

fn put(account: &mut Account, name: &str, value: &str) {
    let (name, value) = (name.to_owned(), value.to_owned());
    account.act(Control::PutParameter(PutParameter { name, value }));
}

fn try_put(name: &str, value: &str) -> Result<Value, ApiError> {
    let parameter = PutParameter { name: name.to_owned(), value: value.to_owned() };
    let mut account = Account::new();
    account.services.control(account.now(), Control::PutParameter(parameter))
}

#[test]
fn parameters_are_read_by_name_and_the_others_listed_as_invalid() {
    let mut account = Account::new();
    put(&mut account, WEB, "one");
    put(&mut account, WEB, "two");
    let answer = account.ssm("GetParameters", json!({"Names": [WEB, "/gone"]})).unwrap();
    assert_eq!(answer["InvalidParameters"], json!(["/gone"]));
    let [parameter] = &answer["Parameters"].as_array().unwrap()[..] else { panic!("{answer}") };
    assert_eq!((&parameter["Value"], &parameter["Version"]), (&json!("two"), &json!(2)));
    let arn = "arn:aws:ssm:us-east-1:123456789012:parameter/ecs-tide/targets/service/tide/web";
    assert_eq!(
        (&parameter["ARN"], &parameter["Type"], &parameter["DataType"]),
        (&json!(arn), &json!("String"), &json!("text"))
    );
    account.act(Control::DeleteParameter(WEB.to_owned()));
    let answer = account.ssm("GetParameters", json!({"Names": [WEB]})).unwrap();
    assert_eq!(answer, json!({"Parameters": [], "InvalidParameters": [WEB]}));
    let gone = account.services.control(account.now(), Control::DeleteParameter(WEB.to_owned()));
    assert_eq!(gone.unwrap_err().code, "ParameterNotFound");
}

#[test]
fn every_read_is_throttled_for_as_long_as_a_test_says() {
    let mut account = Account::new();
    put(&mut account, WEB, "one");
    account.act(Control::ThrottleParameters(true));
    let refused = account.ssm("GetParameters", json!({"Names": [WEB]}));
    assert_eq!(refused.unwrap_err().code, "ThrottlingException");
    account.act(Control::ThrottleParameters(false));
    account.ssm("GetParameters", json!({"Names": [WEB]})).unwrap();
}

#[test]
fn calls_that_are_not_modelled_are_refused_by_name() {
    let mut account = Account::new();
    let names: Vec<String> = (0..11).map(|number| format!("/{number}")).collect();
    for (input, message) in [
        (json!({"Names": names}), "Member must have length less than or equal to 10"),
        (json!({}), "Member must have length greater than or equal to 1"),
        (json!({"Names": [WEB, WEB]}), "give each name once"),
        (json!({"Names": ["/web:2"]}), "by their plain names, not /web:2"),
        (json!({"Names": [WEB], "Path": "/"}), "does not read Path"),
    ] {
        let refused = account.ssm("GetParameters", input).unwrap_err();
        assert_eq!(refused.code, "ValidationException");
        assert!(refused.message.contains(message), "{refused}");
    }
    let other = account.ssm("PutParameter", json!({})).unwrap_err();
    assert_eq!(other.code, "UnknownOperationException");
}

#[test]
fn names_and_values_that_aws_does_not_take_are_refused() {
    let deep = "/a".repeat(16);
    let large = "x".repeat(4_097);
    for (name, value, code) in [
        ("", "a", "ValidationException"),
        ("/with space", "a", "ValidationException"),
        ("/a//b", "a", "HierarchyLevelLimitExceededException"),
        (&deep, "a", "HierarchyLevelLimitExceededException"),
        (WEB, "", "ValidationException"),
        (WEB, &large, "ValidationException"),
    ] {
        assert_eq!(try_put(name, value).unwrap_err().code, code, "{name}");
    }
    assert!(try_put(WEB, &"x".repeat(4_096)).is_ok());
}

#[test]
fn forty_reads_a_second_are_admitted() {
    let settings = Settings { throttling: true, ..Settings::default() };
    let mut account = Account::of(settings, CreateGroup::default());
    let mut read = || account.ssm("GetParameters", json!({"Names": [WEB]}));
    assert!((0..40).all(|_| read().is_ok()));
    assert_eq!(read().unwrap_err().code, "ThrottlingException");
}
