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
    let wiring = template::read(TEMPLATE, &BTreeMap::new(), &BTreeMap::new()).unwrap();
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

#[test]
fn hooks_of_a_template_keep_their_transitions() {
    let hook = |name: &str, transition: &str| LifecycleHookSpec {
        logical_id: name.to_owned(),
        group: "group".to_owned(),
        name: name.to_owned(),
        transition: transition.to_owned(),
        heartbeat_seconds: 300,
        default_result: "CONTINUE".to_owned(),
        topic_arn: None,
        role_arn: None,
        metadata: None,
    };
    let hooks = vec![
        hook("prepare", "autoscaling:EC2_INSTANCE_LAUNCHING"),
        hook("release", "autoscaling:EC2_INSTANCE_TERMINATING"),
    ];
    let epoch = datetime!(2026-11-22 09:00 UTC);
    let wiring = Wiring { hooks: hooks.clone(), ..Wiring::default() };
    let mut region = Region::new(wiring, Settings::default(), 1, epoch);
    region.control(epoch, Control::CreateGroup(CreateGroup::default())).unwrap();
    region.put_hooks(epoch).unwrap();
    let input = json!({ "AutoScalingGroupName": "group" });
    let shown = region.call(epoch, Api::AutoScaling, "DescribeLifecycleHooks", &input).unwrap();
    for (shown, hook) in shown["LifecycleHooks"].as_array().unwrap().iter().zip(hooks) {
        assert_eq!(shown["LifecycleHookName"], hook.name);
        assert_eq!(shown["LifecycleTransition"], hook.transition);
    }
    region.control(epoch, Control::SetDesiredCapacity("group".to_owned(), 3)).unwrap();
    let launched = region.services().truth().instances().nth(2).unwrap();
    assert_eq!(launched.state.as_str(), "Pending:Wait");
}
