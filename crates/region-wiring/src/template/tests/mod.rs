//! What the reader accepts and refuses, on small templates.

mod alarm_scaling;
mod connections;
mod nested;
mod patterns;
mod resources;

use serde_json::json;

use crate::{Endpoint, FilterPolicy, Pattern, TargetInput, Trigger};

use super::*;

const EVERYTHING: &str = r#"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Delay: {Type: Number, Default: 10, MinValue: 5, MaxValue: 60, Description: seconds}
  Mode: {Type: String, Default: live, AllowedValues: [live, dry]}
  Clusters: {Type: CommaDelimitedList, Default: "blue, green"}
  Stage: {Type: String, Default: test, AllowedPattern: "[a-z]+"}
Mappings:
  Sizes: {test: {Memory: 192}, prod: {Memory: 512}}
Conditions:
  IsDry: !Equals [!Ref Mode, dry]
  IsLive: !Not [!Condition IsDry]
  Never: !And [!Condition IsDry, !Condition IsLive]
  Always: !Or [Condition: IsDry, Condition: IsLive]
Globals:
  Function:
    Timeout: 20
    Environment: {Variables: {MODE: !Ref Mode, LEVEL: !Ref Mode}}
Resources:
  Lifecycle:
    Type: AWS::SNS::Topic
    Properties:
      Subscription: [{Protocol: sqs, Endpoint: !GetAtt Inbox.Arn}]
  Again:
    Type: AWS::SNS::Topic
    Properties: {FifoTopic: true, TopicName: !Sub "${AWS::StackName}-again.fifo"}
  Inbox:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 120
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5}
  Dead: {Type: AWS::SQS::Queue}
  Soon:
    Type: AWS::SQS::Queue
    Properties: {FifoQueue: true, DelaySeconds: !Ref Delay, VisibilityTimeout: 30}
  SoonWire:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Ref Again
      Protocol: sqs
      Endpoint: {"Fn::GetAtt": [Soon, Arn]}
      RawMessageDelivery: true
      FilterPolicy: {delay_class: [soon]}
  InboxPolicy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Inbox]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: sns.amazonaws.com}
            Action: sqs:SendMessage
            Resource: !GetAtt Inbox.Arn
            Condition: {ArnEquals: {"aws:SourceArn": !Ref Lifecycle}}
          - Effect: Allow
            Principal: {Service: [events.amazonaws.com]}
            Action: "sqs:*"
            Resource: "*"
            Condition: {ArnLike: {"aws:SourceArn": !Sub "arn:${AWS::Partition}:events:*:*:rule/*Watch"}}
  Watch:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [aws.ecs], detail: {clusterArn: [{suffix: !Select [1, !Ref Clusters]}]}}
      Targets: [{Id: inbox, Arn: !GetAtt Inbox.Arn}]
  Sweep:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(5 minutes)
      State: DISABLED
      Targets:
        - Id: inbox
          Arn: !GetAtt Inbox.Arn
          Input: !Sub ['{"clusters": "${List}"}', {List: !Join [";", !Ref Clusters]}]
  Drain:
    Type: AWS::Serverless::Function
    Properties:
      MemorySize: !FindInMap [Sizes, !Ref Stage, Memory]
      RecursiveLoop: Allow
      ReservedConcurrentExecutions: !If [IsLive, 3, !Ref AWS::NoValue]
      Environment:
        Variables:
          LEVEL: !Sub "debug"
          TOPIC: !Ref Again
          QUEUE: !Ref Inbox
          NAME: !GetAtt Inbox.QueueName
          LAST: !Select [2, !Split [":", !GetAtt DrainRole.Arn]]
          LITERAL: !Sub "${!Keep}"
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Dead.Arn}}
      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Dead.Arn}
      Events:
        Inbox:
          Type: SQS
          Properties:
            Queue: !GetAtt Inbox.Arn
            BatchSize: 1000
            MaximumBatchingWindowInSeconds: 2
            ScalingConfig: {MaximumConcurrency: 2}
            FunctionResponseTypes: [ReportBatchItemFailures]
        Direct: {Type: SNS, Properties: {Topic: !Ref Lifecycle}}
        Stopped: {Type: EventBridgeRule, Properties: {Pattern: {source: [aws.ecs]}, InputPath: $.detail}}
        Hourly: {Type: Schedule, Properties: {Schedule: rate(1 hour), Input: '{"a": 1}'}}
  Reinvoke:
    Type: AWS::Serverless::Function
  SoonMapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Soon.Arn, FunctionName: !Ref Reinvoke, BatchSize: 10}
  Hook:
    Type: AWS::AutoScaling::LifecycleHook
    Properties:
      AutoScalingGroupName: web
      LifecycleTransition: autoscaling:EC2_INSTANCE_TERMINATING
      HeartbeatTimeout: 900
      NotificationTargetARN: !Ref Lifecycle
      RoleARN: arn:aws:iam::123456789012:role/hook
      NotificationMetadata: '{"cluster": "blue"}'
  Ghost:
    Type: AWS::SQS::Queue
    Condition: Never
  Dashboard:
    Type: AWS::CloudWatch::Dashboard
    Properties: {Body: !Ref NotRead}
