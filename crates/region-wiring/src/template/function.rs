//! Functions, the SAM events that stand inside them, and event source mappings.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{
    Endpoint, FunctionSpec, MappingSpec, Pattern, RuleSpec, SubscriptionSpec, TargetSpec, Wiring,
};
use region_core::names::{ACCOUNT, REGION};

use super::TemplateError;
use super::name::Identity;
use super::parameter::text;
use super::property::Properties;
use super::resolve::{STACK, called};
use super::resource::subscription_of;
use super::rule::{check_bus, enabled, input, pattern_trigger, schedule_trigger};

/// The filters of a mapping, and the characters of one.
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html>,
/// <https://docs.aws.amazon.com/lambda/latest/api/API_Filter.html>
const MOST_FILTERS: usize = 5;
const LONGEST_FILTER: usize = 4096;

/// `Globals.Function` under a function's own properties, as SAM merges them: objects by key,
/// lists end to end, and what the function says itself wins.
pub(super) fn merge(globals: &Value, own: &Value) -> Value {
    match (globals, own) {
        // Two calls, such as a `Ref` and a `Fn::Sub`, must not become one object with two keys.
        (Value::Object(globals), Value::Object(own))
            if called(globals).is_none() && called(own).is_none() =>
        {
            let mut merged: Map<String, Value> = globals.clone();
            for (key, value) in own {
                let value = globals.get(key).map_or_else(|| value.clone(), |g| merge(g, value));
                merged.insert(key.clone(), value);
            }
            Value::Object(merged)
        }
        (Value::Array(globals), Value::Array(own)) => {
            json!([globals.clone(), own.clone()].concat())
        }
        (globals, Value::Null) => globals.clone(),
        (_, own) => own.clone(),
    }
}

pub(super) fn function(
    wiring: &mut Wiring,
    p: &Properties,
    identity: &Identity,
) -> Result<(), TemplateError> {
    let arn = identity.arn.clone().unwrap_or_default();
    let mut environment = BTreeMap::new();
    if let Some(variables) = p.get("Environment.Variables").and_then(Value::as_object) {
        for (name, value) in variables {
            let path = format!("Environment.Variables.{name}");
            let value = text(value).ok_or_else(|| p.error(&path, "is no text; give one"))?;
            environment.insert(name.clone(), value);
        }
    }
    let recursive = p.choice("RecursiveLoop", &["Allow", "Terminate"])?;
    let dead_letter = match p.text("DeadLetterQueue.TargetArn")? {
        Some(arn) => Some(arn),
        None => p.text("DeadLetterConfig.TargetArn")?,
    };
    let on_failure = "EventInvokeConfig.DestinationConfig.OnFailure";
    let on_failure = match p.get(on_failure) {
        Some(_) => Some(p.required(&format!("{on_failure}.Destination"))?),
        None => None,
    };
    if let Some(events) = p.get("Events").and_then(Value::as_object) {
        for (name, event) in events {
            sam_event(wiring, p, &arn, name, event)?;
        }
    }
    wiring.functions.push(FunctionSpec {
        logical_id: p.id.clone(),
        name: identity.name.clone(),
        arn,
        timeout_seconds: p.number("Timeout", 1..=900)?.unwrap_or(3),
        memory_mb: p.number("MemorySize", 128..=10_240)?.unwrap_or(128),
        environment,
        reserved_concurrency: p.number("ReservedConcurrentExecutions", 0..=u32::MAX)?,
        recursive_loop_allowed: recursive.as_deref() == Some("Allow"),
        maximum_retry_attempts: p
            .number("EventInvokeConfig.MaximumRetryAttempts", 0..=2)?
            .unwrap_or(2),
        maximum_event_age_seconds: p
            .number("EventInvokeConfig.MaximumEventAgeInSeconds", 60..=21_600)?
            .unwrap_or(21_600),
        on_failure,
        dead_letter,
    });
    Ok(())
}

