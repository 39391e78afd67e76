//! A conditional function, with all the resources that lead to it.

use super::*;

const ALARM_SCALING: &str = r#"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Tasks: {Type: String, Default: "off", AllowedValues: [native, alarm-scaling, "off"]}
  Instances: {Type: String, Default: "off", AllowedValues: [native, alarm-scaling, "off"]}
Conditions:
  AdaptTasks: !Equals [!Ref Tasks, alarm-scaling]
  AdaptInstances: !Equals [!Ref Instances, alarm-scaling]
  Adapt: !Or [!Condition AdaptTasks, !Condition AdaptInstances]
Globals: {Function: {Timeout: 60}}
Resources:
  Scaling:
    Type: AWS::Serverless::Function
    Condition: Adapt
    Properties:
      RecursiveLoop: Allow
      Environment:
        Variables:
          POLICIES: !Join
            - ""
            - - "["
              - !Join [",", [!If [AdaptTasks, tasks, !Ref AWS::NoValue], !If [AdaptInstances, instances, !Ref AWS::NoValue]]]
              - "]"
          TOPIC: !Ref Again
      Events:
        Alarms: {Type: SQS, Properties: {Queue: !GetAtt AlarmInbox.Arn, BatchSize: 10}}
        WorkItems:
          Type: SQS
          Properties:
            Queue: !GetAtt WorkItems.Arn
            FunctionResponseTypes: [ReportBatchItemFailures]
  Back:
    Type: AWS::Serverless::Function
    Properties: {Role: !GetAtt BackRole.Arn}
  BackRole:
    Type: AWS::IAM::Role
    Properties: {Policies: [{PolicyDocument: {Statement: [{Effect: Allow, Action: "sqs:*", Resource: "*"}]}}]}
  BackForScaling:
    Type: AWS::IAM::Policy
    Condition: Adapt
    Properties:
      Roles: [!Ref BackRole]
      PolicyDocument: {Statement: [{Effect: Allow, Action: "sns:Publish", Resource: !Ref Again}]}
  BackMinute:
    Type: AWS::Lambda::EventSourceMapping
    Condition: Adapt
    DependsOn: BackForScaling
    Properties: {FunctionName: !Ref Back, EventSourceArn: !GetAtt Minute.Arn}
  Again: {Type: AWS::SNS::Topic, Properties: {FifoTopic: true}}
  AlarmTopic: {Type: AWS::SNS::Topic, Condition: Adapt}
  AlarmTopicPolicy:
    Type: AWS::SNS::TopicPolicy
    Condition: Adapt
    Properties:
      Topics: [!Ref AlarmTopic]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: cloudwatch.amazonaws.com}
            Action: sns:Publish
            Resource: !Ref AlarmTopic
            Condition:
              StringEquals: {"aws:SourceAccount": !Ref AWS::AccountId}
              ArnLike: {"aws:SourceArn": !Sub "arn:aws:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*"}
  ToInbox:
    Type: AWS::SNS::Subscription
    Condition: Adapt
    Properties: {TopicArn: !Ref AlarmTopic, Protocol: sqs, Endpoint: !GetAtt AlarmInbox.Arn}
  ToWorkItems:
    Type: AWS::SNS::Subscription
    Condition: Adapt
    Properties:
      {TopicArn: !Ref Again, Protocol: sqs, Endpoint: !GetAtt WorkItems.Arn, RawMessageDelivery: true, FilterPolicy: {delay_class: [now]}}
  ToMinute:
    Type: AWS::SNS::Subscription
    Condition: Adapt
    Properties:
      {TopicArn: !Ref Again, Protocol: sqs, Endpoint: !GetAtt Minute.Arn, RawMessageDelivery: true, FilterPolicy: {delay_class: [minute]}}
  AlarmInbox: {Type: AWS::SQS::Queue, Condition: Adapt, Properties: {VisibilityTimeout: 360}}
  WorkItems:
    Type: AWS::SQS::Queue
    Condition: Adapt
    Properties:
      FifoQueue: true
      VisibilityTimeout: 360
      RedrivePolicy: {deadLetterTargetArn: !GetAtt WorkItemsDead.Arn, maxReceiveCount: 5}
  WorkItemsDead: {Type: AWS::SQS::Queue, Condition: Adapt, Properties: {FifoQueue: true}}
  Minute: {Type: AWS::SQS::Queue, Condition: Adapt, Properties: {FifoQueue: true, DelaySeconds: 65, VisibilityTimeout: 360}}
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: !If [Adapt, [!Ref AlarmInbox, !Ref WorkItems, !Ref Minute], []]
      PolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: "sqs:SendMessage", Resource: "*"}]}
"#;

fn with(pairs: &[(&str, &str)]) -> Wiring {
    read(ALARM_SCALING, &given(pairs)).unwrap()
}