"#;

/// The wiring of a template without nested stacks.
fn read(text: &str, parameters: &BTreeMap<String, String>) -> Result<Wiring, TemplateError> {
    super::read(text, &Nested::new(), parameters)
}

fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn everything(pairs: &[(&str, &str)]) -> Wiring {
    read(EVERYTHING, &given(pairs)).unwrap()
}

fn refusal(text: &str) -> String {
    read(text, &BTreeMap::new()).unwrap_err().to_string()
}

#[test]
fn names_and_arns_follow_the_type() {
    let wiring = everything(&[]);
    let arns: Vec<_> = wiring.topics.iter().map(|t| t.arn.as_str()).collect();
    assert_eq!(
        arns,
        [
            "arn:aws:sns:us-east-1:123456789012:ecs-tide-again.fifo",
            "arn:aws:sns:us-east-1:123456789012:ecs-tide-Lifecycle",
        ]
    );
    let soon = wiring.queues.iter().find(|q| q.logical_id == "Soon").unwrap();
    assert_eq!(soon.arn, "arn:aws:sqs:us-east-1:123456789012:ecs-tide-Soon.fifo");
    let names: Vec<_> = wiring.functions.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["ecs-tide-Drain", "ecs-tide-Reinvoke"]);
}

#[test]
fn a_function_merges_the_globals_and_resolves_its_variables() {
    let wiring = everything(&[("Stage", "prod")]);
    let drain = &wiring.functions[0];
    assert_eq!((drain.timeout_seconds, drain.memory_mb), (20, 512));
    assert_eq!(drain.reserved_concurrency, Some(3));
    assert!(drain.recursive_loop_allowed);
    assert_eq!(drain.maximum_retry_attempts, 1);
    assert!(drain.on_failure.is_some() && drain.dead_letter == drain.on_failure);
    assert_eq!(
        drain.environment,
        given(&[
            ("LAST", "iam"),
            ("LEVEL", "debug"),
            ("LITERAL", "${Keep}"),
            ("MODE", "live"),
            ("NAME", "ecs-tide-Inbox"),
            ("QUEUE", "https://sqs.us-east-1.amazonaws.com/123456789012/ecs-tide-Inbox"),
            ("TOPIC", "arn:aws:sns:us-east-1:123456789012:ecs-tide-again.fifo"),
        ])
    );
    assert!(!wiring.functions[1].recursive_loop_allowed);
}

#[test]
fn conditions_decide_what_is_made_and_what_is_set() {
    let wiring = everything(&[("Mode", "dry")]);
    assert_eq!(wiring.functions[0].reserved_concurrency, None);
    assert!(wiring.queues.iter().all(|q| q.logical_id != "Ghost"));
}