/// SAM creates each connection together with its permission, so these are always permitted.
fn sam_event(
    wiring: &mut Wiring,
    function: &Properties,
    function_arn: &str,
    name: &str,
    event: &Value,
) -> Result<(), TemplateError> {
    let id = format!("{}{name}", function.id);
    let kind = event.get("Type").and_then(Value::as_str).unwrap_or_default();
    let p = Properties::new(id, event.get("Properties").cloned().unwrap_or_default());
    let trigger = match kind {
        "SQS" => return mapping(wiring, &p, p.required("Queue")?, function_arn.to_owned()),
        "SNS" => return sam_subscription(wiring, &p, function_arn),
        "EventBridgeRule" | "CloudWatchEvent" => {
            check_bus(&p)?;
            let pattern =
                p.json("Pattern")?.ok_or_else(|| p.error("Pattern", "is missing; add it"))?;
            pattern_trigger(&p, "Pattern", &pattern)?
        }
        "Schedule" => schedule_trigger(&p, "Schedule", &p.required("Schedule")?)?,
        _ => return Ok(()),
    };
    let target = TargetSpec {
        arn: function_arn.to_owned(),
        input: input(&p)?,
        group_id: None,
        permitted: true,
    };
    let name = format!("{STACK}-{}", p.id);
    wiring.rules.push(RuleSpec {
        logical_id: p.id.clone(),
        arn: format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/{name}"),
        name,
        enabled: enabled(&p)?,
        trigger,
        targets: vec![target],
    });
    Ok(())
}

fn sam_subscription(
    wiring: &mut Wiring,
    p: &Properties,
    function_arn: &str,
) -> Result<(), TemplateError> {
    if p.get("SqsSubscription").is_some() {
        return Err(p.error("SqsSubscription", "is not modelled; subscribe a queue of your own"));
    }
    let endpoint = Endpoint::Function(function_arn.to_owned());
    let subscription = subscription_of(p, p.required("Topic")?, endpoint)?;
    wiring.subscriptions.push(SubscriptionSpec { permitted: true, ..subscription });
    Ok(())
}

/// A mapping, from a resource of its own or from a SAM event.
pub(super) fn mapping(
    wiring: &mut Wiring,
    p: &Properties,
    queue_arn: String,
    function_arn: String,
) -> Result<(), TemplateError> {
    let fifo = queue_arn.ends_with(".fifo");
    let window = p.number("MaximumBatchingWindowInSeconds", 0..=300)?.unwrap_or(0);
    let batch_size = p.number("BatchSize", 1..=10_000)?.unwrap_or(10);
    if fifo && window > 0 {
        let problem = "is set, but a FIFO queue takes no window; remove it";
        return Err(p.error("MaximumBatchingWindowInSeconds", problem));
    }
    if batch_size > 10 && fifo {
        return Err(p.error("BatchSize", format!("is {batch_size}; a FIFO queue takes 10 at most")));
    }
    if batch_size > 10 && window == 0 {
        let problem = format!("is {batch_size}; above 10, set MaximumBatchingWindowInSeconds");
        return Err(p.error("BatchSize", problem));
    }
    wiring.mappings.push(MappingSpec {
        logical_id: p.id.clone(),
        queue_arn,
        function_arn,
        batch_size,
        window_seconds: window,
        maximum_concurrency: p.number("ScalingConfig.MaximumConcurrency", 2..=1000)?,
        report_batch_item_failures: p
            .list("FunctionResponseTypes")?
            .contains(&json!("ReportBatchItemFailures")),
        filters: filters(p)?,
        enabled: enabled(p)?,
    });
    Ok(())
}

fn filters(p: &Properties) -> Result<Vec<Pattern>, TemplateError> {
    let refused = |problem: String| p.error("FilterCriteria.Filters", problem);
    let filters = p.list("FilterCriteria.Filters")?;
    if filters.len() > MOST_FILTERS {
        let count = filters.len();
        return Err(refused(format!("has {count}; a mapping takes {MOST_FILTERS} at most")));
    }
    let filter = |filter: &Value| {
        let filter = Properties::new(p.id.clone(), filter.clone());
        let pattern = filter.json("Pattern")?.unwrap_or_default();
        let length = pattern.to_string().chars().count();
        if length > LONGEST_FILTER {
            let most = LONGEST_FILTER;
            return Err(refused(format!("has one of {length} characters; Lambda takes {most}")));
        }
        let pattern =
            Pattern::of_mapping(&pattern).map_err(|refusal| refused(refusal.to_string()))?;
        if let Some(path) = pattern.paths().find(|path| !is_of_body(path)) {
            let problem = format!("tests `{path}`; Lambda filters SQS messages by `body` only");
            return Err(refused(problem));
        }
        Ok(pattern)
    };
    filters.iter().map(filter).collect()
}

fn is_of_body(path: &str) -> bool {
    path.split('.').next() == Some("body")
}
