//! Nested stacks carry messages beside the stack that makes them.

use super::*;

const OUTER: &str = r#"
Parameters:
  Clusters: {Type: String, Default: blue}
Resources:
  Inbox: {Type: AWS::SQS::Queue}
  F: {Type: AWS::Serverless::Function}
  Events:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: stacks/events.yaml
      Parameters:
        Inbox: !Ref Inbox
        InboxArn: !GetAtt Inbox.Arn
        Function: !Ref F
        FunctionArn: !GetAtt F.Arn
        Clusters: !Ref Clusters
"#;

const INNER: &str = r#"
Parameters:
  Inbox: {Type: String}
  InboxArn: {Type: String}
  Function: {Type: String}
  FunctionArn: {Type: String}
  Clusters: {Type: String, AllowedPattern: "[a-z]+"}
Resources:
  Stopped:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [aws.ecs], detail: {clusterArn: [{suffix: !Ref Clusters}]}}
      Targets: [{Id: inbox, Arn: !Ref InboxArn}]
  Hourly:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 hour)
      Targets: [{Id: function, Arn: !Ref FunctionArn}]
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Inbox]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: events.amazonaws.com}
            Action: sqs:SendMessage
            Resource: !Ref InboxArn
            Condition: {ArnEquals: {"aws:SourceArn": !GetAtt Stopped.Arn}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Function, Principal: events.amazonaws.com}
"#;

fn nested(inner: &str) -> Result<Wiring, TemplateError> {
    super::super::read(OUTER, &Nested::from([("stacks/events.yaml", inner)]), &given(&[]))
}

#[test]
fn rules_of_a_nested_stack_reach_what_the_outer_stack_handed_on() {
    let wiring = nested(INNER).unwrap();
    let rule = |id: &str| wiring.rules.iter().find(|rule| rule.logical_id == id).unwrap();
    let stopped = rule("Stopped");
    assert_eq!(stopped.name, "ecs-tide-Events-Stopped");
    assert_eq!(stopped.targets[0].arn, wiring.queues[0].arn);
    let pattern = json!({"source": ["aws.ecs"], "detail": {"clusterArn": [{"suffix": "blue"}]}});
    assert_eq!(stopped.trigger, Trigger::Pattern(Pattern::of_rule(&pattern).unwrap()));
    assert!(stopped.targets[0].permitted && rule("Hourly").targets[0].permitted);
    let closed = nested(&INNER.replace("!GetAtt Stopped.Arn", "!GetAtt Hourly.Arn")).unwrap();
    assert!(check_permissions(&closed).unwrap_err().to_string().contains("`Stopped`"));
}

#[test]
fn what_a_nested_stack_lacks_is_named() {
    let missing = read(OUTER, &given(&[])).unwrap_err().to_string();
    assert!(missing.contains("resource `Events`: `TemplateURL`"), "{missing}");
    assert!(missing.contains("`stacks/events.yaml`, which is not given"), "{missing}");
    let undeclared = nested(&INNER.replace("  Clusters:", "  Names:")).unwrap_err().to_string();
    assert!(undeclared.contains("parameter `Clusters` is not declared"), "{undeclared}");
    let refused = nested(&INNER.replace("[a-z]+", "[A-Z]+")).unwrap_err().to_string();
    assert!(refused.contains("parameter `Clusters` is `blue`"), "{refused}");
}
