//! Connections that AWS would refuse.

use super::*;

#[test]
fn a_connection_that_aws_would_refuse_is_refused() {
    let mapping = |queue: &str, properties: &str| {
        format!(
            "
Resources:
  Q: {{Type: AWS::SQS::Queue, Properties: {queue}}}
  F: {{Type: AWS::Serverless::Function}}
  M:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {{FunctionName: !Ref F, {properties}}}
"
        )
    };
    let fifo = "{FifoQueue: true}";
    let q = "EventSourceArn: !GetAtt Q.Arn";
    for (text, expected) in [
        (mapping("{}", "EventSourceArn: x"), "resource `M`: `Queue` is `x`, which is no queue"),
        (mapping("{}", &format!("{q}, BatchSize: 11")), "set MaximumBatchingWindowInSeconds"),
        (mapping(fifo, &format!("{q}, BatchSize: 11")), "a FIFO queue takes 10 at most"),
        (mapping(fifo, &format!("{q}, MaximumBatchingWindowInSeconds: 1")), "takes no window"),
        (mapping("{}", &format!("{q}, ScalingConfig: {{MaximumConcurrency: 1}}")), "from 2 to"),
    ] {
        let refused = refusal(&text);
        assert!(refused.contains(expected), "{refused}");
    }
    for (schedule, good) in [
        ("rate(1 minute)", true),
        ("rate(2 hours)", true),
        ("rate(1 minutes)", false),
        ("rate(0 minutes)", false),
        ("cron(0 * * * ? *)", false),
    ] {
        let text = format!(
            "Resources: {{R: {{Type: AWS::Events::Rule, Properties: \
             {{ScheduleExpression: {schedule:?}}}}}}}"
        );
        assert_eq!(read(&text, &BTreeMap::new()).is_ok(), good, "{schedule}");
    }
}

#[test]
fn fifo_and_standard_ends_are_not_connected() {
    let all = "
Resources:
  T: {Type: AWS::SNS::Topic, Properties: {FifoTopic: false}}
  TF: {Type: AWS::SNS::Topic, Properties: {FifoTopic: true}}
  Q: {Type: AWS::SQS::Queue}
  QF: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true}}
  F: {Type: AWS::Serverless::Function}
";
    let subscription = |topic: &str, protocol: &str, endpoint: &str| {
        format!(
            "{all}  S: {{Type: AWS::SNS::Subscription, Properties: \
             {{TopicArn: !Ref {topic}, Protocol: {protocol}, Endpoint: !GetAtt {endpoint}.Arn}}}}\n"
        )
    };
    let dead = |queue: &str, dead: &str| {
        format!(
            "{all}  D: {{Type: AWS::SQS::Queue, Properties: {{FifoQueue: {queue}, RedrivePolicy: \
             {{deadLetterTargetArn: !GetAtt {dead}.Arn, maxReceiveCount: 1}}}}}}\n"
        )
    };
    let rule = |queue: &str| {
        format!(
            "{all}  R: {{Type: AWS::Events::Rule, Properties: {{ScheduleExpression: rate(1 minute), \
             Targets: [{{Id: t, Arn: !GetAtt {queue}.Arn}}]}}}}\n"
        )
    };
    for (text, expected) in [
        (subscription("T", "sqs", "QF"), "use a FIFO topic for it"),
        (subscription("TF", "lambda", "F"), "a FIFO topic delivers to queues only"),
        (dead("true", "Q"), "pair FIFO with FIFO"),
        (dead("false", "QF"), "pair FIFO with FIFO"),
        (rule("QF"), "is missing for a FIFO queue; add it"),
    ] {
        let refused = refusal(&text);
        assert!(refused.contains(expected), "{refused}");
    }
    for text in [subscription("TF", "sqs", "Q"), subscription("T", "lambda", "F"), rule("Q")] {
        assert!(read(&text, &BTreeMap::new()).is_ok(), "{text}");
    }
}
