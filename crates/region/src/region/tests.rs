//! The services and the delivery of what it says, together.

use serde_json::{Value, json};
use time::Duration;
use time::macros::datetime;

use super::*;
use region_services::{CreateGroup, CreateService, SetLoad};
use region_wiring::template;

const TEMPLATE: &str = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Alarms: {Type: AWS::SNS::Topic}
  Inbox: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60}}
  ToInbox:
    Type: AWS::SNS::Subscription
    Properties: {Protocol: sqs, TopicArn: !Ref Alarms, Endpoint: !GetAtt Inbox.Arn, RawMessageDelivery: true}
  MayCome:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Inbox]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: sns.amazonaws.com}
            Action: sqs:SendMessage
            Resource: !GetAtt Inbox.Arn
            Condition: {ArnEquals: {aws:SourceArn: !Ref Alarms}}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 10
      Events:
        Inbox: {Type: SQS, Properties: {Queue: !GetAtt Inbox.Arn, FunctionResponseTypes: [ReportBatchItemFailures]}}
";

#[test]
fn an_alarm_reaches_the_function_behind_its_topic() {
    let wiring = template::read(TEMPLATE, &BTreeMap::new()).unwrap();
    let topic = wiring.topics[0].arn.clone();
    let epoch = datetime!(2026-11-22 09:00 UTC);
    let mut region = Region::new(wiring, Settings::default(), 1, epoch);
    let alarm = json!({
        "AlarmName": "busy", "Namespace": "AWS/ECS", "MetricName": "CPUUtilization",
        "Dimensions": [
            {"Name": "ClusterName", "Value": "default"}, {"Name": "ServiceName", "Value": "web"}
        ],
        "Statistic": "Average", "Period": 60, "EvaluationPeriods": 1, "Threshold": 70,
        "ComparisonOperator": "GreaterThanThreshold", "AlarmActions": [topic],
    });
    for control in [
        Control::CreateGroup(CreateGroup::default()),
        Control::CreateService(CreateService::default()),
        Control::SetLoad(SetLoad { cpu: 1.5, ..SetLoad::default() }),
        serde_json::from_value(json!({ "put-metric-alarm": alarm })).unwrap(),
    ] {
        region.control(epoch, control).unwrap();
    }
    region.advance(epoch + Duration::seconds(69));
    assert_eq!(region.take_invocations().len(), 0);
    region.advance(epoch + Duration::seconds(80));
    let invocations = region.take_invocations();
    let body = invocations[0].payload["Records"][0]["body"].as_str().unwrap();
    let message: Value = serde_json::from_str(body).unwrap();
    assert_eq!(message["AlarmName"], "busy");
    assert_eq!(message["NewStateValue"], "ALARM");
    let now = epoch + Duration::seconds(80);
    let described = region.call(now, Api::CloudWatch, "DescribeAlarms", &json!({})).unwrap();
    assert_eq!(described["MetricAlarms"][0]["StateReason"], message["NewStateReason"]);
    assert_eq!(region.calls()["DescribeAlarms"], 1);
}
