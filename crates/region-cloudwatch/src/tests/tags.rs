//! Tags of alarms.

use serde_json::{Value, json};

use super::setup::{Setup, cpu_high};
use crate::*;

const HIGH: &str = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:web-cpu-high";

fn tag(key: &str, value: &str) -> Tag {
    Tag { key: key.to_owned(), value: value.to_owned() }
}

fn tags(setup: &mut Setup) -> Value {
    setup.call("ListTagsForResource", json!({"ResourceARN": HIGH}))["Tags"].clone()
}

#[test]
fn tags_are_those_of_a_new_alarm_until_they_are_set() {
    let mut setup = Setup::new();
    let target = tag("ecs-tide:target", "service/tide/web");
    setup.put(PutMetricAlarm { tags: vec![target], ..cpu_high() });
    setup.put(PutMetricAlarm { tags: vec![tag("late", "1")], ..cpu_high() });
    assert_eq!(tags(&mut setup), json!([{"Key": "ecs-tide:target", "Value": "service/tide/web"}]));
    setup
        .set_tags(SetAlarmTags { alarm_name: "web-cpu-high".to_owned(), tags: Vec::new() })
        .unwrap();
    assert_eq!(tags(&mut setup), json!([]));
    setup.compose(PutCompositeAlarm {
        alarm_name: "both".to_owned(),
        alarm_rule: "ALARM(\"web-cpu-high\")".to_owned(),
        tags: vec![tag("a", "b")],
        ..PutCompositeAlarm::default()
    });
    let both = json!({"ResourceARN": HIGH.replace("web-cpu-high", "both")});
    assert_eq!(
        setup.call("ListTagsForResource", both)["Tags"],
        json!([{"Key": "a", "Value": "b"}])
    );
}

#[test]
fn tags_of_what_is_not_there_are_refused() {
    let mut setup = Setup::new();
    for (input, code) in [
        (json!({"ResourceARN": HIGH}), "ResourceNotFoundException"),
        (json!({"ResourceARN": "web-cpu-high"}), "InvalidParameterValue"),
        (json!({"ResourceARN": HIGH.replace("us-east-1", "eu-west-1")}), "InvalidParameterValue"),
        (json!({}), "ValidationError"),
        (json!({"ResourceARN": HIGH, "MaxResults": 1}), "ValidationError"),
    ] {
        assert_eq!(setup.try_call("ListTagsForResource", input).unwrap_err().code, code);
    }
    let unknown = SetAlarmTags { alarm_name: "gone".to_owned(), tags: Vec::new() };
    assert_eq!(setup.set_tags(unknown).unwrap_err().code, "ResourceNotFoundException");
}

#[test]
fn tags_that_aws_does_not_take_are_refused() {
    let mut setup = Setup::new();
    let many = (0..51).map(|number| tag(&number.to_string(), "")).collect();
    for tags in [
        vec![tag("", "a")],
        vec![tag("aws:own", "a")],
        vec![tag("a", &"b".repeat(257))],
        vec![tag("a", "1"), tag("a", "2")],
        many,
    ] {
        let refused = setup.try_put(PutMetricAlarm { tags, ..cpu_high() });
        assert_eq!(refused.unwrap_err().code, "ValidationError");
    }
}
