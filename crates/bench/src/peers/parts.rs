//! Parts of a peer's wiring, with AWS's defaults for what its template omits.

use std::collections::BTreeMap;

use region::names::{ACCOUNT, REGION};
use region::wiring::{
    Endpoint, FunctionSpec, LifecycleHookSpec, QueueSpec, SubscriptionSpec, TopicSpec, Wiring,
};

use super::FUNCTION;
use scenarios::stack::GROUP;

/// The ARN of a peer's resource.
pub(super) fn arn(service: &str, name: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{name}")
}

/// The ARN of the topic that the hook notifies.
fn topic_arn() -> String {
    arn("sns", "Hook")
}

/// The ARN of the peer's function.
pub(super) fn function_arn() -> String {
    arn("lambda", FUNCTION)
}

/// A hook that notifies a topic with a subscription of `endpoint`, raw or in SNS's envelope.
pub(super) fn wiring(
    heartbeat_seconds: u32,
    default_result: &str,
    endpoint: Endpoint,
    raw: bool,
    timeout_seconds: u32,
) -> Wiring {
    Wiring {
        topics: vec![TopicSpec {
            logical_id: "Hook".to_owned(),
            name: "Hook".to_owned(),
            arn: topic_arn(),
            fifo: false,
            content_based_deduplication: false,
            alarms: Vec::new(),
        }],
        subscriptions: vec![SubscriptionSpec {
            logical_id: "Hook".to_owned(),
            topic_arn: topic_arn(),
            endpoint,
            raw,
            filter: None,
            permitted: true,
        }],
        functions: vec![function(timeout_seconds)],
        hooks: vec![hook(heartbeat_seconds, default_result, Some(topic_arn()))],
        ..Wiring::default()
    }
}

/// The peer's function.
pub(super) fn function(timeout_seconds: u32) -> FunctionSpec {
    FunctionSpec {
        logical_id: FUNCTION.to_owned(),
        name: FUNCTION.to_owned(),
        arn: function_arn(),
        timeout_seconds,
        memory_mb: 128,
        environment: BTreeMap::new(),
        reserved_concurrency: None,
        recursive_loop_allowed: false,
        maximum_retry_attempts: 2,
        maximum_event_age_seconds: 21_600,
        on_failure: None,
        dead_letter: None,
    }
}

/// The hook of the group.
pub(super) fn hook(
    heartbeat_seconds: u32,
    default_result: &str,
    topic_arn: Option<String>,
) -> LifecycleHookSpec {
    LifecycleHookSpec {
        logical_id: "Hook".to_owned(),
        group: GROUP.to_owned(),
        name: "drain".to_owned(),
        transition: "autoscaling:EC2_INSTANCE_TERMINATING".to_owned(),
        heartbeat_seconds,
        default_result: default_result.to_owned(),
        topic_arn,
        role_arn: None,
        metadata: None,
    }
}

/// A standard queue.
pub(super) fn queue(name: &str, visibility_timeout_seconds: u32) -> QueueSpec {
    QueueSpec {
        logical_id: name.to_owned(),
        name: name.to_owned(),
        arn: arn("sqs", name),
        url: String::new(),
        fifo: false,
        content_based_deduplication: false,
        delay_seconds: 0,
        visibility_timeout_seconds,
        retention_seconds: 345_600,
        redrive: None,
    }
}
