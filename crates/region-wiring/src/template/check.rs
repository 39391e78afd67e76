//! Checks for connections that AWS would refuse, or that would silently lose messages.

use crate::{Endpoint, Wiring};

use super::TemplateError;

fn property(id: &str, property: &str, problem: String) -> TemplateError {
    TemplateError::Property { id: id.to_owned(), property: property.to_owned(), problem }
}

/// Both ends of every connection must exist.
pub(super) fn ends(wiring: &Wiring) -> Result<(), TemplateError> {
    let topic = |arn: &str| wiring.topics.iter().find(|topic| topic.arn == arn);
    let queue = |arn: &str| wiring.queues.iter().find(|queue| queue.arn == arn);
    let is_function = |arn: &str| wiring.functions.iter().any(|function| function.arn == arn);
    let unknown = |id: &str, name: &str, arn: &str, kind: &str| {
        property(id, name, format!("is `{arn}`, which is no {kind} of this template; correct it"))
    };
    for s in &wiring.subscriptions {
        let Some(topic) = topic(&s.topic_arn) else {
            return Err(unknown(&s.logical_id, "TopicArn", &s.topic_arn, "topic"));
        };
        match &s.endpoint {
            Endpoint::Queue(arn) => {
                let Some(queue) = queue(arn) else {
                    return Err(unknown(&s.logical_id, "Endpoint", arn, "queue"));
                };
                if queue.fifo && !topic.fifo {
                    let problem = format!("is the FIFO queue `{arn}`; use a FIFO topic for it");
                    return Err(property(&s.logical_id, "Endpoint", problem));
                }
            }
            Endpoint::Function(arn) if !is_function(arn) => {
                return Err(unknown(&s.logical_id, "Endpoint", arn, "function"));
            }
            Endpoint::Function(arn) if topic.fifo => {
                let problem =
                    format!("is the function `{arn}`; a FIFO topic delivers to queues only");
                return Err(property(&s.logical_id, "Endpoint", problem));
            }
            Endpoint::Function(_) => {}
        }
    }
    let is_target = |arn: &str| topic(arn).is_some() || queue(arn).is_some() || is_function(arn);
    for rule in &wiring.rules {
        for target in &rule.targets {
            if !is_target(&target.arn) {
                let kind = "queue, topic or function";
                return Err(unknown(&rule.logical_id, "Targets.Arn", &target.arn, kind));
            }
            if queue(&target.arn).is_some_and(|q| q.fifo) && target.group_id.is_none() {
                let problem = "is missing for a FIFO queue; add it".to_owned();
                let name = "Targets.SqsParameters.MessageGroupId";
                return Err(property(&rule.logical_id, name, problem));
            }
        }
    }
    for q in &wiring.queues {
        let Some(redrive) = &q.redrive else { continue };
        let name = "RedrivePolicy.deadLetterTargetArn";
        let Some(dead) = queue(&redrive.queue_arn) else {
            return Err(unknown(&q.logical_id, name, &redrive.queue_arn, "queue"));
        };
        if dead.fifo != q.fifo {
            let problem = "is of the other kind; pair FIFO with FIFO and standard with standard";
            return Err(property(&q.logical_id, name, problem.to_owned()));
        }
    }
    for m in &wiring.mappings {
        if queue(&m.queue_arn).is_none() {
            return Err(unknown(&m.logical_id, "Queue", &m.queue_arn, "queue"));
        }
        if !is_function(&m.function_arn) {
            return Err(unknown(&m.logical_id, "FunctionName", &m.function_arn, "function"));
        }
    }
    for f in &wiring.functions {
        for (name, arn) in [("OnFailure", &f.on_failure), ("DeadLetterQueue", &f.dead_letter)] {
            if let Some(arn) = arn.as_ref().filter(|arn| !is_target(arn)) {
                return Err(unknown(&f.logical_id, name, arn, "queue, topic or function"));
            }
        }
    }
    for hook in &wiring.hooks {
        let Some(arn) = &hook.topic_arn else { continue };
        if topic(arn).is_none() {
            return Err(unknown(&hook.logical_id, "NotificationTargetARN", arn, "topic"));
        }
    }
    Ok(())
}

/// A queue hides a message at least as long as the function that gets it may run: Lambda
/// refuses a mapping otherwise.
///
/// # Errors
/// The first queue whose `VisibilityTimeout` is too short.
pub fn visibility(wiring: &Wiring) -> Result<(), TemplateError> {
    for mapping in &wiring.mappings {
        let queue = wiring.queues.iter().find(|queue| queue.arn == mapping.queue_arn);
        let function = wiring.functions.iter().find(|f| f.arn == mapping.function_arn);
        let (Some(queue), Some(function)) = (queue, function) else { continue };
        if queue.visibility_timeout_seconds < function.timeout_seconds {
            let problem = format!(
                "is {} s, less than the {} s that `{}` may run; raise it",
                queue.visibility_timeout_seconds, function.timeout_seconds, function.logical_id
            );
            return Err(property(&queue.logical_id, "VisibilityTimeout", problem));
        }
    }
    Ok(())
}

/// Every connection must be permitted: its target admits the service for this source.
///
/// # Errors
/// The first subscription or rule whose target has no permission for it.
pub fn permissions(wiring: &Wiring) -> Result<(), TemplateError> {
    let advice = "add a queue or topic policy, or an AWS::Lambda::Permission";
    if let Some(s) = wiring.subscriptions.iter().find(|s| !s.permitted) {
        let (Endpoint::Queue(arn) | Endpoint::Function(arn)) = &s.endpoint;
        let problem = format!("is `{arn}`, which does not admit topic `{}`; {advice}", s.topic_arn);
        return Err(property(&s.logical_id, "Endpoint", problem));
    }
    for rule in &wiring.rules {
        if let Some(target) = rule.targets.iter().find(|target| !target.permitted) {
            let problem =
                format!("is `{}`, which does not admit rule `{}`; {advice}", target.arn, rule.name);
            return Err(property(&rule.logical_id, "Targets.Arn", problem));
        }
    }
    Ok(())
}
