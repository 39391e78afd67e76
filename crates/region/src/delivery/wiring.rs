//! What is wired to what: plain data, read from a template or written by hand.

use std::collections::BTreeMap;

use serde_json::Value;

/// Everything that carries a message, and the functions at the ends of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wiring {
    /// SNS topics.
    pub topics: Vec<TopicSpec>,
    /// SNS subscriptions.
    pub subscriptions: Vec<SubscriptionSpec>,
    /// SQS queues.
    pub queues: Vec<QueueSpec>,
    /// EventBridge rules of the default bus, schedules included.
    pub rules: Vec<RuleSpec>,
    /// Lambda functions.
    pub functions: Vec<FunctionSpec>,
    /// Event source mappings from queues to functions.
    pub mappings: Vec<MappingSpec>,
    /// Lifecycle hooks, which belong to the world.
    pub hooks: Vec<LifecycleHookSpec>,
}

/// An SNS topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicSpec {
    /// Its id in the template.
    pub logical_id: String,
    /// Its name; that of a FIFO topic ends in `.fifo`.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Whether it keeps order and removes duplicates.
    pub fifo: bool,
    /// FIFO only: a message without deduplication id gets one from its body.
    pub content_based_deduplication: bool,
    /// The ARNs of the alarms that may publish to it, with `*` for anything.
    pub alarms: Vec<String>,
}

/// Where a subscription leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// The ARN of a queue.
    Queue(String),
    /// The ARN of a function.
    Function(String),
}

/// One subscription of a topic.
#[derive(Debug, Clone, PartialEq)]
pub struct SubscriptionSpec {
    /// Its id in the template, or that of the resource it stands inside.
    pub logical_id: String,
    /// The topic.
    pub topic_arn: String,
    /// The subscriber.
    pub endpoint: Endpoint,
    /// Queues only: the message alone, without SNS's envelope.
    pub raw: bool,
    /// The filter policy, if any.
    pub filter: Option<Value>,
    /// Whether the policy looks at the message body rather than at its attributes.
    pub filter_on_body: bool,
    /// Whether the subscriber's own policy admits this topic; if not, nothing arrives.
    pub permitted: bool,
}

/// Where messages go that were received too often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redrive {
    /// The dead-letter queue's ARN.
    pub queue_arn: String,
    /// Receives after which a further one moves the message, 1 to 1000.
    pub max_receive_count: u32,
}

/// An SQS queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSpec {
    /// Its id in the template.
    pub logical_id: String,
    /// Its name; that of a FIFO queue ends in `.fifo`.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its URL.
    pub url: String,
    /// Whether it keeps order within a group and removes duplicates.
    pub fifo: bool,
    /// FIFO only: a message without deduplication id gets one from its body.
    pub content_based_deduplication: bool,
    /// Seconds before a new message can be received, 0 to 900.
    pub delay_seconds: u32,
    /// Seconds for which a received message is hidden, 0 to 43200.
    pub visibility_timeout_seconds: u32,
    /// Seconds after which a message is forgotten, 60 to 1209600.
    pub retention_seconds: u32,
    /// The way to the dead-letter queue, if any.
    pub redrive: Option<Redrive>,
}

/// What sets a rule off.
#[derive(Debug, Clone, PartialEq)]
pub enum Trigger {
    /// Events that match this pattern.
    Pattern(Value),
    /// The clock, every so many minutes.
    EveryMinutes(u32),
}

/// What a target is given.
#[derive(Debug, Clone, PartialEq)]
pub enum TargetInput {
    /// The event.
    Event,
    /// The part of the event at this path, such as `$.detail`.
    Path(String),
    /// This, whatever the event.
    Fixed(Value),
}

/// One target of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetSpec {
    /// The ARN of a queue, topic or function.
    pub arn: String,
    /// What it is given.
    pub input: TargetInput,
    /// The message group, which a FIFO queue needs.
    pub group_id: Option<String>,
    /// Whether the target's own policy admits this rule; if not, nothing arrives.
    pub permitted: bool,
}

/// An EventBridge rule.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSpec {
    /// Its id in the template; for a SAM event, function id and event id together.
    pub logical_id: String,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Whether it is on.
    pub enabled: bool,
    /// What sets it off.
    pub trigger: Trigger,
    /// Where it leads, at most five.
    pub targets: Vec<TargetSpec>,
}

/// A Lambda function.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionSpec {
    /// Its id in the template.
    pub logical_id: String,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Seconds it may run, 1 to 900.
    pub timeout_seconds: u32,
    /// Its memory in MiB.
    pub memory_mb: u32,
    /// Its environment variables.
    pub environment: BTreeMap<String, String>,
    /// The most copies that may run at once; none means no such bound.
    pub reserved_concurrency: Option<u32>,
    /// `RecursiveLoop: Allow`. Delivery here never cuts a loop; a reader may insist on it.
    pub recursive_loop_allowed: bool,
    /// Second and third tries of an asynchronous invocation that failed, 0 to 2.
    pub maximum_retry_attempts: u32,
    /// Seconds for which an asynchronous invocation is tried, 60 to 21600.
    pub maximum_event_age_seconds: u32,
    /// Where a record of a failed asynchronous invocation goes: a queue, topic or function ARN.
    pub on_failure: Option<String>,
    /// Where the bare event of a failed asynchronous invocation goes: a queue or topic ARN.
    pub dead_letter: Option<String>,
}

/// An event source mapping from a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct MappingSpec {
    /// Its id in the template; for a SAM event, function id and event id together.
    pub logical_id: String,
    /// The queue it polls.
    pub queue_arn: String,
    /// The function it invokes.
    pub function_arn: String,
    /// The most messages in a batch: 10,000 at most, 10 for FIFO.
    pub batch_size: u32,
    /// Seconds to gather a batch, 0 to 300, counted from its first message.
    pub window_seconds: u32,
    /// The most batches at once, 2 to 1000.
    pub maximum_concurrency: Option<u32>,
    /// Whether the function names the messages that failed.
    pub report_batch_item_failures: bool,
    /// Patterns of which a message must match one; all are taken if there is none.
    pub filters: Vec<Value>,
    /// Whether it is on.
    pub enabled: bool,
}

/// A lifecycle hook of an Auto Scaling group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifecycleHookSpec {
    /// Its id in the template.
    pub logical_id: String,
    /// The group's name.
    pub group: String,
    /// The hook's name.
    pub name: String,
    /// Such as `autoscaling:EC2_INSTANCE_TERMINATING`.
    pub transition: String,
    /// Seconds until the default result applies, 30 to 7200.
    pub heartbeat_seconds: u32,
    /// `CONTINUE` or `ABANDON`.
    pub default_result: String,
    /// The topic or queue that is told.
    pub topic_arn: Option<String>,
    /// `NotificationMetadata`.
    pub metadata: Option<String>,
}