#[test]
fn queues_mappings_and_hooks_carry_their_settings() {
    let wiring = everything(&[("Delay", "15")]);
    let queue = |id: &str| wiring.queues.iter().find(|q| q.logical_id == id).unwrap();
    assert_eq!(queue("Soon").delay_seconds, 15);
    assert_eq!(queue("Inbox").redrive.as_ref().unwrap().max_receive_count, 5);
    let inbox = wiring.mappings.iter().find(|m| m.logical_id == "DrainInbox").unwrap();
    assert_eq!((inbox.batch_size, inbox.window_seconds), (1000, 2));
    assert_eq!(inbox.maximum_concurrency, Some(2));
    assert!(inbox.report_batch_item_failures && inbox.enabled);
    let soon = wiring.mappings.iter().find(|m| m.logical_id == "SoonMapping").unwrap();
    assert_eq!(soon.function_arn, wiring.functions[1].arn);
    let hook = &wiring.hooks[0];
    assert_eq!((hook.heartbeat_seconds, hook.default_result.as_str()), (900, "ABANDON"));
    assert_eq!(hook.topic_arn.as_deref(), Some(wiring.topics[1].arn.as_str()));
    assert_eq!(hook.role_arn.as_deref(), Some("arn:aws:iam::123456789012:role/hook"));
    assert_eq!(hook.metadata.as_deref(), Some("{\"cluster\": \"blue\"}"));
}

#[test]
fn rules_carry_patterns_schedules_and_inputs() {
    let wiring = everything(&[]);
    let rule = |id: &str| wiring.rules.iter().find(|r| r.logical_id == id).unwrap();
    let pattern = json!({"source": ["aws.ecs"], "detail": {"clusterArn": [{"suffix": "green"}]}});
    assert_eq!(rule("Watch").trigger, Trigger::Pattern(Pattern::of_rule(&pattern).unwrap()));
    let sweep = rule("Sweep");
    assert_eq!((&sweep.trigger, sweep.enabled), (&Trigger::EveryMinutes(5), false));
    assert_eq!(sweep.targets[0].input, TargetInput::Fixed(json!({"clusters": "blue;green"})));
    assert_eq!(rule("DrainStopped").targets[0].input, TargetInput::Path("$.detail".into()));
    assert_eq!(rule("DrainHourly").trigger, Trigger::EveryMinutes(60));
}

#[test]
fn a_connection_is_permitted_only_by_a_policy_or_by_sam() {
    let wiring = everything(&[]);
    let subscription = |id: &str| wiring.subscriptions.iter().find(|s| s.logical_id == id).unwrap();
    assert!(subscription("Lifecycle").permitted);
    assert!(subscription("DrainDirect").permitted);
    assert!(matches!(subscription("DrainDirect").endpoint, Endpoint::Function(_)));
    assert!(!subscription("SoonWire").permitted, "no policy names this queue");
    let target = |id: &str| &wiring.rules.iter().find(|r| r.logical_id == id).unwrap().targets[0];
    assert!(target("Watch").permitted);
    assert!(!target("Sweep").permitted, "the policy admits another rule");
    let refused = check_permissions(&wiring).unwrap_err().to_string();
    assert!(refused.contains("`SoonWire`") && refused.contains("queue or topic policy"));
}

#[test]
fn a_lambda_permission_permits_a_connection_to_its_function() {
    let text = |permission: &str| {
        format!(
            "
Resources:
  T: {{Type: AWS::SNS::Topic}}
  F: {{Type: AWS::Serverless::Function}}
  S:
    Type: AWS::SNS::Subscription
    Properties: {{TopicArn: !Ref T, Protocol: lambda, Endpoint: !GetAtt F.Arn}}
  P:
    Type: AWS::Lambda::Permission
    Properties: {{FunctionName: !Ref F, Principal: {permission}}}
"
        )
    };
    for (permission, alive) in [
        ("sns.amazonaws.com", true),
        ("sns.amazonaws.com, SourceArn: !Ref T", true),
        ("sns.amazonaws.com, SourceArn: other", false),
        ("events.amazonaws.com", false),
    ] {
        let wiring = read(&text(permission), &BTreeMap::new()).unwrap();
        assert_eq!(wiring.subscriptions[0].permitted, alive, "{permission}");
    }
}

