//! Topics, subscriptions, queues, rules and hooks, from their properties.

use serde_json::Value;

use crate::pattern;
use crate::{
    Endpoint, LifecycleHookSpec, QueueSpec, Redrive, RuleSpec, SubscriptionSpec, TargetInput,
    TargetSpec, TopicSpec, Trigger, Wiring,
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
    let scope = p.choice("FilterPolicyScope", &["MessageAttributes", "MessageBody"])?;
    let filter = p.json("FilterPolicy")?;
    if let Some(policy) = &filter {
        pattern::check(policy).map_err(|problem| p.error("FilterPolicy", problem))?;
    }
    Ok(SubscriptionSpec {
        logical_id: p.id.clone(),
        topic_arn,
        endpoint,
        raw: false,
        filter,
        filter_on_body: scope.as_deref() == Some("MessageBody"),
        permitted: false,
    })
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

/// A rule of the default bus; one of another bus never sees what the services send.
pub(super) fn rule(
    wiring: &mut Wiring,
    p: &Properties,
    identity: &Identity,
) -> Result<(), TemplateError> {
    let trigger = match (p.json("EventPattern")?, p.text("ScheduleExpression")?) {
        (Some(pattern), None) => pattern_trigger(p, "EventPattern", pattern)?,
        (None, Some(text)) => schedule_trigger(p, "ScheduleExpression", &text)?,
        _ => {
            return Err(
                p.error("EventPattern", "or ScheduleExpression must be given, and not both")
            );
        }
    };
    let mut targets = Vec::new();
    for target in p.list("Targets")? {
        let target = Properties::new(p.id.clone(), target.clone());
        targets.push(TargetSpec {
            arn: target.required("Arn")?,
            input: input(&target)?,
            group_id: target.text("SqsParameters.MessageGroupId")?,
            permitted: false,
        });
    }
    wiring.rules.push(RuleSpec {
        logical_id: p.id.clone(),
        name: identity.name.clone(),
        arn: identity.arn.clone().unwrap_or_default(),
        enabled: enabled(p)?,
        trigger,
        targets,
    });
    Ok(())
}

pub(super) fn pattern_trigger(
    p: &Properties,
    property: &str,
    pattern: Value,
) -> Result<Trigger, TemplateError> {
    pattern::check(&pattern).map_err(|problem| p.error(property, problem))?;
    Ok(Trigger::Pattern(pattern))
}

/// `rate(5 minutes)` and its like in hours and days.
pub(super) fn schedule_trigger(
    p: &Properties,
    property: &str,
    text: &str,
) -> Result<Trigger, TemplateError> {
    let minutes = || {
        let (count, unit) = text.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
        let count: u32 = count.parse().ok().filter(|count| *count > 0)?;
        let (unit, one) = match unit.strip_suffix('s') {
            Some(unit) => (unit, false),
            None => (unit, true),
        };
        let length = match unit {
            "minute" => 1,
            "hour" => 60,
            "day" => 1440,
            _ => return None,
        };
        // EventBridge refuses `rate(1 minutes)` and `rate(5 minute)`.
        (one == (count == 1)).then_some(count.checked_mul(length)?)
    };
    minutes().map(Trigger::EveryMinutes).ok_or_else(|| {
        p.error(property, format!("is `{text}`; write a rate such as `rate(5 minutes)`"))
    })
}

pub(super) fn input(p: &Properties) -> Result<TargetInput, TemplateError> {
    if p.get("InputTransformer").is_some() {
        return Err(p.error("InputTransformer", "is not modelled; use Input or InputPath"));
    }
    Ok(match (p.json("Input")?, p.text("InputPath")?) {
        (Some(input), None) => TargetInput::Fixed(input),
        (None, Some(path)) => TargetInput::Path(path),
        (None, None) => TargetInput::Event,
        (Some(_), Some(_)) => return Err(p.error("Input", "stands beside InputPath; drop one")),
    })
}

/// `State` of a rule or of a SAM event, or `Enabled` of older SAM events.
pub(super) fn enabled(p: &Properties) -> Result<bool, TemplateError> {
    let states = ["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"];
    let state = p.choice("State", &states)?;
    let off = p.choice("Enabled", &["true", "false"])?.as_deref() == Some("false");
    Ok(state.as_deref() != Some("DISABLED") && !off)
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
        metadata: p.text("NotificationMetadata")?,
    });
    Ok(())
}
