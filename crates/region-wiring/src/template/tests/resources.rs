//! The resources of a template, resolved.

use super::*;

#[test]
fn resources_have_nothing_left_to_resolve() {
    let text = r#"
Parameters:
  Service: {Type: String, Default: web}
Conditions:
  Never: !Equals [a, b]
Resources:
  Topic: {Type: AWS::SNS::Topic}
  High:
    Type: AWS::CloudWatch::Alarm
    Properties: {AlarmName: !Sub "${Service}-high", Threshold: 70, AlarmActions: [!Ref Topic]}
  Low: {Type: AWS::CloudWatch::Alarm, Condition: Never}
"#;
    let given = [("Service".to_owned(), "api".to_owned())].into();
    let found = resources(text, &given).unwrap();
    let ids: Vec<&str> = found.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["High", "Topic"]);
    assert_eq!(found[0].kind, "AWS::CloudWatch::Alarm");
    assert_eq!(found[0].properties["AlarmName"], "api-high");
    let topic = found[0].properties["AlarmActions"][0].as_str().unwrap();
    assert!(topic.starts_with("arn:aws:sns:"), "{topic}");
}
