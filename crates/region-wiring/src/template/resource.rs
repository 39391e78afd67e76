//! Topics, subscriptions, queues and hooks, from their properties.

use serde_json::json;

use crate::{
    Endpoint, FilterPolicy, LifecycleHookSpec, QueueSpec, Redrive, SubscriptionSpec, TopicSpec,
    Wiring,
};

use super::TemplateError;
use super::name::Identity;
use super::property::Properties;

/// A FIFO resource and its name must agree; CloudFormation creates neither otherwise.
fn check_suffix(p: &Properties, fifo: bool, name: &str) -> Result<(), TemplateError> {
    match (fifo, name.ends_with(".fifo")) {
        (true, false) => Err(p.error("Name", format!("is `{name}`; end it in `.fifo`"))),
        (false, true) => Err(p.error("Name", format!("is `{name}`, which only FIFO ones end in"))),
        _ => Ok(()),
    }
}

pub(super) fn topic(
    wiring: &mut Wiring,
    p: &Properties,
    identity: &Identity,
) -> Result<(), TemplateError> {
    let fifo = p.flag("FifoTopic")?;
    check_suffix(p, fifo, &identity.name)?;
    let arn = identity.reference.clone();
    for inline in p.list("Subscription")? {
        let inline = Properties::new(p.id.clone(), inline.clone());
        subscription(wiring, &inline, &arn)?;
    }
    wiring.topics.push(TopicSpec {
        logical_id: p.id.clone(),
        name: identity.name.clone(),
        arn,
        fifo,
        content_based_deduplication: p.flag("ContentBasedDeduplication")?,
        alarms: Vec::new(),
    });
    Ok(())
}

/// A subscription of a queue or a function; people and web hooks are not part of the region.
pub(super) fn subscription(
    wiring: &mut Wiring,
    p: &Properties,
    topic_arn: &str,
) -> Result<(), TemplateError> {
    let endpoint = match p.required("Protocol")?.as_str() {
        "sqs" => Endpoint::Queue(p.required("Endpoint")?),
        "lambda" => Endpoint::Function(p.required("Endpoint")?),
        _ => return Ok(()),
    };
    let raw = p.flag("RawMessageDelivery")?;
    let subscription = subscription_of(p, topic_arn.to_owned(), endpoint)?;
    wiring.subscriptions.push(SubscriptionSpec { raw, ..subscription });
    Ok(())
}

/// The subscription of `endpoint`, with the filter that `p` spells.
pub(super) fn subscription_of(
    p: &Properties,
    topic_arn: String,
    endpoint: Endpoint,
) -> Result<SubscriptionSpec, TemplateError> {
    Ok(SubscriptionSpec {
        logical_id: p.id.clone(),
        topic_arn,
        endpoint,
        raw: false,
        filter: filter_policy(p)?,
        permitted: false,
    })
}

/// The filter policy, if any. An empty one is the way to have none.
fn filter_policy(p: &Properties) -> Result<Option<FilterPolicy>, TemplateError> {
    let scope = p.choice("FilterPolicyScope", &["MessageAttributes", "MessageBody"])?;
    let policy = p.json("FilterPolicy")?.filter(|policy| *policy != json!({}));
    let read = match scope.as_deref() {
        Some("MessageBody") => FilterPolicy::on_body,
        _ => FilterPolicy::on_attributes,
    };
    let policy = policy.map(|policy| read(&policy)).transpose();
    policy.map_err(|refusal| p.error("FilterPolicy", refusal.to_string()))
}

pub(super) fn queue(
    wiring: &mut Wiring,
    p: &Properties,
    identity: &Identity,
) -> Result<(), TemplateError> {
    let fifo = p.flag("FifoQueue")?;
    check_suffix(p, fifo, &identity.name)?;
    let redrive = match p.json("RedrivePolicy")? {
        None => None,
        Some(policy) => {
            let policy = Properties::new(p.id.clone(), policy);
            let count = policy.number("maxReceiveCount", 1..=1000)?;
            let max_receive_count = count
                .ok_or_else(|| p.error("RedrivePolicy.maxReceiveCount", "is missing; add it"))?;
            Some(Redrive { queue_arn: policy.required("deadLetterTargetArn")?, max_receive_count })
        }
    };
    wiring.queues.push(QueueSpec {
        logical_id: p.id.clone(),
        name: identity.name.clone(),
        arn: identity.arn.clone().unwrap_or_default(),
        url: identity.reference.clone(),
        fifo,
        content_based_deduplication: p.flag("ContentBasedDeduplication")?,
        delay_seconds: p.number("DelaySeconds", 0..=900)?.unwrap_or(0),
        visibility_timeout_seconds: p.number("VisibilityTimeout", 0..=43_200)?.unwrap_or(30),
        retention_seconds: p.number("MessageRetentionPeriod", 60..=1_209_600)?.unwrap_or(345_600),
        redrive,
    });
    Ok(())
}

pub(super) fn hook(
    wiring: &mut Wiring,
    p: &Properties,
    identity: &Identity,
) -> Result<(), TemplateError> {
    let transitions =
        ["autoscaling:EC2_INSTANCE_TERMINATING", "autoscaling:EC2_INSTANCE_LAUNCHING"];
    let transition = p
        .choice("LifecycleTransition", &transitions)?
        .ok_or_else(|| p.error("LifecycleTransition", "is missing; add it"))?;
    wiring.hooks.push(LifecycleHookSpec {
        logical_id: p.id.clone(),
        group: p.required("AutoScalingGroupName")?,
        name: identity.name.clone(),
        transition,
        heartbeat_seconds: p.number("HeartbeatTimeout", 30..=7200)?.unwrap_or(3600),
        default_result: p
            .choice("DefaultResult", &["CONTINUE", "ABANDON"])?
            .unwrap_or_else(|| "ABANDON".to_owned()),
        topic_arn: p.text("NotificationTargetARN")?,
        role_arn: p.text("RoleARN")?,
        metadata: p.text("NotificationMetadata")?,
    });
    Ok(())
}