#[test]
fn a_queue_must_hide_a_message_as_long_as_its_function_may_run() {
    assert_eq!(check_visibility(&everything(&[])), Ok(()));
    let short = EVERYTHING.replace("VisibilityTimeout: 120", "VisibilityTimeout: 19");
    let wiring = read(&short, &BTreeMap::new()).unwrap();
    let refused = check_visibility(&wiring).unwrap_err().to_string();
    assert_eq!(
        refused,
        "resource `Inbox`: `VisibilityTimeout` is 19 s, less than the 20 s that `Drain` may run; \
         raise it"
    );
}

#[test]
fn parameters_are_listed_with_what_they_admit() {
    let all = parameters(EVERYTHING).unwrap();
    let delay = all.iter().find(|p| p.name == "Delay").unwrap();
    assert_eq!((delay.kind.as_str(), delay.default.as_deref()), ("Number", Some("10")));
    assert_eq!((delay.min_value, delay.max_value), (Some(5.0), Some(60.0)));
    assert_eq!(delay.description, "seconds");
    let mode = all.iter().find(|p| p.name == "Mode").unwrap();
    assert_eq!(mode.allowed_values, ["live", "dry"]);
}

#[test]
fn a_refused_parameter_is_named_with_what_to_do() {
    for (pair, expected) in [
        (("Delay", "4"), "parameter `Delay` is 4; give at least 5"),
        (("Delay", "61"), "parameter `Delay` is 61; give at most 60"),
        (("Delay", "x"), "parameter `Delay` is `x`; give a number"),
        (("Mode", "wet"), "parameter `Mode` is `wet`; use one of live, dry"),
        (("Stage", "T1"), "parameter `Stage` is `T1`; match the pattern [a-z]+"),
        (("Moed", "dry"), "parameter `Moed` is not declared; remove it or correct its name"),
    ] {
        let refused = read(EVERYTHING, &given(&[pair])).unwrap_err();
        assert_eq!(refused.to_string(), expected);
    }
    let required = "{Parameters: {A: {Type: String}}, Resources: {}}";
    assert_eq!(refusal(required), "parameter `A` has no default; give it a value");
}

#[test]
fn a_dangling_reference_is_named_with_resource_and_property() {
    for (properties, expected) in [
        ("{DelaySeconds: !Ref Nothing}", "resource `Q`, in `DelaySeconds`: `Nothing` names no"),
        ("{QueueName: !Sub '${A}x'}", "resource `Q`, in `name`: `A` names no"),
        ("{DelaySeconds: !GetAtt Q.Size}", "has no attribute `Size`"),
        ("{DelaySeconds: !GetAtt R.Arn}", "refers to `R`"),
        ("{DelaySeconds: !If [C, 1, 2]}", "condition `C` is not declared"),
        ("{DelaySeconds: !Cidr [1]}", "`Fn::Cidr` is not known here"),
        (
            "{DelaySeconds: 901}",
            "resource `Q`: `DelaySeconds` is `901`; give a whole number from 0",
        ),
        ("{DelaySeconds: [1]}", "resource `Q`: `DelaySeconds` is [1]; give a text"),
        ("{FifoQueue: perhaps}", "resource `Q`: `FifoQueue` is `perhaps`; use one of true, false"),
        ("{FifoQueue: true, QueueName: q}", "end it in `.fifo`"),
        ("{RedrivePolicy: {maxReceiveCount: 3}}", "`deadLetterTargetArn` is missing"),
        (
            "{RedrivePolicy: {maxReceiveCount: 3, deadLetterTargetArn: a}}",
            "resource `Q`: `RedrivePolicy.deadLetterTargetArn` is `a`, which is no queue",
        ),
    ] {
        let text = format!("Resources: {{Q: {{Type: AWS::SQS::Queue, Properties: {properties}}}}}");
        let refused = refusal(&text);
        assert!(refused.contains(expected), "{properties}: {refused}");
    }
}

#[test]
fn a_text_that_is_not_a_template_is_refused() {
    assert!(refusal("a: [").starts_with("template: "));
    assert_eq!(refusal("{}"), "template: the section `Resources` is missing; add it");
}
