//! The connections between services: plain data, read from a template or written by a test.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::filter_policy::FilterPolicy;
use crate::pattern::Pattern;

/// Everything that carries messages, and the functions that they reach.
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
    /// Lifecycle hooks, which the services runs.
    pub hooks: Vec<LifecycleHookSpec>,
}

/// An SNS topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicSpec {
    /// Its id in the template.
    pub logical_id: String,
    /// Its name; that of a FIFO topic ends in `.fifo`.
    pub name: String,
    pub arn: String,
    /// Whether it keeps order and removes duplicates.
    pub fifo: bool,
    /// FIFO only: a message without deduplication id gets one from its body.
    pub content_based_deduplication: bool,
    /// The ARNs of the alarms that may publish to it, with `*` for anything.
    pub alarms: Vec<String>,
}

/// The endpoint of a subscription.
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
    pub topic_arn: String,
    /// The subscriber.
    pub endpoint: Endpoint,
    /// Queues only: the message alone, without SNS's envelope.
    pub raw: bool,
    /// The filter policy, if any.
    pub filter: Option<FilterPolicy>,
    /// Whether the subscriber's own policy admits this topic; if not, nothing arrives.
    pub permitted: bool,
}

/// Where messages go after too many receives.
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
    pub arn: String,
    pub url: String,
    /// Whether it keeps order within a group and removes duplicates.
    pub fifo: bool,
    /// FIFO only: a message without deduplication id gets one from its body.
    pub content_based_deduplication: bool,
    /// Seconds before a new message can be received, 0 to 900.
    pub delay_seconds: u32,
    /// Seconds for which a received message is hidden, 0 to 43200.
    pub visibility_timeout_seconds: u32,
    /// Seconds after which a message is dropped, 60 to 1209600.
    pub retention_seconds: u32,
    /// The redrive policy, if any.
    pub redrive: Option<Redrive>,
}

/// What triggers a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Trigger {
    /// Events that match this pattern.
    Pattern(Pattern),
    /// A schedule with this period in minutes.
    EveryMinutes(u32),
}

/// The input of a target.
#[derive(Debug, Clone, PartialEq)]
pub enum TargetInput {
    Event,
    /// The part of the event at this path, such as `$.detail`.
    Path(String),
    /// A constant.
    Fixed(Value),
}

/// One target of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetSpec {
    /// The ARN of a queue, topic or function.
    pub arn: String,
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
    pub name: String,
    pub arn: String,
    /// Whether it is enabled.
    pub enabled: bool,
    /// What triggers it.
    pub trigger: Trigger,
    /// Its targets, at most five.
    pub targets: Vec<TargetSpec>,
}

/// A Lambda function.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionSpec {
    /// Its id in the template.
    pub logical_id: String,
    pub name: String,
    pub arn: String,
    /// Seconds it may run, 1 to 900.
    pub timeout_seconds: u32,
    /// Its memory in MiB.
    pub memory_mb: u32,
    /// Its environment variables.
    pub environment: BTreeMap<String, String>,
    /// The most concurrent runs; `None` means no limit of its own.
    pub reserved_concurrency: Option<u32>,
    /// `RecursiveLoop: Allow`; otherwise Lambda stops a loop.
    pub recursive_loop_allowed: bool,
    /// Retries of a failed asynchronous invocation, 0 to 2.
    pub maximum_retry_attempts: u32,
    /// The maximum age in seconds of an asynchronous invocation, 60 to 21600.
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
    /// The most concurrent batches, 2 to 1000.
    pub maximum_concurrency: Option<u32>,
    /// Whether the function reports the messages that failed.
    pub report_batch_item_failures: bool,
    /// Patterns of which `{"body": …}` must match one, with the body parsed if it is JSON. Empty
    /// accepts all messages.
    pub filters: Vec<Pattern>,
    /// Whether it is enabled.
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
    /// The lifecycle transition, such as `autoscaling:EC2_INSTANCE_TERMINATING`.
    pub transition: String,
    /// Seconds until the default result applies, 30 to 7200.
    pub heartbeat_seconds: u32,
    /// `CONTINUE` or `ABANDON`.
    pub default_result: String,
    /// The topic or queue that gets the notifications.
    pub topic_arn: Option<String>,
    /// The role that sends them.
    pub role_arn: Option<String>,
    /// The `NotificationMetadata`, if any.
    pub metadata: Option<String>,
}
