//! Which connections are permitted: a queue, topic or function must admit the sending service.
//!
//! A `Deny` is not evaluated; the usual one, against plain HTTP, never applies to a service.

use serde_json::Value;

use crate::{Endpoint, Wiring};
use region_core::names::ACCOUNT;

use crate::glob;

use super::TemplateError;
use super::property::Properties;

const SNS: &str = "sns.amazonaws.com";
const EVENTS: &str = "events.amazonaws.com";
const CLOUDWATCH: &str = "cloudwatch.amazonaws.com";

/// A service may send to a resource, perhaps only on behalf of some sources.
#[derive(Debug)]
pub(super) struct Grant {
    resource_arn: String,
    services: Vec<String>,
    /// Each must be met: patterns of which the source's ARN matches one.
    sources: Vec<Vec<String>>,
}

pub(super) fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(list)) => {
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        Some(Value::String(one)) => vec![one.clone()],
        _ => Vec::new(),
    }
}

/// The grants of an `AWS::SQS::QueuePolicy` or `AWS::SNS::TopicPolicy`, for the resources with
/// these ARNs.
pub(super) fn of_policy(
    p: &Properties,
    resource_arns: &[String],
    action: &str,
) -> Result<Vec<Grant>, TemplateError> {
    let statements = match p.get("PolicyDocument.Statement") {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        _ => return Err(p.error("PolicyDocument.Statement", "is missing; add it")),
    };
    let service = action.split(':').next().unwrap_or_default();
    let wide = format!("{service}:*");
    let mut grants = Vec::new();
    for statement in statements {
        let acts = texts(statement.get("Action"))
            .iter()
            .any(|a| a == "*" || a.eq_ignore_ascii_case(action) || a.eq_ignore_ascii_case(&wide));
        if statement.get("Effect").and_then(Value::as_str) != Some("Allow") || !acts {
            continue;
        }
        let Some(sources) = sources(statement.get("Condition")) else { continue };
        let named = texts(statement.get("Resource"));
        for arn in resource_arns.iter().filter(|arn| named.is_empty() || like_any(&named, arn)) {
            grants.push(Grant {
                resource_arn: arn.clone(),
                services: services(statement.get("Principal")),
                sources: sources.clone(),
            });
        }
    }
    Ok(grants)
}

/// The grant of an `AWS::Lambda::Permission`.
pub(super) fn of_permission(p: &Properties, function_arn: String) -> Result<Grant, TemplateError> {
    let source = p.text("SourceArn")?;
    Ok(Grant {
        resource_arn: function_arn,
        services: vec![p.required("Principal")?],
        sources: source.map(|source| vec![source]).into_iter().collect(),
    })
}

fn services(principal: Option<&Value>) -> Vec<String> {
    match principal {
        Some(Value::String(all)) if all == "*" => vec!["*".to_owned()],
        Some(Value::Object(kinds)) => {
            let mut services = texts(kinds.get("Service"));
            services.extend(texts(kinds.get("AWS")).into_iter().filter(|who| who == "*"));
            services
        }
        _ => Vec::new(),
    }
}

/// What a condition asks of the source's ARN. Nothing at all if it asks what cannot be judged
/// here: such a statement grants nothing, so that no connection passes as permitted by mistake.
fn sources(condition: Option<&Value>) -> Option<Vec<Vec<String>>> {
    let Some(condition) = condition else { return Some(Vec::new()) };
    let mut sources = Vec::new();
    for (operator, tests) in condition.as_object()? {
        for (key, expected) in tests.as_object()? {
            let expected_texts = texts(Some(expected));
            match (operator.as_str(), key.to_ascii_lowercase().as_str()) {
                ("ArnEquals" | "ArnLike" | "StringEquals" | "StringLike", "aws:sourcearn") => {
                    sources.push(expected_texts);
                }
                ("StringEquals" | "StringLike", "aws:sourceaccount") => {
                    expected_texts.iter().any(|account| account == ACCOUNT).then_some(())?;
                }
                ("Bool", "aws:securetransport") => {
                    (*expected == true || *expected == "true").then_some(())?;
                }
                _ => return None,
            }
        }
    }
    Some(sources)
}

fn like_any(globs: &[String], text: &str) -> bool {
    globs.iter().any(|glob| glob::matches(glob, text))
}

impl Grant {
    fn admits(&self, service: &str, source: &str, target: &str) -> bool {
        self.resource_arn == target
            && self.is_of(service)
            && self.sources.iter().all(|globs| like_any(globs, source))
    }

    fn is_of(&self, service: &str) -> bool {
        self.services.iter().any(|s| s == "*" || s == service)
    }

    /// The alarms that it lets publish to `topic`.
    fn alarms(&self, topic: &str) -> Vec<String> {
        if self.resource_arn != topic || !self.is_of(CLOUDWATCH) {
            return Vec::new();
        }
        match self.sources.as_slice() {
            [] => vec!["*".to_owned()],
            [globs] => globs.clone(),
            // A value that must match several patterns at once cannot be a list of patterns.
            _ => Vec::new(),
        }
    }
}

/// Write down which alarms each topic admits. One without a policy of its own has the one that
/// SNS gives it, by which whatever is of the account may publish (`AWS:SourceOwner`).
pub(super) fn mark_topics(wiring: &mut Wiring, grants: &[Grant], with_policy: &[String]) {
    for topic in &mut wiring.topics {
        topic.alarms = if with_policy.contains(&topic.arn) {
            grants.iter().flat_map(|grant| grant.alarms(&topic.arn)).collect()
        } else {
            vec!["*".to_owned()]
        };
    }
}

/// Mark every connection that a grant admits.
pub(super) fn mark(wiring: &mut Wiring, grants: &[Grant]) {
    let admitted = |service: &str, source: &str, target: &str| {
        grants.iter().any(|grant| grant.admits(service, source, target))
    };
    for subscription in &mut wiring.subscriptions {
        let (Endpoint::Queue(target) | Endpoint::Function(target)) = &subscription.endpoint;
        subscription.permitted |= admitted(SNS, &subscription.topic_arn, target);
    }
    for rule in &mut wiring.rules {
        for target in &mut rule.targets {
            target.permitted |= admitted(EVENTS, &rule.arn, &target.arn);
        }
    }
}