#[test]
fn without_its_condition_nothing_of_a_function_is_wired() {
    for pairs in [&[][..], &[("Tasks", "native"), ("Instances", "native")]] {
        let wiring = with(pairs);
        let functions: Vec<_> = wiring.functions.iter().map(|f| f.logical_id.as_str()).collect();
        assert_eq!(functions, ["Back"]);
        let rest = (wiring.queues.len(), wiring.subscriptions.len(), wiring.mappings.len());
        assert_eq!((wiring.topics.len(), rest), (1, (0, 0, 0)));
    }
}

#[test]
fn either_of_two_conditions_connects_a_function_to_two_queues() {
    for (pairs, policies) in [
        (&[("Tasks", "alarm-scaling")][..], "[tasks]"),
        (&[("Instances", "alarm-scaling")], "[instances]"),
        (&[("Tasks", "alarm-scaling"), ("Instances", "alarm-scaling")], "[tasks,instances]"),
    ] {
        let wiring = with(pairs);
        let scaling = wiring.functions.iter().find(|f| f.logical_id == "Scaling").unwrap();
        assert_eq!(scaling.environment["POLICIES"], policies);
        let polled: Vec<_> = wiring
            .mappings
            .iter()
            .filter(|mapping| mapping.function_arn == scaling.arn)
            .map(|mapping| (mapping.logical_id.as_str(), mapping.report_batch_item_failures))
            .collect();
        assert_eq!(polled, [("ScalingAlarms", false), ("ScalingWorkItems", true)]);
        assert_eq!(check_visibility(&wiring), Ok(()));
        assert_eq!(check_permissions(&wiring), Ok(()));
    }
}

#[test]
fn one_topic_leads_to_a_queue_for_each_delay_class() {
    let wiring = with(&[("Tasks", "alarm-scaling")]);
    for (id, queue, delay, delay_class) in
        [("ToWorkItems", "WorkItems", 0, "now"), ("ToMinute", "Minute", 65, "minute")]
    {
        let subscription = wiring.subscriptions.iter().find(|s| s.logical_id == id).unwrap();
        let queue = wiring.queues.iter().find(|q| q.logical_id == queue).unwrap();
        assert_eq!(subscription.endpoint, Endpoint::Queue(queue.arn.clone()));
        let policy = json!({"delay_class": [delay_class]});
        assert_eq!(subscription.filter, FilterPolicy::on_attributes(&policy).ok());
        assert_eq!((queue.fifo, queue.delay_seconds), (true, delay));
    }
}

#[test]
fn a_topic_with_a_policy_admits_only_the_alarms_that_it_names() {
    let wiring = with(&[("Tasks", "alarm-scaling")]);
    let alarms = |wiring: &Wiring, id: &str| {
        wiring.topics.iter().find(|t| t.logical_id == id).unwrap().alarms.clone()
    };
    let ours = ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:*"];
    assert_eq!(alarms(&wiring, "AlarmTopic"), ours);
    assert_eq!(alarms(&wiring, "Again"), ["*"], "without a policy the account may publish");
    for (from, to) in [
        ("Service: cloudwatch.amazonaws.com", "Service: events.amazonaws.com"),
        (r#""aws:SourceAccount": !Ref AWS::AccountId"#, r#""aws:SourceAccount": "999999999999""#),
        ("Action: sns:Publish\n", "Action: sns:Subscribe\n"),
    ] {
        let closed = ALARM_SCALING.replace(from, to);
        assert_ne!(closed, ALARM_SCALING);
        let wiring = read(&closed, &given(&[("Tasks", "alarm-scaling")])).unwrap();
        assert!(alarms(&wiring, "AlarmTopic").is_empty(), "{to}");
    }
}

#[test]
fn a_standalone_policy_adds_to_the_role_that_it_names() {
    let actions = |pairs: &[(&str, &str)]| -> Vec<String> {
        let roles = roles(ALARM_SCALING, &given(pairs)).unwrap();
        roles["BackRole"].iter().flat_map(|statement| statement.actions.clone()).collect()
    };
    assert_eq!(actions(&[]), ["sqs:*"]);
    assert_eq!(actions(&[("Tasks", "alarm-scaling")]), ["sqs:*", "sns:Publish"]);
    let lost = ALARM_SCALING.replace("Roles: [!Ref BackRole]", "Roles: [Other]");
    let refused = roles(&lost, &given(&[("Tasks", "alarm-scaling")])).unwrap_err().to_string();
    assert!(refused.contains("`BackForScaling`") && refused.contains("`Other`"), "{refused}");
}

#[test]
fn unconditional_resources_must_not_refer_to_conditional_ones() {
    let dangling = ALARM_SCALING.replace("TOPIC: !Ref Again", "TOPIC: !Ref Missing");
    let refused = read(&dangling, &given(&[("Tasks", "alarm-scaling")])).unwrap_err().to_string();
    assert!(refused.contains("resource `Scaling`, in `Environment`"), "{refused}");
    let always = ALARM_SCALING.replace(
        "    Condition: Adapt\n    DependsOn: BackForScaling\n",
        "    DependsOn: BackForScaling\n",
    );
    let refused = refusal(&always);
    assert!(refused.contains("resource `BackMinute`") && refused.contains("`Minute`"), "{refused}");
}
